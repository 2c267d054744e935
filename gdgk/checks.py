"""Everything that is checked of reports in a data folder: figures, prose, repetition; why, and what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from gdgk.archive import Archive, ReportId, panel
from gdgk.claims import check_claims, stated
from gdgk.diagnosis import Explanation, diagnose
from gdgk.findings import Finding, Row, Status, findings_frame, record_of
from gdgk.reconciliation import Sheet, reconcile_sheets, sheets_of
from gdgk.reconciliation.peers import check_peers
from gdgk.reconciliation.sheets import Lineage
from gdgk.report import Report
from gdgk.review import (
    FILE,
    Decision,
    Review,
    orphans,
    read_decisions,
    reviews,
    still_open,
    with_reviews,
)
from gdgk.text_checks import Deadline, check_text, read_deadlines, repeated, repetition_finding

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Checked:
    """What the checks of some reports found.

    ids: the reports asked for; reports: these and those that their checks read, also as sheets and as a panel; found:
    the findings, report by report as asked for, those on figures first; reviewed: what was decided about each
    (:data:`gdgk.review.REVIEW`); decisions: by fingerprint. Both together are had as records (``rows``), report by
    report (``rows_of``) or as a frame (``findings``), which is made when it is asked for.
    """

    archive: Archive
    ids: Sequence[ReportId]
    reports: Mapping[ReportId, Report]
    sheets: Mapping[tuple[str, int], Sheet]
    found: Sequence[Finding]
    reviewed: Sequence[Review]
    decisions: Mapping[ReportId, Mapping[str, Decision]] = field(default_factory=dict)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """A row per finding, columns :data:`gdgk.findings.FINDINGS` and :data:`gdgk.review.REVIEW`."""
        return with_reviews(findings_frame(self.found), self.reviewed)

    @cached_property
    def rows(self) -> list[Row]:
        """The findings as records of the frame."""
        return [
            record_of(finding) | review._asdict() for finding, review in zip(self.found, self.reviewed, strict=True)
        ]

    @cached_property
    def panel(self) -> pd.DataFrame:
        """The reports as one long frame (:func:`gdgk.archive.panel`)."""
        return panel(self.reports.values())

    @cached_property
    def spots(self) -> dict[ReportId, list[int]]:
        """Where the findings on each report stand among all."""
        found: dict[ReportId, list[int]] = {}
        for at, finding in enumerate(self.found):
            found.setdefault(ReportId(finding.agency, finding.year), []).append(at)
        return found

    def of(self, report: ReportId) -> pd.DataFrame:
        """The findings on one report as a frame."""
        return self.findings.iloc[self.spots.get(report, [])]

    def rows_of(self, report: ReportId) -> list[Row]:
        """The findings on one report as records."""
        return [self.rows[at] for at in self.spots.get(report, ())]

    @cached_property
    def explanations(self) -> dict[ReportId, tuple[Explanation, ...]]:
        """Why figures of a report do not reconcile, by report; reports in which all do are left out."""
        failing = (one for one in self.found if one.status == Status.FAIL and one.severity == "error")
        wanted = {ReportId(one.agency, one.year) for one in failing}
        if not wanted:
            return {}
        sheets = self.sheets
        lineage = Lineage(self.archive.lineage())
        found = {}
        for report in (report for report in self.ids if report in wanted):
            sheet = sheets[report.agency, report.year]
            prior = lineage.prior(sheet, sheets)
            said = {key: {int(value) for value in values} for key, values in stated(self.reports[report]).items()}
            explained = diagnose([self.found[at] for at in self.spots[report]], sheet, prior, said)
            if explained:
                found[report] = explained
        return found

    def counts(self, report: ReportId) -> dict[str, int]:
        """A report in figures: open findings by severity (left out where there is none); ``passed`` and
        ``not_assessable`` checks of its tables; ``blank_tables``; ``synthetic`` (1) where it is not a real report.
        """
        rows = self.rows_of(report)
        counts = dict(Counter(str(row["severity"]) for row in still_open(rows)))
        own = [row for row in rows if row["table"] is not None]
        counts["passed"] = sum(row["status"] in (Status.PASS, Status.PASS_IMPUTED) for row in own)
        counts["not_assessable"] = sum(row["status"] == Status.NOT_ASSESSABLE for row in own)
        counts["blank_tables"] = len({row["table"] for row in own if row["reason"] == "整表未填报"})
        if self.is_synthetic(report):
            counts["synthetic"] = 1
        return counts

    def open_errors(self) -> int:
        """How many findings of severity error stand, neither explained nor dismissed."""
        return sum(row["severity"] == "error" for row in still_open(self.rows))

    def is_synthetic(self, report: ReportId) -> bool:
        """Whether a report is made up, no agency's own."""
        return self.reports[report].head.synthetic

    def orphans(self, report: ReportId) -> list[Decision]:
        """Decisions on findings of a report that are no longer made."""
        return orphans(self.rows_of(report), self.decisions.get(report, {}))


