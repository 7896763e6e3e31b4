"""Statements, literals, operators, aggregates and control flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from luma_ir.frontend.ast.nodes import Expression, Name, Node, Path, Pattern, Statement, TypeExpr

if TYPE_CHECKING:
    from luma_ir.frontend.ast.items import Item


@define(eq=False, repr=False)
class LetStmt(Statement):
    """
    `let P: T = e;`; `value` is None for `let x: T;`, which is assigned later. `let P = e else { … };` leaves the block
    in `otherwise` when the pattern does not fit.
    """

    pattern: Pattern
    type: TypeExpr | None
    value: Expression | None
    otherwise: Block | None = None


@define(eq=False, repr=False)
class AssignStmt(Statement):
    """`place = e;`; `operator` is `=`, `+=`, `-=`, `*=`, `/=`, `%=`, `&=`, `|=`, `^=`, `<<=` or `>>=`."""

    operator: str
    target: Expression
    value: Expression


@define(eq=False, repr=False)
class ExprStmt(Statement):
    """An expression whose value is not used."""

    value: Expression


@define(eq=False, repr=False)
class ItemStmt(Statement):
    """A declaration inside a block, such as `const N = 4;`."""

    item: Item


@define(eq=False, repr=False)
class ErrorExpr(Expression):
    """Stands where an expression should have been."""


@define(eq=False, repr=False)
class IntLiteral(Expression):
    """`42`, `0xFF`, `7u8`; negative only in patterns. `suffix` is an integer type's name."""

    value: int
    suffix: str | None


@define(eq=False, repr=False)
class FloatLiteral(Expression):
    """`1.5`, `2e-9`, `1f32`; `suffix` is `f32` or `f64`."""

    value: float
    suffix: str | None


@define(eq=False, repr=False)
class BoolLiteral(Expression):
    """`true` or `false`."""

    value: bool


@define(eq=False, repr=False)
class CharLiteral(Expression):
    """`'c'`: one Unicode scalar value."""

    value: str


@define(eq=False, repr=False)
class ByteLiteral(Expression):
    """`b'A'`: a `u8`."""

    value: int


@define(eq=False, repr=False)
class StringLiteral(Expression):
    """Any of `"…"`, `r"…"`, triple-quoted, with its escapes replaced."""

    value: str


@define(eq=False, repr=False)
class FormatSpec(Node):
    """
    What stands after the colon of an interpolation: `[[fill]align][sign][#][0][width][,][.precision][kind]`.

    `align` is one of `< > ^ =` or None, `fill` one character (a space unless written), `sign` one of `+ -` and
    space or None, `kind` one of `b d e f g o s x X %` or None. `zero` is the `0` flag: fill with zeros after the
    sign. A width or precision in braces is an expression.
    """

    text: str
    fill: str
    align: str | None
    sign: str | None
    alternate: bool
    zero: bool
    width: int | Expression | None
    grouping: bool
    precision: int | Expression | None
    kind: str | None


@define(eq=False, repr=False)
class FStringText(Node):
    """Literal text of an f-string, escapes and doubled braces replaced."""

    value: str


@define(eq=False, repr=False)
class FStringValue(Node):
    """`{value}` or `{value:spec}`."""

    value: Expression
    spec: FormatSpec | None


@define(eq=False, repr=False)
class FString(Expression):
    """`f"…{expr}…{expr:spec}…"`, also triple-quoted."""

    segments: list[FStringText | FStringValue]


@define(eq=False, repr=False)
class NameExpr(Expression):
    """A single identifier, `self` and `Self` included."""

    name: str


@define(eq=False, repr=False)
class PathExpr(Expression):
    """A path of several segments, or with type arguments: `Point::origin`, `f::<i64>`, `shapes.Point::origin`."""

    path: Path


@define(eq=False, repr=False)
class UnaryExpr(Expression):
    """`-x`, `!x`, `~x`."""

    operator: str
    operand: Expression


@define(eq=False, repr=False)
class InoutExpr(Expression):
    """`&place`: an argument for an `inout` parameter, or what `for x in &xs` runs over."""

    place: Expression


@define(eq=False, repr=False)
class AddressOfExpr(Expression):
    """`&unsafe place`: a raw pointer."""

    place: Expression


@define(eq=False, repr=False)
class BinaryExpr(Expression):
    """Arithmetic, comparison, `&&` and `||`; `operator_start` is where the operator stands."""

    operator: str
    lhs: Expression
    rhs: Expression
    operator_start: int


@define(eq=False, repr=False)
class RangeExpr(Expression):
    """`a..b`, `a..=b`, `a..`, `..b`, `..`."""

    low: Expression | None
    high: Expression | None
    inclusive: bool


@define(eq=False, repr=False)
class CastExpr(Expression):
    """`value as T`."""

    value: Expression
    type: TypeExpr


@define(eq=False, repr=False)
class TryExpr(Expression):
    """`value?`."""

    value: Expression


@define(eq=False, repr=False)
class FieldExpr(Expression):
    """`base.name`: a field, or a member of a module when `base` names one."""

    base: Expression
    name: Name


@define(eq=False, repr=False)
class TupleFieldExpr(Expression):
    """`base.0`."""

    base: Expression
    index: int


@define(eq=False, repr=False)
class IndexExpr(Expression):
    """`base[index]`; a range between the brackets makes a `SliceExpr` instead."""

    base: Expression
    index: Expression


@define(eq=False, repr=False)
class SliceExpr(Expression):
    """`base[low..high]`, `base[low..=high]`, either bound optional."""

    base: Expression
    low: Expression | None
    high: Expression | None
    inclusive: bool


