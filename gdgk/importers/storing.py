"""Draft → report → data/: what is new, what is unchanged, what differs from the report that is there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gdgk.archive import Agency, Archive
from gdgk.form import CellKey
from gdgk.importers.recognition import Draft
from gdgk.report import UNKNOWN, UNKNOWN_MARK, Cell, Correction, ExtraRow, Head, Report, ReportId

PLACES = "各格出处"
SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
KINDS = {
    "html": "网页",
    "docx": "Word 文档",
    "doc": "Word 文档",
    "pdf": "PDF",
    "xlsx": "电子表格",
    "text": "文本",
    "form": "填报表",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that two reports print differently."""

    key: CellKey
    before: str
    now: str


def report_of(draft: Draft, agency: Agency, year: int, content: bytes, suffix: str) -> Report:
    """The report that a draft is: cells that were not found are marked as not taken in, and said so."""
    cells: dict[CellKey, Cell] = {}
    for key in draft.form.cells:
        placed = draft.cells.get(key)
        cells[key] = UNKNOWN if placed is None else placed.cell
    kind = KINDS.get(draft.document.kind, draft.document.kind)
    how = "报送" if draft.document.kind == "form" else "公开发布"
    head = Head(
        title=draft.head.title or f"{agency.name}{year}年政府信息公开工作年度报告",
        source=f"{agency.name}{how}的 {year} 年政府信息公开工作年度报告（{kind}）",
        published=draft.head.published,
        source_file=f"source{suffix if SUFFIX.fullmatch(suffix) else '.txt'}",
        sha256=hashlib.sha256(content).hexdigest(),
        partial=partial_note(draft, cells),
        synthetic=draft.head.synthetic,
    )
    labels = {(reading.table.id, row): label for reading in draft.readings for row, label in reading.labels.items()}
    extra = {reading.table.id: unique(reading.extra) for reading in draft.readings if reading.extra}
    places = {key: placed.place for key, placed in draft.cells.items()}
    return Report(agency.id, year, draft.form, head, cells, labels, extra, draft.narrative, places=places)


def unique(rows: Iterable[ExtraRow]) -> tuple[ExtraRow, ...]:
    """Extra rows under names of their own."""
    found: dict[str, ExtraRow] = {}
    for row in rows:
        key, number = row.key, 2
        while key in found:
            key, number = f"{row.key}{number}", number + 1
        found[key] = replace(row, key=key)
    return tuple(found.values())


def partial_note(draft: Draft, cells: dict[CellKey, Cell]) -> str:
    """What was not taken in, in words; empty when every cell was found."""
    said = []
    for table in draft.form.tables.values():
        missing = sum(cells[key] is UNKNOWN for key in table.cells)
        name = table.number if table.number.endswith("表") else f"表{table.number}"
        if missing == len(table.cells):
            said.append(f"{name}没有读到")
        elif missing:
            said.append(f"{name}有 {missing} 格没有读到")
    return "，".join(said)


def differences(before: Report, now: Report) -> list[Difference]:
    """The cells that two reports print differently, in the order of the form; a change of form too."""
    keys = list(dict.fromkeys([*before.cells, *now.cells]))
    found = [
        Difference(
            key,
            before.cells[key].raw if key in before.cells else "（无此格）",
            now.cells[key].raw if key in now.cells else "（无此格）",
        )
        for key in keys
    ]
    return [item for item in found if item.before != item.now]


def other_changes(before: Report, now: Report) -> list[str]:
    """What differs besides cells, in words."""
    told = {
        "表式": before.edition.id != now.edition.id,
        "题名": before.head.title != now.head.title,
        "公布日期": before.head.published != now.head.published,
        "原件": before.head.sha256 != now.head.sha256,
        "行名": dict(before.labels) != dict(now.labels),
        "表外行": dict(before.extra_rows) != dict(now.extra_rows),
        "正文": before.narrative != now.narrative,
        PLACES: dict(before.places) != dict(now.places),
    }
    return [name for name, differs in told.items() if differs]


def same(before: Report, now: Report) -> bool:
    """Whether importing again would change nothing."""
    kept = replace(
        now, corrections=before.corrections, head=replace(now.head, scope=before.head.scope, source=before.head.source)
    )
    return kept == before


def store(archive: Archive, report: Report, content: bytes) -> None:
    """Write a report and the document it was read from; corrections and scope of the report before it are kept.

    What it replaces is kept as an earlier version, where it says something else or was read from another document. A
    correction that the new report prints itself goes; one whose printed value is no longer there for another reason
    makes the next reading stop and say so.
    """
    own = ReportId(report.agency, report.year)
    another = False
    if archive.has(own):
        before = archive.read(own)
        another = bool(differences(before, report) or set(other_changes(before, report)) - {PLACES})
        kept = {key: item for key, item in before.corrections.items() if not taken_over(report, item)}
        report = replace(report, corrections=kept, head=replace(report.head, scope=before.head.scope))
    archive.write(report, content, keep=another)


def taken_over(report: Report, correction: Correction) -> bool:
    """Whether a report needs a correction no longer: it prints what the correction says, or has no such cell."""
    if correction.key not in report.cells:
        return True
    raw = report.cells[correction.key].raw
    return raw != correction.reported and raw.strip() == correction.corrected.strip()


def unknown_cells(report: Report) -> int:
    """How many cells were not found."""
    return sum(cell.raw == UNKNOWN_MARK for cell in report.cells.values())
