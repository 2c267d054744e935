"""What two versions of a report say in their tables: cell by cell where their forms agree, else by quantities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from gdgk.crosswalk import Measure, measures_by_id
from gdgk.form import CellKey, Edition, same_label
from gdgk.indicators import figure
from gdgk.reconciliation import Sheet, sheet_of
from gdgk.reconciliation.wording import place, table_name
from gdgk.report import Cell, Correction, Report, State


class Kind(StrEnum):
    """How a cell differs.

    ``figure``: another number; ``entry``: another kind of entry (a number against a blank, 无 or words), or other
    words; ``writing``: the same number or no number, written otherwise; ``correction``: the same entry, for which one
    of the two needs a correction; ``unknown``: one of the two was not taken in; ``absent``: the form of one of the two
    has no such cell.
    """

    FIGURE = "figure"
    ENTRY = "entry"
    WRITING = "writing"
    CORRECTION = "correction"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that two versions fill in differently.

    place: the address in the form's own words. before, now: None where the form has no such cell. difference: now −
    before in the cell's unit; None where either says no number. correction: the one that the later version applies.
    """

    key: CellKey
    place: str
    unit: str
    kind: Kind
    before: Cell | None
    now: Cell | None
    difference: float | None = None
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A quantity whose value differs between versions on different forms. comparison: ``same`` or ``approx``.

    note: what the crosswalk says of it. difference: None where either version does not say it.
    """

    measure: str
    label: str
    unit: str
    before: float | None
    now: float | None
    difference: float | None
    comparison: str
    note: str


@dataclass(frozen=True, slots=True)
class Seam:
    """What two forms do not have alike: in which tables, how many cells of either, and by label the quantities that
    nothing compares.
    """

    tables: tuple[str, ...]
    cells: int
    incomparable: tuple[str, ...]


def cell_changes(before: Report, now: Report) -> list[CellChange]:
    """The cells that differ, corrections applied, in the order of the form; of those that both forms have alike."""
    shared = alike(before.edition, now.edition)
    keys = dict.fromkeys(key for form in (now.edition, before.edition) for key in form.cells if key in shared)
    found = (change_of(key, before, now) for key in keys)
    return [change for change in found if change is not None]


@cache
def alike(before: Edition, now: Edition) -> frozenset[CellKey]:
    """The cells that compare one by one: all of one family of forms; of others those whose row and column both print
    alike and that belong to no quantity on which the crosswalk has a reservation.
    """
    if before.family == now.family:
        return frozenset({*before.cells, *now.cells})
    reserved = {
        key
        for measure in measures_by_id().values()
        if measure.comparison(now, before) != "same"
        for form in (before, now)
        for _, key in measure.cells(form)
    }
    return frozenset(
        key
        for key in before.cells.keys() & now.cells.keys() - reserved
        if all(same_label(old.label, new.label) for old, new in zip(before.cells[key], now.cells[key], strict=True))
        and before.tables[key.table].unit_of(key) == now.tables[key.table].unit_of(key)
    )


def change_of(key: CellKey, before: Report, now: Report) -> CellChange | None:
    """How a cell differs; None where it does not."""
    old, new = cell_of(before, key), cell_of(now, key)
    corrections = before.corrections.get(key), now.corrections.get(key)
    if raw_of(old) == raw_of(new) and (None not in corrections or corrections == (None, None)):
        return None
    owner = now if new is not None else before
    return CellChange(
        key,
        place(owner.edition, *key),
        owner.unit_of(key),
        kind_of(old, new),
        old,
        new,
        difference(old.value if old else None, new.value if new else None),
        corrections[1] if corrections[0] != corrections[1] else None,
    )


def cell_of(report: Report, key: CellKey) -> Cell | None:
    """A cell as a version has it, corrected where a correction says so; None where its form has no such cell."""
    return report.cell(key) if key in report.edition.cells else None


def raw_of(cell: Cell | None) -> str | None:
    """What a cell prints, spaces around it left out."""
    return None if cell is None else cell.raw.strip()


def kind_of(old: Cell | None, new: Cell | None) -> Kind:
    """How two entries differ; those written alike by a correction."""
    if raw_of(old) == raw_of(new):
        return Kind.CORRECTION
    if old is None or new is None:
        return Kind.ABSENT
    if State.UNKNOWN in (old.state, new.state):
        return Kind.UNKNOWN
    if old.value is not None and new.value is not None:
        return Kind.FIGURE if old.value != new.value else Kind.WRITING
    same_words = old.state == new.state and old.state != State.TEXT
    return Kind.WRITING if old.value == new.value and same_words else Kind.ENTRY


def difference(before: float | None, now: float | None) -> float | int | None:
    """now − before, in decimals as printed; None where either is missing."""
    if before is None or now is None:
        return None
    exact = Decimal(str(now)) - Decimal(str(before))
    return int(exact) if exact == exact.to_integral_value() else float(exact)


# ── different forms ──


def measure_changes(before: Report, now: Report) -> tuple[list[MeasureChange], Seam | None]:
    """The quantities of cells that the two forms do not have alike, and what cannot be compared; nothing where
    :func:`cell_changes` compares every cell.
    """
    old_form, new_form = before.edition, now.edition
    shared = alike(old_form, new_form)
    alone = [(key, form) for form in (old_form, new_form) for key in form.cells if key not in shared]
    if not alone:
        return [], None
    old, new = sheet_of(before), sheet_of(now)
    changes: list[MeasureChange] = []
    incomparable: list[str] = []
    for measure in measures_by_id().values():
        if all(key in shared for form in (old_form, new_form) for _, key in measure.cells(form)):
            continue
        comparison = measure.comparison(new_form, old_form)
        if comparison == "none":
            incomparable.append(measure.label)
        else:
            changes.extend(measure_change(measure, comparison, old, new))
    names = dict.fromkeys(table_name(form, key.table) for key, form in alone)
    return changes, Seam(tuple(names), len({key for key, _ in alone}), tuple(incomparable))


def measure_change(measure: Measure, comparison: str, old: Sheet, new: Sheet) -> Iterator[MeasureChange]:
    """A quantity that has another value, if it has."""
    before, now = figure(old, measure)[0], figure(new, measure)[0]
    if before != now:
        less = difference(before, now)
        yield MeasureChange(measure.id, measure.label, measure.unit, before, now, less, comparison, measure.note)
