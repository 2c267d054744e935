"""gdgk run in forked children: whatever ends one, the others are right and a good page is never lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from running import SOAK, Begins, Ended, gdgk, goes_on, leftovers, log_lines, pages, stamps, write_notebook
from strategies import write_city

from gdgk.batch import plan
from gdgk.engine.client import unsupported

pytestmark = pytest.mark.skipif(bool(unsupported()), reason=unsupported() or "children can be forked here")

FINE = "(agency, year)"
PLACES = [f"{agency}/{year}/page" for agency in ("first", "second") for year in range(2021, 2027)]
# How often something is killed: the run, its warm parent, a page, in turn.
KILLS = int(os.environ.get("GDGK_KILLS", "20" if SOAK else "3"))


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    write_notebook(folder, "page", FINE)
    monkeypatch.setattr(plan, "notebooks_folder", lambda: folder)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Synthetic reports of two agencies on six years, and the pages of a run that nothing disturbed."""
    root = tmp_path_factory.mktemp("whole")
    data = write_city(root / "数据", ["first", "second"], range(2021, 2027))
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


def test_both_engines_give_the_same_pages(
    undisturbed: dict[str, str], notebooks: Path, data: Path, tmp_path: Path
) -> None:
    reports = tmp_path / "kernel"
    ended = run(data, reports, "first", "--year", "2021-2022", "--engine", "kernel")
    assert ended.code == 0
    made = {name: text for name, text in pages(reports).items() if text and name != "plotly.min.js"}
    assert len(made) == 4
    assert made.items() <= undisturbed.items()


ENDS = {
    "sys.exit": ("import sys\nsys.exit()", "SystemExit: the notebook ended itself"),
    "exception": ("raise ValueError('无法读入')", "ValueError: 无法读入"),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "Kernel died"),
    "exit status": ("import os\nos._exit(0)", "Kernel died"),
    "never ends": ("while True: pass", "over the limit of 5 s"),
    "all memory": ("held = bytearray(8 * 2**30)", "MemoryError"),
}


@pytest.mark.parametrize("kind", ENDS)
def test_a_page_that_fails_is_told_and_stays_as_it_was_and_the_others_are_right(
    kind: str, undisturbed: dict[str, str], whole: tuple[Path, Path], notebooks: Path, tmp_path: Path
) -> None:
    source, message = ENDS[kind]
    data, reports = whole[0], Path(shutil.copytree(whole[1], tmp_path / "reports"))
    body = "\n    ".join(source.splitlines())
    write_notebook(notebooks, "page", f"{FINE}\nif (agency, year) == ('second', 2023):\n    {body}\n(agency, year)")
    # A limit only for what never ends: on a busy machine the second try, in a kernel, takes its time.
    limit = ("--limit", "5") if kind == "never ends" else ()
    ended = run(data, reports, *limit, "--memory", "512", "second", "--year", "2022-2024")
    assert ended.code == 1, ended.out + ended.err
    failures = [line for line in ended.out.splitlines() if line.startswith("failed: ")]
    assert len(failures) == 1, failures
    (line,) = failures
    assert line.startswith("failed: second/2023/page: ")
    assert message in line
    assert "2 pages made" in ended.out and "1 failed" in ended.out
    now = pages(reports)
    assert now["second/2023/page.html"] == undisturbed["second/2023/page.html"]
    assert now["second/2022/page.ipynb"] != undisturbed["second/2022/page.ipynb"]
    assert leftovers(reports) == []
    assert (reports / "failed/second/2023/page.ipynb").exists()


def test_a_later_success_takes_the_failed_copy_away(
    undisturbed: dict[str, str], whole: tuple[Path, Path], notebooks: Path, tmp_path: Path
) -> None:
    data, reports = whole[0], Path(shutil.copytree(whole[1], tmp_path / "reports"))
    write_notebook(notebooks, "page", "1 / 0")
    assert run(data, reports, "second", "--year", "2023").code == 1
    write_notebook(notebooks, "page", FINE)
    assert run(data, reports).code == 0
    assert pages(reports) == undisturbed


