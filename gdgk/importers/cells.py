"""What all kinds of tables share: the text of a cell joined from its lines, spans expanded, layout told from data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gdgk.importers.document import DocumentError, Grid, GridCell, Paragraph
from gdgk.importers.limits import GRID_PLACES, TABLE_DEPTH

NO_WIDTH = re.compile("[\u200b\u2060\ufeff]")
# Ideographs with their radicals and punctuation; full-width digits and letters are figures and stay apart.
IDEOGRAPHIC = re.compile(
    r"[\u2e80-\u2fdf\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff“”‘’…—"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U00020000-\U0003ffff]"
)
# — 2 —, -3-, 第 2 页, 第2页 共6页: a page's number, marked as such.
PAGE_NUMBER = re.compile(r"[-–—―─－·]+\s*\d{1,3}\s*[-–—―─－·]+|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*共\s*\d{1,3}\s*页)?")
# What is printed on a report that is not final or not real, by gdgk and by others: alone or several side by side, above
# the text and at the head of each page; or before what it means.
SYNTHETIC = "合成数据"
STAMPS = ("草稿", "未入库", SYNTHETIC)
STAMP_LINE = re.compile(rf"(?:{'|'.join(STAMPS)})(?:\s+(?:{'|'.join(STAMPS)}))*")
LINE_FEED = "\n"
# A row of one cell over the whole width that holds more than this is prose, not a heading of the table.
PROSE = 60


def tidy(text: str) -> str:
    """Text with every run of white space as one space, none at its ends, and no spaces without width."""
    return " ".join((text if text.isascii() else NO_WIDTH.sub("", text)).split())


def joined(lines: list[str]) -> str:
    """The lines of one cell as one text: 本年新 / 制作数量 join; 12 / 3 do not, and a line feed stays between them."""
    if len(lines) == 1:
        return lines[0] if lines[0].isalnum() else tidy(lines[0])
    text = ""
    for line in filter(None, map(tidy, lines)):
        close = bool(text) and IDEOGRAPHIC.match(text[-1]) and IDEOGRAPHIC.match(line[0])
        figures = bool(text) and text[-1].isdecimal() and line[0].isdecimal()
        text = line if not text else f"{text}{'' if close else LINE_FEED if figures else ' '}{line}"
    return text


@dataclass(slots=True)
class TableCell:
    """A cell as its file gives it: lines and inner tables in reading order, and what it spans (0: to the end)."""

    content: list[str | Table] = field(default_factory=list)
    columns: int = 1
    rows: int = 1

    @property
    def plain(self) -> bool:
        """Whether it holds one line at the most, as nearly all cells do."""
        return not self.content or (len(self.content) == 1 and isinstance(self.content[0], str))

    @property
    def text(self) -> str:
        """Its own lines as one text, without inner tables."""
        if self.plain:
            line = self.content[0] if self.content else ""
            assert isinstance(line, str)
            return line if line.isalnum() else tidy(line)
        return joined([item for item in self.content if isinstance(item, str)])

    @property
    def tables(self) -> list[Table]:
        """Its inner tables."""
        return [] if self.plain else [item for item in self.content if not isinstance(item, str)]

    @property
    def prose(self) -> bool:
        """Whether it holds what belongs between tables: inner tables or a text too long for a heading."""
        return bool(self.tables) or sum(len(item) for item in self.content if isinstance(item, str)) > PROSE


@dataclass(slots=True)
class Table:
    """A table as its file gives it: rows of cells that begin in them; before: columns a row leaves out at its start."""

    place: str
    rows: list[list[TableCell]] = field(default_factory=list)
    before: dict[int, int] = field(default_factory=dict)


Placed = tuple[TableCell, int, int]


def placed(table: Table, name: str) -> list[list[Placed]]:
    """Every cell once, with its first column and its width in columns, rowspans and colspans expanded.

    Raises :class:`DocumentError` when the spans cover more places than any table of a report could have.
    """
    rows: list[list[Placed]] = []
    covered: dict[int, int] = {}
    places = 0
    for index, cells in enumerate(table.rows):
        column = table.before.get(index, 0)
        row: list[Placed] = []
        begun: dict[int, int] = {}
        for cell in cells:
            while column in covered:
                column += 1
            width = min(max(cell.columns, 1), 1000)
            height = min(cell.rows or len(table.rows), len(table.rows) - index)
            row.append((cell, column, width))
            if height > 1:
                begun.update(dict.fromkeys(range(column, column + width), height - 1))
            column += width
            places += width
            if places > GRID_PLACES:
                raise DocumentError(
                    f"{name}, {table.place}",
                    f"cells spanning more than {GRID_PLACES:,} places",
                    "a table of a report",
                    "mend its colspans, or give the table alone",
                )
        covered = {key: left - 1 for key, left in covered.items() if left > 1} | begun
        rows.append(row)
    return rows


def table_blocks(table: Table, name: str, depth: int = 1) -> Iterator[Paragraph | Grid]:
    """A table as blocks: a grid with its inner tables behind it, or what a layout table holds, in reading order.

    Rows of one cell over the whole width that hold prose come out as paragraphs between two grids.
    Raises :class:`DocumentError` for tables nested too deep.
    """
    check_depth(depth, name)
    rows = placed(table, name)
    width = max((column + span for row in rows for _, column, span in row), default=0)
    layout = width <= 1 or is_layout(table)
    pending: list[tuple[str, list[Placed]]] = []
    for number, row in enumerate(rows, 1):
        place = f"{table.place}, row {number}"
        if layout or (len(row) == 1 and row[0][2] == width and row[0][0].prose):
            yield from grid_blocks(pending, table.place, name, depth)
            pending = []
            for cell, _, _ in row:
                yield from cell_blocks(cell, place, name, depth)
        else:
            pending.append((place, row))
    yield from grid_blocks(pending, table.place, name, depth)


def check_depth(depth: int, name: str) -> None:
    """Raise :class:`DocumentError` when tables lie deeper in one another than pages are made."""
    if depth > TABLE_DEPTH:
        raise DocumentError(
            name,
            f"tables nested more than {TABLE_DEPTH} deep",
            "a report's tables",
            "copy the report into a new document and import that",
        )


def is_layout(table: Table) -> bool:
    """Whether a table holds others only to lay out a page: no two of its rows are rows of figures."""
    if not any(cell.tables for row in table.rows for cell in row if not cell.plain):
        return False
    of_figures = [row for row in table.rows if len(row) > 2 and not any(cell.prose for cell in row)]
    return len(of_figures) < 2


def cell_blocks(cell: TableCell, place: str, name: str, depth: int) -> Iterator[Paragraph | Grid]:
    """What a cell of a layout table holds."""
    for item in cell.content:
        if isinstance(item, str):
            if text := tidy(item):
                yield Paragraph(text, place)
        else:
            yield from table_blocks(item, name, depth + 1)


def grid_blocks(rows: list[tuple[str, list[Placed]]], place: str, name: str, depth: int) -> Iterator[Paragraph | Grid]:
    """Rows, each with its place, as a grid, then the tables inside its cells."""
    made = tuple(
        tuple(GridCell(cell.text, column, width, f"{at}, column {column + 1}") for cell, column, width in row)
        for at, row in rows
    )
    if any(cell.text for row in made for cell in row):
        yield Grid(made, place)
    for _, row in rows:
        for cell, _, _ in row:
            if not cell.plain:
                for inner in cell.tables:
                    yield from table_blocks(inner, name, depth + 1)
