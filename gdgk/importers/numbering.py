"""The numbers Word counts by itself (一、 （二） 3.): computed again, since they are nowhere in a document's text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

DIGITS = "〇一二三四五六七八九"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
CHINESE = {
    *("chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "ideographDigital"),
    *("japaneseCounting", "japaneseDigitalTenThousand", "taiwaneseCounting", "taiwaneseCountingThousand"),
}
# A style can be based on another, that on a third; nobody goes deeper, and a circle must end.
STYLE_DEPTH = 12


@dataclass(slots=True)
class Level:
    """One level of a list: where it starts, how it counts and what it writes (``（%1）``)."""

    start: int
    form: str
    text: str


@dataclass(slots=True)
class Numbering:
    """The lists of a document, from styles.xml and numbering.xml (None where absent), and how far each has counted."""

    styles: etree._Element | None
    numbers: etree._Element | None
    lists: dict[str, str] = field(default_factory=dict)
    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    style_numbers: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Read the lists, and the styles only when there are lists."""
        if self.numbers is None:
            return
        w = namespace(self.numbers)
        for abstract in self.numbers.iter(f"{w}abstractNum"):
            key = abstract.get(f"{w}abstractNumId", "")
            self.levels[key] = {number(level, f"{w}ilvl"): read_level(level, w) for level in abstract.iter(f"{w}lvl")}
        for one in self.numbers.iter(f"{w}num"):
            key = one.get(f"{w}numId", "")
            self.lists[key] = value(one.find(f"{w}abstractNumId"), w)
            for override in one.iter(f"{w}lvlOverride"):
                start = value(override.find(f"{w}startOverride"), w)
                if start.isdecimal():
                    self.restarts[key, number(override, f"{w}ilvl")] = int(start)
        if self.styles is not None:
            self.read_styles(self.styles)

    def read_styles(self, styles: etree._Element) -> None:
        """Keep of every style its list, its level and the style it is based on."""
        w = namespace(styles)
        for style in styles.iter(f"{w}style"):
            own = style.find(f"{w}pPr/{w}numPr")
            key, level = ("", "") if own is None else (value(own.find(f"{w}numId"), w), value(own.find(f"{w}ilvl"), w))
            self.style_numbers[style.get(f"{w}styleId", "")] = key, level, value(style.find(f"{w}basedOn"), w)

    def prefix(self, paragraph: etree._Element, w: str) -> str:
        """The number before a paragraph, counting it; empty where it has none or only a bullet."""
        if not self.lists:
            return ""
        key, level = self.place(paragraph, w)
        levels = self.levels.get(self.lists.get(key, ""), {})
        if level not in levels:
            return ""
        counts = self.count(key, level, levels)
        return written(levels, level, counts)

    def place(self, paragraph: etree._Element, w: str) -> tuple[str, int]:
        """A paragraph's list and level: its own, else its style's."""
        own = paragraph.find(f"{w}pPr/{w}numPr")
        key, level = ("", "") if own is None else (value(own.find(f"{w}numId"), w), value(own.find(f"{w}ilvl"), w))
        style = value(paragraph.find(f"{w}pPr/{w}pStyle"), w)
        for _ in range(STYLE_DEPTH):
            if key or style not in self.style_numbers:
                break
            key, inherited, style = self.style_numbers[style]
            level = level or inherited
        return key, int(level) if level.isdecimal() else 0

    def count(self, key: str, level: int, levels: dict[int, Level]) -> dict[int, int]:
        """Count one more on a level; the levels below begin anew. Lists of one definition count together."""
        counts = self.counts.setdefault(self.lists[key], {})
        if key not in self.begun:
            self.begun.add(key)
            for (other, at), start in self.restarts.items():
                if other == key:
                    counts[at] = start - 1
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for at in [at for at in counts if at > level]:
            del counts[at]
        return counts


def namespace(root: etree._Element) -> str:
    """The namespace of an element, in braces."""
    return str(root.tag).partition("}")[0] + "}"


def value(element: etree._Element | None, w: str) -> str:
    """The ``w:val`` of an element; empty where there is none."""
    return "" if element is None else element.get(f"{w}val", "")


def number(element: etree._Element, attribute: str) -> int:
    """A number in an attribute; 0 where there is none."""
    found = element.get(attribute, "")
    return int(found) if found.isdecimal() else 0


def read_level(level: etree._Element, w: str) -> Level:
    """A level of a list."""
    start = value(level.find(f"{w}start"), w)
    form = value(level.find(f"{w}numFmt"), w) or "decimal"
    return Level(int(start) if start.isdecimal() else 1, form, value(level.find(f"{w}lvlText"), w))


def written(levels: dict[int, Level], level: int, counts: dict[int, int]) -> str:
    """What a level writes for the counts so far: ``（%1）`` → （三）."""
    if levels[level].form in ("bullet", "none"):
        return ""

    def one(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        known = levels.get(at)
        return spelled(counts.get(at, known.start), known.form) if known else ""

    return re.sub(r"%(\d)", one, levels[level].text)


def spelled(count: int, form: str) -> str:
    """A count in one of Word's forms; in digits where the form is not known."""
    if form in CHINESE and 0 < count < 100:
        return chinese(count)
    if form.startswith("decimalEnclosedCircle") and 0 < count <= len(CIRCLED):
        return CIRCLED[count - 1]
    if form in ("upperLetter", "lowerLetter") and 0 < count <= 26:
        letter = chr(ord("A") + count - 1)
        return letter if form == "upperLetter" else letter.lower()
    if form in ("upperRoman", "lowerRoman") and 0 < count < 40:
        roman = "X" * (count // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[count % 10]
        return roman if form == "upperRoman" else roman.lower()
    return str(count)


def chinese(count: int) -> str:
    """A number from 1 to 99 as 一 … 九十九."""
    tens, ones = divmod(count, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")
