"""gdgk sample: a city whose reports hold every rule, whose planted errors are found, the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from running import ERROR_LINE, SOAK, gdgk, process_environment, tree

from gdgk.archive import Archive
from gdgk.checks import check_reports
from gdgk.claims import check_claims
from gdgk.findings import Status
from gdgk.report import State
from gdgk.sampling import PLANTED, sample_city
from gdgk.sampling.chance import Shares, exponential, stream
from gdgk.sampling.city import example_city
from gdgk.sampling.planting import BENEATH, KINDS
from gdgk.text_checks.gazetteer import all_places, by_code, by_name

pytestmark = pytest.mark.xdist_group("sampling")  # each city is made and checked once
SEED = 11
FAULTY_YEARS = range(2017, 2025) if SOAK else range(2018, 2023)
# Of the city: with the long version also a second district, of which one agency is as good as all.
CLEAN, FAULTY = 72 if SOAK else 42, 40
GOVERNMENTS = ["city", "district_jia"]


def failing(archive: Archive) -> pd.DataFrame:
    """Findings of severity error or warning, and checks that broke."""
    return failures(check_reports(archive, archive.report_ids()).findings)


def failures(found: pd.DataFrame) -> pd.DataFrame:
    """Those of the findings that are of severity error or warning, and checks that broke."""
    wrong = found["status"].isin([Status.FAIL.value, Status.ERROR.value])
    return found[wrong & found["severity"].isin(["error", "warning"])]


def planted(folder: Path) -> list[dict[str, str]]:
    """The lines of planted.csv."""
    with (folder / PLANTED).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city and its districts, over the editions whose rules chain the years."""
    years = range(2017, 2024) if SOAK else range(2019, 2023)
    return sample_city(tmp_path_factory.mktemp("clean") / "city", CLEAN, years, SEED).folder


