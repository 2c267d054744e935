"""Who belongs to the sum of a region: the agencies beneath it and its own body, each with its report or without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gdgk.archive import REGISTER, Agency, Archive, Register, ReportId
from gdgk.errors import GdgkError, UnknownName, shortlist
from gdgk.reconciliation.competence import covers_region, is_own_office

# How a member stands in the sum.
REPORTED, BENEATH, MISSING = "reported", "beneath", "missing"


@dataclass(frozen=True, slots=True)
class Member:
    """An agency of a region's sum.

    state: ``reported``; ``beneath``: it is a region without a report here, for which the agencies beneath it stand;
    ``missing``. own: it is the own body (本级) of the region above it. covering: its report is a total already.
    aside: agencies beneath it whose reports are not added, since it is not known whether its own holds them.
    """

    agency: Agency
    state: str
    own: bool = False
    covering: bool = False
    beneath: tuple[Member, ...] = ()
    aside: tuple[Agency, ...] = ()

    def reporting(self) -> Iterator[Member]:
        """The members whose reports are added up: itself, or those that stand for it."""
        if self.state == REPORTED:
            yield self
        for member in self.beneath:
            yield from member.reporting()

    def missing(self) -> Iterator[Member]:
        """The members of which nothing is here."""
        if self.state == MISSING:
            yield self
        for member in self.beneath:
            yield from member.missing()


@dataclass(frozen=True, slots=True)
class Gathered:
    """A region in a year: its members; gone: agencies that had no report to make on the year and have one here;
    reported: whether the region itself has a report.
    """

    region: Agency
    year: int
    members: tuple[Member, ...]
    gone: tuple[Agency, ...]
    reported: bool

    @property
    def reporting(self) -> list[Member]:
        """The members whose reports are added up, in the order of the register."""
        return [found for member in self.members for found in member.reporting()]

    @property
    def missing(self) -> list[Member]:
        """The members of which nothing is here."""
        return [found for member in self.members for found in member.missing()]


def regions_of(archive: Archive, year: int) -> list[str]:
    """The agencies that have agencies beneath them with a report on a year, in the order of the register."""
    register = archive.register
    return [
        name
        for name, agency in archive.agencies.items()
        if agency.exists_in(year)
        and any(archive.has(ReportId(child.id, year)) for child in register.children(name, year))
    ]


def gather(archive: Archive, name: str, year: int) -> Gathered:
    """The members of a region's sum.

    Raises :class:`GdgkError` for an agency that is not known, that did not exist in the year, that has none beneath it
    or stands beneath itself, and for a year on which none of them has a report here.
    """
    region = archive.agency(name)
    register = archive.register
    refuse(archive, register, region, year)
    members = tuple(member_of(archive, register, child, year) for child in register.children(region.id, year))
    reported = archive.has(ReportId(region.id, year))
    if reported and not covers_region(region):
        # The report of a department is its own, not that of the bodies beneath it.
        members = (Member(region, REPORTED, own=True), *members)
    gathered = Gathered(region, year, members, gone(archive, register, region, year), reported)
    if not any(member.agency is not region for member in gathered.reporting):
        known = sorted({had for child in register.beneath[region.id] for had in archive.years(child.id)})
        raise UnknownName(
            "year", year, known, f"none of the {len(members)} agencies beneath {name} has a report on it here; add some"
        )
    return gathered


def added_up(archive: Archive, name: str, year: int) -> list[ReportId]:
    """The reports that a region's sum is made from, and its own, which it is compared with.

    Raises what :func:`gather` does.
    """
    gathered = gather(archive, name, year)
    found = [ReportId(member.agency.id, year) for member in gathered.reporting]
    return list(dict.fromkeys([*found, ReportId(name, year)] if gathered.reported else found))


def refuse(archive: Archive, register: Register, region: Agency, year: int) -> None:
    """Raise :class:`GdgkError` for an agency that cannot be added up in a year."""
    table = archive.root / REGISTER
    circle = circle_beneath(register, region)
    if circle:
        raise GdgkError(
            f"{table}: found a circle of parents, {' → '.join(circle)}; expected each agency beneath another once; "
            "mend the column parent"
        )
    if not region.exists_in(year):
        after = [agency.id for agency in archive.agencies.values() if region.id in agency.predecessors]
        do = f"ask for {shortlist(after)}, which came after it" if after else "ask for another year or agency"
        since, until = region.valid_from or "…", region.valid_to or "…"
        raise GdgkError(
            f"region: found {region.id!r} in {year}; expected a year within {since}–{until}, when it existed "
            f"({table}); {do}"
        )
    if not register.children(region.id, year):
        when = f" in {year}" if register.beneath.get(region.id) else ""
        others = [name for name in archive.agencies if register.children(name, year)]
        raise GdgkError(
            f"region: found {region.id!r} with no agency beneath it{when}; expected one of {shortlist(others)}; "
            f"name another, or write {region.id} into the column parent of {table}"
        )


def circle_beneath(register: Register, region: Agency) -> list[str]:
    """A circle of parents beneath a region, from an agency down to itself; empty when there is none."""

    def walk(agency: str, above: list[str]) -> list[str]:
        if agency in above:
            return [*above[above.index(agency) :], agency]
        found = (walk(child.id, [*above, agency]) for child in register.beneath.get(agency, ()))
        return next(filter(None, found), [])

    return walk(region.id, [])


def member_of(archive: Archive, register: Register, agency: Agency, year: int) -> Member:
    """An agency beneath a region as a member of its sum."""
    children = register.children(agency.id, year)
    whole = covers_region(agency)
    own = is_own_office(agency)
    if archive.has(ReportId(agency.id, year)):
        aside = () if whole else tuple(child for child in children if archive.has(ReportId(child.id, year)))
        return Member(agency, REPORTED, own, whole and bool(children), aside=aside)
    beneath = tuple(member_of(archive, register, child, year) for child in children)
    if whole and any(True for member in beneath for _ in member.reporting()):
        return Member(agency, BENEATH, own, beneath=beneath)
    return Member(agency, MISSING, own)


def gone(archive: Archive, register: Register, region: Agency, year: int) -> tuple[Agency, ...]:
    """The agencies beneath a region that had no report to make on a year, and have one here all the same."""
    found = (child for child in register.beneath[region.id] if not child.exists_in(year))
    return tuple(child for child in found if archive.has(ReportId(child.id, year)))
