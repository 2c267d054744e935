"""Workbooks (.xlsx, .xls, .ods) → Document: visible sheets as grids of values, formulas by what they last gave."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from gdgk.importers.cells import joined
from gdgk.importers.document import Document, DocumentError, Grid, GridCell
from gdgk.importers.limits import (
    PACKAGE_BYTES,
    SHEET_COLUMNS,
    SHEET_ROWS,
    check_doctypes,
    checked_size,
    damaged,
    locked,
    opened_zip,
)
from gdgk.listing import ANALYSIS

WHAT = "a workbook"
ZIP = b"PK\x03\x04"


@dataclass(slots=True)
class Sheet:
    """A sheet as read: texts by (row, column) from 1, merged areas as (top, left, bottom, right)."""

    title: str
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def read(path: Path, name: str = "") -> Document:
    """A workbook as a document; places are ``sheet 表三, row 5, column C``, as its program counts.

    Hidden sheets and formulas that hold no value are told in the notes. Number formats are ignored.
    Raises :class:`DocumentError` for damaged or locked files, zip bombs and document types.
    """
    name = name or str(path)
    kind = checked_kind(path, name)
    notes: list[str] = []
    sheets = read_xlsx(path, name, notes) if kind == "xlsx" else read_older(path, name, notes)
    reported = [sheet for sheet in sheets if sheet.title not in ANALYSIS]
    blocks = tuple(grid for sheet in reported if (grid := grid_of(sheet)) is not None)
    if not blocks:
        raise DocumentError(name, "a workbook without any text or number", "the tables of a report", "fill it in first")
    return Document(name, kind, blocks, notes=tuple(notes))


def checked_kind(path: Path, name: str) -> str:
    """``xlsx``, ``xls`` or ``ods``; :class:`DocumentError` for what no workbook may hold."""
    checked_size(path, name)
    with path.open("rb") as file:
        is_zip = file.read(4) == ZIP
    if not is_zip:
        return "xls"
    with opened_zip(path, name, PACKAGE_BYTES, WHAT) as package:
        check_doctypes(package, name, WHAT)
        return "xlsx" if "xl/workbook.xml" in package.namelist() else "ods"


def read_xlsx(path: Path, name: str, notes: list[str]) -> list[Sheet]:
    """The visible sheets of an .xlsx: its values as last computed, and which formulas have none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of every style and extension it does not keep
            # Opened here: by its name openpyxl would refuse an .xls that is really an .xlsx.
            with path.open("rb") as file:
                values = load_workbook(file, data_only=True, keep_links=False)
                formulas = load_workbook(file, keep_links=False)
    except (BadZipFile, OSError, KeyError, ValueError, TypeError, AttributeError, SyntaxError, IndexError) as error:
        raise damaged(name, WHAT, error) from error
    found = []
    for made in values.worksheets:
        if made.sheet_state != "visible":
            notes.append(f"sheet {made.title} is hidden and was not read")
            continue
        sheet = Sheet(made.title, merged=[area.bounds for area in made.merged_cells.ranges])
        sheet.merged = [(top, left, bottom, right) for left, top, right, bottom in sheet.merged]
        written = formulas[made.title]
        empty = []
        note_cut(sheet.title, made.max_row, made.max_column, notes)
        rows = made.iter_rows(max_row=min(made.max_row, SHEET_ROWS), max_col=min(made.max_column, SHEET_COLUMNS))
        for cell in (cell for row in rows for cell in row):
            if cell.value is not None:
                sheet.texts[cell.row, cell.column] = printed(cell.value)
            elif written.cell(cell.row, cell.column).data_type == "f":
                sheet.texts[cell.row, cell.column] = ""
                empty.append(cell.coordinate)
        if empty:
            notes.append(f"sheet {made.title}: formulas without a value, left empty: {shortened(empty)}")
        found.append(sheet)
    return found


def read_older(path: Path, name: str, notes: list[str]) -> list[Sheet]:
    """The visible sheets of an .xls or .ods."""
    try:
        with CalamineWorkbook.from_path(path) as book:
            return list(older_sheets(book, notes))
    except (CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise locked(name, WHAT) from error
        raise damaged(name, WHAT, error) from error


def older_sheets(book: CalamineWorkbook, notes: list[str]) -> Iterator[Sheet]:
    """Sheets as calamine reads them."""
    for about in book.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        if about.visible != SheetVisibleEnum.Visible:
            notes.append(f"sheet {about.name} is hidden and was not read")
            continue
        made = book.get_sheet_by_name(about.name)
        note_cut(about.name, made.total_height, made.total_width, notes)
        top, left = made.start or (0, 0)
        sheet = Sheet(about.name)
        for row, values in enumerate(made.to_python(skip_empty_area=True, nrows=SHEET_ROWS), top + 1):
            for column, value in enumerate(values[:SHEET_COLUMNS], left + 1):
                if value != "":
                    sheet.texts[row, column] = printed(value)
        areas = made.merged_cell_ranges or []
        sheet.merged = [(start[0] + 1, start[1] + 1, end[0] + 1, end[1] + 1) for start, end in areas]
        yield sheet


def note_cut(title: str, rows: int, columns: int, notes: list[str]) -> None:
    """Say when a sheet is larger than what is read of it."""
    if rows > SHEET_ROWS or columns > SHEET_COLUMNS:
        read = f"the first {SHEET_ROWS} rows and {SHEET_COLUMNS} columns"
        notes.append(f"sheet {title}: of {rows} rows and {columns} columns, only {read} were read")


def shortened(cells: list[str], most: int = 8) -> str:
    """The first few names of cells, and how many more there are."""
    more = f" and {len(cells) - most} more" if len(cells) > most else ""
    return ", ".join(cells[:most]) + more


def printed(value: Any) -> str:
    """A value as text: whole numbers without a point, others without the noise of binary fractions."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(Decimal(format(value, ".15g")), "f").removesuffix(".0") if value == value else ""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return joined(str(value).split("\n"))


def grid_of(sheet: Sheet) -> Grid | None:
    """A sheet as a grid, its rows without anything left out; None for an empty one."""
    if not any(sheet.texts.values()):
        return None
    covered: set[tuple[int, int]] = set()
    widths: dict[tuple[int, int], int] = {}
    last_row, last_column = (max(place[axis] for place in sheet.texts) for axis in (0, 1))
    first_column = min(column for _, column in sheet.texts)
    for top, left, bottom, right in sheet.merged:
        if (top, left) not in sheet.texts and not (top <= last_row and left <= last_column):
            continue
        bottom, right = min(bottom, SHEET_ROWS), min(right, SHEET_COLUMNS)
        covered.update((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
        covered.discard((top, left))
        widths[top, left] = right - left + 1
    filled = {row for row, _ in sheet.texts}
    rows = []
    for row in sorted(filled):
        cells = (
            grid_cell(sheet, row, column, widths.get((row, column), 1), first_column)
            for column in range(first_column, last_column + 1)
            if (row, column) not in covered
        )
        rows.append(tuple(cells))
    return Grid(tuple(rows), f"sheet {sheet.title}")


def grid_cell(sheet: Sheet, row: int, column: int, width: int, first_column: int) -> GridCell:
    """A cell of a sheet."""
    place = f"sheet {sheet.title}, row {row}, column {get_column_letter(column)}"
    return GridCell(sheet.texts.get((row, column), ""), column - first_column, width, place)
