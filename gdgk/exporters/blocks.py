"""An executed notebook → the one :class:`Document` from which every official format is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nbconvert.filters import markdown2html, strip_ansi
from nbformat import NotebookNode

from gdgk.exporters.pieces import (
    Block,
    Cell,
    Chart,
    Document,
    Heading,
    Item,
    Notice,
    Paragraph,
    Picture,
    Run,
    Table,
    clean,
)
from gdgk.exporters.reading import PICTURES, picture, read_html

__all__ = [
    "Block",
    "Cell",
    "Chart",
    "Document",
    "Heading",
    "Item",
    "Notice",
    "Paragraph",
    "Picture",
    "Run",
    "Table",
    "document_of",
]

PLOTLY = "application/vnd.plotly.v1+json"
LAB_ONLY = "lab-only"
TITLE = "政府信息公开工作年度报告"
DEEPEST = 5


def document_of(nb: NotebookNode) -> Document:
    """The document that an executed notebook is; the notebook is left alone.

    Cells tagged ``lab-only``, code, and what a cell wrote to stderr are no part of it. The output with the role
    ``masthead`` says its title; without one the notebook's own metadata, else its first heading of level 1.
    """
    head = Head()
    blocks: list[Block | Notice] = []
    for cell in nb.cells:
        if LAB_ONLY not in cell.metadata.get("tags", []):
            blocks.extend(cell_blocks(cell, head))
    notices = [block for block in blocks if isinstance(block, Notice)]
    pieces: list[Block] = [block for block in blocks if not isinstance(block, Notice)]
    title = head.title or clean(str(nb.metadata.get("title", ""))) or first_title(pieces) or TITLE
    return Document(title, tuple(notices), tuple(ordered(pieces, title)), head.published)


class Head:
    """What the masthead says of the document, once it was met."""

    title = ""
    published = ""


def cell_blocks(cell: NotebookNode, head: Head) -> Iterator[Block | Notice]:
    """What a cell adds to the document."""
    if cell.cell_type == "markdown":
        yield from read_html(str(markdown2html(clean(cell.source))), cell.get("attachments", {}))
    elif cell.cell_type == "code":
        for output in cell.outputs:
            yield from output_blocks(output, head)


def output_blocks(output: NotebookNode, head: Head) -> Iterator[Block | Notice]:
    """What an output adds: of its kinds the one that says most."""
    if output.output_type == "stream":
        yield from lines_block(output.text if output.name == "stdout" else "")
    elif output.output_type == "error":
        yield from lines_block(f"{output.ename}: {output.evalue}")
    else:
        meta = output.get("metadata", {}).get("text/html", {}).get("gdgk") or {}
        if meta.get("role") == "masthead":
            head.title, head.published = clean(str(meta.get("title", ""))), str(meta.get("published", ""))
        yield from data_blocks(output.data)


def data_blocks(data: dict[str, Any]) -> Iterator[Block | Notice]:
    """The blocks of an output's data; a chart before its picture, a picture before mere text."""
    if PLOTLY in data:
        yield chart_of(data[PLOTLY])
    elif "text/html" in data:
        yield from read_html(data["text/html"])
    elif "text/markdown" in data:
        yield from read_html(str(markdown2html(clean(data["text/markdown"]))))
    else:
        shown = (picture(mime, data[mime]) for mime in PICTURES if mime in data)
        found = next((one for one in shown if one), None)
        yield from [found] if found else lines_block(str(data.get("text/plain", "")))


def lines_block(text: str) -> Iterator[Paragraph]:
    """Text as a terminal shows it, colours left out; nothing for mere space."""
    text = clean(strip_ansi(text)).strip("\n")
    if text.strip():
        yield Paragraph((Run(text),), "lines")


def chart_of(spec: dict[str, Any]) -> Chart:
    """A plotly output: its title, subtitle and source, and the table behind it, as its layout's meta say."""
    layout = spec.get("layout", {})
    meta = layout.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    title = layout.get("title") or {}
    said = meta.get("title") or (title if isinstance(title, str) else title.get("text")) or "图"
    names = [words(name) for name in meta.get("columns", ())]
    rows = [[words(text) for text in row] for row in meta.get("rows", ())]
    return Chart(
        words(said),
        words(meta.get("subtitle", "")),
        words(meta.get("source", "")),
        table_behind(words(said), names, rows) if rows else None,
        {"data": spec.get("data", []), "layout": layout},
    )


def words(value: Any) -> str:
    """A text of a chart, of which plotly would show tags as markup."""
    return clean(re.sub(r"<br\s*/?>", " ", str(value)))


def table_behind(title: str, names: list[str], rows: list[list[str]]) -> Table:
    """The table behind a chart: a line of headings, the first column of each row its heading."""
    lines = [names, *rows]
    cells = [
        Cell(number, place, 1, 1, text, number == 0 or place == 0)
        for number, line in enumerate(lines)
        for place, text in enumerate(line)
    ]
    return Table(max(map(len, lines)), len(lines), 1, tuple(cells), title, shown=True)


# ── headings ──


def first_title(blocks: list[Block]) -> str:
    """The first heading of level 1."""
    return next((block.text for block in blocks if isinstance(block, Heading) and block.level == 1), "")


def ordered(blocks: list[Block], title: str) -> Iterator[Block]:
    """Blocks with their headings in order: 1 is the title's, which stands apart, and no level is left out below it.

    Sections have anchors ``s1``, ``s2`` and so on.
    """
    above, sections = 1, 0
    for block in blocks:
        if not isinstance(block, Heading):
            yield block
            continue
        if block.level == 1 and block.text == title:
            continue
        above = min(max(block.level, 2), above + 1, DEEPEST)
        sections += above == 2
        yield replace(block, level=above, anchor=f"s{sections}" if above == 2 else "")
