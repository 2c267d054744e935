"""The head of a report: whose it is, of which year, its title, when it was published, which documents it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gdgk.archive import Agency
from gdgk.importers.document import Document
from gdgk.importers.recognition.wording import mended, plain, simplified

TITLE = re.compile(r"(?P<before>[^。：:；]{0,60}?)政府信息公开(?:工作)?年度报告")
YEAR = re.compile(r"(?<!\d)(20[012]\d)(?:年度?)?")
CITED = re.compile(r"[\u4e00-\u9fff]{2,12}〔\d{4}〕\d{1,4}号")
PUBLISHED = re.compile(r"(?:发布|公开|公布|发文|成文|生成)(?:日期|时间)[::]?(20\d\d)[-年/.](\d{1,2})[-月/.](\d{1,2})")
PERIOD = re.compile(r"(20[012]\d)年1月1日")
AGENCY_NAME = re.compile(
    r"[\u4e00-\u9fff()（）]{2,40}(?:政府|办公[厅室]|[局厅委办部署院会处站所队校]|中心|街道|乡|镇|管委会|集团|公司)"
)
HEAD_LINES = 14


@dataclass(frozen=True, slots=True)
class FoundHead:
    """What a document says of itself; empty or None where it does not say."""

    agency_name: str
    year: int | None
    title: str
    published: str
    cited: tuple[str, ...]


def read_head(document: Document) -> FoundHead:
    """The head of a document, from its first lines, its title and its statistical period."""
    texts = [mended(text).strip() for text, _ in document.texts()]
    texts = [text for text in texts if text]
    title = title_of(document.title, texts[:HEAD_LINES])
    whole = "\n".join(texts)
    year = year_of(title, whole)
    dates = PUBLISHED.search(re.sub(r"\s+", "", whole))
    published = f"{int(dates[1]):04d}-{int(dates[2]):02d}-{int(dates[3]):02d}" if dates else ""
    cited = tuple(dict.fromkeys(CITED.findall(re.sub(r"[\s\[\]]", "", whole.replace("[", "〔").replace("]", "〕")))))
    return FoundHead(agency_of(title), year, title, published, cited)


def title_of(meta: str, first: list[str]) -> str:
    """The title: in one of the first lines, else over up to three of them, else in the document's own title."""
    for span in (1, 2, 3):
        for at in range(len(first) - span + 1):
            parts = first[at : at + span]
            joined = re.sub(r"\s+", "", simplified("".join(parts)))
            found = TITLE.search(joined)
            if found and len(joined) <= 70 and YEAR.search(joined) and not joined.endswith(("。", "：")):
                title = joined[: found.end()].removeprefix("正文")
                return title if agency_of(title) else agency_above(first, at) + title
    joined = re.sub(r"\s+", "", simplified(mended(meta)))
    match = TITLE.search(joined)
    return joined[: match.end()] if match else ""


def agency_above(first: list[str], at: int) -> str:
    """The agency's name where it stands on a line of its own above the rest of the title; empty when none does."""
    above = re.sub(r"\s+", "", simplified(first[at - 1])) if at else ""
    return above if AGENCY_NAME.fullmatch(above) else ""


def year_of(title: str, whole: str) -> int | None:
    """The year reported on: in the title, else the statistical period's."""
    match = YEAR.search(title)
    if match:
        return int(match[1])
    period = PERIOD.search(re.sub(r"\s+", "", whole))
    return int(period[1]) if period else None


def agency_of(title: str) -> str:
    """The agency's name in a title: what is left when year and the kind of document are taken away."""
    match = TITLE.search(title)
    if not match:
        return ""
    name = YEAR.sub("", title[: match.end()])
    name = re.sub(r"政府信息公开(?:工作)?年度报告$", "", name)
    return re.sub(r"^[《关于\s]+|[》\s]+$|^年度?|年度?$", "", name)


def match_agency(name: str, agencies: Iterable[Agency], text: str = "") -> list[Agency]:
    """The agencies that a name may mean: by full name, by short name, else by a name without its region."""
    bare = plain(name)
    known = list(agencies)
    if bare:
        for names in (lambda agency: (agency.name,), lambda agency: agency.short_names):
            hits = [agency for agency in known if bare in {plain(other) for other in names(agency)}]
            if hits:
                return hits
        hits = [agency for agency in known if len(bare) >= 4 and plain(agency.name).endswith(bare)]
        if hits:
            return hits
    return []
