"""The table behind what is shown, as text, csv and Excel: a line for each agency and year."""

from __future__ import annotations

import csv
import io
from typing import Any

from gdgk.exploring.holding import Point
from gdgk.exploring.showing import View
from gdgk.form import edition
from gdgk.listing import SYNTHETIC, saved, write_rows
from gdgk.markup import figure

WIDTHS = {
    "机关编号": 20,
    "机关": 28,
    "年度": 7,
    "表式": 16,
    "指标": 20,
    "值": 10,
    "单位": 8,
    "分子": 10,
    "分母": 10,
    "95% 区间下限": 12,
    "95% 区间上限": 12,
    "同类 P25": 10,
    "同类中位数": 10,
    "同类 P75": 10,
    "说明": 40,
}
COLUMNS = ["机关", "年度", "值", "分子／分母", "95% 区间", "同类 P25／中位数／P75", "说明"]


def value_text(view: View, point: Point) -> str:
    """A value with its unit and †."""
    if point.value is None:
        return "—"
    places = 1 if view.indicator.unit == "%" else None
    unit = (
        view.indicator.unit if view.indicator.unit == "%" else f" {view.indicator.unit}" if view.indicator.unit else ""
    )
    return f"{figure(round(point.value, 4), places=places)}{unit}{'†' if point.imputed else ''}"


def remarks(view: View, agency: str, year: int) -> str:
    """What must be known of a line."""
    point = view.points.get((agency, year))
    told = [view.reason(agency, year)]
    if point is not None and point.value is not None:
        told += ["小样本" if point.small else "", "含按 0 计的空格或补的总计†" if point.imputed else ""]
    if point is not None:
        told.append("误：有数字在未通过的勾稽里" if point.wrong else "")
    return "；".join(one for one in told if one)


def texts(view: View) -> list[list[str]]:
    """The table for reading (:data:`COLUMNS`)."""
    rows = []
    for party in view.parties:
        for year in view.selection.years:
            point, band = view.points.get((party.id, year)), view.bands.get(year)
            known = point is not None and point.value is not None
            parted = point is not None and point.part is not None and point.whole is not None
            between = known and point is not None and point.low is not None
            rows.append(
                [
                    party.name,
                    str(year),
                    value_text(view, point) if point else "—",
                    f"{figure(point.part)}／{figure(point.whole)}" if parted and point else "",
                    f"{figure(point.low, places=1)}—{figure(point.high, places=1)}" if between and point else "",
                    "／".join(figure(one, places=1) for one in (band.low, band.middle, band.high)) if band else "",
                    remarks(view, party.id, year),
                ]
            )
    return rows


def lines(view: View) -> list[list[Any]]:
    """The table for other programs (:data:`WIDTHS`): numbers as numbers, nothing for what there is not."""
    rows = []
    for party in view.parties:
        for year in view.selection.years:
            point, band = view.points.get((party.id, year)), view.bands.get(year)
            form = edition(point.edition).label if point else None
            value = (point.value, point.part, point.whole, point.low, point.high) if point else (None,) * 5
            figures = [None if one is None else round(one, 6) for one in value]
            quarters = [round(one, 6) for one in (band.low, band.middle, band.high)] if band else [None] * 3
            head = [party.id, party.name, year, form, view.indicator.label, figures[0], view.indicator.unit]
            said = [remarks(view, party.id, year), SYNTHETIC if view.synthetic else ""]
            rows.append([*head, *figures[1:], *quarters, "；".join(filter(None, said))])
    return rows


def as_csv(view: View) -> bytes:
    """The table as CSV in UTF-8 with a byte-order mark, by which Excel knows it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(WIDTHS)
    writer.writerows([[harmless(value) for value in line] for line in lines(view)])
    return buffer.getvalue().encode("utf-8-sig")


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would compute stands behind an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.lstrip()[:1] in tuple("=+-@") and value.strip() else value


def as_xlsx(view: View) -> bytes:
    """The table as an Excel workbook; the second sheet says what the indicator is."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "数据"
    write_rows(sheet, WIDTHS, lines(view))
    one = view.indicator
    told = [["指标", one.label], ["算式", one.formula], ["分母", one.denominator], ["空格", one.blanks]]
    told += [["出处", one.source], ["说明", one.note], ["同类", view.peers]]
    told += [[SYNTHETIC, "数字为虚构，只供演示与测试"]] if view.synthetic else []
    write_rows(book.create_sheet("说明"), {"项": 10, "内容": 80}, told)
    return saved(book)
