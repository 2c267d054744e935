"""The page of one agency and year (核对页): what does not reconcile and why, the tables, the change on last year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gdgk import charts
from gdgk.archive import Archive
from gdgk.checks import check_reports
from gdgk.crosswalk import measures_by_id
from gdgk.findings import Row, Status, compares, is_on_prose
from gdgk.indicators import SMALL, measured
from gdgk.markup import Fragment, render
from gdgk.pages.change import change_row
from gdgk.pages.head_figures import keys
from gdgk.pages.listing import Entry, entries, orphan_line
from gdgk.pages.parameters import check_injected, inputs_so_far, whole_year
from gdgk.pages.versions import revision_list
from gdgk.reconciliation import Sheet
from gdgk.report import Report
from gdgk.review import is_settled, still_open
from gdgk.tables import SEALS, Marks, failed, marks, numbered, printed_table, settled
from gdgk.versions import Version, comparisons, versions_of

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

WORDS = {"error": "必须更正", "warning": "请人工看", "info": "供参考"}


class ReportPage:
    """One agency, one year: the archive's report, its findings and last year's figures.

    Raises :class:`gdgk.errors.GdgkError` for an unknown agency, year or parameter and for input that cannot be read.
    """

    def __init__(self, agency: str, year: int | str, data: str = "") -> None:
        check_injected(inputs_so_far())
        self.archive = Archive(data or None)
        (self.id,) = self.archive.report_ids([agency], [whole_year(year)])
        self.agency = self.archive.agency(agency)
        self.checked = check_reports(self.archive, [self.id], among=False)
        self.rows = self.checked.rows_of(self.id)
        self.report: Report = self.checked.reports[self.id]
        self.earlier = self.archive.earlier(self.id)
        self.sheet = self.checked.sheets[self.id.agency, self.id.year]
        own = measured([self.sheet])
        self.figures = {one.measure: one.value for one in own}
        self.imputed = {one.measure for one in own if one.imputed}

    # ── head ──

    def masthead(self) -> Fragment:
        """Agency, year, state, scope, period, form, source, corrections, last year."""
        return Fragment(
            str(
                render(
                    "masthead.html.j2",
                    page=self,
                    report=self.report,
                    agency=self.agency,
                    state=self.state(),
                    kind="核对页",
                )
            ),
            self.head_meta(f"{self.agency.name} {self.id.year} 年 · 核对页"),
        )

    def head_meta(self, title: str) -> dict[str, Any]:
        """What the exporter and the batch should know of the page: its title, its report in figures."""
        return {"role": "masthead", "title": title, "counts": self.checked.counts(self.id)}

    def state(self) -> tuple[str, str, str]:
        """Class, seal and words of the page's state, by what is open."""
        blank = "、".join(self.blank_tables())
        errors = [row for row in self.unsettled if row["severity"] == "error"]
        if errors:
            return "bad", "误", f"{'报告' if all(map(is_on_prose, errors)) else '数据'}有误 · 待机关核实"
        if count_of(self.unsettled, "warning"):
            return "warn", "疑", f"请人工看 · {blank}未填报，不可评估" if blank else "请人工看"
        if blank:
            return "gap", "缺", f"{blank}未填报 · 不可评估"
        if not self.assessed():
            return "gap", "缺", "没有可以核对的等式"
        if self.broken():
            return "gap", "缺", f"{len(self.broken())} 项检查未能完成"
        done = len(self.numbered) - len(self.unsettled)
        return ("done", "注", f"{done} 处不符，均已处理") if done else ("ok", "符", "未见不符")

    def blank_tables(self) -> list[str]:
        """The names of the tables left wholly unfilled (表三, 表四)."""
        tables = self.report.edition.tables.values()
        return [table_name(table.number) for table in tables if self.report.is_blank(table)]

    @property
    def findings_frame(self) -> pd.DataFrame:
        """The findings as a frame, for an analyst."""
        return self.checked.findings

    def failed(self) -> pd.DataFrame:
        """The failed findings in page order, numbered from 1; those that are settled last."""
        return failed(self.findings_frame)

    def open(self) -> pd.DataFrame:
        """The failed findings that are not settled."""
        fails = self.failed()
        return fails[~settled(fails)]

    @cached_property
    def numbered(self) -> dict[int, Row]:
        """The failed findings by their number on the page, as records."""
        return numbered(self.rows)

    @cached_property
    def unsettled(self) -> list[Row]:
        """Those of them that are not settled."""
        return [row for row in self.numbered.values() if not is_settled(row)]

    @cached_property
    def marked(self) -> Marks:
        """What the tables show of the findings, and why they fail."""
        return marks(self.rows, self.checked.explanations.get(self.id, ()))

    @cached_property
    def listed(self) -> list[Entry]:
        """The failed findings as the list shows them."""
        return entries(self.numbered, self.marked, self.report.edition)

    def assessed(self) -> int:
        """How many comparisons of figures were made."""
        return sum(map(compares, self.rows))

    def broken(self) -> list[str]:
        """What the checks say that could not be completed."""
        return [row["message"] for row in self.rows if row["status"] == Status.ERROR]

    # ── findings ──

    def findings(self) -> Fragment:
        """Key figures, the tally of outcomes, every finding with its sum and likely cause, and what cannot be assessed.

        Findings that are settled stand behind the open ones; decisions on what is no longer found in one line.
        """
        html = render(
            "findings.html.j2",
            keys=keys(self),
            tally=self.tally(),
            summary=self.summary(),
            findings=[entry for entry in self.listed if not entry.settled],
            settled=[entry for entry in self.listed if entry.settled],
            orphans=orphan_line(self.checked.orphans(self.id)),
            broken=self.broken(),
            assessed=self.assessed(),
            read=sum(is_on_prose(row) and row["status"] in (Status.PASS, Status.FAIL) for row in self.rows),
            unassessed=self.unassessed(),
        )
        return Fragment(str(html), {"count": count_text(self.unsettled)})

    def tally(self) -> list[tuple[str, str, str, int]]:
        """Seal class, seal, words and count of each outcome."""
        ended = Counter(row["status"] for row in self.rows)
        counted = [(*SEALS[name], WORDS[name], count_of(self.unsettled, name)) for name in SEALS]
        others = [
            ("q", "毕", "已处理", len(self.numbered) - len(self.unsettled)),
            ("x", "缺", "不适用", ended[Status.NOT_APPLICABLE]),
            ("x", "缺", "检查未能完成", len(self.broken())),
        ]
        return [
            *counted,
            ("k", "符", "相符", ended[Status.PASS] + ended[Status.PASS_IMPUTED]),
            ("x", "缺", "不可评估", ended[Status.NOT_ASSESSABLE]),
            *(other for other in others if other[3]),
        ]

    def summary(self) -> list[str]:
        """A sentence for each table: how many equations held, how many not."""
        said = []
        for table in self.report.edition.tables.values():
            own = self.equations(table.id)
            if not own:
                continue
            ended = Counter(row["status"] for row in own)
            fails, imputed = ended[Status.FAIL], ended[Status.PASS_IMPUTED]
            text = f"{table_name(table.number)} {len(own)} 个等式" + (f"有 {fails} 个不合" if fails else "全部相符")
            said.append(text + (f"（{imputed} 个有空格按 0 计或总计由分项推算）" if imputed else ""))
        return said

    def equations(self, table: str) -> list[Row]:
        """The findings on equations of a table that could be judged: neither bounds nor what the prose says of it."""
        return [row for row in self.rows if row["table"] == table and row["sign"] == "==" and compares(row)]

    def unassessed(self) -> list[tuple[str, str, int]]:
        """Reason, the checks it concerns, and how many, for all that cannot be assessed."""
        tables = self.report.edition.tables
        labels: dict[tuple[str, str], list[str]] = {}
        for row in self.rows:
            if row["status"] == Status.NOT_ASSESSABLE:
                table = tables.get(row["table"])
                where = table_name(table.number) if table else row["place"].partition("·")[0].strip()
                labels.setdefault((where, row["reason"]), []).append(row["label"])
        return [
            (f"{where}：{reason}", "；".join(dict.fromkeys(found)), len(found))
            for (where, reason), found in labels.items()
        ]

    # ── tables ──

    def tables(self) -> list[Fragment]:
        """Every table of the report's form, each a section of its own."""
        return [self.table(table) for table in self.report.edition.tables]

    def table(self, table: str) -> Fragment:
        """One table as printed, findings marked; a wholly blank one as a plate with the form folded away."""
        form = self.report.edition.tables[table]
        html = printed_table(self.report, table, self.marked, self.sheet.imputed)
        states = {self.report.cell(key).state.value for key in form.cells}
        view = render(
            "table_section.html.j2",
            html=html,
            table=form,
            name=table_name(form.number),
            blank=self.report.is_blank(form),
            absent=states == {"unknown"},
            cells=len(form.cells),
            notes=[entry for entry in self.listed if self.numbered[entry.number]["table"] == table],
            outcome=self.table_outcome(table),
        )
        heading = f"{table_name(form.number)}　{form.title}" if form.number not in form.title else form.title
        count = count_text(row for row in self.unsettled if row["table"] == table)
        return Fragment(f"<h2>{heading}</h2>{view}", {"heading": heading, "anchor": f"table-{table}", "count": count})

    def table_outcome(self, table: str) -> tuple[str, str, str]:
        """Seal class, seal and words on a table's equations."""
        own, unusual = self.equations(table), self.unusual(table)
        more = f"；另有 {len(unusual)} 处不合常理" if unusual else ""
        fails = [row for row in own if row["status"] == Status.FAIL]
        wrong = [row["severity"] for row in (*still_open(own), *unusual)]
        done = len(fails) - len(still_open(own))
        words = f"核对 {len(own)} 个等式，{len(fails)} 个不合" if fails else f"核对 {len(own)} 个等式，全部相符"
        if not own:
            words = "没有可以核对的等式"
        elif done:
            words += "，均已处理" if done == len(fails) else f"，其中 {done} 个已处理"
        if wrong:
            seal, word = SEALS[min(wrong, key=list(SEALS).index)]
        else:
            seal, word = ("x", "缺") if not own else ("q", "毕") if fails else ("k", "符")
        return seal, word, words + more

    def unusual(self, table: str) -> list[Row]:
        """The open findings on a table that compare figures and are no equations: bounds and the like."""
        return [row for row in self.unsettled if row["table"] == table and row["sign"] != "==" and compares(row)]

    def legend(self) -> Fragment:
        """How the states of a cell look."""
        return Fragment(str(render("legend.html.j2")))

    # ── charts, change, source ──

    def charts(self) -> list[Figure | Fragment]:
        """Every chart that the report's figures allow, and a line on those they do not."""
        read = charts.readings([self.sheet], self.unsettled, [self.report])
        drawn = [made for draw in charts.REPORT_CHARTS if (made := draw(read)) is not None]
        missing = len(charts.REPORT_CHARTS) - len(drawn)
        if missing:
            text = "、".join(self.blank_tables()) or "有的表"
            note = f"另有 {missing} 幅图没有可画的数字（{text}未填报、未入库、全为 0，或正文没有写），不以 0 代。"
            return [*drawn, Fragment(str(render("note.html.j2", seal=("x", "缺"), text=note)))]
        return list(drawn)

    def change(self) -> Fragment:
        """Every measure beside last year's: difference and growth where the two may be compared."""
        last = self.checked.sheets.get((self.id.agency, self.id.year - 1))
        if last is None:
            text = f"{self.id.year - 1} 年报告未入库，全部指标不可比。"
            if self.earlier:
                names = "、".join(self.archive.agencies[item.agency].name for item in self.earlier)
                text = f"{self.id.year - 1} 年由前身机关{names}报告，机关不同，不逐项比较；结转等衔接见核对结果。"
            return Fragment(str(render("note.html.j2", seal=("x", "缺"), text=text)))
        both = measured([last, self.sheet])
        middle = len(both) // 2
        rows = [change_row(now, before) for before, now in zip(both[:middle], both[middle:], strict=True)]
        groups: dict[str, list[dict[str, Any]]] = {}
        for measure, row in zip(measures_by_id().values(), rows, strict=True):
            if row:
                groups.setdefault(measure.group, []).append(row)
        scale = max([80.0, *(min(abs(row["growth"]), 200.0) for row in rows if row and row["growth"] is not None)])
        html = render(
            "change.html.j2", groups=groups, year=self.id.year, scale=scale, seam=seam(last, self.sheet), small=SMALL
        )
        return Fragment(str(html))

    def revisions(self) -> Fragment:
        """The revision list (修订一览): what was corrected, replaced and published otherwise, and what that did to the
        findings; a line where there is one version only.
        """
        steps = comparisons(self.versions)
        if not steps:
            return Fragment(str(render("note.html.j2", seal=("q", "同"), text="只有一稿，没有修订。")))
        return Fragment(str(revision_list(self.versions, steps)))

    @cached_property
    def versions(self) -> list[Version]:
        """The versions of the report that the data folder has, in their order."""
        return versions_of(self.archive, self.id, self.checked)

    def source(self) -> Fragment:
        """Where the figures come from, what was not taken in."""
        return Fragment(str(render("source.html.j2", report=self.report, agency=self.agency)))


def table_name(number: str) -> str:
    """表三; 统计表 stays as it is."""
    return number if number.endswith("表") else f"表{number}"


def seam(before: Sheet, now: Sheet) -> str:
    """The two forms' names when last year's report used another one, else empty."""
    forms = {sheet.form.family: sheet.form.label for sheet in (before, now)}
    return " 与 ".join(forms.values()) if len(forms) > 1 else ""


def count_of(findings: Iterable[Row], severity: str) -> int:
    """How many findings have a severity."""
    return sum(row["severity"] == severity for row in findings)


def count_text(fails: Iterable[Row]) -> dict[str, int]:
    """How many failed findings of each severity, for the table of contents."""
    counted = Counter(row["severity"] for row in fails)
    return {SEALS[name][1]: counted[name] for name in SEALS if counted[name]}
