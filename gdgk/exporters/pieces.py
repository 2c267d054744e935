"""What an official document is made of in any format: headings, paragraphs, items, tables, pictures.

Text is plain and clean (:func:`clean`): a writer escapes it for its own format and has nothing else to fear of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# What XML 1.0 forbids: control characters but tab and line ends, lone surrogates, two non-characters.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """A text without the characters that no document may hold."""
    return FORBIDDEN.sub("", text)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one weight; a line break in it is ``\\n``."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. level: 2 for a section (一、), 3, 4, 5 beneath it; 1 is the document's title alone."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. kind: ``body``; ``note``, a remark in small print; ``lines``, whose spaces and line ends count."""

    runs: tuple[Run, ...]
    kind: str = "body"

    @property
    def text(self) -> str:
        """Its words without their weight."""
        return plain_text(self.runs)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list. depth: from 0; mark: ``•``, or its number and a point."""

    runs: tuple[Run, ...]
    depth: int
    mark: str

    @property
    def text(self) -> str:
        """Its words without their weight."""
        return plain_text(self.runs)


def plain_text(runs: Iterable[Run]) -> str:
    """The words of runs."""
    return "".join(run.text for run in runs)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: where it begins (from 0), how many rows and columns it covers, what it says."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table. head: how many of its first rows are its header, to be repeated on each page; caption: what it is, for
    who cannot see it (``shown``: for everybody); unit: that of its figures, empty where it says none.
    """

    width: int
    height: int
    head: int
    cells: tuple[Cell, ...]
    caption: str = ""
    unit: str = ""
    shown: bool = False

    def rows(self) -> list[list[Cell]]:
        """The cells that begin in each row, left to right."""
        found: list[list[Cell]] = [[] for _ in range(self.height)]
        for cell in self.cells:
            found[cell.row].append(cell)
        return found

    def covering(self) -> list[list[Cell | None]]:
        """For each row, the cell that covers each column; None where there is none."""
        squares: list[list[Cell | None]] = [[None] * self.width for _ in range(self.height)]
        for cell in self.cells:
            for row in squares[cell.row : cell.row + cell.rows]:
                row[cell.column : cell.column + cell.columns] = [cell] * cell.columns
        return squares

    def header_rows(self) -> frozenset[int]:
        """The rows that are headings throughout: the header, and those that head a part of the table."""
        alone = {number for number, row in enumerate(self.covering()) if all(cell and cell.header for cell in row)}
        return frozenset(alone | set(range(self.head)))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is stored. mime: ``image/png``, ``image/jpeg`` or ``image/svg+xml``; alt: what it shows."""

    data: bytes
    mime: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """An interactive chart, which no official document can hold: its words, and the table behind it where it has one.

    spec: plotly's data and layout, for who can draw it.
    """

    title: str
    subtitle: str
    source: str
    table: Table | None
    spec: dict[str, Any] = field(hash=False)


Block = Heading | Paragraph | Item | Table | Picture | Chart


@dataclass(frozen=True, slots=True)
class Notice:
    """What must be known before anything else is read: 草稿 (draft), 合成数据 (synthetic). label: its first words."""

    kind: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """An official document. published: its day of publication (``2021-01-22``), empty where it says none."""

    title: str
    notices: tuple[Notice, ...]
    blocks: tuple[Block, ...]
    published: str = ""

    @property
    def sections(self) -> tuple[Heading, ...]:
        """The headings of its sections."""
        return tuple(block for block in self.blocks if isinstance(block, Heading) and block.level == 2)
