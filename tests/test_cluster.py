"""gdgk run --cluster: the same pages from the workers of a dask scheduler, whatever ends them, and from no others."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clusters import Cluster, certificates, dask_settings, in_ci
from running import ROOT, SOAK, Begins, Ended, gdgk, goes_on, tree, write_notebook

from gdgk.batch import Options, Watch, plan, plan_run, run
from gdgk.batch.cluster import FOR_EACH_THREAD, address_of
from gdgk.batch.cluster.errands import Errand, made_before
from gdgk.batch.cluster.fitness import Premises
from gdgk.batch.jobs import Job, Outcome
from gdgk.engine.client import unsupported
from gdgk.errors import GdgkError
from gdgk.sampling import sample_city

AWAY = "" if importlib.util.find_spec("distributed") else "dask.distributed (the extra cluster) is not installed"
pytestmark = [
    pytest.mark.skipif(bool(AWAY or unsupported()) and not in_ci(), reason=AWAY or unsupported()),
    pytest.mark.xdist_group("cluster"),  # one cluster for all: a worker takes its time to become warm
]

FINE = "(agency, year)"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three synthetic agencies with three years each."""
    folder = tmp_path_factory.mktemp("synthetic") / "数据"
    sample_city(folder, agencies=3, years=range(2021, 2024), seed=1)
    return folder


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler that talks over TLS; workers are as many as a test asks for."""
    folder = tmp_path_factory.mktemp("cluster")
    settings = certificates(folder)
    with dask_settings(settings), Cluster(folder, "tls", settings) as cluster:
        yield cluster


@pytest.fixture
def cluster(shared: Cluster) -> Cluster:
    """A scheduler with two workers, one thread each."""
    shared.have_workers(2)
    return shared


@pytest.fixture
def small(shared: Cluster) -> Cluster:
    """A scheduler with one worker."""
    shared.have_workers(1)
    return shared


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    write_notebook(folder, "page", FINE)
    monkeypatch.setattr(plan, "notebooks_folder", lambda: folder)
    return folder


def run_on(where: object, data: Path, reports: Path, *options: object) -> Ended:
    return gdgk("run", "--data", data, "--reports", reports, "--cluster", where, *options)


def pages(reports: Path) -> dict[str, str]:
    """What a reader has, by a digest of its bytes."""
    return {name: text for name, text in tree(reports).items() if not name.startswith((".gdgk", "runs", "index.html"))}


def stamps(reports: Path) -> list[str]:
    return [json.loads(path.read_text())["state"] for path in (reports / ".gdgk").rglob("*.json")]


def leftovers(reports: Path) -> list[str]:
    return [path.name for path in reports.rglob("*") if path.suffix == ".tmp" or path.parent.name == "tmp"]


# The same pages ------------------------------------------------------------------------------------------------------


def test_the_pages_are_those_of_one_machine_and_nothing_is_left_on_the_scheduler(
    cluster: Cluster, data: Path, tmp_path: Path
) -> None:
    # Of the city, a region, there is the roll-up as well.
    agencies = sorted(path.name for path in data.iterdir() if path.is_dir())[:2]
    alone, together = tmp_path / "alone", tmp_path / "together"
    assert gdgk("run", "--data", data, "--reports", alone, *agencies, "--year", "2023").code == 0
    ended = run_on(cluster.file, data, together, *agencies, "--year", "2023")
    assert ended.code == 0, ended.err
    assert cluster.address.startswith("tls://")
    assert f"{cluster.address}: 2 workers with 2 threads" in ended.err
    assert pages(together) == pages(alone)
    assert len(stamps(together)) == len([name for name in pages(together) if name.endswith(".ipynb")]) == 5
    assert leftovers(together) == []
    assert cluster.tasks() == 0
    again = run_on(cluster.address, data, together, *agencies, "--year", "2023")
    assert again.out.startswith("0 pages to run, 5 unchanged")
    one = (agencies[1], "--year", "2023", "--notebook", "agency_year")
    forced = run_on(cluster.address, data, together, *one, "--force")
    assert "1 pages made" in forced.out, forced.err
    assert pages(together) == pages(alone)


class Counting(Watch):
    """Asks the scheduler after each page how many tasks it has."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.tasks: list[int] = []

    def ended(self, job: Job, outcome: Outcome) -> None:
        self.tasks.append(self.cluster.tasks())


