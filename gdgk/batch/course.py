"""The course of a run: jobs to a backend, a few at a time; what became of each; stopping when asked to."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from types import FrameType
from typing import Any

from gdgk.batch.digests import Digests
from gdgk.batch.jobs import Backend, Event, Job, Outcome
from gdgk.batch.runs import RunLog
from gdgk.batch.stamps import stamp_of_job
from gdgk.batch.work import stamped

# Seconds between two looks at the clock and the signals; a second backend shares them.
TICK = 0.1
CHANGED_AGAIN = "its data changed while it ran, twice; run again when they are settled"


class Watch:
    """What is told of a run while it goes on; nothing, unless a method is made to."""

    def started(self, job: Job) -> None:
        """A page is begun."""

    def at_cell(self, job: Job, cell: int) -> None:
        """A page is at a cell."""

    def ended(self, job: Job, outcome: Outcome) -> None:
        """A page is done or has failed, for good."""

    def say(self, text: str) -> None:
        """A line on the run as a whole."""

    def tick(self) -> None:
        """Time passes."""


class Stop:
    """While entered: Ctrl-C asks the run to end after the pages under way, a second one or SIGTERM to end now.

    level: 0 go on, 1 begin no more, 2 end now. A third Ctrl-C interrupts whatever is done about it.
    """

    def __init__(self) -> None:
        self.level = 0
        self.before: dict[int, Any] = {}

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            for number, handler in ((signal.SIGINT, self.interrupted), (signal.SIGTERM, self.terminated)):
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self.before[number] = signal.signal(number, handler)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def interrupted(self, number: int, frame: FrameType | None) -> None:
        """SIGINT."""
        self.level += 1
        if self.level > 2:
            raise KeyboardInterrupt

    def terminated(self, number: int, frame: FrameType | None) -> None:
        """SIGTERM."""
        self.level = 2


class Course:
    """Carries jobs out. spare: makes a backend for the second try of a page whose process ended without a word."""

    def __init__(self, backend: Backend, spare: Callable[[], Backend], log: RunLog, watch: Watch, stop: Stop) -> None:
        self.backend = backend
        self.spare = spare
        self.second: Backend | None = None
        self.log = log
        self.watch = watch
        self.stop = stop
        self.under_way: dict[str, Job] = {}
        self.second_try: deque[Job] = deque()
        self.second_under_way: dict[str, Job] = {}
        self.met_change: set[str] = set()
        self.told = False

    def outcomes(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """How each job ended, as it ends; those that were not begun, or were ended with the run, have no outcome."""
        waiting = deque(jobs)
        try:
            while self.under_way or self.second_under_way or (not self.stop.level and (waiting or self.second_try)):
                if self.stop.level > 1:
                    return
                self.tell_stop(len(waiting))
                if not self.stop.level:
                    self.begin(waiting)
                for event in self.news():
                    outcome = self.taken(event, waiting)
                    if outcome is not None:
                        yield outcome
                self.watch.tick()
        finally:
            now = bool(self.under_way or self.second_under_way)
            for backend in (self.backend, self.second):
                if backend is not None:
                    backend.close(now)

    def tell_stop(self, waiting: int) -> None:
        """Say once that no more pages are begun."""
        if self.stop.level and not self.told:
            self.told = True
            under_way = len(self.under_way) + len(self.second_under_way)
            self.log.line("stopping", message=f"{waiting} pages not begun, {under_way} under way")
            self.watch.say(f"stopping: {under_way} pages under way are finished; Ctrl-C again ends at once")

    def begin(self, waiting: deque[Job]) -> None:
        """Begin as many jobs as the backends have room for."""
        if waiting:
            self.note(self.backend.begin(waiting), self.under_way)
        if self.second_try:
            self.second = self.second or self.spare()
            self.note(self.second.begin(self.second_try), self.second_under_way)

    def note(self, begun: Iterable[Job], under_way: dict[str, Job]) -> None:
        """Take note of jobs that were begun."""
        for job in begun:
            under_way[job.place] = job
            self.log.line("started", place=job.place)
            self.watch.started(job)

    def news(self) -> Iterator[Event]:
        """What happened in either backend; waits a little for the first."""
        if self.under_way:
            yield from self.backend.events(TICK if not self.second_under_way else TICK / 2)
        if self.second is not None and self.second_under_way:
            yield from self.second.events(TICK if not self.under_way else TICK / 2)

    def taken(self, event: Event, waiting: deque[Job]) -> Outcome | None:
        """Take note of an event; the outcome where a job has ended for good."""
        self.log.event(event)
        job, outcome = event.job, event.outcome
        if outcome is None:
            self.watch.at_cell(job, event.cell)
            return None
        first = job.place in self.under_way
        (self.under_way if first else self.second_under_way).pop(job.place)
        if outcome.state == "changed":
            if job.place not in self.met_change:
                self.met_change.add(job.place)
                waiting.appendleft(job)
                return None
            outcome = replace(outcome, state="failed", message=CHANGED_AGAIN)
        if outcome.state == "crashed":
            if first and not self.stop.level:
                self.second_try.append(job)
                return None
            outcome = replace(outcome, state="failed")
        outcome = with_stamp(job, outcome)
        self.watch.ended(job, outcome)
        return outcome


def with_stamp(job: Job, outcome: Outcome) -> Outcome:
    """An outcome whose failure is on record: what ended without a word, or was ended, could not write its stamp."""
    stamp = stamp_of_job(job)
    if outcome.ok or (stamp is not None and (stamp.state, stamp.message) == ("failed", outcome.message)):
        return outcome
    if "its stamp could not be written" in outcome.message:
        return outcome
    return stamped(job, Digests().parts(job), outcome)
