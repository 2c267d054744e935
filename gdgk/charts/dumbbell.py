"""Why applications were refused, two years side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import Drawn, Fact, Reading, cell_measure, comparable, measure, notes, read_years, source
from gdgk.charts.over_years import years_of
from gdgk.charts.style import HUES, INK, INK2, INK3, NARROW, NORMAL, PAPER, Chart, count, error_mark, points, width_of
from gdgk.indicators import SMALL

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go


def refusal_reasons_by_year(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """（三）不予公开 by reason, 件, in the last two years that compare. Holds for 2019 and later, else None."""
    reports = [report for report in read_years(panel, findings) if "applications" in report.sheet.form.tables]
    if not reports:
        return None
    rows = reports[-1].sheet.form.tables["applications"].leaves("denied")
    measures = [cell_measure("applications", row.key, "total") for row in rows]
    facts = {report.year: report.facts(measures) for report in reports}
    for before, after in reversed(list(pairwise(reports))):
        kind = comparable(measure("denied"), before, after)
        known = all(fact.known for report in (before, after) for fact in facts[report.year])
        if kind in ("same", "approx") and known and not any(report.unfilled(measures) for report in (before, after)):
            return side_by_side(
                [row.short for row in rows],
                [row.label for row in rows],
                before,
                after,
                facts[before.year],
                facts[after.year],
            )
    return None


def side_by_side(
    labels: list[str], names: list[str], before: Reading, after: Reading, old: list[Fact], new: list[Fact]
) -> go.Figure:
    """Two years side by side, reason by reason; a count below 30 is hollow."""
    one, two = [fact.number for fact in old], [fact.number for fact in new]
    sure = not any(fact.wrong for fact in [*old, *new])
    years = (before.year, after.year)
    traces = [dots(labels, years[0], old, two, True), dots(labels, years[1], new, one, False)]
    ranges = [dots_range(traces, max([*one, *two, 4]), width - 98) for width in (NORMAL, NARROW)]
    seam = (
        f"{years[0]}｜{years[1]} 之间有表式接缝，八项同名，可比"
        if before.sheet.form.family != after.sheet.form.family
        else "两年同一表式，无接缝"
    )
    return Chart(
        title=titles.reasons_change(labels, one, two, years) if sure else "不予公开的理由，两年对照",
        subtitle=f"不予公开的八项理由，件；{years[0]} 年 n={count(sum(one))}，{years[1]} 年 n={count(sum(two))}",
        source=source(
            years_of([before, after], "三") + "（三）", seam, "空心为不足 30 件，升降不作趋势解读", *notes([*old, *new])
        ),
        columns=["理由", str(years[0]), str(years[1]), "增减"],
        rows=[
            *([name, a.text, b.text, signed(b.number - a.number)] for name, a, b in zip(names, old, new, strict=True)),
            ["合计", count(sum(one)), count(sum(two)), signed(sum(two) - sum(one))],
        ],
        height=272,
        data=[span_trace(labels, one, two), *traces],
        layout={
            "yaxis": {"autorange": "reversed", "showgrid": True, "type": "category"},
            "xaxis": {"range": ranges[0], "nticks": 5, "showgrid": True, "showline": True, "tickformat": ",d"},
            "annotations": [
                {
                    "xref": "paper",
                    "yref": "paper",
                    "x": 1,
                    "y": 1,
                    "xanchor": "right",
                    "yanchor": "bottom",
                    "text": f"○ {years[0]}　□ {years[1]}　空心：不足 30 件",
                    "font": {"color": INK2},
                }
            ],
        },
        margin={"l": 92, "r": 6, "t": 22, "b": 24},
        narrow={"xaxis.range": ranges[1], "xaxis.nticks": 4},
    ).figure()


def dots_range(traces: Sequence[dict[str, Any]], highest: float, room: float) -> list[float]:
    """The axis that leaves space for the figures beside the lowest and the highest points; room: px."""
    sides: dict[str, float] = {"middle left": 8, "middle right": 8}
    for trace in traces:
        for value, text, side in zip(trace["x"], trace["text"], trace["textposition"], strict=True):
            if (value < 0.25 * highest) if side == "middle left" else (value > 0.6 * highest):
                sides[side] = max(sides[side], width_of(text) + 10)
    left, right = (min(0.4, px / room) for px in sides.values())
    span = highest / (1 - left - right)
    return [round(-left * span, 2), round(highest + right * span, 2)]


def signed(value: float) -> str:
    """A difference: ▲ up, ▽ down, as the form does not say which is good."""
    return "0" if not value else f"{'▲' if value > 0 else '▽'}{count(abs(value))}"


def span_trace(labels: Sequence[str], one: Sequence[float], two: Sequence[float]) -> dict[str, Any]:
    """The lines between the two years, one trace with gaps."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [value for pair in zip(one, two, strict=True) for value in (points(pair[0]), points(pair[1]), None)],
        "y": [label for label in labels for _ in range(3)],
        "line": {"color": INK3, "width": 1.6},
        "hoverinfo": "skip",
    }


def dots(
    labels: Sequence[str], year: int, facts: Sequence[Fact], others: Sequence[float], first: bool
) -> dict[str, Any]:
    """One year's points, its figure on the side away from the other year; equal figures are written once."""
    hue = INK3 if first else HUES[2]
    texts, sides = [], []
    for fact, other in zip(facts, others, strict=True):
        said = f"{count(fact.number)}{fact.dagger}{error_mark(fact.wrong)}"
        texts.append("" if first and fact.number == other and not fact.wrong else said if first else f"<b>{said}</b>")
        sides.append("middle left" if fact.number < other or (first and fact.number == other) else "middle right")
    return {
        "type": "scatter",
        "mode": "markers+text",
        "y": list(labels),
        "x": [points(fact.number) for fact in facts],
        "text": texts,
        "textposition": sides,
        "textfont": {"size": 12, "color": INK2 if first else INK},
        "marker": {
            "symbol": "circle" if first else "square",
            "size": 10,
            "color": [PAPER if fact.number < SMALL else hue for fact in facts],
            "line": {"color": hue, "width": 2},
        },
        "cliponaxis": False,
        "hovertemplate": f"%{{y}}，{year}：%{{x:,d}} 件<extra></extra>",
    }
