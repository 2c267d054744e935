"""Real reports, as their agencies published them, are read without a wrong cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gdgk.importers import read_document, recognise
from gdgk.importers.recognition import Draft
from gdgk.report import State, read_cell

REPORTS = [
    "dapuqiao_2025",
    "hangzhou_2025",
    "hongze_2023",
    "huaian_2024",
    "mile_culture_tourism_2020",
    "shanghai_government_office_2019",
    "shanghai_government_office_2025",
    "wuhan_ecology_2020",
]
# The source was cut off within table 四 and lost rows before that: how many cells must be found at least.
CUT = {"shanghai_government_office_2025": 190}
# As the titles print them; expected.json names some of them shorter, or with their scope.
AGENCIES = {
    "dapuqiao_2025": "上海市黄浦区人民政府打浦桥街道",
    "hangzhou_2025": "测试市",
    "hongze_2023": "洪泽区人民政府",
    "huaian_2024": "淮安市人民政府",
    "mile_culture_tourism_2020": "弥勒市文化和旅游局",
    "shanghai_government_office_2019": "上海市人民政府办公厅",
    "shanghai_government_office_2025": "上海市人民政府办公厅",
    "wuhan_ecology_2020": "武汉市生态环境局",
}


def read(corpus: Path, name: str) -> tuple[Draft, dict[str, Any]]:
    folder = corpus / "reports" / name
    draft = recognise(read_document(next(folder.glob("document.*"))))
    return draft, json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def values(draft: Draft) -> dict[str, int | float | None]:
    found: dict[str, int | float | None] = {}
    for key, placed in draft.cells.items():
        signed = draft.form.cells[key][1].kind == "change"
        found[str(key)] = read_cell(placed.raw, draft.form.tables[key.table].unit_of(key), signed).value
    return found


def test_every_document_of_the_corpus_is_tried(corpus: Path) -> None:
    assert sorted(path.parent.name for path in corpus.glob("reports/*/document.*")) == REPORTS


@pytest.mark.parametrize("name", REPORTS)
def test_no_cell_is_wrong_and_whole_tables_are_found_whole(corpus: Path, name: str) -> None:
    draft, expected = read(corpus, name)
    found = values(draft)
    known = {key: value for key, value in expected["cells"].items() if key.split(".")[1] in rows(draft)}
    wrong = {key: (found[key], value) for key, value in known.items() if key in found and found[key] != value}
    assert wrong == {}
    missing = [key for key in known if key not in found]
    assert len(known) - len(missing) >= CUT.get(name, len(known)), missing
    assert draft.form.id == expected["edition"]


def rows(draft: Draft) -> set[str]:
    """The rows of the form; others stand in expected.json under names of their own."""
    return {row for table in draft.form.tables.values() for row in table.rows}


@pytest.mark.parametrize("name", REPORTS)
def test_texts_that_are_no_plain_number_are_kept_as_printed(corpus: Path, name: str) -> None:
    draft, expected = read(corpus, name)
    printed = {str(key): placed.raw for key, placed in draft.cells.items()}
    differ = {
        key: (printed[key], raw) for key, raw in expected["raw"].items() if key in printed and printed[key] != raw
    }
    assert differ == {}
    odd = {
        str(key)
        for key, placed in draft.cells.items()
        if read_cell(placed.raw, draft.form.tables[key.table].unit_of(key), True).state is State.TEXT
    }
    assert odd <= set(expected["raw"]) | {key for key in expected["cells"] if ".change" in key}


@pytest.mark.parametrize("name", REPORTS)
def test_agency_and_year_are_read(corpus: Path, name: str) -> None:
    draft, expected = read(corpus, name)
    assert draft.head.year == expected["year"]
    assert draft.head.agency_name == AGENCIES[name]
