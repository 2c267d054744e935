"""Fixtures that several rooms' tests share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from parents import parents_kept
from running import DRIVER, SOAK, Begins, process_environment
from strategies import AGENCIES_HEADER, filled_report

from gdgk.archive import Archive
from gdgk.batch.digests import code_digest
from gdgk.imports import left_out

with left_out():
    import nbformat  # noqa: F401 - takes two seconds less in each process that tests

ROOT = Path(__file__).resolve().parents[1]

# Where Python is told to keep no compiled modules, each of the hundred processes that the tests start would compile all
# of gdgk anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No time limit for a single example on a shared machine; the same examples on every machine; a failure is shrunk but
# not explained, which would take minutes for a whole report. The long versions draw many more.
settings.register_profile(
    "gdgk",
    deadline=None,
    max_examples=300 if SOAK else 15,
    derandomize=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("gdgk")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A property of random reports has a long version without saying so: the profile above."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("soak")


def pytest_make_parametrize_id(val: object) -> str | None:
    """What names a test: of a file the word (its bytes hold the time of their making), of a text its head."""
    if isinstance(val, bytes):
        return "bytes"
    return f"{val[:80]}…" if isinstance(val, str) and len(val) > 200 else None


@pytest.fixture(scope="session", autouse=True)
def kept_parents() -> Iterator[None]:
    """Runs in this process have one warm parent, one after the other."""
    with parents_kept():
        yield


@pytest.fixture
def make_archive(tmp_path: Path) -> Callable[..., Archive]:
    """Makes a data folder whose agencies.csv has the given lines (id, name_zh and so on)."""

    def make(*lines: str) -> Archive:
        root = tmp_path / "data"
        root.mkdir(exist_ok=True)
        (root / "agencies.csv").write_text("\n".join([AGENCIES_HEADER, *lines, ""]), encoding="utf-8")
        return Archive(root)

    return make


@pytest.fixture
def archive(make_archive: Callable[..., Archive]) -> Archive:
    """A data folder with one synthetic report: 测试局 2023 on the 2021 form, every cell 0."""
    made = make_archive("demo,测试局,,,,,,,")
    made.write(filled_report("demo", 2023, "2021"))
    return made


@pytest.fixture(scope="session")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The fill-in form for 2024 of the one agency of :func:`archive`."""
    from gdgk.filling import agency_form

    root = tmp_path_factory.mktemp("handed_out")
    (root / "agencies.csv").write_text(f"{AGENCIES_HEADER}\ndemo,测试局,,,,,,,\n", encoding="utf-8")
    kept = Archive(root)
    kept.write(filled_report("demo", 2023, "2021"))
    return agency_form(kept, "demo", 2024)


@pytest.fixture(scope="session")
def filled_in(handed_out: bytes) -> bytes:
    """The same form with 0 in every cell."""
    from forms import filled

    return filled(handed_out, filled_report("demo", 2024, "2021"))


@pytest.fixture
def corpus() -> Path:
    """The shared corpus of published reports with their true values; a user's clone does not have it."""
    folder = ROOT.parent / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip("the shared corpus is not beside this checkout (../shared/corpus)")
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk; other tests limit the size of a file instead")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def begin() -> Iterator[Begins]:
    """Begins gdgk run, with notebooks of the test's own, in a process of its own, which the test's end ends."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(notebooks: Path, *arguments: object, **env: str) -> subprocess.Popen[bytes]:
        code_digest.cache_clear()  # the process reads gdgk's files now, and they may have been edited since
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(notebooks), "run", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=process_environment({"PYTHONUTF8": "1", **env}),
            start_new_session=True,
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        with process:
            process.kill()
