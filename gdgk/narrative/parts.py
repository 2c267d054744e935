"""A total and its parts: shares that add up to 100 %, and whether the parts add up to the total at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from gdgk.narrative.figures import GRAVEST, Figure, Ledger

# Of fewer cases no share is told: one of three is not 33.3 % of anything.
TELLING = 10
# Shares are told in tenths of a per cent.
WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a total: what it is called, how many, and its share.

    share: per cent, None where none is told; about: it was moved by a tenth so that all add up to 100 %; below: it is
    there, but less than a tenth of a per cent, and ``share`` is then that tenth; above: what is not it is less than a
    tenth, and ``share`` is then 99.9.
    """

    label: str
    figure: Figure
    share: Figure | None = None
    about: bool = False
    below: bool = False
    above: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a total, in the form's order.

    whole: what is there of them adds up to the total, so that what was left blank adds nothing; only then are shares
    told. differ: they do not, although none is unknown.
    """

    total: Figure
    all: tuple[Part, ...]
    whole: bool
    differ: bool

    @property
    def some(self) -> tuple[Part, ...]:
        """The parts that are there and not 0."""
        return tuple(part for part in self.all if part.figure.some)

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts that are not there."""
        return tuple(part for part in self.all if not part.figure.known)

    @property
    def known(self) -> bool:
        """Whether any of it is there."""
        return any(figure.known for figure in (self.total, *(part.figure for part in self.all)))

    @property
    def partial(self) -> bool:
        """Whether a sum among them leaves out cells that were not filled in."""
        return any(figure.partial for figure in (self.total, *(part.figure for part in self.all)))

    @property
    def derived(self) -> bool:
        """Whether a total among them was not filled in and stands for its parts."""
        return any(figure.derived for figure in (self.total, *(part.figure for part in self.all)))


def parts_of(total: Figure, named: Iterable[tuple[str, Figure]]) -> Parts:
    """The parts of a total, without shares."""
    items = list(named)
    values = [figure.value or Fraction(0) for _, figure in items]
    sure = total.known and not any(figure.why in GRAVEST for _, figure in items)
    filled = any(figure.known for _, figure in items)
    adds = sure and filled and sum(values, Fraction(0)) == total.value
    parts = tuple(Part(label, figure) for label, figure in items)
    return Parts(total, parts, adds, sure and filled and not adds)


def with_shares(ledger: Ledger, parts: Parts) -> Parts:
    """The parts with their shares, where they add up to the total and it is enough to speak of shares."""
    total = parts.total
    if not parts.whole or not total.value or total.value < TELLING:
        return parts
    tenths = largest_remainder([(part.figure.value or Fraction(0)) / total.value for part in parts.all])
    told = [with_share(ledger, part, total, units) for part, units in zip(parts.all, tenths, strict=True)]
    return replace(parts, all=tuple(told))


def with_share(ledger: Ledger, part: Part, total: Figure, tenths: int) -> Part:
    """A part with its share in tenths of a per cent; none for a part that is 0 or the whole."""
    figure = part.figure
    if not figure.some or figure.value == total.value:
        return part
    assert figure.value is not None and total.value is not None
    formula = f"100 * ({figure.formula}) / ({total.formula})"
    keys = (*figure.keys, *total.keys)
    exact = figure.value / total.value * WHOLE
    below, above = tenths == 0, tenths == WHOLE
    said = min(max(tenths, 1), WHOLE - 1)
    told = ledger.add(Figure(100 * figure.value / total.value, tenth(said), formula, keys))
    about = not below and not above and tenths != half_up(exact)
    return replace(part, share=told, about=about, below=below, above=above)


def largest_remainder(shares: Sequence[Fraction]) -> list[int]:
    """Shares that add up to 1, in tenths of a per cent that add up to :data:`WHOLE`.

    They are cut off; the rest goes to those that lost most, the first of equals before the others.
    """
    units = [int(share * WHOLE) for share in shares]
    lost = sorted(range(len(units)), key=lambda at: (units[at] - shares[at] * WHOLE, at))
    for at in lost[: WHOLE - sum(units)]:
        units[at] += 1
    return units


def half_up(value: Fraction) -> int:
    """A fraction that is not below 0, rounded to a whole number, halves up."""
    return int(value + Fraction(1, 2))


def tenth(units: int) -> str:
    """Tenths as a number with one decimal."""
    return f"{units // 10}.{units % 10}"
