"""rules.toml: each rule is a line of text that is checked when it is read, and spelled out cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from strategies import APPLICANTS, MODERN, check, filled_report

from gdgk.archive import panel
from gdgk.errors import InputError
from gdgk.form import CellKey, edition
from gdgk.reconciliation import Relation, read_rules, reconcile, relations

RULE = """[[rule]]
id = "T3-LE"
label = "予以公开与部分公开之和等于新收"
table = "applications"
each = "column"
left = "granted + partly_granted"
right = "new"
severity = "info"
basis = "测试"
"""


def rules_file(folder: Path, text: str) -> Path:
    """A rules file with a first line of comment."""
    path = folder / "rules.toml"
    path.write_text(f"# 测试\n{text}", encoding="utf-8")
    return path


def written(relation: Relation) -> str:
    """A relation as an equation of row and column names."""
    sides = []
    for side in (relation.left, relation.right):
        terms = [f"{'-' if t.sign < 0 else '+'}{'prior.' if t.prior else ''}{t.key.row}.{t.key.column}" for t in side]
        sides.append(" ".join(terms))
    return " = ".join(sides)


def of_rule(form: str, rule: str) -> dict[tuple[str, str], Relation]:
    """The relations of a rule on an edition by (row, column)."""
    return {(item.row, item.column): item for item in relations(edition(form)) if item.rule == rule}


# The rules of the workbook -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", MODERN)
def test_the_printed_relation_holds_in_each_column(form: str) -> None:
    found = of_rule(form, "T3-COL-ID")
    assert set(found) == {("", column) for column in APPLICANTS}
    assert (
        written(found["", "other"]) == "+new.other +carried_over.other = +outcomes_total.other +carried_forward.other"
    )
    assert {item.severity for item in found.values()} == {"error"}
    assert "国办公开办函" in found["", "other"].basis


@pytest.mark.parametrize("form", MODERN)
def test_the_carry_over_reads_last_years_report(form: str) -> None:
    found = of_rule(form, "T3-CARRY")
    assert set(found) == {("carried_over", column) for column in APPLICANTS}
    assert written(found["carried_over", "total"]) == "+carried_over.total = +prior.carried_forward.total"
    assert {column for (_, column), item in found.items() if item.severity == "error"} == {"total"}
    assert all(item.needs_prior for item in found.values())


def test_the_stock_is_that_of_the_two_kinds_of_document() -> None:
    found = of_rule("2021", "T2-STOCK")
    assert list(found) == [("regulations", "in_force"), ("normative_documents", "in_force")]
    assert written(found["regulations", "in_force"]) == (
        "+regulations.in_force = +prior.regulations.in_force +regulations.issued -regulations.repealed"
    )
    assert of_rule("2019", "T2-STOCK") == {}


def test_no_rule_speaks_of_the_2014_form() -> None:
    assert {item.rule for item in relations(edition("2014"))} == {"O18-SUM"}


@pytest.mark.parametrize(
    ("form", "sums", "all_of_them"), [("2019", 33, 47), ("2021", 35, 51), ("2021-single-other", 33, 49)]
)
def test_how_many_relations_an_edition_has(form: str, sums: int, all_of_them: int) -> None:
    found = relations(edition(form))
    assert sum(item.is_sum for item in found) == sums
    assert len(found) == all_of_them
    assert len({(item.rule, item.row, item.column) for item in found}) == all_of_them


def test_every_rule_says_what_it_rests_on_and_what_may_excuse_it() -> None:
    for rule in read_rules():
        assert rule.label and rule.basis
        assert rule.unless or not any(prior for _, prior, _ in rule.left + rule.right)


# Adding a rule -------------------------------------------------------------------------------------------------------


def test_a_rule_is_one_entry_and_nothing_else(tmp_path: Path) -> None:
    rules = read_rules(rules_file(tmp_path, RULE))
    report = filled_report("a", 2023, "2021", {CellKey("applications", "granted", "business"): 2})
    found = reconcile(panel([report]), rules=rules)
    own = found[found["rule"] == "T3-LE"].set_index("column")
    assert list(own.index) == APPLICANTS
    assert (own.loc["business", "status"], own.loc["business", "difference"]) == ("fail", 2)
    assert own.loc["business", "severity"] == "info"
    assert set(own.drop("business")["status"]) == {"pass"}
    others = found[found["rule"] != "T3-LE"].to_dict("records")
    assert [item["rule"] for item in others] == [
        item["rule"] for item in check(report) if item["rule"] not in OWN_RULES
    ]


OWN_RULES = {rule.id for rule in read_rules()}


def test_a_rule_may_subtract_and_hold_for_some_lines_only(tmp_path: Path) -> None:
    text = RULE.replace("granted + partly_granted", "-granted - prior.new+partly_granted").replace(
        'severity = "info"', 'severity = "info"\nonly = ["business", "total"]\nseverity_at = { total = "error" }'
    )
    (rule,) = read_rules(rules_file(tmp_path, text))
    found = [item for item in relations(edition("2021"), (rule,)) if item.rule == "T3-LE"]
    assert [written(item) for item in found] == [
        f"-granted.{column} -prior.new.{column} +partly_granted.{column} = +new.{column}"
        for column in ("business", "total")
    ]
    assert [item.severity for item in found] == ["info", "error"]


def test_a_rule_about_a_row_is_spelled_out_for_each_row(tmp_path: Path) -> None:
    text = RULE.replace('"column"', '"row"').replace("granted + partly_granted", "business").replace('"new"', '"total"')
    found = [
        item for item in relations(edition("2021"), read_rules(rules_file(tmp_path, text))) if item.rule == "T3-LE"
    ]
    assert [item.row for item in found] == list(edition("2021").tables["applications"].rows)
    assert written(found[0]) == "+new.business = +new.total"


def test_a_rule_is_passed_over_on_an_edition_without_its_rows(tmp_path: Path) -> None:
    rules = read_rules(rules_file(tmp_path, RULE.replace("partly_granted", "otherwise_other")))
    counts = {form: sum(item.rule == "T3-LE" for item in relations(edition(form), rules)) for form in ["2014", *MODERN]}
    assert counts == {"2014": 0, "2019": 0, "2021": 7, "2021-single-other": 0}


# Mistakes in a rule --------------------------------------------------------------------------------------------------

MISTAKES = [
    pytest.param('basis = "测试"\n', "", 2, "no basis", id="missing key"),
    pytest.param("basis =", 'note = "x"\nbasis =', 2, "key note", id="unknown key"),
    pytest.param('"info"', '"fatal"', 2, "severity 'fatal'", id="unknown severity"),
    pytest.param('"info"', '"info"\nseverity_at = { total = "fatal" }', 2, "severity 'fatal'", id="exception"),
    pytest.param('"info"', '"info"\nseverity_at = { totl = "error" }', 2, "name 'totl'", id="unknown exception"),
    pytest.param('"info"', '"info"\nseverity_at = "error"', 2, "severity_at", id="exception of another type"),
    pytest.param('"info"', '"info"\nonly = ["totl"]', 2, "name 'totl'", id="unknown line"),
    pytest.param('"info"', '"info"\nonly = "total"', 2, "only", id="lines of another type"),
    pytest.param('"column"', '"cell"', 2, "each = 'cell'", id="unknown each"),
    pytest.param('"applications"', '"application"', 2, "table 'application'", id="unknown table"),
    pytest.param('"new"', '"nwe"', 2, "name 'nwe'", id="unknown name"),
    pytest.param('"new"', '"total"', 2, "name 'total'", id="a column where rows are meant"),
    pytest.param('"new"', '""', 2, "an empty expression", id="empty"),
    pytest.param('"new"', '"new +"', 2, "'+' in 'new +'", id="nothing after the sign"),
    pytest.param('"new"', '"new granted"', 2, "'granted' in 'new granted'", id="no sign"),
    pytest.param('"new"', '"2 * new"', 2, "'2 * new' in '2 * new'", id="a product"),
    pytest.param('"new"', "3", 2, "right", id="a number"),
    pytest.param('"basis"', f'"basis"\n\n{RULE}', 12, "rule 'T3-LE' a second time", id="one id twice"),
    pytest.param("[[rule]]", "[rule]", None, "", id="single brackets"),
    pytest.param("[[rule]]", "[[rules]]", None, "rules", id="misspelt"),
    pytest.param('"new"', '"new', 8, "", id="broken"),
]


@pytest.mark.parametrize(("old", "new", "line", "found"), MISTAKES)
def test_a_mistake_in_a_rule_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int | None, found: str
) -> None:
    text = RULE.replace('"测试"', '"basis"', 1) if "basis" in old and "second time" in found else RULE
    assert old in text
    path = rules_file(tmp_path, text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_rules(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}:{line}: found " if line else f"{path}")
    assert found in message.split("; expected")[0]
    assert "; expected " in message
