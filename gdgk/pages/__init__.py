"""What the notebooks show: one class per page, each method one piece of it."""

from gdgk.markup import style_for_lab
from gdgk.pages.annual import AnnualReportPage
from gdgk.pages.explore import ExplorePage
from gdgk.pages.region import RegionTrendPage, trends_of
from gdgk.pages.report import ReportPage
from gdgk.pages.rolled import RollUpPage
from gdgk.pages.trends import TrendPage
from gdgk.pages.year import YearPage

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
