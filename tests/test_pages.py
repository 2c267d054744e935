"""The pages: parameters checked, changes compared only where they may be, nothing wrong hidden, nothing said twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from bs4 import Tag
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_html import broken_links, ids, one, repeated, soup, text
from strategies import APPLICANTS, cells_of, filled_report, report_of

from gdgk.archive import Archive
from gdgk.errors import UnknownName
from gdgk.form import CellKey, edition
from gdgk.markup import Fragment
from gdgk.pages import AnnualReportPage, ReportPage, TrendPage, YearPage, style_for_lab
from gdgk.pages.head_figures import Key, keys
from gdgk.pages.parameters import PARAMETERS, assigned_names, check_injected, whole_year
from gdgk.report import Correction, ExtraRow, Report
from gdgk.review import FILE, Decision, decided, write_decisions

PAGES = [AnnualReportPage, ReportPage, TrendPage, YearPage]
HOSTILE = '<script>alert(1)</script> & "乙"'
OWN = [
    ("suqian", 2023),
    ("suqian", 2024),
    ("suqian", 2025),
    ("huaian", 2024),
    ("hongze", 2023),
    ("shanghai_government_office", 2019),
    ("mile_culture_tourism", 2020),
]


def key(name: str) -> CellKey:
    """The address of a cell, from ``table.row.column``."""
    return CellKey(*name.split("."))


def cells(**values: object) -> dict[CellKey, object]:
    """Cells by their address, its dots as ``__``."""
    return {key(name.replace("__", ".")): value for name, value in values.items()}


def whole(page: ReportPage) -> Tag:
    """The pieces of a report's page in the order of its notebook."""
    pieces = [page.masthead(), page.findings(), *page.tables(), page.legend(), page.change()]
    pieces += [page.revisions(), page.source()]
    return soup("".join(piece.html for piece in pieces))


def fragment(piece: Fragment) -> Tag:
    """A piece of a page, parsed."""
    return soup(piece.html)


def changes(page: ReportPage) -> dict[str, list[str]]:
    """The table 较上年: measure → what its cells say."""
    rows = fragment(page.change()).select("tbody tr:not(.grp)")
    return {text(one(row, "th")): [text(cell) for cell in row.select("td:not(.bar)")] for row in rows}


@pytest.fixture
def page_of(make_archive: Callable[..., Archive]) -> Callable[..., ReportPage]:
    """Writes synthetic reports of 测试局 to an archive and opens the page of the last."""

    def make(*reports: Report) -> ReportPage:
        archive = make_archive("demo,测试局,,,,,,,")
        for report in reports:
            archive.write(report)
        return ReportPage("demo", reports[-1].year, str(archive.root))

    return make


# Parameters ----------------------------------------------------------------------------------------------------------


def test_an_unknown_injected_name_is_refused_and_the_near_one_named() -> None:
    with pytest.raises(
        UnknownName, match=r"^parameter: found 'agncy' \(did you mean agency\?\); expected one of "
    ) as caught:
        check_injected(["", "agency = 'x'", '# Parameters\nagncy = "suqian"\nyear = 2023\n'])
    assert "\n" not in str(caught.value)
    assert all(name in str(caught.value) for name in PARAMETERS)


@pytest.mark.parametrize(
    "cells_run",
    [
        [],
        ["agncy = 'x'"],
        ['# Parameters\nagency = "suqian"\nyear = 2023\ndata = "/x"\n'],
        ["# Parameters\n"],
        ["a = [1]\na[0] = 2", "# Parameters\nyear = '2023'"],
    ],
)
def test_known_names_and_an_analysts_own_cells_pass(cells_run: list[str]) -> None:
    check_injected(cells_run)


def test_the_names_that_a_cell_assigns() -> None:
    assert assigned_names("a = 1\nb, c = 2, 3\nd = e = 4\nprint(f := 5)\n") == ["a", "d", "e"]


@pytest.mark.parametrize(("year", "number"), [(2020, 2020), ("2020", 2020), (" 2020 ", 2020), (0, 0), ("0", 0)])
def test_a_year_may_come_as_text(year: int | str, number: int) -> None:
    assert whole_year(year) == number


@pytest.mark.parametrize("year", ["", "二〇二〇", "2020.0", "-2020", "2019-2021", None, True])
def test_what_is_no_year_is_refused_in_one_line(year: object) -> None:
    with pytest.raises(UnknownName, match=r"^year: found ") as caught:
        whole_year(year)
    assert "\n" not in str(caught.value)


def test_a_superscript_is_no_year() -> None:
    with pytest.raises(UnknownName):
        whole_year("²")


@pytest.mark.parametrize("page", PAGES)
def test_an_unknown_agency_is_named_with_those_there_are(page: type) -> None:
    with pytest.raises(UnknownName, match=r"^agency: found 'suqain' \(did you mean suqian\?\)"):
        page("suqain", 2023)


@pytest.mark.parametrize(
    ("page", "year"),
    [(AnnualReportPage, 1999), (ReportPage, 1999), (ReportPage, 0), (TrendPage, 1999), (YearPage, 1999)],
)
def test_a_year_that_is_not_here_is_named_with_those_there_are(page: type, year: int) -> None:
    with pytest.raises(UnknownName, match=rf"^year: found '{year}'; expected one of 2023, 2024, 2025; ") as caught:
        page("suqian", year)
    assert "\n" not in str(caught.value)


def test_a_year_as_text_opens_the_same_page() -> None:
    assert ReportPage("hongze", "2023").masthead() == ReportPage("hongze", 2023).masthead()
    assert YearPage("", "2023").overview() == YearPage("", 2023).overview()


def test_the_year_0_means_all_years_of_a_trend_and_another_its_end() -> None:
    assert TrendPage("suqian", 0).years == TrendPage("suqian").years == [2023, 2024, 2025]
    assert TrendPage("suqian", "2024").years == [2023, 2024]
    assert TrendPage("suqian", 2099).years == [2023, 2024, 2025]


# 较上年 --------------------------------------------------------------------------------------------------------------


