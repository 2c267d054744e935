"""Bad input through gdgk check and run: a line per fault, exit code 2, nothing written, earlier reports untouched."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from running import ERROR_LINE, REAL, Ended, gdgk, tree

from gdgk.batch import plan

COMMANDS = ["check", "run"]
CORRECTION = """[[correction]]
table = "disputes"
item = "reconsideration"
column = "total"
reported = "9"
corrected = "11"
reason = "总计漏填"
by = "测试"
on = "2024-03-01"
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the workbook's data."""
    return Path(shutil.copytree(REAL, tmp_path / "data"))


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A reports folder with the pages of an earlier run."""
    folder = tmp_path / "reports"
    for name in ("index.html", "suqian/2023/agency_year.html", "suqian/2023/agency_year.ipynb", ".gdgk/a.json"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"earlier {name}", encoding="utf-8")
    return folder


def refused(command: str, data: Path, reports: Path, *arguments: str) -> list[re.Match[str]]:
    """The faults a command tells, each a whole line; it must refuse, print no result and write nothing."""
    before = tree(data), tree(reports)
    where = ["--reports", reports] if command == "run" else []
    ended = gdgk(command, *arguments, "--data", data, *where)
    assert (ended.code, ended.out) == (2, "")
    assert (tree(data), tree(reports)) == before
    lines = ended.err.rstrip("\n").split("\n")
    matches = [ERROR_LINE.fullmatch(line) for line in lines]
    assert None not in matches, ended.err
    return [match for match in matches if match]


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# One fault in one file -----------------------------------------------------------------------------------------------

# The file, the text replaced, by what; the line told, what was found, what was expected, what to do.
FAULTS = [
    pytest.param(
        "hongze/2023/disputes.csv",
        ",pending,total\n",
        ",pending\n",
        1,
        "no column 'total'",
        "the columns item,label,upheld,corrected,other_result,pending,total",
        "mend the first line",
        id="missing column",
    ),
    pytest.param(
        "hongze/2023/disputes.csv",
        ",pending,total\n",
        ",pending,total,remark\n",
        1,
        "unknown column 'remark'",
        "the columns item,label,",
        "mend the first line",
        id="extra column",
    ),
    pytest.param(
        "suqian/2024/applications.csv",
        "\ngranted,",
        "\ngrantd,",
        4,
        "row 'grantd' (did you mean granted?)",
        "a row of table 三, such as new,",
        "mend the item, or name it extra",
        id="unknown row",
    ),
    pytest.param(
        "suqian/2023/applications.csv",
        ",3402,",
        ",12a,",
        2,
        "'12a' in new, natural_person",
        "a number in 件",
        "retype it as printed",
        id="not a number",
    ),
    pytest.param(
        "suqian/2023/applications.csv",
        ",3402,",
        ",-3,",
        2,
        "'-3' in new, natural_person",
        "a number of 件 that is not below 0",
        "retype it as printed",
        id="below 0",
    ),
    pytest.param(
        "mile_culture_tourism/2020/report.toml",
        "year = 2020",
        "year = = 2020",
        2,
        "'year = = 2020'",
        "TOML (",
        "mend that line",
        id="broken TOML",
    ),
    pytest.param(
        "huaian/2024/report.toml",
        "year = 2024",
        "year = 2042",
        2,
        "year 2042",
        "2024 as the folder says",
        "mend one of them",
        id="year is not the folder's",
    ),
    pytest.param(
        "huaian/2024/report.toml",
        'edition = "2021"',
        'edition = "2022"',
        3,
        "edition '2022'",
        "one of 2014, 2019, 2021",
        "mend it",
        id="unknown edition",
    ),
    pytest.param(
        "huaian/2024/report.toml",
        "title =",
        "titel =",
        4,
        "key 'titel'",
        "one of agency, year, edition",
        "mend or remove it",
        id="unknown key",
    ),
    pytest.param(
        "agencies.csv",
        "\nhuaian,淮安市人民政府",
        "\nsuqian,淮安市人民政府",
        3,
        "agency 'suqian' a second time (first in line 2)",
        "one line per id",
        "rename or remove one of the two",
        id="two agencies with one id",
    ),
    pytest.param(
        "agencies.csv",
        "\nsuqian,",
        "\n../suqian,",
        2,
        "id '../suqian'",
        "small ASCII letters, digits and _, a letter first",
        "choose such an id",
        id="an id that is a path",
    ),
    pytest.param(
        "agencies.csv",
        ",valid_to\n",
        "\n",
        1,
        "no column 'valid_to'",
        "the columns id,name_zh,",
        "mend the first line",
        id="a column of agencies.csv",
    ),
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("name", "old", "new", "line", "found", "expected", "do"), FAULTS)
def test_a_fault_is_told_with_file_line_found_expected_and_what_to_do(
    data: Path,
    reports: Path,
    command: str,
    name: str,
    old: str,
    new: str,
    line: int,
    found: str,
    expected: str,
    do: str,
) -> None:
    replace(data / name, old, new)
    first = refused(command, data, reports)[0]
    assert first["where"] == f"{data / name}:{line}"
    assert first["found"].startswith(found)
    assert first["expected"].startswith(expected)
    assert first["do"].startswith(do)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_correction_whose_reported_no_longer_matches_is_refused(data: Path, reports: Path, command: str) -> None:
    path = data / "hongze" / "2023" / "corrections.toml"
    path.write_text(f"# 更正\n\n{CORRECTION}", encoding="utf-8")
    (line,) = refused(command, data, reports)
    assert line["where"] == f"{path}:3"
    assert line["found"].startswith("reported '9' for ")
    assert line["expected"] == "'0' as disputes.csv has it now"
    assert line["do"].startswith("remove the correction")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_broken_corrections_file_is_refused(data: Path, reports: Path, command: str) -> None:
    path = data / "hongze" / "2023" / "corrections.toml"
    path.write_text(CORRECTION.replace('by = "测试"', "by = 测试"), encoding="utf-8")
    (line,) = refused(command, data, reports)
    assert line["where"] == f"{path}:8"
    assert line["expected"].startswith("TOML (")


@pytest.mark.parametrize("command", COMMANDS)
def test_faults_in_several_files_are_told_all_at_once(data: Path, reports: Path, command: str) -> None:
    replace(data / "suqian/2023/applications.csv", ",3402,", ",12a,")
    replace(data / "suqian/2023/applications.csv", ",3375,", ",-3,")
    replace(data / "suqian/2025/disputes.csv", ",total\n", ",totl\n")
    (data / "huaian" / "2024" / "disputes.csv").unlink()
    places = [Path(line["where"]).relative_to(data).as_posix() for line in refused(command, data, reports)]
    assert places[:2] == ["suqian/2023/applications.csv:2", "suqian/2023/applications.csv:25"]
    assert set(places[2:]) == {"suqian/2025/disputes.csv:1", "huaian/2024/disputes.csv"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_agencies_csv_does_not_list_is_refused(data: Path, reports: Path, command: str) -> None:
    (data / "hongzhe" / "2023").mkdir(parents=True)
    (line,) = refused(command, data, reports)
    assert line["where"] == str(data / "hongzhe")
    assert line["found"] == "a folder of agency 'hongzhe'"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_no_year_is_refused(data: Path, reports: Path, command: str) -> None:
    (data / "hongze" / "2023副本").mkdir()
    (line,) = refused(command, data, reports)
    assert line["where"] == str(data / "hongze" / "2023副本")
    assert line["expected"] == "a year such as 2020"


@pytest.mark.parametrize("command", COMMANDS)
def test_bytes_that_are_no_text_are_refused(data: Path, reports: Path, command: str) -> None:
    path = data / "hongze" / "2023" / "disputes.csv"
    path.write_bytes(b"\xff\xfe\x00\xff" * 10)
    assert refused(command, data, reports)[0]["where"] == str(path)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_data_folder_without_agencies_or_reports_is_refused(tmp_path: Path, reports: Path, command: str) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert refused(command, empty, reports)[0]["where"] == str(empty / "agencies.csv")
    shutil.copy(REAL / "agencies.csv", empty)
    (line,) = refused(command, empty, reports)
    assert line["where"] == str(empty)
    assert line["found"].startswith("no report of suqian, ")


# Names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("arguments", "where", "found"),
    [
        (["suqain"], "agency", "'suqain' (did you mean suqian?)"),
        (["suqian", "../hongze"], "agency", "'../hongze' (did you mean hongze?)"),
        (["--year", "2032"], "year", "'2032'"),
        (["suqian", "--year", "2019"], "year", "'2019'"),
        (["--year", "next"], "--year", "'next'"),
    ],
)
def test_an_unknown_agency_or_year_is_refused(
    data: Path, reports: Path, command: str, arguments: list[str], where: str, found: str
) -> None:
    (line,) = refused(command, data, reports, *arguments)
    assert line["where"] == where
    assert line["found"].startswith(found)


def test_an_unknown_notebook_is_refused(data: Path, reports: Path) -> None:
    (line,) = refused("run", data, reports, "--notebook", "anual_report")
    assert line["found"] == "'anual_report' (did you mean annual_report?)"


def test_a_notebook_that_is_no_notebook_is_refused(
    data: Path, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "notebooks" / "agency_year.ipynb"
    broken.parent.mkdir()
    broken.write_text('{\n "cells": [\n', encoding="utf-8")
    monkeypatch.setattr(plan, "notebooks_folder", lambda: broken.parent)
    (line,) = refused("run", data, reports)
    assert line["where"] == f"{broken}:3"
    assert line["expected"] == "a notebook"


# What is not asked for does not stand in the way ---------------------------------------------------------------------


def check(data: Path, *arguments: str) -> Ended:
    return gdgk("check", "--data", data, *arguments)


def test_a_fault_in_another_agency_does_not_stop_a_check(data: Path) -> None:
    replace(data / "suqian/2023/applications.csv", ",3402,", ",12a,")
    assert check(data, "hongze").out == gdgk("check", "hongze").out


def test_a_fault_in_the_year_before_is_told_as_it_is_needed(data: Path) -> None:
    replace(data / "suqian/2023/applications.csv", ",3402,", ",12a,")
    ended = check(data, "suqian", "--year", "2024")
    assert ended.code == 2
    assert "suqian/2023/applications.csv:2: found '12a'" in ended.err


def test_dry_run_refuses_what_run_refuses(data: Path, reports: Path) -> None:
    replace(data / "suqian/2023/applications.csv", ",3402,", ",12a,")
    assert refused("run", data, reports, "--dry-run")[0]["found"].startswith("'12a'")


def test_files_that_other_programs_leave_are_no_fault(data: Path) -> None:
    (data / ".DS_Store").write_bytes(b"\x00")
    (data / "hongze" / ".DS_Store").write_bytes(b"\x00")
    (data / "hongze" / ".ipynb_checkpoints").mkdir()
    (data / "hongze" / "notes.txt").write_text("x", encoding="utf-8")
    assert check(data).out == gdgk("check").out


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_cannot_be_opened_is_told(data: Path, reports: Path, command: str) -> None:
    path = data / "hongze" / "2023" / "disputes.csv"
    path.unlink()
    path.mkdir()
    assert refused(command, data, reports)[0]["where"] == str(path)
