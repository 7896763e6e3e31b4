"""
Convert `math` to `llvm`: intrinsics where LLVM has one, calls of the C library's mathematics where it has none.

Before: %r = math.sqrt %x : f64
        %s = math.cbrt %x : f64
After:  %r = llvm.intr.sqrt(%x) : (f64) -> f64
        %s = llvm.call @cbrt(%x) : (f64) -> f64
Expects: scalars and vectors of one dimension. Leaves: no `math`. `math.ipowi` becomes a loop in a private function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import arith, math
from xdsl.dialects.builtin import Float32Type, Float64Type, IntegerAttr, ModuleOp, VectorType
from xdsl.dialects.llvm import LLVMFunctionType
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.passes import ModulePass

from luma_ir.ir.conversion import Conversion, ConversionTable, Handler
from luma_ir.ir.fast import append, make, new_block, new_region
from luma_ir.ir.intern import F32, I32, I64, bool_attr, dense_i32
from luma_ir.passes.convert.convert_arith_to_llvm import EQ, NE, SLT, with_fast_math
from luma_ir.passes.convert.support import (
    INTERNAL,
    LLVM_OPS,
    Builder,
    ConstantOp,
    ExtractElementOp,
    InsertElementOp,
    PoisonOp,
    add_function,
    bit_width,
    declare,
    element_type,
    fast_math,
    rename,
    run_partial,
)


@dataclass(frozen=True)
class ConvertMathToLlvmPass(ModulePass):
    """Convert `math` to `llvm`."""

    name = "convert-math-to-llvm"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Convert the module in place."""
        run_partial(op, MATH_TABLE)


LIBRARY_ATTRIBUTES = ("nounwind", "willreturn", "nofree", "nosync")


def with_flag(name: str, flag: str) -> Handler:
    """A handler for integer intrinsics with one flag, which is off: every input has a defined result."""
    target = LLVM_OPS[name]

    def convert(op: Operation, state: Conversion) -> None:
        (old,) = op.results
        new = make(
            target,
            state.operands(op),
            (state.types.convert(old.type),),
            {flag: bool_attr(False)},
            location=op.location,
        )
        state.define(old, append(state.block, new).results[0])

    return convert


def library_call(name: str) -> Handler:
    """A handler that calls a function of the C mathematics library, lane by lane for vectors."""

    def convert(op: Operation, state: Conversion) -> None:
        build = Builder(state, op.location)
        operands = state.operands(op)
        type_ = operands[0].type
        if isinstance(type_, VectorType):
            result = _by_lane(name, build, operands, type_)
        else:
            result = _call_scalar(name, build, operands)
        state.define(op.results[0], result)

    return convert


def _by_lane(name: str, build: Builder, operands: Sequence[SSAValue], type_: VectorType) -> SSAValue:
    result = build.op(PoisonOp, (), type_)
    for lane in range(type_.shape.data[0].data):
        place = build.constant(lane, I64)
        scalars = [build.op(ExtractElementOp, (value, place), type_.element_type) for value in operands]
        result = build.op(InsertElementOp, (result, _call_scalar(name, build, scalars), place), type_)
    return result


def _call_scalar(name: str, build: Builder, operands: Sequence[SSAValue]) -> SSAValue:
    """Call `name` or, for f32, `namef`; narrower floats are computed as f32."""
    type_ = operands[0].type
    if not isinstance(type_, Float32Type | Float64Type):
        wide = [build.unary("llvm.fpext", value, F32) for value in operands]
        return build.unary("llvm.fptrunc", _call_scalar(name, build, wide), type_)
    symbol = f"{name}f" if isinstance(type_, Float32Type) else name
    signature = LLVMFunctionType([type_] * len(operands), type_)
    declare(build.state, symbol, signature, LIBRARY_ATTRIBUTES)
    result = build.call(symbol, operands, type_)
    assert result is not None
    return result


