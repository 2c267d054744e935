"""gdgk run against doing it by hand: CPU seconds and wall time of a page, the same notebook and the same data.

Interleaved in one run, medians over rounds: ``papermill`` then ``jupyter nbconvert`` as two commands, two at a time; a
pool of two long-lived workers, each with papermill's own engine and a warm exporter; ``gdgk run``; and the floor, the
notebook's code as a plain function plus the export, in one warm process. What a way takes to start is in its figures,
spread over the same number of pages for all; the last column is without. Then the skipping of what is unchanged, growth
from 10 to 1,000 reports with peak memory, and all notebooks of 1,000 agency-years. ``--quick`` leaves the last two out.
Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gdgk.archive import Archive, ReportId  # noqa: E402
from gdgk.sampling import sample_city  # noqa: E402

NOTEBOOK = ROOT / "notebooks" / "agency_year.ipynb"
BIN = Path(sys.executable).parent
CORES = 2
ROUNDS = 3
AGENCIES, YEARS = 40, range(2019, 2025)
BY_HAND, POOLED, FLOOR = 4, 8, 24  # pages a round, spread over all; gdgk run makes all of them
FIELDS = ("cpu", "wall")
GOALS = {"by hand": 40.0, "pool of 2": 15.0}
GOAL_FLOOR, GOAL_UNCHANGED, GOAL_GROWTH, GOAL_MEMORY = 2.0, 1000.0, 1.10, 1.25


@dataclass
class Cost:
    """What a page took: seconds of processor time, seconds by the clock."""

    cpu: float
    wall: float


def spent(children: bool = True) -> float:
    """Processor seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + (times.children_user + times.children_system if children else 0.0)


def measured(pages: int, work: Callable[[], object]) -> Cost:
    """The cost of a page of some work that makes several."""
    cpu, wall = spent(), time.perf_counter()
    work()
    return Cost((spent() - cpu) / pages, (time.perf_counter() - wall) / pages)


# ── the four ways ──


def by_hand(data: Path, reports: list[ReportId], folder: Path) -> Cost:
    """Two commands a page, as many pages at a time as there are cores."""

    def one(report: ReportId) -> None:
        made = folder / f"{report.agency}-{report.year}.ipynb"
        chosen = ["-p", "agency", report.agency, "-p", "year", str(report.year), "-p", "data", str(data)]
        for command in (
            [BIN / "papermill", "--no-progress-bar", NOTEBOOK, made, *chosen],
            [BIN / "jupyter", "nbconvert", "--to", "gdgk_html", made],
        ):
            subprocess.run([str(part) for part in command], check=True, capture_output=True)

    def work() -> None:
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(one, reports))

    return measured(len(reports), work)


def pool_page(data: str, agency: str, year: int, folder: str) -> float:
    """In a worker of the pool: one page; the processor seconds it took, its kernel's included."""
    import papermill

    from gdgk.exporters.html import page_html

    begun = spent()
    name = f"{folder}/{agency}-{year}"
    parameters = {"agency": agency, "year": year, "data": data}
    executed = papermill.execute_notebook(str(NOTEBOOK), f"{name}.ipynb", parameters=parameters, progress_bar=False)
    Path(f"{name}.html").write_text(page_html(executed, "plotly.min.js"), encoding="utf-8")
    return spent() - begun


def pool_ready() -> float:
    """In a worker of the pool: import what a page needs; the processor seconds that it took to be there."""
    import papermill  # noqa: F401

    from gdgk.exporters.html import exporter

    exporter()
    time.sleep(1)  # so that the other worker takes the other call
    return spent()


def pool_start(pool: ProcessPoolExecutor, pages: int) -> Cost:
    """What the start of the workers costs each of so many pages."""
    begun = time.perf_counter()
    cpu = sum(future.result() for future in [pool.submit(pool_ready) for _ in range(CORES)])
    return Cost(cpu / pages, (time.perf_counter() - begun - 1) / pages)


def pooled(pool: ProcessPoolExecutor, data: Path, reports: list[ReportId], folder: Path) -> Cost:
    """Workers that are there already."""
    begun = time.perf_counter()
    futures = [pool.submit(pool_page, str(data), *report, str(folder)) for report in reports]
    cpu = sum(future.result() for future in futures)
    return Cost(cpu / len(reports), (time.perf_counter() - begun) / len(reports))


