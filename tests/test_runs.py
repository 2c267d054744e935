"""A run in trouble: a clear line, the right exit code, a record to rely on, every good page still there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from running import (
    DRIVER,
    SOAK,
    Ended,
    fill,
    gdgk,
    leftovers,
    log_lines,
    pages,
    process_environment,
    stamps,
    write_notebook,
)
from strategies import filled_report, write_city

import gdgk.batch as batch
from gdgk.archive import Archive
from gdgk.batch import plan
from gdgk.batch.runs import RunLog
from gdgk.form import CellKey

pytestmark = pytest.mark.xdist_group("runs")  # the good pages that the tests start from are made once
resource = pytest.importorskip("resource", reason="only POSIX limits what a process may write")

# Breaks for the years that end with a 4 where there is a file that says so beside the data.
SOURCE = """
from pathlib import Path
assert not (year % 10 == 4 and Path(data).with_name("broken").exists()), f"not {year}"
(agency, year)
"""
YEARS = range(2023, 2026)
FIRST = ("--year", str(YEARS[0]))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with synthetic reports of two agencies (data), a notebook (notebooks), their pages (reports)."""
    root = tmp_path_factory.mktemp("whole")
    write_city(root / "data", ["first", "second"], YEARS)
    write_notebook(root / "notebooks", "page", SOURCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "notebooks_folder", lambda: root / "notebooks")
        assert run(root / "data", root / "reports").code == 0
    return root


@pytest.fixture
def undisturbed(whole: Path) -> dict[str, str]:
    """The pages of a run that nothing disturbed."""
    return pages(whole / "reports")


