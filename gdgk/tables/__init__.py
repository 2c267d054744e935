"""Report → the printed tables, cell for cell, with findings marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gdgk.form import CellKey, Item, Table
from gdgk.markup import Markup, figure, render
from gdgk.report import Cell, ExtraRow, Report, State
from gdgk.tables.marking import (
    SEALS,
    SEVERITY_ORDER,
    SEVERITY_WORDS,
    SURE,
    Mark,
    Marks,
    failed,
    marks,
    named,
    numbered,
    settled,
)

__all__ = [
    "SEALS",
    "SEVERITY_ORDER",
    "SEVERITY_WORDS",
    "SURE",
    "Mark",
    "Marks",
    "PrintedCell",
    "PrintedRow",
    "failed",
    "marks",
    "named",
    "numbered",
    "printed_table",
    "settled",
]


@dataclass(slots=True)
class PrintedCell:
    """One cell as shown. kind: its state, or ``zero``; reading: the number a text says; imputed: of its parts."""

    id: str
    kind: str
    text: str
    reading: str = ""
    imputed: str = ""
    total: bool = False
    part: bool = False
    was: str = ""
    why: str = ""
    span: int = 1
    marks: list[Mark] = field(default_factory=list)

    @property
    def classes(self) -> str:
        """The style classes of the cell."""
        looks = {mark.look for mark in self.marks}
        look = next((name for name in ("bad", "said", "doubt", "quiet") if name in looks), "")
        chosen = [
            "" if self.kind == "number" else self.kind,
            "tot" if self.total else "",
            look,
            "part" if self.part and look in ("", "quiet") else "",
            "fixed" if self.was else "",
            "est" if self.imputed else "",
        ]
        return " ".join(name for name in chosen if name)


@dataclass(slots=True)
class PrintedRow:
    """One row as shown: headings of groups that begin here, its own label, its cells."""

    id: str
    label: str
    remark: str
    cells: list[PrintedCell]
    groups: list[tuple[str, int, str]] = field(default_factory=list)
    span: int = 1
    kind: str = "row"
    depth: int = 0
    unit: str = ""
    misprint: bool = False
    marks: list[Mark] = field(default_factory=list)


# ── cells ──


def printed_cell(
    report: Report, key: CellKey, marked: Marks, imputed: Mapping[CellKey, float | str], anchor: str = ""
) -> PrintedCell:
    """A cell of a report as shown on the page."""
    cell = report.cell(key)
    column = report.edition.cells[key][1]
    shown = PrintedCell(
        id=f"{anchor}{'-'.join(key)}",
        kind=cell_kind(cell),
        text=cell_text(cell),
        reading=cell_reading(cell, report.unit_of(key), column.kind == "change"),
        total=column.kind == "column_total",
        part=str(key) in marked.parts,
        marks=list(marked.cells.get(str(key), [])),
    )
    beside = imputed.get(key)
    if isinstance(beside, str):
        shown.reading = beside
    elif beside is not None and cell.empty:
        shown.imputed = figure(beside)
    correction = report.corrections.get(key)
    if correction is not None:
        shown.was = correction.reported.strip() or "空"
        shown.why = f"{correction.reason}（{correction.by}，{correction.on}）"
    return shown


def cell_kind(cell: Cell) -> str:
    """The state of a cell, with 0 told from other numbers."""
    return "zero" if cell.state is State.NUMBER and cell.value == 0 else cell.state.value


def cell_text(cell: Cell) -> str:
    """A number with its thousands parted; any other entry as printed."""
    if cell.state is State.NUMBER and cell.value is not None:
        return figure(cell.value)
    return "" if cell.state in (State.BLANK, State.UNKNOWN) else cell.raw.strip()


def cell_reading(cell: Cell, unit: str, signed: bool) -> str:
    """The number that an entry in words was read as: ＋4, 25.1 万元."""
    if cell.state is not State.TEXT or cell.value is None:
        return ""
    return figure(cell.value, sign=signed) + (f" {unit}" if unit == "万元" else "")


# ── tables ──


def printed_table(
    report: Report,
    table: str,
    marked: Marks | None = None,
    imputed: Mapping[CellKey, float | str] | None = None,
    anchor: str = "",
    plain: bool = False,
) -> Markup:
    """One table of a report as HTML, laid out as the official form prints it.

    marked: :func:`marks` of this report's findings; imputed: blank totals with their value, or a remark that stands
    beside a cell.
    plain: as handed in, without marks, readings or states (for the official report). anchor: a prefix of the cells'
    ids.
    """
    form = report.edition.tables[table]
    marked = Marks() if plain or marked is None else marked
    values = {} if plain else imputed or {}
    common = {
        "table": form,
        "report": report,
        "plain": plain,
        "anchor": anchor,
        "column_marks": column_marks(form, marked),
    }
    if form.layout == "blocks":
        return render("table_blocks.html.j2", blocks=block_rows(report, form, marked, values, anchor), **common)
    if form.layout == "across":
        cells = {key: printed_cell(report, key, marked, values, anchor) for key in form.cells}
        labels = {row: report.label_of(form.id, row) for row in form.rows}
        row_marks = {row: found for (name, row), found in marked.rows.items() if name == form.id}
        columns = list(form.columns)
        extras = [row for after in ("", *form.rows) for row in extra_rows(report, form, after, columns, marked)]
        across = {
            "cells": cells,
            "groups": across_groups(form),
            "labels": labels,
            "row_marks": row_marks,
            "extras": extras,
        }
        return render("table_across.html.j2", **across, **common)
    rows = list(tree_rows(report, form, marked, values, anchor))
    name = "table_list.html.j2" if form.layout == "list" else "table_rows.html.j2"
    return render(name, rows=rows, column_groups=column_groups(form), **common)


def column_marks(form: Table, marked: Marks) -> dict[str, list[Mark]]:
    """The marks on column headings of one table."""
    return {column: found for (table, column), found in marked.columns.items() if table == form.id}


def block_rows(
    report: Report, form: Table, marked: Marks, imputed: Mapping[CellKey, float | str], anchor: str
) -> list[tuple[str, tuple[Item, ...], list[PrintedRow], int]]:
    """Table 二: each block's heading, columns, rows and the span of its last column."""
    widest = max(len(block.columns) for block in form.blocks)
    found = []
    for block in form.blocks:
        last = widest - len(block.columns) + 1
        columns = [column.key for column in block.columns]
        rows = extra_rows(report, form, "", columns, marked, last) if block is form.blocks[0] else []
        for item in block.rows:
            cells = [
                printed_cell(report, CellKey(form.id, item.key, column.key), marked, imputed, anchor)
                for column in block.columns
            ]
            cells[-1].span = last
            rows.append(labelled_row(report, form, item, cells, marked, anchor))
            rows.extend(extra_rows(report, form, item.key, columns, marked, last))
        found.append((block.label, block.columns, rows, last))
    return found


