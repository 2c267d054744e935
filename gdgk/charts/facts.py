"""What the charts read from a panel: a figure, or why there is none, and how far it may be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, Union

from gdgk.charts.style import count
from gdgk.claims import facts
from gdgk.claims.publishing import Post, posts
from gdgk.crosswalk import Measure, measures_by_id
from gdgk.findings import Row, is_on_prose
from gdgk.form import CellKey, Item
from gdgk.indicators import compare, figure, quantity
from gdgk.reconciliation import Sheet, read_sheets
from gdgk.report import Report, State

if TYPE_CHECKING:
    import pandas as pd

DISPUTES = {
    "reconsideration": "行政复议",
    "litigation_direct": "直接起诉",
    "litigation_after_reconsideration": "复议后起诉",
}
OUTCOMES = {"upheld": "维持", "corrected": "纠正", "other_result": "其他", "pending": "未审结"}
# What a chart is drawn from: a panel, or what a page has read of it once for all its charts (:func:`readings`).
Drawn: TypeAlias = Union["pd.DataFrame", Sequence["Reading"]]
NOT_TAKEN_IN, NOT_FILLED, NOT_ON_FORM, NO_NUMBER = "未入库", "未填报", "表式无此项", "非数字"


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of one report.

    value: None where ``missing`` says why. zero: a blank was read as 0. summed: a blank total was read as the sum of
    its parts. wrong: one of its cells stands in a failed check of severity error.
    """

    value: float | None
    missing: str = ""
    zero: bool = False
    summed: bool = False
    wrong: bool = False

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return self.value is not None

    @property
    def number(self) -> float:
        """The figure; 0 where there is none, for sums over facts of which :attr:`known` was asked."""
        return self.value or 0.0

    @property
    def dagger(self) -> str:
        """† where a blank was read."""
        return "†" if self.zero or self.summed else ""

    @property
    def text(self) -> str:
        """The fact in the table behind a chart."""
        if self.value is None:
            return self.missing
        return f"{count(self.value)}{self.dagger}{'（误）' if self.wrong else ''}"


@dataclass(frozen=True)
class Reading:
    """One report as the charts read it.

    wrong: addresses of cells in failed checks of severity error. posts: what its prose says of channels; doubted: the
    places of the prose that such checks contradict.
    """

    sheet: Sheet
    wrong: frozenset[str] = frozenset()
    posts: tuple[Post, ...] = ()
    doubted: tuple[tuple[int, int], ...] = ()

    @property
    def year(self) -> int:
        """The year reported on."""
        return self.sheet.year

    def fact(self, measure: Measure) -> Fact:
        """A measure of the report."""
        keys = [key for _, key in measure.cells(self.sheet.form)]
        if not keys:
            return Fact(None, NOT_ON_FORM)
        value, _ = figure(self.sheet, measure)
        if value is None:
            return Fact(None, self.reason(keys))
        blank = [key for key in keys if self.sheet.cells[key].empty]
        summed = any(key in self.sheet.imputed for key in blank)
        zero = any(key not in self.sheet.imputed or self.reads_zero(key) for key in blank)
        return Fact(value, "", zero, summed, any(str(key) in self.wrong for key in keys))

    def reads_zero(self, total: CellKey) -> bool:
        """Whether an imputed total has no part that prints a figure."""
        return self.sheet.imputed[total] == 0

    def reason(self, keys: Sequence[CellKey]) -> str:
        """Why a report does not say a figure."""
        cells = [self.sheet.cells[key] for key in keys]
        if any(cell.state is State.UNKNOWN for cell in cells):
            return NOT_TAKEN_IN
        if any(cell.value is None and not cell.empty for cell in cells):
            return NO_NUMBER
        return NOT_FILLED

    def facts(self, measures: Iterable[Measure]) -> list[Fact]:
        """Several measures of the report."""
        return [self.fact(measure) for measure in measures]

    def unfilled(self, measures: Iterable[Measure]) -> bool:
        """Whether not one cell of some measures is filled in, by itself or through its parts."""
        keys = [key for measure in measures for _, key in measure.cells(self.sheet.form)]
        return all(self.sheet.cells[key].empty and key not in self.sheet.imputed for key in keys)


