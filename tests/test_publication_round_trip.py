"""An annual report that was exported reads back as the report it was made of, in every format and edition."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode
from publishing import annual_notebook, notebook_of_report
from rendering import examples
from running import SOAK
from strategies import AGENCIES_HEADER, filled_report

from gdgk.archive import Archive, ReportId
from gdgk.archive.agencies import Agency
from gdgk.exporters.blocks import document_of
from gdgk.exporters.docx import official_docx
from gdgk.exporters.official import official_html
from gdgk.exporters.pdf import official_pdf
from gdgk.exporters.xlsx import official_xlsx
from gdgk.form import CellKey, editions
from gdgk.importers import read_document, recognise
from gdgk.importers.storing import report_of
from gdgk.narrative import Draft, markdown
from gdgk.prose import HEADINGS, sections
from gdgk.report import Report

AGENCY = "测试市教育局"
WRITERS: dict[str, Callable[[NotebookNode], bytes]] = {
    ".docx": official_docx,
    ".html": lambda notebook: official_html(notebook).encode(),
    ".pdf": official_pdf,
    ".xlsx": official_xlsx,
}
# A PDF takes seconds: where time is short, of one report on each form, and of one whose figures contradict each other.
PRINTED = {("shanghai_government_office", 2019), ("mile_culture_tourism", 2020), ("suqian", 2025), ("hongze", 2023)}
REAL = [
    (one.agency, one.year, suffix)
    for one in Archive().report_ids()
    for suffix in WRITERS
    if suffix != ".pdf" or SOAK or (one.agency, one.year) in PRINTED
]
EXAMPLES = 10 if SOAK else 1


def read_back(notebook: NotebookNode, suffix: str, agency: Agency, year: int) -> Report:
    """A notebook exported in one format and taken in again."""
    content = WRITERS[suffix](notebook)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"report{suffix}")
        path.write_bytes(content)
        draft = recognise(read_document(path))
    assert draft.unplaced == ()
    assert (draft.head.agency_name, draft.head.year) == (agency.name, year)
    return report_of(draft, agency, year, content, suffix)


@cache
def as_published(agency: str, year: int) -> NotebookNode:
    """The executed notebook of a real report, made once for all formats."""
    return annual_notebook(agency, year)


def same_width(text: str) -> str:
    """A text without what printing changes: the width of its characters, spaces, the commas of thousands."""
    return "".join(unicodedata.normalize("NFKC", text).replace(",", "").split())


def figures(report: Report) -> dict[str, object]:
    """What each cell says: its number, else its words."""
    return {str(key): same_width(cell.raw) if cell.value is None else cell.value for key, cell in report.cells.items()}


def words(report: Report) -> dict[str, str]:
    """The cells that say more than a number, as printed."""
    return {str(key): same_width(cell.raw) for key, cell in report.cells.items() if cell.state == "text"}


def prose(narrative: str) -> dict[str, list[str]]:
    """The paragraphs of each section, and before the first."""
    found = {numeral: [same_width(text) for text in part.paragraphs] for numeral, part in sections(narrative).items()}
    return {numeral: texts for numeral, texts in found.items() if texts}


def published(report: Report, archive: Archive) -> str:
    """The prose that is published: the report's own, and what is drafted where it has none."""
    before = ReportId(report.agency, report.year - 1)
    prior = archive.read(before) if archive.has(before) else None
    return markdown(Draft(report, archive.agency(report.agency).name, prior, archive.own_templates))


@pytest.mark.parametrize(("agency", "year", "suffix"), REAL)
@pytest.mark.soak
def test_a_real_report_reads_back_as_it_is(agency: str, year: int, suffix: str) -> None:
    archive = Archive()
    (own,) = archive.report_ids([agency], [year])
    report = archive.read(own)
    again = read_back(as_published(agency, year), suffix, archive.agency(agency), year)
    assert again.edition.id == report.edition.id
    assert figures(again) == figures(report)
    assert words(again).items() >= words(report).items()
    assert prose(again.narrative) == prose(published(report, archive))


@cache
def imagined(name: str, number: int) -> tuple[NotebookNode, Report, Agency, dict[str, list[str]]]:
    """A random report on an edition: its executed notebook, what the archive has of it, the prose that is published."""
    report = examples(name, EXAMPLES)[number]
    title = f"{AGENCY}{report.year}年政府信息公开工作年度报告"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "agencies.csv").write_text(f"{AGENCIES_HEADER}\ndemo,{AGENCY},,,,,,,\n", encoding="utf-8")
        notebook = notebook_of_report(replace(report, head=replace(report.head, title=title)), root)
        archive = Archive(root)
        report = archive.read(archive.report_ids(["demo"], [report.year])[0])
        return notebook, report, archive.agency("demo"), prose(published(report, archive))


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("number", range(EXAMPLES))
@pytest.mark.parametrize("name", sorted(editions()))
@pytest.mark.soak
def test_any_report_reads_back_as_it_was(name: str, number: int, suffix: str) -> None:
    notebook, report, agency, wanted = imagined(name, number)
    again = read_back(notebook, suffix, agency, report.year)
    assert again.head.synthetic == report.head.synthetic
    assert again.edition.id == report.edition.id
    assert figures(again) == figures(report)
    assert words(again).items() >= words(report).items()
    assert prose(again.narrative) == wanted


def test_a_paragraph_that_runs_over_pages_is_one_under_two_stamps(tmp_path: Path) -> None:
    # Two stamps side by side at the head of a page were read as words of the paragraph that goes on below them.
    long = "政务公开" * 500 + "。"
    wrong = {CellKey("applications", "new", "total"): 1}
    report = replace(filled_report("demo", 2023, "2021", wrong), narrative=f"## {HEADINGS['六']}\n\n{long}\n")
    (tmp_path / "agencies.csv").write_text(f"{AGENCIES_HEADER}\ndemo,{AGENCY},,,,,,,\n", encoding="utf-8")
    title = f"{AGENCY}2023年政府信息公开工作年度报告"
    notebook = notebook_of_report(replace(report, head=replace(report.head, title=title)), tmp_path)
    assert [notice.label for notice in document_of(notebook).notices] == ["合成数据", "草稿"]
    again = read_back(notebook, ".pdf", Archive(tmp_path).agency("demo"), 2023)
    assert again.head.synthetic
    assert prose(again.narrative)["六"] == [long]
