"""Documents of every kind come out as a reader sees them: paragraphs and tables in order, each cell in its column."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, SimpleDocTemplate, Table, TableStyle
from reportlab.platypus import Paragraph as Text

from gdgk.importers import text as text_reader
from gdgk.importers.cells import joined
from gdgk.importers.document import Document, DocumentError, Grid, Paragraph
from gdgk.importers.kinds import Source, expand, kind_of, read_document

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


@dataclass(frozen=True)
class Box:
    """A cell of a table to draw: where it begins, how far it reaches, what it says."""

    row: int
    column: int
    rows: int
    columns: int
    text: str


@dataclass(frozen=True)
class Drawing:
    """A table to draw in any kind of document."""

    height: int
    width: int
    boxes: tuple[Box, ...]

    def rows(self) -> list[list[Box]]:
        return [[box for box in self.boxes if box.row == row] for row in range(self.height)]

    def cells(self) -> list[list[tuple[str, int, int]]]:
        """What reading must give: text, first column and width of each cell, row by row."""
        return [[(box.text, box.column, box.columns) for box in row] for row in self.rows()]


TEXTS = st.sampled_from(["", "0", "12", "7730.28", "规章", "（一）予以公开", "22（其中修订16件）", "-", "1,234"])


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Tables with merged cells anywhere but in the first row and column, which fix where rows and columns begin."""
    height, width = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    free = {(row, column) for row in range(height) for column in range(width)}
    boxes = []
    for row in range(height):
        for column in range(width):
            if (row, column) not in free:
                continue
            rows = columns = 1
            if row and column:
                rows, columns = draw(st.integers(1, height - row)), draw(st.integers(1, width - column))
                while any((row, column + step) not in free for step in range(columns)):
                    columns -= 1
            covered = {(row + down, column + right) for down in range(rows) for right in range(columns)}
            free -= covered
            text = "表" if (row, column) == (0, 0) else draw(TEXTS)
            boxes.append(Box(row, column, rows, columns, text))
    return Drawing(height, width, tuple(boxes))


def as_html(drawing: Drawing) -> bytes:
    rows = "".join(
        "<tr>"
        + "".join(f'<td rowspan="{box.rows}" colspan="{box.columns}"><p>{box.text}</p></td>' for box in row)
        + "</tr>"
        for row in drawing.rows()
    )
    return f"<!DOCTYPE html><html><body><p>前</p><table>{rows}</table><p>后</p></body></html>".encode()


def as_docx(drawing: Drawing) -> bytes:
    document = docx.Document()
    document.add_paragraph("前")
    table = document.add_table(drawing.height, drawing.width)
    for box in drawing.boxes:
        cell = table.cell(box.row, box.column)
        if box.rows * box.columns > 1:
            cell = cell.merge(table.cell(box.row + box.rows - 1, box.column + box.columns - 1))
        cell.paragraphs[0].text = box.text
    document.add_paragraph("后")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def as_xlsx(drawing: Drawing) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for box in drawing.boxes:
        sheet.cell(box.row + 1, box.column + 1, box.text or None)
        if box.rows * box.columns > 1:
            sheet.merge_cells(None, box.row + 1, box.column + 1, box.row + box.rows, box.column + box.columns)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_pdf(drawing: Drawing) -> bytes:
    data = [["" for _ in range(drawing.width)] for _ in range(drawing.height)]
    style = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), FONT, 9)]
    for box in drawing.boxes:
        data[box.row][box.column] = box.text
        end = (box.column + box.columns - 1, box.row + box.rows - 1)
        style.append(("SPAN", (box.column, box.row), end))
    buffer = io.BytesIO()
    words = ParagraphStyle("words", fontName=FONT)
    table = Table(data, colWidths=85, style=TableStyle(style))
    SimpleDocTemplate(buffer, pagesize=A4).build([Text("前", words), table, Text("后", words)])
    return buffer.getvalue()


DRAWN = {".html": as_html, ".docx": as_docx, ".xlsx": as_xlsx, ".pdf": as_pdf}


