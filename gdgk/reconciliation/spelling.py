"""Rules and the form's tree → what can be checked, spelled out cell by cell for one edition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from gdgk.crosswalk import Measure, measures_by_id
from gdgk.form import CellKey, Edition, Sum, Table
from gdgk.reconciliation.equations import Bound, Check, Relation, Term, as_relation, is_relation
from gdgk.reconciliation.expressions import Comparison, Linear, Name
from gdgk.reconciliation.rules import AGENCIES, Rule, heading_columns, heading_rows, read_rules

SUM_LABEL = "各分项之和等于总计"
TREE_BASIS = "表式的行列结构"


@cache
def own_rules() -> tuple[Rule, ...]:
    """The rules of the workbook's own rules.toml, read once."""
    return read_rules()


@cache
def checks(form: Edition, rules: tuple[Rule, ...] | None = None, before: Edition | None = None) -> tuple[Check, ...]:
    """All that an edition's cells can be held to: the sums of its tree, then the rules in their order.

    A check is one comparison or the chain of a rule, at one address. before: the form of last year's report, where it
    is another; measures are found on both.
    """
    found: list[Check] = [(sum_relation(table, item),) for table in form.tables.values() for item in table.sums()]
    for rule in own_rules() if rules is None else rules:
        found.extend(spelled_out(rule, form, (before or form) if rule.each == "measure" else form))
    return tuple(found)


@cache
def spelled_out(rule: Rule, form: Edition, before: Edition) -> tuple[Check, ...]:
    """One rule on an edition. Nothing but a measure asks for the form of the year before, so the rest is the same."""
    return tuple(Speller(rule, form, before).checks())


@cache
def relations(form: Edition, rules: tuple[Rule, ...] | None = None) -> tuple[Relation, ...]:
    """Every equation with factors of 1 that an edition's cells can be held to: sums first, then rules in order."""
    return tuple(item for check in checks(form, rules) for item in check if isinstance(item, Relation))


@cache
def bounds(form: Edition, rules: tuple[Rule, ...] | None = None, before: Edition | None = None) -> tuple[Bound, ...]:
    """Every other comparison that an edition's cells can be held to."""
    return tuple(item for check in checks(form, rules, before) for item in check if isinstance(item, Bound))


def sum_relation(table: Table, item: Sum) -> Relation:
    """A sum of the form's tree as a relation, addressed to its total."""
    return Relation(
        rule=item.rule,
        label=SUM_LABEL,
        severity="error",
        table=table.id,
        row=item.total.row,
        column=item.total.column,
        left=tuple(Term(1, part) for part in item.parts),
        right=(Term(1, item.total),),
        basis=TREE_BASIS,
        is_sum=True,
    )


