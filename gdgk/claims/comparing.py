"""Whether a stated figure is a computed one: rounding, 余 and 约, 元 and 万元; whose figures a report gives."""

from __future__ import annotations

import re

from gdgk.claims.model import Claim
from gdgk.report import Report

PREFIX = {"proactive_disclosure": "N-T2", "applications": "N-T3", "disputes": "N-T4", "statistics": "N-O18"}
AREA = re.compile(r"(?:人民政府|省|市|县|区|旗|州|盟|镇|乡|街道|街道办事处|管理委员会|管委会)$")
OWN_OFFICE = re.compile(r"(?:局|委|办公室|办公厅|厅|委员会|中心|支队|大队|署|部)$")


def covers(claim: Claim, value: float) -> bool:
    """Whether a stated number, exact or about, covers a figure (money in 元 is compared in 万元)."""
    assert claim.number is not None
    number, upper = float(claim.number), claim.upper
    if claim.unit == "元" and claim.readings[0][0].column in ("amount", "value"):
        number, upper, step = number / 10_000, upper / 10_000, (claim.upper - claim.number) / 10_000
        if abs(number - value) <= max(step / 2, 0.005) + 1e-9:
            return True
    if claim.exact:
        return abs(number - value) < 1e-9 or ("万" in claim.words and number <= value < upper and number >= 10_000)
    return number * 0.9 <= value < max(upper, number * 1.1)


def agrees(stated: float, computed: float, places: int) -> bool:
    """Whether a printed percentage is the computed one, rounded or cut off after its last digit."""
    unit = 10.0**-places
    if abs(stated - computed) <= 0.5 * unit + 1e-9:
        return True
    return stated * computed >= 0 and 0 <= abs(computed) - abs(stated) < unit - 1e-9


def rule_of(claim: Claim) -> str:
    """The rule of a count: by table and row, e.g. N-T3-NEW."""
    key = claim.readings[0][0]
    rows = {one.row for one in claim.readings[0]}
    name = key.row
    if len(rows) > 1:
        stems = {row.partition("_")[0] if not row.startswith("not_processed") else "not_processed" for row in rows}
        name = stems.pop() if len(stems) == 1 else key.row
    return f"{PREFIX[key.table]}-{name.upper().replace('_', '-')}"


def covers_area(report: Report) -> bool | None:
    """Whether a report speaks for a whole area (a government's) or one body; None when its title does not say."""
    name = re.sub(r"\d{4}\s*年度?|关于|\s", "", report.head.title).split("政府信息公开", 1)[0]
    if not name:
        return None
    if AREA.search(name):
        return True
    return False if OWN_OFFICE.search(name) else None
