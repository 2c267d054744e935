"""What is seen of a run. While it goes on: one picture that moves in a terminal, a line for each page elsewhere;
before and after it: lines.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType

import click
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from gdgk.batch import Run, Watch
from gdgk.batch.jobs import Job, Outcome
from gdgk.tables import SEVERITY_WORDS

# Seconds between two pictures.
PICTURE = 0.1
# How many of the slowest pages are named at the end of a run.
SLOWEST = 3


def watcher(pages: int) -> Shown:
    """What shows a run of so many pages, on standard error."""
    return Picture(pages) if sys.stderr.isatty() else Lines()


def ended_text(outcome: Outcome) -> str:
    """How a page ended, in a line."""
    return f"{'ok    ' if outcome.ok else 'FAILED'} {outcome.place} {outcome.seconds:.1f} s {outcome.message}".rstrip()


class Shown(Watch):
    """A watch that is entered for a run."""

    def __enter__(self) -> Shown:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The run has ended."""


class Lines(Shown):
    """Plain lines."""

    def ended(self, job: Job, outcome: Outcome) -> None:
        """A page is done or has failed."""
        click.echo(ended_text(outcome), err=True)

    def say(self, text: str) -> None:
        """A line on the run as a whole."""
        click.echo(f"gdgk: {text}", err=True)


class Rate(ProgressColumn):
    """Pages a second."""

    def render(self, task: Task) -> Text:
        """``3.2 pages/s``."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} pages/s" if speed else "", style="progress.data.speed")


class Picture(Shown):
    """One progress bar with rate and time left; below it what runs now; above it failures as they happen.

    Drawn from the run's own loop: a thread that draws by itself would have to be waited for.
    """

    def __init__(self, pages: int, console: Console | None = None) -> None:
        columns = (BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(), TextColumn("{task.description}"))
        self.progress = Progress(*columns, auto_refresh=False)
        self.task = self.progress.add_task("", total=pages)
        self.under_way: dict[str, int] = {}
        self.failed = 0
        self.live = Live(console=console or Console(stderr=True), auto_refresh=False, transient=False)
        self.drawn = 0.0

    def __enter__(self) -> Picture:
        self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.under_way = {}
        self.draw()
        self.live.stop()

    def started(self, job: Job) -> None:
        """A page is begun."""
        self.under_way[job.place] = 0

    def at_cell(self, job: Job, cell: int) -> None:
        """A page is at a cell."""
        self.under_way[job.place] = cell

    def ended(self, job: Job, outcome: Outcome) -> None:
        """A page is done or has failed; a failure is told at once, above the bar."""
        self.under_way.pop(job.place, None)
        if not outcome.ok:
            self.failed += 1
            self.live.console.print(Text(ended_text(outcome), style="red"))
        self.progress.update(self.task, advance=1, description=f"{self.failed} failed" if self.failed else "")

    def say(self, text: str) -> None:
        """A line on the run as a whole."""
        self.live.console.print(Text(text))

    def tick(self) -> None:
        """Draw anew, now and then."""
        if time.monotonic() - self.drawn >= PICTURE:
            self.draw()

    def draw(self) -> None:
        """The bar, and a line for each page under way."""
        self.drawn = time.monotonic()
        running = [f"  {place}" + (f" · cell {cell}" if cell else "") for place, cell in self.under_way.items()]
        self.live.update(Group(self.progress, *(Text(line, style="dim") for line in running)), refresh=True)


# ── in lines ──


def dry_run_lines(batch: Run) -> list[str]:
    """What a run would do, page by page, and why."""
    lines = [
        f"{'run ' if each.reason else 'skip'} {each.target} ({each.reason or 'unchanged'})" for each in batch.planned
    ]
    skipped = len(batch.planned) - len(batch.to_run)
    return [*lines, f"{len(batch.to_run)} to run, {skipped} unchanged; nothing written"]


def run_lines(batch: Run) -> list[str]:
    """How a run ended: what failed and why, the slowest pages, how many were made and what their data hold."""
    lines = [
        f"failed: {outcome.place}: {outcome.message}"
        + (f" (executed copy: failed/{outcome.place}.ipynb)" if outcome.copy else "")
        for outcome in batch.failed
    ]
    lines += [f"no {name}: {place}: {why}" for place, name, why in batch.missed]
    slowest = sorted(batch.made, key=lambda outcome: (-outcome.seconds, outcome.place))[:SLOWEST]
    if len(batch.made) > SLOWEST:
        lines.append("slowest: " + ", ".join(f"{outcome.place} {outcome.seconds:.1f} s" for outcome in slowest))
    found = batch.found()
    words = " ".join(f"{SEVERITY_WORDS[name]}{found[name]}" for name in SEVERITY_WORDS if found[name])
    left = len(batch.to_run) - len(batch.outcomes)
    lines.append(
        f"{len(batch.made)} pages made ({len(batch.with_findings)} with findings), {len(batch.failed)} failed"
        + (f", {left} not run" if left else "")
        + f"; findings in the data: {words or 'none'}"
    )
    return lines
