"""Input that cannot be read: one line that says where, what was found, what was expected, what to do next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from strategies import AGENCIES_HEADER, filled_report

from gdgk.archive import Archive, ReportId
from gdgk.errors import GdgkError, InputError, InputErrors, UnknownName

OWN = ReportId("demo", 2023)
ONE_LINE = re.compile(r"(?P<where>.+?): found (?P<found>.+); expected (?P<expected>.+?); (?P<do>.+)")
HEADER = "item,label,upheld,corrected,other_result,pending,total"

CORRECTION = """[[correction]]
table = "disputes"
item = "reconsideration"
column = "total"
reported = "0"
corrected = "11"
reason = "总计漏填"
by = "测试"
on = "2024-03-01"
"""


def lines_of(read: Callable[[], object]) -> list[str]:
    """The lines of the error that reading ends with; each has all four parts."""
    with pytest.raises(GdgkError) as caught:
        read()
    assert isinstance(caught.value, InputError | InputErrors | UnknownName)
    lines = str(caught.value).split("\n")
    for line in lines:
        assert ONE_LINE.fullmatch(line), line
    return lines


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def without(path: Path, start: str) -> None:
    """Remove the line that starts so."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) == len(lines) - 1
    path.write_text("".join(kept), encoding="utf-8")


# A table that is not the form's --------------------------------------------------------------------------------------

# What is replaced in disputes.csv, by what, the line that is named, what is found, expected and advised.
TABLES = [
    pytest.param(
        "行政复议,0,",
        "行政复议,12a,",
        2,
        "'12a' in reconsideration, upheld",
        "a number in 件",
        "retype",
        id="not a number",
    ),
    pytest.param("行政复议,0,", "行政复议,-3,", 2, "'-3' in", "a number of 件 that is not below 0", "", id="below 0"),
    pytest.param("直接起诉,0,", "直接起诉,0.5,", 3, "'0.5' in", "a whole number of 件", "", id="half a case"),
    pytest.param(
        ",total\n",
        "\n",
        1,
        "no column 'total'",
        f"the columns {HEADER}",
        "mend the first line",
        id="missing column",
    ),
    pytest.param(
        ",total\n", ",total,note\n", 1, "unknown column 'note'", "the columns item,", "mend", id="extra column"
    ),
    pytest.param(
        ",total\n", ",total,total\n", 1, "repeated column 'total'", "the columns item,", "", id="repeated column"
    ),
    pytest.param(
        "litigation_direct,",
        "litigation_dirct,",
        3,
        "row 'litigation_dirct' (did you mean litigation_direct?)",
        "a row of table 四, such as reconsideration,",
        "to keep a row that the form does not know",
        id="unknown row",
    ),
    pytest.param(
        "litigation_direct,未经复议直接起诉",
        "reconsideration,行政复议",
        3,
        "row 'reconsideration' a second time (first in line 2)",
        "each row once",
        "remove one of the two",
        id="repeated row",
    ),
    pytest.param(
        "行政复议,0,", "行政复议,0,0,", 2, "8 values", "7 (item, label, ", "remove the commas", id="a comma too many"
    ),
    pytest.param("行政复议,0,", "行政复议,", 2, "6 values", "7 (item,", "add or remove", id="a value too few"),
]


@pytest.mark.parametrize(("old", "new", "line", "found", "expected", "do"), TABLES)
def test_a_fault_in_a_table_is_told_with_its_line(
    archive: Archive, old: str, new: str, line: int, found: str, expected: str, do: str
) -> None:
    path = archive.folder(OWN) / "disputes.csv"
    edit(path, old, new)
    message = lines_of(lambda: archive.read(OWN))[0]
    match = ONE_LINE.fullmatch(message)
    assert match is not None
    assert match["where"] == f"{path}:{line}"
    assert match["found"].startswith(found)
    assert match["expected"].startswith(expected)
    assert do in match["do"]


def test_a_missing_row_is_named(archive: Archive) -> None:
    path = archive.folder(OWN) / "applications.csv"
    without(path, "carried_over,")
    assert lines_of(lambda: archive.read(OWN)) == [
        f"{path}: found no row 'carried_over'; expected all 25 rows of table 三; add it; leave cells empty that the "
        "report leaves blank, put ? where its figure is not known"
    ]


