"""The findings as lists that go to others: json, csv, an Excel workbook, a page of HTML. Same findings, same bytes."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable
from copy import copy
from typing import TYPE_CHECKING, Any

from gdgk.archive import ReportId
from gdgk.checks import Checked
from gdgk.claims import facts
from gdgk.diagnosis import CONFIDENCES, Explanation
from gdgk.markup import asset, render
from gdgk.report import Report
from gdgk.review import STATES, is_open
from gdgk.tables import SEALS, SEVERITY_WORDS, settled

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

FIGURES = ("rule", "status", "severity", "agency", "year", "table", "row", "column", "left", "right", "difference")
FIELDS = [*FIGURES, "message", "fingerprint", "review", "quote", "span", "diagnosis", "synthetic"]
# The sheets in which gdgk's own workbooks say of a report what stands beside it: findings, indicators, revisions. Their
# lines may look like rows of a table, and are none of the report's.
ANALYSIS = ("核对问题", "指标", "修订一览")
# Excel's columns: heading and width in characters.
COLUMNS = {
    "机关": 24,
    "年度": 7,
    "级别": 6,
    "规则": 16,
    "位置": 30,
    "问题": 60,
    "左": 10,
    "右": 10,
    "相差": 10,
    "可能的原因与建议": 48,
    "把握": 10,
    "处理": 10,
    "处理说明": 30,
    "原文": 40,
    "依据": 40,
    "下列情形不算错": 40,
    "数据": 10,
    "编号": 15,
}
SYNTHETIC = "合成数据"
FILLS = {"error": "F6DAD7", "warning": "F5E7C8", "info": "DCE8F3"}
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
# A zip keeps the time of each member; this one stands for none.
NO_TIME = (1980, 1, 1, 0, 0, 0)


def records(checked: Checked) -> list[dict[str, Any]]:
    """Every finding as an object (keys :data:`FIELDS`); what a finding does not have is None.

    review: ``{state, note, by, on, expired}`` or None; span: start and end in the narrative; diagnosis: the
    explanations of the finding (:meth:`gdgk.diagnosis.Explanation.as_dict`); synthetic: whether its report is made up.
    """
    explained = by_finding(checked)
    made = []
    for row in checked.findings.to_dict("records"):
        record: dict[str, Any] = {name: plain(row[name]) for name in (*FIGURES, "message", "fingerprint", "quote")}
        record["review"] = review_of(row)
        record["quote"] = record["quote"] or None
        record["span"] = list(row["span"]) if row["span"] else None
        record["diagnosis"] = [one.as_dict() for one in explained.get(address(row), ())]
        record["synthetic"] = checked.is_synthetic(ReportId(row["agency"], row["year"]))
        made.append({name: record[name] for name in FIELDS})
    return made


def plain(value: Any) -> Any:
    """A value as JSON has it: no NaN, whole figures without a fraction."""
    if value is None or value != value:
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def review_of(row: dict[str, Any]) -> dict[str, Any] | None:
    """What was decided about a finding, or what was and no longer holds; None when nothing was."""
    if not row["review"] and not row["review_expired"]:
        return None
    return {
        "state": row["review"] or row["review_expired"],
        "note": row["review_note"],
        "by": row["review_by"],
        "on": row["review_on"],
        "expired": bool(row["review_expired"]),
    }


def address(row: Any) -> tuple[Any, ...]:
    """A finding as explanations name it, with its report."""
    return (row["agency"], row["year"], *(plain(row[name]) or "" for name in ("rule", "row", "column")))


def by_finding(checked: Checked) -> dict[tuple[Any, ...], list[Explanation]]:
    """The explanations of each finding."""
    found: dict[tuple[Any, ...], list[Explanation]] = {}
    for report, explanations in checked.explanations.items():
        for explanation in explanations:
            for rule, row, column in explanation.explains:
                key = (report.agency, report.year, rule, row or "", column or "")
                found.setdefault(key, []).append(explanation)
    return found


FACTS = ["agency", "year", "subject", "channel", "number", "exact", "unit", "words", "span", "sentence", "synthetic"]


def fact_records(reports: Iterable[Report]) -> list[dict[str, Any]]:
    """The figures of the prose of reports that restate no cell, as objects (keys :data:`FACTS`)."""
    return [
        {
            "agency": report.agency,
            "year": report.year,
            **{name: getattr(fact, name) for name in FACTS[2:8]},
            "span": list(fact.span),
            "sentence": fact.sentence,
            "synthetic": report.head.synthetic,
        }
        for report in reports
        for fact in facts(report)
    ]


# ── json, csv ──


def as_json(checked: Checked) -> str:
    """The findings as a JSON list."""
    return json.dumps(records(checked), ensure_ascii=False, indent=1)


def as_csv(checked: Checked) -> str:
    """The findings as CSV: review as its state, diagnosis as its sentences."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, FIELDS, lineterminator="\n")
    writer.writeheader()
    for record in records(checked):
        review, span = record["review"], record["span"]
        flat = {
            "review": "" if review is None else f"{review['state']}{' (expired)' if review['expired'] else ''}",
            "span": "" if span is None else f"{span[0]}-{span[1]}",
            "diagnosis": " / ".join(one["message"] for one in record["diagnosis"]),
        }
        writer.writerow({**record, **flat})
    return buffer.getvalue()


