"""Why applications were refused: a heat map, a row for each reason, a column for each year."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import Drawn, Fact, Reading, cells_of, comparable, measure, notes, read_years, source
from gdgk.charts.over_years import said_of_seams, years_of
from gdgk.charts.style import ERROR, HUES, INK2, PAPER, Chart, count, points
from gdgk.charts.years import Timeline, backdrop, frame, narrow_axis, time_axis, timeline, top
from gdgk.form import edition

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go

# Of the share of a year's refusals: from near white to the first hue, so that grey tells it as well.
SCALE = [[0, "#f1f5f9"], [1, HUES[0]]]


def refusal_reasons_by_year(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """（三）不予公开 by reason and year, 件 in each field, its colour the share of the year's refusals.

    Holds for 2019 and later; on the 2014 form the reasons are others, and its years are empty frames. None when no year
    has a refusal with its reason.
    """
    reports = read_years(panel, findings)
    rows = edition("2021").tables["applications"].leaves("denied")
    measures = cells_of("applications", rows)
    facts = {report.year: [] if report.unfilled(measures) else report.facts(measures) for report in reports}
    shown = [year for year, own in facts.items() if own and all(fact.known for fact in own)]
    if not any(fact.number for year in shown for fact in facts[year]):
        return None
    line = timeline(reports)
    shapes, words = backdrop(line)
    for report in reports:
        if report.year not in shown:
            why = next((fact.missing for fact in report.facts(measures) if not fact.known), "未填报")
            shape, text = frame(line, report.year, why, 0.44)
            shapes.append({**shape, "y1": 1})
            words.append({**text, "y": 0.5})
    sums = {year: sum(fact.number for fact in facts[year]) for year in shown}
    words.extend(year_word(line, year, sums[year]) for year in shown)
    return Chart(
        title=reasons_title([row.short for row in rows], reports, facts, shown),
        subtitle="不予公开的八项理由，件；颜色为占当年不予公开之比，越深越大",
        source=source(
            years_of(reports, "三") + "（三）",
            said_of_seams(reports, measure("denied"), "不予公开"),
            *notes(fact for year in shown for fact in facts[year]),
        ),
        columns=["理由", *map(str, shown)],
        rows=[
            *([row.label, *(facts[year][place].text for year in shown)] for place, row in enumerate(rows)),
            ["合计", *(count(sums[year]) for year in shown)],
        ],
        height=58 + 26 * len(rows),
        data=[heat(line, [row.short for row in rows], shown, facts, sums)],
        layout={
            "xaxis": time_axis(line),
            "yaxis": {"type": "category", "autorange": "reversed", "showline": False},
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 92, "r": 4, "t": top(line), "b": 44},
        narrow=narrow_axis(line),
        wide=line.crowded,
    ).figure()


def year_word(line: Timeline, year: int, amount: float) -> dict[str, Any]:
    """A year's refusals in sum, beneath its label."""
    return {
        "x": line.at(year),
        "y": 0,
        "yref": "paper",
        "yanchor": "top",
        "yshift": -22,
        "text": f"{'' if line.crowded else '共 '}<b>{count(amount)}</b>",
        "font": {"color": INK2},
    }


def heat(
    line: Timeline,
    labels: Sequence[str],
    shown: Sequence[int],
    facts: dict[int, list[Fact]],
    sums: dict[int, float],
) -> dict[str, Any]:
    """The fields: one column for each slot of the axis, empty where no report says the reasons."""
    edges = [slot.start for slot in line.slots] + [line.slots[-1].end]
    columns = [slot.year if slot.year in shown else None for slot in line.slots]
    shares = [
        [None if year is None else points(share(facts[year][place], sums[year])) for year in columns]
        for place in range(len(labels))
    ]
    texts = [
        ["" if year is None else field_text(facts[year][place], sums[year]) for year in columns]
        for place in range(len(labels))
    ]
    return {
        "type": "heatmap",
        "x": edges,
        "y": list(labels),
        "z": shares,
        "zmin": 0,
        "zmax": max(share(fact, sums[year]) for year in shown for fact in facts[year]),
        "colorscale": SCALE,
        "showscale": False,
        "xgap": 3,
        "ygap": 2,
        "text": texts,
        "texttemplate": "%{text}",
        "hoverongaps": False,
        "hovertemplate": "%{y}：%{text} 件，占 %{z:.1f}%<extra></extra>",
    }


def share(fact: Fact, whole: float) -> float:
    """The share of a reason in a year's refusals, %; 0 in a year without any."""
    return 100 * fact.number / whole if whole else 0.0


def field_text(fact: Fact, whole: float) -> str:
    """The figure in a field; where it is doubtful, on a light ground of its own."""
    said = f"{count(fact.number)}{fact.dagger}"
    return (
        f'{said} <span style="color:{PAPER if share(fact, whole) > 50 else ERROR}"><b>误</b></span>'
        if fact.wrong
        else said
    )


def reasons_title(
    labels: Sequence[str], reports: Sequence[Reading], facts: dict[int, list[Fact]], shown: Sequence[int]
) -> str:
    """How the refusals changed between the last two years that follow on each other and compare."""
    for before, after in reversed(list(pairwise(reports))):
        if comparable(measure("denied"), before, after) != "same" or not {before.year, after.year} <= set(shown):
            continue
        one, two = facts[before.year], facts[after.year]
        if any(fact.wrong for fact in [*one, *two]):
            break
        old, new = [fact.number for fact in one], [fact.number for fact in two]
        return titles.reasons_change(labels, old, new, (before.year, after.year))
    return "不予公开的理由，逐年"
