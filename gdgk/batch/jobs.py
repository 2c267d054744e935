"""What passes between a batch and those that carry it out: jobs, what became of them, and what a backend is.

A backend knows nothing of plans, stamps of other pages or progress bars; the batch knows nothing of processes.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

# How a job ended. ok: the page is there, whatever its data hold. failed: the notebook broke or could not be written.
# crashed: the process that ran it ended without a word. changed: its data changed while it ran; nothing was written.
# over: the run that wanted it has ended meanwhile; nothing was written.
STATES = ("ok", "failed", "crashed", "changed", "over")
# What a page may be had in (:mod:`gdgk.exporters.choosing` has their exporters).
FORMATS = ("html", "docx", "pdf", "xlsx")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Job:
    """A page to be made.

    place: the page relative to ``reports``, without ending. scope: of its notebook (report, agency, region, year).
    sources: the files and report folders that it reads, absolute; digest: over all that it is made from, as planned.
    limit: wall-clock seconds (0: none); memory: bytes it may take above what the process has (0: no limit). group: what
    it is best made together with (:attr:`gdgk.batch.plan.Target.group`). formats: what it is wanted in, ``html`` among
    them; final: without 草稿, or not at all. mark: a file that is there for as long as the run goes on that wants the
    page; empty where the page is made by the run's own processes, which end with it.
    """

    place: str
    notebook: str
    title: str
    scope: str
    parameters: Mapping[str, Any]
    reports: str
    digest: str
    sources: tuple[str, ...] = ()
    limit: float = 0.0
    memory: int = 0
    group: tuple[str, int] = ("", 0)
    formats: tuple[str, ...] = ("html",)
    final: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    message: the error in one line with the cell it happened in; copy: whether an executed copy lies under ``failed/``;
    findings: what the page found, in figures (:class:`gdgk.batch.stamps.Stamp`); cpu: seconds of processor time;
    peak: bytes of memory at most; both 0 where they are not known. formats: those that lie beside the page and are of
    its data; missed: why others that were wanted could not be made, by format.
    """

    place: str
    state: str
    seconds: float
    message: str = ""
    copy: bool = False
    findings: Mapping[str, int] = field(default_factory=dict)
    cpu: float = 0.0
    peak: int = 0
    formats: tuple[str, ...] = ()
    missed: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the page was made."""
        return self.state == "ok"


@dataclass(frozen=True, slots=True)
class Event:
    """News of a job: it is at a cell (numbered from 1), or it has ended (``outcome`` is given)."""

    job: Job
    cell: int = 0
    outcome: Outcome | None = None


def is_over(mark: str) -> bool:
    """Whether the run has ended whose mark this is. Opens the file: a network file system is up to date on that."""
    try:
        with open(mark, "rb"):
            return False
    except OSError:
        return bool(mark)


def one_line(text: str) -> str:
    """The first line of an error, without colours."""
    lines = [line.strip() for line in ANSI.sub("", text).splitlines() if line.strip()]
    return lines[0] if lines else "unknown error"


def over_limit(job: Job) -> str:
    """What ended a job that was interrupted."""
    return f"over the limit of {job.limit:g} s"


class Backend(Protocol):
    """Carries jobs out, several at a time. All methods are called from one thread."""

    def begin(self, waiting: deque[Job]) -> list[Job]:
        """Take from the front of ``waiting`` what there is room for, and begin it; what was begun."""

    def events(self, timeout: float) -> list[Event]:
        """What happened since the last call, waiting ``timeout`` seconds at most for the first."""

    def close(self, now: bool = False) -> None:
        """End the workers; ``now``: also those with a job under way, which then has no outcome."""


def begin_each(waiting: deque[Job], room: int, start: Callable[[Job], None]) -> list[Job]:
    """Begin as many jobs as there is room for, each by itself."""
    begun: list[Job] = []
    while waiting and len(begun) < room:
        begun.append(waiting.popleft())
        start(begun[-1])
    return begun
