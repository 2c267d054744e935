"""Indicators of applications: what became of them, how fast they were handled, who applied, why they were refused."""

from __future__ import annotations

from collections.abc import Sequence

from gdgk.form import edition
from gdgk.indicators.access import Cells
from gdgk.indicators.model import (
    PER_CENT,
    SMALL,
    STABLE,
    Missing,
    Quantity,
    Value,
    amount,
    choose,
    divide,
    ratio,
    share,
)
from gdgk.indicators.model import total as added
from gdgk.indicators.registry import about, defines

RESULTS = ("granted", "partly_granted", "denied", "unavailable", "not_processed", "otherwise")
NATIONAL = "国办公开办函〔2021〕30号表三"
HANDLED = "（七）总计"
TABLE = edition("2021").tables["applications"]
APPLICANTS = tuple(column.key for column in TABLE.columns.values() if column.kind == "column")
REASONS = tuple(row.key for row in TABLE.leaves("denied"))
RESULT, FLOW, WHO, WHY = "办理结果", "办理进度", "申请人", "不予公开理由"


def handled(cells: Cells) -> Quantity:
    """（七）总计 as a denominator: missing where the six results contradict it or none of them is filled in."""
    return cells["outcomes_total"].held_against(added(cells[name] for name in RESULTS))


@defines(
    about("granted_rate", "予以公开率", "（一）予以公开÷（七）总计", parts=("granted",)),
    about("partly_granted_rate", "部分公开率", "（二）部分公开÷（七）总计", parts=("partly_granted",)),
    about("disclosure_rate", "公开率（含部分）", "（（一）＋（二））÷（七）总计", parts=("granted", "partly_granted")),
    about("denial_rate", "不予公开率", "（三）各项之和÷（七）总计", parts=("denied",)),
    about("unavailable_rate", "无法提供率", "（四）各项之和÷（七）总计", parts=("unavailable",)),
    about("not_processed_rate", "不予处理率", "（五）各项之和÷（七）总计", parts=("not_processed",)),
    about("otherwise_rate", "其他处理率", "（六）各项之和÷（七）总计", parts=("otherwise",)),
    about("not_held_rate", "不掌握占比", "（四）1÷（七）总计", parts=("applications.unavailable_not_held.total",)),
    group=RESULT,
    denominator=HANDLED,
    source=NATIONAL,
    note="六项结果之和与（七）总计不合的，不算",
)
def result_rate(cells: Cells, parts: Sequence[str]) -> Value:
    """Some results of all applications handled."""
    return share(added(cells[name] for name in parts), handled(cells))


@defines(
    about("substantive_rate", "实体公开率", "（（一）＋（二））÷（（一）＋（二）＋（三））"),
    group=RESULT,
    denominator="（一）＋（二）＋（三）",
    source="英国内阁办公厅 resolvable requests 口径的对应",
)
def substantive_rate(cells: Cells) -> Value:
    """Wholly or partly granted, of those on which the agency decided by substance."""
    given = cells["granted"] + cells["partly_granted"]
    return share(given, given + cells["denied"])


@defines(
    about("completion_rate", "办结率", "（七）总计÷（本年新收＋上年结转）", part="outcomes_total"),
    about("carry_rate", "结转率", "结转下年度÷（本年新收＋上年结转）", part="carried_forward"),
    group=FLOW,
    denominator="本年新收＋上年结转",
    source=NATIONAL,
)
def flow_rate(cells: Cells, part: str) -> Value:
    """What left the year, of all that was to be handled in it."""
    return share(cells[part], cells["received"] + cells["carried_over"])


@defines(
    about("backlog_change", "积压增减", "结转下年度－上年结转"),
    group=FLOW,
    unit="件",
    source=NATIONAL,
)
def backlog_change(cells: Cells) -> Value:
    """By how many applications the backlog grew over the year."""
    return amount(cells["carried_forward"] - cells["carried_over"])


@defines(
    about(
        "backlog_ratio",
        "积压比",
        "结转下年度÷上年结转",
        {"unit": "倍", "denominator": "上年结转"},
        part="carried_forward",
        whole="carried_over",
        scale=1.0,
    ),
    about(
        "clearance",
        "清理比",
        "（七）总计÷本年新收",
        {"denominator": "本年新收", "note": "大于 100% 为办结多于新收，积压减少；不附区间"},
        part="outcomes_total",
        whole="received",
        scale=PER_CENT,
    ),
    group=FLOW,
    source=NATIONAL,
)
def flow_ratio(cells: Cells, part: str, whole: str, scale: float) -> Value:
    """One flow by another that does not contain it."""
    return ratio(cells[part], cells[whole], scale)


@defines(
    about("natural_person_share", "自然人占比", "新收·自然人÷新收·总计", columns=APPLICANTS[:1]),
    about("legal_entity_share", "法人或其他组织占比", "新收·其余五类之和÷新收·总计", columns=APPLICANTS[1:]),
    about("business_share", "商业企业占比", "新收·商业企业÷新收·总计", columns=("business",)),
    about("research_share", "科研机构占比", "新收·科研机构÷新收·总计", columns=("research",)),
    about("public_welfare_share", "社会公益组织占比", "新收·社会公益组织÷新收·总计", columns=("public_welfare",)),
    about("legal_service_share", "法律服务机构占比", "新收·法律服务机构÷新收·总计", columns=("legal_service",)),
    about("other_applicant_share", "其他法人占比", "新收·其他÷新收·总计", columns=("other",)),
    group=WHO,
    denominator="本年新收总计",
    source=NATIONAL,
    note="六类之和与总计不合的，不算",
)
def applicant_share(cells: Cells, columns: Sequence[str]) -> Value:
    """Applications of some applicants among all that came in."""
    everyone = cells["received"].held_against(added(applications(cells, APPLICANTS)))
    return share(added(applications(cells, columns)), everyone)


def applications(cells: Cells, columns: Sequence[str]) -> list[Quantity]:
    """Applications that came in, by applicant."""
    return [cells[f"applications.new.{column}"] for column in columns]


@defines(
    about(
        "applicant_concentration",
        "申请人集中度",
        "（Σs²－1/6）÷（1－1/6），s 为六类申请人各占新收之比",
        {"group": WHO, "denominator": "六类申请人新收之和", "note": "0 为六类均等，1 为只有一类"},
        parts=tuple(f"applications.new.{column}" for column in APPLICANTS),
    ),
    about(
        "reason_concentration",
        "不予公开理由集中度",
        "（Σs²－1/8）÷（1－1/8），s 为八项理由各占不予公开之比",
        {"group": WHY, "denominator": "（三）八项之和", "note": "0 为八项均等，1 为只有一项"},
        parts=tuple(f"applications.{row}.total" for row in REASONS),
    ),
    unit="",
    source="赫芬达尔—赫希曼指数，归一化",
)
def concentration(cells: Cells, parts: Sequence[str]) -> Value:
    """How far a whole comes from one of its parts: the Herfindahl–Hirschman index, 0 where all are equal, 1 where there
    is only one.
    """
    figures = [cells[name] for name in parts]
    whole = added(figures)
    ready = whole.without((whole.missing == 0) & (whole.value == 0), Missing.NOTHING)
    even = 1 / len(figures)
    squares = sum(divide(part.value, ready.value) ** 2 for part in figures)
    index = (squares - even) / (1 - even)
    known = ready.missing == 0
    return Value(
        choose(index < 0, 0 * index, index),
        whole=whole.value,
        small=known & (whole.value < SMALL),
        stable=known & (whole.value >= STABLE),
        imputed=ready.imputed,
        approx=ready.approx,
        missing=ready.missing,
    )
