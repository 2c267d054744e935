"""A measure beside last year's."""

from __future__ import annotations

from typing import Any

from gdgk.crosswalk import measures_by_id
from gdgk.indicators import SMALL, Measured, Quantity, grown


def change_row(now: Measured, before: Measured) -> dict[str, Any] | None:
    """A measure's two values with difference and growth in %; None when neither year has it.

    growth is None where either year is below 30, where last year's is 0, and across a seam that forbids it.
    """
    measure, values = measures_by_id()[now.measure], [before.value, now.value]
    if values == [None, None]:
        return None
    comparable = now.comparison in ("same", "approx") and None not in values
    difference = values[1] - values[0] if comparable and values[0] is not None and values[1] is not None else None
    small = comparable and min(value or 0 for value in values) < SMALL
    growth = None
    if difference is not None and not small:
        growth = grown(Quantity(values[1]), Quantity(values[0])).settled().value
    return {
        "label": measure.label,
        "unit": measure.unit,
        "before": values[0],
        "now": values[1],
        "difference": difference,
        "growth": growth,
        "small": small,
        "comparison": now.comparison,
        "note": measure.note,
        "imputed": now.imputed or before.imputed,
    }
