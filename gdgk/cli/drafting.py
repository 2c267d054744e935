"""gdgk draft: a narrative.md to go on with."""

from __future__ import annotations

from pathlib import Path

import click

from gdgk.cli.base import app
from gdgk.errors import InputError


@app.command("draft")
@click.argument("agency", metavar="AGENCY")
@click.option("--year", type=click.IntRange(2008, 2100), required=True, metavar="Y", help="The year reported on.")
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="The data folder; the workbook's own by default."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file.")
@click.option("--force", is_flag=True, help="Overwrite the file that -o names.")
def draft_narrative(agency: str, year: int, data: Path | None, output: Path | None, force: bool) -> None:
    """Draft the prose of a report from its figures: a narrative.md, what the report says in its own words kept."""
    from gdgk.archive import Archive, ReportId
    from gdgk.files import write_atomic
    from gdgk.narrative import Draft, markdown

    if output and output.exists() and not force:
        raise InputError(
            output, None, "a file that is there", "a new one", "name another with -o, or overwrite it with --force"
        )
    archive = Archive(data)
    own = ReportId(archive.agency(agency).id, year)
    archive.report_ids([agency], [year])
    before = ReportId(own.agency, year - 1)
    prior = archive.read(before) if archive.has(before) else None
    text = markdown(Draft(archive.read(own), archive.agency(agency).name, prior, archive.own_templates))
    if output is None:
        click.echo(text, nl=False)
        return
    write_atomic(output, text)
    click.echo(str(output))
