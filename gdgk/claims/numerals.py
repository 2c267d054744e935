"""Numbers as the prose writes them: digits, Chinese numerals, 万 and 亿, 余, per cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
STEPS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"": 1, "百": 100, "千": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that the prose states.

    value: in whole units (4.6万 is 46000). places: decimals printed. exact: False for 余, 约, 近 and the like.
    upper: the first value that an approximate number no longer covers (余: the next step of its last digit).
    """

    value: int | float
    places: int
    exact: bool
    upper: float


def chinese(text: str) -> int | None:
    """The number that Chinese numerals write (三, 十二, 一百零五, 二〇二一, 两万三千); None when they write none."""
    if not any(letter in STEPS or letter in "万亿" for letter in text):
        if len(text) == 1:
            return DIGITS.get(text)
        return (
            int("".join(str(DIGITS[letter]) for letter in text)) if all(letter in DIGITS for letter in text) else None
        )
    total = section = digit = 0
    for letter in text:
        if letter in DIGITS:
            digit = DIGITS[letter]
        elif letter in STEPS:
            section += (digit or (1 if letter == "十" else 0)) * STEPS[letter]
            digit = 0
        else:
            section = (section + digit) * SCALES[letter]
            total, section, digit = total + section, 0, 0
    return total + section + digit


def amount(digits: str, scale: str, marks: str, about: str) -> Amount | None:
    """A number from its digits or numerals, its 万 or 亿, the 余 after and the 约 before; None for one beyond use."""
    plain = digits.replace(",", "").replace("，", "")
    if plain[0].isdigit():
        places = len(plain.partition(".")[2])
        value = Decimal(plain)
    else:
        places, found = 0, chinese(plain)
        if found is None:
            return None
        value = Decimal(found)
    factor = SCALES[scale]
    value *= factor
    if value >= LARGEST:
        return None
    exact = not marks and not about
    step = Decimal(factor).scaleb(-places)
    if factor == 1 and places == 0:
        step = Decimal(10) ** trailing_zeros(int(value))
    whole = value == value.to_integral_value()
    return Amount(int(value) if whole else float(value), places, exact, float(value + step))


def trailing_zeros(value: int) -> int:
    """How many zeros a number ends with; 0 for 0."""
    text = str(value)
    return len(text) - len(text.rstrip("0")) if value else 0
