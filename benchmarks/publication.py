"""What an official document costs in a process that has written one before: CPU of each format, and its size.

The annual report of every report of ``data/``, its notebook's cells called as functions, no kernel; only the writing is
measured. Medians and the slowest; for sizes the largest. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gdgk.archive import Archive
from gdgk.exporters.docx import official_docx
from gdgk.exporters.official import official_html
from gdgk.exporters.pdf import official_pdf
from gdgk.exporters.warming import output_of
from gdgk.exporters.xlsx import official_xlsx
from gdgk.pages import AnnualReportPage
from gdgk.prose import HEADINGS

ROUNDS = 7


@dataclass(frozen=True)
class Format:
    """A format: who writes it, seconds of CPU and bytes that a report may take."""

    write: Callable[[NotebookNode], bytes]
    seconds: float
    size: int


FORMATS = {
    "html": Format(lambda notebook: official_html(notebook).encode(), 0.3, 60_000),
    "docx": Format(official_docx, 0.3, 60_000),
    "xlsx": Format(official_xlsx, 0.3, 60_000),
    # Fonts are in it: Chinese ones, for every sign that is used.
    "pdf": Format(official_pdf, 2.0, 1_000_000),
}


def notebooks() -> Iterator[NotebookNode]:
    """The annual report of every report, as executed."""
    for one in Archive().report_ids():
        page = AnnualReportPage(one.agency, one.year)
        cells = [new_code_cell("", outputs=[output_of(piece)]) for piece in (page.masthead(), page.opening())]
        for numeral, heading in HEADINGS.items():
            cells += [new_markdown_cell(f"## {heading}"), new_code_cell("", outputs=[output_of(page.section(numeral))])]
        yield new_notebook(cells=cells)


def cost(write: Callable[[NotebookNode], bytes], notebook: NotebookNode) -> float:
    """Median CPU seconds of writing a notebook."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        write(notebook)
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def main() -> int:
    """Measure every format; 1 when a goal is missed."""
    made, missed = list(notebooks()), False
    print(f"{'format':8}{'median':>10}{'slowest':>10}{'largest':>12}   goals")
    for name, form in FORMATS.items():
        form.write(made[0])
        costs = [cost(form.write, notebook) for notebook in made]
        largest = max(len(form.write(notebook)) for notebook in made)
        print(
            f"{name:8}{statistics.median(costs):9.3f}s{max(costs):9.3f}s{largest:10,} B"
            f"   {form.seconds} s, {form.size:,} B"
        )
        missed |= max(costs) > form.seconds or largest > form.size
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
