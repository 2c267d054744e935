"""What two versions of a report say of themselves, how they name their rows, and which rows they add to the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gdgk.reconciliation.wording import table_name
from gdgk.report import ExtraRow, Report
from gdgk.versions.passages import folded

# What a document says of itself. What was not taken in of it stands with the versions; whom it covers people say.
FIELDS = {"title": "题名", "published": "公布日期"}
EXTRA = "表外行"


@dataclass(frozen=True, slots=True)
class HeadChange:
    """Something besides cells and prose: what it is (题名, 表三行名), and both texts, empty where there is none."""

    name: str
    before: str
    now: str


def head_changes(before: Report, now: Report) -> list[HeadChange]:
    """What differs besides cells and prose, in more than spaces and the width of signs."""
    pairs = [
        ("表式", before.edition.label, now.edition.label),
        *((name, getattr(before.head, field), getattr(now.head, field)) for field, name in FIELDS.items()),
        *labels(before, now),
        *extra_rows(before, now),
    ]
    return [HeadChange(*pair) for pair in pairs if folded(pair[1]) != folded(pair[2])]


def labels(before: Report, now: Report) -> Iterator[tuple[str, str, str]]:
    """The rows that both forms have and the reports name."""
    for name, table in now.edition.tables.items():
        old = before.edition.tables.get(name)
        for row in table.rows:
            if old is not None and row in old.rows and ((name, row) in before.labels or (name, row) in now.labels):
                yield f"{table_name(now.edition, name)}行名", before.label_of(name, row), now.label_of(name, row)


def extra_rows(before: Report, now: Report) -> Iterator[tuple[str, str, str]]:
    """The rows that no form has, each with its figures."""
    for table in dict.fromkeys([*before.extra_rows, *now.extra_rows]):
        owner = now if table in now.edition.tables else before
        sides = [{row.key: row for row in one.extra_rows.get(table, ())} for one in (before, now)]
        for key in dict.fromkeys([*sides[0], *sides[1]]):
            texts = [extra_text(side[key]) if key in side else "" for side in sides]
            yield f"{table_name(owner.edition, table)}{EXTRA}", texts[0], texts[1]


def extra_text(row: ExtraRow) -> str:
    """An extra row in a line: its label and what its columns print."""
    return f"{row.label}：{'、'.join(row.cells.values()) or '空'}"