def read_bytes(folder: Path, name: str, content: bytes | str) -> Document:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path)


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def cells(grid: Grid) -> list[list[tuple[str, int, int]]]:
    return [[(cell.text, cell.column, cell.width) for cell in row] for row in grid.rows]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs()]


def html(body: str) -> str:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>题</title></head><body>{body}</body></html>"


# Tables --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".html", ".docx", ".pdf"])
@given(drawing=drawings())
def test_every_cell_comes_once_in_the_column_it_is_drawn_in(
    suffix: str, drawing: Drawing, tmp_path_factory: pytest.TempPathFactory
) -> None:
    document = read_bytes(tmp_path_factory.mktemp("drawn"), f"a{suffix}", DRAWN[suffix](drawing))
    assert [cells(grid) for grid in grids(document)] == [drawing.cells()]
    assert [type(block) for block in document.blocks] == [Paragraph, Grid, Paragraph]


@given(drawing=drawings())
def test_a_sheet_gives_its_cells_where_they_are_but_for_blank_rows(
    drawing: Drawing, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = cells(grids(read_bytes(tmp_path_factory.mktemp("drawn"), "a.xlsx", as_xlsx(drawing)))[0])
    expected = [row for row in drawing.cells() if any(text for text, _, _ in row)]
    # What is blank to the right of every text or merged cell is not part of a sheet.
    assert [[cell for cell in row if cell[0]] for row in found] == [
        [cell for cell in row if cell[0]] for row in expected
    ]


@pytest.mark.parametrize("suffix", DRAWN)
def test_every_cell_says_where_it_stands(suffix: str, tmp_path: Path) -> None:
    drawing = Drawing(
        2, 2, (Box(0, 0, 1, 1, "规章"), Box(0, 1, 1, 1, "3"), Box(1, 0, 1, 1, "合计"), Box(1, 1, 1, 1, "4"))
    )
    places = {
        ".html": "table 1, row 2, column 2",
        ".docx": "table 1, row 2, column 2",
        ".xlsx": "sheet Sheet, row 2, column B",
        ".pdf": "page 1, table 1, row 2, column 2",
    }
    document = read_bytes(tmp_path, f"a{suffix}", DRAWN[suffix](drawing))
    assert grids(document)[0].rows[1][1].place == places[suffix]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["本年新", "制作数量"], "本年新制作数量"),
        (["12", "3"], "12\n3"),
        (["１２", "３"], "１２\n３"),
        (["22", "（其中修订16件）"], "22 （其中修订16件）"),
        (["三", "、", "本", "年", "度"], "三、本年度"),
        (["商业 ", "\u00a0企业"], "商业企业"),
        (["", " \u3000", "0"], "0"),
        (["1\u200b2"], "12"),
        (["GDP", "增长"], "GDP 增长"),
    ],
)
def test_words_of_a_cell_join_and_figures_never_do(lines: list[str], text: str) -> None:
    assert joined(lines) == text


def test_lines_of_a_cell_are_one_text(tmp_path: Path) -> None:
    row = "<td>本年新<br/>制作数量</td><td>12<br>3</td><td><p>4</p><p>5</p></td><td>1<b>2</b></td>"
    body = f"<table><tr>{row}</tr></table>"
    assert cells(grids(read_bytes(tmp_path, "a.html", html(body)))[0]) == [
        [("本年新制作数量", 0, 1), ("12\n3", 1, 1), ("4\n5", 2, 1), ("12", 3, 1)]
    ]


INNER = "<table><tr><td>规章</td><td>3</td></tr><tr><td>其他</td><td>4</td></tr></table>"


def test_a_table_inside_a_data_table_follows_it(tmp_path: Path) -> None:
    row = "<tr><td>行政许可</td><td>5</td><td>6</td></tr>"
    document = read_bytes(
        tmp_path, "a.html", html(f"<table>{row}{row}<tr><td>甲</td><td>{INNER}</td><td>7</td></tr></table>")
    )
    assert [[cell[0] for cell in grid[-1]] for grid in map(cells, grids(document))] == [["甲", "", "7"], ["其他", "4"]]


