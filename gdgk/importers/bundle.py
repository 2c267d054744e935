"""Folders and zips of documents, one file after the other; no member is ever written under its own name."""

from __future__ import annotations

import os
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gdgk.importers.document import DocumentError
from gdgk.importers.limits import (
    BUNDLE_BYTES,
    BUNDLE_MEMBERS,
    FILE_BYTES,
    UNREADABLE,
    checked_size,
    chunks,
    damaged,
    locked,
    opened_zip,
    too_large,
)

# Files that systems and programs leave beside documents, and what a saved page brings along.
LITTER = frozenset({"thumbs.db", "desktop.ini", "__macosx", "icon\r"})
COMPANIONS = frozenset({".css", ".js", ".woff", ".woff2", ".ttf", ".lnk", ".url", ".ini", ".db", ".tmp", ".bak"})
# A zip may lie in a zip (agencies collect what their offices send), not deeper.
ZIP_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. name: what messages call it (``all.zip/street.docx``); path: where it is while it is yielded.

    The path of a zip's member is a temporary file that goes when the next source is asked for.
    """

    name: str
    path: Path

    @property
    def suffix(self) -> str:
        """The suffix it was given, in lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()


def expand(
    paths: Iterable[Path], most_bytes: int = BUNDLE_BYTES, most_members: int = BUNDLE_MEMBERS
) -> Iterator[Source | DocumentError]:
    """Files, folders (with their folders) and zips as single files, in the order of their names.

    What cannot be opened is yielded as its :class:`DocumentError`, and the others go on. most_bytes, most_members: of
    one zip or folder. Hidden files, lock files (``~$…``) and what systems leave behind are passed over.
    """
    for path in paths:
        try:
            if path.is_dir():
                yield from folder(path, most_bytes, most_members)
            else:
                yield from single(Source(str(path), path), 0, most_bytes, most_members)
        except DocumentError as error:
            yield error


def folder(path: Path, most_bytes: int, most_members: int) -> Iterator[Source | DocumentError]:
    """The files below a folder; folders that are links are not entered."""
    met = 0
    for base, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not is_litter(name) and not name.endswith("_files"))
        for file in sorted(files):
            if is_litter(file):
                continue
            met += 1
            if met > most_members:
                raise too_many(str(path), most_members)
            found = Path(base) / file
            yield from single(Source(str(found), found), 0, most_bytes, most_members)
    if not met:
        raise nothing_inside(str(path), "a folder")


def single(source: Source, depth: int, most_bytes: int, most_members: int) -> Iterator[Source | DocumentError]:
    """One file, or the members of a zip."""
    try:
        if is_zip(source):
            yield from zipped(source, depth + 1, most_bytes, most_members)
        else:
            yield source
    except DocumentError as error:
        yield error


def is_zip(source: Source) -> bool:
    """Whether a file is a zip of documents: by its suffix, or by its content where it has none that is known."""
    if source.suffix == ".zip":
        return True
    if source.suffix:
        return False
    try:
        with source.path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def zipped(source: Source, depth: int, most_bytes: int, most_members: int) -> Iterator[Source | DocumentError]:
    """The members of a zip, each unpacked alone into a temporary file."""
    name = source.name
    if depth > ZIP_DEPTH:
        raise DocumentError(name, f"zips nested more than {ZIP_DEPTH} deep", "documents", "unpack the inner zip first")
    checked_size(source.path, name)
    with ExitStack() as stack:
        package = stack.enter_context(opened_zip(source.path, name, most_bytes, "a zip"))
        members = [(decoded_name(info), info) for info in package.infolist() if not info.is_dir()]
        members = sorted(((shown, info) for shown, info in members if not litter_path(shown)), key=lambda item: item[0])
        if len(members) > most_members:
            raise too_many(name, most_members)
        if not members:
            raise nothing_inside(name, "a zip")
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gdgk-")))
        for shown, info in members:
            target = home / f"member{PurePosixPath(shown).suffix.lower()[:8] if shown.isprintable() else ''}"
            try:
                unpack(package, info, target, f"{name}/{shown}")
                yield from single(Source(f"{name}/{shown}", target), depth, most_bytes, most_members)
            except DocumentError as error:
                yield error
            finally:
                target.unlink(missing_ok=True)


def unpack(package: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, name: str) -> None:
    """Write a member's bytes to a file of our own naming."""
    if info.file_size > FILE_BYTES:
        raise too_large(name, info.file_size, FILE_BYTES)
    if info.flag_bits & 1:
        raise locked(name, "a member of a zip")
    try:
        with target.open("wb") as file:
            for piece in chunks(package, info):
                file.write(piece)
    except UNREADABLE as error:
        raise damaged(name, "a member of a zip", error) from error


def decoded_name(info: zipfile.ZipInfo) -> str:
    """A member's name as its maker wrote it, for show only: UTF-8 where said or valid, else GBK (Chinese Windows)."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        data = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = data.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return "".join(sign if sign.isprintable() else "?" for sign in "/".join(parts)) or "?"


def litter_path(name: str) -> bool:
    """Whether a member, or a folder it is in, is nothing to read."""
    parts = PurePosixPath(name).parts
    return any(is_litter(part) for part in parts) or any(part.endswith("_files") for part in parts[:-1])


def is_litter(name: str) -> bool:
    """Whether a file or folder is hidden, a lock, or left behind by a system or a program."""
    low = name.lower()
    return low.startswith((".", "~$", "~wrl")) or low in LITTER or PurePosixPath(low).suffix in COMPANIONS


def too_many(name: str, most: int) -> DocumentError:
    """The error for more files than are read in one go."""
    return DocumentError(name, f"more than {most:,} files", f"at most {most:,} documents", "give fewer at a time")


def nothing_inside(name: str, what: str) -> DocumentError:
    """The error for a folder or zip without documents."""
    return DocumentError(name, f"{what} without documents", "reports in it", "check that this is the one you meant")
