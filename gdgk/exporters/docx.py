"""Word: the annual report as an official document, by the body rules of GB/T 9704-2012."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache, singledispatchmethod
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as Package
from docx.oxml import parse_xml
from docx.shared import Emu, Pt
from lxml import etree
from nbformat import NotebookNode
from traitlets import Bool, default

from gdgk.exporters.columns import measure
from gdgk.exporters.drawing import Drawing
from gdgk.exporters.pieces import Chart, Document, Heading, Item, Paragraph, Picture, Run, Table
from gdgk.exporters.preparing import DocumentExporter
from gdgk.exporters.word_tables import left_out, word_run, word_table

PARTS = Path(__file__).parent / "templates" / "gdgk_docx"
NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
# What python-docx's own template has beside text, styles and settings; an official document needs none of it.
KEPT = frozenset({"styles", "settings", "officeDocument", "core-properties"})
TEXT_WIDTH, TEXT_HEIGHT = Pt(442), Pt(580)
TITLE_SIZE, TITLE_LINE = 22.0, 20.0  # 2号: points, characters to a line
CLOSING = "政府信息公开工作年度报告"
STYLES = {"body": "Normal", "note": "Note", "lines": "Lines"}
PAGE_NUMBER = (
    '<w:r><w:t xml:space="preserve">— </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    '<w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t xml:space="preserve"> —</w:t></w:r>'
)
ONE_CHARACTER = 280  # of a page number (4号), in twentieths of a point
# The earliest moment that a zip can name: what is written says nothing of when it was.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class OfficialDocxExporter(DocumentExporter):
    """``--to gdgk_docx``: a notebook as a Word document, A4, 22 lines of 28 characters, page numbers outside.

    The same notebook gives the same bytes. Charts are their tables, unless ``pictures`` asks for them.
    """

    export_from_notebook = "gdgk Word"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    pictures = Bool(False, help="Charts as pictures (needs kaleido), not as the tables behind them.").tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".docx"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The document as bytes. Raises :class:`gdgk.errors.GdgkError` where pictures are wanted and cannot be made."""
        _, given = super().from_notebook_node(nb, resources, **kwargs)
        return docx_bytes(given["document"], self.pictures), given


@cache
def exporter() -> OfficialDocxExporter:
    """The one exporter of a process that makes many documents."""
    return OfficialDocxExporter()


def official_docx(nb: NotebookNode) -> bytes:
    """The Word document of an executed notebook, which is left alone."""
    made, _ = exporter().from_notebook_node(nb)
    return bytes(made)


def docx_bytes(document: Document, pictures: bool = False) -> bytes:
    """A document as a .docx file."""
    package = docx.Document(io.BytesIO(empty_package()))
    with Drawing() as drawing:
        written = Body(package, drawing if pictures else None).written(document)
    body = package.element.body
    body[:0] = list(parse_xml(f"<w:body {NAMES}>{written}</w:body>"))
    head_and_foot(package, "　".join(notice.label for notice in document.notices))
    properties(package, document)
    return saved(package)


# ── the package ──


@cache
def empty_package() -> bytes:
    """A .docx without a word in it: the styles, settings and page of an official document."""
    package = docx.Document()
    for relations in (package.part.rels, package.part.package.rels):
        for name in [name for name, one in relations.items() if one.reltype.rpartition("/")[2] not in KEPT]:
            relations.pop(name)
    for part, name in ((package.part._styles_part, "styles"), (package.part._settings_part, "settings")):
        part._element = parse_xml((PARTS / f"{name}.xml").read_bytes())
    body = package.element.body
    body[:] = [parse_xml((PARTS / "section.xml").read_bytes())]
    return saved(package)


def head_and_foot(package: Package, label: str) -> None:
    """Page numbers outside, and what every page must say at its head (草稿)."""
    section = package.sections[0]
    for side, foot, head in (
        ("right", section.footer, section.header),
        ("left", section.even_page_footer, section.even_page_header),
    ):
        look = f'<w:pStyle w:val="Footer"/><w:ind w:{side}="{ONE_CHARACTER}"/><w:jc w:val="{side}"/>'
        foot._element[:] = [parse_xml(f"<w:p {NAMES}><w:pPr>{look}</w:pPr>{PAGE_NUMBER}</w:p>")]
        foot.is_linked_to_previous = False
        if label:
            words = f'<w:p {NAMES}><w:pPr><w:pStyle w:val="Header"/></w:pPr>{word_run(label)}</w:p>'
            head.is_linked_to_previous = False
            head._element[:] = [parse_xml(words)]


def properties(package: Package, document: Document) -> None:
    """Title and language; its day is that of publication, where it is known, and no other."""
    core = package.core_properties
    for child in list(core._element):
        core._element.remove(child)
    core.title = document.title[:255]
    core.language = "zh-CN"
    try:
        day = date.fromisoformat(document.published)
    except ValueError:
        return
    core.created = core.modified = datetime(day.year, day.month, day.day)


