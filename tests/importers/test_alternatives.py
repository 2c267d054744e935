"""A row that was left out is told with the one reading under which the sums hold; it is never taken by itself."""

from __future__ import annotations

from gdgk.form import CellKey, edition
from gdgk.importers.recognition.alternatives import other_readings
from gdgk.importers.recognition.reading import Open, Placed, Reading
from gdgk.report import read_cell

TABLE = edition("2021").tables["applications"]
COLUMNS = tuple(TABLE.columns)

# 自然人 12 and 商业企业 3 were asked for; 予以公开 10+3, 重复申请 2+0; （七）总计 12+3; every other row is 0.
PRINTED = {
    "new": (12, 3, 0, 0, 0, 0, 15),
    "granted": (10, 3, 0, 0, 0, 0, 13),
    "not_processed_repeat": (2, 0, 0, 0, 0, 0, 2),
    "outcomes_total": (12, 3, 0, 0, 0, 0, 15),
}


def reading(*left_out: str) -> Reading:
    """The table as it was read, without some of its rows."""
    made = Reading(TABLE)
    for row in TABLE.rows:
        if row not in left_out:
            for column, figure in zip(COLUMNS, PRINTED.get(row, (0,) * 7), strict=True):
                made.cells[CellKey("applications", row, column)] = Placed(
                    str(figure), "page 3", read_cell(str(figure), "件")
                )
    return made


def with_open(made: Reading, values: str, *rows: str) -> Reading:
    """The reading with a printed row that may be any of some rows of the form."""
    made.open.append(Open(values, "page 3, line 9", tuple(values.split()), rows, COLUMNS))
    return made


def test_a_row_without_a_label_is_told_with_the_only_row_that_balances() -> None:
    made = with_open(reading("not_processed_repeat"), "2 0 0 0 0 0 2", "granted", "not_processed_repeat")
    (note,) = other_readings(made)
    assert "若读作“重复申请”则勾稽相符" in note
    assert "page 3, line 9" in note


def test_a_reading_is_told_and_never_taken() -> None:
    made = with_open(reading("not_processed_repeat"), "2 0 0 0 0 0 2", "not_processed_repeat")
    before = dict(made.cells)
    assert other_readings(made)
    assert made.cells == before


def test_a_figure_that_the_document_parted_is_told_put_together() -> None:
    made = with_open(reading("granted"), "1 0 3 0 0 0 0 13", "granted")
    (note,) = other_readings(made)
    assert "把 1 与 0 合为 10" in note
    assert "予以公开" in note


def test_where_nothing_balances_nothing_is_said() -> None:
    made = with_open(reading("not_processed_repeat"), "3 0 0 0 0 0 3", "not_processed_repeat")
    assert other_readings(made) == []


def test_where_two_rows_would_balance_nothing_is_said() -> None:
    left_out = ("not_processed_repeat", "not_processed_petition")
    made = with_open(reading(*left_out), "2 0 0 0 0 0 2", *left_out)
    assert other_readings(made) == []


def test_a_row_that_is_taken_already_is_no_other_reading() -> None:
    made = with_open(reading("not_processed_repeat"), "10 3 0 0 0 0 13", "granted")
    assert other_readings(made) == []


def test_words_among_the_figures_are_no_other_reading() -> None:
    made = with_open(reading("not_processed_repeat"), "2 无 0 0 0 0 2", "not_processed_repeat")
    assert other_readings(made) == []


def printing(made: Reading, row: str, *texts: str) -> Reading:
    """The reading with a row printing other texts."""
    for column, text in zip(COLUMNS, texts, strict=True):
        made.cells[CellKey("applications", row, column)] = Placed(text, "page 3, line 7", read_cell(text, "件"))
    return made


def test_a_table_whose_columns_stand_one_to_the_left_is_told() -> None:
    made = reading()
    for row in TABLE.rows:
        texts = [made.cells[CellKey("applications", row, column)].raw for column in COLUMNS]
        printing(made, row, *texts[1:], texts[0])
    (note,) = other_readings(made)
    assert "各行都右移一格" in note and "表三" in note


def test_a_row_whose_figures_stand_one_to_the_left_before_a_blank_is_told() -> None:
    (note,) = other_readings(printing(reading(), "carried_over", "4", "0", "0", "0", "0", "4", ""))
    assert "“上年结转”（page 3, line 7）各数若右移一格则勾稽相符" in note


def test_a_row_is_not_moved_when_a_column_would_not_hold() -> None:
    # Moved, 予以公开 has its total; but 商业企业 then has 10 where （七）总计 needs 3.
    assert other_readings(printing(reading(), "granted", "10", "3", "0", "0", "0", "13", "")) == []


def test_rows_that_balance_are_not_moved() -> None:
    assert other_readings(reading()) == []
