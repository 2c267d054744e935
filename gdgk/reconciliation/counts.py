"""Entries of a table that a rule counts: blanks, negatives, fractions, texts without a number, amounts without unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gdgk.form import CellKey
from gdgk.reconciliation.sheets import Sheet
from gdgk.report import MONEY, Cell, State

# Words in a column 增/减 that say that nothing changed.
UNCHANGED = re.compile(
    r"[无没未](有|作|发生)?(增减|增加|减少|增|变化|变动|变更|调整|改变)(数|情况)?|无增无减|不增不减|不变|未变|不涉及|未涉及|零|同上"
    r"|(与|和|同|较)?(上|去|往)(一)?年(度)?(数)?(一致|持平|相同|不变|无变化|一样)?|持平|一致|无此项|不适用"
)
LONGEST = 6
MONEY_WORDS = re.compile("[元万亿]")


def counted(kind: str, sheet: Sheet, table: str) -> list[CellKey]:
    """The cells of a table whose entry is of a kind (a key of :data:`gdgk.reconciliation.rules.COUNTS`)."""
    return list(KINDS[kind](sheet, table))


def entries(sheet: Sheet, table: str) -> Iterator[tuple[CellKey, Cell]]:
    """The cells of a table."""
    for key in sheet.form.tables[table].cells:
        yield key, sheet.cells[key]


def blanks(sheet: Sheet, table: str) -> Iterator[CellKey]:
    """Cells without a number that a sum could use."""
    return (key for key, cell in entries(sheet, table) if cell.empty)


def negatives(sheet: Sheet, table: str) -> Iterator[CellKey]:
    """Figures below 0 where none may be."""
    form = sheet.form.tables[table]
    signed = {key for key, (_, column) in form.cells.items() if column.kind == "change"}
    return (
        key for key, cell in entries(sheet, table) if cell.value is not None and cell.value < 0 and key not in signed
    )


def fractions(sheet: Sheet, table: str) -> Iterator[CellKey]:
    """Counts that are no whole number."""
    form = sheet.form.tables[table]
    return (
        key
        for key, cell in entries(sheet, table)
        if cell.value is not None and form.unit_of(key) != MONEY and cell.value != int(cell.value)
    )


def unread_changes(sheet: Sheet, table: str) -> Iterator[CellKey]:
    """Texts in a column 增/减 that say neither a number nor that nothing changed."""
    for key, cell in entries(sheet, table):
        wordy = sheet.form.cells[key][1].kind == "change" and cell.state is State.TEXT and cell.value is None
        if wordy and not UNCHANGED.fullmatch(re.sub(r"\s+", "", cell.raw)):
            yield key


def long_decimals(sheet: Sheet, table: str) -> Iterator[CellKey]:
    """Amounts of money with more decimals than a figure in 万元 has down to the 分."""
    for key, cell in entries(sheet, table):
        if sheet.form.tables[table].unit_of(key) == MONEY and cell.value is not None:
            decimals = re.search(r"\.(\d+)", cell.raw)
            if decimals and len(decimals[1].rstrip("0")) > LONGEST:
                yield key


def unitless_amounts(sheet: Sheet, table: str) -> Iterator[CellKey]:
    """Amounts above 0 without a unit, where neither the form nor the report prints one beside them."""
    for key, cell in entries(sheet, table):
        if cell.value and sheet.form.tables[table].unit_of(key) == MONEY:
            row, column = sheet.form.cells[key]
            beside = (cell.raw, row.label, column.label, sheet.labels.get((table, key.row), ""))
            if not any(MONEY_WORDS.search(text) for text in beside):
                yield key


KINDS: dict[str, Callable[[Sheet, str], Iterator[CellKey]]] = {
    "blanks": blanks,
    "negatives": negatives,
    "fractions": fractions,
    "unread_changes": unread_changes,
    "long_decimals": long_decimals,
    "unitless_amounts": unitless_amounts,
}
