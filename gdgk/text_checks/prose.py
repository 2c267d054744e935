"""The narrative made ready for checks: spaces taken out, width folded, blocks and sections, with the way back."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

FOLDED = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
    | {"(": "（", ")": "）", ",": "，", ":": "：", ";": "；", "﹝": "〔", "﹞": "〕", "［": "〔", "］": "〕"}
    | {"[": "〔", "]": "〕", "【": "〔", "】": "〕", "!": "！", "?": "？", "．": "."}
)
DROPPED = re.compile(r"[\s\u00ad\u200b-\u200f\ufeff*_`]")
TRADITIONAL = re.compile(
    "[規項數製開對處許務強費購額確機關業組織辦結無屬國統請個營違類過執檔導補續複訴審維糾總報漢態環縣區廳東鎮鄉學會產]"
)
ENUMERATOR = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|第?[一二三四五六七八九十]{1,3}[、.．]|\d{1,2}[、.．](?!\d))"
)
TITLE = re.compile(r"\s*第?[一二三四五六七八九十]{1,3}[、.．][^。；，,;]{2,30}$")
SENTENCE_ENDS = "。！？；：.;:!?”）)"
SENTENCE = re.compile(r"[^。！？；\n]+[。！？；\n]?")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading: where it stands in :attr:`Prose.text`, its level (2 for ``## ``, 0 for a paragraph)."""

    start: int
    end: int
    level: int


class Prose:
    """A narrative as the checks read it.

    text: without spaces, Latin width, simplified characters, one line feed between blocks. Linear in the narrative.
    """

    def __init__(self, narrative: str) -> None:
        self.narrative = narrative
        self.offsets = array("l")
        self.blocks: list[Block] = []
        pieces: list[str] = []
        length = 0
        for level, lines in paragraphs(narrative):
            start = length
            for offset, line in lines:
                kept = [(offset + at, sign) for at, sign in enumerate(line) if not DROPPED.match(sign)]
                self.offsets.extend(place for place, _ in kept)
                pieces.extend(sign for _, sign in kept)
                length += len(kept)
            if length > start:
                self.blocks.append(Block(start, length, level))
                pieces.append("\n")
                self.offsets.append(self.offsets[-1] + 1)
                length += 1
        self.text = simplified("".join(pieces).translate(FOLDED))

    def __bool__(self) -> bool:
        return bool(self.text.strip())

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of :attr:`text` stands in the narrative."""
        while end > start + 1 and self.text[end - 1] == "\n":
            end -= 1
        return self.offsets[start], self.offsets[end - 1] + 1

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """The sentences of the text, in order; a semicolon ends one too."""
        return [found.span() for found in SENTENCE.finditer(self.text)]

    def sentence_at(self, place: int) -> tuple[int, int]:
        """The sentence that a place lies in."""
        return self.sentences[max(bisect_right(self.sentences, (place, len(self.text) + 1)) - 1, 0)]

    def around(self, place: int, reach: int = 300) -> tuple[int, int]:
        """The sentence that a place lies in, at most some signs to each side: sentences without end stay cheap."""
        start, end = self.sentence_at(place)
        return max(start, place - reach), min(end, place + reach)

    def block_at(self, place: int) -> int:
        """The index of the block that a place lies in."""
        return max(bisect_right(self.blocks, place, key=lambda block: block.start) - 1, 0)

    def of(self, block: Block) -> str:
        """A block's words."""
        return self.text[block.start : block.end]


@cache
def converter() -> Any:
    """OpenCC from traditional characters to simplified ones; making it costs more than a report's checks."""
    import opencc

    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters turned into simplified ones, sign for sign; a text without any as it is."""
    if not TRADITIONAL.search(text):
        return text
    turned = str(converter().convert(text))
    return turned if len(turned) == len(text) else text


def paragraphs(narrative: str) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """The paragraphs of a narrative.md: (level, [(offset, line)]).

    A blank line or a heading ends one; so does a line feed after a full stop or before an enumerator.
    """
    gathered: list[tuple[int, str]] = []
    offset = 0
    for whole in narrative.splitlines(keepends=True):
        line = whole.rstrip()
        marks = re.match(r"\s{0,3}(#{1,6})\s*", line)
        if marks:
            if gathered:
                yield 0, gathered
            yield len(marks[1]), [(offset + marks.end(), line[marks.end() :])]
            gathered = []
        elif not line.strip():
            if gathered:
                yield 0, gathered
            gathered = []
        else:
            if gathered and (
                gathered[-1][1].endswith(tuple(SENTENCE_ENDS)) or ENUMERATOR.match(line) or TITLE.match(gathered[-1][1])
            ):
                yield 0, gathered
                gathered = []
            gathered.append((offset, line))
        offset += len(whole)
    if gathered:
        yield 0, gathered