@pytest.fixture
def data(whole: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data; the notebooks that are run are those beside it."""
    monkeypatch.setattr(plan, "notebooks_folder", lambda: whole / "notebooks")
    return whole / "data"


@pytest.fixture
def reports(whole: Path, tmp_path: Path) -> Path:
    """A copy of the good pages."""
    return Path(shutil.copytree(whole / "reports", tmp_path / "reports"))


def run(data: Path, reports: Path, *options: object) -> Ended:
    return gdgk("run", *options, "--data", data, "--reports", reports)


@contextmanager
def broken(data: Path) -> Iterator[None]:
    """The notebook breaks meanwhile, for some years."""
    path = data.with_name("broken")
    path.touch()
    try:
        yield
    finally:
        path.unlink()


def run_process(
    whole: Path, reports: Path, *options: object, env: dict[str, str] | None = None, **how: Any
) -> subprocess.CompletedProcess[str]:
    """The run in a process of its own."""
    arguments = [whole / "notebooks", "run", *options, "--data", whole / "data", "--reports", reports]
    command = [sys.executable, "-c", DRIVER, *map(str, arguments)]
    environment = process_environment({"PYTHONUTF8": "1", **(env or {})})
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=300, **how)


def record(folder: Path) -> dict[str, Any]:
    """The summary of a run."""
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return summary


def records(reports: Path) -> list[Path]:
    """The folders of the runs, the first one first."""
    return sorted((reports / "runs").iterdir(), key=lambda folder: (folder.stat().st_mtime_ns, folder.name))


# Where nothing can be written ----------------------------------------------------------------------------------------


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Callable[[Path], Path]]:
    """Puts a folder where nobody may write: for root, who may write anywhere else, on a disk that is read-only."""
    place = tmp_path / "read-only"
    place.mkdir()
    mounted: list[str] = []

    def protect(folder: Path) -> Path:
        if os.geteuid():
            shutil.copytree(folder, place, dirs_exist_ok=True)
            for path in [place, *place.rglob("*")]:
                path.chmod(path.stat().st_mode & 0o555)
            return place
        for options in ("size=64m", "remount,ro"):
            command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
            if subprocess.run(command, capture_output=True, check=False).returncode:
                pytest.skip("this root may not mount a disk; the tests of files in the way of folders remain")
            if not mounted:
                mounted.append(str(place))
                shutil.copytree(folder, place, dirs_exist_ok=True)
        return place

    yield protect
    for path in mounted:
        subprocess.run(["umount", path], check=True)
    for path in [place, *place.rglob("*")]:
        path.chmod(0o755)


def test_a_reports_folder_that_is_read_only_is_told_in_a_line_and_stays(
    undisturbed: dict[str, str], data: Path, reports: Path, read_only: Callable[[Path], Path]
) -> None:
    place = read_only(reports)
    ended = run(data, place, "--force")
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert ended.err.startswith(f"gdgk: {place}/.gdgk/lock: found ")
    assert "Read-only file system" in ended.err or "Permission denied" in ended.err
    assert "; expected to read and write there; " in ended.err
    assert pages(place) == undisturbed


@pytest.mark.parametrize("name", ["", ".gdgk", "runs"])
def test_a_file_where_a_run_needs_a_folder_is_told_in_a_line_and_stays(name: str, data: Path, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    in_the_way = reports / name
    in_the_way.parent.mkdir(exist_ok=True)
    in_the_way.write_text("a file of somebody's", encoding="utf-8")
    ended = run(data, reports)
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert ended.err.startswith(f"gdgk: {in_the_way}")
    assert in_the_way.read_text(encoding="utf-8") == "a file of somebody's"
    assert pages(reports).keys() <= {name}


def test_a_page_that_cannot_be_put_in_place_is_told_and_the_others_are_right(
    undisturbed: dict[str, str], data: Path, reports: Path
) -> None:
    (reports / f"first/{YEARS[0]}/page.html").unlink()
    shutil.rmtree(reports / "second")
    (reports / "second").write_text("a file of somebody's", encoding="utf-8")
    ended = run(data, reports, "--year", f"{YEARS[0]}-{YEARS[1]}")
    assert ended.code == 1
    failures = [line for line in ended.out.splitlines() if line.startswith("failed: ")]
    assert len(failures) == 2
    for year, line in zip(YEARS[:2], sorted(failures), strict=True):
        assert line.startswith(f"failed: second/{year}/page: ")
        assert str(reports / "second") in line
    mine = {name: text for name, text in pages(reports).items() if not name.startswith(("failed", "second"))}
    assert mine == {name: text for name, text in undisturbed.items() if not name.startswith("second")}
    assert leftovers(reports) == []
    (reports / "second").unlink()
    assert run(data, reports).code == 0
    assert pages(reports) == undisturbed


def test_an_index_that_cannot_be_written_costs_no_page(undisturbed: dict[str, str], data: Path, reports: Path) -> None:
    (reports / "index.html").unlink()
    (reports / "index.html").mkdir()
    ended = run(data, reports)
    assert ended.code == 2
    assert ended.err == (
        f"gdgk: {reports}/index.html: found Is a directory; expected to read and write there; mend it\n"
    )
    assert pages(reports) == undisturbed
    assert record(records(reports)[-1])["exit_code"] == 2


def test_a_disk_that_fills_up_in_the_midst_of_a_run_costs_no_good_page_and_no_line_of_the_log(
    undisturbed: dict[str, str], whole: Path, data: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = Path(shutil.copytree(whole / "reports", small_disk / "reports"))
    before = pages(reports)
    with monkeypatch.context() as patch:
        patch.setattr(batch, "carry_out", filling(small_disk, batch.carry_out))
        ended = run(data, reports, "--force", *FIRST)
    assert ended.code == 2
    for place in (f"{agency}/{YEARS[0]}/page" for agency in ("first", "second")):
        assert f"FAILED {place} " in ended.err
        assert f"No space left on device: {reports}/{place}.ipynb" in ended.err
    assert ended.err.splitlines()[-1].startswith(f"gdgk: {reports}/index.html: found No space left on device; ")
    assert "Traceback" not in ended.err
    good = {name: text for name, text in pages(reports).items() if not name.startswith("failed")}
    assert good == before == undisturbed
    assert log_lines(records(reports)[-1])[0]["what"] == "run"
    (small_disk / "filler").unlink()
    assert run(data, reports).code == 0
    assert pages(reports) == undisturbed
    assert leftovers(reports) == []


def filling(disk: Path, step: Callable[..., None]) -> Callable[..., None]:
    """A step of the run, with the disk full from its beginning."""

    def filled(*arguments: Any) -> None:
        fill(disk)
        step(*arguments)

    return filled


def test_files_that_may_not_grow_leave_every_good_page_as_it_was(
    undisturbed: dict[str, str], whole: Path, data: Path, reports: Path
) -> None:
    def no_large_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

    ended = run_process(whole, reports, "--force", *FIRST, preexec_fn=no_large_files)
    assert ended.returncode in (1, 2), ended.stderr
    assert "File too large" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    good = {name: text for name, text in pages(reports).items() if not name.startswith("failed")}
    assert good == undisturbed
    assert leftovers(reports) == []
    assert log_lines(records(reports)[-1])[0]["what"] == "run"
    assert run(data, reports).code == 0
    assert pages(reports) == undisturbed


def test_a_line_of_the_log_that_the_disk_takes_half_is_not_in_it(tmp_path: Path) -> None:
    log = RunLog(tmp_path)
    log.line("first")
    size = (log.folder / "log.jsonl").stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
    try:
        log.line("half")
        log.line("half")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    log.line("last")
    log.close({})
    assert [line["what"] for line in log_lines(log.folder)] == ["first", "last", "end"]


# The clock -----------------------------------------------------------------------------------------------------------

# Python's own way to have something done at the start of every process; the kernel's and the warm parent's, too.
CLOCK = """
import datetime, os, time

now = [float(os.environ["GDGK_TEST_CLOCK"])]
step = float(os.environ["GDGK_TEST_STEP"])

def look():
    now[0] += step
    return now[0]

class Kind(type):
    def __instancecheck__(self, one):
        return isinstance(one, real)

class Clock(datetime.datetime, metaclass=Kind):
    @classmethod
    def now(cls, tz=None):
        return real.fromtimestamp(look(), tz)

real = datetime.datetime
datetime.datetime = Clock
time.time = look
"""
IN_1990, IN_2090 = 631_152_000, 3_786_912_000


@pytest.fixture
def clock(tmp_path: Path) -> Callable[[float, float], dict[str, str]]:
    """The environment in which it is some time, and each look at the clock some seconds later, or earlier."""
    folder = tmp_path / "clock"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
    path = os.pathsep.join([str(folder), process_environment()["PYTHONPATH"]])

    def at(time: float, step: float) -> dict[str, str]:
        return {"PYTHONPATH": path, "GDGK_TEST_CLOCK": str(time), "GDGK_TEST_STEP": str(step)}

    return at


def test_a_clock_that_is_set_back_between_and_during_runs_changes_no_page_and_no_plan(
    undisturbed: dict[str, str], whole: Path, tmp_path: Path, clock: Callable[[float, float], dict[str, str]]
) -> None:
    reports = tmp_path / "reports"
    first = run_process(whole, reports, env=clock(IN_2090, -3600))
    assert first.returncode == 0, first.stderr
    assert pages(reports) == undisturbed
    (made,) = records(reports)
    assert made.name.startswith("2089") or made.name.startswith("2090")
    times = [line["time"] for line in log_lines(made)]
    assert times == sorted(times, reverse=True) and len(set(times)) > 1
    summary = record(made)
    # Each look at the clock was an hour back: a duration that was taken from it would be negative.
    assert 0 < summary["seconds"] < 3600

    for seconds in (IN_2090, IN_1990):
        for path in [*(whole / "data").rglob("*"), *(whole / "notebooks").rglob("*"), *reports.rglob("*")]:
            os.utime(path, (seconds, seconds))
        again = run_process(whole, reports, env=clock(IN_1990, 0))
        assert again.stdout.startswith("0 pages to run, 6 unchanged"), again.stdout + again.stderr
        assert again.returncode == 0
    # The clock stood still: both runs were at the same time, and each has a record of its own.
    assert {folder.name for folder in records(reports)} == {made.name, "19900101T000000Z", "19900101T000000Z-2"}
    assert [record(reports / "runs" / name)["planned"] for name in ("19900101T000000Z", "19900101T000000Z-2")] == [6, 6]
    forced = run_process(whole, reports, "first", *FIRST, "--force", env=clock(IN_1990, 0))
    assert forced.returncode == 0
    assert pages(reports) == undisturbed


# What fails, and the record says so ----------------------------------------------------------------------------------


@pytest.mark.soak
def test_what_fails_is_told_and_keeps_its_page_and_the_others_are_right(
    data: Path, reports: Path, tmp_path: Path
) -> None:
    agencies, years, city = ["first", "second"], YEARS, data
    if SOAK:  # one in ten of a thousand
        agencies, years = [f"agency{number}" for number in range(100)], range(2021, 2031)
        city, reports = write_city(tmp_path / "city", agencies, years), tmp_path / "many"
        assert run(city, reports).code == 0
    count, others = len(agencies), len(agencies) * (len(years) - 1)
    good = pages(reports)
    assert len(good) == 2 * (count + others) + 1

    with broken(city):
        ended = run(city, reports, "--force")
    assert ended.code == 1
    failed = [line for line in ended.out.splitlines() if line.startswith("failed: ")]
    assert sorted(failed) == [
        f"failed: {agency}/2024/page: cell 3: AssertionError: not 2024 (executed copy: failed/{agency}/2024/page.ipynb)"
        for agency in sorted(agencies)
    ]
    assert f"{others} pages made ({others} with findings), {count} failed; findings" in ended.out
    now = pages(reports)
    copies = {f"failed/{agency}/2024/page.ipynb" for agency in agencies}
    assert {name: text for name, text in now.items() if name not in copies} == good
    assert now.keys() - good.keys() == copies
    assert Counter(stamps(reports).values()) == {"ok": others, "failed": count}
    assert leftovers(reports) == []
    check_record(reports, ended, {f"{agency}/2024/page" for agency in agencies})

    again = run(city, reports)
    assert again.code == 0
    assert again.out.startswith(f"{count} pages to run, {others} unchanged")
    assert pages(reports) == good


def check_record(reports: Path, ended: Ended, failing: set[str]) -> None:
    """The last run's summary, its log and the tree say the same."""
    folder = records(reports)[-1]
    summary, lines = record(folder), log_lines(folder)
    states = stamps(reports)
    assert summary["run"] == folder.name
    assert summary["exit_code"] == ended.code
    assert {item["place"] for item in summary["failed"]} == failing
    assert summary["planned"] == summary["skipped"]["unchanged"] + sum(summary["to_run"].values()) == len(states)
    assert summary["made"] == summary["ok"] + summary["with_findings"]
    assert summary["made"] + len(summary["failed"]) + summary["not_run"] == sum(summary["to_run"].values())
    assert {line["run"] for line in lines} == {folder.name}
    assert (lines[0]["what"], lines[-1]["what"]) == ("run", "end")
    by_kind = {
        kind: Counter(line["place"] for line in lines if line["what"] == kind) for kind in ("started", "ok", "failed")
    }
    assert by_kind["ok"] == Counter(place for place, state in states.items() if state == "ok")
    assert by_kind["failed"] == Counter(failing)
    assert by_kind["started"] == by_kind["ok"] + by_kind["failed"]
    assert {line["message"] for line in lines if line["what"] == "failed"} == {
        item["message"] for item in summary["failed"]
    }


# Exit codes ----------------------------------------------------------------------------------------------------------


def with_an_error(whole: Path, root: Path) -> Path:
    """The folder, with a total that is not the sum of its parts in one of the reports."""
    copy = Path(shutil.copytree(whole, root))
    wrong = {CellKey("applications", "new", "natural_person"): 3}
    Archive(copy / "data").write(filled_report("first", YEARS[0], "2021", wrong))
    return copy


def test_the_command_ends_with_the_code_that_is_promised_and_its_record_says_the_same(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, reports = with_an_error(whole, tmp_path / "root"), tmp_path / "reports"
    monkeypatch.setattr(plan, "notebooks_folder", lambda: root / "notebooks")

    def ends(code: int, *options: str) -> str:
        before = set(reports.glob("runs/*"))
        ended = run(root / "data", reports, *options)
        assert ended.code == code, ended.out + ended.err
        made = set(reports.glob("runs/*")) - before
        assert [record(folder)["exit_code"] for folder in made] == ([] if code == 2 else [code])
        return ended.out + ended.err

    assert "agency: found 'nowhere'" in ends(2, "nowhere")
    assert not reports.exists()
    assert "1 pages made (1 with findings), 0 failed; findings in the data: 误2" in ends(3, "first", *FIRST, "--strict")
    assert "0 pages to run, 1 unchanged" in ends(3, "first", *FIRST, "--strict")
    assert run_process(root, reports, "first", *FIRST, "--strict").returncode == 3
    assert "0 pages to run, 1 unchanged" in ends(0, "first", *FIRST)
    with broken(root / "data"):
        assert "1 pages made (1 with findings), 1 failed" in ends(1, "second", "--year", "2023-2024", "--strict")


def test_a_run_that_is_interrupted_while_it_writes_the_index_is_on_record_as_such(
    data: Path, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "write_index", interrupted)
    assert run(data, reports).code == 130
    assert record(records(reports)[-1])["exit_code"] == 130
