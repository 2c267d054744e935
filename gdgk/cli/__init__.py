"""gdgk on the command line: form, import, list, check, review, compare, facts, draft, run, rollup, sample, pack.

Exit codes: 0 fine; 1 open findings of severity error (check), failed notebooks (run) or a file that needs a decision
(import); 2 usage or unreadable input; 130 interrupted.
"""

from __future__ import annotations

import io
import sys

import click

from gdgk.cli.base import app, print_errors
from gdgk.cli.comparing import compare
from gdgk.cli.drafting import draft_narrative
from gdgk.cli.findings import check, facts, list_reports, review
from gdgk.cli.forms import form
from gdgk.cli.importing import import_reports
from gdgk.cli.packing import pack_reports
from gdgk.cli.rolling import rollup
from gdgk.cli.running import run_notebooks
from gdgk.cli.sampling import sample
from gdgk.errors import GdgkError

__all__ = [
    "app",
    "check",
    "compare",
    "draft_narrative",
    "facts",
    "form",
    "import_reports",
    "list_reports",
    "main",
    "pack_reports",
    "review",
    "rollup",
    "run_notebooks",
    "sample",
]


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
