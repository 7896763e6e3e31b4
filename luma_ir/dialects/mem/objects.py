"""
Cells: counted memory of a fixed size, in which function values, `any` values and recursive enums are.

A cell begins with a word `{i32 rc, i32 tag}`: the count as in a buffer, and for an enum the number of the variant. The
cell of a function value or an `any` value goes on with the address of a *table*, a constant

    {ptr drop, ptr copy, i64 size, ptr code0, ptr code1, ...}

`drop(cell, waiting)` releases what the cell holds, or is null when that is nothing; `copy(cell)` trades one reference
to a shared cell for a cell of one's own, or is null when the cell is never changed; `size` is in bytes, the word and
the address included.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, FlatSymbolRefAttrConstr, IntegerAttr, SymbolRefAttr, UnitAttr, i64
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    ParsePropInAttrDict,
    eq,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.mem.memory import POINTER

TABLE_FIELDS: dict[str, int] = {"drop": 0, "copy": 1, "size": 2, "code": 3}
"""The numbers of the fields of a table; further code addresses follow the first."""


@irdl_op_definition
class AllocCellOp(IRDLOperation):
    """
    Memory of `size` bytes for a cell, uninitialised. `mem-expand-rc` replaces this op.

        %c = mem.alloc_cell 24
    """

    name = "mem.alloc_cell"
    size = prop_def(IntegerAttr.constr(eq(i64)))
    result = result_def(POINTER)
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$size attr-dict"

    def __init__(self, size: int):
        super().__init__(result_types=[POINTER], properties={"size": IntegerAttr(size, i64)})


@irdl_op_definition
class FreeCellOp(IRDLOperation):
    """
    Give the `size` bytes of a cell back; what it holds is not looked at. `mem-expand-rc` replaces this op.

        mem.free_cell %c, 24
    """

    name = "mem.free_cell"
    cell = operand_def(POINTER)
    size = prop_def(IntegerAttr.constr(eq(i64)))
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$cell `,` $size attr-dict"

    def __init__(self, cell: SSAValue, size: int):
        super().__init__(operands=[cell], properties={"size": IntegerAttr(size, i64)})


@irdl_op_definition
class TableOp(IRDLOperation):
    """
    The address of a constant table with the functions of `codes`; with the flag `object`, the address of an immortal
    cell that has this table and holds nothing.

        %t = mem.table [@mem.thunk.0], 24 {drop = @mem.drop.0}
        %f = mem.table [@mem.thunk.1], 16 {object}
    """

    name = "mem.table"
    codes = prop_def(ArrayAttr[SymbolRefAttr])
    size = prop_def(IntegerAttr.constr(eq(i64)))
    drop = opt_prop_def(FlatSymbolRefAttrConstr)
    copy = opt_prop_def(FlatSymbolRefAttrConstr)
    object = opt_prop_def(UnitAttr)
    result = result_def(POINTER)
    traits = traits_def(Pure())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$codes `,` $size attr-dict"

    def __init__(
        self,
        codes: Sequence[str],
        size: int,
        drop: str | None = None,
        copy: str | None = None,
        object: bool = False,
    ):
        super().__init__(
            result_types=[POINTER],
            properties={
                "codes": ArrayAttr([SymbolRefAttr(code) for code in codes]),
                "size": IntegerAttr(size, i64),
                "drop": SymbolRefAttr(drop) if drop else None,
                "copy": SymbolRefAttr(copy) if copy else None,
                "object": UnitAttr() if object else None,
            },
        )

    def verify_(self) -> None:
        if self.object is not None and self.drop is not None:
            raise VerifyException("an immortal cell holds nothing to drop")


@irdl_op_definition
class CallIndirectOp(IRDLOperation):
    """
    Call the function at an address.

        %r = mem.call_indirect %code(%cell, %x) : (!llvm.ptr, i64) -> i64
    """

    name = "mem.call_indirect"
    callee = operand_def(POINTER)
    arguments = var_operand_def()
    res = var_result_def()
    assembly_format = "$callee `(` $arguments `)` attr-dict `:` functional-type($arguments, $res)"

    def __init__(self, callee: SSAValue, arguments: Sequence[SSAValue], result_types: Sequence[Attribute]):
        super().__init__(operands=[callee, arguments], result_types=[result_types])
