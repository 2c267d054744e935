"""纠错率 of many agencies against how many cases were decided: what is chance, what is more (a funnel plot).

The limits are those of a share of n cases about the group's own rate (score test): an agency lies beyond them exactly
where its Wilson interval does not hold that rate. Source: Spiegelhalter, Funnel plots for comparing institutional
performance, Statistics in Medicine 24 (2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING, Any

from gdgk.charts.facts import source
from gdgk.charts.group import Group, Party, listed_names
from gdgk.charts.style import HUES, INK2, INK3, PAPER, Chart, count, error_mark, percent, points, sample
from gdgk.indicators import SMALL, Value

if TYPE_CHECKING:
    from plotly import graph_objects as go


@dataclass(frozen=True, slots=True)
class Remedy:
    """Reviews or suits. rate: the indicator; word: in Chinese."""

    rate: str
    word: str


REVIEWS = Remedy("reconsideration_correction_rate", "复议")
SUITS = Remedy("litigation_correction_rate", "诉讼")
# Of a normal distribution: 95 % and 99.8 % lie within.
INNER, OUTER = 1.959963984540054, 3.090232306167813
STEPS = 60


@dataclass(frozen=True, slots=True)
class Point:
    """An agency of the funnel: its rate in % of n cases."""

    party: Party
    value: Value
    wrong: bool

    @property
    def n(self) -> float:
        """Cases decided."""
        return float(self.value.whole)

    @property
    def rate(self) -> float:
        """Put right, in %."""
        return float(self.value.value)

    @property
    def trusted(self) -> bool:
        """Whether a title may name it: no small sample, no figure in a failed check."""
        return self.n >= SMALL and not self.wrong


def limit(share: float, n: float, z: float, side: int) -> float:
    """A limit in % about a share (0 to 1) of n cases, within 0 and 100."""
    return min(100.0, max(0.0, 100 * (share + side * z * sqrt(share * (1 - share) / n))))


def beyond(point: Point, share: float, z: float) -> bool:
    """Whether an agency lies outside of the limits."""
    spread = z * sqrt(share * (1 - share) / point.n)
    return abs(point.rate / 100 - share) > spread + 1e-12


def correction_funnel(group: Group) -> go.Figure | None:
    """复议纠错率 of each agency against n, in the last year with a case decided; None without one.

    Agencies with a figure in a failed check are shown (误) and stay out of the group's rate.
    """
    return against_chance(group, REVIEWS)


def litigation_funnel(group: Group) -> go.Figure | None:
    """诉讼纠错率 of each agency against n, both kinds of suit together, as :func:`correction_funnel` draws reviews."""
    return against_chance(group, SUITS)


def against_chance(group: Group, remedy: Remedy) -> go.Figure | None:
    """The funnel of one remedy: rates, the limits of chance, names."""
    year, found = last_year(group, remedy.rate)
    sound = [point for point in found if not point.wrong]
    decided = sum(point.n for point in sound)
    if not decided:
        return None
    share = sum(float(point.value.part) for point in sound) / decided
    silent = [party for party in group.parties if year in party.reports and party not in [one.party for one in found]]
    most = max(point.n for point in found)
    highest = max([point.rate for point in found] + [100 * share])
    roof = min(104.0, max(1.2 * highest, limit(share, max(1.0, most / 8), OUTER, 1), 10.0))
    return Chart(
        title=funnel_title(found, share, remedy.word),
        subtitle=f"{remedy.word}纠错率＝纠正÷已审结（横轴，件，对数），%，{year} 年；"
        f"横线为全体 {percent(100 * share)}，{sample(decided)}；空心为不足 30 件",
        source=source(
            f"{group.name}所属 {len(found)} 个机关 {year} 年度报告表四",
            "虚线 95%、点线 99.8% 界限：纯属偶然时各机关所在的范围",
            f"另有 {len(silent)} 个机关无审结案件或未填报" if silent else "",
            "标“误”的数字在未通过的勾稽里，不计入全体" if len(sound) < len(found) else "",
        ),
        columns=["机关", "纠正", "已审结 n", "纠错率", "95% 区间", "在界限内"],
        rows=[row(point, share) for point in found] + [[one.name, *silence(one, remedy.rate, year)] for one in silent],
        height=330,
        data=[*limits(share, most), marks(found, group.focus)],
        layout={
            "xaxis": {
                "type": "log",
                "range": [-0.12, round(log10(most) + 0.18, 3)],
                "tickvals": [tick for tick in (1, 3, 10, 30, 100, 300, 1000, 3000, 10000) if tick <= 1.5 * most],
                "showline": True,
                "title": {"text": "已审结，件", "font": {"size": 12, "color": INK2}, "standoff": 4},
            },
            "yaxis": {
                "range": [round(-0.04 * roof, 2), round(roof, 2)],
                "ticksuffix": "%",
                "nticks": 6,
                "showgrid": True,
            },
            "shapes": [rule(100 * share), small_line()] if most >= SMALL else [rule(100 * share)],
            "annotations": names(found, share, group.focus, most),
        },
        margin={"l": 40, "r": 10, "t": 10, "b": 44},
        narrow_height=310,
    ).figure()


def log10(value: float) -> float:
    """The decadic logarithm: where a figure stands on the axis."""
    return round(log(value, 10), 4)


def last_year(group: Group, rate: str) -> tuple[int, list[Point]]:
    """The last year in which any agency has a rate, and the agencies that have one."""
    for year in reversed(group.years):
        found = []
        for party in group.parties:
            value = party.value(rate, year)
            if value is not None and value.known:
                found.append(Point(party, value, party.tainted(rate, year)))
        if found:
            return year, found
    return 0, []


def silence(party: Party, rate: str, year: int) -> list[str]:
    """Why an agency is not in the funnel, for the table."""
    value = party.value(rate, year)
    why = "" if value is None else value.missing.text
    return ["—", "—", "—", "—", why]


def row(point: Point, share: float) -> list[str]:
    """An agency in the table behind the chart."""
    small = "，小样本" if point.n < SMALL else ""
    where = "越出 99.8%" if beyond(point, share, OUTER) else "越出 95%" if beyond(point, share, INNER) else "在内"
    return [
        point.party.name,
        f"{count(float(point.value.part))}{'（误）' if point.wrong else ''}{'†' if point.value.imputed else ''}",
        count(point.n) + small,
        percent(point.rate),
        f"{percent(point.value.low)}—{percent(point.value.high)}",
        where,
    ]


def limits(share: float, most: float) -> list[dict[str, Any]]:
    """Both pairs of limits as lines over n."""
    places = [10 ** (-0.1 + at * (log10(most) + 0.25) / STEPS) for at in range(STEPS + 1)]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [round(n, 4) for n in places],
            "y": [points(round(limit(share, n, z, side), 3)) for n in places],
            "line": {"color": INK3, "width": 1.2, "dash": dash},
            "hoverinfo": "skip",
        }
        for z, dash in ((INNER, "dash"), (OUTER, "dot"))
        for side in (-1, 1)
    ]


def marks(found: Sequence[Point], focus: str) -> dict[str, Any]:
    """The agencies: solid, hollow where small; the one asked about larger and a diamond."""
    own = [point.party.id == focus for point in found]
    hues = [HUES[2] if focused else HUES[0] for focused in own]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [points(point.n) for point in found],
        "y": [points(round(point.rate, 3)) for point in found],
        "marker": {
            "symbol": ["diamond" if focused else "circle" for focused in own],
            "size": [13 if focused else 9 for focused in own],
            "color": [PAPER if point.n < SMALL else hue for point, hue in zip(found, hues, strict=True)],
            "line": {"color": hues, "width": 1.8},
        },
        "cliponaxis": False,
        "customdata": [f"{point.party.label}：{count(float(point.value.part))}／{count(point.n)}" for point in found],
        "hovertemplate": "%{customdata}＝%{y:.1f}%<extra></extra>",
    }


def rule(height: float) -> dict[str, Any]:
    """The group's own rate."""
    return {
        "x0": 0,
        "x1": 1,
        "xref": "paper",
        "y0": round(height, 3),
        "y1": round(height, 3),
        "line": {"color": INK2, "width": 1.4},
    }


