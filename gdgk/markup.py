"""Templates → HTML, every value escaped: no text of a report can become markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
# The mime type of a report's data (:func:`gdgk.pages.data.report_data`). Nothing shows it: pages know other types only.
REPORT_DATA = "application/vnd.gdgk.report+json"


@dataclass(frozen=True)
class Fragment:
    """A piece of a page; Jupyter shows it, the exporter places it. meta: what the exporter should know of it; data: the
    same in other kinds, by mime type.
    """

    html: str
    meta: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, Any]:
        return self.data

    def _repr_html_(self) -> tuple[str, dict[str, Any]]:
        return f'<div class="gdgk">{self.html}</div>', {"gdgk": self.meta}


@cache
def environment() -> Environment:
    """The one template environment: autoescape on, unknown names are errors."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a template is asked for a hundred times a page, and does not change
    )
    made.filters["figure"] = figure
    return made


def render(template: str, /, **values: Any) -> Markup:
    """A template of ``gdgk/templates`` filled in."""
    return Markup(environment().get_template(template).render(**values))


def compile_templates(without: tuple[str, ...] = ()) -> None:
    """Compile every template of a page now, not each when it is first filled in. without: how names of others begin."""
    for name in environment().list_templates(filter_func=lambda name: name.endswith(".html.j2")):
        if not name.startswith(without):
            environment().get_template(name)


@cache
def asset(name: str) -> str:
    """A style sheet or script of ``gdgk/templates`` as text."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def plotly_script() -> bytes:
    """plotly.min.js from plotly's own package data; plotly is not imported for it."""
    spec = find_spec("plotly")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()


@lru_cache(10_000)
def figure(value: float | None, sign: bool = False, places: int | None = None) -> str:
    """A figure for reading: thousands parted by commas, a full-width minus, at most four decimals; — for none.

    sign: write ＋ before what is above 0. places: exactly so many decimals.
    """
    if value is None or value != value:
        return "—"
    text = f"{abs(value):,.{4 if places is None else places}f}"
    if places is None:
        text = text.rstrip("0").rstrip(".")
    if not any(digit in text for digit in "123456789"):
        return text
    return f"－{text}" if value < 0 else f"＋{text}" if sign else text


def style_for_lab() -> Fragment:
    """The page's style sheet for JupyterLab, held to our own fragments."""
    css = asset("style.css").replace(":root{", ":scope{").replace("body{", ":scope{")
    return Fragment(f"<style>@scope (.gdgk) {{\n{css}\n}}</style>")
