"""How often diagnosis finds the slip that was made, how honest its confidence is, and what it costs.

Synthetic reports of every edition since 2019 that balance, of a small office (a handful of requests, most cells 0) and
of a large city; then one slip each. Right means: exactly the cells of the slip, each with its true figure, first of all
ways. CPU time of one record: one report with its slip (176 or 190 cells, 40 or 42 equations), from its cells to the
worded explanations and alternatives. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from gdgk.archive import Archive
from gdgk.diagnosis import Explanation, diagnose
from gdgk.form import CellKey, Edition, edition
from gdgk.reconciliation.sheets import Sheet, complete
from gdgk.report import BLANK, Cell, State

EDITIONS = ("2019", "2021", "2021-single-other")
PARTS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other")
FLOWS = ("new", "carried_over", "outcomes_total", "carried_forward")
RESULTS = ("upheld", "corrected", "other_result", "pending")
# How requests fall on applicants and on results, in percent, as published reports have it (shares of a total of 60 to
# 14,000 requests, 2019 to 2025).
APPLICANTS = {"small": (92, 6, 0.2, 0.3, 1.2, 0.3), "large": (96.8, 2.0, 0.02, 0.1, 0.8, 0.1)}
RESULT_SHARES = {
    "granted": 36,
    "partly_granted": 11,
    "denied_state_secret": 0.1,
    "denied_forbidden_by_law": 0.4,
    "denied_security_stability": 0.1,
    "denied_third_party": 0.4,
    "denied_internal": 0.6,
    "denied_deliberative": 0.4,
    "denied_enforcement_file": 0.8,
    "denied_inquiry": 1.2,
    "unavailable_not_held": 29,
    "unavailable_not_compiled": 1.5,
    "unavailable_unclear": 0.2,
    "not_processed_petition": 4,
    "not_processed_repeat": 1,
    "not_processed_publication": 0.05,
    "not_processed_vexatious": 0.5,
    "not_processed_confirmation": 0.05,
    "otherwise_handled": 12,
    "otherwise_not_corrected": 2.3,
    "otherwise_fee_unpaid": 0.6,
    "otherwise_other": 9,
}
MOST_MILLISECONDS = 0.3

Figures = dict[CellKey, int]
Slip = Callable[[random.Random, Figures, Edition], Figures]


# Reports that balance ------------------------------------------------------------------------------------------------


def balanced(rng: random.Random, form: Edition, size: str) -> Figures:
    """Tables 三 and 四 of a made-up report in which everything holds."""
    rows = [row for row in form.tables["applications"].rows if row not in FLOWS]
    count = int(rng.lognormvariate(2.5, 1.0)) + 1 if size == "small" else int(rng.lognormvariate(8.0, 0.8))
    weights = [RESULT_SHARES[row] * rng.lognormvariate(0, 0.7) for row in rows]
    table = {(row, part): 0 for row in rows for part in PARTS}
    for row, part in zip(
        rng.choices(rows, weights, k=count), rng.choices(PARTS, APPLICANTS[size], k=count), strict=True
    ):
        table[row, part] += 1
    figures = {CellKey("applications", row, part): figure for (row, part), figure in table.items()}
    for part in PARTS:
        outcome = sum(table[row, part] for row in rows)
        forward = rng.randint(0, outcome // 8 + (rng.random() < 0.2))
        carried = rng.randint(0, min(outcome + forward, outcome // 8 + 1)) if rng.random() < 0.6 else 0
        values = (outcome + forward - carried, carried, outcome, forward)
        for row, figure in zip(FLOWS, values, strict=True):
            figures[CellKey("applications", row, part)] = figure
    for row in (*rows, *FLOWS):
        figures[CellKey("applications", row, "total")] = sum(
            figures[CellKey("applications", row, part)] for part in PARTS
        )
    most = 3 if size == "small" else 90
    for row in form.tables["disputes"].rows:
        parts = [rng.choice((0, 0, rng.randint(0, most))) for _ in RESULTS]
        for column, figure in zip((*RESULTS, "total"), (*parts, sum(parts)), strict=True):
            figures[CellKey("disputes", row, column)] = figure
    return figures


@cache
def published() -> list[tuple[Edition, Figures]]:
    """Tables 三 and 四 of the published reports in ``data/`` in which everything holds, what is blank as 0."""
    archive = Archive()
    found = []
    for report in archive.read_all(archive.report_ids()):
        keys = [key for key in report.edition.cells if key.table in ("applications", "disputes")]
        if not any(report.cell(key).value for key in keys) or any(
            report.cell(key).state is State.UNKNOWN for key in keys
        ):
            continue
        figures = {key: int(report.cell(key).value or 0) for key in keys}
        if not diagnose(None, sheet_of(report.edition, figures)):
            found.append((report.edition, figures))
    return found


def sheet_of(form: Edition, figures: Figures, blank: frozenset[CellKey] = frozenset()) -> Sheet:
    """A report as the checks read it; table 二 is left blank."""
    cells = dict.fromkeys(form.cells, BLANK)
    for key, figure in figures.items():
        if key not in blank:
            cells[key] = Cell(str(figure), float(figure), State.NUMBER)
    sheet = Sheet("demo", 2023, form, cells)
    complete(sheet)
    return sheet


# Slips ---------------------------------------------------------------------------------------------------------------


def mistyped(rng: random.Random, figure: int) -> int:
    """A figure as a hand may misprint it."""
    text = str(figure)
    place = rng.randrange(len(text))
    ways = [figure + 1, max(figure - 1, 0), 0, rng.randint(0, 2 * figure + 5)]
    ways.append(int(text[:place] + str(rng.randint(0, 9)) + text[place + 1 :]))
    ways.append(int(text[:place] + str(rng.randint(0, 9)) + text[place:]))
    if len(text) > 1:
        ways.append(int(text[:place] + text[place + 1 :]))
        place = rng.randrange(len(text) - 1)
        ways.append(int(text[:place] + text[place + 1] + text[place] + text[place + 2 :]))
    others = [way for way in ways if way != figure]
    return rng.choice(others) if others else figure + 1


def errors(count: int, table: str = "applications") -> Slip:
    """Slips that have nothing to do with each other, each in a cell of a table; of the cells with 0, one in ten may."""

    def slip(rng: random.Random, figures: Figures, form: Edition) -> Figures:
        keys = [key for key in figures if key.table == table and (figures[key] or rng.random() < 0.1)]
        picked = rng.sample(keys, count) if len(keys) >= count else []
        return {key: mistyped(rng, figures[key]) for key in picked}

    return slip


def any_cell(rng: random.Random, figures: Figures, form: Edition) -> Figures:
    """Any cell of table 三, 0 or not."""
    key = rng.choice([key for key in figures if key.table == "applications"])
    return {key: mistyped(rng, figures[key])}


def neighbours(rng: random.Random, figures: Figures, form: Edition) -> Figures:
    """Two different figures in cells side by side or one above the other, exchanged."""
    return exchanged(rng, figures, near=True)


def one_line(rng: random.Random, figures: Figures, form: Edition) -> Figures:
    """Two different figures of one row or column, exchanged."""
    return exchanged(rng, figures, near=False)


def exchanged(rng: random.Random, figures: Figures, near: bool) -> Figures:
    rows = list(dict.fromkeys(key.row for key in figures if key.table == "applications"))
    columns = (*PARTS, "total")
    for _ in range(500):
        row, column = rng.randrange(len(rows)), rng.randrange(len(columns))
        step = 1 if near else rng.choice((-3, -2, -1, 1, 2, 3))
        down = rng.random() < 0.5
        other = (row + step, column) if down else (row, column + step)
        if 0 <= other[0] < len(rows) and 0 <= other[1] < len(columns):
            one = CellKey("applications", rows[row], columns[column])
            two = CellKey("applications", rows[other[0]], columns[other[1]])
            if figures[one] != figures[two]:
                return {one: figures[two], two: figures[one]}
    return {}


def wrong_column(rng: random.Random, figures: Figures, form: Edition) -> Figures:
    """A figure in the column of another applicant, whose own cell was 0."""
    filled = [key for key in figures if key.table == "applications" and key.column in PARTS and figures[key]]
    rng.shuffle(filled)
    for key in filled:
        others = [key._replace(column=part) for part in PARTS if not figures[key._replace(column=part)]]
        if others:
            return {key: 0, rng.choice(others): figures[key]}
    return {}


def wrong_row(rng: random.Random, figures: Figures, form: Edition) -> Figures:
    """A figure one row too low, where the form has 0."""
    rows = [row for row in form.tables["applications"].rows if row not in FLOWS]
    filled = [
        (key, key._replace(row=rows[rows.index(key.row) + 1]))
        for key in figures
        if key.table == "applications" and key.row in rows[:-1] and key.column in PARTS and figures[key]
    ]
    free = [(key, below) for key, below in filled if not figures[below]]
    if not free:
        return {}
    key, below = rng.choice(free)
    return {key: 0, below: figures[key]}


@dataclass
class Case:
    """A kind of slip: how it is made, how many reports, the least share that must be right (None: shown only)."""

    name: str
    slip: Slip
    goal: float | None = None
    single: bool = False
    timed: bool = True


CASES = (
    Case("table 三: one cell, any of them", any_cell, 1.0, single=True),
    Case("table 三: one cell, mostly filled ones", errors(1), 1.0, single=True),
    Case("table 四: one cell", errors(1, "disputes"), single=True),
    Case("neighbours swapped", neighbours, 0.88, single=True),
    Case("two of one line swapped", one_line, 0.88, single=True),
    Case("wrong column", wrong_column, 0.93, single=True),
    Case("one row too low", wrong_row, single=True),
    Case("two errors", errors(2), 0.75),
    Case("three errors", errors(3), timed=False),
    Case("four errors", errors(4), timed=False),
    Case("six errors", errors(6), timed=False),
)


HEADS = (
    *(("right", 8), ("certain", 9), ("false", 7), ("likely", 9), ("false", 7), ("weak", 8), ("none", 8)),
    *(("med ms", 8), ("mean ms", 8)),
)


# Measuring -----------------------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What came of one record."""

    right: bool
    explained: tuple[Explanation, ...]
    seconds: float
    truth: Figures

    def says(self, confidence: str) -> bool:
        """Whether anything is explained with a confidence."""
        return any(explanation.confidence == confidence for explanation in self.explained)

    def false(self, confidence: str) -> bool:
        """Whether something of a confidence is not what happened."""
        return any(
            any(self.truth.get(cell.key) != cell.proposed for cell in explanation.cells)
            for explanation in self.explained
            if explanation.confidence == confidence
        )


