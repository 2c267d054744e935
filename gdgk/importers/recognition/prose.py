"""The narrative: the six sections with their headings, paragraphs rejoined where a page or a line broke them."""

from __future__ import annotations

import re

from gdgk.importers.cells import STAMP_LINE
from gdgk.importers.recognition.lines import Line
from gdgk.importers.recognition.regions import Heading, Layout
from gdgk.importers.recognition.wording import readable, stamp_of

ENDS = ("。", "！", "？", "：", "；", "”", "）", ".", ":", ";", "!", "?")
OPENS = re.compile(
    r"^(?:[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.、．]|第[一二三四五六七八九十]+[,，、])"
)
SUBHEADING = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)][^。；，,]{2,24}$")
PAGE_NUMBER = re.compile(r"^[-—–－\s]*(?:第\s*)?\d{1,3}(?:\s*页)?[-—–－\s]*$")
TABLE_SECTIONS = "二三四"
# Around a table stand also 单位：件 and its caption, which are no prose.
SENTENCE = re.compile(r"[。；，]")
ATTACHED = re.compile(r"^(?:附[件表]?[:：\d\s]*)?(?:《?政府信息公开情况统计表》?)$")


Sections = list[tuple[Heading, list[str]]]


def prose_of(layout: Layout, title: str) -> tuple[list[str], Sections]:
    """The paragraphs before the first section, and each section's heading with its paragraphs; tables are left out."""
    lines = layout.lines[: layout.end]
    passed = range(layout.prose_end, layout.prose_resumes)
    tabular = {*passed, *(number for region in layout.tables.values() for number in rows_of(region))}
    found = [heading for heading in layout.headings if heading.line < layout.end and heading.line not in passed]
    bounds = [heading.line for heading in found] + [len(lines)]
    opening = paragraphs(after_title(lines[: bounds[0]], title) if found else [], title)
    sections = []
    for heading, end in zip(found, bounds[1:], strict=True):
        own = [line for line in lines[heading.line + 1 : end] if line.number not in tabular]
        made = paragraphs(own, title)
        if heading.numeral in TABLE_SECTIONS:
            made = [text for text in made if SENTENCE.search(text)]
        sections.append((heading, made))
    return opening, sections


def rows_of(region: list[Line]) -> list[int]:
    """The lines of a table; of one that is drawn only what is drawn: sentences before and after name its rows too."""
    drawn = [line.number for line in region if line.grid >= 0]
    return [line.number for line in region if not drawn or drawn[0] <= line.number <= drawn[-1]]


def after_title(lines: list[Line], title: str) -> list[Line]:
    """The lines behind the title, where it stands on a line of its own: before it stand menus and stamps (草稿)."""
    bare = re.sub(r"\s+", "", title)
    at = [number for number, line in enumerate(lines) if bare and re.sub(r"\s+", "", line.text) == bare]
    return lines[at[-1] + 1 :] if at else lines


def narrative(opening: list[str], sections: Sections) -> str:
    """The prose of a report as narrative.md holds it: ``## `` headings, ``### `` sub-headings, a blank line between."""
    parts = list(opening)
    for heading, made in sections:
        parts += [f"## {readable(heading.text).strip()}", *made]
    return "\n\n".join(parts) + "\n" if parts else ""


def section_texts(sections: Sections) -> dict[str, str]:
    """The sections by heading as printed, their paragraphs parted by line feeds."""
    return {readable(heading.text).strip(): "\n".join(made) for heading, made in sections}


def paragraphs(lines: list[Line], title: str) -> list[str]:
    """Text lines put together into paragraphs; figures of tables and page numbers left out."""
    made: list[str] = []
    for line in lines:
        text = readable(line.text).strip() if line.grid < 0 else ""
        if line.grid >= 0 and len([piece for piece in line.pieces if not piece.blank]) == 1:
            text = readable(line.text).strip()
        if (
            not text
            or PAGE_NUMBER.match(text)
            or text.startswith("#")
            or is_title_part(text, title)
            or ATTACHED.match(text)
            or STAMP_LINE.fullmatch(text)
        ):
            continue
        if SUBHEADING.match(text) and line.opens is not False:
            made.append(f"### {text}")
        elif made and not made[-1].startswith("#") and goes_on(made[-1], text, line.opens):
            made[-1] = joined(made[-1], text)
        else:
            made.append(text)
    return [text for text in made if not stamp_of(text)]


def goes_on(before: str, text: str, opens: bool | None) -> bool:
    """Whether a line goes on with the paragraph before it: as the page shows, else by its words."""
    return not opens if opens is not None else not before.endswith(ENDS) and not OPENS.match(text)


def is_title_part(text: str, title: str) -> bool:
    """A line that is the report's title or a part of it."""
    bare = re.sub(r"\s+", "", text)
    return bool(title) and len(bare) >= 4 and bare in title


def joined(before: str, after: str) -> str:
    """Two parts of a broken line: a space only between Latin letters or digits."""
    space = (
        " " if before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalnum() else ""
    )
    return before + space + after
