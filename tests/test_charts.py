"""Charts: what is drawn is what the reports say, the titles are true, seams and gaps are never bridged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plotly import io as pio
from plotly.graph_objects import Figure
from running import SOAK

from gdgk import charts
from gdgk.archive import Archive, panel
from gdgk.charts.facts import read_years
from gdgk.crosswalk import measures_by_id
from gdgk.form import CellKey, edition, edition_for
from gdgk.indicators import measures
from gdgk.reconciliation import read_sheets, reconcile
from gdgk.report import Head, Report, blank_report, with_cells

DATA = Path(__file__).parent.parent / "data"
QUIET = settings(max_examples=300 if SOAK else 20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SIX = ["予以公开", "部分公开", "不予公开", "无法提供", "不予处理", "其他处理"]
COUNTS = st.integers(0, 120)


@cache
def real(agency: str) -> pd.DataFrame:
    """The panel of an agency of the workbook's own data."""
    archive = Archive(DATA)
    return panel(archive.read_all(archive.report_ids([agency])))


def one(agency: str, year: int) -> pd.DataFrame:
    """One report of it."""
    frame = real(agency)
    return frame[frame["year"] == year]


def report(year: int, cells: dict[str, float | str], form: str = "", agency: str = "synthetic") -> Report:
    """A made-up report that prints these cells (``table.row.column``)."""
    head = Head("合成", "合成", synthetic=True)
    blank = blank_report(agency, year, edition(form) if form else edition_for(year), head)
    return with_cells(blank, {CellKey(*key.split(".")): str(value) for key, value in cells.items()})


def balanced(year: int, results: Sequence[int], carried: int = 0, forward: int = 0, form: str = "") -> Report:
    """A made-up report whose table 三 balances, total column only; results: one for each row of 本年度办理结果."""
    table = (edition(form) if form else edition_for(year)).tables["applications"]
    cells: dict[str, float | str] = dict.fromkeys((f"applications.{row}.total" for row in table.rows), 0)
    for row, value in zip(table.leaves("outcomes"), results, strict=False):
        cells[f"applications.{row.key}.total"] = value
    done = sum(value for key, value in cells.items() if isinstance(value, int))
    carried = min(carried, done + forward)
    cells |= {
        "applications.outcomes_total.total": done,
        "applications.carried_over.total": carried,
        "applications.carried_forward.total": forward,
        "applications.new.total": done + forward - carried,
    }
    return report(year, cells, form)


def disputed(year: int, rows: Sequence[Sequence[int]], form: str = "") -> Report:
    """A made-up report with table 四 filled in: 维持, 纠正, 其他, 未审结 for each of the three lines."""
    cells: dict[str, float | str] = {}
    names = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
    for name, parts in zip(names, rows, strict=True):
        for column, value in zip(("upheld", "corrected", "other_result", "pending"), parts, strict=True):
            cells[f"disputes.{name}.{column}"] = value
        cells[f"disputes.{name}.total"] = sum(parts)
    return report(year, cells, form)


def meta(figure: Any) -> dict[str, Any]:
    """What the page prints around a figure."""
    assert figure is not None
    return figure.layout.meta


def number(text: str) -> float:
    """The figure a cell of the table behind a chart says."""
    return float(re.sub(r"[†,]|（误）", "", text))


def seams(figure: Any) -> list[float]:
    """Where a figure draws its seams."""
    found = [
        shape
        for shape in figure.layout.shapes
        if shape.type == "path" and "pixel" in (shape.xsizemode, shape.ysizemode)
    ]
    return [shape.xanchor if shape.xsizemode == "pixel" else shape.yanchor for shape in found]


def place(figure: Any, year: str) -> float:
    """Where a year stands on the time axis from left to right."""
    axis = figure.layout.xaxis
    return axis.tickvals[list(axis.ticktext).index(year)]


