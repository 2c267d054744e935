"""The grid of the index: what a row and a cell say, in figures and in Chinese."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from gdgk.archive import Agency
from gdgk.batch.index.reading import Result

STATES = {
    "ok": "正常",
    "bad": "有问题",
    "gap": "不可评估",
    "fail": "失败",
    "miss": "未入库",
    "same": "未变化",
    "lost": "记录损坏",
    "todo": "未运行",
    "none": "无此机关",
}
RUN_STATES = ("ok", "bad", "gap", "same")


class Page(NamedTuple):
    """A page that is there: the word of a link to it, its title, its address relative to the reports folder."""

    word: str
    title: str
    address: str


class Failure(NamedTuple):
    """A page that could not be made: whose, what, why, and the executed copy if one was left."""

    name: str
    year: int
    title: str
    message: str
    copy: str


class YearHead(NamedTuple):
    """The heading of a year: whether a seam stands before it, and the pages of the whole year."""

    year: int
    seam: bool
    pages: list[Page]


@dataclass(frozen=True)
class GridCell:
    """One agency and year of the grid: its state, its findings and checks in figures, its pages.

    silent: there is a table left blank, or more checks could not be made than were passed. seconds: what its pages
    took, None if unknown. failure: its first place in the list of failures, from 1.
    """

    year: int
    state: str
    seam: bool
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    passed: int = 0
    unassessed: int = 0
    silent: bool = False
    synthetic: bool = False
    seconds: float | None = None
    message: str = ""
    failure: int = 0
    pages: list[Page] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The state in Chinese."""
        return STATES[self.state]

    @property
    def style(self) -> str:
        """The state as it looks: of what has findings, only warnings look milder than errors."""
        return "warn" if self.state == "bad" and not self.errors else self.state

    @property
    def address(self) -> str:
        """Where the cell's own link leads: to why it failed, else to its first page."""
        return f"#f{self.failure}" if self.failure else self.pages[0].address if self.pages else ""

    @property
    def others(self) -> list[Page]:
        """The pages beside the one that the cell's own link leads to."""
        return self.pages if self.failure else self.pages[1:]

    @property
    def short(self) -> str:
        """The findings in a few characters (误2 疑1 缺47), else the checks (符42 缺9); if unchanged, last time's."""
        found = counted(("误", self.errors), ("疑", self.warnings))
        if self.state in ("ok", "gap"):
            return counted(("注", self.infos), ("符", self.passed), ("缺", self.unassessed))
        if self.silent and self.state in ("same", "bad"):
            return f"{found} {counted(('缺', self.unassessed))}".strip()
        return found


@dataclass(frozen=True)
class GridRow:
    """One agency of the grid. own_seconds: what the pages over all its years took, None if unknown."""

    agency: Agency
    cells: list[GridCell]
    pages: list[Page]
    own_seconds: float | None = None

    @cached_property
    def errors(self) -> int:
        """Findings of severity error over all years."""
        return sum(cell.errors for cell in self.cells)

    @cached_property
    def warnings(self) -> int:
        """Findings of severity warning over all years."""
        return sum(cell.warnings for cell in self.cells)

    @property
    def lacking(self) -> int:
        """Years without a page that says something: failed, not in the archive, not assessable, lost, not run."""
        return sum(cell.state in ("fail", "miss", "gap", "lost", "todo") for cell in self.cells)

    @cached_property
    def seconds(self) -> float | None:
        """What all pages of the agency took, None if unknown."""
        return summed([*(cell.seconds for cell in self.cells), self.own_seconds])

    @property
    def cell_seconds(self) -> str:
        """The seconds of each cell to the hundredth, parted by commas, nothing where unknown."""
        return ",".join("" if cell.seconds is None else hundredths(cell.seconds) for cell in self.cells)

    @cached_property
    def synthetic(self) -> bool:
        """Whether all of the agency's reports that were run are made up."""
        run = [cell.synthetic for cell in self.cells if cell.state in (*RUN_STATES, "fail")]
        return bool(run) and all(run)

    @property
    def keywords(self) -> str:
        """What a search finds the agency by, beside its name."""
        return " ".join([self.agency.id, self.agency.kind, *self.agency.short_names]).lower()


# ── states, sums and words ──


def cell_state(results: Mapping[str, Result], found: Mapping[str, int], skipped: set[str]) -> str:
    """fail, lost, same, bad, gap or ok, the first that holds."""
    if not all(result.ok for result in results.values()):
        return "fail"
    if any(result.lost for result in results.values()):
        return "lost"
    if all(place in skipped for place in results):
        return "same"
    if found.get("error", 0) + found.get("warning", 0):
        return "bad"
    return "gap" if is_silent(found) else "ok"


def is_silent(found: Mapping[str, int]) -> bool:
    """Whether a table was left wholly blank, or more checks could not be made than passed: no agreement."""
    return bool(found.get("blank_tables", 0)) or found.get("not_assessable", 0) > found.get("passed", 0)


def counted(*pairs: tuple[str, int]) -> str:
    """误2 疑1: the words whose count is not 0."""
    return " ".join(f"{word}{count}" for word, count in pairs if count)


def summed(values: Iterable[float | None]) -> float | None:
    """The sum of what is known, None where nothing is."""
    known = [value for value in values if value is not None]
    return math.fsum(known) if known else None


def hundredths(value: float) -> str:
    """A number to the hundredth without zeros at its end."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def duration(seconds: float | None) -> str:
    """Seconds for reading: 0.31 秒, 12.5 秒, 3 分 5 秒, 2 小时 14 分."""
    if seconds is None:
        return "不详"
    if seconds < 10:
        return f"{hundredths(seconds)} 秒"
    if seconds < 59.95:
        return f"{seconds:.1f} 秒"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} 分 {rest} 秒" if minutes < 60 else f"{minutes // 60:,} 小时 {minutes % 60} 分"
