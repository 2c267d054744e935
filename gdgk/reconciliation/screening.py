"""Thousands to millions of agency-years at once: a row a report, a column a cell; only what fails is spelled out.

The outcome is that of :func:`gdgk.reconciliation.reconcile` (a test holds the two together), but for what is said of
the text of entries (units, decimals, words) and of a report's scope: there each report is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from gdgk.archive import Agency, Register
from gdgk.findings import Finding, findings_frame
from gdgk.form import CellKey, Edition
from gdgk.reconciliation.checks import Case, check_report
from gdgk.reconciliation.competence import makes_regulations
from gdgk.reconciliation.equations import Bound, Relation
from gdgk.reconciliation.matrix import Compiled, compiled, judge_blank, judge_filled
from gdgk.reconciliation.rules import Rule
from gdgk.reconciliation.sheets import Lineage, Sheet, sum_totals
from gdgk.reconciliation.spelling import bounds, own_rules
from gdgk.reconciliation.summing import broken_regions, pairs_of
from gdgk.reconciliation.wide import NOT_KNOWN, Wide
from gdgk.report import MONEY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


VIOLATIONS = ["agency", "year", "rule", "severity", "table", "row", "column", "difference"]
# So many reports at a time; their figures of two years stay in the processor's cache.
CHUNK = 512
# Counts of entries that need their text.
TEXTUAL = frozenset(("unread_changes", "long_decimals", "unitless_amounts"))


def violations(
    wide: Wide | Iterable[Wide],
    lineage: Mapping[str, tuple[str, ...]] | None = None,
    rules: tuple[Rule, ...] | None = None,
    agencies: Mapping[str, Agency] | None = None,
) -> pd.DataFrame:
    """What fails in many reports: a row for each comparison (columns :data:`VIOLATIONS`), report by report.

    wide: the reports, one :class:`Wide` for each edition, with those of the year before where checks between years
    should have them. agencies: the register, for rules that need it. Linear in the reports. Rules on the text of
    entries are left out, and so is what a report says of its scope.
    """
    wides = [wide] if isinstance(wide, Wide) else list(wide)
    index = Index(wides, Lineage(lineage or {}))
    power = None if agencies is None else {name: makes_regulations(one) for name, one in agencies.items()}
    found = Found(wides)
    for number, own in enumerate(wides):
        for before, rows, prior in index.groups(number):
            judge = Judge(own, None if before is None else wides[before], rules, power, found, number)
            for start in range(0, len(rows), CHUNK):
                taken = slice(start, start + CHUNK)
                judge.chunk(rows[taken], None if prior is None else prior[taken])
        for row in index.reorganised(number):
            case = index.case(number, row, power)
            failed = [item for item in check_report(case, rules, False, power is not None) if item.status == "fail"]
            found.add_findings(number, row, [item for item in failed if item.rule not in textual_rules(rules)])
    if agencies is not None:
        register = Register.of(agencies)
        pairs = pairs_of(wides, register, {report: at for at, report in enumerate(index)})
        for number in range(len(wides)):
            for broken in broken_regions(number, wides, index.starts, register, pairs, rules):
                described = (broken.bound.rule, broken.severity, *described_as(broken.bound)[2:])
                found.add_alike(number, described, broken.rows, broken.difference)
    return found.frame()


def explain(
    wide: Wide | Iterable[Wide],
    reports: Iterable[tuple[str, int]],
    lineage: Mapping[str, tuple[str, ...]] | None = None,
    rules: tuple[Rule, ...] | None = None,
    agencies: Mapping[str, Agency] | None = None,
) -> pd.DataFrame:
    """The full findings (:func:`gdgk.reconciliation.reconcile`) on the figures of some (agency, year) of many reports,
    such as those that :func:`violations` names; not those on agencies beneath.
    """
    wides = [wide] if isinstance(wide, Wide) else list(wide)
    index = Index(wides, Lineage(lineage or {}))
    power = None if agencies is None else {name: makes_regulations(one) for name, one in agencies.items()}
    found: list[Finding] = []
    for report in dict.fromkeys(reports):
        if report in index:
            number, row = index.place(report)
            made = check_report(index.case(number, row, power), rules, False, power is not None)
            found.extend(item for item in made if item.rule not in textual_rules(rules))
    return findings_frame(found)


@cache
def textual_rules(rules: tuple[Rule, ...] | None) -> frozenset[str]:
    """The rules that read the text of entries, which figures in a wide row no longer have."""
    return frozenset(
        rule.id
        for rule in (own_rules() if rules is None else rules)
        if any(name.text in TEXTUAL for part in rule.comparisons for name in part.names)
    )


class Index(Mapping[tuple[str, int], Sheet]):
    """Where each report stands, and which is the one on the year before; a report's sheet is made when asked for."""

    def __init__(self, wides: list[Wide], lineage: Lineage) -> None:
        import numpy as np
        import pandas as pd

        self.wides, self.lineage = wides, lineage
        names = [wide.agencies for wide in wides]
        codes, self.names = pd.factorize(np.concatenate(names) if names else np.empty(0, dtype=object))
        years = np.concatenate([wide.years for wide in wides]) if wides else np.empty(0, dtype=np.int64)
        keys = codes.astype(np.int64) * 10_000 + years
        self.order = np.argsort(keys, kind="stable")
        self.sorted = keys[self.order]
        self.starts = np.cumsum([0, *(len(wide.years) for wide in wides)])
        self.report_keys = keys
        self.codes = {name: code for code, name in enumerate(self.names)} if lineage.predecessors else None

    def find(self, keys: np.ndarray) -> np.ndarray:
        """The places, over all reports, of agency-year keys; −1 for none."""
        import numpy as np

        if not len(self.sorted):
            return np.full(len(keys), -1)
        at = np.minimum(np.searchsorted(self.sorted, keys), len(self.sorted) - 1)
        return np.where(self.sorted[at] == keys, self.order[at], -1)

    def own_prior(self, number: int) -> np.ndarray:
        """For each report of a wide, the place of its agency's report on the year before; −1 for none."""
        return self.find(self.report_keys[self.starts[number] : self.starts[number + 1]] - 1)

    def groups(self, number: int) -> Iterator[tuple[int | None, np.ndarray, np.ndarray | None]]:
        """The reports of a wide by where last year's stands: its number, their rows, the rows of last year's."""
        import numpy as np

        prior = self.own_prior(number)
        home = np.searchsorted(self.starts, prior, side="right") - 1
        home[prior < 0] = -1
        apart = np.zeros(len(prior), dtype=bool)
        apart[self.reorganised(number)] = True
        for before in np.unique(home[~apart]):
            rows = np.flatnonzero((home == before) & ~apart)
            yield (None, rows, None) if before < 0 else (int(before), rows, prior[rows] - self.starts[before])

    def reorganised(self, number: int) -> np.ndarray:
        """The reports of a wide without one on the year before whose agency succeeds others."""
        import numpy as np

        if self.codes is None:
            return np.empty(0, dtype=np.int64)
        succeeding = np.isin(self.wides[number].agencies, list(self.lineage.predecessors))
        return np.flatnonzero(succeeding & (self.own_prior(number) < 0))

    def place(self, report: tuple[str, int]) -> tuple[int, int]:
        """The number of the wide in which a report stands, and its row. Raises :class:`KeyError`."""
        import numpy as np

        if self.codes is None:
            self.codes = {name: code for code, name in enumerate(self.names)}
        code = self.codes.get(report[0])
        at = -1 if code is None else int(self.find(np.array([code * 10_000 + report[1]]))[0])
        if at < 0:
            raise KeyError(report)
        number = int(np.searchsorted(self.starts, at, side="right")) - 1
        return number, at - int(self.starts[number])

    def __getitem__(self, report: tuple[str, int]) -> Sheet:
        number, row = self.place(report)
        return self.wides[number].sheet(row)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        for wide in self.wides:
            yield from zip(wide.agencies.tolist(), wide.years.tolist(), strict=True)

    def __len__(self) -> int:
        return len(self.report_keys)

    def case(self, number: int, row: int, power: Mapping[str, bool | None] | None) -> Case:
        """One report as it is checked cell by cell."""
        sheet = self.wides[number].sheet(row)
        return Case(sheet, self.lineage.prior(sheet, self), None if power is None else power.get(sheet.agency))


