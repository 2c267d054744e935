"""Where in a document each table and each section of prose stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gdgk.form import edition
from gdgk.importers.recognition.alignment import Labels
from gdgk.importers.recognition.lines import Line, is_unit
from gdgk.importers.recognition.wording import plain

LONGEST_TITLE = 140
SECTION = re.compile(r"^(?:第?)([一二三四五六])[、.．](.{2,40})$")
SECTION_WORDS = {
    "一": ("总体情况", "概述", "工作情况"),
    "二": ("主动公开",),
    "三": ("申请",),
    "四": ("复议", "诉讼"),
    "五": ("问题", "改进"),
    "六": ("其他需要报告", "其他报告", "其他事项", "其他需要", "需要报告"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading: its numeral, its line, its text as printed."""

    numeral: str
    line: int
    text: str


@dataclass(frozen=True)
class Layout:
    """Where things stand in a document that holds one report.

    lines: all of its lines; end: the line on which a second report begins (their number when there is none); headings:
    its sections'; tables: the lines of each official table by its id, sentences between them left out.
    """

    lines: list[Line]
    end: int
    headings: list[Heading]
    tables: dict[str, list[Line]]

    @property
    def prose_end(self) -> int:
        """Where the prose ends: before the 统计表 of 2014–2018 and its headings, which look like sections."""
        statistics = self.tables.get("statistics")
        if not statistics:
            return self.end
        labels = Labels.of_rows(edition("2014").tables["statistics"])
        start = statistics[0].number
        while start and (above := self.lines[start - 1].labels) and all(labels.is_group(one.text) for one in above):
            start -= 1
        return min(start, self.end)

    @property
    def prose_resumes(self) -> int:
        """Where prose goes on behind the 统计表: at the section that is headed after it; the end where none is.

        Only where it is a table of the document: lines of text may be its own groups, which look like sections.
        """
        statistics = self.tables.get("statistics")
        if not statistics or statistics[0].grid < 0:
            return self.end
        last = max(line.number for line in self.lines if line.grid == statistics[0].grid)
        after = (one.line for one in self.headings if one.line > last and self.lines[one.line].grid < 0)
        return min(next(after, self.end), self.end)


def layout_of(lines: list[Line]) -> Layout:
    """The layout of a document."""
    end = second_report(lines)
    found = headings(lines[:end])
    tables = table_regions(lines[:end], found)
    if statistics := statistics_region(lines):
        tables["statistics"] = statistics
    return Layout(lines, end, found, tables)


def headings(lines: list[Line]) -> list[Heading]:
    """The section headings 一 … 六, in order, each numeral once; a heading inside a one-cell grid row counts too."""
    found: list[Heading] = []
    for line in lines:
        filled = [piece for piece in line.pieces if not piece.blank]
        if len(filled) != 1 and line.grid >= 0:
            continue
        text = line.text.strip() if line.grid < 0 else filled[0].text.strip()
        match = SECTION.match(plain(text))
        if not match or not any(word in match[2] for word in SECTION_WORDS[match[1]]):
            continue
        if match[1] in {heading.numeral for heading in found} or text.rstrip().endswith(("。", "；")):
            continue
        if match[1] == "三" and "办理结果" in match[2]:
            continue
        if match[1] in "一二四" and any(word in match[2] for word in ("本年新收", "上年结转", "结转下年度")):
            continue
        found.append(Heading(match[1], line.number, text))
    return found


def table_regions(lines: list[Line], found: list[Heading]) -> dict[str, list[Line]]:
    """The lines of each table by its id: from where its first row or header stands to where the next thing begins.

    Long sentences inside a region are left out: prose about figures is not a table.
    """
    marks = {heading.numeral: heading.line for heading in found}
    first_request, last_request = request_rows(lines)
    starts: dict[str, int] = {}
    block = next((line.number for line in lines if is_block_heading(line)), None)
    if block is None:
        block = next((line.number for line in lines if plain(line.text).startswith("信息内容")), None)
    if block is not None:
        starts["proactive_disclosure"] = block
    if first_request is not None:
        starts["applications"] = head_of_requests(lines, first_request, starts.get("proactive_disclosure", -1))
    after = last_request if last_request is not None else marks.get("四", marks.get("三"))
    dispute = dispute_start(lines, after if after is not None else -1, marks.get("四"))
    if dispute is not None and dispute < len(lines) and dispute not in (marks.get("五"), marks.get("六")):
        starts["disputes"] = dispute
    ends = sorted([*starts.values(), *(marks[numeral] for numeral in "五六" if numeral in marks), len(lines)])
    regions = {}
    for name, start in starts.items():
        end = next(at for at in ends if at > start)
        if name == "proactive_disclosure" and "三" in marks and start < marks["三"] < end:
            end = marks["三"]
        if name == "applications" and last_request is not None:
            end = min(end, max(last_request + 2, last_request + 1))
        regions[name] = [line for line in lines[start:end] if not is_prose(line)]
    return regions


