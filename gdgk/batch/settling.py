"""What differs from run to run is taken out of an executed notebook: the same input gives the same bytes.

Also of notebooks that failed, and whichever engine ran them: when a kernel sends what is printed, the numbers of its
process, ids drawn at random, papermill's times.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from gdgk.batch.jobs import Job
from gdgk.batch.stamps import scratch_folder

INJECTED = "injected-parameters"
# At the beginning of what follows a folder: the one that a page is run in, the file that a kernel calls a cell.
RUN = re.compile(r"\Arun-\w{8}\b")
CELLS = re.compile(r"\Aipykernel_\d+\b")
# <function read at 0x7f3a5c0d1e40>: where in memory something lay.
ADDRESS = re.compile(r"(?<= at 0x)[0-9a-fA-F]{6,16}(?=>)")

Settle = Callable[[str], str]


def settle(notebook: Any, job: Job) -> None:
    """Take out of a job's executed notebook, in place, what the next run of the same input would have otherwise."""
    from nbformat.v4.rwbase import strip_transient

    notebook.metadata["papermill"] = {"parameters": notebook.metadata.get("papermill", {}).get("parameters", {})}
    settled = settler(job)
    strip_transient(notebook)
    for cell in notebook.cells:
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        if "outputs" in cell:
            cell.outputs = merged(cell.outputs)
            for output in cell.outputs:
                settle_text(output, settled)
    name_cells(notebook.cells, own_ids(job.notebook))


# ── text ──


def settler(job: Job) -> Settle:
    """Gives a text without what belongs to one run: process numbers, the folder it ran in, addresses in memory."""
    scratch = str(scratch_folder(Path(job.reports))) + os.sep
    temporary = tempfile.gettempdir() + os.sep

    def settled(text: str) -> str:
        # Folders are looked for as they are: an expression would have to be compiled for each page.
        text = after(temporary, CELLS, "ipykernel", text, kept="")
        return ADDRESS.sub("…", after(scratch, RUN, "run-…", text, kept=scratch))

    return settled


def after(folder: str, pattern: re.Pattern[str], instead: str, text: str, kept: str) -> str:
    """A text with something else where a pattern follows the name of a folder, of which there is left what is kept."""
    first, *others = text.split(folder)
    for other in others:
        settled = pattern.sub(instead, other, count=1)
        first += (folder if settled == other else kept) + settled
    return first


def settle_text(output: Any, settled: Settle) -> None:
    """Settle what an output says in plain text: streams, errors, the representation of a value."""
    if output.output_type == "stream":
        output.text = settled(output.text)
    elif output.output_type == "error":
        output.evalue = settled(output.evalue)
        output.traceback = [settled(line) for line in output.traceback]
    elif isinstance(output.data.get("text/plain"), str):
        output.data["text/plain"] = settled(output.data["text/plain"])


def merged(outputs: Iterable[Any]) -> list[Any]:
    """Outputs with what was printed between two others as one output a stream.

    A kernel sends it in pieces, as time passes, each stream by itself: their number and order are chance.
    """
    found: list[Any] = []
    for printed, group in groupby(outputs, lambda output: output.output_type == "stream"):
        own = list(group)
        found += one_each(own) if printed else own
    return found


def one_each(streams: list[Any]) -> Iterator[Any]:
    """One output for each stream that was printed to."""
    for name in sorted({output.name for output in streams}, reverse=True):  # stdout, stderr: as a kernel sends them
        own = [output for output in streams if output.name == name]
        own[0].text = "".join(output.text for output in own)
        yield own[0]


# ── ids ──


def own_ids(path: str) -> set[str]:
    """The ids that a notebook's own file gives its cells; those before version 4.5 give none."""
    cells = json.loads(Path(path).read_bytes()).get("cells", [])
    return {cell["id"] for cell in cells if "id" in cell}


def name_cells(cells: Iterable[Any], own: set[str]) -> None:
    """Give each cell whose id was drawn in the run (papermill's own cells, those of old notebooks) one by its place."""
    taken = set(own)
    for number, cell in enumerate(cells, start=1):
        if cell.get("id") in own:
            continue
        name = INJECTED if INJECTED in cell.metadata.get("tags", []) else f"cell-{number}"
        while name in taken:
            name += "-"
        cell["id"] = name
        taken.add(name)
