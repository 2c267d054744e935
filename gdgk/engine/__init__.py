"""Notebooks run fast: a warm parent process has everything imported, and forks one child for each notebook.

The child runs the cells in an IPython shell, with the outputs that a kernel would give, and ends: nothing of one
notebook reaches the next. :class:`GdgkEngine` is the papermill engine, :class:`gdgk.engine.client.WarmParent` the
process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode


class GdgkEngine:
    """``papermill --engine gdgk``: what papermill finds under the entry point ``papermill.engine``.

    A notebook in another language, on a system without fork, with widgets or a limit for each cell, or whose process
    ends without a word, runs in a kernel, as with papermill's own engine; the log says why. Papermill loads this module
    while it is still being imported itself: what builds on it is imported when it is called.
    """

    @classmethod
    def execute_notebook(cls, nb: NotebookNode, kernel_name: str, **options: Any) -> NotebookNode:
        """Run a notebook; see :class:`papermill.engines.Engine`. It is saved once, when it has run."""
        from gdgk.engine.adapter import ForkedEngine

        return ForkedEngine.execute_notebook(nb, kernel_name, **{**options, "autosave_cell_every": 0})

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        """The notebook's kernel; see :class:`papermill.engines.Engine`."""
        from gdgk.engine.adapter import ForkedEngine

        return str(ForkedEngine.nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """The notebook's language; see :class:`papermill.engines.Engine`."""
        from gdgk.engine.adapter import ForkedEngine

        return str(ForkedEngine.nb_language(nb, language))
