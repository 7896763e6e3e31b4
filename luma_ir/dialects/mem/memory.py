"""
Typed memory: addresses, loads, stores, stack slots, constants.

Every address is an `!llvm.ptr`; the type that is read or stepped over is named by the op. Types here are storage types:
builtin scalars, `!llvm.ptr`, `!llvm.struct` and `!llvm.array`, laid out as LLVM lays them out. An `i1` in memory is a
byte that is 0 or 1.

An array value is the address of its buffer, whose layout is `{i32 rc, i32 flags, i64 len, i64 cap, i64 link, T...}`:
the header fields are at the byte offsets 0, 4, 8, 16 and 24, the first element is at 32.
"""

from __future__ import annotations

from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, IntegerAttr, IntegerType, StringAttr, UnitAttr, i64
from xdsl.dialects.llvm import LLVMPointerType
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
)
from xdsl.traits import NoMemoryEffect, Pure
from xdsl.utils.exceptions import VerifyException

POINTER = LLVMPointerType()
"""The type of every address."""

HEADER_FIELDS: dict[str, tuple[int, int]] = {
    "rc": (0, 32),
    "flags": (4, 32),
    "len": (8, 64),
    "cap": (16, 64),
    "link": (24, 64),
}
"""Byte offset and width in bits of each field of a buffer's header; `link` holds an address while a buffer dies."""

SCOPE = "mem.scope"
"""Name of a string attribute on loads and stores: what they access, until `mem-alias-scopes` makes scopes of it."""

DATA_OFFSET = 32
"""Byte offset of a buffer's first element."""


class _HeaderOp(IRDLOperation):
    """What the two ops on header fields share."""

    def _verify_field(self, type_: Attribute) -> None:
        field = self.properties["field"]
        assert isinstance(field, StringAttr)
        if field.data not in HEADER_FIELDS:
            raise VerifyException(f"unknown header field `{field.data}`, expected one of {', '.join(HEADER_FIELDS)}")
        width = HEADER_FIELDS[field.data][1]
        if type_ != IntegerType(width):
            raise VerifyException(f"header field `{field.data}` is an i{width}")


@irdl_op_definition
class LoadHeaderOp(_HeaderOp):
    """
    Read a field of a buffer's header. Lowers to a `load` at the field's byte offset (GEP inbounds nuw over i8).

    `len` of a constant buffer never changes, nor does that of a buffer nobody writes to; no other promise is made.

        %n = mem.load_header "len" %b : i64
        %rc = mem.load_header "rc" %b : i32
    """

    name = "mem.load_header"
    field = prop_def(StringAttr)
    buffer = operand_def(POINTER)
    alias_scopes = opt_prop_def(DenseArrayBase)
    noalias_scopes = opt_prop_def(DenseArrayBase)
    result = result_def(IntegerType)
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$field $buffer attr-dict `:` type($result)"

    def __init__(self, field: str, buffer: SSAValue):
        super().__init__(
            operands=[buffer],
            result_types=[IntegerType(HEADER_FIELDS[field][1])],
            properties={"field": StringAttr(field)},
        )

    def verify_(self) -> None:
        self._verify_field(self.result.type)


@irdl_op_definition
class StoreHeaderOp(_HeaderOp):
    """
    Write a field of a buffer's header.

        mem.store_header "len" %n, %b : i64
    """

    name = "mem.store_header"
    field = prop_def(StringAttr)
    value = operand_def(IntegerType)
    buffer = operand_def(POINTER)
    alias_scopes = opt_prop_def(DenseArrayBase)
    noalias_scopes = opt_prop_def(DenseArrayBase)
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$field $value `,` $buffer attr-dict `:` type($value)"

    def __init__(self, field: str, value: SSAValue, buffer: SSAValue):
        super().__init__(operands=[value, buffer], properties={"field": StringAttr(field)})

    def verify_(self) -> None:
        self._verify_field(self.value.type)


