"""What a page costs in a process that has made one before: its code, the formatting of what it shows, export, text.

Every page of ``data/``, its notebook's cells called as functions, no kernel: what a batch pays beside starting
processes. Medians of CPU time per notebook, and what warming a process costs (:func:`gdgk.exporters.warming.warm`). The
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
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import plotly.io
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from nbformat.v4 import new_output

from gdgk.archive import Archive
from gdgk.archive.agencies import AGENCY_HEADER
from gdgk.batch.plan import Listed, job_of, notebooks, targets
from gdgk.exporters.choosing import exported_page
from gdgk.exporters.warming import RESULTS, SLIP, synthetic_report, warm
from gdgk.files import write_atomic
from gdgk.form import CellKey, edition_for
from gdgk.report import with_cells

ROUNDS = 7
MOST = 45.0
GOALS = {"agency_year": 45.0, "annual_report": 30.0, "trends": 45.0, "reconciliation": 30.0}
YEAR, SIZES, MOST_RATIO = 2023, (100, 400), 1.25
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
    measured(stages, "export", lambda: exported_page(notebook, f"{root}plotly.min.js", f"{root}index.html"))
    measured(stages, "text", lambda: nbformat.writes(notebook))
    return stages


def synthetic_year(root: Path, agencies: int) -> str:
    """A data folder of synthetic reports on two years, every third with a total that does not add up."""
    lines = [f"a{number},合成{number}局,,政府部门,,,,," for number in range(agencies)]
    write_atomic(root / "agencies.csv", "\n".join([",".join(AGENCY_HEADER), *lines, ""]))
    archive = Archive(root)
    for number in range(agencies):
        for year in (YEAR - 1, YEAR):
            report = synthetic_report(f"a{number}", year, edition_for(year))
            wrong = SLIP if number % 3 else CellKey("disputes", "reconsideration", "total")
            archive.write(with_cells(report, {SLIP: str(RESULTS[SLIP.row]), wrong: "41"}))
    return str(archive.root)


def year_pages() -> dict[int, float]:
    """The CPU time of the page of a year by the number of its reports, ms."""
    (notebook,) = notebooks(["reconciliation"])
    found = {}
    for count in SIZES:
        with TemporaryDirectory(prefix="gdgk-") as folder:
            values = {"agency": "", "year": YEAR, "data": synthetic_year(Path(folder), count)}
            found[count] = statistics.median(sum(page(notebook.path, values, "../").values()) for _ in range(3))
    return found


def main() -> int:
    """Print the tables; 1 when a goal is missed."""
    begun = time.process_time()
    warm()
    print(f"warm(): {time.process_time() - begun:.2f} s of CPU, imports beside\n")
    archive = Listed()
    root = str(archive.root.resolve())
    reports = archive.report_ids()
    missed = []
    print(f"{'notebook':16}{'pages':>6}" + "".join(f"{name:>9}" for name in STAGES) + f"{'ms':>9}{'goal':>9}")
    for notebook in notebooks():
        wanted = targets(archive, reports, [notebook], True, True)
        made = [(target.notebook.path, dict(job_of(target, root, "").parameters)) for target in wanted]
        runs = [page(path, values, "../../") for _ in range(ROUNDS + 1) for path, values in made][len(made) :]
        medians = [statistics.median(run[name] for run in runs) for name in STAGES]
        total = statistics.median(sum(run.values()) for run in runs)
        shown = "".join(f"{value:9.1f}" for value in medians)
        print(f"{notebook.name:16}{len(wanted):6}{shown}{total:9.1f}{GOALS.get(notebook.name, MOST):9.1f}")
        if total > GOALS.get(notebook.name, MOST):
            missed.append(notebook.name)
    years = year_pages()
    few, many = SIZES
    ratio = years[many] / years[few]
    print(f"\nreconciliation of {few} reports {years[few]:.0f} ms, of {many} {years[many]:.0f} ms: {ratio:.2f} times")
    if ratio > MOST_RATIO * many / few:
        missed.append("reconciliation of many reports")
    print(f"missed: {', '.join(missed)}" if missed else "every goal met")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
