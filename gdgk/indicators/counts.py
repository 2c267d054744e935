"""The quantities of the crosswalk as they stand (件数): what may be followed over the years without a denominator."""

from __future__ import annotations

from gdgk.crosswalk import Measure, measures_by_id
from gdgk.form import editions
from gdgk.indicators.access import Cells
from gdgk.indicators.model import Value, amount
from gdgk.indicators.registry import PLAIN, SUMS, About, about, defines

COUNTS = "数量"


def as_printed(measure: Measure) -> About:
    """What is said of a quantity: blanks count as 0 where its table has sums."""
    tables = {form.tables[key.table] for form in editions().values() for _, key in measure.cells(form)}
    summed = all(table.row_sum or table.column_sum for table in tables)
    words = {"unit": measure.unit, "blanks": SUMS if summed else PLAIN, "note": measure.note}
    return about(measure.id, measure.label, measure.label, words, quantity=measure.id)


@defines(
    *map(as_printed, measures_by_id().values()),
    group=COUNTS,
    source="年度报告的官方表格，跨表式的口径依 crosswalk.csv",
)
def count(cells: Cells, quantity: str) -> Value:
    """A quantity of one report."""
    return amount(cells[quantity])
