"""An indicator of an agency among its peers: P25, P50, P75 of each year, every peer a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gdgk.charts.facts import measure, source
from gdgk.charts.group import FEWEST, Group, Party, quartiles
from gdgk.charts.style import EDGES, HUES, INK, INK3, PAPER, Chart, count, error_mark, percent, points
from gdgk.charts.years import Timeline, backdrop, frame, narrow_axis, time_axis, timeline, top
from gdgk.form import Edition
from gdgk.indicators import SMALL, Value

if TYPE_CHECKING:
    from plotly import graph_objects as go

RATE = "disclosure_rate"
# Seen for whether reports on another form may stand beside those of the year.
BASE = "granted"
HALF = 0.3


@dataclass(frozen=True, slots=True)
class Spot:
    """A peer in a year."""

    party: Party
    value: Value
    wrong: bool

    @property
    def counts(self) -> bool:
        """Whether it is among those that the quartiles are of: no small sample, no figure in a failed check."""
        return not self.value.small and not self.wrong


def peer_band(group: Group) -> go.Figure | None:
    """公开率（含部分） of peers by year, %, with their quartiles and the agency asked about among them.

    Peers: of one kind and level. Quartiles are of those with at least 30 applications and without a figure in a failed
    check, where there are five of them; None where no year has that.
    """
    peers = group.peers
    if peers is None:
        return None
    line = timeline(group.calendar)
    forms = {report.year: report.sheet.form for report in group.calendar}
    spots = {year: spots_of(peers.parties, year, forms[year]) for year in group.years}
    bands = {year: quartiles(spot.value.value for spot in own if spot.counts) for year, own in spots.items()}
    if not any(bands.values()):
        return None
    shapes, words = backdrop(line)
    focus = group.focused
    highest = max(float(spot.value.value) for own in spots.values() for spot in own)
    for year, own in bands.items():
        if own is None:
            shape, text = frame(line, year, "同类不足")
            shapes.append(shape)
            words.append(text)
        else:
            shapes.extend(box(line, year, own))
            words.extend([] if focus else [middle_word(line, year, own[1])])
    words.extend(focus_words(line, spots, focus) if focus else [])
    used = max(sum(spot.counts for spot in own) for own in spots.values())
    return Chart(
        title=band_title(spots, bands, peers.kind, focus),
        subtitle="公开率（含部分），占（七）总计，%；框为中间一半（P25—P75），粗线为中位数，空心点不足 30 件"
        + (f"；◆ {focus.name}" if focus else ""),
        source=source(
            f"同类：{group.name}的{peers.label}，按种类和级别；年度报告表三",
            f"分位数只取办结满 30 件、勾稽无误的（至多 {used} 个），不足 {FEWEST} 个的年份不画",
            "标“误”的数字在未通过的勾稽里" if any(spot.wrong for own in spots.values() for spot in own) else "",
        ),
        columns=["年", "P25", "中位数", "P75", "计入 n", *([focus.name] if focus else [])],
        rows=[row(year, spots[year], bands[year], focus) for year in group.years],
        height=310,
        data=[cloud(line, spots, focus), *([own_points(line, spots, focus)] if focus else [])],
        layout={
            "xaxis": time_axis(line),
            "yaxis": {
                "range": [-3, round(max(20.0, min(108.0, 1.12 * highest)), 2)],
                "ticksuffix": "%",
                "nticks": 6,
                "showgrid": True,
            },
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 40, "r": 4, "t": top(line), "b": 26},
        narrow=narrow_axis(line),
        wide=line.dense,
    ).figure()


def spots_of(parties: Sequence[Party], year: int, form: Edition) -> list[Spot]:
    """The peers of a year that have a value which may be held against the others'."""
    found = []
    for party in parties:
        value = party.value(RATE, year)
        if value is None or not value.known:
            continue
        if measure(BASE).comparison(form, party.reports[year].sheet.form) == "same":
            found.append(Spot(party, value, party.tainted(RATE, year)))
    return found


def box(line: Timeline, year: int, band: tuple[float, float, float]) -> list[dict[str, Any]]:
    """P25 to P75 of a year as a box, the median as a thick line: nothing joins two years, so nothing crosses a seam."""
    at = line.at(year)
    low, middle, high = (points(round(value, 3)) for value in band)
    edges = {"x0": round(at - HALF, 3), "x1": round(at + HALF, 3)}
    fill = {"fillcolor": HUES[1], "opacity": 0.55, "line": {"color": EDGES[1], "width": 1}, "layer": "below"}
    return [
        {**edges, "y0": low, "y1": high, **fill},
        {**edges, "y0": middle, "y1": middle, "line": {"color": EDGES[0], "width": 3}},
    ]


