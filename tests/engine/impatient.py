"""A warm parent that gives an interrupted task no time."""

import gdgk.engine.parent


def prepare() -> None:
    gdgk.engine.parent.GRACE = 0.1
