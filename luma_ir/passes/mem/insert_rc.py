"""
Make ownership explicit: put `mem.dup` and `mem.drop` where a value's units do not already match its uses.

Before: %n = luma.array.len %a        (last use of an owned %a)
After:  %n = luma.array.len %a
        mem.drop %a : !luma.array<i64>

One backward walk over the structured regions with the set of live values. An owning use consumes the unit when the
value is dead afterwards, else it gets a `mem.dup`; a value that dies without an owning use is dropped after its last
use, or at the head of the branch that does not use it. Early exits are edges: at `break`, `continue` and `return` only
what their target still needs is live. What a panic leaves behind is not dropped.

A projection (`luma.get`) is a view that keeps its source alive and owns nothing, unless the source is changed while
the view is in use: then the view gets a unit of its own at once, so that the change need not copy the source.

Expects: `modes` on every function (`mem-infer-borrows`). Leaves: every managed value is consumed exactly once on every
path, which `mem-certify` checks. Source: Perceus (Reinking et al., PLDI 2021), extended to loops and early exits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import scf
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation
from xdsl.passes import ModulePass
from xdsl.traits import IsTerminator

from luma_ir.dialects import luma, mem
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import (
    append_block,
    block_ops,
    erase,
    has_uses,
    insert_after,
    insert_before,
    make,
    operands_of,
    replace_uses,
    walk,
)
from luma_ir.ir.locations import fuse
from luma_ir.passes.mem._functions import FunctionTable
from luma_ir.passes.mem._handover import hand_over
from luma_ir.passes.mem._ownership import OWN, operand_modes
from luma_ir.passes.mem._views import Views, find_views

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.ir import SSAValue

Live = set["SSAValue"]

_DIVERGING = (luma.PanicOp, luma.UnreachableOp)


@dataclass(frozen=True)
class MemInsertRcPass(ModulePass):
    """Insert `mem.dup` and `mem.drop`."""

    name = "mem-insert-rc"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        insert_rc(op)


def insert_rc(module: ModuleOp) -> None:
    """Make the ownership of every function of a module explicit."""
    table = FunctionTable(module)
    for function in table.bodies():
        if table.has_managed_values(function):
            _untake(function)
            hand_over(function, table)
            _insert_into(function, table)


def _untake(function: luma.FuncOp) -> None:
    """
    Make a `luma.take` whose `luma.put` is gone into the `luma.get` that it then is.

    A put whose result is dead is removed like any other value; dropping what is left of its take would then free the
    part that was taken out a second time.
    """
    for op in list(walk(function)):
        if isinstance(op, luma.TakeOp) and not has_uses(op.rest):
            operands = operands_of(op)
            get = make(luma.GetOp, operands, (op.value.type,), dict(op.properties), location=op.location)
            insert_before(op, get)
            replace_uses(op.value, get.results[0])
            erase(op)


def _insert_into(function: luma.FuncOp, table: FunctionTable) -> None:
    block = function.body.block
    modes = table.modes(function.sym_name.data)
    borrowed = {arg for arg, mode in zip(block.args, modes, strict=True) if mode != OWN and table.is_managed(arg)}
    views = find_views(function, table)
    inserter = _Inserter(table, borrowed | set(views.lenders), views)
    for view in views.retained:
        definition = view.owner
        assert isinstance(definition, Operation)
        inserter.after(definition, mem.DupOp, view)
    live = inserter.block(block, set())
    inserter.drop_at_head(block, [arg for arg in block.args if table.is_managed(arg) and arg not in live])


@define
class _Inserter:
    """The walk over one function."""

    table: FunctionTable
    unowned: set[SSAValue]
    """Borrowed parameters and views."""
    views: Views
    continues: dict[Operation, Live] = field(factory=dict)
    """What is live on the way to the next iteration of a loop that the walk is in."""
    breaks: dict[Operation, Live] = field(factory=dict)
    """What is live on the way out of a loop that the walk is in."""
    managed: dict[SSAValue, bool] = field(factory=dict)

    def is_managed(self, value: SSAValue) -> bool:
        known = self.managed.get(value)
        if known is None:
            known = self.managed[value] = self.table.is_managed(value)
        return known

    def roots(self, value: SSAValue) -> list[SSAValue]:
        """What must stay alive while a value is used: itself, its lender, and so on."""
        found = [value] if self.is_managed(value) else []
        while value in self.views.lenders:
            value = self.views.lenders[value]
            if self.is_managed(value):
                found.append(value)
        return found

    def after(self, op: Operation, kind: type[mem.DupOp | mem.DropOp], value: SSAValue) -> None:
        anchor = op
        # A part that is retained gets its unit before what it was read from may go.
        while isinstance(dup := anchor.next_op, mem.DupOp) and dup.value.owner is op:
            anchor = dup
        insert_after(anchor, make(kind, (value,), location=op.location))

    def before(self, op: Operation, kind: type[mem.DupOp | mem.DropOp], value: SSAValue) -> None:
        insert_before(op, make(kind, (value,), location=op.location))

    def drop_at_head(self, block: Block, values: list[SSAValue]) -> None:
        first = block.first_op
        assert first is not None
        parent = block.parent_op()
        location = first.location if parent is None else fuse(first.location, parent.location)
        for value in values:
            if value not in self.unowned:
                insert_before(first, make(mem.DropOp, (value,), location=location))

    # The walk.

    def block(self, block: Block, live: Live) -> Live:
        """Handle a block after which `live` is live; return what is live before it (block arguments included)."""
        last = block.last_op
        assert last is not None
        live = self._live_at_exit(last, live)
        # Nothing is dropped on the way to a panic; above an op with regions there may be another way out.
        drops = not isinstance(last, _DIVERGING)
        op: Operation | None = last
        while op is not None:
            previous = op.prev_op
            drops = drops or bool(op.regions)
            self._op(op, live, drops)
            op = previous
        return live

    def _live_at_exit(self, last: Operation, live: Live) -> Live:
        if isinstance(last, luma.ReturnOp | luma.PanicOp | luma.UnreachableOp):
            return set()
        if isinstance(last, luma.BreakOp | luma.ContinueOp):
            target = last.target_loop()
            table = self.breaks if isinstance(last, luma.BreakOp) else self.continues
            if target is None or target not in table:
                raise PassFailure(f"`{last.name}` has no loop to speak of", last)
            return set(table[target])
        return set(live)

    def _op(self, op: Operation, live: Live, drops: bool) -> None:
        for result in op.results:
            if result in live:
                live.discard(result)
            elif drops and self.is_managed(result) and result not in self.unowned:
                self.after(op, mem.DropOp, result)
        if op.regions:
            if isinstance(op, luma.IfOp | scf.IfOp):
                self._if(op, live)
                return
            if not isinstance(op, luma.LoopOp | luma.ForOp | scf.ForOp | scf.WhileOp):
                raise PassFailure(f"nothing says how values flow through the regions of `{op.name}`", op)
            self._loop(op, live)
        self._operands(op, live, drops)

    def _operands(self, op: Operation, live: Live, drops: bool) -> None:
        operands = operands_of(op)
        if isinstance(op, mem.DupOp) or not any(self.is_managed(v) or v in self.views.lenders for v in operands):
            return
        modes = operand_modes(op, self.table)
        uses = list(zip(operands, modes, strict=True))
        needed: list[SSAValue] = []
        for value, mode in uses:
            if mode != OWN or not self.is_managed(value):
                for root in self.roots(value):
                    if root not in live:
                        live.add(root)
                        if drops and root not in self.unowned:
                            # A raw pointer may leave its region; the array that it points into does not.
                            place = self.before if op.has_trait(IsTerminator) else self.after
                            place(op, mem.DropOp, root)
        for value, mode in reversed(uses):
            if mode == OWN and self.is_managed(value):
                if value in live or value in self.unowned:
                    self.before(op, mem.DupOp, value)
                    needed += self.roots(value)[1:] if value in self.unowned else ()
                live.add(value)
        # The unit that a view gets comes before the op, so its owner may die, or be consumed by the op, right after.
        for root in needed:
            if root not in live:
                live.add(root)
                if drops and root not in self.unowned:
                    self.before(op, mem.DropOp, root)

    def _if(self, op: luma.IfOp | scf.IfOp, live: Live) -> None:
        for region in op.regions:
            if not region.blocks:
                append_block(region, Block([make(scf.YieldOp, location=op.location)]))
        before = [self.block(region.block, live) for region in op.regions]
        union = set().union(*before)
        for region, entry in zip(op.regions, before, strict=True):
            if not _diverges(region.block):
                self.drop_at_head(region.block, self.ordered(union - entry))
        live |= union

    def _loop(self, op: Operation, live: Live) -> None:
        outer = self._used_from_outside(op)
        ended = {value for value in outer if value not in live and value not in self.unowned}
        around = live | outer
        self.continues[op] = self.breaks[op] = around
        for region in op.regions:
            block = region.block
            entry = self.block(block, around)
            if not _diverges(block):
                # A body that always leaves the function ends what the code behind the loop would have used.
                self.drop_at_head(block, self.ordered(around - entry))
            self.drop_at_head(block, [arg for arg in block.args if self.is_managed(arg) and arg not in entry])
        for value in self.ordered(ended):
            self.after(op, mem.DropOp, value)
        live |= outer

    def ordered(self, values: Live) -> list[SSAValue]:
        """Values in textual order of their definitions."""
        return sorted(values, key=self.views.order.__getitem__) if len(values) > 1 else list(values)

    def _used_from_outside(self, loop: Operation) -> Live:
        """Managed values (and what lends them) from outside that the body of a loop, or a way out of it, uses."""
        used: Live = set()
        inside: Live = set()
        pending = [block for region in loop.regions for block in region.blocks]
        while pending:
            block = pending.pop()
            inside.update(block.args)
            for op in block_ops(block):
                inside.update(op.results)
                for value in operands_of(op):
                    if value in self.views.lenders or self.is_managed(value):
                        used.update(self.roots(value))
                if isinstance(op, luma.BreakOp | luma.ContinueOp):
                    # What is live where a loop further out goes on is live in each round of this one.
                    table = self.breaks if isinstance(op, luma.BreakOp) else self.continues
                    target = op.target_loop()
                    used |= table.get(target, set()) if target is not None else set()
                for region in op.regions:
                    pending.extend(region.blocks)
        return used - inside


def _diverges(block: Block) -> bool:
    """Whether every path through a block ends in a panic."""
    last = block.last_op
    return isinstance(last, _DIVERGING) and not any(op.regions for op in block_ops(block))
