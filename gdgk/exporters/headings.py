"""Which headings each cell of a table has, so that it can be read by ear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from gdgk.exporters.columns import shares
from gdgk.exporters.pieces import Cell, Table

# A table with more columns is set in small type, and moves sideways where the screen is narrow.
WIDE = 8
# A cell with more characters is words rather than a figure.
WORDS = 16
# Characters of small type that a printed line holds.
ROOM = 48


@dataclass(frozen=True, slots=True)
class Square:
    """A cell for a template: its tag, what it spans, the headings it has (ids) or the cells it heads (scope)."""

    tag: str
    text: str
    rows: int
    columns: int
    scope: str
    id: str
    headers: str
    look: str


@dataclass(frozen=True, slots=True)
class Part:
    """A thead or tbody. rows: the cells that begin in each row."""

    tag: str
    rows: list[list[Square]]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table for a template. widths: of its columns in percent; small: it is too wide for the type of the text."""

    parts: list[Part]
    widths: list[float]
    small: bool


def associated(table: Table, number: int) -> TableView:
    """A table for a template; where headings are merged every cell names its own, else their scope says enough.

    number: the table's in its document, for the ids of its headings.
    """
    heading_rows = table.header_rows()
    headings = [cell for cell in table.cells if cell.header and cell.text]
    ids = {cell: f"t{number}h{place}" for place, cell in enumerate(headings, 1)}
    if all(cell.rows == cell.columns == 1 for cell in headings):
        ids = {}
    rows = [
        [square(cell, list(heads(cell, headings, heading_rows, table.head)), ids, heading_rows) for cell in row]
        for row in table.rows()
    ]
    parts = [Part("thead", rows[: table.head]), *(Part("tbody", rows[first:end]) for first, end in bodies(table))]
    widths = [round(100 * share, 1) for share in shares(table, ROOM)]
    return TableView([part for part in parts if part.rows], widths, table.width >= WIDE)


def bodies(table: Table) -> Iterator[tuple[int, int]]:
    """The parts of a table below its header, each from its rows of headings to the next: first row, row behind."""
    alone = table.header_rows()
    across = {row for cell in table.cells for row in range(cell.row + 1, cell.row + cell.rows)}
    starts = [
        row
        for row in range(table.head, table.height)
        if row == table.head or (row in alone and row - 1 not in alone and row not in across)
    ]
    yield from pairwise([*starts, table.height])


def square(cell: Cell, heads: list[Cell], ids: dict[Cell, str], heading_rows: frozenset[int]) -> Square:
    """A cell for a template. A heading without a word heads nothing."""
    heading = cell.header and bool(cell.text)
    scope = ""
    if heading:
        along = ("col", cell.columns) if cell.row in heading_rows else ("row", cell.rows)
        scope = along[0] + ("group" if along[1] > 1 else "")
    return Square(
        tag="th" if heading else "td",
        text=cell.text,
        rows=cell.rows,
        columns=cell.columns,
        scope=scope,
        id=ids.get(cell, "") if heading else "",
        headers=" ".join(ids[head] for head in heads if head in ids),
        look="words" if not heading and len(cell.text) > WORDS and cell.row not in heading_rows else "",
    )


def heads(cell: Cell, headings: list[Cell], heading_rows: frozenset[int], head: int) -> Iterator[Cell]:
    """The headings of a cell: above it in the table's header and in the nearest rows of headings, and beside it.

    A heading that stands in a row of headings has those above it in the same rows, if they are wider.
    """
    above = set(range(head)) | band(cell.row, heading_rows)
    for heading in headings:
        across = heading.column < cell.column + cell.columns and cell.column < heading.column + heading.columns
        beside = heading.row <= cell.row < heading.row + heading.rows and heading.row not in heading_rows
        if heading is cell:
            continue
        if cell.row in heading_rows:
            if cell.header and heading.row < cell.row and heading.row in above and across:
                yield heading
        elif beside:
            if heading.column < cell.column:
                yield heading
        elif not cell.header and heading.row in above and across:
            yield heading


def band(row: int, heading_rows: frozenset[int]) -> set[int]:
    """The nearest rows of headings above a row, one under another."""
    at = row - 1
    while at >= 0 and at not in heading_rows:
        at -= 1
    found = set()
    while at >= 0 and at in heading_rows:
        found.add(at)
        at -= 1
    return found
