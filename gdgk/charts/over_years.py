"""Charts of applications over the years: how many, with what result, refused for what reason."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import (
    NOT_ON_FORM,
    Drawn,
    Fact,
    Reading,
    comparable,
    measure,
    notes,
    over_seam,
    read_years,
    source,
)
from gdgk.charts.one_year import share_base
from gdgk.charts.style import (
    EDGES,
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
    width_of,
)
from gdgk.charts.years import Timeline, axis, backdrop, frame, narrow_axis, time_axis, timeline, top
from gdgk.crosswalk import Measure
from gdgk.indicators import RESULTS

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go


def volume(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """新收 by year, stacked with 上年结转, 件. Holds for every edition (结转 from 2019); None when no year says it."""
    reports = read_years(panel, findings)
    new = {report.year: report.fact(measure("received")) for report in reports}
    carried = {report.year: report.fact(measure("carried_over")) for report in reports}
    if not any(fact.known for fact in new.values()):
        return None
    line = timeline(reports)
    shapes, words = backdrop(line)
    for year, fact in new.items():
        if not fact.known:
            shape, text = frame(line, year, fact.missing)
            shapes.append(shape)
            words.append(text)
    shown = [year for year, fact in new.items() if fact.known]
    words.extend(volume_word(line, year, new[year], carried[year]) for year in shown)
    highest = max(new[year].number + carried[year].number for year in shown)
    tall = max(width_of(word["text"]) for word in words if "textangle" in word) + 8 if line.dense else 48
    return Chart(
        title=volume_title(reports, new),
        subtitle="本年新收（深）与上年结转（浅），件；柱顶：新收，＋结转",
        source=source(
            years_of(reports, "三"),
            said_of_seams(reports, measure("received"), "新收"),
            *notes([*new.values(), *carried.values()]),
        ),
        columns=["年", "本年新收", "上年结转", "收办"],
        rows=[[str(year), new[year].text, carried[year].text, both(new[year], carried[year])] for year in new],
        height=272,
        data=[
            column_trace("本年新收", line, shown, new, 0),
            column_trace("上年结转", line, [year for year in shown if carried[year].number], carried, 1),
        ],
        layout={
            "barmode": "stack",
            "xaxis": time_axis(line),
            "yaxis": {"visible": False, "range": [0, round((highest or 1) / (1 - tall / 220), 2)]},
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 4, "r": 4, "t": top(line), "b": 26},
        narrow=narrow_axis(line),
        wide=line.dense,
    ).figure()


def both(new: Fact, carried: Fact) -> str:
    """新收 and 结转 together; — where one of them is not known."""
    return count(new.number + carried.number) if new.known and carried.known else "—"


def volume_word(line: Timeline, year: int, new: Fact, carried: Fact) -> dict[str, Any]:
    """The figures above a column."""
    more = (
        f"＋{count(carried.number)}{carried.dagger}"
        if carried.known
        else "结转<br>未入库"
        if carried.missing != NOT_ON_FORM
        else ""
    )
    mark = error_mark(new.wrong or carried.wrong)
    if line.dense:
        more = more.replace("<br>", "")
        text = f"<b>{count(new.number)}</b>{new.dagger}{' ' if more else ''}{more}{mark}"
    else:
        text = f"<b>{count(new.number)}</b>{new.dagger}{mark}{'<br>' if more else ''}{more}"
    place = {"x": line.at(year), "y": points(new.number + carried.number), "yanchor": "bottom", "text": text}
    return {**place, "textangle": -90} if line.dense else place


def column_trace(name: str, line: Timeline, years: Sequence[int], facts: dict[int, Fact], hue: int) -> dict[str, Any]:
    """Columns of one quantity at their years."""
    return {
        "type": "bar",
        "name": name,
        "x": [line.at(year) for year in years],
        "y": [points(facts[year].number) for year in years],
        "width": 0.56,
        "marker": {"color": HUES[hue], "line": {"color": EDGES[hue], "width": 1}},
        "hovertemplate": f"{name} %{{y:,d}} 件<extra></extra>",
    }


def volume_title(reports: Sequence[Reading], facts: dict[int, Fact]) -> str:
    """The course of 新收 over the last years that follow on each other and compare fully."""
    run = comparable_run(reports, facts, measure("received"))
    return titles.run_title("新收", run, whole_run(run, facts)) if run else "本年新收与上年结转"


def whole_run(run: Sequence[tuple[int, float]], facts: dict[int, Fact]) -> bool:
    """Whether a run takes in every year with a figure."""
    return len(run) == sum(fact.known for fact in facts.values())


def comparable_run(reports: Sequence[Reading], facts: dict[int, Fact], quantity: Measure) -> list[tuple[int, float]]:
    """The last years up to the newest without a gap, a doubtful figure or a form that does not compare."""
    run: list[tuple[int, float]] = []
    later: Reading | None = None
    for report in reversed(reports):
        fact = facts[report.year]
        if not fact.known or fact.wrong or (later is not None and comparable(quantity, report, later) != "same"):
            break
        run.insert(0, (report.year, fact.number))
        later = report
    return run


def years_of(reports: Sequence[Reading], number: str) -> str:
    """Which reports and which table the figures stand in."""
    old = [str(report.year) for report in reports if report.sheet.form.id == "2014"]
    new = [str(report.year) for report in reports if report.sheet.form.id != "2014"]
    parts = [f"{'、'.join(old)} 年报告《统计表》"] if old else []
    return "；".join([*parts, f"{'、'.join(new)} 年报告表{number}"] if new else parts)


def said_of_seams(reports: Sequence[Reading], quantity: Measure, name: str) -> str:
    """What the crosswalk says of a quantity at the seams that lie between reports."""
    found = []
    for before, after in pairwise(reports):
        if before.sheet.form.family == after.sheet.form.family:
            continue
        kind = over_seam(quantity, before, after)
        if kind == "approx":
            note = f"（{quantity.note}）" if quantity.note else ""
            found.append(f"{before.year}｜{after.year} 表式不同，{name}只可近似比较{note}")
        elif kind == "none":
            found.append(f"{before.year}｜{after.year} 表式不同，{name}不可比")
    return "；".join(found)


def result_mix_by_year(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """The six results of each year as shares of （七）总计, %, with n.

    Holds for 2019 and later; years on the 2014 form are empty frames. None when no year says all six.
    """
    reports = read_years(panel, findings)
    measures = [measure(name) for name in RESULTS]
    years = {report.year: YearMix(report, measures) for report in reports}
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
        title=mix_trend_title(reports, years),
        subtitle=f"办理结果构成，占（七）总计，%；{'，'.join(sizes)}",
        source=source(
            years_of(reports, "三"),
            "依表式次序",
            seam_note(reports, measures),
            *notes(fact for mix in years.values() for fact in mix.facts),
        ),
        columns=["结果", *(head for year in years for head in (f"{year} 件", "占比"))],
        rows=mix_rows(measures, years),
        height=44 + 46 * len(line.slots),
        data=[mix_trace(line, place, item, drawn, years) for place, item in enumerate(measures)],
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
    """The six results of one year, their shares, or why there are none."""

    def __init__(self, report: Reading, measures: Sequence[Measure]) -> None:
        self.facts = report.facts(measures)
        self.total = report.fact(measure("outcomes_total"))
        self.shares: list[float] = []
        self.why = next((fact.missing for fact in [*self.facts, self.total] if not fact.known), "")
        if self.why:
            self.why = "表式不同，不能分六类" if self.why == NOT_ON_FORM else f"办理结果{self.why}"
            return
        if report.unfilled(measures):
            self.why = "办理结果未填报"
            return
        whole, doubt = share_base(self.facts, self.total)
        if whole is None:
            self.why = "分项与总计不合，不计占比" if doubt else "没有办结的申请"
            return
        self.shares = [100 * fact.number / whole for fact in self.facts]

    @property
    def wrong(self) -> bool:
        """Whether a figure stands in a failed check."""
        return any(fact.wrong for fact in [*self.facts, self.total])


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


def with_n(line: Timeline, years: dict[int, YearMix], short: bool = False) -> list[str]:
    """The labels of the years, n beneath each that has shares."""
    labels = axis(line, short, down=True)["ticktext"]
    for place, slot in enumerate(line.slots):
        mix = years.get(slot.year) if slot.year else None
        if mix and mix.shares:
            labels[place] += f"<br>n={count(mix.total.number)}{mix.total.dagger}{error_mark(mix.wrong)}"
    return labels


def mix_trace(
    line: Timeline, place: int, item: Measure, drawn: Sequence[int], years: dict[int, YearMix]
) -> dict[str, Any]:
    """One result over the years."""
    shares = [years[year].shares[place] for year in drawn]
    return {
        "type": "bar",
        "orientation": "h",
        "name": item.label,
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
        "hovertemplate": f"{item.label}：%{{customdata}} 件，%{{x:.1f}}%<extra></extra>",
    }


def joints(line: Timeline, reports: Sequence[Reading], years: dict[int, YearMix]) -> list[dict[str, Any]]:
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


def mix_rows(measures: Sequence[Measure], years: dict[int, YearMix]) -> list[list[str]]:
    """The table: the six results, （一）＋（二） that the title speaks of, the total."""

    def cells(facts: list[Fact], shares: list[float]) -> list[str]:
        said = count(sum(fact.number for fact in facts)) if len(facts) > 1 else facts[0].text
        return [
            said if all(fact.known for fact in facts) else facts[0].missing or "—",
            percent(sum(shares)) if shares else "—",
        ]

    rows = [
        [
            item.label,
            *(text for mix in years.values() for text in cells([mix.facts[place]], mix.shares[place : place + 1])),
        ]
        for place, item in enumerate(measures)
    ]
    rows.append(["（一）＋（二）", *(text for mix in years.values() for text in cells(mix.facts[:2], mix.shares[:2]))])
    rows.append(
        ["（七）总计", *(text for mix in years.values() for text in (mix.total.text, "100.0%" if mix.shares else "—"))]
    )
    return rows


def mix_trend_title(reports: Sequence[Reading], years: dict[int, YearMix]) -> str:
    """How the share granted wholly or partly changed between the last two years that compare fully."""
    for before, after in reversed(list(pairwise(reports))):
        one, two = years[before.year], years[after.year]
        if comparable(measure("granted"), before, after) != "same" or not one.shares or not two.shares:
            continue
        if one.wrong or two.wrong:
            break
        pair = [
            (year, mix.facts[0].number + mix.facts[1].number, mix.total.number)
            for year, mix in ((before.year, one), (after.year, two))
        ]
        return titles.share_title("予以公开与部分公开合计", *pair) or "办理结果构成，逐年"
    return "办理结果构成，逐年"
