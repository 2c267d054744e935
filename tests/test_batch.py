"""A batch: what is run and why, what a failure leaves behind, and that no page is ever half written.

Runs use tiny notebooks, as a kernel takes a second to start; one of the workbook's own is run for its bytes.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO

import pytest
from running import DRIVER, Ended, fill, gdgk, process_environment, tree, write_notebook
from strategies import AGENCIES_HEADER, filled_report

from gdgk.archive import Archive, ReportId
from gdgk.batch import Run, digests, plan, plan_run, work
from gdgk.batch.digests import Digests, code_digest
from gdgk.batch.jobs import Outcome
from gdgk.batch.plan import notebooks
from gdgk.batch.stamps import Stamp, read_stamp, stamp_path, write_stamp
from gdgk.checks import check_reports
from gdgk.cli.watching import run_lines
from gdgk.errors import InputError, UnknownName
from gdgk.form import CellKey

FINE = "(agency, year)"


@pytest.fixture
def notebooks_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of notebooks of the test's own, with one for each report: page."""
    folder = tmp_path / "notebooks"
    write_notebook(folder, "page", FINE)
    monkeypatch.setattr(plan, "notebooks_folder", lambda: folder)
    return folder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """For temporary files, which are to go with the test's own: what is killed cannot clear up after itself."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Synthetic reports of 甲局 2022 and 2023 and of 乙局 2023, in a folder whose path has spaces and Chinese."""
    root = tmp_path / "数据 与 报告"
    root.mkdir()
    lines = [AGENCIES_HEADER, "first,甲局,,,,,,,", "second,乙局,,,,,,,", ""]
    (root / "agencies.csv").write_text("\n".join(lines), encoding="utf-8")
    archive = Archive(root)
    for agency, year in (("first", 2022), ("first", 2023), ("second", 2023)):
        archive.write(filled_report(agency, year, "2021"))
    return root


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "成果 页"


def reasons(data: Path, reports: Path, *agencies: str, **options: object) -> dict[str, str]:
    """Each planned page and why it is run; empty when it is skipped."""
    made = plan_run(agencies, data=data, reports=reports, **options)  # type: ignore[arg-type]
    return {str(item.target): item.reason.partition(":")[0] for item in made.planned}


def pretend_done(made: Run, state: str = "ok") -> None:
    """Leave what a run leaves, without running anything."""
    for item in made.planned:
        write_stamp(
            stamp_path(made.reports, item.job.place),
            Stamp(item.digest, state, 1.0, parts=Digests().parts(item.job).record()),
        )
        for ending in (".html", ".ipynb"):
            path = made.reports / f"{item.target.place}{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("page</html>", encoding="utf-8")


@pytest.fixture
def done(notebooks_folder: Path, data: Path, reports: Path) -> Run:
    """Everything was run and is in place."""
    made = plan_run(data=data, reports=reports)
    pretend_done(made)
    assert set(reasons(data, reports).values()) == {""}
    return made


def put(data: Path, agency: str, year: int, **values: int) -> None:
    """Change new applications by natural persons in a report."""
    cells = {CellKey("applications", "new", column): value for column, value in values.items()}
    Archive(data).write(filled_report(agency, year, "2021", cells))


# What is planned, and why --------------------------------------------------------------------------------------------


def test_at_first_everything_is_new(notebooks_folder: Path, data: Path, reports: Path) -> None:
    assert reasons(data, reports) == {"first/2022/page": "new", "first/2023/page": "new", "second/2023/page": "new"}
    assert not reports.exists()


def test_changed_figures_cause_a_run_of_that_year_and_the_next_and_of_no_other_agency(
    done: Run, data: Path, reports: Path
) -> None:
    put(data, "first", 2022, natural_person=1)
    assert reasons(data, reports) == {
        "first/2022/page": "changed",
        "first/2023/page": "changed",
        "second/2023/page": "",
    }


def test_changed_figures_of_the_later_year_leave_the_earlier_alone(done: Run, data: Path, reports: Path) -> None:
    put(data, "first", 2023, natural_person=1)
    assert reasons(data, reports) == {"first/2022/page": "", "first/2023/page": "changed", "second/2023/page": ""}


