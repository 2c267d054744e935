"""Document → draft of a report: which form, which cells, whose, which year, what prose; what was not placed."""

from __future__ import annotations

from dataclasses import dataclass, field

from gdgk.form import CellKey, Edition, Table, editions
from gdgk.importers.document import Document, DocumentError
from gdgk.importers.recognition.alignment import Labels
from gdgk.importers.recognition.alternatives import other_readings
from gdgk.importers.recognition.head import FoundHead, read_head
from gdgk.importers.recognition.lines import Line, lines_of
from gdgk.importers.recognition.prose import narrative, prose_of, section_texts
from gdgk.importers.recognition.regions import layout_of
from gdgk.importers.recognition.tables import Placed, Reading, Unplaced, read_table

FEWEST_CELLS = 3


@dataclass(frozen=True)
class Draft:
    """A document read as a report on one form.

    cells: every cell that was found, with its text as printed and its place. A cell that is not there was not found.
    agency: the id that a fill-in form of ours bears.
    """

    document: Document
    form: Edition
    head: FoundHead
    cells: dict[CellKey, Placed]
    readings: tuple[Reading, ...]
    narrative: str
    sections: dict[str, str]
    warnings: tuple[str, ...] = field(default=())
    agency: str = ""

    @property
    def unplaced(self) -> tuple[Unplaced, ...]:
        """What looks like figures and was not placed."""
        return tuple(item for reading in self.readings for item in reading.unplaced)


def recognise(document: Document) -> Draft:
    """Read a document as a report. Raises :class:`DocumentError` when it holds none of the official tables."""
    layout = layout_of(lines_of(document))
    head = read_head(document)
    form, readings = best_form(layout.tables)
    cells = {key: placed for reading in readings for key, placed in reading.cells.items()}
    if len(cells) < FEWEST_CELLS:
        raise DocumentError(
            document.name,
            "no official table (表二、表三、表四 or 统计表)",
            "an annual report on government information disclosure",
            "give the report itself, with its tables",
        )
    warnings = [note for reading in readings for note in (*reading.notes, *other_readings(reading))]
    if layout.end < len(layout.lines):
        place = layout.lines[layout.end].place
        warnings.append(f"文件里似有第二份报告（{place} 起），没有读；请分成两个文件")
    opening, sections = prose_of(layout, head.title)
    text = narrative(opening, sections)
    return Draft(document, form, head, cells, readings, text, section_texts(sections), tuple(warnings))


def best_form(regions: dict[str, list[Line]]) -> tuple[Edition, tuple[Reading, ...]]:
    """The form whose rows and columns the tables are, and the tables read on it.

    Every table is read on every form that has it, until one reads it whole; the form that places most cells and leaves
    least over is taken; where two do equally, the one more of whose columns are printed, then the later one.
    """
    read: dict[tuple[str, int], Reading] = {}
    whole: set[str] = set()
    scored = []
    for order, form in enumerate(editions().values()):
        own: list[Reading] = []
        for table in form.tables.values():
            known = (table.id, table.signature)
            if known not in read and table.id in regions and table.id not in whole:
                read[known] = read_table(table, regions[table.id])
                if read[known].whole:
                    whole.add(table.id)
            if known in read:
                own.append(read[known])
        placed = sum(len(reading.cells) for reading in own)
        left = sum(len(reading.unplaced) + len(reading.extra) for reading in own)
        named = sum(columns_named(reading.table, regions[reading.table.id]) for reading in own)
        scored.append(((placed > 0, placed - 3 * left, named, -bool(form.variant_of), order), form, tuple(own)))
    _, form, readings = max(scored, key=lambda entry: entry[0])
    return form, readings


def columns_named(table: Table, lines: list[Line]) -> int:
    """How many of a table's columns are printed in its region."""
    names = Labels.of_columns(table)
    return len({at for line in lines for piece in line.labels for at in names.exact(piece.text)})
