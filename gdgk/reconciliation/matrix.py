"""Comparisons as sparse matrices: many reports at once, the same outcome as cell by cell (:mod:`.checks`).

A report without blanks is judged by one product: residual = weights @ figures. Only where a residual is not a number, a
cell was blank or not known; those reports are judged again with masks for what is blank, imputed or not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gdgk.form import CellKey, Edition
from gdgk.reconciliation.checks import EPSILON
from gdgk.reconciliation.equations import Bound, Relation, Term
from gdgk.reconciliation.rules import Rule
from gdgk.reconciliation.sheets import sums
from gdgk.reconciliation.spelling import checks

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

Comparison = Relation | Bound
# So many reports at a time that their figures stay in the processor's cache and are read in long runs.
CHUNK = 4096


class Failing(NamedTuple):
    """Pairs of a report (its place in the figures) and a comparison (its place in the list) that fails, with left −
    right.
    """

    report: np.ndarray
    comparison: np.ndarray
    difference: np.ndarray


@dataclass(frozen=True)
class Side:
    """Figures of some reports on one form, as the product needs them: cells × reports.

    values: 0 where there is no figure. unknown: not to be had. empty: left blank. bare: blank, and no sum of parts
    known. soft: blank, and not to be held against the report.
    """

    values: np.ndarray
    unknown: np.ndarray
    empty: np.ndarray
    bare: np.ndarray
    soft: np.ndarray


@dataclass
class Matrix:
    """Comparisons over the cells of a form (and of last year's, behind them) as one sparse matrix.

    comparisons: each one row. form, before: whose cells the columns are, in printed order.
    """

    form: Edition
    comparisons: tuple[Comparison, ...]
    before: Edition | None = None
    weights: csr_array = field(init=False)
    incidence: csr_array = field(init=False)

    def __post_init__(self) -> None:
        import numpy as np
        from scipy.sparse import csr_array

        columns = {(key, False): at for at, key in enumerate(self.form.cells)}
        if self.before is not None:
            columns |= {(key, True): at for at, key in enumerate(self.before.cells, len(columns))}
        self.columns = columns
        entries: list[tuple[int, int, float]] = []
        for row, item in enumerate(self.comparisons):
            entries += [(row, columns[term.key, term.prior], term.weight) for term in item.left]
            entries += [(row, columns[term.key, term.prior], -term.weight) for term in item.right]
        places = [row for row, _, _ in entries], [place for _, place, _ in entries]
        weights = np.array([weight for _, _, weight in entries], dtype=np.float64)
        self.weights = csr_array((weights, places), shape=(len(self.comparisons), len(columns)))
        self.incidence = self.matrix(lambda item: item.left + item.right)
        self.constants = np.array([constant(item) for item in self.comparisons], dtype=float)
        self.signs = np.array([item.sign for item in self.comparisons], dtype=object)
        self.equations = all(item.sign == "==" for item in self.comparisons)

    def matrix(self, terms: Any) -> csr_array:
        """Which cells each comparison reads, of those that ``terms`` picks: 1 for each."""
        import numpy as np
        from scipy.sparse import csr_array

        pairs = [
            (row, self.columns[term.key, term.prior])
            for row, item in enumerate(self.comparisons)
            for term in dict.fromkeys(terms(item))
        ]
        rows, places = [row for row, _ in pairs], [place for _, place in pairs]
        ones = np.ones(len(pairs), dtype=np.float64)
        return csr_array((ones, (rows, places)), shape=(len(self.comparisons), len(self.columns)))

    def residuals(self, values: np.ndarray) -> np.ndarray:
        """left − right of each comparison (comparisons × reports) for figures (cells × reports)."""
        found = self.weights @ values
        if self.constants.any():
            found += self.constants[:, None]
        return found

    def broken(self, residuals: np.ndarray) -> np.ndarray:
        """Where a residual does not compare as it should; what is not a number counts as broken."""
        import numpy as np

        if self.equations:
            return ~(np.abs(residuals) <= EPSILON)
        found = np.empty(residuals.shape, dtype=bool)
        for sign, holds in HOLDS.items():
            rows = np.flatnonzero(self.signs == sign)
            found[rows] = ~holds(residuals[rows])
        return found

    def failing(self, values: np.ndarray) -> Failing:
        """Which comparisons fail for which reports.

        values: reports × cells of the form, in printed order, whole numbers or floats; fastest column by column
        (Fortran order), as columnar files give them. Every cell is filled: one that is NaN makes its comparisons fail
        (for blanks see :func:`gdgk.reconciliation.screening.violations`).
        """
        import numpy as np

        reports, rows, differences = [], [], []
        width = -(-len(values) // -(-len(values) // CHUNK)) if len(values) else 1
        # One block is filled again and again: a new one each time would cost more than the product.
        whole = np.empty((values.shape[1], width))
        for start in range(0, len(values), width):
            part = values[start : start + width].T
            block = whole if part.shape[1] == width else np.empty(part.shape)
            np.copyto(block, part)
            residuals = self.residuals(block)
            # Most residuals of an equation are exactly 0: only the others are looked at more closely.
            apart = np.flatnonzero(residuals != 0) if self.equations else np.flatnonzero(self.broken(residuals))
            if not len(apart):
                continue
            found = residuals.ravel()[apart]
            if self.equations:
                kept = ~(np.abs(found) <= EPSILON)
                apart, found = apart[kept], found[kept]
            row, report = apart // part.shape[1], apart % part.shape[1]
            order = np.lexsort((row, report))
            reports.append(report[order] + start)
            rows.append(row[order])
            differences.append(found[order])
        if not reports:
            return Failing(np.empty(0, int), np.empty(0, int), np.empty(0))
        return Failing(np.concatenate(reports), np.concatenate(rows), np.concatenate(differences))


def constant(item: Comparison) -> float:
    """left − right of the constants of a comparison."""
    return item.left_constant - item.right_constant if isinstance(item, Bound) else 0.0


HOLDS: dict[str, Any] = {
    "==": lambda difference: abs(difference) <= EPSILON,
    "<=": lambda difference: difference <= EPSILON,
    ">=": lambda difference: difference >= -EPSILON,
    "<": lambda difference: difference < -EPSILON,
    ">": lambda difference: difference > EPSILON,
}


# Blanks ---------------------------------------------------------------------------------------------------------------


@cache
def imputation_order(form: Edition) -> tuple[tuple[CellKey, tuple[tuple[CellKey, ...], ...]], ...]:
    """The totals of a form with the parts of each of their sums, totals that are parts of others first."""
    parted: dict[CellKey, list[tuple[CellKey, ...]]] = {}
    for relation in sums(form):
        parted.setdefault(relation.right[0].key, []).append(tuple(term.key for term in relation.left))
    found = []
    while parted:
        total = next(
            key for key, groups in parted.items() if not any(part in parted for group in groups for part in group)
        )
        found.append((total, tuple(parted.pop(total))))
    return tuple(found)


def complete_side(form: Edition, values: np.ndarray, empty: np.ndarray, unknown: np.ndarray, zero: np.ndarray) -> Side:
    """Figures (cells × reports) with blank totals imputed, as :func:`gdgk.reconciliation.sheets.complete` does.

    empty, unknown: masks of the same shape. zero: by report, whether it states that a blank is 0.
    """
    import numpy as np

    places = {key: at for at, key in enumerate(form.cells)}
    values = np.where(empty | unknown | np.isnan(values), 0.0, values)
    unknown = unknown.copy()
    filled = ~empty & ~unknown
    imputed = np.zeros(values.shape, dtype=bool)
    for total, groups in imputation_order(form):
        at = places[total]
        open_ = empty[at].copy()
        if not open_.any():
            continue
        known_groups = np.zeros(values.shape[1], dtype=int)
        for group in groups:
            parts = [places[part] for part in group]
            known = ~unknown[parts].any(axis=0)
            known_groups += known
            told = open_ & known & (filled[parts] | imputed[parts]).any(axis=0)
            values[at, told] = values[parts][:, told].sum(axis=0)
            imputed[at, told] = True
            unknown[at, told] = False
            open_ &= ~told
        unknown[at] |= open_ & (known_groups < len(groups))
    for table in form.tables.values():
        rows = [places[key] for key in table.cells]
        blank_table = empty[rows].all(axis=0) & ~zero
        unknown[rows] |= blank_table
    soft_rows = np.array(
        [not (form.tables[key.table].row_sum or form.tables[key.table].column_sum) for key in form.cells]
    )
    return Side(values, unknown, empty, empty & ~imputed & ~zero, empty & soft_rows[:, None] & ~zero)


# All checks of an edition ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compiled:
    """The checks of an edition as matrices.

    main: every comparison; check_of: for each the number of its check, which several have that are a chain. guards:
    those that must hold first; guarded: for each comparison the places of its own. sum_of: for a part of a sum, the
    place of that sum.
    """

    main: Matrix
    check_of: tuple[int, ...]
    guards: Matrix
    guarded: tuple[tuple[int, ...], ...]
    sum_of: tuple[int, ...]


@cache
def compiled(form: Edition, rules: tuple[Rule, ...] | None, before: Edition | None, parts: bool) -> Compiled:
    """The checks of an edition; before: last year's form, None where there is no report on the year before (nothing
    that needs one can then fail). parts: also those of the parts of a sum, which matter only where cells are missing.
    """
    main: list[Comparison] = []
    guards: list[Bound] = []
    guarded: list[tuple[int, ...]] = []
    sum_at: dict[tuple[str, CellKey], int] = {}
    sum_of: list[int] = []
    check_of: list[int] = []
    places: dict[Bound, int] = {}
    for number, check in enumerate(checks(form, rules, before)):
        for item in check:
            if not arithmetic(item, before) or (isinstance(item, Bound) and item.sum is not None and not parts):
                continue
            if item.is_sum:
                sum_at[item.rule, item.right[0].key] = len(main)
            own = []
            for guard in item.when if isinstance(item, Bound) else ():
                if guard not in places:
                    places[guard] = len(guards)
                    guards.append(guard)
                own.append(places[guard])
            guarded.append(tuple(own))
            of = item.sum if isinstance(item, Bound) else None
            sum_of.append(sum_at[of.rule, of.right[0].key] if of is not None else -1)
            check_of.append(number)
            main.append(item)
    return Compiled(
        Matrix(form, tuple(main), before),
        tuple(check_of),
        Matrix(form, tuple(guards), before),
        tuple(guarded),
        tuple(sum_of),
    )


def arithmetic(item: Comparison, before: Edition | None) -> bool:
    """Whether a comparison is one of cells, all of them on the two forms."""
    if isinstance(item, Bound) and (item.barred or item.counts or item.sums_agencies):
        return False
    prior = [term.key for term in item.terms if term.prior]
    return not prior or (before is not None and all(key in before.cells for key in prior))


def judge_filled(plan: Compiled, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where comparisons fail when every cell they read is filled, their residuals, and which reports to judge again.

    values: cells (last year's behind) × reports, NaN where there is no figure.
    """
    import numpy as np

    residuals = plan.main.residuals(values)
    broken = plan.main.broken(residuals)
    unclear = np.isnan(residuals).any(axis=0)
    if plan.guards.comparisons:
        guard_residuals = plan.guards.residuals(values)
        unclear |= np.isnan(guard_residuals).any(axis=0)
        met = ~plan.guards.broken(guard_residuals)
        for at, own in enumerate(plan.guarded):
            for guard in own:
                broken[at] &= met[guard]
    return broken, residuals, unclear


