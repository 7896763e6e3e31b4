"""
The values that one array goes through while a loop builds it: where it comes from, and where elements are added.

A *web* is closed: each of its values comes from others of it or from one fresh, empty array, and goes only to others of
it. So the array is known to hold just what its pushes add, in their order, when the loop is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import scf
from xdsl.ir import BlockArgument

from luma_ir.dialects import luma
from luma_ir.ir.fast import has_one_use, operands_of, uses_of
from luma_ir.passes.analysis.control import (
    COUNTED,
    IFS,
    LOOPS,
    LoopEdges,
    first_slot_operand,
    loop_edges,
    region_yields,
)

if TYPE_CHECKING:
    from xdsl.ir import Operation, SSAValue

_LIMIT = 64
"""Values of a web; larger ones are left alone."""


@define(eq=False)
class Web:
    """The values of an array that a loop builds."""

    result: SSAValue
    values: dict[int, SSAValue] = field(factory=dict)
    pushes: list[Operation] = field(factory=list)
    carried: dict[Operation, int] = field(factory=dict)
    """The loops that carry the array, and which of their slots it is."""
    yielded: dict[Operation, int] = field(factory=dict)
    """The ifs, and the loops whose results are not their slots, that result in the array, and which result it is."""
    is_single: bool = True
    """Whether the array is one slot and one result at most of each op."""
    root: SSAValue | None = None
    """The initial value, which is an empty array."""
    edges: dict[int, LoopEdges] = field(factory=dict)

    def edges_of(self, loop: Operation) -> LoopEdges:
        """The edges of a loop, found once."""
        found = self.edges.get(id(loop))
        if found is None:
            found = self.edges[id(loop)] = loop_edges(loop)
        return found


def find_web(result: SSAValue) -> Web | None:
    """The web of an array that is the result of a loop, or None when it is not closed."""
    web = Web(result)
    pending = [result]
    while pending:
        value = pending.pop()
        if id(value) in web.values:
            continue
        sources = _sources(value, web)
        if sources is None:
            if web.root is not None and web.root is not value:
                return None
            web.root = value
            continue
        web.values[id(value)] = value
        if len(web.values) > _LIMIT:
            return None
        pending.extend(sources)
    root = web.root
    if root is None or not _is_empty(root) or not has_one_use(root):
        return None
    for value in web.values.values():
        if value is not result and not _stays_inside(value, web):
            return None
    return web if web.is_single else None


def _is_empty(root: SSAValue) -> bool:
    """Whether a value is an empty array that only its one user has."""
    owner = root.owner
    while type(owner) is luma.ArrayReserveOp:
        root = operands_of(owner)[0]
        if not has_one_use(root):
            return False
        owner = root.owner
    return type(owner) is luma.ArrayMakeOp and not operands_of(owner) and isinstance(root.type, luma.ArrayType)


def _note(web: Web, table: dict[Operation, int], op: Operation, number: int) -> None:
    if table.setdefault(op, number) != number:
        web.is_single = False


def _sources(value: SSAValue, web: Web) -> list[SSAValue] | None:
    """The values that one may be; None where the web ends."""
    if isinstance(value, BlockArgument):
        loop = value.block.parent_op()
        if loop is None or type(loop) not in LOOPS:
            return None
        if type(loop) is scf.WhileOp and value.block is loop.regions[1].first_block:
            _note(web, web.yielded, loop, value.index)
            return [operands_of(end)[first + value.index] for end, first in web.edges_of(loop).leaves]
        slot = value.index - (1 if type(loop) in COUNTED else 0)
        if slot < 0:
            return None
        return _slot_sources(loop, slot, web)
    op = value.owner
    cls = type(op)
    index = value.index  # pyright: ignore[reportAttributeAccessIssue]
    if cls is luma.ArrayPushOp:
        if op not in web.pushes:
            web.pushes.append(op)  # pyright: ignore[reportArgumentType]
        return [operands_of(op)[0]]  # pyright: ignore[reportArgumentType]
    if cls in COUNTED:
        leaves = [operands_of(end)[first + index] for end, first in web.edges_of(op).leaves]  # pyright: ignore
        return [*leaves, *_slot_sources(op, index, web)]  # pyright: ignore[reportArgumentType]
    if cls in LOOPS:
        _note(web, web.yielded, op, index)  # pyright: ignore[reportArgumentType]
        return [operands_of(end)[first + index] for end, first in web.edges_of(op).leaves]  # pyright: ignore
    if cls in IFS:
        _note(web, web.yielded, op, index)  # pyright: ignore[reportArgumentType]
        return [operands_of(end)[index] for end in region_yields(op)]  # pyright: ignore[reportArgumentType]
    return None


def _slot_sources(loop: Operation, slot: int, web: Web) -> list[SSAValue]:
    _note(web, web.carried, loop, slot)
    repeats = [operands_of(end)[first + slot] for end, first in web.edges_of(loop).repeats]
    return [operands_of(loop)[first_slot_operand(loop) + slot], *repeats]


def _stays_inside(value: SSAValue, web: Web) -> bool:
    """Whether every use of a value feeds values of the web."""
    for op, index in uses_of(value):
        targets = _targets(op, index)
        if targets is None or any(id(target) not in web.values for target in targets):
            return False
    return True


def _targets(op: Operation, index: int) -> list[SSAValue] | None:
    """The values that an operand becomes; None when it is used for something else."""
    cls = type(op)
    if cls is luma.ArrayPushOp:
        return [op.results[0]] if index == 0 else None
    if cls in LOOPS:
        slot = index - first_slot_operand(op)
        if slot < 0:
            return None
        argument = op.regions[0].block.args[slot + (1 if cls in COUNTED else 0)]
        return [argument, op.results[slot]] if cls in COUNTED else [argument]
    if isinstance(op, luma.BreakOp):
        loop = op.target_loop()
        return None if loop is None else [loop.results[index]]
    if isinstance(op, luma.ContinueOp):
        loop = op.target_loop()
        if loop is None:
            return None
        slot_argument = loop.regions[0].block.args[index + (1 if type(loop) in COUNTED else 0)]
        return [slot_argument, loop.results[index]] if type(loop) in COUNTED else [slot_argument]
    parent = op.parent_op()
    if parent is None:
        return None
    if cls is scf.ConditionOp:
        return [parent.results[index - 1], parent.regions[1].block.args[index - 1]] if index else None
    if cls not in (scf.YieldOp, luma.YieldOp):
        return None
    if type(parent) in IFS:
        return [parent.results[index]]
    if type(parent) is scf.ForOp:
        return [parent.regions[0].block.args[index + 1], parent.results[index]]
    if type(parent) is scf.WhileOp:
        return [parent.regions[0].block.args[index]]
    return None
