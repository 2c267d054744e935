"""The same input gives the same bytes, of pages and of the copies of what failed, whichever engine ran the notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from running import SOAK, gdgk, pages, write_notebook
from strategies import write_city

from gdgk.batch import plan
from gdgk.batch.jobs import Job
from gdgk.batch.settling import settle

pytestmark = pytest.mark.xdist_group("settling")  # the runs are made once for all tests
# A kernel takes a second to start: a second run with kernels is for the long versions.
RUNS = ["gdgk 1", "gdgk 2", "kernel 1", *(["kernel 2"] if SOAK else [])]

# Prints in pieces on both streams, is warned in the cell's own name, shows where it ran and lay, fails for 2022.
SOURCE = """
import os, sys, warnings
class Thing: pass
for part in range(3):
    print("part", part, flush=True)
    print("aside", part, file=sys.stderr, flush=True)
warnings.warn("old ways")
print(os.getcwd(), Thing())
display(Thing())
print("after")
if year == 2022:
    raise ValueError(f"not {Thing()}")
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Runs with each engine into one folder, by engine and number: what lies there, by a digest of its bytes."""
    root = tmp_path_factory.mktemp("settling")
    data = write_city(root / "data", ["first"], [2022, 2023])
    write_notebook(root / "notebooks", "page", SOURCE)
    path = write_notebook(root / "notebooks", "old", SOURCE)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        del cell["id"]
    path.write_text(json.dumps({**notebook, "nbformat_minor": 4}), encoding="utf-8")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "notebooks_folder", lambda: root / "notebooks")
        for name in RUNS:
            # One at a time: a second worker takes seconds to start, for two pages.
            arguments = ("--engine", name.split()[0], "--jobs", "1", "--force", "--data", data)
            assert gdgk("run", *arguments, "--reports", root / "reports").code == 1
            found[name] = pages(root / "reports")
    found["folder"] = {"": str(root / "reports")}
    return found


MADE = {f"{place}.{ending}" for place in ("first/2023/page", "first/2023/old") for ending in ("html", "ipynb")}
FAILED = {"failed/first/2022/page.ipynb", "failed/first/2022/old.ipynb"}


@pytest.mark.soak
@pytest.mark.parametrize("other", RUNS[1:])
def test_pages_and_failed_copies_have_the_same_bytes_in_every_run_with_either_engine(
    runs: dict[str, dict[str, str]], other: str
) -> None:
    assert runs["gdgk 1"].keys() == {*MADE, *FAILED, "plotly.min.js"}
    assert runs[other] == runs["gdgk 1"]


def test_a_failed_copy_tells_all_but_what_belonged_to_the_run(runs: dict[str, dict[str, str]]) -> None:
    reports = Path(runs["folder"][""])
    copy = json.loads((reports / "failed/first/2022/page.ipynb").read_text(encoding="utf-8"))
    *_, body = copy["cells"]
    printed, aside, shown, after, error = body["outputs"]
    assert (
        "".join(printed["text"])
        == f"part 0\npart 1\npart 2\n{reports}/.gdgk/tmp/run-… <__main__.Thing object at 0x…>\n"
    )
    assert "".join(aside["text"]).startswith("aside 0\naside 1\naside 2\nipykernel/")
    assert "UserWarning: old ways" in "".join(aside["text"])
    assert "".join(shown["data"]["text/plain"]) == "<__main__.Thing at 0x…>"
    assert "".join(after["text"]) == "after\n"
    assert error["evalue"] == "not <__main__.Thing object at 0x…>"
    assert any("0x…" in line for line in error["traceback"])


# One notebook --------------------------------------------------------------------------------------------------------


def settled(tmp_path: Path, *outputs: NotebookNode) -> list[dict[str, Any]]:
    """The outputs of a cell, settled."""
    path = write_notebook(tmp_path, "page", "")
    notebook = new_notebook(cells=[new_code_cell(outputs=list(outputs))])
    job = Job("first/2022/page", str(path), "", "report", {}, str(tmp_path), "")
    settle(notebook, job)
    once = json.dumps(notebook, sort_keys=True)
    settle(notebook, job)
    assert json.dumps(notebook, sort_keys=True) == once
    return list(notebook.cells[0].outputs)


def printed(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def test_nothing_that_was_printed_is_lost_or_moved_past_what_was_shown(tmp_path: Path) -> None:
    shown = new_output("display_data", {"text/plain": "a table"})
    pieces = [printed("w", "stderr"), printed("a"), printed("b"), shown, printed("c"), printed("d")]
    found = settled(tmp_path, *pieces)
    assert [(item.get("name"), item.get("text")) for item in found] == [
        ("stdout", "ab"),
        ("stderr", "w"),
        (None, None),
        ("stdout", "cd"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "at 0x7f3a5c0d1e40",
        "<a at 0x1f>",
        "ipykernel_12/3.py",
        "/elsewhere/ipykernel_12/3.py",
        "run-abcdefgh",
        "第 0x7f3a5c 页",
    ],
)
def test_what_a_notebook_says_itself_stays(tmp_path: Path, text: str) -> None:
    (output,) = settled(tmp_path, printed(text))
    assert output["text"] == text


def test_html_is_left_as_it_is(tmp_path: Path) -> None:
    html = "<p>&lt;x at 0x7f3a5c0d1e40&gt; <x at 0x7f3a5c0d1e40></p>"
    (output,) = settled(tmp_path, new_output("display_data", {"text/html": html}))
    assert output["data"]["text/html"] == html
