"""The prose is checked as an editor would: what is wrong is told, what is in order is left alone.

Every sentence here was written for these tests, in the manner of such reports, except those of the seed report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import SOAK
from strategies import TEXT, filled_report

from gdgk.archive import Agency, Archive, ReportId
from gdgk.errors import InputError
from gdgk.findings import Finding, Status, findings_frame
from gdgk.form import CellKey
from gdgk.importers import read_document, recognise
from gdgk.importers.storing import report_of
from gdgk.prose import HEADINGS, NUMERALS
from gdgk.report import Head, Report
from gdgk.text_checks import MOST, check_text, checks, read_deadlines
from gdgk.text_checks.bodies import group_of
from gdgk.text_checks.catalogue import checks as read_checks
from gdgk.text_checks.deadlines import published_on
from gdgk.text_checks.prose import Prose

BUREAU = Agency("demo", "弥勒市财政局", kind="县级政府部门", region_code="532504")
GOVERNMENT = Agency("town", "弥勒市人民政府", kind="区县政府", region_code="532504")
OPENING = (
    "根据《中华人民共和国政府信息公开条例》（国令第711号）和{letter}要求，编制本报告。"
    "所列数据的统计期限为{year}年1月1日至12月31日。"
)
LETTERS = {2019: "国办公开办函〔2019〕60号", 2020: "国办公开办函〔2019〕60号"}
BODY = {
    "一": "{year}年，我局主动公开政府信息30条，收到政府信息公开申请2件，均按期答复。",
    "五": "一是解读形式单一，二是更新不够及时。下一步，我局将加强培训，按月检查栏目。",
    "六": "本年度未收取信息处理费，无其他需要报告的事项。",
}


def narrative(year: int = 2023, **parts: str) -> str:
    """A report's prose in good order, with some sections (``一`` …, ``opening``) worded differently."""
    letter = LETTERS.get(year, "国办公开办函〔2021〕30号")
    blocks = [parts.get("opening", OPENING.format(letter=letter, year=year))]
    for numeral in NUMERALS:
        blocks.append(f"## {HEADINGS[numeral]}")
        blocks.append(parts.get(numeral, BODY.get(numeral, "")).format(year=year))
    return "\n\n".join(block for block in blocks if block) + "\n"


def report(text: str, year: int = 2023, title: str = "", published: str = "", name: str = "弥勒市财政局") -> Report:
    """A synthetic report with that prose."""
    edition = "2014" if year <= 2018 else "2019" if year <= 2020 else "2021"
    head = Head(
        title or f"{name}{year}年政府信息公开工作年度报告", "合成数据，仅供测试", published=published, synthetic=True
    )
    return replace(filled_report("demo", year, edition), narrative=text, head=head)


def found(
    checked: Report, rule: str, agency: Agency = BUREAU, agencies: Mapping[str, Agency] | None = None
) -> list[Finding]:
    """The findings of one rule that are not a pass."""
    return [one for one in check_text(checked, agency, agencies=agencies) if one.rule == rule and one.status != "pass"]


