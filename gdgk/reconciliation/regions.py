"""A region and the agencies beneath it: what it reports against what they report together, and who is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from gdgk.archive import Agency, Register
from gdgk.findings import Finding, Status
from gdgk.form import CellKey, Edition
from gdgk.markup import figure
from gdgk.reconciliation.checks import EPSILON, Case
from gdgk.reconciliation.competence import covers_region, is_own_office
from gdgk.reconciliation.equations import Bound
from gdgk.reconciliation.rules import Rule
from gdgk.reconciliation.sheets import Sheet
from gdgk.reconciliation.spelling import checks
from gdgk.reconciliation.wording import place

OWN_LEVEL = re.compile(r"本级|本机关|本单位|本部门|本局")
MOST_NAMES = 8


@dataclass(frozen=True)
class Family:
    """A parent's report and those of its children.

    here: the children's sheets. absent: the names of those without one. whole: every registered child is here, the
    parent's own office among them, on the same form, none with its own level only: then both sides must be equal.
    """

    sheet: Sheet
    here: tuple[Sheet, ...]
    absent: tuple[str, ...]
    whole: bool
    reason: str

    @classmethod
    def of(cls, sheet: Sheet, children: list[Agency], sheets: Mapping[tuple[str, int], Sheet]) -> Family:
        """The family of a report."""
        here = tuple(sheets[child.id, sheet.year] for child in children if (child.id, sheet.year) in sheets)
        absent = tuple(child.name for child in children if (child.id, sheet.year) not in sheets)
        reasons = []
        if absent:
            reasons.append(f"缺 {named(absent)} 的报告")
        if not any(is_own_office(child) for child in children):
            reasons.append("本级未单列")
        if any(child.form.family != sheet.form.family for child in here):
            reasons.append("表式不同")
        if any(OWN_LEVEL.search(child.scope) for child in here if covers(child, children)):
            reasons.append("有的下级只报本级")
        return cls(sheet, here, absent, not reasons, "；".join(reasons))

    def lacking(self, key: CellKey) -> bool:
        """Whether a child's figure is not to be had."""
        return any(not countable(child, key) for child in self.here)

    def total(self, key: CellKey) -> float:
        """What the children report together, those left aside whose figure is not to be had."""
        return sum(child.number(key) for child in self.here if countable(child, key))


def covers(sheet: Sheet, children: list[Agency]) -> bool:
    """Whether a child is itself a region."""
    return any(covers_region(child) for child in children if child.id == sheet.agency)


def countable(sheet: Sheet, key: CellKey) -> bool:
    """Whether a sheet says what a cell counts."""
    if key not in sheet.form.cells or key.table in sheet.blank_tables or sheet.unknown(key):
        return False
    return not sheet.cells[key].empty or sheet.may_be_zero(key)


def named(names: tuple[str, ...]) -> str:
    """Names for one sentence: the first few, and how many there are."""
    more = f"等 {len(names)} 个机关" if len(names) > MOST_NAMES else ""
    return "、".join(names[:MOST_NAMES]) + more


def check_region(
    case: Case,
    register: Register,
    sheets: Mapping[tuple[str, int], Sheet],
    rules: tuple[Rule, ...] | None,
    everything: bool,
) -> Iterator[Finding]:
    """The findings on a report and those of the agencies beneath it; none for an agency that has none beneath."""
    sheet = case.sheet
    children = register.children(sheet.agency, sheet.year)
    if not children:
        return
    agency = register.agencies.get(sheet.agency)
    whole_region = agency is not None and covers_region(agency) and not OWN_LEVEL.search(sheet.scope)
    family = Family.of(sheet, children, sheets)
    failed_rows: set[tuple[str, str]] = set()
    covering, rolled = asked(sheet.form, rules)
    if family.absent or everything:
        for bound in covering:
            yield coverage(bound, case, family, len(children))
    for bound in rolled:
        key = bound.left[0].key
        status, left, right, exact, reason = (
            rolled_up(key, family)
            if whole_region
            else (Status.NOT_APPLICABLE, None, None, False, "报告只含本级，不与下级相加")
        )
        failed = status is Status.FAIL
        if failed and (key.table, key.row) in failed_rows and not everything:
            continue
        if failed and key.column == "total":
            failed_rows.add((key.table, key.row))
        if failed or everything:
            yield rolled_finding(bound, case, family, status, left, right, exact, reason)


