"""Rules → relations: what ``rules.toml`` and the form's tree say, spelled out cell by cell for one edition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gdgk.errors import InputError
from gdgk.files import read_toml, toml_line
from gdgk.findings import SEVERITIES
from gdgk.form import CellKey, Edition, Sum, Table, editions

RULES = Path(__file__).parent.parent / "rules.toml"
REQUIRED = {"id", "label", "table", "each", "left", "right", "severity", "basis"}
OPTIONAL = {"only", "at", "severity_at", "unless"}
TERM = re.compile(r"\s*([+-]?)\s*(prior\.)?([a-z][a-z0-9_]*)")
SUM_LABEL = "各分项之和等于总计"


@dataclass(frozen=True, slots=True)
class Term:
    """One cell in a relation, with its sign; ``prior``: the cell of last year's report."""

    sign: int
    key: CellKey
    prior: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """An equation between cells of one report (and last year's): Σ left = Σ right.

    ``row`` or ``column`` is empty where the finding is about a whole line. ``is_sum``: left are the parts, right is the
    total.
    """

    rule: str
    label: str
    severity: str
    table: str
    row: str
    column: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    basis: str
    unless: str = ""
    is_sum: bool = False

    @property
    def terms(self) -> tuple[Term, ...]:
        """Both sides."""
        return self.left + self.right

    @property
    def needs_prior(self) -> bool:
        """Whether it reads last year's report."""
        return any(term.prior for term in self.terms)


@dataclass(frozen=True, slots=True)
class Rule:
    """One ``[[rule]]`` of rules.toml."""

    id: str
    label: str
    table: str
    each: str
    left: tuple[tuple[int, bool, str], ...]
    right: tuple[tuple[int, bool, str], ...]
    severity: str
    basis: str
    unless: str = ""
    at: str = ""
    only: tuple[str, ...] = ()
    severity_at: tuple[tuple[str, str], ...] = ()

    @property
    def needs_prior(self) -> bool:
        """Whether it reads last year's report."""
        return any(prior for _, prior, _ in self.left + self.right)


def read_rules(path: Path = RULES) -> tuple[Rule, ...]:
    """Every rule of a rules file. Raises :class:`InputError` with the line for a missing or unknown key, an unknown
    name in an expression, a severity or table that does not exist, an id used twice.
    """
    rules: list[Rule] = []
    values = read_toml(path)
    entries = values.get("rule", [])
    strangers = [key for key in values if key != "rule"]
    if strangers or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        found = repr(strangers[0]) if strangers else "a rule that is no [[rule]]"
        raise InputError(path, None, found, "only [[rule]] entries", "mend the brackets or the name")
    for index, entry in enumerate(entries):
        line = toml_line(path, "rule", index)
        rule = read_rule(path, line, entry)
        if rule.id in {other.id for other in rules}:
            raise InputError(path, line, f"rule {rule.id!r} a second time", "one rule per id", "rename one of the two")
        rules.append(rule)
    return tuple(rules)


def read_rule(path: Path, line: int | None, entry: dict[str, Any]) -> Rule:
    """One ``[[rule]]``. Raises :class:`InputError`."""
    strangers = sorted(set(entry) - REQUIRED - OPTIONAL)
    missing = sorted(REQUIRED - set(entry))
    if strangers or missing:
        found = f"no {', '.join(missing)}" if missing else f"key {', '.join(strangers)}"
        raise InputError(
            path,
            line,
            found,
            f"{', '.join(sorted(REQUIRED))} (may have {', '.join(sorted(OPTIONAL))})",
            "mend the rule",
        )
    check_types(path, line, entry)
    for severity in (entry["severity"], *entry.get("severity_at", {}).values()):
        if severity not in SEVERITIES:
            raise InputError(path, line, f"severity {severity!r}", f"one of {', '.join(SEVERITIES)}", "mend the rule")
    if entry["each"] not in ("row", "column"):
        raise InputError(path, line, f"each = {entry['each']!r}", "row or column", "mend the rule")
    tables = [form.tables[entry["table"]] for form in editions().values() if entry["table"] in form.tables]
    if not tables:
        raise InputError(path, line, f"table {entry['table']!r}", "a table of some edition", "mend the rule")
    names = {name for table in tables for name in (table.rows if entry["each"] == "column" else table.columns)}
    lines = {name for table in tables for name in (table.columns if entry["each"] == "column" else table.rows)}
    for name in (*entry.get("only", ()), *entry.get("severity_at", {})):
        if name not in lines:
            raise InputError(path, line, f"name {name!r}", f"a {entry['each']} of {entry['table']}", "mend the rule")
    texts = {key: value for key, value in entry.items() if key not in ("left", "right", "only", "severity_at")}
    exceptions = tuple(sorted(entry.get("severity_at", {}).items()))
    left, right = (read_expression(path, line, entry[side], names) for side in ("left", "right"))
    return Rule(**texts, left=left, right=right, only=tuple(entry.get("only", ())), severity_at=exceptions)


