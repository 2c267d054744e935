"""Values put into the cells of a form's sheets."""

from __future__ import annotations

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
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


def put_over(
    sheet: Worksheet, row: int, column: int, value: str | None, look: str, rows: int = 1, columns: int = 1
) -> None:
    """Put a value over several cells, merged."""
    put(sheet, row, column, value, look)
    if rows == columns == 1:
        return
    # openpyxl's own merge_cells works the borders of each covered cell out anew, which takes half the time of a form.
    for below in range(row, row + rows):
        for beside in range(column, column + columns):
            sheet.cell(below, beside).style = name_of(look)
    last = f"{get_column_letter(column + columns - 1)}{row + rows - 1}"
    sheet.merged_cells.add(f"{get_column_letter(column)}{row}:{last}")


def put_text(sheet: Worksheet, row: int, column: int, text: str, look: str) -> Cell:
    """Put a text that comes from outside (a name): no formula, whatever sign it opens with."""
    cell = put(sheet, row, column, printable(text), look)
    cell.data_type = "s"
    return cell
