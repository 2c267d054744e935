"""The columns of a pack: one union schema over every edition of the form, and what each column means.

A cell of the form is a column ``table.row.column``, whatever the edition; a new edition adds columns and changes none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import gdgk
from gdgk.form import CellKey, editions
from gdgk.report import MONEY

# Raised when a reader of an older gdgk would misread a pack; a new edition of the form does not.
SCHEMA = 1
COUNT, AMOUNT = "BIGINT", "DOUBLE"
ENTRIES = "MAP(VARCHAR, STRUCT(state VARCHAR, raw VARCHAR))"
# How a table is filled in: some cell has an entry, none has, none was taken in (?); null where the form has none such.
FILLED, BLANK, UNKNOWN = "filled", "blank", "unknown"


@dataclass(frozen=True, slots=True)
class Field:
    """A column that is no cell: its name, its type as SQL names it, its Chinese label, what it holds."""

    name: str
    type: str
    label: str
    meaning: str


# What a report says of itself, then what agencies.csv says of the agency.
REPORT = (
    Field("agency", "VARCHAR", "机关编号", "id of agencies.csv"),
    Field("year", "SMALLINT", "报告年度", "the year reported on"),
    Field("edition", "VARCHAR", "表式", "edition of the form, a property of the report"),
    Field("synthetic", "BOOLEAN", "合成数据", "true: made-up data, no agency or figure of it is real"),
    Field("scope", "VARCHAR", "报告范围", "whom the report says it covers (本机关, 全市 …)"),
    Field("published", "VARCHAR", "发布日期", "when it was published, as report.toml has it"),
    Field("blanks", "VARCHAR", "空白的含义", "what report.toml says a blank is: zero, missing, or nothing"),
)
AGENCY = (
    Field("name", "VARCHAR", "机关名称", "the agency's Chinese name"),
    Field("kind", "VARCHAR", "机关类别", "kind by agencies.csv"),
    Field("parent", "VARCHAR", "上级机关", "id of the agency above"),
    Field("city", "VARCHAR", "市州代码", "six-digit code of the prefecture (GB/T 2260), null above it"),
    Field("county", "VARCHAR", "县区代码", "six-digit code of the county, null above it"),
)
PLACE = Field(
    "province", "VARCHAR", "省级代码", "six-digit code of the province; 000000 where none is known (hive folder)"
)
ODD = Field(
    "entries",
    ENTRIES,
    "非数字填报",
    "cells that print something else than a plain number or nothing: by column, the state of the cell and its text",
)
PROVENANCE = (
    Field("agency", "VARCHAR", "机关编号", "id of agencies.csv"),
    Field("year", "SMALLINT", "报告年度", "the year reported on"),
    Field("synthetic", "BOOLEAN", "合成数据", "true: made-up data"),
    Field("title", "VARCHAR", "标题", "the report's title"),
    Field("source", "VARCHAR", "来源", "in words: where the figures come from"),
    Field("source_file", "VARCHAR", "来源文件", "the document beside the report"),
    Field("sha256", "VARCHAR", "来源文件校验值", "of that document"),
    Field("licence", "VARCHAR", "许可", "under which the figures may be used, where report.toml says so"),
    Field("partial", "VARCHAR", "未入库部分", "in words: what was not taken in"),
    Field("digest", "VARCHAR", "数据校验值", "of the files that were read, for packing again"),
)


@cache
def cell_columns() -> dict[str, CellKey]:
    """Every cell of every edition by the name of its column, the oldest edition's first."""
    return {str(key): key for form in editions().values() for key in form.cells}


@cache
def tables() -> tuple[str, ...]:
    """The tables of all editions."""
    return tuple(dict.fromkeys(key.table for key in cell_columns().values()))


def state_column(table: str) -> str:
    """The column that says how a table is filled in."""
    return f"{table}.state"


@cache
def cell_type(column: str) -> str:
    """The type of a cell's column: amounts of money have decimals."""
    key = cell_columns()[column]
    units = {form.tables[key.table].unit_of(key) for form in editions().values() if key in form.cells}
    return AMOUNT if MONEY in units else COUNT


@cache
def columns_of(edition: str) -> tuple[str, ...]:
    """The columns of an edition's cells in printed order."""
    return tuple(map(str, editions()[edition].cells))


@cache
def panel_columns() -> dict[str, str]:
    """The columns of the panel in their order, with their types; the province, which is a folder, is not among them."""
    own = {field.name: field.type for field in (*REPORT, *AGENCY)}
    states = {state_column(table): "VARCHAR" for table in tables()}
    return own | states | {ODD.name: ODD.type} | {name: cell_type(name) for name in cell_columns()}


# The data dictionary --------------------------------------------------------------------------------------------------


def dictionary() -> dict[str, Any]:
    """What every column of the panel and of the provenance means, with the official labels of the form."""
    fields = [described(field) for field in (PLACE, *REPORT, *AGENCY)]
    states = [
        {
            "name": state_column(table),
            "type": "VARCHAR",
            "label": f"{labels_of(table)}填报情况",
            "meaning": f"{FILLED}, {BLANK} (整表未填报), {UNKNOWN} (整表未入库); null: the form has no such table",
        }
        for table in tables()
    ]
    return {
        "gdgk": gdgk.__version__,
        "schema": SCHEMA,
        "null": "a null cell is blank; not taken in where the table's state is unknown; absent where the edition of "
        "the report does not have the column; else entries says what it prints",
        "panel": [*fields, *states, described(ODD), *map(cell_entry, cell_columns())],
        "provenance": [described(field) for field in PROVENANCE],
    }


def dictionary_text() -> str:
    """The data dictionary as JSON."""
    return json.dumps(dictionary(), ensure_ascii=False, indent=1) + "\n"


def described(field: Field) -> dict[str, str]:
    """A field as an entry of the dictionary."""
    return {"name": field.name, "type": field.type, "label": field.label, "meaning": field.meaning}


def labels_of(table: str) -> str:
    """A table's title, in the latest edition that has it."""
    return [form.tables[table].title for form in editions().values() if table in form.tables][-1]


def cell_entry(column: str) -> dict[str, Any]:
    """A cell's column as an entry of the dictionary: address, labels of the latest edition and where others differ."""
    key = cell_columns()[column]
    found = {form.id: cell_labels(form.id, key) for form in editions().values() if key in form.cells}
    latest = list(found.values())[-1]
    others = {name: labels for name, labels in found.items() if labels != latest}
    return {
        "name": column,
        "type": cell_type(column),
        "table": key.table,
        "row": key.row,
        "column": key.column,
        **latest,
        "editions": list(found),
        **({"labels_of_other_editions": others} if others else {}),
    }


def cell_labels(edition: str, key: CellKey) -> dict[str, str]:
    """The official labels of a cell in an edition, and its unit."""
    table = editions()[edition].tables[key.table]
    row, column = table.cells[key]
    return {
        "label": f"{table.number}｜{row.label}｜{column.label}",
        "short": f"{row.short}·{column.short}",
        "table_label": table.title,
        "row_label": row.label,
        "column_label": column.label,
        "unit": table.unit_of(key),
    }
