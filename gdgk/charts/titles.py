"""Titles that state a finding only when the figures shown bear it out; else they name the measure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from gdgk.charts.style import count, percent
from gdgk.indicators import SMALL, Quantity, grown


def largest(labels: Sequence[str], values: Sequence[float]) -> list[str]:
    """The labels that share the greatest value above 0; empty when there is none."""
    top = max(values, default=0)
    return [label for label, value in zip(labels, values, strict=True) if top > 0 and value == top]


def mix_title(labels: Sequence[str], values: Sequence[float], total: float | None) -> str:
    """Which result is the most frequent; total: None where no share may be stated."""
    first = largest(labels, values)
    if not first:
        return "没有办结的申请"
    top, n = max(values), sum(values)
    if len(first) == 2:
        return f"{first[0]}与{first[1]}并列最多，各 {count(top)} 件"
    if len(first) > 2:
        return "办理结果构成"
    if total is None or total < SMALL:
        return f"{count(n)} 件里 {count(top)} 件{first[0]}"
    return f"{first[0]}最多，占 {percent(100 * top / total)}"


def reasons_title(labels: Sequence[str], values: Sequence[float], denied: float, unavailable: float) -> str:
    """How many applications were refused or could not be met, and the one reason that stands above the others."""
    if denied + unavailable == 0:
        return "没有不予公开、无法提供的申请"
    first = largest(labels, values)
    if len(first) == 1 and denied and unavailable:
        return f"不予公开、无法提供共 {count(denied + unavailable)} 件，{count(max(values))} 件因“{first[0]}”"
    if len(first) == 1:
        name = "不予公开" if denied else "无法提供"
        return f"{name} {count(denied + unavailable)} 件，{count(max(values))} 件因“{first[0]}”"
    return f"不予公开 {count(denied)} 件，无法提供 {count(unavailable)} 件"


def applicants_title(labels: Sequence[str], values: Sequence[float]) -> str:
    """Who applied most; a share only of at least 30."""
    first, n = largest(labels, values), sum(values)
    if not first:
        return "没有新收的申请"
    if len(first) > 1:
        return "申请人构成"
    if max(values) == n:
        return f"新收 {count(n)} 件，全部来自{first[0]}"
    share = f"占 {percent(100 * max(values) / n)}" if n >= SMALL else f"{count(max(values))} 件"
    return f"新收 {count(n)} 件，{first[0]}最多，{share}"


def flow_title(received: float, carried: float, handled: float, forward: float) -> str:
    """Whether what came in equals what went out."""
    if received + carried != handled + forward:
        return f"新收加结转 {count(received + carried)} 件，办结加结转下年 {count(handled + forward)} 件，两边不等"
    if not carried and not forward:
        return "当年收、当年办结，没有结转"
    return f"收办 {count(received + carried)} 件，办结 {count(handled)} 件，结转下年 {count(forward)} 件"


def change(before: tuple[int, float], after: tuple[int, float]) -> str:
    """How a count changed between two years; a growth rate only where both are at least 30."""
    (year, old), (later, new) = before, after
    if old == new:
        return f"{later} 年 {count(new)} 件，与 {year} 年相同"
    word = "升" if new > old else "降"
    growth = grown(Quantity(new), Quantity(old)).settled()
    if growth.known and not growth.small and abs(growth.value) >= 0.05:
        return f"{later} 年{word} {percent(abs(growth.value))}，到 {count(new)} 件"
    return f"{later} 年{word}到 {count(new)} 件，{year} 年 {count(old)} 件"


def run_title(name: str, run: Sequence[tuple[int, float]], whole: bool) -> str:
    """The course of a count over years that follow on each other: 逐年 only if each step goes the same way.

    whole: the run takes in every year drawn; else its first year is named.
    """
    if len(run) == 1:
        return f"{name} {run[0][0]} 年 {count(run[0][1])} 件"
    steps = [later - earlier for (_, earlier), (_, later) in pairwise(run)]
    last = change(run[-2], run[-1])
    if len(run) > 2 and (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
        return f"{name}{'' if whole else f'自 {run[0][0]} 年'}逐年{'上升' if steps[0] > 0 else '下降'}，{last}"
    return f"{name} {last}"


def share_title(name: str, before: tuple[int, float, float], after: tuple[int, float, float]) -> str:
    """How a share (part, whole) changed; empty where the samples are small or the printed shares do not differ."""
    (year, part, whole), (later, new_part, new_whole) = before, after
    if min(whole, new_whole) < SMALL:
        return ""
    old, new = percent(100 * part / whole), percent(100 * new_part / new_whole)
    if old == new:
        return f"{name} {year}、{later} 年同为 {new}"
    return f"{name}由 {year} 年 {old} {'升' if new_part / new_whole > part / whole else '降'}到 {later} 年 {new}"


def reasons_change(
    labels: Sequence[str], before: Sequence[float], after: Sequence[float], years: tuple[int, int]
) -> str:
    """How the refusals changed in sum, and the one reason that moved most the same way."""
    old, new = sum(before), sum(after)
    if old == new:
        return f"不予公开 {years[0]}、{years[1]} 年同为 {count(new)} 件"
    sign = 1 if new > old else -1
    moves = [sign * (later - earlier) for earlier, later in zip(before, after, strict=True)]
    first = largest(labels, moves)
    head = f"不予公开由 {count(old)} 件{'升' if sign > 0 else '降'}到 {count(new)} 件"
    if len(first) != 1:
        return head
    place = labels.index(first[0])
    return f"{head}，{first[0]}{'多' if sign > 0 else '少'}得最多（{count(before[place])}→{count(after[place])}）"


def rates_title(before: tuple[int, float, float, float] | None, after: tuple[int, float, float, float]) -> str:
    """复议纠错率 of the last year (year, rate, low, high); a rise or fall only where the intervals lie apart."""
    year, rate, low, high = after
    if before is None:
        return f"复议纠错率 {year} 年 {percent(rate)}（95% 区间 {percent(low)}—{percent(high)}）"
    earlier, old, old_low, old_high = before
    if low > old_high or high < old_low:
        return f"复议纠错率由 {earlier} 年 {percent(old)} {'升' if rate > old else '降'}到 {year} 年 {percent(rate)}"
    return f"复议纠错率 {year} 年 {percent(rate)}，与 {earlier} 年 {percent(old)} 区间相交，不作升降判断"


def stock_title(first: tuple[int, float, bool], last: tuple[int, float]) -> str:
    """The stock at the first year's end (inferred or printed) and at the last."""
    (year, old, inferred), (later, new) = first, last
    about = "（推算）" if inferred else " "
    if year == later:
        return f"{later} 年末现行有效规范性文件 {count(new)} 件"
    if old == new:
        return f"现行有效规范性文件 {later} 年末 {count(new)} 件，与 {year} 年末{about.strip()}相同"
    word = "升" if new > old else "降"
    return f"现行有效规范性文件由 {year} 年末{about}{count(old)} 件{word}到 {later} 年末 {count(new)} 件"


def backlog_title(year: int, opening: float, closing: float, clearance: float | None) -> str:
    """How the backlog changed within a year, and 清理比 where it is not of a small number."""
    if opening == closing:
        head = f"{year} 年积压不变，年初、年末都是 {count(closing)} 件" if closing else f"{year} 年没有积压"
    else:
        head = f"{year} 年积压由 {count(opening)} 件{'增' if closing > opening else '减'}到 {count(closing)} 件"
    return f"{head}，清理比 {percent(clearance)}" if clearance is not None else head


def unlike_title(before: int, after: int) -> str:
    """That what two years published does not compare."""
    return f"{before} 年与 {after} 年口径不同（分平台、多平台合并），发布量不能直接比较"


def most_published(channels: Sequence[str], values: Sequence[float], unit: str) -> str:
    """The one channel with the most items; empty where there are several."""
    first = largest(channels, values)
    return f"写明条数的渠道里{first[0]}发布最多，{count(max(values))} {unit}" if len(first) == 1 else ""
