"""The language of rules.toml: linear sums of named figures, compared; read here, never executed.

``new + carried_over == outcomes_total + carried_forward``, ``0.2 * prior.value <= value <= 5 * prior.value``: names,
``prior.`` for last year's report, ``sum(NAME)`` for what lies beneath a heading, ``+ − ×`` and division by constants,
brackets, ``== <= >= < >``. A chain of comparisons holds when each of them does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<sign>==|<=|>=|[-−+*×/()<>]))",
    re.ASCII,
)
COMPARISONS = ("==", "<=", ">=", "<", ">")
PLAIN = {"−": "-", "×": "*"}
PRIOR = "prior."
# Brackets nest no deeper than this, so that no text can exhaust the stack.
DEEPEST = 20


class ExpressionError(ValueError):
    """An expression that cannot be read: what was found, and what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(f"found {found}; expected {expected}")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in an expression; ``prior``: of last year's report, ``summed``: all that lies beneath it."""

    text: str
    prior: bool = False
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Linear:
    """Σ factor × name + constant, in the order written."""

    terms: tuple[tuple[float, Name], ...]
    constant: float = 0.0

    def scaled(self, factor: float) -> Linear:
        """Every part times a constant."""
        return Linear(tuple((factor * own, name) for own, name in self.terms), factor * self.constant)

    def plus(self, other: Linear) -> Linear:
        """The sum of both."""
        return Linear(self.terms + other.terms, self.constant + other.constant)


@dataclass(frozen=True, slots=True)
class Comparison:
    """left ``sign`` right, the sign one of ``== <= >= < >``."""

    left: Linear
    sign: str
    right: Linear

    @property
    def names(self) -> tuple[Name, ...]:
        """Every name on both sides."""
        return tuple(name for _, name in self.left.terms + self.right.terms)


def read_comparisons(text: str) -> tuple[Comparison, ...]:
    """The comparisons of an expression, one or a chain. Raises :class:`ExpressionError`."""
    return Parser(text).comparisons()


class Parser:
    """Reads one expression by recursive descent."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at, self.depth = text, tokens_of(text), 0, 0

    def comparisons(self) -> tuple[Comparison, ...]:
        """``sum sign sum [sign sum …]`` to the end of the text."""
        if not self.tokens:
            raise ExpressionError("an empty expression", "names compared with == <= >= < >")
        sides, signs = [self.sum()], []
        while self.ahead() in COMPARISONS:
            signs.append(self.take())
            sides.append(self.sum())
        if self.at < len(self.tokens):
            raise self.unexpected("+ - * or a comparison")
        if not signs:
            raise ExpressionError(f"no comparison in {self.text!r}", "one of == <= >= < >")
        found = tuple(Comparison(*parts) for parts in zip(sides, signs, sides[1:], strict=False))
        for comparison in found:
            if not comparison.names:
                raise ExpressionError(f"no name in {self.text!r}", "a figure on one side at least")
        return found

    def sum(self) -> Linear:
        """Products with + or − between them; the first may have a sign."""
        negative = self.ahead() == "-" and bool(self.take())
        found = self.product()
        found = found.scaled(-1) if negative else found
        while self.ahead() in ("+", "-"):
            factor = 1 if self.take() == "+" else -1
            found = found.plus(self.product().scaled(factor))
        return found

    def product(self) -> Linear:
        """Factors with × or / between them, all but one of them constant."""
        found = self.factor()
        while self.ahead() in ("*", "/"):
            divided = self.take() == "/"
            other = self.factor()
            if divided and (other.terms or not other.constant):
                raise ExpressionError(
                    f"a division by {'a figure' if other.terms else 'zero'} in {self.text!r}",
                    "a constant other than 0 (write a share as a product: a <= 0.3 * b)",
                )
            if found.terms and other.terms:
                raise ExpressionError(f"a product of two figures in {self.text!r}", "a figure times a constant")
            number = 1 / other.constant if divided else other.constant
            found = found.scaled(number) if not other.terms else other.scaled(found.constant)
        return found

    def factor(self) -> Linear:
        """A number, a name, ``sum(name)`` or a bracket."""
        token = self.ahead()
        if token == "(":
            self.take()
            self.depth += 1
            if self.depth > DEEPEST:
                raise ExpressionError(f"brackets {self.depth} deep", f"no more than {DEEPEST}")
            found = self.sum()
            self.close()
            self.depth -= 1
            return found
        if token and token[0].isdigit():
            return Linear((), float(self.take()))
        if not token or not (token[0].isalpha() or token[0] == "_"):
            raise self.unexpected("a name, a number or a bracket")
        name = self.take()
        if self.ahead() != "(":
            return Linear(((1.0, name_of(name)),))
        if name != "sum":
            raise ExpressionError(f"function {name!r} in {self.text!r}", "sum(NAME), the only function")
        self.take()
        inner = self.ahead()
        if not inner or not (inner[0].isalpha() or inner[0] == "_"):
            raise self.unexpected("the name of a heading")
        summed = name_of(self.take())
        self.close()
        return Linear(((1.0, Name(summed.text, summed.prior, summed=True)),))

    def close(self) -> None:
        """The bracket that must stand here."""
        if self.ahead() != ")":
            raise self.unexpected("a closing bracket")
        self.take()

    def ahead(self) -> str:
        """The token that comes next; empty at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        """The next token, passed over."""
        self.at += 1
        return self.tokens[self.at - 1]

    def unexpected(self, expected: str) -> ExpressionError:
        """The error for the token that comes next."""
        found = f"{self.ahead()!r} in {self.text!r}" if self.ahead() else f"the end of {self.text!r}"
        return ExpressionError(found, expected)


def tokens_of(text: str) -> list[str]:
    """The tokens of an expression. Raises :class:`ExpressionError` for a character that belongs to none."""
    found, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(
                f"{text[position:].strip()!r} in {text!r}", "names, numbers, + - * / ( ) == <= >= < >"
            )
        token = match[match.lastgroup or 0]
        found.append(PLAIN.get(token, token))
        position = match.end()
    return found


def name_of(text: str) -> Name:
    """A name, last year's when it begins with ``prior.``."""
    return Name(text.removeprefix(PRIOR), prior=True) if text.startswith(PRIOR) else Name(text)
