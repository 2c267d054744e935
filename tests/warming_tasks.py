"""A warm parent that notes what it opens, and what its children still import and fill: found by name in a module."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# The agency whose pages are made by their notebooks; those of the others by what the notebooks call.
BY_NOTEBOOK = "suqian"
OPENED: list[str] = []
# Holds no data: the warm parent that papermill asks for, of which a warm parent needs none.
NO_DATA = "gdgk.engine.adapter.warm_parent"


def prepare() -> None:
    """As the warm parent of a run does."""
    sys.addaudithook(lambda event, args: OPENED.append(str(args[0])) if event == "open" else None)
    from gdgk.batch.forks import prepare_batch

    prepare_batch()


def told(reports: str, _: Callable[[int], None]) -> dict[str, list[str]]:
    """In a child: what the parent read of data and left unfilled, then what making pages of all kinds still imports and
    fills in this child.
    """
    from gdgk.batch.child import rehearse

    own = str(ROOT / "data")
    found = {
        "data": [path for path in OPENED if path.startswith(own)],
        "empty": [name for name, size in caches().items() if not size and name != NO_DATA],
    }
    before = state()
    found["rehearsed"] = [rehearse().state]
    make_pages()
    run_notebooks(reports)
    return found | anew(before)


def told_of(jobs: list[Any], _: Callable[[int], None]) -> dict[str, list[str]]:
    """In a child: what making these pages still imports and fills."""
    from gdgk.batch.child import perform_here

    before = state()
    assert [perform_here(job, lambda _: None).state for job in jobs] == ["ok"] * len(jobs)
    return anew(before)


def state() -> dict[str, dict[str, int]]:
    """What this process has imported, filled and read."""
    from gdgk.archive.agencies import REGISTER, register_in
    from gdgk.markup import environment

    templates = {str(name): 1 for _, name in (environment().cache or {})}
    registers = {REGISTER: register_in.cache_info().misses}
    return {
        "modules": dict.fromkeys(sys.modules, 1),
        "caches": caches(),
        "templates": templates,
        "registers": registers,
    }


def anew(before: dict[str, dict[str, int]]) -> dict[str, list[str]]:
    """What has come since, by kind."""
    return {
        kind: sorted(name for name, size in now.items() if before[kind].get(name) != size)
        for kind, now in state().items()
    }


def caches() -> dict[str, int]:
    """How full the caches of the package's own data are: those of functions that need no argument."""
    found = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("gdgk"):
            for function in vars(module).values():
                if isinstance(function, functools._lru_cache_wrapper) and function.__module__ == name:
                    taken = inspect.signature(function).parameters.values()
                    if all(one.default is not one.empty for one in taken):
                        found[f"{name}.{function.__name__}"] = function.cache_info().currsize
    return found


def run_notebooks(reports: str) -> None:
    """Run every notebook of an agency; those of a single report for one that has a report of the year before."""
    from gdgk.batch import plan_run
    from gdgk.batch.child import execute_here

    planned = plan_run([BY_NOTEBOOK], reports=Path(reports)).to_run
    jobs = [item.job for item in planned if item.target.year in (0, 2024)]
    assert len(jobs) == 3
    for job in jobs:
        assert execute_here(job, lambda _: None)[1] == ""


def make_pages() -> None:
    """Make the pages of the workbook's other reports, from what their notebooks show."""
    import nbformat
    from IPython.display import display
    from IPython.utils.capture import capture_output
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    from gdgk.exporters.html import page_html

    for made in pieces():
        with capture_output() as shown:
            display(*made)
        outputs = [new_output("display_data", item.data, metadata=item.metadata) for item in shown.outputs]
        assert len(outputs) == len(made) and not shown.stdout
        notebook = new_notebook(cells=[new_code_cell("", outputs=outputs)])
        assert page_html(notebook, "plotly.min.js").startswith("<!doctype html>")
        nbformat.writes(notebook)


def pieces() -> Iterator[list[Any]]:
    """What the notebooks show of each report, and of a year."""
    from gdgk.archive import Archive
    from gdgk.pages import AnnualReportPage, ReportPage, YearPage

    for agency, year in Archive().report_ids():
        if agency == BY_NOTEBOOK:
            continue
        page = ReportPage(agency, year)
        yield [page.masthead(), page.findings(), *page.tables(), page.legend(), *page.charts()]
        yield [page.change(), page.revisions(), page.source()]
        annual = AnnualReportPage(agency, year)
        yield [annual.masthead(), annual.opening(), *(annual.section(numeral) for numeral in "一二三四五六")]
    whole = YearPage("", 2023)
    yield [whole.masthead(), whole.overview(), whole.rules(), whole.findings(), whole.repetition()]
