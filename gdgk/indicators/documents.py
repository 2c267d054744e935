"""Indicators of what is published of its own accord (主动公开), and of the load by people and by decisions."""

from __future__ import annotations

from collections.abc import Sequence

from gdgk.indicators.access import Cells
from gdgk.indicators.model import Quantity, Value, amount, ratio, share
from gdgk.indicators.model import total as added
from gdgk.indicators.registry import PLAIN, SUMS, about, defines

DOCUMENTS, LOAD = "主动公开", "负荷"
NATIONAL = "国办公开办函〔2021〕30号表二"
DECISIONS = ("licensing_decisions", "penalties_decisions", "coercion_decisions")
PEOPLE = 10_000.0


def documents_of(cells: Cells, row: str, column: str) -> Quantity:
    """A cell of the first block of table 二."""
    return cells[f"proactive_disclosure.{row}.{column}"]


@defines(
    about("normative_net", "规范性文件净增", "本年制发件数－本年废止件数", row="normative_documents"),
    about("regulations_net", "规章净增", "本年制发件数－本年废止件数", row="regulations"),
    group=DOCUMENTS,
    unit="件",
    blanks=PLAIN,
    source=NATIONAL,
)
def net_issued(cells: Cells, row: str) -> Value:
    """Documents issued less documents repealed."""
    return amount(documents_of(cells, row, "issued") - documents_of(cells, row, "repealed"))


@defines(
    about("normative_renewal", "规范性文件更新率", "本年废止件数÷上年末现行有效件数", row="normative_documents"),
    about("regulations_renewal", "规章更新率", "本年废止件数÷上年末现行有效件数", row="regulations"),
    group=DOCUMENTS,
    denominator="上年报告的现行有效件数",
    blanks=PLAIN,
    source=NATIONAL,
    note="废止多于上年末现行有效的，不算",
)
def renewal(cells: Cells, row: str) -> Value:
    """Documents repealed, of those in force at the end of the year before; missing where they are more than those."""
    return share(documents_of(cells, row, "repealed"), documents_of(cells.back(), row, "in_force"))


@defines(
    about("decisions_per_application", "每件申请对应的处理决定", "（许可＋处罚＋强制处理决定）÷本年新收"),
    group=LOAD,
    unit="件／件",
    denominator="本年新收",
    blanks=f"{PLAIN}；{SUMS}",
    source=NATIONAL,
)
def decisions_per_application(cells: Cells) -> Value:
    """Decisions of licensing, penalty and coercion for each application that came in."""
    return ratio(added(cells[name] for name in DECISIONS), cells["received"])


@defines(
    about("received_per_ten_thousand", "每万人新收", "本年新收÷人口×10000", parts=("received",)),
    about(
        "decisions_per_ten_thousand",
        "每万人处理决定",
        "（许可＋处罚＋强制处理决定）÷人口×10000",
        {"blanks": PLAIN},
        parts=DECISIONS,
    ),
    group=LOAD,
    unit="件／万人",
    denominator="人口，须另给",
    source=NATIONAL,
)
def per_ten_thousand(cells: Cells, parts: Sequence[str]) -> Value:
    """A count for ten thousand people; missing unless the population is given."""
    return ratio(added(cells[name] for name in parts), cells.population, PEOPLE)
