"""Lines → table 三 and its like: rows known by their label, or by the order of the rows where the label is broken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gdgk.form import Item, Table
from gdgk.importers.recognition.alignment import Labels, align, numbered
from gdgk.importers.recognition.lines import Line, Piece, is_unit
from gdgk.importers.recognition.reading import Open, PrintedRow, Reading, Unplaced, by_position, fitted
from gdgk.importers.recognition.wording import core, plain
from gdgk.report import ExtraRow


@dataclass(frozen=True, slots=True)
class Known:
    """A printed row with the form's rows it may be; values: a cell for each column, None where their number is wrong.

    Such a row still holds its place in the order, so that no other is taken for it.
    """

    row: PrintedRow
    values: tuple[Piece, ...] | None
    candidates: frozenset[int]


def read_rows(table: Table, lines: list[Line]) -> Reading:
    """Read a table laid out by rows from the lines of its region."""
    reading = Reading(table)
    labels = Labels.of_rows(table)
    order, positions = column_order(table, lines, labels)
    body = [line for line in lines if not is_header(line, Labels.of(tuple(order)))]
    printed = list(printed_rows(body, labels, len(order)))
    if not positions and not in_order(table, lines, labels):
        reading.unplaced.extend(
            Unplaced(table.id, row.line.place, row_text(row), "表头的列次序与表式不同") for row in printed
        )
        return reading
    known: list[Known] = []
    everything = frozenset(range(len(labels.items)))
    for row in printed:
        values = values_of(row, len(order), positions)
        candidates = label_candidates(row, labels)
        if candidates is None and values is not None:
            reading.extra.append(extra_row(row, order, values, labels, known))
        else:
            known.append(Known(row, values, candidates or everything))
    places = align([one.candidates for one in known], len(labels.items))
    if any(place is None for place in places):
        places = align([narrowed(one, labels, everything) for one in known], len(labels.items))
    if all(place is None for place in places):
        places = by_label([certain_label(one.row, labels) for one in known])
    for one, place in zip(known, places, strict=True):
        if place is not None and one.values is not None:
            certain = one.candidates == frozenset({place})
            reading.put(labels.items[place].key, order, one.values, one.row.label if certain else "")
        else:
            leave_out(reading, one, place, labels, order)
    return reading


def leave_out(reading: Reading, one: Known, place: int | None, labels: Labels, order: list[Item]) -> None:
    """Tell of a printed row that is not placed, and keep what it may be."""
    if one.values is None:
        reason = f"应有 {len(order)} 格，实有 {len(one.row.values)} 格"
    elif len(one.candidates) > 1:
        reason = "行名不全，按次序也不能确定是哪一行"
    else:
        reason = "行的次序与表式不符"
    where, text = one.row.line.place, row_text(one.row)
    reading.unplaced.append(Unplaced(reading.table.id, where, text, reason))
    rows = tuple(labels.items[at].key for at in sorted(one.candidates if place is None else {place}))
    figures = tuple(piece.text.strip() for piece in one.row.values if not piece.blank)
    reading.open.append(Open(text, where, figures, rows, tuple(item.key for item in order)))


def certain_label(row: PrintedRow, labels: Labels) -> frozenset[int]:
    """The one row that a label names by itself: in full, behind its group's heading, or by how it begins."""
    found = labels.exact(row.label) or labels.ending(row.label) or labels.beginning(row.label)
    return found if len(found) == 1 else frozenset()


def by_label(exact: list[frozenset[int]]) -> list[int | None]:
    """The form's row of each printed row by its label alone, where that is certain and stands once."""
    met = [next(iter(found)) if len(found) == 1 else None for found in exact]
    return [place if place is not None and met.count(place) == 1 else None for place in met]


