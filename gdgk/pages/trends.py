"""The page of one agency over the years: which years are here, the checks between them, charts, comparability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gdgk import charts
from gdgk.archive import Archive, ReportId, panel
from gdgk.crosswalk import measures_by_id
from gdgk.errors import UnknownName
from gdgk.form import edition_for
from gdgk.markup import Fragment, render
from gdgk.pages.parameters import check_injected, inputs_so_far, whole_year
from gdgk.reconciliation import read_rules, reconcile
from gdgk.report import State
from gdgk.tables import SEALS, SEVERITY_ORDER

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

STATUS_SEALS = {
    "pass": ("k", "符"),
    "pass_imputed": ("k", "符"),
    "not_assessable": ("x", "缺"),
    "not_applicable": ("x", "缺"),
}
FIRST_YEAR = 2014


class TrendPage:
    """An agency's reports up to a year (0: all of them).

    Raises :class:`gdgk.errors.GdgkError` for an unknown agency or parameter, for a year before its first report,
    and for input that cannot be read.
    """

    def __init__(self, agency: str, year: int | str = 0, data: str = "") -> None:
        check_injected(inputs_so_far())
        self.archive = Archive(data or None)
        self.agency = self.archive.agency(agency)
        last = whole_year(year)
        have = self.archive.years(self.agency.id)
        self.years = [had for had in have if not last or had <= last]
        if not self.years:
            raise UnknownName("year", last, have, f"give a year of {self.agency.id}, or 0 for all of them")
        ids = [ReportId(self.agency.id, had) for had in self.years]
        self.reports = {report.year: report for report in self.archive.read_all(ids)}
        everything = self.archive.read_all(self.archive.with_earlier(ids))
        self.panel = panel(everything)
        self.own = self.panel[self.panel["agency"] == self.agency.id]
        self.findings_frame = reconcile(self.panel, self.archive.lineage(), only=ids)

    def masthead(self) -> Fragment:
        """Agency, years, forms, and how many findings stand."""
        fails = self.findings_frame[self.findings_frame["status"] == "fail"]
        counts = [(*SEALS[name], int((fails["severity"] == name).sum())) for name in SEALS]
        html = render(
            "trend_masthead.html.j2",
            page=self,
            counts=[count for count in counts if count[2]],
            assessed=int(self.findings_frame["left"].notna().sum()),
            span=self.span(),
            partial=self.partial(),
        )
        return Fragment(str(html), {"role": "masthead", "title": f"{self.agency.name} {self.span()} 年趋势"})

    def span(self) -> str:
        """2023—2025, or the single year."""
        return f"{self.years[0]}—{self.years[-1]}" if len(self.years) > 1 else str(self.years[0])

    def partial(self) -> list[int]:
        """The years of which not every cell was taken in."""
        return [year for year, report in self.reports.items() if report.head.partial]

    def ribbon(self) -> Fragment:
        """The years since 2014 under their forms: here in full, in part, or not."""
        years = list(range(FIRST_YEAR, max(*self.years, FIRST_YEAR + 1) + 1))
        cells = [self.ribbon_cell(year) for year in years]
        spans: list[tuple[str, int]] = []
        for year in years:
            label = edition_for(year).label
            spans = (
                [*spans[:-1], (label, spans[-1][1] + 1)] if spans and spans[-1][0] == label else [*spans, (label, 1)]
            )
        return Fragment(str(render("ribbon.html.j2", cells=cells, spans=spans)))

    def ribbon_cell(self, year: int) -> dict[str, Any]:
        """One year of the ribbon."""
        report = self.reports.get(year)
        seam = year > FIRST_YEAR and edition_for(year) is not edition_for(year - 1)
        if report is None:
            return {"year": year, "kind": "none", "word": "未入库", "seam": seam}
        if report.head.partial:
            return {"year": year, "kind": "half", "word": "部分", "seam": seam}
        blank = sum(report.is_blank(table) for table in report.edition.tables.values())
        return {"year": year, "kind": "full", "word": f"{blank} 张表空" if blank else "全", "seam": seam}

    def chain(self) -> Fragment:
        """The checks between the years, each with its sum; of those by applicant the worst, the others in words."""
        between = {rule.id for rule in read_rules() if rule.needs_prior}
        frame = self.findings_frame[self.findings_frame["rule"].isin(between)]
        groups = frame.groupby(["year", "rule", self.chain_place(frame)], sort=False)
        rows = [chain_row(year, rule, name, group) for (year, rule, name), group in groups]
        return Fragment(str(render("chain.html.j2", rows=rows)))

    def chain_place(self, frame: Any) -> Any:
        """What each check between years follows: the stock's row, or 结转."""
        return frame["label"].where(
            frame["rule"] != "T2-STOCK",
            frame["place"].str.replace("表二 · ", "", regex=False).str.split(" · ").str[0] + "存量",
        )

    def charts(self) -> list[Figure | Fragment]:
        """Every trend chart that the figures allow, and a line on those they do not."""
        drawn = [
            made for draw in charts.TREND_CHARTS if (made := draw(self.own, findings=self.findings_frame)) is not None
        ]
        missing = len(charts.TREND_CHARTS) - len(drawn)
        if missing:
            note = f"另有 {missing} 幅图没有可画的数字（表未填报、未入库，或只有一年），不以 0 代。"
            return [*drawn, Fragment(str(render("note.html.j2", seal=("x", "缺"), text=note)))]
        return list(drawn)

    def comparability(self) -> Fragment:
        """What may be compared across the changes of form, from the crosswalk."""
        words = {"same": "可比", "approx": "近似，须加注", "none": "不可比"}
        rows = [
            (item.label, words[item.seams["2019"]], words[item.seams["2021"]], item.note)
            for item in measures_by_id().values()
        ]
        return Fragment(str(render("comparability.html.j2", rows=rows)))

    def unknown_cells(self) -> int:
        """How many cells of these reports were not taken in."""
        return sum(cell.state is State.UNKNOWN for report in self.reports.values() for cell in report.cells.values())


