"""``jupyter nbconvert --to gdgk_docx``: the annual report in Word, by the body rules of GB/T 9704-2012."""

from __future__ import annotations

import importlib.util
import io
import shutil
import struct
import sys
import zipfile
from pathlib import Path

import docx
import nbformat
import pdfplumber
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from publishing import CHART, HOSTILE, PIXEL, annual_notebook, html_output, nbconvert, outputs, rendered, without

from gdgk.archive import Archive
from gdgk.errors import GdgkError
from gdgk.exporters.docx import OfficialDocxExporter, official_docx

ROOT = Path(__file__).resolve().parents[1]
REAL = [(one.agency, one.year) for one in Archive().report_ids()]
SEED = ("mile_culture_tourism", 2020)
LARGEST = 60_000
MM = 72 / 25.4


@pytest.fixture(scope="module")
def seed() -> bytes:
    """The seed report's Word document."""
    return official_docx(annual_notebook(*SEED))


def opened(content: bytes) -> Document:
    """A Word document, read by python-docx."""
    return docx.Document(io.BytesIO(content))


def fonts(document: Document, style: str) -> tuple[str, float]:
    """The Chinese font of a style and its size in points, its own or inherited."""
    found = document.styles[style]
    name, size = "", 0.0
    while found is not None:
        own = found.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        name = name or ("" if own is None else own.get(qn("w:eastAsia"), ""))
        size = size or (found.font.size.pt if found.font.size else 0.0)
        found = found.base_style
    default = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}")
    return name or default.get(qn("w:eastAsia")), size


# The rules -----------------------------------------------------------------------------------------------------------