def is_header(line: Line, columns: Labels) -> bool:
    """Whether a line names columns: two of them at least, or what stands above them on the form."""
    words = [piece.text for piece in line.labels]
    named = {at for text in words for at in columns.exact(text)}
    figures = [piece.text.strip() for piece in line.pieces if piece.value]
    if len(columns.items) > 1 and figures == [str(at + 1) for at in range(len(columns.items))]:
        return not any(piece.text for piece in line.labels if len(core(piece.text)) > 2)
    above = any(plain(text) in ("申请人情况", "法人或其他组织") or "勾稽关系" in plain(text) for text in words)
    return above or len(named) >= 2


def row_text(row: PrintedRow) -> str:
    """A printed row for a message."""
    return " ".join([row.label, *(piece.text.strip() or "␣" for piece in row.values)]).strip()


def column_order(table: Table, lines: list[Line], labels: Labels) -> tuple[list[Item], list[int]]:
    """The columns from left to right and where they stand in the grid ([] when the header does not say).

    A header is believed only when it names every column once; else the form's own order is taken.
    """
    columns = [column for column in table.columns.values()]
    names = Labels.of(tuple(columns))
    found: dict[int, int] = {}
    for line in lines:
        if line.grid < 0 or not line.exact:
            continue
        if any(labels.exact(piece.text) for piece in line.labels) and any(piece.value for piece in line.pieces):
            break
        for piece in line.labels:
            hit = names.exact(piece.text)
            if len(hit) == 1 and next(iter(hit)) not in found:
                found[next(iter(hit))] = piece.column
    if len(found) == len(columns) and len(set(found.values())) == len(columns):
        order = sorted(found, key=lambda at: found[at])
        return [columns[at] for at in order], [found[at] for at in order]
    return columns, []


def in_order(table: Table, lines: list[Line], labels: Labels) -> bool:
    """Whether the column names above the first row, as far as they are known, stand in the form's order.

    A head over two lines names 总计 before the kinds of 法人, never before 自然人.
    """
    names = Labels.of_columns(table)
    last = len(names.items) - 1
    found: list[int] = []
    for line in lines:
        texts = [piece.text for piece in line.labels]
        if any(labels.exact(text) and not names.exact(text) for text in texts):
            break
        if len(texts) >= len(names.items) and any(
            names.exact(text) - {at} for at, text in enumerate(texts[-len(names.items) :]) if names.exact(text)
        ):
            return False
        found.extend(next(iter(names.exact(text))) for text in texts if len(names.exact(text)) == 1)
    parts = [at for at in found if at != last]
    once = list(dict.fromkeys(parts))
    return once == sorted(once) and not (once and found[0] == last)


def printed_rows(lines: list[Line], labels: Labels, count: int) -> Iterable[PrintedRow]:
    """The printed rows of a region: a label with its cells in one line, or figures on the lines after their label."""
    around: list[str] = []
    label = ""
    gathered: list[Piece] = []
    first: Line | None = None
    for line in lines:
        if is_unit(line) or (line.blank_cell and not label):
            continue
        if line.only_values or (line.empty and label):
            run = tuple(piece for piece in line.pieces)
            if line.grid >= 0 or (len(run) >= count and not line.blank_cell):
                yield PrintedRow(label, tuple(around), run, line)
                label, gathered, around = "", [], []
                continue
            gathered.extend(run)
            first = first or line
            continue
        if gathered and first:
            if any(piece.value for piece in gathered) or len(gathered) >= count:
                yield PrintedRow(label, tuple(around), cut(gathered, count), first)
                label, around = "", []
            gathered, first = [], None
        at = label_end(line, count)
        values = line.values_after(at)
        if values and (any(piece.value for piece in values) or (line.grid >= 0 and known_label(line, labels))):
            yield PrintedRow(line_label(line, labels, at), tuple(around), values, line)
            label, around = "", []
        elif line.labels:
            text = line_label(line, labels)
            label = text if labels.exact(text) or labels.ending(text) else join_label(label, text, labels)
            around.append(text)
    if gathered and first:
        yield PrintedRow(label, tuple(around), cut(gathered, count), first)


