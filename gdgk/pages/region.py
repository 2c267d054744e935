"""The page of a region over the years: who has handed in, the region's own figures, its agencies beside one another."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from gdgk import charts
from gdgk.archive import Agency, Archive, ReportId
from gdgk.charts.group import Group, Party
from gdgk.crosswalk import measures_by_id
from gdgk.errors import UnknownName
from gdgk.findings import Row, record_of
from gdgk.markup import Fragment, render
from gdgk.pages.parameters import check_injected, inputs_so_far, whole_year
from gdgk.pages.trends import TrendPage
from gdgk.reconciliation import Sheet, reconcile_sheets, sheets_of
from gdgk.reconciliation.competence import covers_region, level_of
from gdgk.reconciliation.regions import OWN_LEVEL, named
from gdgk.report import Report
from gdgk.review import FILE, Decision, read_decisions, reviews, still_open
from gdgk.rollup import RollUp, roll_up
from gdgk.rollup.gathering import refuse
from gdgk.rollup.telling import coverage_sentence

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PARAMETERS = ("agency", "region", "year", "data")


def trends_of(agency: str = "", region: str = "", year: int | str = 0, data: str = "") -> TrendPage | RegionTrendPage:
    """The page of a region where one is named, with the agency marked in it; else that of the agency.

    Raises what :class:`TrendPage` and :class:`RegionTrendPage` do.
    """
    check_injected(inputs_so_far(), PARAMETERS)
    return RegionTrendPage(region, year, data, agency) if region else TrendPage(agency, year, data)


class RegionTrendPage:
    """A region's agencies up to a year (0: all of them). agency: the one marked in the charts, where it is among them.

    Raises :class:`gdgk.errors.GdgkError` for a region that is unknown or has no agency beneath it, for years without a
    report, and for input that cannot be read.
    """

    def __init__(self, region: str, year: int | str = 0, data: str = "", agency: str = "") -> None:
        self.archive = Archive(data or None)
        self.archive.check_folders()
        self.region = self.archive.agency(region)
        self.focus = agency
        register = self.archive.register
        beneath = register.beneath.get(region, [])
        have = sorted({had for child in beneath for had in self.archive.years(child.id)})
        last = whole_year(year)
        refuse(self.archive, register, self.region, last or (have[-1] if have else 0) or (self.region.valid_to or 0))
        self.years = [had for had in have if not last or had <= last]
        if not self.years:
            raise UnknownName(
                "year", last or "any", have, f"no agency beneath {region} has a report up to it; add some"
            )
        self.members = [one for one in beneath if any(one.exists_in(had) for had in self.years)]
        wanted = [ReportId(one.id, had) for one in self.members for had in self.years if one.exists_in(had)]
        ids = [report for report in wanted if self.archive.has(report)]
        own = [ReportId(region, had) for had in self.years]
        self.own = [report for report in own if self.archive.has(report)]
        read = dict(zip([*ids, *self.own], self.archive.read_all([*ids, *self.own]), strict=True))
        self.reports: dict[ReportId, Report] = read
        self.sheets = sheets_of(read.values())

    @cached_property
    def open(self) -> list[Row]:
        """The findings on figures that nobody has explained or dismissed."""
        records = [record_of(one) for one in reconcile_sheets(self.sheets, self.archive.lineage())]
        decisions: dict[str, Decision] = {}
        for report in self.sheets:
            decisions |= read_decisions(self.archive.folder(ReportId(*report)) / FILE)
        decided = reviews(records, decisions)
        return still_open([row | one._asdict() for row, one in zip(records, decided, strict=True)])

    def span(self) -> str:
        """2023—2025, or the single year."""
        return f"{self.years[0]}—{self.years[-1]}" if len(self.years) > 1 else str(self.years[0])

    def masthead(self) -> Fragment:
        """Region, years, how many agencies, how many reports."""
        here = [report for report in self.sheets if report not in self.own]
        html = render(
            "region_masthead.html.j2",
            name=self.region.name,
            span=self.span(),
            agencies=len(self.members),
            reports=len(here),
            expected=sum(one.exists_in(year) for one in self.members for year in self.years),
            forms=list(dict.fromkeys(self.reports[ReportId(*report)].edition.label for report in here)),
            own=[report.year for report in self.own],
            synthetic=any(report.head.synthetic for report in self.reports.values()),
        )
        return Fragment(str(html), {"role": "masthead", "title": f"{self.region.name}所属机关 {self.span()} 年趋势"})

    # ── who has handed in ──

    def ribbon(self) -> Fragment:
        """Agency by year: whether its report is here, in full, in part, or with blank tables."""
        rows = [(one, [self.handed_in(one, year) for year in self.years]) for one in self.members]
        columns = list(zip(*(cells for _, cells in rows), strict=True))
        here = [sum(state in ("full", "half", "blank") for state, _ in cells) for cells in columns]
        due = [sum(state != "none" for state, _ in cells) for cells in columns]
        html = render(
            "region_grid.html.j2",
            years=self.years,
            rows=rows,
            sums=[f"{count}/{of}" for count, of in zip(here, due, strict=True)],
            focus=self.focus,
        )
        return Fragment(str(html))

    def handed_in(self, agency: Agency, year: int) -> tuple[str, str]:
        """The state of one agency and year, and its word."""
        if not agency.exists_in(year):
            return "none", "无此机关"
        report = self.reports.get(ReportId(agency.id, year))
        if report is None:
            return "miss", "未入库"
        if report.head.partial:
            return "half", "部分"
        blank = sum(report.is_blank(table) for table in report.edition.tables.values())
        return ("blank", f"{blank} 表空") if blank else ("full", "全")

    def chain(self) -> Fragment:
        """The sums of the years: how complete each is, whether it agrees with the region's own report; what the charts
        of the region are drawn from.
        """
        rows = [(year, *self.year_line(sum_of)) for year, sum_of in self.sums.items()]
        html = render("region_sums.html.j2", rows=rows, region=self.region.id, series=self.series[1])
        return Fragment(str(html))

    @cached_property
    def sums(self) -> dict[int, RollUp]:
        """The sum of each year."""
        return {year: roll_up(self.archive, self.region.id, year) for year in self.years}

    def year_line(self, sum_of: RollUp) -> tuple[str, str, str, str]:
        """Coverage, seal class, seal and words on a year's sum."""
        failed = sum(one.status == "fail" for one in sum_of.compared)
        exact = any(one.exact and one.status == "fail" for one in sum_of.compared)
        covered = coverage_sentence(sum_of)
        if failed:
            return covered, *(("e", "误") if exact else ("w", "疑")), f"与区域报告不符 {failed} 格"
        if sum_of.comparable:
            return covered, "x", "缺", "区域自己的报告未入库或只含本级，没有对照"
        if not sum_of.compared:
            return covered, "x", "缺", "没有可以对照的数字"
        return covered, "k", "符", "与区域报告相符" if sum_of.complete else "区域报告不低于合计"

    # ── charts ──

    def charts(self) -> list[Figure | Fragment]:
        """Every chart of the region's own course, then those of its agencies; a line on what is not drawn, and why."""
        sheets, said = self.series
        shown: list[Figure | Fragment] = []
        if not sheets:
            shown.append(note(said))
        else:
            printed = [self.reports[name] for name in self.own if self.sheets[name] in sheets]
            read = charts.readings(sheets, self.open, printed)
            course = [made for draw in charts.TREND_CHARTS if (made := draw(read)) is not None]
            shown += course
            if len(course) < len(charts.TREND_CHARTS):
                lacking = len(charts.TREND_CHARTS) - len(course)
                shown.append(
                    note(f"另有 {lacking} 幅区域的图没有可画的数字（表未填报、未入库，或正文没有写），不以 0 代。")
                )
        drawn = [(draw, draw(self.group)) for draw in charts.GROUP_CHARTS]
        shown += [made for _, made in drawn if made is not None]
        lacking_group = [WANTING[draw.__name__] for draw, made in drawn if made is None]
        shown += [note(text) for text in lacking_group]
        if self.focus and self.group.focused is None:
            name = self.archive.agencies[self.focus].name if self.focus in self.archive.agencies else self.focus
            shown.append(note(f"{name} 不是{self.region.name}直接所属的机关，图中没有标出。"))
        return shown

    @cached_property
    def series(self) -> tuple[list[Sheet], str]:
        """The sheets that stand for the region over the years, and what they are: its own reports, else the sums of the
        years in which all is here. The two are never put into one series.
        """
        whole = [report for report in self.own if not OWN_LEVEL.search(self.reports[report].head.scope)]
        if whole and covers_region(self.region):
            years = "、".join(str(report.year) for report in whole)
            return [self.sheets[report] for report in whole], f"区域的各图据该区域自己的年度报告（{years} 年）。"
        complete = {year: one for year, one in self.sums.items() if one.complete}
        if complete:
            years = "、".join(map(str, complete))
            text = f"区域自己的报告未入库；区域的各图据所属机关之和（{years} 年，各年均已齐）。"
            return [one.sheet for one in complete.values()], text
        names = named(tuple(member.name for member in self.members if self.lacks(member)))
        text = "区域自己的报告未入库，各年的合计都不全"
        text += f"（{names}）" if names else ""
        return [], f"{text}；不同的机关相加不成趋势，故不画区域的图。"

    def lacks(self, agency: Agency) -> bool:
        """Whether an agency has not handed in for a year."""
        return any(self.handed_in(agency, year)[0] == "miss" for year in self.years)

    @cached_property
    def group(self) -> Group:
        """The agencies directly beneath the region, as the charts read them."""
        parties = []
        for one in self.members:
            own = [sheet for sheet in self.sheets.values() if sheet.agency == one.id]
            if own:
                read = {reading.year: reading for reading in charts.readings(own, self.open)}
                level = level_of(one.region_code)
                parties.append(Party(one.id, self.short_name(one), one.kind, level, read))
        return Group(self.region.name, tuple(parties), self.focus)

    def short_name(self, agency: Agency) -> str:
        """An agency's name without the region's own, which all of them begin with."""
        place = self.region.name.removesuffix("人民政府")
        return agency.name.removeprefix(place) if agency.name != self.region.name else agency.name

    def comparability(self) -> Fragment:
        """What may be compared across the changes of form, from the crosswalk."""
        words = {"same": "可比", "approx": "近似，须加注", "none": "不可比"}
        rows = [
            (item.label, words[item.seams["2019"]], words[item.seams["2021"]], item.note)
            for item in measures_by_id().values()
        ]
        return Fragment(str(render("comparability.html.j2", rows=rows)))


# Why a chart of many agencies is not drawn.
WANTING = {
    "volume_by_agency": "各机关本年新收：报有数字的机关不足两个，不画。",
    "correction_funnel": "复议纠错率：各年没有一个机关有审结的案件，或其数字都在未通过的勾稽里，不画，不以 0 代。",
    "litigation_funnel": "诉讼纠错率：各年没有一个机关有审结的案件，或其数字都在未通过的勾稽里，不画，不以 0 代。",
    "peer_band": "同类比较：办结满 30 件、勾稽无误的同类机关不足 5 个，或机关性质未登记，没有可用的分位数，不画。",
}


def note(text: str) -> Fragment:
    """A sentence in place of a chart."""
    return Fragment(str(render("note.html.j2", seal=("x", "缺"), text=text)))
