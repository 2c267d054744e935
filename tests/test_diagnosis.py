"""Diagnosis: which cells are wrong, what they should say, what slipped, and how honest that is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from strategies import (
    APPLICANTS,
    FLOWS,
    MODERN,
    balanced_applications,
    balanced_reports,
    cells_of,
    filled_report,
    report_of,
)

from gdgk.archive import Archive, panel
from gdgk.diagnosis import CONFIDENCES, SLIPS, Explanation, addresses, as_json, diagnose, diagnose_panel
from gdgk.diagnosis.minimal import fewest_changes
from gdgk.diagnosis.system import Block, blocks, read_block
from gdgk.findings import Finding
from gdgk.form import CellKey, edition
from gdgk.reconciliation import read_sheets, reconcile, sheet_of
from gdgk.reconciliation.sheets import Prior
from gdgk.report import Report, with_cells

SUMS = {"T3-ROW-SUM", "T3-COL-SUM", "T3-COL-ID", "T4-SUM"}


def key(text: str) -> CellKey:
    """A cell by its address; without a table, one of table 三."""
    parts = text.split(".")
    return CellKey(*parts) if len(parts) == 3 else CellKey("applications", *parts)


def explain(report: Report, **evidence: object) -> tuple[Explanation, ...]:
    """What diagnosis says of all that fails in a report."""
    return diagnose(reconcile(panel([report])), sheet_of(report), **evidence)  # type: ignore[arg-type]


def failing(report: Report) -> set[tuple[str, str | None, str | None]]:
    """The sums and identities of tables 三 and 四 that do not hold: rule, row, column."""
    found = reconcile(panel([report]))
    found = found[(found["status"] == "fail") & found["rule"].isin(SUMS)]
    return set(addresses(found, sheet_of(report))[0])


def proposed(explanations: tuple[Explanation, ...]) -> dict[str, float]:
    """Every proposed figure by the cell's address, table 三 left out of it."""
    return {
        str(cell.key).removeprefix("applications."): cell.proposed
        for explanation in explanations
        for cell in explanation.cells
    }


def office(form: str = "2021", **changes: int | str) -> Report:
    """A small office in which all holds, but for some cells (``row__column`` of 表三, ``disputes__row__column``).

    48 new and 5 carried over; 30 granted, 4 partly, 12 for third parties, 5 not held; 51 done, 2 carried forward.
    """
    natural = {
        "new": 40, "carried_over": 5, "granted": 24, "partly_granted": 4, "denied_third_party": 12,
        "unavailable_not_held": 3, "outcomes_total": 43, "carried_forward": 2,
    }  # fmt: skip
    business = {"new": 8, "granted": 6, "unavailable_not_held": 2, "outcomes_total": 8}
    values: dict[CellKey, object] = {}
    for column, figures in (("natural_person", natural), ("business", business)):
        values |= {CellKey("applications", row, column): figure for row, figure in figures.items()}
    for row in natural:
        values[CellKey("applications", row, "total")] = natural[row] + business.get(row, 0)
    reviews = {"upheld": 10, "corrected": 1, "total": 11}
    values |= {CellKey("disputes", "reconsideration", column): figure for column, figure in reviews.items()}
    for name, figure in changes.items():
        values[key(name.replace("__", "."))] = figure
    return filled_report("demo", 2023, form, values)


def test_a_report_in_which_everything_holds_needs_no_explanation() -> None:
    assert explain(office()) == ()


def test_the_message_names_the_cell_the_figure_and_why() -> None:
    (explanation,) = explain(office(partly_granted__business=1))
    assert explanation.message == "表三 第（二）行“部分公开”·商业企业：填报 1，按行、列合计应为 0（疑为误填）"
    (explanation,) = explain(office(granted__business=7))
    assert explanation.message == "表三 第（一）行“予以公开”·商业企业：填报 7，按行、列合计应为 6"
    assert explanation.confidence == "certain" and explanation.alternatives == ()
    assert explanation.explains == (
        ("T3-ROW-SUM", "granted", "total"),
        ("T3-COL-SUM", "outcomes_total", "business"),
    )


