"""gdgk run in forked children: whatever ends one, the others are right and a good page is never lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from running import SOAK, Begins, Ended, gdgk, goes_on, leftovers, log_lines, pages, stamps, write_notebook
from strategies import write_city

from gdgk.batch import plan
from gdgk.engine.client import unsupported

pytestmark = [
    pytest.mark.skipif(bool(unsupported()), reason=unsupported() or "children can be forked here"),
    pytest.mark.xdist_group("forks"),  # the runs that several tests ask about are made once
]

FINE = "(agency, year)"
# Few enough pages that a warm parent is not warmed for them, which takes seconds; the long versions have it warmed.
YEARS = range(2021, 2027 if SOAK else 2024)
PLACES = [f"{agency}/{year}/page" for agency in ("first", "second") for year in YEARS]
# What is killed in a run: the run itself; else a page and the warm parent, in one run where one run has to tell all.
VICTIMS = [("run",), ("warm parent",), ("page",)] if SOAK else [("run",), ("page", "warm parent")]
# How many runs have something killed, each of these in turn.
KILLS = int(os.environ.get("GDGK_KILLS", "20" if SOAK else len(VICTIMS)))
# One page at a time, so that a kill costs one kernel for the second try; the long versions run as many as go.
JOBS = () if SOAK else ("--jobs", "1")


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    write_notebook(folder, "page", FINE)
    monkeypatch.setattr(plan, "notebooks_folder", lambda: folder)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Synthetic reports of two agencies on some years, and the pages of a run that nothing disturbed."""
    root = tmp_path_factory.mktemp("whole")
    data = write_city(root / "数据", ["first", "second"], YEARS)
    write_notebook(root / "notebooks", "page", FINE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "notebooks_folder", lambda: root / "notebooks")
        assert run(data, root / "reports").code == 0
    return data, root / "reports"


@pytest.fixture
def data(whole: tuple[Path, Path]) -> Path:
    return whole[0]


@pytest.fixture
def undisturbed(whole: tuple[Path, Path]) -> dict[str, str]:
    """The pages of a run that nothing disturbed."""
    return pages(whole[1])


def run(data: Path, reports: Path, *options: object) -> Ended:
    return gdgk("run", *options, "--data", data, "--reports", reports)


# Failing -------------------------------------------------------------------------------------------------------------

ENDS = {
    "sys.exit": ("import sys\nsys.exit()", "SystemExit: the notebook ended itself"),
    "exception": ("raise ValueError('无法读入')", "ValueError: 无法读入"),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "Kernel died"),
    "exit status": ("import os\nos._exit(0)", "Kernel died"),
    "all memory": ("held = bytearray(8 * 2**30)", "MemoryError"),
    "never ends": ("import signal\nwhile True: signal.pause()", "over the limit of 3 s"),
}
# Each kind of failure has a page of its own in one run; what never ends is in another, the only one with a limit: on a
# busy machine the second try of another page, in a kernel, takes its time.
FAILING = dict(zip(list(ENDS)[:-1], PLACES[1:], strict=False))
ENDLESS = {"never ends": PLACES[-1]}
OTHERS = {"never ends": PLACES[-2]}


@dataclass(frozen=True)
class State:
    """How a run ended and what it left: pages by a digest of their bytes, what was not taken away."""

    ended: Ended
    pages: dict[str, str]
    leftovers: list[str]


def state(ended: Ended, reports: Path) -> State:
    return State(ended, pages(reports), leftovers(reports))


def failing(places: Mapping[str, str]) -> str:
    """A notebook that fails on these pages, by kind, and else says what it is about, and that it is not the old one."""
    lines = [FINE]
    for kind, place in places.items():
        agency, year, _ = place.split("/")
        lines += [f"if (agency, year) == ({agency!r}, {year}):", *(f"    {x}" for x in ENDS[kind][0].splitlines())]
    return "\n".join([*lines, "(agency, year)"])


@pytest.fixture(scope="module")
def failures(whole: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, State]:
    """Runs over good pages, by kind of failure: their state; ``mended``: the next, of a notebook that is fine."""
    data, good = whole
    root = tmp_path_factory.mktemp("failing")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "notebooks_folder", lambda: root / "notebooks")
        write_notebook(root / "notebooks", "page", failing(FAILING))
        reports = Path(shutil.copytree(good, root / "reports"))
        found |= dict.fromkeys(FAILING, state(run(data, reports, *JOBS, "--memory", "512"), reports))
        write_notebook(root / "notebooks", "page", FINE)
        found["mended"] = state(run(data, reports), reports)

        write_notebook(root / "notebooks", "page", failing(ENDLESS))
        reports = Path(shutil.copytree(good, root / "endless"))
        years = f"{YEARS[-2]}-{YEARS[-1]}"
        found["never ends"] = state(run(data, reports, "--limit", "3", "second", "--year", years), reports)
    return found


