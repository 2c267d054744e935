"""The page of a region's sum in a year: who is in it, what does not compare, the tables, the region's own report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gdgk.archive import Archive
from gdgk.findings import Row, record_of
from gdgk.form import CellKey, Table, editions
from gdgk.markup import Fragment, Markup, asset, render
from gdgk.pages.listing import Entry, entries
from gdgk.pages.parameters import check_injected, inputs_so_far, whole_year
from gdgk.reconciliation.wording import place
from gdgk.rollup import COUNTED, Conflict, RollUp, roll_up
from gdgk.rollup.telling import (
    STATES,
    against_sentence,
    coverage_records,
    coverage_sentence,
    culprits_sentence,
    joint_sentence,
    outcome,
    table_name,
    table_sentence,
)
from gdgk.tables import Marks, marks, numbered, printed_table

PARAMETERS = ("region", "year", "data", "joint")
TABLE_STATES = {"in": "计入", "blank": "未填报", "unread": "未入库", "": "—"}
# A longer list of agencies is folded away.
UNFOLDED = 40


class RollUpPage:
    """A region in a year as the sum of its agencies.

    joint: ``counted`` or ``once`` (:func:`gdgk.rollup.roll_up`). Raises :class:`gdgk.errors.GdgkError` for a region
    that cannot be added up, an unknown parameter and input that cannot be read.
    """

    def __init__(self, region: str, year: int | str, data: str = "", joint: str = COUNTED) -> None:
        check_injected(inputs_so_far(), PARAMETERS)
        self.sum_of = roll_up(Archive(data or None), region, whole_year(year), joint)

    def masthead(self) -> Fragment:
        """Region, year, state, coverage, form; what is made up."""
        title = f"{self.sum_of.region.name} {self.sum_of.year} 年汇总"
        return Fragment(str(masthead(self.sum_of)), {"role": "masthead", "title": title})

    def findings(self) -> Fragment:
        """What keeps the sum from being the region's figure, and the equations it fails, each with the agencies."""
        return Fragment(str(findings(self.sum_of)))

    def coverage(self) -> Fragment:
        """Every agency of the region: in the sum or not, its form, each of its tables."""
        return Fragment(str(coverage(self.sum_of, links=True)))

    def tables(self) -> list[Fragment]:
        """Every table of the form, each a section of its own."""
        return [
            Fragment(f"<h2>{heading(table)}</h2>{table_html(self.sum_of, table)}", {"heading": heading(table)})
            for table in self.sum_of.form.tables.values()
        ]

    def joint(self) -> Fragment:
        """What joint defendants may count twice."""
        text = joint_sentence(self.sum_of) or "表式没有“复议后起诉”，或本级未单列，无从判断有无重复计的共同被告案件。"
        return Fragment(str(render("note.html.j2", seal=("i", "注"), text=text)))

    def against(self) -> Fragment:
        """The sum beside the region's own report."""
        return Fragment(str(against(self.sum_of)))


def rollup_html(sum_of: RollUp) -> str:
    """The sum as one page that loads nothing."""
    return str(
        render(
            "rollup_page.html.j2",
            title=f"{sum_of.region.name} {sum_of.year} 年汇总",
            style=asset("style.css"),
            masthead=masthead(sum_of),
            findings=findings(sum_of),
            coverage=coverage(sum_of, links=False),
            tables=[(table.id, heading(table), table_html(sum_of, table)) for table in sum_of.form.tables.values()],
            joint=joint_sentence(sum_of),
            against=against(sum_of),
        )
    )


def heading(table: Table) -> str:
    """A table's number and title."""
    return f"{table_name(table)}　{table.title}" if table.number not in table.title else table.title


def masthead(sum_of: RollUp) -> Markup:
    """Region, year, state, coverage, form; what is made up."""
    return render(
        "rollup_masthead.html.j2",
        name=sum_of.region.name,
        year=sum_of.year,
        form=sum_of.form,
        state=state(sum_of),
        coverage=coverage_sentence(sum_of),
        own=sum_of.own is not None,
        joint=sum_of.joint != COUNTED,
        synthetic=sum_of.report.head.synthetic,
    )


def state(sum_of: RollUp) -> tuple[str, str, str]:
    """Class, seal and words: what does not add up, else what is missing, else that all is here."""
    failed = [one for one in sum_of.compared if one.status == "fail"]
    if sum_of.failed:
        return "bad", "误", f"合计有 {len(sum_of.failed)} 个等式不合"
    if any(one.exact for one in failed):
        return "bad", "误", f"与区域报告不符 {len(failed)} 格"
    if failed:
        return "warn", "疑", f"区域报告低于合计 {len(failed)} 格"
    if not any(sum_of.counted(table) for table in sum_of.form.tables):
        return "gap", "缺", "没有可以相加的数字"
    if not sum_of.complete:
        return "gap", "缺", "合计不全，只是下限"
    return "ok", "符", "已齐"


