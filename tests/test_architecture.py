"""The house stays in order: imports go one way, every name means one thing, checks open no file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "gdgk"
DESIGN = ROOT / "docs" / "design.md"

# Rooms that take and return frames or values and open no file but those of the package.
PURE = {"reconciliation", "diagnosis", "claims", "text_checks", "indicators", "charts", "tables"}
TEXT_FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "write_atomic", "read_toml", "toml_line"}
FRAMES = {"read_csv", "read_parquet", "read_json", "read_html", "read_excel", "to_csv", "to_parquet", "to_excel"}
PICTURES = {"write_html", "write_image"}
FOLDERS = {"mkdir", "unlink", "touch", "rename", "iterdir", "glob", "rglob", "exists", "is_file", "is_dir"}
OPENING = TEXT_FILES | FRAMES | PICTURES | FOLDERS
NO_BUSINESS = {"os", "shutil", "tempfile", "subprocess", "socket", "urllib", "requests", "sqlite3"}


def designed_order(text: str) -> list[str]:
    """The rooms in the fenced block of docs/design.md that begins with ``gdgk/``, without its folders of data."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        lines = block.splitlines()
        if lines and lines[0].strip() == "gdgk/":
            found = [re.match(r"\s+(\w+)(?:\.py|/)\s+(?!\s|DATA)", line) for line in lines[1:]]
            return [match[1] for match in found if match]
    return []


@cache
def order() -> list[str]:
    """The rooms from the ground up, as the design lists them."""
    return designed_order(DESIGN.read_text(encoding="utf-8"))


def modules() -> dict[str, ast.Module]:
    """Every module of the package by its name (``archive.reading``; a package by its own), parsed."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return found


MODULES = modules()


def is_package(name: str) -> bool:
    return (PACKAGE / Path(*name.split(".")) / "__init__.py").is_file()


@cache
def imports(name: str, typing: bool = True) -> frozenset[str]:
    """The modules of the package that a module imports, anywhere in it; ``typing``: also those for annotations only.

    Kept, for every module's circle is looked for through all the others.
    """
    tree = MODULES[name]
    skipped = set() if typing else {id(node) for block in annotation_blocks(tree) for node in ast.walk(block)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) not in skipped:
            found.update(imported(node, name))
    return frozenset(found)


def annotation_blocks(tree: ast.Module) -> Iterator[ast.If]:
    """The blocks under ``if TYPE_CHECKING``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield node


def imported(node: ast.AST, importer: str) -> Iterator[str]:
    """The modules of the package that a statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name.removeprefix("gdgk.") for alias in node.names if alias.name.startswith("gdgk."))
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{importer} imports relatively"
        if node.module and node.module.split(".")[0] == "gdgk":
            base = node.module.removeprefix("gdgk").removeprefix(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".removeprefix(".")
                if inner in MODULES or base:
                    yield inner if inner in MODULES else base


def room(name: str) -> str:
    """The room of a module."""
    return name.split(".")[0]


def top_names(tree: ast.Module) -> Iterator[str]:
    """Functions, classes and names that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


# The test of the tests -----------------------------------------------------------------------------------------------


def test_the_order_is_read_from_the_design() -> None:
    other = "# Design\n```\nnot/\n  this.py x\n```\n"
    rooms = "```text\ngdgk/\n  errors.py   ERRORS\n  forms/   DATA  form\n  archive/  disk\n```\n"
    assert designed_order(other + rooms) == ["errors", "archive"]
    assert designed_order("# Design") == []


def test_imports_are_seen_wherever_they_stand() -> None:
    assert {"errors", "files", "form", "report"} <= imports("archive.reading")
    assert "archive.reading" in imports("archive")
    assert "" not in {target for name in MODULES for target in imports(name)}


# The house -----------------------------------------------------------------------------------------------------------


def test_every_module_belongs_to_a_room_of_the_design() -> None:
    assert {room(name) for name in MODULES if name} - {"__main__"} <= set(order())
    assert len(order()) == len(set(order()))


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_from_the_rooms_above_it(name: str) -> None:
    rank = {one: index for index, one in enumerate([*order(), "__main__"])}
    own = rank.get(room(name), 0)
    below = {target for target in imports(name) if room(target) != room(name) and rank[room(target)] >= own}
    assert below == set()


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_import_runs_in_a_circle(name: str) -> None:
    seen: set[str] = set()
    ahead = set(imports(name, typing=False))
    while ahead:
        assert name not in ahead
        seen |= ahead
        ahead = {target for one in ahead for target in imports(one, typing=False)} - seen


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_name_is_both_a_module_and_something_in_it(name: str) -> None:
    inside = set(top_names(MODULES[name]))
    assert name.split(".")[-1] not in inside
    if is_package(name):
        parts = {one.split(".")[-1] for one in MODULES if one.rpartition(".")[0] == name and one != name}
        taken = {
            alias.asname or alias.name
            for node in MODULES[name].body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert parts & (inside | taken) == set()


def test_importing_the_package_imports_nothing_of_it() -> None:
    assert imports("") == set()


# Rooms that open no file ---------------------------------------------------------------------------------------------


def package_data(tree: ast.Module) -> set[str]:
    """Names for a file of the package: constants made from ``__file__``, and parameters that default to one."""
    constants = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and "__file__" in ast.unparse(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = set(constants)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            named = node.args.args[len(node.args.args) - len(node.args.defaults) :]
            for argument, default in zip(named, node.args.defaults, strict=True):
                if ast.unparse(default) in constants:
                    found.add(argument.arg)
    return found


def openings(tree: ast.Module) -> list[str]:
    """Calls that open or change a file which is not the package's own."""
    own = package_data(tree)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in OPENING:
            subject = node.func.value if isinstance(node.func, ast.Attribute) else next(iter(node.args), None)
            if subject is None or not {one.id for one in ast.walk(subject) if isinstance(one, ast.Name)} & own:
                found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("name", sorted(name for name in MODULES if room(name) in PURE))
def test_a_room_of_frames_and_values_opens_no_file(name: str) -> None:
    assert openings(MODULES[name]) == []
    assert not imports(name, typing=False) & {"archive.reading", "archive.writing", "archive.agencies"}
    libraries = {
        alias.name.split(".")[0]
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {str(node.module).split(".")[0] for node in ast.walk(MODULES[name]) if isinstance(node, ast.ImportFrom)}
    assert libraries & NO_BUSINESS == set()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("RULES = Path(__file__).parent\ndef read(path=RULES):\n    return read_toml(path)", []),
        ("def read(path):\n    return read_toml(path)", ["read_toml(path)"]),
        ("def read(path):\n    return path.read_text()", ["path.read_text()"]),
        ("def read(path):\n    return open('x')", ["open('x')"]),
        ("def save(figure):\n    figure.write_html('x.html')", ["figure.write_html('x.html')"]),
    ],
)
def test_openings_are_seen(code: str, found: list[str]) -> None:
    assert openings(ast.parse(code)) == found


# Style of the house --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(MODULES))
def test_every_module_and_public_function_says_what_it_is_for(name: str) -> None:
    tree = MODULES[name]
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert ast.get_docstring(tree)
    assert silent == []


def test_no_room_is_larger_than_a_reader_can_hold() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {str(path.relative_to(PACKAGE)): lines for path, lines in lengths.items() if lines > 450} == {}