class Speller:
    """Spells a rule out on an edition: for each line, cell, part, table or measure, as ``each`` says.

    A comparison that names a cell which the edition lacks is left out.
    """

    def __init__(self, rule: Rule, form: Edition, before: Edition) -> None:
        self.rule, self.form, self.before = rule, form, before

    def checks(self) -> Iterator[Check]:
        """Every check of the rule on the edition."""
        rule = self.rule
        if rule.each == "measure":
            yield from (check for measure in measures_by_id().values() for check in self.of_measure(measure))
        elif rule.each == "report":
            yield from self.of_report()
        else:
            spell = {
                "row": self.of_lines,
                "column": self.of_lines,
                "cell": self.of_cells,
                "part": self.of_parts,
                "within": self.of_within,
                "table": self.of_table,
            }[rule.each]
            for table in rule.tables:
                if table in self.form.tables:
                    yield from spell(self.form.tables[table])

    def wanted(self, *names: str) -> bool:
        """Whether the rule holds for a line or cell of these names."""
        rule = self.rule
        return (not rule.only or any(name in rule.only for name in names)) and not any(
            name in rule.without for name in names
        )

    # ── each ──

    def of_lines(self, table: Table) -> Iterator[Check]:
        """For each row or column of a table."""
        for line in table.columns if self.rule.each == "column" else table.rows:
            if self.wanted(line):
                spelled = [self.compared(part, table, line) for part in (*self.rule.comparisons, *self.rule.when)]
                yield from self.check(table, line, spelled)

    def of_report(self) -> Iterator[Check]:
        """Once for a report."""
        if any(name.text == "absent_agencies" for part in self.rule.comparisons for name in part.names):
            yield (replace(self.blank_bound(), counts=("absent_agencies",), table=""),)
            return
        table = next(iter(self.form.tables.values()))
        spelled = [self.compared(part, table, "") for part in (*self.rule.comparisons, *self.rule.when)]
        yield from self.check(table, "", spelled)

    def of_cells(self, table: Table) -> Iterator[Check]:
        """For each cell of a table; ``sum(agencies)`` is the same cell of the agencies beneath."""
        for key in table.cells:
            if not self.wanted(key.row, key.column):
                continue
            bound = self.blank_bound(table.id, key)
            parts = self.rule.comparisons
            summed = any(name.text == AGENCIES for part in parts for name in part.names)
            if summed:
                own = (Term(1, key),)
                severity = self.rule.severity_incomplete
                yield (replace(bound, left=own, right=own, sums_agencies=True, incomplete_severity=severity),)
                continue
            spelled = [self.named(part, {"cell": key}) for part in (*parts, *self.rule.when)]
            yield from self.check(table, "", spelled)

    def of_parts(self, table: Table) -> Iterator[Check]:
        """For each part of each sum that the form's tree states."""
        for item in table.sums():
            whole = sum_relation(table, item)
            for part in item.parts:
                if self.wanted(part.row, part.column):
                    names = {"part": part, "total": item.total}
                    spelled = [self.named(one, names) for one in (*self.rule.comparisons, *self.rule.when)]
                    for check in self.check(table, "", spelled):
                        yield tuple(replace(one, sum=whole) if isinstance(one, Bound) else one for one in check)

    def of_within(self, table: Table) -> Iterator[Check]:
        """For each 其中 row and the row that contains it."""
        for row in table.rows.values():
            if row.kind == "part" and row.parent in table.rows and self.wanted(row.key):
                for column in table.block_of(row.key).columns:
                    keys = {
                        "part": CellKey(table.id, row.key, column.key),
                        "whole": CellKey(table.id, row.parent, column.key),
                    }
                    spelled = [self.named(one, keys) for one in (*self.rule.comparisons, *self.rule.when)]
                    yield from self.check(table, "", spelled)

    def of_table(self, table: Table) -> Iterator[Check]:
        """Once for a table: entries of some kinds are counted."""
        counts = tuple(name.text for part in self.rule.comparisons for name in part.names)
        yield (replace(self.blank_bound(table.id), counts=counts),)

    def of_measure(self, measure: Measure) -> Iterator[Check]:
        """For a quantity of the crosswalk, last year's on last year's form."""
        own = measure.cells(self.form)
        if not own or not self.wanted(measure.id):
            return
        terms = {False: own, True: measure.cells(self.before)}
        comparison = measure.comparison(self.form, self.before)
        row, column = measure.address(self.form)
        key = CellKey(own[0][1].table, row, column)
        bound = replace(self.blank_bound(key.table, key), measure=measure.id)
        if self.rule.needs_prior and comparison == "none":
            yield (replace(bound, barred="表式变更，两年不可比" if terms[True] else "上年表式没有这一项"),)
            return
        spelled = [
            self.bound_of(
                part,
                *(
                    tuple(
                        Term(1 if sign * factor > 0 else -1, cell, name.prior, abs(factor))
                        for factor, name in side.terms
                        for sign, cell in terms[name.prior]
                    )
                    for side in (part.left, part.right)
                ),
            )
            for part in (*self.rule.comparisons, *self.rule.when)
        ]
        count = len(self.rule.comparisons)
        yield tuple(
            replace(item, table=key.table, row=row, column=column, measure=measure.id, when=tuple(spelled[count:]))
            for item in spelled[:count]
        )

    # ── comparisons ──

    def check(self, table: Table, line: str, spelled: Sequence[Bound | None]) -> Iterator[Check]:
        """The comparisons of one line as a check, its guards with it; nothing where a cell is not on the form."""
        count = len(self.rule.comparisons)
        parts, guards = spelled[:count], spelled[count:]
        kept = [part for part in parts if part is not None]
        if len(kept) < count or any(guard is None for guard in guards):
            return
        found = tuple(
            replace(
                self.addressed(part, table, line),
                when=tuple(guard for guard in guards if guard is not None),
                severity=dict(self.rule.severity_at).get(line or part.column, self.rule.severity),
            )
            for part in kept
        )
        yield (as_relation(found[0]),) if len(found) == 1 and is_relation(found[0]) else found

    def addressed(self, bound: Bound, table: Table, line: str) -> Bound:
        """A bound at the address of its first cell, or of the whole line."""
        first = next(term.key for term in bound.left + bound.right if not term.prior)
        row, column = first.row, first.column
        if self.rule.at == "line":
            row, column = ("", line) if self.rule.each == "column" else (line, "")
        return replace(bound, table=first.table, row=row, column=column)

    def compared(self, part: Comparison, table: Table, line: str) -> Bound | None:
        """A comparison with its names as cells of one line; None where the form lacks one of them."""
        sides = [self.terms(side, table, line) for side in (part.left, part.right)]
        if any(side is None for side in sides):
            return None
        return self.bound_of(part, *(side for side in sides if side is not None))

    def named(self, part: Comparison, names: dict[str, CellKey]) -> Bound:
        """A comparison whose names are cells given."""
        sides = (
            tuple(
                Term(1 if factor > 0 else -1, names[name.text], name.prior, abs(factor)) for factor, name in side.terms
            )
            for side in (part.left, part.right)
        )
        return self.bound_of(part, *sides)

    def bound_of(self, part: Comparison, left: tuple[Term, ...], right: tuple[Term, ...]) -> Bound:
        """A bound of two sides."""
        return replace(
            self.blank_bound(),
            left=left,
            right=right,
            sign=part.sign,
            left_constant=part.left.constant,
            right_constant=part.right.constant,
        )

    def blank_bound(self, table: str = "", key: CellKey | None = None) -> Bound:
        """The rule's own words, no cells yet."""
        rule = self.rule
        return Bound(
            rule=rule.id,
            label=rule.label,
            severity=rule.severity,
            table=table,
            row=key.row if key else "",
            column=key.column if key else "",
            left=(),
            right=(),
            basis=rule.basis,
            unless=rule.unless,
            sign=rule.comparisons[0].sign,
            show=rule.show,
            strict=rule.strict,
            agencies=rule.agencies,
        )

    def terms(self, side: Linear, table: Table, line: str) -> tuple[Term, ...] | None:
        """One side's names as cells; None where this year's form lacks one of them."""
        found = []
        for factor, name in side.terms:
            for key in self.keys(name, table, line):
                if not name.prior and (key.table not in self.form.tables or key not in self.form.cells):
                    return None
                found.append(Term(1 if factor > 0 else -1, key, name.prior, abs(factor)))
        return tuple(found)

    def keys(self, name: Name, table: Table, line: str) -> list[CellKey]:
        """The cells that a name means in one line: ``row.column`` or ``table.row.column`` is the same for each."""
        parts = name.text.split(".")
        if len(parts) > 1:
            home = table if len(parts) == 2 else self.form.tables.get(parts[0], table)
            own = CellKey(parts[0] if len(parts) == 3 else table.id, *parts[-2:])
            if name.summed and own.row in heading_rows(home):
                return [CellKey(own.table, leaf.key, own.column) for leaf in home.leaves(own.row)]
            return [own]
        if self.rule.each == "column":
            rows = [leaf.key for leaf in table.leaves(name.text)] if name.summed else [name.text]
            return [CellKey(table.id, row, line) for row in rows or [name.text]]
        columns = [name.text]
        if name.summed and name.text in heading_columns(table):
            columns = [column.key for column in table.columns.values() if column.parent == name.text]
        return [CellKey(table.id, line, column) for column in columns]
