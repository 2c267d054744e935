"""gdgk draft: a narrative.md to go on with, never one written over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from strategies import filled_report

from gdgk.archive import Archive, ReportId
from gdgk.batch import plan_run
from gdgk.cli import main
from gdgk.prose import NUMERALS, sections


@pytest.fixture
def archive(make_archive: Callable[..., Archive]) -> Archive:
    """One agency with a report on two years, the second with a section of its own."""
    made = make_archive("demo,测试局,,,,,,,")
    made.write(filled_report("demo", 2022, "2021"))
    own = "## 五、存在的主要问题及改进情况\n\n人手不足，下一步增配。"
    made.write(replace(filled_report("demo", 2023, "2021"), narrative=own))
    return made


def draft(archive: Archive, *more: str) -> int:
    """Run the command on the report of 2023."""
    return main(["draft", "demo", "--year", "2023", "--data", str(archive.root), *more])


def test_the_draft_is_printed_and_is_a_narrative_that_can_be_kept(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draft(archive) == 0
    text = capsys.readouterr().out
    assert text.startswith("根据《中华人民共和国政府信息公开条例》")
    assert list(sections(text)) == ["", *NUMERALS]
    assert sections(text)["五"].paragraphs == ("人手不足，下一步增配。",)
    archive.write(replace(archive.read(ReportId("demo", 2023)), narrative=text))
    assert draft(archive) == 0
    assert capsys.readouterr().out == text


def test_a_file_that_is_there_is_overwritten_only_when_asked(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "narrative.md"
    assert draft(archive, "-o", str(path)) == 0
    written = path.read_text(encoding="utf-8")
    path.write_text("我写的。", encoding="utf-8")
    assert draft(archive, "-o", str(path)) == 2
    assert "--force" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "我写的。"
    assert draft(archive, "-o", str(path), "--force") == 0
    assert path.read_text(encoding="utf-8") == written


def test_a_report_that_there_is_not_is_told_in_one_line(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draft", "demo", "--year", "2019", "--data", str(archive.root)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["draft", "nobody", "--year", "2023", "--data", str(archive.root)]) == 2


def test_a_template_of_the_offices_own_that_is_wrong_writes_nothing(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = archive.root / "_templates" / "narrative" / "2021" / "3.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("一\n{{ nobody }}", encoding="utf-8")
    assert draft(archive, "-o", str(tmp_path / "narrative.md")) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"gdgk: {own}:2: found 'nobody' is undefined")
    assert said.count("\n") == 1
    assert not (tmp_path / "narrative.md").exists()


def test_a_template_of_the_offices_own_is_among_what_a_page_is_made_from(archive: Archive, tmp_path: Path) -> None:
    def digests() -> list[str]:
        return [item.job.digest for item in plan_run([], None, archive.root, tmp_path, "annual_report").planned]

    before = digests()
    own = archive.root / "_templates" / "narrative" / "2021" / "1.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("甲。", encoding="utf-8")
    with_it = digests()
    own.write_text("乙。", encoding="utf-8")
    assert len({*before, *with_it, *digests()}) == 3 * len(before)


def test_a_run_reads_the_offices_own_templates_before_it_writes(archive: Archive, tmp_path: Path) -> None:
    own = archive.root / "_templates" / "narrative" / "2021" / "1.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{% if %}", encoding="utf-8")
    assert main(["run", "--data", str(archive.root), "--reports", str(tmp_path / "reports")]) == 2
    assert not (tmp_path / "reports" / "demo").exists()
