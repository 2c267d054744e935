"""Indicators say what the reports say: known figures, blanks told from 0, seams told from changes, rates with doubt."""

from __future__ import annotations

from math import sqrt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import APPLICANTS, balanced_reports, cells_of, filled_report, report_of, reports

from gdgk import crosswalk, indicators
from gdgk.archive import Archive, ReportId, panel
from gdgk.crosswalk import measures_by_id
from gdgk.errors import InputError
from gdgk.form import CellKey, edition, editions
from gdgk.indicators import INDICATORS, SMALL, Quantity, measures, share, wilson
from gdgk.reconciliation import sheet_of
from gdgk.report import Report, State

SIX = ["granted", "partly_granted", "denied", "unavailable", "not_processed", "otherwise"]
Z = 1.959963984540054

# The figures of the published reports, by measure; None: the report does not say it, or its form lacks it.
KNOWN: dict[str, list[float | None]] = {
    # measure:                      宿迁 2023,  宿迁 2024,  宿迁 2025, 淮安 2024,  洪泽 2023, 上海 2019
    "received": [3511, 3525, 3830, 3119, 21, 859],
    "carried_over": [96, 121, None, 34, 0, 18],
    "granted": [1191, 1431, None, 1362, 0, 272],
    "partly_granted": [328, 471, None, 454, 4, 3],
    "denied": [142, 92, None, 178, 3, 35],
    "unavailable": [1078, 941, None, 781, 13, 337],
    "not_processed": [406, 117, None, 88, 1, 158],
    "otherwise": [341, 469, None, 187, 0, 0],
    "outcomes_total": [3486, 3521, None, 3050, 21, 805],
    "carried_forward": [121, 125, None, 103, 0, 72],
    "reconsideration": [440, 170, 259, 351, 0, 7],
    "litigation_direct": [24, 25, 28, 26, 0, 9],
    "litigation_after_reconsideration": [89, 52, 38, 20, 0, 0],
    "litigation": [113, 77, 66, 46, 0, 9],
    "regulations_issued": [2, 2, 3, 1, 0, 13],
    "normative_issued": [109, 50, 61, 8, 0, 60],
    "normative_in_force": [597, 420, 422, 66, 5, None],
    "licensing_decisions": [1808595, 1573179, None, 447228, 550, 0],
    "penalties_decisions": [2822652, 2676474, None, 3985758, 4119, 0],
    "coercion_decisions": [20163, 29351, None, 88283, 195, 0],
    "fees_amount": [59237.2449, 72701.2578, None, 96171.6, 7730.28, None],
    "procurement_amount": [None, None, None, None, None, 25.1],
}
PUBLISHED = [
    ("suqian", 2023),
    ("suqian", 2024),
    ("suqian", 2025),
    ("huaian", 2024),
    ("hongze", 2023),
    ("shanghai_government_office", 2019),
]

# What may be compared from the last report on one form to the first on the next.
ACROSS_2019 = {
    "same": {"received"},
    "approx": {
        *["granted", "partly_granted", "denied", "unavailable", "outcomes_total"],
        *["reconsideration", "litigation", "normative_issued"],
    },
}
ACROSS_2021 = {
    "same": {
        *["received", "carried_over", *SIX, "outcomes_total", "carried_forward"],
        *["reconsideration", "litigation_direct", "litigation_after_reconsideration", "litigation"],
        *["regulations_issued", "normative_issued"],
        *["licensing_decisions", "penalties_decisions", "coercion_decisions"],
    },
    "approx": set(),
}


@pytest.fixture(scope="module")
def data() -> Archive:
    """The workbook's own data folder."""
    return Archive()


def figures(*reports: Report) -> dict[tuple[int, str], tuple[float | None, bool, str]]:
    """(year, measure) → value, whether a blank was read as 0 for it, comparison with the year before."""
    frame = measures(panel(reports))
    return {
        (item.year, item.measure): (None if pd.isna(item.value) else item.value, item.imputed, item.comparison)
        for item in frame.itertuples()
    }


def comparisons(*reports: Report) -> dict[str, str]:
    """Measure → comparison, of the last of some reports."""
    last = max(report.year for report in reports)
    return {name: kind for (year, name), (_, _, kind) in figures(*reports).items() if year == last}


def blank_at(report: Report, name: str, state: str = "") -> Report:
    """The report with one cell printing something else."""
    values = {key: cell.raw for key, cell in report.cells.items()}
    return report_of(report.agency, report.year, report.edition.id, {**values, CellKey(*name.split(".")): state})


# Known figures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "agency", "year"), [(place, *report) for place, report in enumerate(PUBLISHED)])
def test_measures_are_the_published_figures(data: Archive, place: int, agency: str, year: int) -> None:
    found = figures(data.read(ReportId(agency, year)))
    assert {name: found[year, name][0] for name in measures_by_id()} == {
        name: row[place] for name, row in KNOWN.items()
    }


