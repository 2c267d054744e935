"""Lines → table 四: one line of figures under a header of three groups."""

from __future__ import annotations

from gdgk.form import CellKey, Item, Table
from gdgk.importers.recognition.alignment import Labels
from gdgk.importers.recognition.lines import Line, Piece, covering
from gdgk.importers.recognition.reading import Reading, Unplaced, fitted


def read_across(table: Table, lines: list[Line]) -> Reading:
    """Read table 四: the row that has exactly one figure for each of its cells, else group by group."""
    reading = one_line(table, lines)
    if reading.cells:
        return reading
    grouped = by_groups(table, lines)
    return grouped if grouped.cells else reading


def one_line(table: Table, lines: list[Line]) -> Reading:
    """Table 四 as the form prints it: one line of figures."""
    reading = Reading(table)
    header, keys = header_order(table, lines), list(table.cells)
    named = named_columns(table, lines)
    if named:
        header, keys = "form", named
    gathered: list[Piece] = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        values = line.values_after(line.last_label) if line.labels else line.pieces
        if line.labels and not (line.grid >= 0 and any(piece.value for piece in values)):
            gathered = []
            continue
        cells = fitted(values, len(keys)) if len(values) >= len(keys) else None
        if cells is None and line.grid < 0 and (line.only_values or line.blank_cell):
            gathered.extend(line.pieces)
            if following is not None and following.grid < 0 and (following.only_values or following.empty):
                continue
            cells = fitted(tuple(gathered), len(keys)) if len(gathered) >= len(keys) else None
            if cells is None and any(piece.value for piece in gathered):
                text = " ".join(piece.text for piece in gathered)
                reading.unplaced.append(
                    Unplaced(table.id, line.place, text, f"应有 {len(keys)} 格，实有 {len(gathered)} 格")
                )
            gathered = []
        if cells is not None and (any(piece.value for piece in cells) or line.grid >= 0):
            if reading.cells:
                if any(piece.value for piece in cells):
                    reading.unplaced.append(
                        Unplaced(table.id, line.place, line.text.strip(), "第二行数字，不知是哪一年或哪一级")
                    )
                continue
            if header == "other":
                reading.unplaced.append(Unplaced(table.id, line.place, line.text.strip(), "表头的列次序与表式不同"))
                continue
            put_across(reading, keys, cells)
        elif any(piece.value for piece in values) and line.grid >= 0:
            reading.unplaced.append(
                Unplaced(table.id, line.place, line.text.strip(), f"应有 {len(keys)} 格，实有 {len(values)} 格")
            )
    if header == "form" and not reading.cells and not reading.unplaced:
        last = next(line for line in reversed(lines) if line.labels)
        put_across(reading, keys, tuple(Piece.of("", -1, 1, last.place) for _ in keys))
        reading.notes.append(f"表{table.number}只有表头，没有填数的一行（{last.place}）：按整表未填报读入")
    return reading


def by_groups(table: Table, lines: list[Line]) -> Reading:
    """Table 四 laid out anew: a table or a line for each group, or a line for each cell; each figure under its names.

    A line of figures belongs to the groups and to the columns last named, in one line each.
    """
    reading = Reading(table)
    names = Labels.of_columns(table)
    rows = Labels.of(tuple(table.rows.values()))
    groups: list[Item] = []
    header: list[Item] = []
    for line in (line for line in lines if line.grid >= 0):
        texts = [piece.text for piece in line.labels]
        columns = [names.items[min(hit)] for text in texts if len(hit := names.exact(text)) == 1]
        named = [rows.items[min(hit)] for text in texts if len(hit := rows.exact(text)) == 1]
        groups = named or groups
        figures = line.values_after(line.last_label)
        if not any(piece.value for piece in figures):
            header = columns or header
            continue
        wanted = columns if len(columns) == len(figures) == 1 else header
        if len(groups) * len(table.columns) == len(figures) and len(wanted) in (len(figures), len(table.columns)):
            wanted = wanted if len(wanted) == len(figures) else wanted * len(groups)
            share = len(table.columns)
            parts = [(group, at * share) for at, group in enumerate(groups)]
            if all(sorted(wanted[at : at + share], key=names.items.index) == list(names.items) for _, at in parts):
                for group, at in parts:
                    reading.put(group.key, wanted[at : at + share], figures[at : at + share], "")
                continue
        if wanted is columns and len(groups) == 1:
            reading.put(groups[0].key, wanted, figures, "")
            continue
        reason = "表四的版式与表式不同，不能确定是哪几格"
        reading.unplaced.append(Unplaced(table.id, line.place, line.text.strip(), reason))
    return reading


def put_across(reading: Reading, keys: list[CellKey], pieces: tuple[Piece, ...]) -> None:
    """Put one line of figures into the cells of table 四, in the form's order."""
    for key, piece in zip(keys, pieces, strict=True):
        reading.put(key.row, [reading.table.columns[key.column]], [piece], "")


def named_columns(table: Table, lines: list[Line]) -> list[CellKey]:
    """The cell that each column of a grid is for, when the header above it says so of all of them; else none.

    The header of a column is the nearest name of a column above the figures and the nearest name of a row, wherever
    spans or their repeated text put them.
    """
    figures = next((line for line in lines if line.grid >= 0 and line.exact and line.only_values), None)
    if figures is None or len(figures.pieces) != len(table.cells):
        return []
    names = Labels.of_columns(table)
    groups = Labels.of(tuple(table.rows.values()))
    above = [line for line in lines if line.grid == figures.grid and line.number < figures.number]
    found = []
    for piece in figures.pieces:
        heads = [head.text for line in reversed(above) if (head := covering(line.pieces, piece.column))]
        column = next((hit for text in heads if (hit := names.exact(text))), frozenset[int]())
        row = next((hit for text in heads if (hit := groups.exact(text))), frozenset[int]())
        if len(column) != 1 or len(row) != 1:
            return []
        found.append(CellKey(table.id, groups.items[min(row)].key, names.items[min(column)].key))
    return found if len(set(found)) == len(found) else []


def header_order(table: Table, lines: list[Line]) -> str:
    """``form`` when a header names the columns in the form's order, ``other`` in another order, else ``unknown``."""
    names = Labels.of_columns(table)
    groups = Labels.of(tuple(item for item in table.items if item.kind in ("row", "group")))
    read: list[int] = []
    above: list[int] = []
    shifted = False
    for line in lines:
        if not line.labels and any(piece.value for piece in line.pieces):
            break
        texts = [piece.text for piece in line.labels]
        read.extend(next(iter(names.exact(text))) for text in texts if len(names.exact(text)) == 1)
        if texts and len(texts) % len(names.items) == 0:
            shifted = shifted or any(
                names.exact(text) - {at % len(names.items)} for at, text in enumerate(texts) if names.exact(text)
            )
        above.extend(next(iter(groups.exact(text))) for text in texts if len(groups.exact(text)) == 1)
    expected = list(range(len(names.items))) * len(table.rows)
    rest = iter(expected)
    whole = expected[: len(names.items)]
    cut = len(read) >= 2 * len(whole) and (read[: len(whole)] != whole or read[-len(whole) :] != whole)
    if above != sorted(above) or cut or shifted or not all(at in rest for at in read):
        return "other"
    return "form" if read == expected else "unknown"
