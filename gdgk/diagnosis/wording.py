"""Explanations in words, for the people who must correct the figures."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gdgk.diagnosis.slips import QUIET, SLIPS, Change
from gdgk.diagnosis.system import Equation
from gdgk.form import Edition, Item, Table
from gdgk.markup import figure
from gdgk.reconciliation.wording import table_name

MARK = re.compile(r"(?:其中：)?(（[一二三四五六七八九十]+）|[一二三四五六七八九十]+(?=、)|\d+(?=\.))")


def spot(form: Edition, change: Change) -> str:
    """Where a cell stands: 表三 第（二）行“部分公开”·商业企业."""
    table = form.tables[change.key.table]
    column = f"·{table.columns[change.key.column].label}" if len(table.columns) > 1 else ""
    return f"{table_name(form, table.id)} {row_name(table, table.rows[change.key.row])}{column}"


def row_name(table: Table, row: Item) -> str:
    """A row by its printed mark and its name: 第（二）行“部分公开”, 第（三）1行“国家秘密”, 第一项“本年新收”."""
    mark = MARK.match(row.label)
    if mark is None:
        return f"“{row.short}”"
    if mark[1].isdigit():
        parent = next((item for item in table.items if item.key == row.parent), None)
        above = MARK.match(parent.label) if parent else None
        return f"第{above[1] if above else ''}{mark[1]}行“{row.short}”"
    return f"第{mark[1]}{'行' if mark[1].startswith('（') else '项'}“{row.short}”"


def because(change: Change, failing: Iterable[Equation]) -> str:
    """By which failing equations the figure is proposed: 按行、列合计."""
    wanted = set(failing)
    sums: list[str] = []
    others: list[str] = []
    for equation in change.equations:
        relation = equation.relation
        if equation not in wanted:
            continue
        if not relation.is_sum:
            name = "本列勾稽" if not relation.row else f"“{relation.label}”"
        elif all(term.key.row == relation.row for term in relation.left):
            name = "行"
        else:
            name = "列" if relation.column != "value" else "分项"
        group = others if not relation.is_sum else sums
        if name not in group:
            group.append(name)
    texts = [f"{'、'.join(sums)}合计"] if sums else []
    return "按" + "和".join(texts + others) if texts or others else ""


def message(form: Edition, changes: tuple[Change, ...], slip: str, failing: Iterable[Equation]) -> str:
    """An explanation as one sentence."""
    failing = tuple(failing)
    words = "" if slip in QUIET else f"（疑为{SLIPS[slip]}）"
    single = len(changes) == 1
    reasons = [because(change, failing) if single else "" for change in changes]
    texts = [
        f"{spot(form, change)}：{printed(change)}，{reason}应为 {figure(change.after)}"
        for change, reason in zip(changes, reasons, strict=True)
    ]
    return "；".join(texts) + words


def printed(change: Change) -> str:
    """What the cell says."""
    return "未填" if change.printed is None else f"填报 {figure(change.printed)}"


def no_guess(form: Edition, failing: tuple[Equation, ...], most: int) -> str:
    """That no few changes explain what fails."""
    tables = "、".join(dict.fromkeys(table_name(form, equation.relation.table) for equation in failing))
    return f"{tables}：{len(failing)} 处勾稽不符，改动 {most} 格以内不能使其全部相符，不作推测，请对照原始台账逐格核对"
