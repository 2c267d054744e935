"""S-LEGAL: the document that a report says it is made under is the one of its year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gdgk.files import read_toml
from gdgk.text_checks.catalogue import Remark, missing
from gdgk.text_checks.headings import Layout

LEGAL_BASES = Path(__file__).parent / "legal_bases.toml"
UNDER = re.compile("根据|依据|按照|依照|遵照|依法|按|遵循|落实")
MADE = re.compile("编制|制作|编写|撰写|拟制|形成|公布|发布|报告如下|现将|汇报如下")
FORMER = re.compile("原|旧|修订前|废止|此前|以前|不再|曾|代替|同时")
ORDER = re.compile(r"信息公开条例》?[^。；]{0,6}?〔?(?:中华人民共和国)?国(?:务院)?令第?(\d{2,4})号")
LETTER = re.compile(r"国办公开办函〔(20\d\d)〕(\d{1,3})号")
# A sentence of the opening: longer than a paragraph where a page break parted it.
STATEMENT = re.compile("[^。！？；]+")
OPENING = 3000
ABOUT_REPORTS = re.compile("年度报告(?:格式|有关事项)")


@dataclass(frozen=True, slots=True)
class Basis:
    """A document that reports of some years are made under; name: its title, where that alone tells it apart.

    cited: its full title and number, as a report cites it.
    """

    family: str
    title: str
    cited: str
    pattern: str
    instead: str
    first: int = 0
    last: int = 9999
    name: str = ""

    def holds_for(self, year: int) -> bool:
        """Whether a report on that year is made under it."""
        return self.first <= year <= self.last


@cache
def bases(path: Path = LEGAL_BASES) -> tuple[Basis, ...]:
    """The documents, from legal_bases.toml."""
    return tuple(Basis(**entry) for entry in read_toml(path)["basis"])


def check_basis(layout: Layout, year: int) -> Iterator[Remark]:
    """S-LEGAL: every document cited as basis holds for the year; a background mention is no basis."""
    prose = layout.prose
    cited = False
    for start, end in basis_sentences(layout):
        sentence = prose.text[start:end].replace("（", "〔").replace("）", "〕").replace("\n", "，")
        cited = True
        for basis in bases():
            patterns = [basis.pattern, *([basis.name] if basis.name else [])]
            hits = [hit for pattern in patterns if (hit := re.search(pattern, sentence))]
            if not hits:
                continue
            if basis.holds_for(year) or FORMER.search(sentence[max(0, hits[0].start() - 12) : hits[0].start()]):
                continue
            others = [other for other in bases() if other.family == basis.family and other.holds_for(year)]
            if any(re.search(other.pattern, sentence) for other in others):
                continue
            right = others[0].title if others else basis.instead
            said = f"{year} 年度报告以“{hits[0][0].strip('〔〕《〈')}”为依据，应为{right}"
            yield Remark(said, (start + hits[0].start(), start + hits[0].end()), layout.place(start))
        yield from wrong_numbers(layout, start, sentence)
    if not cited:
        yield missing("正文未写明编制依据")


def basis_sentences(layout: Layout) -> Iterator[tuple[int, int]]:
    """The sentences that say under what the report is made: those of the opening, else of the first paragraphs."""
    text = layout.prose.text
    first, limit = layout.beginning
    for found in STATEMENT.finditer(text, first, min(limit, first + OPENING)):
        start, end = found.span()
        under = UNDER.search(text, start, end)
        if under and MADE.search(text, under.start(), end) and "信息公开" in text[start:end]:
            yield start, end


def wrong_numbers(layout: Layout, start: int, sentence: str) -> Iterator[Remark]:
    """A number that no edition of the regulations or of the format has: 第771号, 〔2020〕30号."""
    for found in ORDER.finditer(sentence):
        if found[1] not in ("492", "711"):
            said = f"政府信息公开条例的公布令写为第{found[1]}号，应为国务院令第711号（2019年度起）或第492号"
            yield Remark(said, (start + found.start(1), start + found.end(1)), layout.place(start))
    for found in LETTER.finditer(sentence):
        if (found[1], found[2]) in (("2019", "60"), ("2021", "30")):
            continue
        if ABOUT_REPORTS.search(sentence[max(0, found.start() - 40) : found.start()]):
            said = f"年度报告格式的文号写为“{found[0]}”，应为国办公开办函〔2019〕60号或〔2021〕30号"
            yield Remark(said, (start + found.start(), start + found.end()), layout.place(start))