@define(eq=False, repr=False)
class Argument(Node):
    """`value` or `name: value`; an `inout` argument has an `InoutExpr` as its value."""

    name: Name | None
    value: Expression


@define(eq=False, repr=False)
class CallExpr(Expression):
    """`callee(args)`; positional arguments stand before named ones."""

    callee: Expression
    args: list[Argument]


@define(eq=False, repr=False)
class MethodCallExpr(Expression):
    """`receiver.method::<T>(args)`; when `receiver` names a module this is a call of its function."""

    receiver: Expression
    method: Name
    type_args: list[TypeExpr] | None
    args: list[Argument]


@define(eq=False, repr=False)
class TupleExpr(Expression):
    """`()`, `(a,)`, `(a, b)`."""

    elements: list[Expression]


@define(eq=False, repr=False)
class ArrayExpr(Expression):
    """`[a, b, c]`."""

    elements: list[Expression]


@define(eq=False, repr=False)
class ArrayRepeatExpr(Expression):
    """`[value; count]`."""

    value: Expression
    count: Expression


@define(eq=False, repr=False)
class ForClause(Node):
    """`for pattern in iterable` of a comprehension, `parallel for` included."""

    pattern: Pattern
    iterable: Expression
    is_parallel: bool


@define(eq=False, repr=False)
class IfClause(Node):
    """`if condition` of a comprehension."""

    condition: Expression


@define(eq=False, repr=False)
class ComprehensionExpr(Expression):
    """`[element for x in xs for y in ys if c]`; the first clause is a `ForClause`."""

    element: Expression
    clauses: list[ForClause | IfClause]


@define(eq=False, repr=False)
class FieldInit(Node):
    """`y: 2`, or `x` alone, whose value is the `NameExpr` `x`."""

    name: Name
    value: Expression


@define(eq=False, repr=False)
class StructExpr(Expression):
    """`P { x, y: 2 }`, also for variants with named fields."""

    path: Path
    fields: list[FieldInit]


@define(eq=False, repr=False)
class ClosureParam(Node):
    """`x`, `x: T`, `inout x`, `x: inout T`, `(a, b)`."""

    pattern: Pattern
    is_inout: bool
    type: TypeExpr | None


@define(eq=False, repr=False)
class ClosureExpr(Expression):
    """`|x, y| x + y`, `|x: i64| -> i64 { … }`."""

    params: list[ClosureParam]
    result: TypeExpr | None
    body: Expression


@define(eq=False, repr=False)
class Block(Expression):
    """`{ statements value }`; `value` is the last expression when it has no `;` after it."""

    statements: list[Statement]
    value: Expression | None


@define(eq=False, repr=False)
class LetElseBlock(Expression):
    """The block after the `else` of a `let`, as the checker puts it into the `match` that such a `let` is."""

    body: Block


@define(eq=False, repr=False)
class UnsafeExpr(Expression):
    """`unsafe { … }`."""

    body: Block


@define(eq=False, repr=False)
class LetCondition(Expression):
    """`let P = e` in the condition of an `if`, a `while` or a match arm, alone or joined to other terms by `&&`."""

    pattern: Pattern
    value: Expression


@define(eq=False, repr=False)
class IfExpr(Expression):
    """`if c { … } else …`; `condition` may be a `LetCondition`, `otherwise` is a `Block`, an `IfExpr` or None."""

    condition: Expression
    then: Block
    otherwise: Block | IfExpr | None


@define(eq=False, repr=False)
class WhileExpr(Expression):
    """`'label: while c { … }`; `label` is without its quote."""

    label: Name | None
    condition: Expression
    body: Block


@define(eq=False, repr=False)
class LoopExpr(Expression):
    """`loop { … }`, whose value is that of its `break v`."""

    label: Name | None
    body: Block


@define(eq=False, repr=False)
class ForExpr(Expression):
    """`for P in e { … }`; an `InoutExpr` as `iterable` changes the elements in place."""

    label: Name | None
    pattern: Pattern
    iterable: Expression
    body: Block
    is_parallel: bool


@define(eq=False, repr=False)
class CForExpr(Expression):
    """`for (let i = 0; i < n; i += 1) { … }`; each part may be left out."""

    label: Name | None
    init: Statement | None
    condition: Expression | None
    step: Statement | None
    body: Block


@define(eq=False, repr=False)
class MatchArm(Node):
    """`pattern if guard => body`; an assignment as body is wrapped in a `Block`."""

    pattern: Pattern
    guard: Expression | None
    body: Expression


@define(eq=False, repr=False)
class MatchExpr(Expression):
    """`match scrutinee { arms }`."""

    scrutinee: Expression
    arms: list[MatchArm]


@define(eq=False, repr=False)
class BreakExpr(Expression):
    """`break`, `break 'label`, `break value`."""

    label: Name | None
    value: Expression | None


@define(eq=False, repr=False)
class ContinueExpr(Expression):
    """`continue`, `continue 'label`."""

    label: Name | None


@define(eq=False, repr=False)
class ReturnExpr(Expression):
    """`return`, `return value`."""

    value: Expression | None


@define(eq=False, repr=False)
class SpawnExpr(Expression):
    """`spawn f(x)`."""

    call: Expression


@define(eq=False, repr=False)
class AwaitExpr(Expression):
    """`await task`."""

    task: Expression


@define(eq=False, repr=False)
class SelectArm(Node):
    """`v = ch.recv() => body` (`pattern` is the `v`) or `ch.send(x) => body`, `timeout(ms) => body`."""

    pattern: Pattern | None
    operation: Expression
    body: Expression


@define(eq=False, repr=False)
class SelectExpr(Expression):
    """`select { arms }`."""

    arms: list[SelectArm]
