"""The reports in data/ say what the published reports say, and are judged as they deserve."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from strategies import APPLICANTS

from gdgk.archive import Archive, ReportId, panel
from gdgk.archive.writing import table_csv
from gdgk.form import CellKey
from gdgk.reconciliation import reconcile
from gdgk.report import Report, State

REPORTS = [
    ("suqian", 2023),
    ("suqian", 2024),
    ("suqian", 2025),
    ("huaian", 2024),
    ("hongze", 2023),
    ("shanghai_government_office", 2019),
    ("mile_culture_tourism", 2020),
]


@pytest.fixture(scope="module")
def data() -> Archive:
    """The workbook's own data folder."""
    return Archive()


@pytest.fixture(scope="module")
def findings(data: Archive) -> pd.DataFrame:
    """Every finding on the workbook's own data."""
    return reconcile(panel(data.read_all(data.report_ids())), data.lineage())


def key(name: str) -> CellKey:
    """The address of a cell, from ``table.row.column``."""
    return CellKey(*name.split("."))


def values(report: Report, row: str, columns: list[str] | None = None) -> list[int | float | None]:
    """A row of table 三 or 四."""
    table = "applications" if row in report.edition.tables["applications"].rows else "disputes"
    names = columns or list(report.edition.tables[table].columns)
    return [report.cell(CellKey(table, row, column)).value for column in names]


def of(findings: pd.DataFrame, agency: str, year: int) -> pd.DataFrame:
    """The findings on one report."""
    return findings[(findings["agency"] == agency) & (findings["year"] == year)]


def failures(findings: pd.DataFrame, agency: str, year: int) -> dict[tuple[str, str], tuple[float, float]]:
    """Checks of figures that fail: (rule, row) → both sides."""
    found = of(findings, agency, year)
    found = found[(found["status"] == "fail") & ~found["rule"].str.startswith("FORM-")]
    return {(item.rule, item.row): (item.left, item.right) for item in found.itertuples()}


def test_the_archive_has_the_reports_that_were_promised(data: Archive) -> None:
    assert {tuple(report) for report in data.report_ids()} >= set(REPORTS)


@pytest.mark.parametrize(("agency", "year"), REPORTS)
def test_each_report_says_where_its_figures_come_from(data: Archive, agency: str, year: int) -> None:
    head = data.read(ReportId(agency, year)).head
    assert str(year) in head.title and str(year) in head.source
    assert "公开发布" in head.source
    assert not head.synthetic
    assert not re.search(r"second hand|不详|二手", head.source)


def test_the_seed_prints_15_plus_4_and_a_blank(data: Archive) -> None:
    seed = data.read(ReportId("mile_culture_tourism", 2020))
    licensing = [
        seed.cell(key(f"proactive_disclosure.licensing.{name}")) for name in ("prior_items", "change", "decisions")
    ]
    assert [(cell.raw, cell.value, cell.state) for cell in licensing] == [
        ("15", 15, State.NUMBER),
        ("增 4", 4, State.TEXT),
        ("", None, State.BLANK),
    ]
    penalties = [
        seed.cell(key(f"proactive_disclosure.penalties.{name}")) for name in ("prior_items", "change", "decisions")
    ]
    assert [(cell.raw, cell.value) for cell in penalties] == [("6", 6), ("减 2", -2), ("6", 6)]
    assert seed.cell(key("proactive_disclosure.coercion.change")).state is State.NONE


def test_the_seed_is_kept_with_its_text(data: Archive) -> None:
    seed = data.read(ReportId("mile_culture_tourism", 2020))
    folder = data.folder(ReportId("mile_culture_tourism", 2020))
    assert seed.head.source_file == "source.txt"
    headings = re.findall(r"^## (.、.+)$", seed.narrative, re.MULTILINE)
    assert [heading[0] for heading in headings] == list("一二三四五六")
    kept = re.sub(r"\s", "", (folder / "source.txt").read_text(encoding="utf-8"))
    paragraphs = [line for line in seed.narrative.splitlines() if line and not line.startswith("#")]
    assert paragraphs
    assert all(re.sub(r"\s", "", line) in kept for line in paragraphs)


def test_the_seeds_tables_three_and_four_are_not_assessable(findings: pd.DataFrame) -> None:
    found = of(findings, "mile_culture_tourism", 2020)
    assert set(found["table"]) == {"applications", "disputes"}
    assert set(found["status"]) == {"not_assessable"}


def test_hongze_2023_fails_its_two_totals_of_table_four(findings: pd.DataFrame) -> None:
    assert failures(findings, "hongze", 2023) == {
        ("T4-SUM", "reconsideration"): (11, 0),
        ("T4-SUM", "litigation_after_reconsideration"): (5, 0),
    }


