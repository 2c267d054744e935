"""``jupyter nbconvert --to gdgk_official``: the annual report as a web page that stands alone and is read by all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from bs4 import Tag
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from publishing import CHART, HOSTILE, PIXEL, annual_notebook, html_output, outputs
from reading_html import broken_links, grid, is_rectangle, loaded, one, repeated, soup, text
from reading_html import ids as ids_of

from gdgk.archive import Archive
from gdgk.errors import UnknownName
from gdgk.exporters.choosing import exported_page
from gdgk.exporters.official import official_html

REAL = [(one.agency, one.year) for one in Archive().report_ids()]
LARGEST = 60_000


@pytest.fixture(scope="module", params=REAL, ids=str)
def html(request: pytest.FixtureRequest) -> str:
    """The annual report of each report in data/."""
    return official_html(annual_notebook(*request.param))


@pytest.fixture(scope="module")
def page(html: str) -> Tag:
    """It, parsed."""
    return soup(html)


def headings_of(page: Tag, cell: Tag) -> list[str]:
    """What the headings say that a cell names."""
    return [text(page.find(id=name)) for name in cell.get_attribute_list("headers") if name]


# Alone ---------------------------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_and_runs_nothing(page: Tag, html: str) -> None:
    assert not page.find_all(["script", "iframe", "object", "embed", "link", "base"])
    assert not loaded(page)
    assert not re.search(r"https?:|@import|url\(|\son\w+=", html)
    assert len(html.encode()) <= LARGEST


def test_the_same_notebook_gives_the_same_page() -> None:
    made = annual_notebook("mile_culture_tourism", 2020)
    before = made.copy()
    assert official_html(made) == official_html(made)
    assert made == before


# For all -------------------------------------------------------------------------------------------------------------


def test_the_page_says_its_language_and_title_and_has_landmarks(page: Tag) -> None:
    assert one(page, "html")["lang"] == "zh-CN"
    assert text(one(page, "title")) == text(one(page, "header h1"))
    assert one(page, ".skip a")["href"] == "#" + str(one(page, "main")["id"])
    assert [str(nav["aria-label"]) for nav in page.find_all("nav")] == ["跳转", "目录"]
    assert not broken_links(page) and not repeated(ids_of(page))


def test_its_headings_are_in_order(page: Tag) -> None:
    levels = [int(found.name[1]) for found in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert [text(link) for link in page.select(".toc a")] == [text(found) for found in page.select("main h2")]


def tables(page: Tag) -> Iterator[Tag]:
    """Its tables, of which there is at least one."""
    found = page.find_all("table")
    assert found
    yield from found


def test_every_table_has_a_caption_and_every_figure_its_headings(page: Tag) -> None:
    for table in tables(page):
        assert text(one(table, "caption"))
        assert is_rectangle(grid(table))
        for cell in table.select("tbody td"):
            names = headings_of(page, cell)
            assert names and all(names), text(cell)
        assert not [cell for cell in table.find_all("th") if not text(cell) or not cell.get("scope")]


def test_a_figure_of_table_three_names_who_applied_and_what_came_of_it() -> None:
    page = soup(official_html(annual_notebook("shanghai_government_office", 2019)))
    table = page.find_all("table")[1]
    named = [headings_of(page, cell) for cell in table.select("tbody td")]
    assert named[2] == ["申请人情况", "法人或其他组织", "科研机构", "一、本年新收政府信息公开申请数量"]
    deepest = next(names for names in named if "1.属于国家秘密" in names)
    assert deepest == ["申请人情况", "自然人", "三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"]


def test_a_figure_of_table_two_has_the_columns_of_its_own_block() -> None:
    page = soup(official_html(annual_notebook("mile_culture_tourism", 2020)))
    cells = page.find_all("table")[0].select("tbody td")
    assert [headings_of(page, cell) for cell in cells if text(cell) == "15"] == [
        ["第二十条第（五）项", "上一年项目数量", "行政许可"]
    ]


# What it says --------------------------------------------------------------------------------------------------------


def test_a_draft_is_stamped_and_says_how_many_remain() -> None:
    page = soup(official_html(annual_notebook("hongze", 2023)))
    assert text(one(page, "header .notice")).startswith("草稿 尚有 2 处必须更正的不符")
    assert '@top-center{content:"草稿"}' in str(one(page, "style"))
    assert not soup(official_html(annual_notebook("huaian", 2024))).select(".notice")


def test_no_mark_of_the_analyst_is_on_it(page: Tag) -> None:
    assert not page.select(".seal, .tag, .bad, [title]")
    assert not re.search(r"误\d|疑\d|表外行", one(page, "main").get_text())


def test_what_was_drafted_is_on_it_without_saying_so() -> None:
    shown = text(soup(official_html(annual_notebook("hongze", 2023))))
    assert "新收" in shown
    assert "起草" not in shown and "不是该机关的原文" not in shown


def test_cells_of_an_analyst_are_on_it() -> None:
    chart = {"data": [], "layout": {"meta": {"title": "走势", "columns": ["年", "件"], "rows": [["2023", 3]]}}}
    cells = [
        new_markdown_cell("## 补充\n\n1. 甲\n2. **乙**"),
        new_code_cell("", outputs=[new_output("display_data", {"image/png": PIXEL})]),
        new_code_cell("", outputs=[new_output("display_data", {CHART: chart})]),
        new_code_cell("", outputs=[new_output("display_data", {CHART: {}})]),
        new_code_cell("", metadata={"tags": ["lab-only"]}, outputs=[new_output("stream", name="stdout", text="秘")]),
    ]
    page = soup(official_html(new_notebook(cells=cells)))
    assert text(one(page, "h2")) == "补充"
    assert [text(item) for item in page.select("main li")] == ["1. 甲", "2. 乙"]
    assert str(one(page, "main img")["src"]) == f"data:image/png;base64,{PIXEL}"
    assert text(one(page, "main caption")) == "走势"
    assert "图：图（交互图不收入本文件）" in page.get_text() and "秘" not in page.get_text()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_is_shown_as_text_wherever_it_stands(hostile: str) -> None:
    from markupsafe import escape

    said = escape(hostile)
    notebook = html_output(
        f'<p class="demo"><b>{said}</b></p><h2>{said}</h2><p>{said}</p><ul><li>{said}</li></ul>'
        f"<table><caption>{said}</caption><tr><th>{said}</th></tr><tr><td>{said}</td></tr></table>"
    )
    notebook.metadata["title"] = hostile
    page = soup(official_html(notebook))
    assert not page.find_all("script") and not page.select("img, [onerror]")
    for selector in ("title", "h1", ".notice", "h2", "main p", "li span + *, li", "caption", "th", "main td"):
        assert hostile in page.select(selector)[0].get_text(), selector
    assert len(page.find_all("style")) == 1 and "</" not in one(page, "style").get_text()


# The exporter that a notebook names ----------------------------------------------------------------------------------


def naming(exporter: str) -> NotebookNode:
    """A notebook that names its exporter."""
    made = outputs(**{"text/plain": "甲"})
    made.metadata["gdgk"] = {"exporter": exporter}
    return made


def test_a_page_is_made_by_the_exporter_that_its_notebook_names() -> None:
    assert 'class="skip"' in exported_page(naming("gdgk_official"), "p.js")
    assert "工作簿" in exported_page(outputs(**{"text/plain": "甲"}), "p.js")
    assert "jp-Notebook" in exported_page(naming("html"), "p.js")


@pytest.mark.parametrize("name", ["gdgk_oficial", "pdf", "markdown", ""])
def test_an_exporter_that_makes_no_page_is_told(name: str) -> None:
    with pytest.raises(UnknownName, match=r"metadata\.gdgk\.exporter: found .*expected one of gdgk_html"):
        exported_page(naming(name), "p.js")
