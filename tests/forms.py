"""Fill-in forms as agencies fill them in: figures and text put into their cells, office programs run over them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl

from gdgk.filling.layout import TEXT_COLUMN, TEXT_TOP, plan_of, sheet_name, text_sheets
from gdgk.form import CellKey, Edition
from gdgk.report import Report


def opened(form: bytes) -> openpyxl.Workbook:
    """A form as a workbook."""
    return openpyxl.load_workbook(io.BytesIO(form))


def closed(book: openpyxl.Workbook) -> bytes:
    """A workbook as bytes."""
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def spot(form: Edition, key: CellKey) -> tuple[str, str]:
    """The sheet and the reference of a cell of a form."""
    place = plan_of(form.tables[key.table]).places[key]
    return sheet_name(form.tables[key.table]), f"{openpyxl.utils.get_column_letter(place.column)}{place.row}"


def typed(raw: str) -> str | int | float | None:
    """What a program keeps when a text is typed into a cell: a figure where it is one."""
    if not raw:
        return None
    if re.fullmatch(r"0|[1-9]\d*", raw):
        return int(raw)
    return float(raw) if re.fullmatch(r"(0|[1-9]\d{0,9})\.\d{0,4}[1-9]", raw) else raw


def put_in(book: openpyxl.Workbook, form: Edition, cells: Mapping[CellKey, object]) -> None:
    """Put entries into cells of a form."""
    for key, value in cells.items():
        sheet, reference = spot(form, key)
        book[sheet][reference] = value
        if isinstance(value, str):
            book[sheet][reference].data_type = "s"


def filled(form: bytes, report: Report, texts: Mapping[str, list[str]] | None = None) -> bytes:
    """A form with the figures of a report, and the paragraphs of sections by numeral."""
    book = opened(form)
    put_in(book, report.edition, {key: typed(cell.raw) for key, cell in report.cells.items()})
    for numeral, paragraphs in (texts or {}).items():
        for row, text in enumerate(paragraphs, TEXT_TOP):
            book[text_sheets()[numeral]].cell(row, TEXT_COLUMN, text).data_type = "s"
    return closed(book)


def with_values(form: bytes, formula: bytes, value: bytes) -> tuple[bytes, int]:
    """A form with a value kept beside a formula, both given as they are marked up, and how often it is there."""
    made, found = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(form)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            content = re.sub(rb"(%s)<v ?/?>(</v>)?" % re.escape(formula), rb"\1", old.read(part))
            found += content.count(formula)
            new.writestr(part, content.replace(formula, formula + value))
    return made.getvalue(), found


def converted(forms: Mapping[str, bytes], suffix: str, folder: Path) -> dict[str, Path]:
    """What LibreOffice makes of some forms, recalculated, by their names; started once for all of them."""
    from gdgk.importers.doc import office, run, settings_of

    program = office()
    assert program
    made = folder / "out"
    made.mkdir(parents=True)
    paths = [folder / f"{name}.xlsx" for name in forms]
    for path, content in zip(paths, forms.values(), strict=True):
        path.write_bytes(content)
    command = [program, settings_of(made), "--headless", "--convert-to", suffix, "--outdir", str(made)]
    run([*command, *map(str, paths)], made, folder.name)
    return {path.stem: made / f"{path.stem}.{suffix}" for path in paths}
