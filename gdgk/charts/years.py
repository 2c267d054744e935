"""The time axis: years from the first to the last, grey where nothing is in the archive, double lines at seams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gdgk.charts.facts import NOT_TAKEN_IN, Reading
from gdgk.charts.style import INK, INK2, INK3, PAPER, SUNK, upright
from gdgk.form import edition, edition_for, editions

CROWDED, DENSE = 5, 7
SEAM = "表式接缝"


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of the axis: a year (``held``: in the archive), or years before the first one drawn as one field."""

    label: str
    short: str
    start: float
    end: float
    year: int | None = None
    held: bool = False

    @property
    def centre(self) -> float:
        """Where its marks and its label stand."""
        return (self.start + self.end) / 2


@dataclass(frozen=True, slots=True)
class Timeline:
    """Slots in order of time and the places of the seams between editions of the form."""

    slots: tuple[Slot, ...]
    seams: tuple[float, ...]

    @property
    def dense(self) -> bool:
        """Whether a slot may be too narrow for words across."""
        return len(self.slots) > DENSE

    @property
    def crowded(self) -> bool:
        """Whether a slot of a phone or a print column is narrower than four characters."""
        return len(self.slots) > CROWDED

    def at(self, year: int) -> float:
        """Where a year stands."""
        return next(slot.centre for slot in self.slots if slot.year == year)

    @property
    def span(self) -> list[float]:
        """The range of the axis."""
        return [self.slots[0].start, self.slots[-1].end]

    def fields(self) -> list[tuple[float, float]]:
        """Stretches of which nothing is in the archive."""
        found: list[tuple[float, float]] = []
        for slot in self.slots:
            if slot.held:
                continue
            if found and found[-1][1] == slot.start:
                found[-1] = (found[-1][0], slot.end)
            else:
                found.append((slot.start, slot.end))
        return found


def timeline(readings: Sequence[Reading]) -> Timeline:
    """The axis for the reports of one agency, opening with the seam nearest before the first of them."""
    held = {reading.year: reading.sheet.form.family for reading in readings}
    first, last = min(held), max(held)
    slots: list[Slot] = []
    seams: list[float] = []
    begun = min(edition(held[first]).first_year, first)
    if held[first] != next(iter(editions())):
        slots.append(Slot(f"≤{begun - 1}", f"≤{(begun - 1) % 100:02d}", 0, 0.55))
        seams.append(0.55)
    if begun < first:
        more = first - 1 > begun
        label, short = f"{begun}—{first - 1}", f"{begun % 100}—{(first - 1) % 100}"
        start = slots[-1].end if slots else 0
        slots.append(Slot(label if more else str(begun), short if more else str(begun), start, start + 1))
    family = held[first]
    for year in range(first, last + 1):
        start = slots[-1].end if slots else 0
        now = held.get(year) or edition_for(year).family
        if now != family:
            seams.append(start)
        family = now
        slots.append(Slot(str(year), str(year), start, start + 1, year, year in held))
    return Timeline(tuple(slots), tuple(seams))


def axis(line: Timeline, short: bool = False, down: bool = False) -> dict[str, Any]:
    """Tick places and labels; two digits a year where many stand side by side; ``down``: one below another."""
    brief = short or (line.dense and not down)
    labels = [slot.short if brief else slot.label for slot in line.slots]
    if brief and line.crowded and not down:
        labels = [label[2:] if len(label) == 4 and label.isdigit() else label for label in labels]
    return {"tickvals": [slot.centre for slot in line.slots], "ticktext": labels}


def time_axis(line: Timeline) -> dict[str, Any]:
    """The time axis from left to right."""
    return {**axis(line), "range": line.span, "showline": True, "tickangle": 0}


def narrow_axis(line: Timeline) -> dict[str, Any]:
    """What changes on the time axis in a narrow container."""
    return {"xaxis.ticktext": axis(line, short=True)["ticktext"]}


def backdrop(line: Timeline, down: bool = False) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Shapes and words behind a chart over time: grey fields and seams; ``down``: time runs downward."""
    along, across = ("y", "x") if down else ("x", "y")
    shapes: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for start, end in line.fields():
        shapes.append(
            {
                f"{along}0": start,
                f"{along}1": end,
                **whole(across),
                "fillcolor": SUNK,
                "line": {"width": 0},
                "layer": "below",
            }
        )
        free = max(pieces(line, start, end), key=lambda piece: piece[1] - piece[0])
        text = NOT_TAKEN_IN if down else upright(NOT_TAKEN_IN, line.crowded or free[1] - free[0] < 0.9)
        words.append(
            {
                along: round(sum(free) / 2, 3),
                across: 0.5,
                f"{across}ref": "paper",
                "text": text,
                "font": {"color": INK3},
            }
        )
    for place in line.seams:
        path = "M0,-2L1,-2M0,2L1,2" if down else "M-2,0L-2,1M2,0L2,1"
        shapes.append(
            {
                "type": "path",
                "path": path,
                f"{across}ref": "paper",
                f"{along}sizemode": "pixel",
                f"{along}anchor": place,
                "line": {"width": 1, "color": INK},
            }
        )
        words.append(seam_label(place, down, line))
    return shapes, words


def pieces(line: Timeline, start: float, end: float) -> list[tuple[float, float]]:
    """A grey field cut at its seams."""
    cuts = [start, *(place for place in line.seams if start < place < end), end]
    return list(pairwise(cuts))


def whole(across: str) -> dict[str, Any]:
    """From edge to edge of the plot."""
    return {f"{across}ref": "paper", f"{across}0": 0, f"{across}1": 1}


def seam_label(place: float, down: bool, line: Timeline) -> dict[str, Any]:
    """The word at a seam: above the plot, or at the right end of a seam that runs across."""
    look = {"font": {"color": INK2}}
    if down:
        return {
            "x": 0,
            "xref": "paper",
            "y": place,
            "xanchor": "left",
            "xshift": 8,
            "text": SEAM,
            "bgcolor": PAPER,
            **look,
        }
    text = "表式<br>接缝" if two_lines(line) else SEAM
    edge = "left" if place < 0.2 * line.span[1] else "right" if place > 0.8 * line.span[1] else "center"
    shift = {"left": -6, "right": 6, "center": 0}[edge]
    return {
        "x": place,
        "y": 1,
        "yref": "paper",
        "xanchor": edge,
        "yanchor": "bottom",
        "xshift": shift,
        "text": text,
        **look,
    }


def top(line: Timeline) -> int:
    """The margin that the seam labels above the plot need, px."""
    return 36 if two_lines(line) else 22


def two_lines(line: Timeline) -> bool:
    """Whether the word at a seam is written in two lines, so that neighbours do not touch."""
    return line.dense or len(line.seams) > 1


def frame(line: Timeline, year: int, why: str, half: float = 0.3) -> tuple[dict[str, Any], dict[str, Any]]:
    """A dashed empty frame for a year whose report does not say the measure, and the word in it."""
    place = line.at(year)
    shape = {
        "x0": place - half,
        "x1": place + half,
        "yref": "paper",
        "y0": 0,
        "y1": 0.8,
        "fillcolor": SUNK,
        "line": {"width": 1, "color": INK3, "dash": "dot"},
        "layer": "below",
    }
    text = upright(why, len(line.slots) > 4)
    return shape, {"x": place, "y": 0.4, "yref": "paper", "text": text, "font": {"color": INK2}}
