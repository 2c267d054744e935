"""What the index reads from disk: the stamps, as far as they can be used, and which pages there are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gdgk.batch.stamps import STAMPS, Stamp, read_stamp

# A message is one line; what is longer is cut, or one page's error could fill the index.
LONGEST_MESSAGE = 400


class Result(NamedTuple):
    """What a stamp says of a page; seconds and findings are None where it says nothing that can be used."""

    ok: bool
    seconds: float | None
    findings: Mapping[str, int] | None
    message: str


def files_below(root: Path, ending: str, folders: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The files with an ending in some folders and the folders in these: their place below root, their path."""
    for folder in sorted(folders):
        for entry in listed(f"{root}/{folder}"):
            if entry.name.endswith(ending):
                yield f"{folder}/{entry.name.removesuffix(ending)}", entry.path
            elif "." not in entry.name:
                for inner in listed(entry.path):
                    if inner.name.endswith(ending):
                        yield f"{folder}/{entry.name}/{inner.name.removesuffix(ending)}", inner.path


def listed(folder: str) -> list[os.DirEntry[str]]:
    """What lies in a folder; nothing where there is none, or none that can be read."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def read_results(reports: Path, folders: Iterable[str]) -> dict[str, Result]:
    """What the stamps of some folders say, by place; each is read once."""
    stamps = files_below(reports / STAMPS, ".json", folders)
    return {place: result for place, path in stamps if (result := read_result(path)) is not None}


def read_result(path: str) -> Result | None:
    """What a stamp says, as far as it can be used; None for one that does not even say whether the page was made."""
    try:
        stamp = read_stamp(Path(path))
    except RecursionError:  # JSON nested beyond all measure
        return None
    return None if stamp is None else usable(stamp)


def usable(stamp: Stamp) -> Result | None:
    """A stamp without what is of the wrong kind: a stamp lies on disk, where anything can happen to it."""
    if stamp.state not in ("ok", "failed"):
        return None
    message = stamp.message if isinstance(stamp.message, str) else ""
    # a lone surrogate, which JSON can spell, is no text that can be written
    line = " ".join(message[: 4 * LONGEST_MESSAGE].encode("utf-8", "replace").decode().split())
    if len(line) > LONGEST_MESSAGE:
        line = line[: LONGEST_MESSAGE - 1] + "…"
    return Result(stamp.state == "ok", usable_seconds(stamp.seconds), usable_findings(stamp.findings), line)


def usable_seconds(value: Any) -> float | None:
    """Seconds if they can be: a number from 0 to a year's."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value < 366 * 24 * 3600 else None


def usable_findings(value: Any) -> Mapping[str, int] | None:
    """Findings if they are counts by name."""
    if not isinstance(value, dict):
        return None
    counts = all(type(count) is int and 0 <= count < 1_000_000_000 for count in value.values())
    return value if counts else None
