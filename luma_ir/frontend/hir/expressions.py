"""
Expressions of the typed tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from luma_ir.frontend.hir.nodes import Callee, Expr, FunctionRef, Node, Place, Step

if TYPE_CHECKING:
    from luma_ir.frontend.hir.patterns import Iterable, Pattern, Statement
    from luma_ir.frontend.types import Type


@define(eq=False, repr=False, kw_only=True)
class Constant(Expr):
    """A value known at compile time: int, float, bool; str for char and string; a list for arrays, tuples, structs."""

    value: int | float | bool | str | list[Constant]


@define(eq=False, repr=False, kw_only=True)
class Read(Expr):
    """The value of a place."""

    place: Place


@define(eq=False, repr=False, kw_only=True)
class Project(Expr):
    """A part of a value that is not a place, such as `f().x` or `f()[i]`."""

    base: Expr
    steps: list[Step]


@define(eq=False, repr=False, kw_only=True)
class Unary(Expr):
    """Builtin `-` (int, float), `!` (bool), `~` (int)."""

    operator: str
    operand: Expr


@define(eq=False, repr=False, kw_only=True)
class Binary(Expr):
    """Builtin arithmetic, bits and comparison on scalars of one type; the amount of a shift may be of another."""

    operator: str
    lhs: Expr
    rhs: Expr


@define(eq=False, repr=False, kw_only=True)
class Elementwise(Expr):
    """
    A builtin operator on the elements of arrays of numbers. `type` is the array's; each operand is of this type or of
    that of its elements, or another such expression. Without `rhs` it is a unary one. `same_length` is the library's
    check of the lengths of growable arrays.
    """

    operator: str
    lhs: Expr
    rhs: Expr | None
    same_length: FunctionRef | None


@define(eq=False, repr=False, kw_only=True)
class Logical(Expr):
    """Short-circuit `&&` and `||`. The left side of `&&` in a condition may be a `PatternTest`'s chain later on."""

    operator: str
    lhs: Expr
    rhs: Expr


@define(eq=False, repr=False, kw_only=True)
class Cast(Expr):
    """`value as type` between scalars (and pointers in unsafe code)."""

    value: Expr


@define(eq=False, repr=False, kw_only=True)
class ValueArg:
    """An argument passed by value for parameter number `param`."""

    param: int
    value: Expr


@define(eq=False, repr=False, kw_only=True)
class InoutArg:
    """An `inout` argument for parameter number `param`."""

    param: int
    place: Place


Arg = ValueArg | InoutArg


@define(eq=False, repr=False, kw_only=True)
class Call(Expr):
    """A call. `args` has one entry per parameter, in the order in which they are evaluated."""

    callee: Callee
    args: list[Arg]


@define(eq=False, repr=False, kw_only=True)
class CallValue(Expr):
    """A call of a function value. `args` has one entry per parameter, in the order in which they are evaluated."""

    function: Expr
    args: list[Arg]


@define(eq=False, repr=False, kw_only=True)
class ClosureMake(Expr):
    """
    A function value; `type` is a `FuncType`. The first parameters of the callee, all by value, are the captures; the
    rest are those of the type. For a closure of the source the callee is a function that the checker makes, with the
    type parameters of the function around it; without captures it is any function.
    """

    callee: Callee
    captures: list[Expr]


@define(eq=False, repr=False, kw_only=True)
class AnyMake(Expr):
    """`value` as an `any Trait`; `type` is an `AnyType`, whose trait the value's type implements."""

    value: Expr


@define(eq=False, repr=False, kw_only=True)
class OpCall(Expr):
    """
    A call of an `#[op("dialect.op", name = value)]` function: the op is built directly. Inout places of the function
    (e.g. `#[op("luma.array.push")] func push(inout self, v: T)`) get the op's results after the ordinary ones.
    """

    op_name: str
    attributes: dict[str, int | float | bool | str]
    args: list[Arg]


@define(eq=False, repr=False, kw_only=True)
class StructMake(Expr):
    """A struct; `fields` in the order of evaluation with their numbers, each field exactly once."""

    fields: list[tuple[int, Expr]]


@define(eq=False, repr=False, kw_only=True)
class TupleMake(Expr):
    """A tuple."""

    elements: list[Expr]


