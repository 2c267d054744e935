"""PDF documents with a text layer → Document: ruled tables as grids, the lines around them as paragraphs."""

from __future__ import annotations

import logging
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from gdgk.importers.cells import PAGE_NUMBER, STAMP_LINE
from gdgk.importers.document import Document, DocumentError, Grid, GridCell, Paragraph
from gdgk.importers.inflating import check_streams
from gdgk.importers.limits import FILE_BYTES, checked_size, damaged, locked
from gdgk.importers.typesetting import LONGEST_MARK, Char, Measure, cell_text, line_text, text_lines

WHAT = "a PDF"
# A report has 5 to 30 pages, a collection for a county 200; a page has 2,000 characters and 600 rules.
PAGES = 300
PAGE_CHARACTERS = 50_000
PAGE_EDGES = 4_000
# A page whose drawing orders are longer than this (100 kB is much) is a map or a picture, and takes minutes to parse.
PAGE_CODE_BYTES = 4_000_000
# Beyond this much time a file is not a report as agencies publish them (0.1 s a page).
SECONDS = 60.0
# Points: what a rule is thinner than; how far rules may miss one another; how far tops of cells of one row may differ.
THIN = 4.0
SNAP = 3.0
# Characters nearer to one another than this share of their size were set as one word.
TOUCH = 0.03
FIGURES = frozenset("0123456789.,")
# The share of the page's height at its top and bottom where a page number stands.
EDGE = 0.1

Box = tuple[float, float, float, float]


def read(path: Path, name: str = "") -> Document:
    """A PDF as a document; places are ``page 2, line 14`` and ``page 3, table 1, row 2, column 4``.

    Tables broken over pages stay apart, in order. Raises :class:`DocumentError` for scans (no text on any page), locked
    and damaged files and for files beyond the limits above.
    """
    name = name or str(path)
    checked_size(path, name, FILE_BYTES)
    check_streams(path.read_bytes(), name)
    with quiet():
        try:
            with pdfplumber.open(path) as pdf:
                blocks, blind = read_pages(pdf, name)
        except DocumentError:
            raise
        except PdfminerException as error:
            cause = error.args[0] if error.args else error
            if isinstance(cause, PDFPasswordIncorrect):
                raise locked(name, WHAT) from error
            raise damaged(name, WHAT, error) from error
        except Exception as error:  # pdfminer raises whatever a broken file leads it to
            raise damaged(name, WHAT, error) from error
    if not blocks:
        raise DocumentError(
            name,
            "a scan: pictures of pages without text",
            "a PDF with a text layer",
            "ask for the Word file, or run OCR on it and check every figure",
        )
    notes = (f"page {', '.join(map(str, blind))}: a picture without text, not read",) if blind else ()
    return Document(name, "pdf", tuple(blocks), notes=notes)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep pdfminer's warnings on fonts and colours to itself: they are nothing an analyst can act on."""
    logger = logging.getLogger("pdfminer")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def read_pages(pdf: Any, name: str) -> tuple[list[Paragraph | Grid], list[int]]:
    """The blocks of all pages, and the numbers of pages that are pictures only."""
    if len(pdf.pages) > PAGES:
        raise DocumentError(name, f"{len(pdf.pages)} pages", f"at most {PAGES}", "give the pages of the report alone")
    blocks: list[Paragraph | Grid] = []
    blind = []
    end = time.monotonic() + SECONDS
    measure = Measure()
    for page in pdf.pages:
        check_page(page, name, end)
        if page.chars:
            blocks.extend(page_blocks(page, measure))
        elif page.images:
            blind.append(page.page_number)
        page.close()
    return blocks, blind


def check_page(page: Any, name: str, end: float) -> None:
    """Raise :class:`DocumentError` before a page is parsed that would take too long, or when time is over."""
    where = f"{name}, page {page.page_number}"
    code = sum(len(stream.get_data()) for stream in page.page_obj.contents if hasattr(stream, "get_data"))
    if code > PAGE_CODE_BYTES or time.monotonic() > end or len(page.chars) > PAGE_CHARACTERS:
        raise DocumentError(where, "a page of too much drawing", "pages of a report", "print the report to PDF anew")


