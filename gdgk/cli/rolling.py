"""gdgk rollup: a region as the sum of its agencies."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gdgk.cli.base import app
from gdgk.errors import GdgkError

if TYPE_CHECKING:
    from gdgk.rollup import RollUp


@app.command("rollup")
@click.argument("region", metavar="REGION")
@click.option("--year", type=click.IntRange(2008, 2100), required=True, metavar="Y", help="The year reported on.")
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="The data folder; the workbook's own by default."
)
@click.option(
    "--format",
    "output",
    type=click.Choice(("text", "json", "csv", "xlsx", "html")),
    default="text",
    help="text for reading, others to hand on.",
)
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file.")
@click.option(
    "--joint",
    type=click.Choice(("counted", "once")),
    default="counted",
    help="once: leave out the own body's suits after review, which the agency that acted counts.",
)
def rollup(region: str, year: int, data: Path | None, output: str, file: Path | None, joint: str) -> None:
    """Add up the agencies of a region: tables 二, 三, 四, who is missing, what does not compare, its own report.

    REGION is the id of an agency that has others beneath it (column parent of agencies.csv).
    """
    from gdgk.archive import Archive
    from gdgk.files import write_atomic
    from gdgk.rollup import roll_up

    if output == "xlsx" and file is None:
        raise GdgkError(
            "--format xlsx: found no --output; expected a file to write the workbook to; name it with -o FILE"
        )
    told = in_format(roll_up(Archive(data), region, year, joint), output)
    if file is None:
        click.echo(told, nl=False)
    else:
        write_atomic(file, told)


def in_format(sum_of: RollUp, output: str) -> str | bytes:
    """A sum in one of the formats, a line feed at its end."""
    from gdgk.rollup.telling import CELLS, as_object, cell_records, lines

    if output == "html":
        from gdgk.pages.rolled import rollup_html

        return rollup_html(sum_of) + "\n"
    if output == "xlsx":
        from gdgk.rollup.workbook import as_xlsx

        return as_xlsx(sum_of)
    if output == "json":
        return json.dumps(as_object(sum_of), ensure_ascii=False, indent=1) + "\n"
    if output == "csv":
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, CELLS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(cell_records(sum_of))
        return buffer.getvalue()
    return "\n".join(lines(sum_of)) + "\n"
