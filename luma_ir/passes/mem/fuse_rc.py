"""
Remove `mem.dup` and `mem.drop` that cancel out.

Before: mem.dup %a ... mem.drop %a               After: nothing, when the block consumes no unit of %a in between

Before: %x = luma.get %s[0]                      After: %x = luma.get %s[0]
        mem.dup %x                                      mem.drop_rest %s, %x
        mem.drop %s

The second form hands the unit that a dying aggregate has of a part over to the part (a field, or a payload of an enum),
so that the part stays unique if it was. Expects: `mem-insert-rc`. Source: drop specialisation and field takes of
Perceus and of Roc.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from luma_ir.dialects import luma, mem
from luma_ir.dialects.luma import INDEX_STEP
from luma_ir.ir.fast import block_ops, erase, insert_before, make, operands_of
from luma_ir.ir.pass_manager import count
from luma_ir.passes.mem._functions import FunctionTable
from luma_ir.passes.mem._ownership import OWN, operand_modes, ownership_of

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.ir import Block, Operation, SSAValue


@dataclass(frozen=True)
class MemFuseRcPass(ModulePass):
    """Cancel pairs of `mem.dup` and `mem.drop`."""

    name = "mem-fuse-rc"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        fuse_rc(op)


def fuse_rc(module: ModuleOp) -> None:
    """Remove what cancels out in every function of a module."""
    table = FunctionTable(module)
    for function in table.bodies():
        pending = [function.body.block]
        while pending:
            block = pending.pop()
            _Fuser(table).block(block)
            for op in block_ops(block):
                for region in op.regions:
                    pending.extend(region.blocks)


@define
class _Fuser:
    """The walk over one block: the dups whose units are still there, by value, newest first."""

    table: FunctionTable
    dups: dict[SSAValue, mem.DupOp] = field(factory=dict)

    def block(self, block: Block) -> None:
        for op in block_ops(block):
            if isinstance(op, mem.DupOp):
                self.dups[op.value] = op
            elif isinstance(op, mem.DropOp):
                self._drop(op)
            elif self.dups:
                self._forget(op)

    def _drop(self, op: mem.DropOp) -> None:
        value = op.value
        dup = self.dups.pop(value, None)
        if dup is not None:
            erase(dup)
            erase(op)
            count("pairs removed")
            return
        part = next((part for part in self.dups if is_part_of(part, value)), None)
        if part is not None:
            erase(self.dups.pop(part))
            insert_before(op, make(mem.DropRestOp, (value, part), location=op.location))
            erase(op)
            count("parts moved out")
        self._consumed(value)

    def _forget(self, op: Operation) -> None:
        """Units that an op may consume cannot be cancelled later, nor those of views of what it consumes."""
        if op.regions:
            for region in op.regions:
                for block in region.blocks:
                    for inner in block_ops(block):
                        self._forget(inner)
                        if isinstance(inner, mem.DupOp | mem.DropOp):
                            self._consumed(inner.value)
        operands = operands_of(op)
        if not any(self.table.is_managed(value) for value in operands):
            return
        for value, mode in zip(operands, operand_modes(op, self.table), strict=True):
            if mode == OWN:
                self._consumed(value)

    def _consumed(self, value: SSAValue) -> None:
        self.dups.pop(value, None)
        for other in [other for other in self.dups if _looks_at(other, value)]:
            del self.dups[other]


def _source(view: SSAValue) -> SSAValue | None:
    """What a value is a projection of."""
    owner = view.owner
    row = ownership_of(owner) if not hasattr(owner, "args") else None  # pyright: ignore[reportArgumentType]
    return operands_of(owner)[0] if row is not None and row.projects else None  # pyright: ignore[reportArgumentType]


def _looks_at(view: SSAValue, value: SSAValue) -> bool:
    """Whether a value is a projection, perhaps of a projection, of another."""
    source = _source(view)
    while source is not None and source is not value:
        source = _source(source)
    return source is value


def is_part_of(part: SSAValue, value: SSAValue) -> bool:
    """Whether a value was read from a field of another, or is the payload of an enum: held inline, not in a buffer."""
    owner = part.owner
    if isinstance(owner, luma.GetOp):
        return owner.root is value and INDEX_STEP not in owner.steps
    return isinstance(owner, luma.EnumGetOp) and owner.value is value
