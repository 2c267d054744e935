"""Findings in words: where, the sum written out, what is wrong. Chinese, for the page and the command line."""

from __future__ import annotations

from collections.abc import Mapping

from gdgk.form import Edition
from gdgk.markup import figure
from gdgk.reconciliation.rules import Relation, Term

MOST_PARTS = 6


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


def term_name(term: Term, relation: Relation, form: Edition) -> str:
    """What a term is called beside its figure: by column in a row sum, else by row; last year's with 上年."""
    table = form.tables[relation.table]
    across = relation.row and all(other.key.row == relation.row for other in relation.terms)
    item = table.columns.get(term.key.column) if across else table.rows.get(term.key.row)
    name = item.short if item else term.key.row
    return f"上年报告{name}" if term.prior else name


def calculation(relation: Relation, form: Edition, values: Mapping[Term, float]) -> str:
    """Both sides written out. Of many parts only those that are not 0 are named."""
    left = side_text(relation.left, relation, form, values)
    right = side_text(relation.right, relation, form, values)
    left_value = sum(term.sign * values[term] for term in relation.left)
    right_value = sum(term.sign * values[term] for term in relation.right)
    holds = abs(left_value - right_value) <= 1e-9
    if len(relation.left) > 1:
        left = f"{left} ＝ {figure(left_value)}"
    if len(relation.right) > 1 and not holds:
        right = f"{figure(right_value)} ＝ {right}"
    return f"{left} {'＝' if holds else '≠'} {right}"


def side_text(side: tuple[Term, ...], relation: Relation, form: Edition, values: Mapping[Term, float]) -> str:
    """One side of a relation as a sum of named figures."""
    shown = [term for term in side if values[term]] if len(side) > MOST_PARTS else list(side)
    text = ""
    for term in shown or side[:1]:
        joint = " － " if term.sign < 0 else " ＋ "
        text += f"{joint if text else ''}{term_name(term, relation, form)} {figure(values[term])}"
    omitted = len(side) - len(shown or side[:1])
    return f"{text}（其余 {omitted} 项为 0 或空）" if omitted else text


def sentence(
    relation: Relation, status: str, where: str, shown: str, blanks: int, reason: str, imputed: float | None
) -> str:
    """The finding as one sentence."""
    blank_note = f"，其中 {blanks} 个空格按 0 计" if blanks and imputed is None else ""
    if status == "fail":
        return f"{where}：{shown}{blank_note}，不合“{relation.label}”"
    if status in ("not_assessable", "not_applicable"):
        word = "不可评估" if status == "not_assessable" else "不适用"
        return f"{where}：{word}，{reason}（{relation.label}）"
    if imputed is not None:
        return f"{where}：总计未填，按分项之和推算为 {figure(imputed)}"
    return f"{where}：{shown}{blank_note}，相符"
