"""Shares of a run: disjoint, together everything, at work side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import gdgk, tree, write_notebook
from strategies import AGENCIES_HEADER, filled_report

from gdgk.archive import Archive
from gdgk.batch import Shard, plan
from gdgk.batch.plan import Notebook, Target
from gdgk.batch.stamps import locked
from gdgk.errors import GdgkError

NOTEBOOK = Notebook("page", Path("page.ipynb"), "page", "report", 1)
AGENCIES = st.sampled_from(["", "first", "second", "third", "fourth"])
TARGETS = st.lists(st.builds(Target, st.just(NOTEBOOK), AGENCIES, st.integers(2020, 2024), st.just(())), max_size=40)


@given(TARGETS, st.integers(1, 9))
def test_the_shares_are_disjoint_and_together_everything(targets: list[Target], count: int) -> None:
    shares = [Shard(number, count).share(targets) for number in range(1, count + 1)]
    assert sorted(map(str, (target for share in shares for target in share))) == sorted(map(str, targets))
    # An agency is not divided.
    for agency in {target.agency for target in targets if target.agency}:
        assert sum(any(target.agency == agency for target in share) for share in shares) == 1


@pytest.mark.parametrize("text", ["", "0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3", "1/9999999999"])
def test_what_is_no_share_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(GdgkError, match=r"^--shard: found .*; expected a share such as 2/8"):
        Shard.of(text)


def test_shares_are_at_work_together_and_a_whole_run_alone(tmp_path: Path) -> None:
    with locked(tmp_path, "1-2"), locked(tmp_path, "2-2"):
        for other in ("1-2", ""):
            with pytest.raises(GdgkError, match="another run at work there"), locked(tmp_path, other):
                pass
    with locked(tmp_path):
        for other in ("1-2", ""):
            with pytest.raises(GdgkError, match="another run at work there"), locked(tmp_path, other):
                pass
    with locked(tmp_path):
        pass


def test_two_shares_make_the_tree_of_one_whole_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    data.mkdir()
    lines = [AGENCIES_HEADER, "first,甲局,,,,,,,", "second,乙局,,,,,,,", "third,丙局,,,,,,,", ""]
    (data / "agencies.csv").write_text("\n".join(lines), encoding="utf-8")
    archive = Archive(data)
    for agency in ("first", "second", "third"):
        archive.write(filled_report(agency, 2023, "2021"))
    folder = tmp_path / "notebooks"
    for name, scope in (("page", "report"), ("over_years", "agency"), ("whole_year", "year")):
        write_notebook(folder, name, "(agency, year)", scope)
    monkeypatch.setattr(plan, "notebooks_folder", lambda: folder)
    trees = []
    for name, shards in (("whole", [""]), ("shared", ["1/2", "2/2"])):
        for shard in shards:
            ended = gdgk("run", "--data", data, "--reports", tmp_path / name, *(["--shard", shard] if shard else []))
            assert ended.code == 0, ended.err
        made = tree(tmp_path / name)
        trees.append({name: text for name, text in made.items() if not name.startswith((".gdgk", "runs", "index"))})
    assert trees[0] == trees[1]
    again = gdgk("run", "--data", data, "--reports", tmp_path / "shared")
    assert again.out.startswith("0 pages to run, 7 unchanged")
