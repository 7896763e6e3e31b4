"""
The state of lowering one function, and the small helpers that all parts of it use.

SSA form is made on the way: `env` maps each local to its current value. A region is lowered into a block of its own;
what it assigns becomes results of the op around it. An expression that does not return emits a terminator and raises
`Diverged`, which the region around it catches; so nothing is emitted behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn, TypeVar

from attrs import define, field
from xdsl.dialects import arith
from xdsl.ir import Attribute, Block, Operation, SSAValue

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import Definitions
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.analysis import NOTHING, RegionInfo
from luma_ir.frontend.lower.types import UNIT_TYPE, TypeLowering
from luma_ir.ir.fast import append, make, set_name
from luma_ir.ir.intern import I1, I64, bool_attr, int_attr
from luma_ir.ir.locations import file_loc

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import IntegerType, LocationAttr

OpT = TypeVar("OpT", bound=Operation)


class Diverged(Exception):
    """The code that is being lowered does not go on; its block has its terminator."""


@define(kw_only=True)
class LowerOptions:
    """
    How to lower.

    `overflow` is "trap" (integer overflow panics) or "wrap"; `context` is where the ops that `#[op]` names are looked
    up, a fresh one with all our dialects when None.
    """

    overflow: str = "trap"
    context: Context | None = None


@define(eq=False)
class LoopFrame:
    """A loop that is being lowered."""

    loop: hir.LoopId | None
    carried: list[hir.Local]
    has_value: bool = False
    """Whether a break passes a value in front of the carried locals."""
    is_counted: bool = False
    write_back: Callable[[], None] | None = None
    """Emits what must happen whenever an iteration is left in any way."""
    on_continue: Callable[[], None] | None = None
    """Emits what must happen before the next iteration."""
    is_broken: bool = False
    """Whether a break was emitted."""


@define(eq=False)
class Shared:
    """What the lowerings of all functions of a program share."""

    program: hir.Program
    options: LowerOptions
    definitions: Definitions
    types: TypeLowering = field(factory=TypeLowering)
    op_classes: dict[str, type[Operation]] = field(factory=dict)
    verified_ops: set[tuple[str, tuple[Attribute, ...], tuple[Attribute, ...]]] = field(factory=set)
    """The ops that `#[op]` names which were checked: name, types of operands and of results."""
    _context: Context | None = None

    @property
    def context(self) -> Context:
        """The context of the options, made when first needed."""
        found = self._context
        if found is None:
            from luma_ir.ir.context import make_context

            found = self._context = self.options.context or make_context()
        return found


@define(eq=False)
class FunctionLowering:
    """The lowering of one function."""

    shared: Shared
    function: hir.Function
    info: dict[hir.Node, RegionInfo]
    block: Block
    location: LocationAttr
    env: dict[hir.Local, SSAValue] = field(factory=dict)
    frames: list[LoopFrame] = field(factory=list)
    trap: bool = True
    fastmath: Attribute | None = None
    _locations: dict[int, LocationAttr] = field(factory=dict)

    # Emitting ops.

    def at(self, node: hir.Node) -> None:
        """Let the ops that follow have the place of a node."""
        self.location = self.location_of(node.start)

    def location_of(self, start: int) -> LocationAttr:
        """The location of an offset into the function's source."""
        found = self._locations.get(start)
        if found is None:
            source = self.function.source
            line, column = source.line_column(start)
            found = self._locations[start] = file_loc(source.name, line, column)
        return found

    def emit(
        self,
        cls: type[OpT],
        operands: Sequence[SSAValue] = (),
        result_types: Sequence[Attribute] = (),
        properties: dict[str, Attribute] | None = None,
    ) -> OpT:
        """Append an op to the current block."""
        return append(self.block, make(cls, operands, result_types, properties, location=self.location))

    def value(
        self,
        cls: type[Operation],
        operands: Sequence[SSAValue],
        type: Attribute,
        properties: dict[str, Attribute] | None = None,
    ) -> SSAValue:
        """Append an op with one result and return that."""
        return append(self.block, make(cls, operands, (type,), properties, location=self.location)).results[0]

    def end(
        self, cls: type[Operation], operands: Sequence[SSAValue] = (), properties: dict[str, Attribute] | None = None
    ) -> NoReturn:
        """
        Append a terminator that does not reach the end of its region.

        Raises:
            Diverged: always.
        """
        self.emit(cls, operands, (), properties)
        raise Diverged

    # Common values.

    def integer(self, value: int, type: IntegerType = I64) -> SSAValue:
        """An integer constant."""
        return self.value(arith.ConstantOp, (), type, {"value": int_attr(value, type)})

    def boolean(self, value: bool) -> SSAValue:
        """A constant truth value."""
        return self.value(arith.ConstantOp, (), I1, {"value": bool_attr(value)})

    def unit(self) -> SSAValue:
        """The unit value."""
        return self.value(luma.TupleMakeOp, (), UNIT_TYPE)

    def compare(self, predicate: int, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """An integer comparison; see `luma_ir.frontend.lower.arithmetic` for the predicates."""
        return self.value(arith.CmpiOp, (lhs, rhs), I1, {"predicate": int_attr(predicate, I64)})

    def lower_type(self, type: types.Type) -> Attribute:
        """The IR type of a frontend type."""
        return self.shared.types.lower(type)

    # Walking the tree.

    def expr(self, node: hir.Expr) -> SSAValue | None:
        """
        Lower an expression. None may stand for the unit value.

        Raises:
            Diverged: the expression does not return.
        """
        return EXPRESSIONS[type(node)](self, node)

    def operand(self, node: hir.Expr) -> SSAValue:
        """Lower an expression whose value is needed, unit values included."""
        value = EXPRESSIONS[type(node)](self, node)
        return self.unit() if value is None else value

    def statement(self, node: hir.Statement) -> None:
        """Lower a statement."""
        STATEMENTS[type(node)](self, node)

    def region_info(self, node: hir.Node) -> RegionInfo:
        """What the analysis found for a node with regions."""
        return self.info.get(node, NOTHING)

    def into(self, block: Block, emit: Callable[[], SSAValue | None]) -> tuple[bool, SSAValue | None]:
        """
        Run `emit` with `block` as the current one.

        Returns:
            Whether the end of the block is reached, and what `emit` returned.
        """
        outer = self.block
        self.block = block
        try:
            return True, emit()
        except Diverged:
            return False, None
        finally:
            self.block = outer

    def define(self, local: hir.Local, value: SSAValue) -> None:
        """Give a local a value, which takes the local's name if it has none."""
        self.update(local, value)
        if value.name_hint is None:
            give_name(value, local.name)

    def current(self, local: hir.Local) -> SSAValue:
        """The value that a local has now."""
        value = self.env[local]
        if local.addressed:
            return self.value(luma.PtrLoadOp, (value,), self.lower_type(local.type))
        return value

    def update(self, local: hir.Local, value: SSAValue) -> None:
        """Give a local another value."""
        if local.addressed:
            self.emit(luma.PtrStoreOp, (value, self.env[local]))
        else:
            self.env[local] = value

    def hidden(self, name: str, value: SSAValue) -> hir.Local:
        """A local that the source does not have, with its first value."""
        local = hir.Local(name, types.ERROR, 0, True)
        self.env[local] = value
        return local


Lowering = Callable[[FunctionLowering, "hir.Expr"], "SSAValue | None"]

EXPRESSIONS: dict[type, Callable] = {}
"""How to lower each class of expressions; filled by the modules of this package."""
STATEMENTS: dict[type, Callable] = {}
"""How to lower each class of statements."""

FunctionT = TypeVar("FunctionT", bound=Callable)


def lowers(*classes: type) -> Callable[[FunctionT], FunctionT]:
    """Enter a function as the lowering of expressions of some classes."""

    def enter(function: FunctionT) -> FunctionT:
        for cls in classes:
            EXPRESSIONS[cls] = function
        return function

    return enter


def lowers_statement(*classes: type) -> Callable[[FunctionT], FunctionT]:
    """Enter a function as the lowering of statements of some classes."""

    def enter(function: FunctionT) -> FunctionT:
        for cls in classes:
            STATEMENTS[cls] = function
        return function

    return enter


def give_name(value: SSAValue, name: str) -> None:
    """Let a value print with a name; one that the IR's text form cannot spell is left out."""
    if name.isascii() and name.isidentifier():
        set_name(value, name)


def constant_of(value: SSAValue) -> int | None:
    """The value of an integer constant, None when a value is not one."""
    op = value.owner
    if isinstance(op, arith.ConstantOp):
        found = getattr(op.properties["value"], "value", None)
        return getattr(found, "data", None) if not isinstance(getattr(found, "data", None), float) else None
    return None


__all__ = [
    "EXPRESSIONS",
    "STATEMENTS",
    "Diverged",
    "FunctionLowering",
    "LoopFrame",
    "LowerOptions",
    "Shared",
    "constant_of",
    "give_name",
    "lowers",
    "lowers_statement",
]
