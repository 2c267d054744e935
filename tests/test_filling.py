"""The fill-in form: as printed, only figures open, nothing green by itself; its formulas end as the checks do."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from forms import closed, converted, filled, opened, put_in, spot
from hypothesis import given
from hypothesis import strategies as st
from strategies import AGENCIES_HEADER, filled_report

from gdgk.archive import Archive, panel
from gdgk.filling import agency_form, blank_form
from gdgk.filling.checklist import Asked, asked
from gdgk.filling.checksheet import COLUMNS, TOP
from gdgk.filling.formulas import BROKEN, DOUBTFUL, EVEN, HELD, NO_PRIOR, NOTED, UNEVEN, UNFILLED
from gdgk.filling.layout import CHECKS, COVER, PRIOR, areas, plan_of, sheet_name, sheet_names, text_sheets
from gdgk.filling.prior import before_of
from gdgk.form import CellKey, edition, editions
from gdgk.reconciliation import reconcile
from gdgk.report import Correction, Report, ReportId, with_cells

YEARS = {"2014": 2018, "2019": 2020, "2021": 2024, "2021-single-other": 2024}
EDITIONS = sorted(editions())
WHOLE = filled_report("demo", 2024, "2021")
FAILS, HOLDS = {UNEVEN, BROKEN, DOUBTFUL, NOTED}, {EVEN, HELD}
CARRIED = CellKey("applications", "carried_over", "total")
FORWARD = CellKey("applications", "carried_forward", "total")


@cache
def blank(name: str) -> bytes:
    """A blank form of an edition."""
    return blank_form(YEARS[name], edition(name))


def parts(form: bytes) -> dict[str, bytes]:
    """The parts of a workbook's package."""
    with zipfile.ZipFile(io.BytesIO(form)) as package:
        return {name: package.read(name) for name in package.namelist()}


# As a file -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EDITIONS)
def test_no_formula_carries_a_value_and_all_are_computed_on_opening(name: str) -> None:
    formulas = 0
    for part, data in parts(blank(name)).items():
        if part.startswith("xl/worksheets/sheet"):
            cells = re.findall(rb"<c [^>]*>(?:(?!</c>).)*<f>.*?</c>", data)
            formulas += len(cells)
            assert [cell for cell in cells if re.search(rb"<v>[^<]", cell)] == []
    assert formulas > 20
    assert b'fullCalcOnLoad="1"' in parts(blank(name))["xl/workbook.xml"]


@pytest.mark.parametrize("name", EDITIONS)
def test_the_same_form_is_the_same_bytes_and_keeps_no_time(name: str) -> None:
    assert blank_form(YEARS[name], edition(name)) == blank(name)
    with zipfile.ZipFile(io.BytesIO(blank(name))) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        times = re.findall(rb"\d{4}-\d\d-\d\dT[^<]*", package.read("docProps/core.xml"))
    assert set(times) <= {b"1980-01-01T00:00:00Z"}


@pytest.mark.parametrize("name", EDITIONS)
def test_only_cells_for_figures_are_open(name: str) -> None:
    book, form = opened(blank(name)), edition(name)
    assert book.sheetnames == sheet_names(form)
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book.worksheets)
    for table in form.tables.values():
        sheet = book[sheet_name(table)]
        open_cells = {
            cell.coordinate
            for row in sheet.iter_rows()
            for cell in row
            if not cell.protection.locked and not isinstance(cell, openpyxl.cell.cell.MergedCell)
        }
        assert open_cells == {spot(form, key)[1] for key in table.cells}


@pytest.mark.parametrize("name", EDITIONS)
def test_every_heading_of_the_official_form_is_printed(name: str) -> None:
    book = opened(blank(name))
    for table in edition(name).tables.values():
        sheet = book[sheet_name(table)]
        printed = {cell.value for row in sheet.iter_rows() for cell in row}
        kinds = {"part"} if table.layout == "list" else set()
        assert [item.label for item in table.items if item.kind not in kinds and item.label not in printed] == []


@pytest.mark.parametrize("name", EDITIONS)
def test_every_cell_takes_one_kind_of_entry_and_is_told_in_chinese(name: str) -> None:
    book, form = opened(blank(name)), edition(name)
    for table in form.tables.values():
        rules = book[sheet_name(table)].data_validations.dataValidation
        for key in table.cells:
            own = [rule for rule in rules if spot(form, key)[1] in rule.cells]
            assert len(own) == 1
            assert own[0].showErrorMessage and own[0].error.startswith("这一格应填")
            if table.unit_of(key) != "万元" and form.cells[key][1].kind != "change":
                assert (own[0].type, own[0].operator, own[0].formula1) == ("whole", "between", "0")


@given(st.sets(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=40))
def test_areas_cover_places_once_and_nothing_else(places: set[tuple[int, int]]) -> None:
    covered = [
        (row, column)
        for top, left, bottom, right in areas(places)
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    ]
    assert sorted(covered) == sorted(places)


