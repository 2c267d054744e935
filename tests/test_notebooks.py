"""The notebooks are thin, and run as people run them: by papermill from anywhere, and opened in JupyterLab."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import nbformat
import pytest
from click.testing import CliRunner, Result
from jupyter_client import KernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from papermill.cli import papermill as papermill_command
from papermill.engines import NBClientEngine, papermill_engines
from running import SOAK

from gdgk.imports import NEEDLESS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
NAMES = ["agency_year", "annual_report", "explore", "reconciliation", "rollup", "trends"]
# Taken into no run: somebody sits before it.
BY_HAND = {"explore"}
SCOPES = {"report", "agency", "region", "year"}
# What each notebook may be given; the others take an agency, a year and where the data lie.
USUAL = ["agency", "year", "data"]
PARAMETERS = {
    "explore": ["agencies", "years", "indicator", "peers", "data", "pack", "reports"],
    "rollup": ["region", "year", "data", "joint"],
    "trends": ["agency", "region", "year", "data"],
}
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def read(name: str) -> NotebookNode:
    """A notebook as it is committed."""
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code(name: str) -> list[NotebookNode]:
    """Its code cells."""
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def parameters(name: str) -> NotebookNode:
    """Its first code cell."""
    return code(name)[0]


# Thin ----------------------------------------------------------------------------------------------------------------


def test_these_are_the_notebooks() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_valid_and_names_its_cells(name: str) -> None:
    notebook = read(name)
    nbformat.validate(notebook)
    assert notebook.nbformat_minor >= 5
    assert len({cell["id"] for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_has_at_most_twelve_code_cells_of_about_three_lines(name: str) -> None:
    lines = [len([line for line in cell.source.splitlines() if line.strip()]) for cell in code(name)]
    assert 0 < len(lines) <= 12
    assert median(lines) <= 3


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_defines_nothing(name: str) -> None:
    nodes = [node for cell in code(name) for node in ast.walk(ast.parse(cell.source))]
    assert not [
        node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_calls_the_pages_alone(name: str) -> None:
    nodes = [node for cell in code(name) for node in ast.walk(ast.parse(cell.source))]
    assert not [node for node in nodes if isinstance(node, ast.Import)]
    assert {node.module for node in nodes if isinstance(node, ast.ImportFrom)} == {"gdgk.pages"}


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_names_no_file(name: str) -> None:
    texts = [
        str(node.value)
        for cell in code(name)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Constant)
    ]
    assert not [word for word in texts if re.search(r"[/\\]|\.(csv|toml|md|ipynb|html)$", word)]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_committed_without_outputs(name: str) -> None:
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code(name))
    assert "papermill" not in read(name).metadata


@pytest.mark.parametrize("name", NAMES)
def test_the_first_code_cell_takes_the_parameters_and_says_what_they_are(name: str) -> None:
    cell = parameters(name)
    assert "parameters" in cell.metadata["tags"]
    assert sum("parameters" in other.metadata.get("tags", []) for other in read(name).cells) == 1
    body = ast.parse(cell.source).body
    assigned = [ast.unparse(node.targets[0]) for node in body if isinstance(node, ast.Assign)]
    assert assigned == PARAMETERS.get(name, USUAL)
    assert all(isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) for node in body)
    assert all(re.search(r"  # \S+", line) for line in cell.source.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_the_data_folder_is_the_workbooks_own_unless_given(name: str) -> None:
    names: dict[str, object] = {}
    exec(parameters(name).source, names)
    assert names["data"] == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_says_what_it_is_run_for(name: str) -> None:
    metadata = read(name).metadata
    assert metadata["gdgk"].get("scope", "") in ({""} if name in BY_HAND else SCOPES)
    assert metadata["kernelspec"]["name"] == "python3"
    assert metadata["title"]


def test_notebooks_have_an_order_of_their_own() -> None:
    assert sorted(read(name).metadata["gdgk"]["order"] for name in NAMES) == [1, 2, 3, 4, 5, 6]


# Run -----------------------------------------------------------------------------------------------------------------

# How each notebook is run by papermill, and what its output must say.
RUNS = {
    "agency_year": (["-p", "agency", "hongze", "-p", "year", "2023"], "印作 0，各项之和是 11"),
    "annual_report": (
        ["-p", "agency", "shanghai_government_office", "-p", "year", "2019"],
        "上海市人民政府办公厅2019年",
    ),
    "explore": (
        ["-p", "agencies", "suqian", "-p", "years", "2023-2024", "-p", "indicator", "disclosure_rate"],
        "43.6%",
    ),
    "reconciliation": (["-p", "agency", "suqian", "-p", "year", "2024"], "没有发现不符"),
    "rollup": (["-p", "region", "huaian", "-p", "year", "2023"], "淮安市人民政府本级（办公室）未单列"),
    "trends": (["-p", "agency", "suqian", "-p", "year", "2024"], "上年结转 121 ＝ 上年报告结转下年度 121"),
}
MISSPELT = {
    "agency_year": ["-p", "agncy", "x"],
    "explore": ["-p", "agncies", "suqian"],
    "rollup": ["-p", "regoin", "huaian"],
    "trends": ["-p", "agency", "suqian", "-p", "yaer", "2024"],
}

one_worker = pytest.mark.xdist_group("notebooks")  # a kernel is long in starting: none is started twice


@pytest.fixture(scope="module")
def kernel() -> Iterator[KernelManager]:
    """A kernel as JupyterLab starts it for a notebook; one for all of them."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(FOLDER), env={**os.environ, "PYTHONPATH": str(ROOT)})
    yield manager
    manager.shutdown_kernel(now=True)


