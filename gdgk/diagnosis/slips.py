"""Slips: what may have happened between the right figure and the printed one, and how likely each is.

A cost is −log of a probability: of the slip, times one over the number of ways in which it may come out. A slip of
several cells is one event, so it comes far cheaper than as many slips that have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import log
from typing import NamedTuple

from gdgk.diagnosis.system import Equation
from gdgk.form import CellKey, Edition
from gdgk.reconciliation import Relation, relations
from gdgk.reconciliation.sheets import Prior, Sheet
from gdgk.report import State

# Key → what a message says of it; those in QUIET say no more than the two figures do.
SLIPS = {
    "digits_swapped": "数字颠倒",
    "digit_dropped": "少写一位数字",
    "digit_added": "多写一位数字",
    "digit_mistyped": "一位数字写错",
    "off_by_one": "差一",
    "left_out": "漏填或误填为 0",
    "filled_in_error": "误填",
    "total_not_updated": "总计未随分项更新",
    "part_missing_in_total": "总计漏加一个分项",
    "part_twice_in_total": "总计多加一个分项",
    "misstated": "数字填错",
    "swapped_cells": "两格数字互换",
    "shifted_down": "数字填低一行",
    "shifted_up": "数字填高一行",
    "shifted_right": "数字填到右邻一列",
    "shifted_left": "数字填到左邻一列",
    "wrong_column": "填错列",
    "wrong_row": "填错行",
    "misplaced": "填错格",
    "split_number": "一个数被拆在相邻两格，或少写末位",
    "partly_granted_twice": "“部分公开”又计入其他办理结果",
    "carried_over_forgotten": "（七）总计漏计上年结转",
    "carried_over_in_new": "本年新收误含上年结转",
    "added_up": "一格填错，合计按错数汇总",
    "several": "不止一处填错",
    "unexplained": "无法推断",
}
QUIET = {"misstated", "off_by_one"}

ONE_EVENT = log(180)  # one of the cells of a table
UNRELATED = 2.0  # a second slip in the same table is rarer than the first
REPEATED = 3.0  # who left one total at 0 does so with the next
MOST_EXPECTED = 2.0  # offices differ: what is common elsewhere in the table says no more than this
FOUND_ELSEWHERE = 3.0  # another document gives the proposed figure; or it gives the printed one


class Change(NamedTuple):
    """One cell as reported (None: left unfilled), its figure in the sums, the figure proposed, and its equations."""

    key: CellKey
    printed: float | None
    before: float
    after: float
    equations: tuple[Equation, ...]

    @property
    def difference(self) -> float:
        """What is added by the change."""
        return self.after - self.before


class Slip(NamedTuple):
    """A slip, its cost and the changes it is about."""

    cost: float
    key: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Evidence:
    """What the figures of a report are held against: its other cells, last year's report, numbers the prose states."""

    sheet: Sheet
    prior: Prior | None = None
    stated: Mapping[CellKey, set[int]] | None = None
    sums: dict[tuple[CellKey, ...], float] = field(default_factory=dict)

    def cost(self, change: Change) -> float:
        """Less than 0 where another document gives the proposed figure, more where it gives the printed one."""
        found = 0.0
        for figures in self.elsewhere(change.key):
            found += FOUND_ELSEWHERE * ((change.before in figures) - (change.after in figures))
        return found

    def expected(self, change: Change) -> float:
        """How much less likely the proposed figure is than the printed one, given what its row and column count.

        The figure of a cell is taken as geometric about row × column ÷ all: many small figures, few large. What a row
        counts is the mean of its total and of its parts' sum, as either may be the wrong one. A total has no likelihood
        of its own.
        """
        margin = margins(self.sheet.form).get(change.key)
        if margin is None:
            return 0.0
        row, column, everything = (self.margin(keys) for keys in margin)
        # Without what may be too much in the cell itself: a figure is no reason to expect it.
        over = max(-change.difference, 0)
        mean = ((row - over) / 2 + 0.5) * (max(column - over, 0) + 0.5) / (max(everything - over, 0) + 1)
        found = change.difference * log(1 + 1 / mean)
        return max(-MOST_EXPECTED, min(MOST_EXPECTED, found))

    def margin(self, keys: tuple[CellKey, ...]) -> float:
        """The sum of some cells, remembered."""
        if keys not in self.sums:
            self.sums[keys] = sum(map(self.sheet.number, keys))
        return self.sums[keys]

    def contradicts(self, change: Change) -> bool:
        """Whether another document gives the printed figure and not the proposed one."""
        return self.cost(change) > 0

    def elsewhere(self, key: CellKey) -> Iterator[set[float] | set[int]]:
        """The figures that other documents give for a cell, by document."""
        if self.stated and self.stated.get(key):
            yield self.stated[key]
        link = carries(self.sheet.form).get(key) if self.prior is not None and self.prior.sheets else None
        if link is not None and self.prior is not None and self.prior.has(link[1]):
            known = not self.prior.unknown(link[1]) and not self.prior.blank(link[1])
            yield from [{self.prior.number(link[1])}] if known else []

    def carried(self, change: Change) -> Relation | None:
        """The relation with last year's report that the change makes hold, if it did not."""
        link = carries(self.sheet.form).get(change.key)
        if link is None or self.prior is None or not self.prior.sheets or not self.prior.has(link[1]):
            return None
        known = not self.prior.unknown(link[1])
        return link[0] if known and self.prior.number(link[1]) == change.after != change.before else None


