"""Packages that others import for what nobody here needs, and that take seconds."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

# jsonschema, and so nbformat, checks one kind of address with the first, which builds grammars for two to five seconds;
# ipykernel attaches the second for those who step through cells.
NEEDLESS = ("rfc3987_syntax", "debugpy")


@contextmanager
def left_out(names: Iterable[str] = NEEDLESS) -> Iterator[None]:
    """Packages that cannot be imported meanwhile; afterwards a notebook can."""
    blocked = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(blocked))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in blocked:
            del sys.modules[name]