def test_a_figure_where_the_form_has_no_cell_is_refused(archive: Archive) -> None:
    path = archive.folder(OWN) / "proactive_disclosure.csv"
    edit(path, "licensing,行政许可,,,,0,", "licensing,行政许可,550,,,,")
    (line,) = lines_of(lambda: archive.read(OWN))
    assert line.startswith(
        f"{path}:4: found '550' in licensing, issued; expected nothing: the form has no such cell; move"
    )


def test_a_missing_table_is_told(archive: Archive) -> None:
    path = archive.folder(OWN) / "disputes.csv"
    path.unlink()
    (line,) = lines_of(lambda: archive.read(OWN))
    assert line.startswith(f"{path}: found no such file; expected table 四 of the report; add it")


def test_a_table_that_is_no_text_is_refused(archive: Archive) -> None:
    path = archive.folder(OWN) / "disputes.csv"
    path.write_bytes(b"PK\x03\x04\xff\xff\xfe")
    (line,) = lines_of(lambda: archive.read(OWN))
    assert line.startswith(
        f"{path}: found bytes that are neither UTF-8 nor GB18030; expected text; save the file as UTF-8"
    )


def test_every_fault_is_listed_so_that_they_are_mended_in_one_round(archive: Archive) -> None:
    folder = archive.folder(OWN)
    edit(folder / "applications.csv", "新收政府信息公开申请数量,0,0,", "新收政府信息公开申请数量,12a,-3,")
    without(folder / "applications.csv", "granted,")
    edit(folder / "disputes.csv", "litigation_direct,", "litigation,")
    (folder / "corrections.toml").write_text(CORRECTION.replace('"0"', '"5"'), encoding="utf-8")
    found = [line.removeprefix(f"{folder}/").split("; expected")[0] for line in lines_of(lambda: archive.read(OWN))]
    assert found == [
        "applications.csv:2: found '12a' in new, natural_person",
        "applications.csv:2: found '-3' in new, business",
        "applications.csv: found no row 'granted'",
        "disputes.csv:3: found row 'litigation' (did you mean litigation_direct?)",
        "disputes.csv: found no row 'litigation_direct'",
        "corrections.toml:1: found reported '5' for disputes.reconsideration.total",
    ]


def test_a_cell_not_taken_in_asks_for_words_on_what_is_missing(archive: Archive) -> None:
    edit(archive.folder(OWN) / "disputes.csv", "行政复议,0,", "行政复议,?,")
    (line,) = lines_of(lambda: archive.read(OWN))
    assert line.startswith(f"{archive.folder(OWN) / 'report.toml'}: found no partial; expected partial, as some cells")


# report.toml ---------------------------------------------------------------------------------------------------------

HEADS = [
    pytest.param("year = 2023", "year = ", 2, "'year ='", "TOML (", "mend that line", id="broken"),
    pytest.param(
        "edition =", "editon =", 3, "key 'editon'", "one of agency, year, edition,", "mend or remove", id="unknown key"
    ),
    pytest.param('"demo"', '"other"', 1, "agency 'other'", "'demo' as the folder says", "mend one", id="other agency"),
    pytest.param("2023", "2022", 2, "year 2022", "2023 as the folder says", "mend one of them", id="other year"),
    pytest.param("2023", '"2023"', 2, "year '2023'", "2023 as the folder says", "", id="year in quotes"),
    pytest.param('"2021"', '"2020"', 3, "edition '2020'", "one of 2014, 2019, 2021", "mend it", id="unknown edition"),
    pytest.param('"2021"', "2021", 3, "edition 2021", "text in quotes", "mend it", id="edition without quotes"),
    pytest.param('"2021"', '["2021"]', 3, "edition ['2021']", "", "mend it", id="edition a list"),
    pytest.param('"测试局年度报告（合成数据）"', "7", 4, "title 7", "text in quotes", "mend it", id="title a number"),
    pytest.param('"测试局年度报告（合成数据）"', '" "', None, "no title", "the report's title", "add", id="no title"),
    pytest.param('"合成数据，仅供测试"', "[1]", 5, "source [1]", "text in quotes", "mend it", id="source a list"),
    pytest.param(
        "synthetic",
        'blanks = "0"\nsynthetic',
        6,
        "blanks '0'",
        "'zero' or 'missing'",
        "leave it out",
        id="blanks a figure",
    ),
    pytest.param("synthetic", 'blanks = ""\nsynthetic', 6, "blanks ''", "'zero' or 'missing'", "", id="blanks nothing"),
    pytest.param(
        "synthetic", "blanks = 0\nsynthetic", 6, "blanks 0", "text in quotes", "mend it", id="blanks a number"
    ),
    pytest.param("= true", '= "yes"', 6, "synthetic 'yes'", "true or false", "mend it", id="synthetic a word"),
]


