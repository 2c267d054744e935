"""Agency × year → reports/: plan, skip what is unchanged, run, record, index.

How a notebook is executed is :mod:`gdgk.batch.work`'s business alone.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import gdgk
from gdgk.archive import Archive, ReportId
from gdgk.batch.index import write_index
from gdgk.batch.plan import Stamp, Target, notebooks, parameters, reason_to_run, stamp_path, targets, write_stamp
from gdgk.batch.work import Job, Outcome, perform
from gdgk.checks import check_reports
from gdgk.files import write_atomic
from gdgk.review import is_open

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Planned", "Run", "default_reports", "plan_run", "run"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A target with its digest and why it is run; an empty reason means it is skipped."""

    target: Target
    digest: str
    reason: str


@dataclass
class Run:
    """A batch: what is planned, the findings of its reports, what became of it."""

    archive: Archive
    reports: Path
    planned: list[Planned]
    findings: pd.DataFrame
    synthetic: frozenset[ReportId] = frozenset()
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def to_run(self) -> list[Planned]:
        """What is not skipped."""
        return [item for item in self.planned if item.reason]

    @property
    def failed(self) -> list[Outcome]:
        """The notebooks that broke."""
        return [outcome for outcome in self.outcomes.values() if not outcome.ok]

    def counts(self, target: Target) -> dict[str, int]:
        """A target's report in figures: open findings by severity; checks of its tables passed and not assessable."""
        if target.notebook.scope != "report":
            return {}
        frame = self.findings
        own = frame[(frame["agency"] == target.agency) & (frame["year"] == target.year)]
        fails = own.loc[is_open(own), "severity"].value_counts()
        counts = {str(name): int(count) for name, count in fails.items()}
        own = own[own["table"].notna()]
        counts["passed"] = int(own["status"].isin(["pass", "pass_imputed"]).sum())
        counts["not_assessable"] = int((own["status"] == "not_assessable").sum())
        counts["blank_tables"] = int(own.loc[own["reason"] == "整表未填报", "table"].nunique())
        if ReportId(target.agency, target.year) in self.synthetic:
            counts["synthetic"] = 1
        return counts


def default_reports() -> Path:
    """``reports/`` of the workbook: beside the data folder's notebooks, else where the command is run."""
    own = Path(gdgk.__file__).resolve().parent.parent
    return own / "reports" if (own / "notebooks").is_dir() else Path.cwd() / "reports"


def plan_run(
    agencies: Iterable[str] = (),
    years: Iterable[int] | None = None,
    data: Path | None = None,
    reports: Path | None = None,
    notebook: str = "",
    force: bool = False,
) -> Run:
    """Read and check everything that a run needs, and say what it will do. Nothing is written.

    Raises :class:`gdgk.errors.GdgkError` for names that do not exist and input that cannot be read.
    """
    names = list(agencies)
    archive = Archive(data)
    folder = (reports or default_reports()).resolve()
    chosen = notebooks([notebook] if notebook else [])
    ids = archive.report_ids(names, years)
    made = targets(archive, ids, chosen, by_agency=years is None, by_year=not names)
    checked = check_reports(archive, ids, among=False)
    wanted = dict.fromkeys(report for target in made for report in target.reads)
    others = archive.read_all(report for report in wanted if report not in checked.reports)
    planned = [Planned(target, *reason_to_run(target, archive, folder, force)) for target in made]
    read = [*checked.reports.values(), *others]
    synthetic = frozenset(ReportId(report.agency, report.year) for report in read if report.head.synthetic)
    return Run(archive, folder, planned, checked.findings, synthetic)


def run(batch: Run, jobs: int = 0, watch: Callable[[Planned, Outcome], None] = lambda planned, outcome: None) -> Run:
    """Carry a planned run out in ``jobs`` processes (0: one per core) and write the index.

    A notebook that fails does not stop the others. ``watch`` is called as each one ends. KeyboardInterrupt ends the run
    after the pages under way, with the index written.
    """
    copy_plotly(batch.reports)
    try:
        for planned, outcome in perform_all(batch, jobs or os.cpu_count() or 1):
            batch.outcomes[str(planned.target)] = outcome
            state = "ok" if outcome.ok else "failed"
            stamp = Stamp(
                planned.digest, state, round(outcome.seconds, 3), batch.counts(planned.target), outcome.message
            )
            write_stamp(stamp_path(batch.reports, planned.target), stamp)
            watch(planned, outcome)
    finally:
        write_index(
            batch.archive, batch.reports, skipped={str(item.target) for item in batch.planned if not item.reason}
        )
    return batch


def perform_all(batch: Run, jobs: int) -> Iterator[tuple[Planned, Outcome]]:
    """Run what is to be run in worker processes and yield each as it ends."""
    if not batch.to_run:
        return
    count = min(jobs, len(batch.to_run))
    free: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
    for _ in range(count):
        free.put(worker())
    threads = ThreadPoolExecutor(count)
    try:
        futures = {threads.submit(perform_in, free, job_of(batch, planned)): planned for planned in batch.to_run}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        threads.shutdown(wait=True, cancel_futures=True)
        while not free.empty():
            free.get().shutdown()


def worker() -> ProcessPoolExecutor:
    """A pool of one process: when it is killed, its page fails and no other."""
    return ProcessPoolExecutor(1, get_context("spawn"), follow_parent)


def perform_in(free: SimpleQueue[ProcessPoolExecutor], job: Job) -> Outcome:
    """Run a job in a free process; one whose process was killed has failed like any other, and a new one takes over."""
    pool = free.get()
    try:
        return pool.submit(perform, job).result()
    except BrokenProcessPool:
        pool.shutdown()
        pool = worker()
        return Outcome(job.place, False, 0.0, "the process that ran it was ended from outside")
    finally:
        free.put(pool)


def follow_parent() -> None:
    """In a worker: Ctrl-C is for the parent, which lets pages under way finish; when it is gone, so is the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """Wait for the parent's end, however it ends, and end."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def job_of(batch: Run, planned: Planned) -> Job:
    """A planned target as a job."""
    return Job(
        notebook=str(planned.target.notebook.path),
        parameters=dict(parameters(planned.target, batch.archive)),
        reports=str(batch.reports),
        place=planned.target.place.as_posix(),
        title=planned.target.notebook.title,
    )


def copy_plotly(reports: Path) -> None:
    """Put plotly.min.js beside the reports unless it is there already."""
    from gdgk.exporters.html import plotly_script

    script = plotly_script()
    path = reports / "plotly.min.js"
    if not path.exists() or path.read_bytes() != script:
        write_atomic(path, script)
