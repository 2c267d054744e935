"""A report's findings and indicators as data, for formats that are not pages: they travel on the masthead's output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gdgk.crosswalk import Measure, measures_by_id
from gdgk.indicators import INDICATORS, report_cells
from gdgk.listing import COLUMNS, address, by_finding, line_of
from gdgk.pages.head_figures import absence_of
from gdgk.reconciliation.wording import place
from gdgk.review import undecided
from gdgk.versions import comparisons
from gdgk.versions.telling import REVISIONS, revisions

if TYPE_CHECKING:
    from gdgk.pages.report import ReportPage

HEADINGS = ("组别", "指标", "数值", "单位", "公式", "说明")
RATES = "比率"
IMPUTED = "有空格，按 0 计"
# The shares that are listed beside the quantities.
SHARES = (
    "disclosure_rate",
    "denial_rate",
    "unavailable_rate",
    "not_processed_rate",
    "reconsideration_correction_rate",
    "direct_correction_rate",
    "later_correction_rate",
)


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
        "indicators": {"columns": list(HEADINGS), "rows": [*measure_lines(page), *rate_lines(page)]},
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
    """The shares of results among all, and of the decided disputes those that were put right (纠错率): two decimals,
    or why there is none.
    """
    cells = report_cells(page.sheet)
    for name in SHARES:
        share = INDICATORS[name]
        value = share.of(cells).settled()
        number = None if value.value is None else round(value.value, 2)
        remark = value.missing.text or (IMPUTED if value.imputed else "")
        yield [RATES, share.label, number, share.unit, share.formula, remark]


def whole(value: float | None) -> float | int | None:
    """A figure without a fraction as a whole number."""
    return int(value) if value is not None and value.is_integer() else value
