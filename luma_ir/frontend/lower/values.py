"""Constants, aggregates, strings and blocks."""

from __future__ import annotations

from xdsl.ir import SSAValue

from luma_ir.dialects import luma
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.arithmetic import SGE, is_scalar, scalar, scalar_attr, to_i64
from luma_ir.frontend.lower.calls import emit_call
from luma_ir.frontend.lower.core import FunctionLowering, constant_of, lowers, lowers_statement
from luma_ir.frontend.lower.patterns import bind, element_of
from luma_ir.frontend.lower.places import length
from luma_ir.ir.intern import I64, array, dense_i64, int_attr, string_attr

NEGATIVE_COUNT = "an array cannot have a negative length"


@lowers(hir.Constant)
def lower_constant(low: FunctionLowering, node: hir.Constant) -> SSAValue:
    """A compile-time value."""
    low.at(node)
    return constant(low, node)


def constant(low: FunctionLowering, node: hir.Constant) -> SSAValue:
    """A constant at the current location."""
    type_, value = node.type, node.value
    if not isinstance(value, list):
        if isinstance(value, str) and not isinstance(type_, types.CharType):
            return string_literal(low, value)
        return scalar(low, value, type_)
    result = low.lower_type(type_)
    if isinstance(type_, types.ArrayType | types.FixedType):
        if all(is_scalar(part.type) for part in value):
            return _array_literal(low, value, type_)
        return low.value(luma.ArrayMakeOp, [constant(low, part) for part in value], result)
    parts = [constant(low, part) for part in value]
    return low.value(luma.TupleMakeOp if isinstance(type_, types.TupleType) else luma.StructMakeOp, parts, result)


def _array_literal(low: FunctionLowering, parts: list[hir.Constant], type: types.Type) -> SSAValue:
    attrs = [scalar_attr(part.value, part.type) for part in parts]  # pyright: ignore[reportArgumentType]
    return low.value(luma.ArrayLiteralOp, (), low.lower_type(type), {"values": array(attrs)})


def string_literal(low: FunctionLowering, text: str) -> SSAValue:
    """A constant string."""
    string = low.lower_type(types.StructType(low.shared.program.string))
    return low.value(luma.StringLiteralOp, (), string, {"value": string_attr(text)})


@lowers(hir.StructMake)
def lower_struct_make(low: FunctionLowering, node: hir.StructMake) -> SSAValue:
    """Fields in the order of evaluation, then the struct."""
    fields: list[SSAValue | None] = [None] * len(node.fields)
    for index, value in node.fields:
        fields[index] = low.operand(value)
    low.at(node)
    return low.value(luma.StructMakeOp, fields, low.lower_type(node.type))  # pyright: ignore[reportArgumentType]


@lowers(hir.TupleMake)
def lower_tuple_make(low: FunctionLowering, node: hir.TupleMake) -> SSAValue:
    """A tuple."""
    parts = [low.operand(element) for element in node.elements]
    low.at(node)
    return low.value(luma.TupleMakeOp, parts, low.lower_type(node.type))


@lowers(hir.EnumMake)
def lower_enum_make(low: FunctionLowering, node: hir.EnumMake) -> SSAValue:
    """A variant."""
    fields: list[SSAValue | None] = [None] * len(node.fields)
    for index, value in node.fields:
        fields[index] = low.operand(value)
    low.at(node)
    properties = {"variant": int_attr(node.variant, I64)}
    return low.value(luma.EnumMakeOp, fields, low.lower_type(node.type), properties)  # pyright: ignore


@lowers(hir.ArrayMake)
def lower_array_make(low: FunctionLowering, node: hir.ArrayMake) -> SSAValue:
    """An array of the given elements; one of scalar constants needs no code to fill."""
    elements = node.elements
    if elements and all(type(each) is hir.Constant and is_scalar(each.type) for each in elements):
        low.at(node)
        return _array_literal(low, elements, node.type)  # pyright: ignore[reportArgumentType]
    parts = [low.operand(element) for element in elements]
    low.at(node)
    return low.value(luma.ArrayMakeOp, parts, low.lower_type(node.type))


