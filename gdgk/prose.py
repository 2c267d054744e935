"""narrative.md → the sections of a report, by numeral and heading as the format of its year has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gdgk.form import Edition

NUMERALS = "一二三四五六"
HEADINGS = {
    "一": "一、总体情况",
    "二": "二、主动公开政府信息情况",
    "三": "三、收到和处理政府信息公开申请情况",
    "四": "四、政府信息公开行政复议、行政诉讼情况",
    "五": "五、存在的主要问题及改进情况",
    "六": "六、其他需要报告的事项",
}
# 一、总体情况; also 一.总体情况 and 第一部分 总体情况
HEADING = re.compile(rf"##\s+((?:([{NUMERALS}])[、.．]|第([{NUMERALS}])部分)[^\n]*)\n?")

OPENING = re.compile(rf"^{HEADING.pattern}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a report: its numeral, its heading as printed, its paragraphs (a sub-heading: ``### ``)."""

    numeral: str
    heading: str
    paragraphs: tuple[str, ...]


def sections(text: str) -> dict[str, Section]:
    """The sections of a narrative.md by numeral; what stands before the first heading has the numeral ``""``."""
    found: dict[str, Section] = {}
    numeral, heading = "", ""
    paragraphs: list[str] = []
    for block in (part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))):
        match = HEADING.match(block)
        if match:
            add_section(found, Section(numeral, heading, tuple(paragraphs)))
            heading, numeral, paragraphs = match[1].strip(), match[2] or match[3], []
            block = block[match.end() :].strip()
        if block:
            paragraphs.append(block)
    add_section(found, Section(numeral, heading, tuple(paragraphs)))
    return found


def numeral_at(text: str, position: int) -> str:
    """The numeral of the section of a narrative in which a place (in characters) lies; ``""`` before the first."""
    opened = [match for match in OPENING.finditer(text) if match.start() <= position]
    return opened[-1][2] or opened[-1][3] if opened else ""


def add_section(found: dict[str, Section], section: Section) -> None:
    """Keep a section; a second one of the same numeral follows the first under its own heading."""
    before = found.get(section.numeral)
    if before is not None:
        paragraphs = (*before.paragraphs, *([f"### {section.heading}"] if section.heading else []), *section.paragraphs)
        section = Section(before.numeral, before.heading, paragraphs)
    found[section.numeral] = section


def headings_of(form: Edition) -> Mapping[str, str]:
    """The six headings of an edition's format by numeral: those of its form.toml, else those in use since 2019."""
    return dict(zip(NUMERALS, form.headings, strict=True)) if form.headings else HEADINGS