def test_a_predecessors_report_of_last_year_counts_as_ones_own(
    notebooks_folder: Path, data: Path, reports: Path
) -> None:
    path = data / "agencies.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("乙局,,,,,,,", "乙局,,,,,first,,"), encoding="utf-8")
    pretend_done(plan_run(data=data, reports=reports))
    put(data, "first", 2022, natural_person=1)
    assert reasons(data, reports)["second/2023/page"] == "changed"


def test_a_file_that_is_added_or_removed_causes_a_run(done: Run, data: Path, reports: Path) -> None:
    added = data / "second" / "2023" / "narrative.md"
    added.write_text("## 一、总体情况\n", encoding="utf-8")
    assert reasons(data, reports)["second/2023/page"] == "changed"
    added.unlink()
    assert reasons(data, reports)["second/2023/page"] == ""


def test_a_new_report_is_new_and_changes_the_year_after_it(done: Run, data: Path, reports: Path) -> None:
    put(data, "second", 2022, natural_person=0)
    assert reasons(data, reports) == {
        "first/2022/page": "",
        "first/2023/page": "",
        "second/2022/page": "new",
        "second/2023/page": "changed",
    }


def test_an_agencys_new_name_is_on_every_page_that_may_show_it(done: Run, data: Path, reports: Path) -> None:
    path = data / "agencies.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("乙局", "丙局"), encoding="utf-8")
    assert reasons(data, reports)["second/2023/page"] == "changed"


def test_the_reason_says_what_has_changed(done: Run, notebooks_folder: Path, data: Path, reports: Path) -> None:
    def said() -> str:
        (item,) = plan_run(["first"], [2023], data=data, reports=reports).planned
        return item.reason

    put(data, "first", 2022, natural_person=1)
    assert said() == "changed: data of first/2022"
    write_notebook(notebooks_folder, "page", f"{FINE}  # changed")
    assert said() == "changed: data of first/2022, notebook"


def test_time_stamps_of_files_do_not_matter(done: Run, data: Path, reports: Path) -> None:
    for path in data.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert set(reasons(data, reports).values()) == {""}


def test_the_same_data_elsewhere_has_the_same_digest(done: Run, data: Path, reports: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(data, tmp_path / "elsewhere"))
    assert set(reasons(other, reports).values()) == {""}


def test_a_changed_notebook_causes_a_run_of_its_own_pages_only(
    notebooks_folder: Path, data: Path, reports: Path
) -> None:
    write_notebook(notebooks_folder, "other", FINE)
    pretend_done(plan_run(data=data, reports=reports))
    write_notebook(notebooks_folder, "other", f"{FINE}  # changed")
    assert {name for name, reason in reasons(data, reports).items() if reason == "changed"} == {
        "first/2022/other",
        "first/2023/other",
        "second/2023/other",
    }


