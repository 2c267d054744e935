"""What the prose says is held against the tables: what agrees, what does not, how grave it is, and where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from strategies import APPLICANTS, balanced_reports, filled_report, report_of

from gdgk.claims import check_claims, facts, stated
from gdgk.findings import Finding
from gdgk.form import CellKey
from gdgk.report import Report

BUREAU = "测试市测试局2023年政府信息公开工作年度报告"
CITY = "测试市人民政府2023年政府信息公开工作年度报告"


def key(text: str) -> CellKey:
    table, row, column = text.split(".")
    return CellKey({"a": "applications", "d": "disputes", "p": "proactive_disclosure"}[table], row, column)


def report(text: str, year: int = 2023, title: str = BUREAU, form: str = "2021", **cells: object) -> Report:
    """A synthetic report with some cells filled, the others 0, and a narrative."""
    made = filled_report("demo", year, form, {key(name.replace("__", ".")): value for name, value in cells.items()})
    return replace(made, narrative=text, head=replace(made.head, title=title))


def found(text: str, prior: Report | None = None, **more: object) -> list[tuple[str, str, str]]:
    """Rule, status and severity of every finding on a narrative."""
    return [(one.rule, one.status, one.severity) for one in check_claims(report(text, **more), prior)]  # type: ignore[arg-type]


def only(text: str, prior: Report | None = None, **more: object) -> Finding:
    (one,) = check_claims(report(text, **more), prior)  # type: ignore[arg-type]
    return one


# Counts --------------------------------------------------------------------------------------------------------------


def test_a_count_that_agrees_passes() -> None:
    assert found("收到政府信息公开申请12件。", a__new__total=12) == [("N-T3-NEW", "pass", "error")]


def test_received_may_be_new_or_new_and_carried_over() -> None:
    cells = {"a__new__total": 12, "a__carried_over__total": 3}
    assert found("收到政府信息公开申请15件。", **cells) == [("N-T3-NEW", "pass", "error")]
    assert found("新收政府信息公开申请15件。", **cells) == [("N-T3-NEW", "fail", "error")]


def test_a_contradiction_names_the_sentence_the_cell_and_both_numbers() -> None:
    text = "## 一、总体情况\n\n认真做好公开工作。2023年，我局收到政府信息公开申请 13 件，均已答复。"
    one = only(text, a__new__total=12, a__carried_over__total=4)
    assert (one.rule, one.left, one.right, one.difference) == ("N-T3-NEW", 13, 12, 1)
    assert one.span is not None and text[slice(*one.span)] == one.quote
    assert one.quote == "2023年，我局收到政府信息公开申请 13 件，均已答复。"
    assert (one.table, one.row, one.column) == ("applications", "new", "total")
    assert one.cells == ("applications.new.total",)
    assert "表三“本年新收”为 12" in one.message and "为 16" in one.message and "与所写 13 不符" in one.message


def test_a_group_is_the_sum_of_its_rows() -> None:
    cells = {"a__denied_internal__total": 2, "a__denied_inquiry__total": 3}
    assert found("不予公开5件。", **cells) == [("N-T3-DENIED", "pass", "error")]
    one = only("不予公开6件。", **cells)
    assert (one.status, one.left, one.right, one.row, one.column) == ("fail", 6, 5, None, "total")


def test_a_blank_total_is_the_sum_of_its_parts() -> None:
    values = dict.fromkeys([key(f"a.granted.{name}") for name in APPLICANTS[:-1]], 2)
    made = report_of("demo", 2023, "2021", {**values, key("a.new.total"): 12})
    (one,) = check_claims(replace(made, narrative="予以公开12件。"))
    assert (one.status, one.right) == ("pass_imputed", 12)


def test_a_blank_table_is_not_assessable() -> None:
    made = report_of("demo", 2023, "2021", {})
    (one,) = check_claims(replace(made, narrative="收到政府信息公开申请3件。"))
    assert (one.status, one.reason) == ("not_assessable", "整表未填报")


def test_what_is_left_open_contradicts_nothing() -> None:
    assert found("结果维持6件。") == []
    assert found("通过网络收到政府信息公开申请6件。", a__new__total=9) == []
    blank = report_of("demo", 2023, "2021", {})
    assert check_claims(replace(blank, narrative="结果维持6件。")) == []


def test_what_else_the_number_is_is_told_when_only_one_cell_has_it() -> None:
    cells = {"a__unavailable_not_held__total": 265, "a__unavailable_unclear__total": 72}
    assert only("无法提供265件。", **cells).message.endswith("；所写 265 恰为表三“本机关不掌握”的数")


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("行政规范性文件制发5件。", {"p__normative_documents__issued": 5}),
        ("作出行政许可决定1.2万件。", {"p__licensing__decisions": 12034}),
        ("收取行政事业性收费8.83万元。", {"p__fees__amount": 8.83}),
        ("收取行政事业性收费88300元。", {"p__fees__amount": 8.83}),
        ("办结90余件，收到申请约100件。", {"a__outcomes_total__total": 96, "a__new__total": 103}),
        ("法人或其他组织申请3件。", {"a__new__business": 2, "a__new__other": 1}),
    ],
)
def test_money_scales_and_approximate_numbers_are_compared_as_they_are_meant(
    text: str, cells: dict[str, object]
) -> None:
    report_found = check_claims(report("收到申请情况：" + text, **cells))  # type: ignore[arg-type]
    assert {one.status for one in report_found} == {"pass"}


# Scope ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "全市共收到政府信息公开申请90件。",
        "累计收到政府信息公开申请90件。",
        "各县区收到政府信息公开申请90件。",
        "收到政府信息公开申请约90件。",
    ],
)
def test_another_scope_is_a_warning_at_most(text: str) -> None:
    assert found(text, a__new__total=12) == [("N-T3-NEW", "fail", "warning")]


def test_the_whole_area_is_the_scope_of_a_government() -> None:
    text = "全市共收到政府信息公开申请90件，其中市本级收到申请12件。"
    severities = [one.severity for one in check_claims(report(text, title=CITY, a__new__total=89))]
    assert severities == ["error", "warning"]


@pytest.mark.parametrize(
    "text",
    [
        "上半年收到政府信息公开申请90件。",
        "其中网络申请90件。",
        "通过网络收到政府信息公开申请90件。",
        "条例施行以来累计收到申请90件。",
        "力争收到政府信息公开申请90件。",
        "2021年收到政府信息公开申请90件。",
        "12345热线收到诉求90件，办结90件。",
    ],
)
def test_half_years_channels_plans_and_other_years_are_not_held_against_the_tables(text: str) -> None:
    assert found(text, a__new__total=12, a__outcomes_total__total=12) == []


@pytest.mark.parametrize(
    ("title", "severity"),
    [
        ("测试市2023年政府信息公开工作年度报告", "error"),
        ("2023年测试县人民政府政府信息公开工作年度报告", "error"),
        ("测试镇人民政府关于2023年度政府信息公开工作的报告", "error"),
        ("测试开发区管委会2023年政府信息公开工作年度报告", "error"),
        ("测试市人民政府办公室2023年政府信息公开工作年度报告", "warning"),
        ("测试市水务局2023年政府信息公开工作年度报告", "warning"),
        ("政府信息公开工作年度报告", "warning"),
    ],
)
def test_the_title_says_whether_a_report_is_of_a_whole_area(title: str, severity: str) -> None:
    assert found("全市共收到政府信息公开申请90件。", title=title, a__new__total=12) == [("N-T3-NEW", "fail", severity)]


def test_channels_may_overlap() -> None:
    assert sums("公开信息10条，其中网站公开8条，微信公开7条。") == [("fail", "info", 10, 15)]


def test_last_year_is_held_against_last_year() -> None:
    prior = report("", year=2022, a__new__total=30)
    text = "2022年收到申请31件，2023年收到申请42件。"
    assert found(text, prior, a__new__total=42) == [("N-T3-NEW", "fail", "warning"), ("N-T3-NEW", "pass", "error")]
    assert found(text, a__new__total=42) == [("N-T3-NEW", "pass", "error")]
    one = check_claims(report(text, a__new__total=42), prior)[0]
    assert "2022 年报告表三“本年新收”为 30" in one.message
    assert (one.table, one.row, one.cells) == (None, None, ())


def test_disputes_put_on_record_are_a_warning_of_scope() -> None:
    cells = {
        "d__reconsideration__total": 170,
        "d__reconsideration__upheld": 88,
        "d__reconsideration__corrected": 18,
        "d__reconsideration__other_result": 28,
        "d__reconsideration__pending": 36,
    }
    one = only("报司法局备案的信息公开行政复议134件。", title=CITY, **cells)
    assert (one.rule, one.status, one.severity, one.left, one.right) == (
        "N-T4-RECONSIDERATION",
        "fail",
        "warning",
        134,
        170,
    )
    assert "恰为已审结的件数" in one.message and "备案" in one.message


def test_disputes_divided_by_the_results_of_the_form_are_counted_as_it_counts() -> None:
    cells = {"d__reconsideration__total": 4, "d__reconsideration__upheld": 4}
    assert found("行政复议5件。", **cells) == [("N-T4-RECONSIDERATION", "fail", "warning")]
    assert found("行政复议5件，其中维持4件。", **cells)[0] == ("N-T4-RECONSIDERATION", "fail", "error")
    assert found("行政复议5件。") == [("N-T4-RECONSIDERATION", "fail", "error")]


# 无, 均, 零 ----------------------------------------------------------------------------------------------------------


def test_none_is_contradicted_by_any() -> None:
    text = "本年未收到政府信息公开申请，未发生行政复议、行政诉讼。"
    assert found(text) == [("N-ZERO", "pass", "error")] * 3
    cells = {"a__new__total": 1, "d__litigation_direct__total": 2}
    assert found(text, **cells) == [
        ("N-ZERO", "fail", "error"),
        ("N-ZERO", "pass", "error"),
        ("N-ZERO", "fail", "error"),
    ]


def test_all_upheld_needs_all_upheld_and_none_pending() -> None:
    cells = {"d__reconsideration__total": 7, "d__reconsideration__upheld": 5, "d__reconsideration__pending": 2}
    all_of = [one for one in check_claims(report("行政复议7件，均获维持。", **cells)) if one.rule == "N-ALLWORD"]
    assert [(one.status, one.severity, one.left, one.right) for one in all_of] == [("fail", "warning", 7, 5)]
    assert "另有尚未审结 2 件" in all_of[0].message
    cells = {"d__reconsideration__total": 7, "d__reconsideration__upheld": 7}
    assert found("行政复议7件，均获维持。", **cells)[-1] == ("N-ALLWORD", "pass", "warning")


@pytest.mark.parametrize("text", ["保持零败诉。", "行政诉讼无一败诉。", "未发生行政诉讼败诉情况。"])
def test_no_case_lost_is_about_what_was_corrected(text: str) -> None:
    assert found(text) == [("N-ALLWORD", "pass", "warning")]
    assert found(text, d__litigation_direct__corrected=1) == [("N-ALLWORD", "fail", "warning")]


def test_all_granted_is_held_against_what_was_granted() -> None:
    text = "收到依申请公开申请3件，均予以公开。"
    assert found(text, a__new__total=3, a__granted__total=3)[-1] == ("N-ALLWORD", "pass", "warning")
    assert found(text, a__new__total=3, a__granted__total=2)[-1] == ("N-ALLWORD", "fail", "warning")


# Shares and growth ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "status"),
    [("34.2%", "pass"), ("34.16%", "pass"), ("34.1%", "pass"), ("34%", "pass"), ("33.9%", "fail"), ("34.3%", "fail")],
)
def test_a_share_may_be_rounded_or_cut_off(share: str, status: str) -> None:
    cells = {"a__granted__total": 275, "a__outcomes_total__total": 805, "a__new__total": 859}
    text = f"予以公开275件，占{share}。"
    assert found(text, **cells)[-1] == ("N-PCT", status, "warning")


def test_a_share_may_be_of_what_was_closed_or_received() -> None:
    cells = {"a__granted__total": 10, "a__outcomes_total__total": 40, "a__new__total": 50}
    for share in ("25%", "20%"):
        assert found(f"予以公开10件（{share}）。", **cells)[-1] == ("N-PCT", "pass", "warning")


@pytest.mark.parametrize(
    "text", ["满意率98%。", "予以公开3件，占评价总量的98%。", "按时答复率98%。", "提高3个百分点。"]
)
def test_other_percentages_are_no_shares(text: str) -> None:
    cells = {"a__granted__total": 3, "a__outcomes_total__total": 40}
    assert [one for one in found(text, **cells) if one[0] in ("N-PCT", "N-YOY")] == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("同比增长40%", "pass"),
        ("较上年增长41%", "fail"),
        ("比2022年增加12件", "pass"),
        ("较上年的30件增加12件", "pass"),
        ("同比下降40%", "fail"),
        ("与上年持平", "fail"),
    ],
)
def test_growth_is_held_against_both_years(text: str, status: str) -> None:
    prior = report("", year=2022, a__new__total=30)
    growth = [one for one in found(f"收到政府信息公开申请42件，{text}。", prior, a__new__total=42) if one[0] == "N-YOY"]
    assert growth == [("N-YOY", status, "warning")]


def test_growth_of_new_and_carried_over_names_that_reading() -> None:
    prior = report("", year=2022, a__new__total=3511, a__carried_over__total=96)
    text = "收办依申请公开申请3646件，比上年增长1.05%。"
    growth = check_claims(report(text, a__new__total=3525, a__carried_over__total=121), prior)[-1]
    assert (growth.rule, growth.status, growth.left) == ("N-YOY", "fail", 1.05)
    assert growth.right == pytest.approx(1.081, abs=0.001)
    assert "1.081%" in growth.message


def test_growth_without_last_year_is_not_assessable() -> None:
    assert found("收到政府信息公开申请42件，同比增长40%。", a__new__total=42)[-1] == (
        "N-YOY",
        "not_assessable",
        "warning",
    )


# Sums ----------------------------------------------------------------------------------------------------------------


def sums(text: str, **cells: object) -> list[tuple[str, str, float | None, float | None]]:
    made = check_claims(report(text, **cells))  # type: ignore[arg-type]
    return [(one.status, one.severity, one.left, one.right) for one in made if one.rule == "N-SUM"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公开信息10条，其中动态6条，通知4条。", ("pass", "warning", 10, 10)),
        ("公开信息10条，其中动态6条，通知5条。", ("fail", "warning", 10, 11)),
        ("公开信息10条，其中动态3条，通知4条。", ("fail", "info", 10, 7)),
        ("公开信息10条，具体为动态3条，通知4条。", ("fail", "error", 10, 7)),
        ("公开信息10条，分别为动态3条、通知4条。", ("fail", "error", 10, 7)),
        ("公开信息10条，包括动态3条、通知4条等。", ("fail", "info", 10, 7)),
        ("网站公开信息10条，微信发布信息5条，合计15条。", ("pass", "warning", 15, 15)),
        ("网站公开信息10条，微信发布信息5条，合计16条。", ("fail", "error", 16, 15)),
        ("公开信息200余条，其中动态130条，通知62条，其他信息10余条。", ("pass", "warning", 200, 202)),
        ("公开信息10条，其中动态3条，留言40条。", ("fail", "info", 10, 43)),
        (
            "累计公开信息90条（本年新增9条），其中动态50条（本年新增5条），通知30条（本年新增4条）。",
            ("fail", "error", 90, 80),
        ),
    ],
)
def test_listed_parts_add_up_or_are_known_to_be_open(text: str, expected: tuple[object, ...]) -> None:
    assert sums(text) == [expected]


def test_the_outcomes_of_the_form_are_a_closed_list() -> None:
    text = "答复申请20件。予以公开及部分公开8件，不予公开4件，无法提供4件，不予处理2件，其他处理1件。"
    assert sums(text) == [("fail", "error", 20, 19)]
    assert sums("答复申请20件。予以公开8件，不予公开4件。") == []


def test_results_of_disputes_add_up_to_their_total() -> None:
    assert sums("行政复议12件（维持8件，纠正2件，其他1件，未审结1件）。") == [("pass", "warning", 12, 12)]


def test_a_list_never_closes_over_two_sentences_of_other_things() -> None:
    assert sums("公开信息10条。组织培训3次，参加会议4次。召开发布会12场，解读20篇。") == []


# Facts and what is stated --------------------------------------------------------------------------------------------

SEED = (
    "本年度在弥勒文旅官方微博共发布微博 125 条，受众 15.39 万余人；弥勒文旅官方微信公众号共发布推文 453 条，"
    "线上优惠活动 6 次，受众 19 万余人；利用新媒体通过弥勒文旅官方抖音号共发布视频 64 条，受众 89.31 万余人。\n\n"
    "本年度，在弥勒市人民政府网共发布 86 条信息。通过各类平台发布信息、公告共计 1118 条，受众 124.6 万余人。"
)


def test_figures_that_restate_no_cell_are_facts_with_their_channel() -> None:
    kept = [(one.channel, one.number, one.unit, one.exact) for one in facts(report(SEED))]
    assert kept == [
        ("微博", 125, "条", True),
        ("微博", 153900, "人", False),
        ("微信", 453, "条", True),
        ("微信", 6, "次", True),
        ("微信", 190000, "人", False),
        ("抖音", 64, "条", True),
        ("抖音", 893100, "人", False),
        ("网站", 86, "条", True),
        ("", 1118, "条", True),
        ("", 1246000, "人", False),
    ]
    assert [one.subject for one in facts(report(SEED))] == [
        "",
        "受众",
        "推文",
        "优惠活动",
        "受众",
        "视频",
        "受众",
        "信息",
        "信息、公告",
        "受众",
    ]


def test_all_channels_together_may_be_more_than_those_named() -> None:
    assert sums(SEED) == [("fail", "info", 1118, 728), ("pass", "warning", 1246000, 1237000)]


def test_a_fact_says_where_it_stands() -> None:
    for one in facts(report(SEED)):
        assert SEED[slice(*one.span)].replace(" ", "").endswith(one.words[-3:])
        assert SEED[slice(*one.sentence_span)].replace(" ", "") == one.sentence


def test_what_is_stated_for_single_cells_is_there_for_diagnosis() -> None:
    text = "收到政府信息公开申请12件，不予公开5件，予以公开3件；上半年予以公开2件。2022年予以公开9件。未发生行政复议。"
    assert dict(stated(report(text))) == {
        key("a.new.total"): {12},
        key("a.granted.total"): {3},
        key("d.reconsideration.total"): {0},
    }


# Any report ----------------------------------------------------------------------------------------------------------


@given(balanced_reports())
def test_prose_written_from_the_tables_contradicts_nothing(made: Report) -> None:
    def value(name: str) -> int:
        cell = made.cells[key(name)].value
        return int(cell or 0)

    text = (
        f"{made.year}年，收到政府信息公开申请{value('a.new.total')}件，上年结转{value('a.carried_over.total')}件，"
        f"办结{value('a.outcomes_total.total')}件，结转下年度{value('a.carried_forward.total')}件。"
        f"其中予以公开{value('a.granted.total')}件，部分公开{value('a.partly_granted.total')}件，"
        f"属于国家秘密{value('a.denied_state_secret.total')}件。自然人申请{value('a.new.natural_person')}件。"
        f"行政复议{value('d.reconsideration.total')}件，其中结果维持{value('d.reconsideration.upheld')}件、"
        f"结果纠正{value('d.reconsideration.corrected')}件、其他结果{value('d.reconsideration.other_result')}件、"
        f"尚未审结{value('d.reconsideration.pending')}件。"
    )
    made = replace(made, narrative=text)
    findings = check_claims(made)
    assert [one.message for one in findings if one.status == "fail"] == []
    assert len(findings) >= 13
