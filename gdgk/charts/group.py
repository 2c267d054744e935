"""Many agencies as the charts read them: each with its reports by year; who is a peer of whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from statistics import quantiles

from gdgk.charts.facts import Reading
from gdgk.indicators import INDICATORS, Value

# Below so many peers a year has no quartiles worth the name.
FEWEST = 5
# So many characters stand above a small panel.
SHORT = 12
LEVELS = {"province": "省级", "prefecture": "市级", "county": "县级", "": ""}


@dataclass(frozen=True)
class Party:
    """An agency among others. name: as a chart writes it; kind, level: whom it is compared with (level as
    :data:`LEVELS`); reports: by year.
    """

    id: str
    name: str
    kind: str
    level: str
    reports: Mapping[int, Reading]

    @property
    def label(self) -> str:
        """The name as text of a plotly figure, which reads tags."""
        return escape(self.name, quote=False)

    @property
    def short(self) -> str:
        """The same, where there is little room."""
        return escape(self.name if len(self.name) <= SHORT else f"{self.name[: SHORT - 1]}…", quote=False)

    def value(self, indicator: str, year: int) -> Value | None:
        """An indicator of its report on a year; None without a report."""
        report = self.reports.get(year)
        return None if report is None else INDICATORS[indicator].at(report.sheet)

    def tainted(self, indicator: str, year: int) -> bool:
        """Whether a figure that an indicator is made of stands in a failed check of severity error."""
        report = self.reports[year]
        return any(str(key) in report.wrong for key in INDICATORS[indicator].cells(report.sheet.form))


@dataclass(frozen=True)
class Group:
    """Agencies beside one another. name: of the region they belong to; focus: the id of the one that is asked about,
    or empty.
    """

    name: str
    parties: tuple[Party, ...]
    focus: str = ""

    @cached_property
    def years(self) -> list[int]:
        """The years of which any of them has a report."""
        return sorted({year for party in self.parties for year in party.reports})

    @cached_property
    def calendar(self) -> list[Reading]:
        """A report for each year on the form that most of the year's reports are on, for the time axis."""
        found = []
        for year in self.years:
            here = [party.reports[year] for party in self.parties if year in party.reports]
            families = [report.sheet.form.family for report in here]
            usual = max(sorted(set(families)), key=families.count)
            found.append(next(report for report in here if report.sheet.form.family == usual))
        return found

    @cached_property
    def focused(self) -> Party | None:
        """The agency that is asked about, where it is among them."""
        return next((party for party in self.parties if party.id == self.focus), None)

    @cached_property
    def peers(self) -> Peers | None:
        """The peers of the agency that is asked about; without one the largest set of peers. None for nobody."""
        sets: dict[tuple[str, str], list[Party]] = {}
        for party in self.parties:
            if party.kind:
                sets.setdefault((party.kind, party.level), []).append(party)
        if self.focused is not None:
            own = (self.focused.kind, self.focused.level)
            return Peers(*own, tuple(sets[own])) if own in sets else None
        largest = max(sets, key=lambda key: len(sets[key]), default=None)
        return None if largest is None else Peers(*largest, tuple(sets[largest]))


@dataclass(frozen=True)
class Peers:
    """Agencies of one kind and level."""

    kind: str
    level: str
    parties: tuple[Party, ...]

    @property
    def label(self) -> str:
        """Who they are, and how many."""
        level = LEVELS[self.level]
        return f"{self.kind}{f'（{level}）' if level else ''} {len(self.parties)} 个"


def quartiles(values: Iterable[float]) -> tuple[float, float, float] | None:
    """P25, P50, P75; None of fewer than :data:`FEWEST`."""
    found = sorted(values)
    if len(found) < FEWEST:
        return None
    low, middle, high = quantiles(found, n=4, method="inclusive")
    return low, middle, high


def listed_names(names: Sequence[str], most: int = 3) -> str:
    """Names for a title: the first few, and how many there are."""
    more = f"等 {len(names)} 个机关" if len(names) > most else ""
    return "、".join(names[:most]) + more
