"""The backend of one machine: each page in a child of the warm parent (:mod:`gdgk.engine`)."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from gdgk.archive import REGISTER
from gdgk.batch.jobs import Event, Job, Outcome, begin_each, one_line, over_limit
from gdgk.engine.client import News, ParentLost, WarmParent, status_text

PREPARE = "gdgk.batch.forks:prepare_batch"
WARM = "gdgk.batch.forks:warm_batch"
# Formats that are warmed where they are asked for, the lightest first; nothing is warmed that is not.
WARMED = ("docx", "xlsx", "pdf")
# What a child does: by its name, as this process does not import what pages are made with. It starts a second sooner.
PERFORM = "gdgk.batch.child:perform_here"


class Wanted(NamedTuple):
    """What the pages to come are: formats beside html, of those that are warmed; their notebooks (none: not known); the
    registers of their data folders (agencies.csv).
    """

    formats: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()


NOTHING_SAID = Wanted()


def wanted_of(jobs: Iterable[Job]) -> Wanted:
    """What jobs will need."""
    jobs = list(jobs)
    formats = {name for job in jobs for name in job.formats}
    return Wanted(
        tuple(name for name in WARMED if name in formats),
        tuple(sorted({job.notebook for job in jobs})),
        tuple(sorted({path for job in jobs for path in job.sources if path.endswith(f"{os.sep}{REGISTER}")})),
    )


def prepare_batch() -> None:
    """In the warm parent: what every page of a batch needs, beside what every notebook does."""
    from gdgk.engine.warming import prepare

    prepare()
    from gdgk.batch.child import rehearse

    rehearse()


def warm_batch(wanted: Wanted) -> None:
    """In the warm parent of many pages: what each would fill for itself, its notebook read included."""
    from gdgk.batch.child import keep_notebooks, keep_registers, rehearse
    from gdgk.engine.warming import warm
    from gdgk.exporters.warming import warm_formats

    warm(keep_notebooks(wanted.notebooks))
    keep_registers(wanted.registers)
    if wanted.formats:
        warm_formats(wanted.formats)
    rehearse()  # once more: what Python has found of abstract classes is void when one is imported


class ForkBackend:
    """Runs jobs in children of a warm parent, ``slots`` at a time; see :class:`gdgk.batch.jobs.Backend`.

    Ended from outside, the parent is started anew, and what was under way has crashed. wanted: what the parent is
    warmed for. pages: how many jobs are to come, where that is known: it is warmed for many, not for few.
    """

    def __init__(self, slots: int, wanted: Wanted = NOTHING_SAID, pages: int = 0) -> None:
        self.slots = slots
        self.wanted = wanted
        self.pages = pages
        self.parent = self.new_parent()
        self.under_way: dict[int, tuple[Job, float]] = {}
        self.told: dict[int, Outcome] = {}
        self.late: set[int] = set()
        self.lost: list[Event] = []

    def new_parent(self) -> WarmParent:
        """A warm parent that is getting ready."""
        made = WarmParent(PREPARE, WARM, self.wanted)
        with suppress(ParentLost):  # told when it is given its first job
            made.expect(self.pages)
        return made

    def begin(self, waiting: deque[Job]) -> list[Job]:
        """Begin what there is room for."""
        return begin_each(waiting, self.slots - len(self.under_way), self.start)

    def start(self, job: Job) -> None:
        """Begin a job."""
        begun = time.monotonic()
        try:
            number = self.parent.start(PERFORM, job, job.limit, job.memory)
        except ParentLost as error:
            self.renew(error)
            number = self.parent.start(PERFORM, job, job.limit, job.memory)
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
        if news.word == "at":
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
        self.parent = self.new_parent()

    def close(self, now: bool = False) -> None:
        """End the parent and what is still under way."""
        self.parent.close()
