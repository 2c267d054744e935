"""Reads pages as a browser would: the grid that a table spans, what a reader sees, where links lead."""

from __future__ import annotations

from collections import Counter

from bs4 import BeautifulSoup, Tag

Grid = list[list[Tag]]


def soup(html: str) -> BeautifulSoup:
    """A page or a piece of one, parsed."""
    return BeautifulSoup(str(html), "html.parser")


def one(tree: Tag, selector: str) -> Tag:
    """The one element that a selector finds."""
    found = tree.select(selector)
    assert len(found) == 1, f"{len(found)} × {selector}"
    return found[0]


def text(element: Tag) -> str:
    """What an element says, white space folded."""
    return " ".join(element.get_text().split())


def grid(table: Tag) -> Grid:
    """The table spelled out: every square with the cell that covers it, row by row.

    Fails where two cells cover one square, or a span reaches below its part of the table (head, body).
    """
    rows: Grid = []
    for part in table.find_all(["thead", "tbody"], recursive=False):
        rows.extend(part_grid(part))
    return rows


def part_grid(part: Tag) -> Grid:
    """The squares of a thead or tbody."""
    lines = part.find_all("tr", recursive=False)
    squares: dict[tuple[int, int], Tag] = {}
    for number, line in enumerate(lines):
        place = 0
        for cell in line.find_all(["td", "th"], recursive=False):
            while (number, place) in squares:
                place += 1
            down, across = int(str(cell.get("rowspan", "1"))), int(str(cell.get("colspan", "1")))
            assert number + down <= len(lines), f"{text(cell)!r} reaches below the table"
            for square in ((number + i, place + j) for i in range(down) for j in range(across)):
                assert square not in squares, f"{text(cell)!r} lies over {text(squares[square])!r}"
                squares[square] = cell
            place += across
    return [
        [squares[number, place] for place in sorted(column for row, column in squares if row == number)]
        for number in range(len(lines))
    ]


def is_rectangle(rows: Grid) -> bool:
    """Whether every line of a grid is as wide as the others."""
    return len({len(row) for row in rows}) == 1


def ids(tree: Tag) -> list[str]:
    """Every id of a page, in order."""
    return [str(element["id"]) for element in tree.find_all(id=True)]


def repeated(names: list[str]) -> set[str]:
    """Names that occur more than once."""
    return {name for name, count in Counter(names).items() if count > 1}


def broken_links(tree: Tag) -> set[str]:
    """Links within the page that lead nowhere."""
    targets = set(ids(tree))
    links = {str(link["href"]) for link in tree.find_all("a", href=True)}
    return {link for link in links if link.startswith("#") and link[1:] not in targets}


def loaded(tree: Tag) -> set[str]:
    """What a browser would fetch to show the page: scripts, style sheets, pictures, frames, media."""
    sources = {str(element["src"]) for element in tree.find_all(src=True)}
    return sources | {str(element["href"]) for element in tree.find_all("link", href=True)}
