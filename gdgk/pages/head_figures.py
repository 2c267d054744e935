"""The 要目 at the head of a report's page: six figures, each with what taints it or why it is not there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdgk.crosswalk import measures_by_id
from gdgk.indicators import INDICATORS, Missing
from gdgk.markup import figure

if TYPE_CHECKING:
    from gdgk.pages.report import ReportPage


@dataclass(frozen=True, slots=True)
class Key:
    """A figure of the 要目: what, how much, in what unit, and a note (red where a finding taints it)."""

    name: str
    value: str
    unit: str
    note: str
    error: bool = False


def keys(page: ReportPage) -> list[Key]:
    """The six figures at the head of the page."""
    got = page.figures
    shown = [
        key_of(page, "本年新收", "received"),
        key_of(page, "办理结果", "outcomes_total"),
        share_of(page, "公开率（含部分）", "disclosure_rate"),
        share_of(page, "无法提供", "unavailable_rate"),
        key_of(page, "行政复议", "reconsideration"),
        key_of(page, "行政诉讼", "litigation"),
    ]
    if got["received"] is not None and got["carried_over"] is not None:
        note = shown[0].note or f"上年结转 {figure(got['carried_over'])}"
        shown[0] = replace(shown[0], unit="件", note=note)
    if got["carried_forward"] is not None:
        note = shown[1].note or f"结转下年 {figure(got['carried_forward'])}"
        shown[1] = replace(shown[1], unit="件", note=note)
    return shown


def key_of(page: ReportPage, name: str, measure: str) -> Key:
    """A measure as a key figure; a finding on its cells is said beside it."""
    value = page.figures[measure]
    if value is None:
        return Key(name, "—", "", absence_of(page, measure))
    taint = taint_of(page, measure, said=True)
    if taint:
        return Key(name, figure(value), "件", taint, True)
    return Key(name, figure(value), "件", "† 空格按 0 计" if measure in page.imputed else "")


def taint_of(page: ReportPage, *names: str, said: bool = False) -> str:
    """What an open finding of severity error says of a measure's own cells; empty when none does.

    said: also where the prose alone says otherwise.
    """
    cells = [str(key) for name in names for _, key in measures_by_id()[name].cells(page.report.edition)]
    for mark in (mark for cell in cells for mark in page.marked.cells.get(cell, ())):
        if mark.seal == "e" and (mark.look == "bad" or (said and mark.look == "said")):
            return f"误{mark.number}：{mark.note}" if mark.note else f"见误{mark.number}"
    return ""


def share_of(page: ReportPage, name: str, indicator: str) -> Key:
    """A share of the （七）总计, with its fraction; small samples are said, none is told of figures in doubt."""
    one = INDICATORS[indicator]
    value, made_of = one.at(page.sheet), (*one.fixed["parts"], "outcomes_total")
    taint = taint_of(page, *made_of)
    if value.missing == Missing.NOTHING:
        return Key(name, "—", "", "没有办理结果，不算")
    if value.missing not in (Missing.NO, Missing.CONTRADICTED):
        absent = (absence_of(page, measure) for measure in made_of if page.figures[measure] is None)
        return Key(name, "—", "", next(absent, value.missing.text))
    if taint or value.value is None:
        return Key(name, "—", "", f"{taint or value.missing.text.removesuffix('，不算')}，不算", True)
    note = f"{figure(value.part)}／{figure(value.whole)}" + ("，小样本" if value.small else "")
    return Key(name, figure(value.value, places=1), one.unit, note)


def absence_of(page: ReportPage, measure: str) -> str:
    """Why a measure has no value: the form lacks it, the table is blank, or the figure was not taken in."""
    terms = measures_by_id()[measure].cells(page.report.edition)
    if not terms:
        return "表式无此项"
    if terms[0][1].table in page.sheet.blank_tables:
        return "整表未填报"
    return "未入库" if any(page.sheet.unknown(key) for _, key in terms) else "未填报"
