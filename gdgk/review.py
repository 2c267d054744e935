"""What a person decided about a finding, kept in data/ beside the report: it survives every re-run.

A decision is bound to a finding by a fingerprint (rule and place) and holds for the figures that were decided on: when
these change, it is shown as expired and the finding is open again. File: ``<agency>/<year>/review.toml``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli_w

from gdgk.errors import GdgkError, InputError
from gdgk.files import read_toml, toml_line, write_atomic
from gdgk.findings import Row

if TYPE_CHECKING:
    import pandas as pd

FILE = "review.toml"
# What can be decided, as an option names it and as a page says it.
STATES = {"confirmed": "已确认", "explained": "已说明", "corrected": "已更正", "dismissed": "不成立"}
# Decisions after which nothing is left to be asked of the agency.
SETTLED = frozenset({"explained", "dismissed"})
# Decisions after which a report may go out though the figures stand as they are.
ANSWERED = SETTLED | {"corrected"}
KEYS = ("fingerprint", "rule", "place", "figures", "state", "note", "by", "on")
NEEDED = ("fingerprint", "figures", "state", "by", "on")
LENGTH = 12


class Review(NamedTuple):
    """What was decided about a finding, as the finding's own fields (:func:`reviewed` says what they hold)."""

    fingerprint: str
    review: str = ""
    review_note: str = ""
    review_by: str = ""
    review_on: str = ""
    review_expired: str = ""


REVIEW = list(Review._fields)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. figures: what the finding said when it was decided (:func:`figures_of`); on: a day, 2024-03-01."""

    fingerprint: str
    rule: str
    place: str
    figures: str
    state: str
    note: str
    by: str
    on: str


def fingerprints(findings: Iterable[Mapping[str, Any]]) -> list[str]:
    """A stable name for each finding: of its rule, its address and the words it is about, never of its figures.

    findings: of any reports, in the order of the checks; several of one rule and place are told apart by their order.
    """
    met: Counter[str] = Counter()
    made = []
    for finding in findings:
        own = "|".join(said(finding, name) for name in ("rule", "agency", "year", "table", "row", "column", "quote"))
        met[own] += 1
        made.append(hashlib.sha256(f"{own}|{met[own]}".encode()).hexdigest()[:LENGTH])
    return made


def said(finding: Mapping[str, Any], name: str) -> str:
    """A field of a finding as text, empty where it has none (a frame keeps no None among texts)."""
    value = finding[name]
    return "" if value is None or value != value else str(value)


def figures_of(finding: Mapping[str, Any]) -> str:
    """What a finding says of the figures, for comparison: both sides where it compares any, else a reason or words."""
    if said(finding, "left") or said(finding, "right"):
        return " / ".join(f"{finding[side]:.15g}" if said(finding, side) else "—" for side in ("left", "right"))
    return said(finding, "reason") or said(finding, "quote") or said(finding, "message")


def read_decisions(path: Path) -> dict[str, Decision]:
    """The decisions of a review.toml by fingerprint; none where there is no file.

    Raises :class:`InputError` for unknown or missing keys, a state that does not exist, a second decision.
    """
    if not path.exists():
        return {}
    values = read_toml(path)
    entries = values.get("decision", [])
    strangers = [key for key in values if key != "decision"]
    if strangers or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        found = repr(strangers[0]) if strangers else "a decision that is no [[decision]]"
        raise InputError(path, None, found, "only [[decision]] entries", "mend or remove it")
    decisions: dict[str, Decision] = {}
    for index, entry in enumerate(entries):
        decision = read_decision(path, toml_line(path, "decision", index), entry)
        if decision.fingerprint in decisions:
            line = toml_line(path, "decision", index)
            found = f"a second decision on {decision.fingerprint}"
            raise InputError(path, line, found, "one per finding", "remove the one that no longer holds")
        decisions[decision.fingerprint] = decision
    return decisions


def read_decision(path: Path, line: int | None, entry: Mapping[str, Any]) -> Decision:
    """One ``[[decision]]``. Raises :class:`InputError`."""
    strangers = sorted(set(entry) - set(KEYS))
    missing = [key for key in NEEDED if not str(entry.get(key, "")).strip()]
    if strangers or missing:
        found = f"key {', '.join(strangers)}" if strangers else f"no {', '.join(missing)}"
        raise InputError(path, line, found, f"{', '.join(KEYS)}", "mend the entry, or decide again with gdgk review")
    if entry["state"] not in STATES:
        raise InputError(path, line, f"state {entry['state']!r}", f"one of {', '.join(STATES)}", "mend the entry")
    return Decision(**{key: str(entry.get(key, "")) for key in KEYS})


def write_decisions(path: Path, decisions: Mapping[str, Decision]) -> None:
    """Write decisions, each on lines of its own so that changes show; the file goes when there is none."""
    if not decisions:
        path.unlink(missing_ok=True)
        return
    write_atomic(path, tomli_w.dumps({"decision": [asdict(decision) for decision in decisions.values()]}))


def decided(finding: Mapping[str, Any], state: str, note: str, by: str, on: str) -> Decision:
    """A decision on a finding (a row of a frame with its fingerprint).

    Raises :class:`GdgkError` for an explanation or dismissal without a note: it is printed, and someone asks why.
    """
    if state in SETTLED and not note.strip():
        raise GdgkError(f"--note: found nothing; expected why the finding is {state}; say it in a sentence")
    if not by.strip():
        raise GdgkError("--by: found nothing; expected who decided, a name or a post; name it")
    texts = {name: said(finding, name) for name in ("fingerprint", "rule", "place")}
    return Decision(**texts, figures=figures_of(finding), state=state, note=note.strip(), by=by.strip(), on=on)


def reviewed(findings: pd.DataFrame, decisions: Mapping[str, Decision]) -> pd.DataFrame:
    """The findings with their fingerprints and what was decided (columns :data:`REVIEW`).

    review: a key of :data:`STATES`, empty while nothing was decided or when the figures have changed since; then
    ``review_expired`` names the decision that no longer holds.
    """
    return with_reviews(findings, reviews(findings.to_dict("records"), decisions))


def reviews(records: Sequence[Row], decisions: Mapping[str, Decision]) -> list[Review]:
    """What was decided about each finding, in their order."""
    return [
        review_of(record, own, decisions[own]) if own in decisions else Review(own)
        for record, own in zip(records, fingerprints(records), strict=True)
    ]


def review_of(record: Row, own: str, decision: Decision) -> Review:
    """A decision on a finding as the finding's fields have it."""
    holds = decision.figures == figures_of(record)
    state, expired = (decision.state, "") if holds else ("", decision.state)
    return Review(own, state, decision.note, decision.by, decision.on, expired)


