"""Structs, tuples, enums, and places inside values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xdsl.dialects import arith
from xdsl.dialects.builtin import IntegerAttr
from xdsl.dialects.llvm import UndefOp, ZeroOp

from luma_ir.dialects import luma, mem
from luma_ir.dialects.luma import INDEX_STEP
from luma_ir.ir.fast import operands_of
from luma_ir.ir.intern import I32
from luma_ir.passes.convert._luma_to_mem.counting import Place
from luma_ir.passes.convert._luma_to_mem.lowering import Lowering, lowers

if TYPE_CHECKING:
    from xdsl.ir import Attribute, SSAValue


Path = tuple[tuple[int, int], ...]
"""From a value to a part of it: see `mem.inline_path`."""


@lowers(luma.StructMakeOp, luma.TupleMakeOp)
def lower_make(b: Lowering, op: luma.StructMakeOp | luma.TupleMakeOp) -> None:
    """A struct is built field by field, in a register or in a slot."""
    type_ = op.result.type
    operands = operands_of(op)
    if b.types.is_indirect(type_):
        address = b.slot(b.layouts.storage(type_))
        for number, operand in enumerate(operands):
            b.put_at(operand, b.part((address, True), type_, number)[0], operand.type)
        b.define(op.result, address)
    elif b.layouts.is_transparent(type_):
        b.values[op.result] = b.get(operands[0])
    else:
        value = b.value(UndefOp, (), b.layouts.storage(type_))
        for number, operand in enumerate(operands):
            value = b.insert(value, number, b.get(operand))
        b.define(op.result, value)


@lowers(luma.EnumMakeOp)
def lower_enum_make(b: Lowering, op: luma.EnumMakeOp) -> None:
    """The tag, and the fields in the variant's slots."""
    type_ = op.result.type
    assert isinstance(type_, luma.EnumType)
    variant = op.variant.value.data
    operands = operands_of(op)
    if b.types.is_boxed(type_):
        b.define(op.result, make_box(b, type_, variant, operands))
        return
    if not b.types.is_indirect(type_):
        b.define(op.result, b.make_enum(type_, variant, b.get_all(operands)))
        return
    address = b.slot(b.layouts.storage(type_))
    b.store_tag(address, type_, variant)
    for number, operand in enumerate(operands):
        b.put_at(operand, b.enum_part((address, True), type_, variant, number)[0], operand.type)
    b.define(op.result, address)


def make_box(b: Lowering, type_: luma.EnumType, variant: int, operands: Sequence[SSAValue]) -> SSAValue:
    """A cell with the fields, or the variant's number when it has none."""
    if not operands:
        return b.small_number(variant)
    layout = b.layouts.box(type_, variant)
    cell = b.allocate_cell(layout)
    fill_box(b, cell, type_, variant, operands)
    return cell


def fill_box(b: Lowering, cell: SSAValue, type_: luma.EnumType, variant: int, operands: Sequence[SSAValue]) -> None:
    """Write the fields of a variant to a cell, which nobody else knows."""
    layout = b.layouts.box(type_, variant)
    b.store(b.constant(variant << 32), cell)
    for number, operand in enumerate(operands):
        b.put_at(operand, b.field(cell, layout.first + number, layout.storage), operand.type)


@lowers(luma.EnumTagOp)
def lower_enum_tag(b: Lowering, op: luma.EnumTagOp) -> None:
    """The tag, widened to i32."""
    type_ = op.value.type
    assert isinstance(type_, luma.EnumType)
    tag = b.tag(b.place(op.value), type_)
    b.define(op.result, tag if tag.type == I32 else b.value(arith.ExtUIOp, (tag,), I32))


@lowers(luma.EnumIsOp)
def lower_enum_is(b: Lowering, op: luma.EnumIsOp) -> None:
    """A comparison of the tag."""
    type_ = op.value.type
    assert isinstance(type_, luma.EnumType)
    b.define(op.result, b.is_variant(b.place(op.value), type_, op.variant.value.data))


