"""
Checks of the `luma` dialect: everything that may panic is an op of its own, so that removing checks is a pass.

A check yields the value that it has checked, so that a data dependence keeps the guarded op below it.
"""

from __future__ import annotations

from typing import ClassVar

from xdsl.dialects.builtin import IntegerType, StringAttr, UnitAttr, i1, i64
from xdsl.ir import SSAValue
from xdsl.irdl import (
    IRDLOperation,
    VarConstraint,
    base,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.traits import IsTerminator
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.traits import EarlyExit, MayPanic
from luma_ir.ir.symbol_scope import VerifiedByTypes

OVERFLOW_KINDS = ("add", "sub", "mul", "neg", "shl", "shr", "abs", "pow")


@irdl_op_definition
class CheckBoundsOp(IRDLOperation):
    """
    Panic unless `0 <= index < length`, signed; the result is the index.

        %j = luma.check.bounds %i in %length
    """

    name = "luma.check.bounds"
    index = operand_def(i64)
    length = operand_def(i64)
    result = result_def(i64)
    traits = traits_def(MayPanic())
    assembly_format = "$index `in` $length attr-dict"

    def __init__(self, index: SSAValue, length: SSAValue):
        super().__init__(operands=[index, length], result_types=[i64])


@irdl_op_definition
class CheckSliceOp(IRDLOperation):
    """
    Panic unless `0 <= lower <= upper <= length`; the results are the two ends.

        %a, %b = luma.check.slice %lower to %upper in %length
    """

    name = "luma.check.slice"
    lower = operand_def(i64)
    upper = operand_def(i64)
    length = operand_def(i64)
    checked_lower = result_def(i64)
    checked_upper = result_def(i64)
    traits = traits_def(MayPanic())
    assembly_format = "$lower `to` $upper `in` $length attr-dict"

    def __init__(self, lower: SSAValue, upper: SSAValue, length: SSAValue):
        super().__init__(operands=[lower, upper, length], result_types=[i64, i64])


@irdl_op_definition
class CheckOverflowOp(IRDLOperation):
    """
    Compute `add`, `sub` or `mul` and panic when the exact result does not fit the type; without the flag
    `unsigned` the operands are signed. For `shl` and `shr` the check is that the amount (rhs) is in `[0, width)`.
    For `neg` and `abs` rhs is the same value as lhs and not looked at.

        %r = luma.check.overflow "add" %a, %b : i64
        %r = luma.check.overflow "add" %a, %b unsigned : i8
    """

    name = "luma.check.overflow"
    T: ClassVar = VarConstraint("T", base(IntegerType))
    kind = prop_def(StringAttr)
    unsigned = opt_prop_def(UnitAttr)
    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(T)
    traits = traits_def(MayPanic(), VerifiedByTypes())
    assembly_format = "$kind $lhs `,` $rhs (`unsigned` $unsigned^)? attr-dict `:` type($result)"

    def __init__(self, kind: str, lhs: SSAValue, rhs: SSAValue, unsigned: bool = False):
        super().__init__(
            operands=[lhs, rhs],
            result_types=[lhs.type],
            properties={"kind": StringAttr(kind), "unsigned": UnitAttr() if unsigned else None},
        )

    def verify_(self) -> None:
        if self.kind.data not in OVERFLOW_KINDS:
            raise VerifyException(
                f"unknown overflow kind `{self.kind.data}`, expected one of {', '.join(OVERFLOW_KINDS)}"
            )


@irdl_op_definition
class CheckDivOp(IRDLOperation):
    """
    Panic when `rhs` is zero or, without `unsigned`, when `lhs / rhs` overflows (`MIN / -1`); the result is the divisor.

        %d = luma.check.div %a, %b : i64
    """

    name = "luma.check.div"
    T: ClassVar = VarConstraint("T", base(IntegerType))
    unsigned = opt_prop_def(UnitAttr)
    remainder = opt_prop_def(UnitAttr)
    lhs = operand_def(T)
    rhs = operand_def(T)
    result = result_def(T)
    traits = traits_def(MayPanic())
    assembly_format = "$lhs `,` $rhs (`unsigned` $unsigned^)? (`remainder` $remainder^)? attr-dict `:` type($result)"

    def __init__(self, lhs: SSAValue, rhs: SSAValue, unsigned: bool = False, remainder: bool = False):
        super().__init__(
            operands=[lhs, rhs],
            result_types=[lhs.type],
            properties={"unsigned": UnitAttr() if unsigned else None, "remainder": UnitAttr() if remainder else None},
        )


@irdl_op_definition
class AssertOp(IRDLOperation):
    """
    Panic with a constant message when the condition is false.

        luma.assert %condition, "assertion failed"
    """

    name = "luma.assert"
    condition = operand_def(i1)
    message = prop_def(StringAttr)
    traits = traits_def(MayPanic())
    assembly_format = "$condition `,` $message attr-dict"

    def __init__(self, condition: SSAValue, message: str):
        super().__init__(operands=[condition], properties={"message": StringAttr(message)})


@irdl_op_definition
class PanicOp(IRDLOperation):
    """
    End the program with a constant message, flushed output and status 101.

        luma.panic "entered unreachable code"
    """

    name = "luma.panic"
    message = prop_def(StringAttr)
    traits = traits_def(IsTerminator(), EarlyExit(), MayPanic())
    assembly_format = "$message attr-dict"

    def __init__(self, message: str):
        super().__init__(properties={"message": StringAttr(message)})


@irdl_op_definition
class UnreachableOp(IRDLOperation):
    """
    Ends a region whose end is never reached, as after a call that does not return.

        luma.unreachable
    """

    name = "luma.unreachable"
    traits = traits_def(IsTerminator(), EarlyExit())
    assembly_format = "attr-dict"
