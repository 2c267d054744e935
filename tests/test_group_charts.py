"""Charts of many agencies and the page of a region: titles are true, small samples are hollow, gaps are said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.graph_objects import Figure
from strategies import filled_report, report_of

from gdgk.archive import Archive, panel
from gdgk.charts import (
    GROUP_CHARTS,
    Group,
    Party,
    correction_funnel,
    litigation_funnel,
    peer_band,
    readings,
    volume_by_agency,
)
from gdgk.charts.funnel import INNER, Point, beyond
from gdgk.charts.group import quartiles
from gdgk.errors import GdgkError
from gdgk.form import CellKey
from gdgk.indicators import INDICATORS
from gdgk.markup import Fragment
from gdgk.pages import RegionTrendPage, TrendPage, trends_of
from gdgk.reconciliation import read_sheets
from gdgk.report import Report

Made = Callable[..., Archive]
BUREAU = "市政府部门"


def applied(agency: str, year: int, granted: int, denied: int = 0, form: str = "2021") -> Report:
    """A report with so many applications granted and refused, all of natural persons; its tables balance."""
    rows = {
        "new": granted + denied,
        "granted": granted,
        "denied_internal": denied,
        "outcomes_total": granted + denied,
    }
    columns = ("natural_person", "total")
    values = {CellKey("applications", row, column): rows[row] for row, column in product(rows, columns)}
    return filled_report(agency, year, form, values)


def reviewed(agency: str, upheld: int, corrected: int, year: int = 2023, row: str = "reconsideration") -> Report:
    """A report with reviews decided, or suits."""
    cells = {"upheld": upheld, "corrected": corrected, "total": upheld + corrected}
    return filled_report(agency, year, "2021", {CellKey("disputes", row, name): value for name, value in cells.items()})


def group(*reports: Report, focus: str = "", findings: Sequence[Any] = ()) -> Group:
    """The agencies of some reports, all of one kind."""
    sheets = read_sheets(panel(reports)) if reports else {}
    parties = []
    for agency in dict.fromkeys(report.agency for report in reports):
        own = [sheet for (name, _), sheet in sheets.items() if name == agency]
        read = {one.year: one for one in readings(own, findings)}
        parties.append(Party(agency, f"{agency}局", BUREAU, "prefecture", read))
    return Group("测试市人民政府", tuple(parties), focus)


def drawn(figure: Figure | None) -> Figure:
    """A figure that plotly takes whole."""
    assert figure is not None
    return Figure(figure.to_dict())


def rows(figure: Figure) -> list[list[str]]:
    """The table behind a chart."""
    return figure.layout.meta["rows"]


def failing(agency: str, year: int, cell: str) -> dict[str, Any]:
    """A finding of severity error on a cell."""
    found = {"rule": "T3-ROW-SUM", "status": "fail", "severity": "error", "cells": (cell,), "span": None}
    return {**found, "agency": agency, "year": year}


# Nothing to draw -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", GROUP_CHARTS)
def test_of_nobody_of_blank_tables_and_of_unknown_cells_nothing_is_drawn(
    draw: Callable[[Group], Figure | None],
) -> None:
    assert draw(group()) is None
    blank = [report_of(name, 2023, "2021", {}) for name in "abcdef"]
    assert draw(group(*blank)) is None
    unknown = [report_of(name, 2023, "2021", dict.fromkeys(blank[0].cells, "?")) for name in "abcdef"]
    assert draw(group(*unknown)) is None


@pytest.mark.parametrize("draw", GROUP_CHARTS)
def test_a_name_is_text_in_every_chart(draw: Callable[[Group], Figure | None]) -> None:
    reports = [replace(applied(name, 2023, 40 + at), agency=name) for at, name in enumerate("abcdef")]
    kinds = ("reconsideration", "litigation_direct")
    disputes = [reviewed(name, 40, 9 * at, row=kinds[at % 2]) for at, name in enumerate("abcdef")]
    merged = [
        replace(one, cells={**one.cells, **{key: other.cells[key] for key in one.cells if key.table == "disputes"}})
        for one, other in zip(reports, disputes, strict=True)
    ]
    made = group(*merged, focus="a")
    named = replace(made, parties=tuple(replace(one, name="<b>局</b>&") for one in made.parties))
    figure = drawn(draw(named))
    inner = [str(word.text) for word in figure.layout.annotations] + [
        str(text) for trace in figure.data for text in (trace.customdata if trace.customdata is not None else ())
    ]
    assert not [text for text in inner if "<b>局" in text]


# Small multiples -----------------------------------------------------------------------------------------------------


def test_each_agency_has_a_panel_and_a_year_that_is_not_here_is_grey() -> None:
    figure = drawn(volume_by_agency(group(applied("a", 2022, 4), applied("a", 2023, 5), applied("b", 2023, 7))))
    assert [list(trace.y) for trace in figure.data] == [[4, 5], [7]]
    assert rows(figure) == [["a局", "4", "5"], ["b局", "未入库", "7"]]
    grey = [shape for shape in figure.layout.shapes if shape.fillcolor]
    assert [shape.xref for shape in grey] == ["x2"]
    assert figure.layout.meta["title"] == "各机关本年新收申请，逐年", "of one agency alone nothing is counted"


def test_a_seam_between_the_years_is_drawn_in_every_panel() -> None:
    old = [applied(name, 2020, 3, form="2019") for name in "ab"]
    figure = drawn(volume_by_agency(group(*old, *(applied(name, 2021, 4) for name in "ab"))))
    lines = [shape for shape in figure.layout.shapes if shape.line.width]
    assert [shape.xref for shape in lines] == ["x", "x", "x2", "x2"]
    assert "表式接缝" in figure.layout.meta["source"]


def test_a_tainted_figure_is_marked_and_not_counted_in_the_title() -> None:
    reports = [applied(name, year, 4 + year % 7) for name in "abc" for year in (2022, 2023)]
    wrong = [failing("b", 2023, "applications.new.total")]
    figure = drawn(volume_by_agency(group(*reports, findings=wrong)))
    assert figure.layout.meta["title"].startswith("2023 年新收申请：2 个可比机关")
    assert rows(figure)[1][-1].endswith("（误）")
    assert [word.text for word in figure.layout.annotations if "误" in word.text]


def test_of_many_agencies_the_largest_have_panels_and_all_are_in_the_table() -> None:
    figure = drawn(volume_by_agency(group(*(applied(f"a{at:02}", 2023, at) for at in range(40)))))
    assert len(figure.data) == 24 and len(rows(figure)) == 40
    assert min(trace.y[0] for trace in figure.data) == 16
    assert "另有 16 个机关见表" in figure.layout.meta["subtitle"]
    narrow = figure.layout.meta["narrow"]
    assert narrow["xaxis2.domain"][1] == 1 and narrow["xaxis3.domain"][0] == 0


# Funnel --------------------------------------------------------------------------------------------------------------


def test_only_a_large_sample_beyond_the_outer_limits_is_named() -> None:
    usual = [reviewed(name, 90, 10) for name in "abcd"]
    figure = drawn(correction_funnel(group(*usual, reviewed("e", 2, 3))))
    assert figure.layout.meta["title"] == "审结满 30 件的 4 个机关，复议纠错率都在 99.8% 界限之内"
    marks = figure.data[-1]
    assert list(marks.marker.color)[-1] == "#ffffff" and len(set(list(marks.marker.color)[:4])) == 1
    figure = drawn(correction_funnel(group(*usual, reviewed("e", 60, 40))))
    assert figure.layout.meta["title"] == "e局的复议纠错率越出 99.8% 界限"
    assert rows(figure)[-1][-1] == "越出 99.8%"


def test_small_samples_alone_are_not_judged_and_who_has_no_case_is_listed() -> None:
    figure = drawn(correction_funnel(group(reviewed("a", 3, 3), reviewed("b", 0, 0))))
    assert "不作判断" in figure.layout.meta["title"]
    assert rows(figure)[-1] == ["b局", "—", "—", "—", "—", "分母为 0，不算"]


def test_suits_have_a_funnel_of_their_own_of_both_kinds_together() -> None:
    usual = [reviewed(name, 90, 10, row="litigation_direct") for name in "abc"]
    both = reviewed("e", 45, 30, row="litigation_direct")
    later = reviewed("e", 15, 10, row="litigation_after_reconsideration")
    key = ("litigation_after_reconsideration",)
    both = replace(both, cells={**both.cells, **{one: later.cells[one] for one in both.cells if one.row in key}})
    assert correction_funnel(group(*usual, both)) is None, "none of them was reviewed"
    figure = drawn(litigation_funnel(group(*usual, both)))
    assert figure.layout.meta["title"] == "e局的诉讼纠错率越出 99.8% 界限"
    assert rows(figure)[-1][1:4] == ["40", "100", "40.0%"]


def test_a_tainted_agency_is_shown_and_left_out_of_the_common_rate() -> None:
    usual = [reviewed(name, 90, 10) for name in "abc"]
    wrong = [failing("e", 2023, "disputes.reconsideration.corrected")]
    figure = drawn(correction_funnel(group(*usual, reviewed("e", 0, 100), findings=wrong)))
    assert "全体 10.0%" in figure.layout.meta["subtitle"]
    assert "都在 99.8% 界限之内" in figure.layout.meta["title"]
    assert any("误" in word.text for word in figure.layout.annotations)


@given(st.integers(1, 400), st.data())
def test_an_agency_lies_beyond_the_limits_where_its_interval_does_not_hold_the_rate(
    n: int, data: st.DataObject
) -> None:
    corrected = data.draw(st.integers(0, n))
    share = data.draw(st.integers(1, 99)) / 100
    (party,) = group(reviewed("a", n - corrected, corrected)).parties
    value = INDICATORS["reconsideration_correction_rate"].at(party.reports[2023].sheet)
    if min(abs(value.low - 100 * share), abs(value.high - 100 * share)) > 1e-6:
        assert beyond(Point(party, value, False), share, INNER) is not (value.low <= 100 * share <= value.high)


# Peers ---------------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 100), min_size=5, max_size=40))
def test_quartiles_part_the_peers(values: list[int]) -> None:
    low, middle, high = quartiles(values) or (0, 0, 0)
    assert min(values) <= low <= middle <= high <= max(values)
    assert sum(value <= middle for value in values) >= len(values) / 2
    assert sum(value >= middle for value in values) >= len(values) / 2
    assert quartiles(reversed(values)) == (low, middle, high)


def test_fewer_than_five_peers_have_no_quartiles() -> None:
    assert quartiles([1, 2, 3, 4]) is None
    assert peer_band(group(*(applied(name, 2023, 40) for name in "abcd"))) is None


@pytest.mark.parametrize(("granted", "where"), [(99, "高于同类 P75"), (1, "低于同类 P25"), (52, "在同类 P25—P75 之间")])
def test_an_agency_is_placed_among_its_peers(granted: int, where: str) -> None:
    peers = [applied(name, 2023, 50 + at, 50 - at) for at, name in enumerate("abcde")]
    figure = drawn(peer_band(group(*peers, applied("own", 2023, granted, 100 - granted), focus="own")))
    assert where in figure.layout.meta["title"] and figure.layout.meta["title"].startswith("own局")
    assert "市政府部门（市级） 6 个" in figure.layout.meta["source"]


def test_a_small_sample_is_shown_hollow_and_neither_judged_nor_counted() -> None:
    peers = [applied(name, 2023, 50 + at, 50 - at) for at, name in enumerate("abcde")]
    figure = drawn(peer_band(group(*peers, applied("own", 2023, 9, 1), focus="own")))
    assert "不与同类比较高低" in figure.layout.meta["title"]
    assert rows(figure)[0][4] == "5" and "小样本" in rows(figure)[0][5]
    assert list(figure.data[-1].marker.color) == ["#ffffff"]


def test_nothing_joins_two_years_so_nothing_crosses_a_seam() -> None:
    reports = [applied(name, 2020, 50 + at, 50 - at, "2019") for at, name in enumerate("abcde")]
    reports += [applied(name, 2021, 50 + at, 50 - at) for at, name in enumerate("abcde")]
    figure = drawn(peer_band(group(*reports, focus="a")))
    assert {trace.mode for trace in figure.data} == {"markers"}
    seams = [shape for shape in figure.layout.shapes if shape.type == "path"]
    assert len(seams) == 2


# The page ------------------------------------------------------------------------------------------------------------

LINES = [
    "city,测试市人民政府,,设区的市政府,530100,,,,",
    "office,测试市人民政府办公室,,政府办公室,530100,city,,,",
    *(f"{name},测试市{name}局,,{BUREAU},530100,city,,," for name in "abcdef"),
    "gone,测试市旧局,,市政府部门,530100,city,,,2022",
]


def shown(page: RegionTrendPage) -> tuple[list[Figure], str]:
    """The figures of a page, and the words in their place."""
    pieces = page.charts()
    words = "".join(piece.html for piece in pieces if isinstance(piece, Fragment))
    return [piece for piece in pieces if not isinstance(piece, Fragment)], words


def test_a_region_without_its_own_report_is_drawn_by_the_years_that_are_complete(make_archive: Made) -> None:
    archive = make_archive(*LINES)
    for name, year in product(["office", *"abcdef"], (2022, 2023)):
        archive.write(applied(name, year, 40))
    archive.write(applied("gone", 2022, 40))
    page = trends_of("a", "city", 0, str(archive.root))
    assert isinstance(page, RegionTrendPage)
    figures, words = shown(page)
    assert {figure.layout.meta["rows"][0][0] for figure in figures} and len(figures) >= 3
    assert "各年均已齐" in page.chain().html
    assert "复议纠错率" in words
    grid = page.ribbon().html
    assert "无此机关" in grid and "未入库</td>" not in grid and "◆ 测试市a局" in grid
    assert "8/8" in grid and "7/7" in grid


def test_years_that_are_not_complete_are_not_made_a_course(make_archive: Made) -> None:
    archive = make_archive(*LINES)
    for name in "ab":
        archive.write(applied(name, 2023, 40))
    page = RegionTrendPage("city", 0, str(archive.root))
    figures, words = shown(page)
    assert len(figures) == 1
    assert "各年的合计都不全" in words and "同类比较" in words
    assert "未入库</td>" in page.ribbon().html and "2/7" in page.ribbon().html


def test_the_regions_own_reports_are_its_course(make_archive: Made) -> None:
    archive = make_archive(*LINES)
    for name in ("city", "office", "a"):
        archive.write(applied(name, 2023, 40))
    page = RegionTrendPage("city", 0, str(archive.root), "nobody")
    figures, words = shown(page)
    assert "据该区域自己的年度报告（2023 年）" in page.chain().html
    assert figures[0].layout.meta["rows"] and "nobody 不是测试市人民政府直接所属的机关" in words
    assert page.masthead().meta["title"] == "测试市人民政府所属机关 2023 年趋势"


def test_an_agency_alone_has_its_own_page_and_what_is_no_region_is_one_line(make_archive: Made) -> None:
    archive = make_archive(*LINES)
    archive.write(applied("a", 2023, 40))
    assert isinstance(trends_of("a", "", 0, str(archive.root)), TrendPage)
    for region, year in (("a", 0), ("nowhere", 0), ("city", 2019)):
        with pytest.raises(GdgkError) as error:
            trends_of("", region, year, str(archive.root))
        assert "\n" not in str(error.value)
