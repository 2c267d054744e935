"""Indicator: a quantity that means one thing everywhere, with its formula and what its figures are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gdgk.errors import UnknownName
from gdgk.form import CellKey, Edition, editions
from gdgk.indicators.access import Cells, FormCells, report_cells
from gdgk.indicators.model import Missing, Value
from gdgk.reconciliation import Sheet

# In the order in which they are listed.
GROUPS = ("办理结果", "办理进度", "申请人", "不予公开理由", "复议诉讼", "主动公开", "负荷", "变化", "数量")
Definition = Callable[..., Value]

# What a blank does, by where the figures stand.
SUMS = "表三、表四的空格按 0 计并标†，空白总计按分项之和；整表未填报、未入库为缺"
PLAIN = "表二的空格为缺，不按 0 计"


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    label, group, formula, denominator, blanks, source, note: in Chinese. unit: %, 件 …. define: its one definition, a
    function of :class:`Cells`; fixed: the arguments that make this indicator of it. options: what a caller may vary,
    and in what.
    """

    id: str
    label: str
    formula: str
    define: Definition = field(repr=False)
    fixed: Mapping[str, Any]
    group: str
    source: str
    denominator: str = ""
    unit: str = "%"
    blanks: str = SUMS
    options: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    asked: dict[str, tuple[CellKey, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, cells: Cells, **options: Any) -> Value:
        """The value by any accessor: plain numbers, NaN where missing, or arrays of them.

        Raises :class:`UnknownName` for an option that the indicator has not.
        """
        for name in options:
            if name not in self.options:
                raise UnknownName("option", name, self.options, f"ask {self.id} without it")
        return self.define(cells, **self.fixed, **options)

    def at(self, sheet: Sheet, others: Iterable[Sheet] = (), population: float | None = None, **options: Any) -> Value:
        """The value in one report; others: reports of the same agency, for growth; population: people in its area."""
        return self.of(report_cells(sheet, others, population), **options).settled()

    @cached_property
    def editions(self) -> tuple[str, ...]:
        """The editions on which it holds: those that have every cell it needs."""
        return tuple(
            name for name, form in editions().items() if self.of(FormCells(form)).missing != Missing.NOT_ON_FORM
        )

    def cells(self, form: Edition) -> tuple[CellKey, ...]:
        """The cells of a form that it is made of, in the order in which the definition asks for them."""
        if form.id not in self.asked:
            asked = FormCells(form)
            self.of(asked)
            self.asked[form.id] = tuple(asked.asked)
        return self.asked[form.id]


INDICATORS: dict[str, Indicator] = {}


@dataclass(frozen=True)
class About:
    """What is said of one indicator beside what its family shares."""

    id: str
    label: str
    formula: str
    said: Mapping[str, Any]
    fixed: Mapping[str, Any]


def about(name: str, label: str, formula: str, said: Mapping[str, Any] | None = None, **fixed: Any) -> About:
    """One indicator of a family. said: what differs in the words on it; fixed: what makes it of the one definition."""
    return About(name, label, formula, said or {}, fixed)


def defines(*each: About, **common: Any) -> Callable[[Definition], Definition]:
    """Register a definition as one indicator or as a family of them; common: the words that they share.

    Raises :class:`ValueError` for an id that is taken.
    """

    def keep(define: Definition) -> Definition:
        for one in each:
            if one.id in INDICATORS:
                raise ValueError(f"indicator {one.id} is defined twice")
            words = {**common, **one.said}
            INDICATORS[one.id] = Indicator(one.id, one.label, one.formula, define, one.fixed, **words)
        return define

    return keep
