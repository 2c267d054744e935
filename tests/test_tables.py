"""The printed tables: every state of a cell told apart, every mark linked, every table whole, no text made markup."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from bs4 import Tag
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_html import grid, ids, is_rectangle, one, repeated, soup, text
from running import SOAK
from strategies import cells_of, filled_report, report_of, reports

from gdgk.archive import Archive, ReportId, panel
from gdgk.findings import Finding
from gdgk.form import CellKey, edition, editions
from gdgk.reconciliation import read_sheets, reconcile
from gdgk.report import Correction, ExtraRow, Report
from gdgk.tables import failed, marks, printed_table

ALL_TABLES = [(form.id, table) for form in editions().values() for table in form.tables]
HOSTILE = "<script>alert('x')</script> & \"引号\" <b>粗</b>"


def key(name: str) -> CellKey:
    """The address of a cell, from ``table.row.column``."""
    return CellKey(*name.split("."))


def printed(report: Report, table: str, plain: bool = False, anchor: str = "", *others: Report) -> Tag:
    """A table of a report as its page shows it; others: reports that the checks may read beside it."""
    frame = panel([*others, report])
    findings = reconcile(frame, only=[ReportId(report.agency, report.year)])
    sheet = read_sheets(frame)[report.agency, report.year]
    return soup(printed_table(report, table, marks(findings.to_dict("records")), sheet.imputed, anchor, plain))


def cell_of(report: Report, name: str) -> Tag:
    """One cell of a report as its page shows it."""
    place = key(name)
    return one(printed(report, place.table), f"#{'-'.join(place)}")


def classes(element: Tag) -> set[str]:
    """The style classes of an element."""
    return {name for name in element.get_attribute_list("class") if name}


def parts(cell: Tag) -> list[tuple[str, str]]:
    """What stands in a cell: (tag and class, text), bare text under ``""``."""
    found = []
    for child in cell.children:
        if isinstance(child, Tag):
            found.append((".".join([child.name, *filter(None, child.get_attribute_list("class"))]), text(child)))
        elif str(child).strip():
            found.append(("", str(child).strip()))
    return found


def with_extra(report: Report, table: str, *rows: ExtraRow) -> Report:
    """The report with rows that its form does not know."""
    return replace(report, extra_rows={table: rows})


def corrected(report: Report, name: str, value: str) -> Report:
    """The report with one cell put right."""
    place = key(name)
    entry = Correction(place, report.cells[place].raw, value, "笔误", "测试员", "2024-03-01")
    return replace(report, corrections={place: entry})


# The states of a cell ------------------------------------------------------------------------------------------------

# What is printed, in which cell; how it is shown: classes, and its pieces in order.
LICENSING, CHANGE = "proactive_disclosure.licensing.prior_items", "proactive_disclosure.licensing.change"
AMOUNT = "proactive_disclosure.procurement.amount"
STATES = [
    (LICENSING, "15", set(), [("", "15")]),
    (LICENSING, "4119", set(), [("", "4,119")]),
    (LICENSING, "0", {"zero"}, [("", "0")]),
    (LICENSING, "", {"blank"}, [("span.sr", "未填报")]),
    (LICENSING, "无", {"none"}, [("span", "无")]),
    (LICENSING, "/", {"dash"}, [("span", "/")]),
    (LICENSING, "——", {"dash"}, [("span", "——")]),
    (LICENSING, "?", {"unknown"}, [("span.sr", "未入库")]),
    (LICENSING, "12件", {"text"}, [("span", "12件"), ("i", "12")]),
    (LICENSING, "不涉及", {"text"}, [("span", "不涉及")]),
    (CHANGE, "增 4", {"text"}, [("span", "增 4"), ("i", "＋4")]),
    (CHANGE, "减 2", {"text"}, [("span", "减 2"), ("i", "－2")]),
    (CHANGE, "-2", set(), [("", "－2")]),
    (AMOUNT, "251000元", {"text"}, [("span", "251000元"), ("i", "25.1 万元")]),
    # An amount without a unit is a finding (T2-PROC-UNIT), which marks it.
    (AMOUNT, "18.8710", {"part"}, [("", "18.871")]),
]


@pytest.mark.parametrize(("name", "raw", "look", "pieces"), STATES)
def test_each_state_of_a_cell_is_told_from_every_other(
    name: str, raw: str, look: set[str], pieces: list[tuple[str, str]]
) -> None:
    cell = cell_of(filled_report("demo", 2020, "2019", {key(LICENSING): "15", key(name): raw}), name)
    assert classes(cell) == look
    assert parts(cell) == pieces


def test_a_total_left_blank_shows_the_sum_of_its_parts_as_inferred() -> None:
    rows = ["new", "granted", "outcomes_total"]
    values = dict.fromkeys(cells_of("applications", rows, ["natural_person", "total"]), "35")
    values[key("applications.granted.total")] = ""
    cell = cell_of(filled_report("demo", 2023, "2021", values), "applications.granted.total")
    assert classes(cell) == {"blank", "tot", "est"}
    assert parts(cell) == [("span.sr", "未填报"), ("span.inf", "35")]


def test_a_blank_that_no_sum_fills_stays_blank() -> None:
    values = {key("applications.granted.business"): ""}
    cell = cell_of(filled_report("demo", 2023, "2021", values), "applications.granted.business")
    assert (classes(cell), parts(cell)) == ({"blank"}, [("span.sr", "未填报")])


@pytest.mark.parametrize("raw", ["无", "/"])
def test_a_total_of_words_shows_the_sum_of_its_parts_beside_them(raw: str) -> None:
    values = {key("applications.granted.natural_person"): 35, key("applications.granted.total"): raw}
    cell = cell_of(filled_report("demo", 2023, "2021", values), "applications.granted.total")
    assert "est" in classes(cell)
    assert parts(cell) == [("span", raw), ("span.inf", "35")]


@pytest.fixture(scope="module")
def hongze() -> Report:
    """洪泽区 2023: two totals of table 四 that do not add up, a misprinted label, the single row （六）."""
    return Archive().read(ReportId("hongze", 2023))


def test_a_probably_wrong_cell_has_its_number_its_old_value_and_the_sum(hongze: Report) -> None:
    cell = cell_of(hongze, "disputes.reconsideration.total")
    assert classes(cell) == {"zero", "tot", "bad"}
    assert parts(cell) == [("a.no", "误1"), ("span.was", "0"), ("span.fix", "分项和 11")]
    assert one(cell, "a")["href"] == "#f1"
    assert cell_of(hongze, "disputes.litigation_after_reconsideration.total").get_text().startswith("误2")


def test_the_parts_of_a_failed_sum_are_pointed_out_and_not_accused(hongze: Report) -> None:
    names = {name: cell_of(hongze, f"disputes.reconsideration.{name}") for name in ("upheld", "corrected", "pending")}
    assert {name: classes(cell) for name, cell in names.items()} == {
        "upheld": {"part"},
        "corrected": {"part"},
        "pending": {"zero", "part"},
    }
    assert not any(cell.find("a") for cell in names.values())
    assert classes(cell_of(hongze, "disputes.litigation_direct.upheld")) == {"zero"}


def test_a_doubt_looks_other_than_an_error() -> None:
    before = filled_report("demo", 2022, "2021", {key("proactive_disclosure.regulations.in_force"): 5})
    after = filled_report("demo", 2023, "2021", {key("proactive_disclosure.regulations.in_force"): 7})
    table = printed(after, "proactive_disclosure", False, "", before)
    cell = one(table, "#proactive_disclosure-regulations-in_force")
    assert classes(cell) == {"doubt"}
    assert parts(cell) == [("a.no", "疑1"), ("span.was", "7"), ("span.fix", "对应 5")]


def test_a_corrected_cell_shows_both_values_and_who_put_it_right() -> None:
    report = corrected(filled_report("demo", 2023, "2021"), "applications.granted.business", "11")
    cell = cell_of(report, "applications.granted.business")
    assert "fixed" in classes(cell)
    assert parts(cell) == [("span.old", "0"), ("", "11"), ("span.by", "已更正")]
    assert cell["title"] == "笔误（测试员，2024-03-01）"


def test_a_correction_of_a_blank_says_that_nothing_stood_there() -> None:
    report = filled_report("demo", 2023, "2021", {key("applications.granted.business"): ""})
    cell = cell_of(corrected(report, "applications.granted.business", "3"), "applications.granted.business")
    assert one(cell, ".old").get_text() == "空"


def test_a_column_that_does_not_balance_is_marked_at_its_heading() -> None:
    report = filled_report(
        "demo", 2023, "2021", {key("applications.new.business"): 3, key("applications.new.total"): 3}
    )
    table = printed(report, "applications")
    tagged = [text(heading).split(" ")[0] for heading in table.select("thead th") if heading.find("a")]
    assert tagged == ["总计", "商业企业"]
    assert {str(link["href"]) for link in table.select("thead a")} == {"#f1", "#f2"}


def test_a_label_printed_otherwise_is_kept_and_marked(hongze: Report) -> None:
    row = one(printed(hongze, "applications"), "#applications-denied_forbidden_by_law")
    assert text(one(row, ".mis")) == "2.其他法律行政止公开"
    assert text(one(row, "a.tag")) == "注4"


def test_marks_are_numbered_in_the_order_of_the_page(hongze: Report) -> None:
    findings = reconcile(panel([hongze]))
    assert failed(findings)["severity"].tolist() == ["error", "error", "warning", "info"]
    assert failed(findings).index.tolist() == [1, 2, 3, 4]
    found = marks(findings.to_dict("records"))
    assert {name: [mark.number for mark in own] for name, own in found.cells.items()} == {
        "disputes.reconsideration.total": [1],
        "disputes.litigation_after_reconsideration.total": [2],
    }


def said_of(number: str, cell: str, left: float, right: float, **more: object) -> dict[str, object]:
    """A finding that the prose says otherwise of a cell, as a row of a frame."""
    table, row, column = cell.split(".")
    made = Finding(
        rule=f"N-T3-{number}", status="fail", severity="error", agency="demo", year=2023, table=table, row=row,
        column=column, left=left, right=right, difference=left - right, message="正文", reason="", label="正文数字",
        place="", calculation="", basis="", unless="", cells=(cell,), blanks=0, quote="正文",
    )  # fmt: skip
    return {**asdict(made), "review": "", **more}


def test_a_cell_that_only_the_prose_contradicts_is_not_framed_as_wrong() -> None:
    report = filled_report("demo", 2023, "2021")
    found = [said_of("NEW", "applications.new.total", 5, 0)]
    cell = one(soup(printed_table(report, "applications", marks(found))), "#applications-new-total")
    assert classes(cell) == {"zero", "tot", "said"}
    assert parts(cell) == [("a.no", "误1"), ("span.was", "0"), ("span.fix", "正文 5")]


def test_every_finding_on_one_cell_is_told_the_open_ones_first() -> None:
    report = filled_report("demo", 2023, "2021")
    name = "applications.new.total"
    rows = [said_of("A", name, 5, 0, review="dismissed"), said_of("B", name, 6, 0), said_of("C", name, 7, 0)]
    cell = one(soup(printed_table(report, "applications", marks(rows))), "#applications-new-total")
    assert parts(cell)[0] == ("a.no", "误1")
    assert [text for _, text in parts(cell)[2:]] == ["正文 6", "误2 正文 7", "误3 不成立"]
    assert {str(link["href"]) for link in cell.find_all("a")} == {"#f1", "#f2", "#f3"}


def test_a_settled_finding_has_a_quiet_mark_and_points_at_no_parts() -> None:
    report = filled_report("demo", 2023, "2021", {key("disputes.reconsideration.upheld"): 3})
    findings = reconcile(panel([report])).assign(review="explained")
    tree = soup(printed_table(report, "disputes", marks(findings.to_dict("records"))))
    cell = one(tree, "#disputes-reconsideration-total")
    assert classes(cell) == {"zero", "tot", "quiet"}
    assert parts(cell) == [("a.no", "误1"), ("", "0"), ("span.fix", "已说明")]
    assert not tree.select("td.part, td.bad")


# Layout --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "table"), ALL_TABLES)
@pytest.mark.parametrize("plain", [False, True])
def test_every_table_of_every_edition_is_a_full_rectangle(name: str, table: str, plain: bool) -> None:
    tree = one(printed(filled_report("demo", 2023, name), table, plain), "table")
    assert is_rectangle(grid(tree))


@pytest.mark.parametrize(("name", "table"), ALL_TABLES)
def test_every_cell_of_every_edition_is_on_the_page_once(name: str, table: str) -> None:
    tree = printed(report_of("demo", 2023, name, {}), table)
    shown = [str(cell["id"]) for cell in tree.select("td[id]")]
    assert shown == ["-".join(cell) for cell in edition(name).tables[table].cells]


@pytest.mark.parametrize(("name", "table"), [pair for pair in ALL_TABLES if pair[1] != "disputes"])
@given(data=st.data())
@settings(max_examples=60 if SOAK else 5)
def test_a_table_with_rows_the_form_does_not_know_is_a_full_rectangle(
    name: str, table: str, data: st.DataObject
) -> None:
    rows = list(edition(name).tables[table].rows)
    afters = data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=4, unique=True))
    extra = [ExtraRow(f"extra_{place}", f"表外 {place}", after, {}) for place, after in enumerate(afters)]
    extra.append(ExtraRow("extra_next", "表外又一行", "extra_0", {}))
    report = with_extra(filled_report("demo", 2023, name), table, *extra)
    tree = one(printed(report, table), "table")
    assert is_rectangle(grid(tree))
    for row in extra:
        assert text(one(tree, f"#{table}-{row.key} th.lab")).startswith(f"{row.label} （表外行）")
    shown = [str(line["id"]) for line in tree.select("tr[id]")]
    for row in extra:
        assert shown[shown.index(f"{table}-{row.key}") - 1] in {
            f"{table}-{row.after}",
            *(f"{table}-{e.key}" for e in extra),
        }


def test_an_extra_row_in_a_group_stands_under_its_heading() -> None:
    extra = ExtraRow("extra_own", "9.本地规定不公开", "denied_inquiry", {"business": "2", "total": "2"})
    report = with_extra(filled_report("demo", 2023, "2021"), "applications", extra)
    rows = grid(one(printed(report, "applications"), "table"))
    line = next(row for row in rows if "9.本地规定不公开" in row[2].get_text())
    assert [text(cell) for cell in line[:2]] == ["三、本年度办理结果", "（三）不予公开"]
    assert [text(cell) for cell in line[3:]] == ["", "2", "", "", "", "", "2"]


@pytest.mark.parametrize("table", ["applications", "proactive_disclosure"])
def test_a_row_before_the_first_that_the_form_knows_is_kept(table: str) -> None:
    extra = ExtraRow("extra_first", "表外首行", "", {"total": "2"} if table == "applications" else {"issued": "2"})
    report = with_extra(filled_report("demo", 2023, "2021"), table, extra)
    assert "表外首行" in printed(report, table).get_text()


def test_a_row_that_table_four_does_not_know_is_kept() -> None:
    extra = ExtraRow("extra_retrial", "再审", "litigation_after_reconsideration", {"total": "2"})
    report = with_extra(filled_report("demo", 2023, "2021"), "disputes", extra)
    assert "再审" in printed(report, "disputes").get_text()


def test_no_figure_of_an_extra_row_is_lost() -> None:
    extra = ExtraRow("extra_row", "其他对外管理服务事项", "licensing", {"issued": "77", "decisions": "88"})
    report = with_extra(filled_report("demo", 2023, "2021"), "proactive_disclosure", extra)
    shown = printed(report, "proactive_disclosure").get_text()
    assert "88" in shown
    assert "77" in shown


def test_a_row_the_form_does_not_know_is_tagged_with_its_finding() -> None:
    extra = ExtraRow("extra_own", "9.本地规定不公开", "denied_inquiry", {"total": "2"})
    report = with_extra(filled_report("demo", 2023, "2021"), "applications", extra)
    assert text(one(printed(report, "applications"), "#applications-extra_own a.tag")) == "注1"


def test_a_label_printed_otherwise_in_table_four_is_kept_and_marked() -> None:
    report = filled_report("demo", 2023, "2021")
    report = replace(report, labels={("disputes", "reconsideration"): "行政复义"})
    table = printed(report, "disputes")
    heading = one(table, "#disputes-reconsideration")
    assert "行政复义" in heading.get_text()
    assert text(one(heading, "a.tag")) == "注1"


@pytest.mark.parametrize(("name", "table"), ALL_TABLES)
def test_ids_are_unique_and_take_the_anchor(name: str, table: str) -> None:
    report = filled_report("demo", 2023, name)
    bare, moved = ids(printed(report, table)), ids(printed(report, table, anchor="again-"))
    assert repeated(bare) == set()
    assert moved == [f"again-{name}" for name in bare]


# Reading aloud -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "table"), ALL_TABLES)
@pytest.mark.parametrize("plain", [False, True])
def test_every_heading_says_what_it_heads(name: str, table: str, plain: bool) -> None:
    headings = printed(filled_report("demo", 2023, name), table, plain).select("th:not(.corner)")
    scopes = {str(heading.get("scope")) for heading in headings}
    assert scopes <= {"col", "colgroup", "row", "rowgroup"}
    assert "col" in scopes
    for heading in headings:
        if int(str(heading.get("rowspan", "1"))) > 1 and heading.find_parent("tbody"):
            assert heading["scope"] == "rowgroup"


@pytest.mark.parametrize("name", ["2019", "2021", "2021-single-other"])
def test_the_corner_of_table_three_is_no_heading_without_a_scope(name: str) -> None:
    corner = one(printed(filled_report("demo", 2023, name), "applications"), ".corner")
    assert corner.name == "td" or corner.get("scope")


@pytest.mark.parametrize("name", ["2019", "2021", "2021-single-other"])
def test_the_cells_of_table_three_stand_under_their_applicant_and_beside_their_row(name: str) -> None:
    report = filled_report("demo", 2023, name)
    rows = grid(one(printed(report, "applications"), "table"))
    form = report.edition.tables["applications"]
    for line in rows[3:]:
        for place, cell in enumerate(line):
            if cell.name == "td":
                found = key(str(cell["id"]).replace("-", "."))
                assert text(rows[2][place]) == form.columns[found.column].label
                beside = [text(other) for other in line if other.get("scope") == "row"]
                assert beside[0].replace(" ", "").startswith(form.rows[found.row].label)


def test_the_cells_of_table_four_stand_under_their_remedy_and_result() -> None:
    report = filled_report("demo", 2023, "2021")
    rows = grid(one(printed(report, "disputes"), "table"))
    form = report.edition.tables["disputes"]
    for place, cell in enumerate(rows[3]):
        found = key(str(cell["id"]).replace("-", "."))
        assert text(rows[1][place]) == form.rows[found.row].label
        assert text(rows[2][place]) == form.columns[found.column].label


@pytest.mark.parametrize("name", ["2019", "2021"])
def test_the_cells_of_table_two_stand_under_their_own_blocks_headings(name: str) -> None:
    report = filled_report("demo", 2023, name)
    form = report.edition.tables["proactive_disclosure"]
    head: list[Tag] = []
    seen = 0
    for line in grid(one(printed(report, "proactive_disclosure"), "table")):
        if all(cell.name == "th" for cell in line):
            head = line
            continue
        for place, cell in enumerate(line):
            if cell.name == "td":
                found = key(str(cell["id"]).replace("-", "."))
                assert text(head[place]) == form.columns[found.column].label
                seen += 1
    assert seen >= len(form.cells)


@pytest.mark.parametrize(("name", "table"), ALL_TABLES)
def test_every_table_has_a_caption(name: str, table: str) -> None:
    caption = one(printed(filled_report("demo", 2023, name), table), "caption")
    assert edition(name).tables[table].title in text(caption)


def test_no_caption_says_an_id() -> None:
    assert "demo" not in text(one(printed(filled_report("demo", 2023, "2021"), "proactive_disclosure"), "caption"))


# Escaping ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plain", [False, True])
def test_no_text_of_a_report_becomes_markup(plain: bool) -> None:
    report = filled_report("demo", 2023, "2021", {key("applications.granted.business"): "<b>无此项</b>&amp;"})
    report = replace(
        report, labels={("applications", "granted"): HOSTILE, ("proactive_disclosure", "licensing"): HOSTILE}
    )
    entry = Correction(key("applications.new.total"), "0", "3", f'"{HOSTILE}', HOSTILE, "2024")
    report = replace(report, corrections={entry.key: entry})
    report = with_extra(report, "applications", ExtraRow("extra_x", HOSTILE, "new", {"total": HOSTILE}))
    for table in report.edition.tables:
        tree = printed(report, table, plain)
        assert not tree.find(["script", "b"])
        assert not any(set(element.attrs) & {"onclick", "onerror", "alert"} for element in tree.find_all())
    applications = printed(report, "applications", plain)
    assert applications.get_text().count(HOSTILE) == 3
    assert "<b>无此项</b>&amp;" in applications.get_text()


@given(reports())
def test_any_report_makes_whole_tables_whose_marks_are_its_findings(report: Report) -> None:
    findings = failed(reconcile(panel([report])))
    trees = [printed(report, table) for table in report.edition.tables]
    assert repeated([name for tree in trees for name in ids(tree)]) == set()
    assert all(is_rectangle(grid(one(tree, "table"))) for tree in trees)
    links = {str(link["href"]) for tree in trees for link in tree.find_all("a")}
    assert links <= {f"#f{number}" for number in findings.index}
    assert links >= {f"#f{number}" for number, item in findings.iterrows() if item["left"] == item["left"]}


# For the official report ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["proactive_disclosure", "applications", "disputes"])
def test_a_plain_table_carries_no_marks(hongze: Report, table: str) -> None:
    tree = printed(hongze, table, plain=True)
    assert not tree.find("a")
    assert ids(tree) == []
    assert not tree.select(".seal, .tag, .sr:not(caption), .mis, .fix, .was, .no, i")
    assert {name for cell in tree.find_all("td") for name in classes(cell)} <= {"corner", "tot"}
    assert [text(cell) for cell in printed(hongze, table).select("th.lab")][:1] == [
        text(cell) for cell in tree.select("th.lab")
    ][:1]


def test_a_plain_table_prints_what_was_handed_in() -> None:
    values = {key(LICENSING): "15", key(CHANGE): "增 4", key(AMOUNT): "251000元"}
    tree = printed(report_of("demo", 2020, "2019", values), "proactive_disclosure", plain=True)
    assert [text(cell) for cell in tree.find_all("td") if text(cell)] == ["15", "增 4", "251000元"]


def test_a_plain_table_leaves_a_blank_total_blank() -> None:
    values = {key("applications.granted.natural_person"): 35, key("applications.granted.total"): ""}
    report = filled_report("demo", 2023, "2021", values)
    line = next(row for row in printed(report, "applications", plain=True).select("tr") if "予以公开" in row.get_text())
    assert [text(cell) for cell in line.find_all("td")] == ["35", "0", "0", "0", "0", "0", ""]


def test_a_plain_table_names_nobody() -> None:
    report = corrected(filled_report("demo", 2023, "2021"), "applications.granted.business", "11")
    tree = printed(report, "applications", plain=True)
    assert "11" in [text(cell) for cell in tree.find_all("td")]
    assert not tree.find_all(title=True)
