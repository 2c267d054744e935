"""What does not add up is told, with its difference and address; what adds up, or cannot be told, is not blamed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    APPLICANTS,
    DISPUTES,
    FLOWS,
    MODERN,
    PARTS,
    RESULTS,
    balanced_reports,
    cells_of,
    check,
    compared,
    filled_report,
    outcome_rows,
    report_of,
    reports,
)
from test_form import SUMS_2014

from gdgk.archive import Archive, ReportId, panel
from gdgk.findings import FINDINGS, Status
from gdgk.form import CellKey, Edition, edition
from gdgk.reconciliation import read_sheets, reconcile, relations, sheets_of
from gdgk.report import Correction, ExtraRow, Report, State, with_cells

Found = list[dict[str, object]]


def sums_checked(form: Edition) -> set[tuple[object, object, object]]:
    """Every check within one report that tables 三 and 四 must have, written out: (rule, row, column)."""
    rows = [("T3-ROW-SUM", row, "total") for row in [*outcome_rows(form), *FLOWS]]
    columns = [(rule, row, column) for column in APPLICANTS for rule, row in COLUMN_CHECKS]
    return {*rows, *columns, *(("T4-SUM", row, "total") for row in DISPUTES)}


COLUMN_CHECKS: list[tuple[str, str | None]] = [("T3-COL-SUM", "outcomes_total"), ("T3-COL-ID", None)]


def blamed(key: CellKey, delta: int) -> dict[tuple[object, object, object], object]:
    """The checks that one cell of a balanced table breaks when it is too great by ``delta``, and by how much."""
    _, row, column = key
    if key.table == "disputes":
        return {("T4-SUM", row, "total"): -delta if column == "total" else delta}
    found: dict[tuple[object, object, object], object] = {
        ("T3-ROW-SUM", row, "total"): -delta if column == "total" else delta
    }
    if row in ("new", "carried_over"):
        found["T3-COL-ID", None, column] = delta
    elif row == "carried_forward":
        found["T3-COL-ID", None, column] = -delta
    elif row == "outcomes_total":
        found["T3-COL-ID", None, column] = -delta
        found["T3-COL-SUM", "outcomes_total", column] = -delta
    else:
        found["T3-COL-SUM", "outcomes_total", column] = delta
    return found


def status_of(found: Found, rule: str, row: str | None = None, column: str | None = None) -> object:
    """The status of the one check with this address."""
    (item,) = [one for one in found if (one["rule"], one["row"], one["column"]) == (rule, row, column)]
    return item["status"]


# Tables 三 and 四 within one report -----------------------------------------------------------------------------------


@given(balanced_reports())
def test_a_balanced_report_passes_every_check_of_its_tables(report: Report) -> None:
    found = check(report)
    assert set(compared(found, "pass")) == sums_checked(report.edition)
    assert compared(found, "fail", "pass_imputed") == {}
    assert set(compared(found, "pass").values()) == {0}


@given(balanced_reports(), st.data())
def test_any_single_changed_cell_is_reported_with_its_difference(report: Report, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from([key for key in report.cells if key.table != "proactive_disclosure"]))
    before = int(report.cells[key].value or 0)
    after = data.draw(st.integers(0, before + 1000).filter(lambda value: value != before))
    found = check(with_cells(report, {key: str(after)}))
    assert compared(found, "fail") == blamed(key, after - before)
    assert set(compared(found, "pass")) == sums_checked(report.edition) - set(blamed(key, 1))


@given(balanced_reports(), st.data())
def test_a_blank_total_is_the_sum_of_its_parts_and_never_a_failure(report: Report, data: st.DataObject) -> None:
    totals = [*cells_of("applications", [*outcome_rows(report.edition), *FLOWS], ["total"])]
    totals += [*cells_of("applications", ["outcomes_total"], PARTS), *cells_of("disputes", DISPUTES, ["total"])]
    blank = data.draw(st.lists(st.sampled_from(totals), min_size=1, unique=True))
    zeros = [key for key, cell in report.cells.items() if cell.value == 0 and key not in totals]
    blank += data.draw(st.lists(st.sampled_from(zeros), unique=True)) if zeros else []
    found = check(with_cells(report, dict.fromkeys(blank, "")))
    assert compared(found, "fail") == {}
    for item in found:
        total = CellKey(str(item["table"]), str(item["row"]), str(item["column"]))
        if item["status"] == "pass_imputed" and item["rule"] not in ("T3-COL-ID", "T3-BLANK"):
            assert (item["left"], item["right"]) == (report.cells[total].value, report.cells[total].value)


@given(balanced_reports(), st.data())
def test_what_is_blank_or_not_known_in_a_balanced_report_is_never_blamed(report: Report, data: st.DataObject) -> None:
    totals = [key for key in report.cells if key.column == "total" or key.row == "outcomes_total"]
    others = [key for key in report.cells if key.table != "proactive_disclosure"]
    unknown = data.draw(st.lists(st.sampled_from(others), max_size=4))
    blank = data.draw(st.lists(st.sampled_from(totals), unique=True))
    found = check(with_cells(report, {**dict.fromkeys(unknown, "?"), **dict.fromkeys(blank, "")}))
    assert compared(found, "fail") == {}


# 商业企业: 8 applications, all granted; which cells are then left blank or not known, and the checks to be silent.
UNCLEAR = [
    ({("granted", "business"): "?", ("granted", "total"): ""}, ("T3-COL-SUM", "outcomes_total", "total")),
    ({("granted", "business"): "?", ("outcomes_total", "business"): ""}, ("T3-ROW-SUM", "outcomes_total", "total")),
    ({("granted", "business"): "?", ("outcomes_total", "business"): ""}, ("T3-COL-ID", None, "business")),
]


@pytest.mark.parametrize(("texts", "silent"), UNCLEAR)
def test_a_blank_total_of_parts_not_known_is_not_known(
    texts: dict[tuple[str, str], str], silent: tuple[str, str | None, str]
) -> None:
    flows = cells_of("applications", ["new", "granted", "outcomes_total"], ["business", "total"])
    cells: dict[CellKey, object] = dict.fromkeys(flows, 8)
    cells |= {CellKey("applications", *address): text for address, text in texts.items()}
    found = check(filled_report("demo", 2023, "2021", cells))
    assert compared(found, "fail") == {}
    assert status_of(found, *silent) == "not_assessable"


def test_two_blank_totals_that_meet_are_both_imputed() -> None:
    # 自然人 3, 商业企业 5, both granted; （七）总计 of 商业企业 and the corner are left blank.
    values: dict[CellKey, object] = {}
    for row in ("new", "granted", "outcomes_total"):
        values.update(
            zip(cells_of("applications", [row], ["natural_person", "business", "total"]), (3, 5, 8), strict=True)
        )
    for column in ("business", "total"):
        values[CellKey("applications", "outcomes_total", column)] = ""
    found = check(filled_report("demo", 2023, "2021", values))
    assert compared(found, "fail") == {}
    assert status_of(found, "T3-ROW-SUM", "outcomes_total", "total") == "pass_imputed"
    assert status_of(found, "T3-COL-ID", None, "total") == "pass_imputed"


def test_a_blank_total_among_the_parts_of_a_blank_total_is_imputed_first() -> None:
    values: dict[CellKey, object] = {CellKey("statistics", "replied_granted", "value"): 4}
    values |= {CellKey("statistics", "refused_privacy", "value"): 3}
    values |= {CellKey("statistics", row, "value"): "" for row in ("replied", "replied_refused")}
    found = check(filled_report("demo", 2016, "2014", values))
    assert compared(found, "fail") == {}
    (item,) = [one for one in found if one["row"] == "replied"]
    assert (item["status"], item["left"], item["right"]) == ("pass_imputed", 7, 7)


@pytest.mark.parametrize(("total", "parts"), list(SUMS_2014.items()))
def test_the_sums_of_the_2014_form_are_checked(total: str, parts: str) -> None:
    # Every part is 2, every total what it must be; then the total is one too small.
    values = {CellKey("statistics", row, "value"): 2 for names in SUMS_2014.values() for row in names.split()}
    for row, names in reversed(SUMS_2014.items()):
        values[CellKey("statistics", row, "value")] = sum(
            values[CellKey("statistics", name, "value")] for name in names.split()
        )
    values[CellKey("statistics", "replied", "value")] = 2 * 7 + 12
    key = CellKey("statistics", total, "value")
    report = filled_report("demo", 2016, "2014", values)
    assert compared(check(report), "fail") == {}
    broken = compared(check(with_cells(report, {key: str(values[key] - 1)})), "fail")
    assert {(row, difference) for (rule, row, _), difference in broken.items() if rule.startswith("O18-")} >= {
        (total, 1)
    }
    assert len(parts.split()) > 1


# Statuses ------------------------------------------------------------------------------------------------------------

# 行政复议: 维持 纠正 其他 未审结 总计, and how its sum ends.
ROWS = [
    (["10", "1", "0", "0", "11"], "pass", 11, 11),
    (["10", "1", "0", "0", "0"], "fail", 11, 0),
    (["10", "1", "", "", "11"], "pass_imputed", 11, 11),
    (["10", "1", "无", "/", "11"], "pass_imputed", 11, 11),
    (["10", "1", "", "", ""], "pass_imputed", 11, 11),
    (["10", "1", "", "", "12"], "fail", 11, 12),
    (["10", "", "", "", "0"], "fail", 10, 0),
    (["", "", "", "", "0"], "pass_imputed", 0, 0),
    (["0", "0", "0", "0", ""], "pass_imputed", 0, 0),
    (["", "", "", "", "11"], "not_assessable", None, None),
    (["", "", "", "", ""], "not_assessable", None, None),
    (["无", "无", "/", "—", "无"], "not_assessable", None, None),
    (["10", "?", "0", "0", "11"], "not_assessable", None, None),
    (["10", "1", "0", "0", "?"], "not_assessable", None, None),
    (["10", "若干", "0", "0", "11"], "not_assessable", None, None),
    (["10件", "1（撤销）", "0", "0", "11"], "pass", 11, 11),
]


@pytest.mark.parametrize(("row", "status", "left", "right"), ROWS)
def test_a_sum_ends_as_the_row_allows(row: list[str], status: str, left: float | None, right: float | None) -> None:
    values = dict(zip(cells_of("disputes", ["reconsideration"], [*RESULTS, "total"]), row, strict=True))
    (item,) = [one for one in check(filled_report("demo", 2023, "2021", values)) if one["row"] == "reconsideration"]
    difference = None if left is None or right is None else left - right
    assert (item["status"], item["left"], item["right"], item["difference"]) == (status, left, right, difference)
    if status in ("pass", "pass_imputed", "fail"):
        assert item["blanks"] == sum(text in ("", "无", "/") for text in row)


def test_a_blank_read_as_zero_is_said() -> None:
    values = dict(
        zip(cells_of("disputes", ["reconsideration"], [*RESULTS, "total"]), ["10", "", "", "1", "12"], strict=True)
    )
    (item,) = [one for one in check(filled_report("demo", 2023, "2021", values)) if one["row"] == "reconsideration"]
    assert "2 个空格按 0 计" in str(item["message"])


@pytest.mark.parametrize("text", ["", "无", "/", "  "])
def test_a_table_left_unfilled_is_not_assessable(text: str) -> None:
    form = edition("2021")
    values = {key: text for key in form.cells if key.table == "applications"}
    found = check(filled_report("demo", 2023, "2021", values))
    three = [item for item in found if item["table"] == "applications"]
    assert {item["status"] for item in three if item["rule"] != "T3-CARRY"} == {"not_assessable"}
    assert all("整表未填报" in str(item["message"]) for item in three)
    assert {item["status"] for item in found if item["table"] == "disputes"} == {"pass"}


def test_a_cell_not_taken_in_silences_only_the_checks_that_need_it() -> None:
    key = CellKey("applications", "granted", "business")
    found = check(filled_report("demo", 2023, "2021", {key: "?"}))
    within = compared(found, "not_assessable")
    assert {address for address in within if address[0] not in ("T3-CARRY", "T2-STOCK")} == {
        ("T3-ROW-SUM", "granted", "total"),
        ("T3-COL-SUM", "outcomes_total", "business"),
    }


@given(reports())
def test_any_report_can_be_checked_and_every_check_ends_in_a_status(report: Report) -> None:
    frame = reconcile(panel([report]))
    assert list(frame.columns) == FINDINGS
    assert set(frame["status"]) <= {status.value for status in Status}
    assert set(frame["severity"]) <= {"error", "warning", "info"}
    assert frame["message"].str.len().min() > 0
    compared_figures = frame["status"].isin(["pass", "pass_imputed", "fail"])
    judged = frame[compared_figures & frame["left"].notna()]
    assert ((judged["left"] - judged["right"]).round(6) == judged["difference"]).all()
    equations = judged[judged["rule"].isin({item.rule for item in relations(report.edition)})]
    assert ((equations["difference"].abs() > 1e-9) == (equations["status"] == "fail")).all()
    assert {item.rule for item in relations(report.edition)}.isdisjoint(
        frame[compared_figures].drop(judged.index)["rule"]
    )
    assert frame[~frame["status"].isin(["pass", "pass_imputed", "fail"])]["difference"].isna().all()


@given(balanced_reports())
def test_checking_is_deterministic_and_leaves_the_panel_alone(report: Report) -> None:
    frame = panel([report])
    before = frame.copy(deep=True)
    assert reconcile(frame).equals(reconcile(frame))
    assert frame.equals(before)


def test_a_correction_is_what_is_checked() -> None:
    key = CellKey("disputes", "reconsideration", "total")
    values = dict(zip(cells_of("disputes", ["reconsideration"], [*RESULTS, "total"]), (10, 1, 0, 0, 0), strict=True))
    report = filled_report("demo", 2023, "2021", values)
    assert compared(check(report), "fail") == {("T4-SUM", "reconsideration", "total"): 11}
    corrected = replace(report, corrections={key: Correction(key, "0", "11", "总计漏填", "测试", "2024-03-01")})
    assert compared(check(corrected), "fail") == {}


# Messages ------------------------------------------------------------------------------------------------------------


def test_a_failure_is_told_in_one_sentence_with_both_sides() -> None:
    values = dict(zip(cells_of("disputes", ["reconsideration"], [*RESULTS, "total"]), (10, 1, 0, 0, 0), strict=True))
    (item,) = [one for one in check(filled_report("demo", 2023, "2021", values)) if one["status"] == "fail"]
    assert item["message"] == (
        "表四 · 行政复议 · 总计：维持 10 ＋ 纠正 1 ＋ 其他 0 ＋ 未审结 0 ＝ 11 ≠ 总计 0，不合“各分项之和等于总计”"
    )
    assert item["cells"] == tuple(str(key) for key in cells_of("disputes", ["reconsideration"], [*RESULTS, "total"]))


def test_a_blank_total_is_told_with_its_value() -> None:
    values = dict(
        zip(cells_of("disputes", ["reconsideration"], [*RESULTS, "total"]), (1200, 34, 0, 0, ""), strict=True)
    )
    (item,) = [one for one in check(filled_report("demo", 2023, "2021", values)) if one["row"] == "reconsideration"]
    assert item["message"] == "表四 · 行政复议 · 总计：总计未填，按分项之和推算为 1,234"


def test_the_printed_relation_is_told_by_column() -> None:
    key = CellKey("applications", "carried_over", "business")
    found = check(filled_report("demo", 2023, "2021", {key: 3}))
    (item,) = [one for one in found if one["rule"] == "T3-COL-ID" and one["status"] == "fail"]
    assert (item["row"], item["column"], item["difference"]) == (None, "business", 3)
    assert str(item["message"]).startswith("表三 · “商业企业”列：")
    assert "本年新收 0 ＋ 上年结转 3 ＝ 3 ≠ 0 ＝ 办理结果总计 0 ＋ 结转下年度 0" in str(item["message"])


# From year to year ---------------------------------------------------------------------------------------------------


def carried(agency: str, year: int, over: object, forward: object, form: str = "2021") -> Report:
    """A report of which only 上年结转 and 结转下年度 of 自然人 and 总计 matter."""
    columns = ["natural_person", "total"]
    values = {key: over for key in cells_of("applications", ["carried_over"], columns)}
    values |= {key: forward for key in cells_of("applications", ["carried_forward"], columns)}
    return filled_report(agency, year, form, values)


def carry(found: Found, agency: str, year: int, column: str = "total") -> tuple[object, object]:
    """Status and difference of the carry-over into a year."""
    (item,) = [
        one
        for one in found
        if (one["rule"], one["agency"], one["year"], one["column"]) == ("T3-CARRY", agency, year, column)
    ]
    return item["status"], item["difference"]


@pytest.mark.parametrize(
    ("forward", "over", "status", "difference"),
    [
        (121, 121, "pass", 0),
        (103, 77, "fail", -26),
        ("", 0, "pass_imputed", 0),
        (0, "", "pass_imputed", 0),
        (5, "", "fail", -5),
        ("?", 5, "not_assessable", None),
        (5, "?", "not_assessable", None),
    ],
)
def test_what_is_carried_over_is_what_was_carried_forward(
    forward: object, over: object, status: str, difference: int | None
) -> None:
    found = check(carried("a", 2023, 0, forward), carried("a", 2024, over, 0))
    assert carry(found, "a", 2024) == (status, difference)
    assert carry(found, "a", 2024, "natural_person") == (status, difference)
    assert carry(found, "a", 2024, "research") == ("pass", 0)


def test_a_carry_over_left_blank_in_both_reports_is_not_assessable() -> None:
    found = check(carried("a", 2023, 0, ""), carried("a", 2024, "", 0))
    assert carry(found, "a", 2024, "natural_person") == ("not_assessable", None)


def test_the_total_carried_over_is_an_error_and_its_parts_are_warnings() -> None:
    found = check(carried("a", 2023, 0, 103), carried("a", 2024, 77, 0))
    severities = {
        item["column"]: item["severity"] for item in found if item["rule"] == "T3-CARRY" and item["year"] == 2024
    }
    assert severities == {column: "error" if column == "total" else "warning" for column in APPLICANTS}
    (item,) = [
        one for one in found if one["rule"] == "T3-CARRY" and one["status"] == "fail" and one["column"] == "total"
    ]
    assert "上年结转 77 ≠ 上年报告结转下年度 103" in str(item["message"])
    assert "机构改革" in str(item["unless"])


def test_without_last_year_the_carry_over_is_not_assessable() -> None:
    assert carry(check(carried("a", 2024, 5, 0)), "a", 2024) == ("not_assessable", None)
    assert carry(check(carried("a", 2022, 0, 5), carried("a", 2024, 5, 0)), "a", 2024)[0] == "not_assessable"
    assert carry(check(carried("b", 2023, 0, 5), carried("a", 2024, 5, 0)), "a", 2024)[0] == "not_assessable"


def test_with_last_years_table_unfilled_the_carry_over_is_not_assessable() -> None:
    before = report_of("a", 2023, "2021", {key: 0 for key in cells_of("disputes", DISPUTES, RESULTS)})
    assert carry(check(before, carried("a", 2024, 0, 0)), "a", 2024) == ("not_assessable", None)


def test_a_renamed_agency_carries_over_from_its_predecessor() -> None:
    found = check(carried("old", 2023, 0, 9), carried("new", 2024, 9, 0), lineage={"new": ("old",)})
    assert carry(found, "new", 2024) == ("pass", 0)
    assert carry(check(carried("old", 2023, 0, 9), carried("new", 2024, 9, 0)), "new", 2024)[0] == "not_assessable"


@pytest.mark.parametrize(("over", "outcome"), [(12, ("pass", 0)), (9, ("fail", -3))])
def test_a_merged_agency_carries_over_from_all_its_predecessors(over: int, outcome: tuple[str, int]) -> None:
    before = [carried("culture", 2019, 0, 9, "2019"), carried("tourism", 2019, 0, 3, "2019")]
    found = check(*before, carried("both", 2020, over, 0, "2019"), lineage={"both": ("culture", "tourism")})
    assert carry(found, "both", 2020) == outcome


def test_a_merger_of_which_one_report_is_missing_is_not_assessable() -> None:
    found = check(carried("culture", 2023, 0, 9), carried("both", 2024, 9, 0), lineage={"both": ("culture", "tourism")})
    assert carry(found, "both", 2024) == ("not_assessable", None)
    (item,) = [one for one in found if one["rule"] == "T3-CARRY" and one["year"] == 2024 and one["column"] == "total"]
    assert "tourism" in str(item["message"])


def test_an_agency_split_from_another_is_not_blamed() -> None:
    lineage = {"culture": ("both",), "tourism": ("both",)}
    found = check(
        carried("both", 2023, 0, 9), carried("culture", 2024, 4, 0), carried("tourism", 2024, 5, 0), lineage=lineage
    )
    assert carry(found, "culture", 2024) == ("not_assessable", None)
    assert carry(found, "tourism", 2024) == ("not_assessable", None)


def test_an_agency_split_from_one_that_goes_on_is_not_blamed() -> None:
    before, on, off = carried("bureau", 2023, 0, 9), carried("bureau", 2024, 9, 0), carried("office", 2024, 0, 0)
    found = check(before, on, off, lineage={"office": ("bureau",)})
    assert carry(found, "bureau", 2024) == ("pass", 0)
    assert carry(found, "office", 2024) == ("not_assessable", None)


def test_a_report_is_judged_alike_alone_and_among_all(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive("bureau,测试局,,,,,,,", "office,测试办,,,,,bureau,2024,")
    for report in (carried("bureau", 2023, 0, 9), carried("bureau", 2024, 9, 0), carried("office", 2024, 0, 0)):
        archive.write(report)
    judged = []
    for ids in ([ReportId("office", 2024)], archive.report_ids()):
        frame = panel(archive.read_all(archive.with_earlier(ids)))
        found = reconcile(frame, archive.lineage(), only=[("office", 2024)])
        judged.append(found[["rule", "row", "column", "status", "message"]].values.tolist())
    assert judged[0] == judged[1]


def test_its_own_report_goes_before_that_of_a_predecessor() -> None:
    found = check(
        carried("old", 2023, 0, 5), carried("new", 2023, 0, 7), carried("new", 2024, 7, 0), lineage={"new": ("old",)}
    )
    assert carry(found, "new", 2024) == ("pass", 0)


def stock(year: int, issued: object, repealed: object, in_force: object, form: str = "2021") -> Report:
    """A report of which only the stock of 行政规范性文件 matters."""
    values = (issued, repealed, in_force)
    columns = ["issued", "repealed", "in_force"]
    cells = cells_of("proactive_disclosure", ["normative_documents"], columns)
    return filled_report("a", year, form, dict(zip(cells, values, strict=True)))


@pytest.mark.parametrize(
    ("issued", "repealed", "in_force", "status", "difference"),
    [(50, 227, 420, "pass", 0), (50, 227, 419, "fail", -1), ("?", 227, 420, "not_assessable", None)],
)
def test_the_stock_of_documents_is_last_years_with_what_came_and_went(
    issued: object, repealed: object, in_force: object, status: str, difference: int | None
) -> None:
    found = check(stock(2023, 0, 0, 597), stock(2024, issued, repealed, in_force))
    (item,) = [
        one
        for one in found
        if one["rule"] == "T2-STOCK" and one["year"] == 2024 and one["row"] == "normative_documents"
    ]
    assert (item["status"], item["severity"], item["column"]) == (status, "warning", "in_force")
    assert item["difference"] == difference


# Seams between editions ----------------------------------------------------------------------------------------------

# Year before and its edition, year and its edition, and how the two checks between years end.
SEAMS = [
    ((2018, "2014"), (2019, "2019"), {"T3-CARRY": "not_applicable"}),
    ((2019, "2019"), (2020, "2019"), {"T3-CARRY": "pass"}),
    ((2020, "2019"), (2021, "2021"), {"T3-CARRY": "pass", "T2-STOCK": "not_applicable"}),
    ((2021, "2021"), (2022, "2021"), {"T3-CARRY": "pass", "T2-STOCK": "pass"}),
    ((2022, "2021"), (2023, "2021-single-other"), {"T3-CARRY": "pass", "T2-STOCK": "pass"}),
    ((2021, "2019"), (2022, "2021"), {"T3-CARRY": "pass", "T2-STOCK": "not_applicable"}),
    ((2021, "2021"), (2022, "2019"), {"T3-CARRY": "pass"}),
    ((2017, "2014"), (2018, "2014"), {}),
]


@pytest.mark.parametrize(("before", "after", "expected"), SEAMS)
def test_figures_are_compared_across_a_seam_only_where_both_forms_have_them(
    before: tuple[int, str], after: tuple[int, str], expected: dict[str, str]
) -> None:
    found = check(filled_report("a", *before), filled_report("a", *after))
    statuses: dict[object, set[object]] = {}
    for item in found:
        if item["year"] == after[0] and item["rule"] in ("T3-CARRY", "T2-STOCK"):
            statuses.setdefault(item["rule"], set()).add(item["status"])
    assert statuses == {rule: {status} for rule, status in expected.items()}


@pytest.mark.parametrize(("year", "form", "rule"), [(2019, "2019", "T3-CARRY"), (2021, "2021", "T2-STOCK")])
def test_the_first_year_of_a_form_needs_no_report_of_the_year_before(year: int, form: str, rule: str) -> None:
    found = [item for item in check(filled_report("a", year, form)) if item["rule"] == rule]
    assert {item["status"] for item in found} == {"not_applicable"}
    assert all(f"{year - 1} 年表式没有这一项" in str(item["message"]) for item in found)


# The form itself -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "form", "told"),
    [
        (2020, "2019", False),
        (2021, "2021", False),
        (2018, "2014", False),
        (2022, "2019", True),
        (2023, "2021-single-other", True),
    ],
)
def test_a_report_on_another_form_than_its_years_is_told(year: int, form: str, told: bool) -> None:
    found = [item for item in check(filled_report("a", year, form)) if item["rule"] == "FORM-EDITION"]
    assert [(item["status"], item["severity"]) for item in found] == [("fail", "warning")] * told


@pytest.mark.parametrize(
    ("printed", "told"),
    [("2.其他法律行政止公开", True), ("2、其他法律行政法规禁止公开", False), ("２．其他法律行政法规 禁止公开", False)],
)
def test_a_row_label_that_says_something_else_is_told(printed: str, told: bool) -> None:
    report = replace(filled_report("a", 2023, "2021"), labels={("applications", "denied_forbidden_by_law"): printed})
    found = [item for item in check(report) if item["rule"] == "FORM-LABEL"]
    assert [(item["severity"], item["row"]) for item in found] == [("info", "denied_forbidden_by_law")] * told


@pytest.mark.parametrize("cells", [{"issued": "186", "in_force": "255"}, {"issued": "约3"}, {}])
def test_a_row_that_the_form_does_not_know_is_told_and_added_to_nothing(cells: dict[str, str]) -> None:
    row = ExtraRow("extra_1", "其他主动公开文件", "normative_documents", cells)
    report = filled_report("a", 2023, "2021")
    found = check(replace(report, extra_rows={"proactive_disclosure": (row,)}))
    (item,) = [one for one in found if one["rule"] == "FORM-ROW"]
    assert (item["severity"], item["table"], item["row"]) == ("info", "proactive_disclosure", "extra_1")
    assert "其他主动公开文件" in str(item["message"])
    assert [one for one in found if one["rule"] != "FORM-ROW"] == check(report)


# Frames --------------------------------------------------------------------------------------------------------------


def test_only_the_reports_asked_for_are_reported_on() -> None:
    frame = panel([carried("a", 2023, 0, 9), carried("a", 2024, 9, 0), carried("b", 2024, 0, 0)])
    found = reconcile(frame, only=[("a", 2024), ("a", 2030)])
    assert set(zip(found["agency"], found["year"], strict=True)) == {("a", 2024)}
    assert set(found[found["rule"] == "T3-CARRY"]["status"]) == {"pass"}


def test_a_finding_about_a_whole_column_has_no_row() -> None:
    found = reconcile(panel([filled_report("a", 2023, "2021")]))
    assert found[found["rule"] == "T3-COL-ID"]["row"].tolist() == [None] * 7
    assert found.to_dict("records")[0]["year"] == 2023


def test_no_report_makes_no_finding() -> None:
    found = reconcile(panel([]))
    assert (list(found.columns), len(found)) == (FINDINGS, 0)


@pytest.mark.parametrize("name", MODERN)
def test_an_unknown_cell_is_no_zero(name: str) -> None:
    form = edition(name)
    report = report_of("a", 2023, name, dict.fromkeys(form.cells, "?"))
    assert {cell.state for cell in report.cells.values()} == {State.UNKNOWN}
    assert set(compared(check(report), "not_assessable")) >= sums_checked(form)
    assert compared(check(report), "pass", "pass_imputed", "fail") == {}


@given(st.lists(reports(), min_size=1, max_size=2, unique_by=lambda report: report.year))
def test_the_sheets_of_reports_are_those_of_their_panel(given_reports: list[Report]) -> None:
    assert sheets_of(given_reports) == read_sheets(panel(given_reports))
