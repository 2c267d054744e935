"""S-HEAD and S-TITLE: the six headings in order, the title; and the sections between the headings."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from gdgk.archive import Agency
from gdgk.files import read_toml
from gdgk.prose import HEADINGS, NUMERALS
from gdgk.report import Report
from gdgk.text_checks.catalogue import Remark, missing
from gdgk.text_checks.gazetteer import named_places
from gdgk.text_checks.prose import FOLDED, Block, Prose, simplified

VARIANTS = Path(__file__).parent / "headings.toml"
NUMBERED = re.compile(r"第?([一二三四五六七八九十]{1,3})(?:部分|[、.，：])[、：]?(.*)", re.DOTALL)
ARABIC = re.compile(r"(\d)[、.](?!\d)(.*)", re.DOTALL)
ABOUT = re.compile(r"^关于|关于$|的$")
BRACKETS = re.compile(r"[\s（）()·]")
LONGEST = 40
OPENING = "正文开头"
TITLE = re.compile(r"政府信息公开(工作)?(?:年度)?(?:工作)?(?:年度)?报告")


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the six sections: numeral, official heading, pattern of accepted wordings, words it is known by."""

    numeral: str
    official: str
    accepted: re.Pattern[str]
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A heading as it stands: which section it means (empty: none), its numeral, whether the wording is accepted."""

    section: str
    numeral: str
    title: str
    start: int
    end: int
    accepted: bool


@cache
def kinds(path: Path = VARIANTS) -> dict[str, Kind]:
    """The six sections by numeral, from headings.toml."""
    return {
        one["numeral"]: Kind(
            numeral=one["numeral"],
            official=HEADINGS[one["numeral"]].partition("、")[2],
            accepted=re.compile(f"(?:{one['accepted']})"),
            words=re.compile(one["words"]),
        )
        for one in read_toml(path)["section"]
    }


class Layout:
    """The headings of a narrative and the sections they open."""

    def __init__(self, prose: Prose) -> None:
        self.prose = prose
        self.headings = list(found_headings(prose))
        self.first = {one.section: one for one in reversed(self.headings) if one.section}

    def section(self, numeral: str) -> tuple[int, int] | None:
        """Where the words of a section stand, its heading left out; None when it has no heading."""
        opened = self.first.get(numeral)
        if opened is None:
            return None
        ends = [one.start for one in self.headings if one.start > opened.start and one.section != numeral]
        return opened.end, ends[0] if ends else len(self.prose.text)

    def words(self, numeral: str) -> str:
        """The words of a section, empty when it has no heading."""
        bounds = self.section(numeral)
        return self.prose.text[slice(*bounds)].strip() if bounds else ""

    @property
    def opening(self) -> tuple[int, int]:
        """What stands before the first heading; the first paragraphs when there are no headings."""
        if self.headings:
            return 0, self.headings[0].start
        return 0, self.prose.blocks[min(2, len(self.prose.blocks) - 1)].end if self.prose.blocks else 0

    @property
    def beginning(self) -> tuple[int, int]:
        """Where a report says what it is: the opening, or the first paragraphs of section 一 where there is none."""
        first, last = self.opening
        one = self.section("一")
        return (
            (first, last) if self.prose.text[first:last].strip() or one is None else (one[0], min(one[0] + 600, one[1]))
        )

    def section_at(self, at: int) -> str:
        """The numeral of the section that a place lies in; empty before the first heading."""
        index = bisect_right(self.headings, at, key=lambda one: one.start) - 1
        return self.headings[index].section if index >= 0 else ""

    def place(self, at: int) -> str:
        """In words, in which section a place lies."""
        index = bisect_right(self.headings, at, key=lambda one: one.start) - 1
        return f"正文·{self.headings[index].numeral}、{self.headings[index].title}" if index >= 0 else OPENING


def found_headings(prose: Prose) -> Iterator[Found]:
    """The section headings in order: marked lines with a numeral, and plain lines where a section has none marked."""
    read = [(block, heading_of(prose, block)) for block in prose.blocks]
    candidates = [(block, one) for block, one in read if one is not None]
    marked = {one.section for block, one in candidates if block.level and one.section}
    sure = {one.section for block, one in candidates if one.accepted} | marked
    plain: set[str] = set()
    for block, one in candidates:
        if block.level:
            yield one
        elif one.section and one.section not in marked and (one.accepted or one.section not in sure):
            if one.section in plain and not one.accepted:
                continue
            plain.add(one.section)
            yield one


def heading_of(prose: Prose, block: Block) -> Found | None:
    """A block read as a section heading, None when it is none."""
    text = prose.of(block)
    if block.level > 2:
        return None
    match = NUMBERED.match(text) or (ARABIC.match(text) if block.level else None)
    numeral, title = (match[1], match[2]) if match else ("", text)
    numeral = NUMERALS[int(numeral) - 1] if numeral.isdigit() and 1 <= int(numeral) <= 6 else numeral
    if not match and not block.level:
        return exact(text, block)
    for kind in kinds().values():
        whole = kind.accepted.match(title)
        if whole and ends_heading(title, whole.end(), numeral == kind.numeral):
            end = block.end if len(title) <= LONGEST else block.start + len(text) - len(title) + whole.end()
            return Found(kind.numeral, numeral, whole[0], block.start, end, True)
    title = title.rstrip("。：；")
    if len(title) > LONGEST or (not block.level and (re.search("[。；，]", title) or text.endswith(("。", "；")))):
        return None
    meant = [kind.numeral for kind in kinds().values() if kind.words.search(title)]
    section = numeral if numeral in meant else meant[0] if len(meant) == 1 else ""
    if not section and not block.level:
        return None
    return Found(section, numeral, title, block.start, block.end, False)


def ends_heading(text: str, at: int, numbered: bool) -> bool:
    """Whether a heading ends here: with its line, a stop, or, under its numeral, where words follow on the line."""
    return (
        at == len(text)
        or text[at] in "。：；（"
        or (numbered and len(text) > LONGEST and text[at] not in "的良较不，、")
    )


def exact(text: str, block: Block) -> Found | None:
    """A line without a numeral that is word for word an official heading."""
    for kind in kinds().values():
        if text.rstrip("：") == kind.official:
            return Found(kind.numeral, "", kind.official, block.start, block.end, True)
    return None


def check_headings(layout: Layout) -> Iterator[Remark]:
    """S-HEAD: each of the six headings once, in order, under its numeral, in the official or an accepted wording."""
    known = [one for one in layout.headings if one.section]
    if not known:
        if len(layout.prose.text) < 200:
            yield missing("正文过短，无法核对六个部分")
        else:
            yield Remark("正文没有六个部分的标题，应为“一、总体情况”至“六、其他需要报告的事项”")
        return
    absent = [kind for kind in kinds().values() if kind.numeral not in layout.first]
    for kind in absent:
        yield Remark(f"缺少第{kind.numeral}部分“{kind.numeral}、{kind.official}”")
    yield from check_order(layout)
    for one in layout.headings:
        span = (one.start, one.end)
        if not one.section:
            if one.numeral:
                said = f"“{one.numeral}、{one.title}”不是格式规定的六个部分之一"
                yield Remark(said, span, layout.place(one.start), severity="info")
        elif layout.first[one.section] is not one:
            yield Remark(f"第{one.section}部分的标题重复：“{one.title}”", span, layout.place(one.start))
        elif one.numeral != one.section:
            kind = kinds()[one.section]
            said = f"序号为“{one.numeral}”" if one.numeral else "没有序号"
            yield Remark(
                f"标题“{one.title}”{said}，应为“{kind.numeral}、{kind.official}”", span, layout.place(one.start)
            )
        elif not one.accepted:
            official = f"{one.section}、{kinds()[one.section].official}"
            said = f"标题“{one.numeral}、{one.title}”与格式“{official}”不一致"
            yield Remark(said, span, layout.place(one.start), severity="warning")


def check_order(layout: Layout) -> Iterator[Remark]:
    """A remark for the first section that stands before one it should follow."""
    firsts = sorted(layout.first.values(), key=lambda one: one.start)
    for before, after in pairwise(firsts):
        if NUMERALS.index(before.section) > NUMERALS.index(after.section):
            said = f"各部分顺序有误：“{after.title}”排在“{before.title}”之后"
            yield Remark(said, (after.start, after.end), layout.place(after.start))
            return


def check_title(report: Report, agency: Agency, agencies: Mapping[str, Agency]) -> Iterator[Remark]:
    """S-TITLE: <机关全称><年份>年政府信息公开工作年度报告; another year or agency, a shortened name, a missing word."""
    title = simplified(re.sub(r"[\s《》]", "", report.head.title).translate(FOLDED))
    if not title:
        yield missing("没有标题", "标题")
        return
    form = f"{agency.name}{report.year}年政府信息公开工作年度报告"
    years = {int(year) for year in re.findall(r"(?<!\d)(20\d\d)(?=年)", title)}
    if years and report.year not in years:
        yield Remark(f"标题“{title}”的年份是 {min(years)}，报告年度是 {report.year}", place="标题")
    elif not years:
        yield Remark(f"标题“{title}”没有年份，应为“{form}”", place="标题")
    name = title_name(title)
    if name is None:
        yield Remark(f"标题“{title}”不是年度报告的标题，应为“{form}”", place="标题", severity="info")
        return
    full = plain_name(agency.name)
    short = {plain_name(other) for other in agency.short_names}
    if not name or is_full_name(name, full):
        pass
    elif name in short or full.endswith(name) or name.endswith(full) or is_subsequence(name, full):
        yield Remark(f"标题“{title}”用的不是机关全称“{agency.name}”", place="标题", severity="info")
    else:
        other = next((one for one in agencies.values() if one.id != agency.id and plain_name(one.name) == name), None)
        said = f"是另一机关{other.name}" if other else f"与“{agency.name}”不一致"
        yield Remark(f"标题“{title}”中的机关名{said}", place="标题")
    if "政府信息公开工作年度报告" not in title:
        yield Remark(f"标题“{title}”与格式不一致，应为“{form}”", place="标题", severity="info")


def title_name(title: str) -> str | None:
    """The agency's name in a title; None when the title is not that of an annual report."""
    title = re.sub(r"(?<!\d)20\d\d年(?:度)?(?!报告)|(?<!\d)20\d\d(?=年度?报告)", "", title)
    match = TITLE.search(title)
    return plain_name(ABOUT.sub("", title[: match.start()])) if match else None


def plain_name(name: str) -> str:
    """An agency's name for comparison, without brackets and spaces."""
    return BRACKETS.sub("", name)


def is_full_name(name: str, full: str) -> bool:
    """Whether a name is the agency's, perhaps without the city above its district, or a government's by its region."""
    inner = any(name.startswith(place) for place in named_places(full))
    region = full.removesuffix("人民政府")
    return name in (full, region) or (inner and (full.endswith(name) or region.endswith(name)))


def is_subsequence(short: str, full: str) -> bool:
    """Whether a name leaves out signs of the full name and adds none (弥勒市文旅局)."""
    rest = iter(full)
    return len(short) >= 2 and all(sign in rest for sign in short)
