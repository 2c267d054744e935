"""The catalogue of all rules as a page: ``python -m gdgk.reconciliation.catalogue > docs/rules.md``.

Made from rules.toml and the form alone; a test keeps the page in step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gdgk.form import editions
from gdgk.reconciliation.rules import COUNTS, EACH, Rule
from gdgk.reconciliation.spelling import SUM_LABEL, TREE_BASIS, checks, own_rules, relations

INTRODUCTION = (
    """# The reconciliation rules (勾稽关系)""",
    """Made from `gdgk/rules.toml` and `gdgk/forms/` by `python -m gdgk.reconciliation.catalogue > docs/rules.md`; not
written by hand. A rule is added by one `[[rule]]` in `rules.toml`, whose head says what each key means. The number
beside an edition is how many comparisons the rule is spelled out into there.""",
    """A blank counts as 0 in a sum and is marked †; what a blank stands for is in [data.md](data.md). Statuses: *pass*,
*pass_imputed* (holds with blanks read as 0, or a blank total as the sum of its parts), *fail*, *not_assessable*
(figures are missing), *not_applicable* (the form has no such figure, or the rule's guard is not met), *error* (the rule
broke on this report; no other did). A bound with missing figures still passes where it holds whatever they are.""",
    """`prior.` is last year's report: the agency's own, else those of its predecessors together, over as many
reorganisations as lie between; after a split nothing is asked. `sum(agencies)` is the same cell of the agencies
directly beneath, by `agencies.csv`.""",
    """What a report says in prose (claims, headings, dates) is checked elsewhere; whether section six states 信息处理费
(XT-FEE-SEC6) cannot be told from the tables.""",
    """One check compares reports with one another and is no rule of one report: Y-PEERS (information) tells a growth
that is more than five robust standard deviations from that of at least ten agencies of its kind in its year; figures
below 10 are not judged (`gdgk/reconciliation/peers.py`).""",
)

SHOWN = {
    "always": "shown whatever the outcome",
    "judged": "shown where it can be judged",
    "noted": "shown unless it plainly passes",
    "failed": "shown where it fails",
}
PLACES = {
    "row": "each row of",
    "column": "each column of",
    "cell": "each cell of",
    "part": "each part of each sum of",
    "within": "each 其中 row of",
    "table": "each of the tables",
    "report": "the report as a whole",
    "measure": "each quantity of crosswalk.csv",
}


def rules_page() -> str:
    """The whole page as Markdown."""
    parts = [*INTRODUCTION, "## Sums that the form states", *sums_table(), "## Rules"]
    parts.extend(described(rule) for rule in own_rules())
    parts.extend(["## Names", *names_table()])
    return "\n\n".join(parts) + "\n"


def sums_table() -> Iterator[str]:
    """The sums of each edition's tree by rule."""
    counts: Counter[tuple[str, str]] = Counter()
    for form in editions().values():
        for item in relations(form, ()):
            counts[item.rule, form.id] += 1
    lines = ["| rule | says | sums by edition |", "|---|---|---|"]
    for rule in dict.fromkeys(rule for rule, _ in counts):
        by_edition = ", ".join(f"{form}: {count}" for (name, form), count in counts.items() if name == rule)
        lines.append(f"| {rule} | {SUM_LABEL} | {by_edition} |")
    yield "\n".join(lines)
    yield f"Severity error. Basis: {TREE_BASIS}."


def described(rule: Rule) -> str:
    """One rule: what it says, its expression, where it holds, how it weighs, what it rests on."""
    where = " ".join(filter(None, (PLACES[rule.each], ", ".join(f"`{table}`" for table in rule.tables))))
    for word, names in (("only", rule.only), ("without", rule.without)):
        if names:
            where += f"; {word} {', '.join(f'`{name}`' for name in names)}"
    severity = rule.severity + "".join(f" ({line}: {own})" for line, own in rule.severity_at)
    severity += f"; strict profile: {rule.strict}" if rule.strict else ""
    lines = [f"### {rule.id} {rule.label}", "", f"`{rule.expression}`", ""]
    if rule.when:
        lines.append(f"- asked where {' and '.join(f'`{text}`' for text in rule.guards)}")
    if rule.incomplete_expression:
        lines.append(
            f"- while an agency beneath is missing: `{rule.incomplete_expression}`, {rule.severity_incomplete}"
        )
    if rule.agencies:
        kinds = {"without_regulations": "agencies that may not make 规章", "region": "agencies over others"}
        lines.append(f"- of {kinds[rule.agencies]} (needs agencies.csv)")
    lines += [
        f"- for {where}",
        f"- editions: {', '.join(f'{form} ({count})' for form, count in spelled(rule)) or 'none'}",
        f"- severity: {severity}; {SHOWN[rule.show]}",
        f"- basis: {rule.basis}",
    ]
    if rule.unless:
        lines.append(f"- may lawfully differ: {rule.unless}")
    if rule.also:
        lines.append(f"- holds also: {', '.join(rule.also)}")
    return "\n".join(lines)


def spelled(rule: Rule) -> list[tuple[str, int]]:
    """Into how many checks a rule is spelled out on each edition that has its cells."""
    found = []
    for form in editions().values():
        count = sum(not is_sum(check) for check in checks(form, (rule,)))
        if count:
            found.append((form.id, count))
    return found


def is_sum(check: object) -> bool:
    """Whether a check is a sum of the form's tree."""
    return isinstance(check, tuple) and check[0].is_sum


def names_table() -> Iterator[str]:
    """What names an expression may use, by ``each``, and what entries are counted."""
    lines = ["| each | names |", "|---|---|", *(f"| {each} | {names} |" for each, names in EACH.items())]
    yield "\n".join(lines)
    yield "\n".join(
        ["| count of entries | in a table |", "|---|---|", *(f"| {key} | {text} |" for key, text in COUNTS.items())]
    )


if __name__ == "__main__":
    print(rules_page(), end="")
