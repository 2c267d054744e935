"""Where the tables of an edition stand on the sheets of a fill-in form: headings as printed, the place of each cell.

Written and read by the same plan, so that what was written is found again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from gdgk.form import CellKey, Edition, Item, Table
from gdgk.prose import HEADINGS
from gdgk.tables import across_groups, column_groups, deepest, depth

COVER = "填报说明"
CHECKS = "勾稽检查"
PRIOR = "上年数"
# Sections that are text; the sheet of each bears its heading. Sections 二, 三 and 四 are the tables.
TEXTS = ("一", "五", "六")
# Rows: a table's title and unit stand above it, a text's heading and how it is filled in.
TABLE_TOP = 3
TEXT_TOP = 3
TEXT_COLUMN = 1
CONTENT = "信息内容"
LIST_HEADER = ("统计指标", "单位")


@dataclass(frozen=True, slots=True)
class Heading:
    """A printed heading: its first row and column, how many it covers, its text.

    look: ``head`` (of columns), ``corner``, ``article`` (over a block), ``group``, ``upright`` (set vertically),
    ``label`` (of a row), ``unit``.
    """

    row: int
    column: int
    rows: int
    columns: int
    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell is filled in: its row, its first column and how many it covers."""

    row: int
    column: int
    columns: int = 1


@dataclass(frozen=True)
class Plan:
    """A table on its sheet. width: columns it covers; labels: how many of these hold labels of rows.

    header: the last row of the headings of columns; last: the last row.
    """

    table: Table
    width: int
    labels: int
    header: int
    headings: tuple[Heading, ...] = ()
    places: dict[CellKey, Place] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The last row of the table."""
        return max(place.row for place in self.places.values())

    def row_of(self, row: str) -> int:
        """The sheet's row in which a row of the form stands."""
        return next(place.row for key, place in self.places.items() if key.row == row)


def sheet_name(table: Table) -> str:
    """A table's sheet: 表三, 统计表."""
    return table.number if table.number.endswith("表") else f"表{table.number}"


def text_sheets() -> dict[str, str]:
    """The sheets of the sections that are text: numeral → name."""
    return {numeral: HEADINGS[numeral] for numeral in TEXTS}


def sheet_names(form: Edition) -> list[str]:
    """Every sheet of a form, in order."""
    tables = [sheet_name(table) for table in form.tables.values()]
    return [COVER, *tables, *text_sheets().values(), CHECKS, PRIOR]


@cache
def plan_of(table: Table) -> Plan:
    """The plan of a table, as the official form prints it."""
    return {"rows": plan_rows, "blocks": plan_blocks, "across": plan_across, "list": plan_list}[table.layout](table)


def plan_rows(table: Table) -> Plan:
    """Table 三: groups of rows and of columns, a corner."""
    labels = deepest(table)
    columns = table.blocks[0].columns
    headings = [
        Heading(TABLE_TOP, 1, 3, labels, table.corner, "corner"),
        Heading(TABLE_TOP, labels + 1, 1, len(columns), table.columns_title, "head"),
    ]
    at = labels + 1
    for item, members in column_groups(table):
        height = 1 if members else 2
        headings.append(Heading(TABLE_TOP + 1, at, height, max(len(members), 1), item.label, "head"))
        headings += [Heading(TABLE_TOP + 2, at + n, 1, 1, member.label, "head") for n, member in enumerate(members)]
        at += max(len(members), 1)
    places: dict[CellKey, Place] = {}
    row = TABLE_TOP + 3
    for item in table.items:
        left = depth(table, item) + 1
        if item.kind == "group":
            upright = any(child.kind == "group" for child in table.children(item.key))
            look = "upright" if upright else "group"
            headings.append(Heading(row, left, height_of(table, item), 1, item.label, look))
        elif item.key in table.rows:
            headings.append(Heading(row, left, 1, labels - left + 1, item.label, "label"))
            places |= {CellKey(table.id, item.key, one.key): Place(row, labels + n) for n, one in enumerate(columns, 1)}
            row += 1
    return Plan(table, labels + len(columns), labels, TABLE_TOP + 2, tuple(headings), places)


