"""Comparisons of versions as plain objects, as the lines of a revision list (修订一览), and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gdgk.findings import Row
from gdgk.markup import figure
from gdgk.report import Cell, State
from gdgk.tables import SEALS
from gdgk.versions import Comparison, Kind, Passage, Piece, Version
from gdgk.versions.cells import CellChange, MeasureChange

# The columns of a revision list.
REVISIONS = ("版次", "位置", "原", "改为", "相差", "说明", "对核对结果的影响")
# Of what a passage has in common with the other, so many signs are shown beside a change.
NEAR = 60
CUT = "……"
ABSENT, BLANK, UNKNOWN = "表式无此格", "未填报", "未入库"
OPENING = "第一部分以前"
PASSAGES = {"changed": "改", "inserted": "增", "deleted": "删", "spacing": "空格或全半角"}
CHANGES = {
    Kind.FIGURE: "数字不同",
    Kind.ENTRY: "填法不同（空、0、无、文字）",
    Kind.CORRECTION: "与更正一致",
    Kind.ABSENT: "只有一种表式有",
    Kind.UNKNOWN: "有一稿未入库，不能比",
    Kind.WRITING: "只是写法不同",
}
# What is said of a cell for which nobody gave a reason.
TOLD = {kind: CHANGES[kind] for kind in (Kind.CORRECTION, Kind.UNKNOWN)} | {Kind.ABSENT: "另一稿的表式无此格"}


# ── words ──


def entry(cell: Cell | None) -> str:
    """What a cell prints; in words where it prints nothing, was not taken in, or is not on the form."""
    if cell is None:
        return ABSENT
    if cell.state == State.UNKNOWN:
        return UNKNOWN
    return BLANK if cell.state == State.BLANK else cell.raw.strip()


def said_of(change: CellChange, step: Comparison) -> str:
    """Why a cell was changed, as far as it is known; that it cannot be compared."""
    made = change.correction
    why = (
        f"{made.reason}（{'，'.join(part for part in (made.by, made.on) if part)}）"
        if made
        else TOLD.get(change.kind, "")
    )
    back = step.back.get(str(change.key))
    return "；".join(part for part in (why, f"又同{back.label}" if back else "") if part)


def effect(sides: tuple[list[Row], list[Row]]) -> str:
    """What a change did to the findings: 解决误 1，引起疑 1."""
    told = [f"{verb}{counted(rows)}" for verb, rows in zip(("解决", "引起"), sides, strict=True) if rows]
    return "，".join(told)


def counted(rows: Iterable[Row]) -> str:
    """Findings by severity: 误 2 疑 1."""
    kinds = [row["severity"] for row in rows]
    return " ".join(f"{word} {kinds.count(name)}" for name, (_, word) in SEALS.items() if name in kinds)


def open_words(version: Version) -> str:
    """The open findings of a version: 误 2 疑 1, or that there is none."""
    told = " ".join(f"{word} {version.open[name]}" for name, (_, word) in SEALS.items() if version.open[name])
    return told or "没有未处理的问题"


def summary(step: Comparison) -> str:
    """How much changed, in a line."""
    cells = [f"{CHANGES[kind]} {step.count(kind)} 格" for kind in CHANGES if step.count(kind)]
    kinds = [passage.kind for passage in step.passages]
    prose = [f"{word} {kinds.count(kind)} 段" for kind, word in PASSAGES.items() if kind in kinds]
    told = ["、".join(cells), f"表式不同的指标 {len(step.measures)} 项" if step.measures else ""]
    told += [f"正文{'、'.join(prose)}" if prose else "", f"其他 {len(step.heads)} 处" if step.heads else ""]
    return "；".join(part for part in told if part) or "所比各处没有不同"


def section_name(passage: Passage) -> str:
    """The heading under which a passage stands."""
    return passage.heading or OPENING


def near(passage: Passage) -> list[Piece]:
    """A passage in pieces, shortened where nothing changed to what stands near a change."""
    last = len(passage.pieces) - 1
    return [
        Piece("same", cut(piece.text, at > 0, at < last)) if piece.kind == "same" else piece
        for at, piece in enumerate(passage.pieces)
    ]


def cut(text: str, front: bool, back: bool) -> str:
    """A long text without its middle; without its front or back too, where no change stands there."""
    if len(text) <= 2 * NEAR + len(CUT):
        return text
    return f"{text[:NEAR] if front else ''}{CUT}{text[-NEAR:] if back else ''}"


def in_line(passage: Passage) -> str:
    """A passage in a line: 收到申请［－21］［＋23］件."""
    marks = {"same": "{}", "deleted": "［－{}］", "inserted": "［＋{}］"}
    told = (marks[piece.kind].format(cut(piece.text, True, True)) for piece in near(passage))
    return " ".join("".join(told).split())


# ── revision list ──


def revisions(steps: Sequence[Comparison]) -> list[list[Any]]:
    """The lines of a revision list, by the columns of :data:`REVISIONS`; what is only written otherwise is left out."""
    return [line for step in steps for line in (*figure_lines(step), *prose_lines(step))]


def step_name(step: Comparison) -> str:
    """From which version to which: 上报稿 → 更正稿."""
    return f"{step.before.label} → {step.now.label}"


def figure_lines(step: Comparison) -> Iterator[list[Any]]:
    """The lines of one step on cells, quantities across forms, head."""
    name = step_name(step)
    for change in step.cells:
        if change.kind != Kind.WRITING:
            values = (entry(change.before), entry(change.now), change.difference)
            yield [name, change.place, *values, said_of(change, step), effect(step.concerning(change))]
    for measure in step.measures:
        values = (figure(measure.before), figure(measure.now), measure.difference)
        yield [name, measure.label, *values, measure_words(measure), ""]
    for head in step.heads:
        yield [name, head.name, head.before, head.now, None, "", ""]


def prose_lines(step: Comparison) -> Iterator[list[Any]]:
    """The lines of one step on passages."""
    for passage in step.passages:
        if passage.kind != "spacing":
            texts = (passage.before, passage.now)
            yield [step_name(step), f"正文 · {section_name(passage)}", *texts, None, "", effect(step.quoting(passage))]


def measure_words(measure: MeasureChange) -> str:
    """How far a quantity compares across forms."""
    return f"{'表式不同，大致可比' if measure.comparison == 'approx' else '表式不同'}；{measure.note}".rstrip("；")


# ── objects ──


def as_object(name: str, versions: Sequence[Version], steps: Sequence[Comparison]) -> dict[str, Any]:
    """The versions of one report and their comparisons for other programs. name: the agency's."""
    own = versions[0].id
    return {
        "agency": own.agency,
        "name": name,
        "year": own.year,
        "versions": [version_object(version) for version in versions],
        "steps": [step_object(step) for step in steps],
    }


