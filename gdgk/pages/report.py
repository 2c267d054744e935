"""The page of one agency and year (核对页): what does not reconcile and why, the tables, the change on last year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gdgk import charts
from gdgk.archive import Archive
from gdgk.checks import check_reports
from gdgk.crosswalk import measures_by_id
from gdgk.findings import Status, on_prose
from gdgk.form import edition
from gdgk.indicators import SMALL, disclosure_rate, measures, rate
from gdgk.markup import Fragment, figure, render
from gdgk.pages.change import change_row
from gdgk.pages.listing import Entry, entries, orphan_line
from gdgk.pages.parameters import check_injected, inputs_so_far, whole_year
from gdgk.reconciliation.wording import place
from gdgk.report import Report
from gdgk.tables import SEALS, Marks, failed, marks, printed_table, settled

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
        (self.id,) = self.archive.report_ids([agency], [whole_year(year)])
        self.agency = self.archive.agency(agency)
        self.checked = check_reports(self.archive, [self.id], among=False)
        self.findings_frame = self.checked.findings
        self.report: Report = self.checked.reports[self.id]
        self.earlier = self.archive.earlier(self.id)
        frame = self.checked.panel
        mine = (frame["agency"] == self.id.agency) & (frame["year"] == self.id.year)
        before = frame["agency"].isin([item.agency for item in self.earlier]) & (frame["year"] < self.id.year)
        self.own = frame[mine]
        self.panel = frame[mine | before]
        self.sheet = self.checked.sheets[self.id.agency, self.id.year]
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
            self.head_meta(f"{self.agency.name} {self.id.year} 年 · 核对页"),
        )

    def head_meta(self, title: str) -> dict[str, Any]:
        """What the exporter and the batch should know of the page: its title, its report in figures."""
        return {"role": "masthead", "title": title, "counts": self.checked.counts(self.id)}

    def state(self) -> tuple[str, str, str]:
        """Class, seal and words of the page's state, by what is open."""
        open_ones, blank = self.open(), "、".join(self.blank_tables())
        if (open_ones["severity"] == "error").any():
            wrong = "数据" if (open_ones.loc[~on_prose(open_ones), "severity"] == "error").any() else "报告"
            return "bad", "误", f"{wrong}有误 · 待机关核实"
        if (open_ones["severity"] == "warning").any():
            return "warn", "疑", f"请人工看 · {blank}未填报，不可评估" if blank else "请人工看"
        if blank:
            return "gap", "缺", f"{blank}未填报 · 不可评估"
        if not self.assessed():
            return "gap", "缺", "没有可以核对的等式"
        if self.broken():
            return "gap", "缺", f"{len(self.broken())} 项检查未能完成"
        done = int(settled(self.failed()).sum())
        return ("done", "注", f"{done} 处不符，均已处理") if done else ("ok", "符", "未见不符")

    def blank_tables(self) -> list[str]:
        """The names of the tables left wholly unfilled (表三, 表四)."""
        tables = self.report.edition.tables.values()
        return [table_name(table.number) for table in tables if self.report.is_blank(table)]

    def failed(self) -> pd.DataFrame:
        """The failed findings in page order, numbered from 1; those that are settled last."""
        return self.numbered

    def open(self) -> pd.DataFrame:
        """The failed findings that are not settled."""
        return self.numbered[~settled(self.numbered)]

    @cached_property
    def numbered(self) -> pd.DataFrame:
        """The failed findings, made once."""
        return failed(self.findings_frame)

    @cached_property
    def marked(self) -> Marks:
        """What the tables show of the findings, and why they fail."""
        return marks(self.findings_frame, self.checked.explanations.get(self.id, ()))

    @cached_property
    def listed(self) -> list[Entry]:
        """The failed findings as the list shows them."""
        return entries(self.numbered, self.marked, self.report.edition)

    def assessed(self) -> int:
        """How many comparisons of figures were made."""
        return int((self.findings_frame["left"].notna() & ~on_prose(self.findings_frame)).sum())

    def broken(self) -> list[str]:
        """What the checks say that could not be completed."""
        return self.findings_frame.loc[self.findings_frame["status"] == Status.ERROR, "message"].tolist()

    # ── findings ──

    def findings(self) -> Fragment:
        """Key figures, the tally of outcomes, every finding with its sum and likely cause, and what cannot be assessed.

        Findings that are settled stand behind the open ones; decisions on what is no longer found in one line.
        """
        frame = self.findings_frame
        html = render(
            "findings.html.j2",
            keys=self.keys(),
            tally=self.tally(),
            summary=self.summary(),
            findings=[entry for entry in self.listed if not entry.settled],
            settled=[entry for entry in self.listed if entry.settled],
            orphans=orphan_line(self.checked.orphans(self.id)),
            broken=self.broken(),
            assessed=self.assessed(),
            read=int((on_prose(frame) & frame["status"].isin([Status.PASS, Status.FAIL])).sum()),
            unassessed=self.unassessed(),
        )
        return Fragment(str(html), {"count": count_text(self.open())})

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
        taint = self.taint(measure, said=True)
        if taint:
            return Key(name, figure(value), "件", taint, True)
        return Key(name, figure(value), "件", "† 空格按 0 计" if measure in self.imputed else "")

    def taint(self, *names: str, said: bool = False) -> str:
        """What an open finding of severity error says of a measure's own cells; empty when none does.

        said: also where the prose alone says otherwise.
        """
        cells = [str(key) for name in names for _, key in measures_by_id()[name].cells(self.report.edition)]
        for mark in (mark for cell in cells for mark in self.marked.cells.get(cell, ())):
            if mark.seal == "e" and (mark.look == "bad" or (said and mark.look == "said")):
                return f"误{mark.number}：{mark.note}" if mark.note else f"见误{mark.number}"
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
        frame, open_ones = self.findings_frame, self.open()
        counted = [(*SEALS[name], WORDS[name], int((open_ones["severity"] == name).sum())) for name in SEALS]
        passes = int(frame["status"].isin([Status.PASS, Status.PASS_IMPUTED]).sum())
        others = [
            ("q", "毕", "已处理", len(self.failed()) - len(open_ones)),
            ("x", "缺", "不适用", int((frame["status"] == Status.NOT_APPLICABLE).sum())),
            ("x", "缺", "检查未能完成", len(self.broken())),
        ]
        return [
            *counted,
            ("k", "符", "相符", passes),
            ("x", "缺", "不可评估", int((frame["status"] == Status.NOT_ASSESSABLE).sum())),
            *(other for other in others if other[3]),
        ]

    def summary(self) -> list[str]:
        """A sentence for each table: how many equations held, how many not."""
        said = []
        for table in self.report.edition.tables.values():
            own = self.equations(table.id)
            if own.empty:
                continue
            fails = int((own["status"] == Status.FAIL).sum())
            imputed = int((own["status"] == Status.PASS_IMPUTED).sum())
            text = f"{table_name(table.number)} {len(own)} 个等式" + (f"有 {fails} 个不合" if fails else "全部相符")
            said.append(text + (f"（{imputed} 个有空格按 0 计或总计由分项推算）" if imputed else ""))
        return said

    def equations(self, table: str) -> pd.DataFrame:
        """The findings on equations of a table that could be judged: neither bounds nor what the prose says of it."""
        frame = self.findings_frame
        judged = frame["left"].notna() & (frame["sign"] == "==") & ~on_prose(frame)
        return frame[judged & (frame["table"] == table)]

    def unassessed(self) -> list[tuple[str, str, int]]:
        """Reason, the checks it concerns, and how many, for all that cannot be assessed."""
        frame = self.findings_frame[self.findings_frame["status"] == Status.NOT_ASSESSABLE]
        tables = self.report.edition.tables
        where = [
            table_name(tables[table].number) if table in tables else str(spot).partition("·")[0].strip()
            for table, spot in zip(frame["table"], frame["place"], strict=True)
        ]
        found = []
        for (reason, name), group in frame.assign(where=where).groupby(["reason", "where"], sort=False):
            rules = "；".join(dict.fromkeys(group["label"]))
            found.append((f"{name}：{reason}", rules, len(group)))
        return found

    # ── tables ──

    def tables(self) -> list[Fragment]:
        """Every table of the report's form, each a section of its own."""
        return [self.table(table) for table in self.report.edition.tables]

    def table(self, table: str) -> Fragment:
        """One table as printed, findings marked; a wholly blank one as a plate with the form folded away."""
        form = self.report.edition.tables[table]
        html = printed_table(self.report, table, self.marked, self.sheet.imputed)
        states = {self.report.cell(key).state.value for key in form.cells}
        numbers = set(self.numbered.index[self.numbered["table"] == table])
        open_ones = self.open()
        view = render(
            "table_section.html.j2",
            html=html,
            table=form,
            name=table_name(form.number),
            blank=self.report.is_blank(form),
            absent=states == {"unknown"},
            cells=len(form.cells),
            notes=[entry for entry in self.listed if entry.number in numbers],
            outcome=self.table_outcome(table),
        )
        heading = f"{table_name(form.number)}　{form.title}" if form.number not in form.title else form.title
        count = count_text(open_ones[open_ones["table"] == table])
        return Fragment(f"<h2>{heading}</h2>{view}", {"heading": heading, "anchor": f"table-{table}", "count": count})

    def table_outcome(self, table: str) -> tuple[str, str, str]:
        """Seal class, seal and words on a table's equations."""
        own, unusual = self.equations(table), self.unusual(table)
        more = f"；另有 {len(unusual)} 处不合常理" if len(unusual) else ""
        fails = own[own["status"] == Status.FAIL]
        done = settled(fails)
        wrong = [*fails.loc[~done, "severity"], *unusual["severity"]]
        words = f"核对 {len(own)} 个等式，{len(fails)} 个不合" if len(fails) else f"核对 {len(own)} 个等式，全部相符"
        if own.empty:
            words = "没有可以核对的等式"
        elif done.any():
            words += "，均已处理" if done.all() else f"，其中 {int(done.sum())} 个已处理"
        if wrong:
            seal, word = SEALS[min(wrong, key=list(SEALS).index)]
        else:
            seal, word = ("x", "缺") if own.empty else ("q", "毕") if len(fails) else ("k", "符")
        return seal, word, words + more

    def unusual(self, table: str) -> pd.DataFrame:
        """The open findings on a table that compare figures and are no equations: bounds and the like."""
        found = self.open()
        compared = found["left"].notna() & (found["sign"] != "==") & ~on_prose(found)
        return found[compared & (found["table"] == table)]

    def legend(self) -> Fragment:
        """How the states of a cell look."""
        return Fragment(str(render("legend.html.j2")))

    # ── charts, change, source ──

    def charts(self) -> list[Figure | Fragment]:
        """Every chart that the report's figures allow, and a line on those they do not."""
        wrong = self.open()
        wrong = wrong[~on_prose(wrong)]
        drawn = [made for draw in charts.REPORT_CHARTS if (made := draw(self.own, findings=wrong)) is not None]
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


def table_name(number: str) -> str:
    """表三; 统计表 stays as it is."""
    return number if number.endswith("表") else f"表{number}"


def count_text(fails: pd.DataFrame) -> dict[str, int]:
    """How many failed findings of each severity, for the table of contents."""
    return {
        SEALS[name][1]: int((fails["severity"] == name).sum()) for name in SEALS if (fails["severity"] == name).any()
    }
