"""What the official exporters have in common: nbconvert's own preparations, then the notebook as a document."""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets.config import Config

from gdgk.exporters.blocks import document_of

# The notebook is validated once, not after each preprocessor.
OFFICIAL_CONFIG = Config({"Exporter": {"optimistic_validation": True}})


class DocumentPreprocessor(Preprocessor):
    """The notebook, once executed or filtered as the user asked, as ``resources.document``."""

    enabled = True

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook as it is, and its document."""
        resources["document"] = document_of(nb)
        return nb, resources
