"""gdgk on the command line: import, list, check, review, facts, run.

Exit codes: 0 fine; 1 open findings of severity error (check), failed notebooks (run) or a file that needs a decision
(import); 2 usage or unreadable input; 130 interrupted.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import gdgk
from gdgk.errors import GdgkError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.table import Table

    from gdgk.batch import Planned, Run
    from gdgk.batch.work import Outcome
    from gdgk.checks import Checked

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


# ── list ──


@app.command("list")
@selection
@output_format
def list_reports(agencies: tuple[str, ...], year: str, data: Path | None, output: str) -> None:
    """Show which agency has which year: present, missing, and how many findings."""
    from gdgk.archive import Archive, ReportId
    from gdgk.checks import check_reports
    from gdgk.console import matrix, matrix_row

    archive = Archive(data)
    ids = archive.report_ids(agencies, years_of(year))
    frame = check_reports(archive, ids).findings
    years = years_of(year) or list(range(min(item.year for item in ids), max(item.year for item in ids) + 1))
    names = agencies or list(archive.agencies)
    rows = [matrix_row(archive, ReportId(name, shown), frame, ids) for name in dict.fromkeys(names) for shown in years]
    if output == "text":
        print_table(matrix(archive, list(dict.fromkeys(names)), years, rows))
    else:
        print_records(rows, list(rows[0]), output)


# ── check ──

LISTS = ("text", "json", "csv", "xlsx", "html")


@app.command("check")
@selection
@click.option(
    "--format", "output", type=click.Choice(LISTS), default="text", help="text for reading, others to hand on."
)
@click.option(
    "-o", "--output", "file", type=click.Path(path_type=Path), metavar="FILE", help="Write the list to a file."
)
@click.option(
    "--deadlines", type=click.Path(path_type=Path), metavar="FILE", help="Local days of publication, a TOML file."
)
@click.option("--strict", is_flag=True, help="Take as errors what is a warning where lawful breaks are usual.")
@click.option(
    "--all", "everything", is_flag=True, help="List also outcomes that say nothing, such as bounds that hold."
)
@click.pass_context
def check(
    context: click.Context,
    agencies: tuple[str, ...],
    year: str,
    data: Path | None,
    output: str,
    file: Path | None,
    deadlines: Path | None,
    strict: bool,
    everything: bool,
) -> None:
    """Check figures (勾稽) and prose of reports: what does not add up, where, why, and what it should be."""
    from gdgk.archive import Archive
    from gdgk.checks import check_reports
    from gdgk.text_checks import read_deadlines

    if output == "xlsx" and file is None:
        raise GdgkError(
            "--format xlsx: found no --output; expected a file to write the workbook to; name it with -o FILE"
        )
    archive = Archive(data)
    ids = archive.report_ids(agencies, years_of(year))
    local = read_deadlines(deadlines) if deadlines else None
    checked = check_reports(archive, ids, local, strict, everything)
    told = listed(checked, output)
    if file is None:
        click.echo(told, nl=output in ("text", "json", "html"))
    else:
        from gdgk.files import write_atomic

        write_atomic(file, told if isinstance(told, bytes) else told.rstrip("\n") + "\n")
    if checked.open_errors():
        context.exit(1)


def listed(checked: Checked, output: str) -> str | bytes:
    """The findings in one of the formats."""
    from gdgk import listing
    from gdgk.console import check_lines

    if output == "text":
        return "\n".join(check_lines(checked))
    if output == "xlsx":
        return listing.as_xlsx(checked)
    return {"json": listing.as_json, "csv": listing.as_csv, "html": listing.as_html}[output](checked)


# ── review ──


@app.command("review")
@selection
@click.option("--finding", "findings", multiple=True, metavar="ID", help="A finding by the # that check prints.")
@click.option(
    "--as",
    "state",
    type=click.Choice(("confirmed", "explained", "corrected", "dismissed", "open")),
    help="What is decided; open takes a decision back.",
)
@click.option("--note", default="", metavar="TEXT", help="Why; needed for explained (it is printed) and dismissed.")
@click.option("--by", default="", envvar="GDGK_REVIEWER", metavar="NAME", help="Who decides; or GDGK_REVIEWER.")
@click.option("--on", default="", metavar="DATE", help="The day, 2024-03-01; today by default.")
@click.option(
    "--set",
    "corrections",
    multiple=True,
    metavar="TABLE.ROW.COLUMN=VALUE",
    help="With --as corrected: what a cell should say, kept in corrections.toml with the note.",
)
@click.option("--format", "output", type=click.Choice(("text", "json")), default="text", help="How to list findings.")
def review(
    agencies: tuple[str, ...],
    year: str,
    data: Path | None,
    findings: tuple[str, ...],
    state: str | None,
    note: str,
    by: str,
    on: str,
    corrections: tuple[str, ...],
    output: str,
) -> None:
    """List findings to be decided on, or decide: confirmed, explained, corrected, dismissed."""
    from gdgk.archive import Archive
    from gdgk.checks import check_reports
    from gdgk.console import review_lines
    from gdgk.deciding import decide, take_back
    from gdgk.listing import records

    archive = Archive(data)
    checked = check_reports(archive, archive.report_ids(agencies, years_of(year)))
    if bool(findings) != bool(state):
        lacking = "--as" if findings else "--finding"
        raise GdgkError(
            f"review: found no {lacking}; expected both --finding and --as to decide; add it, or neither to list"
        )
    if state is None:
        if corrections:
            raise GdgkError("--set: found without --as corrected; expected a finding that it corrects; name it")
        if output == "json":
            click.echo(
                json.dumps([one for one in records(checked) if one["status"] == "fail"], ensure_ascii=False, indent=1)
            )
        else:
            click.echo("\n".join(review_lines(checked)))
        return
    day = on or date.today().isoformat()
    open_again = state == "open"
    done = take_back(checked, findings) if open_again else decide(checked, findings, state, note, by, day, corrections)
    click.echo("\n".join(done))


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


# ── facts ──


@app.command("facts")
@selection
@output_format
def facts(agencies: tuple[str, ...], year: str, data: Path | None, output: str) -> None:
    """List the figures of the prose that restate no cell: what, by which channel, how much, in which sentence."""
    from gdgk.archive import Archive
    from gdgk.listing import FACTS, fact_records

    archive = Archive(data)
    rows = fact_records(archive.read_all(archive.report_ids(agencies, years_of(year))))
    if output != "text":
        print_records(rows, FACTS, output)
        return
    for row in rows:
        about = "" if row["exact"] else "约 "
        name = "".join(dict.fromkeys(part for part in (row["channel"], row["subject"]) if part)) or "？"
        click.echo(f"{row['agency']} {row['year']}  {name} {about}{row['number']:,} {row['unit']}　{row['words']}")


# ── import ──


@app.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--agency", default="", metavar="ID", help="Whose report it is, instead of what the document says.")
@click.option("--year", type=click.IntRange(2008, 2100), metavar="Y", help="Of which year, instead of what it says.")
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="The data folder; the workbook's own by default."
)
@click.option("--replace", is_flag=True, help="Overwrite a report that differs from what was read.")
@click.option("--dry-run", is_flag=True, help="Read and compare; write nothing.")
@click.option(
    "--format", "output", type=click.Choice(("text", "json")), default="text", help="json: one object per file."
)
@click.pass_context
def import_reports(
    context: click.Context,
    files: tuple[Path, ...],
    agency: str,
    year: int | None,
    data: Path | None,
    replace: bool,
    dry_run: bool,
    output: str,
) -> None:
    """Bring in reports as agencies publish them: txt, md, html, docx, doc, pdf, xlsx, xls, zip or folder."""
    from gdgk.archive import Archive
    from gdgk.console import import_lines
    from gdgk.importers import Imported, as_object, import_file
    from gdgk.importers.bundle import expand
    from gdgk.importers.document import DocumentError

    archive = Archive(data)
    archive.agency(agency) if agency else None
    outcomes = []
    for source in expand(files):
        if isinstance(source, DocumentError):
            result = Imported(str(source).split(":")[0], "failed", error=str(source))
        else:
            result = import_file(source, archive, agency, year, replace, dry_run)
        outcomes.append(result.outcome)
        if output == "json":
            click.echo(json.dumps(as_object(result), ensure_ascii=False))
        else:
            for line in import_lines(archive, result):
                click.echo(line)
        if result.error:
            print_errors(result.error)
    if not outcomes:
        raise GdgkError(f"{files[0]}: found no report in it; expected documents; name files, a folder or a zip of them")
    if "failed" in outcomes:
        context.exit(2)
    if not dry_run and any(outcome in ("differs", "no agency", "no year") for outcome in outcomes):
        context.exit(1)


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
    from gdgk.console import run_lines

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
