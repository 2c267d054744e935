"""How fast figures are checked, beside three libraries that do the same on the same figures in the same run.

42 identities of tables 三 and 四 (2021 form, 190 cells) over synthetic agency-years, one in a hundred with a wrong
cell: CPU seconds (all threads together), median of several runs. Peers come with the extra `bench`; where one is
missing it is left out and its goals with it. Then every rule of the catalogue over synthetic agencies of five years,
some of whose reports leave cells blank. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from gdgk.archive import Agency  # noqa: E402
from gdgk.form import CellKey, edition  # noqa: E402
from gdgk.reconciliation import Relation, relations  # noqa: E402
from gdgk.reconciliation.matrix import Matrix  # noqa: E402
from gdgk.reconciliation.screening import explain, violations  # noqa: E402
from gdgk.reconciliation.wide import Wide  # noqa: E402

FORM = edition("2021")
CELLS = [key for key in FORM.cells if key.table != "proactive_disclosure"]
IDENTITIES = tuple(item for item in relations(FORM) if not item.needs_prior)
WRONG = 0.01
RUNS = {1_000: 15, 100_000: 5}
# By how many times a peer's CPU must exceed ours, by size; below 1: ours may be slower.
GOALS = {
    ("pandera", 1_000): 200.0,
    ("duckdb", 1_000): 40.0,
    ("pandera", 100_000): 30.0,
    ("duckdb", 100_000): 2.0,
    ("polars", 100_000): 0.5,
}
MILLION_SECONDS, MILLION_GB = 1.0, 1.5
# A report may take this much more when there are ten times as many.
LINEAR = 1.5
Failures = set[tuple[int, int]]


# Synthetic figures ----------------------------------------------------------------------------------------------------


def balanced(count: int, seed: int = 0, wrong: float = WRONG) -> np.ndarray:
    """Reports × cells of tables 三 and 四 in which every identity holds, but for one cell in some reports."""
    random = np.random.default_rng(seed)
    places = {key: at for at, key in enumerate(CELLS)}
    # Column by column, as a columnar file gives them; so every library gets them.
    values = np.zeros((count, len(CELLS)), dtype=np.int32, order="F")
    table = FORM.tables["applications"]
    parts = [column.key for column in table.columns.values() if column.kind == "column"]
    leaves = [leaf.key for leaf in table.leaves("outcomes")]

    def at(row: str, column: str, name: str = "applications") -> int:
        return places[CellKey(name, row, column)]

    for part in parts:
        for leaf in leaves:
            values[:, at(leaf, part)] = random.poisson(2.0, count)
        total = values[:, [at(leaf, part) for leaf in leaves]].sum(axis=1)
        forward = random.integers(0, 5, count)
        over = np.minimum(random.integers(0, 5, count), total + forward)
        for row, column in (
            ("outcomes_total", total),
            ("carried_forward", forward),
            ("carried_over", over),
            ("new", total + forward - over),
        ):
            values[:, at(row, part)] = column
    for row in table.rows:
        values[:, at(row, "total")] = values[:, [at(row, part) for part in parts]].sum(axis=1)
    disputes = FORM.tables["disputes"]
    results = [column.key for column in disputes.columns.values() if column.kind == "column"]
    for row in disputes.rows:
        for result in results:
            values[:, at(row, result, "disputes")] = random.poisson(1.0, count)
        own = [at(row, result, "disputes") for result in results]
        values[:, at(row, "total", "disputes")] = values[:, own].sum(axis=1)
    faulty = np.flatnonzero(random.random(count) < wrong)
    values[faulty, random.integers(0, len(CELLS), len(faulty))] += random.integers(1, 9, len(faulty)).astype(np.int32)
    return values


def columns() -> list[str]:
    """The cells' names as columns of a table."""
    return ["__".join(key) for key in CELLS]


def sides(item: Relation) -> tuple[list[str], list[str]]:
    """An identity as names of columns: left and right."""
    left, right = (["__".join(term.key) for term in side] for side in (item.left, item.right))
    return left, right


# Who checks them ------------------------------------------------------------------------------------------------------


# The cells of tables 三 and 四 as a form of their own: the benchmark's 190 columns.
ONLY = replace(FORM, tables={name: table for name, table in FORM.tables.items() if name != "proactive_disclosure"})


def gdgk_checker(values: np.ndarray) -> Callable[[], Failures]:
    """One sparse product in blocks."""
    matrix = Matrix(ONLY, IDENTITIES)

    def run() -> Failures:
        found = matrix.failing(values)
        return set(zip(found.report.tolist(), found.comparison.tolist(), strict=True))

    return run