@lowers(luma.EnumGetOp)
def lower_enum_get(b: Lowering, op: luma.EnumGetOp) -> None:
    """A field of the variant's slots."""
    type_ = op.value.type
    assert isinstance(type_, luma.EnumType)
    part = b.enum_part(b.place(op.value), type_, op.variant.value.data, op.field.value.data)
    define_read(b, op.result, part)


def define_read(b: Lowering, result: SSAValue, place: Place) -> None:
    """Let a value be what is at a place: read if it fits a register, else a view or, if it lives longer, a copy."""
    value, in_memory = place
    type_ = result.type
    if not b.types.is_indirect(type_):
        b.define(result, b.read(place, type_))
    elif b.is_dupped(result):
        copy = b.slot(b.layouts.storage(type_))
        b.move(value, copy, type_)
        b.define(result, copy)
    else:
        assert in_memory
        b.values[result] = value


def follow(b: Lowering, op: luma.GetOp | luma.SetOp | luma.TakeOp | luma.PutOp, *, own: bool) -> Place:
    """
    Follow the path of an op from its root, and set the scope of accesses to the place. With `own`, every array behind
    the first that an index leads into is made unique where its address is stored.
    """
    place, type_, steps = b.place(op.root), op.root.type, op.steps
    remaining = iter(op.indices)
    direct = isinstance(type_, luma.ArrayType)
    known = op.attributes.get(mem.KNOWN_UNIQUE)
    levels = known.value.data if isinstance(known, IntegerAttr) else 0
    b.scope = None
    for step in steps:
        if step != INDEX_STEP:
            place = b.part(place, type_, step)
        else:
            index = b.get(next(remaining))
            assert isinstance(type_, luma.ArrayType | luma.FixedType)
            storage = b.layouts.storage(type_.element)
            if isinstance(type_, luma.FixedType):
                place = b.offset(place[0], index, storage), True
            else:
                if own and place[1] and levels <= 0:
                    buffer = own_in_place(b, place[0], type_)
                else:
                    buffer = b.read(place, type_)
                    levels -= place[1]
                place = b.element(buffer, index, storage), True
                b.scope = b.scope_tag(op.root, type_.element, direct=direct)
                direct = False
        type_ = b.types.step(type_, step)
    return place


def own_in_place(b: Lowering, address: SSAValue, type_: luma.ArrayType) -> SSAValue:
    """The array whose address is in memory there, made unique; a copy is noted there."""
    buffer = b.load(address, mem.POINTER)
    shared = b.compare("ne", b.header("rc", buffer), b.constant(0, I32))

    def copy() -> Sequence[SSAValue]:
        (own,) = b.call(b.glue.copy(type_.element), (buffer,), (mem.POINTER,))
        b.store(own, address)
        return (own,)

    return b.if_(shared, (mem.POINTER,), copy, lambda: (buffer,), unlikely=True)[0]


@lowers(luma.GetOp)
def lower_get(b: Lowering, op: luma.GetOp) -> None:
    """Addresses along the path; only the leaf is loaded."""
    place = follow(b, op, own=False)
    define_read(b, op.result, place)
    b.scope = None


@lowers(luma.TakeOp)
def lower_take(b: Lowering, op: luma.TakeOp) -> None:
    """As `luma.get`, but the value stays where it is when it lives in memory: `luma.put` finds it there."""
    root = b.place(op.root)
    place = follow(b, op, own=True)
    type_ = op.value.type
    b.values[op.value] = place[0] if b.types.is_indirect(type_) else b.read(place, type_)
    b.scope = None
    b.values[op.rest] = root[0]
    if place[1]:
        b.taken[op.rest] = place[0]


@lowers(luma.PutOp)
def lower_put(b: Lowering, op: luma.PutOp) -> None:
    """The value goes where it came from; nothing is there to be released."""
    address = b.taken.get(op.root)
    if address is not None:
        b.put_at(op.value, address, op.value.type)
        b.values[op.result] = b.get(op.root)
    else:
        write(b, op, release=False)


@lowers(luma.SetOp)
def lower_set(b: Lowering, op: luma.SetOp) -> None:
    """A store in place; what was there is released."""
    write(b, op, release=True)


