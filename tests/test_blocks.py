"""An executed notebook becomes a document, whatever its cells show: nothing is run, nothing is lost, nothing breaks."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from publishing import CHART, HOSTILE, PIXEL, annual_notebook, html_output, outputs

from gdgk.exporters.blocks import document_of
from gdgk.exporters.pieces import Block, Chart, Heading, Item, Paragraph, Picture, Run, Table
from gdgk.exporters.reading import read_html


def the(kind: type[Block], markup: str) -> list[Block]:
    """The blocks of a kind in some markup."""
    return [block for block in document_of(html_output(markup)).blocks if isinstance(block, kind)]


def table(markup: str) -> Table:
    """The one table of some markup."""
    (found,) = the(Table, markup)
    assert isinstance(found, Table)
    return found


def words(markup: str) -> str:
    """All that a document of some markup says."""
    said = []
    for block in document_of(html_output(markup)).blocks:
        said += [cell.text for cell in block.cells] if isinstance(block, Table) else [getattr(block, "text", "")]
    return "\n".join(said)


# The annual report ---------------------------------------------------------------------------------------------------


def test_the_annual_report_is_its_sections_and_its_tables() -> None:
    document = document_of(annual_notebook("mile_culture_tourism", 2020))
    assert document.title == "弥勒市文化和旅游局 2020 年政府信息公开工作年度报告"
    assert [heading.text[:2] for heading in document.sections] == ["一、", "二、", "三、", "四、", "五、", "六、"]
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert [(one.width, one.head, one.unit) for one in tables] == [(4, 0, ""), (10, 3, "件"), (15, 3, "件")]
    assert not document.notices


def test_a_draft_says_so_before_anything_else() -> None:
    (notice,) = document_of(annual_notebook("hongze", 2023)).notices
    assert (notice.kind, notice.label) == ("draft", "草稿")
    assert "尚有 2 处必须更正的不符" in notice.text


def test_marks_of_the_analyst_are_left_out() -> None:
    marked = (
        '<p>正文<a class="tag" href="#f1"><span class="seal e">误</span>1</a></p><p class="printed-heading">原题</p>'
    )
    assert words(marked) == "正文"


# Cells of an analyst -------------------------------------------------------------------------------------------------


def test_cells_of_an_analyst_are_part_of_the_document_in_their_order() -> None:
    cells = [
        new_markdown_cell("## 补充\n\n一段**粗**字\n换行。\n\n1. 甲\n2. 乙\n   - 丙\n\n#### 小题"),
        new_code_cell("", outputs=[new_output("stream", name="stdout", text="\x1b[31m红\x1b[0m\n  二")]),
        new_code_cell("", outputs=[new_output("stream", name="stderr", text="warning")]),
        new_code_cell("", outputs=[new_output("display_data", {"image/png": PIXEL})]),
        new_code_cell("", metadata={"tags": ["lab-only"]}, outputs=[new_output("display_data", {"text/plain": "秘"})]),
        new_code_cell("", outputs=[new_output("error", ename="ValueError", evalue="坏", traceback=[])]),
    ]
    assert document_of(new_notebook(cells=cells)).blocks == (
        Heading(2, "补充", "s1"),
        Paragraph((Run("一段"), Run("粗", True), Run("字换行。"))),
        Item((Run("甲"),), 0, "1."),
        Item((Run("乙"),), 0, "2."),
        Item((Run("丙"),), 1, "•"),
        Heading(3, "小题"),
        Paragraph((Run("红\n  二"),), "lines"),
        Picture(base64.b64decode(PIXEL), "image/png"),
        Paragraph((Run("ValueError: 坏"),), "lines"),
    )


def test_a_frame_of_pandas_is_a_table_with_its_headings() -> None:
    import pandas as pd

    frame = pd.DataFrame({("申请", "新收"): [3, 4], ("申请", "结转"): [0, 1]}, index=["甲局", "乙局"])
    made = table(frame._repr_html_())
    assert (made.width, made.height, made.head) == (3, 4, 2)
    assert [cell.text for cell in made.rows()[2]] == ["甲局", "3", "0"]
    assert [cell.columns for cell in made.rows()[0]] == [1, 2]


def test_a_chart_is_the_table_behind_it_or_its_title() -> None:
    meta = {"title": "收到<b>申请</b>", "source": "来源", "columns": ["年", "件"], "rows": [["2023", 3], ["2024", 4]]}
    with_rows = document_of(outputs(**{CHART: {"data": [], "layout": {"meta": meta}}})).blocks[0]
    bare = document_of(outputs(**{CHART: {"data": [], "layout": {"title": {"text": "趋势"}}}})).blocks[0]
    assert isinstance(with_rows, Chart) and isinstance(bare, Chart)
    assert with_rows.table is not None and [cell.text for cell in with_rows.table.rows()[2]] == ["2024", "4"]
    assert (bare.title, bare.table) == ("趋势", None)


@pytest.mark.parametrize("spec", [{}, {"layout": {"meta": "x", "title": "甲"}}, {"layout": {"title": None}}])
def test_a_chart_that_says_little_is_a_chart(spec: dict[str, object]) -> None:
    assert isinstance(document_of(outputs(**{CHART: spec})).blocks[0], Chart)


def test_the_title_is_of_level_one_alone_and_no_level_is_left_out_below_it() -> None:
    headings = the(Heading, "<h1>甲</h1><h6>乙</h6><h1>丙</h1><h3>丁</h3><h4>戊</h4><h5>己</h5><h6>庚</h6>")
    assert document_of(html_output("<h1>甲</h1>")).title == "甲"
    assert [(one.level, one.text) for one in headings if isinstance(one, Heading)] == [
        *((2, "乙"), (2, "丙"), (3, "丁"), (4, "戊"), (5, "己"), (5, "庚")),
    ]


# Tables --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["99999", "9" * 5000, "-1", "0", "甲", "1.5", ""])
def test_spans_that_cannot_be_are_bounded_by_the_table(said: str) -> None:
    made = table(
        f'<table><tr><td colspan="{said}" rowspan="{said}">甲</td></tr><tr><td>乙</td><td>丙</td></tr></table>'
    )
    assert made.width <= 3 and made.height == 2
    assert [cell.text for cell in made.cells] == ["甲", "乙", "丙"]
    squares = made.covering()
    assert all(squares[cell.row][cell.column] is cell for cell in made.cells)


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4), max_size=5))
def test_no_cell_covers_another(spans: list[list[tuple[int, int]]]) -> None:
    rows = ["".join(f'<td colspan="{c}" rowspan="{r}">甲</td>' for r, c in row) for row in spans]
    for made in the(Table, f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"):
        assert isinstance(made, Table)
        squares = [
            (row, column)
            for cell in made.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        ]
        assert len(squares) == len(set(squares))
        assert all(row < made.height and column < made.width for row, column in squares)
        assert len(made.cells) == sum(map(len, spans))


def test_a_table_within_a_cell_is_the_text_of_that_cell() -> None:
    made = table("<table><tr><td>甲<table><tr><td>乙</td><td>丙</td></tr></table></td><td>丁</td></tr></table>")
    assert [cell.text for cell in made.cells] == ["甲\n乙\n丙", "丁"]


# Bad input -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str) -> None:
    from markupsafe import escape

    assert words(f"<p>{escape(text)}</p>") == text


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<style>body{display:none}</style>",
        "<iframe src='http://example.com'></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<!-- 注 -->",
        "<?xml version='1.0' encoding='utf-16'?>",
        "<img src='http://example.com/x.png'>",
        "<img src='data:image/png;base64,////'>",
    ],
)
def test_what_is_no_text_is_left_out(markup: str) -> None:
    assert words(f"<p>前</p>{markup}<p>后</p>").split() == ["前", "后"]


def test_no_file_is_read_for_an_entity() -> None:
    said = words("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><p>&e;</p>")
    assert said.split() == ["]>", "&e;"]


def test_an_unknown_tag_is_its_text() -> None:
    assert words("<blink>甲<x-y>乙</x-y></blink>") == "甲乙"


@pytest.mark.parametrize("text", ["\x00", "\x1b[0m", "&#0;", "&#8;", "\ud800", "\ufffe"])
def test_characters_that_no_document_may_hold_are_left_out(text: str) -> None:
    said = words(f"<p>甲{text}乙</p>")
    assert said.replace("[0m", "").replace("\ufffd", "") == "甲乙"


def test_a_paragraph_of_a_hundred_thousand_characters_is_whole() -> None:
    assert words(f"<p>{'长' * 100_000}</p>") == "长" * 100_000


@pytest.mark.parametrize("depth", [10, 250, 1500])
def test_elements_may_be_nested_deep(depth: int) -> None:
    assert words("<div>" * depth + "底" + "</div>" * depth + "<p>后</p>").split() == ["底", "后"]


def test_elements_nested_without_end_do_not_end_the_document() -> None:
    assert "后" in words("<b>" * 20_000 + "底" + "</b>" * 20_000 + "<p>后</p>")


@given(st.text(max_size=80))
def test_any_markup_is_read(markup: str) -> None:
    read_html(markup)


@given(st.text(st.sampled_from("<>/=\"' abtrhdpulo0123456789&;#x甲\n"), max_size=120))
def test_any_broken_markup_is_read(markup: str) -> None:
    read_html(f"<table><tr><td>{markup}")