def version_object(version: Version) -> dict[str, Any]:
    """A version: where it is from and how many findings are open."""
    head = version.report.head
    return {
        "name": version.name,
        "label": version.label,
        "edition": version.report.edition.id,
        "title": head.title,
        "source": head.source,
        "source_file": head.source_file or None,
        "sha256": head.sha256 or None,
        "published": head.published or None,
        "synthetic": head.synthetic,
        "findings": dict(version.open),
        "notes": list(version.notes),
    }


def step_object(step: Comparison) -> dict[str, Any]:
    """A comparison."""
    return {
        "from": step.before.name,
        "to": step.now.name,
        "cells": [cell_object(change, step) for change in step.cells],
        "measures": [
            {name: getattr(one, name) for name in ("measure", "label", "unit", "before", "now", "difference")}
            | {"comparison": one.comparison, "note": one.note}
            for one in step.measures
        ],
        "incomparable": {
            "tables": list(step.seam.tables),
            "cells": step.seam.cells,
            "measures": list(step.seam.incomparable),
        }
        if step.seam
        else None,
        "head": [{"name": one.name, "before": one.before, "now": one.now} for one in step.heads],
        "passages": [passage_object(passage, step) for passage in step.passages],
        "findings": {
            "resolved": [finding_object(row) for row in step.resolved],
            "introduced": [finding_object(row) for row in step.introduced],
            "remaining": step.remaining,
        },
    }


def cell_object(change: CellChange, step: Comparison) -> dict[str, Any]:
    """A cell that differs, both entries with their state."""
    made, back = change.correction, step.back.get(str(change.key))
    return {
        "cell": str(change.key),
        "place": change.place,
        "unit": change.unit,
        "kind": change.kind.value,
        **{side: entry_object(getattr(change, side)) for side in ("before", "now")},
        "difference": change.difference,
        "correction": {"reason": made.reason, "by": made.by, "on": made.on} if made else None,
        "again": back.name if back else None,
        **named_effect(step.concerning(change)),
    }


def entry_object(cell: Cell | None) -> dict[str, Any] | None:
    """A cell's text, value and state; None where the form has no such cell."""
    return None if cell is None else {"raw": cell.raw, "value": cell.value, "state": cell.state.value}


def passage_object(passage: Passage, step: Comparison) -> dict[str, Any]:
    """A passage that differs, in pieces."""
    return {
        "section": passage.section,
        "heading": passage.heading,
        "kind": passage.kind,
        "pieces": [{"kind": piece.kind, "text": piece.text} for piece in passage.pieces],
        **named_effect(step.quoting(passage)),
    }


def named_effect(sides: tuple[list[Row], list[Row]]) -> dict[str, list[str]]:
    """The findings that a change resolved and introduced, by fingerprint."""
    names = [[row["fingerprint"] for row in rows] for rows in sides]
    return dict(zip(("resolved", "introduced"), names, strict=True))


def finding_object(row: Row) -> dict[str, Any]:
    """A finding in short."""
    return {name: row[name] for name in ("fingerprint", "rule", "severity", "place", "message")}
