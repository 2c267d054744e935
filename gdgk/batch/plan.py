"""What is to be run: each notebook for each agency and year, and whether anything it depends on has changed.

Digests decide; no report is read or checked for it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import gdgk
from gdgk.archive import DEADLINES, REGISTER, Archive, ReportId
from gdgk.batch.digests import Digests, Parts, what_changed
from gdgk.batch.jobs import FORMATS, Job
from gdgk.batch.stamps import Stamp, stamp_of_job
from gdgk.errors import GdgkError, InputError, InputErrors, UnknownName
from gdgk.files import read_text
from gdgk.review import FILE, read_decisions
from gdgk.rollup.gathering import added_up, regions_of

PACKAGE = Path(gdgk.__file__).parent
SCOPES = ("report", "agency", "region", "year")
FORCED = "--force"
# Always made: the index leads to it, and it says what became of the report.
PAGE = "html"


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook that is run in batches. scope: for each ``report``, each ``agency``, each ``region`` in a year, or
    each ``year``; formats: what it may be had in, its page (``html``) first.
    """

    name: str
    path: Path
    title: str
    scope: str
    order: int
    formats: tuple[str, ...] = (PAGE,)


@dataclass(frozen=True, slots=True)
class Target:
    """One page to be made: a notebook with its parameters, and the reports it reads."""

    notebook: Notebook
    agency: str
    year: int
    reads: tuple[ReportId, ...]

    @property
    def place(self) -> Path:
        """The page without its ending, relative to the reports folder."""
        return Path(str(self))

    @property
    def group(self) -> tuple[str, int]:
        """What is not divided among machines: an agency with all its years, or the pages over one year."""
        return (self.agency, 0) if self.agency else ("", self.year)

    @property
    def whose(self) -> str:
        """The notebook's parameter for the agency."""
        return "region" if self.notebook.scope == "region" else "agency"

    def __str__(self) -> str:
        return "/".join(part for part in (self.agency, str(self.year or ""), self.notebook.name) if part)