def test_only_a_few_tasks_are_on_the_scheduler_at_a_time(cluster: Cluster, notebooks: Path, tmp_path: Path) -> None:
    sample_city(tmp_path / "many", agencies=9, years=[2023], seed=1)
    watch = Counting(cluster)
    batch = run(plan_run(data=tmp_path / "many", reports=tmp_path / "reports"), Options(cluster=cluster.address), watch)
    assert (batch.code, len(batch.made)) == (0, 9)
    assert 1 < max(watch.tasks) <= FOR_EACH_THREAD * 2
    assert cluster.tasks() == 0


def test_all_pages_of_an_agency_are_made_on_one_machine(
    cluster: Cluster, notebooks: Path, data: Path, tmp_path: Path
) -> None:
    # The worker is the parent of the parent of the process that runs a notebook.
    worker = "import os, pathlib\nint(pathlib.Path(f'/proc/{os.getppid()}/stat').read_text().split()[3])"
    write_notebook(notebooks, "page", worker)
    write_notebook(notebooks, "years", worker, "agency")
    assert run_on(cluster.file, data, tmp_path / "reports").code == 0
    by_agency: dict[str, set[str]] = {}
    for path in (tmp_path / "reports").rglob("*.ipynb"):
        agency = path.relative_to(tmp_path / "reports").parts[0]
        cells = json.loads(path.read_text())["cells"]
        by_agency.setdefault(agency, set()).add("".join(cells[-1]["outputs"][0]["data"]["text/plain"]))
    assert {len(workers) for workers in by_agency.values()} == {1}
    assert len(by_agency) == 3 and set.union(*by_agency.values()) == {
        str(each.pid) for each in cluster.workers.values()
    }


def test_a_failing_notebook_is_told_and_one_that_takes_its_process_with_it_is_tried_here(
    cluster: Cluster, notebooks: Path, data: Path, tmp_path: Path
) -> None:
    source = (
        f"{FINE}\nassert year != 2021, 'not this one'\nimport os, sys\n"
        "if year == 2022 and 'ipykernel_launcher' not in sys.argv[0]: os._exit(3)\n(agency, year)"
    )
    write_notebook(notebooks, "page", source)
    ended = run_on(cluster.file, data, tmp_path / "reports", min(p.name for p in data.iterdir() if p.is_dir()))
    assert ended.code == 1, ended.err
    assert "2 pages made" in ended.out and "1 failed" in ended.out
    assert "AssertionError: not this one" in ended.out
    assert sorted(stamps(tmp_path / "reports")) == ["failed", "ok", "ok"]


# Faults --------------------------------------------------------------------------------------------------------------


def test_a_worker_killed_in_the_midst_of_a_page_costs_no_page(
    cluster: Cluster, notebooks: Path, data: Path, tmp_path: Path
) -> None:
    killed = tmp_path / "killed"
    source = (
        f"import os, pathlib, signal\nkilled = pathlib.Path({str(killed)!r})\n"
        "if year == 2022 and not killed.exists():\n    killed.touch()\n"
        "    os.kill(int(pathlib.Path(f'/proc/{os.getppid()}/stat').read_text().split()[3]), signal.SIGKILL)\n"
        "    signal.pause()\n(agency, year)"
    )
    write_notebook(notebooks, "page", source)
    ended = run_on(cluster.file, data, tmp_path / "reports")
    assert ended.code == 0, ended.err
    assert killed.exists()
    assert sorted(process.poll() or 0 for process in cluster.workers.values()) == [-signal.SIGKILL, 0]
    assert "9 pages made" in ended.out
    assert stamps(tmp_path / "reports") == ["ok"] * 9
    assert leftovers(tmp_path / "reports") == []
    assert run_on(cluster.file, data, tmp_path / "undisturbed").code == 0
    assert pages(tmp_path / "reports") == pages(tmp_path / "undisturbed")
    assert run_on(cluster.file, data, tmp_path / "reports").out.startswith("0 pages to run, 9 unchanged")


@pytest.mark.soak
@pytest.mark.parametrize("number", range(20 if SOAK else 2))
def test_whichever_end_is_killed_at_any_moment_the_same_command_completes_the_tree(
    number: int, cluster: Cluster, notebooks: Path, data: Path, tmp_path: Path, begin: Begins
) -> None:
    # The moment: so many lines of the run's log, which begins with the run itself and has two for each page.
    moment, victim = random.Random(number).randint(1, 16), ("client", "worker")[number % 2]
    reports = tmp_path / "reports"
    process = begin(notebooks, "--data", data, "--reports", reports, "--cluster", cluster.file, **cluster.env)
    while goes_on(process):
        if sum(path.read_bytes().count(b"\n") for path in reports.glob("runs/*/log.jsonl")) >= moment:
            break
    if victim == "client":
        process.kill()
    else:
        next(iter(cluster.workers.values())).kill()
    process.communicate(timeout=240)
    ended = run_on(cluster.file, data, reports)
    assert ended.code == 0, ended.err
    assert stamps(reports) == ["ok"] * 9
    assert gdgk("run", "--data", data, "--reports", tmp_path / "undisturbed").code == 0
    assert pages(reports) == pages(tmp_path / "undisturbed")
    assert run_on(cluster.file, data, reports).out.startswith("0 pages to run, 9 unchanged")
    assert leftovers(reports) == []


