"""The parameters of a notebook run by papermill: unknown ones are refused, retyped ones put right."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from gdgk.errors import UnknownName

PARAMETERS = ("agency", "year", "data")
INJECTED = "# Parameters"


def check_injected(cells: Iterable[str], known: Sequence[str] = PARAMETERS) -> None:
    """Raise :class:`UnknownName` when papermill injected a parameter that the notebook does not take.

    papermill only warns of such a name, and the notebook would run on its defaults. cells: the inputs run so far;
    known: the notebook's parameters.
    """
    for source in cells:
        if source.startswith(INJECTED):
            for name in assigned_names(source):
                if name not in known:
                    raise UnknownName("parameter", name, known, "correct the name after -p")


def assigned_names(source: str) -> list[str]:
    """The names that a cell assigns at its top level."""
    targets = [target for node in ast.parse(source).body if isinstance(node, ast.Assign) for target in node.targets]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def inputs_so_far() -> list[str]:
    """The cells run in this kernel, or none outside IPython."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return []
    shell = get_ipython()
    return list(shell.user_ns.get("In", [])) if shell else []


def whole_year(year: object) -> int:
    """A year as papermill or an analyst gives it; :class:`UnknownName` for what is none."""
    text = str(year).strip()
    if not text.isdecimal():
        raise UnknownName("year", year, ["2023"], "give a year in digits")
    return int(text)
