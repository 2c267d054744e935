"""The page of one agency over the years: which years are here, the checks between them, charts, comparability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gdgk import charts
from gdgk.archive import Archive, ReportId
from gdgk.checks import check_reports
from gdgk.crosswalk import measures_by_id
from gdgk.errors import UnknownName
from gdgk.findings import Row, Status, compares
from gdgk.form import edition_for
from gdgk.markup import Fragment, render
from gdgk.pages.parameters import whole_year
from gdgk.pages.report import count_of
from gdgk.reconciliation import read_rules
from gdgk.report import State
from gdgk.review import is_settled, still_open
from gdgk.tables import SEALS, SEVERITY_ORDER

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

STATUS_SEALS = {
    "pass": ("k", "符"),
    "pass_imputed": ("k", "符"),
    "not_assessable": ("x", "缺"),
    "not_applicable": ("x", "缺"),
    "error": ("x", "缺"),
    "settled": ("q", "毕"),
}
# How outcomes of one chain weigh: the first of these speaks for it. settled: it failed, and was explained or dismissed.
STATUS_ORDER = ["fail", "error", "settled", "not_assessable", "pass_imputed", "pass", "not_applicable"]
OUTCOMES = {
    "pass": "相符",
    "pass_imputed": "相符†",
    "not_assessable": "不可评估",
    "not_applicable": "不适用",
    "error": "检查未能完成",
}
FIRST_YEAR = 2014


class TrendPage:
    """An agency's reports up to a year (0: all of them).

    Raises :class:`gdgk.errors.GdgkError` for an unknown agency or parameter, for a year before its first report,
    and for input that cannot be read.
    """

    def __init__(self, agency: str, year: int | str = 0, data: str = "") -> None:
        self.archive = Archive(data or None)
        self.agency = self.archive.agency(agency)
        last = whole_year(year)
        have = self.archive.years(self.agency.id)
        self.years = [had for had in have if not last or had <= last]
        if not self.years:
            raise UnknownName("year", last, have, f"give a year of {self.agency.id}, or 0 for all of them")
        ids = [ReportId(self.agency.id, had) for had in self.years]
        checked = check_reports(self.archive, ids, among=False)
        self.reports = {report.year: checked.reports[report] for report in ids}
        self.sheets = [checked.sheets[report] for report in ids]
        self.rows = checked.rows
        self.open = still_open(self.rows)

    def masthead(self) -> Fragment:
        """Agency, years, forms, and how many findings are open."""
        ended = Counter(row["status"] for row in self.rows)
        counts = [(*SEALS[name], count_of(self.open, name)) for name in SEALS]
        html = render(
            "trend_masthead.html.j2",
            page=self,
            counts=[count for count in counts if count[2]],
            settled=ended[Status.FAIL] - len(self.open),
            broken=ended[Status.ERROR],
            assessed=sum(map(compares, self.rows)),
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
        groups: dict[tuple[int, str, str], list[Row]] = {}
        for row in self.rows:
            if row["rule"] in between:
                groups.setdefault((row["year"], row["rule"], followed(row)), []).append(row)
        rows = [chain_row(*chain, group) for chain, group in groups.items()]
        return Fragment(str(render("chain.html.j2", rows=rows)))

    def charts(self) -> list[Figure | Fragment]:
        """Every trend chart that the figures allow, and a line on those they do not."""
        read = charts.readings(self.sheets, self.open, self.reports.values())
        drawn = [made for draw in charts.TREND_CHARTS if (made := draw(read)) is not None]
        missing = len(charts.TREND_CHARTS) - len(drawn)
        if missing:
            note = f"另有 {missing} 幅图没有可画的数字（表未填报、未入库、全为 0，或正文没有写），不以 0 代。"
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


def followed(row: Row) -> str:
    """What a check between years follows: the stock's row, or 结转."""
    if row["rule"] != "T2-STOCK":
        return str(row["label"])
    return str(row["place"].replace("表二 · ", "").split(" · ")[0]) + "存量"


def ended(row: Row) -> str:
    """How a check ended; ``settled`` where it failed and was explained or dismissed."""
    return "settled" if row["status"] == Status.FAIL and is_settled(row) else str(row["status"])


def chain_row(year: int, rule: str, name: str, group: Sequence[Row]) -> dict[str, Any]:
    """One check between two years: the finding that weighs most, the total first among equals; the others in words."""
    totals = [row["column"] != "total" for row in group]
    ranks = [
        (STATUS_ORDER.index(ended(row)), SEVERITY_ORDER.index(row["severity"]), other)
        for row, other in zip(group, totals, strict=True)
    ]
    if all(status > STATUS_ORDER.index("settled") for status, _, _ in ranks):
        ranks = [(0, 0, other) for other in totals]
    at = min(range(len(ranks)), key=ranks.__getitem__)
    shown = group[at]
    failed = shown["status"] == Status.FAIL
    seal, word = SEALS[shown["severity"]] if ended(shown) == "fail" else STATUS_SEALS[ended(shown)]
    text = shown["calculation"] or shown["reason"]
    if failed and len(group) > 1 and shown["column"] != "total":
        text = f"{shown['place'].split(' · ')[-1]}：{text}"
    others = [row["status"] for row in (*group[:at], *group[at + 1 :])]
    said = []
    if others and shown["status"] in ("pass", "pass_imputed") and set(others) <= {"pass", "pass_imputed"}:
        said.append(f"{len(others)} 个申请人列也相符")
    elif shown["status"] != "not_assessable" and "not_assessable" in others:
        said.append(f"{others.count('not_assessable')} 列不可评估")
    fails = [row for row in group if row["status"] == Status.FAIL]
    wrong = f"不合 {len(fails)} 处" + ("，均已处理" if failed and not still_open(fails) else "")
    return {
        "year": year,
        "rule": rule,
        "label": name,
        "text": f"{text}{'（' + '；'.join(said) + '）' if said else ''}",
        "seal": seal,
        "word": word,
        "outcome": wrong if failed else OUTCOMES[shown["status"]],
    }
