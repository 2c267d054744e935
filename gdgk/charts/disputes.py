"""Charts of reviews and suits over the years: results, and 纠错率 with its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import (
    DISPUTES,
    OUTCOMES,
    Drawn,
    Fact,
    Reading,
    comparable,
    dispute,
    measure,
    notes,
    only_total,
    read_years,
    source,
)
from gdgk.charts.over_years import comparable_run, said_of_seams, whole_run, years_of
from gdgk.charts.style import HUES, OUTCOME_LOOKS, PAPER, Chart, count, error_mark, percent, points, width_of
from gdgk.charts.years import Timeline, backdrop, frame, narrow_axis, time_axis, timeline, top
from gdgk.indicators import DECIDED, INDICATORS, SMALL, SUITS, Missing, Value

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go

SIDES = {"复议": -0.23, "诉讼": 0.23}
PILES = {"复议": "reconsideration", "诉讼": "litigation"}
RATES = {
    "reconsideration": "reconsideration_correction_rate",
    "litigation_direct": "direct_correction_rate",
    "litigation_after_reconsideration": "later_correction_rate",
}


@dataclass(frozen=True)
class Pile:
    """复议 or 诉讼 of one year: 维持, 纠正, 其他, 未审结 (left out where the form has no such column)."""

    year: int
    kind: str
    parts: tuple[Fact, ...]

    @property
    def known(self) -> bool:
        """Whether every part is known."""
        return all(fact.known for fact in self.parts)

    @property
    def total(self) -> Fact:
        """The sum of the parts."""
        if not self.known:
            return Fact(None, next(fact.missing for fact in self.parts if not fact.known))
        return Fact(
            sum(fact.number for fact in self.parts),
            zero=any(fact.zero for fact in self.parts),
            wrong=any(fact.wrong for fact in self.parts),
        )


def piles(report: Reading) -> list[Pile]:
    """Both piles of a report. A line whose every part is blank while its total is printed is not known."""
    old = report.sheet.form.id == "2014"
    columns = [column for column in OUTCOMES if not (old and column == "pending")]
    found = []
    for kind, row in PILES.items():
        facts = report.facts(dispute(row, column) for column in columns)
        if not old and any(only_total(report, line) for line in (SUITS if row == "litigation" else (row,))):
            facts = [Fact(None, "分项未填")] * len(columns)
        found.append(Pile(report.year, kind, tuple(facts)))
    return found


def dispute_results_by_year(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """行政复议 and 行政诉讼 by result and year, 件. 未审结 from 2019. None when no year says them."""
    reports = read_years(panel, findings)
    found = {report.year: piles(report) for report in reports}
    shown = [pile for pair in found.values() for pile in pair if pile.known]
    if not shown:
        return None
    line = timeline(reports)
    shapes, words = backdrop(line)
    for year, pair in found.items():
        for shape, text in missing_frames(line, year, pair):
            shapes.append(shape)
            words.append(text)
    words.extend(pile_word(line, pile) for pile in shown)
    highest = max(pile.total.number for pile in shown) or 1
    tall = max(width_of(word["text"]) for word in words if "textangle" in word) + 8 if line.crowded else 36
    return Chart(
        title=dispute_trend_title(reports, found),
        subtitle="每年左柱行政复议、右柱行政诉讼（两类合计），按结果，件；柱顶为各结果之和",
        source=source(
            years_of(reports, "四"),
            said_of_seams(reports, measure("reconsideration"), "复议、诉讼"),
            *notes(fact for pile in shown for fact in pile.parts),
        ),
        columns=["年", "类别", *OUTCOMES.values(), "合计"],
        rows=[pile_row(pile) for pair in found.values() for pile in pair],
        height=290,
        data=pile_traces(line, shown),
        layout={
            "barmode": "stack",
            "uniformtext": {"mode": "hide", "minsize": 11},
            "showlegend": True,
            "legend": {"y": -0.13, "yanchor": "top", "traceorder": "normal"},
            "xaxis": time_axis(line),
            "yaxis": {"visible": False, "range": [0, round(highest / (1 - tall / 210), 2)]},
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 4, "r": 4, "t": top(line), "b": 50},
        narrow=narrow_axis(line),
        wide=line.dense,
    ).figure()


def missing_frames(line: Timeline, year: int, pair: Sequence[Pile]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Dashed frames where a pile is not known: one for the year, or one in the place of the single pile."""
    unknown = [pile for pile in pair if not pile.known]
    if len(unknown) == 2:
        return [frame(line, year, unknown[0].total.missing, 0.42)]
    found = []
    for pile in unknown:
        shape, text = frame(line, year, pile.total.missing, 0.2)
        shift = SIDES[pile.kind]
        text = {**text, "x": text["x"] + shift, "text": "<br>".join(pile.total.missing)}
        found.append(({**shape, "x0": shape["x0"] + shift, "x1": shape["x1"] + shift}, text))
    return found


