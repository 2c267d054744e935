"""The backend of a cluster: jobs as errands for the workers of a dask scheduler that somebody else runs.

All pages of an agency are one errand, so that its files are read on one machine. Few errands are handed over at a time,
and each is forgotten, here and by the scheduler, once its outcomes are told.
"""

from __future__ import annotations

import asyncio
import queue
import secrets
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdgk.batch.cluster.errands import TOPIC, Done, Errand, carry_out
from gdgk.batch.cluster.fitness import Premises, misfit
from gdgk.batch.cluster.scheduler import address_of, connected, need_distributed
from gdgk.batch.jobs import Event, Job, Outcome
from gdgk.batch.stamps import scratch_folder
from gdgk.errors import GdgkError
from gdgk.files import write_atomic

__all__ = ["ClusterBackend", "address_of", "need_distributed"]

# Errands at a time: so many for each thread, that none waits for the next; never fewer than some, as clusters that grow
# with their work start from nothing.
FOR_EACH_THREAD = 2
FEWEST = 2
# Seconds between two counts of the workers, and for which those are waited for that are told to end.
COUNT = 2.0
GRACE = 10.0
GO_ON = "what was made is in place; run the same command again for the rest"


@dataclass(frozen=True, slots=True)
class Told:
    """What the connection tells of an errand: an outcome early, all of them at its end, or what it ended with.

    number: of the errand; 0 for the connection itself, which also tells the threads of each worker now and then.
    """

    number: int
    threads: Mapping[str, int] | None = None
    early: Outcome | None = None
    done: Done | None = None
    error: BaseException | None = None


class ClusterLost(GdgkError):
    """The scheduler is gone, or has let go of what it was given."""


