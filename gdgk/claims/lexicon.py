"""The words of the narratives and the cells they mean, read from ``vocabulary.toml`` and ``cells.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
    """Every word with its meanings by category, and the pattern that finds the longest word at a place."""

    words: dict[str, Meanings]
    pattern: str


@cache
def vocabulary() -> Lexicon:
    """The vocabulary of this package. Raises :class:`InputError` where the file does not say words by category."""
    words: dict[str, Meanings] = {}
    for category, key, entry in entries():
        for word in expanded(entry):
            if word:
                words.setdefault(word, {}).setdefault(category, key)
    return Lexicon(words, longest(words))


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


def longest(words: Iterable[str]) -> str:
    """A pattern that matches the longest of the words, as a tree of their letters: one look at each letter."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    return branch(tree)


def branch(node: dict[str, Any]) -> str:
    """The pattern of one node of the tree."""
    ways = [re.escape(letter) + branch(below) for letter, below in node.items() if letter]
    if not ways:
        return ""
    text = "(?:" + "|".join(ways) + ")"
    return text + "?" if "" in node else text


@cache
def cells() -> dict[str, Any]:
    """The cells by meaning, as ``cells.toml`` has them."""
    return read_toml(CELLS)
