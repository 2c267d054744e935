"""What is read of a clause, what is carried along, and how the names in it are joined and parted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gdgk.claims.meaning import Context, Features, dispute_groups
from gdgk.claims.tokens import Token
from gdgk.form import Edition

LOOK_AHEAD = 14
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
    channel_used: bool = False
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
    gap_start: int = -1
    loose: bool = False
    channels: int = 0
    foreign: bool = False
    totalled: bool = False
    every: bool = False
    listing: bool = False
    each: bool = False
    none: str = ""
    none_start: int = 0
    compare: bool = False
    level: bool = False
    compared: tuple[int | None, int] | None = None
    change: int = 0
    header: bool = False
    share: bool = False
    part: Features | None = None
    share_gap: bool = False
    denied_figure: bool = False
    start: int = -1
    year_before: int | None = None


class Probe:
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
    return bool(features.acts) and not (
        features.topics or features.outcomes or features.applicants or features.documents or features.kinds
    )


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


def only_named(features: Features) -> bool:
    """Whether the features name a thing that a figure can be of by itself."""
    return bool(
        features.topics
        or features.outcomes
        or features.documents
        or features.kinds
        or features.results
        or features.applicants
    )


def said(features: Features) -> bool:
    """Whether the words say with the form's own what is counted of a document."""
    return any(column != "published" for column in features.columns) or any(
        row not in ("regulations", "normative_documents") for row in features.documents
    )


def said_column(features: Features) -> bool:
    """Whether the words name a column of 表二."""
    return any(column != "published" for column in features.columns)


def row_act(features: Features) -> str:
    """The act that a list of applicants after it divides."""
    return next(
        (act for act in reversed(features.acts) if act in ("received", "new", "handled", "closed")),
        "received" if features.topics else "",
    )


def copy_of(features: Features) -> Features:
    """The features as they are now."""
    lists = {name: list(getattr(features, name)) for name in (*FEATURES.values(), "channels")}
    return replace(features, **lists)  # type: ignore[arg-type]


def merged(first: Features, second: Features) -> Features:
    """The features of both, in order."""
    made = copy_of(first)
    for name in (*FEATURES.values(), "channels"):
        getattr(made, name).extend(getattr(second, name))
    made.and_so_on = first.and_so_on or second.and_so_on
    return made


def separate(steps: list[Features], last: Features) -> list[Features]:
    """What a row of names adds one by one, each with what stands for all of it (行政许可、行政处罚决定)."""
    names: list[Features] = []
    before = Features()
    for one in (*steps, last):
        added = Features()
        for attribute in FEATURES.values():
            known = len(getattr(before, attribute))
            setattr(added, attribute, list(getattr(one, attribute)[known:]))
        if added:
            names.append(added)
        before = one
    if not names:
        return []
    if all(name.documents for name in names[:-1]) and last.columns:
        for name in names:
            name.columns = name.columns or list(last.columns)
    elif all(name.acts and not name.topics for name in names[:-1]) and names[-1].acts:
        for name in names:
            name.topics = name.topics or list(last.topics)
    if (
        names[0].topics
        and len(names[0].topics) == 1
        and names[0].topics[0] != "applications"
        and names[0].results
        and len(names) > 1
    ):
        for name in names[1:]:
            name.topics = name.topics or list(names[0].topics) if name.results else name.topics
    return names


def none_features(features: Features) -> list[Features]:
    """What is said not to be, each by itself: of several topics all but the cause of another."""
    results = [result for result in features.results if result in ("corrected",)]
    if features.results and not results:
        return []
    topics = list(dict.fromkeys(features.topics))
    disputes = [topic for topic in topics if topic != "applications"]
    flows = [act for act in features.acts if act in ("carried_over", "carried_forward")]
    if features.outcomes:
        return (
            [Features(outcomes=[name]) for name in dict.fromkeys(features.outcomes)]
            if features.last == "outcome"
            else []
        )
    if results:
        return [Features(topics=[topic], results=["corrected"]) for topic in disputes] or [
            Features(results=["corrected"])
        ]
    if features.kinds:
        return [Features(kinds=[kind]) for kind in dict.fromkeys(features.kinds)]
    if features.documents:
        return [
            Features(documents=[name], columns=list(features.columns)) for name in dict.fromkeys(features.documents)
        ]
    if flows:
        return [Features(topics=["applications"], acts=[flows[-1]])]
    found = [Features(topics=[topic]) for topic in disputes]
    if features.applicants and not topics:
        topics = ["applications"]
    applicants = [name for name in features.applicants if name != "citizen"]
    if "applications" in topics and (not disputes or features.and_so_on):
        found.append(Features(topics=["applications"], acts=["new"], applicants=applicants))
    return found


def features_ahead(tokens: list[Token], index: int) -> tuple[Features, bool, int]:
    """The features of the words after a number up to the next mark or figure, whether they touch it, their end."""
    features = Features()
    tight, touched, end = True, False, 0
    for token in tokens[index + 1 : index + 1 + LOOK_AHEAD]:
        if token.kind in ("mark", "number", "percent"):
            break
        if token.kind == "word" and token.has("foreign"):
            return Features(), False, 0
        if token.kind == "word" and any(category in token.meanings for category in FEATURES):
            probe = Probe(features)
            probe.add(token)
            touched = touched or tight
            end = token.end
        elif token.kind == "year":
            if "carried" in features.acts:
                features.acts.remove("carried")
                features.acts.append("carried_forward")
        elif token.kind != "word" or not (
            token.has("filler") or token.has("conjunction") or token.has("channel") or token.has("all")
        ):
            tight = False
    return features, touched, end