def test_the_page_is_that_of_the_standard(seed: bytes) -> None:
    section = opened(seed).sections[0]
    sizes = [section.page_width, section.page_height, section.top_margin, section.bottom_margin]
    sizes += [section.left_margin, section.right_margin]
    assert [round(size.mm) for size in sizes] == [210, 297, 37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    height, width = 297 - 37 - 35, 210 - 28 - 26
    pitch = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert int(height * MM / (int(grid.get(qn("w:linePitch"))) / 20)) == 22
    assert int(width * MM / pitch + 0.01) == 28


def test_fonts_and_sizes_are_those_of_the_standard(seed: bytes) -> None:
    document = opened(seed)
    assert {name: fonts(document, name) for name in ("Title", "Normal", "Heading 1", "Heading 2", "Heading 3")} == {
        "Title": ("方正小标宋简体", 22),
        "Normal": ("仿宋_GB2312", 16),
        "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
        "Heading 3": ("仿宋_GB2312", 16),
    }
    assert fonts(document, "footer") == ("宋体", 14)
    indent = document.styles["Normal"].element.find(f"{qn('w:pPr')}/{qn('w:ind')}")
    assert indent.get(qn("w:firstLineChars")) == "200"
    assert not [name for name in zipfile.ZipFile(io.BytesIO(seed)).namelist() if "font" in name.lower()]


def test_page_numbers_stand_outside(seed: bytes) -> None:
    document = opened(seed)
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (line,) = foot.paragraphs
        assert line.text.replace("1", "n") == "— n —" and line.alignment is not None
        assert line.alignment.name.lower() == side
        assert " PAGE " in foot._element.xpath("string(.//w:instrText)")


def test_the_document_says_its_title_and_language_and_no_time(seed: bytes) -> None:
    core = opened(seed).core_properties
    assert core.title == "弥勒市文化和旅游局 2020 年政府信息公开工作年度报告"
    assert core.language == "zh-CN"
    assert (core.created, core.modified) == (None, None)
    assert core.author == ""


def test_a_day_of_publication_is_the_documents_own() -> None:
    masthead = new_output(
        "display_data",
        {"text/html": "<h1>甲</h1>"},
        metadata={"text/html": {"gdgk": {"role": "masthead", "title": "甲", "published": "2021-01-22"}}},
    )
    core = opened(official_docx(new_notebook(cells=[new_code_cell("", outputs=[masthead])]))).core_properties
    assert core.created is not None and core.created.date().isoformat() == "2021-01-22"


def test_the_same_notebook_gives_the_same_bytes(seed: bytes) -> None:
    assert official_docx(annual_notebook(*SEED)) == seed
    assert {item.date_time for item in zipfile.ZipFile(io.BytesIO(seed)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(("agency", "year"), REAL)
def test_every_report_has_its_tables_with_headers_that_repeat(agency: str, year: int) -> None:
    content = official_docx(annual_notebook(agency, year))
    assert len(content) <= LARGEST
    tables = opened(content).tables
    assert len(tables) == 3
    heads = [len(table._tbl.xpath("./w:tr[w:trPr/w:tblHeader]")) for table in tables]
    assert heads == [0, 3, 3]
    for table in tables:
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.xpath("./w:tblGrid/w:gridCol")]
        assert sum(widths) == 8844
        assert len(table._tbl.xpath("./w:tr[w:trPr/w:cantSplit]")) == len(table.rows)
    group = tables[1].rows[0].cells
    assert group[0].text.startswith("（本列数据的勾稽关系为") and group[3]._tc is group[9]._tc


# LibreOffice ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(seed: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The documents looked at below, printed by LibreOffice, which is started once for all."""
    head = (
        "<thead><tr><th rowspan='2'>机关</th><th colspan='2'>申请</th></tr><tr><th>新收</th><th>结转</th></tr></thead>"
    )
    rows = "".join(f"<tr><th>第{number}局</th><td>{number}</td><td>0</td></tr>" for number in range(90))
    cells = "".join(f"<td>{10_000 + number}</td>" for number in range(20))
    shown = {
        "text": f"<p>{'字' * 2000}</p>",
        "long": f"<table>{head}{rows}</table>",
        "wide": f"<table><tr>{cells}</tr></table>",
    }
    documents = {name: official_docx(html_output(markup)) for name, markup in shown.items()}
    return rendered({"seed": seed, **documents}, tmp_path_factory.mktemp("printed"))


prints = pytest.mark.xdist_group("printed_docx")


@prints
def test_the_seed_report_is_rendered_to_six_full_pages(printed: dict[str, Path]) -> None:
    with pdfplumber.open(printed["seed"]) as pdf:
        said = [page.extract_text() for page in pdf.pages]
        assert [text.splitlines()[-1] for text in said] == [f"— {number} —" for number in range(1, 7)]
        # No page but the last is left half empty, and none is blank.
        assert min(len(text.splitlines()) for text in said[:-1]) >= 20 and len(said[-1].splitlines()) > 1
        for number, page in enumerate(pdf.pages, 1):
            assert (round(page.width / MM), round(page.height / MM)) == (210, 297)
            *letters, last = page.chars
            assert (last["x0"] > page.width / 2) == (number % 2 == 1)
            # Nothing is clipped: all of it lies on the type page; a comma may hang in the margin.
            body = [letter for letter in letters if letter["top"] < (297 - 35) * MM and letter["text"].strip()]
            assert min(letter["x0"] for letter in body) >= 28 * MM - 6
            assert max(letter["x0"] for letter in body) <= (210 - 26) * MM + 1
            assert min(letter["top"] for letter in body) >= 37 * MM - 6


@prints
def test_a_page_of_text_holds_twenty_two_lines_of_twenty_eight_characters(printed: dict[str, Path]) -> None:
    with pdfplumber.open(printed["text"]) as pdf:
        lines = pdf.pages[1].extract_text().splitlines()
    assert len(lines[:-1]) == 22
    assert {len(line) for line in lines[:-1]} == {28}


@prints
def test_the_header_of_a_long_table_is_on_each_of_its_pages(printed: dict[str, Path]) -> None:
    with pdfplumber.open(printed["long"]) as pdf:
        said = [page.extract_text() for page in pdf.pages]
    assert len(said) >= 3
    assert all("机关" in text and "新收 结转" in text for text in said)
    assert sum(text.count("局") for text in said) == 90


@prints
def test_a_table_of_many_columns_is_as_wide_as_the_text(printed: dict[str, Path]) -> None:
    with pdfplumber.open(printed["wide"]) as pdf:
        words = [word["text"] for word in pdf.pages[0].extract_words()]
        assert max(line["x1"] for line in (*pdf.pages[0].lines, *pdf.pages[0].rects)) <= (210 - 26) * MM + 1
    assert words[1:21] == [str(10_000 + number) for number in range(20)]


# Cells of an analyst, and bad input ----------------------------------------------------------------------------------


def test_cells_of_an_analyst_are_in_it() -> None:
    chart = {"data": [], "layout": {"meta": {"title": "走势", "columns": ["年", "件"], "rows": [["2023", 3]]}}}
    cells = [
        new_markdown_cell("## 补充\n\n1. 甲\n2. **乙**"),
        new_code_cell("", outputs=[new_output("display_data", {"image/png": PIXEL})]),
        new_code_cell("", outputs=[new_output("display_data", {CHART: chart})]),
        new_code_cell("", metadata={"tags": ["lab-only"]}, outputs=[new_output("stream", name="stdout", text="秘")]),
    ]
    document = opened(official_docx(new_notebook(cells=cells)))
    assert [line.text for line in document.paragraphs if line.text][1:] == ["补充", "1. 甲", "2. 乙", "走势"]
    assert len(document.inline_shapes) == 1
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["2023", "3"]


def test_a_draft_is_stamped_on_every_page() -> None:
    section = opened(official_docx(annual_notebook("hongze", 2023))).sections[0]
    assert [section.header.paragraphs[0].text, section.even_page_header.paragraphs[0].text] == ["草稿", "草稿"]
    assert opened(official_docx(annual_notebook(*SEED))).sections[0].header.is_linked_to_previous


@pytest.mark.parametrize("hostile", [*HOSTILE, "长" * 100_000, "甲\n乙"])
def test_text_is_shown_as_text_wherever_it_stands(hostile: str) -> None:
    from markupsafe import escape

    said = escape(hostile)
    markup = f"<h2>{said}</h2><pre>{said}</pre><ul><li>{said}</li></ul><table><tr><td>{said}</td></tr></table>"
    document = opened(official_docx(html_output(markup)))
    assert hostile in [line.text for line in document.paragraphs]
    assert document.tables[0].cell(0, 0).text.replace("\n", "") == hostile.replace("\n", "")
    fields = document.element.body.xpath(".//w:instrText | .//w:fldSimple | .//w:hyperlink")
    assert not fields


def test_control_characters_and_damaged_pictures_break_nothing() -> None:
    notebook = new_notebook(
        cells=[
            new_code_cell("", outputs=[new_output("stream", name="stdout", text="甲\x00\x1b[1m乙\ud800\ufffe")]),
            new_code_cell("", outputs=[new_output("display_data", {"image/png": PIXEL[:40]})]),
            new_code_cell("", outputs=[new_output("display_data", {"image/svg+xml": "<svg/>"})]),
        ]
    )
    notebook.metadata["title"] = "题\x07目"
    document = opened(official_docx(notebook))
    assert [line.text for line in document.paragraphs] == ["题目", "甲乙", *["［图：无文字说明］"] * 2]


def test_a_table_that_word_cannot_open_is_cut_and_says_so() -> None:
    document = opened(official_docx(html_output(f"<table><tr>{'<td>1</td>' * 80}</tr></table>")))
    assert len(document.tables[0].columns) == 63
    assert "其余 17 列见网页" in "".join(line.text for line in document.paragraphs)


def test_every_part_of_the_package_is_whole_xml(seed: bytes) -> None:
    package = zipfile.ZipFile(io.BytesIO(seed))
    for name in package.namelist():
        etree.fromstring(package.read(name))


# The command ---------------------------------------------------------------------------------------------------------


def test_charts_as_pictures_need_kaleido(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kaleido", None)
    notebook = outputs(**{CHART: {"data": [], "layout": {}}})
    with pytest.raises(GdgkError, match=r"found no kaleido; expected .*; pip install kaleido"):
        OfficialDocxExporter(pictures=True).from_notebook_node(notebook)


def test_charts_are_pictures_where_that_is_asked_the_same_each_time() -> None:
    if importlib.util.find_spec("kaleido") is None or not (shutil.which("chromium") or shutil.which("google-chrome")):
        without("kaleido or a Chromium is not installed")
    layout = {"title": {"text": "走势"}, "meta": {"title": "走势", "columns": ["年", "件"], "rows": [["2023", 3]]}}
    notebook = outputs(**{CHART: {"data": [{"type": "bar", "x": ["2023"], "y": [3]}], "layout": layout}})
    made, _ = OfficialDocxExporter(pictures=True).from_notebook_node(notebook)
    document = opened(made)
    (picture,) = document.inline_shapes
    assert picture._inline.docPr.get("descr") == "走势"
    assert not document.tables, "the picture stands for the table"
    (part,) = [part for part in document.part.package.iter_parts() if part.partname.endswith(".png")]
    assert struct.unpack(">II", part.blob[16:24]) == (1800, 1000), "as its header says"
    assert OfficialDocxExporter(pictures=True).from_notebook_node(notebook)[0] == made


def test_plain_nbconvert_writes_the_document(tmp_path: Path, seed: bytes) -> None:
    nbformat.write(annual_notebook(*SEED), tmp_path / "run.ipynb")
    nbconvert("--to", "gdgk_docx", tmp_path / "run.ipynb")
    assert {path.name for path in tmp_path.iterdir()} == {"run.ipynb", "run.docx"}
    assert (tmp_path / "run.docx").read_bytes() == seed
