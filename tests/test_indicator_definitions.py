"""Each indicator means one thing: known figures, nothing out of nothing, one report and a corpus say the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import SOAK
from strategies import MODERN, PARTS, balanced_reports, cells_of, filled_report, report_of, reports

from gdgk.archive import Archive, ReportId, panel
from gdgk.crosswalk import measures_by_id
from gdgk.errors import UnknownName
from gdgk.form import CellKey, edition, editions
from gdgk.indicators import COUNTS, GROUPS, INDICATORS, Missing, Value, WideCells, indicator_frame, measured
from gdgk.indicators.catalogue import indicators_page
from gdgk.reconciliation import Sheet, read_sheets, widen
from gdgk.report import Report, State

ROOT = Path(__file__).parent.parent
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(QUIET, max_examples=300 if SOAK else 8)  # each of several reports by every indicator
SIX = [f"{name}_rate" for name in ("granted", "partly_granted", "denial", "unavailable", "not_processed", "otherwise")]
SHARES = [one.id for one in INDICATORS.values() if one.unit == "%"]


def sheets(*given_reports: Report) -> list[Sheet]:
    """Reports as the checks read them."""
    return list(read_sheets(panel(given_reports)).values())


def value(name: str, *given_reports: Report, **options: Any) -> Value:
    """An indicator of the last of some reports, which are of one agency."""
    found = sheets(*given_reports)
    return INDICATORS[name].at(found[-1], found, **options)


def results(year: int, rows: dict[str, int], form: str = "2021", agency: str = "demo") -> Report:
    """A synthetic report that prints these rows of table 三 in the total column, and 0 elsewhere."""
    return filled_report(agency, year, form, {CellKey("applications", row, "total"): n for row, n in rows.items()})


# Known figures -------------------------------------------------------------------------------------------------------

# The public test page that calls its city 测试市: a well-formed large table 三, nobody's own figures.
TEST_CITY = {
    "granted": 5548,
    "partly_granted": 2168,
    **{"denied_state_secret": 13, "denied_forbidden_by_law": 30, "denied_security_stability": 11},
    **{"denied_third_party": 51, "denied_internal": 104, "denied_deliberative": 85},
    **{"denied_enforcement_file": 286, "denied_inquiry": 150},
    **{"unavailable_not_held": 3222, "unavailable_not_compiled": 180, "unavailable_unclear": 19},
    **{"not_processed_petition": 203, "not_processed_repeat": 148, "not_processed_vexatious": 101},
    "not_processed_confirmation": 5,
    **{"otherwise_not_corrected": 318, "otherwise_fee_unpaid": 203, "otherwise_other": 965},
    **{"outcomes_total": 13810, "new": 14069, "carried_over": 560, "carried_forward": 819},
}


def test_the_six_shares_of_the_test_city() -> None:
    city = results(2025, TEST_CITY)
    assert [round(value(name, city).value, 2) for name in SIX] == [40.17, 15.70, 5.29, 24.77, 3.31, 10.76]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("disclosure_rate", 100 * 7716 / 13810),
        ("substantive_rate", 100 * 7716 / 8446),
        ("not_held_rate", 100 * 3222 / 13810),
        ("completion_rate", 100 * 13810 / 14629),
        ("carry_rate", 100 * 819 / 14629),
        ("backlog_change", 259),
        ("backlog_ratio", 819 / 560),
        ("clearance", 100 * 13810 / 14069),
    ],
)
def test_the_other_figures_of_the_test_city(name: str, expected: float) -> None:
    assert value(name, results(2025, TEST_CITY)).value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("agency", "year", "name", "expected"),
    [
        # 宿迁 2024: 复议 纠正 18 of 维持 88 ＋ 纠正 18 ＋ 其他 28, 未审结 36
        ("suqian", 2024, "reconsideration_correction_rate", (18, 134)),
        ("suqian", 2024, "reconsideration_settled_rate", (134, 170)),
        ("suqian", 2024, "litigation_correction_rate", (0, 57)),
        ("suqian", 2024, "later_litigation_ratio", (52, 170)),
        ("suqian", 2024, "natural_person_share", (3440, 3525)),
        ("suqian", 2024, "normative_renewal", (227, 597)),
        # 洪泽 2023 prints 0 as the total of its 11 reviews: the parts are told, the total is not taken as a whole
        ("hongze", 2023, "reconsideration_correction_rate", (1, 11)),
    ],
)
def test_figures_of_published_reports(agency: str, year: int, name: str, expected: tuple[int, int]) -> None:
    archive = Archive(ROOT / "data")
    found = sheets(*archive.read_all(archive.report_ids([agency])))
    now = next(sheet for sheet in found if sheet.year == year)
    got = INDICATORS[name].at(now, found)
    assert (got.part, got.whole) == expected
    assert got.value == pytest.approx(100 * expected[0] / expected[1])


def test_the_correction_rate_on_the_basis_of_all_cases() -> None:
    suqian = Archive(ROOT / "data").read(ReportId("suqian", 2024))
    found = value("reconsideration_correction_rate", suqian, basis="total")
    assert (found.part, found.whole) == (18, 170)
    hongze = Archive(ROOT / "data").read(ReportId("hongze", 2023))
    assert value("reconsideration_correction_rate", hongze, basis="total").missing == Missing.CONTRADICTED


@pytest.mark.parametrize(
    ("counts", "expected"), [([7, 7, 7, 7, 7, 7], 0.0), ([40, 0, 0, 0, 0, 0], 1.0), ([3, 3, 0, 0, 0, 0], 0.4)]
)
def test_concentration_is_0_for_equal_parts_and_1_for_one(counts: list[int], expected: float) -> None:
    values = dict(zip(cells_of("applications", ["new"], PARTS), counts, strict=True))
    values[CellKey("applications", "new", "total")] = sum(counts)
    found = value("applicant_concentration", filled_report("demo", 2023, "2021", values))
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.small == (sum(counts) < 30)


def test_growth_year_on_year_and_over_years() -> None:
    course = [results(2021, {"new": 100}), results(2022, {"new": 150}), results(2023, {"new": 121})]
    assert value("growth", *course).value == pytest.approx(100 * -29 / 150)
    assert value("average_growth", *course).value == pytest.approx(10)
    assert value("average_growth", *course, years=1).value == pytest.approx(100 * -29 / 150)
    with_gap = value("average_growth", course[0], course[2])
    assert with_gap.value == pytest.approx(10) and with_gap.stable and not with_gap.small


def test_contributions_of_the_applicants_add_up_to_the_growth() -> None:
    old, new = [50, 9, 0, 4, 0, 1], [70, 3, 2, 4, 1, 0]
    both = [
        filled_report(
            "demo",
            year,
            "2021",
            {
                **dict(zip(cells_of("applications", ["new"], PARTS), counts, strict=True)),
                CellKey("applications", "new", "total"): sum(counts),
            },
        )
        for year, counts in ((2022, old), (2023, new))
    ]
    parts = [value("contribution", *both, of=f"applications.new.{part}").value for part in PARTS]
    assert sum(parts) == pytest.approx(value("growth", *both).value)
    assert parts[0] == pytest.approx(100 * 20 / 64)


def test_a_share_changes_by_percentage_points() -> None:
    before = results(2022, {"granted": 30, "denied_internal": 70, "outcomes_total": 100})
    after = results(2023, {"granted": 20, "partly_granted": 25, "denied_internal": 5, "outcomes_total": 50})
    found = value("share_change", before, after)
    assert found.value == pytest.approx(90 - 30) and not found.small and not found.stable
    assert value("share_change", before, after, of="denial_rate").value == pytest.approx(10 - 70)


def test_a_count_for_ten_thousand_people_needs_the_people() -> None:
    report = results(2023, {"new": 30})
    assert value("received_per_ten_thousand", report, population=150_000).value == pytest.approx(2)
    for nobody in (None, 0):
        found = value("received_per_ten_thousand", report, population=nobody)
        assert (found.value, found.missing) == (None, Missing.NO_POPULATION)


# Nothing out of nothing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [one.id for one in INDICATORS.values() if one.denominator])
def test_a_denominator_of_0_is_missing_and_never_0_or_100(name: str) -> None:
    found = value(name, *(filled_report("demo", year, "2021") for year in (2021, 2022, 2023)), population=0)
    assert found.value is None and found.low is None and found.high is None and not found.small
    assert found.missing in (Missing.NOTHING, Missing.NO_POPULATION)


def test_nothing_is_told_of_a_total_whose_parts_are_blank() -> None:
    lonely = {
        CellKey("applications", "outcomes_total", "total"): 40,
        CellKey("applications", "new", "total"): 40,
        CellKey("disputes", "reconsideration", "total"): 6,
        CellKey("disputes", "litigation_direct", "upheld"): 2,
        CellKey("disputes", "litigation_after_reconsideration", "total"): 3,
    }
    report = report_of("demo", 2023, "2021", lonely)
    for name in [*SIX, "disclosure_rate", "natural_person_share", "reconsideration_correction_rate"]:
        assert value(name, report).missing == Missing.NOT_FILLED, name
    assert value("litigation_correction_rate", report).missing == Missing.NOT_FILLED
    assert value("direct_correction_rate", report).value == 0


def test_a_total_that_its_parts_contradict_is_no_denominator() -> None:
    report = results(2023, {"granted": 9, "denied_internal": 4, "outcomes_total": 40})
    assert {value(name, report).missing for name in [*SIX, "disclosure_rate"]} == {Missing.CONTRADICTED}
    assert value("substantive_rate", report).value == pytest.approx(100 * 9 / 13)


@pytest.mark.parametrize(("whole", "small", "stable"), [(29, True, False), (30, False, False), (100, False, True)])
def test_small_and_stable_numbers_are_marked(whole: int, small: bool, stable: bool) -> None:
    found = value("granted_rate", results(2023, {"granted": 9, "denied_internal": whole - 9, "outcomes_total": whole}))
    assert (found.small, found.stable, found.whole) == (small, stable, whole)
    assert found.low < found.value < found.high


# Seams ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "forms", "expected", "approx"),
    [
        ("received", ("2014", "2019"), Missing.NO, False),
        ("granted", ("2014", "2019"), Missing.NO, True),
        ("licensing_decisions", ("2019", "2021"), Missing.NO, False),
        ("applications.new.business", ("2019", "2021"), Missing.NO, False),
        ("carried_over", ("2014", "2019"), Missing.NOT_ON_FORM, False),
        ("disputes.reconsideration.corrected", ("2014", "2019"), Missing.NO, True),
        ("otherwise", ("2021-single-other", "2021"), Missing.NO, False),
        ("fees_amount", ("2019", "2021"), Missing.NOT_ON_FORM, False),
    ],
)
def test_growth_crosses_a_seam_only_where_the_crosswalk_allows(
    of: str, forms: tuple[str, str], expected: Missing, approx: bool
) -> None:
    both = [
        report_of("demo", year, form, dict.fromkeys(edition(form).cells, 5))
        for year, form in zip((2021, 2022), forms, strict=True)
    ]
    found = value("growth", *both, of=of)
    assert (found.missing, found.approx) == (expected, approx)


def test_a_seam_that_the_crosswalk_closes_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(measures_by_id()["received"]), "comparison", lambda self, form, before: "none")
    found = value("growth", results(2020, {"new": 5}, "2019"), results(2021, {"new": 9}))
    assert (found.value, found.missing) == (None, Missing.SEAM)


def test_without_the_year_before_there_is_no_growth() -> None:
    assert value("growth", results(2021, {"new": 5}), results(2023, {"new": 9})).missing == Missing.GAP


# One report and a corpus ---------------------------------------------------------------------------------------------


def said(item: Value, row: int | None = None) -> dict[str, Any]:
    """The fields of a value that mean something; of one row of an array."""
    got = {
        one.name: held if row is None or np.ndim(held) == 0 else held[row]
        for one in fields(Value)
        for held in [getattr(item, one.name)]
    }
    got = {name: None if isinstance(held, float) and held != held else held for name, held in got.items()}
    if got["missing"]:
        return {"missing": Missing(int(got["missing"]))}
    return {name: float(held) if isinstance(held, float) else held for name, held in got.items()}


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two values say the same, up to rounding."""
    return one.keys() == other.keys() and all(
        held == other[name] or (held is not None and other[name] is not None and held == pytest.approx(other[name]))
        for name, held in one.items()
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Report]:
    """Random reports of two agencies, on different years each, blanks and cells not taken in among them."""
    found: dict[tuple[str, int], Report] = {}
    for report in draw(st.lists(reports() | balanced_reports(), min_size=1, max_size=4)):
        agency, year = draw(st.sampled_from(["a", "b"])), draw(st.sampled_from([2020, 2021, 2022]))
        found[agency, year] = Report(
            **{one.name: getattr(report, one.name) for one in fields(Report)} | {"agency": agency, "year": year}
        )
    return list(found.values())