@pytest.fixture
def own_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of gdgk's own files that the plan takes for gdgk."""
    copy = Path(
        shutil.copytree(digests.PACKAGE, tmp_path / "package", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    )
    monkeypatch.setattr(digests, "PACKAGE", copy)
    code_digest.cache_clear()
    yield copy
    code_digest.cache_clear()


@pytest.mark.parametrize(
    "name", ["reconciliation/__init__.py", "templates/style.css", "rules.toml", "forms/new/form.toml"]
)
def test_changed_code_rules_forms_or_templates_cause_a_run_of_all(
    own_package: Path, done: Run, data: Path, reports: Path, name: str
) -> None:
    path = own_package / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("changed", encoding="utf-8")
    code_digest.cache_clear()
    assert set(reasons(data, reports).values()) == {"changed"}


def test_caches_beside_the_code_do_not_matter(own_package: Path, done: Run, data: Path, reports: Path) -> None:
    (own_package / "__pycache__").mkdir()
    (own_package / "__pycache__" / "cli.pyc").write_bytes(b"x")
    code_digest.cache_clear()
    assert set(reasons(data, reports).values()) == {""}


def test_another_release_of_what_draws_the_pages_causes_a_run_of_all(
    own_package: Path, done: Run, data: Path, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "version", lambda name: "0.0" if name == "plotly" else "1.0")
    code_digest.cache_clear()
    assert set(reasons(data, reports).values()) == {"changed"}


def test_force_runs_what_has_not_changed(done: Run, data: Path, reports: Path) -> None:
    assert set(reasons(data, reports, force=True).values()) == {"--force"}


@pytest.mark.parametrize("ending", [".html", ".ipynb"])
def test_a_page_that_was_deleted_is_made_again(done: Run, data: Path, reports: Path, ending: str) -> None:
    (reports / f"first/2023/page{ending}").unlink()
    assert reasons(data, reports) == {
        "first/2022/page": "",
        "first/2023/page": "page missing",
        "second/2023/page": "",
    }


def test_what_failed_last_time_is_run_again(done: Run, data: Path, reports: Path) -> None:
    pretend_done(plan_run(["second"], data=data, reports=reports), state="failed")
    assert reasons(data, reports)["second/2023/page"] == "failed last time"


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"digest": "x"}', '{"unknown": 1}', "null", "[" * 100_000),
        '{"digest": "x", "state": "done", "seconds": 1}',
        '{"digest": "x", "state": "ok", "seconds": 1, "findings": {"error": -1}}',
    ],
)
def test_a_stamp_that_cannot_be_read_counts_as_none(done: Run, data: Path, reports: Path, text: str) -> None:
    stamp_path(reports, done.planned[0].target).write_text(text, encoding="utf-8")
    assert reasons(data, reports)[str(done.planned[0].target)] == "new"


def test_a_stamp_says_what_was_found(notebooks_folder: Path, data: Path, reports: Path) -> None:
    put(data, "first", 2022, natural_person=3)
    made = plan_run(["first"], data=data, reports=reports)
    counts = check_reports(Archive(data), [ReportId("first", 2022)], among=False).counts(ReportId("first", 2022))
    # 本年新收：自然人 3, 总计 0; then 自然人's 3 is carried nowhere.
    assert counts["error"] == 2
    assert counts["passed"] > 30
    stamp = Stamp(made.planned[0].digest, "ok", 1.5, counts)
    path = stamp_path(reports, made.planned[0].target)
    write_stamp(path, stamp)
    assert read_stamp(path) == stamp
    assert json.loads(path.read_text(encoding="utf-8")) == {**asdict(stamp), "formats": []}


def test_pages_over_years_and_over_agencies_read_all_they_show(
    notebooks_folder: Path, data: Path, reports: Path
) -> None:
    write_notebook(notebooks_folder, "over_years", FINE, scope="agency")
    write_notebook(notebooks_folder, "whole_year", FINE, scope="year")
    made = plan_run(data=data, reports=reports)
    read = {str(item.target): set(item.target.reads) for item in made.planned}
    first, second = {ReportId("first", 2022), ReportId("first", 2023)}, {ReportId("second", 2023)}
    assert read["first/over_years"] == first
    assert read["2022/whole_year"] == {ReportId("first", 2022)}
    assert read["2023/whole_year"] == first | second
    assert reasons(data, reports, "first").keys() == {"first/2022/page", "first/2023/page", "first/over_years"}
    assert reasons(data, reports, years=[2023]).keys() == {"first/2023/page", "second/2023/page", "2023/whole_year"}


def test_a_notebook_that_does_not_ask_for_it_is_not_run(notebooks_folder: Path) -> None:
    path = write_notebook(notebooks_folder, "explore", FINE)
    path.write_text(path.read_text(encoding="utf-8").replace('"scope": "report"', '"scope": ""'), encoding="utf-8")
    assert [notebook.name for notebook in notebooks()] == ["page"]


# Names are never paths unchecked -------------------------------------------------------------------------------------

PATHS = ["../first", "/etc", "first/2023", "..", ".", "", "first/../second", "first\x00", "FIRST"]


@pytest.mark.parametrize("name", PATHS)
def test_a_name_that_is_a_path_is_refused(notebooks_folder: Path, data: Path, reports: Path, name: str) -> None:
    with pytest.raises(UnknownName, match=r"^agency: found "):
        plan_run([name], data=data, reports=reports)
    with pytest.raises(UnknownName, match=r"^agency: found "):
        Archive(data).folder(ReportId(name, 2023))


