"""Official HTML as its readers meet it: by axe-core's rules of WCAG 2.1 AA, on a phone, by keyboard, on A4 paper."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from conftest import without
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from publishing import CHART, PIXEL, annual_notebook
from running import SOAK

from gdgk.archive import Archive
from gdgk.exporters.official import official_html

pytestmark = pytest.mark.xdist_group("pages_alone")  # one browser for all
Open = Callable[..., Any]
REAL = [(one.agency, one.year) for one in Archive().report_ids()]
# Of every form one, the reports with prose of their own among them; what differs from the others is only figures.
PRINTED = [("mile_culture_tourism", 2020), ("shanghai_government_office", 2019), ("hongze", 2023), ("suqian", 2025)]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
MM = 72 / 25.4


def written(folder: Path, agency: str, year: int, *cells: Any) -> Path:
    """The official page of a report, with cells of an analyst's own."""
    notebook = annual_notebook(agency, year)
    notebook.cells.extend(cells)
    path = folder / "annual_report.html"
    path.write_text(official_html(notebook), encoding="utf-8")
    return path


def own_cells() -> list[Any]:
    """A section of an analyst's own: a list, a picture, a chart, a frame of pandas."""
    chart = {"data": [], "layout": {"meta": {"title": "走势", "columns": ["年", "件"], "rows": [["2023", 3]]}}}
    frame = "<table><thead><tr><th></th><th>件</th></tr></thead><tbody><tr><th>甲局</th><td>3</td></tr></tbody></table>"
    shown = [{"image/png": PIXEL}, {CHART: chart}, {CHART: {}}, {"text/html": frame}, {"text/plain": "甲  乙"}]
    return [
        new_markdown_cell("## 补充\n\n1. 甲\n2. **乙**\n\n#### 小题\n\n[链接](http://example.com)"),
        *(new_code_cell("", outputs=[new_output("display_data", data)]) for data in shown),
    ]


def violations(page: Any, *levels: str) -> list[str]:
    """What axe-core finds against its rules."""
    if importlib.util.find_spec("axe_playwright_python") is None:
        without("axe-playwright-python is not installed")
    from axe_playwright_python.sync_playwright import Axe

    found = (
        Axe()
        .run(
            page,
            options={
                "runOnly": {"type": "tag", "values": list(levels or LEVELS)},
                "preload": False,
                "resultTypes": ["violations"],
            },
        )
        .response
    )
    assert found["passes"], "axe-core looked at nothing"
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.soak
@pytest.mark.parametrize(("agency", "year"), REAL if SOAK else PRINTED)
def test_axe_finds_nothing_on_a_phone_nor_on_a_desk(open_page: Open, tmp_path: Path, agency: str, year: int) -> None:
    page = open_page(written(tmp_path, agency, year, *own_cells()), width=360)
    assert violations(page) == []
    if SOAK or (agency, year) == PRINTED[0]:
        page.set_viewport_size({"width": 1400, "height": 900})
        assert violations(page) == []


def test_axe_sees_what_is_wrong(open_page: Open, tmp_path: Path) -> None:
    path = written(tmp_path, *REAL[0])
    text = path.read_text(encoding="utf-8").replace(' lang="zh-CN"', "").replace("#000", "#bbb")
    path.write_text(text.replace("</main>", '<img src="data:,"></main>'), encoding="utf-8")
    found = {one.partition(":")[0] for one in violations(open_page(path))}
    assert {"html-has-lang", "image-alt"} <= found


@pytest.mark.parametrize("width", [1400, 360])
def test_only_tables_move_sideways(open_page: Open, tmp_path: Path, width: int) -> None:
    page = open_page(written(tmp_path, "shanghai_government_office", 2019), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.querySelectorAll('main p')].every(p => p.scrollWidth <= p.clientWidth + 1)")


def test_the_first_key_leads_past_the_contents(open_page: Open, tmp_path: Path) -> None:
    page = open_page(written(tmp_path, *REAL[0]))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


@pytest.mark.soak
@pytest.mark.parametrize(("agency", "year"), REAL if SOAK else PRINTED[:2])
def test_it_prints_on_a4_with_nothing_lost(open_page: Open, tmp_path: Path, agency: str, year: int) -> None:
    page = open_page(written(tmp_path, agency, year))
    figures = page.evaluate("[...document.querySelectorAll('td')].map(cell => cell.textContent).join('').length")
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        for number, sheet in enumerate(pdf.pages, 1):
            assert (round(sheet.width / MM), round(sheet.height / MM)) == (210, 297)
            body = [one for one in sheet.chars if 37 * MM <= one["top"] <= (297 - 35) * MM and one["text"].strip()]
            assert body, f"page {number} is blank"
            assert min(one["x0"] for one in body) >= 28 * MM - 8 and max(one["x1"] for one in body) <= 184 * MM + 16
            foot = "".join(one["text"] for one in sheet.chars if one["top"] > (297 - 35) * MM)
            assert foot.replace(" ", "") == f"—{number}—"
            assert all(line["x1"] <= 184 * MM + 1 for line in (*sheet.lines, *sheet.rects))
        letters = "".join(one["text"] for sheet in pdf.pages for one in sheet.chars)
    assert len(letters) > figures
    assert "跳到正文" not in letters
