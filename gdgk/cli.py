"""gdgk on the command line: list, check, run.

Exit codes: 0 fine; 1 findings of severity error (check) or failed notebooks (run); 2 usage or unreadable input; 130
interrupted.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import gdgk
from gdgk.errors import GdgkError

if TYPE_CHECKING:
    import pandas as pd
    from rich.progress import Progress, TaskID
    from rich.table import Table

    from gdgk.archive import Archive, ReportId
    from gdgk.batch import Planned, Run
    from gdgk.batch.work import Outcome

JSON_FIELDS = [
    "rule",
    "status",
    "severity",
    "agency",
    "year",
    "table",
    "row",
    "column",
    "left",
    "right",
    "difference",
    "message",
]
SEALS = {"error": "误", "warning": "疑", "info": "注"}
YEARS = re.compile(r"(\d{4})(?:\s*[-–—]\s*(\d{4}))?")

FORMATS = ("text", "json", "csv")


def selection(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments that every command takes: agencies, years, the data folder."""
    for decorate in (
        click.option(
            "--data",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="The data folder; the workbook's own by default.",
        ),
        click.option("--year", default="", metavar="YEAR|FROM-TO", help="A year or a range: 2023 or 2019-2025."),
        click.argument("agencies", nargs=-1, metavar="[AGENCY]..."),
    ):
        command = decorate(command)
    return command


output_format = click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    default="text",
    help="text for reading, json or csv for other programs.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(gdgk.__version__, message="gdgk %(version)s")
def app() -> None:
    """Load, check, run and export 政府信息公开工作年度报告 (annual reports on government information disclosure).

    AGENCY is an id of data/agencies.csv; all agencies when none is named.
    """


def years_of(text: str) -> list[int] | None:
    """``2023`` or ``2019-2025`` as years; None for all. Raises :class:`GdgkError` for anything else."""
    if not text:
        return None
    match = YEARS.fullmatch(text.strip())
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise GdgkError(
            f"--year: found {text!r}; expected a year such as 2023 or a range such as 2019-2025; mend the option"
        )
    return list(range(int(match[1]), int(match[2] or match[1]) + 1))


def findings_of(archive: Archive, ids: list[ReportId]) -> pd.DataFrame:
    """The findings on some reports, checked with the reports before them."""
    from gdgk.archive import panel
    from gdgk.reconciliation import reconcile

    return reconcile(panel(archive.read_all(archive.with_earlier(ids))), archive.lineage(), only=ids)


def counts_text(fails: pd.DataFrame) -> str:
    """误2 疑1, or nothing."""
    counts = {name: int((fails["severity"] == name).sum()) for name in SEALS}
    return " ".join(f"{SEALS[name]}{count}" for name, count in counts.items() if count)


# ── list ──


@app.command("list")
@selection
@output_format
def list_reports(agencies: tuple[str, ...], year: str, data: Path | None, output: str) -> None:
    """Show which agency has which year: present, missing, and how many findings."""
    from gdgk.archive import Archive, ReportId

    archive = Archive(data)
    ids = archive.report_ids(agencies, years_of(year))
    frame = findings_of(archive, ids)
    years = years_of(year) or list(range(min(item.year for item in ids), max(item.year for item in ids) + 1))
    names = agencies or list(archive.agencies)
    rows = [matrix_row(archive, ReportId(name, shown), frame, ids) for name in dict.fromkeys(names) for shown in years]
    if output == "text":
        print_table(matrix(archive, list(dict.fromkeys(names)), years, rows))
    else:
        print_records(rows, list(rows[0]), output)


def matrix_row(archive: Archive, report: ReportId, frame: pd.DataFrame, ids: list[ReportId]) -> dict[str, Any]:
    """One cell of the matrix as a record."""
    own = frame[(frame["agency"] == report.agency) & (frame["year"] == report.year)]
    fails = own[own["status"] == "fail"]
    passed = int(own["status"].isin(["pass", "pass_imputed"]).sum())
    present = report in ids
    status = (
        "present" if present else "missing" if archive.agency(report.agency).exists_in(report.year) else "no agency"
    )
    counts = {name: int((fails["severity"] == name).sum()) if present else None for name in SEALS}
    return {
        "agency": report.agency,
        "name": archive.agency(report.agency).name,
        "year": report.year,
        "status": status,
        **counts,
        "passed": passed,
    }