@cache
def carries(form: Edition) -> dict[CellKey, tuple[Relation, CellKey]]:
    """By cell, the relation that sets it equal to a cell of last year's report, and that cell."""
    found = {}
    for relation in relations(form):
        terms = {term.prior: term.key for term in relation.terms}
        if len(relation.left) == len(relation.right) == 1 and len(terms) == 2:
            found[terms[False]] = (relation, terms[True])
    return found


@cache
def parts_of(form: Edition) -> dict[CellKey, tuple[tuple[CellKey, ...], ...]]:
    """By total, the parts of each sum that it closes."""
    found: dict[CellKey, tuple[tuple[CellKey, ...], ...]] = {}
    for relation in relations(form):
        if relation.is_sum:
            total = relation.right[0].key
            found[total] = (*found.get(total, ()), tuple(term.key for term in relation.left))
    return found


@cache
def margins(form: Edition) -> dict[CellKey, tuple[tuple[CellKey, ...], ...]]:
    """By part of a row's total: the cells that say what the row (twice), the column and all columns count."""
    totals = parts_of(form)
    found: dict[CellKey, tuple[tuple[CellKey, ...], ...]] = {}
    for table in form.tables.values():
        # The column's own total where the table has one, else its rows together.
        last = {total.row for total, sums in totals.items() for parts in sums if total.row != parts[0].row}
        rows = [row for row in table.rows if row in last] or list(table.rows)
        for total, sums in totals.items():
            for parts in sums:
                if total.table == table.id and all(part.row == total.row for part in parts):
                    everything = tuple(CellKey(table.id, row, total.column) for row in rows)
                    for part in parts:
                        if part not in totals:
                            column = tuple(CellKey(table.id, row, part.column) for row in rows)
                            found[part] = ((total, *parts), column, everything)
    return found


@cache
def positions(form: Edition) -> dict[CellKey, tuple[int, int]]:
    """By cell, the number of its row and of its column in the table."""
    return {
        key: (list(table.rows).index(key.row), list(table.columns).index(key.column))
        for table in form.tables.values()
        for key in table.cells
    }


@cache
def refusals(form: Edition) -> frozenset[str]:
    """The rows of table 三 under （三）不予公开."""
    table = form.tables.get("applications")
    return frozenset(item.key for item in table.leaves("denied")) if table else frozenset()


def appraise(changes: tuple[Change, ...], evidence: Evidence) -> tuple[float, tuple[Slip, ...]]:
    """The likeliest story of some changes: its cost and its slips, each change in one of them."""
    single = [one_cell(change, evidence) for change in changes]
    stories = [tuple(single)]
    if len(changes) == 2:
        stories.extend((slip,) for slip in two_cells(changes, evidence, single))
    elif len(changes) == 3:
        stories.extend((slip,) for slip in three_cells(changes, evidence, single))
        for alone in range(3):
            pair = [index for index in range(3) if index != alone]
            rest = (single[alone],)
            joint = two_cells(tuple(changes[index] for index in pair), evidence, [single[index] for index in pair])
            stories.extend((slip, *rest) for slip in joint)
    costs = [
        sum(slip.cost + ONE_EVENT for slip in story)
        + UNRELATED * (len(story) - 1)
        - REPEATED * repeats(story, evidence)
        for story in stories
    ]
    best = min(range(len(stories)), key=costs.__getitem__)
    found = sum(evidence.expected(change) for change in changes)
    if evidence.stated or evidence.prior:
        found += sum(evidence.cost(change) for change in changes)
    return costs[best] + found, stories[best]