@pytest.mark.parametrize("name", PATHS)
def test_an_id_in_agencies_csv_that_is_a_path_is_refused(data: Path, name: str) -> None:
    path = data / "agencies.csv"
    path.write_text(f"{path.read_text(encoding='utf-8')}{name},丁局,,,,,,,\n", encoding="utf-8")
    with pytest.raises(Exception, match="small ASCII letters") as caught:
        Archive(data)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["../page", "/page", "page/../page", ".ipynb"])
def test_a_notebook_name_that_is_a_path_is_refused(
    notebooks_folder: Path, data: Path, reports: Path, name: str
) -> None:
    with pytest.raises(UnknownName, match=r"^notebook: found "):
        plan_run(data=data, reports=reports, notebook=name)


def test_an_agency_cannot_take_the_folder_of_what_failed(data: Path) -> None:
    path = data / "agencies.csv"
    path.write_text(f"{path.read_text(encoding='utf-8')}failed,丁局,,,,,,,\n", encoding="utf-8")
    with pytest.raises(Exception, match="failed"):
        Archive(data)


def test_without_a_notebooks_folder_the_reader_is_told_where_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(plan, "PACKAGE", tmp_path / "installed" / "gdgk")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"notebooks: found no such folder; .*run gdgk in the workbook's folder"):
        notebooks()


# Runs ----------------------------------------------------------------------------------------------------------------


def run(data: Path, reports: Path, *arguments: object) -> Ended:
    """gdgk run in this process, with the notebooks in worker processes."""
    return gdgk("run", *arguments, "--data", data, "--reports", reports)


def whole_pages(reports: Path) -> set[str]:
    """The pages below a reports folder; each must be written to its end, and nothing half written lie beside it."""
    assert [path.name for path in reports.rglob("*.tmp")] == []
    found = {path.relative_to(reports).as_posix(): path for path in reports.rglob("*.html")}
    for name, path in found.items():
        assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), name
    return set(found)


PAGES = {"first/2022/page.html", "first/2023/page.html", "second/2023/page.html", "index.html"}


def test_a_run_writes_pages_and_the_same_input_the_same_bytes(
    notebooks_folder: Path, data: Path, reports: Path, tmp_path: Path
) -> None:
    ended = run(data, reports, "--jobs", "2")
    assert ended.code == 0
    assert ended.out.splitlines()[0] == f"3 pages to run, 0 unchanged → {reports}"
    assert ended.out.splitlines()[-1] == (reports / "index.html").as_uri()
    assert ended.err.count("ok ") == 3
    assert "'first', 2023" in (reports / "first/2023/page.ipynb").read_text(encoding="utf-8")
    assert whole_pages(reports) == PAGES
    assert (reports / "plotly.min.js").stat().st_size > 1_000_000
    assert not (reports / "failed").exists()
    before = made_files(reports)

    again = run(data, reports)
    assert again.out.splitlines()[0] == f"0 pages to run, 3 unchanged → {reports}"
    assert "0 pages made (0 with findings), 0 failed" in again.out
    assert made_files(reports) == before

    assert run(data, reports, "second", "--jobs", "1", "--force").code == 0
    assert made_files(reports) == before


def made_files(reports: Path) -> dict[str, str]:
    """The files a run made, without the index (it tells what the last run did) and the stamps (they hold times)."""
    return {
        name: text
        for name, text in tree(reports).items()
        if name != "index.html" and not name.startswith((".gdgk", "runs"))
    }


OWN_PAGE = ["run", "hongze", "--year", "2023", "--notebook", "agency_year", "--reports"]