@pytest.mark.parametrize(
    ("agency", "year", "expected"),
    [
        ("suqian", 2023, [1191, 328, 142, 1078, 406, 341]),
        ("suqian", 2024, [1431, 471, 92, 941, 117, 469]),
        ("hongze", 2023, [0, 4, 3, 13, 1, 0]),
        ("shanghai_government_office", 2019, [272, 3, 35, 337, 158, 0]),
    ],
)
def test_six_results_are_the_reports_own(agency: str, year: int, expected: list[int]) -> None:
    figure = charts.result_mix(one(agency, year))
    assert list(figure.data[0].y) == SIX and list(figure.data[0].x) == expected
    rows = meta(figure)["rows"]
    assert [number(row[1]) for row in rows[:6]] == expected and number(rows[6][1]) == sum(expected)
    assert [row[2] for row in rows[:6]] == [f"{100 * value / sum(expected):.1f}%" for value in expected]


def test_reasons_keep_their_zeros_and_the_order_of_the_form() -> None:
    figure = charts.refusal_reasons(one("hongze", 2023))
    assert list(figure.data[0].x) == [1, 0, 0, 0, 0, 1, 1, 0, 10, 3, 0]
    assert [number(row[1]) for row in meta(figure)["rows"]] == list(figure.data[0].x)
    assert meta(figure)["title"] == "不予公开、无法提供共 16 件，10 件因“本机关不掌握”"
    assert "n=16，小样本" in meta(figure)["subtitle"]


def test_flow_carries_every_application_and_names_what_is_zero() -> None:
    figure = charts.flow(one("suqian", 2024))
    assert list(figure.data[0].link.value) == [3525, 121, 1431, 471, 92, 941, 117, 469, 125]
    assert [number(row[1]) for row in meta(figure)["rows"]] == list(figure.data[0].link.value)
    small = charts.flow(one("hongze", 2023))
    assert list(small.data[0].link.value) == [21, 4, 3, 13, 1]
    assert "为 0 的不画：上年结转、予以公开、其他处理、结转下年度" in meta(small)["subtitle"]
    assert meta(small)["title"] == "当年收、当年办结，没有结转"


def test_wrong_totals_are_seen_beside_the_sums() -> None:
    figure = charts.dispute_results(one("hongze", 2023), findings=reconcile(real("hongze")))
    sums = dict.fromkeys(range(3), 0)
    for trace in figure.data[:-1]:
        for line, value in zip(trace.y, trace.x, strict=True):
            sums[line] += value
    assert list(sums.values()) == [11, 0, 5]
    assert list(figure.data[-1].x) == [0, 0, 0] and figure.data[-1].marker.symbol == "diamond-open"
    assert meta(figure)["title"] == "表上总计与分项之和不合：行政复议印 0，分项 11，复议后起诉印 0，分项 5"
    assert [row[-2:] for row in meta(figure)["rows"]] == [["11", "0"], ["0", "0"], ["5", "0"]]
    marked = [word.text for word in figure.layout.annotations if "误" in word.text]
    assert len(marked) == 2 and "误" in meta(figure)["source"]


def test_without_findings_nothing_is_marked() -> None:
    for chart in charts.REPORT_CHARTS:
        figure = chart(one("hongze", 2023))
        assert figure is None or "误" not in figure.to_json().encode().decode("unicode_escape")


def test_blank_tables_give_no_chart() -> None:
    frame = one("mile_culture_tourism", 2020)
    assert [chart(frame) for chart in charts.REPORT_CHARTS] == [None] * len(charts.REPORT_CHARTS)
    assert [chart(frame) for chart in charts.TREND_CHARTS] == [None] * len(charts.TREND_CHARTS)


def test_tables_not_taken_in_give_no_chart() -> None:
    frame = one("suqian", 2025)
    assert [charts.result_mix(frame), charts.refusal_reasons(frame), charts.flow(frame)] == [None] * 3
    assert charts.dispute_results(frame) is not None