def convert_rsqrt(op: math.RsqrtOp, state: Conversion) -> None:
    """The reciprocal of the square root."""
    (operand,) = state.operands(op)
    build = Builder(state, op.location)
    flags: dict[str, Attribute] = {"fastmathFlags": fast_math(op.properties.get("fastmath"))}
    root = build.op(LLVM_OPS["llvm.intr.sqrt"], (operand,), operand.type, dict(flags))
    one = build.constant(1.0, operand.type)
    state.define(op.results[0], build.op(LLVM_OPS["llvm.fdiv"], (one, root), operand.type, flags))


def convert_ipowi(op: math.IPowIOp, state: Conversion) -> None:
    """
    An integer power: a call of a function that squares and multiplies, made once a width; for a small constant exponent
    the multiplications themselves.
    """
    operands = state.operands(op)
    type_ = operands[0].type
    build = Builder(state, op.location)
    exponent = _constant(operands[1])
    if exponent is not None and 0 <= exponent <= MAX_UNROLLED_EXPONENT:
        state.define(op.results[0], _multiply_out(build, operands[0], exponent))
        return
    if not isinstance(type_, VectorType):
        result = build.call(_ipowi_function(state, type_), operands, type_)
        assert result is not None
        state.define(op.results[0], result)
        return
    element = type_.element_type
    symbol = _ipowi_function(state, element)
    whole = build.op(PoisonOp, (), type_)
    for lane in range(type_.shape.data[0].data):
        place = build.constant(lane, I64)
        scalars = [build.op(ExtractElementOp, (value, place), element) for value in operands]
        power = build.call(symbol, scalars, element)
        assert power is not None
        whole = build.op(InsertElementOp, (whole, power, place), type_)
    state.define(op.results[0], whole)


MAX_UNROLLED_EXPONENT = 32
"""Up to this exponent an integer power is at most eight multiplications."""


def _constant(value: SSAValue) -> int | None:
    """The value of a scalar integer constant, before or after its conversion."""
    owner = value.owner
    if isinstance(owner, ConstantOp | arith.ConstantOp):
        attr = owner.properties["value"]
        if isinstance(attr, IntegerAttr):
            return attr.value.data
    return None


def _multiply_out(build: Builder, base: SSAValue, exponent: int) -> SSAValue:
    """Binary exponentiation with a known exponent, which is not negative."""
    result: SSAValue | None = None
    square = base
    while exponent:
        if exponent & 1:
            result = square if result is None else build.binary("llvm.mul", result, square)
        exponent >>= 1
        if exponent:
            square = build.binary("llvm.mul", square, square)
    return build.constant(1, base.type) if result is None else result


def _ipowi_function(state: Conversion, type_: Attribute) -> str:
    """
    The symbol of the power function for a type; it is built at the first request.

    Binary exponentiation, wrapping. A negative exponent gives the truncated reciprocal: 1 and -1 for those bases,
    otherwise 0 (also for base 0, where no result is right).
    """
    symbol = f"luma.ipow.i{bit_width(type_)}"
    functions = state.data.setdefault("ipowi", set())
    if symbol in functions:
        return symbol
    functions.add(symbol)
    entry, negative = new_block((type_, type_)), new_block()
    header, body, done = new_block((type_, type_, type_)), new_block(), new_block()
    region = new_region(entry, negative, header, body, done)
    saved = state.block
    build = Builder(state, state.module.location)

    state.block = entry
    base, exponent = entry.args
    zero, one = build.constant(0, type_), build.constant(1, type_)
    _cond_branch(state, build.compare(SLT, exponent, zero), negative, (), header, (one, base, exponent))

    state.block = negative
    odd = build.compare(NE, build.binary("llvm.and", exponent, one), zero)
    minus_one = build.constant(-1, type_)
    for_minus_one = build.select(odd, minus_one, one)
    other = build.select(build.compare(EQ, base, minus_one), for_minus_one, zero)
    _return(state, build.select(build.compare(EQ, base, one), one, other))

    state.block = header
    result, square, left = header.args
    _cond_branch(state, build.compare(EQ, left, zero), done, (), body, ())

    state.block = body
    bit = build.compare(NE, build.binary("llvm.and", left, one), zero)
    product = build.select(bit, build.binary("llvm.mul", result, square), result)
    squared, rest = build.binary("llvm.mul", square, square), build.binary("llvm.lshr", left, one)
    append(state.block, make(LLVM_OPS["llvm.br"], (product, squared, rest), successors=(header,)))

    state.block = done
    _return(state, result)
    state.block = saved
    _add_private(state, symbol, LLVMFunctionType([type_, type_], type_), region)
    return symbol