def middle_word(line: Timeline, year: int, value: float) -> dict[str, Any]:
    """The median, written beside its line."""
    place = round(line.at(year) + HALF, 3)
    return {
        "x": place,
        "y": points(round(value, 3)),
        "text": f"{value:.1f}",
        "xanchor": "right",
        "yanchor": "bottom",
        "font": {"size": 11, "color": EDGES[0]},
    }


def cloud(line: Timeline, spots: dict[int, list[Spot]], focus: Party | None) -> dict[str, Any]:
    """Every other peer as a point, left of the middle so that the box stays free; hollow where the sample is small."""
    shown = [(year, spot) for year, own in spots.items() for spot in own if spot.party is not focus]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(line.at(year) - 0.12, 3) for year, _ in shown],
        "y": [points(round(float(spot.value.value), 3)) for _, spot in shown],
        "marker": {
            "size": 6,
            "color": [INK3 if spot.counts else PAPER for _, spot in shown],
            "line": {"color": INK3, "width": 1},
        },
        "cliponaxis": False,
        "customdata": [f"{spot.party.label} {year} 年（n={count(float(spot.value.whole))}）" for year, spot in shown],
        "hovertemplate": "%{customdata} %{y:.1f}%<extra></extra>",
    }


def own_points(line: Timeline, spots: dict[int, list[Spot]], focus: Party) -> dict[str, Any]:
    """The agency asked about: a diamond each year, not joined."""
    shown = [(year, spot) for year, own in spots.items() for spot in own if spot.party is focus]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": focus.label,
        "x": [round(line.at(year) + 0.08, 3) for year, _ in shown],
        "y": [points(round(float(spot.value.value), 3)) for _, spot in shown],
        "marker": {
            "symbol": "diamond",
            "size": 12,
            "color": [PAPER if spot.value.small else HUES[2] for _, spot in shown],
            "line": {"color": HUES[2], "width": 2},
        },
        "cliponaxis": False,
        "hovertemplate": f"{focus.label} %{{y:.1f}}%<extra></extra>",
    }


def focus_words(line: Timeline, spots: dict[int, list[Spot]], focus: Party) -> list[dict[str, Any]]:
    """The figure beside each of the agency's points."""
    return [
        {
            "x": round(line.at(year) + 0.08, 3),
            "y": points(round(float(spot.value.value), 3)),
            "text": f"<b>{float(spot.value.value):.1f}</b>{error_mark(spot.wrong)}",
            "yanchor": "bottom",
            "yshift": 7,
            "font": {"size": 11, "color": INK},
        }
        for year, own in spots.items()
        for spot in own
        if spot.party is focus
    ]


def row(year: int, spots: Sequence[Spot], band: tuple[float, float, float] | None, focus: Party | None) -> list[str]:
    """A year in the table behind the chart."""
    told = [percent(value) for value in band] if band else ["—"] * 3
    found = [str(year), *told, str(sum(spot.counts for spot in spots))]
    if focus is None:
        return found
    own = next((spot for spot in spots if spot.party is focus), None)
    if own is None:
        value = focus.value(RATE, year)
        return [*found, "未入库" if value is None else value.missing.text or "表式不可比"]
    small = "，小样本" if own.value.small else ""
    return [*found, f"{percent(float(own.value.value))}{small}{'（误）' if own.wrong else ''}"]


def band_title(
    spots: dict[int, list[Spot]],
    bands: dict[int, tuple[float, float, float] | None],
    kind: str,
    focus: Party | None,
) -> str:
    """Where the agency stood in the last year with quartiles; without one, the middle half of its peers."""
    year = max(year for year, band in bands.items() if band)
    low, middle, high = bands[year] or (0.0, 0.0, 0.0)
    if focus is None:
        return f"{kind} {year} 年公开率（含部分）中位数 {percent(middle)}，中间一半 {percent(low)}—{percent(high)}"
    own = next((spot for spot in spots[year] if spot.party is focus), None)
    if own is None or not own.counts:
        few = f"不足 {SMALL} 件" if own and own.value.small else "没有可比的数字"
        return f"{focus.name} {year} 年公开率{few}，不与同类比较高低"
    value = float(own.value.value)
    where = "高于同类 P75" if value > high else "低于同类 P25" if value < low else "在同类 P25—P75 之间"
    return f"{focus.name} {year} 年公开率（含部分）{percent(value)}，{where}（{percent(low)}—{percent(high)}）"