def test_what_another_worker_has_stamped_is_not_made_again(
    small: Cluster, notebooks: Path, data: Path, tmp_path: Path
) -> None:
    batch = plan_run(data=data, reports=tmp_path, years=[2023])
    jobs = tuple(item.job for item in batch.to_run)
    errand = Errand(1, "run", str(tmp_path / "mark"), Premises.here([], str(tmp_path)), jobs, frozenset())
    assert [made_before(errand, job) for job in jobs] == [None] * 3
    run(batch, Options(cluster=small.address))
    found = [made_before(errand, job) for job in jobs]
    assert [outcome and outcome.ok for outcome in found] == [True] * 3
    assert [outcome and outcome.findings for outcome in found] == [batch.outcomes[job.place].findings for job in jobs]
    (tmp_path / f"{jobs[0].place}.html").unlink()
    assert made_before(errand, jobs[0]) is None
    assert made_before(Errand(1, "", "", errand.premises, jobs, frozenset({jobs[1].place})), jobs[1]) is None


class Doing(Watch):
    """Does something once, after the first page."""

    def __init__(self, what: Callable[[], object]) -> None:
        self.what: Callable[[], object] | None = what

    def ended(self, job: Job, outcome: Outcome) -> None:
        what, self.what = self.what, None
        if what is not None:
            what()


class Saying(Watch):
    """Does something at the first line on the run as a whole."""

    def __init__(self, what: Callable[[], object]) -> None:
        self.what = what
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)
        self.what()


def test_a_scheduler_that_ends_is_told_in_one_line_and_another_one_completes_the_run(
    small: Cluster, notebooks: Path, data: Path, tmp_path: Path
) -> None:
    reports = tmp_path / "reports"
    batch = plan_run(data=data, reports=reports)
    with Cluster(tmp_path, "tcp") as without_workers:
        watch = Saying(without_workers.scheduler.kill)
        with pytest.raises(GdgkError) as lost:
            run(batch, Options(cluster=without_workers.address), watch)
    address = without_workers.address
    assert watch.said == [f"{address}: 0 workers with 0 threads; pages wait until there is one"]
    assert lost.match(rf"^{address}: found the scheduler gone; [^\n]* run the same command again for the rest$")
    assert not batch.outcomes and leftovers(reports) == []
    assert run_on(small.file, data, reports).code == 0
    assert stamps(reports) == ["ok"] * 9


# Refused -------------------------------------------------------------------------------------------------------------