def repeats(story: Sequence[Slip], evidence: Evidence) -> int:
    """How often a slip in a total is made again in the totals of the same column."""
    totals = parts_of(evidence.sheet.form)
    made = [(slip.key, slip.changes[0].key[::2]) for slip in story if slip.changes[0].key in totals]
    return len(made) - len(set(made))


# One cell ------------------------------------------------------------------------------------------------------------


def one_cell(change: Change, evidence: Evidence) -> Slip:
    """The likeliest slip in one cell."""
    before, after = change.before, change.after
    if before == int(before) and after == int(after) and min(before, after) >= 0:
        cost, key = number_slip(int(before), int(after))
    else:
        cost, key = 8.0, "misstated"
    found = [(cost, key), *office_slips(change, evidence), *split_slips(change, evidence)]
    if change.key in parts_of(evidence.sheet.form):
        found.extend(total_slips(change, evidence))
    if change.printed is None and key == "left_out":
        found.append((cost - 1.0, key))  # an unfilled cell among filled ones
    cost, key = min(found)
    return Slip(cost, key, (change,))


@lru_cache(65_536)
def number_slip(before: int, after: int) -> tuple[float, str]:
    """The likeliest slip of the hand from a right figure (after) to the printed one (before)."""
    old, new = str(before), str(after)
    if before == 0:
        return -log(0.12), "left_out"
    if after == 0:
        return 3.0 + log(1 + before), "filled_in_error"
    found = [(3.0 + 2.3 * max(len(old), len(new)), "misstated")]
    if abs(before - after) == 1:
        found.append((-log(0.15 / 2), "off_by_one"))
    if len(old) == len(new):
        differing = [index for index, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
        if len(differing) == 1:
            found.append((-log(0.25 / 9 / len(new)), "digit_mistyped"))
        elif len(differing) == 2 and differing[1] == differing[0] + 1 and sorted(old) == sorted(new):
            found.append((-log(0.2 / (len(new) - 1)), "digits_swapped"))
    elif len(new) == len(old) + 1 and lacks_one(new, old):
        found.append((-log(0.1 / len(new)), "digit_dropped"))
    elif len(old) == len(new) + 1 and lacks_one(old, new):
        found.append((-log(0.01 / len(old)), "digit_added"))
    return min(found)


def lacks_one(long: str, short: str) -> bool:
    """Whether the short text is the long one without one of its characters."""
    return any(long[:index] + long[index + 1 :] == short for index in range(len(long)))


def total_slips(change: Change, evidence: Evidence) -> Iterator[tuple[float, str]]:
    """Slips of a total: not updated, a part missing or added twice."""
    yield -log(0.05) + log(1 + abs(change.difference)), "total_not_updated"
    if change.before == 0:
        return
    for parts in parts_of(evidence.sheet.form)[change.key]:
        figures = [figure for figure in map(evidence.sheet.number, parts) if figure]
        missing, twice = figures.count(change.difference), figures.count(-change.difference)
        if missing:
            yield -log(0.2 * missing / len(figures)), "part_missing_in_total"
        if twice:
            yield -log(0.05 * twice / len(figures)), "part_twice_in_total"


def office_slips(change: Change, evidence: Evidence) -> Iterator[tuple[float, str]]:
    """Slips of those who fill in table 三: a request counted under two results, requests carried over mistaken."""
    table, row, column = change.key
    if table != "applications":
        return
    off = abs(change.difference)
    # A difference of 1 says little: it may as well be a slip of the hand.
    cost = -log(0.2) if off > 1 else -log(0.05)
    carried = off == evidence.sheet.number(CellKey(table, "carried_over", column))
    if row in refusals(evidence.sheet.form) and change.difference < 0:
        if off == evidence.sheet.number(CellKey(table, "partly_granted", column)):
            yield cost, "partly_granted_twice"
    elif carried and row == "outcomes_total" and change.difference > 0:
        yield cost, "carried_over_forgotten"
    elif carried and row == "new" and change.difference < 0:
        yield cost, "carried_over_in_new"


def split_slips(change: Change, evidence: Evidence) -> Iterator[tuple[float, str]]:
    """A number whose last digit stands in the cell to the right: 20 as 2 and 0."""
    if change.before < 1 or change.after < 10 or change.after // 10 != change.before:
        return
    columns = list(evidence.sheet.form.tables[change.key.table].columns)
    right = columns.index(change.key.column) + 1
    if right < len(columns):
        beside = evidence.sheet.cells.get(change.key._replace(column=columns[right]))
        if beside is not None and beside.state is State.NUMBER and beside.value == change.after % 10:
            yield -log(0.1), "split_number"


# Several cells, one slip ---------------------------------------------------------------------------------------------


def two_cells(changes: Sequence[Change], evidence: Evidence, single: Sequence[Slip]) -> Iterator[Slip]:
    """Slips that are about both of two cells."""
    first, second = changes
    if first.key.table != second.key.table:
        return
    pair = (first, second)
    same_row, same_column, step = relative(first, second, evidence.sheet.form)
    if first.difference == -second.difference:
        near = 0.0 if step == 1 else 1.0 if same_row or same_column else 4.0
        if first.after == second.before and second.after == first.before:
            if 0 in (first.before, second.before):
                yield Slip(1.5 + near, moved(pair, same_row, same_column, step), pair)
            else:
                yield Slip(2.0 + near, "swapped_cells", pair)
        elif same_row or same_column:
            key = "wrong_column" if same_row else "wrong_row"
            yield Slip(3.5 + near + log(1 + abs(first.difference)), key, pair)
    if same_row and step == 1 and joined(first, second):
        yield Slip(1.5, "split_number", pair)
    if first.difference == second.difference:
        yield from summed(pair, evidence, single)


def relative(first: Change, second: Change, form: Edition) -> tuple[bool, bool, int]:
    """Whether two cells stand in one row, in one column, and how many cells apart they are then (0: in neither)."""
    place = positions(form)
    row, column = (one - other for one, other in zip(place[second.key], place[first.key], strict=True))
    return row == 0, column == 0, abs(row + column) if row == 0 or column == 0 else 0


def moved(pair: tuple[Change, Change], same_row: bool, same_column: bool, step: int) -> str:
    """How one figure came into the other of two cells, given in the order of the form."""
    forward = pair[0].before == 0  # it stands in the second cell and belongs into the first
    if step == 1:
        if same_row:
            return "shifted_right" if forward else "shifted_left"
        return "shifted_down" if forward else "shifted_up"
    return "wrong_column" if same_row else "wrong_row" if same_column else "misplaced"


def joined(left: Change, right: Change) -> bool:
    """Whether two cells side by side hold the digits of one number, whose place is one of the two."""
    if min(left.before, right.before) < 0 or left.before != int(left.before) or right.before != int(right.before):
        return False
    number = int(f"{int(left.before)}{int(right.before)}")
    return left.before > 0 and (left.after, right.after) in ((number, 0), (0, number))


def summed(changes: tuple[Change, ...], evidence: Evidence, single: Sequence[Slip]) -> Iterator[Slip]:
    """One cell wrong and its totals with it, all by the same amount."""
    totals = parts_of(evidence.sheet.form)
    keys = {change.key for change in changes}
    for change, slip in zip(changes, single, strict=True):
        others = keys - {change.key}
        if all(any(change.key in parts for parts in totals.get(other, ())) for other in others):
            office = slip.key in ("partly_granted_twice", "carried_over_forgotten", "carried_over_in_new")
            yield Slip(slip.cost + (0.0 if office else 1.0), slip.key if office else "added_up", changes)


def three_cells(changes: tuple[Change, ...], evidence: Evidence, single: Sequence[Slip]) -> Iterator[Slip]:
    """Slips that are about all of three cells."""
    if len({change.key.table for change in changes}) > 1:
        return
    if len({change.difference for change in changes}) == 1:
        yield from summed(changes, evidence, single)
    first, second, third = changes
    steps = relative(first, second, evidence.sheet.form), relative(second, third, evidence.sheet.form)
    for line in (0, 1):
        if steps[0][line] and steps[1][line] and steps[0][2] == steps[1][2] == 1:
            if (first.after, second.after) == (second.before, third.before):
                yield Slip(2.0, ("shifted_right", "shifted_down")[line], changes)
            if (second.after, third.after) == (first.before, second.before):
                yield Slip(2.0, ("shifted_left", "shifted_up")[line], changes)
