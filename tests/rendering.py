"""Reports printed as agencies publish them: web page, Word, PDF by two producers, tab-flattened text, workbook.

Only for made-up data: every document says 合成数据 under its title. Nothing here knows how documents are read back.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

import docx
import openpyxl
from docx.oxml import parse_xml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from strategies import balanced_applications, balanced_disputes, report_of

from gdgk.form import CellKey, Edition, edition
from gdgk.form import Table as FormTable
from gdgk.prose import HEADINGS, sections
from gdgk.report import Report

FONT = "STSong-Light"
MARK = "合成数据，仅供测试，不是任何机关的年度报告。"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NAMES = ["测试市教育局", "测试县人民政府办公室", "样例区某某街道办事处", "样例省人民政府"]
PHRASES = [
    "本机关制定了工作要点",
    "完善了审查和发布的程序",
    "全年答复申请15件",
    "开设专栏3个，发布信息1,204条",
    "对不足之处逐项作了整改",
    "没有发生因信息公开引起的投诉",
    "加强了对基层的指导和培训",
]


@dataclass(frozen=True)
class Box:
    """A cell of a printed table: where it begins, how many rows and columns it covers, what it prints."""

    row: int
    column: int
    rows: int
    columns: int
    text: str


@dataclass(frozen=True)
class Drawing:
    """A printed table. width: its columns; head: how many of its first rows are its header."""

    width: int
    head: int
    boxes: tuple[Box, ...]

    @property
    def height(self) -> int:
        """How many rows it has."""
        return max(box.row + box.rows for box in self.boxes)

    def rows(self) -> list[list[Box]]:
        """The cells that begin in each row, left to right."""
        found: list[list[Box]] = [[] for _ in range(self.height)]
        for box in sorted(self.boxes, key=lambda box: (box.row, box.column)):
            found[box.row].append(box)
        return found

    def covering(self) -> list[list[Box]]:
        """The cells that each row shows, those that began further up too, left to right."""
        found: list[list[Box]] = [[] for _ in range(self.height)]
        for box in sorted(self.boxes, key=lambda box: box.column):
            for row in range(box.row, box.row + box.rows):
                found[row].append(box)
        return found


@dataclass(frozen=True)
class Text:
    """A paragraph of a printed report. kind: ``title``, ``heading``, ``sub`` or ``words``."""

    kind: str
    text: str


Part = Text | Drawing


# The official layout -------------------------------------------------------------------------------------------------


def title_of(report: Report, agency: str) -> str:
    """The title that a report has."""
    return f"{agency}{report.year}年政府信息公开工作年度报告"


def laid_out(report: Report, agency: str) -> list[Part]:
    """A report from its title to its last paragraph; its tables in sections 二 to 四, the 统计表 at the end."""
    parts: list[Part] = [Text("title", title_of(report, agency)), Text("words", MARK)]
    prose = sections(report.narrative)
    tables = {table.number: table for table in report.edition.tables.values()}
    for numeral, usual in HEADINGS.items():
        section = prose.get(numeral)
        parts.append(Text("heading", section.heading if section else usual))
        for paragraph in section.paragraphs if section else ():
            sub = paragraph.startswith("### ")
            parts.append(Text("sub" if sub else "words", paragraph.removeprefix("### ")))
        if numeral in tables:
            parts.append(drawn(report, tables[numeral]))
    if "统计表" in tables:
        table = tables["统计表"]
        parts.extend([Text("words", table.title), drawn(report, table)])
    return parts


def drawn(report: Report, table: FormTable) -> Drawing:
    """A table of a report as the form prints it."""
    return {"blocks": blocks, "rows": rows, "across": across, "list": listed}[table.layout](report, table)


def printed(report: Report, table: FormTable, row: str, column: str) -> str:
    """What a cell prints."""
    return report.cells[CellKey(table.id, row, column)].raw


def blocks(report: Report, table: FormTable) -> Drawing:
    """Table 二: under each article a header and rows; four columns, the last one wide where a block has fewer."""
    boxes = []
    at = 0
    for block in table.blocks:
        boxes.append(Box(at, 0, 1, 4, block.label))
        lines = [["信息内容", *(column.label for column in block.columns)]]
        lines += [
            [row.label, *(printed(report, table, row.key, column.key) for column in block.columns)]
            for row in block.rows
        ]
        for line in lines:
            at += 1
            last = len(line) - 1
            boxes += [Box(at, place, 1, 4 - last if place == last else 1, text) for place, text in enumerate(line)]
        at += 1
    return Drawing(4, 0, tuple(boxes))


def rows(report: Report, table: FormTable) -> Drawing:
    """Table 三: three columns of nested labels, seven of figures under a header of three rows."""
    boxes = [
        Box(0, 0, 3, 3, table.corner),
        Box(0, 3, 1, 7, table.columns_title),
        Box(1, 3, 2, 1, table.columns["natural_person"].label),
        Box(1, 4, 1, 5, table.groups["legal_entity"].label),
        Box(1, 9, 2, 1, table.columns["total"].label),
    ]
    inner = [column for column in table.columns.values() if column.parent == "legal_entity"]
    boxes += [Box(2, 4 + place, 1, 1, column.label) for place, column in enumerate(inner)]
    lines = {row: 3 + place for place, row in enumerate(table.rows)}
    groups = {item.key: item for item in table.items if item.kind == "group"}
    for row, item in table.rows.items():
        depth = (item.parent in groups) + (item.parent in groups and groups[item.parent].parent in groups)
        boxes.append(Box(lines[row], depth, 1, 3 - depth, item.label))
        boxes += [
            Box(lines[row], 3 + place, 1, 1, printed(report, table, row, column))
            for place, column in enumerate(table.columns)
        ]
    for key, group in groups.items():
        own = [lines[row] for row, item in table.rows.items() if key in (item.parent, parent_of(table, item.parent))]
        boxes.append(Box(min(own), int(group.parent in groups), len(own), 1, group.label))
    return Drawing(10, 3, tuple(boxes))


def parent_of(table: FormTable, key: str) -> str:
    """What an item stands beneath; empty for what stands at the top."""
    return next((item.parent for item in table.items if item.key == key), "")


def across(report: Report, table: FormTable) -> Drawing:
    """Table 四: one line of fifteen figures under a header of three rows."""
    names = [column.label for column in table.columns.values()]
    groups = table.groups
    boxes = [
        Box(0, 0, 1, 5, table.rows["reconsideration"].label),
        Box(0, 5, 1, 10, groups["litigation"].label),
        *(Box(1, place, 2, 1, name) for place, name in enumerate(names)),
    ]
    for place, row in enumerate(["litigation_direct", "litigation_after_reconsideration"], 1):
        boxes.append(Box(1, 5 * place, 1, 5, table.rows[row].label))
        boxes += [Box(2, 5 * place + step, 1, 1, name) for step, name in enumerate(names)]
    boxes += [Box(3, place, 1, 1, report.cells[key].raw) for place, key in enumerate(table.cells)]
    return Drawing(15, 3, tuple(boxes))


def listed(report: Report, table: FormTable) -> Drawing:
    """The 统计表 of 2014 to 2018: 统计指标, 单位, 统计数; headings of groups are rows without a figure."""
    boxes = [Box(0, place, 1, 1, name) for place, name in enumerate(["统计指标", "单位", "统计数"])]
    shown = [item for item in table.items if item.kind == "group" or item.key in table.rows]
    for at, item in enumerate(shown, 1):
        figure = "" if item.kind == "group" else printed(report, table, item.key, "value")
        boxes += [Box(at, place, 1, 1, text) for place, text in enumerate([item.label, item.unit, figure])]
    return Drawing(3, 1, tuple(boxes))


# Kinds of documents --------------------------------------------------------------------------------------------------


def as_html(report: Report, agency: str) -> bytes:
    """A web page, its tables with rowspan and colspan; in print their headers are repeated on every page."""
    tags = {"title": "h1", "heading": "h2", "sub": "h3", "words": "p"}
    body = "\n".join(
        html_table(part) if isinstance(part, Drawing) else f"<{tags[part.kind]}>{escape(part.text)}</{tags[part.kind]}>"
        for part in laid_out(report, agency)
    )
    style = f"body,h1,h2,h3{{font-family:serif;font-size:12pt}}{TABLE_STYLE}"
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title_of(report, agency))}'
        f"</title><style>{style}</style></head>\n<body>\n{body}\n</body></html>\n"
    ).encode()


TABLE_STYLE = "table{border-collapse:collapse;width:100%}td,th{border:1px solid #000;font-size:9pt;padding:2px}"


def html_table(drawing: Drawing) -> str:
    """A table as markup."""
    lines = []
    for number, row in enumerate(drawing.rows()):
        tag = "th" if number < drawing.head else "td"
        cells = "".join(f"<{tag}{spans(box)}>{escape(box.text)}</{tag}>" for box in row)
        lines.append(f"<tr>{cells}</tr>")
    head, body = "\n".join(lines[: drawing.head]), "\n".join(lines[drawing.head :])
    return f"<table>\n{f'<thead>{head}</thead>' if head else ''}<tbody>{body}</tbody>\n</table>"


def spans(box: Box) -> str:
    """The attributes of a cell that covers several rows or columns."""
    rowspan = f' rowspan="{box.rows}"' if box.rows > 1 else ""
    return rowspan + (f' colspan="{box.columns}"' if box.columns > 1 else "")


def as_docx(report: Report, agency: str) -> bytes:
    """A Word document, its tables with gridSpan and vMerge as Word merges cells."""
    document = docx.Document()
    end = document.element.body[-1]
    for part in laid_out(report, agency):
        if isinstance(part, Drawing):
            end.addprevious(parse_xml(word_table(part)))
        elif part.kind == "heading":
            document.add_heading(part.text, 1)
        else:
            document.add_paragraph(part.text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def word_table(drawing: Drawing) -> str:
    """A table as Word writes it; a cell that began further up is there again, empty and marked as its continuation."""
    lines = []
    for number, row in enumerate(drawing.covering()):
        cells = "".join(word_cell(box, number) for box in row)
        lines.append(f"<w:tr>{cells}</w:tr>")
    grid = "".join("<w:gridCol/>" for _ in range(drawing.width))
    return f"<w:tbl {WORD}><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"


def word_cell(box: Box, row: int) -> str:
    """One cell of a Word table in one of its rows."""
    merge = "" if box.rows == 1 else '<w:vMerge w:val="restart"/>' if row == box.row else "<w:vMerge/>"
    width = f'<w:gridSpan w:val="{box.columns}"/>' if box.columns > 1 else ""
    words = escape(box.text) if row == box.row else ""
    run = f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>' if words else ""
    return f"<w:tc><w:tcPr>{width}{merge}</w:tcPr><w:p>{run}</w:p></w:tc>"


def as_text(report: Report, agency: str) -> bytes:
    """Text with tabs, as copying from Word leaves it: merged columns gone, merged rows leaving an empty field."""
    lines = []
    for part in laid_out(report, agency):
        if isinstance(part, Text):
            lines += [part.text, ""]
            continue
        for number, row in enumerate(part.covering()):
            lines.append("\t".join(box.text if box.row == number else "" for box in row))
        lines.append("")
    return "\n".join(lines).encode()


def as_xlsx(report: Report, agency: str) -> bytes:
    """A workbook with one sheet, prose in merged rows, tables with merged cells, plain counts as numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    at = 1
    for part in laid_out(report, agency):
        if isinstance(part, Text):
            sheet.cell(at, 1, part.text)
            sheet.merge_cells(None, at, 1, at, 15)
            at += 1
            continue
        for box in part.boxes:
            row, column = at + box.row, 1 + box.column
            sheet.cell(row, column, int(box.text) if box.text.isdecimal() else box.text or None)
            if box.rows * box.columns > 1:
                sheet.merge_cells(None, row, column, row + box.rows - 1, column + box.columns - 1)
        at += part.height + 1
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_pdf(report: Report, agency: str) -> bytes:
    """A PDF by reportlab, with a CJK font that every reader has, tables ruled."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    words = ParagraphStyle("words", fontName=FONT, fontSize=11, leading=17, wordWrap="CJK")
    parts: list[Flowable] = []
    for part in laid_out(report, agency):
        if isinstance(part, Drawing):
            parts += [pdf_table(part), Spacer(1, 8)]
        else:
            parts.append(Paragraph(escape(part.text), words))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, leftMargin=40, rightMargin=40, topMargin=50, bottomMargin=50).build(parts)
    return buffer.getvalue()


def pdf_table(drawing: Drawing) -> Table:
    """A ruled table, wide labels broken into lines."""
    label = {3: [350, 50, 100], 4: [200, 100, 100, 100], 10: [45, 60, 123]}.get(drawing.width, [])
    left = drawing.width - len(label)
    widths = [*label, *([(515 - sum(label)) / left] * left if left else [])]
    small = ParagraphStyle("small", fontName=FONT, fontSize=7, leading=8.5, wordWrap="CJK")
    data: list[list[object]] = [["" for _ in range(drawing.width)] for _ in range(drawing.height)]
    style: list[tuple[object, ...]] = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    style += [("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 2)]
    for box in drawing.boxes:
        data[box.row][box.column] = Paragraph(escape(box.text), small)
        style.append(("SPAN", (box.column, box.row), (box.column + box.columns - 1, box.row + box.rows - 1)))
    return Table(data, colWidths=widths, style=TableStyle(style), repeatRows=drawing.head)


def browser() -> str | None:
    """The path of a headless-capable Chromium; None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def as_browser_pdf(report: Report, agency: str) -> bytes:
    """A PDF that Chromium prints of the web page. Raises :class:`FileNotFoundError` where there is no Chromium."""
    program = browser()
    if program is None:
        raise FileNotFoundError(f"none of {', '.join(BROWSERS)} is on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        page, made = Path(folder, "report.html"), Path(folder, "report.pdf")
        page.write_bytes(as_html(report, agency))
        # Root may run Chromium only without its sandbox; the page is our own.
        rights = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [program, "--headless", *rights, "--disable-gpu", "--disable-dev-shm-usage", "--no-pdf-header-footer"]
        command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={made}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return made.read_bytes()


# Kind → the suffix it is saved under and who makes it.
KINDS: dict[str, tuple[str, Callable[[Report, str], bytes]]] = {
    "html": (".html", as_html),
    "docx": (".docx", as_docx),
    "txt": (".txt", as_text),
    "xlsx": (".xlsx", as_xlsx),
    "pdf": (".pdf", as_pdf),
    "chromium pdf": (".pdf", as_browser_pdf),
}


# Random reports ------------------------------------------------------------------------------------------------------


@st.composite
def printed_reports(draw: st.DrawFn, name: str) -> Report:
    """A balanced synthetic report on an edition, with prose in 一, 五 and 六 and figures as agencies write them."""
    form = edition(name)
    values: dict[CellKey, object] = {}
    if "statistics" in form.tables:
        values.update(draw(balanced_statistics(form)))
    else:
        values.update(draw(proactive_disclosure(form)))
        values.update(draw(balanced_applications(form)))
        values.update(draw(balanced_disputes()))
    year = draw(st.integers(form.first_year, form.last_year or 2026))
    made = report_of("demo", year, name, values)
    return Report("demo", year, form, made.head, made.cells, narrative=draw(narratives()))


@st.composite
def proactive_disclosure(draw: st.DrawFn, form: Edition) -> dict[CellKey, object]:
    """Table 二 filled throughout: counts, strokes, remarks in brackets, amounts, changes."""
    table = form.tables["proactive_disclosure"]
    counts = st.integers(0, 20_000).map(str) | st.sampled_from(["0", "无", "/", "22（其中修订16件）", "1,204"])
    amounts = st.decimals(0, 10**5, places=2).map(str) | st.just("0")
    changes = st.integers(0, 99).map(lambda value: f"增 {value}") | st.sampled_from(["-3", "0", "减2"])
    found: dict[CellKey, object] = {}
    for key, (_, column) in table.cells.items():
        signed = column.kind == "change"
        found[key] = draw(changes if signed else amounts if table.unit_of(key) == "万元" else counts)
    return found


@st.composite
def balanced_statistics(draw: st.DrawFn, form: Edition) -> dict[CellKey, object]:
    """The 统计表 with every printed sum holding."""
    table = form.tables["statistics"]
    found: dict[CellKey, int] = {}
    for key in table.cells:
        found[key] = draw(st.sampled_from([0, 0, 1, 2, 5, 13, 264, 10_048]))
    for known in reversed(list(table.sums())):  # a sum within a sum stands beneath it
        found[known.total] = sum(found[part] for part in known.parts)
    return dict(found)


@st.composite
def narratives(draw: st.DrawFn) -> str:
    """Prose in the sections 一, 五 and 六, some with sub-headings, some paragraphs longer than a line."""
    sentences = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=6).map("，".join)
    parts = []
    for numeral, heading in HEADINGS.items():
        parts.append(f"## {heading}")
        if numeral in "一五六":
            parts += [f"{text}。" for text in draw(st.lists(sentences, min_size=1, max_size=3))]
        if numeral == "一" and draw(st.booleans()):
            parts += ["### （一）主动公开情况", f"{draw(sentences)}。"]
    return "\n\n".join(parts) + "\n"


def examples(name: str, count: int) -> list[Report]:
    """Some reports of :func:`printed_reports`, the same ones every time; the simplest ones, all zeros, left out."""
    found: list[Report] = []

    @settings(
        max_examples=count + 3,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(printed_reports(name))
    def collect(report: Report) -> None:
        found.append(report)

    collect()
    return found[-count:]