@irdl_op_definition
class ElementOp(IRDLOperation):
    """
    The address of element `index` of a buffer with elements of storage type `element`, not loaded.

    Lowers to one GEP inbounds over `!llvm.struct<(i32, i32, i64, i64, i64, !llvm.array<0 x T>)>` with the indices
    `[0, 5, index]` (or the same address computed otherwise). The index is in `[0, cap]` and not negative.

        %p = mem.element %b[%i] : f64
    """

    name = "mem.element"
    buffer = operand_def(POINTER)
    index = operand_def(i64)
    element = prop_def(Attribute)
    result = result_def(POINTER)
    traits = traits_def(Pure())
    assembly_format = "$buffer `[` $index `]` attr-dict `:` $element"

    def __init__(self, buffer: SSAValue, index: SSAValue, element: Attribute):
        super().__init__(operands=[buffer, index], result_types=[POINTER], properties={"element": element})


@irdl_op_definition
class OffsetOp(IRDLOperation):
    """
    The address `index` elements of storage type `element` behind an address: into a fixed array, or raw.

    Lowers to `getelementptr T, %p, %index`; inbounds (and nuw) when the flag `inbounds` is there.

        %q = mem.offset %p[%i] inbounds : f64
    """

    name = "mem.offset"
    pointer = operand_def(POINTER)
    index = operand_def(i64)
    element = prop_def(Attribute)
    inbounds = opt_prop_def(UnitAttr)
    result = result_def(POINTER)
    traits = traits_def(Pure())
    assembly_format = "$pointer `[` $index `]` (`inbounds` $inbounds^)? attr-dict `:` $element"

    def __init__(self, pointer: SSAValue, index: SSAValue, element: Attribute, inbounds: bool = True):
        super().__init__(
            operands=[pointer, index],
            result_types=[POINTER],
            properties={"element": element, "inbounds": UnitAttr() if inbounds else None},
        )


@irdl_op_definition
class FieldOp(IRDLOperation):
    """
    The address of a field of a struct in memory: GEP inbounds with the indices `[0, number]`.

        %q = mem.field %p[1] : !llvm.struct<(f64, i64)>
    """

    name = "mem.field"
    pointer = operand_def(POINTER)
    number = prop_def(IntegerAttr.constr(eq(i64)))
    aggregate = prop_def(Attribute)
    result = result_def(POINTER)
    traits = traits_def(Pure())
    assembly_format = "$pointer `[` $number `]` attr-dict `:` $aggregate"

    def __init__(self, pointer: SSAValue, number: int, aggregate: Attribute):
        super().__init__(
            operands=[pointer],
            result_types=[POINTER],
            properties={"number": IntegerAttr(number, i64), "aggregate": aggregate},
        )


@irdl_op_definition
class LoadOp(IRDLOperation):
    """
    Read a value of a storage type. An `i1` is read as a byte and truncated.

    `raw` marks an access through a pointer of unsafe code, about whose aliasing nothing may be assumed.
    `alias_scopes`/`noalias_scopes` number the alias scopes of the function that the access is in, or disjoint from.

        %v = mem.load %p : f64
        %v = mem.load %p raw : i8
    """

    name = "mem.load"
    pointer = operand_def(POINTER)
    raw = opt_prop_def(UnitAttr)
    alias_scopes = opt_prop_def(DenseArrayBase)
    noalias_scopes = opt_prop_def(DenseArrayBase)
    result = result_def()
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$pointer (`raw` $raw^)? attr-dict `:` type($result)"

    def __init__(self, pointer: SSAValue, type_: Attribute, raw: bool = False):
        super().__init__(operands=[pointer], result_types=[type_], properties={"raw": UnitAttr() if raw else None})


@irdl_op_definition
class StoreOp(IRDLOperation):
    """
    Write a value of a storage type; properties as for `mem.load`. An `i1` is extended to a byte.

        mem.store %v, %p : f64
    """

    name = "mem.store"
    value = operand_def()
    pointer = operand_def(POINTER)
    raw = opt_prop_def(UnitAttr)
    alias_scopes = opt_prop_def(DenseArrayBase)
    noalias_scopes = opt_prop_def(DenseArrayBase)
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$value `,` $pointer (`raw` $raw^)? attr-dict `:` type($value)"

    def __init__(self, value: SSAValue, pointer: SSAValue, raw: bool = False):
        super().__init__(operands=[value, pointer], properties={"raw": UnitAttr() if raw else None})


