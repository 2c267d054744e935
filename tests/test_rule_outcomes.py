"""Every rule of rules.toml fails where it should, passes where it should, and is silent where nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pandas as pd
import pytest
from strategies import SYNTHETIC, filled_report

from gdgk.archive import Agency, Archive, panel
from gdgk.form import CellKey, edition
from gdgk.reconciliation import checks as checks_module
from gdgk.reconciliation import read_rules, read_sheets, reconcile, violations, widen
from gdgk.reconciliation.competence import makes_regulations
from gdgk.report import Report, blank_report, with_cells

Cells = dict[str, object]


@dataclass(frozen=True)
class Case:
    """A rule on a report whose other cells are 0: cells that make it fail, pass, and not assessable.

    before: cells of last year's report, on the form ``before_form``; None for no such report.
    """

    rule: str
    fails: Cells
    passes: Cells
    silent: Cells
    form: str = "2021"
    year: int = 2023
    before: Cells | None = None
    before_form: str = ""
    severity: str = "warning"
    message: str = ""
    agencies: dict[str, Agency] = field(default_factory=dict)


T2, T3, T4, O18 = "proactive_disclosure", "applications", "disputes", "statistics"
NEW, OVER, FORWARD, DONE = (f"{T3}.{row}.total" for row in ("new", "carried_over", "carried_forward", "outcomes_total"))
STOCK = f"{T2}.normative_documents"
COUNTY = {"a": Agency("a", "测试县财政局", kind="县级政府部门", region_code="530426")}

CASES = [
    Case("T3-COL-ID", {NEW: 3}, {NEW: 3, DONE: 3}, {NEW: "?"}, severity="error", message="本年新收 3"),
    Case("T3-CARRY", {OVER: 3}, {OVER: 5}, {OVER: "?"}, before={FORWARD: 5}, severity="error"),
    Case(
        "T3-CELL-LE",
        {f"{T3}.new.business": 9, f"{T3}.new.research": "?", NEW: 7},
        {f"{T3}.new.business": 6, f"{T3}.new.research": "?", NEW: 7},
        {f"{T3}.new.business": "?", NEW: 7},
        severity="error",
        message="商业企业 9 ＞ 总计 7",
    ),
    Case("T3-CARRY-MAX", {FORWARD: 12, NEW: 11}, {FORWARD: 12, NEW: 12}, {FORWARD: 12, NEW: "?"}, severity="info"),
    Case(
        "T3-CARRY-SHARE",
        {FORWARD: 31, NEW: 90, OVER: 10},
        {FORWARD: 30, NEW: 90, OVER: 10},
        {FORWARD: 31, NEW: 90, OVER: "?"},
        severity="info",
        message="结转下年度 31 ＞ 30 ＝ 0.3 × 本年新收 90 ＋ 0.3 × 上年结转 10",
    ),
    Case("T3-CARRY-AGE", {OVER: 4, DONE: 3}, {OVER: 4, DONE: 4}, {OVER: 4, DONE: "?"}),
    Case(
        "T4-PENDING",
        {f"{T4}.reconsideration.total": 2},
        {f"{T4}.reconsideration.total": 3},
        {f"{T4}.reconsideration.total": "?"},
        before={f"{T4}.reconsideration.pending": 3},
        message="总计 2 ＜ 上年报告未审结 3",
    ),
    Case(
        "T4-AFTER",
        {f"{T4}.litigation_after_reconsideration.total": 1},
        {f"{T4}.litigation_after_reconsideration.total": 1, f"{T4}.reconsideration.total": 1},
        {f"{T4}.litigation_after_reconsideration.total": 1, f"{T4}.reconsideration.total": "?"},
        before={},
        severity="info",
    ),
    Case(
        "T4-VS-T3",
        {f"{T4}.reconsideration.total": 9, DONE: 2},
        {f"{T4}.reconsideration.total": 8, DONE: 2},
        {f"{T4}.reconsideration.total": "?", DONE: 2},
        before={DONE: 5, f"{T4}.litigation_direct.pending": 1},
        severity="info",
    ),
    Case(
        "T2-STOCK",
        {f"{STOCK}.in_force": 14, f"{STOCK}.issued": 3},
        {f"{STOCK}.in_force": 13, f"{STOCK}.issued": 3},
        {f"{STOCK}.in_force": "", f"{STOCK}.issued": 3},
        before={f"{STOCK}.in_force": 10},
    ),
    Case(
        "T2-STOCK-FLOOR",
        {f"{STOCK}.in_force": 1, f"{STOCK}.issued": 3},
        {f"{STOCK}.in_force": 2, f"{STOCK}.issued": 3, f"{STOCK}.repealed": 1},
        {f"{STOCK}.in_force": "", f"{STOCK}.issued": 3},
    ),
    Case(
        "T2-REPEAL-MAX",
        {f"{STOCK}.repealed": 14, f"{STOCK}.issued": 3},
        {f"{STOCK}.repealed": 13, f"{STOCK}.issued": 3},
        {f"{STOCK}.repealed": 14, f"{STOCK}.issued": "?"},
        before={f"{STOCK}.in_force": 10},
    ),
    Case(
        "T2-COMP",
        {f"{T2}.regulations.in_force": 1},
        {},
        {f"{T2}.regulations.in_force": "?"},
        agencies=COUNTY,
        message="＝ 1 ≠ 0",
    ),
    Case(
        "T2-FEE",
        {f"{T2}.fees.amount": 592372},
        {f"{T2}.fees.amount": 61},
        {f"{T2}.fees.amount": "未统计"},
        before={f"{T2}.fees.amount": 59.2},
    ),
    Case(
        "T2-FEE",
        {f"{T2}.fees.amount": 0.5},
        {f"{T2}.fees.amount": 0.6},
        {f"{T2}.fees.amount": "?"},
        before={f"{T2}.fees.amount": 59.2},
    ),
    Case(
        "T2-ITEMS-CHAIN",
        {f"{T2}.licensing.prior_items": 15},
        {f"{T2}.licensing.prior_items": 19},
        {f"{T2}.licensing.prior_items": ""},
        form="2019",
        year=2020,
        before={f"{T2}.licensing.prior_items": 15, f"{T2}.licensing.change": "增 4"},
    ),
    Case(
        "T2-ITEMS-DELTA",
        {f"{T2}.licensing.prior_items": 2, f"{T2}.licensing.change": "减 3"},
        {f"{T2}.licensing.prior_items": 2, f"{T2}.licensing.change": "减 2"},
        {f"{T2}.licensing.prior_items": 2, f"{T2}.licensing.change": "?"},
        form="2019",
        year=2020,
        severity="error",
    ),
    Case(
        "T2-NEW-PUBLIC",
        {f"{STOCK}.newly_disclosed": 5, f"{STOCK}.total_disclosed": 4},
        {f"{STOCK}.newly_disclosed": 5, f"{STOCK}.total_disclosed": 5},
        {f"{STOCK}.newly_disclosed": 5, f"{STOCK}.total_disclosed": ""},
        form="2019",
        year=2020,
    ),
    Case(
        "T2-NEW-MADE",
        {f"{STOCK}.newly_disclosed": 5, f"{STOCK}.newly_made": 4},
        {f"{STOCK}.newly_disclosed": 5, f"{STOCK}.newly_made": 5},
        {f"{STOCK}.newly_disclosed": 5, f"{STOCK}.newly_made": "若干"},
        form="2019",
        year=2020,
        severity="info",
    ),
    Case(
        "T2-CUM-CHAIN",
        {f"{STOCK}.total_disclosed": 5},
        {f"{STOCK}.total_disclosed": 6},
        {f"{STOCK}.total_disclosed": ""},
        form="2019",
        year=2020,
        before={f"{STOCK}.total_disclosed": 6},
    ),
    Case(
        "O18-UNION",
        {f"{O18}.disclosed.value": 9, f"{O18}.channel_website.value": 5, f"{O18}.channel_weibo.value": 3},
        {f"{O18}.disclosed.value": 8, f"{O18}.channel_website.value": 5, f"{O18}.channel_weibo.value": 3},
        {f"{O18}.disclosed.value": 9, f"{O18}.channel_website.value": "?"},
        form="2014",
        year=2016,
    ),
    Case(
        "O18-UNION-MAX",
        {f"{O18}.disclosed.value": 4, f"{O18}.channel_website.value": 5},
        {f"{O18}.disclosed.value": 5, f"{O18}.channel_website.value": 5},
        {f"{O18}.disclosed.value": 5, f"{O18}.channel_website.value": "?"},
        form="2014",
        year=2016,
    ),
    Case(
        "O18-PRESS",
        {f"{O18}.press_conferences.value": 1, f"{O18}.press_conferences_by_head.value": 2},
        {f"{O18}.press_conferences.value": 2, f"{O18}.press_conferences_by_head.value": 2},
        {f"{O18}.press_conferences.value": 2, f"{O18}.press_conferences_by_head.value": "?"},
        form="2014",
        year=2016,
        severity="error",
    ),
    Case(
        "Y-SPIKE",
        {NEW: 51},
        {NEW: 50},
        {NEW: "?"},
        before={NEW: 10},
        severity="info",
        message="表三 · 本年新收：本年 51，上年 10（件），为上年的 5.1 倍，不合“与上年相差不到五倍”",
    ),
    Case("Y-SPIKE", {NEW: 1}, {NEW: 2}, {NEW: "?"}, before={NEW: 10}, severity="info"),
    Case("Y-SPIKE", {NEW: 51}, {NEW: 50}, {NEW: "?"}, before={NEW: 10}, before_form="2019", year=2021, severity="info"),
]

# Rules on the entries of a table: an entry that fails, one that passes, and the whole table's that says nothing.
ENTRIES = [
    ("T3-BLANK", "2021", f"{T3}.granted.business", "", "0", "warning"),
    ("T2-ITEMS-TEXT", "2019", f"{T2}.licensing.change", "有所增加", "无增减", "error"),
    ("T2-ITEMS-TEXT", "2019", f"{T2}.licensing.change", "见附件", "减 3", "error"),
    ("T2-PROC-UNIT", "2019", f"{T2}.procurement.amount", "251000", "251000元", "warning"),
    ("T2-FEE-DIGITS", "2021", f"{T2}.fees.amount", "1.2345678", "1.234567", "warning"),
]


def key(name: str) -> CellKey:
    """A cell by its name."""
    return CellKey(*name.split("."))


def report(year: int, form: str, cells: Cells) -> Report:
    """A report whose other cells are 0; one ``*`` names every cell of its table."""
    return filled_report("a", year, form, {key(name): text for name, text in cells.items()})


def found(case: Case, cells: Cells, everything: bool = True) -> list[dict[str, object]]:
    """The findings of the case's rule on a report with these cells."""
    reports = [report(case.year, case.form, cells)]
    if case.before is not None:
        reports.insert(0, report(case.year - 1, case.before_form or case.form, case.before))
    frame = reconcile(panel(reports), only=[("a", case.year)], agencies=case.agencies or None, everything=everything)
    return frame[frame["rule"] == case.rule].to_dict("records")  # type: ignore[return-value]


