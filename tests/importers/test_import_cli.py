"""gdgk import: what it says and writes, what it never touches, and how it goes on when one file is bad."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from running import Ended, gdgk, tree
from test_recognition import TITLE, page, text_document

from gdgk.archive import Archive

AGENCIES = "id,name_zh,short_names,kind,region_code,parent,predecessor,valid_from,valid_to\n"
KEYS = {"agency", "agency_name", "year", "edition", "cells", "raw", "sections", "warnings", "unplaced"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder that knows 测试局 and 测试二局, without reports."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "agencies.csv").write_text(AGENCIES + "demo,测试局,,,,,,,\nsecond,测试二局,,,,,,,\n", encoding="utf-8")
    return folder


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A published report of 测试局 for 2023, as a web page."""
    path = tmp_path / "published.html"
    path.write_text(page("2021"), encoding="utf-8")
    return path


def stamps(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def bring(data: Path, *arguments: object) -> Ended:
    return gdgk("import", "--data", data, *arguments)


def objects(ended: Ended) -> list[dict[str, object]]:
    return [json.loads(line) for line in ended.out.splitlines()]


# New, unchanged, different -------------------------------------------------------------------------------------------


def test_a_new_report_is_written_with_its_source_and_the_place_of_every_cell(data: Path, published: Path) -> None:
    ended = bring(data, published)
    assert (ended.code, ended.err) == (0, "")
    assert "new" in ended.out and "测试局 2023" in ended.out
    folder = data / "demo" / "2023"
    assert (folder / "source.html").read_bytes() == published.read_bytes()
    report = Archive(data).read(Archive(data).report_ids()[0])
    lines = (folder / "provenance.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(report.cells) + 1
    assert all("table" in place and "row" in place for place in report.places.values())


def test_the_same_file_again_touches_nothing(data: Path, published: Path) -> None:
    bring(data, published)
    before, times = tree(data), stamps(data)
    ended = bring(data, published)
    assert ended.code == 0 and "unchanged" in ended.out
    assert (tree(data), stamps(data)) == (before, times)


def test_replacing_by_the_same_file_touches_nothing(data: Path, published: Path) -> None:
    bring(data, published)
    before, times = tree(data), stamps(data)
    assert bring(data, "--replace", published).code == 0
    assert (tree(data), stamps(data)) == (before, times)


def test_a_changed_figure_is_shown_and_not_written(data: Path, published: Path) -> None:
    bring(data, published)
    before = tree(data)
    published.write_text(page("2021").replace(">223<", ">9223<"), encoding="utf-8")
    ended = bring(data, published)
    assert ended.code == 1
    assert "applications.not_processed_repeat.natural_person：223 → 9223" in ended.out
    assert "--replace" in ended.out
    assert tree(data) == before


def test_replace_writes_the_changed_report_and_its_source(data: Path, published: Path) -> None:
    bring(data, published)
    published.write_text(page("2021").replace(">223<", ">9223<"), encoding="utf-8")
    ended = bring(data, "--replace", published)
    assert ended.code == 0 and "replaced" in ended.out
    assert (data / "demo" / "2023" / "source.html").read_bytes() == published.read_bytes()
    assert ",9223," in (data / "demo" / "2023" / "applications.csv").read_text(encoding="utf-8")
    assert gdgk("check", "--data", data).code != 2


def test_a_report_of_another_kind_replaces_the_source_of_the_first(data: Path, published: Path, tmp_path: Path) -> None:
    bring(data, published)
    text = tmp_path / "published.txt"
    text.write_text(text_document("2021"), encoding="utf-8")
    assert bring(data, text).code == 1
    assert bring(data, "--replace", text).code == 0
    assert sorted(path.name for path in (data / "demo" / "2023").glob("source.*")) == ["source.txt"]


def test_a_dry_run_writes_nothing(data: Path, published: Path) -> None:
    before, times = tree(data), stamps(data)
    ended = bring(data, "--dry-run", published)
    assert ended.code == 0 and "new" in ended.out
    assert (tree(data), stamps(data)) == (before, times)


def test_a_dry_run_with_replace_shows_the_change_and_writes_nothing(data: Path, published: Path) -> None:
    bring(data, published)
    before = tree(data)
    published.write_text(page("2021").replace(">223<", ">9223<"), encoding="utf-8")
    ended = bring(data, "--dry-run", "--replace", published)
    assert "223 → 9223" in ended.out
    assert tree(data) == before


def test_a_kept_source_that_was_changed_is_refused_by_check(data: Path, published: Path) -> None:
    bring(data, published)
    assert gdgk("check", "--data", data).code != 2
    with (data / "demo" / "2023" / "source.html").open("a", encoding="utf-8") as file:
        file.write(" ")
    ended = gdgk("check", "--data", data)
    assert ended.code == 2 and "source.html" in ended.err


def test_corrections_survive_a_replacement(data: Path, published: Path) -> None:
    bring(data, published)
    (data / "demo" / "2023" / "corrections.toml").write_text(
        '[[correction]]\ntable = "disputes"\nitem = "reconsideration"\ncolumn = "total"\n'
        'reported = "290"\ncorrected = "11"\nreason = "总计漏算"\nby = "核对岗"\non = "2024-03-01"\n',
        encoding="utf-8",
    )
    published.write_text(page("2021").replace(">223<", ">9223<"), encoding="utf-8")
    assert bring(data, "--replace", published).code == 0
    report = Archive(data).read(Archive(data).report_ids()[0])
    assert [item.corrected for item in report.corrections.values()] == ["11"]


# Whose and when ------------------------------------------------------------------------------------------------------


def test_an_unknown_agency_is_proposed_and_never_created(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.html"
    path.write_text(page("2021", TITLE.replace("测试局", "新设水务处")), encoding="utf-8")
    before = tree(data)
    ended = bring(data, path)
    assert ended.code == 1
    assert "xin_she_shui_wu_chu,新设水务处,,,,,,," in ended.err
    assert tree(data) == before


def test_a_proposed_line_is_taken_by_the_archive(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.html"
    path.write_text(page("2021", TITLE.replace("测试局", "新设水务处")), encoding="utf-8")
    line = bring(data, path).err.split("such as ")[1].split(" or name")[0].strip('"')
    with (data / "agencies.csv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert bring(data, path).code == 0
    assert (data / "xin_she_shui_wu_chu" / "2023" / "report.toml").is_file()


def test_a_name_that_two_agencies_answer_to_is_not_guessed(data: Path, published: Path) -> None:
    lines = "one,甲市某某测试局,测试局,,,,,,\ntwo,乙市某某测试局,测试局,,,,,,\n"
    (data / "agencies.csv").write_text(AGENCIES + lines, encoding="utf-8")
    before = tree(data)
    ended = bring(data, published)
    assert ended.code == 1 and "one, two" in ended.err and "--agency" in ended.err
    assert tree(data) == before


def test_an_agency_of_another_city_is_not_taken_for_this_one(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.html"
    path.write_text(page("2021", TITLE.replace("测试局", "乙市测试局")), encoding="utf-8")
    ended = bring(data, path)
    assert ended.code == 1 or "测试局" in "".join(line for line in ended.out.splitlines() if " 疑 " in line)


def test_agency_and_year_may_be_named(data: Path, published: Path) -> None:
    ended = bring(data, "--agency", "second", "--year", 2022, published)
    assert ended.code == 0
    assert (data / "second" / "2022" / "report.toml").is_file()
    assert not (data / "demo").exists()
    assert "2023" in ended.out


def test_an_agency_id_that_is_not_there_is_an_error(data: Path, published: Path) -> None:
    ended = bring(data, "--agency", "nobody", published)
    assert ended.code == 2 and "nobody" in ended.err
    assert not (data / "nobody").exists()


def test_a_report_without_a_year_asks_for_it(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "undated.html"
    path.write_text(page("2021", "测试局政府信息公开工作年度报告"), encoding="utf-8")
    ended = bring(data, path, "--agency", "demo")
    assert ended.code == 1 and "--year" in ended.err
    assert bring(data, path, "--agency", "demo", "--year", 2024).code == 0


# Output --------------------------------------------------------------------------------------------------------------


def test_json_is_one_object_for_each_file(data: Path, published: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(text_document("2021", TITLE.replace("测试局", "测试二局")), encoding="utf-8")
    ended = bring(data, "--format", "json", published, other)
    found = objects(ended)
    assert ended.code == 0
    assert [item["agency"] for item in found] == ["demo", "second"]
    assert all(set(item) >= KEYS for item in found)
    assert found[0]["year"] == 2023 and found[0]["edition"] == "2021" and found[0]["agency_name"] == "测试局"
    assert found[0]["cells"]["applications.not_processed_repeat.natural_person"] == 223  # type: ignore[index]


def test_json_of_a_bad_file_is_an_object_too(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "empty.html"
    path.write_bytes(b"")
    ended = bring(data, "--format", "json", path)
    assert ended.code == 2
    assert [item["outcome"] for item in objects(ended)] == ["failed"]
    assert "empty.html" in ended.err


def test_json_tells_what_was_not_placed(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "short.html"
    path.write_text(page("2021").replace("<td>223</td>", "", 1), encoding="utf-8")
    (item,) = objects(bring(data, "--format", "json", path))
    assert [set(entry) for entry in item["unplaced"]] == [{"table", "place", "text", "reason"}]  # type: ignore[attr-defined]
    assert "applications.not_processed_repeat.natural_person" not in item["cells"]  # type: ignore[operator]


# Many files ----------------------------------------------------------------------------------------------------------


def test_a_bad_file_among_good_ones_does_not_stop_them(data: Path, published: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.docx"
    bad.write_bytes(b"PK\x03\x04 broken")
    other = tmp_path / "other.html"
    other.write_text(page("2021", TITLE.replace("测试局", "测试二局")), encoding="utf-8")
    ended = bring(data, published, bad, other)
    assert ended.code == 2 and "bad.docx" in ended.err
    assert [str(item) for item in Archive(data).report_ids()] == ["demo/2023", "second/2023"]


@pytest.mark.parametrize("name", ["two words.html", "测试局 2023 年报.html", "-年报.html", "a'b\"c.html"])
def test_any_file_name_will_do(data: Path, published: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "files" / name
    path.parent.mkdir()
    path.write_bytes(published.read_bytes())
    assert bring(data, path).code == 0
    assert bring(data, path.parent).code == 0


def test_a_name_with_a_leading_dash_may_follow_two_dashes(
    data: Path, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "-r.html").write_bytes(published.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert bring(data, "--", "-r.html").code == 0


def test_a_path_through_the_parent_folder_is_read(
    data: Path, published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path / "inside")
    assert bring(data, os.path.join("..", published.name)).code == 0


def test_a_member_of_a_zip_that_points_outside_is_read_and_writes_nothing_there(data: Path, tmp_path: Path) -> None:
    home = tmp_path / "mail"
    home.mkdir()
    with zipfile.ZipFile(home / "all.zip", "w") as package:
        package.writestr("../../escaped.html", page("2021"))
        package.writestr("街道/年报 2023.html", page("2021", TITLE.replace("测试局", "测试二局")))
    ended = bring(data, home / "all.zip")
    assert ended.code == 0, ended.err
    assert [str(item) for item in Archive(data).report_ids()] == ["demo/2023", "second/2023"]
    assert list(tmp_path.rglob("escaped*")) == []


def test_two_files_on_one_report_do_not_overwrite_each_other(data: Path, published: Path, tmp_path: Path) -> None:
    other = tmp_path / "revised.html"
    other.write_text(page("2021").replace(">223<", ">9223<"), encoding="utf-8")
    ended = bring(data, published, other)
    assert ended.code == 1 and "223 → 9223" in ended.out
    assert (data / "demo" / "2023" / "source.html").read_bytes() == published.read_bytes()


def test_a_file_that_is_not_there_does_not_stop_the_others(data: Path, published: Path, tmp_path: Path) -> None:
    ended = bring(data, tmp_path / "gone.html", published)
    assert ended.code == 2 and "gone.html" in ended.err
    assert (data / "demo" / "2023").is_dir()


def test_the_summary_says_what_does_not_reconcile(data: Path, published: Path) -> None:
    assert "勾稽：" in bring(data, published).out