def pandera_checker(values: np.ndarray) -> Callable[[], Failures]:
    """A schema with a check for each identity, every failure collected."""
    import pandas as pd
    import pandera.pandas as pa

    frame = pd.DataFrame(values, columns=columns())

    def holds(item: Relation) -> Callable[[pd.DataFrame], pd.Series]:
        left, right = sides(item)
        return lambda rows: reduce(add, (rows[name] for name in left)) == reduce(add, (rows[name] for name in right))

    schema = pa.DataFrameSchema(checks=[pa.Check(holds(item), name=str(at)) for at, item in enumerate(IDENTITIES)])

    def run() -> Failures:
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            cases = error.failure_cases
            pairs = zip(cases["index"].astype(int), cases["check"].astype(int), strict=True)
            return set(pairs)
        return set()

    return run


def duckdb_checker(values: np.ndarray) -> Callable[[], Failures]:
    """A table in memory; one query gives the identities that fail of each report in which any does."""
    import duckdb
    import pandas as pd

    frame = pd.DataFrame(values, columns=columns())
    frame.insert(0, "report", np.arange(len(frame), dtype=np.int64))
    connection = duckdb.connect(":memory:")
    connection.execute("create table figures as select * from frame")
    tests = [" <> ".join(f"({' + '.join(side)})" for side in sides(item)) for item in IDENTITIES]
    named = ", ".join(f"{test} as e{at}" for at, test in enumerate(tests))
    any_of = " or ".join(f"e{at}" for at in range(len(tests)))
    query = f"select * from (select report, {named} from figures) where {any_of}"

    def run() -> Failures:
        rows = connection.execute(query).fetchall()
        return {(row[0], at) for row in rows for at, fails in enumerate(row[1:]) if fails}

    return run


def polars_checker(values: np.ndarray) -> Callable[[], Failures]:
    """Expressions over columns, those reports kept in which any identity fails."""
    import polars as pl

    frame = pl.DataFrame(values, schema=columns()).with_row_index("report")
    tests = []
    for at, item in enumerate(IDENTITIES):
        left, right = (reduce(add, (pl.col(name) for name in side)) for side in sides(item))
        tests.append((left != right).alias(f"e{at}"))
    names = [f"e{at}" for at in range(len(tests))]

    def run() -> Failures:
        found = frame.lazy().select("report", *tests).filter(pl.any_horizontal(names)).collect()
        return {(row[0], at) for row in found.iter_rows() for at, fails in enumerate(row[1:]) if fails}

    return run


CHECKERS: dict[str, Callable[[np.ndarray], Callable[[], Failures]]] = {
    "gdgk": gdgk_checker,
    "pandera": pandera_checker,
    "duckdb": duckdb_checker,
    "polars": polars_checker,
}


def cpu(run: Callable[[], Any], runs: int) -> float:
    """Median CPU seconds of a call, all threads together, after one that warms up. What takes less than 20 ms is called
    as often as fills them, so that the clock can tell.
    """
    begun = time.process_time()
    run()
    often = max(1, int(0.02 / max(time.process_time() - begun, 1e-5)))
    times = []
    for _ in range(runs):
        begun = time.process_time()
        for _ in range(often):
            run()
        times.append((time.process_time() - begun) / often)
    return statistics.median(times)


# What is measured -----------------------------------------------------------------------------------------------------


def identities(size: int) -> bool:
    """All checkers on the same figures; whether every goal was met and all found the same."""
    values = balanced(size)
    times: dict[str, float] = {}
    expected: Failures | None = None
    met = True
    for name, checker in CHECKERS.items():
        try:
            run = checker(values)
        except ImportError:
            print(f"{name:10} not installed: pip install -e '.[bench]'")
            continue
        found = run()
        expected = found if expected is None else expected
        times[name] = cpu(run, RUNS[size])
        ratio = times[name] / times["gdgk"]
        goal = GOALS.get((name, size))
        missed = (goal is not None and ratio < goal) or found != expected
        met = met and not missed
        told = "  MISSED" if missed else ""
        goal_text = f"{goal:>8.1f}" if goal else f"{'':8}"
        print(
            f"{size:>9,} {name:10}{times[name] * 1000:12.3f} ms{ratio:10.2f}×{goal_text}{len(found):9,}{told}",
            flush=True,
        )
    return met