@MANY
@given(histories())
def test_one_report_and_many_at_once_say_the_same(given_reports: list[Report]) -> None:
    frame = panel(given_reports)
    single, cells = read_sheets(frame), WideCells(widen(frame))
    for one in INDICATORS.values():
        many = one.of(cells)
        for row, key in enumerate(zip(cells.agencies, cells.years, strict=True)):
            others = [sheet for sheet in single.values() if sheet.agency == key[0]]
            alone = said(one.at(single[key[0], int(key[1])], others))
            assert same(alone, said(many, row)), (one.id, key, alone, said(many, row))


@QUIET
@given(histories())
def test_no_value_of_a_report_is_infinite_or_not_a_number(given_reports: list[Report]) -> None:
    found = sheets(*given_reports)
    for sheet in found:
        for one in INDICATORS.values():
            got = one.at(sheet, found, population=1000.0)
            numbers = [got.value, got.part, got.whole, got.low, got.high]
            assert all(number is None or isfinite(number) for number in numbers), (one.id, got)
            assert (got.value is None) == (got.missing != Missing.NO)
            if got.low is not None:
                assert 0 <= got.low <= got.value + 1e-9 and got.value - 1e-9 <= got.high <= 100


@QUIET
@given(balanced_reports())
def test_the_six_shares_add_up_to_100_on_every_balanced_report(report: Report) -> None:
    got = [value(name, report) for name in SIX]
    if got[0].whole:
        assert sum(item.value for item in got) == pytest.approx(100)
    else:
        assert {item.missing for item in got} == {Missing.NOTHING}


