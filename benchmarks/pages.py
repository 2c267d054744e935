"""What a page costs in a process that has made one before: its code, the formatting of what it shows, export, text.

Every page of ``data/``, its notebook's cells called as functions, no kernel: what a batch pays beside starting
processes. Medians of CPU time per notebook, and what warming a process costs (:func:`gdgk.pages.warming.warm`). The
page of a year over 100 and 400 synthetic reports: four times the reports must not cost much more than four times the
time. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import ast
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import plotly.io
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from nbformat.v4 import new_output

from gdgk.archive import Archive
from gdgk.batch.plan import notebooks, parameters, targets
from gdgk.batch.work import notebook_text
from gdgk.exporters.html import page_html

ROUNDS = 7
STAGES = ("code", "format", "export", "text")


def measured(stages: dict[str, float], name: str, step: Callable[[], Any]) -> Any:
    """What a step gives, its CPU time in ms added to its stage."""
    begun = time.process_time()
    result = step()
    stages[name] = stages.get(name, 0.0) + 1000 * (time.process_time() - begun)
    return result


def shown(source: str, names: dict[str, Any]) -> list[Any]:
    """Run a cell; what it displays, and last the value of its last expression."""
    found: list[Any] = []
    names["display"] = lambda *things: found.extend(things)
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        found.extend([] if value is None else [value])
    return found


def page(path: Path, values: dict[str, Any], root: str) -> dict[str, float]:
    """The CPU time of one page by stage, ms."""
    stages: dict[str, float] = {}
    notebook = nbformat.read(path, as_version=4)
    names: dict[str, Any] = {}
    InteractiveShell.instance()
    plotly.io.renderers.default = "plotly_mimetype"  # as in a kernel
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        things = measured(stages, "code", partial(shown, cell.source, names))
        if "parameters" in cell.metadata.get("tags", []):
            names.update(values)
        with capture_output() as captured:
            measured(stages, "format", partial(display, *things))
        cell.outputs = [new_output("display_data", item.data, metadata=item.metadata) for item in captured.outputs]
    measured(stages, "export", lambda: page_html(notebook, f"{root}plotly.min.js", f"{root}index.html"))
    measured(stages, "text", lambda: notebook_text(notebook))
    return stages


def main() -> int:
    """Print the table."""
    archive = Archive()
    reports = archive.report_ids()
    print(f"{'notebook':16}{'pages':>6}" + "".join(f"{name:>9}" for name in STAGES) + f"{'ms':>9}")
    for notebook in notebooks():
        wanted = targets(archive, reports, [notebook], True, True)
        runs = [
            page(target.notebook.path, dict(parameters(target, archive)), "../../")
            for _ in range(ROUNDS + 1)
            for target in wanted
        ][len(wanted) :]
        medians = [statistics.median(run[name] for run in runs) for name in STAGES]
        total = statistics.median(sum(run.values()) for run in runs)
        print(f"{notebook.name:16}{len(wanted):6}" + "".join(f"{value:9.1f}" for value in medians) + f"{total:9.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
