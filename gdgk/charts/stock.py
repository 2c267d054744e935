"""The stock of normative documents (行政规范性文件) as a waterfall from year to year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gdgk.charts import titles
from gdgk.charts.facts import Drawn, Fact, Reading, notes, read_years, source
from gdgk.charts.over_years import years_of
from gdgk.charts.style import (
    EDGES,
    HUES,
    INK,
    INK2,
    INK3,
    NARROW,
    NORMAL,
    PAPER,
    SUNK,
    Chart,
    count,
    error_mark,
    points,
    reach,
)
from gdgk.charts.years import SEAM
from gdgk.form import edition
from gdgk.indicators import quantity

if TYPE_CHECKING:
    import pandas as pd
    from plotly import graph_objects as go

ROW = "proactive_disclosure.normative_documents"
PARTS = ("issued", "repealed", "in_force")
STOCK_HUE, STOCK_EDGE = HUES[0], EDGES[0]


@dataclass(frozen=True)
class Step:
    """A line of the waterfall. base, length: where its bar lies; mark: the words behind it; look: how it is drawn."""

    label: str
    base: float = 0
    length: float = 0
    mark: str = ""
    look: str = "stock"


@dataclass(frozen=True)
class YearStock:
    """One year's 制发, 废止 and 现行有效, with the stock a year before: printed there, else inferred."""

    report: Reading
    issued: Fact
    repealed: Fact
    stock: Fact
    before: float | None
    inferred: bool

    @property
    def known(self) -> bool:
        """Whether the year says all three."""
        return self.issued.known and self.repealed.known and self.stock.known

    @property
    def wrong(self) -> bool:
        """Whether a figure stands in a failed check of severity error."""
        return self.issued.wrong or self.repealed.wrong or self.stock.wrong

    @property
    def reckoned(self) -> float | None:
        """What the stock should be."""
        return (
            None if self.before is None or not self.known else self.before + self.issued.number - self.repealed.number
        )

    @property
    def gap(self) -> float:
        """Printed stock less reckoned stock; 0 where the opening stock was itself inferred from it."""
        return 0 if self.reckoned is None else self.stock.number - self.reckoned

    @property
    def verdict(self) -> str:
        """Whether the printed stock follows from the year before."""
        if self.inferred or self.reckoned is None:
            return "起点"
        return "相符" if not self.gap else f"多 {count(self.gap)}" if self.gap > 0 else f"少 {count(-self.gap)}"


def normative_stock(panel: Drawn, *, findings: pd.DataFrame | None = None) -> go.Figure | None:
    """上年末 ＋ 制发 － 废止 ＝ 本年末, 件. Holds for 2021 and later, else None: 2019 counts another quantity."""
    everything = read_years(panel, findings)
    reports = [report for report in everything if report.sheet.form.family == "2021"]
    years = stocks(reports)
    if not any(year.known for year in years):
        return None
    steps = waterfall(years, any(report.sheet.form.family != "2021" for report in everything))
    longest = [step.base + step.length for step in steps]
    marks = [step.mark for step in steps]
    ends = [reach(longest, marks, width - 90) for width in (NORMAL, NARROW)]
    shapes, words = marks_behind(steps)
    off = [year for year in years if year.gap and not year.inferred]
    return Chart(
        title=stock_title(years),
        subtitle="行政规范性文件：上年末＋制发－废止＝本年末，件",
        source=source(
            years_of(reports, "二") + "第二十条第（一）项",
            *(opening(year) for year in years if year.inferred),
            "；".join(f"{year.report.year} 年末表上与算得不合，{year.verdict} 件" for year in off),
            "2019 表式的“对外公开总数量”不是一个量，不接",
            *notes(fact for year in years for fact in (year.issued, year.repealed, year.stock)),
        ),
        columns=["年", "上年末", "制发", "废止", "算得", "表上现行有效"],
        rows=[stock_row(year) for year in years],
        height=34 + 21 * len(steps),
        data=[bars_of(steps)],
        layout={
            "xaxis": {"visible": False, "range": [0, round(ends[0], 2)]},
            "yaxis": {
                "range": [len(steps) - 0.4, -0.6],
                "tickvals": list(range(len(steps))),
                "ticktext": [step.label for step in steps],
                "showline": True,
            },
            "shapes": shapes,
            "annotations": words,
        },
        margin={"l": 82, "r": 8, "t": 8, "b": 6},
        narrow={"xaxis.range": [0, round(ends[1], 2)]},
    ).figure()


def opening(year: YearStock) -> str:
    """From what an opening stock was inferred."""
    parts = f"{count(year.stock.number)}－{count(year.issued.number)}＋{count(year.repealed.number)}"
    return f"{year.report.year - 1} 年末由 {parts} 反推，空心"


def stocks(reports: Sequence[Reading]) -> list[YearStock]:
    """Each year with its opening stock: last year's where that report is here, else reckoned back (never below 0)."""
    found: list[YearStock] = []
    for report in reports:
        issued, repealed, stock = report.facts(quantity(f"{ROW}.{column}") for column in PARTS)
        last = found[-1] if found else None
        before: float | None = None
        inferred = False
        if last is not None and last.report.year == report.year - 1 and last.stock.known:
            before = last.stock.number
        elif issued.known and repealed.known and stock.known:
            back = stock.number - issued.number + repealed.number
            before, inferred = (back, True) if back >= 0 else (None, False)
        found.append(YearStock(report, issued, repealed, stock, before, inferred))
    return found


