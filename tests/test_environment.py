"""What a user may rely on when setting up: one list of dependencies, a complete lock, a set-up that finishes."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ["3.11", "3.12", "3.13"]
# Where conda-forge calls a package differently from pyproject.toml.
CONDA_NAMES = {"playwright": "playwright-python", "duckdb": "python-duckdb"}
# What the conda environment takes from PyPI.
FROM_PYPI = {"axe-playwright-python", "kaleido"}

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def declared() -> list[Requirement]:
    """Runtime and dev dependencies of pyproject.toml."""
    return [Requirement(line) for line in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]]


def conda() -> dict[str, SpecifierSet]:
    """Package name → bounds, as environment.yml states them."""
    lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    split = [line.partition(" ") for line in lines if isinstance(line, str)]
    return {name: SpecifierSet(bounds) for name, _, bounds in split}


def pins() -> list[tuple[Requirement, list[str]]]:
    """Each entry of requirements.lock with its hashes."""
    entries = [entry.split() for entry in re.split(r"\n(?=\S)", LOCK.replace("\\\n", "")) if entry.strip()]
    hashes = [[word for word in words if word.startswith("--hash")] for words in entries]
    pinned = [" ".join(word for word in words if not word.startswith("--hash")) for words in entries]
    return [(Requirement(pin), own) for pin, own in zip(pinned, hashes, strict=True)]


# ---------------------------------------------------------------- environment.yml


def test_conda_and_pyproject_name_the_same_dependencies_with_the_same_bounds() -> None:
    expected = {
        CONDA_NAMES.get(item.name, item.name): item.specifier for item in declared() if item.name not in FROM_PYPI
    }
    stated = {name: bounds for name, bounds in conda().items() if name not in ("python", "pip")}
    assert stated == expected


def test_conda_and_pyproject_hold_for_the_same_pythons() -> None:
    assert conda()["python"] == SpecifierSet(PROJECT["requires-python"])
    assert [version for version in PYTHONS if version in conda()["python"]] == PYTHONS


def test_conda_environment_comes_from_conda_forge_alone_and_installs_this_folder() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    pypi = [str(item) for item in declared() if item.name in FROM_PYPI]
    assert {"pip": [*pypi, "-e ."]} in environment["dependencies"]


# ---------------------------------------------------------------- pyproject.toml


def test_every_dependency_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for requirement in declared():
        assert re.search(rf'^  "{re.escape(requirement.name)}[>=].*",  # \w.*$', text, re.M), requirement.name


def test_every_dependency_has_a_lower_bound_and_no_upper_one() -> None:
    # A release that is known to be broken may be left out (!=): the next one is taken again.
    operators = {str(item): sorted(part.operator for part in item.specifier) for item in declared()}
    assert {name: [each for each in found if each != "!="] for name, found in operators.items()} == {
        name: [">="] for name in operators
    }


def test_installed_package_carries_every_data_file(tmp_path: Path) -> None:
    """A wheel holds each file of gdgk/, else forms, rules or templates would be missing outside a checkout."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "gdgk", tmp_path / "gdgk", ignore=ignore)
    for name in ("pyproject.toml", "LICENSE", PROJECT.get("readme", "LICENSE")):
        shutil.copy(ROOT / name, tmp_path)
    build = "import sys, setuptools.build_meta as backend; backend.build_wheel(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", build, str(tmp_path / "dist")], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("gdgk/")}
    files = (path for path in (tmp_path / "gdgk").rglob("*") if path.is_file())
    assert packed == {path.relative_to(tmp_path).as_posix() for path in files}


# ---------------------------------------------------------------- requirements.lock


@pytest.mark.parametrize("python", PYTHONS)
def test_lock_pins_every_dependency_within_its_bounds(python: str) -> None:
    environment = {"python_version": python, "python_full_version": f"{python}.9"}
    chosen = {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version
        for pin, _ in pins()
        if pin.marker is None or pin.marker.evaluate(environment)
    }
    build = [Requirement(line) for line in PYPROJECT["build-system"]["requires"]]
    wrong = [
        f"{item} (locked: {chosen.get(canonicalize_name(item.name))})"
        for item in [*declared(), *build]
        if chosen.get(canonicalize_name(item.name), "none") not in item.specifier
    ]
    assert wrong == [], "run: make lock"


def test_lock_pins_one_version_per_line_with_hashes() -> None:
    assert len(pins()) > len(declared())
    for pin, hashes in pins():
        assert [part.operator for part in pin.specifier] == ["=="], str(pin)
        assert hashes, str(pin)
        assert all(re.fullmatch("--hash=sha256:[0-9a-f]{64}", item) for item in hashes), str(pin)


def test_lock_names_no_index_address_and_no_path() -> None:
    lines = LOCK.splitlines()
    assert [line for line in lines if "/" in line or "://" in line or " @ " in line] == []
    assert [line for line in lines if line.startswith(("-", "#"))] == []


# ---------------------------------------------------------------- tools/environment.sh


# An interpreter that answers questions truthfully but only pretends to make environments and to install.
PRETENDER = """#!/bin/sh
case "$1 $2" in
    "-m venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    "-m pip") echo "$*" >>"$PIP_CALLS"; case "$*" in *"$PIP_FAILS_ON"*) exit 1 ;; esac ;;
    *) exec "{real}" "$@" ;;
esac
"""
BROKEN_SHIM = '#!/bin/sh\necho "pyenv: command not found" >&2\nexit 127\n'
TOO_OLD = "#!/bin/sh\nexit 1\n"


