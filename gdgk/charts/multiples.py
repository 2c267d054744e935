"""本年新收 by agency and year: a small chart for each agency, each on its own scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gdgk.charts.facts import Fact, measure, source
from gdgk.charts.group import Group, Party
from gdgk.charts.style import EDGES, HUES, INK, INK2, INK3, SUNK, Chart, count, error_mark, points
from gdgk.charts.years import Timeline, timeline

if TYPE_CHECKING:
    from plotly import graph_objects as go

MEASURE = "received"
MOST = 24
# Columns and the height of a row in px, in a wide and in a narrow container.
WIDE, NARROW = (6, 116), (2, 112)
GAP_X, GAP_Y = 0.028, 48


def volume_by_agency(group: Group) -> go.Figure | None:
    """本年新收 of each agency by year, 件, a panel for each; None where fewer than two agencies say it.

    At most :data:`MOST` panels: the agencies with the greatest figure in the last year, in the order of the register;
    the table has all of them.
    """
    facts = {party.id: facts_of(party) for party in group.parties}
    known = [party for party in group.parties if any(fact.known for fact in facts[party.id].values())]
    if len(known) < 2:
        return None
    line = timeline(group.calendar)
    shown = chosen(known, facts)
    shapes: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    data = []
    for number, party in enumerate(shown, 1):
        own = facts[party.id]
        data.append(bars(line, own, number))
        shapes.extend(behind(line, party, own, number))
        words.extend(said(line, party, own, number, party.id == group.focus))
    rest = len(group.parties) - len(shown)
    years = [slot.year for slot in line.slots if slot.year is not None]
    return Chart(
        title=multiples_title(known, facts, years),
        subtitle=f"本年新收申请，件，{years[0]}—{years[-1]} 年；每格一个机关，纵轴各自从 0 到本机关最大值，只看走势"
        + (f"；另有 {rest} 个机关见表" if rest else ""),
        source=source(
            f"{group.name}所属各机关年度报告表三",
            "灰格为未入库或未填报",
            "竖双线为表式接缝" if seams_within(line) else "",
            *notes_of(facts[party.id] for party in known),
        ),
        columns=["机关", *map(str, years)],
        rows=[[party.name, *(text_of(facts[party.id].get(year)) for year in years)] for party in group.parties],
        height=height(len(shown), *WIDE),
        narrow_height=height(len(shown), *NARROW),
        data=data,
        layout={**axes(line, shown, facts, WIDE), "shapes": shapes, "annotations": words, "bargap": 0.25},
        margin={"l": 2, "r": 2, "t": 22, "b": 18},
        narrow=domains(len(shown), NARROW),
        wide=True,
    ).figure()


def facts_of(party: Party) -> dict[int, Fact]:
    """The measure of an agency by year."""
    return {year: report.fact(measure(MEASURE)) for year, report in party.reports.items()}


def chosen(known: Sequence[Party], facts: dict[str, dict[int, Fact]]) -> list[Party]:
    """The agencies that get a panel, in their order."""
    last = max(year for own in facts.values() for year in own)

    def size(party: Party) -> float:
        own = facts[party.id]
        return own[last].number if last in own else 0.0

    picked = {party.id for party in sorted(known, key=size, reverse=True)[:MOST]}
    return [party for party in known if party.id in picked]


def text_of(fact: Fact | None) -> str:
    """A figure in the table."""
    return "未入库" if fact is None else fact.text


def notes_of(found: Any) -> list[str]:
    """What the source line must say of the figures."""
    everything = [fact for own in found for fact in own.values()]
    told = ["空格按 0 计或按分项之和，标†"] if any(fact.dagger for fact in everything) else []
    return told + (["标“误”的数字在未通过的勾稽里"] if any(fact.wrong for fact in everything) else [])


# ── a panel ──


def axis(letter: str, number: int) -> str:
    """How plotly names an axis of a panel: x, x2, x3 …"""
    return letter if number == 1 else f"{letter}{number}"


def bars(line: Timeline, own: dict[int, Fact], number: int) -> dict[str, Any]:
    """The bars of one agency."""
    shown = [(year, fact) for year, fact in sorted(own.items()) if fact.known]
    return {
        "type": "bar",
        "xaxis": axis("x", number),
        "yaxis": axis("y", number),
        "x": [round(line.at(year), 3) for year, _ in shown],
        "y": [points(fact.number) for _, fact in shown],
        "marker": {"color": HUES[0], "line": {"color": EDGES[0], "width": 1}},
        "customdata": [year for year, _ in shown],
        "hovertemplate": "%{customdata} 年 %{y:,d} 件<extra></extra>",
    }


def behind(line: Timeline, party: Party, own: dict[int, Fact], number: int) -> list[dict[str, Any]]:
    """Grey fields where there is no figure, double lines at the seams."""
    across = {"yref": axis("y", number) + " domain", "xref": axis("x", number), "y0": 0, "y1": 1}
    found = [
        {
            **across,
            "x0": slot.start,
            "x1": slot.end,
            "fillcolor": SUNK,
            "line": {"width": 0},
            "layer": "below",
        }
        for slot in line.slots
        if slot.year is not None and not (slot.year in own and own[slot.year].known)
    ]
    for place in seams_within(line):
        for side in (-0.04, 0.04):
            edge = round(place + side, 3)
            found.append({**across, "x0": edge, "x1": edge, "line": {"width": 1, "color": INK2}})
    return found


def said(line: Timeline, party: Party, own: dict[int, Fact], number: int, focus: bool) -> list[dict[str, Any]]:
    """The name above a panel, the last figure, 误 above what is tainted."""
    known = [(year, fact) for year, fact in sorted(own.items()) if fact.known]
    year = known[-1][0]
    found: list[dict[str, Any]] = [
        {
            "xref": axis("x", number) + " domain",
            "yref": axis("y", number) + " domain",
            "x": 0,
            "y": 1,
            "xanchor": "left",
            "yanchor": "bottom",
            "yshift": 2,
            "text": f"<b>◆ {party.short}</b>" if focus else party.short,
            "font": {"color": INK},
        }
    ]
    for at, fact in known:
        text = f"{count(fact.number)}{fact.dagger}" if at == year or not fact.number else ""
        if text or fact.wrong:
            found.append(
                {
                    "xref": axis("x", number),
                    "yref": axis("y", number),
                    "x": round(line.at(at), 3),
                    "y": points(fact.number),
                    "yanchor": "bottom",
                    "text": text + error_mark(fact.wrong),
                    "font": {"size": 11, "color": INK if fact.number else INK3},
                }
            )
    return found


def seams_within(line: Timeline) -> list[float]:
    """The seams between the years that are drawn."""
    first = min(slot.start for slot in line.slots if slot.year is not None)
    return [place for place in line.seams if place > first]


# ── the grid of panels ──


def axes(
    line: Timeline, shown: Sequence[Party], facts: dict[str, dict[int, Fact]], grid: tuple[int, int]
) -> dict[str, Any]:
    """The axes of every panel: years along, from 0 to the agency's greatest figure up."""
    first = min(slot.start for slot in line.slots if slot.year is not None)
    years = [slot for slot in line.slots if slot.year is not None]
    ends = [years[0], years[-1]] if len(years) > 1 else years
    found: dict[str, Any] = {}
    for number, (party, (across, up)) in enumerate(zip(shown, places(len(shown), grid), strict=True), 1):
        top = max(fact.number for fact in facts[party.id].values() if fact.known) or 1
        own = axis("", number)
        found[f"xaxis{own}"] = {
            "domain": across,
            "anchor": f"y{own}",
            "range": [first, line.span[1]],
            "showline": True,
            "tickvals": [slot.centre for slot in ends],
            "ticktext": [f"{slot.year or 0}" for slot in ends],
            "tickfont": {"size": 11, "color": INK3},
            "tickangle": 0,
        }
        found[f"yaxis{own}"] = {
            "domain": up,
            "anchor": f"x{own}",
            "range": [0, round(1.32 * top, 2)],
            "visible": False,
        }
    return found


