"""agencies.csv: who makes reports, under which names, when, and whom they succeed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from gdgk.errors import GdgkError, InputError, InputErrors
from gdgk.files import csv_rows, read_text

REGISTER = "agencies.csv"
AGENCY_HEADER = [
    "id",
    "name_zh",
    "short_names",
    "kind",
    "region_code",
    "parent",
    "predecessor",
    "valid_from",
    "valid_to",
]
RESERVED = {"failed", "runs"}  # reports/failed/ holds what failed, reports/runs/ how each run went
AGENCY_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency (行政机关) of the workbook; years of validity are inclusive, None where open."""

    id: str
    name: str
    short_names: tuple[str, ...] = ()
    kind: str = ""
    region_code: str = ""
    parent: str = ""
    predecessors: tuple[str, ...] = ()
    valid_from: int | None = None
    valid_to: int | None = None

    def exists_in(self, year: int) -> bool:
        """Whether the agency had a report to make on a year."""
        return (self.valid_from or year) <= year <= (self.valid_to or year)


@dataclass(frozen=True)
class Register:
    """The agencies of agencies.csv in its order, who is beneath whom and who succeeds whom."""

    agencies: Mapping[str, Agency]

    @classmethod
    def of(cls, agencies: Mapping[str, Agency] | Register) -> Register:
        """Agencies as a register, which they may be already."""
        return agencies if isinstance(agencies, Register) else cls(agencies)

    def fill(self) -> None:
        """Find out now what is found out when it is first asked for: for processes that are copied from this one."""
        for name in ("beneath", "lineage"):
            getattr(self, name)

    @cached_property
    def beneath(self) -> Mapping[str, Sequence[Agency]]:
        """The agencies directly beneath each, in the order of the register."""
        found: dict[str, list[Agency]] = {}
        for agency in self.agencies.values():
            if agency.parent:
                found.setdefault(agency.parent, []).append(agency)
        return found

    def children(self, agency: str, year: int) -> list[Agency]:
        """The agencies directly beneath one that had a report to make on a year."""
        return [child for child in self.beneath.get(agency, ()) if child.exists_in(year)]

    @cached_property
    def lineage(self) -> Mapping[str, tuple[str, ...]]:
        """Predecessors by agency, of those that have any."""
        return {agency.id: agency.predecessors for agency in self.agencies.values() if agency.predecessors}


def read_register(path: Path) -> Register:
    """Read agencies.csv. Raises :class:`InputErrors` for ids that are repeated, malformed or unknown."""
    return register_in(path, read_text(path))


@lru_cache(maxsize=4)
def register_in(path: Path, text: str) -> Register:
    """The register of a text; kept, as each page asks for that of its data folder, which may list thousands."""
    agencies: dict[str, Agency] = {}
    lines: dict[str, int] = {}
    errors: list[GdgkError] = []
    for line, row in csv_rows(path, text, AGENCY_HEADER):
        try:
            agency = read_agency(path, line, row)
        except InputError as error:
            errors.append(error)
            continue
        if agency.id in agencies:
            found = f"agency {agency.id!r} a second time (first in line {lines[agency.id]})"
            errors.append(InputError(path, line, found, "one line per id", "rename or remove one of the two"))
            continue
        agencies[agency.id], lines[agency.id] = agency, line
    for agency in agencies.values():
        for kind, names in (("parent", (agency.parent,)), ("predecessor", agency.predecessors)):
            for name in names:
                if name and (name not in agencies or name == agency.id):
                    found = f"{kind} {name!r} of {agency.id}"
                    errors.append(
                        InputError(
                            path, lines[agency.id], found, "the id of another agency", "mend it or leave it empty"
                        )
                    )
    if errors:
        raise InputErrors(errors)
    return Register(MappingProxyType(agencies))


def read_agency(path: Path, line: int, row: Mapping[str, str]) -> Agency:
    """One line of agencies.csv. Raises :class:`InputError`."""
    if not AGENCY_ID.fullmatch(row["id"]):
        raise InputError(
            path, line, f"id {row['id']!r}", "small ASCII letters, digits and _, a letter first", "choose such an id"
        )
    if row["id"] in RESERVED:
        raise InputError(path, line, f"id {row['id']!r}", "an id that is no folder of reports/", "choose another")
    if not row["name_zh"].strip():
        raise InputError(path, line, "no name_zh", "the agency's Chinese name", "fill it in")
    years: list[int | None] = []
    for name in ("valid_from", "valid_to"):
        text = row[name].strip()
        if text and not re.fullmatch(r"(19|20)\d\d", text):
            raise InputError(path, line, f"{name} {text!r}", "a year or nothing", "mend it")
        years.append(int(text) if text else None)
    return Agency(
        id=row["id"],
        name=row["name_zh"].strip(),
        short_names=split_list(row["short_names"]),
        kind=row["kind"].strip(),
        region_code=row["region_code"].strip(),
        parent=row["parent"].strip(),
        predecessors=split_list(row["predecessor"]),
        valid_from=years[0],
        valid_to=years[1],
    )


def split_list(text: str) -> tuple[str, ...]:
    """The entries of a field that holds several, parted by ``;`` or ``；``."""
    return tuple(part.strip() for part in re.split("[;；]", text) if part.strip())
