"""
Retaining and releasing values of any type, in registers and in memory, and the glue functions behind that.

Glue is made on demand, once per kind of element, as private functions of the module: `mem.copy.*` copies a shared
buffer, `mem.grow.*` makes room, `mem.destroy.*` drops the elements of a dead buffer and gives its memory back. Only
`mem.destroy` of a recursive type needs care: its depth is unbounded, so dead buffers wait in a list that is threaded
through their own headers, each with the kind of its elements in `flags`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import func, scf
from xdsl.dialects.builtin import ArrayAttr
from xdsl.dialects.llvm import IntToPtrOp, PtrToIntOp
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import mem
from luma_ir.dialects.luma import ArrayType, EnumType, FixedType, StructType, TupleType
from luma_ir.dialects.mem import POINTER
from luma_ir.ir.fast import append, make, new_block, new_region
from luma_ir.ir.intern import I32, I64, UNIT, function_type, int_attr, string_attr, symbol
from luma_ir.passes.convert._luma_to_mem.layouts import Layouts
from luma_ir.passes.mem._builder import Builder

if TYPE_CHECKING:
    from xdsl.ir import Block

    from luma_ir.passes.mem._types import TypeTable

Place = tuple[SSAValue, bool]
"""A value, or (when the flag is set) the address of one."""


@define
class Glue:
    """The glue functions of a module."""

    layouts: Layouts
    target: Block
    """Where the functions go: the module's block."""
    names: dict[tuple[str, object], str] = field(factory=dict)
    cycles: dict[Attribute, tuple[Attribute, ...]] = field(factory=dict)

    @property
    def types(self) -> TypeTable:
        """The definitions of the module."""
        return self.layouts.types

    def copy(self, element: Attribute) -> str:
        """The function that turns a reference to a shared buffer into a buffer of one's own."""
        counted = self.types.is_counted(element)
        key = element if counted else self._plain(element)
        return self._get("copy", key, lambda name: self._make_copy(name, element, counted))

    def grow(self, element: Attribute) -> str:
        """The function that gives a unique buffer room for a number of elements that it has not."""
        return self._get("grow", self._plain(element), lambda name: self._make_grow(name, element))

    def destroy(self, element: Attribute) -> str | None:
        """The function that ends a buffer of counted elements; None when giving the memory back is all."""
        if not self.types.is_counted(element):
            return None
        cycle = self.cycle(element)
        if cycle:
            shared = self._get("destroy", cycle, lambda name: self._make_destroy_cycle(name, cycle))
            return self._get("destroy", element, lambda name: self._make_start(name, shared, cycle.index(element)))
        return self._get("destroy", element, lambda name: self._make_destroy(name, element))

    def cycle(self, element: Attribute) -> tuple[Attribute, ...]:
        """The element types of arrays that contain each other together with this one; empty when there is no cycle."""
        found = self.cycles.get(element)
        if found is None:
            below = self._below(element)
            members = [element] if element in below else []
            members += [other for other in below if other != element and element in self._below(other)]
            found = tuple(members) if element in below else ()
            for member in found:
                self.cycles[member] = found
            self.cycles[element] = found
        return found

    def _below(self, element: Attribute) -> list[Attribute]:
        """The element types of all arrays inside values of a type, at any depth."""
        found: dict[Attribute, None] = {}
        pending = [element]
        while pending:
            type_ = pending.pop()
            if isinstance(type_, ArrayType):
                if type_.element in found:
                    continue
                found[type_.element] = None
                type_ = type_.element
                if isinstance(type_, ArrayType):
                    pending.append(type_)
                    continue
            pending.extend(part for part in self.types.parts(type_) if self.types.is_counted(part))
        return list(found)

    def _plain(self, element: Attribute) -> int:
        """Elements of one size are all alike to glue that only moves bytes (buffers are aligned to 16)."""
        return self.layouts.element_size(element)

    def _get(self, kind: str, key: object, build: Callable[[str], None]) -> str:
        name = self.names.get((kind, key))
        if name is None:
            # Names by size are the same in every program; the others are numbered.
            suffix = str(key) if isinstance(key, int) else f"t{len(self.names)}"
            name = self.names[kind, key] = f"mem.{kind}.{suffix}"
            build(name)
        return name

    def _function(
        self,
        name: str,
        inputs: Sequence[Attribute],
        outputs: Sequence[Attribute],
        emit: Callable[[Counting], Sequence[SSAValue]],
        *,
        cold: bool = True,
    ) -> None:
        block = new_block(inputs)
        builder = Counting(block, self)
        results = emit(builder)
        builder.op(func.ReturnOp, results)
        attributes: dict[str, Attribute] = {"inline": string_attr("never")}
        if cold:
            attributes["cold"] = UNIT
        append(
            self.target,
            make(
                func.FuncOp,
                properties={
                    "sym_name": string_attr(name),
                    "function_type": function_type(inputs, outputs),
                    "sym_visibility": string_attr("private"),
                },
                attributes=attributes,
                regions=[new_region(block)],
            ),
        )

    def _make_copy(self, name: str, element: Attribute, counted: bool) -> None:
        storage = self.layouts.storage(element)
        size = self.layouts.size(storage)

        def emit(b: Counting) -> Sequence[SSAValue]:
            (old,) = b.entry.args
            count = b.header("rc", old)

            def give_up() -> Sequence[SSAValue]:
                b.set_header("rc", b.sub(count, b.constant(1, I32)), old)
                return ()

            length = b.header("len", old)
            new = b.allocate(length, size, filled=True)
            zero = b.constant(0)
            first = b.element(old, zero, storage)
            b.copy(first, b.element(new, zero, storage), storage, length)
            if counted:
                b.for_(zero, length, lambda i: b.retain((b.element(new, i, storage), True), element))
            b.if_(b.compare("sgt", count, b.constant(0, I32)), (), give_up)
            return (new,)

        self._function(name, (POINTER,), (POINTER,), emit)

    def _make_grow(self, name: str, element: Attribute) -> None:
        size = self.layouts.element_size(element)

        def emit(b: Counting) -> Sequence[SSAValue]:
            old, needed = b.entry.args
            capacity = b.header("cap", old)
            doubled = b.add(capacity, capacity)
            larger = b.choose(b.compare("sgt", doubled, needed), doubled, needed)
            least = b.constant(max(4, 16 // size) if size else 4)
            room = b.choose(b.compare("sgt", larger, least), larger, least)

            def move() -> Sequence[SSAValue]:
                before, after = (b.bytes(count, size) for count in (capacity, room))
                (new,) = b.call("std.rt.realloc", (old, before, after), (POINTER,))
                b.set_header("cap", room, new)
                return (new,)

            fresh = b.compare("eq", capacity, b.constant(0))
            return b.if_(fresh, (POINTER,), lambda: (b.allocate(room, size, nonzero=True),), move)

        self._function(name, (POINTER, I64), (POINTER,), emit)

    def _make_destroy(self, name: str, element: Attribute) -> None:
        storage = self.layouts.storage(element)

        def emit(b: Counting) -> Sequence[SSAValue]:
            (dead,) = b.entry.args
            length = b.header("len", dead)
            b.for_(b.constant(0), length, lambda i: b.release((b.element(dead, i, storage), True), element))
            b.free(dead, self.layouts.size(storage))
            return ()

        self._function(name, (POINTER,), (), emit, cold=False)

    def _make_start(self, name: str, shared: str, kind: int) -> None:
        def emit(b: Counting) -> Sequence[SSAValue]:
            b.call(shared, (*b.entry.args, b.constant(kind, I32)))
            return ()

        self._function(name, (POINTER,), (), emit, cold=False)

    def _make_destroy_cycle(self, name: str, cycle: tuple[Attribute, ...]) -> None:
        def emit(b: Counting) -> Sequence[SSAValue]:
            dead, kind = b.entry.args
            head = b.slot(I64)
            b.set_header("flags", kind, dead)
            b.set_header("link", b.constant(0), dead)
            b.store(b.value(PtrToIntOp, (dead,), I64), head)
            b.waiting = head, cycle
            before, after = new_block(), new_block()

            def more() -> Sequence[SSAValue]:
                return (b.compare("ne", b.load(head, I64), b.constant(0)),)

            def destroy_one() -> Sequence[SSAValue]:
                buffer = b.value(IntToPtrOp, (b.load(head, I64),), POINTER)
                b.store(b.header("link", buffer), head)
                found = b.header("flags", buffer)
                for number, element in enumerate(cycle):
                    b.if_(b.compare("eq", found, b.constant(number, I32)), (), lambda e=element: b.end(buffer, e))
                return ()

            b.inside(before, more, scf.ConditionOp)
            b.inside(after, destroy_one, scf.YieldOp)
            b.op(scf.WhileOp, regions=[new_region(before), new_region(after)])
            b.waiting = None
            return ()

        self._function(name, (POINTER, I32), (), emit, cold=False)


class Counting(Builder):
    """A builder that knows how to allocate, retain and release."""

    def __init__(self, entry: Block, glue: Glue) -> None:
        super().__init__(entry)
        self.glue = glue
        self.layouts = glue.layouts
        self.types = glue.types
        self.waiting: tuple[SSAValue, tuple[Attribute, ...]] | None = None
        """In the glue of a recursive type: the list of dead buffers, and the element types that go there."""

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

    def release_buffer(self, buffer: SSAValue, element: Attribute, *, unique: bool = False) -> None:
        """One reference to an array less."""
        if self.waiting is not None and element in self.waiting[1]:
            self._release_later(buffer, element)
            return
        properties: dict[str, Attribute] = {"size": int_attr(self.layouts.element_size(element), I64)}
        destroy = self.glue.destroy(element)
        if destroy is not None:
            properties["destroy"] = symbol(destroy)
        if unique:
            properties["unique"] = UNIT
        self.op(mem.ReleaseOp, (buffer,), (), properties)

    def retain(self, place: Place, type_: Attribute) -> None:
        """One more reference to every array of a value."""
        self._each_array(place, type_, lambda buffer, _: self.op(mem.RetainOp, (buffer,)))

    def release(self, place: Place, type_: Attribute) -> None:
        """One reference less to every array of a value."""
        self._each_array(place, type_, self.release_buffer)

    def end(self, dead: SSAValue, element: Attribute) -> Sequence[SSAValue]:
        """Release the elements of a dead buffer and give its memory back."""
        storage = self.layouts.storage(element)
        length = self.header("len", dead)
        self.for_(self.constant(0), length, lambda i: self.release((self.element(dead, i, storage), True), element))
        self.free(dead, self.layouts.size(storage))
        return ()

    def _release_later(self, buffer: SSAValue, element: Attribute) -> None:
        assert self.waiting is not None
        head, cycle = self.waiting
        count = self.header("rc", buffer)

        def wait() -> Sequence[SSAValue]:
            self.set_header("flags", self.constant(cycle.index(element), I32), buffer)
            self.set_header("link", self.load(head, I64), buffer)
            self.store(self.value(PtrToIntOp, (buffer,), I64), head)
            return ()

        def shared() -> Sequence[SSAValue]:
            self.if_(self.compare("sgt", count, self.constant(0, I32)), (), give_up)
            return ()

        def give_up() -> Sequence[SSAValue]:
            self.set_header("rc", self.sub(count, self.constant(1, I32)), buffer)
            return ()

        self.if_(self.compare("eq", count, self.constant(0, I32)), (), wait, shared)

    def _each_array(self, place: Place, type_: Attribute, act: Callable[[SSAValue, Attribute], object]) -> None:
        """Call `act` with every array of a value and the type of its elements, emitting tests of tags and loops."""
        if not self.types.is_counted(type_):
            return
        if isinstance(type_, ArrayType):
            act(self.read(place, type_), type_.element)
        elif isinstance(type_, StructType | TupleType):
            for number, part in enumerate(self.types.fields(type_)):
                if self.types.is_counted(part):
                    self._each_array(self.part(place, type_, number), part, act)
        elif isinstance(type_, EnumType):
            self._each_of_enum(place, type_, act)
        else:
            assert isinstance(type_, FixedType)
            storage = self.layouts.storage(type_.element)
            address = place[0]
            self.for_(
                self.constant(0),
                self.constant(type_.size.data),
                lambda i: self._each_array((self.offset(address, i, storage), True), type_.element, act),
            )

    def _each_of_enum(self, place: Place, type_: EnumType, act: Callable[[SSAValue, Attribute], object]) -> None:
        tag = self.tag(place, type_)
        layout = self.layouts.enum(type_)
        for variant, fields in enumerate(self.types.variants(type_)):
            if not any(self.types.is_counted(part) for part in fields):
                continue

            def each(variant: int = variant, fields: tuple[Attribute, ...] = fields) -> Sequence[SSAValue]:
                for number, part in enumerate(fields):
                    if self.types.is_counted(part):
                        self._each_array(self.enum_part(place, type_, variant, number), part, act)
                return ()

            self.if_(self.compare("eq", tag, self.constant(variant, layout.tag)), (), each)

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
        """The number of an enum value's variant, as wide as it is stored."""
        layout = self.layouts.enum(type_)
        value, in_memory = place
        if in_memory:
            storage = self.layouts.storage(type_)
            return self.load(self.field(value, 0, storage) if layout.slots else value, layout.tag)
        return self.extract(value, 0, layout.tag) if layout.slots else value

    def enum_part(self, place: Place, type_: EnumType, variant: int, number: int) -> Place:
        """A field of an enum value of a known variant."""
        layout = self.layouts.enum(type_)
        slot = layout.places[variant][number]
        value, in_memory = place
        if in_memory:
            return self.field(value, slot, self.layouts.storage(type_)), True
        return self.extract(value, slot, layout.slots[slot - 1]), False

    def constant_data(self, values: ArrayAttr, storage: Attribute, *, data: bool) -> SSAValue:
        """The address of constants: a buffer, or with `data` just the values."""
        properties: dict[str, Attribute] = {"values": values, "element": storage}
        if data:
            properties["data"] = UNIT
        return self.value(mem.ConstantOp, (), POINTER, properties)
