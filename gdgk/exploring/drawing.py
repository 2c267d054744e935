"""The chart of a view: a line for each agency over the years, or the agencies of one year beside one another.

Whatever is selected, a figure has the same traces and the same keys of the layout, so that one message redraws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from gdgk.charts.facts import source
from gdgk.charts.style import EDGES, HUES, INK, INK2, INK3, PAPER, RULE, SUNK, Chart, error_mark, points, width_of
from gdgk.exploring.holding import Party, Point
from gdgk.exploring.saving import COLUMNS, texts, value_text
from gdgk.exploring.showing import View
from gdgk.listing import SYNTHETIC

if TYPE_CHECKING:
    from plotly import graph_objects as go

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
OTHERS = "其余所选机关"
HEIGHT, LINE, MOST_LINES = 380, 24, 60
HALF = 0.3
NAMED = 18
# Below the chart, where it takes as many lines as it needs.
LEGEND = {"orientation": "h", "x": 0, "y": -0.1, "yanchor": "top"}


def chart(view: View) -> go.Figure | None:
    """The chart of a view; None where a sentence stands in its place."""
    if view.message:
        return None
    years = view.selection.years
    drawn = one_year(view, years[0]) if len(years) == 1 else many_years(view)
    return drawn.figure()


def title(view: View) -> str:
    """The measure, whose, when: nothing that would have to be verified."""
    return f"{view.indicator.label}：{escape(whose(view.parties), quote=False)} {span(view)} 年"


def lines(view: View) -> str:
    """The same in two lines, for which a telephone has room, with all that a picture of the chart alone must say."""
    names = escape(whose(view.parties), quote=False) + (f"（{SYNTHETIC}）" if view.synthetic else "")
    unit = f"（{view.indicator.unit}）" if view.indicator.unit not in ("", "%") else ""
    return f"{view.indicator.label}{unit}，{span(view)} 年<br><span style='font-size:13px'>{names}</span>"


def span(view: View) -> str:
    """From when to when."""
    first, last = view.selection.years[0], view.selection.years[-1]
    return f"{first}—{last}" if last > first else str(first)


def whose(parties: Sequence[Party]) -> str:
    """The agencies by name, as many as fit; else how many they are."""
    names = [one.name for one in parties]
    first, both = names[0], "、".join(names[:2])
    if len(both) <= NAMED:
        return both if len(names) <= 2 else f"{both}等 {len(names)} 个机关"
    return first if len(names) == 1 else f"{first}等 {len(names)} 个机关"


def subtitle(view: View) -> str:
    """Formula, unit, how to read the marks."""
    unit = f"，{view.indicator.unit}" if view.indicator.unit else ""
    small = "；空心点不足 30 件" if view.indicator.denominator else ""
    return f"{view.indicator.formula}{unit}{small}"


def source_line(view: View, *more: str) -> str:
    """Where the figures come from and what must be known of them."""
    shown = [one for one in view.points.values() if view.shown(one.agency, one.year)]
    return source(
        f"所选机关的年度报告{f'（{SYNTHETIC}）' if view.synthetic else ''}；{view.indicator.source}",
        "空格按 0 计或按分项之和的标†" if any(one.imputed for one in shown) else "",
        "标“误”的数字在未通过的勾稽里" if any(one.wrong for one in shown) else "",
        "表式不同的报告只在表里" if any(view.unlike(one) for one in view.points.values()) else "",
        *more,
        view.peers,
    )


def whole(view: View, data: list[dict[str, Any]], layout: dict[str, Any], height: int, left: int, *more: str) -> Chart:
    """A chart with its words and the table behind it."""
    return Chart(
        title=title(view),
        subtitle=subtitle(view),
        source=source_line(view, *more),
        columns=COLUMNS,
        rows=texts(view),
        height=height,
        data=data,
        layout={"hovermode": "closest", "autosize": True, **layout},
        margin={"l": left, "r": 12, "t": 50, "b": 30},
        wide=True,
        lines=lines(view),
    )


def trace(place: int, name: str, **given: Any) -> dict[str, Any]:
    """A trace by its place: every key that any selection sets is there."""
    last = place == len(HUES)
    look = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [],
        "y": [],
        "customdata": [],
        "hovertemplate": "%{customdata}<extra></extra>",
        "showlegend": bool(name),
        "visible": False,
        "connectgaps": False,
        "line": {
            "color": RULE if last else EDGES[place],
            "width": 1 if last else 2,
            "dash": "solid" if last else DASHES[place],
        },
        "marker": {
            "color": [],
            "size": 5 if last else 9,
            "symbol": "circle" if last else SYMBOLS[place],
            "line": {"color": INK3 if last else EDGES[place], "width": 1 if last else 1.5},
        },
        "error_x": {"type": "data", "symmetric": False, "array": [], "arrayminus": [], "visible": False, "color": INK3},
    }
    return {**look, **given}


def hover(view: View, party: Party, point: Point) -> str:
    """What a point says when it is pointed at."""
    told = [f"<b>{escape(party.name, quote=False)}</b> {point.year} 年", value_text(view, point)]
    if point.part is not None and point.whole is not None:
        told.append(f"{point.part:,.15g} ／ {point.whole:,.15g}")
    if point.low is not None and point.high is not None:
        told.append(f"95% 区间 {point.low:.1f}—{point.high:.1f}")
    return "<br>".join(told)


# ── over the years ──


def many_years(view: View) -> Chart:
    """A line for each agency; beyond six the others are thin and grey."""
    first = view.parties[: len(HUES)]
    rest = view.parties[len(HUES) :]
    data = [
        course(view, place, [party], party.name if len(view.parties) > 1 else "") for place, party in enumerate(first)
    ]
    data += [trace(place, "") for place in range(len(first), len(HUES))]
    data.append(course(view, len(HUES), rest, OTHERS) if rest else trace(len(HUES), ""))
    years = view.selection.years
    low, high = years[0] - 0.5, years[-1] + 0.5
    shapes, words = seams(view)
    layout = {
        "showlegend": len(view.parties) > 1,
        "legend": LEGEND,
        "shapes": [*lacking(view), *bands(view), *shapes],
        "annotations": [*words, *wrongs(view)],
        "xaxis": {
            "range": [low, high],
            "tickvals": list(range(years[0], years[-1] + 1)),
            "ticktext": [str(year) for year in range(years[0], years[-1] + 1)],
            "tickangle": 0,
            "showgrid": False,
            "autorange": False,
        },
        "yaxis": value_axis(view),
    }
    more = f"彩线为前 {len(HUES)} 个，其余为灰线" if rest else ""
    told = [f"{'；'.join(sorted({word for _, word in joints(view)}))}" if joints(view) else ""]
    return whole(view, data, layout, HEIGHT, 48, more, *told)


def joints(view: View) -> list[tuple[float, str]]:
    """The seams with what the source line says of them."""
    words = {
        "same": "双线为表式接缝，对照表准许比较",
        "approx": "双线为表式接缝，对照表只准近似比较，不连线",
        "none": "双线为表式接缝，两边不可比，不连线",
    }
    return [(place, words[kind]) for place, kind in view.seams()]


def course(view: View, place: int, parties: Sequence[Party], name: str) -> dict[str, Any]:
    """The runs of some agencies as one trace, parted by gaps."""
    x: list[int | None] = []
    y: list[float | None] = []
    text: list[str] = []
    fill: list[str] = []
    full = HUES[place] if place < len(HUES) else INK3
    for party in parties:
        for run in view.runs(party.id):
            for point in run:
                x.append(point.year)
                y.append(points(point.value or 0.0))
                text.append(hover(view, party, point))
                fill.append(PAPER if point.small else full)
            x.append(None)
            y.append(None)
            text.append("")
            fill.append(full)
    made = trace(place, escape(name, quote=False), x=x, y=y, customdata=text, visible=True)
    made["marker"] = {**made["marker"], "color": fill}
    return made


def value_axis(view: View) -> dict[str, Any]:
    """The axis of the values: 0 is on it, shares end at 100 at the latest."""
    values = [one.value for one in view.points.values() if one.value is not None and not view.unlike(one)]
    values += [end for band in view.bands.values() for end in (band.low, band.high)]
    top, bottom = max([*values, 0.0]), min([*values, 0.0])
    room = 0.1 * (top - bottom) or 1.0
    return {
        "range": [round(bottom - (room if bottom < 0 else room / 3), 4), round(top + room, 4)],
        "tickvals": None,
        "ticktext": None,
        "ticksuffix": "%" if view.indicator.unit == "%" else "",
        "nticks": 6,
        "showgrid": True,
        "autorange": False,
    }


def rect(x: tuple[float, float], y: tuple[float, float], fill: str, ref: str = "y") -> dict[str, Any]:
    """A field behind the points."""
    return {
        "type": "rect",
        "xref": "x",
        "yref": ref,
        "x0": x[0],
        "x1": x[1],
        "y0": y[0],
        "y1": y[1],
        "fillcolor": fill,
        "line": {"width": 0, "color": fill},
        "layer": "below",
    }


def stroke(x: tuple[float, float], y: tuple[float, float], width: float, colour: str, ref: str = "y") -> dict[str, Any]:
    """A line behind the points."""
    ends = {"x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1]}
    return {
        "type": "line",
        "xref": "x",
        "yref": ref,
        **ends,
        "line": {"width": width, "color": colour},
        "layer": "below",
    }


def lacking(view: View) -> list[dict[str, Any]]:
    """Grey fields for the years of which none of the agencies has a figure."""
    held = {one.year for one in view.points.values() if view.shown(one.agency, one.year)}
    years = range(view.selection.years[0], view.selection.years[-1] + 1)
    return [rect((year - 0.5, year + 0.5), (0, 1), SUNK, "paper") for year in years if year not in held]


def bands(view: View) -> list[dict[str, Any]]:
    """The peers' quartiles of each year: nothing joins two years, so nothing crosses a seam."""
    found = []
    for year, band in view.bands.items():
        across = (year - HALF, year + HALF)
        found.append(rect(across, (band.low, band.high), "rgba(147,196,230,.35)"))
        found.append(stroke(across, (band.middle, band.middle), 3, EDGES[1]))
    return found


