"""The page of a year: every agency's outcome, worst first, by rule, and every finding with a link to its cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

from gdgk.archive import Archive, ReportId
from gdgk.checks import check_reports
from gdgk.findings import Row, Status, compares
from gdgk.markup import Fragment, Markup, render
from gdgk.pages.listing import REPEATED, Entry, entries, title
from gdgk.pages.parameters import check_injected, inputs_so_far, whole_year
from gdgk.pages.report import count_of, count_text
from gdgk.review import still_open
from gdgk.tables import SEALS, Marks, marks, numbered
from gdgk.text_checks import AMONG

# The top of the reading on a page.
MAIN = "#main"
STATUSES = (Status.PASS, Status.PASS_IMPUTED, Status.NOT_ASSESSABLE)
# The page of one report, as gdgk run lays pages out, seen from reports/<year>/.
REPORT_PAGE = "../{agency}/{year}/agency_year.html"
# How many agencies' findings are unfolded at first.
UNFOLDED = 5


@dataclass(frozen=True, slots=True)
class AgencyOutcome:
    """One agency's year. counts: open findings by severity; statuses: outcomes by :data:`STATUSES`; broken: checks that
    could not be completed; page: the address of its own page.
    """

    report: ReportId
    name: str
    edition: str
    page: str
    counts: tuple[int, ...]
    settled: int
    statuses: tuple[int, ...]
    broken: int

    @property
    def seals(self) -> list[tuple[str, str, int]]:
        """Seal class, seal and count of the open findings."""
        return [(*SEALS[name], count) for name, count in zip(SEALS, self.counts, strict=True)]


class YearPage:
    """All agencies of a year, or one of them when ``agency`` is given.

    Raises :class:`gdgk.errors.GdgkError` for an unknown agency, year or parameter and for input that cannot be read.
    """

    def __init__(self, agency: str = "", year: int | str = 0, data: str = "") -> None:
        check_injected(inputs_so_far())
        self.archive = Archive(data or None)
        self.year = whole_year(year)
        self.ids = self.archive.report_ids([agency] if agency else [], [self.year])
        self.checked = check_reports(self.archive, self.ids)
        self.reports = self.checked.reports
        self.rows = self.checked.rows
        self.open = still_open(self.rows)

    def missing(self) -> list[str]:
        """The names of agencies that had a report to make on the year and have none here."""
        have = {report.agency for report in self.ids}
        return [
            agency.name
            for agency in self.archive.agencies.values()
            if agency.id not in have and agency.exists_in(self.year)
        ]

    def assessed(self) -> int:
        """How many comparisons of figures were made."""
        return sum(map(compares, self.rows))

    def masthead(self) -> Fragment:
        """The year, how many reports, how many with open errors, who is missing."""
        html = render(
            "year_masthead.html.j2",
            year=self.year,
            count=len(self.ids),
            bad=len({row["agency"] for row in self.open if row["severity"] == "error"}),
            broken=sum(row["status"] == Status.ERROR for row in self.rows),
            assessed=self.assessed(),
            missing=self.missing(),
            synthetic=any(self.reports[report].head.synthetic for report in self.ids),
        )
        return Fragment(str(html), {"role": "masthead", "title": f"{self.year} 年勾稽核对"})

    # ── agencies ──

    @cached_property
    def outcomes(self) -> list[AgencyOutcome]:
        """Every agency's outcome: most open errors first, then warnings, then remarks, then in the order of the
        register.
        """
        found = [self.outcome(report) for report in self.ids]
        return sorted(found, key=lambda outcome: tuple(-count for count in outcome.counts))

    def outcome(self, report: ReportId) -> AgencyOutcome:
        """One agency's outcome."""
        own = self.checked.rows_of(report)
        unsettled = still_open(own)
        ended = Counter(row["status"] for row in own)
        return AgencyOutcome(
            report=report,
            name=self.archive.agencies[report.agency].name,
            edition=self.reports[report].edition.label,
            page=REPORT_PAGE.format(agency=report.agency, year=report.year),
            counts=tuple(count_of(unsettled, name) for name in SEALS),
            settled=ended[Status.FAIL] - len(unsettled),
            statuses=tuple(ended[status] for status in STATUSES),
            broken=ended[Status.ERROR],
        )

    def overview(self) -> Fragment:
        """A row per agency, worst first: open findings by severity, those that are settled, outcomes by status."""
        rows = self.outcomes
        html = render(
            "year_overview.html.j2",
            rows=rows,
            broken=any(outcome.broken for outcome in rows),
        )
        return Fragment(str(html))

    # ── rules ──

    def rules(self) -> Fragment:
        """How many open findings each rule has, and in how many agencies; most errors first."""
        groups: dict[str, list[Row]] = {}
        for row in self.open:
            groups.setdefault(row["rule"], []).append(row)
        rows = []
        for rule, group in groups.items():
            label = "；".join(dict.fromkeys(row["label"] for row in group))
            agencies = {row["agency"] for row in group}
            rows.append((rule, label, tuple(count_of(group, name) for name in SEALS), len(agencies)))
        rows.sort(key=lambda row: tuple(-count for count in row[2]))
        return Fragment(str(render("year_rules.html.j2", rows=rows, seals=list(SEALS.values()))))

    def repetition(self) -> Fragment:
        """Whose prose stands in another report of the year, or in its own of the year before."""
        found = [row for row in self.open if row["rule"] == REPEATED]
        found.sort(key=lambda row: -row["left"])
        rows = [self.repeated_row(row) for row in found]
        return Fragment(str(render("year_repetition.html.j2", rows=rows, year=self.year)))

    def repeated_row(self, row: Row) -> tuple[str, str, float, Markup]:
        """Agency, the address of its page, share of its prose in %, and the finding in words."""
        page = REPORT_PAGE.format(agency=row["agency"], year=row["year"])
        return self.archive.agencies[row["agency"]].name, page, 100 * row["left"], title(row)

    # ── findings ──

    def findings(self) -> Fragment:
        """Every failed finding, agency by agency, worst first: its sum, likely cause, decision, a link to its cell."""
        groups = [(outcome, listed) for outcome in self.outcomes if (listed := self.listed(outcome.report))]
        html = render(
            "year_findings.html.j2", groups=groups, year=self.year, assessed=self.assessed(), unfolded=UNFOLDED
        )
        return Fragment(str(html), {"count": count_text(self.open)})

    def listed(self, report: ReportId) -> list[Entry]:
        """The findings of one report as the list shows them, numbered as on its own page; what only a comparison with
        other agencies finds is not on that page and stands last.
        """
        found = self.checked.rows_of(report)
        own = [row for row in found if row["label"] != AMONG]
        among = [row for row in found if row["label"] == AMONG]
        form = self.reports[report].edition
        listed = entries(numbered(own), marks(own, self.checked.explanations.get(report, ())), form)
        shared = entries(numbered(among), Marks(), form)
        return [*listed, *(elsewhere(entry, entry.number + len(listed)) for entry in shared)]


def elsewhere(entry: Entry, number: int) -> Entry:
    """A finding that the report's own page does not list."""
    return replace(entry, number=number, href=MAIN, go="看核对页")
