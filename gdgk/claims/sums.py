"""Totals of listed parts (N-SUM): do the parts that the prose lists add up to the total it states?

A list is closed when it says so (分别, 具体为, colon), when the form knows no further part, or when a parallel list in
brackets adds up; 其中, 等 and approximate parts leave it open: what is missing is then information, what is too much
is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gdgk.claims.checking import BASIS, LABELS
from gdgk.claims.model import Claim, Fact
from gdgk.claims.wording import quoted, reading_name
from gdgk.findings import Finding, Status
from gdgk.form import CellKey
from gdgk.markup import figure
from gdgk.report import Report

Stated = Claim | Fact
ITEMS = {"条", "件", "篇", "份", "期", "宗", "个", "项", "条次", "次", "部"}
MOST_PARTS = 60
OPENERS = ("open", "colon", "closed")
APPLICATION_CHANNELS = {"当面", "信函", "网络", "传真"}


@dataclass(frozen=True)
class Listing:
    """A total and the parts listed for it. closed: the list says that it is whole. about: some part is approximate."""

    total: Stated
    parts: tuple[Stated, ...]
    closed: bool
    about: bool

    @property
    def sum(self) -> float:
        """What the parts add up to."""
        return round(sum(float(part.number or 0) for part in self.parts), 6)


def listings(stated: Sequence[Stated]) -> Iterator[Listing]:
    """The lists of a narrative: parts after their total, parts before it, channels of a total of all channels."""
    figures = [item for item in stated if isinstance(item, Fact) or item.kind == "count"]
    yield from Lists().read(figures)
    yield from before_total(figures)
    yield from of_all_channels([item for item in figures if isinstance(item, Fact)])
    yield from whole_outcomes([item for item in figures if isinstance(item, Claim)])


@dataclass
class Frame:
    """A stretch of figures on one level of brackets: the list being read, and the figure before it."""

    outer: Stated | None = None
    last: Stated | None = None
    total: Stated | None = None
    parts: list[Stated] = field(default_factory=list)
    opener: str = ""
    etc: bool = False
    figures: int = 0

    def begin(self, total: Stated | None, opener: str) -> None:
        """Begin a list of parts of a total."""
        self.total, self.parts, self.opener, self.etc = total, [], opener, False


class Lists:
    """Goes once over the figures of a narrative and gathers lists of parts that follow their total."""

    def __init__(self) -> None:
        self.frames = [Frame()]
        self.beside: dict[int, Stated] = {}
        self.found: list[Listing] = []

    def read(self, figures: Sequence[Stated]) -> list[Listing]:
        """The lists of figures in order."""
        for item in figures:
            opener = ""
            for mark in item.lead:
                opener = self.mark(mark, opener)
            self.add(item, opener)
        self.close(0)
        return self.found

    def close(self, depth: int) -> None:
        """Leave brackets down to a depth; a figure alone in brackets stands beside the one before them."""
        while len(self.frames) > depth:
            inner = self.frames.pop()
            if self.frames and inner.figures == 1 and inner.outer is not None and inner.last is not None:
                self.beside[id(inner.outer)] = inner.last
            self.end(inner)

    def mark(self, mark: str, opener: str) -> str:
        """One mark before a figure; returns what opens a list with it."""
        frame = self.frames[-1]
        if mark == "sentence":
            last = self.frames[0].last
            self.close(0)
            self.frames = [Frame(outer=None, last=last)]
            return "sentence"
        if mark == "strong" or mark == "total":
            self.end(frame)
            frame.begin(None, "")
            frame.last = None
            return ""
        if mark == "bracket" and len(self.frames) < MOST_PARTS:
            self.frames.append(Frame(outer=frame.last))
            return "bracket"
        if mark == "bracket_end" and len(self.frames) > 1:
            self.close(len(self.frames) - 1)
            return ""
        if mark == "etc":
            frame.etc = True
        if mark in OPENERS and opener not in OPENERS:
            return mark
        return opener

    def add(self, item: Stated, opener: str) -> None:
        """A figure: the first part of a list, a further one, or none."""
        frame = self.frames[-1]
        if opener in OPENERS or (opener == "bracket" and frame.outer is not None):
            self.end(frame, cut=True)
            frame.begin(frame.last or frame.outer, opener)
        elif opener == "sentence":
            frame.last = None
        if frame.total is not None and len(frame.parts) < MOST_PARTS and compatible(frame.total, item):
            frame.parts.append(item)
        frame.last = item
        frame.figures += 1

    def end(self, frame: Frame, cut: bool = False) -> None:
        """The end of a list; one cut short by a list within it may only be too much."""
        total, parts = frame.total, frame.parts
        if total is None or total.number is None or len(parts) < 2:
            return
        closed = (frame.opener in ("closed", "colon") or self.parallel(total, parts)) and not frame.etc
        listing = Listing(total, tuple(parts), closed, any(not part.exact for part in parts))
        if not cut or listing.sum >= total.number:
            self.found.append(listing)

    def parallel(self, total: Stated, parts: list[Stated]) -> bool:
        """Whether every figure has another beside it in brackets, and those add up: then the list is whole."""
        figures = [self.beside.get(id(item)) for item in (total, *parts)]
        numbers = [float(figure.number or 0) for figure in figures if figure is not None]
        return len(numbers) == len(parts) + 1 and numbers[0] == sum(numbers[1:])


def compatible(total: Stated, part: Stated) -> bool:
    """Whether a figure may be a part of another: items counted alike, of the same year, not a share."""
    if isinstance(total, Claim) and isinstance(part, Claim) and total.readings and part.readings:
        if total.readings[0][0].table != part.readings[0][0].table:
            return False
        if not divides(total, part):
            return False
    elif isinstance(total, Claim):
        by_channel = isinstance(part, Fact) and part.channel in APPLICATION_CHANNELS
        return by_channel and total.unit == part.unit and total.readings[0][0].row == "new"
    elif isinstance(part, Claim):
        return False
    if total.unit == part.unit:
        return total.unit in ITEMS or total.unit in ("人次", "人", "元")
    return total.unit in ITEMS - {"次", "个"} and part.unit in ITEMS - {"次", "个"}


def divides(total: Claim, part: Claim) -> bool:
    """Whether the cells of a part are parts of the total's: applicants of a row, results of a dispute."""
    first, other = total.readings[0][0], part.readings[0][0]
    if set(part.readings[0]) < set(total.readings[0]):
        return True
    if first.table == "disputes":
        return first.column == "total" and other.column != "total" and first.row == other.row
    if first.table == "applications":
        return first.column == "total" and other.column != "total" and first.row == other.row
    return False


