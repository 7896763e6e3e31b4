"""
The glue functions of a module: copying, growing and destroying buffers and cells.

Glue is made on demand, once per kind of value, as private functions: `mem.copy.*` copies a shared buffer or cell,
`mem.grow.*` makes room, `mem.destroy.*` releases what a dead buffer or cell holds and gives its memory back,
`mem.held.*` releases what the cell of a function value or `any` value holds.

Values of recursive types can be deep without bound, so destroying them must not recurse. Reference types (arrays, boxed
enums, function values, `any` values) that can hold each other form a *cycle*. It has one function that destroys all of
them, in a loop: a reference whose count ends becomes an entry of a list of waiting ones, which is threaded through the
dead memory itself. The first word `{i32 rc, i32 tag}` of a dead one is `kind << 48 | next`: its kind, a number within
the cycle that says the type and the variant, and the address of the next entry. Function values can hold what the ops
that make values of their type capture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from attrs import define, field, frozen
from xdsl.dialects import arith, func, scf
from xdsl.dialects.llvm import IntToPtrOp, ZeroOp
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import luma, mem
from luma_ir.dialects.luma import AnyType, ArrayType, ClosureType, EnumType
from luma_ir.dialects.mem import POINTER
from luma_ir.ir.fast import append, make, new_block, new_region, operands_of, walk
from luma_ir.ir.intern import I32, I64, UNIT, function_type, string_attr
from luma_ir.passes.convert._luma_to_mem.counting import LINK_BITS, Counting, Place
from luma_ir.passes.convert._luma_to_mem.layouts import Layouts

if TYPE_CHECKING:
    from xdsl.ir import Block

    from luma_ir.passes.mem._types import TypeTable

WAITING_MASK = (1 << LINK_BITS) - 1


@frozen(eq=False)
class Cycle:
    """Reference types whose values can hold each other, at any depth."""

    kinds: tuple[tuple[Attribute, int], ...] = ()
    """Every type with the number of a variant (0 where there are none), in the order of the kinds' numbers."""
    first: dict[Attribute, int] = field(factory=dict)
    """The first kind of each type."""


_NO_CYCLE = Cycle()


