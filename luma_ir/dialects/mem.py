"""
The `mem` dialect: explicit ownership on values, then buffers.

The first three ops work on any counted value of the `luma` level and make ownership explicit; the rest appears once
values have layouts.
"""

from __future__ import annotations

from typing import ClassVar

from xdsl.ir import Dialect, SSAValue
from xdsl.irdl import AnyAttr, IRDLOperation, VarConstraint, irdl_op_definition, operand_def, result_def, traits_def

from luma_ir.dialects.luma.traits import Linear


@irdl_op_definition
class DupOp(IRDLOperation):
    """
    Add one unit of ownership to a counted value (or to every counted part of an aggregate).

        mem.dup %a : !luma.array<i64>
    """

    name = "mem.dup"
    value = operand_def()
    assembly_format = "$value attr-dict `:` type($value)"

    def __init__(self, value: SSAValue):
        super().__init__(operands=[value])


@irdl_op_definition
class DropOp(IRDLOperation):
    """
    Give up one unit of ownership; the last one frees.

        mem.drop %a : !luma.array<i64>
    """

    name = "mem.drop"
    value = operand_def()
    assembly_format = "$value attr-dict `:` type($value)"

    def __init__(self, value: SSAValue):
        super().__init__(operands=[value])


@irdl_op_definition
class MakeUniqueOp(IRDLOperation):
    """
    Consume one unit and yield a value that nobody else holds: the same buffer if it was unique, else a copy.

        %b = mem.make_unique %a : !luma.array<i64>
    """

    name = "mem.make_unique"
    T: ClassVar = VarConstraint("T", AnyAttr())
    value = operand_def(T)
    result = result_def(T)
    traits = traits_def(Linear())
    assembly_format = "$value attr-dict `:` type($value)"

    def __init__(self, value: SSAValue):
        super().__init__(operands=[value], result_types=[value.type])


Mem = Dialect("mem", [DupOp, DropOp, MakeUniqueOp], [])
