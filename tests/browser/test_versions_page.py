"""The comparison of versions as its readers meet it: by axe-core's rules of WCAG 2.1 AA, on a phone, by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_official_pages import violations

from gdgk.archive import Archive, ReportId
from gdgk.form import CellKey
from gdgk.pages.versions import versions_page
from gdgk.report import Correction
from gdgk.versions import comparisons, versions_of

pytestmark = pytest.mark.xdist_group("pages_alone")  # one browser for all
REAL = Path(__file__).resolve().parents[2] / "data"
TOTAL = CellKey("disputes", "reconsideration", "total")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The comparison of a report whose total was put right and then published as it was, with other words."""
    archive = Archive(shutil.copytree(REAL, tmp_path / "data"))
    own = ReportId("hongze", 2023)
    (archive.folder(own) / "narrative.md").write_text(
        "## 一、总体情况\n\n本机关收到政府信息公开申请21件，培训3次。", encoding="utf-8"
    )
    published = archive.folder(own) / "versions" / "published"
    shutil.copytree(archive.folder(own), tmp_path / "published")
    shutil.move(tmp_path / "published", published)
    (published / "narrative.md").write_text(
        "## 一、总体情况\n\n本机关收到政府信息公开申请23件，培训3次。\n\n没有收费。", encoding="utf-8"
    )
    archive.write_corrections(own, {TOTAL: Correction(TOTAL, "0", "11", "总计漏填", "核对岗", "2024-03-01")})
    versions = versions_of(archive, own)
    path = tmp_path / "versions.html"
    path.write_text(versions_page(archive.agency("hongze").name, versions, comparisons(versions)), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1400, 360])
def test_axe_finds_nothing_and_only_tables_move_sideways(open_page: Callable[..., Any], page: Path, width: int) -> None:
    opened = open_page(page, width=width)
    assert violations(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_a_key_leads_from_a_cell_to_the_finding_that_it_resolved(open_page: Callable[..., Any], page: Path) -> None:
    opened = open_page(page)
    opened.focus("#step1 a.eff")
    opened.keyboard.press("Enter")
    assert "已解决" in opened.inner_text(":target")
    assert opened.inner_text("#step2 .passage.changed del") == "（删：\n21\n）"
