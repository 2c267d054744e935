"""Quantity: a figure of one report, or of many at once. Value: what an indicator says. One arithmetic for both sizes.

Every field is a plain number (one report) or a numpy array (a row for each report); the definitions do not see which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import reduce
from typing import Any

SMALL, STABLE = 30, 100
PER_CENT = 100.0
Z = 1.959963984540054
NAN = float("nan")


class Missing(IntEnum):
    """Why there is no figure; of several reasons the greatest is told."""

    NO = 0
    NOTHING = 1
    CONTRADICTED = 2
    NOT_FILLED = 3
    BLANK_TABLE = 4
    NOT_KNOWN = 5
    NO_POPULATION = 6
    GAP = 7
    SEAM = 8
    NOT_ON_FORM = 9

    @property
    def text(self) -> str:
        """The reason in Chinese; empty where nothing is missing."""
        return MISSING_TEXTS[self]


MISSING_TEXTS = {
    Missing.NO: "",
    Missing.NOTHING: "分母为 0，不算",
    Missing.CONTRADICTED: "分项与总计不合，不算",
    Missing.NOT_FILLED: "未填报",
    Missing.BLANK_TABLE: "整表未填报",
    Missing.NOT_KNOWN: "未入库或不是数字",
    Missing.NO_POPULATION: "未给人口",
    Missing.GAP: "对照年份未入库",
    Missing.SEAM: "表式接缝，不可比",
    Missing.NOT_ON_FORM: "表式无此项",
}


def many(value: Any) -> bool:
    """Whether a field holds a row for each report."""
    return hasattr(value, "dtype")


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """``yes`` where the condition holds, else ``no``, of one report or of each."""
    if many(condition):
        import numpy as np

        return np.where(condition, yes, no)
    return yes if condition else no


def larger(one: Any, other: Any) -> Any:
    """The greater of two, of one report or of each."""
    if many(one) or many(other):
        import numpy as np

        return np.maximum(one, other)
    return max(one, other)


def divide(part: Any, whole: Any) -> Any:
    """A quotient, NaN where the divisor is 0."""
    if many(part) or many(whole):
        import numpy as np

        return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) != 0)
    return part / whole if whole else NAN


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure: value (NaN where ``missing`` says why), whether a blank was read for it, whether it is only nearly the
    same as what it is compared with (the crosswalk's ``approx``).
    """

    value: Any
    missing: Any = Missing.NO
    imputed: Any = False
    approx: Any = False

    def __add__(self, other: Quantity) -> Quantity:
        return self._with(other, self.value + other.value)

    def __sub__(self, other: Quantity) -> Quantity:
        return self._with(other, self.value - other.value)

    def _with(self, other: Quantity, value: Any) -> Quantity:
        why = larger(self.missing, other.missing)
        return Quantity(value, why, self.imputed | other.imputed, self.approx | other.approx)

    def without(self, condition: Any, why: Missing) -> Quantity:
        """The quantity, missing for a reason where a condition holds and no graver reason is there."""
        missing = choose(condition, larger(self.missing, why), self.missing)
        return Quantity(choose(missing > 0, NAN, self.value), missing, self.imputed, self.approx)

    def held_against(self, parts: Quantity) -> Quantity:
        """The quantity as the whole of parts: missing where they are known and add up to something else, or where not
        one of them was filled in.
        """
        known = (self.missing == 0) & (parts.missing == 0)
        return self.without(known & (parts.value != self.value), Missing.CONTRADICTED).told_by(parts, self)

    def told_by(self, parts: Quantity, whole: Quantity) -> Quantity:
        """The quantity, missing where a whole is printed and not one of its parts was filled in."""
        known = (whole.missing == 0) & (parts.missing == 0)
        return self.without(known & (parts.value == 0) & parts.imputed & (whole.value > 0), Missing.NOT_FILLED)


