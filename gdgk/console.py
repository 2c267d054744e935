"""What the command line prints, for reading: matrix, findings, imports, runs. Chinese, for the analyst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gdgk.archive import Archive, ReportId
from gdgk.checks import Checked, check_reports
from gdgk.diagnosis import CONFIDENCES
from gdgk.listing import SYNTHETIC, address, by_finding, review_of
from gdgk.review import STATES, is_open
from gdgk.tables import SEVERITY_WORDS, failed
from gdgk.versions.telling import effect, figure_lines, in_line, open_words, section_name, step_name, summary

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from gdgk.importers import Imported
    from gdgk.report import Report
    from gdgk.versions import Comparison, Version


def counts_text(fails: pd.DataFrame) -> str:
    """误2 疑1, or nothing."""
    counts = {name: int((fails["severity"] == name).sum()) for name in SEVERITY_WORDS}
    return " ".join(f"{SEVERITY_WORDS[name]}{count}" for name, count in counts.items() if count)


def matrix_row(archive: Archive, report: ReportId, frame: pd.DataFrame, ids: list[ReportId]) -> dict[str, Any]:
    """One cell of the matrix as a record."""
    own = frame[(frame["agency"] == report.agency) & (frame["year"] == report.year)]
    fails = own[is_open(own)]
    passed = int(own["status"].isin(["pass", "pass_imputed"]).sum())
    present = report in ids
    status = (
        "present" if present else "missing" if archive.agency(report.agency).exists_in(report.year) else "no agency"
    )
    counts = {name: int((fails["severity"] == name).sum()) if present else None for name in SEVERITY_WORDS}
    return {
        "agency": report.agency,
        "name": archive.agency(report.agency).name,
        "year": report.year,
        "status": status,
        **counts,
        "passed": passed,
    }


def matrix(archive: Archive, names: list[str], years: list[int], rows: list[dict[str, Any]]) -> Table:
    """The agency × year matrix for the terminal."""
    from rich.table import Table

    table = Table(
        "agency",
        "机关",
        *(str(year) for year in years),
        title="✓ no findings · 误 errors 疑 warnings 注 notes · 空 nothing to check · 缺 missing",
    )
    cells = {(row["agency"], row["year"]): row for row in rows}
    for name in names:
        table.add_row(name, archive.agency(name).name, *(matrix_text(cells[name, year]) for year in years))
    return table


def matrix_text(row: dict[str, Any]) -> str:
    """✓, 误2 疑1, 缺, 空 (nothing filled in to be checked), or — for a year in which the agency did not exist."""
    if row["status"] != "present":
        return "缺" if row["status"] == "missing" else "—"
    return " ".join(f"{SEVERITY_WORDS[name]}{row[name]}" for name in SEVERITY_WORDS if row[name]) or (
        "✓" if row["passed"] else "空"
    )


def check_lines(checked: Checked) -> list[str]:
    """The findings for reading: each report's failures with the likely cause, what cannot be assessed, a last line."""
    lines = []
    for report in checked.ids:
        own = checked.of(report)
        still, settled = own[is_open(own)], own[(own["status"] == "fail") & ~is_open(own)]
        passed = int(own["status"].isin(["pass", "pass_imputed"]).sum())
        missing = own[own["status"] == "not_assessable"]
        verdict = counts_text(still) or ("未见不符" if passed else "没有可以核对的等式")
        handled = f"，已处理 {len(settled)}" if len(settled) else ""
        summary = f"{verdict}{handled}；相符 {passed}，不可评估 {len(missing)}"
        synthetic = f"【{SYNTHETIC}】" if checked.is_synthetic(report) else ""
        lines.append(f"{synthetic}{checked.archive.agency(report.agency).name} {report.year}（{report}）：{summary}")
        lines.extend(finding_lines(checked, own))
        lines.extend(f"  缺 {reason}（{len(group)} 项）" for reason, group in missing.groupby("reason", sort=False))
        lines.extend(
            f"  决定 {item.fingerprint}（{STATES[item.state]}，{item.on}）：{item.place} 已不再不符"
            for item in checked.orphans(report)
        )
    fails = checked.findings[is_open(checked.findings)]
    lines.append(f"{len(checked.ids)} 份报告：{counts_text(fails) or '未见不符'}")
    return lines


def finding_lines(checked: Checked, own: pd.DataFrame) -> list[str]:
    """The failures of one report, open ones first, each explanation once below the first finding that it explains."""
    explained = by_finding(checked)
    told: list[Any] = []
    lines = []
    for row in [*failed(own[is_open(own)]).to_dict("records"), *broken_and_settled(own)]:
        review = review_of(row)
        seal = "缺" if row["status"] == "error" else SEVERITY_WORDS[row["severity"]]
        lines.append(f"  {seal} [{row['rule']}] {row['message']}　#{row['fingerprint']}")
        for one in explained.get(address(row), ()):
            if one not in told:
                told.append(one)
                lines.append(f"      {CONFIDENCES[one.confidence]}：{one.message}")
        if review is not None:
            state = STATES[review["state"]] + ("（已失效，数字已变）" if review["expired"] else "")
            lines.append(f"      {state} {review['on']} {review['by']} {review['note']}".rstrip())
    return lines


