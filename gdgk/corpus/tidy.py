"""The long tables for other tools: a row for each cell of each report, with labels, licence and provenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdgk.corpus import parquet, schema
from gdgk.form import editions

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

TIDY = (
    "agency",
    "name",
    "province",
    "kind",
    "year",
    "edition",
    "table",
    "row",
    "column",
    "table_label",
    "row_label",
    "column_label",
    "unit",
    "value",
    "state",
    "raw",
    "synthetic",
    "source",
    "source_file",
    "sha256",
    "published",
    "licence",
)
# A whole number is written without decimals, as the reports print it.
WHOLE = "CASE WHEN value = trunc(value) THEN value::BIGINT::VARCHAR ELSE value::VARCHAR END"


def write_tidy(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    province: str,
    path: Callable[[str, str], Path],
    marks: Mapping[str, Any],
) -> None:
    """Write the tidy Parquet and CSV of a province from its panel and provenance.

    Rows are in the order of agency, year, form. value: as the workbook uses it (corrected); state, raw: of the cell.
    """
    connection.register("form_cells", form_cells())
    query = tidy_query(province, path("panel", province), path("provenance", province))
    parquet.write_parquet(connection, query, path("tidy", province), marks, group=122_880)
    (folder / "tidy_csv").mkdir(exist_ok=True)
    columns = ", ".join(f"{WHOLE} AS value" if name == "value" else parquet.named(name) for name in TIDY)
    made = parquet.source(path("tidy", province), parted=False)
    target = parquet.quoted(folder / "tidy_csv" / f"{province}.csv")
    connection.execute(f"COPY (SELECT {columns} FROM {made}) TO {target} (FORMAT csv, HEADER)")


def tidy_query(province: str, panel: Path, provenance: Path) -> str:
    """The cells of a province, long; cells that the edition of a report does not have are no rows."""
    cells = ", ".join(f"{parquet.named(name)}::DOUBLE AS {parquet.named(name)}" for name in schema.cell_columns())
    states = " ".join(
        f"WHEN {parquet.quoted(name)} THEN p.{parquet.named(schema.state_column(name))}" for name in schema.tables()
    )
    states = f'CASE c."table" {states} END'
    own = [field.name for field in (*schema.REPORT, *schema.AGENCY)]
    heads = ", ".join(map(parquet.named, [*own, *map(schema.state_column, schema.tables()), schema.ODD.name]))
    names = ", ".join(map(parquet.named, schema.cell_columns()))
    return f"""
        WITH p AS (
            SELECT * FROM (SELECT {heads}, {cells} FROM {parquet.source(panel)})
            UNPIVOT INCLUDE NULLS (value FOR cell IN ({names}))
        ), told AS (
            SELECT p.*, c."table", c."row", c."column", c.table_label, c.row_label, c.column_label, c.unit, c.place,
                p.entries[p.cell] AS entry, {states} AS filled
            FROM p JOIN form_cells c ON c.edition = p.edition AND c.cell = p.cell
        )
        SELECT t.agency, t.name, {parquet.quoted(province)} AS province, t.kind, t.year, t.edition, t."table", t."row",
            t."column", t.table_label, t.row_label, t.column_label, t.unit, t.value,
            coalesce(t.entry.state, CASE WHEN t.value IS NOT NULL THEN 'number'
                WHEN t.filled = {parquet.quoted(schema.UNKNOWN)} THEN 'unknown' ELSE 'blank' END) AS state,
            coalesce(t.entry.raw, CASE WHEN t.value IS NOT NULL THEN {WHOLE}
                WHEN t.filled = {parquet.quoted(schema.UNKNOWN)} THEN '?' ELSE '' END) AS raw,
            t.synthetic, s.source, s.source_file, s.sha256, t.published, s.licence
        FROM told t JOIN {parquet.source(provenance)} s ON s.agency = t.agency AND s.year = t.year
        ORDER BY t.agency, t.year, t.place
    """


def form_cells() -> pd.DataFrame:
    """Every cell of every edition with its place and its labels."""
    import pandas as pd

    rows = [
        {
            "edition": form.id,
            "cell": str(key),
            "place": place,
            **key._asdict(),
            **schema.cell_labels(form.id, key),
        }
        for form in editions().values()
        for place, key in enumerate(form.cells)
    ]
    return pd.DataFrame(rows)