def total(parts: Iterable[Quantity]) -> Quantity:
    """The sum of quantities, at least one."""
    return reduce(Quantity.__add__, parts)


@dataclass(frozen=True, slots=True)
class Value:
    """What an indicator says of a report, or an array of it for many.

    value: None (NaN in arrays) where ``missing`` says why; part, whole: what it is made of, whole is its n; low, high:
    the 95 % Wilson interval of a share; small: n below 30; stable: n of at least 100; imputed: a blank was read as 0 or
    a blank total as the sum of its parts; approx: compared over a seam that the crosswalk calls ``approx``.
    """

    value: Any
    part: Any = NAN
    whole: Any = NAN
    low: Any = NAN
    high: Any = NAN
    small: Any = False
    stable: Any = False
    imputed: Any = False
    approx: Any = False
    missing: Any = Missing.NO

    @property
    def known(self) -> bool:
        """Whether one report has a value."""
        return not self.missing

    def settled(self) -> Value:
        """The value of one report with None for what is not a number and a :class:`Missing` for the reason."""
        held = {item.name: getattr(self, item.name) for item in fields(self)}
        told = {name: None if isinstance(one, float) and one != one else one for name, one in held.items()}
        nothing = dict.fromkeys(("value", "low", "high")) if self.missing else {}
        return Value(**{**told, **nothing, "missing": Missing(self.missing)})


def share(part: Quantity, whole: Quantity) -> Value:
    """A part of a whole in %, with its interval; missing without a whole, and where the part is greater than it."""
    both = part + whole
    beyond = (both.missing == 0) & ((part.value > whole.value) | (part.value < 0))
    return ratio(part.without(beyond, Missing.CONTRADICTED), whole, PER_CENT, bounds)


def ratio(
    part: Quantity, whole: Quantity, scale: float = 1.0, interval: Callable[[Any, Any], tuple[Any, Any]] | None = None
) -> Value:
    """One quantity by another, which need not contain it; missing where that is 0."""
    both = part + whole
    ready = Quantity(part.value, both.missing, both.imputed, both.approx)
    ready = ready.without((both.missing == 0) & (whole.value == 0), Missing.NOTHING)
    low, high = interval(ready.value, whole.value) if interval else (NAN, NAN)
    return Value(
        scale * divide(ready.value, whole.value),
        part.value,
        whole.value,
        low,
        high,
        (ready.missing == 0) & (whole.value < SMALL),
        (ready.missing == 0) & (whole.value >= STABLE),
        ready.imputed,
        ready.approx,
        ready.missing,
    )


def amount(quantity: Quantity) -> Value:
    """A quantity as it is."""
    return Value(quantity.value, imputed=quantity.imputed, approx=quantity.approx, missing=quantity.missing)


def bounds(part: Any, whole: Any) -> tuple[Any, Any]:
    """The 95 % Wilson score interval of a share, in %; NaN where the part or the whole is. Source: Wilson 1927."""
    held = divide(part, whole)
    weight = 1 + divide(Z * Z, whole) if not many(whole) else 1 + divide(Z * Z + 0 * whole, whole)
    centre = held + (weight - 1) / 2
    spread = Z * ((divide(held * (1 - held), whole) + (weight - 1) / (4 * whole + (whole == 0))) ** 0.5)
    low, high = (PER_CENT * (centre - spread) / weight, PER_CENT * (centre + spread) / weight)
    return choose(part == 0, choose(whole == 0, NAN, 0.0), low), choose(
        part == whole, choose(whole == 0, NAN, PER_CENT), high
    )


def wilson(count: int, total: int) -> tuple[float, float] | None:
    """The 95 % Wilson score interval of a share, in %; None when total is 0.

    Raises :class:`ValueError` unless 0 ≤ count ≤ total.
    """
    if not 0 <= count <= total:
        raise ValueError(f"a count of {count} in {total}")
    return bounds(float(count), float(total)) if total else None
