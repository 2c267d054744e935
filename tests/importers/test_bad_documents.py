"""A file that cannot be read as a report costs one clear line in bounded time and memory; nothing is fetched for it."""

from __future__ import annotations

import io
import os
import socket
import stat
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from layouts import as_layout
from rendering import NAMES, examples
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from gdgk.importers import bundle, doc, html, inflating, limits, pdf, spreadsheet, text
from gdgk.importers.document import DocumentError
from gdgk.importers.kinds import Source, expand, read_document
from gdgk.importers.recognition import recognise
from gdgk.importers.recognition.lines import lines_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
    "dccc59e70000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks up a name or opens a connection fails the test."""

    def refuse(*args: object, **kwargs: object) -> None:
        pytest.fail(f"the network was asked for {args}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def line(tmp_path: Path) -> Callable[[str, bytes | str], str]:
    """Reads bytes under a name; gives the one line that says why they are not a report."""

    def read(name: str, content: bytes | str) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(DocumentError) as caught:
            read_document(path)
        message = str(caught.value)
        assert "\n" not in message
        assert message.startswith(str(path))
        assert "; expected " in message
        return message.removeprefix(str(path))

    return read


Line = Callable[[str, bytes | str], str]


def packed(members: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return buffer.getvalue()


def word(body: str = "<w:p/>", prolog: str = "") -> bytes:
    return packed({"word/document.xml": f"{prolog}<w:document {W}><w:body>{body}</w:body></w:document>"})


def sheet() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["规章", 3])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def portable(draw: Callable[[Canvas], None], **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, **options)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def one_word(canvas: Canvas) -> None:
    canvas.drawString(100, 500, "12")


# Files that are not there, or not what they are called ---------------------------------------------------------------


def test_a_path_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="found No such file"):
        read_document(tmp_path / "a.pdf")
    with pytest.raises(DocumentError, match="no regular file"):
        read_document(tmp_path)


@pytest.mark.parametrize("suffix", [".txt", ".html", ".docx", ".doc", ".pdf", ".xlsx", ".xls", ".zip", ""])
def test_an_empty_file(suffix: str, line: Line) -> None:
    assert "an empty file (0 bytes)" in line(f"a{suffix}", b"")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.docx", portable(one_word), "a PDF under the suffix .docx"),
        ("a.html", portable(one_word), "a PDF under the suffix .html"),
        ("a.pdf", "<html><body>404</body></html>", "a web page under the suffix .pdf"),
        ("a.txt", "<!DOCTYPE html><p>1", "a web page under the suffix .txt"),
        ("a.pdf", word(), "a Word document (.docx) under the suffix .pdf"),
        ("a.docx", sheet(), "an Excel workbook (.xlsx) under the suffix .docx"),
        ("a.xlsx", word(), "a Word document (.docx) under the suffix .xlsx"),
        ("a.docx", "plain words", "plain text under the suffix .docx"),
        ("a.html", "plain words", "plain text under the suffix .html"),
        ("a.docx", packed({"a.txt": "1"}), "a zip archive under the suffix .docx"),
        ("a.zip", packed({"a.txt": "1"}), "a zip archive"),
        ("a.pdf", PIXEL, "a picture"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "a picture"),
        ("a.zip", b"Rar!\x1a\x07", "a packed archive"),
        ("a.mht", "MIME-Version: 1.0\n<html>", "a web archive"),
        ("a.docx", packed({"ppt/presentation.xml": "<p/>"}), "a presentation"),
        ("a.ofd", packed({"OFD.xml": "<p/>"}), "an OFD document"),
        ("a.xls", OLE + "WordDocument".encode("utf-16-le"), "an older Word, WPS or RTF document under the suffix .xls"),
        ("a.doc", OLE + b"\0" * 600, "an older Office file without text or sheet"),
        ("a.exe", b"MZ\x90\0", "a program"),
        ("a.txt", bytes(range(256)) * 20, "bytes of an unknown kind"),
        ("a.txt", b"\xff\xfe\xff" * 50 + b"\x81", "bytes that are no text"),
    ],
)
def test_a_file_that_is_something_else_says_what_it_is(name: str, content: bytes | str, found: str, line: Line) -> None:
    assert f"found {found}" in line(name, content)