def page_blocks(page: Any, measure: Measure) -> Iterator[Paragraph | Grid]:
    """A page from top to bottom. measure: of the pages before it."""
    chars = [char for char in page.chars if char["text"].strip()]
    found = tables(page)
    if found:
        hold_together(chars, [table.box for table in found])
    free = text_lines([char for char in chars if not within(char, [table.box for table in found])])
    measure.turn(free)
    parts: list[tuple[float, Ruled | list[Char]]] = [(table.box[1], table) for table in found]
    parts.extend((min(char["top"] for char in line), line) for line in free)
    parts.sort(key=lambda item: item[0])
    line_number = table_number = 0
    for top, item in parts:
        if isinstance(item, Ruled):
            own = [char for char in chars if inside(char, item.box)]
            if item.columns < 2:
                for line in text_lines(own):
                    line_number += 1
                    yield Paragraph(line_text(line), f"page {page.page_number}, line {line_number}")
            else:
                table_number += 1
                yield item.grid(own, f"page {page.page_number}, table {table_number}")
            continue
        text = line_text(item)
        at_edge = not EDGE * page.height < top < (1 - EDGE) * page.height
        if text and not (at_edge and is_page_number(text, page.page_number)):
            line_number += 1
            mark = at_edge and (len(text) < LONGEST_MARK or STAMP_LINE.fullmatch(text))
            opens = None if mark else measure.opens(item)
            yield Paragraph(text, f"page {page.page_number}, line {line_number}", opens)


def is_page_number(text: str, number: int) -> bool:
    """Whether a line at a page's edge is its number: marked as one, or the very number."""
    return PAGE_NUMBER.fullmatch(text) is not None or text == str(number)


# Figures in tables ---------------------------------------------------------------------------------------------------


def hold_together(chars: list[Char], boxes: list[Box]) -> None:
    """Give every character of a figure the figure's place (``at``): one that runs over a rule is still one figure.

    Characters that run out of a table on its right side belong to it, as those that they touch.
    """
    for line in text_lines(chars):
        figure: list[Char] = []
        before: Char | None = None
        for char in line:
            touches = before is not None and abs(char["x0"] - before["x1"]) < TOUCH * char["size"]
            if figure and not (touches and char["text"] in FIGURES):
                settle(figure)
                figure = []
            if char["text"] in FIGURES:
                figure.append(char)
            elif touches and before is not None and within(before, boxes) and not within(char, boxes):
                char["at"] = middle(before)
            before = char
        settle(figure)


def settle(figure: list[Char]) -> None:
    """Put the characters of a figure where its middle is."""
    if len(figure) > 1:
        at = (figure[0]["x0"] + figure[-1]["x1"]) / 2, middle(figure[0])[1]
        for char in figure:
            char["at"] = at


