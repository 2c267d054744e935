"""A process that was warmed makes pages without importing or reading anything but their reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.xdist_group("warming")  # the script is run once for all tests

# Warms a fresh process, then makes a real page of each kind in it, and prints what came of that as JSON.
SCRIPT = """
import functools, inspect, json, sys, threading
from pathlib import Path

opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)

from gdgk.exporters.warming import warm

def caches():
    found = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("gdgk"):
            for function in vars(module).values():
                if isinstance(function, functools._lru_cache_wrapper) and function.__module__ == name:
                    taken = inspect.signature(function).parameters.values()
                    if all(one.default is not one.empty for one in taken):
                        found[f"{name}.{function.__name__}"] = function.cache_info().currsize
    return found

warm()
data = str(Path("data").resolve())
told = {
    "threads": threading.active_count(),
    "native": len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").exists() else 1,
    "data": [path for path in opened if path.startswith(data)],
    "empty": [name for name, size in caches().items() if not size],
}

# The shell of whoever runs the cells, as in a kernel.
import plotly.io
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output

InteractiveShell.instance()
plotly.io.renderers.default = "plotly_mimetype"
modules, before = set(sys.modules), caches()

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output
from gdgk.archive import Archive
from gdgk.exporters.html import page_html
from gdgk.pages import AnnualReportPage, ReportPage, TrendPage, YearPage

def pieces():
    for agency, year in Archive().report_ids():
        page = ReportPage(agency, year)
        yield [page.masthead(), page.findings(), *page.tables(), page.legend(), *page.charts()]
        yield [page.change(), page.revisions(), page.source()]
        page = AnnualReportPage(agency, year)
        yield [page.masthead(), page.opening(), *(page.section(numeral) for numeral in "一二三四五六")]
    page = TrendPage("suqian")
    yield [page.masthead(), page.ribbon(), page.chain(), *page.charts(), page.comparability()]
    page = YearPage("", 2023)
    yield [page.masthead(), page.overview(), page.rules(), page.findings(), page.repetition()]

for made in pieces():
    with capture_output() as shown:
        display(*made)
    outputs = [new_output("display_data", item.data, metadata=item.metadata) for item in shown.outputs]
    assert len(outputs) == len(made) and not shown.stdout
    notebook = new_notebook(cells=[new_code_cell("", outputs=outputs)])
    assert page_html(notebook, "plotly.min.js").startswith("<!doctype html>")
    nbformat.writes(notebook)
told["modules"] = sorted(set(sys.modules) - modules)
told["caches"] = sorted(name for name, size in caches().items() if before.get(name) != size)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str] | int]:
    """What the script found."""
    own = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "IPYTHONDIR": str(tmp_path_factory.mktemp("ipython"))}
    environment = {**os.environ, **own}
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str] | int] = json.loads(done.stdout)
    return found


def test_warming_starts_no_thread(told: dict[str, list[str] | int]) -> None:
    assert told["threads"] == 1
    assert told["native"] == 1


def test_warming_reads_no_data_folder(told: dict[str, list[str] | int]) -> None:
    assert told["data"] == []


def test_warming_fills_every_cache_of_the_packages_own_data(told: dict[str, list[str] | int]) -> None:
    assert told["empty"] == []


def test_a_page_made_after_warming_imports_nothing_and_reads_nothing_of_the_package_again(
    told: dict[str, list[str] | int],
) -> None:
    assert told["modules"] == []
    assert told["caches"] == []
