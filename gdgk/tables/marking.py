"""Failed findings → numbers, seals, and the cell that each of them points at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdgk.diagnosis import Explanation
from gdgk.findings import Row, Status, is_on_prose
from gdgk.markup import figure
from gdgk.review import SETTLED, STATES, is_settled

if TYPE_CHECKING:
    import pandas as pd

SEALS = {"error": ("e", "误"), "warning": ("w", "疑"), "info": ("i", "注")}
SEVERITY_ORDER = list(SEALS)
SEVERITY_WORDS = {name: word for name, (_, word) in SEALS.items()}
# Explanations that are sure enough for a cell to be marked with the figure it should have.
SURE = frozenset({"certain", "likely"})
# Rules that hold one count of the prose to one cell.
COUNTED = ("N-T2", "N-T3", "N-T4", "N-O18", "N-ZERO")


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding as a table shows it: its number, its seal, and what the cell should tally with.

    settled: it was explained or dismissed. said: it is the prose that says otherwise.
    """

    number: int
    seal: str
    word: str
    note: str = ""
    settled: bool = False
    said: bool = False

    @property
    def look(self) -> str:
        """The style class of a cell that carries the mark."""
        return "quiet" if self.settled else "said" if self.said else "bad" if self.seal == "e" else "doubt"


@dataclass(frozen=True)
class Marks:
    """Every mark of one report: by cell, by row label, by column heading; and the cells of failed sums.

    causes: the explanation of a finding by its number; firsts: the number of the first finding with the same one.
    """

    cells: Mapping[str, list[Mark]] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], list[Mark]] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], list[Mark]] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()
    causes: Mapping[int, Explanation] = field(default_factory=dict)
    firsts: Mapping[int, int] = field(default_factory=dict)


def failed(findings: pd.DataFrame) -> pd.DataFrame:
    """The failed findings in the order of the page, index from 1: errors, warnings, infos, each in the order found;
    after all of them those that are settled.
    """
    order = page_order(findings.to_dict("records"))
    return findings.iloc[order].set_axis(range(1, len(order) + 1), axis=0)


def numbered(findings: Sequence[Row]) -> dict[int, Row]:
    """The failed findings by their number on the page, in its order (:func:`failed`)."""
    return {number: findings[at] for number, at in enumerate(page_order(findings), 1)}


def page_order(findings: Sequence[Row]) -> list[int]:
    """Where the failed findings stand among all, in the order of the page."""
    fails = [at for at, finding in enumerate(findings) if finding["status"] == Status.FAIL]
    return sorted(fails, key=lambda at: (is_settled(findings[at]), SEVERITY_ORDER.index(findings[at]["severity"])))


def settled(findings: pd.DataFrame) -> pd.Series:
    """Which findings were explained or dismissed; none where nothing says what was decided."""
    if "review" not in findings:
        return findings["status"].isna()
    return findings["review"].isin(list(SETTLED))


def marks(findings: Sequence[Row], explanations: Iterable[Explanation] = ()) -> Marks:
    """The marks that the failed findings of one report put on its tables.

    explanations: of the same report. Where one is sure, the cells that it would change are marked, in place of the
    totals that do not add up; what is settled has a quiet mark at its own place.
    """
    cells: dict[str, list[Mark]] = {}
    rows: dict[tuple[str, str], list[Mark]] = {}
    columns: dict[tuple[str, str], list[Mark]] = {}
    parts: set[str] = set()
    fails = numbered(findings)
    causes = causes_of(fails, explanations)
    firsts: dict[int, int] = {}
    for number, finding in fails.items():
        seal, word = SEALS[finding["severity"]]
        table, row, column = (named(finding[name]) for name in ("table", "row", "column"))
        quiet, said = is_settled(finding), is_on_prose(finding)
        if not quiet and not said:
            parts.update(finding["cells"])
        cause = causes.get(number)
        if cause is not None:
            firsts[number] = next((other for other, known in causes.items() if known is cause), number)
        if cause is not None and cause.confidence in SURE:
            if firsts[number] == number:
                for change in cause.cells:
                    note = f"应为 {figure(change.proposed)}"
                    cells.setdefault(str(change.key), []).append(Mark(number, seal, word, note))
        elif said and len(finding["cells"]) != 1:
            continue
        elif row and column:
            note = STATES[finding["review"]] if quiet else tally(finding)
            cells.setdefault(f"{table}.{row}.{column}", []).append(Mark(number, seal, word, note, quiet, said))
        elif row:
            rows.setdefault((table, row), []).append(Mark(number, seal, word, settled=quiet))
        elif column:
            columns.setdefault((table, column), []).append(Mark(number, seal, word, settled=quiet))
    for found in cells.values():
        found.sort(key=lambda mark: mark.settled)
    return Marks(cells, rows, columns, frozenset(parts), causes, firsts)


def causes_of(fails: Mapping[int, Row], explanations: Iterable[Explanation]) -> dict[int, Explanation]:
    """The explanation of each finding that has one and is not settled, by the finding's number."""
    known: dict[tuple[str, str | None, str | None], Explanation] = {}
    for explanation in explanations:
        for address in explanation.explains:
            known.setdefault(address, explanation)
    found = {}
    for number, finding in fails.items():
        cause = known.get((finding["rule"], named(finding["row"]) or None, named(finding["column"]) or None))
        if cause is not None and not is_settled(finding):
            found[number] = cause
    return found


def named(value: object) -> str:
    """A part of an address, empty where the finding has none (pandas keeps no None among texts)."""
    return value if isinstance(value, str) else ""


def tally(finding: Row) -> str:
    """What the marked cell should agree with, in a few characters."""
    if is_on_prose(finding):
        return f"正文 {figure(finding['left'])}" if finding["rule"].startswith(COUNTED) else ""
    if finding["sign"] != "==":
        return ""  # a bound has no figure that the cell should be
    if finding["label"].startswith("各分项之和"):
        return f"分项和 {figure(finding['left'])}"
    return f"对应 {figure(finding['right'])}"
