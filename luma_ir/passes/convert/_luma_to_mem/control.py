"""
Functions, calls and structured control flow.

What a region hands on of an indirect type goes to a slot that belongs to the structured op: a loop's carried value has
one that it keeps for all iterations (the initial value's own, which is unique), an `if` has one unless both branches
end with the value at the same address.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import func, scf

from luma_ir.dialects import luma
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import insert_before, new_block, new_region, operands_of
from luma_ir.ir.intern import symbol
from luma_ir.passes.convert._luma_to_mem.lowering import Lowering, lowers

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Block, Operation, SSAValue


@lowers(luma.CallOp)
def lower_call(b: Lowering, op: luma.CallOp) -> None:
    """Indirect results get slots; those of `inout` parameters are where the argument is."""
    name = op.callee.string_value()
    signature = b.module.signature(name)
    arguments = b.get_all(operands_of(op))
    slots = [b.slot(storage) for storage in signature.slot_types]
    types = [b.layouts.storage(signature.outputs[index]) for index in signature.direct]
    results = b.op(func.CallOp, (*slots, *arguments), types, {"callee": symbol(name)}).results
    for index, value in zip(signature.direct, results, strict=True):
        b.define(op.results[index], value)
    for index, slot in zip(signature.slots, slots, strict=True):
        b.define(op.results[index], slot)
    for index, parameter in signature.in_place.items():
        b.values[op.results[index]] = arguments[parameter]


@lowers(luma.ReturnOp)
def lower_return(b: Lowering, op: luma.ReturnOp) -> None:
    """Indirect results are moved to where the caller wants them."""
    signature = b.signature
    values = b.get_all(operands_of(op))
    first = len(signature.slots)
    targets = dict(b.result_slots)
    for index, parameter in signature.in_place.items():
        targets[index] = b.entry.args[first + parameter]
    b.move_all([(values[index], target, signature.outputs[index]) for index, target in sorted(targets.items())])
    parent = op.parent_op()
    kind = func.ReturnOp if isinstance(parent, luma.FuncOp) else luma.ReturnOp
    b.op(kind, [values[index] for index in signature.direct])


@define(eq=False)
class Loop:
    """Where the exits of a loop go."""

    types: tuple[Attribute, ...]
    """The types of the carried values, of the `luma` level."""
    carried: list[SSAValue | None]
    """The slot of each carried value; None for those in registers."""
    result_types: tuple[Attribute, ...]
    results: list[SSAValue | None] | None
    """The slot of each result; None as a whole until all breaks of a `luma.loop` are known."""
    breaks: list[tuple[Operation, dict[int, SSAValue]]] = field(factory=list)
    """The breaks so far, with the addresses of their indirect operands."""


def _indices(b: Lowering, types: Sequence[Attribute]) -> tuple[list[int], list[int]]:
    """The numbers of the types whose values are in registers, and of those in slots."""
    direct, indirect = [], []
    for index, type_ in enumerate(types):
        (indirect if b.types.is_indirect(type_) else direct).append(index)
    return direct, indirect


def _types_of(values: Sequence[SSAValue]) -> tuple[Attribute, ...]:
    return tuple(value.type for value in values)


def _target(b: Lowering, op: luma.BreakOp | luma.ContinueOp) -> Loop:
    target = op.target_loop()
    if target is None or target not in b.loops:
        raise PassFailure(f"`{op.name}` has no loop to speak of", op)
    return b.loops[target]


# Branches.


@lowers(luma.IfOp, scf.IfOp)
def lower_if(b: Lowering, op: luma.IfOp | scf.IfOp) -> None:
    """The branches are lowered first, to see where their indirect results are."""
    types = _types_of(op.results)
    direct, indirect = _indices(b, types)
    blocks = []
    for region in op.regions:
        if region.blocks:
            blocks.append(b.inner_block(region.block, ()))
        else:
            block = new_block()
            b.inside(block, tuple, scf.YieldOp)
            blocks.append(block)
    b.location = op.location
    ends = [(block, b.yielded.pop(block)) for block in blocks if block in b.yielded]
    for index in indirect:
        addresses = {ends_at[index] for _, ends_at in ends}
        if len(addresses) == 1 and (address := next(iter(addresses))) in b.slots:
            b.values[op.results[index]] = address
            continue
        slot = b.slot(b.layouts.storage(types[index]))
        for block, ends_at in ends:
            _move_before_end(b, block, ends_at[index], slot, types[index])
        b.define(op.results[index], slot)
    condition = b.get(operands_of(op)[0])
    new = b.op(
        type(op),
        (condition,),
        [b.layouts.storage(types[index]) for index in direct],
        attributes=dict(op.attributes),
        regions=[new_region(block) for block in blocks],
    )
    for index, value in zip(direct, new.results, strict=True):
        b.define(op.results[index], value)


def _move_before_end(b: Lowering, block: Block, source: SSAValue, target: SSAValue, type_: Attribute) -> None:
    """Copy an indirect value just before the terminator of a finished block."""
    last = block.last_op
    assert last is not None
    _move_before(b, last, source, target, type_)


def _move_before(b: Lowering, op: Operation, source: SSAValue, target: SSAValue, type_: Attribute) -> None:
    scratch = new_block()
    outer, b.block = b.block, scratch
    b.move(source, target, type_)
    b.block = outer
    for new in list(scratch.ops):
        scratch.detach_op(new)
        insert_before(op, new)


@lowers(luma.YieldOp)
def lower_yield(b: Lowering, op: luma.YieldOp) -> None:
    """The end of a branch."""
    _end_branch(b, op, luma.YieldOp)


def _end_branch(b: Lowering, op: Operation, kind: type[Operation]) -> None:
    operands = operands_of(op)
    direct, indirect = _indices(b, _types_of(operands))
    b.yielded[b.block] = {index: b.get(operands[index]) for index in indirect}
    b.op(kind, [b.get(operands[index]) for index in direct])


@lowers(scf.YieldOp)
def lower_scf_yield(b: Lowering, op: scf.YieldOp) -> None:
    """The end of a branch, or of a loop's body."""
    parent = op.parent_op()
    if parent is not None and parent in b.loops:
        _go_on(b, b.loops[parent], operands_of(op), scf.YieldOp, {})
    else:
        _end_branch(b, op, scf.YieldOp)


