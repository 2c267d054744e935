"""What kind of body an agency is (department, government, township), which region it is of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gdgk.archive import Agency

GOVERNMENT = re.compile(r"(?:人民政府|(?:省|市|县|区|州|旗|乡|镇|级|盟)政府|行政公署)$")
TOWN = re.compile(r"(?:(?<!城)乡|镇|民族乡|苏木)(?:人民)?政府$")
STREET = re.compile(r"(?:街道|街道办|街道办事处|地区办事处|镇街)$")
GOVERNMENT_KINDS = re.compile(r"政府$")
DEPARTMENT_KINDS = re.compile(r"部门|办公|机构|事业|委办局")
TOWN_KINDS = re.compile(r"(?:乡镇|乡|镇|民族乡)(?:人民)?政府")
BARE_REGION = re.compile(r"^[\u4e00-\u9fff]{2,15}(?:省|市|县|区|州|旗|盟|自治区|地区)$")


@dataclass(frozen=True, slots=True)
class Group:
    """department, government (county and above) or township (乡镇, 街道); and whether it is a people's government."""

    id: str
    is_government: bool


def group_of(agency: Agency) -> Group:
    """What kind of body an agency is, by its kind where agencies.csv has one, else by its name.

    A government's office (办公厅, 办公室) is a department; a street office is an outpost (派出机关) and no government.
    """
    name, kind = re.sub(r"\s", "", agency.name), agency.kind
    if STREET.search(name) or "街道" in kind:
        return Group("township", False)
    if TOWN.search(name) or TOWN_KINDS.match(kind):
        return Group("township", True)
    if DEPARTMENT_KINDS.search(kind):
        return Group("department", False)
    government = GOVERNMENT_KINDS.search(kind) or GOVERNMENT.search(name) or BARE_REGION.match(name)
    return Group("government" if government else "department", government is not None)


def superiors(agency: Agency, agencies: Mapping[str, Agency]) -> list[Agency]:
    """The agencies above one, nearest first; a circle of parents ends where it closes."""
    found: list[Agency] = []
    seen = {agency.id}
    while agency.parent in agencies and agency.parent not in seen:
        agency = agencies[agency.parent]
        seen.add(agency.id)
        found.append(agency)
    return found
