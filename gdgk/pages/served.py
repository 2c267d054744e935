"""Where a browser finds a file of the workbook: by the server that the notebook was opened on, if there is one."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import gdgk


def is_live() -> bool:
    """Whether somebody looks at the notebook while it runs: JupyterLab, Voilà, VS Code; not papermill."""
    return "JPY_SESSION_NAME" in os.environ or "VOILA_REQUEST_URL" in os.environ or in_vs_code()


def in_vs_code() -> bool:
    """Whether the kernel is VS Code's."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and "__vsc_ipynb_file__" in shell.user_ns


def address_of(path: Path) -> str:
    """The address of a file on the server that runs this kernel; the file's own, as ``file:``, without one."""
    for root, base in roots():
        try:
            return f"{base}{quote(path.resolve().relative_to(root).as_posix())}"
        except ValueError:
            continue
    return "" if "VOILA_REQUEST_URL" in os.environ or "JPY_SESSION_NAME" in os.environ else path.resolve().as_uri()


def roots() -> list[tuple[Path, str]]:
    """Folders that are served, with their addresses: those of the Jupyter server that started this kernel; under Voilà
    the workbook's own, as voila.json has it.
    """
    if "VOILA_REQUEST_URL" in os.environ and "JPY_SESSION_NAME" not in os.environ:
        own = Path(gdgk.__file__).resolve().parent.parent
        return [(own, f"{os.environ.get('VOILA_BASE_URL', '/')}voila/files/")]
    parent = os.environ.get("JPY_PARENT_PID", "")
    if not parent:
        return []
    from jupyter_server.serverapp import list_running_servers

    return [
        (Path(server["root_dir"]).resolve(), f"{server['base_url']}files/")
        for server in list_running_servers()
        if str(server["pid"]) == parent
    ]