def cut(cells: list[Piece], count: int) -> tuple[Piece, ...]:
    """Cells one a line without the blanks behind the last: those only fill up a row or open the next."""
    kept = cells[:count] if all(piece.blank for piece in cells[count:]) else cells
    return tuple(kept)


def label_end(line: Line, count: int) -> int:
    """Where a line's label ends: words such as 见附件 among its figures are cells, not a label."""
    first = next((at for at, piece in enumerate(line.pieces) if piece.value), len(line.pieces))
    before = [at for at in range(first) if not line.pieces[at].blank]
    if line.grid >= 0 and before and before[-1] < line.last_label and len(line.values_after(line.last_label)) != count:
        return before[-1]
    return line.last_label


def join_label(before: str, text: str, labels: Labels) -> str:
    """A label broken over lines, put together when the two parts make one; else nothing certain."""
    joined = before + text
    return (
        joined
        if before and (labels.exact(joined) or labels.fragment(joined))
        else text
        if labels.fragment(text)
        else ""
    )


def known_label(line: Line, labels: Labels) -> bool:
    """Whether a line's label is one of the form's, so that its blank cells are blank figures."""
    text = line_label(line, labels)
    return bool(labels.exact(text) or labels.ending(text) or labels.alike(text))


def line_label(line: Line, labels: Labels, end: int | None = None) -> str:
    """The row label of a line: its last words, or all its words together when only those make a label."""
    pieces = line.pieces if end is None else line.pieces[: end + 1]
    words = [piece.text for piece in pieces if not piece.blank and not piece.value]
    if not words:
        return ""
    if labels.exact(words[-1]) or len(words) == 1:
        return words[-1].strip()
    joined = "".join(words)
    return joined.strip() if labels.exact(joined) else words[-1].strip()


def values_of(row: PrintedRow, count: int, positions: list[int]) -> tuple[Piece, ...] | None:
    """A printed row's cells, one for each column."""
    if positions and row.line.exact and len(row.values) != count:
        placed = by_position(row.values, positions)
        if placed is not None:
            return placed
    return fitted(row.values, count)


def label_candidates(row: PrintedRow, labels: Labels) -> frozenset[int] | None:
    """The form's rows that a printed row may be; empty: its label does not say; None: a row the form does not know."""
    if not row.label:
        return frozenset()
    for found in (labels.exact(row.label), labels.ending(row.label), labels.alike(row.label)):
        if found:
            return found
    fragments = labels.fragment(row.label)
    if fragments:
        return fragments
    if labels.is_group(row.label) or not is_whole_label(row, labels):
        return frozenset()
    return None


def is_whole_label(row: PrintedRow, labels: Labels) -> bool:
    """Whether a label that the form does not know is a label in full, not the rest of a broken one."""
    size = len(core(row.label))
    return (
        row.line.grid >= 0
        and all(labels.is_group(text) for text in row.around)
        and (size >= 4 or (size >= 2 and numbered(row.label)))
    )


def narrowed(one: Known, labels: Labels, everything: frozenset[int]) -> frozenset[int]:
    """The rows a printed row may be when the broken label around it is taken into account."""
    if one.candidates != everything:
        return one.candidates
    hints = [labels.fragment(text) for text in one.row.around if not labels.is_group(text)]
    hits = frozenset.intersection(*hints) if hints and all(hints) else frozenset()
    return hits or one.candidates


def extra_row(
    row: PrintedRow,
    columns: list[Item],
    values: tuple[Piece, ...],
    labels: Labels,
    known: list[Known],
) -> ExtraRow:
    """A row that the form does not know, after the last row that is certain."""
    before = [next(iter(one.candidates)) for one in known if len(one.candidates) == 1]
    after = labels.items[before[-1]].key if before else ""
    cells = {column.key: piece.text.strip() for column, piece in zip(columns, values, strict=True) if not piece.blank}
    name = core(row.label).replace(".", "．")
    return ExtraRow(f"extra:{name}", row.label, after, cells)
