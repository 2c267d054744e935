"""reports/runs/<id>/: what happened in a run as it happened (``log.jsonl``), and how it ended (``summary.json``)."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gdgk
from gdgk.batch.jobs import Event, Outcome
from gdgk.batch.stamps import scratch_folder
from gdgk.files import write_atomic

RUNS = "runs"


class RunLog:
    """The record of a run. Opened with the run, appended to as things happen, closed with a summary.

    id: the time in UTC, and a number where that is taken; a clock that was set back overwrites nothing. Durations are
    not taken from the clock. Raises :class:`OSError` where the folder cannot be made; later, a disk that is full costs
    lines of the log and never a page.
    """

    def __init__(self, reports: Path) -> None:
        self.folder = new_folder(reports / RUNS)
        self.scratch = scratch_folder(reports)
        self.begun = time.monotonic()
        self.file = (self.folder / "log.jsonl").open("ab", buffering=0)

    @property
    def id(self) -> str:
        """The name of the run."""
        return self.folder.name

    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.begun

    def line(self, what: str, **values: Any) -> None:
        """A line of the log: what happened, with what is known of it."""
        entry = {"time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}", "run": self.id, "what": what, **values}
        text = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        with suppress(OSError):
            before = os.fstat(self.file.fileno()).st_size
            if self.file.write(text) != len(text):
                self.file.truncate(before)  # a disk took a part before it was full: the next line is to stand alone

    def begin(self, arguments: Mapping[str, Any], **values: Any) -> None:
        """The first line: what was asked for, and where it runs."""
        where = {"gdgk": gdgk.__version__, "python": platform.python_version(), "system": platform.platform()}
        self.line("run", arguments=dict(arguments), environment={**where, "cores": os.cpu_count()}, **values)

    def event(self, event: Event) -> None:
        """A line for news of a job."""
        if event.outcome is None:
            self.line("cell", place=event.job.place, cell=event.cell)
        else:
            self.outcome(event.outcome)

    def outcome(self, outcome: Outcome) -> None:
        """A line for how a job ended."""
        self.line(
            outcome.state,
            place=outcome.place,
            seconds=round(outcome.seconds, 3),
            cpu=round(outcome.cpu, 3),
            peak=outcome.peak,
            message=outcome.message,
            findings=dict(outcome.findings),
            formats=list(outcome.formats),
            missed=dict(outcome.missed),
        )

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the summary and end the log."""
        self.line("end", seconds=round(self.seconds(), 3))
        self.file.close()
        own = {"run": self.id, "version": gdgk.__version__, **summary, "seconds": round(self.seconds(), 3)}
        with suppress(OSError):
            write_atomic(
                self.folder / "summary.json", json.dumps(own, ensure_ascii=False, indent=1) + "\n", self.scratch
            )


def new_folder(parent: Path) -> Path:
    """A folder of this second's name, or with a number where there is one."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    folder, number = parent / name, 1
    while True:
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
            folder = parent / f"{name}-{number}"
        else:
            return folder