def test_the_seed_says_neither_applications_nor_disputes_and_no_zero_in_their_place(data: Archive) -> None:
    found = figures(data.read(ReportId("mile_culture_tourism", 2020)))
    assert {name: value for (_, name), (value, _, _) in found.items() if value is not None} == {
        "penalties_decisions": 6
    }
    assert not any(imputed for _, imputed, _ in found.values())


def test_blanks_read_as_zero_are_flagged_in_the_published_reports(data: Archive) -> None:
    shanghai = figures(data.read(ReportId("shanghai_government_office", 2019)))
    flagged = {name for (_, name), (_, imputed, _) in shanghai.items() if imputed}
    assert flagged == {*SIX, "litigation_after_reconsideration", "litigation"}
    for agency, year in [("suqian", 2023), ("suqian", 2024), ("huaian", 2024), ("hongze", 2023)]:
        assert not any(imputed for _, imputed, _ in figures(data.read(ReportId(agency, year))).values())


# Blank, unknown, zero ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ["", "无", "/"])
def test_an_empty_entry_counts_as_zero_only_where_the_form_states_sums(entry: str) -> None:
    filled = filled_report("demo", 2023, "2021", {CellKey("applications", "new", "total"): 5})
    total = blank_at(filled, "applications.carried_forward.total", entry)
    assert figures(total)[2023, "carried_forward"][:2] == (0, True)
    dispute = blank_at(filled, "disputes.litigation_direct.total", entry)
    assert figures(dispute)[2023, "litigation"][:2] == (0, True)
    licensing = blank_at(filled, "proactive_disclosure.licensing.decisions", entry)
    assert figures(licensing)[2023, "licensing_decisions"][:2] == (None, False)


def test_a_blank_total_takes_the_sum_of_its_parts() -> None:
    parts = cells_of("applications", ["granted"], APPLICANTS[:-1])
    report = filled_report("demo", 2023, "2021", dict.fromkeys(parts, 3))
    blank = blank_at(report, "applications.granted.total")
    assert figures(blank)[2023, "granted"][:2] == (18, True)


@pytest.mark.parametrize("name", ["2014", "2019", "2021", "2021-single-other"])
def test_a_form_left_wholly_blank_says_nothing(name: str) -> None:
    found = figures(report_of("demo", 2020, name, {}))
    assert {(value, imputed) for value, imputed, _ in found.values()} == {(None, False)}


@pytest.mark.parametrize(
    ("cell", "missing"),
    [
        ("applications.new.total", {"received"}),
        ("applications.denied_internal.total", {"denied"}),
        ("applications.otherwise_other.total", {"otherwise"}),
        ("disputes.litigation_direct.total", {"litigation_direct", "litigation"}),
        ("disputes.reconsideration.upheld", set()),
        ("proactive_disclosure.fees.amount", {"fees_amount"}),
    ],
)
@pytest.mark.parametrize("entry", ["?", "详见附件"])
def test_what_nobody_can_say_is_missing_and_never_zero(cell: str, missing: set[str], entry: str) -> None:
    found = figures(blank_at(filled_report("demo", 2023, "2021"), cell, entry))
    assert {name for (_, name), (value, _, _) in found.items() if value is None} == missing | {"procurement_amount"}


@given(reports())
def test_a_measure_has_a_value_only_when_each_of_its_cells_does(report: Report) -> None:
    for (_, name), (value, imputed, _) in figures(report).items():
        cells = [report.cell(key) for _, key in measures_by_id()[name].cells(report.edition)]
        unsaid = any(cell.state is State.UNKNOWN or (cell.value is None and not cell.empty) for cell in cells)
        if value is None:
            assert not imputed
            assert not cells or unsaid or any(cell.empty for cell in cells)
        else:
            assert cells and not unsaid
            assert imputed == any(cell.empty for cell in cells)


@given(reports())
def test_a_measure_made_of_numbers_alone_is_their_signed_sum(report: Report) -> None:
    found = figures(report)
    for name, measure in measures_by_id().items():
        terms = [(sign, report.cell(key).value) for sign, key in measure.cells(report.edition)]
        if terms and all(value is not None for _, value in terms):
            assert found[report.year, name][0] == pytest.approx(sum(sign * (value or 0) for sign, value in terms))


@given(balanced_reports())
def test_the_six_results_add_up_to_the_total_on_every_balanced_report(report: Report) -> None:
    found = figures(report)
    assert sum(found[report.year, name][0] or 0 for name in SIX) == found[report.year, "outcomes_total"][0]


