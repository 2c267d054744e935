"""gdgk compare and gdgk import --published: which versions there are, what is said of them, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from publishing import HOSTILE, annual_notebook
from reading_html import ids, one, repeated, soup, text
from rendering import as_html
from running import ERROR_LINE, Ended, gdgk, tree
from strategies import filled_report

from gdgk.archive import Archive, ReportId
from gdgk.batch.digests import Digests
from gdgk.exporters.xlsx import official_xlsx
from gdgk.form import CellKey
from gdgk.pages import AnnualReportPage, ReportPage
from gdgk.prose import HEADINGS
from gdgk.report import Correction, Report, with_cells

OWN = ReportId("demo", 2023)
TOTAL = CellKey("disputes", "reconsideration", "total")
USUAL = "2023年，本机关认真落实政府信息公开条例，全年举办培训3次。"


def sectioned(words: str) -> str:
    """A narrative of all six sections, the first of which says some words."""
    said = {"一": words, "五": "培训不够。"}
    return "\n\n".join(f"## {heading}\n\n{said.get(numeral, '')}" for numeral, heading in HEADINGS.items())


WORDS = sectioned(USUAL)


@pytest.fixture
def report() -> Report:
    """What 测试局 handed in: a total is 0 that should be 11."""
    values = {CellKey("disputes", "reconsideration", "upheld"): 11}
    return replace(filled_report("demo", 2023, "2021", values), narrative=WORDS)


@pytest.fixture
def corrected(archive: Archive, report: Report) -> Archive:
    """A data folder with that report, its total put right."""
    archive.write(replace(report, corrections={TOTAL: Correction(TOTAL, "0", "11", "漏填", "核对岗", "2024-03-01")}))
    return archive


@pytest.fixture
def page(tmp_path: Path, report: Report) -> Callable[..., Path]:
    """Writes a report as 测试局 publishes it: the one handed in, with other words and cells."""

    def write(name: str = "published.html", words: str = "", **cells: str) -> Path:
        changed = {CellKey(*key.split("__")): value for key, value in cells.items()}
        path = tmp_path / name
        path.write_bytes(as_html(replace(with_cells(report, changed), narrative=words or WORDS), "测试局"))
        return path

    return write


def bring(archive: Archive, *arguments: object) -> Ended:
    return gdgk("import", "--data", archive.root, *arguments)


def compare(archive: Archive, *arguments: object) -> Ended:
    return gdgk("compare", "demo", "--year", 2023, "--data", archive.root, *arguments)


def compared(archive: Archive, *arguments: object) -> dict[str, Any]:
    """The comparison as json."""
    ended = compare(archive, *arguments, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads(ended.out)
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [version["name"] for version in found["versions"]]


# Which versions there are --------------------------------------------------------------------------------------------


def test_a_report_that_was_never_changed_has_one_version(archive: Archive) -> None:
    ended = compare(archive)
    assert ended.code == 0 and "只有一稿" in ended.out
    assert (names(compared(archive)), compared(archive)["steps"]) == (["reported"], [])


def test_what_was_handed_in_corrected_and_published_stand_in_a_row(
    corrected: Archive, page: Callable[..., Path]
) -> None:
    other = WORDS.replace("3次", "5次")
    assert bring(corrected, page(words=other), "--published").code == 0
    found = compared(corrected)
    assert names(found) == ["reported", "corrected", "published"]
    assert [version["findings"]["error"] for version in found["versions"]] == [1, 0, 1]
    first, second = found["steps"]
    assert [(one["cell"], one["difference"], one["correction"]["by"]) for one in first["cells"]] == [
        (str(TOTAL), 11, "核对岗")
    ]
    assert first["cells"][0]["resolved"] == [one["fingerprint"] for one in first["findings"]["resolved"]]
    assert [(one["cell"], one["difference"], one["again"]) for one in second["cells"]] == [
        (str(TOTAL), -11, "reported")
    ]
    changed = [piece for passage in second["passages"] for piece in passage["pieces"] if piece["kind"] != "same"]
    assert {"kind": "deleted", "text": "3"} in changed and {"kind": "inserted", "text": "5"} in changed


def test_a_published_version_leaves_the_report_alone(corrected: Archive, page: Callable[..., Path]) -> None:
    before = tree(corrected.root)
    path = page(disputes__reconsideration__total="11")
    ended = bring(corrected, path, "--published")
    assert ended.code == 0 and "new" in ended.out
    after = tree(corrected.root)
    assert {name: after[name] for name in before} == before
    assert (corrected.folder(OWN) / "versions" / "published" / "source.html").read_bytes() == path.read_bytes()
    assert "unchanged" in bring(corrected, path, "--published").out
    assert tree(corrected.root) == after
    assert "T4-SUM" not in gdgk("check", "--data", corrected.root).out


def test_what_is_replaced_is_kept(archive: Archive, page: Callable[..., Path]) -> None:
    path = page()
    assert bring(archive, path, "--replace").code == 0
    first = path.read_bytes()
    for number in ("11", "12"):
        assert bring(archive, page(disputes__reconsideration__total=number), "--replace").code == 0
    kept = archive.folder(OWN) / "versions"
    assert sorted(folder.name for folder in kept.iterdir()) == ["reported-1", "reported-2", "reported-3"]
    assert (kept / "reported-2" / "source.html").read_bytes() == first
    found = compared(archive)
    assert names(found) == ["reported-1", "reported-2", "reported-3", "reported"]
    assert [cell["now"]["raw"] for step in found["steps"][1:] for cell in step["cells"]] == ["11", "12"]


def test_a_report_handed_in_again_with_the_correction_in_it_needs_it_no_longer(
    corrected: Archive, page: Callable[..., Path]
) -> None:
    assert bring(corrected, page(disputes__reconsideration__total="11"), "--replace").code == 0
    found = compared(corrected)
    assert names(found) == ["reported-1", "reported"]
    assert [(one["cell"], one["difference"]) for one in found["steps"][0]["cells"]] == [(str(TOTAL), 11)]
    assert (corrected.folder(OWN) / "versions" / "reported-1" / "corrections.toml").is_file()


def test_another_published_version_needs_replace_and_the_one_before_it_is_kept(
    archive: Archive, page: Callable[..., Path]
) -> None:
    bring(archive, page(), "--published")
    before = tree(archive.root)
    changed = page(disputes__reconsideration__total="11")
    assert bring(archive, changed, "--published").code == 1
    assert tree(archive.root) == before
    assert bring(archive, changed, "--published", "--replace").code == 0
    assert names(compared(archive)) == ["reported", "published-1", "published"]


def test_a_file_is_compared_and_not_stored(corrected: Archive, page: Callable[..., Path]) -> None:
    before = tree(corrected.root)
    found = compared(corrected, page(disputes__reconsideration__total="11"))
    assert names(found) == ["reported", "corrected", "file"]
    assert found["steps"][1]["cells"][0]["kind"] == "correction"
    assert tree(corrected.root) == before


def test_two_files_are_compared_without_a_report_in_the_data(make_archive: Any, page: Callable[..., Path]) -> None:
    archive = make_archive("demo,测试局,,,,,,,")
    found = compared(archive, page("a.html"), page("b.html", disputes__reconsideration__total="11"))
    assert names(found) == ["file-1", "file-2"]
    assert [cell["cell"] for cell in found["steps"][0]["cells"]] == [str(TOTAL)]


def test_two_versions_are_chosen_by_name(corrected: Archive, page: Callable[..., Path]) -> None:
    found = compared(corrected, page(), "--from", "reported", "--to", "file")
    assert names(found) == ["reported", "file"]
    assert found["steps"][0]["cells"] == []


def test_a_file_of_another_year_or_agency_is_told(archive: Archive, tmp_path: Path, report: Report) -> None:
    path = tmp_path / "other.html"
    path.write_bytes(as_html(replace(report, year=2022), "另一局"))
    notes = compared(archive, path)["versions"][-1]["notes"]
    assert "文件标题写的是 2022 年" in notes and "文件标题写的是另一局" in notes


def test_the_same_versions_give_the_same_bytes(corrected: Archive, page: Callable[..., Path], tmp_path: Path) -> None:
    path = page(disputes__reconsideration__total="7")
    for form in ("text", "json", "html"):
        assert compare(corrected, path, "--format", form).out == compare(corrected, path, "--format", form).out
        written = tmp_path / f"out.{form}"
        assert compare(corrected, path, "--format", form, "-o", written).out == ""
        assert written.read_text(encoding="utf-8") == compare(corrected, path, "--format", form).out


def test_the_text_says_what_changed_and_what_it_did(corrected: Archive) -> None:
    said = compare(corrected).out
    assert "表四 · 行政复议 · 总计：0 → 11（+11）；漏填（核对岗，2024-03-01）；解决误 1" in said
    assert "解决 误 [T4-SUM]" in said


# What is refused -----------------------------------------------------------------------------------------------------


def refused(archive: Archive, *arguments: object) -> str:
    """What a command says that must end with 2, in one line, and write nothing."""
    root = archive.root.parent
    before = tree(root)
    ended = gdgk(*arguments, "--data", archive.root)
    assert (ended.code, ended.out) == (2, "")
    assert ERROR_LINE.fullmatch(ended.err.rstrip("\n")), ended.err
    assert tree(root) == before
    return ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dem", "--year", 2023], "did you mean demo?"),
        (["../demo", "--year", 2023], "agency: found '../demo'"),
        (["demo", "--year", 2022], "year: found '2022'"),
        (["demo", "--year", 2023, "--to", "published"], "version: found 'published'"),
        (["demo", "--year", 2023, "--from", "../.."], "version: found '../..'"),
        (["demo", "{}/none.html", "--year", 2023], "none.html"),
        (["demo", "{}", "--year", 2023], "expected"),
        (["demo", "{}/letter.txt", "--year", 2023], "no official table"),
        (["demo", "{}/garbage.docx", "--year", 2023], "garbage.docx"),
        (["demo", "{}/empty.html", "--year", 2023], "an empty file"),
        (["demo", "a", "b", "c", "--year", 2023], "found 3 files"),
        (["demo", "{}/letter.txt", "--year", 2023, "-o", "{}/out.html"], "no official table"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    archive: Archive, tmp_path: Path, arguments: list[object], said: str
) -> None:
    (tmp_path / "letter.txt").write_text("关于召开会议的通知\n请各单位参加。\n", encoding="utf-8")
    (tmp_path / "garbage.docx").write_bytes(b"PK\x03\x04" + bytes(range(256)))
    (tmp_path / "empty.html").write_bytes(b"")
    filled = [argument.format(tmp_path) if isinstance(argument, str) else argument for argument in arguments]
    assert said in refused(archive, "compare", *filled)


def test_nothing_is_published_of_a_report_that_is_not_there(make_archive: Any, page: Callable[..., Path]) -> None:
    archive = make_archive("demo,测试局,,,,,,,")
    before = tree(archive.root)
    ended = bring(archive, page(), "--published")
    assert ended.code == 2 and "without --published" in ended.err
    assert tree(archive.root) == before


@pytest.mark.parametrize("command", ["compare", "run"])
def test_a_folder_that_is_no_version_is_refused(archive: Archive, command: str) -> None:
    (archive.folder(OWN) / "versions" / "final").mkdir(parents=True)
    asked = [command, "demo", "--year", 2023]
    said = refused(archive, *asked, *(["--reports", archive.root.parent / "reports"] if command == "run" else []))
    assert "versions/final" in said and "reported-1" in said


def test_a_version_whose_document_was_changed_is_refused(corrected: Archive, page: Callable[..., Path]) -> None:
    bring(corrected, page(), "--published")
    with (corrected.folder(OWN) / "versions" / "published" / "source.html").open("a", encoding="utf-8") as file:
        file.write(" ")
    assert "sha256" in refused(corrected, "compare", "demo", "--year", 2023)


# Pages ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", [*HOSTILE, "a" * 100_000])
def test_nothing_that_a_version_says_becomes_markup(archive: Archive, report: Report, hostile: str) -> None:
    entry = Correction(TOTAL, "0", "11", hostile, hostile, "2024-03-01")
    head = replace(report.head, title=hostile, source=hostile, source_file="")
    archive.write(replace(report, head=head, corrections={TOTAL: entry}))
    files = replace(report, narrative=sectioned(hostile), labels={("disputes", "reconsideration"): hostile})
    archive.write_published(replace(files, head=replace(report.head, source_file="source.txt", sha256=EMPTY)), b"")
    html = compare(archive, "--format", "html").out
    page = soup(html)
    assert not page.find_all(["script", "img", "iframe", "a"], src=True) and not page.find_all("script")
    assert all(str(link["href"]).startswith("#") for link in page.find_all("a"))
    assert " ".join(hostile.split()) in text(one(page, "main"))
    assert page.select("section#step2 ins, section#step2 .passage")


EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_page_loads_nothing_and_its_links_lead_somewhere(corrected: Archive, page: Callable[..., Path]) -> None:
    made = compare(corrected, page(words=WORDS.replace("培训不够", "人手不够")), "--format", "html").out
    assert "http://" not in made and "https://" not in made
    tree = soup(made)
    found = ids(tree)
    assert repeated(found) == set()
    targets = {str(link["href"])[1:] for link in tree.find_all("a")}
    assert targets <= set(found) and any(target.startswith("step1-") for target in targets)
    assert "合成数据" in text(one(tree, "header.top"))
    assert all(region.get("tabindex") == "0" and region.get("aria-label") for region in tree.select(".scroll"))


def test_blank_and_nought_look_different_on_the_page(archive: Archive, page: Callable[..., Path]) -> None:
    made = compare(archive, page(disputes__reconsideration__upheld=""), "--format", "html").out
    lines = [line for line in soup(made).select("table.changes tr") if "行政复议 · 结果维持" in text(line)]
    assert [[str(cell["class"][0]) for cell in line.find_all("td")[:2]] for line in lines] == [["number", "blank"]]
    assert "未填报" in text(lines[0])


def test_the_report_page_has_the_revision_list(corrected: Archive, page: Callable[..., Path]) -> None:
    single = ReportPage("hongze", 2023).revisions()
    assert "只有一稿" in text(soup(single.html))
    bring(corrected, page(words=WORDS.replace("3次", "5次")), "--published")
    said = text(soup(ReportPage("demo", 2023, str(corrected.root)).revisions().html))
    assert "上报稿 → 更正稿" in said and "更正稿 → 发布稿" in said
    assert "又同上报稿" in said and "漏填（核对岗，2024-03-01）" in said


def test_the_official_report_carries_the_revisions_as_data_only(corrected: Archive) -> None:
    page = AnnualReportPage("demo", 2023, str(corrected.root))
    masthead = page.masthead()
    (data,) = masthead.data.values()
    assert [line[1:5] for line in data["revisions"]["rows"]] == [["表四 · 行政复议 · 总计", "0", "11", 11]]
    assert not any("漏填" in piece.html or "修订" in piece.html for piece in (masthead, page.section("四")))


def test_a_page_is_made_again_when_a_version_changes(corrected: Archive, page: Callable[..., Path]) -> None:
    folder = str(corrected.folder(OWN))
    before = Digests().of(folder)
    bring(corrected, page(), "--published")
    published = Digests().of(folder)
    bring(corrected, page(words=WORDS.replace("3次", "5次")), "--published", "--replace")
    assert len({before, published, Digests().of(folder)}) == 3


def test_the_workbook_has_a_sheet_of_revisions_where_there_are_any(corrected: Archive) -> None:
    sheets = load_workbook(BytesIO(official_xlsx(annual_notebook("demo", 2023, str(corrected.root)))))
    header, line = ([cell.value for cell in row] for row in sheets["修订一览"].iter_rows(max_row=2))
    told = dict(zip(header, line, strict=True))
    assert (told["位置"], told["原"], told["改为"], told["相差"]) == ("表四 · 行政复议 · 总计", "0", "11", 11)
    assert told["对核对结果的影响"] == "解决误 1"
    assert "修订一览" not in load_workbook(BytesIO(official_xlsx(annual_notebook("hongze", 2023)))).sheetnames
