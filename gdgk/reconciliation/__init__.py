"""Panel × rules → findings (:mod:`gdgk.findings`): what reconciles (勾稽), what does not, what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdgk.findings import Finding, Status, findings_frame
from gdgk.form import CellKey, Edition, edition, edition_for, same_label
from gdgk.reconciliation.rules import Relation, Rule, Term, read_rules, relations
from gdgk.reconciliation.wording import calculation, place, sentence
from gdgk.report import Cell, State

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Relation", "Rule", "Term", "read_rules", "reconcile", "relations"]


@dataclass
class Sheet:
    """The cells of one report as the checks read them.

    ``imputed``: blank totals and the value that their parts give them. ``unclear``: blank totals of parts not known.
    ``blank_tables``: tables left wholly unfilled.
    """

    agency: str
    year: int
    form: Edition
    cells: dict[CellKey, Cell]
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    extra_rows: dict[tuple[str, str], str] = field(default_factory=dict)
    imputed: dict[CellKey, float] = field(default_factory=dict)
    blank_tables: set[str] = field(default_factory=set)
    unclear: set[CellKey] = field(default_factory=set)

    def number(self, key: CellKey) -> float:
        """The figure of a cell in a sum: its value, else what its parts give, else 0."""
        value = self.cells[key].value
        return self.imputed.get(key, 0) if value is None else value

    def unknown(self, key: CellKey) -> bool:
        """Whether nobody can say what the cell counts: not taken in, or words without a number."""
        cell = self.cells[key]
        return key in self.unclear or (cell.value is None and not cell.empty)


def reconcile(
    panel: pd.DataFrame,
    lineage: Mapping[str, tuple[str, ...]] | None = None,
    only: Iterable[tuple[str, int]] | None = None,
    rules: tuple[Rule, ...] | None = None,
) -> pd.DataFrame:
    """Check every report of a panel; returns one row per check (columns :data:`gdgk.findings.FINDINGS`).

    panel: as :func:`gdgk.archive.panel` gives it, with the reports of the year before where the checks between years
    should have them. lineage: predecessors by agency. only: the (agency, year) to report on, all when None.
    """
    sheets = read_sheets(panel)
    wanted = sheets if only is None else [report for report in dict.fromkeys(only) if report in sheets]
    found = [
        finding
        for report in wanted
        for finding in check_sheet(sheets[report], Prior.of(sheets[report], sheets, lineage or {}), rules)
    ]
    return findings_frame(found)


def read_sheets(panel: pd.DataFrame) -> dict[tuple[str, int], Sheet]:
    """The sheets of a panel by (agency, year), in its order, with blank totals imputed."""
    sheets: dict[tuple[str, int], Sheet] = {}
    columns = [
        panel[name].tolist()
        for name in ("agency", "year", "edition", "table", "row", "column", "raw", "value", "state", "label")
    ]
    for agency, year, form, table, row, column, raw, value, state, label in zip(*columns, strict=True):
        sheet = sheets.get((agency, year))
        if sheet is None:
            sheet = sheets[agency, year] = Sheet(agency, year, edition(form), {})
        key = CellKey(table, row, column)
        if key not in sheet.form.cells:
            sheet.extra_rows[table, row] = label
            continue
        sheet.cells[key] = Cell(raw, None if value != value else value, State(state))
        if label:
            sheet.labels[table, row] = label
    for sheet in sheets.values():
        complete(sheet)
    return sheets


def complete(sheet: Sheet) -> None:
    """Note the tables left wholly unfilled and give blank totals the value of their parts."""
    sheet.blank_tables = {
        table.id for table in sheet.form.tables.values() if all(sheet.cells[key].empty for key in table.cells)
    }
    blank: dict[CellKey, list[list[CellKey]]] = {}
    for relation in relations(sheet.form):
        total = relation.right[0].key
        if relation.is_sum and sheet.cells[total].empty:
            blank.setdefault(total, []).append([term.key for term in relation.left])
    while blank:
        # A blank total may be a part of another: one whose parts are settled comes first.
        total = next(key for key, sums in blank.items() if not any(part in blank for parts in sums for part in parts))
        settle(sheet, total, blank.pop(total))


def settle(sheet: Sheet, total: CellKey, sums: list[list[CellKey]]) -> None:
    """Give a blank total the value of its parts; where no sum has all its parts and one is not known, nor is it."""
    known = [parts for parts in sums if not any(sheet.unknown(part) for part in parts)]
    for parts in known:
        if any(sheet.cells[part].value is not None or part in sheet.imputed for part in parts):
            sheet.imputed[total] = sum(sheet.number(part) for part in parts)
            return
    if len(known) < len(sums):
        sheet.unclear.add(total)


@dataclass(frozen=True)
class Prior:
    """Last year's figures for a report, or why there are none."""

    sheets: tuple[Sheet, ...]
    form: Edition
    reason: str = ""

    @classmethod
    def of(cls, sheet: Sheet, sheets: Mapping[tuple[str, int], Sheet], lineage: Mapping[str, tuple[str, ...]]) -> Prior:
        """The report on the year before: the agency's own, else those of all its predecessors together."""
        year = sheet.year - 1
        form = edition_for(max(year, 2014))
        own = sheets.get((sheet.agency, year))
        if own is not None:
            return cls((own,), own.form)
        before = lineage.get(sheet.agency, ())
        if not before:
            return cls((), form, f"{year} 年报告未入库")
        shared = any(name in others for name in before for agency, others in lineage.items() if agency != sheet.agency)
        if shared or any((name, sheet.year) in sheets for name in before):
            return cls((), form, "机关由拆分而来，上年数字无法对应到本机关")
        missing = [name for name in before if (name, year) not in sheets]
        if missing:
            return cls((), form, f"前身机关 {'、'.join(missing)} 的 {year} 年报告未入库")
        found = tuple(sheets[name, year] for name in before)
        return cls(found, found[0].form)

    def has(self, key: CellKey) -> bool:
        """Whether last year's form has the cell."""
        return all(key in sheet.form.cells for sheet in self.sheets) if self.sheets else key in self.form.cells

    def number(self, key: CellKey) -> float:
        """Last year's figure."""
        return sum(sheet.number(key) for sheet in self.sheets)

    def unknown(self, key: CellKey) -> bool:
        """Whether last year's figure is not to be had."""
        return any(sheet.unknown(key) or key.table in sheet.blank_tables for sheet in self.sheets)

    def blank(self, key: CellKey) -> bool:
        """Whether last year's figure was left blank."""
        return any(sheet.cells[key].empty for sheet in self.sheets)