class ClusterBackend:
    """Carries jobs out on the workers of a dask scheduler; see :class:`gdgk.batch.jobs.Backend`.

    same: files that every worker must find as they are here; forced: places that are made though they are stamped;
    say: is told how many workers there are. Raises :class:`GdgkError` when no scheduler answers, and, here and from
    :meth:`events`, for a worker that does not fit.
    """

    def __init__(
        self,
        address: str,
        reports: Path,
        same: Iterable[str],
        forced: frozenset[str],
        say: Callable[[str], None],
    ) -> None:
        self.address = address
        self.forced = forced
        self.say = say
        self.run = secrets.token_hex(8)
        self.mark = scratch_folder(reports) / f"cluster-{self.run}"
        self.errands: dict[int, dict[str, Job]] = {}
        self.futures: dict[int, Any] = {}
        self.told: queue.Queue[Told] = queue.Queue()
        self.handed_over = 0
        self.threads = 0
        self.counted = False
        self.lost = False
        self.counting: Future[None] | None = None
        self.client = connected(address)
        try:
            write_atomic(self.mark, self.run, scratch_folder(reports))
            self.premises = Premises.here([str(self.mark), *same], str(scratch_folder(reports)))
            self.refuse_misfits()
            self.client.subscribe_topic(TOPIC, self.hear_early)
            self.count(self.ask(self.client.nthreads))
            self.counting = self.on_loop(self.keep_counting())
        except BaseException:
            self.close()
            raise

    # ── handing over ──

    @property
    def window(self) -> int:
        """How many errands are handed over at a time."""
        return max(FEWEST, FOR_EACH_THREAD * self.threads)

    def begin(self, waiting: deque[Job]) -> list[Job]:
        """Hand over what there is room for: adjacent jobs of one agency together."""
        begun: list[Job] = []
        while waiting and len(self.errands) < self.window:
            group = next_group(waiting)
            self.hand_over(group)
            begun += group
        return begun

    def count(self, threads: Mapping[str, int]) -> None:
        """Take note of the workers; say so when there are none, or some at last."""
        before, self.threads = self.threads, sum(threads.values())
        if not self.counted or bool(before) != bool(self.threads):
            waits = "" if self.threads else "; pages wait until there is one"
            self.say(f"{self.address}: {len(threads)} workers with {self.threads} threads{waits}")
        self.counted = True

    def hand_over(self, jobs: list[Job]) -> None:
        """Give an errand to the scheduler and listen for its end."""
        self.handed_over += 1
        number = self.handed_over
        again = self.forced.intersection(job.place for job in jobs)
        errand = Errand(number, self.run, str(self.mark), self.premises, tuple(jobs), again)
        future = self.client.submit(carry_out, errand, key=f"gdgk-{self.run}-{number}", pure=False)
        self.errands[number] = {job.place: job for job in jobs}
        self.futures[number] = future
        self.on_loop(self.hear_end(number, future))

    # ── on the connection's own thread ──

    def on_loop(self, coroutine: Coroutine[Any, Any, None]) -> Future[None]:
        """Let the connection do something beside its own work."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.client.loop.asyncio_loop)

    async def hear_end(self, number: int, future: Any) -> None:
        """Wait for an errand's end."""
        try:
            self.told.put(Told(number, done=await future.result()))
        except BaseException as error:
            self.told.put(Told(number, error=error))

    def hear_early(self, event: tuple[float, Any]) -> None:
        """A worker tells of a page of some run."""
        _, message = event
        if message.get("run") == self.run:
            self.told.put(Told(message["number"], early=Outcome(**message["outcome"])))

    async def keep_counting(self) -> None:
        """Count the workers, again and again; a scheduler that does not answer is lost."""
        try:
            while True:
                await asyncio.sleep(COUNT)
                self.told.put(Told(0, threads=await self.client.nthreads()))
        except Exception as error:
            self.told.put(Told(0, error=error))

    # ── what becomes of it ──

    def events(self, timeout: float) -> list[Event]:
        """What happened since the last call. Raises :class:`GdgkError` for a misfit, :class:`ClusterLost`."""
        found: list[Event] = []
        with suppress(queue.Empty):
            found += self.meaning(self.told.get(timeout=timeout))
            while True:
                found += self.meaning(self.told.get_nowait())
        return found

    def meaning(self, told: Told) -> Iterator[Event]:
        """What is told, as events of jobs; of each job only the first outcome."""
        jobs = self.errands.get(told.number, {})
        if told.threads is not None:
            self.count(told.threads)
            return
        if told.early is not None:
            yield from outcome_of(jobs, told.early)
            return
        if told.error is not None and not killed_workers(told.error):
            raise self.ended_with(told.error)
        self.forget(told.number)
        if told.done is not None and told.done.misfit:
            raise GdgkError(f"worker {told.done.worker}: {told.done.misfit}; {GO_ON}")
        for outcome in told.done.outcomes if told.done is not None else ():
            yield from outcome_of(jobs, outcome)
        silent = "the workers that ran it ended, one after the other" if told.error else "its worker says nothing of it"
        for place in list(jobs):
            yield from outcome_of(jobs, Outcome(place, "crashed", 0.0, silent))

    def forget(self, number: int) -> None:
        """Let go of an errand that has ended, here and on the scheduler."""
        self.errands.pop(number, None)
        future = self.futures.pop(number, None)
        if future is not None:
            future.release()

    def ended_with(self, error: BaseException) -> GdgkError:
        """The error for an errand that could not be done, or not be heard of."""
        if not isinstance(error, Exception) or is_loss(error):
            self.lost = True
            return ClusterLost(f"{self.address}: found the scheduler gone; expected it until the end; {GO_ON}")
        self.refuse_misfits()
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        return GdgkError(f"{self.address}: found a worker that cannot make pages ({reason}); see its log; {GO_ON}")

    def refuse_misfits(self) -> None:
        """Raise :class:`GdgkError` with a line for each worker that would not make the same pages."""
        answers = self.ask(self.client.run, misfit, self.premises, on_error="return")
        lines = []
        for worker, answer in sorted(answers.items()):
            if isinstance(answer, OSError):
                continue  # it is going; the scheduler will see that, and one that stays is asked with its first errand
            if isinstance(answer, BaseException):
                reason = f"{type(answer).__name__}: {answer}".partition("\n")[0]
                answer = f"found no gdgk that answers ({reason}); expected that of this machine; install it there"
            if answer:
                lines.append(f"worker {worker}: {answer}")
        if lines:
            raise GdgkError("\n".join(lines))

    def ask(self, question: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Ask the scheduler. Raises :class:`ClusterLost`."""
        try:
            return question(*arguments, **options)
        except OSError as error:
            raise self.ended_with(error) from error

    def close(self, now: bool = False) -> None:
        """Let go of everything; ``now``: also of what is under way, which workers are told to end and waited for."""
        with suppress(OSError):
            self.mark.unlink()
        until = time.monotonic() + GRACE
        while now and self.futures and not self.lost and (left := until - time.monotonic()) > 0:
            with suppress(queue.Empty):
                told = self.told.get(timeout=left)
                self.lost = self.lost or (told.error is not None and is_loss(told.error))
                if told.done is not None or told.error is not None:
                    self.forget(told.number)
        for number in list(self.futures):
            self.forget(number)
        if self.counting is not None:
            self.counting.cancel()
        with suppress(Exception):
            self.client.close(timeout=GRACE)


def next_group(waiting: deque[Job]) -> list[Job]:
    """The jobs at the front that belong together, taken out."""
    group = [waiting.popleft()]
    while waiting and waiting[0].group == group[0].group:
        group.append(waiting.popleft())
    return group


def outcome_of(jobs: dict[str, Job], outcome: Outcome) -> Iterator[Event]:
    """The event of an outcome, unless it was told before."""
    job = jobs.pop(outcome.place, None)
    if job is not None:
        yield Event(job, outcome=outcome)


def killed_workers(error: BaseException) -> bool:
    """Whether an errand was given up because one worker after the other ended with it."""
    from distributed import KilledWorker

    return isinstance(error, KilledWorker)


def is_loss(error: BaseException) -> bool:
    """Whether an error means that the scheduler is gone or has let go of an errand."""
    from distributed import CancelledError

    return isinstance(error, CancelledError | OSError | TimeoutError)