@dataclass(frozen=True, slots=True)
class Planned:
    """A target, its job, and why it is run: an empty reason means that it is skipped, with last time's findings."""

    target: Target
    job: Job
    reason: str
    findings: Mapping[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Over all that the page is made from."""
        return self.job.digest


class Listed(Archive):
    """A data folder as it was when each agency's folder was first asked for: a plan asks for the same ones often."""

    def __init__(self, root: Path | str | None = None) -> None:
        super().__init__(root)
        self.by_agency: dict[str, list[int]] = {}
        self.there: dict[str, frozenset[str]] = {}

    def years(self, agency: str) -> list[int]:
        """The years of which the agency has a report here, ascending. Raises :class:`InputError`."""
        if agency not in self.by_agency:
            self.by_agency[agency] = super().years(agency)
        return self.by_agency[agency]

    def has(self, report: ReportId) -> bool:
        """Whether there is a folder for the report."""
        return str(report.year) in self.folders(report.agency)

    def folders(self, agency: str) -> frozenset[str]:
        """The names of the folders of an agency."""
        if agency not in self.there:
            path = self.agency_folder(agency)
            found = [entry.name for entry in os.scandir(path) if entry.is_dir()] if path.is_dir() else []
            self.there[agency] = frozenset(found)
        return self.there[agency]


def notebooks_folder() -> Path:
    """``notebooks/`` beside the package, else where the command is run. Raises :class:`InputError` without one."""
    for folder in (PACKAGE.parent / "notebooks", Path.cwd() / "notebooks"):
        if folder.is_dir():
            return folder
    raise InputError(
        Path.cwd() / "notebooks",
        None,
        "no such folder",
        "the workbook's notebooks",
        "run gdgk in the workbook's folder",
    )


def notebooks(only: Iterable[str] = ()) -> list[Notebook]:
    """The notebooks that say in their metadata (``gdgk.scope``) that they are run in batches.

    Raises :class:`UnknownName` for a name in ``only`` that is none of them, :class:`InputError` for a broken notebook.
    """
    found = []
    for path in sorted(notebooks_folder().glob("*.ipynb")):
        try:
            metadata = json.loads(read_text(path)).get("metadata", {})
        except json.JSONDecodeError as error:
            raise InputError(path, error.lineno, error.msg, "a notebook", "restore it from the repository") from error
        own = metadata.get("gdgk", {})
        if own.get("scope") in SCOPES:
            title, order = metadata.get("title", path.stem), own.get("order", 99)
            found.append(Notebook(path.stem, path, title, own["scope"], order, formats_of(path, own)))
    found.sort(key=lambda notebook: (notebook.order, notebook.name))
    wanted = [name.removesuffix(".ipynb") for name in only]
    for name in wanted:
        if name not in {notebook.name for notebook in found}:
            raise UnknownName(
                "notebook", name, [notebook.name for notebook in found], "name one of them with --notebook"
            )
    return [notebook for notebook in found if not wanted or notebook.name in wanted]


def formats_of(path: Path, own: Mapping[str, Any]) -> tuple[str, ...]:
    """What a notebook says it may be had in (``gdgk.formats``). Raises :class:`InputError` for any other format."""
    said = own.get("formats", [PAGE])
    stranger = next((name for name in said if name not in FORMATS), None) if isinstance(said, list) else said
    if stranger is not None:
        raise InputError(
            path, None, f"gdgk.formats {stranger!r}", f"a list of {', '.join(FORMATS)}", "mend its metadata"
        )
    return (PAGE, *(name for name in FORMATS if name in said and name != PAGE))


def targets(
    archive: Archive, reports: list[ReportId], chosen: list[Notebook], by_agency: bool, by_year: bool
) -> list[Target]:
    """The pages to be made for some reports: all of a report's notebooks, then its agency's, its region's, its year's.

    by_agency, by_year: whether pages that gather an agency's years, or a year's agencies, belong to the run; where the
    latter do, so does every region of a year, else only those whose own report is among these.
    """
    groups: dict[str, list[tuple[str, int, tuple[ReportId, ...]]]] = {scope: [] for scope in SCOPES}
    scopes = {notebook.scope for notebook in chosen}
    if "report" in scopes:
        groups["report"] = [(*report, tuple(archive.with_context([report]))) for report in reports]
    if "agency" in scopes and by_agency:
        for agency in dict.fromkeys(report.agency for report in reports):
            own = [ReportId(agency, year) for year in archive.years(agency)]
            groups["agency"].append((agency, 0, tuple(archive.with_context(own))))
    if "region" in scopes:
        for year in sorted({report.year for report in reports}):
            named = {report.agency for report in reports if report.year == year}
            asked = [name for name in regions_of(archive, year) if by_year or name in named]
            groups["region"] += [(name, year, tuple(added_up(archive, name, year))) for name in asked]
    if "year" in scopes and by_year:
        for year in sorted({report.year for report in reports}):
            everyone = archive.report_ids(years=[year])
            groups["year"].append(("", year, tuple(archive.with_context(everyone))))
    return [Target(notebook, *group) for notebook in chosen for group in groups[notebook.scope]]


# ── what is run, and why ──


def plan_pages(
    made: list[Target], archive: Archive, reports: Path, force: bool, formats: Iterable[str] = (), final: bool = False
) -> list[Planned]:
    """Each target with its job and why it is run. formats: wanted beside the page of what may be had in them."""
    wanted = frozenset(formats)
    digests = Digests()
    root = str(archive.root.resolve())
    templates = template_folders(archive)
    planned = []
    for target in made:
        job = job_of(target, root, str(reports), templates, wanted, final)
        parts = digests.parts(job)
        stamp = stamp_of_job(job)
        reason = FORCED if force else reason_to_run(job, parts, stamp)
        planned.append(
            Planned(target, replace(job, digest=parts.digest), reason, stamp.findings if stamp and not reason else {})
        )
    return planned


def template_folders(archive: Archive) -> list[str]:
    """The folders of an office's own templates for the prose, absolute; none where it has none."""
    if archive.own_templates is None:
        return []
    own = archive.own_templates.resolve()
    return [str(own), *sorted(str(path) for path in own.rglob("*") if path.is_dir())]


def job_of(
    target: Target,
    root: str,
    reports: str,
    templates: Iterable[str] = (),
    wanted: frozenset[str] = frozenset(),
    final: bool = False,
) -> Job:
    """A target as a job, without its digest. root: the data folder, absolute. templates: folders of its own."""
    own = target.notebook.formats
    shared = [*(f"{root}{os.sep}{name}" for name in (REGISTER, DEADLINES)), *templates]
    return Job(
        place=str(target),
        notebook=str(target.notebook.path),
        title=target.notebook.title,
        scope=target.notebook.scope,
        parameters={target.whose: target.agency, "year": target.year, "data": root},
        reports=reports,
        digest="",
        sources=(*shared, *(f"{root}{os.sep}{agency}{os.sep}{year}" for agency, year in target.reads)),
        group=target.group,
        formats=(PAGE, *(name for name in own[1:] if name in wanted)),
        # A page for review is neither a draft nor final.
        final=final and len(own) > 1,
    )


def reason_to_run(job: Job, parts: Parts, stamp: Stamp | None) -> str:
    """Why a page has to be made; empty when it is there and nothing has changed."""
    if stamp is None:
        return "new"
    if stamp.state != "ok":
        return "failed last time"
    if stamp.digest != parts.digest:
        return f"changed: {what_changed(stamp.parts, parts)}"
    lacking = without(job, stamp)
    if lacking:
        return f"formats: {', '.join(lacking)}"
    return "" if pages_there(job) else "page missing"


def without(job: Job, stamp: Stamp) -> list[str]:
    """The formats that are wanted and were not made of what the stamp is of."""
    return [name for name in job.formats if name != PAGE and name not in stamp.formats]


def pages_there(job: Job) -> bool:
    """Whether all files of a page are there."""
    return all(os.path.exists(f"{job.reports}/{job.place}.{ending}") for ending in ("ipynb", *job.formats))


def still_to_run(item: Planned) -> bool:
    """Whether a planned page is still to be made: another run may have made it since it was planned."""
    return item.reason == FORCED or not is_done(item.job)


def is_done(job: Job) -> bool:
    """Whether a page is there, whole and of what was planned."""
    stamp = stamp_of_job(job)
    same = stamp is not None and (stamp.state, stamp.digest) == ("ok", job.digest)
    return same and stamp is not None and not without(job, stamp) and pages_there(job)


def read_what_is_run(archive: Archive, to_run: Iterable[Planned]) -> None:
    """Read every report, its versions and decisions, the deadlines and templates that some pages read, and keep none of
    them: what cannot be read is told before anything is written. Raises :class:`InputErrors` with all faults.
    """
    wanted = dict.fromkeys(report for item in to_run for report in item.target.reads)
    errors: list[GdgkError] = []
    for report in wanted:
        errors += faults(partial(archive.read, report))
        errors += faults(partial(archive.read_versions, report))
        errors += faults(partial(read_decisions, archive.folder(report) / FILE))
    # What reads the office's own deadlines and templates takes a while to import, and few offices have any.
    if wanted and archive.own_deadlines:
        from gdgk.checks import local_deadlines

        errors += faults(partial(local_deadlines, archive))
    if wanted and archive.own_templates:
        from gdgk.narrative import check_templates

        errors += faults(partial(check_templates, archive.own_templates))
    if errors:
        raise InputErrors(errors)


def faults(read: Callable[[], object]) -> list[GdgkError]:
    """What is wrong with what is read."""
    try:
        read()
    except InputErrors as error:
        return error.errors
    except GdgkError as error:
        return [error]
    return []
