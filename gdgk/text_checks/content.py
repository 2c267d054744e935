"""S-SEC5, S-SEC6, S-GOV and XT-FEE-SEC6: what the sections must say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gdgk.archive import Agency
from gdgk.files import read_toml
from gdgk.form import CellKey
from gdgk.report import Report
from gdgk.text_checks.bodies import group_of
from gdgk.text_checks.catalogue import Remark, missing, not_applicable
from gdgk.text_checks.headings import Layout

CONTENT = Path(__file__).parent / "content.toml"
CLAUSE = re.compile(r"[^。；，：\n]+")
LEAD = re.compile(
    r"(?:[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]|[一二三四五六七八九十]是(?:要)?|第[一二三四五六七八九十]|首先|其次|再次|最后|同时)*(?:我[局市县区镇乡委办州省厅院]|要)?"
)
ABRIDGED = ("……", "…", "...")
UNPAID = CellKey("applications", "otherwise_fee_unpaid", "total")


@cache
def words(path: Path = CONTENT) -> dict[str, dict[str, re.Pattern[str]]]:
    """The patterns of content.toml, by topic and name."""
    return {
        topic: {name: re.compile(pattern) for name, pattern in patterns.items()}
        for topic, patterns in read_toml(path).items()
    }


def check_section_five(layout: Layout) -> Iterator[Remark]:
    """S-SEC5: it admits shortcomings and says what is done about them."""
    bounds = layout.section("五")
    if bounds is None:
        yield missing("没有第五部分，见标题检查")
        return
    topic, text = words()["section_five"], layout.words("五")
    title = layout.first["五"]
    span, place = (title.start, title.end), layout.place(title.start)
    if not text:
        yield Remark("第五部分只有标题，没有内容", span, place)
    elif topic["nothing"].fullmatch(text):
        yield Remark(f"第五部分只写“{text.rstrip('。')}”，应写明存在的主要问题及改进情况", span, place)
    elif text.endswith(ABRIDGED):
        yield missing("第五部分的正文有省略", place)
    else:
        lacks = [] if topic["problem"].search(text) else ["存在的主要问题"]
        if not improves(text):
            lacks.append("改进情况或措施")
        if lacks:
            yield Remark(f"第五部分未见{'、'.join(lacks)}", span, place)


def improves(text: str) -> bool:
    """Whether a text says what is, was or will be done better."""
    topic = words()["section_five"]
    if topic["improvement"].search(text):
        return True
    clauses = (found[0] for found in CLAUSE.finditer(text))
    return any(topic["imperative"].match(clause, lead(clause)) for clause in clauses)


def lead(clause: str) -> int:
    """Where a clause begins behind its enumerator."""
    match = LEAD.match(clause)
    return match.end() if match else 0


def check_section_six(layout: Layout) -> Iterator[Remark]:
    """S-SEC6: it says something, if only that there is nothing."""
    if layout.section("六") is None:
        yield missing("没有第六部分，见标题检查")
    elif not layout.words("六"):
        title = layout.first["六"]
        yield Remark(
            "第六部分只有标题，没有内容；无此类事项也应写明", (title.start, title.end), layout.place(title.start)
        )


def check_government(layout: Layout, agency: Agency) -> Iterator[Remark]:
    """S-GOV: a government tells of 工作考核, 社会评议 and 责任追究."""
    if not group_of(agency).is_government:
        yield not_applicable("只适用于各级人民政府")
        return
    text = layout.prose.text
    lacks = [name for name, pattern in words()["government"].items() if not pattern.search(text)]
    if not lacks:
        return
    if text.rstrip().endswith(ABRIDGED) or "……" in text:
        yield missing("正文有省略")
    else:
        yield Remark(f"未见{'、'.join(lacks)}结果情况")


def check_fee(layout: Layout, report: Report) -> Iterator[Remark]:
    """XT-FEE-SEC6: where 信息处理费 was asked or charged, section six says how much."""
    topic = words()["fee"]
    six = layout.section("六")
    said = layout.words("六")
    unpaid = report.cell(UNPAID).value if UNPAID in report.edition.cells else None
    charged = next(
        (
            found
            for found in topic["charged"].finditer(layout.prose.text)
            if six is None or not six[0] <= found.start() < six[1]
        ),
        None,
    )
    if not unpaid and charged is None:
        return
    if topic["subject"].search(said) and topic["amount"].search(said):
        return
    if charged is not None:
        message = "正文写收取了信息处理费，第六部分未说明收取金额"
        yield Remark(message, charged.span(), layout.place(charged.start()))
    else:
        span = (layout.first["六"].start, layout.first["六"].end) if six else None
        message = f"表三“逾期未按收费通知要求缴纳费用”为 {unpaid:g} 件，第六部分未说明信息处理费收取情况"
        yield Remark(message, span, layout.place(span[0]) if span else "正文")
