"""The handle on a warm parent: starts it, gives it tasks, hears of them."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import gdgk
from gdgk.errors import GdgkError

# So many tasks make up for the seconds that warming takes; fewer fill what they need themselves.
WORTH_WARMING = 8
# One thread: a fork copies the thread that forks and no other, and whatever lock the others held stays locked.
SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
# Sets iterate in one order in every process, so that the same input gives the same bytes.
ALIKE = {"PYTHONHASHSEED": "0"}
# No module is taken from the folder in which the command is run, only from where this process takes its own.
START = """
import sys
sys.path[:] = sys.argv[2].splitlines()
from gdgk.engine.parent import main
main(int(sys.argv[1]), sys.argv[3])
"""


class ParentLost(GdgkError):
    """The warm parent could not start or was ended from outside; its children went with it."""


@dataclass(frozen=True, slots=True)
class News:
    """What is told of a task: ``at`` (how far it is), ``result``, ``broken`` (the traceback), ``late``, ``ended``.

    number: of the task. value, at the end: the exit status, negative for a signal.
    """

    number: int
    word: str
    value: Any


def unsupported() -> str:
    """Why no warm parent can be had here; empty where one can."""
    if sys.platform != "linux":
        return f"forking after imports is not safe on {sys.platform}"
    if not hasattr(os, "pidfd_open"):
        return "this Python has no os.pidfd_open"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError as error:
        return f"pidfd_open: {error.strerror}"
    return ""


def status_text(status: int) -> str:
    """An exit status for reading."""
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def module_paths() -> list[str]:
    """Where modules are looked for, without the folders of the script that runs and of the user, which a kernel does
    not have either.
    """
    own = str(Path(gdgk.__file__).parent.parent)
    without = {"", os.getcwd(), os.path.dirname(os.path.abspath(sys.argv[0]))} - {own}
    return [path for path in sys.path if path not in without]


class WarmParent:
    """A warm parent process.

    prepare: ``module:function`` that it calls before the first fork; what is imported and cached there every child has.
    warm: another, which takes longer, called with ``wanted`` (which can be pickled) as soon as so many tasks are
    expected that they make up for it (empty: none). Raises :class:`ParentLost` from any method once it is gone.
    """

    def __init__(self, prepare: str, warm: str = "", wanted: Any = None) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-c", START, str(theirs.fileno()), "\n".join(module_paths()), prepare]
            environment = {**os.environ, **dict.fromkeys(SINGLE_THREADED, "1"), **ALIKE}
            # A session of its own: what is typed at the terminal is for us, and we tell it what to do.
            self.process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.control = Connection(ours.detach())
        self.started = 0
        self.to_warm, self.wanted = warm, wanted

    def expect(self, tasks: int) -> None:
        """Have it warmed, unless that was done, where so many tasks in all are worth it; before the next is begun."""
        if not self.to_warm or tasks < WORTH_WARMING:
            return
        self.order(0, self.to_warm, self.wanted)
        self.to_warm = ""

    def start(self, task: str, argument: Any, limit: float = 0.0, memory: int = 0) -> int:
        """Fork a child that does a task; its number.

        task: ``module:function``, called as ``function(argument, tell)`` and imported by the child where the parent has
        not done so. limit: wall-clock seconds, after which it is interrupted (0: no
        limit); memory: bytes that it may take (0: no limit).
        """
        self.started += 1
        self.expect(self.started)
        self.order(self.started, task, argument, limit, memory)
        return self.started

    def order(self, number: int, task: str, argument: Any = None, limit: float = 0.0, memory: int = 0) -> None:
        """Send a task; number 0: for the parent itself."""
        try:
            self.control.send((number, limit, memory))
            self.control.send_bytes(pickle.dumps((task, argument)))
        except OSError as error:
            raise self.lost() from error

    def news(self, timeout: float | None = 0.0) -> list[News]:
        """What was told since the last call, after waiting ``timeout`` seconds at most (None: as long as it takes)."""
        found = []
        try:
            if wait([self.control], timeout):
                found.append(self.take())
                while self.control.poll():
                    found.append(self.take())
        except (EOFError, OSError) as error:
            raise self.lost() from error
        return [news for news in found if news.number]

    def take(self) -> News:
        """The next thing told."""
        number, word, value = self.control.recv()
        if word in ("news", "result", "broken"):
            value = pickle.loads(self.control.recv_bytes())
        if not number and word == "broken":
            raise ParentLost(f"gdgk's warm parent process could not start: {value.strip().splitlines()[-1]}")
        return News(number, word, value)

    def lost(self) -> ParentLost:
        """The error for a parent that is gone."""
        self.close()
        return ParentLost("gdgk's warm parent process was ended from outside; run the same command again")

    def close(self) -> None:
        """End the parent and every child; a child that is in the midst of its task is killed."""
        self.control.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> WarmParent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
