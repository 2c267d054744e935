"""``papermill --engine gdgk`` gives what papermill's own engine gives, without a kernel; else it says why."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from click.testing import CliRunner
from papermill.cli import papermill as papermill_command
from running import ROOT, SOAK, process_environment

from gdgk.batch.plan import notebooks
from gdgk.engine.client import unsupported

PROCESS = re.compile(r"/ipykernel_\d+/")
pytestmark = [
    pytest.mark.skipif(bool(unsupported()), reason=unsupported() or "the engine works here"),
    pytest.mark.xdist_group("engine"),  # one warm parent for all
]


def written(folder: Path, *sources: str | tuple[str, str], kernelspec: dict[str, str] | None = None) -> Path:
    """A notebook; a cell may have a tag."""
    kernel = kernelspec or {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    for number, source in enumerate(sources):
        text, tags = (source, []) if isinstance(source, str) else (source[0], [source[1]])
        made.cells.append(nbformat.v4.new_code_cell(text, id=f"c{number}", metadata={"tags": tags} if tags else {}))
    path = folder / "in.ipynb"
    nbformat.write(made, path)
    return path


def executed(path: Path, engine: str | None, **options: Any) -> Any:
    """A notebook run by an engine; with what it got when it failed."""
    output = path.with_name(f"out-{engine}.ipynb")
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # a kernel that finds it does not record what C code writes
    with suppress(papermill.PapermillExecutionError):
        papermill.execute_notebook(path, output, engine_name=engine, progress_bar=False, **options)
    return nbformat.read(output, as_version=4)


def masked(notebook: Any) -> Any:
    """Without what differs between two runs of a kernel: times, names of files, ids that are drawn, the places at which
    a stream was cut and the order of two streams.
    """
    made = json.loads(PROCESS.sub("/ipykernel_0/", json.dumps(notebook)))
    made["metadata"].pop("papermill")
    for cell in made["cells"]:
        for name in ("papermill", "execution"):
            cell["metadata"].pop(name, None)
        if {"papermill-error-cell-tag", "injected-parameters"} & set(cell["metadata"].get("tags", [])):
            cell.pop("id")
        if "outputs" in cell:
            texts = {"stdout": "", "stderr": ""}
            for output in cell["outputs"]:
                if output["output_type"] == "stream":
                    texts[output["name"]] += output["text"]
            cell["outputs"] = [texts, *(out for out in cell["outputs"] if out["output_type"] != "stream")]
    return made


# A kernel is seconds in starting: of the notebooks the one with all kinds of outputs; the long versions take all.
NOTEBOOKS = [notebook.name for notebook in notebooks()] if SOAK else ["agency_year"]


@pytest.mark.soak
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_of_the_workbook_has_the_outputs_of_a_kernel(name: str, tmp_path: Path) -> None:
    path = tmp_path / "in.ipynb"
    path.write_bytes((ROOT / "notebooks" / f"{name}.ipynb").read_bytes())
    agency = "" if name == "reconciliation" else "hongze"
    options: dict[str, Any] = {"parameters": {"agency": agency, "year": 2023}, "cwd": str(tmp_path)}
    assert masked(executed(path, "gdgk", **options)) == masked(executed(path, None, **options))


EXPECTED = "raises-exception"
ODD: tuple[str | tuple[str, str], ...] = (
    "x = 1\nx",
    "import sys\nprint('out')\nprint('err', file=sys.stderr)\n_",
    "from IPython.display import HTML, JSON, Image, Latex, Markdown, clear_output, display\n"
    "display(HTML('<b>1</b>'), Markdown('*2*'), JSON({'a': 1}), Latex('$x$'))\nhandle = display('one', display_id='h')",
    "handle.update('two')",
    "print('gone')\nclear_output()\nprint('kept')",
    "print('gone')\nclear_output(wait=True)\nprint('kept')",
    ("1 / 0", "skip-execution"),
    "import asyncio\nawait asyncio.sleep(0)\nasyncio.get_running_loop().is_running()",
    ("coroutine = asyncio.sleep(0)\ntry:\n    asyncio.run(coroutine)\nfinally:\n    coroutine.close()", EXPECTED),
    ("def outer(n):\n    return inner(n)\ndef inner(n):\n    raise ValueError('错误\\nmore')\nouter(3)", EXPECTED),
    ("x = (", EXPECTED),
    ("raise SystemExit(3)", EXPECTED),
    ("input('name?')", EXPECTED),
    ("%no_such_magic", EXPECTED),
    ("from nowhere import x", EXPECTED),
    ("class Broken:\n    def __repr__(self):\n        raise RuntimeError('no words')\nBroken()", EXPECTED),
    "!echo from a shell",
    "%%bash\necho from bash; echo and its errors >&2",
    "files = !ls -d /\nfiles",
    "import subprocess\nsubprocess.run(['echo', 'from a process'])\nNone",
    "import os\nos.write(1, b'raw\\n')\nos.write(2, b'raw too\\n')\nNone",
    "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.puts(b'from C')\nlibc.fflush(None)\nNone",
    "import threading\nthread = threading.Thread(target=print, args=['from a thread'])\nthread.start()\nthread.join()",
    "import warnings\nwarnings.warn('careful')",
    "import logging\nlogging.warning('logged')",
    "Out[1], In[1], len(In)",
    "%%capture caught\nprint('caught')",
    "caught.stdout",
    "%%html\n<i>html</i>",
    "%env GDGK_TEST=1",
    "x?",
    "class Own: pass\nimport pickle\ntype(pickle.loads(pickle.dumps(Own()))).__name__, __name__",
    "import pandas as pd\npd.set_option('display.max_rows', 3)\npd.DataFrame({'a': range(10)})",
    "import plotly.graph_objects as go\ngo.Figure(go.Bar(y=[1, 2]))",
    "go.Figure(go.Bar(y=[1, 2])).show()",
    "Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + b'0' * 20)",
    "type(get_ipython()).__name__, get_ipython().kernel is not None, sys.stdout.isatty()",
    "{name: os.environ.get(name) for name in ('MPLBACKEND', 'TERM', 'FORCE_COLOR', 'PAGER')}",
    "'' in sys.path, os.getcwd(), x",
    "x;",
    "raise KeyError('the end')",
    "print('never')",
)


def test_whatever_a_notebook_does_it_has_the_outputs_of_a_kernel(tmp_path: Path) -> None:
    path = written(tmp_path, *ODD)
    found = masked(executed(path, "gdgk", cwd=str(tmp_path)))
    # A kernel reads what processes print in a thread, and loses it where that comes too late: it is asked again.
    for _ in range(3):
        wanted = masked(executed(path, None, cwd=str(tmp_path)))
        if found == wanted:
            break
    for cell, expected in zip(found["cells"], wanted["cells"], strict=True):
        assert cell == expected
    assert found == wanted


def test_what_is_printed_stands_in_the_order_of_printing_however_it_is_printed(tmp_path: Path) -> None:
    source = "import os, sys\nprint(1)\nos.write(1, b'2\\n')\nprint(3, file=sys.stderr)\nos.system('echo 4')\nprint(5)"
    (cell,) = executed(written(tmp_path, source), "gdgk").cells
    assert [(output.name, output.text) for output in cell.outputs] == [
        ("stdout", "1\n2\n"),
        ("stderr", "3\n"),
        ("stdout", "4\n5\n"),
    ]


def test_what_forked_processes_print_is_kept(tmp_path: Path) -> None:
    source = (
        "import multiprocessing\nprocess = multiprocessing.get_context('fork').Process(target=print, args=['forked'])\n"
        "process.start()\nprocess.join()"
    )
    (cell,) = executed(written(tmp_path, source), "gdgk").cells
    assert "".join(output.text for output in cell.outputs if output.output_type == "stream") == "forked\n"


def test_the_notebook_is_run_in_the_folder_and_environment_of_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "import os\nos.getcwd(), os.environ['GDGK_ASKED']")
    for value in ("one", "two"):
        monkeypatch.setenv("GDGK_ASKED", value)
        (cell,) = executed(path, "gdgk", cwd=str(tmp_path)).cells
        assert ast.literal_eval(cell.outputs[0].data["text/plain"]) == (str(tmp_path), value)


FALLBACKS = {
    "its process ended without a word (exit status 3)": "import os\nos._exit(3) if 'GDGK_ONCE' in os.environ else None",
    "it has widgets": "import comm\nmade = comm.create_comm(target_name='gdgk.test')",
    "exit() was called": "exit()",
}


@pytest.mark.parametrize("reason", FALLBACKS)
def test_what_needs_a_kernel_gets_one_and_the_log_says_why(
    reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "print('begun')", FALLBACKS[reason])
    # So that it dies in the child only: the kernel's process starts without the variable.
    monkeypatch.setenv("GDGK_ONCE", "1")
    real = papermill.engines.NBClientEngine.execute_managed_notebook

    def in_kernel(*arguments: Any, **options: Any) -> Any:
        monkeypatch.delenv("GDGK_ONCE")
        return real(*arguments, **options)

    monkeypatch.setattr(papermill.engines.NBClientEngine, "execute_managed_notebook", in_kernel)
    with caplog.at_level(logging.WARNING, logger="papermill"):
        made = executed(path, "gdgk")
    assert f"gdgk engine: {reason}; running the notebook in a kernel" in caplog.text
    assert made.cells[0].outputs[0].text == "begun\n"


def test_another_language_and_a_limit_for_each_cell_are_a_kernels_business(tmp_path: Path) -> None:
    from gdgk.engine.adapter import unfit

    class Manager:
        nb = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}})

    assert unfit(Manager(), "ir", {}) == "the notebook is in R (ir)"
    Manager.nb.metadata.kernelspec.language = "python"
    assert unfit(Manager(), "python3", {}) == ""
    assert unfit(Manager(), "python3", {"execution_timeout": 3}) == "there is a limit for each cell"


def test_the_command_line_of_papermill_takes_it_and_ends_as_with_a_kernel(tmp_path: Path) -> None:
    fine = written(tmp_path, ("agency = ''", "parameters"), "print('机关', agency)")
    command = ["--engine", "gdgk", "--no-progress-bar", str(fine), str(tmp_path / "out.ipynb"), "-p", "agency", "demo"]
    ended = CliRunner().invoke(papermill_command, command)
    assert ended.exit_code == 0, ended.output
    assert "机关 demo" in (tmp_path / "out.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize("first", ["gdgk.engine.adapter", "papermill.engines"])
def test_the_engine_may_be_imported_before_papermill_and_after_it(first: str) -> None:
    code = f"""
from gdgk.imports import left_out
with left_out():
    import {first}
    from papermill.engines import papermill_engines
print(papermill_engines.get_engine("gdgk").__name__)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=process_environment(), check=False
    )
    assert ended.stdout.strip() == "GdgkEngine", ended.stderr


def test_the_parent_has_one_thread_and_holds_no_file_of_its_caller(tmp_path: Path) -> None:
    from gdgk.engine.adapter import warm_parent

    with (tmp_path / "held").open("w") as held:
        executed(written(tmp_path, "1"), "gdgk")
        process = warm_parent().process.pid
        assert len(os.listdir(f"/proc/{process}/task")) == 1
        links = [os.readlink(f"/proc/{process}/fd/{name}") for name in os.listdir(f"/proc/{process}/fd")]
        assert held.name not in links
