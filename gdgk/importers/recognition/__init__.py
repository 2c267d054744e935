"""Document → draft of a report: which form, which cells, whose, which year, what prose; what was not placed."""

from __future__ import annotations

from dataclasses import dataclass, field

from gdgk.form import CellKey, Edition, Table, editions
from gdgk.importers.document import Document, DocumentError
from gdgk.importers.recognition.alignment import Labels
from gdgk.importers.recognition.alternatives import other_readings
from gdgk.importers.recognition.head import FoundHead, read_head
from gdgk.importers.recognition.lines import Line, lines_of
from gdgk.importers.recognition.prose import narrative, section_texts
from gdgk.importers.recognition.regions import second_report, statistics_region, table_regions
from gdgk.importers.recognition.tables import Placed, Reading, Unplaced, read_table

FEWEST_CELLS = 3


@dataclass(frozen=True)
class Draft:
    """A document read as a report on one form.

    cells: every cell that was found, with its text as printed and its place. A cell that is not there was not found.
    """

    document: Document
    form: Edition
    head: FoundHead
    cells: dict[CellKey, Placed]
    readings: tuple[Reading, ...]
    narrative: str
    sections: dict[str, str]
    warnings: tuple[str, ...] = field(default=())

    @property
    def unplaced(self) -> tuple[Unplaced, ...]:
        """What looks like figures and was not placed."""
        return tuple(item for reading in self.readings for item in reading.unplaced)


def recognise(document: Document) -> Draft:
    """Read a document as a report. Raises :class:`DocumentError` when it holds none of the official tables."""
    lines = lines_of(document)
    head = read_head(document)
    form, readings = best_form(lines)
    cells = {key: placed for reading in readings for key, placed in reading.cells.items()}
    if len(cells) < FEWEST_CELLS:
        raise DocumentError(
            document.name,
            "no official table (表二、表三、表四 or 统计表)",
            "an annual report on government information disclosure",
            "give the report itself, with its tables",
        )
    warnings = [note for reading in readings for note in (*reading.notes, *other_readings(reading))]
    second = second_report(lines)
    if second < len(lines):
        warnings.append(f"文件里似有第二份报告（{lines[second].place} 起），没有读；请分成两个文件")
    prose = lines[: min(second, prose_end(lines))]
    return Draft(
        document,
        form,
        head,
        cells,
        readings,
        narrative(prose, head.title),
        section_texts(prose, head.title),
        tuple(warnings),
    )


def prose_end(lines: list[Line]) -> int:
    """Where the prose ends: before the 统计表 of 2014–2018 and its headings, which look like sections."""
    statistics = statistics_region(lines)
    if not statistics:
        return len(lines)
    labels = Labels.of_rows(editions()["2014"].tables["statistics"])
    start = statistics[0].number
    while start and lines[start - 1].labels and all(labels.is_group(piece.text) for piece in lines[start - 1].labels):
        start -= 1
    return start


def best_form(lines: list[Line]) -> tuple[Edition, tuple[Reading, ...]]:
    """The form whose rows and columns the tables are, and the tables read on it.

    Every table is read on every form that has it; the form that places most cells and leaves least over is taken; where
    two do equally, the one more of whose columns are printed, then the later one.
    """
    regions = table_regions(lines)
    statistics = statistics_region(lines)
    if statistics:
        regions["statistics"] = statistics
    read: dict[tuple[str, int], Reading] = {}
    scored = []
    for order, form in enumerate(editions().values()):
        own: list[Reading] = []
        for table in form.tables.values():
            if table.id not in regions:
                continue
            known = (table.id, hash(table.items))
            if known not in read:
                read[known] = read_table(table, regions[table.id])
            own.append(read[known])
        placed = sum(len(reading.cells) for reading in own)
        left = sum(len(reading.unplaced) + len(reading.extra) for reading in own)
        named = sum(columns_named(reading.table, regions[reading.table.id]) for reading in own)
        scored.append(((placed > 0, placed - 3 * left, named, -bool(form.variant_of), order), form, tuple(own)))
    _, form, readings = max(scored, key=lambda entry: entry[0])
    return form, readings


def columns_named(table: Table, lines: list[Line]) -> int:
    """How many of a table's columns are printed in its region."""
    names = Labels.of(tuple(table.columns.values()))
    return len({at for line in lines for piece in line.labels for at in names.exact(piece.text)})
