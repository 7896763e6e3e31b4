"""
Function values of generic functions, for `luma-monomorphize` and `luma-instantiate`.

Their types are in a normal form: a unit result is none. So where a type parameter that is the result of a function
value stands for unit, calls of the value lose that result, and a function that has one gets another around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects.builtin import FunctionType

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import is_concrete, is_unit
from luma_ir.ir.fast import append, insert_before, make, new_block, new_region, operands_of, replace_op
from luma_ir.ir.intern import function_type, string_attr, symbol

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Operation

    from luma_ir.passes.luma._generics import Instances


def drop_unit_result(call: luma.CallClosureOp) -> None:
    """Bring a call of a function value in line with its type, from which a unit result has gone."""
    type_ = call.function.type
    assert isinstance(type_, luma.ClosureType) and isinstance(type_.signature, FunctionType)
    types = [result.type for result in call.results]
    if len(types) == len(type_.signature.outputs.data) or not is_unit(types[0]):
        return
    new = make(luma.CallClosureOp, operands_of(call), types[1:], dict(call.properties), location=call.location)
    insert_before(call, new)
    unit = make(luma.TupleMakeOp, (), types[:1], location=call.location)
    insert_before(call, unit)
    replace_op(call, [unit.results[0], *new.results])


def instantiate_closure(instances: Instances, closure: luma.ClosureOp) -> None:
    """Let a function value with type arguments refer to the instance."""
    args = closure.type_args
    if args is None or not all(map(is_concrete, args.data)):
        return
    function = instances.instance(closure.callee.string_value(), tuple(args.data), closure)
    type_ = closure.result.type
    assert isinstance(type_, luma.ClosureType) and isinstance(type_.signature, FunctionType)
    if len(function.function_type.outputs.data) > len(type_.signature.outputs.data):
        function = _without_unit(instances, function)
    closure.properties["callee"] = symbol(function.sym_name.data)
    del closure.properties["type_args"]


def _without_unit(instances: Instances, function: luma.FuncOp) -> luma.FuncOp:
    """A function that calls another and leaves out the unit value that comes first among its results."""
    symbol_name = f"{function.sym_name.data}.{{unit}}"
    known = instances.functions.get(symbol_name)
    if known is not None:
        return known
    inputs, outputs = function.function_type.inputs.data, function.function_type.outputs.data
    block = new_block(inputs, function.location)
    properties: dict[str, Attribute] = {"callee": symbol(function.sym_name.data)}
    call: Operation = make(luma.CallOp, block.args, outputs, properties, location=function.location)
    append(block, call)
    append(block, make(luma.ReturnOp, call.results[1:], location=function.location))
    names = ("inout", "arg_names", "display_name")
    kept = {name: function.properties[name] for name in names if name in function.properties}
    kept["sym_name"] = string_attr(symbol_name)
    kept["sym_visibility"] = string_attr("private")
    kept["function_type"] = function_type(inputs, outputs[1:])
    made = make(luma.FuncOp, properties=kept, regions=[new_region(block)], location=function.location)
    return instances.add(made)


__all__ = ["drop_unit_result", "instantiate_closure"]
