"""A pack read by DuckDB: frames for notebooks, and nothing but the pack's own files.

A pack lies in a folder, or behind an address (``s3://``, ``https://``): only then is DuckDB's extension for it loaded.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdgk.corpus import manifest, parquet, schema
from gdgk.corpus.manifest import Manifest
from gdgk.corpus.rows import cells_of
from gdgk.corpus.screening import wide_of
from gdgk.corpus.years import file_name, year_columns
from gdgk.errors import GdgkError, InputError, UnknownName
from gdgk.files import put_back_folder
from gdgk.form import CellKey
from gdgk.report import Cell

if TYPE_CHECKING:
    import pandas as pd

    from gdgk.reconciliation.wide import Wide

ADDRESSES = ("s3://", "https://")
# Tables of a pack that are one file; the others lie by province.
SINGLE = ("agencies", "checks", "corrections", "extra_rows")
BY_PROVINCE = ("panel", "provenance", "tidy")


class Corpus:
    """A pack that ``gdgk pack`` wrote.

    where: its folder, or its address. prepare: SQL to be run first where an address needs it (``CREATE SECRET …``).
    Raises :class:`InputError` for what is no pack, lacks a file, has one of another size, or is of a newer gdgk.
    Tables for :meth:`sql`: ``panel``, ``provenance``, ``agencies``, ``corrections``, ``extra_rows``, and ``checks``,
    ``tidy`` where they were packed.
    """

    def __init__(self, where: Path | str, prepare: Sequence[str] = ()) -> None:
        self.remote = str(where).startswith(ADDRESSES)
        self.root = str(where).rstrip("/") if self.remote else str(Path(where))
        self.verified: set[str] = set()
        self.connection = parquet.connect()
        self.manifest = self.opened(prepare)
        self.guard()

    def opened(self, prepare: Sequence[str]) -> Manifest:
        """The manifest, which says what there is to read."""
        if self.remote:
            with self.told("the address cannot be read"):
                self.connection.execute("INSTALL httpfs")
                self.connection.execute("LOAD httpfs")
                for statement in prepare:
                    self.connection.execute(statement)
                row = self.connection.execute(
                    f"SELECT content FROM read_text({parquet.quoted(f'{self.root}/{manifest.NAME}')})"
                ).fetchone()
            return manifest.read_manifest(self.root, "" if row is None else str(row[0]))
        put_back_folder(Path(self.root))
        path = Path(self.root, manifest.NAME)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = f"no pack ({getattr(error, 'strerror', None) or 'not text'}: {manifest.NAME})"
            do = "name the folder that gdgk pack -o wrote"
            raise InputError(self.root, None, reason, "the folder of a pack", do) from None
        found = manifest.read_manifest(self.root, text)
        manifest.check_files(Path(self.root), found)
        return found

    def guard(self) -> None:
        """Give every table its name, and let queries read nothing else, now and for good."""
        with self.told("its tables cannot be read"):
            # what a file says of its columns is read once, however often it is asked
            self.connection.execute("SET parquet_metadata_cache=true")
            for table in (*BY_PROVINCE, *SINGLE):
                if self.files(table):
                    self.name_table(table)
            self.connection.execute(f"SET allowed_directories=[{parquet.quoted(self.root)}]")
            self.connection.execute("SET enable_external_access=false")
            self.connection.execute("SET lock_configuration=true")

    def name_table(self, table: str) -> None:
        """Give a table its name. Raises :class:`InputError` that names the file where one is not whole."""
        import duckdb

        try:
            self.connection.execute(f"CREATE VIEW {table} AS SELECT * FROM {self.source(table)}")
        except duckdb.Error:
            self.verify(table)
            raise

    def files(self, table: str, province: str | None = None) -> list[str]:
        """The files of a table, of one province or of all."""
        names = self.manifest.named(table)
        return [f"{self.root}/{name}" for name in names if province is None or f"/province={province}/" in name]

    def verify(self, table: str, province: str | None = None) -> None:
        """See once that files are those that the manifest names, byte for byte: a damaged figure may look like one.

        Raises :class:`InputError`. Behind an address DuckDB's own checks are all there is.
        """
        self.verify_names([path.removeprefix(f"{self.root}/") for path in self.files(table, province)])

    def verify_names(self, names: Iterable[str]) -> None:
        """As :meth:`verify`, files by their names in the manifest."""
        for name in () if self.remote else names:
            if name not in self.verified:
                manifest.check_content(Path(self.root, name), self.manifest.files[name])
                self.verified.add(name)

    def source(self, table: str, province: str | None = None) -> str:
        """The files of a table as SQL reads them."""
        return parquet.source(*self.files(table, province), parted=table in BY_PROVINCE)

    def checked_source(self, table: str, province: str | None = None) -> str:
        """The files of a table as SQL reads them, seen to be whole."""
        self.verify(table, province)
        return self.source(table, province)

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    # What there is ----------------------------------------------------------------------------------------------------

    @cached_property
    def agencies(self) -> pd.DataFrame:
        """The register with places and, of each agency, how many reports there are, the first and the last."""
        self.verify("agencies")
        return self.frame("SELECT * FROM agencies ORDER BY id")

    @cached_property
    def dictionary(self) -> dict[str, dict[str, Any]]:
        """The data dictionary of the panel: by column its official labels, unit, editions."""
        return {entry["name"]: entry for entry in schema.dictionary()["panel"]}

    def province_of(self, agency: str) -> str:
        """The province of an agency. Raises :class:`UnknownName` for one that has no report here."""
        self.verify("agencies")
        row = self.rows("SELECT province FROM agencies WHERE id = ? AND reports > 0", [agency])
        if row:
            return str(row[0][0])
        known = [one for (one,) in self.rows("SELECT id FROM agencies WHERE reports > 0 ORDER BY id")]
        raise UnknownName("agency", agency, known, "name one of them, or pack again")

    # Questions --------------------------------------------------------------------------------------------------------

    def history(self, agency: str, cells: Iterable[str] | None = None) -> pd.DataFrame:
        """One agency's reports, a row a year, with the cells named or all that its editions have."""
        files = self.checked_source("panel", self.province_of(agency))
        where = f"FROM {files} WHERE agency = {parquet.quoted(agency)}"
        return self.frame(f"SELECT {self.columns(cells, where)} {where} ORDER BY year")

    def year(self, year: int, cells: Iterable[str] | None = None, province: str | None = None) -> pd.DataFrame:
        """The reports of all agencies, or of a province's, on a year, a row each, by province and agency."""
        self.check_year(year)
        if province is not None and province not in self.manifest.provinces:
            raise UnknownName("province", province, self.manifest.provinces, "name one of them by its code")
        name = file_name(year)
        self.verify_names([name])
        among = "" if province is None else f" WHERE province = {parquet.quoted(province)}"
        where = f"FROM {parquet.source(f'{self.root}/{name}', parted=False)}{among}"
        had = set(year_columns(self.manifest.by_year[str(year)]["editions"]))
        # the file's order is by province and agency
        return self.frame(f"SELECT {self.columns(cells, where, had)} {where}")

    def trend(self, cell: str, by: str = "province", kinds: Iterable[str] = ()) -> pd.DataFrame:
        """A cell's sum by place and year: columns ``by``, year, total, filled (reports with a figure), reports.

        by: province, city, county or kind. kinds: agencies of these kinds only (agencies.csv). A blank is no 0: it is
        counted in ``reports`` alone; a total of nothing is null. A government's report may hold its agencies' figures:
        name the kinds that are to be added.
        """
        if by not in ("province", "city", "county", "kind"):
            raise UnknownName("by", by, ("province", "city", "county", "kind"), "group by one of them")
        column, kind = parquet.named(self.checked([cell])[0]), schema.cell_type(cell)
        self.verify("panel")
        chosen = list(kinds)
        among = f"WHERE kind IN ({', '.join(map(parquet.quoted, chosen))})" if chosen else ""
        return self.frame(
            f"SELECT {by}, year, sum({column})::{kind} AS total, count({column}) AS filled, count(*) AS reports "
            f"FROM panel {among} GROUP BY ALL ORDER BY {by}, year"
        )

    def cells(self, agency: str, year: int) -> dict[CellKey, Cell]:
        """The cells of one report: text, value and state of each, as :meth:`gdgk.report.Report.cell` has them."""
        files = self.checked_source("panel", self.province_of(agency))
        with self.told():
            found = self.connection.execute(f"SELECT * FROM {files} WHERE agency = ? AND year = ?", [agency, int(year)])
            names, row = [entry[0] for entry in found.description or ()], found.fetchone()
        if row is None:
            years = [one for (one,) in self.rows(f"SELECT year FROM {files} WHERE agency = ? ORDER BY year", [agency])]
            raise UnknownName("year", year, years, f"{agency} has no other here")
        return cells_of(dict(zip(names, row, strict=True)))

    def checks(self, agency: str | None = None, year: int | None = None) -> pd.DataFrame:
        """What fails of the rules on figures. Raises :class:`GdgkError` for a pack without checks."""
        if not self.files("checks"):
            raise GdgkError(f"{self.root}: found no checks; expected a pack with them; pack without --no-checks")
        self.verify("checks")
        asked = {"agency": agency, "year": year}
        given = {name: value for name, value in asked.items() if value is not None}
        among = f"WHERE {' AND '.join(f'{name} = ?' for name in given)}" if given else ""
        return self.frame(f"SELECT * FROM checks {among}", list(given.values()))

    def wides(self, agencies: Sequence[str]) -> list[Wide]:
        """The reports of some agencies, by edition, as indicators and checks take many at once."""
        provinces = sorted({self.province_of(name) for name in agencies})
        for province in provinces:
            self.verify("panel", province)
        files: list[object] = [path for province in provinces for path in self.files("panel", province)]
        if not files:
            return []
        with self.told():
            read = [wide_of(self.connection, files, form, agencies) for form in schema.editions()]
        return [wide for wide in read if len(wide.years)]

    def failed(self, agencies: Sequence[str]) -> list[dict[str, Any]]:
        """What fails of the rules on figures in the reports of some agencies, by report, as records."""
        self.verify("checks")
        found = self.frame("SELECT * FROM checks WHERE agency IN (SELECT unnest(?))", [list(agencies)])
        return found.astype(object).where(found.notna(), None).to_dict("records")

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """The frame of a SELECT over the pack's tables. ``?`` stand for parameters.

        Raises :class:`GdgkError` for anything but one SELECT, for a file that is not the pack's, for wrong SQL.
        """
        import duckdb

        with self.told():
            statements = self.connection.extract_statements(query)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
            raise GdgkError(f"sql: found {kinds}; expected one SELECT; a pack is only read")
        for table in (*BY_PROVINCE, *SINGLE):
            if table in query.casefold():
                self.verify(table)
        return self.frame(query, parameters)

    # How they are asked -----------------------------------------------------------------------------------------------

    def columns(self, cells: Iterable[str] | None, where: str, had: Container[str] | None = None) -> str:
        """What a frame of reports shows: what they say of themselves, and the cells asked for or had.

        had: the columns that there are; a cell of another form is null.
        """
        if cells is None:
            shown = year_columns(form for (form,) in self.rows(f"SELECT DISTINCT edition {where}"))
        else:
            shown = ["province", "agency", "year", "edition", "name", "kind", "synthetic", *self.checked(cells)]
        return ", ".join(
            parquet.named(name)
            if had is None or name in had
            else f"NULL::{schema.cell_type(name)} AS {parquet.named(name)}"
            for name in shown
        )

    def checked(self, cells: Iterable[str]) -> list[str]:
        """Names of cells. Raises :class:`UnknownName` for one that no edition has."""
        names = list(dict.fromkeys(map(str, cells)))
        for name in names:
            if name not in schema.cell_columns():
                raise UnknownName("cell", name, schema.cell_columns(), "name one as table.row.column (dictionary.json)")
        return names

    def check_year(self, year: int) -> None:
        """Raise :class:`UnknownName` for a year of which the pack has no report."""
        if year not in self.manifest.years:
            raise UnknownName("year", year, self.manifest.years, "ask for one of them, or pack again")

    def frame(self, query: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """The result of a query as a frame: whole numbers that may be missing are nullable integers."""
        with self.told():
            found: pd.DataFrame = self.connection.execute(query, list(parameters)).df()
        return found

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The result of a query as rows."""
        with self.told():
            return self.connection.execute(query, list(parameters)).fetchall()

    @contextmanager
    def told(self, found: str = "") -> Iterator[None]:
        """Say in one line what DuckDB says of a query or of a file that it cannot read."""
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            reason = " ".join(str(error).split("\n\n")[0].split())
            damaged = isinstance(error, duckdb.IOException | duckdb.InvalidInputException) and not found
            expected = "files as gdgk pack wrote them" if damaged or found else "a query over the tables of the pack"
            do = manifest.AGAIN if damaged else "check address and rights" if found else "mend the query"
            raise GdgkError(
                f"{self.root}: found {found or reason}{f' ({reason})' if found else ''}; expected {expected}; {do}"
            ) from None
