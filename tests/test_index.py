"""reports/index.html is made from whatever lies in the reports folder: broken stamps never stop it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gdgk.archive import Archive
from gdgk.batch.index import write_index
from gdgk.batch.index.grid import duration

STAMP = {"digest": "", "state": "ok", "seconds": 1.5, "findings": {"passed": 40, "synthetic": 1}, "message": ""}


def batch(archive: Archive, reports: Path, agency: str = "demo", page: bool = True, **changes: Any) -> str:
    """The index of one report of 2024 whose stamp is changed."""
    (archive.root / agency / "2024").mkdir(parents=True, exist_ok=True)
    put(reports, f"{agency}/2024/agency_year", json.dumps({**STAMP, **changes}), page)
    return write_index(Archive(archive.root), reports, set()).read_text(encoding="utf-8")


def put(reports: Path, place: str, stamp: str, page: bool = True) -> None:
    """A stamp and, if wanted, its empty page."""
    for path, text in ((reports / f".gdgk/{place}.json", stamp), (reports / f"{place}.html", "")):
        if page or path.suffix == ".json":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


@pytest.fixture
def archive(make_archive: Callable[..., Archive]) -> Archive:
    """An archive of one synthetic agency, still without a report."""
    return make_archive("demo,合成局,,,,,,,")


def states(html: str) -> list[str]:
    """The words of the cells."""
    return re.findall(r'class="c s-\w+"[^>]*><b>([^<]*)', html)


def test_an_archive_without_a_report_has_an_index(archive: Archive, tmp_path: Path) -> None:
    html = write_index(archive, tmp_path / "reports", set()).read_text(encoding="utf-8")
    assert "资料库里还没有报告" in html and "没有运行记录" in html


def test_seconds_are_summed_and_the_same_stamps_give_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path, "demo/2024/annual_report", json.dumps({**STAMP, "seconds": 2.25}))
    html = batch(archive, tmp_path)
    assert 'data-slow="3.75" data-s="3.75"' in html and "2 页各自用时之和" in html
    assert batch(archive, tmp_path) == html


@pytest.mark.parametrize("seconds", [None, -1, float("nan"), float("inf"), "1", [], True, 10**400])
def test_seconds_that_cannot_be_are_unknown(archive: Archive, tmp_path: Path, seconds: object) -> None:
    html = batch(archive, tmp_path, seconds=seconds)
    assert states(html) == ["正常"]
    assert 'data-slow="-1" data-s=""' in html


@pytest.mark.parametrize("findings", [None, [], "2", {"error": "2"}, {"error": -1}, {"error": 1.5}, {"error": [1]}])
def test_findings_of_a_wrong_kind_are_never_in_order(archive: Archive, tmp_path: Path, findings: object) -> None:
    assert states(batch(archive, tmp_path, findings=findings)) == ["记录损坏"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"state": "ok"}', "[" * 100_000, "\udcff"])
def test_a_stamp_that_cannot_be_read_is_told_and_its_page_still_opens(
    archive: Archive, tmp_path: Path, text: str
) -> None:
    batch(archive, tmp_path)
    stamp = tmp_path / ".gdgk/demo/2024/agency_year.json"
    stamp.write_bytes(text.encode("utf-8", "surrogateescape"))
    html = write_index(Archive(archive.root), tmp_path, set()).read_text(encoding="utf-8")
    assert states(html) == ["记录损坏"]
    assert 'href="demo/2024/agency_year.html" data-word="核对页（上次）"' in html
    assert "另 1 份记录损坏" in html and "再运行一次 gdgk run" in html and "没有生成的页面" not in html


def test_what_another_page_of_the_report_found_is_told_beside_a_broken_stamp(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path, "demo/2024/annual_report", "{")
    html = batch(archive, tmp_path, findings={"error": 2})
    assert states(html) == ["记录损坏"] and "<small>误2</small>" in html


def test_a_report_that_has_gone_is_passed_over(archive: Archive, tmp_path: Path) -> None:
    put(tmp_path, "gone/2023/agency_year", json.dumps({**STAMP, "state": "failed"}))
    html = batch(archive, tmp_path)
    assert "gone/2023" not in html and states(html) == ["正常"]


def test_a_region_without_a_report_of_its_own_has_its_sum_linked(
    make_archive: Callable[..., Archive], tmp_path: Path
) -> None:
    archive = make_archive("city,合成市人民政府,,,,,,,", "demo,合成局,,,,city,,,")
    put(tmp_path, "city/2024/rollup", json.dumps({**STAMP, "findings": {}}))
    html = batch(archive, tmp_path)
    assert states(html) == ["未入库", "正常"]
    assert 'href="city/2024/rollup.html" data-word="汇总"' in html
    put(tmp_path, "city/2024/rollup", json.dumps({**STAMP, "state": "failed", "findings": {}, "message": "坏了"}))
    assert "坏了" in batch(archive, tmp_path)


def test_a_page_that_is_missing_is_not_linked(archive: Archive, tmp_path: Path) -> None:
    html = batch(archive, tmp_path, page=False)
    assert states(html) == ["正常"] and "agency_year.html" not in html


def test_markup_in_a_message_stays_text(archive: Archive, tmp_path: Path) -> None:
    html = batch(archive, tmp_path, state="failed", message="<img src=x onerror=alert(1)>\ud800")
    assert "<img" not in html and "&lt;img" in html


def test_of_many_failures_twenty_are_listed_and_the_rest_folded(
    make_archive: Callable[..., Archive], tmp_path: Path
) -> None:
    archive = make_archive(*(f"demo{number},合成局{number},,,,,,," for number in range(100)))
    for number in range(100):
        (archive.root / f"demo{number}" / "2024").mkdir(parents=True)
        put(tmp_path, f"demo{number}/2024/agency_year", json.dumps({**STAMP, "state": "failed"}))
    html = write_index(Archive(archive.root), tmp_path, set()).read_text(encoding="utf-8")
    first, _, rest = html.partition('<details id="more-failed">')
    assert (first.count("<li id="), rest.count("<li id=")) == (20, 80)
    assert set(re.findall(r'href="#(f\d+)"', html)) == set(re.findall(r'<li id="(f\d+)"', html))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "不详"),
        (0.31, "0.31 秒"),
        (12.5, "12.5 秒"),
        (59.97, "1 分 0 秒"),
        (185, "3 分 5 秒"),
        (8040, "2 小时 14 分"),
    ],
)
def test_a_duration_is_told_for_reading(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text
