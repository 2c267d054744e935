"""Lines → table 三 and its like: rows known by their label, or by the order of the rows where the label is broken."""

from __future__ import annotations

from collections.abc import Iterable

from gdgk.form import Item, Table
from gdgk.importers.recognition.alignment import Labels, align, numbered
from gdgk.importers.recognition.lines import Line, Piece
from gdgk.importers.recognition.reading import PrintedRow, Reading, Unplaced, by_position, fitted
from gdgk.importers.recognition.wording import core, plain
from gdgk.report import ExtraRow


def read_rows(table: Table, lines: list[Line]) -> Reading:
    """Read a table laid out by rows from the lines of its region."""
    reading = Reading(table)
    labels = Labels.of_rows(table)
    order, positions = column_order(table, lines, labels)
    body = [line for line in lines if not is_header(line, Labels.of(tuple(order)))]
    printed = list(printed_rows(body, labels, len(order)))
    known: list[tuple[PrintedRow, tuple[Piece, ...], frozenset[int]]] = []
    everything = frozenset(range(len(labels.items)))
    for row in printed:
        values = values_of(row, len(order), positions)
        if values is None:
            reading.unplaced.append(
                Unplaced(table.id, row.line.place, row_text(row), f"应有 {len(order)} 格，实有 {len(row.values)} 格")
            )
            continue
        candidates = label_candidates(row, labels)
        if candidates is None:
            reading.extra.append(extra_row(row, order, values, labels, known))
            continue
        known.append((row, values, candidates or everything))
    places = align([candidates for _, _, candidates in known], len(labels.items))
    if any(place is None for place in places):
        places = align(
            [narrowed(row, candidates, labels, everything) for row, _, candidates in known], len(labels.items)
        )
    for (row, values, candidates), place in zip(known, places, strict=True):
        if place is None:
            reason = "行名不全，按次序也不能确定是哪一行" if len(candidates) > 1 else "行的次序与表式不符"
            reading.unplaced.append(Unplaced(table.id, row.line.place, row_text(row), reason))
            continue
        reading.put(labels.items[place].key, order, values, row.label if candidates == frozenset({place}) else "")
    return reading


def is_header(line: Line, columns: Labels) -> bool:
    """Whether a line names columns: two of them at least, or what stands above them on the form."""
    words = [piece.text for piece in line.labels]
    named = [text for text in words if columns.exact(text)]
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


def printed_rows(lines: list[Line], labels: Labels, count: int) -> Iterable[PrintedRow]:
    """The printed rows of a region: a label with its cells in one line, or figures on the lines after their label."""
    around: list[str] = []
    label = ""
    gathered: list[Piece] = []
    first: Line | None = None
    for line in lines:
        if line.empty and line.grid < 0:
            continue
        if line.only_values or (line.empty and label):
            run = tuple(piece for piece in line.pieces)
            if line.grid >= 0 or len(run) >= count:
                yield PrintedRow(label, tuple(around), run, line)
                label, gathered, around = "", [], []
                continue
            gathered.extend(run)
            first = first or line
            if len(gathered) == count:
                yield PrintedRow(label, tuple(around), tuple(gathered), first)
                label, gathered, around, first = "", [], [], None
            continue
        if gathered and first:
            yield PrintedRow(label, tuple(around), tuple(gathered), first)
            label, gathered, around, first = "", [], [], None
        at = line.last_label
        values = line.values_after(at)
        if values and (any(piece.value for piece in values) or (line.grid >= 0 and known_label(line, labels))):
            yield PrintedRow(line_label(line, labels), tuple(around), values, line)
            label, around = "", []
        elif line.labels:
            text = line_label(line, labels)
            label = text if labels.exact(text) or labels.ending(text) else join_label(label, text, labels)
            around.append(text)
    if gathered and first:
        yield PrintedRow(label, tuple(around), tuple(gathered), first)


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


def line_label(line: Line, labels: Labels) -> str:
    """The row label of a line: its last words, or all its words together when only those make a label."""
    words = [piece.text for piece in line.labels]
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
    if labels.is_group(row.label) or not is_whole_label(row):
        return frozenset()
    return None


def is_whole_label(row: PrintedRow) -> bool:
    """Whether a label that the form does not know is a label in full, not the rest of a broken one."""
    return (
        row.line.grid >= 0
        and not row.around
        and len(core(row.label)) >= 4
        and (numbered(row.label) or "其他" in plain(row.label))
    )


def narrowed(row: PrintedRow, candidates: frozenset[int], labels: Labels, everything: frozenset[int]) -> frozenset[int]:
    """The rows a printed row may be when the broken label around it is taken into account."""
    if candidates != everything:
        return candidates
    hints = [labels.fragment(text) for text in row.around if not labels.is_group(text)]
    hits = frozenset.intersection(*hints) if hints and all(hints) else frozenset()
    return hits or candidates


def extra_row(
    row: PrintedRow,
    columns: list[Item],
    values: tuple[Piece, ...],
    labels: Labels,
    known: list[tuple[PrintedRow, tuple[Piece, ...], frozenset[int]]],
) -> ExtraRow:
    """A row that the form does not know, after the last row that is certain."""
    before = [next(iter(candidates)) for _, _, candidates in known if len(candidates) == 1]
    after = labels.items[before[-1]].key if before else ""
    cells = {column.key: piece.text.strip() for column, piece in zip(columns, values, strict=True) if not piece.blank}
    name = core(row.label).replace(".", "．")
    return ExtraRow(f"extra:{name}", row.label, after, cells)
