"""One sentence and what it has stated so far; the places of its words in the narrative."""

from __future__ import annotations

from typing import Any

from gdgk.claims.clauses import Clause, Memory
from gdgk.claims.meaning import Features
from gdgk.claims.model import Claim, Fact, Reading
from gdgk.claims.numerals import Amount
from gdgk.claims.prose import Sentence
from gdgk.claims.tokens import Token, tokenise
from gdgk.form import Edition

LONGEST_QUOTE = 400
MOST_REMEMBERED = 20


class Quoting:
    """One sentence, what has been read of it, and what it has stated so far."""

    def __init__(self, found: list[Claim | Fact], form: Edition, memory: Memory, sentence: Sentence) -> None:
        self.found = found
        self.form = form
        self.memory = memory
        self.sentence = sentence
        self.tokens = tokenise(sentence.text)
        self.clause = Clause()
        self.held: Clause | None = None
        self.stack: list[tuple[Clause, int | None, int, tuple[str, ...]]] = []
        self.partial = False
        self.lead: list[str] = ["sentence"]
        self.last: Claim | Fact | None = None
        self.counted: list[Claim] = []
        self.listed: list[Features] = []
        self.queue: list[Features] = []
        self.respectively = False
        self.between_clean = False
        self.base: tuple[Reading, ...] = ()

    def claim(
        self,
        kind: str,
        number: float | None,
        unit: str,
        found: tuple[Reading, ...],
        token: Token,
        start: int = -1,
        end: int = 0,
        **more: Any,
    ) -> Claim:
        """A claim with what the sentence says of its place, year and scope; it begins where the clause does."""
        if start < 0:
            start = self.clause.start if 0 <= self.clause.start < token.start else token.start
        words, span = self.quote(start, max(token.end, end))
        sentence, sentence_span = self.sentence_around(token)
        amount = token.amount or Amount(0, 0, True, 1)
        said_so = {
            "places": amount.places,
            "exact": amount.exact,
            "upper": amount.upper,
            "year": self.memory.year,
            "years_back": self.memory.years_back,
            "scope": self.memory.scope,
            "paragraph": self.sentence.paragraph,
            "lead": self.take_lead() if kind not in ("share", "growth", "change") else (kind,),
        }
        return Claim(kind, number, unit, found, words, span, sentence, sentence_span, **(said_so | more))

    def keep(self, item: Claim | Fact) -> None:
        """Add what was stated."""
        self.found.append(item)
        self.last = item
        self.between_clean = True
        if isinstance(item, Claim) and item.kind == "count":
            self.counted = [*self.counted[-MOST_REMEMBERED:], item]

    def take_lead(self) -> tuple[str, ...]:
        """The marks of listing since the figure before."""
        lead, self.lead = tuple(self.lead), []
        return lead

    def quote(self, start: int, end: int) -> tuple[str, tuple[int, int]]:
        """Letters of the sentence and where they stand in the narrative, at most LONGEST_QUOTE of them."""
        end = min(max(end, start + 1), len(self.sentence.text))
        start = max(min(start, end - 1), end - LONGEST_QUOTE)
        return self.sentence.text[start:end], self.sentence.span(start, end)

    def sentence_around(self, token: Token) -> tuple[str, tuple[int, int]]:
        """The sentence or, where it is very long, the stretch around a token."""
        text = self.sentence.text
        start, end = 0, len(text)
        if end > LONGEST_QUOTE:
            start, end = (
                max(0, token.start - LONGEST_QUOTE // 2),
                min(end, max(token.end, token.start + 1) + LONGEST_QUOTE // 2),
            )
            cut = max(text.rfind(mark, start, token.start) for mark in "，；：")
            start = cut + 1 if cut >= 0 and start else start
            cuts = [at for mark in "，；" if (at := text.find(mark, token.end, end)) >= 0]
            end = min(cuts) if cuts else end
        return text[start:end], self.sentence.span(start, end)