def wide(given_reports: Iterable[Report]) -> pd.DataFrame:
    """Reports as a corpus keeps them: a row each, a column a cell, null where nothing is printed."""
    rows = []
    for report in given_reports:
        cells = {str(key): report.cell(key) for key in report.cells}
        partial = any(cell.value is None and not cell.empty for cell in cells.values())
        head = {"agency": report.agency, "year": report.year, "edition": report.edition.id}
        values = {name: cell.value for name, cell in cells.items()}
        rows.append({**head, "blanks": report.head.blanks, "partial": partial, "population": 5000, **values})
    cells = sorted({name for row in rows for name in row if name.count(".") == 2})
    return pd.DataFrame(rows).astype(dict.fromkeys(cells, "Float64"))


@MANY
@given(histories())
def test_a_wide_frame_says_what_the_reports_say_or_that_it_does_not_know(given_reports: list[Report]) -> None:
    got = indicator_frame(wide(given_reports)).set_index(["indicator", "agency", "year"])
    assert len(got) == len(INDICATORS) * len(given_reports)
    assert not np.isinf(got[["value", "part", "whole", "low", "high"]].to_numpy(dtype=float)).any()
    assert (got["value"].isna() == (got["missing"] > 0)).all()
    by_key, single = got.to_dict("index"), read_sheets(panel(given_reports))
    exact = not any(
        cell.state in (State.UNKNOWN, State.TEXT, State.NONE) for one in given_reports for cell in one.cells.values()
    )
    for sheet in single.values():
        others = [other for other in single.values() if other.agency == sheet.agency]
        for name, one in INDICATORS.items():
            told, alone = by_key[name, sheet.agency, sheet.year], one.at(sheet, others, population=5000.0)
            if told["missing"] == 0:
                assert alone.value == pytest.approx(told["value"]), (name, alone)
            elif exact:
                assert alone.missing == told["missing"], (name, alone)