def second_report(lines: list[Line]) -> int:
    """The line on which a second report in the same file begins, at the latest its 本年新收; all when none."""
    labels = Labels.of_rows(edition("2021").tables["applications"])
    opened = closed = False
    for line in lines:
        if is_prose(line):
            continue
        hits = {at for piece in line.labels for at in labels.exact(piece.text)}
        if opened and closed and (0 in hits or is_title(line)):
            return line.number
        opened = opened or 0 in hits
        closed = closed or len(labels.items) - 1 in hits
    return len(lines)


def is_title(line: Line) -> bool:
    """Whether a line is a report's title."""
    if line.grid >= 0 or len(line.text) > LONGEST_TITLE:
        return False
    return re.search(r"20\d\d.*政府信息公开(?:工作)?年度报告$", plain(line.text)) is not None


def is_block_heading(line: Line) -> bool:
    """第二十条第（一）项, standing alone."""
    return re.match(r"^第?二十条第?\(?[一五六八九]\)?项$", plain(line.text)) is not None


def is_prose(line: Line) -> bool:
    """A sentence, not a row: long, ended by a full stop, without the columns of a grid."""
    text = line.text.strip()
    return line.grid < 0 and len(text) > 24 and text.endswith(("。", "；", "："))


def request_rows(lines: list[Line]) -> tuple[int | None, int | None]:
    """The first and the last line that open a row of table 三 (本年新收 … 结转下年度)."""
    labels = Labels.of_rows(edition("2021").tables["applications"])
    single = Labels.of_rows(edition("2019").tables["applications"])
    hits = []
    for line in lines:
        if is_prose(line) or not line.labels:
            continue
        texts = [piece.text for piece in line.labels]
        if any(labels.exact(text) or single.exact(text) for text in texts if len(plain(text)) > 4):
            hits.append(line.number)
    if not hits:
        return None, None
    last = hits[-1]
    while (
        last + 1 < len(lines)
        and (lines[last + 1].only_values or not lines[last + 1].text.strip())
        and lines[last].grid < 0
    ):
        last += 1
    return hits[0], last


def head_of_requests(lines: list[Line], first: int, floor: int) -> int:
    """Where table 三's header begins, above its first row."""
    start = first
    for number in range(first - 1, max(floor, first - 14), -1):
        line = lines[number]
        if is_prose(line) or SECTION.match(plain(line.text)):
            break
        if line.grid == lines[first].grid or "申请人" in plain(line.text) or "勾稽" in plain(line.text):
            start = number
    return start


def dispute_start(lines: list[Line], after: int, heading: int | None) -> int | None:
    """Where table 四 begins: its header after table 三, or the heading of section 四."""
    for line in lines[after + 1 :]:
        text = plain(line.text)
        if not is_prose(line) and (
            "结果维持" in text or ("行政复议" in text and "行政诉讼" in text) or text == "未经复议直接起诉"
        ):
            return line.number
    return None if heading is None else heading + 1


def statistics_region(lines: list[Line]) -> list[Line]:
    """The lines of the 2014–2018 统计表, empty when there is none."""
    labels = Labels.of_rows(edition("2014").tables["statistics"])
    hits = [line.number for line in lines if line.labels and any(labels.exact(piece.text) for piece in line.labels)]
    if len(hits) < 5:
        return []
    end = hits[-1] + 1
    # One cell a line, the last row's figure stands below its label.
    while end < len(lines) and lines[end].grid < 0 and (lines[end].only_values or is_unit(lines[end])):
        end += 1
    return lines[hits[0] : end]
