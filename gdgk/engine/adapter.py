"""The engine behind papermill's entry point: cells run in a child of a warm parent, or in one that this process is."""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import nbformat
from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from gdgk.engine.client import ParentLost, WarmParent, status_text, unsupported

# What nbclient's client lets a notebook do; other options of papermill are about kernels.
RULES = ("allow_errors", "allow_error_names", "force_raise_errors", "skip_cells_with_tag")
# Asked for, these need the messages of a kernel as they come.
AS_IT_RUNS = {
    "execution_timeout": "there is a limit for each cell",
    "timeout": "there is a limit for each cell",
    "log_output": "its output is to be logged",
    "stdout_file": "its output goes to a file",
    "stderr_file": "its output goes to a file",
}
PREPARE = "gdgk.engine.warming:prepare"
WARM = "gdgk.engine.warming:warm"
RUN_ORDER = "gdgk.engine.adapter:run_order"


class ForkedEngine(Engine):
    """The cells of a Python notebook in a process of their own, forked warm; see :class:`gdgk.engine.GdgkEngine`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        **options: Any,
    ) -> None:
        """Run the cells; see :class:`papermill.engines.Engine`."""
        reason = unfit(nb_man, kernel_name, options) or run_forked(nb_man, options)
        if reason:
            logger.warning("gdgk engine: %s; running the notebook in a kernel", reason)
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **options)


def rules(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are about cells."""
    return {name: options[name] for name in RULES if name in options}


def unfit(nb_man: NotebookExecutionManager, kernel_name: str, options: Mapping[str, Any]) -> str:
    """Why a notebook needs a kernel; empty when it does not."""
    language = nb_man.nb.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        return f"the notebook is in {language} ({kernel_name})"
    return next((why for name, why in AS_IT_RUNS.items() if options.get(name)), "") or unsupported()


def run_forked(nb_man: NotebookExecutionManager, options: Mapping[str, Any]) -> str:
    """Run a notebook's cells in a child of the warm parent; why that did not come to an end, or nothing."""
    order = {
        "notebook": json.dumps(nb_man.nb),
        "rules": rules(options),
        "folder": os.getcwd(),
        "environment": dict(os.environ),
    }
    try:
        told = ask(warm_parent(), order, lambda cell: show(nb_man, cell))
    except ParentLost as error:
        warm_parent.cache_clear()
        return str(error)
    if "notebook" not in told:
        return str(told["reason"])
    nb_man.nb = nbformat.from_dict(json.loads(told["notebook"]))
    return ""


def ask(parent: WarmParent, order: Mapping[str, Any], at: Callable[[int], None]) -> dict[str, Any]:
    """Have an order carried out; what its child returned, else a ``reason``."""
    number = parent.start(RUN_ORDER, order)
    told: dict[str, Any] = {}
    while True:
        for news in parent.news(None):
            if news.number != number:
                continue
            if news.word == "at":
                at(news.value)
            elif news.word == "result":
                told = news.value
            elif news.word == "broken":
                told = {"reason": news.value.strip().splitlines()[-1]}
            elif news.word == "ended":
                return told or {"reason": f"its process ended without a word ({status_text(news.value)})"}


def show(nb_man: NotebookExecutionManager, cell: int) -> None:
    """Move papermill's progress bar on."""
    if nb_man.pbar:
        nb_man.pbar.n = cell - 1
        nb_man.pbar.refresh()


def run_order(order: Mapping[str, Any], tell: Callable[[int], None]) -> dict[str, Any]:
    """In the child: run a notebook's cells as the process that asked would, in its folder and environment."""
    from gdgk.engine.cells import NeedsKernel, kernel, run_cells  # makes this process a kernel

    os.environ.update(order["environment"])
    if (shell := kernel().shell) is not None:
        shell.init_environment()
    os.chdir(order["folder"])
    manager = NotebookExecutionManager(nbformat.from_dict(json.loads(order["notebook"])), progress_bar=False)
    try:
        run_cells(manager, tell, order["rules"])
    except NeedsKernel as error:
        return {"reason": str(error)}
    return {"notebook": json.dumps(manager.nb)}


@cache
def warm_parent() -> WarmParent:
    """The warm parent of this process, started when it is first asked for."""
    made = WarmParent(PREPARE, WARM)
    atexit.register(made.close)
    return made