@pytest.fixture(scope="module")
def clean_findings(clean: Path) -> pd.DataFrame:
    """Everything that the rules say of its reports, also what holds: of every third body, and of the governments."""
    archive = Archive(clean)
    bodies = [one for one in archive.agencies if one not in GOVERNMENTS]
    asked = GOVERNMENTS + (bodies if SOAK else bodies[::3])  # what a government sums up are still all
    return check_reports(archive, archive.report_ids(asked), everything=True).findings


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city in which every other report has an error."""
    return sample_city(tmp_path_factory.mktemp("faulty") / "city", FAULTY, FAULTY_YEARS, SEED, 0.5).folder


@pytest.fixture(scope="module")
def found_wrong(faulty: Path) -> set[tuple[str, int]]:
    """The reports of it with which the rules find something wrong."""
    wrong = failing(Archive(faulty))
    return set(zip(wrong["agency"], wrong["year"], strict=True))


# What is promised of every city --------------------------------------------------------------------------------------


def test_every_rule_holds(clean: Path, clean_findings: pd.DataFrame) -> None:
    assert failures(clean_findings)[["agency", "year", "rule", "message"]].to_dict("records") == []
    assert planted(clean) == []


def test_the_rules_were_really_asked(clean_findings: pd.DataFrame) -> None:
    found = clean_findings[clean_findings["year"].isin([2020, 2022])]
    held = set(found[found["status"].isin(["pass", "pass_imputed"])]["rule"])
    wanted = {"A-ROLL", "A-COVER", "T3-CARRY", "T3-COL-ID", "T4-PENDING", "T2-STOCK", "T2-ITEMS-CHAIN", "T2-CUM-CHAIN"}
    assert wanted | {"T2-FEE", "T2-COMP", "N-PCT", "N-YOY", "N-SUM", "N-ZERO", "N-DUP", "S-GOV", "S-DATE"} <= held
    assert not set(found[found["status"] == "error"]["rule"])


def test_a_region_equals_its_agencies(clean: Path) -> None:
    archive = Archive(clean)
    region = archive.read(archive.report_ids(["district_jia"], [2022])[0])
    beneath = [archive.read(one) for one in archive.beneath(archive.report_ids(["district_jia"], [2022])[0])]
    assert len(beneath) > (30 if SOAK else 5)
    for key, cell in region.cells.items():
        assert cell.value == pytest.approx(sum(one.cells[key].value or 0 for one in beneath)), key


@pytest.mark.soak
@pytest.mark.parametrize("number", [1, 2, 3, 32, 33, 34] if SOAK else [1, 3])
def test_a_city_of_any_size_is_consistent(number: int, tmp_path: Path) -> None:
    folder = sample_city(tmp_path / "city", number, range(2020, 2022), SEED).folder
    assert len(Archive(folder).agencies) == number
    assert failing(Archive(folder)).empty


@pytest.mark.soak
@pytest.mark.parametrize("seed", [*range(8), 2**40] if SOAK else [2**40])
def test_any_seed_is_consistent(seed: int, tmp_path: Path) -> None:
    folder = sample_city(tmp_path / "city", 34, [2018, 2019, 2020, 2021] if SOAK else [2020, 2021], seed).folder
    assert failing(Archive(folder)).empty


def test_every_year_with_a_form_is_written_on_it(tmp_path: Path) -> None:
    folder = sample_city(tmp_path / "city", 4, range(2014, 2031), SEED).folder
    archive = Archive(folder)
    editions = {report.year: report.edition.id for report in archive.read_all(archive.report_ids(["city_office"]))}
    assert Counter(editions.values()) == {"2014": 5, "2019": 2, "2021": 10}
    assert failing(archive).empty


def test_claims_are_made_and_hold(clean: Path) -> None:
    archive = Archive(clean)
    reports = archive.read_all(
        archive.report_ids(["city", "city_natural_resources", "district_jia"], [2019, 2020, 2022])
    )
    for report in reports:
        statuses = Counter(finding.status for finding in check_claims(report, None))
        assert statuses["pass"] >= 5
        assert not statuses["fail"]


def test_figures_look_like_the_field(clean: Path) -> None:
    archive = Archive(clean)
    reports = archive.read_all(archive.report_ids(years=[2022]))
    own = [report for report in reports if report.agency not in ("city", "district_jia", "district_yi")]
    received = sorted(report.cells[("applications", "new", "total")].value or 0 for report in own)
    assert received[len(received) // 2] < 20 < 100 < received[-1]
    assert sum(figure == 0 for figure in received) >= 2
    total = next(report for report in reports if report.agency == "city").cells
    granted = total["applications", "granted", "total"].value / total["applications", "outcomes_total", "total"].value
    assert 0.3 < granted < 0.6


def test_some_agencies_leave_zeros_blank_and_say_so(tmp_path: Path) -> None:
    archive = Archive(sample_city(tmp_path / "city", 300, [2023], SEED).folder)
    reports = archive.read_all(archive.report_ids())
    blank = [report for report in reports if report.head.blanks == "zero"]
    assert 1 <= len(blank) <= 25
    assert any(cell.state is State.BLANK for cell in blank[0].cells.values())


# Marked, and taken for no real place ---------------------------------------------------------------------------------


def test_every_report_says_that_it_is_synthetic(clean: Path) -> None:
    archive = Archive(clean)
    for report in archive.read_all(archive.report_ids()):
        assert report.head.synthetic
        assert "合成数据" in report.head.source
        assert "合成数据" in report.head.title
        assert "合成数据" in report.narrative.split("\n\n")[0]
    assert "合成数据" in (clean / "README.md").read_text(encoding="utf-8")


def test_no_name_is_that_of_a_place() -> None:
    assert not by_code(example_city().values["region_code"])
    for member in example_city().members(1200):
        assert not by_name(member.agency.name)
        assert not by_code(member.agency.region_code)
    assert "示例市" not in all_places().full


def test_ids_and_names_are_told_apart() -> None:
    members = list(example_city().members(5000))
    assert [member.number for member in members] == list(range(1, 5001))
    assert len({member.agency.id for member in members}) == len({member.agency.name for member in members}) == 5000


@pytest.mark.soak
def test_no_prose_of_a_large_city_is_repeated(tmp_path: Path) -> None:
    from gdgk.text_checks import repeated

    archive = Archive(sample_city(tmp_path / "city", 1500 if SOAK else 250, [2022], SEED).folder)
    assert repeated(archive.read_all(archive.report_ids()), 0.7) == []


# The same bytes ------------------------------------------------------------------------------------------------------


def test_the_archive_writes_what_was_read_byte_for_byte(clean: Path, tmp_path: Path) -> None:
    archive = Archive(clean)
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "agencies.csv").write_bytes((clean / "agencies.csv").read_bytes())
    written = Archive(copy)
    for report in archive.read_all(archive.report_ids()):
        written.write(report)
    assert tree(copy) == {name: digest for name, digest in tree(clean).items() if name not in (PLANTED, "README.md")}


def test_planted_reports_are_written_so_too(faulty: Path, tmp_path: Path) -> None:
    archive = Archive(faulty)
    (tmp_path / "agencies.csv").write_bytes((faulty / "agencies.csv").read_bytes())
    for report in archive.read_all(archive.report_ids(["city_justice", "city_data", "city"])):
        folder = Archive(tmp_path).write(report)
        assert tree(folder) == tree(faulty / report.agency / str(report.year))


def test_the_same_arguments_give_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    arguments = ["--agencies", "40", "--years", "2017-2022", "--seed", "5", "--errors", "0.2"]
    for name, seed in (("a", "0"), ("b", "1")):
        command = [sys.executable, "-m", "gdgk.cli", "sample", *arguments, "-o", tmp_path / name]
        subprocess.run(command, check=True, capture_output=True, env=process_environment({"PYTHONHASHSEED": seed}))
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_the_bytes_are_those_of_every_python(tmp_path: Path) -> None:
    """A digest that was the same under 3.11, 3.12 and 3.13; it changes when the city is changed on purpose."""
    folder = sample_city(tmp_path / "city", 40, range(2017, 2023), 5, 0.2).folder
    digest = hashlib.sha256("".join(f"{name} {value}\n" for name, value in tree(folder).items()).encode())
    assert digest.hexdigest()[:16] == "179d9be7d6c50507"


def test_more_agencies_and_years_change_no_report_there_was(tmp_path: Path) -> None:
    few = sample_city(tmp_path / "few", 36, [2021, 2022], SEED).folder
    many = tree(sample_city(tmp_path / "many", 50, range(2018, 2024), SEED).folder)
    sums = ("city/", "district_jia/")
    kept = {name: digest for name, digest in tree(few).items() if "/" in name and not name.startswith(sums)}
    assert len(kept) > 34 * 2 * 5
    assert kept == {name: many[name] for name in kept}


def test_reports_without_an_error_are_those_of_the_clean_city(tmp_path: Path) -> None:
    clean = tree(sample_city(tmp_path / "clean", 40, [2021, 2022], SEED).folder)
    folder = sample_city(tmp_path / "faulty", 40, [2021, 2022], SEED, 0.3).folder
    wrong = {f"{line['agency']}/{line['year']}" for line in planted(folder) if line["kind"] != BENEATH}
    changed = {name.rpartition("/")[0] for name, digest in tree(folder).items() if clean[name] != digest} - {""}
    assert changed == wrong


# Planted errors ------------------------------------------------------------------------------------------------------


def test_every_planted_error_is_found_and_no_other_report_has_one(
    faulty: Path, found_wrong: set[tuple[str, int]]
) -> None:
    lines = planted(faulty)
    own = {(line["agency"], int(line["year"])) for line in lines if line["kind"] != BENEATH}
    named = {(line["agency"], int(line["year"])) for line in lines}
    assert own - found_wrong == set()
    assert found_wrong - named == set()
    assert 0.4 < len(own) / (FAULTY * len(FAULTY_YEARS)) < 0.6


def test_errors_of_every_kind_are_planted_as_the_list_says(faulty: Path) -> None:
    archive, lines = Archive(faulty), planted(faulty)
    assert {line["kind"] for line in lines} == {*KINDS, BENEATH}
    for line in lines:
        report = archive.read(next(iter(archive.report_ids([line["agency"]], [int(line["year"])]))))
        printed = report.cells[line["table"], line["row"], line["column"]].raw
        if line["kind"] == "prose":
            assert f"申请{line['printed']}件" in report.narrative
            assert (printed or "0") == line["true"]
        else:
            assert printed == line["printed"]
            assert (printed == line["true"]) == (line["kind"] == BENEATH)


def test_a_region_is_named_only_where_its_sum_is_found_wrong(faulty: Path, found_wrong: set[tuple[str, int]]) -> None:
    lines = [line for line in planted(faulty) if line["kind"] == BENEATH]
    assert lines
    assert {(line["agency"], int(line["year"])) for line in lines} <= found_wrong


# The command ---------------------------------------------------------------------------------------------------------


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "city"
    ended = gdgk("sample", "--agencies", 5, "--years", "2021-2022", "--errors", "1", "-o", folder)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"5 agencies, 10 reports, 10 planted errors → {folder}\n"
    assert [path.name for path in folder.parent.iterdir()] == ["city"]
    assert gdgk("list", "--data", folder).code == 0
    assert gdgk("check", "--data", folder).code == 1


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    assert gdgk("sample", "--agencies", 1, "--years", 2021, "-o", tmp_path / "city").code == 0
    assert gdgk("check", "--data", tmp_path / "city").code == 0


GOOD = {"--agencies": "3", "--years": "2021-2022", "--seed": "1", "--errors": "0"}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--agencies", value) for value in ("0", "-3", "many", "", "1.5")),
        *(("--years", value) for value in ("", "soon", "2022-2021", "2013", "2012-2016", "2030-2031", "1999")),
        *(("--seed", value) for value in ("-1", "x")),
        *(("--errors", value) for value in ("-0.1", "1.1", "nan", "inf", "half")),
    ],
)
def test_bad_arguments_are_refused_in_one_line(option: str, value: str, tmp_path: Path) -> None:
    arguments = [part for pair in {**GOOD, option: value}.items() for part in pair]
    ended = gdgk("sample", *arguments, "-o", tmp_path / "city")
    assert (ended.code, ended.out) == (2, "")
    match = ERROR_LINE.fullmatch(ended.err.rstrip("\n"))
    assert match and match["where"] == option
    assert list(tmp_path.iterdir()) == []


def test_no_folder_is_refused() -> None:
    ended = gdgk("sample", "--agencies", 3, "--years", "2021")
    assert (ended.code, ended.out) == (2, "")
    assert ERROR_LINE.fullmatch(ended.err.rstrip("\n"))


@pytest.mark.parametrize("kind", ["filled", "file", "link"])
def test_a_folder_with_something_in_it_is_left_alone(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    if kind == "file":
        folder.write_text("mine", encoding="utf-8")
    elif kind == "link":
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        (folder / "mine.txt").write_text("mine", encoding="utf-8")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    ended = gdgk("sample", "--agencies", 3, "--years", "2021", "-o", folder)
    assert (ended.code, ended.out) == (2, "")
    assert ERROR_LINE.fullmatch(ended.err.rstrip("\n"))
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_what_fails_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def interrupted(reports: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample_city(tmp_path / "city", 40, [2021], SEED, done=interrupted)
    assert list(tmp_path.iterdir()) == []


# Chance --------------------------------------------------------------------------------------------------------------


def test_streams_are_apart() -> None:
    firsts = {
        stream(seed, number, year, 0)() for seed in range(3) for number in range(50) for year in range(2014, 2030)
    }
    assert len(firsts) == 3 * 50 * 16


@pytest.mark.parametrize("whole", [0, 1, 24, 25, 10_000])
def test_shares_add_up(whole: int) -> None:
    found = Shares([0.5, 0.3, 0.2, 0.0]).split(stream(1), whole)
    assert sum(found) == whole
    assert min(found) >= 0
    assert found[3] == 0


def test_the_exponential_is_near_enough() -> None:
    assert exponential(0.0) == 1.0
    assert exponential(1.0) == pytest.approx(2.71828, rel=1e-3)
