"""
Convert structured control flow to blocks and branches: `scf.*`, and `luma.if/loop/for` with their early exits.

Before: %r = scf.for %i = %a to %b step %c iter_args(%s = %x) -> (i64) : i64 { ... scf.yield %t : i64 }
After:      cf.br ^head(%a, %x : i64, i64)
        ^head(%i: i64, %s: i64):
            %more = arith.cmpi slt, %i, %b : i64
            cf.cond_br %more, ^body, ^exit
        ^body: ... %j = arith.addi %i, %c : i64
            cf.br ^head(%j, %t : i64, i64)
        ^exit:      (%r is %s)
Expects: verified IR; `luma` control flow inside `func.func`. Leaves: no `scf` and no `luma` control flow in functions.

`llvm.loop_annotation` on a loop goes to the branch back to its head. `branch_weights` on an `if` go to its branch; a
region that ends in a panic or an unreachable end (as after a call that does not return) is cold without saying so, as
is the first region of an `scf.if` marked `mem.unlikely`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import scf
from xdsl.dialects.builtin import DenseArrayBase, ModuleOp
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.passes import ModulePass

from luma_ir.dialects import luma, mem
from luma_ir.ir.conversion import Conversion, ConversionTable, TypeConverter, reachable_blocks
from luma_ir.ir.fast import insert_block_after, new_block, region_blocks
from luma_ir.ir.intern import dense_i32
from luma_ir.passes.convert.branches import BRANCH_WEIGHTS, LOOP_ANNOTATION, Branches
from luma_ir.passes.convert.support import COLD_WEIGHT, HOT_WEIGHT, run_partial


@dataclass(frozen=True)
class ConvertScfToCfPass(ModulePass):
    """Convert structured control flow, with and without early exits, to blocks and branches."""

    name = "convert-scf-to-cf"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Convert the module in place."""
        # Only here: the fused conversion needs neither `cf` nor `ub`.
        from luma_ir.passes.convert.branches_cf import CF

        run_partial(op, scf_table(CF), TypeConverter({}))


Ending = Callable[[Conversion, Operation], None]
"""Writes the branch at the end of a region; the op is the region's terminator."""

_COLD_ENDS = frozenset({"luma.unreachable", "luma.panic", "mem.panic", "ub.unreachable", "llvm.unreachable"})


def is_cold(region: Region) -> bool:
    """Whether a region ends in a panic or never reaches its end."""
    block = region.last_block
    last = None if block is None else block.last_op
    return last is not None and last.name in _COLD_ENDS


def branch_weights(op: Operation, true: Region, false: Region | None) -> Attribute | None:
    """The weights for the two ways of an `if`: its own, or those that follow from a cold region."""
    given = op.attributes.get(BRANCH_WEIGHTS)
    if given is not None:
        return given
    cold = (is_cold(true) or mem.UNLIKELY in op.attributes, false is not None and is_cold(false))
    if cold[0] == cold[1]:
        return None
    return dense_i32((COLD_WEIGHT, HOT_WEIGHT) if cold[0] else (HOT_WEIGHT, COLD_WEIGHT))


def scf_table(branches: Branches) -> ConversionTable:
    """The handlers of structured control flow, which write the given kind of branches."""
    handlers = _Structured(branches)
    return {
        scf.IfOp: handlers.convert_if,
        luma.IfOp: handlers.convert_if,
        scf.ForOp: handlers.convert_for,
        luma.ForOp: handlers.convert_luma_for,
        luma.LoopOp: handlers.convert_loop,
        scf.WhileOp: handlers.convert_while,
        scf.ConditionOp: handlers.convert_condition,
        scf.IndexSwitchOp: handlers.convert_index_switch,
        scf.ExecuteRegionOp: handlers.convert_execute_region,
        scf.ParallelOp: handlers.convert_parallel,
        scf.ReduceOp: handlers.convert_reduce,
        scf.ReduceReturnOp: handlers.convert_end,
        scf.YieldOp: handlers.convert_end,
        luma.YieldOp: handlers.convert_end,
        luma.BreakOp: handlers.convert_break,
        luma.ContinueOp: handlers.convert_continue,
        luma.ReturnOp: handlers.convert_return,
        luma.UnreachableOp: handlers.convert_unreachable,
    }


