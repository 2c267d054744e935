"""The prose of the annual report: the agency's own words kept whole, a draft that says only what figures support."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import balanced_reports, filled_report, reports

from gdgk.archive import NARRATIVE, Agency, Archive, ReportId
from gdgk.claims import check_claims
from gdgk.errors import InputError
from gdgk.form import CellKey, editions
from gdgk.narrative import Draft, Passage, drafted_sections, markdown
from gdgk.narrative.parts import largest_remainder
from gdgk.prose import HEADINGS, NUMERALS, Section, headings_of, sections
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


def said(passages: tuple[Passage, ...]) -> str:
    """The text of a section."""
    return "\n".join(passage.text for passage in passages)


def drafted(report: Report, numeral: str, prior: Report | None = None) -> str:
    """One section of a draft."""
    return said(Draft(report, AGENCY.name, prior).passages(numeral))


# What is said of a figure ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("0", "现行有效行政规范性文件0件"),
        ("12", "现行有效行政规范性文件12件"),
        ("", "现行有效行政规范性文件数量未填报"),
        ("/", "现行有效行政规范性文件数量未填报"),
        ("无", "现行有效行政规范性文件数量填“无”"),
        ("若干", "现行有效行政规范性文件数量未填数字"),
        ("?", "现行有效行政规范性文件数量未入库"),
        ("1,050件", "现行有效行政规范性文件1050件"),
    ],
)
def test_a_cell_is_said_as_it_was_filled_in(printed: str, words: str) -> None:
    report = with_values(OFFICIAL, proactive_disclosure__normative_documents__in_force=printed)
    assert words in drafted(report, "二")


@pytest.mark.parametrize("amount", ["0", "72701.2578", "251000元", "0.00001", "12万元"])
def test_money_is_said_exactly(amount: str) -> None:
    report = with_values(OFFICIAL, proactive_disclosure__fees__amount=amount)
    written = {"0": "0", "251000元": "25.1", "12万元": "12"}.get(amount, amount)
    assert f"本年行政事业性收费金额{written}万元。" in drafted(report, "二")


def test_a_table_that_was_left_blank_is_said_to_be(seed: Report) -> None:
    report = replace(seed, narrative="")
    assert [drafted(report, numeral) for numeral in "三四"] == ["表三未填报。", "表四未填报。"]
    assert "0件" not in draft_text(report)


@pytest.mark.parametrize(
    ("printed", "words"), [("增 4", "本年增加4项"), ("-2", "本年减少2项"), ("0", "本年增减0项"), ("", "本年增减未填报")]
)
def test_a_change_of_items_is_said_with_its_direction(printed: str, words: str) -> None:
    report = with_values(filled_report("demo", 2020, "2019"), proactive_disclosure__licensing__change=printed)
    assert f"行政许可上一年项目数量0项，{words}，作出处理决定0件" in drafted(report, "二")


def test_a_total_left_blank_is_the_sum_of_its_parts_and_says_so() -> None:
    filled = with_values(
        OFFICIAL, applications__new__total="", applications__new__natural_person=7, applications__new__business=3
    )
    section = Draft(filled, AGENCY.name).passages("三")
    assert "本年新收政府信息公开申请10件" in said(section)
    assert "总计栏未填报的，以该行各栏之和列出。" in said(section)
    formula = section[0].traces[0].formula
    assert formula.startswith("applications.new.natural_person + applications.new.business + ")


def test_figures_that_contradict_each_other_stand_as_they_are_without_shares() -> None:
    report = Archive().read(ReportId("hongze", 2023))
    assert (
        "因政府信息公开工作被申请行政复议0件。结果维持10件，结果纠正1件，其他结果0件，尚未审结0件。"
        "以上各项之和与总计不一致，照填报数字列出，待核实。"
    ) in drafted(report, "四")
    wrong = with_values(OFFICIAL, applications__granted__total=30, applications__outcomes_total__total=40)
    text = drafted(wrong, "三")
    assert "本年度办结政府信息公开申请40件。\n予以公开30件，" in text
    assert "%" not in text


# Shares and growth ----------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any))
def test_shares_add_up_to_100_and_none_is_moved_by_more_than_a_tenth(counts: list[int]) -> None:
    total = sum(counts)
    tenths = largest_remainder([Fraction(count, total) for count in counts])
    assert sum(tenths) == 1000
    assert all(abs(Fraction(1000 * count, total) - units) < 1 for count, units in zip(counts, tenths, strict=True))


RESULTS = ["granted", "partly_granted", "denied_third_party", "unavailable_not_held", "not_processed_repeat"]


def with_results(*counts: int) -> Report:
    """A balanced report with some results, all of natural persons."""
    rows = {**dict(zip(RESULTS, counts, strict=False)), "new": sum(counts), "outcomes_total": sum(counts)}
    cells = {f"applications__{row}__{who}": n for row, n in rows.items() for who in ("natural_person", "total")}
    return with_values(OFFICIAL, **cells)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((8, 2), "予以公开8件，占80.0%；部分公开2件，占20.0%；不予公开0件；"),
        ((4, 4, 4), "予以公开4件，占约33.4%；部分公开4件，占33.3%；不予公开4件，占33.3%；"),
        ((1999, 1), "予以公开1999件，占99.9%以上；部分公开1件，不足0.1%；"),
        ((998, 1, 1), "予以公开998件，占99.8%；部分公开1件，占0.1%；不予公开1件，占0.1%；"),
        ((3, 2), "予以公开3件；部分公开2件；"),
        ((12,), "予以公开12件；部分公开0件；"),
    ],
)
def test_shares_are_said_as_is_honest(counts: tuple[int, ...], words: str) -> None:
    assert f"其中{words}" in drafted(with_results(*counts), "三")


def received(year: int, form: str, count: object) -> Report:
    """A report that received so many."""
    row = "statistics__received__value" if form == "2014" else "applications__new__total"
    return with_values(filled_report("demo", year, form), **{row: count})


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (("2021", 100), 112, "件，较上年增长12.0%，"),
        (("2021", 100), 88, "件，较上年下降12.0%，"),
        (("2021", 100), 100, "件，与上年持平，"),
        (("2019", 100), 112, "件，较上年增长12.0%，"),
        (("2021", 3), 5, "件，较上年增加2件，"),
        (("2021", 3000), 0, "件，较上年减少3000件，"),
        (("2021", 100_000), 100_001, "件，较上年增加1件，"),
        (("2021", 0), 5, "件，上年结转"),
        (("2021", ""), 5, "件，上年结转"),
        (("2014", 100), 112, "件，较上年增长12.0%，"),
        (None, 5, "件，上年结转"),
    ],
)
def test_growth_is_told_where_two_years_may_be_compared(
    before: tuple[str, object] | None, now: int, words: str
) -> None:
    prior = received(2022, *before) if before else None
    if before and before[1] == "":
        prior = with_cells(prior or OFFICIAL, {key: "" for key in OFFICIAL.cells if key.row == "new"})
    assert f"本年新收政府信息公开申请{now}{words}" in drafted(received(2023, "2021", now), "三", prior)


def test_no_growth_across_a_seam_where_the_measure_is_another() -> None:
    now = with_values(filled_report("demo", 2019, "2019"), disputes__reconsideration__total=12)
    before = with_values(filled_report("demo", 2018, "2014"), statistics__reconsideration__value=10)
    assert "较上年" not in drafted(now, "四", before)


@pytest.mark.parametrize("other", [{"agency": "other"}, {"year": 2021}])
def test_another_agencys_or_years_figures_are_no_measure_of_growth(other: dict[str, object]) -> None:
    prior = replace(received(2022, "2021", 100), **other)  # type: ignore[arg-type]
    assert "较上年" not in drafted(received(2023, "2021", 112), "三", prior)


# The opening, and what people write -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "form", "cited", "foreign"),
    [
        (2016, "2014", ["国务院令第492号"], ["711", "国办公开办函"]),
        (2019, "2019", ["国务院令第711号", "国办公开办函〔2019〕60号"], ["492", "30号"]),
        (2020, "2019", ["国务院令第711号", "国办公开办函〔2019〕60号"], ["492", "30号"]),
        (2021, "2021", ["国务院令第711号", "国办公开办函〔2021〕30号"], ["492", "60号"]),
        (2022, "2019", ["国务院令第711号", "国办公开办函〔2021〕30号"], ["492", "60号"]),
    ],
)
def test_the_opening_cites_the_documents_of_its_year(
    year: int, form: str, cited: list[str], foreign: list[str]
) -> None:
    text = drafted(filled_report("demo", year, form), "")
    assert all(one in text for one in cited)
    assert not any(one in text for one in foreign)
    assert f"统计期限自{year}年1月1日至{year}年12月31日。" in text


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("https://www.example.gov.cn/zfxxgk/2023/t1.html，逐格录入", "https://www.example.gov.cn/zfxxgk/2023/t1.html"),
        ("https://www.example.com/nb.html", ""),
        ("公开发布的报告（PDF）", ""),
    ],
)
def test_the_electronic_copy_is_named_only_where_the_head_has_a_government_site(source: str, address: str) -> None:
    text = drafted(replace(OFFICIAL, head=replace(OFFICIAL.head, source=source)), "")
    assert (f"可在{address}查阅" in text) if address else ("电子版" not in text)


@pytest.mark.parametrize("form", sorted(editions()))
def test_every_edition_has_a_draft_of_every_section_under_its_own_headings(form: str) -> None:
    report = filled_report("demo", editions()[form].first_year, form)
    found = sections(draft_text(report))
    assert {numeral: one.heading for numeral, one in found.items() if numeral} == headings_of(report.edition)
    assert all(one.paragraphs for one in found.values())


def test_only_the_form_of_2014_has_other_headings() -> None:
    own = {form.id for form in editions().values() if headings_of(form) != HEADINGS}
    assert own == {"2014"}


def test_what_no_figure_supports_is_left_to_people_in_words() -> None:
    for numeral in "五六":
        assert drafted(OFFICIAL, numeral).startswith("（待填写：")


def test_a_fee_is_said_where_the_reports_own_words_say_how_much() -> None:
    own = "## 一、总体情况\n\n本机关收取信息处理费400元。"
    assert "本年度收取信息处理费400元。" in drafted(replace(OFFICIAL, narrative=own), "六")
    twice = own + "实际收取信息处理费300元。"
    assert "400" not in drafted(replace(OFFICIAL, narrative=twice), "六")


def test_a_draft_to_go_on_with_keeps_every_own_word() -> None:
    own = "## 五、存在问题及改进情况\n\n人手不足，下一步增配。\n\n### （一）甲\n\n乙。"
    text = markdown(Draft(replace(OFFICIAL, narrative=own), AGENCY.name))
    found = sections(text)
    assert found["五"] == sections(own)["五"]
    assert list(found) == ["", *NUMERALS]


def test_a_name_is_text_whatever_it_says() -> None:
    name = "{{ 7*7 }}<script>\ue0000\ue001¶\x02局"
    passage = Draft(OFFICIAL, name).passages("")[0]
    assert "{{ 7*7 }}<script>0" in passage.text and "49" not in passage.text
    assert "<script>" not in passage.html and "&lt;script&gt;" in passage.html


# An office's own templates --------------------------------------------------------------------------------------------


def own_template(root: Path, text: str, name: str = "2021/1.txt.j2") -> Path:
    """A template of an office's own in a data folder."""
    path = root / NARRATIVE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_an_offices_own_template_comes_before_the_packages(tmp_path: Path) -> None:
    own_template(tmp_path, '{{ year }}年共收到{{ measure("received") }}件。\n¶\n第二段。')
    draft = Draft(OFFICIAL, AGENCY.name, None, tmp_path / NARRATIVE)
    assert said(draft.passages("一")) == "2023年共收到0件。\n第二段。"
    assert draft.passages("二") == Draft(OFFICIAL, AGENCY.name).passages("二")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一\n{{ recieved }}", ":2: found 'recieved' is undefined"),
        ("一\n二\n{{ measure('recieved') }}", ":3: found measure: found 'recieved' (did you mean received?)"),
        ("{% if %}", ":1: found Expected an expression"),
        ("{{ cell('applications', 'new', 'nobody') }}", ":1: found row or column of applications: found 'nobody'"),
        ("{{ cell.__class__.__mro__ }}", ":1: found access to attribute '__class__'"),
        ("{% include '/etc/passwd' %}", ": found no template /etc/passwd"),
        ("{{ 1 // 0 }}", ":1: found "),
    ],
)
def test_a_template_that_is_wrong_is_told_by_file_and_line(tmp_path: Path, text: str, found: str) -> None:
    path = own_template(tmp_path, text)
    with pytest.raises(InputError) as told:
        Draft(OFFICIAL, AGENCY.name, None, tmp_path / NARRATIVE).passages("一")
    where = str(path.parents[1]) if "include" in text else str(path)
    assert str(told.value).startswith(where + found)
    assert "\n" not in str(told.value)
