"""How rightly and how fast gdgk reads documents: real ones with known values, and ones printed from random reports.

Real ones are in ../shared/corpus/reports, where that is; the others are made by tests/rendering.py, in every kind and
edition. ms: CPU time of a document that was not read before (what is remembered of texts is forgotten, then another
document is read); median of several runs. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "reports"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from rendering import KINDS, NAMES, browser, examples  # noqa: E402

from gdgk.form import edition, editions  # noqa: E402
from gdgk.importers import Source, as_object, import_file, recognition  # noqa: E402
from gdgk.importers.recognition import alignment, lines, wording  # noqa: E402

RUNS = 5
# A PDF takes long enough for its time to vary little.
PDF_RUNS = 3
SAMPLES = 1
FOUND = 0.995
# Milliseconds of CPU that a document of a kind may take.
GOALS = {".html": 5.0, ".docx": 120.0, ".pdf": 1000.0}


@dataclass(frozen=True)
class Case:
    """A document with its true values (None: nothing that is a number). whole: no table of it is cut off."""

    name: str
    path: Path
    edition: str
    cells: dict[str, float | None]
    whole: bool


@dataclass(frozen=True)
class Result:
    """What was read of a document: cells right, wrong, missing; CPU milliseconds; its edition was recognised."""

    right: int
    wrong: int
    missing: int
    milliseconds: float
    edition: bool

    @property
    def total(self) -> int:
        """How many cells there were to be found."""
        return self.right + self.wrong + self.missing


def real_cases() -> Iterator[Case]:
    """The corpus's documents."""
    for path in sorted(CORPUS.glob("*/document.*")):
        true: dict[str, Any] = json.loads((path.parent / "expected.json").read_text(encoding="utf-8"))
        form = {str(key) for key in edition(true["edition"]).cells}
        whole = form <= set(true["cells"])
        yield Case(path.parent.name + path.suffix, path, true["edition"], true["cells"], whole)


def printed_cases(folder: Path) -> Iterator[Case]:
    """Random reports printed in every kind and edition."""
    for name in sorted(editions()):
        reports = examples(name, SAMPLES)
        for kind, (suffix, render) in KINDS.items():
            if kind == "chromium pdf" and browser() is None:
                print("no Chromium on the PATH: its PDF is left out")
                continue
            for number, report in enumerate(reports, 1):
                path = folder / f"{name} {kind} {number}{suffix}"
                path.write_bytes(render(report, NAMES[0]))
                cells = {str(key): cell.value for key, cell in report.cells.items()}
                yield Case(path.stem, path, name, cells, True)


def read(path: Path) -> dict[str, Any]:
    """What `gdgk import --format json` says of a document."""
    return as_object(import_file(Source(path.name, path), None))


def forget() -> None:
    """Forget what is remembered of the texts of documents; tables of the forms stay."""
    holders = [vars(module) for module in (alignment, lines, wording, recognition)] + [vars(alignment.Labels)]
    for known in {id(value): value for holder in holders for value in holder.values()}.values():
        if hasattr(known, "cache_parameters") and known.cache_parameters()["maxsize"] == wording.KEPT:
            known.cache_clear()


def measured(case: Case, other: Path) -> Result:
    """Read a document several times, each time as if it were new, after another one."""
    times = []
    for _ in range(PDF_RUNS if case.path.suffix == ".pdf" else RUNS):
        forget()
        read(other)
        begun = time.process_time()
        found = read(case.path)
        times.append((time.process_time() - begun) * 1000)
    cells: dict[str, float | None] = found.get("cells", {})
    right = sum(key in cells and cells[key] == value for key, value in case.cells.items())
    missing = sum(key not in cells for key in case.cells)
    # Beside a document that is known in part, a cell nobody read by hand is not wrong.
    strange = len(set(cells) - set(case.cells)) if case.whole else 0
    wrong = len(case.cells) - right - missing + strange
    return Result(right, wrong, missing, statistics.median(times), found.get("edition") == case.edition)


def missed(case: Case, result: Result) -> list[str]:
    """The goals that a document misses, in words."""
    goal = GOALS.get(case.path.suffix, float("inf"))
    return [
        words
        for words, is_missed in (
            ("wrong cells", result.wrong > 0),
            ("edition", not result.edition),
            (f"below {FOUND:.1%} found", case.whole and result.right < FOUND * result.total),
            (f"over {goal:.0f} ms", result.milliseconds > goal),
        )
        if is_missed
    ]


def main() -> int:
    """Measure, print the table, and say whether every goal was met."""
    met = True
    if not CORPUS.is_dir():
        print("no ../shared/corpus/reports: only printed documents are read")
    print(f"{'':38}{'kB':>6}{'right':>7}{'wrong':>7}{'missing':>9}{'cpu ms':>9}{'goal ms':>9}")
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder, "other.html")
        other.write_bytes(KINDS["html"][1](examples("2021", SAMPLES + 1)[0], NAMES[1]))
        for case in (*real_cases(), *printed_cases(Path(folder))):
            result = measured(case, other)
            faults = missed(case, result)
            met = met and not faults
            size = case.path.stat().st_size / 1000
            goal = f"{GOALS[case.path.suffix]:.0f}" if case.path.suffix in GOALS else ""
            told = f"  MISSED: {', '.join(faults)}" if faults else "" if case.whole else "  known in part"
            counts = f"{result.right:7}{result.wrong:7}{result.missing:9}"
            print(f"{case.name:38}{size:6.0f}{counts}{result.milliseconds:9.1f}{goal:>9}{told}", flush=True)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