# Killed --------------------------------------------------------------------------------------------------------------


def children(process: int) -> list[int]:
    """The processes that a process has started and that still run."""
    try:
        return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def found(victim: str, process: int) -> int | None:
    """The run, its warm parent, or one of the pages under way; None where there is none."""
    if victim == "run":
        return process
    parents = [number for number in children(process) if "gdgk.engine.parent" in command(number)]
    if victim == "warm parent":
        return next(iter(parents), None)
    return next((page for parent in parents for page in children(parent)), None)


def command(process: int) -> str:
    """What a process was started with."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def killed(victim: str, process: subprocess.Popen[bytes], reports: Path, moment: int) -> bool:
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


VICTIMS = ("run", "warm parent", "page")


@pytest.mark.soak
@pytest.mark.parametrize("number", range(KILLS))
def test_whatever_is_killed_at_any_moment_the_same_command_completes_the_tree(
    number: int, undisturbed: dict[str, str], notebooks: Path, data: Path, tmp_path: Path, begin: Begins
) -> None:
    victim = VICTIMS[number % len(VICTIMS)]
    # A page makes five lines or so: its begin, its cells, its end. The moment between two lines is as it comes.
    moment = random.Random(number).randint(0, 40)
    for attempt in range(5):
        reports = tmp_path / f"reports {attempt}"
        process = begin(notebooks, "--data", data, "--reports", reports)
        if killed(victim, process, reports, moment):
            break
    else:
        pytest.fail("each run was over before it could be killed")
    out, err = process.communicate(timeout=240)
    assert process.returncode == (-signal.SIGKILL if victim == "run" else 0), (out + err).decode()
    for folder in reports.glob("runs/*"):
        assert [line["what"] for line in log_lines(folder)][:1] in ([], ["run"])
    ended = run(data, reports)
    assert ended.code == 0, ended.out + ended.err
    assert pages(reports) == undisturbed
    assert sorted(stamps(reports).items()) == [(name, "ok") for name in PLACES]
    assert leftovers(reports) == []
    again = run(data, reports)
    assert again.out.startswith("0 pages to run, 12 unchanged")
    assert pages(reports) == undisturbed


def test_a_warm_parent_that_is_killed_is_made_anew(
    undisturbed: dict[str, str], notebooks: Path, data: Path, tmp_path: Path
) -> None:
    kill = (
        f"{FINE}\nimport os, pathlib, signal, sys\nmark = pathlib.Path({str(tmp_path / 'killed')!r})\n"
        "if 'ipykernel_launcher' not in sys.argv[0] and not mark.exists():\n"
        "    mark.touch()\n    os.kill(os.getppid(), signal.SIGKILL)\n(agency, year)"
    )
    write_notebook(notebooks, "page", kill)
    reports = tmp_path / "parent"
    ended = run(data, reports, "--jobs", "2")
    assert ended.code == 0, ended.out + ended.err
    assert "12 pages made" in ended.out
    assert leftovers(reports) == []


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
    assert b"1 pages made" in out and b"0 failed, 11 not run" in out
    (folder,) = reports.glob("runs/*")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert (summary["exit_code"], summary["made"], summary["not_run"]) == (130, 1, 11)
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
    assert b"0 pages made (0 with findings), 0 failed, 12 not run" in out
    assert (leftovers(reports), stamps(reports)) == ([], {})
    assert run(data, reports).code == 0
    assert pages(reports) == undisturbed


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
    path = data / "first" / "2026" / "note.txt"
    once = f"{FINE}\nimport pathlib\npath = pathlib.Path({str(path)!r})\n"
    write_notebook(notebooks, "page", once + "if not path.exists(): path.write_text('late')")
    assert run(data, tmp_path / "once", "first", "--year", "2026").code == 0
    write_notebook(notebooks, "page", once + "import uuid; path.write_text(str(uuid.uuid4()))")
    ended = run(data, tmp_path / "always", "first", "--year", "2026")
    assert ended.code == 1
    assert "its data changed while it ran, twice" in ended.out
    assert not (tmp_path / "always" / "first" / "2026" / "page.html").exists()
