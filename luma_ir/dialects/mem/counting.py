"""
Buffers as counted objects. `mem-expand-rc` replaces every op here, so nothing below that pass knows them.

`element` names the elements by their type of the `luma` level (what must be dropped with a buffer), `size` is the
number of bytes of one element in memory.
"""

from __future__ import annotations

from xdsl.dialects.builtin import FlatSymbolRefAttrConstr, IntegerAttr, SymbolRefAttr, UnitAttr, i64
from xdsl.ir import SSAValue
from xdsl.irdl import (
    IRDLOperation,
    ParsePropInAttrDict,
    eq,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
)

from luma_ir.dialects.mem.memory import POINTER


@irdl_op_definition
class AllocOp(IRDLOperation):
    """
    A new buffer with `rc = 0` and room for `capacity` elements of `size` bytes; the empty buffer when the capacity is
    0, unless the flag `nonzero` says that it is not. Its length is 0, with the flag `filled` the capacity.

        %b = mem.alloc %n, 8 {filled}
    """

    name = "mem.alloc"
    capacity = operand_def(i64)
    size = prop_def(IntegerAttr.constr(eq(i64)))
    nonzero = opt_prop_def(UnitAttr)
    filled = opt_prop_def(UnitAttr)
    result = result_def(POINTER)
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$capacity `,` $size attr-dict"

    def __init__(self, capacity: SSAValue, size: int, nonzero: bool = False, filled: bool = False):
        super().__init__(
            operands=[capacity],
            result_types=[POINTER],
            properties={
                "size": IntegerAttr(size, i64),
                "nonzero": UnitAttr() if nonzero else None,
                "filled": UnitAttr() if filled else None,
            },
        )


@irdl_op_definition
class FreeOp(IRDLOperation):
    """
    Give the memory of a buffer back, whatever its count; its elements are not looked at. It is not the empty buffer.

        mem.free %b, 8
    """

    name = "mem.free"
    buffer = operand_def(POINTER)
    size = prop_def(IntegerAttr.constr(eq(i64)))
    assembly_format = "$buffer `,` $size attr-dict"

    def __init__(self, buffer: SSAValue, size: int):
        super().__init__(operands=[buffer], properties={"size": IntegerAttr(size, i64)})


@irdl_op_definition
class RetainOp(IRDLOperation):
    """
    Count one more reference to a buffer; nothing happens to an immortal one.

        mem.retain %b
    """

    name = "mem.retain"
    buffer = operand_def(POINTER)
    assembly_format = "$buffer attr-dict"

    def __init__(self, buffer: SSAValue):
        super().__init__(operands=[buffer])


@irdl_op_definition
class ReleaseOp(IRDLOperation):
    """
    Count one reference less; the last one destroys the buffer: by `destroy`, which drops the elements, or when there is
    none by giving its memory back. `unique` says that this is known to be the last one (or the empty buffer).

        mem.release %b, 8
        mem.release %b, 8 {destroy = @mem.destroy.0, unique}
    """

    name = "mem.release"
    buffer = operand_def(POINTER)
    size = prop_def(IntegerAttr.constr(eq(i64)))
    destroy = opt_prop_def(FlatSymbolRefAttrConstr)
    unique = opt_prop_def(UnitAttr)
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$buffer `,` $size attr-dict"

    def __init__(self, buffer: SSAValue, size: int, destroy: str | None = None, unique: bool = False):
        super().__init__(
            operands=[buffer],
            properties={
                "size": IntegerAttr(size, i64),
                "destroy": SymbolRefAttr(destroy) if destroy else None,
                "unique": UnitAttr() if unique else None,
            },
        )


@irdl_op_definition
class OwnBufferOp(IRDLOperation):
    """
    The buffer itself when its count says unique, else what `copy` makes of it (a function that consumes one reference
    and yields a unique copy, or the empty buffer for an empty one).

        %c = mem.own_buffer %b, @mem.copy.8
    """

    name = "mem.own_buffer"
    buffer = operand_def(POINTER)
    copy = prop_def(FlatSymbolRefAttrConstr)
    result = result_def(POINTER)
    assembly_format = "$buffer `,` $copy attr-dict"

    def __init__(self, buffer: SSAValue, copy: str):
        super().__init__(operands=[buffer], result_types=[POINTER], properties={"copy": SymbolRefAttr(copy)})
