"""Panel → quantities: those of the crosswalk, which may be compared over the years, and single cells of the form."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from gdgk.crosswalk import Measure, measures_by_id
from gdgk.errors import UnknownName
from gdgk.form import CellKey
from gdgk.indicators.model import Missing
from gdgk.reconciliation import Sheet, read_sheets

if TYPE_CHECKING:
    import pandas as pd

SUITS = ("litigation_direct", "litigation_after_reconsideration")
# What table 四 calls a result, and the 2014 form; 尚未审结 is not on that form.
OLD_RESULTS = {"upheld": "upheld", "corrected": "corrected", "other_result": "other"}
NEW_FORMS = {"2019": "none", "2021": "same"}


class Measured(NamedTuple):
    """A measure of a report, a row of :func:`measures`."""

    agency: str
    year: int
    edition: str
    measure: str
    label: str
    unit: str
    value: float | None
    imputed: bool
    comparison: str


MEASURES = list(Measured._fields)


def measures(panel: pd.DataFrame) -> pd.DataFrame:
    """Every measure of every report of a panel (columns :data:`MEASURES`), by agency, measure, year.

    value: float in the measure's unit, NaN where the report does not say it. A blank in a table with sums (三, 四) that
    is not wholly blank counts as 0 and sets ``imputed``; a blank elsewhere is missing. comparison: with the agency's
    report before it — ``same``, ``approx``, ``none`` (a seam between editions, or a measure the form lacks), or ``gap``
    (the year before is not in the panel).
    """
    import pandas as pd

    rows = measured(read_sheets(panel).values())
    return pd.DataFrame(rows, columns=MEASURES).astype({"value": "float64", "imputed": "bool"})


def measured(sheets: Iterable[Sheet]) -> list[Measured]:
    """:func:`measures` over sheets, not as a frame; value: None where the report does not say it."""
    ordered = sorted(sheets, key=lambda sheet: (sheet.agency, sheet.year))
    return [
        Measured(
            sheet.agency,
            sheet.year,
            sheet.form.id,
            measure.id,
            measure.label,
            measure.unit,
            *figure(sheet, measure),
            compare(measure, sheet, before),
        )
        for sheet, before in zip(ordered, [None, *ordered[:-1]], strict=True)
        for measure in measures_by_id().values()
    ]


def figure(sheet: Sheet, measure: Measure) -> tuple[float | None, bool]:
    """The value of a measure in one report, and whether a blank was read as 0 for it."""
    terms = measure.cells(sheet.form)
    if silence(sheet, measure):
        return None, False
    blanks = any(sheet.cells[key].empty for _, key in terms)
    return float(sum(sign * sheet.number(key) for sign, key in terms)), blanks


def silence(sheet: Sheet, measure: Measure) -> Missing:
    """Why a report does not say a measure."""
    terms = measure.cells(sheet.form)
    if not terms:
        return Missing.NOT_ON_FORM
    table = sheet.form.tables[terms[0][1].table]
    if table.id in sheet.blank_tables:
        return Missing.BLANK_TABLE
    unknown = [key for _, key in terms if sheet.unknown(key)]
    if any(not sheet.cells[key].empty for key in unknown):
        return Missing.NOT_KNOWN
    has_sums = bool(table.row_sum or table.column_sum)
    if unknown or (not has_sums and any(sheet.cells[key].empty for _, key in terms)):
        return Missing.NOT_FILLED
    return Missing.NO


def compare(measure: Measure, sheet: Sheet, before: Sheet | None) -> str:
    """Whether a measure may be compared with the report before (see :func:`measures`)."""
    if before is None or before.agency != sheet.agency or before.year != sheet.year - 1:
        return "gap"
    return measure.comparison(sheet.form, before.form)


@cache
def quantity(name: str) -> Measure:
    """A quantity by name: a measure of the crosswalk (``received``), or ``table.row.column`` of the forms of 2019 and
    later, where the row may be a heading (its rows added) and ``disputes.litigation`` is both kinds of suit.

    Results of disputes have their like on the 2014 form. Raises :class:`UnknownName` for another name.
    """
    if name in measures_by_id():
        return measures_by_id()[name]
    if name.count(".") != 2:
        raise UnknownName("quantity", name, measures_by_id(), "name one of them, or a cell as table.row.column")
    table, row, column = name.split(".")
    rows = SUITS if (table, row) == ("disputes", "litigation") else (row,)
    terms = (tuple((1, CellKey(table, one, column)) for one in rows),)
    expressions: dict[str, tuple[tuple[tuple[int, CellKey], ...], ...]] = dict.fromkeys(NEW_FORMS, terms)
    seams = dict(NEW_FORMS)
    if table == "disputes" and row in ("reconsideration", "litigation"):
        seams = dict(measures_by_id()[row].seams)
        if column in OLD_RESULTS:
            expressions["2014"] = (((1, CellKey("statistics", f"{row}_{OLD_RESULTS[column]}", "value")),),)
    return Measure(name, "", "", "件", expressions, seams, "")