def test_suqian_2024_beside_2023() -> None:
    got = changes(ReportPage("suqian", 2024))
    assert got["予以公开"] == ["1,191", "1,431", "＋240", "＋20.2%"]
    assert got["本年新收"] == ["3,511", "3,525", "＋14", "＋0.4%"]
    assert got["不予处理"] == ["406", "117", "－289", "－71.2%"]
    assert got["行政事业性收费（万元）"] == ["59,237.2449", "72,701.2578", "＋13,464.0129", "＋22.7%"]
    assert "政府集中采购金额（万元）" not in got


def test_no_growth_rate_is_made_of_small_numbers() -> None:
    got = changes(ReportPage("suqian", 2024))
    assert got["未经复议直接起诉"] == ["24", "25", "＋1", "不足 30，不算"]
    assert got["规章制发"] == ["2", "2", "0", "不足 30，不算"]


# 新收 last year and this year → what is said of the change.
SMALL_AND_LARGE = [
    (30, 33, ["30", "33", "＋3", "＋10.0%"]),
    (30, 30, ["30", "30", "0", "0.0%"]),
    (29, 300, ["29", "300", "＋271", "不足 30，不算"]),
    (300, 29, ["300", "29", "－271", "不足 30，不算"]),
    (0, 300, ["0", "300", "＋300", "不足 30，不算"]),
    (0, 0, ["0", "0", "0", "不足 30，不算"]),
    (100, "?", ["100", "—", "缺一年数字"]),
    ("?", 100, ["—", "100", "缺一年数字"]),
]


@pytest.mark.parametrize(("before", "now", "said"), SMALL_AND_LARGE)
def test_a_change_says_no_more_than_its_figures(
    page_of: Callable[..., ReportPage], before: object, now: object, said: list[str]
) -> None:
    pair = [
        with_unknown(filled_report("demo", year, "2021", cells(applications__new__total=value)))
        for year, value in ((2022, before), (2023, now))
    ]
    assert changes(page_of(*pair))["本年新收"] == said


def with_unknown(report: Report) -> Report:
    """The report, said to be taken in in part where it is."""
    partial = any(cell.state == "unknown" for cell in report.cells.values())
    return replace(report, head=replace(report.head, partial="表三仅收一部分" if partial else ""))


def test_across_the_seam_only_what_the_forms_share_is_compared(page_of: Callable[..., ReportPage]) -> None:
    values = dict.fromkeys(edition("2019").cells, 40)
    page = page_of(
        report_of("demo", 2020, "2019", values),
        filled_report("demo", 2021, "2021", dict.fromkeys(edition("2021").cells, 50)),
    )
    got = changes(page)
    assert got["规范性文件现行有效"] == ["—", "50", "不可比：2019 表式的对外公开总数量不是同一个量"]
    assert got["行政事业性收费（万元）"][2].startswith("不可比")
    assert got["政府集中采购金额（万元）"] == ["40", "—", "不可比：2021 表式无此项"]
    assert got["予以公开"] == ["40", "50", "＋10", "＋25.0%"]
    assert got["其他处理"][:2] == ["40", "150"]
    assert "两年表式不同" in page.change().html


def test_without_last_years_report_nothing_is_compared() -> None:
    piece = fragment(ReportPage("hongze", 2023).change())
    assert not piece.find("table")
    assert "2022 年报告未入库" in text(piece)


