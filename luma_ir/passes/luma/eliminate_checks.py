"""
Remove checks that are known to pass: bounds, overflow, division, slices, assertions; decide comparisons likewise.

Before: scf.for %i = %zero to %n step %one { %j = luma.check.bounds %i in %n  %k = luma.check.overflow "add" %j, %one }
After:  scf.for %i = %zero to %n step %one { %k = arith.addi %i, %one overflow<nsw> }
Expects: verified IR, best after `luma-canonicalize` and `luma-licm` (lengths read once). Leaves: what is not proved.

One walk in program order carries the facts of the regions around: induction variables lie within their bounds,
conditions hold in their branches, a check that was passed holds below it, a carried value that only grows is at least
what it was. Loop invariants are found by assuming all candidates and dropping those that an iteration does not keep
(C. Flanagan, K. Leino, "Houdini, an Annotation Assistant for ESC/Java", 2001). The prover is in `analysis/ranges.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects import arith, scf
from xdsl.dialects.builtin import IntegerType
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import block_ops, erase, insert_before, make, operands_of, replace_op, set_operand
from luma_ir.ir.intern import I1, int_attr
from luma_ir.passes.analysis.constants import int_constant, width_of
from luma_ir.passes.analysis.control import COUNTED, IFS, LOOPS, loop_edges, slot_arguments, slot_inits
from luma_ir.passes.analysis.ranges import LONGEST, QUICK, THOROUGH, Ranges, combine
from luma_ir.passes.luma._counted_loops import count_while
from luma_ir.passes.rewriting import bodies, replace_at

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Block, Operation, SSAValue

_ARITHMETIC: dict[str, type[Operation]] = {"add": arith.AddiOp, "sub": arith.SubiOp, "mul": arith.MuliOp}
_NSW = arith.IntegerOverflowAttr([arith.IntegerOverflowFlag.NSW])
_BOTH = arith.IntegerOverflowAttr([arith.IntegerOverflowFlag.NSW, arith.IntegerOverflowFlag.NUW])

_ROUNDS = 8
"""Candidates that are still being dropped after so many rounds are all given up."""


@dataclass(frozen=True)
class LumaEliminateChecksPass(ModulePass):
    """Remove checks that are known to pass."""

    name = "luma-eliminate-checks"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in bodies(op):
            eliminate_checks(function)


def eliminate_checks(function: Operation) -> int:
    """Remove the checks of one function that are known to pass; the number of ops that were decided."""
    walker = _Walker()
    for block in function.regions[0].blocks:
        mark = walker.facts.mark()
        walker.visit_block(block)
        walker.facts.forget(mark)
    return walker.decided


class _Walker:
    """The walk over one function."""

    def __init__(self) -> None:
        self.facts = Ranges()
        self.decided = 0

    def visit_block(self, block: Block) -> None:
        """Visit the ops of a block in order; facts that are found stay until the caller forgets them."""
        for op in block_ops(block):
            handler = _HANDLERS.get(type(op))
            if handler is not None:
                handler(self, op)
            elif op.regions:
                for region in op.regions:
                    for inner in region.blocks:
                        self._visit_with(inner, None)

    def _visit_with(self, block: Block, entry: Callable[[], None] | None) -> None:
        mark = self.facts.mark()
        if entry is not None:
            entry()
        self.visit_block(block)
        self.facts.forget(mark)

    # Control flow.

    def visit_if(self, op: Operation) -> None:
        """The condition holds in the first branch and not in the second; behind, what the branches that stay know."""
        condition = operands_of(op)[0]
        known = self.facts.decides(condition)
        if known is not None:
            self.decided += 1
            constant = make(
                arith.ConstantOp, (), (I1,), {"value": int_attr(-1 if known else 0, I1)}, location=op.location
            )
            insert_before(op, constant)
            set_operand(op, 0, constant.results[0])
        for truth, region in zip((True, False), op.regions, strict=True):
            block = region.first_block
            if block is not None:
                self._visit_with(block, lambda truth=truth: self.facts.assume(condition, truth))
        if type(op) is luma.IfOp:
            stays = [type(region.block.last_op) is luma.YieldOp for region in op.regions]
            if stays[0] != stays[1]:
                self.facts.assume(condition, stays[0])

    def visit_counted(self, op: Operation) -> None:
        """A loop with an induction variable."""
        lower, upper = operands_of(op)[:2]
        block = op.regions[0].block
        index = block.args[0]
        known = self._induction(op, lambda: self._enter_counted(index, lower, upper))
        mark = self.facts.mark()
        self._enter_counted(index, lower, upper)
        for argument, fact in known:
            fact(argument)
        self.visit_block(block)
        self.facts.forget(mark)
        # The results are initial values or ones that an iteration handed on, unless a break leaves others.
        if not loop_edges(op).leaves:
            results = {id(argument): result for argument, result in zip(slot_arguments(op), op.results, strict=True)}
            for argument, fact in known:
                fact(results[id(argument)])

    def _enter_counted(self, index: SSAValue, lower: SSAValue, upper: SSAValue) -> None:
        # In the body the loop runs, so its bounds are ordered too.
        self.facts.add(lower, index, 0)
        self.facts.add(index, upper, -1)
        self.facts.add(lower, upper, -1)

    def visit_loop(self, op: Operation) -> None:
        """A `luma.loop`."""
        block = op.regions[0].block
        known = self._induction(op, lambda: self._exits_not_taken(block))
        mark = self.facts.mark()
        for argument, fact in known:
            fact(argument)
        self.visit_block(block)
        self.facts.forget(mark)

    def _exits_not_taken(self, block: Block) -> None:
        for op in block_ops(block):
            if op.regions and _repeats_inside(op):
                return
            if type(op) is not luma.IfOp:
                continue
            lasts = [type(region.block.last_op) for region in op.regions]
            stays = [last is luma.YieldOp for last in lasts]
            if stays[0] != stays[1]:
                self.facts.assume(operands_of(op)[0], stays[0])

    def visit_while(self, op: Operation) -> None:
        """An `scf.while`: behind the test it holds, after the loop it does not. One that counts becomes a `for`."""
        counted = count_while(op, self.facts)
        if counted is not None:
            self.decided += 1
            self.visit_counted(counted)
            return
        before, after = (region.block for region in op.regions)
        condition = before.last_op
        assert condition is not None
        test, *forwarded = operands_of(condition)

        def enter_after() -> None:
            for argument, value in zip(after.args, forwarded, strict=True):
                if width_of(value.type):
                    self.facts.add(argument, value, 0)
                    self.facts.add(value, argument, 0)
            self.facts.assume(test, True)

        known = self._induction(op, enter_after)
        passed = [list(operands_of(inner)) for inner in block_ops(before) if type(inner) is luma.CheckBoundsOp]
        mark = self.facts.mark()
        for argument, fact in known:
            fact(argument)
        self.visit_block(before)
        self._visit_with(after, enter_after)
        self.facts.forget(mark)
        # Behind the loop the values of the last test are its results, and the checks of that test were passed.
        for argument, fact in known:
            fact(argument)
        for index, length in passed:
            self.facts.add(None, index, 0)
            self.facts.add(index, length, -1)
        for result, value in zip(op.results, forwarded, strict=True):
            if width_of(value.type):
                self.facts.add(result, value, 0)
                self.facts.add(value, result, 0)
        self.facts.assume(test, False)

    def _induction(
        self, loop: Operation, enter: Callable[[], None]
    ) -> list[tuple[SSAValue, Callable[[SSAValue], None]]]:
        """What holds for the carried integers at the start of every iteration, as facts that can be applied."""
        edges = loop_edges(loop)
        found: list[tuple[SSAValue, Callable[[SSAValue], None]]] = []
        facts = self.facts
        mark = facts.mark()
        candidates = []
        inits = slot_inits(loop)
        for slot, (argument, init) in enumerate(zip(slot_arguments(loop), inits, strict=True)):
            if not isinstance(argument.type, IntegerType) or not edges.repeats:
                continue
            nexts = [operands_of(end)[first + slot] for end, first in edges.repeats]
            if all(value is argument for value in nexts):
                continue
            candidates.append((argument, init, nexts))
        if not candidates:
            return found
        # What holds of the initial values is asked before anything is assumed of an iteration.
        assumed = [
            (argument, nexts, bound)
            for argument, init, nexts in candidates
            for bound in self._candidate_facts(argument, init)
        ]
        enter()
        self._checks_passed(loop)
        facts.effort = THOROUGH
        for _ in range(_ROUNDS):
            inner = facts.mark()
            for argument, _nexts, bound in assumed:
                _apply(facts, bound)(argument)
            kept = [entry for entry in assumed if self._holds(entry[2], entry[1])]
            facts.forget(inner)
            stable = len(kept) == len(assumed)
            assumed = kept
            if stable:
                found = [(argument, _apply(facts, bound)) for argument, _nexts, bound in assumed]
                break
        facts.effort = QUICK
        facts.forget(mark)
        return found

    def _checks_passed(self, loop: Operation) -> None:
        """An iteration that comes to its end has passed the checks of its body."""
        for region in loop.regions:
            for op in block_ops(region.block):
                if type(op) is luma.CheckBoundsOp:
                    index, length = operands_of(op)
                    self.facts.add(None, index, 0)
                    self.facts.add(index, length, -1)
                elif type(op) is luma.AssertOp:
                    self.facts.assume(operands_of(op)[0], True)
                elif op.regions and _repeats_inside(op):
                    return

    def _candidate_facts(self, argument: SSAValue, init: SSAValue) -> list[_Bound]:
        low, high = self.facts.interval(init)
        bounds = [_Bound(init, 0, True), _Bound(init, 0, False)]
        limit = 1 << ((width_of(argument.type) or 64) - 1)
        if low > -limit:
            bounds.append(_Bound(None, low, True))
            if low > 0:
                bounds.append(_Bound(None, 0, True))
        if high < limit - 1:
            bounds.append(_Bound(None, high, False))
        return bounds

    def _holds(self, bound: _Bound, nexts: list[SSAValue]) -> bool:
        """Whether an iteration that starts within the assumed bounds hands on values within this one."""
        if bound.is_lower:
            return all(self.facts.proves(bound.base, value, -bound.offset) for value in nexts)
        return all(self.facts.proves(value, bound.base, bound.offset) for value in nexts)

    # Checks.

    def visit_bounds(self, op: Operation) -> None:
        """`0 <= index < length`."""
        index, length = operands_of(op)
        facts = self.facts
        facts.effort = THOROUGH
        passes = facts.at_least(index, 0) and facts.proves(index, length, -1)
        facts.effort = QUICK
        if passes:
            self.decided += 1
            replace_op(op, [index])
            return
        facts.add(None, index, 0)
        facts.add(index, length, -1)

    def visit_overflow(self, op: Operation) -> None:
        """The exact result fits the type."""
        assert isinstance(op, luma.CheckOverflowOp)
        kind = op.kind.data
        lhs, rhs = operands_of(op)
        width = width_of(lhs.type)
        is_unsigned = op.unsigned is not None
        left = self.facts.interval(lhs)
        if kind == "neg":
            if not is_unsigned and left[0] > -(1 << (width - 1)):
                self._negate(op, lhs)
            return
        if kind not in _ARITHMETIC:
            return
        right = self.facts.interval(rhs)
        if is_unsigned and (left[0] < 0 or right[0] < 0):
            return
        low, high = combine(kind, left, right)
        if kind == "sub":
            if self.facts.proves(rhs, lhs, 0):
                low = max(low, 0)
            if self.facts.proves(lhs, rhs, 0):
                high = min(high, 0)
        least, most = (0 if is_unsigned else -(1 << (width - 1))), (1 << (width - 1)) - 1
        if least <= low and high <= most:
            self.decided += 1
            flags = _BOTH if is_unsigned else _NSW
            new = replace_at(op, _ARITHMETIC[kind], [lhs, rhs], {"overflowFlags": flags})
            if kind == "add":
                self.visit_sum(new)
        elif kind == "add" and not is_unsigned:
            self.visit_sum(op)

    def _negate(self, op: Operation, value: SSAValue) -> None:
        self.decided += 1
        zero = make(arith.ConstantOp, (), (value.type,), {"value": int_attr(0, value.type)}, location=op.location)  # pyright: ignore
        insert_before(op, zero)
        replace_at(op, arith.SubiOp, [zero.results[0], value], {"overflowFlags": _NSW})

    def visit_division(self, op: Operation) -> None:
        """The divisor is not zero, and the quotient fits."""
        lhs, rhs = operands_of(op)
        low, high = self.facts.interval(rhs)
        if low <= 0 <= high:
            return
        least = -(1 << (width_of(lhs.type) - 1))
        if "unsigned" not in op.properties and low <= -1 <= high and self.facts.lower(lhs) == least:
            return
        self.decided += 1
        replace_op(op, [rhs])

    def visit_slice(self, op: Operation) -> None:
        """`0 <= lower <= upper <= length`."""
        lower, upper, length = operands_of(op)
        facts = self.facts
        if facts.at_least(lower, 0) and facts.proves(lower, upper, 0) and facts.proves(upper, length, 0):
            self.decided += 1
            replace_op(op, [lower, upper])
            return
        facts.add(None, lower, 0)
        facts.add(lower, upper, 0)
        facts.add(upper, length, 0)

    def visit_assertion(self, op: Operation) -> None:
        """The condition is true, and is so from here on."""
        condition = operands_of(op)[0]
        if self.facts.decides(condition):
            self.decided += 1
            erase(op)
            return
        self.facts.assume(condition, True)

    def visit_fill(self, op: Operation) -> None:
        """An array that was made has a length that fits into memory."""
        count = operands_of(op)[1]
        self.facts.add(None, count, 0)
        self.facts.add(count, None, LONGEST)
        if type(count.owner) is arith.AddiOp:
            self.visit_sum(count.owner)

    def visit_sum(self, op: Operation) -> None:
        """`y = x + c` says as much of x as of y; the prover looks from y to x by itself, not the other way."""
        offset = int_constant(operands_of(op)[1])
        if offset is not None and self.facts.is_exact(op):
            source, result = operands_of(op)[0], op.results[0]
            self.facts.add(source, result, -offset)
            self.facts.add(result, source, offset)

    def visit_slice_taken(self, op: Operation) -> None:
        """The ends of a slice are in order."""
        _, lower, upper = operands_of(op)
        self.facts.add(None, lower, 0)
        self.facts.add(lower, upper, 0)


@dataclass(frozen=True, slots=True)
class _Bound:
    """`value >= base + offset` or `value <= base + offset`."""

    base: SSAValue | None
    offset: int
    is_lower: bool


def _apply(facts: Ranges, bound: _Bound) -> Callable[[SSAValue], None]:
    def apply(value: SSAValue) -> None:
        if bound.is_lower:
            facts.add(bound.base, value, -bound.offset)
        else:
            facts.add(value, bound.base, bound.offset)

    return apply


def _repeats_inside(op: Operation) -> bool:
    """Whether an op may go on with the next iteration of a loop around it (or of one inside, which does not matter)."""
    pending = [region.block for region in op.regions if region.first_block is not None]
    while pending:
        block = pending.pop()
        if type(block.last_op) is luma.ContinueOp:
            return True
        for inner in block_ops(block):
            if type(inner) in IFS or type(inner) in LOOPS:
                pending.extend(region.block for region in inner.regions if region.first_block is not None)
    return False


_HANDLERS: dict[type, Callable[[_Walker, Operation], None]] = {
    scf.IfOp: _Walker.visit_if,
    luma.IfOp: _Walker.visit_if,
    scf.ForOp: _Walker.visit_counted,
    luma.ForOp: _Walker.visit_counted,
    luma.LoopOp: _Walker.visit_loop,
    scf.WhileOp: _Walker.visit_while,
    luma.CheckBoundsOp: _Walker.visit_bounds,
    luma.CheckOverflowOp: _Walker.visit_overflow,
    luma.CheckDivOp: _Walker.visit_division,
    luma.CheckSliceOp: _Walker.visit_slice,
    luma.AssertOp: _Walker.visit_assertion,
    arith.AddiOp: _Walker.visit_sum,
    luma.ArrayFillOp: _Walker.visit_fill,
    luma.ArraySliceOp: _Walker.visit_slice_taken,
}
assert _HANDLERS.keys() >= COUNTED
