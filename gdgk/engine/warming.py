"""What the warm parent does before it forks: it becomes a kernel; where many tasks follow, it makes every page once."""

from __future__ import annotations

from importlib import import_module

from gdgk.imports import left_out

# Imported by IPython and tornado when the first cell runs.
LATE = ("bdb", "IPython.core.logger", "tornado.platform.asyncio")
# A cell as IPython reads it before it is run: strings with a prefix, magic, a question mark are looked for.
CELL = "%time\nf'{1}'\nlist?"


def prepare() -> None:
    """Make this process one from which notebooks are forked.

    The kernel is made first: plotly asks it, when imported, how figures are shown.
    """
    with left_out():
        from gdgk.engine.cells import kernel

        kernel()
        for name in LATE:
            import_module(name)
        import papermill  # noqa: F401

        import gdgk.exporters.warming  # noqa: F401
    ask_no_more()


def ask_no_more() -> None:
    """Let plotly not look up, at each figure, which program this process was started by: no Jupyter server too old.

    It reads the system's list of processes for that, as often as a page has charts.
    """
    from plotly.io import _renderers

    _renderers.display_jupyter_version_warnings = lambda: None


def warm(code: str | None = None) -> None:
    """Fill what every page fills, beside its own report: after :func:`prepare`, where there are pages enough.

    code: of the notebooks to come, where that is known; see :func:`gdgk.exporters.warming.warm`.
    """
    from gdgk.engine.cells import kernel
    from gdgk.exporters.warming import warm as warm_pages

    shell = kernel().shell
    if shell is not None:
        shell.compile.ast_parse(shell.transform_cell(CELL))
        if shell.display_formatter is not None:  # it makes a dozen others when the first value is shown
            shell.display_formatter.format(CELL)
    warm_pages(code or "")
