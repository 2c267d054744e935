"""An output that the engine does not hold against nbformat's schema would have passed it."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import nbbase, new_output

pytest.importorskip("ipykernel")
from gdgk.engine.cells import surely_valid, trusting

NAMES = (
    "text/plain",
    "text/html",
    "image/png",
    "application/json",
    "application/x+json",
    "application/x+json5",
    "x+json",
)
VALUES = st.one_of(st.text(), st.integers(), st.lists(st.text()), st.dictionaries(st.text(), st.integers()), st.none())
CONTENTS = st.fixed_dictionaries(
    {"data": st.dictionaries(st.sampled_from(NAMES), VALUES), "metadata": st.dictionaries(st.text(), VALUES)}
)


@given(CONTENTS)
def test_what_is_surely_valid_passes_the_schema(content: dict[str, Any]) -> None:
    if surely_valid(content):
        nbformat.validate(new_output("display_data", **content), ref="display_data", version=4)


@pytest.mark.parametrize(
    "content",
    [{"data": {"text/plain": 5}}, {"data": {5: "x"}}, {"data": {}, "metadata": "x"}, {"data": ["text/plain"]}],
)
def test_what_a_notebook_shows_by_hand_is_checked_as_ever(content: dict[str, Any]) -> None:
    before = nbbase.validate
    with trusting({"content": content}):
        assert nbbase.validate is before


def test_a_figure_and_text_are_not_checked_and_all_after_them_is() -> None:
    before = nbbase.validate
    shown = {"data": {"application/vnd.plotly.v1+json": {"data": []}, "text/html": "<b>1</b>"}, "metadata": {}}
    with trusting({"content": shown}):
        assert nbbase.validate is not before
    assert nbbase.validate is before