@lowers(hir.ArrayFill)
def lower_array_fill(low: FunctionLowering, node: hir.ArrayFill) -> SSAValue:
    """Copies of a value."""
    value = low.operand(node.value)
    count = to_i64(low, low.operand(node.count), node.count.type)
    low.at(node)
    known = constant_of(count)
    if known is None or known < 0:
        enough = low.compare(SGE, count, low.integer(0))
        low.emit(luma.AssertOp, (enough,), (), {"message": string_attr(NEGATIVE_COUNT)})
    return low.value(luma.ArrayFillOp, (value, count), low.lower_type(node.type))


@lowers(hir.Slice)
def lower_slice(low: FunctionLowering, node: hir.Slice) -> SSAValue:
    """A checked part of an array."""
    base = low.operand(node.base)
    lower = to_i64(low, low.operand(node.low), node.low.type) if node.low is not None else None
    upper = to_i64(low, low.operand(node.high), node.high.type) if node.high is not None else None
    low.at(node)
    if lower is None:
        lower = low.integer(0)
    size = length(low, base)
    if upper is None:
        upper = size
    elif node.inclusive:
        from xdsl.dialects import arith

        # For the greatest i64 this wraps to a negative end, which the check rejects as it would the exact one.
        upper = low.value(arith.AddiOp, (upper, low.integer(1)), I64)
    check = low.emit(luma.CheckSliceOp, (lower, upper, size), (I64, I64))
    return low.value(luma.ArraySliceOp, (base, *check.results), low.lower_type(node.type))


@lowers(hir.Interpolation)
def lower_interpolation(low: FunctionLowering, node: hir.Interpolation) -> SSAValue:
    """A string that grows in place: literal text is appended, calls append the rest."""
    parts = list(node.parts)
    low.at(node)
    first = parts.pop(0) if parts and isinstance(parts[0], str) else ""
    assert isinstance(first, str)
    out = string_literal(low, first)
    for part in parts:
        if isinstance(part, str):
            low.at(node)
            out = append_text(low, out, part)
        else:
            operands = [low.operand(arg) for arg in part.args]
            low.at(node)
            result, changed = emit_call(low, part.callee, [*operands, out], [out])
            assert result is None or len(changed) == 1
            out = changed[0]
    return out


def append_text(low: FunctionLowering, out: SSAValue, text: str) -> SSAValue:
    """A string with constant text behind it. The bytes are moved out and back, so that nothing else shares them."""
    literal = string_literal(low, text)
    bytes_type = low.shared.definitions.place_type(out.type, (0,))
    path = {"path": dense_i64((0,))}
    taken = low.emit(luma.TakeOp, (out,), (bytes_type, out.type), dict(path))
    more = low.value(luma.GetOp, (literal,), bytes_type, dict(path))
    grown = low.value(luma.ArrayAppendOp, (taken.results[0], more), bytes_type)
    return low.value(luma.PutOp, (taken.results[1], grown), out.type, dict(path))


@lowers(hir.Location)
def lower_location(low: FunctionLowering, node: hir.Location) -> SSAValue:
    """The address of the constant that describes this place."""
    low.at(node)
    return low.value(luma.LocationOp, (), low.lower_type(node.type))


@lowers(hir.Block)
def lower_block(low: FunctionLowering, node: hir.Block) -> SSAValue | None:
    """Statements in order, then the value."""
    for statement in node.statements:
        low.statement(statement)
    return low.expr(node.value) if node.value is not None else None


@lowers_statement(hir.ExprStatement)
def lower_expr_statement(low: FunctionLowering, node: hir.ExprStatement) -> None:
    """An expression whose value is not used."""
    low.expr(node.value)


@lowers_statement(hir.Let)
def lower_let(low: FunctionLowering, node: hir.Let) -> None:
    """A declaration. A variable without a value has an unspecified one until it is assigned."""
    if node.value is not None:
        bind(low, node.pattern, element_of(low, node.value))
        return
    pattern = node.pattern
    assert isinstance(pattern, hir.BindPattern)
    low.at(node)
    low.define(pattern.local, low.value(luma.UndefOp, (), low.lower_type(pattern.local.type)))


@lowers(hir.Assert)
def lower_assert(low: FunctionLowering, node: hir.Assert) -> None:
    """Panic unless the condition holds."""
    condition = low.operand(node.condition)
    low.at(node)
    low.emit(luma.AssertOp, (condition,), (), {"message": string_attr(node.message)})


@lowers(hir.Panic)
def lower_panic(low: FunctionLowering, node: hir.Panic) -> None:
    """Panic with a constant message."""
    low.at(node)
    low.end(luma.PanicOp, (), {"message": string_attr(node.message)})
