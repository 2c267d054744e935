"""A filled-in form of ours (:mod:`gdgk.filling`) → draft: each cell from where its sheet has it, every formula refused.

Nothing that a form computed is taken, and nothing it says of itself is trusted: its head is sealed, its agency and
edition are looked up, its headings are compared with those of the edition.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from gdgk.archive.agencies import AGENCY_ID
from gdgk.filling.checklist import beside_texts
from gdgk.filling.cover import MARK, TOP, VALUE_COLUMN, VERSION, VERSION_ROW, Cover
from gdgk.filling.layout import (
    CHECKS,
    COVER,
    TABLE_TOP,
    TEXT_COLUMN,
    TEXT_TOP,
    Plan,
    plan_of,
    sheet_name,
    sheet_names,
    text_sheets,
)
from gdgk.form import Table, editions, same_label
from gdgk.importers import doc
from gdgk.importers.cells import tidy
from gdgk.importers.document import Document, DocumentError
from gdgk.importers.limits import SHEET_ROWS, damaged
from gdgk.importers.recognition import Draft
from gdgk.importers.recognition.head import FoundHead
from gdgk.importers.recognition.prose import SUBHEADING
from gdgk.importers.recognition.reading import Placed, Reading, Unplaced
from gdgk.importers.spreadsheet import WHAT, checked_kind, printed
from gdgk.prose import HEADINGS
from gdgk.report import read_cell

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

KIND = "form"
FORM = "a fill-in form of gdgk"
ANEW = "copy the figures into a new form (gdgk form)"
FULL_CELL = 32_767
LONGEST_HEAD = 200
MOST_TOLD = 5
FAULTS = (BadZipFile, OSError, KeyError, ValueError, TypeError, AttributeError, SyntaxError, IndexError)


def is_form(path: Path, name: str = "") -> bool:
    """Whether a workbook is a fill-in form of ours, by what its cover or its check sheet says.

    Raises :class:`DocumentError` for damaged or locked files, zip bombs and document types.
    """
    checked_kind(path, name or str(path))
    try:
        with CalamineWorkbook.from_path(path) as book:
            for sheet in {COVER, CHECKS} & set(book.sheet_names):
                for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=VERSION_ROW):
                    if any(isinstance(text, str) and (text.startswith("gdgk-form ") or MARK in text) for text in row):
                        return True
    except (CalamineError, OSError, ValueError):
        return False  # the reader of workbooks says what is wrong with it
    return False


def read(path: Path, name: str = "") -> Draft:
    """A filled-in form as a draft; places are ``sheet 表三, row 8, column D``, as its program counts.

    Raises :class:`DocumentError`, one line, for a form whose head, sheets or headings are not as gdgk wrote them.
    """
    name = name or str(path)
    if checked_kind(path, name) == "xlsx":
        return draft_of(loaded(path, name), name)
    # Older formats do not tell a formula from its last result to our reader; in the .xlsx of them it can be told.
    with tempfile.TemporaryDirectory(prefix="gdgk-") as folder:
        return draft_of(loaded(doc.as_xlsx(path, Path(folder), name), name), name)


def loaded(path: Path, name: str) -> Workbook:
    """A workbook with its formulas as formulas."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of every style and extension it does not keep
            with path.open("rb") as file:
                return load_workbook(file, keep_links=False)
    except FAULTS as error:
        raise damaged(name, WHAT, error) from error


def draft_of(book: Workbook, name: str) -> Draft:
    """A form's workbook as a draft."""
    cover = cover_of(book, name)
    form = editions()[cover.edition]
    notes: list[str] = []
    own_texts = beside_texts(form)
    readings = tuple(
        table_of(sheet_of(book, sheet_name(table), name), table, own_texts, name) for table in form.tables.values()
    )
    sections = {
        numeral: list(paragraphs(sheet_of(book, heading, name), notes)) for numeral, heading in text_sheets().items()
    }
    notes += [
        f"工作表“{tidy(title)}”不是填报表的，没有读" for title in book.sheetnames if title not in sheet_names(form)
    ]
    return Draft(
        document=Document(name, KIND, ()),
        form=form,
        head=FoundHead(cover.name, cover.year, "", "", ()),
        cells={key: placed for reading in readings for key, placed in reading.cells.items()},
        readings=readings,
        narrative=narrative(sections),
        sections={HEADINGS[numeral]: "\n".join(found) for numeral, found in sections.items() if found},
        warnings=(*notes, *(note for reading in readings for note in reading.notes)),
        agency=cover.agency,
    )