def labelled_row(
    report: Report, form: Table, item: Item, cells: list[PrintedCell], marked: Marks, anchor: str
) -> PrintedRow:
    """A row with its printed label, the bracketed remark of the label set apart."""
    label = report.label_of(form.id, item.key)
    text, bracket, remark = label.partition("（区分处理")
    return PrintedRow(
        id=f"{anchor}{form.id}-{item.key}",
        label=text,
        remark=bracket + remark,
        cells=cells,
        kind=item.kind,
        unit=item.unit,
        misprint=(form.id, item.key) in report.labels and bool(marked.rows.get((form.id, item.key))),
        marks=list(marked.rows.get((form.id, item.key), [])),
    )


def extra_rows(
    report: Report, form: Table, after: str, columns: Sequence[str], marked: Marks, last: int = 1
) -> list[PrintedRow]:
    """The rows that the form does not know and that stood after a row of the form (``""``: before the first)."""
    rows = []
    for extra in report.extra_rows.get(form.id, ()):
        if extra.after == after:
            rows.append(extra_row(form, extra, columns, marked, last))
            rows.extend(extra_rows(report, form, extra.key, columns, marked, last))
    return rows


def extra_row(form: Table, extra: ExtraRow, columns: Sequence[str], marked: Marks, last: int) -> PrintedRow:
    """A row that the form does not know, its cells as printed; those of other columns are told in its label."""
    name = f"{form.id}-{extra.key}"
    cells = [PrintedCell(f"{name}-{column}", "text", extra.cells.get(column, "")) for column in columns]
    cells[-1].span = last
    others = [f"{form.columns[column].label} {raw}" for column, raw in extra.cells.items() if column not in columns]
    remark = f"（{'；'.join(others)}）" if others else ""
    found = list(marked.rows.get((form.id, extra.key), []))
    return PrintedRow(name, extra.label, remark, cells, kind="extra", marks=found)


