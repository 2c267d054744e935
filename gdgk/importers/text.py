"""Plain text and Markdown → Document: lines; rows of tabs or bars as grids."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import groupby
from pathlib import Path

from gdgk.importers.cells import PAGE_NUMBER, joined, tidy
from gdgk.importers.document import Document, DocumentError, Grid, GridCell, Paragraph
from gdgk.importers.limits import TEXT_BYTES, content

NEWLINE = re.compile(r"\r\n?|\n")
SEPARATOR = re.compile(r"[\s|:+=\-—]*-[\s|:+=\-—]*")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
GAP = re.compile(r"[ \u3000\xa0]{2,}")
CELL = re.compile(r"[^|]*\|[\s|]*")
# Adjacent bars at the end of a row stand for columns that a cell before them spans.
PADDING = re.compile(r"\|{2,}")
FILLED_UP = re.compile(r"(?<=\|)\s+\|{2,}$")
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Of the first so many characters, at most this share may be controls or characters nobody has assigned.
SAMPLE = 100_000
STRANGE = 0.005


def read(path: Path, name: str = "") -> Document:
    """A .txt or .md file as a document; places are ``line 12`` and ``line 12, column 3``.

    Raises :class:`DocumentError` for bytes that are neither UTF-8, UTF-16 with its mark nor GB18030.
    """
    name = name or str(path)
    return read_string(decoded(content(path, name, TEXT_BYTES), name), name)


def read_string(text: str, name: str) -> Document:
    """A string as a document, as :func:`read`."""
    return Document(name, "text", tuple(blocks(NEWLINE.split(text))))


def decoded(data: bytes, name: str) -> str:
    """Bytes as text: by their mark, else strict UTF-8, else strict GB18030; :class:`DocumentError` otherwise."""
    marked = [encoding for mark, encoding in BOMS if data.startswith(mark)]
    for encoding in marked or ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if plausible(text):
            return text
    raise DocumentError(
        name,
        "bytes that are no text in UTF-8 or GB18030",
        "a report as text",
        "save it as UTF-8 where it shows rightly",
    )


def plausible(text: str) -> bool:
    """Whether text reads as text: hardly any controls, private or unassigned characters."""
    sample = text[:SAMPLE]
    strange = sum(
        unicodedata.category(sign) in ("Cc", "Co", "Cn") and sign not in "\t\n\r\f\v\x1a\x85" for sign in sample
    )
    return "\0" not in sample and strange <= STRANGE * len(sample)


def blocks(lines: Iterable[str]) -> Iterator[Paragraph | Grid]:
    """Lines as blocks: neighbouring lines with tabs, or with bars, are the rows of one grid.

    Where bars only end one cell a line, each is a paragraph of its own, a blank one too: rows cannot be told there.
    """
    numbered = ((number, line, shape(line)) for number, line in enumerate(lines, 1))
    for kind, group in groupby(numbered, key=lambda item: "bars" if item[2] == "cell" else item[2]):
        run = list(group)
        if kind == "bars" and sum(one == "cell" for _, _, one in run) * 2 > len(run):
            yield from cells_one_a_line(run)
        elif kind in ("tabs", "bars"):
            rows = [(number, split_row(line, kind)) for number, line, _ in run if not is_separator(line)]
            if any(any(cells) for _, cells in rows):
                yield grid(rows)
        elif kind == "words":
            for number, line, _ in run:
                text = tidy_words(line)
                if text and not PAGE_NUMBER.fullmatch(text):
                    yield Paragraph(text, f"line {number}")


def tidy_words(line: str) -> str:
    """A text line without Markdown's marks; two spaces or more still part its words, as columns do."""
    parts = GAP.split(HEADING.sub("", unescape(line)).replace("**", "").strip())
    return "  ".join(text for part in parts if (text := tidy(part)))


def cells_one_a_line(run: list[tuple[int, str, str]]) -> Iterator[Paragraph]:
    """Lines of one cell and a bar; further bars fill up the columns that a cell spans."""
    for number, line, kind in run:
        if kind != "cell":
            yield from (Paragraph(cell, f"line {number}") for cell in split_row(line, "bars"))
        elif not PADDING.fullmatch(line.strip()):
            yield Paragraph(tidy(unescape(line.split("|", 1)[0]).replace("**", "")), f"line {number}")


def shape(line: str) -> str:
    """What a line is: ``bars``, ``cell`` (one cell and a bar, or bars alone), ``tabs``, ``words`` or ``blank``."""
    bare = line.strip()
    if CELL.fullmatch(bare):
        return "cell"
    if bare.startswith("|") or bare.count("|") > 1:
        return "bars"
    if not bare:
        return "tabs" if line.count("\t") > 1 else "blank"
    # One tab alone at the start is an indent, one alone at the end a slip.
    return "tabs" if "\t" in bare or line.count("\t") > 1 else "words"


def is_separator(line: str) -> bool:
    """Whether a line is Markdown's ``|---|---|`` between head and body."""
    return "|" in line and bool(SEPARATOR.fullmatch(line))


def split_row(line: str, kind: str) -> list[str]:
    """The cells of a row; empty ones at its end stay."""
    if kind == "tabs":
        return [tidy(cell) for cell in line.split("\t")]
    shorter = FILLED_UP.sub("", line.strip())
    # A label and bars alone: its cells are blank.
    cells = (shorter if "|" in shorter.strip("| ") else line.strip()).split("|")
    cells = cells[1:] if not cells[0].strip() else cells
    cells = cells[:-1] if cells and not cells[-1].strip() else cells
    return [joined(BREAK.split(unescape(cell).replace("**", ""))) for cell in cells]


def grid(rows: list[tuple[int, list[str]]]) -> Grid:
    """Rows as a grid; its columns are known when it has a whole head and every row as many cells.

    Merged cells leave nothing behind in text: where the head has gaps, a figure may stand under another column's name.
    """
    made = tuple(
        tuple(GridCell(text, column, 1, f"line {number}, column {column + 1}") for column, text in enumerate(cells))
        for number, cells in rows
    )
    head = all(text and not text[0].isdigit() for text in rows[0][1])
    exact = head and len(rows) > 1 and len({len(cells) for _, cells in rows}) == 1
    return Grid(made, f"line {rows[0][0]}", exact)
