"""Cells by name of many reports at once: the same definitions over columns, a row for each report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gdgk.crosswalk import SEAMS, Measure
from gdgk.form import Edition, edition
from gdgk.indicators.model import Missing, Quantity, Value
from gdgk.indicators.quantities import quantity
from gdgk.indicators.registry import INDICATORS
from gdgk.reconciliation.wide import NOT_KNOWN, NOT_REPORTED, Wide

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Columns of a value in the frame of many indicators.
FIELDS = ("value", "part", "whole", "low", "high", "small", "stable", "imputed", "approx", "missing")


class WideCells:
    """The cells of many reports, on one form or on several.

    reports: as :class:`gdgk.reconciliation.Wide` holds them; a row of every array is a report, in their order.
    population: people by row, NaN where nobody gave them.
    """

    def __init__(self, reports: Sequence[Wide], population: np.ndarray | None = None) -> None:
        self.reports, self.people = list(reports), population
        self.read: dict[str, Quantity] = {}

    @cached_property
    def agencies(self) -> np.ndarray:
        """Whose report each row is."""
        import numpy as np

        return np.concatenate([wide.agencies for wide in self.reports]) if self.reports else np.array([], dtype=object)

    @cached_property
    def years(self) -> np.ndarray:
        """On which year."""
        import numpy as np

        return np.concatenate([wide.years for wide in self.reports]) if self.reports else np.array([], dtype=int)

    @cached_property
    def forms(self) -> np.ndarray:
        """Which of :attr:`reports` (and so which form) each row stands in."""
        import numpy as np

        return np.repeat(np.arange(len(self.reports)), [len(wide.years) for wide in self.reports])

    @cached_property
    def sides(self) -> list[Any]:
        """The figures by form, blank totals imputed."""
        import numpy as np

        return [wide.side(np.arange(len(wide.years))) for wide in self.reports]

    def __getitem__(self, name: str) -> Quantity:
        found = self.read.get(name)
        if found is None:
            import numpy as np

            parts = [self.on_form(place, quantity(name)) for place in range(len(self.reports))]
            value, missing, imputed = (
                np.concatenate([part[at] for part in parts]) if parts else np.zeros(0, kind)
                for at, kind in enumerate((float, np.uint8, bool))
            )
            never = np.zeros(len(self.years), dtype=bool)
            found = self.read[name] = Quantity(value, missing, imputed, never)
        return found

    def on_form(self, place: int, measure: Measure) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A measure of the reports on one form, as :func:`gdgk.indicators.quantities.figure` reads it of one: value,
        reason, imputed.
        """
        import numpy as np

        wide, side = self.reports[place], self.sides[place]
        size, form = len(wide.years), wide.form
        terms = measure.cells(form)
        if not terms:
            return np.full(size, np.nan), np.full(size, Missing.NOT_ON_FORM, dtype=np.uint8), np.zeros(size, dtype=bool)
        places = {key: at for at, key in enumerate(form.cells)}
        rows = [places[key] for _, key in terms]
        table = form.tables[terms[0][1].table]
        empty, unknown = side.empty[rows], side.unknown[rows]
        any_empty = empty.any(axis=0)
        missing = np.where(unknown.any(axis=0), Missing.NOT_FILLED, Missing.NO).astype(np.uint8)
        if not (table.row_sum or table.column_sum):
            missing[any_empty] = Missing.NOT_FILLED
        missing[(unknown & ~empty).any(axis=0)] = Missing.NOT_KNOWN
        whole = side.empty[[places[key] for key in table.cells]].all(axis=0)
        missing[whole & ~wide.stating(np.arange(size), "zero")] = Missing.BLANK_TABLE
        signs = np.array([sign for sign, _ in terms], dtype=float)
        value = np.where(missing == 0, signs @ side.values[rows], np.nan)
        return value, missing, any_empty & (missing == 0)

    def back(self, years: int = 1) -> EarlierCells:
        """The reports of the same agencies some years before."""
        return EarlierCells(self, years)

    @property
    def population(self) -> Quantity:
        """People by row."""
        import numpy as np

        size = len(self.years)
        people = np.full(size, np.nan) if self.people is None else np.asarray(self.people, dtype=float)
        known = people > 0
        missing = np.where(known, Missing.NO, Missing.NO_POPULATION).astype(np.uint8)
        return Quantity(
            np.where(known, people, np.nan), missing, np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        )


