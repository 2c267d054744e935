"""Over published reports with their true values: exactly what is wrong in their tables is found, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from strategies import SYNTHETIC, check

from gdgk.archive import Archive, ReportId
from gdgk.form import CellKey, edition
from gdgk.report import UNKNOWN, Report, blank_report, read_cell, with_cells

WHOLE = [
    "hangzhou_2025",
    "hongze_2023",
    "huaian_2024",
    "mile_culture_tourism_2020",
    "shanghai_government_office_2019",
    "shanghai_government_office_2025",
    "suqian_2023",
    "suqian_2024",
]
SIDES = re.compile(r"(?P<table>\w+)\.(?P<row>\w+): [\d+]+ = (?P<left>\d+), printed total (?P<right>\d+)")

Violation = tuple[object, object, object, object]


def expected(corpus: Path, name: str) -> dict[str, Any]:
    """The true values of a report."""
    found: dict[str, Any] = json.loads((corpus / "reports" / name / "expected.json").read_text(encoding="utf-8"))
    return found


def texts(true: dict[str, Any]) -> dict[CellKey, str]:
    """What each listed cell prints; rows that the form does not know are left out."""
    printed = {name: "" if value is None else str(value) for name, value in true["cells"].items()}
    printed |= true["raw"]
    return {CellKey(*name.split(".")): text for name, text in printed.items() if "extra:" not in name}


def report_from(true: dict[str, Any], agency: str = "corpus", year: int = 2023) -> Report:
    """A report with the cells that are listed; the others are not known."""
    form = edition(true["edition"])
    report = blank_report(agency, true["year"] or year, form, SYNTHETIC)
    unknown = dict.fromkeys(form.cells, UNKNOWN.raw)
    return with_cells(report, {**unknown, **texts(true)})


def violations(*reports: Report) -> set[Violation]:
    """The checks of figures that fail: (rule, row, column, difference)."""
    return {
        (item["rule"], item["row"], item["column"], item["difference"])
        for item in check(*reports)
        if item["status"] == "fail" and not str(item["rule"]).startswith("FORM-")
    }


def test_every_whole_report_of_the_corpus_is_in_this_test(corpus: Path) -> None:
    whole = []
    for path in sorted((corpus / "reports").glob("*/expected.json")):
        true = expected(corpus, path.parent.name)
        if set(texts(true)) == set(edition(true["edition"]).cells):
            whole.append(path.parent.name)
    assert whole == WHOLE


@pytest.mark.parametrize("name", WHOLE)
def test_exactly_the_violations_of_a_report_are_found(corpus: Path, name: str) -> None:
    true = expected(corpus, name)
    listed = [match for match in map(SIDES.fullmatch, true["violations"]) if match]
    of_tables = [text for text in true["violations"] if text.startswith(("applications.", "disputes.", "proactive"))]
    assert len(listed) == len(of_tables)
    assert violations(report_from(true)) == {
        ("T4-SUM", match["row"], "total", float(match["left"]) - float(match["right"])) for match in listed
    }


@pytest.mark.parametrize("name", WHOLE)
def test_every_cell_is_read_as_it_was_read_by_hand(corpus: Path, name: str) -> None:
    true = expected(corpus, name)
    report = report_from(true)
    assert {str(key): cell.value for key, cell in report.cells.items()} == true["cells"]


def test_every_odd_text_of_the_corpus_is_read_as_it_was_read_by_hand(corpus: Path) -> None:
    odd = 0
    for path in sorted(corpus.glob("*/**/*.json")):
        true = json.loads(path.read_text(encoding="utf-8"))
        for name, raw in true.get("raw", {}).items():
            key = CellKey(*name.split("."))
            form = edition(true["edition"])
            signed = form.cells[key][1].kind == "change"
            assert read_cell(raw, form.tables[key.table].unit_of(key), signed).value == true["cells"][name]
            odd += 1
    assert odd > 30


@pytest.mark.parametrize("name", ["dapuqiao_2025", "suqian_2025", "wuhan_ecology_2020"])
def test_a_report_known_in_part_is_not_blamed_for_what_is_not_known(corpus: Path, name: str) -> None:
    true = expected(corpus, name)
    assert true["violations"] == []
    assert violations(report_from(true)) == set()


def test_second_hand_huaian_2025_does_not_carry_over_what_2024_carried_forward(corpus: Path) -> None:
    before, after = (report_from(expected(corpus, name), "huaian") for name in ("huaian_2024", "huaian_2025"))
    assert violations(before, after) == {("T3-CARRY", "carried_over", "total", 77 - 103), STOCK_2025}
    (item,) = [one for one in check(before, after) if one["rule"] == "T3-CARRY" and one["status"] == "fail"]
    assert item["severity"] == "error"


def test_second_hand_huaian_2025_has_a_stock_that_2024_does_not_explain(corpus: Path) -> None:
    before, after = (report_from(expected(corpus, name), "huaian") for name in ("huaian_2024", "huaian_2025"))
    (item,) = [
        one
        for one in check(before, after)
        if one["rule"] == "T2-STOCK" and one["row"] == "normative_documents" and one["year"] == 2025
    ]
    assert item["status"] == "not_assessable"
    flows = {CellKey("proactive_disclosure", "normative_documents", name): value for name, value in FLOWS_2024.items()}
    found = violations(before, with_cells(after, flows))
    assert ("T2-STOCK", "normative_documents", "in_force", 372 - (66 + 8 - 26)) in found


# The stock of 2025 is more than five times that of 2024, and the flows that would explain it are not known.
STOCK_2025 = ("Y-SPIKE", "normative_documents", "in_force", 372 - 5 * 66)

# What huaian reports for 2024: even with as many again, 2025's stock is not explained.
FLOWS_2024 = {"issued": "8", "repealed": "26"}


def test_second_hand_yanghe_breaks_the_printed_relation_in_two_columns(corpus: Path) -> None:
    assert violations(report_from(expected(corpus, "yanghe_unknown_year"))) == {
        ("T3-COL-ID", None, "natural_person", -1.0),
        ("T3-COL-ID", None, "total", -1.0),
    }


def test_suqian_over_three_years_has_nothing_to_explain(corpus: Path) -> None:
    years = [report_from(expected(corpus, f"suqian_{year}"), "suqian") for year in (2023, 2024, 2025)]
    assert violations(*years) == set()


def test_what_data_has_is_what_the_corpus_has(corpus: Path) -> None:
    data = Archive()
    for agency, year in [tuple(report) for report in data.report_ids()]:
        path = corpus / "reports" / f"{agency}_{year}" / "expected.json"
        if not path.exists():
            continue
        true = expected(corpus, path.parent.name)
        cells = {str(key): cell.value for key, cell in data.read(ReportId(agency, year)).cells.items()}
        assert {name: cells[name] for name in true["cells"]} == true["cells"]
