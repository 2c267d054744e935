"""Forms filled in by agencies come back as they were filled in, or are refused in one line; nothing in them is run."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from forms import closed, converted, filled, opened, put_in, spot, with_values
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.cell import MergedCell
from running import SOAK
from strategies import filled_report, report_of, valid_cells

from gdgk.archive import Archive
from gdgk.cli import app
from gdgk.filling import agency_form, blank_form
from gdgk.filling.layout import CHECKS, COVER, text_sheets
from gdgk.form import CellKey, edition, editions
from gdgk.importers import Imported, Source, import_file, read_draft
from gdgk.importers import filled as forms
from gdgk.importers.document import DocumentError
from gdgk.importers.recognition import Draft
from gdgk.prose import sections
from gdgk.report import ReportId, State

YEARS = {"2014": 2018, "2019": 2020, "2021": 2024, "2021-single-other": 2024}
EDITIONS = sorted(editions())
KEY = CellKey("applications", "granted", "business")
FORMULA = CellKey("disputes", "reconsideration", "upheld")
# A printed report is read from an .xls in a test of its own, by the same way.
ELSEWHERE = ["ods", "xls"] if SOAK else ["ods"]
TABLE, SPOT = spot(edition("2021"), KEY)


@cache
def blank(name: str) -> bytes:
    """A blank form of an edition."""
    return blank_form(YEARS[name], edition(name))


def read_bytes(content: bytes, folder: Path, name: str = "form.xlsx") -> Draft:
    """A form as a file, read."""
    path = folder / name
    path.write_bytes(content)
    return read_draft(path)


def taken(archive: Archive, content: bytes, tmp_path: Path, name: str = "form.xlsx", **options: object) -> Imported:
    """A form as a file, imported."""
    path = tmp_path / name
    path.write_bytes(content)
    return import_file(Source(str(path), path), archive, **options)  # type: ignore[arg-type]


# Round trip ----------------------------------------------------------------------------------------------------------


SIGNS = "，。“”（）、=<>&#`{}％😀𠮷㐂"
TEXTS = st.lists(
    st.text(
        st.characters(categories=["Lo", "Nd"], include_characters=SIGNS),
        min_size=1,
        max_size=40,
    )
    .map(str.strip)
    .filter(bool),
    max_size=3,
)


@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.soak
@settings(max_examples=20 if SOAK else 2)
@given(data=st.data())
def test_a_form_filled_in_reads_back_as_it_was(
    name: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    report = report_of("demo", YEARS[name], name, data.draw(valid_cells(edition(name))))
    texts = {numeral: data.draw(TEXTS) for numeral in text_sheets()}
    draft = read_bytes(filled(blank(name), report, texts), tmp_path_factory.mktemp("form"))
    assert draft.form is report.edition and draft.head.year == report.year
    assert draft.unplaced == ()
    assert {key: placed.cell for key, placed in draft.cells.items()} == {
        key: cell for key, cell in report.cells.items()
    }
    told = sections(draft.narrative)
    for numeral, paragraphs in texts.items():
        bare = tuple(text.removeprefix("### ") for text in (told[numeral].paragraphs if numeral in told else ()))
        assert bare == tuple(f"＃{text[1:]}" if text.startswith("#") else text for text in paragraphs)


def test_blank_and_zero_stay_apart(tmp_path: Path) -> None:
    book = opened(blank("2021"))
    put_in(book, edition("2021"), {KEY: 0})
    draft = read_bytes(closed(book), tmp_path)
    assert draft.cells[KEY].cell.state is State.NUMBER
    assert {placed.cell.state for key, placed in draft.cells.items() if key != KEY} == {State.BLANK}


def test_every_cell_knows_its_sheet_and_place(archive: Archive, filled_in: bytes, tmp_path: Path) -> None:
    result = taken(archive, filled_in, tmp_path)
    assert result.outcome == "new" and result.warnings == []
    kept = archive.read(ReportId("demo", 2024))
    assert kept.places[KEY] == "sheet 表三, row 8, column E"
    assert "填报表" in kept.head.source and kept.head.title == "测试局2024年政府信息公开工作年度报告"
    again = taken(archive, (tmp_path / "form.xlsx").read_bytes(), tmp_path)
    assert again.outcome == "unchanged"


@pytest.fixture(scope="module")
def saved_elsewhere(handed_out: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A form with figures, text and a formula, saved by LibreOffice; by suffix."""
    report = filled_report("demo", 2024, "2021", {KEY: 1047})
    book = opened(filled(handed_out, report, {"一": ["第一段。", "第二段。"]}))
    put_in(book, report.edition, {FORMULA: "=1+1"})
    book["表四"][spot(report.edition, FORMULA)[1]].data_type = "f"
    form = {"form": closed(book)}
    return {suffix: converted(form, suffix, tmp_path_factory.mktemp("elsewhere"))["form"] for suffix in ELSEWHERE}


