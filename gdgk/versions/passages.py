"""What two versions of a report say in words: paragraphs put in, taken out, changed; in a changed one which words.

Paragraphs are laid side by side, then their sentences, then words: a number is one word, and words that only chance
left standing between two changes belong to the change. Swapping the versions swaps what was put in and taken out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel, Levenshtein

from gdgk.prose import NUMERALS, sections

# A paragraph or sentence is another one, not a changed one, where less than this is common to both.
ALIKE = 0.5
# What is laid side by side pair by pair at most: so many pairs, so many pairs of characters; so many words in a row.
PAIRS, LETTERS, WORDS = 40_000, 2_000_000_000, 20_000
# Fewer common characters between two changes are no common ground.
SHORT = 3
SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]+|[^。！？；\n]+")
WORD = re.compile(r"\d+(?:[.,]\d+)*[%％]?|[A-Za-z]+|.", re.DOTALL)
Pair = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a passage: what both versions say (``same``), only the earlier (``deleted``), only the later
    (``inserted``).
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or heading that differs.

    section: the numeral (一 … 六; empty before the first); heading: as the later version prints it. kind: ``changed``,
    ``deleted``, ``inserted``, or ``spacing`` (only spaces or the width of signs differ).
    """

    section: str
    heading: str
    kind: str
    pieces: tuple[Piece, ...]

    @property
    def before(self) -> str:
        """The paragraph in the earlier version; empty where it has none."""
        return "".join(piece.text for piece in self.pieces if piece.kind != "inserted")

    @property
    def now(self) -> str:
        """The paragraph in the later version; empty where it has none."""
        return "".join(piece.text for piece in self.pieces if piece.kind != "deleted")


def prose_changes(before: str, now: str) -> list[Passage]:
    """The passages in which two narratives differ, section by section, in their order."""
    old, new = sections(before), sections(now)
    found = []
    for numeral in ("", *NUMERALS):
        first, last = old.get(numeral), new.get(numeral)
        headings = [section.heading if section else "" for section in (first, last)]
        sides = [
            [text for text in (heading, *(section.paragraphs if section else ())) if text]
            for heading, section in zip(headings, (first, last), strict=True)
        ]
        for left, right in side_by_side(sides[0], sides[1], folded):
            if left != right:
                found.append(passage(numeral, headings[1] or headings[0], left, right))
    return found


def passage(numeral: str, heading: str, left: str | None, right: str | None) -> Passage:
    """A paragraph that differs, in pieces."""
    if left is None or right is None:
        kind, text = ("inserted", right) if left is None else ("deleted", left)
        return Passage(numeral, heading, kind, (Piece(kind, text or ""),))
    kind = "spacing" if folded(left) == folded(right) else "changed"
    return Passage(numeral, heading, kind, tuple(pieces(left, right)))


def folded(text: str) -> str:
    """A text without what printers vary: spaces, the width of signs."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


# ── side by side ──


def side_by_side(before: Sequence[str], now: Sequence[str], key: Callable[[str], str] = str) -> list[Pair]:
    """Two lists of texts laid side by side: pairs that are equal (by a key) or alike; None where one has no partner.

    Of what stands between two pairs, that of the earlier list comes first.
    """
    if list(now) < list(before):
        return in_order([(left, right) for right, left in side_by_side(now, before, key)])
    pairs: list[Pair] = []
    one = other = 0
    keys = [key(text) for text in before], [key(text) for text in now]
    # The last stretch is empty and closes what is open.
    for step in [*Levenshtein.opcodes(*keys), None]:
        if step is None or step.tag == "equal":
            first, second = (len(before), len(now)) if step is None else (step.src_start, step.dest_start)
            pairs += alike(before[one:first], now[other:second])
        if step is not None and step.tag == "equal":
            pairs += zip(before[step.src_start : step.src_end], now[step.dest_start : step.dest_end], strict=True)
            one, other = step.src_end, step.dest_end
    return in_order(pairs)


def in_order(pairs: list[Pair]) -> list[Pair]:
    """The pairs, where between two whole ones what lacks a partner stands with the earlier list's first."""
    made: list[Pair] = []
    waiting: list[Pair] = []
    for pair in pairs:
        if None in pair:
            waiting.append(pair)
        else:
            made += [*sorted(waiting, key=lambda lone: lone[0] is None), pair]
            waiting = []
    return [*made, *sorted(waiting, key=lambda lone: lone[0] is None)]


