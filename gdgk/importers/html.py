"""Web pages → Document: what a reader sees of them, tables with their spans expanded; nothing is fetched or run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from gdgk.importers.cells import Table, TableCell, check_depth, joined, table_blocks, tidy
from gdgk.importers.document import Document, DocumentError, Grid, Paragraph
from gdgk.importers.limits import HTML_BYTES, content
from gdgk.importers.text import BOMS

META = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
HEAD_BYTES = 8192
# The national standard holds all of what pages call GB2312 or GBK.
CHINESE = {"gb2312", "gbk", "gb18030", "x-gbk", "cp936", "gb_2312-80", "hz-gb-2312"}
UNSEEN = frozenset(
    {
        *("script", "style", "noscript", "template", "nav", "head", "select", "button", "textarea"),
        *("iframe", "object", "svg", "audio", "video", "canvas", "map"),
    }
)
# What ends a line, beside tables and their parts; other elements only dress up words.
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog"),
        *(
            "dir",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "header",
            "hr",
            "legend",
            "li",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "main", "menu", "ol", "p", "pre", "section", "summary", "ul"),
    }
)
TABULAR = frozenset({"table", "tr", "td", "th"})
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Whether any element of a page may be (an entity may stand for a letter of the word).
MAY_HIDE = re.compile(r"hidden|display[^;>]*none|&#", re.IGNORECASE)


def read(path: Path, name: str = "") -> Document:
    """An .html file as a document; places are ``paragraph 7`` and ``table 2, row 3, column 4`` (spans expanded).

    Raises :class:`DocumentError` for too large a page and for tables nested too deep.
    """
    name = name or str(path)
    text, notes = decoded(content(path, name, HTML_BYTES))
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise no_page(name) from error
    if root is None:
        raise no_page(name)
    # Where the parser meets a limit of its own it drops what follows and only logs it.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentError(
            name,
            "elements nested without end",
            "a page as browsers save it",
            "copy the report into Word and import that",
        )
    hides = MAY_HIDE.search(text) is not None
    return Document(name, "html", tuple(blocks(root, name, hides)), title_of(root), notes)


def no_page(name: str) -> DocumentError:
    """The error for a file that holds no markup."""
    return DocumentError(name, "no web page in it", "the HTML of a report", "save the page again from the browser")


def decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a page and notes on it: by its byte-order mark, else UTF-8, else its declared charset, else GB18030.

    UTF-8 goes before what the page declares: many declare wrongly, and no other Chinese text passes for UTF-8.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), ()
    declared = META.search(data[:HEAD_BYTES])
    named = declared[1].decode("ascii", "replace").lower() if declared else "gb18030"
    encodings = ["utf-8", "gb18030" if named in CHINESE else named, "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding), ()
        except (UnicodeDecodeError, LookupError):
            continue
    encoding = "utf-8" if named in ("utf-8", "utf8") else "gb18030"
    text = data.decode(encoding, "replace")
    lost = text.count("\ufffd")
    return text, (f"{lost} characters are not {encoding} and could not be read",)


def title_of(root: etree._Element) -> str:
    """The title a page gives itself: that of its article where government sites name one, else that of its window."""
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "articletitle" and tidy(meta.get("content") or ""):
            return tidy(meta.get("content") or "")
    title = root.find(".//title")
    return tidy("".join(title.itertext())) if title is not None else ""


def date_of(root: etree._Element) -> str:
    """The day of publication in the page's metadata, where government sites put it."""
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "pubdate":
            return tidy(meta.get("content") or "")
    return ""


def blocks(root: etree._Element, name: str, hides: bool = True) -> Iterator[Paragraph | Grid]:
    """What a page shows, in reading order; hides: as :func:`seen`."""
    if date := date_of(root):
        yield Paragraph(f"发布日期：{date}", "meta PubDate")
    number = 0
    for item in seen(root, name, hides):
        if isinstance(item, Table):
            yield from table_blocks(item, name)
        else:
            number += 1
            yield Paragraph(item, f"paragraph {number}")


