"""The pieces around an explored selection as markup: table, findings with cells and sources, what can be saved."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

from gdgk.exploring import Holding, View, as_csv, as_xlsx
from gdgk.exploring.saving import COLUMNS, texts
from gdgk.findings import Row
from gdgk.form import edition
from gdgk.markup import Fragment, Markup, render
from gdgk.pages.listing import anchor, headline
from gdgk.pages.served import address_of
from gdgk.tables import SEALS

PAGE = "agency_year.html"
MOST_ROWS, MOST_FINDINGS = 80, 20
KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class Pieces:
    """What is told of a view beside its chart. reports: where the pages lie that ``gdgk run`` made, if anywhere."""

    def __init__(self, holding: Holding, reports: Path | None) -> None:
        self.holding, self.reports = holding, reports

    def page(self, agency: str, year: int) -> str:
        """The address of a report's page; empty where it was not made or is not served."""
        path = self.reports / agency / str(year) / PAGE if self.reports else None
        return address_of(path) if path is not None and path.is_file() else ""

    def sentence(self, text: str) -> Markup:
        """A sentence in place of a chart."""
        return render("note.html.j2", seal=("x", "缺"), text=text)

    def table(self, view: View, source: str = "") -> Markup:
        """The table behind the chart, each line with its page."""
        keys = [(party.id, year) for party in view.parties for year in view.selection.years]
        rows = list(zip(texts(view), keys, strict=True))
        shown = [
            (cells, self.page(*key) + place if (place := self.cell(view, key)) is not None and self.page(*key) else "")
            for cells, key in rows[:MOST_ROWS]
        ]
        more = len(rows) - len(shown)
        return render(
            "explore_table.html.j2", title=view.indicator.label, columns=COLUMNS, rows=shown, more=more, source=source
        )

    def cell(self, view: View, key: tuple[str, int]) -> str | None:
        """Where on its page the first cell stands that the indicator is made of; None without a report."""
        point = view.points.get(key)
        if point is None:
            return None
        cells = view.indicator.cells(edition(point.edition))
        return f"#{str(cells[0]).replace('.', '-')}" if cells else ""

    def findings(self, view: View) -> Markup:
        """The open findings on figures that the points shown are made of: cell, page, source."""
        found = [(key, row) for key in view.points for row in self.tainting(view, *key)]
        items = [self.item(view, *key, row) for key, row in found[:MOST_FINDINGS]]
        return render("explore_findings.html.j2", items=items, more=len(found) - len(items))

    def tainting(self, view: View, agency: str, year: int) -> list[Row]:
        """The open findings on the cells of a point."""
        form = edition(view.points[agency, year].edition)
        own = set(map(str, view.indicator.cells(form)))
        return [row for row in self.holding.findings(agency, year) if own & set(row["cells"])]

    def item(self, view: View, agency: str, year: int, row: Row) -> dict[str, Any]:
        """A finding as the list shows it."""
        seal, word = SEALS[row["severity"]]
        origin, page, place = self.holding.origin(agency, year), self.page(agency, year), anchor(row)
        address = ".".join(row[name] for name in ("table", "row", "column") if row[name])
        return {
            "seal": seal,
            "word": word,
            "agency": self.holding.parties[agency].name,
            "id": agency,
            "year": year,
            "title": row.get("words") or headline(row),
            "rule": row["rule"],
            "href": f"{page}{place}" if page else "",
            "cell": bool(place),
            "address": address,
            "origin": origin,
            "place": origin.places.get(address, ""),
        }

    def saving(self, view: View, command: str) -> Markup:
        """What is shown as files to take away, and the call that shows it again."""
        made = {"csv": as_csv, "xlsx": as_xlsx} if not view.message else {}
        files = [
            (f"{view.indicator.label}.{kind}", KINDS[kind], b64encode(write(view)).decode())
            for kind, write in made.items()
        ]
        return render("explore_saving.html.j2", files=files, command=command)


def fragment(html: Markup) -> str:
    """Markup as a widget shows it, under the style of the pages."""
    return str(Fragment(str(html))._repr_html_()[0])
