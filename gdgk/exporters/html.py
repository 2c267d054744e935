"""Workbook HTML: an executed notebook as a page for review. Code hidden, charts drawn offline, no request leaves it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Unicode, default
from traitlets.config import Config

import gdgk
from gdgk.markup import asset, plotly_script, render

TEMPLATES = str(Path(__file__).parent / "templates")
PLOTLY = "application/vnd.plotly.v1+json"
LAB_ONLY = "lab-only"
HEADING = re.compile(r"\s*##\s+([^\n]+)\n*")
PLAIN_CHART = {"wide": False, "subtitle": "", "source": "", "columns": [], "rows": []}
OWN_HEADING = re.compile(r"<h2>.*?</h2>", re.DOTALL)
DISPLAY_PRIORITY = [PLOTLY, "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]


class PagePreprocessor(Preprocessor):
    """What the cells of a notebook are on its page (:func:`page_of`), told to the template as ``resources.page``."""

    enabled = True

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook (nbconvert's own copy) with headings and masthead in their places."""
        resources["page"] = page_of(nb)
        return nb, resources


class WorkbookHtmlExporter(TemplateExporter):
    """``--to gdgk_html``: the page of a notebook.

    A markdown cell that opens with ``## `` begins a section (its cell id is the anchor); an output whose metadata say
    ``gdgk.heading`` begins one too. The output with the role ``masthead`` becomes the head of the page; cells tagged
    ``lab-only`` are left out. Beside the page it writes plotly.min.js, unless ``plotly_url`` says where there is one.
    """

    export_from_notebook = "gdgk HTML"
    plotly_url = Unicode("", help="Where the page finds plotly.min.js; empty: beside the page, written there.").tag(
        config=True
    )
    index_url = Unicode("", help="Where the page finds the index of its batch; empty: no link.").tag(config=True)

    def __init__(self, config: Config | None = None, **options: Any) -> None:
        super().__init__(config=config, **options)
        self.register_preprocessor(PagePreprocessor(parent=self), enabled=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "gdgk_html"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [TEMPLATES]

    @default("extra_template_paths")
    def _extra_template_paths_default(self) -> list[str]:
        return [TEMPLATES]

    @property
    def default_config(self) -> Config:
        """Code and prompts hidden, charts before everything else."""
        own = Config(
            {
                "NbConvertBase": {"display_data_priority": DISPLAY_PRIORITY},
                "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": {LAB_ONLY}},
                "TemplateExporter": {
                    "exclude_input": True,
                    "exclude_input_prompt": True,
                    "exclude_output_prompt": True,
                },
                # The notebook is validated once, not after each of a dozen preprocessors.
                "Exporter": {"optimistic_validation": True},
            }
        )
        base = super().default_config
        if base:
            base.merge(own)
            return base
        return own

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The page of a notebook, and with it plotly.min.js when it has charts and no ``plotly_url`` was given.

        resources: ``plotly_url`` and ``index_url``, where given, in place of the exporter's own.
        """
        given = dict(resources or {})
        beside = not given.setdefault("plotly_url", self.plotly_url)
        given["plotly_url"] = given["plotly_url"] or "plotly.min.js"
        given.setdefault("index_url", self.index_url)
        given["style"] = asset("style.css")
        given["script"] = asset("page.js")
        given["version"] = gdgk.__version__
        html, given = super().from_notebook_node(nb, given, **kwargs)
        if given["page"]["charts"] and beside:
            given.setdefault("outputs", {})["./plotly.min.js"] = plotly_script()
        return html, given

    def _preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """nbconvert's preprocessors, on the copy that it has made already; two more take longer than the page.

        A notebook that nbformat is to mend first, as its cells have no names, goes nbconvert's own way.
        """
        if not all("id" in cell for cell in nb.cells):
            return super()._preprocess(nb, resources)
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        self._validate_preprocessor(nb, "the last")
        return nb, resources

    def default_filters(self) -> Any:
        """nbconvert's filters and those of the page."""
        yield from super().default_filters()
        yield ("chart", chart_html)


