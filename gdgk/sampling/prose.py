"""The prose of a report: the paragraphs of wording.toml with its figures, each put together from words that vary.

A report's words are its own: two of a thousand agencies, or of an agency's years, share turns of phrase but no passage
that a check of repeated text would tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gdgk.files import read_toml
from gdgk.form import edition
from gdgk.prose import HEADINGS, headings_of
from gdgk.sampling.chance import Draw
from gdgk.sampling.city import Member
from gdgk.sampling.sheets import Paper

WORDING = Path(__file__).parent / "wording.toml"
PIECE = re.compile(r"\{([^{}]*)\}")
# Of fewer applications no share and no growth is told.
TELLING = 10
# What the prose says was received, and what was: a planted error parts the two.
SHOWN, IN_FACT = "received", "in_fact"

# Which cells a figure of the prose restates, by row and column; a row that ends in _ stands for all that begin so.
STATISTICS = {
    "disclosed": ("disclosed",),
    "website": ("channel_website",),
    "weibo": ("channel_weibo",),
    "wechat": ("channel_wechat",),
    "received": ("received",),
    "closed": ("completed",),
    "reconsideration": ("reconsideration",),
    "litigation": ("litigation",),
}
APPLICATIONS = {
    "received": ("new", "total"),
    "carried_over": ("carried_over", "total"),
    "closed": ("outcomes_total", "total"),
    "carried_forward": ("carried_forward", "total"),
    "granted": ("granted", "total"),
    "partly_granted": ("partly_granted", "total"),
    "denied": ("denied_", "total"),
    "unavailable": ("unavailable_", "total"),
    "not_processed": ("not_processed_", "total"),
    "otherwise": ("otherwise_", "total"),
    "natural_person": ("new", "natural_person"),
}
DISPUTES = {
    **{name: ("reconsideration", name) for name in ("upheld", "corrected", "other_result", "pending")},
    "reconsideration": ("reconsideration", "total"),
    "litigation_direct": ("litigation_direct", "total"),
    "litigation_after": ("litigation_after_reconsideration", "total"),
}
DISCLOSURE = {
    **{name: (name, "decisions") for name in ("licensing", "penalties", "coercion")},
    **{name: ("normative_documents", name) for name in ("issued", "repealed", "in_force")},
}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of wording.toml: the section and form it belongs to, when it is said, its pieces in order.

    A piece is words as they are, a choice of words (a tuple), or the name of a figure (a list of one).
    """

    section: str
    form: str
    when: str
    pieces: tuple[str | tuple[str, ...] | list[str], ...]


@cache
def paragraphs(form: str) -> tuple[tuple[str, tuple[Paragraph, ...]], ...]:
    """The paragraphs of a form, old or new, by heading, in the order of sections."""
    read = read_toml(WORDING)
    headings = headings_of(edition("2014")) if form == "old" else HEADINGS
    found = []
    for numeral in ("", *headings):
        own = tuple(
            Paragraph(numeral, entry.get("form", ""), entry.get("when", ""), pieces(entry["text"]))
            for entry in read["paragraph"]
            if entry["section"] == numeral and entry.get("form", form) == form
        )
        found.append((headings.get(numeral, ""), own))
    return tuple(found)


def pieces(text: str) -> tuple[str | tuple[str, ...] | list[str], ...]:
    """A paragraph's text in pieces."""
    found: list[str | tuple[str, ...] | list[str]] = []
    for at, piece in enumerate(PIECE.split(text)):
        if at % 2:
            found.append(tuple(piece.split("|")) if "|" in piece else [piece])
        elif piece:
            found.append(piece)
    return tuple(found)


@cache
def notices() -> dict[str, str]:
    """The notice under which a report is made, by edition."""
    found: dict[str, str] = read_toml(WORDING)["notices"]
    return found


@cache
def places(own: Paper) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Where in a report's list the cells of each figure stand, on one edition."""
    tables = own.form.tables
    if "statistics" in tables:
        wanted = {name: ("statistics", row, "value") for name, (row,) in STATISTICS.items()}
    else:
        wanted = {
            name: (table, row, column)
            for table, cells in (
                ("applications", APPLICATIONS),
                ("disputes", DISPUTES),
                ("proactive_disclosure", DISCLOSURE),
            )
            for name, (row, column) in cells.items()
        }
        if "in_force" not in tables["proactive_disclosure"].columns:
            wanted["issued"] = ("proactive_disclosure", "normative_documents", "newly_made")
            del wanted["repealed"], wanted["in_force"]
    return tuple(
        (name, tuple(at for at, key in enumerate(own.keys) if names(key, cell))) for name, cell in wanted.items()
    )


