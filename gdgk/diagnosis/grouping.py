"""Solutions of a table → explanations: what belongs together, what is sure of it, what else it could be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import exp

from gdgk.diagnosis.slips import Change, Evidence, Slip, appraise
from gdgk.diagnosis.system import Equation
from gdgk.form import CellKey

Solution = tuple[Change, ...]
MOST_COMBINED = 150
NEGLIGIBLE = 0.005
MOST_WEIGHED = 60


@dataclass(frozen=True)
class Story:
    """One way to make a table hold: its changes, its slips, its weight among all ways (0 to 1)."""

    changes: Solution
    slips: tuple[Slip, ...]
    weight: float


@dataclass(frozen=True)
class Group:
    """The failing equations that one explanation covers, and the ways to explain them, heaviest first."""

    failing: tuple[Equation, ...]
    ways: tuple[Story, ...]


def combine(found: Sequence[Sequence[Solution]]) -> list[list[Solution]]:
    """The solutions of a table's blocks, put together as long as they are few: a slip may reach into another."""
    if len(found) > 1 and _size(found) <= MOST_COMBINED and all(len(way) == 1 for ways in found for way in ways):
        return [[tuple(change for way in ways for change in way) for ways in product(*found)]]
    return [list(ways) for ways in found]


def _size(found: Sequence[Sequence[Solution]]) -> int:
    size = 1
    for ways in found:
        size *= len(ways)
    return size if len(found) <= 3 else MOST_COMBINED + 1


def weigh(solutions: Sequence[Solution], evidence: Evidence) -> list[Story]:
    """Every solution with its likeliest slips and its weight, heaviest first; ties in the order of the form."""
    if len(solutions) == 1:
        return [Story(solutions[0], appraise(solutions[0], evidence)[1], 1.0)]
    appraised = [(*appraise(solution, evidence), solution) for solution in solutions]
    least = min(cost for cost, _, _ in appraised)
    weights = [exp(least - cost) for cost, _, _ in appraised]
    total = sum(weights)
    stories = [
        Story(solution, slips, weight / total) for (_, slips, solution), weight in zip(appraised, weights, strict=True)
    ]
    return sorted(stories, key=lambda story: -story.weight)


def groups(stories: Sequence[Story], failing: tuple[Equation, ...]) -> list[Group]:
    """The failing equations parted as finely as every story of weight allows, with the ways to explain each part."""
    if len(stories) == 1 and len(stories[0].slips) == 1:
        return [Group(failing, (stories[0],))]
    # Most tables have one story or a few; the tail of a long list weighs next to nothing.
    kept = [story for story in stories[:MOST_WEIGHED] if story.weight >= NEGLIGIBLE] or [stories[0]]
    sets = Joined(failing)
    touched = [[equations_of(piece, failing) for piece in pieces(story)] for story in kept]
    for parts in touched:
        for touching in parts:
            sets.join(touching)
    found = []
    for part in sets.sets:
        ways: dict[frozenset[tuple[CellKey, float]], Story] = {}
        for story, parts in zip(kept, touched, strict=True):
            own = [piece for piece, of in zip(pieces(story), parts, strict=True) if of and of[0] in part]
            changes = tuple(change for change in story.changes if any(change in piece for piece in own))
            slips = tuple(slip for slip in story.slips if any(slip.changes[0] in piece for piece in own))
            name = frozenset((change.key, change.after) for change in changes)
            before = ways.get(name)
            ways[name] = Story(
                changes, before.slips if before else slips, story.weight + (before.weight if before else 0)
            )
        total = sum(story.weight for story in stories)
        heaviest = sorted(ways.values(), key=lambda story: -story.weight)
        scaled = tuple(Story(story.changes, story.slips, story.weight / total) for story in heaviest)
        found.append(Group(tuple(equation for equation in failing if equation in part), scaled))
    return found


def pieces(story: Story) -> list[Solution]:
    """The changes of a story parted into those that share an equation or a slip."""
    found: list[tuple[set[Equation], list[Change]]] = []
    for slip in story.slips:
        equations = {equation for change in slip.changes for equation in change.equations}
        changes = list(slip.changes)
        for other in [other for other in found if not other[0].isdisjoint(equations)]:
            found.remove(other)
            equations, changes = equations | other[0], other[1] + changes
        found.append((equations, changes))
    return [tuple(changes) for _, changes in found]


def equations_of(changes: Iterable[Change], failing: Iterable[Equation]) -> list[Equation]:
    """The failing equations that some changes bear on."""
    touched = {equation for change in changes for equation in change.equations}
    return [equation for equation in failing if equation in touched]


class Joined:
    """Things sorted into sets that are joined step by step."""

    def __init__(self, things: Iterable[Equation]) -> None:
        self.sets = [{thing} for thing in things]

    def join(self, things: Iterable[Equation]) -> None:
        """Make one set of all sets that hold some of the things."""
        wanted = set(things)
        meeting = [one for one in self.sets if not one.isdisjoint(wanted)]
        if meeting:
            self.sets = [one for one in self.sets if one.isdisjoint(wanted)]
            self.sets.append(set().union(*meeting))