def test_an_empty_panel_gives_none_and_two_agencies_are_refused() -> None:
    empty = real("suqian").iloc[:0]
    assert all(chart(empty) is None for chart in (*charts.REPORT_CHARTS, *charts.TREND_CHARTS))
    both = pd.concat([real("suqian"), real("huaian")])
    for chart in charts.TREND_CHARTS:
        with pytest.raises(ValueError, match="one"):
            chart(both)
    with pytest.raises(ValueError, match="years"):
        charts.result_mix(real("suqian"))


def test_volume_draws_what_the_years_say_and_nothing_for_what_they_do_not() -> None:
    figure = charts.volume(real("suqian"))
    assert list(figure.data[0].y) == [3511, 3525, 3830] and list(figure.data[1].y) == [96, 121]
    assert meta(figure)["title"] == "新收逐年上升，2025 年升 8.7%，到 3,830 件"
    assert meta(figure)["rows"][2] == ["2025", "3,830", "未入库", "—", "▲8.7%"]
    assert any("未入库" in word.text and word.x == place(figure, "2025") for word in figure.layout.annotations)


def test_the_mix_of_a_year_not_taken_in_is_an_empty_frame() -> None:
    figure = charts.result_mix_by_year(real("suqian"))
    assert [round(trace.x[1], 1) for trace in figure.data] == [40.6, 13.4, 2.6, 26.7, 3.3, 13.3]
    assert all(len(trace.x) == 2 for trace in figure.data)
    assert [shape.line.dash for shape in figure.layout.shapes].count("dot") == 1
    assert "办理结果未入库" in [word.text for word in figure.layout.annotations]
    assert meta(figure)["title"] == "予以公开与部分公开合计由 2023 年 43.6% 升到 2024 年 54.0%"
    assert meta(figure)["rows"][6] == ["（一）＋（二）", "1,519", "43.6%", "1,902", "54.0%", "未入库", "—"]


def test_reasons_are_a_field_for_each_year() -> None:
    figure = charts.refusal_reasons_by_year(real("suqian"))
    heat, figures = figure.data
    known = [column for column, share in enumerate(heat.z[0]) if share is not None]
    columns = [[number(text) for text in figures.text[start : start + 8]] for start in (0, 8)]
    assert columns == [[0, 27, 6, 38, 20, 9, 21, 21], [2, 1, 4, 17, 21, 11, 23, 13]]
    rows = [[number(cell) for cell in row[1:]] for row in meta(figure)["rows"][:8]]
    assert rows == [list(row) for row in zip(*columns, strict=True)]
    for column, values in zip(known, columns, strict=True):
        assert [row[column] for row in heat.z] == pytest.approx(
            [100 * value / sum(values) for value in values], abs=1e-3
        )
    assert len(heat.x) == len(heat.z[0]) + 1
    assert "未入库" in words_at(figure, "2025")
    assert "法律法规禁止少得最多（27→1）" in meta(figure)["title"]


def words_at(figure: Any, year: str) -> list[str]:
    """What is written at a year."""
    found = (word for word in figure.layout.annotations if word.x == place(figure, year))
    return [word.text.replace("<br>", "") for word in found]


def test_a_reason_in_a_failed_check_is_marked_in_its_field() -> None:
    frame = panel([balanced(2021, [1, 1, 3, 4]), balanced(2022, [1, 1, 5, 4])])
    wrong = {"agency": "synthetic", "year": 2022, "status": "fail", "severity": "error", "rule": "T3-ROW-SUM"}
    wrong["cells"] = ("applications.denied_state_secret.total",)
    figure = charts.refusal_reasons_by_year(charts.readings(read_sheets(frame).values(), [wrong]))
    assert ["误" in text for text in figure.data[1].text].count(True) == 1
    assert meta(figure)["title"] == "不予公开的理由，逐年" and "误" in meta(figure)["source"]


