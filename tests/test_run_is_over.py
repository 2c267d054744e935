"""A page that is still being made for a run that has ended (its client was killed) takes nothing from the next run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from running import tree, write_notebook

from gdgk.batch.jobs import Job
from gdgk.batch.stamps import clear_scratch, scratch_folder
from gdgk.batch.work import perform


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A page of a run elsewhere, made once: stamped, and its mark in place."""
    write_notebook(tmp_path / "notebooks", "page", "1 + 1")
    mark = scratch_folder(tmp_path / "reports") / "cluster-1"
    mark.parent.mkdir(parents=True)
    mark.write_text("1")
    notebook, parameters = str(tmp_path / "notebooks" / "page.ipynb"), {"data": str(tmp_path)}
    reports = str(tmp_path / "reports")
    made = Job("all/page", notebook, "页", "year", parameters, reports, "", mark=str(mark))
    assert perform(made, lambda job: (nbformat.read(job.notebook, 4), "")).ok
    return made


def of_the_next_run(reports: Path) -> dict[str, str]:
    """Its pages, stamps and failed copies."""
    return {name: text for name, text in tree(reports).items() if not name.startswith(".gdgk/tmp")}


@pytest.mark.parametrize("ended", ["", "cell 1: ValueError: no"], ids=["made", "failed"])
@pytest.mark.parametrize("cleared", [False, True], ids=["mark gone", "all it had begun gone"])
def test_a_page_of_a_run_that_is_over_changes_no_page_no_stamp_and_leaves_no_copy(
    job: Job, ended: str, cleared: bool
) -> None:
    reports = Path(job.reports)
    before = of_the_next_run(reports)
    assert json.loads((reports / ".gdgk" / "all" / "page.json").read_text())["state"] == "ok"

    def execute(job: Job) -> tuple[Any, str]:
        clear_scratch(reports) if cleared else Path(job.mark).unlink()
        return nbformat.read(job.notebook, 4), ended

    assert perform(job, execute).state == "over"
    assert of_the_next_run(reports) == before
    assert perform(replace(job, mark=""), lambda job: (nbformat.read(job.notebook, 4), ended)).ok == (not ended)
