"""Tokens of a narrative → what it states: a machine that goes once over each sentence and carries the subject along.

A figure belongs to the words that stand next to it, before it (收到申请 12 件) or, at the start of a clause, after it
(3 件结转下年度). Words that the vocabulary does not have, between the two, part them: the figure is then a fact of
something else. A clause that does not say of what it speaks (办结 12 件) takes it from the clauses before.
"""

from __future__ import annotations

from gdgk.claims.clauses import FEATURES, Clause, copy_of, features_ahead, merged, only_acts, only_named, separate
from gdgk.claims.meaning import Context, Features, dispute_groups
from gdgk.claims.model import Claim
from gdgk.claims.stating import APPLICATION_CHANNELS, DEEPEST, LEVELS, LONGEST_SUBJECT, STRONG, Stating
from gdgk.claims.tokens import Token

CASES = {"件", "宗", "起", "份", "例"}
NAMING = {"topic", "document", "outcome", "litigation_kind", "result", "applicant", "channel"}
MOST_LISTED = 40
MOST_NAMED = 60


class SentenceReader(Stating):
    """Goes over the tokens of one sentence and adds what they state to the reader's findings."""

    # The pass over the tokens ---------------------------------------------------------------------------------------

    def read(self) -> None:
        """Every token once, in order."""
        for index, token in enumerate(self.tokens):
            if token.kind == "mark":
                self.mark(index, token)
            elif token.kind == "word":
                self.word(token)
            elif token.kind == "year":
                self.year(token)
            elif token.kind == "number":
                self.number(index, token)
            elif token.kind == "percent":
                self.percent(index, token)
            else:
                self.gap(token)
        self.close_clause(len(self.sentence.text))

    def mark(self, index: int, token: Token) -> None:
        """Punctuation: closes a clause, opens or ends brackets, or joins what stands in a row."""
        text = token.text
        if text in "(（":
            if len(self.stack) < DEEPEST:
                self.stack.append((self.clause, self.memory.year, self.memory.years_back, self.memory.scope))
                self.clause = Clause()
            self.lead.append("bracket")
        elif text in ")）":
            self.close_clause(token.start)
            if self.stack:
                # What brackets say of another year or scope ends with them: 42 件（2022 年为 30 件），办结 40 件.
                self.clause, self.memory.year, self.memory.years_back, self.memory.scope = self.stack.pop()
            self.lead.append("bracket_end")
        elif text == "、":
            if self.clause.none and self.denies(index + 1):
                self.close_clause(token.start)
                return
            if self.clause.features and self.clause.tight:
                self.list_features()
                return
            # 信息、公告共计 12 条: words of a row are one subject.
            before = self.clause
            self.clause = Clause(
                none=before.none, none_start=before.none_start, start=before.start, gap_start=before.gap_start
            )
        elif text in "：:":
            self.lead.append("colon")
            if self.clause.tight:
                self.clause.header = True
            else:
                self.close_clause(token.start)
        else:
            self.close_clause(token.start)
            if text in STRONG:
                self.lead.append("strong")
                self.partial = False
                self.held = None
                self.queue, self.listed, self.respectively = [], [], False

    def denies(self, index: int) -> bool:
        """Whether a token is a word of negation (零申请、零复议)."""
        token = self.tokens[index] if index < len(self.tokens) else None
        return token is not None and (token.has("none_strict") or token.has("none_loose"))

    def list_features(self) -> None:
        """Keep what has been named so far, for 分别 that may follow."""
        if not self.clause.listing:
            self.clause.listing, self.listed = True, []
        if len(self.listed) < MOST_LISTED:
            self.listed.append(copy_of(self.clause.features))

    def close_clause(self, end: int) -> None:
        """End of a clause: what is denied or said of all is stated now; what it was about is remembered."""
        clause = self.clause
        if clause.none and not clause.denied_figure:
            self.state_none(end)
        elif clause.every and clause.features.results and not clause.denied_figure:
            self.state_all(end)
        elif clause.every and clause.features.outcomes == ["granted"] and not clause.denied_figure and not clause.gap:
            self.state_all_granted(end)
        self.remember(clause.features)
        self.held = (
            clause
            if clause.tight and clause.features
            else (self.held if not clause.gap and not clause.features else None)
        )
        self.clause = Clause()

    def remember(self, features: Features) -> None:
        """What a clause names stands for the clauses after it that name nothing."""
        memory = self.memory
        if features.family:
            memory.family = features.family
        groups = dispute_groups(features, Context())
        if groups:
            memory.groups = groups
        if len(features.documents) == 1:
            memory.document = features.documents[0]
        if "published" in features.columns:
            memory.published, memory.column = True, ""
        elif features.columns:
            memory.published = False
            memory.column = features.columns[-1] if features.columns[-1] == "issued" else ""

    def gap(self, token: Token) -> None:
        """Words that the vocabulary does not have."""
        self.open_gap(token)
        if self.clause.share:
            self.clause.share_gap = True
        self.between_clean = False

    def open_gap(self, token: Token) -> None:
        """Words that part the words before them from the figure after them."""
        clause = self.clause
        clause.start = token.start if clause.start < 0 else clause.start
        clause.gap_start = token.start if clause.gap_start < 0 else clause.gap_start
        clause.gap += token.text if len(clause.gap) < LONGEST_SUBJECT else ""
        clause.tight = False
        clause.loose = True
        clause.change = 0

    def year(self, token: Token) -> None:
        """A year sets which year is spoken of, unless it is compared with or belongs to what was carried over."""
        clause = self.clause
        clause.year_before = token.year
        if "carried" in clause.features.acts and not clause.features.year:
            clause.features.year = token.year
            clause.features.acts.remove("carried")
            clause.features.acts.append("carried_forward")
            clause.tight = True
            return
        if clause.compare:
            clause.compared = (token.year, 0)
        else:
            self.memory.year, self.memory.years_back = token.year, 0

    # Words ----------------------------------------------------------------------------------------------------------

    def word(self, token: Token) -> None:
        """A word of the vocabulary: a feature of the clause, or one of the grammar."""
        clause = self.clause
        clause.start = token.start if clause.start < 0 else clause.start
        self.grammar(token)
        named = self.features(token)
        if named:
            clause.tight = True
            clause.change = 0
        elif token.has("foreign") and not token.has("filler"):
            clause.foreign = True
            self.open_gap(token)
            clause.share_gap = clause.share_gap or clause.share
            self.between_clean = False
        elif token.has("verb"):
            clause.tight = clause.tight and bool(clause.features.documents)
            clause.gap, clause.gap_start = "", -1
            if "公开" in token.text or "公布" in token.text or "公示" in token.text or "发布" in token.text:
                clause.features.columns = [*clause.features.columns[:MOST_NAMED], "published"]
        elif token.has("idiom") or token.has("date"):
            pass

    def grammar(self, token: Token) -> None:
        """Words that say how a figure is meant."""
        clause, memory = self.clause, self.memory
        meanings = token.meanings
        if ("none_loose" in meanings or ("none_strict" in meanings)) and not clause.none:
            clause.none = "loose" if "none_loose" in meanings else "strict"
            clause.none_start = token.start
            clause.gap, clause.gap_start = "", -1
            if clause.features and clause.none == "strict" and clause.tight:
                clause.none = "after"
        if "all" in meanings:
            clause.every = True
        if "each" in meanings or "all" in meanings:
            clause.each = True
        if "respectively" in meanings:
            self.respectively = True
            self.lead.append("closed")
            if clause.features:
                self.list_features()
            elif self.held is not None:
                self.listed.append(copy_of(self.held.features))
            self.queue, self.listed = self.listed, []
        if "listing_open" in meanings:
            self.lead.append("open")
            clause.gap, clause.gap_start = "", -1
        if "listing_closed" in meanings:
            self.lead.append("closed")
        if "and_so_on" in meanings:
            self.lead.append("etc")
            clause.features.and_so_on = True
        if "total" in meanings:
            clause.totalled = True
            self.lead.append("total")
        if "compare" in meanings:
            clause.compare = True
        if "rise" in meanings or "fall" in meanings:
            clause.change = 1 if "rise" in meanings else -1
        if "level" in meanings:
            clause.change, clause.compare, clause.level = 0, False, True
            memory.year, memory.years_back = None, 0
        if "share" in meanings:
            clause.share, clause.part = True, clause.features if clause.tight else None
            clause.features = Features()
        if "time" in meanings and clause.compare and meanings["time"] == "last_year":
            clause.compared = (None, 1)
        elif "time" in meanings:
            memory.year = None
            memory.years_back = 1 if meanings["time"] == "last_year" else 0
            memory.scope = tuple(name for name in memory.scope if name != "part_year")
        if "scope" in meanings:
            self.scope(meanings["scope"])
        if "same" in meanings and clause.compare:
            self.state_same(token)
        if "conjunction" in meanings and clause.tight and clause.features:
            self.list_features()
        if "everything" in meanings:
            memory.everything = True
        if "channel" in meanings:
            self.channel(meanings["channel"])
        if "zero" in meanings:
            self.zero(token)

    def scope(self, name: str) -> None:
        """What narrows or widens the count; of levels the one said last."""
        kept = [one for one in self.memory.scope if one != name and not (name in LEVELS and one in LEVELS)]
        whole = name == "lower_level" and "whole_area" in self.memory.scope
        self.memory.scope = (*kept, "whole_area" if whole else name)

    def channel(self, name: str) -> None:
        """A channel: by which things were published, or applications came."""
        self.clause.channels += 1
        if name not in APPLICATION_CHANNELS:
            self.memory.channel, self.memory.channel_used = name, False
        if name in APPLICATION_CHANNELS and name not in self.clause.features.channels:
            self.clause.features.channels.append(name)

    def features(self, token: Token) -> bool:
        """Add the word's features to the clause; whether it has any."""
        if self.clause.header and NAMING & token.meanings.keys():
            # What stood before the colon was a heading: 行政复议、行政诉讼情况：行政复议 2 件.
            self.remember(self.clause.features)
            self.clause.features, self.clause.header, self.listed = Features(), False, []
        features = self.clause.features
        meanings = token.meanings
        named = False
        if "document_column" in meanings:
            row, column = meanings["document_column"].split(".")
            features.documents.append(row)
            features.columns.append(column)
            named = True
        if meanings.get("outcome") == "rest" or meanings.get("result") == "rest":
            return self.rest()
        for category, attribute in FEATURES.items():
            if category in meanings:
                key = meanings[category]
                if key == "carried" and self.clause.year_before is not None:
                    # 2022 年结转 3 件: from the year said.
                    key = "carried_over"
                    self.memory.year = None
                named_so_far = getattr(features, attribute)
                if len(named_so_far) < MOST_NAMED:
                    named_so_far.append(key)
                features.last = category
                named = True
        if "topic" in meanings:
            features.bare = (
                token.text.startswith("申请") and len(token.text) <= len("申请总量") and not features.topics[:-1]
            )
        if "act" in meanings:
            self.clause.loose = False
        if (named and meanings.get("act") == "carried_over") or meanings.get("act") == "carried_forward":
            self.memory.year, self.memory.years_back = None, 0
        return named

    # Figures --------------------------------------------------------------------------------------------------------

    def zero(self, token: Token) -> None:
        """为零 after what it is of."""
        if self.clause.tight and self.clause.features:
            self.count(self.clause.features, 0, token, "")
            self.clause.denied_figure = True

    def number(self, index: int, token: Token) -> None:
        """A number with its unit: a claim of the words beside it, a change on last year, or a fact."""
        clause = self.clause
        amount = token.amount
        assert amount is not None
        if clause.none and amount.value == 1 and clause.none_start < token.start:
            return  # 没有一起, 无一件: not a figure
        if token.text[0] == "一" and amount.value == 1 and token.unit not in CASES:
            self.skip_figure(token)  # 一部手机, 一个栏目: an article, not a figure
            return
        clause.denied_figure = True
        if not token.unit and not self.unit_follows(index):
            self.skip_figure(token)
            return
        unit = token.unit or self.unit_follows(index)
        if self.respectively and self.queue:
            self.in_turn(index, token, unit)
            return
        if clause.change and self.growth(token, unit, "change"):
            self.next_clause()
            return
        if clause.compared and clause.features and not clause.change:
            self.compared(index, token, unit)
            return
        if clause.compare and self.state_base(token, unit):
            return
        stated = self.bind(index, token, unit)
        if not stated:
            self.fact(index, token, unit)
        self.next_clause()

    def compared(self, index: int, token: Token, unit: str) -> None:
        """申请量较上年的 18 件增长: the figure is last year's, and what is said of this year follows."""
        memory, clause = self.memory, self.clause
        now = memory.year, memory.years_back
        memory.year, memory.years_back = clause.compared or (None, 1)
        clause.compared = None
        if not self.bind(index, token, unit):
            self.fact(index, token, unit)
        memory.year, memory.years_back = now

    def unit_follows(self, index: int) -> str:
        """The unit of a bare number: of the last number in its row of 分别, or none for 数量为 12."""
        token = self.tokens[index]
        if self.respectively and self.queue:
            for other in self.tokens[index + 1 : index + 1 + 2 * len(self.queue)]:
                if other.kind == "number" and other.unit:
                    return other.unit
                if other.kind not in ("number", "mark") and not other.has("conjunction"):
                    break
        before = self.tokens[index - 1].text if index else ""
        ends = index + 1 >= len(self.tokens) or self.tokens[index + 1].kind == "mark"
        small = token.amount is not None and token.amount.value < 10_000_000
        if self.clause.tight and ends and small and before.endswith(("数", "量", "为", "：", ":", "数量", "总数")):
            return "件"
        return ""

    def skip_figure(self, token: Token) -> None:
        """A number that counts nothing stands in the way of the words before it."""
        self.clause.denied_figure = False
        self.open_gap(token)

    def next_clause(self) -> None:
        """After a figure the words begin anew; what was spoken of is remembered."""
        self.remember(self.clause.features)
        self.held = None
        self.clause = Clause(denied_figure=True)

    def bind(self, index: int, token: Token, unit: str) -> bool:
        """State a number of the words before it, else of the words after it."""
        clause = self.clause
        ahead, ahead_tight, ahead_end = features_ahead(self.tokens, index)
        if clause.tight and clause.features and not clause.share:
            features = clause.features
            if only_acts(features) and not ahead_tight and self.of_another(index):
                return False
            if not features.topics and not features.documents and ahead_tight and (ahead.topics or ahead.documents):
                features = merged(features, ahead)
                return self.count(features, token.amount.value, token, unit, ahead_end)  # type: ignore[union-attr]
            if clause.each and self.listed:
                names = separate(self.listed, clause.features)
                self.listed = []
                if len(names) > 1 and all(only_named(name) for name in names):
                    return any([self.count(one, token.amount.value, token, unit) for one in names])  # type: ignore[union-attr]
            return self.count(features, token.amount.value, token, unit)  # type: ignore[union-attr]
        if clause.level and not clause.features and not clause.gap and isinstance(self.last, Claim):
            # 由上年的 30 件增加到 42 件
            self.keep(self.claim("count", token.amount.value, unit, self.last.readings, token))  # type: ignore[union-attr]
            return True
        if self.held is not None and not clause.features and not clause.gap and clause.totalled:
            return self.count(self.held.features, token.amount.value, token, unit, start=self.held.start)  # type: ignore[union-attr]
        if ahead_tight and (ahead.documents or (ahead.topics and clause.features.acts)) and not ahead.acts:
            return self.count(merged(clause.features, ahead), token.amount.value, token, unit, ahead_end)  # type: ignore[union-attr]
        if not clause.features and not clause.gap and self.after(ahead):
            return self.count(ahead, token.amount.value, token, unit, ahead_end)  # type: ignore[union-attr]
        return False

    def of_another(self, index: int) -> bool:
        """Whether the word right after a number is one of something else (收到 248 条网民留言)."""
        for token in self.tokens[index + 1 : index + 4]:
            if token.kind != "word" or not token.has("filler"):
                return token.kind in ("gap", "title") or token.has("foreign")
        return False

    def after(self, ahead: Features) -> bool:
        """Whether words after a number may say of what it is: what was carried, an outcome, a result, an applicant."""
        flows = [act for act in ahead.acts if act in ("carried_over", "carried_forward", "still_open")]
        return bool(flows or ahead.outcomes or ahead.results or ahead.kinds or (ahead.applicants and not ahead.acts))

    def in_turn(self, index: int, token: Token, unit: str) -> None:
        """分别为 3 件、2 件: the numbers belong to what was named, in turn."""
        names = separate(self.queue[:-1], self.queue[-1]) if self.queue else []
        ahead = self.tokens[index : index + 4 * len(names) + 4]
        following = sum(1 for one in ahead if one.kind == "number")
        if len(names) > 1 and following >= len(names):
            features = names[0]
            self.queue = self.rest_of_queue(names)
            if not self.count(features, token.amount.value, token, unit):  # type: ignore[union-attr]
                self.fact_of(token, unit, "")
        elif len(names) == 1:
            self.queue, self.respectively = [], False
            if not self.count(names[0], token.amount.value, token, unit):  # type: ignore[union-attr]
                self.fact_of(token, unit, "")
        else:
            self.queue, self.respectively = [], False
            self.fact_of(token, unit, "")
        self.next_clause()

    def rest_of_queue(self, names: list[Features]) -> list[Features]:
        """What is left to be counted, as a row of names again."""
        left: list[Features] = []
        running = Features()
        for one in names[1:]:
            running = merged(running, one)
            left.append(copy_of(running))
        return left
