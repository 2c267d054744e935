"""A year of an agency's account → the cells of its report, on the form of that year."""

from __future__ import annotations

from functools import cache
from itertools import chain

from gdgk.form import CellKey, Edition
from gdgk.sampling.chance import Draw, Shares, count, part, stream
from gdgk.sampling.city import example_city
from gdgk.sampling.ledger import DISPUTES, FIRST, ITEMS, YEAR, Ledger
from gdgk.sampling.sheets import FLOWS, Paper, paper

OTHERWISE = ("otherwise_not_corrected", "otherwise_fee_unpaid", "otherwise_other")
RESULTS = ("upheld", "corrected", "other_result", "pending")


def fill(ledger: Ledger, form: Edition, year: int) -> list[int]:
    """The cells of an agency's report on a year, in printed order; money in hundredths of 万元."""
    own = paper(form)
    draw = stream(ledger.seed, ledger.member.number, year, YEAR)
    values = [0] * len(own.keys)
    if "statistics" in form.tables:
        put(values, own, "statistics", "value", statistics(ledger, year - FIRST, draw))
        return values
    fill_applications(values, own, ledger, year - FIRST, draw)
    fill_disputes(values, own, ledger, year - FIRST)
    fill_disclosure(values, own, ledger, year - FIRST)
    return values


def put(values: list[int], own: Paper, table: str, column: str, figures: dict[str, int]) -> None:
    """Put figures into the rows of one column."""
    for row, figure in figures.items():
        values[own.at[CellKey(table, row, column)]] = figure


@cache
def outcome_shares(form: Edition) -> Shares:
    """The shares of the rows of table 三 by an edition; the single row （六）其他处理 has those of the three."""
    shares = example_city().values["outcomes"]
    single = shares[OTHERWISE[0]] + shares[OTHERWISE[1]] + shares[OTHERWISE[2]]
    return Shares([single if row == "otherwise_handled" else shares[row] for row in paper(form).outcomes])


def fill_applications(values: list[int], own: Paper, ledger: Ledger, year: int, draw: Draw) -> None:
    """Table 三: by applicant what was received, carried over, what came of it, what stays open; then the totals."""
    table = own.form.tables["applications"]
    start = own.at[CellKey("applications", FLOWS[0], next(iter(table.columns)))]
    shares, before = outcome_shares(own.form), ledger.forward[year - 1] if year else [0] * len(ledger.new[year])
    columns = [
        [new, old, *shares.split(draw, closed), closed, left]
        for new, old, closed, left in zip(
            ledger.new[year], before, ledger.closed(year), ledger.forward[year], strict=True
        )
    ]
    columns.append(list(map(sum, zip(*columns, strict=True))))
    filled = list(chain.from_iterable(zip(*columns, strict=True)))
    values[start : start + len(filled)] = filled


def fill_disputes(values: list[int], own: Paper, ledger: Ledger, year: int) -> None:
    """Table 四."""
    for way in DISPUTES:
        case = ledger.disputes[year][way]
        start = own.at[CellKey("disputes", way, RESULTS[0])]
        values[start : start + 5] = [case.upheld, case.corrected, case.other_result, case.pending, case.total]


def fill_disclosure(values: list[int], own: Paper, ledger: Ledger, year: int) -> None:
    """Table 二 of either form."""
    table = "proactive_disclosure"
    columns = own.form.tables[table].columns
    decisions = {sort: series[year] for sort, series in ledger.decisions.items()}
    put(values, own, table, "decisions", decisions)
    stock = {
        "regulations": tuple(series[year] for series in ledger.regulations),
        "normative_documents": (ledger.issued[year], ledger.repealed[year], ledger.in_force[year]),
    }
    if "in_force" in columns:
        for at, column in enumerate(("issued", "repealed", "in_force")):
            put(values, own, table, column, {row: figures[at] for row, figures in stock.items()})
        put(values, own, table, "amount", {"fees": ledger.fees[year]})
        return
    for row, series in (("regulations", ledger.regulations[0]), ("normative_documents", ledger.issued)):
        # all that was ever made public: what the year made, on what the years before did
        made = series[year]
        figures = {"newly_made": made, "newly_disclosed": made, "total_disclosed": sum(series[: year + 1])}
        for column, figure in figures.items():
            put(values, own, table, column, {row: figure})
    fill_items(values, own, ledger, year)


