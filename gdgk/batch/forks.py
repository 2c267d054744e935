"""The backend of one machine: each page in a child of the warm parent (:mod:`gdgk.engine`)."""

from __future__ import annotations

import os
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gdgk.batch.digests import code_digest
from gdgk.batch.jobs import Event, Job, Outcome, begin_each
from gdgk.batch.stamps import scratch_folder
from gdgk.batch.work import one_line, perform
from gdgk.engine.adapter import Here, status_text
from gdgk.engine.cells import NeedsKernel
from gdgk.engine.client import News, ParentLost, WarmParent
from gdgk.engine.warming import prepare

OWN_PREPARE = "gdgk.batch.forks:prepare_batch"


def prepare_batch() -> None:
    """In the warm parent: what every page of a batch needs, beside what every notebook does."""
    prepare()
    code_digest()


class ForkBackend:
    """Runs jobs in children of a warm parent, ``slots`` at a time; see :class:`gdgk.batch.jobs.Backend`.

    The parent is started at once and imports while others plan. Ended from outside, it is started anew, and what was
    under way has crashed.
    """

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.parent = WarmParent(OWN_PREPARE)
        self.under_way: dict[int, tuple[Job, float]] = {}
        self.told: dict[int, Outcome] = {}
        self.late: set[int] = set()
        self.lost: list[Event] = []

    def begin(self, waiting: deque[Job]) -> list[Job]:
        """Begin what there is room for."""
        return begin_each(waiting, self.slots - len(self.under_way), self.start)

    def start(self, job: Job) -> None:
        """Begin a job."""
        begun = time.monotonic()
        try:
            number = self.parent.start(perform_here, job, job.limit, job.memory)
        except ParentLost as error:
            self.renew(error)
            number = self.parent.start(perform_here, job, job.limit, job.memory)
        self.under_way[number] = (job, begun)

    def events(self, timeout: float) -> list[Event]:
        """What happened since the last call."""
        try:
            heard = [event for news in self.parent.news(0 if self.lost else timeout) for event in self.hear(news)]
        except ParentLost as error:
            self.renew(error)
            heard = []
        found, self.lost = self.lost + heard, []
        return found

    def hear(self, news: News) -> list[Event]:
        """What a child's news mean."""
        if news.number not in self.under_way:
            return []
        job, begun = self.under_way[news.number]
        if news.word == "news":
            return [Event(job, cell=news.value)]
        if news.word == "late":
            self.late.add(news.number)
            return []
        if news.word == "result":
            self.told[news.number] = news.value
            return []
        if news.word == "broken":
            message = one_line(news.value.strip().splitlines()[-1])
            if news.number in self.late:
                message = over_limit(job)
            self.told[news.number] = Outcome(job.place, "failed", time.monotonic() - begun, message)
            return []
        del self.under_way[news.number]
        seconds = time.monotonic() - begun
        silent = f"its process ended without a word ({status_text(news.value)})"
        state = "crashed"
        if news.number in self.late:
            # It would take as long once more: no second try.
            state, silent = "failed", f"{over_limit(job)}; it did not heed the interruption"
        return [Event(job, outcome=self.told.pop(news.number, Outcome(job.place, state, seconds, silent)))]

    def renew(self, error: ParentLost) -> None:
        """A new parent for one that is gone; its children are gone with it."""
        for job, begun in self.under_way.values():
            seconds = time.monotonic() - begun
            self.lost.append(Event(job, outcome=Outcome(job.place, "crashed", seconds, str(error))))
        self.under_way, self.told = {}, {}
        self.parent = WarmParent(OWN_PREPARE)

    def close(self, now: bool = False) -> None:
        """End the parent and what is still under way."""
        self.parent.close()


def over_limit(job: Job) -> str:
    """What ended a job that was interrupted."""
    return f"over the limit of {job.limit:g} s"


def perform_here(job: Job, tell: Callable[[Any], None]) -> Outcome:
    """In the child: make the page. A notebook that only a kernel can run has crashed, and is tried again in one."""
    begun = time.monotonic()
    try:
        return perform(job, lambda job: execute_here(job, tell))
    except NeedsKernel as error:
        return Outcome(job.place, "crashed", time.monotonic() - begun, f"needs a kernel: {error}")


def execute_here(job: Job, tell: Callable[[Any], None]) -> tuple[Any, str]:
    """Run a job's notebook in this process through papermill: the executed notebook, the error that ended it."""
    import papermill

    here, begun = Here(tell), time.monotonic()
    home = os.getcwd()
    scratch = scratch_folder(Path(job.reports))
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=scratch) as folder:
        try:
            papermill.execute_notebook(
                job.notebook,
                None,
                parameters=dict(job.parameters),
                engine_name="gdgk",
                progress_bar=False,
                request_save_on_cell_execute=False,
                cwd=folder,
                here=here,
            )
        except papermill.PapermillExecutionError as raised:
            ended = f"{raised.ename}: {raised.evalue}"
            if raised.ename == "KeyboardInterrupt" and time.monotonic() - begun >= job.limit > 0:
                ended = over_limit(job)
            error = one_line(f"cell {raised.exec_count}: {ended}")
            return (here.manager.nb if here.manager else None), error
        finally:
            os.chdir(home)
    return (here.manager.nb if here.manager else None), ""
