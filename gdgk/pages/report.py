"""The page of one agency and year (核对页): what does not reconcile and why, the tables, the change on last year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gdgk import charts
from gdgk.archive import Archive, ReportId, panel
from gdgk.crosswalk import measures_by_id
from gdgk.form import edition
from gdgk.indicators import SMALL, disclosure_rate, measures, rate
from gdgk.markup import Fragment, figure, render
from gdgk.pages.parameters import check_injected, inputs_so_far, whole_year
from gdgk.reconciliation import read_sheets, reconcile
from gdgk.reconciliation.wording import place
from gdgk.report import Report
from gdgk.tables import SEALS, failed, named, printed_table

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

WORDS = {"error": "必须更正", "warning": "请人工看", "info": "供参考"}


@dataclass(frozen=True, slots=True)
class Key:
    """A figure of the 要目: what, how much, in what unit, and a note (red where a finding taints it)."""

    name: str
    value: str
    unit: str
    note: str
    error: bool = False


class ReportPage:
    """One agency, one year: the archive's report, its findings and last year's figures.

    Raises :class:`gdgk.errors.GdgkError` for an unknown agency, year or parameter and for input that cannot be read.
    """

    def __init__(self, agency: str, year: int | str, data: str = "") -> None:
        check_injected(inputs_so_far())
        self.archive = Archive(data or None)
        self.id = ReportId(self.archive.agency(agency).id, whole_year(year))
        self.agency = self.archive.agency(agency)
        self.report: Report = self.archive.read(self.id)
        self.earlier = self.archive.earlier(self.id)
        reports = [*self.archive.read_all(self.earlier), self.report]
        self.panel = panel(reports)
        self.own = self.panel[(self.panel["agency"] == self.id.agency) & (self.panel["year"] == self.id.year)]
        self.findings_frame = reconcile(self.panel, self.archive.lineage(), only=[self.id])
        self.sheet = read_sheets(self.own)[self.id.agency, self.id.year]
        own_measures = measures(self.own)
        pairs = zip(own_measures["measure"], own_measures["value"], strict=True)
        self.figures = {name: None if value != value else value for name, value in pairs}
        self.imputed = set(own_measures.loc[own_measures["imputed"], "measure"])

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
            {"role": "masthead", "title": f"{self.agency.name} {self.id.year} 年 · 核对页"},
        )

    def state(self) -> tuple[str, str, str]:
        """Class, seal and words of the page's state."""
        fails = self.failed()
        if (fails["severity"] == "error").any():
            return "bad", "误", "数据有误 · 待机关核实"
        if (fails["severity"] == "warning").any():
            return "warn", "疑", "请人工看"
        if not self.findings_frame["left"].notna().any() and not self.blank_tables():
            return "gap", "缺", "没有可以核对的等式"
        if self.blank_tables():
            return "gap", "缺", f"{'、'.join(self.blank_tables())}未填报 · 不可评估"
        return "ok", "符", "未见不符"

    def blank_tables(self) -> list[str]:
        """The names of the tables left wholly unfilled (表三, 表四)."""
        tables = self.report.edition.tables.values()
        return [table_name(table.number) for table in tables if self.report.is_blank(table)]

    def failed(self) -> pd.DataFrame:
        """The failed findings in page order, numbered from 1."""
        return failed(self.findings_frame)

    # ── findings ──

    def findings(self) -> Fragment:
        """Key figures, the tally of outcomes, every finding with its sum written out, and what cannot be assessed."""
        fails = self.failed()
        html = render(
            "findings.html.j2",
            keys=self.keys(),
            tally=self.tally(),
            summary=self.summary(),
            findings=[self.finding_view(number, row) for number, row in fails.iterrows()],
            assessed=int(self.findings_frame["left"].notna().sum()),
            unassessed=self.unassessed(),
        )
        return Fragment(str(html), {"count": count_text(fails)})

    def finding_view(self, number: Any, row: pd.Series) -> dict[str, Any]:
        """What the list shows of one finding."""
        seal, word = SEALS[row["severity"]]
        return {
            "number": number,
            "seal": seal,
            "word": word,
            "title": headline(row),
            "calculation": row["calculation"],
            "detail": detail(row),
            "rule": row["rule"],
            "href": anchor(row),
            "sum": figure(row["left"]) if row["label"].startswith("各分项之和") else "",
        }

    def keys(self) -> list[Key]:
        """The six figures at the head of the page."""
        got = self.figures
        shown = [
            self.key("本年新收", "received"),
            self.key("办理结果", "outcomes_total"),
            self.share("公开率（含部分）", ("granted", "partly_granted")),
            self.share("无法提供", ("unavailable",)),
            self.key("行政复议", "reconsideration"),
            self.key("行政诉讼", "litigation"),
        ]
        if got["received"] is not None and got["carried_over"] is not None:
            shown[0] = Key(
                shown[0].name,
                shown[0].value,
                "件",
                shown[0].note or f"上年结转 {figure(got['carried_over'])}",
                shown[0].error,
            )
        if got["carried_forward"] is not None:
            shown[1] = Key(
                shown[1].name,
                shown[1].value,
                "件",
                shown[1].note or f"结转下年 {figure(got['carried_forward'])}",
                shown[1].error,
            )
        return shown

    def key(self, name: str, measure: str) -> Key:
        """A measure as a key figure; a finding on its cells is said beside it."""
        value = self.figures[measure]
        if value is None:
            return Key(name, "—", "", self.absence(measure))
        taint = self.taint(measure)
        if taint:
            return Key(name, figure(value), "件", taint, True)
        return Key(name, figure(value), "件", "† 空格按 0 计" if measure in self.imputed else "")

    def taint(self, *names: str) -> str:
        """What a failed check of severity error says of a measure's own cells; empty when none does."""
        cells = {str(key) for name in names for _, key in measures_by_id()[name].cells(self.report.edition)}
        for number, row in self.failed().iterrows():
            where = f"{row['table']}.{row['row']}.{row['column']}"
            if where in cells and row["severity"] == "error":
                return f"误{number}：分项和 {figure(row['left'])}"
        return ""

    def share(self, name: str, parts: tuple[str, ...]) -> Key:
        """The share of some results in the （七）总计, with its fraction; small samples are said."""
        values = [self.figures[part] for part in parts]
        total = self.figures["outcomes_total"]
        if total is None or any(value is None for value in values):
            return Key(name, "—", "", self.absence(parts[0]))
        count = sum(value or 0 for value in values)
        share = disclosure_rate(values[0] or 0, values[1] or 0, total) if len(parts) == 2 else rate(count, total)
        if share is None:
            return Key(name, "—", "", "没有办理结果，不算")
        taint = self.taint(*parts, "outcomes_total")
        if taint or share > 100:
            return Key(name, "—", "", f"{taint or '分项大于总计'}，不算", True)
        note = f"{figure(count)}／{figure(total)}" + ("，小样本" if total < SMALL else "")
        return Key(name, figure(share, places=1), "%", note)

    def absence(self, measure: str) -> str:
        """Why a measure has no value: the form lacks it, the table is blank, or the figure was not taken in."""
        terms = measures_by_id()[measure].cells(self.report.edition)
        if not terms:
            return "表式无此项"
        if terms[0][1].table in self.sheet.blank_tables:
            return "整表未填报"
        return "未入库" if any(self.sheet.unknown(key) for _, key in terms) else "未填报"

    def tally(self) -> list[tuple[str, str, str, int]]:
        """Seal class, seal, words and count of each outcome."""
        frame, fails = self.findings_frame, self.failed()
        counted = [(*SEALS[name], WORDS[name], int((fails["severity"] == name).sum())) for name in SEALS]
        passes = int(frame["status"].isin(["pass", "pass_imputed"]).sum())
        absent = int((frame["status"] == "not_applicable").sum())
        return [
            *counted,
            ("k", "符", "相符", passes),
            ("x", "缺", "不可评估", int((frame["status"] == "not_assessable").sum())),
            *([("x", "缺", "不适用", absent)] if absent else []),
        ]

    def summary(self) -> list[str]:
        """A sentence for each table: how many equations held, how many not."""
        said = []
        for table in self.report.edition.tables.values():
            own = self.findings_frame[(self.findings_frame["table"] == table.id) & self.findings_frame["left"].notna()]
            if own.empty:
                continue
            fails = int((own["status"] == "fail").sum())
            imputed = int((own["status"] == "pass_imputed").sum())
            text = f"{table_name(table.number)} {len(own)} 个等式" + (f"有 {fails} 个不合" if fails else "全部相符")
            said.append(text + (f"（{imputed} 个有空格按 0 计或总计由分项推算）" if imputed else ""))
        return said

    def unassessed(self) -> list[tuple[str, str, int]]:
        """Reason, the checks it concerns, and how many, for all that cannot be assessed."""
        frame = self.findings_frame[self.findings_frame["status"] == "not_assessable"]
        found = []
        for (reason, table), group in frame.groupby(["reason", "table"], sort=False):
            rules = "；".join(dict.fromkeys(group["label"]))
            name = table_name(self.report.edition.tables[table].number)
            found.append((f"{name}：{reason}", rules, len(group)))
        return found

    # ── tables ──

    def tables(self) -> list[Fragment]:
        """Every table of the report's form, each a section of its own."""
        return [self.table(table) for table in self.report.edition.tables]

    def table(self, table: str) -> Fragment:
        """One table as printed, findings marked; a wholly blank one as a plate with the form folded away."""
        form = self.report.edition.tables[table]
        html = printed_table(self.report, table, self.findings_frame, self.sheet.imputed)
        states = {self.report.cell(key).state.value for key in form.cells}
        mine = self.failed()
        mine = mine[mine["table"] == table]
        view = render(
            "table_section.html.j2",
            html=html,
            table=form,
            name=table_name(form.number),
            blank=self.report.is_blank(form),
            absent=states == {"unknown"},
            cells=len(form.cells),
            notes=[self.finding_view(number, row) for number, row in mine.iterrows()],
            outcome=self.table_outcome(table),
        )
        heading = f"{table_name(form.number)}　{form.title}" if form.number not in form.title else form.title
        return Fragment(
            f"<h2>{heading}</h2>{view}", {"heading": heading, "anchor": f"table-{table}", "count": count_text(mine)}
        )

    def table_outcome(self, table: str) -> tuple[str, str, str]:
        """Seal class, seal and words on a table's equations."""
        own = self.findings_frame[(self.findings_frame["table"] == table) & self.findings_frame["left"].notna()]
        fails = own[own["status"] == "fail"]
        if own.empty:
            return "x", "缺", "没有可以核对的等式"
        if fails.empty:
            return "k", "符", f"核对 {len(own)} 个等式，全部相符"
        seal, word = SEALS["error" if (fails["severity"] == "error").any() else "warning"]
        return seal, word, f"核对 {len(own)} 个等式，{len(fails)} 个不合"

    def legend(self) -> Fragment:
        """How the states of a cell look."""
        return Fragment(str(render("legend.html.j2")))

    # ── charts, change, source ──

    def charts(self) -> list[Figure | Fragment]:
        """Every chart that the report's figures allow, and a line on those they do not."""
        drawn = [
            made for draw in charts.REPORT_CHARTS if (made := draw(self.own, findings=self.findings_frame)) is not None
        ]
        missing = len(charts.REPORT_CHARTS) - len(drawn)
        if missing:
            text = "、".join(self.blank_tables()) or "有的表"
            note = f"另有 {missing} 幅图没有可画的数字（{text}未填报或未入库），不以 0 代。"
            return [*drawn, Fragment(str(render("note.html.j2", seal=("x", "缺"), text=note)))]
        return list(drawn)

    def change(self) -> Fragment:
        """Every measure beside last year's: difference and growth where the two may be compared."""
        both = measures(self.panel)
        now = both[(both["agency"] == self.id.agency) & (both["year"] == self.id.year)].set_index("measure")
        before = both[both["year"] == self.id.year - 1]
        if before.empty or before["agency"].iloc[0] != self.id.agency:
            text = f"{self.id.year - 1} 年报告未入库，全部指标不可比。"
            if self.earlier:
                names = "、".join(self.archive.agencies[item.agency].name for item in self.earlier)
                text = f"{self.id.year - 1} 年由前身机关{names}报告，机关不同，不逐项比较；结转等衔接见核对结果。"
            return Fragment(str(render("note.html.j2", seal=("x", "缺"), text=text)))
        previous = before.set_index("measure")
        rows = [
            change_row(measure.id, now.loc[measure.id], previous.loc[measure.id])
            for measure in measures_by_id().values()
        ]
        groups: dict[str, list[dict[str, Any]]] = {}
        for measure, row in zip(measures_by_id().values(), rows, strict=True):
            if row:
                groups.setdefault(measure.group, []).append(row)
        scale = max([80.0, *(min(abs(row["growth"]), 200.0) for row in rows if row and row["growth"] is not None)])
        html = render(
            "change.html.j2", groups=groups, year=self.id.year, scale=scale, seam=self.crosses_seam(), small=SMALL
        )
        return Fragment(str(html))

    def crosses_seam(self) -> str:
        """The two forms' names when last year's report used another one, else empty."""
        forms = {edition(name).family: edition(name).label for name in self.panel["edition"]}
        return " 与 ".join(forms.values()) if len(forms) > 1 else ""

    def source(self) -> Fragment:
        """Where the figures come from, what was put right and why, what was not taken in."""
        corrections = [
            {"place": place(self.report.edition, *key), "item": item} for key, item in self.report.corrections.items()
        ]
        return Fragment(str(render("source.html.j2", report=self.report, agency=self.agency, corrections=corrections)))


