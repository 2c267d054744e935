"""gdgk pack and Corpus: what is packed is what was reported, renewed whole or not at all, and only ever read."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import ERROR_LINE, REAL, gdgk
from strategies import AGENCIES_HEADER, filled_report, reports, with_cells, write_city

from gdgk.archive import Archive, panel
from gdgk.checks import check_reports
from gdgk.corpus import Corpus, pack, parquet
from gdgk.corpus.rows import panel_frame, provenance_frame, row_of
from gdgk.corpus.writing import Packer
from gdgk.errors import GdgkError, InputError, UnknownName
from gdgk.form import CellKey
from gdgk.reconciliation.screening import VIOLATIONS, violations
from gdgk.reconciliation.wide import widen
from gdgk.report import Correction, ReportId
from gdgk.sampling import sample_city

NEW = "applications.new.total"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic city of three years and two forms, two fifths of its reports with an error."""
    folder = tmp_path_factory.mktemp("city") / "data"
    sample_city(folder, 24, range(2018, 2021), 1, 0.4)
    return folder


@pytest.fixture(scope="module")
def packed(city: Path) -> Path:
    """The city as a pack, with the tidy tables."""
    folder = city.parent / "pack"
    pack(city, folder, tidy=True)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A data folder of three provinces' worth of agencies, two reports each."""
    root = write_city(tmp_path / "data", ["a", "b", "c"], [2022, 2023])
    lines = [AGENCIES_HEADER, "a,甲局,,局,320100,,,,", "b,乙局,,局,530100,,,,", "c,丙局,,局,530102,b,,,", ""]
    (root / "agencies.csv").write_text("\n".join(lines), encoding="utf-8")
    return root


# What was reported is what is packed ----------------------------------------------------------------------------------


@given(st.lists(reports(), min_size=1, max_size=5, unique_by=lambda report: report.year))
@settings(max_examples=4)
def test_every_cell_of_any_report_comes_back_with_its_text_value_and_state(
    tmp_path_factory: pytest.TempPathFactory, found: list
) -> None:
    archive = Archive(write_city(tmp_path_factory.mktemp("any") / "data", ["demo"], []))
    folder = archive.root.parent / "pack"
    folder.mkdir()
    packer = Packer(folder, archive.agencies, checks=False)
    rows = [row_of(report, "digest") for report in found]
    packer.write("000000", ["demo"], panel_frame(rows), provenance_frame(rows))
    packer.close("reading", {})
    with Corpus(folder) as corpus:
        for report in found:
            cells = corpus.cells("demo", report.year)
            assert cells == {key: report.cell(key) for key in report.cells}


def test_blank_zero_and_not_taken_in_are_three_things(small: Path, tmp_path: Path) -> None:
    archive = Archive(small)
    base = archive.read(ReportId("a", 2023))
    table = list(base.edition.tables["applications"].cells)
    archive.write(with_cells(base, dict.fromkeys(table, "")))
    unknown = replace(archive.read(ReportId("b", 2023)), head=replace(base.head, partial="表三未收"))
    archive.write(with_cells(unknown, dict.fromkeys(table, "?")))
    pack(small, tmp_path / "pack")
    with Corpus(tmp_path / "pack") as corpus:
        found = corpus.sql(f'SELECT agency, "applications.state" AS state, "{NEW}" AS new FROM panel WHERE year = 2023')
        trend = corpus.trend(NEW, "kind")
    assert found.set_index("agency")["state"].to_dict() == {"a": "blank", "b": "unknown", "c": "filled"}
    assert found["new"].isna().tolist() == [True, True, False]
    assert trend[["total", "filled", "reports"]].to_numpy().tolist() == [[0, 3, 3], [0, 1, 3]]


def test_corrections_and_unknown_rows_go_along(packed: Path, small: Path, tmp_path: Path) -> None:
    archive = Archive(small)
    report = archive.read(ReportId("a", 2023))
    key = CellKey("applications", "new", "total")
    corrected = Correction(key, "0", "7", "书面确认", "核对岗", "2024-02-01")
    archive.write(replace(report, corrections={key: corrected}))
    pack(small, tmp_path / "pack")
    with Corpus(tmp_path / "pack") as corpus:
        assert corpus.history("a", [NEW])[NEW].tolist() == [0, 7]
        assert corpus.sql("SELECT reported, corrected, reason FROM corrections").to_numpy().tolist() == [
            ["0", "7", "书面确认"]
        ]


