"""
Evaluate scalar operations on constants: integers wrap at their width, floats follow IEEE 754 strictly.

Integers are held signed, so a true `i1` is -1. An evaluation that the source language does not define (a zero divisor)
gives None, and the op stays. `f32` results are computed in double precision and rounded once more, which is exact for
the operations here (Figueroa, "When is double rounding innocuous?", 1995).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from struct import pack, unpack
from typing import TYPE_CHECKING, Any

from xdsl.dialects import arith
from xdsl.dialects import math as math_ops
from xdsl.dialects.builtin import Float32Type, Float64Type, FloatAttr, IndexType, IntegerAttr, IntegerType

from luma_ir.dialects import luma
from luma_ir.ir.fast import operands_of
from luma_ir.ir.intern import float_attr, int_attr

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Operation, SSAValue

Number = int | float
Evaluator = Callable[["Operation", Any, Any, Any], "Number | bool | None"]


def width_of(type_: Attribute) -> int:
    """Bits of an integer type; 64 for `index`, 0 for anything else."""
    if type(type_) is IntegerType:
        return type_.width.data
    return 64 if type(type_) is IndexType else 0


def wrap(value: int, width: int) -> int:
    """The signed value of the lowest `width` bits."""
    value &= (1 << width) - 1
    return value - (1 << width) if value >> (width - 1) else value


def unsigned(value: int, width: int) -> int:
    """The unsigned value of the lowest `width` bits."""
    return value & ((1 << width) - 1)


def to_f32(value: float) -> float:
    """The nearest single-precision number."""
    if math.isnan(value) or math.isinf(value):
        return value
    try:
        return unpack("<f", pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def constant_value(value: SSAValue) -> Number | None:
    """The number that an SSA value is known to be: an int (signed), a float, or None."""
    owner = value.owner
    if type(owner) is not arith.ConstantOp:
        return None
    return number_of(owner.properties["value"])


def number_of(attribute: Attribute) -> Number | None:
    """The number in an integer or float attribute; None for other attributes and types that are not scalar."""
    if type(attribute) is IntegerAttr:
        width = width_of(attribute.type)
        return wrap(attribute.value.data, width) if width else None
    if type(attribute) is FloatAttr and type(attribute.type) in (Float32Type, Float64Type):
        return attribute.value.data
    return None


def int_constant(value: SSAValue) -> int | None:
    """The integer that an SSA value is known to be, signed, or None."""
    number = constant_value(value)
    return number if type(number) is int else None


def attribute_for(value: Number | bool, type_: Attribute) -> Attribute | None:
    """The constant attribute of a number and a scalar type; None when the type is not scalar."""
    if type(type_) is IntegerType:
        return int_attr(wrap(int(value), type_.width.data), type_)
    if type(type_) is IndexType:
        return int_attr(wrap(int(value), 64), type_)
    if type(type_) is Float32Type:
        return float_attr(to_f32(value), type_)
    if type(type_) is Float64Type:
        return float_attr(float(value), type_)
    return None


def evaluate(op: Operation, arguments: list[Number]) -> Number | bool | None:
    """The result of an op with one result on constant operands, or None when it cannot be computed."""
    function = EVALUATORS.get(type(op))
    if function is None or not arguments or len(arguments) > 3:
        return None
    lhs = arguments[0]
    rhs = arguments[1] if len(arguments) > 1 else lhs
    return function(op, lhs, rhs, width_of(operands_of(op)[0].type))


def _divide(lhs: int, rhs: int) -> int:
    quotient = abs(lhs) // abs(rhs)
    return quotient if (lhs < 0) == (rhs < 0) else -quotient


def _divsi(op: Operation, lhs: int, rhs: int, width: int) -> int | None:
    if rhs == 0 or (rhs == -1 and lhs == -(1 << (width - 1))):
        return None
    return _divide(lhs, rhs)


def _remsi(op: Operation, lhs: int, rhs: int, width: int) -> int | None:
    if rhs == 0:
        return None
    return 0 if rhs == -1 else lhs - _divide(lhs, rhs) * rhs


def _divui(op: Operation, lhs: int, rhs: int, width: int) -> int | None:
    return unsigned(lhs, width) // unsigned(rhs, width) if rhs else None


def _remui(op: Operation, lhs: int, rhs: int, width: int) -> int | None:
    return unsigned(lhs, width) % unsigned(rhs, width) if rhs else None


def _shift(function: Callable[[int, int, int], int]) -> Evaluator:
    def run(op: Operation, lhs: int, rhs: int, width: int) -> int | None:
        amount = unsigned(rhs, width)
        return function(lhs, amount, width) if amount < width else None

    return run


INTEGER_PREDICATES: tuple[Callable[[int, int, int], bool], ...] = (
    lambda a, b, w: a == b,
    lambda a, b, w: a != b,
    lambda a, b, w: a < b,
    lambda a, b, w: a <= b,
    lambda a, b, w: a > b,
    lambda a, b, w: a >= b,
    lambda a, b, w: unsigned(a, w) < unsigned(b, w),
    lambda a, b, w: unsigned(a, w) <= unsigned(b, w),
    lambda a, b, w: unsigned(a, w) > unsigned(b, w),
    lambda a, b, w: unsigned(a, w) >= unsigned(b, w),
)
"""The predicates of `arith.cmpi` by number, on signed values and a width."""


def predicate_of(op: Operation) -> int:
    """The number of a comparison's predicate."""
    return op.properties["predicate"].value.data  # pyright: ignore[reportAttributeAccessIssue]


