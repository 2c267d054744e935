"""What is seen of a run while it goes on: one picture that moves in a terminal, a line for each page elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import click
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from gdgk.batch import Watch
from gdgk.batch.jobs import Job, Outcome

# Seconds between two pictures.
PICTURE = 0.1


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
