"""A cell keeps what is printed; what it says is read exactly or refused, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import MODERN, SYNTHETIC, filled_report, report_of, reports, valid_text

from gdgk.form import CellKey, edition
from gdgk.report import Cell, Correction, Report, State, blank_report, read_cell, with_cells

UNITS = ["件", "项", "万元", "人", "条", ""]

# Printed text, value, state: in a column of counts (件).
COUNTS: list[tuple[str, int | None, str]] = [
    ("15", 15, "number"),
    ("0", 0, "number"),
    (" 15 ", 15, "number"),
    ("1,808,595", 1_808_595, "number"),
    ("12.0", 12, "number"),
    ("１２", 12, "text"),
    ("１，２００", 1200, "text"),
    ("12件", 12, "text"),
    ("3 个", 3, "text"),
    ("11万", 110_000, "text"),
    ("1.5万", 15_000, "text"),
    ("2亿", 200_000_000, "text"),
    ("22（其中修订 16 件）", 22, "text"),
    ("55(含自然失效 29 件)", 55, "text"),
    ("", None, "blank"),
    ("   ", None, "blank"),
    ("\u3000", None, "blank"),
    ("无", None, "none"),
    ("無", None, "none"),
    (" 无 ", None, "none"),
    ("/", None, "dash"),
    ("／", None, "dash"),
    ("-", None, "dash"),
    ("——", None, "dash"),
    ("?", None, "unknown"),
    ("？", None, "unknown"),
    ("不涉及", None, "text"),
    ("见附件", None, "text"),
]

# In the column 本年增/减, where a sign is meant.
CHANGES: list[tuple[str, int | None, str]] = [
    ("增 4", 4, "text"),
    ("减 2", -2, "text"),
    ("增加4项", 4, "text"),
    ("减少 2", -2, "text"),
    ("新增3", 3, "text"),
    ("+4", 4, "number"),
    ("-2", -2, "number"),
    ("－2", -2, "text"),
    ("−2", -2, "text"),
    ("0", 0, "number"),
    ("4", 4, "number"),
    ("无", None, "none"),
    ("-", None, "dash"),
    ("无增减", None, "text"),
]

# In a column of money, in 万元.
AMOUNTS: list[tuple[str, float | None, str]] = [
    ("7730.28", 7730.28, "number"),
    ("18.8710", 18.871, "number"),
    ("251000元", 25.1, "text"),
    ("25.1万元", 25.1, "text"),
    ("25.1万", 25.1, "text"),
    ("1.2亿元", 12_000.0, "text"),
    ("0", 0.0, "number"),
    ("96,171.6", 96_171.6, "number"),
    ("无", None, "none"),
]

# What no cell may hold, and what is expected instead: text, unit, signed, expectation.
REFUSED = [
    ("12a", "件", False, "a number in 件, 无, a dash or nothing"),
    ("约12", "件", False, "a number in 件"),
    ("12/3", "件", False, "a number in 件"),
    ("1,23", "件", False, "a number in 件"),
    ("1e5", "件", False, "a number in 件"),
    ("1.2.3", "万元", False, "a number in 万元"),
    ("12（其中", "件", False, "a number in 件"),
    ("-3", "件", False, "a number of 件 that is not below 0"),
    ("-3", "万元", False, "a number of 万元 that is not below 0"),
    ("减 2", "件", False, "not below 0"),
    ("增 4", "件", False, "a plain number of 件"),
    ("0.5", "件", False, "a whole number of 件"),
    ("0.5", "项", True, "a whole number of 项"),
    ("251000元", "件", False, "not money"),
    ("9" * 20, "件", False, "below 1,000,000,000,000"),
    ("100000000亿", "万元", False, "below 1,000,000,000,000"),
]


@pytest.mark.parametrize(("raw", "value", "state"), COUNTS)
def test_a_count_is_read_as_printed(raw: str, value: int | None, state: str) -> None:
    cell = read_cell(raw, "件")
    assert (cell.raw, cell.value, cell.state) == (raw, value, state)
    assert value is None or type(cell.value) is int


@pytest.mark.parametrize(("raw", "value", "state"), CHANGES)
def test_a_change_is_read_with_its_sign(raw: str, value: int | None, state: str) -> None:
    cell = read_cell(raw, "项", signed=True)
    assert (cell.raw, cell.value, cell.state) == (raw, value, state)


@pytest.mark.parametrize(("raw", "value", "state"), AMOUNTS)
def test_money_is_read_in_ten_thousand_yuan(raw: str, value: float | None, state: str) -> None:
    cell = read_cell(raw, "万元")
    assert (cell.raw, cell.value, cell.state) == (raw, value, state)


@pytest.mark.parametrize(("raw", "unit", "signed", "expected"), REFUSED)
def test_a_figure_that_cannot_be_one_is_refused(raw: str, unit: str, signed: bool, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        read_cell(raw, unit, signed)


@pytest.mark.parametrize("raw", ["12①", "12¹", "12²", "①"])
def test_a_footnote_mark_never_becomes_a_digit(raw: str) -> None:
    with pytest.raises(ValueError, match="a number in 件"):
        read_cell(raw, "件")


@pytest.mark.parametrize("raw", ["1 2", "12\n34", "1\u30002", "12（3）45（6）"])
def test_two_numbers_in_a_cell_never_become_one(raw: str) -> None:
    with pytest.raises(ValueError, match="a number in 件"):
        read_cell(raw, "件")


@pytest.mark.parametrize("raw", ["12件", "5项", "3人次"])
def test_a_count_in_a_column_of_money_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="万元"):
        read_cell(raw, "万元")


@settings(max_examples=400)
@given(st.text(max_size=20), st.sampled_from(UNITS), st.booleans())
def test_any_text_reads_to_a_value_a_state_or_one_line_of_refusal(raw: str, unit: str, signed: bool) -> None:
    check_reading(raw, unit, signed)


@settings(max_examples=400)
@given(
    st.text("0123456789０１２,.，。+-－−增减万亿元件项人次()（）[]【】 \t无/—?", max_size=12),
    st.sampled_from(UNITS),
    st.booleans(),
)
def test_any_likely_text_reads_to_a_value_a_state_or_one_line_of_refusal(raw: str, unit: str, signed: bool) -> None:
    check_reading(raw, unit, signed)


def check_reading(raw: str, unit: str, signed: bool) -> None:
    try:
        cell = read_cell(raw, unit, signed)
    except ValueError as error:
        message = str(error)
        assert message.startswith("a ")
        assert "\n" not in message
        assert any(character.isdigit() or character.isnumeric() for character in raw)
        return
    assert cell.raw == raw
    assert read_cell(raw, unit, signed) == cell
    assert (cell.value is not None) or cell.state is not State.NUMBER
    assert cell.value is None or cell.state in (State.NUMBER, State.TEXT)
    assert cell.value is None or signed or cell.value >= 0
    assert cell.empty is (cell.state in (State.BLANK, State.NONE, State.DASH))


@given(st.integers(0, 10**12 - 1))
def test_every_count_comes_back_as_written(number: int) -> None:
    for raw in (str(number), f"{number:,}", f"+{number}"):
        assert read_cell(raw, "件") == Cell(raw, number, State.NUMBER)


@given(st.integers(-(10**12) + 1, 10**12 - 1))
def test_every_change_comes_back_as_written(number: int) -> None:
    assert read_cell(str(number), "项", signed=True).value == number
    assert read_cell(f"{'减' if number < 0 else '增'} {abs(number)}", "项", signed=True).value == number


@given(st.decimals(0, 10**9, places=4))
def test_money_says_the_same_in_every_unit(amount: Decimal) -> None:
    expected = float(amount)
    assert read_cell(str(amount), "万元").value == expected
    assert read_cell(f"{amount}万元", "万元").value == expected
    assert read_cell(f"{amount * 10_000:f}元", "万元").value == expected


@given(st.sampled_from([("件", False), ("项", True), ("万元", False)]), st.data())
def test_every_text_that_the_other_tests_put_into_cells_is_one(kind: tuple[str, bool], data: st.DataObject) -> None:
    raw = data.draw(valid_text(*kind))
    assert read_cell(raw, *kind).raw == raw


# Reports -------------------------------------------------------------------------------------------------------------

LICENSING = CellKey("proactive_disclosure", "licensing", "change")
NEW = CellKey("applications", "new", "total")


@pytest.mark.parametrize("name", ["2014", *MODERN])
def test_a_blank_report_has_every_cell_of_its_form_and_says_nothing(name: str) -> None:
    report = blank_report("demo", 2020, edition(name), SYNTHETIC)
    assert list(report.cells) == list(edition(name).cells)
    assert all(report.is_blank(table) for table in report.edition.tables.values())


@pytest.mark.parametrize("raw", ["无", "/", "", " "])
def test_a_table_of_strokes_is_blank(raw: str) -> None:
    form = edition("2021")
    report = report_of("demo", 2023, "2021", dict.fromkeys(form.tables["disputes"].cells, raw))
    assert report.is_blank(form.tables["disputes"])


@pytest.mark.parametrize("raw", ["0", "?", "不涉及"])
def test_a_table_with_one_entry_is_not_blank(raw: str) -> None:
    report = report_of("demo", 2023, "2021", {CellKey("disputes", "reconsideration", "upheld"): raw})
    assert not report.is_blank(report.edition.tables["disputes"])
    assert report.is_blank(report.edition.tables["applications"])


def test_a_sign_belongs_to_the_column_of_changes() -> None:
    report = report_of("demo", 2020, "2019", {LICENSING: "减 2"})
    assert report.cell(LICENSING).value == -2
    assert report.is_signed(LICENSING)
    assert not report.is_signed(NEW)
    with pytest.raises(ValueError, match="not below 0"):
        with_cells(report, {NEW: "-2"})


def test_a_correction_changes_the_figure_used_and_not_the_one_reported() -> None:
    before = filled_report("demo", 2023, "2021", {NEW: 12})
    entry = Correction(NEW, "12", "21", "数字颠倒", "测试", "2024-03-01")
    after = Report(**{**vars(before), "corrections": {NEW: entry}})
    assert (after.reported(NEW).value, after.cell(NEW).value) == (12, 21)
    assert (before.reported(NEW), before.cell(NEW)) == (after.reported(NEW), before.reported(NEW))


def test_a_row_is_called_as_the_report_prints_it() -> None:
    report = filled_report("demo", 2023, "2021")
    printed = Report(**{**vars(report), "labels": {("applications", "new"): "一、新收数量"}})
    assert report.label_of("applications", "new") == "一、本年新收政府信息公开申请数量"
    assert printed.label_of("applications", "new") == "一、新收数量"


def test_other_texts_make_another_report() -> None:
    report = filled_report("demo", 2023, "2021")
    other = with_cells(report, {NEW: "7"})
    assert (report.cell(NEW).value, other.cell(NEW).value) == (0, 7)
    assert {key for key in report.cells if report.cells[key] != other.cells[key]} == {NEW}


@given(reports())
def test_every_cell_of_any_report_has_a_figure_or_a_reason_for_none(report: Report) -> None:
    for key in report.cells:
        cell = report.cell(key)
        assert (cell.value is not None) or cell.state is not State.NUMBER
        assert cell.value is None or cell.state in (State.NUMBER, State.TEXT)
        assert report.unit_of(key)
