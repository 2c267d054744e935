"""Charts of one report: results, reasons, the flow of applications, reviews and suits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import Drawn, Fact, Reading, cells_of, measure, notes, read_one, source
from gdgk.charts.sankey import flow_layout
from gdgk.charts.style import (
    EDGES,
    HUES,
    INK,
    INK2,
    INK3,
    NARROW,
    NORMAL,
    Chart,
    count,
    error_mark,
    percent,
    points,
    reach,
    sample,
    width_of,
)
from gdgk.indicators import APPLICANTS, RESULTS, quantity

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go


def result_mix(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """办理结果构成: the six results in form order, 件 and share of （七）总计.

    Holds for 2019 and later; on the 2014 form the kinds of reply that the crosswalk maps. None when none is filled in.
    """
    report = read_one(panel, findings)
    measures = [measure(name) for name in RESULTS]
    if report is None or report.unfilled(measures):
        return None
    facts, total = report.facts(measures), report.fact(measure("outcomes_total"))
    known = [fact for fact in facts if fact.known]
    if not known:
        return None
    labels = [item.label for item in measures]
    whole, doubt = share_base(facts, total)
    texts = [mix_text(fact, whole) for fact in facts]
    sure = len(known) == len(facts) and not doubt and not any(fact.wrong for fact in [*facts, total])
    numbers = [fact.number for fact in facts]
    chart = bars(
        labels=labels,
        facts=facts,
        texts=texts,
        hues=range(6),
        left=70,
        height=236,
        title=titles.mix_title(labels, numbers, whole) if sure else "办理结果构成",
        subtitle=mix_subtitle(report, total, whole, doubt),
        source=source(origin(report, "三"), leftover(report, facts, total), *notes([*facts, total])),
    )
    shares = [percent(100 * fact.number / whole) if whole and fact.known else "—" for fact in facts]
    chart.columns = ["结果", "件", "占比"]
    chart.rows = [[label, fact.text, share] for label, fact, share in zip(labels, facts, shares, strict=True)]
    chart.rows = [*chart.rows, [total_name(report), total.text, "100.0%" if whole else "—"]]
    return chart.figure()


def share_base(facts: Sequence[Fact], total: Fact) -> tuple[float | None, str]:
    """The denominator of the shares, or None with the reason: a total that its parts contradict gives no share."""
    parts = sum(fact.number for fact in facts)
    if not total.known or total.number == 0:
        return None, f"（七）总计为 0，分项之和 {count(parts)}，不计占比" if total.known and parts else ""
    complete = all(fact.known for fact in facts)
    if parts > total.number or (complete and parts != total.number):
        return None, f"分项之和 {count(parts)} 与总计 {count(total.number)} 不合，不计占比"
    return total.number, ""


def mix_text(fact: Fact, whole: float | None) -> str:
    """What stands at the end of a bar."""
    if not fact.known:
        return fact.missing
    if not fact.number:
        return f"0{fact.dagger}{error_mark(fact.wrong)}"
    share = f"　{percent(100 * fact.number / whole)}" if whole else ""
    return f"<b>{count(fact.number)}</b>{fact.dagger} 件{share}{error_mark(fact.wrong)}"


def mix_subtitle(report: Reading, total: Fact, whole: float | None, doubt: str) -> str:
    """Measure, unit and n."""
    if doubt:
        return f"办理结果，件；{doubt}"
    if whole is None:
        return "办理结果，件" + ("；总计未入库，不计占比" if not total.known else "；总计为 0，不计占比")
    return f"办理结果，件、占{total_name(report)}；{sample(whole)}"


def total_name(report: Reading) -> str:
    """The denominator as the form names it."""
    return "申请答复数" if report.sheet.form.id == "2014" else "（七）总计"


def leftover(report: Reading, facts: Sequence[Fact], total: Fact) -> str:
    """The replies of the 2014 form that none of the six results takes in."""
    rest = total.number - sum(fact.number for fact in facts)
    if report.sheet.form.id != "2014" or rest <= 0:
        return ""
    return f"表式另有答复 {count(rest)} 件不在六类之内"


def origin(report: Reading, number: str) -> str:
    """Year and table."""
    table = "《统计表》" if report.sheet.form.id == "2014" else f"表{number}" + ("“总计”列" if number == "三" else "")
    return f"{report.year} 年报告{table}"


def bars(
    *,
    labels: Sequence[str],
    facts: Sequence[Fact],
    texts: Sequence[str],
    hues: Sequence[int] | range,
    left: int,
    height: int,
    title: str,
    subtitle: str,
    source: str,
) -> Chart:
    """Horizontal bars in form order, a figure at the end of each; a zero keeps its row, a missing one says why."""
    values = [fact.number for fact in facts]
    data = {
        "type": "bar",
        "orientation": "h",
        "y": list(labels),
        "x": [points(value) for value in values],
        "width": 0.66,
        "marker": {
            "color": [HUES[hue] for hue in hues],
            "line": {"color": [EDGES[hue] for hue in hues], "width": [1 if value else 0 for value in values]},
        },
        "text": list(texts),
        "textposition": "outside",
        "cliponaxis": False,
        "constraintext": "none",
        "textfont": {"color": [INK if value else INK3 for value in values], "size": 12},
        "hovertemplate": "%{y}：%{text}<extra></extra>",
    }
    margin = {"l": left, "r": 8, "t": 4, "b": 4}
    ends = [reach(values, texts, width - left - 8) for width in (NORMAL, NARROW)]
    layout = {
        "yaxis": {"autorange": "reversed", "showline": True},
        "xaxis": {"visible": False, "range": [0, round(ends[0], 2)]},
    }
    narrow = {"xaxis.range": [0, round(ends[1], 2)]}
    return Chart(title, subtitle, source, [], [], height, [data], layout, margin, narrow)


def refusal_reasons(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """（三）不予公开 and （四）无法提供 by reason, 件; rows of 0 stay. Holds for 2019 and later, else None."""
    report = read_one(panel, findings)
    if report is None or "applications" not in report.sheet.form.tables:
        return None
    table = report.sheet.form.tables["applications"]
    denied, unavailable = table.leaves("denied"), table.leaves("unavailable")
    rows = [*denied, *unavailable]
    measures = cells_of("applications", rows)
    facts = report.facts(measures)
    if report.unfilled(measures) or not any(fact.known for fact in facts):
        return None
    labels = [row.short for row in rows]
    sums = [sum(fact.number for fact in part) for part in (facts[: len(denied)], facts[len(denied) :])]
    sure = all(fact.known and not fact.wrong for fact in facts)
    numbers = [fact.number for fact in facts]
    chart = bars(
        labels=labels,
        facts=facts,
        texts=[
            f"<b>{count(fact.number)}</b>{fact.dagger}{error_mark(fact.wrong)}" if fact.number else mix_text(fact, None)
            for fact in facts
        ],
        hues=[2] * len(denied) + [3] * len(unavailable),
        left=92,
        height=262,
        title=titles.reasons_title(labels, numbers, *sums) if sure else "不予公开与无法提供的理由",
        subtitle=f"不予公开八项、无法提供三项的理由，件；{sample(sum(sums))}",
        source=source(origin(report, "三") + "，（三）（四）各行，依表式次序", *notes(facts)),
    )
    border = len(denied) - 0.5
    chart.layout["shapes"] = [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": border,
            "y1": border,
            "line": {"color": INK3, "width": 1, "dash": "dot"},
        }
    ]
    known = [all(fact.known for fact in part) for part in (facts[: len(denied)], facts[len(denied) :])]
    words = [
        group_word(name, amount) if whole else ""
        for name, amount, whole in zip(("（三）不予公开", "（四）无法提供"), sums, known, strict=True)
    ]
    chart.layout["annotations"] = group_words(words, numbers, len(denied))
    chart.columns = ["理由", "件"]
    chart.rows = [[row.label, fact.text] for row, fact in zip(rows, facts, strict=True)]
    return chart.figure()


def applicants(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """本年新收 by kind of applicant, 件 and share; rows of 0 stay. Holds for 2019 and later, else None."""
    report = read_one(panel, findings)
    if report is None or "applications" not in report.sheet.form.tables:
        return None
    columns = report.sheet.form.tables["applications"].columns
    measures = [quantity(f"applications.new.{name}") for name in APPLICANTS]
    facts, total = report.facts(measures), report.fact(measure("received"))
    if report.unfilled(measures) or not any(fact.known for fact in facts):
        return None
    labels = [columns[name].short for name in APPLICANTS]
    whole, doubt = share_base(facts, total)
    numbers = [fact.number for fact in facts]
    sure = not doubt and all(fact.known and not fact.wrong for fact in [*facts, total])
    said = doubt.replace("（七）总计", "总计") or (sample(whole) if whole else "没有新收的申请")
    chart = bars(
        labels=labels,
        facts=facts,
        texts=[mix_text(fact, whole) for fact in facts],
        hues=range(6),
        left=92,
        height=236,
        title=titles.applicants_title(labels, numbers) if sure else "申请人构成",
        subtitle=f"本年新收，按申请人，件、占新收；{said}",
        source=source(f"{report.year} 年报告表三“本年新收”行", "后五类为法人或其他组织", *notes([*facts, total])),
    )
    shares = [percent(100 * fact.number / whole) if whole and fact.known else "—" for fact in facts]
    chart.columns = ["申请人", "件", "占比"]
    chart.rows = [[label, fact.text, share] for label, fact, share in zip(labels, facts, shares, strict=True)]
    chart.rows = [*chart.rows, ["总计", total.text, "100.0%" if whole else "—"]]
    return chart.figure()


def group_word(name: str, amount: float) -> str:
    """The heading of a group of reasons with its sum."""
    return f"{name}<br>共 <b>{count(amount)}</b> 件"


def group_words(words: Sequence[str], numbers: Sequence[float], border: int) -> list[dict[str, Any]]:
    """The sums of the two groups at the right, each beside the shortest bars of its group; none where one is empty."""
    found = []
    for word, (start, end) in zip(words, ((0, border), (border, len(numbers))), strict=True):
        if not word:
            continue
        pairs = range(start, end - 1)
        best = min(pairs, key=lambda row: (max(numbers[row], numbers[row + 1]), -row))
        found.append(
            {
                "xref": "paper",
                "x": 1,
                "xanchor": "right",
                "y": best + 0.5,
                "text": word,
                "align": "right",
                "font": {"color": INK2},
            }
        )
    return found


def flow(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """本年新收 ＋ 上年结转 → the six results and 结转下年度, 件.

    Holds for 2019 and later; None when a figure is missing.
    """
    report = read_one(panel, findings)
    names = ["received", "carried_over", *RESULTS, "carried_forward"]
    measures = [measure(name) for name in names]
    if report is None or report.unfilled(measures[2:]):
        return None
    facts = report.facts(measures)
    if not all(fact.known for fact in facts):
        return None
    labels = [item.label for item in measures]
    numbers = [fact.number for fact in facts]
    if not sum(numbers[:2]) or not sum(numbers[2:]):
        return None
    wrong = any(fact.wrong for fact in facts)
    data, words = flow_layout(labels, facts)
    zero = [label for label, fact in zip(labels, facts, strict=True) if not fact.number]
    left_out = f"；为 0 的不画：{'、'.join(zero)}" if zero else ""
    handled, forward = sum(numbers[2:-1]), numbers[-1]
    sign = "＝" if sum(numbers[:2]) == handled + forward else "≠"
    balance = f"{count(numbers[0])} ＋ {count(numbers[1])} {sign} {count(handled)} ＋ {count(forward)}"
    return Chart(
        title="申请的来与去" if wrong else titles.flow_title(numbers[0], numbers[1], handled, forward),
        subtitle=f"申请流向，件；{sample(sum(numbers[:2]))}{left_out}",
        source=source(origin(report, "三"), balance, *notes(facts)),
        columns=["项目", "件"],
        rows=[[label, fact.text] for label, fact in zip(labels, facts, strict=True)],
        height=262,
        data=[data],
        layout={"annotations": words},
        margin={
            "l": 6,
            "r": max(84, 14 + round(max(width_of(word["text"]) for word in words if word["x"] == 1))),
            "t": 24,
            "b": 8,
        },
    ).figure()
