"""What the official exporters have in common: nbconvert's own preparations, then the notebook as a document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool
from traitlets.config import Config

from gdgk.errors import GdgkError
from gdgk.exporters.blocks import document_of
from gdgk.exporters.pieces import Document
from gdgk.markup import REPORT_DATA

# The notebook is validated once, not after each preprocessor.
OFFICIAL_CONFIG = Config({"Exporter": {"optimistic_validation": True}})


DRAFT = "draft"


class DocumentPreprocessor(Preprocessor):
    """The notebook, once executed or filtered as the user asked, as ``resources.document``, its data as
    ``resources.report_data`` (:func:`gdgk.pages.data.report_data`; empty for a notebook that brings none).
    """

    enabled = True
    final = Bool(
        False, help="The final version, without 草稿: refused while findings of severity error are undecided."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook as it is, and its document. resources: ``final``, where given, in place of the trait.

        Raises :class:`gdgk.errors.GdgkError` for a final version of a report with undecided findings.
        """
        document, data = document_of(nb), data_of(nb)
        if resources.get("final", self.final):
            document = finished(document, data)
        resources["document"], resources["report_data"] = document, data
        return nb, resources


class DocumentExporter(Exporter):
    """An exporter that writes a document, not a template: a subclass says with which ending, and how."""

    def __init__(self, config: Any = None, **options: Any) -> None:
        super().__init__(config=config, **options)
        self.register_preprocessor(DocumentPreprocessor(parent=self), enabled=True)

    @property
    def default_config(self) -> Any:
        """The notebook is validated once, not after each preprocessor."""
        return OFFICIAL_CONFIG


def data_of(nb: NotebookNode) -> dict[str, Any]:
    """The data that the masthead of a report brings; empty where there are none."""
    outputs = (output for cell in nb.cells for output in cell.get("outputs", ()))
    found: Any = next((output.data[REPORT_DATA] for output in outputs if REPORT_DATA in output.get("data", {})), {})
    return dict(found) if isinstance(found, dict) else {}


def finished(document: Document, data: dict[str, Any]) -> Document:
    """A document without 草稿. Raises :class:`gdgk.errors.GdgkError` while a finding of severity error is undecided."""
    if not any(notice.kind == DRAFT for notice in document.notices):
        return document
    undecided = data.get("undecided")
    if undecided != 0:
        count = undecided if isinstance(undecided, int) else "an unknown number of"
        raise GdgkError(
            f"{document.title}: found {count} findings of severity error that are open; expected each explained, "
            "dismissed or corrected before the final version; decide with gdgk review"
        )
    return replace(document, notices=tuple(notice for notice in document.notices if notice.kind != DRAFT))
