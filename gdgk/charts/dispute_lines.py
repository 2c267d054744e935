"""Reviews and suits of one report, by result, beside the totals as printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gdgk.charts.facts import DISPUTES, NOT_FILLED, OUTCOMES, Drawn, Fact, dispute, notes, only_total, read_one, source
from gdgk.charts.one_year import origin
from gdgk.charts.style import INK, INK3, NARROW, NORMAL, OUTCOME_LOOKS, Chart, count, error_mark, points, reach, sample
from gdgk.form import CellKey

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go


def dispute_results(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """复议、诉讼 by result, 件, stacked; the printed 总计 as an open diamond, so that a wrong total is seen.

    Holds for 2019 and later, else None; None when table 四 is blank or not taken in.
    """
    report = read_one(panel, findings)
    if report is None or "disputes" not in report.sheet.form.tables or "disputes" in report.sheet.blank_tables:
        return None
    parts = {row: report.facts(dispute(row, column) for column in OUTCOMES) for row in DISPUTES}
    if not any(fact.known for facts in parts.values() for fact in facts):
        return None
    printed = {row: report.sheet.cells[CellKey("disputes", row, "total")].value for row in DISPUTES}
    lines = [DisputeLine(DISPUTES[row], parts[row], printed[row], only_total(report, row)) for row in DISPUTES]
    ends = [line.end for line in lines]
    texts = ["" if line.below else line.text for line in lines]
    margin = {"l": 84, "r": 8, "t": 26, "b": 24}
    ranges = [reach(ends, texts, width - 100) for width in (NORMAL, NARROW)]
    facts = [fact for line in lines for fact in line.parts]
    spare = 0.03 * ranges[0]
    return Chart(
        title=dispute_title(lines),
        subtitle=f"复议、诉讼按结果，件；条为各结果之和，◇ 为表上总计；{sample(sum(line.parts_sum for line in lines))}",
        source=source(origin(report, "四"), "总计未填处无 ◇" if None in printed.values() else "", *notes(facts)),
        columns=["", *OUTCOMES.values(), "分项之和", "表上总计"],
        rows=[line.row for line in lines],
        height=236,
        data=[*stacks(lines), diamonds(lines)],
        layout={
            "barmode": "stack",
            "uniformtext": {"mode": "hide", "minsize": 11},
            "showlegend": True,
            "legend": {"y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
            "yaxis": {
                "range": [2.5, -0.5],
                "tickvals": [0, 1, 2],
                "ticktext": [line.label for line in lines],
                "ticks": "outside",
                "ticklen": 10,
                "tickcolor": "rgba(0,0,0,0)",
            },
            "xaxis": {
                "range": [-round(spare, 3), round(ranges[0], 2)],
                "nticks": 5,
                "showgrid": True,
                "tickformat": ",d",
            },
            "annotations": [line.word(place) for place, line in enumerate(lines)],
        },
        margin=margin,
        narrow={"xaxis.range": [-round(spare, 3), round(ranges[1], 2)], "xaxis.nticks": 3, "margin.t": 42},
        narrow_height=252,
    ).figure()


class DisputeLine:
    """One line of table 四: its four parts and the total as printed."""

    def __init__(self, label: str, parts: list[Fact], printed: float | None, empty: bool) -> None:
        self.label, self.parts, self.printed, self.empty = label, parts, printed, empty
        self.known = all(fact.known for fact in parts) and not empty
        self.parts_sum = sum(fact.number for fact in parts)
        self.wrong = any(fact.wrong for fact in parts)

    @property
    def end(self) -> float:
        """The rightmost mark."""
        return max(self.parts_sum, self.printed or 0)

    @property
    def contradicted(self) -> bool:
        """Whether the printed total is not the sum of the parts."""
        return self.known and self.printed is not None and self.printed != self.parts_sum

    @property
    def below(self) -> bool:
        """Whether the words are too many to stand behind the line."""
        return self.empty or self.contradicted

    def word(self, place: int) -> dict[str, Any]:
        """The words behind the line, or beneath it where they are many."""
        if self.below:
            return {"x": 0, "y": place + 0.37, "xanchor": "left", "text": self.text}
        colour = {"color": INK if self.end else INK3}
        return {"x": points(self.end), "y": place, "xanchor": "left", "xshift": 11, "text": self.text, "font": colour}

    def inside(self, part: int) -> str:
        """The figure in a part; the last one keeps clear of the diamond behind it."""
        last = not any(fact.number for fact in self.parts[part + 1 :])
        return count(self.parts[part].number) + ("\u2003" if last else "")

    @property
    def text(self) -> str:
        """What stands at the end of the line."""
        if self.empty:
            return f"总计 <b>{count(self.printed or 0)}</b>，分项未填"
        if not self.known:
            return next(fact.missing for fact in self.parts if not fact.known)
        dagger = "†" if any(fact.zero for fact in self.parts) else ""
        if self.contradicted:
            printed = f"<b>{count(self.printed or 0)}</b>{error_mark(self.wrong)}"
            return f"分项之和 <b>{count(self.parts_sum)}</b>{dagger} ≠ 表上 {printed}"
        amount = f"<b>{count(self.parts_sum)}</b>" if self.parts_sum else "0"
        return f"{amount}{dagger}{error_mark(self.wrong)}"

    @property
    def row(self) -> list[str]:
        """The line in the table behind the chart."""
        blank = [NOT_FILLED if self.empty else fact.text for fact in self.parts]
        printed = NOT_FILLED if self.printed is None else count(self.printed)
        return [self.label, *blank, count(self.parts_sum) if self.known else "—", printed]


def stacks(lines: Sequence[DisputeLine]) -> list[dict[str, Any]]:
    """The parts, one trace a result: light, dark, light, hollow. A part of 0 has no bar."""
    traces = []
    for part, (name, (fill, edge, ink)) in enumerate(zip(OUTCOMES.values(), OUTCOME_LOOKS, strict=True)):
        shown = [(place, line) for place, line in enumerate(lines) if line.parts[part].number]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "y": [place for place, _ in shown],
                "x": [points(line.parts[part].number) for _, line in shown],
                "width": 0.46,
                "marker": {"color": fill, "line": {"color": edge, "width": 1}},
                "text": [line.inside(part) for _, line in shown],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": ink, "size": 12},
                "hovertemplate": f"{name} %{{x:,d}} 件<extra></extra>",
            }
        )
    return traces


def diamonds(lines: Sequence[DisputeLine]) -> dict[str, Any]:
    """The totals as printed."""
    shown = [(place, line.printed) for place, line in enumerate(lines) if line.printed is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "表上总计",
        "showlegend": False,
        "y": [place for place, _ in shown],
        "x": [points(printed) for _, printed in shown],
        "marker": {"symbol": "diamond-open", "size": 12, "color": INK, "line": {"width": 2}},
        "cliponaxis": False,
        "hovertemplate": "表上总计 %{x:,d}<extra></extra>",
    }


def dispute_title(lines: Sequence[DisputeLine]) -> str:
    """Totals that contradict their parts, else how many there were."""
    off = [line for line in lines if line.contradicted]
    if off:
        return "表上总计与分项之和不合：" + "，".join(
            f"{line.label}印 {count(line.printed or 0)}，分项 {count(line.parts_sum)}" for line in off
        )
    if not all(line.known for line in lines) or any(line.wrong for line in lines):
        return "行政复议、行政诉讼结果"
    review, *suits = lines
    if not review.parts_sum and not any(line.parts_sum for line in suits):
        return "没有行政复议、行政诉讼"
    sued, corrected = sum(line.parts_sum for line in suits), sum(line.parts[1].number for line in suits)
    head = f"复议 {count(review.parts_sum)} 件，纠正 {count(review.parts[1].number)} 件"
    return f"{head}；诉讼 {count(sued)} 件，纠正 {count(corrected)} 件"
