"""A report printed in any kind of document reads back as the same report, figure for figure and section for section."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import LAYOUTS, as_layout
from rendering import KINDS, NAMES, browser, examples, printed_reports, title_of
from running import SOAK

from gdgk.form import editions
from gdgk.importers import DocumentError, Source, doc, read_document, recognise
from gdgk.importers import text as text_reader
from gdgk.importers.bundle import expand
from gdgk.importers.recognition import Draft
from gdgk.prose import sections
from gdgk.report import Report, with_cells

EDITIONS = sorted(editions())


def read_back(report: Report, agency: str, kind: str) -> Draft:
    """A report printed as one kind of document and read again."""
    suffix, render = KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"report{suffix}")
        path.write_bytes(render(report, agency))
        return recognise(read_document(path))


def same_width(text: str) -> str:
    """A text without what printing changes: width and radicals of its characters, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def prose(narrative: str) -> dict[str, tuple[str, ...]]:
    """The six sections by numeral: heading and paragraphs."""
    return {
        numeral: tuple(same_width(text) for text in (part.heading, *part.paragraphs))
        for numeral, part in sections(narrative).items()
        if numeral
    }


def assert_same_figures(report: Report, agency: str, draft: Draft) -> None:
    """Whose report it is, of which year, on which form, and every cell as printed."""
    assert draft.form.id == report.edition.id
    printed = {str(key): same_width(cell.raw) for key, cell in report.cells.items()}
    assert {str(key): same_width(placed.raw) for key, placed in draft.cells.items()} == printed
    assert draft.unplaced == ()
    assert (draft.head.agency_name, draft.head.year) == (agency, report.year)
    assert draft.head.title == title_of(report, agency)


def assert_same(report: Report, agency: str, draft: Draft) -> None:
    """The same figures, and the same prose in each of the six sections."""
    assert_same_figures(report, agency, draft)
    # Prose of the 2014 form has a test of its own below.
    if report.edition.id != "2014":
        assert prose(draft.narrative) == prose(report.narrative)


@pytest.mark.parametrize("kind", ["html", "docx", "txt"])
@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.soak
@settings(max_examples=40 if SOAK else 4)
@given(data=st.data())
def test_a_printed_report_reads_back_as_it_was(name: str, kind: str, data: st.DataObject) -> None:
    report, agency = data.draw(printed_reports(name)), data.draw(st.sampled_from(NAMES))
    assert_same(report, agency, read_back(report, agency, kind))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.soak
@settings(max_examples=30 if SOAK else 2)
@given(data=st.data())
def test_a_report_turned_into_text_reads_back_as_it_was(name: str, layout: str, data: st.DataObject) -> None:
    report, agency = data.draw(printed_reports(name)), data.draw(st.sampled_from(NAMES))
    assert_same_figures(report, agency, recognise(text_reader.read_string(as_layout(report, agency, layout), "a.txt")))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.soak
@settings(max_examples=30 if SOAK else 2)
@given(data=st.data())
def test_blanks_in_text_move_no_figure(name: str, layout: str, data: st.DataObject) -> None:
    report = data.draw(printed_reports(name))
    blanks = data.draw(st.sets(st.sampled_from(sorted(report.cells)), max_size=len(report.cells)))
    report = with_cells(report, dict.fromkeys(blanks, ""))
    try:
        draft = recognise(text_reader.read_string(as_layout(report, NAMES[0], layout), "a.txt"))
    except DocumentError:
        return  # hardly a figure is left
    read = {key: same_width(placed.raw) for key, placed in draft.cells.items()}
    told = " ".join(same_width(item.text) for item in draft.unplaced)
    for key, raw in read.items():
        assert raw == same_width(report.cells[key].raw), key
    for key in set(report.cells) - set(read) - blanks:
        assert same_width(report.cells[key].raw) in told, key


@pytest.mark.parametrize("name", [name for name in EDITIONS if name != "2021-single-other"])
@pytest.mark.soak
@settings(max_examples=40 if SOAK else 3)
@given(data=st.data())
def test_a_workbook_reads_back_as_it_was(name: str, data: st.DataObject) -> None:
    report, agency = data.draw(printed_reports(name)), data.draw(st.sampled_from(NAMES))
    assert_same(report, agency, read_back(report, agency, "xlsx"))


@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.soak
@settings(max_examples=20 if SOAK else 2)
@given(data=st.data())
def test_a_report_printed_to_pdf_reads_back_as_it_was(name: str, data: st.DataObject) -> None:
    report, agency = data.draw(printed_reports(name)), data.draw(st.sampled_from(NAMES))
    assert_same(report, agency, read_back(report, agency, "pdf"))


@pytest.mark.soak
@pytest.mark.parametrize("name", EDITIONS if SOAK else ["2014", "2021"])
def test_a_report_printed_to_pdf_by_a_browser_reads_back_as_it_was(name: str) -> None:
    if browser() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine")
        pytest.skip("no Chromium on this machine")
    (report,) = examples(name, 1)
    assert_same(report, NAMES[0], read_back(report, NAMES[0], "chromium pdf"))


@pytest.mark.parametrize(("kind", "older"), [("docx", "doc"), ("xlsx", "xls")])
def test_a_report_saved_in_an_older_format_reads_back_as_it_was(kind: str, older: str, tmp_path: Path) -> None:
    program = doc.office()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no LibreOffice on this machine")
        pytest.skip("no LibreOffice on this machine")
    (report,) = examples("2021", 1)
    path = tmp_path / f"report.{kind}"
    path.write_bytes(KINDS[kind][1](report, NAMES[0]))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", older, "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert_same(report, NAMES[0], recognise(read_document(path.with_suffix(f".{older}"))))


@pytest.mark.soak
@settings(max_examples=10 if SOAK else 2)
@given(data=st.data())
def test_reports_in_a_zip_read_back_as_they_were(data: st.DataObject) -> None:
    made = {
        f"某机关/{name}{KINDS[kind][0]}": (kind, data.draw(printed_reports(name)))
        for name in EDITIONS
        for kind in ("html", "docx", "xlsx")
        if (name, kind) != ("2021-single-other", "xlsx")
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "all.zip")
        with zipfile.ZipFile(path, "w") as package:
            for name, (kind, report) in made.items():
                package.writestr(name, KINDS[kind][1](report, NAMES[0]))
        read = 0
        for source in expand([path]):
            assert isinstance(source, Source)
            _, report = made[next(name for name in made if source.name.endswith(name))]
            assert_same(report, NAMES[0], recognise(read_document(source.path, source.name)))
            read += 1
    assert read == len(made)


def test_a_workbook_of_2021_with_a_single_other_row_is_not_taken_for_one_of_2019() -> None:
    (report,) = examples("2021-single-other", 1)
    assert_same(report, NAMES[0], read_back(report, NAMES[0], "xlsx"))


def test_prose_before_the_statistics_of_2014_ends_where_they_begin() -> None:
    (report,) = examples("2014", 1)
    assert prose(read_back(report, NAMES[0], "html").narrative) == prose(report.narrative)


def test_prose_keeps_its_punctuation() -> None:
    (report,) = examples("2021", 1)
    found = sections(read_back(report, NAMES[0], "html").narrative)
    assert found["一"] == sections(report.narrative)["一"]
