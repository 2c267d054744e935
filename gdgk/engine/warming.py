"""What the warm parent does before it forks: it becomes a kernel; where many tasks follow, it makes every page once."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module

# Imported by IPython and tornado when the first cell runs.
LATE = ("bdb", "IPython.core.logger", "tornado.platform.asyncio")
# A cell as IPython reads it before it is run: strings with a prefix, magic, a question mark are looked for.
CELL = "%time\nf'{1}'\nlist?"
# Imported by others only for what no page needs: jsonschema checks one kind of address with the first, which builds
# grammars for two seconds; ipykernel attaches the second for those who step through cells.
NEEDLESS = ("rfc3987_syntax", "debugpy")


def prepare() -> None:
    """Make this process one from which notebooks are forked.

    The kernel is made first: plotly asks it, when imported, how figures are shown.
    """
    with left_out(NEEDLESS):
        from gdgk.engine.cells import kernel

        kernel()
        for name in LATE:
            import_module(name)
        import papermill  # noqa: F401

        import gdgk.exporters.warming  # noqa: F401


def warm() -> None:
    """Fill what every page fills, beside its own report: after :func:`prepare`, where there are pages enough."""
    from gdgk.engine.cells import kernel
    from gdgk.exporters.warming import warm as warm_pages

    shell = kernel().shell
    if shell is not None:
        shell.compile.ast_parse(shell.transform_cell(CELL))
    warm_pages()


@contextmanager
def left_out(names: Iterable[str]) -> Iterator[None]:
    """Packages that cannot be imported meanwhile; afterwards a notebook can."""
    blocked = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(blocked))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in blocked:
            del sys.modules[name]