def test_a_table_around_the_whole_report_is_layout(tmp_path: Path) -> None:
    body = f"<table><tr><td>菜单</td><td><p>一、总体情况</p><p>文字</p>{INNER}<p>三、收到</p></td></tr></table>"
    document = read_bytes(tmp_path, "a.html", html(body))
    assert [block.text if isinstance(block, Paragraph) else len(block.rows) for block in document.blocks] == [
        *["菜单", "一、总体情况", "文字"],
        2,
        "三、收到",
    ]


def test_prose_in_a_row_of_its_own_parts_a_table_in_two(tmp_path: Path) -> None:
    row = "<tr><td>规章</td><td>3</td></tr>"
    prose = "<p>一、总体情况</p><p>" + "本年度工作情况。" * 10 + "</p>"
    document = read_bytes(tmp_path, "a.html", html(f"<table>{row}<tr><td colspan=2>{prose}</td></tr>{row}</table>"))
    assert [type(block) for block in document.blocks] == [Grid, Paragraph, Paragraph, Grid]


# Web pages -----------------------------------------------------------------------------------------------------------


def test_only_what_is_shown_of_a_page_is_read(tmp_path: Path) -> None:
    body = (
        "<script>var a='脚本'</script><style>p{}</style><nav>菜单</nav><p style='display: none'>藏</p><p hidden>藏</p>"
        "<div>甲<br>乙&nbsp;丙&amp;丁</div>尾<!-- 注 --><ul><li>一</li><li>二</li></ul>"
    )
    document = read_bytes(tmp_path, "a.html", html(body))
    assert texts(document) == ["甲", "乙 丙&丁", "尾", "一", "二"]
    assert document.title == "题"


def test_a_government_site_names_its_article_and_day(tmp_path: Path) -> None:
    page = '<html><head><title>站</title><meta name="ArticleTitle" content="年报">'
    page += '<meta name="PubDate" content="2025-01-20">'
    document = read_bytes(tmp_path, "a.htm", f"{page}</head><body><p>文</p></body></html>")
    assert (document.title, texts(document)) == ("年报", ["发布日期：2025-01-20", "文"])


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("gb2312", "gb18030"),
        ("gb2312", "utf-8"),
        ("utf-8", "gb18030"),
        ("big5", "big5"),
        ("x", "gbk"),
    ],
)
def test_a_page_is_decoded_by_what_it_is_whatever_it_declares(declared: str, encoding: str, tmp_path: Path) -> None:
    page = f"<html><head><meta charset={declared}></head><body><p>年度工作報告 12</p></body></html>"
    assert texts(read_bytes(tmp_path, "a.html", page.encode(encoding))) == ["年度工作報告 12"]


def test_rowspan_zero_reaches_to_the_end_of_the_table(tmp_path: Path) -> None:
    body = "<table><tr><td rowspan=0>甲</td><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr></table>"
    assert cells(grids(read_bytes(tmp_path, "a.html", html(body)))[0])[2] == [("3", 1, 1)]


# Text ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_in_any_encoding_agencies_use(encoding: str, tmp_path: Path) -> None:
    assert texts(read_bytes(tmp_path, "a.txt", "一、总体情况\r\n无。".encode(encoding))) == ["一、总体情况", "无。"]


def test_lines_with_tabs_are_rows_and_keep_their_empty_cells() -> None:
    document = text_reader.read_string("题\n第二十条\t\t\n行政许可\t15\t增 4\n\n行政强制\t\t\n", "a")
    assert [cells(grid) for grid in grids(document)] == [
        [[("第二十条", 0, 1), ("", 1, 1), ("", 2, 1)], [("行政许可", 0, 1), ("15", 1, 1), ("增 4", 2, 1)]],
        [[("行政强制", 0, 1), ("", 1, 1), ("", 2, 1)]],
    ]
    assert not any(grid.exact for grid in grids(document))
    assert grids(document)[0].rows[1][1].place == "line 3, column 2"