def check_reports(
    archive: Archive,
    ids: Iterable[ReportId],
    deadlines: Iterable[Deadline] | None = None,
    strict: bool = False,
    everything: bool = False,
    among: bool = True,
    given: Report | None = None,
) -> Checked:
    """Check reports of a data folder: rules over figures, claims and text of the prose, repeated prose.

    deadlines: local ones; by default those of ``deadlines.toml`` in the data folder, where there is one. strict,
    everything: as :func:`gdgk.reconciliation.reconcile`. among: whether the reports of a year are also compared with
    one another: their prose, their growth. given: a report to be taken in place of the one in the folder, which need
    not have it (an import that was not written). Raises :class:`gdgk.errors.InputError` and its like for data that
    cannot be read.
    """
    asked = list(dict.fromkeys(ids))
    own = ReportId(given.agency, given.year) if given else None
    read = archive.read_all(report for report in archive.with_context(asked) if report != own)
    read += [given] if given else []
    reports = {ReportId(report.agency, report.year): report for report in read}
    decisions = {report: read_decisions(archive.folder(report) / FILE) for report in asked}
    sheets = sheets_of(read)
    figures = reconcile_sheets(
        sheets, archive.lineage(), asked, agencies=archive.register, strict=strict, everything=everything
    )
    local = local_deadlines(archive) if deadlines is None else tuple(deadlines)
    prose = [finding for report in asked for finding in prose_findings(archive, report, reports, local)]
    peers: list[Finding] = []
    if among:
        prose.extend(repeated_findings(archive, [reports[report] for report in asked]))
        peers = check_peers(asked, sheets, Lineage(archive.lineage()), archive.agencies)
    place = {report: at for at, report in enumerate(asked)}
    found = sorted([*figures, *peers, *prose], key=lambda one: place[ReportId(one.agency, one.year)])
    merged = {name: decision for own in decisions.values() for name, decision in own.items()}
    decided = reviews([record_of(finding) for finding in found], merged)
    return Checked(archive, asked, reports, sheets, found, decided, decisions)


def local_deadlines(archive: Archive) -> tuple[Deadline, ...]:
    """The deadlines of the data folder; none where it has no deadlines.toml. Raises :class:`InputError`."""
    own = archive.own_deadlines
    return read_deadlines(own) if own else ()


def prose_findings(
    archive: Archive, own: ReportId, reports: Mapping[ReportId, Report], deadlines: tuple[Deadline, ...]
) -> list[Finding]:
    """What the prose of a report says against its tables, and how it is written."""
    report = reports[own]
    earlier = archive.earlier(own)
    # Of several predecessors none is the report of the year before.
    prior = reports.get(earlier[0]) if len(earlier) == 1 else None
    agency = archive.agency(own.agency)
    return [
        *guarded("N-CLAIMS", "正文数字与表格", own, lambda: check_claims(report, prior)),
        *guarded(
            "S-TEXT",
            "正文检查",
            own,
            lambda: check_text(report, agency, prior=prior, agencies=archive.agencies, deadlines=deadlines),
        ),
    ]


def guarded(rule: str, label: str, own: ReportId, check: Callable[[], list[Finding]]) -> list[Finding]:
    """The findings of a check; when it breaks, one that says so: a check's failure never stops the rest."""
    try:
        return check()
    except Exception as error:
        reason = f"检查未能完成（{type(error).__name__}: {error}）"
        return [
            Finding(
                rule=rule,
                status=Status.ERROR.value,
                severity="error",
                agency=own.agency,
                year=own.year,
                table=None,
                row=None,
                column=None,
                left=None,
                right=None,
                difference=None,
                message=f"{label}：{reason}",
                reason=reason,
                label=label,
                place="正文",
                calculation="",
                basis="",
                unless="",
                cells=(),
                blanks=0,
            )
        ]


def repeated_findings(archive: Archive, reports: list[Report]) -> list[Finding]:
    """Prose that reports of one year share with one another."""
    by_year: dict[int, list[Report]] = {}
    for report in reports:
        if report.narrative.strip():
            by_year.setdefault(report.year, []).append(report)
    return [
        repetition_finding(found, archive.agencies)
        for year in sorted(by_year)
        if len(by_year[year]) > 1
        for found in repeated(by_year[year])
    ]
