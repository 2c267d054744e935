"""A number is never invented, moved or split: what cannot be placed with certainty is left out and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from html import escape
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import balanced_reports, filled_report

from gdgk.form import CellKey, Item, Table, edition
from gdgk.importers import Document, DocumentError, recognise
from gdgk.importers.document import Grid, GridCell, Paragraph
from gdgk.importers.html import blocks as html_blocks
from gdgk.importers.html import etree
from gdgk.importers.recognition import Draft
from gdgk.importers.text import read_string
from gdgk.report import Report

TITLE = "测试局2023年政府信息公开工作年度报告"
Rows = list[list[str]]
DIGITS = "零一二三四五六七八九"


# Documents, written out ----------------------------------------------------------------------------------------------


def numbers(form: str, step: int = 1) -> dict[CellKey, str]:
    """Every cell of a form with a number of its own, so that a moved one shows."""
    every = count(101, step)
    return {key: str(next(every)) for key in edition(form).cells}


def header_and_rows(table: Table, values: Mapping[CellKey, str]) -> Rows:
    """A table laid out by rows: a header line, then each row's label with its cells."""
    made = [["项目", *(column.label for column in table.columns.values())]]
    for row in table.rows.values():
        made.append([row.label, *(values.get(CellKey(table.id, row.key, column), "") for column in table.columns)])
    return made


def block_rows(table: Table, values: Mapping[CellKey, str]) -> Rows:
    """Table 二: a heading, a header and rows for each block."""
    made: Rows = []
    for block in table.blocks:
        made.append([block.label])
        made.append(["信息内容", *(column.label for column in block.columns)])
        for row in block.rows:
            made.append([row.label, *(values.get(CellKey(table.id, row.key, item.key), "") for item in block.columns)])
    return made


def across_rows(table: Table, values: Mapping[CellKey, str]) -> Rows:
    """Table 四: names of the columns, group by group, above one line of figures."""
    return [
        [column.label for _ in table.rows for column in table.columns.values()],
        [values.get(key, "") for key in table.cells],
    ]


def rows_of(table: Table, values: Mapping[CellKey, str]) -> Rows:
    """A table of any layout as simple rows."""
    layout = {"blocks": block_rows, "across": across_rows}.get(table.layout, header_and_rows)
    return layout(table, values)


def grid(rows: Iterable[Iterable[str]], place: str = "table 1", exact: bool = True) -> Grid:
    """Rows as a grid of cells one column wide."""
    return Grid(
        tuple(
            tuple(GridCell(text, at, 1, f"{place}, row {number}, column {at + 1}") for at, text in enumerate(row))
            for number, row in enumerate(rows, 1)
        ),
        place,
        exact,
    )


def document(*blocks: Grid | Paragraph | str, title: str = TITLE) -> Document:
    """A document of some blocks below a title."""
    made = [Paragraph(block, f"paragraph {at}") if isinstance(block, str) else block for at, block in enumerate(blocks)]
    return Document("report.html", "html", (Paragraph(title, "paragraph 0"), *made))


def whole(form: str, change: Callable[[str, Rows], Rows] | None = None, exact: bool = True) -> Document:
    """A document with every table of a form as a grid, after a change to its rows (table id, rows)."""
    values = numbers(form)
    made: list[Grid | Paragraph | str] = []
    for number, table in enumerate(edition(form).tables.values(), 1):
        rows = rows_of(table, values)
        made.append(f"{DIGITS[number + 1]}、{ {2: '主动公开', 3: '申请', 4: '复议诉讼'}.get(number + 1, '') }情况")
        made.append(grid(change(table.id, rows) if change else rows, f"table {number}", exact))
    return document(*made)


def read(draft: Draft) -> dict[CellKey, str]:
    """What was placed, as printed."""
    return {key: placed.raw for key, placed in draft.cells.items()}


def wrong(draft: Draft, values: Mapping[CellKey, str]) -> dict[CellKey, str]:
    """Placed cells that do not say what the document prints there."""
    return {key: raw for key, raw in read(draft).items() if raw != values.get(key)}


