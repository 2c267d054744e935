"""The page that answers at once: pickers, chart, table; without anybody looking, the same as it was asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdgk.archive import Archive, default_reports
from gdgk.corpus import Corpus
from gdgk.exploring import (
    PEERS,
    FolderHolding,
    Holding,
    PackHolding,
    Selection,
    View,
    chart,
    command,
    read_selection,
    view_of,
)
from gdgk.indicators import GROUPS, INDICATORS
from gdgk.markup import Fragment, render
from gdgk.pages.explored import Pieces, fragment
from gdgk.pages.parameters import check_injected, inputs_so_far
from gdgk.pages.served import is_live

if TYPE_CHECKING:
    from ipywidgets import VBox
    from plotly.graph_objects import Figure, FigureWidget

PARAMETERS = ("agencies", "years", "indicator", "peers", "data", "pack", "reports")
# So many agencies are listed at once; a search finds the others.
MOST_LISTED = 200
# The camera of plotly's own bar saves what is on the screen as png.
BAR = {
    "displayModeBar": True,
    "modeBarButtons": [["toImage"]],
    "displaylogo": False,
    "responsive": True,
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "gdgk"},
}


class ExplorePage:
    """A selection of a data folder's reports, or of a pack's where one is named.

    agencies: ids parted by commas; years: such as ``2019,2021-2023``, all when empty; indicator: an id; peers: whom the
    first agency is compared with; reports: where the pages lie that findings lead to. Raises
    :class:`gdgk.errors.GdgkError` for names that there are not and for input that cannot be read.
    """

    def __init__(
        self, agencies: str, years: str, indicator: str, peers: str, data: str = "", pack: str = "", reports: str = ""
    ) -> None:
        check_injected(inputs_so_far(), PARAMETERS)
        self.places = {"data": str(data), "pack": str(pack), "reports": str(reports)}
        self.holding: Holding = PackHolding(Corpus(pack)) if pack else FolderHolding(Archive(data or None))
        self.asked = read_selection(agencies, years, indicator, peers, self.holding.parties, self.holding.years)
        # Pages of the workbook's own reports are not those of other data.
        pages = Path(reports) if reports else None if data or pack else default_reports()
        self.pieces = Pieces(self.holding, pages)

    def masthead(self) -> Fragment:
        """How much there is to explore, and whether it is made up."""
        held = self.holding
        html = render(
            "explore_masthead.html.j2", agencies=len(held.parties), years=held.years, synthetic=held.synthetic
        )
        return Fragment(str(html), {"role": "masthead", "title": "探索"})

    def explore(self) -> list[VBox | Figure | Fragment]:
        """Pickers with chart and table where somebody looks; else the selection as it was asked for."""
        return [self.panel.box] if is_live() else self.still()

    def still(self) -> list[Any]:
        """The selection as a chart, or a sentence, and its table."""
        made = view_of(self.holding, self.asked)
        figure = chart(made)
        shown = figure if figure is not None else Fragment(str(self.pieces.sentence(made.message)))
        listed = [Fragment(str(self.pieces.table(made, source_of(figure))))] if made.points else []
        return [shown, *listed, Fragment(str(self.pieces.findings(made)))] if listed else [shown]

    def call(self, selection: Selection) -> str:
        """The papermill call that shows a selection again."""
        return command(selection, **self.places)

    @cached_property
    def panel(self) -> Panel:
        """The pickers, made when they are asked for."""
        return Panel(self)


def source_of(figure: Figure | None) -> str:
    """The source line of a chart."""
    return "" if figure is None else str(figure.layout.meta["source"])


class Panel:
    """The widgets of a page: what is picked at the left, what it says at the right."""

    def __init__(self, page: ExplorePage) -> None:
        import ipywidgets as widgets

        self.page, self.pieces = page, page.pieces
        asked, held = page.asked, page.holding
        wide = {"description_width": "0"}
        full = widgets.Layout(width="auto")
        self.search = widgets.Text(placeholder="查找机关", style=wide, layout=full)
        self.agencies = widgets.SelectMultiple(rows=12, style=wide, layout=full)
        self.years = widgets.SelectMultiple(
            options=held.years, value=asked.years, rows=min(8, len(held.years)), style=wide, layout=full
        )
        self.indicator = widgets.Dropdown(options=indicators(), value=asked.indicator, style=wide, layout=full)
        self.peers = widgets.Dropdown(
            options=[(label, name) for name, label in PEERS.items()], value=asked.peers, style=wide, layout=full
        )
        self.figure: FigureWidget | None = None
        self.drawn, self.sentence, self.table, self.findings, self.saving = (
            widgets.VBox(layout=full),
            *(widgets.HTML(layout=full) for _ in range(4)),
        )
        self.picked = list(asked.agencies)
        self.listing = False
        self.list_agencies()
        named = [("机关（按住 Ctrl 多选）", self.search), ("", self.agencies), ("年度", self.years)]
        named += [("指标", self.indicator), ("同类", self.peers)]
        left = [part for label, picker in named for part in ([widgets.Label(label)] if label else []) + [picker]]
        pickers = widgets.VBox(left, layout=widgets.Layout(width="280px", flex="0 0 280px"))
        answers = widgets.VBox(
            [self.sentence, self.drawn, self.saving, self.findings, self.table],
            layout=widgets.Layout(flex="1 1 480px", min_width="0"),
        )
        flow = widgets.Layout(flex_flow="row wrap", grid_gap="16px")
        self.box = widgets.HBox([pickers, answers], layout=flow)
        self.redraw()
        self.search.observe(lambda _: self.list_agencies(), "value")
        self.agencies.observe(lambda _: self.pick(), "value")
        for picker in (self.years, self.indicator, self.peers):
            picker.observe(lambda _: self.redraw(), "value")

    # ── what is picked ──

    def list_agencies(self) -> None:
        """List the agencies picked, then those that the search finds."""
        words = str(self.search.value).split()
        parties = self.page.holding.parties
        found = [one.id for one in parties.values() if all(word in one.name or word in one.id for word in words)]
        listed = list(dict.fromkeys([*self.picked, *found[:MOST_LISTED]])) if words else found[:MOST_LISTED]
        listed += [name for name in self.picked if name not in listed]
        self.listing = True
        try:
            self.agencies.options = [(f"{parties[name].name}　{name}", name) for name in listed]
            self.agencies.value = tuple(self.picked)
        finally:
            self.listing = False

    def pick(self) -> None:
        """Keep the order in which agencies were picked: the first is the one whose peers are shown."""
        if self.listing:
            return
        now = list(self.agencies.value)
        self.picked = [name for name in self.picked if name in now] + [name for name in now if name not in self.picked]
        self.redraw()

    @property
    def selection(self) -> Selection:
        """What is picked."""
        years = tuple(sorted(self.years.value))
        return Selection(tuple(self.picked), years, self.indicator.value, self.peers.value)

    # ── what it says ──

    def redraw(self) -> None:
        """Show what is picked; what goes wrong on the way is one sentence in its place, and no chart."""
        from gdgk.errors import GdgkError

        try:
            made = view_of(self.page.holding, self.selection)
            figure = chart(made)
        except GdgkError as error:
            self.show_sentence(str(error))
            return
        if figure is None:
            self.show_sentence(made.message)
        else:
            self.sentence.value = ""
            self.show_figure(figure)
        self.tell(made, source_of(figure))

    def show_sentence(self, text: str) -> None:
        """A sentence where the chart was."""
        self.drawn.children = ()
        self.sentence.value = fragment(self.pieces.sentence(text))
        self.table.value = self.findings.value = self.saving.value = ""

    def show_figure(self, figure: Figure) -> None:
        """The chart, by one message to the one that is there."""
        from plotly.graph_objects import FigureWidget

        if self.figure is None:
            self.figure = FigureWidget(figure)
            self.figure._config = BAR
        else:
            update(self.figure, figure)
        self.drawn.children = (self.figure,)

    def tell(self, made: View, source: str) -> None:
        """The table, the findings, the files."""
        self.table.value = fragment(self.pieces.table(made, source)) if made.points else ""
        self.findings.value = fragment(self.pieces.findings(made)) if made.points else ""
        self.saving.value = fragment(self.pieces.saving(made, self.page.call(self.selection)))


def update(shown: FigureWidget, figure: Figure) -> None:
    """Make a figure widget show another chart of the same shape (:mod:`gdgk.exploring.drawing`), by one message."""
    layout = figure.to_dict()["layout"]
    kept = {name: value for name, value in layout.items() if name != "template"}
    with shown.batch_update():
        for old, new in zip(shown.data, figure.data, strict=True):
            old.update(new.to_plotly_json(), overwrite=True)
        shown.layout.update(kept, overwrite=True)


def indicators() -> list[tuple[str, str]]:
    """The indicators for a list, group by group."""
    ordered = sorted(INDICATORS.values(), key=lambda one: GROUPS.index(one.group))
    return [(f"{one.group}｜{one.label}", one.id) for one in ordered]