@pytest.mark.parametrize(("old", "new", "line", "found", "expected", "do"), HEADS)
def test_a_fault_in_report_toml_is_told_with_its_line(
    archive: Archive, old: str, new: str, line: int | None, found: str, expected: str, do: str
) -> None:
    path = archive.folder(OWN) / "report.toml"
    edit(path, old, new)
    match = ONE_LINE.fullmatch(lines_of(lambda: archive.read(OWN))[0])
    assert match is not None
    assert match["where"] == (f"{path}:{line}" if line else str(path))
    assert match["found"].startswith(found)
    assert match["expected"].startswith(expected)
    assert do in match["do"]


@pytest.mark.parametrize("key", ["agency", "year", "edition", "title", "source"])
def test_report_toml_needs_its_keys(archive: Archive, key: str) -> None:
    path = archive.folder(OWN) / "report.toml"
    without(path, f"{key} =")
    (line,) = lines_of(lambda: archive.read(OWN))
    assert line.startswith(f"{path}: found ")
    assert key in line.split("; expected")[0]


@pytest.mark.parametrize(
    "name", ["../agencies.csv", "../../agencies.csv", "/etc/hostname", "sub/x.txt", "none.pdf", "..", "."]
)
def test_a_source_document_lies_in_the_same_folder(archive: Archive, name: str) -> None:
    path = archive.folder(OWN) / "report.toml"
    edit(path, "synthetic", f'source_file = "{name}"\nsha256 = "{"0" * 64}"\nsynthetic')
    (line,) = lines_of(lambda: archive.read(OWN))
    assert line.startswith(f"{path}:6: found source_file '{name}'; expected a file in the same folder; ")


@pytest.mark.parametrize(("digest", "line"), [(f'sha256 = "{"0" * 64}"\n', ":7"), ("", "")])
def test_a_source_document_that_was_changed_is_noticed(archive: Archive, digest: str, line: str) -> None:
    path = archive.folder(OWN) / "report.toml"
    (path.parent / "source.txt").write_text("合成数据", encoding="utf-8")
    edit(path, "synthetic", f'source_file = "source.txt"\n{digest}synthetic')
    (message,) = lines_of(lambda: archive.read(OWN))
    assert message.startswith(f"{path}{line}: found sha256 '")
    assert "that of source.txt; bring the changed document in again" in message


# corrections.toml ----------------------------------------------------------------------------------------------------

CORRECTIONS = [
    pytest.param(
        '"0"', '"5"', 1, "reported '5' for disputes.reconsideration.total", "'0' as disputes.csv has it now", id="stale"
    ),
    pytest.param(
        '"total"', '"totl"', 1, "cell disputes.reconsideration.totl", "a cell of edition 2021", id="unknown cell"
    ),
    pytest.param('"11"', '"11a"', 1, "corrected '11a' for", "a number in 件", id="not a number"),
    pytest.param('"11"', '"-1"', 1, "corrected '-1' for", "a number of 件 that is not below 0", id="below 0"),
    pytest.param('"11"', "11", 1, "keys table,", "table, item, column, reported", id="a number without quotes"),
    pytest.param('"总计漏填"', '""', 1, "no reason for disputes", "why the figure is put right", id="no reason"),
    pytest.param('by = "测试"\n', "", 1, "keys table, item", "table, item, column, reported", id="missing key"),
    pytest.param("by =", "who =", 1, "keys table, item", "table, item, column, reported", id="unknown key"),
    pytest.param("[[correction]]", "[[corection]]", None, "'corection'", "only [[correction]] entries", id="misspelt"),
    pytest.param("[[correction]]", "[correction]", None, "", "", id="single brackets"),
    pytest.param("[[correction]]\n", "correction = 3\n[[x]]\n", None, "", "", id="not entries"),
    pytest.param(
        'on = "2024-03-01"\n',
        f"on = 2024-03-01\n\n{CORRECTION}",
        11,
        "a second correction of",
        "one per cell",
        id="twice",
    ),
    pytest.param('"11"', '"11', 6, "'corrected = \"11'", "TOML (", id="broken"),
]


