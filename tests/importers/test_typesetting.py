"""Where paragraphs begin on a page of PDF: by its indents; on a page of hardly a line, by those of the pages before."""

from __future__ import annotations

from gdgk.importers.typesetting import Char, Measure

SIZE, LEFT, PER_LINE = 16.0, 79.0, 28


def line(length: int, indent: int = 0) -> list[Char]:
    """A line of so many characters, indented by some."""
    return [
        {"text": "公", "size": SIZE, "x0": LEFT + SIZE * place, "x1": LEFT + SIZE * (place + 1)}
        for place in range(indent, indent + length)
    ]


def begins(measure: Measure, page: list[list[Char]]) -> list[bool | None]:
    """Of each line of a page, whether a paragraph begins with it."""
    measure.turn(page)
    return [measure.opens(one) for one in page]


FULL = [line(PER_LINE - 2, 2), line(PER_LINE), line(PER_LINE), line(PER_LINE - 2, 2), line(PER_LINE - 3)]


def test_an_indented_line_begins_a_paragraph_and_no_other_does() -> None:
    assert begins(Measure(), FULL) == [True, False, False, True, False]


def test_the_only_line_of_the_last_page_begins_a_paragraph_of_its_own() -> None:
    # It was joined to the paragraph on the page before: alone, it seemed to stand at the page's left edge.
    measure = Measure()
    begins(measure, FULL)
    assert begins(measure, [line(PER_LINE - 4, 2)]) == [True]


def test_the_only_line_of_the_last_page_goes_on_where_it_is_not_indented() -> None:
    measure = Measure()
    begins(measure, FULL)
    assert begins(measure, [line(PER_LINE - 4)]) == [False]


def test_where_no_line_is_indented_nothing_is_told() -> None:
    assert begins(Measure(), [line(PER_LINE), line(PER_LINE), line(PER_LINE - 9)]) == [None] * 3
