"""The panel a second time, a file a year: a question about one year reads none of the years between.

A file has the rows of all provinces, by province and agency, and only the columns that the forms of its year have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdgk.corpus import manifest, parquet, schema
from gdgk.corpus.folders import link
from gdgk.corpus.manifest import mark_of

if TYPE_CHECKING:
    import duckdb

TABLE = "by_year"
# A file is mostly read whole, so its row groups are large.
GROUP = 65_536


@dataclass(frozen=True)
class Sources:
    """The files of a pack that the years are made from: by province, in its order; and what agencies.csv says, as a
    digest by province.
    """

    panel: Mapping[str, Path]
    provenance: Mapping[str, Path]
    registers: Mapping[str, str]


@dataclass(frozen=True)
class OldYears:
    """Where an old pack lies, and what its manifest says of its years."""

    root: Path
    said: Mapping[str, Mapping[str, Any]]


def file_name(year: int | str) -> str:
    """The file of a year in a pack."""
    return f"{TABLE}/{int(year)}.parquet"


def year_columns(editions: Iterable[str]) -> list[str]:
    """The columns of the panel that the forms of a year have, the province first."""
    had = {name for form in editions if form in schema.editions() for name in schema.columns_of(form)}
    had |= {schema.state_column(schema.cell_columns()[name].table) for name in had}
    of_forms = {*schema.cell_columns(), *map(schema.state_column, schema.tables())}
    return [
        schema.PLACE.name,
        *(name for name in schema.panel_columns() if name in had or name not in of_forms),
    ]


def write_years(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    sources: Sources,
    old: OldYears | None,
) -> dict[str, dict[str, Any]]:
    """Write the file of each year; by year what the manifest says of it.

    old: a whole pack; a file of it that would be the same is taken over.
    """
    (folder / TABLE).mkdir()
    said = told_of_years(connection, sources)
    for year, one in said.items():
        made = folder / file_name(year)
        if old and old.said.get(year) == one:
            link(old.root / file_name(year), made)
            continue
        columns = ", ".join(map(parquet.named, year_columns(one["editions"])))
        files = [sources.panel[province] for province in one["provinces"]]
        # one thread reads the files in this order, each sorted by agency and year
        query = f"SELECT {columns} FROM {parquet.source(*files)} WHERE year = {int(year)}"
        marks = {"synthetic": mark_of(one["synthetic"], one["reports"])}
        parquet.write_parquet(connection, query, made, marks, GROUP)
    return said


def told_of_years(connection: duckdb.DuckDBPyConnection, sources: Sources) -> dict[str, dict[str, Any]]:
    """By year: reports, how many are synthetic, editions, provinces, and the digest of what its rows hang on."""
    panel, provenance = (parquet.source(*each.values()) for each in (sources.panel, sources.provenance))
    rows = connection.execute(
        f"SELECT year, count(*), count(*) FILTER (synthetic), list(DISTINCT edition ORDER BY edition), "
        f"list(DISTINCT province ORDER BY province) FROM {panel} GROUP BY year ORDER BY year"
    ).fetchall()
    digests = dict(
        connection.execute(
            f"SELECT year, sha256(string_agg(agency || ' ' || digest, ';' ORDER BY province, agency)) "
            f"FROM {provenance} GROUP BY year"
        ).fetchall()
    )
    return {
        str(year): {
            "reports": reports,
            "synthetic": synthetic,
            "editions": editions,
            "provinces": provinces,
            "rows": manifest.text_digest(
                " ".join([digests[year], *(f"{name} {sources.registers[name]}" for name in provinces)])
            ),
        }
        for year, reports, synthetic, editions, provinces in rows
    }
