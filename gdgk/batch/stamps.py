"""What a run keeps in ``reports/.gdgk/``: a stamp for each page, one lock, one folder for what is not done.

A stamp is the last thing that is written for a page: where it says ``ok``, the page is whole and of those data.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any

from gdgk.batch.jobs import Job, Outcome
from gdgk.errors import GdgkError
from gdgk.files import write_atomic

STAMPS = ".gdgk"
# Neither can be the name of an agency or a year, below which the stamps lie.
LOCK = "lock"
SCRATCH = "tmp"
STATES = ("ok", "failed")
# Findings of one page.
MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """What became of a page at its last run.

    digest: over all that it was made from; state: ``ok`` or ``failed``; findings: its report in figures
    (:meth:`gdgk.checks.Checked.counts`), empty for a page of several reports; parts: the digest's own parts
    (:class:`gdgk.batch.digests.Parts`), to tell what has changed; formats: those beside the page that are of the
    same digest.
    """

    digest: str
    state: str
    seconds: float
    findings: Mapping[str, int] = field(default_factory=dict)
    message: str = ""
    parts: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = ()


def stamp_path(reports: Path, place: object) -> Path:
    """Where the stamp of a page lies. place: the page relative to ``reports``, without ending."""
    return reports / STAMPS / f"{place}.json"


def read_stamp(path: Path | str) -> Stamp | None:
    """A stamp, or None when there is none, or none that can be used: then the page is made again."""
    try:
        with open(path, "rb", buffering=0) as file:  # it is read whole; the index reads ten thousand
            given = json.loads(file.read())
        stamp = Stamp(**{**given, "formats": tuple(given.get("formats", ()))})
    except (OSError, ValueError, TypeError, RecursionError):  # the last: JSON nested beyond all measure
        return None
    named = all(isinstance(name, str) for name in stamp.formats)
    usable = isinstance(stamp.parts, dict) and named and are_counts(stamp.findings)
    return stamp if stamp.state in STATES and usable else None


def are_counts(value: Any) -> bool:
    """Whether these are findings in figures: counts by name, and no more than any report could have."""
    return isinstance(value, dict) and all(type(count) is int and 0 <= count < MOST for count in value.values())


def write_stamp(path: Path, stamp: Stamp, scratch: Path | None = None) -> None:
    """Write a stamp; the last thing that is done for a page."""
    write_atomic(path, json.dumps(asdict(stamp), ensure_ascii=False, indent=1) + "\n", scratch)


def stamp_of(outcome: Outcome, digest: str, parts: Mapping[str, Any]) -> Stamp:
    """The stamp of what became of a job: whatever is not ok is run again."""
    state = "ok" if outcome.ok else "failed"
    seconds = round(outcome.seconds, 3)
    return Stamp(digest, state, seconds, dict(outcome.findings), outcome.message, dict(parts), tuple(outcome.formats))


def stamp_of_job(job: Job) -> Stamp | None:
    """The stamp of a job's page, where there is one that can be read."""
    return read_stamp(f"{job.reports}/{STAMPS}/{job.place}.json")


# ── what is not done ──


def scratch_folder(reports: Path) -> Path:
    """Where what is not done yet lies: on the file system of the pages, and in one place, to be found after a kill."""
    return reports / STAMPS / SCRATCH


def clear_scratch(reports: Path) -> None:
    """Take away what killed runs left. Only for who holds the lock alone: what others have under way lies there too."""
    shutil.rmtree(scratch_folder(reports), ignore_errors=True)
    for left in reports.glob(".*.tmp"):
        left.unlink(missing_ok=True)


# ── one run at a time ──


@contextmanager
def locked(reports: Path, shard: str = "") -> Iterator[None]:
    """Hold the reports folder for a run, and clear what killed runs left as soon as nobody else is at work there.

    shard: its name, where the run makes a share (``2-8``): shares may be at work together, the same share twice and a
    whole run beside them may not. The system lets go of the lock when the process ends, however it ends. Raises
    :class:`GdgkError` when another run is in the way; :class:`OSError` where nothing can be written.
    """
    common = reports / STAMPS / LOCK
    common.parent.mkdir(parents=True, exist_ok=True)
    if not shard:
        with held(common, reports):
            clear_scratch(reports)
            try:
                yield
            finally:
                clear_scratch(reports)
        return
    with held(common.with_name(f"{LOCK}.{shard}"), reports):
        with held(common, reports, shared=True):
            yield
        with suppress(GdgkError), held(common, reports):
            clear_scratch(reports)


@contextmanager
def held(path: Path, reports: Path, shared: bool = False) -> Iterator[None]:
    """Hold one lock file. Raises :class:`GdgkError` when it is taken."""
    import portalocker

    kind = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
    with open(path, "a+b", buffering=0) as file:
        try:
            portalocker.lock(file, kind | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.AlreadyLocked:
            raise GdgkError(
                f"{reports}: found another run at work there ({holder(path)}); expected none; "
                "wait until it has ended, or write elsewhere with --reports"
            ) from None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=file.close)  # the lock ends with the run, not with the last child
        if not shared:
            say_holder(file, f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%F %T} UTC")
        try:
            yield
        finally:
            if not shared:
                say_holder(file, "")
            portalocker.unlock(file)


def say_holder(file: FileIO, text: str) -> None:
    """Say in the lock file who holds it; that it cannot be said (a full disk) does no harm."""
    with suppress(OSError):
        file.truncate(0)
        file.write(text.encode())


def holder(path: Path) -> str:
    """Who holds the lock, as it said itself."""
    try:
        return path.read_text(encoding="utf-8").strip() or "it does not say which"
    except OSError:
        return "it cannot be read which"