def test_the_checks_beside_the_panel_are_those_of_the_reports(city: Path, packed: Path) -> None:
    archive = Archive(city)
    read = archive.read_all(archive.report_ids())
    expected = violations(widen(panel(read)), archive.lineage(), agencies=archive.agencies)
    with Corpus(packed) as corpus:
        found = corpus.checks()
    address = VIOLATIONS[:7]

    def lines(frame: pd.DataFrame) -> list[tuple]:
        return sorted(map(tuple, frame[address].astype(str).to_numpy().tolist()))

    assert lines(found) == lines(expected)
    assert len(found) > 10


def test_the_checks_of_the_published_reports_are_those_of_gdgk_check(tmp_path: Path) -> None:
    archive = Archive(REAL)
    pack(REAL, tmp_path / "pack")
    rows = check_reports(archive, archive.report_ids()).rows
    wrong = {
        (row["agency"], row["year"], row["rule"], row["row"], row["column"])
        for row in rows
        if row["status"] == "fail" and row["severity"] == "error" and row["table"]
    }
    with Corpus(tmp_path / "pack") as corpus:
        found = corpus.sql("SELECT agency, year, rule, row, \"column\" FROM checks WHERE severity = 'error'")
    assert set(map(tuple, found.to_numpy().tolist())) == wrong != set()


def test_everything_synthetic_says_so(packed: Path) -> None:
    with Corpus(packed) as corpus:
        for table in ("panel", "provenance", "tidy", "checks"):
            assert corpus.sql(f"SELECT DISTINCT synthetic FROM {table}")["synthetic"].tolist() == [True]
        assert corpus.manifest.synthetic == corpus.manifest.reports
    for path in packed.rglob("*.parquet"):
        said = dict(duckdb.execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall())
        assert said[b"synthetic"] == b"all"


def test_the_tidy_tables_have_every_cell_with_its_licence_and_source(small: Path, tmp_path: Path) -> None:
    head = small / "a" / "2023" / "report.toml"
    head.write_text(head.read_text(encoding="utf-8") + 'licence = "CC BY 4.0"\n', encoding="utf-8")
    archive = Archive(small)
    archive.write(with_cells(archive.read(ReportId("a", 2022)), {CellKey("applications", "new", "total"): "无"}))
    pack(small, tmp_path / "pack", tidy=True)
    with (tmp_path / "pack" / "tidy_csv" / "320000.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    report = archive.read(ReportId("a", 2023))
    assert [(row["table"], row["row"], row["column"]) for row in rows if row["year"] == "2023"] == list(report.cells)
    assert {row["licence"] for row in rows if row["year"] == "2023"} == {"CC BY 4.0"}
    assert {row["source"] for row in rows} == {report.head.source}
    odd = [row for row in rows if row["state"] != "number"]
    assert [(row["raw"], row["value"], row["state"], row["year"]) for row in odd] == [("无", "", "none", "2022")]
    tidy = Corpus(tmp_path / "pack").sql("SELECT count(*) AS cells, count(licence) AS licensed FROM tidy")
    assert tidy.to_numpy().tolist() == [[6 * len(report.cells), len(report.cells)]]


def test_the_dictionary_has_every_column_with_its_official_labels(packed: Path) -> None:
    entries = json.loads((packed / "dictionary.json").read_text(encoding="utf-8"))["panel"]
    with Corpus(packed) as corpus:
        columns = list(corpus.sql("SELECT * FROM panel LIMIT 1").columns)
    assert sorted(columns) == sorted(entry["name"] for entry in entries)
    new = next(entry for entry in entries if entry["name"] == NEW)
    assert (new["row_label"], new["unit"]) == ("一、本年新收政府信息公开申请数量", "件")
    assert new["editions"] == ["2019", "2021", "2021-single-other"]


# Same input, same bytes -----------------------------------------------------------------------------------------------


def test_a_pack_hangs_on_nothing_but_its_data(city: Path, packed: Path, tmp_path: Path) -> None:
    odd = tmp_path / "[另]* 'x'?"
    pack(city, odd, tidy=True)
    assert contents(odd) == contents(packed)
    assert pack(city, odd, tidy=True).read == 0
    assert contents(odd) == contents(packed)
    with Corpus(odd) as corpus:
        assert len(corpus.history("city")) == 3


def change_cell(root: Path) -> None:
    path = root / "b" / "2023" / "applications.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",0,", ",3,", 1), encoding="utf-8")


def add_report(root: Path) -> None:
    Archive(root).write(filled_report("a", 2024, "2021"))


def remove_report(root: Path) -> None:
    shutil.rmtree(root / "c" / "2023")


def move_agency(root: Path) -> None:
    path = root / "agencies.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("c,丙局,,局,530102", "c,丙处,,局,320102"), encoding="utf-8"
    )