def test_a_predecessors_report_is_not_called_missing(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive("old,旧局,,,,,,,2022", "demo,测试局,,,,,old,2023,")
    archive.write(filled_report("old", 2022, "2021"))
    archive.write(filled_report("demo", 2023, "2021"))
    page = ReportPage("demo", 2023, str(archive.root))
    assert "2022 年报告已入库" in text(fragment(page.masthead()))
    assert "未入库" not in text(fragment(page.change()))


# Key figures and the tally -------------------------------------------------------------------------------------------


def key_figures(page: ReportPage) -> dict[str, tuple[str, str, str]]:
    """Name → value, unit, note."""
    return {name: (item.value, item.unit, item.note) for name, item in keys_of(page).items()}


def keys_of(page: ReportPage) -> dict[str, Key]:
    """The key figures by name."""
    shown = keys(page)
    return {item.name: item for item in shown}


def test_the_key_figures_of_suqian_2023() -> None:
    assert key_figures(ReportPage("suqian", 2023)) == {
        "本年新收": ("3,511", "件", "上年结转 96"),
        "办理结果": ("3,486", "件", "结转下年 121"),
        "公开率（含部分）": ("43.6", "%", "1,519／3,486"),
        "无法提供": ("30.9", "%", "1,078／3,486"),
        "行政复议": ("440", "件", ""),
        "行政诉讼": ("113", "件", ""),
    }


def test_a_key_figure_that_a_finding_taints_says_so() -> None:
    page = ReportPage("hongze", 2023)
    got = key_figures(page)
    assert got["行政复议"] == ("0", "件", "误1：应为 11")
    assert got["行政诉讼"] == ("0", "件", "误2：应为 5")
    assert got["公开率（含部分）"] == ("19.0", "%", "4／21，小样本")
    assert [name for name, item in keys_of(page).items() if item.error] == ["行政复议", "行政诉讼"]


@pytest.mark.parametrize(
    ("agency", "year", "notes"),
    [("mile_culture_tourism", 2020, {"整表未填报"}), ("suqian", 2025, {"未入库"})],
)
def test_a_key_figure_that_is_not_there_says_why(agency: str, year: int, notes: set[str]) -> None:
    absent = {note for value, _, note in key_figures(ReportPage(agency, year)).values() if value == "—"}
    assert absent == notes


def test_a_key_figure_made_of_blanks_says_so() -> None:
    assert key_figures(ReportPage("shanghai_government_office", 2019))["行政诉讼"] == ("9", "件", "† 空格按 0 计")


def test_a_share_of_nothing_is_not_made(page_of: Callable[..., ReportPage]) -> None:
    got = key_figures(page_of(filled_report("demo", 2023, "2021")))
    assert got["公开率（含部分）"] == got["无法提供"] == ("—", "", "没有办理结果，不算")


def test_a_share_of_a_wrong_total_is_not_stated_as_if_right(page_of: Callable[..., ReportPage]) -> None:
    values = cells(applications__granted__total=5, applications__outcomes_total__total=2)
    shown = keys_of(page_of(filled_report("demo", 2023, "2021", values)))["公开率（含部分）"]
    assert shown.error or shown.value == "—"


@pytest.mark.parametrize(("agency", "year"), [report for report in OWN if report[0] != "shanghai_government_office"])
def test_the_tally_adds_up_to_the_findings(agency: str, year: int) -> None:
    page = ReportPage(agency, year)
    assert sum(count for *_, count in page.tally()) == len(page.findings_frame)


def test_the_tally_adds_up_where_checks_do_not_apply() -> None:
    page = ReportPage("shanghai_government_office", 2019)
    assert sum(count for *_, count in page.tally()) == len(page.findings_frame)


def test_the_tally_of_hongze_2023() -> None:
    assert [(word, count) for _, word, _, count in ReportPage("hongze", 2023).tally()] == [
        ("误", 2),
        ("疑", 1),
        ("注", 1),
        ("符", 39),
        ("缺", 19),
    ]


@pytest.mark.parametrize(("agency", "year"), OWN)
def test_what_cannot_be_assessed_is_listed_once_for_each_reason(agency: str, year: int) -> None:
    page = ReportPage(agency, year)
    groups = page.unassessed()
    assert len({reason for reason, _, _ in groups}) == len(groups)
    count = int((page.findings_frame["status"] == "not_assessable").sum())
    assert sum(number for *_, number in groups) == count
    piece = fragment(page.findings())
    assert len(piece.select(".unassessed li")) == len(groups)
    assert (f"{count} 项不可评估" in text(piece)) == bool(count)


def test_each_finding_says_where_what_and_how_much() -> None:
    items = fragment(ReportPage("hongze", 2023).findings()).select("ol.findings > li")
    assert [str(item["id"]) for item in items] == ["f1", "f2", "f3", "f4"]
    assert text(one(items[0], "h4")) == "表四 · 行政复议 · 总计：印作 0，各项之和是 11"
    assert text(one(items[0], ".calc")) == "维持 10 ＋ 纠正 1 ＋ 其他 0 ＋ 未审结 0 ＝ 11 ≠ 总计 0"
    assert text(one(items[0], ".sug")) == "应为11"
    assert [str(one(item, "a.go")["href"]) for item in items] == [
        "#disputes-reconsideration-total",
        "#disputes-litigation_after_reconsideration-total",
        "#applications-otherwise_handled",
        "#applications-denied_forbidden_by_law",
    ]


@pytest.mark.parametrize(("agency", "year"), OWN)
def test_links_on_a_page_lead_somewhere_and_ids_are_unique(agency: str, year: int) -> None:
    page = whole(ReportPage(agency, year))
    assert broken_links(page) <= {"#revisions"}  # the section's id, which the exporter writes
    assert repeated(ids(page)) == set()


@settings(max_examples=12)
@given(
    st.dictionaries(
        st.sampled_from([*edition("2021").tables["applications"].cells, *edition("2021").tables["disputes"].cells]),
        st.integers(0, 9),
        min_size=1,
        max_size=6,
    )
)
def test_every_findings_link_has_its_target_and_every_tag_its_finding(
    tmp_path_factory: pytest.TempPathFactory, values: Mapping[CellKey, int]
) -> None:
    archive = Archive(data_folder(tmp_path_factory))
    archive.write(filled_report("demo", 2023, "2021", values))
    page = ReportPage("demo", 2023, str(archive.root))
    tree = whole(page)
    assert broken_links(tree) == set()
    assert repeated(ids(tree)) == set()
    fails = page.failed()
    figures = fails[~fails["rule"].str.startswith(("N-", "S-"))]
    tagged = {str(link["href"]) for link in tree.select("table.form a")}
    assert tagged <= {f"#f{number}" for number in fails.index}
    # Of findings with one cause the first has the tag, and the others lead to it.
    first = {str(item["id"]): item.select_one(".cause a") for item in tree.select("ol.findings > li")}
    for number in figures.index:
        link = first[f"f{number}"]
        assert (str(link["href"]) if link else f"#f{number}") in tagged
    assert len(tree.select("ol.findings > li a.go")) == len(fails[fails["table"].notna()])


def data_folder(factory: pytest.TempPathFactory) -> str:
    """A data folder with one agency."""
    root = factory.mktemp("data")
    header = "id,name_zh,short_names,kind,region_code,parent,predecessor,valid_from,valid_to"
    (root / "agencies.csv").write_text(f"{header}\ndemo,测试局,,,,,,,\n", encoding="utf-8")
    return str(root)


@pytest.mark.parametrize("kind", ["label", "row"])
def test_findings_on_rows_of_table_four_lead_somewhere(page_of: Callable[..., ReportPage], kind: str) -> None:
    report = filled_report("demo", 2023, "2021")
    if kind == "label":
        report = replace(report, labels={("disputes", "reconsideration"): "行政复义"})
    else:
        extra = ExtraRow("extra_retrial", "再审", "litigation_after_reconsideration", {"total": "2"})
        report = replace(report, extra_rows={"disputes": (extra,)})
    assert broken_links(whole(page_of(report))) == set()


# State ---------------------------------------------------------------------------------------------------------------

STATES = [
    ("hongze", 2023, ("bad", "误", "数据有误 · 待机关核实")),
    ("mile_culture_tourism", 2020, ("warn", "疑", "请人工看 · 表三、表四未填报，不可评估")),
    ("suqian", 2024, ("ok", "符", "未见不符")),
    ("shanghai_government_office", 2019, ("ok", "符", "未见不符")),
]


@pytest.mark.parametrize(("agency", "year", "state"), STATES)
def test_a_page_says_its_state_in_words(agency: str, year: int, state: tuple[str, str, str]) -> None:
    page = ReportPage(agency, year)
    assert page.state() == state
    assert state[2] in text(one(fragment(page.masthead()), ".state"))


def test_a_doubt_is_for_people_to_look_at(page_of: Callable[..., ReportPage]) -> None:
    state = page_of(filled_report("demo", 2023, "2021-single-other")).state()
    assert state == ("warn", "疑", "请人工看")


def test_a_report_of_which_nothing_could_be_checked_does_not_pass(page_of: Callable[..., ReportPage]) -> None:
    form = edition("2021")
    report = report_of("demo", 2023, "2021", {**dict.fromkeys(form.cells, "?"), key("applications.new.total"): "5"})
    page = page_of(with_unknown(report))
    assert "没有一个等式可以核对，不能说相符" in text(fragment(page.findings()))
    assert page.state()[1] != "符"


@pytest.mark.parametrize(
    "page", [lambda: TrendPage("mile_culture_tourism").masthead(), lambda: YearPage("", 2020).findings()]
)
def test_a_page_on_blank_tables_alone_does_not_pass(page: Callable[[], Fragment]) -> None:
    assert not fragment(page()).select(".seal.k, .state.ok")


# Tables on the page --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "count", "opened"), [("applications", 161, False), ("disputes", 15, True)])
def test_a_wholly_blank_table_is_one_plate_with_the_form_folded(table: str, count: int, opened: bool) -> None:
    page = ReportPage("mile_culture_tourism", 2020)
    piece = fragment(page.table(table))
    assert f"{count} 格均为空，不当作 0" in text(one(piece, ".plate"))
    assert text(one(piece, ".plate b")) == "未填报"
    fold = one(piece, "details")
    assert fold.has_attr("open") == opened
    assert len(fold.select("td.blank")) == len(piece.select("td[id]")) == count
    assert "符" not in text(piece)


def test_a_table_not_taken_in_is_not_called_blank(page_of: Callable[..., ReportPage]) -> None:
    unknown = dict.fromkeys(edition("2021").tables["disputes"].cells, "?")
    piece = fragment(page_of(with_unknown(filled_report("demo", 2023, "2021", unknown))).table("disputes"))
    assert text(one(piece, ".plate b")) == "未入库"
    assert "未填报" not in text(piece)


def test_a_table_says_how_many_equations_it_was_held_to() -> None:
    page = ReportPage("hongze", 2023)
    assert "核对 37 个等式，全部相符" in text(one(fragment(page.table("applications")), ".cap"))
    assert "核对 3 个等式，2 个不合" in text(one(fragment(page.table("disputes")), ".cap"))
    assert "没有可以核对的等式" in text(one(fragment(page.table("proactive_disclosure")), ".cap"))


def test_a_table_counts_its_findings_for_the_table_of_contents() -> None:
    page = ReportPage("hongze", 2023)
    assert [piece.meta["count"] for piece in page.tables()] == [{}, {"疑": 1, "注": 1}, {"误": 2}]
    assert page.findings().meta["count"] == {"误": 2, "疑": 1, "注": 1}


# Causes, decisions, prose ---------------------------------------------------------------------------------------------

TITLE = "测试局2023年政府信息公开工作年度报告（合成数据）"
PROSE = """## 一、总体情况

本年收到政府信息公开申请 8 件。

## 五、存在的主要问题及改进情况

更新不够及时，将改进。
"""


def proper(report: Report, narrative: str = "") -> Report:
    """The report with a title that no check minds, and prose."""
    return replace(report, head=replace(report.head, title=TITLE), narrative=narrative)


def office(**values: object) -> Report:
    """A synthetic report of 48 applications in which all adds up but for some cells."""
    natural = {"new": 40, "granted": 24, "partly_granted": 4, "denied_third_party": 12, "outcomes_total": 40}
    business = {"new": 8, "granted": 6, "unavailable_not_held": 2, "outcomes_total": 8}
    figures: dict[CellKey, object] = {}
    for row in {**natural, **business}:
        pair = natural.get(row, 0), business.get(row, 0)
        for column, figure in zip(("natural_person", "business", "total"), (*pair, sum(pair)), strict=True):
            figures[CellKey("applications", row, column)] = figure
    return proper(filled_report("demo", 2023, "2021", {**figures, **cells(**values)}))


def listed(page: ReportPage) -> list[Tag]:
    """The findings on a page."""
    return fragment(page.findings()).select("ol.findings > li")


def decide(page: ReportPage, *decisions: tuple[str, str, str], changed: bool = False) -> ReportPage:
    """The page again, after decisions (rule, state, note) on the first finding of a rule that has none yet.

    changed: the figures were others when it was decided.
    """
    made: dict[str, Decision] = {}
    for rule, state, note in decisions:
        rows = page.failed()[page.failed()["rule"] == rule].to_dict("records")
        row = next(row for row in rows if row["fingerprint"] not in made)
        entry = decided(row, state, note, "核对岗", "2024-03-01")
        made[entry.fingerprint] = replace(entry, figures="9 / 8") if changed else entry
    write_decisions(page.archive.folder(page.id) / FILE, made)
    return type(page)(page.id.agency, page.id.year, str(page.archive.root))


def test_a_cell_that_explains_what_fails_is_marked_with_the_figure_it_should_have(
    page_of: Callable[..., ReportPage],
) -> None:
    page = page_of(office(applications__granted__business=9))
    first, second = listed(page)
    assert text(one(first, "h4")) == "表三 · 予以公开 · 总计：印作 30，各项之和是 33"
    assert "商业企业：填报 9，按行、列合计应为 6" in text(one(first, ".cause"))
    assert text(one(first, ".cause b")) in ("原因", "可能的原因")
    assert text(one(first, ".sug")) == "予以公开 · 商业企业 应为6"
    assert one(first, "a.go")["href"] == "#applications-granted-business"
    assert text(one(second, ".cause")) == "与误1同因。"
    assert not second.select(".sug")
    table = fragment(page.table("applications"))
    marked = table.select("td.bad, td.doubt")
    assert [(cell["id"], text(one(cell, ".fix"))) for cell in marked] == [("applications-granted-business", "应为 6")]
    assert "part" in str(one(table, "#applications-granted-total")["class"])
    assert key_figures(page)["办理结果"][2] == "结转下年 0"


def test_one_way_among_others_is_worded_so_and_the_total_marked(page_of: Callable[..., ReportPage]) -> None:
    values = {"upheld": 3, "corrected": 1, "total": 7}
    page = page_of(
        proper(
            filled_report(
                "demo", 2023, "2021", {key(f"disputes.reconsideration.{name}"): value for name, value in values.items()}
            )
        )
    )
    (item,) = listed(page)
    cause = one(item, ".cause")
    assert (text(one(cause, "b")), text(one(cause, "i"))) == ("一种可能", "仅供参考")
    assert len(item.select("details li")) >= 2
    assert not one(item, "details").has_attr("open")
    assert text(one(item, ".sug.weak")).startswith("或为") or text(one(item, ".sug.weak")).split(" ")[-1].startswith(
        "或为"
    )
    assert text(one(fragment(page.table("disputes")), "td.bad .fix")) == "分项和 4"


def test_no_guess_is_said_to_be_none(page_of: Callable[..., ReportPage]) -> None:
    values = {f"applications__{row}__total": 90 for row in ("new", "granted", "partly_granted", "denied_third_party")}
    page = page_of(office(**values))
    assert "不作推测" in text(listed(page)[0])
    assert not fragment(page.findings()).select(".cause b, .cause i")
    assert "一并核对" in text(listed(page)[1])


def test_a_settled_finding_stands_behind_the_open_ones_and_counts_no_more(page_of: Callable[..., ReportPage]) -> None:
    values = {"disputes__reconsideration__upheld": 5, "disputes__litigation_direct__upheld": 2}
    before = page_of(office(**values))
    assert [(word, count) for _, word, _, count in before.tally()][:1] == [("误", 2)]
    page = decide(before, ("T4-SUM", "explained", "按撤回前口径填报"))
    assert [(word, count) for _, word, _, count in page.tally() if word in "误毕"] == [("误", 1), ("毕", 1)]
    assert page.findings().meta["count"] == {"误": 1}
    piece = fragment(page.findings())
    assert "已处理 1 条" in text(piece)
    done = one(piece, "ol.done > li")
    assert text(one(done, ".decided")) == "说已说明按撤回前口径填报核对岗，2024-03-01"
    assert one(done, ".stamp")["class"] == ["stamp", "explained"]
    assert not done.select(".cause, .sug, .seal.e")
    table = fragment(page.table("disputes"))
    assert len(table.select("td.bad")) == 1
    assert text(one(table, "td.quiet .fix")) == "已说明"
    assert one(table, "td.quiet a")["href"] == f"#{done['id']}"
    assert "2 个不合，其中 1 个已处理" in text(table)


def test_a_page_on_which_all_is_settled_neither_errs_nor_passes(page_of: Callable[..., ReportPage]) -> None:
    before = page_of(office(disputes__reconsideration__upheld=5))
    page = decide(before, ("T4-SUM", "dismissed", "原件清晰，系录入口径"))
    assert page.state() == ("done", "注", "1 处不符，均已处理")
    assert "没有未处理的问题" in text(fragment(page.findings()))
    assert not fragment(page.findings()).select(".seal.e + small")
    assert key_figures(page)["行政复议"] == ("0", "件", "")


@pytest.mark.parametrize(("state", "sign"), [("confirmed", "确"), ("corrected", "改")])
def test_a_confirmed_finding_stays_open_under_its_stamp(
    page_of: Callable[..., ReportPage], state: str, sign: str
) -> None:
    page = decide(page_of(office(disputes__reconsideration__upheld=5)), ("T4-SUM", state, ""))
    assert page.state()[0] == "bad"
    (item,) = listed(page)
    assert text(one(item, f".stamp.{state}")) == sign
    assert item.select(".cause") and "e" in item["class"]


def test_a_decision_on_other_figures_is_shown_as_expired(page_of: Callable[..., ReportPage]) -> None:
    page = decide(
        page_of(office(disputes__reconsideration__upheld=5)), ("T4-SUM", "explained", "当时如此"), changed=True
    )
    (item,) = listed(page)
    assert "原决定（已说明，2024-03-01）已失效：数字已变" in text(item)
    assert page.state()[0] == "bad"
    assert not fragment(page.findings()).select("ol.done")


def test_a_decision_on_what_is_no_longer_found_is_named(page_of: Callable[..., ReportPage]) -> None:
    page = decide(page_of(office(disputes__reconsideration__upheld=5)), ("T4-SUM", "corrected", "已更正"))
    page.archive.write(office())
    again = ReportPage("demo", 2023, str(page.archive.root))
    assert "所指问题现已不存在：表四 · 行政复议 · 总计（已更正，2024-03-01）" in text(fragment(again.findings()))


def test_a_sentence_against_a_cell_is_quoted_as_the_agencys_own_words(page_of: Callable[..., ReportPage]) -> None:
    page = page_of(replace(office(), narrative=PROSE.replace("8 件", "47 件，比上年增加")))
    item = next(item for item in listed(page) if "N-T3-NEW" in text(item))
    assert text(one(item, "p.said-so.kai b")) == "47"
    assert "47" in text(one(item, ".calc")) and "48" in text(one(item, ".calc"))
    cell = one(fragment(page.table("applications")), "#applications-new-total")
    assert "said" in cell["class"] and text(one(cell, ".fix")) == "正文 47"
    assert one(item, "a.go")["href"] == "#applications-new-total"
    assert "全部相符" in text(one(fragment(page.table("applications")), ".cap")), (
        "the prose is no equation of the table"
    )


def test_words_of_a_report_and_of_a_decision_never_become_markup(page_of: Callable[..., ReportPage]) -> None:
    before = page_of(replace(office(), narrative=PROSE.replace("8 件", f"47 件{HOSTILE}")))
    page = decide(before, ("N-T3-NEW", "confirmed", HOSTILE))
    piece = fragment(page.findings())
    assert not piece.find("script")
    assert HOSTILE in text(one(piece, ".decided"))


def test_a_check_that_broke_is_shown_and_the_page_does_not_pass(
    page_of: Callable[..., ReportPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr("gdgk.checks.check_claims", broken)
    page = page_of(office())
    assert page.state() == ("gap", "缺", "1 项检查未能完成")
    assert "1 项检查未能完成" in text(fragment(page.findings()))
    assert sum(count for *_, count in page.tally()) == len(page.findings_frame)
    assert "1 项检查未能完成" in text(fragment(TrendPage("demo", 0, str(page.archive.root)).masthead()))
    year = YearPage("", 2023, str(page.archive.root))
    assert "未能完成" in text(fragment(year.overview())) and "未能完成" in text(fragment(year.masthead()))


def test_a_bound_is_not_told_as_an_equation(page_of: Callable[..., ReportPage]) -> None:
    page = page_of(office(proactive_disclosure__normative_documents__issued=5))
    bounds = page.failed()[page.failed()["sign"] != "=="]
    assert len(bounds)
    for number, row in bounds.iterrows():
        item = one(fragment(page.findings()), f"#f{number}")
        assert text(one(item, "h4")) == f"{row['place']}：{row['calculation']}"
        assert "不等，相差" not in text(item)
        assert not item.select(".calc")
    caption = text(one(fragment(page.table("proactive_disclosure")), ".cap"))
    assert f"另有 {len(bounds)} 处不合常理" in caption and "符 核对" not in caption


# What must be said on every page -------------------------------------------------------------------------------------

BANNER = "合成数据"


@pytest.mark.parametrize(
    "page",
    [
        AnnualReportPage,
        ReportPage,
        TrendPage,
        YearPage,
    ],
)
def test_synthetic_data_is_called_synthetic_on_every_page(archive: Archive, page: type) -> None:
    masthead = fragment(page("demo", 2023, str(archive.root)).masthead())
    assert BANNER in text(one(masthead, "p.demo"))


@pytest.mark.parametrize("page", PAGES)
def test_real_data_is_not(page: type) -> None:
    assert BANNER not in page("suqian", 2024).masthead().html


def test_a_report_taken_in_in_part_says_which() -> None:
    page = ReportPage("suqian", 2025)
    said = "表三仅收“本年新收”一行"
    assert said in text(fragment(page.masthead()))
    assert said in text(fragment(page.source()))
    assert "其中 2025 年只有部分数字" in text(fragment(TrendPage("suqian").masthead()))
    assert "部分入库" not in ReportPage("suqian", 2024).masthead().html


def test_an_annual_report_taken_in_in_part_does_not_look_blank() -> None:
    page = AnnualReportPage("suqian", 2025)
    pieces = [page.masthead(), *(page.section(numeral) for numeral in "二三四")]
    assert "未入库" in text(soup("".join(piece.html for piece in pieces)))


def test_corrections_are_listed_with_reason_person_and_day(page_of: Callable[..., ReportPage]) -> None:
    values = dict.fromkeys(cells_of("disputes", ["reconsideration"], ["upheld", "corrected"]), 3)
    report = filled_report("demo", 2023, "2021", values)
    place = key("disputes.reconsideration.total")
    entry = Correction(place, "0", "6", "漏填总计", "测试员", "2024-03-01")
    head = replace(report.head, title="测试局2023年政府信息公开工作年度报告（合成数据）")
    page = page_of(replace(report, head=head, corrections={place: entry}))
    assert page.state()[1] == "符"
    group, line = fragment(page.revisions()).select("table.changes tbody tr")
    assert text(group) == "表四"
    assert [text(cell) for cell in line.find_all(["th", "td"])] == [
        "行政复议 · 总计",
        "0",
        "6",
        "＋6",
        "漏填总计（测试员，2024-03-01） 解决误",
    ]
    assert "1 处，原值并列" in text(fragment(page.masthead()))
    assert "无；以下均为原表数字" in text(fragment(ReportPage("hongze", 2023).masthead()))


def test_a_corrected_cell_is_named_as_the_form_names_it(page_of: Callable[..., ReportPage]) -> None:
    place = key("disputes.reconsideration.total")
    entry = Correction(place, "0", "0", "核对无误", "测试员", "2024-03-01")
    page = page_of(replace(filled_report("demo", 2023, "2021"), corrections={place: entry}))
    line = fragment(page.revisions()).select("table.changes tbody tr")[1]
    assert [text(cell) for cell in line.find_all(["th", "td"])][:3] == ["行政复议 · 总计", "0", "0"]


def test_the_source_is_named_with_its_original() -> None:
    said = text(fragment(ReportPage("mile_culture_tourism", 2020).source()))
    assert "source.txt" in said
    assert "8ca673cefdd043a6" in said


def test_no_name_becomes_markup(make_archive: Callable[..., Archive]) -> None:
    quoted = HOSTILE.replace('"', '""')
    archive = make_archive(f'demo,"{quoted}",,,,,,,')
    report = filled_report("demo", 2023, "2021-single-other")
    head = replace(report.head, title=HOSTILE, source=HOSTILE, scope=HOSTILE, published=HOSTILE, partial=HOSTILE)
    archive.write(replace(report, head=head, narrative=f"## 一、{HOSTILE}\n\n{HOSTILE}\n\n### {HOSTILE}"))
    root = str(archive.root)
    pages = {page: page("demo", 2023, root) for page in PAGES}
    annual, own, trend, year = (pages[page] for page in PAGES)
    pieces = [
        *[annual.masthead(), annual.opening(), *(annual.section(numeral) for numeral in "一二三四五六")],
        *[own.masthead(), own.findings(), *own.tables(), own.change(), own.revisions(), own.source()],
        *[trend.masthead(), trend.ribbon(), trend.chain(), trend.comparability()],
        *[year.masthead(), year.overview(), year.findings()],
    ]
    tree = soup("".join(piece.html for piece in pieces))
    assert not tree.find("script")
    assert tree.get_text().count("alert(1)") == tree.get_text().count(HOSTILE) >= 10


def test_a_piece_shows_itself_in_jupyter_and_tells_the_exporter_what_it_is() -> None:
    html, meta = ReportPage("hongze", 2023).masthead()._repr_html_()
    assert html.startswith('<div class="gdgk">')
    assert meta["gdgk"]["role"] == "masthead"
    assert meta["gdgk"]["title"] == "淮安市洪泽区人民政府 2023 年 · 核对页"


def test_the_style_for_the_lab_stays_within_our_own_pieces() -> None:
    css = style_for_lab().html
    assert css.startswith("<style>@scope (.gdgk)")
    assert ":root{" not in css
    assert not re.search(r"(^|\})body\{", css)


# Trends --------------------------------------------------------------------------------------------------------------


def chain(page: TrendPage) -> list[list[str]]:
    """The checks between years: year, relation, sum, outcome."""
    return [[text(cell) for cell in row.find_all(["th", "td"])] for row in fragment(page.chain()).select("tbody tr")]


def test_suqian_2024_carries_over_121() -> None:
    rows = {(row[0], row[1]): row[2:] for row in chain(TrendPage("suqian"))}
    assert rows["2024", "上年结转等于上年报告的结转下年度"] == [
        "上年结转 121 ＝ 上年报告结转下年度 121（6 个申请人列也相符）",
        "符 相符",
    ]
    assert rows["2024", "行政规范性文件存量"] == [
        "现行有效 420 ＝ 上年报告现行有效 597 ＋ 制发 50 － 废止 227",
        "符 相符",
    ]
    assert rows["2023", "上年结转等于上年报告的结转下年度"] == ["2022 年报告未入库", "缺 不可评估"]
    assert rows["2025", "上年结转等于上年报告的结转下年度"][1] == "缺 不可评估"


def trend_of(make_archive: Callable[..., Archive], forward: Mapping[str, int], carried: Mapping[str, int]) -> TrendPage:
    """Two synthetic years, what the first carries forward and what the second took over by applicant."""
    archive = make_archive("demo,测试局,,,,,,,")
    for year, row, values in ((2022, "carried_forward", forward), (2023, "carried_over", carried)):
        figures = {CellKey("applications", row, column): value for column, value in values.items()}
        archive.write(filled_report("demo", year, "2021", figures))
    return TrendPage("demo", 0, str(archive.root))


def carry_over(page: TrendPage) -> list[str]:
    """The row on 2023's carry-over."""
    return next(row for row in chain(page) if row[0] == "2023" and row[1].startswith("上年结转"))


def test_a_failing_applicant_is_not_hidden_behind_a_passing_total(make_archive: Callable[..., Archive]) -> None:
    forward = {"natural_person": 3, "business": 2, "total": 5}
    carried = {"natural_person": 2, "business": 3, "total": 5}
    row = carry_over(trend_of(make_archive, forward, carried))
    assert row[3] == "疑 不合 2 处"
    assert "≠" in row[2]


def test_a_failing_total_is_an_error_whatever_the_applicants_are(make_archive: Callable[..., Archive]) -> None:
    row = carry_over(trend_of(make_archive, {"natural_person": 3, "total": 3}, {"natural_person": 2, "total": 2}))
    assert row[3].startswith("误")


def test_a_failing_applicant_is_named(make_archive: Callable[..., Archive]) -> None:
    forward = {"natural_person": 3, "business": 2, "total": 5}
    carried = {"natural_person": 2, "business": 3, "total": 5}
    assert "自然人" in carry_over(trend_of(make_archive, forward, carried))[2]


def test_columns_that_cannot_be_assessed_are_not_passed_over(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive("demo,测试局,,,,,,,")
    unknown = dict.fromkeys(cells_of("applications", ["carried_forward"], APPLICANTS[:-1]), "?")
    archive.write(with_unknown(filled_report("demo", 2022, "2021", unknown)))
    archive.write(filled_report("demo", 2023, "2021"))
    row = carry_over(TrendPage("demo", 0, str(archive.root)))
    assert "不可评估" in " ".join(row)


def test_the_ribbon_shows_every_year_since_2014_and_where_the_forms_change() -> None:
    piece = fragment(TrendPage("suqian").ribbon())
    years = [text(cell) for cell in piece.select(".y")]
    assert years == [str(year) for year in range(2014, 2026)]
    seams = [text(one(cell, ".y")) for cell in piece.select("div.seam") if cell.select(".y")]
    assert seams == ["2019", "2021"]
    words = dict(zip(years, [text(cell) for cell in piece.select("small")], strict=True))
    assert {year: word for year, word in words.items() if word != "未入库"} == {
        "2023": "全",
        "2024": "全",
        "2025": "部分",
    }


def test_a_blank_table_shows_in_the_ribbon() -> None:
    assert "2 张表空" in text(fragment(TrendPage("mile_culture_tourism").ribbon()))


def test_what_may_be_compared_is_listed_for_both_seams() -> None:
    rows = {
        text(one(row, "th")): [text(cell) for cell in row.select("td")]
        for row in fragment(TrendPage("suqian").comparability()).select("tbody tr")
    }
    assert rows["规范性文件现行有效"][:2] == ["不可比", "不可比"]
    assert rows["予以公开"][:2] == ["近似，须加注", "可比"]
    assert rows["本年新收"][:2] == ["可比", "可比"]


# The year ------------------------------------------------------------------------------------------------------------


def test_a_year_shows_every_agency_and_who_is_missing() -> None:
    page = YearPage("", 2023)
    assert page.missing() == ["淮安市人民政府", "上海市人民政府办公厅", "弥勒市文化和旅游局"]
    rows = [[text(cell) for cell in row.find_all(["th", "td"])] for row in fragment(page.overview()).select("tbody tr")]
    assert rows == [
        ["淮安市洪泽区人民政府", "2021 表式，（六）单行", "误 2", "疑 1", "注 1", "0", "39", "0", "19"],
        ["宿迁市人民政府", "2021 表式", "0", "0", "0", "0", "43", "0", "19"],
    ]
    assert len(fragment(page.findings()).select("ol.findings > li")) == 4


def test_a_year_lists_the_worst_first_and_leads_to_each_cell(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive("good,甲局,,,,,,,", "bad,乙局,,,,,,,", "odd,丙局,,,,,,,")
    reports = {
        "good": office(),
        "bad": office(applications__granted__business=9),
        "odd": office(disputes__reconsideration__upheld=5),
    }
    for agency, report in reports.items():
        archive.write(replace(report, agency=agency))
    root = str(archive.root)
    own = decide(ReportPage("odd", 2023, root), ("T4-SUM", "explained", "口径不同"))
    page = YearPage("", 2023, root)
    names = [text(link) for link in fragment(page.overview()).select("tbody th a")]
    assert names[0] == "乙局"
    assert one(fragment(page.overview()), "tbody tr:first-child th a")["href"] == "../bad/2023/agency_year.html"
    groups = fragment(page.findings()).select("details.agency")
    assert groups[0]["id"] == "a-bad"
    items = groups[0].select("li")
    assert str(one(items[0], "a.go")["href"]) == "../bad/2023/agency_year.html#applications-granted-business"
    assert "应为 6" in text(one(items[0], ".cause"))
    assert one(items[1], ".cause a")["href"] == "../bad/2023/agency_year.html#f1"
    settled = one(fragment(page.findings()), "#a-odd li.q")
    assert text(one(settled, ".decided b")) == "已说明"
    assert text(one(settled, ".mark small")) == str(own.failed().index[-1])
    assert text(fragment(page.rules()).select("tbody tr")[0]).startswith("T3-")
    assert "没有发现雷同" in text(fragment(page.repetition()))


def test_prose_repeated_among_agencies_stands_behind_what_their_own_pages_list(
    make_archive: Callable[..., Archive],
) -> None:
    archive = make_archive("one,甲局,,,,,,,", "two,乙局,,,,,,,")
    words = "".join(
        f"第{number}项工作由办公室牵头，会同各科室逐条梳理群众来信并按月通报进度。" for number in "甲乙丙丁戊己庚辛"
    )
    for agency in ("one", "two"):
        narrative = PROSE.replace("8 件", "48 件") + "\n" + words
        archive.write(replace(office(), agency=agency, narrative=narrative))
    root = str(archive.root)
    page = YearPage("", 2023, root)
    assert "甲局" in text(fragment(page.repetition())) and "乙局" in text(fragment(page.repetition()))
    own = len(ReportPage("one", 2023, root).failed())
    items = fragment(page.findings()).select("#a-one li")
    assert [text(one(item, ".mark small")) for item in items] == [str(number + 1) for number in range(own + 1)]
    assert text(one(items[-1], "a.go")) == "看核对页 →"


def test_a_year_may_be_held_to_one_agency() -> None:
    page = YearPage("suqian", 2023)
    assert [report.agency for report in page.ids] == ["suqian"]
    assert "没有发现不符" in text(fragment(page.findings()))


# The annual report ---------------------------------------------------------------------------------------------------


def test_a_report_with_open_errors_is_a_draft() -> None:
    assert "尚有 2 处必须更正的不符" in text(one(fragment(AnnualReportPage("hongze", 2023).masthead()), "p.draft"))
    assert not fragment(AnnualReportPage("suqian", 2024).masthead()).select("p.draft")


def test_an_explained_discrepancy_is_no_longer_a_draft_and_its_note_is_printed(
    page_of: Callable[..., ReportPage],
) -> None:
    report = replace(office(disputes__reconsideration__upheld=5), narrative=PROSE.replace("8 件", "48 件"))
    before = page_of(report)
    own = AnnualReportPage("demo", 2023, str(before.archive.root))
    errors = int((own.open()["severity"] == "error").sum())
    assert f"尚有 {errors} 处" in text(one(fragment(own.masthead()), "p.draft"))
    notes = [("T4-SUM", "explained", "两件年末撤回，按撤回前填报。")]
    page = AnnualReportPage("demo", 2023, str(decide(before, *notes).archive.root))
    assert (
        text(one(fragment(page.section("四")), ".datanote li"))
        == "表四 · 行政复议 · 总计：两件年末撤回，按撤回前填报。"
    )
    assert not any(fragment(page.section(numeral)).select(".datanote") for numeral in "一二三五六")
    assert "核对岗" not in page.section("四").html
    assert int((page.open()["severity"] == "error").sum()) == errors - 1


def test_a_note_on_the_prose_stands_in_the_section_that_says_so(page_of: Callable[..., ReportPage]) -> None:
    narrative = PROSE.replace("8 件", "48 件") + "\n网站发布 30 条、微信发布 20 条，共计 60 条。\n"
    before = page_of(replace(office(), narrative=narrative))
    page = AnnualReportPage("demo", 2023, str(decide(before, ("N-SUM", "explained", "另有 10 条未单列")).archive.root))
    assert "共计 60 条”：另有 10 条未单列" in text(one(fragment(page.section("五")), ".datanote"))


@pytest.mark.parametrize(("numeral", "tables"), [("一", 0), ("二", 1), ("三", 1), ("四", 1), ("五", 0), ("六", 0)])
@pytest.mark.parametrize(("agency", "year"), OWN)
def test_sections_two_to_four_have_their_table_without_marks(agency: str, year: int, numeral: str, tables: int) -> None:
    piece = fragment(AnnualReportPage(agency, year).section(numeral))
    assert len(piece.select("table.form")) == tables
    assert not piece.select("table.form a, table.form [id], .seal.e, .seal.w")


def test_a_heading_of_the_agencys_own_is_kept_beside_the_official_one() -> None:
    page = AnnualReportPage("mile_culture_tourism", 2020)
    assert "原题：五、存在问题及改进情况" in text(fragment(page.section("五")))
    assert "原题" not in text(fragment(page.section("一")))
    assert text(fragment(page.opening())).startswith("按照市政府政务公开工作的统一部署")


def test_a_drafted_section_says_that_it_is_not_the_agencys_text() -> None:
    said = text(fragment(AnnualReportPage("suqian", 2024).section("一")))
    assert "本年新收政府信息公开申请3525件，较上年增长0.4%" in said
    assert "本节据表中数字起草" in said
    assert "起草" not in text(fragment(AnnualReportPage("mile_culture_tourism", 2020).section("一")))


def test_a_drafted_figure_leads_to_its_cell() -> None:
    piece = fragment(AnnualReportPage("suqian", 2024).section("三"))
    found = {item["data-cell"]: item.get_text() for item in piece.select("p.body [data-cell]")}
    assert found["applications.new.total"] == "3525"
    assert found["100 * (applications.granted.total) / (applications.outcomes_total.total)"] == "40.7"


def test_what_an_analyst_leaves_to_the_tables_is_drafted_between_the_own_words(
    make_archive: Callable[..., Archive],
) -> None:
    archive = make_archive("demo,测试局,,,,,,,")
    own = "## 一、总体情况\n\n甲。\n\n## 五、存在的主要问题及改进情况\n\n乙。\n\n## 六、其他需要报告的事项\n\n丙。"
    archive.write(replace(filled_report("demo", 2023, "2021"), narrative=own))
    page = AnnualReportPage("demo", 2023, str(archive.root))
    assert page.drafted == {"", "二", "三", "四"}
    drafted = [numeral for numeral in "一二三四五六" if "起草" in text(fragment(page.section(numeral)))]
    assert drafted == ["二", "三", "四"]
    assert "国办公开办函〔2021〕30号" in text(fragment(page.opening()))
    assert [text(fragment(page.section(numeral))) for numeral in "一五六"] == ["甲。", "乙。", "丙。"]


def test_a_report_on_the_form_of_2014_has_its_statistics_in_section_three(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive("demo,测试局,,,,,,,")
    archive.write(filled_report("demo", 2017, "2014"))
    page = AnnualReportPage("demo", 2017, str(archive.root))
    assert [len(fragment(page.section(numeral)).select("table.form")) for numeral in "二三四"] == [0, 1, 0]
