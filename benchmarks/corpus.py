"""gdgk pack and Corpus beside pandas over one CSV a year: 100,000 and 1,000,000 agency-years.

The figures are synthetic, of ten years on two forms: those of 2,000 agencies as `gdgk sample` draws them, each agency
repeated under other names, its cells scaled by a factor of its own (0.5 to 1.5, rounded; so sums do not hold, and
nothing is checked). They lie in 31 provinces that are none and go through the same writer as a data folder. Questions
are asked by turns with pandas, each in a fresh process for the first time (start, imports and opening not counted; CPU
of all threads, then the clock); the median of three, one run of the million. Then a city of 1,000 reports is packed
from its text files, beside what opening and reading these alone takes. `--quick` leaves out the million. Exit code 1
when a goal is missed.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from gdgk.archive import Agency  # noqa: E402
from gdgk.corpus import Corpus, pack, parquet, schema  # noqa: E402
from gdgk.corpus.writing import Packer  # noqa: E402
from gdgk.form import edition, edition_for  # noqa: E402
from gdgk.sampling import sample_city  # noqa: E402
from gdgk.sampling.city import example_city  # noqa: E402
from gdgk.sampling.filling import fill  # noqa: E402
from gdgk.sampling.ledger import Ledger  # noqa: E402

YEARS = list(range(2019, 2029))
DRAWN = 2_000
SIZES = (100_000, 1_000_000)
# Two digits that begin no code of GB/T 2260.
PROVINCES = [
    f"{number:02}0000"
    for number in (*range(1, 11), *range(16, 21), *range(24, 31), *range(38, 41), *range(47, 50), 55, 56, 57)
]
CELL = "applications.new.total"
TEN = [
    f"applications.{row}.total"
    for row in ("new", "carried_over", "granted", "partly_granted", "outcomes_total", "carried_forward")
]
TEN += [f"disputes.{row}.total" for row in ("reconsideration", "litigation_direct", "litigation_after_reconsideration")]
TEN += ["proactive_disclosure.licensing.decisions"]
RUNS = 3
GOALS = {"history": 50.0, "year": 5.0}
GOAL_SECONDS, GOAL_MEMORY, GOAL_BYTES = 0.3, 200.0, 80.0


# Synthetic agency-years -----------------------------------------------------------------------------------------------


def drawn() -> dict[int, np.ndarray]:
    """Cells of each year, an agency a row, as the sampler fills them; amounts in 万元."""
    members = [member for member in example_city().members(DRAWN + 60) if not member.region][:DRAWN]
    found: dict[int, list[list[int]]] = {year: [] for year in YEARS}
    for member in members:
        ledger = Ledger(1, member)
        for year in YEARS:
            found[year].append(fill(ledger, edition_for(year), year))
    return {year: np.array(rows, dtype=np.float64) for year, rows in found.items()}


def province_frames(
    base: dict[int, np.ndarray], agencies: int, number: int
) -> tuple[list[str], pd.DataFrame, pd.DataFrame]:
    """A province's agencies, its panel and its provenance, as the packer takes them."""
    random = np.random.default_rng(number)
    own = random.integers(0, DRAWN, agencies)
    scale = random.uniform(0.5, 1.5, agencies)[:, None]
    code = PROVINCES[number][:2]
    names = [f"synthetic_{code}_{at:05}" for at in range(agencies)]
    cells = list(schema.cell_columns())
    matrix = np.full((agencies * len(YEARS), len(cells)), np.nan, order="F")
    for place, year in enumerate(YEARS):
        form = edition_for(year)
        at = [cells.index(name) for name in schema.columns_of(form.id)]
        values = np.round(base[year][own] * scale)
        money = [
            index for index, name in enumerate(schema.columns_of(form.id)) if schema.cell_type(name) == schema.AMOUNT
        ]
        values[:, money] /= 100
        matrix[np.ix_(range(place, agencies * len(YEARS), len(YEARS)), at)] = values
    years = np.tile(np.array(YEARS, dtype=np.int16), agencies)
    editions = np.tile([edition_for(year).id for year in YEARS], agencies)
    days = random.integers(10, 31, len(years))
    head = {
        "agency": np.repeat(np.array(names, dtype=object), len(YEARS)),
        "year": years,
        "edition": editions.astype(object),
        "synthetic": True,
        "scope": "本机关",
        "published": [f"{year + 1}-01-{day}" for year, day in zip(years, days, strict=True)],
        "blanks": None,
        **{schema.state_column(table): None for table in schema.tables()},
        schema.ODD.name: None,
    }
    panel = pd.DataFrame(head)
    for table in edition("2021").tables:
        panel[schema.state_column(table)] = schema.FILLED
    panel = pd.concat([panel, pd.DataFrame(matrix, columns=cells)], axis=1)
    provenance = panel[["agency", "year", "synthetic"]].copy()
    provenance["title"] = [f"合成机关{year}年政府信息公开工作年度报告（合成数据）" for year in years]
    provenance["source"] = "合成数据：由 benchmarks/corpus.py 生成，仅供测量"
    for name in ("source_file", "sha256", "licence", "partial"):
        provenance[name] = None
    provenance["digest"] = [f"{number:024x}" for number in random.integers(0, 1 << 63, len(years))]
    return names, panel, provenance