@pytest.fixture(scope="module")
def own_page(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """A page of the workbook's own from a process of its own, and the modules that this process then had imported."""
    reports = tmp_path_factory.mktemp("own") / "reports"
    code = f"""
import sys
from gdgk.cli import main
try:
    main({[*OWN_PAGE, str(reports)]!r})
finally:
    print(*sys.modules)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=process_environment(), check=True
    )
    return reports, set(ended.stdout.split())


@pytest.mark.xdist_group("own page")
def test_the_workbooks_own_page_has_the_same_bytes_each_time(own_page: tuple[Path, set[str]], tmp_path: Path) -> None:
    assert gdgk(*OWN_PAGE, tmp_path).code == 0
    assert whole_pages(tmp_path) == {"hongze/2023/agency_year.html", "index.html"}
    assert made_files(tmp_path) == made_files(own_page[0])


@pytest.mark.xdist_group("own page")
def test_what_pages_are_made_with_is_not_imported_by_the_command_that_has_them_made(
    own_page: tuple[Path, set[str]],
) -> None:
    # It would take seconds, each time, before the first page; nbformat's checks of addresses alone more than one.
    reports, modules = own_page
    assert (reports / "index.html").exists()
    assert not {"nbformat", "papermill", "plotly", "IPython", "nbconvert", "distributed"} & modules


# Raises for one page, kills its own process for the next, and the process that started it for the third.
FAILING = """
import os, signal, sys
print("before it broke", flush=True)
if (agency, year) == ("first", 2022):
    raise ValueError("无法读入 this\\nand more")
os.kill(os.getpid() if agency == "first" else os.getppid(), signal.SIGKILL)
"""


def test_whatever_fails_does_not_stop_the_others_keeps_the_earlier_page_and_leaves_its_copy(
    notebooks_folder: Path, data: Path, reports: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(scratch))
    write_notebook(notebooks_folder, "broken", FAILING)
    pretend_done(plan_run(data=data, reports=reports, notebook="page"))
    pretend_done(plan_run(["first"], data=data, reports=reports, notebook="broken"))
    write_notebook(notebooks_folder, "page", f"{FINE}  # changed")
    ended = run(data, reports, "--force", "--jobs", "1")
    assert ended.code == 1
    listed = sorted(line for line in ended.out.splitlines() if line.startswith("failed: "))
    assert len(listed) == 3
    assert "3 pages made" in ended.out and "3 failed" in ended.out
    raised, killed, lost = listed
    assert raised.startswith("failed: first/2022/broken: ")
    assert "cell 3: ValueError: 无法读入 this" in raised or "cell 2: ValueError: 无法读入 this" in raised
    assert "failed/first/2022/broken.ipynb" in raised
    assert killed.startswith("failed: first/2023/broken: ") and "Kernel died" in killed
    assert lost.startswith("failed: second/2023/broken: ") and "ended from outside" in lost

    copy = json.loads((reports / "failed/first/2022/broken.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in copy["cells"] for output in cell.get("outputs", [])]
    assert any("ValueError" in line for output in outputs for line in output.get("traceback", []))
    assert any("before it broke" in "".join(output.get("text", "")) for output in outputs)
    assert (reports / "failed/first/2023/broken.ipynb").exists()

    # What failed keeps the page it had, or has none; what went well has a new one.
    for name in ("first/2022/broken.html", "first/2023/broken.html"):
        assert (reports / name).read_text(encoding="utf-8") == "page</html>"
    assert whole_pages(reports) == PAGES | {"first/2022/broken.html", "first/2023/broken.html"}
    for name in PAGES:
        assert (reports / name).read_text(encoding="utf-8") != "page</html>"
    failed = {f"{place}/broken": "failed last time" for place in ("first/2022", "first/2023", "second/2023")}
    assert reasons(data, reports) == {
        **dict.fromkeys(("first/2022/page", "first/2023/page", "second/2023/page"), ""),
        **failed,
    }

    write_notebook(notebooks_folder, "broken", FINE)
    assert run(data, reports, "first", "--year", "2022").code == 0
    assert not (reports / "failed/first/2022/broken.ipynb").exists()
    assert (reports / "first/2022/broken.html").read_text(encoding="utf-8") != "page</html>"


def test_the_message_names_an_executed_copy_only_where_there_is_one(
    notebooks_folder: Path, data: Path, reports: Path
) -> None:
    made = plan_run(["second"], data=data, reports=reports)
    made.outcomes["second/2023/page"] = Outcome("second/2023/page", "failed", 0.0, "it was ended from outside")
    (line, _) = run_lines(made)
    assert line == "failed: second/2023/page: it was ended from outside"


# Ended from outside --------------------------------------------------------------------------------------------------

Starts = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(notebooks_folder: Path, data: Path, reports: Path, scratch: Path) -> Iterator[Starts]:
    """Starts gdgk run in a process group of its own; what is left of it is ended after the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> subprocess.Popen[str]:
        code_digest.cache_clear()  # the process reads gdgk's files now, and they may have been edited since
        command = [sys.executable, "-c", DRIVER, str(notebooks_folder), "run", "--data", str(data)]
        process = subprocess.Popen(
            [*command, "--reports", str(reports), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=process_environment({"PYTHONUTF8": "1", "TMPDIR": str(scratch)}),
            start_new_session=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        with process:
            end_group(process, signal.SIGKILL)


def end_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Send a signal to a process and its workers, as a terminal does."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def stream(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def test_a_run_that_was_killed_is_completed_by_the_same_command(
    start: Starts, notebooks_folder: Path, data: Path, reports: Path
) -> None:
    process = start("--jobs", "1")
    assert stream(process.stderr).readline().startswith("ok     first/2022/page")
    end_group(process, signal.SIGKILL)
    assert process.wait(timeout=60) == -signal.SIGKILL
    pages = {path.relative_to(reports).as_posix() for path in reports.rglob("*.html")}
    assert "first/2022/page.html" in pages
    assert "index.html" not in pages
    for path in reports.rglob("*.html"):
        assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")

    ended = run(data, reports, "--jobs", "2")
    assert ended.code == 0
    assert " 0 failed" in ended.out
    assert "first/2022/page" not in ended.err
    assert {path.relative_to(reports).as_posix() for path in reports.rglob("*.html")} >= PAGES
    assert set(reasons(data, reports).values()) == {""}


def test_workers_end_when_the_run_itself_is_killed(start: Starts) -> None:
    process = start("--jobs", "1")
    assert stream(process.stderr).readline().startswith("ok ")
    process.kill()
    # The workers hold the other end of the pipe: it is at its end once the last of them is gone.
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        pytest.fail("workers are still there")


# A full disk ---------------------------------------------------------------------------------------------------------


def files(folder: Path) -> dict[str, str]:
    """The files below a folder by a digest of their content, without folders and the records of runs."""
    return {name: content for name, content in tree(folder).items() if content and not name.startswith("runs")}


def test_a_full_disk_is_told_and_what_was_there_stays(notebooks_folder: Path, data: Path, small_disk: Path) -> None:
    reports = small_disk / "reports"
    assert run(data, reports, "second").code == 0
    before = files(reports)
    fill(small_disk)
    ended = run(data, reports, "second", "--force")
    assert ended.code in (1, 2)
    assert "No space left on device" in ended.out + ended.err
    assert files(reports) == before


def test_a_disk_that_is_full_from_the_start_is_told(notebooks_folder: Path, data: Path, small_disk: Path) -> None:
    fill(small_disk)
    ended = run(data, small_disk / "reports", "second")
    assert ended.code in (1, 2)
    assert ended.err.startswith("gdgk: ")
    assert "No space left on device" in ended.err


def test_a_disk_that_fills_up_under_the_stamps_is_told(
    notebooks_folder: Path, data: Path, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(reports / ".gdgk"))

    job = plan_run(["second"], data=data, reports=reports).planned[0].job
    monkeypatch.setattr(work, "write_stamp", no_space)
    outcome = work.stamped(job, Digests().parts(job), Outcome(job.place, "ok", 1.0))
    assert outcome.state == "failed"
    assert "its stamp could not be written: No space left on device" in outcome.message
    assert reasons(data, reports, "second") == {"second/2023/page": "new"}


def test_the_digest_does_not_depend_on_the_order_of_the_file_system(
    done: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda self: iter(sorted(plain(self), reverse=True)))
    assert [Digests().parts(item.job).digest for item in done.planned] == [item.digest for item in done.planned]
