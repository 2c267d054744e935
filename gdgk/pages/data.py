"""A report's findings and indicators as data, for formats that are not pages: they travel on the masthead's output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gdgk.crosswalk import Measure, measures_by_id
from gdgk.indicators import COUNTS, GROUPS, INDICATORS, Value, report_cells
from gdgk.listing import COLUMNS, address, by_finding, line_of
from gdgk.pages.head_figures import absence_of
from gdgk.reconciliation.wording import place
from gdgk.review import undecided
from gdgk.versions import comparisons
from gdgk.versions.telling import REVISIONS, revisions

if TYPE_CHECKING:
    from gdgk.pages.report import ReportPage

HEADINGS = ("组别", "指标", "数值", "单位", "公式", "说明")
IMPUTED = "有空格，按 0 计"
# Indicators that one report, and the one before it, do not give: they need other years, or people.
ELSEWHERE = {"average_growth", "received_per_ten_thousand", "decisions_per_ten_thousand"}


def report_data(page: ReportPage) -> dict[str, Any]:
    """What an exporter may want of a report beside its page.

    undecided: failing findings of severity error that nobody has explained, dismissed or corrected. findings: lines by
    the columns of :data:`gdgk.listing.COLUMNS`. indicators: lines by :data:`HEADINGS`; a value that is missing is
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
        "indicators": {"columns": list(HEADINGS), "rows": [*measure_lines(page), *indicator_lines(page)]},
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


def indicator_lines(page: ReportPage) -> Iterator[list[Any]]:
    """Each indicator: its group, name, value to two decimals, unit, formula, and a remark or why it is missing."""
    cells = report_cells(page.sheet, page.checked.sheets.values())
    for group in (group for group in GROUPS if group != COUNTS):  # these are listed as quantities
        for one in INDICATORS.values():
            if one.group == group and one.id not in ELSEWHERE:
                value = one.of(cells).settled()
                number = None if value.value is None else round(value.value, 2)
                yield [group, one.label, number, one.unit, one.formula, remark(value)]


def remark(value: Value) -> str:
    """Why a value is missing, or what must be known of it."""
    if not value.known:
        return value.missing.text
    small = (
        f"小样本，n={value.whole:,.0f}" if value.small and value.whole is not None else "小样本" if value.small else ""
    )
    return "；".join(filter(None, (small, IMPUTED if value.imputed else "", "表式不同，近似" if value.approx else "")))


def whole(value: float | None) -> float | int | None:
    """A figure without a fraction as a whole number."""
    return int(value) if value is not None and value.is_integer() else value
