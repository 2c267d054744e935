"""reports/index.html as an analyst uses it: found by eye, by key, by filter, and without any script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pdf_text import on_paper, sheets
from running import SOAK

from gdgk.archive import Agency, Archive, ReportId
from gdgk.batch.index import index_page, starts_seam, write_index
from gdgk.batch.index.grid import STATES, Failure, GridCell, GridRow, Page, YearHead, cell_state, is_silent
from gdgk.batch.index.reading import Result
from gdgk.batch.plan import Target, notebooks
from gdgk.batch.stamps import Stamp, stamp_path, write_stamp

pytestmark = pytest.mark.xdist_group("pages_of_a_run")  # one run and one browser for all
Open = Callable[..., Any]
Look = Callable[[str], Any]
NEVER_IDLE = "window.requestIdleCallback = () => {};"
NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
FILTER_BAD = "document.querySelector('.chip[data-state=bad]').click()"
SORT_BY_ERRORS = """(() => {
  const sort = document.getElementById('grid-sort');
  sort.value = 'err';
  sort.dispatchEvent(new Event('change'));
})()"""
WIDTHS = (360, 768, 1400)  # the windows of a phone, a tablet, a desk
NASTY = '合成<script>document.title="ran"</script><img src=x onerror=alert(1)>机关'


@pytest.fixture
def index(reports: Path) -> Path:
    """The index of the run over the workbook's data."""
    return reports / "index.html"


def cell(page: Any, agency: str, year: int) -> Any:
    """One agency's year in the grid."""
    years = page.locator(".grid thead .y").all_text_contents()
    row = page.locator(".grid tbody tr").filter(has=page.locator(".a", has_text=re.compile(f"^{agency}$")))
    return row.locator(".c").nth(years.index(str(year)))


def folded(locator: Any) -> str:
    """What a reader sees of an element, white space folded."""
    return " ".join(locator.inner_text().split())


def shown_agencies(page: Any) -> list[str]:
    """The agencies that the grid shows, from top to bottom."""
    return [name.inner_text() for name in page.locator(".grid tbody .a").all() if name.is_visible()]


def hash_of(page: Any) -> str:
    """What the address says of the state of the grid."""
    return str(page.evaluate("decodeURIComponent(location.hash)"))


# ── synthetic batches ──


def synthetic_row(number: int, years: list[int], name: str = "") -> GridRow:
    """A row made up for these tests: every state in turn, marked 合成."""
    agency = Agency(f"demo_{number:04}", name or f"合成机关{number:04}", kind="合成")
    return GridRow(
        agency,
        [synthetic_cell(agency.id, year, number + place, years) for place, year in enumerate(years)],
        [Page("趋势", "机关多年趋势", f"{agency.id}/trends.html")],
    )


def synthetic_cell(agency: str, year: int, turn: int, years: list[int]) -> GridCell:
    """A cell made up for these tests."""
    state = list(STATES)[turn % len(STATES)]
    folder = f"{agency}/{year}"
    pages = [Page("核对页", "", f"{folder}/agency_year.html"), Page("年报", "", f"{folder}/annual_report.html")]
    return GridCell(
        year,
        state,
        starts_seam(year, years),
        errors=turn % 4 if state in ("bad", "same") else 0,
        warnings=1 if state == "bad" else 0,
        passed=40,
        synthetic=True,
        message="cell 3: ValueError: 合成" if state == "fail" else "",
        pages=pages if state in ("ok", "bad", "gap", "same") else [],
    )


def synthetic_index(folder: Path, agencies: int, years: list[int], name: str = "") -> Path:
    """An index of made-up rows, written to a folder."""
    rows = [synthetic_row(number, years, name) for number in range(agencies)]
    heads = [YearHead(year, starts_seam(year, years), []) for year in years]
    failures = [Failure(row.agency.name, 0, "合成", row.agency.name, "") for row in rows[:1]]
    path = folder / "index.html"
    path.write_text(index_page(rows, heads, failures, [], "核对页"), encoding="utf-8")
    return path


# ── the real batch ──


