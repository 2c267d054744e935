"""How a fill-in form looks: named styles of its cells, colours of outcomes, paper."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.properties import PageSetupProperties

from gdgk.filling.formulas import BROKEN, DOUBTFUL, EVEN, HELD, NO_PRIOR, NOT_ASKED, NOTED, UNEVEN, UNFILLED, WORDS

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.dimensions import ColumnDimension
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "宋体"
A4 = 9
LINE = Side(style="thin", color="404040")
HAIR = Side(style="hair", color="9A9A9A")
RED, AMBER, BLUE, GREEN, GREY = (
    ("C00000", "F8D7D3"),
    ("7A5200", "FBE8B6"),
    ("1F4E79", "DCE8F3"),
    ("1E6B34", ""),
    ("", ""),
)
COLOURS = {
    UNEVEN: RED,
    BROKEN: RED,
    DOUBTFUL: AMBER,
    NOTED: BLUE,
    EVEN: GREEN,
    HELD: GREEN,
    UNFILLED: GREY,
    WORDS: GREY,
    NO_PRIOR: GREY,
    NOT_ASKED: GREY,
}
FADED = "8A8A8A"

# name → (size, bold, colour of the text, colour of the ground, horizontal, vertical, line around, unlocked)
LOOKS = {
    "title": (16, True, None, None, "left", "center", None, False),
    "note": (10, False, "595959", None, "left", "center", None, False),
    "head": (10.5, True, None, "EDEFF2", "center", "center", LINE, False),
    "corner": (9, False, None, "EDEFF2", "center", "center", LINE, False),
    "article": (10.5, True, None, "E2E6EB", "center", "center", LINE, False),
    "group": (10.5, False, None, "F6F7F9", "center", "center", LINE, False),
    "upright": (10.5, False, None, "F6F7F9", "center", "center", LINE, False),
    "label": (10.5, False, None, "F6F7F9", "left", "center", LINE, False),
    "unit": (10.5, False, None, "F6F7F9", "center", "center", LINE, False),
    "input": (11, False, None, "FFFDF2", "center", "center", LINE, True),
    "text": (11, False, None, None, "left", "top", None, True),
    "field": (11, False, None, "F6F7F9", "left", "center", LINE, False),
    "open": (11, False, None, "FFFDF2", "left", "center", LINE, True),
    "outcome": (9.5, False, FADED, None, "center", "center", HAIR, False),
    "aside": (9, False, "595959", None, "center", "center", HAIR, False),
    "words": (10, False, None, None, "left", "center", HAIR, False),
    "number": (10, False, None, None, "right", "center", HAIR, False),
}
INDENTED = {"label", "field", "open"}


def add_styles(book: Workbook) -> None:
    """Give a workbook the styles of :data:`LOOKS`."""
    for name, (size, bold, colour, ground, across, down, line, unlocked) in LOOKS.items():
        book.add_named_style(
            NamedStyle(
                name=name_of(name),
                font=Font(name=FONT, size=size, bold=bold, color=colour),
                fill=PatternFill("solid", fgColor=ground) if ground else PatternFill(),
                border=Border(left=line, right=line, top=line, bottom=line) if line else Border(),
                alignment=Alignment(
                    horizontal=across,
                    vertical=down,
                    wrap_text=name not in ("title", "note", "upright"),
                    indent=1 if name in INDENTED else 0,
                    textRotation=255 if name == "upright" else 0,
                ),
                protection=Protection(locked=not unlocked),
            )
        )


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width in characters; a Chinese sign is two of them wide."""
    shown = sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)
    return max(1, math.ceil(shown / (width - 2)))


def open_column(column: ColumnDimension) -> None:
    """Make a whole column a text to fill in; a column takes no named style."""
    size = LOOKS["text"][0]
    column.font = Font(name=FONT, size=size)
    column.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
    column.protection = Protection(locked=False)


def name_of(look: str) -> str:
    """The style of a look, as a workbook names it."""
    return f"gdgk {look}"


def colour_outcomes(sheet: Worksheet, area: str, first: str) -> None:
    """Colour outcomes by how their text begins. first: the area's first cell, as a relative reference."""
    for word, (colour, ground) in COLOURS.items():
        if not colour:
            continue
        style = DifferentialStyle(
            font=Font(color=colour, bold=bool(ground)),
            fill=PatternFill(bgColor=ground, fill_type="solid") if ground else None,
        )
        rule = FormulaRule(formula=[f'LEFT({first},{len(word)})="{word}"'])
        rule.dxf = style
        sheet.conditional_formatting.add(area, rule)


def mark_wrong(sheet: Worksheet, area: str, formula: str) -> None:
    """Mark cells red where a formula, written for the area's first cell, says that what is in them cannot be."""
    rule = FormulaRule(formula=[formula])
    rule.dxf = DifferentialStyle(
        font=Font(color=RED[0], bold=True), fill=PatternFill(bgColor=RED[1], fill_type="solid")
    )
    sheet.conditional_formatting.add(area, rule)


def set_page(sheet: Worksheet, landscape: bool = False, header: str = "", area: str = "") -> None:
    """A4, as wide as the page, numbered; header: rows that every page repeats, area: what is printed."""
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.6
    margins.top = margins.bottom = 0.75
    sheet.oddFooter.center.text = "— &P —"
    if header:
        sheet.print_title_rows = header
    if area:
        sheet.print_area = area


def protect(sheet: Worksheet) -> None:
    """Lock what is not filled in, without a password; widths and heights may be changed."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