def told(draft: Draft, *texts: str) -> bool:
    """Whether every text stands in what was reported as not placed."""
    said = " ".join(item.text for item in draft.unplaced)
    return all(text in said.split() for text in texts)


def change_row(table: str, label: str, to: Callable[[list[str]], list[list[str]]]) -> Callable[[str, Rows], Rows]:
    """A change to the row of one table that opens with a label."""

    def change(name: str, rows: Rows) -> Rows:
        if name != table:
            return rows
        assert any(row[0] == label for row in rows)
        return [new for row in rows for new in (to(row) if row[0] == label else [row])]

    return change


def row_cells(form: str, table: str, row: str) -> dict[CellKey, str]:
    """The numbers of one row."""
    return {key: value for key, value in numbers(form).items() if key.table == table and key.row == row}


# As web page and as text ---------------------------------------------------------------------------------------------


def official_page(report: Mapping[CellKey, str], form: str, title: str = TITLE) -> str:
    """A report as a web page in the official layout, groups with rowspans and colspans."""
    parts = [f"<title>{title}</title><h1>{title}</h1>"]
    for number, table in enumerate(edition(form).tables.values(), 2):
        name = {2: "主动公开政府信息情况", 3: "收到和处理政府信息公开申请情况", 4: "行政复议、行政诉讼情况"}[number]
        layout = {"blocks": simple_table, "across": across_table}.get(table.layout, grouped_table)
        parts.append(f"<p>{DIGITS[number]}、{name}</p><table>{layout(table, report)}</table>")
    return "".join(parts)


def tag(text: str, columns: int = 1, rows: int = 1) -> str:
    """A cell of a web page."""
    spans = (f' colspan="{columns}"' if columns > 1 else "") + (f' rowspan="{rows}"' if rows > 1 else "")
    return f"<td{spans}>{escape(text)}</td>"


def simple_table(table: Table, report: Mapping[CellKey, str]) -> str:
    """Table 二; a row with fewer cells than the widest ends in a wide one."""
    made = ""
    for row in block_rows(table, report):
        made += "<tr>" + "".join(map(tag, row[:-1])) + tag(row[-1], 5 - len(row)) + "</tr>"
    return made


def across_table(table: Table, report: Mapping[CellKey, str]) -> str:
    """Table 四 under its header of three lines."""
    names = [column.label for column in table.columns.values()]
    top = tag("行政复议", 5) + tag("行政诉讼", 10)
    middle = "".join(tag(name, 1, 2) for name in names) + tag("未经复议直接起诉", 5) + tag("复议后起诉", 5)
    lines = [top, middle, "".join(map(tag, names * 2)), "".join(tag(report.get(key, "")) for key in table.cells)]
    return "".join(f"<tr>{line}</tr>" for line in lines)