# Locked, damaged, empty of text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".doc"])
def test_an_office_file_with_a_password(suffix: str, line: Line) -> None:
    message = line(f"a{suffix}", OLE + "EncryptedPackage".encode("utf-16-le"))
    assert "password" in message
    assert "save it without one" in message


def test_a_pdf_with_a_password(line: Line) -> None:
    assert "a PDF protected by a password" in line(
        "a.pdf", portable(one_word, encrypt=StandardEncryption("open", "own"))
    )


def test_a_pdf_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(portable(one_word, encrypt=StandardEncryption("", "own", canPrint=0)))
    assert [text for text, _ in read_document(tmp_path / "a.pdf").texts()] == ["12"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", word()[:-40]),
        ("a.docx", packed({"word/document.xml": "<w:document"})),
        ("a.docx", word("x" * 900).replace(b"word/document.xml", b"word/documentsxml", 1)),
        ("a.xlsx", sheet()[:-40]),
        ("a.xlsx", packed({"xl/workbook.xml": "<workbook"})),
        ("a.xls", OLE + "Workbook".encode("utf-16-le") + b"\0" * 3000),
        ("a.ods", packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a"})),
        ("a.pdf", b"%PDF-1.7\nnothing"),
        ("a.pdf", portable(one_word)[:200]),
        ("a.pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj trailer<</Root 1 0 R>>"),
    ],
)
def test_a_damaged_file(name: str, content: bytes, line: Line) -> None:
    message = line(name, content)
    assert "damaged" in message or "a scan" in message


def test_a_scan_says_what_to_do(line: Line) -> None:
    message = line("a.pdf", portable(lambda canvas: canvas.drawImage(ImageReader(io.BytesIO(PIXEL)), 0, 0, 500, 700)))
    assert "a scan" in message
    assert "OCR" in message
    assert "Word" in message


