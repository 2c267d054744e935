"""gdgk compare: the versions of a report, what changed between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gdgk.cli.base import app
from gdgk.errors import GdgkError

if TYPE_CHECKING:
    from gdgk.archive import Archive, ReportId
    from gdgk.versions import Version

# A pair of files is compared by itself.
PAIR = 2


@app.command("compare")
@click.argument("agency", metavar="AGENCY")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE [FILE]]")
@click.option("--year", type=click.IntRange(2008, 2100), required=True, metavar="Y", help="The year reported on.")
@click.option("--from", "first", default="", metavar="VERSION", help="The earlier version; with --to these two only.")
@click.option("--to", "last", default="", metavar="VERSION", help="The later version.")
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="The data folder; the workbook's own by default."
)
@click.option(
    "--format",
    "output",
    type=click.Choice(("text", "json", "html")),
    default="text",
    help="text for reading, json for other programs, html: a page.",
)
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file.")
def compare(
    agency: str,
    files: tuple[Path, ...],
    year: int,
    first: str,
    last: str,
    data: Path | None,
    output: str,
    file: Path | None,
) -> None:
    """Compare a report as handed in, as corrected, as published (or FILE); two FILEs with one another."""
    from gdgk.archive import Archive, ReportId
    from gdgk.files import write_atomic
    from gdgk.versions import only

    if len(files) > PAIR:
        raise GdgkError(f"compare: found {len(files)} files; expected two at most; leave the others out")
    archive = Archive(data)
    own = ReportId(archive.agency(agency).id, year)
    versions = chosen(archive, own, files)
    if first or last:
        versions = only(versions, first or versions[0].name, last or versions[-1].name)
    told = in_format(archive.agency(agency).name, versions, output)
    if file is None:
        click.echo(told, nl=False)
    else:
        write_atomic(file, told)


def chosen(archive: Archive, own: ReportId, files: tuple[Path, ...]) -> list[Version]:
    """The versions that are compared: those in the data folder, then a file; or two files."""
    from gdgk.importers import read_as
    from gdgk.versions import known_as, version_of, versions_of

    found = []
    if len(files) < PAIR:
        archive.report_ids([own.agency], [own.year])
        found = versions_of(archive, own)
    current = archive.read(own) if files and archive.has(own) else None
    for number, path in enumerate(files, 1):
        report, notes = read_as(path, archive, own)
        report = known_as(report, current) if current else report
        name = f"file-{number}" if len(files) == PAIR else "file"
        found.append(version_of(archive, name, f"文件 {shown(path)}", report, notes=notes))
    return found


def shown(path: Path) -> str:
    """A file's name in a line; what is no text in it becomes ``?``."""
    return " ".join(path.name.encode("utf-8", "replace").decode("utf-8").split())


def in_format(name: str, versions: list[Version], output: str) -> str:
    """The comparison of versions in one of the formats, a line feed at its end."""
    import json

    from gdgk.console import compare_lines
    from gdgk.pages.versions import versions_page
    from gdgk.versions import comparisons
    from gdgk.versions.telling import as_object

    steps = comparisons(versions)
    if output == "html":
        return versions_page(name, versions, steps) + "\n"
    if output == "json":
        return json.dumps(as_object(name, versions, steps), ensure_ascii=False, indent=1) + "\n"
    return "\n".join(compare_lines(name, versions, steps)) + "\n"
