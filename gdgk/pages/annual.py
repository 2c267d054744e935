"""The annual report itself: six sections of the official format, no analyst's marks on its tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from gdgk.findings import Row
from gdgk.markup import REPORT_DATA, Fragment, render
from gdgk.narrative import Draft, drafted_sections
from gdgk.pages.data import report_data
from gdgk.pages.report import ReportPage, count_of
from gdgk.prose import HEADINGS, headings_of, numeral_at, sections
from gdgk.report import Report
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

    @cached_property
    def drafted(self) -> frozenset[str]:
        """The numerals of the sections (``""``: the opening) that are drafted, not the agency's own words."""
        return drafted_sections(self.report)

    @cached_property
    def draft(self) -> Draft:
        """The draft of what the report does not say in its own words."""
        return Draft(self.report, self.agency.name, self.before, self.archive.own_templates)

    @property
    def before(self) -> Report | None:
        """The agency's own report on the year before, if it is here."""
        found = [one for one in self.earlier if one.agency == self.id.agency]
        return self.checked.reports[found[0]] if found else None

    def opening(self) -> Fragment:
        """What stands before the first section: the agency's own words, or the legal basis and period, drafted."""
        prose = self.prose("")
        html = render("annual_section.html.j2", prose=prose, table="", unit="", notes=self.notes(""))
        return Fragment(str(html), {"drafted": "" in self.drafted})

    def section(self, numeral: str) -> Fragment:
        """A section by its numeral (一 … 六): its prose, and in 二, 三, 四 the official table."""
        form = self.report.edition.tables
        table = TABLES.get(numeral, "")
        if table and table not in form:
            table = "statistics" if numeral == "三" else ""
        prose = self.prose(numeral)
        printed = printed_table(self.report, table, anchor="annual-", plain=True) if table else ""
        # Table 二 has units of its own in each column.
        unit = form[table].unit if table and form[table].layout != "blocks" else ""
        notes = self.notes(numeral)
        html = render("annual_section.html.j2", prose=prose, table=printed, unit=unit, notes=notes)
        return Fragment(str(html), {"drafted": numeral in self.drafted})

    def prose(self, numeral: str) -> str:
        """The prose of a section, its own or drafted; its heading where that is not the one in use since 2019."""
        drafted = numeral in self.drafted
        own = sections(self.report.narrative).get(numeral)
        if drafted:
            heading = headings_of(self.report.edition).get(numeral, "")
            paragraphs: Sequence[str] = [one.html for one in self.draft.passages(numeral)]
        else:
            heading, paragraphs = (own.heading, own.paragraphs) if own else ("", ())
        if heading == HEADINGS.get(numeral):
            heading = ""
        origin = self.origin(numeral) if drafted else ""
        return render("prose.html.j2", paragraphs=paragraphs, drafted=drafted, origin=origin, heading=heading)

    def origin(self, numeral: str) -> str:
        """Where the words of a drafted section come from."""
        if not numeral:
            return "本段由工作簿起草，不是该机关的原文。"
        figures = any(passage.traces for passage in self.draft.passages(numeral))
        return "本节据表中数字起草，不是该机关的原文。" if figures else "本节没有该机关的原文，待填写。"

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
