"""How every chart looks: hues, edges, text, the one place where a plotly figure is made.

A figure carries in ``layout.meta`` what the page prints around it: ``title``, ``subtitle``, ``source``, ``columns`` and
``rows`` (the table behind the chart, as text), ``wide``, ``heights`` (px, ``normal`` and ``narrow``), ``margin_top``
(px, once the page has taken the title out) and ``narrow`` (layout keys for containers below 430 px).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from plotly import graph_objects as go

from gdgk.imports import left_out
from gdgk.indicators import SMALL

INK, INK2, INK3 = "#1b2026", "#434b53", "#5f6770"
RULE, SUNK, PAPER, ERROR = "#e0dfd8", "#efeee8", "#ffffff", "#a4261d"
# The six results in the order of the form; dark and light alternate, so that neighbours differ in grey.
HUES = ("#1d5b94", "#93c4e6", "#bf4527", "#ebbd55", "#553066", "#b3b8bc")
EDGES = ("#123d66", "#3f7ea8", "#7d2a15", "#8f6a12", "#33193f", "#6a7076")
ON_HUES = (PAPER, INK, PAPER, INK, PAPER, INK)
LINKS = (
    "rgba(29,91,148,.42)",
    "rgba(147,196,230,.55)",
    "rgba(191,69,39,.36)",
    "rgba(235,189,85,.55)",
    "rgba(85,48,102,.42)",
    "rgba(179,184,188,.6)",
)
# 维持, 纠正, 其他, 未审结: fill, edge, text upon it.
OUTCOME_LOOKS = ((HUES[1], EDGES[1], INK), (HUES[2], EDGES[2], PAPER), (HUES[5], EDGES[5], INK), (PAPER, EDGES[5], INK))
SANS = '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif'
NARROW, NORMAL = 302, 430
TITLE_SPACE = 40

_AXIS = {"fixedrange": True, "showgrid": False, "zeroline": False, "ticks": "", "linecolor": INK3, "gridcolor": RULE}
TEMPLATE = {
    "layout": {
        "font": {"family": SANS, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "annotationdefaults": {"showarrow": False, "font": {"size": 12}},
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": INK, "font": {"size": 13}},
        "title": {"x": 0, "xref": "paper", "font": {"size": 15}},
        "legend": {"orientation": "h", "x": 0, "itemclick": False, "itemdoubleclick": False, "font": {"size": 12}},
    }
}


@dataclass
class Chart:
    """A chart before it becomes a plotly figure: its words, the table behind it, marks and layout.

    lines: the title as the figure itself says it, where that is not in one line; plotly's markup.
    """

    title: str
    subtitle: str
    source: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    height: int
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    margin: dict[str, int]
    narrow: dict[str, Any] = field(default_factory=dict)
    narrow_height: int | None = None
    wide: bool = False
    lines: str = ""

    def figure(self) -> go.Figure:
        """The plotly figure; equal charts give equal bytes.

        Left unvalidated, as plotly advises for figures from plain dicts: it is five times as fast, and the tests
        validate every chart.
        """
        be_ready()
        meta = {
            "title": self.title,
            "subtitle": self.subtitle,
            "source": self.source,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "wide": self.wide,
            "heights": {"normal": self.height, "narrow": self.narrow_height or self.height},
            "margin_top": self.margin["t"],
            "narrow": {"font.size": 12, **self.narrow},
        }
        layout = {
            "showlegend": False,
            "dragmode": False,
            "separators": ".,",
            **self.layout,
            "title": {"text": self.lines or self.title},
            "margin": {**self.margin, "t": self.margin["t"] + TITLE_SPACE},
            "height": self.height + TITLE_SPACE,
            "meta": meta,
            "template": TEMPLATE,
        }
        return PlainFigure({"data": self.data, "layout": layout}, _validate=False)


class PlainFigure(go.Figure):
    """A plotly figure of plain values, which is shown as it is.

    plotly copies a figure before it shows it and asks of every value in it whether it is an array that can be packed;
    that is two thirds of the cost, for nothing where all values are numbers and text.
    """

    def _ipython_display_(self) -> None:
        from plotly import io as pio  # looks for what can show figures when it is imported: after be_ready

        if pio.renderers.render_on_display and pio.renderers.default and not self.frames:
            pio.show({"data": self._data, "layout": self._layout}, validate=False)
        else:
            super()._ipython_display_()


@cache
def be_ready() -> None:
    """In a kernel: import what plotly asks for when it shows its first figure, which by itself takes seconds."""
    if "ipykernel" in sys.modules:
        with left_out():
            import nbformat  # noqa: F401


def count(value: float) -> str:
    """A whole figure with thousands parted by commas; a minus as －."""
    return f"－{-value:,.0f}" if value < 0 else f"{value:,.0f}"


def percent(value: float) -> str:
    """A share in % with one decimal."""
    return f"{value:.1f}%"


def points(value: float) -> int | float:
    """A figure as it goes into a chart: whole where it is whole, else four decimals."""
    return int(value) if float(value).is_integer() else round(value, 4)


def width_of(text: str, size: int = 12) -> float:
    """About how wide a text runs, px; of several lines the longest."""
    lines = re.sub(r"<(?!br)[^>]*>", "", text).split("<br>")
    return max(sum(size if ord(sign) > 0x2000 else 0.6 * size for sign in line) for line in lines)


def reach(values: Iterable[float], labels: Iterable[str], room: float) -> float:
    """Where a horizontal axis must end so that every label fits behind its bar in ``room`` px."""
    ends = [value / max(0.2, 1 - (width_of(label) + 10) / room) for value, label in zip(values, labels, strict=True)]
    return max([*ends, 0]) or 1.0


def error_mark(wrong: bool) -> str:
    """The sign beside a figure that stands in a failed check of severity error."""
    return f' <span style="color:{ERROR}"><b>误</b></span>' if wrong else ""


def sample(n: float) -> str:
    """How a chart states its n, with the tag of a small sample."""
    return f"n={count(n)}，小样本" if n < SMALL else f"n={count(n)}"


def upright(text: str, dense: bool) -> str:
    """A label of few characters, one beneath the other where a slot is narrower than the word."""
    return "<br>".join(text) if dense else text
