"""One relation or bound held against one report: its status, both sides, and the finding in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from gdgk.findings import Finding, Status
from gdgk.form import CellKey, Edition
from gdgk.reconciliation.counts import counted
from gdgk.reconciliation.equations import Bound, Check, Relation, Term
from gdgk.reconciliation.rules import Rule
from gdgk.reconciliation.sheets import Prior, Sheet
from gdgk.reconciliation.spelling import checks
from gdgk.reconciliation.wording import Sides, worded

EPSILON = 1e-9
JUDGED = (Status.PASS, Status.PASS_IMPUTED, Status.FAIL)
# How outcomes of one chain weigh: the first of these speaks for it.
WEIGHT = [
    Status.FAIL,
    Status.ERROR,
    Status.NOT_ASSESSABLE,
    Status.PASS_IMPUTED,
    Status.PASS,
    Status.NOT_APPLICABLE,
]
SHOWN = {
    "always": frozenset(Status),
    "judged": frozenset((*JUDGED, Status.ERROR)),
    "noted": frozenset((Status.FAIL, Status.ERROR, Status.PASS_IMPUTED)),
    "failed": frozenset((Status.FAIL, Status.ERROR)),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a comparison ended: its status, for what cannot be assessed the reason (Chinese), both sides where judged.

    cells: the entries that were counted, for a rule about a table.
    """

    status: Status
    reason: str = ""
    left: float | None = None
    right: float | None = None
    cells: tuple[CellKey, ...] = ()


@dataclass
class Case:
    """One report under check: its sheet, the year before, and what the register says of its agency.

    makes_regulations: whether the agency may make 规章, None where the register does not tell. strict: the strict
    profile. ended: the status of each relation of this report so far.
    """

    sheet: Sheet
    prior: Prior
    makes_regulations: bool | None = None
    strict: bool = False
    ended: dict[tuple[str, CellKey], Status] = field(default_factory=dict)

    def number(self, term: Term) -> float:
        """A term's figure, without sign and factor."""
        return self.prior.number(term.key) if term.prior else self.sheet.number(term.key)

    def blank(self, term: Term) -> bool:
        """Whether a term's cell was left blank."""
        return self.prior.blank(term.key) if term.prior else self.sheet.cells[term.key].empty

    def bare(self, term: Term) -> bool:
        """Whether a term's cell was left blank and nothing speaks for it."""
        return self.prior.bare(term.key) if term.prior else self.sheet.bare(term.key)

    def accusing_zero(self, term: Term) -> bool:
        """Whether a blank term may be read as 0 against the report."""
        return self.prior.may_be_zero(term.key) if term.prior else self.sheet.may_be_zero(term.key)

    def side(self, terms: tuple[Term, ...]) -> float:
        """The sum of one side."""
        total = 0.0
        for term in terms:
            total += term.sign * term.factor * self.number(term)
        return total


def check_report(case: Case, rules: tuple[Rule, ...] | None, everything: bool, registered: bool) -> list[Finding]:
    """Every finding on one report that is worth a row; ``everything``: those that are not, too.

    registered: the register of agencies was given; without it, what needs it is left out.
    """
    plan = planned(case.sheet.form, rules, case.prior.form)
    found = []
    for check, show, needs_register, needs_prior in plan.plain:
        if (needs_register and not registered) or (needs_prior and not case.prior.sheets and not everything):
            continue
        item, outcome = chained(check, case) if len(check) > 1 else (check[0], attempted(check[0], case))
        if isinstance(item, Relation) and item.is_sum:
            case.ended[item.rule, item.right[0].key] = outcome.status
        if everything or outcome.status in show:
            found.append(finding(item, outcome, case))
    for total, parts in plan.parts:
        told = case.sheet.cells[total[1]].value is not None or total[1] in case.sheet.imputed
        if everything or (told and case.ended.get(total) not in JUDGED):
            for bound in parts:
                outcome = attempted(bound, case)
                if everything or outcome.status in SHOWN[bound.show]:
                    found.append(finding(bound, outcome, case))
    return found