def correct(root: Path) -> None:
    archive = Archive(root)
    key = CellKey("applications", "new", "total")
    correction = Correction(key, "0", "2", "核", "核对岗", "2024-02-01")
    archive.write(replace(archive.read(ReportId("c", 2022)), corrections={key: correction}))


def take_back(root: Path) -> None:
    (root / "c" / "2022" / "corrections.toml").unlink()


def test_only_what_changed_is_read_again_and_the_pack_is_as_one_made_afresh(small: Path, tmp_path: Path) -> None:
    correct(small)
    pack(small, tmp_path / "pack", checks=False)
    for change, read in ((change_cell, 1), (add_report, 1), (remove_report, 0), (take_back, 1)):
        change(small)
        assert pack(small, tmp_path / "pack", checks=False).read == read
        pack(small, tmp_path / "afresh", checks=False, afresh=True)
        assert contents(tmp_path / "pack") == contents(tmp_path / "afresh"), change


def test_a_register_that_changed_makes_checks_anew_and_reads_no_report(small: Path, tmp_path: Path) -> None:
    pack(small, tmp_path / "pack")
    move_agency(small)
    assert pack(small, tmp_path / "pack").read == 0
    pack(small, tmp_path / "afresh")
    assert contents(tmp_path / "pack") == contents(tmp_path / "afresh")


