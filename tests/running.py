"""Running gdgk as a user does, in this process or in one of its own, and tiny notebooks for the mechanics of a run."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from gdgk.cli import main

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT / "data"
# The long versions of the tests that are marked soak: `make soak`.
SOAK = bool(os.environ.get("GDGK_SOAK"))
# gdgk in a process of its own, with the notebooks of a test: their folder, then the command's arguments.
DRIVER = """
import sys
from pathlib import Path
from gdgk.batch import plan
from gdgk.cli import main
plan.notebooks_folder = lambda: Path(sys.argv[1])
if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
"""
# Several commands in one process: before what each wrote to a stream, a NUL; their exit codes in the end, one a line.
SEVERAL = """
import json, sys
from gdgk.cli import main
codes = []
for command in json.loads(sys.argv[1]):
    for stream in (sys.stdout, sys.stderr):
        print(end=chr(0), file=stream, flush=True)
    codes.append(main(command))
print(chr(0), *codes, flush=True)
"""
# On PYTHONPATH, a command of Jupyter's or papermill's starts in half the time.
WITHOUT = ROOT / "tests" / "without"
Begins = Callable[..., "subprocess.Popen[bytes]"]
ERROR_LINE = re.compile(r"gdgk: (?P<where>.+?): found (?P<found>.+); expected (?P<expected>.+?); (?P<do>.+)")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def gdgk(*arguments: object) -> Ended:
    """Run gdgk in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Ended(code, out.getvalue(), err.getvalue())


def process_environment(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """The environment for gdgk in a process of its own; None takes a variable away."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    values = {**os.environ, "PYTHONPATH": path, **(changes or {})}
    return {name: value for name, value in values.items() if value is not None}


def gdgk_process(*arguments: object, env: Mapping[str, str | None] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run gdgk in a process of its own, with its output in pipes."""
    command = [sys.executable, "-m", "gdgk.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=process_environment(env), check=False, timeout=120)


def gdgk_processes(commands: Sequence[Sequence[str]], env: Mapping[str, str | None]) -> list[Ended]:
    """Run commands of gdgk one after the other in one process of their own, with its output in pipes."""
    done = subprocess.run(
        [sys.executable, "-c", SEVERAL, json.dumps(commands)],
        capture_output=True,
        env=process_environment(env),
        check=True,
        timeout=120,
    )
    (_, *out, codes), (_, *err) = (stream.decode().split("\0") for stream in (done.stdout, done.stderr))
    return [Ended(int(code), *said) for code, *said in zip(codes.split(), out, err, strict=True)]


def tree(folder: Path) -> dict[str, str]:
    """Every file and folder below a folder, by a digest of its content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def goes_on(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process still runs, a moment later at the latest: between two looks at what it has done."""
    try:
        process.wait(0.01)
    except subprocess.TimeoutExpired:
        return True
    return False


# What a run leaves ----------------------------------------------------------------------------------------------------


def pages(reports: Path) -> dict[str, str]:
    """What a reader has: pages and notebooks by a digest of their bytes, without folders, index and records."""
    hidden = (".gdgk", "runs", "index.html")
    return {name: text for name, text in tree(reports).items() if text and not name.startswith(hidden)}


def stamps(reports: Path) -> dict[str, str]:
    """The state of each page's stamp."""
    folder = reports / ".gdgk"
    return {
        path.relative_to(folder).with_suffix("").as_posix(): json.loads(path.read_text(encoding="utf-8"))["state"]
        for path in folder.rglob("*.json")
    }


def leftovers(reports: Path) -> list[str]:
    """What is not done, or was not taken away."""
    return [path.name for path in reports.rglob("*") if path.suffix == ".tmp" or path.parent.name == "tmp"]


def log_lines(folder: Path) -> list[dict[str, Any]]:
    """The whole lines of a run's log, each an object; only the last may have been cut by a kill."""
    *lines, _ = (folder / "log.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines]


def fill(folder: Path) -> None:
    """Write until the disk is full."""
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"0" * 4096)
        except OSError as error:
            assert error.errno == errno.ENOSPC


# Notebooks -----------------------------------------------------------------------------------------------------------


def write_notebook(folder: Path, name: str, source: str, scope: str = "report") -> Path:
    """A notebook with a parameters cell and one cell more."""
    head: dict[str, object] = {"cell_type": "code", "execution_count": None, "outputs": []}
    parameters = 'agency = ""\nyear = 0\ndata = ""'
    cells = [
        {**head, "id": "parameters", "metadata": {"tags": ["parameters"]}, "source": parameters},
        {**head, "id": "body", "metadata": {}, "source": source},
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "title": name, "gdgk": {"scope": scope, "order": 1}}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    path.write_text(
        json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )
    return path