def failed(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Severity and quotation of what fails."""
    return [(one.severity, one.quote) for one in findings if one.status == Status.FAIL]


# A report in good order ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2025])
@pytest.mark.parametrize("agency", [BUREAU, Agency("demo", "弥勒市财政局")], ids=["register", "name alone"])
def test_a_report_in_good_order_has_no_finding(year: int, agency: Agency) -> None:
    checked = report(narrative(year), year, published=f"{year + 1}-01-20")
    assert [(one.rule, one.message) for one in check_text(checked, agency) if one.status == Status.FAIL] == []
    assert {one.rule for one in check_text(checked, agency)} == set(checks())


def test_what_has_no_prose_is_told_once_for_each_check_and_is_no_fault() -> None:
    ended = {one.rule: one.status for one in check_text(report(""), BUREAU)}
    assert set(ended) == set(checks())
    assert set(ended.values()) <= {Status.NOT_ASSESSABLE, Status.PASS}
    assert ended["S-TITLE"] == Status.PASS


def test_findings_are_those_of_every_other_room() -> None:
    frame = findings_frame(check_text(report(narrative()), BUREAU))
    assert list(frame["agency"].unique()) == ["demo"]
    assert (frame["basis"] != "").all()
    assert frame["place"].str.len().min() > 0


def test_a_span_is_the_place_in_the_narrative_as_kept() -> None:
    text = narrative(五="发挥　随 州旅游政务网作用。问题是人手不足，下一步加强培训。")
    (one,) = found(report(text), "N-ORG")
    assert one.span is not None
    assert text[slice(*one.span)] == one.quote == "随 州"


# The seed ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archive() -> Archive:
    """The workbook's own data."""
    return Archive()


def test_the_seed_names_suizhou_and_nothing_else_is_wrong(archive: Archive) -> None:
    seed = archive.read(ReportId("mile_culture_tourism", 2020))
    agency = archive.agency("mile_culture_tourism")
    checked = check_text(seed, agency, agencies=archive.agencies)
    (one,) = [item for item in checked if item.status == Status.FAIL]
    assert (one.rule, one.severity, one.quote) == ("N-ORG", "warning", "随州")
    assert one.span is not None
    assert seed.narrative[one.span[0] :].startswith("随州旅游政务网")
    assert "五、存在问题及改进情况" in one.place


@pytest.mark.parametrize(
    ("published", "status", "severity"),
    [
        ("", Status.NOT_ASSESSABLE, "error"),
        ("2021-01-29", Status.PASS, "error"),
        ("2021-02-01", Status.FAIL, "error"),
        ("2020-01-29", Status.FAIL, "warning"),
    ],
)
def test_the_seed_was_due_by_the_end_of_january(
    archive: Archive, published: str, status: Status, severity: str
) -> None:
    seed = archive.read(ReportId("mile_culture_tourism", 2020))
    dated = replace(seed, head=replace(seed.head, published=published))
    agency = archive.agency("mile_culture_tourism")
    (one,) = [item for item in check_text(dated, agency) if item.rule == "S-DATE"]
    assert (one.status, one.severity) == (status, severity)


# Real reports --------------------------------------------------------------------------------------------------------

# What is truly so of the documents as kept: some are cut short, so that sections are missing.
TRUE_OF_THE_CORPUS = {
    "dapuqiao_2025": {("S-HEAD", "error")},
    "hangzhou_2025": {("S-SEC5", "warning"), ("S-GOV", "warning")},
    "hongze_2023": {("S-GOV", "warning")},
    "huaian_2024": {("S-GOV", "warning")},
    "mile_culture_tourism_2020": {("N-ORG", "warning")},
    "shanghai_government_office_2019": set(),
    "shanghai_government_office_2025": {("S-HEAD", "error")},
    "wuhan_ecology_2020": set(),
}


@pytest.mark.parametrize("name", sorted(TRUE_OF_THE_CORPUS))
def test_published_reports_have_only_findings_that_are_true(corpus: Path, name: str) -> None:
    path = next((corpus / "reports" / name).glob("document.*"))
    draft = recognise(read_document(path, path.name))
    agency = Agency("real", draft.head.agency_name)
    assert draft.head.year is not None
    checked = check_text(report_of(draft, agency, draft.head.year, path.read_bytes(), path.suffix), agency)
    assert {(one.rule, one.severity) for one in checked if one.status == Status.FAIL} == TRUE_OF_THE_CORPUS[name]


# S-HEAD --------------------------------------------------------------------------------------------------------------

ACCEPTED = [
    ("五", "五、存在问题及改进情况"),
    ("五", "五、存在的主要问题和改进情况"),
    ("五", "五、政府信息公开工作存在的主要问题及改进情况"),
    ("四", "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
    ("四", "四、政府信息公开行政复议和行政诉讼情况"),
    ("三", "三、收到和处理政府信息公开申请情况。"),
    ("二", "二、 主动公开政府信息情况："),
    ("一", "一.政府信息公开总体情况"),
    ("六", "六、需要报告的其他事项"),
    ("六", "六、其它需要报告的事项"),
    ("六", "第六部分 其他需要报告的事项"),
]


@pytest.mark.parametrize(("numeral", "heading"), ACCEPTED)
def test_a_common_wording_of_a_heading_is_no_finding(numeral: str, heading: str) -> None:
    assert found(report(narrative().replace(HEADINGS[numeral], heading)), "S-HEAD") == []


@pytest.mark.parametrize(
    ("before", "after", "severity", "said"),
    [
        ("## 五、存在的主要问题及改进情况", "## 四、存在的主要问题及改进情况", "error", "序号为“四”"),
        ("## 六、其他需要报告的事项", "## 其他需要报告的事项", "error", "没有序号"),
        ("## 一、总体情况", "## 一、概述", "warning", "与格式“一、总体情况”不一致"),
        ("## 五、存在的主要问题及改进情况", "## 五、不足之处和下步打算", "warning", "不一致"),
        ("## 三、收到和处理政府信息公开申请情况\n\n", "", "error", "缺少第三部分"),
        ("## 四、政府信息公开行政复议、行政诉讼情况", "## 四、关于本局的一些说明", "error", "缺少第四部分"),
    ],
)
def test_a_heading_that_is_missing_misnumbered_or_reworded_is_told(
    before: str, after: str, severity: str, said: str
) -> None:
    text = narrative()
    assert before in text
    one = found(report(text.replace(before, after)), "S-HEAD")[0]
    assert (one.severity, said in one.message) == (severity, True), one.message


def test_sections_out_of_order_are_told_once() -> None:
    text = narrative()
    three, four = (f"## {HEADINGS[numeral]}" for numeral in "三四")
    swapped = text.replace(three, "@").replace(four, three).replace("@", four)
    assert [one.message for one in found(report(swapped), "S-HEAD") if "顺序" in one.message]


def test_headings_pasted_without_marks_are_found() -> None:
    text = narrative().replace("## ", "")
    assert found(report(text), "S-HEAD") == []
    assert found(report(text.replace("\n\n", "\n")), "S-HEAD") == []
    assert failed(found(report(text.replace("五、存", "四、存")), "S-HEAD")) == [
        ("error", "四、存在的主要问题及改进情况")
    ]


def test_numbered_points_inside_a_section_are_no_headings() -> None:
    text = narrative(
        一="一、主动公开情况\n\n公开30条。\n\n二、依申请公开情况\n\n收到2件。",
        五="一、存在的主要问题\n\n人手不足。\n\n二、改进措施\n\n加强培训。",
    )
    assert found(report(text), "S-HEAD") == []
    assert found(report(text), "S-SEC5") == []


def test_a_seventh_section_is_information() -> None:
    one = found(report(narrative() + "\n## 七、附表\n\n见附件。\n"), "S-HEAD")
    assert failed(one) == [("info", "七、附表")]


def test_reports_before_2019_had_other_headings() -> None:
    (one,) = found(report("一、概述\n\n2016年公开信息30条。", 2016), "S-HEAD")
    assert one.status == Status.NOT_APPLICABLE


def test_headings_in_traditional_characters_are_the_same() -> None:
    text = narrative().replace("四、政府信息公开行政复议、行政诉讼情况", "四、政府信息公開行政複議、行政訴訟情況")
    assert found(report(text), "S-HEAD") == []


# S-TITLE -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "severities"),
    [
        ("弥勒市财政局2023年政府信息公开工作年度报告", []),
        ("弥勒市财政局 2023 年度政府信息公开工作年度报告", []),
        ("2023年弥勒市财政局政府信息公开工作年度报告", []),
        ("弥勒市财政局２０２３年政府信息公开工作年度报告", []),
        ("弥勒市财政局2022年政府信息公开工作年度报告", ["warning"]),
        ("弥勒市财政局政府信息公开工作年度报告", ["warning"]),
        ("市财政局2023年政府信息公开工作年度报告", ["info"]),
        ("弥勒市财政局2023年政府信息公开年度报告", ["info"]),
        ("弥勒市财政局政府信息公开工作2023年度报告", ["info"]),
        ("随州市财政局2023年政府信息公开工作年度报告", ["warning"]),
        ("弥勒市教育体育局2023年政府信息公开工作年度报告", ["warning"]),
    ],
)
def test_the_title_names_agency_and_year(title: str, severities: list[str]) -> None:
    assert [one.severity for one in found(report(narrative(), title=title), "S-TITLE")] == severities


@pytest.mark.parametrize(
    ("name", "title", "severities"),
    [
        ("宿迁市人民政府", "宿迁市2023年政府信息公开工作年度报告", []),
        ("淮安市洪泽区人民政府", "洪泽区人民政府2023年政府信息公开工作年度报告", []),
        ("淮安市洪泽区人民政府", "洪泽区2023年政府信息公开工作年度报告", []),
        ("高平市南城街街道办事处", "南城街街道办事处2023年政府信息公开工作年度报告", ["info"]),
    ],
)
def test_a_region_may_stand_for_its_government(name: str, title: str, severities: list[str]) -> None:
    checked = report(narrative(), title=title)
    assert [one.severity for one in found(checked, "S-TITLE", Agency("a", name))] == severities


def test_a_title_with_anothers_name_says_whose() -> None:
    other = Agency("school", "弥勒市教育体育局")
    checked = report(narrative(), title="弥勒市教育体育局2023年政府信息公开工作年度报告")
    (one,) = found(checked, "S-TITLE", agencies={"school": other, "demo": BUREAU})
    assert "另一机关弥勒市教育体育局" in one.message


# N-YEAR --------------------------------------------------------------------------------------------------------------

PERIODS_IN_ORDER = [
    "本报告中所列数据统计期限从2023年1月1日到12月31日止。",
    "统计期限自2023年1月1日起至2023年12月31日止。",
    "所列数据统计时限为 2023 年 1 月 1 日 — 2023 年 12 月 31 日。",
    "统计期间：２０２３年１月１日至１２月３１日。",
    "数据统计时间为二〇二三年1月1日至12月31日。",
    "项目公示期为2022年3月1日至2022年3月7日，按期办结。",
    "本局成立于2001年1月1日。",
]
PERIODS_AMISS = [
    ("本报告中所列数据统计期限从2022年1月1日到12月31日止。", "2022年1月1日到12月31日"),
    ("统计期限自2023年1月1日起至2022年12月31日止。", "2023年1月1日起至2022年12月31日"),
    ("报告所列数据统计期限为2023年1月1日至11月30日。", "2023年1月1日至11月30日"),
    ("统计期限为2024年1月1日至2024年12月31日。", "2024年1月1日至2024年12月31日"),
    ("统计期限为二〇二二年1月1日至12月31日。", "二〇二二年1月1日至12月31日"),
]
YEARS_IN_ORDER = [
    "2023年，我局收到申请2件，与2022年持平。",
    "2022年，我局收到申请5件，2023年收到2件，同比下降60%。",
    "公开2022年度部门决算和2023年度部门预算。",
    "按照《2022年政务公开工作要点》落实任务。",
    "2022年部门决算公开1次。",
    "上年收到申请5件，去年答复5件。",
    "2024年，我局将继续加强公开工作，力争公开信息100条。",
    "到2025年，公开平台建设全面完成。",
    "“十四五”规划期间，2021年至2025年的任务按年度公开。",
    "2019年，我局因机构改革组建，承担原两个部门的职能。",
    "截至2023年12月31日，公开信息30条。",
    "2022年12月印发的弥政发〔2022〕12号文件继续有效。",
    "2022年，《条例》宣传月活动获评优秀。",
    "自2019年以来，累计公开信息300条。",
    "2022年存在的问题已经整改。",
    "公开了2022年政府信息公开工作年度报告。",
    "“2022年度十佳政务新媒体”名单公布。",
]
YEARS_AMISS = [
    ("2022年，我局共收到政府信息公开申请2件。", "2022年"),
    ("2022年度主动公开政府信息30条。", "2022年"),
    ("2021年，我局认真贯彻落实条例要求，加强公开工作。", "2021年"),
    ("二〇二二年，我局认真落实各项公开要求。", "二〇二二年"),
    ("2024年，共收到申请2件，均按期答复。", "2024年"),
    ("2024年，我局认真贯彻落实条例要求。", "2024年"),
    ("（一）主动公开。\n\n2022年全局公开信息30条。", "2022年"),
]


@pytest.mark.parametrize("sentence", PERIODS_IN_ORDER)
def test_a_statistical_period_in_order_is_left_alone(sentence: str) -> None:
    text = narrative(opening="根据《政府信息公开条例》编制本报告。" + sentence)
    assert failed(found(report(text), "N-YEAR")) == []


@pytest.mark.parametrize(("sentence", "quote"), PERIODS_AMISS)
def test_a_statistical_period_of_another_year_or_length_is_told(sentence: str, quote: str) -> None:
    text = narrative(opening="根据《政府信息公开条例》编制本报告。" + sentence)
    assert failed(found(report(text), "N-YEAR")) == [("warning", quote)]


@pytest.mark.parametrize("sentence", YEARS_IN_ORDER)
def test_another_year_that_belongs_there_is_left_alone(sentence: str) -> None:
    assert failed(found(report(narrative(一=sentence)), "N-YEAR")) == []


@pytest.mark.parametrize(("sentence", "quote"), YEARS_AMISS)
def test_a_year_that_tells_what_was_done_is_that_of_the_report(sentence: str, quote: str) -> None:
    assert failed(found(report(narrative(一=sentence)), "N-YEAR")) == [("warning", quote)]


def test_an_agency_made_in_the_year_may_count_from_then_on() -> None:
    text = "因区级机构改革，报告中所列数据的统计期限自2023年7月1日起至12月31日止。"
    basis = "根据《政府信息公开条例》编制本报告。"
    assert failed(found(report(narrative(opening=basis + text)), "N-YEAR")) == [("info", "2023年7月1日起至12月31日")]
    alone = text.removeprefix("因区级机构改革，")
    assert [one.severity for one in found(report(narrative(opening=basis + alone)), "N-YEAR")] == ["warning"]


def test_plans_of_section_five_are_of_the_year_to_come() -> None:
    text = narrative(五="人手不足。2024年，我局从以下方面改进：一是完善制度。")
    assert failed(found(report(text), "N-YEAR")) == []


def test_a_report_that_opens_with_section_one_is_read_there() -> None:
    first = "根据《政府信息公开条例》（国令第492号），现公布我局2022年政府信息公开工作年度报告。公开30条。"
    text = narrative(opening="", 一=first)
    assert failed(found(report(text), "N-YEAR")) == [("warning", "2022")]
    assert failed(found(report(text), "S-LEGAL")) == [("warning", "国令第492号")]


def test_the_report_calls_itself_that_of_its_year() -> None:
    wrong = "根据《政府信息公开条例》，现将弥勒市财政局2022年政府信息公开工作年度报告公布如下。"
    assert failed(found(report(narrative(opening=wrong)), "N-YEAR")) == [("warning", "2022")]
    alike = "根据《政府信息公开条例》要求，现将2022年度弥阳街道政府信息公开工作情况报告如下。"
    assert failed(found(report(narrative(opening=alike)), "N-YEAR")) == [("warning", "2022")]
    right = wrong.replace("2022", "2023")
    assert failed(found(report(narrative(opening=right)), "N-YEAR")) == []


# S-LEGAL -------------------------------------------------------------------------------------------------------------

ORDER_711, ORDER_492 = "（中华人民共和国国务院令第711号）", "（国务院令第492号）"
TITLE_60 = "《国务院办公厅政府信息与政务公开办公室关于政府信息公开工作年度报告有关事项的通知》"
BASES = [
    (2023, f"根据《中华人民共和国政府信息公开条例》{ORDER_711}，编制本报告。", None),
    (2023, f"根据《中华人民共和国政府信息公开条例》{ORDER_492}，编制本报告。", "国务院令第492号"),
    (2016, f"根据《中华人民共和国政府信息公开条例》{ORDER_492}，编制本报告。", None),
    (2018, f"根据《中华人民共和国政府信息公开条例》{ORDER_711}，编制本报告。", "国务院令第711号"),
    (2019, "依据《政府信息公开条例》和国办公开办函〔2019〕60号文件要求编制。", None),
    (2020, "依据《政府信息公开条例》和国办公开办函[2021]30号文件要求编制本报告。", "国办公开办函[2021]30号"),
    (2022, "按照《政府信息公开条例》和国办公开办函〔2019〕60号要求，编制本报告。", "国办公开办函〔2019〕60号"),
    (2022, f"按照《政府信息公开条例》、{TITLE_60}要求，编制本报告。", TITLE_60[1:-1]),
    (2020, f"按照《政府信息公开条例》、{TITLE_60}要求，编制本报告。", None),
    (2022, "根据《政府信息公开条例》和省办公厅《关于做好2022年政府信息公开工作年度报告有关事项的通知》编制。", None),
    (2022, "根据《政府信息公开条例》和国办公开办函〔2020〕30号年度报告格式编制。", None),
    (
        2022,
        "根据《政府信息公开条例》、年度报告格式的通知（国办公开办函〔2020〕30号）编制。",
        "国办公开办函〔2020〕30号",
    ),
    (2022, "根据《中华人民共和国政府信息公开条例》（国务院令第771号）编制本报告。", "771"),
    (2022, f"根据修订后的《政府信息公开条例》{ORDER_711}（原国务院令第492号同时废止）编制本报告。", None),
    (2022, "根据《政府信息公开条例》及国办公开办函〔2021〕30号（代替国办公开办函〔2019〕60号）编制。", None),
]


@pytest.mark.parametrize(("year", "sentence", "quote"), BASES)
def test_the_basis_is_the_one_of_the_year(year: int, sentence: str, quote: str | None) -> None:
    told = failed(found(report(narrative(year, opening=sentence), year), "S-LEGAL"))
    assert told == ([] if quote is None else [("warning", quote)])


def test_an_older_document_named_in_passing_is_no_basis() -> None:
    text = narrative(一="2023年，我局组织学习原国务院令第492号与新条例的变化，2019年曾按国办公开办函〔2019〕60号填报。")
    assert failed(found(report(text), "S-LEGAL")) == []


def test_a_basis_parted_by_a_page_break_is_read_as_one() -> None:
    text = narrative(opening="本报告根据《中华人民共和国政府信息公开条例》（国令第492号）\n\n要求编制。")
    assert failed(found(report(text), "S-LEGAL")) == [("warning", "国令第492号")]


def test_a_report_without_a_basis_cannot_be_judged() -> None:
    (one,) = found(report(narrative(opening="现公布如下。")), "S-LEGAL")
    assert one.status == Status.NOT_ASSESSABLE


# S-SEC5 and S-SEC6 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("", "只有标题"),
        ("无。", "只写"),
        ("本机关不存在问题。", "只写"),
        ("一是更新不够及时，二是解读形式单一。", "未见改进情况"),
        ("一是主动公开工作还需进一步规范。", "未见改进情况"),
        ("下一步，我局将加强培训，按月检查栏目。", "未见存在的主要问题"),
        ("公开质量有待提高。一是加强培训。二是完善制度。", None),
        ("（一）存在问题\n\n公开渠道单一。\n\n（二）改进情况\n\n拓宽渠道，建立台账。", None),
        ("与群众期待有差距。针对上述差距，采取了以下措施：按月检查。", None),
        ("上年提出的解读少的问题已完成整改，今年培训仍需加强。", None),
    ],
)
def test_section_five_tells_shortcomings_and_what_is_done(text: str, lacking: str | None) -> None:
    told = [one.message for one in found(report(narrative(五=text)), "S-SEC5")]
    assert (told == []) if lacking is None else (lacking in told[0])


