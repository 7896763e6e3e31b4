"""The cell of a boxed enum that dies, used again for the next value of the same size."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import IntegerAttr, i64
from xdsl.ir import SSAValue
from xdsl.irdl import (
    IRDLOperation,
    eq,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    var_operand_def,
)
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.types import EnumType
from luma_ir.dialects.mem.memory import POINTER
from luma_ir.dialects.mem.ownership import verify_parts
from luma_ir.ir.fast import users


@irdl_op_definition
class DropReuseOp(IRDLOperation):
    """
    Give up the unit of a boxed enum that is of a variant, except for some parts, as `mem.drop_rest` does; but do not
    give its cell back. The result is the cell if it is nobody's any more, else null; one `mem.make_at` takes it.

        %token = mem.drop_reuse %list, 1 (%tail) : !luma.enum<@List>, (!luma.enum<@List>) -> !llvm.ptr
    """

    name = "mem.drop_reuse"
    variant = prop_def(IntegerAttr.constr(eq(i64)))
    value = operand_def(EnumType)
    parts = var_operand_def()
    token = result_def(POINTER)
    assembly_format = (
        "$value `,` $variant `(` $parts `)` attr-dict `:` type($value) `,` functional-type($parts, $token)"
    )

    def __init__(self, value: SSAValue, variant: int, parts: Sequence[SSAValue]):
        super().__init__(
            operands=[value, parts], result_types=[POINTER], properties={"variant": IntegerAttr(variant, i64)}
        )

    def verify_(self) -> None:
        verify_parts(self.value, self.parts)
        takers = list(users(self.token))
        if not takers or not all(isinstance(user, MakeAtOp | FreeTokenOp) for user in takers):
            raise VerifyException("the cell is taken by `mem.make_at` or `mem.free_token`")


@irdl_op_definition
class MakeAtOp(IRDLOperation):
    """
    Make a value of a boxed enum, as `luma.enum.make` does, in the cell that a `mem.drop_reuse` left; in a new one when
    that is null. Both cells have the same size.

        %more = mem.make_at %token, 1 (%x, %out) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
    """

    name = "mem.make_at"
    variant = prop_def(IntegerAttr.constr(eq(i64)))
    token = operand_def(POINTER)
    fields = var_operand_def()
    result = result_def(EnumType)
    assembly_format = "$token `,` $variant `(` $fields `)` attr-dict `:` functional-type($fields, $result)"

    def __init__(self, token: SSAValue, variant: int, fields: Sequence[SSAValue], type_: EnumType):
        super().__init__(
            operands=[token, fields], result_types=[type_], properties={"variant": IntegerAttr(variant, i64)}
        )

    def verify_(self) -> None:
        if not isinstance(self.token.owner, DropReuseOp):
            raise VerifyException("the cell comes from a `mem.drop_reuse`")


@irdl_op_definition
class FreeTokenOp(IRDLOperation):
    """
    Give the cell back that a `mem.drop_reuse` left, if it is not null.

        mem.free_token %token
    """

    name = "mem.free_token"
    token = operand_def(POINTER)
    assembly_format = "$token attr-dict"

    def __init__(self, token: SSAValue):
        super().__init__(operands=[token])

    def verify_(self) -> None:
        if not isinstance(self.token.owner, DropReuseOp):
            raise VerifyException("the cell comes from a `mem.drop_reuse`")
