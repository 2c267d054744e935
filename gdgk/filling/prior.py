"""Last year's figures for a form: from the agency's report in the data folder, as corrected, or its predecessors'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gdgk.archive import Archive
from gdgk.form import CellKey, Edition, edition_for
from gdgk.reconciliation.sheets import Lineage, Prior, Sheet, sheets_of
from gdgk.report import ReportId

FIRST_YEAR = 2014


@dataclass(frozen=True)
class Before:
    """Last year's figures; told: in words where they come from, or why there are none."""

    prior: Prior
    told: str

    def number(self, key: CellKey) -> int | float | None:
        """A figure of last year; None where nobody knows it."""
        prior = self.prior
        if not prior.sheets or not prior.has(key) or prior.unknown(key) or prior.bare(key):
            return None
        value = prior.number(key)
        return int(value) if value == int(value) else value


def nothing_before(year: int, told: str) -> Before:
    """No figures of last year, and why."""
    return Before(Prior((), form_before(year), told), told)


def form_before(year: int) -> Edition:
    """The official edition of the year before."""
    return edition_for(max(year - 1, FIRST_YEAR))


def before_of(archive: Archive, agency: str, year: int) -> Before:
    """Last year's figures of an agency. Raises :class:`gdgk.errors.InputError` for a report that cannot be read."""
    own = ReportId(agency, year)
    reports = archive.read_all([*archive.earlier(own), *archive.beside(own)])
    sheets = sheets_of(reports)
    asked = Sheet(agency, year, edition_for(year), {})
    prior = Lineage(archive.lineage()).prior(asked, sheets)
    if not prior.sheets:
        return Before(prior, prior.reason)
    taken = [report for report in reports if (report.agency, report.year) in ids(prior.sheets)]
    names = "、".join(archive.agency(report.agency).name for report in taken)
    corrected = "，按更正后的数" if any(report.corrections for report in taken) else ""
    synthetic = "，合成数据" if any(report.head.synthetic for report in taken) else ""
    return Before(prior, f"取自 {names} {year - 1} 年年报{corrected}{synthetic}")


def ids(sheets: Iterable[Sheet]) -> set[tuple[str, int]]:
    """The reports that sheets are of."""
    return {(sheet.agency, sheet.year) for sheet in sheets}