def saved(package: Package) -> bytes:
    """A package as bytes, without the time at which it was written."""
    first, second = io.BytesIO(), io.BytesIO()
    package.save(first)
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            kept.writestr(info, made.read(name))
    return second.getvalue()


# ── the body ──


def paragraph(style: str, runs: str, more: str = "") -> str:
    """A paragraph as WordprocessingML. more: properties beside its style."""
    look = f'<w:pStyle w:val="{style}"/>' if style != "Normal" else ""
    return f"<w:p><w:pPr>{look}{more}</w:pPr>{runs}</w:p>" if look or more else f"<w:p>{runs}</w:p>"


def words(runs: tuple[Run, ...]) -> str:
    """Runs as WordprocessingML."""
    return "".join(word_run(run.text, run.bold) for run in runs)


class Body:
    """The body of a document in the making. drawing: draws the charts; without it they are the tables behind them."""

    def __init__(self, package: Package, drawing: Drawing | None) -> None:
        self.package = package
        self.drawing = drawing
        self.drawn = 0

    def written(self, document: Document) -> str:
        """Notices, title and blocks as WordprocessingML."""
        return "".join(
            [
                *(paragraph("Notice", word_run(notice.text)) for notice in document.notices),
                paragraph("Title", word_run(document.title), title_indent(document.title)),
                *(text for block in document.blocks for text in self.block(block)),
            ]
        )

    @singledispatchmethod
    def block(self, block: Any) -> Iterator[str]:
        """A block as WordprocessingML."""
        raise TypeError(f"no way to write {type(block).__name__}")

    @block.register
    def _(self, block: Heading) -> Iterator[str]:
        yield paragraph(f"Heading{block.level - 1}", word_run(block.text))

    @block.register
    def _(self, block: Paragraph) -> Iterator[str]:
        yield paragraph(STYLES[block.kind], words(block.runs))

    @block.register
    def _(self, block: Item) -> Iterator[str]:
        left = 630 * block.depth
        indent = f'<w:ind w:left="{left}" w:leftChars="{200 * block.depth}"/>' if block.depth else ""
        yield paragraph("ListParagraph", word_run(f"{block.mark} ") + words(block.runs), indent)

    @block.register
    def _(self, block: Table) -> Iterator[str]:
        if block.caption and block.shown:
            yield paragraph("Caption", word_run(block.caption))
        if block.unit:
            yield paragraph("Unit", word_run(f"单位：{block.unit}"))
        yield word_table(block)
        # Word joins two tables that nothing parts.
        yield paragraph("AfterTable", "")
        if left_out(block):
            yield paragraph("Note", word_run(left_out(block)))

    @block.register
    def _(self, block: Picture) -> Iterator[str]:
        yield self.picture(block.data, block.alt) or paragraph("Note", word_run(f"［图：{block.alt or '无文字说明'}］"))

    @block.register
    def _(self, block: Chart) -> Iterator[str]:
        if self.drawing:
            yield paragraph("Caption", word_run(block.title))
            yield self.picture(self.drawing.drawn(block), block.title)
        elif block.table:
            yield from self.block(block.table)
        else:
            yield paragraph("Note", word_run(f"图：{block.title}（交互图不收入本文件）"))
        for text in (block.subtitle, block.source):
            if text:
                yield paragraph("Note", word_run(text))

    def picture(self, data: bytes, alt: str) -> str:
        """A picture as wide as it is, at most as the text; empty for one that Word does not show."""
        try:
            _, image = self.package.part.get_or_add_image(io.BytesIO(data))
            width, height = int(image.width), int(image.height)
            if min(width, height) <= 0:
                return ""
        except Exception:  # python-docx raises whatever a damaged picture makes it stumble over
            return ""
        scale = min(1.0, TEXT_WIDTH / width, TEXT_HEIGHT / height)
        inline = self.package.part.new_pic_inline(io.BytesIO(data), Emu(int(width * scale)), Emu(int(height * scale)))
        inline.docPr.set("descr", alt or "图")
        # python-docx numbers pictures by those in the body, where this one is not yet.
        self.drawn += 1
        inline.docPr.set("id", str(self.drawn))
        return paragraph("Picture", f"<w:r><w:drawing>{etree.tostring(inline, encoding='unicode')}</w:drawing></w:r>")


def title_indent(title: str) -> str:
    """The indent that breaks a title of two lines before 政府信息公开工作年度报告, where that is possible."""
    first, closing, rest = title.partition(CLOSING)
    width = measure(first.rstrip())
    if rest or not closing or measure(title) <= TITLE_LINE or not len(CLOSING) <= width <= TITLE_LINE - 0.6:
        return ""
    side = int((TITLE_LINE - width - 0.6) / 2 * TITLE_SIZE * 20)
    return f'<w:ind w:left="{side}" w:right="{side}" w:firstLineChars="0" w:firstLine="0"/>'
