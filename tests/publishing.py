"""Annual reports as executed notebooks, made without a kernel; documents read back by LibreOffice and poppler."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest
from nbconvert.nbconvertapp import NbConvertApp
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gdgk.archive import Archive
from gdgk.exporters.warming import output_of
from gdgk.importers import doc
from gdgk.pages import AnnualReportPage
from gdgk.prose import HEADINGS
from gdgk.report import Report

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CHART = "application/vnd.plotly.v1+json"
# What nobody may be able to run, break or lose: each shown as text.
HOSTILE = [
    "<script>alert(1)</script>",
    '</style><img src=x onerror="alert(1)">',
    "=cmd|' /C calc'!A0",
    "{{ 7*7 }}{% for x in y %}",
    "**粗** `码` [链](http://example.com)",
    "${7*7} #{7*7} <%= 7*7 %>",
    "]]><!--",
    "𠮷㐂家🙂",
]


def annual_notebook(agency: str, year: int, data: str = "") -> NotebookNode:
    """The annual report's notebook as executed on a report of a data folder, every cell of it."""
    page = AnnualReportPage(agency, year, data)
    cells = [shown(page.masthead()), shown(page.opening())]
    for numeral, heading in HEADINGS.items():
        cells += [new_markdown_cell(f"## {heading}"), shown(page.section(numeral))]
    return new_notebook(cells=cells)


def notebook_of_report(report: Report, root: Path) -> NotebookNode:
    """The same of a report that is in no data folder yet."""
    archive = Archive(root)
    archive.write(report)
    return annual_notebook(report.agency, report.year, str(root))


def shown(piece: Any) -> NotebookNode:
    """A cell that shows a piece of a page."""
    return new_code_cell("", outputs=[output_of(piece)])


def outputs(**data: Any) -> NotebookNode:
    """A notebook with one output. data: by mime type, ``_`` for ``/``."""
    return new_notebook(cells=[new_code_cell("", outputs=[new_output("display_data", data)])])


def html_output(markup: str) -> NotebookNode:
    """A notebook that shows some markup."""
    return outputs(**{"text/html": markup})


def nbconvert(*arguments: str | Path) -> None:
    """``jupyter nbconvert …`` in this process; ends it as the command would when it fails."""
    app = NbConvertApp()
    app.initialize([str(argument) for argument in arguments])
    app.start()


def without(reason: str) -> NoReturn:
    """Skip for want of something; where CI=true it has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI=true")
    pytest.skip(reason)


def rendered(documents: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """The PDFs that LibreOffice makes of some Word documents, by their names; started once for all of them."""
    program = doc.office()
    if program is None:
        without("no LibreOffice on this machine")
    sources = [folder / f"{name}.docx" for name in documents]
    for source, content in zip(sources, documents.values(), strict=True):
        source.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return {source.stem: source.with_suffix(".pdf") for source in sources}


def needs(program: str) -> str:
    """A program of the machine."""
    return shutil.which(program) or without(f"no {program} on this machine")