# ── Excel, HTML ──


def failing(checked: Checked) -> pd.DataFrame:
    """The findings that fail or broke, report by report, errors first; settled ones after the open ones."""
    found = checked.findings[checked.findings["status"].isin(["fail", "error"])]
    place = {report: at for at, report in enumerate(checked.ids)}
    done = settled(found)
    ranks = {name: at for at, name in enumerate(SEVERITY_WORDS)}
    order = sorted(
        range(len(found)),
        key=lambda at: (
            place[ReportId(found["agency"].iat[at], found["year"].iat[at])],
            bool(done.iat[at]),
            ranks[found["severity"].iat[at]],
        ),
    )
    return found.iloc[order]


def line_of(checked: Checked, row: dict[str, Any], explained: Iterable[Explanation]) -> list[Any]:
    """A finding as a line of the workbook."""
    told = list(explained)
    review = review_of(row)
    state = "" if review is None else STATES[review["state"]] + ("（已失效）" if review["expired"] else "")
    return [
        checked.archive.agency(row["agency"]).name,
        row["year"],
        SEVERITY_WORDS[row["severity"]],
        row["rule"],
        row["place"],
        row["message"],
        *(plain(row[name]) for name in ("left", "right", "difference")),
        "；".join(one.message for one in told),
        "；".join(CONFIDENCES[one.confidence] for one in told),
        state,
        "" if review is None else f"{review['note']}（{review['by']}，{review['on']}）",
        row["quote"],
        row["basis"],
        row["unless"],
        marked(checked, ReportId(row["agency"], row["year"])),
        row["fingerprint"],
    ]


def marked(checked: Checked, report: ReportId) -> str:
    """What is said of a report whose figures are made up."""
    return SYNTHETIC if checked.is_synthetic(report) else ""


