"""The check sheet of a form: each relation in plain words, both sides, by how much they differ, how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gdgk.filling.cells import put, put_over
from gdgk.filling.checklist import Asked
from gdgk.filling.cover import MARK
from gdgk.filling.formulas import (
    BROKEN,
    EVEN,
    FAILING,
    HELD,
    UNEVEN,
    UNFILLED,
    Line,
    Places,
    count,
    fractions,
    line_of,
    negatives,
)
from gdgk.filling.layout import sheet_name
from gdgk.filling.styles import colour_outcomes, lines_of, set_page
from gdgk.form import CellKey, Edition, Table
from gdgk.reconciliation.equations import Bound
from gdgk.report import MONEY

COLUMNS = {"位置": 30, "应有的关系": 66, "左边": 11, "右边": 11, "相差": 10, "结果": 11, "说明": 52}
LEFT, RIGHT, DIFFERENCE, OUTCOME = "C", "D", "E", "F"
TOP = 4


@dataclass(frozen=True)
class Lines:
    """Where the check sheet has what. rows: by comparison; filled: by table, its line on what is filled in; last."""

    rows: tuple[int, ...]
    filled: dict[str, int]
    last: int

    @property
    def outcomes(self) -> str:
        """The column of outcomes."""
        return f"${OUTCOME}${TOP}:${OUTCOME}${self.last}"


def fill_checks(sheet: Worksheet, form: Edition, found: list[Asked], prior: Mapping[CellKey, int]) -> Lines:
    """Write the check sheet."""
    put(sheet, 1, 1, f"勾稽检查{MARK}", "title")
    put(
        sheet,
        2,
        1,
        "结果随填报自动更新：平、合，关系成立；不平、不合，须改正；须核实、请留意，确有原因的可以保留；未填，有空格，不作判断。",
        "note",
    )
    for at, (name, width) in enumerate(COLUMNS.items(), 1):
        put(sheet, TOP - 1, at, name, "head")
        sheet.column_dimensions[get_column_letter(at)].width = width
    places = Places(form, prior)
    rows: dict[int, int] = {}
    filled: dict[str, int] = {}
    row = TOP
    for table in form.tables.values():
        put_over(sheet, row, 1, f"{sheet_name(table)}　{table.title}", "article", columns=len(COLUMNS))
        filled[table.id] = row + 1
        put_line(
            sheet, row + 1, (f"{sheet_name(table)} · 填报", f"{len(table.cells)} 格都填了数"), filling(table, places)
        )
        row += 2
        for number, one in enumerate(found):
            if one.item.table == table.id:
                put_line(sheet, row, (one.place, one.words), line_at(one, row, places), about(one))
                rows[number] = row
                row += 1
    colour_outcomes(sheet, f"{OUTCOME}{TOP}:{OUTCOME}{row - 1}", f"{OUTCOME}{TOP}")
    sheet.freeze_panes = f"A{TOP}"
    set_page(sheet, landscape=True, header=f"1:{TOP - 1}")
    return Lines(tuple(rows[number] for number in range(len(found))), filled, row - 1)


def line_at(one: Asked, row: int, places: Places) -> Line:
    """A comparison as formulas in a row."""
    item = one.item
    if isinstance(item, Bound) and item.counts:
        return counting(item, places, row)
    return line_of(item, places, f"${LEFT}${row}", f"${RIGHT}${row}")


def about(one: Asked) -> str:
    """The rule's name, and what is no fault although it does not hold."""
    item = one.item
    lawful = f"下列情形不算错：{item.unless}" if item.unless else ""
    return "；".join(part for part in (item.label, lawful) if part) + f"（{item.rule}）"


def put_line(sheet: Worksheet, row: int, words: tuple[str, str], line: Line, about: str = "") -> None:
    """One line of the check sheet."""
    put(sheet, row, 1, words[0], "words")
    put(sheet, row, 2, words[1], "words")
    for at, formula in enumerate((line.left, line.right, line.difference), 3):
        put(sheet, row, at, formula, "number")
    put(sheet, row, 6, line.outcome, "outcome")
    put(sheet, row, 7, about, "words")
    widths = list(COLUMNS.values())
    lines = max(lines_of(text, widths[at]) for text, at in ((words[0], 0), (words[1], 1), (about, 6)))
    sheet.row_dimensions[row].height = 13.5 * lines + 5


def filling(table: Table, places: Places) -> Line:
    """How many cells of a table hold something, beside how many there are."""
    found = places.areas(table.cells)
    filled, all_cells = count("COUNTA", found), len(table.cells)
    return Line(
        f"={filled}",
        f"={all_cells}",
        f"={filled}-{all_cells}",
        f'=IF({filled}<{all_cells},"{UNFILLED} "&({all_cells}-{filled})&" 格","{HELD}")',
    )


def counting(item: Bound, places: Places, row: int) -> Line:
    """A rule that counts entries which may not be: how many there are, beside none."""
    table = places.form.tables[item.table]
    signed = {key for key, (_, column) in table.cells.items() if column.kind == "change"}
    kinds = {
        "negatives": negatives(places.areas(key for key in table.cells if key not in signed)),
        "fractions": fractions(places.areas(key for key in table.cells if table.unit_of(key) != MONEY)),
    }
    left = "+".join(kinds[kind] for kind in item.counts)
    bad = FAILING.get(item.severity, BROKEN)
    empty = f"{count('COUNT', places.areas(table.cells))}=0"
    return Line(f"={left}", "=0", f"=${LEFT}${row}", f'=IF({empty},"{UNFILLED}",IF(${LEFT}${row}=0,"{HELD}","{bad}"))')


def summary(lines: Lines, words: tuple[str, ...]) -> str:
    """How many lines of the check sheet end with some words, as an expression."""
    return "+".join(f"COUNTIF('勾稽检查'!{lines.outcomes},\"{word}*\")" for word in words)


FAULTS = (UNEVEN, BROKEN)
FINE = (EVEN, HELD)
