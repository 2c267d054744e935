"""One page: run the notebook, export it, put both in place, stamp it.

Runs in a worker process of some backend, which says how a notebook is executed; needs nobody else to be complete.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from gdgk.archive import Archive, ReportId
from gdgk.batch.digests import Digests, Parts
from gdgk.batch.jobs import FORMATS, Job, Outcome, is_over, one_line
from gdgk.batch.settling import settle
from gdgk.batch.stamps import scratch_folder, stamp_of, stamp_of_job, stamp_path, write_stamp
from gdgk.errors import GdgkError
from gdgk.files import write_atomic, write_together

# Cells whose errors are wanted carry this tag: papermill goes on after them.
EXPECTED = "raises-exception"
OVER = "the run that wanted it has ended"
# Executes a job's notebook: the executed notebook (None where there is none), and the error that ended it in one line.
Execute = Callable[[Job], tuple[Any, str]]


def perform(job: Job, execute: Execute) -> Outcome:
    """Make a page: execute, export, put in place, stamp. Never raises for what a notebook or a disk does.

    The page is of the data as they are now, if these are newer than planned; when they change meanwhile, nothing is
    written (``changed``), nor when the run has ended that wants it (``over``). A failure leaves the executed copy under
    ``failed/`` and an earlier page as it is.
    """
    begun, used = time.monotonic(), processor_time()
    before = Digests().parts(job)
    notebook, message = attempt(job, execute)
    html = ""
    others: dict[str, bytes] = {}
    missed: dict[str, str] = {}
    if not message:
        html, message = guarded(lambda: export(notebook, "../" * job.place.count("/"), job.final))
    if not message:
        others, missed = other_formats(job, notebook)
    if Digests().parts(job) != before:
        return Outcome(job.place, "changed", time.monotonic() - begun, "its data changed while it ran")
    findings = counts(job, notebook)
    formats = tuple(dict.fromkeys([*others, *still_good(job, before)]))
    if not message:
        _, message = guarded(lambda: commit(job, notebook, {"html": html, **others}, formats))
    if is_over(job.mark):  # the next run has cleared away what was to be put in place: that is no failure of the page
        return Outcome(job.place, "over", time.monotonic() - begun, OVER)
    state = "failed" if message else "ok"
    copy = bool(message) and keep_copy(job, notebook)
    seconds, cpu = time.monotonic() - begun, processor_time() - used
    outcome = Outcome(job.place, state, seconds, message, copy, findings, cpu)
    return stamped(job, before, outcome if message else replace(outcome, formats=formats, missed=missed))


def attempt(job: Job, execute: Execute) -> tuple[Any, str]:
    """The executed notebook and the error that ended it, also where none was raised: a notebook may end itself."""
    try:
        notebook, message = execute(job)
    except Exception as error:
        return None, said(error)
    if notebook is None:
        return None, message or "the notebook was not executed"
    _, unsettled = guarded(lambda: settle(notebook, job))
    message = message or unfinished(notebook) or unsettled
    notebook.metadata["title"] = job.title
    return notebook, message


def guarded(step: Callable[[], Any]) -> tuple[Any, str]:
    """What a step gives, or the error in one line."""
    try:
        return step(), ""
    except Exception as error:
        return None, said(error)


def said(error: Exception) -> str:
    """An error in one line; of the file system: what it says, and of which file."""
    if isinstance(error, GdgkError):
        return one_line(str(error))
    if isinstance(error, OSError) and error.strerror:
        return one_line(f"{error.strerror}: {error.filename}" if error.filename else error.strerror)
    return one_line(f"{type(error).__name__}: {error}")


def unfinished(notebook: Any) -> str:
    """How a notebook ended that was not run to its end though nothing was raised; empty when it was."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        number += 1
        tags = cell.metadata.get("tags", [])
        error = next((output for output in cell.outputs if output.output_type == "error"), None)
        if error is not None and EXPECTED not in tags:
            ended = "the notebook ended itself" if error.ename == "SystemExit" else error.evalue
            return one_line(f"cell {number}: {error.ename}: {ended}")
        if cell.metadata.get("papermill", {}).get("status") in ("pending", "running"):
            return f"cell {number}: it was not run to its end"
    return ""


# ── what was found ──


