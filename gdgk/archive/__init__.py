"""data/ on disk: agencies, reports, corrections; and the panel, one long frame of many reports.

Layout: ``agencies.csv`` and ``<agency>/<year>/`` with ``report.toml``, one CSV per table, ``narrative.md`` and
``corrections.toml`` where needed. As reported is never edited: a correction is an entry with a reason.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import gdgk
from gdgk.archive.agencies import REGISTER, Agency, Register, read_register
from gdgk.archive.frames import PANEL, panel
from gdgk.archive.kept import PUBLISHED, REPORTED, VERSIONS, version_names
from gdgk.archive.reading import read_report
from gdgk.archive.writing import corrections_text, write_published, write_report
from gdgk.errors import GdgkError, InputError, InputErrors, UnknownName
from gdgk.files import put_back, write_atomic
from gdgk.form import CellKey
from gdgk.report import Correction, Report, ReportId

# What an office may have of its own beside agencies.csv: days by which reports are due, templates of the prose.
DEADLINES = "deadlines.toml"
NARRATIVE = "_templates/narrative"

__all__ = [
    "DEADLINES",
    "NARRATIVE",
    "PANEL",
    "PUBLISHED",
    "REGISTER",
    "REPORTED",
    "Agency",
    "Archive",
    "Register",
    "ReportId",
    "default_data",
    "default_reports",
    "panel",
]


def default_data() -> Path:
    """The workbook's own data folder: ``data/`` beside the package, else ``data/`` where the command is run."""
    own = Path(gdgk.__file__).resolve().parent.parent / "data"
    return own if (own / REGISTER).exists() else Path.cwd() / "data"


def default_reports() -> Path:
    """``reports/`` of the workbook: beside the data folder's notebooks, else where the command is run."""
    own = Path(gdgk.__file__).resolve().parent.parent
    return own / "reports" if (own / "notebooks").is_dir() else Path.cwd() / "reports"


