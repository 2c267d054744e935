"""Channels: what a report says of 网站, 微博, 微信, 抖音 is drawn as it says it, and what does not compare is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from plotly.graph_objects import Figure

from gdgk import charts
from gdgk.archive import Archive, ReportId, panel
from gdgk.claims import facts
from gdgk.claims.publishing import ALL, Post, posts
from gdgk.form import edition_for
from gdgk.reconciliation import read_sheets
from gdgk.report import Head, Report, blank_report

ROOT = Path(__file__).parent.parent
MILE = ReportId("mile_culture_tourism", 2020)
# The published report of 2025: items on the site, items on five platforms together, how often those were read.
FIGURES = (40, 1124, 5_190_000)


def saying(text: str, year: int = 2025, agency: str = MILE.agency) -> Report:
    """A synthetic report whose overview says this, its tables blank."""
    blank = blank_report(agency, year, edition_for(year), Head("合成", "合成数据，仅供测试", synthetic=True))
    return replace(blank, narrative=f"# 合成\n\n## 一、总体情况\n\n{text}\n")


def merged_year() -> Report:
    """A synthetic report with the figures of 2025, in words of its own."""
    site, items, read = FIGURES
    return saying(
        f"在政府网站公开信息{site}条。通过新媒体平台发布图文及视频{items}条次，阅读量达{read // 10_000}万次。"
    )


def said(text: str) -> dict[tuple[str, str], float]:
    """Kind and channel → figure."""
    return {(post.kind, post.channel): post.number for post in posts(facts(saying(text)), 2025)}


def drawn(*reports: Report, findings: Any = ()) -> Any:
    """The chart over some reports."""
    sheets = read_sheets(panel(reports)).values()
    return charts.channels(charts.readings(sheets, findings, reports))


def words(figure: Any) -> list[str]:
    """What is written across the chart."""
    return [word.text for word in figure.layout.annotations]


@pytest.fixture(scope="module")
def mile() -> Report:
    """弥勒市文化和旅游局 2020, which counts its platforms one by one."""
    return Archive(ROOT / "data").read(MILE)


def test_the_published_report_counts_each_platform(mile: Report) -> None:
    got = {(post.kind, post.channel): (post.number, post.exact, post.merged) for post in posts(facts(mile), 2020)}
    assert got == {
        ("posts", "网站"): (86, True, False),
        ("posts", "微博"): (125, True, False),
        ("posts", "微信"): (453, True, False),
        ("posts", "抖音"): (64, True, False),
        ("posts", ALL): (1118, True, True),
        ("people", "微博"): (153_900, False, False),
        ("people", "微信"): (190_000, False, False),
        ("people", "抖音"): (893_100, False, False),
        ("people", ALL): (1_246_000, False, True),
    }


def test_the_figures_of_2025_are_those_of_the_corpus(corpus: Path) -> None:
    text = (corpus / "facts" / "弥勒市_文化和旅游局_2025.json").read_text(encoding="utf-8")
    listed = {item["refers_to"]: item["number"] for item in json.loads(text)["claims"]}
    names = ("government website items", "five new-media platforms together", "reads of those 1124")
    assert tuple(listed[name] for name in names) == FIGURES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("微信公众号和微博共发布信息300条。", {("posts", "微信、微博"): 300}),
        ("微信、微博分别发布信息1408条、6502条。", {("posts", "微信"): 1408, ("posts", "微博"): 6502}),
        ("微信、微博、抖音分别发布信息1408条、6502条。", {}),
        ("抖音发布视频95条，播放量120万次。", {("posts", "抖音"): 95, ("times", "抖音"): 1_200_000}),
        ("微信公众号发布信息10条。微信公众号发布信息20条。", {("posts", "微信"): 10}),
        ("2024年微信发布信息100条。", {}),
        ("微信公众号举办活动6次。微信公众号新增推文30篇。", {}),
        ("收到政府信息公开申请3件。", {}),
        ("", {}),
    ],
)
def test_a_figure_is_of_the_channel_that_its_sentence_names(text: str, expected: dict[tuple[str, str], float]) -> None:
    assert said(text) == expected


def test_platforms_counted_together_are_marked_and_not_compared(mile: Report) -> None:
    figure = drawn(mile, merged_year())
    assert figure.layout.meta["title"] == "2020 年与 2025 年口径不同（分平台、多平台合并），发布量不能直接比较"
    assert words(figure).count("多平台合并计数，前后不可比") == 1
    assert "表式接缝" in words(figure) and "2021—2024 未入库" in words(figure)
    bars = dict(zip(figure.data[0].y, figure.data[0].marker.pattern.shape, strict=True))
    labels = dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True))
    assert {labels[place] for place, shape in bars.items() if shape} == {ALL, "新媒体"}
    assert [row for row in figure.layout.meta["rows"] if row[0] == "2025"] == [
        ["2025", "发布", "网站", "40", "条", "单一渠道"],
        ["2025", "发布", "新媒体", "1,124", "条次", "多平台合并"],
        ["2025", "阅读、播放", "新媒体", "5,190,000", "次", "多平台合并"],
    ]


def test_lengths_compare_within_one_kind(mile: Report) -> None:
    figure = drawn(mile, merged_year())
    assert max(figure.data[0].x) == 1
    said_posts = {text: length for text, length in zip(figure.data[0].text, figure.data[0].x, strict=True)}
    assert said_posts["<b>453</b> 条"] == pytest.approx(453 / 1124, abs=1e-4)
    assert said_posts["约 <b>893,100</b> 人"] == pytest.approx(893_100 / 1_246_000, abs=1e-4)


def test_one_year_names_the_channel_with_the_most_items(mile: Report) -> None:
    assert drawn(mile).layout.meta["title"] == "写明条数的渠道里微信发布最多，453 条"
    for text in (
        "微信发布信息20条。抖音发布视频20条。",
        "微信发布信息20余条。抖音发布视频10条。",
        "微信发布信息20条。",
    ):
        assert drawn(saying(text)).layout.meta["title"] == "发布渠道：条数、受众与阅读"


def test_a_sum_that_its_parts_do_not_make_is_told(mile: Report) -> None:
    assert "2020 年发布合计写 1,118，所列各渠道共 728" in drawn(mile).layout.meta["source"]
    equal = saying("微信发布信息20条。抖音发布视频10条。通过各类平台共计发布信息30条。")
    assert {post.channel for post in posts(facts(equal), 2025)} == {"微信", "抖音", ALL}
    assert "合计写" not in drawn(equal).layout.meta["source"]


def test_years_that_count_alike_have_no_mark() -> None:
    both = [saying("微信发布信息20条。抖音发布视频10条。", year) for year in (2023, 2024)]
    figure = drawn(*both)
    assert figure.layout.meta["title"] == "发布渠道：条数、受众与阅读"
    assert not any("不可比" in word or "接缝" in word for word in words(figure))


def test_a_year_that_says_nothing_is_told_as_such() -> None:
    figure = drawn(saying("微信发布信息20条。", 2023), saying("", 2024))
    assert "报告未写" in words(figure)
    assert drawn(saying("")) is None


def test_a_figure_that_a_check_contradicts_is_marked() -> None:
    report = saying("微信发布信息20条。抖音发布视频10条。")
    span = posts(facts(report), 2025)[0].span
    finding = {"agency": report.agency, "year": 2025, "status": "fail", "severity": "error"}
    finding |= {"rule": "N-SUM", "cells": (), "span": span}
    figure = drawn(report, findings=[finding])
    assert ["误" in text for text in figure.data[0].text] == [True, False]
    assert figure.layout.meta["title"] == "发布渠道：条数、受众与阅读" and "误" in figure.layout.meta["source"]


def test_without_prose_there_is_no_chart(mile: Report) -> None:
    assert charts.channels(panel([mile])) is None
    assert charts.channels([]) is None


def test_the_chart_is_a_valid_figure_and_repeatable(mile: Report) -> None:
    figure = drawn(mile, merged_year())
    assert Figure(figure.to_dict()).to_plotly_json() == figure.to_plotly_json()
    assert figure.to_json() == drawn(mile, merged_year()).to_json()
    assert len(figure.to_json()) < 9000
    assert all(isinstance(cell, str) for row in figure.layout.meta["rows"] for cell in row)


def test_a_post_stands_where_the_report_says_it(mile: Report) -> None:
    for post in posts(facts(mile), 2020):
        assert isinstance(post, Post)
        start, end = post.span
        assert any(sign.isdigit() for sign in mile.narrative[start:end])
