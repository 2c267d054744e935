"""A data folder as what may be explored: read and checked once, when it is opened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gdgk.archive import Archive, ReportId, panel
from gdgk.exploring.holding import Holding, Origin, Party
from gdgk.findings import Row, record_of
from gdgk.reconciliation import reconcile_sheets, sheets_of
from gdgk.reconciliation.competence import level_of
from gdgk.reconciliation.wide import Wide, widen
from gdgk.review import FILE, Decision, read_decisions, reviews, still_open


class FolderHolding(Holding):
    """Every report of a data folder. Raises :class:`gdgk.errors.GdgkError` for input that cannot be read."""

    def __init__(self, archive: Archive) -> None:
        super().__init__()
        ids = archive.report_ids()
        self.reports = dict(zip(ids, archive.read_all(ids), strict=True))
        here = {report.agency for report in ids}
        self.parties = {
            one.id: Party(one.id, one.name, one.kind, level_of(one.region_code), one.parent)
            for one in archive.agencies.values()
            if one.id in here
        }
        self.years = sorted({report.year for report in ids})
        self.synthetic = any(report.head.synthetic for report in self.reports.values())
        self.ready = widen(panel(self.reports.values()))
        self.open: dict[tuple[str, int], list[Row]] = {}
        for row in self.open_rows(archive):
            self.open.setdefault((row["agency"], row["year"]), []).append(row)

    def open_rows(self, archive: Archive) -> list[Row]:
        """What fails of the checks on figures and nobody has explained or dismissed."""
        sheets = sheets_of(self.reports.values())
        found = [
            one
            for one in reconcile_sheets(sheets, archive.lineage(), agencies=archive.register)
            if one.status == "fail"
        ]
        decisions: dict[str, Decision] = {}
        for report in self.reports:
            decisions |= read_decisions(archive.folder(report) / FILE)
        records = [record_of(one) for one in found]
        decided = reviews(records, decisions)
        return still_open([row | one._asdict() for row, one in zip(records, decided, strict=True)])

    def call(self, agencies: Iterable[str]) -> None:
        """Nothing to do: all is ready."""

    def wides(self) -> list[Wide]:
        """Every report."""
        return self.ready

    def findings(self, agency: str, year: int) -> Sequence[Row]:
        """The open findings on a report's figures."""
        return self.open.get((agency, year), ())

    def origin(self, agency: str, year: int) -> Origin:
        """As report.toml and provenance.csv say."""
        report = self.reports[ReportId(agency, year)]
        places = {str(key): place for key, place in report.places.items()}
        return Origin(report.head.title, report.head.source, report.head.source_file, places)
