"""Charts as pictures, for formats in which nothing moves: drawn by plotly's own kaleido, one browser for a document."""

from __future__ import annotations

import warnings
from types import ModuleType, TracebackType

from gdgk.errors import GdgkError
from gdgk.exporters.pieces import Chart

WITHOUT = "or export without pictures"
# Half again as wide as the text of an official page, in pixels; drawn at twice that, so that print is sharp.
SIZE = {"width": 900, "height": 500, "scale": 2}


class Drawing:
    """Draws the charts of a document, as a context: a browser is started with the first of them and ended with it.

    Raises :class:`gdgk.errors.GdgkError` without kaleido, or where it fails.
    """

    def __init__(self) -> None:
        self.server: ModuleType | None = None

    def __enter__(self) -> Drawing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.server is not None:
            self.server.stop_sync_server(silence_warnings=True)

    def drawn(self, chart: Chart) -> bytes:
        """A chart as a PNG, without its title, which stands above it as text."""
        try:
            import kaleido
        except ImportError as error:
            raise GdgkError(
                "charts as pictures: found no kaleido; expected the package that draws them; pip install kaleido, "
                + WITHOUT
            ) from error
        import plotly.graph_objects as go
        import plotly.io

        try:
            if self.server is None:
                kaleido.start_sync_server(silence_warnings=True)
                self.server = kaleido
            figure = go.Figure(chart.spec, skip_invalid=True).update_layout(title_text="")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # plotly: its own options do not reach a browser that runs already
                return bytes(plotly.io.to_image(figure, format="png", **SIZE))
        except Exception as error:
            said = " ".join(str(error).split())[:120]
            raise GdgkError(
                f"charts as pictures: found {said}; expected kaleido with a Chrome; run plotly_get_chrome, {WITHOUT}"
            ) from error