def counts(job: Job, notebook: Any) -> Mapping[str, int]:
    """A report in figures, as its page says them in its masthead; of a notebook without one, by checking it again.

    Empty for pages of several reports, and where the report cannot be checked either.
    """
    if job.scope != "report":
        return {}
    for output in (output for cell in (notebook.cells if notebook else ()) for output in cell.get("outputs", ())):
        meta = output.get("metadata", {}).get("text/html", {}).get("gdgk") or {}
        if "counts" in meta:
            return {str(name): int(count) for name, count in meta["counts"].items()}
    with suppress(Exception):
        from gdgk.checks import check_reports

        own = ReportId(job.parameters["agency"], job.parameters["year"])
        return check_reports(Archive(job.parameters["data"]), [own], among=False).counts(own)
    return {}


# ── put in place ──


def other_formats(job: Job, notebook: Any) -> tuple[dict[str, bytes], dict[str, str]]:
    """What is wanted beside the page, by format, and why a format could not be made: that one alone is missed."""
    from gdgk.exporters.choosing import exported_as

    made, missed = {}, {}
    for name in job.formats:
        if name != "html":
            content, error = guarded(partial(exported_as, notebook, name, job.final))
            if error:
                missed[name] = error
            else:
                made[name] = content
    return made, missed


def still_good(job: Job, parts: Parts) -> list[str]:
    """The formats of an earlier run that are of the very same data, notebook, parameters and code."""
    stamp = stamp_of_job(job)
    if stamp is None or (stamp.state, stamp.digest) != ("ok", parts.digest):
        return []
    return [name for name in FORMATS if name in stamp.formats and os.path.exists(f"{job.reports}/{job.place}.{name}")]


def commit(job: Job, notebook: Any, made: Mapping[str, str | bytes], kept: Iterable[str]) -> None:
    """Put a page in place: all files are on the disk before any is; a kill between leaves no stamp on a mixture.

    made: its formats. kept: formats that may lie beside it; others are of an earlier page and are taken away.
    """
    reports = Path(job.reports)
    page: dict[Path, str | bytes] = {reports / f"{job.place}.ipynb": notebook_text(notebook)}
    page |= {reports / f"{job.place}.{name}": content for name, content in made.items()}
    stale = [reports / f"{job.place}.{name}" for name in FORMATS if name not in {*made, *kept}]

    def clear() -> None:
        if is_over(job.mark):
            raise GdgkError(OVER)
        for path in (stamp_path(reports, job.place), *stale):
            path.unlink(missing_ok=True)

    write_together(page, scratch_folder(reports), clear)
    failed_copy(job).unlink(missing_ok=True)


def failed_copy(job: Job) -> Path:
    """Where the executed copy of a notebook lies that failed."""
    return Path(job.reports) / "failed" / f"{job.place}.ipynb"


def keep_copy(job: Job, notebook: Any) -> bool:
    """Write the executed copy of a notebook that failed; whether there is one (the disk may be full)."""
    if notebook is None:
        return False
    try:
        write_atomic(failed_copy(job), notebook_text(notebook), scratch_folder(Path(job.reports)))
    except OSError:
        return False
    return True


def stamped(job: Job, parts: Parts, outcome: Outcome) -> Outcome:
    """Write the stamp of an outcome; one that cannot be written is told, and the page is made again at the next run."""
    reports = Path(job.reports)
    stamp = stamp_of(outcome, parts.digest, parts.record())
    _, error = guarded(lambda: write_stamp(stamp_path(reports, job.place), stamp, scratch_folder(reports)))
    if not error:
        return outcome
    message = f"{outcome.message}; " if outcome.message else ""
    return replace(outcome, state="failed", message=f"{message}its stamp could not be written: {error}")


def export(notebook: Any, root: str, final: bool = False) -> str:
    """The page of an executed notebook. root: the way from the page to the reports folder."""
    from gdgk.exporters.choosing import exported_page

    return exported_page(notebook, f"{root}plotly.min.js", f"{root}index.html", final)


def notebook_text(notebook: Any) -> str:
    """A notebook as text, a line for each cell: nbformat indents every number of a figure, at ten times the cost."""
    head = {name: value for name, value in notebook.items() if name != "cells"}
    cells = ",\n".join(json_text(cell) for cell in notebook.cells)
    return f'{{"cells": [\n{cells}\n],\n{json_text(head)[1:]}\n'


def json_text(value: Any) -> str:
    """JSON on one line, keys in order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def processor_time() -> float:
    """Seconds of processor time that this process and its children that have ended took."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
