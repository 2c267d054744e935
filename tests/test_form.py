"""The official form: every edition, cell, label and sum as the notices print them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from strategies import APPLICANTS, DISPUTES, MODERN, PARTS, RESULTS, cells_of, outcome_rows

from gdgk.errors import InputError, UnknownName
from gdgk.form import (
    FORMS,
    CellKey,
    Edition,
    edition,
    edition_for,
    editions,
    read_edition,
    same_label,
)

# Which edition is the official one for reports on a year.
YEARS = [
    (2014, "2014"),
    (2018, "2014"),
    (2019, "2019"),
    (2020, "2019"),
    (2021, "2021"),
    (2025, "2021"),
    (2031, "2021"),
]

# Table 二: rows and their columns, as printed.
ITEMS = ["prior_items", "change", "decisions"]
PROACTIVE = {
    "2019": {
        "regulations": ["newly_made", "newly_disclosed", "total_disclosed"],
        "normative_documents": ["newly_made", "newly_disclosed", "total_disclosed"],
        "licensing": ITEMS,
        "other_services": ITEMS,
        "penalties": ITEMS,
        "coercion": ITEMS,
        "fees": ["prior_items", "change"],
        "procurement": ["projects", "amount"],
    },
    "2021": {
        "regulations": ["issued", "repealed", "in_force"],
        "normative_documents": ["issued", "repealed", "in_force"],
        "licensing": ["decisions"],
        "penalties": ["decisions"],
        "coercion": ["decisions"],
        "fees": ["amount"],
    },
}

# The sums of the 2014 form: total = parts.
SUMS_2014 = {
    "received": "received_in_person received_by_fax received_online received_by_letter",
    "completed": "completed_on_time completed_after_extension",
    "replied": "replied_already_public replied_granted replied_partly_granted replied_refused replied_not_this_agency"
    " replied_not_existing replied_to_be_corrected replied_other_route",
    "replied_refused": "refused_state_secret refused_trade_secret refused_privacy refused_security_stability"
    " refused_not_government_information refused_other_law",
    "reconsideration": "reconsideration_upheld reconsideration_corrected reconsideration_other",
    "litigation": "litigation_upheld litigation_corrected litigation_other",
    "staff": "staff_full_time staff_part_time",
}


@pytest.fixture(params=MODERN)
def modern(request: pytest.FixtureRequest) -> Edition:
    """Each edition with tables 二, 三 and 四."""
    return edition(request.param)


def test_editions_come_oldest_first() -> None:
    assert list(editions()) == ["2014", "2019", "2021", "2021-single-other"]


@pytest.mark.parametrize(("year", "name"), YEARS)
def test_each_year_has_one_official_edition(year: int, name: str) -> None:
    assert edition_for(year).id == name
    assert [form.id for form in editions().values() if form.covers(year)] == [name]


def test_an_edition_or_year_that_is_not_there_is_said() -> None:
    with pytest.raises(UnknownName, match=r"edition: found '2020'.*expected one of 2014, 2019, 2021"):
        edition("2020")
    with pytest.raises(
        UnknownName, match=r"year: found '2013'.*expected one of 2014.*before 2014 had no national form"
    ):
        edition_for(2013)


def test_a_variant_belongs_to_the_family_of_its_edition() -> None:
    assert {form.id: form.family for form in editions().values()} == {
        "2014": "2014",
        "2019": "2019",
        "2021": "2021",
        "2021-single-other": "2021",
    }


@pytest.mark.parametrize(
    ("name", "rows", "cells"), [("2019", 23, 161), ("2021", 25, 175), ("2021-single-other", 23, 161)]
)
def test_table_3_has_every_printed_cell(name: str, rows: int, cells: int) -> None:
    table = edition(name).tables["applications"]
    assert list(table.columns) == APPLICANTS
    assert (len(table.rows), len(table.cells)) == (rows, cells)
    assert ("otherwise_handled" in table.rows) is (name != "2021")


def test_table_3_has_no_cells_for_its_headings(modern: Edition) -> None:
    table = modern.tables["applications"]
    headings = {"outcomes", "denied", "unavailable", "not_processed", "legal_entity"}
    assert headings <= set(table.groups)
    assert not headings & (set(table.rows) | set(table.columns))


def test_table_4_has_fifteen_cells(modern: Edition) -> None:
    assert list(modern.tables["disputes"].cells) == cells_of("disputes", DISPUTES, [*RESULTS, "total"])


@pytest.mark.parametrize("name", MODERN)
def test_table_2_has_cells_only_where_the_form_prints_them(name: str) -> None:
    table = edition(name).tables["proactive_disclosure"]
    found: dict[str, list[str]] = {}
    for key in table.cells:
        found.setdefault(key.row, []).append(key.column)
    assert found == PROACTIVE[name[:4]]


def test_every_table_has_its_number_title_and_unit(modern: Edition) -> None:
    assert [(table.number, table.title) for table in modern.tables.values()] == [
        ("二", "主动公开政府信息情况"),
        ("三", "收到和处理政府信息公开申请情况"),
        ("四", "政府信息公开行政复议、行政诉讼情况"),
    ]


@pytest.mark.parametrize(
    ("name", "cell", "unit"),
    [
        ("2019", "proactive_disclosure.licensing.prior_items", "项"),
        ("2019", "proactive_disclosure.licensing.change", "项"),
        ("2019", "proactive_disclosure.licensing.decisions", "件"),
        ("2019", "proactive_disclosure.procurement.amount", "万元"),
        ("2021", "proactive_disclosure.fees.amount", "万元"),
        ("2021", "proactive_disclosure.regulations.in_force", "件"),
        ("2021", "applications.new.total", "件"),
        ("2021", "disputes.reconsideration.upheld", "件"),
        ("2014", "statistics.fees_collected.value", "万元"),
        ("2014", "statistics.trainees.value", "人次"),
    ],
)
def test_every_cell_has_its_unit(name: str, cell: str, unit: str) -> None:
    key = CellKey(*cell.split("."))
    assert str(key) == cell
    assert edition(name).tables[key.table].unit_of(key) == unit


@pytest.mark.parametrize("name", list(editions()))
def test_an_item_has_a_short_name_and_stands_under_one_that_exists(name: str) -> None:
    for table in edition(name).tables.values():
        known = {item.key for item in table.items} | {""}
        assert {item.parent for item in table.items} <= known
        assert all(item.label and item.short for item in table.items)


# Sums ----------------------------------------------------------------------------------------------------------------


def test_table_3_states_a_sum_for_every_row_and_for_every_column(modern: Edition) -> None:
    table = modern.tables["applications"]
    found = {(item.rule, item.total): set(item.parts) for item in table.sums()}
    rows = {
        ("T3-ROW-SUM", CellKey("applications", row, "total")): set(cells_of("applications", [row], PARTS))
        for row in table.rows
    }
    columns = {
        ("T3-COL-SUM", CellKey("applications", "outcomes_total", column)): set(
            cells_of("applications", outcome_rows(modern), [column])
        )
        for column in APPLICANTS
    }
    assert found == {**rows, **columns}


def test_table_4_states_three_sums(modern: Edition) -> None:
    found = {(item.rule, item.total): list(item.parts) for item in modern.tables["disputes"].sums()}
    assert found == {
        ("T4-SUM", CellKey("disputes", row, "total")): cells_of("disputes", [row], RESULTS) for row in DISPUTES
    }


def test_table_2_states_no_sum(modern: Edition) -> None:
    assert list(modern.tables["proactive_disclosure"].sums()) == []


def test_the_2014_form_adds_up_applications_replies_disputes_and_staff() -> None:
    found = {item.total.row: [part.row for part in item.parts] for item in edition("2014").tables["statistics"].sums()}
    assert found == {total: parts.split() for total, parts in SUMS_2014.items()}


def test_what_is_contained_in_its_parent_is_not_added() -> None:
    table = edition("2014").tables["statistics"]
    assert [item.key for item in table.children("disclosed")] == ["disclosed_normative"]
    assert table.leaves("disclosed") == ()


# Labels --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "label", "same"),
    [
        ("1、属于国家秘密", "1.属于国家秘密", True),
        ("１．属于国家秘密", "1.属于国家秘密", True),
        ("（七） 总计", "(七)总计", True),
        ('3.危及"三安全一稳定"', "3.危及“三安全一稳定”", True),
        ("本年增／减", "本年增/减", True),
        ("1.申请人逾期不补正，不再处理", "1.申请人逾期不补正、不再处理", True),
        ("2.其他法律行政止公开", "2.其他法律行政法规禁止公开", False),
        ("2.属于国家秘密", "1.属于国家秘密", False),
        ("规范性文件", "行政规范性文件", False),
    ],
)
def test_labels_are_compared_by_what_they_say(printed: str, label: str, same: bool) -> None:
    assert same_label(printed, label) is same
    assert same_label(label, printed) is same


@pytest.mark.parametrize("name", list(editions()))
def test_no_printed_label_names_two_rows_under_one_heading(name: str) -> None:
    for table in edition(name).tables.values():
        printed = [
            (item.parent, text)
            for item in table.items
            if item.kind in ("row", "sum", "total", "part")
            for text in (item.label, *item.variants)
        ]
        assert len(printed) == len(set(printed))


@pytest.mark.parametrize(("era", "name"), [("2019-2020", "2019"), ("2021+", "2021")])
def test_rows_and_columns_of_table_3_are_labelled_as_in_the_shared_list(corpus: Path, era: str, name: str) -> None:
    listed = json.loads((corpus.parent / "forms.json").read_text(encoding="utf-8"))["eras"][era]["table3"]
    table = edition(name).tables["applications"]
    for part, items in (("rows", table.rows), ("columns", table.columns)):
        labels = {entry["key"]: entry["label"] for entry in listed[part]}
        assert {key: item.label for key, item in items.items()} == labels


# Adding an edition ---------------------------------------------------------------------------------------------------

FORM = """edition = "2027"
label_zh = "2027 表式"
first_year = 2027
basis = "测试"

