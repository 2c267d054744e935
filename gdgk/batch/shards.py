"""A share of a run: ``--shard i/n`` on n machines that share a folder makes together what one run makes alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gdgk.batch.plan import Target
from gdgk.errors import GdgkError

SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Shard:
    """The i-th of n shares, counted from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @classmethod
    def of(cls, text: str) -> Shard:
        """``2/8`` as a shard. Raises :class:`GdgkError`."""
        match = SHARD.fullmatch(text.strip())
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise GdgkError(f"--shard: found {text!r}; expected a share such as 2/8, from 1/8 to 8/8; mend the option")
        return cls(int(match[1]), int(match[2]))

    def share(self, targets: Sequence[Target]) -> list[Target]:
        """Its targets: whole agencies and whole years, each the n-th in turn.

        The shares of n are disjoint and together all targets, in their order. Which share an agency falls to depends on
        the agencies of the run: let all machines have the same data and the same arguments.
        """
        groups: dict[tuple[str, int], int] = {}
        for target in targets:
            groups.setdefault(target.group, len(groups))
        return [target for target in targets if groups[target.group] % self.count == self.number - 1]