def test_no_refusal_gives_no_field_and_a_year_of_another_form_is_an_empty_frame() -> None:
    assert charts.refusal_reasons_by_year(panel([balanced(2022, [9, 9])])) is None
    rows = edition("2014").tables["statistics"].rows
    old = report(2018, {f"statistics.{row}.value": 40 for row in rows})
    figure = charts.refusal_reasons_by_year(panel([old, balanced(2019, [1, 1, 3, 4])]))
    assert meta(figure)["columns"] == ["理由", "2019"]
    assert any("表式无此项" in word.text.replace("<br>", "") for word in figure.layout.annotations)


def test_applicants_are_those_who_applied() -> None:
    figure = charts.applicants(one("suqian", 2024))
    assert list(figure.data[0].x) == [3440, 75, 0, 1, 6, 3]
    assert meta(figure)["title"] == "新收 3,525 件，自然人最多，占 97.6%"
    assert meta(figure)["rows"][-1] == ["总计", "3,525", "100.0%"]
    over = charts.applicants_by_year(real("suqian"))
    assert [number(row[3]) for row in meta(over)["rows"]] == [3440, 75, 0, 1, 6, 3, 3525]
    assert [round(trace.x[1], 1) for trace in over.data] == [97.6, 2.1, 0.0, 0.0, 0.2, 0.1]


def test_applicants_that_are_not_told_apart_have_no_share() -> None:
    lonely = panel([report(2022, {"applications.new.total": 40}), balanced(2023, [5])])
    assert charts.applicants(lonely[lonely["year"] == 2022]) is None
    assert charts.applicants_by_year(lonely) is None
    wrong = report(2022, {"applications.new.natural_person": 30, "applications.new.total": 40})
    figure = charts.applicants(panel([wrong]))
    assert meta(figure)["title"] == "申请人构成" and "不计占比" in meta(figure)["subtitle"]
    assert "%" not in "".join(figure.data[0].text)


def test_the_backlog_is_what_was_carried_in_and_out() -> None:
    figure = charts.backlog(real("suqian"))
    opening, closing = figure.data
    assert list(opening.y) == [96, 121] and list(closing.y) == [121, 125]
    assert opening.marker.color == "#ffffff" != closing.marker.color
    assert meta(figure)["rows"][1] == ["2024", "3,525", "121", "3,521", "125", "▲4", "99.9%", "3.4%"]
    assert meta(figure)["rows"][2] == ["2025", "3,830", *["未入库"] * 3, "—", "未入库", "未入库"]
    assert "未入库" in words_at(figure, "2025")


def test_a_small_year_has_no_clearance_on_its_chart() -> None:
    figure = charts.backlog(panel([balanced(2022, [9], 3, 5)]))
    assert "%" not in "".join(word.text for word in figure.layout.annotations) + meta(figure)["title"]
    assert meta(figure)["rows"][0][-2:] == ["81.8%，小样本", "35.7%，小样本"]


@QUIET
@given(COUNTS, COUNTS, COUNTS)
def test_the_backlog_title_never_names_a_wrong_direction(handled: int, carried: int, forward: int) -> None:
    frame = panel([balanced(2022, [handled], carried, forward)])
    figure, carried = charts.backlog(frame), min(carried, handled + forward)
    assert (figure is None) == (forward == carried == 0)
    if figure is None:
        return
    title = meta(figure)["title"]
    assert ("增到" in title) == (forward > carried) and ("减到" in title) == (forward < carried)
    assert ("积压不变" in title) == (forward == carried)
    assert "清理比" not in title or handled + forward - carried >= 30


def test_disputes_by_year_add_up_to_the_table() -> None:
    figure = charts.dispute_results_by_year(real("suqian"))
    heights: dict[float, float] = {}
    for trace in figure.data:
        for where, value in zip(trace.x, trace.y, strict=True):
            heights[where] = heights.get(where, 0) + value
    assert [heights[where] for where in sorted(heights)] == [440, 113, 170, 77, 259, 66]
    assert [number(row[-1]) for row in meta(figure)["rows"]] == [440, 113, 170, 77, 259, 66]