def write(b: Lowering, op: luma.SetOp | luma.PutOp, *, release: bool) -> None:
    """Write to a place, in memory or in a register."""
    root, steps, type_ = b.place(op.root), op.steps, op.value.type
    counted = release and b.types.is_counted(type_)
    if not root[1] and INDEX_STEP not in steps:
        b.define(op.result, _insert(b, root[0], op.root.type, steps, b.get(op.value), release=counted))
        return
    place = follow(b, op, own=release)
    b.values[op.result] = root[0]
    old: Place | None = None
    if counted and b.types.is_indirect(type_):
        old = b.slot(b.layouts.storage(type_)), True
        b.move(place[0], old[0], type_)
    elif counted:
        old = b.read(place, type_), False
    b.put_at(op.value, place[0], type_)
    b.scope = None
    if old is not None:
        b.release(old, type_)


def _insert(
    b: Lowering, root: SSAValue, type_: Attribute, steps: Sequence[int], value: SSAValue, *, release: bool
) -> SSAValue:
    """A struct in a register with another field somewhere down a path of fields."""
    if not steps:
        if release:
            b.release((root, False), type_)
        return value
    step = steps[0]
    inner_type = b.types.step(type_, step)
    inner = b.part((root, False), type_, step)[0] if release or len(steps) > 1 else root
    changed = _insert(b, inner, inner_type, steps[1:], value, release=release)
    return changed if b.layouts.is_transparent(type_) else b.insert(root, step, changed)


@lowers(mem.DupOp)
def lower_dup(b: Lowering, op: mem.DupOp) -> None:
    """Every array in the value is referred to once more."""
    b.retain(b.place(op.value), op.value.type)


@lowers(mem.DropOp)
def lower_drop(b: Lowering, op: mem.DropOp) -> None:
    """Every array in the value is referred to once less."""
    type_ = op.value.type
    if isinstance(type_, luma.ArrayType):
        b.release_reference(b.get(op.value), type_, unique="mem.unique" in op.attributes)
    else:
        b.release(b.place(op.value), type_)


@lowers(mem.DropRestOp)
def lower_drop_rest(b: Lowering, op: mem.DropRestOp) -> None:
    """
    All other parts are released. A cell is given back if nobody else refers to it, else the parts get references of
    their own. An indirect part moved to a slot of its own with the read already.
    """
    place, type_ = b.place(op.value), op.value.type
    kept: list[Path] = [mem.inline_path(part, op.value) or () for part in op.parts]
    if not b.types.is_boxed(type_):
        release_except(b, place, type_, kept)
        return
    assert isinstance(type_, luma.EnumType)
    variant = kept[0][0][0]

    def free(cell: SSAValue) -> Sequence[SSAValue]:
        b.free_cell(cell, b.layouts.box(type_, variant))
        return ()

    _end_cell(b, op.value, variant, op.parts, free, tuple)


@lowers(mem.DropReuseOp)
def lower_drop_reuse(b: Lowering, op: mem.DropReuseOp) -> None:
    """As `mem.drop_rest`, but the cell is not given back."""
    variant = op.variant.value.data
    results = _end_cell(
        b, op.value, variant, op.parts, lambda cell: (cell,), lambda: (b.value(ZeroOp, (), mem.POINTER),)
    )
    b.define(op.token, results[0])


def _end_cell(
    b: Lowering,
    value: SSAValue,
    variant: int,
    parts: Sequence[SSAValue],
    free: Callable[[SSAValue], Sequence[SSAValue]],
    keep: Callable[[], Sequence[SSAValue]],
) -> Sequence[SSAValue]:
    """Give up a cell but for some parts: what `free` appends if nobody else refers to it, else what `keep` appends."""
    type_ = value.type
    assert isinstance(type_, luma.EnumType)
    cell = b.get(value)
    count = b.load(cell, I32)
    kept = [mem.inline_path(part, value) or () for part in parts]

    def last() -> Sequence[SSAValue]:
        release_fields(b, (cell, False), type_, variant, kept)
        return free(cell)

    def share() -> Sequence[SSAValue]:
        for part in parts:
            b.retain(b.place(part), part.type)
        b.give_up(cell, count)
        return keep()

    types = () if keep is tuple else (mem.POINTER,)
    return b.if_(b.compare("eq", count, b.constant(0, I32)), types, last, share)


