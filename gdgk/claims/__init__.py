"""Narrative → claims and facts; claims against the tables → findings.

A claim is a figure (or 无, 均) of the prose that restates cells of the form; a fact is a figure that restates none. The
words are in ``vocabulary.toml``, the cells they mean in ``cells.toml``. Deterministic, in time linear in the text.
Sources: the national forms, whose prose restates their tables
(国办公开办函〔2019〕60号, 〔2021〕30号; 国办发〔2014〕32号).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gdgk.claims.checking import check_each
from gdgk.claims.model import Claim, Fact, Reading
from gdgk.claims.prose import sentences
from gdgk.claims.reader import statements
from gdgk.claims.sums import check_sums
from gdgk.findings import Finding
from gdgk.form import CellKey, Edition
from gdgk.report import Report

__all__ = ["Claim", "Fact", "Reading", "check_claims", "facts", "read_claims", "stated"]


@lru_cache(32)
def read_prose(narrative: str, form: Edition) -> tuple[Claim | Fact, ...]:
    """Everything that a narrative states, in the order of the text; kept, for a page asks more than once."""
    return tuple(statements(sentences(narrative), form))


def read_claims(narrative: str, form: Edition) -> tuple[Claim, ...]:
    """What a narrative states of cells of a form, in the order of the text.

    narrative: Markdown, as :attr:`gdgk.report.Report.narrative` holds it; spans are slices of it. Every edition.
    """
    return tuple(item for item in read_prose(narrative, form) if isinstance(item, Claim))


def facts(report: Report) -> tuple[Fact, ...]:
    """The figures of a report's narrative that restate no cell, in the order of the text."""
    return tuple(item for item in read_prose(report.narrative, report.edition) if isinstance(item, Fact))


def check_claims(report: Report, prior: Report | None = None) -> list[Finding]:
    """Hold a report's narrative against its tables, and its growth rates against the year before's.

    prior: the agency's report on the year before, on any edition; without it growth is not assessable. Rules:
    N-T2-…, N-T3-…, N-T4-…, N-O18-… (a count by table and row), N-PCT, N-YOY, N-ZERO, N-ALLWORD, N-SUM. left is what the
    prose says, right what the tables say; ``quote`` and ``span`` are the sentence.
    """
    found = read_prose(report.narrative, report.edition)
    claims = [item for item in found if isinstance(item, Claim)]
    return [*check_each(report, prior, claims), *check_sums(report, found)]


def stated(report: Report) -> Mapping[CellKey, set[int | float]]:
    """The figures that the prose states for single cells of its own year, for diagnosis; each cell with all of them.

    Only what may be the cell alone, in the report's own scope: 收到 N 件 counts for 本年新收 although it may include
    what was carried over.
    """
    figures: dict[CellKey, set[int | float]] = {}
    for claim in read_claims(report.narrative, report.edition):
        own = claim.years_back == 0 and claim.year in (None, report.year)
        if claim.kind not in ("count", "none", "clear", "all") or not own or not claim.exact or not claim.certain:
            continue
        if claim.number is None or set(claim.scope) - {"whole_area"}:
            continue
        for reading in claim.readings:
            if len(reading) == 1 and reading[0].column != "amount":
                figures.setdefault(reading[0], set()).add(claim.number)
    return figures
