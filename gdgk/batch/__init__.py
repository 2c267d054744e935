"""Agency × year → reports/: plan, skip what is unchanged, run, record, index.

How a page is made is :mod:`gdgk.batch.work`'s business, in which processes that of a backend (:mod:`gdgk.batch.jobs`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gdgk.archive import REGISTER, Archive, ReportId, default_reports
from gdgk.batch.course import Course, Stop, Watch
from gdgk.batch.forks import ForkBackend, wanted_of
from gdgk.batch.index import write_index
from gdgk.batch.jobs import Backend, Job, Outcome
from gdgk.batch.kernels import KernelBackend
from gdgk.batch.plan import FORCED, Listed, Planned, notebooks, plan_pages, read_what_is_run, still_to_run, targets
from gdgk.batch.runs import RunLog
from gdgk.batch.shards import Shard
from gdgk.batch.stamps import locked, scratch_folder
from gdgk.engine.client import unsupported
from gdgk.files import write_atomic
from gdgk.markup import plotly_script

__all__ = ["ENGINES", "Options", "Planned", "Run", "Shard", "Watch", "plan_run", "run"]

ENGINES = ("gdgk", "kernel")


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is carried out.

    engine: one of :data:`ENGINES`; jobs: how many at a time (0: one per core); limit: wall-clock seconds for a page
    (0: none); memory: bytes for a page (0: no limit); strict: whether open errors in the data end it with 3; cluster:
    the address of a dask scheduler whose workers make the pages, as many at a time as they have threads (empty: none).
    """

    engine: str = "gdgk"
    jobs: int = 0
    limit: float = 600.0
    memory: int = 4096 * 2**20
    strict: bool = False
    cluster: str = ""


@dataclass
class Run:
    """A batch: what is planned, what became of it, how it ended."""

    archive: Archive
    reports: Path
    planned: list[Planned]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    strict: bool = False
    interrupted: bool = False
    shard: str = ""

    @property
    def to_run(self) -> list[Planned]:
        """What is not skipped."""
        return [item for item in self.planned if item.reason]

    @property
    def made(self) -> list[Outcome]:
        """The pages that were made."""
        return [outcome for outcome in self.outcomes.values() if outcome.ok]

    @property
    def failed(self) -> list[Outcome]:
        """The notebooks that broke."""
        return [outcome for outcome in self.outcomes.values() if not outcome.ok]

    @property
    def missed(self) -> list[tuple[str, str, str]]:
        """Place, format and reason of what was wanted beside a page and could not be made."""
        return [(each.place, name, why) for each in self.made for name, why in each.missed.items()]

    @property
    def with_findings(self) -> list[Outcome]:
        """The pages that were made whose report has open findings of severity error or warning."""
        return [each for each in self.made if each.findings.get("error", 0) + each.findings.get("warning", 0)]

    def found(self) -> Counter[str]:
        """Open findings by severity over the reports of the run, each once; of skipped ones as their stamps say."""
        by_report: dict[ReportId, Mapping[str, int]] = {}
        for item in self.planned:
            outcome = self.outcomes.get(item.job.place)
            findings = outcome.findings if outcome else item.findings
            if findings:
                by_report.setdefault(ReportId(item.target.agency, item.target.year), findings)
        total: Counter[str] = Counter()
        for findings in by_report.values():
            total.update({name: findings.get(name, 0) for name in ("error", "warning", "info")})
        return total

    @property
    def code(self) -> int:
        """The exit code: 130 interrupted, 1 a page or format failed, 3 open errors (strict only), else 0."""
        if self.interrupted:
            return 130
        if self.failed or self.missed:
            return 1
        return 3 if self.strict and self.found()["error"] else 0


def plan_run(
    agencies: Iterable[str] = (),
    years: Iterable[int] | None = None,
    data: Path | None = None,
    reports: Path | None = None,
    notebook: str = "",
    force: bool = False,
    shard: Shard | None = None,
    formats: Iterable[str] = (),
    final: bool = False,
) -> Run:
    """Say what a run will do, and read what it needs. Nothing is written. shard: of all this, only a share. formats:
    wanted beside the page (:data:`gdgk.batch.jobs.FORMATS`); final: without 草稿.

    What is unchanged is known by its digest and not read. Raises :class:`gdgk.errors.GdgkError` for names that do not
    exist and input that cannot be read.
    """
    names = list(agencies)
    archive = Listed(data)
    folder = (reports or default_reports()).resolve()
    chosen = notebooks([notebook] if notebook else [])
    ids = archive.report_ids(names, years)
    made = targets(archive, ids, chosen, by_agency=years is None, by_year=not names)
    if shard is not None:
        made = shard.share(made)
    batch = Run(
        archive,
        folder,
        plan_pages(made, archive, folder, force, formats, final),
        shard=str(shard or "").replace("/", "-"),
    )
    read_what_is_run(archive, batch.to_run)
    return batch