def waterfall(years: Sequence[YearStock], other_forms: bool) -> list[Step]:
    """The lines from the top: the seam, grey years, opening stock, what was added and taken away, closing stock."""
    begun = edition("2021").first_year
    first = years[0].report.year
    steps = (
        [Step(f"≤{begun - 1}", look="form" if other_forms else "field"), Step("", look="seam")]
        if first >= begun
        else []
    )
    if first > begun:
        steps.append(Step(f"{begun}—{first - 1}" if first - 1 > begun else str(begun), look="field"))
    last: YearStock | None = None
    for year in years:
        if last is not None:
            steps.extend(Step(str(gone), look="field") for gone in range(last.report.year + 1, year.report.year))
        steps.extend(steps_of(year, last))
        last = year
    return steps


def steps_of(year: YearStock, last: YearStock | None) -> list[Step]:
    """The lines of one year."""
    name = str(year.report.year)
    if not year.known:
        why = next(fact.missing for fact in (year.stock, year.issued, year.repealed) if not fact.known)
        kept = [Step(f"{name}末", 0, year.stock.number, f"<b>{year.stock.text}</b>")] if year.stock.known else []
        return [Step(name, mark=why, look="missing"), *kept]
    steps = []
    if year.before is not None and year.inferred:
        steps.append(Step(f"{year.report.year - 1}末", 0, year.before, f"<b>{count(year.before)}</b> 推算", "inferred"))
    top = (
        year.before if year.before is not None else year.stock.number - year.issued.number + year.repealed.number
    ) + year.issued.number
    if top - year.issued.number >= 0:
        steps.append(
            Step(
                "制发",
                top - year.issued.number,
                year.issued.number,
                f"＋{count(year.issued.number)}{error_mark(year.issued.wrong)}",
                "more",
            )
        )
        low = max(0.0, top - year.repealed.number)
        steps.append(
            Step("废止", low, top - low, f"－{count(year.repealed.number)}{error_mark(year.repealed.wrong)}", "less")
        )
    else:
        steps.append(Step("制发", 0, year.issued.number, f"＋{count(year.issued.number)}", "more"))
        steps.append(Step("废止", 0, year.repealed.number, f"－{count(year.repealed.number)}", "less"))
    said = "" if year.verdict == "起点" else f" {year.verdict}"
    steps.append(
        Step(
            f"{name}末", 0, year.stock.number, f"<b>{count(year.stock.number)}</b>{said}{error_mark(year.stock.wrong)}"
        )
    )
    return steps


def bars_of(steps: Sequence[Step]) -> dict[str, Any]:
    """The bars: stock filled, added light, taken away and inferred hollow."""
    fills = {"stock": STOCK_HUE, "more": HUES[1], "less": PAPER, "inferred": PAPER}
    edges = {"stock": STOCK_EDGE, "more": EDGES[1], "less": HUES[2], "inferred": INK2}
    shown = [(place, step) for place, step in enumerate(steps) if step.look in fills]
    return {
        "type": "bar",
        "orientation": "h",
        "y": [place for place, _ in shown],
        "x": [points(step.length) for _, step in shown],
        "base": [points(step.base) for _, step in shown],
        "width": 0.7,
        "marker": {
            "color": [fills[step.look] for _, step in shown],
            "line": {
                "color": [edges[step.look] for _, step in shown],
                "width": [1.6 if step.length else 0 for _, step in shown],
            },
        },
        "text": [step.mark for _, step in shown],
        "textposition": "outside",
        "cliponaxis": False,
        "constraintext": "none",
        "textfont": {"size": 12, "color": INK},
        "hovertemplate": "%{text} 件<extra></extra>",
    }


def marks_behind(steps: Sequence[Step]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Grey fields, dashed frames and the seam, with their words."""
    shapes: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    across = {"xref": "paper", "x0": 0, "x1": 1}
    for place, step in enumerate(steps):
        at = {"xref": "paper", "x": 0.5, "y": place}
        if step.look == "seam":
            shapes.append(
                {
                    "type": "path",
                    "path": "M0,-2L1,-2M0,2L1,2",
                    "xref": "paper",
                    "ysizemode": "pixel",
                    "yanchor": place,
                    "line": {"width": 1, "color": INK},
                }
            )
            words.append({**at, "text": SEAM, "bgcolor": SUNK, "font": {"color": INK2}})
        elif step.look in ("field", "form", "missing"):
            edge = {"width": 1, "color": INK3, "dash": "dot"} if step.look == "missing" else {"width": 0}
            shapes.append(
                {**across, "y0": place - 0.5, "y1": place + 0.5, "fillcolor": SUNK, "line": edge, "layer": "below"}
            )
            text = {"field": "未入库", "form": "2019 表式无“现行有效”", "missing": step.mark}[step.look]
            words.append({**at, "text": text, "font": {"color": INK3}})
    return shapes, words


def stock_row(year: YearStock) -> list[str]:
    """A year in the table behind the chart."""
    before = "—" if year.before is None else f"{count(year.before)}{'（推算）' if year.inferred else ''}"
    reckoned = "—" if year.reckoned is None or year.inferred else count(year.reckoned)
    return [str(year.report.year), before, year.issued.text, year.repealed.text, reckoned, year.stock.text]


def stock_title(years: Sequence[YearStock]) -> str:
    """The stock at the first year's end and at the last, over years without a gap or doubt."""
    run: list[YearStock] = []
    for year in reversed(years):
        if not year.known or year.wrong or (run and run[0].report.year != year.report.year + 1):
            break
        run.insert(0, year)
    if not run:
        return "现行有效规范性文件"
    first, last = run[0], run[-1]
    if first.inferred and first.before is not None:
        return titles.stock_title((first.report.year - 1, first.before, True), (last.report.year, last.stock.number))
    return titles.stock_title((first.report.year, first.stock.number, False), (last.report.year, last.stock.number))
