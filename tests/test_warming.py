"""A process that was warmed makes pages without importing or reading anything but their reports."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
import warming_tasks as tasks
from running import ROOT

from gdgk.batch import child
from gdgk.batch.forks import NOTHING_SAID, WARM
from gdgk.batch.jobs import Job
from gdgk.engine.client import WORTH_WARMING, WarmParent, unsupported
from gdgk.exporters.warming import PAGES

NOTEBOOKS = ROOT / "notebooks"
pytestmark = [
    pytest.mark.skipif(bool(unsupported()), reason=unsupported() or "a process can be forked here"),
    pytest.mark.xdist_group("warming"),  # the pages are made once for all tests
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What a child of a warm parent found, and the parent's threads."""
    ended: dict[str, list[str]] = {}
    with WarmParent(f"{tasks.__name__}:prepare", WARM, NOTHING_SAID) as parent:
        parent.expect(WORTH_WARMING)
        parent.start(f"{tasks.__name__}:told", str(tmp_path_factory.mktemp("reports")))
        while not ended:
            for news in parent.news(None):
                assert news.word != "broken", news.value
                ended |= news.value if news.word == "result" else {}
        return {**ended, "threads": os.listdir(f"/proc/{parent.process.pid}/task")}


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
