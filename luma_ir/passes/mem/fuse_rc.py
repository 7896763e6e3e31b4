"""
Remove `mem.dup` and `mem.drop` that cancel out.

Before: mem.dup %a ... mem.drop %a               After: nothing, when the block consumes no unit of %a in between

Before: %x = luma.get %s[0]                      After: %x = luma.get %s[0]
        mem.dup %x                                      mem.drop_rest %s, %x
        mem.drop %s

The second form hands the units that a dying aggregate has of its parts (fields, payloads of an enum) over to the parts,
so that they stay unique if they were, and the cell of a boxed enum goes alone. For parts behind an inner cell that cell
is moved out first, and then goes in the same way. Expects: `mem-insert-rc`. Source: drop specialisation and field takes
of Perceus and of Roc.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from luma_ir.dialects import mem
from luma_ir.ir.fast import block_ops, erase, insert_before, make, operands_of, users
from luma_ir.ir.pass_manager import count
from luma_ir.passes.mem._functions import FunctionTable
from luma_ir.passes.mem._ownership import OWN, is_pointer, operand_modes, ownership_of

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        parts, place = self._parts_and_place(op)
        if parts:
            self._move_out(place, op, parts)
            erase(op)
        self._consumed(value)

    def _parts_and_place(self, drop: mem.DropOp) -> tuple[dict[SSAValue, mem.DupOp], Operation]:
        """
        The parts of a dying value that have a dup to get rid of, and the op before which the value can go.

        That is the first behind which nothing looks at the value or a part of it, but at parts that have units of their
        own until they are consumed: what is made of the parts then finds the value's cell free.
        """
        value = drop.value
        here = {part: dup for part, dup in self.dups.items() if mem.inline_path(part, value) is not None}
        dupped = {op.value for use in users(value) for op in _dups_of_parts(use)}
        dupped = {part for part in dupped if mem.inline_path(part, value) is not None}
        if not dupped:
            return here, drop
        found = dict(here)
        place: Operation = drop
        consumed: set[SSAValue] = set()
        while (op := place.prev_op) is not None:
            if isinstance(op, mem.DupOp) and op.value in dupped:
                # The last dup of a part goes: the unit that moves out lasts until what that one was for.
                found.setdefault(op.value, op)
                consumed.add(op.value)
            elif not self._leaves_alone(op, value, consumed):
                break
            place = op
        paths = sorted(mem.inline_path(part, value) or () for part in found)
        if any(second[: len(first)] == first for first, second in pairwise(paths)):
            return here, drop  # one part is inside of another
        return found, place

    def _leaves_alone(self, op: Operation, value: SSAValue, consumed: set[SSAValue]) -> bool:
        """Whether an op does not look at a value or a part of it, but at parts `consumed` by it or behind it."""
        if op.regions:
            pending = [block for region in op.regions for block in region.blocks]
            while pending:
                for inner in block_ops(pending.pop()):
                    if self._seen(inner, value):
                        return False
                    pending.extend(block for region in inner.regions for block in region.blocks)
        seen = self._seen(op, value)
        if not seen:
            return True
        uses = list(zip(operands_of(op), operand_modes(op, self.table), strict=True))
        for part in seen:
            if part is value or not self.table.is_managed(part):
                return False
            owned = [mode == OWN for operand, mode in uses if operand is part]
            if all(owned):
                consumed.add(part)
            elif part not in consumed or any(owned):
                return False
        return True

    def _seen(self, op: Operation, value: SSAValue) -> list[SSAValue]:
        """The operands of an op that are a value or look at it; plain data that was read from it does not."""
        return [
            operand
            for operand in operands_of(op)
            if operand is value
            or ((self.table.is_managed(operand) or is_pointer(operand)) and _looks_at(operand, value))
        ]

    def _move_out(self, place: Operation, drop: mem.DropOp, parts: dict[SSAValue, mem.DupOp]) -> None:
        """Let the dups of parts of a dying value go, and the parts move out of it, in front of `place`."""
        gone: list[mem.DupOp] = []
        self._move_parts(place, drop, drop.value, parts, list(parts), gone)
        for dup in gone:
            self.dups.pop(dup.value, None)
            erase(dup)

    def _move_parts(
        self,
        place: Operation,
        drop: mem.DropOp,
        value: SSAValue,
        dups: dict[SSAValue, mem.DupOp],
        parts: list[SSAValue],
        gone: list[mem.DupOp],
    ) -> None:
        direct: dict[SSAValue, tuple[tuple[int, int], ...]] = {}
        behind: dict[SSAValue, list[SSAValue]] = {}
        for part in parts:
            box = self._outermost_box(part, value)
            if box is None:
                direct[part] = mem.inline_path(part, value) or ()
            else:
                behind.setdefault(box, []).append(part)
        for box in behind:
            direct.setdefault(box, mem.inline_path(box, value) or ())
        chosen: dict[SSAValue, tuple[tuple[int, int], ...]] = {}
        for part, path in sorted(direct.items(), key=lambda entry: len(entry[1])):
            if not any(path[: len(other)] == other for other in chosen.values()):
                chosen[part] = path
        insert_before(place, make(mem.DropRestOp, (value, *chosen), location=drop.location))
        for part in chosen:
            dup = dups.get(part)
            if dup is not None:
                gone.append(dup)
                count("parts moved out")
            elif part in behind:
                self._move_parts(place, drop, part, dups, behind[part], gone)

    def _outermost_box(self, part: SSAValue, value: SSAValue) -> SSAValue | None:
        """The boxed value that a part was read from, if it is not `value` itself; the one nearest to `value`."""
        box = None
        source = _source(part)
        while source is not None and source is not value:
            if self.table.types.is_boxed(source.type):
                box = source
            source = _source(source)
        return box

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


def _dups_of_parts(op: Operation) -> Iterator[mem.DupOp]:
    """The dups of what an op reads from its operand, or of parts of that."""
    row = ownership_of(op)
    if row is not None and row.projects:
        for result in op.results:
            for user in users(result):
                if isinstance(user, mem.DupOp):
                    yield user
                else:
                    yield from _dups_of_parts(user)


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
