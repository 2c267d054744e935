"""Reports as plain text, the way tables come out when a web page, Word or a PDF is turned into text.

Only for made-up data, as :mod:`rendering`. Nothing here knows how text is read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rendering import Box, Drawing, Text, laid_out

from gdgk.report import Report

Layout = Callable[[Drawing], Iterator[str]]


def bars(drawing: Drawing) -> Iterator[str]:
    """Cells parted by bars; what a span hides is filled up with bars at the end of the row."""
    for row in drawing.rows():
        fill = "|" * (drawing.width - len(row))
        yield " | ".join(box.text for box in row) + (f" | {fill}" if fill else " |")


def bars_one_cell_a_line(drawing: Drawing) -> Iterator[str]:
    """A bar behind each cell, each on a line of its own; the bars that fill up a row stand on its last line."""
    for row in drawing.rows():
        lines = [ended(box) for box in row]
        fill = "|" * (drawing.width - len(row))
        yield from [*lines[:-1], f"{lines[-1]} {fill}".rstrip()]


def bars_filled_up_below(drawing: Drawing) -> Iterator[str]:
    """As :func:`bars_one_cell_a_line`, the bars that fill up a row on a line below it."""
    for row in drawing.rows():
        yield from (ended(box) for box in row)
        if len(row) < drawing.width:
            yield "|" * (drawing.width - len(row))


def bars_opening_rows(drawing: Drawing) -> Iterator[str]:
    """As :func:`bars_one_cell_a_line`, each row opened by a bar on a line of its own."""
    for row in drawing.rows():
        lines = [ended(box) for box in row]
        fill = "|" * (drawing.width - len(row))
        yield from ["|", *lines[:-1], f"{lines[-1]} {fill}".rstrip()]


def ended(box: Box) -> str:
    """A cell and its bar."""
    return f"{box.text} |".lstrip()


def one_cell_a_line(drawing: Drawing) -> Iterator[str]:
    """Each cell on a line, an empty line behind it."""
    for row in drawing.rows():
        for box in row:
            yield from (box.text, "")


def markdown_repeated(drawing: Drawing) -> Iterator[str]:
    """Markdown in which a cell is printed again in every place that it spans."""
    for number, row in enumerate(drawing.covering()):
        yield f"| {' | '.join(text for box in row for text in [box.text] * box.columns)} |"
        if not number:
            yield f"|{'---|' * drawing.width}"


def markdown_with_gaps(drawing: Drawing) -> Iterator[str]:
    """Markdown in which the places that a cell spans are empty."""
    for number, row in enumerate(drawing.covering()):
        cells = [part for box in row for part in [box.text if box.row == number else "", *[""] * (box.columns - 1)]]
        yield f"| {' | '.join(cells)} |"
        if not number:
            yield f"|{'---|' * drawing.width}"


def spaces(drawing: Drawing) -> Iterator[str]:
    """Cells parted by two spaces."""
    for row in drawing.rows():
        yield "  ".join(box.text for box in row)


LAYOUTS: dict[str, Layout] = {
    layout.__name__: layout
    for layout in (
        bars,
        bars_one_cell_a_line,
        bars_filled_up_below,
        bars_opening_rows,
        one_cell_a_line,
        markdown_repeated,
        markdown_with_gaps,
        spaces,
    )
}


def as_layout(report: Report, agency: str, layout: str) -> str:
    """A report as text, its tables in one of the layouts."""
    lines: list[str] = []
    for part in laid_out(report, agency):
        lines += [part.text] if isinstance(part, Text) else LAYOUTS[layout](part)
        lines.append("")
    return "\n".join(lines)