@pytest.mark.parametrize("kind", ENDS)
def test_a_page_that_fails_is_told_and_stays_as_it_was_and_the_others_are_right(
    kind: str, undisturbed: dict[str, str], failures: dict[str, State]
) -> None:
    places, after = ENDLESS if kind in ENDLESS else FAILING, failures[kind]
    good = [OTHERS[kind]] if kind in OTHERS else sorted({*PLACES} - {*FAILING.values()})
    assert after.ended.code == 1, after.ended.out + after.ended.err
    told = [line for line in after.ended.out.splitlines() if line.startswith("failed: ")]
    assert len(told) == len(places), told
    (line,) = [line for line in told if line.startswith(f"failed: {places[kind]}: ")]
    assert ENDS[kind][1] in line
    assert f"{len(good)} pages made" in after.ended.out and f"{len(places)} failed" in after.ended.out
    for ending in ("html", "ipynb"):
        assert after.pages[f"{places[kind]}.{ending}"] == undisturbed[f"{places[kind]}.{ending}"]
    for place in good:
        assert after.pages[f"{place}.ipynb"] != undisturbed[f"{place}.ipynb"]
    assert f"failed/{places[kind]}.ipynb" in after.pages
    assert after.leftovers == []


def test_a_later_success_takes_the_failed_copies_away(undisturbed: dict[str, str], failures: dict[str, State]) -> None:
    after = failures["mended"]
    assert after.ended.code == 0, after.ended.out + after.ended.err
    assert after.pages == undisturbed
    assert after.leftovers == []


# Killed --------------------------------------------------------------------------------------------------------------


def children(process: int) -> list[int]:
    """The processes that a process has started and that still run."""
    try:
        return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def found(victim: str, process: int) -> int | None:
    """The run, its warm parent, or one of the pages under way; None where there is none.

    The warm parent is killed while pages are under way, which are lost with it; at any moment in the long versions.
    """
    if victim == "run":
        return process
    parents = [number for number in children(process) if "gdgk.engine.parent" in command(number)]
    if victim == "warm parent":
        return next((parent for parent in parents if SOAK or children(parent)), None)
    return next((page for parent in parents for page in children(parent)), None)


