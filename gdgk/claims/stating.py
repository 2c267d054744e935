"""What the words beside a figure state: counts, nothing, all alike, shares, changes on last year, facts."""

from __future__ import annotations

import re
from typing import Any

from gdgk.claims.clauses import Clause, none_features, row_act, said, said_column, unplaced
from gdgk.claims.lexicon import cells
from gdgk.claims.meaning import (
    COUNT_UNITS,
    RESULTS,
    Context,
    Features,
    disclosed,
    dispute_groups,
    expand,
    readings,
    rows_of_group,
)
from gdgk.claims.model import Claim, Fact, Reading
from gdgk.claims.numerals import Amount
from gdgk.claims.quoting import Quoting
from gdgk.claims.tokens import Token
from gdgk.form import CellKey

STRONG = "；;"
APPLICATION_CHANNELS = {"当面", "信函", "网络", "传真"}
LONGEST_SUBJECT = 60
DEEPEST = 20
LEVELS = ("own_level", "whole_area", "lower_level")
NOT_STATED = {"part_year", "since", "plan", "extreme"}
ITEM_UNITS = {"条", "篇", "件", "份", "期", "条次", "个", "部"}
ITEMS_SUBJECT = re.compile(r"(?:各类|各项|重点领域)?(?:政府|政务)?信息(?:共|共计|数)?")
SUBJECT_END = re.compile(r"(?:共计|合计|总计|总共|共|数量|总数|总量|数|为|达到|达|约|近|有|已|是|等|的|了)+$")


def own_figure(clause: Clause, last: Claim | Fact | None) -> dict[str, Any]:
    """The figure of this year that a change is of, where the clause names nothing: it tells which reading is meant."""
    return {"base": last.number} if not clause.features and isinstance(last, Claim) else {}


