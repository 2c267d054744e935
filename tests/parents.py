"""Warm parents that outlive a run: the next run in this process that would start one like it takes it over.

Starting one takes two seconds or three, of which a test of what a run does with its pages learns nothing; tasks cannot
tell, as none leaves anything in the parent (tests/engine/test_warm_parent.py). Runs in processes of their own start
their own, and so does each run whose tests ask for that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gdgk.batch import forks
from gdgk.batch.digests import code_digest
from gdgk.engine.client import WarmParent, module_paths

# As many as wait for another run at most, each of which holds some memory.
MOST = 2


class KeptParent(WarmParent):
    """A warm parent that goes on after a run, unless a task of it is still under way; ``idle``: no run has it."""

    def __init__(self, prepare: str, warm: str = "", wanted: Any = None) -> None:
        self.under_way = 0
        self.idle = False
        super().__init__(prepare, warm, wanted)

    def order(self, number: int, task: str, argument: Any = None, limit: float = 0.0, memory: int = 0) -> None:
        super().order(number, task, argument, limit, memory)
        self.under_way += number > 0

    def take(self) -> Any:
        news = super().take()
        self.under_way -= news.word == "ended"
        return news

    def close(self) -> None:
        if self.under_way or self.control.closed or self.process.poll() is not None:
            super().close()
        else:
            self.idle = True

    def usable(self) -> bool:
        """Whether another run may have it."""
        return self.idle and self.process.poll() is None


class Nursery:
    """The warm parents of this process, by what they were started with, the latest last."""

    def __init__(self) -> None:
        self.kept: dict[object, KeptParent] = {}

    def parent(self, prepare: str, warm: str = "", wanted: Any = None) -> WarmParent:
        """A warm parent as the run would start it."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
        said = wanted and wanted._replace(registers=())  # read beforehand or not, a child reads them as they are
        alike = (prepare, warm, said, os.getcwd(), code_digest(), *module_paths(), *sorted(environment.items()))
        kept = self.kept.pop(alike, None)
        if kept is None or not kept.usable():
            kept = KeptParent(prepare, warm, wanted)
        kept.idle, kept.started = False, 0
        self.kept[alike] = kept
        for key in [key for key, each in self.kept.items() if each.idle][: -MOST + 1 or None]:
            WarmParent.close(self.kept.pop(key))
        return kept

    def close(self) -> None:
        """End them all."""
        for kept in self.kept.values():
            WarmParent.close(kept)


@contextmanager
def parents_kept() -> Iterator[None]:
    """Let runs in this process take over each other's warm parents."""
    nursery = Nursery()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forks, "WarmParent", nursery.parent)
        yield
    nursery.close()
