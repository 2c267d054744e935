"""What applications are made of, year by year: by result, by applicant; shares of a whole that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import (
    NOT_ON_FORM,
    Drawn,
    Reading,
    comparable,
    measure,
    notes,
    over_seam,
    read_years,
    source,
)
from gdgk.charts.one_year import share_base
from gdgk.charts.over_years import years_of
from gdgk.charts.style import (
    HUES,
    INK2,
    INK3,
    ON_HUES,
    PAPER,
    SUNK,
    Chart,
    count,
    error_mark,
    percent,
    points,
    sample,
)
from gdgk.charts.years import Timeline, axis, backdrop, timeline
from gdgk.crosswalk import Measure
from gdgk.form import edition
from gdgk.indicators import APPLICANTS, RESULTS, quantity

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go

Years = dict[int, "YearMix"]


@dataclass(frozen=True)
class Composition:
    """What a whole is made of: the parts with their labels in form order, the whole; name, whole_name: for the words.

    lead: how many of the first parts the title speaks of, lead_name: as what.
    """

    parts: tuple[Measure, ...]
    labels: tuple[str, ...]
    whole: Measure
    name: str
    whole_name: str
    lead: int
    lead_name: str
    order: str


@cache
def results() -> Composition:
    """The six results of （七）总计."""
    parts = tuple(measure(name) for name in RESULTS)
    names = ("办理结果", "（七）总计", 2, "予以公开与部分公开合计", "依表式次序")
    return Composition(parts, tuple(item.label for item in parts), measure("outcomes_total"), *names)


@cache
def applicants() -> Composition:
    """The six kinds of applicant of 本年新收."""
    parts = tuple(quantity(f"applications.new.{name}") for name in APPLICANTS)
    columns = edition("2021").tables["applications"].columns
    labels = tuple(columns[name].short for name in APPLICANTS)
    names = ("申请人", "本年新收", 1, "自然人占比", "依表式次序，后五类为法人或其他组织")
    return Composition(parts, labels, measure("received"), *names)


def result_mix_by_year(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """The six results of each year as shares of （七）总计, %, with n.

    Holds for 2019 and later; years on the 2014 form are empty frames. None when no year says all six.
    """
    return mix_by_year(read_years(panel, findings), results())


def applicants_by_year(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """The six kinds of applicant of each year as shares of 本年新收, %, with n.

    Holds for 2019 and later; years on the 2014 form are empty frames. None when no year says all six.
    """
    return mix_by_year(read_years(panel, findings), applicants())


def mix_by_year(reports: Sequence[Reading], made_of: Composition) -> go.Figure | None:
    """A whole and its parts, a line for each year."""
    years = {report.year: YearMix(report, made_of) for report in reports}
    if not any(year.shares for year in years.values()):
        return None
    line = timeline(reports)
    shapes, words = backdrop(line, down=True)
    for year, mix in years.items():
        if not mix.shares:
            shapes.append(empty_row(line, year))
            words.append({"x": 50, "y": line.at(year), "text": mix.why, "font": {"color": INK2}})
    drawn = [year for year, mix in years.items() if mix.shares]
    shapes.extend(joints(line, reports, years))
    sizes = [f"{year} 年 {sample(years[year].total.number)}" for year in drawn]
    return Chart(
        title=mix_trend_title(reports, years, made_of),
        subtitle=f"{made_of.name}构成，占{made_of.whole_name}，%；{'，'.join(sizes)}",
        source=source(
            years_of(reports, "三"),
            made_of.order,
            seam_note(reports, made_of.parts),
            *notes(fact for mix in years.values() for fact in mix.facts),
        ),
        columns=[made_of.name, *(head for year in years for head in (f"{year} 件", "占比"))],
        rows=mix_rows(made_of, years),
        height=44 + 46 * len(line.slots),
        data=[mix_trace(line, place, label, drawn, years) for place, label in enumerate(made_of.labels)],
        layout={
            "barmode": "stack",
            "showlegend": True,
            "legend": {"y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
            "uniformtext": {"mode": "hide", "minsize": 11},
            "yaxis": {**axis(line, down=True), "ticktext": with_n(line, years), "range": [line.span[1], line.span[0]]},
            "xaxis": {"visible": False, "range": [0, 100]},
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 84, "r": 4, "t": 26, "b": 4},
        narrow={"margin.t": 48, "margin.l": 60, "yaxis.ticktext": with_n(line, years, short=True)},
        narrow_height=66 + 46 * len(line.slots),
        wide=True,
    ).figure()


class YearMix:
    """The parts of one year, their shares, or why there are none."""

    def __init__(self, report: Reading, made_of: Composition) -> None:
        self.facts = report.facts(made_of.parts)
        self.total = report.fact(made_of.whole)
        self.shares: list[float] = []
        self.why = next((fact.missing for fact in [*self.facts, self.total] if not fact.known), "")
        if self.why:
            self.why = "表式不同，不能分六类" if self.why == NOT_ON_FORM else f"{made_of.name}{self.why}"
            return
        if report.unfilled(made_of.parts):
            self.why = f"{made_of.name}未填报"
            return
        whole, doubt = share_base(self.facts, self.total)
        if whole is None:
            self.why = "分项与总计不合，不计占比" if doubt else f"{made_of.whole_name}为 0"
            return
        self.shares = [100 * fact.number / whole for fact in self.facts]

    @property
    def wrong(self) -> bool:
        """Whether a figure stands in a failed check."""
        return any(fact.wrong for fact in [*self.facts, self.total])

    def together(self, first: int) -> tuple[str, str]:
        """The sum of the first parts and their share, as text."""
        facts = self.facts[:first]
        gone = next((fact.missing for fact in facts if not fact.known), "")
        said = gone or count(sum(fact.number for fact in facts))
        return said, percent(sum(self.shares[:first])) if self.shares else "—"


def empty_row(line: Timeline, year: int) -> dict[str, Any]:
    """The dashed frame of a year without shares."""
    place = line.at(year)
    return {
        "x0": 0,
        "x1": 100,
        "y0": place - 0.28,
        "y1": place + 0.28,
        "fillcolor": SUNK,
        "line": {"width": 1, "color": INK3, "dash": "dot"},
        "layer": "below",
    }


def with_n(line: Timeline, years: Years, short: bool = False) -> list[str]:
    """The labels of the years, n beneath each that has shares."""
    labels = axis(line, short, down=True)["ticktext"]
    for place, slot in enumerate(line.slots):
        mix = years.get(slot.year) if slot.year else None
        if mix and mix.shares:
            labels[place] += f"<br>n={count(mix.total.number)}{mix.total.dagger}{error_mark(mix.wrong)}"
    return labels


def mix_trace(line: Timeline, place: int, label: str, drawn: Sequence[int], years: Years) -> dict[str, Any]:
    """One part over the years."""
    shares = [years[year].shares[place] for year in drawn]
    return {
        "type": "bar",
        "orientation": "h",
        "name": label,
        "y": [line.at(year) for year in drawn],
        "x": [points(share) for share in shares],
        "width": 0.5,
        "marker": {"color": HUES[place], "line": {"color": PAPER, "width": 1.5}},
        "text": [percent(share) if share else "" for share in shares],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"color": ON_HUES[place], "size": 12},
        "customdata": [count(years[year].facts[place].number) for year in drawn],
        "hovertemplate": f"{label}：%{{customdata}} 件，%{{x:.1f}}%<extra></extra>",
    }


def joints(line: Timeline, reports: Sequence[Reading], years: Years) -> list[dict[str, Any]]:
    """Thin lines between the borders of years that follow on each other on one form, as one path."""
    path = ""
    for before, after in pairwise(reports):
        one, two = years[before.year].shares, years[after.year].shares
        if after.year != before.year + 1 or before.sheet.form.family != after.sheet.form.family or not one or not two:
            continue
        start, end = round(line.at(before.year) + 0.25, 2), round(line.at(after.year) - 0.25, 2)
        path += "".join(f"M{sum(one[:cut]):.1f},{start}L{sum(two[:cut]):.1f},{end}" for cut in range(1, 6))
    return [{"type": "path", "path": path, "line": {"color": INK3, "width": 0.7}}] if path else []


def seam_note(reports: Sequence[Reading], measures: Sequence[Measure]) -> str:
    """Whether the results compare across the seams between reports."""
    found = []
    for before, after in pairwise(reports):
        kinds = {over_seam(item, before, after) for item in measures}
        if before.sheet.form.family == after.sheet.form.family or kinds == {"same"}:
            continue
        if "none" in kinds:
            found.append(f"{before.year}｜{after.year} 表式不同，六类不能逐项对应，不作比较")
        elif "approx" in kinds:
            found.append(f"{before.year}｜{after.year} 表式不同，只可近似比较")
    return "；".join(found)


def mix_rows(made_of: Composition, years: Years) -> list[list[str]]:
    """The table: the parts, those together that the title speaks of where they are several, the whole."""

    def line_of(name: str, said: Callable[[YearMix], tuple[str, str]]) -> list[str]:
        return [name, *(text for mix in years.values() for text in said(mix))]

    def part(place: int) -> Callable[[YearMix], tuple[str, str]]:
        return lambda mix: (mix.facts[place].text, percent(mix.shares[place]) if mix.shares else "—")

    rows = [line_of(label, part(place)) for place, label in enumerate(made_of.labels)]
    if made_of.lead > 1:
        rows.append(line_of("（一）＋（二）", lambda mix: mix.together(made_of.lead)))
    whole = line_of(made_of.whole_name, lambda mix: (mix.total.text, "100.0%" if mix.shares else "—"))
    return [*rows, whole]


def mix_trend_title(reports: Sequence[Reading], years: Years, made_of: Composition) -> str:
    """How the share of the first parts changed between the last two years that compare fully."""
    plain = f"{made_of.name}构成，逐年"
    for before, after in reversed(list(pairwise(reports))):
        one, two = years[before.year], years[after.year]
        if comparable(made_of.parts[0], before, after) != "same" or not one.shares or not two.shares:
            continue
        if one.wrong or two.wrong:
            break
        pair = [
            (year, sum(fact.number for fact in mix.facts[: made_of.lead]), mix.total.number)
            for year, mix in ((before.year, one), (after.year, two))
        ]
        return titles.share_title(made_of.lead_name, *pair) or plain
    return plain
