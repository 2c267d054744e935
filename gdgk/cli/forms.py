"""gdgk form: fill-in forms for agencies."""

from __future__ import annotations

from pathlib import Path

import click

from gdgk.cli.base import app
from gdgk.errors import GdgkError


@app.command("form")
@click.option("--year", type=click.IntRange(2008, 2100), required=True, metavar="Y", help="The year reported on.")
@click.option("--agency", "agencies", multiple=True, metavar="ID", help="For whom; may be given several times.")
@click.option("--all", "everyone", is_flag=True, help="A form for every agency that has a report to make on the year.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE|DIR",
    help="The file; for several agencies the folder. form_Y.xlsx or ID_Y.xlsx here by default.",
)
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="The data folder; the workbook's own by default."
)
@click.option("--replace", is_flag=True, help="Overwrite files that are there: figures filled in are lost.")
def form(
    year: int, agencies: tuple[str, ...], everyone: bool, output: Path | None, data: Path | None, replace: bool
) -> None:
    """Write the form on which an agency hands its figures in; without --agency a blank one for any agency."""
    from gdgk.archive import Archive
    from gdgk.files import write_together
    from gdgk.filling import agency_form, blank_form

    if everyone and agencies:
        raise GdgkError("--all: found --agency beside it; expected one of the two; leave one out")
    if not agencies and not everyone:
        path = target(output, f"form_{year}.xlsx")
        write_together(unless_there({path: blank_form(year)}, replace))
        click.echo(str(path))
        return
    archive = Archive(data)
    chosen = [archive.agency(name).id for name in dict.fromkeys(agencies)]
    if everyone:
        chosen = [agency.id for agency in archive.agencies.values() if agency.exists_in(year)]
        if not chosen:
            raise GdgkError(f"--year: found no agency in {year}; expected a year of agencies.csv; name another")
    several = everyone or len(chosen) > 1
    if several and (output is None or output.is_file() or output.suffix.lower() == ".xlsx"):
        raise GdgkError(f"-o: found {output or 'no folder'}; expected a folder for {len(chosen)} forms; name one")
    files = {
        (output / f"{name}_{year}.xlsx" if several and output else target(output, f"{name}_{year}.xlsx")): agency_form(
            archive, name, year
        )
        for name in chosen
    }
    write_together(unless_there(files, replace))
    for path in files:
        click.echo(str(path))


def target(output: Path | None, name: str) -> Path:
    """Where one form goes: the file named, a file in the folder named, or here."""
    if output is None:
        return Path(name)
    return output / name if output.is_dir() else output


def unless_there(files: dict[Path, bytes], replace: bool) -> dict[Path, bytes]:
    """The files to write. Raises :class:`GdgkError` for one that is there and may be filled in already."""
    for path, content in files.items():
        if path.is_file() and not replace and path.read_bytes() != content:
            raise GdgkError(
                f"{path}: found a file that is there; expected a new name, as it may be filled in already; "
                "name another with -o, or add --replace"
            )
    return files
