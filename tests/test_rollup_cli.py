"""gdgk rollup: what it prints, what it writes, how it refuses."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from strategies import filled_report

from gdgk.archive import Archive
from gdgk.batch import plan_run
from gdgk.cli import main
from gdgk.form import CellKey

NEW = CellKey("applications", "new", "total")
LINES = [
    "city,测试市人民政府,,设区的市政府,530100,,,,",
    "office,测试市人民政府办公室,,政府办公室,530100,city,,,",
    "bureau,=测试局<script>,,市政府部门,530100,city,,,",
    "late,测试市档案局,,市政府部门,530100,city,,,",
]


@pytest.fixture
def city(make_archive: Callable[..., Archive]) -> str:
    """A city with its office and a bureau; one agency has not handed in."""
    archive = make_archive(*LINES)
    for name, new in (("city", 9), ("office", 1), ("bureau", 2)):
        archive.write(filled_report(name, 2023, "2021", {NEW: new, NEW._replace(column="natural_person"): new}))
    return str(archive.root)


def test_text_says_who_is_missing_and_what_the_figures_are(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rollup", "city", "--year", "2023", "--data", city]) == 0
    said = capsys.readouterr().out
    assert "应报 3 个机关，计入 2 份报告，缺 测试市档案局" in said
    assert "  本年新收：自然人 3，总计 3" in said
    assert "多于合计；合计不全，只比下限（缺 测试市档案局 的报告）" in said and said.startswith("【合成数据】")


def test_json_and_csv_hold_every_cell_with_what_it_is_made_of(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rollup", "city", "--year", "2023", "--data", city, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (new,) = [one for one in told["cells"] if (one["row"], one["column"]) == ("new", "total")]
    assert (new["value"], new["bound"], new["reports"], new["own"], new["difference"]) == (3, "==", 2, 9, 6)
    assert [(one["agency"], one["state"]) for one in told["coverage"]][-1] == ("late", "missing")
    assert not told["complete"] and told["synthetic"]
    assert main(["rollup", "city", "--year", "2023", "--data", city, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["value"] for row in rows] == [str(one["value"]) for one in told["cells"]]


@pytest.mark.parametrize("output", ["text", "json", "csv", "xlsx", "html"])
def test_the_same_sum_is_the_same_bytes(city: str, tmp_path: Path, output: str) -> None:
    files = [tmp_path / name for name in ("one", "two")]
    for file in files:
        assert main(["rollup", "city", "--year", "2023", "--data", city, "--format", output, "-o", str(file)]) == 0
    assert files[0].read_bytes() == files[1].read_bytes() != b""


def test_names_are_text_in_a_workbook_and_on_a_page(city: str, tmp_path: Path) -> None:
    for output in ("xlsx", "html"):
        file = tmp_path / f"sum.{output}"
        assert main(["rollup", "city", "--year", "2023", "--data", city, "--format", output, "-o", str(file)]) == 0
    book = load_workbook(tmp_path / "sum.xlsx")
    assert book.sheetnames == ["合计", "覆盖", "口径与表式", "与区域报告核对"]
    cells = [cell for row in book["覆盖"].iter_rows() for cell in row if cell.value == "=测试局<script>"]
    assert [cell.data_type for cell in cells] == ["s"]
    page = (tmp_path / "sum.html").read_text(encoding="utf-8")
    assert "=测试局&lt;script&gt;" in page and "<script" not in page and "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bureau", "--year", "2023"], "region: found 'bureau' with no agency beneath it"),
        (["nowhere", "--year", "2023"], "agency: found 'nowhere'"),
        (["city", "--year", "2019"], "year: found '2019'"),
        (["city", "--year", "2023", "--format", "xlsx"], "found no --output"),
        (["city"], "Missing option '--year'"),
        (["city", "--year", "2023", "--joint", "twice"], "Invalid value for '--joint'"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    city: str, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["rollup", *arguments, "--data", city]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and said in captured.err


def test_nothing_is_written_over_by_a_sum_that_cannot_be_made(city: str, tmp_path: Path) -> None:
    file = tmp_path / "sum.json"
    file.write_text("old", encoding="utf-8")
    assert main(["rollup", "city", "--year", "2019", "--data", city, "--format", "json", "-o", str(file)]) == 2
    assert file.read_text(encoding="utf-8") == "old"


def test_a_run_makes_a_page_for_every_region_of_a_year_and_reads_what_it_adds_up(city: str, tmp_path: Path) -> None:
    batch = plan_run(data=Path(city), reports=tmp_path / "reports", notebook="rollup")
    (item,) = batch.planned
    assert (str(item.target), dict(item.job.parameters)) == (
        "city/2023/rollup",
        {"region": "city", "year": 2023, "data": city},
    )
    assert {str(report) for report in item.target.reads} == {"city/2023", "office/2023", "bureau/2023"}
    archive = Archive(city)
    archive.write(filled_report("late", 2023, "2021"))
    (again,) = plan_run(data=Path(city), reports=tmp_path / "reports", notebook="rollup").planned
    assert again.job.digest != item.job.digest
    named = plan_run(["bureau"], data=Path(city), reports=tmp_path / "reports", notebook="rollup")
    assert named.planned == []
