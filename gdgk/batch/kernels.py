"""The way that works everywhere: papermill and nbclient in long-lived worker processes, a kernel for each page.

For other systems and languages, and as the second try of a page whose process ended without a word elsewhere.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gdgk.batch.jobs import Event, Job, Outcome, begin_each, one_line
from gdgk.batch.stamps import scratch_folder
from gdgk.batch.work import perform
from gdgk.imports import left_out

# Sets and dicts of text iterate alike in every run: the same input gives the same bytes.
SEED = {"PYTHONHASHSEED": "0"}
# Seconds that a kernel has after it was interrupted, and a worker beyond its job's limit, before they are killed.
GRACE = 5.0
PATIENCE = 30.0

Tell = Callable[[tuple[str, Any]], None]


# ── in the batch's process ──


@dataclass
class Worker:
    """A worker process as the batch sees it: the job it is at since when, its kernel (process, connection file)."""

    process: Any
    pipe: connection.Connection
    job: Job | None = None
    begun: float = 0.0
    kernel: tuple[int, str] | None = None
    peak: int = 0

    def overdue(self) -> bool:
        """Whether it has been at its job for longer than the limit and the patience with it."""
        limit = self.job.limit if self.job else 0
        return bool(limit) and time.monotonic() - self.begun > limit + PATIENCE

    def end(self) -> None:
        """End the process and its kernel at once."""
        self.process.kill()
        self.process.join()
        end_kernel(self.kernel)
        self.pipe.close()


class KernelBackend:
    """Carries jobs out in worker processes (see :class:`gdgk.batch.jobs.Backend`)."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.workers: list[Worker] = []

    def begin(self, waiting: deque[Job]) -> list[Job]:
        """Begin what there is room for."""
        busy = sum(worker.job is not None for worker in self.workers)
        return begin_each(waiting, self.slots - busy, self.start)

    def start(self, job: Job) -> None:
        """Begin a job in an idle worker, or in a new one."""
        for worker in [worker for worker in self.workers if worker.job is None]:
            with suppress(OSError):
                worker.pipe.send(job)
                break
            self.drop(worker)
        else:
            worker = new_worker()
            worker.pipe.send(job)
            self.workers.append(worker)
        worker.job, worker.begun, worker.kernel, worker.peak = job, time.monotonic(), None, 0

    def events(self, timeout: float) -> list[Event]:
        """What happened since the last call, waiting ``timeout`` seconds at most for the first."""
        busy = [worker for worker in self.workers if worker.job is not None]
        if not busy:
            return []
        ready = connection.wait([each for worker in busy for each in (worker.pipe, worker.process.sentinel)], timeout)
        found: list[Event] = []
        for worker in busy:
            if worker.pipe in ready or worker.process.sentinel in ready:
                found += self.heard(worker)
            if worker.job is not None and worker.overdue():
                found.append(self.gone(worker, "failed", f"over the limit of {worker.job.limit:g} s"))
        return found

    def heard(self, worker: Worker) -> Iterator[Event]:
        """What a worker has told, and that it is gone where it is."""
        job = worker.job
        assert job is not None
        try:
            while worker.pipe.poll():
                what, value = worker.pipe.recv()
                if what == "cell":
                    yield Event(job, value)
                elif what == "kernel":
                    worker.kernel = value
                elif what == "peak":
                    worker.peak = max(worker.peak, value)
                else:
                    worker.job = worker.kernel = None
                    yield Event(job, outcome=replace(value, peak=worker.peak))
                    return
        except (EOFError, OSError):
            yield self.gone(worker, "crashed", "")

    def gone(self, worker: Worker, state: str, message: str) -> Event:
        """A worker that has ended, or is ended, in the middle of its job."""
        job = worker.job
        assert job is not None
        worker.process.join(0.5 if state == "crashed" else 0)
        message = message or f"the process that ran it was ended from outside ({ending(worker.process.exitcode)})"
        seconds = time.monotonic() - worker.begun
        self.drop(worker)
        return Event(job, outcome=Outcome(job.place, state, seconds, message))

    def drop(self, worker: Worker) -> None:
        """Do without a worker."""
        worker.end()
        self.workers.remove(worker)

    def close(self, now: bool = False) -> None:
        """End the workers; ``now``: also those with a job under way, which then has no outcome."""
        for worker in self.workers:
            if worker.job is None:
                with suppress(OSError):
                    worker.pipe.send(None)
        for worker in self.workers:
            if worker.job is None or not now:
                worker.process.join(GRACE)
            worker.end()
        self.workers = []


def new_worker() -> Worker:
    """A worker process. Ctrl-C, which a terminal sends to it too, is the batch's business from its very beginning."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=False)
    with environment(SEED), interrupts_held_back():
        process.start()
    theirs.close()
    return Worker(process, ours)


@contextmanager
def environment(changes: dict[str, str]) -> Iterator[None]:
    """Some variables for the processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Hold SIGINT back in the processes that are started meanwhile, until they let it through."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ending(code: int | None) -> str:
    """How a process ended: SIGKILL, or its exit code."""
    if code is not None and code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def end_kernel(kernel: tuple[int, str] | None) -> None:
    """End a kernel and what it started, and take away the files by which it was reached."""
    if kernel is None:
        return
    number, file = kernel
    with suppress(OSError):
        if hasattr(os, "killpg") and os.getpgid(number) == number:
            os.killpg(number, signal.SIGKILL)
    path = Path(file)
    for left in path.parent.glob(f"{path.stem}*") if path.stem else ():
        left.unlink(missing_ok=True)


