"""The files of a synthetic city: plainly and quickly, the same bytes that :mod:`gdgk.archive` would write."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gdgk.archive.agencies import AGENCY_HEADER, Agency
from gdgk.errors import GdgkError
from gdgk.files import NEW, csv_text


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder beside the one named, which takes its place when all is done; what fails on the way leaves nothing.

    Raises :class:`GdgkError` for a folder that is not empty, or a file.
    """
    refuse_filled(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=NEW, dir=folder.parent))
    try:
        yield made
        made.chmod(0o755)
        refuse_filled(folder)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def refuse_filled(folder: Path) -> None:
    """Raise :class:`GdgkError` unless a folder is empty or not there."""
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir() or folder.is_symlink():
        found = "no folder but a file or a link"
    elif any(folder.iterdir()):
        found = "a folder that is not empty"
    else:
        return
    raise GdgkError(f"-o {folder}: found {found}; expected a new or empty folder; name another")


def agency_line(agency: Agency) -> str:
    """An agency as a line of agencies.csv."""
    values = [agency.id, agency.name, ";".join(agency.short_names), agency.kind, agency.region_code, agency.parent]
    return ",".join([*values, "", "", ""]) + "\n"


def agencies_head() -> str:
    """The first line of agencies.csv."""
    return csv_text(AGENCY_HEADER, [])


def report_toml(head: dict[str, str | int]) -> str:
    """The content of report.toml: plain words in quotes, none of which TOML would spell otherwise."""
    lines = [f"{key} = {value}" if isinstance(value, int) else f'{key} = "{value}"' for key, value in head.items()]
    return "\n".join([*lines, "synthetic = true", ""])


def write_files(folder: str, files: list[tuple[str, str]]) -> None:
    """A report's folder and its files. Not flushed one by one: the whole is renamed into place."""
    os.mkdir(folder)
    for name, text in files:
        with open(f"{folder}/{name}", "wb") as file:
            file.write(text.encode())