def run(
    batch: Run, options: Options | None = None, watch: Watch | None = None, asked: Mapping[str, Any] | None = None
) -> Run:
    """Carry a planned run out, write the index and the record of the run (``runs/<id>/``).

    A notebook that fails does not stop the others. After Ctrl-C the pages under way are finished, after a second one
    or SIGTERM they are ended; either way ``batch.interrupted`` is set and the index written. asked: the arguments of
    the command, for the record. Raises :class:`gdgk.errors.GdgkError` when another run is at work in the folder.
    """
    options, watch = options or Options(), watch or Watch()
    batch.strict = options.strict
    with locked(batch.reports, batch.shard):
        batch.planned = [item if not item.reason or still_to_run(item) else skipped(item) for item in batch.planned]
        log = RunLog(batch.reports)
        log.begin(asked or {}, planned=len(batch.planned), to_run=len(batch.to_run))
        code = 2
        try:
            copy_plotly(batch.reports)
            try:
                carry_out(batch, options, log, watch)
            finally:
                unchanged = {item.job.place for item in batch.planned if not item.reason}
                write_index(batch.archive, batch.reports, skipped=unchanged)
            code = batch.code
        except KeyboardInterrupt:
            code = 130
            raise
        finally:
            log.close(summary(batch, code, log.seconds()))
    return batch


def skipped(item: Planned) -> Planned:
    """A planned page that another run has made meanwhile."""
    return replace(item, reason="")


def carry_out(batch: Run, options: Options, log: RunLog, watch: Watch) -> None:
    """Have the pages made and note what became of each."""
    jobs = [replace(item.job, limit=options.limit, memory=options.memory) for item in batch.to_run]
    if not jobs:
        return
    with Stop() as stop:
        try:
            backend = backend_of(options, batch, len(jobs), watch)
            course = Course(backend, lambda: KernelBackend(1), log, watch, stop)
            for outcome in course.outcomes(grouped(jobs)):
                batch.outcomes[outcome.place] = outcome
        finally:
            batch.interrupted = stop.level > 0


def grouped(jobs: Iterable[Job]) -> list[Job]:
    """Jobs of one group (all pages of an agency) one after the other, else in their order."""
    groups: dict[tuple[str, int], list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.group, []).append(job)
    return [job for group in groups.values() for job in group]


def backend_of(options: Options, batch: Run, pages: int, watch: Watch) -> Backend:
    """What carries out so many pages; kernels also where no process can be forked warm."""
    if options.cluster:
        from gdgk.batch.cluster import ClusterBackend  # brings asyncio, which a run on one machine does without

        same = dict.fromkeys(item.job.notebook for item in batch.to_run)
        listed = str(batch.archive.root.resolve() / REGISTER)
        forced = frozenset(item.job.place for item in batch.to_run if item.reason == FORCED)
        return ClusterBackend(options.cluster, batch.reports, [listed, *same], forced, watch.say)
    slots = min(options.jobs or os.cpu_count() or 1, pages)
    if options.engine == "kernel" or unsupported():
        return KernelBackend(slots)
    return ForkBackend(slots, wanted_of(item.job for item in batch.to_run), pages)


def summary(batch: Run, code: int, seconds: float) -> dict[str, Any]:
    """How a run ended, in figures."""
    made = len(batch.made)
    return {
        "exit_code": code,
        "planned": len(batch.planned),
        "skipped": {"unchanged": len(batch.planned) - len(batch.to_run)},
        "to_run": dict(Counter(item.reason.partition(" of ")[0] for item in batch.to_run)),
        "made": made,
        "ok": made - len(batch.with_findings),
        "with_findings": len(batch.with_findings),
        "failed": [{"place": outcome.place, "message": outcome.message} for outcome in batch.failed],
        "missed": [{"place": place, "format": name, "message": why} for place, name, why in batch.missed],
        "not_run": len(batch.to_run) - len(batch.outcomes),
        "findings": dict(batch.found()),
        "pages_per_second": round(made / seconds, 3) if seconds else 0.0,
    }


def copy_plotly(reports: Path) -> None:
    """Put plotly.min.js beside the reports unless it is there already."""
    script = plotly_script()
    path = reports / "plotly.min.js"
    if not path.exists() or path.read_bytes() != script:
        write_atomic(path, script, scratch_folder(reports))
