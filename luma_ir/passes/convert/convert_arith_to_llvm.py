"""
Convert `arith` to `llvm`: integers, floats, comparisons, casts and constants, of scalars and of vectors.

Before: %s = arith.addi %a, %b overflow<nsw> : i64
        %f = arith.floordivsi %a, %b : i64
After:  %s = llvm.add %a, %b overflow<nsw> : i64
        %q = llvm.sdiv %a, %b : i64    and a step down where the signs differ and the division is not exact
Expects: scalars and vectors of one dimension; `index` counts as i64. Leaves: no `arith`, except ops on tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import arith
from xdsl.dialects.builtin import (
    DenseIntOrFPElementsAttr,
    IntegerAttr,
    ModuleOp,
    VectorType,
)
from xdsl.dialects.llvm import LLVMStructType
from xdsl.ir import Attribute, Operation
from xdsl.passes import ModulePass

from luma_ir.ir.conversion import Conversion, ConversionTable, Handler
from luma_ir.ir.fast import append, make
from luma_ir.ir.intern import I1, I32, I64, int_attr, int_type
from luma_ir.passes.convert.support import (
    LLVM_OPS,
    NO_FLAGS,
    Builder,
    ConstantOp,
    ICmpOp,
    bit_width,
    fast_math,
    rename,
    run_partial,
    with_element,
)


@dataclass(frozen=True)
class ConvertArithToLlvmPass(ModulePass):
    """Convert `arith` to `llvm`."""

    name = "convert-arith-to-llvm"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Convert the module in place."""
        run_partial(op, ARITH_TABLE)


SLT, SGE, EQ, NE = 2, 5, 0, 1
"""Integer predicates, numbered as in `arith.cmpi` and `llvm.icmp`."""

_overflow: dict[object, IntegerAttr] = {}


def overflow_flags(attr: Attribute | None) -> IntegerAttr:
    """The flags of `#arith.overflow` as `llvm` has them: 1 for nsw, 2 for nuw."""
    flags = getattr(attr, "data", None)
    if not flags:
        return NO_FLAGS
    found = _overflow.get(flags)
    if found is None:
        words = {flag.value for flag in flags}
        found = _overflow[flags] = int_attr(("nsw" in words) + 2 * ("nuw" in words), I32)
    return found


def with_overflow(name: str) -> Handler:
    """A handler for ops that carry overflow flags."""
    target = LLVM_OPS[name]

    def convert(op: Operation, state: Conversion) -> None:
        (old,) = op.results
        properties: dict[str, Attribute] = {"overflowFlags": overflow_flags(op.properties.get("overflowFlags"))}
        new = make(target, state.operands(op), (state.types.convert(old.type),), properties, location=op.location)
        state.define(old, append(state.block, new).results[0])

    return convert


def with_fast_math(name: str) -> Handler:
    """A handler for ops that carry fast-math flags."""
    target = LLVM_OPS[name]

    def convert(op: Operation, state: Conversion) -> None:
        (old,) = op.results
        properties: dict[str, Attribute] = {"fastmathFlags": fast_math(op.properties.get("fastmath"))}
        new = make(target, state.operands(op), (state.types.convert(old.type),), properties, location=op.location)
        state.define(old, append(state.block, new).results[0])

    return convert


def convert_constant(op: arith.ConstantOp, state: Conversion) -> None:
    """A constant; one of type `index` becomes an i64."""
    (old,) = op.results
    value = op.properties["value"]
    type_ = state.types.convert(old.type)
    if type_ is not old.type and type_ != old.type:
        value = converted_constant(value, type_)
    new = append(state.block, make(ConstantOp, (), (type_,), {"value": value}, location=op.location))
    state.define(old, new.results[0])


def converted_constant(value: Attribute, type_: Attribute) -> Attribute:
    """The attribute of a constant after its type has changed from `index` to i64."""
    if isinstance(value, IntegerAttr):
        return int_attr(value.value.data, I64)
    if isinstance(value, DenseIntOrFPElementsAttr) and isinstance(type_, VectorType):
        return DenseIntOrFPElementsAttr.from_list(type_, list(value.get_values()))  # pyright: ignore
    return value


