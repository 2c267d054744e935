"""A region equals the sum of its agencies when all are here; else it is at least that, and who is missing is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import filled_report

from gdgk.archive import Agency, Archive, ReportId, panel
from gdgk.form import CellKey
from gdgk.reconciliation import reconcile
from gdgk.report import Report

NEW = CellKey("applications", "new", "total")
PARTS = [CellKey("applications", "new", name) for name in ("natural_person", "business")]
Found = list[dict[str, object]]


def register(office: bool = True, **changes: Agency) -> dict[str, Agency]:
    """A city with its own office, a bureau and a county; the county has a bureau of its own."""
    agencies = [
        Agency("city", "测试市人民政府", kind="设区的市政府", region_code="530100"),
        Agency("office", "测试市人民政府办公室", kind="政府办公室", region_code="530100", parent="city"),
        Agency("bureau", "测试市财政局", kind="市政府部门", region_code="530100", parent="city"),
        Agency("county", "测试县人民政府", kind="区县政府", region_code="530126", parent="city"),
        Agency("county_bureau", "测试县财政局", kind="县级政府部门", region_code="530126", parent="county"),
    ]
    found = {agency.id: agency for agency in agencies if office or agency.id != "office"}
    return found | changes


def report(agency: str, new: object, year: int = 2023, form: str = "2021", scope: str = "") -> Report:
    """A report of which only 本年新收 matters: all of it from 自然人."""
    made = filled_report(agency, year, form, {NEW: new, PARTS[0]: new})
    return replace(made, head=replace(made.head, scope=scope))


def rolled(agencies: dict[str, Agency], *reports: Report, everything: bool = False) -> Found:
    """The findings on the city and the agencies beneath it."""
    frame = reconcile(panel(reports), only=[("city", 2023)], agencies=agencies, everything=everything)
    return frame[frame["rule"].isin(["A-ROLL", "A-COVER"])].to_dict("records")  # type: ignore[return-value]


def outcome(found: Found, rule: str = "A-ROLL") -> list[tuple[object, ...]]:
    """Where a rule fails, how heavily, and by how much."""
    return [
        (item["row"], item["column"], item["severity"], item["difference"])
        for item in found
        if item["rule"] == rule and item["status"] == "fail"
    ]


ALL = [report("office", 1), report("bureau", 2), report("county", 4)]


def test_a_region_is_the_sum_of_its_agencies_and_its_own_office() -> None:
    found = rolled(register(), report("city", 7), *ALL, everything=True)
    assert outcome(found) == []
    (item,) = [one for one in found if (one["rule"], one["row"], one["column"]) == ("A-ROLL", "new", "total")]
    assert (item["status"], item["left"], item["right"]) == ("pass", 7, 7)
    assert [one["status"] for one in found if one["rule"] == "A-COVER"] == ["pass"]
    assert rolled(register(), report("city", 7), *ALL) == []


@pytest.mark.parametrize("new", [6, 8])
def test_a_region_that_is_not_their_sum_is_an_error_told_once_for_a_row(new: int) -> None:
    found = rolled(register(), report("city", new), *ALL)
    assert outcome(found) == [("new", "total", "error", new - 7)]
    (item,) = found
    assert f"本报告 {new} ≠ 下级 3 个机关合计 7" in str(item["message"])
    assert item["cells"] == (str(NEW),) and "垂直管理" in str(item["unless"])


def test_where_the_total_holds_a_wrong_part_is_told() -> None:
    city = filled_report("city", 2023, "2021", {NEW: 7, PARTS[0]: 6, PARTS[1]: 1})
    assert outcome(rolled(register(), city, *ALL)) == [
        ("new", "natural_person", "error", -1),
        ("new", "business", "error", 1),
    ]


@pytest.mark.parametrize(("new", "failed"), [(2, [("new", "total", "warning", -1)]), (3, []), (70, [])])
def test_with_an_agency_missing_a_region_is_at_least_the_others(new: int, failed: list[tuple[object, ...]]) -> None:
    found = rolled(register(), report("city", new), *ALL[:2])
    assert outcome(found) == failed
    (cover,) = [item for item in found if item["rule"] == "A-COVER"]
    assert (cover["severity"], cover["status"], cover["table"]) == ("warning", "fail", None)
    assert cover["message"] == "下级机关：应报 3 个机关，已入库 2 个，缺 测试县人民政府"
    assert all(
        "缺 测试县人民政府 的报告，只比下限" in str(item["message"]) for item in found if item["rule"] == "A-ROLL"
    )


def test_without_its_own_office_listed_a_region_is_at_least_its_agencies() -> None:
    agencies = register(office=False)
    assert outcome(rolled(agencies, report("city", 9), *ALL[1:])) == []
    assert outcome(rolled(agencies, report("city", 5), *ALL[1:])) == [("new", "total", "warning", -1)]


def test_on_another_form_or_with_its_own_level_only_a_region_is_at_least_its_agencies() -> None:
    other = [*ALL[:2], report("county", 4, form="2019")]
    assert outcome(rolled(register(), report("city", 9), *other)) == []
    assert outcome(rolled(register(), report("city", 6), *other)) == [("new", "total", "warning", -1)]
    level = [*ALL[:2], report("county", 4, scope="县本级")]
    assert outcome(rolled(register(), report("city", 9), *level)) == []


def test_a_report_on_its_own_level_is_not_added_up() -> None:
    found = rolled(register(), report("city", 1, scope="市本级"), *ALL, everything=True)
    assert {item["status"] for item in found if item["rule"] == "A-ROLL"} == {"not_applicable"}
    bureau = register(city=Agency("city", "测试市财政局", kind="市政府部门"))
    assert outcome(rolled(bureau, report("city", 1), *ALL)) == []


def test_without_any_agencys_report_nothing_can_be_told_but_who_is_missing() -> None:
    found = rolled(register(), report("city", 1), everything=True)
    assert {item["status"] for item in found if item["rule"] == "A-ROLL"} == {"not_assessable"}
    (cover,) = [item for item in found if item["rule"] == "A-COVER"]
    assert (cover["status"], cover["reason"]) == (
        "fail",
        "缺 测试市人民政府办公室、测试市财政局、测试县人民政府",
    )


def test_a_figure_not_known_leaves_only_the_lower_bound_of_that_cell() -> None:
    unknown = [*ALL[:2], report("county", "?")]
    assert outcome(rolled(register(), report("city", 50), *unknown)) == []
    assert outcome(rolled(register(), report("city", 2), *unknown)) == [("new", "total", "warning", -1)]
    found = rolled(register(), report("city", "?"), *ALL, everything=True)
    statuses = {(item["row"], item["column"]): item["status"] for item in found if item["rule"] == "A-ROLL"}
    assert statuses["new", "total"] == "not_assessable" and statuses["granted", "total"] == "pass"


def test_who_did_not_yet_or_no_longer_exist_is_not_missed() -> None:
    gone = register(county=replace(register()["county"], valid_to=2022))
    assert outcome(rolled(gone, report("city", 3), *ALL[:2])) == []
    later = register(county=replace(register()["county"], valid_from=2024))
    assert rolled(later, report("city", 3), *ALL[:2]) == []


def test_only_those_directly_beneath_are_added_and_no_register_asks_nothing() -> None:
    found = rolled(register(), report("city", 7), *ALL, report("county_bureau", 3))
    assert found == []
    frame = reconcile(panel([report("city", 700), *ALL]), everything=True)
    assert not frame["rule"].isin(["A-ROLL", "A-COVER", "T2-COMP"]).any()


@given(st.lists(st.integers(0, 500), min_size=3, max_size=3), st.integers(-20, 20))
def test_a_region_off_by_any_number_is_told_by_it(counts: list[int], delta: int) -> None:
    children = [report(name, count) for name, count in zip(("office", "bureau", "county"), counts, strict=True)]
    total = max(0, sum(counts) + delta)
    expected = [("new", "total", "error", total - sum(counts))] if total != sum(counts) else []
    assert outcome(rolled(register(), report("city", total), *children)) == expected


def test_an_archive_gives_the_reports_that_the_checks_need(make_archive: Callable[..., Archive]) -> None:
    lines = ["city,测试市人民政府,,,,,,,", "a,测试局,,,,city,old,,", "old,测试处,,,,,older,,", "older,测试所,,,,,,,"]
    archive = make_archive(*lines)
    for agency, year in (("city", 2023), ("a", 2023), ("older", 2022)):
        archive.write(filled_report(agency, year, "2021"))
    assert archive.earlier(ReportId("a", 2023)) == [ReportId("older", 2022)]
    assert archive.beneath(ReportId("city", 2023)) == [ReportId("a", 2023)]
    assert set(archive.with_context([ReportId("city", 2023), ReportId("a", 2023)])) == {
        ReportId("city", 2023),
        ReportId("a", 2023),
        ReportId("older", 2022),
    }


# Lineage over several reorganisations ---------------------------------------------------------------------------------


def carried(agency: str, year: int, over: int, forward: int) -> Report:
    """A report of which only the carry-over of 总计 matters."""
    cells = {("carried_over", over), ("carried_forward", forward)}
    return filled_report(agency, year, "2021", {CellKey("applications", row, "total"): value for row, value in cells})


def carry(lineage: dict[str, tuple[str, ...]], *reports: Report) -> tuple[object, object]:
    """Status and difference of the carry-over at 总计 into the last report."""
    frame = reconcile(panel(reports), lineage, only=[(reports[-1].agency, reports[-1].year)])
    own = frame[(frame["rule"] == "T3-CARRY") & (frame["column"] == "total")]
    (item,) = own.to_dict("records")
    return item["status"], None if item["difference"] != item["difference"] else item["difference"]


def test_a_chain_of_reorganisations_is_followed_to_the_last_report() -> None:
    lineage = {"new": ("middle",), "middle": ("old", "other")}
    old, other = carried("old", 2022, 0, 5), carried("other", 2022, 0, 2)
    assert carry(lineage, old, other, carried("new", 2023, 7, 0)) == ("pass", 0)
    assert carry(lineage, old, other, carried("new", 2023, 5, 0)) == ("fail", -2)
    assert carry(lineage, old, carried("new", 2023, 5, 0)) == ("not_assessable", None)


def test_a_split_anywhere_in_the_chain_gives_no_figures() -> None:
    lineage = {"new": ("middle",), "middle": ("old",), "sister": ("old",)}
    assert carry(lineage, carried("old", 2022, 0, 5), carried("new", 2023, 5, 0)) == ("not_assessable", None)
    going_on = [carried("old", 2022, 0, 5), carried("old", 2023, 5, 0), carried("new", 2023, 5, 0)]
    assert carry({"new": ("middle",), "middle": ("old",)}, *going_on) == ("not_assessable", None)


def test_agencies_that_succeed_each_other_in_a_circle_are_no_endless_chain() -> None:
    assert carry({"a": ("b",), "b": ("a",)}, carried("a", 2023, 5, 0)) == ("not_assessable", None)


def test_years_in_a_row_are_each_held_to_the_one_before() -> None:
    reports = [carried("a", year, year - 2020, year - 2019) for year in range(2021, 2026)]
    reports[3] = carried("a", 2024, 9, 5)
    frame = reconcile(panel(reports))
    own = frame[(frame["rule"] == "T3-CARRY") & (frame["column"] == "total")]
    outcomes = dict(zip(own["year"], own["status"], strict=True))
    assert outcomes == {2021: "not_assessable", 2022: "pass", 2023: "pass", 2024: "fail", 2025: "pass"}
