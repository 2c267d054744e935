"""Figures of thousands to millions of agency-years: a row a report, a column a cell of the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gdgk.form import Edition, edition
from gdgk.reconciliation.matrix import Side, complete_side
from gdgk.reconciliation.sheets import Sheet, complete
from gdgk.report import BLANK, UNKNOWN, Cell, State

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Why a cell has no figure: nobody knows what it says; it is blank, which in that report is a figure not reported.
NOT_KNOWN, NOT_REPORTED = 1, 2


@dataclass(frozen=True)
class Wide:
    """Reports on one form, a row each.

    agencies, years: whose report, on which year. values: reports × cells of the form in printed order; NaN where there
    is no figure. silent: by cell why there is none, None for blanks only: 0 a blank or 无, :data:`NOT_KNOWN`,
    :data:`NOT_REPORTED`. blanks: what each report states a blank to be (``zero``, ``missing``, or nothing), None for
    nothing.
    """

    form: Edition
    agencies: np.ndarray
    years: np.ndarray
    values: np.ndarray
    silent: np.ndarray | None = None
    blanks: np.ndarray | None = None

    def stating(self, rows: np.ndarray, word: str) -> np.ndarray:
        """Which of some reports state that a blank is ``zero`` or ``missing``."""
        import numpy as np

        return np.zeros(len(rows), dtype=bool) if self.blanks is None else self.blanks[rows] == word

    def side(self, rows: np.ndarray) -> Side:
        """The figures of some reports, blank totals imputed."""
        import numpy as np

        values = self.values[rows].T.astype(np.float64)
        nothing = np.isnan(values)
        unknown, empty = np.zeros(values.shape, dtype=bool), nothing
        if self.silent is not None:
            silent = self.silent[rows].T
            # A blank that stands for a figure not reported is a blank all the same: its parts may still speak for it.
            unknown, empty = nothing & (silent > 0), nothing & (silent != NOT_KNOWN)
        return complete_side(self.form, values, empty, unknown, self.stating(rows, "zero"))

    def sheet(self, row: int) -> Sheet:
        """One report as the checks read it cell by cell."""
        cells: dict[Any, Cell] = {}
        stated = "" if self.blanks is None else str(self.blanks[row])
        for at, key in enumerate(self.form.cells):
            value = float(self.values[row, at])
            if value == value:
                cells[key] = Cell(f"{value:.15g}", value, State.NUMBER)
            else:
                silent = 0 if self.silent is None else self.silent[row, at]
                nothing = Cell("无", None, State.NONE) if stated == "missing" else BLANK
                cells[key] = {NOT_KNOWN: UNKNOWN, NOT_REPORTED: BLANK}.get(int(silent), nothing)
        sheet = Sheet(str(self.agencies[row]), int(self.years[row]), self.form, cells, stated_blanks=stated)
        complete(sheet)
        return sheet


def widen(panel: pd.DataFrame) -> list[Wide]:
    """A panel (:func:`gdgk.archive.panel`) with a row for each report, by edition; rows no form knows are left out."""
    import numpy as np
    import pandas as pd

    found = []
    for name, frame in panel.groupby("edition", sort=False):
        form = edition(str(name))
        places = {tuple(key): at for at, key in enumerate(form.cells)}
        at = np.array([places.get(key, -1) for key in zip(frame["table"], frame["row"], frame["column"], strict=True)])
        frame, at = frame[at >= 0], at[at >= 0]
        reports = pd.MultiIndex.from_arrays([frame["agency"], frame["year"]])
        codes, ids = pd.factorize(reports)
        values = np.full((len(ids), len(places)), np.nan)
        values[codes, at] = frame["value"].to_numpy()
        silent = np.full(values.shape, NOT_KNOWN, dtype=np.uint8)
        stated = frame["blanks"].fillna("").to_numpy() if "blanks" in frame else np.full(len(frame), "")
        states = frame["state"].to_numpy()
        known = ~np.isin(states, ["unknown", "text"]) | frame["value"].notna().to_numpy()
        missing = (stated == "missing") & np.isin(states, ["blank", "dash"])
        silent[codes, at] = np.where(missing, NOT_REPORTED, np.where(known, 0, NOT_KNOWN))
        blanks = np.full(len(ids), "", dtype=object)
        blanks[codes] = stated
        agencies, years = (ids.get_level_values(level).to_numpy() for level in (0, 1))
        found.append(Wide(form, agencies, years, values, silent, blanks))
    return found
