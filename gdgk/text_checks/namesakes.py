"""N-ORG: another agency's name where this one speaks of itself: as author of the report, as the one that acts in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gdgk.archive import Agency
from gdgk.text_checks.bodies import group_of, superiors
from gdgk.text_checks.catalogue import Remark, shortened
from gdgk.text_checks.gazetteer import Place, all_places, home, named_places
from gdgk.text_checks.headings import Layout, is_subsequence, plain_name

AUTHOR = re.compile(
    r"(?:本(?:年度)?报告由|请与|请联系|联系单位：|编制单位：)"
    r"([一-鿿（）]{4,30}?)(?=根据|依据|按照|编制|制作|联系|（|，|。|；)"
)
# The head of a clause that tells what an office did for disclosure: 某某局政府信息公开工作…, 某某局认真贯彻《条例》….
ACTING = re.compile(
    r"(?:^|(?<=[。；，：\n]))(?:20\d\d年(?:度)?(?:以来)?，?)?([一-鿿（）]{2,24}?(?:局|委员会|委|厅|办公室))"
    r"(?:(?:的)?(?:政府信息公开|政务公开|信息公开)工作|(?:认真|高度重视|严格|积极|坚持|深入|全面)"
    r"[^。；\n]{0,40}?(?:政府信息公开|政务公开|《条例》))"
)
# Offices that have to do with every agency's disclosure, and words that are no name.
COMMON = re.compile(
    "政务公开|政府办|信息公开|领导小组|党组|党委|市委|县委|区委|州委|省委|各|有关|相关|所属|直属|下属|全局|该局|两办|我|本|由|经"
    "|根据|按照|在|对|向|为|与|和我|督促|指导|要求|组织|纪委|监委|人大|政协|编办|编委|宣传|督查|网信|保密|档案|政务服务|审批|大数据|政数|司法"
    "|^(?:局|委|办|处|厅|党政|综合|行政|机关)"
)
KIND = re.compile("(?:局|委员会|委|厅|办公室)$")
LEVEL = re.compile("^(?:省|自治区|市|州|县|区|旗|盟|镇|乡)")


def check_agencies(layout: Layout, agency: Agency, agencies: Mapping[str, Agency]) -> Iterator[Remark]:
    """N-ORG: another agency as author or contact in the opening, or as the one whose work the report tells of."""
    yield from check_author(layout, agency, agencies)
    if group_of(agency).id == "department" and "政府办" not in agency.name.replace("人民", ""):
        yield from check_acting(layout, agency, agencies)


def check_author(layout: Layout, agency: Agency, agencies: Mapping[str, Agency]) -> Iterator[Remark]:
    """The opening names another agency of the register as the one that made the report or is to be asked."""
    related = {above.id for above in superiors(agency, agencies)} | set(agency.predecessors)
    start, end = layout.opening
    for found in AUTHOR.finditer(layout.prose.text, start, end):
        other = next((one for one in agencies.values() if one.name == found[1] and one.id != agency.id), None)
        if other is None or other.id in related or other.parent == agency.id or is_office(other, agency):
            continue
        said = f"编制或联系机关写为“{other.name}”，本报告的机关是{agency.name}"
        yield Remark(said, found.span(1), layout.place(found.start()))


def is_office(other: Agency, agency: Agency) -> bool:
    """Whether one agency is the office of the other (洪泽区人民政府办公室 of 洪泽区人民政府)."""
    return other.name.startswith(agency.name) or agency.name.startswith(other.name)


def check_acting(layout: Layout, agency: Agency, agencies: Mapping[str, Agency]) -> Iterator[Remark]:
    """A department's report tells of its own work, not of that of another office or of its namesake elsewhere."""
    own = [agency.name, *agency.short_names, *(above.name for above in superiors(agency, agencies))]
    told: set[str] = set()
    for found in ACTING.finditer(layout.prose.text):
        name = found[1]
        places, organ = parted(name)
        if name in told or COMMON.search(organ) or any(name in one or one in name for one in own):
            continue
        same_organ = any(is_own(organ, one) for one in own)
        if same_organ and not of_place_above(places, agency, agencies):
            continue
        if not same_organ and (places and not of_place_above(places, agency, agencies, itself=True)):
            continue  # another place's office: told by its place
        told.add(name)
        start, end = layout.prose.around(found.start(1), 60)
        said = f"正文以“{name}”叙述本机关工作：“{shortened(layout.prose.text[start:end])}”，本报告的机关是{agency.name}"
        yield Remark(said, found.span(1), layout.place(found.start()))


def parted(name: str) -> tuple[list[Place], str]:
    """An office's name parted into the places it begins with (the innermost) and the office."""
    names = named_places(name)
    places = all_places().full[names[-1]] if names else []
    return places, LEVEL.sub("", name[len("".join(names)) :])


def is_own(organ: str, name: str) -> bool:
    """Whether an office's name is a name of the agency, whole or shortened (文旅局 for 弥勒市文化和旅游局)."""
    plain, organ = plain_name(name), plain_name(organ)
    return plain.endswith(organ) or is_subsequence(organ, plain) or is_subsequence(KIND.sub("", organ), plain)


def of_place_above(places: list[Place], agency: Agency, agencies: Mapping[str, Agency], itself: bool = False) -> bool:
    """Whether places are above the agency's own (泰州市 for an agency of 泰兴市), or, with ``itself``, also its own."""
    mine = home(agency, agencies)
    if mine is None or not places:
        return False
    return any(place.holds(one) and (itself or place.code != one.code) for place in places for one in mine.places)
