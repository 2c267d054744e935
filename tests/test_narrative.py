"""The prose of the annual report: the agency's own words kept whole, a draft that says only what figures support."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import balanced_reports, filled_report, reports

from gdgk.archive import Agency, Archive, ReportId
from gdgk.claims import check_claims
from gdgk.form import CellKey
from gdgk.narrative import Draft, Passage, drafted_sections, markdown
from gdgk.prose import NUMERALS, Section, sections
from gdgk.report import Report, with_cells
from gdgk.text_checks import check_text

OFFICIAL = filled_report("demo", 2023, "2021")
AGENCY = Agency("demo", "测试局", (), "政府部门", "530000", "", (), None, None)


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
    assert drafted_sections(seed) == frozenset()


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


@pytest.mark.parametrize(
    ("narrative", "drafted"),
    [
        ("", {"", *NUMERALS}),
        (" \n\n", {"", *NUMERALS}),
        ("## 一、总体情况\n\n甲。\n\n## 五、问题\n\n乙。\n\n## 六、其他\n\n丙。", {"", "二", "三", "四"}),
        ("前言。\n\n## 一、总体情况\n\n甲。", {"二", "三", "四"}),
        ("## 一、总体情况\n\n根据《政府信息公开条例》编制。", {"二", "三", "四"}),
        ("## 一、甲\n\n## 二、乙\n\n## 三、丙\n\n## 四、丁", {""}),
        ("全文一段，没有标题。", set()),
    ],
)
def test_what_people_write_is_theirs_and_what_tables_say_is_drafted_where_they_left_it_out(
    narrative: str, drafted: set[str]
) -> None:
    assert drafted_sections(replace(OFFICIAL, narrative=narrative)) == drafted


def test_a_text_without_headings_is_kept_before_the_first_section() -> None:
    assert sections("全文一段，没有标题。")[""].paragraphs == ("全文一段，没有标题。",)


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


def draft_text(report: Report, prior: Report | None = None) -> str:
    """A narrative.md drafted for a report that has no words of its own."""
    return markdown(Draft(replace(report, narrative=""), AGENCY.name, prior))


def all_passages(draft: Draft) -> list[Passage]:
    """Every paragraph of a draft."""
    return [passage for numeral in ("", *NUMERALS) for passage in draft.passages(numeral)]


def with_values(report: Report, **cells: object) -> Report:
    """A report with some cells of its form changed: ``applications__new__total=5``."""
    return with_cells(report, {CellKey(*name.split("__")): str(value) for name, value in cells.items()})


@st.composite
def priors(draw: st.DrawFn, report: Report) -> Report | None:
    """A report on the year before, of any edition, or none."""
    if not draw(st.booleans()):
        return None
    return replace(draw(any_report), year=report.year - 1, narrative="")


def of_its_time(report: Report) -> Report:
    """The report on a year in which its form may have been used: that of 2014 until 2018, the others since."""
    years = range(2014, 2019) if report.edition.id == "2014" else range(2019, 2031)
    return replace(report, year=years[report.year % len(years)])


any_report = (reports() | balanced_reports()).map(of_its_time)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
CELL = re.compile(r"(?:(\d{4})/)?([a-z_]+)\.([a-z_0-9]+)\.([a-z_]+)")


def recomputed(formula: str, report: Report, prior: Report | None) -> Fraction:
    """What a formula says of the cells of two reports."""

    def value(found: re.Match[str]) -> str:
        of = report if found[1] is None else prior
        assert of is not None and (found[1] is None or int(found[1]) == of.year)
        cell = of.cell(CellKey(found[2], found[3], found[4])).value
        assert cell is not None, f"{found[0]} has no value"
        return f"Fraction('{cell!r}')"

    result = eval(CELL.sub(value, formula), {"Fraction": Fraction, "abs": abs})
    assert isinstance(result, Fraction)
    return result


@given(st.data())
def test_every_number_is_traced_and_is_what_its_cells_say(data: st.DataObject) -> None:
    report = replace(data.draw(any_report), narrative="")
    prior = data.draw(priors(report))
    for passage in all_passages(Draft(report, AGENCY.name, prior)):
        traced = set()
        for trace in passage.traces:
            start, end = trace.span
            printed = passage.text[start:end]
            traced |= set(range(start, end))
            if not trace.keys and not trace.prior:
                assert trace.formula in ("agency.name", "report.year", "legal_bases.toml", "report.head.source")
                continue
            assert {str(key) for key in trace.keys} <= {found[0] for found in CELL.finditer(trace.formula)}
            value = recomputed(trace.formula, report, prior)
            if "/ (" in trace.formula:
                below = passage.text[:start].endswith("不足")
                assert value < Fraction(printed) if below else abs(value - Fraction(printed)) < Fraction(1, 10)
            else:
                assert value == Fraction(printed)
        free = [found for found in NUMBER.finditer(passage.text) if found.start() not in traced]
        assert [found[0] for found in free if found[0] not in ("1", "12", "31")] == []
        assert not free or "统计期限" in passage.text


@given(st.data())
def test_the_claims_checker_has_nothing_against_a_draft(data: st.DataObject) -> None:
    report = data.draw(any_report)
    prior = data.draw(priors(report))
    written = replace(report, narrative=draft_text(report, prior))
    assert [found.message for found in check_claims(written, prior) if found.status in ("fail", "error")] == []


@given(st.data())
def test_the_text_checks_have_nothing_against_a_draft(data: st.DataObject) -> None:
    report = data.draw(any_report)
    prior = data.draw(priors(report))
    written = replace(report, narrative=draft_text(report, prior))
    ours = ("S-HEAD", "S-LEGAL", "N-YEAR", "S-SEC6", "N-ORG", "N-DUP")
    found = check_text(written, AGENCY, prior=prior, agencies={"demo": AGENCY})
    assert [one.message for one in found if one.rule in ours and one.status in ("fail", "error")] == []


@given(balanced_reports())
def test_of_a_balanced_report_the_checker_finds_the_sums_and_shares_of_the_draft(report: Report) -> None:
    written = replace(report, narrative=draft_text(report))
    passed = {found.rule for found in check_claims(written) if found.status == "pass"}
    assert {"N-T3-NEW", "N-T3-OUTCOMES-TOTAL", "N-T3-CARRIED-FORWARD"} <= passed
