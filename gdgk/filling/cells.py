"""Values put into the cells of a form's sheets."""

from __future__ import annotations

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from gdgk.filling.styles import name_of
from gdgk.listing import printable


def put(sheet: Worksheet, row: int, column: int, value: str | int | float | None, look: str) -> Cell:
    """Put a value or a formula of ours into a cell with a look."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.value = value
    cell.style = name_of(look)
    return cell


def put_text(sheet: Worksheet, row: int, column: int, text: str, look: str) -> Cell:
    """Put a text that comes from outside (a name): no formula, whatever sign it opens with."""
    cell = put(sheet, row, column, printable(text), look)
    cell.data_type = "s"
    return cell
