"""data/ on disk: what is written is read back unchanged, and the panel has everything once."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from strategies import AGENCIES_HEADER, SYNTHETIC, agency_lists, filled_report, report_of, reports

from gdgk.archive import PANEL, Agency, Archive, ReportId, default_data, panel
from gdgk.errors import InputErrors, UnknownName
from gdgk.files import csv_text
from gdgk.form import CellKey, edition
from gdgk.report import Correction, ExtraRow, Report, State

NEW = CellKey("applications", "new", "total")
AMOUNT = CellKey("proactive_disclosure", "fees", "amount")
MakeArchive = Callable[..., Archive]


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder and what is in them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def new_archive(root: str | Path) -> Archive:
    """A data folder with one agency."""
    (Path(root) / "agencies.csv").write_text(f"{AGENCIES_HEADER}\ndemo,测试局,,,,,,,\n", encoding="utf-8")
    return Archive(root)


# Writing and reading -------------------------------------------------------------------------------------------------


@given(reports())
def test_any_valid_report_survives_writing_and_reading_unchanged(report: Report) -> None:
    with TemporaryDirectory() as root:
        archive = new_archive(root)
        folder = archive.write(report)
        own = ReportId(report.agency, report.year)
        written = files(folder)
        again = archive.read(own)
        assert again == report
        assert archive.read(own) == again
        archive.write(again)
        assert files(folder) == written


@pytest.mark.parametrize(("first", "second"), [("2014", "2021"), ("2021", "2014"), ("2019", "2021-single-other")])
def test_writing_over_a_report_leaves_nothing_of_it(archive: Archive, first: str, second: str) -> None:
    form = edition(first)
    key = next(iter(form.cells))
    entry = Correction(key, "0", "1", "漏填", "测试", "2024-03-01")
    archive.write(replace(filled_report("demo", 2020, first), narrative="合成数据", corrections={key: entry}))
    folder = archive.write(filled_report("demo", 2020, second))
    assert set(files(folder)) == {"report.toml", *(f"{table}.csv" for table in edition(second).tables)}


def test_writing_keeps_the_source_document(archive: Archive) -> None:
    folder = archive.folder(ReportId("demo", 2023))
    (folder / "source.txt").write_text("合成数据", encoding="utf-8")
    archive.write(filled_report("demo", 2023, "2021", {NEW: 5}))
    assert (folder / "source.txt").read_text(encoding="utf-8") == "合成数据"


def test_a_report_with_its_source_document_is_read(archive: Archive) -> None:
    own = ReportId("demo", 2023)
    (archive.folder(own) / "source.txt").write_bytes(b"synthetic")
    head = replace(SYNTHETIC, source_file="source.txt", sha256=hashlib.sha256(b"synthetic").hexdigest())
    archive.write(replace(archive.read(own), head=head))
    assert archive.read(own).head == head


def test_a_table_is_written_row_for_row_as_printed(archive: Archive) -> None:
    report = report_of(
        "demo", 2023, "2021", {AMOUNT: "251000元", CellKey("disputes", "reconsideration", "total"): "无"}
    )
    folder = archive.write(report)
    assert (folder / "proactive_disclosure.csv").read_text(encoding="utf-8") == (
        "item,label,issued,repealed,in_force,decisions,amount\n"
        "regulations,规章,,,,,\n"
        "normative_documents,行政规范性文件,,,,,\n"
        "licensing,行政许可,,,,,\n"
        "penalties,行政处罚,,,,,\n"
        "coercion,行政强制,,,,,\n"
        "fees,行政事业性收费,,,,,251000元\n"
    )
    assert "reconsideration,行政复议,,,,,无\n" in (folder / "disputes.csv").read_text(encoding="utf-8")


def test_a_row_that_the_form_does_not_know_stays_where_it_stood(archive: Archive) -> None:
    rows = (
        ExtraRow("extra_1", "其他主动公开文件", "normative_documents", {"issued": "186"}),
        ExtraRow("extra_2", "见附表", "extra_1", {}),
    )
    report = replace(filled_report("demo", 2023, "2021"), extra_rows={"proactive_disclosure": rows})
    text = (archive.write(report) / "proactive_disclosure.csv").read_text(encoding="utf-8")
    assert [line.split(",")[0] for line in text.splitlines()][:5] == [
        "item",
        "regulations",
        "normative_documents",
        "extra_1",
        "extra_2",
    ]
    assert archive.read(ReportId("demo", 2023)).extra_rows == {"proactive_disclosure": rows}


def test_rows_above_the_first_row_of_the_form_stay_there(archive: Archive) -> None:
    rows = (ExtraRow("extra_1", "甲", "", {}), ExtraRow("extra_2", "乙", "extra_1", {}))
    report = replace(filled_report("demo", 2023, "2021"), extra_rows={"disputes": rows})
    text = (archive.write(report) / "disputes.csv").read_text(encoding="utf-8")
    assert [line.split(",")[0] for line in text.splitlines()][:4] == ["item", "extra_1", "extra_2", "reconsideration"]
    assert archive.read(ReportId("demo", 2023)).extra_rows == {"disputes": rows}


def test_a_row_whose_place_is_not_known_is_not_lost(archive: Archive) -> None:
    row = ExtraRow("extra_1", "其他主动公开文件", "no_such_row", {"issued": "186"})
    report = replace(filled_report("demo", 2023, "2021"), extra_rows={"proactive_disclosure": (row,)})
    try:
        text = (archive.write(report) / "proactive_disclosure.csv").read_text(encoding="utf-8")
    except ValueError as refusal:
        assert "no_such_row" in str(refusal)
    else:
        assert "extra_1,其他主动公开文件,186" in text


def test_a_table_may_be_saved_by_a_spreadsheet(archive: Archive) -> None:
    own = ReportId("demo", 2023)
    before = archive.read(own)
    path = archive.folder(own) / "applications.csv"
    for encoding in ("utf-8-sig", "gb18030"):
        path.write_bytes(path.read_bytes().decode("utf-8-sig").replace("\n", "\r\n").encode(encoding))
        assert archive.read(own) == before
        path.write_bytes(csv_text_of(archive, before))


def csv_text_of(archive: Archive, report: Report) -> bytes:
    archive.write(report)
    return (archive.folder(ReportId("demo", 2023)) / "applications.csv").read_bytes()


def test_a_full_disk_leaves_the_earlier_report_readable(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    own = ReportId("demo", 2023)
    before = archive.read(own)
    old = files(archive.root)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        archive.write(filled_report("demo", 2023, "2021", {NEW: 5}))
    assert files(archive.root) == old
    assert archive.read(own) == before


@pytest.mark.parametrize("step", range(12))
def test_a_report_killed_while_it_is_written_is_the_old_one_or_the_new_one(archive: Archive, step: int) -> None:
    own = ReportId("demo", 2023)
    before = archive.read(own)
    now = filled_report("demo", 2023, "2021", {NEW: 5})
    archive.write(before)
    now = replace(now, head=replace(now.head, source_file="source.txt", sha256=hashlib.sha256(b"5").hexdigest()))
    child = os.fork()
    if not child:
        killed_at_rename(step)
        archive.write(now, b"5")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) == (step < 7)  # five files and two folders are renamed
    again = Archive(archive.root)
    assert again.read(own) in (before, now)
    again.write(now, b"5")
    assert again.read(own) == now
    assert sorted(path.name for path in (archive.root / "demo").iterdir()) == ["2023"]


def killed_at_rename(step: int) -> None:
    """Let this process be killed at its next rename but so many."""
    left = iter(range(step))

    def counting(rename: Callable[..., None]) -> Callable[..., None]:
        def counted(*arguments: object) -> None:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            rename(*arguments)

        return counted

    os.replace, os.rename = counting(os.replace), counting(os.rename)  # type: ignore[assignment]


def test_a_correction_applies_while_the_reported_text_is_the_same(archive: Archive) -> None:
    entry = Correction(NEW, "12", "21", '数字颠倒，"见原件"', "测试", "2024-03-01")
    report = replace(filled_report("demo", 2023, "2021", {NEW: 12}), corrections={NEW: entry})
    archive.write(report)
    read = archive.read(ReportId("demo", 2023))
    assert (read.reported(NEW).raw, read.cell(NEW).value, read.corrections) == ("12", 21, {NEW: entry})


def test_a_correction_may_stand_for_a_text_that_is_no_number(archive: Archive) -> None:
    folder = archive.folder(ReportId("demo", 2023))
    path = folder / "disputes.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("行政复议,0,", "行政复议,1O,"), encoding="utf-8")
    (folder / "corrections.toml").write_text(
        '[[correction]]\ntable = "disputes"\nitem = "reconsideration"\ncolumn = "upheld"\nreported = "1O"\n'
        'corrected = "10"\nreason = "字母 O 误作 0"\nby = "测试"\non = 2024-03-01\n',
        encoding="utf-8",
    )
    key = CellKey("disputes", "reconsideration", "upheld")
    read = archive.read(ReportId("demo", 2023))
    assert (read.reported(key).raw, read.reported(key).value, read.cell(key).value) == ("1O", None, 10)
    assert read.corrections[key].on == "2024-03-01"


# Finding reports -----------------------------------------------------------------------------------------------------


@pytest.fixture
def several(make_archive: MakeArchive) -> Archive:
    """Three agencies: two with reports, one without."""
    made = make_archive("west,西测试局,,,,,,,", "empty,空测试局,,,,,,,", "east,东测试局,,,,,,,")
    for agency, year in (("east", 2023), ("west", 2024), ("west", 2022), ("west", 2023)):
        made.write(filled_report(agency, year, "2021"))
    (made.root / "west" / ".cache").mkdir()
    (made.root / "west" / "note.txt").write_text("合成数据", encoding="utf-8")
    return made


def test_reports_come_by_agency_as_listed_and_by_year(several: Archive) -> None:
    assert [str(report) for report in several.report_ids()] == ["west/2022", "west/2023", "west/2024", "east/2023"]
    assert several.years("west") == [2022, 2023, 2024]
    assert several.years("empty") == []


@pytest.mark.parametrize(
    ("agencies", "years", "found"),
    [
        (["east"], None, ["east/2023"]),
        (["east", "west", "east"], [2023], ["east/2023", "west/2023"]),
        ([], range(2019, 2024), ["west/2022", "west/2023", "east/2023"]),
        (["empty", "east"], None, ["east/2023"]),
    ],
)
def test_reports_are_chosen_by_agency_and_year(
    several: Archive, agencies: list[str], years: list[int] | None, found: list[str]
) -> None:
    assert [str(report) for report in several.report_ids(agencies, years)] == found


def test_reading_many_reports_keeps_their_order(several: Archive) -> None:
    ids = several.report_ids()
    assert [ReportId(report.agency, report.year) for report in several.read_all(ids)] == ids


def test_a_report_knows_the_one_it_continues(several: Archive) -> None:
    assert several.earlier(ReportId("west", 2024)) == [ReportId("west", 2023)]
    assert several.earlier(ReportId("west", 2022)) == []
    assert [str(report) for report in several.with_earlier([ReportId("west", 2024), ReportId("east", 2023)])] == [
        "west/2023",
        "west/2024",
        "east/2023",
    ]


def test_a_merged_agency_continues_all_whom_it_succeeds(make_archive: MakeArchive) -> None:
    made = make_archive(
        "culture,测试文化局,,,,,,,2018", "tourism,测试旅游局,,,,,,,2018", "both,测试文旅局,,,,,culture；tourism,2019,"
    )
    for agency in ("culture", "tourism"):
        made.write(filled_report(agency, 2019, "2019"))
    made.write(filled_report("both", 2020, "2019"))
    assert [str(report) for report in made.earlier(ReportId("both", 2020))] == ["culture/2019", "tourism/2019"]
    assert made.lineage() == {"both": ("culture", "tourism")}


def test_the_workbook_has_its_own_data() -> None:
    assert (default_data() / "agencies.csv").is_file()
    assert Archive().root == default_data()


# Agencies ------------------------------------------------------------------------------------------------------------


def test_an_agency_has_names_a_parent_and_years(make_archive: MakeArchive) -> None:
    made = make_archive(
        "city,测试市,测试;测市,设区的市政府,530000,,,,", "office,测试市办公室,,政府办公厅,,city,,2019,2021"
    )
    assert made.agency("city") == Agency("city", "测试市", ("测试", "测市"), "设区的市政府", "530000")
    office = made.agency("office")
    assert (office.parent, office.valid_from, office.valid_to) == ("city", 2019, 2021)
    assert [year for year in range(2017, 2024) if office.exists_in(year)] == [2019, 2020, 2021]
    assert made.agency("city").exists_in(1999)


@given(agency_lists())
def test_any_list_of_agencies_is_read_as_written(agencies: list[Agency]) -> None:
    rows = [
        [
            agency.id,
            agency.name,
            "；".join(agency.short_names),
            agency.kind,
            agency.region_code,
            agency.parent,
            ";".join(agency.predecessors),
            str(agency.valid_from or ""),
            str(agency.valid_to or ""),
        ]
        for agency in agencies
    ]
    with TemporaryDirectory() as root:
        (Path(root) / "agencies.csv").write_text(csv_text(AGENCIES_HEADER.split(","), rows), encoding="utf-8")
        assert list(Archive(root).agencies.values()) == agencies


def test_an_unknown_agency_comes_with_the_likely_one(several: Archive) -> None:
    with pytest.raises(UnknownName, match=r"'wset' \(did you mean west\?\); expected one of west, empty, east"):
        several.agency("wset")


# The panel -----------------------------------------------------------------------------------------------------------


def cells_in(report: Report) -> Iterator[tuple[object, ...]]:
    """What the panel must say of each cell of the form."""
    for key, reported in report.cells.items():
        cell = report.cell(key)
        printed = report.labels.get(key[:2], "")
        head = (report.head.blanks, report.head.scope)
        yield (*key, reported.raw, cell.value, cell.state, key in report.corrections, printed, *head)


@given(reports())
def test_the_panel_has_every_cell_once_as_used(report: Report) -> None:
    frame = panel([report])
    assert list(frame.columns) == PANEL
    assert set(zip(frame["agency"], frame["year"], frame["edition"], strict=True)) == {
        (report.agency, report.year, report.edition.id)
    }
    rows = [
        (*row[:4], None if row[4] != row[4] else row[4], *row[5:])
        for row in frame[PANEL[3:]].itertuples(index=False, name=None)
    ]
    assert rows[: len(report.cells)] == list(cells_in(report))
    extra = [
        (table, row.key, column) for table, rows in report.extra_rows.items() for row in rows for column in row.cells
    ]
    assert set(extra) <= {row[:3] for row in rows[len(report.cells) :]}


def test_the_panel_of_a_small_report_for_the_reader_to_see() -> None:
    report = report_of("demo", 2023, "2021", {AMOUNT: "251000元"})
    report = replace(
        report,
        labels={("proactive_disclosure", "fees"): "收费"},
        corrections={AMOUNT: Correction(AMOUNT, "251000元", "25.2", "核对原件", "测试", "2024-03-01")},
        extra_rows={"proactive_disclosure": (ExtraRow("extra_1", "其他", "fees", {"issued": "约3", "amount": "1"}),)},
    )
    frame = panel([report])
    shown = frame[(frame["row"].isin(["fees", "extra_1"])) & (frame["raw"] != "")]
    assert shown.drop(columns=["agency", "year", "edition", "table"]).astype(object).values.tolist()[0] == (
        ["fees", "amount", "251000元", 25.2, "number", True, "收费", "", ""]
    )
    states = {
        (row, column): state for row, column, state in zip(shown["row"], shown["column"], shown["state"], strict=True)
    }
    assert states["extra_1", "issued"] == State.TEXT
    assert states["extra_1", "amount"] == State.NUMBER


def test_the_panel_of_no_report_has_its_columns() -> None:
    frame = panel([])
    assert (list(frame.columns), len(frame)) == (PANEL, 0)
    assert str(frame["value"].dtype) == "float64"


def test_the_panel_has_reports_of_every_edition_one_below_the_other(several: Archive) -> None:
    several.write(filled_report("east", 2018, "2014"))
    several.write(filled_report("east", 2020, "2019"))
    frame = panel(several.read_all(several.report_ids()))
    assert frame.groupby("edition").size().to_dict() == {"2014": 58, "2019": 198, "2021": 4 * 200}


def test_a_synthetic_report_says_so_in_its_file(archive: Archive) -> None:
    text = (archive.folder(ReportId("demo", 2023)) / "report.toml").read_text(encoding="utf-8")
    assert "synthetic = true" in text
    assert archive.read(ReportId("demo", 2023)).head.synthetic


def test_errors_of_many_reports_are_told_together(several: Archive) -> None:
    for agency, year in (("west", 2022), ("east", 2023)):
        path = several.folder(ReportId(agency, year)) / "disputes.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("行政复议,0", "行政复议,12a"), encoding="utf-8")
    with pytest.raises(InputErrors) as caught:
        several.read_all(several.report_ids())
    lines = str(caught.value).splitlines()
    assert [Path(line.split(":")[0]).parent.parent.name for line in lines] == ["west", "east"]


def test_a_register_that_changes_is_read_as_it_is_now(tmp_path: Path) -> None:
    first = new_archive(tmp_path)
    assert new_archive(tmp_path).register is first.register  # kept, and so nobody may change it
    with pytest.raises(TypeError):
        first.agencies["other"] = first.agencies["demo"]
    (tmp_path / "agencies.csv").write_text(f"{AGENCIES_HEADER}\nother,测试局,,,,,,,\n", encoding="utf-8")
    assert list(Archive(tmp_path).agencies) == ["other"]
    for _ in range(2):  # what is wrong is told each time
        (tmp_path / "agencies.csv").write_text(f"{AGENCIES_HEADER}\nOther,测试局,,,,,,,\n", encoding="utf-8")
        with pytest.raises(InputErrors, match="small ASCII letters"):
            Archive(tmp_path)
