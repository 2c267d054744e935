"""S-DATE: published in time, by the law and by what a place asks for besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from gdgk.archive import Agency
from gdgk.errors import InputError
from gdgk.files import read_toml, toml_line
from gdgk.findings import SEVERITIES
from gdgk.report import Report
from gdgk.text_checks.bodies import group_of
from gdgk.text_checks.catalogue import Remark, missing

NATIONAL = Path(__file__).parent / "deadlines.toml"
GROUPS = ("department", "government", "township")
WRITTEN = re.compile(r"(20\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})(?!\d)")
PLACE = "公布日期"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day of publication, in the year after the one reported on.

    groups: kinds of bodies; regions: beginnings of GB/T 2260 codes; agencies: ids; both empty: everywhere. first, last:
    years reported on.
    """

    groups: tuple[str, ...]
    month: int
    day: int
    basis: str
    severity: str = "warning"
    first: int = 0
    last: int = 9999
    regions: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()

    def applies(self, agency: Agency, region: str, year: int) -> bool:
        """Whether a report of that agency on that year is due by this."""
        if not self.first <= year <= self.last or group_of(agency).id not in self.groups:
            return False
        if not self.regions and not self.agencies:
            return True
        return agency.id in self.agencies or (bool(region) and any(region.startswith(code) for code in self.regions))

    def on(self, year: int) -> date:
        """The last day for a report on that year."""
        return date(year + 1, self.month, self.day)


@cache
def read_deadlines(path: Path = NATIONAL) -> tuple[Deadline, ...]:
    """Deadlines of a TOML file of ``[[deadline]]`` entries (see deadlines.toml). Raises :class:`InputError`."""
    return tuple(
        read_deadline(path, toml_line(path, "deadline", index), entry)
        for index, entry in enumerate(read_toml(path).get("deadline", []))
    )


def read_deadline(path: Path, line: int | None, entry: dict[str, object]) -> Deadline:
    """One ``[[deadline]]``. Raises :class:`InputError` for an unknown key, group, severity or day."""
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    try:
        deadline = Deadline(**values)  # type: ignore[arg-type]
        date(2001, deadline.month, deadline.day)
    except (TypeError, ValueError) as error:
        raise InputError(
            path, line, str(error), "groups, month, day and basis of a deadline", "mend the entry"
        ) from error
    if not deadline.groups or not set(deadline.groups) <= set(GROUPS):
        raise InputError(path, line, f"groups {deadline.groups!r}", f"some of {', '.join(GROUPS)}", "mend it")
    if deadline.severity not in SEVERITIES:
        raise InputError(path, line, f"severity {deadline.severity!r}", f"one of {', '.join(SEVERITIES)}", "mend it")
    return deadline


def published_on(text: str) -> date | None:
    """The day that a publication date says; None for a text that is no day."""
    found = WRITTEN.search(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def check_date(report: Report, agency: Agency, region: str, local: Iterable[Deadline] = ()) -> Iterator[Remark]:
    """S-DATE: the latest of the missed deadlines that weigh most, or a day before the year reported on is over."""
    printed = report.head.published.strip()
    day = published_on(printed)
    if day is None:
        yield missing(f"公布日期“{printed}”不是完整日期" if printed else "没有公布日期", PLACE)
        return
    if day <= date(report.year, 12, 31):
        said = f"公布日期 {day.isoformat()} 早于统计期末 {report.year} 年 12 月 31 日，请核对"
        yield Remark(said, place=PLACE, severity="warning", basis="统计期限为 1 月 1 日至 12 月 31 日")
        return
    due = [one for one in (*read_deadlines(), *local) if one.applies(agency, region, report.year)]
    missed = [one for one in due if day > one.on(report.year)]
    if missed:
        worst = min(missed, key=lambda one: (SEVERITIES.index(one.severity), -one.on(report.year).toordinal()))
        last = worst.on(report.year)
        said = f"{day.isoformat()} 公布，晚于 {last.isoformat()}（{(day - last).days} 天）"
        yield Remark(said, place=PLACE, severity=worst.severity, basis=worst.basis)