def height_of(table: Table, group: Item) -> int:
    """How many rows a group of rows covers."""
    return sum(height_of(table, child) if child.kind == "group" else 1 for child in table.children(group.key))


def plan_blocks(table: Table) -> Plan:
    """Table 二: blocks with columns of their own, the last of which reaches to the edge."""
    widest = max(len(block.columns) for block in table.blocks)
    headings: list[Heading] = []
    places: dict[CellKey, Place] = {}
    row = TABLE_TOP
    for block in table.blocks:
        last = widest - len(block.columns) + 1
        spans = [last if n == len(block.columns) else 1 for n in range(1, len(block.columns) + 1)]
        headings.append(Heading(row, 1, 1, widest + 1, block.label, "article"))
        headings.append(Heading(row + 1, 1, 1, 1, CONTENT, "head"))
        for n, (column, span) in enumerate(zip(block.columns, spans, strict=True), 2):
            headings.append(Heading(row + 1, n, 1, span, column.label, "head"))
        row += 2
        for item in block.rows:
            headings.append(Heading(row, 1, 1, 1, item.label, "label"))
            for n, (column, span) in enumerate(zip(block.columns, spans, strict=True), 2):
                places[CellKey(table.id, item.key, column.key)] = Place(row, n, span)
            row += 1
    return Plan(table, widest + 1, 1, TABLE_TOP - 1, tuple(headings), places)


def plan_across(table: Table) -> Plan:
    """Table 四: one line of cells under three lines of headings."""
    columns = list(table.columns.values())
    headings: list[Heading] = []
    at = 1
    for item, members in across_groups(table):
        width = len(columns) * max(len(members), 1)
        headings.append(Heading(TABLE_TOP, at, 1 if members else 2, width, item.label, "head"))
        for n, member in enumerate(members):
            headings.append(Heading(TABLE_TOP + 1, at + n * len(columns), 1, len(columns), member.label, "head"))
        at += width
    places: dict[CellKey, Place] = {}
    for n, key in enumerate(table.cells, 1):
        headings.append(Heading(TABLE_TOP + 2, n, 1, 1, table.columns[key.column].label, "head"))
        places[key] = Place(TABLE_TOP + 3, n)
    return Plan(table, len(places), 0, TABLE_TOP + 2, tuple(headings), places)


def plan_list(table: Table) -> Plan:
    """The statistical table of 2014: indicator, unit, figure."""
    column = table.blocks[0].columns[0]
    texts = (*LIST_HEADER, column.label)
    headings = [Heading(TABLE_TOP, n, 1, 1, text, "head") for n, text in enumerate(texts, 1)]
    places: dict[CellKey, Place] = {}
    row = TABLE_TOP + 1
    for item in table.items:
        if item.kind == "group":
            headings.append(Heading(row, 1, 1, len(texts), item.label, "article"))
        elif item.key in table.rows:
            key = CellKey(table.id, item.key, column.key)
            headings.append(Heading(row, 1, 1, 1, item.label, "label"))
            headings.append(Heading(row, 2, 1, 1, table.unit_of(key), "unit"))
            places[key] = Place(row, 3)
        else:
            continue
        row += 1
    return Plan(table, len(texts), 1, TABLE_TOP, tuple(headings), places)


def areas(places: Iterable[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Rectangles (top, left, bottom, right) that cover some places, (row, column), and no other."""
    runs: list[list[int]] = []  # row, left, right
    for row, column in sorted(set(places)):
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1][2] = column
        else:
            runs.append([row, column, column])
    found: dict[tuple[int, int], list[int]] = {}  # left, right → the rectangle that is growing
    done: list[list[int]] = []
    for row, left, right in runs:
        grown = found.get((left, right))
        if grown is not None and grown[2] == row - 1:
            grown[2] = row
        else:
            found[left, right] = [row, left, row, right]
            done.append(found[left, right])
    return [(top, left, bottom, right) for top, left, bottom, right in done]