def small_line() -> dict[str, Any]:
    """Where a sample ceases to be small."""
    return {
        "x0": SMALL,
        "x1": SMALL,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": INK3, "width": 1, "dash": "dot"},
    }


def names(found: Sequence[Point], share: float, focus: str, most: float) -> list[dict[str, Any]]:
    """The names of those that lie beyond the limits, of the one asked about, and 误 beside what is tainted."""
    told = []
    for point in found:
        named = point.party.id == focus or (beyond(point, share, INNER) and point.n >= SMALL)
        if named or point.wrong:
            left = log10(point.n) > 0.55 * log10(most)
            told.append(
                {
                    "x": log10(point.n),
                    "y": points(round(point.rate, 3)),
                    "text": (point.party.label if named else "") + error_mark(point.wrong),
                    "xanchor": "right" if left else "left",
                    "xshift": -10 if left else 10,
                }
            )
    return told


def funnel_title(found: Sequence[Point], share: float, word: str) -> str:
    """Who lies beyond the outer limits, of those whose figures can be trusted and are not small."""
    trusted = [point for point in found if point.trusted]
    if not trusted:
        return f"{word}件数都少，各机关纠错率的高低不作判断"
    out = [point.party.name for point in trusted if beyond(point, share, OUTER)]
    if out:
        return f"{listed_names(out)}的{word}纠错率越出 99.8% 界限"
    return f"审结满 30 件的 {len(trusted)} 个机关，{word}纠错率都在 99.8% 界限之内"
