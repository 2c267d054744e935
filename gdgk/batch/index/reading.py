"""What the index reads from disk: the stamps, as far as they can be used, and which pages there are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gdgk.batch.jobs import FORMATS
from gdgk.batch.stamps import STAMPS, read_stamp

# A message is one line; what is longer is cut, or one page's error could fill the index.
LONGEST_MESSAGE = 400


class Result(NamedTuple):
    """What a stamp says of a page. seconds: None where unknown; lost: there is a stamp that says nothing of use;
    formats: those beside the page.
    """

    ok: bool
    seconds: float | None
    findings: Mapping[str, int]
    message: str
    lost: bool = False
    formats: tuple[str, ...] = ()


LOST = Result(ok=True, seconds=None, findings={}, message="", lost=True)


def files_below(root: str, endings: tuple[str, ...], folders: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The files with one of some endings in some folders and the folders in these, each listed once: their place below
    root with the ending, their path.
    """
    for folder in sorted(folders):
        for entry in listed(f"{root}/{folder}"):
            if entry.name.endswith(endings):
                yield f"{folder}/{entry.name}", entry.path
            elif "." not in entry.name:
                for inner in listed(entry.path):
                    if inner.name.endswith(endings):
                        yield f"{folder}/{entry.name}/{inner.name}", inner.path


def listed(folder: str) -> list[os.DirEntry[str]]:
    """What lies in a folder; nothing where there is none, or none that can be read."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def read_results(reports: Path, folders: Iterable[str]) -> dict[str, Result]:
    """What the stamps of some folders say, by place; each is read once."""
    stamps = files_below(f"{reports}/{STAMPS}", (".json",), folders)
    return {file.removesuffix(".json"): read_result(path) for file, path in stamps}


def read_result(path: str) -> Result:
    """What a stamp says; of one that cannot be used, that its page was run and nothing more is known."""
    stamp = read_stamp(path)
    if stamp is None:
        return LOST
    formats = tuple(name for name in FORMATS[1:] if name in stamp.formats)
    message = usable_message(stamp.message)
    return Result(stamp.state == "ok", usable_seconds(stamp.seconds), stamp.findings, message, formats=formats)


def usable_message(value: Any) -> str:
    """A message as one line, not too long, and empty if it is no text: a stamp lies on disk, anything can befall it."""
    if not value or not isinstance(value, str):
        return ""
    # a lone surrogate, which JSON can spell, is no text that can be written
    line = " ".join(value[: 4 * LONGEST_MESSAGE].encode("utf-8", "replace").decode().split())
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def usable_seconds(value: Any) -> float | None:
    """Seconds if they can be: a number from 0 to a year's."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value < 366 * 24 * 3600 else None
