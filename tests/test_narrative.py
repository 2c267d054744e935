"""The prose of the annual report: the agency's own words kept whole, a draft that says only what figures support."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import filled_report

from gdgk.archive import Archive, ReportId, panel
from gdgk.crosswalk import measures_by_id
from gdgk.form import CellKey
from gdgk.indicators import measures
from gdgk.narrative import HEADINGS, NUMERALS, Section, draft, section, sections
from gdgk.report import Report

OFFICIAL = filled_report("demo", 2023, "2021")
NOTHING: dict[str, float | None] = dict.fromkeys(measures_by_id())


def figures(**known: float | None) -> dict[str, float | None]:
    """Measures of a report that says only some."""
    return {**NOTHING, **known}


def drafted(year: int, values: Mapping[str, float | None]) -> str:
    """Everything that is drafted for a report."""
    report = replace(OFFICIAL, year=year)
    return "\n".join(line for numeral in NUMERALS for line in draft(report, numeral, values))


# The agency's own words ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed() -> Report:
    """弥勒市文化和旅游局 2020, kept with its text."""
    return Archive().read(ReportId("mile_culture_tourism", 2020))


@pytest.mark.parametrize(
    "heading", ["五、存在的问题", "五.存在的问题", "五．存在的问题", "第五部分 存在的问题", "第五部分：存在的问题"]
)
def test_a_section_is_known_by_its_numeral_however_it_is_marked(heading: str) -> None:
    found = sections(f"前言。\n\n## {heading}\n\n人手不足。\n\n## 附件五\n")
    assert found["五"] == Section("五", heading, ("人手不足。", "## 附件五"))


def test_the_seed_has_six_sections_under_its_own_headings(seed: Report) -> None:
    found = sections(seed.narrative)
    assert list(found) == ["", *NUMERALS]
    assert {numeral: len(one.paragraphs) for numeral, one in found.items()} == {
        "": 1,
        "一": 10,
        "二": 0,
        "三": 0,
        "四": 0,
        "五": 5,
        "六": 1,
    }
    assert found["五"].heading == "五、存在问题及改进情况"
    assert found["六"].paragraphs == ("弥勒市文化和旅游局无其他需要报告的事项。",)


def test_the_seeds_sub_headings_stand_among_its_paragraphs(seed: Report) -> None:
    paragraphs = sections(seed.narrative)["一"].paragraphs
    assert [text for text in paragraphs if text.startswith("### ")] == [
        "### （一）加强组织完善机制",
        "### （二）建立健全工作制度",
        "### （三）强化主动公开力度",
        "### （四）夯实平台建设创新",
    ]


def test_the_seeds_words_are_its_own_and_never_drafted(seed: Report) -> None:
    for numeral in NUMERALS:
        written, by_workbook = section(seed, numeral, NOTHING)
        assert written == sections(seed.narrative)[numeral]
        assert not by_workbook


# A narrative.md, and what is read from it: numeral → (heading, paragraphs).
TEXTS: dict[str, tuple[str, dict[str, tuple[str, tuple[str, ...]]]]] = {
    "plain": (
        "前言。\n\n## 一、总体情况\n\n甲。\n\n乙。\n\n## 六、其他需要报告的事项\n\n无。\n",
        {"": ("", ("前言。",)), "一": ("一、总体情况", ("甲。", "乙。")), "六": ("六、其他需要报告的事项", ("无。",))},
    ),
    "line ends of Windows": (
        "## 一、总体情况\r\n\r\n甲。\r\n\r\n## 二、主动公开\r\n\r\n乙。\r\n",
        {"": ("", ()), "一": ("一、总体情况", ("甲。",)), "二": ("二、主动公开", ("乙。",))},
    ),
    "another wording": ("## 五、问题和打算\n\n甲。", {"": ("", ()), "五": ("五、问题和打算", ("甲。",))}),
    "more space": (
        "##   三、申请情况  \n\n\n\n甲。\n \n乙。",
        {"": ("", ()), "三": ("三、申请情况", ("甲。", "乙。"))},
    ),
    "a full-width space": ("##\u3000四、复议\n\n甲。", {"": ("", ()), "四": ("四、复议", ("甲。",))}),
    "out of order": (
        "## 二、乙\n\n乙。\n\n## 一、甲\n\n甲。",
        {"": ("", ()), "二": ("二、乙", ("乙。",)), "一": ("一、甲", ("甲。",))},
    ),
    "sub-headings": (
        "## 一、甲\n\n### （一）子\n\n### 二、不是节\n\n文。",
        {"": ("", ()), "一": ("一、甲", ("### （一）子", "### 二、不是节", "文。"))},
    ),
    "no heading": ("一、总体情况\n\n甲。", {"": ("", ("一、总体情况", "甲。"))}),
    "nothing": ("", {"": ("", ())}),
    "blank lines only": (" \n\n \n", {"": ("", ())}),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_falls_into_its_sections(name: str) -> None:
    text, expected = TEXTS[name]
    assert {key: (one.heading, one.paragraphs) for key, one in sections(text).items()} == expected
    assert all(one.numeral == key for key, one in sections(text).items())


@given(
    st.lists(
        st.tuples(st.sampled_from(["", *NUMERALS]), st.lists(st.text("甲乙，。#（）一、 ", min_size=1))), max_size=6
    )
)
def test_no_word_under_a_heading_of_its_own_is_lost(blocks: list[tuple[str, list[str]]]) -> None:
    numerals = [numeral for numeral, _ in blocks]
    if len(set(numerals)) < len(numerals):
        blocks = list(dict(blocks).items())
    lines = [line for numeral, texts in blocks for line in ([f"## {numeral}、节"] if numeral else []) + texts]
    lines = [line for line in lines if not re.match(r"\s*##\s+.、", line) or line.endswith("、节")]
    found = sections("\n\n".join(lines))
    kept = "".join(one.heading + "".join(one.paragraphs) for one in found.values())
    assert sorted(re.sub(r"[\s#]", "", kept)) == sorted(re.sub(r"[\s#]", "", "".join(lines)))


def test_a_section_that_the_agency_left_out_is_empty_and_not_drafted() -> None:
    report = replace(OFFICIAL, narrative="## 一、总体情况\n\n甲。")
    assert section(report, "六", NOTHING) == (Section("六", HEADINGS["六"], ()), False)


def test_a_text_without_headings_is_kept_before_the_first_section() -> None:
    report = replace(OFFICIAL, narrative="全文一段，没有标题。")
    assert sections(report.narrative)[""].paragraphs == ("全文一段，没有标题。",)
    assert [section(report, numeral, NOTHING)[1] for numeral in NUMERALS] == [False] * 6


def test_words_on_the_line_after_a_heading_are_kept() -> None:
    found = sections("## 一、总体情况\n紧接着的正文。\n\n下一段。")
    assert found["一"].heading == "一、总体情况"
    assert found["一"].paragraphs == ("紧接着的正文。", "下一段。")


def test_two_sections_of_one_numeral_are_both_kept() -> None:
    found = sections("## 一、甲\n\n甲文。\n\n## 一、乙\n\n乙文。")
    kept = " ".join(found["一"].paragraphs)
    assert "甲文。" in kept
    assert "乙文。" in kept


# The draft -----------------------------------------------------------------------------------------------------------


def test_a_report_kept_without_its_words_is_drafted_and_says_so() -> None:
    for numeral in NUMERALS:
        written, by_workbook = section(OFFICIAL, numeral, NOTHING)
        assert by_workbook
        assert written.heading == HEADINGS[numeral]
        assert written.paragraphs


# What is known → what the first section says beyond its opening.
DRAFTS = [
    (
        figures(received=3511, carried_over=96, outcomes_total=3486, carried_forward=121),
        "本年新收政府信息公开申请 3,511 件，上年结转 96 件；办理 3,486 件，结转下年度继续办理 121 件。",
    ),
    (
        figures(received=21, carried_over=0, outcomes_total=21),
        "本年新收政府信息公开申请 21 件，上年结转 0 件；办理 21 件。",
    ),
    (figures(received=21, carried_over=0), "本年新收政府信息公开申请 21 件，上年结转 0 件。"),
    (figures(received=3830), "本年新收政府信息公开申请 3,830 件；结转与办理结果的数字未入库。"),
    (figures(), "收到和处理政府信息公开申请的数字未填报或未入库。"),
    (
        figures(reconsideration=440, litigation=113),
        "收到和处理政府信息公开申请的数字未填报或未入库。"
        "表上因政府信息公开被申请行政复议 440 件，被提起行政诉讼 113 件。",
    ),
]


@pytest.mark.parametrize(("values", "said"), DRAFTS)
def test_the_first_section_says_what_is_known(values: dict[str, float | None], said: str) -> None:
    opening, *rest = draft(OFFICIAL, "一", values)
    assert opening == "2023 年政府信息公开工作的主要数字如下，统计期限自 2023 年 1 月 1 日至 12 月 31 日。"
    assert "".join(rest) == said


@pytest.mark.parametrize("numeral", list("二三四五六"))
def test_the_other_sections_say_that_their_words_are_not_here(numeral: str) -> None:
    assert draft(OFFICIAL, numeral, figures(received=5)) == ("工作簿只收了这份报告的数字，本节文字未入库。",)


@given(
    st.integers(2014, 2040),
    st.fixed_dictionaries({name: st.none() | st.integers(0, 10**9).map(float) for name in measures_by_id()}),
)
def test_every_number_drafted_is_a_figure_of_the_report_or_its_year(year: int, values: dict[str, float | None]) -> None:
    text = drafted(year, values)
    assert "None" not in text and "nan" not in text and "—" not in text
    text = text.replace(f"统计期限自 {year} 年 1 月 1 日至 12 月 31 日", "")
    numbers = {float(number.replace(",", "")) for number in re.findall(r"\d[\d,.]*\d|\d", text)}
    assert numbers <= {float(year), *(value for value in values.values() if value is not None)}


@given(st.fixed_dictionaries({name: st.none() | st.integers(0, 10**9).map(float) for name in measures_by_id()}))
def test_the_draft_names_a_figure_only_under_its_own_name(values: dict[str, float | None]) -> None:
    said = {
        "received": r"本年新收政府信息公开申请 ([\d,]+) 件",
        "carried_over": r"上年结转 ([\d,]+) 件",
        "outcomes_total": r"办理 ([\d,]+) 件",
        "carried_forward": r"结转下年度继续办理 ([\d,]+) 件",
        "reconsideration": r"行政复议 ([\d,]+) 件",
        "litigation": r"行政诉讼 ([\d,]+) 件",
    }
    text = drafted(2023, values)
    for name, pattern in said.items():
        match = re.search(rf"(?<!继续){pattern}", text) if name == "outcomes_total" else re.search(pattern, text)
        if match:
            assert float(match[1].replace(",", "")) == values[name]


def test_results_that_are_known_are_not_called_missing() -> None:
    text = drafted(2018, figures(received=30, outcomes_total=28))
    assert "办理结果的数字未入库" not in text
    assert "28" in text


def test_a_blank_is_not_drafted_as_a_reported_zero() -> None:
    carried = dict.fromkeys((key for key in OFFICIAL.cells if key.row == "carried_over"), "")
    blank = filled_report("demo", 2023, "2021", {**carried, CellKey("applications", "new", "total"): 5})
    frame = measures(panel([blank]))
    values = dict(zip(frame["measure"], frame["value"], strict=True))
    assert values["carried_over"] == 0
    text = "".join(section(blank, "一", values)[0].paragraphs)
    assert "上年结转 0 件" not in text or "空格" in text
