"""A dask scheduler and its workers in processes of their own on this machine, for the tests of gdgk run --cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

from running import SOAK, process_environment

# Seconds in which a process of a cluster has to come up, however busy the machine is.
PATIENCE = 60
# A worker that has made some pages has its warm parent warmed, for seconds, which only makes more of them quicker.
NEVER_WARMED = "import gdgk.engine.client\n\ngdgk.engine.client.WORTH_WARMING = 10**9\n"
LOCAL = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]


class Cluster:
    """A scheduler on a port that the system chooses; ``file`` is its scheduler file. client: somebody else's view."""

    def __init__(self, folder: Path, protocol: str = "tcp", settings: Mapping[str, object] | None = None) -> None:
        from distributed import Client

        self.folder = folder
        self.preload = folder / "never_warmed.py"
        self.preload.write_text("" if SOAK else NEVER_WARMED, encoding="utf-8")
        self.env = {variable(name): str(value) for name, value in (settings or {}).items()}
        self.file = folder / "scheduler.json"
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.scheduler = self.begin("dask_scheduler", ["--protocol", protocol, "--port", "0"], {})
        self.client: Any = Client(scheduler_file=str(self.file), set_as_default=False, timeout=PATIENCE)
        self.address: str = self.client.scheduler.address

    def begin(self, command: str, options: list[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a process of the cluster; what it says goes to ``log``."""
        module = [sys.executable, "-m", f"distributed.cli.{command}", "--scheduler-file", str(self.file)]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [*module, *LOCAL, *options],
                cwd=self.folder,
                env=process_environment({**self.env, **env}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def add_worker(self, env: Mapping[str, str] | None = None) -> str:
        """Start a worker with one thread and wait until the scheduler knows it; its address."""
        before = set(self.client.scheduler_info()["workers"])
        options = ["--no-nanny", "--nthreads", "1", "--local-directory", str(self.folder)]
        options += ["--preload", str(self.preload)]
        process = self.begin("dask_worker", options, env or {})
        try:
            self.client.wait_for_workers(len(before) + 1, timeout=PATIENCE)
        except BaseException:
            process.kill()
            raise
        (address,) = set(self.client.scheduler_info()["workers"]) - before
        self.workers[address] = process
        return address

    def have_workers(self, count: int) -> None:
        """See to it that there are so many workers."""
        for address, process in list(self.workers.items()):
            if process.poll() is not None:
                del self.workers[address]
        while len(self.workers) < count:
            self.add_worker()
        while len(self.workers) > count:
            self.remove_worker(next(iter(self.workers)))

    def remove_worker(self, address: str) -> None:
        """End a worker, and wait until the scheduler knows."""
        self.client.retire_workers([address], close_workers=True)
        end(self.workers.pop(address))

    def tasks(self) -> int:
        """How many tasks the scheduler knows of."""
        return int(self.client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close(timeout=5)
        for process in [*self.workers.values(), self.scheduler]:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process."""
    process.kill()
    process.wait()


def certificates(folder: Path) -> dict[str, str]:
    """A certificate for 127.0.0.1 that signs itself, and dask's settings for it."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    own, public = folder / "key.pem", folder / "certificate.pem"
    plain = serialization.NoEncryption()
    own.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    found = {"distributed.comm.tls.ca-file": str(public)}
    for role in ("scheduler", "worker", "client"):
        found |= {f"distributed.comm.tls.{role}.key": str(own), f"distributed.comm.tls.{role}.cert": str(public)}
    return found


def variable(setting: str) -> str:
    """The environment variable for a setting of dask."""
    return f"DASK_{setting.replace('.', '__').replace('-', '_').upper()}"


def dask_settings(settings: Mapping[str, object]) -> AbstractContextManager[object]:
    """dask's settings in this process, for a while."""
    import dask
    import distributed  # noqa: F401 - brings the settings that are set anew

    return dask.config.set(dict(settings))


def in_ci() -> bool:
    """Whether what is missing is a fault of the machine that tests."""
    return os.environ.get("CI") == "true"