class Archive:
    """A data folder. Agencies are read at once, reports when asked for.

    Raises :class:`InputError` for a folder without a readable ``agencies.csv``.
    """

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = Path(root) if root else default_data()
        if not self.root.is_dir():
            raise InputError(
                self.root, None, "no such folder", "a data folder with agencies.csv", "name another with --data"
            )
        self.register = read_register(self.root / REGISTER)
        self.agencies = self.register.agencies
        self.whole: set[str] = set()

    @property
    def own_deadlines(self) -> Path | None:
        """The office's own days by which reports are due; None where it has none."""
        path = self.root / DEADLINES
        return path if path.exists() else None

    @property
    def own_templates(self) -> Path | None:
        """The folder of the office's own templates; None where it has none."""
        folder = self.root / NARRATIVE
        return folder if folder.is_dir() else None

    def agency(self, name: str) -> Agency:
        """The agency of an id; :class:`UnknownName` lists what there is."""
        if name not in self.agencies:
            raise UnknownName(
                "agency", name, self.agencies, f"name one of them, or add a line to {self.root / 'agencies.csv'}"
            )
        return self.agencies[name]

    def agency_folder(self, agency: str) -> Path:
        """Where an agency's reports lie. What a kill between two renames left aside there is put back first, once: a
        page that reads two agencies does not look through the folders of all.
        """
        folder = self.root / self.agency(agency).id
        if agency not in self.whole:
            put_back(folder)
            self.whole.add(agency)
        return folder

    def folder(self, report: ReportId) -> Path:
        """Where a report lies, whether it is there or not."""
        return self.agency_folder(report.agency) / str(int(report.year))

    def years(self, agency: str) -> list[int]:
        """The years of which the agency has a report here, ascending.

        Raises :class:`InputError` for a folder whose name is not a year.
        """
        folder = self.agency_folder(agency)
        found = []
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.name.startswith(".") or not path.is_dir():
                continue
            if not re.fullmatch(r"20\d\d", path.name):
                raise InputError(
                    path, None, f"a folder named {path.name!r}", "a year such as 2020", "rename or move it"
                )
            found.append(int(path.name))
        return found

    def report_ids(self, agencies: Iterable[str] = (), years: Iterable[int] | None = None) -> list[ReportId]:
        """The reports of some agencies (all when none is named) and years, in the order of agencies.csv.

        Raises :class:`UnknownName` for an agency or a single year that the archive does not have, and
        :class:`InputErrors` for folders that agencies.csv does not list, where all are asked for or none is found: a
        page of one agency does not look at the folders of all.
        """
        named = list(dict.fromkeys(agencies))
        chosen = [self.agency(name).id for name in named] or list(self.agencies)
        wanted = None if years is None else set(years)
        found = [ReportId(name, year) for name in chosen for year in self.years(name)]
        if not named or not found:
            self.check_folders()
        picked = [report for report in found if wanted is None or report.year in wanted]
        if found and not picked:
            have = sorted({report.year for report in found})
            first, last = min(wanted or have), max(wanted or have)
            asked = str(first) if first == last else f"{first}-{last}"
            raise UnknownName("year", asked, have, f"ask for one of them, or add {self.root}/<agency>/{first}/")
        if not found:
            names = ", ".join(chosen) or "any agency"
            raise InputError(
                self.root, None, f"no report of {names}", "a folder <agency>/<year>/ with report.toml", "add one"
            )
        return picked

    def check_folders(self) -> None:
        """Raise :class:`InputErrors` for agency folders that agencies.csv does not list."""
        with os.scandir(self.root) as entries:  # told by their names first: a look at each takes longer
            unknown = [entry for entry in entries if entry.name not in self.agencies and entry.name[0] not in "._"]
            strangers = sorted(Path(entry.path) for entry in unknown if entry.is_dir())
        if strangers:
            expected = f"an id of {self.root / 'agencies.csv'}"
            raise InputErrors(
                InputError(
                    path, None, f"a folder of agency {path.name!r}", expected, "add a line there or rename the folder"
                )
                for path in strangers
            )

    def has(self, report: ReportId) -> bool:
        """Whether there is a folder for the report."""
        return self.folder(report).is_dir()

    def read(self, report: ReportId) -> Report:
        """One report with its corrections. Raises :class:`UnknownName`, :class:`InputError` or :class:`InputErrors`."""
        if not self.has(report):
            raise UnknownName(
                "year", report.year, self.years(report.agency), f"{report.agency} has no {self.folder(report)}"
            )
        return read_report(self.folder(report), report)

    def read_all(self, reports: Iterable[ReportId]) -> list[Report]:
        """Many reports; every input error among them is collected into one :class:`InputErrors`."""
        read, errors = [], []
        for report in reports:
            try:
                read.append(self.read(report))
            except InputErrors as error:
                errors.extend(error.errors)
            except GdgkError as error:
                errors.append(error)
        if errors:
            raise InputErrors(errors)
        return read

    def earlier(self, report: ReportId) -> list[ReportId]:
        """The reports on the year before that this one continues: its own, else those of its predecessors, over as many
        reorganisations as lie between.
        """
        own = ReportId(report.agency, report.year - 1)
        if self.has(own):
            return [own]
        found, ahead, seen = [], list(self.agency(report.agency).predecessors), {report.agency}
        while ahead:
            name = ahead.pop(0)
            if name in seen:
                continue
            seen.add(name)
            before = ReportId(name, own.year)
            if self.has(before):
                found.append(before)
            else:
                ahead.extend(self.agency(name).predecessors)
        return found

    def beside(self, report: ReportId) -> list[ReportId]:
        """The reports on the same year of predecessors that go on: the checks between years must know of a split."""
        found, ahead, seen = [], list(self.agency(report.agency).predecessors), {report.agency}
        while ahead:
            name = ahead.pop(0)
            if name not in seen:
                seen.add(name)
                ahead.extend(self.agency(name).predecessors)
                if self.has(ReportId(name, report.year)):
                    found.append(ReportId(name, report.year))
        return found

    def beneath(self, report: ReportId) -> list[ReportId]:
        """The reports on the same year of the agencies directly beneath: what a region's report adds up."""
        same = [ReportId(child.id, report.year) for child in self.register.beneath.get(report.agency, ())]
        return [candidate for candidate in same if self.has(candidate)]

    def with_earlier(self, reports: Iterable[ReportId]) -> list[ReportId]:
        """The reports and, first, those they continue: what the checks between years need."""
        asked = list(reports)
        needed = [before for report in asked for before in (*self.earlier(report), *self.beside(report))]
        return list(dict.fromkeys([*needed, *asked]))

    def with_context(self, reports: Iterable[ReportId]) -> list[ReportId]:
        """The reports and, first, those that any check of them needs: the year before, and the agencies beneath."""
        asked = list(reports)
        below = [child for report in asked for child in self.beneath(report)]
        return list(dict.fromkeys([*below, *self.with_earlier(asked)]))

    def lineage(self) -> Mapping[str, tuple[str, ...]]:
        """Predecessors by agency, for the checks between years."""
        return self.register.lineage

    def versions(self, report: ReportId) -> list[str]:
        """The names of the versions kept beside a report (:mod:`gdgk.archive.kept`), in their order.

        Raises :class:`InputError` for a folder there that is none.
        """
        return version_names(self.folder(report))

    def read_version(self, report: ReportId, name: str) -> Report:
        """A version kept beside a report. Raises :class:`UnknownName`, and what :meth:`read` raises."""
        if name not in self.versions(report):
            raise UnknownName("version", name, self.versions(report), f"{report} has no other beside it")
        return read_report(self.folder(report) / VERSIONS / name, report)

    def read_versions(self, report: ReportId) -> dict[str, Report]:
        """Every version kept beside a report, by name, in their order. Raises what :meth:`read` raises."""
        return {name: self.read_version(report, name) for name in self.versions(report)}

    def write(self, report: Report, source: bytes | None = None, keep: bool = False) -> Path:
        """Write a report, and the document it was read from, all at once; returns its folder.

        What the report does not have is removed. keep: what is replaced is kept as an earlier version.
        """
        return write_report(self.folder(ReportId(report.agency, report.year)), report, source, keep)

    def write_published(self, report: Report, source: bytes) -> Path:
        """Write a report as the published version of the one that is there, which stays as it is; returns its folder.

        What stood there as published is kept as an earlier version.
        """
        own = ReportId(report.agency, report.year)
        return write_published(self.folder(own), report, source, PUBLISHED in self.versions(own))

    def write_corrections(self, report: ReportId, corrections: Mapping[CellKey, Correction]) -> None:
        """Write a report's corrections; its other files stay as they are."""
        write_atomic(self.folder(report) / "corrections.toml", corrections_text(corrections.values()))
