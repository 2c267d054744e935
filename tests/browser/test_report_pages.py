"""Every page of a run over the workbook's data as a reader sees it, and the facts the pages have to show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pdf_text import on_paper, sheets
from running import SOAK

from gdgk.archive import Archive
from gdgk.rollup import regions_of

pytestmark = pytest.mark.xdist_group("pages_of_a_run")  # one run and one browser for all
Open = Callable[..., Any]
Look = Callable[[str], Any]
REPORTS = Archive().report_ids()
# Where time is short: the report with errors, the seed, each form of the tables.
LOOKED_AT = REPORTS if SOAK else [one for one in REPORTS if one.year in (2019, 2020) or one.agency == "hongze"]
ADDRESSES = [
    *(f"{item.agency}/{item.year}/{name}" for item in LOOKED_AT for name in ("agency_year", "annual_report")),
    *(f"{agency}/trends" for agency in dict.fromkeys(item.agency for item in LOOKED_AT)),
    "suqian/trends",
    *(f"{region}/2023/rollup" for region in regions_of(Archive(), 2023)),
    *(f"{year}/reconciliation" for year in sorted({item.year for item in LOOKED_AT})),
]
LEAST_CHARTS = {
    "hongze/2023/agency_year": 4,
    "huaian/2024/agency_year": 4,
    "suqian/2024/agency_year": 4,
    "shanghai_government_office/2019/agency_year": 4,
    "suqian/trends": 8,
}
# a chart stands when its traces or flows have an extent, not only its axes
DRAWN = """() => [...document.querySelectorAll('div.plot')].every((plot) => {
  const marks = [...plot.querySelectorAll('g.cartesianlayer g.trace path, g.cartesianlayer g.hm image, g.sankey path')];
  return marks.some((mark) => { const box = mark.getBBox(); return box.width > 0 && box.height > 0; });
})"""


def folded(locator: Any) -> str:
    """What a reader sees of an element, white space folded."""
    return " ".join(locator.inner_text().split())


def drawn(page: Any) -> Any:
    """The page once its charts stand."""
    page.wait_for_function(DRAWN, timeout=20_000)
    return page


def row(page: Any, table: str, label: str) -> list[str]:
    """The cells of the row of a printed table that has this label."""
    found = page.locator(f"#table-{table} tr").filter(
        has=page.locator("th", has_text=re.compile(f"^{re.escape(label)}"))
    )
    assert found.count() == 1, f"{found.count()} rows {label}"
    return [folded(cell) for cell in found.locator("td").all()]


# ── every page ──


@pytest.mark.soak
@pytest.mark.parametrize("address", dict.fromkeys(ADDRESSES))
def test_a_page_is_whole_and_a_phone_need_not_scroll_it_sideways(open_page: Open, reports: Path, address: str) -> None:
    path = reports / f"{address}.html"
    assert path.stat().st_size < 150_000
    page = drawn(open_page(path, width=360))
    assert page.evaluate("document.scrollingElement.scrollWidth") <= page.evaluate("innerWidth")
    page.set_viewport_size({"width": 1400, "height": 900})
    drawn(page)
    assert page.title().strip()
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator(".nochart").count() == 0
    check_charts(page, LEAST_CHARTS.get(address, 0))
    check_links(page, path)
    check_tables(page)
    check_no_code(page, path.with_suffix(".ipynb"))


def check_charts(page: Any, least: int) -> None:
    """Every chart is drawn, has a title, and is backed by a table."""
    figures = page.eval_on_selector_all(
        "figure",
        """all => all.map(figure => [
          figure.querySelector('figcaption b').textContent.trim().length,
          figure.querySelector('svg.main-svg').getBoundingClientRect().width,
          figure.querySelectorAll('svg.main-svg text').length,
          figure.querySelectorAll('details table tbody tr').length,
        ])""",
    )
    assert len(figures) >= least
    assert all(title > 4 and width > 200 and texts > 2 and rows for title, width, texts, rows in figures), figures


def check_links(page: Any, path: Path) -> None:
    """Every link leads somewhere, and the table of contents names every section in order."""
    ids = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert sorted(ids) == sorted(set(ids)), "an id twice"
    links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    assert [link for link in links if link.startswith("#") and link[1:] not in ids] == []
    assert [link for link in links if not link.startswith("#") and not leads_somewhere(path, link)] == []
    sections = page.eval_on_selector_all("main > section[id], main > h2[id]", "all => all.map(s => s.id)")
    assert page.eval_on_selector_all("nav.toc a", "all => all.map(a => a.hash.slice(1))") == sections


def leads_somewhere(path: Path, link: str) -> bool:
    """Whether a link to another page finds it, and the place on it that it names."""
    name, _, place = link.partition("#")
    target = path.parent / name
    return target.is_file() and (not place or f' id="{place}"' in target.read_text(encoding="utf-8"))


def check_tables(page: Any) -> None:
    """Every table of data has headings, and each says what it heads."""
    data = "table:not([role=presentation])"
    assert page.eval_on_selector_all(f"{data} th:not([scope])", "all => all.map(e => e.textContent)") == []
    bare = page.eval_on_selector_all(data, "all => all.filter(t => !t.querySelector('th')).map(t => t.textContent)")
    assert bare == []


def check_no_code(page: Any, notebook: Path) -> None:
    """No line of the executed notebook's code is on the page."""
    text = page.locator("body").text_content()
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    lines = [line.strip() for line in code.splitlines()]
    assert len(lines) > 5, "the executed notebook stands beside its page"
    assert [line for line in lines if len(line) > 8 and line in text] == []
    assert "Traceback" not in text