def name_of(case: object) -> str:
    """A case by its rule."""
    return case.rule if isinstance(case, Case) else ""


def test_every_rule_has_a_case() -> None:
    here = {case.rule for case in CASES} | {entry[0] for entry in ENTRIES}
    elsewhere = {"T3-NONNEG", "T4-NONNEG", "T2-NONNEG", "A-ROLL", "A-COVER"}
    assert here | elsewhere == {rule.id for rule in read_rules()}


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_rule_fails_on_what_it_forbids_and_is_shown(case: Case) -> None:
    shown = [item for item in found(case, case.fails, everything=False) if item["status"] == "fail"]
    assert {item["severity"] for item in shown} == {case.severity}
    assert all(case.message in str(item["message"]) and item["cells"] for item in shown)
    assert len({(item["row"], item["column"]) for item in shown}) == len(shown) == 1


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_rule_passes_on_what_it_allows(case: Case) -> None:
    outcomes = {str(item["status"]) for item in found(case, case.passes)}
    assert "fail" not in outcomes and "pass" in outcomes


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_rule_is_not_assessable_where_a_figure_is_missing(case: Case) -> None:
    silent = [item for item in found(case, case.silent) if item["status"] == "not_assessable"]
    assert silent
    assert not [item for item in found(case, case.silent) if item["status"] == "fail"]
    assert all("不可评估" in str(item["message"]) and item["left"] != item["left"] for item in silent)


