"""A narrative, sentence by sentence: headings say what the paragraphs beneath them are about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gdgk.claims.clauses import Memory
from gdgk.claims.grammar import SentenceReader
from gdgk.claims.model import Claim, Fact
from gdgk.claims.prose import Sentence
from gdgk.form import Edition

HEADINGS = (
    ("复议", "disputes"),
    ("诉讼", "disputes"),
    ("依申请", "applications"),
    ("处理政府信息公开申请", "applications"),
    ("主动公开", ""),
)


class Reader:
    """Reads a narrative sentence by sentence on one form."""

    def __init__(self, form: Edition) -> None:
        self.form = form
        self.memory = Memory()
        self.found: list[Claim | Fact] = []

    def read(self, sentence: Sentence) -> None:
        """Read one sentence; a heading sets what the paragraphs beneath it are about."""
        if sentence.heading:
            self.read_heading(sentence)
            return
        if sentence.paragraph != self.memory.paragraph:
            self.memory = Memory(heading=self.memory.heading, section=self.memory.section, paragraph=sentence.paragraph)
        goes_on = sentence.text.startswith(("其中", "（其中"))
        if not goes_on:
            self.memory = replace(
                self.memory, year=None, years_back=0, scope=(), channel="", everything=False, published=False, column=""
            )
        SentenceReader(self.found, self.form, self.memory, sentence).read()

    def read_heading(self, sentence: Sentence) -> None:
        """A heading: ## opens a section, any names what comes."""
        text = sentence.text.lstrip("#")
        family = next((family for word, family in HEADINGS if word in text), "")
        if sentence.text.startswith("##") and not sentence.text.startswith("###"):
            self.memory = Memory(heading=family, section=text)
        else:
            self.memory = Memory(heading=family, section=self.memory.section)


def statements(narrative_sentences: Iterator[Sentence], form: Edition) -> list[Claim | Fact]:
    """Everything that the sentences state, in order."""
    reader = Reader(form)
    for sentence in narrative_sentences:
        reader.read(sentence)
    return reader.found