def test_a_worker_with_another_gdgk_is_refused_by_name_whenever_it_comes(
    small: Cluster, notebooks: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(ROOT / "gdgk", other / "gdgk", ignore=shutil.ignore_patterns("__pycache__"))
    (other / "gdgk" / "__init__.py").write_text('"""Another."""\n__version__ = "99.0"\n')
    sample_city(tmp_path / "many", agencies=9, years=[2023], seed=1)
    came: list[str] = []
    batch = plan_run(data=tmp_path / "many", reports=tmp_path / "reports")
    misfit = r"^worker {}: found gdgk 99\.0 on Python [\d.]+; expected gdgk [\d.]+ on Python [\d.]+, as here; [^\n]*$"
    join = Doing(lambda: came.append(small.add_worker({"PYTHONPATH": str(other)})))
    try:
        with pytest.raises(GdgkError) as refused:
            run(batch, Options(cluster=small.address), join)
        assert refused.match(misfit.format(came[0]))
        assert 1 <= len(batch.made) < 9 and not batch.failed

        before = pages(tmp_path / "reports")
        ended = run_on(small.file, tmp_path / "many", tmp_path / "reports")
        assert ended.code == 2
        assert f"gdgk: worker {came[0]}: found gdgk 99.0" in ended.err
        assert pages(tmp_path / "reports") == before
        assert small.tasks() == 0
    finally:
        for address in came:
            small.remove_worker(address)


def test_a_worker_that_sees_other_files_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "agencies.csv"
    path.write_text("id\n")
    premises = Premises.here([str(path)], str(tmp_path))
    assert premises.misfit() == ""
    path.write_text("id,name\n")
    assert premises.misfit().startswith(f"found another file at {path}; expected that of this machine; ")
    path.unlink()
    assert premises.misfit().startswith(f"found no such file at {path}; ")
    there = Premises.here([], str(tmp_path / "reports"))
    assert there.misfit().startswith(f"found {tmp_path / 'reports'} closed to it (No such file or directory); ")


# Stopped -------------------------------------------------------------------------------------------------------------


def test_ctrl_c_finishes_what_was_handed_over_and_a_second_one_ends_it(
    small: Cluster, notebooks: Path, data: Path, tmp_path: Path
) -> None:
    sample_city(tmp_path / "many", agencies=9, years=[2023], seed=1)
    batch = plan_run(data=tmp_path / "many", reports=tmp_path / "once")
    run(batch, Options(cluster=small.address), Doing(lambda: signal.raise_signal(signal.SIGINT)))
    assert batch.code == 130
    assert 1 <= len(batch.made) <= FOR_EACH_THREAD + 1 and not batch.failed
    assert small.tasks() == 0

    # One agency's first page is made at once; all others last for ever, until their processes are ended.
    write_notebook(notebooks, "page", "import signal\nif year > 2021: signal.pause()")
    twice = [signal.SIGINT, signal.SIGINT]
    batch = plan_run(data=data, reports=tmp_path / "twice")
    run(batch, Options(cluster=small.address), Doing(lambda: [signal.raise_signal(each) for each in twice]))
    assert batch.code == 130 and not batch.failed
    assert small.tasks() == 0
    assert leftovers(tmp_path / "twice") == []
    assert set(stamps(tmp_path / "twice")) == {"ok"}


# The option ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["127.0.0.1:8786", "ucx://host:1", "inproc://1", "tcp://", "tcp://user@host:1", "无此文件"]
)
def test_what_is_no_address_and_no_file_is_refused_in_one_line(text: str, data: Path, tmp_path: Path) -> None:
    ended = run_on(text, data, tmp_path / "reports")
    assert ended.code == 2 and len(ended.err.splitlines()) == 1
    assert f"found {text!r}" in ended.err or f"found no file {text!r}" in ended.err
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    "content", ["", "tcp://host:8786", "[1]", "{}", '{"address": 1}', '{"address": "inproc://1"}', "[" * 99999, "\xff"]
)
def test_what_is_no_scheduler_file_is_refused_in_one_line(content: str, tmp_path: Path) -> None:
    path = tmp_path / "scheduler.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(GdgkError) as refused:
        address_of(str(path))
    assert str(refused.value).startswith(f"{path}: found ") and "\n" not in str(refused.value)


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "tls://scheduler.example", "tcp://[::1]:8786"])
def test_an_address_is_taken_as_it_is_and_from_a_scheduler_file(address: str, tmp_path: Path) -> None:
    (tmp_path / "scheduler.json").write_text(json.dumps({"type": "Scheduler", "address": address, "workers": {}}))
    assert address_of(address) == address_of(str(tmp_path / "scheduler.json")) == address


@pytest.mark.parametrize("option", [("--jobs", 2), ("--engine", "kernel")])
def test_options_of_one_machine_are_refused(option: tuple[str, object], data: Path, tmp_path: Path) -> None:
    ended = run_on("tcp://127.0.0.1:1", data, tmp_path / "reports", *option)
    assert ended.code == 2
    assert f"{option[0]}: found {option[1]} beside --cluster; expected one or the other" in ended.err


def test_a_scheduler_that_does_not_answer_is_told_within_the_time_for_connecting(
    data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken, dask_settings({"distributed.comm.timeouts.connect": "200ms"}):
        taken.bind(("127.0.0.1", 0))  # a port on which nobody listens
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        ended = run_on(address, data, tmp_path / "reports")
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert line.startswith(f"gdgk: {address}: found no scheduler that answers (")
    assert "expected a running dask scheduler" in line
    assert capfd.readouterr() == ("", "")


TLS = [f"distributed.comm.tls.{name}" for name in ("ca-file", "client.cert", "client.key")]


@pytest.mark.parametrize("file", [None, "/no/such/file"])
def test_tls_without_certificates_is_told_in_one_line(
    file: str | None, data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with dask_settings(dict.fromkeys(TLS, file)):
        ended = run_on("tls://127.0.0.1:1", data, tmp_path / "reports")
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert line.startswith("gdgk: tls://127.0.0.1:1: found no certificates for TLS (")
    assert capfd.readouterr() == ("", "")


def test_without_the_extra_one_line_says_what_to_install(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ended = run_on("tcp://127.0.0.1:1", data, tmp_path / "reports")
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1 and "run: pip install 'gdgk[cluster]'" in ended.err
    assert not os.path.exists(tmp_path / "reports")
