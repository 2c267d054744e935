"""What the prose says of channels (网站, 微博, 微信 …): what was published, who follows, how often it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import Drawn, Reading, read_years, source
from gdgk.charts.style import (
    EDGES,
    HUES,
    INK,
    INK2,
    INK3,
    NARROW,
    NORMAL,
    SUNK,
    Chart,
    count,
    error_mark,
    points,
    reach,
)
from gdgk.charts.years import SEAM
from gdgk.claims.publishing import ALL, KINDS, Post, kind_label

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go

UNITS = {"posts": "条、篇", "people": "人", "times": "次、人次"}
SITE = "网站"
UNLIKE = "多平台合并计数，前后不可比"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the chart: a bar of ``post``, or words across it (look: ``kind``, ``year``, ``seam``, ``field``,
    ``unlike``).
    """

    label: str
    look: str
    post: Post | None = None
    wrong: bool = False
    length: float = 0
    text: str = ""


def channels(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """What reports say of each channel, by kind of figure and year; hatched where platforms are counted together.

    Needs the prose: drawn from :func:`gdgk.charts.readings` over reports, None for a panel. Every edition. Lengths
    compare within one kind only. None when no report says a figure.
    """
    years = read_years(panel, findings)
    reports = [report for report in years if report.posts]
    if not reports:
        return None
    lines = [line for kind in KINDS for line in block(kind, years)]
    drawn = [line for line in lines if line.post]
    ends = [
        reach([line.length for line in drawn], [line.text for line in drawn], width - 96) for width in (NORMAL, NARROW)
    ]
    shapes, words = across(lines)
    unlike = merges(years)
    return Chart(
        title=channels_title(reports, unlike),
        subtitle="报告正文写明的发布条数、受众人数、阅读播放次数；斜纹为多平台合并；长短只在同一类内比较",
        source=source(
            f"{'、'.join(str(report.year) for report in reports)} 年报告正文，每个渠道取首次写明的数",
            *(f"{before} 年与 {after} 年口径不同：{UNLIKE}" for before, after in unlike),
            *(said for report in reports for said in sums_apart(report)),
            "“约”为原文写“余”“多”" if any(not line.post.exact for line in drawn if line.post) else "",
            "标“误”的数字与表格或合计不合，见核对结果" if any(line.wrong for line in drawn) else "",
        ),
        columns=["年", "类别", "渠道", "数量", "单位", "口径"],
        rows=[row(report, post) for report in reports for post in report.posts],
        height=16 + 21 * len(lines),
        data=[bars_of(lines)],
        layout={
            "xaxis": {"visible": False, "range": [0, round(ends[0], 3)]},
            "yaxis": {
                "range": [len(lines) - 0.4, -0.6],
                "tickvals": [place for place, line in enumerate(lines) if line.label],
                "ticktext": [
                    f"<b>{line.label}</b>" if line.look == "year" else line.label for line in lines if line.label
                ],
            },
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 88, "r": 8, "t": 6, "b": 4},
        narrow={"xaxis.range": [0, round(ends[1], 3)]},
    ).figure()


def block(kind: str, years: Sequence[Reading]) -> Iterator[Line]:
    """The lines of one kind of figure; none where no year says one."""
    said = {report.year: [post for post in report.posts if post.kind == kind] for report in years}
    highest = max((post.number for own in said.values() for post in own), default=0)
    if not any(said.values()):
        return
    yield Line("", "kind", text=f"{kind_label(kind)}（{UNITS[kind]}）")
    unlike = merges(years) if kind == "posts" else []
    for place, report in enumerate(years):
        if place:
            yield from between(years[place - 1], report, unlike)
        if len(years) > 1:
            yield Line(str(report.year), "year", text="" if said[report.year] else "报告未写")
        for post in said[report.year]:
            wrong = any(start < post.span[1] and post.span[0] < end for start, end in report.doubted)
            length = post.number / highest if highest else 0.0
            yield Line(post.channel, "bar", post, wrong, length, f"{said_number(post)}{error_mark(wrong)}")


def between(before: Reading, after: Reading, unlike: Sequence[tuple[int, int]]) -> Iterator[Line]:
    """What lies between two reports: years that are not here, a seam, a change of what is counted."""
    if after.year > before.year + 1:
        span = f"{before.year + 1}—{after.year - 1}" if after.year > before.year + 2 else str(before.year + 1)
        yield Line("", "field", text=f"{span} 未入库")
    if before.sheet.form.family != after.sheet.form.family:
        yield Line("", "seam", text=SEAM)
    if (before.year, after.year) in unlike:
        yield Line("", "unlike", text=UNLIKE)


def merges(years: Sequence[Reading]) -> list[tuple[int, int]]:
    """The neighbouring reports of which one counts platforms together that the other counts one by one."""
    return [
        (before.year, after.year) for before, after in pairwise(years) if mixed(before, after) or mixed(after, before)
    ]


def mixed(one: Reading, other: Reading) -> bool:
    """Whether a report counts platforms together of which the other has at least one by itself and it has not."""
    together = any(post.merged and post.channel != ALL for post in one.posts if post.kind == "posts")
    return together and bool(platforms(other) - platforms(one))


def platforms(report: Reading) -> set[str]:
    """The platforms but the site whose items a report counts one by one."""
    return {post.channel for post in report.posts if post.kind == "posts" and not post.merged} - {SITE}


def sums_apart(report: Reading) -> Iterator[str]:
    """Where a report's own sum of all platforms is not what the platforms that it counts one by one add up to."""
    for kind in KINDS:
        own = [post for post in report.posts if post.kind == kind]
        parts = sum(post.number for post in own if not post.merged)
        for whole in (post for post in own if post.channel == ALL):
            if parts and parts != whole.number and all(post.exact for post in own):
                name = kind_label(kind)
                yield f"{report.year} 年{name}合计写 {count(whole.number)}，所列各渠道共 {count(parts)}"


def said_number(post: Post) -> str:
    """The figure with its unit; 约 where the report says 余."""
    number = count(post.number) if float(post.number).is_integer() else f"{post.number:,}"
    return f"{'' if post.exact else '约 '}<b>{number}</b> {post.unit}".rstrip()


def row(report: Reading, post: Post) -> list[str]:
    """A figure in the table behind the chart."""
    about = "" if post.exact else "约 "
    scope = "多平台合并" if post.merged else "单一渠道"
    return [
        str(report.year),
        kind_label(post.kind),
        post.channel,
        f"{about}{count(post.number)}",
        post.unit or "—",
        scope,
    ]


def bars_of(lines: Sequence[Line]) -> dict[str, Any]:
    """The bars, one hue for each kind, hatched where several platforms are counted together."""
    shown = [(place, line, line.post) for place, line in enumerate(lines) if line.post]
    hues = [(0, 1, 3)[KINDS.index(post.kind)] for _, _, post in shown]
    return {
        "type": "bar",
        "orientation": "h",
        "y": [place for place, _, _ in shown],
        "x": [points(line.length) for _, line, _ in shown],
        "width": 0.66,
        "marker": {
            "color": [HUES[hue] for hue in hues],
            "line": {"color": [EDGES[hue] for hue in hues], "width": [1 if line.length else 0 for _, line, _ in shown]},
            "pattern": {
                "shape": ["/" if post.merged else "" for _, _, post in shown],
                "bgcolor": "#ffffff",
                "size": 6,
                "solidity": 0.4,
            },
        },
        "text": [line.text for _, line, _ in shown],
        "textposition": "outside",
        "cliponaxis": False,
        "constraintext": "none",
        "textfont": {"size": 12, "color": INK},
        "hovertemplate": "%{text}<extra></extra>",
    }


def across(lines: Sequence[Line]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Headings of the kinds, grey fields, seams and changes of what is counted, with their words."""
    shapes: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for place, line in enumerate(lines):
        middle = {"xref": "paper", "x": 0.5, "y": place, "text": line.text}
        if line.look == "kind":
            words.append({**middle, "x": 0, "xanchor": "left", "xshift": -84, "text": f"<b>{line.text}</b>"})
        elif line.look == "year" and line.text:
            words.append({**middle, "x": 0, "xanchor": "left", "xshift": 6, "font": {"color": INK3}})
        elif line.look == "field":
            whole = {"xref": "paper", "x0": 0, "x1": 1, "y0": place - 0.45, "y1": place + 0.45}
            shapes.append({**whole, "fillcolor": SUNK, "line": {"width": 0}, "layer": "below"})
            words.append({**middle, "font": {"color": INK3}})
        elif line.look in ("seam", "unlike"):
            double = "M0,-2L1,-2M0,2L1,2" if line.look == "seam" else "M0,0L1,0"
            dash = {"width": 1, "color": INK} if line.look == "seam" else {"width": 1.4, "color": INK2, "dash": "dash"}
            path = {"type": "path", "path": double, "xref": "paper", "ysizemode": "pixel", "yanchor": place}
            shapes.append({**path, "line": dash})
            words.append({**middle, "bgcolor": "#ffffff", "font": {"color": INK2}})
    return shapes, words


def channels_title(reports: Sequence[Reading], unlike: Sequence[tuple[int, int]]) -> str:
    """That years are not like for like; of one year the channel with the most items; else what is shown."""
    if unlike:
        return titles.unlike_title(*unlike[-1])
    plain = "发布渠道：条数、受众与阅读"
    single = [post for post in reports[-1].posts if post.kind == "posts" and not post.merged]
    sure = len(single) > 1 and len({post.unit for post in single}) == 1 and all(post.exact for post in single)
    if len(reports) > 1 or not sure or reports[-1].doubted:
        return plain
    said = titles.most_published([post.channel for post in single], [post.number for post in single], single[0].unit)
    return said or plain