# ── in a worker ──


def serve(pipe: connection.Connection) -> None:
    """Carry out the jobs that come, until there is none, or nobody who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with left_out():
        import papermill  # noqa: F401
    kernels = Kernels(pipe.send)
    threading.Thread(target=end_with_parent, args=(kernels,), daemon=True).start()
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        if job is None:
            return
        pipe.send(("ended", perform(job, kernels.execute)))


def end_with_parent(kernels: Kernels) -> None:
    """Wait for the parent's end, however it ends, and end, with the kernel."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        end_kernel(kernels.kernel)
        os._exit(1)


@dataclass
class Kernels:
    """Executes notebooks through papermill, one at a time. tell: news of the kernel and of the cell it is at."""

    tell: Tell
    kernel: tuple[int, str] | None = None
    cell: int = 0
    over: bool = False
    done: threading.Event = field(default_factory=threading.Event)

    def execute(self, job: Job) -> tuple[Any, str]:
        """The executed notebook, and the error that ended it (empty when none did)."""
        import nbformat
        import papermill
        from nbclient.exceptions import DeadKernelError

        self.kernel, self.cell, self.over, self.done = None, 0, False, threading.Event()
        scratch = scratch_folder(Path(job.reports))
        scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="run-", dir=scratch, ignore_cleanup_errors=True) as folder:
            output = Path(folder) / "out.ipynb"
            error = ""
            try:
                with self.limited(job.limit):
                    papermill.execute_notebook(
                        as_path(job.notebook),
                        as_path(str(output)),
                        parameters=dict(job.parameters),
                        progress_bar=False,
                        request_save_on_cell_execute=True,
                        cwd=folder,
                        kernel_manager_class=kernel_manager(self, job.memory),
                        on_cell_start=self.at_cell,
                    )
            except papermill.PapermillExecutionError as raised:
                error = one_line(f"cell {raised.exec_count}: {raised.ename}: {raised.evalue}")
                if raised.ename == "MemoryError" and job.memory:
                    error += f" (limit {job.memory // 2**20} MB)"
            except DeadKernelError as raised:
                error = one_line(f"cell {self.cell}: {type(raised).__name__}: {raised}")
            if self.over and error:
                error = f"cell {self.cell}: over the limit of {job.limit:g} s"
            self.kernel = None
            return nbformat.read(output, as_version=4), error

    def at_cell(self, cell: Any, cell_index: int) -> None:
        """A cell begins; code cells are numbered from 1, as Jupyter numbers them."""
        if cell.cell_type == "code":
            self.cell += 1
            self.tell(("cell", self.cell))

    def launched(self, number: int, file: str) -> None:
        """A kernel is there: its process and its connection file."""
        self.kernel = (number, file)
        self.tell(("kernel", self.kernel))

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Interrupt the kernel after some seconds, so that its traceback says where it was; kill it if it goes on."""
        watch = threading.Timer(seconds, self.stop)
        watch.daemon = True
        if seconds:
            watch.start()
        try:
            yield
        finally:
            self.done.set()
            watch.cancel()

    def stop(self) -> None:
        """The time is over."""
        self.over = True
        if self.kernel is not None:
            with suppress(OSError):
                os.kill(self.kernel[0], signal.SIGINT)
        while not self.done.wait(GRACE):
            if self.kernel is not None:
                end_kernel((self.kernel[0], ""))


def as_path(text: str) -> str:
    """A path as papermill takes it: braces in it are no parameters."""
    return text.replace("{", "{{").replace("}", "}}")


def kernel_manager(kernels: Kernels, memory: int) -> type:
    """Kernels that talk over local sockets, which no other user of the machine can read; TCP where there are none.

    What a kernel itself logs (it reports its own shutdown as an error) is not shown; what a notebook prints is.
    """
    from jupyter_client.manager import AsyncKernelManager

    class LocalKernelManager(AsyncKernelManager):
        """A kernel manager over IPC, whose kernels may take so much memory and no more."""

        async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
            with memory_limit(memory):
                await super()._async_launch_kernel(kernel_cmd, **{**options, "stderr": subprocess.DEVNULL})
            kernels.launched(getattr(self.provisioner, "pid", 0) or 0, self.connection_file)

        async def _async_request_shutdown(self, restart: bool = False) -> None:
            kernels.tell(("peak", peak_memory(getattr(self.provisioner, "pid", 0) or 0)))
            await super()._async_request_shutdown(restart)

        def _transport_default(self) -> str:
            return "tcp" if sys.platform == "win32" else "ipc"

    return LocalKernelManager


@contextmanager
def memory_limit(size: int) -> Iterator[None]:
    """So many bytes of data (0: any number) for the processes that are started meanwhile; where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        size = 0
    if not size:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = min([size, *(bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY)])
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def peak_memory(number: int) -> int:
    """The most memory that a process had, in bytes; 0 where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{number}/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return 0
