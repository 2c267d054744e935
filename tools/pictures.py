"""The pictures of the README, drawn from ``data/`` as the pages draw them: ``python tools/pictures.py``.

Needs playwright and a Chromium (the extra ``dev``). Run it again when a chart or the data change; what is in the
picture is what the reports of ``data/`` say, nothing else.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright
from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs

from gdgk.archive import Archive
from gdgk.charts import Group, Party, readings, result_mix_by_year, volume, volume_by_agency
from gdgk.charts.facts import Reading
from gdgk.checks import check_reports
from gdgk.exporters.html import page_html
from gdgk.exporters.warming import output_of
from gdgk.findings import is_on_prose
from gdgk.pages.region import level_of
from gdgk.review import still_open

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
NAMES = ("suqian_volume", "suqian_results", "agencies_volume")
WIDTH = 1100


def figures() -> list[Figure]:
    """What the README shows: 宿迁 over its years; the agencies of ``data/`` beside one another."""
    archive = Archive(ROOT / "data")
    ids = archive.report_ids()
    checked = check_reports(archive, ids, among=False)
    failing = [row for row in still_open(checked.rows) if not is_on_prose(row)]

    def read(agency: str) -> list[Reading]:
        return readings([checked.sheets[one] for one in ids if one.agency == agency], failing)

    parties = []
    for agency in (archive.agency(name) for name in dict.fromkeys(one.agency for one in ids)):
        own = {one.year: one for one in read(agency.id)}
        parties.append(Party(agency.id, agency.name, agency.kind, level_of(agency.region_code), own))
    drawn = [draw(read("suqian")) for draw in (volume, result_mix_by_year)]
    return [figure for figure in (*drawn, volume_by_agency(Group("data/", tuple(parties)))) if figure is not None]


def main() -> None:
    """Draw the pictures as a page does, and keep them."""
    cells = [new_code_cell("", outputs=[output_of(figure)]) for figure in figures()]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        path.write_text(page_html(new_notebook(cells=cells), "plotly.min.js"), encoding="utf-8")
        Path(folder, "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        page.goto(path.as_uri())
        page.wait_for_function("[...document.querySelectorAll('div.plot')].every(p => p.querySelector('svg.main-svg'))")
        for name, figure in zip(NAMES, page.locator("figure").all(), strict=True):
            figure.screenshot(path=PICTURES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
