"""Patterns of `let`, `for`, `match` and `if let`."""

from __future__ import annotations

from attrs import define

from luma_ir.frontend.ast.nodes import Expression, Name, Node, Path, Pattern


@define(eq=False, repr=False)
class ErrorPattern(Pattern):
    """Stands where a pattern should have been."""


@define(eq=False, repr=False)
class WildcardPattern(Pattern):
    """`_`."""


@define(eq=False, repr=False)
class BindingPattern(Pattern):
    """`x` or `x @ pattern`: a bare name that does not begin with a capital letter."""

    name: Name
    pattern: Pattern | None


@define(eq=False, repr=False)
class LiteralPattern(Pattern):
    """`0`, `-1.5`, `'c'`, `"text"`, `true`; a minus is folded into the literal's value."""

    value: Expression


@define(eq=False, repr=False)
class RangePattern(Pattern):
    """`a..b`, `a..=b`, `a..`, `..b`; a bound is a literal or a path expression."""

    low: Expression | None
    high: Expression | None
    inclusive: bool


@define(eq=False, repr=False)
class PathPattern(Pattern):
    """A path without payload: `None`, `Shape::Empty`, `LIMIT`."""

    path: Path


@define(eq=False, repr=False)
class TuplePattern(Pattern):
    """`(a, b)`; may hold one `RestPattern`."""

    elements: list[Pattern]


@define(eq=False, repr=False)
class VariantPattern(Pattern):
    """`Some(x)`, `Shape::Circle(_, r)`; may hold one `RestPattern`."""

    path: Path
    elements: list[Pattern]


@define(eq=False, repr=False)
class FieldPattern(Node):
    """`x` (then `pattern` is the binding `x`) or `y: p`."""

    name: Name
    pattern: Pattern


@define(eq=False, repr=False)
class StructPattern(Pattern):
    """`P { x, y: p, .. }`, also for variants with named fields."""

    path: Path
    fields: list[FieldPattern]
    has_rest: bool


@define(eq=False, repr=False)
class ArrayPattern(Pattern):
    """`[a, b, ..rest]`; may hold one `RestPattern`."""

    elements: list[Pattern]


@define(eq=False, repr=False)
class RestPattern(Pattern):
    """`..` or `..rest` inside an array, tuple or variant pattern."""

    name: Name | None


@define(eq=False, repr=False)
class OrPattern(Pattern):
    """`p | q`: at least two alternatives."""

    alternatives: list[Pattern]
