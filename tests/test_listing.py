"""Findings handed on: the same in every format, whole, harmless to open, the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from running import gdgk
from strategies import filled_report

from gdgk import checks, listing
from gdgk.archive import Archive, ReportId
from gdgk.checks import Checked, check_reports
from gdgk.form import CellKey

TOTAL = CellKey("disputes", "reconsideration", "total")
UPHELD = CellKey("disputes", "reconsideration", "upheld")
HOSTILE = '=HYPERLINK("file:///x","y")<script>alert(1)</script>'
OWN = ReportId("demo", 2023)
PROSE = """## 一、总体情况

2023年，本局收到政府信息公开申请7件。

## 五、存在的主要问题及改进情况

公开不够及时，将加以改进。
"""


@pytest.fixture
def wrong(make_archive: Callable[..., Archive]) -> Archive:
    """A synthetic report whose 行政复议 does not add up and whose prose says 7 where table 三 has 0."""
    made = make_archive(f'demo,"{HOSTILE.replace(chr(34), chr(34) * 2)}",,,,,,,')
    made.write(replace(filled_report("demo", 2023, "2021", {TOTAL: 5, UPHELD: 3}), narrative=PROSE))
    return made


def checked(archive: Archive) -> Checked:
    """All checks of the archive's one report."""
    return check_reports(archive, [OWN])


def test_a_finding_on_figures_comes_with_its_diagnosis(wrong: Archive) -> None:
    (row,) = (one for one in listing.records(checked(wrong)) if (one["rule"], one["status"]) == ("T4-SUM", "fail"))
    (diagnosis,) = row["diagnosis"]
    cells = [(cell["table"], cell["row"], cell["column"]) for cell in diagnosis["cells"]]
    assert len(cells) == 1 and cells[0][:2] == ("disputes", "reconsideration")
    assert {"cells", "slip", "confidence", "alternatives"} <= set(diagnosis)
    assert set(diagnosis["cells"][0]) == {"table", "row", "column", "printed", "proposed"}


def test_a_finding_on_prose_comes_with_its_words_and_where_they_stand(wrong: Archive) -> None:
    fails = [
        one for one in listing.records(checked(wrong)) if one["status"] == "fail" and one["rule"].startswith("N-T3")
    ]
    (row,) = fails
    assert (row["left"], row["right"]) == (7, 0)
    start, end = row["span"]
    assert wrong.read(OWN).narrative[start:end] == row["quote"]
    assert "7件" in row["quote"]


def test_every_format_has_the_same_failures(wrong: Archive) -> None:
    made = checked(wrong)
    fails = {one["fingerprint"] for one in json.loads(listing.as_json(made)) if one["status"] == "fail"}
    in_csv = {
        one["fingerprint"] for one in csv.DictReader(io.StringIO(listing.as_csv(made))) if one["status"] == "fail"
    }
    sheet = openpyxl.load_workbook(io.BytesIO(listing.as_xlsx(made)))["问题清单"]
    last = sheet.max_column
    in_book = {sheet.cell(at, last).value for at in range(2, sheet.max_row + 1)}
    page = listing.as_html(made)
    assert fails == in_csv == in_book
    assert all(name in page for name in fails)


@pytest.mark.parametrize("synthetic", [True, False])
def test_every_list_of_a_synthetic_report_says_so_by_itself(wrong: Archive, synthetic: bool) -> None:
    report = wrong.read(OWN)
    wrong.write(replace(report, head=replace(report.head, synthetic=synthetic)))
    found = checked(wrong)
    assert {one["synthetic"] for one in listing.records(found)} == {synthetic}
    assert {one["synthetic"] for one in csv.DictReader(io.StringIO(listing.as_csv(found)))} == {str(synthetic)}
    assert ("（合成数据）</h2>" in listing.as_html(found)) == synthetic
    book = openpyxl.load_workbook(io.BytesIO(listing.as_xlsx(found)))
    for sheet in book.worksheets:
        names, *rows = sheet.iter_rows(values_only=True)
        assert {row[names.index("数据")] or "" for row in rows} <= {"合成数据" if synthetic else ""}
    told = gdgk("check", "--data", wrong.root).out
    assert told.startswith("【合成数据】") == synthetic
    facts = gdgk("facts", "--data", wrong.root, "--format", "json").out
    assert {one["synthetic"] for one in json.loads(facts)} <= {synthetic}


def test_nothing_in_a_list_is_a_formula_or_markup(wrong: Archive) -> None:
    made = checked(wrong)
    book = openpyxl.load_workbook(io.BytesIO(listing.as_xlsx(made)))
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    assert HOSTILE in {cell.value for row in book["汇总"].iter_rows() for cell in row}
    assert "<script" not in listing.as_html(made)


