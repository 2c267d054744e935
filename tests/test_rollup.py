"""A region as the sum of its agencies: what is added, what is not, and what each figure is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import APPLICANTS, DISPUTES, FLOWS, PARTS, RESULTS, filled_report, outcome_rows, report_of

from gdgk.archive import Agency, Archive
from gdgk.errors import GdgkError
from gdgk.form import CellKey, edition
from gdgk.reconciliation import sheet_of
from gdgk.report import Report, State
from gdgk.rollup import ONCE, RollUp, regions_of, roll_up
from gdgk.rollup.adding import added
from gdgk.rollup.carrying import carried, common_form, origins
from gdgk.rollup.gathering import Gathered, Member
from gdgk.rollup.telling import against_sentence, as_object, coverage_sentence, joint_sentence, lines, table_sentence

YEAR = 2023
NEW = CellKey("applications", "new", "total")
AFTER = CellKey("disputes", "litigation_after_reconsideration", "total")
CITY = [
    "city,测试市人民政府,,设区的市政府,530100,,,,",
    "office,测试市人民政府办公室,,政府办公室,530100,city,,,",
    "bureau,测试市财政局,,市政府部门,530100,city,,,",
    "county,测试县人民政府,,区县政府,530126,city,,,",
    "county_office,测试县人民政府办公室,,政府办公室,530126,county,,,",
    "county_bureau,测试县财政局,,县级政府部门,530126,county,,,",
]
Made = Callable[..., Archive]


def received(agency: str, new: object, form: str = "2021", scope: str = "", year: int = YEAR) -> Report:
    """A report of which only 本年新收 matters, all of it from 自然人."""
    made = filled_report(agency, year, form, {NEW: new, NEW._replace(column="natural_person"): new})
    return replace(made, head=replace(made.head, scope=scope))


def summed(make: Made, *reports: Report, listed: list[str] | None = None, joint: str = "counted") -> RollUp:
    """The sum of the city over some reports."""
    archive = make(*(listed or CITY))
    for report in reports:
        archive.write(report)
    return roll_up(archive, "city", YEAR, joint)


WHOLE = [received("office", 1), received("bureau", 2), received("county", 4)]


# What is added -------------------------------------------------------------------------------------------------------


def test_a_region_is_the_sum_of_its_agencies_and_its_own_body(make_archive: Made) -> None:
    found = summed(make_archive, *WHOLE)
    assert found.complete and not found.conflicts
    assert found.cells[NEW].value == 7
    assert (found.cells[NEW].reports, found.cells[NEW].filled) == (3, 3)
    assert found.report.cell(NEW).raw == "7" and found.report.head.synthetic
    assert "已齐" in coverage_sentence(found)
    assert "合成数据" in lines(found)[0]


def test_a_total_is_never_added_to_its_parts(make_archive: Made) -> None:
    # The city's own report, the county's (a total already) with its own office and bureau beside it: neither is added.
    below = [received("county_office", 1), received("county_bureau", 3)]
    found = summed(make_archive, received("city", 7), *WHOLE, *below)
    assert found.cells[NEW].value == 7
    assert [member.agency.id for member in found.gathered.reporting] == ["office", "bureau", "county"]
    assert found.gathered.members[2].covering
    # 总计 is added from totals: never from, nor to, the columns beside it.
    odd = filled_report("bureau", YEAR, "2021", {NEW: 100, NEW._replace(column="business"): 1})
    again = summed(make_archive, odd)
    assert again.cells[NEW].value == 1 + 100 + 4


def test_agencies_beneath_stand_for_a_county_without_a_report(make_archive: Made) -> None:
    found = summed(make_archive, *WHOLE[:2], received("county_bureau", 3))
    assert found.cells[NEW].value == 6
    assert not found.complete
    assert {one.kind for one in found.conflicts} == {"beneath", "missing"}
    (missing,) = [one for one in found.conflicts if one.kind == "missing"]
    assert missing.agencies == ("county_office",)


def test_who_is_missing_is_named(make_archive: Made) -> None:
    found = summed(make_archive, *WHOLE[:2])
    (missing,) = found.conflicts
    assert (missing.kind, missing.agencies) == ("missing", ("county",))
    assert "缺 测试县人民政府" in coverage_sentence(found)


def test_an_own_body_that_is_not_listed_is_missed(make_archive: Made) -> None:
    listed = [line for line in CITY if not line.startswith("office,")]
    found = summed(make_archive, *WHOLE[1:], listed=listed)
    assert [one.kind for one in found.conflicts] == ["own_body"]
    assert not found.complete and "不足以代表全区域" in coverage_sentence(found)


def test_who_no_longer_exists_is_neither_missed_nor_added(make_archive: Made) -> None:
    gone = [*CITY, "old,测试市物资局,,市政府部门,530100,city,,,2021"]
    found = summed(make_archive, *WHOLE, received("old", 50), listed=gone)
    assert found.cells[NEW].value == 7
    assert [(one.kind, one.agencies) for one in found.conflicts] == [("gone", ("old",))]


def test_an_agency_and_the_one_it_came_from_in_one_year_are_told(make_archive: Made) -> None:
    merged = [*CITY, "heir,测试市政务局,,市政府部门,530100,city,bureau,,"]
    found = summed(make_archive, *WHOLE, received("heir", 5), listed=merged)
    assert ("succession", ("bureau",)) in [(one.kind, one.agencies) for one in found.conflicts]


def test_a_county_that_reports_its_own_level_only_makes_the_sum_a_lower_bound(make_archive: Made) -> None:
    found = summed(make_archive, *WHOLE[:2], received("county", 4, scope="县本级"))
    assert [one.kind for one in found.conflicts] == ["scope"] and not found.complete


def test_bodies_beneath_a_department_are_told_and_not_added(make_archive: Made) -> None:
    branch = [*CITY, "branch,测试市财政局某分局,,派出机构,530100,bureau,,,"]
    found = summed(make_archive, *WHOLE, received("branch", 9), listed=branch)
    assert found.cells[NEW].value == 7
    assert [(one.kind, one.agencies) for one in found.conflicts] == [("aside", ("branch",))]


def test_a_department_with_bodies_beneath_it_is_added_to_them(make_archive: Made) -> None:
    archive = make_archive(*CITY, "branch,测试市财政局某分局,,派出机构,530100,bureau,,,")
    archive.write(received("bureau", 2))
    archive.write(received("branch", 9))
    found = roll_up(archive, "bureau", YEAR)
    assert found.cells[NEW].value == 11 and "已计入合计" in found.comparable


# Blank is not 0 ------------------------------------------------------------------------------------------------------


def test_a_blank_table_is_not_a_table_of_zeros(make_archive: Made) -> None:
    blank = report_of("bureau", YEAR, "2021", {CellKey("proactive_disclosure", "licensing", "decisions"): 5})
    found = summed(make_archive, WHOLE[0], blank, WHOLE[2])
    assert found.cells[NEW].value == 5 and found.cells[NEW].reports == 2
    assert found.counted("applications") == 2 and not found.complete
    table = found.form.tables["applications"]
    assert table_sentence(found, table) == "2 份报告之和；另 1 份此表未填报或未入库，不计入"
    assert ("blank", ("bureau",)) in [(one.kind, one.agencies) for one in found.conflicts]


def test_where_every_table_is_blank_there_is_a_sentence_and_no_figure(make_archive: Made) -> None:
    found = summed(make_archive, *(report_of(name, YEAR, "2021", {}) for name in ("office", "bureau", "county")))
    assert all(cell.value is None for cell in found.cells.values())
    assert all(found.report.cell(key).state is not State.NUMBER for key in found.form.cells)
    assert "没有可以相加的数字，不当作 0" in table_sentence(found, found.form.tables["applications"])
    assert not found.failed
    assert all(record["value"] is None for record in as_object(found)["cells"])


def test_a_cell_says_how_many_reports_print_it(make_archive: Made) -> None:
    key = CellKey("applications", "granted", "business")
    plain = filled_report("office", YEAR, "2021", {key: 3})
    blank = replace(filled_report("bureau", YEAR, "2021"), cells={**filled_report("bureau", YEAR, "2021").cells})
    blank = replace(blank, cells={**blank.cells, key: report_of("bureau", YEAR, "2021", {}).cells[key]})
    found = summed(make_archive, plain, blank, WHOLE[2])
    cell = found.cells[key]
    assert (cell.value, cell.reports, cell.filled, cell.blank, cell.least) == (3, 3, 2, 1, False)


def test_a_figure_that_is_not_known_leaves_a_lower_bound_of_which_no_equation_makes_use(make_archive: Made) -> None:
    unknown = filled_report("bureau", YEAR, "2021", {NEW: "?"})
    unknown = replace(unknown, head=replace(unknown.head, partial="本年新收总计未见"))
    found = summed(make_archive, WHOLE[0], unknown, WHOLE[2])
    assert (found.cells[NEW].value, found.cells[NEW].least, found.cells[NEW].unknown) == (5, True, 1)
    assert found.report.cell(NEW).raw == "≥5" and found.report.cell(NEW).value is None
    assert not [one for one in found.findings if str(NEW) in one.cells and one.status != "not_assessable"]


def test_a_blank_in_table_two_may_be_a_figure_not_reported(make_archive: Made) -> None:
    key = CellKey("proactive_disclosure", "regulations", "issued")
    blank = filled_report("bureau", YEAR, "2021")
    blank = replace(blank, cells={**blank.cells, key: report_of("bureau", YEAR, "2021", {}).cells[key]})
    found = summed(make_archive, filled_report("office", YEAR, "2021", {key: 2}), blank, WHOLE[2])
    assert (found.cells[key].value, found.cells[key].unfilled, found.cells[key].least) == (2, 1, True)


# Editions ------------------------------------------------------------------------------------------------------------


def test_reports_with_one_row_for_other_results_are_added_through_the_crosswalk(make_archive: Made) -> None:
    three = {
        CellKey("applications", row, "total"): count
        for row, count in (("otherwise_not_corrected", 1), ("otherwise_fee_unpaid", 2), ("otherwise_other", 3))
    }
    one = {CellKey("applications", "otherwise_handled", "total"): 4}
    found = summed(
        make_archive,
        filled_report("office", YEAR, "2021", three),
        filled_report("bureau", YEAR, "2021", three),
        filled_report("county", YEAR, "2021-single-other", one),
    )
    assert found.form.id == "2021-single-other"
    cell = found.cells[CellKey("applications", "otherwise_handled", "total")]
    assert (cell.value, cell.least, found.complete) == (16, False, True)


def test_what_no_crosswalk_allows_is_never_added(make_archive: Made) -> None:
    in_force = CellKey("proactive_disclosure", "normative_documents", "in_force")
    issued = CellKey("proactive_disclosure", "normative_documents", "issued")
    older = {
        CellKey("proactive_disclosure", "normative_documents", "total_disclosed"): 500,
        CellKey("proactive_disclosure", "normative_documents", "newly_made"): 10,
        NEW: 4,
    }
    new = {in_force: 7, issued: 1, NEW: 1}
    found = summed(
        make_archive,
        filled_report("office", YEAR, "2021", new),
        filled_report("bureau", YEAR, "2021", new),
        filled_report("county", YEAR, "2019", older),
    )
    assert found.form.id == "2021"
    assert (found.cells[in_force].value, found.cells[in_force].least) == (14, True)
    assert (found.cells[issued].value, found.cells[issued].least) == (12, False)
    assert (found.cells[NEW].value, found.cells[NEW].least) == (6, False)
    assert [one.kind for one in found.conflicts] == ["form"] and not found.complete


def test_what_goes_over_between_forms_keeps_its_name() -> None:
    there = origins(edition("2021"), edition("2019"))
    assert there[CellKey("applications", "denied_internal", "business")] == (
        (1, CellKey("applications", "denied_internal", "business")),
    )
    assert CellKey("applications", "otherwise_other", "total") not in there
    assert CellKey("proactive_disclosure", "fees", "amount") not in there
    back = origins(edition("2019"), edition("2021"))
    assert len(back[CellKey("applications", "otherwise_handled", "total")]) == 3
    old = origins(edition("2019"), edition("2014"))
    assert old == {NEW: ((1, CellKey("statistics", "received", "value")),)}


def test_stocks_of_last_year_are_not_added(make_archive: Made) -> None:
    prior = CellKey("proactive_disclosure", "licensing", "prior_items")
    found = summed(make_archive, *(received(name, 1, "2019") for name in ("office", "bureau", "county")))
    assert prior in found.form.cells and prior not in found.cells
    assert found.report.cell(prior).raw == "—"


# Joint defendants ----------------------------------------------------------------------------------------------------


def sued(agency: str, upheld: int) -> Report:
    """A report with suits after review, all upheld."""
    return filled_report(agency, YEAR, "2021", {AFTER: upheld, AFTER._replace(column="upheld"): upheld})


def test_suits_in_which_the_reviewing_body_stands_beside_are_counted_once_on_request(make_archive: Made) -> None:
    reports = [sued("office", 5), sued("bureau", 3), sued("county", 4)]
    both = summed(make_archive, *reports)
    assert (both.cells[AFTER].value, both.doubled) == (12, 5)
    assert "最多可能重复 5 件" in joint_sentence(both)
    once = summed(make_archive, *reports, joint=ONCE)
    assert (once.cells[AFTER].value, once.cells[AFTER].reports) == (7, 2)
    assert not once.failed
    others = [key for key in both.cells if (key.table, key.row) != (AFTER.table, AFTER.row)]
    assert all(both.cells[key] == once.cells[key] for key in others)


def test_a_region_that_did_not_count_them_twice_is_understood(make_archive: Made) -> None:
    found = summed(make_archive, sued("city", 7), sued("office", 5), sued("bureau", 3), sued("county", 4))
    (one,) = [each for each in found.compared if each.key == AFTER]
    assert (one.own, one.total, one.status) == (7, 12, "fail")
    assert "没有重复计共同被告" in one.note


# The region's own report ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("own", "status", "difference"), [(7, "pass", 0), (9, "fail", 2), (6, "fail", -1)])
def test_the_sum_is_held_against_the_regions_own_report(
    make_archive: Made, own: int, status: str, difference: int
) -> None:
    found = summed(make_archive, received("city", own), *WHOLE)
    (one,) = [each for each in found.compared if each.key == NEW]
    assert (one.status, one.difference, one.exact) == (status, difference, True)


def test_with_an_agency_missing_the_regions_report_is_at_least_the_sum(make_archive: Made) -> None:
    found = summed(make_archive, received("city", 9), *WHOLE[:2])
    (one,) = [each for each in found.compared if each.key == NEW]
    assert (one.status, one.difference, one.exact) == ("pass", 6, False)
    assert "只比下限" in against_sentence(found)


def test_a_report_on_its_own_level_is_not_held_against_the_sum(make_archive: Made) -> None:
    found = summed(make_archive, received("city", 1, scope="市本级"), *WHOLE)
    assert found.compared == [] and "只含本级" in against_sentence(found)


# The sum reconciles as its parts do ----------------------------------------------------------------------------------


@st.composite
def balanced(draw: st.DrawFn, agency: str) -> Report:
    """A report on which every equation of tables 三 and 四 holds, its figures drawn."""
    form = edition("2021")
    values: dict[CellKey, int] = {}
    rows = outcome_rows(form)
    for part in PARTS:
        counts = [draw(st.integers(0, 40)) for _ in rows]
        values |= {CellKey("applications", row, part): count for row, count in zip(rows, counts, strict=True)}
        done, forward, over = sum(counts), draw(st.integers(0, 9)), draw(st.integers(0, 3))
        flow = dict(zip(FLOWS, (done + forward - min(over, done), min(over, done), done, forward), strict=True))
        values |= {CellKey("applications", row, part): count for row, count in flow.items()}
    for row in [*rows, *FLOWS]:
        parts = [values[CellKey("applications", row, part)] for part in PARTS]
        values[CellKey("applications", row, APPLICANTS[-1])] = sum(parts)
    for row in DISPUTES:
        counts = [draw(st.integers(0, 20)) for _ in RESULTS]
        values |= {CellKey("disputes", row, name): count for name, count in zip(RESULTS, counts, strict=True)}
        values[CellKey("disputes", row, "total")] = sum(counts)
    return filled_report(agency, YEAR, "2021", values)


@given(balanced("office"), balanced("bureau"), balanced("county"), st.integers(-3, 3), st.data())
def test_a_sum_reconciles_if_its_parts_do_and_fails_by_what_they_fail(
    office: Report, bureau: Report, county: Report, slip: int, data: st.DataObject
) -> None:
    reports = [office, bureau, county]
    key = data.draw(st.sampled_from([key for key in office.cells if key.table != "proactive_disclosure"]))
    at = data.draw(st.integers(0, 2))
    value = max(0, (reports[at].cell(key).value or 0) + slip)
    off = value != reports[at].cell(key).value
    cell = report_of("office", YEAR, "2021", {key: value}).cells[key]
    reports[at] = replace(reports[at], cells={**reports[at].cells, key: cell})
    found = of_reports(reports)
    assert bool(found.failed) is off
    for one in found.failed:
        ((agency, gap),) = found.culprits(one)
        assert agency.id == reports[at].agency
        assert one.left is not None and one.right is not None and gap == one.left - one.right


def of_reports(reports: list[Report]) -> RollUp:
    """The sum of reports, without a data folder."""
    sheets = [sheet_of(report) for report in reports]
    form = common_form(sheets)
    moved = tuple(carried(sheet, form) for sheet in sheets)
    members = tuple(Member(Agency(report.agency, report.agency), "reported") for report in reports)
    gathered = Gathered(Agency("city", "测试市人民政府"), YEAR, members, (), False)
    return RollUp(gathered, form, moved, tuple(reports), None, "counted", added(form, moved))


# What cannot be added up ---------------------------------------------------------------------------------------------


def refusal(archive: Archive, region: str, year: int = YEAR) -> str:
    """The one line in which a roll-up is refused."""
    with pytest.raises(GdgkError) as error:
        roll_up(archive, region, year)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_cannot_be_added_up_is_one_line(make_archive: Made) -> None:
    archive = make_archive(*CITY, "old,测试区人民政府,,区县政府,530103,city,,,2021", "heir,新区,,,,,old,2022,")
    archive.write(received("office", 1))
    assert "'bureau' with no agency beneath it; expected one of city, county" in refusal(archive, "bureau")
    assert "'nowhere'" in refusal(archive, "nowhere")
    assert "expected one of 2023" in refusal(archive, "city", 2020)
    assert "none of the 2 agencies beneath county" in refusal(archive, "county")
    assert "within …–2021" in refusal(archive, "old") and "ask for heir" in refusal(archive, "old")


@pytest.mark.parametrize(
    "lines",
    [
        ["a,甲,,,,b,,,", "b,乙,,,,a,,,"],
        ["city,市,,,,,,,", "a,甲,,,,city,,,", "b,乙,,,,c,,,", "c,丙,,,,b,,,"],
    ],
)
def test_agencies_that_stand_beneath_themselves_are_told(make_archive: Made, lines: list[str]) -> None:
    archive = make_archive(*lines)
    archive.write(received("a", 1))
    assert "circle of parents, b → " in refusal(archive, "b")


def test_the_regions_of_a_year_are_those_with_a_report_beneath(make_archive: Made) -> None:
    archive = make_archive(*CITY)
    archive.write(received("county_bureau", 1))
    assert regions_of(archive, YEAR) == ["county"]
    archive.write(received("bureau", 1))
    assert regions_of(archive, YEAR) == ["city", "county"] and regions_of(archive, YEAR - 1) == []
