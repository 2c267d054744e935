"""What can go wrong before any figure is judged: input that cannot be read, names that do not exist.

A figure that is wrong in a report is a finding (see :mod:`gdgk.reconciliation`), never an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class GdgkError(Exception):
    """One line for the reader: where, what was found, what was expected, what to do next."""


class InputError(GdgkError):
    """A file of the workbook cannot be read as it stands; the message opens with ``file:line:``."""

    def __init__(self, path: Path | str, line: int | None, found: str, expected: str, do: str) -> None:
        where = f"{path}:{line}" if line else f"{path}"
        super().__init__(f"{where}: found {found}; expected {expected}; {do}")


class InputErrors(GdgkError):
    """Every input error of one reading, a line each, so that forty files are mended in one round."""

    def __init__(self, errors: Iterable[GdgkError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


class UnknownName(GdgkError):
    """A name (agency, year, parameter, notebook) that the workbook does not have."""

    def __init__(self, kind: str, name: object, known: Iterable[object], do: str) -> None:
        names = [str(item) for item in known]
        near = get_close_matches(str(name), names, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        super().__init__(f"{kind}: found {str(name)!r}{hint}; expected one of {shortlist(names)}; {do}")


def shortlist(names: list[str], most: int = 12) -> str:
    """Names for one line: the first few, and how many more there are."""
    if not names:
        return "none at all"
    more = f" … and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
