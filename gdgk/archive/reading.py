"""A report's folder → Report: report.toml, one CSV per table, corrections.toml, narrative.md."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from gdgk.errors import GdgkError, InputError, InputErrors, UnknownName
from gdgk.files import read_csv, read_text, read_toml, toml_line
from gdgk.form import CellKey, Edition, Table, edition, editions
from gdgk.report import UNKNOWN, Cell, Correction, ExtraRow, Head, Report, ReportId, State, read_cell

BLANKS = ("zero", "missing")
EXTRA_ROW = re.compile(r"extra_[a-z0-9_]+|extra:[^.]+")
HEAD_KEYS = {
    "title": "",
    "source": "",
    "scope": "",
    "published": "",
    "source_file": "",
    "sha256": "",
    "partial": "",
    "blanks": "",
    "licence": "",
}
EMPTY_CELLS = "leave cells empty that the report leaves blank, put ? where its figure is not known"
PLACES = "provenance.csv"
PLACES_HEADER = ["table", "item", "column", "place"]
CORRECTION_KEYS = ["table", "item", "column", "reported", "corrected", "reason", "by", "on"]


def read_report(folder: Path, report: ReportId) -> Report:
    """Read a report's folder. Raises :class:`InputError`, or :class:`InputErrors` for several faults at once."""
    head, form = read_head(folder / "report.toml", report)
    corrections, lines = read_corrections(folder / "corrections.toml", form)
    cells: dict[CellKey, Cell] = {}
    labels: dict[tuple[str, str], str] = {}
    extra: dict[str, tuple[ExtraRow, ...]] = {}
    errors: list[GdgkError] = []
    faulty: set[str] = set()
    for table in form.tables.values():
        reader = TableReader(folder / f"{table.id}.csv", table, corrections)
        reader.read()
        cells.update(reader.cells)
        labels.update(reader.labels)
        errors.extend(reader.errors)
        if reader.errors:
            faulty.add(table.id)
        if reader.extra:
            extra[table.id] = tuple(reader.extra)
    if not head.partial and any(cell.state is State.UNKNOWN for cell in cells.values()) and not errors:
        do = 'say in words what was not taken in, such as partial = "表三仅有新收"'
        errors.append(InputError(folder / "report.toml", None, "no partial", "partial, as some cells are marked ?", do))
    readable = {key: cell for key, cell in cells.items() if key.table not in faulty or cell.state is not State.UNKNOWN}
    errors.extend(stale_corrections(folder / "corrections.toml", corrections, lines, readable))
    if errors:
        raise InputErrors(errors)
    narrative = folder / "narrative.md"
    text = read_text(narrative) if narrative.exists() else ""
    places = read_places(folder / PLACES, form)
    return Report(report.agency, report.year, form, head, cells, labels, extra, text, corrections, places)


def read_places(path: Path, form: Edition) -> dict[CellKey, str]:
    """Where in the source document each cell stood; empty for a report typed in. Raises :class:`InputError`."""
    places = {}
    for line, row in read_csv(path, PLACES_HEADER) if path.exists() else []:
        key = CellKey(row["table"], row["item"], row["column"])
        if key not in form.cells:
            raise InputError(path, line, f"cell {key}", f"a cell of edition {form.id}", "import the document again")
        places[key] = row["place"]
    return places


def read_head(path: Path, report: ReportId) -> tuple[Head, Edition]:
    """Read report.toml. Raises :class:`InputError` for unknown keys, a wrong type, an id that is not the folder's."""
    values = read_toml(path)
    known = ["agency", "year", "edition", "synthetic", *HEAD_KEYS]
    for key in values:
        if key not in known:
            raise InputError(
                path, line_of(path, key), f"key {key!r}", f"one of {', '.join(known)}", "mend or remove it"
            )
    for key, expected in (("agency", report.agency), ("year", report.year)):
        if values.get(key) != expected:
            raise InputError(
                path,
                line_of(path, key),
                f"{key} {values.get(key)!r}",
                f"{expected!r} as the folder says",
                "mend one of them",
            )
    texts = {}
    for key, default in HEAD_KEYS.items():
        value = values.get(key, default)
        if isinstance(value, date):
            value = value.isoformat()
        if not isinstance(value, str):
            raise InputError(path, line_of(path, key), f"{key} {value!r}", "text in quotes", "mend it")
        texts[key] = value
    for key in ("title", "source"):
        if not texts[key].strip():
            raise InputError(path, None, f"no {key}", "the report's title and where its figures come from", "add it")
    if "blanks" in values and texts["blanks"] not in BLANKS:
        do = "mend it, or leave it out and let the figures show"
        raise InputError(
            path, line_of(path, "blanks"), f"blanks {texts['blanks']!r}", " or ".join(map(repr, BLANKS)), do
        )
    check_source(path, texts["source_file"], texts["sha256"])
    name = values.get("edition")
    if name is not None and not isinstance(name, str):
        raise InputError(path, line_of(path, "edition"), f"edition {name!r}", "text in quotes", "mend it")
    if name not in editions():
        where = line_of(path, "edition")
        raise InputError(
            path, where, f"edition {values.get('edition')!r}", f"one of {', '.join(editions())}", "mend it"
        )
    synthetic = values.get("synthetic", False)
    if not isinstance(synthetic, bool):
        raise InputError(path, line_of(path, "synthetic"), f"synthetic {synthetic!r}", "true or false", "mend it")
    return Head(**texts, synthetic=synthetic), edition(str(name))