def run(case: Case, size: str, count: int, seed: int, blank_totals: bool = False) -> list[Outcome]:
    """Make so many slips and have them explained. A slip that leaves everything in balance is made anew."""
    rng = random.Random(seed)
    found: list[Outcome] = []
    for _ in range(20 * count):
        if len(found) == count:
            break
        form = edition(rng.choice(EDITIONS))
        form, right = rng.choice(published()) if size == "published" else (form, balanced(rng, form, size))
        made = case.slip(rng, right, form)
        blank = frozenset(
            key
            for key in right
            if blank_totals and key.table == "applications" and key.column == "total" and key.row not in FLOWS
        )
        if not made or not blank.isdisjoint(made):
            continue
        sheet = sheet_of(form, {**right, **made}, blank)
        begun = time.process_time()
        explained = diagnose(None, sheet)
        seconds = time.process_time() - begun
        if not explained:
            continue
        proposed = {cell.key: cell.proposed for explanation in explained for cell in explanation.cells}
        truth = {key: right[key] for key in made}
        found.append(Outcome(proposed == truth, explained, seconds, truth))
    return found


def share(outcomes: list[Outcome], holds: Callable[[Outcome], bool]) -> float:
    """The share of outcomes of which something holds."""
    return sum(map(holds, outcomes)) / len(outcomes)


