"""Where no token can begin by its first letter, none is looked for: that must never lose one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gdgk.claims import tokens
from gdgk.claims.tokens import AFTER_WORDS, BEFORE_WORDS, FIRST_AFTER, FIRST_BEFORE, tokenise

# Letters of the patterns, other digits and letters, whatever there is.
LETTERS = st.one_of(st.sampled_from("0129０１٣月日年号至到百分之千万亿余件约第《》“”〔〕，。abZ.@ "), st.characters())
TEXTS = st.text(LETTERS, max_size=30)


@given(TEXTS)
def test_a_sentence_is_cut_as_if_every_place_were_looked_at(text: str) -> None:
    class Everything(frozenset[str]):
        def __contains__(self, _: object) -> bool:
            return True

    cut = tokenise(text)
    first, last = tokens.FIRST_BEFORE, tokens.FIRST_AFTER
    try:
        tokens.FIRST_BEFORE = tokens.FIRST_AFTER = Everything()
        assert tokenise(text) == cut
    finally:
        tokens.FIRST_BEFORE, tokens.FIRST_AFTER = first, last


@given(st.characters(), TEXTS)
def test_a_letter_that_is_passed_over_begins_no_token(letter: str, rest: str) -> None:
    if not (letter in FIRST_BEFORE or letter.isascii() or letter.isdecimal()):
        assert BEFORE_WORDS.match(letter + rest) is None
    if letter not in FIRST_AFTER:
        assert AFTER_WORDS.match(letter + rest) is None
