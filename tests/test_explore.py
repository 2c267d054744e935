"""What is picked in explore.ipynb is what is shown: the figures, their marks, or a sentence; and can be had again."""

from __future__ import annotations

import csv
import io
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.cli import _resolve_type
from plotly import graph_objects as go

from gdgk.archive import Archive, panel
from gdgk.corpus import Corpus, pack
from gdgk.errors import UnknownName
from gdgk.exploring import (
    PEERS,
    FolderHolding,
    PackHolding,
    Party,
    Selection,
    as_csv,
    as_xlsx,
    chart,
    command,
    read_selection,
    view_of,
    years_text,
)
from gdgk.exploring.showing import UNLIKE
from gdgk.indicators import INDICATORS
from gdgk.pages import ExplorePage
from gdgk.pages.explored import Pieces
from gdgk.reconciliation import read_sheets
from gdgk.sampling import sample_city

REAL = ("suqian", "huaian", "hongze", "shanghai_government_office", "mile_culture_tourism")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic city over three forms, a slip in every third report."""
    folder = tmp_path_factory.mktemp("explore")
    sample_city(folder / "data", 12, range(2018, 2022), 3, 0.3)
    return folder / "data"


@pytest.fixture(scope="module")
def held(city: Path) -> FolderHolding:
    """The city, read and checked."""
    return FolderHolding(Archive(city))


@pytest.fixture(scope="module")
def real() -> FolderHolding:
    """The reports of the workbook."""
    return FolderHolding(Archive())


@pytest.fixture
def page() -> Iterator[ExplorePage]:
    """The page as it is opened on the workbook's data."""
    yield ExplorePage("suqian,hongze", "", "disclosure_rate", "none")


# What is asked --------------------------------------------------------------------------------------------------------

YEARS = st.sets(st.integers(2014, 2030))


@given(YEARS.filter(bool), st.data())
def test_a_selection_is_read_again_from_the_call_that_papermill_is_given(years: set[int], data: st.DataObject) -> None:
    agencies = data.draw(st.lists(st.sampled_from(["true", "none", "inf", "a1", "nan_b", *REAL]), unique=True))
    folder = data.draw(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
    asked = Selection(tuple(agencies), tuple(sorted(years)), data.draw(st.sampled_from([*INDICATORS])), "region")
    words = shlex.split(command(asked, data=folder, pack=""))
    assert words[:3] == ["papermill", "notebooks/explore.ipynb", "explored.ipynb"]
    given_: dict[str, Any] = {
        name: value if flag == "-r" else _resolve_type(value)
        for flag, name, value in zip(words[3::3], words[4::3], words[5::3], strict=True)
    }
    assert given_.pop("data", "") == folder
    names = {*agencies, *REAL}
    assert read_selection(**given_, known=names, have=sorted(years)) == asked


@given(YEARS)
def test_years_are_written_so_that_no_other_year_is_read(years: set[int]) -> None:
    read = read_selection("", years_text(years) or "", "growth", "none", [], sorted({*range(2010, 2035)}))
    assert set(read.years) == (years or {*range(2010, 2035)})


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"agencies": "suqian,hongse"}, "did you mean hongze?"),
        ({"years": "2023-2O24"}, "found '2023-2O24'"),
        ({"years": "1999"}, "expected one of 2019"),
        ({"indicator": "disclosure_rat"}, "did you mean disclosure_rate?"),
        ({"peers": "regions"}, "did you mean region?"),
    ],
)
def test_a_name_that_there_is_not_ends_in_one_line(wrong: dict[str, str], hint: str) -> None:
    asked = {"agencies": "suqian", "years": "", "indicator": "growth", "peers": "none"} | wrong
    with pytest.raises(UnknownName) as told:
        ExplorePage(**asked)
    assert hint in str(told.value)
    assert "\n" not in str(told.value)


# What is shown --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indicator", INDICATORS)
def test_a_point_is_what_the_indicator_says_of_the_report(indicator: str, real: FolderHolding) -> None:
    sheets = read_sheets(panel(real.reports.values()))
    points = real.points(indicator)
    assert set(points) == set(sheets)
    for key, sheet in sheets.items():
        others = [one for one in sheets.values() if one.agency == sheet.agency and one is not sheet]
        said, point = INDICATORS[indicator].at(sheet, others), points[key]
        assert (point.missing, bool(point.small), bool(point.imputed)) == (said.missing, said.small, said.imputed)
        assert point.value == pytest.approx(said.value)