class Checkout:
    """A folder with the set-up script, a lock and a project file, and interpreters of our choosing on its PATH."""

    def __init__(self, folder: Path, interpreters: dict[str, str]) -> None:
        self.folder = folder / "政务公开 工作簿"
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        (self.folder / "tools").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(ROOT / "tools" / "environment.sh", self.folder / "tools")
        (self.folder / "requirements.lock").write_text("alpha==1\n")
        (self.folder / "pyproject.toml").write_text('name = "x"\n')
        for name in ("cat", "cksum", "cp", "head", "mkdir", "rm", "sh"):
            (self.bin / name).symlink_to(shutil.which(name) or pytest.fail(f"{name} is not installed"))
        for name, script in interpreters.items():
            (self.bin / name).write_text(script.replace("{real}", sys.executable))
            (self.bin / name).chmod(0o755)

    def run(
        self, command: str = "env", pip_fails_on: str = "never", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.bin), "PIP_CALLS": str(self.calls), "PIP_FAILS_ON": pip_fails_on, **variables}
        self.calls.write_text("")
        return subprocess.run(
            [self.bin / "sh", "tools/environment.sh", command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def installs(self) -> list[str]:
        """What the last run asked pip to install: the lock, the package, both or nothing."""
        calls = [line for line in self.calls.read_text().splitlines() if " install " in line]
        return ["lock" if "--require-hashes -r requirements.lock" in line else "package" for line in calls]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path, {"python3.13": BROKEN_SHIM, "python3.12": PRETENDER})


def test_an_interpreter_that_does_not_run_is_passed_over(checkout: Checkout) -> None:
    assert checkout.run("python").stdout == "python3.12\n"


@pytest.mark.parametrize("interpreters", [{}, {"python3.13": BROKEN_SHIM, "python3": TOO_OLD}])
def test_without_a_suitable_python_one_line_says_what_to_do(tmp_path: Path, interpreters: dict[str, str]) -> None:
    checkout = Checkout(tmp_path, interpreters)
    result = checkout.run()
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "error: no Python 3.11, 3.12 or 3.13 runs here (tried: python3.13 python3.12 python3.11 python3); "
        "install one, or name it, as in: make env PYTHON=/path/to/python3.12\n"
    )
    assert not (checkout.folder / ".venv").exists()


def test_a_python_that_was_named_but_does_not_serve_is_refused(checkout: Checkout) -> None:
    result = checkout.run(PYTHON="python3.13")
    assert result.returncode == 2
    assert result.stderr.startswith("error: PYTHON=python3.13 does not run as Python 3.11, 3.12 or 3.13")
    assert result.stderr.count("\n") == 1


def test_set_up_once_then_only_what_changed(checkout: Checkout) -> None:
    assert checkout.run().returncode == 0
    assert checkout.installs() == ["lock", "package"]

    checkout.run()
    assert checkout.installs() == []

    (checkout.folder / "pyproject.toml").write_text('name = "y"\n')
    checkout.run()
    assert checkout.installs() == ["package"]

    (checkout.folder / "requirements.lock").write_text("alpha==2\n")
    checkout.run()
    assert checkout.installs() == ["lock", "package"]


@pytest.mark.parametrize(
    ("broken_off_at", "left_to_do"), [("--require-hashes", ["lock", "package"]), ("--editable", ["package"])]
)
def test_a_broken_off_set_up_is_completed(checkout: Checkout, broken_off_at: str, left_to_do: list[str]) -> None:
    assert checkout.run(pip_fails_on=broken_off_at).returncode != 0
    assert checkout.run().returncode == 0
    assert checkout.installs() == left_to_do


def test_a_broken_off_update_is_completed(checkout: Checkout) -> None:
    checkout.run()
    (checkout.folder / "requirements.lock").write_text("alpha==2\n")
    assert checkout.run(pip_fails_on="--require-hashes").returncode != 0
    (checkout.folder / "requirements.lock").write_text("alpha==1\n")
    checkout.run()
    assert checkout.installs() == ["lock", "package"]


def test_a_moved_checkout_gets_its_own_environment(checkout: Checkout) -> None:
    checkout.run()
    checkout.folder = checkout.folder.rename(checkout.folder.with_name("moved"))
    checkout.run()
    assert checkout.installs() == ["lock", "package"]


def test_a_lock_that_does_not_fit_is_reported_in_one_line(checkout: Checkout) -> None:
    result = checkout.run(pip_fails_on=" check")
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("error: requirements.lock does not fit pyproject.toml")
    assert result.stderr.splitlines()[-1].endswith("run: make lock")


# ---------------------------------------------------------------- Makefile and .ci/run


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert targets is not None
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^make (\w+) ", shown, re.M) == targets[1].split()


def test_ci_is_executable_and_runs_the_tests_then_the_reports() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    assert os.access(script, os.X_OK)
    commands = [line for line in script.read_text(encoding="utf-8").splitlines() if line.startswith("make ")]
    assert commands == ["make test", "make report"]