def test_a_damaged_pack_is_read_anew(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    pack(small, folder, checks=False)
    whole = contents(folder)
    spoil(next(folder.glob("panel/*/part.parquet")))
    assert pack(small, folder, checks=False).read == 6
    assert contents(folder) == whole


# Whole or not at all --------------------------------------------------------------------------------------------------


STEPS = ("os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir")


def killed_before(step: int, action: Callable[[], object], told: Path) -> list[str]:
    """Do something in a child that is killed before its n-th step on the disk; the steps it came to, by their kind."""
    child = os.fork()
    if not child:
        done: list[str] = []

        def count(event: str, arguments: tuple) -> None:
            if event in STEPS:
                if len(done) == step:
                    told.write_text("\n".join(done), encoding="utf-8")
                    os.kill(os.getpid(), signal.SIGKILL)
                done.append(event)

        sys.addaudithook(count)
        try:
            action()
        finally:
            told.write_text("\n".join(done), encoding="utf-8")
            os._exit(0)
    os.waitpid(child, 0)
    return told.read_text(encoding="utf-8").split()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_at_any_step_leaves_the_old_pack_or_the_new_one(small: Path, tmp_path: Path) -> None:
    folder, old_copy, told = tmp_path / "pack", tmp_path / "old", tmp_path / "steps"
    pack(small, folder, checks=False)
    old = contents(folder)
    shutil.copytree(folder, old_copy)
    change_cell(small)
    steps = killed_before(-1, lambda: pack(small, folder, checks=False), told)
    new = contents(folder)
    assert new != old
    away, there = [at for at, step in enumerate(steps) if step == "os.rename"][-2:]
    seen = []
    assert away < there
    # midway, between the two renames by which the packs change places, while the old one is deleted
    for step in (away // 2, there, (there + len(steps)) // 2):
        for left in tmp_path.glob("*pack*"):
            shutil.rmtree(left)
        shutil.copytree(old_copy, folder)
        assert len(killed_before(step, lambda: pack(small, folder, checks=False), told)) == step
        Corpus(folder).connection.close()
        seen.append(contents(folder))
        pack(small, folder, checks=False)
        assert (contents(folder), list(tmp_path.glob(".*"))) == (new, [])
    assert seen == [old] * 2 + [new]


# Only read ------------------------------------------------------------------------------------------------------------


def test_questions_are_answered_as_by_the_reports_themselves(city: Path, packed: Path) -> None:
    archive = Archive(city)
    key = CellKey("applications", "new", "total")
    with Corpus(packed) as corpus:
        history = corpus.history("city_police" if "city_police" in archive.agencies else "city")
        name = history["agency"].iloc[0]
        assert history["year"].tolist() == archive.years(name)
        for year, value in zip(history["year"], history[NEW], strict=True):
            report = archive.read(ReportId(name, year))
            assert (None if pd.isna(value) else value) == (report.cell(key).value if key in report.cells else None)
        one = corpus.year(2020, [NEW])
        assert dict(zip(one["agency"], one[NEW], strict=True)) == {
            report.agency: archive.read(report).cell(key).value for report in archive.report_ids(years=[2020])
        }
        trend = corpus.trend(NEW, kinds=["市政府部门"]).set_index("year")
        kinds = {agency.id for agency in archive.agencies.values() if agency.kind == "市政府部门"}
        assert trend.loc[2020, "total"] == one[one["agency"].isin(kinds)][NEW].sum()
        assert pd.isna(trend.loc[2018, "total"])
        assert "statistics.received.value" not in corpus.year(2020).columns
        assert corpus.year(2020, ["statistics.received.value"])["statistics.received.value"].isna().all()


def test_a_year_is_the_same_rows_as_the_panel_has(packed: Path, small: Path, tmp_path: Path) -> None:
    with Corpus(packed) as corpus:
        for year in corpus.manifest.years:
            found = corpus.year(year)
            listed = ", ".join(map(parquet.named, found.columns))
            panel = corpus.sql(f"SELECT {listed} FROM panel WHERE year = ? ORDER BY province, agency", [year])
            assert found.equals(panel)
    pack(small, tmp_path / "pack", checks=False)
    with Corpus(tmp_path / "pack") as corpus:
        assert corpus.year(2023, [NEW])["agency"].tolist() == ["a", "b", "c"]
        assert corpus.year(2023, [NEW], "530000")["agency"].tolist() == ["b", "c"]


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO 'x.csv'",
        "ATTACH 'x.db'",
        "CREATE TABLE x AS SELECT 1",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM 's3://bucket/x.parquet'",
        "SELECT * FROM 'https://example.org/x.csv'",
        "SELECT * FROM outside",
        "SELECT nothing FROM panel",
        "",
    ],
)
def test_a_query_reads_the_pack_and_nothing_else(packed: Path, query: str) -> None:
    outside = pd.DataFrame({"a": [1]})
    before = contents(packed)
    with Corpus(packed) as corpus, pytest.raises(GdgkError) as told:
        corpus.sql(query)
    assert len(str(told.value).splitlines()) == 1
    assert contents(packed) == before
    assert len(outside) == 1


def test_nothing_is_fetched_unless_an_address_is_given(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Corpus(packed) as corpus:
        corpus.history("city")
        settings = "SELECT value FROM duckdb_settings() WHERE name LIKE 'auto%_known_extensions'"
        assert corpus.sql(settings)["value"].tolist() == ["false", "false"]

    asked: list[str] = []

    class Offline:
        def execute(self, statement: str) -> None:
            asked.append(statement)
            raise duckdb.IOException("no network")

    monkeypatch.setattr(parquet, "connect", Offline)
    with pytest.raises(GdgkError, match=r"s3://bucket/pack: found .* \(no network\); expected"):
        Corpus("s3://bucket/pack/")
    assert asked == ["INSTALL httpfs"]


def test_names_that_are_not_there_are_told(packed: Path) -> None:
    with Corpus(packed) as corpus:
        asked: list[Callable[[], object]] = [
            lambda: corpus.history("citi"),
            lambda: corpus.year(1999),
            lambda: corpus.year(2020, province="110000"),
            lambda: corpus.trend("applications.new"),
            lambda: corpus.trend(NEW, by="name"),
            lambda: corpus.cells("city", 2001),
        ]
        for ask in asked:
            with pytest.raises(UnknownName):
                ask()


# Bad input ------------------------------------------------------------------------------------------------------------


def spoil(path: Path) -> None:
    """Change a byte in the middle of a file; its size stays."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def cut(path: Path) -> None:
    """Leave half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [cut, spoil, Path.unlink], ids=["half", "spoilt", "missing"])