def test_every_link_leads_to_a_page_that_is_there(look: Look, index: Path) -> None:
    page = look("index")
    links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    files = [link for link in links if not link.startswith("#")]
    assert [link for link in files if not (index.parent / link).is_file()] == []
    assert {f"{item.agency}/{item.year}/agency_year.html" for item in Archive().report_ids()} <= set(files)
    assert {f"{agency}/trends.html" for agency in Archive().agencies if Archive().years(agency)} <= set(files)
    assert {f"{item.year}/reconciliation.html" for item in Archive().report_ids()} <= set(files)
    assert page.locator(".skip").get_attribute("href") == "#matrix-table"
    assert page.locator("table#matrix-table").count() == 1


@pytest.mark.parametrize(
    ("agency", "year", "word", "found"),
    [
        ("淮安市洪泽区人民政府", 2023, "有问题", "误2 疑1"),
        ("弥勒市文化和旅游局", 2020, "有问题", "疑1 缺47"),
        ("淮安市人民政府", 2024, "有问题", "疑1"),
        ("宿迁市人民政府", 2023, "正常", "符"),
        ("宿迁市人民政府", 2024, "正常", "符"),
        ("上海市人民政府办公厅", 2019, "正常", "符29"),
        ("宿迁市人民政府", 2022, "未入库", ""),
    ],
)
def test_a_cell_says_how_the_report_stands(look: Look, agency: str, year: int, word: str, found: str) -> None:
    text = folded(cell(look("index"), agency, year))
    assert text.startswith(word)
    assert found in text


def test_a_report_with_next_to_nothing_to_check_does_not_look_right(look: Look) -> None:
    text = folded(cell(look("index"), "宿迁市人民政府", 2025))
    assert text.startswith("不可评估"), "only tables 二 and part of 三 were taken in: more is unknown than agrees"


def test_the_head_counts_what_the_grid_shows(look: Look) -> None:
    page = look("index")
    figures = [int(text.rstrip("份")) for text in page.locator(".keys div:not(#time) b").all_inner_texts()]
    assert re.fullmatch(r"[\d.]+ ?[秒分].*", folded(page.locator("#time b")))
    states = page.eval_on_selector_all(".grid .c", "all => all.map(c => c.className.split('s-')[1])")
    agencies = [agency for agency in Archive().agencies if Archive().years(agency)]
    years = page.locator(".grid thead .y").count()
    with_findings = states.count("bad") + states.count("warn")
    assert figures == [
        len(agencies) * years,
        len(Archive().report_ids()),
        with_findings,
        states.count("fail"),
        states.count("miss"),
    ]
    chips = sum(int(text) for text in page.locator(".chip[data-state] b").all_inner_texts())
    assert chips == len(states) == figures[0]


def test_the_totals_of_an_agency_add_up_its_years(look: Look) -> None:
    page = look("index")
    row = page.locator(".grid tbody tr").filter(has_text="洪泽")
    assert re.fullmatch(r"误 2 疑 1 用时 [\d.]+ 秒", folded(row.locator("td.t")))
    assert row.get_by_role("link", name="趋势").get_attribute("href") == "hongze/trends.html"


def test_seams_stand_where_the_official_form_changes(look: Look) -> None:
    page = look("index")
    for row in page.locator(".grid tbody tr").all():
        seams = row.locator("td").evaluate_all("all => all.map(td => getComputedStyle(td).borderLeftStyle)")
        assert [place for place, style in enumerate(seams) if style == "double"] == [2], "2020｜2021 only"


def test_a_click_opens_the_page_for_review(open_page: Open, index: Path) -> None:
    page = open_page(index)
    cell(page, "淮安市洪泽区人民政府", 2023).click()
    page.wait_for_url("**/hongze/2023/agency_year.html")
    assert "洪泽" in page.title()