def test_a_page_that_is_a_picture_among_pages_of_text_is_told(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        one_word(canvas)
        canvas.showPage()
        canvas.drawImage(ImageReader(io.BytesIO(PIXEL)), 0, 0, 500, 700)

    (tmp_path / "a.pdf").write_bytes(portable(draw))
    assert read_document(tmp_path / "a.pdf").notes == ("page 2: a picture without text, not read",)


def test_a_workbook_with_nothing_in_it(line: Line) -> None:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    assert "without any text or number" in line("a.xlsx", buffer.getvalue())


# Too large, bombs, nesting -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".txt", ".html", ".docx", ".pdf", ".xlsx", ".zip"])
def test_a_file_of_more_than_200_megabytes_is_not_opened(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    with path.open("wb") as file:
        file.truncate(limits.FILE_BYTES + 1)
    with pytest.raises(DocumentError, match="found 200 MB; expected at most 200 MB"):
        read_document(path)


@pytest.mark.parametrize(
    ("name", "content", "module", "limit"),
    [("a.txt", "年" * 100, text, "TEXT_BYTES"), ("a.html", "<p>" + "年" * 100, html, "HTML_BYTES")],
)
def test_a_text_or_page_beyond_its_limit(
    name: str, content: str, module: object, limit: str, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, limit, 100)
    assert "expected at most" in line(name, content)


BOMB = packed({"word/document.xml": b" " * 5_000_000, "xl/workbook.xml": b" "})


@pytest.mark.parametrize("name", ["a.docx", "b.xlsx"])
def test_a_zip_bomb(name: str, line: Line) -> None:
    content = BOMB if name == "a.docx" else packed({"xl/workbook.xml": "<w/>", "xl/a.xml": b" " * 5_000_000})
    assert "zip bomb" in line(name, content)


def test_a_package_that_unpacks_to_too_much(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RATIO", 10**9)
    monkeypatch.setattr("gdgk.importers.docx.PACKAGE_BYTES", 1_000_000)
    assert "contents of 5 MB when unpacked" in line("a.docx", BOMB)
    monkeypatch.setattr("gdgk.importers.docx.PACKAGE_BYTES", 10**9)
    monkeypatch.setattr(limits, "XML_BYTES", 1_000_000)
    assert "found 5 MB; expected at most 1 MB" in line("a.docx", BOMB)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_stream_of_a_pdf_that_unpacks_to_too_much(layers: int, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "STREAM_BYTES", 1_000_000)
    stream = b"q Q " * 500_000
    for _ in range(layers):
        stream = zlib.compress(stream)
    filters = b"/FlateDecode " * layers
    head = b"%%PDF-1.4\n4 0 obj<</Length %d/Filter[%s]>>stream\n" % (len(stream), filters)
    assert "zip bomb" in line("a.pdf", head + stream + b"\nendstream endobj")


def test_a_pdf_of_too_many_pages_or_too_much_drawing(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(canvas: Canvas) -> None:
        one_word(canvas)
        canvas.showPage()
        one_word(canvas)

    monkeypatch.setattr(pdf, "PAGES", 1)
    assert "found 2 pages; expected at most 1" in line("a.pdf", portable(draw))
    monkeypatch.setattr(pdf, "PAGES", 2)
    monkeypatch.setattr(pdf, "PAGE_CODE_BYTES", 10)
    assert "page 1: found a page of too much drawing" in line("a.pdf", portable(draw))


def test_a_drawing_of_many_rules_is_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([100, 200, 300], [500, 600, 700])
        canvas.drawString(110, 610, "12")

    monkeypatch.setattr(pdf, "PAGE_EDGES", 3)
    (tmp_path / "a.pdf").write_bytes(portable(draw))
    assert [block.place for block in read_document(tmp_path / "a.pdf").blocks] == ["page 1, line 1"]


def test_tables_nested_50_deep(line: Line) -> None:
    page = "<html><body>" + "<table><tr><td>" * 50 + "1" + "</td></tr></table>" * 50
    assert "nested more than 16 deep" in line("a.html", page)
    body = "<w:tbl><w:tr><w:tc>" * 50 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 50
    assert "nested more than 16 deep" in line("a.docx", word(body))


def test_elements_nested_without_end(tmp_path: Path, line: Line) -> None:
    (tmp_path / "a.html").write_text("<html><body>" + "<div>" * 1_500 + "12")
    assert [text for text, _ in read_document(tmp_path / "a.html").texts()] == ["12"]
    assert "elements nested without end" in line("b.html", "<html><body>" + "<div>" * 5_000 + "12")
    assert "damaged" in line("a.docx", word("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000))


@pytest.mark.parametrize("span", ["colspan=999999999 rowspan=65534", "colspan=1000"])
def test_spans_without_end(span: str, tmp_path: Path, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdgk.importers.cells.GRID_PLACES", 2_500)
    message = line("a.html", f"<html><table>{f'<tr><td {span}>1<td>2' * 40}</table>")
    assert "table 1: found cells spanning more than 2,500 places" in message


def test_a_sheet_that_runs_on_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "SHEET_ROWS", 5)
    book = openpyxl.Workbook()
    book.active.append(["规章", 3])
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "a.xlsx")
    document = read_document(tmp_path / "a.xlsx")
    assert [text for text, _ in document.texts()] == ["规章", "3"]
    assert "of 1048576 rows and 16384 columns, only the first 5 rows" in document.notes[0]


# Entities and what lies outside --------------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE w SYSTEM "http://example.org/a.dtd">'


@pytest.mark.parametrize("prolog", [LAUGHS, OUTSIDE, "<!-- " + "x" * 9000 + " -->" + LAUGHS])
def test_a_document_type_in_office_xml(prolog: str, line: Line) -> None:
    assert "a document type (DTD) in word/document.xml" in line("a.docx", word(prolog=prolog))
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet())) as source, zipfile.ZipFile(changed, "w") as target:
        for member in source.namelist():
            content = source.read(member)
            target.writestr(member, prolog.encode() + content if member == "xl/worksheets/sheet1.xml" else content)
    assert "a document type (DTD) in xl/worksheets/sheet1.xml" in line("a.xlsx", changed.getvalue())


def test_entities_of_a_page_stay_what_they_are(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><p>[&x;]</p></body></html>'
    (tmp_path / "a.html").write_text(page)
    assert not any("geheim" in text for text, _ in read_document(tmp_path / "a.html").texts())


def test_links_of_a_page_and_of_a_word_document_are_not_followed(tmp_path: Path) -> None:
    outside = "http://example.org/a"
    page = f"<html><head><base href='{outside}'><link rel=stylesheet href='{outside}'></head><body>"
    (tmp_path / "a.html").write_text(f"{page}<img src='{outside}'><iframe src='{outside}'></iframe><p>1</p>")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    relations = (
        f'<Relationships><Relationship Id="r" Type="{kind}" Target="{outside}" TargetMode="External"/></Relationships>'
    )
    members: dict[str, bytes | str] = {
        "word/_rels/document.xml.rels": relations,
        "word/_rels/settings.xml.rels": relations,
    }
    body = f"<w:document {W}><w:body><w:p><w:r><w:t>2</w:t></w:r></w:p></w:body></w:document>"
    (tmp_path / "b.docx").write_bytes(packed({"word/document.xml": body, **members}))
    assert [next(read_document(tmp_path / name).texts())[0] for name in ("a.html", "b.docx")] == ["1", "2"]


# Zips ----------------------------------------------------------------------------------------------------------------


def errors(path: Path, **most: int) -> list[str]:
    """The errors of an expansion, one line each."""
    found = [str(item) for item in expand([path], **most) if isinstance(item, DocumentError)]
    assert all("\n" not in message for message in found)
    return found


def zipped(folder: Path, content: bytes) -> Path:
    path = folder / "all.zip"
    path.write_bytes(content)
    return path


def test_zips_within_zips_within_zips_are_refused_and_the_others_go_on(tmp_path: Path) -> None:
    deep = packed({"b.zip": packed({"c.zip": packed({"x.txt": "1"})}), "a.txt": "1"})
    path = zipped(tmp_path, deep)
    assert errors(path) == [
        f"{path}/b.zip/c.zip: found zips nested more than 2 deep; expected documents; unpack the inner zip first"
    ]
    assert [item.name for item in expand([path]) if isinstance(item, Source)] == [f"{path}/a.txt"]


def test_a_locked_or_damaged_member_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    content = bytearray(packed({"a.txt": "1" * 50, "b.txt": "2" * 50, "c.txt": "3"}))
    for at, flag in ((content.index(b"PK\x01\x02") + 8, 1), (6, 1)):
        content[at] |= flag
    second = content.index(b"PK\x03\x04", 10) + 30 + len("b.txt")
    content[second] ^= 0xFF
    path = zipped(tmp_path, bytes(content))
    locked, broken = errors(path)
    assert "a.txt: found a member of a zip protected by a password" in locked
    assert "b.txt: found a member of a zip that is damaged" in broken
    assert [item.name for item in expand([path]) if isinstance(item, Source)] == [f"{path}/c.txt"]


def test_a_zip_of_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path, packed({"a.txt": os.urandom(3_000), "b.txt": "2"}))
    assert "contents of 0 MB when unpacked" in errors(path, most_bytes=2_000)[0]
    assert "more than 1 files" in errors(path, most_members=1)[0]
    monkeypatch.setattr(bundle, "FILE_BYTES", 2_000)
    assert [message.startswith(f"{path}/a.txt") for message in errors(path)] == [True]
    assert "zip bomb" in errors(zipped(tmp_path, packed({"a.txt": b"1" * 5_000_000})))[0]


def test_a_zip_or_folder_with_nothing_to_read(tmp_path: Path) -> None:
    assert "a zip without documents" in errors(zipped(tmp_path, packed({".DS_Store": "1"})))[0]
    (tmp_path / "empty").mkdir()
    assert "a folder without documents" in errors(tmp_path / "empty")[0]


# LibreOffice ---------------------------------------------------------------------------------------------------------

RTF = r"{\rtf1\ansi 12\par\trowd\cellx1000\cellx2000 a\cell 3\cell\row}"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a program of ours where LibreOffice would be found."""

    def install(script: str) -> None:
        program = tmp_path / "bin" / "soffice"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(doc, "HOMES", ())
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    return install


def test_an_older_document_without_libreoffice_says_what_to_do(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doc, "HOMES", ())
    monkeypatch.setenv("PATH", "")
    message = line("a.doc", RTF)
    assert "no LibreOffice" in message
    assert "save it as .docx" in message


def test_libreoffice_gets_a_copy_and_a_profile_without_macros(office: Callable[[str], None], tmp_path: Path) -> None:
    (tmp_path / "made.docx").write_bytes(word("<w:p><w:r><w:t>12</w:t></w:r></w:p>"))
    script = f'echo "$@" > "{tmp_path}/asked"\ncat profile/user/*.xcu > "{tmp_path}/set"\n'
    office(f'{script}cp "{tmp_path}/made.docx" source.docx')
    (tmp_path / "年 报;x.doc").write_text(RTF)
    document = read_document(tmp_path / "年 报;x.doc")
    assert (document.kind, next(document.texts())[0]) == ("doc", "12")
    asked = (tmp_path / "asked").read_text()
    assert "--headless" in asked
    assert "年" not in asked
    assert 'DisableMacrosExecution" oor:op="fuse"><value>true' in (tmp_path / "set").read_text()


@pytest.mark.parametrize("script", ["exit 1", "echo no > source.docx"])
def test_libreoffice_that_fails_costs_one_line(script: str, line: Line, office: Callable[[str], None]) -> None:
    office(script)
    assert "damaged" in line("a.doc", RTF)


def test_libreoffice_that_does_not_end_is_ended(
    line: Line, office: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doc, "SECONDS", 0.2)
    office("tail -f /dev/null & wait")
    assert "did not finish within 0.2 s" in line("a.doc", RTF)


HOSTILE_LINES = {
    "figures": "1 " * 500_000,
    "years": "2022年" * 200_000,
    "titles": "政府信息公开工作年度" * 100_000,
    "brackets": "（" * 800_000,
    "sources": "来源：某" * 200_000,
    "first rows": "一、本年新收政府信息公开申请数量\n" * 50_000,
    "cells": "a |\n" * 100_000,
}


@pytest.mark.parametrize("kind", HOSTILE_LINES)
def test_text_made_to_be_slow_costs_in_step_with_its_length(kind: str) -> None:
    report = as_layout(examples("2021", 1)[0], NAMES[0], "bars")

    def steps(hostile: str) -> int:
        made = 0

        def count(*_: object) -> None:
            nonlocal made
            made += 1

        sys.setprofile(count)
        try:
            recognise(text.read_string(f"{report}\n{hostile}", "a.txt"))
        finally:
            sys.setprofile(None)
        return made

    whole = HOSTILE_LINES[kind]
    short, long = steps(whole[: len(whole) // 40]), steps(whole[: len(whole) // 20])
    assert long <= 2.5 * short


def test_a_line_of_half_a_million_figures_is_one_piece_and_no_row() -> None:
    (found,) = lines_of(text.read_string("1 " * 500_000, "a.txt"))
    assert len(found.pieces) == 1 and not found.only_values
