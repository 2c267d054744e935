"""The checks of the prose: CPU time of a report, of text made to be slow, and of finding repeated text in a corpus.

Synthetic texts of 5 kB. The median of CPU time; ratios side by side in this run. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import random
import resource
import statistics
import sys
from dataclasses import replace
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from rapidfuzz import fuzz  # noqa: E402
from strategies import filled_report  # noqa: E402
from test_repetition import other_figures, sentences  # noqa: E402
from test_text_checks import HOSTILE, narrative  # noqa: E402

from gdgk.archive import Agency, Archive, ReportId  # noqa: E402
from gdgk.report import Report  # noqa: E402
from gdgk.text_checks import check_text, repeated  # noqa: E402

AGENCY = Agency("demo", "弥勒市财政局", region_code="532504")
BLANK = filled_report("demo", 2023, "2021")
LINES = 38  # of about 45 signs: 5 kB
COPIED = 10  # one report in so many copies an earlier one
GOAL_REPORT, GOAL_GROWTH, GOAL_CORPUS, GOAL_LINEAR = 0.020, 8.0, 0.010, 1.6


def text_of(lines: list[str], year: int) -> str:
    """A narrative in good order whose first section says these lines."""
    return narrative(year, 一="\n\n".join(lines))


def reports(count: int) -> tuple[list[Report], set[str]]:
    """A corpus of reports of one year, and the agencies whose text is another's with other figures."""
    draw = random.Random(7)
    made: list[Report] = []
    texts: list[list[str]] = []
    copies: set[str] = set()
    for number in range(count):
        agency = f"a{number}"
        if number % COPIED == COPIED - 1:
            lines = other_figures(draw.choice(texts))
            copies.add(agency)
        else:
            lines = sentences(number, LINES)
        texts.append(lines)
        made.append(replace(BLANK, agency=agency, year=2022 + bool(copies & {agency}), narrative=text_of(lines, 2022)))
    return made, copies


def cost(report: Report, prior: Report | None, times: int) -> float:
    """The median CPU time of checking a report."""
    measured = []
    for _ in range(times):
        begun = process_time()
        check_text(report, AGENCY, prior=prior)
        measured.append(process_time() - begun)
    return statistics.median(measured)


def one_report() -> bool:
    """The seed, and a text of 5 kB against last year's."""
    seed = Archive(ROOT / "data").read(ReportId("mile_culture_tourism", 2020))
    made = replace(BLANK, narrative=text_of(sentences(1, LINES), 2023))
    prior = replace(BLANK, year=2022, narrative=text_of(sentences(2, LINES), 2022))
    met = True
    for name, report, before in (("seed, 6 kB", seed, None), ("5 kB and last year's", made, prior)):
        cost(report, before, 3)
        took = cost(report, before, 31)
        met = met and took <= GOAL_REPORT
        print(f"{name:32}{took * 1000:9.1f} ms{GOAL_REPORT * 1000:9.0f} ms{'' if took <= GOAL_REPORT else '  MISSED'}")
    return met


def slow_text() -> bool:
    """Texts of up to 1 MB made to be slow: four times the text, about four times the time."""
    met = True
    for name, text in HOSTILE.items():
        small, whole = (replace(BLANK, narrative=part) for part in (text[: len(text) // 4], text))
        quarter, full = cost(small, replace(small, year=2022), 3), cost(whole, replace(whole, year=2022), 3)
        growth = full / quarter
        good = growth <= GOAL_GROWTH
        met = met and good
        size = len(text.encode()) / 1e6
        print(f"{name:32}{full:9.2f} s {growth:9.1f} ×{size:7.1f} MB{'' if good else '  MISSED'}")
    return met


def corpus() -> bool:
    """Repeated text among 1,000 and 10,000 reports; and beside rapidfuzz over all pairs of 200."""
    took: dict[int, float] = {}
    met = True
    for count in (200, 1_000, 10_000):
        made, copies = reports(count)
        begun = process_time()
        found = {one.report.agency for one in repeated(made)}
        took[count] = process_time() - begun
        right = found == copies
        met = met and right
        told = f"{len(found & copies)} of {len(copies)} copies, {len(found - copies)} wrongly"
        print(f"{f'{count:,} reports':32}{took[count]:9.2f} s {took[count] / count * 1000:9.2f} ms a report   {told}")
    made, _ = reports(200)
    begun = process_time()
    for index, one in enumerate(made):
        for other in made[:index]:
            fuzz.ratio(one.narrative, other.narrative)
    pairs = process_time() - begun
    print(f"{'rapidfuzz, all pairs of 200':32}{pairs:9.2f} s {pairs / took[200]:9.1f} × repeated()")
    linear = took[10_000] / took[1_000] / 10
    met = met and took[10_000] / 10_000 <= GOAL_CORPUS and linear <= GOAL_LINEAR
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'10,000 against 10 × 1,000':32}{linear:9.2f} ×, goal {GOAL_LINEAR}; peak memory {peak:,.0f} MB")
    return met


def main() -> int:
    """Measure, print the tables, and say whether every goal was met."""
    print(f"{'CPU of one report':32}{'median':>12}{'goal':>12}")
    met = one_report()
    print(f"\n{'text made to be slow':32}{'CPU':>11}{'growth':>11}   (four times the text; goal {GOAL_GROWTH:.0f} ×)")
    met = slow_text() and met
    print(f"\n{'repeated text in a corpus':32}{'CPU':>11}")
    met = corpus() and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
