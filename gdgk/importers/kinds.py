"""Which kind of document a file is, by its suffix and by its content, and its reader."""

from __future__ import annotations

import re
import zipfile
from importlib import import_module
from pathlib import Path

from gdgk.importers.bundle import Source, expand
from gdgk.importers.document import Document, DocumentError
from gdgk.importers.limits import TEXT_BYTES, checked_size, damaged, locked

__all__ = ["ACCEPTED", "READERS", "Source", "expand", "kind_of", "read_document"]

# The module that reads each kind; a module is imported when its first document comes.
READERS = {
    "text": "text",
    "html": "html",
    "docx": "docx",
    "doc": "doc",
    "pdf": "pdf",
    "xlsx": "spreadsheet",
    "xls": "spreadsheet",
    "ods": "spreadsheet",
}
WORDS = frozenset({"docx", "doc", "html"})
SHEETS = frozenset({"xlsx", "xls", "ods", "html"})
# What may stand under a suffix: programs save Word and Excel files under one another's suffixes, and open them all.
ACCEPTED = {
    ".txt": frozenset({"text"}),
    ".md": frozenset({"text"}),
    ".markdown": frozenset({"text"}),
    ".html": frozenset({"html"}),
    ".htm": frozenset({"html"}),
    ".shtml": frozenset({"html"}),
    ".xhtml": frozenset({"html"}),
    ".docx": WORDS,
    ".docm": WORDS,
    ".doc": WORDS,
    ".wps": WORDS,
    ".rtf": WORDS,
    ".odt": WORDS,
    ".pdf": frozenset({"pdf"}),
    ".xlsx": SHEETS,
    ".xlsm": SHEETS,
    ".xls": SHEETS,
    ".et": SHEETS,
    ".ods": SHEETS,
}
CALLED = {
    "text": "plain text",
    "html": "a web page",
    "docx": "a Word document (.docx)",
    "doc": "an older Word, WPS or RTF document",
    "pdf": "a PDF",
    "xlsx": "an Excel workbook (.xlsx)",
    "xls": "an older Excel workbook (.xls)",
    "ods": "an OpenDocument sheet",
    "zip": "a zip archive",
}
SUFFIX = {"text": ".txt", "doc": ".doc"}
HEAD_BYTES = 4096
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = re.compile(
    rb"<!doctype\s+html|<(?:html|head|body|meta|title|table|tbody|tr|div|span|p|h[1-6]|font|center|section|article)[\s>/]",
    re.IGNORECASE,
)
# What cannot be read, how it begins, and what to do with it.
OTHERS = (
    (
        rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|BM.{4}\0{4}|RIFF....WEBP",
        "a picture",
        "ask for the Word file, or run OCR",
    ),
    (
        rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|.{257}ustar",
        "a packed archive, no .zip",
        "unpack it and give its files",
    ),
    (rb"MIME-Version:|From:\s|Content-Type:\s", "a web archive or e-mail (.mht, .eml)", "save the page as HTML only"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "PostScript", "convert it to PDF"),
    (rb"MZ|\x7fELF", "a program", "do not run it; give the report itself"),
)


def read_document(path: Path, name: str = "") -> Document:
    """A document of any kind; ``name`` is what messages call it (a member of a zip has no path of its own).

    Raises :class:`DocumentError`, one line, for whatever cannot be read as a report.
    """
    name = name or str(path)
    kind = kind_of(path, name)
    suffix = Path(name).suffix.lower()
    accepted = ACCEPTED.get(suffix)
    if kind not in READERS or (accepted and kind not in accepted):
        under = f" under the suffix {suffix}" if accepted else ""
        usual = SUFFIX.get(kind, f".{kind}")
        do = (
            f"if it is the report, rename it to {usual}"
            if kind in READERS
            else "give the files in it, or the zip to import"
        )
        raise DocumentError(name, f"{CALLED[kind]}{under}", expected_under(suffix), do)
    module = import_module(f"gdgk.importers.{READERS[kind]}")
    try:
        document: Document = module.read(path, name)
    except RecursionError as error:
        raise damaged(name, f"{CALLED[kind]} nested too deep", error) from error
    except MemoryError as error:
        raise damaged(name, f"{CALLED[kind]} too large for this machine's memory") from error
    return document