def test_an_abridged_section_is_not_judged() -> None:
    (one,) = found(report(narrative(五="一是学习仍需加强……")), "S-SEC5")
    assert one.status == Status.NOT_ASSESSABLE


@pytest.mark.parametrize(("text", "severities"), [("", ["info"]), ("无。", []), ("本年度未收取信息处理费。", [])])
def test_section_six_says_something(text: str, severities: list[str]) -> None:
    assert [one.severity for one in found(report(narrative(六=text)), "S-SEC6")] == severities


# S-GOV ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agency", "status"),
    [
        (GOVERNMENT, Status.FAIL),
        (Agency("t", "弥勒市东山镇人民政府"), Status.FAIL),
        (BUREAU, Status.NOT_APPLICABLE),
        (Agency("o", "弥勒市人民政府办公室"), Status.NOT_APPLICABLE),
        (Agency("s", "弥勒市弥阳街道办事处"), Status.NOT_APPLICABLE),
    ],
)
def test_only_governments_owe_the_results_of_review(agency: Agency, status: Status) -> None:
    checked = report(narrative(), name=agency.name)
    assert [one.status for one in found(checked, "S-GOV", agency)] == [status]
    full = narrative(一="2023年公开工作纳入考核，开展社会评议，未发生责任追究情形。")
    if agency in (GOVERNMENT,):
        assert found(report(full), "S-GOV", agency) == []


