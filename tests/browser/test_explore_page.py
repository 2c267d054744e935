"""explore.ipynb as people see it who open no notebooks: under Voilà, a picker turned by hand."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The command voila, without a package behind nbformat that takes seconds to import.
VOILA = """
from gdgk.imports import left_out
with left_out():
    import nbformat
from voila.app import main
main()
"""


@pytest.fixture(scope="module")
def address(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where Voilà shows the notebook; it says so itself when it is ready."""
    if importlib.util.find_spec("voila") is None:
        pytest.skip("voila is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("voila")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JUPYTER_RUNTIME_DIR": str(home),
        "JUPYTER_CONFIG_DIR": str(home),
    }
    command = [sys.executable, "-c", VOILA, "notebooks/explore.ipynb", "--no-browser", f"--port={port}"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    assert any(f":{port}/" in line for line in server.stderr), "voila ended"
    yield f"http://127.0.0.1:{port}/"
    server.send_signal(signal.SIGINT)
    server.communicate()


def test_a_picker_turned_by_hand_changes_chart_table_and_command(address: str, chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    refused: list[str] = []
    page.on("requestfailed", lambda request: refused.append(f"{request.failure} {request.url}"))
    page.goto(address, timeout=120_000)
    title = page.locator(".js-plotly-plot .gtitle")
    title.get_by_text("公开率（含部分）").wait_for(timeout=120_000)
    assert page.locator("table.explored").inner_text().count("43.6%") == 1
    page.locator("select:not([multiple])").first.select_option(label="办理结果｜不予公开率")
    title.get_by_text("不予公开率，").wait_for()
    page.locator("pre", has_text="-p indicator denial_rate").wait_for()
    assert "43.6%" not in page.locator("table.explored").inner_text()
    with page.expect_download() as taken:
        page.get_by_text("不予公开率.csv").click()
    assert "宿迁市人民政府" in Path(taken.value.path()).read_text(encoding="utf-8-sig")
    with page.expect_download() as taken:
        page.locator(".modebar-btn").first.click()
    assert taken.value.suggested_filename == "gdgk.png"
    page.locator("select[multiple]").first.select_option([])
    page.get_by_text("没有选机关").wait_for()
    assert page.locator(".js-plotly-plot").count() == 0
    # Voilà's page wants style sheets from elsewhere: not asked for, which is something else than asked in vain.
    away = [one for one in refused if address not in one]
    assert away and all(one.startswith("csp ") for one in away)
    page.close()