def test_columns_of_text_are_known_only_under_a_whole_head() -> None:
    whole = text_reader.read_string("| 内容 | 制发 |\n|---|---|\n| 规章 | 3 |", "a")
    gaps = text_reader.read_string("| 内容 | |\n|---|---|\n| 规章 | 3 |", "a")
    uneven = text_reader.read_string("内容\t制发\n规章\t3\t4", "a")
    assert [grids(one)[0].exact for one in (whole, gaps, uneven)] == [True, False, False]


def test_bars_with_and_without_a_leading_one_are_rows_and_bars_that_fill_up_are_no_cells() -> None:
    document = text_reader.read_string("规章 | 0 | 1 | ||\n| **文件** | 2<br>3 |\n| --- | --- |", "a")
    assert cells(grids(document)[0]) == [
        [("规章", 0, 1), ("0", 1, 1), ("1", 2, 1)],
        [("文件", 0, 1), ("2\n3", 1, 1)],
    ]


def test_headings_and_page_numbers_of_text_lose_their_marks() -> None:
    assert texts(text_reader.read_string("## 二、主动公开\n— 4 —\n首页 | 政务", "a")) == ["二、主动公开", "首页 | 政务"]


# Word ----------------------------------------------------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MORE = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'


def word(body: str, **parts: str) -> bytes:
    """A .docx of raw XML."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", f"<w:document {W} {MORE}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            package.writestr(f"word/{name}.xml", content)
    return buffer.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_revisions_controls_and_text_boxes_of_word_are_read_as_shown(tmp_path: Path) -> None:
    box = f"<w:txbxContent><w:p>{run('框')}</w:p></w:txbxContent>"
    body = (
        f"<w:p>{run('甲')}<w:ins>{run('新')}</w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>"
        f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{run('控')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        f"</mc:AlternateContent></w:r>{run('乙')}</w:p>"
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:t>上</w:t><w:br/><w:t>下</w:t></w:r></w:p>"
    )
    assert texts(read_bytes(tmp_path, "a.docx", word(body))) == ["甲新", "控", "乙", "框", "上", "下"]


def test_numbers_that_word_counts_by_itself_are_written_out(tmp_path: Path) -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(
            [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
        )
    )
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    styles = (
        f'<w:styles {W}><w:style w:styleId="base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="head"><w:basedOn w:val="base"/></w:style></w:styles>'
    )

    def item(level: int, text: str) -> str:
        number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
        return f"<w:p><w:pPr>{number}</w:pPr>{run(text)}</w:p>"

    body = item(0, "甲") + item(1, "乙") + item(1, "丙") + item(2, "丁")
    body += f'<w:p><w:pPr><w:pStyle w:val="head"/></w:pPr>{run("戊")}</w:p>' + item(1, "己") + f"<w:p>{run('庚')}</w:p>"
    document = read_bytes(tmp_path, "a.docx", word(body, numbering=numbering, styles=styles))
    assert texts(document) == ["一、甲", "（一）乙", "（二）丙", "1.丁", "二、戊", "（一）己", "庚"]


def test_columns_left_out_at_the_start_of_a_word_row_count(tmp_path: Path) -> None:
    cell = "<w:tc><w:tcPr>{}</w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    wide = cell.format('<w:gridSpan w:val="2"/>', "乙")
    before = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    one, two, three = (cell.format("", text) for text in ("甲", "1", "2"))
    rows = f"<w:tr>{one}{wide}</w:tr><w:tr>{before}{two}{three}</w:tr>"
    assert cells(grids(read_bytes(tmp_path, "a.docx", word(f"<w:tbl>{rows}</w:tbl>")))[0]) == [
        [("甲", 0, 1), ("乙", 1, 2)],
        [("1", 1, 1), ("2", 2, 1)],
    ]


# PDF -----------------------------------------------------------------------------------------------------------------


def drawn(draw: Callable[[Canvas], None]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.setFont(FONT, 12)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def test_page_numbers_at_the_edge_go_and_figures_stay(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(280, 30, "- 1 -")
        canvas.drawString(80, 400, "1")
        canvas.drawString(80, 800, "年度报告")

    assert texts(read_bytes(tmp_path, "a.pdf", drawn(draw))) == ["年度报告", "1"]


def test_white_areas_behind_lines_of_text_are_no_table(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for at in range(4):
            canvas.setFillGray(1)
            canvas.rect(70, 700 - 20 * at, 450, 20, stroke=0, fill=1)
            canvas.setFillGray(0)
            canvas.drawString(80, 705 - 20 * at, f"第{at}行")

    assert texts(read_bytes(tmp_path, "a.pdf", drawn(draw))) == ["第0行", "第1行", "第2行", "第3行"]


@pytest.mark.parametrize("left_out", ["top", "bottom", "sides"])
def test_a_table_without_its_outer_rules_is_read_whole(left_out: str, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        across = {"top": [640, 660, 680], "bottom": [660, 680, 700], "sides": [640, 660, 680, 700]}[left_out]
        for y in across:
            canvas.line(100, y, 400, y)
        for x in (200, 300) if left_out == "sides" else (100, 200, 300, 400):
            canvas.line(x, 640, x, 700)
        for row in range(3):
            for column in range(3):
                canvas.drawString(110 + 100 * column, 685 - 20 * row, f"{row}{column}")

    found = cells(grids(read_bytes(tmp_path, "a.pdf", drawn(draw)))[0])
    assert [[text for text, _, _ in row] for row in found] == [
        [f"{row}{column}" for column in range(3)] for row in range(3)
    ]


def test_a_figure_that_runs_over_a_rule_stays_whole(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([100, 160, 180, 240, 260], [680, 700])
        for at, text in ((110, "许可"), (162, "11398"), (210, "7"), (242, "660")):
            canvas.drawString(at, 685, text)

    found = cells(grids(read_bytes(tmp_path, "a.pdf", drawn(draw)))[0])
    assert [text for text, _, _ in found[0]] == ["许可", "11398", "7", "660"]


def test_a_table_broken_over_pages_stays_in_order(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), FONT, 9)])
    story = [Table([["规章", "1"]], 80, style=style), PageBreak(), Table([["文件", "2"]], 80, style=style)]
    SimpleDocTemplate(buffer, pagesize=A4).build(story)
    document = read_bytes(tmp_path, "a.pdf", buffer.getvalue())
    assert [(grid.place, grid.rows[0][1].text) for grid in grids(document)] == [
        ("page 1, table 1", "1"),
        ("page 2, table 1", "2"),
    ]


# Sheets --------------------------------------------------------------------------------------------------------------


def test_values_of_a_sheet_print_as_a_reader_sees_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["规章", 12.0, 0.1 + 0.2, 7730.28, 1e20, True, "12\n3", -4])
    book.save(tmp_path / "a.xlsx")
    found = cells(grids(read_document(tmp_path / "a.xlsx"))[0])[0]
    assert [text for text, _, _ in found] == ["规章", "12", "0.3", "7730.28", "1" + "0" * 20, "TRUE", "12\n3", "-4"]


def test_formulas_without_a_value_and_hidden_sheets_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "表三"
    book.active.append(["合计", "=1+2"])
    book.create_sheet("草稿").append(["旧", 1])
    book["草稿"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    document = read_document(tmp_path / "a.xlsx")
    assert cells(grids(document)[0]) == [[("合计", 0, 1), ("", 1, 1)]]
    assert document.notes == (
        "sheet 表三: formulas without a value, left empty: B1",
        "sheet 草稿 is hidden and was not read",
    )


def test_an_open_document_sheet_is_read(tmp_path: Path) -> None:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        '<table:table table:name="表二"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>规章</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    document = read_document(tmp_path / "a.ods")
    assert (document.kind, cells(grids(document)[0])) == ("ods", [[("规章", 0, 1), ("3", 1, 1)]])


# Which kind ----------------------------------------------------------------------------------------------------------

ONE = Drawing(1, 2, (Box(0, 0, 1, 1, "规章"), Box(0, 1, 1, 1, "3")))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.doc", as_html(ONE), "html"),
        ("a.doc", as_docx(ONE), "docx"),
        ("a.docx", as_html(ONE), "html"),
        ("a.xls", as_html(ONE), "html"),
        ("a.xls", as_xlsx(ONE), "xlsx"),
        ("a", "规章\t3\n".encode(), "text"),
        ("a", as_pdf(ONE), "pdf"),
        ("a.HTML", as_html(ONE), "html"),
        ("a.htm", "﻿<table><tr><td>规章</td><td>3</td></tr></table>".encode(), "html"),
        ("a.md", "用 <br> 换行\n| 规章 | 3 |\n".encode(), "text"),
    ],
)
def test_a_file_is_read_as_what_it_is_where_its_suffix_allows(
    name: str, content: bytes, kind: str, tmp_path: Path
) -> None:
    document = read_bytes(tmp_path, name, content)
    assert document.kind == kind
    assert [cell.text for cell in grids(document)[-1].rows[0]] == ["规章", "3"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{\\rtf1 }", "doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "xls"),
    ],
)
def test_older_kinds_are_told_by_their_content(content: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(content)
    assert kind_of(tmp_path / "a.doc") == kind


# Folders and zips ----------------------------------------------------------------------------------------------------


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return buffer.getvalue()


def readings(paths: list[Path]) -> dict[str, str]:
    """What each source of an expansion reads as: its first text, or its error."""
    found = {}
    for source in expand(paths):
        if isinstance(source, Source):
            found[source.name] = next(read_document(source.path, source.name).texts())[0]
        else:
            found[str(source).split(": ", 1)[0]] = "error"
    return found


def test_members_of_a_zip_are_read_and_none_is_written_under_its_name(tmp_path: Path) -> None:
    inner = packed({"丙.txt": "丙".encode()})
    litter = {"__MACOSX/._甲.txt": b"x", ".DS_Store": b"x", "~$甲.docx": b"x", "页_files/a.html": b"x", "s.css": b"x"}
    members = {
        "../../甲.txt": "甲".encode(),
        "/tmp/乙.txt": "乙".encode(),
        "内.zip": inner,
        "图.png": b"\x89PNG",
        **litter,
    }
    path = tmp_path / "home" / "all.zip"
    path.parent.mkdir()
    path.write_bytes(packed(members))
    found = {}
    for source in expand([path]):
        assert isinstance(source, Source)
        assert source.path.is_file()
        found[source.name.removeprefix(str(path))] = source.path.read_bytes()
    assert found == {
        "/甲.txt": "甲".encode(),
        "/tmp/乙.txt": "乙".encode(),
        "/内.zip/丙.txt": "丙".encode(),
        "/图.png": b"\x89PNG",
    }
    assert [one.name for one in tmp_path.rglob("*")] == ["home", "all.zip"]


def test_names_packed_by_chinese_windows_are_read(tmp_path: Path) -> None:
    data = packed({"xxxx.txt": b"1"}).replace(b"xxxx", "年报".encode("gbk"))
    (tmp_path / "a.zip").write_bytes(data)
    assert list(readings([tmp_path / "a.zip"])) == [f"{tmp_path / 'a.zip'}/年报.txt"]


def test_a_folder_is_walked_in_order_and_a_bad_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "街道").mkdir()
    (tmp_path / "街道" / "乙.txt").write_text("乙")
    (tmp_path / "甲.txt").write_text("甲")
    (tmp_path / ".hidden.txt").write_text("x")
    (tmp_path / "坏.zip").write_bytes(b"PK\x03\x04no")
    found = readings([tmp_path, tmp_path / "甲.txt"])
    assert found == {
        str(tmp_path / "坏.zip"): "error",
        str(tmp_path / "甲.txt"): "甲",
        str(tmp_path / "街道" / "乙.txt"): "乙",
    }


def test_an_unreadable_suffix_is_an_error_that_names_the_kind(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(as_pdf(ONE))
    with pytest.raises(
        DocumentError, match=r"a\.html: found a PDF under the suffix \.html; expected a web page; .*rename"
    ):
        read_document(tmp_path / "a.html")