class Found:
    """Failures as they are found, in arrays; put together once."""

    def __init__(self, wides: list[Wide]) -> None:
        self.wides = wides
        self.parts: list[tuple[np.ndarray, ...]] = []
        self.kinds: list[tuple[str, ...]] = []
        self.checks: list[int] = []
        self.offsets: dict[int, tuple[Any, int]] = {}

    def add(self, number: int, plan: Any, described: list[tuple[str, ...]], *arrays: np.ndarray) -> None:
        """Failures of a plan's comparisons: rows of the wide, places in the plan, differences."""
        import numpy as np

        if id(plan) not in self.offsets:
            # the plan is kept beside its place, so that no other can take its identity
            self.offsets[id(plan)] = (plan, len(self.kinds))
            self.note(described, plan.check_of if isinstance(plan, Compiled) else range(len(described)))
        rows, kinds, differences = arrays
        offset = self.offsets[id(plan)][1]
        self.parts.append((np.full(len(rows), number), rows, kinds + offset, differences))

    def note(self, described: list[tuple[str, ...]], checks: Iterable[int]) -> None:
        """Note kinds of failures and which of them are of one check, as numbered among them."""
        first = self.checks[-1] + 1 if self.checks else 0
        self.kinds.extend(described)
        self.checks.extend(first + check for check in checks)

    def add_alike(self, number: int, described: tuple[str, ...], rows: np.ndarray, differences: np.ndarray) -> None:
        """Failures of one comparison."""
        import numpy as np

        self.parts.append((np.full(len(rows), number), rows, np.full(len(rows), len(self.kinds)), differences))
        self.note([described], [0])

    def add_findings(self, number: int, row: int, findings: list[Finding]) -> None:
        """Failures of one report that was checked cell by cell."""
        import numpy as np

        for item in findings:
            described = (item.rule, item.severity, item.table or "", item.row or "", item.column or "")
            difference = np.nan if item.difference is None else item.difference
            self.add_alike(number, described, np.array([row]), np.array([difference]))

    def frame(self) -> pd.DataFrame:
        """All failures, report by report; those of the comparisons of a chain are one, the first."""
        import numpy as np
        import pandas as pd

        if not self.parts:
            return pd.DataFrame(columns=VIOLATIONS).astype({"year": "int64", "difference": "float64"})
        numbers, rows, kinds, differences = (np.concatenate(part) for part in zip(*self.parts, strict=True))
        order = np.lexsort((kinds, rows, numbers))
        numbers, rows, kinds, differences = (part[order] for part in (numbers, rows, kinds, differences))
        checks = np.array(self.checks)[kinds]
        again = np.zeros(len(order), dtype=bool)
        again[1:] = (np.diff(numbers) == 0) & (np.diff(rows) == 0) & (np.diff(checks) == 0)
        numbers, rows, kinds, differences = (part[~again] for part in (numbers, rows, kinds, differences))
        agencies = np.empty(len(kinds), dtype=object)
        years = np.empty(len(kinds), dtype=np.int64)
        for number, wide in enumerate(self.wides):
            mine = numbers == number
            agencies[mine], years[mine] = wide.agencies[rows[mine]], wide.years[rows[mine]]
        described = np.array(self.kinds, dtype=object).reshape(-1, 5)[kinds]
        words = {name: described[:, at] for at, name in enumerate(VIOLATIONS[2:7])}
        return pd.DataFrame({"agency": agencies, "year": years, **words, "difference": differences})


