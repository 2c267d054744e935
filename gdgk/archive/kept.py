"""The versions of a report that lie beside it, in ``<agency>/<year>/versions/<name>/``, each a report's folder.

``published``: what was published, where the report itself is what was handed in. ``reported-1``, ``published-1`` …:
what stood there before ``gdgk import --replace``, in that order.
"""

from __future__ import annotations

import re
from pathlib import Path

from gdgk.errors import InputError

VERSIONS = "versions"
REPORTED, PUBLISHED = "reported", "published"
NAME = re.compile(rf"({REPORTED}|{PUBLISHED})-([1-9]\d{{0,3}})|{PUBLISHED}")


def version_names(folder: Path) -> list[str]:
    """The versions beside a report, in the order in which they were made. Raises :class:`InputError` for a stranger."""
    beside = folder / VERSIONS
    names = []
    for path in sorted(beside.iterdir()) if beside.is_dir() else []:
        if path.name.startswith("."):
            continue
        if not NAME.fullmatch(path.name) or not path.is_dir():
            expected = f"a folder named {PUBLISHED}, or such as {REPORTED}-1"
            raise InputError(path, None, f"{path.name!r}", expected, "rename or move it")
        names.append(path.name)
    return sorted(names, key=place_of)


def version_parts(name: str) -> tuple[str, int]:
    """The stage of a version and its number; 0 for the one that was not replaced."""
    stage, _, number = name.partition("-")
    return stage, int(number or 0)


def place_of(name: str) -> tuple[bool, float]:
    """Where a version stands among all: those reported first, each stage's earlier ones before the last."""
    stage, number = version_parts(name)
    return stage == PUBLISHED, number or float("inf")
