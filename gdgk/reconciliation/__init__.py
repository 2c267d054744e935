"""Panel × rules → findings (:mod:`gdgk.findings`): what reconciles (勾稽), what does not, what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from gdgk.archive import Agency, Register
from gdgk.findings import Finding, findings_frame
from gdgk.reconciliation.checks import Case, check_report
from gdgk.reconciliation.competence import makes_regulations
from gdgk.reconciliation.equations import Bound, Relation, Term
from gdgk.reconciliation.regions import check_region
from gdgk.reconciliation.remarks import check_edition, check_rows
from gdgk.reconciliation.rules import Rule, read_rules
from gdgk.reconciliation.screening import explain, violations
from gdgk.reconciliation.sheets import BLANKS, Lineage, Sheet, read_sheets, sheet_of, sheets_of
from gdgk.reconciliation.spelling import bounds, relations
from gdgk.reconciliation.wide import Wide, widen

if TYPE_CHECKING:
    import pandas as pd


__all__ = [
    "BLANKS",
    "Bound",
    "Relation",
    "Rule",
    "Sheet",
    "Term",
    "Wide",
    "bounds",
    "explain",
    "read_rules",
    "read_sheets",
    "reconcile",
    "reconcile_sheets",
    "relations",
    "sheet_of",
    "sheets_of",
    "violations",
    "widen",
]


def reconcile(
    panel: pd.DataFrame,
    lineage: Mapping[str, tuple[str, ...]] | None = None,
    only: Iterable[tuple[str, int]] | None = None,
    rules: tuple[Rule, ...] | None = None,
    agencies: Mapping[str, Agency] | Register | None = None,
    strict: bool = False,
    everything: bool = False,
) -> pd.DataFrame:
    """Check every report of a panel; returns one row per check (columns :data:`gdgk.findings.FINDINGS`).

    panel: as :func:`gdgk.archive.panel` gives it, with the reports of the year before where the checks between years
    should have them. lineage: predecessors by agency. only: the (agency, year) to report on, all when None. rules: in
    place of the workbook's own. agencies: the register (``Archive.register``), for what depends on the kind of agency
    and on the agencies beneath it, whose reports the panel must then hold (``Archive.with_context``); without it those
    rules are left out. strict: the strict profile, in which some warnings are errors. everything: a row also for
    outcomes that rules.toml does not show.
    """
    return findings_frame(reconcile_sheets(read_sheets(panel), lineage, only, rules, agencies, strict, everything))


def reconcile_sheets(
    sheets: Mapping[tuple[str, int], Sheet],
    lineage: Mapping[str, tuple[str, ...]] | None = None,
    only: Iterable[tuple[str, int]] | None = None,
    rules: tuple[Rule, ...] | None = None,
    agencies: Mapping[str, Agency] | Register | None = None,
    strict: bool = False,
    everything: bool = False,
) -> list[Finding]:
    """:func:`reconcile` over sheets that were read already (:func:`read_sheets`)."""
    wanted = sheets if only is None else [report for report in dict.fromkeys(only) if report in sheets]
    before = Lineage(lineage or {})
    register = None if agencies is None else Register.of(agencies)
    found: list[Finding] = []
    for report in wanted:
        sheet = sheets[report]
        case = Case(sheet, before.prior(sheet, sheets), strict=strict)
        if register is not None:
            case.makes_regulations = makes_regulations(register.agencies.get(sheet.agency))
        found.extend(findings_of(case, register, sheets, rules, everything))
    return found


def findings_of(
    case: Case,
    register: Register | None,
    sheets: Mapping[tuple[str, int], Sheet],
    rules: tuple[Rule, ...] | None,
    everything: bool,
) -> Iterator[Finding]:
    """Every finding on one report: what its form says of the year, its labels, each check, the agencies beneath it."""
    yield from check_edition(case.sheet)
    yield from check_rows(case.sheet)
    yield from check_report(case, rules, everything, register is not None)
    if register is not None:
        yield from check_region(case, register, sheets, rules, everything)