@cache
def exporter() -> WorkbookHtmlExporter:
    """The one exporter of a process that makes many pages: its templates are compiled once, and looked at once."""
    made = WorkbookHtmlExporter()
    made.environment.auto_reload = False
    return made


class Shared(NotebookNode):
    """A figure that nobody changes: a copy of the notebook has the very same, as copying it takes as long as a page.

    A node, as nbformat makes one of every other mapping that is put into a node, at any depth.
    """

    def __deepcopy__(self, memo: object) -> Shared:
        return self


def share_figures(nb: NotebookNode) -> None:
    """Let nbconvert, which copies a notebook three times before it shows it, copy all but the figures."""
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            figure = output.get("data", {}).get(PLOTLY)
            if figure is not None and not isinstance(figure, Shared):
                shared = Shared()
                dict.update(shared, figure)
                output["data"][PLOTLY] = shared


def page_html(nb: NotebookNode, plotly_url: str, index_url: str = "") -> str:
    """The page of an executed notebook, which is left as it is. The addresses: as the page finds plotly.min.js, and the
    index of its batch (empty: no link).
    """
    share_figures(nb)
    html, _ = exporter().from_notebook_node(nb, {"plotly_url": plotly_url, "index_url": index_url})
    return str(html)


def page_of(nb: NotebookNode) -> dict[str, Any]:
    """Title, masthead and table of contents of a notebook; notes in the cells where sections begin and charts stand.

    Works on the notebook in place: the masthead's output is taken out, headings and chart numbers go into metadata.
    """
    page: dict[str, Any] = {"title": "", "masthead": "", "toc": [], "charts": 0, "plain": False}
    for cell in nb.cells:
        if LAB_ONLY in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            note_heading(cell, page)
        elif cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not take_output(output, cell, page)]
    page["title"] = page["title"] or nb.metadata.get("title", "") or "政府信息公开工作年度报告"
    return page


def note_heading(cell: NotebookNode, page: dict[str, Any]) -> None:
    """Turn a leading ``## `` of a markdown cell into the beginning of a section."""
    match = HEADING.match(cell.source)
    if match:
        section = section_entry(cell.get("id", ""), match[1], page)
        cell.metadata["gdgk"] = {"section": section}
        cell.source = cell.source[match.end() :]


def section_entry(anchor: str, title: str, page: dict[str, Any]) -> dict[str, Any]:
    """A section in the table of contents; ``表二　…`` has its number set apart. Later outputs may add counts."""
    number, _, rest = title.strip().rpartition("　")
    section = {"id": anchor or f"s{len(page['toc']) + 1}", "number": number, "title": rest, "counts": {}}
    page["toc"].append(section)
    return section


def take_output(output: NotebookNode, cell: NotebookNode, page: dict[str, Any]) -> bool:
    """Note what an output means for the page; True for the masthead, which stands elsewhere."""
    data = output.get("data", {})
    if PLOTLY in data:
        page["charts"] += 1
        output.metadata["gdgk_chart"] = page["charts"]
    meta = output.get("metadata", {}).get("text/html", {}).get("gdgk") or output.get("metadata", {}).get("gdgk") or {}
    if meta.get("role") == "masthead":
        page.update(title=meta.get("title", ""), masthead=data["text/html"], plain=bool(meta.get("plain")))
        return True
    if meta.get("heading"):
        data["text/html"] = OWN_HEADING.sub("", data["text/html"], count=1)
        output.metadata["gdgk_section"] = section_entry(meta.get("anchor", ""), meta["heading"], page)
    if meta.get("count") and page["toc"]:
        page["toc"][-1]["counts"] = meta["count"]
    return False


def chart_html(output: NotebookNode) -> str:
    """A plotly output as a figure: title, plot, source, and the table behind it."""
    spec = output["data"][PLOTLY]
    meta = {**PLAIN_CHART, **(spec.get("layout", {}).get("meta") or {})}
    title = (spec.get("layout", {}).get("title") or {}).get("text", "")
    number = output.metadata.get("gdgk_chart", 0)
    return str(
        render(
            "chart.html.j2",
            number=number,
            title=title,
            meta=meta,
            spec={"data": spec["data"], "layout": spec["layout"]},
        )
    )
