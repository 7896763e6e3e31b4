"""
The part of `luma-instantiate` for `any Trait`: which functions are the methods of a value that becomes one, and calls
of a trait's methods on such values.

Before: %a = luma.any.make %s for !luma.struct<@main.Square> : …, %r = luma.trait_call @main.Shape "area"(%a) …
After:  %a = luma.any.make %s for … {methods = {area = @main.Square.area}}, %r = luma.any.call "area"(%a) …
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from xdsl.dialects.builtin import ArrayAttr, StringAttr, SymbolRefAttr

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import erase, is_concrete, substitute
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import (
    append,
    block_ops,
    insert_before,
    make,
    new_block,
    new_region,
    operands_of,
    replace_op,
)
from luma_ir.ir.intern import dense_i64, dictionary, function_type, string_attr, symbol
from luma_ir.passes.luma._derive import is_derivable
from luma_ir.passes.luma._generics import type_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Operation

    from luma_ir.passes.luma.instantiate import Worker


@frozen
class Slot:
    """A method that an `any` value can be asked for: the trait that declares it, its name there, the arguments."""

    name: str
    trait: str
    method: str
    trait_args: tuple[Attribute, ...]


def trait_ops(module: ModuleOp) -> dict[str, luma.TraitOp]:
    """The traits of a module by their symbols."""
    return {op.sym_name.data: op for op in block_ops(module.body.block) if isinstance(op, luma.TraitOp)}


def slots_of(op: luma.TraitOp, type: luma.AnyType) -> list[Slot]:
    """The methods of an `any` type, in the order of its trait."""
    params = [each.data for each in op.type_params.data] if op.type_params is not None else []  # pyright: ignore
    args = dict(zip(params, type.args.data, strict=False))
    inherited = op.inherited.data if op.inherited is not None else {}
    found = []
    for each in op.methods.data:
        name = each.data
        origin = inherited.get(name)
        if isinstance(origin, ArrayAttr):
            parent, method, *patterns = origin.data
            assert isinstance(parent, SymbolRefAttr) and isinstance(method, StringAttr)
            given = tuple([substitute(pattern, args) for pattern in patterns])
            found.append(Slot(name, parent.string_value(), method.data, given))
        else:
            found.append(Slot(name, op.sym_name.data, name, tuple(type.args.data)))
    return found


def slot_for(worker: Worker, type: Attribute, trait: str, method: str, trait_args: Sequence[Attribute]) -> str | None:
    """What a method of a trait is called on an `any` value; None when the value does not have it."""
    if not isinstance(type, luma.AnyType):
        return None
    op = worker.traits.get(type.definition.string_value())
    if op is None:
        return None
    for slot in slots_of(op, type):
        if slot.trait == trait and slot.method == method and (not trait_args or slot.trait_args == tuple(trait_args)):
            return slot.name
    return None


def call_of_any(worker: Worker, call: luma.TraitCallOp) -> bool:
    """Turn a trait call on an `any` value into one through its table; False when it is another call."""
    trait_args = call.trait_args.data if call.trait_args is not None else ()
    slot = slot_for(worker, call.self_type, call.trait.string_value(), call.method.data, trait_args)
    if slot is None:
        return False
    properties: dict[str, Attribute] = {"method": string_attr(slot)}
    inout = call.properties.get("inout")
    if inout is not None:
        properties["inout"] = inout
    types = [result.type for result in call.results]
    new = make(luma.AnyCallOp, operands_of(call), types, properties, location=call.location)
    insert_before(call, new)
    replace_op(call, new.results)
    return True


def fill_methods(worker: Worker, make_op: luma.AnyMakeOp) -> None:
    """
    Say which functions are the methods of a value that becomes an `any Trait`.

    Raises:
        PassFailure: the value's type does not implement the trait.
    """
    source, target = make_op.source_type, make_op.result.type
    if make_op.methods is not None or not is_concrete(source):
        return
    op = worker.traits.get(target.definition.string_value())
    if op is None:
        raise PassFailure(f"there is no trait `@{target.definition.string_value()}`", make_op)
    found = {slot: _method(worker, slot, source, make_op) for slot in slots_of(op, target)}
    if not isinstance(source, luma.AnyType):
        worker.methods.update({(slot.trait, slot.method, slot.trait_args): each for slot, each in found.items()})
    make_op.properties["methods"] = dictionary({slot.name: symbol(each.sym_name.data) for slot, each in found.items()})


def _method(worker: Worker, slot: Slot, source: Attribute, at: luma.AnyMakeOp) -> luma.FuncOp:
    """The function that is a method of a type."""
    instances = worker.instances
    inner = slot_for(worker, source, slot.trait, slot.method, slot.trait_args)
    if inner is not None:
        return _forwarder(worker, slot, inner, source, at)
    found = instances.find_impl(slot.trait, slot.method, source, slot.trait_args)
    if found is not None:
        function, args = found
        return instances.instance(function.sym_name.data, args, at) if args else function
    if is_derivable(instances.definitions, slot.trait, source):
        return worker.derived_for(slot.trait, source, at.location)
    name = slot.trait.rpartition(".")[2]
    raise PassFailure(f"`{name}` is not implemented for `{type_name(source)}`", at)


def _forwarder(worker: Worker, slot: Slot, inner: str, source: Attribute, at: Operation) -> luma.FuncOp:
    """A function that asks an `any` value, for when that becomes an `any` value of a parent of its trait."""
    signature = _signature(worker, slot, source)
    name = f"{type_name(source)}.{inner}"
    key = (name, signature)
    known = worker.forwarders.get(key)
    if known is not None:
        return known
    inputs, outputs, inout = signature
    block = new_block(inputs, at.location)
    properties: dict[str, Attribute] = {"method": string_attr(inner)}
    flags: dict[str, Attribute] = {}
    if inout:
        properties["inout"] = flags["inout"] = dense_i64(inout)
    if signature == _nothing(source):
        append(block, make(luma.UnreachableOp, location=at.location))
    else:
        call = append(block, make(luma.AnyCallOp, block.args, outputs, properties, location=at.location))
        append(block, make(luma.ReturnOp, call.results, location=at.location))
    function = make(
        luma.FuncOp,
        properties={
            "sym_name": string_attr(name),
            "function_type": function_type(inputs, outputs),
            "display_name": string_attr(inner),
            "sym_visibility": string_attr("private"),
            **flags,
        },
        regions=[new_region(block)],
        location=at.location,
    )
    worker.forwarders[key] = worker.instances.add(function)
    return function


Signature = tuple[tuple["Attribute", ...], tuple["Attribute", ...], tuple[int, ...]]
"""The types of the parameters and results of a function, and which parameters are `inout`."""


def _nothing(source: Attribute) -> Signature:
    return (erase(source),), (), ()


def _signature(worker: Worker, slot: Slot, source: Attribute) -> Signature:
    """
    The types of a method with an `any` value as the receiver, from those of a type that was made into one. Where there
    is no such type there is no such value either, and the method is never called.
    """
    function = worker.methods.get((slot.trait, slot.method, slot.trait_args))
    if function is None:
        return _nothing(source)
    inout = tuple([int(number) for number in function.inout_indices])
    inputs = (erase(source), *function.function_type.inputs.data[1:])
    outputs = list(function.function_type.outputs.data)
    if 0 in inout:
        outputs[len(outputs) - len(inout)] = erase(source)
    return inputs, tuple(outputs), inout


__all__ = ["Slot", "call_of_any", "fill_methods", "slot_for", "slots_of", "trait_ops"]
