"""
Arrays and strings as values, constants, raw memory for unsafe code.

An op that changes an array consumes it and yields the changed one; whether that is in place is decided below, where
ownership is known. Indices and counts are i64.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    AnyFloat,
    ArrayAttr,
    FloatAttr,
    IntegerAttr,
    IntegerType,
    StringAttr,
    UnitAttr,
    i8,
    i64,
)
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.irdl import (
    AnyAttr,
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
)
from xdsl.traits import NoMemoryEffect, Pure
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.types import ArrayType, FixedType, PtrType, StructType, TupleType
from luma_ir.dialects.luma.verification import (
    definitions_in,
    element_of,
    require_type,
    require_types,
    struct_fields,
)
from luma_ir.ir.symbol_scope import SymbolScope, VerifiedByDefinitions, VerifiedByTypes

_BYTES = ArrayType(i8)


@irdl_op_definition
class StringLiteralOp(IRDLOperation):
    """
    A constant string: a struct over the array of its UTF-8 bytes, without an allocation.

        %s = luma.string.literal "hello" : !luma.struct<@std.string.string>
    """

    name = "luma.string.literal"
    value = prop_def(StringAttr)
    result = result_def(StructType)
    traits = traits_def(Pure(), VerifiedByDefinitions())
    assembly_format = "$value attr-dict `:` type($result)"

    def __init__(self, value: str, type_: StructType):
        super().__init__(result_types=[type_], properties={"value": StringAttr(value)})

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check that the struct holds the bytes of a text and nothing else."""
        type = self.result.type
        fields = struct_fields(definitions_in(scope), type)
        if fields is not None:
            require_types("the fields of `{}`, which is to hold a text,", fields, (_BYTES,), type)


@irdl_op_definition
class ArrayLiteralOp(IRDLOperation):
    """
    A constant array of scalars, without an allocation. Each value is an integer or float attribute of the element type.

        %a = luma.array.literal [1 : i64, 2 : i64] : !luma.array<i64>
    """

    name = "luma.array.literal"
    values = prop_def(ArrayAttr)
    result = result_def(AnyAttr())
    traits = traits_def(Pure(), VerifiedByTypes())
    assembly_format = "$values attr-dict `:` type($result)"

    def __init__(self, values: Sequence[Attribute], type_: ArrayType | FixedType):
        super().__init__(result_types=[type_], properties={"values": ArrayAttr(values)})

    def verify_(self) -> None:
        element = element_of("the result", self.result.type)
        for number, value in enumerate(self.values.data):
            if not isinstance(value, IntegerAttr | FloatAttr) or value.type != element:
                raise VerifyException(f"value {number} is `{value}`, which is no constant of type `{element}`")
        _require_size(self.result.type, len(self.values.data))


@irdl_op_definition
class ArrayMakeOp(IRDLOperation):
    """
    An array (growable or fixed) of the given elements.

        %a = luma.array.make %x, %y : (i64, i64) -> !luma.array<i64>
    """

    name = "luma.array.make"
    elements = var_operand_def()
    result = result_def()
    traits = traits_def(Pure(), VerifiedByTypes())
    assembly_format = "$elements attr-dict `:` functional-type($elements, $result)"

    def __init__(self, elements: Sequence[SSAValue], type_: ArrayType | FixedType):
        super().__init__(operands=[elements], result_types=[type_])

    def verify_(self) -> None:
        element = element_of("the result", self.result.type)
        for number, value in enumerate(self.elements):
            require_type("element {}", value.type, element, number)
        _require_size(self.result.type, len(self.elements))


@irdl_op_definition
class ArrayFillOp(IRDLOperation):
    """
    `count` copies of a value (`[v; n]`). `count` must not be negative; the frontend checks it. For a fixed array it
    is the constant length of the type.

        %a = luma.array.fill %v, %n : (f64, i64) -> !luma.array<f64>
    """

    name = "luma.array.fill"
    value = operand_def()
    count = operand_def(i64)
    result = result_def()
    traits = traits_def(Pure())
    assembly_format = "$value `,` $count attr-dict `:` functional-type(operands, $result)"

    def __init__(self, value: SSAValue, count: SSAValue, type_: ArrayType | FixedType):
        super().__init__(operands=[value, count], result_types=[type_])

    def verify_(self) -> None:
        require_type("the value", self.value.type, element_of("the result", self.result.type))
        if isinstance(self.result.type, FixedType):
            count = constant_value(self.count)
            if count is not None:
                _require_size(self.result.type, count)


@irdl_op_definition
class ArrayLenOp(IRDLOperation):
    """
    The number of elements.

        %n = luma.array.len %a : !luma.array<i64>
    """

    name = "luma.array.len"
    array = operand_def()
    result = result_def(i64)
    traits = traits_def(Pure(), VerifiedByTypes())
    assembly_format = "$array attr-dict `:` type($array)"

    def __init__(self, array: SSAValue):
        super().__init__(operands=[array], result_types=[i64])

    def verify_(self) -> None:
        element_of("the operand", self.array.type)