def grouped_table(table: Table, report: Mapping[CellKey, str]) -> str:
    """Table 三: three columns of labels, the groups spanning their rows."""
    parts = [column.label for column in table.columns.values()]
    lines = [
        tag("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3) + tag("申请人情况", 7),
        tag(parts[0], 1, 2) + tag("法人或其他组织", 5) + tag(parts[-1], 1, 2),
        "".join(map(tag, parts[1:-1])),
    ]
    opened: set[str] = set()
    for row in table.rows.values():
        above = ancestors(table, row)
        line = ""
        for item in above:
            if item.key not in opened:
                opened.add(item.key)
                line += tag(item.label, 1, sum(item in ancestors(table, other) for other in table.rows.values()))
        line += tag(row.label, 3 - len(above))
        line += "".join(tag(report.get(CellKey(table.id, row.key, column), "")) for column in table.columns)
        lines.append(line)
    return "".join(f"<tr>{line}</tr>" for line in lines)


def ancestors(table: Table, row: Item) -> list[Item]:
    """The groups around a row, outermost first."""
    found: list[Item] = []
    while row.parent:
        row = next(item for item in table.items if item.key == row.parent)
        found.insert(0, row)
    return found


def page(form: str, title: str = TITLE) -> str:
    """A web page of a report whose cells are numbers of their own."""
    return official_page(numbers(form), form, title)


def tab_text(report: Mapping[CellKey, str], form: str, title: str = TITLE) -> str:
    """A report as text with tabs, as it is pasted from a web page."""
    lines = [title]
    for number, table in enumerate(edition(form).tables.values(), 2):
        lines.append(f"{DIGITS[number]}、{({2: '主动公开', 3: '收到申请', 4: '复议诉讼'})[number]}情况")
        lines.extend("\t".join(row) for row in rows_of(table, report))
    return "\n".join(lines)


def text_document(form: str, title: str = TITLE) -> str:
    """Text of a report whose cells are numbers of their own."""
    return tab_text(numbers(form), form, title)


def from_page(markup: str) -> Document:
    """A web page as the importer reads it."""
    return Document("report.html", "html", tuple(html_blocks(etree.HTML(markup), "report.html")))


# Whole tables --------------------------------------------------------------------------------------------------------

FORMS = ["2014", "2019", "2021", "2021-single-other"]
MODERN = FORMS[1:]
REPEAT = "2.重复申请"


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_known_by_its_tables(form: str, exact: bool) -> None:
    draft = recognise(whole(form, exact=exact))
    assert (draft.form.id, read(draft), draft.unplaced) == (form, numbers(form), ())


@pytest.mark.parametrize("form", MODERN)
def test_a_page_in_the_official_layout_is_read_whole(form: str) -> None:
    draft = recognise(from_page(page(form)))
    assert (draft.form.id, read(draft), draft.unplaced) == (form, numbers(form), ())
    assert (draft.head.agency_name, draft.head.year) == ("测试局", 2023)


@pytest.mark.parametrize("form", MODERN)
def test_cells_one_a_line_are_read_whole(form: str) -> None:
    text = text_document(form).replace("\t", "\n")
    draft = recognise(read_string(text, "report.txt"))
    assert (draft.form.id, read(draft)) == (form, numbers(form))


def test_a_report_laid_out_as_one_table_is_read_whole() -> None:
    draft = recognise(from_page(f"<table><tr><td>{page('2021')}</td></tr></table>"))
    assert read(draft) == numbers("2021")


def test_the_form_is_told_by_the_tables_not_by_the_year() -> None:
    draft = recognise(from_page(page("2019", TITLE.replace("2023", "2022"))))
    assert (draft.form.id, draft.head.year, read(draft)) == ("2019", 2022, numbers("2019"))


@pytest.mark.parametrize("number", ["{0}.", "{0}、", "（{0}）", "({0})", "{0}．", "", " {0} . "])
def test_rows_are_known_however_they_are_numbered(number: str) -> None:
    def renumbered(table: str, rows: Rows) -> Rows:
        return [
            [number.format(row[0][0]) + row[0][2:] if row[0][1:2] == "." and "其他" not in row[0] else row[0], *row[1:]]
            for row in rows
        ]

    assert read(recognise(whole("2021", renumbered))) == numbers("2021")


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("2.其他法律行政法规禁止公开", "2.其他法律行政止公开"),
        ("3.危及“三安全一稳定”", "3.危及“三安全一稳定"),
        ("5.属于三类内部事务信息", "5.属于三类內部事務信息"),
        (REPEAT, "2、重复申请。"),
        (REPEAT, "２．重\u00a0复 申请"),
        ("7.属于行政执法案卷", "7.属于⾏政执法案卷"),
        ("2.没有现成信息需要另行制作", "2.没有现成信息需另外制作"),
    ],
)
def test_a_label_with_a_slip_is_known_and_kept_as_printed(label: str, printed: str) -> None:
    draft = recognise(whole("2021", change_row("applications", label, lambda row: [[printed, *row[1:]]])))
    assert read(draft) == numbers("2021")


@pytest.mark.parametrize("text", ["２２", "22（其中修订 16 件）", "1,047", "无", "-", "/", "", "3件"])
def test_figures_are_kept_as_printed(text: str) -> None:
    draft = recognise(whole("2021", change_row("applications", REPEAT, lambda row: [[*row[:-1], text]])))
    assert read(draft) == {**numbers("2021"), CellKey("applications", "not_processed_repeat", "total"): text}


