"""Errors of kinds that really happen, planted into a report, each in cells that no check of another year reads.

What next year's report is held against (结转下年度, 尚未审结, 现行有效, what was received in all) stays right, so that
an error is found where it was planted: in that report. A figure of an agency that a government adds up is also found
there (A-ROLL): such a report is named too, of the kind ``beneath``, with the figure it rightly has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from gdgk.form import CellKey
from gdgk.sampling.chance import Draw
from gdgk.sampling.sheets import Paper

BENEATH = "beneath"
HEADER = ["agency", "year", "table", "row", "column", "true", "printed", "kind"]
# The smallest figure that makes a slip of its kind worth the name.
LEAST = {"digits_swapped": 10, "total_zero": 1, "ten_times": 1}
APPLICANTS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other")


@dataclass
class Slip:
    """An error in a report: its kind, the figures that change by place in the list, the prose's wrong count if any.

    told: whether the prose was written from the wrong figures, which then are consistent in themselves.
    """

    kind: str
    cells: dict[int, int] = field(default_factory=dict)
    received: int | None = None
    told: bool = False


@dataclass(frozen=True)
class Ground:
    """A report to plant an error in. continued: whether last year's report is there to be compared with."""

    own: Paper
    values: list[int]
    continued: bool
    draw: Draw

    def pick(self, cells: list[int]) -> int:
        """One of some cells."""
        return cells[int(len(cells) * self.draw())]

    def totals(self) -> list[int]:
        """The cells that are sums of others of the report, and that no other report is held against."""
        return [at for at in totals(self.own) if not is_read_elsewhere(self.own.keys[at])]

    def summed(self) -> list[int]:
        """The cells that belong to a sum of the report, and that no other report is held against."""
        return [at for at in summed(self.own) if not is_read_elsewhere(self.own.keys[at])]


def totals(own: Paper) -> list[int]:
    """The totals of the form's sums."""
    return sorted({own.at[one.total] for table in own.form.tables.values() for one in table.sums()})


def summed(own: Paper) -> list[int]:
    """The cells of the form's sums, totals and parts."""
    parts = {own.at[key] for table in own.form.tables.values() for one in table.sums() for key in one.parts}
    return sorted({*totals(own), *parts})


def is_read_elsewhere(key: CellKey) -> bool:
    """Whether the report of the next year is held against a cell."""
    return (
        key.row == "carried_forward"
        or key.column == "pending"
        or key in (("applications", "new", "total"), ("statistics", "received", "value"))
    )


def plant(own: Paper, values: list[int], figures: Mapping[str, int], continued: bool, draw: Draw) -> Slip:
    """An error of a kind drawn by chance; where a report has no figure for it, of another kind drawn likewise."""
    ground = Ground(own, values, continued, draw)
    kinds = list(KINDS)
    while True:  # a total can always be wrong
        kind = kinds.pop(int(len(kinds) * draw()))
        slip = KINDS[kind](ground, figures)
        if slip is not None:
            slip.kind = kind
            return slip


def total_digit(ground: Ground, figures: Mapping[str, int]) -> Slip:
    """A total with one wrong digit."""
    at = ground.pick(ground.totals())
    digits = list(str(ground.values[at]))
    place = int(len(digits) * ground.draw())
    wrong = [sign for sign in "0123456789" if sign != digits[place] and (sign != "0" or place or len(digits) == 1)]
    digits[place] = wrong[int(len(wrong) * ground.draw())]
    return Slip("", {at: int("".join(digits))})


def digits_swapped(ground: Ground, figures: Mapping[str, int]) -> Slip | None:
    """A figure with two neighbouring digits swapped."""
    values = ground.values
    fit = [at for at in ground.summed() if values[at] >= LEAST["digits_swapped"] and swappable(str(values[at]))]
    if not fit:
        return None
    at = ground.pick(fit)
    text = str(values[at])
    places = swappable(text)
    place = places[int(len(places) * ground.draw())]
    return Slip("", {at: int(text[:place] + text[place + 1] + text[place] + text[place + 2 :])})


def swappable(text: str) -> list[int]:
    """Where a figure has two neighbouring digits that differ, the second not a leading nought."""
    return [at for at in range(len(text) - 1) if text[at] != text[at + 1] and (at or text[1] != "0")]


def total_zero(ground: Ground, figures: Mapping[str, int]) -> Slip | None:
    """A total left 0."""
    fit = [at for at in ground.totals() if ground.values[at] >= LEAST["total_zero"]]
    return Slip("", {ground.pick(fit): 0}) if fit else None


def ten_times(ground: Ground, figures: Mapping[str, int]) -> Slip | None:
    """A figure ten times too large."""
    fit = [at for at in ground.summed() if ground.values[at] >= LEAST["ten_times"]]
    if not fit:
        return None
    at = ground.pick(fit)
    return Slip("", {at: 10 * ground.values[at]})


def neighbour_column(ground: Ground, figures: Mapping[str, int]) -> Slip | None:
    """An outcome of table 三 in the neighbouring applicant's column."""
    own, values, pairs = ground.own, ground.values, []
    for row in own.outcomes:
        cells = [own.at[CellKey("applications", row, column)] for column in APPLICANTS]
        pairs += [(a, b) for a, b in pairwise(cells) if values[a] != values[b]]
    if not pairs:
        return None
    mine, other = pairs[int(len(pairs) * ground.draw())]
    return Slip("", {mine: values[other], other: values[mine]})


def carried_over(ground: Ground, figures: Mapping[str, int]) -> Slip | None:
    """上年结转 that is not last year's 结转下年度, in a report that agrees with itself."""
    if not ground.continued or "carried_over" not in figures:
        return None
    more = 1 + int(4 * ground.draw())
    rows, columns = ("carried_over", "granted", "outcomes_total"), ("natural_person", "total")
    cells = [ground.own.at[CellKey("applications", row, column)] for row in rows for column in columns]
    return Slip("", {at: ground.values[at] + more for at in cells}, told=True)


def stock(ground: Ground, figures: Mapping[str, int]) -> Slip | None:
    """Documents repealed that do not account for the change of those in force."""
    if not ground.continued or "repealed" not in figures:
        return None
    at = ground.own.at[CellKey("proactive_disclosure", "normative_documents", "repealed")]
    return Slip("", {at: ground.values[at] + 1 + int(3 * ground.draw())}, told=True)


def prose(ground: Ground, figures: Mapping[str, int]) -> Slip:
    """A figure of the prose that contradicts the table."""
    received = figures["received"]
    wrong = received + 1 + int(9 * ground.draw())
    # what was received with what was carried over is a reading of the words: it must be neither
    return Slip("", received=wrong + (wrong == received + figures.get("carried_over", 0)))


KINDS: dict[str, Callable[[Ground, Mapping[str, int]], Slip | None]] = {
    "total_digit": total_digit,
    "digits_swapped": digits_swapped,
    "total_zero": total_zero,
    "ten_times": ten_times,
    "neighbour_column": neighbour_column,
    "carried_over": carried_over,
    "stock": stock,
    "prose": prose,
}
