"""The annual report itself: six sections of the official format, no analyst's marks on its tables."""

from __future__ import annotations

from gdgk.markup import Fragment, render
from gdgk.narrative import HEADINGS, section, sections
from gdgk.pages.report import ReportPage
from gdgk.tables import printed_table

TABLES = {"二": "proactive_disclosure", "三": "applications", "四": "disputes"}


class AnnualReportPage(ReportPage):
    """One agency's annual report for one year, as it would be published.

    Raises what :class:`gdgk.pages.ReportPage` raises.
    """

    def masthead(self) -> Fragment:
        """Title and agency; a report with open errors is stamped 草稿 (draft) and says how many remain."""
        errors = int((self.failed()["severity"] == "error").sum())
        html = render("annual_masthead.html.j2", report=self.report, agency=self.agency, errors=errors)
        return Fragment(str(html), {"role": "masthead", "title": self.report.head.title, "plain": True})

    def opening(self) -> Fragment:
        """What stands before the first section in the agency's own text, if anything."""
        own = sections(self.report.narrative).get("")
        paragraphs = own.paragraphs if own else ()
        return Fragment(str(render("prose.html.j2", paragraphs=paragraphs, drafted=False, heading="")))

    def section(self, numeral: str) -> Fragment:
        """A section by its numeral (一 … 六): its prose, and in 二, 三, 四 the official table."""
        written, drafted = section(self.report, numeral, self.figures)
        form = self.report.edition.tables
        table = TABLES.get(numeral, "")
        if table and table not in form:
            table = "statistics" if numeral == "三" else ""
        own_heading = written.heading if written.heading != HEADINGS[numeral] else ""
        prose = render(
            "prose.html.j2",
            paragraphs=() if table and drafted else written.paragraphs,
            drafted=drafted and not table,
            heading=own_heading,
        )
        printed = printed_table(self.report, table, self.findings_frame, anchor="annual-", plain=True) if table else ""
        unit = form[table].unit if table else ""
        return Fragment(str(render("annual_section.html.j2", prose=prose, table=printed, unit=unit)))
