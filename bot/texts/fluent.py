"""Messages in the Fluent syntax, made ready to be filled in. `fluent.syntax` parses them; of the syntax, our texts use text, fields,
quoted characters, and the choice of a variant by a field's value, number or plural form.

Mozilla's own runtime isn't used: it imports Babel for English too, answers a prompt of more than 2,500 characters with `{???}`, and prints
the name of a missing field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from fluent.syntax import FluentParser, ast

_PARSER = FluentParser(with_spans=False)


class UnusableTextError(ValueError):
    """A message with an error in its syntax, or with syntax that our texts don't use."""


@dataclass(frozen=True, slots=True)
class Field:
    """A place for a value."""

    name: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Variants, one of which is said."""

    field: str
    variants: tuple[tuple[str, Template], ...]
    default: Template


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places for values."""

    parts: tuple[str | Field | Selection, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The names of all values that it may need."""
        return frozenset(self._fields())

    def _fields(self) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, Field):
                yield part.name
            elif isinstance(part, Selection):
                yield part.field
                for _, variant in part.variants:
                    yield from variant._fields()

    def variants(self) -> Iterator[str]:
        """Every wording of it, with `{name}` where a value goes; for checks."""
        said = [""]
        for part in self.parts:
            match part:
                case Selection():
                    ends = [one for _, variant in part.variants for one in variant.variants()]
                case Field():
                    ends = [f"{{{part.name}}}"]
                case _:
                    ends = [part]
            said = [start + end for start in said for end in ends]
        yield from said

    def filled(self, values: Mapping[str, object], said: Mapping[str, str], plural: Callable[[float], str]) -> str:
        """The words; `said` has every value as it's shown. Raises KeyError for a value that is missing."""
        words = []
        for part in self.parts:
            match part:
                case Selection():
                    words.append(_chosen(part, values[part.field], plural).filled(values, said, plural))
                case Field():
                    words.append(said[part.name])
                case _:
                    words.append(part)
        return "".join(words)


def parse(source: str, literal: Callable[[str], str] = str) -> Template:
    """One message as a template; `literal` may change the words between the fields. Raises UnusableTextError."""
    entry = _PARSER.parse_entry(source)
    if not isinstance(entry, ast.Message) or entry.value is None or entry.attributes:
        raise UnusableTextError(source)
    return _template(entry.value, literal)


def _template(pattern: ast.Pattern, literal: Callable[[str], str]) -> Template:
    parts: list[str | Field | Selection] = []
    for element in pattern.elements:
        part = literal(element.value) if isinstance(element, ast.TextElement) else _placeable(element.expression, literal)
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return Template(tuple(parts))


def _placeable(expression: object, literal: Callable[[str], str]) -> str | Field | Selection:
    match expression:
        case ast.StringLiteral():
            return str(expression.parse()["value"])
        case ast.VariableReference(id=name):
            return Field(name.name)
        case ast.SelectExpression(selector=ast.VariableReference(id=name), variants=variants):
            found = tuple((_key(one), _template(one.value, literal)) for one in variants)
            return Selection(name.name, found, next(made for made, one in zip(found, variants, strict=True) if one.default)[1])
    raise UnusableTextError(type(expression).__name__)


def _key(variant: ast.Variant) -> str:
    return str(variant.key.value if isinstance(variant.key, ast.NumberLiteral) else variant.key.name)


def _chosen(choice: Selection, value: object, plural: Callable[[float], str]) -> Template:
    wanted = [str(value)]
    if isinstance(value, int | float):
        wanted.append(plural(value))
    return next((template for key in wanted for name, template in choice.variants if name == key), choice.default)
