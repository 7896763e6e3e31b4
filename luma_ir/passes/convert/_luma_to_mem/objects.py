"""
Function values and `any` values: cells with a table, thunks, and calls through the table.

A *thunk* is what a table has the address of. It gets the cell, then slots for results of indirect types, then the
arguments: by-value ones lent, `inout` ones handed over. It loads what the cell holds and calls the function behind,
with a reference more for what that function consumes. A method that changes its `any` value gets the payload from a
cell that is nobody else's, and the thunk stores the new one there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import DenseArrayBase, FunctionType, SymbolRefAttr

from luma_ir.dialects import luma, mem
from luma_ir.dialects.mem import POINTER
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import operands_of
from luma_ir.ir.intern import I32, I64, UNIT, array, int_attr, symbol
from luma_ir.passes.convert._luma_to_mem.lowering import Lowering, Module, Signature, lowers
from luma_ir.passes.mem._ownership import OWN

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Operation, SSAValue

    from luma_ir.passes.convert._luma_to_mem.counting import Counting


@lowers(luma.ClosureOp)
def lower_closure(b: Lowering, op: luma.ClosureOp) -> None:
    """A cell with the captures; a constant one when there are none."""
    captures = operands_of(op)
    held = [value.type for value in captures]
    thunk = function_thunk(b.module, op.callee.string_value(), held)
    b.define(op.result, make_object(b, op.result.type, (thunk,), captures))


@lowers(luma.AnyMakeOp)
def lower_any_make(b: Lowering, op: luma.AnyMakeOp) -> None:
    """A cell with the value; the table has a thunk for each method of the trait."""
    held = op.value.type
    methods = op.methods.data if op.methods is not None else {}
    thunks = []
    for name in b.module.methods(op.result.type):
        method = methods.get(name)
        if not isinstance(method, SymbolRefAttr):
            raise PassFailure(f"`luma.any.make` does not say what the method `{name}` is; run `luma-instantiate`", op)
        thunks.append(method_thunk(b.module, method.root_reference.data, held))
    b.define(op.result, make_object(b, op.result.type, thunks, (op.value,), copies=True))


def make_object(
    b: Lowering, type_: Attribute, codes: Sequence[str], values: Sequence[SSAValue], *, copies: bool = False
) -> SSAValue:
    """A cell with a table and what it holds."""
    held = [value.type for value in values]
    layout = b.layouts.object(held)
    properties: dict[str, Attribute] = {
        "codes": array(tuple([symbol(code) for code in codes])),
        "size": int_attr(layout.size, I64),
    }
    if copies:
        properties["copy"] = symbol(b.glue.copy_held(held))
    if not values:
        return b.value(mem.TableOp, (), POINTER, {**properties, "object": UNIT})
    drop = b.glue.drop_held(type_, held)
    if drop is not None:
        properties["drop"] = symbol(drop)
    cell = b.allocate_cell(layout)
    b.store(b.constant(0), cell)
    b.store(b.value(mem.TableOp, (), POINTER, properties), b.field(cell, 1, layout.storage))
    for number, value in enumerate(values):
        b.put_at(value, b.field(cell, layout.first + number, layout.storage), value.type)
    return cell


# Thunks.


def function_thunk(module: Module, callee: str, held: Sequence[Attribute]) -> str:
    """The thunk that calls a function with what a cell holds as its first arguments."""
    target = module.signature(callee)
    count = len(held)
    inout = tuple(index - count for index in target.inout)
    own = Signature(target.inputs[count:], target.outputs, inout, module.glue)
    modes = module.table.modes(callee)
    layout = module.glue.layouts.object(held)

    def emit(b: Counting) -> Sequence[SSAValue]:
        cell, *rest = b.entry.args
        slots, arguments = rest[: len(own.slots)], rest[len(own.slots) :]
        captured = []
        for number, type_ in enumerate(held):
            address = b.field(cell, layout.first + number, layout.storage)
            captured.append(lend(b, address, type_, owned=modes[number] == OWN))
        for number, value in enumerate(arguments):
            if modes[count + number] == OWN and number not in inout:
                type_ = own.inputs[number]
                b.retain((value, b.types.is_indirect(type_)), type_)
        return b.call(callee, (*slots, *captured, *arguments), target.type.outputs.data)

    def build(name: str) -> None:
        inputs = (POINTER, *own.type.inputs.data)
        module.glue.function(name, inputs, own.type.outputs.data, emit, inline=None)

    return module.glue.get("thunk", (callee, count), build)


def lend(b: Counting, address: SSAValue, type_: Attribute, *, owned: bool) -> SSAValue:
    """What is at an address as an argument: with a reference more when the callee consumes it."""
    indirect = b.types.is_indirect(type_)
    value = address if indirect else b.load(address, b.layouts.storage(type_))
    if owned:
        b.retain((value, indirect), type_)
    return value


def method_thunk(module: Module, callee: str, held: Attribute) -> str:
    """The thunk that calls a method with the value that a cell holds."""
    target = module.signature(callee)
    changes = 0 in target.inout
    inputs, outputs, inout = without_self(target.inputs, target.outputs, target.inout)
    own = Signature(inputs, outputs, inout, module.glue)
    modes = module.table.modes(callee)
    layout = module.glue.layouts.object((held,))
    # Where the new value is among the results in registers, if it is one.
    new = len(target.outputs) - len(target.inout)
    new = target.direct.index(new) if changes and new in target.direct else None

    def emit(b: Counting) -> Sequence[SSAValue]:
        cell, *rest = b.entry.args
        slots, arguments = rest[: len(own.slots)], rest[len(own.slots) :]
        address = b.field(cell, layout.first, layout.storage)
        payload = lend(b, address, held, owned=modes[0] == OWN and not changes)
        for number, value in enumerate(arguments):
            if modes[number + 1] == OWN and number not in inout:
                b.retain((value, b.types.is_indirect(inputs[number])), inputs[number])
        results = list(b.call(callee, (*slots, payload, *arguments), target.type.outputs.data))
        if new is not None:
            b.store(results.pop(new), address)
        return results

    def build(name: str) -> None:
        all_inputs = (POINTER, *own.type.inputs.data)
        module.glue.function(name, all_inputs, own.type.outputs.data, emit, inline=None)

    return module.glue.get("thunk", (callee, "method"), build)


def without_self(
    inputs: Sequence[Attribute], outputs: Sequence[Attribute], inout: Sequence[int]
) -> tuple[Sequence[Attribute], Sequence[Attribute], tuple[int, ...]]:
    """The signature of a method for a caller that has the value in a cell: neither a parameter nor a result."""
    outputs = list(outputs)
    if 0 in inout:
        del outputs[len(outputs) - len(inout)]
    return inputs[1:], outputs, tuple(index - 1 for index in inout if index)


# Calls.


@lowers(luma.CallClosureOp)
def lower_call_closure(b: Lowering, op: luma.CallClosureOp) -> None:
    """The first code address of the table is called."""
    type_ = op.function.type
    assert isinstance(type_, luma.ClosureType) and isinstance(type_.signature, FunctionType)
    inputs, outputs = type_.signature.inputs.data, type_.signature.outputs.data
    signature = Signature(inputs, outputs, _inout(op), b.glue)
    cell = b.get(op.function)
    code = b.table_field(b.table_of(cell), "code")
    _call(b, code, cell, signature, operands_of(op)[1:], op.results)


@lowers(luma.AnyCallOp)
def lower_any_call(b: Lowering, op: luma.AnyCallOp) -> None:
    """The method's code address is called; a value that it changes is copied before when it is shared."""
    operands = operands_of(op)
    inout = _inout(op)
    signature = Signature(*without_self([value.type for value in operands], op.result_types, inout), b.glue)
    results = list(op.results)
    cell = b.get(operands[0])
    if 0 in inout:
        cell = _own_cell(b, cell)
        b.define(results.pop(len(results) - len(inout)), cell)
    number = b.module.methods(operands[0].type).index(op.method.data)
    code = b.table_field(b.table_of(cell), "code", number)
    _call(b, code, cell, signature, operands[1:], results)


