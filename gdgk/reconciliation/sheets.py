"""The cells of one report, and of the one before it, as the checks read them; what a blank means there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from gdgk.archive.frames import PANEL
from gdgk.form import CellKey, Edition, edition, edition_for
from gdgk.reconciliation.equations import Relation
from gdgk.reconciliation.spelling import relations
from gdgk.report import UNKNOWN, Cell, Report, State

if TYPE_CHECKING:
    import pandas as pd

# What a blank is in a report: as the figures show it, or as report.toml states it (zero, missing).
BLANKS = {
    "filled": "各格均已填报",
    "unfilled": "各表均未填报，不可评估",
    "totals": "总计留空，按分项之和推算",
    "zero": "只填非零数字，空格按 0 计",
    "mixed": "0 与空格并存，空格按 0 计，是否为 0 须核实",
    "missing": "空格表示未填报，不按 0 计",
    "unread": "有的格未入库",
}
# What a panel may lack that is read as sheets.
NOT_NEEDED = frozenset({"corrected", "blanks", "scope"})
STATED = {"zero": "空格表示 0（报告说明）", "missing": "空格表示未填报，不按 0 计（报告说明）"}


@dataclass
class Sheet:
    """The cells of one report as the checks read them.

    ``imputed``: blank totals and the value that their parts give them. ``unclear``: blank totals of parts not known.
    ``blank_tables``: tables left wholly unfilled. ``stated_blanks``: what report.toml says a blank is (``zero``,
    ``missing``, or nothing). ``scope``: whom the report says it covers.
    """

    agency: str
    year: int
    form: Edition
    cells: dict[CellKey, Cell]
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    extra_rows: dict[tuple[str, str], str] = field(default_factory=dict)
    imputed: dict[CellKey, float] = field(default_factory=dict)
    blank_tables: set[str] = field(default_factory=set)
    unclear: set[CellKey] = field(default_factory=set)
    stated_blanks: str = ""
    scope: str = ""

    def number(self, key: CellKey) -> float:
        """The figure of a cell in a sum: its value, else what its parts give, else 0."""
        value = self.cells[key].value
        return self.imputed.get(key, 0) if value is None else value

    def unknown(self, key: CellKey) -> bool:
        """Whether nobody can say what the cell counts: not taken in, words without a number, or a blank that stands for
        a figure not reported.
        """
        cell = self.cells[key]
        if cell.value is not None:
            return False
        return key in self.unclear or not cell.empty or (self.missing(key) and key not in self.imputed)

    def missing(self, key: CellKey) -> bool:
        """Whether the report says that such a blank is a figure not reported. 无 says that there is none."""
        return self.stated_blanks == "missing" and self.cells[key].state in (State.BLANK, State.DASH)

    def bare(self, key: CellKey) -> bool:
        """Whether a cell was left blank, no sum of parts speaks for it, and the report does not say that it is 0."""
        return self.cells[key].empty and key not in self.imputed and self.stated_blanks != "zero"

    def may_be_zero(self, key: CellKey) -> bool:
        """Whether an empty cell may be held to be 0 against the report: in a table with sums, or where it says so."""
        table = self.form.tables[key.table]
        return bool(table.row_sum or table.column_sum) or self.stated_blanks == "zero"

    @property
    def blanks(self) -> str:
        """What a blank is in this report: a key of :data:`BLANKS`, as stated, else as its tables with sums show."""
        if self.stated_blanks:
            return self.stated_blanks
        found = [self.blanks_of(table.id) for table in self.form.tables.values() if table.row_sum or table.column_sum]
        judged = [name for name in found if name != "unfilled"]
        order = ("mixed", "zero", "totals", "unread", "filled")
        return next((name for name in order if name in judged), "unfilled")

    @property
    def blanks_zh(self) -> str:
        """The same in Chinese, for the page."""
        return STATED[self.stated_blanks] if self.stated_blanks else BLANKS[self.blanks]

    def blanks_of(self, table: str) -> str:
        """What a blank is in one table, as its figures show."""
        cells = {key: self.cells[key] for key in self.form.tables[table].cells}
        empty = [key for key, cell in cells.items() if cell.empty]
        if not empty:
            return "unread" if any(cell.state is State.UNKNOWN for cell in cells.values()) else "filled"
        if len(empty) == len(cells):
            return "unfilled"
        totals = sum_totals(self.form)
        if all(key in totals for key in empty):
            return "totals"
        zeros = any(cell.value == 0 for key, cell in cells.items() if key not in totals)
        return "mixed" if zeros else "zero"


def read_sheets(panel: pd.DataFrame) -> dict[tuple[str, int], Sheet]:
    """The sheets of a panel by (agency, year), in its order, with blank totals imputed; a cell that the panel lacks is
    not taken in.
    """
    columns = [
        [""] * len(panel) if name in NOT_NEEDED and name not in panel else panel[name].tolist() for name in PANEL
    ]
    sheets: dict[tuple[str, int], Sheet] = {}
    rows = zip(*columns, strict=True)
    for agency, year, form, table, row, column, raw, value, state, _, label, blanks, scope in rows:
        sheet = sheets.get((agency, year))
        if sheet is None:
            # a panel put together from others may lack a text here
            stated, covers = (text if isinstance(text, str) else "" for text in (blanks, scope))
            sheet = Sheet(agency, year, edition(form), {}, stated_blanks=stated, scope=covers)
            sheets[agency, year] = sheet
        key = CellKey(table, row, column)
        if key not in sheet.form.cells:
            sheet.extra_rows[table, row] = label
            continue
        number = None if value is None or value != value else float(value)
        sheet.cells[key] = Cell(raw, number, State(state))
        if label:
            sheet.labels[table, row] = label
    for sheet in sheets.values():
        for key in sheet.form.cells.keys() - sheet.cells.keys():
            sheet.cells[key] = UNKNOWN
        complete(sheet)
    return sheets


def sheets_of(reports: Iterable[Report]) -> dict[tuple[str, int], Sheet]:
    """The sheets of reports by (agency, year): the same as :func:`read_sheets` of their panel."""
    return {(report.agency, report.year): sheet_of(report) for report in reports}


def sheet_of(report: Report) -> Sheet:
    """A report as the checks read it: its cells as corrected, what they print as reported."""
    stated, scope = report.head.blanks, report.head.scope
    sheet = Sheet(report.agency, report.year, report.edition, {}, stated_blanks=stated, scope=scope)
    for key, reported in report.cells.items():
        cell = report.cell(key)
        number = None if cell.value is None else float(cell.value)
        sheet.cells[key] = Cell(reported.raw, number, cell.state)
        if report.labels and (label := report.labels.get((key.table, key.row))):
            sheet.labels[key.table, key.row] = label
    sheet.extra_rows = {(table, row.key): row.label for table, rows in report.extra_rows.items() for row in rows}
    complete(sheet)
    return sheet


@cache
def sums(form: Edition) -> tuple[Relation, ...]:
    """The sums of a form's tree."""
    return tuple(item for item in relations(form, ()) if item.is_sum)