@cache
def asked(form: Edition, rules: tuple[Rule, ...] | None) -> tuple[tuple[Bound, ...], tuple[Bound, ...]]:
    """What rules ask of a region: who is missing, and each cell that adds up. The total speaks for its row: it comes
    first, and its parts are told only where it holds.
    """
    found = [check[0] for check in checks(form, rules) if isinstance(check[0], Bound)]
    covering = tuple(bound for bound in found if "absent_agencies" in bound.counts)
    rolled = sorted((bound for bound in found if bound.sums_agencies), key=lambda bound: bound.column != "total")
    return covering, tuple(rolled)


def rolled_up(key: CellKey, family: Family) -> tuple[Status, float | None, float | None, bool, str]:
    """How a parent's cell compares with its children's: status, both sides, whether they must be equal, reason."""
    sheet = family.sheet
    if not family.here:
        return Status.NOT_ASSESSABLE, None, None, False, "下级机关的报告均未入库"
    if key.table in sheet.blank_tables or sheet.unknown(key):
        return Status.NOT_ASSESSABLE, None, None, False, "本报告没有这一数字"
    if not any(countable(child, key) for child in family.here):
        return Status.NOT_ASSESSABLE, None, None, False, "下级机关没有这一数字"
    exact = family.whole and not family.lacking(key)
    own, total = sheet.number(key), family.total(key)
    blank = sheet.cells[key].empty
    if (abs(own - total) > EPSILON) if exact else (own < total - EPSILON):
        if blank and not sheet.may_be_zero(key):
            return Status.NOT_ASSESSABLE, None, None, exact, "有空格，是否为 0 不明"
        return Status.FAIL, own, total, exact, family.reason
    blank = blank or any(child.cells[key].empty for child in family.here if countable(child, key))
    return (Status.PASS_IMPUTED if blank else Status.PASS), own, total, exact, family.reason


def rolled_finding(
    bound: Bound,
    case: Case,
    family: Family,
    status: Status,
    left: float | None,
    right: float | None,
    exact: bool,
    reason: str,
) -> Finding:
    """A comparison with the agencies beneath, as a finding."""
    key = bound.left[0].key
    where = place(case.sheet.form, *key)
    shown = ""
    if left is not None and right is not None:
        sign = ("≠" if exact else "＜") if status is Status.FAIL else ("＝" if exact else "≥")
        shown = f"本报告 {figure(left)} {sign} 下级 {len(family.here)} 个机关合计 {figure(right)}"
    note = f"（{reason}，只比下限）" if reason and not exact and shown else ""
    if status is Status.FAIL:
        message = f"{where}：{shown}{note}，不合“{bound.label}”"
    elif shown:
        message = f"{where}：{shown}{note}，相符"
    else:
        word = "不适用" if status is Status.NOT_APPLICABLE else "不可评估"
        message = f"{where}：{word}，{reason}（{bound.label}）"
    return told(
        bound,
        case,
        status,
        message,
        severity=bound.severity if exact else bound.incomplete_severity or bound.severity,
        reason=reason,
        place=where,
        calculation=shown,
        left=left,
        right=right,
        cells=(str(key),),
        sign="==" if exact else ">=",
    )


def coverage(bound: Bound, case: Case, family: Family, expected: int) -> Finding:
    """Who beneath a region has handed in, and who has not."""
    absent = len(family.absent)
    shown = f"应报 {expected} 个机关，已入库 {expected - absent} 个"
    missing = f"缺 {named(family.absent)}" if absent else ""
    status = Status.FAIL if absent else Status.PASS
    message = f"下级机关：{shown}" + (f"，{missing}" if absent else "，已齐")
    return told(bound, case, status, message, bound.severity, missing, "下级机关", shown)


def told(
    bound: Bound,
    case: Case,
    status: Status,
    message: str,
    severity: str,
    reason: str,
    place: str,
    calculation: str,
    left: float | None = None,
    right: float | None = None,
    cells: tuple[str, ...] = (),
    sign: str = "==",
) -> Finding:
    """A finding on a region."""
    return Finding(
        rule=bound.rule,
        status=status.value,
        severity=severity,
        agency=case.sheet.agency,
        year=case.sheet.year,
        table=bound.table or None,
        row=bound.row or None,
        column=bound.column or None,
        left=left,
        right=right,
        difference=None if left is None or right is None else round(left - right, 6),
        message=message,
        reason=reason,
        label=bound.label,
        place=place,
        calculation=calculation,
        basis=bound.basis,
        unless=bound.unless,
        cells=cells,
        blanks=0,
        sign=sign,
    )