@lowers(mem.FreeTokenOp)
def lower_free_token(b: Lowering, op: mem.FreeTokenOp) -> None:
    """The cell goes, if there is one."""
    drop = op.token.owner
    assert isinstance(drop, mem.DropReuseOp) and isinstance(drop.value.type, luma.EnumType)
    layout = b.layouts.box(drop.value.type, drop.variant.value.data)
    token = b.get(op.token)

    def free() -> Sequence[SSAValue]:
        b.free_cell(token, layout)
        return ()

    b.if_(b.compare("ne", b.address(token), b.constant(0)), (), free)


@lowers(mem.MakeAtOp)
def lower_make_at(b: Lowering, op: mem.MakeAtOp) -> None:
    """The cell that is given, or a new one."""
    type_ = op.result.type
    assert isinstance(type_, luma.EnumType)
    token, variant = b.get(op.token), op.variant.value.data
    layout = b.layouts.box(type_, variant)
    given = b.compare("ne", b.address(token), b.constant(0))
    (cell,) = b.if_(given, (mem.POINTER,), lambda: (token,), lambda: (b.allocate_cell(layout),))
    fill_box(b, cell, type_, variant, op.fields)
    b.define(op.result, cell)


def release_except(b: Lowering, place: Place, type_: Attribute, kept: Sequence[Path]) -> None:
    """Release every counted part of a value but those that paths lead to."""
    if not kept:
        b.release(place, type_)
    elif () in kept:
        return
    elif isinstance(type_, luma.EnumType):
        release_fields(b, place, type_, kept[0][0][0], kept)
    else:
        for number, part in enumerate(b.types.fields(type_)):
            if b.types.is_counted(part):
                inner = [path[1:] for path in kept if path[0][1] == number]
                release_except(b, b.part(place, type_, number), part, inner)


def release_fields(b: Lowering, place: Place, type_: luma.EnumType, variant: int, kept: Sequence[Path]) -> None:
    """Release the fields of an enum value of a variant but those parts that paths lead to."""
    for number, part in enumerate(b.types.variants(type_)[variant]):
        if b.types.is_counted(part):
            inner = [path[1:] for path in kept if path[0][1] == number]
            release_except(b, b.enum_part(place, type_, variant, number), part, inner)


@lowers(mem.MakeUniqueOp)
def lower_make_unique(b: Lowering, op: mem.MakeUniqueOp) -> None:
    """A test of the count; for a slot, a copy to another one."""
    type_ = op.value.type
    value = b.get(op.value)
    if b.types.is_indirect(type_):
        copy = b.slot(b.layouts.storage(type_))
        b.move(value, copy, type_)
        b.define(op.result, copy)
    else:
        b.define(op.result, _own_part(b, value, type_, op.steps))


@lowers(mem.MakeUniqueAtOp)
def lower_make_unique_at(b: Lowering, op: mem.MakeUniqueAtOp) -> None:
    """A test of the count at each level, where the index is in range."""
    value, type_ = b.get(op.value), op.value.type
    assert isinstance(type_, luma.ArrayType)
    _own_levels(b, value, type_, b.get_all(op.indices))
    b.values[op.result] = value


def _own_levels(b: Lowering, buffer: SSAValue, type_: luma.ArrayType, indices: Sequence[SSAValue]) -> None:
    if not indices:
        return
    inner = type_.element
    assert isinstance(inner, luma.ArrayType)

    def own() -> Sequence[SSAValue]:
        address = b.element(buffer, indices[0], b.layouts.storage(inner))
        _own_levels(b, own_in_place(b, address, inner), inner, indices[1:])
        return ()

    b.if_(b.compare("ult", indices[0], b.header("len", buffer)), (), own)


def _own_part(b: Lowering, value: SSAValue, type_: Attribute, steps: Sequence[int]) -> SSAValue:
    if not steps:
        assert isinstance(type_, luma.ArrayType)
        return b.own_buffer(value, type_.element)
    inner = b.part((value, False), type_, steps[0])[0]
    own = _own_part(b, inner, b.types.step(type_, steps[0]), steps[1:])
    return own if b.layouts.is_transparent(type_) else b.insert(value, steps[0], own)
