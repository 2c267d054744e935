"""Which row of the form a printed row is: by its label, and where the label does not say, by the order of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from gdgk.form import Item, Table
from gdgk.importers.recognition.wording import KEPT, NUMBERING, core, plain

# How alike a misprinted label must be to the one it is taken for (0 to 100), and how much less so to the next.
ALIKE = 78
APART = 8
SHORTEST_FRAGMENT = 3
NONE: frozenset[int] = frozenset()
LONG_FRAGMENT = 6


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The labels that a form gives its rows (or columns), as they are compared."""

    items: tuple[Item, ...]
    cores: tuple[frozenset[str], ...]
    groups: frozenset[str]
    known: tuple[str, ...]
    row_of: tuple[int, ...]
    named: dict[str, frozenset[int]]
    lengths: tuple[int, ...]

    @staticmethod
    @cache
    def of_rows(table: Table) -> Labels:
        """The row labels of a table, with the headings of its groups."""
        return labels_of(
            tuple(table.rows.values()), tuple(item for item in table.items if item.kind in ("group", "block"))
        )

    @staticmethod
    @cache
    def of_columns(table: Table) -> Labels:
        """The column labels of a table."""
        return labels_of(tuple(table.columns.values()), ())

    @classmethod
    def of(cls, items: tuple[Item, ...]) -> Labels:
        """The labels of some items."""
        return labels_of(items, ())

    def exact(self, text: str) -> frozenset[int]:
        """The rows whose label the text is (numbering and remarks apart)."""
        return self.named.get(core(text), NONE)

    @lru_cache(KEPT)  # noqa: B019 - there are a dozen sets of labels, kept for good
    def ending(self, text: str) -> frozenset[int]:
        """The rows whose label stands at the end of the text, after a group heading printed in the same cell."""
        bare = plain(text)
        ends = (bare[-length:] for length in self.lengths if 3 < length < len(bare))
        return next((self.named[end] for end in ends if end in self.named), NONE)

    @lru_cache(KEPT)  # noqa: B019 - there are a dozen sets of labels, kept for good
    def alike(self, text: str) -> frozenset[int]:
        """The one row whose label the text is but for a slip; empty when none or several come close."""
        bare = core(text)
        if len(bare) < 4:
            return frozenset()
        best: dict[int, float] = {}
        for _, score, at in extract(bare, self.known, scorer=ratio, processor=None, score_cutoff=ALIKE, limit=None):
            best[self.row_of[at]] = max(best.get(self.row_of[at], 0), score)
        close = sorted((score, at) for at, score in best.items())
        if not close or (len(close) > 1 and close[-1][0] - close[-2][0] < APART):
            return frozenset()
        return frozenset({close[-1][1]})

    @lru_cache(KEPT)  # noqa: B019 - there are a dozen sets of labels, kept for good
    def fragment(self, text: str) -> frozenset[int]:
        """The rows of whose label the text is a part (a label broken over lines)."""
        bare = core(text)
        if len(bare) < SHORTEST_FRAGMENT:
            return frozenset()
        return frozenset(at for at, known in enumerate(self.cores) if any(bare in label for label in known))

    @lru_cache(KEPT)  # noqa: B019 - there are a dozen sets of labels, kept for good
    def beginning(self, text: str) -> frozenset[int]:
        """The rows whose label begins as the text does, which breaks off."""
        bare = core(text)
        if len(bare) < LONG_FRAGMENT:
            return frozenset()
        return frozenset(at for at, known in enumerate(self.cores) if any(label.startswith(bare) for label in known))

    def is_group(self, text: str) -> bool:
        """Whether the text is a group's heading or a part of one."""
        bare = core(text)
        return bool(bare) and any(bare in heading for heading in self.groups)


@cache
def labels_of(items: tuple[Item, ...], groups: tuple[Item, ...]) -> Labels:
    """The labels of some items and of the headings above them, made once."""
    cores = tuple(frozenset(core(text) for text in (item.label, *item.variants)) for item in items)
    headings = frozenset(core(text) for item in groups for text in (item.label, *item.variants))
    spread = [(label, at) for at, own in enumerate(cores) for label in sorted(own)]
    known = tuple(label for label, _ in spread)
    named = {label: frozenset(at for at, own in enumerate(cores) if label in own) for label in known if label}
    lengths = tuple(sorted({len(label) for label in named}, reverse=True))
    return Labels(items, cores, headings, known, tuple(at for _, at in spread), named, lengths)


def numbered(text: str) -> bool:
    """Whether a label opens with a number such as 1. or （三）."""
    return NUMBERING.match(plain(text)) is not None


def align(candidates: Sequence[frozenset[int]], rows: int) -> list[int | None]:
    """The form's row of each printed row, given the rows each may be; None where the order leaves a choice.

    Printed rows keep the form's order and no two are the same row. A printed row is placed only if every assignment
    that keeps these two rules gives it the same place; where no assignment does, nothing is placed.
    """
    count = len(candidates)
    earliest = lowest(candidates)
    latest = [
        rows - 1 - at
        for at in reversed(lowest([frozenset(rows - 1 - c for c in group) for group in reversed(candidates)]))
    ]
    if any(low >= rows for low in earliest) or any(high < 0 for high in latest):
        return [None] * count
    placed: list[int | None] = []
    for group, low, high in zip(candidates, earliest, latest, strict=True):
        possible = [at for at in group if low <= at <= high]
        placed.append(possible[0] if len(possible) == 1 else None)
    return placed


def lowest(candidates: Sequence[frozenset[int]]) -> list[int]:
    """The lowest row each printed row can have when each takes the first it may after the one before (large: none)."""
    found, last = [], -1
    for group in candidates:
        after = [at for at in group if at > last]
        last = min(after) if after else 10**6
        found.append(last)
    return found