def readings(sheets: Iterable[Sheet], findings: Iterable[Row], reports: Iterable[Report] = ()) -> list[Reading]:
    """Reports as the charts read them, by year, for all charts of a page (:data:`Drawn`).

    reports: the same with their prose, for the charts of what it says of channels.
    """
    wrong: dict[tuple[str, int], set[str]] = {}
    doubted: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for one in findings:
        if one["status"] == "fail" and one["severity"] == "error":
            key = (one["agency"], one["year"])
            if not is_on_prose(one):
                wrong.setdefault(key, set()).update(one["cells"])
            elif one["span"]:
                doubted.setdefault(key, []).append(one["span"])
    said = {(one.agency, one.year): posts(facts(one), one.year) for one in reports}
    ordered = sorted(sheets, key=lambda sheet: sheet.year)
    keys = [(sheet.agency, sheet.year) for sheet in ordered]
    return [
        Reading(sheet, frozenset(wrong.get(key, ())), said.get(key, ()), tuple(doubted.get(key, ())))
        for sheet, key in zip(ordered, keys, strict=True)
    ]


def read_years(panel: Drawn, findings: pd.DataFrame | None = None) -> list[Reading]:
    """The reports of one agency by year. Raises :class:`ValueError` for a panel of several agencies."""
    if isinstance(panel, Sequence):
        found = list(panel)
    else:
        found = readings(read_sheets(panel).values(), [] if findings is None else findings.to_dict("records"))
    agencies = sorted({reading.sheet.agency for reading in found})
    if len(agencies) > 1:
        raise ValueError(
            f"a panel of {len(agencies)} agencies ({', '.join(agencies[:3])} …); expected one: panel[panel.agency == …]"
        )
    return found


def read_one(panel: Drawn, findings: pd.DataFrame | None = None) -> Reading | None:
    """The one report of a panel, None for an empty panel. Raises :class:`ValueError` for several reports."""
    found = read_years(panel, findings)
    if len(found) > 1:
        raise ValueError(f"a panel of {len(found)} years; expected one: panel[panel.year == …]")
    return found[0] if found else None


def measure(name: str) -> Measure:
    """A measure of the crosswalk."""
    return measures_by_id()[name]


def dispute(row: str, column: str) -> Measure:
    """A result of a line of table 四, or of both kinds of suit (``litigation``)."""
    return quantity(f"disputes.{row}.{column}")


def cells_of(table: str, rows: Iterable[Item], column: str = "total") -> list[Measure]:
    """One column of some rows, as quantities."""
    return [quantity(f"{table}.{row.key}.{column}") for row in rows]


def only_total(report: Reading, row: str) -> bool:
    """Whether a line of table 四 prints a total above 0 and leaves every part blank: nothing contradicts it."""
    total = report.sheet.cells[CellKey("disputes", row, "total")].value
    return bool(total) and report.unfilled(dispute(row, column) for column in OUTCOMES)


def comparable(quantity: Measure, earlier: Reading, later: Reading) -> str:
    """Whether a quantity may be compared between two reports: ``same``, ``approx``, ``none`` or ``gap``."""
    return compare(quantity, later.sheet, earlier.sheet)


def over_seam(quantity: Measure, earlier: Reading, later: Reading) -> str:
    """Whether a quantity compares between the forms of two reports, however many years lie between them."""
    return compare(quantity, later.sheet, replace(earlier.sheet, year=later.year - 1))


def notes(facts: Iterable[Fact]) -> list[str]:
    """What the source line must say of the figures shown."""
    found = list(facts)
    said = []
    if any(fact.zero for fact in found):
        said.append("空格按 0 计，标†")
    if any(fact.summed for fact in found):
        said.append("总计未填，按分项之和，标†")
    if any(fact.wrong for fact in found):
        said.append("标“误”的数字在未通过的勾稽里，见核对结果")
    return said


def source(first: str, *more: str) -> str:
    """The source line: where the figures stand, then what must be known of them."""
    return "；".join(part for part in (first, *more) if part) + "。"