class _Structured:
    """The handlers. A region's end is looked up in `Conversion.exits` under the op that the region belongs to."""

    def __init__(self, branches: Branches) -> None:
        self.branches = branches

    # Conditions.

    def convert_if(self, op: Operation, state: Conversion) -> bool:
        """
        Two regions, the second perhaps empty, and the block where they meet, which takes the results.

        A region that only yields needs no block (but for one of the two, if neither does more).
        """
        current = state.block
        (condition,) = state.operands(op)
        true, false = op.regions
        false_yield = _sole_yield(false)
        true_yield = None if false_yield is not None or false.first_block is None else _sole_yield(true)
        last = current
        then_block = else_block = None
        if true_yield is None:
            last = then_block = state.new_block_after(last)
        if false_yield is None and false.first_block is not None:
            last = else_block = state.new_block_after(last)
        meet = self._meeting_block(op, state, last)
        self.branches.cond_branch(
            state,
            condition,
            (meet, state.operands(true_yield)) if true_yield is not None else (then_block or meet, ()),
            (meet, state.operands(false_yield)) if false_yield is not None else (else_block or meet, ()),
            op.location,
            branch_weights(op, true, false if false.first_block is not None else None),
        )
        state.exits[op] = self._jump_to(meet)
        state.schedule_rest(op, meet)
        if else_block is not None:
            state.schedule(_only_block(false), else_block)
        if then_block is not None:
            state.schedule(_only_block(true), then_block)
        return True

    def convert_index_switch(self, op: scf.IndexSwitchOp, state: Conversion) -> bool:
        """One region a case, and one for all other values."""
        (value,) = state.operands(op)
        values = [int(case) for case in _ints(op.properties["cases"])]
        default, *cases = op.regions
        last = state.block
        blocks = []
        for _ in cases:
            last = state.new_block_after(last)
            blocks.append(last)
        default_block = state.new_block_after(last)
        meet = self._meeting_block(op, state, default_block)
        edges = [(case, (block, ())) for case, block in zip(values, blocks, strict=True)]
        self.branches.switch(state, value, (default_block, ()), edges, op.location)
        state.exits[op] = self._jump_to(meet)
        state.schedule_rest(op, meet)
        state.schedule(_only_block(default), default_block)
        for region, block in zip(reversed(cases), reversed(blocks), strict=True):
            state.schedule(_only_block(region), block)
        return True

    def convert_execute_region(self, op: scf.ExecuteRegionOp, state: Conversion) -> bool:
        """A region of any number of blocks, in line."""
        (region,) = op.regions
        last, pairs = state.block, []
        reachable = reachable_blocks(region)
        kept = set(reachable)
        for old in region_blocks(region):
            if old not in kept:
                continue
            last = insert_block_after(last, new_block(state.types.convert_all(arg.type for arg in old.args)))
            state.blocks[old] = last
            pairs.append((old, last))
        meet = self._meeting_block(op, state, last)
        self.branches.branch(state, pairs[0][1], (), op.location)
        state.exits[op] = self._jump_to(meet)
        state.schedule_rest(op, meet)
        for old in reversed(reachable):
            state.schedule(old, state.blocks[old])
        return True

    # Loops.

    def convert_for(self, op: scf.ForOp, state: Conversion) -> bool:
        """A counted loop whose body runs to its end. The head's arguments are the index and the carried values."""
        branches = self.branches
        lower, upper, step, *initial = state.operands(op)
        body = _only_block(op.regions[0])
        head = state.new_block_after(state.block, [value.type for value in (lower, *initial)])
        body_block = state.new_block_after(head)
        done = state.new_block_after(body_block)
        branches.branch(state, head, (lower, *initial), op.location)
        self._loop_test(state, op, head, upper, body_block, (done, ()))
        for old, new in zip(op.results, head.args[1:], strict=True):
            state.define(old, new)
        loop, no_wrap = op.attributes.get(LOOP_ANNOTATION), branches.is_one(step)

        def next_round(state: Conversion, end: Operation) -> None:
            carried = state.operands(end)
            index = branches.add(state, head.args[0], step, op.location, no_wrap=no_wrap)
            branches.branch(state, head, (index, *carried), end.location, loop)

        state.exits[op] = next_round
        state.schedule_rest(op, done)
        state.schedule(body, body_block, head.args)
        return True

    def _loop_test(
        self,
        state: Conversion,
        op: Operation,
        head: Block,
        upper: SSAValue,
        body: Block,
        done: tuple[Block, Sequence[SSAValue]],
    ) -> None:
        """Fill the head of a counted loop: on to the body while the index is below the bound."""
        state.block = head
        more = self.branches.less(state, head.args[0], upper, op.location)
        self.branches.cond_branch(state, more, (body, ()), done, op.location)

    def convert_luma_for(self, op: luma.ForOp, state: Conversion) -> bool:
        """A counted loop whose body may leave early: `continue` goes to a latch, `break` to the block after."""
        branches = self.branches
        lower, upper, step, *initial = state.operands(op)
        carried_types = [value.type for value in initial]
        head = state.new_block_after(state.block, [lower.type, *carried_types])
        body_block = state.new_block_after(head)
        latch = state.new_block_after(body_block, carried_types)
        done = state.new_block_after(latch, carried_types)
        branches.branch(state, head, (lower, *initial), op.location)
        self._loop_test(state, op, head, upper, body_block, (done, head.args[1:]))
        state.block = latch
        index = branches.add(state, head.args[0], step, op.location, no_wrap=branches.is_one(step))
        branches.branch(state, head, (index, *latch.args), op.location, op.attributes.get(LOOP_ANNOTATION))
        for old, new in zip(op.results, done.args, strict=True):
            state.define(old, new)
        state.exits[op] = (self._jump_to(done), self._jump_to(latch))
        state.schedule_rest(op, done)
        state.schedule_check(latch)
        state.schedule(_only_block(op.regions[0]), body_block, head.args)
        return True

    def convert_loop(self, op: luma.LoopOp, state: Conversion) -> bool:
        """A loop that only `break` (or another exit) leaves."""
        initial = state.operands(op)
        head = state.new_block_after(state.block, [value.type for value in initial])
        done = self._meeting_block(op, state, head)
        self.branches.branch(state, head, initial, op.location)
        again = self._jump_to(head, op.attributes.get(LOOP_ANNOTATION))
        state.exits[op] = (self._jump_to(done), again)
        state.schedule_rest(op, done)
        state.schedule(_only_block(op.regions[0]), head)
        return True

    def convert_while(self, op: scf.WhileOp, state: Conversion) -> bool:
        """A loop with its test in the first region, which is the head, and its body in the second."""
        branches = self.branches
        initial = state.operands(op)
        before, after = (_only_block(region) for region in op.regions)
        head = state.new_block_after(state.block, [value.type for value in initial])
        body = state.new_block_after(head)
        done = state.new_block_after(body)
        branches.branch(state, head, initial, op.location)
        loop = op.attributes.get(LOOP_ANNOTATION)

        def test(state: Conversion, end: Operation) -> None:
            condition, *values = state.operands(end)
            branches.cond_branch(state, condition, (body, ()), (done, ()), end.location)
            # Both ways begin with the values of the test: nothing else leads there.
            for old, value in zip(after.args, values, strict=True):
                state.values[old] = value
            for old, value in zip(op.results, values, strict=True):
                state.define(old, value)

        state.exits[op] = (test, self._jump_to(head, loop))
        state.schedule_rest(op, done)
        state.schedule(after, body, after.args)
        state.schedule(before, head)
        return True

    def convert_parallel(self, op: scf.ParallelOp, state: Conversion) -> bool:
        """Nested counted loops, run in order; the reductions are carried values of all of them."""
        branches = self.branches
        operands = state.operands(op)
        sizes = [int(size) for size in _ints(op.properties["operandSegmentSizes"])]
        rank, body = sizes[0], _only_block(op.regions[0])
        lower, upper, step = operands[:rank], operands[rank : 2 * rank], operands[2 * rank : 3 * rank]
        carried: Sequence[SSAValue] = operands[3 * rank :]
        types = [value.type for value in carried]
        outer: tuple[Block, SSAValue, bool] | None = None
        indices: list[SSAValue] = []
        done = None
        for low, high, by in zip(lower, upper, step, strict=True):
            head = state.new_block_after(state.block, [low.type, *types])
            inside = state.new_block_after(head)
            after = state.new_block_after(inside)
            branches.branch(state, head, (low, *carried), op.location)
            self._loop_test(state, op, head, high, inside, (after, ()))
            if outer is None:
                done = after
                for old, new in zip(op.results, head.args[1:], strict=True):
                    state.define(old, new)
            else:
                state.block = after
                self._next_index(state, op, outer, head.args[1:])
            outer = (head, by, branches.is_one(by))
            indices.append(head.args[0])
            carried = head.args[1:]
            state.block = inside
        assert outer is not None and done is not None
        innermost, sums = outer, list(carried)
        state.exits[op] = (sums, lambda state, values: self._next_index(state, op, innermost, values))
        state.schedule_rest(op, done)
        state.schedule(body, state.block, indices)
        return True

    def _next_index(
        self, state: Conversion, op: Operation, loop: tuple[Block, SSAValue, bool], carried: Sequence[SSAValue]
    ) -> None:
        head, step, no_wrap = loop
        index = self.branches.add(state, head.args[0], step, op.location, no_wrap=no_wrap)
        self.branches.branch(state, head, (index, *carried), op.location, op.attributes.get(LOOP_ANNOTATION))

    def convert_reduce(self, op: scf.ReduceOp, state: Conversion) -> bool:
        """The end of a parallel body: each reduction is computed in turn, then the next round begins."""
        parallel = op.parent_op()
        sums, finish = state.exits[parallel]
        operands = state.operands(op)
        results: list[SSAValue] = []
        blocks = [_only_block(region) for region in op.regions]
        if not blocks:
            finish(state, results)
            return True
        for position, block in enumerate(blocks):
            state.values[block.args[0]] = sums[position]
            state.values[block.args[1]] = operands[position]

        def reduced(state: Conversion, end: Operation) -> None:
            results.extend(state.operands(end))
            if len(results) == len(blocks):
                finish(state, results)

        state.exits[op] = reduced
        # All of them go into the current block, one after the other: the last one scheduled is the first.
        current = state.block
        for block in reversed(blocks):
            state.schedule(block, current, [state.values[arg] for arg in block.args])
        return True

    # Ends of regions.

    def convert_end(self, op: Operation, state: Conversion) -> bool:
        """Reach the end of a region."""
        ending = state.exits[op.parent_op()]
        if isinstance(ending, tuple):
            ending = ending[1]
        ending(state, op)
        return True

    def convert_condition(self, op: scf.ConditionOp, state: Conversion) -> bool:
        """The end of a `while` loop's test."""
        state.exits[op.parent_op()][0](state, op)
        return True

    def convert_break(self, op: luma.BreakOp, state: Conversion) -> bool:
        """Leave a loop."""
        state.exits[op.target_loop()][0](state, op)
        return True

    def convert_continue(self, op: luma.ContinueOp, state: Conversion) -> bool:
        """Go on with the next round of a loop."""
        state.exits[op.target_loop()][1](state, op)
        return True

    def convert_return(self, op: luma.ReturnOp, state: Conversion) -> bool:
        """Leave the function from wherever this stands."""
        self.branches.return_(state, op)
        return True

    def convert_unreachable(self, op: luma.UnreachableOp, state: Conversion) -> bool:
        """The end of a block that is never reached."""
        self.branches.unreachable(state, op.location)
        return True

    # Helpers.

    def _meeting_block(self, op: Operation, state: Conversion, anchor: Block) -> Block:
        """The block where the ways through `op` meet; its arguments are the results."""
        types = [state.types.convert(result.type) for result in op.results]
        block = state.new_block_after(anchor, types)
        for old, new in zip(op.results, block.args, strict=True):
            state.define(old, new)
        return block

    def _jump_to(self, dest: Block, loop: Attribute | None = None) -> Ending:
        branches = self.branches

        def jump(state: Conversion, end: Operation) -> None:
            branches.branch(state, dest, state.operands(end), end.location, loop)

        return jump


def _sole_yield(region: Region) -> Operation | None:
    """The yield that is all there is in a region, if so."""
    block = region.first_block
    if block is None:
        return None
    first = block.first_op
    return first if isinstance(first, scf.YieldOp | luma.YieldOp) else None


def _only_block(region: Region) -> Block:
    block = region.first_block
    assert block is not None
    return block


def _ints(attr: Attribute) -> Sequence[int]:
    assert isinstance(attr, DenseArrayBase)
    return attr.get_values()  # pyright: ignore[reportReturnType]
