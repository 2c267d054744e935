"""reports/index.html: every agency and year with its state, findings and pages, rebuilt from the stamps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from gdgk.archive import Agency, Archive, ReportId
from gdgk.batch.plan import Notebook, Target, notebooks
from gdgk.batch.stamps import Stamp, read_stamp, stamp_path
from gdgk.files import write_atomic
from gdgk.form import edition_for
from gdgk.markup import asset, render

STATES = {
    "ok": "正常",
    "bad": "有问题",
    "gap": "不可评估",
    "fail": "失败",
    "miss": "未入库",
    "same": "未变化",
    "todo": "未运行",
    "none": "无此机关",
}
# What a link says where there is no room for the notebook's title.
LINK_WORDS = {"agency_year": "核对页", "annual_report": "年报", "trends": "趋势", "reconciliation": "全年"}
RUN_STATES = ("ok", "bad", "gap", "same")


class Page(NamedTuple):
    """A page that is there: the word of a link to it, its title, its address relative to the reports folder."""

    word: str
    title: str
    address: str


class Failure(NamedTuple):
    """A page that could not be made: whose, what, why, and the executed copy if one was left."""

    name: str
    year: int
    title: str
    message: str
    copy: str


class YearHead(NamedTuple):
    """The heading of a year: whether a seam stands before it, and the pages of the whole year."""

    year: int
    seam: bool
    pages: list[Page]


@dataclass(frozen=True)
class GridCell:
    """One agency and year of the grid: its state, its findings and checks in figures, its pages.

    silent: there is a table left blank, or more checks could not be made than were passed.
    """

    year: int
    state: str
    seam: bool
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    passed: int = 0
    unassessed: int = 0
    silent: bool = False
    synthetic: bool = False
    message: str = ""
    pages: list[Page] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]

    @property
    def style(self) -> str:
        """The state as it looks: of what has findings, only warnings look milder than errors."""
        return "warn" if self.state == "bad" and not self.errors else self.state

    @property
    def short(self) -> str:
        """The findings in a few characters (误2 疑1 缺47), else the checks (符42 缺9); if unchanged, last time's."""
        found = counted(("误", self.errors), ("疑", self.warnings))
        if self.state in ("ok", "gap"):
            return counted(("注", self.infos), ("符", self.passed), ("缺", self.unassessed))
        if self.silent and self.state in ("same", "bad"):
            return f"{found} {counted(('缺', self.unassessed))}".strip()
        return found


@dataclass(frozen=True)
class GridRow:
    """One agency of the grid."""

    agency: Agency
    cells: list[GridCell]
    pages: list[Page]

    @property
    def errors(self) -> int:
        """Findings of severity error over all years."""
        return sum(cell.errors for cell in self.cells)

    @property
    def warnings(self) -> int:
        """Findings of severity warning over all years."""
        return sum(cell.warnings for cell in self.cells)

    @property
    def lacking(self) -> int:
        """Years without a page that says something: failed, not in the archive, not assessable, not run."""
        return sum(cell.state in ("fail", "miss", "gap", "todo") for cell in self.cells)

    @property
    def keywords(self) -> str:
        """What a search finds the agency by, beside its name."""
        return " ".join([self.agency.id, self.agency.kind, *self.agency.short_names]).lower()


@dataclass(frozen=True)
class Batch:
    """What the index is made from: the archive, where the pages lie, the notebooks, the years, what was skipped."""

    archive: Archive
    reports: Path
    known: list[Notebook]
    years: list[int]
    skipped: set[str]

    def of_scope(self, scope: str, agency: str = "", year: int = 0) -> list[Target]:
        """The targets of a scope's notebooks for an agency, a year or both."""
        return [Target(notebook, agency, year, ()) for notebook in self.known if notebook.scope == scope]

    def stamp(self, target: Target) -> Stamp | None:
        """What became of a target at its last run."""
        return read_stamp(stamp_path(self.reports, target))

    def pages(self, targets: Iterable[Target]) -> list[Page]:
        """The pages that are there; one whose last run failed is an earlier one, and says so."""
        found = []
        for target in targets:
            address = f"{target.place.as_posix()}.html"
            if (self.reports / address).exists():
                stamp = self.stamp(target)
                earlier = "（上次）" if stamp is not None and stamp.state == "failed" else ""
                title = target.notebook.title
                found.append(Page(LINK_WORDS.get(target.notebook.name, title) + earlier, title + earlier, address))
        return found

    def failures(self) -> Iterator[Failure]:
        """The pages that could not be made at their last run, in the order of the grid."""
        reports = [ReportId(agency, year) for agency in self.archive.agencies for year in self.archive.years(agency)]
        targets = [
            *(target for report in reports for target in self.of_scope("report", *report)),
            *(target for agency in self.archive.agencies for target in self.of_scope("agency", agency)),
            *(target for year in self.years for target in self.of_scope("year", year=year)),
        ]
        for target in targets:
            stamp = self.stamp(target)
            if stamp is not None and stamp.state == "failed":
                name = self.archive.agency(target.agency).name if target.agency else "各机关"
                copy = f"failed/{target.place.as_posix()}.ipynb"
                left = copy if (self.reports / copy).exists() else ""
                yield Failure(name, target.year, target.notebook.title, stamp.message, left)