def test_the_arrows_walk_the_grid_and_enter_opens(open_page: Open, index: Path) -> None:
    page = open_page(index)
    start = cell(page, "宿迁市人民政府", 2025)
    assert page.locator(".grid .c[tabindex='0']").count() == 1, "one stop of the Tab key in the whole grid"
    start.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    focused = page.locator(":focus")
    assert folded(focused).startswith("有问题 误2")
    outline = focused.evaluate("e => [getComputedStyle(e).outlineStyle, parseFloat(getComputedStyle(e).outlineWidth)]")
    assert outline[0] == "solid" and outline[1] >= 3
    assert "淮安市洪泽区人民政府 2023 年" in page.locator("#cell-detail h3").inner_text()
    page.keyboard.press("Home")
    assert folded(page.locator(":focus")) == "未入库"
    page.keyboard.press("n")
    assert folded(page.locator(":focus")).startswith("有问题")
    page.keyboard.press("Enter")
    page.wait_for_url("**/hongze/2023/agency_year.html")


def test_the_focused_cell_is_not_hidden_by_the_pane_or_the_head(open_page: Open, tmp_path: Path) -> None:
    page = open_page(synthetic_index(tmp_path, 40, list(range(2019, 2026))))
    page.locator(".grid .c[tabindex='0']").focus()
    for key in ["ArrowDown"] * 20 + ["ArrowUp"] * 12:
        page.keyboard.press(key)
        top, bottom = page.evaluate(
            "(({top, bottom}) => [top, bottom])(document.activeElement.getBoundingClientRect())"
        )
        assert top >= page.evaluate("document.querySelector('.grid thead').getBoundingClientRect().bottom") - 1
        assert bottom <= page.evaluate("document.querySelector('#cell-detail').getBoundingClientRect().top") + 1


def test_the_pane_leads_to_the_page_for_review_and_to_the_annual_report(open_page: Open, index: Path) -> None:
    page = open_page(index)
    cell(page, "弥勒市文化和旅游局", 2020).focus()
    pane = page.locator("#cell-detail")
    assert "不能说相符" in pane.inner_text()
    links = {link.inner_text(): link.get_attribute("href") for link in pane.locator("a").all()}
    assert links == {
        "打开核对页": "mile_culture_tourism/2020/agency_year.html",
        "打开年报": "mile_culture_tourism/2020/annual_report.html",
    }


def test_a_report_that_is_not_in_the_archive_is_not_laid_to_the_agency(open_page: Open, index: Path) -> None:
    page = open_page(index)
    missing = cell(page, "宿迁市人民政府", 2019)
    missing.focus()
    assert "不等于机关没有公布" in page.locator("#cell-detail").inner_text()
    assert page.locator("#cell-detail a").count() == 0
    assert "未报送" not in page.locator("body").inner_text()


def test_a_filter_keeps_the_agencies_concerned_and_says_so_in_the_address(open_page: Open, index: Path) -> None:
    page = open_page(index)
    page.get_by_role("button", name="有问题").click()
    assert shown_agencies(page) == ["淮安市人民政府", "淮安市洪泽区人民政府", "弥勒市文化和旅游局"]
    assert hash_of(page) == "#state=bad"
    assert page.get_by_role("button", name="有问题").get_attribute("aria-pressed") == "true"
    assert "3 个机关" in page.locator("#grid-count").inner_text()
    page.keyboard.press("0")
    assert len(shown_agencies(page)) == 5
    assert hash_of(page) == ""


def test_an_address_that_was_passed_on_shows_the_same(open_page: Open, index: Path) -> None:
    page = open_page(index, fragment="#state=bad&q=%E5%BC%A5%E5%8B%92&sort=name")
    assert shown_agencies(page) == ["弥勒市文化和旅游局"]
    assert page.locator("#grid-search").input_value() == "弥勒"
    assert page.locator("#grid-sort").input_value() == "name"
    assert page.get_by_role("button", name="有问题").get_attribute("aria-pressed") == "true"


def test_the_number_keys_and_the_search_filter_too(open_page: Open, index: Path) -> None:
    page = open_page(index)
    number = page.locator(".chip[data-state=bad] kbd").inner_text()
    page.keyboard.press(number)
    assert shown_agencies(page) == ["淮安市人民政府", "淮安市洪泽区人民政府", "弥勒市文化和旅游局"]
    page.keyboard.press("/")
    page.keyboard.type("mile")
    assert shown_agencies(page) == ["弥勒市文化和旅游局"], "the id finds the agency as its name does"
    assert hash_of(page) == "#state=bad&q=mile"
    page.locator("#grid-search").fill("没有这个机关")
    assert page.locator("#grid-empty").is_visible()
    page.get_by_role("button", name="清除筛选").click()
    assert len(shown_agencies(page)) == 5