@pytest.mark.parametrize(
    ("name", "figure", "right", "words"),
    [
        (
            "denied_third_party__natural_person",
            3,
            12,
            "表三 第（三）4行“第三方权益”·自然人：填报 3，按行、列合计应为 12",
        ),
        ("carried_over__total", 7, 5, "表三 第二项“上年结转”·总计：填报 7，按行合计和本列勾稽应为 5"),
        (
            "outcomes_total__natural_person",
            46,
            43,
            "表三 第（七）行“办理结果总计”·自然人：填报 46，按行、列合计和本列勾稽应为 43",
        ),
        ("granted__total", 50, 30, "表三 第（一）行“予以公开”·总计：填报 50，按行、列合计应为 30"),
    ],
)
def test_each_kind_of_cell_is_named_with_its_reason(name: str, figure: int, right: int, words: str) -> None:
    (explanation,) = explain(office(**{name: figure}))
    assert explanation.message.startswith(words)
    assert [cell.proposed for cell in explanation.cells] == [right]
    assert explanation.confidence == "certain"


# Every kind of slip, written out by hand -----------------------------------------------------------------------------

# What is printed instead of the office's figures → the slip, and what the cells should say.
SLIPS_BY_HAND: list[tuple[str, dict[str, int | str], dict[str, int]]] = [
    ("digits_swapped", {"granted__natural_person": 42}, {"granted.natural_person": 24}),
    ("digit_dropped", {"denied_third_party__natural_person": 2}, {"denied_third_party.natural_person": 12}),
    ("digit_added", {"granted__natural_person": 243}, {"granted.natural_person": 24}),
    ("digit_mistyped", {"granted__natural_person": 27}, {"granted.natural_person": 24}),
    ("off_by_one", {"granted__natural_person": 25}, {"granted.natural_person": 24}),
    ("left_out", {"granted__business": 0}, {"granted.business": 6}),
    ("left_out", {"granted__business": ""}, {"granted.business": 6}),
    ("filled_in_error", {"denied_inquiry__research": 3}, {"denied_inquiry.research": 0}),
    ("total_not_updated", {"granted__total": 13}, {"granted.total": 30}),
    ("part_missing_in_total", {"granted__total": 24}, {"granted.total": 30}),
    ("part_twice_in_total", {"granted__total": 54}, {"granted.total": 30}),
    ("misstated", {"granted__natural_person": 71}, {"granted.natural_person": 24}),
    (
        "swapped_cells",
        {"granted__natural_person": 6, "granted__business": 24},
        {"granted.natural_person": 24, "granted.business": 6},
    ),
    (
        "shifted_down",
        {"denied_third_party__natural_person": 0, "denied_internal__natural_person": 12},
        {"denied_third_party.natural_person": 12, "denied_internal.natural_person": 0},
    ),
    (
        "shifted_up",
        {"denied_third_party__natural_person": 0, "denied_security_stability__natural_person": 12},
        {"denied_third_party.natural_person": 12, "denied_security_stability.natural_person": 0},
    ),
    (
        "shifted_right",
        {"granted__business": 0, "granted__research": 6},
        {"granted.business": 6, "granted.research": 0},
    ),
    (
        "shifted_left",
        {"denied_third_party__other": 12, "denied_third_party__total": 0},
        {"denied_third_party.other": 0, "denied_third_party.total": 12},
    ),
    (
        "wrong_column",
        {"granted__business": 0, "granted__legal_service": 6},
        {"granted.business": 6, "granted.legal_service": 0},
    ),
    (
        "wrong_row",
        {"granted__business": 0, "denied_internal__business": 6},
        {"granted.business": 6, "denied_internal.business": 0},
    ),
    (
        "misplaced",
        {"granted__business": 0, "denied_internal__legal_service": 6},
        {"granted.business": 6, "denied_internal.legal_service": 0},
    ),
    (
        "split_number",
        {"denied_third_party__natural_person": 1, "denied_third_party__business": 2},
        {"denied_third_party.natural_person": 12, "denied_third_party.business": 0},
    ),
    (
        "partly_granted_twice",
        {"denied_third_party__natural_person": 16},
        {"denied_third_party.natural_person": 12},
    ),
    (
        "partly_granted_twice",
        {"denied_third_party__natural_person": 16, "denied_third_party__total": 16},
        {"denied_third_party.natural_person": 12, "denied_third_party.total": 12},
    ),
    ("carried_over_forgotten", {"outcomes_total__natural_person": 38}, {"outcomes_total.natural_person": 43}),
    (
        "carried_over_forgotten",
        {"outcomes_total__natural_person": 38, "outcomes_total__total": 46},
        {"outcomes_total.natural_person": 43, "outcomes_total.total": 51},
    ),
    ("carried_over_in_new", {"new__natural_person": 45}, {"new.natural_person": 40}),
    (
        "added_up",
        {"granted__natural_person": 42, "outcomes_total__natural_person": 61},
        {"granted.natural_person": 24, "outcomes_total.natural_person": 43},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("slip", "printed", "right"), SLIPS_BY_HAND)
def test_every_slip_is_named_and_undone(slip: str, printed: dict[str, int | str], right: dict[str, int]) -> None:
    explanations = explain(office(**printed))
    assert proposed(explanations) == right
    assert [explanation.slip for explanation in explanations] == [slip]
    assert explanations[0].words == SLIPS[slip]
    # One cell can be sure of itself; two are always marked weaker.
    assert (
        explanations[0].confidence == "certain" if len(right) == 1 else explanations[0].confidence in ("likely", "weak")
    )


def test_every_slip_has_an_example() -> None:
    assert {slip for slip, _, _ in SLIPS_BY_HAND} | {"several", "unexplained"} == set(SLIPS)


def test_the_last_digit_may_stand_in_the_next_cell() -> None:
    right = {"granted__natural_person": 20, "granted__total": 26, "denied_third_party__natural_person": 16,
             "denied_third_party__total": 16}  # fmt: skip
    assert explain(office(**right)) == ()
    (explanation,) = explain(office(**right | {"granted__natural_person": 2, "granted__business": 0}))
    assert explanation.slip == "several"  # 20|6 as 2|0 takes the 6 with it
    assert proposed((explanation,)) == {"granted.natural_person": 20, "granted.business": 6}


def test_a_run_of_figures_may_stand_one_column_too_far_right() -> None:
    right = {"granted__research": 4, "granted__total": 34, "new__research": 4, "new__total": 52,
             "outcomes_total__research": 4, "outcomes_total__total": 55}  # fmt: skip
    assert explain(office(**right)) == ()
    shifted = {"granted__natural_person": 0, "granted__business": 24, "granted__research": 6}
    (explanation,) = explain(office(**right | shifted))
    assert proposed((explanation,)) == {"granted.natural_person": 24, "granted.business": 6, "granted.research": 4}
    assert explanation.confidence == "weak"


# Two and more --------------------------------------------------------------------------------------------------------


def test_two_errors_that_have_nothing_to_do_with_each_other_are_explained_apart() -> None:
    explanations = explain(office(granted__natural_person=42, unavailable_not_held__business=5))
    assert proposed(explanations) == {"granted.natural_person": 24, "unavailable_not_held.business": 2}
    assert len(explanations) == 2
    assert {explanation.confidence for explanation in explanations} == {"likely"}
    covered = [address for explanation in explanations for address in explanation.explains]
    assert len(covered) == len(set(covered)) == 4


def test_two_equal_errors_cannot_be_told_from_their_mirror_image() -> None:
    (explanation,) = explain(office(granted__business=7, unavailable_not_held__natural_person=4))
    assert explanation.confidence == "weak"
    ways = [explanation, *explanation.alternatives]
    assert {"granted.business": 6, "unavailable_not_held.natural_person": 3} in [proposed((way,)) for way in ways]
    assert {"granted.natural_person": 23, "unavailable_not_held.business": 1} in [proposed((way,)) for way in ways]


def test_three_errors_are_only_weakly_explained() -> None:
    explanations = explain(
        office(granted__natural_person=42, unavailable_not_held__business=5, denied_internal__research=2)
    )
    assert {explanation.confidence for explanation in explanations} == {"weak"}


def test_beyond_three_cells_no_guess_is_made_and_that_is_said() -> None:
    (explanation,) = explain(
        office(
            granted__natural_person=42, unavailable_not_held__business=5, denied_internal__research=2,
            denied_inquiry__other=9,
        )
    )  # fmt: skip
    assert explanation.cells == () and explanation.confidence == "none" and explanation.slip == "unexplained"
    assert explanation.message == (
        "表三：8 处勾稽不符，改动 3 格以内不能使其全部相符，不作推测，请对照原始台账逐格核对"
    )
    assert len(explanation.explains) == 8


def test_errors_all_over_a_report_weaken_what_is_said_of_the_rest() -> None:
    (alone,) = explain(office(disputes__reconsideration__total=0))
    assert alone.confidence == "certain"
    among = explain(
        office(
            disputes__reconsideration__total=0, granted__natural_person=42, unavailable_not_held__business=5,
            denied_internal__research=2,
        )
    )  # fmt: skip
    assert {explanation.confidence for explanation in among} == {"weak"}


# Evidence ------------------------------------------------------------------------------------------------------------


def test_table_four_has_several_candidates_and_the_prose_may_decide() -> None:
    report = office(disputes__reconsideration__upheld=11)
    (open_,) = explain(report)
    assert open_.confidence == "weak"
    assert len(open_.alternatives) == 2  # the total, 维持 or 纠正; what is 0 cannot be less
    total, part = key("disputes.reconsideration.total"), key("disputes.reconsideration.upheld")
    (by_total,) = explain(report, stated={total: {12}})
    assert [cell.key for cell in by_total.cells] == [total]
    (by_part,) = explain(report, stated={part: {10}, total: {11}})
    assert [cell.key for cell in by_part.cells] == [part]
    assert by_part.confidence == "likely"


def test_last_years_report_decides_which_flow_is_wrong() -> None:
    before = office(carried_forward__natural_person=5, carried_forward__total=5, new__natural_person=43, new__total=51)
    before = Report(**{**vars(before), "year": 2022})
    now = office(carried_over__natural_person=2, carried_over__total=2)
    sheets = read_sheets(panel([before, now]))
    sheet = sheets["demo", 2023]
    prior = Prior((sheets["demo", 2022],), edition("2021"))
    (explanation,) = diagnose(None, sheet, prior)
    assert proposed((explanation,)) == {"carried_over.natural_person": 5, "carried_over.total": 5}
    assert ("T3-CARRY", "carried_over", "total") in explanation.explains
    without = diagnose(None, sheet)
    assert proposed(without) != proposed((explanation,)) or without[0].confidence == "weak"


def test_what_another_document_contradicts_is_not_certain() -> None:
    report = office(granted__natural_person=42)
    (explanation,) = explain(report, stated={key("granted.natural_person"): {42}})
    assert explanation.confidence == "likely"


# Blanks and bad input ------------------------------------------------------------------------------------------------


def test_blank_tables_and_blank_reports_have_nothing_to_explain() -> None:
    assert explain(report_of("demo", 2023, "2021", {})) == ()
    assert diagnose(None, sheet_of(report_of("demo", 2023, "2014", {}))) == ()


def test_totals_of_results_left_blank_count_what_their_parts_do() -> None:
    rows = [row for row in edition("2021").tables["applications"].rows if row not in FLOWS]
    blank = {f"{row}__total": "" for row in rows}
    assert explain(office(**blank)) == ()
    (explanation,) = explain(office(**blank, granted__natural_person=42))
    assert proposed((explanation,)) == {"granted.natural_person": 24}  # no other figure of the column is 18 or more
    (explanation,) = explain(office(**blank, granted__natural_person=25))
    ways = [explanation, *explanation.alternatives]
    assert explanation.confidence == "weak" and len(ways) == 4  # any result of the column may be the wrong one
    assert {"granted.natural_person": 24} in [proposed((way,)) for way in ways]


def test_a_cell_left_unfilled_is_proposed_to_be_filled() -> None:
    (explanation,) = explain(office(granted__business=""))
    assert explanation.cells[0].printed is None
    assert explanation.message == "表三 第（一）行“予以公开”·商业企业：未填，按行、列合计应为 6（疑为漏填或误填为 0）"


def test_what_was_not_taken_in_or_is_text_is_left_alone() -> None:
    assert explain(office(granted__business="见附件")) == ()
    explanations = explain(office(granted__business="见附件", carried_over__total=7))
    assert proposed(explanations) == {"carried_over.total": 5}


def test_a_row_beyond_the_form_makes_certain_things_likely() -> None:
    sheet = sheet_of(office(granted__natural_person=42))
    sheet.extra_rows["applications", "extra_a"] = "（八）表外事项"
    (explanation,) = diagnose(None, sheet)
    assert explanation.confidence == "likely"


def test_findings_of_other_reports_and_other_checks_are_not_explained() -> None:
    report = office(granted__natural_person=42)
    sheet = sheet_of(report)
    found = reconcile(panel([report]))
    assert diagnose([], sheet) == ()
    assert diagnose(found[found["status"] != "fail"], sheet) == ()
    rows = found[found["rule"] == "T3-ROW-SUM"]
    assert diagnose(rows, sheet)[0].explains == (("T3-ROW-SUM", "granted", "total"),)
    stranger = sheet_of(Report(**{**vars(report), "agency": "other"}))
    assert diagnose(found, stranger) == ()


def test_an_equation_that_was_not_judged_binds_nothing() -> None:
    report = office(granted__natural_person=42, disputes__reconsideration__total=0)
    found = reconcile(panel([report]))
    found.loc[(found["rule"] == "T4-SUM"), "status"] = "not_assessable"
    (explanation,) = diagnose(found, sheet_of(report))
    assert proposed((explanation,)) == {"granted.natural_person": 24} and explanation.confidence == "certain"


def test_findings_one_by_one_say_the_same_as_a_frame() -> None:
    report = office(granted__natural_person=42)
    frame = reconcile(panel([report]))
    lines = [Finding(**{str(name): value for name, value in line.items()}) for line in frame.to_dict("records")]
    assert diagnose(lines, sheet_of(report)) == explain(report)


def test_nothing_is_changed_by_diagnosing() -> None:
    sheet = sheet_of(office(granted__natural_person=42))
    before = dict(sheet.cells)
    diagnose(None, sheet)
    assert sheet.cells == before


def test_the_2014_form_is_explained_too() -> None:
    values = {CellKey("statistics", row, "value"): figure for row, figure in
              {"received": 0, "received_online": 10, "received_by_letter": 5, "replied": 9, "replied_refused": 4,
               "replied_granted": 5, "refused_privacy": 1}.items()}  # fmt: skip
    explanations = diagnose(None, sheet_of(filled_report("demo", 2016, "2014", values)))
    texts = [explanation.message for explanation in explanations]
    assert any(text.startswith("统计表 第（一）行“收到申请数”：填报 0，按分项合计应为 15") for text in texts)
    assert all(explanation.cells for explanation in explanations)


# The forms it is told in ---------------------------------------------------------------------------------------------


def test_json_has_the_cells_the_slip_the_confidence_and_the_alternatives() -> None:
    told = json.loads(json.dumps(as_json(explain(office(disputes__reconsideration__upheld=11))), ensure_ascii=False))
    assert set(told[0]) == {"cells", "slip", "words", "confidence", "message", "alternatives"}
    assert set(told[0]["cells"][0]) == {"table", "row", "column", "printed", "proposed"}
    assert set(told[0]["alternatives"][0]) == {"cells", "slip", "message"}
    assert told[0]["confidence"] in CONFIDENCES and told[0]["slip"] in SLIPS


def test_a_frame_of_findings_says_the_same_as_the_findings() -> None:
    report = office(granted__natural_person=42)
    sheets = read_sheets(panel([report]))
    frame = reconcile(panel([report]))
    assert diagnose(frame, sheets["demo", 2023]) == explain(report)
    assert diagnose_panel(frame, sheets) == {("demo", 2023): explain(report)}
    fine = office()
    assert diagnose_panel(reconcile(panel([fine])), read_sheets(panel([fine]))) == {}


# Published reports ---------------------------------------------------------------------------------------------------


def test_hongze_2023_and_shanghai_2019() -> None:
    archive = Archive()
    reports = panel(archive.read_all(archive.report_ids()))
    explained = diagnose_panel(reconcile(reports), read_sheets(reports))
    assert ("shanghai_government_office", 2019) not in explained
    hongze = explained["hongze", 2023]
    assert proposed(hongze) == {
        "disputes.reconsideration.total": 11,
        "disputes.litigation_after_reconsideration.total": 5,
    }
    assert {explanation.confidence for explanation in hongze} == {"likely"}
    assert hongze[0].message == "表四 “行政复议”·总计：填报 0，按行合计应为 11（疑为漏填或误填为 0）"


# Properties ----------------------------------------------------------------------------------------------------------


@given(balanced_reports(), st.data())
def test_any_single_wrong_cell_of_table_three_is_found_with_its_figure(report: Report, data: st.DataObject) -> None:
    cell = data.draw(st.sampled_from([key for key in report.cells if key.table == "applications"]))
    wrong = data.draw(st.integers(0, 300_000).filter(lambda figure: figure != report.cells[cell].value))
    (explanation,) = explain(with_cells(report, {cell: str(wrong)}))
    assert [(one.key, one.printed, one.proposed) for one in explanation.cells] == [
        (cell, wrong, report.cells[cell].value)
    ]
    assert explanation.confidence == "certain"


def corrupted(report: Report, data: st.DataObject, most: int) -> Report:
    """The report with some figures of tables 三 and 四 changed, some of them blank."""
    cells = [key for key in report.cells if key.table in ("applications", "disputes")]
    chosen = data.draw(st.lists(st.sampled_from(cells), min_size=1, max_size=most, unique=True))
    texts = st.integers(0, 60).map(str) | st.just("") | st.sampled_from(["无", "7", "250000"])
    return with_cells(report, {cell: data.draw(texts) for cell in chosen})


@given(balanced_reports(), st.data())
def test_after_the_proposed_changes_all_that_was_explained_holds(report: Report, data: st.DataObject) -> None:
    blank = data.draw(st.sampled_from([[], ["total"], ["total", "research"]]))
    rows = [row for row in report.edition.tables["applications"].rows if row not in FLOWS]
    report = with_cells(report, dict.fromkeys(cells_of("applications", rows, blank), ""))
    wrong = corrupted(report, data, 3)
    explanations = explain(wrong)
    figures = {cell.key: str(cell.proposed) for explanation in explanations for cell in explanation.cells}
    hopeless = {one for explanation in explanations if not explanation.cells for one in explanation.explains}
    assert failing(with_cells(wrong, figures)) <= hopeless
    assert sorted(map(str, failing(wrong))) == sorted(str(one) for way in explanations for one in way.explains)


@st.composite
def small_applications(draw: st.DrawFn, name: str) -> dict[CellKey, int]:
    """A table 三 that balances, of a few requests: small enough for a solver that computes in floating point."""
    values: dict[CellKey, int] = draw(balanced_applications(edition(name)))
    parts = [key for key in values if key.row not in FLOWS and key.column != "total"]
    small = {key: min(values[key], 12) for key in parts}
    for column in APPLICANTS[:-1]:
        done = sum(figure for key, figure in small.items() if key.column == column)
        over = min(values[CellKey("applications", "carried_over", column)], done)
        for row, figure in zip(FLOWS, (done - over, over, done, 0), strict=True):
            small[CellKey("applications", row, column)] = figure
    for row in {key.row for key in values}:
        small[CellKey("applications", row, "total")] = sum(
            small[key] for key in cells_of("applications", [row], APPLICANTS[:-1])
        )
    return small


@given(st.sampled_from(MODERN), st.data())
def test_the_number_of_changed_cells_is_the_smallest_there_is(name: str, data: st.DataObject) -> None:
    """HiGHS, which knows nothing of our search, needs as many cells; above three we make no guess."""
    values = data.draw(small_applications(name))
    chosen = data.draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=5, unique=True))
    step = st.sampled_from([1, 1, 2, -1, -1, 5, -3, 100])
    wrong = {cell: max(0, values[cell] + data.draw(step)) for cell in chosen}
    sheet = sheet_of(filled_report("demo", 2023, name, {**values, **wrong}))
    block = next(one for one in blocks(sheet.form) if len(one.cells) > 20)
    block, figures = read_block(block, sheet)
    residual = block.residuals(figures)
    least = fewest_by_milp(block, figures)
    found = fewest_changes(block, figures, residual) if any(residual) else [()]
    assert (len(found[0]) if found else None) == (least if least <= 3 else None)