def seams(view: View) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Double lines where the form changes, with their word."""
    shapes, words = [], []
    for place, _ in view.seams():
        shapes += [stroke((place + side, place + side), (0, 1), 1, INK2, "paper") for side in (-0.02, 0.02)]
        words.append(word(place, 1, "表式接缝", "paper", INK3, "bottom"))
    return shapes, words


def wrongs(view: View) -> list[dict[str, Any]]:
    """误 above the points whose figures stand in a failed check, † where a blank was read."""
    shown = [one for one in view.points.values() if view.shown(one.agency, one.year)]
    return [
        word(one.year, points(one.value or 0.0), mark(one), "y", INK, "bottom")
        for one in shown
        if one.wrong or one.imputed
    ]


def mark(point: Point) -> str:
    """The signs of a point."""
    return ("†" if point.imputed else "") + error_mark(point.wrong)


def word(x: float, y: float, text: str, ref: str, colour: str, anchor: str) -> dict[str, Any]:
    """A word on the chart."""
    return {
        "x": x,
        "y": y,
        "xref": "x",
        "yref": ref,
        "text": text,
        "showarrow": False,
        "xanchor": "center",
        "yanchor": anchor,
        "yshift": 4 if ref == "y" else 0,
        "font": {"size": 11, "color": colour},
    }


# ── one year ──


def one_year(view: View, year: int) -> Chart:
    """The agencies of one year, a line each with its interval, greatest first."""
    found = [(party, point) for party in view.parties if (point := view.shown(party.id, year)) is not None]
    found.sort(key=lambda pair: -(pair[1].value or 0.0))
    listed = found[:MOST_LINES]
    names = [party.name if len(party.name) <= 14 else f"{party.name[:13]}…" for party, _ in listed]
    left = int(max(width_of(name) for name in names)) + 12
    rows = list(range(len(listed)))
    made = trace(
        0,
        "",
        mode="markers",
        x=[points(point.value or 0.0) for _, point in listed],
        y=rows,
        customdata=[hover(view, party, point) for party, point in listed],
        visible=True,
    )
    made["marker"] = {**made["marker"], "color": [PAPER if point.small else HUES[0] for _, point in listed]}
    made["error_x"] = {
        **made["error_x"],
        "array": [spread(point.high, point.value) for _, point in listed],
        "arrayminus": [spread(point.value, point.low) for _, point in listed],
        "visible": any(point.low is not None for _, point in listed),
    }
    band = view.bands.get(year)
    shapes = []
    if band:
        shapes = [
            rect((band.low, band.high), (0, 1), "rgba(147,196,230,.35)", "paper"),
            stroke((band.middle, band.middle), (0, 1), 3, EDGES[1], "paper"),
        ]
    axis = value_axis(view)
    ends = [end for _, one in listed for end in (one.low, one.high) if end is not None]
    span = [min([axis["range"][0], *ends]), max([axis["range"][1], *ends])]
    layout = {
        "showlegend": False,
        "legend": LEGEND,
        "shapes": shapes,
        "annotations": [
            {**word(points(point.value or 0.0), row, mark(point), "y", INK, "bottom")}
            for row, (_, point) in zip(rows, listed, strict=True)
            if point.wrong or point.imputed
        ],
        "xaxis": {**axis, "range": span, "tickangle": 0},
        "yaxis": {
            "range": [len(rows) - 0.5, -0.5],
            "tickvals": rows,
            "ticktext": [escape(name, quote=False) for name in names],
            "ticksuffix": "",
            "nticks": 0,
            "showgrid": True,
            "autorange": False,
        },
    }
    data = [made, *(trace(place, "") for place in range(1, len(HUES) + 1))]
    more = f"只画最高的 {MOST_LINES} 个" if len(found) > len(listed) else ""
    return whole(view, data, layout, 90 + LINE * len(rows), left, "横线为 95% 区间" if ends else "", more)


def spread(greater: float | None, less: float | None) -> float:
    """How far an interval reaches to one side."""
    return 0.0 if greater is None or less is None else round(max(0.0, greater - less), 4)