def pile_word(line: Timeline, pile: Pile) -> dict[str, Any]:
    """Kind and sum above a pile."""
    total = pile.total
    said = f"<b>{count(total.number)}</b>{total.dagger}{error_mark(total.wrong)}"
    place = {"x": round(line.at(pile.year) + SIDES[pile.kind], 3), "y": points(total.number), "yanchor": "bottom"}
    if line.crowded:
        return {**place, "text": f"{pile.kind} {said}", "textangle": -90}
    return {**place, "text": f"{pile.kind}<br>{said}"}


def pile_row(pile: Pile) -> list[str]:
    """A pile in the table behind the chart."""
    cells = [fact.text for fact in pile.parts]
    return [
        str(pile.year),
        "行政复议" if pile.kind == "复议" else "行政诉讼",
        *cells,
        *["—"] * (4 - len(cells)),
        pile.total.text,
    ]


def pile_traces(line: Timeline, shown: Sequence[Pile]) -> list[dict[str, Any]]:
    """One trace a result: light, dark, light, hollow. A part of 0 has no bar."""
    traces = []
    for part, (name, (fill, edge, ink)) in enumerate(zip(OUTCOMES.values(), OUTCOME_LOOKS, strict=True)):
        drawn = [pile for pile in shown if part < len(pile.parts) and pile.parts[part].number]
        traces.append(
            {
                "type": "bar",
                "name": name,
                "x": [round(line.at(pile.year) + SIDES[pile.kind], 3) for pile in drawn],
                "y": [points(pile.parts[part].number) for pile in drawn],
                "width": 0.42,
                "marker": {"color": fill, "line": {"color": edge, "width": 1}},
                "text": [count(pile.parts[part].number) for pile in drawn],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": ink, "size": 12},
                "hovertemplate": f"{name} %{{y:,d}} 件<extra></extra>",
            }
        )
    return traces


def dispute_trend_title(reports: Sequence[Reading], found: dict[int, list[Pile]]) -> str:
    """The course of 复议 over the last years that compare fully."""
    totals = {year: pair[0].total for year, pair in found.items()}
    run = comparable_run(reports, totals, dispute("reconsideration", "pending"))
    return titles.run_title("行政复议", run, whole_run(run, totals)) if run else "行政复议、行政诉讼结果，逐年"


@dataclass(frozen=True)
class Rate:
    """纠错率 of one kind in one year, with what taints its figures; missing: why there is none."""

    report: Reading
    told: Value
    corrected: Fact
    decided: Fact

    @property
    def value(self) -> tuple[float, float, float] | None:
        """Rate, low, high."""
        return (self.told.value, self.told.low, self.told.high) if self.told.known else None

    @property
    def small(self) -> bool:
        """Fewer than 30 cases decided."""
        return self.decided.number < SMALL

    @property
    def wrong(self) -> bool:
        """Whether a figure stands in a failed check."""
        return self.decided.wrong or self.corrected.wrong


def rate_of(report: Reading, row: str) -> Rate:
    """纠错率 of a line of table 四; only cases decided count."""
    told = INDICATORS[RATES[row]].at(report.sheet)
    facts = report.facts(dispute(row, column) for column in DECIDED)
    if told.whole is None:
        missing = "分项未填" if told.missing == Missing.NOT_FILLED else ""
        missing = missing or next((fact.missing for fact in facts if not fact.known), told.missing.text)
        return Rate(report, told, facts[DECIDED.index("corrected")], Fact(None, missing))
    decided = Fact(told.whole, zero=any(fact.zero for fact in facts), wrong=any(fact.wrong for fact in facts))
    return Rate(report, told, facts[DECIDED.index("corrected")], decided)


