"""Templates → passages: the text of a paragraph, and where in it each figure stands. Nothing a template says is run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from gdgk.errors import InputError
from gdgk.form import CellKey
from gdgk.markup import TEMPLATES
from gdgk.narrative.changes import Change
from gdgk.narrative.figures import CLOSE, OPEN, Figure
from gdgk.narrative.parts import Part, Parts

NARRATIVE = TEMPLATES / "narrative"
# An office's own wordings, in the data folder: the same names, and only those that it changes.
OWN = (Figure, Part, Parts, Change)
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
PARTED = "¶"
MENDS = "mend that line (docs/narrative.md has the names that a template may use)"


@dataclass(frozen=True, slots=True)
class Trace:
    """Where in a passage a figure stands (``text[span[0]:span[1]]``), the cells it comes from, and how."""

    span: tuple[int, int]
    keys: tuple[CellKey, ...]
    prior: tuple[CellKey, ...]
    formula: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as drafted, with the trace of each of its figures in order."""

    text: str
    traces: tuple[Trace, ...]

    @property
    def html(self) -> Markup:
        """The paragraph, each figure with the cell or formula that it comes from in ``data-cell``: not to be seen."""
        made, at = Markup(), 0
        for trace in self.traces:
            start, end = trace.span
            made += escape(self.text[at:start])
            made += Markup('<span data-cell="{}">{}</span>').format(trace.formula, self.text[start:end])
            at = end
        return made + escape(self.text[at:])


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox; of the draft's own values it asks no more than that a name is public, which is quicker."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read an attribute."""
        if isinstance(obj, OWN):
            return not attr.startswith("_")
        return super().is_safe_attribute(obj, attr, value)


@cache
def environment(own: Path | None = None) -> Sandbox:
    """The environment of the narrative's templates. own: a folder whose templates come before the package's."""
    folders = [NARRATIVE] if own is None else [own, NARRATIVE]
    return Sandbox(loader=FileSystemLoader(folders), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def compile_narrative() -> None:
    """Compile the package's templates now, not each when it is first filled in."""
    for name in environment(None).list_templates():
        environment(None).get_template(name)


def check_templates(own: Path) -> None:
    """Read an office's own templates. Raises :class:`InputError` for one that is no template."""
    for path in sorted(own.rglob("*.j2")):
        try:
            environment(own).get_template(path.relative_to(own).as_posix())
        except TemplateError as error:
            raise told(error, own, path.name) from error


def passages(template: str, own: Path | None, figures: Sequence[Figure], values: Mapping[str, Any]) -> list[Passage]:
    """A template filled in: a passage for each paragraph. ¶ parts paragraphs; line breaks of a template mean nothing.

    figures: the ledger that the values write into. Raises :class:`InputError` with the file and line of a template that
    cannot be read or asks for a name that there is not.
    """
    try:
        text = environment(own).get_template(template).render(values)
    except Exception as error:  # whatever a template does wrong is told as its fault, and not as a traceback
        raise told(error, own, template) from error
    blocks = ("".join(line.strip() for line in block.splitlines()) for block in text.split(PARTED))
    return [passage(block, figures) for block in blocks if block]


def passage(block: str, figures: Sequence[Figure]) -> Passage:
    """A paragraph with marks → its text and the places of its figures."""
    text, traces, at = "", [], 0
    for mark in MARK.finditer(block):
        figure = figures[int(mark[1])]
        text += block[at : mark.start()]
        traces.append(Trace((len(text), len(text) + len(figure.text)), figure.keys, figure.prior, figure.formula))
        text += figure.text
        at = mark.end()
    return Passage(text + block[at:], tuple(traces))


def told(error: Exception, own: Path | None, template: str) -> InputError:
    """What is wrong with a template, by file and line."""
    found = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, TemplateSyntaxError):
        return InputError(error.filename or template, error.lineno, found, "a Jinja2 template", MENDS)
    if isinstance(error, TemplateNotFound):
        return InputError(
            own or NARRATIVE,
            None,
            f"no template {error.name}",
            "every template that one names",
            "add it, or mend the name",
        )
    folders = tuple(str(folder) for folder in (own, NARRATIVE) if folder is not None)
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.startswith(folders)]
    path, line = (frames[-1].filename, frames[-1].lineno) if frames else (template, None)
    return InputError(path, line, found, "names and figures that the draft has", MENDS)
