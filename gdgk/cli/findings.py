"""gdgk list, check, review, facts: what the reports in data/ say and what is wrong with it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gdgk.cli.base import app, output_format, print_records, print_table, selection, years_of
from gdgk.errors import GdgkError

if TYPE_CHECKING:
    from gdgk.checks import Checked

LISTS = ("text", "json", "csv", "xlsx", "html")


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
