"""What may end the program, and arithmetic that says whether it overflowed."""

from __future__ import annotations

from typing import ClassVar

from xdsl.dialects.builtin import AnyFloat, IntegerType, StringAttr, UnitAttr, i1, i64
from xdsl.ir import SSAValue
from xdsl.irdl import (
    IRDLOperation,
    ParsePropInAttrDict,
    VarConstraint,
    base,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.traits import IsTerminator, Pure
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.traits import EarlyExit

PANIC_KINDS: dict[str, tuple[str, int]] = {
    "bounds": ("std.rt.panic_bounds", 2),
    "slice": ("std.rt.panic_slice", 3),
    "message": ("std.rt.panic_message", 0),
}
"""The run-time function that each kind of panic calls, and the number of its i64 operands before the location."""

UNLIKELY = "mem.unlikely"
"""Name of a unit attribute on `scf.if`: its first region is hardly ever run (branch weights 1 : 2000)."""


@irdl_op_definition
class PanicIfOp(IRDLOperation):
    """
    End the program when the condition is true, which it hardly ever is.

    Lowers to a conditional branch (weights 1 : 1048575) to a cold block at the function's end that calls
    `@std.rt.panic_bounds(index, length, loc)`, `@std.rt.panic_slice(lower, upper, length, loc)` or
    `@std.rt.panic_message(text, text_length, loc)` and is `unreachable` after that. `loc` as in `mem.location`; a
    message is a constant of plain bytes (kind "message" only). Equal cold blocks of a function may be shared.

        mem.panic_if %outside "bounds" (%index, %length)
        mem.panic_if %failed "message" () {message = "assertion failed"}
    """

    name = "mem.panic_if"
    kind = prop_def(StringAttr)
    message = opt_prop_def(StringAttr)
    condition = operand_def(i1)
    arguments = var_operand_def(i64)
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$condition $kind `(` $arguments `)` attr-dict"

    def __init__(self, condition: SSAValue, kind: str, arguments: list[SSAValue], message: str | None = None):
        super().__init__(
            operands=[condition, arguments],
            properties={
                "kind": StringAttr(kind),
                "message": StringAttr(message) if message is not None else None,
            },
        )

    def verify_(self) -> None:
        if self.kind.data not in PANIC_KINDS:
            raise VerifyException(f"unknown panic kind `{self.kind.data}`, expected one of {', '.join(PANIC_KINDS)}")
        count = PANIC_KINDS[self.kind.data][1]
        if len(self.arguments) != count:
            raise VerifyException(f"a panic of kind `{self.kind.data}` takes {count} operands")
        if (self.kind.data == "message") != (self.message is not None):
            raise VerifyException("a message belongs to the panic kind `message` and to no other")


@irdl_op_definition
class PanicOp(IRDLOperation):
    """
    End the program with a constant message: call `@std.rt.panic_message`, then `unreachable`.

        mem.panic "entered unreachable code"
    """

    name = "mem.panic"
    message = prop_def(StringAttr)
    traits = traits_def(IsTerminator(), EarlyExit())
    assembly_format = "$message attr-dict"

    def __init__(self, message: str):
        super().__init__(properties={"message": StringAttr(message)})


@irdl_op_definition
class OverflowOp(IRDLOperation):
    """
    Compute `add`, `sub` or `mul`; the second result says whether the exact result does not fit. Lowers to
    `llvm.{s,u}{add,sub,mul}.with.overflow` and two `extractvalue`.

        %r, %o = mem.overflow "add" %a, %b : i64
        %r, %o = mem.overflow "mul" %a, %b unsigned : i8
    """

    name = "mem.overflow"
    T: ClassVar = VarConstraint("T", base(IntegerType))
    kind = prop_def(StringAttr)
    lhs = operand_def(T)
    rhs = operand_def(T)
    unsigned = opt_prop_def(UnitAttr)
    result = result_def(T)
    overflowed = result_def(i1)
    traits = traits_def(Pure())
    assembly_format = "$kind $lhs `,` $rhs (`unsigned` $unsigned^)? attr-dict `:` type($result)"

    def __init__(self, kind: str, lhs: SSAValue, rhs: SSAValue, unsigned: bool = False):
        super().__init__(
            operands=[lhs, rhs],
            result_types=[lhs.type, i1],
            properties={"kind": StringAttr(kind), "unsigned": UnitAttr() if unsigned else None},
        )

    def verify_(self) -> None:
        if self.kind.data not in ("add", "sub", "mul"):
            raise VerifyException(f"unknown kind `{self.kind.data}`, expected one of add, sub, mul")


@irdl_op_definition
class FloatToIntOp(IRDLOperation):
    """
    Convert a float to an integer; out of range saturates, NaN is 0. Lowers to `llvm.fptosi.sat` / `llvm.fptoui.sat`.

        %i = mem.float_to_int %x unsigned : f64 -> i8
    """

    name = "mem.float_to_int"
    value = operand_def(AnyFloat)
    unsigned = opt_prop_def(UnitAttr)
    result = result_def(IntegerType)
    traits = traits_def(Pure())
    assembly_format = "$value (`unsigned` $unsigned^)? attr-dict `:` type($value) `->` type($result)"

    def __init__(self, value: SSAValue, type_: IntegerType, unsigned: bool = False):
        super().__init__(
            operands=[value], result_types=[type_], properties={"unsigned": UnitAttr() if unsigned else None}
        )
