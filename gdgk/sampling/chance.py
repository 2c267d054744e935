"""Chance that is the same everywhere: the same seed gives the same figures on every Python and every machine.

Only ``random.Random(int).random()`` is used, the one method whose sequence Python promises to keep; numpy's Generator
may change what its methods draw with any version (NEP 19). What is made of it here uses nothing but sums, products and
square roots, which are the same on every machine: the exponential function and the logarithm are not, and ``sum`` of
floats adds them otherwise since Python 3.12.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import sqrt
from random import Random

Draw = Callable[[], float]

# Of fewer, each is drawn by itself; of more, how many is drawn at once.
FEW = 24
BITS = 32
SCALE = sqrt(3.0)


def stream(*parts: int) -> Draw:
    """Draws between 0 and 1 that belong to some numbers (seed, agency, year): no other stream changes them."""
    name = 0
    for part in parts:
        name = name << BITS | part
    return Random(name).random


def exponential(value: float) -> float:
    """About e to the power of a value between −100 and 100, the same on every machine."""
    found = 1.0 + value / 1024
    for _ in range(10):
        found *= found
    return found


def normal(draw: Draw) -> float:
    """A draw with mean 0 and deviation 1: a sum of twelve even ones."""
    found = -6.0
    for _ in range(12):
        found += draw()
    return found


def rough(draw: Draw) -> float:
    """The same of four draws, never beyond 3.5: for the noise of a count."""
    return SCALE * (draw() + draw() + draw() + draw() - 2.0)


def count(draw: Draw, mean: float) -> int:
    """A number of independent events with some mean."""
    if mean > FEW:
        return max(0, round(mean + sqrt(mean) * rough(draw)))
    limit, product, found = exponential(-mean), draw(), 0
    while product > limit:
        product *= draw()
        found += 1
    return found


def part(draw: Draw, whole: int, share: float) -> int:
    """How many of a whole fall to a share."""
    if whole <= FEW:
        return sum([draw() < share for _ in range(whole)])  # of truths, not of floats
    found = round(whole * share + sqrt(max(0.0, whole * share * (1 - share))) * rough(draw))
    return min(whole, max(0, found))


class Shares:
    """Shares of a whole, adding up to 1: a number of items is parted by them."""

    def __init__(self, weights: Sequence[float]) -> None:
        total = list(accumulate(weights))[-1]
        self.bounds = list(accumulate(weight / total for weight in weights))
        rest = [1.0, *(1.0 - bound for bound in self.bounds)]
        self.of_rest = [
            min(1.0, weight / total / left) if left > 1e-12 else 0.0
            for weight, left in zip(weights, rest, strict=False)
        ]
        self.of_rest[-1] = 1.0
        self.last = len(self.bounds) - 1

    def split(self, draw: Draw, whole: int) -> list[int]:
        """How many of a whole fall to each share; they add up to it."""
        found = [0] * (self.last + 1)
        if whole <= FEW:
            for _ in range(whole):
                found[min(self.last, bisect_right(self.bounds, draw()))] += 1
            return found
        for at, share in enumerate(self.of_rest):
            mine = found[at] = part(draw, whole, share)
            whole -= mine
            if not whole:
                break
        return found
