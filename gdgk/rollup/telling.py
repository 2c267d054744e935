"""A sum in words, lines and records: the same for the page, the command line and other programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gdgk.findings import Status
from gdgk.form import CellKey, Table
from gdgk.markup import figure
from gdgk.reconciliation.regions import OWN_LEVEL, named
from gdgk.reconciliation.wording import place
from gdgk.rollup import JOINT, ONCE, Compared, Member, RollUp, Summed
from gdgk.rollup.adding import in_table
from gdgk.rollup.gathering import BENEATH, REPORTED

CELLS = (
    "region",
    "year",
    "edition",
    "table",
    "row",
    "column",
    "label",
    "unit",
    "value",
    "bound",
    "reports",
    "filled",
    "blank",
    "unfilled",
    "unknown",
    "own",
    "difference",
    "synthetic",
)
STATES = {REPORTED: "计入", BENEATH: "由其下级代替", "missing": "无报告"}
OUTCOMES = {
    Status.PASS: "相符",
    Status.PASS_IMPUTED: "相符†",
    Status.FAIL: "不符",
    Status.NOT_ASSESSABLE: "不可评估",
}


def table_name(table: Table) -> str:
    """表三; 统计表 stays as it is."""
    return table.number if table.number.endswith("表") else f"表{table.number}"


# ── sentences ──


def coverage_sentence(sum_of: RollUp) -> str:
    """How many agencies have a report, and whether that is all."""
    members = sum_of.gathered.members
    here, missing = len(sum_of.sheets), sum_of.gathered.missing
    stood = sum(member.state == BENEATH for member in members)
    text = f"应报 {len(members)} 个机关，计入 {here} 份报告"
    text += f"（其中 {stood} 个机关由其下级代替）" if stood else ""
    if sum_of.complete:
        return f"{text}，已齐"
    return text + (f"，缺 {named(tuple(one.agency.name for one in missing))}" if missing else "，但不足以代表全区域")


def table_sentence(sum_of: RollUp, table: Table) -> str:
    """How many reports a table is the sum of; why there is no sum."""
    here, of = sum_of.counted(table.id), len(sum_of.sheets)
    if here:
        return f"{here} 份报告之和" if here == of else f"{here} 份报告之和；另 {of - here} 份此表未填报或未入库，不计入"
    return f"{table_name(table)}：{of} 份报告均未填报或未入库，没有可以相加的数字，不当作 0"


def joint_sentence(sum_of: RollUp) -> str:
    """What may be counted twice in table 四, and what was done about it; empty where nothing may."""
    key = CellKey(*JOINT, "total")
    if key not in sum_of.form.cells or not sum_of.own_bodies:
        return ""
    rule = "复议机关作共同被告的案件只由原行为机关计一次（国办公开办函〔2016〕201号）"
    if sum_of.joint == ONCE:
        return f"{rule}；本级的“复议后起诉”未加入合计。下级政府的报告已是合计，其中的重复无从剔除。"
    if not sum_of.doubled:
        return f"{rule}；本级或其余机关没有“复议后起诉”，合计中没有可能的重复。"
    return (
        f"{rule}；本级与其余机关都报有“复议后起诉”，合计最多可能重复 {figure(sum_of.doubled)} 件。"
        "用 --joint once（笔记本参数 joint）剔除本级的这一行。"
    )


def against_sentence(sum_of: RollUp) -> str:
    """How the sum compares with the region's own report."""
    if sum_of.comparable:
        return f"{sum_of.comparable}。"
    differing = [one for one in sum_of.compared if one.difference]
    failed = sum(one.status is Status.FAIL for one in sum_of.compared)
    text = f"{len(sum_of.compared)} 格有区域自己的数字可以对照，{len(sum_of.compared) - len(differing)} 格相等"
    if failed:
        text += f"，{failed} 格不符"
    higher = len(differing) - failed
    if higher > 0:
        text += f"，{higher} 格区域报告多于合计"
    if not sum_of.complete:
        text += f"；合计不全，只比下限（{sum_of.family.reason}）"
    return f"{text}。区域报告本身是总计，不加入合计。"


def outcome(one: Compared) -> str:
    """How a comparison ended, in a word."""
    if one.status in (Status.PASS, Status.PASS_IMPUTED) and one.difference:
        return "不低于下限"
    return OUTCOMES[one.status]


def bound_text(cell: Summed | None) -> str:
    """A sum for reading: the figure, ≥ before a lower bound, nothing where no report says it."""
    if cell is None or cell.value is None:
        return ""
    return f"{'≥' if cell.least else ''}{figure(cell.value)}"


def made_of(cell: Summed) -> str:
    """What a sum is made of, in words."""
    parts = [
        (cell.filled, "填报"),
        (cell.blank, "空格，按 0 计或由分项推算"),
        (cell.unfilled, "空格，未必是 0"),
        (cell.unknown, "无数字"),
    ]
    return f"{cell.reports} 份：" + "，".join(f"{count} 份{word}" for count, word in parts if count)


# ── records ──


def cell_records(sum_of: RollUp) -> list[dict[str, Any]]:
    """Every cell that adds up (keys :data:`CELLS`). bound: ``==``, or ``>=`` for a lower bound, None without a value;
    own, difference: of the region's own report, None where it cannot be compared.
    """
    beside = {one.key: one for one in sum_of.compared}
    made = []
    for key, cell in sum_of.cells.items():
        own = beside.get(key)
        record = {
            "region": sum_of.region.id,
            "year": sum_of.year,
            "edition": sum_of.form.id,
            **key._asdict(),
            "label": place(sum_of.form, *key),
            "unit": sum_of.form.tables[key.table].unit_of(key),
            "value": plain(cell.value),
            "bound": None if cell.value is None else ">=" if cell.least else "==",
            **{name: getattr(cell, name) for name in ("reports", "filled", "blank", "unfilled", "unknown")},
            "own": plain(own.own) if own else None,
            "difference": plain(own.difference) if own else None,
            "synthetic": sum_of.report.head.synthetic,
        }
        made.append({name: record[name] for name in CELLS})
    return made