def fewest_by_milp(block: Block, figures: list[float]) -> int:
    """The fewest cells whose change makes the block hold, as a mixed integer programme (HiGHS)."""
    count, bound = len(block.cells), 2 * max(sum(figures), 10)
    matrix = np.zeros((len(block.members), count))
    for row, member in enumerate(block.members):
        for cell, coefficient in member.items():
            matrix[row, cell] = coefficient
    # Up and down by so much, and whether the cell changes at all.
    eye, none = np.eye(count), np.zeros((len(block.members), count))
    lowest = np.minimum(figures, bound)
    constraints = [
        optimize.LinearConstraint(np.hstack([matrix, -matrix, none]), -matrix @ figures, -matrix @ figures),
        optimize.LinearConstraint(np.hstack([eye, 0 * eye, -bound * eye]), -np.inf, 0),
        optimize.LinearConstraint(np.hstack([0 * eye, eye, -np.diag(np.maximum(lowest, 1))]), -np.inf, 0),
    ]
    upper = np.concatenate([np.full(count, bound), lowest, np.ones(count)])
    solved = optimize.milp(
        np.concatenate([np.zeros(2 * count), np.ones(count)]),
        constraints=constraints,
        integrality=np.concatenate([np.zeros(2 * count), np.ones(count)]),
        bounds=optimize.Bounds(np.zeros(3 * count), upper),
        options={"mip_rel_gap": 0},
    )
    assert solved.success, solved.message
    return round(solved.fun)