def test_lines_run_only_over_years_and_forms_that_compare(held: FolderHolding) -> None:
    asked = Selection(("city",), tuple(held.years), "disclosure_rate")
    made = view_of(held, asked)
    assert [[point.year for point in run] for run in made.runs("city")] == [[2018], [2019, 2020, 2021]]
    assert made.seams() == [(2018.5, "none"), (2020.5, "same")]
    without = replace(made, points={key: one for key, one in made.points.items() if key[1] != 2020})
    assert [[point.year for point in run] for run in without.runs("city")] == [[2018], [2019], [2021]]
    assert "两边不可比，不连线" in chart(made).layout.meta["source"]


def test_a_report_on_another_form_stands_in_the_table_only(held: FolderHolding) -> None:
    agencies = ("city", "city_office", "city_education")
    made = view_of(held, Selection(agencies, (2019, 2020), "disclosure_rate"))
    old = made.points["city", 2019]._replace(edition="2014")
    mixed = replace(made, points={**made.points, ("city", 2019): old})
    assert mixed.shown("city", 2019) is None
    assert mixed.reason("city", 2019) == UNLIKE
    figure = chart(mixed)
    assert [year for year in figure.data[0].x if year] == [2020]
    assert "表式不同的报告只在表里" in figure.layout.meta["source"]


def test_quartiles_are_of_peers_whose_figures_are_sound(held: FolderHolding) -> None:
    for indicator in ("disclosure_rate", "completion_rate", "natural_person_share"):
        made = view_of(held, Selection(("city_education",), (2019, 2020, 2021), indicator, "region"))
        for year in (2019, 2020, 2021):
            kind = held.parties["city_education"]
            peers = [one.id for one in held.parties.values() if (one.kind, one.parent) == (kind.kind, kind.parent)]
            points = [held.points(indicator)[peer, year] for peer in peers]
            sound = [one.value for one in points if one.value is not None and not one.small and not one.wrong]
            band = made.bands.get(year)
            assert (band is None) == (len(sound) < 5)
            if band:
                expected = quantiles(sound, n=4, method="inclusive")
                assert [band.low, band.middle, band.high] == pytest.approx(expected)


def test_nobody_is_a_peer_of_an_agency_whose_kind_or_parent_is_not_registered(real: FolderHolding) -> None:
    real.parties["nameless"] = Party("nameless", "无名", "", "", "")
    try:
        assert real.peers("nameless", "all") == []
        assert real.peers("suqian", "region") == []
    finally:
        del real.parties["nameless"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"agencies": ()}, "没有选机关"),
        ({"years": ()}, "没有选年度"),
        ({"agencies": ("hongze",), "years": (2019,)}, "都没有入库的报告"),
        ({"indicator": "received_per_ten_thousand"}, "未给人口"),
        ({"years": (2025,)}, "未入库或不是数字 1 份。不以 0 代"),
    ],
)
def test_where_there_is_nothing_to_draw_a_sentence_says_why(
    change: dict[str, Any], sentence: str, real: FolderHolding
) -> None:
    asked = {"agencies": ("suqian",), "years": (2023, 2024), "indicator": "disclosure_rate"} | change
    made = view_of(real, Selection(**asked))
    assert sentence in made.message
    assert chart(made) is None


def test_a_figure_in_a_failed_check_is_marked_and_its_finding_leads_to_cell_and_source(real: FolderHolding) -> None:
    made = view_of(real, Selection(("hongze",), (2023,), "disclosure_rate"))
    assert made.points["hongze", 2023].wrong == any("误" in note.text for note in chart(made).layout.annotations)
    asked = [Selection(("hongze",), (2023,), name) for name in INDICATORS]
    wrong = [one for one in map(lambda one: view_of(real, one), asked) if one.points["hongze", 2023].wrong]
    assert wrong
    for one in wrong:
        told = str(Pieces(real, None).findings(one))
        assert "各项之和是" in told or "≠" in told or "不等" in told
        assert real.origin("hongze", 2023).source in told
        assert "误" in as_csv(one).decode("utf-8-sig")


def test_a_finding_links_to_the_very_cell_where_the_page_was_made(real: FolderHolding, tmp_path: Path) -> None:
    made = tmp_path / "hongze" / "2023"
    made.mkdir(parents=True)
    (made / "agency_year.html").write_text("<p>", encoding="utf-8")
    for name in INDICATORS:
        one = view_of(real, Selection(("hongze",), (2023,), name))
        for row in Pieces(real, tmp_path).tainting(one, "hongze", 2023):
            item = Pieces(real, tmp_path).item(one, "hongze", 2023, row)
            assert item["href"] == f"{(made / 'agency_year.html').as_uri()}#{row['table']}-{row['row']}-{row['column']}"