def test_hongze_2023_uses_the_single_row_and_a_misprinted_label(data: Archive, findings: pd.DataFrame) -> None:
    hongze = data.read(ReportId("hongze", 2023))
    assert hongze.edition.id == "2021-single-other"
    assert hongze.label_of("applications", "denied_forbidden_by_law") == "2.其他法律行政止公开"
    found = of(findings, "hongze", 2023)
    severities = dict(zip(found["rule"], found["severity"], strict=True))
    assert severities["FORM-EDITION"] == "warning"
    assert severities["FORM-LABEL"] == "info"
    assert found[found["table"].eq("applications") & found["status"].eq("fail") & found["severity"].eq("error")].empty


@pytest.mark.parametrize(("year", "carried", "forward"), [(2023, 96, 121), (2024, 121, 125)])
def test_suqian_carries_over_from_year_to_year(data: Archive, year: int, carried: int, forward: int) -> None:
    suqian = data.read(ReportId("suqian", year))
    assert values(suqian, "carried_over", ["total"]) == [carried]
    assert values(suqian, "carried_forward", ["total"]) == [forward]


def test_suqian_2024_continues_2023_by_applicant_and_in_its_stock(findings: pd.DataFrame) -> None:
    found = of(findings, "suqian", 2024)
    carry = found[found["rule"] == "T3-CARRY"].set_index("column")
    assert carry["status"].to_dict() == dict.fromkeys(APPLICANTS, "pass")
    assert (carry.loc["total", "left"], carry.loc["total", "right"]) == (121, 121)
    stock = found[found["rule"] == "T2-STOCK"].set_index("row")
    assert stock["status"].to_dict() == {"regulations": "pass", "normative_documents": "pass"}
    assert stock.loc["normative_documents", "right"] == 597 + 50 - 227 == 420
    assert set(found["status"]) == {"pass"}


def test_suqian_2025_has_what_was_to_be_had_and_says_so(data: Archive, findings: pd.DataFrame) -> None:
    suqian = data.read(ReportId("suqian", 2025))
    assert values(suqian, "new") == [3746, 63, 0, 0, 19, 2, 3830]
    assert suqian.cell(key("applications.carried_over.total")).state is State.UNKNOWN
    assert "表三" in suqian.head.partial
    found = of(findings, "suqian", 2025)
    assert set(found[found["rule"] == "T4-SUM"]["status"]) == {"pass"}
    assert set(found[found["rule"] == "T2-STOCK"]["status"]) == {"pass"}
    assert set(found[found["rule"] == "T3-CARRY"]["status"]) == {"not_assessable"}
    assert failures(findings, "suqian", 2025) == {}


def test_huaian_2024_reconciles_throughout(data: Archive, findings: pd.DataFrame) -> None:
    huaian = data.read(ReportId("huaian", 2024))
    assert values(huaian, "new") == [3001, 53, 0, 0, 61, 4, 3119]
    assert values(huaian, "reconsideration") == [72, 64, 178, 37, 351]
    found = of(findings, "huaian", 2024)
    assert set(found[~found["rule"].isin(["T3-CARRY", "T2-STOCK"])]["status"]) == {"pass"}
    assert set(found[found["rule"].isin(["T3-CARRY", "T2-STOCK"])]["status"]) == {"not_assessable"}


def test_shanghai_2019_passes_with_imputed_totals(data: Archive, findings: pd.DataFrame) -> None:
    shanghai = data.read(ReportId("shanghai_government_office", 2019))
    assert shanghai.cell(key("applications.granted.total")).state is State.BLANK
    assert shanghai.cell(key("proactive_disclosure.procurement.amount")).value == 25.1
    found = of(findings, "shanghai_government_office", 2019)
    assert failures(findings, "shanghai_government_office", 2019) == {}
    sums = found[found["table"].eq("applications") & found["row"].eq("granted")]
    assert list(zip(sums["status"], sums["left"], sums["right"], strict=True)) == [("pass_imputed", 272, 272)]
    total = found[found["rule"].eq("T3-COL-SUM") & found["column"].eq("total")]
    assert list(zip(total["status"], total["left"], total["right"], strict=True)) == [("pass_imputed", 805, 805)]
    printed = found[found["rule"].eq("T3-COL-ID") & found["column"].eq("total")]
    assert list(zip(printed["left"], printed["right"], strict=True)) == [(859 + 18, 805 + 72)]
    assert set(found[found["rule"] == "T3-CARRY"]["status"]) == {"not_applicable"}


def test_nothing_else_in_the_archive_fails_as_an_error(findings: pd.DataFrame) -> None:
    found = findings[
        (findings["status"] == "fail") & (findings["severity"] == "error") & ~findings["agency"].eq("hongze")
    ]
    assert found["message"].tolist() == []


def test_every_table_in_data_is_as_the_workbook_would_write_it(data: Archive) -> None:
    for report_id in data.report_ids():
        report = data.read(report_id)
        for table in report.edition.tables.values():
            kept = (data.folder(report_id) / f"{table.id}.csv").read_text(encoding="utf-8")
            assert table_csv(report, table) == kept
