"""What the warm parent does before its first fork: it becomes a kernel and makes every kind of page once."""

from __future__ import annotations

import sys
from importlib import import_module

# Imported by IPython and tornado when the first cell runs.
LATE = ("bdb", "IPython.core.logger", "tornado.platform.asyncio")
# jsonschema uses this package, where it is there, to check one kind of address; it builds grammars for two seconds.
SLOW = "rfc3987_syntax"


def prepare() -> None:
    """Make this process one from which notebooks are forked.

    The kernel is made first: plotly asks it, when imported, how figures are shown. The slow package is kept from being
    imported only while jsonschema is; a notebook can still import it.
    """
    blocked = SLOW not in sys.modules
    if blocked:
        sys.modules[SLOW] = None  # type: ignore[assignment]
    try:
        from gdgk.engine.cells import kernel

        kernel()
        for name in LATE:
            import_module(name)
        import papermill  # noqa: F401

        from gdgk.exporters.warming import warm
    finally:
        if blocked:
            del sys.modules[SLOW]
    warm()
