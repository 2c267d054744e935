"""The official form (表式) as data: editions, tables, rows and columns, their tree, printed labels and variants.

Source of every label and sum: ``gdgk/forms/<edition>/``; a new edition is a new folder there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from gdgk.errors import InputError, UnknownName
from gdgk.files import read_csv, read_toml

FORMS = Path(__file__).parent / "forms"
HEADER = ["item", "parent", "label_zh", "short_zh", "variants", "unit", "kind"]
ROW_KINDS = {"row", "part", "sum", "total"}
COLUMN_KINDS = {"column", "change", "column_total"}
KINDS = ROW_KINDS | COLUMN_KINDS | {"block", "group", "column_group"}
LAYOUTS = {"rows", "blocks", "across", "list"}


class CellKey(NamedTuple):
    """The address of a cell on the form, ``table.row.column``."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return ".".join(self)


@dataclass(frozen=True, slots=True)
class Item:
    """A row, column or heading of a table.

    kind: ``row``, ``part`` (其中, contained in its parent and not added), ``sum`` (of its children), ``total`` (of all
    rows beneath its parent), ``group`` (a heading without cells); ``column``, ``change`` (a signed column),
    ``column_total``, ``column_group``; ``block`` (rows with columns of their own). label: as the form prints it; short:
    the same in a few characters, for findings and charts.
    """

    key: str
    parent: str
    label: str
    short: str
    variants: tuple[str, ...]
    unit: str
    kind: str

    def __hash__(self) -> int:
        # Items are looked up often; key and label tell nearly all of them apart.
        return hash((self.key, self.label))


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that share their columns; a table without printed blocks is one block without a key."""

    key: str
    label: str
    rows: tuple[Item, ...]
    columns: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """An identity that the tree of a table states: the parts add up to the total."""

    rule: str
    total: CellKey
    parts: tuple[CellKey, ...]


@dataclass(frozen=True)
class Table:
    """One table of an edition: its printed layout, its items in printed order and the sums they state.

    row_sum, column_sum: the ids under which its sums are told; sum_rules: another id for the sum of a row.
    """

    id: str
    number: str
    title: str
    unit: str
    layout: str
    items: tuple[Item, ...]
    corner: str = ""
    columns_title: str = ""
    row_sum: str = ""
    column_sum: str = ""
    sum_rules: tuple[tuple[str, str], ...] = ()

    def __hash__(self) -> int:
        return hash((self.id, self.signature))

    @cached_property
    def signature(self) -> int:
        """The same for tables with the same items: editions share them."""
        return hash(self.items)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in printed order."""
        named = [item for item in self.items if item.kind == "block"]
        if not named:
            return (Block("", "", self._of(ROW_KINDS, None), self._of(COLUMN_KINDS, None)),)
        return tuple(
            Block(block.key, block.label, self._of(ROW_KINDS, block.key), self._of(COLUMN_KINDS, block.key))
            for block in named
        )

    def _of(self, kinds: set[str], block: str | None) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.kind in kinds and block in (None, item.parent))

    @cached_property
    def rows(self) -> dict[str, Item]:
        """Every row with cells, in printed order."""
        return {item.key: item for block in self.blocks for item in block.rows}

    @cached_property
    def columns(self) -> dict[str, Item]:
        """Every column, in printed order; a column of several blocks stands once."""
        return {item.key: item for block in self.blocks for item in block.columns}

    @cached_property
    def groups(self) -> dict[str, Item]:
        """Headings without cells of their own, of rows and of columns."""
        return {item.key: item for item in self.items if item.kind in ("group", "column_group")}

    @cached_property
    def cells(self) -> dict[CellKey, tuple[Item, Item]]:
        """Every cell of the form with its row and column, in printed order."""
        return {
            CellKey(self.id, row.key, column.key): (row, column)
            for block in self.blocks
            for row in block.rows
            for column in block.columns
        }

    def block_of(self, row: str) -> Block:
        """The block in which a row stands."""
        return self._blocks[row]

    @cached_property
    def cells_of_rows(self) -> dict[str, dict[str, CellKey]]:
        """By row and column the cells that the form has."""
        found: dict[str, dict[str, CellKey]] = {row: {} for row in self.rows}
        for key in self.cells:
            found[key.row][key.column] = key
        return found

    @cached_property
    def _blocks(self) -> dict[str, Block]:
        return {item.key: block for block in reversed(self.blocks) for item in block.rows}

    def unit_of(self, key: CellKey) -> str:
        """The unit of a cell: its column's, else its row's, else the table's."""
        return self._units[key]

    @cached_property
    def _units(self) -> dict[CellKey, str]:
        return {key: column.unit or row.unit or self.unit for key, (row, column) in self.cells.items()}

    def children(self, parent: str) -> tuple[Item, ...]:
        """Rows and row groups directly beneath an item, in printed order."""
        return tuple(item for item in self.items if item.parent == parent and item.kind in ROW_KINDS | {"group"})

    def leaves(self, parent: str) -> tuple[Item, ...]:
        """The rows that add up beneath an item: groups are opened, totals and 其中 parts left out."""
        found: list[Item] = []
        for child in self.children(parent):
            if child.kind == "group":
                found.extend(self.leaves(child.key))
            elif child.kind in ("row", "sum"):
                found.append(child)
        return tuple(found)

    def sums(self) -> tuple[Sum, ...]:
        """Every sum the tree states: row sums (over the columns) first, then column sums (over the rows)."""
        return self._sums

    @cached_property
    def _sums(self) -> tuple[Sum, ...]:
        return (*self._row_sums(), *self._column_sums())

    def _row_sums(self) -> Iterator[Sum]:
        for block in self.blocks:
            totals = [column for column in block.columns if column.kind == "column_total"]
            parts = [column for column in block.columns if column.kind == "column"]
            for total in totals:
                for row in block.rows:
                    keys = tuple(CellKey(self.id, row.key, part.key) for part in parts)
                    yield Sum(self.row_sum, CellKey(self.id, row.key, total.key), keys)

    def _column_sums(self) -> Iterator[Sum]:
        for block in self.blocks:
            for row in block.rows:
                if row.kind not in ("sum", "total"):
                    continue
                leaves = self.leaves(row.key if row.kind == "sum" else row.parent)
                for column in block.columns:
                    keys = tuple(CellKey(self.id, leaf.key, column.key) for leaf in leaves)
                    yield Sum(
                        dict(self.sum_rules).get(row.key, self.column_sum), CellKey(self.id, row.key, column.key), keys
                    )