@dataclass(frozen=True)
class Plan:
    """The checks of an edition in the order they are made.

    plain: each with the statuses that are shown, whether it needs the register, and whether without a report on the
    year before it cannot fail and is told only where it does; parts: those of the parts of a sum, by the sum, made
    where the sum cannot be judged. What regards agencies beneath is not here (:mod:`.regions`).
    """

    plain: tuple[tuple[Check, frozenset[Status], bool, bool], ...]
    parts: tuple[tuple[tuple[str, CellKey], tuple[Bound, ...]], ...]


@cache
def planned(form: Edition, rules: tuple[Rule, ...] | None, before: Edition) -> Plan:
    """The plan for an edition."""
    plain: list[tuple[Check, frozenset[Status], bool, bool]] = []
    parts: dict[tuple[str, CellKey], list[Bound]] = {}
    for check in checks(form, rules, before):
        first = check[0]
        if isinstance(first, Relation):
            plain.append((check, SHOWN[first.show], False, False))
        elif first.sum is not None:
            total = (first.sum.rule, first.sum.right[0].key)
            parts.setdefault(total, []).extend(item for item in check if isinstance(item, Bound))
        elif not first.sums_agencies and "absent_agencies" not in first.counts:
            silent = first.show == "failed" and (bool(first.barred) or all(item.needs_prior for item in check))
            plain.append((check, SHOWN[first.show], bool(first.agencies), silent))
    return Plan(tuple(plain), tuple((total, tuple(found)) for total, found in parts.items()))


def chained(check: Check, case: Case) -> tuple[Relation | Bound, Outcome]:
    """The comparison that speaks for a check, and how it ended."""
    ended = [(item, attempted(item, case)) for item in check]
    return min(ended, key=lambda pair: WEIGHT.index(pair[1].status))


def attempted(item: Relation | Bound, case: Case) -> Outcome:
    """How a comparison ends; one that breaks on this report is told as such and stops no other."""
    try:
        return assess_relation(item, case) if isinstance(item, Relation) else assess_bound(item, case)
    except Exception as error:
        return Outcome(Status.ERROR, f"核对未能完成（{type(error).__name__}: {error}）")


def assess_relation(relation: Relation, case: Case) -> Outcome:
    """How an equation ends. A blank counts as 0, a blank total as the sum of its parts; but not where that alone would
    contradict a table whose blanks are figures not reported.
    """
    sheet, prior = case.sheet, case.prior
    own = [term.key for term in relation.terms if not term.prior]
    earlier = [term.key for term in relation.terms if term.prior]
    unable = unassessable(own, earlier, case)
    if unable is not None:
        return unable
    blank = any(sheet.cells[key].empty for key in own) or any(prior.blank(key) for key in earlier)
    if blank and all(case.bare(term) for term in relation.terms):
        return Outcome(Status.NOT_ASSESSABLE, "各格均未填报")
    if relation.is_sum and lacks_parts(relation, sheet):
        return Outcome(Status.NOT_ASSESSABLE, "只填了总计，分项均未填报")
    left, right = case.side(relation.left), case.side(relation.right)
    if abs(left - right) > EPSILON:
        if blank and any(case.blank(term) and not case.accusing_zero(term) for term in relation.terms):
            return Outcome(Status.NOT_ASSESSABLE, "有空格，是否为 0 不明")
        return Outcome(Status.FAIL, "", left, right)
    return Outcome(Status.PASS_IMPUTED if blank else Status.PASS, "", left, right)


def unassessable(own: list[CellKey], earlier: list[CellKey], case: Case) -> Outcome | None:
    """Why figures cannot be compared: last year's form lacks one, a table is unfilled, a cell says no number."""
    sheet, prior = case.sheet, case.prior
    if earlier and any(not prior.has(key) for key in earlier):
        return Outcome(Status.NOT_APPLICABLE, f"{sheet.year - 1} 年表式没有这一项")
    if sheet.blank_tables and any(key.table in sheet.blank_tables for key in own):
        return Outcome(Status.NOT_ASSESSABLE, "整表未填报")
    if earlier and prior.reason:
        return Outcome(Status.NOT_ASSESSABLE, prior.reason)
    silent = [key for key in own if sheet.unknown(key)]
    if silent:
        return Outcome(Status.NOT_ASSESSABLE, silence(silent, sheet))
    if earlier and any(prior.unknown(key) for key in earlier):
        return Outcome(Status.NOT_ASSESSABLE, f"{sheet.year - 1} 年数字未填报或未入库")
    return None