def test_correction_rates_carry_wilson_intervals() -> None:
    figure = charts.correction_rates(real("suqian"))
    first = figure.data[0]
    assert round(first.y[0] - first.error_y.arrayminus[0], 2) == 2.58
    assert round(first.y[0] + first.error_y.array[0], 2) == 6.48
    assert meta(figure)["rows"][0] == ["2023", "行政复议", "17", "414", "4.1%", "2.6%—6.5%"]
    direct = next(trace for trace in figure.data if trace.name == "直接起诉")
    assert "lines" not in direct.mode and set(direct.marker.color) == {"#ffffff"}
    assert "不作升降判断" in meta(figure)["title"]


def test_the_stock_is_reckoned_from_year_to_year() -> None:
    figure = charts.normative_stock(real("suqian"))
    assert [row[1:] for row in meta(figure)["rows"]] == [
        ["977（推算）", "109", "489", "—", "597"],
        ["597", "50", "227", "420", "420"],
        ["420", "61", "59", "422", "422"],
    ]
    assert list(figure.data[0].x) == [977, 109, 489, 597, 50, 227, 420, 61, 59, 422]
    assert figure.data[0].marker.color[0] == "#ffffff"
    assert "2022 年末由 597－109＋489 反推" in meta(figure)["source"]
    assert "2022 年末（推算）977 件降到 2025 年末 422 件" in meta(figure)["title"]


def test_the_stock_has_no_opening_that_would_be_negative() -> None:
    cells = {
        f"proactive_disclosure.normative_documents.{name}": value
        for name, value in zip(("issued", "repealed", "in_force"), (9, 0, 5), strict=True)
    }
    figure = charts.normative_stock(panel([report(2021, cells)]))
    assert "推算" not in figure.to_json().encode().decode("unicode_escape")
    assert meta(figure)["rows"] == [["2021", "—", "9", "0", "—", "5"]]


def test_the_seam_nearest_before_the_first_year_is_drawn() -> None:
    for chart in (
        charts.volume,
        charts.correction_rates,
        charts.dispute_results_by_year,
        charts.result_mix_by_year,
        charts.normative_stock,
    ):
        figure = chart(real("suqian"))
        assert len(seams(figure)) == 1
        assert any(word.text.replace("<br>", "") == "表式接缝" for word in figure.layout.annotations)
        assert any("未" in word.text for word in figure.layout.annotations)


def test_no_line_crosses_a_seam_and_a_gap_stays_open() -> None:
    reports = [disputed(year, [(40, 20, 9, 1)] * 3) for year in (2019, 2020, 2021, 2022, 2024)]
    figure = charts.correction_rates(panel(reports))
    inner = seams(figure)
    absent = place(figure, "2023")
    drawn = [trace.x for trace in figure.data if "lines" in trace.mode]
    assert len(inner) == 2 and len(drawn) == 6
    for stretch in drawn:
        assert not any(min(stretch) < border < max(stretch) for border in (*inner, absent))
    assert any(shape.x0 is not None and shape.x0 < absent < shape.x1 for shape in figure.layout.shapes)


def test_a_year_not_in_the_archive_has_no_mark_and_no_zero() -> None:
    figure = charts.volume(panel([balanced(2021, [5] * 6), balanced(2023, [7] * 6)]))
    absent = place(figure, "2022")
    assert all(absent not in (trace.x or ()) for trace in figure.data)
    assert "2022" not in {row[0] for row in meta(figure)["rows"]}
    assert any("未" in word.text and word.x == absent for word in figure.layout.annotations)
    assert "升" not in meta(figure)["title"] and "降" not in meta(figure)["title"]


def test_mixes_are_not_joined_across_a_seam() -> None:
    figure = charts.result_mix_by_year(panel([balanced(2020, [30] * 9), balanced(2021, [40] * 9)]))
    assert len(seams(figure)) == 2
    assert not any(shape.type == "path" and shape.ysizemode != "pixel" for shape in figure.layout.shapes)