@pytest.mark.xdist_group("saved_elsewhere")
@pytest.mark.soak
@pytest.mark.parametrize("suffix", ELSEWHERE)
def test_a_form_saved_by_another_program_is_read_by_its_figures(
    suffix: str, saved_elsewhere: dict[str, Path], archive: Archive, tmp_path: Path
) -> None:
    result = taken(archive, saved_elsewhere[suffix].read_bytes(), tmp_path, f"form.{suffix}")
    assert result.outcome == "new" and result.report is not None and result.draft is not None
    assert len(result.warnings) == 1
    assert result.report.cells[KEY].value == 1047
    assert result.report.cells[FORMULA].state is State.UNKNOWN and len(result.draft.unplaced) == 1
    assert sections(result.report.narrative)["一"].paragraphs == ("第一段。", "第二段。")


@pytest.mark.xdist_group("saved_elsewhere")
def test_an_older_workbook_without_libreoffice_is_an_error_of_one_line(
    saved_elsewhere: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gdgk.importers.doc.office", lambda: None)
    with pytest.raises(DocumentError, match="no LibreOffice") as told:
        read_draft(saved_elsewhere["ods"])
    assert "\n" not in str(told.value) and "save it as .xlsx" in str(told.value)


# Entries -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value", "state"),
    [("３", 3, State.TEXT), ("1,234", 1234, State.NUMBER), (" 12 ", 12, State.NUMBER), ("无", None, State.NONE)],
)
def test_text_in_a_cell_is_kept_as_it_was_typed(typed: str, value: object, state: State, tmp_path: Path) -> None:
    book = opened(blank("2021"))
    put_in(book, edition("2021"), {KEY: typed})
    cell = read_bytes(closed(book), tmp_path).cells[KEY].cell
    assert (cell.raw, cell.value, cell.state) == (typed, value, state)


def test_what_is_no_entry_is_not_taken_in_and_told(archive: Archive, filled_in: bytes, tmp_path: Path) -> None:
    entries = [
        ("=SUM(E9:E12)", "f", "公式"),
        ("=cmd|' /C calc'!A0", "f", "公式"),
        ("#REF!", "e", "错误值"),
        (datetime.date(2024, 1, 2), None, "日期"),
        (True, None, "逻辑值"),
        (-3, None, "读不成数"),
        (2.5, None, "读不成数"),
        ("=1+1", "s", "读不成数"),
        ("12a", "s", "读不成数"),
    ]
    keys = [key for key in edition("2021").tables["applications"].cells if key.column == KEY.column]
    book, said = opened(filled_in), {}
    for key, (entry, kind, reason) in zip(keys, entries, strict=False):
        reference = spot(edition("2021"), key)[1]
        said[key] = (f"sheet {TABLE}, row {reference[1:]}, column {reference[0]}", reason)
        book[TABLE][reference] = entry
        if kind:
            book[TABLE][reference].data_type = kind
    result = taken(archive, closed(book), tmp_path)
    assert result.report is not None
    for key, (place, wanted) in said.items():
        assert result.report.cells[key].state is State.UNKNOWN
        assert [reason for spot, reason in result.warnings if spot == place and wanted in reason], place
    assert result.report.head.partial == f"表三有 {len(entries)} 格没有读到"


