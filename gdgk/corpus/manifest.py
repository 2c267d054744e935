"""manifest.json: what a pack holds, of which schema it is, and the digest of each of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import gdgk
from gdgk.corpus.schema import SCHEMA
from gdgk.errors import GdgkError, InputError

NAME = "manifest.json"
PACKAGE = Path(gdgk.__file__).parent
# What decides how a report is read and packed: where any of it changes, everything is read again.
READING = ("form.py", "report.py", "archive", "forms", "corpus")
AGAIN = "pack again with gdgk pack"


@dataclass(frozen=True)
class Manifest:
    """What a pack says of itself.

    reading: the digest of the code and forms by which reports were read; options: what was asked for beside the panel;
    reports, agencies, years: counts, and the first and last year; synthetic: how many reports are made-up; provinces:
    by code the reports and the digest of what agencies.csv says of theirs; by_year: by year the editions of its reports
    and the digest of what its copy was made from; files: by name their sizes and digests.
    """

    gdgk: str
    schema: int
    reading: str
    options: Mapping[str, bool]
    reports: int
    synthetic: int
    agencies: int
    years: tuple[int, ...]
    by_year: Mapping[str, Mapping[str, Any]]
    provinces: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def text(self) -> str:
        """The manifest as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    def named(self, table: str) -> list[str]:
        """The files of a table: ``panel`` has one for each province."""
        return [name for name in self.files if name.split("/")[0].removesuffix(".parquet") == table]


def mark_of(synthetic: int, reports: int) -> str:
    """How much of some reports is made-up, as files say it."""
    return "none" if not synthetic else "all" if synthetic == reports else "some"


def read_manifest(where: object, text: str) -> Manifest:
    """A manifest from its text. where: the pack, for messages. Raises :class:`InputError` for what is none, or is one
    of a newer gdgk.
    """
    path = f"{where}/{NAME}"
    try:
        values = json.loads(text)
        number = int(values["schema"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(path, None, f"no manifest ({error})", "the manifest of a pack", AGAIN) from None
    if number > SCHEMA:
        found = f"schema {number}, of gdgk {values.get('gdgk')}"
        raise InputError(
            path, None, found, f"schema {SCHEMA} or earlier", "update gdgk, or pack with this one elsewhere"
        )
    try:
        return Manifest(**{**values, "years": tuple(values["years"])})
    except (TypeError, KeyError) as error:
        raise InputError(
            path, None, f"a manifest that lacks or adds something ({error})", "the keys of this gdgk", AGAIN
        ) from None


def check_files(root: Path, manifest: Manifest) -> None:
    """Raise :class:`InputError` for a file of a pack on disk that is missing or not of its size."""
    for name, said in manifest.files.items():
        path = root / name
        try:
            size = path.stat().st_size
        except OSError as error:
            raise InputError(
                path, None, error.strerror or "no file", f"a file of {said['bytes']} bytes", AGAIN
            ) from None
        if size != said["bytes"]:
            raise InputError(path, None, f"{size} bytes", f"{said['bytes']}, as {NAME} says", AGAIN)


def check_content(path: Path, said: Mapping[str, Any]) -> None:
    """Raise :class:`InputError` for a file whose content is not the one that the manifest names."""
    try:
        found = file_entry(path)["sha256"]
    except OSError as error:
        raise InputError(path, None, error.strerror or "no file", "a file of the pack", AGAIN) from None
    if found != said["sha256"]:
        raise InputError(path, None, f"sha256 {found[:12]}…", f"{said['sha256'][:12]}…, as {NAME} says", AGAIN)


def is_whole(root: Path, manifest: Manifest) -> bool:
    """Whether every file of a pack is the one that its manifest names, byte for byte."""
    try:
        for name, said in manifest.files.items():
            check_content(root / name, said)
    except GdgkError:
        return False
    return True


def file_entry(path: Path) -> dict[str, Any]:
    """A file as the manifest names it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def text_digest(text: str) -> str:
    """A text as a digest."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@cache
def reading_digest() -> str:
    """The digest of what decides how reports are read and packed: code, forms, schema, the release of DuckDB."""
    import duckdb

    found = hashlib.sha256(f"{SCHEMA} {gdgk.__version__} duckdb {duckdb.__version__}".encode())
    for name in READING:
        path = PACKAGE / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for one in files:
            if one.is_file() and "__pycache__" not in one.parts:
                found.update(one.relative_to(PACKAGE).as_posix().encode() + b"\0" + one.read_bytes())
    return found.hexdigest()[:24]
