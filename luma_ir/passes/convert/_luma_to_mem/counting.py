"""
Retaining and releasing values of any type, in registers and in memory, and reading parts of them.

A value's references to buffers and cells are counted one by one. All counts are the first 32 bits of what is referred
to, 0 for the only reference, and negative for what is never freed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xdsl.dialects import arith
from xdsl.dialects.builtin import ArrayAttr
from xdsl.dialects.llvm import IntToPtrOp, LLVMStructType, PtrToIntOp
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import mem
from luma_ir.dialects.luma import ArrayType, EnumType, FixedType, StructType, TupleType
from luma_ir.dialects.mem import POINTER, TABLE_FIELDS
from luma_ir.ir.intern import I32, I64, UNIT, int_attr, symbol
from luma_ir.passes.mem._builder import Builder

if TYPE_CHECKING:
    from xdsl.ir import Block

    from luma_ir.passes.convert._luma_to_mem.glue import Glue
    from luma_ir.passes.convert._luma_to_mem.layouts import CellLayout, Niche

Place = tuple[SSAValue, bool]
"""A value, or (when the flag is set) the address of one."""

LINK_BITS = 48
"""Bits of the first word of a dead buffer or cell that link it to the next one; above is its kind. See `glue`."""

_MANY_REFERENCES = 3
"""Values with so many references in all their variants together are counted by functions."""

TABLE_TYPE = LLVMStructType.from_type_list([POINTER, POINTER, I64, POINTER])


class Counting(Builder):
    """A builder that knows how to allocate, retain and release."""

    def __init__(self, entry: Block, glue: Glue) -> None:
        super().__init__(entry)
        self.glue = glue
        self.layouts = glue.layouts
        self.types = glue.types
        self.waiting: tuple[SSAValue, dict[Attribute, int]] | None = None
        """In the glue of a recursive type: where the list of waiting references begins, and the types that go there."""

    # Buffers and cells.

    def allocate(self, capacity: SSAValue, size: int, *, nonzero: bool = False, filled: bool = False) -> SSAValue:
        """A new buffer."""
        properties: dict[str, Attribute] = {"size": int_attr(size, I64)}
        if nonzero:
            properties["nonzero"] = UNIT
        if filled:
            properties["filled"] = UNIT
        return self.value(mem.AllocOp, (capacity,), POINTER, properties)

    def free(self, buffer: SSAValue, size: int) -> None:
        """Give the memory of a dead buffer back."""
        self.op(mem.FreeOp, (buffer,), (), {"size": int_attr(size, I64)})

    def own_buffer(self, buffer: SSAValue, element: Attribute) -> SSAValue:
        """The buffer, copied if it is shared."""
        return self.value(mem.OwnBufferOp, (buffer,), POINTER, {"copy": symbol(self.glue.copy(element))})

    def grow(self, condition: SSAValue, array: SSAValue, needed: SSAValue, element: Attribute) -> SSAValue:
        """The array with room for `needed` elements, grown if the condition holds."""
        grow = self.glue.grow(element)
        (grown,) = self.if_(
            condition, (POINTER,), lambda: self.call(grow, (array, needed), (POINTER,)), lambda: (array,), unlikely=True
        )
        return grown

    def append_elements(self, array: SSAValue, other: SSAValue, element: Attribute) -> SSAValue:
        """The array with a copy of another one's elements; nothing is written when there is nothing to append."""
        storage = self.layouts.storage(element)
        count = self.header("len", other)

        def extend() -> Sequence[SSAValue]:
            length = self.header("len", array)
            total = self.add(length, count)
            short = self.compare("sgt", total, self.header("cap", array))
            grown = self.grow(short, array, total, element)
            target = self.element(grown, length, storage)
            self.copy(self.element(other, self.constant(0), storage), target, storage, count)
            if self.types.is_counted(element):
                self.for_(length, total, lambda i: self.retain((self.element(grown, i, storage), True), element))
            self.set_header("len", total, grown)
            return (grown,)

        some = self.compare("ne", count, self.constant(0))
        return self.if_(some, (POINTER,), extend, lambda: (array,))[0]

    def allocate_cell(self, layout: CellLayout) -> SSAValue:
        """Memory for a cell."""
        return self.value(mem.AllocCellOp, (), POINTER, {"size": int_attr(layout.size, I64)})

    def free_cell(self, cell: SSAValue, layout: CellLayout) -> None:
        """Give the memory of a dead cell back."""
        self.op(mem.FreeCellOp, (cell,), (), {"size": int_attr(layout.size, I64)})

    def table_of(self, cell: SSAValue) -> SSAValue:
        """The table of a function value or an `any` value."""
        return self.load(self.offset(cell, self.constant(1), I64), POINTER)

    def table_field(self, table: SSAValue, field: str, number: int = 0) -> SSAValue:
        """A field of a table; `number` counts code addresses."""
        type_ = I64 if field == "size" else POINTER
        address = self.field(table, TABLE_FIELDS[field], TABLE_TYPE)
        if number:
            address = self.offset(address, self.constant(number), POINTER)
        return self.load(address, type_)

    def address(self, pointer: SSAValue) -> SSAValue:
        """An address as a number."""
        return self.value(PtrToIntOp, (pointer,), I64)

    def load_tag(self, cell: SSAValue) -> SSAValue:
        """The number of the variant that is in a cell, as i32."""
        return self.load(self.offset(cell, self.constant(1), I32), I32)

    # Counts.

    def give_up(self, reference: SSAValue, count: SSAValue) -> None:
        """Count one reference less to what is known not to end with it (or never to end)."""

        def subtract() -> Sequence[SSAValue]:
            self.store(self.sub(count, self.constant(1, I32)), reference)
            return ()

        self.if_(self.compare("sgt", count, self.constant(0, I32)), (), subtract)

    def if_cell(self, reference: SSAValue, type_: Attribute, emit: Callable[[], object]) -> None:
        """Append what `emit` appends, for a reference that is no variant without fields."""

        def then() -> Sequence[SSAValue]:
            emit()
            return ()

        if isinstance(type_, EnumType) and not all(self.types.variants(type_)):
            self.if_(self.is_cell(reference, type_), (), then)
        else:
            emit()

    def is_cell(self, reference: SSAValue, type_: EnumType) -> SSAValue:
        """Whether a value of a boxed enum has a cell, and is not the number of a variant without fields."""
        numbers = [number for number, fields in enumerate(self.types.variants(type_)) if not fields]
        if len(numbers) == 1:
            return self.compare("ne", self.address(reference), self.constant(numbers[0]))
        return self.compare("uge", self.address(reference), self.constant(self.layouts.first_address(type_)))

    def retain_reference(self, reference: SSAValue, type_: Attribute) -> None:
        """One more reference to a buffer or cell."""
        self.if_cell(reference, type_, lambda: self.op(mem.RetainOp, (reference,)))

    def release_reference(self, reference: SSAValue, type_: Attribute, *, unique: bool = False) -> None:
        """One reference to a buffer or cell less."""
        if self.waiting is not None and type_ in self.waiting[1]:
            self.if_cell(reference, type_, lambda: self._release_later(reference, type_))
            return
        size = self.layouts.element_size(type_.element) if isinstance(type_, ArrayType) else 0
        properties: dict[str, Attribute] = {"size": int_attr(size, I64)}
        destroy = self.glue.destroy(type_)
        if destroy is not None:
            properties["destroy"] = symbol(destroy)
        if unique:
            properties["unique"] = UNIT
        self.if_cell(reference, type_, lambda: self.op(mem.ReleaseOp, (reference,), (), properties))

    def retain(self, place: Place, type_: Attribute) -> None:
        """One more reference to every buffer and cell of a value."""
        if self._is_shared(type_):
            self.call(self.glue.each("dup", type_, place, lambda b, p: b.retain_inline(p, type_)), (place[0],))
        else:
            self.retain_inline(place, type_)

    def retain_inline(self, place: Place, type_: Attribute) -> None:
        """What `retain` does, without a call of glue."""
        self._each_reference(place, type_, self.retain_reference)

    def release(self, place: Place, type_: Attribute) -> None:
        """One reference less to every buffer and cell of a value."""
        if self._is_shared(type_):
            self.call(self.glue.each("drop", type_, place, lambda b, p: b.release_inline(p, type_)), (place[0],))
        else:
            self.release_inline(place, type_)

    def release_inline(self, place: Place, type_: Attribute) -> None:
        """What `release` does, without a call of glue."""
        self._each_reference(place, type_, self.release_reference)

    def _is_shared(self, type_: Attribute) -> bool:
        """Whether values of a type have so many references that a function counts them."""
        # What a destroyed value of a recursive type holds is put into a list, which only its glue knows.
        return self.waiting is None and self.types.references(type_) >= _MANY_REFERENCES

    def _release_later(self, reference: SSAValue, type_: Attribute) -> None:
        """Put a reference into the list of waiting ones when its count ends: see `glue`."""
        assert self.waiting is not None
        head, first = self.waiting
        word = self.load(reference, I64)
        count = self.value(arith.TruncIOp, (word,), I32)

        def wait() -> Sequence[SSAValue]:
            kind = self.constant(first[type_] << LINK_BITS)
            if self.types.is_boxed(type_):
                # The count is 0, so the word is the number of the variant, 32 bits up.
                kind = self.add(kind, self.value(arith.ShLIOp, (word, self.constant(LINK_BITS - 32)), I64))
            self.store(self.either(kind, self.load(head, I64)), reference)
            self.store(self.address(reference), head)
            return ()

        def share() -> Sequence[SSAValue]:
            self.give_up(reference, count)
            return ()

        self.if_(self.compare("eq", count, self.constant(0, I32)), (), wait, share)

    def _each_reference(self, place: Place, type_: Attribute, act: Callable[[SSAValue, Attribute], object]) -> None:
        """Call `act` with every reference of a value and its type, emitting tests of tags and loops."""
        if not self.types.is_counted(type_):
            return
        if self.types.is_reference(type_):
            act(self.read(place, type_), type_)
        elif isinstance(type_, StructType | TupleType):
            for number, part in enumerate(self.types.fields(type_)):
                if self.types.is_counted(part):
                    self._each_reference(self.part(place, type_, number), part, act)
        elif isinstance(type_, EnumType):
            self._each_of_enum(place, type_, act)
        else:
            assert isinstance(type_, FixedType)
            storage = self.layouts.storage(type_.element)
            address = place[0]
            self.for_(
                self.constant(0),
                self.constant(type_.size.data),
                lambda i: self._each_reference((self.offset(address, i, storage), True), type_.element, act),
            )

    def _each_of_enum(self, place: Place, type_: EnumType, act: Callable[[SSAValue, Attribute], object]) -> None:
        niche = self.layouts.niche(type_)
        if niche is not None:
            has_fields = self._has_fields(place, type_, niche)
            self.if_(has_fields, (), lambda: self._each_of_variant(place, type_, niche.variant, act))
            return
        tag = self.tag(place, type_)
        layout = self.layouts.enum(type_)
        for variant, fields in enumerate(self.types.variants(type_)):
            if not any(self.types.is_counted(part) for part in fields):
                continue

            def each(variant: int = variant) -> Sequence[SSAValue]:
                return self._each_of_variant(place, type_, variant, act)

            self.if_(self.compare("eq", tag, self.constant(variant, layout.tag)), (), each)

    def _each_of_variant(
        self, place: Place, type_: EnumType, variant: int, act: Callable[[SSAValue, Attribute], object]
    ) -> Sequence[SSAValue]:
        for number, part in enumerate(self.types.variants(type_)[variant]):
            if self.types.is_counted(part):
                self._each_reference(self.enum_part(place, type_, variant, number), part, act)
        return ()

    # Parts of values that are in a register or in memory.

    def read(self, place: Place, type_: Attribute) -> SSAValue:
        """The value at a place, in a register."""
        return self.load(place[0], self.layouts.storage(type_)) if place[1] else place[0]

    def part(self, place: Place, type_: Attribute, number: int) -> Place:
        """A field of a struct or tuple."""
        if self.layouts.is_transparent(type_):
            return place
        value, in_memory = place
        if in_memory:
            return self.field(value, number, self.layouts.storage(type_)), True
        return self.extract(value, number, self.layouts.storage(self.types.fields(type_)[number])), False

    def tag(self, place: Place, type_: EnumType) -> SSAValue:
        """The number of an enum value's variant, as wide as it is stored; as i32 where no tag is stored."""
        if self.types.is_boxed(type_):
            return self._box_tag(self.read(place, type_), type_)
        niche = self.layouts.niche(type_)
        if niche is not None:
            return self._niche_tag(place, type_, niche)
        layout = self.layouts.enum(type_)
        value, in_memory = place
        if in_memory:
            storage = self.layouts.storage(type_)
            return self.load(self.field(value, 0, storage) if layout.slots else value, layout.tag)
        return self.extract(value, 0, layout.tag) if layout.slots else value

    def _box_tag(self, box: SSAValue, type_: EnumType) -> SSAValue:
        """The number of a boxed value's variant: the address itself, or what the cell says."""
        with_fields = [number for number, fields in enumerate(self.types.variants(type_)) if fields]

        def in_cell() -> Sequence[SSAValue]:
            return (self.constant(with_fields[0], I32) if len(with_fields) == 1 else self.load_tag(box),)

        if len(with_fields) == len(self.types.variants(type_)):
            return in_cell()[0]
        number = self.value(arith.TruncIOp, (self.address(box),), I32)
        return self.if_(self.is_cell(box, type_), (I32,), in_cell, lambda: (number,))[0]

    def _niche_pointer(self, place: Place, type_: EnumType, niche: Niche) -> SSAValue:
        """What an enum value with a niche has for its pointer, as a number."""
        value, in_memory = place
        storage = self.layouts.storage(type_)
        if not in_memory:
            return self.address(self.extract_at(value, niche.path, POINTER) if niche.path else value)
        for number in niche.path:
            assert isinstance(storage, LLVMStructType)
            value, storage = self.field(value, number, storage), storage.types.data[number]
        return self.address(self.load(value, POINTER))

    def _has_fields(self, place: Place, type_: EnumType, niche: Niche) -> SSAValue:
        """Whether an enum value with a niche is of the variant with fields."""
        pointer = self._niche_pointer(place, type_, niche)
        if niche.count == 1:
            return self.compare("ne", pointer, self.constant(niche.base))
        return self.compare("uge", self._from_base(pointer, niche), self.constant(niche.count))

    def _from_base(self, pointer: SSAValue, niche: Niche) -> SSAValue:
        return self.sub(pointer, self.constant(niche.base)) if niche.base else pointer

    def _niche_tag(self, place: Place, type_: EnumType, niche: Niche) -> SSAValue:
        holder = self.constant(niche.variant, I32)
        if niche.count == 1:
            return self.choose(self._has_fields(place, type_, niche), holder, self.constant(1 - niche.variant, I32))
        number = self._from_base(self._niche_pointer(place, type_, niche), niche)
        small = self.compare("ult", number, self.constant(niche.count))
        return self.choose(small, self.value(arith.TruncIOp, (number,), I32), holder)

    def is_variant(self, place: Place, type_: EnumType, variant: int) -> SSAValue:
        """Whether an enum value is of a variant."""
        niche = self.layouts.niche(type_)
        if niche is not None:
            if variant == niche.variant:
                return self._has_fields(place, type_, niche)
            return self.compare("eq", self._niche_pointer(place, type_, niche), self.constant(niche.number(variant)))
        if not self.types.is_boxed(type_):
            return self.compare("eq", self.tag(place, type_), self.constant(variant, self.layouts.enum(type_).tag))
        box = self.read(place, type_)
        variants = self.types.variants(type_)
        if not variants[variant]:
            return self.compare("eq", self.address(box), self.constant(variant))
        if sum(bool(fields) for fields in variants) == 1 and len(variants) > 1:
            return self.is_cell(box, type_)
        return self.compare("eq", self.tag(place, type_), self.constant(variant, I32))

    def enum_part(self, place: Place, type_: EnumType, variant: int, number: int) -> Place:
        """A field of an enum value of a known variant."""
        if self.types.is_boxed(type_):
            cell = self.layouts.box(type_, variant)
            return self.field(self.read(place, type_), cell.first + number, cell.storage), True
        niche = self.layouts.niche(type_)
        if niche is not None:
            fields = self.types.variants(type_)[variant]
            if len(fields) == 1:
                return place
            value, in_memory = place
            if in_memory:
                return self.field(value, number, self.layouts.storage(type_)), True
            return self.extract(value, number, self.layouts.storage(fields[number])), False
        layout = self.layouts.enum(type_)
        slot = layout.places[variant][number]
        value, in_memory = place
        if in_memory:
            return self.field(value, slot, self.layouts.storage(type_)), True
        return self.extract(value, slot, layout.slots[slot - 1]), False

    def small_number(self, number: int) -> SSAValue:
        """What stands for a pointer in a variant without fields."""
        return self.value(IntToPtrOp, (self.constant(number),), POINTER)

    def constant_data(self, values: ArrayAttr, storage: Attribute, *, data: bool) -> SSAValue:
        """The address of constants: a buffer, or with `data` just the values."""
        properties: dict[str, Attribute] = {"values": values, "element": storage}
        if data:
            properties["data"] = UNIT
        return self.value(mem.ConstantOp, (), POINTER, properties)
