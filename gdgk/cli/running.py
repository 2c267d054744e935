"""gdgk run: the notebooks of every agency and year, watched."""

from __future__ import annotations

from pathlib import Path

import click

from gdgk.cli.base import app, selection, years_of
from gdgk.errors import GdgkError, UnknownName

# The same words as gdgk.batch.ENGINES, which is not imported for a help text.
ENGINES = ("gdgk", "kernel")
# As gdgk.batch.jobs.FORMATS.
FORMATS = ("html", "docx", "pdf", "xlsx")


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
@click.option("--shard", default="", metavar="I/N", help="Make the I-th of N shares only, beside other machines.")
@click.option(
    "--cluster",
    default="",
    metavar="ADDRESS|FILE",
    help="Have the workers of a dask scheduler make the pages: tcp://HOST:PORT, tls://HOST:PORT or a scheduler file.",
)
@click.option(
    "--to",
    "formats",
    default="html",
    metavar="FORMATS",
    help="What to make, parted by commas: html, docx, pdf, xlsx. The page (html) is always made.",
)
@click.option(
    "--final",
    is_flag=True,
    help="The annual report without 草稿: fails while a finding of severity error is neither explained, dismissed nor "
    "corrected.",
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
    shard: str,
    cluster: str,
    formats: str,
    final: bool,
    strict: bool,
    force: bool,
    dry_run: bool,
) -> None:
    """Run the notebooks for every agency and year through papermill and export the pages."""
    from gdgk.batch import Options, Shard, plan_run, run
    from gdgk.cli.watching import dry_run_lines, run_lines, watcher

    if cluster:
        from gdgk.batch.cluster import address_of, need_distributed

        refuse_beside_cluster(jobs, engine)
        need_distributed()
        cluster = address_of(cluster)
    wanted = formats_of(formats)
    share = Shard.of(shard) if shard else None
    batch = plan_run(agencies, years_of(year), data, reports, notebook, force, share, wanted, final)
    if dry_run:
        for line in dry_run_lines(batch):
            click.echo(line)
        return
    click.echo(
        f"{len(batch.to_run)} pages to run, {len(batch.planned) - len(batch.to_run)} unchanged → {batch.reports}"
    )
    options = Options(engine, jobs, limit, memory * 2**20, strict, cluster)
    asked = {name: str(value) if isinstance(value, Path) else value for name, value in context.params.items()}
    with watcher(len(batch.to_run)) as watch:
        run(batch, options, watch, asked)
    for line in run_lines(batch):
        click.echo(line)
    click.echo((batch.reports / "index.html").as_uri())
    if batch.interrupted:
        raise KeyboardInterrupt
    if batch.code:
        context.exit(batch.code)


def formats_of(text: str) -> list[str]:
    """``html,docx`` as formats. Raises :class:`UnknownName`."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FORMATS:
            raise UnknownName("--to", name, FORMATS, "name formats parted by commas")
    return names


def refuse_beside_cluster(jobs: int, engine: str) -> None:
    """Raise :class:`GdgkError` for options of one machine."""
    for option, value, given in (("--jobs", jobs, jobs), ("--engine", engine, engine != "gdgk")):
        if given:
            raise GdgkError(
                f"{option}: found {value} beside --cluster; expected one or the other; leave it out: a cluster's "
                "workers fork as many pages at a time as they have threads"
            )
