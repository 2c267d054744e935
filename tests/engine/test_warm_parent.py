"""The warm parent: every task in a process of its own, none of which can harm another or outlive the run."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import engine_tasks as tasks
import pytest

from gdgk.engine.client import News, ParentLost, WarmParent

pytestmark = pytest.mark.xdist_group("engine")  # one warm parent for all
MB = 1024 * 1024


def hear(parent: WarmParent, number: int) -> list[News]:
    """All that is told of a task, up to its end."""
    heard: list[News] = []
    while not heard or heard[-1].word != "ended":
        heard += [news for news in parent.news(60) if news.number == number]
    return heard


def name_of(task: Callable[..., Any]) -> str:
    """A task as the warm parent is told of it."""
    return f"{task.__module__}:{task.__name__}"


def do(parent: WarmParent, task: Callable[..., Any], argument: Any = None, **limits: Any) -> list[tuple[str, Any]]:
    """Run one task: what was told of it, but for how far it was on the way to its result."""
    told = [(news.word, news.value) for news in hear(parent, parent.start(name_of(task), argument, **limits))]
    late = ("late", None) in told
    return [each for each in told if late or each[0] != "at"]


def gone(process: int) -> bool:
    """Whether a process ends; it was killed, and needs a moment to."""
    for _ in range(2000):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            if ") Z" in file.read():
                return True
        time.sleep(0.005)
    return False


def test_a_task_tells_its_result_and_its_end_in_this_order(warm: WarmParent) -> None:
    assert do(warm, tasks.double, 21) == [("result", 42), ("ended", 0)]


def test_many_tasks_at_once_each_have_their_own_answer(warm: WarmParent) -> None:
    wanted = {warm.start(name_of(tasks.double), value): value * 2 for value in range(50)}
    found: dict[int, Any] = {}
    ended: set[int] = set()
    while len(ended) < len(wanted):
        for news in warm.news(60):
            if news.word == "result":
                found[news.number] = news.value
            if news.word == "ended":
                ended.add(news.number)
    assert found == wanted


def test_a_large_result_arrives_whole(warm: WarmParent) -> None:
    text = "政" * (5 * MB)
    assert do(warm, tasks.double, text)[0] == ("result", text * 2)


def test_nothing_leaks_from_one_task_into_the_next(warm: WarmParent) -> None:
    before = do(warm, tasks.surroundings)[0][1]
    do(warm, tasks.soil)
    after = do(warm, tasks.surroundings)[0][1]
    changing = {"random", "numpy"}
    assert {name: before[name] for name in before if name not in changing} == {
        name: after[name] for name in after if name not in changing
    }
    assert before["threads"] == 1
    # Random numbers are each task's own, not the parent's copied.
    for name in changing:
        assert before[name] != after[name]


def test_sets_iterate_alike_in_every_run(warm: WarmParent) -> None:
    with WarmParent("gdgk.engine.limits:data_size") as other:
        assert do(other, tasks.surroundings)[0][1]["hash"] == do(warm, tasks.surroundings)[0][1]["hash"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGABRT])
def test_a_task_that_is_killed_is_told_and_harms_no_other(warm: WarmParent, number: int) -> None:
    other = warm.start(name_of(tasks.double), 1)
    assert do(warm, tasks.end_by, number) == [("ended", -number)]
    assert do(warm, tasks.double, 2)[0] == ("result", 4)
    assert other


def test_an_exit_without_a_word_is_told(warm: WarmParent) -> None:
    assert do(warm, tasks.leave, 3) == [("ended", 3)]


def test_an_error_is_told_with_its_traceback(warm: WarmParent) -> None:
    word, value = do(warm, tasks.fail, "无法读入")[0]
    assert word == "broken"
    assert value.strip().endswith("ValueError: 无法读入")


def test_a_task_over_its_limit_is_interrupted(warm: WarmParent) -> None:
    told = do(warm, tasks.never_end, False, limit=1)
    assert told == [("at", 7), ("late", None), ("result", "interrupted"), ("ended", 0)]


def test_a_task_that_does_not_heed_the_interruption_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    # A parent of the test's own, so that nobody has to wait for the usual seconds of grace.
    with WarmParent("impatient:prepare") as parent:
        assert do(parent, tasks.never_end, True, limit=1) == [
            ("at", 7),
            ("late", None),
            ("ended", -signal.SIGKILL),
        ]


def test_a_task_gets_no_more_memory_than_it_may_have(warm: WarmParent) -> None:
    assert do(warm, tasks.take_memory, 256 * MB, memory=64 * MB)[0] == ("result", "refused")
    assert do(warm, tasks.take_memory, 16 * MB, memory=64 * MB)[0] == ("result", f"got {16 * MB}")
    assert do(warm, tasks.take_memory, 256 * MB)[0] == ("result", f"got {256 * MB}")


def test_what_a_task_started_ends_with_it(warm: WarmParent) -> None:
    told = do(warm, tasks.start_other)
    assert gone(told[0][1])


def test_children_end_when_the_parent_is_closed_or_killed() -> None:
    for end in (WarmParent.close, lambda parent: parent.process.kill()):
        parent = WarmParent("gdgk.engine.limits:data_size")
        number = parent.start(name_of(tasks.process_of), None)
        heard: list[News] = []
        while not heard:
            heard = [news for news in parent.news(60) if news.number == number]
        child = heard[0].value
        end(parent)
        assert gone(child)
        parent.close()


def test_a_parent_that_was_killed_is_told_in_one_line() -> None:
    parent = WarmParent("gdgk.engine.limits:data_size")
    parent.process.kill()
    parent.process.wait()
    with pytest.raises(ParentLost, match="ended from outside; run the same command again"):
        hear(parent, parent.start(name_of(tasks.double), 1))
    parent.close()


def test_a_parent_that_cannot_prepare_says_why() -> None:
    with WarmParent("gdgk.engine.no_such_module:prepare") as parent, pytest.raises(ParentLost):
        hear(parent, parent.start(name_of(tasks.double), 1))


def test_no_module_is_taken_from_the_folder_in_which_the_command_is_run(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('executed')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with WarmParent("gdgk.engine.limits:data_size") as parent:
        assert do(parent, tasks.double, 1)[0] == ("result", 2)
