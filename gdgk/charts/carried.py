"""The backlog (积压) of each year: what was carried in and out, and whether as much was handled as came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import Drawn, Fact, Reading, measure, notes, read_years, source
from gdgk.charts.over_years import said_of_seams, years_of
from gdgk.charts.style import EDGES, HUES, INK2, PAPER, Chart, count, error_mark, percent, points
from gdgk.charts.years import Timeline, backdrop, frame, narrow_axis, time_axis, timeline, top
from gdgk.indicators import INDICATORS, Value, report_cells

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go

OPENING, CLOSING = "上年结转（年初）", "结转下年度（年末）"
SIDE = 0.2


@dataclass(frozen=True)
class YearBacklog:
    """One year: its four flows, 清理比 and 结转率."""

    report: Reading
    flows: dict[str, Fact]
    clearance: Value
    carried: Value

    @property
    def opening(self) -> Fact:
        """上年结转."""
        return self.flows["carried_over"]

    @property
    def closing(self) -> Fact:
        """结转下年度."""
        return self.flows["carried_forward"]

    @property
    def wrong(self) -> bool:
        """Whether a figure stands in a failed check."""
        return any(fact.wrong for fact in self.flows.values())

    @property
    def row(self) -> list[str]:
        """The year in the table behind the chart."""
        change = signed(self.closing.number - self.opening.number) if self.opening.known and self.closing.known else "—"
        return [str(self.report.year), *(fact.text for fact in self.flows.values()), change, *self.rates]

    @property
    def rates(self) -> list[str]:
        """清理比 and 结转率 as text; of a small number they say so."""
        gone = next((fact.missing for fact in self.flows.values() if not fact.known), "")
        return [
            f"{percent(value.value)}{'，小样本' if value.small else ''}" if value.known else gone or value.missing.text
            for value in (self.clearance, self.carried)
        ]


def signed(value: float) -> str:
    """A difference: ▲ up, ▽ down, as neither is good or bad by itself."""
    return "0" if not value else f"{'▲' if value > 0 else '▽'}{count(abs(value))}"


def backlog(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """上年结转 beside 结转下年度 by year, 件, with 清理比 (办结 ÷ 新收), %.

    Holds for 2019 and later; years on the 2014 form are empty frames. None when no year has a backlog.
    """
    reports = read_years(panel, findings)
    years = [year_of(report) for report in reports]
    if not any(fact.number for year in years for fact in (year.opening, year.closing)):
        return None
    line = timeline(reports)
    shapes, words = backdrop(line)
    for year in years:
        if not year.opening.known and not year.closing.known:
            shape, text = frame(line, year.report.year, year.closing.missing, 0.42)
            shapes.append(shape)
            words.append(text)
        else:
            words.extend(column_words(line, year))
    highest = max(fact.number for year in years for fact in (year.opening, year.closing))
    return Chart(
        title=backlog_title(years),
        subtitle="积压，件；左柱上年结转（年初），右柱结转下年度（年末）；下行为清理比＝办结÷新收",
        source=source(
            years_of(reports, "三"),
            said_of_seams(reports, measure("carried_forward"), "结转"),
            "清理比大于 100% 为办结多于新收；新收不足 30 件的不写",
            *notes(fact for year in years for fact in year.flows.values()),
        ),
        columns=["年", "本年新收", "上年结转", "办结", "结转下年度", "积压增减", "清理比", "结转率"],
        rows=[year.row for year in years],
        height=262,
        data=[
            column_trace(line, OPENING, [(year, year.opening) for year in years], -SIDE),
            column_trace(line, CLOSING, [(year, year.closing) for year in years], SIDE),
        ],
        layout={
            "barmode": "overlay",
            "showlegend": True,
            "legend": {"y": -0.24, "yanchor": "top"},
            "xaxis": time_axis(line),
            "yaxis": {"visible": False, "range": [0, round(highest / 0.82, 2)]},
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 4, "r": 4, "t": top(line), "b": 74},
        narrow=narrow_axis(line),
        wide=line.dense,
    ).figure()


def year_of(report: Reading) -> YearBacklog:
    """The backlog of a report."""
    names = ("received", "carried_over", "outcomes_total", "carried_forward")
    facts = dict(zip(names, report.facts(measure(name) for name in names), strict=True))
    cells = report_cells(report.sheet)
    clearance, carried = (INDICATORS[name].of(cells).settled() for name in ("clearance", "carry_rate"))
    return YearBacklog(report, facts, clearance, carried)


def column_words(line: Timeline, year: YearBacklog) -> list[dict[str, Any]]:
    """The figures above the two columns of a year, why one is not there, and 清理比 beneath the year."""
    place = line.at(year.report.year)
    found = []
    for fact, side in ((year.opening, -SIDE), (year.closing, SIDE)):
        mark = error_mark(fact.wrong)
        text = f"<b>{count(fact.number)}</b>{fact.dagger}{mark}" if fact.known else "<br>".join(fact.missing)
        at = {"x": round(place + side, 3), "y": points(fact.number), "yanchor": "bottom", "text": text}
        found.append({**at, "textangle": -90} if line.crowded and fact.known else at)
    if year.clearance.known and not year.clearance.small:
        found.append(clearance_word(line, place, year.clearance.value))
    return found


def clearance_word(line: Timeline, place: float, ratio: float) -> dict[str, Any]:
    """清理比 beneath the year, short where a slot is narrow."""
    text = f"{ratio:.0f}%" if line.dense else percent(ratio)
    return {
        "x": place,
        "y": 0,
        "yref": "paper",
        "yanchor": "top",
        "yshift": -22,
        "text": text,
        "font": {"color": INK2, "size": 11 if line.dense else 12},
    }


def column_trace(line: Timeline, name: str, years: Sequence[tuple[YearBacklog, Fact]], side: float) -> dict[str, Any]:
    """The columns at one side: hollow what was carried in, filled what was carried out."""
    shown = [(year, fact) for year, fact in years if fact.number]
    hollow = side < 0
    return {
        "type": "bar",
        "name": name,
        "x": [round(line.at(year.report.year) + side, 3) for year, _ in shown],
        "y": [points(fact.number) for _, fact in shown],
        "width": 0.36,
        "marker": {
            "color": PAPER if hollow else HUES[2],
            "line": {"color": INK2 if hollow else EDGES[2], "width": 1.4},
        },
        "hovertemplate": f"{name} %{{y:,d}} 件<extra></extra>",
    }


def backlog_title(years: Sequence[YearBacklog]) -> str:
    """The newest year that says both, where no figure is in doubt."""
    last = next((year for year in reversed(years) if year.opening.known and year.closing.known), None)
    if last is None or last.wrong:
        return "积压与清理比，逐年"
    ratio = last.clearance.value if last.clearance.known and not last.clearance.small else None
    return titles.backlog_title(last.report.year, last.opening.number, last.closing.number, ratio)
