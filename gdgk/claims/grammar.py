"""Tokens of a narrative → what it states: a machine that goes once over each sentence and carries the subject along.

A figure belongs to the words that stand next to it, before it (收到申请 12 件) or, at the start of a clause, after it
(3 件结转下年度). Words that the vocabulary does not have, between the two, part them: the figure is then a fact of
something else. A clause that does not say of what it speaks (办结 12 件) takes it from the clauses before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gdgk.claims.meaning import (
    RESULTS,
    Context,
    Features,
    dispute_groups,
    readings,
    rows_of_group,
)
from gdgk.claims.model import Claim, Fact, Reading
from gdgk.claims.prose import Sentence
from gdgk.claims.tokens import Token, tokens
from gdgk.form import CellKey, Edition

FEATURES = {
    "topic": "topics",
    "act": "acts",
    "outcome": "outcomes",
    "applicant": "applicants",
    "result": "results",
    "litigation_kind": "kinds",
    "document": "documents",
    "column": "columns",
}
COMMAS = "，,"
STRONG = "；;"
APPLICATION_CHANNELS = {"当面", "信函", "网络", "传真"}
LONGEST_QUOTE = 400
LOOK_AHEAD = 14
DEEPEST = 20
MOST_REMEMBERED = 20
NOT_STATED = {"part_year", "since", "plan", "extreme"}
HEADINGS = (
    ("复议", "disputes"),
    ("诉讼", "disputes"),
    ("依申请", "applications"),
    ("处理政府信息公开申请", "applications"),
    ("主动公开", ""),
)


@dataclass
class Memory:
    """What is carried from clause to clause and, within a paragraph, from sentence to sentence."""

    family: str = ""
    heading: str = ""
    groups: tuple[str, ...] = ()
    document: str = ""
    column: str = ""
    published: bool = False
    row_act: str = ""
    channel: str = ""
    everything: bool = False
    section: str = ""
    paragraph: int = -1
    year: int | None = None
    years_back: int = 0
    scope: tuple[str, ...] = ()

    def context(self) -> Context:
        """The memory as the meaning of words needs it."""
        family = self.family or self.heading
        return Context(family, self.groups, self.document, self.column, self.row_act, self.published)


@dataclass
class Clause:
    """What has been read since the last figure or mark."""

    features: Features = field(default_factory=Features)
    tight: bool = False
    gap: str = ""
    foreign: bool = False
    totalled: bool = False
    every: bool = False
    each: bool = False
    none: str = ""
    none_start: int = 0
    compare: bool = False
    change: int = 0
    share: bool = False
    share_gap: bool = False
    denied_figure: bool = False
    start: int = -1
    year_before: int | None = None
    cause: bool = False
    tail: int = 0


class Reader:
    """Reads a narrative sentence by sentence on one form."""

    def __init__(self, form: Edition) -> None:
        self.form = form
        self.memory = Memory()
        self.found: list[Claim | Fact] = []

    def read(self, sentence: Sentence) -> None:
        """Read one sentence; a heading sets what the paragraphs beneath it are about."""
        if sentence.heading:
            self.read_heading(sentence)
            return
        if sentence.paragraph != self.memory.paragraph:
            self.memory = Memory(heading=self.memory.heading, section=self.memory.section, paragraph=sentence.paragraph)
        goes_on = sentence.text.startswith(("其中", "（其中"))
        if not goes_on:
            self.memory = replace(self.memory, year=None, years_back=0, scope=(), channel="", everything=False, published=False)
        SentenceReader(self, sentence).read()

    def read_heading(self, sentence: Sentence) -> None:
        """A heading: ## opens a section, any names what comes."""
        text = sentence.text.lstrip("#")
        family = next((family for word, family in HEADINGS if word in text), "")
        if sentence.text.startswith("##") and not sentence.text.startswith("###"):
            self.memory = Memory(heading=family, section=text)
        else:
            self.memory = Memory(heading=family, section=self.memory.section)


