"""Many reports at once are judged as each of them alone: by figures, blanks, what is not known, and between years."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SYNTHETIC, balanced_reports, valid_cells

from gdgk.archive import Agency, panel
from gdgk.form import CellKey, edition, editions
from gdgk.reconciliation import bounds, reconcile, relations
from gdgk.reconciliation.matrix import CHUNK, Matrix
from gdgk.reconciliation.screening import VIOLATIONS, explain, textual_rules, violations
from gdgk.reconciliation.wide import Wide, widen
from gdgk.report import Report, blank_report, with_cells

Violation = tuple[str, int, str, str, str, str, str, float | None]
AGENCIES = {
    "demo": Agency("demo", "测试局", kind="县级政府部门", region_code="530000", parent="old"),
    "old": Agency("old", "测试市人民政府", kind="设区的市政府", region_code="530100"),
    "other": Agency("other", "测试市人民政府办公室", kind="政府办公室", parent="old"),
}
LINEAGE = {"demo": ("old", "other")}


def cell_by_cell(reports: list[Report], lineage: dict[str, tuple[str, ...]]) -> set[Violation]:
    """What fails, report by report."""
    frame = reconcile(panel(reports), lineage, agencies=AGENCIES)
    left_out = {"FORM-EDITION", "FORM-LABEL", "FORM-ROW", *textual_rules(None)}
    frame = frame[(frame["status"] == "fail") & ~frame["rule"].isin(left_out)]
    return set(map(violation, frame.to_dict("records")))


def at_once(reports: list[Report], lineage: dict[str, tuple[str, ...]]) -> set[Violation]:
    """What fails, all reports at once."""
    return set(map(violation, violations(widen(panel(reports)), lineage, agencies=AGENCIES).to_dict("records")))


def violation(item: dict[str, object]) -> Violation:
    """A failure by its address and difference."""
    texts = [str(item[name] or "") for name in ("rule", "severity", "table", "row", "column")]
    difference = item["difference"]
    return (
        str(item["agency"]),
        int(str(item["year"])),
        *texts,
        None if difference != difference else float(difference),
    )  # type: ignore[return-value, arg-type]


@st.composite
def any_reports(draw: st.DrawFn) -> list[Report]:
    """Reports of some agencies on years that follow each other, on any form, with blanks, zeros and unknown cells."""
    found = {}
    for _ in range(draw(st.integers(1, 4))):
        agency, year = draw(st.sampled_from(list(AGENCIES))), draw(st.integers(2018, 2023))
        form = editions()[draw(st.sampled_from(sorted(editions())))]
        filler = draw(st.sampled_from(["", "0", "0", "3", "?"]))
        few = st.sampled_from(["", "0", "1", "2", "7", "60", "?", "无", "/", "若干"])
        texts = dict.fromkeys(form.cells, filler)
        for table in form.tables.values():
            if draw(st.booleans()):
                filler = draw(st.sampled_from(["", "0"]))
                texts |= dict.fromkeys(table.cells, filler)
        texts |= draw(valid_cells(form))
        texts |= draw(st.dictionaries(st.sampled_from(list(form.cells)), few, max_size=25))
        head = replace(SYNTHETIC, partial="有的格未入库", blanks=draw(st.sampled_from(["", "", "zero", "missing"])))
        found[agency, year] = with_cells(blank_report(agency, year, form, head), texts)
    return list(found.values())


@given(any_reports(), st.sampled_from([{}, LINEAGE]))
def test_what_fails_at_once_is_what_fails_cell_by_cell(
    reports: list[Report], lineage: dict[str, tuple[str, ...]]
) -> None:
    assert at_once(reports, lineage) == cell_by_cell(reports, lineage)


def test_a_part_above_the_total_of_its_row_and_that_of_its_column_fails_twice() -> None:
    # At one address and by one rule, but two checks: of many reports at once only the first was told.
    form = edition("2021")
    keys = {name: CellKey("applications", *name.split(".")) for name in ("granted.public_welfare", "granted.total")}
    texts = {**dict.fromkeys(form.tables["applications"].cells, ""), keys["granted.public_welfare"]: "2"}
    texts |= {keys["granted.total"]: "1", CellKey("applications", "outcomes_total", "public_welfare"): "0"}
    report = with_cells(blank_report("demo", 2023, form, replace(SYNTHETIC, blanks="missing")), texts)
    found = at_once([report], {})
    address = ("demo", 2023, "T3-CELL-LE", "error", "applications", "granted", "public_welfare")
    assert {item for item in found if item[2] == "T3-CELL-LE"} == {(*address, 1.0), (*address, 2.0)}
    assert found == cell_by_cell([report], {})


@given(st.lists(balanced_reports(), min_size=1, max_size=3), st.data())
def test_a_matrix_finds_exactly_the_equations_that_a_wrong_cell_breaks(
    reports: list[Report], data: st.DataObject
) -> None:
    form = reports[0].edition
    alike = [report for report in reports if report.edition is form]
    equations = tuple(item for item in relations(form) if not item.needs_prior)
    values = np.array([[report.cells[key].value or 0 for key in form.cells] for report in alike], dtype=np.int64)
    matrix = Matrix(form, equations)
    assert len(matrix.failing(values).report) == 0
    at = data.draw(st.integers(0, len(form.cells) - 1))
    delta = data.draw(st.integers(1, 10**9))
    values[0, at] += delta
    found = matrix.failing(np.asfortranarray(values))
    key = list(form.cells)[at]
    broken = [number for number, item in enumerate(equations) if any(term.key == key for term in item.terms)]
    assert found.report.tolist() == [0] * len(broken)
    assert found.comparison.tolist() == broken
    assert set(np.abs(found.difference).tolist()) <= {delta}


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5])
def test_where_the_blocks_end_nothing_is_lost(count: int) -> None:
    form = edition("2021")
    equations = relations(form, ())
    values = np.zeros((count, len(form.cells)), dtype=np.int32)
    wrong = sorted({0, count // 2, count - 1}) if count else []
    values[wrong, list(form.cells).index(CellKey("disputes", "reconsideration", "total"))] = 3
    found = Matrix(form, equations).failing(values)
    assert found.report.tolist() == wrong
    assert {equations[at].rule for at in found.comparison} <= {"T4-SUM"}
    assert found.difference.tolist() == [-3.0] * len(wrong)


def test_every_comparison_may_be_asked_of_a_matrix() -> None:
    form = edition("2021")
    asked = tuple(item for item in bounds(form) if not (item.counts or item.sums_agencies or item.needs_prior))
    values = np.zeros((2, len(form.cells)))
    values[1, list(form.cells).index(CellKey("applications", "carried_over", "total"))] = 4
    found = Matrix(form, asked).failing(values)
    rules = {asked[at].rule for at, report in zip(found.comparison, found.report, strict=True) if report == 1}
    assert "T3-CARRY-AGE" in rules


def test_what_fails_is_explained_in_full_when_asked_for() -> None:
    report = with_cells(
        blank_report("demo", 2023, edition("2021"), SYNTHETIC),
        {key: "0" for key in edition("2021").cells} | {CellKey("applications", "new", "total"): "3"},
    )
    other = replace(
        report, agency="old", cells={key: replace(cell, raw="0", value=0) for key, cell in report.cells.items()}
    )
    wides = widen(panel([report, other]))
    found = violations(wides)
    assert set(found["agency"]) == {"demo"} and set(found["rule"]) == {"T3-ROW-SUM", "T3-COL-ID"}
    assert list(found.columns) == VIOLATIONS
    whole = explain(wides, [("demo", 2023), ("nobody", 2023)])
    expected = reconcile(panel([report, other]), only=[("demo", 2023)])
    assert whole["message"].tolist() == expected["message"].tolist()


def test_no_reports_have_no_failure() -> None:
    assert list(violations([]).columns) == VIOLATIONS
    assert len(violations(widen(panel([])))) == 0


def test_whole_numbers_are_judged_as_they_are() -> None:
    form = edition("2021")
    values = np.zeros((3, len(form.cells)), dtype=np.int32)
    values[2, list(form.cells).index(CellKey("applications", "granted", "other"))] = -1
    found = violations(Wide(form, np.array(["a", "a", "b"], dtype=object), np.array([2022, 2023, 2023]), values))
    assert set(zip(found["agency"], found["rule"], strict=True)) == {
        ("b", "T3-ROW-SUM"),
        ("b", "T3-COL-SUM"),
        ("b", "T3-NONNEG"),
    }


def test_no_module_of_many_reports_is_loaded_for_a_few() -> None:
    code = "import sys, gdgk.reconciliation; print([m for m in sys.modules if m.split('.')[0] == 'scipy'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
