"""In a child of the warm parent: a page made through papermill in this very process. Imported by the parent alone."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import papermill

from gdgk.batch.jobs import Job, Outcome, one_line, over_limit
from gdgk.batch.stamps import scratch_folder
from gdgk.batch.work import perform
from gdgk.engine.adapter import Here
from gdgk.engine.cells import NeedsKernel


def perform_here(job: Job, tell: Callable[[Any], None]) -> Outcome:
    """In the child: make the page. A notebook that only a kernel can run has crashed, and is tried again in one."""
    begun = time.monotonic()
    try:
        return perform(job, lambda job: execute_here(job, tell))
    except NeedsKernel as error:
        return Outcome(job.place, "crashed", time.monotonic() - begun, f"needs a kernel: {error}")


def execute_here(job: Job, tell: Callable[[Any], None]) -> tuple[Any, str]:
    """Run a job's notebook in this process through papermill: the executed notebook, the error that ended it."""

    here, begun = Here(tell), time.monotonic()
    home = os.getcwd()
    scratch = scratch_folder(Path(job.reports))
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=scratch) as folder:
        try:
            papermill.execute_notebook(
                job.notebook,
                None,
                parameters=dict(job.parameters),
                engine_name="gdgk",
                progress_bar=False,
                request_save_on_cell_execute=False,
                cwd=folder,
                here=here,
            )
        except papermill.PapermillExecutionError as raised:
            ended = f"{raised.ename}: {raised.evalue}"
            if raised.ename == "KeyboardInterrupt" and time.monotonic() - begun >= job.limit > 0:
                ended = over_limit(job)
            error = one_line(f"cell {raised.exec_count}: {ended}")
            return (here.manager.nb if here.manager else None), error
        finally:
            os.chdir(home)
    return (here.manager.nb if here.manager else None), ""
