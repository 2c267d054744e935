"""places.csv: provinces, prefectures and counties (GB/T 2260), the names they go by, which of them are one's own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from gdgk.archive import Agency
from gdgk.files import read_csv
from gdgk.text_checks.bodies import superiors

PLACES = Path(__file__).parent / "places.csv"
PEOPLES = re.compile(
    "(?:(?<!内)蒙古族?|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|高山族|拉祜族|水族|东乡族|纳西族"
    "|景颇族|柯尔克孜族?|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|阿昌族|普米族|塔吉克族?|怒族|乌孜别克族|俄罗斯族|鄂温克族|德昂族|保安族|裕固族"
    "|京族|塔塔尔族|独龙族|鄂伦春族|赫哲族|门巴族|珞巴族|基诺族|各族)+$"
)
KIND = re.compile("(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|矿区|新区|省|市|县|区|旗|盟|州)$")
NATION = re.compile(
    "^(?:国家|国务院|中国|中华|中央|最高|审计署|外交部|教育部|科学技术部|工业和信息化部|公安部|民政部|司法部|财政部|商务部|自然资源部|生态环境部)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A division: its code, full name, name without 省, 市, 县, and level (1 province, 2 prefecture, 3 county)."""

    code: str
    name: str
    stem: str
    level: int

    def holds(self, other: Place) -> bool:
        """Whether another place is this one or lies in it."""
        return other.code.startswith(self.code[: self.level * 2])


@dataclass
class Gazetteer:
    """Places by name. full: 随州市, 红河哈尼族彝族自治州 and 红河州; short: 随州. first: name lengths by first sign."""

    places: dict[str, Place] = field(default_factory=dict)
    full: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    short: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def longest(self, text: str, at: int) -> tuple[str, bool] | None:
        """The longest name that begins at a place in a text, and whether it is a full one."""
        for length in self.lengths.get(text[at], ()):
            name = text[at : at + length]
            if name in self.full:
                return name, True
            if name in self.short:
                return name, False
        return None


@cache
def all_places() -> Gazetteer:
    """The places of places.csv, read once."""
    found = Gazetteer()
    lengths: dict[str, set[int]] = defaultdict(set)
    for _, row in read_csv(PLACES, ["code", "name"]):
        place = place_of(row["code"], row["name"])
        found.places[place.code] = place
        for name in full_names(place):
            found.full[name].append(place)
            lengths[name[0]].add(len(name))
        if len(place.stem) > 1:
            found.short[place.stem].append(place)
            lengths[place.stem[0]].add(len(place.stem))
    found.lengths = {sign: tuple(sorted(known, reverse=True)) for sign, known in lengths.items()}
    return found


def place_of(code: str, name: str) -> Place:
    """A place from a line of places.csv."""
    level = 1 if code.endswith("0000") else 2 if code.endswith("00") else 3
    bare = KIND.sub("", name)
    return Place(code, name, (PEOPLES.sub("", bare) or bare.removesuffix("族")) if "自治" in name else bare, level)


def full_names(place: Place) -> Iterable[str]:
    """The names of a place that end in what it is; autonomous ones also as people shorten them (红河州, 通道县)."""
    yield place.name
    if "自治" in place.name:
        kind = {"自治州": "州", "自治县": "县", "自治旗": "旗"}.get(place.name[-3:])
        if kind and len(place.stem) > 1:
            yield place.stem + kind
        if place.level == 1:
            yield place.stem + "自治区"


@dataclass(frozen=True)
class Home:
    """The places that are an agency's own, and the names it may use: theirs, those above them and those in them."""

    places: tuple[Place, ...]
    stems: frozenset[str]

    def owns(self, places: Iterable[Place], name: str) -> bool:
        """Whether one of the places that a name may mean is the agency's own, above it or in it."""
        if any(mine.holds(place) or place.holds(mine) for place in places for mine in self.places):
            return True
        return any(place.stem in self.stems for place in places) or name in self.stems

    def near(self, place: Place) -> bool:
        """Whether a place lies beside the agency's own, in the same prefecture or province."""
        return any(mine.code[:4] == place.code[:4] or mine.level == place.level == 2 for mine in self.places)


@cache
def home_of(codes: tuple[str, ...]) -> Home:
    """The home that some codes make."""
    every = all_places().places
    mine = tuple(every[code] for code in codes)
    known = {place.stem for place in every.values() for own in mine if own.holds(place) or place.holds(own)}
    return Home(mine, frozenset(known))


def home(agency: Agency, agencies: Mapping[str, Agency]) -> Home | None:
    """An agency's home: by its region code, else by its name, else that of the agency above; None when none tells.

    A name that several places have (鼓楼区) makes all of them home unless an agency above tells which.
    """
    line = (agency, *superiors(agency, agencies))
    maybe: tuple[str, ...] = ()
    for body in line:
        codes = by_code(body.region_code) or by_name(body.name)
        within = tuple(code for code in maybe if any(lies_in(code, outer) for outer in codes))
        if len(within) == 1 or (len(codes) == 1 and not maybe):
            return home_of(within or codes)
        maybe = within or maybe or codes
    return home_of(maybe) if maybe else None


def is_national(agency: Agency) -> bool:
    """Whether an agency is one of the whole country (not 国家税务总局 of a city): it names places everywhere."""
    return NATION.match(agency.name) is not None and not by_code(agency.region_code) and not by_name(agency.name)


def lies_in(code: str, outer: str) -> bool:
    """Whether one code lies in another."""
    places = all_places().places
    return places[outer].holds(places[code])


def by_code(text: str) -> tuple[str, ...]:
    """A region code as codes of places; empty when there is no such place (12-digit codes are cut)."""
    digits = re.sub(r"\D", "", text)[:6]
    for code in (digits, digits[:4] + "00", digits[:2] + "0000"):
        if len(digits) == 6 and code in all_places().places:
            return (code,)
    return ()


def by_name(name: str) -> tuple[str, ...]:
    """The places that an agency's name begins with, the innermost; else the first it holds (国家税务总局|弥勒市)."""
    within = (at for at in range(len(name)) if (match := all_places().longest(name, at)) and match[1])
    return leading(name) or leading(name[next(within, len(name)) :])


def leading(name: str) -> tuple[str, ...]:
    """The places that a name begins with, the innermost: 上海市黄浦区人民政府 → 310101."""
    known = all_places()
    inner: list[Place] = []
    at = 0
    while at < len(name):
        match = known.longest(name, at)
        if match is None:
            break
        word, whole = match
        options = known.full[word] if whole else [place for place in known.short[word] if place.level < 3 or inner]
        nested = [place for place in options if any(outer.holds(place) and outer is not place for outer in inner)]
        if inner and not nested:
            break
        if not options:
            break
        inner = nested or options
        at += len(word)
    return tuple(place.code for place in inner)


def named_places(name: str) -> list[str]:
    """The full names of places that an agency's name begins with: 淮安市洪泽区人民政府 → 淮安市, 洪泽区."""
    known, at = all_places(), 0
    found: list[str] = []
    while at < len(name):
        match = known.longest(name, at)
        if match is None or not match[1]:
            break
        found.append(match[0])
        at += len(match[0])
    return found