def findings(sum_of: RollUp) -> Markup:
    """Conflicts, and the equations that the sum fails with the agencies that fail them."""
    said = [(seal_of(one), one.text) for one in sum_of.conflicts]
    return render("rollup_findings.html.j2", conflicts=said, findings=failures(sum_of), equations=len(sum_of.findings))


def seal_of(conflict: Conflict) -> tuple[str, str]:
    """The seal of a conflict: 缺 where the sum is then a lower bound."""
    return ("x", "缺") if conflict.short else ("i", "注")


def rows(sum_of: RollUp) -> list[Row]:
    """The findings on the sum as records."""
    return [record_of(finding) for finding in sum_of.findings]


def failures(sum_of: RollUp) -> list[Entry]:
    """The equations that the sum fails as the list shows them."""
    found = entries(numbered(rows(sum_of)), marked(sum_of), sum_of.form)
    by_number = numbered(rows(sum_of))
    told = {one.message: culprits_sentence(sum_of, one) for one in sum_of.failed}
    return [
        replace(
            entry,
            title=entry.title.replace("印作", "合计为"),  # nobody printed a sum
            detail=f"{told[by_number[entry.number]['message']]}。",
        )
        for entry in found
    ]


def marked(sum_of: RollUp) -> Marks:
    """What the tables show of the equations that fail."""
    return marks(rows(sum_of))


def table_html(sum_of: RollUp, table: Table) -> Markup:
    """A table of the sum, what it is made of; a plate where no report fills it."""
    beside: dict[CellKey, float | str] = dict(sum_of.sheet.imputed)
    beside |= {key: remark for key in table.cells if (remark := remark_of(sum_of, key))}
    return render(
        "rollup_table.html.j2",
        table=table,
        name=table_name(table),
        sentence=table_sentence(sum_of, table),
        counted=sum_of.counted(table.id),
        html=printed_table(sum_of.report, table.id, marked(sum_of), beside),
        origins=origins(sum_of, table),
        left_out=any(key not in sum_of.cells for key in table.cells),
    )


def remark_of(sum_of: RollUp, key: CellKey) -> str:
    """What stands beside a cell: how many reports say it where some do not, † where a blank was read as 0."""
    cell = sum_of.cells.get(key)
    if cell is None or cell.value is None:
        return ""
    if cell.least:
        return f"{cell.filled + cell.blank}/{cell.reports} 份"
    return "†" if cell.blank else ""


def origins(sum_of: RollUp, table: Table) -> list[tuple[tuple[int, ...], list[str]]]:
    """The cells that not every report prints a figure in: filled, blank, perhaps not 0, unknown; and which cells."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for key in table.cells:
        cell = sum_of.cells.get(key)
        if cell is not None and cell.reports and cell.filled < cell.reports:
            counts = (cell.filled, cell.blank, cell.unfilled, cell.unknown)
            groups.setdefault(counts, []).append(place(sum_of.form, *key).partition(" · ")[2])
    return sorted(groups.items())


def coverage(sum_of: RollUp, links: bool) -> Markup:
    """Every agency of the region; links: to their pages, as gdgk run lays them out."""
    members = [
        {
            **record,
            "form": editions()[record["edition"]].label if record["edition"] else "—",
            "word": STATES[record["state"]],
            "states": [TABLE_STATES[one] for one in record["tables"].values()],
        }
        for record in coverage_records(sum_of)
    ]
    return render(
        "rollup_coverage.html.j2",
        members=members,
        tables=[table_name(table) for table in sum_of.form.tables.values()],
        year=sum_of.year,
        links=links,
        folded=len(members) > UNFOLDED,
        sentence=coverage_sentence(sum_of),
    )


def against(sum_of: RollUp) -> Markup:
    """The cells in which the region's own report and the sum differ; the total speaks for its row, as in A-ROLL."""
    differing = [one for one in sum_of.compared if one.difference]
    told = {one.key[:2] for one in differing if one.key.column == "total"}
    lines: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for one in differing:
        folded = one.key.column != "total" and one.key[:2] in told
        lines[folded].append(
            {"place": place(sum_of.form, *one.key), "one": one, "outcome": outcome(one), "failed": one.status == "fail"}
        )
    return render(
        "rollup_against.html.j2",
        sentence=against_sentence(sum_of),
        lines=lines[0],
        folded=lines[1],
        absent=bool(sum_of.comparable),
    )