def test_zero_results_never_give_a_share() -> None:
    frame = panel([balanced(2022, [])])
    figure = charts.result_mix(frame)
    assert meta(figure)["title"] == "没有办结的申请"
    assert "%" not in "".join(figure.data[0].text) + "".join(cell for row in meta(figure)["rows"] for cell in row)
    assert charts.flow(frame) is None and charts.result_mix_by_year(frame) is None
    assert charts.correction_rates(panel([disputed(2022, [(0, 0, 0, 4)] * 3)])) is None


def test_a_contradicted_total_gives_no_share_and_no_claim() -> None:
    wrong = with_cells(balanced(2022, [9, 5, 4]), {CellKey("applications", "outcomes_total", "total"): "40"})
    figure = charts.result_mix(panel([wrong]))
    assert meta(figure)["title"] == "办理结果构成" and "不计占比" in meta(figure)["subtitle"]
    assert "%" not in "".join(figure.data[0].text)


def test_a_line_with_nothing_but_its_total_contradicts_nothing() -> None:
    frame = panel([report(2022, {"disputes.reconsideration.total": 6, "disputes.litigation_direct.upheld": 2})])
    figure = charts.dispute_results(frame)
    assert meta(figure)["title"] == "行政复议、行政诉讼结果"
    assert meta(figure)["rows"][0] == ["行政复议", "未填报", "未填报", "未填报", "未填报", "—", "6"]


def test_blanks_read_as_zero_carry_the_dagger() -> None:
    figure = charts.result_mix(one("shanghai_government_office", 2019))
    assert "†" in figure.data[0].text[5] and "空格按 0 计，标†" in meta(figure)["source"]
    assert "†" not in charts.result_mix(one("hongze", 2023)).to_json().encode().decode("unicode_escape")


@QUIET
@given(st.lists(COUNTS, min_size=21, max_size=21))
def test_the_mix_title_never_names_a_wrong_maximum(results: list[int]) -> None:
    figure = charts.result_mix(panel([balanced(2022, results)]))
    values = dict(zip(SIX, figure.data[0].x, strict=True))
    title, top = meta(figure)["title"], max(values.values())
    named = [label for label in SIX if label in title]
    first = [label for label in SIX if values[label] == top]
    assert named == (first if len(first) < 3 else []) or top == 0
    if "占" in title:
        assert sum(values.values()) >= 30 and f"{100 * top / sum(values.values()):.1f}%" in title


@QUIET
@given(st.permutations([0, 0, 3, 3, 5, 7, 11, 40]), st.permutations([0, 0, 3, 3, 5, 7, 11, 44]))
def test_the_reasons_title_never_names_a_wrong_direction(before: list[int], after: list[int]) -> None:
    frame = panel([balanced(2021, [1, 1, *before]), balanced(2022, [1, 1, *after])])
    title = meta(charts.refusal_reasons_by_year(frame))["title"]
    assert f"由 {sum(before)} 件升到 {sum(after)} 件" in title
    labels = [row.short for row in edition("2021").tables["applications"].leaves("denied")]
    moves = [new - old for old, new in zip(before, after, strict=True)]
    named = [label for label in labels if f"，{label}多得最多" in title]
    winners = [label for label, move in zip(labels, moves, strict=True) if move == max(moves)]
    assert named == (winners if len(winners) == 1 else [])


@QUIET
@given(st.lists(COUNTS, min_size=2, max_size=5))
def test_the_volume_title_never_names_a_wrong_direction(totals: list[int]) -> None:
    frame = panel([balanced(2021 + place, [total]) for place, total in enumerate(totals)])
    title = meta(charts.volume(frame))["title"]
    old, new = totals[-2:]
    assert ("相同" in title) == (old == new)
    assert ("年升" in title) == (new > old) and ("年降" in title) == (new < old)
    assert "%" not in title or min(old, new) >= 30
    steps = [later - earlier for earlier, later in pairwise(totals)]
    if "逐年上升" in title:
        assert all(step > 0 for step in steps)
    if "逐年下降" in title:
        assert all(step < 0 for step in steps)


