"""One page: run the notebook, export it, put both in place. Runs in a worker process; knows nothing of the batch."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdgk.files import write_atomic

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Job:
    """A notebook to run. place: the page relative to reports, without ending."""

    notebook: str
    parameters: dict[str, Any]
    reports: str
    place: str
    title: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job; message: the error in one line, with the cell it happened in."""

    place: str
    ok: bool
    seconds: float
    message: str = ""
    copy: bool = False


def perform(job: Job) -> Outcome:
    """Run a job. Never raises for what a notebook does: a failure leaves its executed copy under ``failed/``."""
    begun = time.perf_counter()
    reports = Path(job.reports)
    failed = reports / "failed" / f"{job.place}.ipynb"
    notebook = None
    try:
        notebook, error = execute(job)
        if error:
            return Outcome(job.place, False, time.perf_counter() - begun, error, keep_copy(failed, notebook))
        depth = len(Path(job.place).parts) - 1
        html = export(notebook, "../" * depth)
        write_atomic(reports / f"{job.place}.ipynb", notebook_text(notebook))
        write_atomic(reports / f"{job.place}.html", html)
        failed.unlink(missing_ok=True)
    except Exception as error:
        message = one_line(f"{type(error).__name__}: {error}")
        return Outcome(job.place, False, time.perf_counter() - begun, message, keep_copy(failed, notebook))
    return Outcome(job.place, True, time.perf_counter() - begun)


def keep_copy(path: Path, notebook: Any) -> bool:
    """Write the executed copy of a notebook that failed; whether there is one (the disk may be full)."""
    if notebook is None:
        return False
    try:
        write_atomic(path, notebook_text(notebook))
    except OSError:
        return False
    return True


def execute(job: Job) -> tuple[Any, str]:
    """The executed notebook, and the error that ended it (empty when none did)."""
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError

    with tempfile.TemporaryDirectory(prefix="gdgk-") as folder:
        output = Path(folder) / "out.ipynb"
        error = ""
        try:
            papermill.execute_notebook(
                job.notebook,
                str(output),
                parameters=job.parameters,
                progress_bar=False,
                request_save_on_cell_execute=True,
                cwd=folder,
                kernel_manager_class=kernel_manager(),
            )
        except papermill.PapermillExecutionError as raised:
            error = one_line(f"cell {raised.exec_count}: {raised.ename}: {raised.evalue}")
        except DeadKernelError as raised:
            error = one_line(f"{type(raised).__name__}: {raised}")
        notebook = nbformat.read(output, as_version=4)
    settle(notebook)
    notebook.metadata["title"] = job.title
    return notebook, error


def kernel_manager() -> type:
    """Kernels that talk over local sockets, which no other user of the machine can read; TCP where there are none.

    What a kernel itself logs (it reports its own shutdown as an error) is not shown; what a notebook prints is.
    """
    from jupyter_client.manager import AsyncKernelManager

    class LocalKernelManager(AsyncKernelManager):
        """A kernel manager over IPC."""

        async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
            await super()._async_launch_kernel(kernel_cmd, **{**options, "stderr": subprocess.DEVNULL})

        def _transport_default(self) -> str:
            return "tcp" if sys.platform == "win32" else "ipc"

    return LocalKernelManager


def settle(notebook: Any) -> None:
    """Take out what differs from run to run (times, paths of the run), so that the same input gives the same bytes."""
    notebook.metadata["papermill"] = {"parameters": notebook.metadata.get("papermill", {}).get("parameters", {})}
    for cell in notebook.cells:
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"


def export(notebook: Any, root: str) -> str:
    """The page of an executed notebook. root: the way from the page to the reports folder."""
    from gdgk.exporters.html import WorkbookHtmlExporter

    exporter = WorkbookHtmlExporter(plotly_url=f"{root}plotly.min.js", index_url=f"{root}index.html")
    html, _ = exporter.from_notebook_node(notebook)
    return str(html)


def notebook_text(notebook: Any) -> str:
    """A notebook as text."""
    import nbformat

    return str(nbformat.writes(notebook)) + "\n"


def one_line(text: str) -> str:
    """The first line of an error, without colours."""
    lines = [line.strip() for line in ANSI.sub("", text).splitlines() if line.strip()]
    return lines[0] if lines else "unknown error"