def show(name: str, outcomes: list[Outcome], missed: bool) -> None:
    """One line of the table."""
    milliseconds = [outcome.seconds * 1000 for outcome in outcomes]
    columns = [
        f"{share(outcomes, lambda one: one.right):8.1%}",
        f"{share(outcomes, lambda one: one.says('certain')):9.1%}",
        f"{share(outcomes, lambda one: one.false('certain')):7.1%}",
        f"{share(outcomes, lambda one: one.says('likely')):9.1%}",
        f"{share(outcomes, lambda one: one.false('likely')):7.1%}",
        f"{share(outcomes, lambda one: one.says('weak')):8.1%}",
        f"{share(outcomes, lambda one: one.says('none')):8.1%}",
        f"{statistics.median(milliseconds):8.3f}{statistics.fmean(milliseconds):8.3f}",
    ]
    print(f"{name:46}{''.join(columns)}{'  MISSED' if missed else ''}")


def main(count: int = 1500) -> int:
    """Measure, print the table, and say whether every goal was met."""
    met = True
    for warm in ("small", "large"):
        run(CASES[0], warm, 20, 0)
    print(
        f"{count} synthetic reports a line; false: the share of reports with a wrong cell or figure of that confidence"
    )
    heads = [f"{head:>{width}}" for head, width in HEADS]
    print(f"{'':46}{''.join(heads)}")
    timed: list[Outcome] = []
    single: list[Outcome] = []
    for case in CASES:
        both: list[Outcome] = []
        for size in ("small", "large"):
            outcomes = run(case, size, count // 2, seed=len(case.name))
            show(f"{case.name}, {size}", outcomes, False)
            both += outcomes
        missed = case.goal is not None and share(both, lambda one: one.right) < case.goal
        show(f"{case.name}: goal {'-' if case.goal is None else format(case.goal, '.0%')}", both, missed)
        met = met and not missed
        timed += both if case.timed else []
        single += both if case.single else []
    for case in CASES[:8]:
        show(f"{case.name}, published tables", run(case, "published", count // 3, 7), False)
    for case in (case for case in CASES[:8] if case.slip is not wrong_row):
        show(f"totals of results blank: {case.name}"[:46], run(case, "small", count // 3, 7, True), False)
    false = share(single, lambda one: one.false("certain"))
    milliseconds = [outcome.seconds * 1000 for outcome in timed]
    median, mean = statistics.median(milliseconds), statistics.fmean(milliseconds)
    met = met and false <= 0.01 and max(median, mean) <= MOST_MILLISECONDS
    print(f"single slips explained as certain and wrong: {false:.2%} (goal 1 %){'' if false <= 0.01 else '  MISSED'}")
    late = "" if max(median, mean) <= MOST_MILLISECONDS else "  MISSED"
    print(f"CPU a record, slips of one and two cells: median {median:.3f} ms, mean {mean:.3f} ms (goal 0.3 ms){late}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
