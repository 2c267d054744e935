"""Whether a worker would make the same pages as the machine that asks for them: the same gdgk, the same files."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass

import gdgk
from gdgk.batch.digests import code_digest, file_digest
from gdgk.engine.client import unsupported


@dataclass(frozen=True, slots=True)
class Premises:
    """What a run takes for granted wherever a page is made.

    code: :func:`gdgk.batch.digests.code_digest`, over gdgk's files and the releases it runs on; files: (path, digest)
    of some that must be the same everywhere; scratch: the folder in which everybody must be able to write.
    """

    version: str
    python: str
    code: str
    files: tuple[tuple[str, str], ...]
    scratch: str

    @classmethod
    def here(cls, files: Iterable[str], scratch: str) -> Premises:
        """As they are on this machine, in this process."""
        digests = tuple((path, file_digest(path)) for path in files)
        return cls(gdgk.__version__, platform.python_version(), code_digest(), digests, scratch)

    def misfit(self) -> str:
        """What of them does not hold in this process: found, expected, what to do; empty where all hold."""
        own = Premises.here((path for path, _ in self.files), self.scratch)
        if (own.version, own.python) != (self.version, self.python):
            return (
                f"found gdgk {own.version} on Python {own.python}; expected gdgk {self.version} on Python "
                f"{self.python}, as here; install the same on every machine"
            )
        if own.code != self.code:
            return (
                f"found gdgk {own.version} with other code or other packages ({own.code}); expected {self.code}, as "
                "here; install the same on every machine and start its workers again"
            )
        if reason := unsupported():
            return f"found no way to fork ({reason}); expected Linux; run its workers elsewhere"
        for (path, wanted), (_, found) in zip(self.files, own.files, strict=True):
            if found != wanted:
                what = "another file" if found else "no such file"
                return f"found {what} at {path}; expected that of this machine; give all machines the same folders"
        if reason := unwritable(self.scratch):
            return f"found {self.scratch} closed to it ({reason}); expected to write there; mend its rights"
        return ""


def unwritable(folder: str) -> str:
    """Why nothing can be written in a folder; empty where it can."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or os.strerror(error.errno or 0)


def misfit(premises: Premises) -> str:
    """:meth:`Premises.misfit`, as a function that a worker finds by its name."""
    return premises.misfit()
