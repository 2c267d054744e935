"""A pack as what may be explored: the reports of the agencies asked about are called up when they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gdgk.archive import Agency
from gdgk.corpus import Corpus
from gdgk.exploring.holding import Holding, Origin, Party
from gdgk.findings import Row
from gdgk.reconciliation.competence import level_of
from gdgk.reconciliation.screening import explain, violations
from gdgk.reconciliation.wide import Wide

TEXTS = ["id", "name", "kind", "region_code", "parent"]


class PackHolding(Holding):
    """The reports of a pack. What was decided about findings is not in a pack: all that fails is open.

    Raises :class:`gdgk.errors.GdgkError` for files that cannot be read.
    """

    def __init__(self, corpus: Corpus) -> None:
        super().__init__()
        self.corpus = corpus
        known = corpus.agencies[corpus.agencies["reports"] > 0]
        told = known[TEXTS].astype(object).where(known[TEXTS].notna(), "")
        self.register = {
            name: Agency(name, full, (), kind, code, parent, tuple(before))
            for (name, full, kind, code, parent), before in zip(
                told.itertuples(index=False), known["predecessors"], strict=True
            )
        }
        self.parties = {
            one.id: Party(one.id, one.name, one.kind, level_of(one.region_code), one.parent)
            for one in self.register.values()
        }
        self.years = sorted(corpus.manifest.years)
        self.synthetic = bool(known["synthetic"].fillna(False).any())
        self.called: set[str] = set()
        self.failed: dict[tuple[str, int], list[Row]] = {}

    def call(self, agencies: Iterable[str]) -> None:
        """Read what was not read before; what was worked out of the rest is worked out again."""
        new = sorted(set(agencies) - self.called)
        if not new:
            return
        self.called.update(new)
        self.kept.clear()
        self.__dict__.pop("cells", None)
        for row in self.failures(new):
            self.failed.setdefault((row["agency"], int(row["year"])), []).append(row)

    def wides(self) -> list[Wide]:
        """The reports of the agencies that were called up."""
        return self.corpus.wides(sorted(self.called))

    def failures(self, agencies: Sequence[str]) -> list[Row]:
        """What fails in the reports of some agencies, in full; of comparisons with agencies beneath, which may not be
        ready, what the pack's checks say. A pack without checks is checked here, those comparisons excepted.
        """
        wides, register = self.cells.reports, {name: self.register[name] for name in sorted(self.called)}
        lineage = {name: one.predecessors for name, one in register.items() if one.predecessors}
        if self.corpus.files("checks"):
            found = self.corpus.failed(agencies)
        else:
            frame = violations(wides, lineage)
            found = frame[frame["agency"].isin(agencies)].to_dict("records")
        reports = dict.fromkeys((row["agency"], int(row["year"])) for row in found)
        told = explain(wides, reports, lineage, agencies=register)
        full: list[Row] = list(told[told["status"] == "fail"].to_dict("records"))
        said = {(row["agency"], row["year"], row["rule"]) for row in full}
        return full + [bare(row) for row in found if (row["agency"], int(row["year"]), row["rule"]) not in said]

    def findings(self, agency: str, year: int) -> Sequence[Row]:
        """What fails of the checks on figures."""
        return self.failed.get((agency, year), ())

    def origin(self, agency: str, year: int) -> Origin:
        """As the pack's provenance says; where in the document a figure stands is not in a pack."""
        query = "SELECT title, source, source_file FROM provenance WHERE agency = ? AND year = ?"
        title, source, file = self.corpus.sql(query, [agency, int(year)]).fillna("").iloc[0]
        return Origin(title, source, file, {})


def bare(row: dict[str, Any]) -> Row:
    """A failure that only the pack's checks tell: its rule and its cell."""
    text = {name: row[name] or "" for name in ("table", "row", "column")}
    address = ".".join(text.values())
    return {
        **row,
        **text,
        "cells": (address,) if all(text.values()) else (),
        "words": f"与所属机关之和不符（{address}）",
    }
