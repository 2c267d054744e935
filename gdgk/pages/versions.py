"""The versions of a report as a page, and the revision list (修订一览) that the report's own page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gdgk.findings import Row
from gdgk.markup import Markup, asset, render
from gdgk.report import Cell
from gdgk.tables import SEALS
from gdgk.versions import Comparison, Kind, Passage, Piece, Version
from gdgk.versions.cells import CellChange
from gdgk.versions.telling import (
    entry,
    measure_words,
    near,
    open_words,
    said_of,
    section_name,
    summary,
)


class Seal(NamedTuple):
    """A finding that a change resolved or introduced, as its seal shows it. anchor: of its line in the list."""

    look: str
    word: str
    anchor: str
    message: str
    rule: str


class Line(NamedTuple):
    """A cell that differs. before, now: text and state (a class of the style sheet)."""

    place: str
    before: tuple[str, str]
    now: tuple[str, str]
    change: CellChange
    said: str
    resolved: list[Seal]
    introduced: list[Seal]


class Shown(NamedTuple):
    """A passage that differs, its pieces shortened where nothing changed."""

    name: str
    kind: str
    pieces: list[Piece]
    resolved: list[Seal]
    introduced: list[Seal]


def versions_page(name: str, versions: Sequence[Version], steps: Sequence[Comparison]) -> str:
    """The comparison of versions as one page that loads nothing. name: the agency's."""
    return str(
        render(
            "versions_page.html.j2",
            name=name,
            year=versions[0].id.year,
            synthetic=any(version.report.head.synthetic for version in versions),
            style=asset("style.css"),
            list=versions_list(versions, steps),
            steps=[(step, step_html(step, at)) for at, step in enumerate(steps, 1)],
        )
    )


def versions_list(versions: Sequence[Version], steps: Sequence[Comparison]) -> Markup:
    """The versions of a report, a line each: where from, how many findings, what changed from the one before."""
    told = ["", *map(summary, steps)]
    counts = [[(*SEALS[name], version.open[name]) for name in SEALS if version.open[name]] for version in versions]
    rows = list(zip(versions, counts, told, strict=True))
    return render("versions_list.html.j2", rows=rows)


def revision_list(versions: Sequence[Version], steps: Sequence[Comparison]) -> Markup:
    """The versions, and each step beneath its heading: what a report's own page shows."""
    shown = [(step, step_html(step, at, "h4")) for at, step in enumerate(steps, 1)]
    return render("versions_revisions.html.j2", list=versions_list(versions, steps), steps=shown)


def step_html(step: Comparison, number: int, level: str = "h3") -> Markup:
    """One comparison: cells, quantities across forms, head, prose, findings. number: in the page, for its anchors."""
    anchors = {row["fingerprint"]: f"step{number}-{row['fingerprint']}" for row in (*step.resolved, *step.introduced)}
    sides = [[seal_of(row, anchors) for row in rows] for rows in (step.resolved, step.introduced)]
    return render(
        "versions_step.html.j2",
        step=step,
        level=level,
        tables=by_table([line_of(change, step, anchors) for change in step.cells if change.kind != Kind.WRITING]),
        written=[(change.place, entry(change.before), entry(change.now)) for change in written(step)],
        measures=[(one, measure_words(one)) for one in step.measures],
        passages=[shown(one, step, anchors) for one in step.passages if one.kind != "spacing"],
        spaced=sum(one.kind == "spacing" for one in step.passages),
        resolved=sides[0],
        introduced=sides[1],
        open=[open_words(version) for version in (step.before, step.now)],
    )


def written(step: Comparison) -> list[CellChange]:
    """The cells that are only written otherwise."""
    return [change for change in step.cells if change.kind == Kind.WRITING]


def line_of(change: CellChange, step: Comparison, anchors: dict[str, str]) -> Line:
    """A cell that differs, as shown."""
    resolved, introduced = step.concerning(change)
    return Line(
        place=change.place.partition(" · ")[2] or change.place,
        before=side(change.before),
        now=side(change.now),
        change=change,
        said=said_of(change, step),
        resolved=[seal_of(row, anchors) for row in resolved],
        introduced=[seal_of(row, anchors) for row in introduced],
    )


def side(cell: Cell | None) -> tuple[str, str]:
    """What a version prints in a cell, and its state."""
    return entry(cell), cell.state.value if cell else "absent"


def by_table(lines: list[Line]) -> dict[str, list[Line]]:
    """The lines under the name of their table."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.change.place.partition(" · ")[0], []).append(line)
    return groups


def shown(passage: Passage, step: Comparison, anchors: dict[str, str]) -> Shown:
    """A passage that differs, as shown."""
    resolved, introduced = step.quoting(passage)
    seals: list[Any] = [[seal_of(row, anchors) for row in rows] for rows in (resolved, introduced)]
    return Shown(section_name(passage), passage.kind, near(passage), *seals)


def seal_of(row: Row, anchors: dict[str, str]) -> Seal:
    """A finding as its seal."""
    look, word = SEALS[row["severity"]]
    return Seal(look, word, anchors[row["fingerprint"]], row["message"], row["rule"])