def silence(keys: list[CellKey], sheet: Sheet) -> str:
    """Why cells say no number."""
    states = {sheet.cells[key].state for key in keys}
    if any(state.value == "unknown" for state in states):
        return "有的格未入库"
    if any(sheet.missing(key) for key in keys):
        return "有的格未填报（空格不按 0 计）"
    return "有的格填了文字，读不出数"


def lacks_parts(relation: Relation, sheet: Sheet) -> bool:
    """Whether a total above 0 is printed while each of its parts is blank: nothing to add up, nothing contradicted."""
    return sheet.number(relation.right[0].key) != 0 and all(sheet.bare(term.key) for term in relation.left)


# Bounds ---------------------------------------------------------------------------------------------------------------


def assess_bound(bound: Bound, case: Case) -> Outcome:
    """How any other comparison ends. Where figures are missing it still holds if it does whatever they are."""
    if bound.barred:
        return Outcome(Status.NOT_APPLICABLE, bound.barred)
    if bound.agencies == "without_regulations":
        if case.makes_regulations is None:
            return Outcome(Status.NOT_ASSESSABLE, "机关性质未登记，不知有无规章制定权")
        if case.makes_regulations:
            return Outcome(Status.NOT_APPLICABLE, "机关有规章制定权")
    if bound.counts:
        return assess_count(bound, case)
    if bound.sum is not None and sum_says_more(bound, case):
        return Outcome(Status.NOT_APPLICABLE, "合计已核对")
    for guard in bound.when:
        met = compared(guard, case)
        if met.status is Status.NOT_ASSESSABLE or met.status is Status.NOT_APPLICABLE:
            return met
        if met.status is Status.FAIL:
            return Outcome(Status.NOT_APPLICABLE, "数字不在适用范围内")
    return compared(bound, case)


def sum_says_more(bound: Bound, case: Case) -> bool:
    """Whether the sum that a part belongs to was judged, which says more than the part alone."""
    return bound.sum is not None and case.ended.get((bound.sum.rule, bound.sum.right[0].key)) in JUDGED


def compared(bound: Bound, case: Case) -> Outcome:
    """How the comparison of a bound ends, its guards left aside."""
    terms = bound.left + bound.right
    if any(term.prior and not case.prior.has(term.key) for term in terms):
        return Outcome(Status.NOT_APPLICABLE, f"{case.sheet.year - 1} 年表式没有这一项")
    reasons = [missing(term, case) for term in terms]
    lacking = [term for term, reason in zip(terms, reasons, strict=True) if reason]
    left, right = bound.left_constant, bound.right_constant
    for at, term in enumerate(terms):
        if not reasons[at]:
            part = term.sign * term.factor * case.number(term)
            left, right = (left + part, right) if at < len(bound.left) else (left, right + part)
    if lacking:
        if holds(bound.sign, left, right) and all(helps(term, bound, case) for term in lacking):
            return Outcome(Status.PASS, "", left, right)
        return Outcome(Status.NOT_ASSESSABLE, next(filter(None, reasons)))
    blanks = [term for term in terms if case.blank(term)]
    if blanks and all(case.bare(term) for term in terms):
        return Outcome(Status.NOT_ASSESSABLE, "各格均未填报")
    if holds(bound.sign, left, right):
        return Outcome(Status.PASS_IMPUTED if blanks else Status.PASS, "", left, right)
    if any(not case.accusing_zero(term) for term in blanks):
        return Outcome(Status.NOT_ASSESSABLE, "有空格，是否为 0 不明")
    return Outcome(Status.FAIL, "", left, right)


