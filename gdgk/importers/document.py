"""A document as its reader sees it, whatever its kind: paragraphs and grids in reading order, each with its place.

What kind of file it was is forgotten here; what its figures mean is :mod:`gdgk.importers.recognition`'s business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from gdgk.errors import GdgkError


class DocumentError(GdgkError):
    """A file that cannot be read as a report: ``file: found …; expected …; do``."""

    def __init__(self, name: str, found: str, expected: str, do: str) -> None:
        super().__init__(f"{name}: found {found}; expected {expected}; {do}")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text, or a line of one. place: ``page 2, line 14`` or ``paragraph 7``, for messages and sources.

    opens: whether a line begins a paragraph, where the page shows it; None where only its words can tell.
    """

    text: str
    place: str
    opens: bool | None = None


class GridCell(NamedTuple):
    """A cell of a grid where it begins: its text, the first column it covers, how many columns, its place.

    Cells that a rowspan or colspan covers are not repeated; a cell that is there but empty has the text ``""``.
    """

    text: str
    column: int
    width: int
    place: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of the cells that begin in them, left to right. place: ``page 3, table 1`` or ``table 2``.

    exact: whether the columns of its cells are known (False for text that was only parted by spaces).
    """

    rows: tuple[tuple[GridCell, ...], ...]
    place: str
    exact: bool = True


@dataclass(frozen=True)
class Document:
    """A file read: its name, its kind (``html``, ``docx`` …), its blocks in reading order, its metadata's title."""

    name: str
    kind: str
    blocks: tuple[Paragraph | Grid, ...]
    title: str = ""
    notes: tuple[str, ...] = field(default=())

    def paragraphs(self) -> Iterator[Paragraph]:
        """The paragraphs outside grids."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield block

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text with its place, grids cell by cell."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield block.text, block.place
            else:
                for row in block.rows:
                    for cell in row:
                        yield cell.text, cell.place
