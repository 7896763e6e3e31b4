"""
Hands values over where they would be shared for no reason: what `mem-insert-rc` does before it looks at units.

A loop that runs once, as early exits of inlined functions leave behind, may use up what comes from outside: what it
consumes and nothing needs behind it becomes a value that the loop carries in.

Before: luma.loop { ... luma.take %a ... luma.break }    After: luma.loop (%b = %a) { ... luma.take %b ... luma.break }

A part that is read, changed and stored back where it was is moved out meanwhile, so that it stays as unique as it was.

Before: %x = luma.get %s[0]                   After: %x, %rest = luma.take %s[0]
        %y = luma.array.push %x, %v                  %y = luma.array.push %x, %v
        %t = luma.set %s[0] = %y                     %t = luma.put %rest[0] = %y

A struct or tuple that is taken apart is read at once, so that it is gone before its parts change (`mem-fuse-rc`).

Before: %x = luma.get %s[0]                   After: %x = luma.get %s[0]
        %y = luma.array.push %x, %v                  %z = luma.get %s[1]
        %z = luma.get %s[1]                          %y = luma.array.push %x, %v
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from attrs import define, field
from xdsl.ir import Block, Operation

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    add_block_arg,
    detach,
    erase,
    insert_after,
    insert_before,
    make,
    operands_of,
    replace_uses,
    set_operand,
    set_operands,
    users,
    uses_of,
    walk,
)
from luma_ir.ir.pass_manager import count
from luma_ir.passes.mem._ownership import OWN, is_pointer, ownership_of
from luma_ir.passes.mem._takes import LOOPS, is_consumed
from luma_ir.passes.mem._views import exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdsl.ir import SSAValue

    from luma_ir.passes.mem._functions import FunctionTable


def hand_over(function: luma.FuncOp, table: FunctionTable) -> None:
    """Rewrite the loops that run once and the parts that are stored back of a function."""
    loops: list[luma.LoopOp] = []
    stores: list[luma.SetOp] = []
    reads: dict[tuple[SSAValue, Block | None], list[luma.GetOp]] = {}
    for op in walk(function):
        if isinstance(op, luma.LoopOp):
            loops.append(op)
        elif isinstance(op, luma.SetOp) and table.is_managed(op.value):
            stores.append(op)
        elif isinstance(op, luma.GetOp) and not op.indices and table.is_managed(op.root):
            reads.setdefault((op.root, op.parent), []).append(op)
    for store in stores:
        _move_part(store, table)
    for group in reads.values():
        if len(group) > 1:
            _read_at_once(group, function, table)
    once = [loop for loop in loops if _runs_once(loop)]
    if once:
        carrier = _Carrier(function, table, set(once))
        for loop in once:
            carrier.loop(loop)


def _runs_once(loop: luma.LoopOp) -> bool:
    """Whether nothing goes on to another round of a loop."""
    return not any(isinstance(op, luma.ContinueOp) and op.target_loop() is loop for op in walk(loop))


def is_owned(value: SSAValue, function: luma.FuncOp, table: FunctionTable) -> bool:
    """Whether a function has a unit of a value, which it has of neither views nor borrowed parameters."""
    owner = value.owner
    if isinstance(owner, Block):
        if owner is not function.body.block:
            return True
        return table.modes(function.sym_name.data)[value.index] == OWN  # pyright: ignore[reportAttributeAccessIssue]
    row = ownership_of(owner)
    return row is None or not row.projects


@define
class _Carrier:
    """The loops of one function that run once."""

    function: luma.FuncOp
    table: FunctionTable
    once: set[luma.LoopOp]
    _positions: dict[Operation, int] = field(factory=dict)

    def loop(self, loop: luma.LoopOp) -> None:
        """Carry what a loop uses up and what is dead behind it."""
        if not self._positions:
            self._positions = {each: number for number, each in enumerate(walk(self.function))}
        inside = set(walk(loop))
        blocks = {block for op in inside for region in op.regions for block in region.blocks}
        for value in self._from_outside(loop, inside, blocks):
            if (
                is_owned(value, self.function, self.table)
                and not self._comes_back(loop, value)
                and is_consumed(value, self.table, inside)
            ):
                views = self._views(value, loop, inside)
                if views is not None:
                    self._carry(value, views, loop, inside)

    def _from_outside(self, loop: luma.LoopOp, inside: set[Operation], blocks: set[Block]) -> list[SSAValue]:
        carried = operands_of(loop)
        found: dict[SSAValue, None] = {}
        for op in sorted(inside - {loop}, key=self._positions.__getitem__):
            for value in operands_of(op):
                home = value.owner
                local = home in blocks if isinstance(home, Block) else home in inside
                if not local and value not in carried and self.table.is_managed(value):
                    found[value] = None
        return list(found)

    def _comes_back(self, loop: luma.LoopOp, value: SSAValue) -> bool:
        """Whether a loop around this one may come back to it with the same value."""
        home = value.owner if isinstance(value.owner, Block) else value.owner.parent
        block = loop.parent
        while block is not None and block is not home:
            parent = block.parent_op()
            if parent is None or (isinstance(parent, LOOPS) and parent not in self.once):
                return True
            block = parent.parent
        return block is None

    def _views(self, value: SSAValue, loop: luma.LoopOp, inside: set[Operation]) -> list[luma.GetOp] | None:
        """The views of a value from in front of a loop that are used in it; None if the value is not dead behind it."""
        start = self._positions[loop]
        found: list[luma.GetOp] = []
        for user in users(value):
            if user in inside:
                continue
            if self._positions[user] > start and not exclusive(loop, user):
                return None
            row = ownership_of(user)
            if row is None or not row.projects:
                continue
            for result in user.results:
                if not self.table.is_managed(result) and not is_pointer(result):
                    continue
                for look, depth in _looks(result):
                    if look in inside:
                        if depth or not isinstance(user, luma.GetOp):
                            return None
                        found.append(user)
                    elif self._positions[look] > start and not exclusive(loop, look):
                        return None
        return list(dict.fromkeys(found))

    def _carry(self, value: SSAValue, views: list[luma.GetOp], loop: luma.LoopOp, inside: set[Operation]) -> None:
        body = loop.body.block
        set_operands(loop, [*operands_of(loop), value])
        carried = add_block_arg(body, value.type)
        _replace_inside(value, carried, inside - {loop})
        first = body.first_op
        assert first is not None
        for view in views:
            operands = (carried, *operands_of(view)[1:])
            read = make(luma.GetOp, operands, (view.result.type,), dict(view.properties), location=view.location)
            insert_before(first, read)
            _replace_inside(view.result, read.results[0], inside - {loop})
            self._positions[read] = self._positions[loop]
            inside.add(read)
        count("values carried into loops that run once")


def _replace_inside(old: SSAValue, new: SSAValue, inside: set[Operation]) -> None:
    for user, index in list(uses_of(old)):
        if user in inside:
            set_operand(user, index, new)


def _looks(view: SSAValue, depth: int = 0) -> Iterator[tuple[Operation, int]]:
    """What uses a view, and (with a depth above 0) what uses its own views."""
    for user in users(view):
        yield user, depth
        row = ownership_of(user)
        if row is not None and row.projects:
            for result in user.results:
                yield from _looks(result, depth + 1)


def _move_part(store: luma.SetOp, table: FunctionTable) -> None:
    """Make the read that belongs to a store a take, where nothing else looks at the root in between."""
    root = store.root
    between = set(users(root)) - {store}
    read = next((op for op in between if _reads_same(op, store)), None)
    if read is None or not is_consumed(read.result, table, None):
        return
    others: list[luma.GetOp] = []
    op = store.prev_op
    while op is not None and op is not read:
        if op in between:
            if not isinstance(op, luma.GetOp) or not _is_apart(op, store):
                return
            others.append(op)
        if op.regions and any(inner in between or _leaves(inner, op) for inner in walk(op)):
            return
        op = op.prev_op
    if op is None:
        return  # The store comes first, in another round.
    for other in reversed(others):
        detach(other)
        insert_before(read, other)
    types = (read.result.type, root.type)
    take = make(luma.TakeOp, operands_of(read), types, dict(read.properties), location=read.location)
    insert_before(read, take)
    replace_uses(read.result, take.results[0])
    erase(read)
    operands = (take.results[1], *store.indices, store.value)
    put = make(luma.PutOp, operands, (store.result.type,), dict(store.properties), location=store.location)
    insert_before(store, put)
    replace_uses(store.result, put.results[0])
    erase(store)
    count("parts moved out and back")


def _read_at_once(reads: list[luma.GetOp], function: luma.FuncOp, table: FunctionTable) -> None:
    """Move reads of one value in one block together where parts are consumed in between and nothing else needs it."""
    reads = [read for read in reads if read.parent is not None]
    if len(reads) < 2 or not is_owned(reads[0].root, function, table):
        return
    root, first, last = reads[0].root, reads[0], reads[-1]
    home = root.owner if isinstance(root.owner, Block) else root.owner.parent
    if home is not first.parent or not any(is_consumed(read.result, table) for read in reads):
        return
    others = set(users(root)) - set(reads)
    between = False
    op: Operation | None = first
    while op is not None:
        if others and (op in others or (op.regions and any(inner in others for inner in walk(op)))):
            return
        between = between or op is last
        op = op.next_op
    if not between:
        return
    early: set[Operation] = set()
    op = first
    while op is not None and op is not last:
        early.add(op)
        if op.regions:
            early.update(walk(op))
        op = op.next_op
    if not any(is_consumed(read.result, table, early) for read in reads):
        return
    anchor: Operation = first
    for read in reads[1:]:
        if anchor.next_op is not read:
            detach(read)
            insert_after(anchor, read)
        anchor = read
    count("values read at once")


def _reads_same(op: Operation, store: luma.SetOp) -> TypeGuard[luma.GetOp]:
    return (
        isinstance(op, luma.GetOp)
        and op.parent is store.parent
        and op.steps == store.steps
        and tuple(op.indices) == tuple(store.indices)
    )


def _is_apart(read: luma.GetOp, store: luma.SetOp) -> bool:
    """Whether a read is of another field, which can be read earlier."""
    return not read.indices and any(
        mine != other and other >= 0 for mine, other in zip(read.steps, store.steps, strict=False)
    )


def _leaves(op: Operation, around: Operation) -> bool:
    """Whether an op leaves the regions of another."""
    if isinstance(op, luma.ReturnOp):
        return True
    if not isinstance(op, luma.BreakOp | luma.ContinueOp):
        return False
    target = op.target_loop()
    while target is not None and target is not around:
        target = target.parent_op()
    return target is None
