"""How many applications came in over the years, and how a chart tells what compares with what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import (
    NOT_ON_FORM,
    Drawn,
    Fact,
    Reading,
    comparable,
    measure,
    notes,
    over_seam,
    read_years,
    source,
)
from gdgk.charts.style import (
    EDGES,
    HUES,
    Chart,
    count,
    error_mark,
    percent,
    points,
    width_of,
)
from gdgk.charts.years import Timeline, backdrop, frame, narrow_axis, time_axis, timeline, top
from gdgk.crosswalk import Measure
from gdgk.indicators import INDICATORS

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go


def volume(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """新收 by year, stacked with 上年结转, 件. Holds for every edition (结转 from 2019); None when no year says it."""
    reports = read_years(panel, findings)
    new = {report.year: report.fact(measure("received")) for report in reports}
    carried = {report.year: report.fact(measure("carried_over")) for report in reports}
    if not any(fact.known for fact in new.values()):
        return None
    line = timeline(reports)
    shapes, words = backdrop(line)
    for year, fact in new.items():
        if not fact.known:
            shape, text = frame(line, year, fact.missing)
            shapes.append(shape)
            words.append(text)
    shown = [year for year, fact in new.items() if fact.known]
    growth = growth_words(reports, new)
    words.extend(volume_word(line, year, new[year], carried[year], growth[year]) for year in shown)
    highest = max(new[year].number + carried[year].number for year in shown)
    tall = max(width_of(word["text"]) for word in words if "textangle" in word) + 8 if line.dense else 64
    return Chart(
        title=volume_title(reports, new),
        subtitle="本年新收（深）与上年结转（浅），件；柱顶：新收同比，新收，＋结转",
        source=source(
            years_of(reports, "三"),
            said_of_seams(reports, measure("received"), "新收"),
            *notes([*new.values(), *carried.values()]),
        ),
        columns=["年", "本年新收", "上年结转", "收办", "新收同比"],
        rows=[
            [str(year), fact.text, carried[year].text, both(fact, carried[year]), growth[year] or "—"]
            for year, fact in new.items()
        ],
        height=272,
        data=[
            column_trace("本年新收", line, shown, new, 0),
            column_trace("上年结转", line, [year for year in shown if carried[year].number], carried, 1),
        ],
        layout={
            "barmode": "stack",
            "xaxis": time_axis(line),
            "yaxis": {"visible": False, "range": [0, round((highest or 1) / (1 - tall / 220), 2)]},
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 4, "r": 4, "t": top(line), "b": 26},
        narrow=narrow_axis(line),
        wide=line.dense,
    ).figure()


def both(new: Fact, carried: Fact) -> str:
    """新收 and 结转 together; — where one of them is not known."""
    return count(new.number + carried.number) if new.known and carried.known else "—"


def growth_words(reports: Sequence[Reading], new: dict[int, Fact]) -> dict[int, str]:
    """新收 on the year before, ▲ up, ▽ down; empty where years do not compare, are small or in doubt."""
    sheets = [report.sheet for report in reports]
    found = {}
    for report in reports:
        growth = INDICATORS["growth"].at(report.sheet, sheets)
        last = new.get(report.year - 1)
        sure = growth.known and not growth.small and not growth.approx and not new[report.year].wrong
        shown = sure and last is not None and not last.wrong
        sign = "▲" if shown and growth.value > 0 else "▽" if shown and growth.value < 0 else ""
        found[report.year] = f"{sign}{percent(abs(growth.value))}" if shown else ""
    return found


def volume_word(line: Timeline, year: int, new: Fact, carried: Fact, growth: str) -> dict[str, Any]:
    """The figures above a column."""
    more = (
        f"＋{count(carried.number)}{carried.dagger}"
        if carried.known
        else "结转<br>未入库"
        if carried.missing != NOT_ON_FORM
        else ""
    )
    mark = error_mark(new.wrong or carried.wrong)
    if line.dense:
        more = more.replace("<br>", "")
        text = f"<b>{count(new.number)}</b>{new.dagger}{' ' if more else ''}{more}{mark}"
    else:
        text = f"<b>{count(new.number)}</b>{new.dagger}{mark}{'<br>' if more else ''}{more}"
        text = f"{growth}<br>{text}" if growth else text
    place = {"x": line.at(year), "y": points(new.number + carried.number), "yanchor": "bottom", "text": text}
    return {**place, "textangle": -90} if line.dense else place


def column_trace(name: str, line: Timeline, years: Sequence[int], facts: dict[int, Fact], hue: int) -> dict[str, Any]:
    """Columns of one quantity at their years."""
    return {
        "type": "bar",
        "name": name,
        "x": [line.at(year) for year in years],
        "y": [points(facts[year].number) for year in years],
        "width": 0.56,
        "marker": {"color": HUES[hue], "line": {"color": EDGES[hue], "width": 1}},
        "hovertemplate": f"{name} %{{y:,d}} 件<extra></extra>",
    }


def volume_title(reports: Sequence[Reading], facts: dict[int, Fact]) -> str:
    """The course of 新收 over the last years that follow on each other and compare fully."""
    run = comparable_run(reports, facts, measure("received"))
    return titles.run_title("新收", run, whole_run(run, facts)) if run else "本年新收与上年结转"


def whole_run(run: Sequence[tuple[int, float]], facts: dict[int, Fact]) -> bool:
    """Whether a run takes in every year with a figure."""
    return len(run) == sum(fact.known for fact in facts.values())


def comparable_run(reports: Sequence[Reading], facts: dict[int, Fact], quantity: Measure) -> list[tuple[int, float]]:
    """The last years up to the newest without a gap, a doubtful figure or a form that does not compare."""
    run: list[tuple[int, float]] = []
    later: Reading | None = None
    for report in reversed(reports):
        fact = facts[report.year]
        if not fact.known or fact.wrong or (later is not None and comparable(quantity, report, later) != "same"):
            break
        run.insert(0, (report.year, fact.number))
        later = report
    return run


def years_of(reports: Sequence[Reading], number: str) -> str:
    """Which reports and which table the figures stand in."""
    old = [str(report.year) for report in reports if report.sheet.form.id == "2014"]
    new = [str(report.year) for report in reports if report.sheet.form.id != "2014"]
    parts = [f"{'、'.join(old)} 年报告《统计表》"] if old else []
    return "；".join([*parts, f"{'、'.join(new)} 年报告表{number}"] if new else parts)


def said_of_seams(reports: Sequence[Reading], quantity: Measure, name: str) -> str:
    """What the crosswalk says of a quantity at the seams that lie between reports."""
    found = []
    for before, after in pairwise(reports):
        if before.sheet.form.family == after.sheet.form.family:
            continue
        kind = over_seam(quantity, before, after)
        if kind == "approx":
            note = f"（{quantity.note}）" if quantity.note else ""
            found.append(f"{before.year}｜{after.year} 表式不同，{name}只可近似比较{note}")
        elif kind == "none":
            found.append(f"{before.year}｜{after.year} 表式不同，{name}不可比")
    return "；".join(found)
