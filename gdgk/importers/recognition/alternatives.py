"""Another reading of figures that were not placed, under which the sums hold: told as a warning, never chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gdgk.form import CellKey, Sum, Table
from gdgk.importers.recognition.reading import Open, Reading


def other_readings(reading: Reading) -> list[str]:
    """Readings under which sums hold that do not hold as the table was read, one sentence each.

    Of a row that was left out: the one place or the one joining of its figures. Of figures that were placed: the whole
    table, or one row, moved by one column.
    """
    values = numbers(reading)
    broken = {key for item in reading.table.sums() if not holds(item, values) for key in (item.total, *item.parts)}
    notes = (moved_tables(reading, values) if broken else []) or moved_rows(reading, values, broken)
    for row in reading.open:
        found = [
            text for text, cells in candidates(reading, row) if balances(reading.table, {**values, **cells}, cells)
        ]
        if len(found) == 1:
            notes.append(f"没有放进表里的“{row.text}”（{row.place}）{found[0]}则勾稽相符，请对照原件")
    return notes


def moved_tables(reading: Reading, values: Mapping[CellKey, float]) -> list[str]:
    """That all sums of a table hold when every row is read with its last figure first, or its first one last."""
    found = []
    for step, how in ((1, "各行都右移一格（末格移到行首）"), (-1, "各行都左移一格（首格移到行末）")):
        moved = {key: value for row in placed_rows(reading) for key, value in turned(row, values, step).items()}
        if moved and balances(reading.table, {**values, **moved}, moved):
            found.append(f"表{reading.table.number}按读到的列次序勾稽不符，若{how}则全部相符，请对照原件的表头")
    return found if len(found) == 1 else []


def moved_rows(reading: Reading, values: Mapping[CellKey, float], broken: set[CellKey]) -> list[str]:
    """The rows whose sums hold only when their figures are moved by one column, into a blank at the end."""
    notes = []
    for row in placed_rows(reading):
        if broken.isdisjoint(row) and row[-1] in values:
            continue
        for step, end, how in ((1, row[-1], "右移一格"), (-1, row[0], "左移一格")):
            if reading.cells[end].raw:
                continue
            moved = turned(row, values, step)
            *parts, total = moved.values()
            if total and sum(parts) == total and balances(reading.table, {**values, **moved}, moved):
                label = reading.table.rows[row[0].row].short
                notes.append(f"“{label}”（{reading.cells[row[0]].place}）各数若{how}则勾稽相符，请对照原件")
    return notes


def placed_rows(reading: Reading) -> list[list[CellKey]]:
    """The rows of which every cell was placed, where a table has the same columns in every row and sums over them."""
    columns = list(reading.table.columns)
    if reading.table.layout != "rows" or len(columns) < 3:
        return []
    rows = [[CellKey(reading.table.id, row, column) for column in columns] for row in reading.table.rows]
    return [row for row in rows if all(key in reading.cells for key in row)]


def turned(row: list[CellKey], values: Mapping[CellKey, float], step: int) -> dict[CellKey, float]:
    """The figures of a row moved by some columns, round its end."""
    return {key: values.get(row[(at - step) % len(row)], 0) for at, key in enumerate(row)}


def numbers(reading: Reading) -> dict[CellKey, float]:
    """The figures that were placed; blanks as 0, as the sums read them, but a blank total says nothing."""
    totals = {item.total for item in reading.table.sums()}
    return {
        key: float(placed.cell.value or 0) for key, placed in reading.cells.items() if placed.raw or key not in totals
    }


def candidates(reading: Reading, row: Open) -> Iterator[tuple[str, dict[CellKey, float]]]:
    """The readings of a row that was left out: each free row of the form it may be, with its figures as they stand or,
    where there is one too many, with two neighbours that a document parted put together.
    """
    for figures, how in joins(row):
        for key in row.rows:
            keys = [CellKey(reading.table.id, key, column) for column in row.columns]
            if any(cell in reading.cells for cell in keys):
                continue
            label = reading.table.rows[key].short
            yield f"若{how}读作“{label}”", dict(zip(keys, figures, strict=True))


def joins(row: Open) -> Iterator[tuple[list[float], str]]:
    """The figures of a row, one for each column, and how they were come by."""
    texts = [text.replace(",", "") for text in row.values]
    if not all(text.isascii() and text.isdigit() for text in texts):
        return
    if len(texts) == len(row.columns):
        yield [float(text) for text in texts], ""
    elif len(texts) == len(row.columns) + 1:
        for at in range(len(texts) - 1):
            joined = [*texts[:at], texts[at] + texts[at + 1], *texts[at + 2 :]]
            if texts[at] != "0":
                yield [float(text) for text in joined], f"把 {texts[at]} 与 {texts[at + 1]} 合为 {joined[at]}，"


def balances(table: Table, values: Mapping[CellKey, float], added: Mapping[CellKey, float]) -> bool:
    """Whether every sum that the added cells stand in holds, with at least one of them checked."""
    touched = [item for item in table.sums() if any(key in added for key in (item.total, *item.parts))]
    checked = [item for item in touched if complete(item, values)]
    return bool(checked) and all(holds(item, values) for item in checked)


def holds(item: Sum, values: Mapping[CellKey, float]) -> bool:
    """Whether a sum holds, or cannot be told since a cell of it is not known."""
    return not complete(item, values) or sum(values[part] for part in item.parts) == values[item.total]


def complete(item: Sum, values: Mapping[CellKey, float]) -> bool:
    """Whether all cells of a sum are known."""
    return item.total in values and all(part in values for part in item.parts)