# Loops.


def _go_on(
    b: Lowering, loop: Loop, operands: Sequence[SSAValue], kind: type[Operation], properties: dict[str, Attribute]
) -> None:
    """End a block by handing carried values to the next iteration."""
    values = b.get_all(operands)
    direct, indirect = _indices(b, loop.types)
    moves = []
    for index in indirect:
        target = loop.carried[index]
        assert target is not None
        moves.append((values[index], target, loop.types[index]))
    b.move_all(moves)
    b.op(kind, [values[index] for index in direct], (), properties)


def _enter_loop(b: Lowering, op: Operation, inits: Sequence[SSAValue]) -> Loop:
    """Note a loop. Its carried values of indirect types stay in the slots of the initial values."""
    types = _types_of(inits)
    carried: list[SSAValue | None] = []
    for value in inits:
        if not b.types.is_indirect(value.type):
            carried.append(None)
            continue
        address = b.get(value)
        if address not in b.slots:
            slot = b.slot(b.layouts.storage(value.type))
            b.move(address, slot, value.type)
            address = slot
        carried.append(address)
    loop = Loop(types, carried, _types_of(op.results), None)
    b.loops[op] = loop
    return loop


def _body(b: Lowering, old: Block, loop: Loop, leading: Sequence[Attribute] = ()) -> Block:
    """Lower a loop's body: `leading` arguments, then the carried values in registers."""
    direct, _ = _indices(b, loop.types)
    new = new_block([*leading, *[b.layouts.storage(loop.types[index]) for index in direct]])
    count = len(leading)
    arguments: list[SSAValue | None] = [*new.args[:count], *loop.carried]
    for index, arg in zip(direct, new.args[count:], strict=True):
        arguments[count + index] = arg
    for arg, value in zip(old.args, arguments, strict=True):
        assert value is not None
        if value in b.slots:
            b.values[arg] = value
        else:
            b.define(arg, value)
    outer, b.block = b.block, new
    b.ops(old)
    b.block = outer
    return new


def _define_results(b: Lowering, op: Operation, new: Operation, slots: Sequence[SSAValue | None]) -> None:
    registers = iter(new.results)
    for result, slot in zip(op.results, slots, strict=True):
        if slot is None:
            b.define(result, next(registers))
        else:
            b.values[result] = slot


