"""rules.toml → rules, each key and name checked: a slip in a rule is told with its line and never guessed at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gdgk.crosswalk import measures_by_id
from gdgk.errors import InputError, shortlist
from gdgk.files import read_toml, toml_key_line, toml_line
from gdgk.findings import SEVERITIES
from gdgk.form import CellKey, Edition, Table, editions
from gdgk.reconciliation.expressions import Comparison, ExpressionError, Name, read_comparisons

RULES = Path(__file__).parent.parent / "rules.toml"
TEXTS = {"id", "label", "each", "expression", "severity", "basis"}
OPTIONAL_TEXTS = {"at", "unless", "show", "strict", "agencies", "incomplete", "severity_incomplete"}
LISTS = {"table", "only", "without", "when", "also"}
REQUIRED = TEXTS
KEYS = TEXTS | OPTIONAL_TEXTS | LISTS | {"severity_at"}

# What a rule is spelled out for, and the names that then stand for figures beside rows and columns of the table.
EACH = {
    "row": "columns of the table",
    "column": "rows of the table",
    "cell": "cell, sum(agencies)",
    "part": "part, total (of a sum of the form's tree)",
    "within": "part, whole (其中 rows)",
    "table": "counts of entries",
    "report": "table.row.column",
    "measure": "value (a measure of crosswalk.csv)",
}
OWN_NAMES = {
    "cell": {"cell"},
    "part": {"part", "total"},
    "within": {"part", "whole"},
    "measure": {"value"},
    "report": {"absent_agencies"},
}
COUNTS = {
    "blanks": "空格（按空格口径应为 0 的除外）",
    "negatives": "小于 0 的数",
    "fractions": "带小数的件数",
    "unread_changes": "读不出增减数的文字",
    "long_decimals": "小数超过 6 位的金额",
    "unitless_amounts": "未写单位的金额",
}
WITHOUT_TABLE = ("report", "measure")
SHOWS = ("always", "judged", "noted", "failed")
COMPETENCES = ("without_regulations", "region")
AGENCIES = "agencies"


@dataclass(frozen=True, slots=True)
class Rule:
    """One ``[[rule]]`` of rules.toml.

    tables: whose lines or cells it is spelled out for. comparisons: the chain it states, where every guard of ``when``
    holds (guards: as they are written). show: which outcomes are worth a row (``always``; ``judged``: not what cannot
    be assessed; ``noted``: nor what plainly passes; ``failed``). strict: the severity under the strict profile.
    agencies: the kind of agency it is for. incomplete: what is asked instead, with its severity, while the reports of
    some agencies beneath are not here. also: other ids of the catalogue that it holds.
    """

    id: str
    label: str
    tables: tuple[str, ...]
    each: str
    expression: str
    comparisons: tuple[Comparison, ...]
    severity: str
    basis: str
    unless: str = ""
    at: str = ""
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    severity_at: tuple[tuple[str, str], ...] = ()
    when: tuple[Comparison, ...] = ()
    guards: tuple[str, ...] = ()
    show: str = "always"
    strict: str = ""
    agencies: str = ""
    incomplete: tuple[Comparison, ...] = ()
    incomplete_expression: str = ""
    severity_incomplete: str = ""
    also: tuple[str, ...] = ()

    @property
    def needs_prior(self) -> bool:
        """Whether it reads last year's report."""
        return any(name.prior for part in self.comparisons + self.when for name in part.names)

    @property
    def needs_agencies(self) -> bool:
        """Whether it reads the register of agencies."""
        return bool(self.agencies)


def read_rules(path: Path = RULES) -> tuple[Rule, ...]:
    """Every rule of a rules file. Raises :class:`InputError` with the line for a missing or unknown key, an expression
    that cannot be read or divides by zero, an unknown name, cells that no edition has together, an id used twice.
    """
    rules: list[Rule] = []
    values = read_toml(path)
    entries = values.get("rule", [])
    strangers = [key for key in values if key != "rule"]
    if strangers or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        found = repr(strangers[0]) if strangers else "a rule that is no [[rule]]"
        raise InputError(path, None, found, "only [[rule]] entries", "mend the brackets or the name")
    for index, entry in enumerate(entries):
        rule = RuleReader(path, index, entry).read()
        if rule.id in {other.id for other in rules}:
            raise InputError(
                path,
                toml_line(path, "rule", index),
                f"rule {rule.id!r} a second time",
                "one rule per id",
                "rename one of the two",
            )
        rules.append(rule)
    return tuple(rules)