def judge_blank(plan: Compiled, sides: tuple[Side, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Where comparisons fail, and their residuals, for reports with blanks or cells not known.

    sides: this year's and, where the plan has it, last year's.
    """
    import numpy as np

    stacked = {
        name: np.vstack([getattr(side, name) for side in sides])
        for name in ("values", "unknown", "empty", "bare", "soft")
    }
    stacked["values"] = np.where(stacked["unknown"], 0.0, stacked["values"])
    outcome = [blank_outcome(matrix, stacked) for matrix in (plan.main, plan.guards)]
    failed, judged, _, residuals = outcome[0]
    passed = outcome[1][2]
    for at, own in enumerate(plan.guarded):
        for guard in own:
            failed[at] &= passed[guard]
    for at, total in enumerate(plan.sum_of):
        if total >= 0:
            failed[at] &= ~judged[total]
    return failed, residuals


def blank_outcome(
    matrix: Matrix, stacked: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Where comparisons fail, are judged, pass; and their residuals."""
    import numpy as np

    residuals = matrix.residuals(stacked["values"])
    holds = ~matrix.broken(residuals)
    incidence = matrix.incidence
    unknown, bare, soft = (incidence @ stacked[name].astype(np.float64) for name in ("unknown", "bare", "soft"))
    terms = incidence.sum(axis=1)[:, None]
    judged = (unknown == 0) & (bare < terms)
    sums_rows = [at for at, item in enumerate(matrix.comparisons) if item.is_sum]
    if sums_rows:
        parts = matrix.matrix(lambda item: item.left if item.is_sum else ())
        bare_parts = (parts @ stacked["bare"].astype(np.float64))[sums_rows]
        totals = matrix.matrix(lambda item: item.right if item.is_sum else ())
        total = (totals @ stacked["values"])[sums_rows]
        judged[sums_rows] &= ~((bare_parts == parts.sum(axis=1)[sums_rows][:, None]) & (total != 0))
    failed = judged & ~holds & (soft == 0)
    judged &= holds | (soft == 0)
    hindering = matrix.matrix(
        lambda item: tuple(term for term in item.left + item.right if not helpful(term, item, matrix))
    )
    passed = holds & (judged | ((unknown > 0) & ((hindering @ stacked["unknown"].astype(np.float64)) == 0)))
    return failed, judged, passed, residuals


def helpful(term: Term, item: Comparison, matrix: Matrix) -> bool:
    """Whether a figure not known can only help a comparison that holds without it."""
    form = matrix.before if term.prior and matrix.before is not None else matrix.form
    if item.sign == "==" or form.cells[term.key][1].kind == "change":
        return False
    greater = item.right if item.sign in ("<", "<=") else item.left
    return (term.sign > 0) == (term in greater)
