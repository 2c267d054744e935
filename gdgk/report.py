"""Report: one agency, one year. A cell keeps the text as printed, the number it says and what kind of entry it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from gdgk.form import CellKey, Edition, Table

NONE_WORDS = {"无", "無", "没有"}
DASHES = {"/", "\\", "-", "--", "—", "——", "–", "―", "－", "─", "／"}
UNKNOWN_MARK = "?"
MEASURE_WORDS = "件条项个次份宗篇人场家户期"
MULTIPLIERS = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
MONEY = "万元"
LARGEST = 10**12
NUMBER = re.compile(
    rf"(?P<sign>[+\-−]|新增|增加|增|减少|减)?(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<fraction>\.\d+)?"
    rf"(?P<scale>万|亿)?(?P<unit>元|人次|[{MEASURE_WORDS}])?(?P<remark>[(\[【][^()\[\]【】]*[)\]】])?"
)
SPLIT = re.compile(r"\d\s+[\d.,]|[.,]\s+\d")


class State(StrEnum):
    """What kind of entry a cell holds. Only ``number`` and ``text`` may carry a value.

    ``blank`` nothing filled in; ``none`` 无; ``dash`` a stroke; ``text`` words, perhaps with a number (增 4, 251000元);
    ``unknown`` not taken into the archive: nobody knows here what the report prints.
    """

    NUMBER = "number"
    BLANK = "blank"
    NONE = "none"
    DASH = "dash"
    TEXT = "text"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as reported: the printed text, its value in the form's unit (None: it says no number), its state."""

    raw: str
    value: int | float | None
    state: State

    @property
    def empty(self) -> bool:
        """Filled in with nothing that a sum could use: blank, 无 or a stroke."""
        return self.state in (State.BLANK, State.NONE, State.DASH)


BLANK = Cell("", None, State.BLANK)
UNKNOWN = Cell(UNKNOWN_MARK, None, State.UNKNOWN)


@lru_cache(100_000)
def read_cell(raw: str, unit: str, signed: bool = False) -> Cell:
    """Read what a cell prints, in the unit of the form.

    Full-width digits, thousands commas, 增/减, 万/亿, 元 (turned into 万元), a measure word and a remark in brackets
    are read; words without any digit are kept as text. ``signed``: the column is 增/减, so a minus is meant.
    Raises :class:`ValueError` (what was expected) for digits that are not one number, a negative or a broken count: a
    figure must not vanish by being unreadable.
    """
    wide = unicodedata.normalize("NFKC", raw)
    text = re.sub(r"\s+", "", wide)
    if not text:
        return Cell(raw, None, State.BLANK)
    if text == UNKNOWN_MARK:
        return Cell(raw, None, State.UNKNOWN)
    if text in NONE_WORDS:
        return Cell(raw, None, State.NONE)
    if text in DASHES:
        return Cell(raw, None, State.DASH)
    if not re.search(r"\d", text):
        return Cell(raw, None, State.TEXT)
    match = NUMBER.fullmatch(text)
    if match is None or SPLIT.search(wide) or any(unicodedata.category(letter) == "No" for letter in raw):
        raise ValueError(f"a number in {unit}, 无, a dash or nothing")
    value = number_value(match, unit, signed)
    plain = re.fullmatch(r"[+-]?\d+(\.\d+)?", raw.strip()) is not None and raw.strip().isascii()
    comma = re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", raw.strip()) is not None
    return Cell(raw, value, State.NUMBER if plain or comma else State.TEXT)