def _cmpi(op: Operation, lhs: int, rhs: int, width: int) -> bool:
    return INTEGER_PREDICATES[predicate_of(op)](lhs, rhs, width)


def _cmpf(op: Operation, lhs: float, rhs: float, width: int) -> bool:
    predicate = predicate_of(op)
    if predicate in (0, 15):
        return predicate == 15
    unordered = math.isnan(lhs) or math.isnan(rhs)
    if predicate in (7, 14):
        return unordered == (predicate == 14)
    if unordered:
        return predicate > 7
    kind = predicate if predicate < 7 else predicate - 7
    return (lhs == rhs, lhs > rhs, lhs >= rhs, lhs < rhs, lhs <= rhs, lhs != rhs)[kind - 1]


def _divf(op: Operation, lhs: float, rhs: float, width: int) -> float:
    if rhs == 0.0:
        if lhs == 0.0 or math.isnan(lhs):
            return math.nan
        return math.copysign(math.inf, lhs) * math.copysign(1.0, rhs)
    return lhs / rhs


def _float_to_int(op: Operation, lhs: float, rhs: float, width: int) -> int:
    bits = width_of(op.results[0].type)
    signed = "unsigned" not in op.properties
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    if math.isnan(lhs):
        return 0
    if math.isinf(lhs):
        return low if lhs < 0 else high
    return min(max(math.trunc(lhs), low), high)


def _trunci(op: Operation, lhs: int, rhs: int, width: int) -> int:
    return wrap(lhs, width_of(op.results[0].type))


def _check_overflow(op: Operation, lhs: int, rhs: int, width: int) -> int | None:
    """The result when the check passes; a failing check must stay."""
    kind = op.properties["kind"].data  # pyright: ignore[reportAttributeAccessIssue]
    if kind not in ("add", "sub", "mul", "neg"):
        return None
    is_unsigned = "unsigned" in op.properties
    if is_unsigned:
        lhs, rhs = unsigned(lhs, width), unsigned(rhs, width)
    exact = lhs + rhs if kind == "add" else lhs - rhs if kind == "sub" else lhs * rhs if kind == "mul" else -lhs
    low, high = (0, (1 << width) - 1) if is_unsigned else (-(1 << (width - 1)), (1 << (width - 1)) - 1)
    return exact if low <= exact <= high else None


