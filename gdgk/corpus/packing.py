"""A data folder → a pack: only what changed is read again, and the result is the same as packing afresh."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from gdgk.archive import Archive, ReportId
from gdgk.archive.reading import PLACES, read_report
from gdgk.archive.writing import REVIEW
from gdgk.corpus import manifest, parquet
from gdgk.corpus.folders import made_beside, refuse
from gdgk.corpus.manifest import Manifest
from gdgk.corpus.rows import Row, panel_frame, provenance_frame, row_of
from gdgk.corpus.writing import Packer, Staying
from gdgk.corpus.years import OldYears
from gdgk.errors import GdgkError, InputError, InputErrors

# Files beside a report that a pack does not read.
UNREAD = {REVIEW, PLACES}
# So many reports are worth a second process, which takes a third of a second to begin.
MANY = 2_000
CHUNK = 200


@dataclass(frozen=True)
class Packed:
    """What was packed: the pack's manifest, and how many reports were read for it."""

    manifest: Manifest
    read: int


@dataclass(frozen=True)
class Old:
    """The pack that is there, whole and read by the same code: its manifest, and of each report digest and province."""

    root: Path
    manifest: Manifest
    digests: dict[tuple[str, int], str]
    provinces: dict[tuple[str, int], str]


def pack(data: Path | None, folder: Path, checks: bool = True, tidy: bool = False, afresh: bool = False) -> Packed:
    """Pack a data folder: the panel as Parquet by province, provenance, agencies, checks, dictionary, manifest.

    A pack that is there is replaced, whole or not at all; what has not changed is taken from it, unless ``afresh``.
    checks: what fails of the rules on figures. tidy: long tables for other tools too. Raises :class:`GdgkError` for a
    folder that cannot be a pack, :class:`InputErrors` for reports that cannot be read: nothing is written then.
    """
    archive = Archive(data)
    refuse(folder, archive.root)
    ids = archive.report_ids()
    options = {"checks": checks, "tidy": tidy}
    old = None if afresh else old_pack(folder, options)
    with made_beside(folder) as made:
        packer = Packer(made, archive.agencies, checks, tidy)
        course = Course(archive, packer, old)
        course.take(ids)
        years = OldYears(old.root, old.manifest.by_year) if old else None
        return Packed(packer.close(manifest.reading_digest(), course.whole, years), course.read)


def old_pack(folder: Path, options: dict[str, bool]) -> Old | None:
    """The pack that is there if anything can be taken from it: not when it is damaged or was read by other code.

    Raises :class:`InputError` for one of a newer gdgk.
    """
    path = folder / manifest.NAME
    if not path.is_file():
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
    try:
        found = manifest.read_manifest(folder, text)
    except InputError as error:
        if "found schema" in str(error):
            raise
        return None
    if found.reading != manifest.reading_digest() or found.options != options or not manifest.is_whole(folder, found):
        return None
    files = parquet.source(*(folder / name for name in found.named("provenance")))
    with parquet.connect() as connection:
        rows = connection.execute(f"SELECT agency, year, digest, province FROM {files}").fetchall()
    digests, provinces = ({(row[0], row[1]): row[at] for row in rows} for at in (2, 3))
    return Old(folder, found, digests, provinces)


