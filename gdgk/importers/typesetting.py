"""Characters as a page places them → lines of text, and where paragraphs begin among them."""

from __future__ import annotations

from typing import Any

from gdgk.importers.cells import IDEOGRAPHIC, joined, tidy

# Text stands in one line when its middle is within this share of its height of the line's middle.
SAME_LINE = 0.5
# Gaps between characters wider than this share of their size are spaces: of figures, and between ideographs.
GAP = 0.25
WIDE_GAP = 0.6
# Characters: how far the first line of a paragraph is indented at least (two is the rule), how much room its last line
# leaves at least (a figure with its unit may not have fitted); more than a page number or a stamp at the edge has.
INDENT = 1.5
ROOM = 8.0
LONGEST_MARK = 10
# So many lines tell the edges of a page; a page with fewer, as the last one may be, is taken for one like those before.
TELLING = 3

Char = dict[str, Any]


def text_lines(chars: list[Char]) -> list[list[Char]]:
    """Characters as lines from top to bottom, each from left to right."""
    lines: list[tuple[float, list[Char]]] = []
    for char in sorted(chars, key=lambda char: (char["top"] + char["bottom"]) / 2):
        height = (char["top"] + char["bottom"]) / 2
        if lines and height - lines[-1][0] <= SAME_LINE * (char["bottom"] - char["top"]):
            lines[-1][1].append(char)
        else:
            lines.append((height, [char]))
    return [sorted(line, key=lambda char: char["x0"]) for _, line in lines]


def line_text(line: list[Char]) -> str:
    """The text of a line: a gap is a space, wider between ideographs; a character printed twice for boldness once."""
    pieces: list[str] = []
    before: Char | None = None
    for char in line:
        if before is not None:
            if char["text"] == before["text"] and abs(char["x0"] - before["x0"]) < 0.2 * char["size"]:
                continue
            gap = (char["x0"] - before["x1"]) / max(char["size"], 1.0)
            ideographs = IDEOGRAPHIC.match(char["text"]) and IDEOGRAPHIC.match(before["text"])
            if gap > (WIDE_GAP if ideographs else GAP):
                pieces.append(" ")
        pieces.append(char["text"])
        before = char
    return tidy("".join(pieces))


def cell_text(chars: list[Char]) -> str:
    """The text of a cell, its lines joined; text turned by a quarter is read along its own direction."""
    if not chars:
        return ""
    turned = [char for char in chars if not char["upright"]]
    if len(turned) * 2 > len(chars):
        upward = turned[0]["matrix"][1] > 0
        lines = sorted(turned, key=lambda char: (round(char["x0"]), -char["top"] if upward else char["top"]))
        return joined(["".join(char["text"] for char in lines)])
    return joined([line_text(line) for line in text_lines(chars)])


class Measure:
    """The measure that text is set to: its edges tell where paragraphs begin, also over the turn of a page.

    Where no line of a page is indented by two characters, as is the rule in Chinese, its edges tell nothing.
    """

    def __init__(self) -> None:
        self.left = self.right = 0.0
        self.indented = False
        self.ended_short = True

    def turn(self, lines: list[list[Char]]) -> None:
        """Go on to a page of these lines."""
        full = [line for line in lines if len(line) > LONGEST_MARK]
        if self.indented and len(full) < TELLING:
            return
        self.left = min((line[0]["x0"] for line in full), default=0.0)
        self.right = max((line[-1]["x1"] for line in full), default=0.0)
        self.indented = any(self.indent(line) >= INDENT for line in full)

    def indent(self, line: list[Char]) -> float:
        """How far a line is indented, in characters."""
        return float(line[0]["x0"] - self.left) / max(float(line[0]["size"]), 1.0)

    def opens(self, line: list[Char]) -> bool | None:
        """Whether the next line begins a paragraph: it is indented, or the line before it had room left."""
        after_short = self.ended_short
        room = float(self.right - line[-1]["x1"]) / max(float(line[-1]["size"]), 1.0)
        self.ended_short = room > ROOM
        if not self.indented:
            return None
        return self.indent(line) >= INDENT or after_short