def matrix(archive: Archive, names: list[str], years: list[int], rows: list[dict[str, Any]]) -> Table:
    """The agency × year matrix for the terminal."""
    from rich.table import Table

    table = Table(
        "agency",
        "机关",
        *(str(year) for year in years),
        title="✓ no findings · 误 errors 疑 warnings 注 notes · 空 nothing to check · 缺 missing",
    )
    cells = {(row["agency"], row["year"]): row for row in rows}
    for name in names:
        table.add_row(name, archive.agency(name).name, *(matrix_text(cells[name, year]) for year in years))
    return table


def matrix_text(row: dict[str, Any]) -> str:
    """✓, 误2 疑1, 缺, 空 (nothing filled in to be checked), or — for a year in which the agency did not exist."""
    if row["status"] != "present":
        return "缺" if row["status"] == "missing" else "—"
    return " ".join(f"{SEALS[name]}{row[name]}" for name in SEALS if row[name]) or ("✓" if row["passed"] else "空")


# ── check ──


@app.command("check")
@selection
@output_format
@click.pass_context
def check(context: click.Context, agencies: tuple[str, ...], year: str, data: Path | None, output: str) -> None:
    """Reconcile the figures of reports (勾稽) and say what does not add up, and where."""
    from gdgk.archive import Archive

    archive = Archive(data)
    ids = archive.report_ids(agencies, years_of(year))
    frame = findings_of(archive, ids)
    if output == "text":
        for line in check_lines(archive, ids, frame):
            click.echo(line)
    else:
        records = frame[JSON_FIELDS].astype(object).where(frame[JSON_FIELDS].notna(), None).to_dict("records")
        print_records([{key: whole(value) for key, value in record.items()} for record in records], JSON_FIELDS, output)
    if ((frame["status"] == "fail") & (frame["severity"] == "error")).any():
        context.exit(1)


def check_lines(archive: Archive, ids: list[ReportId], frame: pd.DataFrame) -> list[str]:
    """The findings for reading: each report's failures, what could not be assessed, and a last line for all."""
    from gdgk.tables import failed

    lines = []
    for report in ids:
        own = frame[(frame["agency"] == report.agency) & (frame["year"] == report.year)]
        fails = failed(own)
        passed = int(own["status"].isin(["pass", "pass_imputed"]).sum())
        missing = own[own["status"] == "not_assessable"]
        summary = f"{counts_text(fails) or '未见不符'}；相符 {passed}，不可评估 {len(missing)}"
        lines.append(f"{archive.agency(report.agency).name} {report.year}（{report}）：{summary}")
        lines.extend(f"  {SEALS[row['severity']]} [{row['rule']}] {row['message']}" for _, row in fails.iterrows())
        lines.extend(f"  缺 {reason}（{len(group)} 项）" for reason, group in missing.groupby("reason", sort=False))
    fails = frame[frame["status"] == "fail"]
    lines.append(f"{len(ids)} 份报告：{counts_text(fails) or '未见不符'}")
    return lines


def whole(value: Any) -> Any:
    """A figure without a needless fraction: 11, not 11.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def print_records(rows: list[dict[str, Any]], header: list[str], output: str) -> None:
    """Records as a JSON list or as CSV on standard output."""
    if output == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    writer = csv.DictWriter(sys.stdout, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def print_table(table: Table) -> None:
    """A table on standard output; as wide as it needs to be where there is no terminal."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 200, soft_wrap=True).print(table)


# ── run ──


