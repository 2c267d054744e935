"""Table 四 as agencies lay it out anew: a table for each group, a line for each, a line for each cell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from test_recognition import across_table, from_page, numbers, official_page, tag

from gdgk.form import CellKey, edition
from gdgk.importers import recognise

TABLE = edition("2021").tables["disputes"]
NAMES = [column.label for column in TABLE.columns.values()]
FIGURES = {key: raw for key, raw in numbers("2021").items() if key.table == "disputes"}
Layout = Callable[[], str]


def line_of(*cells: str) -> str:
    """A row of a web table."""
    return f"<tr>{''.join(cells)}</tr>"


def values(row: str) -> list[str]:
    """The cells of one group."""
    return [tag(FIGURES[CellKey("disputes", row, column)]) for column in TABLE.columns]


def a_table_for_each() -> str:
    """行政复议, 未经复议直接起诉 and 复议后起诉 in tables of their own."""
    parts = [
        line_of(tag(item.label, 5)) + line_of(*map(tag, NAMES)) + line_of(*values(row))
        for row, item in TABLE.rows.items()
    ]
    return "</table><table>".join(parts)


def two_tables() -> str:
    """行政复议 in one table, both groups of 行政诉讼 in another."""
    first, second, third = TABLE.rows
    lawsuits = line_of(tag("行政诉讼", 10)) + line_of(*(tag(TABLE.rows[row].label, 5) for row in (second, third)))
    return (
        line_of(tag("行政复议", 5)) + line_of(*map(tag, NAMES)) + line_of(*values(first)) + "</table><table>"
        f"{lawsuits}{line_of(*map(tag, NAMES * 2))}{line_of(*values(second), *values(third))}"
    )


def a_line_for_each() -> str:
    """A header and a line for each group, its name in front."""
    lines = [line_of(tag(item.label), *values(row)) for row, item in TABLE.rows.items()]
    return line_of(tag("类别"), *map(tag, NAMES)) + "".join(lines)


def a_line_for_each_cell() -> str:
    """Downwards: the group's name over its five lines, each with a column's name and a figure."""
    lines = []
    for row, item in TABLE.rows.items():
        for at, (name, value) in enumerate(zip(NAMES, values(row), strict=True)):
            lines.append(line_of(*([tag(item.label, 1, 5)] if not at else []), tag(name), value))
    return "".join(lines)


@pytest.mark.parametrize("layout", [a_table_for_each, two_tables, a_line_for_each, a_line_for_each_cell])
def test_table_four_laid_out_anew_is_read_by_the_names_around_its_figures(layout: Layout) -> None:
    official = official_page(numbers("2021"), "2021")
    anew = official.replace(across_table(TABLE, numbers("2021")), layout())
    assert anew != official
    draft = recognise(from_page(anew))
    assert {key: placed.raw for key, placed in draft.cells.items()} == numbers("2021")
    assert draft.unplaced == ()


def test_a_line_of_a_group_that_the_form_does_not_know_is_left_out_and_told() -> None:
    extra = line_of(tag("行政赔偿"), *(tag(text) for text in ("81", "82", "83", "84", "85")))
    official = official_page(numbers("2021"), "2021")
    draft = recognise(from_page(official.replace(across_table(TABLE, numbers("2021")), a_line_for_each() + extra)))
    assert {key: placed.raw for key, placed in draft.cells.items()} == numbers("2021")
    assert any("行政赔偿" in item.text or "81" in item.text for item in draft.unplaced)
