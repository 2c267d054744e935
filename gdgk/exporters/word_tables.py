"""A table as Word writes it: merged cells, header rows repeated on each page, no row torn, as wide as the text."""

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from gdgk.exporters.columns import least_widths, shares
from gdgk.exporters.headings import WIDE, WORDS
from gdgk.exporters.pieces import Cell, Table

TEXT_WIDTH = 8844  # twentieths of a point: 156 mm, the width of GB/T 9704's text
MARGIN = 40  # on either side of a cell
SIZES = (12.0, 10.5, 9.0, 7.5, 6.5, 5.5)  # 小4, 5号, 小5, 6号 and smaller, for tables of many columns
MOST_COLUMNS = 63  # Word opens no table with more
# Rows under a heading of their own stay on its page, if they are no more than these.
TOGETHER = 12


def word_table(table: Table) -> str:
    """A table as WordprocessingML; columns beyond the 63rd are left out, and it is said."""
    kept = narrowed(table)
    size = type_size(kept)
    widths = column_widths(kept, size)
    stay = rows_that_stay(kept)
    rows = "".join(
        word_row(kept, number, squares, widths, size, number in stay) for number, squares in enumerate(kept.covering())
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    properties = (
        f'<w:tblStyle w:val="TableGrid"/><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="{MARGIN}" w:type="dxa"/>'
        f'<w:right w:w="{MARGIN}" w:type="dxa"/></w:tblCellMar><w:tblLook w:val="0000"/>'
    )
    if kept.caption:
        properties += f"<w:tblCaption w:val={quoteattr(kept.caption)}/>"
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def narrowed(table: Table) -> Table:
    """A table with no more columns than Word opens."""
    if table.width <= MOST_COLUMNS:
        return table
    cells = tuple(
        Cell(cell.row, cell.column, cell.rows, min(cell.columns, MOST_COLUMNS - cell.column), cell.text, cell.header)
        for cell in table.cells
        if cell.column < MOST_COLUMNS
    )
    return Table(MOST_COLUMNS, table.height, table.head, cells, table.caption, table.unit, table.shown)


def left_out(table: Table) -> str:
    """What a reader should know of a table that is too wide; empty for others."""
    more = table.width - MOST_COLUMNS
    return f"（表共 {table.width} 列，Word 至多 {MOST_COLUMNS} 列，其余 {more} 列见网页。）" if more > 0 else ""


def type_size(table: Table) -> float:
    """The largest type in which no figure of the table is broken in two, in points; the smallest where none is."""
    first = SIZES[1:] if table.width >= WIDE else SIZES
    need = sum(least_widths(table))
    return next((size for size in first if need <= room(table, size)), SIZES[-1])


def room(table: Table, size: float) -> float:
    """How many characters of a size the columns hold together."""
    return TEXT_WIDTH / 20 / size


def column_widths(table: Table, size: float) -> list[int]:
    """The width of each column in twentieths of a point; their sum is the width of the text."""
    ends, reached = [0], 0.0
    for share in shares(table, room(table, size)):
        reached += share
        ends.append(round(TEXT_WIDTH * reached))
    return [end - begin for begin, end in pairwise(ends)]


def rows_that_stay(table: Table) -> set[int]:
    """The rows that stay on the page of the next one: headings within the table, and the few rows beneath them."""
    inner = sorted(row for row in table.header_rows() if row >= table.head)
    starts = [row for row in inner if row - 1 not in inner]
    found: set[int] = set()
    for start, end in pairwise([*starts, table.height]):
        if end - start <= TOGETHER:
            found.update(range(start, end - 1))
    return found


def word_row(table: Table, number: int, squares: list[Cell | None], widths: list[int], size: float, stays: bool) -> str:
    """A row; a cell that began further up is there again, empty and marked as its continuation."""
    cells, column = [], 0
    while column < table.width:
        cell = squares[column]
        covered = cell.columns if cell else 1
        width = sum(widths[column : column + covered])
        cells.append(word_cell(table, cell, number, width, size, stays))
        column += covered
    header = "<w:tblHeader/>" if number < table.head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{''.join(cells)}</w:tr>"


def word_cell(table: Table, cell: Cell | None, row: int, width: int, size: float, stays: bool) -> str:
    """A cell in one of its rows; None: a place that no cell covers."""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    begins = cell is not None and cell.row == row
    if cell and cell.columns > 1:
        properties += f'<w:gridSpan w:val="{cell.columns}"/>'
    if cell and cell.rows > 1:
        properties += '<w:vMerge w:val="restart"/>' if begins else "<w:vMerge/>"
    properties += '<w:vAlign w:val="center"/>'
    text = cell.text if cell and begins else ""
    keep = "<w:keepNext/>" if stays else ""
    look = f'<w:pPr><w:pStyle w:val="{cell_style(table, cell)}"/>{keep}</w:pPr>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{look}{word_run(text, size=size)}</w:p></w:tc>"


def cell_style(table: Table, cell: Cell | None) -> str:
    """The paragraph style of a cell: headings above, labels beside, words and figures."""
    if cell is None:
        return "TableText"
    if cell.header and (cell.row < table.head or cell.row in table.header_rows()):
        return "TableHeading"
    if cell.row < table.head:
        return "TableText"
    label = cell.header and cell.rows < 3
    return "TableLabel" if label or (not cell.header and len(cell.text) > WORDS) else "TableText"


def word_run(text: str, bold: bool = False, size: float = 0.0) -> str:
    """A run of text; size in points, 0: that of its style. Line ends and tabs are Word's own."""
    if not text:
        return ""
    half = f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>' if size else ""
    look = ("<w:b/>" if bold else "") + half
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    pieces = "<w:br/>".join(
        "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else "" for part in line.split("\t"))
        for line in text.split("\n")
    )
    return f"<w:r>{properties}{pieces}</w:r>"