def alike(before: Sequence[str], now: Sequence[str]) -> list[Pair]:
    """Texts that have no equal, laid side by side so that as much as can be is common to the pairs."""
    lone: list[Pair] = [*((text, None) for text in before), *((None, text) for text in now)]
    letters = sum(map(len, before)) * sum(map(len, now))
    if not before or not now or len(before) * len(now) > PAIRS or letters > LETTERS:
        return lone
    common = [[Indel.normalized_similarity(left, right, score_cutoff=ALIKE) for right in now] for left in before]
    # best[i][j]: the most that the texts from i and j on can have in common
    best = [[0.0] * (len(now) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(now))):
            paired = common[i][j] and common[i][j] + best[i + 1][j + 1]
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: list[Pair] = []
    i = j = 0
    while i < len(before) and j < len(now):
        if common[i][j] and best[i][j] == common[i][j] + best[i + 1][j + 1]:
            pairs.append((before[i], now[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((before[i], None))
            i += 1
        else:
            pairs.append((None, now[j]))
            j += 1
    return [*pairs, *((text, None) for text in before[i:]), *((None, text) for text in now[j:])]


# ── within a paragraph ──


def pieces(before: str, now: str) -> list[Piece]:
    """A changed paragraph in pieces; those that both or only the earlier have spell it, and so for the later."""
    made: list[tuple[str, str]] = []
    for left, right in side_by_side(SENTENCE.findall(before), SENTENCE.findall(now)):
        if left == right:
            made.append(("same", left or ""))
        elif left is None or right is None:
            made.append(("deleted", left) if left is not None else ("inserted", right or ""))
        else:
            made += words(left, right)
    return joined(made)


def words(before: str, now: str) -> Iterator[tuple[str, str]]:
    """A changed sentence word by word: kinds and texts of pieces."""
    if now < before:
        swapped = {"same": "same", "deleted": "inserted", "inserted": "deleted"}
        yield from ((swapped[kind], text) for kind, text in words(now, before))
        return
    left, right = WORD.findall(before), WORD.findall(now)
    if max(len(left), len(right)) > WORDS:
        yield from (("deleted", before), ("inserted", now))
        return
    for same, old, new in settled(stretches(left, right)):
        yield from ((kind, text) for kind, text in (("same", same), ("deleted", old), ("inserted", new)) if text)


def stretches(left: list[str], right: list[str]) -> list[tuple[str, str, str]]:
    """What is common to two sentences and what was changed after it, in turn."""
    made = [["", "", ""]]
    for step in Levenshtein.opcodes(left, right):
        old, new = "".join(left[step.src_start : step.src_end]), "".join(right[step.dest_start : step.dest_end])
        if step.tag == "equal":
            made.append([old, "", ""])
        else:
            made[-1][1] += old
            made[-1][2] += new
    return [(same, old, new) for same, old, new in made]


def settled(found: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The stretches, where little that is common between two changes is given to both: to be read, not counted."""
    made = found[:1]
    for same, old, new in found[1:]:
        earlier, before, now = made[-1]
        changed = bool(before or now) and bool(old or new)
        room = min(max(len(before), len(now)), max(len(old), len(new)))
        if changed and (len(same) < SHORT or len(same) <= room):
            made[-1] = (earlier, before + same + old, now + same + new)
        else:
            made.append((same, old, new))
    return made


def joined(found: list[tuple[str, str]]) -> list[Piece]:
    """Neighbours of one kind as one piece; between what both say, what was taken out stands before what was put in."""
    made: list[Piece] = []
    old = new = ""
    for kind, text in [*found, ("same", "")]:
        if kind == "deleted":
            old += text
        elif kind == "inserted":
            new += text
        else:
            made += [Piece(name, words) for name, words in (("deleted", old), ("inserted", new)) if words]
            old = new = ""
            if text and made and made[-1].kind == "same":
                made[-1] = Piece("same", made[-1].text + text)
            elif text:
                made.append(Piece("same", text))
    return made
