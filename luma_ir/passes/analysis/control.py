"""
Structured control flow of both families, `scf` and `luma`, seen through one description.

A *slot* is a value that a loop carries: its initial operand, its block argument, the operands that end an iteration.
For `scf.for`, `luma.for` the results belong to the slots too; `luma.loop` and `scf.while` have results of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import scf

from luma_ir.dialects import luma
from luma_ir.ir.fast import block_ops, operands_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xdsl.ir import Block, BlockArgument, Operation, SSAValue

COUNTED: frozenset[type] = frozenset({scf.ForOp, luma.ForOp})
"""Loops with an induction variable."""
LOOPS: frozenset[type] = frozenset({scf.ForOp, luma.ForOp, luma.LoopOp, scf.WhileOp})
IFS: frozenset[type] = frozenset({scf.IfOp, luma.IfOp})
LUMA_LOOPS: frozenset[type] = frozenset({luma.ForOp, luma.LoopOp})
STRUCTURED: frozenset[type] = LOOPS | IFS
"""The region ops whose control flow the passes know."""


@define(eq=False)
class LoopEdges:
    """The terminators by which iterations of a loop end."""

    repeats: list[tuple[Operation, int]] = field(factory=list)
    """Ops that go on with the next iteration, and the number of their first operand that is carried."""
    leaves: list[tuple[Operation, int]] = field(factory=list)
    """Ops that leave the loop with results, and the number of their first operand that is a result."""
    escapes: bool = False
    """Whether something inside may leave more than this loop (return, panic, a break of an outer loop)."""


def loop_edges(loop: Operation) -> LoopEdges:
    """Find the terminators that end iterations of a loop."""
    edges = LoopEdges()
    cls = type(loop)
    if cls is scf.WhileOp:
        before, after = (region.block.last_op for region in loop.regions)
        assert before is not None and after is not None
        edges.leaves.append((before, 1))
        edges.repeats.append((after, 0))
        return edges
    if cls is scf.ForOp:
        last = loop.regions[0].block.last_op
        assert last is not None
        edges.repeats.append((last, 0))
        return edges
    pending: list[tuple[Block, int]] = [(loop.regions[0].block, 0)]
    while pending:
        block, depth = pending.pop()
        last = block.last_op
        if isinstance(last, luma.ContinueOp | luma.BreakOp):
            if last.loop_depth == depth:
                (edges.repeats if type(last) is luma.ContinueOp else edges.leaves).append((last, 0))
            elif last.loop_depth > depth:
                edges.escapes = True
        elif type(last) is not luma.YieldOp:
            edges.escapes = True
        for op in block_ops(block):
            if not op.regions:
                continue
            inner = type(op)
            if inner is luma.IfOp:
                pending.extend((region.block, depth) for region in op.regions)
            elif inner in LUMA_LOOPS:
                pending.append((op.regions[0].block, depth + 1))
    return edges


def first_slot_operand(loop: Operation) -> int:
    """The number of the operand that initialises the first slot."""
    return 3 if type(loop) in COUNTED else 0


def slot_arguments(loop: Operation) -> Sequence[BlockArgument]:
    """The block arguments of the slots at the start of an iteration."""
    args = loop.regions[0].block.args
    return args[1:] if type(loop) in COUNTED else args


def slot_inits(loop: Operation) -> Sequence[SSAValue]:
    """The initial values of the slots."""
    return operands_of(loop)[first_slot_operand(loop) :]


def region_yields(op: Operation) -> list[Operation]:
    """The `yield` terminators of an if: those whose operands become its results."""
    found = []
    for region in op.regions:
        block = region.first_block
        last = block.last_op if block is not None else None
        if type(last) in (scf.YieldOp, luma.YieldOp):
            found.append(last)
    return found


def contains_exit(op: Operation) -> bool:
    """Tell whether an op holds an early exit that leaves the op itself (or ends the function or the program)."""
    pending: list[tuple[Block, int]] = []

    def push(inner: Operation, depth: int) -> None:
        below = depth + 1 if type(inner) in LUMA_LOOPS else depth
        for region in inner.regions:
            block = region.first_block
            while block is not None:
                pending.append((block, below))
                block = block.next_block

    push(op, 0)
    while pending:
        block, depth = pending.pop()
        last = block.last_op
        if isinstance(last, luma.ContinueOp | luma.BreakOp):
            if last.loop_depth >= depth:
                return True
        elif last is not None and last.has_trait(luma.EarlyExit):
            return True
        for inner in block_ops(block):
            if inner.regions:
                push(inner, depth)
    return False
