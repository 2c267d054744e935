"""Sentence → tokens: words of the vocabulary, numbers with their units, years, marks, and what is none of these."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gdgk.claims.lexicon import Meanings, vocabulary
from gdgk.claims.numerals import DIGITS, Amount, amount

UNITS = [
    "条次",
    "人次",
    "件次",
    "场次",
    "篇次",
    "批次",
    "万元",
    "元",
    "件",
    "条",
    "宗",
    "份",
    "次",
    "个",
    "项",
    "篇",
    "期",
    "场",
    "起",
    "例",
    "人",
    "名",
    "位",
    "家",
    "户",
    "封",
    "张",
    "幅",
    "块",
    "页",
    "字",
    "所",
    "处",
    "部",
    "台",
    "套",
    "批",
    "组",
    "类",
    "种",
    "届",
    "轮",
    "班",
    "册",
    "本",
    "枚",
    "则",
    "幅",
    "段",
    "首",
    "辆",
    "岁",
    "倍",
    "天",
    "日",
    "分",
    "秒",
    "月",
    "小时",
    "平方米",
    "公里",
    "亩",
    "吨",
    "米",
]
# Units of time and measure: a number of these counts nothing that a report states.
MEASURES = {"天", "日", "分", "秒", "月", "小时", "岁", "平方米", "公里", "亩", "吨", "米", "届", "页", "字", "倍"}
WHOLE_YEAR = re.compile(r"0?1[-—~至到](?:12|十二)月")
MONTH_TO_MONTH = re.compile(r"(\d{1,2})月.*[-—~至到](\d{1,2})月")
NUMERAL_UNITS = "条次|人次|场次|件|条|宗|份|次|个|项|篇|期|场|起|例|人|名|位|家|封|部|批"
# Quotation marks and emphasis around words, which stand apart from what is not understood.
PASSED_OVER = frozenset("“”\"‘’'「」 *_")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a sentence.

    kind: ``word`` (meanings by category), ``number`` (amount, unit), ``percent``, ``year`` (value), ``mark`` (text),
    ``gap`` (text that the vocabulary does not have).
    """

    kind: str
    start: int
    end: int
    text: str
    meanings: Meanings = field(default_factory=dict)
    amount: Amount | None = None
    unit: str = ""
    year: int = 0

    def has(self, category: str) -> bool:
        """Whether the word has a meaning of a category."""
        return category in self.meanings


# Tokens that go before a word of the vocabulary at the same place, and those that come after it. Every alternative
# looks at a bounded stretch, so that reading takes linear time.
BEFORE_WORDS = re.compile(
    r"(?P<title>《[^《》]{0,120}》)"
    r"|(?P<quoted>“[^“”]{0,60}”)"
    r"|(?P<document>[〔\[【]\d{4}[〕\]】]\d{0,5}号?)"
    r"|(?P<ordinal>第[\d一二三四五六七八九十百零]{1,6}(?!季度|三方)[条号项款期届次批章名位个]?)"
    r"|(?P<months>\d{1,2}[-—~至到](?:\d{1,2}|十[一二]?)月)"
    r"|(?P<until>截[至止到](?:\d{4}年)?(?:1[01]|[1-9])月(?:\d{1,2}日|底|末)?)"
    r"|(?P<month>\d{1,2}月(?:\d{1,2}日|份|底|末|初)?(?:[-—~至到]\d{1,2}月(?:\d{1,2}日|份|底)?)?|\d{1,2}[日号时](?!均))"
    r"|(?P<year>(?:19|20)\d\d年(?:度)?|二[〇○零][一二][〇○零一二三四五六七八九]年(?:度)?)"
    r"|(?P<percent>(?P<rate>\d{1,9}(?:\.\d{1,9})?)(?P<sign>%|‰|个?百分点)|百分之(?P<hundredth>[零一二两三四五六七八九十百点]{1,8}))"
    r"|(?P<contact>\d{3,5}[-—－]\d{5,9}(?:[-—]\d{1,5})?|[A-Za-z][A-Za-z0-9_]{0,40}[.@/:][A-Za-z0-9_.@/:?=&-]*)"
    r"|(?P<number>(?P<about>超过|超|逾|约|近|突破|不少于|达|至少|将近|大约)?"
    r"(?P<digits>\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?(?!\d)|\d{1,15}(?:\.\d{1,9})?)(?P<scale>百万|千万|百|千|万|亿)?(?P<more>[余多几])?"
    rf"(?P<unit>{'|'.join(sorted(set(UNITS), key=len, reverse=True))})?(?P<late>[余多])?)"
)
AFTER_WORDS = re.compile(
    rf"(?P<numeral>(?P<about>超过|超|逾|约|近)?(?P<letters>[零〇一二两三四五六七八九十百千万]{{1,9}})(?P<more>[余多几])?(?P<unit>{NUMERAL_UNITS})(?!性|事))"
    r"|(?P<mark>[，,、；;：:。！？!?()（）])"
)
# The letters that a token of the one and of the other can begin with, beside digits, of any script, and Latin letters:
# a look at the letter saves the search at most places.
FIRST_BEFORE = frozenset("《“〔[【第截二百超逾约近突不达至少将大")
FIRST_AFTER = frozenset("超逾约近零〇一二两三四五六七八九十百千万，,、；;：:。！？!?()（）")


