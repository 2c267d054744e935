"""What a worker of a cluster does: the pages of one agency, one after the other, each in a forked child.

A scheduler hands the same errand out again when it has lost sight of a worker, so an errand may be run twice, also at
the same time. What is stamped is not made again, and a page that two make is of the same bytes from either.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from gdgk.batch.cluster.fitness import Premises
from gdgk.batch.forks import ForkBackend, Wanted, wanted_of
from gdgk.batch.jobs import Job, Outcome, is_over
from gdgk.batch.plan import is_done
from gdgk.batch.stamps import stamp_of_job
from gdgk.engine.client import ParentLost

# The topic under which workers tell what became of a page. One for all runs: a scheduler keeps the last news of each.
TOPIC = "gdgk"
# Seconds without news from a page after which a worker looks whether the run still goes on.
QUIET = 1.0

OWN = threading.local()


@dataclass(frozen=True, slots=True)
class Errand:
    """Some jobs for a worker.

    number: of the errand in its run; mark: a file that is there for as long as the run goes on, for its jobs too;
    again: places that are made though they are stamped (``--force``).
    """

    number: int
    run: str
    mark: str
    premises: Premises
    jobs: tuple[Job, ...]
    again: frozenset[str] = frozenset()

    def over(self) -> bool:
        """Whether the run has ended meanwhile."""
        return is_over(self.mark)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an errand: the outcomes of its jobs, fewer where the run ended; or what is wrong with the worker.

    misfit: as :meth:`Premises.misfit` says it, or why no page can be made there.
    """

    worker: str
    outcomes: tuple[Outcome, ...] = ()
    misfit: str = ""


def carry_out(errand: Errand) -> Done:
    """Do an errand, on a thread of a dask worker."""
    from distributed import get_worker

    worker = get_worker()
    if wrong := known_misfit(errand.premises):
        return Done(worker.address, misfit=wrong)
    outcomes: list[Outcome] = []
    try:
        for outcome in outcomes_of(errand):
            outcomes.append(outcome)
            worker.log_event(TOPIC, news(errand, outcome))
    except (ParentLost, OSError) as error:  # no warm parent can be had here
        return Done(worker.address, tuple(outcomes), misfit=str(error))
    return Done(worker.address, tuple(outcomes))


def outcomes_of(errand: Errand) -> Iterator[Outcome]:
    """How each of its jobs ended, for as long as the run goes on. Raises :class:`gdgk.engine.client.ParentLost`."""
    for job in errand.jobs:
        outcome = None if errand.over() else made_before(errand, job) or make(errand, job)
        if outcome is None:
            return
        yield outcome


@lru_cache(maxsize=16)
def known_misfit(premises: Premises) -> str:
    """What is wrong with this worker, looked at once for each run."""
    return premises.misfit()


def made_before(errand: Errand, job: Job) -> Outcome | None:
    """The outcome of a page that another worker made on the same errand before it was lost sight of."""
    if job.place in errand.again or not is_done(job):
        return None
    stamp = stamp_of_job(job)
    return Outcome(job.place, "ok", stamp.seconds, findings=stamp.findings) if stamp else None


def make(errand: Errand, job: Job) -> Outcome | None:
    """Make a page; None when the run ended meanwhile. The thread's warm parent serves all errands that come to it."""
    backend = OWN.backend = getattr(OWN, "backend", None) or ForkBackend(1, Wanted(wanted_of([job]).formats))
    backend.begin(deque([replace(job, mark=errand.mark)]))
    while True:
        events = backend.events(QUIET)
        for event in events:
            if event.outcome is not None:
                return None if event.outcome.state == "over" else event.outcome
        if not events and errand.over():
            OWN.backend = None
            backend.close(now=True)
            return None


def news(errand: Errand, outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain values, for the one who waits for it."""
    return {"run": errand.run, "number": errand.number, "outcome": {**asdict(outcome)}}
