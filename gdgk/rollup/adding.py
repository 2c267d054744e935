"""Sheets of one form → their sum, cell by cell, with what each cell is made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gdgk.form import CellKey, Edition
from gdgk.markup import figure
from gdgk.reconciliation import Sheet
from gdgk.reconciliation.regions import asked, countable
from gdgk.report import BLANK, UNKNOWN, Cell, State
from gdgk.rollup.carrying import plain

# The line of table 四 in which a 复议机关 may stand beside the agency whose act it upheld (国办公开办函〔2016〕201号).
JOINT = ("disputes", "litigation_after_reconsideration")
# What stands in a cell that is no sum: items of last year, of which agencies may have the same.
NOT_ADDED = Cell("—", None, State.DASH)


@dataclass(frozen=True, slots=True)
class Summed:
    """A cell of a sum.

    value: None where no report says a figure. reports: whose table is added up. Of these, filled: print a figure;
    blank: left it blank, which is read as 0 or as the sum of its parts; unfilled: left it blank, which may be a figure
    not reported; unknown: it was not taken in, says no number, or their form does not have it. unread: whether the
    whole table was not taken in, of those that are not blank.
    """

    value: float | None
    reports: int
    filled: int
    blank: int
    unfilled: int
    unknown: int
    unread: bool = False

    @property
    def least(self) -> bool:
        """Whether the value is only a lower bound."""
        return self.unfilled + self.unknown > 0

    @property
    def cell(self) -> Cell:
        """The cell as a report would print it: a lower bound is text, of which no equation makes use."""
        if self.value is None:
            return UNKNOWN if self.unknown or self.unread else BLANK
        if self.least:
            return Cell(f"≥{figure(self.value)}", None, State.TEXT)
        return Cell(plain(self.value), self.value, State.NUMBER)


def additive(form: Edition) -> frozenset[CellKey]:
    """The cells of a form that add up over agencies: those of rule A-ROLL."""
    return frozenset(bound.left[0].key for bound in asked(form, None)[1])


def in_table(sheet: Sheet, table: str) -> bool:
    """Whether a table of a sheet is added up: it is neither wholly blank nor wholly unknown."""
    return table not in sheet.blank_tables and any(
        sheet.cells[key].state is not State.UNKNOWN for key in sheet.form.tables[table].cells
    )


def added(form: Edition, sheets: Sequence[Sheet], without: Collection[int] = ()) -> dict[CellKey, Summed]:
    """Every cell that adds up over sheets of one form. without: the sheets, by their place, of which the line
    :data:`JOINT` is left out.
    """
    found = {}
    wanted = additive(form)
    for name, table in form.tables.items():
        here = [(at, sheet) for at, sheet in enumerate(sheets) if in_table(sheet, name)]
        unread = not here and any(name not in sheet.blank_tables for sheet in sheets)
        for key in table.cells:
            if key in wanted:
                left = without if (key.table, key.row) == JOINT else ()
                found[key] = total(key, [sheet for at, sheet in here if at not in left], unread)
    return found


def total(key: CellKey, sheets: Sequence[Sheet], unread: bool = False) -> Summed:
    """One cell of several sheets together."""
    known = [sheet for sheet in sheets if countable(sheet, key)]
    filled = sum(sheet.cells[key].value is not None for sheet in known)
    unfilled = sum(sheet.cells[key].empty for sheet in sheets) - (len(known) - filled)
    value = round(sum(sheet.number(key) for sheet in known), 6)
    return Summed(
        value=value if filled or value else None,
        reports=len(sheets),
        filled=filled,
        blank=len(known) - filled,
        unfilled=unfilled,
        unknown=len(sheets) - len(known) - unfilled,
        unread=unread,
    )