def with_reviews(findings: pd.DataFrame, decided: Sequence[Review]) -> pd.DataFrame:
    """A frame of findings with the columns :data:`REVIEW`."""
    return findings.assign(**{name: [review[at] for review in decided] for at, name in enumerate(REVIEW)})


def orphans(findings: Iterable[Row], decisions: Mapping[str, Decision]) -> list[Decision]:
    """Decisions on findings that no longer fail or are no longer made.

    findings: with their fingerprints, of the reports that the decisions belong to.
    """
    failing = {finding["fingerprint"] for finding in findings if finding["status"] == "fail"}
    return [decision for name, decision in decisions.items() if name not in failing]


def is_settled(finding: Row) -> bool:
    """Whether a finding was explained or dismissed; not where nothing says what was decided."""
    return finding.get("review") in SETTLED


def undecided(findings: Iterable[Row]) -> list[Row]:
    """The findings of severity error that fail and that nobody has explained, dismissed or corrected: while there are
    any, a report is a draft. One that was only confirmed is among them.
    """
    return [
        finding
        for finding in findings
        if (finding["status"], finding["severity"]) == ("fail", "error") and finding.get("review") not in ANSWERED
    ]


def still_open(findings: Iterable[Row]) -> list[Row]:
    """The findings that fail and are not settled (:func:`is_open`)."""
    return [finding for finding in findings if finding["status"] == "fail" and not is_settled(finding)]


def is_open(findings: pd.DataFrame) -> pd.Series:
    """Which findings fail and are not settled: neither explained nor dismissed."""
    return (findings["status"] == "fail") & ~findings["review"].isin(list(SETTLED))
