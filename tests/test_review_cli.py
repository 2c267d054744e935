"""gdgk review: decisions are listed, made, taken back; nothing is written when anything is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from running import REAL, gdgk, tree

BY = ("--by", "核对岗", "--on", "2024-03-01")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the workbook's data."""
    shutil.copytree(REAL, tmp_path / "data")
    return tmp_path / "data"


def wrong(data: Path) -> list[str]:
    """The fingerprints of hongze's two wrong totals."""
    ended = gdgk("review", "hongze", "--data", data, "--format", "json")
    return [one["fingerprint"] for one in json.loads(ended.out) if one["rule"] == "T4-SUM"]


def test_what_is_to_be_decided_is_listed_with_its_name(data: Path) -> None:
    ended = gdgk("review", "hongze", "--data", data)
    assert ended.code == 0
    assert all(f"#{name}" in ended.out for name in wrong(data))
    assert "应为 11" in ended.out


def test_a_decision_stays_and_settles_the_finding(data: Path) -> None:
    first, second = wrong(data)
    for name in (first, second):
        ended = gdgk(
            "review", "hongze", "--data", data, "--finding", name, "--as", "explained", "--note", "合并审理", *BY
        )
        assert ended.code == 0 and "已说明" in ended.out
    ended = gdgk("check", "hongze", "--data", data)
    assert ended.code == 0
    assert "已处理 2" in ended.out and "已说明 2024-03-01 核对岗 合并审理" in ended.out
    assert "误2" not in gdgk("list", "hongze", "--data", data).out


def test_several_findings_are_decided_at_once_by_how_their_names_begin(data: Path) -> None:
    names = [part for name in wrong(data) for part in ("--finding", f"#{name[:8]}")]
    ended = gdgk("review", "hongze", "--data", data, *names, "--as", "confirmed", *BY)
    assert (ended.code, ended.out.count("已确认")) == (0, 2)
    assert gdgk("check", "hongze", "--data", data).code == 1  # confirmed errors stand


def test_a_correction_mends_the_figure_and_the_decision_is_still_told(data: Path) -> None:
    name = wrong(data)[0]
    cell = "disputes.reconsideration.total=11"
    ended = gdgk(
        "review",
        "hongze",
        "--data",
        data,
        "--finding",
        name,
        "--as",
        "corrected",
        "--note",
        "书面确认",
        *BY,
        "--set",
        cell,
    )
    assert ended.code == 0 and "0 → 11" in ended.out
    assert 'reported = "0"' in (data / "hongze/2023/corrections.toml").read_text(encoding="utf-8")
    assert name not in wrong(data)
    assert f"决定 {name}（已更正，2024-03-01）" in gdgk("check", "hongze", "--data", data).out


def test_a_decision_expires_in_sight_when_the_figures_change(data: Path) -> None:
    name = wrong(data)[0]
    gdgk("review", "hongze", "--data", data, "--finding", name, "--as", "explained", "--note", "合并审理", *BY)
    path = data / "hongze/2023/disputes.csv"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("reconsideration,"))
    parts = line.split(",")
    parts[2] = "12"
    path.write_text(text.replace(line, ",".join(parts)), encoding="utf-8")
    ended = gdgk("check", "hongze", "--data", data)
    assert ended.code == 1 and "已说明（已失效，数字已变） 2024-03-01" in ended.out


def test_a_decision_is_taken_back(data: Path) -> None:
    before = tree(data)
    name = wrong(data)[0]
    gdgk("review", "hongze", "--data", data, "--finding", name, "--as", "confirmed", *BY)
    assert tree(data) != before
    ended = gdgk("review", "hongze", "--data", data, "--finding", name, "--as", "open")
    assert ended.code == 0 and "撤回" in ended.out
    assert tree(data) == before


def test_who_reviews_may_stand_in_the_environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDGK_REVIEWER", "值班岗")
    gdgk("review", "hongze", "--data", data, "--finding", wrong(data)[0], "--as", "confirmed")
    assert 'by = "值班岗"' in (data / "hongze/2023/review.toml").read_text(encoding="utf-8")


def test_a_decision_survives_importing_the_report_again(data: Path, tmp_path: Path) -> None:
    source = tmp_path / "source.txt"
    shutil.copy(data / "mile_culture_tourism/2020/source.txt", source)
    found = json.loads(gdgk("review", "mile_culture_tourism", "--data", data, "--format", "json").out)
    name = next(one["fingerprint"] for one in found if one["rule"] == "N-ORG")
    gdgk("review", "mile_culture_tourism", "--data", data, "--finding", name, "--as", "confirmed", *BY)
    assert gdgk("import", source, "--data", data, "--replace").code == 0
    again = json.loads(gdgk("review", "mile_culture_tourism", "--data", data, "--format", "json").out)
    assert [one["review"]["state"] for one in again if one["fingerprint"] == name] == ["confirmed"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--finding", "zzz", "--as", "confirmed", *BY], "zzz"),
        (["--finding", "", "--as", "confirmed", *BY], "finding: found ''"),
        (["--finding", "WRONG", "--as", "explained", *BY], "--note"),
        (["--finding", "WRONG", "--as", "confirmed"], "--by"),
        (["--finding", "WRONG", "--as", "confirmed", "--by", "甲", "--on", "昨天"], "--on"),
        (["--finding", "WRONG"], "--as"),
        (["--as", "confirmed"], "--finding"),
        (["--finding", "WRONG", "--as", "open"], "decision"),
        (["--set", "disputes.reconsideration.total=11"], "--set"),
        (["--finding", "WRONG", "--as", "confirmed", *BY, "--set", "disputes.reconsideration.total=11"], "--set"),
        (["--finding", "WRONG", "--as", "corrected", *BY, "--set", "disputes.reconsideration.total=11"], "--note"),
        (["--finding", "WRONG", "--as", "corrected", "--note", "a", *BY, "--set", "disputes.nobody.total=11"], "--set"),
        (
            [
                "--finding",
                "WRONG",
                "--as",
                "corrected",
                "--note",
                "a",
                *BY,
                "--set",
                "disputes.reconsideration.total=十",
            ],
            "--set",
        ),
        (["--finding", "WRONG", "--as", "corrected", "--note", "a", *BY, "--set", "../../etc/passwd=1"], "--set"),
    ],
)
def test_what_cannot_be_decided_writes_nothing(data: Path, arguments: list[str], found: str) -> None:
    before = tree(data)
    name = wrong(data)[0]
    ended = gdgk("review", "hongze", "--data", data, *[name if one == "WRONG" else one for one in arguments])
    assert (ended.code, ended.out) == (2, "")
    assert found in ended.err and ended.err.count("\n") == 1
    assert tree(data) == before


def test_a_review_file_that_is_broken_stops_the_check_with_its_line(data: Path) -> None:
    (data / "hongze/2023/review.toml").write_text("[[decision]]\nfingerprint = 1\n", encoding="utf-8")
    ended = gdgk("check", "hongze", "--data", data)
    assert ended.code == 2 and "review.toml:1: found no figures" in ended.err
