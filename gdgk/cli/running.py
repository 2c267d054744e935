"""gdgk run: the notebooks of every agency and year, watched."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gdgk.cli.base import app, selection, years_of

if TYPE_CHECKING:
    from gdgk.batch import Watch
    from gdgk.batch.jobs import Job, Outcome

# The same words as gdgk.batch.ENGINES, which is not imported for a help text.
ENGINES = ("gdgk", "kernel")
# Seconds between two pictures of a run.
PICTURE = 0.1


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
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="gdgk",
    help="gdgk, the default: quick, where the system can; kernel: a Jupyter kernel for each page.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=600,
    metavar="SECONDS",
    help="The time a page may take; 600 by default, 0 for no limit.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=0),
    default=4096,
    metavar="MB",
    help="The memory a page may take; 4096 by default, 0 for no limit.",
)
@click.option("--strict", is_flag=True, help="End with 3 when the data have open findings of severity error.")
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
    engine: str,
    limit: int,
    memory: int,
    strict: bool,
    force: bool,
    dry_run: bool,
) -> None:
    """Run the notebooks for every agency and year through papermill and export the pages."""
    from gdgk.batch import Options, plan_run, run
    from gdgk.console import dry_run_lines, run_lines

    batch = plan_run(agencies, years_of(year), data, reports, notebook, force)
    if dry_run:
        for line in dry_run_lines(batch):
            click.echo(line)
        return
    click.echo(f"{len(batch.to_run)} pages to run, {len(batch.planned) - len(batch.to_run)} unchanged → {batch.reports}")
    options = Options(engine, jobs, limit, memory * 2**20, strict)
    asked = {name: str(value) if isinstance(value, Path) else value for name, value in context.params.items()}
    watch = watcher(len(batch.to_run))
    try:
        run(batch, options, watch, asked)
    finally:
        watch.close()
    for line in run_lines(batch):
        click.echo(line)
    click.echo((batch.reports / "index.html").as_uri())
    if batch.interrupted:
        raise KeyboardInterrupt
    if batch.code:
        context.exit(batch.code)


def watcher(pages: int) -> Any:
    """What shows a run: a picture that moves in a terminal, a line per page elsewhere."""
    return picture(pages) if sys.stderr.isatty() else lines()


def ended_text(outcome: Outcome) -> str:
    """How a page ended, in a line."""
    return f"{'ok    ' if outcome.ok else 'FAILED'} {outcome.place} {outcome.seconds:.1f} s {outcome.message}".rstrip()


def lines() -> Any:
    """A line per page on standard error."""
    from gdgk.batch import Watch

    class Lines(Watch):
        """Plain lines."""

        def ended(self, job: Job, outcome: Outcome) -> None:
            click.echo(ended_text(outcome), err=True)

        def say(self, text: str) -> None:
            click.echo(f"gdgk: {text}", err=True)

        def close(self) -> None:
            """Nothing is left to be shown."""

    return Lines()
