"""A pack as what may be explored: the reports of the agencies asked about are called up when they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from gdgk.corpus import Corpus
from gdgk.exploring.holding import Holding, Origin, Party
from gdgk.findings import Row
from gdgk.reconciliation.competence import level_of
from gdgk.reconciliation.wide import Wide


class PackHolding(Holding):
    """The reports of a pack. Its checks say which rule fails in which cell; decisions are not in a pack."""

    def __init__(self, corpus: Corpus) -> None:
        super().__init__()
        self.corpus = corpus
        agencies = corpus.agencies[corpus.agencies["reports"] > 0]
        told = (
            agencies[["id", "name", "kind", "region_code", "parent"]].astype(object).where(lambda one: one.notna(), "")
        )
        self.parties = {
            name: Party(name, full, kind, level_of(code), parent)
            for name, full, kind, code, parent in told.itertuples(index=False)
        }
        self.years = sorted(corpus.manifest.years)
        self.synthetic = bool(agencies["synthetic"].fillna(False).any())
        self.called: set[str] = set()
        self.failed: dict[tuple[str, int], list[Row]] = {}
        self.checked = bool(corpus.files("checks"))

    def call(self, agencies: Iterable[str]) -> None:
        """Read what was not read before; what was worked out of it is worked out again."""
        new = sorted(set(agencies) - self.called)
        if not new:
            return
        self.called.update(new)
        self.kept.clear()
        self.__dict__.pop("cells", None)
        for row in self.corpus.failed(new) if self.checked else ():
            self.failed.setdefault((row["agency"], int(row["year"])), []).append(finding(row))

    def wides(self) -> list[Wide]:
        """The reports of the agencies that were called up."""
        return self.corpus.wides(sorted(self.called))

    def findings(self, agency: str, year: int) -> Sequence[Row]:
        """What the pack's checks say."""
        return self.failed.get((agency, year), ())

    @lru_cache(maxsize=1024)  # noqa: B019 one holding lives as long as its page
    def origin(self, agency: str, year: int) -> Origin:
        """As the pack's provenance says; where in the document a figure stands is not in a pack."""
        query = "SELECT title, source, source_file FROM provenance WHERE agency = ? AND year = ?"
        title, source, file = self.corpus.sql(query, [agency, int(year)]).fillna("").iloc[0]
        return Origin(title, source, file, {})


def finding(row: dict[str, Any]) -> Row:
    """A violation of a pack as a finding: the rule and the cell, without words."""
    text = {name: row[name] or "" for name in ("table", "row", "column")}
    address = ".".join(text.values())
    return {**row, **text, "cells": (address,) if all(text.values()) else (), "words": f"{row['rule']}：{address}"}
