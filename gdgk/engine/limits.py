"""A process that runs one notebook and ends: bound to its parent, held to its memory, alike in every run."""

from __future__ import annotations

import ctypes
import gc
import os
import random
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
# When memory runs out, the kernel of the operating system is to end this process, not the one that watches.
FIRST_TO_GO = "500"
KIB = 1024
# How many objects more there may be before Python looks for cycles among them. A process that soon ends, and frees most
# of what it makes without, saves a twentieth of its time by looking less often than Python's own 700 make it.
SELDOM = (50_000, 20, 20)

# Loaded once, before any fork.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with(parent: int) -> None:
    """End with the parent, however it ends."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def hold_memory(memory: int) -> None:
    """Allow so many bytes more than are in use now (0: as many as there are); beyond, Python raises MemoryError."""
    if not memory:
        return
    limit = data_size() + memory
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def data_size() -> int:
    """The bytes of private memory that this process has asked for."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * KIB
    return 0


def stand_alone(parent: int, memory: int) -> None:
    """Make a forked process one of its own: its group, its end, its signals, its memory, its random numbers."""
    die_with(parent)
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(OSError):  # a help only: some systems do not allow it
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, encoding="utf-8")
    hold_memory(memory)
    gc.set_threshold(*SELDOM)
    random.seed()
    generators = sys.modules.get("numpy.random")
    if generators is not None:
        # Python's own generator is seeded anew at a fork; numpy's would give every report the same numbers. numpy
        # imports its own when it is first asked for: not to be done here, where it costs a tenth of a page.
        generators.seed()
