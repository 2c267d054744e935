"""checks.toml: what is checked, in which years, how heavily it weighs; and how a check's outcome becomes a finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gdgk.errors import InputError
from gdgk.files import read_toml, toml_line
from gdgk.findings import SEVERITIES, Finding, Status
from gdgk.report import Report
from gdgk.text_checks.prose import Prose

CHECKS = Path(__file__).parent / "checks.toml"
KEYS = {"id", "label", "severity", "first", "last", "needs", "basis", "unless"}
QUOTED = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the prose: id of the catalogue, Chinese label, severity, years reported on, basis, exceptions."""

    id: str
    label: str
    severity: str
    basis: str
    unless: str
    first: int = 0
    last: int = 9999
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check found. span: in :attr:`Prose.text`; place: in words; severity: when not the check's own.

    status: ``fail``, or ``not_assessable`` and the like with the reason as message. left, right: a share and its limit.
    """

    message: str
    span: tuple[int, int] | None = None
    place: str = "正文"
    severity: str = ""
    basis: str = ""
    status: str = Status.FAIL
    left: float | None = None
    right: float | None = None


@cache
def checks(path: Path = CHECKS) -> dict[str, Check]:
    """The checks by id. Raises :class:`InputError` for an unknown key or severity and for an id used twice."""
    found: dict[str, Check] = {}
    for index, entry in enumerate(read_toml(path).get("check", [])):
        line = toml_line(path, "check", index)
        strange = sorted(set(entry) - KEYS)
        if strange:
            raise InputError(
                path, line, f"key {strange[0]!r}", f"one of {', '.join(sorted(KEYS))}", "mend or remove it"
            )
        if entry.get("severity") not in SEVERITIES:
            found_text = f"severity {entry.get('severity')!r}"
            raise InputError(path, line, found_text, f"one of {', '.join(SEVERITIES)}", "mend it")
        try:
            check = Check(**entry)
        except TypeError as error:
            raise InputError(path, line, str(error), "id, label, severity, basis and unless", "fill them in") from error
        if check.id in found:
            raise InputError(path, line, f"check {check.id!r} a second time", "each id once", "remove one of the two")
        found[check.id] = check
    return found


def missing(reason: str, place: str = "正文") -> Remark:
    """A remark that something cannot be assessed, and why."""
    return Remark(reason, place=place, status=Status.NOT_ASSESSABLE)


def not_applicable(reason: str, place: str = "正文") -> Remark:
    """A remark that a check does not apply to this report, and why."""
    return Remark(reason, place=place, status=Status.NOT_APPLICABLE)


def findings(check: Check, report: Report, prose: Prose, remarks: Iterable[Remark]) -> list[Finding]:
    """The remarks of one check as findings; a check without remarks passes."""
    found = [finding(check, report, prose, remark) for remark in remarks]
    return found or [finding(check, report, prose, Remark(f"{check.label}：未发现问题", status=Status.PASS))]


def finding(check: Check, report: Report, prose: Prose, remark: Remark) -> Finding:
    """One remark as a finding, its span turned into that of the narrative."""
    span = prose.span(*remark.span) if remark.span and prose.offsets else None
    told = remark.status in (Status.NOT_ASSESSABLE, Status.NOT_APPLICABLE, Status.ERROR)
    difference = None if remark.left is None or remark.right is None else remark.left - remark.right
    return Finding(
        rule=check.id,
        status=str(remark.status),
        severity=remark.severity or check.severity,
        agency=report.agency,
        year=report.year,
        table=None,
        row=None,
        column=None,
        left=remark.left,
        right=remark.right,
        difference=difference,
        message=remark.message,
        reason=remark.message if told else "",
        label=check.label,
        place=remark.place,
        calculation="",
        basis=remark.basis or check.basis,
        unless=check.unless,
        cells=(),
        blanks=0,
        quote=report.narrative[slice(*span)] if span else "",
        span=span,
    )


def shortened(text: str) -> str:
    """A quotation for a message, cut in the middle when it is long."""
    text = text.replace("\n", "")
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 12]}……{text[-10:]}"