def write_index(archive: Archive, reports: Path, skipped: set[str]) -> Path:
    """Write reports/index.html from the archive and the stamps; returns its path.

    skipped: the targets that the last run left as they were (shown as 未变化, with last time's findings).
    """
    everywhere = sorted({year for agency in archive.agencies for year in archive.years(agency)})
    years = list(range(everywhere[0], everywhere[-1] + 1)) if everywhere else []
    batch = Batch(archive, reports, notebooks(), years, skipped)
    every = [grid_row(batch, agency) for agency in archive.agencies.values()]
    rows = [row for row in every if any(cell.state not in ("miss", "none") for cell in row.cells)]
    heads = [YearHead(year, starts_seam(year, years), batch.pages(batch.of_scope("year", year=year))) for year in years]
    word = next((LINK_WORDS.get(item.name, item.title) for item in batch.known if item.scope == "report"), "")
    strangers = [row.agency.name for row in every if row not in rows]
    path = reports / "index.html"
    write_atomic(path, index_page(rows, heads, list(batch.failures()), strangers, word))
    return path


def index_page(
    rows: list[GridRow], years: list[YearHead], failures: list[Failure], strangers: list[str], page_word: str
) -> str:
    """The index as HTML. strangers: agencies without any report; page_word: what a cell's own link opens."""
    return str(
        render(
            "index.html.j2",
            rows=rows,
            years=years,
            forms=list(form_spans([head.year for head in years])),
            states=STATES,
            counts={state: sum(cell.state == state for row in rows for cell in row.cells) for state in STATES},
            totals=totals(rows),
            failures=failures,
            strangers=strangers,
            page_word=page_word,
            style=asset("style.css") + asset("index.css"),
            script=asset("index.js"),
        )
    )


def grid_row(batch: Batch, agency: Agency) -> GridRow:
    """One agency's row."""
    cells = [grid_cell(batch, ReportId(agency.id, year)) for year in batch.years]
    return GridRow(agency, cells, batch.pages(batch.of_scope("agency", agency.id)))


def grid_cell(batch: Batch, report: ReportId) -> GridCell:
    """One agency and year: the worst of its notebooks' states, the findings of the first that was run."""
    seam = starts_seam(report.year, batch.years)
    if not batch.archive.has(report):
        exists = batch.archive.agency(report.agency).exists_in(report.year)
        return GridCell(report.year, "miss" if exists else "none", seam)
    targets = batch.of_scope("report", *report)
    run = {target: stamp for target in targets if (stamp := batch.stamp(target)) is not None}
    if not run:
        return GridCell(report.year, "todo", seam)
    found = next(iter(run.values())).findings
    messages = [stamp.message for stamp in run.values() if stamp.state == "failed"]
    return GridCell(
        report.year,
        cell_state(run, found, batch.skipped),
        seam,
        errors=found.get("error", 0),
        warnings=found.get("warning", 0),
        infos=found.get("info", 0),
        passed=found.get("passed", 0),
        unassessed=found.get("not_assessable", 0),
        silent=is_silent(found),
        synthetic=bool(found.get("synthetic", 0)),
        message=messages[0] if messages else "",
        pages=batch.pages(run),
    )


def cell_state(run: dict[Target, Stamp], found: Mapping[str, int], skipped: set[str]) -> str:
    """fail, same, bad, gap or ok, the first that holds."""
    if any(stamp.state == "failed" for stamp in run.values()):
        return "fail"
    if all(str(target) in skipped for target in run):
        return "same"
    if found.get("error", 0) + found.get("warning", 0):
        return "bad"
    return "gap" if is_silent(found) else "ok"


def is_silent(found: Mapping[str, int]) -> bool:
    """Whether a table was left wholly blank, or more checks could not be made than passed: no agreement."""
    return bool(found.get("blank_tables", 0)) or found.get("not_assessable", 0) > found.get("passed", 0)


def counted(*pairs: tuple[str, int]) -> str:
    """误2 疑1: the words whose count is not 0."""
    return " ".join(f"{word}{count}" for word, count in pairs if count)


def starts_seam(year: int, years: list[int]) -> bool:
    """Whether another official form begins with this year, and there is a year before it in the grid."""
    return year != years[0] and edition_for(year) is not edition_for(year - 1)


def form_spans(years: list[int]) -> Iterator[tuple[str, int, bool]]:
    """The official forms over the grid's years: label, how many years, whether a seam stands before it."""
    for number, (label, group) in enumerate(groupby(years, key=lambda year: edition_for(year).label)):
        yield label, len(list(group)), number > 0


def totals(rows: list[GridRow]) -> dict[str, int]:
    """The figures at the head of the index, in reports unless the name says otherwise."""
    cells = [cell for row in rows for cell in row.cells]
    return {
        "agencies": len(rows),
        "expected": sum(cell.state != "none" for cell in cells),
        "no_agency": sum(cell.state == "none" for cell in cells),
        "run": sum(cell.state in RUN_STATES for cell in cells),
        "same": sum(cell.state == "same" for cell in cells),
        "gap": sum(cell.state == "gap" for cell in cells),
        "with_errors": sum(cell.errors > 0 for cell in cells),
        "with_findings": sum(cell.errors + cell.warnings > 0 for cell in cells),
        "errors": sum(cell.errors for cell in cells),
        "warnings": sum(cell.warnings for cell in cells),
        "failed": sum(cell.state == "fail" for cell in cells),
        "missing": sum(cell.state == "miss" for cell in cells),
        "missing_agencies": sum(any(cell.state == "miss" for cell in row.cells) for row in rows),
        "todo": sum(cell.state == "todo" for cell in cells),
        "synthetic": sum(cell.synthetic for cell in cells),
    }
