"""In a child of the warm parent: a page made with papermill's own steps in this very process. Imported by it alone."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill import PapermillExecutionError
from papermill.execute import raise_for_execution_errors
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from gdgk.archive.agencies import REGISTER, read_register
from gdgk.batch.jobs import Job, Outcome, one_line, over_limit
from gdgk.batch.stamps import scratch_folder
from gdgk.batch.work import notebook_text, perform
from gdgk.engine.cells import NeedsKernel, recorded, run_here, unchecked_nodes
from gdgk.exporters.warming import BUREAU, synthetic_archive
from gdgk.files import write_atomic
from gdgk.imports import left_out

ENGINE = "gdgk"
# Notebooks by their text, read in the warm parent.
KEPT: dict[str, Any] = {}
PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}


def perform_here(job: Job, tell: Callable[[int], None]) -> Outcome:
    """In the child: make the page. A notebook that only a kernel can run has crashed, and is tried again in one."""
    begun = time.monotonic()
    try:
        return perform(job, lambda job: execute_here(job, tell))
    except NeedsKernel as error:
        return Outcome(job.place, "crashed", time.monotonic() - begun, f"needs a kernel: {error}")


def execute_here(job: Job, tell: Callable[[int], None]) -> tuple[Any, str]:
    """Run a job's notebook in this process: the executed notebook, the error that ended it."""
    begun, home = time.monotonic(), os.getcwd()
    scratch = scratch_folder(Path(job.reports))
    scratch.mkdir(parents=True, exist_ok=True)
    notebook = prepared(job)
    with tempfile.TemporaryDirectory(prefix="run-", dir=scratch) as folder:
        os.chdir(folder)
        try:
            run_here(notebook, tell)
            raise_for_execution_errors(notebook, None)
        except PapermillExecutionError as raised:
            ended = f"{raised.ename}: {raised.evalue}"
            if raised.ename == "KeyboardInterrupt" and time.monotonic() - begun >= job.limit > 0:
                ended = over_limit(job)
            return notebook, one_line(f"cell {raised.exec_count}: {ended}")
        finally:
            os.chdir(home)
    return notebook, ""


def prepared(job: Job) -> Any:
    """A job's notebook with its parameters, by papermill.

    Its own steps one by one: the executed notebook is written once, by us, to its place; that the parameters are those
    the notebook has was seen when the run was planned.
    """
    notebook = notebook_of(job)
    # The one node that is made is a cell of code; papermill would have that laid out by black, where there is one.
    with unchecked_nodes(), left_out(("black",)):
        return parameterize_notebook(notebook, dict(job.parameters), engine_name=ENGINE)


def notebook_of(job: Job) -> Any:
    """A job's notebook as papermill reads it: by the warm parent already, where its text is still the same."""
    return KEPT.get(text_of(job.notebook)) or load_notebook_node(job.notebook)


def keep_notebooks(paths: Iterable[str]) -> str:
    """In the parent: read notebooks for the children, each of which has one copy, its own. The text of them all.

    One that cannot be read is left: whoever runs it says why.
    """
    for path in paths:
        with suppress(Exception):
            KEPT[text_of(path)] = load_notebook_node(path)
    return "".join(KEPT)


def keep_registers(paths: Iterable[str]) -> None:
    """In the parent: read who the agencies are; a child takes that over where the text is still the same."""
    for path in paths:
        with suppress(Exception):  # whoever makes a page says what is wrong
            read_register(Path(path)).fill()


def text_of(path: str) -> str:
    """A notebook as it stands in its file."""
    return Path(path).read_text(encoding="utf-8")


def rehearse() -> Outcome:
    """In the parent: make a synthetic page as children do, all but the running of its cells; they find that filled.

    What became of it, for who wants to know: a page that is not made fills less, which harms nobody.
    """
    with tempfile.TemporaryDirectory(prefix="gdgk-") as folder:
        root = Path(folder)
        report = (BUREAU, 2024, "2021")
        archive = synthetic_archive(root / "data", [report])
        notebook = root / "synthetic.ipynb"
        cells = [new_markdown_cell("合成"), parameters_cell()]
        write_atomic(notebook, notebook_text(new_notebook(cells=cells, metadata={"kernelspec": PYTHON})))
        parameters = {"agency": BUREAU, "year": 2024, "data": str(archive.root)}
        sources = tuple(str(archive.root / name) for name in (REGISTER, f"{BUREAU}/2024"))
        job = Job("made/page", str(notebook), "合成", "report", parameters, str(root), "", sources)
        return perform(job, lambda job: (as_if_run(prepared(job)), ""))


def as_if_run(notebook: Any) -> Any:
    """The notebook with papermill's record of a run, but not run: of one that is not run to its end no page is made."""
    record = recorded(notebook)
    record.notebook_start()
    for number, cell in enumerate(notebook.cells):
        record.cell_start(cell, number)
        record.cell_complete(cell, cell_index=number)
    record.notebook_complete()
    return notebook


def parameters_cell() -> Any:
    """A cell where papermill puts parameters."""
    return new_code_cell('agency = ""', metadata={"tags": ["parameters"]})