@define
class Glue:
    """The glue functions of a module."""

    layouts: Layouts
    target: Block
    """Where the functions go: the module's block."""
    names: dict[tuple[str, object], str] = field(factory=dict)
    cycles: dict[Attribute, Cycle] = field(factory=dict)
    _held: dict[Attribute, dict[Attribute, None]] | None = None

    @property
    def types(self) -> TypeTable:
        """The definitions of the module."""
        return self.layouts.types

    def copy(self, element: Attribute) -> str:
        """The function that turns a reference to a shared buffer into a buffer of one's own."""
        counted = self.types.is_counted(element)
        key = element if counted else self._plain(element)
        return self.get("copy", key, lambda name: self._make_copy(name, element, counted))

    def grow(self, element: Attribute) -> str:
        """The function that gives a unique buffer room for a number of elements that it has not."""
        return self.get("grow", self._plain(element), lambda name: self._make_grow(name, element))

    def append(self, element: Attribute, *, hot: bool) -> str:
        """The function that appends the elements of one buffer to another, unique one; a `hot` one may be inlined."""
        key = element if self.types.is_counted(element) else self._plain(element)

        def emit(b: Counting) -> Sequence[SSAValue]:
            return (b.append_elements(*b.entry.args, element),)

        kind, inline = ("extend", None) if hot else ("append", "never")
        inputs = (POINTER, POINTER)
        return self.get(kind, key, lambda name: self.function(name, inputs, (POINTER,), emit, inline=inline))

    def each(self, kind: str, type_: Attribute, place: Place, count: Callable[[Counting, Place], None]) -> str:
        """The function, `drop` or `dup`, that counts the references of a value in a register, or of one in memory."""
        value, in_memory = place

        def emit(b: Counting) -> Sequence[SSAValue]:
            count(b, (b.entry.args[0], in_memory))
            return ()

        return self.get(kind, (type_, in_memory), lambda name: self.function(name, (value.type,), (), emit))

    def destroy(self, type_: Attribute) -> str | None:
        """The function that ends what a reference of a type refers to; None when giving the memory back is all."""
        if isinstance(type_, ArrayType) and not self.types.is_counted(type_.element):
            return None
        cycle = self.cycle(type_)
        if cycle.kinds:
            shared = self.get("destroy", cycle, lambda name: self._make_destroy_cycle(name, cycle))
            return self.get("destroy", type_, lambda name: self._make_start(name, shared, type_, cycle))
        if isinstance(type_, ArrayType):
            return self.get("destroy", type_, lambda name: self._make_destroy(name, type_))
        return self.get("destroy", "object", self._make_destroy_object)

    def drop_held(self, type_: Attribute, held: Sequence[Attribute]) -> str | None:
        """The function that releases what the cell of a function value or `any` value holds; None for nothing."""
        if not any(self.types.is_counted(part) for part in held):
            return None
        cycle = self.cycle(type_)
        key = (cycle, tuple(held))
        return self.get("held", key, lambda name: self._make_drop_held(name, cycle, held))

    def copy_held(self, held: Sequence[Attribute]) -> str:
        """The function that turns a reference to a shared `any` value into one of one's own."""
        return self.get("copy", ("cell", *held), lambda name: self._make_copy_held(name, held))

    # Which types can hold which.

    def cycle(self, type_: Attribute) -> Cycle:
        """The reference types that a reference type can hold and that can hold it; none when it is not recursive."""
        found = self.cycles.get(type_)
        if found is None:
            below = self._below(type_)
            if type_ not in below:
                found = self.cycles[type_] = _NO_CYCLE
                return found
            members = [type_, *(other for other in below if other != type_ and type_ in self._below(other))]
            kinds: list[tuple[Attribute, int]] = []
            first: dict[Attribute, int] = {}
            for member in members:
                first[member] = len(kinds)
                count = len(self.types.variants(member)) if isinstance(member, EnumType) else 1
                kinds += [(member, variant) for variant in range(count)]
            found = Cycle(tuple(kinds), first)
            for member in members:
                self.cycles[member] = found
        return found

    def _below(self, type_: Attribute) -> dict[Attribute, None]:
        """All reference types inside what a reference type refers to, at any depth."""
        found: dict[Attribute, None] = {}
        pending = self._holds(type_)
        while pending:
            part = pending.pop()
            if not self.types.is_counted(part):
                continue
            if not self.types.is_reference(part):
                pending.extend(self.types.parts(part))
            elif part not in found:
                found[part] = None
                pending.extend(self._holds(part))
        return found

    def _holds(self, type_: Attribute) -> list[Attribute]:
        """The types of what a buffer or cell of a reference type holds directly."""
        if isinstance(type_, ArrayType):
            return [type_.element]
        if isinstance(type_, ClosureType | AnyType):
            if self._held is None:
                self._held = self._find_held()
            return list(self._held.get(type_, ()))
        return list(self.types.parts(type_))

    def _find_held(self) -> dict[Attribute, dict[Attribute, None]]:
        """What function values and `any` values of each type are made of, anywhere in the module."""
        found: dict[Attribute, dict[Attribute, None]] = {}
        module = self.target.parent_op()
        assert module is not None
        for op in walk(module):
            if isinstance(op, luma.ClosureOp | luma.AnyMakeOp):
                held = found.setdefault(op.result.type, {})
                for operand in operands_of(op):
                    held[operand.type] = None
        return found

    def _plain(self, element: Attribute) -> int:
        """Elements of one size are all alike to glue that only moves bytes (buffers are aligned to 16)."""
        return self.layouts.element_size(element)

    # Functions.

    def get(self, kind: str, key: object, build: Callable[[str], None]) -> str:
        """The name of the function for a key, which `build` makes when it is not there yet."""
        name = self.names.get((kind, key))
        if name is None:
            # Names by size are the same in every program; the others are numbered.
            suffix = str(key) if isinstance(key, int) else f"t{len(self.names)}"
            name = self.names[kind, key] = f"mem.{kind}.{suffix}"
            build(name)
        return name

    def function(
        self,
        name: str,
        inputs: Sequence[Attribute],
        outputs: Sequence[Attribute],
        emit: Callable[[Counting], Sequence[SSAValue]],
        *,
        inline: str | None = "never",
        cold: bool = False,
    ) -> None:
        """Append a private function that `emit` builds; it returns the results."""
        block = new_block(inputs)
        builder = Counting(block, self)
        results = emit(builder)
        builder.op(func.ReturnOp, results)
        attributes: dict[str, Attribute] = {}
        if inline is not None:
            attributes["inline"] = string_attr(inline)
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
            length = b.header("len", old)
            new = b.allocate(length, size, filled=True)
            zero = b.constant(0)
            first = b.element(old, zero, storage)
            b.copy(first, b.element(new, zero, storage), storage, length)
            if counted:
                b.for_(zero, length, lambda i: b.retain((b.element(new, i, storage), True), element))
            b.give_up(old, count)
            return (new,)

        self.function(name, (POINTER,), (POINTER,), emit, cold=True)

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

        self.function(name, (POINTER, I64), (POINTER,), emit, cold=True)

    def _make_destroy(self, name: str, type_: ArrayType) -> None:
        def emit(b: Counting) -> Sequence[SSAValue]:
            _end_array(b, b.entry.args[0], type_)
            return ()

        self.function(name, (POINTER,), (), emit)

    def _make_destroy_object(self, name: str) -> None:
        def emit(b: Counting) -> Sequence[SSAValue]:
            _end_object(b, b.entry.args[0], b.value(ZeroOp, (), POINTER))
            return ()

        self.function(name, (POINTER,), (), emit)

    def _make_start(self, name: str, shared: str, type_: Attribute, cycle: Cycle) -> None:
        def emit(b: Counting) -> Sequence[SSAValue]:
            (dead,) = b.entry.args
            kind = b.constant(cycle.first[type_], I32)
            if self.types.is_boxed(type_):
                kind = b.add(kind, b.load_tag(dead))
            b.call(shared, (dead, kind))
            return ()

        self.function(name, (POINTER,), (), emit)

    def _make_destroy_cycle(self, name: str, cycle: Cycle) -> None:
        def emit(b: Counting) -> Sequence[SSAValue]:
            head = b.slot(I64)
            zero = b.constant(0)
            b.store(zero, head)
            b.waiting = head, cycle.first
            before, after = new_block((POINTER, I32)), new_block((I64,))

            def destroy_one() -> Sequence[SSAValue]:
                dead, kind = before.args
                self._dispatch(b, cycle, dead, kind, head)
                next_ = b.load(head, I64)
                return (b.compare("ne", next_, zero), next_)

            def step() -> Sequence[SSAValue]:
                dead = b.value(IntToPtrOp, (after.args[0],), POINTER)
                word = b.load(dead, I64)
                b.store(b.value(arith.AndIOp, (word, b.constant(WAITING_MASK)), I64), head)
                kind = b.value(arith.ShRUIOp, (word, b.constant(LINK_BITS)), I64)
                return (dead, b.value(arith.TruncIOp, (kind,), I32))

            b.inside(before, destroy_one, scf.ConditionOp)
            b.inside(after, step, scf.YieldOp)
            b.op(scf.WhileOp, b.entry.args, (I64,), regions=[new_region(before), new_region(after)])
            return ()

        self.function(name, (POINTER, I32), (), emit)

    def _dispatch(self, b: Counting, cycle: Cycle, dead: SSAValue, kind: SSAValue, head: SSAValue) -> None:
        """Append the end of a dead buffer or cell of any kind; the last kind needs no test."""

        def end(number: int) -> Sequence[SSAValue]:
            type_, variant = cycle.kinds[number]
            if isinstance(type_, ArrayType):
                _end_array(b, dead, type_)
            elif isinstance(type_, EnumType):
                _end_box(b, dead, type_, variant)
            else:
                _end_object(b, dead, head)
            return ()

        def choose(numbers: Sequence[int]) -> Sequence[SSAValue]:
            if len(numbers) == 1:
                return end(numbers[0])
            is_first = b.compare("eq", kind, b.constant(numbers[0], I32))
            b.if_(is_first, (), lambda: end(numbers[0]), lambda: choose(numbers[1:]))
            return ()

        # Variants without fields have no cell.
        numbers = [
            number
            for number, (type_, variant) in enumerate(cycle.kinds)
            if not isinstance(type_, EnumType) or self.types.variants(type_)[variant]
        ]
        choose(numbers)

    def _make_drop_held(self, name: str, cycle: Cycle, held: Sequence[Attribute]) -> None:
        layout = self.layouts.object(held)

        def emit(b: Counting) -> Sequence[SSAValue]:
            cell, head = b.entry.args
            if cycle.kinds:
                b.waiting = head, cycle.first
            for number, type_ in enumerate(held):
                if self.types.is_counted(type_):
                    b.release((b.field(cell, layout.first + number, layout.storage), True), type_)
            return ()

        self.function(name, (POINTER, POINTER), (), emit)

    def _make_copy_held(self, name: str, held: Sequence[Attribute]) -> None:
        layout = self.layouts.object(held)

        def emit(b: Counting) -> Sequence[SSAValue]:
            (old,) = b.entry.args
            new = b.allocate_cell(layout)
            b.copy(old, new, layout.storage)
            b.store(b.constant(0), new)
            for number, type_ in enumerate(held):
                b.retain((b.field(new, layout.first + number, layout.storage), True), type_)
            b.give_up(old, b.header("rc", old))
            return (new,)

        self.function(name, (POINTER,), (POINTER,), emit, cold=True)


