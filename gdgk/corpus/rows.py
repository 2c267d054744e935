"""A report as a row of the pack, and a row as the cells of a report again: states and values survive both ways."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gdgk.corpus import schema
from gdgk.form import CellKey, Table, edition
from gdgk.report import BLANK, UNKNOWN, Cell, Report, State

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")


class Row(NamedTuple):
    """A report as it is packed: plain values only, so that another process may have read it.

    values: in the order of the edition's cells, NaN for none. states: by table. entries: JSON, None where every cell
    is a plain number or as its table's state says. corrections, extra: rows of the tables of these names.
    """

    agency: str
    year: int
    edition: str
    head: tuple[Any, ...]
    provenance: tuple[Any, ...]
    values: tuple[float, ...]
    states: tuple[str, ...]
    entries: str | None
    corrections: tuple[tuple[str, ...], ...] = ()
    extra: tuple[tuple[str, ...], ...] = ()


def row_of(report: Report, digest: str) -> Row:
    """A report as a row; cells as the workbook uses them, corrected where a correction says so."""
    form, head = report.edition, report.head
    values: list[float] = []
    states: list[str] = []
    odd: dict[str, dict[str, str]] = {}
    for table in form.tables.values():
        cells = [report.cell(key) for key in table.cells]
        state = state_of(cells)
        nothing = UNKNOWN if state == schema.UNKNOWN else BLANK
        states.append(state)
        for key, cell in zip(table.cells, cells, strict=True):
            values.append(NAN if cell.value is None else cell.value)
            if not is_plain(cell, nothing):
                odd[str(key)] = {"state": cell.state.value, "raw": cell.raw}
    return Row(
        report.agency,
        report.year,
        form.id,
        (head.synthetic, *nulls(head.scope, head.published, head.blanks)),
        (
            head.synthetic,
            *nulls(head.title, head.source, head.source_file, head.sha256, head.licence, head.partial),
            digest,
        ),
        tuple(values),
        tuple(states),
        json.dumps(odd, ensure_ascii=False, separators=(",", ":")) if odd else None,
        tuple((*one.key, one.reported, one.corrected, one.reason, one.by, one.on) for one in corrections(report)),
        tuple(extra_rows(report)),
    )


def nulls(*texts: str) -> tuple[str | None, ...]:
    """Texts as a table has them: nothing said is null."""
    return tuple(text or None for text in texts)


def state_of(cells: Iterable[Cell]) -> str:
    """How a table is filled in: every cell not taken in, every cell empty, or some entry."""
    states = {cell.state for cell in cells}
    if states == {State.UNKNOWN}:
        return schema.UNKNOWN
    return schema.BLANK if states <= {State.BLANK, State.NONE, State.DASH} else schema.FILLED


def is_plain(cell: Cell, nothing: Cell) -> bool:
    """Whether a row says all of a cell by its value, or by having none."""
    if cell.value is None:
        return cell == nothing
    return cell.state is State.NUMBER and cell.raw == printed(cell.value)


def printed(value: float) -> str:
    """A number as a report prints it by default."""
    return str(int(value)) if value == int(value) else repr(float(value))


def corrections(report: Report) -> Iterable[Any]:
    """The corrections of a report in the order of the form."""
    return [report.corrections[key] for key in report.cells if key in report.corrections]


def extra_rows(report: Report) -> Iterable[tuple[str, ...]]:
    """Rows that the form does not know, a line for each cell: table, key, label, after, column, raw."""
    for table, rows in report.extra_rows.items():
        for row in rows:
            for column, raw in row.cells.items() or [("", "")]:
                yield table, row.key, row.label, row.after, column, raw


# Back ----------------------------------------------------------------------------------------------------------------


def cells_of(record: Mapping[str, Any]) -> dict[CellKey, Cell]:
    """The cells of a report from its record of the panel (column → value, None for null)."""
    form = edition(str(record["edition"]))
    odd = record[schema.ODD.name] or {}
    return {
        key: cell_of(record, key, odd.get(str(key)), table) for table in form.tables.values() for key in table.cells
    }


def cell_of(record: Mapping[str, Any], key: CellKey, entry: Mapping[str, str] | None, table: Table) -> Cell:
    """One cell of a record."""
    value = record[str(key)]
    if value is not None:
        # an amount is kept with decimals; a count is whole
        value = float(value) if schema.cell_type(str(key)) == schema.AMOUNT else int(value)
    if entry is not None:
        return Cell(entry["raw"], value, State(entry["state"]))
    if value is not None:
        return Cell(printed(value), value, State.NUMBER)
    return UNKNOWN if record[schema.state_column(table.id)] == schema.UNKNOWN else BLANK


# Frames --------------------------------------------------------------------------------------------------------------


def panel_frame(rows: list[Row]) -> pd.DataFrame:
    """Rows as a frame of the panel without what agencies.csv says: entries as JSON, cells as floats."""
    import numpy as np
    import pandas as pd

    names = list(schema.cell_columns())
    places = {name: at for at, name in enumerate(names)}
    # column by column, as they are written
    matrix = np.full((len(rows), len(names)), np.nan, order="F")
    states = {table: np.full(len(rows), None, dtype=object) for table in schema.tables()}
    for form in {row.edition: None for row in rows}:
        mine = [at for at, row in enumerate(rows) if row.edition == form]
        own = [places[name] for name in schema.columns_of(form)]
        matrix[np.ix_(mine, own)] = np.array([rows[at].values for at in mine], dtype=np.float64)
        for number, table in enumerate(edition(form).tables):
            states[table][mine] = [rows[at].states[number] for at in mine]
    told = dict(
        zip(("synthetic", "scope", "published", "blanks"), zip(*(row.head for row in rows), strict=True), strict=True)
    )
    head = {
        "agency": [row.agency for row in rows],
        "year": np.array([row.year for row in rows], dtype=np.int16),
        "edition": [row.edition for row in rows],
        **{name: list(values) for name, values in told.items()},
        **{schema.state_column(table): values for table, values in states.items()},
        schema.ODD.name: pd.array([row.entries for row in rows], dtype=object),
    }
    return pd.concat([pd.DataFrame(head), pd.DataFrame(matrix, columns=names)], axis=1)


def provenance_frame(rows: list[Row]) -> pd.DataFrame:
    """Rows as a frame of where their figures come from."""
    import pandas as pd

    names = [field.name for field in schema.PROVENANCE]
    return pd.DataFrame([(row.agency, row.year, *row.provenance) for row in rows], columns=names)
