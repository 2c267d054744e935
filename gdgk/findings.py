"""Findings: how one check of one report ended, whichever room made the check.

Statuses: ``pass``; ``fail``; ``pass_imputed`` (holds when blanks are read as 0, or a blank total as the sum of its
parts); ``not_assessable`` (figures are missing); ``not_applicable`` (the form of that year has no such figure, or the
rule does not ask it of such an agency or so small a number); ``error`` (the rule broke on this report; no other did).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SEVERITIES = ("error", "warning", "info")
# How the ids of rules begin that are about the words of a report, not about its figures alone.
PROSE = ("N-", "S-", "XT-")


class Status(StrEnum):
    """How a check ends."""

    PASS = "pass"
    FAIL = "fail"
    PASS_IMPUTED = "pass_imputed"
    NOT_ASSESSABLE = "not_assessable"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check on one report, with both sides, the difference (left − right) and the address.

    ``row`` or ``column`` is None where the finding is about a whole line, a table or the prose. ``cells``: the
    addresses (``table.row.column``) of this report's cells that the check read. ``blanks``: how many of them were read
    as 0. ``reason``: why it cannot be assessed, or what a remark says. ``span``: where in the report's narrative the
    words stand that the finding is about (start and end in characters, as Python slices count), ``quote`` those words.
    ``sign``: how both sides should compare (``==``, ``<=``, ``>=``, ``<``, ``>``).
    """

    rule: str
    status: str
    severity: str
    agency: str
    year: int
    table: str | None
    row: str | None
    column: str | None
    left: float | None
    right: float | None
    difference: float | None
    message: str
    reason: str
    label: str
    place: str
    calculation: str
    basis: str
    unless: str
    cells: tuple[str, ...]
    blanks: int
    quote: str = ""
    span: tuple[int, int] | None = None
    sign: str = "=="


FINDINGS = list(Finding.__dataclass_fields__)
FIGURES = ("left", "right", "difference")
values = attrgetter(*FINDINGS)

# A finding as a record of the frame: its fields by name, and what was decided (:data:`gdgk.review.REVIEW`).
Row = Mapping[str, Any]


def findings_frame(found: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a frame, one row each, columns :data:`FINDINGS`."""
    import pandas as pd

    frame = pd.DataFrame([values(finding) for finding in found], columns=FINDINGS, dtype=object)
    kinds = {"year": "int64", "blanks": "int64", **dict.fromkeys(FIGURES, "float64")}
    return frame.astype(kinds)


def record_of(finding: Finding) -> dict[str, Any]:
    """A finding as a record of :func:`findings_frame`, which has NaN where there is no figure."""
    record = dict(zip(FINDINGS, values(finding), strict=True))
    for side in FIGURES:
        record[side] = float("nan") if record[side] is None else float(record[side])
    return record


def is_on_prose(finding: Row) -> bool:
    """Whether a finding is about the words of a report: what the prose says, how it is written, when it came out."""
    return bool(finding["rule"].startswith(PROSE))


def compares(finding: Row) -> bool:
    """Whether a finding compared figures of the tables."""
    return finding["left"] == finding["left"] and not is_on_prose(finding)
