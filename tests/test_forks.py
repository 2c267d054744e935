"""gdgk run in forked children: whatever ends one, the others are right and a good page is never lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Ended, gdgk, process_environment, tree, write_notebook
from strategies import AGENCIES_HEADER, filled_report

from gdgk.archive import Archive
from gdgk.batch import plan
from gdgk.engine.client import unsupported

pytestmark = pytest.mark.skipif(bool(unsupported()), reason=unsupported() or "children can be forked here")

FINE = "(agency, year)"
KILLS = int(os.environ.get("GDGK_KILLS", "5"))
DRIVER = """
import sys
from pathlib import Path
from gdgk.batch import plan
from gdgk.cli import main
plan.notebooks_folder = lambda: Path(sys.argv[1])
if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
"""


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
    data = root / "数据"
    data.mkdir()
    lines = [AGENCIES_HEADER, "first,甲局,,,,,,,", "second,乙局,,,,,,,", ""]
    (data / "agencies.csv").write_text("\n".join(lines), encoding="utf-8")
    archive = Archive(data)
    for agency in ("first", "second"):
        for year in range(2021, 2027):
            archive.write(filled_report(agency, year, "2021"))
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


def pages(reports: Path) -> dict[str, str]:
    """What a reader has: pages and notebooks by a digest of their bytes."""
    hidden = (".gdgk", "runs", "index.html")
    return {name: text for name, text in tree(reports).items() if not name.startswith(hidden)}


def stamps(reports: Path) -> dict[str, str]:
    """The state of each stamp."""
    found = (reports / ".gdgk").rglob("*.json")
    return {
        path.stem + path.parent.name + path.parent.parent.name: json.loads(path.read_text())["state"] for path in found
    }


def leftovers(reports: Path) -> list[str]:
    return [path.name for path in reports.rglob("*") if path.suffix == ".tmp" or path.parent.name == "tmp"]


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
    assert pages(reports) == {**undisturbed, **{name: "" for name in pages(reports) if name.startswith("failed")}}


def test_ten_failing_among_many_leave_the_others_right(
    undisturbed: dict[str, str], notebooks: Path, data: Path, tmp_path: Path
) -> None:
    write_notebook(
        notebooks, "page", f"{FINE}\nassert year % 6 != 0 or agency != 'first', 'not this one'\n(agency, year)"
    )
    reports = tmp_path / "some fail"
    ended = run(data, reports)
    assert ended.code == 1
    failing = [year for year in range(2021, 2027) if year % 6 == 0]
    assert f"{12 - len(failing)} pages made" in ended.out and f"{len(failing)} failed" in ended.out
    assert sorted(stamps(reports).values()) == ["failed"] * len(failing) + ["ok"] * (12 - len(failing))


# Killed --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def started(notebooks: Path, data: Path, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Runs in processes of their own; what is left of them is ended after the test."""
    found: list[subprocess.Popen[bytes]] = []
    yield found
    for process in found:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def begin(
    notebooks: Path, data: Path, reports: Path, started: list[subprocess.Popen[bytes]]
) -> subprocess.Popen[bytes]:
    """gdgk run in a process of its own."""
    plan_command = [sys.executable, "-c", DRIVER, str(notebooks), "run", "--data", str(data), "--reports", str(reports)]
    process = subprocess.Popen(
        plan_command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=process_environment({"PYTHONUTF8": "1"}),
        start_new_session=True,
    )
    started.append(process)
    return process


def test_a_run_killed_at_any_moment_is_completed_by_the_same_command(
    undisturbed: dict[str, str],
    notebooks: Path,
    data: Path,
    tmp_path: Path,
    started: list[subprocess.Popen[bytes]],
) -> None:
    draw = random.Random(5)
    reports = tmp_path / "killed"
    for _ in range(KILLS):
        process = begin(notebooks, data, reports, started)
        assert process.stderr is not None
        # Killed after so many pages: the moment within the next ones is as it comes.
        for _ in range(draw.randint(0, 3)):
            process.stderr.readline()
        process.kill()
        process.wait()
    ended = run(data, reports)
    assert ended.code == 0, ended.out + ended.err
    assert pages(reports) == undisturbed
    assert sorted(stamps(reports).values()) == ["ok"] * 12
    assert leftovers(reports) == []
    again = run(data, reports)
    assert again.out.startswith("0 pages to run, 12 unchanged")
    assert pages(reports) == undisturbed


def test_children_killed_at_any_moment_cost_no_page(
    undisturbed: dict[str, str], notebooks: Path, data: Path, tmp_path: Path
) -> None:
    # Each child of the first try may be killed by a process of its own that waits for a moment; the second runs in a
    # kernel, whose parent is another.
    kill = (
        f"{FINE}\nimport os, random, signal, subprocess, sys\n"
        "if 'ipykernel_launcher' not in sys.argv[0] and random.random() < 0.3:\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n(agency, year)"
    )
    write_notebook(notebooks, "page", kill)
    reports = tmp_path / "children"
    ended = run(data, reports)
    assert ended.code == 0, ended.out
    assert "12 pages made" in ended.out
    assert leftovers(reports) == []
    assert sorted(stamps(reports).values()) == ["ok"] * 12


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


def test_the_first_ctrl_c_finishes_what_is_under_way_and_ends_with_130(
    notebooks: Path, data: Path, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    reports = tmp_path / "stopped"
    process = begin(notebooks, data, reports, started)
    assert process.stderr is not None
    assert process.stderr.readline().startswith(b"ok ")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=60) == 130
    told = process.stderr.read().decode()
    assert "Traceback" not in told
    assert (reports / "index.html").exists()
    assert leftovers(reports) == []
    assert set(stamps(reports).values()) == {"ok"}


def test_a_second_run_into_the_same_folder_says_so_and_stops(
    notebooks: Path, data: Path, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    write_notebook(notebooks, "page", "import time\ntime.sleep(30)")
    reports = tmp_path / "shared"
    begin(notebooks, data, reports, started)
    lock = reports / ".gdgk" / "lock"
    while not (lock.exists() and lock.read_text()):
        assert started[0].poll() is None
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