def test_without_plotly_each_chart_becomes_its_table(open_page: Open, reports: Path) -> None:
    page = open_page(reports / "hongze/2023/agency_year.html", stub="plotly.min.js")
    figures = page.locator("figure")
    assert figures.count() == page.locator(".nochart").count() > 0
    for figure in figures.all():
        assert figure.locator("details table").is_visible()


def test_without_script_findings_and_tables_read_the_same(open_page: Open, reports: Path) -> None:
    page = open_page(reports / "hongze/2023/agency_year.html", java_script_enabled=False)
    assert page.locator("ol.findings li").count() >= 3
    assert page.locator("#table-applications table").is_visible()


def test_a_link_from_a_finding_finds_its_cell_and_back(open_page: Open, reports: Path) -> None:
    page = open_page(reports / "hongze/2023/agency_year.html")
    page.locator("ol.findings li").first.get_by_role("link", name="看单元格").click()
    target = page.locator(":target")
    assert "应为 11" in folded(target)
    target.get_by_role("link").first.click()
    assert page.locator(":target").evaluate("e => e.closest('ol').className") == "findings"


# ── what the pages have to show ──


def test_the_seed_is_shown_as_it_was_handed_in(look: Look) -> None:
    page = look("mile_culture_tourism/2020/agency_year")
    before, change, decisions = row(page, "proactive_disclosure", "行政许可")
    assert before == "15"
    assert change.startswith("增 4") and "＋4" in change
    assert decisions == "未填报"
    assert row(page, "proactive_disclosure", "行政强制") == ["无", "无", "未填报"]


@pytest.mark.parametrize(("table", "name", "cells"), [("applications", "表三", 161), ("disputes", "表四", 15)])
def test_a_blank_table_of_the_seed_is_a_plate_not_zeros(look: Look, table: str, name: str, cells: int) -> None:
    page = look("mile_culture_tourism/2020/agency_year")
    plate = folded(page.locator(f"#table-{table} .plate"))
    assert "未填报" in plate and "不可评估" in plate and f"{name} {cells} 格" in plate
    assert page.locator(f"#table-{table} td.zero").count() == 0
    assert "不可评估" in folded(page.locator(".state"))
    assert "没有一个等式可以核对" in folded(page.locator("main"))


def test_hongze_total_of_reconsiderations_is_marked(look: Look) -> None:
    page = look("hongze/2023/agency_year")
    marked = [folded(cell) for cell in page.locator("#table-disputes td.bad").all()]
    assert [re.sub(r"\s+", "", text) for text in marked] == ["误10应为11", "误20应为5"]
    titles = [folded(title) for title in page.locator("ol.findings li.e h4").all()]
    assert titles == ["表四 · 行政复议 · 总计：印作 0，各项之和是 11", "表四 · 复议后起诉 · 总计：印作 0，各项之和是 5"]
    sums = [folded(line) for line in page.locator("ol.findings li.e .calc").all()]
    assert sums[0].startswith("维持 10 ＋ 纠正 1 ＋") and "≠" in sums[0]
    causes = [folded(line) for line in page.locator("ol.findings li.e .cause").all()]
    assert all(line.startswith("可能的原因") and "漏填或误填为 0" in line for line in causes) and len(causes) == 2
    assert page.locator("#table-applications td.bad").count() == 0
    assert folded(page.locator(".state")).startswith("误")


