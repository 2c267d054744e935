"""A process made ready to make pages: all that no page makes for itself is imported, read and compiled beforehand.

For a process that lives long and is copied (``fork``) for each page: a copy then pays for its own report alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import plotly.io
from IPython.core.formatters import DisplayFormatter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gdgk.archive import Archive
from gdgk.archive.agencies import AGENCY_HEADER, REGISTER
from gdgk.exporters.choosing import USUAL, exported_page, make_ready
from gdgk.exporters.official import NAME as OFFICIAL
from gdgk.files import write_atomic
from gdgk.form import CellKey, Edition, edition
from gdgk.markup import Fragment, compile_templates
from gdgk.narrative import compile_narrative
from gdgk.pages import AnnualReportPage, ReportPage, RollUpPage, TrendPage, YearPage, style_for_lab
from gdgk.prose import HEADINGS
from gdgk.report import Head, Report, blank_report, with_cells

# Imported by numpy in the midst of its work, when it compares sets: two reports word for word.
LATE = "numpy.ma"
SYNTHETIC = Head(title="", source="合成数据，仅供预热", synthetic=True)
TITLE = "合成市合成局{year}年政府信息公开工作年度报告（合成数据）"
CITY, BUREAU = "warm_city", "warm_bureau"
# Region codes are real ones, so that place names in the prose are looked up.
AGENCIES = (
    (CITY, "合成市人民政府", "设区的市政府", "320100", ""),
    (BUREAU, "合成市合成局", "政府部门", "320100", CITY),
)
# Every form, and every form after every other that a report of the year before may be on.
REPORTS = (
    (BUREAU, 2018, "2014"),
    (BUREAU, 2019, "2019"),
    (BUREAU, 2020, "2019"),
    (BUREAU, 2021, "2021"),
    (BUREAU, 2022, "2021-single-other"),
    (BUREAU, 2023, "2021-single-other"),
    (BUREAU, 2024, "2021"),
    (CITY, 2021, "2021-single-other"),
    (CITY, 2023, "2021"),
    (CITY, 2024, "2021"),
)
# Applications by row: what a chart needs to be drawn, and a total that does not add up.
RESULTS = {"new": 64, "granted": 40, "denied_third_party": 12, "unavailable_not_held": 12, "outcomes_total": 64}
SLIP = CellKey("applications", "granted", "total")
# Claims, a legal basis, a place elsewhere, a year, traditional characters: something for every check of the prose.
SENTENCES = (
    "根据《中华人民共和国政府信息公开条例》，合成市合成局编制{year}年度政府信息公开工作年度报告。",
    "统计期限为{year}年1月1日至{year}年12月31日。1月至11月发布信息20条。全年共收到政府信息公开申请64件，其中予以公开40件，不予公开12件；行政复议3起。",
    "本年度主動公開檔案資訊10條，昆明市合成局參加一次。",
)


def warm(code: str = "") -> None:
    """Fill every cache that a page needs: modules, forms, rules, vocabularies, places, templates, the exporter.

    Makes each kind of page of synthetic reports on every form, in a temporary folder that is gone afterwards; reads no
    data folder, starts no thread (numpy's own are OPENBLAS_NUM_THREADS' business), shows nothing. plotly finds out how
    to show figures when it is imported: a shell that is made afterwards must be told (``plotly.io.renderers.default``).
    Calling it again is harmless and useless. code: of the notebooks that will be run, so that no page is made which
    none of them shows; without it, all are.
    """
    pages = {name: page for name, page in PAGES.items() if name in code} or PAGES
    own = {name for page in pages.values() for name in page.templates}
    others = {name for page in PAGES.values() for name in page.templates} - own
    compile_templates(without=(*NO_NOTEBOOKS, *others))
    import_module(LATE)
    with TemporaryDirectory(prefix="gdgk-") as folder:
        archive = synthetic_archive(Path(folder))
        for exporter, pieces in synthetic_pages(str(archive.root), pages.values()):
            shown = new_code_cell("")
            shown.outputs = [output_of(piece) for piece in pieces]
            notebook = new_notebook(cells=[new_markdown_cell("## 合成\n\n**合成**数据"), shown])
            notebook.metadata["gdgk"] = {"exporter": exporter}
            exported_page(notebook, "plotly.min.js", "index.html")


def warm_formats(formats: Iterable[str]) -> None:
    """Fill what documents of these formats need, by making one of each; a format that cannot be made here is left."""
    with TemporaryDirectory(prefix="gdgk-") as folder:
        archive = synthetic_archive(Path(folder))
        page = AnnualReportPage(BUREAU, 2024, str(archive.root))
        pieces = [page.masthead(), *map(page.section, HEADINGS)]
        make_ready(formats, new_notebook(cells=[new_code_cell("", outputs=[output_of(piece)]) for piece in pieces]))


def synthetic_archive(root: Path, reports: Iterable[tuple[str, int, str]] = REPORTS) -> Archive:
    """A data folder of synthetic reports, each an agency, a year and a form: a city and its bureau, every form."""
    lines = [f"{name},{zh},,{kind},{region},{parent},,," for name, zh, kind, region, parent in AGENCIES]
    write_atomic(root / REGISTER, "\n".join([",".join(AGENCY_HEADER), *lines, ""]))
    archive = Archive(root)
    written: set[str] = set()
    for agency, year, form in reports:
        archive.write(synthetic_report(agency, year, edition(form), form not in written))
        written.add(form)
    return archive


def synthetic_report(agency: str, year: int, form: Edition, prose: bool = True) -> Report:
    """A synthetic report on a form, its tables filled throughout; one total is off by one. prose: with sentences."""
    values = {key: "0" for key in form.cells}
    for table in form.tables.values():
        if table.id == "applications":
            for key in table.cells:
                if key.column in ("natural_person", "total") and key.row in RESULTS:
                    values[key] = str(RESULTS[key.row] + (key == SLIP))
        elif table.id == "disputes":
            values |= {key: "3" for key in table.cells if key.column in ("upheld", "total")}
        else:
            values |= {key: "10" for key in table.cells}
    first, *others = (f"## {heading}" for heading in HEADINGS.values())
    narrative = "\n\n".join([first, *(SENTENCES if prose else ()), *others]).format(year=year)
    head = replace(SYNTHETIC, title=TITLE.format(year=year), published=f"{year + 1}-01-31")
    return replace(with_cells(blank_report(agency, year, form, head), values), narrative=narrative)


def synthetic_pages(data: str, pages: Iterable[WarmPage]) -> Iterator[tuple[str, list[Any]]]:
    """These pages of the synthetic reports, each as its exporter and its pieces."""
    yield USUAL, [style_for_lab()]
    for page in pages:
        yield from page.made(data)


def report_pages(data: str) -> Iterator[tuple[str, list[Any]]]:
    """What agency_year shows. A form after another one is checked by a plan of its own; its look is learnt once."""
    for (agency, year, _), first in zip(REPORTS, first_of_their_form(), strict=True):
        page = ReportPage(agency, year, data)
        yield USUAL, [page.change(), page.revisions(), page.source()]
        if first:
            yield USUAL, [page.masthead(), page.findings(), *page.tables(), page.legend(), *page.charts()]


def annual_pages(data: str) -> Iterator[tuple[str, list[Any]]]:
    """What annual_report shows."""
    compile_narrative()
    for (agency, year, _), first in zip(REPORTS, first_of_their_form(), strict=True):
        if first:
            page = AnnualReportPage(agency, year, data)
            yield OFFICIAL, [page.masthead(), page.opening(), *map(page.section, HEADINGS)]


def first_of_their_form() -> list[bool]:
    """For each synthetic report, whether none before it is on its form."""
    forms = [form for _, _, form in REPORTS]
    return [form not in forms[:place] for place, form in enumerate(forms)]


def trend_pages(data: str) -> Iterator[tuple[str, list[Any]]]:
    """What trends shows."""
    for agency in (CITY, BUREAU):
        page = TrendPage(agency, 0, data)
        yield USUAL, [page.masthead(), page.ribbon(), page.chain(), *page.charts(), page.comparability()]


def region_pages(data: str) -> Iterator[tuple[str, list[Any]]]:
    """What rollup shows."""
    page = RollUpPage(CITY, 2024, data)
    yield USUAL, [page.masthead(), page.findings(), *page.tables(), page.joint(), page.against()]
    yield USUAL, [page.coverage()]


def year_pages(data: str) -> Iterator[tuple[str, list[Any]]]:
    """What reconciliation shows."""
    page = YearPage("", 2024, data)
    yield USUAL, [page.masthead(), page.overview(), page.rules(), page.findings(), page.repetition()]


class WarmPage(NamedTuple):
    """What one kind of page needs: pages of synthetic reports, and how the templates begin that it alone has."""

    made: Callable[[str], Iterator[tuple[str, list[Any]]]]
    templates: tuple[str, ...] = ()


# By what a notebook calls. Code that calls none of these may show any of them.
PAGES = {
    " ReportPage(": WarmPage(report_pages),
    " AnnualReportPage(": WarmPage(annual_pages, ("annual_",)),
    " trends_of(": WarmPage(trend_pages, ("trend_", "region_", "ribbon.", "chain.", "comparability.")),
    " RollUpPage(": WarmPage(region_pages, ("rollup_",)),
    " YearPage(": WarmPage(year_pages, ("year_",)),
}
# How the templates begin of which no notebook that is run for many reports shows anything.
NO_NOTEBOOKS = ("explore_", "index.", "versions_page.")


@cache
def formatter() -> DisplayFormatter:
    """How IPython shows a value, without a shell."""
    return DisplayFormatter()


def output_of(piece: Any) -> Any:
    """A piece as an output of a notebook, made without a kernel."""
    if isinstance(piece, Fragment):
        data, metadata = formatter().format(piece)
        return new_output("display_data", data, metadata=metadata)
    return new_output("display_data", plotly.io.renderers["plotly_mimetype"].to_mimebundle(piece.to_dict()))
