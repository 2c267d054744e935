"""The quantities that keep their name across editions of the form, and where they may be compared.

Data: ``gdgk/forms/crosswalk.csv`` (source: the forms of 国办发〔2014〕32号, 国办公开办函〔2019〕60号 and 〔2021〕30号).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from gdgk.errors import InputError
from gdgk.files import read_csv
from gdgk.form import FORMS, CellKey, Edition, editions

CROSSWALK = FORMS / "crosswalk.csv"
HEADER = ["measure", "label_zh", "group_zh", "unit", "2014", "2019", "2021", "seam_2019", "seam_2021", "note"]
SEAMS = ("same", "approx", "none")
TERM = re.compile(r"\s*([+-]?)\s*([a-z0-9_]+)\.([a-z0-9_]+)\.([a-z0-9_]+)")


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """A quantity that keeps its name across editions.

    expressions: by edition family, alternatives of signed cells (a row may be a group: its rows added). seams: by the
    edition that begins there, whether it may be compared with the form before (``same``, ``approx``, ``none``).
    """

    id: str
    label: str
    group: str
    unit: str
    expressions: dict[str, tuple[tuple[tuple[int, CellKey], ...], ...]]
    seams: dict[str, str]
    note: str

    def cells(self, form: Edition) -> tuple[tuple[int, CellKey], ...]:
        """The signed cells that make the quantity on a form; empty when the form does not have it."""
        return cells_on(self, form)

    def comparison(self, form: Edition, before: Edition) -> str:
        """Whether a figure on a form may be compared with one on the form before: ``same``, ``approx`` or ``none``."""
        if not self.cells(form) or not self.cells(before):
            return "none"
        first, last = sorted((before.family, form.family))
        crossed = [seam for family, seam in self.seams.items() if first < family <= last]
        return max(crossed or ["same"], key=SEAMS.index)

    def address(self, form: Edition) -> tuple[str, str]:
        """Row (or row group) and column where a form prints the quantity; its own name where several cells make it."""
        for expression in self.expressions.get(form.family, ()):
            if all(key in form.cells for term in expression for _, key in open_group(form, *term)):
                row = expression[0][1].row if len(expression) == 1 else self.id
                return row, expression[0][1].column
        return "", ""


@cache
def cells_on(measure: Measure, form: Edition) -> tuple[tuple[int, CellKey], ...]:
    """The cells of a measure on a form; found once, as each page asks for those of all measures several times."""
    for expression in measure.expressions.get(form.family, ()):
        opened = [cell for term in expression for cell in open_group(form, *term)]
        if all(key in form.cells for _, key in opened):
            return tuple(opened)
    return ()


def open_group(form: Edition, sign: int, key: CellKey) -> list[tuple[int, CellKey]]:
    """A cell as it is, or the cells of all rows beneath a group."""
    table = form.tables.get(key.table)
    if table is None or key.row not in table.groups:
        return [(sign, key)]
    return [(sign, CellKey(key.table, leaf.key, key.column)) for leaf in table.leaves(key.row)]


@cache
def measures_by_id() -> dict[str, Measure]:
    """Every measure by id. Raises :class:`InputError` for an expression or seam that cannot be read."""
    measures = {}
    for line, row in read_csv(CROSSWALK, HEADER):
        seams = {"2019": row["seam_2019"], "2021": row["seam_2021"]}
        for seam in seams.values():
            if seam not in SEAMS:
                raise InputError(CROSSWALK, line, f"seam {seam!r}", f"one of {', '.join(SEAMS)}", "mend it")
        expressions = {
            family: read_alternatives(line, row[family]) for family in ("2014", "2019", "2021") if row[family]
        }
        for family, alternatives in expressions.items():
            check_alternatives(line, family, row[family], alternatives)
        measure = Measure(
            row["measure"], row["label_zh"], row["group_zh"], row["unit"], expressions, seams, row["note"]
        )
        measures[measure.id] = measure
    return measures


def read_alternatives(line: int, text: str) -> tuple[tuple[tuple[int, CellKey], ...], ...]:
    """``a.b.c + d.e.f | …`` as alternatives of signed cells. Raises :class:`InputError`."""
    found = []
    for part in text.split("|"):
        terms = [(-1 if match[1] == "-" else 1, CellKey(match[2], match[3], match[4])) for match in TERM.finditer(part)]
        if not terms or TERM.sub("", part).strip():
            raise InputError(CROSSWALK, line, repr(part.strip()), "table.row.column with + or - between", "mend it")
        found.append(tuple(terms))
    return tuple(found)


def check_alternatives(
    line: int, family: str, text: str, alternatives: tuple[tuple[tuple[int, CellKey], ...], ...]
) -> None:
    """Raise :class:`InputError` unless each alternative is whole on some form of the family."""
    forms = [form for form in editions().values() if form.family == family]
    for alternative in alternatives:
        opened = [[key for term in alternative for _, key in open_group(form, *term)] for form in forms]
        if not any(all(key in form.cells for key in keys) for form, keys in zip(forms, opened, strict=True)):
            raise InputError(CROSSWALK, line, repr(text), f"cells of edition {family}", "mend the expression")