REPEAT_TOTAL = CellKey("applications", "not_processed_repeat", "total")


def with_total(text: str, kind: str = "html") -> Draft:
    """A report in which the total of 重复申请 prints a text."""
    return recognise(
        replace(whole("2021", change_row("applications", REPEAT, lambda row: [[*row[:-1], text]])), kind=kind)
    )


def test_two_numbers_on_two_lines_of_a_cell_are_not_made_one() -> None:
    draft = with_total("12\n3")
    assert REPEAT_TOTAL not in draft.cells
    assert any("12\n3" in item.text for item in draft.unplaced)


@pytest.mark.parametrize(("printed", "read"), [("1 047", "1047"), ("2 0", "20"), ("1\xa0234\xa0567", "1234567")])
def test_spaces_inside_the_number_of_a_cell_are_left_out_and_told(printed: str, read: str) -> None:
    draft = with_total(printed)
    assert (draft.cells[REPEAT_TOTAL].raw, draft.cells[REPEAT_TOTAL].printed) == (read, printed)
    assert any(printed in warning and read in warning for warning in draft.warnings)


@pytest.mark.parametrize("kind", ["pdf", "text"])
def test_where_a_space_may_part_two_cells_a_number_with_spaces_is_left_out_and_told(kind: str) -> None:
    draft = with_total("2 0", kind)
    assert REPEAT_TOTAL not in draft.cells
    assert any("2 0" in item.text for item in draft.unplaced)


def test_columns_in_another_order_are_read_by_their_header() -> None:
    draft = recognise(whole("2021", last_column_first))
    assert read(draft) == numbers("2021")


def last_column_first(table: str, rows: Rows) -> Rows:
    """Table 三 with 总计 before the others."""
    return [[row[0], row[-1], *row[1:-1]] for row in rows] if table == "applications" else rows


def test_a_table_without_header_is_read_in_the_order_of_the_form() -> None:
    assert read(recognise(whole("2021", change_row("applications", "项目", lambda row: [])))) == numbers("2021")


@pytest.mark.parametrize("repeated", [True, False])
@pytest.mark.parametrize("at", [3, 9, 17, 24])
def test_a_table_broken_over_two_pages_is_one(at: int, repeated: bool) -> None:
    values, tables = numbers("2021"), edition("2021").tables
    rows = rows_of(tables["applications"], values)
    second = [rows[0], *rows[at:]] if repeated else rows[at:]
    draft = recognise(
        document(
            grid(rows_of(tables["proactive_disclosure"], values), "page 1, table 1"),
            grid(rows[:at], "page 1, table 2"),
            grid(second, "page 2, table 1"),
            grid(rows_of(tables["disputes"], values), "page 2, table 2"),
        )
    )
    assert read(draft) == values


def test_a_group_label_one_character_a_line_is_no_row() -> None:
    def fragments(table: str, rows: Rows) -> Rows:
        if table != "applications":
            return rows
        letters = iter("（三）不予公开")
        return [[next(letters, "") if row[0].startswith(tuple("12345678")) else "", *row] for row in rows]

    assert read(recognise(whole("2021", fragments))) == numbers("2021")


# What is not certain -------------------------------------------------------------------------------------------------


def test_a_row_without_label_is_placed_where_only_one_is_left() -> None:
    draft = recognise(whole("2021", change_row("applications", REPEAT, lambda row: [["", *row[1:]]])))
    assert (read(draft), draft.unplaced) == (numbers("2021"), ())


def test_a_row_without_label_that_may_be_two_is_left_out_and_told() -> None:
    def change(table: str, rows: Rows) -> Rows:
        kept = [row for row in rows if row[0] != "3.要求提供公开出版物"]
        return [["", *row[1:]] if row[0] == REPEAT else row for row in kept] if table == "applications" else rows

    draft = recognise(whole("2021", change))
    assert wrong(draft, numbers("2021")) == {}
    assert told(draft, *row_cells("2021", "applications", "not_processed_repeat").values())
    assert len(draft.cells) == len(numbers("2021")) - 14


