"""Excel: the annual report's tables as printed, its text, findings and indicators, and an analyst's own tables."""

from __future__ import annotations

from functools import cache
from typing import Any

from nbformat import NotebookNode
from openpyxl import Workbook
from traitlets import default

from gdgk.exporters.pieces import Chart, Document, Heading, Item, Paragraph, Picture, Table
from gdgk.exporters.preparing import DocumentExporter
from gdgk.exporters.sheets import Line, list_sheet, sheet_name, table_sheet, text_sheet
from gdgk.listing import ANALYSIS, COLUMNS, saved

TEXT = "正文"
FINDINGS, INDICATORS, REVISIONS = ANALYSIS
# The section in which each table of the report stands, by the numeral that opens its heading.
TABLES = {"二": "表二", "三": "表三", "四": "表四"}
OTHER = "表格"
# A workbook of one report need not name it in each line; what a finding rests on at length is on its page (核对页).
DROPPED = ("机关", "年度", "原文", "依据", "下列情形不算错")
WIDTHS = {**COLUMNS, "组别": 12, "指标": 24, "数值": 14, "单位": 7, "公式": 52, "说明": 22}
WIDTHS |= {"版次": 18, "原": 30, "改为": 30, "对核对结果的影响": 18}


class OfficialXlsxExporter(DocumentExporter):
    """``--to gdgk_xlsx``: a notebook's tables as a workbook; the same notebook gives the same bytes."""

    export_from_notebook = "gdgk Excel"
    output_mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".xlsx"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The workbook as bytes."""
        _, given = super().from_notebook_node(nb, resources, **kwargs)
        return xlsx_bytes(given["document"], given["report_data"]), given


@cache
def exporter() -> OfficialXlsxExporter:
    """The one exporter of a process that makes many documents."""
    return OfficialXlsxExporter()


def official_xlsx(nb: NotebookNode) -> bytes:
    """The workbook of an executed notebook, which is left alone."""
    made, _ = exporter().from_notebook_node(nb)
    return bytes(made)


def xlsx_bytes(document: Document, data: dict[str, Any]) -> bytes:
    """A document and its data (:func:`gdgk.pages.data.report_data`) as a workbook.

    Sheets: 正文 (text), the tables in their order, 核对问题 (findings) and 指标 (indicators) where there are data,
    修订一览 (revisions) where there was any.
    """
    book = Workbook()
    text = book.active
    assert text is not None
    text.title = TEXT
    names = {TEXT.lower()}
    text_sheet(text, text_lines(book, names, document), document)
    for name, part in ((FINDINGS, "findings"), (INDICATORS, "indicators"), (REVISIONS, "revisions")):
        table = data.get(part)
        if isinstance(table, dict) and table.get("columns") and (table["rows"] or part != "revisions"):
            columns, rows = without(table["columns"], table["rows"], DROPPED)
            widths = {column: WIDTHS.get(column, 16) for column in columns}
            list_sheet(book.create_sheet(sheet_name(name, names)), widths, rows, document)
    book.properties.title = document.title[:255]
    book.properties.language = "zh-CN"
    return saved(book)


def text_lines(book: Workbook, names: set[str], document: Document) -> list[Line]:
    """The document line by line; each table goes to a sheet of its own, which its line names."""
    lines: list[Line] = []
    numeral = ""
    for block in document.blocks:
        if isinstance(block, Heading):
            lines.append(Line(block.text, block.level))
            if block.level == 2:
                numeral = TABLES.get(block.text.partition("、")[0], "")
        elif isinstance(block, Table):
            # The first table of a section of the report is the form's; what follows is somebody's own.
            name = sheet_name(numeral or block.caption or OTHER, names)
            numeral = ""
            table_sheet(book.create_sheet(name), block, name in TABLES.values(), document)
            lines.append(Line(f"（见工作表“{name}”）"))
        elif isinstance(block, Chart) and block.table:
            name = sheet_name(block.title, names)
            table_sheet(book.create_sheet(name), block.table, False, document)
            lines += [Line(f"（见工作表“{name}”）"), *(Line(text) for text in (block.subtitle, block.source) if text)]
        else:
            lines.append(Line(words(block)))
    return lines


def words(block: Paragraph | Item | Picture | Chart) -> str:
    """What a sheet says in place of a block that is no table."""
    if isinstance(block, Item):
        return f"{'　' * block.depth}{block.mark} {block.text}"
    if isinstance(block, Paragraph):
        return block.text
    return f"［图：{(block.alt if isinstance(block, Picture) else block.title) or '无文字说明'}］"


def without(columns: list[str], rows: list[list[Any]], dropped: tuple[str, ...]) -> tuple[list[str], list[list[Any]]]:
    """A table without some of its columns."""
    kept = [at for at, name in enumerate(columns) if name not in dropped]
    return [columns[at] for at in kept], [[row[at] for at in kept] for row in rows]
