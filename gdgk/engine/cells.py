"""The cells of a notebook in this process, as an IPython kernel runs them, without sockets and without threads.

It is ipykernel's own kernel; its messages are not sent but put into the notebook, by nbclient's own code. So an output
is what a standard kernel would have given.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import re
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.shellapp import InteractiveShellApp
from jupyter_client.session import Session
from nbformat.v4 import nbbase
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager
from tornado.ioloop import IOLoop
from traitlets import Any as AnyTrait
from traitlets.config import Config

from gdgk.engine.streams import Capture

if TYPE_CHECKING:
    from nbformat import NotebookNode

WIDGETS = ("comm_open", "comm_msg", "comm_close")
# Silently: what a kernel says of itself (the reply to a request, the cell it was given) is no output.
UNRECORDED = ("execute_reply", "status")
# Names of data that may be any value.
JSON = re.compile(r"application/.*\+json\Z")


class NeedsKernel(BaseException):
    """The notebook does what only a kernel of its own can do; the message says what.

    No ordinary exception: whoever catches what a notebook does wrong lets it pass.
    """


class Recorder(Session):
    """A session that hands messages over instead of sending them."""

    take = AnyTrait()

    def msg(self, msg_type: str, content: Any = None, parent: Any = None, *_: Any, **__: Any) -> dict[str, Any]:
        """A message with what is read of it here."""
        return {
            "msg_type": msg_type,
            "header": {"msg_type": msg_type},
            "parent_header": parent or {},
            "metadata": {},
            "content": content or {},
        }

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, *_: Any, **__: Any) -> Any:
        """Hand a message over."""
        message = self.msg(msg_or_type, content, parent) if isinstance(msg_or_type, str) else msg_or_type
        if self.take is not None:
            self.take(message)
        return message


class CellKernel(IPythonKernel):
    """ipykernel's kernel, asked directly."""

    # Waits for sockets to be flushed, of which there are none.
    _execute_sleep = 0

    def _abort_queues(self, *_: Any, **__: Any) -> None:
        """No request is queued behind one that failed."""


@cache
def kernel() -> CellKernel:
    """The kernel of this process, made once: its shell is what ``get_ipython()`` gives.

    It must be there before plotly is imported, which asks it how figures are shown. History is kept in memory only, as
    its file is written by a thread. A user's own start-up files are not run: the same notebook gives the same output
    everywhere.
    """
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    # Where a kernel looks for modules of the folder it runs in.
    InteractiveShellApp.init_path(SimpleNamespace(ignore_cwd=False))  # type: ignore[arg-type]
    here = SimpleNamespace(parent_thread=threading.main_thread())
    options = Config({"HistoryManager": {"enabled": False}})
    log = logging.getLogger(__name__)
    made = CellKernel.instance(session=Recorder(), shell_channel_thread=here, config=options, log=log)
    # ipykernel asks for it before each cell, and Python would work it out each time.
    run: Any = ZMQInteractiveShell.run_cell_async
    run.__signature__ = inspect.signature(run)
    return made


def run_cells(manager: NotebookExecutionManager, at: Callable[[int], None], options: Mapping[str, Any]) -> None:
    """Run the cells of a papermill run in order, up to the first that fails; its outputs hold the traceback.

    at: called with a cell's number, from 1, before it runs. options: traits of nbclient's client, as papermill passes
    them on. Standard output and error of the process are the notebook's from here on. Raises :class:`NeedsKernel`.
    """
    client = PapermillNotebookClient(manager, record_timing=False, **options)
    client.reset_execution_trackers()
    in_loop(execute(client, Collector(client), at))
    client.nb.metadata["language_info"] = dict(CellKernel.language_info)
    client.set_widgets_metadata()


def in_loop(cells: Coroutine[Any, Any, None]) -> None:
    """Run the cells in an event loop. What they left under way is left, as by a kernel that ends; this process ends."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(cells)


async def execute(client: PapermillNotebookClient, collector: Collector, at: Callable[[int], None]) -> None:
    """The loop over the cells; a kernel, too, has one event loop for all of them."""
    running = kernel()
    running.io_loop = IOLoop.current()
    # An interruption is to stop the cell, as in a kernel.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for index, cell in enumerate(client.nb.cells):
        skipped = client.skip_cells_with_tag in cell.metadata.get("tags", [])
        at(index + 1)
        client.nb_man.cell_start(cell, index)
        try:
            if cell.cell_type == "code" and cell.source.strip() and not skipped:
                reply = await run_cell(running, collector, cell, index)
                if reply["status"] != "ok" and not allowed(client, cell, reply):
                    client.nb_man.cell_exception(cell, cell_index=index)
                    break
        finally:
            client.nb_man.cell_complete(cell, cell_index=index)


async def run_cell(running: CellKernel, collector: Collector, cell: NotebookNode, index: int) -> Mapping[str, Any]:
    """Run one cell; the kernel's reply."""
    cell.outputs = []
    collector.begin(cell, index)
    request = {"header": {"msg_id": f"cell-{index}", "msg_type": "execute_request"}, "metadata": {}}
    content = {"code": cell.source, "silent": False, "store_history": True, "allow_stdin": False}
    message = {**request, "parent_header": {}, "content": content}
    running.set_parent([], message)
    await running.execute_request(None, [], message)
    collector.capture.drain()
    shell = running.shell
    if shell is not None and shell.exit_now:
        raise NeedsKernel("exit() was called")
    if collector.widgets:
        raise NeedsKernel("it has widgets")
    return collector.reply


