"""Where an agency lies: province, prefecture, county by code (GB/T 2260), as the pack is parted and grouped by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from gdgk.archive import Agency
from gdgk.text_checks.gazetteer import all_places, home, is_national

NOWHERE = "000000"
CODE = re.compile(r"\d{6}(\d{6})?")


class Place(NamedTuple):
    """Codes of six digits; city and county None above them."""

    province: str
    city: str | None = None
    county: str | None = None


def places_of(agencies: Mapping[str, Agency]) -> dict[str, Place]:
    """The place of every agency, by id."""
    return {name: place_of(agency, agencies) for name, agency in agencies.items()}


def place_of(agency: Agency, agencies: Mapping[str, Agency]) -> Place:
    """An agency's place: by its code, its name or the agency above (:func:`gdgk.text_checks.gazetteer.home`); a code
    that no place has (a synthetic city's) is taken as it stands; :data:`NOWHERE` for what has none or several.
    """
    if is_national(agency):
        return Place(NOWHERE)
    found = home(agency, agencies)
    codes = [place.code for place in found.places] if found else coded(agency, agencies)
    provinces, cities, counties = ({code[:length] for code in codes} for length in (2, 4, 6))
    if len(provinces) != 1:
        return Place(NOWHERE)
    province, city, county = provinces.pop() + "0000", cities.pop() + "00", counties.pop()
    return Place(
        province,
        city if not cities and city != province else None,
        county if not counties and county != city else None,
    )


def coded(agency: Agency, agencies: Mapping[str, Agency]) -> list[str]:
    """The region code of an agency, else of the nearest above that has one; only digits are taken."""
    seen: set[str] = set()
    while agency.id not in seen:
        seen.add(agency.id)
        if CODE.fullmatch(agency.region_code):
            return [agency.region_code[:6]]
        agency = agencies.get(agency.parent, agency)
    return []


def province_name(code: str) -> str:
    """The name of a province by its code; empty for a code that no place has."""
    place = all_places().places.get(code)
    return "" if place is None else place.name