@cache
def sum_totals(form: Edition) -> frozenset[CellKey]:
    """The cells that a form's tree makes the sum of others."""
    return frozenset(item.right[0].key for item in sums(form))


def complete(sheet: Sheet) -> None:
    """Note the tables left wholly unfilled and give blank totals the value of their parts."""
    sheet.blank_tables = {
        table.id for table in sheet.form.tables.values() if all(sheet.cells[key].empty for key in table.cells)
    }
    if sheet.stated_blanks == "zero":
        sheet.blank_tables = set()
    blank: dict[CellKey, list[list[CellKey]]] = {}
    for relation in sums(sheet.form):
        total = relation.right[0].key
        if sheet.cells[total].empty:
            blank.setdefault(total, []).append([term.key for term in relation.left])
    while blank:
        # A blank total may be a part of another: one whose parts are settled comes first.
        total = next(
            key for key, parted in blank.items() if not any(part in blank for parts in parted for part in parts)
        )
        settle(sheet, total, blank.pop(total))


def settle(sheet: Sheet, total: CellKey, parted: list[list[CellKey]]) -> None:
    """Give a blank total the value of its parts; where no sum has all its parts and one is not known, nor is it."""
    known = [parts for parts in parted if not any(sheet.unknown(part) for part in parts)]
    for parts in known:
        if any(sheet.cells[part].value is not None or part in sheet.imputed for part in parts):
            sheet.imputed[total] = sum(sheet.number(part) for part in parts)
            return
    if len(known) < len(parted):
        sheet.unclear.add(total)


