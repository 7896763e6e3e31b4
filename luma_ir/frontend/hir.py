"""
The typed tree: what the checker makes of the syntax tree and the lowering turns into the `luma` dialect.

Everything implicit in the source is explicit here: names are resolved, types known, methods are functions, default
arguments filled in, operators on non-scalars are calls, patterns irrefutable where they must be, places are paths from
a local. All checks on the source (types, exclusivity, initialisation) are done; lowering cannot fail.

Every node has `start` and `end`, character offsets into the source of its function.
"""

from __future__ import annotations

from attrs import Factory, define, field, fields

from luma_ir.frontend.types import Type
from luma_ir.ir.diagnostics import SourceFile


@define(eq=False, repr=False)
class Local:
    """A variable or parameter: `assigned` after its declaration, `addressed` (it lives in memory) by `&unsafe`."""

    name: str
    type: Type
    start: int
    assigned: bool = False
    addressed: bool = False


@define(eq=False, repr=False, kw_only=True)
class Node:
    """Base of all nodes. (One `repr` for all: attrs would compile one for each class at every start.)"""

    start: int
    end: int

    def __repr__(self) -> str:
        shown = [f"{each.name}={getattr(self, each.name)!r}" for each in fields(type(self))[2:]]
        return f"{type(self).__name__}({', '.join(shown)})"


@define(eq=False, repr=False, kw_only=True)
class Expr(Node):
    """Base of expressions; `type` is `NEVER` when it does not return."""

    type: Type


# ---- definitions


@define(eq=False, repr=False)
class StructDef:
    """A struct definition. `derives` holds trait names such as `Eq`, `Show`."""

    symbol: str
    name: str
    type_params: list[str]
    field_names: list[str]
    field_types: list[Type]
    derives: list[str] = Factory(list)
    source: SourceFile | None = None
    start: int = 0
    """Where the definition stands, for the location of its op."""


@define(eq=False, repr=False)
class EnumDef:
    """An enum definition; a variant's `payload_names` entry is None for positional fields."""

    symbol: str
    name: str
    type_params: list[str]
    variants: list[str]
    payloads: list[list[Type]]
    payload_names: list[list[str] | None]
    derives: list[str] = Factory(list)
    source: SourceFile | None = None
    start: int = 0


@define(eq=False, repr=False)
class ImplDef:
    """An implementation of a trait: `methods` maps method names to function symbols."""

    trait: str
    self_type: Type
    type_params: list[str]
    methods: dict[str, str]
    source: SourceFile | None = None
    start: int = 0


@define(eq=False, repr=False)
class Param:
    """A parameter of a function."""

    local: Local
    inout: bool


@define(eq=False, repr=False)
class Function:
    """A function with a checked body (None for extern ones); `inline` is `always` or `never`."""

    symbol: str
    display_name: str
    type_params: list[str]
    params: list[Param]
    result: Type
    source: SourceFile
    start: int
    end: int
    body: Block | None = None
    is_public: bool = False
    """Visible to the linker: `main` and `#[export]`."""
    link_name: str | None = None
    inline: str | None = None
    cold: bool = False
    track_caller: bool = False
    fastmath: bool = False
    variadic: bool = False
    addressed: list[Local] = Factory(list)


@define(eq=False, repr=False)
class Program:
    """Everything reachable: in an order that does not depend on anything but the source."""

    functions: list[Function]
    structs: list[StructDef]
    enums: list[EnumDef]
    impls: list[ImplDef]
    main: Function | None
    string: StructDef
    """The library's `string`."""


# ---- callees


@define(eq=False, repr=False)
class FunctionRef:
    """A function, with type arguments if generic. `function` has the signature; its body may still be unchecked."""

    function: Function
    type_args: tuple[Type, ...] = ()


@define(eq=False, repr=False)
class TraitMethodRef:
    """A trait's method on a type that is found after monomorphization. `inout` flags per parameter, self first."""

    trait: str
    method: str
    self_type: Type
    inout: tuple[bool, ...]
    result: Type


Callee = FunctionRef | TraitMethodRef


# ---- places


@define(eq=False, repr=False, kw_only=True)
class FieldStep(Node):
    """Field number `index` of a struct or tuple; `type` is the field's type."""

    index: int
    type: Type


@define(eq=False, repr=False, kw_only=True)
class IndexStep(Node):
    """An element of an array or fixed array, bounds checked unless `unchecked`; `type` is the element's type."""

    index: Expr
    type: Type
    unchecked: bool = False


Step = FieldStep | IndexStep


@define(eq=False, repr=False, kw_only=True)
class Place(Node):
    """A local and a path into it; `type` is the type of what it denotes."""

    root: Local
    steps: list[Step]
    type: Type


# ---- expressions


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
    """Pairs of a number from 0 and an element."""

    inner: Iterable


@define(eq=False, repr=False, kw_only=True)
class ZipIter(Node):
    """Tuples of elements, as long as the shortest."""

    inners: list[Iterable]


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
    """`p | q`; in the spine the alternatives bind nothing."""

    alternatives: list[Pattern]


Pattern = WildcardPattern | BindPattern | TuplePattern | VariantPattern | ConstantPattern | RangePattern | OrPattern


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
    """`place op= value`, a builtin operator; index expressions are evaluated once, the place is read, then `value`."""

    place: Place
    operator: str
    value: Expr


@define(eq=False, repr=False, kw_only=True)
class ExprStatement(Node):
    """An expression for its effects."""

    value: Expr


Statement = Let | Assign | CompoundAssign | ExprStatement