def number_value(match: re.Match[str], unit: str, signed: bool) -> int | float:
    """The value of a matched number in the unit of the form; :class:`ValueError` where it cannot be one."""
    if match["unit"] not in (None, "元") and unit == MONEY:
        raise ValueError(f"a number of {unit}, not of {match['unit']}")
    value = Decimal(match["digits"].replace(",", "") + (match["fraction"] or "")) * MULTIPLIERS[match["scale"] or ""]
    if match["sign"] in ("-", "−", "减", "减少"):
        value = -value
    if unit == MONEY and (match["unit"] == "元" or match["scale"]):
        value /= 10_000
    if abs(value) >= LARGEST:
        raise ValueError(f"a number of {unit} below {LARGEST:,}")
    if value < 0 and not signed:
        raise ValueError(f"a number of {unit} that is not below 0")
    if (match["sign"] or "") not in ("", "+", "-", "−") and not signed:
        raise ValueError(f"a plain number of {unit} (增 and 减 belong to the column 本年增/减)")
    if unit == MONEY:
        return float(value)
    if match["unit"] == "元":
        raise ValueError(f"a number of {unit}, not money")
    if value != value.to_integral_value():
        raise ValueError(f"a whole number of {unit}")
    return int(value)


class ReportId(NamedTuple):
    """Agency and year: the address of a report."""

    agency: str
    year: int

    def __str__(self) -> str:
        return f"{self.agency}/{self.year}"


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that a person put right: what the report prints, what it should say, and why."""

    key: CellKey
    reported: str
    corrected: str
    reason: str
    by: str
    on: str


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """A row that the form does not know, kept where it stood: after which row, its printed label and cells."""

    key: str
    label: str
    after: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Head:
    """What a report says of itself and where its figures come from.

    ``partial``: empty when every cell of the report was taken in, else in words what was not. ``synthetic``: true for
    made-up data, which every page then says. ``blanks``: what a blank cell stands for, where a person knows it
    (``zero``, or ``missing``: a figure not reported); empty: as the figures show. ``licence``: under which the figures
    may be used, where it is known.
    """

    title: str
    source: str
    scope: str = ""
    published: str = ""
    source_file: str = ""
    sha256: str = ""
    partial: str = ""
    blanks: str = ""
    licence: str = ""
    synthetic: bool = False


@dataclass(frozen=True)
class Report:
    """One agency's report on one year, as reported, with the corrections that apply to it.

    cells: every cell of the edition's form, by key. labels: printed row labels that differ from the form's. places:
    where in the source document a cell stood, for reports that were imported.
    """

    agency: str
    year: int
    edition: Edition
    head: Head
    cells: Mapping[CellKey, Cell]
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    extra_rows: Mapping[str, tuple[ExtraRow, ...]] = field(default_factory=dict)
    narrative: str = ""
    corrections: Mapping[CellKey, Correction] = field(default_factory=dict)
    places: Mapping[CellKey, str] = field(default_factory=dict)

    def reported(self, key: CellKey) -> Cell:
        """The cell as the report prints it."""
        return self.cells[key]

    def cell(self, key: CellKey) -> Cell:
        """The cell as the workbook uses it: corrected where a correction says so."""
        correction = self.corrections.get(key)
        if correction is None:
            return self.cells[key]
        return read_cell(correction.corrected, self.unit_of(key), self.is_signed(key))

    def unit_of(self, key: CellKey) -> str:
        """The unit of a cell on this report's form."""
        return self.edition.tables[key.table].unit_of(key)

    def is_signed(self, key: CellKey) -> bool:
        """Whether a cell stands in a 增/减 column."""
        return self.edition.cells[key][1].kind == "change"

    def is_blank(self, table: Table) -> bool:
        """Whether a whole table was left unfilled (blank, 无 or strokes throughout)."""
        return all(self.cell(key).empty for key in table.cells)

    def label_of(self, table: str, row: str) -> str:
        """A row's label as this report prints it."""
        return self.labels.get((table, row), self.edition.tables[table].rows[row].label)


def blank_report(agency: str, year: int, form: Edition, head: Head) -> Report:
    """A report on an edition's form with every cell blank."""
    return Report(agency, year, form, head, dict.fromkeys(form.cells, BLANK))


def with_cells(report: Report, values: Mapping[CellKey, str]) -> Report:
    """The report with some cells printing other texts. Raises :class:`ValueError` for a text that is no cell."""
    cells = dict(report.cells)
    for key, raw in values.items():
        cells[key] = read_cell(raw, report.unit_of(key), report.is_signed(key))
    return replace(report, cells=cells)
