"""Tasks for children of the warm parent: found by their name, so they live in a module."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

Tell = Callable[[int], None]


def double(value: Any, tell: Tell) -> Any:
    tell(1)
    return value * 2


def surroundings(_: Any, __: Tell) -> dict[str, Any]:
    """What a task finds: to be the same in each."""
    import numpy
    import pandas

    return {
        "folder": os.getcwd(),
        "leak": getattr(sys, "leak", None),
        "option": pandas.get_option("display.max_rows"),
        "environment": os.environ.get("GDGK_LEAK"),
        "umask": os.umask(0o22),
        "threads": threading.active_count(),
        "random": random.random(),
        "numpy": float(numpy.random.random()),
        "hash": hash("政府信息公开"),
    }


def soil(_: Any, __: Tell) -> None:
    """Leave traces everywhere."""
    import pandas

    sys.leak = "here"  # type: ignore[attr-defined]
    pandas.set_option("display.max_rows", 3)
    os.environ["GDGK_LEAK"] = "here"
    os.umask(0)
    os.chdir("/")
    random.seed(1)


def end_by(number: int, _: Tell) -> None:
    os.kill(os.getpid(), number)
    time.sleep(60)


def leave(status: int, _: Tell) -> None:
    os._exit(status)


def fail(text: str, _: Tell) -> None:
    raise ValueError(text)


def never_end(stubborn: bool, tell: Tell) -> str:
    if stubborn:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    tell(7)
    try:
        while True:
            time.sleep(60)
    except KeyboardInterrupt:
        return "interrupted"


def take_memory(size: int, _: Tell) -> str:
    try:
        taken = bytearray(size)
    except MemoryError:
        return "refused"
    return f"got {len(taken)}"


def start_other(_: Any, __: Tell) -> int:
    """Start a process that outlives its parent, if it may."""
    process = os.fork()
    if not process:
        time.sleep(600)
        os._exit(0)
    return process


def process_of(_: Any, tell: Tell) -> None:
    tell(os.getpid())
    time.sleep(600)
