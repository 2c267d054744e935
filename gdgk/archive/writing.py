"""Report → a report's folder, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import tomli_w

from gdgk.archive.kept import PUBLISHED, REPORTED, VERSIONS, version_names, version_parts
from gdgk.archive.reading import CORRECTION_KEYS, HEAD_KEYS, PLACES, PLACES_HEADER
from gdgk.files import csv_text, write_folder
from gdgk.form import CellKey, Table, editions
from gdgk.report import Correction, ExtraRow, Report

# What was decided about the findings of a report (:mod:`gdgk.review`).
REVIEW = "review.toml"


def write_report(folder: Path, report: Report, source: bytes | None = None, keep: bool = False) -> Path:
    """Write a report so that :func:`read_report` gives it back unchanged; returns the folder.

    source: the document it was read from, kept as the report's ``source_file`` in the place of any before. keep: the
    report that is there is kept as an earlier version. Everything is there at once or nothing is: a report killed
    half-way would be a mixture of two.
    """
    files, left = report_files(report)
    if source is not None:
        left |= {path.name for path in folder.glob("source.*")}
        files[report.head.source_file] = source
    if keep:
        files |= placed(free_name(folder, REPORTED), own_files(folder))
    write_folder(folder, files, left)
    return folder


def write_published(folder: Path, report: Report, source: bytes, keep: bool = False) -> Path:
    """Write what was published beside a report, in place of what was there as published; returns the report's folder.

    keep: what is replaced is kept as an earlier one.
    """
    there = folder / VERSIONS / PUBLISHED
    files, _ = report_files(report)
    made = placed(PUBLISHED, {**files, report.head.source_file: source})
    if keep:
        made |= placed(free_name(folder, PUBLISHED), own_files(there))
    write_folder(folder, made, {f"{VERSIONS}/{PUBLISHED}"})
    return folder


def placed(version: str, files: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    """The files of a version, named from the report's folder."""
    return {f"{VERSIONS}/{version}/{name}": content for name, content in files.items()}


def own_files(folder: Path) -> dict[str, bytes]:
    """The files of a report as they are, its source among them; decisions stay with the report that goes on."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and path.name != REVIEW
    }


def free_name(folder: Path, stage: str) -> str:
    """The name of the next version kept of a stage: ``reported-1``, ``reported-2`` …"""
    taken = [number for kept, number in map(version_parts, version_names(folder)) if kept == stage]
    return f"{stage}-{max(taken, default=0) + 1}"


def report_files(report: Report) -> tuple[dict[str, str | bytes], set[str]]:
    """The files of a report by name, without its source, and the names of those that it does not have."""
    files: dict[str, str | bytes] = {
        f"{table.id}.csv": table_csv(report, table) for table in report.edition.tables.values()
    }
    optional = {
        PLACES: csv_text(PLACES_HEADER, [[*key, place] for key, place in report.places.items()])
        if report.places
        else "",
        "narrative.md": report.narrative,
        "corrections.toml": corrections_text(report.corrections.values()) if report.corrections else "",
    }
    files |= {name: text for name, text in optional.items() if text}
    files["report.toml"] = tomli_w.dumps(head_entry(report))
    left = {name for name, text in optional.items() if not text}
    left |= {f"{table}.csv" for form in editions().values() for table in form.tables if f"{table}.csv" not in files}
    return files, left


def corrections_text(corrections: Iterable[Correction]) -> str:
    """The content of corrections.toml."""
    return tomli_w.dumps({"correction": [entry_of(item) for item in corrections]})


def head_entry(report: Report) -> dict[str, Any]:
    """The content of report.toml: what is empty is left out."""
    head = {key: getattr(report.head, key) for key in HEAD_KEYS if getattr(report.head, key)}
    marks = {"synthetic": True} if report.head.synthetic else {}
    return {"agency": report.agency, "year": report.year, "edition": report.edition.id, **head, **marks}


def entry_of(correction: Correction) -> dict[str, str]:
    """A correction as an entry of corrections.toml."""
    table, item, column = correction.key
    values = [
        table,
        item,
        column,
        correction.reported,
        correction.corrected,
        correction.reason,
        correction.by,
        correction.on,
    ]
    return dict(zip(CORRECTION_KEYS, values, strict=True))


def table_csv(report: Report, table: Table) -> str:
    """A table of a report as CSV text: rows in printed order, extra rows where they stood."""
    columns = list(table.columns)
    extra = list(report.extra_rows.get(table.id, ()))
    rows = list(following(extra, "", columns))
    for block in table.blocks:
        own = {column.key for column in block.columns}
        for item in block.rows:
            cells = [report.cells[CellKey(table.id, item.key, name)].raw if name in own else "" for name in columns]
            rows.append([item.key, report.label_of(table.id, item.key), *cells])
            rows.extend(following(extra, item.key, columns))
    written = {row[0] for row in rows}
    rows.extend(row_values(row, columns) for row in extra if row.key not in written)
    return csv_text(["item", "label", *columns], rows)


def row_values(row: ExtraRow, columns: list[str]) -> list[str]:
    """An extra row as a line of the CSV."""
    return [row.key, row.label, *(row.cells.get(column, "") for column in columns)]


def following(extra: list[ExtraRow], key: str, columns: list[str]) -> Iterator[list[str]]:
    """The extra rows that stood after a row, and those after them."""
    for row in extra:
        if row.after == key:
            yield row_values(row, columns)
            yield from following(extra, row.key, columns)
