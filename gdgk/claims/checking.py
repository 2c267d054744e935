"""Claims against the tables of a report (and of the year before) → findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from gdgk.claims.comparing import agrees, covers, covers_area, rule_of
from gdgk.claims.figures import Figures, Value
from gdgk.claims.model import Claim, Reading
from gdgk.claims.wording import coincidence, percent, quoted, reading_name, scope_note
from gdgk.findings import Finding, Status
from gdgk.form import CellKey
from gdgk.markup import figure
from gdgk.report import Report

LABELS = {
    "N-T2": "正文数字与表二一致",
    "N-T3": "正文数字与表三一致",
    "N-T4": "正文数字与表四一致",
    "N-O18": "正文数字与统计表一致",
    "N-PCT": "正文占比与表内数字算得的一致",
    "N-YOY": "正文增幅与两年数字算得的一致",
    "N-ZERO": "正文称“无”的，表内为 0",
    "N-ALLWORD": "正文“均”“零”等全称说法与表四一致",
    "N-SUM": "正文分项之和等于总数",
}
BASIS = {"N-SUM": "年度报告正文自身的加总关系"}
DEFAULT_BASIS = "《政府信息公开工作年度报告格式》正文与表格一致"
FEWEST_FOR_COINCIDENCE = 10


@dataclass(frozen=True)
class Checker:
    """One report, its tables' figures and those of the year before."""

    report: Report
    figures: Figures
    prior: Figures | None

    def check(self, claim: Claim) -> Finding | None:
        """The finding on one claim; None for one that is no matter of this report's tables."""
        if claim.kind in ("growth", "change"):
            return self.growth(claim) if self.is_current(claim) else None
        figures = self.figures_of(claim)
        if figures is None:
            return None
        method: dict[str, Callable[[Claim, Figures], Finding | None]] = {
            "count": self.count,
            "none": self.none,
            "clear": self.clear,
            "all": self.all_alike,
            "share": self.share,
        }
        return method[claim.kind](claim, figures)

    def quoted(self, claim: Claim) -> str:
        """The words of a claim as the narrative prints them."""
        return quoted(claim.span, self.report.narrative)

    def is_current(self, claim: Claim) -> bool:
        """Whether a claim is of the report's own year."""
        return claim.years_back == 0 and claim.year in (None, self.report.year)

    def figures_of(self, claim: Claim) -> Figures | None:
        """The tables that a claim speaks of: the report's own or the year before's; None for other years."""
        if self.is_current(claim):
            return self.figures
        before = claim.years_back == 1 or claim.year == self.report.year - 1
        same_form = self.prior is not None and self.prior.report.edition.family == self.report.edition.family
        return self.prior if before and same_form else None

    # Kinds of claims ------------------------------------------------------------------------------------------------

    def count(self, claim: Claim, figures: Figures) -> Finding | None:
        """A number against the cells it may restate."""
        rule = rule_of(claim)
        values = [(reading, value) for reading in claim.readings if (value := figures.value(reading)) is not None]
        if not values and (not claim.certain or "channels" in claim.scope):
            return None
        if not values:
            return self.unassessed(claim, rule, "error", figures)
        for reading, value in values:
            if covers(claim, value.number):
                return self.matched(claim, rule, self.severity(claim, figures), reading, value, figures)
        if not claim.certain or "channels" in claim.scope:
            return None
        reading, value = values[0]
        assert claim.number is not None
        return self.finding(
            claim, rule, Status.FAIL, self.severity(claim, figures), claim.number, value, figures, reading
        )

    def none(self, claim: Claim, figures: Figures) -> Finding | None:
        """未收到, 无: the cells must be 0."""
        return self.zero(claim, figures, "N-ZERO", "error")

    def clear(self, claim: Claim, figures: Figures) -> Finding | None:
        """零败诉, 未被纠错: 结果纠正 must be 0."""
        return self.zero(claim, figures, "N-ALLWORD", "warning")

    def zero(self, claim: Claim, figures: Figures, rule: str, severity: str) -> Finding | None:
        """The cells of a claim must be 0."""
        if not claim.certain:
            return None
        reading = claim.readings[0]
        value = figures.value(reading)
        if value is None:
            return self.unassessed(claim, rule, severity, figures)
        if value.number == 0:
            return self.matched(claim, rule, severity, reading, value, figures)
        if self.other_scope(claim):
            severity = "warning"
        return self.finding(claim, rule, Status.FAIL, severity, 0, value, figures, reading)

    def all_alike(self, claim: Claim, figures: Figures) -> Finding | None:
        """均获维持: all that were counted ended so, and none otherwise."""
        reading = claim.readings[0]
        if reading[0].table != "disputes":
            return self.all_granted(claim, figures)
        rows = tuple(dict.fromkeys(key.row for key in reading))
        column = reading[0].column
        others = tuple(
            CellKey("disputes", row, name)
            for row in rows
            for name in ("upheld", "corrected", "other_result", "pending")
            if name != column
        )
        value, rest = figures.value(reading), figures.value(others)
        if value is None or rest is None:
            return self.unassessed(claim, "N-ALLWORD", "warning", figures)
        stated = claim.number if claim.number is not None else value.number + rest.number
        if rest.number == 0 and value.number == stated:
            return self.matched(claim, "N-ALLWORD", "warning", reading, value, figures)
        table = self.report.edition.tables["disputes"]
        found = [(table.columns[key.column].label, figures.cell(key)) for key in others]
        sums: dict[str, float] = {}
        for label, one in found:
            sums[label] = sums.get(label, 0) + (one.number if one else 0)
        apart = "、".join(f"{label} {figure(number)} 件" for label, number in sums.items() if number)
        note = f"，另有{apart}" if apart else ""
        return self.finding(claim, "N-ALLWORD", Status.FAIL, "warning", stated, value, figures, reading, note, others)

    def all_granted(self, claim: Claim, figures: Figures) -> Finding:
        """均予以公开: as many were granted as were counted."""
        reading = claim.readings[0]
        value = figures.value(reading)
        if value is None:
            return self.unassessed(claim, "N-ALLWORD", "warning", figures)
        if value.number == claim.number:
            return self.matched(claim, "N-ALLWORD", "warning", reading, value, figures)
        return self.finding(claim, "N-ALLWORD", Status.FAIL, "warning", claim.number, value, figures, reading)

    def share(self, claim: Claim, figures: Figures) -> Finding | None:
        """A percentage against its numerator over every denominator it may have."""
        shares: list[tuple[float, Reading, Reading, int]] = []
        for reading, whole in product(claim.readings, claim.denominators):
            part, total = figures.value(reading), figures.value(whole)
            if part is not None and total is not None and total.number:
                shares.append((100 * part.number / total.number, reading, whole, part.blanks + total.blanks))
        if not shares:
            if all(figures.value(whole) is None for whole in claim.denominators):
                return self.unassessed(claim, "N-PCT", "warning", figures)
            return None
        assert claim.number is not None
        for share, reading, whole, blanks in shares:
            if agrees(claim.number, share, claim.places) or (not claim.exact and abs(share - claim.number) <= 1):
                value = Value(share, blanks)
                return self.matched(claim, "N-PCT", "warning", reading, value, figures, whole)
        if not claim.certain or (self.other_scope(claim) and "whole_area" not in claim.scope):
            return None
        share, reading, whole, blanks = shares[0]
        return self.share_finding(claim, figures, share, reading, whole, blanks)

    def growth(self, claim: Claim) -> Finding | None:
        """A rise or fall against the figures of both years."""
        if self.prior is None or self.prior.report.edition.family != self.report.edition.family:
            reason = (
                f"{self.report.year - 1} 年报告未入库"
                if self.prior is None
                else f"{self.report.year - 1} 年用的是另一表式"
            )
            return self.unassessed(claim, "N-YOY", "warning", self.figures, reason)
        assert claim.number is not None
        found: list[tuple[float, Reading, Value, Value]] = []
        for reading in claim.readings:
            now, before = self.figures.value(reading), self.prior.value(reading)
            if now is None or before is None or (claim.kind == "growth" and not before.number):
                continue
            change = now.number - before.number
            if claim.kind == "growth":
                change = 100 * change / before.number
            found.append((change, reading, now, before))
        if not found:
            return self.unassessed(claim, "N-YOY", "warning", self.figures)
        for change, reading, now, before in found:
            near = agrees(claim.number, change, claim.places) or (not claim.exact and abs(change - claim.number) <= 1)
            if near:
                return self.matched(
                    claim, "N-YOY", "warning", reading, Value(change, now.blanks + before.blanks), self.figures
                )
        if not claim.certain:
            return None
        return self.growth_finding(claim, *self.nearest(claim, found))

    def nearest(
        self, claim: Claim, found: list[tuple[float, Reading, Value, Value]]
    ) -> tuple[float, Reading, Value, Value]:
        """The reading on which the stated figure of the year is right, else the one that comes nearest."""
        for item in found:
            if claim.base is not None and item[2].number == claim.base:
                return item
        return min(found, key=lambda item: abs(item[0] - (claim.number or 0)))

    # Severity -------------------------------------------------------------------------------------------------------

    def severity(self, claim: Claim, figures: Figures) -> str:
        """An error where the sentence counts what the cells count; a warning where its scope may be another."""
        if self.other_scope(claim) or not claim.exact or not claim.certain or figures is not self.figures:
            return "warning"
        if claim.readings[0][0].table == "disputes" and not claim.breakdown and not self.against_nothing(claim):
            return "warning"
        return "error"

    def against_nothing(self, claim: Claim) -> bool:
        """Whether one of the prose and the table has none at all, which no basis of counting explains."""
        value = self.figures.value(claim.readings[0])
        return value is not None and (value.number == 0) != (claim.number == 0)

    def other_scope(self, claim: Claim) -> bool:
        """Whether the words of a claim count another scope than the tables."""
        return bool(self.scopes(claim))

    def scopes(self, claim: Claim) -> tuple[str, ...]:
        """The scopes said in the sentence that are not the report's own."""
        area = covers_area(self.report)
        own = {True: "whole_area", False: "own_level"}.get(area) if area is not None else None
        return tuple(name for name in claim.scope if name != own)

    # Findings -------------------------------------------------------------------------------------------------------

    def unassessed(self, claim: Claim, rule: str, severity: str, figures: Figures, reason: str = "") -> Finding:
        """A claim on cells that say nothing; the reason is theirs unless another is given."""
        return self.finding(
            claim, rule, Status.NOT_ASSESSABLE, severity, None, None, figures, claim.readings[0], reason=reason
        )

    def matched(
        self,
        claim: Claim,
        rule: str,
        severity: str,
        reading: Reading,
        value: Value,
        figures: Figures,
        more: Reading = (),
    ) -> Finding:
        """A claim that holds."""
        status = Status.PASS_IMPUTED if value.blanks else Status.PASS
        return self.finding(claim, rule, status, severity, claim.number, value, figures, reading, others=more)

    def share_finding(
        self, claim: Claim, figures: Figures, share: float, reading: Reading, whole: Reading, blanks: int
    ) -> Finding:
        """A share that no denominator gives."""
        form = self.report.edition
        part, total = figures.value(reading), figures.value(whole)
        assert part is not None and total is not None
        text = (
            f"正文{self.quoted(claim)}：{reading_name(reading, form)} {figure(part.number)} ÷ "
            f"{reading_name(whole, form)} {figure(total.number)} ＝ {percent(share, claim.places)}，"
            f"与所写 {figure(claim.number)}% 不符"
        )
        value = Value(round(share, 6), blanks)
        return self.finding(
            claim, "N-PCT", Status.FAIL, "warning", claim.number, value, figures, reading, others=whole, text=text
        )

    def growth_finding(self, claim: Claim, change: float, reading: Reading, now: Value, before: Value) -> Finding:
        """A growth that the figures of the two years do not give."""
        form = self.report.edition
        computed = percent(change, claim.places) if claim.kind == "growth" else figure(change, sign=True)
        stated = f"{figure(claim.number)}%" if claim.kind == "growth" else f"{figure(claim.number, sign=True)}"
        text = (
            f"正文{self.quoted(claim)}：{reading_name(reading, form)}"
            f"本年 {figure(now.number)}、上年 {figure(before.number)}，"
            f"变动应为 {computed}，与所写 {stated} 不符"
        )
        value = Value(round(change, 6), now.blanks + before.blanks)
        return self.finding(
            claim, "N-YOY", Status.FAIL, "warning", claim.number, value, self.figures, reading, text=text
        )

    def finding(
        self,
        claim: Claim,
        rule: str,
        status: Status,
        severity: str,
        left: float | None,
        value: Value | None,
        figures: Figures,
        reading: Reading,
        note: str = "",
        others: Reading = (),
        reason: str = "",
        text: str = "",
    ) -> Finding:
        """The finding on a claim: left what the prose says, right what the tables say."""
        form = figures.report.edition
        own = figures is self.figures
        where = reading_name(reading, form) if own else f"{self.report.year - 1} 年报告{reading_name(reading, form)}"
        if status is Status.NOT_ASSESSABLE:
            reason = reason or figures.why_not(reading)
            text = f"正文{self.quoted(claim)}：不可评估，{reason}（{where}）"
        elif status is Status.FAIL and not text:
            scope = self.scopes(claim) + (("approximate",) if not claim.exact else ())
            if rule.startswith("N-T4") and severity == "warning" and not scope:
                scope = ("basis",)
            assert value is not None
            alternatives = self.alternatives(claim, figures, reading)
            text = (
                f"正文{self.quoted(claim)}：{where}为 {figure(value.number)}{alternatives}，与所写 {figure(left)} 不符"
                f"{note}{self.hint(claim, figures, reading)}{scope_note(scope)}"
            )
        elif not text:
            assert value is not None
            computed = {"share": percent, "growth": percent}.get(claim.kind)
            number = computed(value.number, claim.places) if computed else figure(value.number)
            text = f"正文{self.quoted(claim)}：与{where}{'算得的' if computed else ''} {number} 相符"
        right = None if value is None else value.number
        rows = {key.row for key in reading}
        columns = {key.column for key in reading}
        label = LABELS[next(name for name in LABELS if rule.startswith(name))]
        return Finding(
            rule=rule,
            status=status.value,
            severity=severity,
            agency=self.report.agency,
            year=self.report.year,
            table=reading[0].table if own else None,
            row=rows.pop() if own and len(rows) == 1 else None,
            column=columns.pop() if own and len(columns) == 1 else None,
            left=left,
            right=right,
            difference=None if left is None or right is None else round(left - right, 6),
            message=text,
            reason=reason,
            label=label,
            place=where,
            calculation="" if left is None or right is None else f"正文 {figure(left)}，表内 {figure(right)}",
            basis=BASIS.get(rule, DEFAULT_BASIS),
            unless="句中口径与表不同（本级与全域、半年、分渠道、备案与审结）",
            cells=tuple(str(key) for key in (*reading, *others) if own),
            blanks=value.blanks if value else 0,
            quote=self.report.narrative[slice(*claim.sentence_span)],
            span=claim.sentence_span,
        )

    def alternatives(self, claim: Claim, figures: Figures, reading: Reading) -> str:
        """The other cells that the words might mean, with their figures."""
        form = figures.report.edition
        told = []
        for other in claim.readings:
            value = figures.value(other)
            if other != reading and value is not None:
                told.append(f"{reading_name(other, form)}为 {figure(value.number)}")
        return f"（{'；'.join(told)}）" if told else ""

    def hint(self, claim: Claim, figures: Figures, reading: Reading) -> str:
        """What else in the table the stated number is, where only one thing comes into question."""
        number = claim.number
        if claim.kind != "count" or number is None or number < FEWEST_FOR_COINCIDENCE:
            return ""
        form = figures.report.edition
        if reading[0].table == "disputes" and {key.column for key in reading} == {"total"}:
            done = tuple(
                CellKey("disputes", key.row, name)
                for key in reading
                for name in ("upheld", "corrected", "other_result")
            )
            value = figures.value(done)
            if value is not None and value.number == number:
                return f"；所写 {figure(number)} 恰为已审结的件数（总计减尚未审结）"
        rows = {key.row for key in reading}
        same = [
            key
            for key in form.tables[reading[0].table].cells
            if key.row in rows and key not in reading and figures.report.cell(key).value == number
        ]
        if not same:
            sums = [
                row
                for row in rows
                if len(rows) > 1
                and (value := figures.cell(CellKey(reading[0].table, row, reading[0].column))) is not None
                and value.number == number
            ]
            same = [CellKey(reading[0].table, row, reading[0].column) for row in sums]
        return f"；所写 {figure(number)} 恰为{coincidence(same[0], form)}的数" if len(same) == 1 else ""


def check_each(report: Report, prior: Report | None, claims: Sequence[Claim]) -> list[Finding]:
    """The findings on every claim of a report."""
    checker = Checker(report, Figures(report), Figures(prior) if prior is not None else None)
    divided = {(claim.paragraph, key.row) for claim in claims if claim.breakdown for key in claim.readings[0]}
    found = []
    for claim in claims:
        if any((claim.paragraph, key.row) in divided for key in claim.readings[0]):
            # A total divided into the results that table 四 has is counted as table 四 counts.
            claim = replace(claim, breakdown=True)
        found.append(checker.check(claim))
    return [finding for finding in found if finding is not None]