def test_what_is_lacking_is_named() -> None:
    (one,) = found(report(narrative(一="2023年公开工作纳入年度考核。")), "S-GOV", GOVERNMENT)
    assert one.message == "未见社会评议、责任追究结果情况"


@pytest.mark.parametrize(
    ("name", "kind", "group"),
    [
        ("宿迁市人民政府", "设区的市政府", "government"),
        ("上海市人民政府办公厅", "政府办公厅", "department"),
        ("弥勒市文化和旅游局", "县级政府部门", "department"),
        ("弥勒市", "", "government"),
        ("东山镇人民政府", "", "township"),
        ("西畴乡人民政府", "乡镇政府", "township"),
        ("打浦桥街道", "", "township"),
        ("上海市黄浦区人民政府打浦桥街道办事处", "", "township"),
        ("住房和城乡建设局", "", "department"),
        ("国家税务总局弥勒市税务局", "", "department"),
    ],
)
def test_what_kind_of_body_an_agency_is(name: str, kind: str, group: str) -> None:
    assert group_of(Agency("a", name, kind=kind)).id == group


# XT-FEE-SEC6 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "six", "unpaid", "severities"),
    [
        ("2023年公开30条。", "无。", 0, []),
        ("2023年公开30条。", "无。", 2, ["warning"]),
        ("2023年公开30条。", "本年度收取信息处理费200元。", 2, []),
        ("2023年公开30条。", "发出收费通知2件，未收取信息处理费。", 2, []),
        ("2023年收取政府信息公开信息处理费200元。", "无。", 0, ["warning"]),
        ("2023年收取政府信息公开信息处理费200元。", "全年收取信息处理费200元。", 0, []),
        ("2023年收取行政事业性收费300万元。", "无。", 0, []),
        ("2023年收取信息处理费0元。", "无。", 0, []),
        ("2023年收取信息处理费0.02万元。", "无。", 0, ["warning"]),
        ("组织学习《政府信息公开信息处理费管理办法》。", "无。", 0, []),
        ("本年度未收取信息处理费。", "无。", 0, []),
    ],
)
def test_a_fee_asked_for_is_stated_in_section_six(one: str, six: str, unpaid: int, severities: list[str]) -> None:
    text = narrative(一=one, 六=six)
    key = CellKey("applications", "otherwise_fee_unpaid", "total")
    checked = replace(filled_report("demo", 2023, "2021", {key: unpaid}), narrative=text)
    assert [item.severity for item in found(checked, "XT-FEE-SEC6")] == severities


