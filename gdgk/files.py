"""Small text files: read with the line that is wrong, written whole or not at all."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from gdgk.errors import InputError

# A folder that is being made, and one that is being replaced, beside the one of their name.
NEW = ".new"
OLD = ".old"


def read_text(path: Path) -> str:
    """The text of a file in UTF-8 (with or without byte-order mark) or, failing that, in GB18030.

    Raises :class:`InputError` when the file is neither or cannot be opened.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            path, None, error.strerror or "no file", "a readable file", "restore it or mend its rights"
        ) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(path, None, "bytes that are neither UTF-8 nor GB18030", "text", "save the file as UTF-8")


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dict; :class:`InputError` names the line that is not TOML."""
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+)", str(error))
        line = int(place.group(1)) if place else text.count("\n") + 1
        lines = text.splitlines()
        found = lines[line - 1].strip() if line <= len(lines) else "the end of the file"
        raise InputError(path, line, repr(found), f"TOML ({error})", "mend that line") from error


def toml_line(path: Path, header: str, index: int) -> int | None:
    """The line of the index-th ``[[header]]`` of a TOML file, for messages; None when it is not written so."""
    pattern = re.compile(rf"^\s*\[\[\s*{re.escape(header)}\s*\]\]")
    hits = [number for number, line in enumerate(read_text(path).splitlines(), 1) if pattern.match(line)]
    return hits[index] if index < len(hits) else None


def toml_key_line(path: Path, header: str, index: int, key: str) -> int | None:
    """The line of a key in the index-th ``[[header]]`` of a TOML file, or of that header where it has no such key."""
    start = toml_line(path, header, index)
    if start is None or not key:
        return start
    pattern = re.compile(rf"^\s*(\[.*\.)?{re.escape(key)}\s*[=\]]")
    for number, line in enumerate(read_text(path).splitlines()[start:], start + 1):
        if line.lstrip().startswith("[["):
            break
        if pattern.match(line):
            return number
    return start


def read_csv(path: Path, header: list[str] | None = None) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV as (line, {column: text}); blank lines are passed over.

    ``header``: the columns that must be there, no more and no less, in any order. Raises :class:`InputError`
    for a missing, extra or repeated column and for a row longer or shorter than the header.
    """
    return csv_rows(path, read_text(path), header)


def csv_rows(path: Path, text: str, header: list[str] | None = None) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV that was read already; see :func:`read_csv`."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        names = [name.strip() for name in next(reader, [])]
        if header is not None:
            check_header(path, names, header)
        rows = []
        end = reader.line_num
        for values in reader:
            line, end = end + 1, reader.line_num
            if not "".join(values).strip():
                continue
            if len(values) != len(names):
                raise InputError(
                    path,
                    line,
                    f"{len(values)} values",
                    f"{len(names)} ({', '.join(names)})",
                    "add or remove the commas of that row",
                )
            rows.append((line, dict(zip(names, values, strict=True))))
    except csv.Error as error:
        raise InputError(path, reader.line_num, str(error), "a CSV row", "mend the quotes of that row") from error
    return rows


def check_header(path: Path, found: list[str], expected: list[str]) -> None:
    """Raise :class:`InputError` unless the columns found are those expected, each once."""
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    twice = sorted({name for name in found if found.count(name) > 1})
    if missing or extra or twice:
        parts = [
            f"{kind} column {', '.join(repr(name) for name in names)}"
            for kind, names in (("no", missing), ("unknown", extra), ("repeated", twice))
            if names
        ]
        raise InputError(path, 1, " and ".join(parts), f"the columns {','.join(expected)}", "mend the first line")


def csv_text(header: list[str], rows: list[list[str]]) -> str:
    """A header and rows as CSV text, one line feed a row."""
    buffer = io.StringIO(newline="")
    plain, quoted = (
        csv.writer(buffer, lineterminator="\n"),
        csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL),
    )
    for row in [header, *rows]:
        # the writer quotes a line feed in a field but not a carriage return, at which a reader would end the row
        (quoted if any("\r" in value for value in row) else plain).writerow(row)
    return buffer.getvalue()


def write_atomic(path: Path, data: str | bytes, scratch: Path | None = None) -> None:
    """Write a file whole or not at all: temporary file, fsync, rename.

    A reader sees the old file or the new one. On failure (a full disk, a kill) the old file stays. scratch: the folder
    for the temporary file, on the same file system; beside the file by default.
    """
    write_together({path: data}, scratch)


def write_together(
    files: Mapping[Path, str | bytes], scratch: Path | None = None, ready: Callable[[], object] = lambda: None
) -> None:
    """Write several files, each whole or not at all, and none before all of them are on the disk; in their order.

    scratch: as for :func:`write_atomic`. ready: called when all are on the disk and none is in place.
    """
    made: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            made[path] = temporary(path, data.encode() if isinstance(data, str) else data, scratch or path.parent)
        ready()
        for path, name in made.items():
            os.replace(name, path)
    except BaseException:
        for name in made.values():
            name.unlink(missing_ok=True)
        raise


def temporary(path: Path, content: bytes, folder: Path) -> Path:
    """What is to become a file, on the disk under a name of its own in a folder. Raises :class:`OSError`."""
    if path.is_dir():
        # Said here, of the path that was named; the rename would fail too, but name the temporary file.
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    for needed in (path.parent, folder):
        needed.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)  # a full disk names no file, and nobody knows the temporary one
        raise
    return Path(name)


def write_folder(folder: Path, files: Mapping[str, str | bytes], without: Iterable[str] = ()) -> None:
    """Give a folder some files and take others away, all at once: what was killed on the way has changed nothing.

    The folder is made anew beside the old one, its other files taken over, and the two change places. Names may lie in
    folders of the folder (``versions/published/report.toml``); without: names of files or of whole folders.
    """
    made = folder.with_name(f".{folder.name}{NEW}")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    try:
        left = set(files) | set(without)

        def left_out(here: str, names: list[str]) -> list[str]:
            inner = Path(here).relative_to(folder)
            return [name for name in names if (inner / name).as_posix() in left]

        if folder.is_dir():
            shutil.copytree(folder, made, ignore=left_out, dirs_exist_ok=True)
        for name, data in files.items():
            write_atomic(made / name, data)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    take_place(made, folder)


def take_place(made: Path, folder: Path) -> None:
    """Put a folder that was made beside another in its place; :func:`put_back` mends a kill between the two renames."""
    aside = folder.with_name(f".{folder.name}{OLD}")
    shutil.rmtree(aside, ignore_errors=True)
    if folder.exists():
        folder.rename(aside)
    made.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)


def put_back(parent: Path) -> None:
    """Put back the folders that a :func:`write_folder` killed between its two renames left aside."""
    for aside in parent.glob(f".*{OLD}"):
        put_back_folder(parent / aside.name.removeprefix(".").removesuffix(OLD))


def put_back_folder(folder: Path) -> None:
    """Put back one folder that a :func:`take_place` killed between its two renames left aside."""
    aside = folder.with_name(f".{folder.name}{OLD}")
    if aside.is_dir() and not folder.exists():
        aside.rename(folder)