def change_row(measure: str, now: pd.Series, before: pd.Series) -> dict[str, Any] | None:
    """A measure's two values with difference and growth in %; None when neither year has it.

    growth is None where either year is below 30, where last year's is 0, and across a seam that forbids it.
    """
    values = [None if value != value else float(value) for value in (before["value"], now["value"])]
    if values == [None, None]:
        return None
    comparable = now["comparison"] in ("same", "approx") and None not in values
    difference = values[1] - values[0] if comparable and values[0] is not None and values[1] is not None else None
    small = comparable and min(value or 0 for value in values) < SMALL
    growth = 100 * difference / values[0] if difference is not None and values[0] and not small else None
    return {
        "label": measures_by_id()[measure].label,
        "unit": now["unit"],
        "before": values[0],
        "now": values[1],
        "difference": difference,
        "growth": growth,
        "small": small,
        "comparison": now["comparison"],
        "note": measures_by_id()[measure].note,
        "imputed": bool(now["imputed"] or before["imputed"]),
    }


def table_name(number: str) -> str:
    """表三; 统计表 stays as it is."""
    return number if number.endswith("表") else f"表{number}"


def count_text(fails: pd.DataFrame) -> dict[str, int]:
    """How many failed findings of each severity, for the table of contents."""
    return {
        SEALS[name][1]: int((fails["severity"] == name).sum()) for name in SEALS if (fails["severity"] == name).any()
    }