# S-DATE --------------------------------------------------------------------------------------------------------------

TOWN = Agency("t", "弥勒市东山镇人民政府", region_code="532504")


@pytest.mark.parametrize(
    ("agency", "year", "published", "severity"),
    [
        (BUREAU, 2023, "2024-01-31", None),
        (BUREAU, 2023, "2024-02-01", "error"),
        (BUREAU, 2023, "2024年2月1日", "error"),
        (BUREAU, 2018, "2019-03-31", None),
        (BUREAU, 2018, "2019-04-01", "error"),
        (BUREAU, 2019, "2020-02-01", "error"),
        (GOVERNMENT, 2023, "2024-03-31", None),
        (GOVERNMENT, 2023, "2024/4/1", "error"),
        (TOWN, 2023, "2024-02-20", "info"),
        (TOWN, 2023, "2024-04-02", "error"),
        (BUREAU, 2023, "2023-01-20", "warning"),
    ],
)
def test_publication_is_due_by_the_law(agency: Agency, year: int, published: str, severity: str | None) -> None:
    told = found(report(narrative(year), year, published=published), "S-DATE", agency)
    assert [one.severity for one in told] == ([] if severity is None else [severity])


LOCAL = """
[[deadline]]
groups = ["department"]
regions = ["5325"]
month = 1
day = 20
first = 2021
basis = "红河州年度报告编制通知（测试）"
"""