@pytest.mark.parametrize("name", ["panel/*/part.parquet", "by_year/2020.parquet", "agencies.parquet"])
def test_a_damaged_file_is_told_and_never_shown(
    packed: Path, tmp_path: Path, damage: Callable[[Path], None], name: str
) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(packed, folder)
    damage(next(folder.glob(name)))
    with pytest.raises(InputError, match=r"\.parquet: found .*; expected .*; pack again with gdgk pack"):
        ask = Corpus(folder)
        ask.history("city")
        ask.year(2020)


def test_a_pack_of_a_newer_gdgk_is_neither_read_nor_replaced(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    pack(small, folder)
    path = folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"schema": 1', '"schema": 2'), encoding="utf-8")
    before = contents(folder)
    with pytest.raises(InputError, match=r"found schema 2, of gdgk .*; expected schema 1 or earlier; update gdgk"):
        Corpus(folder)
    ended = gdgk("pack", "--data", small, "-o", folder)
    assert (ended.code, contents(folder)) == (2, before)
    assert "schema 2" in ended.err


def test_a_manifest_that_is_none_is_told_and_packed_over(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    for text in ("", "[]", '{"schema": 1}', '{"schema": "x"}', "{}"):
        (folder / "manifest.json").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="manifest"):
            Corpus(folder)
    assert gdgk("pack", "--data", small, "-o", folder).code == 0
    Corpus(folder).connection.close()


def refused(tmp_path: Path, small: Path) -> Iterator[tuple[str, list[object]]]:
    """Commands that cannot be carried out, each by its name."""
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "agencies.csv").write_text(AGENCIES_HEADER + "\n", encoding="utf-8")
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine", encoding="utf-8")
    yield "no folder", ["--data", small]
    yield "no reports", ["--data", empty, "-o", tmp_path / "x"]
    yield "no data", ["--data", tmp_path / "nowhere", "-o", tmp_path / "x"]
    yield "not a pack", ["--data", small, "-o", other]
    yield "a file", ["--data", small, "-o", other / "thesis.txt"]
    yield "in the data", ["--data", small, "-o", small / "pack"]
    yield "around the data", ["--data", small, "-o", tmp_path]
    yield "beneath a file", ["--data", small, "-o", other / "thesis.txt" / "pack"]
    yield "an address", ["--data", small, "-o", "s3://bucket/pack"]


def test_what_cannot_be_packed_is_told_in_one_line_and_nothing_is_written(small: Path, tmp_path: Path) -> None:
    for name, arguments in list(refused(tmp_path, small)):
        before = contents(tmp_path)
        ended = gdgk("pack", *arguments)
        assert (name, ended.code, ended.out) == (name, 2, "")
        assert len(ended.err.splitlines()) == 1, name
        assert ERROR_LINE.fullmatch(ended.err.strip()), ended.err
        assert contents(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "empty", "other"]


def test_every_report_that_cannot_be_read_is_told_and_the_old_pack_stays(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    pack(small, folder)
    before = contents(folder)
    for agency in ("a", "c"):
        path = small / agency / "2023" / "applications.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(",0,", ",12a,", 1), encoding="utf-8")
    ended = gdgk("pack", "--data", small, "-o", folder)
    assert ended.code == 2
    assert [line.split("/2023/")[0][-1] for line in ended.err.splitlines()] == ["a", "c"]
    assert contents(folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "pack"]


def test_another_pack_at_work_is_told(small: Path, tmp_path: Path) -> None:
    from gdgk.corpus.folders import made_beside

    with made_beside(tmp_path / "pack") as made, pytest.raises(GdgkError, match="another gdgk pack at work"):
        (made / "manifest.json").write_text("{}", encoding="utf-8")
        pack(small, tmp_path / "pack")
    assert contents(tmp_path / "pack") == {"manifest.json": b"{}"}