def check_types(path: Path, line: int | None, entry: dict[str, Any]) -> None:
    """Raise :class:`InputError` for a value of a rule that is not of its kind: text, a list or a table of texts."""
    for key, value in entry.items():
        if key == "only":
            right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        elif key == "severity_at":
            right = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
        else:
            right = isinstance(value, str)
        if not right:
            kind = {"only": "a list of names", "severity_at": "a table of severities"}.get(key, "text in quotes")
            raise InputError(path, line, f"{key} = {value!r}", kind, "mend the rule")


def read_expression(path: Path, line: int | None, text: str, names: set[str]) -> tuple[tuple[int, bool, str], ...]:
    """A sum of names as (sign, prior, name). Raises :class:`InputError` for anything else."""
    terms, position = [], 0
    while position < len(text.rstrip()):
        match = TERM.match(text, position)
        if match is None or (position and not match[1]):
            raise InputError(
                path,
                line,
                f"{text[position:].strip()!r} in {text!r}",
                "names with + or - between them",
                "mend the rule",
            )
        if match[3] not in names:
            raise InputError(path, line, f"name {match[3]!r}", f"one of {', '.join(sorted(names))}", "mend the rule")
        terms.append((-1 if match[1] == "-" else 1, bool(match[2]), match[3]))
        position = match.end()
    if not terms:
        raise InputError(path, line, "an empty expression", "names with + or - between them", "mend the rule")
    return tuple(terms)


@cache
def relations(form: Edition, rules: tuple[Rule, ...] | None = None) -> tuple[Relation, ...]:
    """Every relation that an edition's cells can be held to: the sums of its tree, then the rules in their order."""
    found = [sum_relation(table, item) for table in form.tables.values() for item in table.sums()]
    for rule in read_rules() if rules is None else rules:
        if rule.table in form.tables:
            found.extend(rule_relations(rule, form.tables[rule.table]))
    return tuple(found)


def sum_relation(table: Table, item: Sum) -> Relation:
    """A sum of the form's tree as a relation, addressed to its total."""
    total = item.total
    return Relation(
        rule=item.rule,
        label=SUM_LABEL,
        severity="error",
        table=table.id,
        row=total.row,
        column=total.column,
        left=tuple(Term(1, part) for part in item.parts),
        right=(Term(1, total),),
        basis="表式的行列结构",
        is_sum=True,
    )


def rule_relations(rule: Rule, table: Table) -> list[Relation]:
    """A rule spelled out for each row or column of a table; empty where the edition lacks a cell it names."""
    found = []
    for line in table.columns if rule.each == "column" else table.rows:
        if rule.only and line not in rule.only:
            continue
        left = tuple(rule_term(rule, table, line, part) for part in rule.left)
        right = tuple(rule_term(rule, table, line, part) for part in rule.right)
        if any(term.key not in table.cells for term in left + right if not term.prior):
            continue
        row, column = left[0].key.row, left[0].key.column
        if rule.at == "line":
            row, column = ("", column) if rule.each == "column" else (row, "")
        severity = dict(rule.severity_at).get(line, rule.severity)
        found.append(
            Relation(rule.id, rule.label, severity, table.id, row, column, left, right, rule.basis, rule.unless)
        )
    return found


def rule_term(rule: Rule, table: Table, line: str, part: tuple[int, bool, str]) -> Term:
    """One name of a rule's expression as the cell it means in one row or column."""
    sign, prior, name = part
    key = CellKey(table.id, name, line) if rule.each == "column" else CellKey(table.id, line, name)
    return Term(sign, key, prior)
