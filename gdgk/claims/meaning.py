"""Words of a clause → the cells that they mean on a form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from gdgk.claims.lexicon import cells
from gdgk.claims.model import Reading
from gdgk.form import CellKey, Edition

APPLICANT_PARTS = ("business", "research", "public_welfare", "legal_service", "other")
GROUPS = ("reconsideration", "litigation")
LITIGATION = ("litigation_direct", "litigation_after_reconsideration")
RESULTS = ("upheld", "corrected", "other_result", "pending")
COUNT_UNITS = {"件", "条", "宗", "份", "次", "个", "项", "起", "例", "封", "人次", "件次", "条次", ""}
CASE_UNITS = {"件", "宗", "起", "例", "次", "个", "件次", "项", "份", ""}
DOCUMENT_UNITS = {"件", "部", "个", "份", "项", ""}
DECISION_UNITS = {"件", "宗", "起", "例", "个", "件次", ""}
FLOWS = ("carried_over", "carried_forward", "still_open", "new")
MADE = ("regulations", "normative_documents")
DECIDED = ("licensing", "penalties", "coercion")


@dataclass
class Features:
    """What the words of a clause say, in the order in which they stand."""

    topics: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    applicants: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    last: str = ""
    and_so_on: bool = False
    year: int | None = None
    bare: bool = False

    def __bool__(self) -> bool:
        return bool(
            self.topics
            or self.acts
            or self.outcomes
            or self.applicants
            or self.results
            or self.kinds
            or self.documents
            or self.columns
        )

    @property
    def family(self) -> str:
        """Which table the words speak of; empty when they do not say."""
        if self.kinds or any(topic != "applications" for topic in self.topics):
            return "disputes"
        if self.documents:
            return "documents"
        if self.topics or self.outcomes or self.applicants or any(act in FLOWS for act in self.acts):
            return "applications"
        return ""


@dataclass(frozen=True)
class Context:
    """What earlier words of the sentence or paragraph were about, for words that do not say."""

    family: str = ""
    groups: tuple[str, ...] = ()
    document: str = ""
    column: str = ""
    row_act: str = ""
    published: bool = False


def readings(features: Features, unit: str, context: Context, form: Edition) -> tuple[tuple[Reading, ...], str]:
    """The cells that the words mean, in order of likelihood, and the table family; no readings when none."""
    family = features.family or context.family
    if features.results and not features.topics and not features.kinds and not features.documents:
        family = "disputes"
    if family == "disputes":
        return dispute_readings(features, unit, context, form), family
    if family == "documents" or (features.columns and not features.topics and not features.acts):
        return document_readings(features, unit, context, form), "documents"
    if family in ("applications", ""):
        return application_readings(features, unit, form, context), "applications"
    return (), family


def application_readings(features: Features, unit: str, form: Edition, context: Context) -> tuple[Reading, ...]:
    """Cells of 表三, or of the statistics of 2014 to 2018."""
    if unit not in COUNT_UNITS:
        return ()
    old = "applications" not in form.tables
    table = "statistics" if old else "applications"
    listed = cells()[table]
    columns = applicant_columns(features.applicants) if not old else ["value"]
    if not columns or (old and features.applicants):
        return ()
    if features.channels:
        if not old:
            whole = features.topics and any(act in ("received", "new") for act in features.acts)
            return expand(listed["received"], table, columns, form) if whole else ()
        if len(features.channels) == 1:
            return expand(listed.get(features.channels[0], []), table, columns, form)
    if features.outcomes:
        return outcome_readings(features, listed, table, columns, form)
    acts = [act for act in features.acts if act != "carried"]
    if "handled" in acts and not features.topics and context.family != "applications":
        return ()
    flows = [act for act in acts if act in FLOWS]
    if "carried" in features.acts:
        # 结转 without a year may be from last year or into the next.
        return expand(["carried_over", "carried_forward"], table, columns, form)
    if flows:
        return expand(listed.get(flows[-1], []), table, columns, form)
    if not acts and features.applicants and context.row_act:
        # 自然人 11 件 after 办结 may divide what was closed or, all the same, what was received.
        acts = list(dict.fromkeys((context.row_act, "received")))
    if not acts:
        acts = ["received"] if features.topics or features.applicants else []
    found: list[Reading] = []
    for act in acts:
        found.extend(one for one in expand(listed.get(act, []), table, columns, form) if one not in found)
    return tuple(found)


def outcome_readings(
    features: Features, listed: dict[str, list[str]], table: str, columns: list[str], form: Edition
) -> tuple[Reading, ...]:
    """Outcomes named together are added; a reason beside its group stands for itself, before 等 for the group."""
    names = list(dict.fromkeys(features.outcomes))
    dropped = {
        reason if features.and_so_on else group for group in names for reason in names if reason.startswith(f"{group}_")
    }
    names = [name for name in names if name not in dropped]
    options = [expand(listed.get(name, [name]), table, columns, form) for name in names]
    if not all(options):
        return ()
    if len(options) == 1:
        return options[0]
    return (tuple(key for option in options for key in option[0]),)


def applicant_columns(applicants: Sequence[str]) -> list[str]:
    """Columns of 表三 that the words for applicants mean; the total when none are named."""
    names = list(dict.fromkeys("natural_person" if name == "citizen" else name for name in applicants))
    if not names:
        return ["total"]
    if "natural_person" in names and len(names) > 1:
        return ["total"]
    if "legal_entity" in names and len(names) > 1:
        names.remove("legal_entity")
    return [part for name in names for part in (APPLICANT_PARTS if name == "legal_entity" else (name,))]


def expand(options: Iterable[str], table: str, columns: Iterable[str], form: Edition) -> tuple[Reading, ...]:
    """Alternatives of summed rows as cells of the form; an alternative with a row that the form lacks is left out."""
    found: list[Reading] = []
    for option in options:
        rows = [row for name in option.split("+") for row in rows_of(name.strip(), table, form)]
        keys = tuple(CellKey(table, row, column) for row in rows if row for column in columns)
        if keys and all(row for row in rows) and all(key in form.cells for key in keys) and keys not in found:
            found.append(keys)
    return tuple(found)


def rows_of(name: str, table: str, form: Edition) -> list[str]:
    """The rows of a row or group name; [""] where the form has neither."""
    item = form.tables.get(table)
    if item is None:
        return [""]
    if name in item.rows:
        return [name]
    if name in item.groups:
        return [leaf.key for leaf in item.leaves(name)] or [""]
    return [""]


def dispute_groups(features: Features, context: Context) -> tuple[str, ...]:
    """The groups of table 四 that the words name: of litigation both kinds unless one is named."""
    if features.kinds:
        return tuple(dict.fromkeys(features.kinds))
    named: list[str] = []
    for topic in features.topics:
        named.extend(
            {"reconsideration": ["reconsideration"], "litigation": ["litigation"], "disputes": list(GROUPS)}.get(
                topic, []
            )
        )
    return tuple(dict.fromkeys(named)) or context.groups


def rows_of_group(group: str) -> tuple[str, ...]:
    """The rows of table 四 that a group adds up."""
    return LITIGATION if group == "litigation" else (group,)


def dispute_readings(features: Features, unit: str, context: Context, form: Edition) -> tuple[Reading, ...]:
    """Cells of table 四 (or of the statistics): the groups named, by the result named, added up."""
    groups = dispute_groups(features, context)
    if unit not in CASE_UNITS:
        return ()
    if not groups:
        # The form's own words for a result without a word of what was disputed: it may be either, or both.
        apart = (("reconsideration",), ("litigation",), GROUPS) if features.results else ()
        options = [dispute_readings(features, unit, replace(context, groups=option), form) for option in apart]
        return tuple(reading for option in options for reading in option)
    results = ["other_result" if result == "rest" else result for result in dict.fromkeys(features.results)]
    if not set(results) <= set(RESULTS):
        return ()
    if "disputes" in form.tables:
        columns = results or ["total"]
        keys = tuple(
            CellKey("disputes", row, column) for group in groups for row in rows_of_group(group) for column in columns
        )
        return (keys,) if all(key in form.cells for key in keys) else ()
    listed = cells()["statistics_disputes"]
    names = []
    for group in groups:
        if group not in listed:
            return ()
        for result in results or [""]:
            if result and result not in listed:
                return ()
            names.append(f"{listed[group]}_{listed[result]}" if result else listed[group])
    keys = tuple(CellKey("statistics", name, "value") for name in names)
    return (keys,) if all(key in form.cells for key in keys) else ()


def document_readings(features: Features, unit: str, context: Context, form: Edition) -> tuple[Reading, ...]:
    """Cells of 表二: a row named now or before, by what is said of it."""
    if features.results:
        return ()  # 撤回行政许可: not a decision made
    rows = list(dict.fromkeys(features.documents)) or ([context.document] if context.document else [])
    if not rows:
        return any_document(features, unit, context, form)
    columns = [column for column in features.columns if column != "published"]
    if not columns and context.column and "published" not in features.columns:
        columns = [context.column]
    published = "published" in features.columns or (context.published and not columns)
    column = columns[-1] if columns else ("published" if published else cells()["defaults"][rows[0]])
    if rows[0] in ("fees", "procurement"):
        if unit != "元":
            return ()
        column = "amount"
    elif rows[0] in MADE:
        if unit not in DOCUMENT_UNITS or column in ("decisions", "amount") or (unit == "份" and not columns):
            return ()
    elif unit not in DECISION_UNITS or published or column not in ("decisions", "issued"):
        return ()
    else:
        column = "decisions"
    if "proactive_disclosure" not in form.tables:
        listed = cells()["statistics"].get(column, []) if rows == ["normative_documents"] else []
        return expand(listed, "statistics", ["value"], form)
    found = []
    for name in cells()["columns"][column]:
        keys = tuple(CellKey("proactive_disclosure", row, name) for row in rows)
        if all(key in form.cells for key in keys):
            found.append(keys)
    return tuple(found)


def any_document(features: Features, unit: str, context: Context, form: Edition) -> tuple[Reading, ...]:
    """A column of 表二 without its row: any row that has it."""
    rows = {"decisions": DECIDED, "repealed": MADE, "in_force": MADE}.get(
        features.columns[-1] if features.columns else "", ()
    )
    options = [document_readings(features, unit, replace(context, document=row), form) for row in rows]
    return tuple(reading for option in options for reading in option)


def disclosed(channel: str, form: Edition) -> tuple[Reading, ...]:
    """The items made public, in all or by a channel: a figure of the statistics of 2014 to 2018 only."""
    row = cells()["statistics_channels"].get(channel)
    return expand([row], "statistics", ["value"], form) if row and "statistics" in form.tables else ()
