"""Checks, which branch to a panic, and conversions of scalars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import arith
from xdsl.dialects.builtin import IntegerType

from luma_ir.dialects import luma, mem
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.intern import I1, UNIT, string_attr
from luma_ir.passes.convert._luma_to_mem.lowering import Lowering, lowers

if TYPE_CHECKING:
    from xdsl.ir import Attribute, SSAValue

_VERBS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "neg": "negate",
    "shl": "shift left",
    "shr": "shift right",
    "abs": "take the absolute value",
}


def panic_if(
    b: Lowering, condition: SSAValue, kind: str, arguments: tuple[SSAValue, ...] = (), message: str | None = None
) -> None:
    """Append a conditional panic."""
    properties: dict[str, Attribute] = {"kind": string_attr(kind)}
    if message is not None:
        properties["message"] = string_attr(message)
    b.op(mem.PanicIfOp, (condition, *arguments), (), properties)


@lowers(luma.CheckBoundsOp)
def lower_check_bounds(b: Lowering, op: luma.CheckBoundsOp) -> None:
    """One unsigned comparison covers negative indices, too."""
    index, length = b.get(op.index), b.get(op.length)
    panic_if(b, b.compare("uge", index, length), "bounds", (index, length))
    b.values[op.result] = index


@lowers(luma.CheckSliceOp)
def lower_check_slice(b: Lowering, op: luma.CheckSliceOp) -> None:
    """Two unsigned comparisons: the length is never negative, so neither are ends that pass."""
    lower, upper, length = b.get(op.lower), b.get(op.upper), b.get(op.length)
    outside = b.either(b.compare("ugt", upper, length), b.compare("ugt", lower, upper))
    panic_if(b, outside, "slice", (lower, upper, length))
    b.values[op.checked_lower] = lower
    b.values[op.checked_upper] = upper


@lowers(luma.CheckOverflowOp)
def lower_check_overflow(b: Lowering, op: luma.CheckOverflowOp) -> None:
    """Arithmetic that reports overflow, and a panic if it did."""
    kind, unsigned = op.kind.data, op.unsigned is not None
    lhs, rhs = b.get(op.lhs), b.get(op.rhs)
    if kind in ("shl", "shr"):
        lower_shift(b, op, lhs, rhs)
        return
    if kind == "abs":
        lower_abs(b, op, lhs)
        return
    if kind == "neg":
        type_ = lhs.type
        assert isinstance(type_, IntegerType)
        lhs, rhs = b.constant(0, type_), lhs
    elif kind not in ("add", "sub", "mul"):
        raise PassFailure(f"`luma.check.overflow` of kind `{kind}` cannot be lowered", op)
    properties: dict[str, Attribute] = {"kind": string_attr("sub" if kind == "neg" else kind)}
    if unsigned:
        properties["unsigned"] = UNIT
    result, overflowed = b.op(mem.OverflowOp, (lhs, rhs), (lhs.type, I1), properties).results
    panic_if(b, overflowed, "message", message=f"attempt to {_VERBS[kind]} with overflow")
    b.define(op.result, result)


def lower_shift(b: Lowering, op: luma.CheckOverflowOp, value: SSAValue, amount: SSAValue) -> None:
    """A shift by an amount that must be below the width."""
    type_ = value.type
    assert isinstance(type_, IntegerType)
    too_far = b.compare("uge", amount, b.constant(type_.width.data, type_))
    panic_if(b, too_far, "message", message=f"attempt to {_VERBS[op.kind.data]} with overflow")
    if op.kind.data == "shl":
        kind = arith.ShLIOp
    else:
        kind = arith.ShRUIOp if op.unsigned is not None else arith.ShRSIOp
    b.define(op.result, b.value(kind, (value, amount), type_))


def lower_abs(b: Lowering, op: luma.CheckOverflowOp, value: SSAValue) -> None:
    """The absolute value, which the least number has not."""
    type_ = value.type
    assert isinstance(type_, IntegerType)
    least = b.constant(-(1 << (type_.width.data - 1)), type_)
    panic_if(b, b.compare("eq", value, least), "message", message=f"attempt to {_VERBS['abs']} with overflow")
    zero = b.constant(0, type_)
    b.define(op.result, b.choose(b.compare("slt", value, zero), b.sub(zero, value), value))


@lowers(luma.CheckDivOp)
def lower_check_div(b: Lowering, op: luma.CheckDivOp) -> None:
    """A comparison with zero and, for signed operands, with the one division that overflows."""
    lhs, rhs = b.get(op.lhs), b.get(op.rhs)
    type_ = rhs.type
    assert isinstance(type_, IntegerType)
    remainder = op.remainder is not None
    by_zero = "attempt to calculate the remainder with a divisor of zero" if remainder else "attempt to divide by zero"
    panic_if(b, b.compare("eq", rhs, b.constant(0, type_)), "message", message=by_zero)
    if op.unsigned is None:
        least = b.constant(-(1 << (type_.width.data - 1)), type_)
        both = b.value(arith.AndIOp, (b.compare("eq", lhs, least), b.compare("eq", rhs, b.constant(-1, type_))), I1)
        what = "calculate the remainder" if remainder else "divide"
        panic_if(b, both, "message", message=f"attempt to {what} with overflow")
    b.values[op.result] = rhs


@lowers(luma.AssertOp)
def lower_assert(b: Lowering, op: luma.AssertOp) -> None:
    """A panic unless the condition holds."""
    failed = b.value(arith.XOrIOp, (b.get(op.condition), b.constant(1, I1)), I1)
    panic_if(b, failed, "message", message=op.message.data)


@lowers(luma.PanicOp)
def lower_panic(b: Lowering, op: luma.PanicOp) -> None:
    """The panic of the level below."""
    b.op(mem.PanicOp, (), (), {"message": op.message})


@lowers(luma.UnreachableOp)
def lower_unreachable(b: Lowering, op: luma.UnreachableOp) -> None:
    """Stays; the conversion of control flow knows it."""
    b.op(luma.UnreachableOp)


@lowers(luma.FloatToIntOp)
def lower_float_to_int(b: Lowering, op: luma.FloatToIntOp) -> None:
    """The saturating conversion of the level below."""
    properties: dict[str, Attribute] = {"unsigned": UNIT} if op.unsigned is not None else {}
    b.define(op.result, b.value(mem.FloatToIntOp, (b.get(op.value),), op.result.type, properties))
