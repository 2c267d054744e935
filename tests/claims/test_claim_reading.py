"""Any text can be read: spans are true slices, nothing raises, time grows with the text, word lists are checked."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdgk.claims import lexicon, read_claims
from gdgk.claims.numerals import chinese
from gdgk.claims.prose import sentences
from gdgk.claims.reader import statements
from gdgk.errors import InputError
from gdgk.form import edition

PIECES = [
    "收到政府信息公开申请",
    "办结",
    "予以公开",
    "不予公开",
    "行政复议",
    "行政诉讼",
    "均获维持",
    "未收到",
    "无",
    "其中",
    "等",
    "分别为",
    "占",
    "同比增长",
    "较上年的",
    "（",
    "）",
    "(",
    ")",
    "、",
    "，",
    "；",
    "。",
    "：",
    "“",
    "”",
    "《",
    "》",
    "12件",
    "３件",
    "三件",
    "1,234件",
    "33.9%",
    "15.39万余人",
    "2022年",
    "〔2021〕30号",
    "上半年",
    "全市",
    "微博",
    "共计",
    "规范性文件",
    "废止",
    "规章",
    "A",
    "百分之三十",
    "为零",
    "持平",
    "結轉下年度",
]
BREAKS = ["\n", "\n\n", " ", "## 一、总体情况\n"]
PROSE = st.lists(st.sampled_from([*PIECES, *BREAKS]) | st.text(max_size=6), max_size=40).map("".join)


@given(PROSE, st.sampled_from(["2014", "2019", "2021", "2021-single-other"]))
def test_any_text_is_read_and_every_span_is_a_slice_of_it(text: str, form: str) -> None:
    found = statements(sentences(text), edition(form))
    assert found == statements(sentences(text), edition(form))
    for one in found:
        for span, words in ((one.span, one.words), (one.sentence_span, one.sentence)):
            assert 0 <= span[0] < span[1] <= len(text)
            assert len(text[slice(*span)].split()) >= 1
            assert words.strip()


@given(PROSE)
def test_the_letters_of_a_sentence_stand_where_it_says(text: str) -> None:
    at = -1
    for sentence in sentences(text):
        assert len(sentence.text) == len(sentence.places)
        for letter, place in zip(sentence.text, sentence.places, strict=True):
            assert place > at
            at = place
            if letter.isdigit() and text[place].isdecimal():
                assert int(letter) == int(text[place])


def written(number: int) -> str:
    """A number below a hundred million in Chinese numerals, as people write it."""
    digits = "零一二三四五六七八九"

    def section(value: int) -> str:
        text, zero = "", False
        for step, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit, value = divmod(value, step)
            if digit:
                text += ("零" if zero and text else "") + digits[digit] + name
                zero = False
            else:
                zero = bool(text)
        return text

    upper, lower = divmod(number, 10_000)
    if not upper:
        return section(lower) or "零"
    gap = "零" if lower and lower < 1000 else ""
    return section(upper) + "万" + gap + section(lower)


@given(st.integers(0, 99_999_999))
def test_chinese_numerals_are_read_as_they_are_written(number: int) -> None:
    assert chinese(written(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十二", 12),
        ("两", 2),
        ("一百零五", 105),
        ("二〇二一", 2021),
        ("两千三百", 2300),
        ("十万", 100_000),
        ("万", None),
    ],
)
def test_numerals_that_people_write(text: str, number: int | None) -> None:
    assert chinese(text) == (0 if text == "万" else number)


# Growth with the text ------------------------------------------------------------------------------------------------

LONG = {
    "one sentence of claims": "其中自然人申请12件、予以公开3件（占25%），较上年增加2件，复议、诉讼分别为1件、2件，",
    "brackets that never close": "收到申请（含结转",
    "names without figures": "规章、规范性文件、行政许可、",
    "digits": "1234567890",
    "numerals": "一百二十三",
    "letters": "aaaaaaaaaa",
    "quotes that never close": "“《收到",
    "commas in numbers": "1,234,",
    "negations": "无未没有零",
    "all the same": "均维持、均",
    "shares": "占占比占",
    "compared": "与上年持平基本持平",
    "line breaks": "收到\n申请\n",
    "unknown words": "某某某",
    "traditional": "結轉申請",
    "years": "收到申请结转2022年",
    "verbs": "公开发布申请",
    "turns": "分别为3件",
    "each": "规章、规章均",
}


def steps(text: str) -> int:
    """How many calls reading a text takes."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        statements(sentences(text), edition("2021"))
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
def test_twice_the_text_takes_no_more_than_about_twice_the_steps(piece: str) -> None:
    read_claims(piece, edition("2021"))
    half, whole = (steps(piece * (size // len(piece))) for size in (4_000, 8_000))
    assert whole <= 2.3 * half + 1000


def test_a_long_text_has_as_many_claims_as_its_parts() -> None:
    piece = "收到政府信息公开申请12件，予以公开3件。"
    assert len(read_claims(piece * 500, edition("2021"))) == 1000


def test_what_a_very_long_sentence_quotes_stays_short() -> None:
    text = "做好工作，" * 5000 + "收到政府信息公开申请12件，" + "做好工作，" * 5000
    (claim,) = read_claims(text, edition("2021"))
    assert "收到政府信息公开申请12件" in claim.sentence
    assert len(claim.sentence) <= 400
    assert text[slice(*claim.sentence_span)] == claim.sentence


# The word lists ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[subjects]\na = ['x']\n", "[subjects]"),
        ("[topic]\na = 'x'\n", "topic.a"),
        ("[topic\n", "TOML"),
    ],
)
def test_a_word_list_that_cannot_be_read_names_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "vocabulary.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"vocabulary\.toml") as raised:
        list(lexicon.entries(path))
    assert fault in str(raised.value)


def test_alternatives_do_not_stand_in_one_another() -> None:
    assert sorted(lexicon.expanded("{甲,乙,}丙")) == ["丙", "乙丙", "甲丙"]
    with pytest.raises(InputError):
        list(lexicon.expanded("{甲{乙,丙}}"))


def test_every_meaning_of_the_word_lists_has_cells_on_some_form() -> None:
    listed = lexicon.cells()
    rows = {
        row
        for form in ("2014", "2019", "2021")
        for table in edition(form).tables.values()
        for row in (*table.rows, *table.groups)
    }
    for table in ("applications", "statistics"):
        for options in listed[table].values():
            assert {row.strip() for option in options for row in option.split("+")} <= rows
    columns = {column for form in ("2019", "2021") for column in edition(form).tables["proactive_disclosure"].columns}
    assert {name for options in listed["columns"].values() for name in options} <= columns
    assert set(listed["statistics_channels"].values()) <= rows
