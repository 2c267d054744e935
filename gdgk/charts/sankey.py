"""Where the nodes of the flow stand: columns from left to right, in form order, words beside the last one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gdgk.charts.facts import Fact
from gdgk.charts.style import HUES, INK2, LINKS, PAPER, count, error_mark, points

# Px: the plot and the gap between nodes. Plotly places nodes by fractions, so that a scaled chart keeps its order.
PLOT, GAP, MIDDLE = 230, 18, 0.42


def column(values: Sequence[float], scale: float) -> list[float]:
    """The centres of a column's nodes from the top, as fractions of the plot's height, the column in the middle."""
    high = sum(values) * scale + GAP * (len(values) - 1)
    place, centres = (PLOT - high) / 2, []
    for value in values:
        centres.append(round((place + value * scale / 2) / PLOT, 4))
        place += value * scale + GAP
    return centres


def flow_layout(labels: Sequence[str], facts: Sequence[Fact]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The sankey trace and its words. labels and facts: 新收, 上年结转, the six results, 结转下年度."""
    colours = [INK2, INK2, *HUES, PAPER]
    links = ["rgba(95,103,112,.24)"] * 2 + [*LINKS, "rgba(95,103,112,.16)"]
    shown = [place for place, fact in enumerate(facts) if fact.number]
    left, right = [place for place in shown if place < 2], [place for place in shown if place >= 2]
    columns = [
        [facts[place].number for place in left],
        [sum(facts[place].number for place in left)],
        [facts[place].number for place in right],
    ]
    middle = max(sum(columns[0]), sum(columns[2]))
    columns[1] = [middle]
    scale = min((PLOT - GAP * (len(values) - 1)) / sum(values) for values in columns)
    centres = [column(values, scale) for values in columns]
    order = [*left, -1, *right]
    hub = len(left)
    trace = {
        "type": "sankey",
        "arrangement": "fixed",
        "node": {
            "label": [""] * len(order),
            "customdata": ["收办" if place < 0 else labels[place] for place in order],
            "color": [INK2 if place < 0 else colours[place] for place in order],
            "x": [0.001] * len(left) + [MIDDLE] + [0.999] * len(right),
            "y": [y or 0.001 for values in centres for y in values],
            "pad": GAP,
            "thickness": 12,
            "line": {"width": 0.8, "color": INK2},
            "hovertemplate": "%{customdata} %{value:,d} 件<extra></extra>",
        },
        "link": {
            "source": [*range(hub), *[hub] * len(right)],
            "target": [*[hub] * len(left), *range(hub + 1, len(order))],
            "value": [points(facts[place].number) for place in [*left, *right]],
            "color": [links[place] for place in [*left, *right]],
            "hovertemplate": "%{value:,d} 件<extra></extra>",
        },
    }
    return trace, [
        *left_words(labels, facts, left, centres[0], scale),
        hub_word(facts, left, (PLOT - middle * scale) / 2 / PLOT),
        *right_words(labels, facts, right, centres[2]),
    ]


def left_words(
    labels: Sequence[str], facts: Sequence[Fact], left: Sequence[int], centres: Sequence[float], scale: float
) -> list[dict[str, Any]]:
    """What came in, written on the flow itself."""
    found = []
    for place, y in zip(left, centres, strict=True):
        name = ("新收", "结转")[place]
        amount, mark = f"<b>{count(facts[place].number)}</b>{facts[place].dagger}", error_mark(facts[place].wrong)
        roomy = facts[place].number * scale > 34
        found.append(word(0, y, f"{name}{mark}<br>{amount}" if roomy else f"{name} {amount}{mark}", 15))
    return found


def hub_word(facts: Sequence[Fact], left: Sequence[int], top: float) -> dict[str, Any]:
    """What was to be handled, above its node."""
    amount = sum(facts[place].number for place in left)
    return {
        "xref": "paper",
        "yref": "paper",
        "x": MIDDLE,
        "y": round(1 - top, 4),
        "yanchor": "bottom",
        "yshift": 2,
        "text": f"收办 <b>{count(amount)}</b>",
    }


def right_words(
    labels: Sequence[str], facts: Sequence[Fact], right: Sequence[int], centres: Sequence[float]
) -> list[dict[str, Any]]:
    """What became of it, beside each node."""
    found = []
    for place, y in zip(right, centres, strict=True):
        name = "结转下年" if place == len(facts) - 1 else labels[place]
        found.append(
            word(
                1,
                y,
                f"{name} <b>{count(facts[place].number)}</b>{facts[place].dagger}{error_mark(facts[place].wrong)}",
                10,
            )
        )
    return found


def word(x: float, y: float, text: str, shift: int) -> dict[str, Any]:
    """A word to the right of a node."""
    return {
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": round(1 - y, 4),
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": shift,
        "align": "left",
        "text": text,
    }