def check_sheet(sheet: Sheet, prior: Prior, rules: tuple[Rule, ...] | None) -> list[Finding]:
    """Every finding on one report: what its form says of the year, its labels, and each relation."""
    found = [*check_edition(sheet), *check_rows(sheet)]
    found.extend(check_relation(relation, sheet, prior) for relation in relations(sheet.form, rules))
    return found


def check_relation(relation: Relation, sheet: Sheet, prior: Prior) -> Finding:
    """Hold one relation against a report."""
    status, reason = assess(relation, sheet, prior)
    values: dict[Term, float] = {}
    if status in (Status.PASS, Status.PASS_IMPUTED, Status.FAIL):
        values = {term: prior.number(term.key) if term.prior else sheet.number(term.key) for term in relation.terms}
    left, right = (
        sum(term.sign * values[term] for term in side) if values else None for side in (relation.left, relation.right)
    )
    blanks = (
        sum(prior.blank(term.key) if term.prior else sheet.cells[term.key].empty for term in relation.terms)
        if values
        else 0
    )
    where = place(sheet.form, relation.table, relation.row, relation.column)
    shown = calculation(relation, sheet.form, values) if values else ""
    return Finding(
        rule=relation.rule,
        status=status.value,
        severity=relation.severity,
        agency=sheet.agency,
        year=sheet.year,
        table=relation.table,
        row=relation.row or None,
        column=relation.column or None,
        left=left,
        right=right,
        difference=None if left is None or right is None else round(left - right, 6),
        message=sentence(relation, status.value, where, shown, blanks, reason, imputed_total(relation, sheet)),
        reason=reason,
        label=relation.label,
        place=where,
        calculation=shown,
        basis=relation.basis,
        unless=relation.unless,
        cells=tuple(str(term.key) for term in relation.terms if not term.prior),
        blanks=blanks,
    )


def imputed_total(relation: Relation, sheet: Sheet) -> float | None:
    """The value that the parts give to a total left blank."""
    return sheet.imputed.get(relation.right[0].key) if relation.is_sum else None


