"""The checks of a pack: every rule on figures, asked of all reports of a province at once from the packed columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from gdgk.archive import Agency
from gdgk.corpus import schema
from gdgk.corpus.parquet import named, source
from gdgk.form import edition, editions
from gdgk.reconciliation.screening import VIOLATIONS, violations
from gdgk.reconciliation.wide import NOT_KNOWN, NOT_REPORTED, Wide

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd

TYPES = dict(zip(VIOLATIONS, ["VARCHAR", "SMALLINT", *["VARCHAR"] * 5, "DOUBLE"], strict=True))


def screened(
    connection: duckdb.DuckDBPyConnection, files: Iterable[object], agencies: Mapping[str, Agency]
) -> pd.DataFrame:
    """What fails in the reports of some panel files (columns :data:`gdgk.reconciliation.screening.VIOLATIONS`)."""
    listed = list(files)
    here = connection.execute(f"SELECT DISTINCT edition FROM {source(*listed)}").fetchall()
    wides = [wide_of(connection, listed, name) for name in editions() if (name,) in here]
    lineage = {name: agency.predecessors for name, agency in agencies.items() if agency.predecessors}
    return violations(wides, lineage, agencies=agencies)


def wide_of(
    connection: duckdb.DuckDBPyConnection, files: list[object], form: str, agencies: Sequence[str] | None = None
) -> Wide:
    """The reports on one edition, a row each, as the checks of many reports take them; of some agencies or of all."""
    import numpy as np

    names = schema.columns_of(form)
    tables = list(edition(form).tables)
    wanted = ["agency", "year", "blanks", schema.ODD.name, *map(schema.state_column, tables)]
    cells = ", ".join(f"{named(name)}::DOUBLE AS {named(name)}" for name in names)
    among = "" if agencies is None else "AND agency IN (SELECT unnest(?))"
    query = (
        f"SELECT {', '.join(map(named, wanted))}, {cells} FROM {source(*files)} "
        f"WHERE edition = ? {among} ORDER BY agency, year"
    )
    found = connection.execute(query, [form] if agencies is None else [form, list(agencies)]).df()
    values = found[list(names)].to_numpy(dtype=np.float64, na_value=np.nan)
    blanks = found["blanks"].fillna("").to_numpy(dtype=object)
    silent = silence(found, values, blanks, form)
    return Wide(
        edition(form),
        found["agency"].to_numpy(dtype=object),
        found["year"].to_numpy(dtype=np.int64),
        values,
        silent,
        blanks,
    )


def silence(found: pd.DataFrame, values: np.ndarray, blanks: np.ndarray, form: str) -> np.ndarray | None:
    """Why cells have no figure, as :class:`Wide` has it; None where there are blanks only."""
    import numpy as np

    keys = list(edition(form).cells)
    silent = np.zeros(values.shape, dtype=np.uint8)
    silent[(blanks == "missing")[:, None] & np.isnan(values)] = NOT_REPORTED
    for table in edition(form).tables:
        absent = (found[schema.state_column(table)] == schema.UNKNOWN).to_numpy(dtype=bool)
        silent[np.ix_(absent, [key.table == table for key in keys])] = NOT_KNOWN
    places = {str(key): at for at, key in enumerate(keys)}
    kinds = {"unknown": NOT_KNOWN, "text": NOT_KNOWN, "none": 0, "number": 0}
    for row, odd in enumerate(found[schema.ODD.name]):
        for name, entry in odd.items() if isinstance(odd, dict) else ():
            if entry["state"] in kinds and np.isnan(values[row, places[name]]):
                silent[row, places[name]] = kinds[entry["state"]]
    return silent if silent.any() else None
