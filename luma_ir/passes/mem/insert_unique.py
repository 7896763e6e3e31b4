"""
Put `mem.make_unique` in front of every op that changes a value in place.

Before: %b = luma.set %a[%i] = %v : !luma.array<i64>, i64
After:  %u = mem.make_unique %a : !luma.array<i64>
        %b = luma.set %u[%i] = %v : !luma.array<i64>, i64

Where the value is known to be unique already, nothing is put in; a `mem.drop` of an array that is known to be unique is
marked with `mem.unique`. Expects: explicit ownership (`mem-insert-rc`). Leaves: the array that a change starts at is
unique, or the slot is not shared; arrays further down the path of a nested place are made unique by the lowering, where
they are in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from luma_ir.dialects import luma, mem
from luma_ir.ir.fast import insert_before, make, operands_of, replace_op, set_operand, walk
from luma_ir.ir.intern import UNIT, dense_i64
from luma_ir.ir.pass_manager import count
from luma_ir.passes.mem._functions import FunctionTable
from luma_ir.passes.mem._uniqueness import Uniqueness, requirements

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.ir import Attribute

UNIQUE = "mem.unique"
"""Name of a unit attribute on `mem.drop`: nobody else holds the array."""


@dataclass(frozen=True)
class MemInsertUniquePass(ModulePass):
    """Insert `mem.make_unique`."""

    name = "mem-insert-unique"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        insert_unique(op)


def insert_unique(module: ModuleOp) -> None:
    """Make every value that is changed in place unique before."""
    table = FunctionTable(module)
    for function in table.bodies():
        if table.has_managed_values(function):
            _require(function, table)
    uniqueness = Uniqueness(table)
    for function in table.bodies():
        remove_known(function, uniqueness)


def _require(function: luma.FuncOp, table: FunctionTable) -> None:
    for op in list(walk(function)):
        for index, path in requirements(op, table):
            value = operands_of(op)[index]
            properties: dict[str, Attribute] = {"path": dense_i64(path)} if path else {}
            unique = make(mem.MakeUniqueOp, (value,), (value.type,), properties, location=op.location)
            insert_before(op, unique)
            set_operand(op, index, unique.results[0])


def remove_known(function: luma.FuncOp, uniqueness: Uniqueness) -> None:
    """Remove every `mem.make_unique` of what is unique, and mark the drops of what is."""
    facts = uniqueness.facts(function)
    if not facts:
        return
    for op in list(walk(function)):
        if isinstance(op, mem.MakeUniqueOp):
            if op.steps in facts.get(op.value, ()):
                replace_op(op, (op.value,))
                count("known to be unique")
        elif isinstance(op, mem.DropOp) and isinstance(op.value.type, luma.ArrayType) and () in facts.get(op.value, ()):
            op.attributes[UNIQUE] = UNIT
    uniqueness.update(function)
