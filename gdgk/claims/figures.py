"""The figures of a report's tables as the prose is held against them: blanks read as 0, blank totals as their parts."""

from __future__ import annotations

from dataclasses import dataclass, field

from gdgk.claims.model import Reading
from gdgk.form import CellKey
from gdgk.report import Report, State


@dataclass(frozen=True, slots=True)
class Value:
    """A sum of cells: its value, how many blanks were read as 0 or imputed."""

    number: float
    blanks: int


@dataclass
class Figures:
    """The cells of one report, asked for by reading."""

    report: Report
    blank_tables: set[str] = field(default_factory=set)
    parts: dict[CellKey, tuple[CellKey, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tables = self.report.edition.tables.values()
        self.blank_tables = {table.id for table in tables if self.report.is_blank(table)}
        for table in tables:
            for item in table.sums():
                self.parts.setdefault(item.total, item.parts)

    def value(self, reading: Reading) -> Value | None:
        """The sum of the cells of a reading; None where one of them is not known or its table is blank."""
        total, blanks = 0.0, 0
        for key in reading:
            one = self.cell(key)
            if one is None:
                return None
            total += one.number
            blanks += one.blanks
        return Value(total, blanks)

    def cell(self, key: CellKey) -> Value | None:
        """One cell; a blank total has the value of its parts, another blank is 0."""
        if key not in self.report.cells or key.table in self.blank_tables:
            return None
        cell = self.report.cell(key)
        if cell.value is not None:
            return Value(cell.value, 0)
        if not cell.empty:
            return None
        parts = [self.report.cell(part) for part in self.parts.get(key, ())]
        if any(part.state is State.UNKNOWN or (part.value is None and not part.empty) for part in parts):
            return None
        return Value(float(sum(part.value or 0 for part in parts)), 1)

    def why_not(self, reading: Reading) -> str:
        """Why the cells of a reading give no figure (Chinese)."""
        if any(key.table in self.blank_tables for key in reading):
            return "整表未填报"
        cells = [self.report.cells[key] for key in reading if key in self.report.cells]
        if any(cell.state is State.UNKNOWN for cell in cells):
            return "有的格未入库"
        return "有的格读不出数"
