"""The words of the narratives and the cells they mean, read from ``vocabulary.toml`` and ``cells.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from gdgk.errors import InputError
from gdgk.files import read_toml

VOCABULARY = Path(__file__).parent / "vocabulary.toml"
CELLS = Path(__file__).parent / "cells.toml"
ALTERNATIVES = re.compile(r"\{([^{}]*)\}")
CATEGORIES = (
    "topic",
    "act",
    "outcome",
    "applicant",
    "result",
    "litigation_kind",
    "document",
    "column",
    "document_column",
    "channel",
    "everything",
    "scope",
    "time",
    "grammar",
)

Meanings = dict[str, str]


@dataclass(frozen=True)
class Lexicon:
    """Every word with its meanings by category; ``lengths``: of the words that begin with a letter, the longest first.

    Looked up, not compiled into a pattern: that takes a third of a second for ten thousand words, in every process.
    """

    words: dict[str, Meanings]
    lengths: dict[str, tuple[int, ...]]

    def longest(self, text: str, start: int) -> str:
        """The longest word at a place of a text; empty where there is none."""
        for length in self.lengths.get(text[start], ()):
            word = text[start : start + length]
            if word in self.words:
                return word
        return ""

    def found(self, text: str) -> Iterator[str]:
        """The words of a text one after the other, each the longest at its place."""
        at = 0
        while at < len(text):
            word = self.longest(text, at)
            if word:
                yield word
            at += len(word) or 1


@cache
def vocabulary() -> Lexicon:
    """The vocabulary of this package. Raises :class:`InputError` where the file does not say words by category."""
    words: dict[str, Meanings] = {}
    for category, key, entry in entries():
        for word in expanded(entry):
            if word:
                words.setdefault(word, {}).setdefault(category, key)
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[0], set()).add(len(word))
    return Lexicon(words, {letter: tuple(sorted(found, reverse=True)) for letter, found in lengths.items()})


def entries(path: Path = VOCABULARY) -> Iterator[tuple[str, str, str]]:
    """Every entry of the vocabulary as (category, meaning, wording)."""
    for category, meanings in read_toml(path).items():
        if category not in CATEGORIES:
            raise InputError(path, None, f"[{category}]", f"one of {', '.join(CATEGORIES)}", "mend the heading")
        for key, listed in meanings.items():
            if not isinstance(listed, list) or not all(isinstance(entry, str) for entry in listed):
                raise InputError(path, None, f"{category}.{key}", "a list of wordings", "mend it")
            # A word of the grammar is a category of its own: a word may be a conjunction and a passed-over one.
            yield from ((key if category == "grammar" else category, key, entry) for entry in listed)


def expanded(entry: str) -> Iterator[str]:
    """The wordings that an entry with {alternatives,} stands for."""
    parts = ALTERNATIVES.split(entry)
    if any(brace in part for brace in "{}" for part in parts):
        raise InputError(
            VOCABULARY, None, repr(entry), "{alternatives} that do not stand in one another", "write it as two entries"
        )
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    # A comma within a word, as in {、,,和}, leaves an empty alternative, which is a word with nothing there.
    return ("".join(chosen) for chosen in product(*choices))


@cache
def cells() -> dict[str, Any]:
    """The cells by meaning, as ``cells.toml`` has them."""
    return read_toml(CELLS)