[[tables]]
id = "disputes"
number = "四"
title_zh = "复议"
unit = "件"
file = "disputes.csv"
layout = "rows"
row_sum = "T4-SUM"
"""
TABLE = """item,parent,label_zh,short_zh,variants,unit,kind
upheld,,结果维持,,维持|结果为维持,件,column
total,,总计,,,件,column_total
reconsideration,,行政复议,复议,,,row
"""


def write_form(folder: Path, form: str = FORM, table: str = TABLE) -> Path:
    """A folder like those of gdgk/forms; returns its form.toml."""
    (folder / "disputes.csv").write_text(table, encoding="utf-8")
    (folder / "form.toml").write_text(form, encoding="utf-8")
    return folder / "form.toml"


def test_a_new_edition_is_a_folder(tmp_path: Path) -> None:
    form = read_edition(write_form(tmp_path))
    table = form.tables["disputes"]
    assert (form.id, form.first_year, form.last_year, form.family) == ("2027", 2027, None, "2027")
    assert [str(key) for key in form.cells] == ["disputes.reconsideration.upheld", "disputes.reconsideration.total"]
    assert table.columns["upheld"].variants == ("维持", "结果为维持")
    assert (table.columns["upheld"].short, table.rows["reconsideration"].short) == ("结果维持", "复议")


@pytest.mark.parametrize(
    ("form", "table", "file", "found"),
    [
        (FORM.replace('basis = "测试"', ""), TABLE, "form.toml", "no 'basis'"),
        (FORM.replace('unit = "件"', ""), TABLE, "form.toml", "no 'unit'"),
        (FORM.replace('"rows"', '"sideways"'), TABLE, "form.toml", "layout 'sideways'"),
        (FORM, TABLE.replace("column_total", "grand_total"), "disputes.csv:3", "kind 'grand_total'"),
        (FORM, TABLE.replace("short_zh,", ""), "disputes.csv:1", "no column 'short_zh'"),
        (FORM.replace("disputes.csv", "other.csv"), TABLE, "other.csv", "No such file or directory"),
    ],
)
def test_a_form_with_a_mistake_is_refused(tmp_path: Path, form: str, table: str, file: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        read_edition(write_form(tmp_path, form, table))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path.resolve() / file}: found {found}; expected ")
    assert "\n" not in message


def test_every_folder_of_forms_is_an_edition_of_that_name() -> None:
    folders = {path.name for path in FORMS.iterdir() if path.is_dir()}
    assert folders == set(editions())
