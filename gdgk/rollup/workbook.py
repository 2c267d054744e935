"""A sum as an Excel workbook: 合计, 覆盖, 口径与表式, 与区域报告核对."""

from __future__ import annotations

from typing import Any

from gdgk.listing import saved, write_rows
from gdgk.reconciliation.wording import place
from gdgk.rollup import RollUp
from gdgk.rollup.telling import (
    STATES,
    against_sentence,
    cell_records,
    coverage_records,
    coverage_sentence,
    culprits_sentence,
    joint_sentence,
    outcome,
    plain,
    table_name,
)

TABLE_STATES = {"in": "计入", "blank": "整表未填报", "unread": "未入库或表式不同", "": ""}


def as_xlsx(sum_of: RollUp) -> bytes:
    """The sum as a workbook; the same sum, the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "合计"
    widths = {
        "位置": 40,
        "单位": 7,
        "合计": 12,
        "下限": 6,
        "份数": 7,
        "填报": 7,
        "空格按 0": 9,
        "空格未必是 0": 12,
        "无数字": 8,
        "区域报告": 12,
        "相差": 10,
    }
    write_rows(sheet, widths, [cell_line(record) for record in cell_records(sum_of)])
    tables = [table_name(table) for table in sum_of.form.tables.values()]
    columns = {"机关": 34, "是否计入": 12, "表式": 20, "范围": 14, **dict.fromkeys(tables, 16), "说明": 40}
    write_rows(book.create_sheet("覆盖"), columns, [member_line(record) for record in coverage_records(sum_of)])
    notes = [["覆盖", coverage_sentence(sum_of)], *([one.kind, one.text] for one in sum_of.conflicts)]
    notes += [["不合", f"{one.message}；{culprits_sentence(sum_of, one)}"] for one in sum_of.failed]
    notes += [["共同被告", joint_sentence(sum_of)], ["区域报告", against_sentence(sum_of)]]
    if sum_of.report.head.synthetic:
        notes.insert(0, ["合成数据", "数字为虚构，只供演示与测试；与任何真实机关无关"])
    write_rows(book.create_sheet("口径与表式"), {"事项": 14, "说明": 100}, [list(note) for note in notes if note[1]])
    lines = [
        [
            place(sum_of.form, *one.key),
            plain(one.own),
            plain(one.total),
            plain(one.difference),
            outcome(one),
            one.note,
        ]
        for one in sum_of.compared
    ]
    columns = {"位置": 40, "区域报告": 12, "合计": 12, "相差": 10, "结果": 12, "说明": 50}
    write_rows(book.create_sheet("与区域报告核对"), columns, lines)
    return saved(book)


def cell_line(record: dict[str, Any]) -> list[Any]:
    """A cell as a line of the workbook."""
    bound = "≥" if record["bound"] == ">=" else ""
    names = ("reports", "filled", "blank", "unfilled", "unknown", "own", "difference")
    return [record["label"], record["unit"], record["value"], bound, *(record[name] for name in names)]


def member_line(record: dict[str, Any]) -> list[Any]:
    """A member as a line of the workbook."""
    told = ["本级"] if record["own_body"] else []
    told += ["报告已是合计"] if record["total"] else []
    told += [f"部分入库：{record['partial']}"] if record["partial"] else []
    return [
        "　" * record["depth"] + record["name"],
        STATES[record["state"]],
        record["edition"] or "",
        record["scope"] or "",
        *(TABLE_STATES[state] for state in record["tables"].values()),
        "；".join(told),
    ]