def test_sorting_brings_the_errors_up_and_back(open_page: Open, index: Path) -> None:
    page = open_page(index)
    before = shown_agencies(page)
    page.select_option("#grid-sort", "err")
    assert shown_agencies(page)[0] == "淮安市洪泽区人民政府"
    page.select_option("#grid-sort", "form")
    assert shown_agencies(page) == before


def test_without_script_everything_is_there_and_linked(open_page: Open, index: Path) -> None:
    page = open_page(index, java_script_enabled=False)
    found = cell(page, "淮安市洪泽区人民政府", 2023)
    assert folded(found) == "有问题 误2 疑1"
    assert found.get_attribute("href") == "hongze/2023/agency_year.html"
    annual = page.locator("a[href='hongze/2023/annual_report.html']")
    assert annual.is_visible() and annual.inner_text() == "年报"
    assert not page.locator("#grid-search").is_visible(), "what only a script can do is not offered"
    assert page.locator(".chip[data-state]").first.is_disabled()
    assert page.locator("#matrix-table th:not([scope])").count() == 0


def test_the_page_fits_its_window(open_page: Open, index: Path) -> None:
    page = open_page(index, width=WIDTHS[0])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_on_a_phone_the_first_tap_tells_and_the_second_opens(open_page: Open, index: Path) -> None:
    page = open_page(index, width=360, has_touch=True)
    found = cell(page, "淮安市洪泽区人民政府", 2023)
    found.tap()
    assert page.url.startswith(index.as_uri())
    assert "有问题" in page.locator("#cell-detail").inner_text()
    found.tap()
    page.wait_for_url("**/hongze/2023/agency_year.html")


# ── any batch ──


@pytest.mark.parametrize(("agencies", "first", "last"), [(1, 2023, 2023), (3, 2014, 2025)])
def test_one_line_of_years_for_each_agency(
    open_page: Open, tmp_path: Path, agencies: int, first: int, last: int
) -> None:
    page = open_page(synthetic_index(tmp_path, agencies, list(range(first, last + 1))), width=WIDTHS[0])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        assert_one_line(page)


def assert_one_line(page: Any) -> None:
    """The years of each agency stand side by side, each in its own place."""
    for row in page.locator(".grid tbody tr").all():
        tops = row.locator(".c").evaluate_all("all => all.map(c => Math.round(c.parentElement.offsetTop))")
        assert len(set(tops)) == 1
        spill = row.locator(".c").evaluate_all(
            "all => all.filter(c => c.scrollWidth > c.parentElement.clientWidth + 1)"
        )
        assert spill == [], "nothing reaches over into the next year"


def test_four_hundred_agencies_over_twelve_years_are_filtered_sorted_and_walked(
    open_page: Open, tmp_path: Path
) -> None:
    path = synthetic_index(tmp_path, 400, list(range(2014, 2026)))
    assert path.stat().st_size < 1_500_000
    page = open_page(path)
    page.locator(".chip[data-state=fail]").click()
    assert page.locator("#grid-count").inner_text() == "400 个机关，4800 格，其中合条件的 535 格"
    page.select_option("#grid-sort", "err")
    errors = page.eval_on_selector_all(".grid tbody tr", "all => all.map(tr => +tr.dataset.e)")
    assert len(errors) == 400 and errors == sorted(errors, reverse=True)
    page.locator("#grid-search").fill("0123")
    assert page.locator(".grid tbody tr:not([hidden])").count() == 1
    assert hash_of(page) == "#state=fail&q=0123&sort=err"
    page.locator("#grid-search").fill("")
    page.locator(".grid .c[tabindex='0']").focus()
    page.keyboard.press("Control+End")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 401