@pytest.mark.parametrize("years", [(2020,), (2018, 2019, 2020, 2021)])
@pytest.mark.parametrize("agencies", [1, 6, 12])
def test_every_chart_is_one_that_plotly_knows_with_a_table_behind_it(
    agencies: int, years: tuple[int, ...], held: FolderHolding
) -> None:
    ids = tuple(held.parties)[:agencies]
    for indicator in ("disclosure_rate", "backlog_change", "reconsideration_correction_rate"):
        figure = chart(view_of(held, Selection(ids, years, indicator, "all")))
        if figure is not None:
            go.Figure(figure.to_dict())
            assert len(figure.layout.meta["rows"]) == agencies * len(years)
            shown = [y for trace in figure.data for y in (trace.y if len(years) > 1 else trace.x) if y is not None]
            assert len(shown) <= agencies * len(years)


def test_names_are_text_wherever_they_are_shown(held: FolderHolding) -> None:
    name = "<img src=x onerror=alert(1)>"
    evil = Party("city", name, "", "", "")
    made = view_of(held, Selection(("city", "city_office"), (2019, 2020), "disclosure_rate"))
    made = replace(made, parties=(evil, made.parties[1]))
    assert name not in str(Pieces(held, None).table(made))
    assert name not in str({**chart(made).to_dict(), "layout": chart(made).layout.title.text})
    assert "=1+1" not in [row[1] for row in read_csv(as_csv(replace(made, parties=(replace(evil, name="=1+1"),))))]


# What is taken away ---------------------------------------------------------------------------------------------------


def read_csv(content: bytes) -> list[list[str]]:
    """The rows of a CSV."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_what_is_taken_away_of_a_synthetic_city_says_so_by_itself(held: FolderHolding) -> None:
    made = view_of(held, Selection(("city", "city_office"), (2019, 2020), "received"))
    assert "合成数据" in chart(made).layout.title.text and "（件）" in chart(made).layout.title.text
    assert all("合成数据" in row[-1] for row in read_csv(as_csv(made))[1:])
    real = replace(made, synthetic=False)
    assert "合成数据" not in chart(real).layout.title.text + as_csv(real).decode("utf-8-sig")


def test_csv_and_excel_hold_the_same_figures_and_the_same_bytes_each_time(held: FolderHolding) -> None:
    made = view_of(held, Selection(("city", "city_education"), (2018, 2019, 2021), "disclosure_rate", "all"))
    assert as_csv(made) == as_csv(made)
    assert as_xlsx(made) == as_xlsx(made)
    rows = read_csv(as_csv(made))
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(made)))["数据"]
    told = [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    assert [[number(one) for one in row] for row in told] == [[number(one) for one in row] for row in rows]
    assert len(rows) == 1 + 2 * 3
    assert float(rows[1][5]) == pytest.approx(held.points("disclosure_rate")["city", 2018].value, abs=1e-6)


def number(text: str) -> object:
    """A figure as a number, however it is written."""
    try:
        return float(text)
    except ValueError:
        return text


# From a pack ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("checks", [True, False])
def test_a_pack_shows_what_its_folder_does(checks: bool, city: Path, held: FolderHolding, tmp_path: Path) -> None:
    pack(city, tmp_path / "pack", checks=checks)
    with Corpus(tmp_path / "pack") as corpus:
        packed = PackHolding(corpus)
        assert packed.years == held.years
        assert {one.id: one for one in packed.parties.values()} == held.parties
        for agencies in (("city_education", "city"), ("city_office",)):
            for indicator in ("disclosure_rate", "growth", "clearance", "normative_net"):
                asked = Selection(agencies, tuple(held.years), indicator, "region")
                one, other = view_of(held, asked), view_of(packed, asked)
                own = {key for key in one.points if checks or key[0] != "city"}
                assert {key: other.points[key] for key in own} == {key: one.points[key] for key in own}
                assert (other.bands, other.message) == (one.bands, one.message)
        assert "合成数据" in packed.origin("city", 2018).source


def test_a_pack_reads_only_the_agencies_that_are_asked_about(city: Path, tmp_path: Path) -> None:
    pack(city, tmp_path / "pack")
    with Corpus(tmp_path / "pack") as corpus:
        packed = PackHolding(corpus)
        view_of(packed, Selection(("city_office",), tuple(packed.years), "disclosure_rate"))
        assert {agency for agency, _ in packed.points("disclosure_rate")} == {"city_office"}


# The widgets ----------------------------------------------------------------------------------------------------------


def drawn(figure: go.Figure) -> dict[str, Any]:
    """What of a chart is seen."""
    told = figure.to_dict()
    keys = ("shapes", "annotations", "xaxis", "yaxis", "title", "height", "margin", "showlegend")
    data = [{name: value for name, value in trace.items() if name != "uid"} for trace in told["data"]]
    return {"data": plain(data), **{name: plain(told["layout"].get(name)) for name in keys}}


def plain(value: Any) -> Any:
    """Lists for tuples, nothing that is None."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if one is not None}
    return [plain(one) for one in value] or None if isinstance(value, list | tuple) else value


