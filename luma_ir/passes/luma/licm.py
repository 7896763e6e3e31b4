"""
Move loop-invariant code in front of loops.

Before: scf.for %i = %a to %b step %c { %n = luma.array.len %xs  %k = luma.check.bounds %row in %m ... }
After:  %n = luma.array.len %xs
        %t = arith.cmpi slt, %a, %b : i64
        scf.if %t { %k = luma.check.bounds %row in %m  scf.for ... }
Expects: verified IR, best after `luma-canonicalize`. Leaves: arrays that are made in each iteration, since one that is
made once would be shared between iterations.

Pure ops move freely. What may panic, or is undefined unless guarded, moves only from a place that every iteration
reaches first, before anything observable, and in front of a loop that surely runs: one that is not known to run gets a
condition around it. Inner loops come first, so that code climbs through a whole nest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects import arith, scf
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    append,
    block_ops,
    detach,
    insert_before,
    make,
    new_block,
    new_region,
    operands_of,
    replace_uses,
    set_operand,
    users,
    walk,
)
from luma_ir.ir.intern import I1, I64, int_attr
from luma_ir.passes.analysis.constants import int_constant, predicate_of
from luma_ir.passes.analysis.control import COUNTED, LOOPS, contains_exit, slot_arguments, slot_inits
from luma_ir.passes.analysis.effects import (
    GUARDED,
    MAY_PANIC,
    Addressed,
    addressed_arrays,
    effect_kind,
    harmless,
    may_share,
    speculatable,
)
from luma_ir.passes.luma._folds_arith import SGT, SLT
from luma_ir.passes.luma._lengths import Lengths
from luma_ir.passes.rewriting import bodies

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Block, Operation, SSAValue


@dataclass(frozen=True)
class LumaLicmPass(ModulePass):
    """Move loop-invariant code in front of loops."""

    name = "luma-licm"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in bodies(op):
            hoist_invariants(function)


def hoist_invariants(function: Operation) -> bool:
    """Move the invariant code of one function out of its loops; True when something moved."""
    loops = [op for op in walk(function) if type(op) in LOOPS]
    if not loops:
        return False
    addressed = addressed_arrays(function)
    changed = False
    for loop in reversed(loops):
        changed |= _Hoister(loop, addressed).run()
    return changed


class _Hoister:
    """The work on one loop."""

    def __init__(self, loop: Operation, addressed: Addressed):
        self.loop = loop
        self.addressed = addressed
        self.inside: set[int] = set()
        for op in walk(loop):
            if op is not loop:
                self.inside.update(id(result) for result in op.results)
            for region in op.regions:
                for block in region.blocks:
                    self.inside.update(id(arg) for arg in block.args)
        self.guarded: list[Operation] = []
        """Ops to run before the loop, provided that it runs at all."""

    def run(self) -> bool:
        """Hoist; True when something moved."""
        free = self._hoist_free_code()
        self._collect_first_code(self.loop.regions[0].block)
        if not self.guarded:
            return free
        if type(self.loop) not in COUNTED or runs_at_least_once(self.loop):
            for op in self.guarded:
                detach(op)
                insert_before(self.loop, op)
        else:
            guard_loop(self.loop, self.guarded)
        return True

    def _invariant(self, op: Operation) -> bool:
        inside = self.inside
        return not any(id(operand) in inside for operand in operands_of(op))

    def _out(self, op: Operation) -> None:
        self.inside.difference_update([id(result) for result in op.results])

    def _hoist_free_code(self) -> bool:
        """Move what may run anywhere, from the body itself; lengths also from conditions inside."""
        moved = False
        pending: list[tuple[Block, bool]] = [(region.block, True) for region in self.loop.regions]
        while pending:
            block, direct = pending.pop()
            for op in block_ops(block):
                if op.regions:
                    if type(op) in (scf.IfOp, luma.IfOp):
                        pending.extend((region.block, False) for region in op.regions if region.first_block is not None)
                    continue
                if not direct and type(op) is not luma.ArrayLenOp:
                    continue
                if type(op) is luma.GetOp and self.addressed.may_change(op):
                    continue
                if type(op) is not arith.ConstantOp and not self._worth(op):
                    continue
                if speculatable(op) and may_share(op) and self._invariant(op):
                    detach(op)
                    insert_before(self.loop, op)
                    self._out(op)
                    moved = True
        return moved

    def _worth(self, op: Operation) -> bool:
        return bool(op.results) and type(op) is not luma.LocationOp

    def _collect_first_code(self, block: Block) -> None:
        """Find the invariant ops that the first iteration reaches before anything observable."""
        for op in block_ops(block):
            kind = effect_kind(type(op))
            if kind in (GUARDED, MAY_PANIC) and op.results and not op.regions and may_share(op):
                movable = type(op) is not luma.GetOp or not self.addressed.may_change(op)
                if movable and (self._invariant(op) or self._row_of_slot(op)):
                    self.guarded.append(op)
                    self._out(op)
                    continue
                if kind == MAY_PANIC:
                    return
                continue
            if self.guarded and speculatable(op) and may_share(op) and self._invariant(op):
                # It hangs on an op that is being moved.
                self.guarded.append(op)
                self._out(op)
                continue
            if not harmless(op):
                return

    def _row_of_slot(self, op: Operation) -> bool:
        """
        Whether a read is only asked for its length, of an array carried by the loop that keeps the lengths inside it;
        then it may as well look at the initial array, which the read is changed to do.
        """
        loop = self.loop
        if type(op) is not luma.GetOp or type(loop) is scf.WhileOp:
            return False
        operands = operands_of(op)
        arguments = list(slot_arguments(loop))
        slot = next((number for number, arg in enumerate(arguments) if arg is operands[0]), None)
        if slot is None or any(id(operand) in self.inside for operand in operands[1:]):
            return False
        if any(type(user) is not luma.ArrayLenOp for user in users(op.results[0])):
            return False
        steps = len(op.properties["path"].get_values())  # pyright: ignore[reportAttributeAccessIssue]
        init = slot_inits(loop)[slot]
        lengths = Lengths(steps)
        if lengths.base(operands[0]) is not lengths.base(init):
            return False
        set_operand(op, 0, init)
        return True


def runs_at_least_once(loop: Operation) -> bool:
    """Whether a counted loop is known to have an iteration: by its bounds, or by a condition around it."""
    lower, upper = operands_of(loop)[:2]
    low, high = int_constant(lower), int_constant(upper)
    if low is not None and high is not None:
        return low < high
    child: Operation = loop
    for _ in range(8):
        parent = child.parent_op()
        if parent is None:
            return False
        if type(parent) in (scf.IfOp, luma.IfOp) and child.parent_region() is parent.regions[0]:
            test = operands_of(parent)[0].owner
            if type(test) is arith.CmpiOp:
                left, right = operands_of(test)
                predicate = predicate_of(test)
                if predicate == SLT and left is lower and right is upper:
                    return True
                if predicate == SGT and left is upper and _at_least(int_constant(right), low):
                    return True
                if predicate == SGT and left is upper and right is lower:
                    return True
        child = parent
    return False


def _at_least(value: int | None, bound: int | None) -> bool:
    return value is not None and bound is not None and value >= bound


def guard_loop(loop: Operation, ops: list[Operation]) -> Operation:
    """
    Put a counted loop, with ops in front of it, under the condition that it runs; the condition is returned.

    Where it does not run, its results are the initial values.
    """
    lower, upper = operands_of(loop)[:2]
    where = loop.location
    test = make(arith.CmpiOp, (lower, upper), (I1,), {"predicate": int_attr(SLT, I64)}, location=where)
    insert_before(loop, test)
    early = contains_exit(loop)
    cls, yield_cls = (luma.IfOp, luma.YieldOp) if early else (scf.IfOp, scf.YieldOp)
    inits: list[SSAValue] = list(slot_inits(loop))
    runs, skips = new_block(), new_block()
    plain = not inits and not early
    branch = make(
        cls,
        (test.results[0],),
        [result.type for result in loop.results],
        regions=(new_region(runs), new_region() if plain else new_region(skips)),
        location=where,
    )
    insert_before(loop, branch)
    for old, new in zip(loop.results, branch.results, strict=True):
        replace_uses(old, new)
    for op in (*ops, loop):
        detach(op)
        append(runs, op)
    append(runs, make(yield_cls, list(loop.results), location=where))
    if not plain:
        append(skips, make(yield_cls, inits, location=where))
    return branch
