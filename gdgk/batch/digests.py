"""What a page is made from, as digests: whether anything has changed since it was made, and what."""

from __future__ import annotations

import hashlib
import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import gdgk
from gdgk.batch.jobs import Job

PACKAGE = Path(gdgk.__file__).parent
LOCK = "requirements.lock"
# The parameter that says where the data lie, not what they are: the same data elsewhere make the same page.
ELSEWHERE = "data"
LENGTH = 24
NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a page is made from, each as a digest.

    data: by source, named from the data folder (``suqian/2022``, ``agencies.csv``; empty where there is none);
    notebook: its file; parameters: these, the page's own name, whether it is final; code: gdgk and its environment.
    """

    data: Mapping[str, str] = field(default_factory=dict)
    notebook: str = ""
    parameters: str = ""
    code: str = ""

    @property
    def digest(self) -> str:
        """All parts as one."""
        data = "|".join(f"{name}={digest}" for name, digest in sorted(self.data.items()))
        return digest_of(f"{data}|{self.notebook}|{self.parameters}|{self.code}".encode())

    def record(self) -> dict[str, Any]:
        """The parts as a stamp keeps them."""
        return asdict(self)


class Digests:
    """Digests of files and folders, each read once: an object is good for as long as nothing is expected to change."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def of(self, path: str) -> str:
        """The digest of a file, or of the files in a folder by name and content; empty where there is neither."""
        found = self.known.get(path)
        if found is None:
            found = self.known[path] = folder_digest(path) if os.path.isdir(path) else file_digest(path)
        return found

    def parts(self, job: Job) -> Parts:
        """What a page is made from, as it is now (or was when this object first saw it)."""
        root = f"{job.parameters.get(ELSEWHERE, '')}{os.sep}"
        data = {path.removeprefix(root).replace(os.sep, "/"): self.of(path) for path in job.sources}
        own = "|".join(f"{name}={value!r}" for name, value in sorted(job.parameters.items()) if name != ELSEWHERE)
        final = "|final" if job.final else ""
        return Parts(data, self.of(job.notebook), digest_of(f"{job.place}|{own}{final}".encode()), code_digest())


def digest_of(content: bytes) -> str:
    """Bytes as a digest."""
    return hashlib.sha256(content).hexdigest()[:LENGTH]


def file_digest(path: str) -> str:
    """The digest of a file's content; empty where there is no file."""
    try:
        with open(path, "rb", buffering=0) as file:
            return digest_of(file.read())
    except FileNotFoundError:
        return ""
    except OSError as error:  # whoever reads the file will say so in full
        return f"unreadable {error.errno}"


def folder_digest(path: str) -> str:
    """The digest of what a folder holds, by name and content: files, and folders in it (the versions of a report).

    Hidden files, which other programs leave, do not matter, nor do links to folders, which may lead back.
    """
    try:
        with os.scandir(path) as entries:
            shown = [entry for entry in entries if not entry.name.startswith(".")]
            inner = {entry.name for entry in shown if entry.is_dir(follow_symlinks=False)}
            names = sorted(inner | {entry.name for entry in shown if entry.is_file()})
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"unreadable {error.errno}"
    digests = ((name, (folder_digest if name in inner else file_digest)(f"{path}{os.sep}{name}")) for name in names)
    return digest_of("|".join(f"{name}={digest}" for name, digest in digests).encode())


@cache
def code_digest() -> str:
    """The digest of gdgk's own files (code, forms, rules, templates), of Python, of the packages that gdgk names and
    of the lock file beside it. Taken once in a process, as its modules are.
    """
    made = [f"python {platform.python_version()}", *releases(), file_digest(str(PACKAGE.parent / LOCK))]
    made += [f"{path.relative_to(PACKAGE).as_posix()}={file_digest(str(path))}" for path in sorted(package_files())]
    return digest_of("\n".join(made).encode())


def releases() -> Iterator[str]:
    """What gdgk runs on: each package that it names itself, without those of its extras, and the release here."""
    for name in direct_dependencies():
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} none"


def direct_dependencies() -> list[str]:
    """The names of the packages that gdgk requires, without extras; none where gdgk was never installed."""
    try:
        lines = requires("gdgk") or []
    except PackageNotFoundError:
        return []
    found = [NAME.match(line) for line in lines if "extra ==" not in line]
    return sorted(match[0] for match in found if match)


def package_files() -> Iterator[Path]:
    """gdgk's own files, without caches."""
    for path in PACKAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def what_changed(before: Mapping[str, Any], now: Parts) -> str:
    """Which parts differ from those of a stamp: data of suqian/2022, notebook, gdgk or its environment."""
    changed = []
    old = before.get("data")
    if isinstance(old, dict):
        names = [name for name in {**old, **now.data} if old.get(name, "") != now.data.get(name, "")]
        changed += [f"data of {shortened(names)}"] if names else []
    changed += [name for name in ("notebook", "parameters") if name in before and before[name] != getattr(now, name)]
    if before.get("code") != now.code or not changed:
        changed.append("gdgk or its environment")
    return ", ".join(changed)


def shortened(names: Iterable[str], most: int = 2) -> str:
    """The first few names, and how many more there are."""
    found = list(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more