def test_no_row_off_screen_is_laid_out_while_the_page_is_read(open_page: Open, tmp_path: Path) -> None:
    page = open_page(
        synthetic_index(tmp_path, 120, [2023, 2024, 2025]),
        init="""const found = document.getElementById.bind(document);
        document.getElementById = (id) => {
          document.getElementById = found;
          const rows = [...document.querySelectorAll('.grid tbody tr')];
          window.before = rows.map((row) => getComputedStyle(row).contentVisibility);
          return found(id);
        };""",
    )
    assert page.evaluate("before") == ["auto"] * 120, "so it is when the script begins"


@pytest.mark.soak
@pytest.mark.parametrize(("width", "below"), [(1400, 0), (360, 5000), *([(1400, 3000), (360, 1200)] if SOAK else [])])
def test_the_first_frame_shows_every_row_in_sight_and_lays_out_no_other(
    open_page: Open, tmp_path: Path, width: int, below: int
) -> None:
    path = synthetic_index(tmp_path, 120, [2023, 2024, 2025])
    for action in (FILTER_BAD, SORT_BY_ERRORS):
        page = open_page(path, width=width, init=NEVER_IDLE)
        page.evaluate(f"scrollTo(0, {below})")
        rows = rows_after(page, action)
        in_sight = [there for seen, there in rows if seen]
        assert len(in_sight) >= 4 and all(in_sight)
        if not below:
            assert sum(there for _, there in rows) <= len(in_sight) + 3, "no row out of sight is laid out"


def rows_after(page: Any, action: str) -> list[list[bool]]:
    """Of each row in the frame after an action: whether it is in the window, whether it is laid out."""
    rows: list[list[bool]] = page.evaluate(f"""async () => {{
      {action};
      await {NEXT_FRAME};
      return [...document.querySelectorAll('.grid tbody tr:not([hidden])')].map((row) => {{
        const {{ top, bottom }} = row.getBoundingClientRect();
        const there = row.querySelector('.c').checkVisibility({{ contentVisibilityAuto: true }});
        return [top < innerHeight && bottom > 0, there];
      }});
    }}""")
    return rows


def test_the_focus_goes_to_rows_that_wait_for_their_turn_and_stays_there(open_page: Open, tmp_path: Path) -> None:
    page = open_page(synthetic_index(tmp_path, 120, [2023, 2024, 2025]), init=NEVER_IDLE)
    page.evaluate("document.querySelector('.grid .c').focus()")
    page.keyboard.press("0")
    for _ in range(3):
        page.keyboard.press("PageDown")
    focused = "document.activeElement.closest('tr') && document.activeElement.closest('tr').rowIndex"
    place = page.evaluate(focused)
    assert place == 32, "the first row of all, below two of the head, and thrice ten further"
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("0")
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(focused) == place


def test_a_screen_reader_is_told_of_every_row_on_screen_or_off(open_page: Open, tmp_path: Path) -> None:
    page = open_page(synthetic_index(tmp_path, 120, [2023, 2024, 2025]))
    page.select_option("#grid-sort", "err")
    page.wait_for_function("!document.querySelector('.grid tbody tr:not(.set)')")
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    told = [node["role"]["value"] for node in tree if not node["ignored"]]
    assert (told.count("rowheader"), told.count("gridcell")) == (120, 120 * 4)


def test_every_state_is_told_in_words_and_by_its_own_sign(open_page: Open, tmp_path: Path) -> None:
    page = open_page(synthetic_index(tmp_path, 1, list(range(2018, 2018 + len(STATES)))))
    texts = [folded(found) for found in page.locator(".grid .c").all()]
    assert [text.split()[0] for text in texts] == list(STATES.values())
    signs = page.eval_on_selector_all(
        ".grid .c", "all => all.map(c => getComputedStyle(c, '::before').backgroundImage)"
    )
    assert len(set(signs)) == len(STATES)
    assert "上次" in texts[list(STATES).index("same")], "unchanged is not fine: last time's findings stay"
    assert "合成数据" in page.locator(".demo").inner_text()


def test_what_failed_is_listed_with_its_reason(open_page: Open, tmp_path: Path) -> None:
    page = open_page(synthetic_index(tmp_path, 1, list(range(2018, 2026))))
    failed = page.locator(".c.s-fail")
    failed.focus()
    assert "cell 3: ValueError: 合成" in page.locator("#cell-detail").inner_text()
    assert page.locator("#failed-pages li").count() == 1