def sheet_of(book: Workbook, title: str, name: str) -> Worksheet:
    """A sheet that every form has."""
    if title not in book.sheetnames:
        raise DocumentError(name, f"no sheet {title}", f"every sheet of {FORM}", f"put it back, or {ANEW}")
    sheet: Worksheet = book[title]
    return sheet


# ── the head ──


def cover_of(book: Workbook, name: str) -> Cover:
    """What the cover says, as gdgk sealed it."""
    sheet = sheet_of(book, COVER, name)
    own, agency, year, edition, version, seal = (
        str(sheet.cell(row, VALUE_COLUMN).value or "").strip()[:LONGEST_HEAD] for row in range(TOP, TOP + 6)
    )
    where = f"{name}, sheet {COVER}"
    if version != VERSION:
        raise DocumentError(where, f"version {version!r}", VERSION, f"use the gdgk that wrote it, or {ANEW}")
    cover = Cover(agency, own, int(year) if year.isdecimal() and year.isascii() else 0, edition)
    known = edition in editions() and (not agency or AGENCY_ID.fullmatch(agency))
    if not known or cover.seal != seal:
        said = tidy(f"{agency or 'no agency'}, {own or 'no name'}, {year}, {edition}")
        found = f"a head that was changed ({said})"
        raise DocumentError(where, found, "the head that gdgk form wrote", f"put it back, or {ANEW}")
    return cover


# ── tables ──


def table_of(sheet: Worksheet, table: Table, own_texts: set[str], name: str) -> Reading:
    """The cells of a table. Raises :class:`DocumentError` where its headings are not those of the edition."""
    plan, reading = plan_of(table), Reading(table)
    check_headings(sheet, plan, name)
    if sheet.sheet_state != "visible":
        reading.notes.append(f"工作表“{sheet.title}”是隐藏的，仍已读入")
    joined = merged_cells(sheet, plan)
    for key, place in plan.places.items():
        cell = sheet.cell(place.row, place.column)
        where = place_of(sheet, place.row, place.column)
        fault = fault_of(cell) or ("合并了单元格，不知是哪一格的数" if (place.row, place.column) in joined else "")
        raw = "" if cell.value is None else text_of(cell.value)
        if fault:
            reading.unplaced.append(Unplaced(table.id, where, shown(cell), fault))
            continue
        column = table.cells[key][1]
        try:
            found = read_cell(raw, table.unit_of(key), column.kind == "change")
        except ValueError as expected:
            reading.unplaced.append(Unplaced(table.id, where, raw, f"{key} 读不成数（应为 {expected}）"))
            continue
        reading.cells[key] = Placed(raw, where, found)
    reading.notes.extend(strays(sheet, plan, own_texts))
    return reading


def check_headings(sheet: Worksheet, plan: Plan, name: str) -> None:
    """Raise :class:`DocumentError` at the first heading that does not stand where the edition's form has it."""
    for heading in plan.headings:
        found = sheet.cell(heading.row, heading.column).value
        if not same_label(str(found or ""), heading.text):
            where = f"{name}, {place_of(sheet, heading.row, heading.column)}"
            raise DocumentError(
                where,
                repr(str(found)[:40]) if found else "nothing",
                f"the heading {heading.text[:40]!r}",
                f"undo what moved or changed it (rows, columns, another year's table), or {ANEW}",
            )


