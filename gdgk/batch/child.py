"""In a child of the warm parent: a page made through papermill in this very process. Imported by the parent alone."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import papermill
from papermill.engines import papermill_engines
from papermill.execute import raise_for_execution_errors

from gdgk.batch.jobs import Job, Outcome, one_line, over_limit
from gdgk.batch.stamps import scratch_folder
from gdgk.batch.work import perform
from gdgk.engine.adapter import Here
from gdgk.engine.cells import NeedsKernel

ENGINE = "gdgk"


def perform_here(job: Job, tell: Callable[[int], None]) -> Outcome:
    """In the child: make the page. A notebook that only a kernel can run has crashed, and is tried again in one."""
    begun = time.monotonic()
    try:
        return perform(job, lambda job: execute_here(job, tell))
    except NeedsKernel as error:
        return Outcome(job.place, "crashed", time.monotonic() - begun, f"needs a kernel: {error}")


def execute_here(job: Job, tell: Callable[[int], None]) -> tuple[Any, str]:
    """Run a job's notebook in this process through papermill: the executed notebook, the error that ended it."""
    begun, home = time.monotonic(), os.getcwd()
    scratch = scratch_folder(Path(job.reports))
    scratch.mkdir(parents=True, exist_ok=True)
    # papermill's own steps one by one, so that the executed notebook is written once: by us, to its place.
    given = {"parameters": dict(job.parameters), "engine_name": ENGINE, "prepare_only": True}
    notebook = papermill.execute_notebook(job.notebook, None, **given)
    with tempfile.TemporaryDirectory(prefix="run-", dir=scratch) as folder:
        os.chdir(folder)
        try:
            notebook = papermill_engines.execute_notebook_with_engine(
                ENGINE, notebook, kernel_name=None, progress_bar=False, here=Here(tell)
            )
            raise_for_execution_errors(notebook, None)
        except papermill.PapermillExecutionError as raised:
            ended = f"{raised.ename}: {raised.evalue}"
            if raised.ename == "KeyboardInterrupt" and time.monotonic() - begun >= job.limit > 0:
                ended = over_limit(job)
            return notebook, one_line(f"cell {raised.exec_count}: {ended}")
        finally:
            os.chdir(home)
    return notebook, ""
