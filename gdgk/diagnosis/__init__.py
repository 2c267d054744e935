"""Findings of one report → explanations: the fewest cells whose change makes everything hold, and the likely slip.

A suggestion is never applied by itself: what a cell should say is decided by those who keep the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gdgk.diagnosis.grouping import Group, Solution, Story, combine, groups, weigh
from gdgk.diagnosis.minimal import MOST_CELLS, MOST_SOLUTIONS, fewest_changes
from gdgk.diagnosis.slips import SLIPS, Change, Evidence
from gdgk.diagnosis.system import DECIMALS, Address, Block, Equation, blocks, read_block, without
from gdgk.diagnosis.wording import message, no_guess
from gdgk.findings import Finding, Status
from gdgk.form import CellKey
from gdgk.reconciliation.sheets import Prior, Sheet

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CONFIDENCES", "SLIPS", "Explanation", "SuggestedChange", "as_json", "diagnose", "diagnose_panel"]

# certain: if there is but one slip in the report, it is this one. likely: the heaviest of the ways found by far, and at
# most two cells of the table. weak: one way among others, three cells of a table, or more than three in the report.
# none: more than three cells of a table would have to change; no guess.
CONFIDENCES = {"certain": "可以确定", "likely": "较为可能", "weak": "仅供参考", "none": "不作推测"}
MOST_ALTERNATIVES = 5
JUDGED = {Status.PASS.value, Status.PASS_IMPUTED.value, Status.FAIL.value}
HEAVY = 0.95


@dataclass(frozen=True, slots=True)
class SuggestedChange:
    """One cell of an explanation: the figure as the checks read it (None: left unfilled) and the one proposed."""

    key: CellKey
    printed: float | None
    proposed: float

    def as_dict(self) -> dict[str, Any]:
        """``table, row, column, printed, proposed``."""
        table, row, column = self.key
        return {"table": table, "row": row, "column": column, "printed": self.printed, "proposed": self.proposed}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why some findings of a report fail: the cells to change, the slip, how sure that is, what else it could be.

    cells: empty when no guess is made. slip: a key of :data:`SLIPS`; words: the same in Chinese. confidence: a key of
    :data:`CONFIDENCES`. weight: the share (0 to 1) of this way among all ways with as few cells. explains: the failing
    findings (rule, row, column) that hold after the change. alternatives: other ways, heaviest first, at most five.
    """

    cells: tuple[SuggestedChange, ...]
    slip: str
    words: str
    confidence: str
    weight: float
    explains: tuple[Address, ...]
    message: str
    alternatives: tuple[Explanation, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """What ``gdgk check --format json`` prints of it; alternatives have none of their own."""
        return {
            "cells": [cell.as_dict() for cell in self.cells],
            "slip": self.slip,
            "words": self.words,
            "confidence": self.confidence,
            "message": self.message,
            "alternatives": [
                {"cells": [cell.as_dict() for cell in other.cells], "slip": other.slip, "message": other.message}
                for other in self.alternatives
            ],
        }


def as_json(explanations: Iterable[Explanation]) -> list[dict[str, Any]]:
    """Explanations as plain lists and dicts: ``[{cells: [{table, row, column, printed, proposed}], slip, words,
    confidence, message, alternatives}]``.
    """
    return [explanation.as_dict() for explanation in explanations]


def diagnose(
    found: pd.DataFrame | Iterable[Finding] | None,
    sheet: Sheet,
    prior: Prior | None = None,
    stated: Mapping[CellKey, set[int]] | None = None,
) -> tuple[Explanation, ...]:
    """Explain what fails in one report: an explanation for each group of findings with a common cause.

    found: the findings on the report (a frame or :class:`Finding` s; best all of them, as those that are not assessable
    bind nothing), None for all that fails; only errors that compare
    cells of the report itself are explained. sheet: the report as the checks read it. prior: last year's figures; a
    proposed 上年结转 that they confirm weighs more. stated: numbers that the prose states for a cell, likewise. Holds
    for every edition; changes nothing.
    """
    wanted, unjudged = (None, set()) if found is None else addresses(found, sheet)
    if wanted is not None and not wanted:
        return ()
    evidence = Evidence(sheet, prior, stated)
    tried = [Case.of(block, sheet, unjudged) for block in blocks(sheet.form)]
    cases = [case for case in tried if case is not None]
    size = sum(case.size for case in cases)
    explained = [
        explanation
        for table in dict.fromkeys(case.table for case in cases)
        for explanation in explain_table([case for case in cases if case.table == table], size, evidence)
    ]
    if wanted is None:
        return tuple(explained)
    return tuple(kept for kept in (only(one, wanted) for one in explained) if kept.explains)


def diagnose_panel(
    found: pd.DataFrame,
    sheets: Mapping[tuple[str, int], Sheet],
    priors: Mapping[tuple[str, int], Prior] | None = None,
) -> dict[tuple[str, int], tuple[Explanation, ...]]:
    """Explain the findings on many reports, by (agency, year); reports without an explanation are left out.

    found: as :func:`gdgk.reconciliation.reconcile` gives them. sheets: of :func:`gdgk.reconciliation.read_sheets`.
    """
    own = {report: frame for report, frame in found.groupby(["agency", "year"], sort=False)}
    explained = {}
    for report, frame in own.items():
        explanations = diagnose(frame, sheets[report], (priors or {}).get(report))
        if explanations:
            explained[report] = explanations
    return explained


def addresses(found: pd.DataFrame | Iterable[Finding], sheet: Sheet) -> tuple[set[Address], set[Address]]:
    """The findings on a report as (rule, row, column): those that fail, those that could not be judged."""
    lines: Iterable[tuple[Any, ...]]
    if hasattr(found, "itertuples"):
        frame: Any = found
        own = frame[(frame["agency"] == sheet.agency) & (frame["year"] == sheet.year)]
        lines = zip(own["status"], own["rule"], own["row"], own["column"], strict=True)
    else:
        lines = (
            (one.status, one.rule, one.row, one.column)
            for one in found
            if one.agency == sheet.agency and one.year == sheet.year
        )
    failing, unjudged = set(), set()
    for status, rule, row, column in lines:
        if status == Status.FAIL.value:
            failing.add((rule, none_or(row), none_or(column)))
        elif status not in JUDGED:
            unjudged.add((rule, none_or(row), none_or(column)))
    return failing, unjudged


def none_or(name: Any) -> str | None:
    """A row or column of a frame, whose missing names may be NaN."""
    return name if isinstance(name, str) and name else None


@dataclass(frozen=True)
class Case:
    """A block that does not hold in a report: what fails, and the ways to mend it, none if three cells are too few."""

    table: str
    failing: tuple[Equation, ...]
    solutions: list[Solution]

    @classmethod
    def of(cls, block: Block, sheet: Sheet, unjudged: set[Address]) -> Case | None:
        """The case of a block in a report, None where everything holds or the table is wholly blank.

        unjudged: equations that the checks could not judge; one of them that does not hold is no fault.
        """
        table = block.cells[0].table
        if table in sheet.blank_tables:
            return None
        own, values = read_block(block, sheet)
        residual = own.residuals(values)
        if unjudged and any(residual):
            excused = {one.address for one, off in zip(own.equations, residual, strict=True) if off} & unjudged
            if excused:
                own = without(own, excused)
                residual = own.residuals(values)
        failing = tuple(equation for equation, off in zip(own.equations, residual, strict=True) if off)
        if not failing:
            return None
        solutions = [
            tuple(change_of(own, sheet, values, cell, difference) for cell, difference in sorted(changes))
            for changes in fewest_changes(own, values, residual)
        ]
        return cls(table, failing, solutions)

    @property
    def size(self) -> int:
        """How many cells would have to change: more than three when there is no way."""
        return len(self.solutions[0]) if self.solutions else MOST_CELLS + 1


def change_of(block: Block, sheet: Sheet, values: list[float], cell: int, difference: float) -> Change:
    """One change of a solution, in the report's own terms."""
    key = block.cells[cell]
    before, after = values[cell], round(values[cell] + difference, DECIMALS)
    before, after = (int(figure) if figure == int(figure) else figure for figure in (before, after))
    printed = None if sheet.cells[key].value is None else before
    equations = tuple(block.equations[equation] for equation, _ in block.columns[cell])
    return Change(key, printed, before, after, equations)


def explain_table(cases: list[Case], size: int, evidence: Evidence) -> list[Explanation]:
    """The explanations for the failing blocks of one table; size: how many cells of the report change in all."""
    found = [unexplained(case, evidence) for case in cases if not case.solutions]
    solved = [case for case in cases if case.solutions]
    combined = combine([case.solutions for case in solved])
    joint = tuple(equation for case in solved for equation in case.failing)
    parts = [joint] if len(combined) < len(solved) else [case.failing for case in solved]
    for solutions, failing in zip(combined, parts, strict=True):
        for group in groups(weigh(solutions, evidence), failing):
            found.append(explanation_of(group, ceiling(cases, group, size, len(solutions)), evidence))
    return found


def ceiling(cases: list[Case], group: Group, size: int, ways: int) -> str:
    """The most that may be said of an explanation, by how much else is wrong and how many ways there are."""
    if size == ways == 1:
        return "certain"
    block = next(case for case in cases if group.failing[0] in case.failing)
    few = size <= MOST_CELLS and block.size < MOST_CELLS and ways < MOST_SOLUTIONS
    return "likely" if few else "weak"


def explanation_of(group: Group, most: str, evidence: Evidence) -> Explanation:
    """The heaviest way of a group as an explanation, the others as its alternatives."""
    best, *others = group.ways
    confidence = most if best.weight >= HEAVY else "weak"
    if confidence == "certain" and (evidence.sheet.extra_rows or any(map(evidence.contradicts, best.changes))):
        confidence = "likely"
    alternatives = tuple(told(other, group, "weak", evidence) for other in others[:MOST_ALTERNATIVES])
    return told(best, group, confidence, evidence, alternatives)


def told(
    story: Story, group: Group, confidence: str, evidence: Evidence, alternatives: tuple[Explanation, ...] = ()
) -> Explanation:
    """A way to explain a group of findings, in words."""
    slip = story.slips[0].key if len(story.slips) == 1 else "several"
    carried = [Equation(relation) for change in story.changes if (relation := evidence.carried(change))]
    return Explanation(
        cells=tuple(SuggestedChange(change.key, change.printed, change.after) for change in story.changes),
        slip=slip,
        words=SLIPS[slip],
        confidence=confidence,
        weight=round(story.weight, 4),
        explains=tuple(equation.address for equation in (*group.failing, *carried)),
        message=message(evidence.sheet.form, story.changes, slip, group.failing),
        alternatives=alternatives,
    )


def unexplained(case: Case, evidence: Evidence) -> Explanation:
    """That no few changes explain what fails in a block."""
    return Explanation(
        cells=(),
        slip="unexplained",
        words=SLIPS["unexplained"],
        confidence="none",
        weight=0.0,
        explains=tuple(equation.address for equation in case.failing),
        message=no_guess(evidence.sheet.form, case.failing, MOST_CELLS),
    )


def only(explanation: Explanation, wanted: set[Address]) -> Explanation:
    """The explanation with those of its findings that were asked about."""
    return replace(explanation, explains=tuple(one for one in explanation.explains if one in wanted))
