"""A report's findings and indicators as data, for formats that are not pages: they travel on the masthead's output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gdgk.crosswalk import Measure, measures_by_id
from gdgk.form import CellKey
from gdgk.indicators import correction_rate, rate
from gdgk.listing import COLUMNS, address, by_finding, line_of
from gdgk.pages.head_figures import absence_of
from gdgk.reconciliation.wording import place
from gdgk.review import undecided
from gdgk.versions import comparisons
from gdgk.versions.telling import REVISIONS, revisions

if TYPE_CHECKING:
    from gdgk.pages.report import ReportPage

INDICATORS = ("组别", "指标", "数值", "单位", "公式", "说明")
RATES = "比率"
IMPUTED = "有空格，按 0 计"
NOTHING = "分母为 0，不算"
TOTAL = "outcomes_total"
SHARES = {
    "公开率（含部分）": ("granted", "partly_granted"),
    "不予公开率": ("denied",),
    "无法提供率": ("unavailable",),
    "不予处理率": ("not_processed",),
}
# The 纠错率 by row of table 四, and what it is taken of, in the order of :func:`gdgk.indicators.correction_rate`.
DISPUTES = {
    "行政复议纠错率": "reconsideration",
    "未经复议直接起诉纠错率": "litigation_direct",
    "复议后起诉纠错率": "litigation_after_reconsideration",
}
DECIDED = ("corrected", "upheld", "other_result")


def report_data(page: ReportPage) -> dict[str, Any]:
    """What an exporter may want of a report beside its page.

    undecided: failing findings of severity error that nobody has explained, dismissed or corrected. findings: lines by
    the columns of :data:`gdgk.listing.COLUMNS`. indicators: lines by :data:`INDICATORS`; a value that is missing is
    None, and the last column says why. revisions: lines by :data:`gdgk.versions.telling.REVISIONS`.
    """
    explained = by_finding(page.checked)
    return {
        "agency": page.agency.name,
        "year": page.id.year,
        "form": page.report.edition.label,
        "undecided": len(undecided(page.numbered.values())),
        "findings": {
            "columns": list(COLUMNS),
            "rows": [
                line_of(page.checked, dict(row), explained.get(address(row), ())) for row in page.numbered.values()
            ],
        },
        "indicators": {"columns": list(INDICATORS), "rows": [*measure_lines(page), *rate_lines(page)]},
        "revisions": {"columns": list(REVISIONS), "rows": revisions(comparisons(page.versions))},
    }


def measure_lines(page: ReportPage) -> Iterator[list[Any]]:
    """Each quantity: its group, name, value, unit, the cells it is made of, and a remark or why it is missing."""
    for name, measure in measures_by_id().items():
        value = page.figures[name]
        remark = absence_of(page, name) if value is None else IMPUTED if name in page.imputed else ""
        yield [measure.group, measure.label, whole(value), measure.unit, formula(page, measure), remark]


def formula(page: ReportPage, measure: Measure) -> str:
    """The cells of a quantity in the form's own words."""
    terms = [
        ("－" if sign < 0 else "＋") + place(page.report.edition, *key)
        for sign, key in measure.cells(page.report.edition)
    ]
    return "\n".join(terms).removeprefix("＋")


def rate_lines(page: ReportPage) -> Iterator[list[Any]]:
    """The shares of results among all, and of the decided disputes those that were put right (纠错率), in %."""
    for label, parts in SHARES.items():
        names = (*parts, TOTAL)
        *counts, total = (page.figures[name] for name in names)
        absent = next((absence_of(page, name) for name in names if page.figures[name] is None), "")
        share = None if absent else rate(sum(count or 0 for count in counts), total or 0)
        yield rate_line(label, share, f"{parts_text(parts)} ÷ {label_of(TOTAL)}", absent)
    for label, row in DISPUTES.items():
        cells = [CellKey("disputes", row, column) for column in DECIDED]
        absent = absence(page, cells)
        share = None if absent else correction_rate(*(page.sheet.number(cell) for cell in cells))
        yield rate_line(label, share, "结果纠正 ÷ （结果纠正 ＋ 结果维持 ＋ 其他结果）", absent)


def rate_line(label: str, share: float | None, made_of: str, absent: str) -> list[Any]:
    """A share as a line: two decimals, or why there is none."""
    remark = absent or (NOTHING if share is None else "")
    return [RATES, label, None if share is None else round(share, 2), "%", made_of, remark]


def parts_text(measures: Sequence[str]) -> str:
    """Measures added up, in brackets where there are several."""
    text = " ＋ ".join(map(label_of, measures))
    return text if len(measures) == 1 else f"（{text}）"


def label_of(measure: str) -> str:
    """What a measure is called."""
    return measures_by_id()[measure].label


def absence(page: ReportPage, cells: list[CellKey]) -> str:
    """Why no share can be taken of cells; empty when it can. A blank among filled cells is 0, as everywhere."""
    if any(cell not in page.report.edition.cells for cell in cells):
        return "表式无此项"
    if cells[0].table in page.sheet.blank_tables:
        return "整表未填报"
    return "未入库" if any(map(page.sheet.unknown, cells)) else ""


def whole(value: float | None) -> float | int | None:
    """A figure without a fraction as a whole number."""
    return int(value) if value is not None and value.is_integer() else value