class SentenceReader:
    """Goes over the tokens of one sentence and adds what they state to the reader's findings."""

    def __init__(self, reader: Reader, sentence: Sentence) -> None:
        self.reader = reader
        self.form = reader.form
        self.sentence = sentence
        self.tokens = tokens(sentence.text)
        self.memory = reader.memory
        self.clause = Clause()
        self.held: Clause | None = None
        self.stack: list[Clause] = []
        self.lead: list[str] = ["sentence"]
        self.last: Claim | Fact | None = None
        self.last_end = -1
        self.counted: list[Claim] = []
        self.listed: list[Features] = []
        self.queue: list[Features] = []
        self.respectively = False
        self.between_clean = False

    # The pass over the tokens ---------------------------------------------------------------------------------------

    def read(self) -> None:
        """Every token once, in order."""
        for index, token in enumerate(self.tokens):
            if token.kind == "mark":
                self.mark(token)
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

    def mark(self, token: Token) -> None:
        """Punctuation: closes a clause, opens or ends brackets, or joins what stands in a row."""
        text = token.text
        if text in "(（":
            if len(self.stack) < DEEPEST:
                self.stack.append(self.clause)
                self.clause = Clause()
            self.lead.append("bracket")
        elif text in ")）":
            self.close_clause(token.start)
            if self.stack:
                self.clause = self.stack.pop()
            self.lead.append("bracket_end")
        elif text == "、":
            if self.clause.features and self.clause.tight:
                self.list_features()
                return
            self.clause = Clause(none=self.clause.none, none_start=self.clause.none_start) if self.clause.none else Clause()
        elif text in "：:":
            self.lead.append("colon")
            if not self.clause.tight:
                self.close_clause(token.start)
        else:
            self.close_clause(token.start)
            if text in STRONG:
                self.lead.append("strong")
                self.held = None
                self.queue, self.listed, self.respectively = [], [], False

    def list_features(self) -> None:
        """Keep what has been named so far, for 分别 that may follow."""
        if len(self.listed) < 40:
            self.listed.append(copy_of(self.clause.features))

    def close_clause(self, end: int) -> None:
        """End of a clause: what is denied or said of all is stated now; what it was about is remembered."""
        clause = self.clause
        if clause.none and not clause.denied_figure:
            self.state_none(end)
        elif clause.every and clause.features.results and not clause.denied_figure:
            self.state_all(end)
        self.remember(clause.features)
        self.held = clause if clause.tight and clause.features else (self.held if not clause.gap and not clause.features else None)
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
            memory.published = True
        elif features.columns:
            memory.published = False

    def gap(self, token: Token) -> None:
        """Words that the vocabulary does not have."""
        self.clause.gap += token.text if len(self.clause.gap) < 60 else ""
        self.clause.tight = False
        if self.clause.share:
            self.clause.share_gap = True
        self.between_clean = False

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
        if not clause.compare:
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
            clause.features.last_start = token.start
            clause.tail = token.end
        elif token.has("foreign") and not token.has("filler"):
            clause.foreign, clause.tight = True, False
            clause.gap += token.text if len(clause.gap) < 60 else ""
            clause.share_gap = clause.share_gap or clause.share
            self.between_clean = False
            if not clause.features.outcomes:
                self.memory.family = "foreign" if self.memory.family != "applications" or not clause.features else self.memory.family
        elif token.has("verb"):
            clause.tight = clause.tight and bool(clause.features.documents)
            clause.gap = ""
            if "公开" in token.text or "公布" in token.text or "公示" in token.text or "发布" in token.text:
                clause.features.columns.append("published")
        elif token.has("idiom") or token.has("date"):
            pass

    def grammar(self, token: Token) -> None:
        """Words that say how a figure is meant."""
        clause, memory = self.clause, self.memory
        meanings = token.meanings
        if "none_loose" in meanings or ("none_strict" in meanings):
            if not clause.none:
                clause.none = "loose" if "none_loose" in meanings else "strict"
                clause.none_start = token.start
                clause.gap = ""
                if clause.features and clause.none == "strict" and clause.tight:
                    clause.none = "after"
        if "all" in meanings:
            clause.every = True
        if "each" in meanings or "all" in meanings:
            clause.each = True
        if "respectively" in meanings:
            self.respectively = True
            self.list_features()
            self.queue, self.listed = self.listed, []
        if "listing_open" in meanings:
            self.lead.append("open")
            clause.gap = ""
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
            clause.change = 0
            clause.compare = False
        if "share" in meanings:
            clause.share = True
        if "time" in meanings and not clause.compare:
            memory.year = None
            memory.years_back = 1 if meanings["time"] == "last_year" else 0
        if "scope" in meanings and meanings["scope"] not in memory.scope:
            memory.scope = (*memory.scope, meanings["scope"])
        if "everything" in meanings:
            memory.everything = True
        if "channel" in meanings:
            self.channel(meanings["channel"])
        if "zero" in meanings:
            self.zero(token)

    def channel(self, name: str) -> None:
        """A channel: by which things were published, or applications came."""
        if name not in APPLICATION_CHANNELS or self.memory.context().family == "applications":
            self.memory.channel = name
        if name in APPLICATION_CHANNELS and name not in self.clause.features.channels:
            self.clause.features.channels.append(name)

    def features(self, token: Token) -> bool:
        """Add the word's features to the clause; whether it has any."""
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
                getattr(features, attribute).append(meanings[category])
                features.last = category
                named = True
        if named and meanings.get("act") == "carried" and self.clause.year_before is not None:
            features.acts.remove("carried")
            features.acts.append("carried_over")
            self.memory.year = None
        if named and meanings.get("act") == "carried_over" or meanings.get("act") == "carried_forward":
            self.memory.year, self.memory.years_back = None, 0
        return named

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
        elif key.table == "applications" and key.row not in ("new", "carried_over", "outcomes_total", "carried_forward"):
            self.clause.features.outcomes.append("otherwise")
        else:
            return False
        return True

    # Figures --------------------------------------------------------------------------------------------------------

    def zero(self, token: Token) -> None:
        """为零 after what it is of."""
        if self.clause.tight and self.clause.features:
            self.count(self.clause.features, 0, token, "", True, 1, 0)
            self.clause.denied_figure = True

    def number(self, index: int, token: Token) -> None:
        """A number with its unit: a claim of the words beside it, a change on last year, or a fact."""
        clause = self.clause
        clause.denied_figure = True
        amount = token.amount
        assert amount is not None
        if not token.unit and not self.unit_follows(index):
            self.skip_figure(token)
            return
        unit = token.unit or self.unit_follows(index)
        if self.respectively and self.queue:
            self.in_turn(index, token, unit)
            return
        if clause.change and self.state_change(token, unit):
            self.next_clause()
            return
        stated = self.bind(index, token, unit)
        if not stated:
            self.fact(index, token, unit)
        self.next_clause()

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
        self.clause.tight = False
        self.clause.denied_figure = False
        self.clause.gap += token.text if len(self.clause.gap) < 60 else ""

    def next_clause(self) -> None:
        """After a figure the words begin anew; what was spoken of is remembered."""
        self.remember(self.clause.features)
        self.held = None
        self.clause = Clause(denied_figure=True)

    def bind(self, index: int, token: Token, unit: str) -> bool:
        """State a number of the words before it, else of the words after it."""
        clause = self.clause
        ahead, ahead_tight, ahead_end = self.ahead(index)
        if clause.tight and clause.features and not clause.share:
            features = clause.features
            if only_acts(features) and not ahead_tight and self.of_another(index):
                return False
            if not features.topics and not features.documents and ahead_tight and (ahead.topics or ahead.documents):
                features = merged(features, ahead)
                return self.count(features, token.amount.value, token, unit, False, 1, ahead_end)  # type: ignore[union-attr]
            if clause.each and len(self.listed) >= 1:
                return self.each_of(token, unit)
            return self.count(features, token.amount.value, token, unit, False, 1, 0)  # type: ignore[union-attr]
        if self.held is not None and not clause.features and not clause.gap and clause.totalled:
            return self.count(self.held.features, token.amount.value, token, unit, False, 1, 0)  # type: ignore[union-attr]
        if ahead_tight and (ahead.documents or (ahead.topics and clause.features.acts)) and not ahead.acts:
            return self.count(merged(clause.features, ahead), token.amount.value, token, unit, False, 1, ahead_end)  # type: ignore[union-attr]
        if not clause.features and not clause.gap and self.after(ahead):
            return self.count(ahead, token.amount.value, token, unit, False, 1, ahead_end)  # type: ignore[union-attr]
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

    def ahead(self, index: int) -> tuple[Features, bool, int]:
        """The features of the words after a number up to the next mark or figure, whether they touch it, their end."""
        features = Features()
        tight, touched, end = True, False, 0
        for token in self.tokens[index + 1 : index + 1 + LOOK_AHEAD]:
            if token.kind in ("mark", "number", "percent"):
                break
            if token.kind == "word" and token.has("foreign"):
                return Features(), False, 0
            if token.kind == "word" and any(category in token.meanings for category in FEATURES):
                probe = SentenceProbe(features)
                probe.add(token)
                touched = touched or tight
                end = token.end
            elif token.kind == "year":
                if "carried" in features.acts:
                    features.acts.remove("carried")
                    features.acts.append("carried_forward")
            elif token.kind != "word" or not (token.has("filler") or token.has("conjunction") or token.has("channel") or token.has("all")):
                tight = False
        return features, touched, end

    def each_of(self, token: Token, unit: str) -> bool:
        """行政复议、行政诉讼各 1 件: the number is of each that was named."""
        names = separate(self.listed, self.clause.features)
        self.listed = []
        done = [self.count(one, token.amount.value, token, unit, False, 1, 0) for one in names]  # type: ignore[union-attr]
        return any(done)

    def in_turn(self, index: int, token: Token, unit: str) -> None:
        """分别为 3 件、2 件: the numbers belong to what was named, in turn."""
        names = separate(self.queue[:-1], self.queue[-1]) if self.queue else []
        ahead = self.tokens[index : index + 4 * len(names) + 4]
        following = sum(1 for one in ahead if one.kind == "number")
        if len(names) > 1 and following >= len(names):
            features = names[0]
            self.queue = self.rest_of_queue(names)
            if not self.count(features, token.amount.value, token, unit, False, 1, 0):  # type: ignore[union-attr]
                self.fact_of(token, unit, "")
            self.lead.append("closed")
        elif len(names) == 1:
            self.queue, self.respectively = [], False
            if not self.count(names[0], token.amount.value, token, unit, False, 1, 0):  # type: ignore[union-attr]
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

    # What is stated -------------------------------------------------------------------------------------------------

    def count(
        self, features: Features, value: float, token: Token, unit: str, none: bool, sign: int, end: int, kind: str = ""
    ) -> bool:
        """State that the cells of some words are a number; False where the words mean no cell."""
        memory = self.memory
        if NOT_STATED & set(memory.scope):
            return False
        context = memory.context()
        if context.family == "foreign" and not features.family:
            return False
        found, family = readings(features, unit, context, self.form)
        if not found:
            return False
        amount = token.amount
        certain = bool(features.family or context.family in ("applications", "disputes", "documents"))
        certain = certain and not unplaced(features, context, family, self.form)
        scope = [name for name in memory.scope if name not in NOT_STATED]
        if features.channels and family == "applications":
            scope.append("channels")
        if "still_open" in features.acts or features.results.count("won"):
            scope.append("loose")
        if family == "documents" and found[0][0].table == "proactive_disclosure" and not said(features):
            scope.append("published")
        start = self.clause.start if 0 <= self.clause.start < token.start else token.start
        if features is not self.clause.features and self.held is not None and self.held.start >= 0:
            start = min(start, self.held.start)
        words, span = self.quote(start, max(token.end, end))
        sentence, sentence_span = self.sentence_around(token)
        claim = Claim(
            kind=kind or ("none" if none else "count"),
            number=value,
            unit=unit,
            readings=found,
            words=words,
            span=span,
            sentence=sentence,
            sentence_span=sentence_span,
            denominators=self.denominators(found, family),
            places=amount.places if amount else 0,
            exact=amount.exact if amount else True,
            upper=amount.upper if amount else 1,
            year=memory.year,
            years_back=memory.years_back,
            scope=tuple(dict.fromkeys(scope)),
            breakdown=bool(features.results),
            certain=certain,
            subject=words,
            lead=self.take_lead(),
            paragraph=self.sentence.paragraph,
        )
        self.keep(claim, token)
        memory.family = family
        if family == "applications" and found[0][0].column == "total":
            memory.row_act = row_act(features) or memory.row_act
        if family == "documents" and len(features.documents) == 1:
            memory.document = features.documents[0]
        return True

    def keep(self, item: Claim | Fact, token: Token) -> None:
        """Add what was stated."""
        self.reader.found.append(item)
        self.last, self.last_end = item, token.end
        self.between_clean = True
        if isinstance(item, Claim) and item.kind == "count":
            self.counted = [*self.counted[-MOST_REMEMBERED:], item]

    def denominators(self, found: tuple[Reading, ...], family: str) -> tuple[Reading, ...]:
        """Of what a share of these cells may be."""
        from gdgk.claims.lexicon import cells
        from gdgk.claims.meaning import expand

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
        if clause.none == "after" and not clause.tight:
            return
        token = Token("number", clause.none_start, max(end, clause.none_start + 1), "", unit="件")
        names = none_features(features)
        for one in names:
            clear = bool(one.results)
            if clear and not one.topics and not one.kinds:
                one.topics = ["litigation"] if "败诉" in self.sentence.text[clause.none_start : end] else ["reconsideration", "litigation"]
            self.memory.family = "" if one.family else self.memory.family
            self.count(one, 0, token, "件", True, 1, end, "clear" if clear else "none")

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
        counted = [claim for claim in self.counted if claim.readings[0][0].column == "total" and claim.readings[0][0].table == "disputes"]
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

    def all_claim(self, rows: tuple[str, ...], result: str, number: float | None, token: Token, end: int) -> None:
        """Keep one claim that all disputes of some rows ended alike."""
        column = "pending" if result == "concluded" else result
        keys = tuple(CellKey("disputes", row, column) for row in rows)
        if not all(key in self.form.cells for key in keys) or NOT_STATED & set(self.memory.scope):
            return
        if result == "concluded":
            number = 0
        words, span = self.quote(token.start, end)
        sentence, sentence_span = self.sentence_around(token)
        kind = "none" if result == "concluded" else "all"
        claim = Claim(
            kind, number, "件", (keys,), words, span, sentence, sentence_span, year=self.memory.year, years_back=self.memory.years_back,
            scope=self.memory.scope, breakdown=True, subject=words, lead=self.take_lead(), paragraph=self.sentence.paragraph, upper=1,
        )  # fmt: skip
        self.keep(claim, token)

    def state_change(self, token: Token, unit: str) -> bool:
        """增加 12 件: a change on last year of the words before, or of the figure before."""
        return self.growth(token, unit, "change")

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
        if not base:
            return False
        words, span = self.quote(clause.start if clause.start >= 0 else token.start, token.end)
        sentence, sentence_span = self.sentence_around(token)
        stated = self.last.number if not clause.features and isinstance(self.last, Claim) else None
        claim = Claim(
            kind, clause.change * amount.value, unit, base, words, span, sentence, sentence_span, places=amount.places, exact=amount.exact,
            upper=amount.upper, year=self.memory.year, scope=self.memory.scope, lead=("change",), paragraph=self.sentence.paragraph,
            subject=words if stated is None else str(stated),
        )  # fmt: skip
        self.reader.found.append(claim)
        return True

    def percent(self, index: int, token: Token) -> None:
        """A percentage: growth on last year, a share of the figure before it or of the words before it, or a fact."""
        clause = self.clause
        if clause.change:
            done = self.growth(token, "%", "growth")
        else:
            done = self.share(index, token)
        if not done:
            self.fact(index, token, "%")
        clause.change, clause.compare, clause.share = 0, False, False
        clause.denied_figure = True
        clause.gap = ""

    def share(self, index: int, token: Token) -> bool:
        """占 33.9%, （17.46%）: what part of the whole the figure before it is."""
        clause, last = self.clause, self.last
        if clause.foreign or clause.share_gap or NOT_STATED & set(self.memory.scope):
            return False
        bracket = index > 0 and self.tokens[index - 1].text in "(（"
        source: Claim | None = None
        if clause.share and clause.features and clause.tight and not self.named_before_share():
            source = None
        if isinstance(last, Claim) and last.kind == "count" and self.between_clean and not clause.gap and (clause.share or bracket):
            source = last
        if source is None:
            if not clause.share or not clause.features or clause.gap:
                return False
            base, family = readings(before_share(clause.features), "件", self.memory.context(), self.form)
            if not base:
                return False
            dens = self.denominators(base, family)
        else:
            base, dens = source.readings, source.denominators
        if not dens:
            return False
        words, span = self.quote(clause.start if clause.start >= 0 else token.start, token.end)
        sentence, sentence_span = self.sentence_around(token)
        amount = token.amount
        assert amount is not None
        self.reader.found.append(
            Claim(
                "share", amount.value, "%", base, words, span, sentence, sentence_span, denominators=dens, places=amount.places, exact=amount.exact,
                upper=amount.upper, year=self.memory.year, years_back=self.memory.years_back, scope=self.memory.scope, lead=("share",),
                paragraph=self.sentence.paragraph, subject=source.words if source else words,
            )  # fmt: skip
        )
        return True

    def named_before_share(self) -> bool:
        """Whether the clause names what the share is of."""
        return bool(self.clause.features.outcomes or self.clause.features.applicants)

    # Facts ----------------------------------------------------------------------------------------------------------

    def fact(self, index: int, token: Token, unit: str) -> None:
        """A figure of something that no cell counts: what it is of stands before it or, failing that, after it."""
        subject = self.clause.gap
        if not subject:
            following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
            subject = following.text if following is not None and following.kind in ("gap", "word") else ""
            if following is not None and following.kind == "word" and not following.has("foreign") and not following.has("topic"):
                subject = ""
        self.fact_of(token, unit, subject)

    def fact_of(self, token: Token, unit: str, subject: str) -> None:
        """Keep a fact."""
        memory = self.memory
        amount = token.amount
        assert amount is not None
        words, span = self.quote(self.clause.start if 0 <= self.clause.start < token.start else token.start, token.end)
        sentence, sentence_span = self.sentence_around(token)
        fact = Fact(
            subject=subject.strip("，。、：“”《》的了等"), channel="" if memory.everything else memory.channel, number=amount.value, unit=unit,
            exact=amount.exact, words=words, span=span, sentence=sentence, sentence_span=sentence_span, upper=amount.upper,
            places=amount.places, everything=memory.everything, scope=memory.scope, year=memory.year, lead=self.take_lead(),
            paragraph=self.sentence.paragraph, section=memory.section,
        )  # fmt: skip
        self.keep(fact, token)

    # Places ---------------------------------------------------------------------------------------------------------

    def take_lead(self) -> tuple[str, ...]:
        """The marks of listing since the figure before."""
        lead, self.lead = tuple(self.lead), []
        return lead

    def quote(self, start: int, end: int) -> tuple[str, tuple[int, int]]:
        """Letters of the sentence and where they stand in the narrative, at most LONGEST_QUOTE of them."""
        end = min(max(end, start + 1), len(self.sentence.text))
        start = max(min(start, end - 1), end - LONGEST_QUOTE)
        return self.sentence.text[start:end], self.sentence.span(start, end)

    def sentence_around(self, token: Token) -> tuple[str, tuple[int, int]]:
        """The sentence or, where it is very long, the stretch around a token."""
        text = self.sentence.text
        start, end = 0, len(text)
        if end > LONGEST_QUOTE:
            start, end = max(0, token.start - LONGEST_QUOTE // 2), min(end, max(token.end, token.start + 1) + LONGEST_QUOTE // 2)
            cut = max(text.rfind(mark, start, token.start) for mark in "，；：")
            start = cut + 1 if cut >= 0 and start else start
            cuts = [at for mark in "，；" if (at := text.find(mark, token.end, end)) >= 0]
            end = min(cuts) if cuts else end
        return text[start:end], self.sentence.span(start, end)


class SentenceProbe:
    """Adds the features of a word that stands ahead."""

    def __init__(self, features: Features) -> None:
        self.features = features

    def add(self, token: Token) -> None:
        """Add them; 其他 says nothing by itself."""
        for category, attribute in FEATURES.items():
            key = token.meanings.get(category)
            if key is not None and key != "rest":
                getattr(self.features, attribute).append(key)


def only_acts(features: Features) -> bool:
    """Whether the words say what was done and not with what."""
    return bool(features.acts) and not (features.topics or features.outcomes or features.applicants or features.documents or features.kinds)


def unplaced(features: Features, context: Context, family: str, form: Edition) -> bool:
    """Whether the words leave open which row is meant: a result of no named dispute, a column of no named row.

    How many documents were made public is not how many were made, which is all that the form of 2021 counts.
    """
    if family == "disputes":
        return not dispute_groups(features, context)
    if family == "documents":
        if not features.documents and not context.document:
            return True
        public = "published" in features.columns or (context.published and not features.columns)
        table = form.tables.get("proactive_disclosure")
        return bool(public and not said(features) and table is not None and "newly_disclosed" not in table.columns)
    return False


def said(features: Features) -> bool:
    """Whether the words say with the form's own what is counted of a document."""
    return any(column != "published" for column in features.columns) or any(row not in ("regulations", "normative_documents") for row in features.documents)


def row_act(features: Features) -> str:
    """The act that a list of applicants after it divides."""
    return next((act for act in reversed(features.acts) if act in ("received", "new", "handled", "closed")), "received" if features.topics else "")


def before_share(features: Features) -> Features:
    """The features of what has a share, without those of the whole (占收到申请总数的)."""
    if features.outcomes or features.applicants:
        return Features(outcomes=features.outcomes, applicants=features.applicants)
    return features


def copy_of(features: Features) -> Features:
    """The features as they are now."""
    return Features(
        list(features.topics), list(features.acts), list(features.outcomes), list(features.applicants), list(features.results),
        list(features.kinds), list(features.documents), list(features.columns), list(features.channels), features.last, features.and_so_on,
        features.year, features.last_start, features.rest,
    )  # fmt: skip


def merged(first: Features, second: Features) -> Features:
    """The features of both, in order."""
    made = copy_of(first)
    for name in (*FEATURES.values(), "channels"):
        getattr(made, name).extend(getattr(second, name))
    made.and_so_on = first.and_so_on or second.and_so_on
    return made


def separate(steps: list[Features], last: Features) -> list[Features]:
    """What a row of names adds one by one, each with what stands for all of it (行政许可、行政处罚决定)."""
    whole = [*steps, last]
    names: list[Features] = []
    before = Features()
    shared_columns = last.columns
    for one in whole:
        added = Features()
        for name in FEATURES.values():
            mine, theirs = getattr(one, name), getattr(before, name)
            setattr(added, name, list(mine[len(theirs) :]))
        if added:
            names.append(added)
        before = one
    if not names:
        return []
    if all(name.documents for name in names[:-1]) and shared_columns:
        for name in names:
            name.columns = name.columns or list(shared_columns)
    elif all(name.acts and not name.topics for name in names[:-1]) and names[-1].acts:
        for name in names:
            name.topics = name.topics or list(last.topics)
    if names[0].topics and len(names[0].topics) == 1 and names[0].topics[0] != "applications" and names[0].results and len(names) > 1:
        for name in names[1:]:
            name.topics = name.topics or list(names[0].topics) if name.results else name.topics
    return [name for name in names if has_key(name)]


def has_key(features: Features) -> bool:
    """Whether the features name something by themselves."""
    return bool(features)


def none_features(features: Features) -> list[Features]:
    """What is said not to be, each by itself: of several topics all but the cause of another."""
    results = [result for result in features.results if result in ("corrected",)]
    if features.results and not results:
        return []
    topics = list(dict.fromkeys(features.topics))
    disputes = [topic for topic in topics if topic != "applications"]
    flows = [act for act in features.acts if act in ("carried_over", "carried_forward")]
    if features.outcomes:
        return [Features(outcomes=[name]) for name in dict.fromkeys(features.outcomes)] if features.last == "outcome" else []
    if results:
        return [Features(topics=[topic], results=["corrected"]) for topic in disputes] or [Features(results=["corrected"])]
    if features.kinds:
        return [Features(kinds=[kind]) for kind in dict.fromkeys(features.kinds)]
    if features.documents:
        return [Features(documents=[name], columns=list(features.columns)) for name in dict.fromkeys(features.documents)]
    if flows:
        return [Features(topics=["applications"], acts=[flows[-1]])]
    found = [Features(topics=[topic]) for topic in disputes]
    if "applications" in topics and (not disputes or features.and_so_on):
        found.append(Features(topics=["applications"], acts=["new"], applicants=list(features.applicants)))
    return found


def statements(narrative_sentences: Iterator[Sentence], form: Edition) -> list[Claim | Fact]:
    """Everything that the sentences state, in order."""
    reader = Reader(form)
    for sentence in narrative_sentences:
        reader.read(sentence)
    return reader.found
