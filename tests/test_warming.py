"""A process that was warmed makes pages without importing or reading anything but their reports."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
import warming_tasks as tasks
from running import ROOT, SOAK

from gdgk.batch import child, plan_run
from gdgk.batch.forks import NOTHING_SAID, WARM, Wanted, wanted_of
from gdgk.batch.jobs import Job
from gdgk.engine.client import WORTH_WARMING, WarmParent, unsupported
from gdgk.exporters.warming import PAGES
from gdgk.sampling import sample_city

NOTEBOOKS = ROOT / "notebooks"
# Those that are run for an agency or a report of it.
RUN = ("agency_year", "annual_report", "trends")
pytestmark = [
    pytest.mark.skipif(bool(unsupported()), reason=unsupported() or "a process can be forked here"),
    pytest.mark.xdist_group("warming"),  # the pages are made once for all tests
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What a child of a warm parent found, and the parent's threads."""
    return ended_with(NOTHING_SAID, "told", str(tmp_path_factory.mktemp("reports")))


def ended_with(wanted: Wanted, task: str, argument: object) -> dict[str, list[str]]:
    """What a task of ours ends with in a child of a parent that was warmed for what is wanted; the parent's threads."""
    ended: dict[str, list[str]] = {}
    with WarmParent(f"{tasks.__name__}:prepare", WARM, wanted) as parent:
        parent.expect(WORTH_WARMING)
        parent.start(f"{tasks.__name__}:{task}", argument)
        while not ended:
            for news in parent.news(None):
                assert news.word != "broken", news.value
                ended |= news.value if news.word == "result" else {}
        return {**ended, "threads": os.listdir(f"/proc/{parent.process.pid}/task")}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic city of reports with prose, a year after the other, some with errors."""
    folder = tmp_path_factory.mktemp("city")
    sample_city(folder, agencies=3, years=range(2020, 2024), seed=3, errors=0.5)
    return folder


def test_warming_starts_no_thread(told: dict[str, list[str]]) -> None:
    assert len(told["threads"]) == 1


def test_the_page_that_is_rehearsed_is_made(told: dict[str, list[str]]) -> None:
    assert told["rehearsed"] == ["ok"]


def test_warming_reads_no_data_folder(told: dict[str, list[str]]) -> None:
    assert told["data"] == []


def test_warming_fills_every_cache_of_the_packages_own_data(told: dict[str, list[str]]) -> None:
    assert told["empty"] == []


def test_a_page_made_after_warming_imports_nothing_and_reads_nothing_of_the_package_again(
    told: dict[str, list[str]],
) -> None:
    # What each child imports or fills for itself costs as much as the rest of its page.
    assert told["modules"] == []
    assert told["caches"] == []
    assert told["templates"] == []


@pytest.mark.parametrize("name", [name for name in RUN if SOAK or name == "agency_year"])
def test_warmed_for_one_notebook_nothing_that_it_needs_is_left_to_its_pages(
    city: Path, tmp_path: Path, name: str
) -> None:
    # numpy imports a part of itself for two reports with prose; where all notebooks are warmed another one asks for it.
    jobs = [item.job for item in plan_run(data=city, reports=tmp_path, notebook=name).to_run]
    told = ended_with(wanted_of(jobs), "told_of", jobs)
    assert told == {"modules": [], "caches": [], "templates": [], "registers": [], "threads": told["threads"]}


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_for_a_notebook_the_page_is_warmed_that_it_shows(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    named = [name for name in PAGES if name in code]
    assert len(named) == (path.stem != "explore")  # which has no page


def test_a_notebook_that_changes_after_the_parent_read_it_is_run_as_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "KEPT", {})
    path = tmp_path / "one.ipynb"
    job = Job("made/one", str(path), "", "report", {}, str(tmp_path), "", ())
    for source in ("first", "second"):
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
        assert child.notebook_of(job).cells[0].source == source
        child.keep_notebooks([str(path)])
        assert child.notebook_of(job).cells[0].source == source
    assert len(child.KEPT) == 2


def test_a_notebook_that_cannot_be_read_is_left_to_whoever_runs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "KEPT", {})
    (tmp_path / "torn.ipynb").write_text("{", encoding="utf-8")
    assert child.keep_notebooks([str(tmp_path / "torn.ipynb"), str(tmp_path / "none.ipynb")]) == ""
