"""Findings as a page lists them: where, what is printed, the sum, the likely cause, the figure proposed, the cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gdgk.diagnosis import CONFIDENCES, Explanation
from gdgk.findings import Row, is_on_prose
from gdgk.form import Edition
from gdgk.markup import Markup, figure
from gdgk.reconciliation.wording import place
from gdgk.review import STATES, Decision, is_settled
from gdgk.tables import SEALS, SURE, Marks, named

CAUSES = {"certain": "原因", "likely": "可能的原因", "weak": "一种可能", "none": ""}
# The sign in the stamp of a decision; its frame is the style sheet's.
STAMPS = {"confirmed": "确", "explained": "说", "corrected": "改", "dismissed": "否"}
LONGEST_QUOTE = 180
SHORTEST_QUOTE = 8
# The rule on prose that stands in another report; its message quotes what it is about.
REPEATED = "N-DUP"
QUOTED = re.compile(r"“[^“”]{6,}”")
NUMBER = re.compile(r"(?<![\d.,])\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a finding fails, in words. same: the seal and number of an earlier finding that says it."""

    heading: str
    confidence: str
    message: str
    alternatives: tuple[str, ...] = ()
    same: str = ""
    same_href: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a person decided. state: a key of :data:`gdgk.review.STATES`; expired: the figures have changed since."""

    state: str
    sign: str
    word: str
    note: str
    by: str
    on: str
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What the list shows of one finding.

    aside: caption and figure at the right; href: its cell, empty without one; go: what stands on the link to it.
    """

    number: int
    seal: str
    word: str
    title: Markup
    calculation: str
    quote: Markup
    cause: Cause | None
    stamp: Stamp | None
    detail: str
    rule: str
    href: str
    go: str
    aside: tuple[str, str] = ("", "")
    settled: bool = False


def entries(fails: Mapping[int, Row], marked: Marks, form: Edition) -> list[Entry]:
    """The failed findings of one report on a form (:func:`gdgk.tables.numbered`), each as the list shows it."""
    words = {number: SEALS[row["severity"]][1] for number, row in fails.items()}
    return [entry_of(number, row, marked, words, form) for number, row in fails.items()]


def entry_of(number: int, row: Row, marked: Marks, words: Mapping[int, str], form: Edition) -> Entry:
    """One finding as the list shows it."""
    seal, word = SEALS[row["severity"]]
    explanation = marked.causes.get(number)
    first = marked.firsts.get(number, number)
    href = (proposed_cell(explanation) if first == number and explanation else "") or anchor(row)
    return Entry(
        number=number,
        seal=seal,
        word=word,
        title=title(row),
        calculation=calculation(row),
        quote=quotation(row),
        cause=cause_of(explanation, number, first, words) if explanation else None,
        stamp=stamp_of(row),
        detail=detail(row),
        rule=row["rule"],
        href=href,
        go="看单元格" if href else "看说明",
        aside=aside(row, explanation, first == number, form),
        settled=is_settled(row),
    )


# ── words ──


def headline(row: Row) -> str:
    """A finding in one line: where, what is printed, what it should tally with."""
    if is_on_prose(row):
        return str(row["message"])
    if row["sign"] != "==":
        return f"{row['place']}：{row['calculation'] or row['reason'] or row['label']}"
    if row["left"] is None or row["left"] != row["left"]:
        return f"{row['place']}：{row['reason']}"
    if row["label"].startswith("各分项之和"):
        return f"{row['place']}：印作 {figure(row['right'])}，各项之和是 {figure(row['left'])}"
    gap = figure(row["difference"], sign=True)
    return f"{row['place']}：{figure(row['left'])} 与 {figure(row['right'])} 不等，相差 {gap}"


def calculation(row: Row) -> str:
    """The sum written out, where the title does not hold it (that of a bound does) and both sides differ."""
    text = str(row["calculation"])
    said = is_on_prose(row) and row["left"] == row["right"]
    return "" if said or text in headline(row) else text


def title(row: Row) -> Markup:
    """The headline; in that of a finding on the prose, what it quotes is set as the agency's own words."""
    text = headline(row)
    if not is_on_prose(row):
        return Markup.escape(text)
    made, at = Markup(""), 0
    for match in QUOTED.finditer(text):
        made += Markup.escape(text[at : match.start()]) + Markup('<span class="kai">{}</span>').format(match[0])
        at = match.end()
    return made + Markup.escape(text[at:])