def names(key: tuple[str, str, str], cell: tuple[str, str, str]) -> bool:
    """Whether a cell is meant by table, row (or how rows begin) and column."""
    row = cell[1]
    return key[0] == cell[0] and key[2] == cell[2] and (key[1] == row or (row[-1] == "_" and key[1].startswith(row)))


def figures_of(own: Paper, values: list[int]) -> dict[str, int]:
    """The figures that the prose restates, by name."""
    found = {}
    for name, cells in places(own):
        total = 0
        for at in cells:
            total += values[at]
        found[name] = total
    return found


def circumstances(figures: Mapping[str, int], member: Member, before: int | None) -> set[str]:
    """What holds of a report, for the paragraphs that are only said then. before: last year's applications received."""
    get = figures.get
    disputes = sum(get(name, 0) for name in ("reconsideration", "litigation_direct", "litigation_after", "litigation"))
    received, any_received = figures[IN_FACT], figures[SHOWN] or get("carried_over", 0)
    decided = any(get(name) for name in ("licensing", "penalties", "coercion"))
    said = {
        "": True,
        "government": member.government,
        "none_received": not any_received,
        "received": any_received,
        "closed": figures["closed"] and any_received,
        "share": received >= TELLING and get("natural_person") is not None,
        "growth": before is not None and before >= TELLING and received not in (0, before),
        "stock": get("in_force") or get("repealed"),
        "documents": get("issued") and "in_force" not in figures,
        "decisions": decided,
        "no_decisions": not decided,
        "no_disputes": not disputes,
        "disputes": disputes,
        "reviews": get("reconsideration"),
        "suits": get("litigation_direct") or get("litigation_after"),
        "fee_notice": get("fee_notice"),
        "nothing_else": not get("fee_notice"),
    }
    return {name for name, holds in said.items() if holds}


def tenths(part: int, whole: int) -> str:
    """A percentage with one decimal, rounded half up: whole numbers only, the same on every machine."""
    found = (2000 * part + whole) // (2 * whole)
    return f"{found // 10}.{found % 10}"


def words_of(
    member: Member, year: int, own: Paper, figures: Mapping[str, int], before: int | None, draw: Draw
) -> dict[str, str]:
    """What the paragraphs may name: the agency, its figures, topics, shares, the notice of its year."""
    found = {name: str(figure) for name, figure in figures.items()}
    topics = member.profile.topics
    first = int(len(topics) * draw())
    found |= {
        "name": member.agency.name,
        "year": str(year),
        "basis": notices().get(own.form.id, ""),
        "topic": topics[first],
        "topic2": topics[(first + 1 + int((len(topics) - 1) * draw())) % len(topics)],
    }
    received = figures[IN_FACT]
    if before and received != before:
        found["growth"] = tenths(abs(received - before), before)
        found["growth_word"] = "增长" if received > before else "下降"
    if received and "natural_person" in figures:
        found["legal_entity"] = str(received - figures["natural_person"])
        found["share"] = tenths(figures["natural_person"], received)
    return found


def narrative(member: Member, year: int, own: Paper, figures: Mapping[str, int], before: int | None, draw: Draw) -> str:
    """The content of narrative.md. before: what was received in the year before, None where its form was another."""
    said = circumstances(figures, member, before)
    words = words_of(member, year, own, figures, before, draw)
    blocks = []
    for heading, own_paragraphs in paragraphs("old" if "statistics" in own.form.tables else "new"):
        if heading:
            blocks.append(f"## {heading}")
        for paragraph in own_paragraphs:
            if paragraph.when in said:
                blocks.append(spoken(paragraph, words, draw))
    return "\n\n".join(blocks) + "\n"


def spoken(paragraph: Paragraph, words: Mapping[str, str], draw: Draw) -> str:
    """A paragraph in words: of each choice one."""
    found = []
    for piece in paragraph.pieces:
        if type(piece) is str:
            found.append(piece)
        elif type(piece) is tuple:
            found.append(piece[int(len(piece) * draw())])
        else:
            found.append(words[piece[0]])
    return "".join(found)