def middle(char: Char) -> tuple[float, float]:
    """Where a character belongs: its middle, or that of the figure it is part of."""
    at: tuple[float, float] | None = char.get("at")
    return at or ((char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2)


def inside(char: Char, box: Box) -> bool:
    """Whether a character belongs in a box."""
    x, y = middle(char)
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def within(char: Char, boxes: list[Box]) -> bool:
    """Whether a character belongs in one of some boxes."""
    return any(inside(char, box) for box in boxes)


# Tables by their rules -----------------------------------------------------------------------------------------------


class Ruled:
    """A ruled table: its cells' boxes, and the lefts and tops that its columns and rows begin at."""

    def __init__(self, cells: list[Box]) -> None:
        self.cells = cells
        self.lefts = clustered([cell[0] for cell in cells])
        self.tops = clustered([cell[1] for cell in cells])
        self.box = (
            min(cell[0] for cell in cells),
            min(cell[1] for cell in cells),
            max(cell[2] for cell in cells),
            max(cell[3] for cell in cells),
        )

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return len(self.lefts)

    def slot(self, x: float, y: float) -> tuple[int, int]:
        """The row and column that a point lies in."""
        return max(bisect_right(self.tops, y) - 1, 0), max(bisect_right(self.lefts, x) - 1, 0)

    def grid(self, chars: list[Char], place: str) -> Grid:
        """The table as a grid; text between the rules where a cell is not closed becomes a cell of its own."""
        starts = {self.slot(cell[0] + SNAP, cell[1] + SNAP): cell for cell in self.cells}
        owner: dict[tuple[int, int], tuple[int, int]] = {}
        for (row, column), cell in starts.items():
            last_row, last_column = self.slot(cell[2] - SNAP, cell[3] - SNAP)
            for at in range(row, last_row + 1):
                owner.update({(at, across): (row, column) for across in range(column, last_column + 1)})
        texts: dict[tuple[int, int], list[Char]] = defaultdict(list)
        for char in chars:
            slot = self.slot(*middle(char))
            texts[owner.get(slot, slot)].append(char)
        rows: list[list[GridCell]] = [[] for _ in self.tops]
        for row, column in sorted({*starts, *texts}):
            box = starts.get((row, column))
            width = self.slot(box[2] - SNAP, box[1] + SNAP)[1] - column + 1 if box else 1
            where = f"{place}, row {row + 1}, column {column + 1}"
            rows[row].append(GridCell(cell_text(texts.get((row, column), [])), column, width, where))
        return Grid(tuple(tuple(row) for row in rows), place)


def clustered(values: list[float]) -> list[float]:
    """Values that lie within ``SNAP`` of one another as the least of them."""
    found: list[float] = []
    last = float("-inf")
    for value in sorted(values):
        if value - last > SNAP:
            found.append(value)
        last = value
    return found


def tables(page: Any) -> list[Ruled]:
    """The ruled tables of a page; none where it has more rules than tables of a report (a drawing)."""
    across, down = rules(page)
    if len(across) < 2 or len(down) < 2 or len(across) + len(down) > PAGE_EDGES:
        return []
    close_open_sides(across, down)
    found = page.find_tables(
        {
            "vertical_strategy": "explicit",
            "horizontal_strategy": "explicit",
            "explicit_vertical_lines": down,
            "explicit_horizontal_lines": across,
            "snap_tolerance": SNAP,
            "join_tolerance": SNAP,
            "intersection_tolerance": SNAP,
        }
    )
    return [Ruled(table.cells) for table in found]


def rules(page: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rules across and down a page: lines, thin boxes, the sides of outlined boxes and of drawn paths.

    The sides of filled areas are no rules: word processors paint white behind every line of text.
    """
    drawn = [*page.lines, *page.curves]
    drawn += [rect for rect in page.rects if rect["stroke"] or rect["width"] < THIN or rect["height"] < THIN]
    edges = [edge for shape in drawn if not is_white(shape) for edge in pdfplumber.utils.obj_to_edges(shape)]
    across = [edge for edge in edges if edge["orientation"] == "h" and edge["width"] > 1]
    down = [edge for edge in edges if edge["orientation"] == "v" and edge["height"] > 1]
    return across, down


def is_white(rule: dict[str, Any]) -> bool:
    """Whether a rule is drawn in white, so that nobody sees it."""
    color = rule.get("stroking_color") if rule.get("stroke") else rule.get("non_stroking_color")
    parts = color if isinstance(color, tuple | list) else (color,)
    if not parts or not all(isinstance(part, int | float) for part in parts):
        return False
    return all(part == 0 for part in parts) if len(parts) == 4 else all(part >= 1 for part in parts)


def close_open_sides(across: list[dict[str, Any]], down: list[dict[str, Any]]) -> None:
    """Add the rules that tables leave out: the top or bottom one at a page break, the outer ones left and right."""
    columns = extents(down, "x0", "top", "bottom")
    rows = extents(across, "top", "x0", "x1")
    for end in (0, 1):
        for y, ends in ends_together(columns, end):
            left, right = min(ends), max(ends)
            if not any(abs(at - y) <= SNAP and low <= left + SNAP and high >= right - SNAP for at, low, high in rows):
                across.append(rule("h", left, right, y))
        for x, ends in ends_together(rows, end):
            levels = sorted(ends)
            for low, high in pairwise(levels):
                crossed = any(begin <= low + SNAP and stop >= high - SNAP for _, begin, stop in columns)
                ruled = any(
                    abs(at - x) <= SNAP and begin <= low + SNAP and stop >= high - SNAP for at, begin, stop in columns
                )
                if crossed and not ruled:
                    down.append(rule("v", low, high, x))


def extents(edges: list[dict[str, Any]], at: str, low: str, high: str) -> list[tuple[float, float, float]]:
    """Rules as (position, begin, end), those that continue one another as one."""
    found: list[tuple[float, float, float]] = []
    places = clustered([edge[at] for edge in edges])
    lanes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for edge in edges:
        lanes[bisect_right(places, edge[at])].append(edge)
    for lane, members in sorted(lanes.items()):
        position = places[lane - 1]
        begin = end = None
        for edge in sorted(members, key=lambda edge: edge[low]):
            if begin is None or end is None:
                begin, end = edge[low], edge[high]
            elif edge[low] <= end + SNAP:
                end = max(end, edge[high])
            else:
                found.append((position, begin, end))
                begin, end = edge[low], edge[high]
        if begin is not None and end is not None:
            found.append((position, begin, end))
    return found


def ends_together(lanes: list[tuple[float, float, float]], end: int) -> Iterator[tuple[float, list[float]]]:
    """Where three or more rules begin (end 0) or stop (end 1) at one height, with the positions of those rules."""
    heights = clustered([lane[1 + end] for lane in lanes])
    together: dict[int, list[float]] = defaultdict(list)
    for lane in lanes:
        together[bisect_right(heights, lane[1 + end])].append(lane[0])
    for key, positions in sorted(together.items()):
        if len(positions) > 2:
            yield heights[key - 1], positions


def rule(orientation: str, low: float, high: float, at: float) -> dict[str, Any]:
    """A rule as pdfplumber describes one."""
    x0, x1, top, bottom = (low, high, at, at) if orientation == "h" else (at, at, low, high)
    sides = {"x0": x0, "x1": x1, "top": top, "bottom": bottom, "width": x1 - x0, "height": bottom - top}
    return {**sides, "orientation": orientation, "object_type": "line"}
