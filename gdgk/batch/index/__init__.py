"""reports/index.html: every agency and year with its state, findings, time taken and pages, rebuilt from the stamps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gdgk.archive import Agency, Archive, ReportId
from gdgk.batch.index.grid import (
    RUN_STATES,
    STATES,
    Failure,
    GridCell,
    GridRow,
    Page,
    YearHead,
    cell_state,
    duration,
    is_silent,
    summed,
)
from gdgk.batch.index.reading import Result, files_below, read_results
from gdgk.batch.jobs import FORMATS
from gdgk.batch.plan import SCOPES, Notebook, notebooks
from gdgk.errors import UnknownName
from gdgk.files import write_atomic
from gdgk.form import edition_for
from gdgk.markup import asset, render

__all__ = ["index_page", "starts_seam", "write_index"]

# What a link says where there is no room for the notebook's title.
LINK_WORDS = {
    "agency_year": "核对页",
    "annual_report": "年报",
    "trends": "趋势",
    "reconciliation": "全年",
    "rollup": "汇总",
}
FORMAT_WORDS = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}
FAILED = "failed"
# Failures beyond these are folded away.
LISTED = 20
NO_REASON = "运行记录没有写明原因"


@dataclass(frozen=True)
class Batch:
    """What the index is made from: the reports in the archive, the notebooks, what lies in the reports folder.

    years: from the first to the last of any report. have: the years of each agency's reports. results: by place (the
    page's address without its ending); pages: the addresses there are; copies: of the notebooks that broke.
    """

    agencies: Mapping[str, Agency]
    known: list[Notebook]
    years: list[int]
    have: Mapping[str, frozenset[int]]
    results: Mapping[str, Result]
    pages: frozenset[str]
    copies: frozenset[str]
    skipped: set[str]

    @cached_property
    def scopes(self) -> dict[str, list[Notebook]]:
        """The notebooks by scope."""
        return {scope: [one for one in self.known if one.scope == scope] for scope in SCOPES}

    def made(self, scope: str, folder: str) -> list[tuple[Notebook, str, Result]]:
        """The pages of a folder that were run, with their place and what became of them."""
        known = self.found.get((scope, folder))
        if known is None:
            places = [(notebook, f"{folder}/{notebook.name}") for notebook in self.scopes[scope]]
            known = [(notebook, place, self.results[place]) for notebook, place in places if place in self.results]
            self.found[scope, folder] = known
        return known

    @cached_property
    def found(self) -> dict[tuple[str, str], list[tuple[Notebook, str, Result]]]:
        """What was asked of each scope and folder so far: the failures, the grid and the time all ask."""
        return {}

    def links(self, made: Iterable[tuple[Notebook, str, Result]]) -> list[Page]:
        """The pages that are there; one whose last run failed, or is not on record, is an earlier one, and says so."""
        return [
            page_link(notebook, place, result.ok and not result.lost, ending)
            for notebook, place, result in made
            for ending in ("html", *result.formats)
            if f"{place}.{ending}" in self.pages
        ]

    @cached_property
    def failures(self) -> dict[str, Failure]:
        """The pages that could not be made at their last run, by place, in the order of the grid."""
        found: dict[str, Failure] = {}
        everyone = [one for one in self.agencies.values() if self.have[one.id] or one.id in self.regions]
        for agency in everyone:
            for year in self.years_of(agency.id):
                for scope in ("report", "region"):
                    found.update(self.failed(scope, f"{agency.id}/{year}", agency.name, year))
        for agency in everyone:
            found.update(self.failed("agency", agency.id, agency.name, 0))
        for year in self.reported_years:
            found.update(self.failed("year", str(year), "各机关", year))
        return found

    def failed(self, scope: str, folder: str, name: str, year: int) -> Iterator[tuple[str, Failure]]:
        """The failures of one folder, by place."""
        for notebook, place, result in self.made(scope, folder):
            if not result.ok:
                copy = f"{place}.ipynb"
                address = quote(f"{FAILED}/{copy}") if copy in self.copies else ""
                yield place, Failure(name, year, notebook.title, result.message or NO_REASON, address)

    @cached_property
    def failure_numbers(self) -> dict[str, int]:
        """The place of each failure in the list, from 1."""
        return {place: number for number, place in enumerate(self.failures, 1)}

    @cached_property
    def reported_years(self) -> list[int]:
        """The years of which there is a report."""
        return sorted(set().union(*self.have.values()))

    @cached_property
    def regions(self) -> frozenset[str]:
        """The agencies that have others beneath them: they may have pages without a report of their own."""
        return frozenset(agency.parent for agency in self.agencies.values() if agency.parent)

    def years_of(self, agency: str) -> list[int]:
        """The years on which an agency may have pages."""
        return self.years if agency in self.regions else sorted(self.have[agency])

    @property
    def seconds(self) -> tuple[int, float | None]:
        """How many pages the grid knows the time of, and what they took together."""
        folders = [
            *(
                (scope, f"{agency}/{year}")
                for agency in self.have
                for year in self.years_of(agency)
                for scope in ("report", "region")
            ),
            *(("agency", agency) for agency, years in self.have.items() if years),
            *(("year", str(year)) for year in self.reported_years),
        ]
        known = [result.seconds for folder in folders for _, _, result in self.made(*folder)]
        return sum(one is not None for one in known), summed(known)


def write_index(archive: Archive, reports: Path, skipped: set[str]) -> Path:
    """Write reports/index.html from the archive and the stamps; returns its path.

    skipped: the targets that the last run left as they were (shown as 未变化, with last time's findings). A stamp
    that cannot be used is told (记录损坏), one of a report that is no longer in the archive is passed over.
    """
    batch = read_batch(archive, reports, skipped)
    every = [grid_row(batch, agency) for agency in archive.agencies.values()]
    rows = [row for row in every if batch.have[row.agency.id] or any(cell.pages for cell in row.cells)]
    heads = [
        YearHead(
            year,
            starts_seam(year, batch.years),
            batch.links(batch.made("year", str(year))) if year in batch.reported_years else [],
        )
        for year in batch.years
    ]
    word = next((LINK_WORDS.get(item.name, item.title) for item in batch.scopes["report"]), "")
    shown = {row.agency.id for row in rows}
    strangers = [row.agency.name for row in every if row.agency.id not in shown]
    path = reports / "index.html"
    write_atomic(path, index_page(rows, heads, list(batch.failures.values()), strangers, word, *batch.seconds))
    return path


def index_page(
    rows: list[GridRow],
    years: list[YearHead],
    failures: list[Failure],
    strangers: list[str],
    page_word: str,
    timed: int = 0,
    seconds: float | None = None,
) -> str:
    """The index as HTML.

    strangers: agencies without any report; page_word: what a cell's own link opens; timed, seconds: how many pages
    there is a time of, and what they took together.
    """
    return str(
        render(
            "index.html.j2",
            rows=rows,
            years=years,
            forms=list(form_spans([head.year for head in years])),
            states=STATES,
            counts=Counter(cell.state for row in rows for cell in row.cells),
            totals=totals(rows),
            failures=failures,
            listed=LISTED,
            strangers=strangers,
            page_word=page_word,
            timed=timed,
            seconds=seconds,
            duration=duration,
            style=asset("style.css") + asset("index.css"),
            script=asset("index.js"),
        )
    )


# ── what lies on disk ──


def read_batch(archive: Archive, reports: Path, skipped: set[str]) -> Batch:
    """Read what the index is made from: each folder is listed once, each stamp is read once."""
    have = {agency: frozenset(archive.years(agency)) for agency in archive.agencies}
    everywhere = sorted(set().union(*have.values()))
    years = list(range(everywhere[0], everywhere[-1] + 1)) if everywhere else []
    above = {agency.parent for agency in archive.agencies.values() if agency.parent}
    folders = {*(agency for agency in have if have[agency]), *above, *map(str, everywhere)}
    results = read_results(reports, folders)
    pages = frozenset(file for file, _ in files_below(str(reports), tuple(f".{name}" for name in FORMATS), folders))
    copies = frozenset(file for file, _ in files_below(f"{reports}/{FAILED}", (".ipynb",), folders))
    return Batch(archive.agencies, notebooks(), years, have, results, pages, copies, skipped)


# ── the grid ──


def page_link(notebook: Notebook, place: str, last: bool, ending: str = "html") -> Page:
    """The link to a page, or to another format of it. last: whether it is certainly of the last run."""
    earlier = "" if last else "（上次）"
    word = LINK_WORDS.get(notebook.name, notebook.title) if ending == "html" else FORMAT_WORDS[ending]
    title = notebook.title + ("" if ending == "html" else f"（{FORMAT_WORDS[ending]}）")
    return Page(word + earlier, title + earlier, quote(f"{place}.{ending}"))


def grid_row(batch: Batch, agency: Agency) -> GridRow:
    """One agency's row."""
    cells = [grid_cell(batch, ReportId(agency.id, year)) for year in batch.years]
    made = batch.made("agency", agency.id) if batch.have[agency.id] else []
    return GridRow(agency, cells, batch.links(made), summed(result.seconds for _, _, result in made))


def grid_cell(batch: Batch, report: ReportId) -> GridCell:
    """One agency and year: the worst of its notebooks' states, the findings of the first that tells any."""
    seam = starts_seam(report.year, batch.years)
    if report.year not in batch.have[report.agency]:
        exists = batch.agencies[report.agency].exists_in(report.year)
        summed_up = batch.links(batch.made("region", f"{report.agency}/{report.year}"))
        return GridCell(report.year, "miss" if exists else "none", seam, pages=summed_up)
    place = f"{report.agency}/{report.year}"
    made = [*batch.made("report", place), *batch.made("region", place)]
    if not made:
        return GridCell(report.year, "todo", seam)
    results = {place: result for _, place, result in made}
    counts = next((result.findings for result in results.values() if result.findings), {})
    broken = [place for place, result in results.items() if not result.ok]
    return GridCell(
        report.year,
        cell_state(results, counts, batch.skipped),
        seam,
        errors=counts.get("error", 0),
        warnings=counts.get("warning", 0),
        infos=counts.get("info", 0),
        passed=counts.get("passed", 0),
        unassessed=counts.get("not_assessable", 0),
        silent=is_silent(counts),
        synthetic=bool(counts.get("synthetic", 0)),
        seconds=summed(result.seconds for result in results.values()),
        message=(results[broken[0]].message or NO_REASON) if broken else "",
        failure=batch.failure_numbers[broken[0]] if broken else 0,
        pages=batch.links(made),
    )


@cache
def form_label(year: int) -> str:
    """The official form for reports on a year; there was none for the whole country before 2014."""
    try:
        return edition_for(year).label
    except UnknownName:
        return "无统一表式"


def starts_seam(year: int, years: list[int]) -> bool:
    """Whether another official form begins with this year, and there is a year before it in the grid."""
    return year != years[0] and form_label(year) != form_label(year - 1)


def form_spans(years: list[int]) -> Iterator[tuple[str, int, bool]]:
    """The official forms over the grid's years: label, how many years, whether a seam stands before it."""
    for number, (label, group) in enumerate(groupby(years, key=form_label)):
        yield label, len(list(group)), number > 0


def totals(rows: list[GridRow]) -> dict[str, int]:
    """The figures at the head of the index, in reports unless the name says otherwise."""
    cells = [cell for row in rows for cell in row.cells]
    states = Counter(cell.state for cell in cells)

    def count(holds: Callable[[GridCell], Any]) -> int:
        return sum(map(bool, map(holds, cells)))

    return {
        "agencies": len(rows),
        "expected": len(cells) - states["none"],
        "no_agency": states["none"],
        "run": sum(states[state] for state in RUN_STATES),
        "same": states["same"],
        "gap": states["gap"],
        "with_errors": count(lambda cell: cell.errors),
        "with_findings": count(lambda cell: cell.errors or cell.warnings),
        "errors": sum(row.errors for row in rows),
        "warnings": sum(row.warnings for row in rows),
        "failed": states["fail"],
        "missing": states["miss"],
        "missing_agencies": sum(any(cell.state == "miss" for cell in row.cells) for row in rows),
        "lost": states["lost"],
        "todo": states["todo"],
        "synthetic": count(lambda cell: cell.synthetic),
    }
