"""How wide the columns of a table should be, by what stands in them."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

from gdgk.exporters.pieces import Cell, Table

# All widths are in characters of the table's type, of which a figure takes half.
PADDING = 0.7
LEAST, LONGEST_LINE = 2.0, 18.0
HEADING_LINES = 3
# What no line may break: figures and Latin words.
WORD = re.compile(r"[!-~]+")


def shares(table: Table, room: float) -> list[float]:
    """The share of each column in the width of the page (their sum is 1). room: how many characters that takes."""
    least, wanted = least_widths(table), wanted_widths(table)
    spare = room - sum(least)
    more = [one - low for one, low in zip(wanted, least, strict=True)]
    if 0 < spare < sum(more):
        widths = [low + spare * one / sum(more) for low, one in zip(least, more, strict=True)]
    else:
        widths = wanted if spare > 0 else least
    return [one / sum(widths) for one in widths]


def least_widths(table: Table) -> list[float]:
    """What each column needs lest a figure be broken in two."""
    least = [LEAST + PADDING] * table.width
    for cell in single(table):
        longest = max((measure(word) for word in WORD.findall(cell.text)), default=0.0)
        least[cell.column] = max(least[cell.column], min(longest, LONGEST_LINE) + PADDING)
    return least


def wanted_widths(table: Table) -> list[float]:
    """What each column would like: a heading on three lines, one that stands beside several rows on half as many."""
    wanted = least_widths(table)
    for cell in single(table):
        lines = HEADING_LINES if cell.row < table.head else -(-cell.rows // 2)
        line = max(map(measure, cell.text.split("\n"))) / lines
        wanted[cell.column] = max(wanted[cell.column], min(-(-line // 1), LONGEST_LINE) + PADDING)
    return wanted


def single(table: Table) -> list[Cell]:
    """The cells that stand in one column alone."""
    return [cell for cell in table.cells if cell.columns == 1]


def measure(text: str) -> float:
    """The width of a text on one line."""
    return sum(1.0 if east_asian_width(sign) in "WFA" else 0.5 for sign in text)
