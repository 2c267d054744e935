"""The prose of published reports: what it states is found, and exactly what contradicts the tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from strategies import SYNTHETIC

from gdgk.claims import check_claims
from gdgk.findings import Finding
from gdgk.form import CellKey, edition
from gdgk.importers import read_document, recognise
from gdgk.report import UNKNOWN, Report, blank_report, with_cells


def corpus_report(corpus: Path, name: str, text: str = "") -> Report:
    """A report of the corpus with its own prose, or with another where it has no document."""
    folder = corpus / "reports" / name
    true: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    form = edition(true["edition"])
    printed = {key: "" if value is None else str(value) for key, value in true["cells"].items()} | true["raw"]
    keyed = {CellKey(*key.split(".")): value for key, value in printed.items() if "extra:" not in key}
    report = blank_report("corpus", true["year"], form, SYNTHETIC)
    report = with_cells(report, {**dict.fromkeys(form.cells, UNKNOWN.raw), **keyed})
    document = next(folder.glob("document.*"), None)
    prose = text or (recognise(read_document(document, document.name)).narrative if document else "")
    title = f"{true['region']}{true['agency']}{true['year']}年政府信息公开工作年度报告"
    return replace(report, narrative=prose, head=replace(report.head, title=title))


def failed(report: Report, prior: Report | None = None) -> list[Finding]:
    found = check_claims(report, prior)
    for one in found:
        assert one.span is not None
        assert report.narrative[slice(*one.span)] == one.quote
    return [one for one in found if one.status == "fail"]


def test_shanghai_government_office_2019_contradicts_its_tables(corpus: Path) -> None:
    report = corpus_report(corpus, "shanghai_government_office_2019")
    found = [(one.rule, one.severity, one.left, round(one.right or 0, 2)) for one in failed(report)]
    assert found == [
        ("N-T3-GRANTED", "error", 258, 275),
        ("N-PCT", "warning", 33.9, 34.16),
        ("N-T3-UNAVAILABLE", "error", 265, 337),
        ("N-PCT", "warning", 32.9, 41.86),
        ("N-ALLWORD", "warning", 7, 5),
        ("N-ALLWORD", "warning", 9, 8),
        ("N-SUM", "error", 805, 716),
    ]
    messages = {one.rule: one.message for one in failed(report)}
    assert "265 恰为表三“本机关不掌握”的数" in messages["N-T3-UNAVAILABLE"]
    assert all("表内" in one.calculation or one.rule == "N-SUM" for one in failed(report))


def test_shanghai_2019_loses_no_case(corpus: Path) -> None:
    report = corpus_report(corpus, "shanghai_government_office_2019")
    lost = [one for one in check_claims(report) if "零败诉" in one.quote and one.left == 0 and one.rule == "N-ALLWORD"]
    assert [one.status for one in lost] == ["pass_imputed"]


@pytest.mark.parametrize("name", ["shanghai_government_office_2025", "huaian_2024", "hongze_2023", "hangzhou_2025"])
def test_prose_that_agrees_with_its_tables_is_not_blamed(corpus: Path, name: str) -> None:
    report = corpus_report(corpus, name)
    assert failed(report) == []
    if name in ("huaian_2024", "shanghai_government_office_2025"):
        assert sum(one.status.startswith("pass") for one in check_claims(report)) >= 15


def test_suqian_2024_grows_by_less_than_it_should_and_counts_disputes_otherwise(corpus: Path) -> None:
    text = "全市收办依申请公开申请3646件，比上年增长1.05%。报市司法局备案的信息公开行政复议134件、行政诉讼57件。"
    report = corpus_report(corpus, "suqian_2024", text)
    prior = corpus_report(corpus, "suqian_2023", "　")
    found = [(one.rule, one.severity, one.left, round(one.right or 0, 2)) for one in failed(report, prior)]
    assert found == [
        ("N-YOY", "warning", 1.05, 1.08),
        ("N-T4-RECONSIDERATION", "warning", 134, 170),
        ("N-T4-LITIGATION", "warning", 57, 77),
    ]


def test_the_seed_has_facts_and_nothing_that_could_be_assessed(corpus: Path) -> None:
    report = corpus_report(corpus, "mile_culture_tourism_2020")
    found = check_claims(report)
    assert {one.rule for one in found} == {"N-SUM"}
    assert [(one.severity, one.left, one.right) for one in failed(report)] == [("info", 1118, 728)]
