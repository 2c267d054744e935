"""Outcomes of equations beside the rows and beneath the columns of a table, last year's figures with them."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gdgk.filling.cells import put, put_over
from gdgk.filling.checklist import AGREES, LAST_YEAR, LAST_YEAR_TOTAL, Asked, Beside, beside, prior_terms
from gdgk.filling.checksheet import DIFFERENCE, OUTCOME, Lines
from gdgk.filling.formulas import BROKEN, DOUBTFUL, UNEVEN, Places, side
from gdgk.filling.layout import CHECKS, TABLE_TOP, Plan, plan_of
from gdgk.filling.styles import colour_outcomes
from gdgk.form import CellKey, Edition, Table

ASIDE_WIDTH = 15
GAP_WIDTH = 1.5
NOTHING = "—"


def fill_beside(
    sheet: Worksheet, form: Edition, table: Table, found: list[Asked], lines: Lines, prior: Mapping[CellKey, int]
) -> None:
    """Show the outcomes of a table's equations beside it."""
    plan, made = plan_of(table), beside(table, found)
    writer = Aside(sheet, plan, made, found, lines, Places(form, prior))
    writer.columns()
    writer.rows()


class Aside:
    """Writes what stands beside one table, outside of what is printed."""

    def __init__(
        self, sheet: Worksheet, plan: Plan, made: Beside, found: list[Asked], lines: Lines, places: Places
    ) -> None:
        self.sheet, self.plan, self.made, self.found, self.lines, self.places = sheet, plan, made, found, lines, places

    def columns(self) -> None:
        """Right of the table: for each rule a column, before it last year's figure where it reads one."""
        at = self.plan.width + 1
        self.sheet.column_dimensions[get_column_letter(at)].width = GAP_WIDTH
        for rows in self.made.columns.values():
            item = self.found[next(iter(rows.values()))].item
            if prior_terms(item):
                at += 1
                self.head(at, LAST_YEAR)
                for row, number in rows.items():
                    self.last_year(row, at, number)
            at += 1
            self.head(at, item.label)
            for row, number in rows.items():
                self.outcome(row, at, number)
            self.colour(min(rows), at, max(rows), at)
        if self.made.totals:
            at += 1
            self.head(at, LAST_YEAR_TOTAL)
            for row, number in self.made.totals.items():
                self.last_year(row, at, number)
            at += 1
            self.head(at, AGREES)
            for row, number in self.made.totals.items():
                self.outcome(row, at, number)
                self.colour(row, at, row, at)

    def rows(self) -> None:
        """Beneath the table: for each rule a row, above it last year's figures where it reads them."""
        row = self.plan.last + 1
        for columns in self.made.rows.values():
            item = self.found[next(iter(columns.values()))].item
            if prior_terms(item):
                row += 1
                self.title(row, LAST_YEAR)
                for column, number in columns.items():
                    self.last_year(row, column, number)
            row += 1
            self.title(row, item.label)
            for column, number in columns.items():
                self.outcome(row, column, number)
            self.colour(row, min(columns), row, max(columns))
            self.sheet.row_dimensions[row].height = 30

    def head(self, column: int, text: str) -> None:
        """The heading of a column beside the table."""
        self.sheet.column_dimensions[get_column_letter(column)].width = ASIDE_WIDTH
        bottom = TABLE_TOP + 1 if self.plan.table.layout == "blocks" else self.plan.header
        put_over(self.sheet, TABLE_TOP, column, text, "aside", rows=bottom - TABLE_TOP + 1)

    def title(self, row: int, text: str) -> None:
        """The heading of a row beneath the table; table 四 has no column for it but those left of the totals."""
        width = self.plan.labels or 4
        put_over(self.sheet, row, 1, text, "aside", columns=width)

    def outcome(self, row: int, column: int, number: int) -> None:
        """How an equation ends, and by how much it fails: as the check sheet has it."""
        line = self.lines.rows[number]
        ended, difference = f"'{CHECKS}'!${OUTCOME}${line}", f"'{CHECKS}'!${DIFFERENCE}${line}"
        failing = ",".join(f'{ended}="{word}"' for word in (UNEVEN, BROKEN, DOUBTFUL))
        put(self.sheet, row, column, f'=IF(OR({failing}),{ended}&" 差"&{difference},{ended})', "outcome")

    def last_year(self, row: int, column: int, number: int) -> None:
        """Last year's figure that an equation reads."""
        terms = prior_terms(self.found[number].item)
        areas = self.places.areas((term.key for term in terms), prior=True)
        known = f"COUNT({','.join(areas)})={len(terms)}"
        put(self.sheet, row, column, f'=IF({known},{side(terms, 0, self.places)},"{NOTHING}")', "aside")

    def colour(self, top: int, left: int, bottom: int, right: int) -> None:
        """Colour the outcomes of an area."""
        first = f"{get_column_letter(left)}{top}"
        colour_outcomes(self.sheet, f"{first}:{get_column_letter(right)}{bottom}", first)
