"""
What `for` runs over, patterns and statements of the typed tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from luma_ir.frontend.hir.nodes import Callee, FunctionRef, Local, Node, Place

if TYPE_CHECKING:
    from luma_ir.frontend.hir.expressions import Constant, Expr
    from luma_ir.frontend.types import Type


# ---- what `for` runs over


@define(eq=False, repr=False, kw_only=True)
class RangeIter(Node):
    """`low..high` of one integer type (or char); `step` positive (checked at run time when not constant)."""

    low: Expr
    high: Expr
    inclusive: bool
    step: Expr | None = None
    reverse: bool = False
    type: Type


@define(eq=False, repr=False, kw_only=True)
class ArrayIter(Node):
    """The elements of an array or fixed array, which is evaluated once."""

    array: Expr
    reverse: bool = False


@define(eq=False, repr=False, kw_only=True)
class InoutIter(Node):
    """`for x in &place`: the loop's local is each element in turn, written back after the body."""

    place: Place


@define(eq=False, repr=False, kw_only=True)
class CharsIter(Node):
    """The characters of a string; `decode` is `std.string.decode(bytes: [u8], at: i64) -> (char, i64)`."""

    text: Expr
    decode: FunctionRef


@define(eq=False, repr=False, kw_only=True)
class EnumerateIter(Node):
    """Pairs of a number from 0 and an element; `reverse`, from the last one, where the inner ones are counted."""

    inner: Iterable
    reverse: bool = False


@define(eq=False, repr=False, kw_only=True)
class ZipIter(Node):
    """Tuples of elements, as long as the shortest; `reverse` as for `EnumerateIter`."""

    inners: list[Iterable]
    reverse: bool = False


@define(eq=False, repr=False, kw_only=True)
class NextIter(Node):
    """Anything with `next(inout self) -> T?`: `source` is evaluated into a hidden local, then `next` is called."""

    source: Expr
    next: Callee


Iterable = RangeIter | ArrayIter | InoutIter | CharsIter | EnumerateIter | ZipIter | NextIter


# ---- patterns


@define(eq=False, repr=False, kw_only=True)
class WildcardPattern(Node):
    """`_`."""


@define(eq=False, repr=False, kw_only=True)
class BindPattern(Node):
    """A name, or `name @ inner`."""

    local: Local
    inner: Pattern | None = None


@define(eq=False, repr=False, kw_only=True)
class TuplePattern(Node):
    """A tuple or struct taken apart: sub-patterns by field number; missing fields are not looked at."""

    fields: list[tuple[int, Pattern]]
    types: list[Type]


@define(eq=False, repr=False, kw_only=True)
class VariantPattern(Node):
    """An enum's variant with sub-patterns by field number."""

    variant: int
    fields: list[tuple[int, Pattern]]
    types: list[Type]


@define(eq=False, repr=False, kw_only=True)
class ConstantPattern(Node):
    """A literal or constant, compared with builtin `==`; for strings `equal` is the library's comparison."""

    value: Constant
    equal: Callee | None = None


@define(eq=False, repr=False, kw_only=True)
class RangePattern(Node):
    """`a..b`, `a..=b`; either bound may be missing."""

    low: Constant | None
    high: Constant | None
    inclusive: bool


@define(eq=False, repr=False, kw_only=True)
class OrPattern(Node):
    """`p | q`; all alternatives bind the same locals."""

    alternatives: list[Pattern]


@define(eq=False, repr=False, kw_only=True)
class ArrayPattern(Node):
    """
    `[a, b, ..rest, z]` on an array or fixed array: `before` and `after` stand around the rest; without a rest (None)
    the length must be theirs. `rest` is a pattern for the array between them, a wildcard for `..`.
    """

    element: Type
    before: list[Pattern]
    rest: Pattern | None
    after: list[Pattern]


Pattern = (
    WildcardPattern
    | BindPattern
    | TuplePattern
    | VariantPattern
    | ConstantPattern
    | RangePattern
    | OrPattern
    | ArrayPattern
)


# ---- statements


@define(eq=False, repr=False, kw_only=True)
class Let(Node):
    """A declaration; without a value the local is assigned before it is read."""

    pattern: Pattern
    value: Expr | None


@define(eq=False, repr=False, kw_only=True)
class Assign(Node):
    """`place = value`: index expressions, then the value, then the checks and the store."""

    place: Place
    value: Expr


@define(eq=False, repr=False, kw_only=True)
class CompoundAssign(Node):
    """
    `place op= value`, a builtin operator; index expressions are evaluated once, the place is read, then `value`. Where
    the place is an array of numbers the operator is element-wise, as in `Elementwise`.
    """

    place: Place
    operator: str
    value: Expr
    same_length: FunctionRef | None = None


@define(eq=False, repr=False, kw_only=True)
class ExprStatement(Node):
    """An expression for its effects."""

    value: Expr


Statement = Let | Assign | CompoundAssign | ExprStatement
