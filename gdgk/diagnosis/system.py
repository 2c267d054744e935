"""The equations of a form as a system: which cell stands in which equation, block by block, blanks taken out.

A block holds the equations that are tied to each other by common cells: table 三 is one, each row of table 四 another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from operator import itemgetter

from gdgk.form import CellKey, Edition
from gdgk.reconciliation import Relation, Sheet, relations
from gdgk.report import MONEY

Coefficients = dict[int, float]
Address = tuple[str, str | None, str | None]
DECIMALS = 6


@dataclass(frozen=True, eq=False, slots=True)
class Equation:
    """A relation of a block; equal to nothing but itself, so that it is quick to look up."""

    relation: Relation

    @property
    def address(self) -> Address:
        """As its finding is addressed: rule, row, column."""
        return self.relation.rule, self.relation.row or None, self.relation.column or None


@dataclass(frozen=True, eq=False)
class Block:
    """Equations tied to each other by common cells, Σ coefficient × cell = 0, cells and equations by their number.

    cells: every cell of the block, whether it may change or not. columns: by cell, its equations with coefficients
    (none: it cannot change). masks: the same as bits. twins: the cells of each mask. classes: bit sets of equations no
    two of which have a cell in common. exact: all counts, so nothing needs rounding. sums: by total, the parts of each
    sum it closes. dormant: sums that nothing holds to until one of their parts is filled in. filled: blank totals, and
    the cells whose sum they stand for.
    """

    form: Edition
    cells: tuple[CellKey, ...]
    equations: tuple[Equation, ...]
    members: tuple[Coefficients, ...]
    signed: tuple[bool, ...]
    whole: tuple[bool, ...]
    sums: dict[int, tuple[tuple[int, ...], ...]]
    dormant: tuple[tuple[tuple[int, ...], int], ...] = ()
    filled: dict[int, Coefficients] = field(default_factory=dict)
    columns: tuple[tuple[tuple[int, float], ...], ...] = field(init=False)
    masks: tuple[int, ...] = field(init=False)
    twins: dict[int, tuple[int, ...]] = field(init=False)
    classes: tuple[int, ...] = field(init=False)
    pickers: tuple[tuple[Callable, Callable] | None, ...] = field(init=False)
    exact: bool = field(init=False)

    def __post_init__(self) -> None:
        columns: list[list[tuple[int, float]]] = [[] for _ in self.cells]
        for equation, member in enumerate(self.members):
            for cell, coefficient in member.items():
                columns[cell].append((equation, coefficient))
        masks = [sum(1 << equation for equation, _ in column) for column in columns]
        twins: dict[int, list[int]] = {}
        for cell, mask in enumerate(masks):
            if mask:
                twins.setdefault(mask, []).append(cell)
        found = {
            "columns": tuple(map(tuple, columns)),
            "masks": tuple(masks),
            "twins": {mask: tuple(cells) for mask, cells in twins.items()},
            "classes": disjoint_classes(self.members),
            "pickers": tuple(map(pick_sides, self.members)),
            "exact": all(self.whole),
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    def residuals(self, values: Sequence[float]) -> list[float]:
        """What each equation is out by, left − right; 0 where it holds."""
        found = [
            sum(coefficient * values[cell] for cell, coefficient in member.items())
            if picker is None
            else sum(picker[0](values)) - sum(picker[1](values))
            for member, picker in zip(self.members, self.pickers, strict=True)
        ]
        return found if self.exact else [round(value, DECIMALS) for value in found]

    def wakes(self, values: Sequence[float], changes: Sequence[tuple[int, float]]) -> bool:
        """Whether changes fill in a part of a dormant sum without making the sum hold."""
        touched = {cell for cell, _ in changes}
        after = list(values)
        for cell, change in changes:
            after[cell] += change
        for total, parts in self.filled.items():
            after[total] = sum(coefficient * after[cell] for cell, coefficient in parts.items())
            if not touched.isdisjoint(parts):
                touched.add(total)
        return any(
            not touched.isdisjoint(parts) and abs(sum(after[part] for part in parts) - after[total]) > 1e-9
            for parts, total in self.dormant
        )


def disjoint_classes(members: Sequence[Coefficients]) -> tuple[int, ...]:
    """Equations sorted into sets, as bits, of which no two have a cell in common: each needs a cell of its own."""
    classes: list[tuple[set[int], int]] = []
    for equation, member in enumerate(members):
        for index, (cells, mask) in enumerate(classes):
            if cells.isdisjoint(member):
                classes[index] = (cells | member.keys(), mask | 1 << equation)
                break
        else:
            classes.append((set(member), 1 << equation))
    return tuple(mask for _, mask in classes)


def pick_sides(member: Coefficients) -> tuple[Callable, Callable] | None:
    """Getters of the cells with +1 and of those with −1, which is faster; None for other coefficients."""
    if any(abs(coefficient) != 1 for coefficient in member.values()):
        return None
    plus, minus = ([cell for cell, sign in member.items() if sign == wanted] for wanted in (1, -1))
    return pick(plus), pick(minus)


def pick(cells: list[int]) -> Callable:
    """A getter of some cells' values as a tuple."""
    if len(cells) > 1:
        return itemgetter(*cells)
    return (lambda values: (values[cells[0]],)) if cells else (lambda values: ())


def is_equation(relation: Relation) -> bool:
    """Whether a relation is an error when it does not hold, and about cells of this report alone."""
    return relation.severity == "error" and not relation.needs_prior


@cache
def blocks(form: Edition) -> tuple[Block, ...]:
    """The blocks of an edition, all cells filled in."""
    groups: list[tuple[set[CellKey], list[Relation]]] = []
    for relation in relations(form):
        if is_equation(relation):
            keys, tied = {term.key for term in relation.terms}, [relation]
            for group in [group for group in groups if not group[0].isdisjoint(keys)]:
                groups.remove(group)
                keys, tied = keys | group[0], group[1] + tied
            groups.append((keys, tied))
    return tuple(block_of(form, keys, tied) for keys, tied in groups)