def _end_array(b: Counting, dead: SSAValue, type_: ArrayType) -> None:
    """Release the elements of a dead buffer and give its memory back."""
    element = type_.element
    storage = b.layouts.storage(element)
    if b.types.is_counted(element):
        length = b.header("len", dead)
        b.for_(b.constant(0), length, lambda i: b.release((b.element(dead, i, storage), True), element))
    b.free(dead, b.layouts.size(storage))


def _end_box(b: Counting, dead: SSAValue, type_: EnumType, variant: int) -> None:
    """Release the fields of a dead cell of a variant and give its memory back."""
    for number, part in enumerate(b.types.variants(type_)[variant]):
        if b.types.is_counted(part):
            b.release(b.enum_part((dead, False), type_, variant, number), part)
    b.free_cell(dead, b.layouts.box(type_, variant))


def _end_object(b: Counting, dead: SSAValue, head: SSAValue) -> None:
    """Release what the cell of a function value or an `any` value holds, and give its memory back."""
    table = b.table_of(dead)
    drop = b.table_field(table, "drop")

    def release() -> Sequence[SSAValue]:
        b.op(mem.CallIndirectOp, (drop, dead, head))
        return ()

    b.if_(b.compare("ne", b.address(drop), b.constant(0)), (), release)
    b.call("std.rt.free", (dead, b.table_field(table, "size")))
