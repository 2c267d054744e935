"""The sheets of a workbook: a table as printed, text line by line, a list.

Texts are texts whatever sign they open with, a figure is a number, a blank is an empty cell and never 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gdgk.exporters.columns import measure, shares
from gdgk.exporters.pieces import Cell, Document, Table, clean

NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.\d+)?")
# Excel keeps 15 digits of a number, and so many characters in a cell and in the name of a sheet.
DIGITS, LONGEST, NAME_LENGTH = 15, 32_767, 31
CUT = "……（原文 {} 字，单元格放不下，后略）"
# What Excel would read as the number of a character in a text, and what no name of a sheet may hold.
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\n\t]")
# In Excel's units: half a Chinese character across; a point down.
TABLE_WIDTH, TEXT_WIDTH, LINE, TALLEST = 100.0, 66, 15.0, 400.0
HEADER = 80
# Beyond this many columns a table is printed across the longer side.
WIDE = 10
THIN = Side(style="thin")
FRAME = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEADING = PatternFill("solid", fgColor="EDEDED")
NOTICE = Font(bold=True, color="9C1C12")
CENTER = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
TOP = Alignment(vertical="top", wrap_text=True)


class Line(NamedTuple):
    """A line of text. level: of a heading, 1 for the title; 0 for what is none."""

    text: str
    level: int = 0


# ── cells ──


def fill(cell: SheetCell | MergedCell, value: Any) -> None:
    """Give a cell a number or a text; None and the empty text leave it empty."""
    if isinstance(value, str):
        if value:
            cell.value, cell.data_type = text_of(value), "s"
    elif value is not None:
        cell.value = value


def text_of(text: str) -> str:
    """A text as a cell can hold it: clean, not too long, nothing in it read as the number of a character."""
    made = ESCAPE.sub("_x005F_", clean(text.replace("\r\n", "\n").replace("\r", "\n")))
    if len(made) <= LONGEST:
        return made
    note = CUT.format(len(text))
    return made[: LONGEST - len(note)] + note


def value_of(cell: Cell) -> str | int | float:
    """What a cell of a printed table is on a sheet: a number where it is one that Excel can keep whole."""
    text = cell.text.strip()
    if cell.header or not NUMBER.fullmatch(text):
        return cell.text
    plain = text.replace(",", "")
    if len(plain.lstrip("-").replace(".", "")) > DIGITS:
        return cell.text
    return float(plain) if "." in plain else int(plain)


def sheet_name(wanted: str, names: set[str]) -> str:
    """A name that a sheet may have and none has yet, which is noted in ``names`` (in small letters)."""
    base = " ".join(NOT_IN_NAMES.sub(" ", clean(wanted)).split())[:NAME_LENGTH].strip() or "表格"
    name, number = base, 2
    while name.lower() in names or name.lower() == "history":  # Excel keeps that one for itself
        ending = f" ({number})"
        name, number = base[: NAME_LENGTH - len(ending)] + ending, number + 1
    names.add(name.lower())
    return name


# ── sheets ──


def table_sheet(sheet: Worksheet, table: Table, own: bool, document: Document) -> None:
    """A table as printed, its merged cells merged. own: whether it is the report's, and so has its title above it; what
    table it is, and in what unit, stands at the head of the printed page, where ``gdgk import`` does not take it for
    prose.
    """
    top = above(sheet, [Line(document.title, 1) if own else Line(table.caption, 2)], document)
    if table.unit and not own:
        top += 1
        fill(sheet.cell(top, table.width), f"单位：{table.unit}")
        sheet.cell(top, table.width).alignment = Alignment(horizontal="right")
    widths = [max(6.0, TABLE_WIDTH * share) for share in shares(table, TABLE_WIDTH / 2)]
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for cell in table.cells:
        place(sheet, cell, top, cell.header and (cell.row < table.head or cell.row in table.header_rows()))
    for number, height in enumerate(heights(table, widths), top + 1):
        sheet.row_dimensions[number].height = height
    if table.head:
        sheet.print_title_rows = f"{top + 1}:{top + table.head}"
    # All of it, also a last row without a figure.
    sheet.print_area = f"A1:{get_column_letter(table.width)}{top + table.height}"
    printing(sheet, document, table.width > WIDE, printed_name(sheet, table) if own else "")


def printed_name(sheet: Worksheet, table: Table) -> str:
    """What table a sheet has, and its unit."""
    return f"{sheet.title}　{table.caption}" + (f"（单位：{table.unit}）" if table.unit else "")


def place(sheet: Worksheet, cell: Cell, top: int, heading: bool) -> None:
    """A cell of a table below a row of the sheet."""
    first, column = top + 1 + cell.row, 1 + cell.column
    own = sheet.cell(first, column)
    fill(own, value_of(cell))
    own.alignment = LEFT if cell.header and not heading and cell.rows == 1 else CENTER
    if isinstance(own.value, int) and abs(own.value) >= 1000:
        own.number_format = "#,##0"
    for row in range(first, first + cell.rows):
        for at in range(column, column + cell.columns):
            covered = sheet.cell(row, at)
            covered.border = FRAME
            if heading:
                covered.fill = HEADING
    if cell.rows > 1 or cell.columns > 1:
        sheet.merge_cells(None, first, column, first + cell.rows - 1, column + cell.columns - 1)


def heights(table: Table, widths: Sequence[float]) -> list[float]:
    """How high each row must be for the text of its cells: no program counts that for merged cells."""
    lines = [1] * table.height
    for cell in table.cells:
        needed = lines_needed(cell.text, sum(widths[cell.column : cell.column + cell.columns]))
        lines[cell.row] = max(lines[cell.row], -(-needed // cell.rows))
    return [tall(count) for count in lines]


def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width."""
    room = max(1, int(width - 1))
    return sum(max(1, -(-int(2 * measure(line) + 1) // room)) for line in text.split("\n"))


def tall(lines: int) -> float:
    """The height of a row of so many lines. Said for each row: not every program counts it when it opens a file."""
    return min(TALLEST, LINE * lines + 3)


def text_sheet(sheet: Worksheet, lines: Iterable[Line], document: Document) -> None:
    """Title, notices and text, a line each."""
    sheet.column_dimensions["A"].width = TEXT_WIDTH
    top = above(sheet, [Line(document.title, 1)], document)
    for number, line in enumerate((line for line in lines if line.text), top + 1):
        cell = sheet.cell(number, 1)
        fill(cell, line.text)
        cell.alignment = TOP
        sheet.row_dimensions[number].height = tall(lines_needed(line.text, TEXT_WIDTH))
        if line.level:
            cell.font = Font(bold=True)
    printing(sheet, document, False)


def list_sheet(sheet: Worksheet, widths: Mapping[str, int], rows: Iterable[Sequence[Any]], document: Document) -> None:
    """Lines below a heading that stays in sight. widths: of the columns, by their names."""
    for at, (name, width) in enumerate(widths.items(), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
        cell = sheet.cell(1, at)
        fill(cell, name)
        cell.font, cell.fill = Font(bold=True), HEADING
    for number, row in enumerate(rows, 2):
        for at, value in enumerate(row, 1):
            cell = sheet.cell(number, at)
            fill(cell, value)
            cell.alignment = TOP
        needed = [lines_needed(str(value), width) for value, width in zip(row, widths.values(), strict=False)]
        sheet.row_dimensions[number].height = tall(max(needed, default=1))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    printing(sheet, document, True)


def above(sheet: Worksheet, lines: Iterable[Line], document: Document) -> int:
    """What stands above a sheet's own matter: the notices, then these lines; the last row that they take."""
    row = 0
    for notice in document.notices:
        row += 1
        fill(sheet.cell(row, 1), notice.text)
        sheet.cell(row, 1).font = NOTICE
    for line in lines:
        if line.text:
            row += 1
            fill(sheet.cell(row, 1), line.text)
            sheet.cell(row, 1).font = Font(bold=True, size=14 if line.level == 1 else 12)
    return row


def printing(sheet: Worksheet, document: Document, across: bool, name: str = "") -> None:
    """A4, as wide as the page, its number below; at its head what every page must say (草稿), and a name."""
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if across else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "— &P —"
    label = "　".join(notice.label for notice in document.notices)
    for part, text in ((sheet.oddHeader.center, label), (sheet.oddHeader.left, name)):
        if text:
            part.text = text_of(text).replace("&", "&&")[:HEADER]
