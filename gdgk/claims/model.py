"""Claim: a figure of the prose that restates cells. Fact: a figure of the prose that restates none."""

from __future__ import annotations

from dataclasses import dataclass

from gdgk.form import CellKey

Reading = tuple[CellKey, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What the prose states of cells of the form.

    kind: ``count``; ``none`` (未收到, 无: the cells are 0); ``all`` (均获维持: all of ``number``, None where not said,
    are in the cells); ``clear`` (零败诉, 未被纠错: the cells are 0); ``share`` (``number`` per cent of a denominator);
    ``growth`` (per cent on last year, negative for a fall); ``change`` (the same as a number).
    readings: the cells it may restate, in order of likelihood, each a sum. denominators: likewise, of a share.
    places: decimals printed. exact: False for 余, 约, 近; ``upper`` is then the first value not covered.
    year: the year said, None for the report's own; years_back: 1 for 上年. scope: what narrows or widens the count
    (``own_level``, ``whole_area``, ``lower_level``, ``cumulative``, ``filed``, ``published``, ``channels``, ``loose``).
    base: the figure before it that a change is of, where the clause names nothing itself.
    breakdown: stated with the results that table 四 has. certain: False where the sentence leaves open of what it is;
    such a claim can agree with the tables but not contradict them.
    words and span: what is stated, in plain letters without spaces, and where it stands; sentence and sentence_span:
    the same of the sentence (of the clauses around the figure where it is very long). Spans slice the narrative.
    """

    kind: str
    number: int | float | None
    unit: str
    readings: tuple[Reading, ...]
    words: str
    span: tuple[int, int]
    sentence: str
    sentence_span: tuple[int, int]
    denominators: tuple[Reading, ...] = ()
    places: int = 0
    exact: bool = True
    upper: float = 0
    year: int | None = None
    years_back: int = 0
    scope: tuple[str, ...] = ()
    breakdown: bool = False
    certain: bool = True
    base: float | None = None
    lead: tuple[str, ...] = ()
    paragraph: int = 0

    @property
    def cells(self) -> tuple[CellKey, ...]:
        """Every cell that some reading counts, once."""
        return tuple(dict.fromkeys(key for reading in self.readings for key in reading))


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure that restates no cell: of what, by which channel, how much, and the sentence that says so.

    number: in whole units (15.39 万余人 is 153900 and not exact). channel: 微博, 微信 …, empty where none is said.
    everything: stated of all channels together. lead: the marks of listing since the figure before.
    """

    subject: str
    channel: str
    number: int | float
    unit: str
    exact: bool
    words: str
    span: tuple[int, int]
    sentence: str
    sentence_span: tuple[int, int]
    upper: float = 0
    places: int = 0
    everything: bool = False
    scope: tuple[str, ...] = ()
    year: int | None = None
    lead: tuple[str, ...] = ()
    paragraph: int = 0
    section: str = ""
