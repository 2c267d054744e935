"""How soon explore.ipynb answers at the size of a city: 320 synthetic reports, a change of what is picked.

The Python side alone (a widget's value set in the process, median wall time), then in a real browser under Voilà (where
voila, playwright and Chromium are): from the event of the picker to the frame that shows the new chart, and to the new
table. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from gdgk.pages import ExplorePage
from gdgk.sampling import sample_city

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "explore.ipynb"
AGENCIES, YEARS, PICKED, TIMES = 40, range(2018, 2026), 6, 9
GOAL = 200.0
# What is picked in turn, so that every time is a change; the first of each is what the page opens with.
TURNS: dict[str, list[Any]] = {
    "indicator": ["disclosure_rate", "denial_rate"],
    "peers": ["all", "none"],
    "years": [tuple(YEARS), tuple(YEARS)[2:]],
    "agencies": [],
}
# Sets a picker as a hand does and waits: ms to the frame with the new chart, ms to the new table.
CHANGE = """async ([label, values]) => {
  const pickers = [...document.querySelectorAll('select')];
  const picker = pickers.find(one => [...one.options].some(option => option.textContent.includes(label)));
  const chart = document.querySelector('.js-plotly-plot');
  const table = document.querySelector('table.explored').closest('.widget-html');
  const drawn = new Promise(done => chart.once('plotly_afterplot',
    () => requestAnimationFrame(() => setTimeout(() => done(performance.now())))));
  const told = new Promise(done => new MutationObserver((_, watch) => { watch.disconnect(); done(performance.now()); })
    .observe(table, {childList: true, subtree: true}));
  for (const option of picker.options) option.selected = values.some(value => option.textContent.includes(value));
  const start = performance.now();
  picker.dispatchEvent(new Event('change', {bubbles: true}));
  return [await drawn - start, await told - start];
}"""


def in_process(page: ExplorePage) -> dict[str, float]:
    """Median milliseconds of a change by picker, the widgets' messages written to nobody."""
    panel = page.panel
    found = {}
    for name, (first, other) in TURNS.items():
        times = []
        for turn in range(2 * TIMES):
            start = time.perf_counter()
            getattr(panel, name).value = other if turn % 2 == 0 else first
            times.append(1000 * (time.perf_counter() - start))
        found[name] = statistics.median(times[2:])
    return found


@contextmanager
def voila(folder: Path, data: Path, agencies: str) -> Iterator[str]:
    """The notebook under Voilà, with the city as its data; its address."""
    copy = folder / "explore.ipynb"
    given = ["-p", "agencies", agencies, "-p", "peers", "all", "-p", "data", str(data)]
    program = str(Path(sys.executable).with_name("papermill"))
    prepared = [program, "--prepare-only", str(NOTEBOOK), str(copy), *given]
    subprocess.run(prepared, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(NOTEBOOK.parents[1])}
    started = [sys.executable, "-m", "voila", str(copy), "--no-browser", f"--port={port}"]
    server = subprocess.Popen(
        started, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(120):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.25)
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def in_browser(address: str, labels: dict[str, tuple[str, list[list[str]]]]) -> dict[str, tuple[float, float]]:
    """Median milliseconds to the chart and to the table by picker."""
    from playwright.sync_api import sync_playwright

    found = {}
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        shown = browser.new_page(viewport={"width": 1400, "height": 1000})
        shown.goto(address, timeout=120_000)
        shown.wait_for_selector(".js-plotly-plot .main-svg", timeout=120_000)
        for name, (label, (first, other)) in labels.items():
            times = []
            for turn in range(2 * TIMES):
                times.append(shown.evaluate(CHANGE, [label, other if turn % 2 == 0 else first]))
                shown.wait_for_timeout(250)
            chart, table = (statistics.median(column) for column in zip(*times[2:], strict=True))
            found[name] = (chart, table)
        browser.close()
    return found


def main() -> int:
    """Measure, print, say whether the goals are met."""
    missed = False
    with tempfile.TemporaryDirectory(prefix="gdgk-explore-") as folder:
        data = Path(folder) / "data"
        sample_city(data, AGENCIES, YEARS, 1)
        start = time.perf_counter()
        page = ExplorePage("", "", "disclosure_rate", "all", str(data))
        opened = time.perf_counter() - start
        ids = list(page.holding.parties)[1:]
        TURNS["agencies"] = [tuple(ids[:PICKED]), tuple(ids[2 : PICKED + 2])]
        page = ExplorePage(",".join(ids[:PICKED]), "", "disclosure_rate", "all", str(data))
        print(f"320 reports read and checked: {opened:.1f} s")
        for name, took in in_process(page).items():
            print(f"python    {name:10} {took:6.0f} ms")
        if not all(map(importlib.util.find_spec, ("voila", "playwright"))) or not shutil.which("chromium"):
            print("browser   not measured: voila, playwright or chromium is not here")
            return 0
        labels = {
            "indicator": ("办理结果｜公开率", [["｜公开率"], ["｜不予公开率"]]),
            "peers": ("不比", [["同类同级，全部"], ["不比"]]),
            "years": ("2018", [[str(year) for year in turn] for turn in TURNS["years"]]),
            "agencies": (ids[0], [[f"　{name}" for name in turn] for turn in TURNS["agencies"]]),
        }
        with voila(Path(folder), data, ",".join(ids[:PICKED])) as address:
            for name, (chart, table) in in_browser(address, labels).items():
                missed |= chart > GOAL
                print(
                    f"browser   {name:10} {chart:6.0f} ms to the chart, {table:.0f} ms to the table (goal {GOAL:.0f})"
                )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
