"""What comes to an agency from 2014 to 2030, and what is made of it each year: whole years at once, so that no year
hangs on the range asked for, and what one year hands on (applications, cases, documents) is what the next begins with.
"""

from __future__ import annotations

from dataclasses import dataclass

from gdgk.sampling.chance import Draw, count, exponential, normal, part, rough, stream
from gdgk.sampling.city import SORTS, Member, example_city

FIRST, LAST = 2014, 2030
YEARS = LAST - FIRST + 1
DISPUTES = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
# Purposes of the streams of an agency or of one of its years.
SERIES, YEAR, ITEMS, WORDS, PLANT = range(5)


@dataclass(slots=True)
class Case:
    """One way of dispute in one year: results of what was concluded, and what is pending at its end."""

    upheld: int
    corrected: int
    other_result: int
    pending: int

    @property
    def total(self) -> int:
        """All that was before the court or the reviewing agency in the year."""
        return self.upheld + self.corrected + self.other_result + self.pending


class Ledger:
    """An agency's own account, a list with an entry for each year from 2014 to 2030.

    new, forward: applications received and still open at the end, by applicant; decisions: by sort; fees: hundredths of
    万元; issued, repealed, in_force: normative documents; regulations: the same three of 规章.
    """

    def __init__(self, seed: int, member: Member) -> None:
        self.seed, self.member = seed, member
        draw = stream(seed, member.number, 0, SERIES)
        rates, profile, scale = example_city().rates, member.profile, member.scale
        self.zeros_blank = draw() < rates["zeros_blank"]
        size = profile.applications * scale * exponential(rates["spread"] * normal(draw))
        volumes = course(draw, size)
        self.new = [example_city().applicants.split(draw, count(draw, volume)) for volume in volumes]
        late = 2 * rates["carried_forward"] * draw()
        self.forward = [[part(draw, new, late) for new in year] for year in self.new]
        self.decisions = {sort: self.series(draw, getattr(profile, sort) * scale, True) for sort in SORTS}
        self.fees = [100 * fee + int(100 * draw()) if fee else 0 for fee in self.series(draw, profile.fees * scale)]
        self.documents(draw, profile.documents * scale)
        self.disputes = self.all_disputes(draw)

    def series(self, draw: Draw, median: float, decided: bool = False) -> list[int]:
        """A yearly quantity; none at all for an agency whose kind has none, or that is one of those without."""
        rates = example_city().rates
        if not median or (draw() < rates["no_decisions"]):
            return [0] * YEARS
        spread = rates["decision_spread" if decided else "spread"]
        return [count(draw, mean) for mean in course(draw, median * exponential(spread * normal(draw)))]

    def documents(self, draw: Draw, median: float) -> None:
        """Normative documents, and 规章 where the agency makes them, issued, repealed and in force."""
        self.issued, self.repealed, self.in_force = stocks(draw, median, count(draw, median * 8))
        made = 1.5 if self.member.regulations else 0.0
        self.regulations = stocks(draw, made, count(draw, made * 8))

    def closed(self, year: int) -> list[int]:
        """Applications closed in a year (counted from 0), by applicant: those of the year before, those of the year,
        less those still open. Never less than what was carried over, as no more stays open than came in.
        """
        before = self.forward[year - 1] if year else [0] * len(self.new[0])
        return [old + new - left for old, new, left in zip(before, self.new[year], self.forward[year], strict=True)]

    def all_disputes(self, draw: Draw) -> list[dict[str, Case]]:
        """The disputes of every year by way: what was pending is concluded in the next year."""
        rates, found = example_city().rates, []
        pending = dict.fromkeys(DISPUTES, 0)
        reviewed = 0
        for year in range(YEARS):
            closed = sum(self.closed(year))
            fresh = {
                DISPUTES[0]: min(count(draw, rates["reconsideration"] * closed), closed // 2),
                DISPUTES[1]: min(count(draw, rates["litigation_direct"] * closed), closed // 4),
            }
            fresh[DISPUTES[2]] = part(draw, reviewed, rates["litigation_after"])
            cases = {}
            for way in DISPUTES:
                left = part(draw, fresh[way], rates["pending"])
                done = pending[way] + fresh[way] - left
                corrected = part(draw, done, rates["corrected"])
                other = part(draw, done - corrected, rates["other_result"])
                cases[way] = Case(done - corrected - other, corrected, other, left)
                pending[way] = left
            reviewed = cases[DISPUTES[0]].upheld + cases[DISPUTES[0]].other_result
            found.append(cases)
        return found


def course(draw: Draw, size: float) -> list[float]:
    """The means of a quantity of some size over the years: slow growth of its own, and the luck of each year."""
    rates = example_city().rates
    growth = exponential(rates["growth"] + rates["growth_spread"] * rough(draw))
    means, level = [], size / (growth * growth * growth * growth)
    for _ in range(YEARS):
        means.append(level * exponential(rates["year_spread"] * rough(draw)))
        level *= growth
    return means


def stocks(draw: Draw, median: float, stock: int) -> tuple[list[int], list[int], list[int]]:
    """Documents issued and repealed each year, and those in force at its end."""
    if not median:
        return [0] * YEARS, [0] * YEARS, [0] * YEARS
    issued, repealed, in_force = [], [], []
    for _ in range(YEARS):
        made, ended = count(draw, median), part(draw, stock, 0.1)
        stock += made - ended
        issued.append(made)
        repealed.append(ended)
        in_force.append(stock)
    return issued, repealed, in_force