def correction_rates(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """纠错率 (纠正 ÷ 已审结) by kind and year, %, with Wilson 95 % intervals; hollow below 30.

    复议 for every edition, the two kinds of suit from 2019. None when no year has a case decided.
    """
    reports = read_years(panel, findings)
    series = {row: [rate_of(report, row) for report in reports] for row in DISPUTES}
    if not any(rate.value for rates in series.values() for rate in rates):
        return None
    line = timeline(reports)
    shapes, words = backdrop(line)
    for place, report in enumerate(reports):
        rates = [rates[place] for rates in series.values()]
        if not any(rate.value for rate in rates):
            why = "无审结" if any(rate.decided.known for rate in rates) else rates[0].decided.missing
            shape, text = frame(line, report.year, why)
            shapes.append(shape)
            words.append(text)
    highest = max(rate.value[2] for rates in series.values() for rate in rates if rate.value)
    return Chart(
        title=rates_title(series["reconsideration"], [rate for row in SUITS for rate in series[row]]),
        subtitle="纠错率＝纠正÷已审结（维持＋纠正＋其他），%；竖线为 95% 区间，空心为已审结不足 30 件",
        source=source(
            years_of(reports, "四"),
            "区间用威尔逊法",
            "含小样本的序列不连线",
            said_of_seams(reports, measure("reconsideration"), "复议"),
            *notes(fact for rates in series.values() for rate in rates for fact in (rate.decided, rate.corrected)),
        ),
        columns=["年", "类别", "纠正", "已审结 n", "纠错率", "95% 区间"],
        rows=[rate_row(rate, row) for row, rates in series.items() for rate in rates],
        height=290,
        data=[
            trace
            for place, (row, rates) in enumerate(series.items())
            for trace in rate_traces(line, rates, DISPUTES[row], place)
        ],
        layout={
            "showlegend": True,
            "legend": {"y": -0.13, "yanchor": "top"},
            "xaxis": time_axis(line),
            "yaxis": {
                "range": [round(-0.03 * highest, 2), round(1.06 * highest, 2)],
                "nticks": 5,
                "ticksuffix": "%",
                "showgrid": True,
            },
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 38, "r": 4, "t": top(line), "b": 50},
        narrow=narrow_axis(line),
        wide=line.dense,
    ).figure()


def rate_row(rate: Rate, row: str) -> list[str]:
    """A rate in the table behind the chart."""
    value = rate.value
    said = [percent(value[0]), f"{percent(value[1])}—{percent(value[2])}"] if value else ["—", "—"]
    small = "，小样本" if rate.decided.known and rate.small and rate.decided.number else ""
    return [str(rate.report.year), DISPUTES[row], rate.corrected.text, rate.decided.text + small, *said]


def rate_traces(line: Timeline, rates: Sequence[Rate], name: str, place: int) -> list[dict[str, Any]]:
    """A series, one trace for each stretch that may be joined: no line crosses a seam or a gap."""
    shown = [rate for rate in rates if rate.value]
    joined = not any(rate.small for rate in shown)
    stretches: list[list[Rate]] = []
    for rate in shown:
        last = stretches[-1][-1] if stretches else None
        if last is not None and (not joined or follows(last.report, rate.report)):
            stretches[-1].append(rate)
        else:
            stretches.append([rate])
    return [rate_trace(line, stretch, name, place, joined, not number) for number, stretch in enumerate(stretches)]


def follows(before: Reading, after: Reading) -> bool:
    """Whether two reports are of consecutive years on one form."""
    return after.year == before.year + 1 and before.sheet.form.family == after.sheet.form.family


def rate_trace(
    line: Timeline, rates: Sequence[Rate], name: str, place: int, joined: bool, legend: bool
) -> dict[str, Any]:
    """One stretch of a series."""
    hue, symbol = (HUES[0], HUES[2], HUES[4])[place], ("circle", "square", "diamond")[place]
    values = [rate.value for rate in rates if rate.value]
    falling = [False, *(joined and later[0] < earlier[0] for earlier, later in pairwise(values))]
    written = not place and not line.crowded
    return {
        "type": "scatter",
        "mode": ("lines+markers" if joined and len(rates) > 1 else "markers") + "+text",
        "name": name,
        "showlegend": legend,
        "x": [round(line.at(rate.report.year) + 0.24 * (place - 1), 3) for rate in rates],
        "y": [points(value[0]) for value in values],
        "error_y": {
            "array": [points(value[2] - value[0]) for value in values],
            "arrayminus": [points(value[0] - value[1]) for value in values],
            "color": hue,
            "thickness": 1.3,
            "width": 3,
        },
        "line": {"color": hue, "width": 2},
        "marker": {
            "symbol": symbol,
            "size": 9,
            "color": [PAPER if rate.small else hue for rate in rates],
            "line": {"color": hue, "width": 2},
        },
        "text": [
            f"{f'{value[0]:.1f}' if written and not rate.small else ''}{error_mark(rate.wrong)}"
            for rate, value in zip(rates, values, strict=True)
        ],
        "textposition": [f"{'bottom' if falls else 'top'} {'right' if place else 'left'}" for falls in falling],
        "textfont": {"size": 11, "color": hue},
        "cliponaxis": False,
        "customdata": [f"{count(rate.corrected.number)}／{count(rate.decided.number)}" for rate in rates],
        "hovertemplate": f"{name}：%{{customdata}}＝%{{y:.1f}}%<extra></extra>",
    }


def rates_title(rates: Sequence[Rate], suits: Sequence[Rate]) -> str:
    """复议纠错率 of the newest year, where it is not a small sample, and whether it differs from the year before."""
    last = rates[-1]
    if last.value is None or last.small or last.wrong:
        return "复议、诉讼纠错率"
    said = None
    for before, after in pairwise(rates):
        same = comparable(measure("reconsideration"), before.report, after.report) == "same"
        if after is last and same and before.value and not before.small and not before.wrong:
            said = (before.report.year, *before.value)
    few = any(rate.value for rate in suits) and all(rate.small for rate in suits)
    return titles.rates_title(said, (last.report.year, *last.value)) + ("；诉讼件数少，不作判断" if few else "")