class Stating(Quoting):
    """States what the words of a clause say: each method keeps a claim or a fact, or nothing."""

    # What is stated -------------------------------------------------------------------------------------------------

    def count(
        self,
        features: Features,
        value: float,
        token: Token,
        unit: str,
        end: int = 0,
        kind: str = "count",
        start: int = -1,
    ) -> bool:
        """State that the cells of some words are a number; False where the words mean no cell."""
        memory = self.memory
        if NOT_STATED & set(memory.scope):
            return False
        context = memory.context()
        if context.family == "foreign" and not features.family and not features.results:
            return False
        found, family = readings(features, unit, context, self.form)
        if not found:
            return False
        certain = bool(features.family or context.family in ("applications", "disputes", "documents"))
        beside = features is self.clause.features
        if family == "applications" and beside and self.clause.foreign and not features.family:
            return False
        if family == "applications" and features.topics and beside:
            if features.bare and self.clause.loose:
                # Applications for something else (低保申请), and what follows is of them too.
                memory.family = memory.family if context.family == "applications" else "foreign"
                self.clause.features = Features()
                self.partial = True
                return False
            certain = certain and bool(features.acts or features.applicants or features.outcomes or not self.clause.gap)
        if family == "documents" and beside and not said_column(features) and not context.column:
            if "filed" in memory.scope:
                return False
            certain = certain and not self.clause.gap
        # What a part of the applications came to is not what all of them did: 征地类申请 8 件，其中予以公开 3 件.
        partly = self.partial or (beside and self.clause.foreign)
        certain = certain and not (partly and family == "applications")
        certain = certain and "carried" not in features.acts and not unplaced(features, context, family, self.form)
        scope = [name for name in memory.scope if name not in NOT_STATED]
        by_one = self.clause.channels == 1 and not features.and_so_on and beside
        if found[0][0].table == "applications" and (features.channels or by_one):
            scope.append("channels")
        in_time = "closed_on_time" in features.acts and found[0][0].table == "applications"
        if in_time or "still_open" in features.acts or features.results.count("won"):
            scope.append("loose")
        if found[0][0].table == "proactive_disclosure" and not said(features) and not context.column:
            scope.append("published" if "published" in features.columns or context.published else "loose")
        claim = self.claim(
            kind,
            value,
            unit,
            found,
            token,
            start=start,
            end=end,
            denominators=self.denominators(found, family),
            scope=tuple(dict.fromkeys(scope)),
            breakdown=bool(features.results),
            certain=certain,
        )
        self.keep(claim)
        memory.family = family
        if family == "applications" and found[0][0].column == "total":
            memory.row_act = row_act(features) or memory.row_act
        if family == "documents" and len(features.documents) == 1:
            memory.document = features.documents[0]
        return True

    def denominators(self, found: tuple[Reading, ...], family: str) -> tuple[Reading, ...]:
        """Of what a share of these cells may be."""
        if family == "disputes":
            rows = dict.fromkeys((key.table, key.row) for key in found[0])
            keys = tuple(CellKey(table, row, "total") for table, row in rows)
            return (keys,) if all(key in self.form.cells for key in keys) else ()
        if family == "applications":
            old = "applications" not in self.form.tables
            listed = cells()["statistics"]["denominators"] if old else cells()["shares"]["denominators"]
            return expand(listed, "statistics" if old else "applications", ["value" if old else "total"], self.form)
        return ()

    def state_none(self, end: int) -> None:
        """未收到…申请, 无…行政复议: the cells of what is named last are 0."""
        clause = self.clause
        features = clause.features
        if clause.foreign or not features or (clause.none == "strict" and clause.gap and not features.topics):
            return
        if clause.none == "strict" and clause.gap and not self.sound_gap(clause.gap):
            return
        if not clause.tight:
            # Something else is said not to be: 无申请办理不规范的情况.
            return
        token = Token("number", clause.none_start, max(end, clause.none_start + 1), "", unit="件")
        names = none_features(features)
        for one in names:
            clear = bool(one.results)
            if clear and not one.topics and not one.kinds:
                one.topics = (
                    ["litigation"]
                    if "败诉" in self.sentence.text[clause.none_start : end]
                    else ["reconsideration", "litigation"]
                )
            self.memory.family = "" if one.family else self.memory.family
            self.count(one, 0, token, "件", end, "clear" if clear else "none", clause.start)

    def sound_gap(self, gap: str) -> bool:
        """无 reaches over a few letters only."""
        return len(gap) <= 6

    def state_all(self, end: int) -> None:
        """均获维持, 均未审结: all the disputes counted before, or named here, ended so."""
        clause = self.clause
        result = clause.features.results[-1]
        if result not in (*RESULTS, "concluded"):
            return
        named = dispute_groups(clause.features, Context())
        counted = self.counted_last()
        if clause.features.topics or clause.features.kinds:
            counted = []
        token = Token("number", max(clause.start, 0), max(end, 1), "", unit="件")
        if counted:
            for claim in counted:
                rows = tuple(dict.fromkeys(key.row for key in claim.readings[0]))
                self.all_claim(rows, result, claim.number, token, end)
            return
        for group in named or self.memory.groups:
            self.all_claim(rows_of_group(group), result, None, token, end)

    def counted_last(self) -> list[Claim]:
        """The disputes that 均 is said of: those counted last, back to the opening of a list or to a divided one."""
        found: list[Claim] = []
        for claim in reversed(self.counted):
            key = claim.readings[0][0]
            if key.table != "disputes" or key.column != "total":
                break
            found.append(claim)
            if "open" in claim.lead:
                break
        return found[::-1]

    def state_all_granted(self, end: int) -> None:
        """均予以公开: all the applications counted just before were granted."""
        last = self.last
        if (
            not isinstance(last, Claim)
            or last.kind != "count"
            or not last.certain
            or last.readings[0][0].column != "total"
        ):
            return
        if last.readings[0][0].row not in ("new", "outcomes_total"):
            return
        token = Token("number", max(self.clause.start, 0), max(end, 1), "", unit=last.unit)
        keys = (CellKey("applications", "granted", "total"),)
        self.keep(self.claim("all", last.number, last.unit, (keys,), token, end=end, certain=last.certain))

    def all_claim(self, rows: tuple[str, ...], result: str, number: float | None, token: Token, end: int) -> None:
        """Keep one claim that all disputes of some rows ended alike."""
        column = "pending" if result == "concluded" else result
        keys = tuple(CellKey("disputes", row, column) for row in rows)
        if not all(key in self.form.cells for key in keys) or NOT_STATED & set(self.memory.scope):
            return
        if result == "concluded":
            number = 0
        kind = "clear" if result == "concluded" else "all"
        self.keep(self.claim(kind, number, "件", (keys,), token, end=end, breakdown=True))

    def rest(self) -> bool:
        """其他: of outcomes, applicants or results, as the figures before were."""
        last = self.last
        if not isinstance(last, Claim) or not last.readings:
            return False
        key = last.readings[0][0]
        if key.table == "disputes" and key.column in RESULTS:
            self.clause.features.results.append("other_result")
        elif key.table == "applications" and key.column != "total":
            self.clause.features.applicants.append("other")
        elif key.table == "applications" and key.row not in (
            "new",
            "carried_over",
            "outcomes_total",
            "carried_forward",
        ):
            self.clause.features.outcomes.append("otherwise")
        else:
            return False
        return True

    def state_base(self, token: Token, unit: str) -> bool:
        """较上年的 30 件: last year's figure of what was counted before."""
        last, clause = self.last, self.clause
        if (
            not isinstance(last, Claim)
            or last.kind != "count"
            or clause.gap
            or clause.features
            or not self.between_clean
        ):
            return False
        amount = token.amount
        assert amount is not None
        year = clause.year_before
        back = 0 if year else 1
        made = self.claim(
            "count", amount.value, unit, last.readings, token, year=year, years_back=back, lead=("change",)
        )
        self.found.append(made)
        return True

    def state_same(self, token: Token) -> None:
        """与上年持平: no change on last year."""
        exact = self.sentence.text[max(0, token.start - 2) : token.start] != "基本"
        zero = Token("number", token.start, token.end, token.text, amount=Amount(0, 0, exact, 1), unit="件")
        self.growth(zero, "件", "change")
        self.clause.denied_figure = True

    def growth(self, token: Token, unit: str, kind: str) -> bool:
        """A rise or fall of what the clause names or, when it names nothing, of the figure before it."""
        clause = self.clause
        amount = token.amount
        assert amount is not None
        if NOT_STATED & set(self.memory.scope) or self.memory.years_back or clause.foreign:
            return False
        base: tuple[Reading, ...] = ()
        if clause.features:
            base, _ = readings(clause.features, "件", self.memory.context(), self.form)
            if clause.gap and not clause.tight:
                base = ()
        elif not clause.gap and isinstance(self.last, Claim) and self.last.kind == "count" and self.between_clean:
            base = self.last.readings
        elif not clause.gap and self.between_clean:
            base = self.base
        if not base:
            return False
        made = self.claim(kind, clause.change * amount.value, unit, base, token, **own_figure(clause, self.last))
        self.found.append(made)
        self.base, self.between_clean = base, True
        return True

    def percent(self, index: int, token: Token) -> None:
        """A percentage: growth on last year, a share of the figure before it or of the words before it, or a fact."""
        clause = self.clause
        done = self.growth(token, "%", "growth") if clause.change else self.share(index, token)
        if not done:
            self.fact(index, token, "%")
        clause.change, clause.compare, clause.share = 0, False, False
        clause.denied_figure = True
        clause.gap, clause.gap_start = "", -1

    def share(self, index: int, token: Token) -> bool:
        """占 33.9%, （17.46%）: what part of the whole the figure before it, or what the clause names, is."""
        clause, last = self.clause, self.last
        whole = clause.features
        if clause.foreign or clause.share_gap or self.respectively or NOT_STATED & set(self.memory.scope):
            return False
        if clause.share and (whole.outcomes or whole.results or whole.documents):
            return False
        bracket = index > 0 and self.tokens[index - 1].text in "(（"
        part = clause.part
        if part is not None and (part.outcomes or part.applicants or part.kinds):
            base, family = readings(part, "件", self.memory.context(), self.form)
            denominators = self.denominators(base, family) if base else ()
        elif isinstance(last, Claim) and last.kind == "count" and self.between_clean and (clause.share or bracket):
            base, denominators = last.readings, last.denominators
        else:
            return False
        if not denominators or clause.gap:
            return False
        amount = token.amount
        assert amount is not None
        made = self.claim("share", amount.value, "%", base, token, denominators=denominators)
        self.found.append(made)
        return True

    # Facts ----------------------------------------------------------------------------------------------------------

    def fact(self, index: int, token: Token, unit: str) -> None:
        """A figure of something that no cell counts: what it is of stands before it or, failing that, after it."""
        clause = self.clause
        subject = self.sentence.text[clause.gap_start : token.start][-LONGEST_SUBJECT:] if clause.gap else ""
        if not subject:
            following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
            subject = following.text if following is not None and following.kind in ("gap", "word") else ""
            if (
                following is not None
                and following.kind == "word"
                and not following.has("foreign")
                and not following.has("topic")
            ):
                subject = ""
        self.fact_of(token, unit, subject)

    def fact_of(self, token: Token, unit: str, subject: str) -> None:
        """Keep a fact."""
        memory = self.memory
        amount = token.amount
        assert amount is not None
        if self.clause.foreign and unit in COUNT_UNITS and memory.family != "documents":
            # What comes after it without a word of its own is of the same: 热线 1200 件，办结 1198 件.
            memory.family = "foreign"
        own = self.clause.features.channels
        applied = memory.context().family == "applications" or bool(self.clause.features.topics)
        channel = own[-1] if own and applied else ("" if memory.everything else memory.channel)
        if channel == memory.channel and unit in ITEM_UNITS and not self.clause.channels:
            # A channel named before is that of the next items and of their readers, not of all items that follow.
            channel = "" if memory.channel_used and subject else channel
        memory.channel_used = memory.channel_used or unit in ITEM_UNITS
        if unit == "条" and "公开" in self.sentence.text[max(0, self.clause.start) : token.start][-LONGEST_SUBJECT:]:
            found = disclosed(channel, self.form) if ITEMS_SUBJECT.fullmatch(subject or "信息") else ()
            if found and not NOT_STATED & set(memory.scope):
                self.keep(self.claim("count", amount.value, unit, found, token))
                return
        words, span = self.quote(self.clause.start if 0 <= self.clause.start < token.start else token.start, token.end)
        sentence, sentence_span = self.sentence_around(token)
        fact = Fact(
            subject=SUBJECT_END.sub("", subject).strip("，。、：:“”《》()（）的了等"),
            channel=channel,
            number=amount.value,
            unit=unit,
            exact=amount.exact,
            words=words,
            span=span,
            sentence=sentence,
            sentence_span=sentence_span,
            upper=amount.upper,
            places=amount.places,
            everything=memory.everything,
            scope=memory.scope,
            year=memory.year,
            lead=self.take_lead(),
            paragraph=self.sentence.paragraph,
            section=memory.section,
        )
        self.keep(fact)
