"""Reads what Chromium prints: the size of each page and its text, through the fonts' own ToUnicode tables."""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\b(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*?)\n?endstream", re.DOTALL)
BOX = re.compile(rb"/MediaBox\s*\[\s*[\d.]+\s+[\d.]+\s+([\d.]+)\s+([\d.]+)\s*\]")
SHOWN = re.compile(rb"/(\S+)\s+[\d.]+\s+Tf|<([0-9A-Fa-f]+)>")
MM = 72 / 25.4
# radicals that Noto's glyphs are named after and NFKC does not fold
RADICALS = str.maketrans(
    "⺠⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻤⻥⻦⻨⻩⻬⻮⻰⻳", "民见角贝车长门青韦页风飞食马鬼鱼鸟麦黄齐齿龙龟"
)


@dataclass(frozen=True)
class Sheet:
    """A printed page: width and height in millimetres, its text as :func:`on_paper` has it, as painted."""

    width: float
    height: float
    text: str


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of a PDF made by Chromium."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    found = []
    for body in objects.values():
        box = BOX.search(body)
        if box is None or not re.search(rb"/Type\s*/Page\b", body):
            continue
        content = b"".join(stream(objects[number]) for number in references(body, b"Contents"))
        fonts = {name: characters(objects, int(number)) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)}
        found.append(Sheet(float(box[1]) / MM, float(box[2]) / MM, shown(content, fonts)))
    return found


def references(body: bytes, name: bytes) -> list[int]:
    """The objects that an entry points to."""
    entry = re.search(rb"/" + name + rb"\s*(\[.*?\]|\d+ 0 R)", body, re.DOTALL)
    return [int(number) for number in re.findall(rb"(\d+) 0 R", entry[1])] if entry else []


def stream(body: bytes) -> bytes:
    """An object's stream, inflated."""
    data = STREAM.search(body)
    if data is None:
        return b""
    return zlib.decompress(data[1]) if b"/FlateDecode" in body[: data.start()] else data[1]


def characters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """What each glyph of a font stands for."""
    table: dict[int, str] = {}
    for number in references(objects[font], b"ToUnicode"):
        text = stream(objects[number])
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", text, re.DOTALL):
            for code, value in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
                table[int(code, 16)] = bytes.fromhex(value.decode()).decode("utf-16-be")
        for block in re.findall(rb"beginbfrange(.*?)endbfrange", text, re.DOTALL):
            for first, last, value in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
                for step in range(int(last, 16) - int(first, 16) + 1):
                    table[int(first, 16) + step] = chr(int(value, 16) + step)
    return table


def shown(content: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    """The text that a page's content paints."""
    text: list[str] = []
    font: dict[int, str] = {}
    for name, codes in SHOWN.findall(content):
        if name:
            font = fonts.get(name, {})
        else:
            width = 4 if len(codes) % 4 == 0 else 2
            text.extend(font.get(int(codes[at : at + width], 16), "") for at in range(0, len(codes), width))
    return on_paper("".join(text))


def on_paper(text: str) -> str:
    """A text as it can be compared with a printed one: no white space, compatibility forms (⼯ for 工) folded."""
    return unicodedata.normalize("NFKC", "".join(text.split())).translate(RADICALS)
