"""What is to be run: each notebook for each agency and year, and whether anything it depends on has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gdgk
from gdgk.archive import Archive, ReportId
from gdgk.checks import DEADLINES
from gdgk.errors import InputError, UnknownName
from gdgk.files import read_text, write_atomic

PACKAGE = Path(gdgk.__file__).parent
SCOPES = ("report", "agency", "year")
DEPENDENCIES = ("papermill", "nbconvert", "plotly", "pandas", "jinja2")
STAMPS = ".gdgk"


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook that is run in batches. scope: for each ``report``, each ``agency`` or each ``year``."""

    name: str
    path: Path
    title: str
    scope: str
    order: int


@dataclass(frozen=True, slots=True)
class Target:
    """One page to be made: a notebook with its parameters, and the reports it reads."""

    notebook: Notebook
    agency: str
    year: int
    reads: tuple[ReportId, ...]

    @property
    def place(self) -> Path:
        """The page without its ending, relative to the reports folder."""
        parts = [part for part in (self.agency, str(self.year or "")) if part]
        return Path(*parts, self.notebook.name)

    def __str__(self) -> str:
        return self.place.as_posix()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What became of a target at its last run. state: ``ok`` or ``failed``; findings: failed checks by severity."""

    digest: str
    state: str
    seconds: float
    findings: dict[str, int] = field(default_factory=dict)
    message: str = ""


def notebooks_folder() -> Path:
    """``notebooks/`` beside the package, else where the command is run. Raises :class:`InputError` without one."""
    for folder in (PACKAGE.parent / "notebooks", Path.cwd() / "notebooks"):
        if folder.is_dir():
            return folder
    raise InputError(
        Path.cwd() / "notebooks",
        None,
        "no such folder",
        "the workbook's notebooks",
        "run gdgk in the workbook's folder",
    )


def notebooks(only: Iterable[str] = ()) -> list[Notebook]:
    """The notebooks that say in their metadata (``gdgk.scope``) that they are run in batches.

    Raises :class:`UnknownName` for a name in ``only`` that is none of them, :class:`InputError` for a broken notebook.
    """
    found = []
    for path in sorted(notebooks_folder().glob("*.ipynb")):
        try:
            metadata = json.loads(read_text(path)).get("metadata", {})
        except json.JSONDecodeError as error:
            raise InputError(path, error.lineno, error.msg, "a notebook", "restore it from the repository") from error
        own = metadata.get("gdgk", {})
        if own.get("scope") in SCOPES:
            found.append(
                Notebook(path.stem, path, metadata.get("title", path.stem), own["scope"], own.get("order", 99))
            )
    found.sort(key=lambda notebook: (notebook.order, notebook.name))
    wanted = [name.removesuffix(".ipynb") for name in only]
    for name in wanted:
        if name not in {notebook.name for notebook in found}:
            raise UnknownName(
                "notebook", name, [notebook.name for notebook in found], "name one of them with --notebook"
            )
    return [notebook for notebook in found if not wanted or notebook.name in wanted]


def targets(
    archive: Archive, reports: list[ReportId], chosen: list[Notebook], by_agency: bool, by_year: bool
) -> list[Target]:
    """The pages to be made for some reports: all of a report's notebooks, then its agency's, then its year's.

    by_agency, by_year: whether pages that gather an agency's years, or a year's agencies, belong to the run.
    """
    found: list[Target] = []
    for notebook in chosen:
        if notebook.scope == "report":
            found.extend(Target(notebook, *report, reads=tuple(archive.with_context([report]))) for report in reports)
        elif notebook.scope == "agency" and by_agency:
            for agency in dict.fromkeys(report.agency for report in reports):
                years = [ReportId(agency, year) for year in archive.years(agency)]
                found.append(Target(notebook, agency, 0, tuple(archive.with_context(years))))
        elif notebook.scope == "year" and by_year:
            for year in sorted({report.year for report in reports}):
                everyone = archive.report_ids(years=[year])
                found.append(Target(notebook, "", year, tuple(archive.with_context(everyone))))
    return found


# ── what a page depends on ──


def digest(target: Target, archive: Archive) -> str:
    """A digest over all that a page is made from: data, notebook, parameters, gdgk and what draws and converts."""
    made = hashlib.sha256()
    made.update(f"{target.place}|{code_digest()}".encode())
    for path in (archive.root / "agencies.csv", archive.root / DEADLINES, target.notebook.path):
        if path.exists():
            add_file(made, path)
    for report in target.reads:
        made.update(str(report).encode())
        for path in sorted(path for path in archive.folder(report).iterdir() if path.is_file()):
            add_file(made, path)
    return made.hexdigest()


def add_file(made: Any, path: Path) -> None:
    """A file's name and content into a digest."""
    content = path.read_bytes()
    made.update(f"|{path.name}|{len(content)}|".encode())
    made.update(content)


@cache
def code_digest() -> str:
    """A digest over gdgk's own files (code, forms, rules, templates) and the releases of what it runs on."""
    made = hashlib.sha256("|".join(f"{name} {version(name)}" for name in DEPENDENCIES).encode())
    for path in sorted(package_files()):
        made.update(path.relative_to(PACKAGE).as_posix().encode())
        add_file(made, path)
    return made.hexdigest()


def package_files() -> Iterator[Path]:
    """gdgk's own files, without caches."""
    for path in PACKAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


# ── stamps ──


def stamp_path(reports: Path, target: Target) -> Path:
    """Where the stamp of a target lies."""
    return reports / STAMPS / f"{target.place}.json"


def read_stamp(path: Path) -> Stamp | None:
    """A stamp, or None when there is none that can be read: then the page is made again."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Stamp(**values)
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Write a stamp; the last thing that is done for a page."""
    write_atomic(path, json.dumps(asdict(stamp), ensure_ascii=False, indent=1) + "\n")


def reason_to_run(target: Target, archive: Archive, reports: Path, force: bool) -> tuple[str, str]:
    """The target's digest, and why it has to be run; empty when its page is there and nothing has changed."""
    now = digest(target, archive)
    stamp = read_stamp(stamp_path(reports, target))
    if force:
        return now, "--force"
    if stamp is None:
        return now, "new"
    if stamp.state != "ok":
        return now, "failed last time"
    if stamp.digest != now:
        return now, "changed"
    if not all((reports / f"{target.place}{ending}").exists() for ending in (".html", ".ipynb")):
        return now, "page missing"
    return now, ""


def parameters(target: Target, archive: Archive) -> Mapping[str, Any]:
    """The parameters that papermill gives the notebook."""
    return {"agency": target.agency, "year": target.year, "data": str(archive.root.resolve())}
