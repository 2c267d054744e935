"""``jupyter nbconvert --to gdgk_html``: a page for review that needs nothing from elsewhere, whatever is added."""

from __future__ import annotations

import copy
import importlib.metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from publishing import nbconvert
from reading_html import broken_links, ids, loaded, one, repeated, soup, text
from running import WITHOUT, gdgk

from gdgk.batch import plan
from gdgk.exporters.html import WorkbookHtmlExporter, share_figures

pytestmark = pytest.mark.xdist_group("exporter")  # the notebook is run once
ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(WITHOUT)])}
HOSTILE = '<script>alert(1)</script> & "乙"'
PLOTLY = "application/vnd.plotly.v1+json"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

# Cells that an analyst might add: what is typed, and its tags.
ADDED = [
    ("import pandas as pd\npd.DataFrame({'机关': ['<b>甲</b>'], '件': [3]})", []),
    (f"from base64 import b64decode\nfrom IPython.display import Image\nImage(b64decode({PIXEL!r}))", []),
    (f"{HOSTILE!r}", []),
    ("print('only for the lab')", ["lab-only"]),
]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    """agency_year run on 洪泽区 2023, with cells of an analyst's own at its end."""
    root = tmp_path_factory.mktemp("executed")
    notebook = nbformat.read(ROOT / "notebooks" / "agency_year.ipynb", as_version=4)
    notebook.cells.append(new_markdown_cell("## 补充　分析 <b>粗</b>\n\n一段**文字**。", id="own-section"))
    notebook.cells.extend(new_code_cell(source, metadata={"tags": tags}) for source, tags in ADDED)
    (root / "notebooks").mkdir()
    nbformat.write(notebook, root / "notebooks" / "agency_year.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "notebooks_folder", lambda: root / "notebooks")
        assert gdgk("run", "hongze", "--year", "2023", "--reports", root / "reports").code == 0
    return nbformat.read(root / "reports" / "hongze" / "2023" / "agency_year.ipynb", as_version=4)


def exported(notebook: NotebookNode, **options: Any) -> tuple[str, dict[str, Any]]:
    """The page of a notebook, and what is written beside it. The notebook given is left alone."""
    html, resources = WorkbookHtmlExporter(**options).from_notebook_node(copy.deepcopy(notebook))
    return str(html), resources.get("outputs", {})


@pytest.fixture(scope="module")
def html(executed: NotebookNode) -> str:
    """Its page as text."""
    return exported(executed)[0]


@pytest.fixture(scope="module")
def page(html: str) -> BeautifulSoup:
    """Its page."""
    return soup(html)


def jupyter(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run jupyter of this Python in a folder."""
    command = [str(Path(sys.executable).with_name("jupyter")), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)


# The command ---------------------------------------------------------------------------------------------------------


def test_nbconvert_finds_the_exporter_by_its_name() -> None:
    own = importlib.metadata.distribution("gdgk").entry_points
    assert {entry.name: entry.value for entry in own if entry.group == "nbconvert.exporters"} == {
        "gdgk_html": "gdgk.exporters.html:WorkbookHtmlExporter",
        "gdgk_official": "gdgk.exporters.official:OfficialHtmlExporter",
        "gdgk_docx": "gdgk.exporters.docx:OfficialDocxExporter",
        "gdgk_pdf": "gdgk.exporters.pdf:OfficialPdfExporter",
        "gdgk_xlsx": "gdgk.exporters.xlsx:OfficialXlsxExporter",
    }


def test_plain_nbconvert_writes_the_page_and_plotly_beside_it(executed: NotebookNode, tmp_path: Path) -> None:
    nbformat.write(executed, tmp_path / "run.ipynb")
    done = jupyter("nbconvert", "--to", "gdgk_html", tmp_path / "run.ipynb", folder=ROOT)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"run.ipynb", "run.html", "plotly.min.js"}
    page = soup((tmp_path / "run.html").read_text(encoding="utf-8"))
    assert loaded(page) - {str(image["src"]) for image in page.find_all("img")} == {"plotly.min.js"}
    assert "plotly.js v" in (tmp_path / "plotly.min.js").read_text(encoding="utf-8")[:200]


def test_nbconvert_works_in_the_notebooks_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meta = {"title": "图", "subtitle": "", "source": "", "columns": [], "rows": [], "wide": False}
    output = new_output("display_data", {PLOTLY: {"data": [], "layout": {"meta": meta}}})
    nbformat.write(new_notebook(cells=[new_code_cell("x", outputs=[output])]), tmp_path / "run.ipynb")
    monkeypatch.chdir(tmp_path)
    nbconvert("--to", "gdgk_html", "run.ipynb")
    assert {path.name for path in tmp_path.iterdir()} == {"run.ipynb", "run.html", "plotly.min.js"}


def test_a_template_of_the_users_own_may_build_on_ours(
    executed: NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "nbconvert" / "templates" / "mine"
    folder.mkdir(parents=True)
    (folder / "conf.json").write_text(
        '{"base_template": "gdgk_html", "mimetypes": {"text/html": true}}', encoding="utf-8"
    )
    text_of = "{% extends 'gdgk_html/index.html.j2' %}{% block footer %}<p>本室自用</p>{{ super() }}{% endblock %}"
    (folder / "index.html.j2").write_text(text_of, encoding="utf-8")
    nbformat.write(executed, tmp_path / "run.ipynb")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    nbconvert("--to", "gdgk_html", "--template", "mine", tmp_path / "run.ipynb")
    written = soup((tmp_path / "run.html").read_text(encoding="utf-8"))
    assert "本室自用" in written.get_text()
    assert len(written.select("nav.toc a")) == len(written.select("main > section[id]"))


def test_a_template_that_builds_on_nothing_of_ours_may_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "nbconvert" / "templates" / "bare"
    folder.mkdir(parents=True)
    (folder / "conf.json").write_text('{"base_template": "base", "mimetypes": {"text/html": true}}', encoding="utf-8")
    source = "{%- extends 'base/null.j2' -%}{% block header %}<h1>{{ resources.page.title }}</h1>{% endblock %}"
    (folder / "index.html.j2").write_text(source, encoding="utf-8")
    nbformat.write(new_notebook(metadata={"title": "甲"}), tmp_path / "run.ipynb")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    nbconvert("--to", "gdgk_html", "--template", "bare", tmp_path / "run.ipynb")
    assert (tmp_path / "run.html").read_text(encoding="utf-8").strip() == "<h1>甲</h1>"


# The page ------------------------------------------------------------------------------------------------------------


def test_no_request_leaves_the_page(page: BeautifulSoup, html: str) -> None:
    assert not [source for source in loaded(page) if re.match(r"(https?:)?//", source)]
    assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", html)
    assert not page.find_all(["iframe", "object", "embed", "base"])
    assert {source for source in loaded(page) if not source.startswith("data:")} == {"plotly.min.js"}


def test_the_page_says_its_language_its_title_and_its_maker(page: BeautifulSoup) -> None:
    assert one(page, "html")["lang"] == "zh-CN"
    assert text(one(page, "title")) == "淮安市洪泽区人民政府 2023 年 · 核对页"
    assert str(one(page, 'meta[name="generator"]')["content"]).startswith("gdgk ")


def test_no_code_is_shown(page: BeautifulSoup) -> None:
    seen = page.get_text()
    assert "page.findings()" not in seen
    assert "import" not in "".join(part.get_text() for part in page.select("main .prose, main pre:not(.error)"))
    assert "In [" not in seen
    assert "Out[" not in seen


def test_the_masthead_stands_in_the_header_and_nowhere_else(page: BeautifulSoup) -> None:
    assert "洪泽区" in text(one(page, "header.top h1"))
    assert len(page.find_all("h1")) == 1


def test_cells_for_the_lab_stay_there(page: BeautifulSoup) -> None:
    seen = page.get_text()
    assert "only for the lab" not in seen
    assert "改下面的参数" not in seen
    assert "@scope" not in str(page)


def test_the_table_of_contents_is_the_sections_in_their_order(page: BeautifulSoup) -> None:
    sections = page.select("main > section[id]")
    links = page.select("nav.toc a")
    assert [str(link["href"]) for link in links] == [f"#{section['id']}" for section in sections]
    assert [title(link.find("span")) for link in links] == [title(section.find("h2")) for section in sections]
    assert [str(section["id"]) for section in sections] == [
        *["findings", "table-proactive_disclosure", "table-applications", "table-disputes"],
        *["legend", "charts", "change", "revisions", "source", "own-section"],
    ]


def title(element: Any) -> str:
    """A heading without its spaces."""
    assert isinstance(element, Tag)
    return re.sub(r"\s", "", element.get_text())


def test_the_table_of_contents_counts_errors_and_doubts(page: BeautifulSoup) -> None:
    counted = {str(link["href"]): text(mark) for link in page.select("nav.toc a") for mark in link.select(".cnt")}
    assert counted == {"#findings": "误2 疑1", "#table-applications": "疑1", "#table-disputes": "误2"}


def test_headings_are_said_once_and_each_section_has_its_own(page: BeautifulSoup) -> None:
    sections = page.select("main > section[id]")
    assert all(len(section.find_all("h2", recursive=False)) == 1 for section in sections)
    assert len(page.find_all("h2")) == len(sections)
    assert "## " not in page.get_text()


def test_every_link_has_its_target_and_every_id_is_unique(page: BeautifulSoup) -> None:
    assert broken_links(page) == set()
    assert repeated(ids(page)) == set()


def test_charts_are_numbered_in_order_and_their_figures_are_in_the_page(page: BeautifulSoup) -> None:
    figures = page.select("figure")
    assert len(figures) == 5
    assert [text(one(figure, "figcaption b > span")) for figure in figures] == [
        f"图{number}" for number in range(1, len(figures) + 1)
    ]
    for number, figure in enumerate(figures, 1):
        assert one(figure, "script")["data-plot"] == one(figure, ".plot")["id"] == f"c{number}"
        assert text(one(figure, "figcaption b")) != f"图{number}"
        assert one(figure, "details table").find("td")


def test_an_analysts_cells_are_kept(page: BeautifulSoup) -> None:
    own = one(page, "#own-section")
    assert text(one(own, ".prose")) == "一段文字。"
    assert one(own, "table.dataframe").find("td")
    assert str(one(own, "img")["src"]).startswith("data:image/png;base64,")
    assert HOSTILE in text(one(own, "pre.out"))


def test_an_analysts_text_never_becomes_markup(page: BeautifulSoup) -> None:
    own = one(page, "#own-section")
    assert not own.find("script")
    assert not one(own, "h2").find("b")
    assert not own.select("pre b, td b")
    assert "<b>甲</b>" in own.get_text()


def test_the_page_of_a_report_is_small_without_plotly(html: str) -> None:
    assert len(html.encode()) < 150_000


def test_the_same_notebook_gives_the_same_bytes(executed: NotebookNode, html: str) -> None:
    assert exported(executed)[0] == html


def test_the_notebook_is_left_as_it_was(executed: NotebookNode, html: str) -> None:
    given = copy.deepcopy(executed)
    assert str(WorkbookHtmlExporter().from_notebook_node(given)[0]) == html
    assert given == executed
    assert str(WorkbookHtmlExporter().from_notebook_node(given)[0]) == html


def test_a_shared_plotly_is_not_written_again(executed: NotebookNode) -> None:
    html, outputs = exported(executed, plotly_url="../../plotly.min.js", index_url="../../index.html")
    assert outputs == {}
    page = soup(html)
    assert one(page, "script[src]")["src"] == "../../plotly.min.js"
    assert one(page, "header nav a")["href"] == "../../index.html"


def test_without_an_index_there_is_no_link_to_one(page: BeautifulSoup) -> None:
    assert not page.select("header nav")


# Any notebook --------------------------------------------------------------------------------------------------------


def test_a_notebook_without_masthead_is_still_a_page() -> None:
    output = new_output("execute_result", {"text/plain": "甲"})
    cells = [new_markdown_cell("# 草稿\n\n一句。"), new_code_cell("1", outputs=[output])]
    html, outputs = exported(new_notebook(cells=cells, metadata={"title": HOSTILE}))
    page = soup(html)
    assert outputs == {}
    assert one(page, "title").get_text() == HOSTILE
    assert not page.select("script[src], nav.toc a")
    assert "一句。" in page.get_text()
    assert text(one(page, "pre.out")) == "甲"


def test_an_analysts_own_chart_is_drawn_like_ours() -> None:
    figure = {"data": [{"type": "bar", "y": [2]}], "layout": {"title": {"text": "</script><b>我的图"}}}
    output = new_output("display_data", {PLOTLY: figure})
    html, outputs = exported(new_notebook(cells=[new_code_cell("x", outputs=[output])]))
    shown = one(soup(html), "figure")
    assert text(one(shown, "figcaption b")) == "图1</script><b>我的图"
    assert json.loads(one(shown, "script[data-plot=c1]").get_text()) == figure
    assert not shown.find("details")
    assert list(outputs)


def test_an_empty_notebook_is_a_page() -> None:
    page = soup(exported(new_notebook())[0])
    assert text(one(page, "title")) == "政府信息公开工作年度报告"
    assert one(page, "main")


# What cells print: the kind, what Jupyter keeps of it, and where the page shows it.
PRINTED = {
    "print": (new_output("stream", name="stdout", text=f"{HOSTILE}\n"), "pre.stdout"),
    "warning": (new_output("stream", name="stderr", text=f"\x1b[33m{HOSTILE}\x1b[0m\n"), "pre.stderr"),
    "error": (new_output("error", ename="E", evalue="v", traceback=[f"\x1b[31m{HOSTILE}\x1b[0m", "E: v"]), "pre.error"),
}


@pytest.mark.parametrize("kind", PRINTED)
def test_what_a_cell_prints_is_kept_and_escaped(kind: str) -> None:
    output, place = PRINTED[kind]
    html, _ = exported(new_notebook(cells=[new_code_cell("x", outputs=[output])]))
    shown = one(soup(html), place)
    assert HOSTILE in text(shown)
    assert not shown.find("script")
    assert "\x1b" not in html


@pytest.mark.parametrize("given_id", [True, False])
def test_a_section_begins_at_a_second_level_heading_only(given_id: bool) -> None:
    cells = [new_markdown_cell(source) for source in ("## 甲", "### 乙", "# 丙", "文\n\n## 丁", "##戊")]
    if not given_id:
        for cell in cells:
            del cell["id"]
    page = soup(exported(new_notebook(cells=cells, nbformat_minor=5 if given_id else 4))[0])
    assert [text(link) for link in page.select("nav.toc a")] == ["甲"]
    assert broken_links(page) == set()


def test_a_copy_of_a_notebook_shares_its_figures() -> None:
    # nbformat makes a node of a mapping that is put into another: figures were copied three times a page all the same.
    figure = {"data": [{"type": "bar", "y": [1, 2]}], "layout": {}}
    output = nbformat.v4.new_output("display_data", {PLOTLY: figure})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])])
    share_figures(notebook)
    shown = notebook.cells[0].outputs[0].data[PLOTLY]
    assert copy.deepcopy(notebook).cells[0].outputs[0].data[PLOTLY] is shown
    assert shown == figure
