"""The page of a year: every agency's outcome, and every finding of all of them."""

from __future__ import annotations

from typing import Any

from gdgk.archive import Archive, ReportId, panel
from gdgk.markup import Fragment, render
from gdgk.pages.parameters import check_injected, inputs_so_far, whole_year
from gdgk.pages.report import headline
from gdgk.reconciliation import reconcile
from gdgk.tables import SEALS, failed

STATUSES = ("pass", "pass_imputed", "not_assessable")


class YearPage:
    """All agencies of a year, or one of them when ``agency`` is given.

    Raises :class:`gdgk.errors.GdgkError` for an unknown agency, year or parameter and for input that cannot be read.
    """

    def __init__(self, agency: str = "", year: int | str = 0, data: str = "") -> None:
        check_injected(inputs_so_far())
        self.archive = Archive(data or None)
        self.year = whole_year(year)
        self.ids = self.archive.report_ids([agency] if agency else [], [self.year])
        reports = self.archive.read_all(self.archive.with_earlier(self.ids))
        self.reports = {ReportId(report.agency, report.year): report for report in reports}
        self.findings_frame = reconcile(panel(reports), self.archive.lineage(), only=self.ids)

    def missing(self) -> list[str]:
        """The names of agencies that had a report to make on the year and have none here."""
        have = {report.agency for report in self.ids}
        return [
            agency.name
            for agency in self.archive.agencies.values()
            if agency.id not in have and agency.exists_in(self.year)
        ]

    def masthead(self) -> Fragment:
        """The year, how many reports, how many with errors, who is missing."""
        errors = self.findings_frame[
            (self.findings_frame["status"] == "fail") & (self.findings_frame["severity"] == "error")
        ]
        html = render(
            "year_masthead.html.j2",
            year=self.year,
            count=len(self.ids),
            bad=errors["agency"].nunique(),
            assessed=int(self.findings_frame["left"].notna().sum()),
            missing=self.missing(),
            synthetic=any(self.reports[report].head.synthetic for report in self.ids),
        )
        return Fragment(str(html), {"role": "masthead", "title": f"{self.year} 年勾稽核对"})

    def overview(self) -> Fragment:
        """A row per agency: findings by severity, and outcomes by status."""
        return Fragment(str(render("year_overview.html.j2", rows=[self.overview_row(report) for report in self.ids])))

    def overview_row(self, report: ReportId) -> dict[str, Any]:
        """One agency's outcome."""
        own = self.findings_frame[self.findings_frame["agency"] == report.agency]
        fails = own[own["status"] == "fail"]
        return {
            "id": report.agency,
            "name": self.archive.agencies[report.agency].name,
            "edition": self.reports[report].edition.label,
            "counts": [(*SEALS[name], int((fails["severity"] == name).sum())) for name in SEALS],
            "statuses": [int((own["status"] == status).sum()) for status in STATUSES],
        }

    def findings(self) -> Fragment:
        """Every failed finding, agency by agency, with its sum."""
        groups = []
        for report in self.ids:
            fails = failed(self.findings_frame[self.findings_frame["agency"] == report.agency])
            rows = [
                {
                    "seal": SEALS[row["severity"]],
                    "title": headline(row),
                    "calculation": row["calculation"],
                    "rule": row["rule"],
                }
                for _, row in fails.iterrows()
            ]
            if rows:
                groups.append((self.archive.agencies[report.agency].name, report.agency, rows))
        assessed = int(self.findings_frame["left"].notna().sum())
        return Fragment(str(render("year_findings.html.j2", groups=groups, year=self.year, assessed=assessed)))
