"""The figures that may be asked about: agencies, years, an indicator's value of every report, findings, where from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from gdgk.crosswalk import SEAMS, Measure
from gdgk.findings import Row
from gdgk.form import Edition, edition
from gdgk.indicators import INDICATORS, Missing, Quantity, WideCells, quantity
from gdgk.indicators.access import FormCells
from gdgk.reconciliation.wide import Wide


@dataclass(frozen=True, slots=True)
class Party:
    """An agency that may be picked. kind, level: whom it is compared with; parent: the id of the one above."""

    id: str
    name: str
    kind: str
    level: str
    parent: str


class Point(NamedTuple):
    """An indicator in one report, as :class:`gdgk.indicators.Value` has it; None for what there is not.

    wrong: whether a figure that it is made of stands in a failed check of severity error that nobody has settled.
    """

    agency: str
    year: int
    edition: str
    value: float | None
    part: float | None
    whole: float | None
    low: float | None
    high: float | None
    small: bool
    imputed: bool
    missing: Missing
    wrong: bool

    @property
    def counts(self) -> bool:
        """Whether it is among those that quartiles are of: a figure, no small sample, no failed check."""
        return self.value is not None and not self.small and not self.wrong


class Origin(NamedTuple):
    """Where a report's figures come from. places: by cell, where a document printed it."""

    title: str
    source: str
    file: str
    places: Mapping[str, str]


class Holding(ABC):
    """parties: by id, in their order; years: of which there is a report; synthetic: whether any figure is made up."""

    parties: dict[str, Party]
    years: list[int]
    synthetic: bool

    def __init__(self) -> None:
        self.kept: dict[str, dict[tuple[str, int], Point]] = {}

    @abstractmethod
    def wides(self) -> list[Wide]:
        """The reports that were called up (:meth:`call`), by edition."""

    @abstractmethod
    def findings(self, agency: str, year: int) -> Sequence[Row]:
        """The open findings on a report's figures, as far as they were kept."""

    @abstractmethod
    def origin(self, agency: str, year: int) -> Origin:
        """Where a report comes from."""

    @abstractmethod
    def call(self, agencies: Iterable[str]) -> None:
        """Have the reports of some agencies ready."""

    @cached_property
    def cells(self) -> WideCells:
        """The figures of all that is ready."""
        return WideCells(self.wides())

    def points(self, indicator: str) -> dict[tuple[str, int], Point]:
        """An indicator of every report that is ready, by agency and year."""
        if indicator not in self.kept:
            self.kept[indicator] = {(one.agency, one.year): one for one in self.read(indicator)}
        return self.kept[indicator]

    def read(self, indicator: str) -> Iterable[Point]:
        """The points of an indicator."""
        one, cells = INDICATORS[indicator], self.cells
        if not len(cells.years):
            return
        value = one.of(cells)
        fields = [listed(getattr(value, name), len(cells.years)) for name in ("value", "part", "whole", "low", "high")]
        marks = [spread(getattr(value, name), len(cells.years)) for name in ("small", "imputed", "missing")]
        made_of = [frozenset(map(str, one.cells(wide.form))) for wide in cells.reports]
        forms = [wide.form.id for wide in cells.reports]
        reports = zip(cells.agencies.tolist(), cells.years.tolist(), cells.forms.tolist(), strict=True)
        for (agency, year, form), figures, (small, imputed, why) in zip(
            reports, zip(*fields, strict=True), zip(*marks, strict=True), strict=True
        ):
            held, part, whole, low, high = figures if not why else (None, *figures[1:3], None, None)
            marks_of = (bool(small), bool(imputed), Missing(int(why)), bool(made_of[form] & self.wrong(agency, year)))
            yield Point(agency, year, forms[form], held, part, whole, low, high, *marks_of)

    def wrong(self, agency: str, year: int) -> set[str]:
        """The cells of a report that stand in an open failed check of severity error."""
        open_errors = [row for row in self.findings(agency, year) if row["severity"] == "error"]
        return {cell for row in open_errors for cell in row["cells"]}

    def peers(self, agency: str, among: str) -> list[str]:
        """The agencies of one kind and level with an agency, itself among them: beneath the same one (``region``) or
        everywhere (``all``); nobody where its kind is not known.
        """
        own = self.parties[agency]
        if among == "none" or not own.kind or (among == "region" and not own.parent):
            return []
        return [
            one.id
            for one in self.parties.values()
            if (one.kind, one.level) == (own.kind, own.level) and (among == "all" or one.parent == own.parent)
        ]


def listed(values: object, size: int) -> list[float | None]:
    """An array, or one number for all rows, as a list with None for NaN."""
    return [None if one != one else float(one) for one in spread(values, size)]


def spread(values: object, size: int) -> list[float]:
    """An array as a list; one number as often as there are rows."""
    import numpy as np

    return list(np.broadcast_to(np.asarray(values), size).tolist())


class AskedForms(FormCells):
    """An empty form that keeps which quantities were asked of it."""

    def __init__(self, form: Edition) -> None:
        super().__init__(form)
        self.measures: dict[str, Measure] = {}

    def __getitem__(self, name: str) -> Quantity:
        self.measures[name] = quantity(name)
        return super().__getitem__(name)


@cache
def comparison(indicator: str, one: str, other: str) -> str:
    """Whether an indicator may be compared between two editions: the worst of what the crosswalk says of the quantities
    it is made of (``same``, ``approx``, ``none``).
    """
    if edition(one).family == edition(other).family:
        return "same"
    asked = AskedForms(edition(one))
    INDICATORS[indicator].of(asked)
    pairs = [measure.comparison(edition(one), edition(other)) for measure in asked.measures.values()]
    return max(pairs or ["same"], key=SEAMS.index)
