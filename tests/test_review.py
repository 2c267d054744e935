"""A decision on a finding stays, however often the checks run, and expires in sight when the figures change."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import WORDS, filled_report

from gdgk.archive import panel
from gdgk.errors import GdgkError, InputError
from gdgk.form import CellKey
from gdgk.reconciliation import reconcile
from gdgk.review import (
    STATES,
    Decision,
    decided,
    fingerprints,
    is_open,
    orphans,
    read_decisions,
    reviewed,
    write_decisions,
)

TOTAL = CellKey("disputes", "reconsideration", "total")
UPHELD = CellKey("disputes", "reconsideration", "upheld")


def findings(total: int, upheld: int = 3) -> pd.DataFrame:
    """The findings on a report whose 行政复议 has 3 upheld (or so many) and a printed total."""
    return reconcile(panel([filled_report("demo", 2023, "2021", {TOTAL: total, UPHELD: upheld})]))


def wrong(frame: pd.DataFrame) -> pd.Series:
    """The one failed finding."""
    (row,) = (row for _, row in frame[frame["status"] == "fail"].iterrows())
    return row


def decision(total: int, state: str = "explained") -> dict[str, Decision]:
    """A decision on the finding of a printed total."""
    made = decided(wrong(reviewed(findings(total), {})), state, "两起合并审理", "核对岗", "2024-03-01")
    return {made.fingerprint: made}


def test_a_decision_is_found_again_by_every_run() -> None:
    row = wrong(reviewed(findings(5), decision(5)))
    assert (row["review"], row["review_note"], row["review_by"]) == ("explained", "两起合并审理", "核对岗")
    assert row["review_expired"] == ""


def test_a_decision_expires_in_sight_when_the_figures_change() -> None:
    row = wrong(reviewed(findings(6), decision(5)))
    assert (row["review"], row["review_expired"], row["review_note"]) == ("", "explained", "两起合并审理")
    assert is_open(reviewed(findings(6), decision(5))).sum() == 1


def test_a_decision_on_what_no_longer_fails_is_told() -> None:
    made = decision(5)
    assert orphans(reviewed(findings(3), made).to_dict("records"), made) == list(made.values())
    assert orphans(reviewed(findings(5), made).to_dict("records"), made) == []


@pytest.mark.parametrize(
    ("state", "still_open"), [("confirmed", 1), ("corrected", 1), ("explained", 0), ("dismissed", 0)]
)
def test_what_is_explained_or_dismissed_is_settled(state: str, still_open: int) -> None:
    assert is_open(reviewed(findings(5), decision(5, state))).sum() == still_open


def test_fingerprints_name_each_finding_once_and_never_its_figures() -> None:
    first, second = (reviewed(findings(total), {})["fingerprint"].tolist() for total in (5, 6))
    assert first == second
    assert len(set(first)) == len(first)


def test_findings_of_one_rule_and_place_are_told_apart() -> None:
    same = {
        "rule": "N-SUM",
        "agency": "demo",
        "year": 2023,
        "table": None,
        "row": None,
        "column": None,
        "quote": "共 3 条",
    }
    assert len(set(fingerprints([same, same, {**same, "quote": "共 4 条"}]))) == 3


@pytest.mark.parametrize("state", ["explained", "dismissed"])
def test_what_settles_a_finding_needs_a_reason(state: str) -> None:
    with pytest.raises(GdgkError, match="--note"):
        decided(wrong(reviewed(findings(5), {})), state, " ", "核对岗", "2024-03-01")


def test_a_decision_needs_somebody_who_made_it() -> None:
    with pytest.raises(GdgkError, match="--by"):
        decided(wrong(reviewed(findings(5), {})), "confirmed", "", "", "2024-03-01")


@given(
    st.lists(
        st.builds(
            Decision,
            *(WORDS.filter(str.strip) for _ in range(4)),
            st.sampled_from(list(STATES)),
            WORDS,
            *(WORDS.filter(str.strip) for _ in range(2)),
        ),
        unique_by=lambda one: one.fingerprint,
        max_size=4,
    )
)
def test_decisions_read_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, made: list[Decision]
) -> None:
    path = tmp_path_factory.mktemp("review") / "review.toml"
    write_decisions(path, {one.fingerprint: one for one in made})
    assert list(read_decisions(path).values()) == made
    assert path.exists() == bool(made)


ENTRY = '[[decision]]\nfingerprint = "a1"\nfigures = "3 / 5"\nstate = "explained"\nby = "甲"\non = "2024-03-01"\n'


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        (ENTRY.replace("explained", "fixed"), 1, "state 'fixed'"),
        (ENTRY.replace('by = "甲"\n', ""), 1, "no by"),
        (ENTRY + 'colour = "red"\n', 1, "key colour"),
        (ENTRY + ENTRY, 7, "a second decision on a1"),
        ("[decision]\n", None, "a decision that is no [[decision]]"),
        ('note = "x"\n', None, "'note'"),
        ("[[decision\n", 1, "[[decision"),
    ],
)
def test_a_review_file_that_cannot_be_read_names_its_line(
    tmp_path: Path, text: str, line: int | None, found: str
) -> None:
    path = tmp_path / "review.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_decisions(path)
    where = f"{path}:{line}" if line else f"{path}:"
    assert str(caught.value).startswith(where)
    assert found in str(caught.value)
