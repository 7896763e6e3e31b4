"""
Which projections stay views of their source, and which get a unit of their own.

A view costs nothing but keeps its source alive. Where the source is consumed while the view is still in use, a view
would force a copy of the whole source; so such a projection is *retained*: it becomes an owned value by a `mem.dup`
right behind it. So are the parts of a recursive enum that is taken apart: see `_takes`.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import scf
from xdsl.ir import Operation

from luma_ir.dialects import luma
from luma_ir.ir.fast import operands_of, users, walk
from luma_ir.passes.mem._ownership import OWN, is_pointer, operand_modes, ownership_of
from luma_ir.passes.mem._takes import take_apart

if TYPE_CHECKING:
    from xdsl.ir import SSAValue

    from luma_ir.passes.mem._functions import FunctionTable


@define
class Views:
    """What `find_views` finds out about a function."""

    lenders: dict[SSAValue, SSAValue] = field(factory=dict)
    """View -> what it is a view of (perhaps a view itself)."""
    retained: list[SSAValue] = field(factory=list)
    """Projections that own a unit."""
    order: dict[SSAValue, int] = field(factory=dict)
    """The number of every managed value, in textual order."""


def find_views(function: luma.FuncOp, table: FunctionTable) -> Views:
    """Sort the projections of a function into views and retained ones; reads of fields may move into branches."""
    taken = take_apart(function, table)
    finder = _Finder(table)
    found = finder.views
    for op in walk(function):
        finder.positions[op] = len(finder.positions)
        for region in op.regions:
            for block in region.blocks:
                for arg in block.args:
                    if table.is_managed(arg):
                        found.order[arg] = len(found.order)
        row = ownership_of(op)
        if row is not None and row.projects:
            finder.candidates.append(op)
        for result in op.results:
            if table.is_managed(result):
                found.order[result] = len(found.order)
    for op in finder.candidates:
        for result in op.results:
            managed = table.is_managed(result)
            if managed or is_pointer(result):
                source = operands_of(op)[0]
                if table.is_managed(source) or source in found.lenders:
                    found.lenders[result] = source
    for op in finder.candidates:
        for result in op.results:
            if result not in found.lenders or not table.is_managed(result):
                continue
            if result in taken or finder.must_retain(result, op):
                del found.lenders[result]
                found.retained.append(result)
    return found


@define
class _Finder:
    table: FunctionTable
    views: Views = field(factory=Views)
    positions: dict[Operation, int] = field(factory=dict)
    candidates: list[Operation] = field(factory=list)
    _owning: dict[SSAValue, list[tuple[int, Operation]]] = field(factory=dict)

    def must_retain(self, view: SSAValue, definition: Operation) -> bool:
        """Whether something that the view looks at is consumed between the view's definition and a use of it."""
        uses = self._uses(view)
        if not uses:
            return False
        last = max(position for position, _, _ in uses)
        start = self.positions[definition]
        source: SSAValue | None = self.views.lenders[view]
        while source is not None:
            owning = self._owning_uses(source)
            first = bisect_right(owning, start, key=lambda entry: entry[0])
            for position, op in owning[first:]:
                if position > last:
                    break
                for use_position, user, owns in uses:
                    after = use_position > position or (user is op and not owns)
                    if after and not exclusive(op, user):
                        return True
            source = self.views.lenders.get(source)
        return False

    def _uses(self, value: SSAValue) -> list[tuple[int, Operation, bool]]:
        """The uses of a view, with those of pointers made from it: position, op, whether it consumes."""
        found = []
        for user in set(users(value)):
            owns = self._owns(user, value)
            found.append((self.positions[user], user, owns))
            for result in user.results:
                if is_pointer(result) and result in self.views.lenders:
                    found += self._uses(result)
        return found

    def _owns(self, op: Operation, value: SSAValue) -> bool:
        modes = operand_modes(op, self.table)
        return all(mode == OWN for operand, mode in zip(operands_of(op), modes, strict=True) if operand is value)

    def _owning_uses(self, value: SSAValue) -> list[tuple[int, Operation]]:
        found = self._owning.get(value)
        if found is None:
            found = []
            if self.table.is_managed(value):
                for user in set(users(value)):
                    modes = operand_modes(user, self.table)
                    if any(
                        mode == OWN for operand, mode in zip(operands_of(user), modes, strict=True) if operand is value
                    ):
                        found.append((self.positions[user], user))
                found.sort(key=lambda entry: entry[0])
            self._owning[value] = found
        return found


def exclusive(first: Operation, second: Operation) -> bool:
    """Whether two ops stand in different branches of one `if`, so that at most one of them runs."""
    branches: dict[Operation, object] = {}
    block = first.parent
    while block is not None and (parent := block.parent_op()) is not None:
        branches[parent] = block.parent
        block = parent.parent
    block = second.parent
    while block is not None and (parent := block.parent_op()) is not None:
        other = branches.get(parent)
        if other is not None:
            return isinstance(parent, luma.IfOp | scf.IfOp) and other is not block.parent
        block = parent.parent
    return False
