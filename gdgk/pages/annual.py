"""The annual report itself: six sections of the official format, no analyst's marks on its tables."""

from __future__ import annotations

from gdgk.findings import Row
from gdgk.markup import REPORT_DATA, Fragment, render
from gdgk.narrative import HEADINGS, numeral_at, section, sections
from gdgk.pages.data import report_data
from gdgk.pages.report import ReportPage, count_of
from gdgk.tables import named, printed_table
from gdgk.text_checks import shortened

TABLES = {"二": "proactive_disclosure", "三": "applications", "四": "disputes"}
SECTIONS = {"statistics": "三"} | {table: numeral for numeral, table in TABLES.items()}
# Notes on what is about the whole report stand in 六、其他需要报告的事项.
ELSEWHERE = "六"


class AnnualReportPage(ReportPage):
    """One agency's annual report for one year, as it would be published; discrepancies that were explained with their
    notes (数据说明), at the end of the section concerned.

    Raises what :class:`gdgk.pages.ReportPage` raises.
    """

    def masthead(self) -> Fragment:
        """Title and agency; a report with open errors is stamped 草稿 (draft) and says how many remain."""
        errors = count_of(self.unsettled, "error")
        html = render("annual_masthead.html.j2", report=self.report, agency=self.agency, errors=errors)
        meta = {**self.head_meta(self.report.head.title), "plain": True, "published": self.report.head.published}
        return Fragment(str(html), meta, {REPORT_DATA: report_data(self)})

    def opening(self) -> Fragment:
        """What stands before the first section in the agency's own text, if anything."""
        own = sections(self.report.narrative).get("")
        paragraphs = own.paragraphs if own else ()
        prose = render("prose.html.j2", paragraphs=paragraphs, drafted=False, heading="")
        return Fragment(str(render("annual_section.html.j2", prose=prose, table="", unit="", notes=self.notes(""))))

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
        printed = printed_table(self.report, table, anchor="annual-", plain=True) if table else ""
        # Table 二 has units of its own in each column.
        unit = form[table].unit if table and form[table].layout != "blocks" else ""
        notes = self.notes(numeral)
        return Fragment(str(render("annual_section.html.j2", prose=prose, table=printed, unit=unit, notes=notes)))

    def notes(self, numeral: str) -> list[tuple[str, str]]:
        """Place and note of each discrepancy in a section that was explained, in the order of the page."""
        return [
            (cited(row), row["review_note"])
            for row in self.numbered.values()
            if row["review"] == "explained" and self.section_of(row) == numeral
        ]

    def section_of(self, row: Row) -> str:
        """The numeral of the section that a finding is about: its table's, else that of the words it quotes."""
        table, span = named(row["table"]), row["span"]
        if table:
            return SECTIONS[table]
        return numeral_at(self.report.narrative, span[0]) if isinstance(span, tuple) else ELSEWHERE


def cited(row: Row) -> str:
    """What a note is about: the cell, or the words in question where there is no cell."""
    quote = named(row["quote"]).strip("，。；：、\n ")
    return row["place"] if named(row["table"]) or not quote else f"“{shortened(quote)}”"