def before_total(figures: Sequence[Stated]) -> Iterator[Listing]:
    """A a、B b，共计 N: the parts before a total in one sentence."""
    parts: list[Fact] = []
    for item in figures:
        if not isinstance(item, Fact):
            parts = []
            continue
        if "sentence" in item.lead:
            parts = []
        if "total" in item.lead and len(parts) >= 2 and not item.everything:
            same = [part for part in parts if part.unit == item.unit]
            if len(same) == len(parts) and len(parts) >= 2 and not item.subject:
                about = any(not part.exact for part in same)
                yield Listing(item, tuple(same), "etc" not in item.lead, about)
            parts = []
            continue
        if len(parts) < MOST_PARTS:
            parts.append(item)


def of_all_channels(facts: Sequence[Fact]) -> Iterator[Listing]:
    """通过各类平台共计 N: the channels that the section names, one figure each, of the same unit. Never closed."""
    by_unit: dict[tuple[str, str], dict[str, Fact]] = {}
    for fact in facts:
        key = (fact.section, fact.unit)
        if fact.everything and fact.unit != "%":
            found = by_unit.pop(key, {})
            parts = list(found.values())
            if len(parts) >= 2:
                yield Listing(fact, tuple(parts), False, any(not part.exact for part in parts))
        elif fact.channel and not fact.scope:
            by_unit.setdefault(key, {}).setdefault(fact.channel, fact)


GROUPS = ("granted", "partly_granted", "denied", "unavailable", "not_processed", "otherwise")


def whole_outcomes(claims: Sequence[Claim]) -> Iterator[Listing]:
    """答复 N 件 … and after it every outcome of the form: the form knows no further one, so that the list is closed."""
    total: Claim | None = None
    parts: list[Claim] = []
    rows: set[str] = set()
    for claim in claims:
        key = claim.readings[0][0]
        if (
            key.table != "applications"
            or key.column != "total"
            or (claim.year is not None and total and claim.year != total.year and total.year)
        ):
            continue
        if key.row == "outcomes_total":
            total, parts, rows = claim, [], set()
        elif total is not None and claim.paragraph == total.paragraph and is_outcome(key):
            mine = {one.row for one in claim.readings[0]}
            if mine & rows:
                continue
            parts.append(claim)
            rows |= mine
            if complete(rows):
                yield Listing(total, tuple(parts), True, any(not part.exact for part in parts))
                total = None


