"""rules.toml: each rule is a line of text that is checked when it is read, and spelled out cell by cell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import APPLICANTS, MODERN, check, filled_report

from gdgk.archive import panel
from gdgk.errors import InputError
from gdgk.form import CellKey, Edition, edition, editions
from gdgk.reconciliation import Bound, Relation, bounds, read_rules, reconcile, relations
from gdgk.reconciliation.catalogue import rules_page
from gdgk.reconciliation.expressions import ExpressionError, read_comparisons
from gdgk.reconciliation.spelling import Speller, checks, own_rules, spelled_out

RULE = """[[rule]]
id = "T3-LE"
label = "予以公开与部分公开之和等于新收"
table = "applications"
each = "column"
expression = "granted + partly_granted == new"
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


def test_the_sums_of_the_2014_form_have_the_names_of_the_catalogue() -> None:
    found = {item.row: item.rule for item in relations(edition("2014"))}
    assert found == {
        "received": "O18-IN",
        "completed": "O18-DONE",
        "replied": "O18-REPLY",
        "replied_refused": "O18-REPLY",
        "reconsideration": "O18-REV",
        "litigation": "O18-REV",
        "staff": "O18-STAFF",
    }


@pytest.mark.parametrize(
    ("form", "sums", "all_of_them"), [("2014", 7, 7), ("2019", 33, 52), ("2021", 35, 51), ("2021-single-other", 33, 49)]
)
def test_how_many_relations_an_edition_has(form: str, sums: int, all_of_them: int) -> None:
    found = relations(edition(form))
    assert sum(item.is_sum for item in found) == sums
    assert len(found) == all_of_them
    assert len({(item.rule, item.row, item.column) for item in found}) == all_of_them
    assert {term.factor for item in found for term in item.terms} == {1}


# Every relation of the national catalogue that tables decide; sums of the form's tree are not written in rules.toml.
CATALOGUE = [
    "T3-COL-SUM",
    "T3-COL-ID",
    "T3-ROW-SUM",
    "T3-NONNEG",
    "T3-BLANK",
    "T3-CELL-LE",
    "T3-CARRY",
    "T3-CARRY-MAX",
    "T3-CARRY-AGE",
    "T4-SUM",
    "T4-NONNEG",
    "T4-PENDING",
    "T4-AFTER",
    "T4-VS-T3",
    "T2-STOCK",
    "T2-STOCK-FLOOR",
    "T2-REPEAL-MAX",
    "T2-COMP",
    "T2-ITEMS-CHAIN",
    "T2-ITEMS-DELTA",
    "T2-NEW-PUBLIC",
    "T2-CUM-CHAIN",
    "T2-FEE",
    "T2-PROC-UNIT",
    "A-ROLL",
    "A-COVER",
    "Y-SPIKE",
    "Y-ERA",
    "O18-IN",
    "O18-DONE",
    "O18-REPLY",
    "O18-REV",
    "O18-STAFF",
    "O18-UNION",
    "O18-PRESS",
]


def test_every_relation_of_the_catalogue_is_there() -> None:
    written_down = {name for rule in read_rules() for name in (rule.id, *rule.also)}
    derived = {item.rule for form in editions().values() for item in relations(form, ())}
    assert set(CATALOGUE) <= written_down | derived
    assert {rule.id for rule in read_rules()}.isdisjoint(derived)


def test_every_rule_holds_on_some_edition() -> None:
    found = {item[0].rule for form in editions().values() for item in checks(form)}
    assert {rule.id for rule in read_rules()} <= found


def test_no_rule_mixes_fees_for_services_with_fees_for_information() -> None:
    for form in editions().values():
        for asked in checks(form):
            for item in asked:
                rows = {term.key.row for term in item.terms}
                assert not ("fees" in rows and rows & {"otherwise_fee_unpaid", "fees_collected"})


def test_every_rule_says_what_it_rests_on_and_what_may_excuse_it() -> None:
    for rule in read_rules():
        assert rule.label and rule.basis
        assert rule.unless or not rule.needs_prior or rule.id == "T2-FEE"