@pytest.mark.parametrize("case", [case for case in CASES if case.before is not None], ids=name_of)
def test_a_rule_between_years_blames_nobody_without_last_years_report(case: Case) -> None:
    alone = replace(case, before=None)
    assert not [item for item in found(alone, case.fails) if item["status"] == "fail"]
    assert found(alone, case.fails)


@pytest.mark.parametrize(("rule", "form", "cell", "fails", "passes", "severity"), ENTRIES)
def test_an_entry_is_told_with_its_place(
    rule: str, form: str, cell: str, fails: str, passes: str, severity: str
) -> None:
    case = Case(rule, {}, {}, {}, form=form, year=2020 if form == "2019" else 2023)
    (item,) = [one for one in found(case, {cell: fails}) if one["status"] == "fail"]
    marked = () if rule == "T3-BLANK" else (cell,)
    assert (item["severity"], item["cells"], item["row"]) == (severity, marked, None)
    assert "1 处" in str(item["message"]) and "1 处" in str(item["reason"])
    assert "fail" not in {one["status"] for one in found(case, {cell: passes})}
    silent = {name: "?" for name in map(str, edition(form).cells) if name.startswith(key(cell).table)}
    assert "not_assessable" in {one["status"] for one in found(case, silent)}


@pytest.mark.parametrize(("rule", "table"), [("T3-NONNEG", T3), ("T4-NONNEG", T4), ("T2-NONNEG", T2)])
@pytest.mark.parametrize("value", [-3.0, 2.5])
def test_a_figure_that_no_count_can_be_is_told_however_it_came_into_the_panel(
    rule: str, table: str, value: float
) -> None:
    frame = panel([report(2023, "2021", {})])
    row = frame[(frame["table"] == table)].index[0]
    frame.loc[row, "value"] = value
    shown = reconcile(frame)
    (item,) = shown[shown["rule"] == rule].to_dict("records")
    assert (item["status"], item["severity"], len(item["cells"])) == ("fail", "error", 1)
    calm = reconcile(panel([report(2023, "2021", {})]), everything=True)
    assert set(calm[calm["rule"] == rule]["status"]) == {"pass"}
    empty = reconcile(panel([blank_report("a", 2023, edition("2021"), SYNTHETIC)]), everything=True)
    assert set(empty[empty["rule"] == rule]["status"]) == {"not_assessable"}