def is_outcome(key: CellKey) -> bool:
    """Whether a cell is one of an outcome."""
    return key.row.startswith(GROUPS)


def complete(rows: set[str]) -> bool:
    """Whether rows of all six kinds of outcome are there, the groups whole."""
    counts = {"denied_": 8, "unavailable_": 3, "not_processed_": 5}
    whole = all(sum(row.startswith(stem) for row in rows) == number for stem, number in counts.items())
    other = "otherwise_handled" in rows or sum(row.startswith("otherwise_") for row in rows) == 3
    return whole and other and {"granted", "partly_granted"} <= rows


def check_sums(report: Report, stated: Sequence[Stated]) -> list[Finding]:
    """One finding on every list: adds up, falls short or is too much."""
    return [finding for listing in listings(stated) if (finding := check_listing(report, listing)) is not None]


def check_listing(report: Report, listing: Listing) -> Finding | None:
    """A list that adds up passes; too much is a warning; too little an error where the list is closed, else a note."""
    total, found = float(listing.total.number or 0), listing.sum
    upper = listing.total.upper if not listing.total.exact else total
    largest = sum(part.upper if not part.exact else float(part.number or 0) for part in listing.parts)
    if found <= upper and total <= max(found, largest if listing.about else found):
        status, severity = Status.PASS, "warning"
    elif found > max(upper, total):
        status, severity = Status.FAIL, "warning"
        if overlapping(listing):
            severity = "info"
    elif listing.closed and not listing.about and listing.total.exact:
        status, severity = Status.FAIL, "error"
    else:
        status, severity = Status.FAIL, "info"
    return sum_finding(report, listing, status, severity)


def overlapping(listing: Listing) -> bool:
    """Whether parts need not add up: one alone is more than the total, or items go through several channels."""
    channels = [part.channel for part in listing.parts if isinstance(part, Fact) and part.channel]
    if len(channels) == len(set(channels)) == len(listing.parts):
        return True
    return any(float(part.number or 0) > float(listing.total.number or 0) for part in listing.parts)


def sum_finding(report: Report, listing: Listing, status: Status, severity: str) -> Finding:
    """The finding on a list."""
    total = listing.total
    unit = total.unit
    about = "余" if not total.exact else ""
    parts = " ＋ ".join(figure(float(part.number or 0)) for part in listing.parts[:8]) + (
        " ＋ …" if len(listing.parts) > 8 else ""
    )
    name = quoted(total.span, report.narrative)
    if status is Status.PASS:
        text = f"正文{name}：所列各项 {parts} ＝ {figure(listing.sum)}，相符"
    else:
        said = f"{figure(float(total.number or 0))}{about} {unit}"
        text = f"正文{name}：所列各项 {parts} ＝ {figure(listing.sum)} {unit}，与所写 {said}不符"
        if severity == "info":
            text += (
                "（所列未必是全部，供参考）"
                if listing.sum < float(total.number or 0)
                else "（所列有的不是其中一部分，供参考）"
            )
    cells = tuple(str(key) for item in (total, *listing.parts) if isinstance(item, Claim) for key in item.readings[0])
    where = reading_name(total.readings[0], report.edition) if isinstance(total, Claim) else "正文"
    return Finding(
        rule="N-SUM",
        status=status.value,
        severity=severity,
        agency=report.agency,
        year=report.year,
        table=total.readings[0][0].table if isinstance(total, Claim) else None,
        row=None,
        column=None,
        left=float(total.number or 0),
        right=listing.sum,
        difference=round(float(total.number or 0) - listing.sum, 6),
        message=text,
        reason="",
        label=LABELS["N-SUM"],
        place=where,
        calculation=parts,
        basis=BASIS["N-SUM"],
        unless="所列各项不是总数的全部，或互有重叠",
        cells=cells,
        blanks=0,
        quote=report.narrative[slice(*total.sentence_span)],
        span=total.sentence_span,
    )
