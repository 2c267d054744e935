"""Findings in words: where, the sum written out, what is wrong. Chinese, for the page and the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gdgk.crosswalk import measures_by_id
from gdgk.form import CellKey, Edition
from gdgk.markup import figure
from gdgk.reconciliation.equations import Bound, Relation, Term
from gdgk.reconciliation.rules import COUNTS
from gdgk.reconciliation.sheets import Sheet

MOST_PARTS = 6
MOST_CELLS = 6
EPSILON = 1e-9
SIGNS = {"==": "＝", "<=": "≤", ">=": "≥", "<": "＜", ">": "＞"}
BROKEN = {"==": "≠", "<=": "＞", ">=": "＜", "<": "≥", ">": "≤"}
# The figures of the left and of the right side, term by term; None where there is none.
Sides = tuple[tuple[float | None, ...], tuple[float | None, ...]]


class Worded(NamedTuple):
    """A finding in words: the whole sentence, the address, the sum written out."""

    message: str
    place: str
    calculation: str


def worded(
    item: Relation | Bound,
    status: str,
    reason: str,
    sides: Sides,
    sheet: Sheet,
    blanks: int,
    cells: tuple[CellKey, ...] = (),
) -> Worded:
    """An outcome in words. sides: the figures where it was judged; cells: entries that were counted."""
    where = place_of(item, sheet.form)
    shown = written(item, sheet.form, sides, status) if any(sides) else counts_written(item, sheet.form, cells)
    imputed = sheet.imputed.get(item.right[0].key) if item.is_sum else None
    return Worded(sentence(item, status, where, shown, blanks, reason, imputed), where, shown)


# Addresses ------------------------------------------------------------------------------------------------------------


def table_name(form: Edition, table: str) -> str:
    """A table as officials call it: 表三, 统计表."""
    number = form.tables[table].number
    return number if number.endswith("表") else f"表{number}"


def place(form: Edition, table: str, row: str, column: str) -> str:
    """An address in the form's own words, outermost first; a whole row or column when one of the two is empty."""
    item = form.tables[table]
    parts = [table_name(form, table)]
    if row:
        parent = item.groups.get(item.rows[row].parent)
        if parent is not None and parent.parent:
            parts.append(parent.short)
        parts.append(item.rows[row].short)
    if column and len(item.columns) > 1:
        parts.append(item.columns[column].label if row else f"“{item.columns[column].label}”列")
    return " · ".join(parts)


def place_of(item: Relation | Bound, form: Edition) -> str:
    """The address of a comparison; a quantity of several cells by its own name."""
    if not item.table:
        return "下级机关"
    if isinstance(item, Bound) and item.measure:
        return f"{table_name(form, item.table)} · {measures_by_id()[item.measure].label}"
    return place(form, item.table, item.row, item.column)


def term_name(term: Term, item: Relation | Bound, form: Edition, across: bool, with_column: bool) -> str:
    """What a term is called beside its figure: by column in a row sum, else by row; last year's with 上年."""
    key = term.key
    table = form.tables[key.table if key.table in form.tables else item.table]
    found = table.columns.get(key.column) if item.row and across else table.rows.get(key.row)
    name = found.short if found else key.row
    if with_column and not across and len(table.columns) > 1:
        name += f"“{table.columns[key.column].short if key.column in table.columns else key.column}”"
    return f"上年报告{name}" if term.prior else name


# Sums written out -----------------------------------------------------------------------------------------------------


