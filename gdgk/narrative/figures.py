"""The figures that a draft may name: each a value, as printed, with the cells and the formula that it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from gdgk.crosswalk import measures_by_id, open_group
from gdgk.form import CellKey
from gdgk.report import Report, State

OPEN, CLOSE = "\ue000", "\ue001"
# What is said of a figure that there is not.
BLANK, NOTHING, WORDS, UNKNOWN = "未填报", "填“无”", "未填数字", "未入库"
WHY = {State.NONE: NOTHING, State.TEXT: WORDS, State.UNKNOWN: UNKNOWN}
# Where several cells are added, what one of them lacks decides in this order.
GRAVEST = (UNKNOWN, WORDS)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a draft; written into a text it leaves a mark, by which its place is found again.

    value: None where there is none, then ``why`` says so (未填报, 填“无” …). text: as printed. keys: the cells it
    counts, those of last year's report in ``prior``. formula: how it comes from them (the key itself for a single
    cell), or what it is where no cell is behind it (``report.year``). partial: cells among those to be added were not
    filled in; derived: a total that was not filled in stands for its parts. index: its place in the draft's ledger.
    """

    value: Fraction | None
    text: str
    formula: str = ""
    keys: tuple[CellKey, ...] = ()
    prior: tuple[CellKey, ...] = ()
    why: str = ""
    partial: bool = False
    derived: bool = False
    index: int = -1

    def __str__(self) -> str:
        return f"{OPEN}{self.index}{CLOSE}"

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return self.value is not None

    @property
    def zero(self) -> bool:
        """Whether it is there and 0."""
        return self.value == 0

    @property
    def some(self) -> bool:
        """Whether it is there and not 0."""
        return bool(self.value)

    @property
    def whole(self) -> bool:
        """Whether it is there and no cell of it was left unfilled."""
        return self.known and not self.partial


class Ledger:
    """The figures that one draft has named, in the order in which it asked for them."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def add(self, figure: Figure) -> Figure:
        """The figure with its place in the ledger."""
        kept = replace(figure, index=len(self.figures))
        self.figures.append(kept)
        return kept


def plain(value: int | float | Fraction) -> str:
    """A number as official prose prints it: no commas between thousands, no more decimals than it has."""
    if isinstance(value, Fraction):
        value = int(value) if value.denominator == 1 else float(value)
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: int | float) -> Fraction:
    """A cell's value as the decimal fraction that it prints, not as the nearest binary one."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


class Cells:
    """The cells of one report, alone or added; a total that was not filled in is the sum of its parts, and says so."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.known: dict[CellKey, Figure] = {}
        tables = report.edition.tables.values()
        self.blank = {table.id for table in tables if report.is_blank(table)}
        self.parts: dict[CellKey, tuple[CellKey, ...]] = {}
        for table in tables:
            for item in table.sums():
                self.parts.setdefault(item.total, item.parts)

    def one(self, key: CellKey) -> Figure:
        """One cell as the report has it."""
        if key not in self.known:
            self.known[key] = self.read(key)
        return self.known[key]

    def read(self, key: CellKey) -> Figure:
        """A cell as a figure; what is not there with the reason."""
        cell = self.report.cell(key)
        if key.table in self.blank:
            return Figure(None, "", why=BLANK)
        if cell.value is not None:
            value = exact(cell.value)
            return Figure(value, plain(value), str(key), (key,))
        if not cell.empty:
            return Figure(None, "", why=WHY[cell.state])
        return self.derived(key) or Figure(None, "", why=WHY.get(cell.state, BLANK))

    def absent(self, table: str) -> str:
        """Why a table has no figure at all; empty where it has one."""
        if table in self.blank:
            return BLANK
        cells = [self.report.cell(key) for key in self.report.edition.tables[table].cells]
        if any(cell.value is not None for cell in cells) or not any(cell.state is State.UNKNOWN for cell in cells):
            return ""
        return f"数字{UNKNOWN}"

    def derived(self, key: CellKey) -> Figure | None:
        """A total that was not filled in, from its parts; None where they do not say."""
        parts = [self.report.cell(part) for part in self.parts.get(key, ())]
        if any(part.value is None and not part.empty for part in parts) or all(part.value is None for part in parts):
            return None
        filled = [(one, part) for one, part in zip(self.parts[key], parts, strict=True) if part.value is not None]
        return replace(summed([self.one(one) for one, _ in filled]), derived=True)

    def sum(self, keys: Iterable[CellKey]) -> Figure:
        """Some cells added; those not filled in are left out of the sum, which is then partial."""
        return summed([self.one(key) for key in keys])

    def row(self, table: str, row: str, column: str) -> Figure:
        """A cell by its names; a group of rows is the sum of its rows."""
        return self.sum(key for _, key in open_group(self.report.edition, 1, CellKey(table, row, column)))

    def measure(self, name: str) -> Figure | None:
        """A quantity of the crosswalk; None where the form does not have it or takes one cell from another."""
        terms = measures_by_id()[name].cells(self.report.edition)
        if not terms or any(sign < 0 for sign, _ in terms):
            return None
        return self.sum(key for _, key in terms)


def summed(figures: list[Figure]) -> Figure:
    """Figures added up. One that is unknown makes the sum unknown; blanks leave it partial, all blank make it blank."""
    if len(figures) == 1:
        return figures[0]
    reasons = [one.why for one in figures if not one.known]
    for reason in GRAVEST:
        if reason in reasons:
            return Figure(None, "", why=reason)
    filled = [one for one in figures if one.value is not None]
    if not filled:
        return Figure(None, "", why=NOTHING if set(reasons) == {NOTHING} else BLANK)
    if len(filled) == 1:
        return replace(filled[0], partial=True)
    value = sum((one.value or Fraction(0) for one in filled), Fraction(0))
    return Figure(
        value,
        plain(value),
        " + ".join(one.formula for one in filled),
        tuple(key for one in filled for key in one.keys),
        partial=bool(reasons),
        derived=any(one.derived for one in filled),
    )
