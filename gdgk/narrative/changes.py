"""Growth against last year: only where the measure is the same on both forms and both years were filled in."""

from __future__ import annotations

from dataclasses import dataclass

from gdgk.crosswalk import measures_by_id
from gdgk.narrative.figures import Cells, Figure, Ledger, plain
from gdgk.narrative.parts import TELLING, half_up, tenth

# Beyond a tenfold, and for small numbers, the difference says more than a percentage.
TENFOLD = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """A measure against last year: rise, fall or neither; by how much: per cent, or a number of its unit."""

    rise: bool
    fall: bool
    percent: Figure | None = None
    number: Figure | None = None


def change_of(ledger: Ledger, measure: str, now: Cells, before: Cells | None) -> Change | None:
    """The change of a measure on last year's report; None where the two may not be compared.

    They may where the crosswalk calls the measure the same on both forms, both figures are there and complete, and last
    year's is not 0.
    """
    if before is None:
        return None
    known = measures_by_id()[measure]
    if known.comparison(now.report.edition, before.report.edition) != "same":
        return None
    own, last = now.measure(measure), before.measure(measure)
    if own is None or last is None or not own.whole or not last.whole or not last.value:
        return None
    assert own.value is not None
    gain = own.value - last.value
    if not gain:
        return Change(False, False)
    prior = " + ".join(f"{before.report.year}/{part}" for part in last.formula.split(" + "))
    difference = f"abs(({own.formula}) - ({prior}))"
    growth = 100 * abs(gain) / last.value
    tenths = half_up(growth * 10)
    if last.value < TELLING or not own.value or growth > TENFOLD or not tenths:
        number = Figure(abs(gain), plain(abs(gain)), difference, own.keys, last.keys)
        return Change(gain > 0, gain < 0, number=ledger.add(number))
    percent = Figure(growth, tenth(tenths), f"100 * {difference} / ({prior})", own.keys, last.keys)
    return Change(gain > 0, gain < 0, percent=ledger.add(percent))
