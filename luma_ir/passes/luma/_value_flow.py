"""
Where a value that control flow carries comes from, and what it becomes: the edges between slots, results and yields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import scf
from xdsl.ir import BlockArgument

from luma_ir.dialects import luma
from luma_ir.ir.fast import operands_of
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


@define(eq=False)
class Flow:
    """The flow of values through structured ops, and the slots and results that it was asked about."""

    carried: dict[Operation, int] = field(factory=dict)
    """The loops that carry the value, and which of their slots it is."""
    yielded: dict[Operation, int] = field(factory=dict)
    """The ifs, and the loops whose results are not their slots, that result in the value, and which result it is."""
    is_single: bool = True
    """Whether the value is one slot and one result at most of each op."""
    edges: dict[int, LoopEdges] = field(factory=dict)

    def edges_of(self, loop: Operation) -> LoopEdges:
        """The edges of a loop, found once."""
        found = self.edges.get(id(loop))
        if found is None:
            found = self.edges[id(loop)] = loop_edges(loop)
        return found

    def _note(self, table: dict[Operation, int], op: Operation, number: int) -> None:
        if table.setdefault(op, number) != number:
            self.is_single = False

    def sources(self, value: SSAValue) -> list[SSAValue] | None:
        """The values that a slot or result may be; None for values that are neither."""
        if isinstance(value, BlockArgument):
            loop = value.block.parent_op()
            if loop is None or type(loop) not in LOOPS:
                return None
            if type(loop) is scf.WhileOp and value.block is loop.regions[1].first_block:
                self._note(self.yielded, loop, value.index)
                return [operands_of(end)[first + value.index] for end, first in self.edges_of(loop).leaves]
            slot = value.index - (1 if type(loop) in COUNTED else 0)
            return None if slot < 0 else self._slot_sources(loop, slot)
        op = value.owner
        cls = type(op)
        index = value.index  # pyright: ignore[reportAttributeAccessIssue]
        if cls in COUNTED:
            leaves = [operands_of(end)[first + index] for end, first in self.edges_of(op).leaves]  # pyright: ignore
            return [*leaves, *self._slot_sources(op, index)]  # pyright: ignore[reportArgumentType]
        if cls in LOOPS:
            self._note(self.yielded, op, index)  # pyright: ignore[reportArgumentType]
            return [operands_of(end)[first + index] for end, first in self.edges_of(op).leaves]  # pyright: ignore
        if cls in IFS:
            self._note(self.yielded, op, index)  # pyright: ignore[reportArgumentType]
            return [operands_of(end)[index] for end in region_yields(op)]  # pyright: ignore[reportArgumentType]
        return None

    def _slot_sources(self, loop: Operation, slot: int) -> list[SSAValue]:
        self._note(self.carried, loop, slot)
        repeats = [operands_of(end)[first + slot] for end, first in self.edges_of(loop).repeats]
        return [operands_of(loop)[first_slot_operand(loop) + slot], *repeats]


def flow_targets(op: Operation, index: int) -> list[SSAValue] | None:
    """The slots and results that an operand becomes; None when it is used for something else."""
    cls = type(op)
    if cls in LOOPS:
        slot = index - first_slot_operand(op)
        return None if slot < 0 else _slot(op, slot)
    if isinstance(op, luma.BreakOp):
        loop = op.target_loop()
        return None if loop is None else [loop.results[index]]
    if isinstance(op, luma.ContinueOp):
        loop = op.target_loop()
        return None if loop is None else _slot(loop, index)
    parent = op.parent_op()
    if parent is None:
        return None
    if cls is scf.ConditionOp:
        return [parent.results[index - 1], parent.regions[1].block.args[index - 1]] if index else None
    if cls not in (scf.YieldOp, luma.YieldOp):
        return None
    if type(parent) in IFS:
        return [parent.results[index]]
    return _slot(parent, index) if type(parent) in LOOPS else None


def _slot(loop: Operation, slot: int) -> list[SSAValue]:
    if type(loop) in COUNTED:
        return [loop.regions[0].block.args[slot + 1], loop.results[slot]]
    return [loop.regions[0].block.args[slot]]