def _inout(op: Operation) -> tuple[int, ...]:
    inout = op.properties.get("inout")
    return tuple(inout.get_values()) if isinstance(inout, DenseArrayBase) else ()  # pyright: ignore[reportReturnType]


def _call(
    b: Lowering,
    code: SSAValue,
    cell: SSAValue,
    signature: Signature,
    operands: Sequence[SSAValue],
    results: Sequence[SSAValue],
) -> None:
    arguments = b.get_all(operands)
    slots = [b.slot(storage) for storage in signature.slot_types]
    call = b.op(mem.CallIndirectOp, (code, cell, *slots, *arguments), signature.type.outputs.data)
    for index, value in zip(signature.direct, call.results, strict=True):
        b.define(results[index], value)
    for index, slot in zip(signature.slots, slots, strict=True):
        b.define(results[index], slot)
    for index, parameter in signature.in_place.items():
        b.values[results[index]] = arguments[parameter]


def _own_cell(b: Lowering, cell: SSAValue) -> SSAValue:
    """The cell of an `any` value, copied if it is shared."""
    shared = b.compare("ne", b.load(cell, I32), b.constant(0, I32))

    def copy() -> Sequence[SSAValue]:
        code = b.table_field(b.table_of(cell), "copy")
        return b.op(mem.CallIndirectOp, (code, cell), (POINTER,)).results

    return b.if_(shared, (POINTER,), copy, lambda: (cell,), unlikely=True)[0]
