"""What a report is held to: equations (:class:`Relation`) and other comparisons (:class:`Bound`) of cells."""

from __future__ import annotations

from dataclasses import dataclass

from gdgk.form import CellKey


@dataclass(frozen=True, slots=True)
class Term:
    """One cell in a relation, with its sign and factor; ``prior``: the cell of last year's report."""

    sign: int
    key: CellKey
    prior: bool = False
    factor: float = 1.0

    @property
    def weight(self) -> float:
        """Sign and factor in one."""
        return self.sign * self.factor


@dataclass(frozen=True, slots=True)
class Relation:
    """An equation between cells of one report (and last year's): Σ left = Σ right, every factor 1.

    ``row`` or ``column`` is empty where the finding is about a whole line. ``is_sum``: left are the parts, right is the
    total.
    """

    rule: str
    label: str
    severity: str
    table: str
    row: str
    column: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    basis: str
    unless: str = ""
    is_sum: bool = False
    show: str = "always"
    strict: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """Both sides."""
        return self.left + self.right

    @property
    def needs_prior(self) -> bool:
        """Whether it reads last year's report."""
        return any(term.prior for term in self.terms)

    @property
    def sign(self) -> str:
        """How the sides compare."""
        return "=="


@dataclass(frozen=True, slots=True)
class Bound:
    """Any other comparison: Σ left + constant ``sign`` Σ right + constant, where every guard of ``when`` holds.

    measure: what is compared, where it is a quantity of the crosswalk and no cell. barred: why it cannot be asked of
    these two editions (Chinese). sum: the sum of the form's tree that says more wherever it can be judged. counts: the
    kinds of entry that are counted, for a rule about a table. sums_agencies: its right side is what the agencies
    beneath report together, or at least that (incomplete_severity) while some of them are not known.
    """

    rule: str
    label: str
    severity: str
    table: str
    row: str
    column: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    basis: str
    unless: str = ""
    sign: str = "<="
    left_constant: float = 0.0
    right_constant: float = 0.0
    when: tuple[Bound, ...] = ()
    show: str = "failed"
    strict: str = ""
    agencies: str = ""
    measure: str = ""
    barred: str = ""
    sum: Relation | None = None
    counts: tuple[str, ...] = ()
    sums_agencies: bool = False
    incomplete_severity: str = ""

    @property
    def terms(self) -> tuple[Term, ...]:
        """Both sides, and the guards' after them."""
        return self.left + self.right + tuple(term for guard in self.when for term in guard.terms)

    @property
    def needs_prior(self) -> bool:
        """Whether it reads last year's report."""
        return any(term.prior for term in self.terms)

    @property
    def is_sum(self) -> bool:
        """Never: sums of the form's tree are relations."""
        return False


Check = tuple[Relation | Bound, ...]


def is_relation(bound: Bound) -> bool:
    """Whether a comparison is an equation of cells with factors of 1 that always holds."""
    plain = not (bound.when or bound.left_constant or bound.right_constant or bound.agencies or bound.measure)
    return bound.sign == "==" and plain and bool(bound.right) and all(term.factor == 1 for term in bound.terms)


def as_relation(bound: Bound) -> Relation:
    """The equation that a bound is."""
    names = (
        "rule",
        "label",
        "severity",
        "table",
        "row",
        "column",
        "left",
        "right",
        "basis",
        "unless",
        "show",
        "strict",
    )
    return Relation(**{name: getattr(bound, name) for name in names})