def _cond_branch(
    state: Conversion,
    condition: SSAValue,
    true: Block,
    true_operands: Sequence[SSAValue],
    false: Block,
    false_operands: Sequence[SSAValue],
) -> None:
    properties: dict[str, Attribute] = {"operandSegmentSizes": dense_i32((1, len(true_operands), len(false_operands)))}
    operands = (condition, *true_operands, *false_operands)
    append(state.block, make(LLVM_OPS["llvm.cond_br"], operands, (), properties, successors=(true, false)))


def _return(state: Conversion, value: SSAValue) -> None:
    append(state.block, make(LLVM_OPS["llvm.return"], (value,)))


def convert_fpowi(op: math.FPowIOp, state: Conversion) -> None:
    """
    A float to an integer power. LLVM multiplies for a constant exponent; for others its intrinsic needs a function of
    the compiler's own library, which is not there in a process that runs code it has just made: so it is a loop.
    """
    value, power = state.operands(op)
    build = Builder(state, op.location)
    if isinstance(power.owner, ConstantOp) and power.type == I32:
        flags: dict[str, Attribute] = {"fastmathFlags": fast_math(op.properties.get("fastmath"))}
        result = build.op(LLVM_OPS["llvm.intr.powi"], (value, power), value.type, flags)
    elif isinstance(value.type, VectorType):
        kind, element = value.type, element_type(value.type)
        by_lane = isinstance(power.type, VectorType)
        symbol = _fpowi_function(state, element, element_type(power.type))
        result = build.op(PoisonOp, (), kind)
        for lane in range(kind.shape.data[0].data):
            place = build.constant(lane, I64)
            base = build.op(ExtractElementOp, (value, place), element)
            exponent = build.op(ExtractElementOp, (power, place), element_type(power.type)) if by_lane else power
            lane_result = build.call(symbol, (base, exponent), element)
            assert lane_result is not None
            result = build.op(InsertElementOp, (result, lane_result, place), kind)
    else:
        called = build.call(_fpowi_function(state, value.type, power.type), (value, power), value.type)
        assert called is not None
        result = called
    state.define(op.results[0], result)


def _fpowi_function(state: Conversion, type_: Attribute, power: Attribute) -> str:
    """
    The symbol of the function for floats of a type and exponents of another; it is built at the first request.

    Binary exponentiation by the magnitude of the exponent, and the reciprocal for a negative one.
    """
    symbol = f"luma.fpow.{type_}.i{bit_width(power)}"
    functions = state.data.setdefault("fpowi", set())
    if symbol in functions:
        return symbol
    functions.add(symbol)
    entry, header, body, done = new_block((type_, power)), new_block((type_, type_, power)), new_block(), new_block()
    region = new_region(entry, header, body, done)
    saved = state.block
    build = Builder(state, state.module.location)

    state.block = entry
    base, exponent = entry.args
    zero, one, unit = build.constant(0, power), build.constant(1, power), build.constant(1.0, type_)
    negative = build.compare(SLT, exponent, zero)
    # The magnitude is unsigned from here on, so the least exponent has one too.
    magnitude = build.select(negative, build.binary("llvm.sub", zero, exponent), exponent)
    append(state.block, make(LLVM_OPS["llvm.br"], (unit, base, magnitude), successors=(header,)))

    state.block = header
    result, square, left = header.args
    _cond_branch(state, build.compare(EQ, left, zero), done, (), body, ())

    state.block = body
    bit = build.compare(NE, build.binary("llvm.and", left, one), zero)
    product = build.select(bit, build.binary("llvm.fmul", result, square), result)
    squared, rest = build.binary("llvm.fmul", square, square), build.binary("llvm.lshr", left, one)
    append(state.block, make(LLVM_OPS["llvm.br"], (product, squared, rest), successors=(header,)))

    state.block = done
    _return(state, build.select(negative, build.binary("llvm.fdiv", unit, result), result))
    state.block = saved
    _add_private(state, symbol, LLVMFunctionType([type_, power], type_), region)
    return symbol


