"""Report → the prose of the annual report: the agency's own words where it has some, else drafted from the figures.

Templates: ``gdgk/templates/narrative/<edition>/<section>.txt.j2`` (docs/narrative.md); each figure of a draft is traced
to its cells.
"""

from __future__ import annotations

import re

from gdgk.narrative.drafting import Draft
from gdgk.narrative.rendering import (
    Passage,
    Trace,
    check_templates,
    compile_narrative,
)
from gdgk.prose import NUMERALS, headings_of, sections
from gdgk.report import Report

__all__ = [
    "Draft",
    "Passage",
    "Trace",
    "check_templates",
    "compile_narrative",
    "drafted_sections",
    "markdown",
]

# Sections that are drafted where an analyst's narrative.md leaves them out; the others are for people to write.
FROM_TABLES = ("二", "三", "四")
# A first section that opens with the legal basis needs no opening before it.
OPENED = re.compile(r"信息公开条例|统计期限")


def drafted_sections(report: Report) -> frozenset[str]:
    """The numerals of the sections (``""``: the opening) that are drafted, as the report has no words of its own there.

    All of them where no words were kept. Where some were, 二, 三 and 四 only, and an opening where neither the report's
    own opening nor its first section has the legal basis; words without any heading are the whole narrative.
    """
    if not report.narrative.strip():
        return frozenset(("", *NUMERALS))
    own = sections(report.narrative)
    if not any(numeral in own for numeral in NUMERALS):
        return frozenset()
    missing = {numeral for numeral in FROM_TABLES if numeral not in own}
    first = "\n".join(own["一"].paragraphs) if "一" in own else ""
    if not own[""].paragraphs and not OPENED.search(first):
        missing.add("")
    return frozenset(missing)


def markdown(draft: Draft) -> str:
    """A narrative.md to go on with: what the report has in its own words, everything else drafted."""
    report = draft.report
    own, headings = sections(report.narrative), headings_of(report.edition)
    drafted = drafted_sections(report)
    blocks = []
    for numeral in ("", *NUMERALS):
        written = own.get(numeral)
        if numeral:
            blocks.append(f"## {written.heading if written else headings[numeral]}")
        if written and numeral not in drafted:
            blocks += written.paragraphs
        else:
            blocks += [passage.text for passage in draft.passages(numeral)]
    return "\n\n".join(blocks) + "\n"
