"""N-DUP: how much of a report's prose stands in another one, which passages, and whether the figures were changed.

Both texts are cut into overlapping stretches of :data:`LENGTH` signs (shingles), hashed; a sign of the text is repeated
when a stretch over it stands in the other text. Linear in the texts. For a whole corpus a fixed sixteenth of the
hashes of longer stretches is looked up in one index, and only reports that share enough of them are compared in full.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdgk.archive import Agency
from gdgk.files import read_text
from gdgk.findings import Finding
from gdgk.report import Report
from gdgk.text_checks.catalogue import Remark, checks, finding, missing, shortened
from gdgk.text_checks.headings import Layout
from gdgk.text_checks.prose import Prose

if TYPE_CHECKING:
    import numpy as np

    Hashes = np.ndarray[Any, np.dtype[np.uint64]]

TEMPLATES = Path(__file__).parent / "templates.txt"
LENGTH = 10
LEAST_SECTION = 80
REPORTING = "一五"
LEAST = 150  # signs of own words under which a share says nothing
PASSAGE = 24
NOTABLE, HIGH = 0.80, 0.90
LONG = 24  # signs of a stretch that is looked up: what two reports share of it is no turn of phrase
SAMPLED = 16
LIKELY = 0.25  # of the hashes looked up, for a report to be compared in full
COMPARED = 5
AMONG = "与其他报告雷同"  # the label of a repetition among the reports of a corpus
KEPT = 512  # reports held ready for comparison
CANDIDATES = 40  # reports looked up for one hash at most; a text copied a thousand times is found all the same
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
MULTIPLIER = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Words:
    """A report's own words for comparison: figures masked, template lines left out.

    text: the words; starts: where each sign stands in :attr:`Prose.text`; figures: the figures masked, in order.
    """

    text: str
    starts: array[int]
    figures: list[str]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch that stands in both: start and end in :attr:`Prose.text` of the report, its words."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Repetition:
    """How much of a report (0 to 1) stands in another one.

    share: figures and years not regarded; verbatim: figures as they are. passages: the longest first.
    """

    report: Report
    other: Report
    share: float
    verbatim: float
    passages: tuple[Passage, ...]


@cache
def templates(path: Path = TEMPLATES) -> re.Pattern[str]:
    """What is template or legal boilerplate, one pattern a line, as one pattern; ``#`` opens a remark."""
    lines = [line.strip() for line in read_text(path).splitlines()]
    return re.compile("|".join(f"(?:{line})" for line in lines if line and not line.startswith("#")))


def own_words(prose: Prose, masked: bool = True) -> Words:
    """The sentences of a narrative that are no template, figures masked as 0 (or kept)."""
    text = prose.text
    headings = {block.start for block in prose.blocks if block.level}
    pieces: list[str] = []
    starts = array("i")
    figures: list[str] = []
    for start, end in prose.sentences:
        if start in headings or templates().search(text, start, end):
            continue
        at = start
        for number in FIGURE.finditer(text, start, end) if masked else ():
            pieces.append(text[at : number.start()] + "0")
            starts.extend(range(at, number.start() + 1))
            figures.append(number[0])
            at = number.end()
        pieces.append(text[at:end])
        starts.extend(range(at, end))
    return Words("".join(pieces), starts, figures)


def hashes(text: str, length: int = LENGTH) -> Hashes:
    """A 64-bit hash of every stretch of some signs."""
    import numpy as np

    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    count = len(signs) - length + 1
    if count <= 0:
        return np.empty(0, np.uint64)
    total = np.zeros(count, np.uint64)
    for at in range(length):
        total = total * np.uint64(1_000_003) + signs[at : at + count]
    total ^= total >> np.uint64(29)
    total *= np.uint64(MULTIPLIER)
    return total ^ (total >> np.uint64(32))


