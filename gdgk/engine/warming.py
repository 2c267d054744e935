"""What the warm parent does before its first fork: import, fill caches, draw and export one page."""

from __future__ import annotations

import sys


def prepare() -> None:
    """Make this process one from which notebooks are forked.

    The kernel is made first: plotly asks it, when imported, how figures are shown. The package that jsonschema takes
    for checking one kind of address builds its grammars for two seconds; nothing here needs them, and a notebook that
    does can still import it.
    """
    blocked = "rfc3987_syntax" not in sys.modules
    if blocked:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    try:
        from gdgk.engine.cells import kernel

        kernel()
        import nbclient.client  # noqa: F401
        import nbformat.v4  # noqa: F401
        import papermill  # noqa: F401

        import gdgk.exporters.html
        import gdgk.pages  # noqa: F401
    finally:
        if blocked:
            del sys.modules["rfc3987_syntax"]