@pytest.mark.parametrize(
    "text",
    ["无增减", "无变化", "未发生变化", "持平", "与上年持平", "与上一年度一致", "同上年", "不变", "没有增减", "不涉及"],
)
def test_words_for_no_change_are_no_mistake(text: str) -> None:
    case = Case("T2-ITEMS-TEXT", {}, {}, {}, form="2019", year=2020)
    assert [item["status"] for item in found(case, {f"{T2}.licensing.change": text})] == ["pass"]


# Guards and seams -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "before_form", "year", "row"),
    [
        ({NEW: 9}, {NEW: 500}, "2021", 2023, "new"),  # too small to be compared
        # items of fees and money of fees, what was disclosed and what is in force: not the same quantities
        ({f"{T2}.fees.prior_items": 300}, {f"{T2}.fees.amount": 3}, "2019", 2021, "fees"),
        ({f"{STOCK}.total_disclosed": 900}, {f"{STOCK}.in_force": 20}, "2019", 2021, "normative_documents"),
        ({f"{O18}.litigation.value": 90}, {f"{T4}.litigation_direct.total": 9}, "2014", 2019, "litigation_direct"),
    ],
)
def test_a_jump_is_not_told_of_small_numbers_nor_across_a_seam(
    before: Cells, now: Cells, before_form: str, year: int, row: str
) -> None:
    form = "2019" if year == 2019 else "2021"
    case = Case("Y-SPIKE", {}, {}, {}, form=form, year=year, before=before, before_form=before_form)
    shown = [item for item in found(case, now, everything=False) if item["row"] == row]
    assert shown == []
    assert "not_applicable" in {item["status"] for item in found(case, now) if item["row"] == row}


