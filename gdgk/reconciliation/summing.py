"""Many regions at once: what each reports against the sum of its agencies, the same outcome as :mod:`.regions`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdgk.archive import Register
from gdgk.reconciliation.checks import EPSILON
from gdgk.reconciliation.competence import covers_region, is_own_office
from gdgk.reconciliation.equations import Bound
from gdgk.reconciliation.regions import asked
from gdgk.reconciliation.rules import Rule
from gdgk.reconciliation.wide import Wide

if TYPE_CHECKING:
    import numpy as np

# So many regions at a time.
REGIONS = 2048


@dataclass(frozen=True)
class Broken:
    """Regions of a wide whose comparison fails: rows, left − right, and the severity that it then has."""

    bound: Bound
    severity: str
    rows: np.ndarray
    difference: np.ndarray


@dataclass(frozen=True)
class Pairs:
    """Reports and the region's report that they are beneath, by their places over all wides.

    child, parent: places of the two. expected: by place, how many agencies beneath had a report to make. office: by
    place, whether its own office is among them.
    """

    child: np.ndarray
    parent: np.ndarray
    expected: np.ndarray
    office: np.ndarray


def pairs_of(wides: list[Wide], register: Register, places: dict[tuple[str, int], int]) -> Pairs:
    """Who is beneath whom; places: of each report over all wides."""
    import numpy as np

    children, parents = [], []
    expected, office = np.zeros(len(places), dtype=int), np.zeros(len(places), dtype=bool)
    for wide in wides:
        for agency, year in zip(wide.agencies.tolist(), wide.years.tolist(), strict=True):
            if agency not in register.beneath:
                continue
            at = places[agency, year]
            below = register.children(agency, year)
            expected[at], office[at] = len(below), any(is_own_office(child) for child in below)
            for child in below:
                place = places.get((child.id, year))
                if place is not None:
                    children.append(place)
                    parents.append(at)
    return Pairs(np.array(children, dtype=int), np.array(parents, dtype=int), expected, office)


def broken_regions(
    number: int, wides: list[Wide], starts: np.ndarray, register: Register, pairs: Pairs, rules: tuple[Rule, ...] | None
) -> Iterator[Broken]:
    """What fails in the regions of one wide."""
    import numpy as np

    own = wides[number]
    covering, rolled = asked(own.form, rules)
    mine = np.arange(starts[number], starts[number + 1])
    regions = mine[pairs.expected[mine] > 0]
    here = np.bincount(pairs.parent, minlength=len(pairs.expected))
    late = regions[here[regions] < pairs.expected[regions]]
    for bound in covering:
        yield Broken(bound, bound.severity, late - starts[number], np.full(len(late), np.nan))
    covers = np.array([covers_region(register.agencies[name]) for name in own.agencies[regions - starts[number]]], bool)
    regions = regions[covers & (here[regions] > 0)]
    if rolled:
        for start in range(0, len(regions), REGIONS):
            yield from broken_cells(number, wides, starts, pairs, regions[start : start + REGIONS], here, rolled)


def broken_cells(
    number: int,
    wides: list[Wide],
    starts: np.ndarray,
    pairs: Pairs,
    regions: np.ndarray,
    here: np.ndarray,
    rolled: tuple[Bound, ...],
) -> Iterator[Broken]:
    """The cells of some regions that their agencies contradict; a total speaks for its row."""
    import numpy as np
    from scipy.sparse import csr_array

    own = wides[number]
    keys = [bound.left[0].key for bound in rolled]
    order = {key: at for at, key in enumerate(own.form.cells)}
    total, lacking = (np.zeros((len(keys), len(regions))) for _ in range(2))
    other_form = np.zeros(len(regions))
    position = np.full(int(starts[-1]), -1)
    position[regions] = np.arange(len(regions))
    inside = position[pairs.parent] >= 0
    for home, wide in enumerate(wides):
        taken = inside & (pairs.child >= starts[home]) & (pairs.child < starts[home + 1])
        rows, above = pairs.child[taken] - starts[home], position[pairs.parent[taken]]
        if not len(rows):
            continue
        shape = (len(rows), len(regions))
        adding = csr_array((np.ones(len(rows)), (np.arange(len(rows)), above)), shape=shape)
        side = wide.side(rows)
        countable = ~side.unknown & ~side.soft
        places = {key: at for at, key in enumerate(wide.form.cells)}
        both = [at for at, key in enumerate(keys) if key in places]
        theirs = [places[keys[at]] for at in both]
        counted = np.zeros((len(keys), len(rows)), dtype=bool)
        counted[both] = countable[theirs]
        figures = np.zeros(counted.shape)
        figures[both] = np.where(countable[theirs], side.values[theirs], 0.0)
        total += figures @ adding
        lacking += (~counted).astype(float) @ adding
        if wide.form.family != own.form.family:
            other_form += adding.sum(axis=0)
    side = own.side(regions - starts[number])
    mine = [order[key] for key in keys]
    values, unknown, soft = side.values[mine], side.unknown[mine], side.soft[mine]
    whole = (here[regions] == pairs.expected[regions]) & pairs.office[regions] & (other_form == 0)
    exact = whole & (lacking == 0)
    failed = np.where(exact, np.abs(values - total) > EPSILON, values < total - EPSILON)
    failed &= ~unknown & ~soft & (lacking < here[regions])
    spoken: dict[tuple[str, str], np.ndarray] = {}
    for at, (bound, key) in enumerate(zip(rolled, keys, strict=True)):
        if key.column == "total":
            spoken[key.table, key.row] = failed[at].copy()
        elif (key.table, key.row) in spoken:
            failed[at] &= ~spoken[key.table, key.row]
        for severity, mask in ((bound.severity, exact[at]), (bound.incomplete_severity, ~exact[at])):
            found = np.flatnonzero(failed[at] & mask)
            if len(found):
                difference = (values[at, found] - total[at, found]).round(6)
                yield Broken(bound, severity, regions[found] - starts[number], difference)