def gdgk_run(data: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command itself."""
    command = [str(BIN / "gdgk"), "run", "--data", str(data), "--reports", str(folder), *options]
    return subprocess.run(command, check=True, capture_output=True, text=True)


def run_way(data: Path, reports: list[ReportId], folder: Path) -> Cost:
    """gdgk run of one notebook for all agencies and years, its start, plan and index included."""
    options = ["--notebook", "agency_year", "--force", "--jobs", str(CORES)]
    return measured(len(reports), lambda: gdgk_run(data, folder, *options))


FLOOR_CODE = """
import json, os, sys, time
born = time.perf_counter()
from pathlib import Path
import nbformat
from gdgk.batch.work import notebook_text
from gdgk.exporters.html import page_html
from gdgk.exporters.warming import output_of, warm
from gdgk.files import write_atomic
from gdgk.pages import ReportPage
warm()
notebook = nbformat.read(sys.argv[1], as_version=4)
def page(data, agency, year, folder):
    own = ReportPage(agency, year, data)
    shown = [own.masthead(), own.findings(), *own.tables(), own.legend(), *own.charts(), own.change()]
    shown += [own.revisions(), own.source()]
    cells = [nbformat.v4.new_code_cell("", outputs=[output_of(piece)]) for piece in shown]
    made = nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)
    write_atomic(Path(folder) / f"{agency}-{year}.ipynb", notebook_text(made))
    write_atomic(Path(folder) / f"{agency}-{year}.html", page_html(made, "plotly.min.js"))
print(json.dumps([time.process_time(), time.perf_counter() - born]), flush=True)
for line in sys.stdin:
    data, reports, folder = json.loads(line)
    wall, cpu = time.perf_counter(), time.process_time()
    for agency, year in reports:
        page(data, agency, year, folder)
    print(json.dumps([time.process_time() - cpu, time.perf_counter() - wall]), flush=True)
"""


def floor_start(process: subprocess.Popen[str], pages: int) -> Cost:
    """What the start of the warm process costs each of so many pages."""
    assert process.stdout is not None
    cpu, wall = json.loads(process.stdout.readline())
    return Cost(cpu / pages, wall / pages)


def floor(process: subprocess.Popen[str], data: Path, reports: list[ReportId], folder: Path) -> Cost:
    """The notebook's code as a plain function plus the export, in a process that is warm."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps([str(data), [list(report) for report in reports], str(folder)]) + "\n")
    process.stdin.flush()
    cpu, wall = json.loads(process.stdout.readline())
    return Cost(cpu / len(reports), wall / len(reports))