def places(panels: int, grid: tuple[int, int]) -> list[tuple[list[float], list[float]]]:
    """Where each panel stands in the plot: across and up, as shares."""
    columns = min(grid[0], panels)
    lines = -(-panels // columns)
    inner = height(panels, *grid) - 40
    gap = GAP_Y / inner
    wide, tall = (1 - (columns - 1) * GAP_X) / columns, (1 - (lines - 1) * gap) / lines
    found = []
    for number in range(panels):
        down, along = divmod(number, columns)
        left, bottom = along * (wide + GAP_X), 1 - down * (tall + gap) - tall
        found.append(
            ([round(left, 4), round(min(1, left + wide), 4)], [round(max(0, bottom), 4), round(bottom + tall, 4)])
        )
    return found


def height(panels: int, columns: int, row: int) -> int:
    """The height of a grid of panels, px."""
    return 40 + row * -(-panels // min(columns, panels))


def domains(panels: int, grid: tuple[int, int]) -> dict[str, Any]:
    """Where the panels stand in a narrow container."""
    found: dict[str, Any] = {}
    for number, (across, up) in enumerate(places(panels, grid), 1):
        own = axis("", number)
        found[f"xaxis{own}.domain"], found[f"yaxis{own}.domain"] = across, up
    return found


def multiples_title(known: Sequence[Party], facts: dict[str, dict[int, Fact]], years: Sequence[int]) -> str:
    """How many agencies received more and how many fewer than the year before, of those whose figures are sound."""
    if len(years) < 2:
        return "各机关本年新收申请"
    last, before = years[-1], years[-2]
    pairs = []
    for party in known:
        one, two = facts[party.id].get(before), facts[party.id].get(last)
        if one and two and one.known and two.known and not one.wrong and not two.wrong:
            pairs.append((one.number, two.number))
    if len(pairs) < 2:  # of one agency alone "one of one" says nothing
        return "各机关本年新收申请，逐年"
    more, fewer = sum(two > one for one, two in pairs), sum(two < one for one, two in pairs)
    return f"{last} 年新收申请：{len(pairs)} 个可比机关中 {more} 个比 {before} 年多，{fewer} 个少"