def written(item: Relation | Bound, form: Edition, sides: Sides, status: str) -> str:
    """Both sides written out. Of many parts only those that are not 0 are named."""
    if isinstance(item, Bound) and item.measure:
        return measure_written(item, sides)
    sign = (BROKEN if status == "fail" else SIGNS)[item.sign]
    across = all(term.key.row == item.row and term.key.table == item.table for term in item.left + item.right)
    columns = {term.key.column for term in item.left + item.right}
    texts = []
    for terms, values, constant in zip(
        (item.left, item.right),
        sides,
        (item.left_constant, item.right_constant) if isinstance(item, Bound) else (0.0, 0.0),
        strict=True,
    ):
        text = side_text(terms, values, lambda term: term_name(term, item, form, across, len(columns) > 1))
        value = constant + sum(
            term.weight * number for term, number in zip(terms, values, strict=True) if number is not None
        )
        if constant or not text:
            text = f"{text} ＋ {figure(constant)}" if text else figure(constant)
        texts.append((text, figure(value)))
    (left, left_value), (right, right_value) = texts
    if is_sum_text(item.left):
        left = f"{left} ＝ {left_value}"
    if is_sum_text(item.right) and (status == "fail" or item.sign != "=="):
        right = f"{right_value} ＝ {right}"
    return f"{left} {sign} {right}"


def is_sum_text(side: tuple[Term, ...]) -> bool:
    """Whether a side is more than one printed figure."""
    return len(side) > 1 or any(term.factor != 1 for term in side)


def side_text(side: tuple[Term, ...], values: tuple[float | None, ...], name: Callable[[Term], str]) -> str:
    """One side as a sum of named figures."""
    known = [(term, value) for term, value in zip(side, values, strict=True) if value is not None]
    shown = [pair for pair in known if pair[1]] if len(known) > MOST_PARTS else known
    shown = shown or known[:1]
    text = ""
    for term, value in shown:
        joint = " － " if term.sign < 0 else " ＋ " if text else ""
        factor = f"{figure(term.factor)} × " if term.factor != 1 else ""
        text += f"{joint}{factor}{name(term)} {figure(value)}"
    text = text.strip()
    omitted = len(known) - len(shown)
    return f"{text}（其余 {omitted} 项为 0 或空）" if omitted else text


def measure_written(bound: Bound, sides: Sides) -> str:
    """A quantity beside last year's."""
    measure = measures_by_id()[bound.measure]
    years = {}
    for terms, values in zip((bound.left, bound.right), sides, strict=True):
        smallest = min((term.factor for term in terms), default=1.0)
        for prior in {term.prior for term in terms}:
            years[prior] = sum(
                term.sign * value * term.factor / smallest
                for term, value in zip(terms, values, strict=True)
                if term.prior is prior and value is not None
            )
    if set(years) != {False, True}:
        return f"本年 {figure(years.get(False))}（{measure.unit}）"
    text = f"本年 {figure(years[False])}，上年 {figure(years[True])}（{measure.unit}）"
    return text + (f"，为上年的 {years[False] / years[True]:.4g} 倍" if years[True] else "")


def counts_written(item: Relation | Bound, form: Edition, cells: tuple[CellKey, ...]) -> str:
    """The entries that were counted: how many, and where the first of them stand."""
    if not cells or isinstance(item, Relation):
        return ""
    named = "；".join(place(form, *key).partition(" · ")[2] for key in cells[:MOST_CELLS])
    kinds = "、".join(COUNTS[kind] for kind in item.counts)
    more = "等" if len(cells) > MOST_CELLS else ""
    return f"{kinds} {len(cells)} 处：{named}{more}"


# Sentences ------------------------------------------------------------------------------------------------------------


def sentence(
    item: Relation | Bound, status: str, where: str, shown: str, blanks: int, reason: str, imputed: float | None
) -> str:
    """The finding as one sentence."""
    blank_note = f"，其中 {blanks} 个空格按 0 计" if blanks and imputed is None else ""
    if status == "fail":
        return f"{where}：{shown}{blank_note}，不合“{item.label}”"
    if status in ("not_assessable", "not_applicable"):
        word = "不可评估" if status == "not_assessable" else "不适用"
        return f"{where}：{word}，{reason}（{item.label}）"
    if status == "error":
        return f"{where}：{reason}（{item.label}）"
    if imputed is not None:
        return f"{where}：总计未填，按分项之和推算为 {figure(imputed)}"
    if reason:
        return f"{where}：{reason}"
    return f"{where}：{shown or '各格'}{blank_note}，相符"
