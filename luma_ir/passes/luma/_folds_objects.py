"""
Rules for function values and `any Trait` values whose making is in sight: their calls become direct.

Nothing is shared that was not: the captures, or the value inside an `any`, are passed where the object was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import arith, scf

from luma_ir.dialects import luma
from luma_ir.ir.fast import append, insert_before, make, new_block, new_region, operands_of
from luma_ir.ir.intern import symbol
from luma_ir.passes.analysis.control import region_yields
from luma_ir.passes.luma._folder import Folder, RuleTable
from luma_ir.passes.rewriting import defined_outside

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Operation, SSAValue


def direct_call(closure: Operation, call: Operation) -> luma.CallOp:
    """The detached `luma.call` that a `luma.call_closure` of a `luma.closure` amounts to."""
    properties: dict[str, Attribute] = {"callee": closure.properties["callee"]}
    if "type_args" in closure.properties:
        properties["type_args"] = closure.properties["type_args"]
    return make(
        luma.CallOp,
        [*operands_of(closure), *operands_of(call)[1:]],
        [result.type for result in call.results],
        properties,
        location=call.location,
    )


def call_of_known(op: Operation, folder: Folder) -> bool:
    """A call of a function value that was just made calls the function, with the captures in front."""
    closure = operands_of(op)[0].owner
    if type(closure) is not luma.ClosureOp:
        return False
    call = insert_before(op, direct_call(closure, op))
    folder.push(call)
    folder.replace(op, call.results)
    return True


def call_of_choice(op: Operation, folder: Folder) -> bool:
    """A call of one of two known function values is a condition with a direct call on each side."""
    function = operands_of(op)[0]
    choice = function.owner
    if type(choice) is arith.SelectOp:
        condition, *chosen = operands_of(choice)
    elif type(choice) is scf.IfOp:
        condition = operands_of(choice)[0]
        chosen = [operands_of(end)[function.index] for end in region_yields(choice)]  # pyright: ignore
    else:
        return False
    makers = [value.owner for value in chosen]
    for maker in makers:
        if type(maker) is not luma.ClosureOp:
            return False
        if not all(defined_outside(value, choice) for value in operands_of(maker)):
            return False
    regions = []
    for maker in makers:
        block = new_block()
        call = append(block, direct_call(maker, op))  # pyright: ignore[reportArgumentType]
        append(block, make(scf.YieldOp, call.results, location=op.location))
        regions.append(new_region(block))
    types = [result.type for result in op.results]
    branch = insert_before(op, make(scf.IfOp, (condition,), types, regions=regions, location=op.location))
    folder.replace(op, branch.results)
    folder.added(branch)
    return True


def call_of_any(op: Operation, folder: Folder) -> bool:
    """
    A method of an `any Trait` that was just made is that of its type; when it changes the value, an object is made of
    the changed one.
    """
    maker = operands_of(op)[0].owner
    if type(maker) is not luma.AnyMakeOp or maker.methods is None:
        return False
    name = op.properties["method"].data  # pyright: ignore[reportAttributeAccessIssue]
    method = maker.methods.data.get(name)
    if method is None:
        return False
    value = operands_of(maker)[0]
    types = [result.type for result in op.results]
    places = _inout(op)
    changed = len(types) - len(places) if places and places[0] == 0 else None
    if changed is not None:
        types[changed] = value.type
    properties: dict[str, Attribute] = {"callee": symbol(method.string_value())}  # pyright: ignore
    call = folder.before(op, luma.CallOp, [value, *operands_of(op)[1:]], types, properties)
    results: list[SSAValue] = list(call.results)
    if changed is not None:
        made = folder.before(op, luma.AnyMakeOp, [results[changed]], [maker.results[0].type], dict(maker.properties))
        results[changed] = made.results[0]
    folder.replace(op, results)
    return True


def _inout(op: Operation) -> tuple[int, ...]:
    places = op.properties.get("inout")
    return () if places is None else tuple(places.get_values())  # pyright: ignore[reportAttributeAccessIssue]


RULES: RuleTable = {
    luma.CallClosureOp: (call_of_known, call_of_choice),
    luma.AnyCallOp: (call_of_any,),
}