def test_a_wide_frame_keeps_the_order_of_its_rows() -> None:
    frame = wide([results(2022, {"new": 5}), results(2020, {"new": 7}, "2019"), results(2023, {"new": 9})])
    got = indicator_frame(frame, ["clearance", "growth"])
    assert list(got["year"]) == [2022, 2020, 2023] * 2
    assert list(got["indicator"]) == ["clearance"] * 3 + ["growth"] * 3
    assert list(got["part"].iloc[3:]) == [5, 7, 9]


def test_a_cell_without_a_column_is_not_known() -> None:
    frame = wide([results(2022, {"new": 5, "outcomes_total": 5, "granted": 5})])
    assert indicator_frame(frame, ["granted_rate"])["value"].tolist() == [100]
    less = frame.drop(columns="applications.denied_internal.total")
    assert indicator_frame(less, ["denial_rate"])["missing"].tolist() == [Missing.NOT_KNOWN]


def test_an_empty_frame_gives_an_empty_frame() -> None:
    frame = wide([results(2022, {"new": 5})]).iloc[:0]
    assert indicator_frame(frame).empty and "value" in indicator_frame(frame)


# The register --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_says_what_it_is(name: str) -> None:
    one = INDICATORS[name]
    assert one.group in GROUPS
    assert one.label and one.formula and one.blanks and one.source
    assert one.denominator or "÷" not in one.formula
    assert one.editions and set(one.editions) <= set(editions())
    # A quantity may be gone from the form of today; what is made of several stands on it.
    assert one.group == COUNTS or set(MODERN[1:]) <= set(one.editions)
    for name in one.editions:
        cells = one.cells(edition(name))
        assert cells and all(key in edition(name).cells for key in cells)


