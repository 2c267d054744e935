"""What the notebooks show: one class per page, each method one piece of it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gdgk.markup import style_for_lab
from gdgk.pages.annual import AnnualReportPage
from gdgk.pages.region import RegionTrendPage, trends_of
from gdgk.pages.report import ReportPage
from gdgk.pages.rolled import RollUpPage
from gdgk.pages.trends import TrendPage
from gdgk.pages.year import YearPage

if TYPE_CHECKING:
    from gdgk.pages.explore import ExplorePage

__all__ = [
    "AnnualReportPage",
    "ExplorePage",
    "RegionTrendPage",
    "ReportPage",
    "RollUpPage",
    "TrendPage",
    "YearPage",
    "style_for_lab",
    "trends_of",
]


def __getattr__(name: str) -> Any:
    """The page for exploring, with DuckDB and widgets behind it, for the one notebook that asks for it: not for each
    of the pages of a run.
    """
    if name == "ExplorePage":
        return import_module("gdgk.pages.explore").ExplorePage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
