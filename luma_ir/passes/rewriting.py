"""
What rewrites share: new ops at the place of old ones, with their locations; blocks moved into others.

Everything here is built on `luma_ir.ir.fast`; an op that takes another's place also takes its location.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    block_ops,
    detach,
    erase,
    insert_before,
    make,
    new_region,
    operands_of,
    replace_op,
    replace_uses,
    set_operands,
    walk,
)

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

OpT = TypeVar("OpT", bound="Operation")


def bodies(module: ModuleOp) -> Iterator[Operation]:
    """The functions of a module that have a body and are not generic, in order."""
    for op in block_ops(module.body.block):
        if isinstance(op, luma.FuncOp):
            if op.body.blocks and "type_params" not in op.properties:
                yield op
        elif op.regions and op.name == "func.func" and op.regions[0].blocks:
            yield op


def make_before(
    anchor: Operation,
    cls: type[OpT],
    operands: Sequence[SSAValue],
    result_types: Sequence[Attribute],
    properties: dict[str, Attribute] | None = None,
    *,
    regions: Sequence[Region] = (),
) -> OpT:
    """Make an op just before `anchor`, with its location."""
    op = make(cls, operands, result_types, properties, regions=regions, location=anchor.location)
    return insert_before(anchor, op)


def replace_at(
    old: Operation,
    cls: type[OpT],
    operands: Sequence[SSAValue],
    properties: dict[str, Attribute] | None = None,
    *,
    result_types: Sequence[Attribute] | None = None,
    regions: Sequence[Region] = (),
) -> OpT:
    """Replace an op by a new one at its place with its location; the result types are the old ones by default."""
    types = [result.type for result in old.results] if result_types is None else result_types
    new = make_before(old, cls, operands, types, properties, regions=regions)
    replace_op(old, new.results)
    return new


def take_regions(op: Operation) -> list[Region]:
    """Move the contents of an op's regions to fresh regions, which can be given to a new op."""
    taken = []
    for region in op.regions:
        fresh = new_region()
        region.move_blocks(fresh)
        taken.append(fresh)
    return taken


def inline_block(block: Block, anchor: Operation, arguments: Sequence[SSAValue]) -> Operation:
    """
    Move the ops of a block before `anchor`, its arguments replaced by values, and return its detached terminator.
    """
    for argument, value in zip(block.args, arguments, strict=True):
        replace_uses(argument, value)
    terminator = block.last_op
    assert terminator is not None
    detach(terminator)
    for op in block_ops(block):
        detach(op)
        insert_before(anchor, op)
    return terminator


def erase_all(ops: Sequence[Operation]) -> None:
    """Erase ops whose results are used only by each other."""
    for op in ops:
        for inner in walk(op):
            set_operands(inner, ())
    for op in ops:
        erase(op)


def ops_after(op: Operation) -> list[Operation]:
    """The ops that follow in the same block."""
    found = []
    following = op.next_op
    while following is not None:
        found.append(following)
        following = following.next_op
    return found


def ops_between(first: Operation, second: Operation, limit: int) -> list[Operation] | None:
    """The ops between two ops of one block, or None when `second` does not follow within `limit` ops."""
    found = []
    op = first.next_op
    while op is not None and len(found) <= limit:
        if op is second:
            return found
        found.append(op)
        op = op.next_op
    return None


def is_inside(op: Operation | None, ancestor: Operation) -> bool:
    """Tell whether an op stands inside another one, at any depth, or is that op."""
    while op is not None:
        if op is ancestor:
            return True
        op = op.parent_op()
    return False


def defined_outside(value: SSAValue, op: Operation) -> bool:
    """Tell whether a value is defined outside of an op's regions (and is not one of its results)."""
    owner = value.owner
    from xdsl.ir import Block

    if isinstance(owner, Block):
        return not is_inside(owner.parent_op(), op)
    return not is_inside(owner, op)


def pass_operands(op: Operation) -> list[SSAValue]:
    """The operands of an op as a list that stays valid while the op is changed."""
    return list(operands_of(op))
