"""
Scalars: arithmetic, comparison, logic and casts.

Integers are signless in the IR; the source type's signedness picks the op. Whether overflow panics is an option of the
build; division by zero and `MIN / -1` always do.
"""

from __future__ import annotations

from xdsl.dialects import arith, scf
from xdsl.ir import Attribute, Operation, SSAValue

from luma_ir.dialects import luma
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.core import FunctionLowering, constant_of, lowers
from luma_ir.frontend.lower.types import is_signed
from luma_ir.ir.fast import append, make, new_block, new_region
from luma_ir.ir.intern import F64, I1, I8, I64, UNIT, float_attr, int_attr, int_type, string_attr

EQ, NE, SLT, SLE, SGT, SGE, ULT, ULE, UGT, UGE = range(10)
"""Predicates of `arith.cmpi`."""

_SIGNED = {"==": EQ, "!=": NE, "<": SLT, "<=": SLE, ">": SGT, ">=": SGE}
_UNSIGNED = {"==": EQ, "!=": NE, "<": ULT, "<=": ULE, ">": UGT, ">=": UGE}
_FLOAT = {"==": 1, ">": 2, ">=": 3, "<": 4, "<=": 5, "!=": 13}
"""Predicates of `arith.cmpf`: ordered, but `!=` holds for NaN."""

_WRAPPING: dict[str, tuple[type[Operation], str]] = {
    "+": (arith.AddiOp, "add"),
    "-": (arith.SubiOp, "sub"),
    "*": (arith.MuliOp, "mul"),
}
_BITS: dict[str, type[Operation]] = {"&": arith.AndIOp, "|": arith.OrIOp, "^": arith.XOrIOp}
_FLOATS: dict[str, type[Operation]] = {
    "+": arith.AddfOp,
    "-": arith.SubfOp,
    "*": arith.MulfOp,
    "/": arith.DivfOp,
}


@lowers(hir.Binary)
def lower_binary(low: FunctionLowering, node: hir.Binary) -> SSAValue:
    """Operands from left to right, then the operator."""
    lhs = low.operand(node.lhs)
    rhs = low.operand(node.rhs)
    low.at(node)
    return binary(low, node.operator, lhs, rhs, node.lhs.type, node.rhs.type)


def binary(
    low: FunctionLowering,
    operator: str,
    lhs: SSAValue,
    rhs: SSAValue,
    type: types.Type,
    rhs_type: types.Type,
) -> SSAValue:
    """A builtin binary operator on scalars of `type`; `rhs_type` differs for shifts only."""
    if isinstance(type, types.FloatType):
        return _float_binary(low, operator, lhs, rhs)
    if operator in _SIGNED:
        return low.compare((_SIGNED if is_signed(type) else _UNSIGNED)[operator], lhs, rhs)
    if operator in _WRAPPING:
        cls, kind = _WRAPPING[operator]
        if low.trap and isinstance(type, types.IntType):
            return checked(low, kind, lhs, rhs, type)
        return low.value(cls, (lhs, rhs), lhs.type)
    if operator in _BITS:
        return low.value(_BITS[operator], (lhs, rhs), lhs.type)
    if operator in ("<<", ">>"):
        return _shift(low, operator, lhs, rhs, type, rhs_type)
    if operator in ("/", "%"):
        return _division(low, operator, lhs, rhs, is_signed(type))
    return power(low, lhs, rhs, type)