def test_the_page_of_rules_is_made_from_the_rules() -> None:
    page = Path(__file__).resolve().parents[1] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == rules_page(), "python -m gdgk.reconciliation.catalogue > docs/rules.md"


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
    text = RULE.replace("granted + partly_granted", "-granted - prior.new+(partly_granted)").replace(
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
    text = RULE.replace('"column"', '"row"').replace("granted + partly_granted == new", "business == total")
    found = [
        item for item in relations(edition("2021"), read_rules(rules_file(tmp_path, text))) if item.rule == "T3-LE"
    ]
    assert [item.row for item in found] == list(edition("2021").tables["applications"].rows)
    assert written(found[0]) == "+new.business = +new.total"


def test_a_rule_is_passed_over_on_an_edition_without_its_rows(tmp_path: Path) -> None:
    rules = read_rules(rules_file(tmp_path, RULE.replace("partly_granted", "otherwise_other")))
    counts = {form: sum(item.rule == "T3-LE" for item in relations(edition(form), rules)) for form in ["2014", *MODERN]}
    assert counts == {"2014": 0, "2019": 0, "2021": 7, "2021-single-other": 0}


def bound(folder: Path, *changes: tuple[str, str]) -> Bound:
    """The first comparison of the rule with some of its text changed."""
    text = RULE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return bounds(edition("2021"), read_rules(rules_file(folder, text)))[0]


EXPRESSIONS = [
    ("new <= 3", [(1, "new")], [], "<=", 0, 3),
    ("2 * new >= granted / 4 - 1", [(2, "new")], [(0.25, "granted")], ">=", 0, -1),
    ("0.3 × (new − granted) < 5", [(0.3, "new"), (-0.3, "granted")], [], "<", 0, 5),
    ("-(new - 2 * (granted + 1)) > 0", [(-1, "new"), (2, "granted")], [], ">", 2, 0),
    ("new == 0", [(1, "new")], [], "==", 0, 0),
]


@pytest.mark.parametrize(("text", "left", "right", "sign", "constant", "other"), EXPRESSIONS)
def test_an_expression_is_linear_in_its_figures(
    tmp_path: Path, text: str, left: object, right: object, sign: str, constant: float, other: float
) -> None:
    found = bound(tmp_path, ("granted + partly_granted == new", text))
    sides = [[(term.weight, term.key.row) for term in side] for side in (found.left, found.right)]
    assert sides == [left, right]
    assert (found.sign, found.left_constant, found.right_constant) == (sign, constant, other)


def test_a_sum_opens_a_heading(tmp_path: Path) -> None:
    found = bound(tmp_path, ("granted + partly_granted == new", "sum(denied) <= prior.outcomes_total"))
    assert [term.key.row for term in found.left] == [
        row for row in edition("2021").tables["applications"].rows if row.startswith("denied_")
    ]
    assert [(term.prior, term.key.row) for term in found.right] == [(True, "outcomes_total")]
    across = bound(
        tmp_path,
        ('"column"', '"row"'),
        ("granted + partly_granted == new", "sum(legal_entity) <= applications.new.total"),
    )
    assert [term.key.column for term in across.left] == [
        "business",
        "research",
        "public_welfare",
        "legal_service",
        "other",
    ]
    assert {term.key for term in across.right} == {CellKey("applications", "new", "total")}


def test_a_chain_and_its_guard_are_one_check(tmp_path: Path) -> None:
    text = RULE.replace("granted + partly_granted == new", "0 <= granted <= new").replace(
        "severity =", 'when = ["new > 1", "granted > 0"]\nseverity ='
    )
    (rule,) = read_rules(rules_file(tmp_path, text))
    found = [item for item in checks(edition("2021"), (rule,)) if item[0].rule == "T3-LE"]
    assert len(found) == 7 and {len(item) for item in found} == {2}
    assert all(isinstance(part, Bound) and len(part.when) == 2 for item in found for part in item)


@given(st.text(max_size=60) | st.text("newgranted.+-*/()<>=0123456789 ×−sum", max_size=40))
def test_any_text_is_an_expression_or_a_told_mistake(text: str) -> None:
    try:
        found = read_comparisons(text)
    except ExpressionError as error:
        assert error.found and error.expected
    else:
        assert found


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "new" + "+new" * 20_000 + "==new" + "(" * 3, "1/" * 50_000, "-" * 90_000]
)
def test_a_hostile_expression_is_told_in_linear_time(text: str) -> None:
    with pytest.raises(ExpressionError):
        read_comparisons(text)


# Mistakes in a rule --------------------------------------------------------------------------------------------------