def assess(relation: Relation, sheet: Sheet, prior: Prior) -> tuple[Status, str]:
    """The status of a relation, and for what cannot be assessed the reason (Chinese)."""
    own = [term.key for term in relation.terms if not term.prior]
    earlier = [term.key for term in relation.terms if term.prior]
    if any(not prior.has(key) for key in earlier):
        return Status.NOT_APPLICABLE, f"{sheet.year - 1} 年表式没有这一项"
    if relation.table in sheet.blank_tables:
        return Status.NOT_ASSESSABLE, "整表未填报"
    if earlier and prior.reason:
        return Status.NOT_ASSESSABLE, prior.reason
    if any(sheet.cells[key].state is State.UNKNOWN for key in own):
        return Status.NOT_ASSESSABLE, "有的格未入库"
    if any(sheet.unknown(key) for key in own):
        return Status.NOT_ASSESSABLE, "有的格填了文字，读不出数"
    if any(prior.unknown(key) for key in earlier):
        return Status.NOT_ASSESSABLE, f"{sheet.year - 1} 年数字未填报或未入库"
    empty = [key for key in own if sheet.cells[key].empty]
    if (
        len(empty) == len(own)
        and all(prior.blank(key) for key in earlier)
        and not any(key in sheet.imputed for key in own)
    ):
        return Status.NOT_ASSESSABLE, "各格均未填报"
    if relation.is_sum and lacks_parts(relation, sheet):
        return Status.NOT_ASSESSABLE, "只填了总计，分项均未填报"
    left, right = (
        sum(term.sign * (prior.number(term.key) if term.prior else sheet.number(term.key)) for term in side)
        for side in (relation.left, relation.right)
    )
    if abs(left - right) > 1e-9:
        return Status.FAIL, ""
    blank = empty or any(prior.blank(key) for key in earlier)
    return (Status.PASS_IMPUTED if blank else Status.PASS), ""


def lacks_parts(relation: Relation, sheet: Sheet) -> bool:
    """Whether a total above 0 is printed while each of its parts is blank: nothing to add up, nothing contradicted."""
    parts = [term.key for term in relation.left]
    return sheet.number(relation.right[0].key) != 0 and all(
        sheet.cells[key].empty and key not in sheet.imputed for key in parts
    )


def check_edition(sheet: Sheet) -> list[Finding]:
    """A finding where the report does not use the official form of its year."""
    official = edition_for(max(sheet.year, 2014))
    if official is sheet.form:
        return []
    return [
        remark(
            sheet,
            "FORM-EDITION",
            "warning",
            f"{sheet.form.label}，{sheet.year} 年的正式表式是 {official.label}（{official.basis}）",
            "数字照所用表式读入；下一年宜改用正式表式。",
            label="表式与年度不符",
            place_text="表式",
            row="otherwise_handled" if sheet.form.family == official.id else None,
        )
    ]


def check_rows(sheet: Sheet) -> list[Finding]:
    """Findings on row labels that deviate from the form's, and on rows the form does not know."""
    found = []
    for (table, row), printed in sheet.labels.items():
        official = sheet.form.tables[table].rows[row].label
        if not same_label(printed, official):
            text = f"行名印作“{printed}”，表式为“{official}”"
            where = place(sheet.form, table, row, "")
            found.append(
                remark(
                    sheet, "FORM-LABEL", "info", text, "不影响数值，已按该行读入。", "行名与表式不同", where, table, row
                )
            )
    for (table, row), printed in sheet.extra_rows.items():
        number = sheet.form.tables[table].number
        text = f"表式没有“{printed}”这一行"
        found.append(
            remark(
                sheet,
                "FORM-ROW",
                "info",
                text,
                "照录，不计入任何合计。",
                "表外行",
                f"表{number} · {printed}",
                table,
                row,
            )
        )
    return found


def remark(
    sheet: Sheet,
    rule: str,
    severity: str,
    text: str,
    advice: str,
    label: str,
    place_text: str,
    table: str | None = None,
    row: str | None = None,
) -> Finding:
    """A failed check that compares no figures."""
    if row and table is None:
        table = next((name for name, item in sheet.form.tables.items() if row in item.rows), None)
        row = row if table else None
    return Finding(
        rule=rule,
        status=Status.FAIL.value,
        severity=severity,
        agency=sheet.agency,
        year=sheet.year,
        table=table,
        row=row,
        column=None,
        left=None,
        right=None,
        difference=None,
        message=f"{place_text}：{text}。{advice}",
        reason=text,
        label=label,
        place=place_text,
        calculation="",
        basis=sheet.form.basis,
        unless="",
        cells=(),
        blanks=0,
    )