class Judge:
    """Judges the reports of one wide whose reports on the year before stand in one other."""

    def __init__(
        self,
        own: Wide,
        before: Wide | None,
        rules: tuple[Rule, ...] | None,
        power: Mapping[str, bool | None] | None,
        found: Found,
        number: int,
    ) -> None:
        self.own, self.before, self.found, self.number = own, before, found, number
        form = None if before is None else before.form
        self.filled = compiled(own.form, rules, form, parts=False)
        self.partial = compiled(own.form, rules, form, parts=True)
        self.power = power
        self.counts = counting(own.form, rules)

    def chunk(self, rows: np.ndarray, prior: np.ndarray | None) -> None:
        """Judge some reports: by one product where every figure is there, with masks where not."""
        import numpy as np

        values = self.own.values[rows].T.astype(np.float64)
        stacked = values
        if self.before is not None and prior is not None:
            stacked = np.vstack([values, self.before.values[prior].T.astype(np.float64)])
        broken, residuals, unclear = judge_filled(self.filled, stacked)
        broken[:, unclear] = False
        self.keep(self.filled, rows, broken, residuals)
        again = np.flatnonzero(unclear)
        if len(again):
            sides = [self.own.side(rows[again])]
            if self.before is not None and prior is not None:
                sides.append(self.before.side(prior[again]))
            failed, differences = judge_blank(self.partial, tuple(sides))
            self.keep(self.partial, rows[again], failed, differences)
        self.count(rows, values)

    def keep(self, plan: Compiled, rows: np.ndarray, failed: np.ndarray, residuals: np.ndarray) -> None:
        """Note the failures of a plan, but for what does not regard the agency."""
        import numpy as np

        for at, item in enumerate(plan.main.comparisons):
            if isinstance(item, Bound) and item.agencies and failed[at].any():
                for report in np.flatnonzero(failed[at]):
                    if self.power is None or self.power.get(str(self.own.agencies[rows[report]])) is not False:
                        failed[at, report] = False
        kinds, reports = np.nonzero(failed)
        if len(kinds):
            described = [described_as(item) for item in plan.main.comparisons]
            differences = residuals[kinds, reports].round(6)
            self.found.add(self.number, plan, described, rows[reports], kinds, differences)

    def count(self, rows: np.ndarray, values: np.ndarray) -> None:
        """Note the tables with entries that may not be: negatives, fractions, blanks whose meaning is not clear."""
        import numpy as np

        for bound in self.counts:
            table = self.own.form.tables[bound.table]
            places = [at for at, key in enumerate(self.own.form.cells) if key.table == bound.table]
            keys = list(table.cells)
            part = values[places]
            if "blanks" in bound.counts:
                failed = self.unclear_blanks(rows, part, keys)
            else:
                signed = np.array([table.cells[key][1].kind == "change" for key in keys])[:, None]
                money = np.array([table.unit_of(key) == MONEY for key in keys])[:, None]
                failed = np.zeros(len(rows), dtype=bool)
                if "negatives" in bound.counts:
                    failed |= ((part < 0) & ~signed).any(axis=0)
                if "fractions" in bound.counts and self.own.values.dtype.kind == "f":
                    failed |= ((part != np.floor(part)) & ~np.isnan(part) & ~money).any(axis=0)
            at = np.flatnonzero(failed)
            if len(at):
                nothing = np.full(len(at), np.nan)
                self.found.add(self.number, bound, [described_as(bound)], rows[at], np.zeros(len(at), int), nothing)

    def unclear_blanks(self, rows: np.ndarray, part: np.ndarray, keys: list[CellKey]) -> np.ndarray:
        """Tables whose blanks stand beside zeros, or state figures not reported."""
        import numpy as np

        missing = self.own.stating(rows, "missing")
        nothing = np.isnan(part)
        if not nothing.any():
            return np.zeros(len(rows), dtype=bool)
        empty = nothing
        if self.own.silent is not None:
            places = [at for at, key in enumerate(self.own.form.cells) if key.table == keys[0].table]
            empty = nothing & (self.own.silent[rows][:, places].T != NOT_KNOWN)
        totals = np.array([key in sum_totals(self.own.form) for key in keys])[:, None]
        some = empty.any(axis=0) & ~empty.all(axis=0)
        mixed = (empty & ~totals).any(axis=0) & ((part == 0) & ~totals).any(axis=0)
        return some & (missing | (mixed & ~self.own.stating(rows, "zero")))


def described_as(item: Relation | Bound) -> tuple[str, ...]:
    """Rule, severity and address of a comparison."""
    return (item.rule, item.severity, item.table, item.row, item.column)


@cache
def counting(form: Edition, rules: tuple[Rule, ...] | None) -> tuple[Bound, ...]:
    """The rules on entries that figures alone decide."""
    return tuple(
        item
        for item in bounds(form, rules)
        if item.counts and "absent_agencies" not in item.counts and not TEXTUAL & set(item.counts)
    )
