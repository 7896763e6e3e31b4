"""
Propagate constants through control flow: sparse, conditional, around loops.

Before: %r = scf.for ... iter_args(%x = %five) { %y = scf.if %c { yield %x } else { yield %five }  scf.yield %y }
After:  uses of %x, %y and %r are the constant five
Expects: verified IR. Leaves: the ops themselves; `luma-canonicalize` and `luma-dce` remove what became idle.

A branch that is never taken does not count, and a loop is assumed to carry constants until an iteration shows
otherwise, so values that confirm each other around a loop are found, which no local rule can do. Source: M. Wegman,
F. Zadeck, "Constant Propagation with Conditional Branches", 1991, here with fixpoints at structured loops.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from struct import pack
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import arith, scf
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import block_ops, has_uses, make, operands_of, prepend, replace_uses, walk
from luma_ir.passes.analysis.constants import EVALUATORS, Number, attribute_for, evaluate, number_of
from luma_ir.passes.analysis.control import slot_arguments, slot_inits
from luma_ir.passes.rewriting import bodies

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Block, Operation, SSAValue

_NESTING = 12
"""Loops nested deeper than this are not evaluated until they are stable: each level may double the work."""


@dataclass(frozen=True)
class LumaConstPropPass(ModulePass):
    """Propagate constants through control flow."""

    name = "luma-const-prop"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in bodies(op):
            propagate_constants(function)


def propagate_constants(function: Operation) -> int:
    """Replace the values of one function that are always the same constant; the number of values."""
    blocks = function.regions[0].blocks
    if len(blocks) != 1 or not any(op.regions for op in block_ops(blocks[0])):
        return 0
    evaluation = _Evaluation()
    evaluation.vary(blocks[0].args)
    evaluation.run_block(blocks[0])
    return _replace(function, evaluation.values)


def _replace(function: Operation, values: dict[int, Number | None]) -> int:
    constants: dict[tuple[bytes | int, Attribute], SSAValue] = {}
    entry = function.regions[0].blocks[0]
    replaced = 0

    def settle(value: SSAValue, like: Operation) -> None:
        nonlocal replaced
        number = values.get(id(value))
        if number is None or not has_uses(value):
            return
        attribute = attribute_for(number, value.type)
        if attribute is None:
            return
        key = (_bits(number), value.type)
        constant = constants.get(key)
        if constant is None:
            op = make(arith.ConstantOp, (), (value.type,), {"value": attribute}, location=like.location)
            constant = constants[key] = prepend(entry, op).results[0]
        replace_uses(value, constant)
        replaced += 1

    for op in list(walk(function)):
        if type(op) is arith.ConstantOp or op is function:
            continue
        for result in op.results:
            settle(result, op)
        for region in op.regions:
            for block in region.blocks:
                for argument in block.args:
                    settle(argument, op)
    return replaced


def _bits(number: Number) -> bytes | int:
    return pack("<d", number) if isinstance(number, float) else number


def _same(left: Number | None, right: Number | None) -> bool:
    if left is None or right is None:
        return left is right
    return type(left) is type(right) and _bits(left) == _bits(right)


@define(eq=False)
class _Loop:
    """What reaches the ends of a loop's iterations and the loop's end, by slot; absent where nothing arrived yet."""

    repeats: dict[int, Number | None] = field(factory=dict)
    leaves: dict[int, Number | None] = field(factory=dict)
    left: bool = False


class _Evaluation:
    """Values of the function: a number, None for one that varies, absent for one that was not reached."""

    def __init__(self) -> None:
        self.values: dict[int, Number | None] = {}
        self.loops: list[_Loop] = []
        self.depth = 0

    def vary(self, values: Sequence[SSAValue]) -> None:
        """Nothing is known of these values."""
        for value in values:
            self.values[id(value)] = None

    def get(self, value: SSAValue) -> Number | None:
        """The number of a value, None when it varies."""
        return self.values.get(id(value))

    def run_block(self, block: Block) -> Operation | None:
        """Evaluate a block; its terminator when the end is reached, else None."""
        for op in block_ops(block):
            handler = _HANDLERS.get(type(op))
            if handler is not None:
                if not handler(self, op):
                    return None
                continue
            if op.regions:
                self._unknown(op)
            self._plain(op)
        return block.last_op

    def _unknown(self, op: Operation) -> None:
        outer, self.loops = self.loops, []
        for region in op.regions:
            for block in region.blocks:
                self.vary(block.args)
                self.run_block(block)
        self.loops = outer

    def _plain(self, op: Operation) -> None:
        cls = type(op)
        values = self.values
        if cls is arith.ConstantOp:
            values[id(op.results[0])] = number_of(op.properties["value"])
            return
        if cls is arith.SelectOp:
            condition, *choices = (self.get(operand) for operand in operands_of(op))
            if condition is not None:
                values[id(op.results[0])] = choices[0 if condition else 1]
            else:
                values[id(op.results[0])] = choices[0] if _same(*choices) else None
            return
        if cls in EVALUATORS:
            numbers = [number for operand in operands_of(op) if (number := self.get(operand)) is not None]
            if len(numbers) == len(operands_of(op)):
                result = evaluate(op, numbers)
                if result is not None:
                    attribute = attribute_for(result, op.results[0].type)
                    values[id(op.results[0])] = None if attribute is None else number_of(attribute)
                    return
        self.vary(op.results)

    # Control flow. Each handler says whether what follows the op is reached.

    def run_if(self, op: Operation) -> bool:
        """Evaluate the branch that is taken, or both."""
        known = self.get(operands_of(op)[0])
        regions = op.regions if known is None else [op.regions[0 if known else 1]]
        ends: list[Sequence[SSAValue]] = []
        reached = False
        for region in regions:
            block = region.first_block
            if block is None:
                reached = True
                continue
            last = self.run_block(block)
            if last is not None and type(last) in (scf.YieldOp, luma.YieldOp):
                ends.append(operands_of(last))
                reached = True
        for index, result in enumerate(op.results):
            if ends:
                first = self.get(ends[0][index])
                self.values[id(result)] = first if all(_same(self.get(end[index]), first) for end in ends) else None
        return reached

    def run_exit(self, op: Operation) -> bool:
        """A break or a continue hands its operands to its loop."""
        assert isinstance(op, luma.BreakOp | luma.ContinueOp)
        if op.loop_depth < len(self.loops):
            loop = self.loops[-1 - op.loop_depth]
            is_break = type(op) is luma.BreakOp
            table = loop.leaves if is_break else loop.repeats
            loop.left |= is_break
            self._join(table, operands_of(op))
        return False

    def run_end(self, op: Operation) -> bool:
        """Nothing follows a return or a panic."""
        return False

    def _join(self, table: dict[int, Number | None], operands: Sequence[SSAValue]) -> None:
        for index, operand in enumerate(operands):
            value = self.get(operand)
            if index in table and not _same(table[index], value):
                value = None
            table[index] = value

    def _fixpoint(self, loop: Operation, once: Callable[[_Loop], None]) -> _Loop:
        """Evaluate iterations until the carried values are stable; they only ever turn from constant to varying."""
        arguments = slot_arguments(loop)
        state = [self.get(init) for init in slot_inits(loop)]
        self.depth += 1
        if self.depth > _NESTING:
            state = [None] * len(state)
        while True:
            for argument, value in zip(arguments, state, strict=True):
                self.values[id(argument)] = value
            record = _Loop()
            self.loops.append(record)
            once(record)
            self.loops.pop()
            joined = [
                value if index not in record.repeats or _same(value, record.repeats[index]) else None
                for index, value in enumerate(state)
            ]
            if all(_same(old, new) for old, new in zip(state, joined, strict=True)):
                break
            state = joined
        self.depth -= 1
        return record

    def run_for(self, op: Operation) -> bool:
        """`scf.for` and `luma.for`: results are the initial values, those of an iteration, or those of a break."""
        lower, upper = (self.get(operand) for operand in operands_of(op)[:2])
        if isinstance(lower, int) and isinstance(upper, int) and lower >= upper:
            for result, init in zip(op.results, slot_inits(op), strict=True):
                self.values[id(result)] = self.get(init)
            return True
        block = op.regions[0].block
        self.vary(block.args[:1])

        def once(record: _Loop) -> None:
            last = self.run_block(block)
            if last is not None and type(last) is scf.YieldOp:
                self._join(record.repeats, operands_of(last))

        record = self._fixpoint(op, once)
        for index, (result, argument) in enumerate(zip(op.results, slot_arguments(op), strict=True)):
            value = self.get(argument)
            if index in record.leaves and not _same(record.leaves[index], value):
                value = None
            self.values[id(result)] = value
        return True

    def run_loop(self, op: Operation) -> bool:
        """`luma.loop`: results are those of its breaks; nothing follows when there is none."""
        block = op.regions[0].block

        def once(record: _Loop) -> None:
            self.run_block(block)

        record = self._fixpoint(op, once)
        for index, result in enumerate(op.results):
            self.values[id(result)] = record.leaves.get(index)
        return record.left

    def run_while(self, op: Operation) -> bool:
        """`scf.while`: the body counts when the condition can be true, what follows when it can be false."""
        before, after = (region.block for region in op.regions)
        test: list[Number | None] = []

        def once(record: _Loop) -> None:
            condition = self.run_block(before)
            if condition is None:
                return
            operands = operands_of(condition)
            test[:] = [self.get(operands[0])]
            for argument, value in zip(after.args, operands[1:], strict=True):
                self.values[id(argument)] = self.get(value)
            if test[0] != 0:
                last = self.run_block(after)
                if last is not None:
                    self._join(record.repeats, operands_of(last))

        # Exits do not pass over `scf` ops, so the record of this loop is never spoken of by depth.
        self._fixpoint(op, once)
        condition = before.last_op
        assert condition is not None
        for result, value in zip(op.results, operands_of(condition)[1:], strict=True):
            self.values[id(result)] = self.get(value)
        return True


_HANDLERS: dict[type, Callable[[_Evaluation, Operation], bool]] = {
    scf.IfOp: _Evaluation.run_if,
    luma.IfOp: _Evaluation.run_if,
    scf.ForOp: _Evaluation.run_for,
    luma.ForOp: _Evaluation.run_for,
    luma.LoopOp: _Evaluation.run_loop,
    scf.WhileOp: _Evaluation.run_while,
    luma.BreakOp: _Evaluation.run_exit,
    luma.ContinueOp: _Evaluation.run_exit,
    luma.ReturnOp: _Evaluation.run_end,
    luma.PanicOp: _Evaluation.run_end,
    luma.UnreachableOp: _Evaluation.run_end,
}