def test_a_value_kept_beside_a_formula_is_never_taken(filled_in: bytes, tmp_path: Path) -> None:
    book = opened(filled_in)
    put_in(book, edition("2021"), {FORMULA: "=1+1"})
    book["表四"][spot(edition("2021"), FORMULA)[1]].data_type = "f"
    content, kept = with_values(closed(book), b"<f>1+1</f>", b"<v>2</v>")
    assert kept == 1
    draft = read_bytes(content, tmp_path)
    assert FORMULA not in draft.cells and [item.text for item in draft.unplaced] == ["=1+1"]


def test_cells_that_were_merged_are_not_guessed_at(filled_in: bytes, tmp_path: Path) -> None:
    book = opened(filled_in)
    book[TABLE].merge_cells("E8:F8")
    draft = read_bytes(closed(book), tmp_path)
    assert {item.place[-1] for item in draft.unplaced} == {"E", "F"}
    assert all("合并" in item.reason for item in draft.unplaced)


def test_what_is_written_beside_the_tables_is_told(filled_in: bytes, tmp_path: Path) -> None:
    book = opened(filled_in)
    book["表四"]["A20"] = "其中 2 件为上年转入"
    book.create_sheet("备注")["A1"] = "补充"
    draft = read_bytes(closed(book), tmp_path)
    assert draft.unplaced == ()
    assert [note for note in draft.warnings if "其中 2 件为上年转入" in note]
    assert [note for note in draft.warnings if "备注" in note]


def test_a_paragraph_is_no_heading_and_a_full_cell_is_doubted(tmp_path: Path) -> None:
    long = "公开" * 16_384
    texts = {"一": ["## 二、主动公开政府信息情况", "{{ report }} <script>", long[:32_767]]}
    draft = read_bytes(filled(blank("2021"), filled_report("demo", 2024, "2021"), texts), tmp_path)
    told = sections(draft.narrative)
    assert told["一"].paragraphs == ("＃# 二、主动公开政府信息情况", "{{ report }} <script>", long[:32_767])
    assert told["二"].paragraphs == ()
    assert [note for note in draft.warnings if "32767" in note]


# The form itself -----------------------------------------------------------------------------------------------------


def moved_year(book: Workbook) -> None:
    book[COVER]["B5"] = "2023"


def other_edition(book: Workbook) -> None:
    book[COVER]["B6"] = "2019"


def no_edition(book: Workbook) -> None:
    book[COVER]["B6"] = "../../etc"


def path_as_agency(book: Workbook) -> None:
    book[COVER]["B4"] = "../../../tmp/x"


def other_name(book: Workbook) -> None:
    book[COVER]["B3"] = "别的局"


def name_of_lines(book: Workbook) -> None:
    book[COVER]["B3"] = "别的局\n另一行"


def newer_version(book: Workbook) -> None:
    book[COVER]["B7"] = "gdgk-form 99"


def no_table(book: Workbook) -> None:
    del book["表四"]


def no_text(book: Workbook) -> None:
    del book[text_sheets()["五"]]


def no_cover(book: Workbook) -> None:
    del book[COVER]


def row_put_in(book: Workbook) -> None:
    book["表三"].insert_rows(9)


def column_put_in(book: Workbook) -> None:
    book["表三"].insert_cols(5)


def label_changed(book: Workbook) -> None:
    book["表三"]["B8"] = "（一）部分公开"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (moved_year, "a head that was changed"),
        (other_edition, "a head that was changed"),
        (no_edition, "a head that was changed"),
        (path_as_agency, "a head that was changed"),
        (other_name, "a head that was changed"),
        (name_of_lines, "别的局 另一行"),
        (newer_version, "gdgk-form 99"),
        (no_table, "no sheet 表四"),
        (no_text, "no sheet 五、"),
        (no_cover, "no sheet 填报说明"),
        (row_put_in, "sheet 表三, row 9"),
        (column_put_in, "sheet 表三"),
        (label_changed, "sheet 表三, row 8, column B: found '（一）部分公开'"),
    ],
)
def test_a_form_that_was_altered_is_refused_in_one_line(
    change: Callable[[Workbook], None], said: str, archive: Archive, filled_in: bytes, tmp_path: Path
) -> None:
    book = opened(filled_in)
    change(book)
    result = taken(archive, closed(book), tmp_path)
    assert result.outcome == "failed" and said in result.error and "\n" not in result.error
    assert not archive.has(ReportId("demo", 2024))


