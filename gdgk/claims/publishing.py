"""Facts → what a report says of its channels: how much was published on each, who follows, how often it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from gdgk.claims.lexicon import vocabulary
from gdgk.claims.model import Fact
from gdgk.files import read_toml

CHANNELS = Path(__file__).parent / "channels.toml"
KINDS = ("posts", "people", "times")
ALL = "各平台合计"
RESPECTIVELY = "分别"


@dataclass(frozen=True, slots=True)
class Post:
    """What a report says of one channel. kind: one of :data:`KINDS`; merged: of several platforms together."""

    kind: str
    channel: str
    number: int | float
    unit: str
    exact: bool
    merged: bool
    span: tuple[int, int]


@cache
def channel_words() -> dict[str, Any]:
    """The words of ``channels.toml``."""
    return read_toml(CHANNELS)


def kind_label(kind: str) -> str:
    """What a kind of figure is called."""
    return str(channel_words()[kind]["label"])


def posts(facts: Iterable[Fact], year: int) -> tuple[Post, ...]:
    """What the facts of a report on a year say of channels; each kind and channel once, as it is first said.

    Figures of other years, of all years together and of what was added are left out, and those whose channel cannot be
    told: 微信、微博分别发布 … with more or fewer figures than channels.
    """
    found: dict[tuple[str, str], Post] = {}
    for _, together in groupby(facts, key=lambda fact: fact.sentence_span):
        for fact, named in told_apart(list(together)):
            kind = kind_of(fact)
            if not kind or not named or fact.year not in (None, year) or "cumulative" in fact.scope:
                continue
            several = len(named) > 1 or named[0] in channel_words()["merged"] or fact.everything
            channel = ALL if fact.everything else "、".join(named)
            post = Post(kind, channel, fact.number, fact.unit, fact.exact, several, fact.span)
            found.setdefault((kind, channel), post)
    return tuple(sorted(found.values(), key=rank))


def told_apart(facts: Sequence[Fact]) -> Iterator[tuple[Fact, tuple[str, ...]]]:
    """The facts of a sentence with the channels that each is of; none where that cannot be told."""
    waiting: list[str] = []
    for place, fact in enumerate(facts):
        named = channels_named(fact.words)
        if len(named) > 1 and RESPECTIVELY in fact.words:
            rest = [
                other for other in facts[place + 1 :] if not channels_named(other.words) and other.unit == fact.unit
            ]
            waiting = list(named) if len(rest) + 1 == len(named) else [""] * (len(rest) + 1)
        if waiting and (RESPECTIVELY in fact.words or not named):
            own = waiting.pop(0)
            yield fact, (own,) if own else ()
        elif fact.everything:
            yield fact, (ALL,)
        else:
            merged = channel_words()["merged"]
            several = [name for name in named if name not in merged]
            platforms = several if len(several) > 1 and fact.channel not in merged else [fact.channel]
            yield fact, tuple(filter(None, platforms))


def channels_named(text: str) -> list[str]:
    """The channels that a text names, in its order, each once."""
    lexicon = vocabulary()
    return list(dict.fromkeys(name for word in lexicon.found(text) if (name := lexicon.words[word].get("channel", ""))))


def kind_of(fact: Fact) -> str:
    """Which kind of figure a fact is, empty for none of them."""
    said = channel_words()
    if any(word in fact.subject for word in said["apart"]):
        return ""
    for kind in KINDS:
        bare = said[kind]["bare"] and fact.subject in ("", fact.channel)
        if fact.unit in said[kind]["units"] and (bare or fact.subject.endswith(tuple(said[kind]["words"]))):
            return kind
    return ""


def rank(post: Post) -> tuple[int, int, int]:
    """The order in which figures are shown: kind, then channel, sums last; otherwise as the report has them."""
    order = channel_words()["order"]
    place = order.index(post.channel) if post.channel in order else len(order)
    return KINDS.index(post.kind), len(order) + 1 if post.channel == ALL else place, post.span[0]
