"""How long reports/index.html takes: to be made from the stamps of a batch, and to answer in the browser.

Synthetic archives of empty report folders with stamps and empty pages: two report notebooks, the trends of each agency,
a page for each year, one of the region that the agencies are beneath. Medians; exit code 1 when a goal is missed. In
the browser (where playwright and Chromium are) a handler's time is from its event to the end of the frame that
shows what it did: rows that come into sight are laid out in that frame only.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from gdgk.archive import Archive
from gdgk.archive.agencies import register_in
from gdgk.batch.index import write_index
from gdgk.batch.plan import notebooks
from gdgk.batch.stamps import STAMPS

# agencies, years, times, goal in CPU seconds
SIZES = [(40, 7, 5, float("inf")), (400, 12, 5, 1.0), (2000, 12, 3, float("inf"))]
LARGEST_PAGE = 1_200_000
LOAD, HANDLER = 1500.0, 100.0
# Each handler: what is done to the page; the frame that shows it is waited for.
HANDLERS = {
    "filter": "document.querySelector('.chip[data-state=bad]').click()",
    "search": "(s => { s.value = s.value ? '' : '07'; s.dispatchEvent(new Event('input')); })"
    "(document.getElementById('grid-search'))",
    "sort": "(s => { s.value = s.value === 'slow' ? 'err' : 'slow'; s.dispatchEvent(new Event('change')); })"
    "(document.getElementById('grid-sort'))",
    "arrow": "(c => { c.focus(); c.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true})); })"
    "(document.querySelector('.grid .c[tabindex=\"0\"]'))",
    "next problem": "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true}))",
}


def make_batch(folder: Path, agencies: int, years: int) -> tuple[Archive, Path]:
    """A synthetic archive of empty reports, and reports of empty pages with stamps."""
    data, reports = folder / "data", folder / "reports"
    data.mkdir(parents=True)
    columns = data_header().split(",")
    lines = [",".join(columns)]
    for number in range(agencies):
        values = {"id": f"demo_{number:04}", "name_zh": f"合成机关{number:04}", "kind": "县级政府部门"}
        values |= {"kind": "县级政府"} if not number else {"parent": "demo_0000"}
        lines.append(",".join(values.get(column, "") for column in columns))
        for year in range(2026 - years, 2026):
            (data / f"demo_{number:04}" / str(year)).mkdir(parents=True)
    (data / "agencies.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for turn, (place, scope) in enumerate(places(agencies, years)):
        failed = turn % 97 == 0
        counts = {"error": turn % 5 // 4, "warning": turn % 3 // 2, "passed": 40, "not_assessable": 2, "synthetic": 1}
        found = counts if scope == "report" else {}
        stamp = {
            "digest": "0" * 64,
            "state": "failed" if failed else "ok",
            "seconds": 0.2 + turn % 100 / 100,
            "findings": found,
            "message": "cell 3: ValueError: 合成" if failed else "",
        }
        path = reports / STAMPS / f"{place}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(stamp, ensure_ascii=False, indent=1), encoding="utf-8")
        page = reports / f"{place}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.touch()
    return Archive(data), reports


def data_header() -> str:
    """The header of the workbook's own list of agencies."""
    path = Path(__file__).resolve().parents[1] / "data" / "agencies.csv"
    return path.read_text(encoding="utf-8-sig").splitlines()[0]


def places(agencies: int, years: int) -> list[tuple[str, str]]:
    """The place and scope of every page of a batch."""
    names, span = [f"demo_{number:04}" for number in range(agencies)], range(2026 - years, 2026)
    folders = {
        "report": [f"{name}/{year}" for name in names for year in span],
        "agency": names,
        "region": [f"{names[0]}/{year}" for year in span],
        "year": [str(year) for year in span],
    }
    return [(f"{one}/{item.name}", item.scope) for item in notebooks() for one in folders[item.scope]]


def making(folder: Path, agencies: int, years: int, times: int) -> tuple[float, Path]:
    """Median CPU seconds of write_index, and the page."""
    archive, reports = make_batch(folder, agencies, years)
    spent = []
    page = write_index(archive, reports, set())  # once unmeasured: the template is compiled
    for _ in range(times):
        register_in.cache_clear()
        begun = time.process_time()
        page = write_index(Archive(archive.root), reports, set())
        spent.append(time.process_time() - begun)
    return statistics.median(spent), page


def browsing(page_path: Path, times: int = 9) -> dict[str, float]:
    """Median milliseconds: until the page is loaded, and of each handler with its layout."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[float]] = {"load": []}
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(3):
            page: Any = browser.new_page(viewport={"width": 1400, "height": 900})
            page.goto(page_path.as_uri())
            found["load"].append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
        for name, action in HANDLERS.items():
            script = (
                f"async () => {{ const begun = performance.now(); {action}; document.body.offsetHeight; "
                "await new Promise((done) => requestAnimationFrame(() => setTimeout(done))); "
                "return performance.now() - begun; }"
            )
            page.goto("about:blank")
            page.goto(page_path.as_uri())  # each handler on the whole grid, as it was loaded
            page.evaluate("document.body.offsetHeight")
            found[name] = [page.evaluate(script) for _ in range(times)]
        browser.close()
    return {name: statistics.median(values) for name, values in found.items()}


def main() -> int:
    """Measure, print the table, and say whether every goal was met."""
    met = True

    def line(name: str, value: float, goal: float, unit: str) -> None:
        nonlocal met
        good = value <= goal
        met = met and good
        shown = "" if goal == float("inf") else f"{goal:,.1f}"
        print(f"{name:28}{value:14,.2f}{shown:>14} {unit}{'' if good else '  MISSED'}", flush=True)

    print(f"{'':28}{'median':>14}{'goal':>14}")
    with tempfile.TemporaryDirectory() as scratch:
        for agencies, years, times, goal in SIZES:
            spent, page = making(Path(scratch) / f"{agencies}", agencies, years, times)
            line(f"write_index {agencies} × {years}", spent, goal, "CPU s")
            if (agencies, years) == (400, 12):
                line("page", page.stat().st_size, LARGEST_PAGE, "bytes")
                try:
                    shown = browsing(page)
                except ImportError:
                    print("in the browser: not measured, playwright is not installed")
                    continue
                for name, value in shown.items():
                    line(f"in the browser: {name}", value, LOAD if name == "load" else HANDLER, "ms")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