def test_markup_in_a_name_or_message_stays_text(open_page: Open, tmp_path: Path) -> None:
    page = open_page(synthetic_index(tmp_path, 1, [2023, 2024], NASTY))
    page.locator(".grid .c").first.focus()
    page.locator("#grid-search").fill("<script>")
    assert shown_agencies(page) == [NASTY]
    assert NASTY in page.locator("#cell-detail h3").inner_text()
    assert NASTY in page.locator("#failed-pages").inner_text()
    assert page.title() != "ran"
    assert page.locator("main script, main img").count() == 0
    inline = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length"
    )
    assert inline == 0


def test_it_prints_on_a4(look: Look) -> None:
    printed = sheets(look("index").pdf(prefer_css_page_size=True, print_background=True))
    assert [(round(sheet.width), round(sheet.height)) for sheet in printed] == [(210, 297)]
    text = printed[0].text
    for agency in Archive().agencies.values():
        assert on_paper(agency.name) in text
    assert "误2疑1" in text and "有问题3" in text
    assert "查找机关" not in text


# ── what the states are made from ──


def results(state: str, **found: int) -> dict[str, Result]:
    """What the stamp of one report's first notebook says."""
    return {"demo/2023/agency_year": Result(state == "ok", 1.0, found, "")}


@pytest.mark.parametrize(
    ("state", "found", "skipped", "expected"),
    [
        ("ok", {"passed": 40, "not_assessable": 9}, False, "ok"),
        ("ok", {"passed": 40, "info": 1}, False, "ok"),
        ("ok", {"passed": 40, "warning": 1}, False, "bad"),
        ("ok", {"error": 1, "not_assessable": 47}, False, "bad"),
        ("ok", {"passed": 0, "not_assessable": 47}, False, "gap"),
        ("ok", {"passed": 37, "not_assessable": 3, "blank_tables": 1}, False, "gap"),
        ("ok", {"error": 1}, True, "same"),
        ("failed", {"error": 1}, False, "fail"),
        ("failed", {"error": 1}, True, "fail"),
    ],
)
def test_the_worst_is_what_a_cell_says(state: str, found: dict[str, int], skipped: bool, expected: str) -> None:
    run = results(state, **found)
    assert cell_state(run, found, set(run) if skipped else set()) == expected


def test_an_unchanged_report_still_shows_last_times_silence() -> None:
    found = {"passed": 0, "not_assessable": 47}
    shown = GridCell(2023, "same", False, unassessed=47, silent=is_silent(found))
    assert shown.short == "缺47"


def test_the_index_is_made_from_archive_and_stamps_alone(
    make_archive: Callable[..., Archive], tmp_path: Path, open_page: Open
) -> None:
    archive = make_archive("demo,合成局,,,,,,2024,", "empty,合成空局,,,,,,,")
    for year in (2023, 2024, 2025):
        (archive.root / "demo" / str(year)).mkdir(parents=True)
    (archive.root / "demo" / "2023").rmdir()
    (archive.root / "empty" / "2022").mkdir(parents=True)
    (archive.root / "empty" / "2022").rmdir()
    reports = tmp_path / "reports"
    for notebook in notebooks():
        if notebook.scope == "report":
            target = Target(notebook, *ReportId("demo", 2024), reads=())
            page = reports / f"{target.place}.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text("<!doctype html><title>合成</title>", encoding="utf-8")
            write_stamp(
                stamp_path(reports, target.place), Stamp("", "failed", 1.0, {"error": 1}, "cell 2: KeyError: 合成")
            )
    page = open_page(write_index(archive, reports, set()))
    texts = [folded(found) for found in page.locator(".grid .c").all()]
    assert texts == ["失败 误1", "未运行"]
    page.locator(".grid .c").first.focus()
    assert "打开核对页（上次）" in page.locator("#cell-detail").inner_text(), (
        "the page of an earlier run says that it is"
    )
    assert "cell 2: KeyError: 合成" in page.locator("#failed-pages").inner_text()
    assert "合成空局" in page.locator("details").text_content()
