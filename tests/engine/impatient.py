"""A warm parent that gives an interrupted task no time."""

import engine_tasks  # noqa: F401  a child has little time to begin its task in

import gdgk.engine.parent


def prepare() -> None:
    gdgk.engine.parent.GRACE = 0.1
