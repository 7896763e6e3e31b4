"""
Check the ownership of every managed value: the verifier of what the `mem` passes do.

Before: mem.drop %a
        %n = luma.array.len %a
After:  error: ownership: `luma.array.len` uses `%a`, which is no longer alive

Expects: `mem.dup` and `mem.drop` are explicit. Changes nothing; reports an error, with the op's location, where a value
is used after its last unit went, consumed without a unit, left with a unit at the end of its scope or at an early exit,
or where two branches disagree about a value, or a loop's body changes the units of a value from outside.

Units are counted forward along the structured regions. Alive is what has a unit, is a borrowed parameter, or is a view
of something alive. A path that ends in a panic owes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import scf
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from luma_ir.dialects import luma, mem
from luma_ir.ir.diagnostics import PassFailure, current_engine
from luma_ir.ir.fast import block_ops, operands_of
from luma_ir.passes.mem._functions import FunctionTable
from luma_ir.passes.mem._ownership import OWN, is_pointer, operand_modes, ownership_of

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.ir import Block, Operation, SSAValue

Units = dict["SSAValue", int]

_LOOPS = (luma.LoopOp, luma.ForOp, scf.ForOp, scf.WhileOp)


@dataclass(frozen=True)
class MemCertifyPass(ModulePass):
    """Report every function whose ownership does not add up."""

    name = "mem-certify"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        certify(op)


def certify(module: ModuleOp) -> bool:
    """Check all functions of a module, reporting errors to the current engine; True when there are none."""
    table = FunctionTable(module)
    fine = True
    for function in table.bodies():
        if not table.has_managed_values(function):
            continue
        try:
            _certify_function(function, table)
        except OwnershipError as error:
            name = function.display_name.data if function.display_name else function.sym_name.data
            notes = [f"in function `{name}`"]
            current_engine().error(None, f"ownership: {error.message}", location=error.op.location, notes=notes)
            fine = False
    return fine


class OwnershipError(Exception):
    """A value whose units do not add up at an op."""

    def __init__(self, message: str, op: Operation) -> None:
        super().__init__(message)
        self.message = message
        self.op = op


def _certify_function(function: luma.FuncOp, table: FunctionTable) -> None:
    block = function.body.block
    units: Units = {}
    checker = _Checker(table)
    for arg, mode in zip(block.args, table.modes(function.sym_name.data), strict=True):
        if table.is_managed(arg):
            if mode == OWN:
                units[arg] = 1
            else:
                checker.borrowed.add(arg)
    checker.block(block, units)


@define
class _Checker:
    """The walk over one function. A state of None stands for a point that is never reached."""

    table: FunctionTable
    borrowed: set[SSAValue] = field(factory=set)
    lenders: dict[SSAValue, SSAValue] = field(factory=dict)
    entries: dict[Operation, Units] = field(factory=dict)
    """The units of every value outside of a loop, as its body must leave them."""

    def alive(self, value: SSAValue, units: Units) -> bool:
        """Whether a value can be looked at."""
        seen: SSAValue | None = value
        while seen is not None:
            if units.get(seen, 0) > 0 or seen in self.borrowed:
                return True
            seen = self.lenders.get(seen)
        return not self.table.is_managed(value) and value not in self.lenders

    def block(self, block: Block, units: Units) -> Units | None:
        """Check a block from a state, which is changed; return the state at its end, None after an early exit."""
        for op in block_ops(block):
            if isinstance(op, luma.PanicOp | luma.UnreachableOp):
                return None
            self._operands(op, units)
            if isinstance(op, luma.ReturnOp):
                self._expect(units, {}, op, "the return")
                return None
            if isinstance(op, luma.BreakOp | luma.ContinueOp):
                target = op.target_loop()
                if target is None or target not in self.entries:
                    raise PassFailure(f"`{op.name}` has no loop to speak of", op)
                self._expect(units, self.entries[target], op, f"this `{op.name}`")
                return None
            if isinstance(op, luma.IfOp | scf.IfOp):
                joined = self._if(op, units)
                if joined is None:
                    return None
                units.clear()
                units.update(joined)
            elif isinstance(op, _LOOPS):
                self._loop(op, units)
            self._results(op, units)
        return units

    def _operands(self, op: Operation, units: Units) -> None:
        operands = operands_of(op)
        if isinstance(op, mem.MakeAtOp | mem.FreeTokenOp):
            # A cell without an owner is owed like a unit.
            if units.get(op.token, 0) <= 0:
                raise OwnershipError(f"`{op.name}` takes a cell that is taken already", op)
            units[op.token] -= 1
        if not any(self.table.is_managed(value) or value in self.lenders for value in operands):
            return
        if isinstance(op, mem.DupOp):
            self._look(op.value, op, units)
            units[op.value] = units.get(op.value, 0) + 1
            return
        uses = list(zip(operands, operand_modes(op, self.table), strict=True))
        for value, _ in uses:
            self._look(value, op, units)
        if isinstance(op, mem.DropRestOp | mem.DropReuseOp):
            for part in op.parts:
                units[part] = units.get(part, 0) + 1
        for value, mode in uses:
            if mode == OWN and self.table.is_managed(value):
                if units.get(value, 0) <= 0:
                    raise OwnershipError(f"`{op.name}` consumes {_name(value)}, which has no unit left", op)
                units[value] -= 1
        for value, mode in uses:
            if mode != OWN:
                self._look(value, op, units, "is consumed by the op that borrows it")

    def _look(self, value: SSAValue, op: Operation, units: Units, what: str = "is no longer alive") -> None:
        if not self.alive(value, units):
            raise OwnershipError(f"`{op.name}` uses {_name(value)}, which {what}", op)

    def _results(self, op: Operation, units: Units) -> None:
        if isinstance(op, mem.DropReuseOp):
            units[op.token] = 1
            return
        row = ownership_of(op)
        projects = row is not None and row.projects
        for result in op.results:
            if projects and (self.table.is_managed(result) or is_pointer(result)):
                source = operands_of(op)[0]
                if self.table.is_managed(source) or source in self.lenders:
                    self.lenders[result] = source
                    units[result] = 0
            elif self.table.is_managed(result):
                units[result] = 1

    def _if(self, op: luma.IfOp | scf.IfOp, units: Units) -> Units | None:
        joined: Units | None = None
        for region in op.regions:
            after = dict(units)
            if region.blocks:
                reached = self.block(region.block, after)
                if reached is None:
                    continue
            end = region.block.last_op if region.blocks else op
            assert end is not None
            self._scope_ends(after, units, end)
            if joined is None:
                joined = after
                continue
            for value, count in after.items():
                if count != joined[value]:
                    raise OwnershipError(
                        f"the branches disagree about {_name(value)}: {joined[value]} and {count} units are left", op
                    )
        return joined

    def _loop(self, op: Operation, units: Units) -> None:
        self.entries[op] = dict(units)
        for region in op.regions:
            inside = dict(units)
            for arg in region.block.args:
                if self.table.is_managed(arg):
                    inside[arg] = 1
            after = self.block(region.block, inside)
            if after is not None:
                last = region.block.last_op
                assert last is not None
                self._expect(after, units, last, "the end of the loop's body")

    def _scope_ends(self, units: Units, outer: Units, op: Operation) -> None:
        """Values of a region that ends have no unit left; they are forgotten."""
        for value in [value for value in units if value not in outer]:
            if units.pop(value) != 0:
                raise OwnershipError(f"{_name(value)} still has a unit at the end of its region", op)

    def _expect(self, units: Units, wanted: Units, op: Operation, what: str) -> None:
        for value, count in units.items():
            expected = wanted.get(value, 0)
            if count > expected:
                raise OwnershipError(f"{_name(value)} still has a unit at {what}", op)
            if count < expected:
                raise OwnershipError(f"{_name(value)} comes from outside of a loop whose body uses up its unit", op)


def _name(value: SSAValue) -> str:
    """A value as a message names it."""
    if value.name_hint:
        return f"`%{value.name_hint}`"
    owner = value.owner
    where = f"result {value.index} of `{owner.name}`" if hasattr(owner, "name") else "a block argument"  # pyright: ignore
    return f"{where} of type `{value.type}`"
