"""What is shown of a selection: points, the peers' quartiles, where lines may run; or a sentence in their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gdgk.charts.group import FEWEST, LEVELS, quartiles
from gdgk.exploring.holding import Holding, Party, Point, comparison
from gdgk.exploring.selection import PEERS, Selection
from gdgk.form import edition
from gdgk.indicators import INDICATORS, Indicator

UNLIKE = "表式不同，不与当年其他机关并列"
NO_REPORT = "未入库"


@dataclass(frozen=True)
class Band:
    """P25, P50, P75 of a year's peers that count, and how many those are."""

    low: float
    middle: float
    high: float
    count: int


@dataclass(frozen=True)
class View:
    """A selection with its figures.

    parties: the agencies picked; points: by agency and year, where there is a report; forms: the edition by year that
    the figures of the year are on; bands: by year; peers: who they are, in words; message: why nothing can be shown,
    empty where something is.
    """

    selection: Selection
    parties: Sequence[Party]
    points: Mapping[tuple[str, int], Point]
    forms: Mapping[int, str]
    bands: Mapping[int, Band]
    peers: str
    message: str
    synthetic: bool = False

    @property
    def indicator(self) -> Indicator:
        """What is shown."""
        return INDICATORS[self.selection.indicator]

    def shown(self, agency: str, year: int) -> Point | None:
        """A point that the chart may show: one with a value, on a form that compares with the year's."""
        point = self.points.get((agency, year))
        return point if point is not None and point.value is not None and not self.unlike(point) else None

    def unlike(self, point: Point) -> bool:
        """Whether a report is on a form on which the indicator is not quite what it is in the year's other reports."""
        return comparison(self.selection.indicator, point.edition, self.forms[point.year]) != "same"

    def runs(self, agency: str) -> list[list[Point]]:
        """The points of an agency that a line may join: years that follow on each other, forms that compare."""
        found: list[list[Point]] = []
        for year in self.selection.years:
            point = self.shown(agency, year)
            if point is None:
                continue
            last = found[-1][-1] if found else None
            if last is not None and self.joined(last, point):
                found[-1].append(point)
            else:
                found.append([point])
        return found

    def joined(self, one: Point, other: Point) -> bool:
        """Whether two points of an agency may be read as one course."""
        same = comparison(self.selection.indicator, other.edition, one.edition) == "same"
        return other.year == one.year + 1 and same

    def seams(self) -> list[tuple[float, str]]:
        """Where the form changes between the years shown, and how the indicator compares across it."""
        found = []
        for one, other in pairwise(sorted(self.forms)):
            old, new = self.forms[one], self.forms[other]
            if edition(old).family != edition(new).family:
                found.append(((one + other) / 2, comparison(self.selection.indicator, new, old)))
        return found

    def reason(self, agency: str, year: int) -> str:
        """Why a figure is not shown; empty where it is."""
        point = self.points.get((agency, year))
        if point is None:
            return NO_REPORT
        return point.missing.text or (UNLIKE if self.unlike(point) else "")


def view_of(holding: Holding, selection: Selection) -> View:
    """A selection as it is shown."""
    parties = [holding.parties[name] for name in selection.agencies]
    others = holding.peers(selection.agencies[0], selection.peers) if selection.agencies else []
    holding.call([*selection.agencies, *others])
    everything = holding.points(selection.indicator)
    asked = [(one.id, year) for one in parties for year in selection.years]
    points = {key: everything[key] for key in asked if key in everything}
    forms = usual_forms(points.values())
    bands = {year: band for year, form in forms.items() if (band := band_of(everything, others, selection, year, form))}
    made = View(selection, parties, points, forms, bands, peers_words(holding, selection, others, bands), "")
    message = refusal(made)
    return View(**{**made.__dict__, "message": message, "synthetic": holding.synthetic})


def usual_forms(points: Iterable[Point]) -> dict[int, str]:
    """By year the edition that most of the reports are on; of equals the first in order of the ids."""
    found: dict[int, Counter[str]] = {}
    for point in points:
        found.setdefault(point.year, Counter())[point.edition] += 1
    return {year: min(count, key=lambda form: (-count[form], form)) for year, count in sorted(found.items())}


def band_of(
    points: Mapping[tuple[str, int], Point], peers: Sequence[str], selection: Selection, year: int, form: str
) -> Band | None:
    """The quartiles of a year's peers; None of fewer than five that count."""
    own = [points[peer, year] for peer in peers if (peer, year) in points]
    alike = [one for one in own if one.counts and comparison(selection.indicator, one.edition, form) == "same"]
    found = quartiles(one.value for one in alike if one.value is not None)
    return Band(*found, len(alike)) if found else None


def peers_words(holding: Holding, selection: Selection, others: Sequence[str], bands: Mapping[int, Band]) -> str:
    """Who the peers are, or why there is no band."""
    if selection.peers == "none" or not selection.agencies:
        return ""
    first = holding.parties[selection.agencies[0]]
    if not others:
        lacking = "上级" if first.kind else "种类"
        return f"同类比较：{first.name}的{lacking}未登记，没有同类"
    level = LEVELS[first.level]
    kind = f"{first.kind}{f'（{level}）' if level else ''}"
    who = f"{first.name}的同类（{PEERS[selection.peers]}）：{kind} {len(others)} 个"
    if not bands:
        return f"{who}；计入的不足 {FEWEST} 个，没有分位数"
    return f"{who}；分位数只取不是小样本、勾稽无误的，每年至少 {FEWEST} 个"


def refusal(made: View) -> str:
    """The sentence that stands in place of the chart; empty where there is a chart."""
    if not made.selection.agencies:
        return "没有选机关，没有可画的。请选一个或几个机关。"
    if not made.selection.years:
        return "没有选年度，没有可画的。请选一个或几个年度。"
    if not made.points:
        return "所选机关在所选年度都没有入库的报告，没有可画的。"
    if any(made.shown(point.agency, point.year) for point in made.points.values()):
        return ""
    why = Counter(made.reason(*key) for key in made.points)
    told = "；".join(f"{reason} {count} 份" for reason, count in sorted(why.items()))
    return f"所选的 {len(made.points)} 份报告都没有“{made.indicator.label}”的数字：{told}。不以 0 代。"
