"""What a form checks while it is filled in: the equations and bounds of the reconciliation that its own cells, and last
year's, decide; their words; where beside a table each is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gdgk.filling.layout import plan_of
from gdgk.filling.prior import Before
from gdgk.form import CellKey, Edition, Table
from gdgk.reconciliation.equations import Bound, Relation, Term
from gdgk.reconciliation.spelling import checks, relations
from gdgk.reconciliation.wording import MOST_PARTS, SIGNS, is_sum_text, place_of, term_name

# Entries that a formula can count; what other rules count is seen when the form comes in.
COUNTED = {"negatives", "fractions"}

# Headings of what stands beside a table, besides the labels of rules.
LAST_YEAR, LAST_YEAR_TOTAL, AGREES = "上年报告的数", "上年报告的数（总计）", "与上年报告相符"


@dataclass(frozen=True)
class Asked:
    """A comparison that the form makes."""

    item: Relation | Bound
    place: str
    words: str


@dataclass
class Beside:
    """Where the outcomes of equations are shown beside a table.

    columns, rows: label → row or column of the sheet → the number of its comparison; columns stand right of the table,
    rows beneath. totals: row of the sheet → the comparison beneath that holds its total against last year's.
    """

    columns: dict[str, dict[int, int]] = field(default_factory=dict)
    rows: dict[str, dict[int, int]] = field(default_factory=dict)
    totals: dict[int, int] = field(default_factory=dict)


def asked(form: Edition, before: Before) -> list[Asked]:
    """Every comparison of a form, table by table in the order of the form."""
    found = [item for check in checks(form, None, before.prior.form) for item in check if is_asked(item, before)]
    order = list(form.tables)
    found.sort(key=lambda item: order.index(item.table))
    return [Asked(item, place_of(item, form), in_words(item, form)) for item in found]


def is_asked(item: Relation | Bound, before: Before) -> bool:
    """Whether a form can make a comparison: cells of its own decide it, no register, no figure that last year's form
    lacks. A part is not compared with its total where the sum is; jumps are for the analyst.
    """
    if isinstance(item, Bound):
        elsewhere = item.agencies or item.sums_agencies or item.measure or item.sum is not None or item.barred
        if elsewhere or not set(item.counts) <= COUNTED or (item.counts and not item.table):
            return False
    return all(before.prior.has(term.key) for term in item.terms if term.prior)


def prior_keys(found: list[Asked]) -> list[CellKey]:
    """The figures of last year that the comparisons read, in their order."""
    return list(dict.fromkeys(term.key for one in found for term in one.item.terms if term.prior))


# ── words ──


def in_words(item: Relation | Bound, form: Edition) -> str:
    """What must hold, by the names of the cells: 本年新收 ＋ 上年结转 ＝ 办理结果总计 ＋ 结转下年度."""
    if isinstance(item, Bound) and item.counts:
        return item.label
    across = all(term.key.row == item.row and term.key.table == item.table for term in item.left + item.right)
    several = len({term.key.column for term in item.left + item.right}) > 1
    constants = (item.left_constant, item.right_constant) if isinstance(item, Bound) else (0.0, 0.0)
    sides = []
    for terms, constant in zip((item.left, item.right), constants, strict=True):
        names = [named(term, item, form, across, several) for term in terms]
        if len(terms) > MOST_PARTS and is_sum_text(terms):
            text = f"{names[0]} 至 {names[-1]} 共 {len(names)} 项之和"
        else:
            text = "".join(
                f"{' － ' if term.sign < 0 else ' ＋ ' if at else ''}{name}"
                for at, (term, name) in enumerate(zip(terms, names, strict=True))
            ).strip()
        if constant or not text:
            text = f"{text} ＋ {constant:g}" if text else f"{constant:g}"
        sides.append(text)
    return f"{sides[0]} {SIGNS[item.sign]} {sides[1]}"


def named(term: Term, item: Relation | Bound, form: Edition, across: bool, several: bool) -> str:
    """A term by name, with its factor."""
    name = term_name(term, item, form, across, several)
    return name if term.factor == 1 else f"{term.factor:g} × {name}"


# ── beside the tables ──


def beside(table: Table, found: list[Asked]) -> Beside:
    """Where the equations of a table are shown: those within a row right of it, those of a column beneath it."""
    plan, made = plan_of(table), Beside()
    for number, one in enumerate(found):
        item = one.item
        if not isinstance(item, Relation) or item.table != table.id:
            continue
        own = list(dict.fromkeys(term.key for term in item.terms if not term.prior))
        beneath = len(own) == 1 or len({key.row for key in own}) > 1
        if table.layout == "across" or (table.layout == "rows" and beneath):
            made.rows.setdefault(item.label, {})[plan.places[own[-1]].column] = number
            if len(own) == 1 and table.columns[own[0].column].kind == "column_total":
                made.totals[plan.places[own[0]].row] = number
        else:
            made.columns.setdefault(item.label, {})[plan.row_of(item.row)] = number
    return made


def prior_terms(item: Relation | Bound) -> tuple[Term, ...]:
    """The terms of last year."""
    return tuple(term for term in item.terms if term.prior)


def beside_texts(form: Edition) -> set[str]:
    """Every text that a form of an edition has beside its tables."""
    return {item.label for item in relations(form)} | {LAST_YEAR, LAST_YEAR_TOTAL, AGREES}
