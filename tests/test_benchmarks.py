"""Benchmarks go along with what they measure: each can be started, and knows every kind of page."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from running import ROOT

from gdgk.batch.plan import SCOPES, notebooks

SCRIPTS = sorted((ROOT / "benchmarks").glob("*.py"))


def loaded(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A benchmark as a module; nothing is measured."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_benchmark_finds_what_it_measures(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # That of pages had asked for a function that was gone, unseen.
    assert callable(loaded(path, monkeypatch).main)
    assert f"[{path.name}]({path.name})" in (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")


def test_the_benchmark_of_the_index_has_pages_of_every_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    # It had none of a region, and ended when the first notebook of one came.
    made = loaded(ROOT / "benchmarks" / "index.py", monkeypatch).places(3, 2)
    assert {scope for _, scope in made} == {item.scope for item in notebooks()} == set(SCOPES)
