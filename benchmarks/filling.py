"""The fill-in form: CPU time of writing one of each edition and of reading one back, in a warm process; its size.

Medians of some runs. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gdgk.archive import Archive  # noqa: E402
from gdgk.filling import agency_form, blank_form  # noqa: E402
from gdgk.form import editions  # noqa: E402
from gdgk.importers import read_draft  # noqa: E402
from gdgk.sampling import sample_city  # noqa: E402

RUNS = 7
GOAL_WRITE, GOAL_READ, GOAL_BYTES = 0.3, 0.3, 60_000
YEAR = 2023


def median_cpu(made: Callable[[], object]) -> float:
    """Seconds of CPU, the first run left out."""
    made()
    taken = []
    for _ in range(RUNS):
        begun = time.process_time()
        made()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def main() -> int:
    """Print the table; 1 when a goal is missed."""
    met = True
    print(f"{'form':<28}{'ms':>8}{'kB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        sample_city(city, 40, range(YEAR - 1, YEAR + 1), 1, 0)
        archive = Archive(city)
        agency = next(iter(archive.agencies))
        forms: dict[str, Callable[[], bytes]] = {
            f"blank, {form.id}": partial(blank_form, form.first_year, form) for form in editions().values()
        }
        forms["with last year's figures"] = partial(agency_form, archive, agency, YEAR + 1)
        for name, make in forms.items():
            taken, size = median_cpu(make), len(make())
            met = met and taken <= GOAL_WRITE and size <= GOAL_BYTES
            print(f"{name:<28}{1000 * taken:>8.0f}{size / 1000:>8.1f}")
        path = Path(folder) / "form.xlsx"
        path.write_bytes(make())
        taken = median_cpu(partial(read_draft, path))
        met = met and taken <= GOAL_READ
        print(f"{'read back':<28}{1000 * taken:>8.0f}")
    print(f"goals: {1000 * GOAL_WRITE:g} ms written, {1000 * GOAL_READ:g} ms read, {GOAL_BYTES / 1000:g} kB")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