@irdl_op_definition
class CopyOp(IRDLOperation):
    """
    Copy `count` consecutive values of a storage type; the two places do not overlap. Lowers to `memcpy` of
    `count * size` bytes, with the type's alignment on both sides.

        mem.copy %source to %target, %n : f64
    """

    name = "mem.copy"
    source = operand_def(POINTER)
    target = operand_def(POINTER)
    count = operand_def(i64)
    element = prop_def(Attribute)
    alias_scopes = opt_prop_def(DenseArrayBase)
    noalias_scopes = opt_prop_def(DenseArrayBase)
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$source `to` $target `,` $count attr-dict `:` $element"

    def __init__(self, source: SSAValue, target: SSAValue, count: SSAValue, element: Attribute):
        super().__init__(operands=[source, target, count], properties={"element": element})


@irdl_op_definition
class SlotOp(IRDLOperation):
    """
    Stack memory for one value of a storage type, uninitialised. Stands in the entry block of its function only, so it
    lowers to an `alloca` there.

        %p = mem.slot : !llvm.array<4 x f64>
    """

    name = "mem.slot"
    element = prop_def(Attribute)
    result = result_def(POINTER)
    traits = traits_def(NoMemoryEffect())
    assembly_format = "attr-dict `:` $element"

    def __init__(self, element: Attribute):
        super().__init__(result_types=[POINTER], properties={"element": element})


@irdl_op_definition
class ConstantOp(IRDLOperation):
    """
    The address of a constant: an immortal buffer (header `rc = -2^31, flags = 0, len = cap = count, link = 0`), or with
    the flag `data` just the values. `values` is a string (its UTF-8 bytes, `element` is i8) or an array of integer or
    float attributes of the type `element`. Equal constants may share one private, unnamed_addr global.

        %s = mem.constant "hello" : i8
        %a = mem.constant [1 : i64, 2 : i64] : i64
        %d = mem.constant [1.0 : f64] data : f64
    """

    name = "mem.constant"
    values = prop_def(StringAttr | ArrayAttr)
    element = prop_def(Attribute)
    data = opt_prop_def(UnitAttr)
    result = result_def(POINTER)
    traits = traits_def(Pure())
    assembly_format = "$values (`data` $data^)? attr-dict `:` $element"

    def __init__(self, values: StringAttr | ArrayAttr, element: Attribute, data: bool = False):
        super().__init__(
            result_types=[POINTER],
            properties={"values": values, "element": element, "data": UnitAttr() if data else None},
        )


@irdl_op_definition
class EmptyOp(IRDLOperation):
    """
    The address of the one empty buffer, `@mem.empty` (rc = -2^31, everything else 0), for every element type. A private
    constant that is never written.

        %e = mem.empty
    """

    name = "mem.empty"
    result = result_def(POINTER)
    traits = traits_def(Pure())
    assembly_format = "attr-dict"

    def __init__(self):
        super().__init__(result_types=[POINTER])


@irdl_op_definition
class StaticOp(IRDLOperation):
    """
    The address of `size` bytes of zeroed static memory named `symbol` (16-byte aligned, internal linkage).

        %p = mem.static "rt.stdout", 8
    """

    name = "mem.static"
    symbol = prop_def(StringAttr)
    size = prop_def(IntegerAttr.constr(eq(i64)))
    thread_local = opt_prop_def(UnitAttr)
    result = result_def(POINTER)
    traits = traits_def(Pure())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$symbol `,` $size attr-dict"

    def __init__(self, symbol: str, size: int):
        super().__init__(
            result_types=[POINTER], properties={"symbol": StringAttr(symbol), "size": IntegerAttr(size, i64)}
        )


@irdl_op_definition
class LocationOp(IRDLOperation):
    """
    The address of the constant `{ptr file, i64 file_len, i64 line, i64 column, ptr func, i64 func_len}` for this op's
    own location: innermost file place; the function is the innermost name location's, else the `display_name` of the
    enclosing function.

        %l = mem.location
    """

    name = "mem.location"
    result = result_def(POINTER)
    traits = traits_def(NoMemoryEffect())
    assembly_format = "attr-dict"

    def __init__(self):
        super().__init__(result_types=[POINTER])