def covered(mine: Hashes, other: Hashes, length: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which signs of a text of some length lie in a stretch that the other text has too."""
    import numpy as np

    edges = np.zeros(length + 1, np.int64)
    hits = np.flatnonzero(np.isin(mine, other))
    np.add.at(edges, hits, 1)
    np.add.at(edges, hits + LENGTH, -1)
    return np.cumsum(edges[:length]) > 0


@dataclass(frozen=True, slots=True)
class Sketch:
    """A report made ready for comparison: its own words with figures masked and as they are, and the hashes of both."""

    report: Report
    prose: Prose
    words: Words
    exact: Words
    masked_hashes: Hashes
    exact_hashes: Hashes


def sketch(report: Report, prose: Prose | None = None) -> Sketch:
    """A report's own words and their hashes."""
    prose = prose or Prose(report.narrative)
    words, exact = own_words(prose), own_words(prose, masked=False)
    return Sketch(report, prose, words, exact, hashes(words.text), hashes(exact.text))


def compare(mine: Sketch, other: Sketch, bounds: tuple[int, int] | None = None) -> Repetition:
    """How much of one report, or of the part of its :attr:`Prose.text` within some bounds, stands in another."""
    signs = covered(mine.masked_hashes, other.masked_hashes, len(mine.words.text))
    exact = covered(mine.exact_hashes, other.exact_hashes, len(mine.exact.text))
    first, last = within(mine.words, bounds)
    share = mean(signs[first:last])
    verbatim = mean(exact[slice(*within(mine.exact, bounds))])
    found = passages(mine.words, signs, first, last)
    return Repetition(mine.report, other.report, share, min(verbatim, share), tuple(found))


def within(words: Words, bounds: tuple[int, int] | None) -> tuple[int, int]:
    """From which sign to which the words lie within some bounds."""
    if bounds is None:
        return 0, len(words.text)
    return bisect_left(words.starts, bounds[0]), bisect_left(words.starts, bounds[1])


def mean(signs: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    """The share of signs that are repeated; 0 of none."""
    return float(signs.mean()) if len(signs) else 0.0


def passages(words: Words, signs: np.ndarray[Any, np.dtype[np.bool_]], first: int, last: int) -> list[Passage]:
    """The repeated stretches of some length between two signs, the longest first."""
    import numpy as np

    steps = np.diff(np.concatenate(([0], signs[first:last].astype(np.int8), [0])))
    found = []
    for start, end in zip(np.flatnonzero(steps == 1) + first, np.flatnonzero(steps == -1) + first, strict=True):
        if end - start >= PASSAGE:
            found.append(Passage(words.starts[start], words.starts[end - 1] + 1, words.text[start:end]))
    return sorted(found, key=lambda passage: (passage.start - passage.end, passage.start))


def check_repetition(layout: Layout, report: Report, prior: Report | None) -> Iterator[Remark]:
    """N-DUP against the same agency's report of the year before: the whole, else sections 一 and 五 each."""
    if prior is None:
        yield missing("没有上年报告")
        return
    mine, other = sketch(report, layout.prose), sketch(prior)
    if min(len(mine.words.text), len(other.words.text)) < LEAST:
        yield missing("除格式用语外正文过短，不比较" if prior.narrative.strip() else "上年报告未保存正文")
        return
    source = f"{prior.year} 年度报告"
    found = compare(mine, other)
    if found.share >= NOTABLE:
        yield remark(found, layout, source, "全文")
        return
    for numeral in REPORTING:
        bounds = layout.section(numeral) or (0, 0)
        first, last = within(mine.words, bounds)
        if last - first >= LEAST_SECTION:
            part = compare(mine, other, bounds)
            if part.share >= NOTABLE:
                yield remark(part, layout, source, f"第{numeral}部分")


def remark(found: Repetition, layout: Layout, source: str, part: str) -> Remark:
    """A repetition as a remark: the share, whether the figures were changed, the longest passage."""
    much = "高度雷同" if found.share >= HIGH else "雷同"
    figures = (
        "数字也相同" if found.verbatim >= found.share - 0.05 else f"文字相同、数字不同（连数字计 {found.verbatim:.0%}）"
    )
    first = found.passages[0] if found.passages else None
    longest = f"，最长一段“{shortened(layout.prose.text[first.start : first.end])}”" if first else ""
    said = f"{part}与{source}{much}：{found.share:.0%} 的文字相同，{figures}，共 {len(found.passages)} 段{longest}"
    span = (first.start, first.end) if first else None
    place = layout.place(first.start) if first else "正文"
    return Remark(said, span, place, left=round(found.share, 4), right=NOTABLE)


def repeated(reports: Iterable[Report], least: float = NOTABLE) -> list[Repetition]:
    """For each report of a corpus, the report that holds most of its words, where that is at least a share of them.

    A report is compared with those of its own and earlier years (of its own year both ways, as neither came first); one
    whose own words are too few is left out. In the order of the reports. Near-linear: see the module. Where more than
    :data:`CANDIDATES` earlier reports share a stretch, the first of them stand for the rest.
    """
    kept = list(reports)
    ready = lru_cache(KEPT)(lambda number: sketch(kept[number]))
    samples = {}
    for number, report in enumerate(kept):
        one = sketch(report)
        if len(one.words.text) >= LEAST:
            samples[number] = sampled(hashes(one.words.text, LONG))
    index: dict[int, list[int]] = defaultdict(list)
    for number in sorted(samples, key=lambda at: (kept[at].year, at)):
        for value in samples[number]:
            if len(index[value]) < CANDIDATES:
                index[value].append(number)
    found = []
    for number, values in samples.items():
        likely = [other for other in candidates(number, values, index) if kept[other].year <= kept[number].year]
        compared = [compare(ready(number), ready(other)) for other in likely]
        found.extend(sorted((one for one in compared if one.share >= least), key=lambda one: -one.share)[:1])
    return found


def sampled(values: Hashes) -> list[int]:
    """The hashes that are looked up: the same of equal stretches in every report, one in :data:`SAMPLED`."""
    import numpy as np

    unique = np.unique(values)
    return [int(value) for value in unique[unique % np.uint64(SAMPLED) == 0]]


def candidates(number: int, values: list[int], index: Mapping[int, list[int]]) -> list[int]:
    """The reports that share most of the hashes looked up, and those that share most of what few others have."""
    shared: Counter[int] = Counter()
    rarely: Counter[int] = Counter()
    for value in values:
        holders = index[value]
        shared.update(holders)
        if 1 < len(holders) < CANDIDATES:
            weight = CANDIDATES // len(holders)
            for other in holders:
                rarely[other] += weight
    floor = LIKELY * len(values)
    best = [*shared.most_common(COMPARED + 1), *rarely.most_common(COMPARED + 1)]
    return list(dict.fromkeys(other for other, _ in best if other != number and shared[other] >= floor))


def repetition_finding(found: Repetition, agencies: Mapping[str, Agency]) -> Finding:
    """A repetition of :func:`repeated` as a finding N-DUP of the report that repeats."""
    prose = Prose(found.report.narrative)
    name = agencies[found.other.agency].name if found.other.agency in agencies else found.other.agency
    told = remark(found, Layout(prose), f"{name} {found.other.year} 年度报告", "全文")
    return finding(replace(checks()["N-DUP"], label=AMONG), found.report, prose, told)
