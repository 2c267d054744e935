"""Lines → cells of the form. A number is never moved or split; what cannot be placed with certainty is told."""

from __future__ import annotations

from gdgk.form import Table
from gdgk.importers.recognition.across import read_across
from gdgk.importers.recognition.blocks import read_blocks
from gdgk.importers.recognition.lines import Line
from gdgk.importers.recognition.reading import Placed, Reading, Unplaced
from gdgk.importers.recognition.rows import read_rows

__all__ = ["Placed", "Reading", "Unplaced", "read_table"]


def read_table(table: Table, lines: list[Line]) -> Reading:
    """Read one table of a form from the lines of its region."""
    if table.layout == "blocks":
        return read_blocks(table, lines)
    if table.layout == "across":
        return read_across(table, lines)
    return read_rows(table, lines)
