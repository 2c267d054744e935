"""What was asked: agencies, years, an indicator, whom they are compared with; as parameters of a notebook and back."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from gdgk.errors import UnknownName
from gdgk.indicators import INDICATORS

PEERS = {"none": "不比", "region": "同类同级，同一上级", "all": "同类同级，全部"}
SPAN = re.compile(r"(\d{4})(?:\s*[-—－]\s*(\d{4}))?")
# What papermill's -p would read as something else than text.
RETYPED = re.compile(r"[-+.\d].*|true|false|none|null|nan|inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True)
class Selection:
    """agencies: ids, the first is the one whose peers are meant; years: ascending; indicator: an id of
    :data:`INDICATORS`; peers: a key of :data:`PEERS`. No agency or no year is a selection too, of nothing.
    """

    agencies: tuple[str, ...]
    years: tuple[int, ...]
    indicator: str
    peers: str = "none"


def read_selection(
    agencies: object, years: object, indicator: object, peers: object, known: Collection[str], have: Sequence[int]
) -> Selection:
    """A selection as a notebook's parameters say it. known: the agencies, have: the years that there are.

    agencies: ids parted by commas. years: such as ``2019,2021-2023``, of which a span may have gaps; all when empty.
    Raises :class:`UnknownName` for an agency, a year, an indicator or peers that there are not.
    """
    chosen = tuple(dict.fromkeys(one for one in re.split(r"[,，、;\s]+", str(agencies)) if one))
    for name in chosen:
        if name not in known:
            raise UnknownName("agencies", name, known, "name ids of agencies.csv, parted by commas")
    if str(indicator) not in INDICATORS:
        raise UnknownName("indicator", indicator, INDICATORS, "name one of them (docs/indicators.md)")
    if str(peers) not in PEERS:
        raise UnknownName("peers", peers, PEERS, "name one of them")
    return Selection(chosen, read_years(years, have), str(indicator), str(peers))


def read_years(years: object, have: Sequence[int]) -> tuple[int, ...]:
    """Years as text → ascending; all that there are when empty. Raises :class:`UnknownName`."""
    found: set[int] = set()
    for part in (one.strip() for one in re.split(r"[,，、;]", str(years)) if one.strip()):
        span = SPAN.fullmatch(part)
        within = [year for year in have if span and int(span[1]) <= year <= int(span[2] or span[1])]
        if not within:
            raise UnknownName("years", part, have, "give years as in 2019,2021-2023")
        found.update(within)
    return tuple(sorted(found)) if str(years).strip() else tuple(have)


def years_text(years: Iterable[int]) -> str:
    """Years as :func:`read_years` reads them: 2019,2021-2023."""
    ordered = sorted(years)
    runs = [[year for _, year in run] for _, run in groupby(enumerate(ordered), lambda item: item[1] - item[0])]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def command(selection: Selection, **places: str) -> str:
    """The papermill call, for a shell in the workbook's folder, that shows the selection again.

    places: parameters that say where the figures lie; those that are empty are left out.
    """
    given = {
        "agencies": ",".join(selection.agencies),
        "years": years_text(selection.years),
        "indicator": selection.indicator,
        "peers": selection.peers,
        **{name: value for name, value in places.items() if value},
    }
    words = ["papermill", "notebooks/explore.ipynb", "explored.ipynb"]
    for name, value in given.items():
        words += ["-r" if RETYPED.fullmatch(value) else "-p", name, value]
    return shlex.join(words)