def test_a_workbook_has_the_same_bytes_each_time(wrong: Archive) -> None:
    first = listing.as_xlsx(checked(wrong))
    assert listing.as_xlsx(checked(wrong)) == first
    assert openpyxl.load_workbook(io.BytesIO(first)).properties.modified.year == 1980


@pytest.mark.parametrize("kind", ["xlsx", "html", "json", "csv"])
def test_a_list_is_written_to_a_file_whole(wrong: Archive, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"list.{kind}"
    ended = gdgk("check", "--data", wrong.root, "--format", kind, "-o", path)
    assert (ended.code, ended.out) == (1, "")
    assert path.stat().st_size > 500
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith(".")) == []


def test_a_list_that_cannot_be_written_is_an_error(wrong: Archive, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = gdgk("check", "--data", wrong.root, "--format", "html", "-o", tmp_path / "file" / "list.html")
    assert ended.code == 2 and ended.err.count("\n") == 1


def test_a_list_named_as_a_folder_is_an_error_that_names_it(wrong: Archive, tmp_path: Path) -> None:
    ended = gdgk("check", "--data", wrong.root, "--format", "html", "-o", tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"gdgk: {tmp_path}: found Is a directory") and ended.err.count("\n") == 1


def test_a_workbook_needs_a_file(wrong: Archive) -> None:
    ended = gdgk("check", "--data", wrong.root, "--format", "xlsx")
    assert ended.code == 2 and "-o FILE" in ended.err


def test_a_check_that_breaks_is_told_and_stops_no_other(wrong: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    whole = checked(wrong).findings["rule"].tolist()
    monkeypatch.setattr(checks, "check_claims", broken)
    found = checked(wrong).findings
    (row,) = (one for _, one in found[found["status"] == "error"].iterrows())
    assert row["rule"] == "N-CLAIMS" and "division by zero" in row["message"]
    assert {rule for rule in whole if not rule.startswith("N-")} <= set(found["rule"])
    ended = gdgk("check", "--data", wrong.root)
    assert "division by zero" in ended.out and "[T4-SUM]" in ended.out


def test_prose_shared_by_agencies_of_a_year_is_told(make_archive: Callable[..., Archive]) -> None:
    sentences = [f"本局围绕第{at}项重点任务细化措施，逐条对照检查，补齐第{at}类信息的公开内容。" for at in range(40)]
    prose = "## 一、总体情况\n\n" + "\n\n".join(sentences) + "\n"
    made = make_archive("one,甲县教育局,,,,,,,", "two,乙县水务局,,,,,,,")
    for name in ("one", "two"):
        made.write(replace(filled_report(name, 2023, "2021"), narrative=prose))
    found = check_reports(made, made.report_ids()).findings
    shared = found[(found["rule"] == "N-DUP") & (found["status"] == "fail")]
    assert set(shared["agency"]) == {"one", "two"}
    alone = check_reports(made, made.report_ids(), among=False).findings
    assert alone[(alone["rule"] == "N-DUP") & (alone["status"] == "fail")].empty


def test_local_deadlines_of_the_data_folder_are_heeded(archive: Archive) -> None:
    head = replace(archive.read(OWN).head, published="2024-01-28")
    archive.write(replace(archive.read(OWN), head=head, narrative=PROSE))
    dates = [one["status"] for one in listing.records(checked(archive)) if one["rule"] == "S-DATE"]
    assert "fail" not in dates
    entry = '[[deadline]]\ngroups = ["department", "government", "township"]\nmonth = 1\nday = 20\nbasis = "本市通知"\n'
    (archive.root / "deadlines.toml").write_text(entry, encoding="utf-8")
    dates = [one["status"] for one in listing.records(checked(archive)) if one["rule"] == "S-DATE"]
    assert "fail" in dates


def test_the_seeds_figures_that_stand_in_no_table_are_facts_of_the_report() -> None:
    found = json.loads(gdgk("facts", "mile_culture_tourism", "--format", "json").out)
    told = {(one["channel"], one["number"], one["unit"], one["exact"]) for one in found}
    assert {
        ("微博", 125, "条", True),
        ("微信", 453, "条", True),
        ("抖音", 64, "条", True),
        ("网站", 86, "条", True),
    } <= told
    assert {("微博", 153_900, "人", False), ("微信", 190_000, "人", False), ("抖音", 893_100, "人", False)} <= told
    assert {(1118, "条"), (1_246_000, "人")} <= {(one["number"], one["unit"]) for one in found}
    report = Archive().read(ReportId("mile_culture_tourism", 2020))
    assert all(report.narrative[slice(*one["span"])] for one in found)