def test_a_local_deadline_stands_beside_the_national_one(tmp_path: Path) -> None:
    path = tmp_path / "deadlines.toml"
    path.write_text(LOCAL, encoding="utf-8")
    local = read_deadlines(path)

    def told(published: str, agency: Agency) -> list[tuple[str, str]]:
        checked = check_text(report(narrative(), published=published), agency, deadlines=local)
        return [(one.severity, one.basis) for one in checked if one.rule == "S-DATE" and one.status == Status.FAIL]

    assert told("2024-01-20", BUREAU) == []
    assert told("2024-01-25", BUREAU) == [("warning", "红河州年度报告编制通知（测试）")]
    assert told("2024-01-25", Agency("x", "随州市财政局")) == []
    assert told("2024-02-05", BUREAU)[0][0] == "error"


@pytest.mark.parametrize(
    ("line", "found_text"),
    [
        ("month = 13", "month must be"),
        ('groups = ["bureau"]', "bureau"),
        ("monht = 1", "monht"),
        ('severity = "bad"', "bad"),
    ],
)
def test_a_deadline_that_is_none_is_named_with_its_line(tmp_path: Path, line: str, found_text: str) -> None:
    key = line.split(" =")[0]
    kept = [one for one in LOCAL.strip().splitlines() if not one.startswith(f"{key} =")]
    path = tmp_path / "deadlines.toml"
    path.write_text("\n".join([*kept, line]), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_deadlines(path)
    assert found_text in str(error.value)
    assert "deadlines.toml:1" in str(error.value)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-31", "2024-01-31"),
        ("2024年1月31日", "2024-01-31"),
        ("2024.1.31 10:30", "2024-01-31"),
        ("发布日期：2024/01/31", "2024-01-31"),
        ("2024年1月", None),
        ("2024-13-41", None),
        ("", None),
    ],
)
def test_a_publication_date_is_read_as_written(text: str, day: str | None) -> None:
    assert str(published_on(text)) == str(day)


