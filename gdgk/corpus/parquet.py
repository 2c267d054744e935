"""Parquet by DuckDB: the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gdgk
from gdgk.corpus.schema import SCHEMA

if TYPE_CHECKING:
    import duckdb

# Rows of a row group: an agency's years lie in one or two of them, and a province has few.
GROUP = 16_384
# Bloom filters help no question here (rows are sorted by what is asked for), and take an eighth of the space.
SMALL = "COMPRESSION zstd, COMPRESSION_LEVEL 15, WRITE_BLOOM_FILTER false"
SETTINGS = {
    # Nothing is fetched for a query: an extension is loaded only for an address that the user gave.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # A name in a query is a table of the pack, never a variable of the caller.
    "python_enable_replacements": "false",
}


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory that reads and fetches nothing by itself. threads: as many as there are cores by default."""
    import duckdb

    connection = duckdb.connect(":memory:", config=dict(SETTINGS))
    # DuckDB draws a bar onto standard output when a query takes long
    connection.execute("SET enable_progress_bar=false")
    if threads:
        connection.execute(f"SET threads={threads}")
    return connection


def writer() -> duckdb.DuckDBPyConnection:
    """A DuckDB whose files hang on the rows alone: not on their order of arrival, nor on what is known of a source (of
    a column without a null it would leave out that there is none).
    """
    connection = connect(threads=1)
    connection.execute("SET disabled_optimizers='statistics_propagation'")
    return connection


def quoted(text: object) -> str:
    """A text as SQL has it."""
    return "'" + str(text).replace("'", "''") + "'"


def named(column: str) -> str:
    """The name of a column as SQL has it."""
    return '"' + column.replace('"', '""') + '"'


def source(*paths: object, parted: bool = True) -> str:
    """Parquet files as a table. parted: they lie in a folder for each province, whose name is a column."""
    listed = ", ".join(map(quoted, paths))
    province = "hive_partitioning=true, hive_types={'province': VARCHAR}" if parted else "hive_partitioning=false"
    return f"read_parquet([{listed}], {province})"


def write_parquet(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, marks: Mapping[str, Any], group: int = GROUP
) -> None:
    """The rows of a query, in its order, as a Parquet file. marks: what its metadata says beside gdgk and schema."""
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {"gdgk": gdgk.__version__, "schema": str(SCHEMA), **{name: str(value) for name, value in marks.items()}}
    metadata = ", ".join(f"{name}: {quoted(value)}" for name, value in said.items())
    options = f"FORMAT parquet, {SMALL}, ROW_GROUP_SIZE {group}, KV_METADATA {{{metadata}}}"
    connection.execute(f"COPY ({query}) TO {quoted(path)} ({options})")


def selected(columns: Mapping[str, str], table: str = "") -> str:
    """Columns cast to their types, as a list of a SELECT."""
    before = f"{table}." if table else ""
    return ", ".join(f"{before}{named(name)}::{kind} AS {named(name)}" for name, kind in columns.items())
