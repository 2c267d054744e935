"""One warm parent for all tests of the engine in a process: starting one takes a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gdgk.engine.client import WarmParent, unsupported


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmParent]:
    if unsupported():
        pytest.skip(unsupported())
    with WarmParent("gdgk.engine.warming:prepare") as parent:
        yield parent