@QUIET
@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=6, max_size=6))
def test_the_rates_title_claims_a_change_only_beyond_the_intervals(rows: list[tuple[int, int, int, int]]) -> None:
    figure = charts.correction_rates(panel([disputed(2021, rows[:3]), disputed(2022, rows[3:])]))
    if figure is None:
        return
    (up, corrected, other, _), (new_up, new_corrected, new_other, _) = rows[0], rows[3]
    decided, new_decided = up + corrected + other, new_up + new_corrected + new_other
    title = meta(figure)["title"]
    if "升到" in title:
        assert min(decided, new_decided) >= 30 and new_corrected / new_decided > corrected / decided
    if "降到" in title:
        assert min(decided, new_decided) >= 30 and new_corrected / new_decided < corrected / decided


@QUIET
@given(st.lists(COUNTS, min_size=21, max_size=21), COUNTS, COUNTS)
def test_flow_in_equals_flow_out_for_balanced_reports(results: list[int], carried: int, forward: int) -> None:
    figure = charts.flow(panel([balanced(2022, results, carried, forward)]))
    if figure is None:
        assert sum(results) + forward == 0
        return
    link = figure.data[0].link
    hub = max(link.source)
    into = sum(value for value, target in zip(link.value, link.target, strict=True) if target == hub)
    out = sum(value for value, start in zip(link.value, link.source, strict=True) if start == hub)
    assert into == out == sum(results) + forward
    assert "不等" not in meta(figure)["title"]


def test_the_facts_are_those_of_the_indicators() -> None:
    for agency in Archive(DATA).agencies:
        frame = measures(real(agency))
        for reading in read_years(real(agency)):
            for name, item in measures_by_id().items():
                row = frame[(frame["year"] == reading.year) & (frame["measure"] == name)].iloc[0]
                fact = reading.fact(item)
                assert (fact.value is None) == pd.isna(row["value"]) and (
                    fact.value is None or fact.value == row["value"]
                )
                assert bool(fact.dagger) == row["imputed"]


@pytest.mark.parametrize("agency", ["suqian", "hongze", "shanghai_government_office", "huaian"])
def test_figures_are_small_repeatable_and_whole(agency: str) -> None:
    frame, findings = real(agency), reconcile(real(agency))
    runs = [(chart, frame) for chart in charts.TREND_CHARTS]
    runs += [(chart, frame[frame["year"] == year]) for year in frame["year"].unique() for chart in charts.REPORT_CHARTS]
    for chart, part in runs:
        figure = chart(part, findings=findings)
        if figure is None:
            continue
        said = meta(figure)
        assert figure.to_json() == chart(part, findings=findings).to_json()
        assert len(figure.to_json()) < 7000, chart.__name__
        assert set(said) == {
            "title",
            "subtitle",
            "source",
            "columns",
            "rows",
            "wide",
            "heights",
            "margin_top",
            "narrow",
        }
        assert figure.layout.title.text == said["title"] and figure.layout.margin.t > said["margin_top"]
        assert all(len(row) == len(said["columns"]) for row in said["rows"])
        assert all(isinstance(cell, str) for row in said["rows"] for cell in row)
        assert set(said["heights"]) == {"normal", "narrow"}


def test_every_chart_draws_the_2014_form_or_says_none() -> None:
    rows = edition("2014").tables["statistics"].rows
    frame = panel([report(2016, {f"statistics.{row}.value": 40 for row in rows}), balanced(2019, [50] * 9)])
    old = frame[frame["year"] == 2016]
    assert meta(charts.result_mix(old))["rows"][4][1:] == ["表式无此项", "—"]
    assert [chart(old) for chart in charts.REPORT_CHARTS[1:]] == [None] * (len(charts.REPORT_CHARTS) - 1)
    assert charts.volume(frame).data[0].y == (40, 450)
    assert "表式不同" in meta(charts.result_mix_by_year(frame))["source"]


