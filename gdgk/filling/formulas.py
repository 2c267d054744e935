"""Equations and bounds of the reconciliation → formulas of a sheet, over the places where their cells are filled in.

A formula says 未填 while a cell of its is blank, and never holds because of one: blanks are no zeros here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from gdgk.filling.layout import PRIOR, areas, plan_of, sheet_name
from gdgk.form import CellKey, Edition
from gdgk.reconciliation.equations import Bound, Relation, Term

UNFILLED, WORDS, NO_PRIOR, NOT_ASKED = "未填", "有文字", "无上年数", "不适用"
EVEN, HELD = "平", "合"
UNEVEN, BROKEN, DOUBTFUL, NOTED = "不平", "不合", "须核实", "请留意"
FAILING = {"warning": DOUBTFUL, "info": NOTED}
# Half of the last decimal that an amount in 万元 has (分): what floating point loses is far less.
TOLERANCE = "0.0000005"


@dataclass(frozen=True)
class Places:
    """Where cells stand: this year's on the sheets of their tables, last year's in rows of the sheet 上年数."""

    form: Edition
    prior: Mapping[CellKey, int]
    prior_column: int = 2

    def areas(self, keys: Iterable[CellKey], prior: bool = False) -> list[str]:
        """References that cover some cells and no other."""
        by_sheet: dict[str, list[tuple[int, int]]] = {}
        for key in keys:
            if prior:
                by_sheet.setdefault(PRIOR, []).append((self.prior[key], self.prior_column))
            else:
                table = self.form.tables[key.table]
                place = plan_of(table).places[key]
                by_sheet.setdefault(sheet_name(table), []).append((place.row, place.column))
        return [f"'{sheet}'!{absolute(area)}" for sheet, found in by_sheet.items() for area in areas(found)]


def absolute(area: tuple[int, int, int, int]) -> str:
    """A rectangle as a reference: $E$7:$E$9."""
    top, left, bottom, right = area
    first, last = f"${get_column_letter(left)}${top}", f"${get_column_letter(right)}${bottom}"
    return first if first == last else f"{first}:{last}"


def side(terms: Iterable[Term], constant: float, places: Places) -> str:
    """One side of a comparison as an expression."""
    grouped: dict[tuple[float, bool], list[CellKey]] = {}
    for term in terms:
        grouped.setdefault((term.weight, term.prior), []).append(term.key)
    text = ""
    for (weight, prior), keys in grouped.items():
        # A cell that counts twice is added twice: an area holds it once.
        repeated = [key for at, key in enumerate(keys) if key in keys[:at]]
        summed = f"SUM({','.join(places.areas(keys, prior) + places.areas(repeated, prior))})"
        factor = "" if abs(weight) == 1 else f"{plain(abs(weight))}*"
        text += f"{'-' if weight < 0 else '+' if text else ''}{factor}{summed}"
    if constant or not text:
        text += f"{'+' if text and constant >= 0 else ''}{plain(constant)}"
    return text


def plain(number: float) -> str:
    """A constant as formulas write it."""
    return format(number, ".15g")


def count(name: str, found: list[str]) -> str:
    """COUNT or COUNTA over areas."""
    return f"{name}({','.join(found)})"


@dataclass(frozen=True)
class Line:
    """A comparison as formulas: both sides, by how much they differ, how it ends; empty while it cannot be said."""

    left: str
    right: str
    difference: str
    outcome: str


def line_of(item: Relation | Bound, places: Places, left_cell: str, right_cell: str) -> Line:
    """A comparison as formulas. left_cell, right_cell: where its two sides will stand."""
    own = list(dict.fromkeys(term.key for term in item.terms if not term.prior))
    earlier = list(dict.fromkeys(term.key for term in item.terms if term.prior))
    mine, before = places.areas(own), places.areas(earlier, prior=True)
    known = f"{count('COUNT', [*mine, *before])}={len(own) + len(earlier)}"
    constants = (item.left_constant, item.right_constant) if isinstance(item, Bound) else (0.0, 0.0)
    sides = [
        f'=IF({known},{side(terms, constant, places)},"")'
        for terms, constant in zip((item.left, item.right), constants, strict=True)
    ]
    good = EVEN if item.sign == "==" else HELD
    bad = FAILING.get(item.severity, UNEVEN if item.sign == "==" else BROKEN)
    judged = f'IF({compared(item.sign, left_cell, right_cell)},"{good}","{bad}")'
    if isinstance(item, Bound) and item.when:
        guards = [
            compared(
                guard.sign,
                side(guard.left, guard.left_constant, places),
                side(guard.right, guard.right_constant, places),
            )
            for guard in item.when
        ]
        judged = f'IF(AND({",".join(guards)}),{judged},"{NOT_ASKED}")'
    if before:
        judged = f'IF({count("COUNT", before)}<{len(earlier)},"{NO_PRIOR}",{judged})'
    blank = f'IF({count("COUNTA", mine)}<{len(own)},"{UNFILLED}","{WORDS}")'
    outcome = f"=IF({count('COUNT', mine)}<{len(own)},{blank},{judged})"
    difference = f'=IF(COUNT({left_cell},{right_cell})=2,ROUND({left_cell}-{right_cell},6),"")'
    return Line(sides[0], sides[1], difference, outcome)


def compared(sign: str, left: str, right: str) -> str:
    """A comparison of two expressions, but for what floating point loses."""
    difference = f"({left})-({right})"
    if sign == "==":
        return f"ABS({difference})<{TOLERANCE}"
    tolerance = {"<=": TOLERANCE, ">=": f"-{TOLERANCE}", "<": f"-{TOLERANCE}", ">": TOLERANCE}[sign]
    return f"{difference}{sign}{tolerance}"


def negatives(found: list[str]) -> str:
    """How many figures of some areas are below 0."""
    return "+".join(f'COUNTIF({area},"<0")' for area in found) or "0"


def fractions(found: list[str]) -> str:
    """How many figures of some areas are no whole numbers."""
    # INT over an area with words in it is an error in Excel; a figure with a point is found as text in every program.
    return "+".join(f'SUMPRODUCT(ISNUMBER({area})*ISNUMBER(FIND(".",{area})))' for area in found) or "0"