def convert_cmpi(op: arith.CmpiOp, state: Conversion) -> None:
    """An integer comparison; both dialects number the predicates alike."""
    (old,) = op.results
    new = make(
        ICmpOp,
        state.operands(op),
        (old.type,),
        {"predicate": op.properties["predicate"]},
        location=op.location,
    )
    state.define(old, append(state.block, new).results[0])


def convert_cmpf(op: arith.CmpfOp, state: Conversion) -> None:
    """A comparison of floats; both dialects number the predicates alike."""
    (old,) = op.results
    properties = {
        "predicate": op.properties["predicate"],
        "fastmathFlags": fast_math(op.properties.get("fastmath")),
    }
    new = make(LLVM_OPS["llvm.fcmp"], state.operands(op), (old.type,), properties, location=op.location)
    state.define(old, append(state.block, new).results[0])


def resize(signed: bool) -> Callable[[Operation, Conversion], None]:
    """A handler for casts between `index` and integers, whichever of the two is wider."""
    wider = LLVM_OPS["llvm.sext" if signed else "llvm.zext"]

    def convert(op: Operation, state: Conversion) -> None:
        (operand,) = state.operands(op)
        type_ = state.types.convert(op.results[0].type)
        have, want = bit_width(operand.type), bit_width(type_)
        if have == want:
            state.values[op.results[0]] = operand
            return
        target = wider if want > have else LLVM_OPS["llvm.trunc"]
        state.define(op.results[0], Builder(state, op.location).op(target, (operand,), type_))

    return convert


def convert_bitcast(op: arith.BitcastOp, state: Conversion) -> None:
    """A cast that keeps the bits; none where the types agree after conversion."""
    (operand,) = state.operands(op)
    type_ = state.types.convert(op.results[0].type)
    if operand.type == type_:
        state.values[op.results[0]] = operand
    else:
        state.define(op.results[0], Builder(state, op.location).unary("llvm.bitcast", operand, type_))


def convert_ceildivui(op: arith.CeilDivUIOp, state: Conversion) -> None:
    """Unsigned division, rounded up: `a == 0 ? 0 : (a - 1) / b + 1`, which cannot overflow."""
    lhs, rhs = state.operands(op)
    build = Builder(state, op.location)
    zero, one = build.constant(0, lhs.type), build.constant(1, lhs.type)
    quotient = build.binary("llvm.udiv", build.binary("llvm.sub", lhs, one), rhs)
    raised = build.binary("llvm.add", quotient, one)
    state.define(op.results[0], build.select(build.compare(EQ, lhs, zero), zero, raised))


def rounded_division(up: bool) -> Callable[[Operation, Conversion], None]:
    """
    A handler for signed division rounded up or down: where the remainder is not zero, the truncated quotient is one
    too small when both operands have one sign (up), one too large when they do not (down).
    """

    def convert(op: Operation, state: Conversion) -> None:
        lhs, rhs = state.operands(op)
        build = Builder(state, op.location)
        zero, step = build.constant(0, lhs.type), build.constant(1 if up else -1, lhs.type)
        quotient = build.binary("llvm.sdiv", lhs, rhs)
        remainder = build.binary("llvm.sub", lhs, build.binary("llvm.mul", quotient, rhs))
        inexact = build.compare(NE, remainder, zero)
        signs = build.compare(SGE if up else SLT, build.binary("llvm.xor", lhs, rhs), zero)
        moved = build.binary("llvm.add", quotient, step)
        wrong = build.binary("llvm.and", inexact, signs)
        state.define(op.results[0], build.select(wrong, moved, quotient))

    return convert


def convert_addui_extended(op: arith.AddUIExtendedOp, state: Conversion) -> None:
    """An addition with its carry, from the intrinsic that gives both."""
    lhs, rhs = state.operands(op)
    build = Builder(state, op.location)
    flag = with_element(lhs.type, I1)
    both = build.op(
        LLVM_OPS["llvm.intr.uadd.with.overflow"], (lhs, rhs), LLVMStructType.from_type_list([lhs.type, flag])
    )
    state.define(op.results[0], build.extract(both, 0, lhs.type))
    state.define(op.results[1], build.extract(both, 1, flag))


