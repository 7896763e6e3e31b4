"""
Which ops need a unique operand, and which values are known to be unique.

A fact is a path of field numbers from a value to an array in it that nobody else holds (or the empty path of a value in
a stack slot that nobody else reads): see `TypeTable.leaves`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import scf

from luma_ir.dialects import luma
from luma_ir.dialects.luma import INDEX_STEP
from luma_ir.ir.fast import operands_of

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Operation

    from luma_ir.passes.mem._functions import FunctionTable
    from luma_ir.passes.mem._types import FieldPath

LOOPS = (luma.LoopOp, luma.ForOp, scf.ForOp, scf.WhileOp)

_CHANGES_ARRAY = (
    luma.ArrayPushOp,
    luma.ArrayPopOp,
    luma.ArrayTruncateOp,
    luma.ArrayReserveOp,
    luma.ArrayAppendOp,
)


def requirements(op: Operation, table: FunctionTable) -> list[tuple[int, FieldPath]]:
    """The operands that an op needs to be unique, by number, and where in them."""
    if isinstance(op, _CHANGES_ARRAY):
        return [(0, ())]
    if isinstance(op, luma.SetOp | luma.TakeOp):
        path = first_array(op.root.type, op.steps, table)
        return [] if path is None else [(0, path)]
    if isinstance(op, LOOPS):
        # What a loop carries in a slot is written by each iteration.
        types = table.types
        return [(index, ()) for index, value in enumerate(operands_of(op)) if types.is_indirect(value.type)]
    if isinstance(op, luma.CallOp):
        callee = table.functions.get(op.callee.string_value())
        if callee is None:
            return []
        types = table.types
        return [
            (index, ()) for index in callee.inout_indices if types.is_indirect(callee.function_type.inputs.data[index])
        ]
    return []


def first_array(root: Attribute, steps: tuple[int, ...], table: FunctionTable) -> FieldPath | None:
    """The fields that lead from a root to the first array that a path has an index into, None when there is none."""
    if table.types.is_indirect(root):
        return ()
    path: list[int] = []
    type_ = root
    for step in steps:
        if step == INDEX_STEP:
            return tuple(path)
        path.append(step)
        type_ = table.types.step(type_, step)
    return None