@pytest.mark.parametrize("form", editions())
def test_every_quantity_of_the_crosswalk_can_be_asked_for_as_it_stands(form: str) -> None:
    asked = filled_report("demo", 2023, form, {key: 7 for key in edition(form).cells})
    told = {one.measure: (one.value, one.imputed) for one in measured(sheets(asked))}
    found = {name: value(name, asked) for name in told}
    assert {name: (one.value, one.imputed) for name, one in found.items()} == told
    assert all(one.whole is None and not one.small for one in found.values())
    assert {name for name, one in found.items() if one.known} == {
        name for name in told if form in INDICATORS[name].editions
    }


def test_no_two_indicators_have_one_label() -> None:
    labels = [one.label for one in INDICATORS.values()]
    assert len(set(labels)) == len(labels)


def test_what_an_indicator_has_not_is_refused() -> None:
    with pytest.raises(UnknownName, match="option"):
        value("granted_rate", results(2023, {}), basis="total")
    with pytest.raises(UnknownName, match="quantity"):
        value("growth", results(2022, {}), results(2023, {}), of="recieved")
    with pytest.raises(ValueError, match="expected 'decided' or 'total'"):
        value("reconsideration_correction_rate", results(2023, {}), basis="all")
    with pytest.raises(ValueError, match="at least 1"):
        value("average_growth", results(2023, {}), years=0)


def test_the_page_of_indicators_is_in_step() -> None:
    assert (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8") == indicators_page()
