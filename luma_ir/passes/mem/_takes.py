"""
Which fields move out of the cell of a boxed enum as soon as they are read.

Where an owned value of a boxed enum is taken apart, is not used as a whole behind that, and a part of it is consumed,
all its parts move out: they get units of their own at once, so that the value dies there and then. Its cell is free for
what is made next (`mem-reuse`), and the parts are as unique as they were. Where the value is used as a whole in some
branches only, the parts are read in the others first: reads move into the branches that use them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import scf
from xdsl.ir import Block, Operation

from luma_ir.dialects import luma
from luma_ir.ir.fast import block_ops, erase, insert_before, make, operands_of, set_operand, users, walk
from luma_ir.passes.mem._ownership import OWN, is_pointer, operand_modes, ownership_of

if TYPE_CHECKING:
    from xdsl.ir import SSAValue

    from luma_ir.passes.mem._functions import FunctionTable

LOOPS = (luma.LoopOp, luma.ForOp, scf.ForOp, scf.WhileOp)


def take_apart(function: luma.FuncOp, table: FunctionTable) -> set[SSAValue]:
    """The parts that move out of cells in a function, after reads of fields have moved into branches."""
    if not any(isinstance(op, luma.EnumGetOp) and table.types.is_boxed(op.value.type) for op in walk(function)):
        return set()
    taker = _Taker(function, table)
    taker.block(function.body.block)
    return taker.taken


@define
class _Taker:
    function: luma.FuncOp
    table: FunctionTable
    taken: set[SSAValue] = field(factory=set)
    _positions: dict[Operation, int] = field(factory=dict)

    def block(self, block: Block) -> None:
        """Handle the reads of a block, then those of the blocks inside of it."""
        groups: dict[SSAValue, list[luma.EnumGetOp]] = {}
        for op in block_ops(block):
            if isinstance(op, luma.EnumGetOp) and self.table.types.is_boxed(op.value.type):
                groups.setdefault(op.value, []).append(op)
        for source, reads in groups.items():
            if self._is_owned(source) and not self._in_loop(block, source):
                self._group(source, reads)
        for op in block_ops(block):
            for region in op.regions:
                for inner in region.blocks:
                    self.block(inner)

    def _group(self, source: SSAValue, reads: list[luma.EnumGetOp]) -> None:
        """Decide about the fields of one value that are read in one block."""
        parts = [read.result for read in reads if self.table.is_managed(read.result)]
        if not any(is_consumed(part, self.table) for part in parts):
            return
        behind = [user for user in self._looks(source, reads) if self._is_behind(user, reads[-1])]
        if not behind:
            self.taken.update(parts)
            return
        for read in reads:
            if read.result in parts:
                self._sink(read)

    def _is_owned(self, value: SSAValue) -> bool:
        owner = value.owner
        if isinstance(owner, Block):
            if owner is not self.function.body.block:
                return True
            modes = self.table.modes(self.function.sym_name.data)
            return modes[value.index] == OWN  # pyright: ignore[reportAttributeAccessIssue]
        row = ownership_of(owner)
        return value in self.taken or row is None or not row.projects

    def _in_loop(self, block: Block, source: SSAValue) -> bool:
        """Whether a loop may come back to a block with the same value."""
        owner = source.owner
        home = owner if isinstance(owner, Block) else owner.parent
        current: Block | None = block
        while current is not None and current is not home:
            parent = current.parent_op()
            if parent is None or isinstance(parent, LOOPS):
                return True
            current = parent.parent
        return current is None

    def _looks(self, value: SSAValue, but: list[luma.EnumGetOp]) -> Iterator[Operation]:
        """What uses a value, or views of it that others than the given reads yield."""
        for user in users(value):
            if isinstance(user, luma.EnumGetOp) and user in but:
                continue
            yield user
            row = ownership_of(user)
            if row is not None and row.projects:
                for result in user.results:
                    if (self.table.is_managed(result) or is_pointer(result)) and result not in self.taken:
                        yield from self._looks(result, [])

    def _is_behind(self, op: Operation, read: Operation) -> bool:
        """Whether an op may run after another one (no loop is around both but not around the value)."""
        from luma_ir.passes.mem._views import exclusive

        if op not in self._positions or read not in self._positions:
            self._positions = {each: number for number, each in enumerate(walk(self.function))}
        return self._positions[op] > self._positions[read] and not exclusive(read, op)

    def _sink(self, read: luma.EnumGetOp) -> None:
        """Move a read into the branches that use it, if only branches do."""
        branches: dict[Block, list[Operation]] = {}
        for user in set(users(read.result)):
            branch = self._branch(user, read)
            if branch is None:
                return
            branches.setdefault(branch, []).append(user)
        for branch, found in branches.items():
            first = branch.first_op
            assert first is not None
            new = make(
                luma.EnumGetOp, operands_of(read), (read.result.type,), dict(read.properties), location=read.location
            )
            insert_before(first, new)
            for user in found:
                for index, operand in enumerate(operands_of(user)):
                    if operand is read.result:
                        set_operand(user, index, new.results[0])
        erase(read)
        self._positions = {}

    def _branch(self, op: Operation, read: Operation) -> Block | None:
        """The block of a branch, of an `if` beside a read, that an op is in; None when it is in none."""
        block = op.parent
        while block is not None:
            parent = block.parent_op()
            if parent is None:
                return None
            if parent.parent is read.parent:
                return block if isinstance(parent, luma.IfOp | scf.IfOp) else None
            block = parent.parent
        return None


def is_consumed(part: SSAValue, table: FunctionTable, within: set[Operation] | None = None) -> bool:
    """Whether something, of the ops `within` if they are given, consumes a value or a part of it."""
    for user in users(part):
        row = ownership_of(user)
        if row is not None and row.projects:
            if any(table.is_managed(result) and is_consumed(result, table, within) for result in user.results):
                return True
            continue
        if within is not None and user not in within:
            continue
        modes = operand_modes(user, table)
        if any(mode == OWN for operand, mode in zip(operands_of(user), modes, strict=True) if operand is part):
            return True
    return False
