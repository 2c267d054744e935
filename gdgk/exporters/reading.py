"""Markup as a notebook's outputs have it, ours and an analyst's, → the pieces of a document.

Nothing is executed, fetched or trusted: scripts and styles are dropped, an unknown tag is its text, spans are bounded.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from html import unescape

from lxml import etree

from gdgk.exporters.folding import BLOCKS, HEADINGS, classes, is_dropped, lines, tidied
from gdgk.exporters.grids import table_of
from gdgk.exporters.pieces import Block, Heading, Item, Notice, Paragraph, Picture, Run, clean, plain_text

BOLD = frozenset({"b", "strong"})
NOTICES = frozenset({"draft", "demo"})
NOTES = frozenset({"note-row", "datanote", "src"})
UNIT = re.compile(r"单位[:：]\s*(\S+)")
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
DATA_PICTURE = re.compile(r"data:(image/(?:png|jpeg|svg\+xml));base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
Attachments = Mapping[str, Mapping[str, str]]


def read_html(markup: str, attachments: Attachments | None = None) -> list[Block | Notice]:
    """The pieces of some markup, in order. attachments: pictures of a markdown cell by name, then by mime type."""
    root = tree(markup)
    if root is None:
        return list(bare_text(markup))
    reader = Reader(attachments or {})
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if reader.opened(element):
                walk.skip_subtree()
        else:
            reader.closed(element)
    reader.flush()
    return reader.blocks


def tree(markup: str) -> etree._Element | None:
    """Markup as a tree; None for what is nested without end. Comments and instructions are left out."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    root = etree.fromstring(f"<div>{clean(markup)}</div>".encode(), parser)
    # Where the parser meets a limit of its own it drops what follows and only logs it.
    limited = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return None if limited else root


def bare_text(markup: str) -> Iterator[Paragraph]:
    """The words of markup that no parser follows, its tags taken away."""
    text = " ".join(clean(unescape(re.sub(r"<[^<>]*>", " ", markup))).split())
    if text:
        yield Paragraph((Run(text),))


def picture(mime: str, data: str, alt: str = "") -> Picture | None:
    """A picture from a notebook's text for it: base64, or SVG as it stands; None where it is none."""
    if mime == "image/svg+xml" and data.lstrip().startswith("<"):
        return Picture(clean(data).encode(), mime, alt)
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    begins = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8"}.get(mime, b"<")
    return Picture(raw, mime, alt) if raw.startswith(begins) else None


class Reader:
    """The walk through a tree: one paragraph in the making, the blocks that are done."""

    def __init__(self, attachments: Attachments) -> None:
        self.blocks: list[Block | Notice] = []
        self.attachments = attachments
        self.runs: list[Run] = []
        self.bold = 0
        self.lists: list[tuple[str, int]] = []
        self.item = ""
        self.heading = 0
        self.lines = 0
        self.notes: list[etree._Element] = []
        self.notice: etree._Element | None = None
        self.cap: etree._Element | None = None
        self.unit = ""

    def opened(self, element: etree._Element) -> bool:
        """An element begins; True when what is in it is done with."""
        tag = str(element.tag)
        if is_dropped(element):
            return True
        if tag in BLOCKS:
            self.flush()
        if tag == "table":
            self.table(element)
            return True
        if tag == "img":
            self.picture(element)
            return True
        self.note_kind(element, tag)
        self.add(element.text or "")
        return False

    def note_kind(self, element: etree._Element, tag: str) -> None:
        """What the text that follows is: bold, an item, a heading, a remark, lines as they stand."""
        named = classes(element)
        if tag in BOLD:
            self.bold += 1
        elif tag == "br":
            self.runs.append(Run("\n"))
        elif tag in ("ul", "ol"):
            start = element.get("start", "1")
            self.lists.append((tag, int(start) if start.isdecimal() and len(start) < 5 else 1))
        elif tag == "li":
            self.item = self.next_mark()
        elif tag in HEADINGS:
            self.heading = int(tag[1])
        elif tag == "pre":
            self.lines += 1
        if named & NOTES:
            self.notes.append(element)
        if named & NOTICES and self.notice is None:
            self.notice = element
        if "cap" in named and self.cap is None:
            self.cap = element

    def next_mark(self) -> str:
        """The mark of the next item of the innermost list."""
        if not self.lists or self.lists[-1][0] == "ul":
            return "•"
        tag, number = self.lists[-1]
        self.lists[-1] = tag, number + 1
        return f"{number}."

    def closed(self, element: etree._Element) -> None:
        """An element ends, and what follows it begins."""
        tag = str(element.tag)
        if not is_dropped(element):
            if tag in BLOCKS and tag != "table":
                self.flush()
            if tag in BOLD:
                self.bold -= 1
            elif tag in ("ul", "ol"):
                self.lists.pop()
            elif tag == "li":
                self.item = ""
            elif tag in HEADINGS:
                self.heading = 0
            elif tag == "pre":
                self.lines -= 1
            if self.notes and self.notes[-1] is element:
                self.notes.pop()
            self.notice = None if self.notice is element else self.notice
            self.cap = None if self.cap is element else self.cap
        self.add(element.tail or "")

    def add(self, text: str) -> None:
        """Text goes to the paragraph in the making."""
        if text:
            self.runs.append(Run(text, self.bold > 0))

    def flush(self) -> None:
        """The paragraph in the making is done."""
        runs = lines(self.runs) if self.lines else tidied(self.runs)
        self.runs = []
        if not runs:
            return
        text = plain_text(runs)
        if self.cap is not None:
            found = UNIT.search(text)
            self.unit = found[1] if found else self.unit
        elif self.notice is not None:
            kind = "draft" if "draft" in classes(self.notice) else "demo"
            label = next((run.text for run in runs if run.bold), text)
            self.blocks.append(Notice(kind, label.strip(" 。：　"), text))
        elif self.heading:
            self.blocks.append(Heading(self.heading, text.replace("\n", " ")))
        elif self.lists:
            self.blocks.append(Item(runs, len(self.lists) - 1, self.item))
            self.item = ""
        else:
            kind = "lines" if self.lines else "note" if self.notes else "body"
            self.blocks.append(Paragraph(runs, kind))

    def picture(self, element: etree._Element) -> None:
        """A picture that is in the markup itself; of any other its words, as nothing is fetched."""
        source, alt = element.get("src", ""), clean(element.get("alt", ""))
        found = DATA_PICTURE.fullmatch(source.strip())
        mime, data = (found[1].lower(), found[2]) if found else ("", "")
        if source.startswith("attachment:"):
            stored = self.attachments.get(source.removeprefix("attachment:"), {})
            mime, data = next(((mime, data) for mime, data in stored.items() if mime in PICTURES), ("", ""))
        made = picture(mime, data, alt) if mime else None
        if made is None:
            self.add(f"［图：{alt}］" if alt else "")
        else:
            self.flush()
            self.blocks.append(made)

    def table(self, element: etree._Element) -> None:
        """A table, whose unit stood before it."""
        made = table_of(element, self.unit)
        self.unit = ""
        if made is not None:
            self.blocks.append(made)
