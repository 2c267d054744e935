"""A fill-in form as an Excel workbook: the official tables, formulas beside them, the check sheet, sections as text.

Formulas carry no value: a program that does not calculate shows nothing where one that does shows red or green.
"""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.worksheet import Worksheet

from gdgk.filling.asides import fill_beside
from gdgk.filling.cells import put, put_over, put_text
from gdgk.filling.checklist import Asked, asked, prior_keys
from gdgk.filling.checksheet import fill_checks
from gdgk.filling.cover import Cover
from gdgk.filling.entries import Entry, entry_of, validation
from gdgk.filling.frontpage import fill_cover
from gdgk.filling.layout import (
    CHECKS,
    COVER,
    PRIOR,
    TEXT_COLUMN,
    Plan,
    areas,
    plan_of,
    sheet_name,
    text_sheets,
)
from gdgk.filling.prior import Before
from gdgk.filling.styles import add_styles, lines_of, mark_wrong, open_column, protect, set_page
from gdgk.form import CellKey, Edition, Table
from gdgk.listing import saved
from gdgk.reconciliation.wording import place

TEXT_NOTE = "请从下一行起填写：每段一格，可整篇粘贴。一格最多 32767 字，更长的段落请分成几格；没有的留空。"
TEXT_WIDTH = 92
WIDTHS = {"rows": (5, 13, 34), "blocks": (26,), "list": (66,), "across": ()}
CELL_WIDTHS = {"rows": 10.5, "blocks": 20, "across": 7.4, "list": 14}
LINE_HEIGHTS = {"rows": 21, "blocks": 24, "across": 34, "list": 19}


def form_workbook(cover: Cover, form: Edition, before: Before) -> bytes:
    """A fill-in form as the bytes of an .xlsx, the same for the same arguments."""
    book = Workbook()
    add_styles(book)
    found = asked(form, before)
    rows = {key: at for at, key in enumerate(prior_keys(found), 4)}
    front = book.active
    assert isinstance(front, Worksheet)
    front.title = COVER
    sheets = {table.id: fill_table(book.create_sheet(sheet_name(table)), table) for table in form.tables.values()}
    for heading in text_sheets().values():
        fill_text(book.create_sheet(heading), heading)
    lines = fill_checks(book.create_sheet(CHECKS), form, found, rows)
    for table in form.tables.values():
        fill_beside(sheets[table.id], form, table, found, lines, rows)
    fill_prior(book.create_sheet(PRIOR), form, found, rows, before)
    fill_cover(front, cover, form, before, lines)
    for sheet in book.worksheets:
        protect(sheet)
    book.security = WorkbookProtection(lockStructure=True)
    book.calculation.fullCalcOnLoad = True
    return saved(book)


# ── tables ──


def fill_table(sheet: Worksheet, table: Table) -> Worksheet:
    """A table as the official form prints it, its cells open."""
    plan = plan_of(table)
    put(sheet, 1, 1, title_of(table), "title")
    put(sheet, 2, 1, f"单位：{table.unit}。各格均须填报，没有的填 0。", "note")
    sheet.row_dimensions[1].height = 26
    for heading in plan.headings:
        put_over(sheet, heading.row, heading.column, heading.text, heading.look, heading.rows, heading.columns)
    entries: dict[Entry, list[tuple[int, int]]] = {}
    for key, at in plan.places.items():
        put_over(sheet, at.row, at.column, None, "input", columns=at.columns)
        entries.setdefault(entry_of(table, key), []).append((at.row, at.column))
    for entry, places in entries.items():
        allow(sheet, entry, places)
    set_sizes(sheet, plan)
    last = get_column_letter(plan.width)
    header = f"1:{plan.header}" if table.layout in ("rows", "list") else ""
    set_page(sheet, landscape=table.layout == "across", header=header, area=f"A1:{last}{plan.last}")
    if table.layout == "rows":
        sheet.freeze_panes = sheet.cell(plan.header + 1, plan.labels + 1).coordinate
    return sheet


def title_of(table: Table) -> str:
    """A table's title with its number."""
    return table.title if table.number.endswith("表") else f"{table.number}、{table.title}"


def allow(sheet: Worksheet, entry: Entry, places: list[tuple[int, int]]) -> None:
    """Let some cells take one kind of entry only."""
    ranges = [
        f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
        for top, left, bottom, right in areas(places)
    ]
    # The reference of the top left cell of all of them: programs move it on from there, cell by cell.
    first = f"{get_column_letter(min(column for _, column in places))}{min(row for row, _ in places)}"
    rule = validation(entry, first)
    rule.sqref = rule.sqref.__class__(" ".join(ranges))
    sheet.add_data_validation(rule)
    mark_wrong(sheet, " ".join(ranges), f"AND(NOT(ISBLANK({first})),NOT({entry.formula(first)}))")


def set_sizes(sheet: Worksheet, plan: Plan) -> None:
    """Widths of columns and heights of rows by the layout of a table."""
    layout = plan.table.layout
    widths = WIDTHS[layout]
    for at in range(1, plan.width + 1):
        width = widths[at - 1] if at <= len(widths) else CELL_WIDTHS[layout]
        sheet.column_dimensions[get_column_letter(at)].width = 8 if layout == "list" and at == 2 else width
    for row in range(plan.header + 1 if layout == "rows" else plan.header, plan.last + 1):
        sheet.row_dimensions[max(row, 3)].height = LINE_HEIGHTS[layout]
    if layout == "rows":
        sheet.row_dimensions[plan.header].height = 30
    for heading in plan.headings:
        if heading.look == "label":
            room = sum(widths[heading.column - 1 : heading.column - 1 + heading.columns])
            needed = 15 * lines_of(heading.text, room) + 4
            sheet.row_dimensions[heading.row].height = max(LINE_HEIGHTS[layout], needed)


# ── text, last year's figures ──


def fill_text(sheet: Worksheet, heading: str) -> None:
    """A section that is text: a column of paragraphs."""
    column = sheet.column_dimensions[get_column_letter(TEXT_COLUMN)]
    column.width = TEXT_WIDTH
    # The whole column is open: its style holds for cells that do not exist yet.
    open_column(column)
    put(sheet, 1, TEXT_COLUMN, heading, "title")
    put(sheet, 2, TEXT_COLUMN, TEXT_NOTE, "note")
    sheet.freeze_panes = "A3"
    set_page(sheet)


def fill_prior(
    sheet: Worksheet, form: Edition, found: list[Asked], rows: Mapping[CellKey, int], before: Before
) -> None:
    """Last year's figures that the formulas compare with."""
    put(sheet, 1, 1, "上年数", "title")
    put_text(sheet, 2, 1, before.told, "note")
    for at, (text, width) in enumerate((("位置", 52), ("上年报告的数", 18)), 1):
        put(sheet, 3, at, text, "head")
        sheet.column_dimensions[get_column_letter(at)].width = width
    for key in prior_keys(found):
        own = before.prior.form if key in before.prior.form.cells else form
        put(sheet, rows[key], 1, place(own, *key), "words")
        put(sheet, rows[key], 2, before.number(key), "number")
    set_page(sheet, header="1:3")