def million() -> None:
    """One million agency-years in whole numbers, in a process of its own."""
    block = balanced(10_000)
    values = np.empty((1_000_000, len(CELLS)), dtype=np.int32, order="F")
    for start in range(0, len(values), len(block)):
        values[start : start + len(block)] = block
    matrix = Matrix(ONLY, IDENTITIES)
    times = []
    for _ in range(3):
        begun = time.process_time()
        found = matrix.failing(values)
        times.append(time.process_time() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{statistics.median(times)} {peak} {len(found.report)}")


def catalogue_figures(agencies: int) -> list[Wide]:
    """Synthetic reports of five years, 2021 to 2025: carried over from year to year; a tenth print nothing for 0."""
    random = np.random.default_rng(1)
    first = [at for at, key in enumerate(FORM.cells) if key.table == "proactive_disclosure"]
    places = {key: at for at, key in enumerate(FORM.cells)}
    names = np.array([f"a{number}" for number in range(agencies)], dtype=object)
    values: list[np.ndarray] = []
    for year in range(5):
        figures = np.zeros((agencies, len(FORM.cells)))
        figures[:, len(first) :] = balanced(agencies, seed=year)
        figures[:, first] = random.poisson(200.0, (agencies, len(first)))
        stock = values[-1] if year else np.full((agencies, len(FORM.cells)), 500.0)
        figures[:, [at for at, key in enumerate(FORM.cells) if key.row == "regulations"]] = 0
        for row in ("normative_documents",):
            issued, repealed, in_force = (
                places[CellKey("proactive_disclosure", row, column)] for column in ("issued", "repealed", "in_force")
            )
            figures[:, repealed] = np.minimum(figures[:, repealed], np.nan_to_num(stock[:, in_force]))
            figures[:, in_force] = np.nan_to_num(stock[:, in_force]) + figures[:, issued] - figures[:, repealed]
        if year:
            for column in FORM.tables["applications"].columns:
                forward = values[-1][:, places[CellKey("applications", "carried_forward", column)]]
                over, new = (places[CellKey("applications", row, column)] for row in ("carried_over", "new"))
                figures[:, new] += figures[:, over] - np.nan_to_num(forward)
                figures[:, over] = np.nan_to_num(forward)
        sparing = random.random(agencies) < 0.1
        figures[sparing] = np.where(figures[sparing] == 0, np.nan, figures[sparing])
        for county in range(0, agencies - 19, 20):
            figures[county] = np.nan_to_num(figures[county + 1 : county + 20]).sum(axis=0)
        values.append(figures)
    years = np.repeat(np.arange(2021, 2026), agencies)
    return [Wide(FORM, np.tile(names, 5), years, np.concatenate(values))]


def synthetic_register(agencies: int) -> dict[str, Agency]:
    """One agency in twenty is a county over the nineteen behind it, the first of these its office."""
    found = {}
    for number in range(agencies):
        county = number - number % 20
        kind = ["区县政府", "政府办公室"][number % 20] if number % 20 < 2 else "县级政府部门"
        parent = "" if number == county else f"a{county}"
        found[f"a{number}"] = Agency(f"a{number}", f"合成机关{number}", kind=kind, region_code="530126", parent=parent)
    return found


def catalogue() -> bool:
    """Every rule over 10,000 and 100,000 agency-years; whether the time for each report stays the same."""
    each = {}
    for agencies in (2_000, 20_000):
        wides, register = catalogue_figures(agencies), synthetic_register(agencies)
        size = agencies * 5
        begun = time.process_time()
        found = violations(wides, agencies=register)
        each[size] = (time.process_time() - begun) / size
        print(
            f"{size:>9,} agency-years, all rules: {each[size] * size:6.2f} s of CPU, {each[size] * 1e6:6.1f} µs each, ",
            end="",
        )
        print(f"{len(found):,} failures in {len(found.drop_duplicates(['agency', 'year'])):,} reports")
    reports = list(found[["agency", "year"]].drop_duplicates().itertuples(index=False, name=None))[:1000]
    begun = time.process_time()
    explained = explain(wides, reports, agencies=register)
    spent = time.process_time() - begun
    print(f"full findings on {len(reports):,} of them: {spent:.2f} s of CPU, {len(explained):,} findings")
    small, large = each.values()
    return large <= LINEAR * small


def main() -> int:
    """Measure, print, and say whether every goal was met."""
    print(
        f"{len(IDENTITIES)} identities, {len(CELLS)} cells; CPU of a run, its ratio to gdgk's, the goal, failures found"
    )
    met = all([identities(size) for size in RUNS])
    output = subprocess.run(
        [sys.executable, __file__, "million"], capture_output=True, text=True, check=True
    ).stdout.split()
    seconds, peak, failures = float(output[0]), float(output[1]), int(output[2])
    fits = seconds < MILLION_SECONDS and peak < MILLION_GB
    told = "" if fits else "  MISSED"
    print(f"1,000,000 gdgk {seconds:.2f} s of CPU, peak {peak:.2f} GB, {failures:,} failures{told}")
    linear = catalogue()
    if not linear:
        print("MISSED: a report takes longer the more there are")
    return 0 if met and fits and linear else 1


if __name__ == "__main__":
    if sys.argv[1:] == ["million"]:
        million()
        sys.exit(0)
    sys.exit(main())
