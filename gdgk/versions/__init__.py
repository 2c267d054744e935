"""The versions of a report compared: as handed in (上报稿), as corrected (更正稿), as published (发布稿).

``reported`` is what the report's tables print, ``corrected`` the same with corrections.toml applied (where there is
any), ``published`` what ``gdgk import --published`` laid beside it; ``reported-1``, ``published-1`` … were replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from gdgk.archive import PUBLISHED, REPORTED, Archive, ReportId
from gdgk.checks import Checked, check_reports
from gdgk.errors import UnknownName
from gdgk.findings import Row
from gdgk.report import Report
from gdgk.review import still_open
from gdgk.versions.cells import CellChange, Kind, MeasureChange, Seam, cell_changes, measure_changes
from gdgk.versions.heads import HeadChange, head_changes
from gdgk.versions.passages import Passage, Piece, prose_changes

__all__ = [
    "CORRECTED",
    "CellChange",
    "Comparison",
    "HeadChange",
    "Kind",
    "MeasureChange",
    "Passage",
    "Piece",
    "Seam",
    "Version",
    "compared",
    "comparisons",
    "known_as",
    "only",
    "version_label",
    "version_of",
    "versions_of",
]

CORRECTED = "corrected"
LABELS = {REPORTED: "上报稿", CORRECTED: "更正稿", PUBLISHED: "发布稿"}
EARLIER = {REPORTED: "上报旧稿", PUBLISHED: "发布旧稿"}


@dataclass(frozen=True)
class Version:
    """One version of a report with what the checks find in it.

    name: as on the command line; label: in Chinese. notes: what a file's own head says otherwise, cells not read.
    """

    name: str
    label: str
    report: Report
    checked: Checked
    notes: tuple[str, ...] = ()

    @property
    def id(self) -> ReportId:
        """Agency and year."""
        return ReportId(self.report.agency, self.report.year)

    @cached_property
    def failing(self) -> dict[str, Row]:
        """The findings that fail, whatever was decided about them, by fingerprint."""
        return {row["fingerprint"]: row for row in self.checked.rows_of(self.id) if row["status"] == "fail"}

    @cached_property
    def open(self) -> dict[str, int]:
        """How many findings are open, by severity."""
        rows = still_open(self.checked.rows_of(self.id))
        return {name: sum(row["severity"] == name for row in rows) for name in ("error", "warning", "info")}


@dataclass(frozen=True)
class Comparison:
    """What changed from one version to the next.

    cells: those that both forms have alike; measures and seam: where they do not. resolved, introduced: findings
    that only the earlier, only the later version has; remaining: how many both have. back: cells that are again what a
    version before the earlier one said, and that version.
    """

    before: Version
    now: Version
    cells: list[CellChange]
    measures: list[MeasureChange]
    seam: Seam | None
    heads: list[HeadChange]
    passages: list[Passage]
    resolved: list[Row]
    introduced: list[Row]
    remaining: int
    back: dict[str, Version]

    @property
    def empty(self) -> bool:
        """Whether nothing that is compared differs."""
        return not (self.cells or self.measures or self.seam or self.heads or self.passages)

    def count(self, *kinds: Kind) -> int:
        """How many cells changed in one of some ways."""
        return sum(change.kind in kinds for change in self.cells)

    def concerning(self, change: CellChange) -> tuple[list[Row], list[Row]]:
        """The findings that read a cell and were resolved, and those that were introduced."""
        name = str(change.key)
        return (
            [row for row in self.resolved if name in row["cells"]],
            [row for row in self.introduced if name in row["cells"]],
        )

    def quoting(self, passage: Passage) -> tuple[list[Row], list[Row]]:
        """The findings on words of a passage that were resolved, and those that were introduced."""
        return (
            [row for row in self.resolved if row["quote"] and row["quote"].strip() in passage.before],
            [row for row in self.introduced if row["quote"] and row["quote"].strip() in passage.now],
        )


# ── which versions there are ──


def versions_of(archive: Archive, own: ReportId, known: Checked | None = None) -> list[Version]:
    """The versions of a report that the data folder has, in the order in which they were made.

    known: what the checks found in the report as it is. Raises what reading a report raises.
    """
    current = known.reports[own] if known else archive.read(own)
    kept = [
        version_of(archive, name, version_label(name), known_as(as_printed(report), current))
        for name, report in archive.read_versions(own).items()
    ]
    found = [version for version in kept if version.name.startswith(REPORTED)]
    plain = known if known and not current.corrections else None
    found.append(version_of(archive, REPORTED, version_label(REPORTED), as_printed(current), plain))
    if current.corrections:
        found.append(version_of(archive, CORRECTED, version_label(CORRECTED), current, known))
    return [*found, *(version for version in kept if version.name.startswith(PUBLISHED))]


def known_as(report: Report, current: Report) -> Report:
    """A version with what people found out about the report: whom it covers, what a blank stands for.

    Else the same figures would be judged otherwise.
    """
    scope, blanks = report.head.scope or current.head.scope, report.head.blanks or current.head.blanks
    return replace(report, head=replace(report.head, scope=scope, blanks=blanks))


def version_of(
    archive: Archive,
    name: str,
    label: str,
    report: Report,
    checked: Checked | None = None,
    notes: Iterable[str] = (),
) -> Version:
    """A report as a version, checked in the place of the one in the data folder."""
    own = ReportId(report.agency, report.year)
    found = checked or check_reports(archive, [own], among=False, given=report)
    return Version(name, label, report, found, tuple(notes))


def version_label(name: str) -> str:
    """What a version is called: 上报稿, 更正稿, 发布稿, 上报旧稿 1."""
    stage, _, number = name.partition("-")
    return f"{EARLIER[stage]} {number}" if number else LABELS[name]


def as_printed(report: Report) -> Report:
    """A report without its corrections."""
    return replace(report, corrections={})


def only(versions: Sequence[Version], first: str, last: str) -> list[Version]:
    """Two versions by name. Raises :class:`UnknownName`."""
    by_name = {version.name: version for version in versions}
    for name in (first, last):
        if name not in by_name:
            raise UnknownName("version", name, by_name, "name one of them")
    return [by_name[first], by_name[last]]


# ── what changed ──


def comparisons(versions: Sequence[Version]) -> list[Comparison]:
    """Each version compared with the one before it."""
    return [compared(before, now, versions[:at]) for at, (before, now) in enumerate(pairwise(versions))]


def compared(before: Version, now: Version, earlier: Sequence[Version] = ()) -> Comparison:
    """One version compared with another. earlier: those before the first, latest last."""
    cells = cell_changes(before.report, now.report)
    measures, seam = measure_changes(before.report, now.report)
    return Comparison(
        before,
        now,
        cells,
        measures,
        seam,
        head_changes(before.report, now.report),
        prose_changes(before.report.narrative, now.report.narrative),
        [row for name, row in before.failing.items() if name not in now.failing],
        [row for name, row in now.failing.items() if name not in before.failing],
        len(before.failing.keys() & now.failing.keys()),
        {str(change.key): version for change in cells if (version := said_before(change, earlier))},
    )


def said_before(change: CellChange, earlier: Sequence[Version]) -> Version | None:
    """The last version before that says what a cell says again."""
    for version in reversed(earlier):
        known = version.report.edition.cells
        if change.now is not None and change.key in known and version.report.cell(change.key).raw == change.now.raw:
            return version
    return None