def quotation(row: Row) -> Markup:
    """The sentence that a finding is about, the figure in question set apart; empty where the title says it all."""
    words = " ".join(named(row["quote"]).replace("#", " ").split())
    if len(words) < SHORTEST_QUOTE or condensed(words) in condensed(row["message"]) or row["rule"] == REPEATED:
        return Markup("")
    if len(words) > LONGEST_QUOTE:
        words = f"{words[: LONGEST_QUOTE - 20]}……{words[-18:]}"
    made, at = Markup(""), 0
    for match in NUMBER.finditer(words):
        if float(match[0].replace(",", "")) == row["left"]:
            made += Markup.escape(words[at : match.start()]) + Markup("<b>{}</b>").format(match[0])
            at = match.end()
    return made + Markup.escape(words[at:])


def condensed(text: str) -> str:
    """A text without spaces and the marks at its ends, for comparison."""
    return "".join(text.split()).strip("，。；：、")


def detail(row: Row) -> str:
    """What the check holds the figures to, on what ground, and what may lawfully explain a difference."""
    parts = [row["label"]]
    if row["blanks"]:
        parts.append(f"其中 {row['blanks']} 个空格按 0 计")
    if row["unless"]:
        parts.append(f"下列情形不算错：{row['unless']}")
    if row["left"] is not None and row["left"] == row["left"]:
        parts.append("请对照原件核实")
    return "。".join(parts) + (f"。依据：{row['basis']}。" if row["basis"] else "。")


# ── cause and decision ──


def cause_of(explanation: Explanation, number: int, first: int, words: Mapping[int, str]) -> Cause:
    """An explanation in words, at the first of the findings that it explains; the others refer to that one."""
    if first != number:
        together = "" if explanation.cells else "一并核对"
        return Cause("", "", together, same=f"{words[first]}{first}", same_href=f"#f{first}")
    return Cause(
        heading=CAUSES[explanation.confidence],
        confidence=CONFIDENCES[explanation.confidence],
        message=explanation.message,
        alternatives=tuple(other.message for other in explanation.alternatives),
    )


def aside(row: Row, explanation: Explanation | None, first: bool, form: Edition) -> tuple[str, str]:
    """Caption and figure beside a finding: what a single cell should be, else what the parts of a sum add up to.

    The caption names the cell when it is not the one that the title names.
    """
    if explanation is not None and explanation.cells:
        if not first or len(explanation.cells) > 1:
            return "", ""
        (change,) = explanation.cells
        own = tuple(change.key) == (row["table"], row["row"], row["column"])
        name = "" if own else place(form, *change.key).partition(" · ")[2] + " "
        return name + ("应为" if explanation.confidence in SURE else "或为"), figure(change.proposed)
    if row["label"].startswith("各分项之和"):
        return "分项之和", figure(row["left"])
    return "", ""


def stamp_of(row: Row) -> Stamp | None:
    """What was decided about a finding, the decision that has expired among it."""
    state = row.get("review") or row.get("review_expired")
    if not state:
        return None
    return Stamp(
        state=state,
        sign=STAMPS[state],
        word=STATES[state],
        note=row["review_note"],
        by=row["review_by"],
        on=row["review_on"],
        expired=not row["review"],
    )


def orphan_line(decisions: Iterable[Decision]) -> str:
    """Decisions on what is no longer found, in one line."""
    return "；".join(
        f"{decision.place or decision.rule}（{STATES[decision.state]}，{decision.on}）" for decision in decisions
    )


# ── places ──


def anchor(row: Row) -> str:
    """The place on the page that a finding points at; empty when it has none."""
    table, line, column = (named(row[name]) for name in ("table", "row", "column"))
    if not table:
        return ""
    if line and column:
        return f"#{table}-{line}-{column}"
    if line:
        return f"#{table}-{line}"
    return f"#{row['cells'][0].replace('.', '-')}" if row["cells"] else ""


def proposed_cell(explanation: Explanation) -> str:
    """The first cell that an explanation would change; empty for one that makes no guess."""
    return f"#{'-'.join(explanation.cells[0].key)}" if explanation.cells else ""
