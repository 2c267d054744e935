"""Why applications were refused: a heat map, a row for each reason, a column for each year."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import Drawn, Fact, Reading, cells_of, comparable, measure, notes, read_years, source
from gdgk.charts.over_years import said_of_seams, years_of
from gdgk.charts.style import HUES, INK, INK2, PAPER, Chart, count, points
from gdgk.charts.years import Timeline, axis, backdrop, frame, time_axis, timeline, top
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
    if not line.dense:
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
        height=58 + (30 if line.crowded else 26) * len(rows),
        data=[
            fields(line, [row.short for row in rows], shown, facts, sums),
            figures(line, [row.short for row in rows], shown, facts, sums),
        ],
        layout={
            "xaxis": {**time_axis(line), "ticktext": year_labels(line)},
            "yaxis": {"type": "category", "autorange": "reversed", "showline": False},
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 92, "r": 4, "t": top(line), "b": 44},
        narrow={"margin.l": 80},
        wide=line.crowded,
    ).figure()


def year_labels(line: Timeline) -> list[str]:
    """The years, short beside the long labels of the reasons; a span of years in two lines where slots are narrow."""
    labels = [str(label) for label in axis(line, short=True)["ticktext"]]
    return [label.replace("—", "—<br>") for label in labels] if line.dense else labels


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


def fields(
    line: Timeline, labels: Sequence[str], shown: Sequence[int], facts: dict[int, list[Fact]], sums: dict[int, float]
) -> dict[str, Any]:
    """The fields: one column for each slot of the axis, empty where no report says the reasons."""
    edges = [slot.start for slot in line.slots] + [line.slots[-1].end]
    columns = [slot.year if slot.year in shown else None for slot in line.slots]
    shares = [
        [None if year is None else points(share(facts[year][place], sums[year])) for year in columns]
        for place in range(len(labels))
    ]
    return {
        "type": "heatmap",
        "x": edges,
        "y": list(labels),
        "z": shares,
        "zmin": 0,
        "zmax": round(greatest(shown, facts, sums), 4),
        "colorscale": SCALE,
        "showscale": False,
        "xgap": 3,
        "ygap": 2,
        "hoverongaps": False,
        "hovertemplate": "%{y}：占当年 %{z:.1f}%<extra></extra>",
    }


def figures(
    line: Timeline, labels: Sequence[str], shown: Sequence[int], facts: dict[int, list[Fact]], sums: dict[int, float]
) -> dict[str, Any]:
    """The figures upon the fields, white on the dark ones: a heat map's own text goes where a field is small."""
    top_share = greatest(shown, facts, sums)
    cells = [(year, label, fact) for year in shown for label, fact in zip(labels, facts[year], strict=True)]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [line.at(year) for year, _, _ in cells],
        "y": [label for _, label, _ in cells],
        "text": [field_text(fact, line.crowded) for _, _, fact in cells],
        "textfont": {
            "size": 11 if line.crowded else 12,
            "color": [PAPER if share(fact, sums[year]) > 0.55 * top_share else INK for year, _, fact in cells],
        },
        "hoverinfo": "skip",
    }


def greatest(shown: Sequence[int], facts: dict[int, list[Fact]], sums: dict[int, float]) -> float:
    """The greatest share of a reason in any year."""
    return max(share(fact, sums[year]) for year in shown for fact in facts[year])


def share(fact: Fact, whole: float) -> float:
    """The share of a reason in a year's refusals, %; 0 in a year without any."""
    return 100 * fact.number / whole if whole else 0.0


def field_text(fact: Fact, narrow: bool) -> str:
    """The figure in a field; 误 beside it, or beneath it where a field is narrow."""
    return f"{count(fact.number)}{fact.dagger}{('<br>' if narrow else ' ') + '<b>误</b>' if fact.wrong else ''}"


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
