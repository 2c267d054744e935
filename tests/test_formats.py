"""The annual report in every format: what is asked for lies beside the page, a format that fails fails alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import reportlab
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from publishing import HOSTILE, annual_notebook, outputs
from running import SOAK, gdgk, process_environment

from gdgk.batch import plan, work
from gdgk.batch.jobs import Job
from gdgk.batch.stamps import stamp_of_job
from gdgk.errors import GdgkError
from gdgk.exporters import choosing
from gdgk.exporters.blocks import document_of
from gdgk.exporters.pieces import Cell as Square
from gdgk.exporters.pieces import Paragraph, Run, Table, clean
from gdgk.exporters.preparing import finished
from gdgk.exporters.sheets import LONGEST, text_of
from gdgk.exporters.xlsx import official_xlsx, xlsx_bytes
from gdgk.markup import REPORT_DATA

WITH_ERRORS, WITHOUT = ("hongze", 2023), ("suqian", 2023)


def cells(content: bytes) -> dict[str, list[Cell]]:
    """The cells of a workbook that hold something, by sheet."""
    book = load_workbook(BytesIO(content))
    return {
        sheet.title: [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        for sheet in book.worksheets
    }


def poppler(tool: str, content: bytes, *options: str) -> str:
    """What a tool of poppler says of a PDF."""
    command = [tool, *options, "-", *(["-"] if tool == "pdftotext" else [])]
    run = subprocess.run(command, input=content, capture_output=True, check=True)
    return run.stdout.decode()


# Excel ---------------------------------------------------------------------------------------------------------------


def test_the_workbook_has_the_tables_text_findings_and_indicators() -> None:
    found = cells(official_xlsx(annual_notebook(*WITH_ERRORS)))
    assert list(found) == ["正文", "表二", "表三", "表四", "核对问题", "指标"]
    assert any("草稿" in str(cell.value) for cell in found["表三"])
    texts = [cell.value for cell in found["指标"]]
    assert texts[texts.index("本年新收") + 1 :][:3] == [21, "件", "表三 · 本年新收 · 总计"]
    assert "表式无此项" in texts
    assert texts[texts.index("公开率（含部分）") + 1 :][:2] == [19.05, "%"]
    assert texts[texts.index("公开率（含部分）") + 4] == "小样本，n=21"
    assert texts[texts.index("积压比") + 1 :][:3] == ["倍", "结转下年度÷上年结转", "分母为 0，不算"]


def test_a_blank_is_empty_and_a_nought_is_a_number() -> None:
    html = "<table><tr><th>甲</th><th>乙</th><th>丙</th></tr><tr><td></td><td>0</td><td>1,234.5</td></tr></table>"
    (sheet,) = (found for name, found in cells(official_xlsx(outputs(**{"text/html": html}))).items() if name != "正文")
    assert [(cell.coordinate[0], cell.value) for cell in sheet if cell.data_type == "n"] == [("B", 0), ("C", 1234.5)]
    assert not any(cell.column == 1 and cell.value != "甲" for cell in sheet)


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text("=+-@|\t\r\x00\x1b<&_x0041 1e9", min_size=1)), min_size=1))
def test_no_text_becomes_a_formula(texts: list[str]) -> None:
    document = replace(document_of(outputs(**{"text/plain": "x"})), title="题")
    squares = tuple(Square(0, at, 1, 1, clean(text)) for at, text in enumerate(texts))
    blocks = (*(Paragraph((Run(clean(text)),)) for text in texts), Table(len(texts), 1, 0, squares, texts[0]))
    made = xlsx_bytes(replace(document, blocks=blocks), {})
    assert not [cell for sheet in cells(made).values() for cell in sheet if cell.data_type == "f"]


def test_every_row_of_text_is_as_high_as_its_lines_and_no_wider_than_the_page() -> None:
    # LibreOffice does not count heights when it opens a file, and printed one line of each paragraph, cut at the edge.
    book = load_workbook(BytesIO(official_xlsx(annual_notebook("mile_culture_tourism", 2020))))
    text = book["正文"]
    assert text.column_dimensions["A"].width <= 66
    long = [row for row in range(3, text.max_row + 1) if len(str(text.cell(row, 1).value)) > 200]
    assert long and all(text.row_dimensions[row].height >= 15 * 6 for row in long)
    assert book["表四"].print_area.endswith(f"$O${book['表四'].max_row}"), "a last row of blanks is printed too"


def test_a_text_too_long_for_a_cell_says_so() -> None:
    made = text_of("公" * 100_000)
    assert len(made) == LONGEST
    assert "原文 100000 字" in made


# PDF -----------------------------------------------------------------------------------------------------------------


in_one = pytest.mark.xdist_group("pdf")  # fonts are looked for, and the report printed, once


@pytest.fixture(scope="module")
def pdf() -> bytes:
    notebook = annual_notebook(*WITH_ERRORS)
    notebook.cells.append(new_markdown_cell("## 附\n\n" + "\n\n".join(f"`{text}`" for text in HOSTILE)))
    return choosing.exported_as(notebook, "pdf")


@in_one
def test_a_pdf_is_tagged_titled_and_holds_its_fonts(pdf: bytes) -> None:
    said = poppler("pdfinfo", pdf)
    assert "Tagged:          yes" in said
    assert "年政府信息公开工作年度报告" in said
    assert "A4" in said and "CreationDate" not in said
    fonts = poppler("pdffonts", pdf).splitlines()[2:]
    assert fonts and all(" yes yes " in line for line in fonts)


@in_one
def test_a_pdf_shows_what_nobody_may_run(pdf: bytes) -> None:
    text = "".join(poppler("pdftotext", pdf).split())
    assert "草稿" in text
    assert "—1—" in text
    for one in ("<script>alert(1)</script>", "{{7*7}}", "=cmd|", "𠮷㐂"):
        assert one in text
    assert b"/JavaScript" not in pdf


# A rare Chinese character that no font here has is an error that names the package, which has a test of its own.
NO_HAN = st.characters(exclude_categories=["Cs", "Lo"])


@in_one
@pytest.mark.soak
@settings(max_examples=60 if SOAK else 2)
@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(NO_HAN, max_size=30)), min_size=1, max_size=30))
def test_any_text_is_shown_in_a_pdf_and_nothing_of_it_is_run(texts: list[str]) -> None:
    made = choosing.exported_as(outputs(**{"text/plain": "\n\n".join(["公开", *texts])}), "pdf")
    shown = letters(poppler("pdftotext", made))
    assert b"/JavaScript" not in made and b"/Launch" not in made and b"/URI" not in made
    assert [text for text in texts if text in HOSTILE[:-1] and letters(text) not in shown] == []


def letters(text: str) -> str:
    """A text without spaces, and without the hyphens that poppler drops where a line ends with one."""
    return "".join(text.split()).replace("-", "")


@in_one
@pytest.mark.soak
@pytest.mark.parametrize("sign", ["公", "a", "<"])
def test_a_paragraph_of_many_kilobytes_is_whole_in_a_pdf(sign: str) -> None:
    # A hundred kilobytes of letters without a space took a hundred seconds.
    many = (100_000 if SOAK else 20_000) // len(sign.encode())
    made = choosing.exported_as(outputs(**{"text/plain": sign * many}), "pdf")
    assert poppler("pdftotext", made).count(sign) >= many


@in_one
def test_a_pdf_is_the_same_each_time() -> None:
    first, second = (choosing.exported_as(outputs(**{"text/html": "<p>公开</p>"}), "pdf") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("text", ["政府信息公开", ""])
def test_without_a_chinese_font_the_package_is_named(tmp_path: Path, text: str) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    if text:
        # A font that has no Chinese: one that reportlab brings.
        shutil.copy(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf", fonts)
    conf = tmp_path / "fonts.conf"
    conf.write_text(
        f"<fontconfig><dir>{tmp_path / 'fonts'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    code = (
        "from gdgk.errors import GdgkError\nfrom gdgk.imports import left_out\n"
        "with left_out():\n    from gdgk.exporters.pdf import pdf_bytes\n"
        "try:\n    pdf_bytes('<p>%s</p>')\nexcept GdgkError as error:\n    print(error)\n"
    ) % (text or "x")
    run = subprocess.run(
        [sys.executable, "-c", code], env=process_environment({"FONTCONFIG_FILE": str(conf)}), capture_output=True
    )
    assert run.stdout.decode().strip().endswith("apt-get install fonts-noto-cjk")


# Final ---------------------------------------------------------------------------------------------------------------


def test_a_draft_says_how_many_errors_are_open_and_final_refuses_it() -> None:
    notebook = annual_notebook(*WITH_ERRORS)
    for name in choosing.DOCUMENTS:
        with pytest.raises(GdgkError, match="found 2 findings of severity error that are open"):
            choosing.exported_as(notebook, name, final=True)


def test_a_final_version_has_no_stamp_once_every_error_is_answered() -> None:
    notebook = annual_notebook(*WITH_ERRORS)
    document = document_of(notebook)
    assert any(notice.kind == "draft" for notice in document.notices)
    data = next(output.data[REPORT_DATA] for cell in notebook.cells for output in cell.get("outputs", ()))
    assert not any(notice.kind == "draft" for notice in finished(document, {**data, "undecided": 0}).notices)
    with pytest.raises(GdgkError):
        finished(document, {})


# Runs ----------------------------------------------------------------------------------------------------------------


def job_in(folder: Path, *formats: str) -> Job:
    notebook = str(plan.notebooks_folder() / "annual_report.ipynb")
    return Job("suqian/2023/annual_report", notebook, "", "report", {}, str(folder), "", formats=("html", *formats))


def made(job: Job, notebook: NotebookNode) -> work.Outcome:
    notebook.metadata["gdgk"] = {"exporter": "gdgk_official"}
    return work.perform(job, lambda job: (notebook, ""))


def beside(job: Job) -> set[str]:
    return {path.suffix for path in Path(job.reports, job.place).parent.iterdir()}


def test_a_format_that_cannot_be_made_is_missed_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> object:
        raise GdgkError("PDF: found no pango; expected it; apt-get install libpango-1.0-0")

    real = choosing.document_exporter
    monkeypatch.setattr(choosing, "document_exporter", lambda name: broken(name) if name == "pdf" else real(name))
    job = job_in(tmp_path, "docx", "pdf")
    outcome = made(job, annual_notebook(*WITHOUT))
    assert outcome.ok and outcome.formats == ("docx",)
    assert outcome.missed == {"pdf": "PDF: found no pango; expected it; apt-get install libpango-1.0-0"}
    assert beside(job) == {".html", ".ipynb", ".docx"}
    stamp = stamp_of_job(job)
    assert stamp is not None
    digest = work.Digests().parts(job)
    assert plan.reason_to_run(job, digest, stamp) == "formats: pdf"
    assert plan.reason_to_run(job_in(tmp_path), digest, stamp) == ""


def test_another_format_leaves_those_of_the_same_data_and_new_data_take_old_ones_away(tmp_path: Path) -> None:
    made(job_in(tmp_path, "docx"), annual_notebook(*WITHOUT))
    job = job_in(tmp_path, "xlsx")
    assert set(made(job, annual_notebook(*WITHOUT)).formats) == {"docx", "xlsx"}
    assert beside(job) == {".html", ".ipynb", ".docx", ".xlsx"}
    changed = replace(job_in(tmp_path), parameters={"year": 2022})
    assert made(changed, annual_notebook(*WITHOUT)).formats == ()
    assert beside(job) == {".html", ".ipynb"}


def test_a_final_run_fails_in_one_line_and_leaves_the_earlier_page(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    made(job, annual_notebook(*WITH_ERRORS))
    before = Path(tmp_path, f"{job.place}.html").read_bytes()
    outcome = made(replace(job, final=True), annual_notebook(*WITH_ERRORS))
    assert outcome.state == "failed" and "2 findings of severity error" in outcome.message
    assert Path(tmp_path, f"{job.place}.html").read_bytes() == before


def test_what_a_notebook_may_be_had_in_is_its_metadata() -> None:
    formats = {notebook.name: notebook.formats for notebook in plan.notebooks()}
    assert formats["annual_report"] == ("html", "docx", "pdf", "xlsx")
    assert formats["agency_year"] == ("html",)


def test_an_unknown_format_is_told() -> None:
    ended = gdgk("run", "--to", "html,odt")
    assert ended.code == 2
    assert "--to: found 'odt'" in ended.err
