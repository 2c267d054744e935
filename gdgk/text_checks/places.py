"""N-ORG: another place's name where the agency speaks of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gdgk.archive import Agency
from gdgk.files import read_toml
from gdgk.text_checks.bodies import superiors
from gdgk.text_checks.catalogue import Remark, missing, not_applicable, shortened
from gdgk.text_checks.gazetteer import Gazetteer, Home, Place, all_places, home, is_national
from gdgk.text_checks.headings import Layout

PLACE_WORDS = Path(__file__).parent / "place_words.toml"
REACH = 24
# Names whose last signs are a word themselves: 豫西|山区 is no 西山区, 适应|城市 no 应城市.
MIXED = re.compile("(?:山区|城市|新区)$")
AFTER_COUNTY = re.compile("[域块间位划别分段级]")


@dataclass(frozen=True)
class Words:
    """The word lists and patterns of place_words.toml."""

    general: frozenset[str]
    ordinary: frozenset[str]
    excused: tuple[str, ...]
    behind: re.Pattern[str]
    street: re.Pattern[str]
    partner: re.Pattern[str]
    occasion: re.Pattern[str]
    before: re.Pattern[str]
    own: re.Pattern[str]
    own_surely: re.Pattern[str]
    bounds: re.Pattern[str]


@cache
def words(path: Path = PLACE_WORDS) -> Words:
    """The words, read once."""
    read = read_toml(path)
    lists = {name: read[name].split() for name in ("general", "ordinary", "excused")}
    patterns = {name: re.compile(value) for name, value in read.items() if name not in lists}
    return Words(frozenset(lists["general"]), frozenset(lists["ordinary"]), tuple(lists["excused"]), **patterns)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of places in a text; whole: with 省, 市, 县 or the like."""

    start: int
    end: int
    name: str
    places: tuple[Place, ...]
    whole: bool


def mentions(text: str, known: Gazetteer) -> Iterator[Mention]:
    """The names of places in a text from left to right, the longest at each place."""
    at = 0
    while at < len(text):
        match = known.longest(text, at) if text[at] in known.lengths else None
        if match is None:
            at += 1
            continue
        name, whole = match
        places = known.full[name] if whole else known.short[name]
        yield Mention(at, at + len(name), name, tuple(places), whole)
        at += len(name)


def check_places(layout: Layout, agency: Agency, agencies: Mapping[str, Agency]) -> Iterator[Remark]:
    """N-ORG: names of other places that stand for the agency's own, each once with how often it stands there."""
    if is_national(agency):
        yield not_applicable("全国性机关的报告涉及各地")
        return
    own = home(agency, agencies)
    if own is None:
        yield missing("不知道机关所在的行政区划，请在 agencies.csv 填写 region_code")
        return
    before = (agencies[name].name for name in agency.predecessors if name in agencies)
    known_names = [agency.name, *agency.short_names, *before, *(above.name for above in superiors(agency, agencies))]
    text = layout.prose.text
    strange: dict[str, list[Mention]] = {}
    for mention in strangers(text, own):
        if not any(mention.name in name for name in known_names):
            strange.setdefault(mention.places[0].stem, []).append(mention)
    for found in strange.values():
        first = found[0]
        start, end = layout.prose.around(first.start, 60)
        often = f"（共 {len(found)} 处）" if len(found) > 1 else ""
        where = "同一上级的邻近地区" if any(own.near(place) for place in first.places) else "外地"
        said = f"{where}名称“{first.name}”{often}：“{shortened(text[start:end])}”，请核对是否误抄"
        yield Remark(said, (first.start, first.end), layout.place(first.start))


def strangers(text: str, own: Home) -> Iterator[Mention]:
    """The mentions of places that are not the agency's own and for which nothing in the sentence accounts."""
    found = list(mentions(text, all_places()))
    foreign = [not own.owns(mention.places, mention.name) for mention in found]
    for index, mention in enumerate(found):
        if not foreign[index] or not is_name(text, mention, follows(found, index)):
            continue
        if inner_is_told(text, found, foreign, index):
            continue  # 湖北省随州市: told at the inner one
        if not accounted_for(text, mention, in_list(text, found, foreign, index)):
            yield mention


def follows(found: list[Mention], index: int) -> bool:
    """Whether a name stands directly behind another one (湖北省|随州市)."""
    return index > 0 and found[index - 1].end == found[index].start


def inner_is_told(text: str, found: list[Mention], foreign: list[bool], index: int) -> bool:
    """Whether a name is followed directly by that of a foreign place, which is the one to tell."""
    inner = index + 1
    return inner < len(found) and follows(found, inner) and foreign[inner] and is_name(text, found[inner], True)


def is_name(text: str, mention: Mention, chained: bool) -> bool:
    """Whether the signs are a place's name here: no district that every town has, no word of the language.

    chained: the name stands directly behind another place's.
    """
    lists = words()
    name = mention.name
    bounded = chained or lists.bounds.search(text[max(0, mention.start - 2) : mention.start]) is not None
    small = all(place.level == 3 for place in mention.places)
    if name in lists.general or (not mention.whole and name in lists.ordinary):
        return False
    if mention.whole and len(name) > 2:
        if name[-1] in "区县" and AFTER_COUNTY.match(text, mention.end):
            return False
        doubtful = MIXED.search(name) or (small and mention.places[0].stem in lists.ordinary)
        return not doubtful or bounded or lists.own.match(text, mention.end) is not None
    if small:
        own = lists.own if mention.whole else lists.own_surely
        return bounded and own.match(text, mention.end) is not None
    return lists.own.match(text, mention.end) is not None


def in_list(text: str, found: list[Mention], foreign: list[bool], index: int) -> bool:
    """Whether a name stands in a list of places (北京、上海等), as places named for comparison do."""
    mention = found[index]
    before = found[index - 1] if index else None
    after = found[index + 1] if index + 1 < len(found) else None
    joined = "、和与及"
    if before and foreign[index - 1] and before.end + 1 == mention.start and text[before.end] in joined:
        return True
    return bool(after and foreign[index + 1] and after.start == mention.end + 1 and text[mention.end] in joined)


def accounted_for(text: str, mention: Mention, listed: bool) -> bool:
    """Whether the clause accounts for a foreign name: a tour, a partner, a court, a company, a street, an event."""
    lists = words()
    reach = text[max(0, mention.start - REACH) : mention.start]
    clause = re.split("[。；\n]", reach)[-1]
    if listed or any(known in text[max(0, mention.start - 4) : mention.end + REACH] for known in lists.excused):
        return True
    if re.search(rf"(?:{lists.before.pattern})$", re.split("[，：]", clause)[-1]):
        return True
    if any(pattern.match(text, mention.end) for pattern in (lists.behind, lists.street, lists.partner)):
        return True
    # 会议在大理市召开 accounts for the place; 随州市财政局组织培训 does not: that is an office at work
    return not lists.own.match(text, mention.end) and lists.occasion.match(text, mention.end) is not None