@dataclass(frozen=True)
class Edition:
    """One edition of the form; which one a report uses is a property of the report, not of its year.

    headings: the six headings of its reports, where they are not those in use since 2019.
    """

    id: str
    label: str
    first_year: int
    last_year: int | None
    basis: str
    variant_of: str
    tables: dict[str, Table]
    headings: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The edition it varies, or itself: reports of one family compare row by row."""
        return self.variant_of or self.id

    @cached_property
    def cells(self) -> dict[CellKey, tuple[Item, Item]]:
        """Every cell of every table, in printed order."""
        return {key: items for table in self.tables.values() for key, items in table.cells.items()}

    def covers(self, year: int) -> bool:
        """Whether the edition is the official one for reports on a year."""
        return not self.variant_of and self.first_year <= year and (self.last_year is None or year <= self.last_year)

    def __hash__(self) -> int:
        return hash(self.id)


@cache
def editions() -> dict[str, Edition]:
    """Every edition by id, oldest first. Raises :class:`InputError` where a file of ``forms/`` cannot be read."""
    found = [read_edition(path) for path in FORMS.glob("*/form.toml")]
    return {edition.id: edition for edition in sorted(found, key=lambda edition: (edition.first_year, edition.id))}


def edition(name: str) -> Edition:
    """The edition of a name such as ``2019``; :class:`UnknownName` when there is none."""
    if name not in editions():
        raise UnknownName("edition", name, editions(), "name one of them, or add a folder under gdgk/forms/")
    return editions()[name]


def edition_for(year: int) -> Edition:
    """The official edition for reports on a year; :class:`UnknownName` before the first one (2014)."""
    for candidate in editions().values():
        if candidate.covers(year):
            return candidate
    raise UnknownName("year", year, range(2014, 2026), "reports before 2014 had no national form")


def read_edition(path: Path) -> Edition:
    """Read one ``form.toml`` with the tables it names. Raises :class:`InputError`."""
    head = read_toml(path)
    try:
        tables = {entry["id"]: read_table(path, entry) for entry in head["tables"]}
        return Edition(
            id=head["edition"],
            label=head["label_zh"],
            first_year=head["first_year"],
            last_year=head.get("last_year"),
            basis=head["basis"],
            variant_of=head.get("variant_of", ""),
            tables=tables,
            headings=tuple(head.get("headings", ())),
        )
    except KeyError as error:
        raise InputError(
            path, None, f"no {error.args[0]!r}", "the keys of gdgk/forms/2019/form.toml", "add it"
        ) from error


def read_table(form: Path, entry: dict[str, Any]) -> Table:
    """Read the table that an entry of ``form.toml`` describes; its file may belong to an earlier edition."""
    path = (form.parent / entry["file"]).resolve()
    items = []
    for line, row in read_csv(path, HEADER):
        if row["kind"] not in KINDS:
            raise InputError(path, line, f"kind {row['kind']!r}", f"one of {', '.join(sorted(KINDS))}", "mend it")
        variants = tuple(variant for variant in row["variants"].split("|") if variant)
        short = row["short_zh"] or row["label_zh"]
        items.append(Item(row["item"], row["parent"], row["label_zh"], short, variants, row["unit"], row["kind"]))
    if entry["layout"] not in LAYOUTS:
        raise InputError(form, None, f"layout {entry['layout']!r}", f"one of {', '.join(sorted(LAYOUTS))}", "mend it")
    rows = {item.key for item in items if item.kind in ("sum", "total")}
    for row in entry.get("sum_rules", {}):
        if row not in rows:
            raise InputError(form, None, f"sum_rules of row {row!r}", "a row that is a sum", "mend it")
    return Table(
        id=entry["id"],
        number=entry["number"],
        title=entry["title_zh"],
        unit=entry["unit"],
        layout=entry["layout"],
        items=tuple(items),
        corner=entry.get("corner", ""),
        columns_title=entry.get("columns_title", ""),
        row_sum=entry.get("row_sum", ""),
        column_sum=entry.get("column_sum", ""),
        sum_rules=tuple(entry.get("sum_rules", {}).items()),
    )


def same_label(printed: str, label: str) -> bool:
    """Whether two labels say the same, whatever their width, spaces, quotes and the mark after their number."""
    return label_text(printed) == label_text(label)


def label_text(label: str) -> str:
    """A label stripped of what printers vary: width, spaces, quotes, the mark after a leading number."""
    text = re.sub(r"\s+|[“”\"‘’'「」]", "", unicodedata.normalize("NFKC", label))
    text = re.sub(r"^(\d+)[.、,)](?=\D)", r"\1.", text)
    return text.replace(",", "、").replace("，", "、")