def left_out(draft: Draft, lost: Mapping[CellKey, str]) -> None:
    """Nothing is wrong, all but the lost cells are found, and what is printed of them is told."""
    every = numbers("2021")
    assert wrong(draft, every) == {}
    assert set(every) - set(draft.cells) == set(lost)
    assert draft.unplaced


DROPPED = row_cells("2021", "applications", "not_processed_repeat")


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("at", range(1, 8))
def test_a_row_that_lost_a_figure_is_left_out_and_told(at: int, exact: bool) -> None:
    left_out(
        recognise(whole("2021", change_row("applications", REPEAT, lambda r: [r[:at] + r[at + 1 :]]), exact)), DROPPED
    )


@pytest.mark.parametrize("exact", [True, False])
def test_a_row_with_a_figure_too_many_is_left_out_and_told(exact: bool) -> None:
    left_out(recognise(whole("2021", change_row("applications", REPEAT, lambda row: [[*row, "999"]]), exact)), DROPPED)


def test_blanks_on_both_sides_of_six_figures_leave_a_choice() -> None:
    change = change_row("applications", REPEAT, lambda row: [[row[0], "", *row[1:7], ""]])
    left_out(recognise(whole("2021", change, exact=False)), DROPPED)


@pytest.mark.parametrize("at", [3, 7])
def test_words_among_figures_never_make_them_vanish(at: int) -> None:
    change = change_row("applications", REPEAT, lambda row: [[*row[:at], "见附件", *row[at + 1 :]]])
    draft = recognise(whole("2021", change))
    found = {key: raw for key, raw in wrong(draft, numbers("2021")).items() if raw != "见附件"}
    assert found == {}
    assert draft.unplaced or set(DROPPED) <= set(draft.cells)


@pytest.mark.parametrize("slip", ["总计", "合计总数"])
def test_columns_in_another_order_are_never_read_in_the_forms_order(slip: str) -> None:
    def change(table: str, rows: Rows) -> Rows:
        return [[slip if cell == "总计" else cell for cell in row] for row in last_column_first(table, rows)]

    assert wrong(recognise(whole("2021", change, exact=False)), numbers("2021")) == {}


def test_a_misprinted_header_in_another_order_is_not_believed() -> None:
    def change(table: str, rows: Rows) -> Rows:
        moved = [[row[0], row[2], row[3], row[1], *row[4:]] for row in rows] if table == "applications" else rows
        return [["商业单位" if cell == "商业企业" else cell for cell in row] for row in moved]

    assert wrong(recognise(whole("2021", change)), numbers("2021")) == {}


def test_a_row_that_the_form_does_not_know_is_kept_beside_the_others() -> None:
    draft = recognise(whole("2021", change_row("applications", REPEAT, lambda row: [row, ["申请人撤回", *"1234567"]])))
    assert read(draft) == numbers("2021")
    assert [row.label for reading in draft.readings for row in reading.extra] == ["申请人撤回"]


@pytest.mark.parametrize("label", ["2.申请人撤回", "申请人撤回"])
def test_a_row_that_the_form_does_not_know_never_takes_the_place_of_another(label: str) -> None:
    draft = recognise(whole("2021", change_row("applications", REPEAT, lambda row: [[label, *"1234567"]])))
    assert wrong(draft, numbers("2021")) == {}
    assert len(draft.cells) == len(numbers("2021")) - 7


def test_a_row_that_the_form_does_not_know_is_kept_with_its_place() -> None:
    change = change_row(
        "proactive_disclosure", "行政规范性文件", lambda row: [row, ["其他主动公开文件", "4", "5", "6"]]
    )
    (row,) = [row for reading in recognise(whole("2021", change)).readings for row in reading.extra]
    assert (row.label, row.after, list(row.cells.values())) == (
        "其他主动公开文件",
        "normative_documents",
        ["4", "5", "6"],
    )