def test_a_name_that_opens_like_a_formula_is_a_text(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive("demo,\"=cmd|' /C calc'!A0\",,,,,,,")
    cell = opened(agency_form(archive, "demo", 2024))[COVER]["B3"]
    assert (cell.data_type, cell.value) == ("s", "=cmd|' /C calc'!A0")


# Last year -----------------------------------------------------------------------------------------------------------


def prior_figures(form: bytes) -> dict[str, object]:
    """What the sheet 上年数 says, by place."""
    return {row[0]: row[1] for row in opened(form)[PRIOR].iter_rows(min_row=4, max_col=2, values_only=True)}


def test_last_years_figures_are_shown_as_corrected(archive: Archive) -> None:
    report = archive.read(ReportId("demo", 2023))
    archive.write_corrections(report, {FORWARD: Correction(FORWARD, "0", "7", "漏填", "核对岗", "2024-03-01")})
    form = agency_form(archive, "demo", 2024)
    assert prior_figures(form)["表三 · 结转下年度 · 总计"] == 7
    assert "更正" in str(opened(form)[PRIOR]["A2"].value) and "合成数据" in str(opened(form)[PRIOR]["A2"].value)


def test_a_figure_that_was_left_blank_last_year_is_blank(archive: Archive) -> None:
    archive.write(with_cells(archive.read(ReportId("demo", 2023)), {CellKey(*FORWARD[:2], "other"): ""}))
    assert prior_figures(agency_form(archive, "demo", 2024))["表三 · 结转下年度 · 其他"] is None


def test_without_a_report_of_last_year_the_form_says_so(archive: Archive) -> None:
    form = agency_form(archive, "demo", 2022)
    assert set(prior_figures(form).values()) == {None}
    assert opened(form)[PRIOR]["A2"].value == "2021 年报告未入库"


# Formulas, computed by LibreOffice -----------------------------------------------------------------------------------


def outcomes(path: Path, found: list[Asked]) -> dict[tuple[str, str, str, str, str], str]:
    """How each comparison of a computed form ended, by rule, address and words."""
    sheet = openpyxl.load_workbook(path, read_only=True, data_only=True)[CHECKS]
    column = list(COLUMNS).index("结果")
    rows = [row for row in sheet.iter_rows(min_row=TOP, values_only=True) if row[6]]
    keys = [(one.item.rule, one.item.table, one.item.row, one.item.column, one.words) for one in found]
    assert len(rows) == len(keys)
    return dict(zip(keys, [str(row[column]) for row in rows], strict=True))


def statuses(report: Report, before: Report) -> dict[tuple[str, str, str, str], set[str]]:
    """How the checks end on a report, by rule and address."""
    found = reconcile(panel([before, report]), only=[(report.agency, report.year)], everything=True)
    made: dict[tuple[str, str, str, str], set[str]] = {}
    for row in found.to_dict("records"):
        made.setdefault((row["rule"], row["table"] or "", row["row"] or "", row["column"] or ""), set()).add(
            row["status"]
        )
    return made


def changed(report: Report, at: int) -> Report:
    """A report with every ``at``-th cell another figure, so that much does not hold."""
    keys = list(report.edition.cells)[:: 7 + at]
    return with_cells(report, {key: str(3 + at * n) for n, key in enumerate(keys, 1)})


def kept(root: Path, *reports: Report) -> Archive:
    """A data folder of one agency with some reports of it."""
    root.mkdir()
    (root / "agencies.csv").write_text(f"{AGENCIES_HEADER}\ndemo,测试局,,,,,,,\n", encoding="utf-8")
    archive = Archive(root)
    for report in reports:
        archive.write(report)
    return archive


def uneven(name: str) -> tuple[Report, Report]:
    """A report of an edition in which much does not hold, and such a one of the year before."""
    year = YEARS[name]
    return changed(filled_report("demo", year, name), 1), changed(filled_report("demo", year - 1, name), 2)


@pytest.fixture(scope="module")
def computed(handed_out: bytes, filled_in: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every form that is looked at below, computed by LibreOffice, which is started once for all."""
    folder = tmp_path_factory.mktemp("forms")
    forms = {"empty": handed_out, "whole": filled_in}
    for label, cells in {
        "wrong": {CARRIED: "5"},
        "gap": {CellKey("applications", "granted", "research"): ""},
        "beside": {CellKey("applications", "new", "business"): "4"},
    }.items():
        forms[label] = filled(handed_out, with_cells(WHOLE, cells))
    forms["nobody"] = filled(blank("2021"), WHOLE)
    book = opened(filled_in)
    for column, entry in (("business", 2.5), ("other", -1)):
        put_in(book, WHOLE.edition, {CellKey("applications", "granted", column): entry})
    put_in(book, WHOLE.edition, {CellKey("proactive_disclosure", "fees", "amount"): 0.125})
    forms["pasted"] = closed(book)
    for name in EDITIONS:
        report, before = uneven(name)
        archive = kept(folder / f"data-{name}", before)
        forms[name] = filled(agency_form(archive, "demo", report.year, report.edition), report)
    return converted(forms, "xlsx", folder / "forms")


computes = pytest.mark.xdist_group("computed_forms")


@computes
@pytest.mark.parametrize("name", EDITIONS)
def test_formulas_end_as_the_checks_do(name: str, computed: dict[str, Path], tmp_path: Path) -> None:
    report, before = uneven(name)
    archive = kept(tmp_path / "data", before)
    ended = outcomes(computed[name], asked(report.edition, before_of(archive, "demo", report.year)))
    told = statuses(report, before)
    assert set(ended.values()) <= FAILS | HOLDS | {"不适用"}
    assert set(ended.values()) & FAILS and set(ended.values()) & HOLDS
    chains: dict[tuple[str, str, str, str], set[str]] = {}
    for (rule, table, row, column, _), word in ended.items():
        chains.setdefault((rule, table, row, column), set()).add(word)
    for key, words in chains.items():
        if words & FAILS:
            assert "fail" in told[key], key
        else:
            assert "fail" not in told[key], key


@computes
def test_a_form_turns_from_unfilled_to_uneven_to_even(computed: dict[str, Path], archive: Archive) -> None:
    found = asked(WHOLE.edition, before_of(archive, "demo", 2024))
    seen = {label: outcomes(computed[label], found) for label in ("empty", "wrong", "gap", "whole")}
    assert set(seen["empty"].values()) == {UNFILLED}
    assert set(seen["whole"].values()) <= HOLDS | {"不适用"}
    carry = ("T3-CARRY", *CARRIED)
    assert [word for key, word in seen["wrong"].items() if key[:4] == carry] == [UNEVEN]
    gaps = {key[:4] for key, word in seen["gap"].items() if word == UNFILLED}
    assert gaps == {
        ("T3-ROW-SUM", "applications", "granted", "total"),
        ("T3-COL-SUM", "applications", "outcomes_total", "research"),
    }


@computes
def test_what_stands_beside_a_row_is_what_the_check_sheet_says(computed: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(computed["beside"], data_only=True)
    table = WHOLE.edition.tables["applications"]
    plan, sheet = plan_of(table), book["表三"]
    row = plan.row_of("new")
    assert sheet.cell(row, plan.width + 2).value == "不平 差4"
    beneath = {cell.value for cells in sheet.iter_rows(min_row=plan.last + 1) for cell in cells if cell.column == 5}
    assert "不平 差4" in beneath and "平" in beneath
    assert book[COVER]["B11"].value == "2 项"
    assert book["表三"].cell(plan.row_of("carried_over"), plan.width + 3).value == 0


@computes
def test_a_form_of_no_agency_compares_with_no_year_before(computed: dict[str, Path]) -> None:
    sheet = openpyxl.load_workbook(computed["nobody"], read_only=True, data_only=True)[CHECKS]
    ended = {str(row[6]): row[5] for row in sheet.iter_rows(min_row=TOP, values_only=True) if row[6]}
    assert [word for about, word in ended.items() if "T3-CARRY）" in about] == [NO_PRIOR]


def test_sections_that_are_text_have_a_sheet_each() -> None:
    assert list(text_sheets()) == ["一", "五", "六"]
    book = opened(blank("2021"))
    for heading in text_sheets().values():
        sheet = book[heading]
        assert sheet["A1"].value == heading
        assert not sheet.column_dimensions["A"].protection.locked


@pytest.mark.parametrize("name", EDITIONS)
def test_rules_of_cells_hold_in_every_program(name: str) -> None:
    for sheet in opened(blank(name)).worksheets:
        for rule in sheet.data_validations.dataValidation:
            # Excel refuses longer formulas, and moves them on from the first cell of the first area.
            assert len(rule.formula1) <= 255
            first, *_ = str(rule.sqref).split()[0].split(":")
            tops = [cell.bounds[1] for cell in rule.sqref.ranges]
            lefts = [cell.bounds[0] for cell in rule.sqref.ranges]
            assert first == f"{openpyxl.utils.get_column_letter(min(lefts))}{min(tops)}"
        for row in sheet.iter_rows():
            assert [cell.coordinate for cell in row if cell.data_type == "f" and len(str(cell.value)) > 8192] == []


@computes
def test_pasted_figures_that_cannot_be_are_counted(computed: dict[str, Path], archive: Archive) -> None:
    found = asked(edition("2021"), before_of(archive, "demo", 2024))
    ended = outcomes(computed["pasted"], found)
    words = {key[0]: word for key, word in ended.items() if key[0].endswith("NONNEG")}
    assert words == {"T2-NONNEG": HELD, "T3-NONNEG": BROKEN, "T4-NONNEG": HELD}
