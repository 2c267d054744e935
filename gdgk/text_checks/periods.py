"""N-YEAR: the statistical period is the year reported on, and years that tell what was done are that year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gdgk.text_checks.catalogue import Remark, shortened
from gdgk.text_checks.headings import Layout

DIGITS = str.maketrans("〇零○Oo一二三四五六七八九", "00000123456789")
A_YEAR = r"(?<!\d)(20\d\d|[二][〇零○0Oo][〇零○0Oo一二三四五六七八九]{2})"
YEAR = re.compile(A_YEAR + "年")
DAY = r"(\d{1,2})月(\d{1,2})日"
PERIOD = re.compile(
    rf"{A_YEAR}年?{DAY}(?:（含）)?(?:零时|0时)?(?:起|始|开始)?[，]?(?:至|到|[—\-－–~～]{{1,2}})(?:{A_YEAR}年?)?(?:当年|同年)?{DAY}"
)
PERIOD_WORDS = re.compile(
    "统计(?:期限|时限|期间|时间|时段|周期|截止|起止|区间|数据)|(?:所列|所涉|涉及|有关)(?:的)?(?:统计)?数据|数据统计|报告期|期限"
)
# A year at the head of a clause, as one tells what was done in it: "2020年，我局…", "2020年度共收到…".
TELLING = re.compile(
    rf"(?:^|(?<=[。；：\n）]))(?:[（(]?[一二三四五六七八九十\d]{{1,2}}[）)、.])?(?:截至|截止|在)?{A_YEAR}年(?:度|以来|来|期间)?"
    r"(?:，|内，|中，|全年|我[局市县区州省镇乡街委办厅院会部]|本[局市县区州省镇乡街委办厅院会部机单]|全[市县区州省局镇乡街]"
    r"|共|累计|未|收到|受理|新收|主动公开)"
)
DONE = re.compile(
    "收到|受理|答复|办结|公开|发布|制发|印发|开展|组织|举办|召开|推进|落实|贯彻|加强|完善|坚持|围绕|认真|积极|严格|强化|没有|无"
)
COUNTED = re.compile(
    r"(?:收到|受理|答复|办结|公开|发布|制发|印发|举办|召开)[^，。；]{0,24}?\d+(?:\.\d+)?万?余?[件条次份期篇个]"
)
COMPARED = re.compile(
    "同比|相比|比上|比去|较|上年|去年|上一年|增长|下降|增加|减少|提高了|提升了|往年|历年|历史|其中|结转|以来|截至|自"
)
LASTING = re.compile(
    "成立|组建|挂牌|合并|更名|划转|机构改革|修订|施行|实施|出台|获|评为|命名|批准|启用|开通|上线|建成|印发的|以前|之前"
)
REORGANISED = re.compile("机构改革|组建|成立|挂牌|新设|设立|划转|合并|调整")
PLANNED = re.compile("将|计划|拟|下一步|下步|继续|力争|争取|要(?!求|点|闻|素)|打算|今后|工作思路|工作重点|进一步")
PLANNING = ("五", "六")
# What the report says it is: 现公布2020年政府信息公开工作年度报告, 现将2020年度某街道政府信息公开工作情况报告如下.
SELF = re.compile(
    r"(?:现将|现公布|现发布|现向社会公布|特编制|编制|制作|形成|撰写|公布)(?:了)?[^。；，\n《]{0,30}?"
    rf"{A_YEAR}年(?:度)?[^。；，\n《]{{0,30}}?信息公开[^。；，\n《]{{0,12}}?(?:报告|情况)"
)


def year_of(text: str) -> int:
    """A year in figures or in Chinese figures (二〇二〇) as a number."""
    return int(text.translate(DIGITS))


def check_years(layout: Layout, year: int) -> Iterator[Remark]:
    """N-YEAR: the stated period, then what the report calls itself, then years that tell what was done."""
    taken: set[int] = set()
    for remark in [*check_period(layout, year), *check_self(layout, year), *check_telling(layout, year)]:
        assert remark.span is not None
        sentence = layout.prose.sentence_at(remark.span[0])[0]
        if sentence not in taken:
            taken.add(sentence)
            yield remark


def check_period(layout: Layout, year: int) -> Iterator[Remark]:
    """The statistical period says 1月1日 to 12月31日 of the year."""
    text = layout.prose.text
    for found in PERIOD.finditer(text):
        start, end = layout.prose.around(found.start())
        around = text[start:end]
        opened, closed = year_of(found[1]), year_of(found[4] or found[1])
        days = tuple(int(found[at]) for at in (2, 3, 5, 6))
        stated = PERIOD_WORDS.search(around) or (found.start() < layout.beginning[1] and days == (1, 1, 12, 31))
        if not stated or (opened, closed, *days) == (year, year, 1, 1, 12, 31):
            continue
        if days != (1, 1, 12, 31) and not re.search("统计(?:期|时|周|截|起)|所列", around):
            continue
        said = f"统计期限写为“{found[0]}”，应为 {year} 年 1 月 1 日至 12 月 31 日"
        # an agency made or reshaped in the year counts from then on
        part = (opened, closed, *days[2:]) == (year, year, 12, 31) and REORGANISED.search(around) is not None
        yield Remark(said, found.span(), layout.place(found.start()), severity="info" if part else "")


def check_self(layout: Layout, year: int) -> Iterator[Remark]:
    """The report calls itself that of its own year."""
    text = layout.prose.text
    start, end = layout.beginning
    for found in SELF.finditer(text, start, end):
        if year_of(found[1]) != year and not re.search(r"将于|上年|去年", found[0]):
            said = f"正文自称“{found[1]}年”的年度报告，报告年度是 {year} 年"
            yield Remark(said, found.span(1), layout.place(found.start()))


def check_telling(layout: Layout, year: int) -> Iterator[Remark]:
    """Clauses that open with a year and tell what was done: the year is that of the report."""
    text = layout.prose.text
    current: dict[int, bool] = {}
    for found in TELLING.finditer(text):
        told = year_of(found[1])
        if told == year:
            continue
        start, end = layout.prose.around(found.start(1))
        sentence = text[found.start(1) : end]
        at = layout.prose.block_at(start)
        if at not in current:
            current[at] = speaks_of(year, layout.prose.of(layout.prose.blocks[at]))
        if is_slip(told, year, sentence, current[at], layout.section_at(start) in PLANNING):
            said = f"“{shortened(sentence)}”写的是 {told} 年，报告年度是 {year} 年"
            yield Remark(said, (found.start(1), found.end(1) + 1), layout.place(start))


def speaks_of(year: int, paragraph: str) -> bool:
    """Whether a paragraph names the year reported on too, so that another year in it is a comparison."""
    named = {year_of(other) for other in YEAR.findall(paragraph)}
    return year in named or re.search("今年|本年|去年|上年|当年", paragraph) is not None


def is_slip(told: int, year: int, sentence: str, compared: bool, planning: bool) -> bool:
    """Whether a clause about another year is a slip and no comparison, plan, series or piece of history.

    compared: the paragraph names the year reported on too. planning: the section is one in which plans are made.
    """
    if told > year:
        if PLANNED.search(sentence) or (told > year + 1 and re.search("规划|远景|目标|年底|到20", sentence)):
            return False
        return COUNTED.search(sentence) is not None or not (planning or compared or not DONE.search(sentence))
    if compared or told < year - 3 or COMPARED.search(sentence) or LASTING.search(sentence):
        return False
    return DONE.search(sentence) is not None
