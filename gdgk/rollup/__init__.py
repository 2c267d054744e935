"""Agencies → region: tables 二, 三 and 四 as the sum of the agencies beneath a region and of its own body.

What is a total already is never added to its parts: the report of a region beneath stands for all beneath it, and the
region's own report is what the sum is compared with. Blank is not 0: each cell says what it is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from gdgk.archive import Agency, Archive, ReportId
from gdgk.errors import UnknownName
from gdgk.findings import Finding, Status
from gdgk.form import CellKey, Edition
from gdgk.reconciliation import Relation, Sheet, reconcile_sheets, relations, sheet_of
from gdgk.reconciliation.competence import covers_region
from gdgk.reconciliation.regions import OWN_LEVEL, Family, rolled_up
from gdgk.report import Head, Report
from gdgk.rollup.adding import JOINT, NOT_ADDED, Summed, added, in_table
from gdgk.rollup.carrying import carried, common_form
from gdgk.rollup.gathering import BENEATH, Gathered, Member, added_up, gather, regions_of
from gdgk.rollup.scopes import Conflict, conflicts

__all__ = [
    "BENEATH",
    "COUNTED",
    "JOINT",
    "ONCE",
    "Compared",
    "Conflict",
    "Member",
    "RollUp",
    "Summed",
    "regions_of",
    "roll_up",
]

# How the lines of table 四 in which a 复议机关 stands beside the acting agency are counted.
COUNTED, ONCE = "counted", "once"
EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Compared:
    """A cell of the region's own report beside the sum.

    status: as rule A-ROLL has it; exact: both must be equal, else the region at least the sum; note: what explains a
    difference.
    """

    key: CellKey
    own: float
    total: float
    status: Status
    exact: bool
    note: str

    @property
    def difference(self) -> float:
        """The region's figure less the sum."""
        return round(self.own - self.total, 6)


@dataclass(frozen=True)
class RollUp:
    """The sum of a region in a year.

    gathered: who belongs to it. form: the form it is on. sheets: of the reports added up, on that form, in the order of
    ``gathered.reporting``; reports: these as they are. own: the region's report, which is not added. joint:
    :data:`COUNTED` or :data:`ONCE`. cells: every cell that adds up.
    """

    gathered: Gathered
    form: Edition
    sheets: tuple[Sheet, ...]
    reports: tuple[Report, ...]
    own: Report | None
    joint: str
    cells: Mapping[CellKey, Summed]

    @property
    def region(self) -> Agency:
        """The region."""
        return self.gathered.region

    @property
    def year(self) -> int:
        """The year reported on."""
        return self.gathered.year

    @cached_property
    def report(self) -> Report:
        """The sum as a report on its form: what the tables show and the checks read. A lower bound is text (≥12)."""
        cells = {key: self.cells[key].cell if key in self.cells else NOT_ADDED for key in self.form.cells}
        head = Head(
            title=f"{self.region.name} {self.year} 年汇总（{len(self.sheets)} 份报告之和，不是该机关的报告）",
            source="由下列机关的报告相加而得",
            scope="汇总",
            synthetic=any(report.head.synthetic for report in self.reports),
        )
        return Report(self.region.id, self.year, self.form, head, cells)

    @cached_property
    def sheet(self) -> Sheet:
        """The sum as the checks read it."""
        return sheet_of(self.report)

    @cached_property
    def findings(self) -> list[Finding]:
        """The equations of the form on the sum: it fails what its parts fail together."""
        found = reconcile_sheets({(self.region.id, self.year): self.sheet})
        return [one for one in found if place_of(one) in equations(self.form)]

    @property
    def failed(self) -> list[Finding]:
        """The equations that the sum fails."""
        return [one for one in self.findings if one.status == Status.FAIL]

    def culprits(self, finding: Finding) -> list[tuple[Agency, float]]:
        """The agencies whose own figures do not hold an equation that the sum fails, and by how much (left − right)."""
        equation = equations(self.form)[place_of(finding)]
        found = []
        for member, sheet in zip(self.gathered.reporting, self.sheets, strict=True):
            gap = difference(equation, sheet) if in_table(sheet, equation.table) else 0.0
            if abs(gap) > EPSILON:
                found.append((member.agency, gap))
        return found

    # ── coverage ──

    @cached_property
    def family(self) -> Family:
        """The reports added up as rule A-ROLL sees them; its sheet: the region's own, or the sum where it has none."""
        names = tuple(member.agency.name for member in self.gathered.missing)
        reasons = [one.short for one in self.conflicts if one.short]
        own = carried(sheet_of(self.own), self.form) if self.own else self.sheet
        return Family(own, self.sheets, names, not reasons, "；".join(reasons))

    @property
    def complete(self) -> bool:
        """Whether every agency and the own body are here, on one form and whole."""
        return self.family.whole

    def counted(self, table: str) -> int:
        """How many reports a table is the sum of."""
        return sum(in_table(sheet, table) for sheet in self.sheets)

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Where scope or form keep the sum from being the region's figure."""
        return tuple(conflicts(self.gathered, self.form, self.reports, self.sheets, self.own))

    # ── joint defendants ──

    @property
    def own_bodies(self) -> list[int]:
        """The places of the reports of own bodies, each of which may be a 复议机关."""
        return own_bodies(self.gathered)

    @cached_property
    def doubled(self) -> float:
        """How many suits after review may be counted twice at most: by the 复议机关 and by the agency that acted."""
        key = CellKey(*JOINT, "total")
        if key not in self.form.cells:
            return 0.0
        filled = [(at, sheet.number(key)) for at, sheet in enumerate(self.sheets) if in_table(sheet, JOINT[0])]
        bodies = sum(value for at, value in filled if at in self.own_bodies)
        return min(bodies, sum(value for at, value in filled if at not in self.own_bodies))

    # ── against the region's own report ──

    @property
    def comparable(self) -> str:
        """Why the region's own report cannot be held against the sum; empty where it can."""
        if self.own is None:
            return f"{self.region.name} {self.year} 年自己的报告未入库，没有可以对照的"
        if not covers_region(self.region):
            return "该机关自己的报告只报本机关，已计入合计，不再对照"
        if OWN_LEVEL.search(self.own.head.scope):
            return f"该机关自己的报告只含本级（{self.own.head.scope}），不与下级相加，也不对照"
        return ""

    @cached_property
    def compared(self) -> list[Compared]:
        """Every cell that both the region's own report and the sum have; none where they cannot be compared."""
        return [] if self.comparable else list(self.comparisons())

    def comparisons(self) -> Iterator[Compared]:
        """:attr:`compared`, one after another."""
        for key in self.cells:
            if self.joint == ONCE and (key.table, key.row) == JOINT:
                continue
            status, own, total, exact, _ = rolled_up(key, self.family)
            if own is not None and total is not None:
                yield Compared(key, own, total, status, exact, self.explained(key, own, total))

    def explained(self, key: CellKey, own: float, total: float) -> str:
        """What explains a difference in the line of joint defendants: the region did not count them twice."""
        if (key.table, key.row) != JOINT or abs(own - total) <= EPSILON:
            return ""
        bodies = sum(self.sheets[at].number(key) for at in self.own_bodies if in_table(self.sheets[at], key.table))
        alike = abs(own - (total - bodies)) <= EPSILON
        return "等于剔除本级复议后起诉以后的合计：区域报告大约没有重复计共同被告案件" if alike else ""


