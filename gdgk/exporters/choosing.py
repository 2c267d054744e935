"""Which exporter makes a notebook's page: the one that the notebook names (``metadata.gdgk.exporter``)."""

from __future__ import annotations

from functools import cache

from nbconvert.exporters import Exporter, ExporterNameError, get_exporter
from nbformat import NotebookNode

from gdgk.errors import UnknownName
from gdgk.exporters import html, official

USUAL = "gdgk_html"
OWN = {USUAL: html.exporter, official.NAME: official.exporter}


def exported_page(nb: NotebookNode, plotly_url: str, index_url: str = "") -> str:
    """The page of an executed notebook, which is left as it is.

    The addresses, for pages that lead elsewhere: as the page finds plotly.min.js, and the index of its batch.
    Raises :class:`gdgk.errors.UnknownName` where the notebook names no exporter that makes a web page.
    """
    name = str(nb.metadata.get("gdgk", {}).get("exporter", USUAL))
    if name == USUAL:
        return html.page_html(nb, plotly_url, index_url)
    page, _ = exporter(name).from_notebook_node(nb)
    return str(page)


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
