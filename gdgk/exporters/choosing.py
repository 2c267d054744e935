"""Which exporter makes a notebook's page: the one that the notebook names (``metadata.gdgk.exporter``)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib import import_module

from nbconvert.exporters import Exporter, ExporterNameError, get_exporter
from nbformat import NotebookNode

from gdgk.errors import UnknownName
from gdgk.exporters import html, official

USUAL = "gdgk_html"
DOCUMENTS = {name: f"gdgk.exporters.{name}" for name in ("docx", "pdf", "xlsx")}
OWN = {USUAL: html.exporter, official.NAME: official.exporter}


def exported_page(nb: NotebookNode, plotly_url: str, index_url: str = "", final: bool = False) -> str:
    """The page of an executed notebook, which is left as it is.

    The addresses, for pages that lead elsewhere: as the page finds plotly.min.js, and the index of its batch. final:
    without 草稿. Raises :class:`gdgk.errors.UnknownName` where the notebook names no exporter that makes a web page,
    :class:`gdgk.errors.GdgkError` for a final version of a report with undecided errors.
    """
    name = str(nb.metadata.get("gdgk", {}).get("exporter", USUAL))
    if name == USUAL:
        return html.page_html(nb, plotly_url, index_url)
    page, _ = exporter(name).from_notebook_node(nb, {"final": final})
    return str(page)


def exported_as(nb: NotebookNode, name: str, final: bool = False) -> bytes:
    """An executed notebook in a format of :data:`DOCUMENTS`. Raises what its exporter raises."""
    made, _ = document_exporter(name).from_notebook_node(nb, {"final": final})
    return bytes(made)


def document_exporter(name: str) -> Exporter:
    """The one exporter of a format in this process, imported when it is first asked for: each brings a library."""
    return import_module(DOCUMENTS[name]).exporter()


def make_ready(formats: Iterable[str], nb: NotebookNode) -> None:
    """Import and fill what formats need, by exporting a notebook; one that cannot be made here says so at its page."""
    for name in formats:
        if name in DOCUMENTS:
            with suppress(Exception):
                exported_as(nb, name)


@cache
def exporter(name: str) -> Exporter:
    """The one exporter of a name in a process that makes many pages: its templates are compiled once."""
    if name in OWN:
        return OWN[name]()
    known = sorted(OWN)
    try:
        made = get_exporter(name)()
    except (ExporterNameError, ImportError) as error:
        raise UnknownName("metadata.gdgk.exporter", name, known, "mend the notebook") from error
    if made.file_extension != ".html":
        raise UnknownName("metadata.gdgk.exporter", name, known, "name one that makes a web page")
    return made