def test_what_may_be_compared_across_a_seam_is() -> None:
    case = Case("Y-SPIKE", {}, {}, {}, "2019", 2019, before={f"{O18}.received.value": 10}, before_form="2014")
    (item,) = found(case, {NEW: 60}, everything=False)
    assert (item["status"], item["row"], item["column"], item["sign"]) == ("fail", "new", "total", "<=")


def test_a_bound_holds_where_what_is_missing_could_only_help() -> None:
    cells: Cells = {f"{T4}.litigation_after_reconsideration.total": 1, f"{T4}.reconsideration.total": 4}
    case = Case("T4-AFTER", {}, {}, {})
    assert [item["status"] for item in found(case, cells)] == ["pass"]
    assert [item["status"] for item in found(case, {**cells, f"{T4}.reconsideration.total": 0})] == ["not_assessable"]


# 规章 -----------------------------------------------------------------------------------------------------------------

KINDS = [
    ("设区的市政府", "321300", "测试市人民政府", True),
    ("省政府", "530000", "测试省人民政府", True),
    ("自治州政府", "532500", "测试州人民政府", True),
    ("政府办公厅", "310000", "测试市人民政府办公厅", True),
    ("国务院部门", "", "测试部", True),
    ("区县政府", "320813", "测试区人民政府", False),
    ("县级市政府", "429004", "测试市人民政府", False),
    ("行署", "652900", "测试地区行政公署", None),
    ("地区行政公署", "652900", "测试地区行政公署", False),
    ("县级政府部门", "532504", "测试局", False),
    ("市政府组成部门", "320800", "测试局", False),
    ("乡镇政府", "532504101", "测试镇人民政府", False),
    ("街道办事处", "310101001", "测试街道办事处", False),
    ("局", "", "测试局", False),
    ("市政府", "", "测试市人民政府", None),
    ("", "", "测试市人民政府", None),
    ("测试", "", "测试", None),
]


@pytest.mark.parametrize(("kind", "code", "name", "expected"), KINDS)
def test_who_may_make_regulations(kind: str, code: str, name: str, expected: bool | None) -> None:
    assert makes_regulations(Agency("a", name, kind=kind, region_code=code)) is expected or expected is None


@pytest.mark.parametrize(("kind", "code", "name", "expected"), KINDS)
def test_only_an_agency_known_to_make_none_is_blamed_for_regulations(
    kind: str, code: str, name: str, expected: bool | None
) -> None:
    agency = Agency("a", name, kind=kind, region_code=code)
    case = Case("T2-COMP", {}, {}, {}, agencies={"a": agency})
    (item,) = found(case, {f"{T2}.regulations.issued": 1})
    assert (item["status"] == "fail") == (makes_regulations(agency) is False)
    assert found(replace(case, agencies={}), {f"{T2}.regulations.issued": 1}) == []


# A rule that breaks ---------------------------------------------------------------------------------------------------


def test_a_rule_that_breaks_on_one_report_is_told_and_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assess = checks_module.assess_relation

    def broken(relation: object, case: object) -> object:
        if relation.rule == "T3-COL-ID" and case.sheet.agency == "a":  # type: ignore[attr-defined]
            raise ArithmeticError("测试")
        return assess(relation, case)  # type: ignore[arg-type]

    other = replace(report(2023, "2021", {}), agency="b")
    whole = reconcile(panel([report(2023, "2021", {}), other]))
    monkeypatch.setattr(checks_module, "assess_relation", broken)
    frame = reconcile(panel([report(2023, "2021", {}), other]))
    errors = frame[frame["status"] == "error"]
    assert len(errors) == 7 and set(errors["agency"]) == {"a"} and set(errors["rule"]) == {"T3-COL-ID"}
    assert all("核对未能完成（ArithmeticError: 测试）" in message for message in errors["message"])
    rest = frame[frame["status"] != "error"].reset_index(drop=True)
    assert rest.equals(whole.drop(errors.index).reset_index(drop=True))