def test_after_any_change_the_chart_is_the_one_drawn_afresh(city: Path, held: FolderHolding) -> None:
    page = ExplorePage("city,city_office", "", "disclosure_rate", "all", str(city))
    panel = page.panel
    every = tuple(held.parties)
    for name, value in [
        ("indicator", "denial_rate"),
        ("agencies", every[:8]),
        ("years", (2020,)),
        ("peers", "region"),
        ("indicator", "backlog_change"),
        ("years", (2018, 2019, 2020, 2021)),
        ("agencies", every[3:5]),
        ("peers", "none"),
        ("indicator", "reconsideration_correction_rate"),
    ]:
        getattr(panel, name).value = value
        afresh = chart(view_of(held, panel.selection))
        assert panel.drawn.children == ((panel.figure,) if afresh else ())
        if afresh is not None:
            assert panel.sentence.value == ""
            assert drawn(panel.figure) == drawn(go.Figure(afresh.to_dict()))
        assert shlex.split(page.call(panel.selection))[5] in panel.saving.value


def test_nothing_picked_takes_the_chart_away_and_something_brings_it_back(page: ExplorePage) -> None:
    panel = page.panel
    assert panel.drawn.children
    panel.agencies.value = ()
    assert panel.drawn.children == ()
    assert "没有选机关" in panel.sentence.value
    assert panel.table.value == ""
    panel.agencies.value = ("suqian",)
    assert panel.drawn.children == (panel.figure,)
    assert panel.sentence.value == ""
    assert "43.6%" in panel.table.value


def test_a_search_lists_what_it_finds_and_lets_go_of_nothing_picked(page: ExplorePage) -> None:
    panel = page.panel
    panel.search.value = "弥勒"
    assert [name for _, name in panel.agencies.options] == ["suqian", "hongze", "mile_culture_tourism"]
    assert panel.selection.agencies == ("suqian", "hongze")
    panel.agencies.value = ("mile_culture_tourism", "hongze")
    panel.search.value = ""
    assert panel.selection.agencies == ("hongze", "mile_culture_tourism")
    assert len(panel.agencies.options) == len(page.holding.parties)


@pytest.mark.parametrize("peers", PEERS)
def test_without_anybody_looking_the_selection_is_shown_as_it_was_asked_for(peers: str) -> None:
    page = ExplorePage("suqian", "2023-2024", "disclosure_rate", peers)
    shown = page.explore()
    assert drawn(shown[0]) == drawn(chart(view_of(page.holding, page.asked)))
    assert "43.6%" in shown[1].html
    assert ExplorePage("", "", "growth", "none").explore()[0].html.count("没有选机关") == 1


def test_pages_of_the_workbook_are_not_linked_to_other_data(city: Path) -> None:
    assert ExplorePage("city", "", "growth", "none", str(city)).pieces.reports is None
    assert ExplorePage("suqian", "", "growth", "none").pieces.reports is not None


def test_a_pack_that_was_damaged_is_a_sentence_and_no_chart(city: Path, tmp_path: Path) -> None:
    pack(city, tmp_path / "pack")
    page = ExplorePage("city", "", "disclosure_rate", "none", pack=str(tmp_path / "pack"))
    panel = page.panel
    assert panel.drawn.children
    shutil.rmtree(next((tmp_path / "pack").glob("panel*")))
    panel.agencies.value = ("city_office",)
    assert panel.drawn.children == ()
    assert "pack" in panel.sentence.value