def test_the_sentence_on_another_place_is_quoted_in_the_seeds_own_words(look: Look) -> None:
    page = look("mile_culture_tourism/2020/agency_year")
    warning = page.locator("ol.findings li.w")
    assert warning.count() == 1 and "随州" in folded(warning)
    assert "随州旅游政务网" in folded(warning.locator("h4 .kai").last)
    note = page.locator("ol.findings li.i p.kai")
    assert "受众 124.6 万余人" in folded(note) and folded(note.locator("b")) == "1118"


def test_a_year_leads_to_the_cell_on_the_agencys_own_page(open_page: Open, reports: Path) -> None:
    page = open_page(reports / "2023/reconciliation.html")
    first = page.locator("table.year tbody tr").first
    assert "洪泽区" in folded(first) and "误 2" in folded(first)
    page.locator("details.agency li").first.get_by_role("link", name="看单元格").click()
    page.wait_for_url("**/hongze/2023/agency_year.html#disputes-reconsideration-total")
    assert "应为 11" in folded(page.locator(":target"))


def test_a_years_findings_are_unfolded_on_paper(open_page: Open, reports: Path) -> None:
    page = open_page(reports / "2023/reconciliation.html")
    page.evaluate("document.querySelectorAll('details.agency').forEach((fold) => { fold.open = false; })")
    text = "".join(sheet.text for sheet in printed(page))
    assert on_paper("表四 · 行政复议 · 总计：印作 0，各项之和是 11") in text


def test_suqian_carries_over_what_it_carried_forward(look: Look) -> None:
    page = look("suqian/trends")
    lines = [folded(line) for line in page.locator("tr").filter(has_text="2024").all()]
    carried = [line for line in lines if "上年结转 121 ＝ 上年报告结转下年度 121" in line]
    assert len(carried) == 1 and "申请人列也相符" in carried[0] and carried[0].endswith("符 相符")
    stocks = [line for line in lines if "存量" in line]
    assert len(stocks) == 2 and all(line.endswith("符 相符") for line in stocks)


def test_shanghai_2019_passes_with_totals_that_are_said_to_be_imputed(look: Look) -> None:
    page = look("shanghai_government_office/2019/agency_year")
    assert "符" in folded(page.locator(".state"))
    assert page.locator("ol.findings li.e, ol.findings li.w").count() == 0
    assert "全部相符" in folded(page.locator("main"))
    imputed = page.locator("#table-applications td.est")
    assert imputed.count() > 0
    signs = imputed.locator(".inf").evaluate_all("all => all.map(e => getComputedStyle(e, '::before').content)")
    assert set(signs) == {'"†"'}
    assert all("未填报" in text for text in imputed.all_inner_texts()), "a blank stays a blank, whatever it would be"


def test_the_annual_report_has_its_six_sections(look: Look) -> None:
    page = look("mile_culture_tourism/2020/annual_report")
    headings = [folded(heading)[:2] for heading in page.locator("main h2").all()]
    assert headings == ["一、", "二、", "三、", "四、", "五、", "六、"]
    assert page.locator("main td.bad, main .seal.e").count() == 0, "the official report carries no marks of review"


# ── print ──


def printed(page: Any) -> list[Any]:
    """The page on paper."""
    return sheets(page.pdf(prefer_css_page_size=True, print_background=True))


@pytest.mark.parametrize(
    "address", ["hongze/2023/agency_year", "suqian/trends", "mile_culture_tourism/2020/agency_year"]
)
def test_pages_print_on_a4(look: Look, address: str) -> None:
    pages = printed(drawn(look(address)))
    assert {(round(sheet.width), round(sheet.height)) for sheet in pages} == {(210, 297)}
    assert 1 <= len(pages) <= 8
    assert all(len(sheet.text) > 20 for sheet in pages), "no empty sheet"


def test_the_printed_page_holds_every_finding(look: Look) -> None:
    page = drawn(look("hongze/2023/agency_year"))
    titles = [on_paper(folded(title)) for title in page.locator("ol.findings h4").all()]
    text = "".join(sheet.text for sheet in printed(page))
    assert len(titles) == 4
    assert [title for title in titles if title not in text] == []
    assert on_paper("维持 10 ＋ 纠正 1 ＋ 其他 0 ＋ 未审结 0 ＝ 11 ≠ 总计 0") in text
