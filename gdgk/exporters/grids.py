"""A table of some markup → a :class:`Table`, its spans put in order whatever they claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from lxml import etree

from gdgk.exporters.folding import classes, is_dropped, text_within
from gdgk.exporters.pieces import Cell, Table

PARTS = frozenset({"thead", "tbody", "tfoot"})
WIDEST = 1000  # columns or rows that one cell may cover, as browsers have it
# A caption may end with the unit of the figures.
UNIT = re.compile(r"[，,]\s*单位[:：]\s*(\S+)$")
Row = tuple[etree._Element, int]


def table_of(element: etree._Element, unit: str = "") -> Table | None:
    """A table of the markup; None for one without a cell. A table within a cell is that cell's text.

    Its header: the rows of its thead, else its first rows that are headings throughout. unit: of its figures.
    """
    caption = element.find("caption")
    rows = list(table_rows(element))
    cells = narrowed(placed(rows))
    if not cells:
        return None
    width = max(cell.column + cell.columns for cell in cells)
    said = "" if caption is None else text_within(caption).replace("\n", " ")
    said, of = UNIT.sub("", said), UNIT.search(said)
    made = Table(
        width=width,
        height=len(rows),
        head=sum(row.getparent().tag == "thead" for row, _ in rows),
        cells=cells,
        caption=said,
        unit=unit or (of[1] if of else ""),
        shown=caption is not None and "sr" not in classes(caption),
    )
    return made if made.head else headed(made)


def headed(table: Table) -> Table:
    """A table without a thead: the first rows that are headings throughout are its header, unless more such follow."""
    alone = table.header_rows()
    first = len(list(takewhile(lambda row: row in alone, range(table.height))))
    whole = not any(cell.row < first < cell.row + cell.rows for cell in table.cells)
    head = first if whole and first == len(alone) < table.height else 0
    return Table(table.width, table.height, head, table.cells, table.caption, table.unit, table.shown)


def table_rows(element: etree._Element) -> Iterator[Row]:
    """The rows of a table and the number of the part (head, body) that each belongs to; the head first."""
    parts = [element, *(part for part in element if part.tag in PARTS)]
    parts.sort(key=lambda part: part.tag != "thead")
    for number, part in enumerate(parts):
        yield from ((row, number) for row in part if row.tag == "tr" and not is_dropped(row))


def placed(rows: list[Row]) -> list[Cell]:
    """The cells of some rows, each in the first place that is free; none covers another or reaches out of its part."""
    taken: set[tuple[int, int]] = set()
    found: list[Cell] = []
    ends = {part: number for number, (_, part) in enumerate(rows)}
    # What a cell covers is bounded by the cells there are, so that no small table takes a large one's time.
    most = 4 * max((len(row) for row, _ in rows), default=0) + 8
    for number, (row, part) in enumerate(rows):
        column = 0
        for element in row:
            if element.tag not in ("td", "th") or is_dropped(element):
                continue
            while (number, column) in taken:
                column += 1
            across = free_columns(taken, number, column, min(span(element, "colspan"), most))
            down = min(span(element, "rowspan", to_end=True), ends[part] - number + 1)
            taken.update((number + i, column + j) for i in range(down) for j in range(across))
            found.append(Cell(number, column, down, across, text_within(element), element.tag == "th"))
            column += across
    return found


def free_columns(taken: set[tuple[int, int]], row: int, column: int, wanted: int) -> int:
    """How many of the columns that a cell wants are free in its row."""
    return len(list(takewhile(lambda at: (row, at) not in taken, range(column, column + wanted))))


def span(element: etree._Element, name: str, to_end: bool = False) -> int:
    """How many rows or columns a cell says it covers; what is no number is one, 0 rows are all that follow."""
    said = element.get(name, "1").strip()
    number = min(int(said), WIDEST) if said.isdecimal() and len(said) < 9 else WIDEST if said.isdecimal() else 1
    return WIDEST if to_end and number == 0 else max(number, 1)


def narrowed(cells: list[Cell]) -> tuple[Cell, ...]:
    """Cells without the columns in which none begins: a span that reaches further than the table ends with it."""
    begun = sorted({cell.column for cell in cells})
    at = {column: number for number, column in enumerate(begun)}
    return tuple(
        Cell(
            cell.row,
            at[cell.column],
            cell.rows,
            sum(cell.column <= column < cell.column + cell.columns for column in begun),
            cell.text,
            cell.header,
        )
        for cell in cells
    )