# The catalogue -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "found_text"),
    [
        ('id = "X"\nlabel = "x"\nseverity = "fatal"\nbasis = ""\nunless = ""', "fatal"),
        ('id = "X"\nlabel = "x"\nseverity = "error"\nbasis = ""\nunless = ""\nsince = 2', "since"),
        ('id = "X"\nseverity = "error"', "label"),
    ],
)
def test_a_check_that_is_none_is_named_with_its_line(tmp_path: Path, entry: str, found_text: str) -> None:
    path = tmp_path / "checks.toml"
    path.write_text(f"[[check]]\n{entry}\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_checks(path)
    assert found_text in str(error.value)


def test_the_documentation_names_every_check_with_its_severity() -> None:
    page = (Path(__file__).parents[1] / "docs" / "text_checks.md").read_text(encoding="utf-8")
    for check in checks().values():
        assert re.search(rf"^\| {re.escape(check.id)} \|[^|]*\| [^|]*{check.severity}[^|]*\|", page, re.MULTILINE), (
            check.id
        )


def test_one_checks_failure_does_not_stop_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("gdgk.text_checks.check_places", broken)
    ended = {one.rule: one for one in check_text(report(narrative()), BUREAU)}
    assert set(ended) == set(checks())
    assert "broken" in ended["N-ORG"].reason
    assert ended["S-HEAD"].status == Status.PASS


# Any text ------------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "## 一、总体情况",
        "五、存在问题",
        "2022年，我局",
        "随州市",
        "\n\n",
        "（",
        "）",
        "《",
        "。",
        "根据",
        "统计期限",
        "2023年1月1日至",
        "国令第",
    ]
)