@given(balanced_reports())
def test_what_came_in_went_out_on_every_balanced_report(report: Report) -> None:
    value = {name: found[0] or 0 for (_, name), found in figures(report).items()}
    assert value["received"] + value["carried_over"] == value["outcomes_total"] + value["carried_forward"]
    assert value["litigation"] == value["litigation_direct"] + value["litigation_after_reconsideration"]


# Seams ---------------------------------------------------------------------------------------------------------------


def expected(table: dict[str, set[str]]) -> dict[str, str]:
    """Measure → comparison at a seam; what no line names is ``none``."""
    return {name: next((kind for kind, names in table.items() if name in names), "none") for name in measures_by_id()}


@pytest.mark.parametrize(
    ("before", "after", "table"),
    [
        ((2018, "2014"), (2019, "2019"), ACROSS_2019),
        ((2020, "2019"), (2021, "2021"), ACROSS_2021),
        ((2020, "2019"), (2021, "2021-single-other"), ACROSS_2021),
    ],
)
def test_what_may_be_compared_across_a_change_of_form(
    before: tuple[int, str], after: tuple[int, str], table: dict[str, set[str]]
) -> None:
    assert comparisons(filled_report("demo", *before), filled_report("demo", *after)) == expected(table)


def test_two_changes_of_form_at_once_leave_the_weaker_of_both() -> None:
    got = comparisons(filled_report("demo", 2020, "2014"), filled_report("demo", 2021, "2021"))
    assert {name: got[name] for name in ("received", "granted", "carried_over", "normative_in_force")} == {
        "received": "same",
        "granted": "approx",
        "carried_over": "none",
        "normative_in_force": "none",
    }


@pytest.mark.parametrize(("name", "lacking"), [("2019", {"normative_in_force", "fees_amount"}), ("2021", set())])
def test_reports_on_one_form_compare_in_all_that_it_has(name: str, lacking: set[str]) -> None:
    got = comparisons(filled_report("demo", 2022, name), filled_report("demo", 2023, name))
    absent = lacking | ({"procurement_amount"} if name == "2021" else set())
    assert {measure for measure, kind in got.items() if kind == "none"} == absent
    assert set(got.values()) == {"same", "none"}


def test_the_single_row_of_2021_compares_with_its_three_rows() -> None:
    got = comparisons(filled_report("demo", 2022, "2021-single-other"), filled_report("demo", 2023, "2021"))
    assert got["otherwise"] == "same"


@pytest.mark.parametrize("others", [[], [("demo", 2021)], [("other", 2022)], [("demo", 2024)]])
def test_without_the_year_before_there_is_a_gap(others: list[tuple[str, int]]) -> None:
    frame = measures(panel([*(filled_report(*other, "2021") for other in others), filled_report("demo", 2023, "2021")]))
    own = frame[(frame["agency"] == "demo") & (frame["year"] == 2023)]
    assert set(own["comparison"]) == {"gap"}


def test_measures_come_one_for_each_report_and_measure_in_order() -> None:
    given_reports = [
        filled_report("b", 2023, "2021"),
        filled_report("a", 2024, "2021"),
        filled_report("a", 2023, "2021"),
    ]
    frame = measures(panel(given_reports))
    assert list(frame.columns) == indicators.MEASURES
    assert list(dict.fromkeys(zip(frame["agency"], frame["year"], strict=True))) == [
        ("a", 2023),
        ("a", 2024),
        ("b", 2023),
    ]
    assert not frame.duplicated(["agency", "year", "measure"]).any()
    assert len(frame) == 3 * len(measures_by_id())


# The crosswalk -------------------------------------------------------------------------------------------------------


def test_every_measure_stands_on_some_form_and_never_reads_a_cell_twice() -> None:
    for measure in measures_by_id().values():
        found = [[key for _, key in measure.cells(form)] for form in editions().values()]
        assert any(found), measure.id
        assert all(len(set(keys)) == len(keys) for keys in found)
        assert all(key in form.cells for form, keys in zip(editions().values(), found, strict=True) for key in keys)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("applications.new", "table.row.column"),
        ("applications.new.total * 2", "table.row.column"),
        ("applications.nwe.total", "cells of edition 2021"),
        ("applications.new.total | disputes.new.total", "cells of edition 2021"),
    ],
)
def test_an_expression_that_names_no_cells_is_refused_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=r"crosswalk\.csv:7: ") as caught:
        alternatives = crosswalk.read_alternatives(7, text)
        crosswalk.check_alternatives(7, "2021", text, alternatives)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_group_stands_for_its_rows() -> None:
    single = measures_by_id()["otherwise"].cells(edition("2021-single-other"))
    three = measures_by_id()["otherwise"].cells(edition("2021"))
    assert [key.row for _, key in single] == ["otherwise_handled"]
    assert [key.row for _, key in three] == ["otherwise_not_corrected", "otherwise_fee_unpaid", "otherwise_other"]