def tree_rows(
    report: Report, form: Table, marked: Marks, imputed: Mapping[CellKey, float | str], anchor: str
) -> list[PrintedRow]:
    """Tables laid out by rows: each row with the groups that begin at it and the span of its own label."""
    columns = [column.key for column in form.blocks[0].columns]
    pending: list[Item] = []
    widest = deepest(form)
    rows: list[PrintedRow] = extra_rows(report, form, "", columns, marked)
    for extra in rows:
        extra.span = widest
    for item in form.items:
        if item.kind == "group":
            pending.append(item)
        if item.key not in form.rows:
            continue
        cells = [
            printed_cell(report, CellKey(form.id, item.key, column), marked, imputed, anchor) for column in columns
        ]
        row = labelled_row(report, form, item, cells, marked, anchor)
        row.depth = depth(form, item)
        row.groups = [
            (group.label, group_height(report, form, group.key), group_class(form, group)) for group in pending
        ]
        row.span = widest - row.depth
        rows.append(row)
        pending = []
        for extra in extra_rows(report, form, item.key, columns, marked):
            extra.span = row.span
            rows.append(extra)
    return rows


def depth(form: Table, item: Item) -> int:
    """How many group headings stand before a row's own label."""
    parent = next((other for other in form.items if other.key == item.parent), None)
    return 0 if parent is None else 1 + depth(form, parent)


def deepest(form: Table) -> int:
    """How many label columns a table needs."""
    return 1 + max(depth(form, row) for row in form.rows.values())


def group_height(report: Report, form: Table, group: str) -> int:
    """How many rows a group spans, extra rows among them."""
    height = 0
    for child in form.children(group):
        height += group_height(report, form, child.key) if child.kind == "group" else 1
        height += extra_height(report, form, child.key)
    return height


def extra_height(report: Report, form: Table, after: str) -> int:
    """How many rows that the form does not know follow a row, one after another."""
    found = [extra for extra in report.extra_rows.get(form.id, ()) if extra.after == after]
    return sum(1 + extra_height(report, form, extra.key) for extra in found)


def group_class(form: Table, group: Item) -> str:
    """A group that holds groups is set vertically, as the form prints 三、本年度办理结果."""
    return "vert" if any(child.kind == "group" for child in form.children(group.key)) else "grp"


def column_groups(form: Table) -> list[tuple[Item, tuple[Item, ...]]]:
    """The columns of a table in order: a single one with no members, or a group with those beneath it."""
    found: list[tuple[Item, tuple[Item, ...]]] = []
    for item in form.items:
        if item.kind == "column_group":
            found.append((item, tuple(column for column in form.blocks[0].columns if column.parent == item.key)))
        elif item.key in form.columns and not item.parent:
            found.append((item, ()))
    return found


def across_groups(form: Table) -> list[tuple[Item, tuple[Item, ...]]]:
    """Table 四: 行政复议 stands alone, 行政诉讼 holds two."""
    top = [item for item in form.items if not item.parent and item.kind in ("row", "group")]
    return [(item, form.children(item.key) if item.kind == "group" else ()) for item in top]
