"""A document as an agency publishes it → a report in data/.

Reading is deterministic: no network, no language model. A figure that cannot be placed with certainty is left out and
told; a report that differs from the one that is there is shown, not overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gdgk.archive import PUBLISHED, Agency, Archive
from gdgk.errors import GdgkError, InputError
from gdgk.importers.bundle import Source
from gdgk.importers.document import Document, DocumentError
from gdgk.importers.kinds import kind_of, read_document
from gdgk.importers.recognition import Draft, recognise
from gdgk.importers.recognition.head import match_agency
from gdgk.importers.recognition.wording import plain
from gdgk.importers.storing import Difference, differences, other_changes, report_of, same, store
from gdgk.report import Report, ReportId, State, read_cell

__all__ = [
    "Document",
    "DocumentError",
    "Imported",
    "import_file",
    "read_as",
    "read_document",
    "read_draft",
    "recognise",
]

# What a fill-in form may have been saved as.
FORM_KINDS = frozenset({"xlsx", "xls", "ods"})


@dataclass
class Imported:
    """What became of one file.

    outcome: ``new``, ``unchanged``, ``differs`` (not written), ``replaced``, ``no agency`` (none or several match),
    ``no year`` or ``failed`` (``error`` says why). warnings: (place, reason).
    """

    name: str
    outcome: str
    draft: Draft | None = None
    agency: Agency | None = None
    year: int | None = None
    report: Report | None = None
    changes: list[Difference] = field(default_factory=list)
    other_changes: list[str] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""

    @property
    def written(self) -> bool:
        """Whether data/ has the report as it was read."""
        return self.outcome in ("new", "replaced", "unchanged")


def import_file(
    source: Source,
    archive: Archive | None,
    agency: str = "",
    year: int | None = None,
    replace_existing: bool = False,
    dry_run: bool = False,
    published: bool = False,
) -> Imported:
    """Read one document and put it into an archive.

    source: as :func:`gdgk.importers.bundle.expand` gives it, a file or a member of a zip.
    agency, year: instead of what the document says. archive: None when only reading is wanted. dry_run: write nothing.
    published: it is the published version of a report that is there and stays.
    Raises :class:`gdgk.errors.UnknownName` for an agency id that the archive does not have; what is wrong with the
    document is told in the result.
    """
    chosen = archive.agency(agency) if archive and agency else None
    try:
        draft = read_draft(source.path, source.name)
    except (DocumentError, OSError) as error:
        return Imported(source.name, "failed", error=str(error))
    result = Imported(source.name, "new", draft, chosen, year or draft.head.year)
    result.warnings = [(draft.document.name, note) for note in (*draft.document.notes, *draft.warnings)]
    for item in draft.unplaced:
        result.warnings.append((item.place, f"没有放进表里：{' '.join(item.text.split())}（{item.reason}）"))
    check_head(result, archive)
    if result.outcome == "new" and archive is not None and result.agency and result.year:
        put_away(result, archive, source, replace_existing, dry_run, published)
    return result


def read_as(path: Path, archive: Archive, own: ReportId) -> tuple[Report, list[str]]:
    """A file as a report of an agency on a year, which is not put into the archive, and what does not fit, in Chinese.

    Raises :class:`DocumentError` for what cannot be read as a report.
    """
    draft = read_draft(path)
    agency = archive.agency(own.agency)
    report = report_of(draft, agency, own.year, path.read_bytes(), path.suffix.lower() or ".txt")
    notes = [report.head.partial] if report.head.partial else []
    if draft.head.year not in (None, own.year):
        notes.append(f"文件标题写的是 {draft.head.year} 年")
    if agency not in match_agency(draft.head.agency_name, [agency], plain(draft.narrative)):
        notes.append(f"文件标题写的是{draft.head.agency_name or '（没有机关名）'}")
    notes += [f"没有放进表里：{' '.join(item.text.split())}（{item.place}）" for item in draft.unplaced]
    return report, [*notes, *draft.document.notes, *draft.warnings]


def read_draft(path: Path, name: str = "") -> Draft:
    """A file as a draft: a fill-in form of ours cell by cell, any other document by what is printed in it.

    Raises :class:`DocumentError`, one line, for whatever cannot be read as a report.
    """
    name = name or str(path)
    if kind_of(path, name) in FORM_KINDS:
        from gdgk.importers import filled

        if filled.is_form(path, name):
            return filled.read(path, name)
    return recognise(read_document(path, name))


def check_head(result: Imported, archive: Archive | None) -> None:
    """Find whose report it is and of which year; say what does not fit."""
    draft = result.draft
    if draft is None:
        return
    if result.year is None:
        result.outcome = "no year"
        result.error = "no year in title or statistical period; give it with --year"
        return
    if draft.head.year not in (None, result.year):
        result.warnings.append((draft.head.title, f"标题写 {draft.head.year} 年，按 {result.year} 年入库"))
    if not draft.form.covers(result.year):
        result.warnings.append((result.name, f"{result.year} 年报告用的是 {draft.form.label}"))
    if archive is None:
        return
    owner = archive.agencies.get(draft.agency)
    if owner is not None and plain(owner.name) == plain(draft.head.agency_name):
        if result.agency not in (None, owner):
            result.warnings.append((result.name, f"填报表是 {owner.name} 的，按 {result.agency.name} 入库"))
        result.agency = result.agency or owner
    if result.agency is not None:
        return
    found = match_agency(draft.head.agency_name, archive.agencies.values(), plain(draft.narrative))
    if len(found) == 1:
        result.agency = found[0]
        return
    result.outcome = "no agency"
    if draft.document.kind == "form" and not draft.head.agency_name:
        result.error = "the form names no agency; fill in 机关名称 on its cover, or name one with --agency"
        return
    name = draft.head.agency_name or "（标题没有机关名）"
    if found:
        result.error = f"{name} may be {', '.join(item.id for item in found)}; say which with --agency"
    else:
        proposal = proposed_line(draft.head.agency_name)
        result.error = f"agency {name} is not in agencies.csv; add a line such as {proposal} or name one with --agency"


def proposed_line(name: str) -> str:
    """A line for agencies.csv, its id spelled in pinyin."""
    from pypinyin import lazy_pinyin

    syllables = [part for part in lazy_pinyin(name) if part.isascii() and part.isalpha()]
    return f"{'_'.join(syllables).lower() or 'new_agency'},{name},,,,,,,"


def put_away(
    result: Imported, archive: Archive, source: Source, replace_existing: bool, dry_run: bool, published: bool
) -> None:
    """Compare with the report that is there, and write unless it differs or nothing is to be written."""
    assert result.draft is not None and result.agency is not None and result.year is not None
    content = source.path.read_bytes()
    result.report = report_of(result.draft, result.agency, result.year, content, source.suffix or ".txt")
    try:
        before = report_there(archive, ReportId(result.agency.id, result.year), published)
    except GdgkError as error:
        result.outcome, result.error = "failed", str(error).splitlines()[0]
        return
    if before is not None:
        if same(before, result.report):
            result.outcome = "unchanged"
            return
        result.changes = differences(before, result.report)
        result.other_changes = other_changes(before, result.report)
        if not replace_existing:
            result.outcome = "differs"
            return
        result.outcome = "replaced"
    if not dry_run:
        (archive.write_published if published else partial(store, archive))(result.report, content)


def report_there(archive: Archive, own: ReportId, published: bool) -> Report | None:
    """What a document would replace. Raises :class:`GdgkError` where something was published of no report."""
    if not published:
        return archive.read(own) if archive.has(own) else None
    if not archive.has(own):
        do = "import that first, or import this one without --published"
        raise InputError(archive.folder(own), None, "no report", "the one that was handed in", do)
    return archive.read_version(own, PUBLISHED) if PUBLISHED in archive.versions(own) else None


def as_object(result: Imported) -> dict[str, Any]:
    """A result for other programs: what was read, by cell, and what was not."""
    draft = result.draft
    if draft is None:
        return {"file": result.name, "outcome": result.outcome, "error": result.error}
    cells: dict[str, int | float | None] = {}
    raw: dict[str, str] = {}
    for key, placed in draft.cells.items():
        cells[str(key)] = placed.cell.value
        if placed.printed or placed.cell.state not in (State.NUMBER, State.BLANK):
            raw[str(key)] = placed.printed or placed.raw
    for reading in draft.readings:
        for row in reading.extra:
            for column, text in row.cells.items():
                cells[f"{reading.table.id}.{row.key}.{column}"] = extra_value(text, reading.table.columns[column].unit)
    return {
        "file": result.name,
        "outcome": result.outcome,
        "error": result.error,
        "agency": result.agency.id if result.agency else None,
        "agency_name": draft.head.agency_name,
        "year": result.year,
        "edition": draft.form.id,
        "title": draft.head.title,
        "published": draft.head.published,
        "cited": list(draft.head.cited),
        "cells": cells,
        "raw": raw,
        "sections": draft.sections,
        "places": {str(key): placed.place for key, placed in draft.cells.items()},
        "warnings": [{"place": place, "reason": reason} for place, reason in result.warnings],
        "unplaced": [
            {"table": item.table, "place": item.place, "text": item.text, "reason": item.reason}
            for item in draft.unplaced
        ],
        "other_changes": result.other_changes,
        "changes": [{"cell": str(item.key), "before": item.before, "now": item.now} for item in result.changes],
    }


def extra_value(text: str, unit: str) -> int | float | None:
    """The value of a cell in a row that the form does not know; None where it is no number."""
    try:
        return read_cell(text, unit).value
    except ValueError:
        return None