WHOLE = "granted + partly_granted == new"
MISTAKES = [
    pytest.param('basis = "测试"\n', "", 2, "no basis", id="missing key"),
    pytest.param("basis =", 'note = "x"\nbasis =', 9, "key note", id="unknown key"),
    pytest.param('"info"', '"fatal"', 8, "severity 'fatal'", id="unknown severity"),
    pytest.param('"info"', '"info"\nseverity_at = { total = "fatal" }', 9, "severity 'fatal'", id="exception"),
    pytest.param('"info"', '"info"\nseverity_at = { totl = "error" }', 9, "name 'totl'", id="unknown exception"),
    pytest.param('"info"', '"info"\nseverity_at = "error"', 9, "severity_at", id="exception of another type"),
    pytest.param('"info"', '"info"\nonly = ["totl"]', 9, "name 'totl'", id="unknown line"),
    pytest.param('"info"', '"info"\nonly = "total"', 9, "only", id="lines of another type"),
    pytest.param('"info"', '"info"\nshow = "sometimes"', 9, "show 'sometimes'", id="unknown show"),
    pytest.param('"info"', '"info"\nincomplete = "new >= 0"', 9, "incomplete", id="incomplete without severity"),
    pytest.param('"info"', '"info"\nwhen = "new > nwe"', 9, "name 'nwe'", id="unknown name in a guard"),
    pytest.param('"column"', '"lines"', 6, "each 'lines'", id="unknown each"),
    pytest.param('"applications"', '"application"', 5, "table 'application'", id="unknown table"),
    pytest.param('table = "applications"\n', "", 2, "no table", id="no table"),
    pytest.param(WHOLE, "granted == nwe", 7, "name 'nwe'", id="unknown name"),
    pytest.param(WHOLE, "granted == total", 7, "name 'total'", id="a column where rows are meant"),
    pytest.param(
        WHOLE, "granted == disputes.reconsideration.sum", 7, "name 'disputes.reconsideration.sum'", id="no cell"
    ),
    pytest.param(WHOLE, "granted == a.b.c.d", 7, "name 'a.b.c.d'", id="too many parts"),
    pytest.param(WHOLE, "sum(granted) == new", 7, "name 'granted'", id="nothing beneath"),
    pytest.param(WHOLE, "sum(agencies) == new", 7, "name 'agencies'", id="agencies of a column"),
    pytest.param(WHOLE, "max(denied) == new", 7, "function 'max'", id="unknown function"),
    pytest.param(WHOLE, "otherwise_handled == otherwise_other", 7, "together", id="figures of two editions"),
    pytest.param(WHOLE, "", 7, "an empty expression", id="empty"),
    pytest.param(WHOLE, "granted + new", 7, "no comparison", id="no comparison"),
    pytest.param(WHOLE, "1 == 2", 7, "no name", id="no figure"),
    pytest.param(WHOLE, "granted = new", 7, "'= new'", id="one equals sign"),
    pytest.param(WHOLE, "granted == new +", 7, "the end of", id="nothing after the sign"),
    pytest.param(WHOLE, "granted == (new", 7, "the end of", id="open bracket"),
    pytest.param(WHOLE, "granted == new granted", 7, "'granted' in", id="no sign"),
    pytest.param(WHOLE, "granted * new == 1", 7, "a product of two figures", id="a product"),
    pytest.param(WHOLE, "granted / new == 1", 7, "a division by a figure", id="a quotient"),
    pytest.param(WHOLE, "granted / 0 == new", 7, "a division by zero", id="division by zero"),
    pytest.param(WHOLE, "granted / (2 - 2) == new", 7, "a division by zero", id="division by what is zero"),
    pytest.param(WHOLE, "__import__('os') == new", 7, "", id="code"),
    pytest.param(f'"{WHOLE}"', "3", 7, "expression = 3", id="a number"),
    pytest.param('"basis"', f'"basis"\n\n{RULE}', 11, "rule 'T3-LE' a second time", id="one id twice"),
    pytest.param("[[rule]]", "[rule]", None, "", id="single brackets"),
    pytest.param("[[rule]]", "[[rules]]", None, "rules", id="misspelt"),
    pytest.param('new"', "new", 7, "", id="broken"),
]


@pytest.mark.parametrize(("old", "new", "line", "found"), MISTAKES)
def test_a_mistake_in_a_rule_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int | None, found: str
) -> None:
    text = RULE.replace('"测试"', '"basis"', 1) if "second time" in found else RULE
    assert old in text
    path = rules_file(tmp_path, text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_rules(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}:{line}: found " if line else f"{path}")
    assert found in message.split("; expected")[0]
    assert "; expected " in message


def test_a_mistake_in_the_rules_of_the_workbook_ends_the_command_with_2(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[1]
    shutil.copytree(root / "gdgk", tmp_path / "gdgk", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "gdgk" / "rules.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("carried_over == prior.carried_forward", "carried_over / 0 == new"), encoding="utf-8")
    code = "import sys; from gdgk.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "check", "--data", str(root / "data"), "suqian"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"{path}:" in done.stderr and "a division by zero" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("before", editions().values(), ids=list(editions()))
@pytest.mark.parametrize("form", editions().values(), ids=list(editions()))
def test_after_any_form_the_rules_are_spelled_as_if_each_were_spelled_anew(form: Edition, before: Edition) -> None:
    anew = [item for rule in own_rules() for item in Speller(rule, form, before).checks()]
    sums = sum(len(list(table.sums())) for table in form.tables.values())
    assert list(checks(form, None, before))[sums:] == anew
    measures = [rule for rule in own_rules() if rule.each == "measure"]
    changed = any(spelled_out(rule, form, before) != spelled_out(rule, form, form) for rule in measures)
    assert changed == (form != before)
