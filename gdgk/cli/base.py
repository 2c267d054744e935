"""What all commands share: their group, the arguments that choose reports, how lists are printed."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import gdgk
from gdgk.errors import GdgkError

if TYPE_CHECKING:
    from rich.table import Table

YEARS = re.compile(r"(\d{4})(?:\s*[-–—]\s*(\d{4}))?")

FORMATS = ("text", "json", "csv")


def selection(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments that every command takes: agencies, years, the data folder."""
    for decorate in (
        click.option(
            "--data",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="The data folder; the workbook's own by default.",
        ),
        click.option("--year", default="", metavar="YEAR|FROM-TO", help="A year or a range: 2023 or 2019-2025."),
        click.argument("agencies", nargs=-1, metavar="[AGENCY]..."),
    ):
        command = decorate(command)
    return command


output_format = click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    default="text",
    help="text for reading, json or csv for other programs.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(gdgk.__version__, message="gdgk %(version)s")
def app() -> None:
    """Load, check, run and export 政府信息公开工作年度报告 (annual reports on government information disclosure).

    AGENCY is an id of data/agencies.csv; all agencies when none is named.
    """


def years_of(text: str) -> list[int] | None:
    """``2023`` or ``2019-2025`` as years; None for all. Raises :class:`GdgkError` for anything else."""
    if not text:
        return None
    match = YEARS.fullmatch(text.strip())
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise GdgkError(
            f"--year: found {text!r}; expected a year such as 2023 or a range such as 2019-2025; mend the option"
        )
    return list(range(int(match[1]), int(match[2] or match[1]) + 1))


def print_records(rows: list[dict[str, Any]], header: list[str], output: str) -> None:
    """Records as a JSON list or as CSV on standard output."""
    if output == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    writer = csv.DictWriter(sys.stdout, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def print_table(table: Table) -> None:
    """A table on standard output; as wide as it needs to be where there is no terminal."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 200, soft_wrap=True).print(table)


def print_errors(text: str) -> None:
    """Error lines, each with the program's name."""
    for line in text.splitlines():
        click.echo(f"gdgk: {line}", err=True)
