"""gdgk import: reports as agencies publish them, into data/."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gdgk.cli.base import app, print_errors
from gdgk.errors import GdgkError


@app.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--agency", default="", metavar="ID", help="Whose report it is, instead of what the document says.")
@click.option("--year", type=click.IntRange(2008, 2100), metavar="Y", help="Of which year, instead of what it says.")
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="The data folder; the workbook's own by default."
)
@click.option("--replace", is_flag=True, help="Overwrite a report that differs from what was read.")
@click.option(
    "--published", is_flag=True, help="It is what was published: kept beside the report handed in, which stays."
)
@click.option("--dry-run", is_flag=True, help="Read and compare; write nothing.")
@click.option(
    "--format", "output", type=click.Choice(("text", "json")), default="text", help="json: one object per file."
)
@click.pass_context
def import_reports(
    context: click.Context,
    files: tuple[Path, ...],
    agency: str,
    year: int | None,
    data: Path | None,
    replace: bool,
    published: bool,
    dry_run: bool,
    output: str,
) -> None:
    """Bring in reports as agencies publish them: txt, md, html, docx, doc, pdf, xlsx, xls, zip or folder."""
    from gdgk.archive import Archive
    from gdgk.console import import_lines
    from gdgk.importers import Imported, as_object, import_file
    from gdgk.importers.bundle import expand
    from gdgk.importers.document import DocumentError

    archive = Archive(data)
    archive.agency(agency) if agency else None
    outcomes = []
    for source in expand(files):
        if isinstance(source, DocumentError):
            result = Imported(str(source).split(":")[0], "failed", error=str(source))
        else:
            result = import_file(source, archive, agency, year, replace, dry_run, published)
        outcomes.append(result.outcome)
        if output == "json":
            click.echo(json.dumps(as_object(result), ensure_ascii=False))
        else:
            for line in import_lines(archive, result):
                click.echo(line)
        if result.error:
            print_errors(result.error)
    if not outcomes:
        raise GdgkError(f"{files[0]}: found no report in it; expected documents; name files, a folder or a zip of them")
    if "failed" in outcomes:
        context.exit(2)
    if not dry_run and any(outcome in ("differs", "no agency", "no year") for outcome in outcomes):
        context.exit(1)