@irdl_op_definition
class ArrayPushOp(IRDLOperation):
    """
    The array with one more element at its end, in amortised constant time when it is unique.

        %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
    """

    name = "luma.array.push"
    array = operand_def(ArrayType)
    value = operand_def()
    result = result_def(ArrayType)
    traits = traits_def(NoMemoryEffect(), VerifiedByTypes())
    assembly_format = "$array `,` $value attr-dict `:` functional-type(operands, results)"

    def __init__(self, array: SSAValue, value: SSAValue):
        super().__init__(operands=[array, value], result_types=[array.type])

    def verify_(self) -> None:
        require_type("the value", self.value.type, element_of("the array", self.array.type))
        require_type("the result", self.result.type, self.array.type)


@irdl_op_definition
class ArrayPopOp(IRDLOperation):
    """
    The array without its last element, and that element. The array must not be empty.

        %b, %v = luma.array.pop %a : (!luma.array<i64>) -> (!luma.array<i64>, i64)
    """

    name = "luma.array.pop"
    array = operand_def(ArrayType)
    rest = result_def(ArrayType)
    value = result_def()
    traits = traits_def(NoMemoryEffect(), VerifiedByTypes())
    assembly_format = "$array attr-dict `:` functional-type(operands, results)"

    def __init__(self, array: SSAValue, element_type: Attribute):
        super().__init__(operands=[array], result_types=[array.type, element_type])

    def verify_(self) -> None:
        require_type("the array without its last element", self.rest.type, self.array.type)
        require_type("the element", self.value.type, element_of("the array", self.array.type))


@irdl_op_definition
class ArrayTruncateOp(IRDLOperation):
    """
    The array's first `length` elements, in place when unique; `0 <= length <= len`.

        %b = luma.array.truncate %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
    """

    name = "luma.array.truncate"
    array = operand_def(ArrayType)
    length = operand_def(i64)
    result = result_def(ArrayType)
    traits = traits_def(NoMemoryEffect(), VerifiedByTypes())
    assembly_format = "$array `,` $length attr-dict `:` functional-type(operands, results)"

    def __init__(self, array: SSAValue, length: SSAValue):
        super().__init__(operands=[array, length], result_types=[array.type])

    def verify_(self) -> None:
        require_type("the result", self.result.type, self.array.type)


@irdl_op_definition
class ArrayReserveOp(IRDLOperation):
    """
    The same array with room for at least `capacity` elements in all.

        %b = luma.array.reserve %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
    """

    name = "luma.array.reserve"
    array = operand_def(ArrayType)
    capacity = operand_def(i64)
    result = result_def(ArrayType)
    traits = traits_def(NoMemoryEffect(), VerifiedByTypes())
    assembly_format = "$array `,` $capacity attr-dict `:` functional-type(operands, results)"

    def __init__(self, array: SSAValue, capacity: SSAValue):
        super().__init__(operands=[array, capacity], result_types=[array.type])

    def verify_(self) -> None:
        require_type("the result", self.result.type, self.array.type)


@irdl_op_definition
class ArrayAppendOp(IRDLOperation):
    """
    The first array with the second one's elements behind its own; the second is only read.

        %c = luma.array.append %a, %b : (!luma.array<i8>, !luma.array<i8>) -> !luma.array<i8>
    """

    name = "luma.array.append"
    array = operand_def(ArrayType)
    other = operand_def(ArrayType)
    result = result_def(ArrayType)
    traits = traits_def(NoMemoryEffect(), VerifiedByTypes())
    assembly_format = "$array `,` $other attr-dict `:` functional-type(operands, results)"

    def __init__(self, array: SSAValue, other: SSAValue):
        super().__init__(operands=[array, other], result_types=[array.type])

    def verify_(self) -> None:
        require_type("the second array", self.other.type, self.array.type)
        require_type("the result", self.result.type, self.array.type)


@irdl_op_definition
class ArraySliceOp(IRDLOperation):
    """
    The elements from `lower` to `upper` (exclusive), both checked before. The operand may be fixed; the result grows.

        %b = luma.array.slice %a, %lower, %upper : (!luma.array<i64>, i64, i64) -> !luma.array<i64>
    """

    name = "luma.array.slice"
    array = operand_def()
    lower = operand_def(i64)
    upper = operand_def(i64)
    result = result_def(ArrayType)
    traits = traits_def(NoMemoryEffect(), VerifiedByTypes())
    assembly_format = "$array `,` $lower `,` $upper attr-dict `:` functional-type(operands, results)"

    def __init__(self, array: SSAValue, lower: SSAValue, upper: SSAValue, type_: ArrayType):
        super().__init__(operands=[array, lower, upper], result_types=[type_])

    def verify_(self) -> None:
        require_type("an element of the result", self.result.type.element, element_of("the array", self.array.type))


