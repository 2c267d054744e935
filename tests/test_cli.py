"""gdgk list, check and run --dry-run on the real data: what is printed, in which format, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from running import ERROR_LINE, REAL, Ended, gdgk, gdgk_processes, process_environment, tree

import gdgk as package
from gdgk import checks
from gdgk.findings import Status

FIELDS = [
    "rule",
    "status",
    "severity",
    "agency",
    "year",
    "table",
    "row",
    "column",
    "left",
    "right",
    "difference",
    "message",
    "fingerprint",
    "review",
    "quote",
    "span",
    "diagnosis",
    "synthetic",
]
AGENCIES = ["suqian", "huaian", "hongze", "shanghai_government_office", "mile_culture_tourism"]
REPORTS = {
    ("suqian", 2023),
    ("suqian", 2024),
    ("suqian", 2025),
    ("huaian", 2024),
    ("hongze", 2023),
    ("shanghai_government_office", 2019),
    ("mile_culture_tourism", 2020),
}


def records(*arguments: object, code: int) -> list[dict[str, object]]:
    """What a command prints as JSON."""
    ended = gdgk(*arguments, "--format", "json")
    assert (ended.code, ended.err) == (code, "")
    found: list[dict[str, object]] = json.loads(ended.out)
    return found


# list ----------------------------------------------------------------------------------------------------------------


def test_list_shows_every_agency_and_year_as_a_matrix() -> None:
    ended = gdgk("list")
    assert ended.code == 0
    rows = {line.split("│")[1].strip(): line for line in ended.out.splitlines() if line.startswith("│")}
    assert list(rows) == AGENCIES
    cells = {name: [cell.strip() for cell in line.split("│")[3:-1]] for name, line in rows.items()}
    assert cells == {
        #        2019 2020 2021 2022 2023 2024 2025
        "suqian": ["缺", "缺", "缺", "缺", "✓", "✓", "✓"],
        "huaian": ["缺", "缺", "缺", "缺", "缺", "疑1", "缺"],
        "hongze": ["缺", "缺", "缺", "缺", "误2 疑1 注1", "缺", "缺"],
        "shanghai_government_office": ["✓", "缺", "缺", "缺", "缺", "缺", "缺"],
        "mile_culture_tourism": ["缺", "疑1 注1", "缺", "缺", "缺", "缺", "缺"],
    }


def test_list_names_the_agencies_in_chinese() -> None:
    out = gdgk("list").out
    assert all(name in out for name in ("宿迁市人民政府", "淮安市洪泽区人民政府", "弥勒市文化和旅游局"))


def test_list_as_json_is_a_record_per_agency_and_year() -> None:
    found = records("list", code=0)
    assert len(found) == len(AGENCIES) * 7
    assert {(row["agency"], row["year"]) for row in found if row["status"] == "present"} == REPORTS
    assert next(row for row in found if (row["agency"], row["year"]) == ("hongze", 2023)) == {
        "agency": "hongze",
        "name": "淮安市洪泽区人民政府",
        "year": 2023,
        "status": "present",
        "error": 2,
        "warning": 1,
        "info": 1,
        "passed": 39,
    }
    missing = next(row for row in found if row["status"] == "missing")
    assert [missing[name] for name in ("error", "warning", "info")] == [None, None, None]


def test_list_as_csv_has_the_columns_of_the_json() -> None:
    rows = list(csv.DictReader(io.StringIO(gdgk("list", "--format", "csv", "--year", "2023").out)))
    assert [row["agency"] for row in rows] == AGENCIES
    assert list(rows[0]) == list(records("list", code=0)[0])


def test_list_takes_agencies_in_the_order_they_are_named_and_each_once() -> None:
    found = records("list", "hongze", "suqian", "hongze", "--year", "2023", code=0)
    assert [row["agency"] for row in found] == ["hongze", "suqian"]


def test_an_agency_that_did_not_exist_is_not_called_missing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(REAL, data)
    path = data / "agencies.csv"
    path.write_text(path.read_text(encoding="utf-8") + "later,后设局,,,,,,2024,\n", encoding="utf-8")
    found = records("list", "later", "suqian", "--data", data, "--year", "2023-2025", code=0)
    states = [row["status"] for row in found if row["agency"] == "later"]
    assert states == ["no agency", "missing", "missing"]


# check ---------------------------------------------------------------------------------------------------------------


def test_check_says_where_hongze_2023_does_not_add_up_and_exits_1() -> None:
    ended = gdgk("check", "hongze")
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0] == "淮安市洪泽区人民政府 2023（hongze/2023）：误2 疑1 注1；相符 39，不可评估 19"
    assert "[T4-SUM] 表四 · 行政复议 · 总计：" in lines[1]
    assert "10 ＋ 纠正 1 ＋ 其他 0 ＋ 未审结 0 ＝ 11 ≠ 总计 0" in lines[1]
    assert lines[2].strip() == "较为可能：表四 “行政复议”·总计：填报 0，按行合计应为 11（疑为漏填或误填为 0）"
    assert "[T4-SUM] 表四 · 复议后起诉 · 总计：" in lines[3]
    assert lines[-1] == "1 份报告：误2 疑1 注1"


def test_check_without_errors_exits_0() -> None:
    ended = gdgk("check", "suqian", "huaian", "shanghai_government_office", "mile_culture_tourism")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-1] == "6 份报告：疑2 注1"


def test_check_says_that_blank_tables_cannot_be_assessed() -> None:
    assert "  缺 整表未填报（47 项）" in gdgk("check", "mile_culture_tourism").out.splitlines()


def test_check_of_everything_exits_1_as_one_report_has_errors() -> None:
    ended = gdgk("check")
    assert ended.code == 1
    assert ended.out.splitlines()[-1] == "7 份报告：误2 疑3 注2"


def test_every_json_finding_has_its_fields_in_order() -> None:
    found = records("check", code=1)
    assert len(found) > 300
    assert {tuple(row) for row in found} == {tuple(FIELDS)}
    assert {(row["agency"], row["year"]) for row in found} == REPORTS
    assert {row["status"] for row in found} <= {str(status) for status in Status} - {"error"}
    assert {row["severity"] for row in found} <= {"error", "warning", "info"}
    assert all(row["rule"] and row["message"] for row in found)


def test_a_json_finding_has_both_sides_as_whole_numbers() -> None:
    sums = [
        row
        for row in records("check", "hongze", code=1)
        if (row["rule"], row["status"], row["row"]) == ("T4-SUM", "fail", "reconsideration")
    ]
    assert [(row["table"], row["column"], row["left"], row["right"]) for row in sums] == [("disputes", "total", 11, 0)]
    assert [abs(int(str(row["difference"]))) for row in sums] == [11]


def test_what_has_no_value_is_null_in_json_and_empty_in_csv() -> None:
    in_json = [row for row in records("check", "hongze", code=1) if row["rule"] == "FORM-EDITION"]
    in_csv = csv.DictReader(io.StringIO(gdgk("check", "hongze", "--format", "csv").out))
    assert [row["left"] for row in in_json] == [None]
    assert [row["left"] for row in in_csv if row["rule"] == "FORM-EDITION"] == [""]


def test_check_as_csv_says_the_same_as_json() -> None:
    ended = gdgk("check", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert ended.code == 1
    assert ended.out.splitlines()[0] == ",".join(FIELDS)
    in_json = records("check", code=1)
    plain = [name for name in FIELDS if name not in ("review", "span", "diagnosis")]
    assert [[row[name] for name in plain] for row in rows] == [
        ["" if row[name] is None else str(row[name]) for name in plain] for row in in_json
    ]
    told = [" / ".join(one["message"] for one in row["diagnosis"]) for row in in_json]
    assert [row["diagnosis"] for row in rows] == told and any(told)


@pytest.mark.parametrize(
    ("year", "years"),
    [("2024", {2024}), ("2023-2024", {2023, 2024}), ("2023–2024", {2023, 2024}), ("2019-2025", {2023, 2024, 2025})],
)
def test_check_takes_a_year_or_a_range(year: str, years: set[int]) -> None:
    assert {row["year"] for row in records("check", "suqian", "--year", year, code=0)} == years


def test_a_year_checked_alone_is_still_checked_against_the_year_before() -> None:
    alone = records("check", "suqian", "--year", "2024", code=0)
    together = [row for row in records("check", "suqian", code=0) if row["year"] == 2024]
    assert alone == together
    carried = [row for row in alone if row["rule"] == "T3-CARRY" and row["column"] == "total"]
    assert [(row["status"], row["left"], row["right"]) for row in carried] == [("pass", 121, 121)]


# run --dry-run -------------------------------------------------------------------------------------------------------


def test_dry_run_says_what_would_be_run_and_writes_nothing(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    ended = gdgk("run", "suqian", "--year", "2023-2024", "--reports", reports, "--dry-run")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "run  suqian/2023/agency_year (new)",
        "run  suqian/2024/agency_year (new)",
        "run  suqian/2023/annual_report (new)",
        "run  suqian/2024/annual_report (new)",
        "4 to run, 0 unchanged; nothing written",
    ]
    assert tree(tmp_path) == {}


def test_dry_run_of_everything_has_both_pages_of_every_report(tmp_path: Path) -> None:
    lines = gdgk("run", "--reports", tmp_path, "--dry-run").out.splitlines()
    wanted = {
        f"run  {agency}/{year}/{name} (new)" for agency, year in REPORTS for name in ("agency_year", "annual_report")
    }
    assert wanted <= set(lines)
    assert f"run  {AGENCIES[0]}/trends (new)" in lines
    assert "run  2023/reconciliation (new)" in lines


def test_notebook_limits_the_run_to_one() -> None:
    for name in ("annual_report", "annual_report.ipynb"):
        lines = gdgk("run", "hongze", "--notebook", name, "--force", "--dry-run").out.splitlines()
        assert lines == ["run  hongze/2023/annual_report (--force)", "1 to run, 0 unchanged; nothing written"]


# usage ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["list", "check", "run"])
@pytest.mark.parametrize("year", ["2o23", "23", "2025-2023", "2023-", "2023,2024", "20233", "-2023", "第2023年"])
def test_a_bad_year_is_refused_with_the_shape_expected(command: str, year: str) -> None:
    ended = gdgk(command, f"--year={year}")
    assert (ended.code, ended.out) == (2, "")
    match = ERROR_LINE.fullmatch(ended.err.rstrip("\n"))
    assert match is not None
    assert (match["where"], match["found"]) == ("--year", repr(year))
    assert "2019-2025" in match["expected"]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["check", "hongzee"], "agency: found 'hongzee' (did you mean hongze?); expected one of suqian, huaian"),
        (["list", "../hongze"], "agency: found '../hongze' (did you mean hongze?); expected one of"),
        (["check", "洪泽"], "agency: found '洪泽'; expected one of suqian"),
        (["run", "--notebook", "agency_yaer"], "notebook: found 'agency_yaer' (did you mean agency_year?); expected"),
        (["check", "--year", "2031"], "year: found '2031'"),
        (["check", "hongze", "--year", "2024"], "year: found '2024' (did you mean 2023?); expected one of 2023;"),
        (["check", "--yaer", "2023"], "No such option '--yaer'."),
        (["chekc"], "No such command 'chekc'."),
        (["check", "--format", "xml"], "'xml' is not one of 'text', 'json', 'csv'"),
        (["run", "--jobs", "-1"], "'--jobs'"),
        (["run", "--jobs", "two"], "'--jobs'"),
        (["check", "--year"], "'--year' requires an argument"),
        (["list", "--dry-run"], "No such option '--dry-run'."),
    ],
)
def test_what_does_not_exist_is_told_in_one_line(arguments: list[str], part: str) -> None:
    ended = gdgk(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert ended.err.startswith(f"gdgk: {part}" if ":" in part else "gdgk: ")
    assert part in ended.err


@pytest.mark.parametrize(("wrong", "meant"), [(["lst"], "list"), (["run", "--forec"], "--force")])
def test_a_mistyped_command_or_option_is_answered_with_the_one_meant(wrong: list[str], meant: str) -> None:
    assert f"'{meant}'?" in gdgk(*wrong).err


def test_a_long_range_that_has_no_report_is_told_in_a_short_line() -> None:
    ended = gdgk("check", "--year", "1900-1999")
    assert ended.code == 2
    assert len(ended.err) < 300


def test_a_data_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    ended = gdgk("check", "--data", tmp_path / "nowhere")
    assert ended.code == 2
    assert ended.err.startswith(f"gdgk: {tmp_path / 'nowhere'}: found no such folder; expected a data folder")


def test_a_reports_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    target = tmp_path / "reports"
    target.write_text("mine", encoding="utf-8")
    ended = gdgk("run", "hongze", "--notebook", "agency_year", "--reports", target)
    assert ended.code == 2
    assert ended.err.startswith("gdgk: ")
    assert str(target) in ended.err
    assert target.read_text(encoding="utf-8") == "mine"


def test_version() -> None:
    ended = gdgk("--version")
    assert (ended.code, ended.out) == (0, f"gdgk {package.__version__}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["list", "-h"], ["check", "--help"], ["run", "--help"]])
def test_help_says_how_each_command_is_used(arguments: list[str]) -> None:
    ended = gdgk(*arguments)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Usage: gdgk")


def test_gdgk_alone_shows_the_help() -> None:
    ended = gdgk()
    text = ended.out + ended.err
    assert ended.code == 2
    assert text.startswith("Usage: gdgk [OPTIONS] COMMAND")
    assert "gdgk: " not in text


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupted_command_exits_130_and_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def interrupt(*_: object) -> None:
        raise error

    monkeypatch.setattr(checks, "check_reports", interrupt)
    ended = gdgk("check")
    assert (ended.code, ended.out) == (130, "")
    assert ended.err.lstrip().startswith("gdgk: interrupted; ")
    assert "same command again" in ended.err


# The terminal --------------------------------------------------------------------------------------------------------

COMMANDS = [
    ["list"],
    ["check", "hongze"],
    ["check", "hongze", "--format", "csv"],
    ["review", "hongze"],
    ["run", "hongze", "--dry-run"],
]
NO_UTF8: dict[str, str | None] = {"LC_ALL": "C", "LANG": None, "PYTHONIOENCODING": None, "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture(scope="module")
def said() -> list[Ended]:
    """What each of the commands says in this process."""
    return [gdgk(*command) for command in COMMANDS]


def test_through_a_pipe_there_are_no_escape_codes_and_no_lines_cut(said: list[Ended]) -> None:
    ended = gdgk_processes(COMMANDS, {"COLUMNS": "40", "TERM": "xterm-256color"})
    for piped, here in zip(ended, said, strict=True):
        assert "\x1b" not in piped.out + piped.err
        assert "…" not in piped.out
        assert piped == here


@pytest.mark.parametrize("mode", [None, "0"])
def test_a_locale_that_is_not_utf8_does_no_harm(mode: str | None, said: list[Ended]) -> None:
    for ended, here in zip(gdgk_processes(COMMANDS, {**NO_UTF8, "PYTHONUTF8": mode}), said, strict=True):
        assert "Traceback" not in ended.err
        assert ended.code == here.code
        assert ended.out.count("\n") == here.out.count("\n")


def test_a_reader_that_closes_the_pipe_early_gets_no_traceback() -> None:
    command = [sys.executable, "-m", "gdgk.cli", "check", "suqian", "--format", "json"]  # more than a pipe holds
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=process_environment()
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.read(1) == b"["
        process.stdout.close()
        assert process.stderr.read() == b""