def block_of(form: Edition, keys: set[CellKey], tied: Sequence[Relation]) -> Block:
    """A block of some relations, its cells in the order of the form."""
    cells = tuple(key for key in form.cells if key in keys)
    number = {key: index for index, key in enumerate(cells)}
    sums: dict[int, list[tuple[int, ...]]] = {}
    members = []
    for relation in tied:
        member: Coefficients = {}
        for side, terms in ((1, relation.left), (-1, relation.right)):
            for term in terms:
                member[number[term.key]] = member.get(number[term.key], 0) + side * term.sign
        members.append({cell: coefficient for cell, coefficient in member.items() if coefficient})
        if relation.is_sum:
            parts = tuple(number[term.key] for term in relation.left)
            sums.setdefault(number[relation.right[0].key], []).append(parts)
    return Block(
        form=form,
        cells=cells,
        equations=tuple(map(Equation, tied)),
        members=tuple(members),
        signed=tuple(form.cells[key][1].kind == "change" for key in cells),
        whole=tuple(form.tables[key.table].unit_of(key) != MONEY for key in cells),
        sums={total: tuple(parts) for total, parts in sums.items()},
    )


def read_block(block: Block, sheet: Sheet) -> tuple[Block, list[float]]:
    """The block as a report fills it in, and its figures, blanks as 0."""
    values: list[float] = []
    empty: list[int] = []
    unknown: list[int] = []
    cells = sheet.cells
    # A report may say itself that its blanks are 0: then a blank part is a figure like any other.
    zero = sheet.stated_blanks == "zero"
    for index, key in enumerate(block.cells):
        value = cells[key].value
        if value is None:
            value = 0
            if sheet.unknown(key):
                unknown.append(index)
            elif not zero or index in block.sums:
                empty.append(index)
        values.append(value)
    if empty or unknown:
        block = reduce_block(block, frozenset(empty), frozenset(unknown))
        for total, parts in block.filled.items():
            values[total] = sum(coefficient * values[cell] for cell, coefficient in parts.items())
    return block, values


def without(block: Block, addresses: set[Address]) -> Block:
    """The block without the equations of some addresses."""
    kept = [pair for pair in zip(block.equations, block.members, strict=True) if pair[0].address not in addresses]
    equations, members = zip(*kept, strict=True) if kept else ((), ())
    return replace(block, equations=tuple(equations), members=tuple(members))


@lru_cache(256)
def reduce_block(block: Block, empty: frozenset[int], unknown: frozenset[int]) -> Block:
    """The block without what nobody knows: blank totals stand for their parts, equations with unknown cells go.

    In step with :func:`gdgk.reconciliation.complete` and :func:`gdgk.reconciliation.assess`.
    """
    filled, known, closed, unclear = fill_totals(block, empty, unknown)
    kept: list[tuple[Equation, Coefficients]] = []
    dormant = []
    for number, (equation, member) in enumerate(zip(block.equations, block.members, strict=True)):
        relation = equation.relation
        if number in closed or not unclear.isdisjoint(member):
            continue
        if relation.is_sum:
            total = next(cell for cell in member if block.cells[cell] == relation.right[0].key)
            parts = tuple(cell for cell in member if cell != total)
            if known.isdisjoint(parts):
                dormant.append((parts, total))
                continue
        kept.append((equation, expand(member, filled)))
    return Block(
        form=block.form,
        cells=block.cells,
        equations=tuple(equation for equation, _ in kept),
        members=tuple(member for _, member in kept),
        signed=block.signed,
        whole=block.whole,
        sums=block.sums,
        dormant=tuple(dormant),
        filled=filled,
    )


def fill_totals(
    block: Block, empty: frozenset[int], unknown: frozenset[int]
) -> tuple[dict[int, Coefficients], set[int], set[int], set[int]]:
    """Blank totals as sums of cells; the cells that have or were given a figure; the equations used up; what stays
    unknown.
    """
    filled: dict[int, Coefficients] = {}
    known = set(range(len(block.cells))) - empty - unknown
    closed: set[int] = set()
    unclear = set(unknown)
    equation_of = {
        (total, frozenset(block.members[number]) - {total}): number
        for number, equation in enumerate(block.equations)
        if equation.relation.is_sum
        for total in block.members[number]
        if block.cells[total] == equation.relation.right[0].key
    }
    pending = [total for total in block.sums if total in empty]
    while pending:
        total = next(one for one in pending if not any(part in pending for parts in block.sums[one] for part in parts))
        pending.remove(total)
        clear = [parts for parts in block.sums[total] if unclear.isdisjoint(parts)]
        chosen = next((parts for parts in clear if not known.isdisjoint(parts)), None)
        if chosen is None and len(clear) < len(block.sums[total]):
            unclear.add(total)
        elif chosen or clear:
            parts = chosen or clear[0]
            filled[total] = expand(dict.fromkeys(parts, 1), filled)
            closed.add(equation_of[total, frozenset(parts)])
            if chosen:
                known.add(total)
    return filled, known, closed, unclear


def expand(member: Coefficients, filled: dict[int, Coefficients]) -> Coefficients:
    """An equation with the blank totals in it replaced by what they stand for."""
    if filled.keys().isdisjoint(member):
        return member
    found: Coefficients = {}
    for cell, coefficient in member.items():
        for part, share in filled.get(cell, {cell: 1}).items():
            found[part] = found.get(part, 0) + coefficient * share
    return {cell: coefficient for cell, coefficient in found.items() if coefficient}
