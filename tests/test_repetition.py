"""Text carried over from last year or another agency is told with its share and passages; the format's lines are not.

The texts are put together at random from words of this file (synthetic).
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import filled_report

from gdgk.archive import Agency
from gdgk.findings import Finding, Status
from gdgk.report import Report
from gdgk.text_checks import check_text, repeated, repetition_finding
from gdgk.text_checks.repetition import compare, sketch

AGENCY = Agency("demo", "测试局")
SUBJECTS = [
    "办公室",
    "各科室",
    "业务骨干",
    "分管领导",
    "信息专员",
    "窗口人员",
    "审核小组",
    "联络员",
    "值班人员",
    "编辑组",
]
DEEDS = [
    "梳理了",
    "更新了",
    "校对了",
    "汇总了",
    "下载了",
    "归档了",
    "抽查了",
    "翻译了",
    "录制了",
    "张贴了",
    "标注了",
    "压缩了",
    "比对了",
    "登记了",
]
THINGS = [
    "目录条目",
    "办事指南",
    "图解海报",
    "问答手册",
    "会议纪要",
    "公示样本",
    "年度台账",
    "咨询录音",
    "栏目清单",
    "视频脚本",
    "答复文书",
    "宣传折页",
]
WAYS = [
    "分三批完成",
    "逐条留痕",
    "按周通报",
    "邀请群众评读",
    "经交叉复核",
    "并附说明",
    "用两种字号排印",
    "形成闭环",
    "随后在大厅展示",
    "并听取意见",
]


def sentences(seed: int, count: int) -> list[str]:
    """Sentences of some seed, each of its own with figures."""
    draw = random.Random(seed)
    return [
        f"{draw.choice(SUBJECTS)}{draw.choice(DEEDS)}{draw.randint(2, 999)}份{draw.choice(THINGS)}、"
        f"{draw.choice(THINGS)}，{draw.choice(WAYS)}，{draw.choice(SUBJECTS)}{draw.choice(DEEDS)}{draw.choice(THINGS)}。"
        for _ in range(count)
    ]


def report(lines: list[str], agency: str = "demo", year: int = 2023) -> Report:
    """A report whose first section says these sentences."""
    text = "## 一、总体情况\n\n" + "\n\n".join(lines) + "\n"
    return replace(filled_report(agency, year, "2021"), narrative=text)


def against(prior: Report | None, checked: Report) -> Finding:
    """The finding N-DUP of a report against that of the year before."""
    (one,) = [one for one in check_text(checked, AGENCY, prior=prior) if one.rule == "N-DUP"]
    return one


def other_figures(lines: list[str]) -> list[str]:
    """The same sentences with other figures."""
    return ["".join(str((int(sign) + 3) % 10) if sign.isdigit() else sign for sign in line) for line in lines]


# Against the year before ---------------------------------------------------------------------------------------------


def test_the_same_text_with_the_same_figures_is_told_as_such() -> None:
    lines = sentences(1, 20)
    one = against(report(lines, year=2022), report(lines))
    assert (one.status, one.severity, one.left) == (Status.FAIL, "warning", 1.0)
    assert "高度雷同：100% 的文字相同，数字也相同" in one.message


def test_the_same_text_with_other_figures_is_told_apart() -> None:
    lines = sentences(1, 20)
    one = against(report(lines, year=2022), report(other_figures(lines)))
    assert one.left == 1.0
    assert "文字相同、数字不同" in one.message


@pytest.mark.parametrize(
    ("kept", "status", "said"),
    [(20, "fail", "高度雷同"), (16, "fail", "全文与2022 年度报告雷同"), (12, "pass", ""), (0, "pass", "")],
)
def test_how_much_was_kept_decides(kept: int, status: str, said: str) -> None:
    before, now = sentences(1, 20), sentences(2, 20)
    one = against(report(before, year=2022), report(before[:kept] + now[kept:]))
    assert one.status == status
    assert said in one.message


def test_sentences_in_another_order_are_still_the_same_text() -> None:
    lines = sentences(1, 20)
    assert against(report(lines, year=2022), report(lines[::-1])).status == Status.FAIL


def test_the_longest_passage_is_quoted_where_it_stands() -> None:
    before, now = sentences(1, 20), sentences(2, 2)
    checked = report([*now[:1], *before[:12], *now[1:], *before[12:]])
    one = against(report(before, year=2022), checked)
    assert one.span is not None
    assert one.quote == checked.narrative[slice(*one.span)]
    assert before[3] in one.quote


def test_one_section_carried_over_is_told_though_the_rest_is_new() -> None:
    problems = "## 五、存在的主要问题及改进情况\n\n" + "\n\n".join(sentences(9, 4))

    def two_sections(seed: int, year: int) -> Report:
        first = report(sentences(seed, 20), year=year)
        return replace(first, narrative=f"{first.narrative}\n{problems}\n")

    one = against(two_sections(1, 2022), two_sections(2, 2023))
    assert one.status == Status.FAIL
    assert one.message.startswith("第五部分与2022 年度报告高度雷同：100%")
    assert one.place.startswith("正文·五、")
    assert against(two_sections(1, 2022), report(sentences(2, 20))).status == Status.PASS


def test_the_lines_of_the_format_are_nobodys_own_words() -> None:
    template = [
        "根据《中华人民共和国政府信息公开条例》（国务院令第711号）和国办公开办函〔2021〕30号要求，编制本报告。",
        "本报告所列数据的统计期限为2023年1月1日至12月31日。",
        "如对本报告有疑问，请与测试局办公室联系（地址：测试路1号，邮编：100000，电话：010-0000000）。",
        "本机关无其他需要报告的事项。",
    ] * 3
    one = against(report([*template, *sentences(1, 6)], year=2022), report([*template, *sentences(2, 6)]))
    assert one.status == Status.PASS
    assert against(report(template, year=2022), report(template)).status == Status.NOT_ASSESSABLE


@pytest.mark.parametrize("prior", [None, report([], year=2022), report(sentences(1, 1), year=2022)])
def test_without_enough_of_last_years_text_nothing_is_said(prior: Report | None) -> None:
    assert against(prior, report(sentences(1, 20))).status == Status.NOT_ASSESSABLE


# A corpus ------------------------------------------------------------------------------------------------------------


def pairs(reports: list[Report]) -> set[tuple[str, int, str, int]]:
    """Who repeats whom: agency and year of both."""
    return {(one.report.agency, one.report.year, one.other.agency, one.other.year) for one in repeated(reports)}


def test_the_later_report_repeats_the_earlier() -> None:
    lines = sentences(1, 20)
    corpus = [report(lines, "a", 2022), report(other_figures(lines), "b", 2023), report(sentences(2, 20), "c", 2023)]
    assert pairs(corpus) == {("b", 2023, "a", 2022)}
    assert pairs(corpus[::-1]) == {("b", 2023, "a", 2022)}


def test_of_one_year_nobody_knows_who_came_first() -> None:
    lines = sentences(1, 20)
    assert pairs([report(lines, "a"), report(lines, "b")]) == {("a", 2023, "b", 2023), ("b", 2023, "a", 2023)}


def test_a_text_handed_round_a_hundred_agencies_is_found_in_all_of_them() -> None:
    lines = sentences(1, 20)
    found = repeated([report(lines, f"a{number}") for number in range(100)])
    assert [one.report.agency for one in found] == [f"a{number}" for number in range(100)]
    assert {one.share for one in found} == {1.0}


def test_the_source_that_holds_most_is_named() -> None:
    lines = sentences(1, 20)
    corpus = [
        report(lines[:17] + sentences(2, 3), "partly", 2021),
        report(lines, "wholly", 2022),
        report(lines, "late", 2023),
    ]
    assert ("late", 2023, "wholly", 2022) in pairs(corpus)


def test_reports_with_little_text_and_none_are_passed_over() -> None:
    assert repeated([report(sentences(1, 1), "a"), report(sentences(1, 1), "b"), report([], "c")]) == []
    assert repeated([]) == []


def test_a_repetition_is_a_finding_that_names_the_other_agency() -> None:
    lines = sentences(1, 20)
    first, second = report(lines, "a", 2022), report(lines, "b", 2023)
    (one,) = repeated([first, second])
    finding = repetition_finding(one, {"a": Agency("a", "甲局"), "b": Agency("b", "乙局")})
    assert (finding.rule, finding.agency, finding.severity) == ("N-DUP", "b", "warning")
    assert "甲局 2022 年度报告" in finding.message
    assert finding.span is not None
    assert second.narrative[slice(*finding.span)] == finding.quote


@pytest.mark.parametrize("seed", range(5))
def test_what_the_index_finds_is_what_comparing_all_finds(seed: int) -> None:
    draw = random.Random(seed)
    pool = [sentences(number, 20) for number in range(6)]
    corpus = []
    for number in range(30):
        one, two = draw.sample(pool, 2)
        kept = draw.choice([0, 8, 15, 17, 19, 20])
        corpus.append(report(one[:kept] + two[kept:], f"a{number}", draw.choice([2021, 2022, 2023])))
    made = [sketch(one) for one in corpus]
    by_all = {
        (
            mine.report.agency,
            max(
                compare(mine, other).share
                for other in made
                if other is not mine and other.report.year <= mine.report.year
            )
            if any(other is not mine and other.report.year <= mine.report.year for other in made)
            else 0,
        )
        for mine in made
    }
    assert {(one.report.agency, one.share) for one in repeated(corpus)} == {
        (name, share) for name, share in by_all if share >= 0.80
    }


# Any text ------------------------------------------------------------------------------------------------------------

LINES = st.lists(st.sampled_from(sentences(1, 12)) | st.text(max_size=40), max_size=15)


@given(LINES, LINES)
def test_a_share_is_a_share_and_every_text_repeats_itself(one: list[str], two: list[str]) -> None:
    mine, other = sketch(report(one)), sketch(report(two))
    found = compare(mine, other)
    assert 0 <= found.verbatim <= found.share <= 1
    if len(mine.words.text) >= 10:
        assert compare(mine, mine).share == 1
    for passage in found.passages:
        assert 0 <= passage.start < passage.end <= len(mine.prose.text)