def run(notebook: NotebookNode, kernel: KernelManager) -> None:
    """Run the cells of a notebook in a kernel, which goes on."""
    NotebookClient(notebook, km=kernel, timeout=120).execute()


def forget(kernel: KernelManager, folder: Path) -> None:
    """What another notebook defined is forgotten; what it imported, each has to import as well. folder: the new one."""
    cells = [new_code_cell(line) for line in ("%reset -f in", "%reset -f", f"%cd -q {folder}")]
    run(new_notebook(cells=cells), kernel)


def command(name: str, arguments: list[str], output: Path) -> list[str]:
    """What is typed after ``papermill``."""
    return [str(FOLDER / f"{name}.ipynb"), str(output), *arguments]


@pytest.fixture
def papermill(kernel: KernelManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The papermill command typed in the folder of its output, ``done.ipynb``: in this process.

    The notebook runs in the one kernel, made new; in the long version in a kernel of its own, as papermill starts it.
    """

    class OneKernel(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, *given: object, **options: object) -> None:
            super().execute_managed_notebook(*given, km=kernel, **options)

    def papermill(name: str, arguments: list[str]) -> Result:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        if not SOAK:
            forget(kernel, tmp_path)
            monkeypatch.setitem(papermill_engines._engines, "one kernel", OneKernel)
            arguments = [*arguments, "--engine", "one kernel"]
        return CliRunner().invoke(papermill_command, command(name, arguments, tmp_path / "done.ipynb"))

    return papermill


def said(notebook: NotebookNode) -> str:
    """Everything that the outputs of a notebook show."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)


def clean(notebook: NotebookNode) -> bool:
    """Whether a run left neither an error nor a warning in the notebook."""
    kinds = [output.get("name", output.output_type) for cell in notebook.cells for output in cell.get("outputs", [])]
    return not {"error", "stderr", "stdout"} & set(kinds)


@one_worker
@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_by_plain_papermill_from_another_folder(
    name: str, papermill: Callable[..., Result], tmp_path: Path
) -> None:
    arguments, wanted = RUNS[name]
    done = papermill(name, arguments)
    assert done.exit_code == 0, done.output
    notebook = nbformat.read(tmp_path / "done.ipynb", as_version=4)
    assert clean(notebook)
    assert wanted in said(notebook)


def misspelt(name: str) -> str:
    """How the line ends that names the parameter which :data:`MISSPELT` spells wrongly."""
    wrong = MISSPELT[name][-2]
    right = {"agncy": "agency", "agncies": "agencies", "regoin": "region", "yaer": "year"}[wrong]
    known = ", ".join(PARAMETERS.get(name, USUAL))
    return f"found '{wrong}' (did you mean {right}?); expected one of {known}; correct the name after -p"


@one_worker
@pytest.mark.soak
@pytest.mark.parametrize("name", MISSPELT)
def test_a_misspelt_parameter_ends_the_run_and_is_named(name: str, papermill: Callable[..., Result]) -> None:
    done = papermill(name, MISSPELT[name])
    assert done.exit_code != 0
    assert ANSI.sub("", str(done.exception)).rstrip().endswith(misspelt(name))


def test_the_program_ends_in_the_line_that_names_a_misspelt_parameter(tmp_path: Path) -> None:
    name = "agency_year"
    done = subprocess.run(
        [str(Path(sys.executable).with_name("papermill")), *command(name, MISSPELT[name], tmp_path / "done.ipynb")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode != 0
    lines = [line for line in ANSI.sub("", done.stderr).splitlines() if "parameter: found" in line]
    assert lines[-1].endswith(misspelt(name))


@one_worker
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_as_opened_in_jupyterlab(name: str, kernel: KernelManager) -> None:
    notebook = read(name)
    forget(kernel, FOLDER)
    run(notebook, kernel)
    assert clean(notebook)
    shown = said(notebook)
    assert '<div class="gdgk">' in shown
    assert "@scope (.gdgk)" in shown
    assert "<h1" in shown


@one_worker
def test_a_chart_is_shown_without_the_packages_that_take_seconds(kernel: KernelManager) -> None:
    notebook = read("trends")
    asked = new_code_cell(f"import sys; [name for name in ('nbformat', *{NEEDLESS}) if name in sys.modules]")
    notebook.cells.append(asked)
    forget(kernel, FOLDER)
    run(notebook, kernel)
    # A kernel that was started by itself has attached debugpy before any cell is run.
    assert set(ast.literal_eval(asked.outputs[0].data["text/plain"])) - {"debugpy"} == {"nbformat"}
