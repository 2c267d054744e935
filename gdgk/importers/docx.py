"""Word documents (.docx) → Document, read from their XML: body text, tables, text boxes and automatic numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

from gdgk.importers.cells import Table, TableCell, check_depth, table_blocks, tidy
from gdgk.importers.document import Document, DocumentError, Grid, Paragraph
from gdgk.importers.limits import PACKAGE_BYTES, opened_zip, part
from gdgk.importers.numbering import Numbering

WHAT = "a .docx file"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
TITLE = "{http://purl.org/dc/elements/1.1/}title"
# Deleted or moved text, the older twin of a text box, instructions, properties, notes: no part of what is read.
PASSED = frozenset(
    {
        *("del", "moveFrom", "delText", "instrText", "Fallback", "rt"),
        *("pPr", "rPr", "tblPr", "tblGrid", "tcPr", "trPr", "sdtPr", "sdtEndPr"),
        *("footnoteReference", "endnoteReference", "commentReference"),
    }
)
SIGNS = {"tab": " ", "noBreakHyphen": "-", "ptab": " "}


def read(path: Path, name: str = "") -> Document:
    """A .docx file as a document; places are ``paragraph 7`` and ``table 2, row 3, column 4`` (spans expanded).

    Insertions under revision are kept, deletions dropped; headers, footers, notes and comments are passed over.
    Raises :class:`DocumentError` for damaged or locked files, zip bombs and document types.
    """
    name = name or str(path)
    with opened_zip(path, name, PACKAGE_BYTES, WHAT) as package:
        root = part(package, main_part(package), name, WHAT)
        body = None if root is None else next((child for child in root if local(child) == "body"), None)
        if root is None or body is None:
            raise DocumentError(name, "a package without text", "a Word document", "save it again as .docx")
        core = part(package, "docProps/core.xml", name, WHAT)
        title = tidy(core.findtext(TITLE) or "") if core is not None else ""
        styles, numbers = (part(package, f"word/{member}.xml", name, WHAT) for member in ("styles", "numbering"))
        walk = Body(name, root.tag.partition("}")[0] + "}", Numbering(styles, numbers))
        return Document(name, "docx", tuple(walk.blocks(body)), title)


def main_part(package: ZipFile) -> str:
    """The member that holds the text: ``word/document.xml``, or ``word/document2.xml`` as some web services name it."""
    named = [member for member in package.namelist() if member.startswith("word/document") and member.endswith(".xml")]
    return "word/document.xml" if not named or "word/document.xml" in named else named[0]


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


class Body:
    """The walk over a document's body. w: the namespace of its elements, in braces (transitional or strict)."""

    def __init__(self, name: str, w: str, numbering: Numbering) -> None:
        self.name = name
        self.w = w
        self.numbering = numbering
        self.tables = 0

    def blocks(self, body: etree._Element) -> Iterator[Paragraph | Grid]:
        """What the body shows, in reading order."""
        number = 0
        for item in self.items(body, 0):
            if isinstance(item, Table):
                yield from table_blocks(item, self.name)
            elif text := tidy(item):
                number += 1
                yield Paragraph(text, f"paragraph {number}")

    def items(self, parent: etree._Element, depth: int) -> Iterator[str | Table]:
        """Lines and tables below an element that holds paragraphs; content controls and revisions are entered."""
        for child in parent:
            kind = local(child)
            if kind == "p":
                yield from self.paragraph(child, depth)
            elif kind == "tbl":
                yield self.table(child, depth + 1)
            elif kind not in PASSED:
                yield from self.items(child, depth)

    def paragraph(self, element: etree._Element, depth: int) -> Iterator[str | Table]:
        """The lines of a paragraph, its number first, then what its text boxes hold."""
        pieces: list[str] = []
        boxes: list[etree._Element] = []
        self.collect(element, pieces, boxes)
        text = "".join(pieces)
        if text.strip():
            text = self.numbering.prefix(element, self.w) + text
        yield from text.split("\n")
        for box in boxes:
            yield from self.items(box, depth)

    def collect(self, element: etree._Element, pieces: list[str], boxes: list[etree._Element]) -> None:
        """Gather the text of a paragraph or run; text boxes are put aside."""
        for child in element:
            kind = local(child)
            if kind == "t":
                pieces.append(child.text or "")
            elif kind in SIGNS:
                pieces.append(SIGNS[kind])
            elif kind in ("br", "cr"):
                pieces.append("\n")
            elif kind == "txbxContent":
                boxes.append(child)
            elif kind not in PASSED and not (kind == "r" and self.vanished(child)):
                self.collect(child, pieces, boxes)

    def vanished(self, run: etree._Element) -> bool:
        """Whether a run is formatted as hidden text."""
        mark = run.find(f"{self.w}rPr/{self.w}vanish")
        return mark is not None and mark.get(f"{self.w}val", "true") not in ("0", "false", "off")

    def table(self, element: etree._Element, depth: int) -> Table:
        """A table with its spans; vertically merged cells count as rows of the cell they continue."""
        check_depth(depth, self.name)
        self.tables += 1
        table = Table(f"table {self.tables}")
        above: dict[int, TableCell] = {}
        for index, row in enumerate(self.inside(element, "tr")):
            if row.find(f"{self.w}trPr/{self.w}del") is not None:
                table.rows.append([])
                continue
            column = self.number(row, "trPr", "gridBefore", 0)
            table.before[index] = column
            table.rows.append(self.cells(row, column, above, depth))
        return table

    def cells(self, row: etree._Element, column: int, above: dict[int, TableCell], depth: int) -> list[TableCell]:
        """The cells that begin in a row; ``above``: by column, the cell that a continued one would lengthen."""
        found: list[TableCell] = []
        for element in self.inside(row, "tc"):
            width = max(self.number(element, "tcPr", "gridSpan", 1), 1)
            merge = element.find(f"{self.w}tcPr/{self.w}vMerge")
            beside = element.find(f"{self.w}tcPr/{self.w}hMerge")
            if beside is not None and beside.get(f"{self.w}val", "continue") == "continue" and found:
                found[-1].columns += width
            elif merge is not None and merge.get(f"{self.w}val", "continue") == "continue" and column in above:
                above[column].rows += 1
            else:
                cell = TableCell(list(self.items(element, depth)), width)
                found.append(cell)
                above.pop(column, None)
                if merge is not None:
                    above[column] = cell
            column += width
        return found

    def inside(self, parent: etree._Element, kind: str) -> Iterator[etree._Element]:
        """The rows of a table or cells of a row, also those in content controls and revisions."""
        for child in parent:
            found = local(child)
            if found == kind:
                yield child
            elif found in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo"):
                yield from self.inside(child, kind)

    def number(self, element: etree._Element, properties: str, kind: str, default: int) -> int:
        """A number among an element's properties; the default where there is none."""
        found = element.find(f"{self.w}{properties}/{self.w}{kind}")
        value = "" if found is None else found.get(f"{self.w}val", "")
        return min(int(value), 1000) if value.isdecimal() else default
