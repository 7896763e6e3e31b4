"""
More carried values and results for structured control flow: what `luma-fuse-arrays` and `luma-scalarize` share.

An op is built anew around its regions, with the new slots behind the old ones. The terminators that feed the new slots
are the caller's to complete: until then the IR is not valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from xdsl.dialects import scf

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    add_block_arg,
    append,
    block_ops,
    detach,
    insert_before,
    make,
    new_block,
    new_region,
    operands_of,
    replace_op,
    set_operands,
)
from luma_ir.passes.analysis.control import COUNTED, LOOPS
from luma_ir.passes.rewriting import take_regions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xdsl.ir import Attribute, Block, Operation, SSAValue


@frozen(eq=False)
class Extended:
    """A structured op with more slots than the one that it replaces."""

    op: Operation
    arguments: tuple[SSAValue, ...]
    """The new values at the start of an iteration; none for an if."""
    inner: tuple[SSAValue, ...]
    """The new values in the second region of an `scf.while`; none for other ops."""
    results: tuple[SSAValue, ...]


def extend(op: Operation, inits: Sequence[SSAValue], types: Sequence[Attribute] = ()) -> Extended:
    """
    Give a loop more slots with initial values, and an op more results of `types`.

    The results of counted loops are their slots, so for those `types` is not asked.
    """
    cls = type(op)
    if cls in COUNTED:
        types = [value.type for value in inits]
    arguments: list[SSAValue] = []
    inner: list[SSAValue] = []
    regions = take_regions(op)
    if cls in LOOPS:
        arguments = [add_block_arg(regions[0].block, value.type, op.location) for value in inits]
        if cls is scf.WhileOp:
            inner = [add_block_arg(regions[1].block, type, op.location) for type in types]
    if cls is scf.IfOp and regions[1].first_block is None:
        empty = new_block()
        append(empty, make(scf.YieldOp, location=op.location))
        regions[1] = new_region(empty)
    count = len(op.results)
    new = make(
        cls,
        [*operands_of(op), *inits],
        [*(result.type for result in op.results), *types],
        dict(op.properties),
        attributes=dict(op.attributes),
        regions=regions,
        location=op.location,
    )
    insert_before(op, new)
    replace_op(op, new.results[:count])
    return Extended(new, tuple(arguments), tuple(inner), tuple(new.results[count:]))


def add_operands(terminator: Operation, values: Sequence[SSAValue]) -> None:
    """Complete a terminator that feeds new slots."""
    set_operands(terminator, [*operands_of(terminator), *values])


def with_exits(op: Operation) -> Operation:
    """The same `scf.if` or `scf.for` as a `luma.if` or `luma.for`, whose body may leave early; others stay."""
    cls = type(op)
    if cls is scf.IfOp:
        regions = take_regions(op)
        if regions[1].first_block is None:
            regions[1] = new_region(new_block())
        for region in regions:
            _end_with(region.block, luma.YieldOp, op)
        return _as(op, luma.IfOp, regions)
    if cls is scf.ForOp:
        regions = take_regions(op)
        _end_with(regions[0].block, luma.ContinueOp, op)
        return _as(op, luma.ForOp, regions)
    return op


def _end_with(block: Block, cls: type[Operation], op: Operation) -> None:
    last = block.last_op
    if type(last) is not scf.YieldOp:
        append(block, make(cls, location=op.location))
        return
    values = list(operands_of(last))
    location = last.location
    detach(last)
    set_operands(last, ())
    append(block, make(cls, values, location=location))


def _as(op: Operation, cls: type[Operation], regions: list) -> Operation:
    types = [result.type for result in op.results]
    new = make(cls, operands_of(op), types, attributes=dict(op.attributes), regions=regions, location=op.location)
    insert_before(op, new)
    replace_op(op, new.results)
    return new


def size_of(block: Block) -> int:
    """The number of ops directly in a block and in what they contain."""
    total = 0
    pending = [block]
    while pending:
        for op in block_ops(pending.pop()):
            total += 1
            for region in op.regions:
                pending.extend(region.blocks)
    return total
