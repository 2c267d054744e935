"""Agency × year → reports/: plan, skip what is unchanged, run, record, index.

How a notebook is executed is :mod:`gdgk.batch.work`'s business alone.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import gdgk
from gdgk.archive import Archive, ReportId, panel
from gdgk.batch.index import write_index
from gdgk.batch.plan import Stamp, Target, notebooks, parameters, reason_to_run, stamp_path, targets, write_stamp
from gdgk.batch.work import Job, Outcome, perform
from gdgk.files import write_atomic
from gdgk.reconciliation import reconcile

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
        """A target's report in figures: failed findings by severity, checks passed, checks not assessable."""
        if target.notebook.scope != "report":
            return {}
        frame = self.findings
        own = frame[(frame["agency"] == target.agency) & (frame["year"] == target.year)]
        fails = own.loc[own["status"] == "fail", "severity"].value_counts()
        counts = {str(name): int(count) for name, count in fails.items()}
        counts["passed"] = int(own["status"].isin(["pass", "pass_imputed"]).sum())
        counts["not_assessable"] = int((own["status"] == "not_assessable").sum())
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
    read = archive.read_all(dict.fromkeys(report for target in made for report in target.reads))
    findings = reconcile(panel(read), archive.lineage(), only=[ReportId(report.agency, report.year) for report in read])
    planned = [Planned(target, *reason_to_run(target, archive, folder, force)) for target in made]
    return Run(archive, folder, planned, findings)


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
    pool = ProcessPoolExecutor(min(jobs, len(batch.to_run)), get_context("spawn"), ignore_interrupt)
    try:
        futures = {pool.submit(perform, job_of(batch, planned)): planned for planned in batch.to_run}
        for future in as_completed(futures):
            yield futures[future], outcome_of(future, futures[future])
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def ignore_interrupt() -> None:
    """Ctrl-C is for the parent: it lets the pages under way finish."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def job_of(batch: Run, planned: Planned) -> Job:
    """A planned target as a job."""
    return Job(
        notebook=str(planned.target.notebook.path),
        parameters=dict(parameters(planned.target, batch.archive)),
        reports=str(batch.reports),
        place=planned.target.place.as_posix(),
        title=planned.target.notebook.title,
    )


def outcome_of(future: Future[Outcome], planned: Planned) -> Outcome:
    """The outcome of a job; one whose process was killed has failed like any other."""
    try:
        return future.result()
    except BrokenProcessPool:
        return Outcome(str(planned.target), False, 0.0, "the process that ran it was ended from outside")


def copy_plotly(reports: Path) -> None:
    """Put plotly.min.js beside the reports unless it is there already."""
    from gdgk.exporters.html import plotly_script

    script = plotly_script()
    path = reports / "plotly.min.js"
    if not path.exists() or path.read_bytes() != script:
        write_atomic(path, script)