def merged_cells(sheet: Worksheet, plan: Plan) -> set[tuple[int, int]]:
    """The cells of areas that were merged, but those that the form itself merges."""
    own = {(at.row, at.column, at.row, at.column + at.columns - 1) for at in plan.places.values()}
    found: set[tuple[int, int]] = set()
    for area in sheet.merged_cells.ranges:
        left, top, right, bottom = area.bounds
        if (top, left, bottom, right) not in own:
            places = (at for at in plan.places.values() if top <= at.row <= bottom and left <= at.column <= right)
            found.update((at.row, at.column) for at in places)
    return found


def fault_of(cell: Cell) -> str:
    """Why what stands in a cell is no entry; empty when it may be one."""
    if cell.data_type == "f":
        return "是公式；不计算，也不采用它上次的结果，请改填数"
    if cell.data_type == "e":
        return "是错误值，请改填数"
    if isinstance(cell.value, bool | date | datetime | time | timedelta):
        return "是日期、时间或逻辑值，请改填数"
    return ""


def text_of(value: Any) -> str:
    """An entry as text: what was typed as text stays as it was typed."""
    return value if isinstance(value, str) else printed(value)


def shown(cell: Cell) -> str:
    """What stands in a cell, for messages; a formula by its text."""
    value = getattr(cell.value, "text", cell.value)
    return "" if value is None else tidy(str(value)[:80])


def strays(sheet: Worksheet, plan: Plan, own_texts: set[str]) -> Iterator[str]:
    """What was written where no cell of the form is; own_texts and formulas are what the form has beside its tables."""
    own = {(at.row, at.column) for at in plan.places.values()} | {(one.row, one.column) for one in plan.headings}
    found = []
    for cell in written(sheet):
        mine = cell.row < TABLE_TOP or (cell.row, cell.column) in own
        outside = cell.row > plan.last or cell.column > plan.width
        if not mine and not (outside and (cell.data_type == "f" or cell.value in own_texts)):
            found.append(f"{place_of(sheet, cell.row, cell.column)}：{shown(cell)}")
    yield from (f"表格之外写有文字，没有读：{text}" for text in found[:MOST_TOLD])
    if len(found) > MOST_TOLD:
        yield f"工作表“{sheet.title}”表格之外另有 {len(found) - MOST_TOLD} 处文字，没有读"


def written(sheet: Worksheet) -> Iterator[Cell]:
    """The cells of a sheet that hold something."""
    for row in sheet.iter_rows(max_row=min(sheet.max_row, SHEET_ROWS)):
        yield from (cell for cell in row if cell.value is not None)


def place_of(sheet: Worksheet, row: int, column: int) -> str:
    """An address, as for other workbooks."""
    return f"sheet {sheet.title}, row {row}, column {get_column_letter(column)}"


# ── text ──


def paragraphs(sheet: Worksheet, notes: list[str]) -> Iterator[str]:
    """The paragraphs of a section: cell by cell, a cell's lines apart; formulas are refused, not read."""
    for cell in written(sheet):
        where = place_of(sheet, cell.row, cell.column)
        if cell.row < TEXT_TOP:
            continue
        if fault := fault_of(cell):
            notes.append(f"{where} {fault}：{shown(cell)}")
            continue
        text = text_of(cell.value)
        if len(text) >= FULL_CELL:
            notes.append(f"{where} 已满 {FULL_CELL} 字，后面的可能被截去，请与原文核对")
        if cell.column != TEXT_COLUMN:
            notes.append(f"{where} 不在正文列，已作为一段读入")
        for line in filter(None, (part.strip() for part in text.replace("\r", "\n").split("\n"))):
            if SUBHEADING.match(line):
                yield f"### {line}"
            else:
                # A paragraph is no heading of narrative.md, whatever it opens with.
                yield f"＃{line[1:]}" if line.startswith("#") else line


def narrative(sections: dict[str, list[str]]) -> str:
    """The prose as narrative.md holds it, under the six headings; empty where nothing was written."""
    if not any(sections.values()):
        return ""
    parts = [part for numeral, heading in HEADINGS.items() for part in (f"## {heading}", *sections.get(numeral, ()))]
    return "\n\n".join(parts) + "\n"