@pytest.mark.parametrize(("old", "new", "line", "found", "expected"), CORRECTIONS)
def test_a_fault_in_a_correction_is_told_with_its_line(
    archive: Archive, old: str, new: str, line: int | None, found: str, expected: str
) -> None:
    path = archive.folder(OWN) / "corrections.toml"
    path.write_text(CORRECTION, encoding="utf-8")
    edit(path, old, new)
    match = ONE_LINE.fullmatch(lines_of(lambda: archive.read(OWN))[0])
    assert match is not None
    assert match["where"].startswith(f"{path}:{line}" if line else str(path))
    assert match["found"].startswith(found)
    assert match["expected"].startswith(expected)


def test_a_correction_of_a_table_that_cannot_be_read_adds_no_second_fault(archive: Archive) -> None:
    folder = archive.folder(OWN)
    (folder / "corrections.toml").write_text(CORRECTION, encoding="utf-8")
    (folder / "disputes.csv").unlink()
    assert [line.split(":")[0] for line in lines_of(lambda: archive.read(OWN))] == [str(folder / "disputes.csv")]


# agencies.csv and folders --------------------------------------------------------------------------------------------

AGENCIES = [
    pytest.param(
        ["a,甲测试局,,,,,,,", "b,乙测试局,,,,,,,", "a,丙测试局,,,,,,,"],
        ["4: found agency 'a' a second time (first in line 2); expected one line per id; rename or remove one"],
        id="one id twice",
    ),
    pytest.param(
        ["a,甲测试局,,,,c,,,"], ["2: found parent 'c' of a; expected the id of another agency;"], id="unknown parent"
    ),
    pytest.param(["a,甲测试局,,,,a,,,"], ["2: found parent 'a' of a; expected the id of another"], id="own parent"),
    pytest.param(
        ["a,甲测试局,,,,,b;c,,", "b,乙测试局,,,,,,,"],
        ["2: found predecessor 'c' of a; expected"],
        id="unknown predecessor",
    ),
    pytest.param(["001234,甲测试局,,,,,,,"], ["2: found id '001234'; expected small ASCII letters"], id="id a number"),
    pytest.param(["../a,甲测试局,,,,,,,"], ["2: found id '../a'; expected small ASCII"], id="id a path"),
    pytest.param(["测试,甲测试局,,,,,,,"], ["2: found id '测试'; expected small ASCII"], id="id in Chinese"),
    pytest.param(["a, ,,,,,,,"], ["2: found no name_zh; expected the agency's Chinese name; fill"], id="no name"),
    pytest.param(["a,甲测试局,,,,,,19,"], ["2: found valid_from '19'; expected a year or nothing;"], id="no year"),
    pytest.param(
        ["A,甲测试局,,,,,,,", "b,,,,,,,,", "c,丙测试局,,,,x,,,"],
        ["2: found id 'A'", "3: found no name_zh", "4: found parent 'x' of c"],
        id="all told",
    ),
]


@pytest.mark.parametrize(("lines", "messages"), AGENCIES)
def test_a_fault_in_agencies_csv_is_told_with_its_line(tmp_path: Path, lines: list[str], messages: list[str]) -> None:
    path = tmp_path / "agencies.csv"
    path.write_text("\n".join([AGENCIES_HEADER, *lines]), encoding="utf-8")
    found = lines_of(lambda: Archive(tmp_path))
    assert len(found) == len(messages)
    for line, message in zip(found, messages, strict=True):
        assert line.startswith(f"{path}:{message}")


