"""The fewest cells whose change makes every equation of a block hold: a search that deepens by one cell at a time.

A changed cell must clear each failing equation, and of equations without common cells each needs a cell of its own:
that bounds what is left to do. In a set of changed cells that none can be left out of, some cell is the only one in a
failing equation, which then says its value; so a cell is only ever tried with the values its failing equations give it.
"""

from __future__ import annotations

from collections.abc import Iterator

from gdgk.diagnosis.system import DECIMALS, Block

Changes = tuple[tuple[int, float], ...]
MOST_CELLS = 3
MOST_SOLUTIONS = 400


def fewest_changes(block: Block, values: list[float], residual: list[float]) -> list[Changes]:
    """All sets of as few (cell, change) as do, at most :data:`MOST_SOLUTIONS`; empty when more than three are needed.

    values, residual: of the block, as :func:`gdgk.diagnosis.system.read_block` and ``Block.residuals`` give them. No
    figure becomes negative, counts stay whole.
    """
    mask = 0
    for equation, value in enumerate(residual):
        if value:
            mask |= 1 << equation
    for left in range(1, MOST_CELLS + 1):
        found: dict[frozenset[int], Changes] = {}
        for changes in clear(block, values, residual, mask, left, ()):
            if not (block.dormant and block.wakes(values, changes)):
                found.setdefault(frozenset(cell for cell, _ in changes), changes)
                if len(found) >= MOST_SOLUTIONS:
                    break
        if found:
            return list(found.values())
    return []


def clear(
    block: Block, values: list[float], residual: list[float], mask: int, left: int, used: tuple[int, ...]
) -> Iterator[Changes]:
    """Every set of exactly ``left`` changes that clears the failing equations (bits of ``mask``)."""
    if left == 1:
        yield from last_change(block, values, residual, mask, used)
        return
    if too_many(block, mask, left):
        return
    for cell, change in moves(block, residual, mask, left):
        if cell in used or not allowed(block, values, cell, change):
            continue
        after = residual.copy()
        rest = mask
        for equation, coefficient in block.columns[cell]:
            value = after[equation] + coefficient * change
            if not block.whole[cell]:
                value = round(value, DECIMALS)
            after[equation] = value
            rest = rest | 1 << equation if value else rest & ~(1 << equation)
        if rest and not too_many(block, rest, left - 1):
            for others in clear(block, values, after, rest, left - 1, (*used, cell)):
                yield ((cell, change), *others)


def last_change(
    block: Block, values: list[float], residual: list[float], mask: int, used: tuple[int, ...]
) -> Iterator[Changes]:
    """The single cells that clear all that still fails: exactly their equations, all by the same amount."""
    for cell in block.twins.get(mask, ()):
        column = block.columns[cell]
        change = -residual[column[0][0]] / column[0][1]
        if (
            cell not in used
            and all(residual[equation] + coefficient * change == 0 for equation, coefficient in column)
            and allowed(block, values, cell, change)
        ):
            yield ((cell, change),)


def too_many(block: Block, mask: int, left: int) -> bool:
    """Whether more equations without common cells fail than cells may still change."""
    return any((mask & group).bit_count() > left for group in block.classes)


def moves(block: Block, residual: list[float], mask: int, left: int) -> Iterator[tuple[int, float]]:
    """Changes of which every solution of ``left`` cells has at least one."""
    fullest = max(block.classes, key=lambda group: (mask & group).bit_count())
    if (mask & fullest).bit_count() == left:
        # Each cell clears just one of them, so that one equation says the value.
        equation = min(bits(mask & fullest), key=lambda number: len(block.members[number]))
        for cell, coefficient in block.members[equation].items():
            yield cell, -residual[equation] / coefficient
        return
    seen = set()
    equations = list(bits(mask))
    if left == 2:
        equations = [min(equations, key=lambda number: len(block.members[number]))]
    for equation in equations:
        for cell in block.members[equation]:
            for other, coefficient in block.columns[cell]:
                move = (cell, -residual[other] / coefficient)
                if move[1] and move not in seen:
                    seen.add(move)
                    yield move


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def allowed(block: Block, values: list[float], cell: int, change: float) -> bool:
    """Whether a cell may take the figure: not below 0 unless its column is 增/减, whole if it counts."""
    figure = values[cell] + change
    return (figure >= 0 or block.signed[cell]) and (not block.whole[cell] or figure == int(figure))
