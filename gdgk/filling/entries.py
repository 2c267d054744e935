"""What may be filled in: whole numbers from 0, amounts in 万元, 增/减; enforced on typing, marked red when pasted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openpyxl.worksheet.datavalidation import DataValidation

from gdgk.form import CellKey, Table
from gdgk.report import LARGEST, MONEY

LONGEST_PROMPT = 255


@dataclass(frozen=True)
class Entry:
    """A kind of entry. formula: whether what stands in a cell is such an entry, by the cell's reference.

    prompt: shown when the cell is chosen, empty for none; fault: shown when something else is typed.
    """

    kind: str
    formula: Callable[[str], str]
    prompt: str
    fault: str


def whole(cell: str) -> str:
    """A whole number from 0."""
    return f"IF(ISNUMBER({cell}),AND({cell}>=0,{cell}<{LARGEST},{cell}=INT({cell})),FALSE)"


def amount(cell: str) -> str:
    """A number from 0."""
    return f"IF(ISNUMBER({cell}),AND({cell}>=0,{cell}<{LARGEST}),FALSE)"


def amount_with_unit(cell: str) -> str:
    """A number from 0, or one with 元 or 万元 behind it."""
    return (
        f'IF(ISNUMBER({cell}),AND({cell}>=0,{cell}<{LARGEST}),IF(RIGHT({cell},2)="万元",'
        f'ISNUMBER(VALUE(LEFT({cell},LEN({cell})-2))),AND(RIGHT({cell},1)="元",'
        f"ISNUMBER(VALUE(LEFT({cell},LEN({cell})-1))))))"
    )


def change(cell: str) -> str:
    """A whole number with its sign, 增 or 减 before a number, 无."""
    return (
        f'IF(ISNUMBER({cell}),AND(ABS({cell})<{LARGEST},{cell}=INT({cell})),OR({cell}="无",'
        f'AND(OR(LEFT({cell},1)="增",LEFT({cell},1)="减"),ISNUMBER(VALUE(TRIM(MID({cell},2,12)))))))'
    )


COUNT = Entry("count", whole, "", "这一格应填不小于 0 的整数；没有的填 0，不要留空，不要写单位。")
AMOUNT = Entry(
    "amount",
    amount,
    "单位：万元，可以有小数（精确到分为 6 位）。",
    "这一格应填不小于 0 的数，单位是万元；没有的填 0，不要写单位。",
)
AMOUNT_WITH_UNIT = Entry(
    "amount_with_unit",
    amount_with_unit,
    "请写明单位，如 25.1万元 或 251000元；只写数字的按万元计。",
    "这一格应填不小于 0 的金额，如 25.1万元、251000元；没有的填 0。",
)
CHANGE = Entry(
    "change",
    change,
    "增填正数，减填负数，也可写 增4、减2；没有变化填 0 或 无。",
    "这一格应填带正负号的整数，或 增4、减2、无。",
)


def entry_of(table: Table, key: CellKey) -> Entry:
    """What may be filled in to a cell of a table."""
    column = table.cells[key][1]
    if column.kind == "change":
        return CHANGE
    if table.unit_of(key) != MONEY:
        return COUNT
    printed = MONEY in column.label or table.cells[key][0].unit == MONEY
    return AMOUNT if printed else AMOUNT_WITH_UNIT


def validation(entry: Entry, first: str) -> DataValidation:
    """An entry as a rule of the sheet. first: the reference of the first cell it will hold for."""
    common = {
        "allow_blank": True,
        "showErrorMessage": True,
        "errorTitle": "填写有误",
        "error": entry.fault[:LONGEST_PROMPT],
    }
    if entry.prompt:
        common |= {"showInputMessage": True, "promptTitle": "填写说明", "prompt": entry.prompt[:LONGEST_PROMPT]}
    if entry is COUNT or entry is AMOUNT:
        kind = "whole" if entry is COUNT else "decimal"
        return DataValidation(type=kind, operator="between", formula1="0", formula2=str(LARGEST - 1), **common)
    return DataValidation(type="custom", formula1=entry.formula(first), **common)