def plain(value: float | None) -> float | int | None:
    """A figure as JSON has it: whole where it is whole."""
    return int(value) if value is not None and float(value).is_integer() else value


def coverage_records(sum_of: RollUp) -> list[dict[str, Any]]:
    """Every member: who, whether it is in the sum, on which form, and how each of its tables is."""
    by_agency = {
        member.agency.id: (sheet, report)
        for member, sheet, report in zip(sum_of.gathered.reporting, sum_of.sheets, sum_of.reports, strict=True)
    }

    def record(member: Member, depth: int) -> Iterator[dict[str, Any]]:
        sheet, report = by_agency.get(member.agency.id, (None, None))
        tables = {
            name: "" if sheet is None else "in" if in_table(sheet, name) else absence(name in sheet.blank_tables)
            for name in sum_of.form.tables
        }
        yield {
            "agency": member.agency.id,
            "name": member.agency.name,
            "depth": depth,
            "own_body": member.own,
            "total": member.covering and report is not None and not OWN_LEVEL.search(report.head.scope),
            "state": member.state,
            "edition": report.edition.id if report else None,
            "scope": report.head.scope if report else None,
            "partial": report.head.partial if report else None,
            "tables": tables,
        }
        for child in member.beneath:
            yield from record(child, depth + 1)

    return [found for member in sum_of.gathered.members for found in record(member, 0)]


def absence(blank: bool) -> str:
    """Why a table is not in the sum."""
    return "blank" if blank else "unread"


def as_object(sum_of: RollUp) -> dict[str, Any]:
    """The whole sum for other programs."""
    return {
        "region": sum_of.region.id,
        "name": sum_of.region.name,
        "year": sum_of.year,
        "edition": sum_of.form.id,
        "complete": sum_of.complete,
        "synthetic": sum_of.report.head.synthetic,
        "joint": sum_of.joint,
        "joint_at_most_twice": plain(sum_of.doubled),
        "coverage": coverage_records(sum_of),
        "conflicts": [{"kind": one.kind, "text": one.text, "agencies": list(one.agencies)} for one in sum_of.conflicts],
        "failed": [
            {
                "rule": one.rule,
                "place": one.place,
                "left": plain(one.left),
                "right": plain(one.right),
                "agencies": {agency.id: plain(gap) for agency, gap in sum_of.culprits(one)},
            }
            for one in sum_of.failed
        ],
        "own_report": against_sentence(sum_of),
        "cells": cell_records(sum_of),
    }


# ── lines ──


def lines(sum_of: RollUp) -> list[str]:
    """What an analyst reads: coverage, conflicts, each table's figures, what does not add up, the region's own."""
    synthetic = "【合成数据】" if sum_of.report.head.synthetic else ""
    found = [
        f"{synthetic}{sum_of.region.name} {sum_of.year} 年汇总（{sum_of.form.label}）：{coverage_sentence(sum_of)}"
    ]
    found += [f"  {'缺' if one.short else '注'} {one.text}" for one in sum_of.conflicts]
    for table in sum_of.form.tables.values():
        if sum_of.counted(table.id):
            found.append(f"{table_name(table)}　{table_sentence(sum_of, table)}")
            found += [f"  {line}" for line in table_lines(sum_of, table)]
        else:
            found.append(table_sentence(sum_of, table))
    for one in sum_of.failed:
        found.append(f"误 合计不合：{one.message}")
        found.append(f"    {culprits_sentence(sum_of, one)}")
    joint = joint_sentence(sum_of)
    found += [f"注 {joint}"] if joint else []
    found.append(f"与区域自己的报告：{against_sentence(sum_of)}")
    for compared in sum_of.compared:
        if compared.difference:
            found.append("  " + comparison_line(sum_of, compared))
    return found


def table_lines(sum_of: RollUp, table: Table) -> Iterator[str]:
    """The rows of a table that some report fills: its figures in order, without the columns that are 0."""
    for block in table.blocks:
        for row in block.rows:
            cells = [(column, sum_of.cells.get(CellKey(table.id, row.key, column.key))) for column in block.columns]
            said = [(column, cell, bound_text(cell)) for column, cell in cells if bound_text(cell)]
            parts = [f"{column.short} {text}" for column, _, text in said if column.kind != "column" or text != "0"]
            if said:
                yield f"{row.short}：{'，'.join(parts) or '各列 0'}"


def culprits_sentence(sum_of: RollUp, finding: Any) -> str:
    """Whose own figures do not hold what the sum fails."""
    found = sum_of.culprits(finding)
    said = "、".join(f"{agency.name}（相差 {figure(gap, sign=True)}）" for agency, gap in found[:8])
    more = f"等 {len(found)} 个机关" if len(found) > 8 else ""
    return f"自身不合的机关：{said}{more}"


def comparison_line(sum_of: RollUp, one: Compared) -> str:
    """A cell of the region's own report beside the sum."""
    text = f"{place(sum_of.form, *one.key)}：区域报告 {figure(one.own)}，合计 {figure(one.total)}，"
    text += f"相差 {figure(one.difference, sign=True)}，{outcome(one)}"
    return text + (f"（{one.note}）" if one.note else "")
