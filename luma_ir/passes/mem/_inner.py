"""
Uniqueness of inner arrays: rows of a grid that a loop writes to, with the row's index fixed.

A loop qualifies if what becomes of the carried grid in it is only changes of plain elements: then no row is replaced,
shared or moved, and a row that is unique in front of the loop stays so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import scf
from xdsl.ir import BlockArgument, Operation

from luma_ir.dialects import luma, mem
from luma_ir.dialects.luma import INDEX_STEP
from luma_ir.ir.fast import insert_before, make, operands_of, set_operand, users, walk
from luma_ir.ir.intern import I64, int_attr
from luma_ir.ir.pass_manager import count
from luma_ir.passes.mem._uniqueness import LOOPS

if TYPE_CHECKING:
    from xdsl.ir import SSAValue

    from luma_ir.passes.mem._uniqueness import Facts, Flow, Uniqueness


def nested_sets(function: luma.FuncOp) -> list[luma.SetOp]:
    """The changes, in loops, of places in an array in an array."""
    return [
        op
        for op in walk(function)
        if isinstance(op, luma.SetOp) and op.steps[:2] == (INDEX_STEP, INDEX_STEP) and _carried_by(op)
    ]


def hoist_inner(function: luma.FuncOp, uniqueness: Uniqueness) -> None:
    """Make rows unique in front of loops that write to them, and mark the changes that need no test."""
    flow = uniqueness.flows.get(function.sym_name.data)
    if flow is None:
        return
    hoister = _InnerHoister(flow, uniqueness.facts(function))
    for op in nested_sets(function):
        hoister.hoist(op)
    if hoister.changed:
        uniqueness.update(function)


def _carried_by(op: Operation) -> list[Operation]:
    """The loops around an op, innermost first."""
    found = []
    parent = op.parent_op()
    while parent is not None:
        if isinstance(parent, LOOPS):
            found.append(parent)
        parent = parent.parent_op()
    return found


@define
class _InnerHoister:
    flow: Flow
    facts: dict[SSAValue, Facts]
    changed: bool = False
    _families: dict[BlockArgument, set[SSAValue] | None] = field(factory=dict)
    _made: dict[tuple[Operation, BlockArgument, tuple[SSAValue, ...]], bool] = field(factory=dict)

    def hoist(self, op: luma.SetOp) -> None:
        """Find the outermost loop that qualifies, and make the arrays of the path unique in front of it."""
        best: tuple[Operation, BlockArgument] | None = None
        indices = self._outer_indices(op)
        if not indices:
            return
        for loop in _carried_by(op):
            if not isinstance(loop, scf.ForOp | luma.ForOp | luma.LoopOp) or not _outside(indices[0], loop):
                break
            carried = self._carried(op, loop)
            if carried is None:
                break
            best = loop, carried
        if best is None:
            return
        loop, carried = best
        indices = self._prefix(indices, loop)
        op.attributes[mem.KNOWN_UNIQUE] = int_attr(len(indices), I64)
        self.changed = True
        key = (loop, carried, tuple(indices))
        if key not in self._made:
            self._made[key] = True
            number = carried.index if isinstance(loop, luma.LoopOp) else carried.index + 2
            init = operands_of(loop)[number]
            unique = make(mem.MakeUniqueAtOp, (init, *indices), (init.type,), location=loop.location)
            insert_before(loop, unique)
            set_operand(loop, number, unique.results[0])
            count("rows made unique before loops")

    def _outer_indices(self, op: luma.SetOp) -> list[SSAValue]:
        """The indices of a path that lead from array to array, without the last one."""
        leading = 0
        type_ = op.root.type
        for step in op.steps:
            if step != INDEX_STEP or not isinstance(type_, luma.ArrayType):
                break
            type_ = type_.element
            leading += 1
        return list(op.indices[: max(leading - 1, 0)])

    def _prefix(self, indices: list[SSAValue], loop: Operation) -> list[SSAValue]:
        found = []
        for index in indices:
            if not _outside(index, loop):
                break
            found.append(index)
        return found

    def _carried(self, op: luma.SetOp, loop: Operation) -> BlockArgument | None:
        """The value that a loop carries of which an op changes a place, if nothing else becomes of it there."""
        for arg in loop.regions[0].block.args:
            if arg.type == op.root.type and () in self.facts.get(arg, ()):
                family = self._family(arg, loop)
                if family is not None and op.root in family:
                    return arg
        return None

    def _family(self, carried: BlockArgument, loop: Operation) -> set[SSAValue] | None:
        """All values in a loop that are the carried one with other plain elements; None if more becomes of it."""
        if carried in self._families:
            return self._families[carried]
        family: set[SSAValue] | None = {carried}
        pending: list[SSAValue] = [carried]
        while pending and family is not None:
            value = pending.pop()
            for user in users(value):
                follows = self._follow(user, value, loop)
                if follows is None:
                    family = None
                    break
                for result in follows:
                    if result not in family:
                        family.add(result)
                        pending.append(result)
        if family is not None:
            # Whatever flows into a member must be one, or the value that the loop starts with.
            sources = self.flow.sources
            for member in family:
                given = sources.get(member, [])
                given = given[1:] if member is carried else given
                if any(source not in family for source in given):
                    family = None
                    break
        self._families[carried] = family
        return family

    def _follow(self, user: Operation, value: SSAValue, loop: Operation) -> list[SSAValue] | None:
        """What a use of a member yields that is a member, too; None if the use is not of the allowed kinds."""
        types = self.flow.module.table.types
        if isinstance(user, luma.SetOp):
            plain = user.root is value and not types.is_managed(user.value.type)
            return [user.result] if plain else None
        if isinstance(user, luma.ArrayLenOp | luma.ReturnOp | mem.DropOp):
            return []
        if isinstance(user, mem.MakeUniqueAtOp):
            return [user.result]
        if isinstance(user, luma.GetOp):
            return [] if self._only_read(user.result) else None
        if isinstance(user, luma.BreakOp) and user.target_loop() is loop:
            return []
        targets = [target for target, given in self.flow.sources.items() if any(source is value for source in given)]
        if not targets or not (user.regions or user.name in _PASSING):
            return None
        return [target for target in targets if not _is_result_of(target, loop)]

    def _only_read(self, view: SSAValue) -> bool:
        types = self.flow.module.table.types
        if not types.is_managed(view.type):
            return True
        return all(
            isinstance(user, luma.ArrayLenOp) or (isinstance(user, luma.GetOp) and self._only_read(user.result))
            for user in users(view)
        )


_PASSING = ("scf.yield", "luma.yield", "luma.continue", "luma.break")


def _is_result_of(value: SSAValue, loop: Operation) -> bool:
    return value.owner is loop


def _outside(value: SSAValue, loop: Operation) -> bool:
    """Whether a value is defined outside of a loop."""
    owner = value.owner
    op = owner if isinstance(owner, Operation) else owner.parent_op()
    while op is not None:
        if op is loop:
            return False
        op = op.parent_op()
    return True
