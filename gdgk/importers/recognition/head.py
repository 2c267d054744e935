"""The head of a report: whose it is, of which year, its title, when it was published, which documents it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from gdgk.archive import Agency
from gdgk.importers.cells import SYNTHETIC
from gdgk.importers.document import Document
from gdgk.importers.recognition.wording import mend, plain, simplified, stamp_of

YEAR = re.compile(r"(?<!\d)(20[012]\d)(?:年度?)?")
# 政府信息公开工作年度报告 and its like: 政府信息公开2022年度报告, 政务公开年报, 政府信息公开情况的报告（2022年）.
TITLE = re.compile(
    r"(?P<before>[^。：:；;,，]{0,60}?)(?:政府信息公开|政务公开|信息公开)(?:工作|情况|的|年度|20[012]\d年度?){0,5}(?:报告|年报)"
    r"(?!有关|格式|编制|编写|事项|要求|的?通知|由|包括|如下|[。,，;；])(?:[(（]20[012]\d年度?[)）])?"
)
# Words that are no part of an agency's name, at either end of what stands around year and kind of document.
AROUND = re.compile(r"^(?:[《“\s]|关于|年度?(?!.*年)|的)+|(?:[》”\s]|关于|年度?|的|[(（][)）])+$")
NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
NUMERAL_YEAR = re.compile(r"[二][〇○零][〇○零一二][〇○零一二三四五六七八九](?=年)")
CITED = re.compile(r"[\u4e00-\u9fff]{2,12}〔\d{4}〕\d{1,4}号")
PUBLISHED = re.compile(r"(?:发布|公开|公布|发文|成文|生成)(?:日期|时间)[::]?(20\d\d)[-年/.](\d{1,2})[-月/.](\d{1,2})")
DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
PERIOD = re.compile(r"(20[012]\d)年1月1日")
SPOKEN_OF = re.compile(r"(20[012]\d)年度?(?:的)?政府信息公开(?:工作)?(?:年度报告|情况)")
AGENCY_NAME = re.compile(
    r"[\u4e00-\u9fff()（）]{2,40}(?:政府|办公[厅室]|[局厅委办部署院会处站所队校]|中心|街道|乡|镇|管委会|集团|公司)"
)
# 发布机构：… and 来源：…, where a site names whose page it is; 现公布…2022年政府信息公开…, where the opening does.
PUBLISHER = re.compile(
    rf"(?:发布机构|发布单位|发文机关|公开主体|信息来源|来源)[::|]({AGENCY_NAME.pattern})(?=[^\u4e00-\u9fff]|$|发|时|浏|索|成)"
)
OPENING = re.compile(
    rf"(?:公布|发布|公开|现将|编制)({AGENCY_NAME.pattern}|[\u4e00-\u9fff]{{2,12}}[省市州县区旗])20[012]\d年"
)
# An agency's name behind that of the places around it: 某某省样例市教育局.
REGION_ENDS = "省市州盟区县旗"
REGION = re.compile(f".{{2,}}?[{REGION_ENDS}].")
SHORTEST_NAME = 2
HEAD_LINES = 14
# Characters: what is longer is no title, and what an opening says of the agency stands at its beginning.
LONGEST_TITLE = 70
LONGEST_OPENING = 400
SIGN_OFF_LINES = 12


@dataclass(frozen=True, slots=True)
class FoundHead:
    """What a document says of itself; empty or None where it does not say. synthetic: that its figures are invented."""

    agency_name: str
    year: int | None
    title: str
    published: str
    cited: tuple[str, ...]
    synthetic: bool = False


def read_head(document: Document) -> FoundHead:
    """The head of a document, from its first lines, its title and its statistical period; else from its file's name."""
    whole = arabic_years(mend("\n".join(bare for text, _ in document.texts() if (bare := text.strip()))))
    texts = [text.strip() for text in whole.split("\n") if text]
    title = title_of(arabic_years(document.title), texts[:HEAD_LINES]) or title_of(
        arabic_years(file_stem(document)), []
    )
    bare = re.sub(r"\s+", "", whole)
    signed, day = sign_off(texts[-SIGN_OFF_LINES:])
    dates = PUBLISHED.search(bare)
    published = day_of(dates) if dates else day
    cited = tuple(dict.fromkeys(CITED.findall(re.sub(r"[\[\]]", "", bare.replace("[", "〔").replace("]", "〕")))))
    name = agency_of(title) or named_elsewhere(texts[:HEAD_LINES]) or signed
    return FoundHead(name, year_of(title, bare), title, published, cited, SYNTHETIC in map(stamp_of, texts))