@given(st.lists(PIECES | TEXT, max_size=30))
def test_any_text_is_checked_and_every_span_lies_in_it(pieces: list[str]) -> None:
    text = "".join(pieces)
    for one in check_text(report(text), BUREAU):
        assert "检查未能完成" not in one.reason
        if one.span is not None:
            assert 0 <= one.span[0] < one.span[1] <= len(text)
            assert one.quote == text[slice(*one.span)]


@given(st.lists(PIECES | TEXT, max_size=20))
def test_every_sign_of_the_folded_text_has_its_place(pieces: list[str]) -> None:
    text = "".join(pieces)
    prose = Prose(text)
    assert len(prose.text) == len(prose.offsets)
    assert list(prose.offsets) == sorted(prose.offsets)


HOSTILE = {
    "one sentence without end": "2022年，我局认真落实" * 30_000,
    "years": "2022年，我局收到申请2件。" * 25_000,
    "headings": "## 一、总体情况\n\n" * 30_000,
    "places": "随州市湖北省" * 60_000,
    "brackets": "（" * 350_000,
    "periods": "统计期限2022年1月1日至" * 20_000,
    "bases": "根据《政府信息公开条例》国令第492号" * 15_000,
    "digits": "2" * 350_000,
    "line feeds": "\n" * 350_000,
    "clauses": "：2022年，我局落实" * 30_000,
    "traditional": "開關機構（" * 60_000,
}


LONGEST = 400_000 if SOAK else 60_000


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_text_made_to_be_slow_is_checked_and_does_not_drown_the_reader(name: str) -> None:
    # how long it takes, and that it grows with the length only, is measured in benchmarks/text_checks.py
    text = HOSTILE[name][:LONGEST]
    checked = check_text(report(text), BUREAU, prior=report(text, 2022))
    counts = Counter(one.rule for one in checked)
    assert set(counts) == set(checks())
    assert max(counts.values()) <= MOST + 1
    assert [one.reason for one in checked if "检查未能完成" in one.reason] == []
