"""What a report's form says beside its figures: an edition of another year, labels that deviate, rows unknown."""

from __future__ import annotations

from gdgk.findings import Finding, Status
from gdgk.form import edition_for, same_label
from gdgk.reconciliation.sheets import Sheet
from gdgk.reconciliation.wording import place


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
