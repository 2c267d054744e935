"""gdgk sample: CPU time of a report and peak memory at 1,000, 10,000 and 100,000 reports, each in its own process.

The median of three runs (one of the largest). What the process computes and what the system takes for its six files and
folders are told apart: the one is the sampler's, the other the disk's. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gdgk.sampling import sample_city  # noqa: E402

SIZES = ((100, 3), (1_000, 3), (10_000, 1))  # agencies of ten years, runs
YEARS = range(2014, 2024)
GOAL_CPU, GOAL_MEMORY = 0.001, 1.1  # the process's seconds a report; peak memory of the largest against the middle one


def measure(agencies: int) -> None:
    """Write a city and print CPU seconds of the process and of the system, and peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        begun = os.times()
        sample_city(Path(folder) / "city", agencies, YEARS, 1, 0.05)
        ended = os.times()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(ended.user - begun.user, ended.system - begun.system, peak)


def main() -> int:
    """Print the table; 1 when a goal is missed."""
    met, peaks = True, []
    print(f"{'reports':>9}{'ms of the process':>20}{'of the system':>16}{'peak MB':>10}")
    for agencies, runs in SIZES:
        measured = []
        for _ in range(runs):
            command = [sys.executable, __file__, str(agencies)]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            measured.append([float(figure) for figure in output.split()])
        reports = agencies * len(YEARS)
        own, system, peak = (statistics.median(figures) for figures in zip(*measured, strict=True))
        peaks.append(peak)
        met = met and own / reports <= GOAL_CPU
        print(f"{reports:>9,}{1000 * own / reports:>20.3f}{1000 * system / reports:>16.3f}{peak:>10.1f}")
    grown = peaks[-1] / peaks[1]
    print(f"peak of the largest against the middle one: {grown:.2f} (goal {GOAL_MEMORY}); goal {1000 * GOAL_CPU:g} ms")
    return 0 if met and grown <= GOAL_MEMORY else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
    else:
        sys.exit(main())
