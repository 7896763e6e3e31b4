"""The `sat` dialect: integer arithmetic that stays at the nearest end of its range instead of overflowing."""

from __future__ import annotations

from typing import ClassVar

from xdsl.dialects.builtin import IntegerType, UnitAttr
from xdsl.ir import Dialect, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    VarConstraint,
    base,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    result_def,
    traits_def,
)
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException


@irdl_op_definition
class AddIOp(IRDLOperation):
    """
    Add two integers; a sum out of range becomes the nearest number in it. Signed unless `unsigned`.

        %s = sat.addi %a, %b : i32
        %s = sat.addi %a, %b unsigned : i8
    """

    name = "sat.addi"
    T: ClassVar = VarConstraint("T", base(IntegerType))
    lhs = operand_def(T)
    rhs = operand_def(T)
    unsigned = opt_prop_def(UnitAttr)
    result = result_def(T)
    traits = traits_def(Pure())
    assembly_format = "$lhs `,` $rhs (`unsigned` $unsigned^)? attr-dict `:` type($result)"

    def __init__(self, lhs: SSAValue, rhs: SSAValue, unsigned: bool = False):
        super().__init__(
            operands=[lhs, rhs],
            result_types=[lhs.type],
            properties={"unsigned": UnitAttr() if unsigned else None},
        )

    def verify_(self) -> None:
        if self.result.type == IntegerType(1):
            raise VerifyException("a truth value cannot saturate")


Sat = Dialect("sat", [AddIOp], [])
