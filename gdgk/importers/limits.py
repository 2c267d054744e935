"""What a document may cost to read, and the checks that keep it to that; nothing in a document is executed or fetched.

A published report is 5 kB to 5 MB; every limit stands far above that and far below what a small machine can bear.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from gdgk.importers.document import DocumentError

MEGABYTE = 1_000_000
# Reports with photographs stay below 60 MB; hashing and copying more than this would keep an analyst waiting.
FILE_BYTES = 200 * MEGABYTE
# A report as text is below 1 MB; reading costs about 20 bytes of memory for each of these.
TEXT_BYTES = 20 * MEGABYTE
# Saved pages with embedded pictures reach 20 MB; their tree costs some ten times their size in memory.
HTML_BYTES = 32 * MEGABYTE
# One part of a docx or xlsx, unpacked: 300 kB is usual; its tree costs some ten times its size in memory.
XML_BYTES = 32 * MEGABYTE
# All parts of one docx or xlsx, pictures included, and everything in one zip of reports.
PACKAGE_BYTES = 500 * MEGABYTE
BUNDLE_BYTES = 2_000 * MEGABYTE
BUNDLE_MEMBERS = 5_000
# Office XML shrinks to a twentieth or a fiftieth, a zip bomb to less than a five-hundredth; small parts cannot harm.
RATIO = 300
RATIO_FROM = MEGABYTE
# Web pages lay tables in tables up to some eight deep.
TABLE_DEPTH = 16
# Spans may cover at most this many places of one grid (table 三 has 260).
GRID_PLACES = 200_000
# Rows and columns read of one sheet: what lies beyond is formatting that ran on.
SHEET_ROWS = 2_000
SHEET_COLUMNS = 200


# What zipfile and zlib raise for members that break off or are packed in a way they do not know.
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, ValueError)


def checked_size(path: Path, name: str, most: int = FILE_BYTES) -> int:
    """The size of a file in bytes; :class:`DocumentError` when it is missing, no file, empty or too large."""
    try:
        size = path.stat().st_size
    except OSError as error:
        reason = error.strerror or "no file"
        raise DocumentError(name, reason, "a readable file", "check the path and its rights") from error
    if not path.is_file():
        raise DocumentError(name, "no regular file", "a document", "give the file itself")
    if not size:
        raise DocumentError(name, "an empty file (0 bytes)", "a report", "fetch or ask for the file again")
    if size > most:
        raise too_large(name, size, most)
    return size


def too_large(name: str, size: int, most: int) -> DocumentError:
    """The error for more bytes than are read."""
    return DocumentError(
        name,
        f"{size / MEGABYTE:,.0f} MB",
        f"at most {most / MEGABYTE:,.0f} MB",
        "give only the report itself, without pictures and attachments",
    )


def content(path: Path, name: str, most: int = FILE_BYTES) -> bytes:
    """The bytes of a file of at most so many bytes; :class:`DocumentError` when it cannot be read."""
    checked_size(path, name, most)
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "an unreadable file"
        raise DocumentError(name, reason, "a readable file", "check its rights") from error


def opened_zip(path: Path, name: str, most: int, what: str) -> zipfile.ZipFile:
    """A zip whose declared contents keep to the limits (reading a member never yields more than it declares).

    most: bytes of all members together; what: the kind of file for messages, ``a .docx file``.
    """
    checked_size(path, name)
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged(name, what, error) from error
    try:
        check_bomb(package.infolist(), name, most)
    except DocumentError:
        package.close()
        raise
    return package


def check_bomb(members: list[zipfile.ZipInfo], name: str, most: int) -> None:
    """Raise :class:`DocumentError` when members unpack to too much, all together or one by its ratio."""
    total = sum(member.file_size for member in members)
    if total > most:
        raise DocumentError(
            name,
            f"contents of {total / MEGABYTE:,.0f} MB when unpacked",
            f"at most {most / MEGABYTE:,.0f} MB",
            "do not open it unless you know its sender; give the report alone",
        )
    for member in members:
        if member.file_size > max(RATIO_FROM, RATIO * max(member.compress_size, 1)):
            ratio = member.file_size // max(member.compress_size, 1)
            raise DocumentError(
                name,
                f"a part packed {ratio:,} to 1 (a zip bomb)",
                f"at most {RATIO} to 1",
                "do not open it unless you know its sender; ask for the file again",
            )


def damaged(name: str, what: str, error: Exception | None = None) -> DocumentError:
    """The error for a file that breaks off or does not keep to its format."""
    reason = " ".join(str(error).split())[:80] if error else ""
    detail = f" ({reason})" if reason else ""
    return DocumentError(
        name,
        f"{what} that is damaged{detail}",
        "a whole file",
        "fetch it again, or open it in an office program and save",
    )


def locked(name: str, what: str) -> DocumentError:
    """The error for a file that opens with a password only."""
    return DocumentError(
        name, f"{what} protected by a password", "an open file", "open it with the password and save it without one"
    )


def part(package: zipfile.ZipFile, member: str, name: str, what: str) -> etree._Element | None:
    """The XML of a part of a docx or xlsx, None when there is none; no document type, so no entity, is let in."""
    try:
        info = package.getinfo(member)
    except KeyError:
        return None
    if info.file_size > XML_BYTES:
        raise too_large(f"{name}, {member}", info.file_size, XML_BYTES)
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, **options)
    try:
        root = etree.fromstring(package.read(info), parser)
    except etree.XMLSyntaxError as error:
        raise damaged(name, what, error) from error
    except RuntimeError as error:  # zipfile's word for an encrypted member
        raise locked(name, what) from error
    except UNREADABLE as error:
        raise damaged(name, what, error) from error
    if root.getroottree().docinfo.doctype:
        raise has_doctype(name, member)
    return root


def has_doctype(name: str, member: str) -> DocumentError:
    """The error for XML that declares a document type, the way entities come in."""
    return DocumentError(
        name,
        f"a document type (DTD) in {member}",
        "plain Office XML",
        "do not open it unless you know its sender; save it anew from an office program",
    )


def check_doctypes(package: zipfile.ZipFile, name: str, what: str) -> None:
    """Raise :class:`DocumentError` when an XML part declares a document type, in any encoding an XML parser takes."""
    marks = ["<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    for member in package.infolist():
        if not member.filename.endswith((".xml", ".rels", ".vml")):
            continue
        if member.file_size > XML_BYTES:
            raise too_large(f"{name}, {member.filename}", member.file_size, XML_BYTES)
        try:
            data = package.read(member)
        except RuntimeError as error:
            raise locked(name, what) from error
        except UNREADABLE as error:
            raise damaged(name, what, error) from error
        if any(mark in data for mark in marks):
            raise has_doctype(name, member.filename)


def chunks(package: zipfile.ZipFile, member: zipfile.ZipInfo, size: int = 1 << 20) -> Iterator[bytes]:
    """The bytes of a member a piece at a time."""
    with package.open(member) as stream:
        while piece := stream.read(size):
            yield piece