@dataclass(slots=True)
class Frame:
    """The page, or a cell of a table (its element): lines and tables so far, and the text of the line under way."""

    content: list[str | Table] = field(default_factory=list)
    element: etree._Element | None = None
    text: list[str] = field(default_factory=list)
    preformatted: int = 0

    def end_line(self) -> None:
        """Close the line under way; line feeds of the source are spaces, save in preformatted text."""
        if not self.text:
            return
        lines = "".join(self.text).split("\n")
        self.text.clear()
        for line in lines if self.preformatted or len(lines) == 1 else [joined(lines)]:
            if line := tidy(line):
                self.content.append(line)


class Page:
    """The walk over a page: the frame that text goes to, frames and tables that are open, how many tables were met."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.frame = Frame()
        self.frames = [self.frame]
        self.tables: list[tuple[Table, int]] = []
        self.met = 0

    def open(self, tag: str, element: etree._Element) -> None:
        """Enter a table or a part of one."""
        in_table = bool(self.tables) and self.tables[-1][1] == len(self.frames)
        if in_table and tag in ("td", "th"):
            rows = self.tables[-1][0].rows
            if not rows:
                rows.append([])
            cell = TableCell([], span(element.get("colspan"), 1), span(element.get("rowspan"), 0))
            rows[-1].append(cell)
            self.frame = Frame(cell.content, element)
            self.frames.append(self.frame)
        elif in_table and tag == "tr":
            self.tables[-1][0].rows.append([])
        elif tag == "table":
            self.frame.end_line()
            self.met += 1
            self.tables.append((Table(f"table {self.met}"), len(self.frames)))
            check_depth(len(self.tables), self.name)
        else:
            self.frame.end_line()

    def part(self, preformatted: int) -> None:
        """End the line where a block begins or ends; preformatted: 1 where such a block begins, -1 where it ends."""
        if self.frame.text:
            self.frame.end_line()
        self.frame.preformatted += preformatted

    def close(self, tag: str, element: etree._Element) -> None:
        """Leave a table or a part of one."""
        if self.frame.element is element:
            self.frame.end_line()
            self.frames.pop()
            self.frame = self.frames[-1]
        elif tag == "table" and self.tables and self.tables[-1][1] == len(self.frames):
            self.frame.end_line()
            self.frame.content.append(self.tables.pop()[0])
        else:
            self.frame.end_line()


def span(value: str | None, least: int) -> int:
    """A colspan or rowspan as browsers read it: what is no number is 1."""
    if value is None:
        return 1
    match = re.match(r"\s*\+?(\d{1,6})", value)
    return max(int(match[1]), least) if match else 1


def seen(root: etree._Element, name: str, hides: bool = True) -> list[str | Table]:
    """The lines and tables of a page that a reader sees, in order; walked without recursion, however deep it is.

    hides: whether an element may be hidden; asking each one of a page that hides nothing costs a tenth of the reading.
    """
    page = Page(name)
    hidden = hidden_elements(root) if hides else set()
    walk = etree.iterwalk(root, events=("start", "end"))
    skipped: etree._Element | None = None
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in UNSEEN or (hidden and element in hidden):
                walk.skip_subtree()
                skipped = element
                continue
            if tag in TABULAR:
                page.open(tag, element)
            elif tag in BLOCKS:
                page.part(tag == "pre")
            if text := element.text:
                page.frame.text.append(text)
        else:
            if skipped is element:
                skipped = None
            elif tag in TABULAR:
                page.close(tag, element)
            elif tag in BLOCKS:
                page.part(-(tag == "pre"))
            if (tail := element.tail) and element is not root:
                page.frame.text.append(tail)
    page.frame.end_line()
    return page.frame.content


def hidden_elements(root: etree._Element) -> set[etree._Element]:
    """The elements that say of themselves that they are not shown."""
    return {
        element
        for element in root.iter("*")
        if element.get("hidden") is not None or HIDDEN.search(element.get("style") or "")
    }