def test_an_infinite_figure_breaks_one_rule_only() -> None:
    frame = panel([report(2023, "2021", {})])
    frame.loc[frame[frame["table"] == T4].index[0], "value"] = float("inf")
    shown = reconcile(frame, everything=True)
    assert set(shown[shown["status"] == "error"]["rule"]) == {"T4-NONNEG"}
    assert set(shown[shown["rule"] == "T3-COL-ID"]["status"]) == {"pass"}


def test_panels_put_together_with_and_without_what_a_blank_stands_for_can_be_checked() -> None:
    first, second = panel([report(2022, "2021", {})]), panel([report(2023, "2021", {})])
    joined = pd.concat([first, second.drop(columns=["blanks", "scope"])], ignore_index=True)
    whole = reconcile(pd.concat([first, second], ignore_index=True))
    assert reconcile(joined).equals(whole)
    assert violations(widen(joined)).equals(violations(widen(pd.concat([first, second], ignore_index=True))))


def test_cells_that_a_panel_lacks_are_not_known() -> None:
    frame = panel([report(2023, "2021", {})])
    frame = frame[frame["row"] != "granted"]
    shown = reconcile(frame)
    assert set(shown[shown["rule"] == "T3-COL-SUM"]["status"]) == {"not_assessable"}
    assert set(shown[shown["rule"] == "T4-SUM"]["status"]) == {"pass"}


# What a blank stands for ----------------------------------------------------------------------------------------------


def stated(blanks: str, cells: Cells) -> Report:
    """A report with these cells alone that states what a blank stands for."""
    head = replace(SYNTHETIC, blanks=blanks)
    empty = blank_report("a", 2023, edition("2021"), head)
    return with_cells(empty, {key(name): str(text) for name, text in cells.items()})


ROW = {f"{T4}.reconsideration.upheld": 10, f"{T4}.reconsideration.total": 11}


@pytest.mark.parametrize(
    ("blanks", "cells", "status"),
    [
        ("", ROW, "fail"),
        ("zero", ROW, "fail"),
        ("missing", ROW, "not_assessable"),
        ("", {f"{T4}.reconsideration.total": 11}, "not_assessable"),
        ("zero", {f"{T4}.reconsideration.total": 11}, "fail"),
        ("", {}, "not_assessable"),
        ("zero", {}, "pass_imputed"),
        ("missing", {}, "not_assessable"),
        ("zero", {f"{T4}.reconsideration.upheld": 10}, "pass_imputed"),
        ("missing", {f"{T4}.reconsideration.upheld": 10}, "not_assessable"),
        (
            "missing",
            dict.fromkeys((f"{T4}.reconsideration.{name}" for name in ("upheld", "total")), "无"),
            "not_assessable",
        ),
        (
            "missing",
            {f"{T4}.reconsideration.{name}": "无" for name in ("upheld", "corrected", "other_result", "pending")}
            | {f"{T4}.reconsideration.total": 0},
            "pass_imputed",
        ),
    ],
)
def test_a_blank_is_read_as_the_report_states(blanks: str, cells: Cells, status: str) -> None:
    frame = reconcile(panel([stated(blanks, cells)]))
    own = frame[(frame["rule"] == "T4-SUM") & (frame["row"] == "reconsideration")]
    assert own["status"].tolist() == [status]


