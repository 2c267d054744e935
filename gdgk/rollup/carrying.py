"""A report on one form as it would stand on another: only where the crosswalk says that a quantity is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from gdgk.crosswalk import measures_by_id
from gdgk.form import CellKey, Edition
from gdgk.reconciliation import Sheet
from gdgk.reconciliation.sheets import complete
from gdgk.report import BLANK, UNKNOWN, Cell, State

# The signed cells of one form that make a cell of another.
Origin = tuple[tuple[int, CellKey], ...]


def common_form(sheets: Sequence[Sheet]) -> Edition:
    """The form on which reports can be added up with the fewest cells that one of them cannot fill; among equals the
    one that most of them are on, then the newest.
    """
    forms = Counter(sheet.form for sheet in sheets)

    def lacking(target: Edition) -> int:
        return sum(
            count * (len(target.cells) - len(origins(target, form))) for form, count in forms.items() if form != target
        )

    return min(forms, key=lambda form: (lacking(form), -forms[form], -form.first_year))


@cache
def origins(target: Edition, source: Edition) -> Mapping[CellKey, Origin]:
    """The cells of a form that reports on another can fill, each with the cells it is made of there.

    Reports of one family compare row by row; between families, and where one family's rows differ, a quantity of the
    crosswalk goes over where its seam says ``same``, and with it each applicant's or result's column of its rows.
    """
    found: dict[CellKey, Origin] = {}
    if target.family == source.family:
        found = {key: ((1, key),) for key in target.cells if key in source.cells}
    for measure in measures_by_id().values():
        there, here = measure.cells(target), measure.cells(source)
        if not there or not here or measure.comparison(target, source) != "same":
            continue
        for column in columns(target, there, here):
            wanted, had = moved(there, column), moved(here, column)
            if not all(key in target.cells for _, key in wanted) or not all(key in source.cells for _, key in had):
                continue
            if len(wanted) == 1:
                found.setdefault(wanted[0][1], had)
                continue
            for key in [key for _, key in wanted if (1, key) in had]:
                found.setdefault(key, ((1, key),))
    return found


def columns(target: Edition, there: Origin, here: Origin) -> list[str]:
    """The columns that a quantity may be followed in: where both forms print it as 总计, also those it is the total of;
    ``""``: only its own.
    """
    totals = {key.column for _, key in (*there, *here)} == {"total"}
    tables = {key.table for _, key in (*there, *here)}
    return list(target.tables[there[0][1].table].columns) if totals and len(tables) == 1 else [""]


def moved(cells: Origin, column: str) -> Origin:
    """The same cells in another column."""
    return tuple((sign, key._replace(column=column) if column else key) for sign, key in cells)


def carried(sheet: Sheet, target: Edition) -> Sheet:
    """A sheet as it would stand on another form; what does not go over is not known there."""
    if sheet.form == target:
        return sheet
    known = origins(target, sheet.form)
    cells = {key: cell_from(sheet, known[key]) if key in known else UNKNOWN for key in target.cells}
    for table in sheet.blank_tables & target.tables.keys():
        cells.update(dict.fromkeys(target.tables[table].cells, BLANK))
    made = replace(sheet, form=target, cells=cells, imputed={}, unclear=set(), extra_rows={}, labels={})
    complete(made)
    return made


def cell_from(sheet: Sheet, origin: Origin) -> Cell:
    """A cell made of those of another form."""
    if len(origin) == 1:
        return sheet.cells[origin[0][1]]
    keys = [key for _, key in origin]
    if any(sheet.unknown(key) for key in keys):
        return UNKNOWN
    if all(sheet.cells[key].empty and key not in sheet.imputed for key in keys):
        return BLANK
    value = sum(sign * sheet.number(key) for sign, key in origin)
    return Cell(plain(value), value, State.NUMBER)


def plain(value: float) -> str:
    """A figure as a table of data/ has it."""
    return str(int(value)) if float(value).is_integer() else f"{value:.6f}".rstrip("0")
