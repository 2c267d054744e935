"""Official HTML: the annual report as an agency publishes it; no script, nothing fetched, for eye and ear."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

import gdgk
from gdgk.exporters.headings import associated
from gdgk.exporters.pieces import Block, Chart, Item, Table
from gdgk.exporters.preparing import OFFICIAL_CONFIG, DocumentPreprocessor

TEMPLATES = Path(__file__).parent / "templates"
NAME = "gdgk_official"
CLOSING = "政府信息公开工作年度报告"


class OfficialHtmlExporter(TemplateExporter):
    """``--to gdgk_official``: a notebook as an official document, self-contained, accessible (WCAG 2.1 AA), for A4.

    The template is given ``resources.document`` (:class:`gdgk.exporters.pieces.Document`), not the notebook's cells.
    """

    export_from_notebook = "gdgk official HTML"

    def __init__(self, config: Config | None = None, **options: Any) -> None:
        super().__init__(config=config, **options)
        self.register_preprocessor(DocumentPreprocessor(parent=self), enabled=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return NAME

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(TEMPLATES)]

    @default("extra_template_paths")
    def _extra_template_paths_default(self) -> list[str]:
        return [str(TEMPLATES)]

    @property
    def default_config(self) -> Config:
        """The notebook is validated once, not after each preprocessor."""
        base = Config(super().default_config or {})
        base.merge(OFFICIAL_CONFIG)
        return base

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The document of a notebook."""
        given = {**(resources or {}), "style": style(), "version": gdgk.__version__}
        return super().from_notebook_node(nb, given, **kwargs)

    def default_filters(self) -> Any:
        """nbconvert's filters and those of the document."""
        yield from super().default_filters()
        yield ("grouped", grouped)
        yield ("associated", associated)
        yield ("breaks", lambda text: str(text).replace("\n", "<br>"))
        yield ("unbroken", unbroken)
        yield ("base64", lambda data: base64.b64encode(data).decode("ascii"))
        yield ("css_string", css_string)


@cache
def exporter() -> OfficialHtmlExporter:
    """The one exporter of a process that makes many documents: its templates are compiled once."""
    return OfficialHtmlExporter()


def official_html(nb: NotebookNode) -> str:
    """The official HTML of an executed notebook, which is left alone."""
    html, _ = exporter().from_notebook_node(nb)
    return str(html)


@cache
def style() -> str:
    """The style sheet, which is written into the document."""
    return (TEMPLATES / NAME / "style.css").read_text(encoding="utf-8")


def unbroken(title: str) -> str:
    """An escaped title whose last words, which all of them have in common, stay together on a line."""
    return str(title).replace(CLOSING, f'<span class="whole">{CLOSING}</span>')


def css_string(text: str) -> str:
    """A text as a string of CSS within a style element."""
    return '"' + "".join(f"\\{ord(sign):x} " if sign in '"\\<>&\n' else sign for sign in text) + '"'


@dataclass(frozen=True, slots=True)
class Group:
    """A block for the template, or the items of one list. kind: the name of its class; number: of its table, from 1."""

    kind: str
    all: tuple[Block, ...]
    number: int

    @property
    def first(self) -> Block:
        """The block, or the first item."""
        return self.all[0]


def grouped(blocks: tuple[Block, ...]) -> Iterator[Group]:
    """Blocks one by one, items of a list together."""
    tables = 0
    for is_item, run in groupby(blocks, lambda block: isinstance(block, Item)):
        if is_item:
            yield Group("Item", tuple(run), tables)
            continue
        for block in run:
            tables += isinstance(block, Table | Chart)
            yield Group(type(block).__name__, (block,), tables)
