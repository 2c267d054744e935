"""Figures of reports → indicators: each defined once, for one report and for a corpus; quantities of the crosswalk.

An indicator is one function of cells (:mod:`gdgk.indicators.access`), registered in :data:`INDICATORS` by id:
``INDICATORS["disclosure_rate"].at(sheet)`` is its value in one report, :func:`indicator_frame` gives it for a wide
frame of many. A new indicator is one function in one of the modules below; docs/indicators.md is made from them.
"""

from __future__ import annotations

from gdgk.indicators.access import Cells, ReportCells, report_cells
from gdgk.indicators.columns import WideCells, indicator_frame, wide_of
from gdgk.indicators.counts import COUNTS
from gdgk.indicators.documents import DECISIONS
from gdgk.indicators.model import SMALL, STABLE, Missing, Quantity, Value, ratio, share, wilson
from gdgk.indicators.outcomes import APPLICANTS, REASONS, RESULTS
from gdgk.indicators.over_time import contributed, grown
from gdgk.indicators.quantities import MEASURES, SUITS, Measured, compare, figure, measured, measures, quantity
from gdgk.indicators.registry import GROUPS, INDICATORS, Indicator
from gdgk.indicators.remedies import DECIDED

__all__ = [
    "APPLICANTS",
    "COUNTS",
    "DECIDED",
    "DECISIONS",
    "GROUPS",
    "INDICATORS",
    "MEASURES",
    "REASONS",
    "RESULTS",
    "SMALL",
    "STABLE",
    "SUITS",
    "Cells",
    "Indicator",
    "Measured",
    "Missing",
    "Quantity",
    "ReportCells",
    "Value",
    "WideCells",
    "compare",
    "contributed",
    "figure",
    "grown",
    "indicator_frame",
    "measured",
    "measures",
    "quantity",
    "ratio",
    "report_cells",
    "share",
    "wide_of",
    "wilson",
]