class Course:
    """The reports of a data folder on their way into a pack."""

    def __init__(self, archive: Archive, packer: Packer, old: Old | None) -> None:
        self.archive, self.packer, self.old = archive, packer, old
        self.whole: dict[str, list[tuple[Any, ...]]] = {"corrections": [], "extra_rows": []}
        self.read = 0

    def take(self, ids: list[ReportId]) -> None:
        """Pack the reports, province by province. Raises :class:`InputErrors` for all that cannot be read."""
        years: dict[str, list[int]] = {}
        for report in ids:
            years.setdefault(report.agency, []).append(report.year)
        errors: list[GdgkError] = []
        with ExitStack() as stack:
            readers = self.readers(len(ids), stack)
            for province, agencies in self.packer.provinces_of(years).items():
                mine = [ReportId(name, year) for name in agencies for year in sorted(years[name])]
                read, staying = self.sorted_out(readers(mine), errors)
                if not errors:
                    self.province(province, agencies, mine, read, staying)
        if errors:
            raise InputErrors(errors)

    def readers(self, number: int, stack: ExitStack) -> Any:
        """What reads reports: this process, or one for each core where there are many."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        if number < MANY or cores < 2:
            return lambda reports: (self.one(report) for report in reports)
        pool = stack.enter_context(ProcessPoolExecutor(cores, mp_context=get_context("spawn")))

        def several(reports: list[ReportId]) -> Iterator[tuple[ReportId, str, Row | list[GdgkError] | None]]:
            chunks = [[(report, *self.asked(report)) for report in chunk] for chunk in chunked(reports, CHUNK)]
            for done in pool.map(read_rows, chunks):
                yield from done

        return several

    def asked(self, report: ReportId) -> tuple[str, str]:
        """Where a report lies, and the digest that an old pack has of it."""
        known = self.old.digests.get((report.agency, report.year), "") if self.old else ""
        return str(self.archive.folder(report)), known

    def one(self, report: ReportId) -> tuple[ReportId, str, Row | list[GdgkError] | None]:
        """Read one report."""
        return read_row(report, *self.asked(report))

    def sorted_out(
        self, found: Iterable[tuple[ReportId, str, Row | list[GdgkError] | None]], errors: list[GdgkError]
    ) -> tuple[list[Row], list[ReportId]]:
        """The rows that were read and the reports that stay as an old pack has them; errors are collected."""
        read, staying = [], []
        for report, _, outcome in found:
            if outcome is None:
                staying.append(report)
            elif isinstance(outcome, Row):
                read.append(outcome)
            else:
                errors.extend(outcome)
        self.read += len(read)
        return read, staying

    def province(
        self, province: str, agencies: list[str], ids: list[ReportId], read: list[Row], staying: list[ReportId]
    ) -> None:
        """Pack one province: taken over where nothing of it changed."""
        said = self.old.manifest.provinces.get(province) if self.old else None
        if self.old and staying:
            self.stay(province, staying)
        for row in read:
            self.whole["corrections"] += [(row.agency, row.year, *one) for one in row.corrections]
            self.whole["extra_rows"] += [(row.agency, row.year, *one) for one in row.extra]
        same = said is not None and not read and said["reports"] == len(ids)
        if self.old and said and same and said["register"] == self.packer.digest_of(agencies):
            self.packer.keep(province, said, self.old.root)
            return
        panel, provenance = (panel_frame(read), provenance_frame(read)) if read else (None, None)
        old = staying_in(self.old, staying) if self.old and staying else None
        self.packer.write(province, agencies, panel, provenance, old)

    def stay(self, province: str, staying: list[ReportId]) -> None:
        """Take over the rows that reports of a province have in the tables of the whole pack."""
        assert self.old is not None
        keep = set(staying)
        for table, rows in self.whole.items():
            path = self.old.root / f"{table}.parquet"
            found = self.packer.connection.execute(
                f"SELECT * EXCLUDE (synthetic) FROM {parquet.source(path, parted=False)}"
            ).fetchall()
            rows += [row for row in found if ReportId(row[0], row[1]) in keep]


def staying_in(old: Old, staying: list[ReportId]) -> Staying:
    """The reports that stay, and where they are."""
    import pandas as pd

    provinces = sorted({old.provinces[report] for report in staying})
    frame = pd.DataFrame(staying, columns=["agency", "year"]).astype({"agency": object, "year": "int16"})
    return Staying(old.root, provinces, frame)


def chunked(reports: list[ReportId], size: int) -> Iterator[list[ReportId]]:
    """Reports in lists of a size."""
    ahead = iter(reports)
    while chunk := list(islice(ahead, size)):
        yield chunk


def read_rows(
    asked: list[tuple[ReportId, str, str]],
) -> list[tuple[ReportId, str, Row | list[GdgkError] | None]]:
    """Read several reports: in a process of its own."""
    return [read_row(*one) for one in asked]


def read_row(report: ReportId, folder: str, known: str) -> tuple[ReportId, str, Row | list[GdgkError] | None]:
    """Read a report unless its files have the digest that is known: the report, its digest, its row.

    None in place of the row where nothing changed, the errors where it cannot be read. The digest is taken before:
    what changes meanwhile is seen the next time.
    """
    try:
        digest = report_digest(folder)
        if digest == known:
            return report, digest, None
        return report, digest, row_of(read_report(Path(folder), report), digest)
    except InputErrors as error:
        return report, "", error.errors
    except GdgkError as error:
        return report, "", [error]


def report_digest(folder: str) -> str:
    """The digest of the files of a report that are read for a pack, by name and content. Raises :class:`InputError`."""
    found = hashlib.sha256()
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                entry.name for entry in entries if entry.name[0] != "." and entry.name not in UNREAD and entry.is_file()
            )
        for name in names:
            with open(f"{folder}{os.sep}{name}", "rb", buffering=0) as file:
                content = file.read()
            found.update(f"{name}\0{len(content)}\0".encode() + content)
    except OSError as error:
        raise InputError(
            error.filename or folder, None, error.strerror or "no file", "a readable file", "mend its rights"
        ) from None
    return found.hexdigest()[:24]