def headline(row: pd.Series) -> str:
    """A finding in one line: where, what is printed, what it should tally with."""
    if row["left"] is None or row["left"] != row["left"]:
        return f"{row['place']}：{row['reason']}"
    if row["label"].startswith("各分项之和"):
        return f"{row['place']}：印作 {figure(row['right'])}，各项之和是 {figure(row['left'])}"
    gap = figure(row["difference"], sign=True)
    return f"{row['place']}：{figure(row['left'])} 与 {figure(row['right'])} 不等，相差 {gap}"


def detail(row: pd.Series) -> str:
    """What the check holds the figures to, on what ground, and what may lawfully explain a difference."""
    parts = [row["label"]]
    if row["blanks"]:
        parts.append(f"其中 {row['blanks']} 个空格按 0 计")
    if row["unless"]:
        parts.append(f"下列情形不算错：{row['unless']}")
    if row["left"] is not None and row["left"] == row["left"]:
        parts.append("请对照原件核实")
    return "。".join(parts) + f"。依据：{row['basis']}。"


def anchor(row: pd.Series) -> str:
    """The place on the page that a finding points at; empty when it has none."""
    table, line, column = (named(row[name]) for name in ("table", "row", "column"))
    if not table:
        return ""
    if line and column:
        return f"#{table}-{line}-{column}"
    if line:
        return f"#{table}-{line}"
    return f"#{row['cells'][0].replace('.', '-')}" if row["cells"] else ""