def missing(term: Term, case: Case) -> str:
    """Why a term has no figure; empty where it has one."""
    sheet, prior = case.sheet, case.prior
    if term.prior:
        if prior.reason:
            return prior.reason
        return f"{sheet.year - 1} 年数字未填报或未入库" if prior.unknown(term.key) else ""
    if term.key.table in sheet.blank_tables:
        return "整表未填报"
    return silence([term.key], sheet) if sheet.unknown(term.key) else ""


def helps(term: Term, bound: Bound, case: Case) -> bool:
    """Whether a figure, which is never below 0, can only help a comparison that holds without it."""
    form = case.prior.form if term.prior else case.sheet.form
    if bound.sign == "==" or form.cells[term.key][1].kind == "change":
        return False
    greater = bound.right if bound.sign in ("<", "<=") else bound.left
    return (term.sign > 0) == (term in greater)


def holds(sign: str, left: float, right: float) -> bool:
    """Whether two sides compare as they should, but for what floating point loses."""
    difference = left - right
    if sign == "==":
        return abs(difference) <= EPSILON
    if sign in ("<", "<="):
        return difference <= EPSILON if sign == "<=" else difference < -EPSILON
    return difference >= -EPSILON if sign == ">=" else difference > EPSILON


def assess_count(bound: Bound, case: Case) -> Outcome:
    """How a rule about the entries of a table ends: none of the kinds counted may be there."""
    sheet = case.sheet
    if bound.table in sheet.blank_tables:
        return Outcome(Status.NOT_ASSESSABLE, "整表未填报")
    cells = [sheet.cells[key] for key in sheet.form.tables[bound.table].cells]
    if all(cell.state.value == "unknown" for cell in cells):
        return Outcome(Status.NOT_ASSESSABLE, "整表未入库")
    found = tuple(dict.fromkeys(key for kind in bound.counts for key in counted(kind, sheet, bound.table)))
    if bound.counts == ("blanks",) and found and explained(sheet, bound.table):
        return Outcome(Status.PASS_IMPUTED, sheet.blanks_zh, cells=found)
    return Outcome(Status.FAIL if found else Status.PASS, "", cells=found)


def explained(sheet: Sheet, table: str) -> bool:
    """Whether it is clear how the blanks of a table are to be read: as 0, or as totals of their parts."""
    if sheet.stated_blanks:
        return sheet.stated_blanks == "zero"
    return sheet.blanks_of(table) in ("zero", "totals")


# Findings -------------------------------------------------------------------------------------------------------------


def figures(side: tuple[Term, ...], case: Case) -> tuple[float | None, ...]:
    """The figures of one side, None where there is none."""
    return tuple(None if missing(term, case) else case.number(term) for term in side)


def finding(item: Relation | Bound, outcome: Outcome, case: Case) -> Finding:
    """An outcome as a finding."""
    sheet = case.sheet
    sides: Sides = ((), ())
    blanks = 0
    if outcome.left is not None and (item.left or item.right):
        sides = (figures(item.left, case), figures(item.right, case))
        blanks = sum(
            case.blank(term)
            for side, values in zip((item.left, item.right), sides, strict=True)
            for term, value in zip(side, values, strict=True)
            if value is not None
        )
    words = worded(item, outcome.status, outcome.reason, sides, sheet, blanks, outcome.cells)
    cells = outcome.cells or tuple(term.key for term in item.terms if not term.prior)
    if isinstance(item, Bound) and "blanks" in item.counts:
        cells = ()  # a blank shows itself; a page that marks a hundred of them shows nothing else
    left, right = outcome.left, outcome.right
    return Finding(
        rule=item.rule,
        status=outcome.status.value,
        severity=item.strict if case.strict and item.strict else item.severity,
        agency=sheet.agency,
        year=sheet.year,
        table=item.table or None,
        row=item.row or None,
        column=item.column or None,
        left=left,
        right=right,
        difference=None if left is None or right is None else round(left - right, 6),
        message=words.message,
        reason=outcome.reason or (words.calculation if isinstance(item, Bound) and item.counts else ""),
        label=item.label,
        place=words.place,
        calculation=words.calculation,
        basis=item.basis,
        unless=item.unless,
        cells=tuple(str(key) for key in dict.fromkeys(cells)),
        blanks=blanks,
        sign=item.sign,
    )