def expected_under(suffix: str) -> str:
    """What a file of a suffix should be, for messages."""
    kinds = ACCEPTED.get(suffix, frozenset(READERS))
    return " or ".join(CALLED[kind] for kind in READERS if kind in kinds)


def kind_of(path: Path, name: str = "") -> str:
    """The kind of a file by its content: a key of ``READERS``, or ``zip``.

    Raises :class:`DocumentError` for what is none of them: pictures, other archives, presentations, locked packages.
    """
    name = name or str(path)
    size = checked_size(path, name)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise DocumentError(
            name, error.strerror or "an unreadable file", "a readable file", "check its rights"
        ) from error
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(OLE):
        return ole_kind(path, name)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return package_kind(path, name)
    if head.startswith(b"{\\rtf") or b'progid="Word.Document"' in head:
        return "doc"
    for begins, what, do in OTHERS:
        if re.match(begins, head, re.DOTALL):
            raise DocumentError(name, what, expected_under(Path(name).suffix.lower()), do)
    return markup_or_text(head, size, name)


def markup_or_text(head: bytes, size: int, name: str) -> str:
    """Whether bytes are a web page or plain text."""
    bare = head.replace(b"\0", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    if MARKUP.search(bare):
        suffix = Path(name).suffix.lower()
        # A text may quote a tag (<p>, <br>): under a suffix of text it is a page only when it begins like one.
        begins = (
            bare.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower().startswith((b"<!doctype", b"<html", b"<head", b"<body"))
        )
        if begins or "html" in ACCEPTED.get(suffix, ()) or suffix not in ACCEPTED:
            return "html"
    if b"\0" in bare:
        raise DocumentError(
            name, "bytes of an unknown kind", expected_under(Path(name).suffix.lower()), "save it anew as .docx"
        )
    if size > TEXT_BYTES and Path(name).suffix.lower() in (".html", ".htm"):
        return "html"
    return "text"


def ole_kind(path: Path, name: str) -> str:
    """The kind of an older Office file by the names of its streams."""
    data = path.read_bytes()
    streams = {
        word: word.encode("utf-16-le") in data for word in ("EncryptedPackage", "WordDocument", "Workbook", "Book")
    }
    if streams["EncryptedPackage"]:
        raise locked(name, "an Office document")
    if streams["WordDocument"]:
        return "doc"
    if streams["Workbook"] or streams["Book"]:
        return "xls"
    suffix = Path(name).suffix.lower()
    if suffix == ".wps":
        return "doc"
    raise DocumentError(
        name,
        "an older Office file without text or sheet",
        expected_under(suffix),
        "open it in an office program, save as .docx",
    )


def package_kind(path: Path, name: str) -> str:
    """The kind of a zip by its members."""
    try:
        with zipfile.ZipFile(path) as package:
            members = set(package.namelist())
            is_odf = "mimetype" in members and package.getinfo("mimetype").file_size < 200
            mimetype = package.read("mimetype") if is_odf else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise damaged(name, "a zip or Office file", error) from error
    if "word/document.xml" in members or any(member.startswith("word/document") for member in members):
        return "docx"
    if "xl/workbook.xml" in members:
        return "xlsx"
    if b"opendocument.text" in mimetype:
        return "doc"
    if b"opendocument.spreadsheet" in mimetype:
        return "ods"
    for mark, what in (
        ("ppt/presentation.xml", "a presentation (.pptx)"),
        ("OFD.xml", "an OFD document"),
        ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
        ("META-INF/container.xml", "an e-book"),
    ):
        if mark in members:
            raise DocumentError(name, what, expected_under(Path(name).suffix.lower()), "save it as .docx, .xlsx or PDF")
    return "zip"
