"""A draft becomes a report that says what was not read, and is compared with the report that is there."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from strategies import filled_report
from test_recognition import change_row, from_page, numbers, official_page, page, whole

from gdgk.archive import Agency, Archive
from gdgk.form import CellKey, edition
from gdgk.importers import Document, recognise
from gdgk.importers.storing import differences, other_changes, report_of, same, store, unknown_cells
from gdgk.report import Correction, ExtraRow, Report, ReportId

AGENCY = Agency("demo", "测试局")
KEY = CellKey("applications", "not_processed_repeat", "natural_person")


def stored(document: Document, content: bytes = b"source", suffix: str = ".html") -> Report:
    return report_of(recognise(document), AGENCY, 2023, content, suffix)


def test_every_cell_of_the_document_is_in_the_report_with_its_place() -> None:
    report = stored(from_page(page("2021")))
    assert {key: cell.raw for key, cell in report.cells.items()} == numbers("2021")
    assert set(report.places) == set(report.cells)
    assert report.head.partial == ""


def test_the_head_names_the_source_and_its_digest() -> None:
    head = stored(from_page(page("2021")), b"as published", ".html").head
    assert (head.source_file, head.sha256) == ("source.html", hashlib.sha256(b"as published").hexdigest())
    assert "测试局" in head.source and not head.synthetic


def test_an_odd_suffix_never_reaches_the_disk() -> None:
    for suffix in (".../x", ".tar gz", ".html\n", ".", "", ".verylong"):
        assert stored(from_page(page("2021")), suffix=suffix).head.source_file == "source.txt"


def test_what_was_not_read_is_unknown_and_never_nought() -> None:
    short = change_row("applications", "2.重复申请", lambda row: [row[:-1]])
    report = stored(whole("2021", short))
    assert unknown_cells(report) == 7
    assert report.cells[KEY].raw == "?"
    assert report.head.partial == "表三有 7 格没有读到"


def test_a_table_that_is_not_there_is_said_in_words() -> None:
    blocks = whole("2021").blocks[:-2]
    document = Document("report.html", "html", blocks)
    assert stored(document).head.partial == "表四没有读到"


def test_extra_rows_of_one_name_keep_names_of_their_own() -> None:
    twice = change_row(
        "applications", "3.其他", lambda row: [row, ["4.申请人撤回", *"1234560"], ["5.申请人撤回", *"6543210"]]
    )
    rows = stored(whole("2021", twice)).extra_rows["applications"]
    assert [dict(row.cells)["natural_person"] for row in rows] == ["1", "6"]
    assert len({row.key for row in rows}) == 2


def test_one_changed_cell_is_one_difference() -> None:
    before = stored(from_page(page("2021")))
    now = stored(from_page(official_page({**numbers("2021"), KEY: "9"}, "2021")))
    assert [(item.key, item.before, item.now) for item in differences(before, now)] == [(KEY, "223", "9")]
    assert not same(before, now)


def test_another_source_of_the_same_figures_is_told() -> None:
    before, now = stored(from_page(page("2021"))), stored(from_page(page("2021")), b"other bytes")
    assert differences(before, now) == []
    assert other_changes(before, now) == ["原件"]
    assert not same(before, now)


def test_a_form_that_changed_shows_the_cells_that_came_and_went() -> None:
    before, now = stored(from_page(page("2021"))), stored(from_page(page("2019")))
    told = {item.key: (item.before, item.now) for item in differences(before, now)}
    assert told[CellKey("applications", "otherwise_other", "total")][1] == "（无此格）"
    assert "表式" in other_changes(before, now)


def test_corrections_and_scope_are_not_a_difference(archive: Archive) -> None:
    read = stored(from_page(page("2021")))
    kept = replace(
        read,
        corrections={KEY: Correction(KEY, "223", "9", "漏算", "核对岗", "2024-03-01")},
        head=replace(read.head, scope="全市"),
    )
    assert same(kept, read)
    store(archive, read, b"source")
    archive.write(kept)
    store(archive, replace(read, head=replace(read.head, title="新题")), b"source")
    again = archive.read(ReportId("demo", 2023))
    assert again.corrections[KEY].corrected == "9"
    assert (again.head.scope, again.head.title) == ("全市", "新题")


def test_storing_replaces_the_source_of_another_kind(archive: Archive) -> None:
    store(archive, stored(from_page(page("2021"))), b"source")
    store(archive, stored(from_page(page("2021")), b"source", ".txt"), b"source")
    assert [path.name for path in sorted((archive.root / "demo" / "2023").glob("source.*"))] == ["source.txt"]


def test_what_was_stored_reads_back_the_same(archive: Archive) -> None:
    report = stored(from_page(page("2021")))
    store(archive, report, b"source")
    assert same(archive.read(ReportId("demo", 2023)), report)


def test_extra_rows_are_a_difference() -> None:
    before = filled_report("demo", 2023, "2021")
    table = edition("2021").tables["applications"]
    now = replace(
        before, extra_rows={"applications": (ExtraRow("extra:x", "x", next(iter(table.rows)), {"total": "1"}),)}
    )
    assert other_changes(before, now) == ["表外行"]
