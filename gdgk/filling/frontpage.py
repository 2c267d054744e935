"""The cover sheet: what the form is, how it is filled in, and how far it is."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from gdgk.filling.cells import put, put_text
from gdgk.filling.checksheet import FAULTS, FINE, Lines, summary
from gdgk.filling.cover import LABEL_COLUMN, LABELS, NAME_ROW, TITLE, TOP, VALUE_COLUMN, Cover
from gdgk.filling.formulas import DOUBTFUL, NOTED, UNFILLED
from gdgk.filling.layout import CHECKS, sheet_name, text_sheets
from gdgk.filling.prior import Before
from gdgk.filling.styles import lines_of, mark_wrong, set_page
from gdgk.form import Edition

STATE = (
    ("不平、不合（须改正）", FAULTS),
    ("须核实、请留意", (DOUBTFUL, NOTED)),
    ("未填", (UNFILLED,)),
    ("平、合", FINE),
)


def fill_cover(sheet: Worksheet, cover: Cover, form: Edition, before: Before, lines: Lines) -> None:
    """Write the cover."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 66
    put(sheet, 1, 1, TITLE, "title")
    sheet.row_dimensions[1].height = 30
    for at, (label, value) in enumerate(zip(LABELS, cover.values, strict=True), TOP):
        put(sheet, at, LABEL_COLUMN, label, "label")
        put_text(sheet, at, VALUE_COLUMN, str(value), "field")
    if not cover.agency:
        put(sheet, NAME_ROW, VALUE_COLUMN, None, "open")
    row = TOP + len(LABELS) + 1
    put(sheet, row, 1, "填报进度（自动更新）", "head")
    put(sheet, row, 2, f"各项见工作表“{CHECKS}”", "head")
    for at, (label, words) in enumerate(STATE, row + 1):
        put(sheet, at, 1, label, "label")
        put(sheet, at, 2, f'=({summary(lines, words)})&" 项"', "field")
    mark_wrong(sheet, f"B{row + 1}", f'LEFT($B${row + 1},2)<>"0 "')
    row += len(STATE) + 2
    put(sheet, row, 1, "填报方法", "head")
    put(sheet, row, 2, f"{form.label}（{form.basis}）", "head")
    for at, (label, text) in enumerate(guide(cover, form, before), row + 1):
        put(sheet, at, 1, label, "label")
        put_text(sheet, at, 2, text, "field")
        sheet.row_dimensions[at].height = 16 * lines_of(text, 66) + 6
    set_page(sheet)


def guide(cover: Cover, form: Edition, before: Before) -> list[tuple[str, str]]:
    """How a form is filled in."""
    tables = "、".join(sheet_name(table) for table in form.tables.values())
    found = [
        (
            tables,
            "浅黄色的格可以填，各填一个数，没有的填 0；总计也由填报机关填写。表右和表下显示勾稽结果，红色为不平。",
        ),
        ("文字部分", f"{'；'.join(text_sheets().values())}。每段一格，可整篇粘贴。"),
        (CHECKS, "每一项关系成立与否，左右两边各是多少，相差多少。交表前“不平、不合”应为 0 项。"),
        ("上年数", before.told),
        ("不要改动", "不要增删行列、改工作表名、改表头；不要用公式代替数。粘贴请用“只粘贴数值”。交回 .xlsx 文件。"),
    ]
    if not cover.agency:
        found.insert(0, ("机关名称", "先填上面的机关全称。"))
    return found