# Rates ---------------------------------------------------------------------------------------------------------------

RATES = [
    # 予以公开, 部分公开, （七）总计, 公开率
    (1191, 328, 3486, 43.574),
    (0, 4, 21, 19.048),
    (0, 0, 21, 0.0),
    (0, 0, 0, None),
]
CORRECTIONS = [
    # 纠正, 维持, 其他, 纠错率; 未审结 is not among what was decided
    (17, 309, 88, 4.106),
    (18, 88, 28, 13.433),
    (0, 5, 0, 0.0),
    (0, 0, 0, None),
]


@pytest.mark.parametrize(("granted", "partly", "total", "expected"), RATES)
def test_the_disclosure_rate(granted: int, partly: int, total: int, expected: float | None) -> None:
    rest = total - granted - partly
    cells = {"granted": granted, "partly_granted": partly, "denied_internal": rest, "outcomes_total": total}
    values = {CellKey("applications", row, "total"): value for row, value in cells.items()}
    found = INDICATORS["disclosure_rate"].at(sheet_of(filled_report("demo", 2023, "2021", values))).value
    assert found is None if expected is None else found == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("corrected", "upheld", "other", "expected"), CORRECTIONS)
def test_the_correction_rate(corrected: int, upheld: int, other: int, expected: float | None) -> None:
    cells = {"corrected": corrected, "upheld": upheld, "other_result": other, "pending": 7}
    values = {CellKey("disputes", "reconsideration", column): value for column, value in cells.items()}
    found = INDICATORS["reconsideration_correction_rate"].at(sheet_of(filled_report("demo", 2023, "2021", values)))
    assert found.value is None if expected is None else found.value == pytest.approx(expected, abs=5e-4)


@given(st.integers(0, 10**6))
def test_nothing_has_no_share(part: int) -> None:
    assert share(Quantity(float(part)), Quantity(0.0)).settled().value is None


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_share_is_a_percentage_of_the_whole(part: int, rest: int) -> None:
    found = share(Quantity(float(part)), Quantity(float(part + rest))).settled().value
    assert found is None if not part + rest else found * (part + rest) == pytest.approx(100 * part)


def test_thirty_is_the_smallest_sample_that_is_not_small() -> None:
    assert SMALL == 30


# Wilson: intervals published by Newcombe (Statistics in Medicine 17, 1998, table I, method 3), in %.
WILSON = [
    (81, 263, 25.53, 36.62),
    (15, 148, 6.24, 16.05),
    (0, 20, 0.00, 16.11),
    (1, 29, 0.61, 17.18),
]


@pytest.mark.parametrize(("count", "total", "low", "high"), WILSON)
def test_the_interval_is_the_published_one(count: int, total: int, low: float, high: float) -> None:
    found = wilson(count, total)
    assert found is not None
    assert found == pytest.approx((low, high), abs=0.005)


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    """A count in a total."""
    total = draw(st.integers(1, 100_000))
    return draw(st.integers(0, total)), total


@given(counts())
def test_the_interval_contains_the_share_and_stays_within_0_and_100(pair: tuple[int, int]) -> None:
    found = wilson(*pair)
    assert found is not None
    share = 100 * pair[0] / pair[1]
    assert 0 <= found[0] <= share + 1e-9
    assert share - 1e-9 <= found[1] <= 100
    assert found[0] < found[1]


@given(counts())
def test_the_ends_are_the_shares_that_the_count_could_just_come_from(pair: tuple[int, int]) -> None:
    count, total = pair
    found = wilson(count, total)
    assert found is not None
    for end in (value / 100 for value in found):
        if 0 < end < 1:
            assert abs(count / total - end) == pytest.approx(Z * sqrt(end * (1 - end) / total), rel=1e-6)


@given(counts(), st.integers(2, 50))
def test_the_interval_is_narrower_in_a_larger_sample_of_the_same_share(pair: tuple[int, int], times: int) -> None:
    small, large = wilson(*pair), wilson(pair[0] * times, pair[1] * times)
    assert small is not None and large is not None
    assert large[1] - large[0] < small[1] - small[0]


@given(counts())
def test_the_interval_of_the_rest_is_its_mirror_image(pair: tuple[int, int]) -> None:
    count, total = pair
    one, other = wilson(count, total), wilson(total - count, total)
    assert one is not None and other is not None
    assert one == pytest.approx((100 - other[1], 100 - other[0]), abs=1e-9)


def test_nothing_has_no_interval() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("count", "total"), [(-1, 5), (6, 5), (1, 0)])
def test_a_count_beyond_its_total_is_a_bug_and_not_an_interval(count: int, total: int) -> None:
    with pytest.raises(ValueError, match=f"a count of {count} in {total}"):
        wilson(count, total)
