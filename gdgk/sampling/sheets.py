"""The tables of an edition as one flat list of whole numbers, and as the text of its files.

A report is a list with an entry for every cell of the form, in printed order; money counts in hundredths of 万元. What
a list says as files is what :func:`gdgk.archive.writing.write_report` writes, made from one template for each table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

from gdgk.files import csv_text
from gdgk.form import CellKey, Edition, Table
from gdgk.report import MONEY

FLOWS = ("new", "carried_over", "outcomes_total", "carried_forward")
# Tables whose zeros may be left empty, where report.toml says that a blank is zero.
BLANKABLE = ("applications", "disputes")


@dataclass(frozen=True)
class Paper:
    """An edition's form as the sampler fills it."""

    form: Edition

    @cached_property
    def keys(self) -> tuple[CellKey, ...]:
        """The cells in printed order."""
        return tuple(self.form.cells)

    @cached_property
    def at(self) -> dict[CellKey, int]:
        """Where a cell stands in a report's list."""
        return {key: index for index, key in enumerate(self.keys)}

    @cached_property
    def money(self) -> tuple[tuple[int, bool], ...]:
        """The cells that hold money, and whether their text must say the unit, which the form does not print."""
        tables = self.form.tables
        return tuple(
            (index, key.row == "procurement")
            for index, key in enumerate(self.keys)
            if tables[key.table].unit_of(key) == MONEY
        )

    @cached_property
    def changes(self) -> tuple[int, ...]:
        """The cells of 本年增/减."""
        return tuple(self.at[key] for key, (_, column) in self.form.cells.items() if column.kind == "change")

    @cached_property
    def blankable(self) -> tuple[tuple[int, int], ...]:
        """The stretches of the list whose zeros may be left empty, table by table."""
        return tuple((start, end) for name, start, end, _ in self.templates if name.removesuffix(".csv") in BLANKABLE)

    @cached_property
    def outcomes(self) -> tuple[str, ...]:
        """The rows of table 三 that add up to （七）总计."""
        table = self.form.tables.get("applications")
        return tuple(row for row in table.rows if row not in FLOWS) if table else ()

    @cached_property
    def templates(self) -> tuple[tuple[str, int, int, str], ...]:
        """The file of each table with ``%s`` for each cell, and which stretch of the list fills it."""
        found, start = [], 0
        for table in self.form.tables.values():
            end = start + len(table.cells)
            found.append((f"{table.id}.csv", start, end, template(table)))
            start = end
        return tuple(found)

    def texts(self, values: list[int], blank_zeros: bool) -> list[str]:
        """What the cells print. blank_zeros: zeros of a table are left empty, unless nothing would be left of it."""
        found = list(map(str, values))
        for start, end in self.blankable if blank_zeros else ():
            if any(values[start:end]):
                found[start:end] = [text if text != "0" else "" for text in found[start:end]]
        for index, with_unit in self.money:
            found[index] = amount(values[index]) + (MONEY if with_unit else "")
        for index in self.changes:
            value = values[index]
            found[index] = f"增 {value}" if value > 0 else f"减 {-value}" if value < 0 else "0"
        return found

    def files(self, texts: list[str]) -> list[tuple[str, str]]:
        """The tables as files: name, content."""
        return [(name, text % tuple(texts[start:end])) for name, start, end, text in self.templates]


def amount(hundredths: int) -> str:
    """An amount of money in 万元 with no more decimals than it has."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)


def template(table: Table) -> str:
    """A table's CSV with ``%s`` for every cell; a per cent sign of a label is doubled."""
    columns = list(table.columns)
    rows = []
    for block in table.blocks:
        own = {column.key for column in block.columns}
        for row in block.rows:
            rows.append([row.key, row.label.replace("%", "%%"), *("%s" if name in own else "" for name in columns)])
    return csv_text(["item", "label", *columns], rows)


@cache
def paper(form: Edition) -> Paper:
    """The paper of an edition."""
    return Paper(form)