class RuleReader:
    """Reads one ``[[rule]]`` and checks each of its keys; every fault is an :class:`InputError` with its line."""

    def __init__(self, path: Path, index: int, entry: dict[str, Any]) -> None:
        self.path, self.index, self.entry = path, index, entry

    def fault(self, key: str, found: str, expected: str, do: str = "mend the rule") -> InputError:
        """An error at the line of a key, or where the rule begins."""
        line = toml_key_line(self.path, "rule", self.index, key)
        return InputError(self.path, line, found, expected, do)

    def read(self) -> Rule:
        """The rule. Raises :class:`InputError`."""
        entry = self.entry
        self.check_keys()
        self.check_words()
        tables = self.tables()
        comparisons = self.comparisons("expression", entry["expression"])
        when = tuple(part for text in self.texts("when") for part in self.comparisons("when", text))
        incomplete = self.comparisons("incomplete", entry["incomplete"]) if "incomplete" in entry else ()
        self.check_lines(tables)
        for key, parts in (("expression", comparisons), ("when", when), ("incomplete", incomplete)):
            for name in (name for part in parts for name in part.names):
                self.check_name(key, name, tables)
        self.check_together(comparisons)
        kept = {key: value for key, value in entry.items() if key not in LISTS | {"severity_at", "incomplete"}}
        rule = Rule(
            **kept,
            tables=self.texts("table"),
            comparisons=comparisons,
            only=self.texts("only"),
            without=self.texts("without"),
            severity_at=tuple(sorted(entry.get("severity_at", {}).items())),
            when=when,
            guards=self.texts("when"),
            incomplete=incomplete,
            incomplete_expression=entry.get("incomplete", ""),
            also=self.texts("also"),
        )
        return rule

    def texts(self, key: str) -> tuple[str, ...]:
        """The value of a key that may be one text or a list of them."""
        value = self.entry.get(key, ())
        return (value,) if isinstance(value, str) else tuple(value)

    def check_keys(self) -> None:
        """All keys that must be there, none that is not known, each value of its kind."""
        strangers = sorted(set(self.entry) - KEYS)
        missing = sorted(REQUIRED - set(self.entry))
        if self.entry.get("each") not in WITHOUT_TABLE and "table" not in self.entry:
            missing.append("table")
        if strangers or missing:
            found = f"no {', '.join(missing)}" if missing else f"key {', '.join(strangers)}"
            optional = sorted(KEYS - REQUIRED)
            expected = f"{', '.join(sorted(REQUIRED))} (may have {', '.join(optional)})"
            raise self.fault(strangers[0] if strangers and not missing else "", found, expected)
        for key, value in self.entry.items():
            if key in LISTS:
                right = isinstance(value, str) and key in ("table", "when")
                right = right or (isinstance(value, list) and all(isinstance(item, str) for item in value))
                kind = "a list of texts"
            elif key == "severity_at":
                right = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
                kind = "a table of severities"
            else:
                right, kind = isinstance(value, str), "text in quotes"
            if not right:
                raise self.fault(key, f"{key} = {value!r}", kind)

    def check_words(self) -> None:
        """Words of which there are only some: severities, each, show, agencies, at."""
        entry = self.entry
        words: list[tuple[str, str, Any]] = [("severity", entry["severity"], SEVERITIES), ("each", entry["each"], EACH)]
        words += [("severity_at", value, SEVERITIES) for value in entry.get("severity_at", {}).values()]
        for key, known in (
            ("strict", SEVERITIES),
            ("severity_incomplete", SEVERITIES),
            ("show", SHOWS),
            ("agencies", COMPETENCES),
            ("at", ("line",)),
        ):
            if key in entry:
                words.append((key, entry[key], known))
        for key, value, known in words:
            if value not in known:
                name = "severity" if known is SEVERITIES else key
                raise self.fault(key, f"{name} {value!r}", f"one of {', '.join(known)}")
        if ("incomplete" in entry) != ("severity_incomplete" in entry):
            raise self.fault("incomplete", "one of incomplete and severity_incomplete alone", "both or neither")

    def tables(self) -> list[Table]:
        """The tables of every edition that the rule is about."""
        found = []
        for name in self.texts("table"):
            own = [form.tables[name] for form in editions().values() if name in form.tables]
            if not own:
                raise self.fault("table", f"table {name!r}", "a table of some edition")
            found += own
        if self.entry["each"] in WITHOUT_TABLE:
            return [table for form in editions().values() for table in form.tables.values()]
        return found

    def comparisons(self, key: str, text: str) -> tuple[Comparison, ...]:
        """The comparisons of an expression."""
        try:
            return read_comparisons(text)
        except ExpressionError as error:
            raise self.fault(key, error.found, error.expected) from error

    def check_lines(self, tables: list[Table]) -> None:
        """The rows, columns or measures that ``only``, ``without`` and ``severity_at`` name."""
        each = self.entry["each"]
        if each == "measure":
            known = set(measures_by_id())
        elif each in ("row", "column"):
            known = {line for table in tables for line in (table.rows if each == "row" else table.columns)}
        else:
            known = {line for table in tables for line in (*table.rows, *table.columns)}
        for key in ("only", "without", "severity_at"):
            for name in self.entry.get(key, ()):
                if name not in known:
                    where = f" of {' and '.join(self.texts('table'))}" if self.texts("table") else ""
                    raise self.fault(key, f"name {name!r}", f"a {each}{where}")

    def check_name(self, key: str, name: Name, tables: list[Table]) -> None:
        """A name must stand for a figure of some edition."""
        if not self.stands(name, tables):
            known = self.known_names(tables, name) or {"table.row.column"}
            raise self.fault(key, f"name {name.text!r}", f"one of {shortlist(sorted(known))}")

    def check_together(self, parts: tuple[Comparison, ...]) -> None:
        """The names must stand for figures of one edition, not each for one of another."""
        names = [name for part in parts for name in part.names if not name.prior]
        for form in editions().values():
            own = [form.tables[table] for table in self.texts("table") if table in form.tables]
            if self.entry["each"] in WITHOUT_TABLE:
                own = list(form.tables.values())
            if own and all(self.stands(name, own, [form]) for name in names):
                return
        texts = ", ".join(dict.fromkeys(name.text for name in names))
        raise self.fault("expression", f"{texts} together", "figures that one edition has all of them")

    def stands(self, name: Name, tables: list[Table], forms: Iterable[Edition] = ()) -> bool:
        """Whether a name means a figure: a line of one of the tables, or a cell of one of the forms."""
        if name.text == AGENCIES:
            return name.summed and not name.prior and self.entry["each"] == "cell"
        if "." not in name.text:
            return name.text in self.known_names(tables, name)
        parts = name.text.split(".")
        row, column = parts[-2:]
        if len(parts) == 2:
            return any(has_cell(table, row, column, name.summed) for table in tables)
        found = [form.tables[parts[0]] for form in forms or editions().values() if parts[0] in form.tables]
        return len(parts) == 3 and any(has_cell(table, row, column, name.summed) for table in found)

    def known_names(self, tables: list[Table], name: Name) -> set[str]:
        """The plain names that an expression of this kind may use."""
        each = self.entry["each"]
        if name.summed:
            kinds = {"column": heading_rows, "row": heading_columns}
            return {heading for table in tables for heading in kinds[each](table)} if each in kinds else {AGENCIES}
        if each == "table":
            return set(COUNTS)
        if each in OWN_NAMES:
            return OWN_NAMES[each]
        return {item for table in tables for item in (table.rows if each == "column" else table.columns)}


def heading_rows(table: Table) -> set[str]:
    """Rows and row groups with rows beneath them."""
    return {item.key for item in table.items if table.leaves(item.key)}


def heading_columns(table: Table) -> set[str]:
    """Column groups."""
    parents = {column.parent for column in table.columns.values()}
    return {item.key for item in table.items if item.kind == "column_group" and item.key in parents}


def has_cell(table: Table, row: str, column: str, summed: bool) -> bool:
    """Whether a table has a cell; ``summed``: or all cells of a column beneath a heading."""
    rows = [leaf.key for leaf in table.leaves(row)] if summed else [row]
    return bool(rows) and all(CellKey(table.id, one, column) in table.cells for one in rows)