def compare(data: Path, reports: list[ReportId], folder: Path) -> bool:
    """The four ways, interleaved; whether the goals are met."""
    costs: dict[str, list[Cost]] = {"by hand": [], "pool of 2": [], "gdgk run": [], "floor": []}
    command = [sys.executable, "-c", FLOOR_CODE, str(NOTEBOOK)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    plain = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    with plain, ProcessPoolExecutor(CORES, get_context("spawn")) as pool:
        for made in ("hand", "pool", "plain"):
            (folder / made).mkdir()
        starts = {"pool of 2": pool_start(pool, len(reports)), "floor": floor_start(plain, len(reports))}
        pooled(pool, data, spread(reports, CORES), folder / "pool")
        floor(plain, data, spread(reports, CORES), folder / "plain")
        for _ in range(ROUNDS):
            costs["by hand"].append(by_hand(data, spread(reports, BY_HAND), folder / "hand"))
            costs["pool of 2"].append(pooled(pool, data, spread(reports, POOLED), folder / "pool"))
            costs["gdgk run"].append(run_way(data, reports, folder / "run"))
            costs["floor"].append(floor(plain, data, spread(reports, FLOOR), folder / "plain"))
        assert plain.stdin is not None
        plain.stdin.close()
    page = {name: Cost(*(middle([getattr(cost, each) for cost in costs[name]]) for each in FIELDS)) for name in costs}
    whole = {name: plus(cost, starts.get(name)) for name, cost in page.items()}
    own = whole["gdgk run"]
    print(f"{'one agency_year page':<22}{'CPU s':>9}{'wall s':>9}{'CPU ×':>9}{'wall ×':>9}   {'goal':<8}CPU s, started")
    met = True
    for name, cost in whole.items():
        ratios = cost.cpu / own.cpu, cost.wall / own.wall
        goal = GOALS.get(name)
        met = met and (goal is None or min(ratios) >= goal)
        print(f"{name:<22}{cost.cpu:>9.3f}{cost.wall:>9.3f}{ratios[0]:>9.1f}{ratios[1]:>9.1f}   ", end="")
        print(f"{f'≥ {goal:g}×' if goal else '':<8}{f'{page[name].cpu:.3f}' if name in starts else ''}")
    print(f"{len(reports)} pages of {AGENCIES} agencies; gdgk run's start, plan and index are in its figures")
    over = own.cpu / whole["floor"].cpu
    print(f"gdgk run over the floor: {over:.2f}× the CPU (goal ≤ {GOAL_FLOOR:g}×); ", end="")
    print(f"over a floor that is there already: {own.cpu / page['floor'].cpu:.2f}×")
    return met and over <= GOAL_FLOOR


def plus(page: Cost, start: Cost | None) -> Cost:
    """The cost of a page with its share of a start."""
    return page if start is None else Cost(page.cpu + start.cpu, page.wall + start.wall)


def spread(reports: list[ReportId], number: int) -> list[ReportId]:
    """As many reports, evenly over all: a government's page, which reads those of its agencies, costs more."""
    step = len(reports) / number
    return [reports[int((place + 0.5) * step)] for place in range(number)]


def middle(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


# ── growth, memory, what is unchanged ──


class Peak(threading.Thread):
    """Notes the most memory that each process of a command took while it ran: the command itself, its warm parent."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.most: dict[int, int] = {}
        self.over = threading.Event()

    def run(self) -> None:
        """Look ten times a second."""
        while not self.over.wait(0.1):
            for number in (self.process, *children(self.process)):
                self.most[number] = max(self.most.get(number, 0), memory(number))


def children(process: int) -> list[int]:
    """The processes that a process started itself."""
    try:
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def memory(process: int) -> int:
    """The bytes of memory that a process has in use."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


def whole_run(data: Path, folder: Path, *options: str) -> tuple[Cost, float, str]:
    """A run of all that a folder has: its whole cost, the peak memory of the largest process, its last lines."""
    command = [str(BIN / "gdgk"), "run", "--data", str(data), "--reports", str(folder), *options]
    cpu, wall = spent(), time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        peak = Peak(process.pid)
        peak.start()
        output, _ = process.communicate()
        peak.over.set()
        peak.join()
    assert process.returncode == 0, output
    return Cost(spent() - cpu, time.perf_counter() - wall), max(peak.most.values()) / 2**20, output


def growth(folder: Path) -> bool:
    """10, 100 and 1,000 reports: the cost of each more is the same, and no process grows."""
    costs: dict[int, Cost] = {}
    peaks: dict[int, float] = {}
    for agencies in (1, 10, 100):
        data = folder / f"city-{agencies}"
        sample_city(data, agencies, range(2015, 2025), 1, 0.05)
        number = agencies * 10
        costs[number], peaks[number], _ = whole_run(data, folder / f"made-{agencies}", "--notebook", "agency_year")
        cost = costs[number]
        print(f"{number:>6,} reports: CPU {cost.cpu:.1f} s, wall {cost.wall:.1f} s, peak {peaks[number]:.0f} MB")
    start = costs[10].cpu - 10 * (costs[100].cpu - costs[10].cpu) / 90
    linear = start + 1000 * (costs[100].cpu - costs[10].cpu) / 90
    grown = costs[1000].cpu / linear
    fatter = peaks[1000] / peaks[100]
    print(
        f"1,000 against what 10 and 100 foretell: {grown:.2f} (goal ≤ {GOAL_GROWTH}); peak memory against 100: ", end=""
    )
    print(f"{fatter:.2f} (goal ≤ {GOAL_MEMORY})")
    return grown <= GOAL_GROWTH and fatter <= GOAL_MEMORY


def thousand(folder: Path) -> bool:
    """All notebooks of 1,000 agency-years end to end; then again, when nothing has changed."""
    data, made = folder / "city-100", folder / "thousand"
    cost, peak, output = whole_run(data, made)
    print(f"1,000 agency-years, all notebooks: CPU {cost.cpu:.0f} s, wall {cost.wall:.0f} s, peak {peak:.0f} MB")
    print("  " + next(line for line in output.splitlines() if "made" in line))
    cost, _, output = whole_run(data, made)
    print(f"unchanged, the whole command with its start and the index: {cost.wall:.2f} s wall")
    print("  " + output.splitlines()[0].partition(" → ")[0])
    plan = 1000 / planning(data, made)
    print(f"unchanged, planned alone: {plan:,.0f} reports a second (goal ≥ {GOAL_UNCHANGED:,.0f})")
    return plan >= GOAL_UNCHANGED


def planning(data: Path, made: Path) -> float:
    """Seconds that it takes to see that nothing has changed; the median of three."""
    from gdgk.batch import plan_run

    found = []
    for _ in range(3):
        begun = time.perf_counter()
        batch = plan_run(data=data, reports=made)
        found.append(time.perf_counter() - begun)
        assert not batch.to_run
    return middle(found)


def main() -> int:
    """Measure; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the comparison only")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "city"
        sample_city(data, AGENCIES, YEARS, 1, 0.05)
        reports = Archive(data).report_ids()
        met = compare(data, reports, folder)
        met = met if quick else growth(folder) & thousand(folder) & met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