def allowed(client: PapermillNotebookClient, cell: NotebookNode, reply: Mapping[str, Any]) -> bool:
    """Whether a cell may fail, by nbclient's rules."""
    if client.force_raise_errors:
        return False
    tags = cell.metadata.get("tags", [])
    return client.allow_errors or reply.get("ename") in client.allow_error_names or "raises-exception" in tags


class Untimed(NotebookExecutionManager):
    """papermill's record of a run, without the times: they are in no page, and are read back by the second."""

    def cell_start(self, cell: NotebookNode, cell_index: int | None = None, **_: Any) -> None:
        """Note that a cell runs."""
        cell.metadata.papermill.update(status=self.RUNNING, exception=False)


def recorded(notebook: NotebookNode) -> Untimed:
    """papermill's record of a notebook that it has prepared."""
    return Untimed(notebook, progress_bar=False, autosave_cell_every=0)


def run_here(notebook: NotebookNode, at: Callable[[int], None]) -> None:
    """Run a notebook that papermill has prepared in this process, which was forked for it; see :func:`run_cells`."""
    manager = recorded(notebook)
    manager.notebook_start()
    try:
        run_cells(manager, at, {})
    finally:
        manager.notebook_complete()


@contextmanager
def trusting(message: Mapping[str, Any]) -> Iterator[None]:
    """Meanwhile nbformat does not hold an output against its schema that is surely valid; that takes as long as making
    it. What a notebook shows by hand may be anything: all else is checked as ever.
    """
    with unchecked_nodes() if surely_valid(message["content"]) else nullcontext():
        yield


@contextmanager
def unchecked_nodes() -> Iterator[None]:
    """Meanwhile nbformat holds no node that it makes against its schema: for what is surely valid."""
    checked = nbbase.validate
    nbbase.validate = unchecked
    try:
        yield
    finally:
        nbbase.validate = checked


def surely_valid(content: Mapping[str, Any]) -> bool:
    """Whether what is shown is text, but under names of JSON, which may be anything (schema of nbformat 4.5)."""
    data, metadata = content.get("data", {}), content.get("metadata", {})
    if not isinstance(data, dict) or not isinstance(metadata, dict):
        return False
    texts = {name for name, value in data.items() if isinstance(value, str)}
    return all(isinstance(name, str) and (name in texts or JSON.match(name)) for name in data)


def unchecked(*_: Any, **__: Any) -> None:
    """In place of a check."""


class Collector:
    """Puts a kernel's messages and what is printed into the cell that runs."""

    def __init__(self, client: PapermillNotebookClient) -> None:
        self.client = client
        self.cell: NotebookNode | None = None
        self.index = 0
        self.reply: Mapping[str, Any] = {}
        self.widgets = False
        self.capture = Capture(self.print)
        session = kernel().session
        assert isinstance(session, Recorder)
        session.take = self.take
        self.session = session

    def begin(self, cell: NotebookNode, index: int) -> None:
        """What comes belongs to this cell from now on."""
        self.client.clear_before_next_output = False
        self.cell, self.index, self.reply = cell, index, {}

    def take(self, message: dict[str, Any]) -> None:
        """A message of the kernel."""
        kind = message["msg_type"]
        self.widgets = self.widgets or kind in WIDGETS
        with self.capture.lock:
            self.capture.drain()
            if kind == "execute_reply":
                self.reply = message["content"]
            elif kind not in UNRECORDED + WIDGETS and self.cell is not None:
                with trusting(message):
                    self.client.process_message(message, self.cell, self.index)

    def print(self, name: str, text: str) -> None:
        """Text on a stream; it continues the last output where that is the same stream."""
        if self.cell is None:
            return
        last = self.cell.outputs[-1] if self.cell.outputs else None
        if last is not None and last.output_type == "stream" and last.name == name and not self.clearing():
            last.text += text
            return
        message = self.session.msg("stream", {"name": name, "text": text})
        with trusting(message):
            self.client.process_message(message, self.cell, self.index)

    def clearing(self) -> bool:
        """Whether the next output is to replace those that are there."""
        return bool(self.client.clear_before_next_output)
