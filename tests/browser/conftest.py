"""The pages of a whole run over the workbook's data, opened in Chromium; one that errs or asks for anything fails."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = ("file:", "data:", "blob:")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def without(reason: str) -> NoReturn:
    """Skip for want of something; where CI=true it has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI=true")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def program() -> str:
    """Where Chromium is; asked before anything long is done for it."""
    if importlib.util.find_spec("playwright") is None:
        without("playwright is not installed")
    return shutil.which("chromium") or shutil.which("chromium-browser") or without("no chromium on this machine")


@pytest.fixture(scope="session")
def reports(program: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """reports/ of one ``gdgk run`` over everything in data/, made once a session."""
    folder = tmp_path_factory.mktemp("run") / "reports"
    command = [sys.executable, "-m", "gdgk.cli", "run", "--reports", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, f"gdgk run ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return folder


@pytest.fixture(scope="module")
def chromium(program: str) -> Iterator[Any]:
    """Debian's Chromium, a module long: playwright keeps an event loop running while it is open."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(chromium: Any) -> Any:
    """One tab for the tests that open a page as it is: a context of its own for each costs as much as the page."""
    return offline(chromium)


def offline(chromium: Any, **options: Any) -> Any:
    """A new tab that reaches nothing but files. Keywords go to the browser's context."""
    context = chromium.new_context(**options)
    context.set_offline(True)
    context.set_default_timeout(15_000)
    return context.new_page()


@contextmanager
def watched(chromium: Any, tab: Any = None) -> Iterator[Callable[..., Any]]:
    """Opens a file as a reader would, offline: ``opened(path, width=360, fragment="#t3")``.

    Fails at its end if any page it opened wrote an error to the console, threw one, or asked for anything that is not
    a file here. init: a script that runs before the page's own. Further keywords go to the browser's context. The
    first page without any of those is opened in ``tab``, where there is one.
    """
    mine: list[Any] = []
    wrong: list[str] = []

    def note_request(request: Any) -> None:
        if not request.url.startswith(OWN):
            wrong.append(f"request to {request.url}")

    def note_console(message: Any) -> None:
        if message.type == "error":
            wrong.append(f"console: {message.text}")

    notes = {
        "console": note_console,
        "pageerror": lambda error: wrong.append(f"error: {error}"),
        "request": note_request,
        "requestfailed": lambda request: wrong.append(f"not found: {request.url}"),
    }

    def opened(
        path: Path, width: int = 1400, fragment: str = "", stub: str = "", init: str = "", **options: Any
    ) -> Any:
        plain = not (mine or stub or init or options)
        page = tab if tab is not None and plain else offline(chromium, **options)
        mine.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        for event, note in notes.items():
            page.on(event, note)
        if stub:
            page.route(f"**/{stub}", lambda route: route.fulfill(body="", content_type="text/javascript"))
        if init:
            page.add_init_script(init)
        page.goto(path.as_uri() + fragment)
        return page

    yield opened
    for page in mine:
        if page is tab:
            page.goto("about:blank")
            for event, note in notes.items():
                page.remove_listener(event, note)
        else:
            page.context.close()
    assert not wrong, "\n".join(dict.fromkeys(wrong))


@pytest.fixture
def open_page(chromium: Any, tab: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages for one test, as :func:`watched` says."""
    with watched(chromium, tab) as opened:
        yield opened


@pytest.fixture(scope="module")
def look(chromium: Any, reports: Path) -> Iterator[Callable[[str], Any]]:
    """A page of the run by its address (``suqian/trends``), opened once for all tests that only look at it."""
    with watched(chromium) as opened:
        yield cache(lambda address: opened(reports / f"{address}.html"))