@irdl_op_definition
class ArrayPtrOp(IRDLOperation):
    """
    The address of an array's first element, for unsafe code. The array stays alive while the pointer, or one derived
    from it by `luma.ptr.offset`, is used in the same function.

        %p = luma.array.ptr %a : (!luma.array<i8>) -> !luma.ptr<i8>
    """

    name = "luma.array.ptr"
    array = operand_def(ArrayType)
    result = result_def(PtrType)
    traits = traits_def(VerifiedByTypes())
    assembly_format = "$array attr-dict `:` functional-type(operands, results)"

    def __init__(self, array: SSAValue, type_: PtrType):
        super().__init__(operands=[array], result_types=[type_])

    def verify_(self) -> None:
        element = element_of("the array", self.array.type)
        require_type("what the result points to", self.result.type.element, element)


@irdl_op_definition
class PtrLoadOp(IRDLOperation):
    """
    Read through a raw pointer.

        %v = luma.ptr.load %p : (!luma.ptr<i8>) -> i8
    """

    name = "luma.ptr.load"
    pointer = operand_def(PtrType)
    result = result_def()
    traits = traits_def(VerifiedByTypes())
    assembly_format = "$pointer attr-dict `:` functional-type(operands, results)"

    def __init__(self, pointer: SSAValue, type_: Attribute):
        super().__init__(operands=[pointer], result_types=[type_])

    def verify_(self) -> None:
        require_type("the result", self.result.type, _pointed_to(self.pointer))


@irdl_op_definition
class PtrStoreOp(IRDLOperation):
    """
    Write through a raw pointer.

        luma.ptr.store %v, %p : i8, !luma.ptr<i8>
    """

    name = "luma.ptr.store"
    value = operand_def()
    pointer = operand_def(PtrType)
    traits = traits_def(VerifiedByTypes())
    assembly_format = "$value `,` $pointer attr-dict `:` type($value) `,` type($pointer)"

    def __init__(self, value: SSAValue, pointer: SSAValue):
        super().__init__(operands=[value, pointer])

    def verify_(self) -> None:
        require_type("the value", self.value.type, _pointed_to(self.pointer))


@irdl_op_definition
class PtrOffsetOp(IRDLOperation):
    """
    A pointer `count` elements further on.

        %q = luma.ptr.offset %p, %n : (!luma.ptr<i8>, i64) -> !luma.ptr<i8>
    """

    name = "luma.ptr.offset"
    pointer = operand_def(PtrType)
    count = operand_def(i64)
    result = result_def(PtrType)
    traits = traits_def(Pure(), VerifiedByTypes())
    assembly_format = "$pointer `,` $count attr-dict `:` functional-type(operands, results)"

    def __init__(self, pointer: SSAValue, count: SSAValue):
        super().__init__(operands=[pointer, count], result_types=[pointer.type])

    def verify_(self) -> None:
        require_type("the result", self.result.type, self.pointer.type)


@irdl_op_definition
class PtrCastOp(IRDLOperation):
    """
    Convert between pointers of different element types, those of LLVM (`!llvm.ptr`), and i64 addresses.

        %q = luma.ptr.cast %p : (!luma.ptr<i8>) -> !luma.ptr<i64>
    """

    name = "luma.ptr.cast"
    value = operand_def()
    result = result_def()
    traits = traits_def(Pure(), VerifiedByTypes())
    assembly_format = "$value attr-dict `:` functional-type(operands, results)"

    def __init__(self, value: SSAValue, type_: Attribute):
        super().__init__(operands=[value], result_types=[type_])

    def verify_(self) -> None:
        for what, type in (("the operand", self.value.type), ("the result", self.result.type)):
            if not isinstance(type, PtrType) and type != i64 and type.name != "llvm.ptr":
                raise VerifyException(f"{what} has type `{type}`, which is neither a pointer nor an address (`i64`)")


@irdl_op_definition
class PtrFieldOp(IRDLOperation):
    """
    The address of field number `field` of the struct or tuple that a pointer points to.

        %q = luma.ptr.field %p, 1 : (!luma.ptr<!luma.tuple<i8, i64>>) -> !luma.ptr<i64>
    """

    name = "luma.ptr.field"
    pointer = operand_def(PtrType)
    field = prop_def(IntegerAttr.constr(eq(i64)))
    result = result_def(PtrType)
    traits = traits_def(Pure(), VerifiedByTypes())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$pointer `,` $field attr-dict `:` functional-type(operands, results)"

    def __init__(self, pointer: SSAValue, field: int, type_: PtrType):
        super().__init__(operands=[pointer], result_types=[type_], properties={"field": IntegerAttr(field, i64)})

    def verify_(self) -> None:
        if not isinstance(_pointed_to(self.pointer), StructType | TupleType):
            raise VerifyException(f"a value of type `{_pointed_to(self.pointer)}` has no fields")