def chain_row(year: int, rule: str, name: str, group: pd.DataFrame) -> dict[str, Any]:
    """One check between two years: the finding that weighs most, the total first among equals; the others in words."""
    ranks = [
        (STATUS_ORDER.index(row["status"]), SEVERITY_ORDER.index(row["severity"]), row["column"] != "total")
        for _, row in group.iterrows()
    ]
    if all(status != 0 for status, _, _ in ranks):
        ranks = [(0, 0, row["column"] != "total") for _, row in group.iterrows()]
    shown = group.iloc[min(range(len(ranks)), key=lambda at: ranks[at])]
    failed = shown["status"] == "fail"
    seal, word = SEALS[shown["severity"]] if failed else STATUS_SEALS[shown["status"]]
    text = shown["calculation"] or shown["reason"]
    if failed and len(group) > 1 and shown["column"] != "total":
        text = f"{shown['place'].split(' · ')[-1]}：{text}"
    others = group.drop(shown.name)["status"]
    said = []
    if len(others) and shown["status"] in ("pass", "pass_imputed") and set(others) <= {"pass", "pass_imputed"}:
        said.append(f"{len(others)} 个申请人列也相符")
    elif shown["status"] != "not_assessable" and (others == "not_assessable").any():
        said.append(f"{int((others == 'not_assessable').sum())} 列不可评估")
    outcomes = {"pass": "相符", "pass_imputed": "相符†", "not_assessable": "不可评估", "not_applicable": "不适用"}
    count = int((group["status"] == "fail").sum())
    return {
        "year": year,
        "rule": rule,
        "label": name,
        "text": f"{text}{'（' + '；'.join(said) + '）' if said else ''}",
        "seal": seal,
        "word": word,
        "outcome": f"不合 {count} 处" if failed else outcomes[shown["status"]],
    }


STATUS_ORDER = ["fail", "not_assessable", "pass_imputed", "pass", "not_applicable"]
