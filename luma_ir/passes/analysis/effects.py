"""
What an operation may do besides computing its results, as one small number per op class.

The classification is read off the traits once per class and kept in a table, so a pass asks with one dictionary lookup.
Classes of plug-ins are classified by the same traits; a class without traits is taken to have any effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from xdsl.dialects import arith
from xdsl.dialects.builtin import Float32Type, Float64Type, IndexType, IntegerType
from xdsl.traits import IsTerminator, NoMemoryEffect, Pure, RecursiveMemoryEffect

from luma_ir.dialects import luma
from luma_ir.ir.fast import has_uses, operands_of, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdsl.ir import Attribute, Operation

PURE = 0
"""Computes its results from its operands and nothing else; may stand anywhere its operands are known."""
GUARDED = 1
"""As PURE where it stands, but undefined under other conditions (a read at a checked index, a division)."""
LINEAR = 2
"""No effect, but tied to one use of its results; may be removed when unused, never copied, merged or moved."""
READ = 3
"""Reads memory: may be removed when unused, never merged or moved."""
MAY_PANIC = 4
"""May end the program, otherwise without effect."""
NESTED = 5
"""Does what the operations inside it do."""
TERMINATOR = 6
"""Ends a block; what that means is the parent's business."""
EFFECT = 7
"""May do anything."""

_OVERRIDES: dict[type, int] = {
    # xDSL gives these no traits, or calls them speculatable although a zero divisor is undefined.
    arith.ExtSIOp: PURE,
    arith.RemUIOp: GUARDED,
    arith.RemSIOp: GUARDED,
    arith.FloorDivSIOp: GUARDED,
    arith.CeilDivSIOp: GUARDED,
    arith.CeilDivUIOp: GUARDED,
    luma.PtrLoadOp: READ,
    luma.ArrayPtrOp: READ,
}

_kinds: dict[type[Operation], int] = dict(_OVERRIDES)


def effect_kind(cls: type[Operation]) -> int:
    """The classification of an op class, one of the constants of this module."""
    found = _kinds.get(cls)
    if found is None:
        found = _kinds[cls] = _classify(cls)
    return found


def _classify(cls: type[Operation]) -> int:
    traits = [type(trait) for trait in cls.traits.traits]

    def has(*kinds: type) -> bool:
        return any(issubclass(trait, kinds) for trait in traits)

    if has(IsTerminator):
        return TERMINATOR
    if has(luma.MayPanic):
        return MAY_PANIC
    if has(luma.Linear):
        return LINEAR if has(NoMemoryEffect) else EFFECT
    if has(Pure):
        return PURE
    if has(NoMemoryEffect):
        return GUARDED
    if has(RecursiveMemoryEffect):
        return NESTED
    return EFFECT


ALLOCATING: frozenset[type[Operation]] = frozenset(
    {
        luma.ArrayMakeOp,
        luma.ArrayFillOp,
        luma.ArrayPushOp,
        luma.ArrayPopOp,
        luma.ArrayTruncateOp,
        luma.ArrayReserveOp,
        luma.ArrayAppendOp,
        luma.ArraySliceOp,
        luma.SetOp,
        luma.UndefOp,
        luma.AnyMakeOp,
    }
)
"""Ops with an array or object of its own as result: merged with an equal one it would be shared, then copied."""

_AGGREGATES = frozenset({luma.StructMakeOp, luma.TupleMakeOp, luma.EnumMakeOp})
_SCALARS = frozenset({IntegerType, IndexType, Float32Type, Float64Type})


@frozen
class Addressed:
    """
    The arrays whose addresses a function takes, by element type: their contents may change behind their values.

    A read at an index gives what it gave before only where its element type is none of these.
    """

    elements: frozenset[Attribute] = frozenset()
    everything: bool = False

    def may_change(self, op: Operation) -> bool:
        """Whether what a read gives may change although its operands do not."""
        return self.everything or (bool(self.elements) and op.results[0].type in self.elements)


NOTHING_ADDRESSED = Addressed()


def addressed_arrays(function: Operation) -> Addressed:
    """Find the arrays whose addresses a function takes and uses."""
    elements: set[Attribute] = set()
    for op in walk(function):
        if type(op) is luma.ArrayPtrOp and has_uses(op.results[0]):
            array_type = operands_of(op)[0].type
            if not isinstance(array_type, luma.ArrayType) or not is_scalar(array_type.element):
                return Addressed(everything=True)
            elements.add(array_type.element)
    return Addressed(frozenset(elements)) if elements else NOTHING_ADDRESSED


def is_scalar(type_: Attribute) -> bool:
    """Tell whether a type is a number, a bool or a char: a value without parts and without a count."""
    return type(type_) in _SCALARS


def may_share(op: Operation) -> bool:
    """
    Tell whether one result may stand for two equal ops, or for those of several iterations, without costing a copy.

    An array that two owners hold has to be copied when one of them changes it, so what makes a new array stays apart.
    """
    cls = type(op)
    if cls in ALLOCATING:
        return False
    if cls in _AGGREGATES:
        return all(type(operand.type) in _SCALARS for operand in operands_of(op))
    return True


def removable(op: Operation) -> bool:
    """Tell whether an op without uses of its results may go. Loops that might not end are kept."""
    kind = effect_kind(type(op))
    if kind <= READ:
        return not op.regions
    if kind != NESTED or type(op) in _MAY_NOT_END:
        return False
    return all(_harmless(inner) for inner in _inside(op))


def _harmless(op: Operation) -> bool:
    cls = type(op)
    kind = effect_kind(cls)
    if kind == TERMINATOR:
        return not op.has_trait(luma.EarlyExit)
    return (kind <= READ and not op.regions) or (kind == NESTED and cls not in _MAY_NOT_END)


def _inside(op: Operation) -> Iterator[Operation]:
    inner = walk(op)
    next(inner)
    return inner


def _endless_classes() -> frozenset[type]:
    from xdsl.dialects import scf

    return frozenset({luma.LoopOp, scf.WhileOp})


_MAY_NOT_END = _endless_classes()


def may_not_end(cls: type[Operation]) -> bool:
    """Tell whether an op class is a loop without a bound on its iterations."""
    return cls in _MAY_NOT_END


def speculatable(op: Operation) -> bool:
    """
    Tell whether an op may run where it would not have: it has no effect and is defined for all operands.

    Reads of fields are; reads at an index are not, nor divisions unless the divisor is a constant that cannot fail.
    """
    cls = type(op)
    kind = effect_kind(cls)
    if kind == PURE:
        return not op.regions
    if kind != GUARDED:
        return False
    if cls is luma.GetOp:
        return len(operands_of(op)) == 1
    if cls in _DIVISIONS:
        owner = operands_of(op)[1].owner
        if type(owner) is arith.ConstantOp:
            value = owner.properties["value"]
            number = getattr(getattr(value, "value", None), "data", 0)
            return number not in (0, -1)
    return False


_DIVISIONS = frozenset({arith.DivSIOp, arith.DivUIOp, arith.RemSIOp, arith.RemUIOp, arith.FloorDivSIOp})


def harmless(op: Operation) -> bool:
    """Tell whether an op surely comes to its end, without panic, effect or early exit."""
    kind = effect_kind(type(op))
    if not op.regions:
        return kind <= READ or kind == TERMINATOR
    return removable(op)
