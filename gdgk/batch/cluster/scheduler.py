"""Where the scheduler is (``--cluster``), and the connection to it."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

from gdgk.errors import GdgkError, InputError

ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.%]+\]|[^\s/:@\[\]]+)(:\d{1,5})?")
EXAMPLE = "tcp://HOST:8786, tls://HOST:8786 or a scheduler file"
# What dask says at its own rate and length is said by gdgk, in a line.
LOUD = ("distributed", "distributed.client", "tornado.application")


def address_of(text: str) -> str:
    """The address that ``--cluster`` names: itself, or what the scheduler file (JSON, written by dask) has under
    ``address``. Raises :class:`GdgkError` for anything else.
    """
    if "://" in text:
        if not ADDRESS.fullmatch(text):
            raise GdgkError(f"--cluster: found {text!r}; expected {EXAMPLE}; mend the option")
        return text
    path = Path(text)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GdgkError(f"--cluster: found no file {text!r}; expected {EXAMPLE}; mend the option") from None
    except OSError as error:
        raise InputError(path, None, error.strerror or "no file", EXAMPLE, "mend the option or its rights") from error
    except (ValueError, RecursionError) as error:
        raise InputError(path, None, "a file that is not JSON", "dask's scheduler file", "mend the option") from error
    address = found.get("address") if isinstance(found, dict) else None
    if not isinstance(address, str) or not ADDRESS.fullmatch(address):
        raise InputError(path, None, f"the address {address!r}", EXAMPLE.partition(" or ")[0], "start dask scheduler")
    return address


def need_distributed() -> None:
    """Raises :class:`GdgkError` when the extra is not installed."""
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise GdgkError(
            f"--cluster: found no dask.distributed here ({error}); expected it; run: pip install 'gdgk[cluster]'"
        ) from error


def connected(address: str) -> Any:
    """A client of the scheduler, within dask's own time for connecting (``distributed.comm.timeouts.connect``).

    TLS is as dask's configuration says (``distributed.comm.tls``). Raises :class:`GdgkError` when none answers.
    """
    from distributed import Client

    for name in LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if address.startswith("tls:"):
        need_certificates(address)
    try:
        return Client(address, set_as_default=False, name="gdgk")
    except (OSError, TimeoutError) as error:
        reason = str(error).partition("\n")[0].strip() or type(error).__name__
        raise GdgkError(
            f"{address}: found no scheduler that answers ({reason}); expected a running dask scheduler; start it, "
            "or mend --cluster"
        ) from error


def need_certificates(address: str) -> None:
    """Raises :class:`GdgkError` unless dask's configuration says with what a client shows and checks who is who."""
    from distributed import Security

    try:
        context, reason = Security().get_connection_args("client").get("ssl_context"), "none is set"
    except OSError as error:  # a file that is not there, or no certificate
        context, reason = None, error.strerror or type(error).__name__
    if context is None:
        raise GdgkError(
            f"{address}: found no certificates for TLS ({reason}); expected distributed.comm.tls.ca-file, client.cert "
            "and client.key in dask's configuration; see docs/cluster.md"
        )
