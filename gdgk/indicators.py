"""Panel → indicators: the quantities that may be compared over the years, and rates with their uncertainty."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from gdgk.crosswalk import Measure, measures_by_id
from gdgk.reconciliation import Sheet, read_sheets

if TYPE_CHECKING:
    import pandas as pd

SMALL = 30


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
    if not terms:
        return None, False
    table = sheet.form.tables[terms[0][1].table]
    has_sums = bool(table.row_sum or table.column_sum)
    blanks = [key for _, key in terms if sheet.cells[key].empty]
    if table.id in sheet.blank_tables or any(sheet.unknown(key) for _, key in terms) or (blanks and not has_sums):
        return None, False
    return float(sum(sign * sheet.number(key) for sign, key in terms)), bool(blanks)


def compare(measure: Measure, sheet: Sheet, before: Sheet | None) -> str:
    """Whether a measure may be compared with the report before (see :func:`measures`)."""
    if before is None or before.agency != sheet.agency or before.year != sheet.year - 1:
        return "gap"
    return measure.comparison(sheet.form, before.form)


def disclosure_rate(granted: float, partly_granted: float, outcomes_total: float) -> float | None:
    """公开率（含部分）, in %: (（一）＋（二）) ÷ （七）总计; None without outcomes."""
    return rate(granted + partly_granted, outcomes_total)


def rate(part: float, whole: float) -> float | None:
    """A share in %; None, never 0 or 100, when there is nothing to take a share of."""
    return None if not whole else 100 * part / whole


def correction_rate(corrected: float, upheld: float, other_result: float) -> float | None:
    """纠错率, in %: 纠正 ÷ (维持＋纠正＋其他), cases decided only; None when none was."""
    return rate(corrected, upheld + corrected + other_result)


def wilson(count: int, total: int, z: float = 1.959963984540054) -> tuple[float, float] | None:
    """The Wilson score interval (95 % by default) of a share, in %; None when total is 0.

    Raises :class:`ValueError` unless 0 ≤ count ≤ total.
    """
    if not 0 <= count <= total:
        raise ValueError(f"a count of {count} in {total}")
    if total == 0:
        return None
    share = count / total
    centre = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = ((centre - spread) / (1 + z * z / total), (centre + spread) / (1 + z * z / total))
    return (0.0 if count == 0 else 100 * low, 100.0 if count == total else 100 * high)