def fill_items(values: list[int], own: Paper, ledger: Ledger, year: int) -> None:
    """The items of 2019 and 2020: as many as there were the year before and how many joined or left; procurement."""
    table = "proactive_disclosure"
    draw = stream(ledger.seed, ledger.member.number, 2019, ITEMS)
    has = {sort: any(series) for sort, series in ledger.decisions.items()}
    has |= {"fees": any(ledger.fees), "other_services": has["licensing"]}
    for row in ("licensing", "other_services", "penalties", "coercion", "fees"):
        items = count(draw, 40 if row == "penalties" else 12) if has[row] else 0
        changes = [part(draw, items // 2, 0.12) if draw() < 0.5 else -part(draw, items // 2, 0.12) for _ in range(2)]
        at = year - (2019 - FIRST)
        put(values, own, table, "prior_items", {row: items + (changes[0] if at else 0)})
        put(values, own, table, "change", {row: changes[at]})
    services = [count(draw, 30.0) if has["other_services"] else 0 for _ in range(2)]
    put(values, own, table, "decisions", {"other_services": services[year - (2019 - FIRST)]})
    bought = [(count(draw, 4), 1 + int(6000 * draw())) for _ in range(2)][year - (2019 - FIRST)]
    put(values, own, table, "projects", {"procurement": bought[0]})
    put(values, own, table, "amount", {"procurement": bought[0] * bought[1]})


def statistics(ledger: Ledger, year: int, draw: Draw) -> dict[str, int]:
    """The rows of the 统计表 of 2014 to 2018."""
    received, closed = sum(ledger.new[year]), sum(ledger.closed(year))
    found: dict[str, int] = {}
    ways = Shares([0.1, 0.01, 0.64, 0.25])
    names = ("received_in_person", "received_by_fax", "received_online", "received_by_letter")
    found.update(zip(names, ways.split(draw, received), strict=True))
    late = part(draw, closed, 0.06)
    replies = example_city().values["replies"]
    found.update(zip(replies, reply_shares().split(draw, closed), strict=True))
    refused = sum(figure for row, figure in found.items() if row.startswith("refused_"))
    found |= {
        "received": received,
        "completed": closed,
        "completed_on_time": closed - late,
        "completed_after_extension": late,
        "replied": closed,
        "replied_refused": refused,
        **channels(draw, ledger),
        "normative_issued": ledger.issued[year],
        "disclosed_normative": ledger.issued[year],
        **concluded(ledger, year),
        **standing(draw),
    }
    return found


@cache
def reply_shares() -> Shares:
    """The shares of the kinds of reply."""
    return Shares(list(example_city().values["replies"].values()))


def channels(draw: Draw, ledger: Ledger) -> dict[str, int]:
    """What was made public, in all and by channel: none shows more than all, together they show no less."""
    disclosed = 40 + count(draw, 400 * publishing(ledger))
    website = disclosed - part(draw, disclosed, 0.05)
    weibo, wechat = part(draw, disclosed, 0.15), part(draw, disclosed, 0.25)
    gazette = part(draw, disclosed, 0.02) if ledger.member.regulations else 0
    return {
        "disclosed": disclosed,
        "channel_gazette": gazette,
        "channel_website": website,
        "channel_weibo": weibo,
        "channel_wechat": wechat,
        "channel_other": disclosed - website + part(draw, disclosed, 0.05),
    }


def publishing(ledger: Ledger) -> float:
    """How much an agency publishes against others, by how much is asked of it."""
    return 0.5 + min(4.0, sum(ledger.new[0]) / 40)


def concluded(ledger: Ledger, year: int) -> dict[str, int]:
    """Reviews and suits by result: the table of those years has no pending ones."""
    review, *suits = (ledger.disputes[year][way] for way in DISPUTES)
    found: dict[str, int] = {}
    for row, cases in (("reconsideration", [review]), ("litigation", suits)):
        results = [sum(getattr(case, name) for case in cases) for name in RESULTS[:3]]
        found |= {
            row: sum(results),
            f"{row}_upheld": results[0],
            f"{row}_corrected": results[1],
            f"{row}_other": results[2],
        }
    return found


def standing(draw: Draw) -> dict[str, int]:
    """Who does the work, meetings, training; answers to the public."""
    full, half, meetings, courses = (count(draw, mean) for mean in (0.6, 2.4, 2.0, 1.4))
    conferences, interviews = count(draw, 0.5), count(draw, 0.3)
    return {
        "responses": count(draw, 2.0),
        "press_conferences": conferences,
        "press_conferences_by_head": part(draw, conferences, 0.4),
        "online_interviews": interviews,
        "online_interviews_by_head": part(draw, interviews, 0.6),
        "interpretations": count(draw, 5.0),
        "social_media_responses": count(draw, 3.0),
        "other_responses": count(draw, 1.0),
        "offices": 1,
        "reading_points": count(draw, 1.0),
        "staff": full + half,
        "staff_full_time": full,
        "staff_part_time": half,
        "budget": 50 * count(draw, 1.0),
        "meetings": meetings,
        "trainings": courses,
        "trainees": courses * (12 + int(30 * draw())),
    }
