"""Cells by name, of one report and of the reports before it, as the definitions of indicators ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from gdgk.crosswalk import Measure
from gdgk.form import CellKey, Edition
from gdgk.indicators.model import NAN, Missing, Quantity
from gdgk.indicators.quantities import figure, quantity, silence
from gdgk.reconciliation import Sheet


class Cells(Protocol):
    """What a definition is given: quantities by name (:func:`gdgk.indicators.quantities.quantity`), of one report or of
    many at once.
    """

    def __getitem__(self, name: str) -> Quantity:
        """A quantity of the report."""
        ...

    def back(self, years: int = 1) -> Cells:
        """The same agency's report some years before, with what may be compared; the rest is missing."""
        ...

    @property
    def population(self) -> Quantity:
        """People in the area, missing where nobody gave them."""
        ...


class ReportCells:
    """The cells of one report.

    history: other years of the same agency, by year. population: people in its area.
    """

    def __init__(
        self, sheet: Sheet | None, history: Mapping[int, Sheet] | None = None, population: float | None = None
    ) -> None:
        self.sheet, self.history, self.people = sheet, history or {}, population
        self.beside: Edition | None = None
        self.read: dict[str, Quantity] = {}

    def __getitem__(self, name: str) -> Quantity:
        found = self.read.get(name)
        if found is None:
            found = self.read[name] = self.compared(quantity(name))
        return found

    def compared(self, measure: Measure) -> Quantity:
        """A measure, missing where it may not be compared with the report that is asked about."""
        if self.sheet is None:
            return Quantity(NAN, Missing.GAP)
        kind = measure.comparison(self.beside, self.sheet.form) if self.beside is not None else "same"
        why = silence(self.sheet, measure)
        if why is not Missing.NOT_ON_FORM and kind == "none":
            why = Missing.SEAM
        if why:
            return Quantity(NAN, why)
        value, imputed = figure(self.sheet, measure)
        return Quantity(NAN if value is None else value, Missing.NO, imputed, kind == "approx")

    def back(self, years: int = 1) -> ReportCells:
        """The report some years before."""
        if self.sheet is None:
            return self
        before = ReportCells(self.history.get(self.sheet.year - years), self.history)
        before.beside = self.sheet.form
        return before

    @property
    def population(self) -> Quantity:
        """People in the area."""
        known = self.people is not None and self.people > 0
        return Quantity(float(self.people or 0)) if known else Quantity(NAN, Missing.NO_POPULATION)


def report_cells(sheet: Sheet, others: Iterable[Sheet] = (), population: float | None = None) -> ReportCells:
    """The cells of a report; others: reports among which those of its agency on other years are looked for."""
    history = {one.year: one for one in others if one.agency == sheet.agency and one.year != sheet.year}
    return ReportCells(sheet, history, population)


class FormCells:
    """An empty form in place of a report: every cell that it has is 1, and what was asked for is kept.

    Tells which cells an indicator is made of, and on which editions it holds.
    """

    def __init__(self, form: Edition) -> None:
        self.form = form
        self.asked: dict[CellKey, None] = {}

    def __getitem__(self, name: str) -> Quantity:
        keys = [key for _, key in quantity(name).cells(self.form)]
        self.asked.update(dict.fromkeys(keys))
        return Quantity(1.0) if keys else Quantity(NAN, Missing.NOT_ON_FORM)

    def back(self, years: int = 1) -> FormCells:
        """The same form."""
        return self

    @property
    def population(self) -> Quantity:
        """One."""
        return Quantity(1.0)