def as_xlsx(checked: Checked) -> bytes:
    """The findings as an Excel workbook: 问题清单, 汇总 by report, 不可评估 with the reasons."""
    from openpyxl import Workbook
    from openpyxl.styles import PatternFill

    book = Workbook()
    sheet = book.active
    sheet.title = "问题清单"
    explained = by_finding(checked)
    rows = failing(checked).to_dict("records")
    write_rows(sheet, COLUMNS, [line_of(checked, row, explained.get(address(row), ())) for row in rows])
    for at, row in enumerate(rows, 2):
        sheet.cell(at, 3).fill = PatternFill("solid", fgColor=FILLS[row["severity"]])
    widths = {"机关": 24, "年度": 7, "误": 6, "疑": 6, "注": 6, "已处理": 8, "相符": 8, "不可评估": 10, "数据": 10}
    summary = [[*summary_line(checked, report), marked(checked, report)] for report in checked.ids]
    write_rows(book.create_sheet("汇总"), widths, summary)
    absent = checked.findings[checked.findings["status"] == "not_assessable"].to_dict("records")
    lines = [
        [
            *(checked.archive.agency(row["agency"]).name, row["year"], row["rule"], row["place"], row["reason"]),
            marked(checked, ReportId(row["agency"], row["year"])),
        ]
        for row in absent
    ]
    widths = {"机关": 24, "年度": 7, "规则": 16, "位置": 40, "原因": 40, "数据": 10}
    write_rows(book.create_sheet("不可评估"), widths, lines)
    return saved(book)


def summary_line(checked: Checked, report: ReportId) -> list[Any]:
    """A report's open findings by severity, those settled, what holds, what cannot be assessed."""
    own = checked.of(report)
    still = own[is_open(own)]
    return [
        checked.archive.agency(report.agency).name,
        report.year,
        *(int((still["severity"] == name).sum()) for name in SEVERITY_WORDS),
        int((own["status"] == "fail").sum()) - len(still),
        int(own["status"].isin(["pass", "pass_imputed"]).sum()),
        int((own["status"] == "not_assessable").sum()),
    ]


def write_rows(sheet: Worksheet, columns: dict[str, int], lines: list[list[Any]]) -> None:
    """A header and lines on a sheet; texts stay texts, whatever sign they open with."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    whole, top = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
    looks: dict[bool, Any] = {}
    for at, (name, width) in enumerate(columns.items(), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
        sheet.cell(1, at, name).font = Font(bold=True)
    for number, line in enumerate(lines, 2):
        for at, value in enumerate(line, 1):
            cell = sheet.cell(number, at)
            text = isinstance(value, str)
            if text:
                cell.value, cell.data_type = printable(value), "s"
            else:
                cell.value = value
            # A look is registered once; to set it anew in each cell takes most of the time of a sheet.
            if text not in looks:
                cell.alignment = whole if text else top
                looks[text] = cell._style
            cell._style = copy(looks[text])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def printable(text: str) -> str:
    """A text without the control signs that no workbook can hold."""
    return "".join(sign for sign in text if sign in "\t\n" or sign >= " ")


def saved(book: Any) -> bytes:
    """A workbook's bytes, the same each time: no time of its making in it."""
    import datetime

    book.properties.creator = "gdgk"
    book.properties.created = book.properties.modified = datetime.datetime(*NO_TIME[:3])
    made, told = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as package, zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as again:
        for name in sorted(package.namelist()):
            data = package.read(name)
            if name == "docProps/core.xml":
                # openpyxl writes the hour of saving over what was set.
                data = MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", data)
            again.writestr(zipfile.ZipInfo(name, NO_TIME), data, zipfile.ZIP_DEFLATED)
    return told.getvalue()


def as_html(checked: Checked) -> str:
    """The findings as one page that loads nothing: each agency's, open ones first, what cannot be assessed below."""
    explained = by_finding(checked)
    found = failing(checked)
    groups = []
    for report in checked.ids:
        own = found[(found["agency"] == report.agency) & (found["year"] == report.year)].to_dict("records")
        groups.append(
            {
                "name": checked.archive.agency(report.agency).name,
                "year": report.year,
                "id": f"{report.agency}-{report.year}",
                "summary": summary_line(checked, report)[2:],
                "rows": [
                    {
                        "row": row,
                        "seal": SEALS[row["severity"]],
                        "explained": [
                            (one.message, CONFIDENCES[one.confidence]) for one in explained.get(address(row), ())
                        ],
                        "review": review_of(row),
                    }
                    for row in own
                ],
                "synthetic": checked.is_synthetic(report),
            }
        )
    return str(render("check.html.j2", groups=groups, states=STATES, style=asset("style.css")))