def test_a_data_folder_has_agencies_csv(tmp_path: Path) -> None:
    (line,) = lines_of(lambda: Archive(tmp_path))
    assert line.startswith(f"{tmp_path / 'agencies.csv'}: found No such file")
    (line,) = lines_of(lambda: Archive(tmp_path / "none"))
    assert line.startswith(f"{tmp_path / 'none'}: found no such folder; expected a data folder with agencies.csv; name")


def test_an_unknown_agency_is_told(archive: Archive) -> None:
    for read in (lambda: archive.report_ids(["dmeo"]), lambda: archive.read(ReportId("dmeo", 2023))):
        (line,) = lines_of(read)
        assert line.startswith(
            "agency: found 'dmeo' (did you mean demo?); expected one of demo; name one of them, or add"
        )


def test_an_unknown_year_is_told(archive: Archive) -> None:
    for read in (lambda: archive.report_ids([], [2019]), lambda: archive.read(ReportId("demo", 2019))):
        (line,) = lines_of(read)
        assert line.startswith("year: found '2019'")
        assert "; expected one of 2023; " in line


def test_a_data_folder_without_reports_is_told(make_archive: Callable[..., Archive]) -> None:
    (line,) = lines_of(make_archive("demo,测试局,,,,,,,").report_ids)
    assert "found no report of demo; expected a folder <agency>/<year>/ with report.toml; add one" in line


@pytest.mark.parametrize("name", ["23", "2023年", "2023-1", "old"])
def test_a_folder_that_is_no_year_is_told(archive: Archive, name: str) -> None:
    path = archive.root / "demo" / name
    path.mkdir()
    assert lines_of(archive.report_ids) == [
        f"{path}: found a folder named '{name}'; expected a year such as 2020; rename or move it"
    ]


def test_folders_of_agencies_that_are_not_listed_are_told(archive: Archive) -> None:
    for name in ("stranger", "other"):
        archive.write(filled_report("demo", 2023, "2021"))
        (archive.root / name).mkdir()
    found = lines_of(archive.report_ids)
    assert [line.split(";")[0] for line in found] == [
        f"{archive.root / name}: found a folder of agency '{name}'" for name in ("other", "stranger")
    ]


def test_a_folder_that_is_not_listed_is_told_to_who_asks_for_all_or_finds_nothing(archive: Archive) -> None:
    (archive.root / "dmeo").mkdir()
    archive.write(filled_report("demo", 2023, "2021"))
    assert archive.report_ids(["demo"]) == [ReportId("demo", 2023)]
    assert "a folder of agency 'dmeo'" in lines_of(archive.report_ids)[0]
    (archive.root / "demo").rename(archive.root / "demo2")  # its name is misspelt: that is why nothing is found
    assert "a folder of agency 'demo2'" in lines_of(lambda: archive.report_ids(["demo"]))[0]


def test_a_report_folder_without_report_toml_is_told(archive: Archive) -> None:
    (archive.root / "demo" / "2022").mkdir()
    (line,) = lines_of(lambda: archive.read(ReportId("demo", 2022)))
    assert line.startswith(f"{archive.root / 'demo' / '2022' / 'report.toml'}: found No such file")


@pytest.mark.parametrize(
    "name", ["report.toml", "applications.csv", "disputes.csv", "corrections.toml", "narrative.md"]
)
@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"\xff\xff", "乱".encode("utf-16"), b"[" * 9999, b'a,"b\n' * 50]
)
def test_rubbish_in_any_file_ends_in_one_line_for_each_fault(archive: Archive, name: str, content: bytes) -> None:
    (archive.folder(OWN) / name).write_bytes(content)
    try:
        archive.read(OWN)
    except (InputError, InputErrors) as error:
        assert_lines(str(error).split("\n"), archive.folder(OWN))
    else:
        assert name in ("corrections.toml", "narrative.md")


def assert_lines(lines: Iterable[str], folder: Path) -> None:
    for line in lines:
        assert line.startswith(f"{folder}/")
        assert ONE_LINE.fullmatch(line)