def file_stem(document: Document) -> str:
    """What a document's file is called, without folders and suffix: files sent in are often named after the report."""
    return PurePosixPath(document.name.replace("\\", "/")).stem


def arabic_years(text: str) -> str:
    """Years in Chinese numerals (二〇二二年) as digits."""
    return NUMERAL_YEAR.sub(lambda found: found[0].translate(NUMERALS), text)


def day_of(found: re.Match[str]) -> str:
    """A date that was found, as 2023-01-18."""
    return f"{int(found[1]):04d}-{int(found[2]):02d}-{int(found[3]):02d}"


def sign_off(last: list[str]) -> tuple[str, str]:
    """The agency and the day under a report (落款), where both stand on lines of their own; empty when they do not."""
    lines = [re.sub(r"\s+", "", text[: 2 * LONGEST_TITLE]) for text in last]
    for above, line in zip(lines[-2::-1], lines[:0:-1], strict=True):
        day = DATE.fullmatch(line)
        if day and AGENCY_NAME.fullmatch(above):
            return above, day_of(day)
    return "", ""


def named_elsewhere(first: list[str]) -> str:
    """The agency that a page or the opening of a report names; empty when neither does."""
    for text in first:
        bare = re.sub(r"\s+", "", simplified(text[:LONGEST_OPENING]))
        found = OPENING.search(bare) or PUBLISHER.search(bare)
        if found and not found[1].startswith(("我", "本")):
            return found[1]
    return ""


def title_of(meta: str, first: list[str]) -> str:
    """The title: in one of the first lines, else over up to three of them, else in the document's own title."""
    for span in (1, 2, 3):
        for at in range(len(first) - span + 1):
            parts = first[at : at + span]
            if sum(map(len, parts)) > 2 * LONGEST_TITLE:
                continue
            joined = re.sub(r"\s+", "", simplified("".join(parts)))
            found = TITLE.search(joined)
            if (
                found
                and len(joined) <= LONGEST_TITLE
                and YEAR.search(joined[: found.end()])
                and not joined.endswith(("。", "：", "；"))
            ):
                title = joined[: found.end()].removeprefix("正文").lstrip("《")
                return title if agency_of(title) else agency_above(first, at) + title
    joined = re.sub(r"\s+", "", simplified(mend(meta[: 4 * LONGEST_TITLE])))
    match = TITLE.search(joined)
    return joined[: match.end()] if match else ""


def agency_above(first: list[str], at: int) -> str:
    """The agency's name where it stands on a line of its own above the rest of the title; empty when none does."""
    above = re.sub(r"\s+", "", simplified(first[at - 1][: 2 * LONGEST_TITLE])) if at else ""
    return above if AGENCY_NAME.fullmatch(above) else ""


def year_of(title: str, whole: str) -> int | None:
    """The year reported on: in the title, else the statistical period's, else the one the opening speaks of."""
    found = YEAR.search(title) or PERIOD.search(whole) or SPOKEN_OF.search(whole)
    return int(found[1]) if found else None


def agency_of(title: str) -> str:
    """The agency's name in a title: what is left when year and the kind of document are taken away."""
    match = TITLE.search(title)
    if not match:
        return ""
    return AROUND.sub("", YEAR.sub("", match["before"]))


def match_agency(name: str, agencies: Iterable[Agency], text: str = "") -> list[Agency]:
    """The agencies that a name may mean: by full name, by short name, else by a name with or without its region.

    text: the report, whose mention of a region decides between agencies of one name (市教育局 of two cities).
    """
    bare = plain(name)
    known = list(agencies)
    if len(bare) < SHORTEST_NAME:
        return []
    for names in (lambda agency: (agency.name,), lambda agency: agency.short_names):
        hits = [agency for agency in known if bare in {plain(other) for other in names(agency)}]
        if hits:
            return chosen_by_region(bare, hits, text)
    outer = [
        agency
        for agency in known
        if REGION.match(agency.name) and bare.endswith(own := plain(agency.name)) and bare[-len(own) - 1] in REGION_ENDS
    ]
    if outer:
        return [max(outer, key=lambda agency: len(agency.name))]
    hits = [agency for agency in known if len(bare) >= 4 and plain(agency.name).endswith(bare)]
    return chosen_by_region(bare, hits, text)


def chosen_by_region(bare: str, hits: list[Agency], text: str) -> list[Agency]:
    """Of several agencies the one whose region the text names, when it names that of one only."""
    if len(hits) < 2:
        return hits
    regions = [plain(agency.name).removesuffix(bare) for agency in hits]
    named = [
        agency
        for agency, region in zip(hits, regions, strict=True)
        if len(region) > 1 and region != bare and region in text
    ]
    return named if len(named) == 1 else hits
