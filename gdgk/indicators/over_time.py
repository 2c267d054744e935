"""Indicators of change: on the year before and over several years, never over a seam that the crosswalk closes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gdgk.indicators.access import Cells
from gdgk.indicators.model import NAN, PER_CENT, SMALL, STABLE, Missing, Quantity, Value, choose, divide
from gdgk.indicators.registry import INDICATORS, about, defines

CHANGE = "变化"
SEAMS = "两年之间的表式接缝依 crosswalk.csv：不可比的为缺，近似的须加注"
QUANTITY = "任一指标或表格的一格，缺省 received（本年新收）"


@defines(
    about("growth", "同比增长", "（本年－上年）÷上年"),
    group=CHANGE,
    denominator="上年的同一指标",
    source="统计通例",
    options={"of": QUANTITY},
    note=f"任一年不足 30 的标小样本；{SEAMS}",
)
def growth(cells: Cells, of: str = "received") -> Value:
    """Growth of a quantity on the year before."""
    return grown(cells[of], cells.back()[of])


@defines(
    about("average_growth", "年均增长", "（本年÷基年）^（1÷年数）－1"),
    group=CHANGE,
    denominator="基年的同一指标",
    source="复合年均增长率（CAGR）",
    options={"of": QUANTITY, "years": "年数，缺省 2"},
    note=f"只看两端，中间年份可缺；{SEAMS}",
)
def average_growth(cells: Cells, of: str = "received", years: int = 2) -> Value:
    """Compound annual growth of a quantity. Raises :class:`ValueError` for less than a year."""
    if years < 1:
        raise ValueError(f"{years} years; expected at least 1")
    return grown(cells[of], cells.back(years)[of], years)


@defines(
    about("contribution", "增长贡献", "（本年部分－上年部分）÷上年整体"),
    group=CHANGE,
    unit="个百分点",
    denominator="整体的上年数",
    source="统计通例",
    options={"of": "部分，缺省为自然人的新收", "whole": "整体，缺省 received（本年新收）"},
    note=f"各部分的贡献之和等于整体的增长；{SEAMS}",
)
def contribution(cells: Cells, of: str = "applications.new.natural_person", whole: str = "received") -> Value:
    """What a part contributed to the growth of a whole, in percentage points."""
    before = cells.back()
    return contributed(cells[of], before[of], before[whole])


@defines(
    about("share_change", "占比变化", "本年占比－上年占比"),
    group=CHANGE,
    unit="个百分点",
    denominator="两年各自的分母",
    source="统计通例",
    options={"of": "任一占比，缺省 disclosure_rate（公开率，含部分）"},
    note=f"任一年分母不足 30 的标小样本；{SEAMS}",
)
def share_change(cells: Cells, of: str = "disclosure_rate") -> Value:
    """By how many percentage points a share changed on the year before."""
    now, before = INDICATORS[of].of(cells), INDICATORS[of].of(cells.back())
    both = as_quantity(now) - as_quantity(before)
    known = both.missing == 0
    return Value(
        both.value,
        small=known & (now.small | before.small),
        stable=now.stable & before.stable,
        imputed=both.imputed,
        approx=both.approx,
        missing=both.missing,
    )


def as_quantity(value: Value) -> Quantity:
    """A value to reckon with."""
    return Quantity(value.value, value.missing, value.imputed, value.approx)


def grown(now: Quantity, before: Quantity, years: int = 1) -> Value:
    """Growth a year, in %, from one quantity to another; missing where the first is 0."""
    part = now.without((now.missing == 0) & (now.value < 0), Missing.CONTRADICTED)
    found = contributed(part, Quantity(0 * before.value, before.missing, before.imputed, before.approx), before)
    times = divide(found.value, PER_CENT + 0 * found.value)
    value = PER_CENT * (times ** (1 / years) - 1)
    low = choose(before.value < now.value, before.value, now.value)
    known = found.missing == 0
    return replace(found, value=value, part=now.value, small=known & (low < SMALL), stable=known & (low >= STABLE))


def contributed(now: Quantity, before: Quantity, whole: Quantity) -> Value:
    """The change of a part in % of what the whole was; missing where that was 0."""
    change: Quantity = now - before
    all_three = change + whole
    nothing: Any = (all_three.missing == 0) & (whole.value <= 0)
    ready = Quantity(change.value, all_three.missing, all_three.imputed, all_three.approx)
    ready = ready.without(nothing, Missing.NOTHING)
    known = ready.missing == 0
    return Value(
        choose(known, PER_CENT * divide(change.value, whole.value), NAN),
        change.value,
        whole.value,
        small=known & (whole.value < SMALL),
        stable=known & (whole.value >= STABLE),
        imputed=ready.imputed,
        approx=ready.approx,
        missing=ready.missing,
    )