def _add_private(state: Conversion, symbol: str, type_: Attribute, region: Region) -> None:
    words = ("nounwind", "willreturn")
    add_function(state, symbol, type_, linkage=INTERNAL, passthrough=words, body=region)


MATH_TABLE: ConversionTable = {
    math.AbsFOp: with_fast_math("llvm.intr.fabs"),
    math.CeilOp: with_fast_math("llvm.intr.ceil"),
    math.FloorOp: with_fast_math("llvm.intr.floor"),
    math.RoundOp: with_fast_math("llvm.intr.round"),
    math.RoundEvenOp: with_fast_math("llvm.intr.roundeven"),
    math.TruncOp: with_fast_math("llvm.intr.trunc"),
    math.CopySignOp: with_fast_math("llvm.intr.copysign"),
    math.FmaOp: with_fast_math("llvm.intr.fma"),
    math.SqrtOp: with_fast_math("llvm.intr.sqrt"),
    math.RsqrtOp: convert_rsqrt,
    math.CbrtOp: library_call("cbrt"),
    math.SinOp: with_fast_math("llvm.intr.sin"),
    math.CosOp: with_fast_math("llvm.intr.cos"),
    math.TanOp: with_fast_math("llvm.intr.tan"),
    math.AsinOp: with_fast_math("llvm.intr.asin"),
    math.AcosOp: with_fast_math("llvm.intr.acos"),
    math.AtanOp: with_fast_math("llvm.intr.atan"),
    math.Atan2Op: with_fast_math("llvm.intr.atan2"),
    math.SinhOp: with_fast_math("llvm.intr.sinh"),
    math.CoshOp: with_fast_math("llvm.intr.cosh"),
    math.TanhOp: with_fast_math("llvm.intr.tanh"),
    math.AsinhOp: library_call("asinh"),
    math.AcoshOp: library_call("acosh"),
    math.AtanhOp: library_call("atanh"),
    math.ErfOp: library_call("erf"),
    math.ExpOp: with_fast_math("llvm.intr.exp"),
    math.Exp2Op: with_fast_math("llvm.intr.exp2"),
    math.ExpM1Op: library_call("expm1"),
    math.LogOp: with_fast_math("llvm.intr.log"),
    math.Log2Op: with_fast_math("llvm.intr.log2"),
    math.Log10Op: with_fast_math("llvm.intr.log10"),
    math.Log1pOp: library_call("log1p"),
    math.PowFOp: with_fast_math("llvm.intr.pow"),
    math.FPowIOp: convert_fpowi,
    math.IPowIOp: convert_ipowi,
    math.AbsIOp: with_flag("llvm.intr.abs", "is_int_min_poison"),
    math.CountLeadingZerosOp: with_flag("llvm.intr.ctlz", "is_zero_poison"),
    math.CountTrailingZerosOp: with_flag("llvm.intr.cttz", "is_zero_poison"),
    math.CtPopOp: rename(LLVM_OPS["llvm.intr.ctpop"]),
}
"""Every op of `math` and what converts it."""