@pytest.mark.parametrize(
    ("blanks", "cells", "told", "status"),
    [
        ("", dict.fromkeys(map(str, edition("2021").cells), 0), "filled", None),
        ("", {}, "unfilled", None),
        ("", {NEW: 3, f"{T3}.new.business": 3}, "zero", "pass_imputed"),
        ("", {NEW: 3, f"{T3}.new.business": 3, f"{T3}.new.research": 0}, "mixed", "fail"),
        ("zero", {NEW: 3, f"{T3}.new.research": 0}, "zero", "pass_imputed"),
        ("missing", {NEW: 3}, "missing", "fail"),
        (
            "",
            {str(cell): 0 for cell in edition("2021").cells if cell.table == T3 and cell.column != "total"},
            "totals",
            "pass_imputed",
        ),
    ],
)
def test_what_a_blank_stands_for_is_inferred_and_told(blanks: str, cells: Cells, told: str, status: str | None) -> None:
    frame = panel([stated(blanks, cells)])
    (sheet,) = read_sheets(frame).values()
    assert sheet.blanks == told and sheet.blanks_zh
    shown = reconcile(frame)
    own = shown[(shown["rule"] == "T3-BLANK") & (shown["table"] == T3)]
    assert own["status"].tolist() == ([] if status is None else [status])
    if status == "pass_imputed":
        assert sheet.blanks_zh in own["message"].tolist()[0]


def test_a_blank_of_table_two_is_never_held_against_a_report() -> None:
    before = replace(report(2022, "2021", {f"{STOCK}.in_force": 10}))
    for cells in ({f"{STOCK}.in_force": ""}, {f"{STOCK}.in_force": 12, f"{STOCK}.issued": ""}):
        frame = reconcile(panel([before, report(2023, "2021", cells)]), only=[("a", 2023)])
        own = frame[(frame["rule"] == "T2-STOCK") & (frame["row"] == "normative_documents")]
        assert own["status"].tolist() == ["not_assessable"]
    agreeing = report(2023, "2021", {f"{STOCK}.in_force": 10, f"{STOCK}.issued": ""})
    frame = reconcile(panel([before, agreeing]), only=[("a", 2023)])
    own = frame[(frame["rule"] == "T2-STOCK") & (frame["row"] == "normative_documents")]
    assert own["status"].tolist() == ["pass_imputed"]


def test_under_the_strict_profile_the_stock_is_an_error() -> None:
    reports = [report(2022, "2021", {f"{STOCK}.in_force": 10}), report(2023, "2021", {f"{STOCK}.in_force": 9})]
    severities = {}
    for strict in (False, True):
        frame = reconcile(panel(reports), only=[("a", 2023)], strict=strict)
        own = frame[(frame["rule"] == "T2-STOCK") & (frame["status"] == "fail")]
        severities[strict] = own["severity"].tolist()
    assert severities == {False: ["warning"], True: ["error"]}


# Real reports ---------------------------------------------------------------------------------------------------------


def test_the_real_reports_have_no_false_finding() -> None:
    data = Archive()
    ids = data.report_ids()
    frame = reconcile(panel(data.read_all(ids)), data.lineage(), agencies=data.agencies)
    fails = frame[frame["status"].isin(["fail", "error"])]
    assert set(zip(fails["agency"], fails["rule"], strict=True)) == {
        ("hongze", "FORM-EDITION"),
        ("hongze", "FORM-LABEL"),
        ("hongze", "T4-SUM"),
        ("huaian", "A-COVER"),
    }
    blank = frame[frame["rule"] == "T3-BLANK"]
    assert set(zip(blank["agency"], blank["status"], strict=True)) == {("shanghai_government_office", "pass_imputed")}
    assert set(blank["reason"]) == {"只填非零数字，空格按 0 计"}


def test_the_years_of_suqian_are_judged_by_every_rule_between_years() -> None:
    data = Archive()
    frame = reconcile(panel(data.read_all(data.report_ids(["suqian"]))), everything=True)
    own = frame[(frame["year"] == 2024) & (frame["status"] == "pass")]
    assert {"T3-CARRY", "T2-STOCK", "T2-REPEAL-MAX", "T4-PENDING", "T2-FEE", "Y-SPIKE"} <= set(own["rule"])
