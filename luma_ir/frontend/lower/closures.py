"""Function values: making them, and calls of them."""

from __future__ import annotations

from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import luma
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.calls import begin_places, end_places, evaluate_args
from luma_ir.frontend.lower.core import FunctionLowering, lowers
from luma_ir.ir.intern import array, dense_i64, symbol


@lowers(hir.ClosureMake)
def lower_closure_make(low: FunctionLowering, node: hir.ClosureMake) -> SSAValue:
    """The captured values in order, then the function value that holds them."""
    captures = [low.operand(capture) for capture in node.captures]
    low.at(node)
    callee = node.callee
    assert isinstance(callee, hir.FunctionRef)
    properties: dict[str, Attribute] = {"callee": symbol(callee.function.symbol)}
    if callee.type_args:
        properties["type_args"] = array([low.shared.types.source(arg) for arg in callee.type_args])
    return low.value(luma.ClosureOp, captures, low.lower_type(node.type), properties)


@lowers(hir.CallValue)
def lower_call_value(low: FunctionLowering, node: hir.CallValue) -> SSAValue | None:
    """The function value, the arguments in source order, checks of `inout` places, then the call."""
    function = low.operand(node.function)
    operands, places = evaluate_args(low, node.args)
    low.at(node)
    values, inout = begin_places(low, operands, places)
    numbers = [number for number, place in enumerate(places) if place is not None]
    type_ = node.function.type
    assert isinstance(type_, types.FuncType)
    has_value = type_.result != types.UNIT and type_.result != types.NEVER
    result_types = [low.lower_type(type_.result)] if has_value else []
    result_types += [values[number].type for number in numbers]
    properties: dict[str, Attribute] = {"inout": dense_i64(numbers)} if numbers else {}
    op = low.emit(luma.CallClosureOp, (function, *values), result_types, properties)
    if type_.result == types.NEVER:
        low.end(luma.UnreachableOp)
    end_places(low, inout, op.results[1:] if has_value else op.results)
    return op.results[0] if has_value else None


__all__ = ["lower_call_value", "lower_closure_make"]