@define(eq=False, repr=False, kw_only=True)
class EnumMake(Expr):
    """A variant; fields as in `StructMake`."""

    variant: int
    fields: list[tuple[int, Expr]]


@define(eq=False, repr=False, kw_only=True)
class ArrayMake(Expr):
    """`[a, b, c]`; `type` is an array or fixed array."""

    elements: list[Expr]


@define(eq=False, repr=False, kw_only=True)
class ArrayFill(Expr):
    """`[v; n]`; a negative count panics."""

    value: Expr
    count: Expr


@define(eq=False, repr=False, kw_only=True)
class Slice(Expr):
    """`base[low..high]` of an array or fixed array; bounds checked; the result is a growable array."""

    base: Expr
    low: Expr | None
    high: Expr | None
    inclusive: bool


@define(eq=False, repr=False, kw_only=True)
class AppendCall:
    """A part of an `Interpolation`: `callee(args…, &out)`; the last parameter is the `inout` string."""

    callee: Callee
    args: list[Expr]


@define(eq=False, repr=False, kw_only=True)
class Interpolation(Expr):
    """A fresh string made of literal text and of calls that append to it."""

    parts: list[str | AppendCall]


@define(eq=False, repr=False, kw_only=True)
class AddressOf(Expr):
    """`&unsafe place` (of an array: its first element), through a growable array or in an `addressed` local."""

    place: Place


@define(eq=False, repr=False, kw_only=True)
class Location(Expr):
    """Where this node stands, as the run-time system's location constant (`ptr<u8>`)."""


@define(eq=False, repr=False, kw_only=True)
class Block(Expr):
    """Statements and an optional value. Its locals end with it."""

    statements: list[Statement]
    value: Expr | None


@define(eq=False, repr=False, kw_only=True)
class PatternTest(Expr):
    """Condition of `if let`/`while let`: whether `value` matches; on success the pattern's locals are bound."""

    value: Expr
    pattern: Pattern


@define(eq=False, repr=False, kw_only=True)
class If(Expr):
    """`type` is UNIT when there is no value."""

    condition: Expr
    then: Block
    otherwise: Expr | None


@define(eq=False, repr=False)
class LoopId:
    """The identity of a loop, for `Break` and `Continue`; the flags say whether any refers to it."""

    label: str | None = None
    has_break: bool = False
    has_continue: bool = False


@define(eq=False, repr=False, kw_only=True)
class While(Expr):
    """`while`, `while let`, and C-style `for` (whose `step` runs after the body and at `continue`). Type UNIT."""

    loop: LoopId
    condition: Expr
    body: Block
    step: list[Statement] = field(factory=list)


@define(eq=False, repr=False, kw_only=True)
class Loop(Expr):
    """`loop`: its type is that of its `break` values, NEVER without a break."""

    loop: LoopId
    body: Block


@define(eq=False, repr=False, kw_only=True)
class For(Expr):
    """`for pattern in iterable`. The pattern is irrefutable."""

    loop: LoopId
    pattern: Pattern
    iterable: Iterable
    body: Block


@define(eq=False, repr=False, kw_only=True)
class Comprehension(Expr):
    """`[element for … if …]`: clauses in order, the first a `ForClause`."""

    element: Expr
    clauses: list[ForClause | Expr]


@define(eq=False, repr=False, kw_only=True)
class ForClause(Node):
    """One `for` of a comprehension."""

    pattern: Pattern
    iterable: Iterable


@define(eq=False, repr=False, kw_only=True)
class Break(Expr):
    """`break`, with the loop's value if it has one."""

    loop: LoopId
    value: Expr | None


@define(eq=False, repr=False, kw_only=True)
class Continue(Expr):
    """`continue`."""

    loop: LoopId


@define(eq=False, repr=False, kw_only=True)
class Return(Expr):
    """`return`."""

    value: Expr | None


@define(eq=False, repr=False, kw_only=True)
class Try(Expr):
    """`value?`: the payload of variant 0, or an early return of variant 1, whose error `convert` (`From`) may turn."""

    value: Expr
    return_type: Type
    convert: Callee | None = None


@define(eq=False, repr=False, kw_only=True)
class Assert(Expr):
    """Panic with a constant message unless the condition holds. Type UNIT."""

    condition: Expr
    message: str


@define(eq=False, repr=False, kw_only=True)
class Panic(Expr):
    """Panic with a constant message. Type NEVER."""

    message: str