@app.command("run")
@selection
@click.option(
    "--reports", type=click.Path(path_type=Path), metavar="DIR", help="Where the pages go; reports/ by default."
)
@click.option("--notebook", default="", metavar="NAME", help="Run this notebook only, such as agency_year.")
@click.option(
    "--jobs",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="How many at a time; 0, the default: one per core.",
)
@click.option("--force", is_flag=True, help="Run also what has not changed.")
@click.option("--dry-run", is_flag=True, help="Say what would be run or skipped and why; write nothing.")
@click.pass_context
def run_notebooks(
    context: click.Context,
    agencies: tuple[str, ...],
    year: str,
    data: Path | None,
    reports: Path | None,
    notebook: str,
    jobs: int,
    force: bool,
    dry_run: bool,
) -> None:
    """Run the notebooks for every agency and year through papermill and export the pages."""
    from gdgk.batch import plan_run, run

    batch = plan_run(agencies, years_of(year), data, reports, notebook, force)
    skipped = len(batch.planned) - len(batch.to_run)
    if dry_run:
        for item in batch.planned:
            click.echo(f"{'run ' if item.reason else 'skip'} {item.target} ({item.reason or 'unchanged'})")
        click.echo(f"{len(batch.to_run)} to run, {skipped} unchanged; nothing written")
        return
    click.echo(f"{len(batch.to_run)} pages to run, {skipped} unchanged → {batch.reports}")
    with Watcher(batch) as watcher:
        run(batch, jobs, watcher.ended)
    for line in run_lines(batch):
        click.echo(line)
    click.echo((batch.reports / "index.html").as_uri())
    if batch.failed:
        context.exit(1)


def run_lines(batch: Run) -> list[str]:
    """How a run ended: what failed and why, how many pages were made, how many reports have findings."""
    lines = [
        f"failed: {outcome.place}: {outcome.message} (executed copy: failed/{outcome.place}.ipynb)"
        for outcome in batch.failed
    ]
    made = len(batch.outcomes) - len(batch.failed)
    fails = batch.findings[batch.findings["status"] == "fail"]
    lines.append(f"{made} pages made, {len(batch.failed)} failed; findings in the data: {counts_text(fails) or 'none'}")
    return lines


class Watcher:
    """Shows a run: a progress bar in a terminal, a line per page elsewhere."""

    def __init__(self, batch: Run) -> None:
        self.batch = batch
        self.progress: Progress | None = None
        self.task: TaskID | None = None

    def __enter__(self) -> Watcher:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            progress = Progress(*columns, console=Console(stderr=True))
            progress.start()
            self.progress, self.task = progress, progress.add_task("pages", total=len(self.batch.to_run))
        return self

    def __exit__(self, *error: object) -> None:
        if self.progress:
            self.progress.stop()

    def ended(self, planned: Planned, outcome: Outcome) -> None:
        """A page is done."""
        text = (
            f"{'ok    ' if outcome.ok else 'FAILED'} {outcome.place} {outcome.seconds:.1f} s {outcome.message}".rstrip()
        )
        if self.progress and self.task is not None:
            self.progress.advance(self.task)
            if not outcome.ok:
                self.progress.console.print(text)
        else:
            click.echo(text, err=True)


# ── entry ──


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. Errors of names, input and usage are a line each on stderr."""
    speak_utf8()
    try:
        result = app.main(arguments, prog_name="gdgk", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except GdgkError as error:
        print_errors(str(error))
        return 2
    except OSError as error:
        print_errors(
            f"{error.filename or 'files'}: found {error.strerror or error}; expected to read and write there; mend it"
        )
        return 2
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        print_errors(f"{error.format_message()} (see gdgk --help)")
        return 2
    except (KeyboardInterrupt, click.Abort):
        print_errors("interrupted; pages that were done are in place, run the same command again for the rest")
        return 130


def speak_utf8() -> None:
    """Write UTF-8 where the locale would only have ASCII: what gdgk says is Chinese."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() in ("ascii", "ansi_x3.4-1968", "us-ascii"):
            stream.reconfigure(encoding="utf-8")


def print_errors(text: str) -> None:
    """Error lines, each with the program's name."""
    for line in text.splitlines():
        click.echo(f"gdgk: {line}", err=True)


if __name__ == "__main__":
    sys.exit(main())
