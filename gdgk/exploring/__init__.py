"""What an analyst asks of many reports, one question at a time: a selection → points, peers → a chart, a table, files.

Nothing here knows a widget: the page (:mod:`gdgk.pages.explore`) turns what is picked into a :class:`Selection`, a
:class:`Holding` gives the figures (:class:`FolderHolding` of a data folder, :class:`PackHolding` of a pack), a
:class:`View` is what is shown of them or the sentence that stands in its place.
"""

from __future__ import annotations

from gdgk.exploring.drawing import chart
from gdgk.exploring.folder import FolderHolding
from gdgk.exploring.holding import Holding, Origin, Party, Point
from gdgk.exploring.packed import PackHolding
from gdgk.exploring.saving import as_csv, as_xlsx
from gdgk.exploring.selection import PEERS, Selection, command, read_selection, years_text
from gdgk.exploring.showing import View, view_of

__all__ = [
    "PEERS",
    "FolderHolding",
    "Holding",
    "Origin",
    "PackHolding",
    "Party",
    "Point",
    "Selection",
    "View",
    "as_csv",
    "as_xlsx",
    "chart",
    "command",
    "read_selection",
    "view_of",
    "years_text",
]
