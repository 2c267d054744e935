"""gdgk pack: a data folder as Parquet, for many reports at once."""

from __future__ import annotations

from pathlib import Path

import click

from gdgk.cli.base import app
from gdgk.errors import GdgkError


@app.command("pack")
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="The data folder; the workbook's own by default."
)
@click.option("-o", "--output", metavar="DIR", help="The pack: a new or empty folder, or a pack to be renewed.")
@click.option("--tidy", is_flag=True, help="Write long tables too, Parquet and CSV, a row a cell, for other tools.")
@click.option("--no-checks", is_flag=True, help="Leave out the table of what fails.")
@click.option("--afresh", is_flag=True, help="Read every report, also those that have not changed.")
def pack_reports(data: Path | None, output: str | None, tidy: bool, no_checks: bool, afresh: bool) -> None:
    """Pack all reports as Parquet by province, with provenance, findings and a data dictionary."""
    from gdgk.corpus import pack

    if not output:
        raise GdgkError("-o: found no folder; expected where to write the pack; name a new folder")
    packed = pack(data, Path(output), checks=not no_checks, tidy=tidy, afresh=afresh)
    made = packed.manifest
    size = sum(entry["bytes"] for entry in made.files.values())
    click.echo(
        f"{made.reports} reports of {made.agencies} agencies in {len(made.provinces)} provinces "
        f"({packed.read} read) → {output}, {size / 1e6:.1f} MB"
    )