@lowers(luma.ForOp, scf.ForOp)
def lower_for(b: Lowering, op: luma.ForOp | scf.ForOp) -> None:
    """The results of indirect types are where the carried values are."""
    operands = operands_of(op)
    loop = _enter_loop(b, op, operands[3:])
    loop.results = loop.carried
    body = _body(b, op.body.block, loop, (operands[0].type,))
    b.location = op.location
    direct, _ = _indices(b, loop.types)
    new = b.op(
        type(op),
        b.get_all([*operands[:3], *[operands[3 + index] for index in direct]]),
        [b.layouts.storage(loop.types[index]) for index in direct],
        dict(op.properties),
        attributes=dict(op.attributes),
        regions=[new_region(body)],
    )
    _define_results(b, op, new, loop.carried)


@lowers(luma.LoopOp)
def lower_loop(b: Lowering, op: luma.LoopOp) -> None:
    """A result stays where all breaks have it, if that is one slot."""
    operands = operands_of(op)
    loop = _enter_loop(b, op, operands)
    body = _body(b, op.body.block, loop)
    b.location = op.location
    results: list[SSAValue | None] = []
    for index, type_ in enumerate(loop.result_types):
        if not b.types.is_indirect(type_):
            results.append(None)
            continue
        addresses = {found[index] for _, found in loop.breaks}
        if len(addresses) == 1 and next(iter(addresses)) in b.slots:
            results.append(next(iter(addresses)))
            continue
        slot = b.slot(b.layouts.storage(type_))
        for end, found in loop.breaks:
            _move_before(b, end, found[index], slot, type_)
        results.append(slot)
    direct, _ = _indices(b, loop.types)
    new = b.op(
        luma.LoopOp,
        b.get_all([operands[index] for index in direct]),
        [b.layouts.storage(type_) for type_, slot in zip(loop.result_types, results, strict=True) if slot is None],
        attributes=dict(op.attributes),
        regions=[new_region(body)],
    )
    _define_results(b, op, new, results)


@lowers(luma.ContinueOp)
def lower_continue(b: Lowering, op: luma.ContinueOp) -> None:
    """The next iteration."""
    _go_on(b, _target(b, op), operands_of(op), luma.ContinueOp, dict(op.properties))


@lowers(luma.BreakOp)
def lower_break(b: Lowering, op: luma.BreakOp) -> None:
    """The results go to the loop's slots; where those are not known yet, the addresses are noted."""
    loop = _target(b, op)
    values = b.get_all(operands_of(op))
    direct, indirect = _indices(b, loop.result_types)
    if loop.results is not None:
        moves = []
        for index in indirect:
            target = loop.results[index]
            assert target is not None
            moves.append((values[index], target, loop.result_types[index]))
        b.move_all(moves)
    end = b.op(luma.BreakOp, [values[index] for index in direct], (), dict(op.properties))
    loop.breaks.append((end, {index: values[index] for index in indirect}))


@lowers(scf.WhileOp)
def lower_while(b: Lowering, op: scf.WhileOp) -> None:
    """What the condition hands on stays where it is if that is a slot."""
    operands = operands_of(op)
    loop = _enter_loop(b, op, operands)
    before = _body(b, op.before_region.block, loop)
    passed = b.passed.pop(op)
    old = op.after_region.block
    direct_results = [index for index, slot in enumerate(passed) if slot is None]
    after = new_block([b.layouts.storage(op.results[index].type) for index in direct_results])
    registers = iter(after.args)
    for arg, slot in zip(old.args, passed, strict=True):
        if slot is None:
            b.define(arg, next(registers))
        else:
            b.values[arg] = slot
    outer, b.block = b.block, after
    b.ops(old)
    b.block = outer
    b.location = op.location
    direct, _ = _indices(b, loop.types)
    new = b.op(
        scf.WhileOp,
        b.get_all([operands[index] for index in direct]),
        [b.layouts.storage(op.results[index].type) for index in direct_results],
        attributes=dict(op.attributes),
        regions=[new_region(before), new_region(after)],
    )
    _define_results(b, op, new, passed)


@lowers(scf.ConditionOp)
def lower_condition(b: Lowering, op: scf.ConditionOp) -> None:
    """Values go on to the body and to the results."""
    operands = operands_of(op)
    passed: list[SSAValue | None] = []
    registers = [b.get(operands[0])]
    for operand in operands[1:]:
        value = b.get(operand)
        if not b.types.is_indirect(operand.type):
            registers.append(value)
            passed.append(None)
            continue
        if value not in b.slots:
            slot = b.slot(b.layouts.storage(operand.type))
            b.move(value, slot, operand.type)
            value = slot
        passed.append(value)
    b.op(scf.ConditionOp, registers)
    parent = op.parent_op()
    assert parent is not None
    b.passed[parent] = passed