def sizes(value: Any, inside: str = "") -> list[float]:
    """Every font size in a figure."""
    if isinstance(value, dict):
        own = [float(value["size"])] if "font" in inside and "size" in value else []
        return own + [size for key, item in value.items() for size in sizes(item, key)]
    return [size for item in value for size in sizes(item, inside)] if isinstance(value, list) else []


def test_no_text_is_smaller_than_11_px() -> None:
    figures = [chart(real("suqian")) for chart in charts.TREND_CHARTS]
    figures = [*filter(None, [*figures, *(chart(one("hongze", 2023)) for chart in charts.REPORT_CHARTS)])]
    found = [size for figure in figures for size in sizes(figure.to_plotly_json())]
    assert len(found) > 20 and min(found) >= 11
    assert all(figure.layout.meta["narrow"]["font.size"] >= 11 for figure in figures)


@pytest.mark.soak
@settings(QUIET, max_examples=60 if SOAK else 12)
@given(
    st.lists(st.lists(COUNTS, min_size=21, max_size=21), min_size=1, max_size=3),
    st.lists(st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=3, max_size=3), min_size=3, max_size=3),
)
def test_every_chart_is_a_valid_figure(years: list[list[int]], disputes: list[list[tuple[int, ...]]]) -> None:
    """plotly validates here what is not validated each time a chart is drawn."""
    reports = []
    for year, results, rows in zip(range(2021, 2024), years, disputes, strict=False):
        filled = {key: cell.raw for key, cell in disputed(year, rows).cells.items() if cell.raw}
        stock = {
            CellKey("proactive_disclosure", row, column): "7"
            for _, row, column in (key for key in edition_for(year).cells if key.table == "proactive_disclosure")
        }
        reports.append(with_cells(balanced(year, results), filled | stock))
    drawn = [draw(panel(reports)) for draw in charts.TREND_CHARTS]
    drawn += [draw(panel([reports[-1]])) for draw in charts.REPORT_CHARTS]
    for figure in filter(None, drawn):
        validated = Figure(figure.to_dict())
        assert validated.to_plotly_json() == figure.to_plotly_json()


def test_charts_drawn_of_one_reading_are_those_of_the_panel() -> None:
    frame = one("hongze", 2023)
    found = reconcile(frame)
    read = charts.readings(read_sheets(frame).values(), found.to_dict("records"))
    for draw in charts.REPORT_CHARTS:
        assert draw(read) == draw(frame, findings=found)


def test_a_chart_is_shown_as_plotly_shows_a_figure_changed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_: shown.append(bundle))
    monkeypatch.setattr(pio.renderers, "render_on_display", True)
    monkeypatch.setattr(pio.renderers, "_default_renderers", [pio.renderers["plotly_mimetype"]])
    monkeypatch.setattr(pio.renderers, "_default_name", "plotly_mimetype")
    drawn = charts.result_mix(one("hongze", 2023))
    assert drawn is not None
    ours = Figure(drawn)
    for figure in (drawn, ours):
        figure._ipython_display_()
        figure.update_layout(title_text="另题").add_bar(x=[1, 2], y=np.array([3, 4]))
        figure._ipython_display_()
    plain, changed, plotlys, plotlys_changed = (bundle["application/vnd.plotly.v1+json"] for bundle in shown)
    assert plain == plotlys
    assert "dtype" in plotlys_changed["data"][-1]["y"] and changed["data"][-1]["y"] == [3, 4]
    plotlys_changed["data"][-1]["y"] = [3, 4]
    assert changed == plotlys_changed
    # What a renderer does with what it is given is not done to the figure.
    assert drawn.to_dict() == ours.to_dict()