@pytest.mark.parametrize("first", ["栏次", ""])
def test_a_line_of_column_numbers_is_no_row(first: str) -> None:
    change = change_row("applications", "项目", lambda row: [row, [first, *"1234567"]])
    assert read(recognise(whole("2021", change))) == numbers("2021")


def test_one_row_out_of_order_costs_no_other_row() -> None:
    def change(table: str, rows: Rows) -> Rows:
        return [*rows[:20], rows[21], rows[20], *rows[22:]] if table == "applications" else rows

    draft = recognise(whole("2021", change))
    assert wrong(draft, numbers("2021")) == {}
    assert len(draft.cells) >= len(numbers("2021")) - 14


def lines_of(form: str, change: Callable[[str, Rows], Rows]) -> Document:
    """Text with one cell a line, after a change to the rows of its tables."""
    values = numbers(form)
    lines = [TITLE]
    for number, table in enumerate(edition(form).tables.values(), 2):
        lines.append(f"{DIGITS[number]}、{({2: '主动公开', 3: '收到申请', 4: '复议诉讼'})[number]}情况")
        lines.extend(cell for row in change(table.id, rows_of(table, values)) for cell in row)
    return read_string("\n".join(lines), "report.txt")


def test_six_cells_one_a_line_are_left_out_and_told() -> None:
    left_out(recognise(lines_of("2021", change_row("applications", REPEAT, lambda row: [row[:-1]]))), DROPPED)


@pytest.mark.parametrize("at", [1, 4, 8])
def test_a_page_number_among_cells_one_a_line_moves_none(at: int) -> None:
    change = change_row("applications", REPEAT, lambda row: [[*row[:at], "3", *row[at:]]])
    left_out(recognise(lines_of("2021", change)), DROPPED)


@pytest.mark.parametrize("figures", [14, 16])
def test_table_four_one_cell_a_line_needs_all_its_figures(figures: int) -> None:
    def change(table: str, rows: Rows) -> Rows:
        return [rows[0], (["7", *rows[1]])[16 - figures :]] if table == "disputes" else rows

    def shortened(table: str, rows: Rows) -> Rows:
        return change(table, rows) if figures == 16 else ([rows[0], rows[1][1:]] if table == "disputes" else rows)

    draft = recognise(lines_of("2021", shortened))
    assert wrong(draft, numbers("2021")) == {}
    assert not any(key.table == "disputes" for key in draft.cells)


def total_first(rows: Rows, slip: str = "总计") -> Rows:
    """Table 四 with the total of each group before its parts."""
    moved = [[row[at] for group in (0, 5, 10) for at in (group + 4, *range(group, group + 4))] for row in rows]
    return [[slip if cell == "总计" else cell for cell in row] for row in moved]


@pytest.mark.parametrize("slip", ["总计", "合计数"])
def test_table_four_in_another_order_is_left_out_and_told(slip: str) -> None:
    draft = recognise(whole("2021", lambda table, rows: total_first(rows, slip) if table == "disputes" else rows))
    left_out(draft, {key: raw for key, raw in numbers("2021").items() if key.table == "disputes"})


def test_table_four_with_its_groups_turned_round_is_left_out_and_told() -> None:
    def change(table: str, rows: Rows) -> Rows:
        if table != "disputes":
            return rows
        return [["行政诉讼", "行政复议"], ["未经复议直接起诉", "复议后起诉"], *([*row[5:], *row[:5]] for row in rows)]

    assert wrong(recognise(whole("2021", change)), numbers("2021")) == {}


def test_figures_under_a_header_that_is_not_the_blocks_are_left_out_and_told() -> None:
    def change(table: str, rows: Rows) -> Rows:
        if table != "proactive_disclosure":
            return rows
        moved = [[row[0], row[3], row[1], row[2]] if len(row) == 4 else row for row in rows]
        return [["现存文件总计" if cell == "现行有效件数" else cell for cell in row] for row in moved]

    assert wrong(recognise(whole("2021", change)), numbers("2021")) == {}


