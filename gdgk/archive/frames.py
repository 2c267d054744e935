"""The panel: one long frame of the cells of many reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gdgk.report import Cell, Report, State, read_cell

if TYPE_CHECKING:
    import pandas as pd

PANEL = [
    "agency",
    "year",
    "edition",
    "table",
    "row",
    "column",
    "raw",
    "value",
    "state",
    "corrected",
    "label",
    "blanks",
    "scope",
]


def panel(reports: Iterable[Report]) -> pd.DataFrame:
    """One long frame of everything: a row per cell of each report, in the order of the form; extra rows too.

    Columns: agency, year, edition, table, row, column, raw (as printed), value (float, in the form's unit, as
    corrected; NaN where there is none), state, corrected (bool), label (the printed row label where it differs from the
    form's), blanks (what report.toml says a blank stands for), scope (whom the report says it covers).
    """
    import pandas as pd

    rows = [row for report in reports for row in panel_rows(report)]
    frame = pd.DataFrame(rows, columns=PANEL)
    return frame.astype({"year": "int64", "value": "float64", "corrected": "bool"})


def panel_rows(report: Report) -> Iterator[tuple[Any, ...]]:
    """The rows of one report in the panel."""
    head = (report.agency, report.year, report.edition.id)
    tail = (report.head.blanks, report.head.scope)
    for key, reported in report.cells.items():
        cell = report.cell(key)
        label = report.labels.get((key.table, key.row), "")
        yield (*head, *key, reported.raw, cell.value, cell.state.value, key in report.corrections, label, *tail)
    for table, rows in report.extra_rows.items():
        for row in rows:
            for column, raw in (row.cells or {next(iter(report.edition.tables[table].columns)): ""}).items():
                cell = read_extra(raw, report.edition.tables[table].columns[column].unit)
                yield (*head, table, row.key, column, raw, cell.value, cell.state.value, False, row.label, *tail)


def read_extra(raw: str, unit: str) -> Cell:
    """A cell of a row that the form does not know: read where it can be, else kept as text."""
    try:
        return read_cell(raw, unit)
    except ValueError:
        return Cell(raw, None, State.TEXT)