def check_source(path: Path, name: str, digest: str) -> None:
    """Raise :class:`InputError` unless the kept source document is there and is the one the report was read from."""
    if not name:
        return
    source = path.parent / name
    if Path(name).name != name or not source.is_file():
        raise InputError(
            path, line_of(path, "source_file"), f"source_file {name!r}", "a file in the same folder", "put it back"
        )
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != digest:
        do = "bring the changed document in again, or put the old one back"
        raise InputError(path, line_of(path, "sha256"), f"sha256 {digest!r}", f"{found!r}, that of {name}", do)


def line_of(path: Path, key: str) -> int | None:
    """The line of a top-level key of a TOML file, for messages."""
    lines = read_text(path).splitlines()
    return next((number for number, line in enumerate(lines, 1) if re.match(rf"\s*{re.escape(key)}\s*=", line)), None)


class TableReader:
    """Reads one table's CSV against the form; faults are collected, each with its line.

    Columns: ``item, label`` and the table's columns. A row is named by its item; a row that the form does not know is
    named ``extra_…`` and kept. A cell that the form does not have must be empty; ``?`` marks a cell not taken in.
    """

    def __init__(self, path: Path, table: Table, corrections: Mapping[CellKey, Correction]) -> None:
        self.path, self.table, self.corrections = path, table, corrections
        self.cells: dict[CellKey, Cell] = dict.fromkeys(table.cells, UNKNOWN)
        self.labels: dict[tuple[str, str], str] = {}
        self.extra: list[ExtraRow] = []
        self.errors: list[GdgkError] = []
        self.lines: dict[str, int] = {}

    def read(self) -> None:
        """Read the file into cells, labels, extra rows and errors."""
        if not self.path.exists():
            self.fault(
                None,
                "no such file",
                f"table {self.table.number} of the report",
                f"add it, a row per row of the form; {EMPTY_CELLS}",
            )
            return
        try:
            rows = read_csv(self.path, ["item", "label", *self.table.columns])
        except InputError as error:
            self.errors.append(error)
            return
        after = ""
        for line, row in rows:
            key = row["item"].strip()
            if key in self.lines:
                found = f"row {key!r} a second time (first in line {self.lines[key]})"
                self.fault(line, found, "each row once", "remove one of the two")
            elif key in self.table.rows:
                self.read_row(line, key, row)
            elif EXTRA_ROW.fullmatch(key):
                cells = {column: row[column] for column in self.table.columns if row[column]}
                self.extra.append(ExtraRow(key, row["label"], after, cells))
            else:
                self.unknown_row(line, key)
            self.lines[key] = line
            after = key
        self.check_complete()

    def fault(self, line: int | None, found: str, expected: str, do: str) -> None:
        self.errors.append(InputError(self.path, line, found, expected, do))

    def unknown_row(self, line: int, key: str) -> None:
        near = UnknownName("row", key, self.table.rows, "")
        hint = str(near).split("; expected")[0].removeprefix("row: found ")
        do = "mend the item, or name it extra:… to keep a row that the form does not know"
        self.fault(
            line,
            f"row {hint}",
            f"a row of table {self.table.number}, such as {', '.join(list(self.table.rows)[:3])}",
            do,
        )

    def read_row(self, line: int, key: str, row: Mapping[str, str]) -> None:
        label = row["label"]
        if label and label != self.table.rows[key].label:
            self.labels[self.table.id, key] = label
        cells = self.table.cells_of_rows[key]
        for column, raw in row.items():
            if column in cells:
                self.read_value(line, cells[column], raw)
            elif column not in ("item", "label") and raw.strip():
                self.fault(
                    line,
                    f"{raw!r} in {key}, {column}",
                    "nothing: the form has no such cell",
                    "move the figure to its own column",
                )

    def read_value(self, line: int, key: CellKey, raw: str) -> None:
        signed = self.table.cells[key][1].kind == "change"
        try:
            self.cells[key] = read_cell(raw, self.table.unit_of(key), signed)
        except ValueError as expected:
            if key in self.corrections:
                self.cells[key] = Cell(raw, None, State.TEXT)
                return
            do = "retype it as printed; if the report does print this, put what it should say into corrections.toml"
            self.fault(line, f"{raw!r} in {key.row}, {key.column}", str(expected), do)

    def check_complete(self) -> None:
        missing = [row for row in self.table.rows if row not in self.lines]
        if missing:
            found = f"no row {', '.join(repr(row) for row in missing[:3])}{' …' if len(missing) > 3 else ''}"
            self.fault(
                None, found, f"all {len(self.table.rows)} rows of table {self.table.number}", f"add it; {EMPTY_CELLS}"
            )


