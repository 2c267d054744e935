"""What was read of one table: the cells that were placed, and what could not be placed with certainty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from gdgk.form import CellKey, Item, Table
from gdgk.importers.recognition.lines import Line, Piece, covering
from gdgk.importers.recognition.wording import core, readable
from gdgk.report import Cell, ExtraRow, read_cell

# What our own documents print for a figure that was never taken in.
NOT_TAKEN_IN = "未入库"


class Placed(NamedTuple):
    """A cell with its text as printed, where it stood, and what it says.

    printed: its text with the spaces that its number had, where it had some.
    """

    raw: str
    place: str
    cell: Cell
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What looks like figures of a table and could not be placed: its place, its text, and why."""

    table: str
    place: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Open:
    """A printed row that was left out although its figures are known: the rows and columns of the form it may be."""

    text: str
    place: str
    values: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass
class Reading:
    """What was read of one table on one form."""

    table: Table
    cells: dict[CellKey, Placed] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    extra: list[ExtraRow] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every cell of the table was placed and nothing is left over."""
        return len(self.cells) == len(self.table.cells) and not self.unplaced and not self.extra

    def put(self, row: str, columns: Iterable[Item], pieces: Iterable[Piece], label: str) -> None:
        """Put a printed row's cells into the form's row; a second row for the same place is told, not taken."""
        chosen = [
            (CellKey(self.table.id, row, column.key), column, piece)
            for column, piece in zip(columns, pieces, strict=True)
        ]
        if any(key in self.cells for key, _, _ in chosen):
            text = " ".join(piece.text for _, _, piece in chosen)
            self.unplaced.append(Unplaced(self.table.id, chosen[0][2].place, text, f"第二次出现“{label or row}”"))
            return
        for key, column, piece in chosen:
            raw = readable(piece.text).strip()
            if raw == NOT_TAKEN_IN:
                continue
            try:
                cell = read_cell(raw, self.table.unit_of(key), column.kind == "change")
            except ValueError as expected:
                self.unplaced.append(Unplaced(self.table.id, piece.place, raw, f"{key} 读不成数（应为 {expected}）"))
                continue
            self.cells[key] = Placed(raw, piece.place, cell, piece.printed)
            if piece.printed:
                self.notes.append(f"{piece.place} 印作“{piece.printed}”，数字中间有空格，读作 {raw}，请对照原件")
        if label and core(label) != core(self.table.rows[row].label):
            self.labels[row] = label


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A printed row: its label as far as it is known, what stood around it, its value cells."""

    label: str
    around: tuple[str, ...]
    values: tuple[Piece, ...]
    line: Line


def fitted(values: tuple[Piece, ...], count: int) -> tuple[Piece, ...] | None:
    """Exactly ``count`` value cells, or None: surplus blanks on one side are cut, a blank row has any length."""
    if len(values) == count:
        return values
    if all(piece.blank for piece in values) and values:
        return tuple(values[min(at, len(values) - 1)] for at in range(count))
    if len(values) < count:
        return None
    surplus = len(values) - count
    head_blank = all(piece.blank for piece in values[:surplus])
    tail_blank = all(piece.blank for piece in values[count:])
    if head_blank == tail_blank:
        return None
    return values[:count] if tail_blank else values[surplus:]


def by_position(values: tuple[Piece, ...], columns: list[int]) -> tuple[Piece, ...] | None:
    """The value cells under known columns, or None: one has no cell, two share one, or a figure stands under none."""
    found = [covering(values, column) for column in columns]
    if any(piece is None for piece in found):
        return None
    chosen = [piece for piece in found if piece is not None]
    taken = {id(piece) for piece in chosen}
    if len(taken) != len(chosen) or any(not piece.blank and id(piece) not in taken for piece in values):
        return None
    return tuple(chosen)
