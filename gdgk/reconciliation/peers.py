"""Growth out of line with agencies of the same kind (Y-PEERS): a robust z of the change on last year, for information.

Source: the catalogue's Y-SPIKE, "robust z on peers". Small figures and small groups are not judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from gdgk.crosswalk import Measure, measures_by_id
from gdgk.findings import Finding, Status
from gdgk.markup import figure
from gdgk.reconciliation.sheets import Lineage, Prior, Sheet

if TYPE_CHECKING:
    from gdgk.archive import Agency

RULE = "Y-PEERS"
LABEL = "与同类机关的增减相近"
# A group of fewer agencies has no usual growth; a figure below this has no growth worth the name.
FEWEST_PEERS = 10
SMALLEST = 10
# Beyond so many robust standard deviations (1.4826 times the median deviation); a group that hardly varies counts as
# varying by a fifth, so that a tenth more than others is nothing.
FARTHEST = 5.0
NARROWEST = math.log(1.2)


@dataclass(frozen=True, slots=True)
class Growth:
    """A quantity of one report and of the one before it."""

    sheet: Sheet
    measure: Measure
    before: float
    now: float

    @property
    def log(self) -> float:
        """The growth as a logarithm; one is added to both, as a figure may fall to 0."""
        return math.log((self.now + 1) / (self.before + 1))


def check_peers(
    asked: Iterable[tuple[str, int]],
    sheets: Mapping[tuple[str, int], Sheet],
    lineage: Lineage,
    agencies: Mapping[str, Agency],
) -> list[Finding]:
    """A finding for each quantity whose growth is far from that of the agencies of its kind in its year.

    asked: the reports compared with one another and reported on; those of the years before must be among the sheets.
    """
    groups: dict[tuple[str, int, str], list[Growth]] = {}
    for report in asked:
        agency = agencies.get(report[0])
        if agency is None or not agency.kind:
            continue
        for growth in growths(sheets[report], lineage.prior(sheets[report], sheets)):
            groups.setdefault((agency.kind, report[1], growth.measure.id), []).append(growth)
    return [finding for (kind, _, _), group in groups.items() for finding in outliers(kind, group)]


def growths(sheet: Sheet, prior: Prior) -> list[Growth]:
    """The quantities of a report that may be compared with last year's and are large enough to be."""
    if prior.reason or not prior.sheets:
        return []
    found = []
    for measure in measures_by_id().values():
        if measure.comparison(sheet.form, prior.form) == "none":
            continue
        now, before = value(sheet, measure), [value(one, measure) for one in prior.sheets]
        if now is None or any(one is None for one in before):
            continue
        total = sum(one for one in before if one is not None)
        if total >= SMALLEST:
            found.append(Growth(sheet, measure, total, now))
    return found


def value(sheet: Sheet, measure: Measure) -> float | None:
    """A quantity of a report, blanks read as 0; None where a cell is not known or its table blank."""
    cells = measure.cells(sheet.form)
    if not cells or any(sheet.unknown(key) or key.table in sheet.blank_tables for _, key in cells):
        return None
    return sum(sign * sheet.number(key) for sign, key in cells)


def outliers(kind: str, group: list[Growth]) -> list[Finding]:
    """The findings on one quantity of the agencies of a kind in a year."""
    if len(group) < FEWEST_PEERS:
        return []
    middle = median(growth.log for growth in group)
    spread = max(1.4826 * median(abs(growth.log - middle) for growth in group), NARROWEST)
    return [
        finding(kind, growth, len(group), math.exp(middle))
        for growth in group
        if abs(growth.log - middle) > FARTHEST * spread
    ]


def finding(kind: str, growth: Growth, peers: int, usual: float) -> Finding:
    """The finding on a growth that is far from the usual one."""
    sheet, measure = growth.sheet, growth.measure
    calculation = f"上年 {figure(growth.before)}，本年 {figure(growth.now)}"
    usual_text = f"{peers} 个{kind}的中位数是上年的 {figure(usual, places=2)} 倍"
    cells = measure.cells(sheet.form)
    row, column = measure.address(sheet.form)
    return Finding(
        rule=RULE,
        status=Status.FAIL.value,
        severity="info",
        agency=sheet.agency,
        year=sheet.year,
        table=cells[0][1].table,
        row=row or None,
        column=column or None,
        left=growth.now,
        right=growth.before,
        difference=growth.now - growth.before,
        message=f"{measure.label}：{calculation}，增减与同类机关相差过大（{usual_text}）",
        reason="",
        label=LABEL,
        place=measure.label,
        calculation=calculation,
        basis="变动异常提示：与同年同类机关的增减比较",
        unless="业务量确有大变；机构改革；汇总范围变化",
        cells=tuple(str(key) for _, key in cells),
        blanks=sum(sheet.cells[key].empty for _, key in cells),
        sign="<=" if growth.log > math.log(usual) else ">=",
    )
