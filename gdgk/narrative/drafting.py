"""A report's figures → its prose, section by section, by the templates of its edition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from gdgk.claims import facts
from gdgk.crosswalk import measures_by_id
from gdgk.errors import UnknownName
from gdgk.form import CellKey, Item
from gdgk.narrative.changes import Change, change_of
from gdgk.narrative.figures import Cells, Figure, Ledger, plain
from gdgk.narrative.parts import Parts, parts_of, with_shares
from gdgk.narrative.rendering import Passage, passages
from gdgk.prose import NUMERALS
from gdgk.report import Report
from gdgk.text_checks.legal import bases

OPENING = "opening"
FILES = {"": OPENING, **{numeral: str(at) for at, numeral in enumerate(NUMERALS, 1)}}
ADDRESS = re.compile(r"https?://(?:[\w-]+\.)+gov\.cn(?:/[\w./?=&%#~-]*)?", re.ASCII)
AROUND = re.compile(r"^(?:（[一二三四五六七八九十]）|其中：|\d+\.)+|数?（.*）$|(?<=[一-龥])数$")
FEE = re.compile("信息处理费")
COLLECTED = re.compile("收取|收缴|征收|共收|收到")


@dataclass(frozen=True)
class Draft:
    """The draft of one report, a section at a time.

    agency: its full name. prior: the agency's report on the year before, for growth. templates: an office's own
    (:attr:`gdgk.archive.Archive.own_templates`). Raises :class:`gdgk.errors.InputError` for a template that is wrong.
    """

    report: Report
    agency: str
    prior: Report | None = None
    templates: Path | None = None

    @cached_property
    def made(self) -> dict[str, tuple[Passage, ...]]:
        """The sections drafted so far."""
        return {}

    @cached_property
    def cells(self) -> Cells:
        """The report's figures."""
        return Cells(self.report)

    @cached_property
    def items(self) -> Mapping[str, Mapping[str, Item]]:
        """Rows, columns and groups of each table by their names."""
        tables = self.report.edition.tables.values()
        return {table.id: {item.key: item for item in table.items} for table in tables}

    @cached_property
    def earlier(self) -> Cells | None:
        """Last year's figures; None without last year's report of the same agency."""
        prior = self.prior
        if prior is None or (prior.agency, prior.year) != (self.report.agency, self.report.year - 1):
            return None
        return Cells(prior)

    def passages(self, numeral: str) -> tuple[Passage, ...]:
        """The paragraphs of a section by its numeral (一 … 六; ``""``: the opening), each with its figures' traces."""
        if numeral not in self.made:
            ledger = Ledger()
            name = f"{self.report.edition.id}/{FILES[numeral]}.txt.j2"
            names = Vocabulary(self, ledger).names()
            self.made[numeral] = tuple(passages(name, self.templates, ledger.figures, names))
        return self.made[numeral]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the templates may say: names, figures, parts, changes (docs/narrative.md lists them)."""

    draft: Draft
    ledger: Ledger

    def names(self) -> Mapping[str, Any]:
        """The names of a template."""
        report = self.draft.report
        return {
            "agency": self.words(self.draft.agency, "agency.name"),
            "year": self.words(str(report.year), "report.year"),
            "bases": [self.words(one.cited, "legal_bases.toml") for one in bases() if one.holds_for(report.year)],
            "address": self.address(),
            "fee": self.fee,
            "cell": self.cell,
            "measure": self.measure,
            "absent": self.absent,
            "rows": self.rows,
            "columns": self.columns,
            "leaves": self.leaves,
            "label": self.label,
            "size": self.size,
            "change": self.change,
        }

    def words(self, text: str, source: str) -> Figure:
        """Words that a draft takes from elsewhere, perhaps with digits in them, with where they come from."""
        clean = text if text.isprintable() else "".join(filter(str.isprintable, text))
        return self.ledger.add(Figure(None, clean, source))

    def cell(self, table: str, row: str, column: str) -> Figure:
        """A cell, or the rows of a group added."""
        self.item(table, row)
        self.item(table, column)
        return self.ledger.add(self.draft.cells.row(table, row, column))

    def measure(self, name: str) -> Figure:
        """A quantity of forms/crosswalk.csv."""
        found = self.draft.cells.measure(name) if name in measures_by_id() else None
        if found is None:
            form = self.draft.report.edition
            known = [one.id for one in measures_by_id().values() if self.draft.cells.measure(one.id)]
            raise UnknownName("measure", name, known, f"name one of edition {form.id}")
        return self.ledger.add(found)

    def size(self, figure: Figure) -> Figure:
        """A figure without its sign."""
        assert figure.value is not None
        value = abs(figure.value)
        return self.ledger.add(replace(figure, value=value, text=plain(value), formula=f"abs({figure.formula})"))

    def absent(self, table: str) -> str:
        """Why a table has no figure at all (未填报, 数字未入库); empty where it has one."""
        return self.draft.cells.absent(table)

    def rows(
        self,
        table: str,
        total: str,
        rows: Iterable[str],
        column: str = "total",
        called: Mapping[str, str] | None = None,
        shares: bool = False,
    ) -> Parts:
        """A row and those (or groups of rows) that add up to it. called: other names than the form's for some."""
        names = called or {}
        named = [(names.get(row) or self.label(table, row), self.cell(table, row, column)) for row in rows]
        return self.parts(self.cell(table, total, column), named, shares)

    def columns(
        self, table: str, row: str, columns: Iterable[str], total: str = "total", shares: bool = False
    ) -> Parts:
        """The total of a row and its cells in some columns (or groups of columns)."""
        named = [(self.label(table, column), self.across(table, row, column)) for column in columns]
        return self.parts(self.across(table, row, total), named, shares)

    def parts(self, total: Figure, named: Iterable[tuple[str, Figure]], shares: bool) -> Parts:
        """A total and its parts, with their shares where they are asked for."""
        found = parts_of(total, named)
        return with_shares(self.ledger, found) if shares else found

    def across(self, table: str, row: str, column: str) -> Figure:
        """The cell of a row in a column, or those in all columns beneath a group added."""
        items = self.draft.report.edition.tables[table].items
        beneath = [item.key for item in items if item.parent == column and item.kind == "column"]
        return self.ledger.add(self.draft.cells.sum(CellKey(table, row, name) for name in beneath or [column]))

    def leaves(self, table: str, group: str) -> list[str]:
        """The rows beneath a group."""
        return [item.key for item in self.draft.report.edition.tables[table].leaves(group)]

    def label(self, table: str, key: str) -> str:
        """What the form calls a row or column, without its number, what is added in brackets, and a 数 at the end."""
        return AROUND.sub("", self.item(table, key).label)

    def item(self, table: str, key: str) -> Item:
        """A row, column or group by its name. Raises :class:`UnknownName`."""
        form = self.draft.report.edition
        if table not in form.tables:
            raise UnknownName("table", table, form.tables, f"name one of edition {form.id}")
        items = self.draft.items[table]
        if key not in items:
            raise UnknownName(f"row or column of {table}", key, items, f"name one of edition {form.id}")
        return items[key]

    def change(self, measure: str) -> Change | None:
        """The growth of a measure on last year; None where it may not be compared."""
        return change_of(self.ledger, measure, self.draft.cells, self.draft.earlier)

    def address(self) -> Figure | None:
        """Where the report is to be had, if its head names a government site."""
        found = ADDRESS.search(self.draft.report.head.source)
        return self.words(found[0], "report.head.source") if found else None

    def fee(self) -> Figure | None:
        """信息处理费 collected, in 元, where one fact of the report's own words says how much."""
        if not self.draft.report.narrative:
            return None
        told = {
            float(fact.number)
            for fact in facts(self.draft.report)
            if fact.unit == "元" and fact.exact and FEE.search(fact.sentence) and COLLECTED.search(fact.words)
        }
        return self.ledger.add(Figure(None, plain(told.pop()), "narrative.md")) if len(told) == 1 else None
