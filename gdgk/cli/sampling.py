"""gdgk sample: a synthetic city as a data folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from gdgk.cli.base import YEARS, app
from gdgk.errors import GdgkError

Number = TypeVar("Number", int, float)


@app.command("sample")
@click.option("--agencies", default="", metavar="N", help="How many agencies, from 1.")
@click.option("--years", default="", metavar="A-B", help="The years reported on, within 2014-2030: 2019-2025 or 2023.")
@click.option("--seed", default="1", metavar="S", help="Another seed, another city; 1 by default.")
@click.option("--errors", default="0", metavar="RATE", help="The share of reports with a planted error, from 0 to 1.")
@click.option("-o", "--output", metavar="DIR", help="The folder to write, new or empty.")
def sample(agencies: str, years: str, seed: str, errors: str, output: str | None) -> None:
    """Write a synthetic city: a data folder that other commands take with --data, marked as synthetic."""
    from gdgk.sampling import sample_city

    if not output:
        raise GdgkError("-o: found no folder; expected where to write the city; name a new folder")
    made = sample_city(
        Path(output),
        number("--agencies", agencies, int, "a whole number such as 100"),
        span_of(years),
        number("--seed", seed, int, "a whole number such as 1"),
        number("--errors", errors, float, "a share from 0 to 1, such as 0.05"),
    )
    click.echo(f"{made.agencies} agencies, {made.reports} reports, {made.planted} planted errors → {made.folder}")


def number(option: str, text: str, kind: Callable[[str], Number], expected: str) -> Number:
    """The number that an option says. Raises :class:`GdgkError`."""
    try:
        return kind(text)
    except ValueError:
        raise GdgkError(f"{option}: found {text!r}; expected {expected}; mend the option") from None


def span_of(text: str) -> range:
    """``2019-2025`` or ``2023`` as years. Raises :class:`GdgkError`."""
    match = YEARS.fullmatch(text.strip())
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise GdgkError(f"--years: found {text!r}; expected years such as 2019-2025 or 2023; mend the option")
    return range(int(match[1]), int(match[2] or match[1]) + 1)