@dataclass(frozen=True)
class Prior:
    """Last year's figures for a report, or why there are none."""

    sheets: tuple[Sheet, ...]
    form: Edition
    reason: str = ""

    def has(self, key: CellKey) -> bool:
        """Whether last year's form has the cell."""
        return all(key in sheet.form.cells for sheet in self.sheets) if self.sheets else key in self.form.cells

    def number(self, key: CellKey) -> float:
        """Last year's figure."""
        return sum(sheet.number(key) for sheet in self.sheets)

    def unknown(self, key: CellKey) -> bool:
        """Whether last year's figure is not to be had."""
        return any(sheet.unknown(key) or key.table in sheet.blank_tables for sheet in self.sheets)

    def blank(self, key: CellKey) -> bool:
        """Whether last year's figure was left blank."""
        return any(sheet.cells[key].empty for sheet in self.sheets)

    def bare(self, key: CellKey) -> bool:
        """Whether last year's figure was left blank and nothing speaks for it."""
        return any(sheet.bare(key) for sheet in self.sheets)

    def may_be_zero(self, key: CellKey) -> bool:
        """Whether a figure left blank last year may be held to have been 0."""
        return all(sheet.may_be_zero(key) for sheet in self.sheets if sheet.cells[key].empty)


class Lineage:
    """Who went before whom: finds the reports on the year before, over as many reorganisations as there were.

    predecessors: by agency. A split (拆分) gives no figures: last year's cannot be told apart by successor.
    """

    def __init__(self, predecessors: Mapping[str, tuple[str, ...]]) -> None:
        self.predecessors = predecessors
        self.successors: dict[str, set[str]] = {}
        for agency, names in predecessors.items():
            for name in names:
                self.successors.setdefault(name, set()).add(agency)

    def prior(self, sheet: Sheet, sheets: Mapping[tuple[str, int], Sheet]) -> Prior:
        """The report on the year before: the agency's own, else those of all its predecessors together."""
        year = sheet.year - 1
        form = edition_for(max(year, 2014))
        own = sheets.get((sheet.agency, year))
        if own is not None:
            return Prior((own,), own.form)
        if not self.predecessors.get(sheet.agency):
            return Prior((), form, f"{year} 年报告未入库")
        found: list[Sheet] = []
        missing: list[str] = []
        ahead, seen = [sheet.agency], {sheet.agency}
        while ahead:
            successor = ahead.pop(0)
            for name in self.predecessors.get(successor, ()):
                if self.successors[name] != {successor} or (name, sheet.year) in sheets:
                    return Prior((), form, "机关由拆分而来，上年数字无法对应到本机关")
                if name in seen:
                    continue
                seen.add(name)
                before = sheets.get((name, year))
                if before is not None:
                    found.append(before)
                elif self.predecessors.get(name):
                    ahead.append(name)
                else:
                    missing.append(name)
        if missing or not found:
            return Prior((), form, f"前身机关 {'、'.join(missing) or sheet.agency} 的 {year} 年报告未入库")
        return Prior(tuple(found), found[0].form)
