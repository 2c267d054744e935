"""gdgk run: the notebooks of every agency and year, watched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gdgk.cli.base import app, selection, years_of

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from gdgk.batch import Planned, Run
    from gdgk.batch.work import Outcome


@app.command("run")
@selection
@click.option(
    "--reports", type=click.Path(path_type=Path), metavar="DIR", help="Where the pages go; reports/ by default."
)
@click.option("--notebook", default="", metavar="NAME", help="Run this notebook only, such as agency_year.")
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="How many at a time; 0, the default: one per core.",
)
@click.option("--force", is_flag=True, help="Run also what has not changed.")
@click.option("--dry-run", is_flag=True, help="Say what would be run or skipped and why; write nothing.")
@click.pass_context
def run_notebooks(
    context: click.Context,
    agencies: tuple[str, ...],
    year: str,
    data: Path | None,
    reports: Path | None,
    notebook: str,
    jobs: int,
    force: bool,
    dry_run: bool,
) -> None:
    """Run the notebooks for every agency and year through papermill and export the pages."""
    from gdgk.batch import plan_run, run
    from gdgk.console import run_lines

    batch = plan_run(agencies, years_of(year), data, reports, notebook, force)
    skipped = len(batch.planned) - len(batch.to_run)
    if dry_run:
        for item in batch.planned:
            click.echo(f"{'run ' if item.reason else 'skip'} {item.target} ({item.reason or 'unchanged'})")
        click.echo(f"{len(batch.to_run)} to run, {skipped} unchanged; nothing written")
        return
    click.echo(f"{len(batch.to_run)} pages to run, {skipped} unchanged → {batch.reports}")
    with Watcher(batch) as watcher:
        run(batch, jobs, watcher.ended)
    for line in run_lines(batch):
        click.echo(line)
    click.echo((batch.reports / "index.html").as_uri())
    if batch.failed:
        context.exit(1)


class Watcher:
    """Shows a run: a progress bar in a terminal, a line per page elsewhere."""

    def __init__(self, batch: Run) -> None:
        self.batch = batch
        self.progress: Progress | None = None
        self.task: TaskID | None = None

    def __enter__(self) -> Watcher:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            progress = Progress(*columns, console=Console(stderr=True))
            progress.start()
            self.progress, self.task = progress, progress.add_task("pages", total=len(self.batch.to_run))
        return self

    def __exit__(self, *error: object) -> None:
        if self.progress:
            self.progress.stop()

    def ended(self, planned: Planned, outcome: Outcome) -> None:
        """A page is done."""
        text = (
            f"{'ok    ' if outcome.ok else 'FAILED'} {outcome.place} {outcome.seconds:.1f} s {outcome.message}".rstrip()
        )
        if self.progress and self.task is not None:
            self.progress.advance(self.task)
            if not outcome.ok:
                self.progress.console.print(text)
        else:
            click.echo(text, err=True)