@irdl_op_definition
class SlotOp(IRDLOperation):
    """
    The address of stack memory for one uncounted value, uninitialised: a variable whose address is taken. It is the
    same memory each time the op runs in one call of its function, and gone when that returns.

        %p = luma.slot : !luma.ptr<i64>
    """

    name = "luma.slot"
    result = result_def(PtrType)
    assembly_format = "attr-dict `:` type($result)"

    def __init__(self, type_: PtrType):
        super().__init__(result_types=[type_])


@irdl_op_definition
class StaticOp(IRDLOperation):
    """
    The address of `size` bytes of zeroed static memory with the given name: the run-time system's own state.

        %p = luma.static "rt.stdout", 8 : !luma.ptr<i8>
    """

    name = "luma.static"
    symbol = prop_def(StringAttr)
    size = prop_def(IntegerAttr.constr(eq(i64)))
    thread_local = opt_prop_def(UnitAttr)
    result = result_def(PtrType)
    traits = traits_def(Pure(), VerifiedByTypes())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$symbol `,` $size attr-dict `:` type($result)"

    def __init__(self, symbol: str, size: int, type_: PtrType):
        super().__init__(
            result_types=[type_], properties={"symbol": StringAttr(symbol), "size": IntegerAttr(size, i64)}
        )

    def verify_(self) -> None:
        if self.size.value.data < 0:
            raise VerifyException(f"static memory cannot have {self.size.value.data} bytes")


@irdl_op_definition
class LocationOp(IRDLOperation):
    """
    The address of a constant that says where this op stands in the source: file, line, column, function.

        %loc = luma.location : !luma.ptr<i8>
    """

    name = "luma.location"
    result = result_def(PtrType)
    traits = traits_def(NoMemoryEffect())
    assembly_format = "attr-dict `:` type($result)"

    def __init__(self, type_: PtrType):
        super().__init__(result_types=[type_])


@irdl_op_definition
class FloatToIntOp(IRDLOperation):
    """
    Convert a float to an integer; out of range saturates, NaN is 0.

        %i = luma.float_to_int %x : f64 -> i32
        %u = luma.float_to_int %x unsigned : f64 -> i8
    """

    name = "luma.float_to_int"
    value = operand_def(AnyFloat)
    unsigned = opt_prop_def(UnitAttr)
    result = result_def(IntegerType)
    traits = traits_def(Pure())
    assembly_format = "$value (`unsigned` $unsigned^)? attr-dict `:` type($value) `->` type($result)"

    def __init__(self, value: SSAValue, type_: IntegerType, unsigned: bool = False):
        super().__init__(
            operands=[value], result_types=[type_], properties={"unsigned": UnitAttr() if unsigned else None}
        )


@irdl_op_definition
class UndefOp(IRDLOperation):
    """
    Some value of a type, for variables that are assigned before they are read. A counted value is the empty array.

        %u = luma.undef : !luma.array<i64>
    """

    name = "luma.undef"
    result = result_def()
    traits = traits_def(Pure())
    assembly_format = "attr-dict `:` type($result)"

    def __init__(self, type_: Attribute):
        super().__init__(result_types=[type_])


@irdl_op_definition
class TypeKindOp(IRDLOperation):
    """
    What kind of type an operand has, a constant once the type is known: the number of bits of an integer, character or
    truth value; -1 for values that own memory; 0 for all others.

        %k = luma.type_kind %x : i32
    """

    name = "luma.type_kind"
    value = operand_def()
    result = result_def(i64)
    traits = traits_def(Pure())
    assembly_format = "$value attr-dict `:` type($value)"

    def __init__(self, value: SSAValue):
        super().__init__(operands=[value], result_types=[i64])


def constant_value(value: SSAValue) -> int | None:
    """The number that an integer constant is; None for any other value."""
    owner = value.owner
    if not isinstance(owner, Operation) or owner.name != "arith.constant":
        return None
    attribute = owner.properties.get("value")
    return attribute.value.data if isinstance(attribute, IntegerAttr) else None


def _require_size(type: Attribute, count: int) -> None:
    """Fail when a fixed array is to have another number of elements than its type says."""
    if isinstance(type, FixedType) and type.size.data != count:
        raise VerifyException(f"{count} elements for an array of type `{type}`")


def _pointed_to(pointer: SSAValue) -> Attribute:
    type = pointer.type
    assert isinstance(type, PtrType)
    return type.element