def test_another_years_table_is_refused(handed_out: bytes, tmp_path: Path) -> None:
    book, older = opened(handed_out), opened(blank("2019"))
    for row in older["表二"].iter_rows():
        for cell in row:
            copied = book["表二"].cell(cell.row, cell.column)
            if cell.value is not None and not isinstance(copied, MergedCell):
                copied.value = cell.value
    with pytest.raises(DocumentError, match="sheet 表二, row 4, column B"):
        read_bytes(closed(book), tmp_path)


def test_an_id_that_means_another_agency_here_is_not_believed(
    make_archive: Callable[..., Archive], tmp_path: Path
) -> None:
    archive = make_archive("demo,测试局,,,,,,,")
    form = agency_form(archive, "demo", 2024)
    elsewhere = make_archive("demo,别处的局,,,,,,,")
    result = taken(elsewhere, form, tmp_path)
    assert result.outcome == "no agency" and "测试局" in result.error
    named = taken(elsewhere, form, tmp_path, agency="demo", dry_run=True)
    assert named.outcome == "new"


def test_a_blank_form_is_for_the_agency_written_on_it(archive: Archive, tmp_path: Path) -> None:
    book = opened(filled(blank("2021"), filled_report("demo", 2024, "2021")))
    nobody = taken(archive, closed(book), tmp_path)
    assert nobody.outcome == "no agency" and "机关名称" in nobody.error
    book[COVER]["B3"] = "测试局"
    assert taken(archive, closed(book), tmp_path).outcome == "new"


def test_workbooks_of_others_are_no_forms(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = COVER
    book.active["A1"] = "本表由各单位填写"
    book.create_sheet(CHECKS)
    path = tmp_path / "other.xlsx"
    book.save(path)
    assert not forms.is_form(path)


# The command line ----------------------------------------------------------------------------------------------------


def run(*arguments: object) -> tuple[int, str]:
    """``gdgk …``: whether it went well, and what it said."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    said = result.output if result.exception is None else f"{result.output}{result.exception}"
    return (0 if result.exception is None else 2), said


def test_forms_for_all_agencies_go_into_a_folder(make_archive: Callable[..., Archive], tmp_path: Path) -> None:
    data = make_archive("demo,测试局,,,,,,,", "next,后来的局,,,,,,2030,", "third,第三局,,,,,,,").root
    assert run("form", "--year", 2024, "--all", "-o", tmp_path / "forms", "--data", data)[0] == 0
    assert sorted(path.name for path in (tmp_path / "forms").iterdir()) == ["demo_2024.xlsx", "third_2024.xlsx"]
    code, said = run("form", "--year", 2024, "--all", "--data", data)
    assert code == 2 and "expected a folder" in said


def test_a_form_that_may_be_filled_in_is_not_overwritten(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    asked = ("form", "--year", 2024, "--agency", "demo", "--data", archive.root, "-o", path)
    assert run(*asked)[0] == 0
    assert run(*asked)[0] == 0
    path.write_bytes(filled(path.read_bytes(), filled_report("demo", 2024, "2021")))
    kept = path.read_bytes()
    code, said = run(*asked)
    assert code == 2 and "--replace" in said and path.read_bytes() == kept
    assert run(*asked, "--replace")[0] == 0 and path.read_bytes() != kept


def test_a_year_without_a_national_form_is_an_error(tmp_path: Path) -> None:
    code, said = run("form", "--year", 2013, "-o", tmp_path / "x.xlsx")
    assert code == 2 and "2013" in said and not (tmp_path / "x.xlsx").exists()