def roll_up(archive: Archive, name: str, year: int, joint: str = COUNTED) -> RollUp:
    """The sum of a region in a year.

    joint: :data:`ONCE` leaves out the own body's suits after review: there it stands as 复议机关 beside the agency that
    acted, which alone counts the case (国办公开办函〔2016〕201号). Raises :class:`gdgk.errors.GdgkError` for a region
    that cannot be added up (:func:`gdgk.rollup.gathering.gather`) and for input that cannot be read.
    """
    if joint not in (COUNTED, ONCE):
        raise UnknownName("joint", joint, (COUNTED, ONCE), "name one of them")
    archive.check_folders()
    gathered = gather(archive, name, year)
    read = {ReportId(report.agency, year): report for report in archive.read_all(added_up(archive, name, year))}
    reports = tuple(read[ReportId(member.agency.id, year)] for member in gathered.reporting)
    form = common_form([sheet_of(report) for report in reports])
    sheets = tuple(carried(sheet_of(report), form) for report in reports)
    without = own_bodies(gathered) if joint == ONCE else ()
    cells = added(form, sheets, without)
    return RollUp(gathered, form, sheets, reports, read.get(ReportId(name, year)), joint, cells)


def own_bodies(gathered: Gathered) -> list[int]:
    """The places of the reports of own bodies among those that are added up."""
    return [at for at, member in enumerate(gathered.reporting) if member.own]


# ── equations ──


@cache
def equations(form: Edition) -> dict[tuple[str, ...], Relation]:
    """The equations of a form within one report, by rule, table, row and column."""
    return {
        (item.rule, item.table, item.row, item.column): item
        for item in relations(form)
        if not any(term.prior for term in item.terms)
    }


def place_of(finding: Finding) -> tuple[str, ...]:
    """A finding's rule, table, row and column."""
    return (finding.rule, finding.table or "", finding.row or "", finding.column or "")


def difference(equation: Relation, sheet: Sheet) -> float:
    """How far an equation is from holding on a sheet: left − right."""
    left, right = (
        sum(term.sign * term.factor * sheet.number(term.key) for term in side)
        for side in (equation.left, equation.right)
    )
    return round(left - right, 6)
