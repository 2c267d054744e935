"""Lines → table 二: blocks by article, each with columns of its own."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from gdgk.form import Item, Table
from gdgk.importers.recognition.alignment import Labels
from gdgk.importers.recognition.lines import Line, Piece
from gdgk.importers.recognition.reading import Reading, Unplaced, fitted
from gdgk.importers.recognition.wording import core, plain
from gdgk.report import ExtraRow


def read_blocks(table: Table, lines: list[Line]) -> Reading:
    """Read table 二 from the lines of its region."""
    reading = Reading(table)
    labels = Labels.of_rows(table)
    rows = {row.key: block for block in table.blocks for row in block.rows}
    header: list[Item] | None = None
    block = table.blocks[0]
    after = ""
    for printed in block_lines(lines, labels):
        line, label, values = printed
        heading = next(
            (item for item in table.blocks if plain(item.label) in plain(line.text)),
            None,
        )
        if heading is not None:
            block, header = heading, None
            continue
        named = block_header(table, line)
        if named is not None:
            header = named
            continue
        hit = labels.exact(label) or labels.alike(label)
        if len(hit) == 1:
            key = labels.items[next(iter(hit))].key
            block = rows[key]
            # A header with other columns than this form has here: the figures below it are not this form's.
            foreign = header is not None and {column.key for column in header} != {item.key for item in block.columns}
            columns = list(block.columns) if header is None or foreign else list(dict.fromkeys(header))
            cells = None if foreign else fitted(unrepeated(values, header or []), len(columns))
            if cells is None:
                if values:
                    text = " ".join([label, *(piece.text for piece in values)])
                    reading.unplaced.append(
                        Unplaced(table.id, line.place, text, f"应有 {len(columns)} 格，实有 {len(values)} 格")
                    )
                continue
            reading.put(key, columns, cells, label)
            after = key
        elif values and any(piece.value for piece in values):
            columns = list(dict.fromkeys(header or block.columns))
            cells = fitted(unrepeated(values, header or []), len(columns))
            if label and line.grid >= 0 and cells is not None and len(core(label)) >= 2:
                found = {
                    column.key: piece.text.strip()
                    for column, piece in zip(columns, cells, strict=True)
                    if not piece.blank
                }
                reading.extra.append(ExtraRow(f"extra:{core(label).replace('.', '．')}", label, after, found))
            else:
                reading.unplaced.append(Unplaced(table.id, line.place, line.text.strip(), "没有行名，或格数不合"))
    return reading


def block_lines(lines: list[Line], labels: Labels) -> Iterable[tuple[Line, str, tuple[Piece, ...]]]:
    """Each line of table 二 with its label and cells; figures on lines of their own go to the label before them."""
    waiting: tuple[Line, str] | None = None
    gathered: list[Piece] = []
    for line in lines:
        if (line.only_values or line.blank_cell) and line.grid < 0 and waiting is not None:
            gathered.extend(line.pieces)
            continue
        if waiting is not None:
            yield waiting[0], waiting[1], tuple(gathered)
            waiting, gathered = None, []
        if line.empty:
            continue
        at = line.last_label
        label = line.pieces[at].text.strip() if at >= 0 else ""
        values = line.values_after(at)
        if line.grid < 0 and not values and (labels.exact(label) or labels.alike(label)):
            waiting = (line, label)
        else:
            first = line.pieces[0].text.strip() if line.grid >= 0 else label
            yield (line, first, line.values_after(0)) if line.grid >= 0 and first else (line, label, values)
    if waiting is not None:
        yield waiting[0], waiting[1], tuple(gathered)


def unrepeated(values: tuple[Piece, ...], header: list[Item]) -> tuple[Piece, ...]:
    """The cells of a row once each, where header and row repeat a cell for every column it spans; else as they are."""
    if len(values) != len(header) or len(set(header)) == len(header):
        return values
    groups = [list(group) for _, group in groupby(zip(header, values, strict=True), key=lambda pair: pair[0])]
    if any(len({piece.text for _, piece in group}) > 1 for group in groups):
        return values
    return tuple(group[0][1] for group in groups)


def block_header(table: Table, line: Line) -> list[Item] | None:
    """The columns that a header line (信息内容 …) names, left to right; None when it is none.

    Where a cell over several columns was repeated for each of them, so is its column.
    """
    texts = [piece.text for piece in line.pieces if not piece.blank]
    first = plain(texts[0]) if texts else ""
    if not first.startswith("信息内容") or (len(texts) == 1 and first == "信息内容"):
        return None
    names = tuple(dict.fromkeys(column for block in table.blocks for column in block.columns))
    known = Labels.of(names)
    rest = first.removeprefix("信息内容")
    found: list[Item] = []
    for text in [*(parted(rest, known) if rest else ()), *texts[1:]]:
        hit = known.exact(text) or known.alike(text)
        found.extend(names[at] for at in sorted(hit)[:1])
    return found


def parted(text: str, known: Labels) -> list[str]:
    """Column names that were run together, parted where one ends and the next begins."""
    labels = sorted({label for cores in known.cores for label in cores}, key=len, reverse=True)
    found = []
    while text:
        name = next((label for label in labels if text.startswith(label)), text)
        found.append(name)
        text = text[len(name) :]
    return found
