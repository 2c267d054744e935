"""A process that was warmed makes pages without importing or reading anything but their reports."""

from __future__ import annotations

import os

import pytest
import warming_tasks as tasks

from gdgk.batch.forks import WARM
from gdgk.engine.client import WORTH_WARMING, WarmParent, unsupported

pytestmark = [
    pytest.mark.skipif(bool(unsupported()), reason=unsupported() or "a process can be forked here"),
    pytest.mark.xdist_group("warming"),  # the pages are made once for all tests
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What a child of a warm parent found, and the parent's threads."""
    ended: dict[str, list[str]] = {}
    with WarmParent(f"{tasks.__name__}:prepare", WARM) as parent:
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