def tokenise(text: str) -> list[Token]:
    """The tokens of a sentence in order; neighbouring letters that the vocabulary does not have are one gap."""
    found: list[Token] = []
    gap = -1
    at = 0
    while at < len(text):
        start, (token, at) = at, token_at(text, at)
        if token is None:
            if at == start + 1 and text[start] in PASSED_OVER:
                continue
            gap = start if gap < 0 else gap
            continue
        if gap >= 0:
            found.append(Token("gap", gap, start, text[gap:start]))
            gap = -1
        found.append(token)
    if gap >= 0:
        found.append(Token("gap", gap, len(text), text[gap:]))
    return found


def token_at(text: str, start: int) -> tuple[Token | None, int]:
    """The token at a place, None for what belongs to a gap, and where the next begins."""
    letter = text[start]
    if (letter in FIRST_BEFORE or letter.isascii() or letter.isdecimal()) and (
        match := BEFORE_WORDS.match(text, start)
    ):
        return read_token(match, start, match.end()), match.end()
    lexicon = vocabulary()
    if word := lexicon.longest(text, start):
        end = start + len(word)
        return Token("word", start, end, word, lexicon.words[word]), end
    if letter in FIRST_AFTER and (match := AFTER_WORDS.match(text, start)):
        return late_token(match, start, match.end()), match.end()
    return None, start + 1


def late_token(match: re.Match[str], start: int, end: int) -> Token | None:
    """A mark, or a number in letters; None for one that means nothing."""
    if match["mark"] is not None:
        return Token("mark", start, end, match[0])
    made = amount(match["letters"], "", match["more"] or "", match["about"] or "")
    return Token("number", start, end, match[0], amount=made, unit=match["unit"]) if made else None


def read_token(match: re.Match[str], start: int, end: int) -> Token | None:
    """The token of a match of :data:`BEFORE_WORDS`; None for what belongs to a gap."""
    text = match[0]
    if match["number"] is not None:
        return number_token(match, start, end)
    if match["percent"] is not None:
        return percent_token(match, start, end)
    if match["year"] is not None:
        return Token(
            "year", start, end, text, year=int("".join(str(DIGITS.get(letter, letter)) for letter in text[:4]))
        )
    if match["months"] is not None or match["until"] is not None:
        whole = "12月31日" in text or WHOLE_YEAR.match(text)
        return None if whole else Token("word", start, end, text, {"scope": "part_year"})
    if match["month"] is not None:
        ranged = MONTH_TO_MONTH.match(text)
        part = (ranged[1], ranged[2]) not in (("1", "12"), ("01", "12")) if ranged else text.endswith("份")
        return Token("word", start, end, text, {"scope": "part_year"} if part else {"date": "date"})
    if match["title"] is not None or match["document"] is not None:
        return Token("title", start, end, text)
    if match["quoted"] is not None and not re.search(r"\d", text):
        inner = text[1:-1]
        meanings = vocabulary().words.get(inner)
        return Token("word", start, end, text, meanings) if meanings else None
    return None


def number_token(match: re.Match[str], start: int, end: int) -> Token | None:
    """A number in digits; None for one that measures time or length, or is beyond all measure."""
    unit = match["unit"] or ""
    if unit in MEASURES:
        return None
    made = amount(
        match["digits"], match["scale"] or "", (match["more"] or "") + (match["late"] or ""), match["about"] or ""
    )
    if made is None:
        return None
    if match["about"] == "达" and not match["more"] and not match["late"]:
        made = amount(match["digits"], match["scale"] or "", "", "")
    return Token("number", start, end, match[0], amount=made, unit=unit)


def percent_token(match: re.Match[str], start: int, end: int) -> Token | None:
    """A percentage; the difference of two percentages (百分点) is none."""
    if match["hundredth"] is not None:
        whole, _, part = match["hundredth"].partition("点")
        from_words = amount(whole or "零", "", "", "")
        if from_words is None or part:
            return None
        return Token("percent", start, end, match[0], amount=from_words, unit="%")
    if match["sign"] != "%":
        return None
    return Token("percent", start, end, match[0], amount=amount(match["rate"], "", "", ""), unit="%")
