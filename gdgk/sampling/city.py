"""The synthetic city: its agencies one after the other, what each is and how much comes to it (city.toml)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count, islice
from pathlib import Path
from typing import Any

from gdgk.archive import Agency
from gdgk.files import read_toml
from gdgk.sampling.chance import Shares

CITY = Path(__file__).parent / "city.toml"
SORTS = ("licensing", "penalties", "coercion")


@dataclass(frozen=True, slots=True)
class Profile:
    """How much comes to a kind of agency in a year, as medians at the level of the city; what its prose speaks of."""

    topics: tuple[str, ...]
    applications: float = 0.0
    licensing: float = 0.0
    penalties: float = 0.0
    coercion: float = 0.0
    fees: float = 0.0
    documents: float = 0.0


@dataclass(frozen=True, slots=True)
class Member:
    """An agency of the city. number: its place among them, from 1, and its seed. scale: its size against the city's.

    region: its report is the sum of its office (the next number) and of the agencies beneath.
    """

    number: int
    agency: Agency
    profile: Profile
    scope: str
    scale: float
    region: bool = False
    government: bool = False
    regulations: bool = False


@dataclass(frozen=True)
class City:
    """What city.toml says."""

    values: dict[str, Any]

    @property
    def rates(self) -> dict[str, float]:
        """The rates by name."""
        found: dict[str, float] = self.values["rates"]
        return found

    def profile(self, entry: dict[str, Any]) -> Profile:
        """The profile in an entry."""
        figures = {key: value for key, value in entry.items() if key not in ("id", "name", "topics")}
        return Profile(topics=tuple(entry["topics"]), **figures)

    @cached_property
    def bureaus(self) -> tuple[tuple[str, str, Profile], ...]:
        """The usual bureaus: id, name, profile."""
        return tuple((entry["id"], entry["name"], self.profile(entry)) for entry in self.values["bureau"])

    @cached_property
    def applicants(self) -> Shares:
        """Who applies."""
        return Shares(list(self.values["applicants"].values()))

    @cached_property
    def areas(self) -> tuple[tuple[str, str, str, str], ...]:
        """Districts and counties: id, name, kind, region code."""
        code = self.values["region_code"][:4]
        found = []
        for kind, word, first in (("district", "区", 1), ("county", "县", 21)):
            entries = self.values["districts" if kind == "district" else "counties"]
            for number, entry in enumerate(entries, first):
                spelled, sign = entry.split()
                found.append((f"{kind}_{spelled}", f"{sign}{word}", kind, f"{code}{number:02}"))
        return tuple(found)

    def members(self, number: int) -> Iterator[Member]:
        """The first agencies of the city, so many; the order does not depend on their number."""
        return islice(self.everyone(), number)

    def everyone(self) -> Iterator[Member]:
        """The agencies without end: the city, its office and bureaus; each area likewise with its streets or towns;
        then further streets and towns by turns.
        """
        at = count(1)
        yield from self.place(at, "city", "city", "", self.values["region_code"], 1.0)
        usual = self.values["usual_towns"]
        for area, name, kind, code in self.areas:
            yield from self.place(at, kind, area, name, code, self.rates["area"])
            for town in range(1, usual + 1):
                yield self.town(next(at), area, name, kind, code, town)
        for town in count(usual + 1):
            for area, name, kind, code in self.areas:
                yield self.town(next(at), area, name, kind, code, town)

    def place(self, at: count[int], kind: str, key: str, name: str, code: str, scale: float) -> Iterator[Member]:
        """A government, its office, its bureaus."""
        kinds, whole = self.values["kinds"], self.values["name"] + name
        above = "" if key == "city" else "city"
        word = {"city": "全市", "district": "全区", "county": "全县"}[kind]
        region = Agency(key, f"{whole}人民政府", (name or whole,), kinds[kind], code, above)
        profile = self.profile(self.values["government"])
        yield Member(next(at), region, profile, word, scale, region=True, government=True)
        yield self.office(next(at), region, kinds[f"{kind}_office"], self.head_office, scale)
        for bureau, title, own in self.bureaus:
            short = (f"{name or '市'}{title}",)
            agency = Agency(f"{key}_{bureau}", f"{whole}{title}", short, kinds[f"{kind}_bureau"], code, key)
            yield Member(next(at), agency, own, "本机关", scale)

    def office(self, number: int, region: Agency, kind: str, profile: Profile, scale: float) -> Member:
        """The office that reports for a government's own body."""
        agency = Agency(f"{region.id}_office", f"{region.name}办公室", (), kind, region.region_code, region.id)
        return Member(number, agency, profile, "本机关", scale, regulations=region.id == "city")

    def office_of(self, region: Member) -> Member:
        """The office of a region, also where it is not among the agencies asked for."""
        kind = self.values["kinds"][f"{region.agency.id.partition('_')[0]}_office"]
        return self.office(region.number + 1, region.agency, kind, self.head_office, region.scale)

    def town(self, number: int, area: str, name: str, kind: str, code: str, ordinal: int) -> Member:
        """A street of a district, a town of a county."""
        whole = self.values["name"] + name
        if kind == "district":
            agency = Agency(
                f"{area}_street_{ordinal}",
                f"{whole}第{ordinal}街道办事处",
                (),
                self.values["kinds"]["street"],
                code,
                area,
            )
            return Member(number, agency, self.street, "本机关", 1.0)
        agency = Agency(
            f"{area}_town_{ordinal}", f"{whole}第{ordinal}镇人民政府", (), self.values["kinds"]["town"], code, area
        )
        return Member(number, agency, self.township, "全镇", 1.0, government=True)

    @cached_property
    def head_office(self) -> Profile:
        """The profile of a government's office."""
        return self.profile(self.values["office"])

    @cached_property
    def street(self) -> Profile:
        """The profile of a street."""
        return self.profile(self.values["street"])

    @cached_property
    def township(self) -> Profile:
        """The profile of a town."""
        return self.profile(self.values["town"])


@cache
def example_city() -> City:
    """The city of city.toml."""
    return City(read_toml(CITY))