def _check_bounds(op: Operation, lhs: int, rhs: int, width: int) -> int | None:
    return lhs if 0 <= lhs < rhs else None


def _check_div(op: Operation, lhs: int, rhs: int, width: int) -> int | None:
    if rhs == 0:
        return None
    return None if "unsigned" not in op.properties and _divsi(op, lhs, rhs, width) is None else rhs


def _sitofp(op: Operation, lhs: int, rhs: int, width: int) -> float | None:
    if type(op.results[0].type) is Float32Type and abs(lhs) >= 1 << 53:
        return None
    return float(lhs)


def _uitofp(op: Operation, lhs: int, rhs: int, width: int) -> float | None:
    return _sitofp(op, unsigned(lhs, width), rhs, width)


def _whole(function: Callable[[float], float]) -> Evaluator:
    def run(op: Operation, lhs: float, rhs: float, width: int) -> float:
        return math.copysign(float(function(lhs)), lhs) if math.isfinite(lhs) else lhs

    return run


EVALUATORS: dict[type, Evaluator] = {
    arith.AddiOp: lambda op, a, b, w: wrap(a + b, w),
    arith.SubiOp: lambda op, a, b, w: wrap(a - b, w),
    arith.MuliOp: lambda op, a, b, w: wrap(a * b, w),
    arith.DivSIOp: _divsi,
    arith.DivUIOp: _divui,
    arith.RemSIOp: _remsi,
    arith.RemUIOp: _remui,
    arith.FloorDivSIOp: lambda op, a, b, w: None if _divsi(op, a, b, w) is None else a // b,
    arith.AndIOp: lambda op, a, b, w: a & b,
    arith.OrIOp: lambda op, a, b, w: a | b,
    arith.XOrIOp: lambda op, a, b, w: a ^ b,
    arith.ShLIOp: _shift(lambda a, n, w: wrap(a << n, w)),
    arith.ShRSIOp: _shift(lambda a, n, w: a >> n),
    arith.ShRUIOp: _shift(lambda a, n, w: unsigned(a, w) >> n),
    arith.MaxSIOp: lambda op, a, b, w: max(a, b),
    arith.MinSIOp: lambda op, a, b, w: min(a, b),
    arith.MaxUIOp: lambda op, a, b, w: max(unsigned(a, w), unsigned(b, w)),
    arith.MinUIOp: lambda op, a, b, w: min(unsigned(a, w), unsigned(b, w)),
    arith.CmpiOp: _cmpi,
    arith.CmpfOp: _cmpf,
    arith.TruncIOp: _trunci,
    arith.ExtSIOp: lambda op, a, b, w: a,
    arith.ExtUIOp: lambda op, a, b, w: unsigned(a, w),
    arith.IndexCastOp: _trunci,
    arith.SIToFPOp: _sitofp,
    arith.UIToFPOp: _uitofp,
    arith.ExtFOp: lambda op, a, b, w: a,
    arith.TruncFOp: lambda op, a, b, w: to_f32(a),
    arith.AddfOp: lambda op, a, b, w: a + b,
    arith.SubfOp: lambda op, a, b, w: a - b,
    arith.MulfOp: lambda op, a, b, w: a * b,
    arith.DivfOp: _divf,
    arith.NegfOp: lambda op, a, b, w: -a,
    math_ops.AbsFOp: lambda op, a, b, w: math.fabs(a),
    math_ops.SqrtOp: lambda op, a, b, w: math.sqrt(a) if a >= 0.0 else None,
    math_ops.FloorOp: _whole(math.floor),
    math_ops.CeilOp: _whole(math.ceil),
    math_ops.TruncOp: _whole(math.trunc),
    luma.FloatToIntOp: _float_to_int,
    luma.CheckOverflowOp: _check_overflow,
    luma.CheckBoundsOp: _check_bounds,
    luma.CheckDivOp: _check_div,
}
"""Op class -> function of (op, first operand, second operand, width of the operands)."""
