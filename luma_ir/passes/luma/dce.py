"""
Remove operations, results of control flow and loop-carried values that nothing observable depends on.

Before: %r:2 = scf.for %i = %a to %b step %c iter_args(%x = %u, %y = %v) ...   // only %r#0 used, %y not needed for it
After:  %r = scf.for %i = %a to %b step %c iter_args(%x = %u) ...
Expects: verified IR. Leaves: no dead op, slot or result; loops that may not end, panics and effects stay.

Liveness is marked from the roots (effects, panics, exits) over a worklist and everything unmarked goes, so that values
that only feed each other around a loop disappear too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects import scf
from xdsl.ir import Block, BlockArgument
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    block_ops,
    erase_block_arg,
    insert_before,
    make,
    operands_of,
    replace_op,
    set_operands,
    walk,
)
from luma_ir.passes.analysis.control import (
    COUNTED,
    LOOPS,
    STRUCTURED,
    LoopEdges,
    first_slot_operand,
    loop_edges,
    region_yields,
)
from luma_ir.passes.analysis.effects import (
    EFFECT,
    MAY_PANIC,
    NESTED,
    READ,
    TERMINATOR,
    effect_kind,
    may_not_end,
)
from luma_ir.passes.rewriting import bodies, erase_all, take_regions

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Operation, SSAValue

_YIELDS = (scf.YieldOp, scf.ConditionOp, luma.YieldOp)
_LOOP_EXITS = (luma.BreakOp, luma.ContinueOp)


@dataclass(frozen=True)
class LumaDcePass(ModulePass):
    """Remove what nothing observable depends on."""

    name = "luma-dce"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in bodies(op):
            eliminate_dead_code(function)


def eliminate_dead_code(function: Operation) -> bool:
    """Remove the dead code of one function; True when there was any."""
    liveness = _Liveness(function)
    liveness.run()
    return _Sweep(liveness, function).run()


class _Liveness:
    """Which ops and values of a function are needed."""

    def __init__(self, function: Operation):
        self.function = function
        self.live_ops: set[int] = set()
        self.live_values: set[int] = set()
        self.pending: list[SSAValue] = []
        self.edges: dict[int, LoopEdges] = {}

    def loop_edges(self, loop: Operation) -> LoopEdges:
        """The edges of a loop, found once."""
        found = self.edges.get(id(loop))
        if found is None:
            found = self.edges[id(loop)] = loop_edges(loop)
        return found

    def run(self) -> None:
        """Mark everything that the roots need."""
        for op in walk(self.function):
            if op is not self.function and self._is_root(op):
                self.mark_op(op)
        while self.pending:
            self._trace(self.pending.pop())

    def _is_root(self, op: Operation) -> bool:
        cls = type(op)
        kind = effect_kind(cls)
        if kind == TERMINATOR:
            if isinstance(op, _LOOP_EXITS):
                return False
            if isinstance(op, _YIELDS):
                # The yield of an op that is not known is part of that op, which is kept as a whole.
                parent = op.parent_op()
                return parent is not None and type(parent) not in STRUCTURED
            return True
        if kind == NESTED:
            return may_not_end(cls) or cls not in STRUCTURED
        return kind in (MAY_PANIC, EFFECT) or (kind <= READ and bool(op.regions))

    def mark_op(self, op: Operation) -> None:
        """An op is needed, and with it the ops around it and what decides over it."""
        while id(op) not in self.live_ops and op is not self.function:
            self.live_ops.add(id(op))
            cls = type(op)
            operands = operands_of(op)
            if cls in COUNTED:
                operands = operands[:3]
            elif cls in LOOPS:
                operands = ()
                if cls is scf.WhileOp:
                    condition = op.regions[0].block.last_op
                    assert condition is not None
                    operands = operands_of(condition)[:1]
            for operand in operands:
                self.mark_value(operand)
            if cls in LOOPS:
                edges = self.loop_edges(op)
                for terminator, _ in (*edges.repeats, *edges.leaves):
                    self._mark_around(terminator)
            parent = op.parent_op()
            if parent is None:
                return
            op = parent

    def _mark_around(self, terminator: Operation) -> None:
        # A break or continue inside of ifs keeps those ifs, not its operands: they are needed by slot.
        parent = terminator.parent_op()
        if parent is not None and type(terminator) in _LOOP_EXITS:
            self.mark_op(parent)

    def mark_value(self, value: SSAValue) -> None:
        """A value is needed."""
        if id(value) not in self.live_values:
            self.live_values.add(id(value))
            self.pending.append(value)

    def _trace(self, value: SSAValue) -> None:
        if isinstance(value, BlockArgument):
            parent = value.block.parent_op()
            if parent is None or parent is self.function:
                return
            self.mark_op(parent)
            if type(parent) is scf.WhileOp and value.block is parent.regions[1].first_block:
                self._mark_edges(self.loop_edges(parent).leaves, value.index)
                self.mark_value(parent.results[value.index])
            elif type(parent) in LOOPS:
                slot = value.index - (1 if type(parent) in COUNTED else 0)
                if slot >= 0:
                    self._mark_slot(parent, slot)
            return
        op = value.owner
        assert not isinstance(op, Block)
        self.mark_op(op)
        cls = type(op)
        index = value.index  # pyright: ignore[reportAttributeAccessIssue]
        if cls in COUNTED:
            self._mark_slot(op, index)
            self._mark_edges(self.loop_edges(op).leaves, index)
        elif cls in LOOPS:
            self._mark_edges(self.loop_edges(op).leaves, index)
            if cls is scf.WhileOp:
                self.mark_value(op.regions[1].block.args[index])
        elif cls in STRUCTURED:
            for terminator in region_yields(op):
                self.mark_value(operands_of(terminator)[index])

    def _mark_slot(self, loop: Operation, slot: int) -> None:
        self.mark_value(operands_of(loop)[first_slot_operand(loop) + slot])
        self.mark_value(loop.regions[0].block.args[slot + (1 if type(loop) in COUNTED else 0)])
        if type(loop) in COUNTED:
            self.mark_value(loop.results[slot])
        self._mark_edges(self.loop_edges(loop).repeats, slot)

    def _mark_edges(self, edges: list[tuple[Operation, int]], slot: int) -> None:
        for terminator, first in edges:
            self.mark_value(operands_of(terminator)[first + slot])


class _Sweep:
    """Removal of what was not marked."""

    def __init__(self, liveness: _Liveness, function: Operation):
        self.liveness = liveness
        self.function = function

    def run(self) -> bool:
        live_ops, live_values = self.liveness.live_ops, self.liveness.live_values
        dead: list[Operation] = []
        narrowed: list[Operation] = []
        pending = [self.function]
        while pending:
            parent = pending.pop()
            for region in parent.regions:
                for block in region.blocks:
                    for op in block_ops(block):
                        if id(op) not in live_ops and effect_kind(type(op)) != TERMINATOR:
                            dead.append(op)
                        elif op.regions:
                            pending.append(op)
                            if type(op) in STRUCTURED and self._has_dead_slots(op, live_values):
                                narrowed.append(op)
        for op in narrowed:
            self._drop_operands(op)
        erase_all(dead)
        # Inner ops first, so that a rebuilt outer one takes the rebuilt inner ones along.
        for op in reversed(narrowed):
            self._rebuild(op)
        return bool(dead or narrowed)

    def _has_dead_slots(self, op: Operation, live: set[int]) -> bool:
        if any(id(result) not in live for result in op.results):
            return True
        if type(op) in LOOPS:
            first = 1 if type(op) in COUNTED else 0
            return any(id(arg) not in live for arg in op.regions[0].block.args[first:])
        return False

    def _kept(self, values: object, first: int = 0) -> list[int]:
        live = self.liveness.live_values
        return [i for i, value in enumerate(values) if i >= first and id(value) in live]  # pyright: ignore

    def _drop_operands(self, op: Operation) -> None:
        """Shorten the terminators that feed the slots of an op to the live ones."""
        results = self._kept(op.results)
        if type(op) not in LOOPS:
            for terminator in region_yields(op):
                _keep_operands(terminator, 0, results)
            return
        edges = self.liveness.loop_edges(op)
        for terminator, first in edges.leaves:
            _keep_operands(terminator, first, results)
        counted = 1 if type(op) in COUNTED else 0
        slots = [i - counted for i in self._kept(op.regions[0].block.args, counted)]
        for terminator, first in edges.repeats:
            _keep_operands(terminator, first, slots)
        _keep_operands(op, first_slot_operand(op), slots)

    def _rebuild(self, op: Operation) -> None:
        """Make the op anew with its live results only; dead block arguments have no uses any more."""
        live = self.liveness.live_values
        kept = [result for result in op.results if id(result) in live]
        counted = 1 if type(op) in COUNTED else 0
        if type(op) in LOOPS:
            for region in op.regions:
                for arg in list(region.block.args)[counted:]:
                    if id(arg) not in live:
                        erase_block_arg(arg)
        if len(kept) == len(op.results):
            return
        new = make(
            type(op),
            operands_of(op),
            [result.type for result in kept],
            dict(op.properties),
            attributes=dict(op.attributes),
            regions=take_regions(op),
            location=op.location,
        )
        insert_before(op, new)
        replacements = iter(new.results)
        # A dead result has no uses, so any value may stand for it.
        replace_op(op, [next(replacements) if id(result) in live else result for result in op.results])


def _keep_operands(op: Operation, first: int, kept: list[int]) -> None:
    operands = operands_of(op)
    if len(operands) != first + len(kept):
        set_operands(op, [*operands[:first], *(operands[first + index] for index in kept)])