def command(process: int) -> str:
    """What a process was started with."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def killed(victim: str, moment: int, process: subprocess.Popen[bytes], reports: Path) -> bool:
    """Kill a process of a run once so much has happened (lines of its log); whether it was still there."""
    while goes_on(process):
        happened = sum(path.read_bytes().count(b"\n") for path in reports.glob("runs/*/log.jsonl"))
        number = found(victim, process.pid) if happened >= moment else None
        if number is not None:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
            return True
    return False


@pytest.mark.soak
@pytest.mark.parametrize("number", range(KILLS))
def test_whatever_is_killed_at_any_moment_the_same_command_completes_the_tree(
    number: int, undisturbed: dict[str, str], notebooks: Path, data: Path, tmp_path: Path, begin: Begins
) -> None:
    victims = VICTIMS[number % len(VICTIMS)]
    # A page makes two lines, its begin and its end, or more. The moment between two lines is as it comes.
    draw = random.Random(number)
    for attempt in range(9):
        moments = sorted(draw.randint(0, 2 * len(PLACES) - 2) for _ in victims)
        reports = tmp_path / f"reports {attempt}"
        process = begin(notebooks, *JOBS, "--data", data, "--reports", reports)
        if all(killed(*each, process, reports) for each in zip(victims, moments, strict=True)):
            break
    else:
        pytest.fail("each run was over before it could be killed")
    out, err = process.communicate(timeout=240)
    assert process.returncode == (-signal.SIGKILL if victims == ("run",) else 0), (out + err).decode()
    if victims != ("run",):
        assert f"{len(PLACES)} pages made" in out.decode()
    for folder in reports.glob("runs/*"):
        assert [line["what"] for line in log_lines(folder)][:1] in ([], ["run"])
    ended = run(data, reports)
    assert ended.code == 0, ended.out + ended.err
    assert pages(reports) == undisturbed
    assert sorted(stamps(reports).items()) == [(name, "ok") for name in PLACES]
    assert leftovers(reports) == []
    again = run(data, reports)
    assert again.out.startswith(f"0 pages to run, {len(PLACES)} unchanged")
    assert pages(reports) == undisturbed


def test_the_first_ctrl_c_finishes_what_is_under_way_and_ends_with_130_on_record(
    undisturbed: dict[str, str], notebooks: Path, data: Path, tmp_path: Path, begin: Begins
) -> None:
    go, reports = tmp_path / "go", tmp_path / "stopped"
    waiting = Path(shutil.copytree(notebooks, tmp_path / "waiting"))
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)"
    write_notebook(waiting, "page", wait)
    process = begin(waiting, "--jobs", "1", "--data", data, "--reports", reports)
    while not any(b'"what": "cell"' in path.read_bytes() for path in reports.glob("runs/*/log.jsonl")):
        assert goes_on(process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    assert process.stderr is not None
    assert b"stopping: 1 pages under way" in process.stderr.readline()
    go.touch()
    out, err = process.communicate(timeout=240)
    assert process.returncode == 130
    assert b"gdgk: interrupted; " in err
    assert b"Traceback" not in err
    assert b"1 pages made" in out and f"0 failed, {len(PLACES) - 1} not run".encode() in out
    (folder,) = reports.glob("runs/*")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert (summary["exit_code"], summary["made"], summary["not_run"]) == (130, 1, len(PLACES) - 1)
    assert [line["what"] for line in log_lines(folder)][-3:] == ["stopping", "ok", "end"]
    assert (reports / "index.html").exists()
    assert leftovers(reports) == []
    assert set(stamps(reports).values()) == {"ok"}
    assert run(data, reports).code == 0
    assert pages(reports) == undisturbed


def test_the_second_ctrl_c_ends_the_pages_under_way_and_leaves_nothing_of_them(
    undisturbed: dict[str, str], notebooks: Path, data: Path, tmp_path: Path, begin: Begins
) -> None:
    endless = Path(shutil.copytree(notebooks, tmp_path / "endless"))
    write_notebook(endless, "page", "import time\ntime.sleep(600)")
    reports = tmp_path / "ended"
    process = begin(endless, "--data", data, "--reports", reports)
    while not any(b'"what": "cell"' in path.read_bytes() for path in reports.glob("runs/*/log.jsonl")):
        assert goes_on(process)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert b"stopping: " in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    # The pages hold the other end of the pipe: it is at its end once the last of them is gone.
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert f"0 pages made (0 with findings), 0 failed, {len(PLACES)} not run".encode() in out
    assert (leftovers(reports), stamps(reports)) == ([], {})
    # Nothing of it is in the way of the next.
    assert run(data, reports, "first", "--year", str(YEARS[0])).code == 0
    made = pages(reports)
    assert {f"{PLACES[0]}.html", f"{PLACES[0]}.ipynb"} < made.keys()
    assert made.items() <= undisturbed.items()


def test_a_second_run_into_the_same_folder_says_so_and_stops(
    notebooks: Path, data: Path, tmp_path: Path, begin: Begins
) -> None:
    write_notebook(notebooks, "page", "import time\ntime.sleep(600)")
    reports = tmp_path / "shared"
    process = begin(notebooks, "--data", data, "--reports", reports)
    lock = reports / ".gdgk" / "lock"
    while not (lock.exists() and lock.read_text()):
        assert goes_on(process)
    ended = run(data, reports)
    assert ended.code == 2
    assert "found another run at work there (process" in ended.err


def test_data_that_change_while_their_page_is_made_make_it_once_more(
    notebooks: Path, data: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(data, tmp_path / "data"))
    changing = f"""{FINE}
import pathlib, uuid
path = pathlib.Path({str(data)!r}) / agency / str(year) / "note.txt"
if agency == "second" or not path.exists():
    path.write_text(str(uuid.uuid4()))"""
    write_notebook(notebooks, "page", changing)
    reports = tmp_path / "reports"
    ended = run(data, reports, "--year", str(YEARS[-1]))
    assert ended.code == 1
    once, always = (f"{agency}/{YEARS[-1]}/page" for agency in ("first", "second"))
    (line,) = [line for line in ended.out.splitlines() if line.startswith("failed: ")]
    assert line.startswith(f"failed: {always}: its data changed while it ran, twice")
    assert stamps(reports) == {once: "ok", always: "failed"}
    assert (reports / f"{once}.html").exists()
    assert not (reports / f"{always}.html").exists()
