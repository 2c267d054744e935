"""Panel → figures: one function a chart, a plotly figure or None where the reports say nothing to draw.

In: a panel frame (:func:`gdgk.archive.panel`) of one agency, for the charts of one report also of one year, or what a
page read of it once for all its charts (:func:`readings`, which knows the findings and the prose);
``findings`` (:func:`gdgk.reconciliation.reconcile`), where given, marks what stands in a failed check with 误. What a
figure carries for the page is said in :mod:`gdgk.charts.style`. The charts of many agencies draw a
:class:`gdgk.charts.group.Group`. A new chart is a function and its place in one of the three tuples.
"""

from __future__ import annotations

from gdgk.charts.band import peer_band
from gdgk.charts.carried import backlog
from gdgk.charts.dispute_lines import dispute_results
from gdgk.charts.disputes import correction_rates, dispute_results_by_year
from gdgk.charts.facts import readings
from gdgk.charts.funnel import correction_funnel, litigation_funnel
from gdgk.charts.group import Group, Party
from gdgk.charts.heat import refusal_reasons_by_year
from gdgk.charts.mixes import applicants_by_year, result_mix_by_year
from gdgk.charts.multiples import volume_by_agency
from gdgk.charts.one_year import applicants, flow, refusal_reasons, result_mix
from gdgk.charts.over_years import volume
from gdgk.charts.publishing import channels
from gdgk.charts.stock import normative_stock

REPORT_CHARTS = (result_mix, refusal_reasons, flow, applicants, dispute_results, channels)
TREND_CHARTS = (
    volume,
    refusal_reasons_by_year,
    result_mix_by_year,
    applicants_by_year,
    backlog,
    dispute_results_by_year,
    correction_rates,
    normative_stock,
    channels,
)
# Of the agencies of a region.
GROUP_CHARTS = (volume_by_agency, correction_funnel, litigation_funnel, peer_band)

__all__ = [
    "GROUP_CHARTS",
    "REPORT_CHARTS",
    "TREND_CHARTS",
    "Group",
    "Party",
    "applicants",
    "applicants_by_year",
    "backlog",
    "channels",
    "correction_funnel",
    "correction_rates",
    "dispute_results",
    "dispute_results_by_year",
    "flow",
    "litigation_funnel",
    "normative_stock",
    "peer_band",
    "readings",
    "refusal_reasons",
    "refusal_reasons_by_year",
    "result_mix",
    "result_mix_by_year",
    "volume",
    "volume_by_agency",
]
