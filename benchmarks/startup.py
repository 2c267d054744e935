"""How long gdgk takes to start: importing it, showing its help, checking the workbook's own data.

Fresh processes; the median of wall time and of CPU time. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("pandas", "numpy", "plotly", "nbformat", "nbconvert", "papermill", "rich", "jinja2")
# What is run, how often, its goal in seconds, the exit codes that are in order (check: 1, as the data has findings).
CASES: list[tuple[str, list[str], int, float, tuple[int, ...]]] = [
    ("python -c pass", ["-c", "pass"], 9, float("inf"), (0,)),
    ("import gdgk", ["-c", "import gdgk"], 9, 0.3, (0,)),
    ("import gdgk.cli", ["-c", "import gdgk.cli"], 9, 0.3, (0,)),
    ("gdgk --help", ["-m", "gdgk.cli", "--help"], 9, 0.5, (0,)),
    ("gdgk check", ["-m", "gdgk.cli", "check"], 5, 3.0, (0, 1)),
]


def environment() -> dict[str, str]:
    """The environment in which this checkout's gdgk is the one imported."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def measure(arguments: list[str], codes: tuple[int, ...]) -> tuple[float, float]:
    """Wall and CPU seconds of one fresh Python process."""
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment(), cwd=ROOT
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}, expected one of {codes}")
    return wall, usage.ru_utime + usage.ru_stime


def heavy_imports(module: str) -> list[str]:
    """The heavy libraries that importing a module pulls in."""
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    return ended.stdout.split()


def main() -> int:
    """Measure, print the table, and say whether every goal was met."""
    met = True
    print(f"{'':18}{'wall s':>8}{'cpu s':>8}{'goal s':>8}")
    for name, arguments, times, goal, codes in CASES:
        measure(arguments, codes)  # once unmeasured, so that files are in the cache and bytecode is written
        walls, cpus = zip(*(measure(arguments, codes) for _ in range(times)), strict=True)
        wall, cpu = statistics.median(walls), statistics.median(cpus)
        good = wall <= goal
        met = met and good
        shown = "" if goal == float("inf") else f"{goal:.1f}"
        print(f"{name:18}{wall:8.3f}{cpu:8.3f}{shown:>8}{'' if good else '  MISSED'}")
    for module in ("gdgk", "gdgk.cli"):
        found = heavy_imports(module)
        met = met and not found
        print(f"{module} imports of {', '.join(HEAVY)}: {', '.join(found) + '  MISSED' if found else 'none'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