def broken_and_settled(own: pd.DataFrame) -> list[dict[str, Any]]:
    """The checks that broke on a report, and its findings that are settled."""
    broken = own[own["status"] == "error"].to_dict("records")
    return [*broken, *failed(own[(own["status"] == "fail") & ~is_open(own)]).to_dict("records")]


def review_lines(checked: Checked) -> list[str]:
    """What there is to decide and what was decided, report by report, each finding with its fingerprint."""
    lines = []
    for report in checked.ids:
        found = finding_lines(checked, checked.of(report))
        if found:
            lines += [f"{checked.archive.agency(report.agency).name} {report.year}（{report}）", *found]
    return lines or ["没有需要处理的问题"]


def import_lines(archive: Archive, result: Imported) -> list[str]:
    """What an analyst can act on: what was read, what was not, what does not reconcile, what differs."""
    if result.draft is None:
        return [f"failed  {result.name}"]
    draft = result.draft
    name = result.agency.name if result.agency else draft.head.agency_name or "？"
    missing = len(draft.form.cells) - len(draft.cells)
    lines = [f"{result.outcome:9} {name} {result.year or '？'}（{draft.form.label}）{result.name}"]
    lines.append(f"          读到 {len(draft.cells)} 格" + (f"，{missing} 格没有读到" if missing else ""))
    lines.extend(f"          疑 {reason}　[{place}]" for place, reason in result.warnings)
    lines.extend(f"          改 {item.key}：{item.before or '空'} → {item.now or '空'}" for item in result.changes)
    if result.other_changes:
        lines.append(
            f"          也不同：{'、'.join(result.other_changes)}" + ("" if result.changes else "（数字逐格相同）")
        )
    if result.outcome == "differs":
        lines.append("          与库中的报告不同，没有写入；核对以上各处后用 --replace 覆盖")
    if result.report is not None:
        lines.extend(f"          {line}" for line in import_checks(archive, result.report))
    return lines


def import_checks(archive: Archive, report: Report) -> list[str]:
    """What does not hold in a report as it was read: a reading fault usually shows there."""
    own = ReportId(report.agency, report.year)
    checked = check_reports(archive, [own], among=False, given=report)
    passed = int(checked.findings["status"].isin(["pass", "pass_imputed"]).sum())
    fails = checked.findings[is_open(checked.findings)]
    lines = [line.strip() for line in finding_lines(checked, checked.findings)]
    return [*lines, f"核对：{counts_text(fails) or '未见不符'}；相符 {passed}"]


def compare_lines(name: str, versions: Sequence[Version], steps: Sequence[Comparison]) -> list[str]:
    """The versions of a report, and what changed from each to the next."""
    own = versions[0].id
    lines = [f"{name} {own.year}（{own}）"]
    for version in versions:
        lines.append(f"  {version.label}（{version.name}）：{open_words(version)}　{version.report.head.source}")
        lines.extend(f"      疑 {note}" for note in version.notes)
    if not steps:
        lines.append("只有一稿，没有可以比较的")
    for step in steps:
        lines += step_lines(step)
    return lines


def step_lines(step: Comparison) -> list[str]:
    """What changed from one version to the next: figures, prose, what was not compared, what it did to the findings."""
    lines = [f"{step_name(step)}：{summary(step)}"]
    for _, place, before, now, less, told, done in figure_lines(step):
        more = "".join(f"；{text}" for text in (told, done) if text)
        lines.append(f"  改 {place}：{before or '空'} → {now or '空'}{'' if less is None else f'（{less:+}）'}{more}")
    for passage in (one for one in step.passages if one.kind != "spacing"):
        done = effect(step.quoting(passage))
        lines.append(f"  文 {section_name(passage)}：{in_line(passage)}{f'；{done}' if done else ''}")
    if step.seam:
        where, names = "、".join(step.seam.tables), "、".join(step.seam.incomparable) or "无"
        lines.append(f"  缺 {where}有 {step.seam.cells} 格两种表式不同，不逐格比较；不能比的指标：{names}")
    for verb, rows in (("解决", step.resolved), ("引起", step.introduced)):
        lines.extend(f"  {verb} {SEVERITY_WORDS[row['severity']]} [{row['rule']}] {row['message']}" for row in rows)
    return [*lines, f"  两稿都有的问题 {step.remaining} 处"]
