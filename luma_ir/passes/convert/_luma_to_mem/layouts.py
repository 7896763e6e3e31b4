"""
Layouts: how values of `luma` types look in registers and in memory.

| type | storage type | value |
|---|---|---|
| scalars | themselves | themselves |
| array, raw pointer | `!llvm.ptr` | the same |
| struct, tuple | `!llvm.struct` of the fields; with exactly one field, that field's | the same |
| enum without payloads | the tag, `i8` (`i32` above 256 variants) | the same |
| enum with a niche | what its only variant with fields looks like, without a tag | the same |
| other enum | `!llvm.struct<(tag, slots...)>`; variants share slots of equal type | the same |
| boxed enum | `!llvm.ptr`: a cell, or for a variant without fields its number as an address | the same |
| function value, `any` value | `!llvm.ptr`: a cell | the same |
| fixed array | `!llvm.array` | the address of a stack slot |
| what has a fixed array inline | as above | the address of a stack slot |

A *niche* is what the pointer of an array, a function value, an `any` value or a boxed enum leaves unused: it is never
one of the small numbers. An enum with fields in one variant only, and such a pointer in them, has its other variants
there, as numbers; a boxed enum has used some already, and so has an enum with a niche, so the next ones are taken:
`Option<string>` is a pointer or 0, `Option<Option<string>>` a pointer, 0, or 1.

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


LEAST_ADDRESS = 256
"""No buffer or cell is below this address."""


@frozen
class EnumLayout:
    """Where an enum keeps its tag and its fields."""

    tag: IntegerType
    slots: tuple[Attribute, ...]
    """Storage types behind the tag; without any, the value is the tag itself."""
    places: tuple[tuple[int, ...], ...]
    """Per variant and field, the number of the struct's field that it is in (the tag is number 0)."""


@frozen
class Niche:
    """How an enum does without a tag."""

    variant: int
    """The variant with fields; they are the value."""
    path: tuple[int, ...]
    """Where the pointer is: numbers of fields in the storage type, from the outside in."""
    base: int
    """The number that the first of the other variants has for a pointer; the others follow."""
    count: int
    """How many numbers there are from `base` on."""

    def number(self, variant: int) -> int:
        """What stands for the pointer in a variant without fields."""
        # With one such variant its own number does not matter, else the number tells the variant without a table.
        return self.base if self.count == 1 else self.base + variant


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
        self._niches: dict[Attribute, Niche | None] = {}
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

    def niche(self, type_: EnumType) -> Niche | None:
        """How an enum does without a tag; None when it is boxed or needs one."""
        if type_ not in self._niches:
            self._niches[type_] = self._compute_niche(type_)
        return self._niches[type_]

    def may_be_number(self, type_: Attribute) -> bool:
        """Whether what looks like a pointer is a small number for some values of a type."""
        while self.is_transparent(type_):
            (type_,) = self.types.fields(type_)
        return isinstance(type_, EnumType) and (self.types.is_boxed(type_) or self.niche(type_) is not None)

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
        return LEAST_ADDRESS if len(self.types.variants(type_)) <= LEAST_ADDRESS else 65536

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
            niche = self.niche(type_)
            if niche is not None:
                fields = [self.storage(field) for field in self.types.variants(type_)[niche.variant]]
                return fields[0] if len(fields) == 1 else LLVMStructType.from_type_list(fields)
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

    def _compute_niche(self, type_: EnumType) -> Niche | None:
        variants = self.types.variants(type_)
        holders = [number for number, fields in enumerate(variants) if fields]
        if len(holders) != 1 or len(variants) == 1 or self.types.is_boxed(type_) or self.types.is_indirect(type_):
            return None
        found = self._unused(variants[holders[0]])
        if found is None:
            return None
        path, base = found
        last = max(number for number, fields in enumerate(variants) if not fields)
        count = 1 if len(variants) == 2 else last + 1
        return Niche(holders[0], path, base, count) if base + count <= LEAST_ADDRESS else None

    def _unused(self, fields: Sequence[Attribute]) -> tuple[tuple[int, ...], int] | None:
        """Where in fields a pointer is that is never a small number, and the first number that it never is."""
        for number, field in enumerate(fields):
            found = self._unused_of(field)
            if found is not None:
                path, first = found
                return (path if len(fields) == 1 else (number, *path)), first
        return None

    def _unused_of(self, type_: Attribute) -> tuple[tuple[int, ...], int] | None:
        if isinstance(type_, ArrayType | ClosureType | AnyType):
            return (), 0
        if isinstance(type_, StructType | TupleType):
            return self._unused(self.types.fields(type_))
        if not isinstance(type_, EnumType):
            return None
        if self.types.is_boxed(type_):
            numbers = [number for number, fields in enumerate(self.types.variants(type_)) if not fields]
            return (), max(numbers, default=-1) + 1
        niche = self.niche(type_)
        return None if niche is None else (niche.path, niche.base + niche.count)

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
