"""The files of a pack: province by province, then what belongs to the whole, the manifest last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gdgk
from gdgk.archive import Agency
from gdgk.corpus import manifest, parquet, schema
from gdgk.corpus.folders import LOCK, flush, link
from gdgk.corpus.manifest import Manifest, mark_of
from gdgk.corpus.places import places_of, province_name
from gdgk.corpus.rows import nulls
from gdgk.corpus.screening import TYPES, screened
from gdgk.corpus.tidy import write_tidy
from gdgk.corpus.years import OldYears, Sources, write_years
from gdgk.files import write_atomic

if TYPE_CHECKING:
    import pandas as pd

DICTIONARY = "dictionary.json"
PART = "part.parquet"
AGENCIES = {
    "id": "VARCHAR",
    "name": "VARCHAR",
    "kind": "VARCHAR",
    "region_code": "VARCHAR",
    "province": "VARCHAR",
    "province_name": "VARCHAR",
    "city": "VARCHAR",
    "county": "VARCHAR",
    "parent": "VARCHAR",
    "predecessors": "VARCHAR[]",
    "valid_from": "SMALLINT",
    "valid_to": "SMALLINT",
    "reports": "INTEGER",
    "first_year": "SMALLINT",
    "last_year": "SMALLINT",
    "synthetic": "BOOLEAN",
}
ADDRESS = {"agency": "VARCHAR", "year": "SMALLINT"}
# Tables of the whole pack, one file each, filled report by report.
WHOLE = {
    "corrections": dict.fromkeys(["table", "row", "column", "reported", "corrected", "reason", "by", "on"], "VARCHAR"),
    "extra_rows": dict.fromkeys(["table", "key", "label", "after", "column", "raw"], "VARCHAR"),
}


@dataclass(frozen=True)
class Staying:
    """Reports that stay as an old pack has them: where it lies, in which of its provinces they are (an agency may have
    moved), and a frame of agency and year.
    """

    root: Path
    provinces: list[str]
    reports: pd.DataFrame


class Packer:
    """Writes a pack province by province; :meth:`close` what belongs to the whole.

    folder: where it is made. agencies: the register, which gives each report its place. checks, tidy: whether to
    write what fails, and the long tables for other tools.
    """

    def __init__(self, folder: Path, agencies: Mapping[str, Agency], checks: bool = True, tidy: bool = False) -> None:
        self.folder, self.agencies = folder, agencies
        self.options = {"checks": checks, "tidy": tidy}
        self.places = places_of(agencies)
        self.connection = parquet.writer()
        self.connection.register("register", self.register_frame())
        self.provinces: dict[str, dict[str, Any]] = {}

    def register_frame(self) -> pd.DataFrame:
        """What agencies.csv says, as the panel repeats it."""
        import pandas as pd

        rows = [
            (name, one.name, *nulls(one.kind, one.parent), place.city, place.county)
            for name, one in self.agencies.items()
            for place in [self.places[name]]
        ]
        return pd.DataFrame(rows, columns=["id", "name", "kind", "parent", "city", "county"], dtype=object)

    def provinces_of(self, agencies: Iterable[str]) -> dict[str, list[str]]:
        """Agencies by province, provinces in the order of their codes, agencies in that of their ids."""
        found: dict[str, list[str]] = {}
        for name in sorted(set(agencies)):
            found.setdefault(self.places[name].province, []).append(name)
        return dict(sorted(found.items()))

    def digest_of(self, agencies: Iterable[str]) -> str:
        """What agencies.csv says of the agencies of a province, as a digest."""
        said = [(self.agencies[name], self.places[name]) for name in agencies]
        return manifest.text_digest(repr(said))

    def path(self, table: str, province: str) -> Path:
        """Where a table of a province is written."""
        return self.folder / table / f"province={province}" / PART

    def keep(self, province: str, said: Mapping[str, Any], old: Path) -> None:
        """Take a province over as the old pack has it."""
        for table in ("panel", "provenance", "tidy") if self.options["tidy"] else ("panel", "provenance"):
            self.path(table, province).parent.mkdir(parents=True)
            link(old / table / f"province={province}" / PART, self.path(table, province))
        if self.options["tidy"]:
            (self.folder / "tidy_csv").mkdir(exist_ok=True)
            link(old / "tidy_csv" / f"{province}.csv", self.folder / "tidy_csv" / f"{province}.csv")
        self.provinces[province] = dict(said)

    def write(
        self,
        province: str,
        agencies: Iterable[str],
        panel: pd.DataFrame | None,
        provenance: pd.DataFrame | None,
        old: Staying | None = None,
    ) -> None:
        """Write a province: new rows (:func:`gdgk.corpus.rows.panel_frame`), and those of an old pack that stay."""
        columns = schema.panel_columns()
        own = {field.name: field.type for field in schema.AGENCY}
        told = {name: kind for name, kind in columns.items() if name not in own}
        listed = ", ".join(
            f"g.{parquet.named(name)}::VARCHAR AS {parquet.named(name)}" if name in own else f"p.{parquet.named(name)}"
            for name in columns
        )
        rows = self.all_rows("panel", panel, told, old)
        query = f"SELECT {listed} FROM ({rows}) p JOIN register g ON g.id = p.agency ORDER BY p.agency, p.year"
        counted = self.all_rows("provenance", provenance, provenance_types(), old)
        counts = self.connection.execute(
            f"SELECT count(*), count(*) FILTER (synthetic), list(DISTINCT year ORDER BY year), count(DISTINCT agency) "
            f"FROM ({counted})"
        ).fetchone()
        assert counts is not None
        reports, synthetic, years, number = counts
        marks = {"synthetic": mark_of(synthetic, reports)}
        parquet.write_parquet(self.connection, query, self.path("panel", province), marks)
        ordered = f"SELECT * FROM ({counted}) ORDER BY agency, year"
        parquet.write_parquet(self.connection, ordered, self.path("provenance", province), marks)
        if self.options["tidy"]:
            write_tidy(self.connection, self.folder, province, self.path, marks)
        self.provinces[province] = {
            "name": province_name(province),
            "reports": reports,
            "synthetic": synthetic,
            "agencies": number,
            "years": years,
            "register": self.digest_of(agencies),
        }
        for name in ("new_panel", "new_provenance", "staying"):
            self.connection.unregister(name)

    def all_rows(
        self,
        table: str,
        frame: pd.DataFrame | None,
        columns: Mapping[str, str],
        old: Staying | None,
    ) -> str:
        """The rows of a province as a query: new ones, and those that stay of an old pack."""
        parts = []
        if frame is not None:
            self.connection.register(f"new_{table}", frame)
            casts = dict(columns)
            listed = ", ".join(
                f"{parquet.named(name)}::JSON::{kind} AS {parquet.named(name)}"
                if name == schema.ODD.name
                else f"{parquet.named(name)}::{kind} AS {parquet.named(name)}"
                for name, kind in casts.items()
            )
            parts.append(f"SELECT {listed} FROM new_{table}")
        if old is not None:
            self.connection.register("staying", old.reports)
            files = parquet.source(*(old.root / table / f"province={province}" / PART for province in old.provinces))
            listed = ", ".join(map(parquet.named, columns))
            parts.append(
                f"SELECT {listed} FROM {files} o SEMI JOIN staying s ON o.agency = s.agency AND o.year = s.year"
            )
        return " UNION ALL ".join(parts)

    def write_whole(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Write a table of the whole pack from its rows (agency, year and the columns of :data:`WHOLE`)."""
        import pandas as pd

        columns = ADDRESS | WHOLE[table]
        frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
        self.write_frame(table, frame, columns, "agency, year, place", with_place=True)

    def write_frame(
        self, table: str, frame: pd.DataFrame, columns: Mapping[str, str], order: str, with_place: bool = False
    ) -> None:
        """Write a frame as a table of the whole pack, each row of a report marked where that is synthetic."""
        if with_place:
            frame = frame.assign(place=range(len(frame)))
        self.connection.register("rows", frame)
        marks = {"synthetic": mark_of(*self.counts())}
        made = parquet.source(*(self.path("provenance", province) for province in self.provinces))
        query = (
            f"SELECT {parquet.selected(columns, 'r')}, m.synthetic FROM rows r "
            f"JOIN {made} m ON m.agency = r.agency AND m.year = r.year::SMALLINT "
            f"ORDER BY {', '.join('r.' + name.strip() for name in order.split(','))}"
        )
        parquet.write_parquet(self.connection, query, self.folder / f"{table}.parquet", marks)
        self.connection.unregister("rows")

    def counts(self) -> tuple[int, int]:
        """Reports that are synthetic, and all."""
        synthetic, reports = (sum(one[name] for one in self.provinces.values()) for name in ("synthetic", "reports"))
        return synthetic, reports

    def close(
        self,
        reading: str,
        whole: Mapping[str, list[tuple[Any, ...]]],
        old_years: OldYears | None = None,
    ) -> Manifest:
        """Write what belongs to the whole: years, agencies, checks, corrections, dictionary, and the manifest last."""
        self.provinces = dict(sorted(self.provinces.items()))
        panel, provenance = (
            {province: self.path(table, province) for province in self.provinces} for table in ("panel", "provenance")
        )
        registers = {province: one["register"] for province, one in self.provinces.items()}
        by_year = write_years(self.connection, self.folder, Sources(panel, provenance, registers), old_years)
        for table in WHOLE:
            self.write_whole(table, whole.get(table, []))
        if self.options["checks"]:
            self.write_checks()
        self.write_agencies()
        write_atomic(self.folder / DICTIONARY, schema.dictionary_text())
        synthetic, reports = self.counts()
        files = sorted(path for path in self.folder.rglob("*") if path.is_file() and path.name != LOCK)
        for path in files:
            flush(path)
        made = Manifest(
            gdgk=gdgk.__version__,
            schema=schema.SCHEMA,
            reading=reading,
            options=self.options,
            reports=reports,
            synthetic=synthetic,
            agencies=sum(one["agencies"] for one in self.provinces.values()),
            years=tuple(map(int, by_year)),
            by_year=by_year,
            provinces=self.provinces,
            files={path.relative_to(self.folder).as_posix(): manifest.file_entry(path) for path in files},
        )
        write_atomic(self.folder / manifest.NAME, made.text())
        self.connection.close()
        return made

    def write_checks(self) -> None:
        """Write what fails. Provinces that agencies above or before connect are checked together."""
        import pandas as pd

        found = []
        for group in connected(self.agencies, self.places, list(self.provinces)):
            files = [self.path("panel", province) for province in group]
            found.append(screened(self.connection, files, self.agencies))
        frame = pd.concat(found, ignore_index=True)
        self.write_frame("checks", frame, TYPES, "agency, year, place", with_place=True)

    def write_agencies(self) -> None:
        """Write agencies.csv with places, and what each has in the pack."""
        import pandas as pd

        rows = [
            (
                name,
                one.name,
                *nulls(one.kind, one.region_code),
                place.province,
                *nulls(province_name(place.province)),
                place.city,
                place.county,
                *nulls(one.parent),
                list(one.predecessors),
                one.valid_from,
                one.valid_to,
            )
            for name, one in self.agencies.items()
            for place in [self.places[name]]
        ]
        self.connection.register("rows", pd.DataFrame(rows, columns=list(AGENCIES)[:12], dtype=object))
        made = parquet.source(*(self.path("provenance", province) for province in self.provinces))
        query = (
            f"SELECT {parquet.selected(AGENCIES)} FROM rows LEFT JOIN (SELECT agency, count(*) AS reports, "
            f"min(year) AS first_year, max(year) AS last_year, bool_and(synthetic) AS synthetic FROM {made} "
            "GROUP BY agency) ON agency = id ORDER BY id"
        )
        parquet.write_parquet(
            self.connection, query, self.folder / "agencies.parquet", {"synthetic": mark_of(*self.counts())}
        )


def connected(agencies: Mapping[str, Agency], places: Mapping[str, Any], provinces: list[str]) -> list[list[str]]:
    """Provinces in groups: those between which an agency has one above it, or one before it."""
    group = {province: province for province in provinces}

    def root(province: str) -> str:
        while group[province] != province:
            province = group[province]
        return province

    for name, one in agencies.items():
        own = places[name].province
        for other in (*one.predecessors, *([one.parent] if one.parent else [])):
            there = places[other].province
            if own in group and there in group:
                first, second = sorted((root(own), root(there)))
                group[second] = first
    found: dict[str, list[str]] = {}
    for province in provinces:
        found.setdefault(root(province), []).append(province)
    return list(found.values())


def provenance_types() -> dict[str, str]:
    """The columns of the provenance with their types."""
    return {field.name: field.type for field in schema.PROVENANCE}
