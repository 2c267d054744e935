"""Printed text made comparable: width, radicals, traditional characters, spaces, numbering, remarks in brackets."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from gdgk.importers.cells import STAMPS

# PDF text layers hold radicals in the place of characters; NFKC mends the Kangxi ones, not these of the supplement.
SUPPLEMENT = str.maketrans(
    "⺁⺄⺆⺈⺊⺌⺍⺕⺗⺘⺙⺜⺝⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺲⺳⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂乙冂刀卜小小彐小手攵日月母民水水火爪爪爿牛犬王疋目示礻竹糹纟罒网羊羊羊老聿聿肉臼艹艹艹虎衤覀西见角讠贝车辶辶辶邑钅長镸长门阜雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜龟龟",
)
RADICALS = re.compile("[\u2f00-\u2fdf\uf900-\ufaff]")
KEPT = 20_000  # texts whose comparison form is remembered: a large report has about 2,000 cells
QUOTES = re.compile(r"[“”\"'‘’「」『』《》〈〉*_`#]")
BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
NUMBERING = re.compile(
    r"^(第?[一二三四五六七八九十]{1,3}[、.,:]|\([一二三四五六七八九十]{1,3}\)[、.]?|\(?\d{1,2}[.、,)](?!\d)|[①-⑳])"
)
TRADITIONAL = re.compile(
    "[規項數製開對處許務強費購額確機關業組織辦結無屬國禁統請個營違類過執檔導補續複訴審維糾總報漢態環縣區廳東鎮鄉學會產]"
)
STAMPED = re.compile(rf"^({'|'.join(STAMPS)})(?:$|[\s:：,，。])")


@cache
def converter() -> object:
    """OpenCC from Taiwan's characters and words to the mainland's (檔案 → 文件)."""
    import opencc

    return opencc.OpenCC("tw2sp")


def simplified(text: str) -> str:
    """Traditional characters turned to simplified ones; text without any is returned as it is."""
    return str(converter().convert(text)) if TRADITIONAL.search(text) else text  # type: ignore[attr-defined]


@lru_cache(KEPT)
def mended(text: str) -> str:
    """:func:`mend` for the short texts of labels and cells, which come again and again."""
    return mend(text)


def mend(text: str) -> str:
    """A text with its characters put right (width, radicals, odd spaces), its words and line breaks as they are."""
    return unicodedata.normalize("NFKC", text).translate(SUPPLEMENT).replace("\u00ad", "").replace("\u200b", "")


def readable(text: str) -> str:
    """A text with its radicals put right; its punctuation and width stay as printed."""
    if text.isascii():
        return text
    text = RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text).translate(SUPPLEMENT)
    return text.replace("\u00ad", "").replace("\u200b", "").replace("\xa0", " ")


@lru_cache(KEPT)
def plain(text: str) -> str:
    """A text for comparison: mended, simplified, without spaces and quotes, commas as 、."""
    return (
        re.sub(r"\s+", "", QUOTES.sub("", simplified(mended(text))))
        .replace(",", "、")
        .replace(";", "、")
        .rstrip("：:。")
    )


@lru_cache(KEPT)
def core(text: str) -> str:
    """What a label says: :func:`plain` without numbering and without remarks in brackets."""
    bare = plain(text)
    while match := NUMBERING.match(bare):
        bare = bare[match.end() :]
    shorter = BRACKETS.sub("", bare)
    return shorter.split("(", 1)[0] if "(" in shorter and shorter.split("(", 1)[0] else shorter or bare


def stamp_of(text: str) -> str:
    """The stamp with which a text begins; empty where it begins with none."""
    found = STAMPED.match(text)
    return found[1] if found else ""
