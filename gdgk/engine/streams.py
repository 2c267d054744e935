"""What a notebook prints, however it prints it: through Python, through C code, from processes it starts.

The file descriptors 1 and 2 lead into two anonymous files, which are read before anything else is recorded, so that
everything stands in the order in which it was written.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
import threading
from collections.abc import Callable

NAMES = {1: "stdout", 2: "stderr"}

Record = Callable[[str, str], None]


class Descriptor:
    """A file descriptor whose bytes are kept in an anonymous file; the file is shared with every process started."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.name = NAMES[number]
        self.at = 0
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        made = os.memfd_create(f"gdgk-{self.name}")
        # Several processes write, each where the file ends: none overwrites what another has written.
        self.file = os.open(f"/proc/self/fd/{made}", os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        os.close(made)
        os.dup2(self.file, number)

    def unread(self) -> str:
        """What was written since the last call."""
        size = os.fstat(self.file).st_size
        if size == self.at:
            return ""
        content = os.pread(self.file, size - self.at, self.at)
        self.at += len(content)
        return self.decoder.decode(content)


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a notebook."""

    def __init__(self, number: int, record: Record) -> None:
        self.number = number
        self.record = record
        self.process = os.getpid()
        self.name = NAMES[number]

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Always UTF-8."""
        return "UTF-8"

    def fileno(self) -> int:
        """The file descriptor, which is recorded too."""
        return self.number

    def isatty(self) -> bool:
        """No terminal."""
        return False

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, text: str) -> int:
        """Record text; a process that the notebook forked writes it where its own processes write."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() == self.process:
            self.record(self.name, text)
        else:
            os.write(self.number, text.encode("utf-8", "replace"))
        return len(text)


class Capture:
    """Takes over both streams of this process and both file descriptors; for a process that ends with its notebook.

    record: called with a stream's name and text, in the order of writing; never with empty text.
    """

    def __init__(self, record: Record) -> None:
        self.lock = threading.RLock()
        self.record = record
        sys.stdout.flush()
        sys.stderr.flush()
        self.descriptors = [Descriptor(number) for number in NAMES]
        sys.stdout, sys.stderr = Stream(1, self.printed), Stream(2, self.printed)

    def printed(self, name: str, text: str) -> None:
        """Text printed through Python."""
        with self.lock:
            self.drain()
            if text:
                self.record(name, text)

    def drain(self) -> None:
        """Record what was written to the file descriptors."""
        with self.lock:
            for descriptor in self.descriptors:
                text = descriptor.unread()
                if text:
                    self.record(descriptor.name, text)