def test_the_last_of_other_handling_is_not_the_whole_of_it() -> None:
    older = block_rows(edition("2019").tables["proactive_disclosure"], numbers("2019"))
    draft = recognise(whole("2021", lambda table, rows: older if table == "proactive_disclosure" else rows))
    assert not any(key.row == "otherwise_handled" for key in draft.cells)


def test_of_two_reports_in_one_file_the_second_is_not_taken() -> None:
    first = whole("2021")
    second = [
        Grid(tuple(tuple(GridCell(f"9{cell.text}" if cell.text.isdigit() else cell.text, cell.column, 1, cell.place)
                         for cell in row) for row in block.rows), block.place)
        if isinstance(block, Grid) else block
        for block in first.blocks
    ]  # fmt: skip
    draft = recognise(Document("two.html", "html", (*first.blocks, *second)))
    assert wrong(draft, numbers("2021")) == {}
    assert len(draft.cells) == len(numbers("2021"))
    assert draft.warnings or draft.unplaced


def test_rows_of_one_name_are_told_apart_by_their_order() -> None:
    draft = recognise(whole("2014"))
    every = numbers("2014")
    for row in ("reconsideration_corrected", "litigation_corrected", "reconsideration_other", "litigation_other"):
        assert read(draft)[CellKey("statistics", row, "value")] == every[CellKey("statistics", row, "value")]


def test_a_sentence_with_figures_is_never_a_row() -> None:
    sentences = [
        "2023年，本机关予以公开 7 件，不予公开 8 件，重复申请 9 件，全年行政处罚 1234 件，行政许可 4321 件。",
        "本年新收政府信息公开申请 77 件，上年结转 66 件，结转下年度继续办理 55 件，均依法依规答复。",
    ]
    parts = list(whole("2021").blocks)
    text = [Paragraph(sentence, f"paragraph {9 + at}") for at, sentence in enumerate(sentences)]
    mixed = [block for part in parts for block in (part, *text)]
    draft = recognise(Document("report.html", "html", tuple(mixed)))
    assert read(draft) == numbers("2021")


def test_a_document_that_ends_with_a_heading_is_read() -> None:
    parts = list(whole("2021").blocks)
    draft = recognise(Document("report.html", "html", tuple(parts[:-1])))
    assert read(draft) == {key: raw for key, raw in numbers("2021").items() if key.table != "disputes"}


@pytest.mark.parametrize("text", ["", "本机关收到申请 5 件。", "二、主动公开政府信息情况\n三、收到申请情况"])
def test_a_document_without_tables_is_no_report(text: str) -> None:
    with pytest.raises(DocumentError, match="no official table"):
        recognise(read_string(f"{TITLE}\n{text}", "report.txt"))


# Any report ----------------------------------------------------------------------------------------------------------


def printed(report: Report) -> dict[CellKey, str]:
    """A report's cells as printed, table 二 filled with 0."""
    return {key: cell.raw or "0" for key, cell in report.cells.items()}


@given(balanced_reports())
def test_any_balanced_report_reads_back_from_a_page(report: Report) -> None:
    draft = recognise(from_page(official_page(printed(report), report.edition.id)))
    assert read(draft) == printed(report)


@given(balanced_reports())
def test_any_balanced_report_reads_back_from_text_with_tabs(report: Report) -> None:
    draft = recognise(read_string(tab_text(printed(report), report.edition.id), "report.txt"))
    assert read(draft) == printed(report)


@settings(max_examples=40)
@given(st.data())
def test_a_figure_that_is_missing_shifts_no_other(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMS))
    every = numbers(form)
    key = data.draw(st.sampled_from(list(every)))
    exact = data.draw(st.booleans())
    dropped = whole(form, lambda _, rows: [[cell for cell in row if cell != every[key]] for row in rows], exact)
    assert wrong(recognise(dropped), every) == {}


def test_zero_reports_are_read_as_zero() -> None:
    report = filled_report("demo", 2023, "2021")
    assert read(recognise(from_page(official_page(printed(report), "2021")))) == printed(report)