class EarlierCells:
    """The cells of the same agencies' reports some years before, row by row; missing where there are none."""

    def __init__(self, now: WideCells, years: int) -> None:
        self.now, self.years = now, years

    @cached_property
    def rows(self) -> np.ndarray:
        """Where each row's earlier report stands; −1 where there is none."""
        import pandas as pd

        reports = pd.MultiIndex.from_arrays([self.now.agencies, self.now.years])
        return reports.get_indexer(pd.MultiIndex.from_arrays([self.now.agencies, self.now.years - self.years]))

    def __getitem__(self, name: str) -> Quantity:
        import numpy as np

        now, measure, rows = self.now[name], quantity(name), self.rows
        kinds = self.comparisons(measure)
        gone = rows < 0
        value, missing, imputed = (np.asarray(field)[rows] for field in (now.value, now.missing, now.imputed))
        missing = np.where((kinds == SEAMS.index("none")) & (missing != Missing.NOT_ON_FORM), Missing.SEAM, missing)
        missing = np.where(gone, Missing.GAP, missing).astype(np.uint8)
        known = missing == 0
        return Quantity(
            np.where(known, value, np.nan), missing, imputed & known, known & (kinds == SEAMS.index("approx"))
        )

    def comparisons(self, measure: Measure) -> np.ndarray:
        """By row, whether the measure may be compared between its form and the earlier one: a place in ``SEAMS``."""
        import numpy as np

        forms = [wide.form for wide in self.now.reports]
        table = np.array(
            [[SEAMS.index(measure.comparison(one, other)) for other in forms] for one in forms], dtype=np.uint8
        )
        return table[self.now.forms, self.now.forms[self.rows]] if forms else np.zeros(0, dtype=np.uint8)

    def back(self, years: int = 1) -> EarlierCells:
        """Reports still earlier, beside those that are asked about."""
        return EarlierCells(self.now, self.years + years)

    @property
    def population(self) -> Quantity:
        """Not kept for other years."""
        import numpy as np

        size = len(self.now.years)
        missing = np.full(size, Missing.NO_POPULATION, dtype=np.uint8)
        return Quantity(np.full(size, np.nan), missing, np.zeros(size, dtype=bool), np.zeros(size, dtype=bool))


def wide_of(frame: pd.DataFrame) -> list[Wide]:
    """The reports of a wide frame, by edition in the order of the frame's rows.

    frame: columns agency, year, edition; a column ``table.row.column`` for each cell that was kept, null where blank;
    where there are, ``blanks`` (what the report says that a blank is: ``zero``, ``missing``) and ``partial`` (truthy
    where cells were not taken in: what is null there is then not known). A cell without a column is not known.
    """
    import numpy as np

    found = []
    for name, own in frame.groupby("edition", sort=False):
        form: Edition = edition(str(name))
        names = [str(key) for key in form.cells]
        values = own.reindex(columns=names).to_numpy(dtype=float, na_value=np.nan)
        silent = np.zeros(values.shape, dtype=np.uint8)
        stated = own["blanks"].fillna("").to_numpy(dtype=object) if "blanks" in own else np.full(len(own), "", object)
        silent[stated == "missing"] = NOT_REPORTED
        if "partial" in own:
            silent[own["partial"].fillna("").astype(bool).to_numpy()] = NOT_KNOWN
        silent[:, [name not in own.columns for name in names]] = NOT_KNOWN
        found.append(Wide(form, own["agency"].to_numpy(), own["year"].to_numpy(), values, silent, stated))
    return found


def indicator_frame(frame: pd.DataFrame, ids: Iterable[str] = (), **options: Any) -> pd.DataFrame:
    """Indicators of every report of a wide frame (:func:`wide_of`), long: agency, year, edition, indicator and the
    fields of :class:`Value` (:data:`FIELDS`); ``missing`` is a :class:`Missing`. In the order of the ids, then of rows.

    ids: which, all when empty. options: for the indicators that have them. A column ``population`` is used where there
    is one. Raises :class:`KeyError` for an id that is none.
    """
    import pandas as pd

    wides = wide_of(frame)
    order = [at for wide in frame.groupby("edition", sort=False).indices.values() for at in wide]
    ordered = frame.iloc[order]
    people = ordered["population"].to_numpy(dtype=float, na_value=float("nan")) if "population" in frame else None
    cells = WideCells(wides, people)
    parts = []
    for name in list(ids) or list(INDICATORS):
        one = INDICATORS[name]
        value = one.of(cells, **{key: given for key, given in options.items() if key in one.options})
        parts.append(value_frame(value, ordered, name))
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["agency", "year", "edition", "indicator", *FIELDS])
    )


def value_frame(value: Value, reports: pd.DataFrame, name: str) -> pd.DataFrame:
    """The values of one indicator, a row for each report, in the order of the frame."""
    import pandas as pd

    made = pd.DataFrame(
        {"agency": reports["agency"], "year": reports["year"], "edition": reports["edition"], "indicator": name}
        | {field: getattr(value, field) for field in FIELDS},
        index=reports.index,
    )
    made.loc[made["missing"] > 0, ["value", "low", "high"]] = float("nan")
    return made.sort_index(kind="stable")
