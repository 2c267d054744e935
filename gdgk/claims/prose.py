"""Narrative → sentences, each with where its letters stand in the narrative.

Markdown headings and numbering are told from sentences; lines broken in mid-sentence (page ends of a PDF) are joined;
width, spaces and traditional characters are evened out without losing the place of a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

# Full-width letters and digits to plain ones, one for one; Chinese punctuation stays what it is.
WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
for kept in "，。；：？！":
    WIDTH.pop(ord(kept), None)
TRADITIONAL = re.compile(
    "[規項數製開對處許務強費購額確機關業組織辦結無屬國禁統請個營違類過執檔導補續複訴審維糾總報條發佈訪]"
)
HEADING = re.compile(
    r"#{1,6}\s|(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.、．])"
)
SHORT_HEADING = 40
HALF_STOP = re.compile(r"(?<=[\u4e00-\u9fff)）])\.(?=[\u4e00-\u9fff]|$)")
SPACE = re.compile(r"\s+")
SENTENCE = re.compile(r"[^。！？!?]*(?:[。！？!?]+|$)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence made even: its letters, and where each stands in the narrative. heading: it is a heading."""

    text: str
    places: list[int]
    heading: bool
    paragraph: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where letters start to end of the sentence stand in the narrative."""
        return self.places[start], self.places[end - 1] + 1


def sentences(narrative: str) -> Iterator[Sentence]:
    """The sentences of a narrative in order, headings among them."""
    for number, (start, end, heading) in enumerate(blocks(narrative)):
        text, places = evened(narrative, start, end)
        for match in SENTENCE.finditer(text):
            if match[0]:
                first, last = match.span()
                words = match[0]
                titled = heading or (HEADING.match(words) is not None and len(words) <= 25 and not_counting(words))
                yield Sentence(words, places[first:last], titled, number)


def not_counting(words: str) -> bool:
    """Whether a short numbered sentence states nothing: no digit beyond its number, no word of negation."""
    rest = HEADING.sub("", words, count=1)
    return not re.search(r"\d|[未无没零一二三四五六七八九十两][^、)）]?[件宗份条起次例]|未|无|没", rest)


def blocks(narrative: str) -> Iterator[tuple[int, int, bool]]:
    """Paragraphs as (start, end, heading): a line that ends in mid-sentence goes on in the next one."""
    begun: int | None = None
    last = 0
    for match in re.finditer(r"[^\n]+", narrative):
        line = match[0].strip()
        if not line:
            continue
        heading = is_heading(line)
        if begun is not None and (heading or HEADING.match(line)):
            yield begun, last, False
            begun = None
        if heading:
            yield match.start(), match.end(), True
            continue
        begun, last = (match.start() if begun is None else begun), match.end()
        if line[-1] in "。！？!?":
            yield begun, last, False
            begun = None
    if begun is not None:
        yield begun, last, False


def is_heading(line: str) -> bool:
    """Whether a line is a heading: marked so, or short, numbered and without an end."""
    if line.startswith("#"):
        return True
    return (
        len(line) <= SHORT_HEADING and bool(HEADING.match(line)) and not re.search(r"[。；;，,]|\d+\s*[件条宗份]", line)
    )


def evened(narrative: str, start: int, end: int) -> tuple[str, list[int]]:
    """A stretch without spaces (but one between two digits), in plain width and simplified characters, with places."""
    letters: list[str] = []
    places: list[int] = []
    at = start
    for piece in SPACE.split(narrative[start:end].translate(WIDTH)):
        while (at < end and narrative[at].isspace()) or (at < end and ord(narrative[at]) in (0x3000, 0xA0)):
            at += 1
        if not piece:
            continue
        if letters and letters[-1].isdigit() and piece[0].isdigit():
            letters.append(" ")
            places.append(at - 1)
        letters.extend(piece)
        places.extend(range(at, at + len(piece)))
        at += len(piece)
    return HALF_STOP.sub("。", simplified("".join(letters))), places


def simplified(text: str) -> str:
    """A text in simplified characters, letter for letter; as it is where the converter changes its length."""
    if not TRADITIONAL.search(text):
        return text
    changed = str(converter().convert(text))  # type: ignore[attr-defined]
    if len(changed) != len(text):
        changed = "".join(one if len(one := str(converter().convert(letter))) == 1 else letter for letter in text)  # type: ignore[attr-defined]
    return changed


@cache
def converter() -> object:
    """OpenCC from Taiwan's characters and words to the mainland's (檔案 → 文件)."""
    import opencc

    return opencc.OpenCC("tw2sp")