def packed(folder: Path, size: int, base: dict[int, np.ndarray]) -> float:
    """Pack so many agency-years; seconds of the writer alone."""
    each = size // len(YEARS) // len(PROVINCES)
    counts = [each + (number < size // len(YEARS) % len(PROVINCES)) for number in range(len(PROVINCES))]
    register = {}
    for number, count in enumerate(counts):
        for at in range(count):
            name = f"synthetic_{PROVINCES[number][:2]}_{at:05}"
            register[name] = Agency(name, f"合成机关{at}", (), "局", PROVINCES[number])
    folder.mkdir()
    begun = time.perf_counter()
    packer = Packer(folder, register, checks=False)
    spent = time.perf_counter() - begun
    for number, count in enumerate(counts):
        names, panel, provenance = province_frames(base, count, number)
        begun = time.perf_counter()
        packer.write(PROVINCES[number], names, panel, provenance)
        spent += time.perf_counter() - begun
    begun = time.perf_counter()
    packer.close("benchmark", {})
    return spent + time.perf_counter() - begun


def write_csvs(pack_folder: Path, folder: Path) -> None:
    """The same figures as one CSV a year, as they are usually handed on: who, where, the cells of that year's form."""
    folder.mkdir()
    files = parquet.source(*sorted(pack_folder.glob("panel/*/*.parquet")))
    with parquet.connect() as connection:
        for year in YEARS:
            names = ["province", "agency", "year", "edition", "name", "kind", *schema.columns_of(edition_for(year).id)]
            columns = ", ".join(map(parquet.named, names))
            query = f"SELECT {columns} FROM {files} WHERE year = {year} ORDER BY province, agency"
            connection.execute(f"COPY ({query}) TO {parquet.quoted(folder / f'{year}.csv')} (FORMAT csv, HEADER)")


# Questions ------------------------------------------------------------------------------------------------------------


def ask(question: str, tool: str, source: Any) -> Any:
    """One question to a pack that is open, or to the folder of CSVs: its frame."""
    agency = f"synthetic_{PROVINCES[14][:2]}_00123"
    if tool == "gdgk":
        answers = {
            "history": lambda: source.history(agency),
            "year": lambda: source.year(2025, TEN),
            "year, all cells": lambda: source.year(2025),
            "trend": lambda: source.trend(CELL),
        }
        return answers[question]()
    paths = [source / f"{year}.csv" for year in YEARS]
    if question == "history":
        frames = [pd.read_csv(path) for path in paths]
        return pd.concat([frame[frame["agency"] == agency] for frame in frames])
    if question == "year":
        wanted = None if tool == "pandas" else ["province", "agency", "name", "kind", *TEN]
        return pd.read_csv(paths[6], usecols=wanted)[["agency", *TEN]]
    if question == "year, all cells":
        return pd.read_csv(paths[6])
    wanted = None if tool == "pandas" else ["province", "year", CELL]
    frame = pd.concat([pd.read_csv(path, usecols=wanted)[["province", "year", CELL]] for path in paths])
    return frame.groupby(["province", "year"])[CELL].agg(["sum", "count", "size"]).reset_index()


def child(question: str, tool: str, folder: Path) -> None:
    """Ask for the first time, and print seconds of CPU (all threads), by the clock, MB more of memory, rows, and the
    CPU of opening the pack.
    """
    import duckdb

    duckdb.connect().execute("SELECT 1").df()
    opened = time.process_time()
    source: Any = Corpus(folder / "pack") if tool == "gdgk" else folder / "csv"
    opened = time.process_time() - opened
    before, begun, own = peak(), time.perf_counter(), time.process_time()
    rows = len(ask(question, tool, source))
    cpu, wall = time.process_time() - own, time.perf_counter() - begun
    print(json.dumps([cpu, wall, peak() - before, rows, opened]))


def peak() -> float:
    """The most memory that this process has had, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def asked(question: str, tools: tuple[str, ...], folder: Path, runs: int) -> dict[str, list[float]]:
    """What :func:`child` tells of each tool, by turns; the medians."""
    found: dict[str, list[list[float]]] = {tool: [] for tool in tools}
    for _ in range(runs):
        for tool in tools:
            command = [sys.executable, __file__, "ask", question, tool, str(folder)]
            found[tool].append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    assert len({one[3] for each in found.values() for one in each}) == 1, "the tools found not the same"
    return {tool: [statistics.median(part) for part in zip(*each, strict=True)] for tool, each in found.items()}


def questions(folder: Path, size: int) -> bool:
    """Ask all, print, and say whether every goal was met; goals are those of the largest."""
    met = True
    for question, tools in (
        ("history", ("gdgk", "pandas")),
        ("year", ("gdgk", "pandas", "pandas usecols")),
        ("year, all cells", ("gdgk", "pandas")),
        ("trend", ("gdgk", "pandas", "pandas usecols")),
    ):
        found = asked(question, tools, folder, 1 if size == SIZES[-1] else RUNS)
        own, _, memory, _, opened = found["gdgk"]
        missed = []
        if size == SIZES[-1]:
            if found["pandas"][0] < GOALS.get(question, 0) * own:
                missed.append(f"{GOALS[question]:g}×")
            if question in ("history", "trend") and own > GOAL_SECONDS:
                missed.append(f"{GOAL_SECONDS} s")
            if question == "trend" and memory > GOAL_MEMORY:
                missed.append(f"{GOAL_MEMORY:g} MB")
        for tool, (cpu, wall, more, _, _) in found.items():
            end = (
                f"  (opened in {opened:.3f} s){'  MISSED ' * bool(missed)}{', '.join(missed)}" if tool == "gdgk" else ""
            )
            line = f"{size:>9,} {question:16}{tool:16}{cpu:8.3f} s{wall:8.3f} s{cpu / own:8.1f}×{more:7.0f} MB{end}"
            print(line, flush=True)
        met = met and not missed
    return met


# Text -----------------------------------------------------------------------------------------------------------------


def from_text(folder: Path) -> None:
    """Pack 1,000 reports from text, afresh and again; beside it what opening and reading their files takes."""
    sample_city(folder / "data", 100, range(2016, 2026), 1, 0.02)
    paths = [path for path in (folder / "data").glob("*/*/*") if path.is_file()]
    begun, own = time.perf_counter(), time.process_time()
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            file.read()
    print(f"1,000 reports: {len(paths)} files opened and read: {told(begun, own)}")
    for words, arguments in (
        ("packed from text", {"checks": False}),
        ("again, nothing changed", {"checks": False}),
        ("with checks", {}),
    ):
        begun, own = time.perf_counter(), time.process_time()
        read = pack(folder / "data", folder / "pack", **arguments).read
        print(f"1,000 reports: {words} ({read} read): {told(begun, own)}", flush=True)


def told(begun: float, own: float) -> str:
    """How long 1,000 reports took."""
    wall, cpu = time.perf_counter() - begun, time.process_time() - own
    return f"{wall:.2f} s, {cpu:.2f} s of CPU, {1000 / wall:,.0f} reports a second"


def main(quick: bool) -> int:
    """Measure, print, and say whether every goal was met."""
    met, base = True, drawn()
    for size in SIZES[: 1 if quick else None]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            seconds = packed(folder / "pack", size, base)
            files = [path for path in (folder / "pack").rglob("*") if path.is_file()]
            each = sum(path.stat().st_size for path in files) / size
            panel = sum(path.stat().st_size for path in files if "panel" in path.parts) / size
            missed = "" if each <= GOAL_BYTES else f"  MISSED {GOAL_BYTES:g}"
            print(
                f"{size:>9,} written in {seconds:.1f} s; {each:.1f} bytes an agency-year, "
                f"{panel:.1f} of them the panel{missed}"
            )
            write_csvs(folder / "pack", folder / "csv")
            met = questions(folder, size) and not missed and met
    with tempfile.TemporaryDirectory() as name:
        from_text(Path(name))
    return 0 if met else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["ask"]:
        child(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        sys.exit(main("--quick" in sys.argv[1:]))
