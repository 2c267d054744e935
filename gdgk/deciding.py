"""A decision on findings carried out: kept in review.toml, figures put right in corrections.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from gdgk.archive import ReportId
from gdgk.checks import Checked
from gdgk.errors import GdgkError, UnknownName
from gdgk.form import CellKey
from gdgk.report import Correction, State, read_cell
from gdgk.review import FILE, STATES, Decision, decided, write_decisions

SETTING = re.compile(r"([a-z0-9_]+)\.([a-z0-9_]+)\.([a-z0-9_]+)=(.*)", re.DOTALL)


def decide(
    checked: Checked, names: Iterable[str], state: str, note: str, by: str, on: str, settings: Iterable[str] = ()
) -> list[str]:
    """Decide on findings by their fingerprints (or how these begin); returns a line for each, in Chinese.

    state: a key of :data:`gdgk.review.STATES`. on: a day. settings: with ``corrected``, cells as
    ``table.row.column=value`` of the one report concerned, written to corrections.toml with the note as reason.
    Everything is checked before anything is written. Raises :class:`GdgkError` and its like.
    """
    check_day(on)
    rows = [row_of(checked, name) for name in dict.fromkeys(names)]
    changed = {report: dict(checked.decisions.get(report, {})) for report in map(report_of, rows)}
    said = []
    for row in rows:
        changed[report_of(row)][row["fingerprint"]] = decided(row, state, note, by, on)
        said.append(f"{STATES[state]} {row['fingerprint']}：{row['message']}")
    corrections = corrections_of(checked, list(changed), state, note, by, on, list(settings))
    if corrections:
        (report,) = changed
        made = {**checked.reports[report].corrections, **{item.key: item for item in corrections}}
        checked.archive.write_corrections(report, made)
        said += [f"更正 {report} {one.key}：{one.reported.strip() or '空'} → {one.corrected}" for one in corrections]
    for report, own in changed.items():
        write_decisions(checked.archive.folder(report) / FILE, own)
    return said


def take_back(checked: Checked, names: Iterable[str]) -> list[str]:
    """Take decisions back, also those on findings that are no longer made; returns a line for each, in Chinese."""
    changed: dict[ReportId, dict[str, Decision]] = {}
    said = []
    for name in dict.fromkeys(names):
        hits = [
            (report, one)
            for report in checked.ids
            for one in checked.decisions.get(report, {}).values()
            if one.fingerprint.startswith(name.lstrip("#")) and name.lstrip("#")
        ]
        if len(hits) != 1:
            known = [one for report in checked.ids for one in checked.decisions.get(report, {})]
            raise UnknownName("decision", name, known, "gdgk review lists them")
        report, decision = hits[0]
        changed.setdefault(report, dict(checked.decisions[report])).pop(decision.fingerprint, None)
        said.append(f"撤回 {decision.fingerprint}：{decision.place}（{STATES[decision.state]}，{decision.on}）")
    for report, own in changed.items():
        write_decisions(checked.archive.folder(report) / FILE, own)
    return said


def check_day(on: str) -> None:
    """Raise :class:`GdgkError` unless a text is a day such as 2024-03-01."""
    try:
        date.fromisoformat(on)
    except ValueError as error:
        raise GdgkError(f"--on: found {on!r}; expected a day such as 2024-03-01; mend it") from error


def report_of(row: dict[str, Any]) -> ReportId:
    """The report that a finding is about."""
    return ReportId(row["agency"], row["year"])


def row_of(checked: Checked, name: str) -> dict[str, Any]:
    """The failing finding of a fingerprint. Raises :class:`UnknownName`; :class:`GdgkError` where several begin so."""
    fails = checked.findings[checked.findings["status"] == "fail"]
    bare = name.strip().lstrip("#")
    hits = fails[fails["fingerprint"].str.startswith(bare)] if bare else fails.iloc[:0]
    if len(hits) > 1:
        raise GdgkError(f"--finding: found {name!r}, as {len(hits)} findings begin; expected one; give more of it")
    if hits.empty:
        raise UnknownName("finding", name, fails["fingerprint"], "gdgk review lists them")
    found: dict[str, Any] = hits.iloc[0].to_dict()
    return found


def corrections_of(
    checked: Checked, reports: list[ReportId], state: str, note: str, by: str, on: str, settings: list[str]
) -> list[Correction]:
    """The corrections that are asked for. Raises :class:`GdgkError` for a cell or a value that cannot be."""
    if not settings:
        return []
    if state != "corrected" or len(reports) != 1:
        raise GdgkError("--set: found with another decision; expected --as corrected of one report's findings; mend it")
    if not note.strip():
        raise GdgkError("--note: found nothing; expected why the figure is put right; say it in a sentence")
    report = checked.reports[reports[0]]
    made = []
    for text in settings:
        match = SETTING.fullmatch(text)
        key = CellKey(match[1], match[2], match[3]) if match else CellKey("", "", "")
        if match is None or key not in report.cells:
            do = "name a cell as gdgk check --format json does"
            raise GdgkError(f"--set: found {text!r}; expected a cell of {reports[0]}, =, and its value; {do}")
        try:
            cell = read_cell(match[4], report.unit_of(key), report.is_signed(key))
            if cell.state is State.TEXT and cell.value is None:
                raise ValueError(f"a number of {report.unit_of(key)}, 无, a dash or nothing")
        except ValueError as error:
            raise GdgkError(f"--set: found {match[4]!r} for {key}; expected {error}; mend it") from error
        made.append(Correction(key, report.reported(key).raw, match[4], note.strip(), by.strip(), on))
    return made