def extended_product(extend: str) -> Callable[[Operation, Conversion], None]:
    """A handler for products of twice the width, computed in integers of that width and cut in two."""

    def convert(op: Operation, state: Conversion) -> None:
        lhs, rhs = state.operands(op)
        build = Builder(state, op.location)
        width = bit_width(lhs.type)
        wide = with_element(lhs.type, int_type(2 * width))
        product = build.binary("llvm.mul", build.unary(extend, lhs, wide), build.unary(extend, rhs, wide))
        shifted = build.binary("llvm.lshr", product, build.constant(width, wide))
        state.define(op.results[0], build.unary("llvm.trunc", product, lhs.type))
        state.define(op.results[1], build.unary("llvm.trunc", shifted, lhs.type))

    return convert


ARITH_TABLE: ConversionTable = {
    arith.ConstantOp: convert_constant,
    arith.AddiOp: with_overflow("llvm.add"),
    arith.SubiOp: with_overflow("llvm.sub"),
    arith.MuliOp: with_overflow("llvm.mul"),
    arith.ShLIOp: with_overflow("llvm.shl"),
    arith.TruncIOp: with_overflow("llvm.trunc"),
    arith.DivUIOp: rename(LLVM_OPS["llvm.udiv"]),
    arith.DivSIOp: rename(LLVM_OPS["llvm.sdiv"]),
    arith.RemUIOp: rename(LLVM_OPS["llvm.urem"]),
    arith.RemSIOp: rename(LLVM_OPS["llvm.srem"]),
    arith.FloorDivSIOp: rounded_division(up=False),
    arith.CeilDivSIOp: rounded_division(up=True),
    arith.CeilDivUIOp: convert_ceildivui,
    arith.AndIOp: rename(LLVM_OPS["llvm.and"]),
    arith.OrIOp: rename(LLVM_OPS["llvm.or"]),
    arith.XOrIOp: rename(LLVM_OPS["llvm.xor"]),
    arith.ShRUIOp: rename(LLVM_OPS["llvm.lshr"]),
    arith.ShRSIOp: rename(LLVM_OPS["llvm.ashr"]),
    arith.MinUIOp: rename(LLVM_OPS["llvm.intr.umin"]),
    arith.MaxUIOp: rename(LLVM_OPS["llvm.intr.umax"]),
    arith.MinSIOp: rename(LLVM_OPS["llvm.intr.smin"]),
    arith.MaxSIOp: rename(LLVM_OPS["llvm.intr.smax"]),
    arith.AddUIExtendedOp: convert_addui_extended,
    arith.MulUIExtendedOp: extended_product("llvm.zext"),
    arith.MulSIExtendedOp: extended_product("llvm.sext"),
    arith.CmpiOp: convert_cmpi,
    arith.CmpfOp: convert_cmpf,
    arith.SelectOp: rename(LLVM_OPS["llvm.select"]),
    arith.AddfOp: with_fast_math("llvm.fadd"),
    arith.SubfOp: with_fast_math("llvm.fsub"),
    arith.MulfOp: with_fast_math("llvm.fmul"),
    arith.DivfOp: with_fast_math("llvm.fdiv"),
    arith.NegfOp: with_fast_math("llvm.fneg"),
    arith.MaximumfOp: with_fast_math("llvm.intr.maximum"),
    arith.MinimumfOp: with_fast_math("llvm.intr.minimum"),
    arith.MaxnumfOp: with_fast_math("llvm.intr.maxnum"),
    arith.MinnumfOp: with_fast_math("llvm.intr.minnum"),
    arith.ExtSIOp: rename(LLVM_OPS["llvm.sext"]),
    arith.ExtUIOp: rename(LLVM_OPS["llvm.zext"]),
    arith.ExtFOp: rename(LLVM_OPS["llvm.fpext"]),
    arith.TruncFOp: rename(LLVM_OPS["llvm.fptrunc"]),
    arith.SIToFPOp: rename(LLVM_OPS["llvm.sitofp"]),
    arith.UIToFPOp: rename(LLVM_OPS["llvm.uitofp"]),
    arith.FPToSIOp: rename(LLVM_OPS["llvm.fptosi"]),
    arith.FPToUIOp: rename(LLVM_OPS["llvm.fptoui"]),
    arith.IndexCastOp: resize(signed=True),
    arith.BitcastOp: convert_bitcast,
}
"""Every op of `arith` and what converts it."""
