"""A document as lines: each grid row or text line as its label cells and its value cells, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from gdgk.form import editions
from gdgk.importers.cells import PAGE_NUMBER
from gdgk.importers.document import Document, Grid, GridCell
from gdgk.importers.recognition.wording import KEPT, mended
from gdgk.report import DASHES, NONE_WORDS

VALUE = re.compile(
    r"(?:[+\-−]|新增|增加|增|减少|减)?\s*\d[\d\s,，]*(?:\.\d+)?\s*(?:万|亿)?\s*(?:元|人次|[件条项个次份宗篇人场])?\s*(?:[(（\[【].*[)）\]】])?",
    re.DOTALL,
)
REMARK = re.compile(r"^[(（\[【].*[)）\]】]$")
# Kinds whose tables say where each cell begins and ends; in PDF and text a space may part two cells.
CELLED = frozenset({"html", "docx", "doc", "xlsx", "xls", "ods"})
# A number printed with spaces inside it (1 047), on one line.
SPACED = re.compile(r"\d+(?:[ \xa0\u2009\u202f]\d+)+")
# A text line of more characters than this is prose, whatever stands at its end.
LONGEST_ROW = 2_000
GAP = re.compile(r"\s{2,}|\u3000+")
SIGNS = frozenset({"增", "减", "增加", "减少", "新增", "+", "-", "＋", "－", "−"})


class Piece(NamedTuple):
    """One cell or token of a line: its text as printed, the columns it covers (-1 where unknown), its place.

    blank: nothing in it; value: it can be what a figure's cell holds, a number, 无 or a stroke; printed: the text with
    its spaces where a number was printed with spaces inside and is read without them.
    """

    text: str
    column: int
    width: int
    place: str
    blank: bool
    value: bool
    printed: str = ""

    @classmethod
    def of(cls, text: str, column: int, width: int, place: str) -> Piece:
        """A piece with what its text is worked out once."""
        return cls(text, column, width, place, not mended(text).strip(), is_value(text))

    @classmethod
    def of_cell(cls, cell: GridCell) -> Piece:
        """A cell whose bounds are certain: spaces inside its number part no cells and are left out."""
        text = cell.text
        if not text or (text.isdecimal() and text.isascii()):
            return cls(text, cell.column, cell.width, cell.place, not text, bool(text))
        if not SPACED.fullmatch(text):
            return cls.of(text, cell.column, cell.width, cell.place)
        return cls.of(re.sub(r"\s", "", cell.text), cell.column, cell.width, cell.place)._replace(printed=cell.text)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document. grid: the number of its grid, -1 for plain text; exact: whether its columns are known;
    opens: whether it begins a paragraph (:class:`gdgk.importers.document.Paragraph`).
    """

    number: int
    pieces: tuple[Piece, ...]
    grid: int
    exact: bool
    place: str
    text: str
    opens: bool | None = None
    labels: tuple[Piece, ...] = field(init=False)
    last_label: int = field(init=False)

    def __post_init__(self) -> None:
        """Work out the pieces that are words, and the position of the last of them (-1: there is none)."""
        words = [at for at, piece in enumerate(self.pieces) if not piece.blank and not piece.value]
        object.__setattr__(self, "labels", tuple(self.pieces[at] for at in words))
        object.__setattr__(self, "last_label", words[-1] if words else -1)

    def values_after(self, position: int) -> tuple[Piece, ...]:
        """The pieces after a position, blank ones too."""
        return self.pieces[position + 1 :]

    @property
    def only_values(self) -> bool:
        """Whether it holds figures and nothing else."""
        return not self.labels and any(piece.value for piece in self.pieces)

    @property
    def empty(self) -> bool:
        """Whether it holds nothing at all."""
        return all(piece.blank for piece in self.pieces)

    @property
    def blank_cell(self) -> bool:
        """Whether it is a cell of a line by itself that was left blank."""
        return self.grid < 0 and bool(self.pieces) and self.empty


@lru_cache(KEPT)
def is_value(text: str) -> bool:
    """Whether a text can be what a figure's cell holds."""
    bare = re.sub(r"\s+", "", mended(text))
    return bool(bare) and (bare in NONE_WORDS or bare in DASHES or VALUE.fullmatch(bare) is not None)


def lines_of(document: Document) -> list[Line]:
    """Every line of a document, numbered in reading order."""
    found: list[Line] = []
    certain = document.kind in CELLED
    grids = 0
    for block in document.blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                pieces = tuple(
                    Piece.of_cell(cell) if certain else Piece.of(cell.text, cell.column, cell.width, cell.place)
                    for cell in row
                )
                place = row[0].place if row else block.place
                found.append(
                    Line(len(found), pieces, grids, block.exact, place, " ".join(piece.text for piece in pieces))
                )
            grids += 1
        else:
            for text in block.text.splitlines() or [""]:
                if PAGE_NUMBER.fullmatch(text.strip()):
                    continue
                pieces = tuple(tokens(text, block.place)) or (Piece.of("", -1, 1, block.place),)
                found.append(Line(len(found), pieces, -1, False, block.place, text, block.opens))
    return found


def tokens(text: str, place: str) -> Iterator[Piece]:
    """A text line as cells of words followed by the figures at its end: ``行政许可 15`` is a label and a value.

    Two spaces part cells of words, one space only figures; a sign or 增 goes with its figure, a unit stands by itself.
    """
    if len(text) > LONGEST_ROW:
        yield Piece(text, -1, 1, place, blank=False, value=False)
        return
    cells = [cell.split() for cell in GAP.split(text.strip()) if cell.strip()]
    figures: list[str] = []
    while cells and is_value(cells[-1][-1]) and not REMARK.match(cells[-1][-1]):
        figure = cells[-1].pop()
        if cells[-1] and cells[-1][-1] in SIGNS:
            figure = f"{cells[-1].pop()} {figure}"
        figures.insert(0, figure)
        if not cells[-1]:
            cells.pop()
    if figures and cells and len(cells[-1]) > 1 and cells[-1][-1] in units():
        cells.append([cells[-1].pop()])
    for words in cells:
        yield Piece.of(" ".join(words), -1, 1, place)
    for figure in figures:
        yield Piece.of(figure, -1, 1, place)


@cache
def units() -> frozenset[str]:
    """The units that the forms print in a column of their own (条, 件, 万元)."""
    return frozenset(
        item.unit for form in editions().values() for table in form.tables.values() for item in table.items if item.unit
    )


def is_unit(line: Line) -> bool:
    """Whether a text line holds nothing but a unit (条, 件), as a column of units leaves behind one cell a line."""
    return line.grid < 0 and len(line.pieces) == 1 and line.pieces[0].text in units()


def covering(row: tuple[Piece, ...], column: int) -> Piece | None:
    """The piece of a row that covers a column."""
    return next((piece for piece in row if piece.column <= column < piece.column + piece.width), None)
