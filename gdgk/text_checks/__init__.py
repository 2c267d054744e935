"""The prose of a report → findings: headings, years, legal basis, what sections must say, place names, repetition.

What is checked stands in checks.toml; word lists, heading variants, legal bases, deadlines and place names in files
beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice

from gdgk.archive import Agency
from gdgk.findings import Finding, Status
from gdgk.report import Report
from gdgk.text_checks.catalogue import Check, Remark, checks, findings, missing, not_applicable, shortened
from gdgk.text_checks.content import check_fee, check_government, check_section_five, check_section_six
from gdgk.text_checks.deadlines import Deadline, check_date, read_deadlines
from gdgk.text_checks.gazetteer import home
from gdgk.text_checks.headings import Layout, check_headings, check_title
from gdgk.text_checks.legal import check_basis
from gdgk.text_checks.namesakes import check_agencies
from gdgk.text_checks.periods import check_years
from gdgk.text_checks.places import check_places
from gdgk.text_checks.prose import Prose
from gdgk.text_checks.repetition import AMONG, Repetition, check_repetition, repeated, repetition_finding

__all__ = [
    "AMONG",
    "Check",
    "Deadline",
    "Repetition",
    "check_text",
    "checks",
    "read_deadlines",
    "repeated",
    "repetition_finding",
    "shortened",
]

MOST = 50  # remarks of one check on one report; what is more is counted in the last


def check_text(
    report: Report,
    agency: Agency,
    *,
    prior: Report | None = None,
    agencies: Mapping[str, Agency] | None = None,
    deadlines: Iterable[Deadline] = (),
) -> list[Finding]:
    """Every check of the prose on one report, in the order of checks.toml; a check that finds nothing gives a pass.

    prior: the agency's report of the year before. agencies: the register, for agencies above and for others' names.
    deadlines: local ones besides the national. ``span`` of a finding counts in ``report.narrative``. Reports without
    kept prose: ``not_assessable``. A check that breaks is told as such and does not stop the rest.
    """
    register = agencies or {}
    prose = Prose(report.narrative)
    layout = Layout(prose)
    run: dict[str, Callable[[], Iterator[Remark]]] = {
        "S-HEAD": lambda: check_headings(layout),
        "S-TITLE": lambda: check_title(report, agency, register),
        "N-YEAR": lambda: check_years(layout, report.year),
        "S-LEGAL": lambda: check_basis(layout, report.year),
        "S-SEC5": lambda: check_section_five(layout),
        "S-SEC6": lambda: check_section_six(layout),
        "S-GOV": lambda: check_government(layout, agency),
        "XT-FEE-SEC6": lambda: check_fee(layout, report),
        "N-ORG": lambda: chain(check_agencies(layout, agency, register), check_places(layout, agency, register)),
        "N-DUP": lambda: check_repetition(layout, report, prior),
        "S-DATE": lambda: check_date(report, agency, region_of(agency, register), deadlines),
    }
    return [
        found
        for check in checks().values()
        for found in findings(check, report, prose, remarks(check, report, prose, run[check.id]))
    ]


def remarks(check: Check, report: Report, prose: Prose, run: Callable[[], Iterator[Remark]]) -> list[Remark]:
    """What a check remarks on a report: not applicable in other years, not assessable without prose."""
    if not check.first <= report.year <= check.last:
        return [not_applicable(f"只适用于 {check.first} 年度起的报告")]
    if check.needs == "prose" and not prose:
        return [missing("未保存报告正文")]
    try:
        found = list(islice(run(), MOST + 1))
    except Exception as error:  # one check's failure never stops the rest
        return [Remark(f"检查未能完成（{type(error).__name__}: {error}）", status=Status.ERROR)]
    if len(found) > MOST:
        return [*found[:MOST], Remark(f"同类问题超过 {MOST} 处，其余不再列出", severity=found[MOST].severity)]
    return found


def region_of(agency: Agency, agencies: Mapping[str, Agency]) -> str:
    """The region code of an agency, told or inferred; empty when none or several come into question."""
    own = home(agency, agencies)
    return own.places[0].code if own and len(own.places) == 1 else ""