def _float_binary(low: FunctionLowering, operator: str, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
    flags = {"fastmath": low.fastmath} if low.fastmath is not None else None
    predicate = _FLOAT.get(operator)
    if predicate is not None:
        return low.value(arith.CmpfOp, (lhs, rhs), I1, {"predicate": int_attr(predicate, I64), **(flags or {})})
    cls = _FLOATS.get(operator)
    if cls is not None:
        return low.value(cls, (lhs, rhs), lhs.type, flags)
    if operator == "**":
        from xdsl.dialects import math

        return low.value(math.PowFOp, (lhs, rhs), lhs.type, flags)
    # The arith dialect at hand has no remainder of floats; LLVM's op is the same at every level.
    from xdsl.dialects import llvm

    return low.value(llvm.FRemOp, (lhs, rhs), lhs.type, {"fastmathFlags": llvm.FastMathAttr(None)})


def checked(low: FunctionLowering, kind: str, lhs: SSAValue, rhs: SSAValue, type: types.Type) -> SSAValue:
    """An operation on integers that panics on overflow."""
    properties: dict[str, Attribute] = {"kind": string_attr(kind)}
    if not is_signed(type):
        properties["unsigned"] = UNIT
    return low.value(luma.CheckOverflowOp, (lhs, rhs), lhs.type, properties)


def power(low: FunctionLowering, base: SSAValue, exponent: SSAValue, type: types.Type) -> SSAValue:
    """
    An integer power, by squaring and multiplying; a negative exponent panics.

    A factor is squared only where the result needs it, so that a check fails exactly when the result does not fit.
    """

    def product(lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        return binary(low, "*", lhs, rhs, type, type)

    known = constant_of(exponent)
    if known is not None and 0 < known <= MAX_UNROLLED_EXPONENT:
        result, factor = None, base
        while known:
            if known & 1:
                result = factor if result is None else product(result, factor)
            known >>= 1
            if known:
                factor = product(factor, factor)
        assert result is not None
        return result
    kind = int_type(_width(base))
    one, zero = low.integer(1, kind), low.integer(0, kind)
    if is_signed(type):
        low.emit(luma.AssertOp, (low.compare(SGE, exponent, zero),), (), {"message": string_attr("negative exponent")})
    location, kinds = low.location, (kind, kind, kind)
    before, after = new_block(kinds, location), new_block(kinds, location)

    def times_if_odd(result: SSAValue, factor: SSAValue, rest: SSAValue) -> SSAValue:
        odd = low.compare(NE, low.value(arith.AndIOp, (rest, one), kind), zero)
        multiplied, kept = new_block(), new_block()
        low.into(multiplied, lambda: low.emit(scf.YieldOp, (product(result, factor),)) and None)
        low.into(kept, lambda: low.emit(scf.YieldOp, (result,)) and None)
        regions = [new_region(multiplied), new_region(kept)]
        return append(low.block, make(scf.IfOp, (odd,), (kind,), regions=regions, location=location)).results[0]

    def check() -> None:
        low.emit(scf.ConditionOp, (low.compare(UGT, before.args[2], one), *before.args))

    def step() -> None:
        result, factor, rest = after.args
        result = times_if_odd(result, factor, rest)
        half = low.value(arith.ShRUIOp, (rest, one), kind)
        low.emit(scf.YieldOp, (result, product(factor, factor), half))

    low.into(before, check)
    low.into(after, step)
    regions = [new_region(before), new_region(after)]
    loop = append(low.block, make(scf.WhileOp, (one, base, exponent), kinds, regions=regions, location=location))
    return times_if_odd(*loop.results)


MAX_UNROLLED_EXPONENT = 32
"""Up to this exponent an integer power is at most eight multiplications."""


def _division(low: FunctionLowering, operator: str, lhs: SSAValue, rhs: SSAValue, signed: bool) -> SSAValue:
    properties: dict[str, Attribute] = {}
    if not signed:
        properties["unsigned"] = UNIT
    if operator == "%":
        properties["remainder"] = UNIT
    divisor = low.value(luma.CheckDivOp, (lhs, rhs), lhs.type, properties)
    if operator == "/":
        return low.value(arith.DivSIOp if signed else arith.DivUIOp, (lhs, divisor), lhs.type)
    return low.value(arith.RemSIOp if signed else arith.RemUIOp, (lhs, divisor), lhs.type)


def _shift(
    low: FunctionLowering, operator: str, lhs: SSAValue, rhs: SSAValue, type: types.Type, rhs_type: types.Type
) -> SSAValue:
    width = _width(lhs)
    if low.trap:
        amount = _checked_amount(low, rhs, width, rhs_type)
        return checked(low, "shl" if operator == "<<" else "shr", lhs, amount, type)
    amount = resize(low, rhs, width, False)
    mask = low.integer(width - 1, int_type(width))
    masked = low.value(arith.AndIOp, (amount, mask), lhs.type)
    if operator == "<<":
        return low.value(arith.ShLIOp, (lhs, masked), lhs.type)
    return low.value(arith.ShRSIOp if is_signed(type) else arith.ShRUIOp, (lhs, masked), lhs.type)


def _checked_amount(low: FunctionLowering, rhs: SSAValue, width: int, rhs_type: types.Type) -> SSAValue:
    """The amount in the width of the shifted value, such that one out of range stays so."""
    if _width(rhs) <= width:
        return resize(low, rhs, width, is_signed(rhs_type))
    limit = low.integer(width, int_type(_width(rhs)))
    fits = low.compare(ULT, rhs, limit)
    cut = resize(low, rhs, width, False)
    return low.value(arith.SelectOp, (fits, cut, low.integer(-1, int_type(width))), cut.type)


def _width(value: SSAValue) -> int:
    return value.type.width.data  # pyright: ignore[reportAttributeAccessIssue]


def resize(low: FunctionLowering, value: SSAValue, width: int, signed: bool) -> SSAValue:
    """An integer in another width: cut, or extended as its signedness says."""
    found = _width(value)
    if found == width:
        return value
    if found > width:
        return low.value(arith.TruncIOp, (value,), int_type(width))
    return low.value(arith.ExtSIOp if signed else arith.ExtUIOp, (value,), int_type(width))


def to_i64(low: FunctionLowering, value: SSAValue, type: types.Type) -> SSAValue:
    """An integer as i64; an index or count that does not fit becomes negative, which no check lets pass."""
    return resize(low, value, 64, is_signed(type))


@lowers(hir.Unary)
def lower_unary(low: FunctionLowering, node: hir.Unary) -> SSAValue:
    """Negation, `!` and `~`."""
    value = low.operand(node.operand)
    low.at(node)
    return negative(low, node.operator, value, node.type)


def negative(low: FunctionLowering, operator: str, value: SSAValue, type: types.Type) -> SSAValue:
    """A builtin unary operator on a scalar."""
    if operator == "-":
        if isinstance(type, types.FloatType):
            flags = {"fastmath": low.fastmath} if low.fastmath is not None else None
            return low.value(arith.NegfOp, (value,), value.type, flags)
        if low.trap:
            return checked(low, "neg", value, value, type)
        zero = low.integer(0, int_type(_width(value)))
        return low.value(arith.SubiOp, (zero, value), value.type)
    ones = low.boolean(True) if value.type is I1 else low.integer(-1, int_type(_width(value)))
    return low.value(arith.XOrIOp, (value, ones), value.type)


@lowers(hir.Cast)
def lower_cast(low: FunctionLowering, node: hir.Cast) -> SSAValue:
    """`as`: integers wrap or extend, floats saturate, pointers are reinterpreted."""
    value = low.operand(node.value)
    low.at(node)
    source, target = node.value.type, node.type
    result = low.lower_type(target)
    if isinstance(source, types.PtrType) or isinstance(target, types.PtrType):
        if value.type == result:
            return value
        return low.value(luma.PtrCastOp, (value,), result)
    if isinstance(source, types.EnumType):
        tag = low.value(luma.EnumTagOp, (value,), int_type(32))
        return resize(low, tag, _width_of(result), False)
    if isinstance(source, types.FloatType):
        return _cast_float(low, value, source, target, result)
    if isinstance(target, types.FloatType):
        return low.value(arith.SIToFPOp if is_signed(source) else arith.UIToFPOp, (value,), result)
    if isinstance(target, types.BoolType) and not isinstance(source, types.BoolType):
        return low.compare(NE, value, low.integer(0, int_type(_width(value))))
    return resize(low, value, _width_of(result), is_signed(source))


def _width_of(type: Attribute) -> int:
    return type.width.data  # pyright: ignore[reportAttributeAccessIssue]


def _cast_float(
    low: FunctionLowering, value: SSAValue, source: types.FloatType, target: types.Type, result: Attribute
) -> SSAValue:
    if isinstance(target, types.FloatType):
        if source.bits == target.bits:
            return value
        return low.value(arith.ExtFOp if target.bits > source.bits else arith.TruncFOp, (value,), result)
    return low.value(luma.FloatToIntOp, (value,), result, None if is_signed(target) else {"unsigned": UNIT})


def scalar(low: FunctionLowering, value: int | float | bool | str, type: types.Type) -> SSAValue:
    """A scalar constant."""
    attr = scalar_attr(value, type)
    return low.value(arith.ConstantOp, (), low.lower_type(type), {"value": attr})


def scalar_attr(value: int | float | bool | str, type: types.Type) -> Attribute:
    """The attribute of a scalar constant."""
    if isinstance(type, types.FloatType):
        from luma_ir.ir.intern import F32

        return float_attr(float(value), F64 if type.bits == 64 else F32)
    if isinstance(value, str):
        value = ord(value)
    if isinstance(type, types.BoolType):
        return int_attr(1 if value else 0, I1)
    width = 32 if isinstance(type, types.CharType) else type.bits if isinstance(type, types.IntType) else I8.width.data
    return int_attr(_as_signed(int(value), width), int_type(width))


def _as_signed(value: int, width: int) -> int:
    value &= (1 << width) - 1
    return value - (1 << width) if value >> (width - 1) else value


def is_scalar(type: types.Type) -> bool:
    """Tell whether constants of a type are single attributes."""
    return isinstance(type, types.IntType | types.FloatType | types.BoolType | types.CharType)
