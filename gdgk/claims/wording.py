"""Findings on the prose in words. Chinese, for the people who must correct the figures."""

from __future__ import annotations

from gdgk.claims.model import Claim, Reading
from gdgk.form import CellKey, Edition
from gdgk.markup import figure

SCOPES = {
    "own_level": "句中写明为本级口径",
    "whole_area": "句中写明为全域口径",
    "lower_level": "句中写明为下级或所属单位口径",
    "cumulative": "句中写“累计”，统计口径可能不同",
    "filed": "句中按备案或立案计数，与表四按结果计数口径不同",
    "published": "句中为公开件数，与表二栏目口径可能不同",
    "channels": "句中写明了申请渠道",
    "loose": "句中用语与表内栏目不尽相同",
    "approximate": "句中为约数",
    "basis": "受理年与审结年的计数口径可能不同",
}


def table_name(form: Edition, table: str) -> str:
    """A table as officials call it: 表三, 统计表."""
    number = form.tables[table].number
    return number if number.endswith("表") else f"表{number}"


def reading_name(reading: Reading, form: Edition) -> str:
    """The cells of a reading in the form's own words, a whole group by its name: 表三“不予公开”."""
    table = form.tables[reading[0].table]
    rows = list(dict.fromkeys(key.row for key in reading))
    columns = list(dict.fromkeys(key.column for key in reading))
    names = " ＋ ".join(f"“{name}”" for name in row_names(rows, reading[0].table, form))
    column = ""
    if table.id == "applications" and columns != ["total"]:
        whole = len(columns) == 5 and "natural_person" not in columns
        column = "·法人或其他组织" if whole else "·" + "、".join(table.columns[name].short for name in columns)
    elif table.id in ("disputes", "proactive_disclosure"):
        column = "·" + "、".join(table.columns[name].short for name in columns)
    return f"{table_name(form, table.id)}{names}{column}"


def row_names(rows: list[str], table: str, form: Edition) -> list[str]:
    """The names of rows; all the rows of a group have the group's name."""
    item = form.tables[table]
    left, names = list(rows), []
    for key, group in item.groups.items():
        leaves = [leaf.key for leaf in item.leaves(key)] if group.parent else []
        if group.kind == "group" and len(leaves) > 1 and all(leaf in left for leaf in leaves):
            names.append((left.index(leaves[0]), group.short))
            left = [row for row in left if row not in leaves]
    named = [(rows.index(row), item.rows[row].short) for row in left]
    group_at = [
        (rows.index(next(leaf.key for leaf in item.leaves(key))), group.short)
        for key, group in item.groups.items()
        if group.short in dict(((name, at) for at, name in names)) and group.kind == "group"
    ]
    return [name for _, name in sorted([*named, *group_at])]


def quoted(span: tuple[int, int], narrative: str) -> str:
    """The words of a narrative that stand in a place, without spaces, in quotation marks."""
    words = "".join(narrative[slice(*span)].split())
    return f"“{words.strip('，。；：、,;:')}”"


def count_text(claim: Claim, number: float | None) -> str:
    """A number with the unit of a claim."""
    return f"{figure(number)} {claim.unit}"


def percent(value: float, places: int) -> str:
    """A percentage with one decimal more than the prose prints."""
    return f"{value:.{min(places + 1, 4)}f}%"


def scope_note(scope: tuple[str, ...]) -> str:
    """What a difference of scope may explain."""
    notes = [SCOPES[name] for name in scope if name in SCOPES]
    return f"（{'；'.join(notes)}）" if notes else ""


def coincidence(key: CellKey, form: Edition) -> str:
    """Which other figure of the table the stated one is."""
    return reading_name((key,), form)
