"""What the register says of an agency: whether it may make 规章, whether its report covers a whole region.

Source: 立法法 (2023) articles 91 and 93: departments of the State Council, governments of provinces, of cities divided
into districts (and the four without districts) and of autonomous prefectures make 规章; nobody else does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdgk.archive import Agency

CENTRAL = re.compile(r"国务院|中央(?!企业)|部委")
# A government's own office reports for it, 规章 included.
OFFICE = re.compile(r"办公[厅室]")
GOVERNMENT = re.compile(r"政府$|政府(?=办公)|行政公署|地区行署")
DEPARTMENT = re.compile(r"部门|直属|派出|派驻|垂直|事业单位|街道")
OTHER = re.compile(r"[局厅委办院处队署]|中心|机关|单位|机构|学校|医院|公司|组织|园区")
# 地区 and 盟 have no people's congress of their own and make no 规章.
PREFECTURE_WITHOUT = re.compile(r"地区|盟(?!市)|行署|行政公署")
LOW = re.compile(r"[县区旗镇乡]|街道|管委会|管理委员会|县级市")
HIGH = re.compile(r"[省州]|自治区|直辖市|设区的市|地级市")
AUTONOMOUS_REGION = re.compile(r"自治区")
REGION_WORDS = re.compile(r"人民政府$|政府$|管委会$|管理委员会$|行政公署$|行署$")


def makes_regulations(agency: Agency | None) -> bool | None:
    """Whether an agency may make 规章, by its kind, its name and the level of its region code; None: not to be told."""
    if agency is None or not (agency.kind or agency.region_code):
        return None
    words = agency.kind or agency.name
    if CENTRAL.search(words):
        return True
    if DEPARTMENT.search(words):
        return False
    if not GOVERNMENT.search(words) and not (OFFICE.search(words) and GOVERNMENT.search(agency.name)):
        return False if OTHER.search(words) else None
    level = level_of(agency.region_code)
    if level:
        return level != "county" and not (level == "prefecture" and PREFECTURE_WITHOUT.search(agency.name))
    if HIGH.search(words) and not PREFECTURE_WITHOUT.search(words):
        return True
    return False if LOW.search(AUTONOMOUS_REGION.sub("", words)) else None


def level_of(code: str) -> str:
    """``province``, ``prefecture`` or ``county`` by a region code (GB/T 2260); empty when it is none."""
    if not re.fullmatch(r"[1-9]\d{5}(\d{3}|\d{6})?", code):
        return ""
    if code[2:6] == "0000":
        return "province"
    return "prefecture" if code[4:6] == "00" else "county"


def covers_region(agency: Agency) -> bool:
    """Whether an agency's report stands for all agencies beneath it: a government's or an administrative committee's
    does, that of one of its departments or of its office does not.
    """
    if DEPARTMENT.search(agency.kind) or OFFICE.search(agency.kind) or OFFICE.search(agency.name):
        return False
    return bool(REGION_WORDS.search(agency.kind or agency.name) or REGION_WORDS.search(agency.name)) or not agency.kind


def is_own_office(agency: Agency) -> bool:
    """Whether an agency is the office that reports for a government's own body (本级)."""
    return bool(OFFICE.search(agency.kind) or re.search(r"政府办公[厅室]$", agency.name))
