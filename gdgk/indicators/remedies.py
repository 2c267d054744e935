"""Indicators of reviews and lawsuits (行政复议、行政诉讼)."""

from __future__ import annotations

from gdgk.indicators.access import Cells
from gdgk.indicators.model import PER_CENT, Quantity, Value, ratio, share
from gdgk.indicators.model import total as added
from gdgk.indicators.outcomes import HANDLED, handled
from gdgk.indicators.quantities import SUITS
from gdgk.indicators.registry import about, defines

REMEDIES = "复议诉讼"
DECIDED = ("upheld", "corrected", "other_result")
NATIONAL = "国办公开办函〔2021〕30号表四"
BASES = {"basis": "decided：已审结（维持＋纠正＋其他，缺省）；total：总计，含尚未审结"}
CORRECTED = "纠正÷（维持＋纠正＋其他）"
JOINT = {"note": "复议机关作共同被告的案件只计在原行为机关（国办公开办函〔2016〕201号），汇总时不重复计"}
BEYOND = "案件不必出自当年办结的申请，可大于 100%，不附区间"


@defines(
    about("reconsideration_correction_rate", "复议纠错率", CORRECTED, row="reconsideration"),
    about("litigation_correction_rate", "诉讼纠错率", CORRECTED, JOINT, row="litigation"),
    about("direct_correction_rate", "直接起诉纠错率", CORRECTED, row="litigation_direct"),
    about("later_correction_rate", "复议后起诉纠错率", CORRECTED, JOINT, row="litigation_after_reconsideration"),
    group=REMEDIES,
    denominator="已审结：维持＋纠正＋其他",
    source=NATIONAL,
    options=BASES,
)
def correction_rate(cells: Cells, row: str, basis: str = "decided") -> Value:
    """Cases in which the agency was put right, of those decided (or of all).

    Raises :class:`ValueError` for another basis.
    """
    if basis not in ("decided", "total"):
        raise ValueError(f"basis {basis!r}; expected 'decided' or 'total'")
    whole = decided(cells, row) if basis == "decided" else everything(cells, row)
    return share(cells[f"disputes.{row}.corrected"], whole)


def decided(cells: Cells, row: str) -> Quantity:
    """Cases decided; missing where a line of the row prints a total and none of its parts."""
    found = added(cells[f"disputes.{row}.{column}"] for column in DECIDED)
    for line in SUITS if row == "litigation" else (row,):
        found = found.told_by(parts(cells, line), cells[line])
    return found


def everything(cells: Cells, row: str) -> Quantity:
    """All cases of a row, missing where its parts contradict the total or are not filled in."""
    return cells[row].held_against(parts(cells, row))


def parts(cells: Cells, row: str) -> Quantity:
    """All results of a row together."""
    return added(cells[f"disputes.{row}.{column}"] for column in (*DECIDED, "pending"))


@defines(
    about("reconsideration_settled_rate", "复议审结率", "1－尚未审结÷总计", row="reconsideration"),
    about("litigation_settled_rate", "诉讼审结率", "1－尚未审结÷总计", {"note": "两类诉讼合计"}, row="litigation"),
    group=REMEDIES,
    denominator="总计，含尚未审结",
    source=NATIONAL,
)
def settled_rate(cells: Cells, row: str) -> Value:
    """Cases decided within the year, of all."""
    whole = everything(cells, row)
    return share(whole - cells[f"disputes.{row}.pending"], whole)


@defines(
    about("reconsideration_rate", "复议率", "行政复议总计÷（七）总计", row="reconsideration"),
    about("direct_litigation_rate", "直接诉讼率", "未经复议直接起诉总计÷（七）总计", row="litigation_direct"),
    group=REMEDIES,
    denominator=HANDLED,
    source=NATIONAL,
    note=BEYOND,
)
def remedy_rate(cells: Cells, row: str) -> Value:
    """Cases for a hundred applications handled."""
    return ratio(cells[row], handled(cells), PER_CENT)


@defines(
    about("later_litigation_ratio", "复议后起诉比", "复议后起诉总计÷行政复议总计"),
    group=REMEDIES,
    denominator="行政复议总计",
    source=NATIONAL,
    note="起诉的案件可出自上年的复议，可大于 100%，不附区间",
)
def later_litigation_ratio(cells: Cells) -> Value:
    """Suits after a review, for a hundred reviews."""
    return ratio(cells["litigation_after_reconsideration"], cells["reconsideration"], PER_CENT)