def read_corrections(path: Path, form: Edition) -> tuple[dict[CellKey, Correction], dict[CellKey, int | None]]:
    """Read corrections.toml (``[[correction]]`` entries) with the line of each. Raises :class:`InputError`."""
    corrections: dict[CellKey, Correction] = {}
    lines: dict[CellKey, int | None] = {}
    values: dict[str, Any] = read_toml(path) if path.exists() else {}
    strangers = [key for key in values if key != "correction"]
    if strangers:
        raise InputError(
            path, line_of(path, strangers[0]), f"{strangers[0]!r}", "only [[correction]] entries", "mend or remove it"
        )
    entries = values.get("correction", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(path, line_of(path, "correction"), "correction", "[[correction]] entries", "mend the brackets")
    for index, entry in enumerate(entries):
        line = toml_line(path, "correction", index)
        correction = read_correction(path, line, entry, form)
        if correction.key in corrections:
            raise InputError(path, line, f"a second correction of {correction.key}", "one per cell", "join the two")
        corrections[correction.key], lines[correction.key] = correction, line
    return corrections, lines


def read_correction(path: Path, line: int | None, entry: dict[str, Any], form: Edition) -> Correction:
    """One ``[[correction]]``. Raises :class:`InputError`."""
    texts = {key: value.isoformat() if isinstance(value, date) else value for key, value in entry.items()}
    if sorted(texts) != sorted(CORRECTION_KEYS) or not all(isinstance(value, str) for value in texts.values()):
        raise InputError(
            path,
            line,
            f"keys {', '.join(texts)}",
            f"{', '.join(CORRECTION_KEYS)}, each text in quotes",
            "mend the entry",
        )
    key = CellKey(texts["table"], texts["item"], texts["column"])
    if key not in form.cells:
        raise InputError(path, line, f"cell {key}", f"a cell of edition {form.id}", "mend table, item or column")
    if not texts["reason"].strip():
        raise InputError(path, line, f"no reason for {key}", "why the figure is put right", "fill in reason")
    table = form.tables[key.table]
    try:
        read_cell(texts["corrected"], table.unit_of(key), table.cells[key][1].kind == "change")
    except ValueError as expected:
        raise InputError(
            path, line, f"corrected {texts['corrected']!r} for {key}", str(expected), "mend it"
        ) from expected
    return Correction(key, texts["reported"], texts["corrected"], texts["reason"], texts["by"], texts["on"])


def stale_corrections(
    path: Path,
    corrections: Mapping[CellKey, Correction],
    lines: Mapping[CellKey, int | None],
    cells: Mapping[CellKey, Cell],
) -> Iterator[InputError]:
    """An error for each correction whose ``reported`` is no longer what the report says."""
    for key, correction in corrections.items():
        if key in cells and cells[key].raw != correction.reported:
            found = f"reported {correction.reported!r} for {key}"
            expected = f"{cells[key].raw!r} as {key.table}.csv has it now"
            yield InputError(
                path, lines[key], found, expected, "remove the correction if the source was put right, or review it"
            )
