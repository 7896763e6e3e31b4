"""
Layouts: how values of `luma` types look in registers and in memory.

| type | storage type | value |
|---|---|---|
| scalars | themselves | themselves |
| array, raw pointer | `!llvm.ptr` | the same |
| struct, tuple | `!llvm.struct` of the fields; with exactly one field, that field's | the same |
| enum without payloads | the tag, `i8` (`i32` above 256 variants) | the same |
| enum | `!llvm.struct<(tag, slots...)>`; variants share slots of equal type | the same |
| boxed enum | `!llvm.ptr`: a cell, or for a variant without fields its number as an address | the same |
| function value, `any` value | `!llvm.ptr`: a cell | the same |
| fixed array | `!llvm.array` | the address of a stack slot |
| what has a fixed array inline | as above | the address of a stack slot |

Sizes and alignments are those of LLVM on every 64-bit target: natural alignment, pointers of 8 bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from xdsl.dialects.builtin import Float32Type, Float64Type, IndexType, IntegerType
from xdsl.dialects.llvm import LLVMArrayType, LLVMPointerType, LLVMStructType

from luma_ir.dialects.luma import (
    AnyType,
    ArrayType,
    ClosureType,
    EnumType,
    FixedType,
    ParamType,
    PtrType,
    StructType,
    TupleType,
)
from luma_ir.dialects.mem import POINTER
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.intern import I8, I32, I64

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xdsl.ir import Attribute

    from luma_ir.passes.mem._types import TypeTable


@frozen
class EnumLayout:
    """Where an enum keeps its tag and its fields."""

    tag: IntegerType
    slots: tuple[Attribute, ...]
    """Storage types behind the tag; without any, the value is the tag itself."""
    places: tuple[tuple[int, ...], ...]
    """Per variant and field, the number of the struct's field that it is in (the tag is number 0)."""


@frozen
class CellLayout:
    """A cell: `storage` is a struct of the word with the count, and from number `first` on what is held."""

    storage: LLVMStructType
    first: int
    size: int
    """In bytes."""


class Layouts:
    """Storage types, sizes and alignments; every answer is cached."""

    def __init__(self, types: TypeTable) -> None:
        self.types = types
        self._storage: dict[Attribute, Attribute] = {}
        self._enums: dict[Attribute, EnumLayout] = {}
        self._boxes: dict[tuple[Attribute, int], CellLayout] = {}
        self._sizes: dict[Attribute, tuple[int, int]] = {}

    def storage(self, type_: Attribute) -> Attribute:
        """The type that a value of a `luma` type has in memory."""
        found = self._storage.get(type_)
        if found is None:
            found = self._storage[type_] = self._compute(type_)
        return found

    def value(self, type_: Attribute) -> Attribute:
        """The type that stands for a `luma` type in SSA values."""
        return POINTER if self.types.is_indirect(type_) else self.storage(type_)

    def is_transparent(self, type_: Attribute) -> bool:
        """Whether a struct or tuple looks just like its only field."""
        return isinstance(type_, StructType | TupleType) and len(self.types.fields(type_)) == 1

    def enum(self, type_: EnumType) -> EnumLayout:
        """The layout of an enum."""
        found = self._enums.get(type_)
        if found is None:
            found = self._enums[type_] = self._compute_enum(type_)
        return found

    def box(self, type_: EnumType, variant: int) -> CellLayout:
        """The cell of a variant of a boxed enum."""
        found = self._boxes.get((type_, variant))
        if found is None:
            found = self._boxes[type_, variant] = self._cell([I64], self.types.variants(type_)[variant])
        return found

    def object(self, held: Sequence[Attribute]) -> CellLayout:
        """The cell of a function value with these captures, or of an `any` value."""
        return self._cell([I64, POINTER], held)

    def _cell(self, header: Sequence[Attribute], held: Sequence[Attribute]) -> CellLayout:
        storage = LLVMStructType.from_type_list([*header, *[self.storage(type_) for type_ in held]])
        return CellLayout(storage, len(header), self.size(storage))

    def first_address(self, type_: EnumType) -> int:
        """The least address of a cell of a boxed enum; what is below is the number of a variant without fields."""
        return 256 if len(self.types.variants(type_)) <= 256 else 65536

    def size(self, storage: Attribute) -> int:
        """The number of bytes from one element of a storage type to the next."""
        return self._size(storage)[0]

    def element_size(self, type_: Attribute) -> int:
        """The number of bytes that one element of a `luma` type takes in an array."""
        return self._size(self.storage(type_))[0]

    def _compute(self, type_: Attribute) -> Attribute:
        if isinstance(type_, ArrayType | PtrType | ClosureType | AnyType) or self.types.is_boxed(type_):
            return POINTER
        if isinstance(type_, StructType | TupleType):
            fields = [self.storage(field) for field in self.types.fields(type_)]
            return fields[0] if len(fields) == 1 else LLVMStructType.from_type_list(fields)
        if isinstance(type_, EnumType):
            layout = self.enum(type_)
            return LLVMStructType.from_type_list([layout.tag, *layout.slots]) if layout.slots else layout.tag
        if isinstance(type_, FixedType):
            return LLVMArrayType(type_.size, self.storage(type_.element))
        if isinstance(type_, ParamType):
            raise PassFailure(f"values of type `{type_}` have no layout")
        return type_

    def _compute_enum(self, type_: EnumType) -> EnumLayout:
        variants = self.types.variants(type_)
        slots: list[Attribute] = []
        places = []
        for fields in variants:
            free = list(range(len(slots)))
            place = []
            for field in fields:
                storage = self.storage(field)
                number = next((slot for slot in free if slots[slot] == storage), None)
                if number is None:
                    number = len(slots)
                    slots.append(storage)
                else:
                    free.remove(number)
                place.append(number + 1)
            places.append(tuple(place))
        return EnumLayout(I8 if len(variants) <= 256 else I32, tuple(slots), tuple(places))

    def _size(self, storage: Attribute) -> tuple[int, int]:
        found = self._sizes.get(storage)
        if found is None:
            found = self._sizes[storage] = self._compute_size(storage)
        return found

    def _compute_size(self, storage: Attribute) -> tuple[int, int]:
        """Size (a multiple of the alignment) and alignment of a storage type."""
        if isinstance(storage, IntegerType):
            size = 1
            while size * 8 < storage.width.data:
                size *= 2
            return size, size
        if isinstance(storage, Float64Type | LLVMPointerType | IndexType):
            return 8, 8
        if isinstance(storage, Float32Type):
            return 4, 4
        if isinstance(storage, LLVMArrayType):
            size, alignment = self._size(storage.type)
            return size * storage.size.data, alignment
        if isinstance(storage, LLVMStructType):
            offset, alignment = 0, 1
            for field in storage.types:
                size, wanted = self._size(field)
                offset = -(-offset // wanted) * wanted + size
                alignment = max(alignment, wanted)
            return -(-offset // alignment) * alignment, alignment
        raise PassFailure(f"the size of `{storage}` is not known")
