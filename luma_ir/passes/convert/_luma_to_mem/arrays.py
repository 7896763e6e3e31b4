"""Growable and fixed arrays, constants, raw pointers."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import IntegerType
from xdsl.dialects.llvm import IntToPtrOp, PtrToIntOp
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import luma, mem
from luma_ir.dialects.mem import POINTER
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import make, operands_of, prepend
from luma_ir.ir.intern import I64, UNIT
from luma_ir.passes.analysis.callgraph import in_loop
from luma_ir.passes.convert._luma_to_mem.lowering import Lowering, lowers


def _element(type_: Attribute) -> Attribute:
    assert isinstance(type_, luma.ArrayType | luma.FixedType)
    return type_.element


def _start(b: Lowering, array: SSAValue, storage: Attribute) -> SSAValue:
    """The address of the first element of a growable or fixed array."""
    address = b.get(array)
    return address if isinstance(array.type, luma.FixedType) else b.element(address, b.constant(0), storage)


def _length(b: Lowering, array: SSAValue) -> SSAValue:
    type_ = array.type
    if isinstance(type_, luma.FixedType):
        return b.constant(type_.size.data)
    return b.header("len", b.get(array))


@lowers(luma.StringLiteralOp)
def lower_string_literal(b: Lowering, op: luma.StringLiteralOp) -> None:
    """The address of an immortal buffer of the bytes."""
    if not op.value.data:
        b.define(op.result, b.value(mem.EmptyOp, (), POINTER))
        return
    properties: dict[str, Attribute] = {"values": op.value, "element": IntegerType(8)}
    b.define(op.result, b.value(mem.ConstantOp, (), POINTER, properties))


@lowers(luma.ArrayLiteralOp)
def lower_array_literal(b: Lowering, op: luma.ArrayLiteralOp) -> None:
    """An immortal buffer; for a fixed array, a slot that the constants are copied to."""
    type_ = op.result.type
    storage = b.layouts.storage(_element(type_))
    if isinstance(type_, luma.FixedType):
        slot = b.slot(b.layouts.storage(type_))
        if op.values.data:
            b.copy(b.constant_data(op.values, storage, data=True), slot, storage, b.constant(type_.size.data))
        b.define(op.result, slot)
    elif op.values.data:
        b.define(op.result, b.constant_data(op.values, storage, data=False))
    else:
        b.define(op.result, b.value(mem.EmptyOp, (), POINTER))


@lowers(luma.ArrayMakeOp)
def lower_array_make(b: Lowering, op: luma.ArrayMakeOp) -> None:
    """A buffer of the right length, or a slot, filled element by element."""
    type_ = op.result.type
    element = _element(type_)
    storage = b.layouts.storage(element)
    operands = operands_of(op)
    if isinstance(type_, luma.FixedType):
        result = b.slot(b.layouts.storage(type_))
    elif not operands:
        result = b.value(mem.EmptyOp, (), POINTER)
    else:
        result = b.allocate(b.constant(len(operands)), b.layouts.size(storage), nonzero=True, filled=True)
    fixed = isinstance(type_, luma.FixedType)
    for number, operand in enumerate(operands):
        index = b.constant(number)
        b.put_at(operand, b.offset(result, index, storage) if fixed else b.element(result, index, storage), element)
    b.define(op.result, result)


@lowers(luma.ArrayFillOp)
def lower_array_fill(b: Lowering, op: luma.ArrayFillOp) -> None:
    """A loop of stores. Each element gets a reference of its own, then the one that was given goes."""
    type_ = op.result.type
    element = _element(type_)
    storage = b.layouts.storage(element)
    fixed = isinstance(type_, luma.FixedType)
    count = b.constant(type_.size.data) if isinstance(type_, luma.FixedType) else b.get(op.count)
    if fixed:
        result = b.slot(b.layouts.storage(type_))
    else:
        result = b.allocate(count, b.layouts.size(storage), filled=True)
    value = b.place(op.value)

    def body(index: SSAValue) -> None:
        b.retain(value, element)
        b.put_at(op.value, b.offset(result, index, storage) if fixed else b.element(result, index, storage), element)

    b.for_(b.constant(0), count, body)
    b.release(value, element)
    b.define(op.result, result)


@lowers(luma.ArrayLenOp)
def lower_array_len(b: Lowering, op: luma.ArrayLenOp) -> None:
    """A load from the header, or a constant."""
    b.define(op.result, _length(b, op.array))


@lowers(luma.ArrayPushOp)
def lower_array_push(b: Lowering, op: luma.ArrayPushOp) -> None:
    """A store behind the last element, after growing in the rare case."""
    element = _element(op.array.type)
    storage = b.layouts.storage(element)
    array = b.get(op.array)
    length = b.header("len", array)
    longer = b.add(length, b.constant(1))
    full = b.compare("eq", length, b.header("cap", array))
    grown = b.grow(full, array, longer, element)
    address = b.element(grown, length, storage)
    b.scope = b.scope_tag(op.array, element, direct=True)
    b.put_at(op.value, address, element)
    b.scope = None
    b.set_header("len", longer, grown)
    b.define(op.result, grown)


@lowers(luma.ArrayPopOp)
def lower_array_pop(b: Lowering, op: luma.ArrayPopOp) -> None:
    """The last element moves out."""
    element = _element(op.array.type)
    storage = b.layouts.storage(element)
    array = b.get(op.array)
    shorter = b.sub(b.header("len", array), b.constant(1))
    address = b.element(array, shorter, storage)
    if b.types.is_indirect(element):
        slot = b.slot(storage)
        b.move(address, slot, element)
        b.define(op.value, slot)
    else:
        b.define(op.value, b.load(address, storage))
    b.set_header("len", shorter, array)
    b.values[op.rest] = array


@lowers(luma.ArrayTruncateOp)
def lower_array_truncate(b: Lowering, op: luma.ArrayTruncateOp) -> None:
    """Elements behind the new end are released; an empty array is not written to."""
    element = _element(op.array.type)
    storage = b.layouts.storage(element)
    array, wanted = b.get(op.array), b.get(op.length)
    length = b.header("len", array)

    def cut() -> Sequence[SSAValue]:
        b.set_header("len", wanted, array)
        if b.types.is_counted(element):
            b.for_(wanted, length, lambda i: b.release((b.element(array, i, storage), True), element))
        return ()

    b.if_(b.compare("slt", wanted, length), (), cut)
    b.values[op.result] = array


@lowers(luma.ArrayReserveOp)
def lower_array_reserve(b: Lowering, op: luma.ArrayReserveOp) -> None:
    """Growing, when there is less room."""
    array, wanted = b.get(op.array), b.get(op.capacity)
    small = b.compare("slt", b.header("cap", array), wanted)
    b.define(op.result, b.grow(small, array, wanted, _element(op.array.type)))


@lowers(luma.ArrayAppendOp)
def lower_array_append(b: Lowering, op: luma.ArrayAppendOp) -> None:
    """A call of glue, since f-strings have many of these; in loops of one that LLVM may put inline."""
    append = b.glue.append(_element(op.array.type), hot=in_loop(op))
    b.define(op.result, b.call(append, (b.get(op.array), b.get(op.other)), (POINTER,))[0])


@lowers(luma.ArraySliceOp)
def lower_array_slice(b: Lowering, op: luma.ArraySliceOp) -> None:
    """A new buffer with a copy of the elements."""
    element = _element(op.array.type)
    storage = b.layouts.storage(element)
    lower, upper = b.get(op.lower), b.get(op.upper)
    count = b.sub(upper, lower)
    result = b.allocate(count, b.layouts.size(storage), filled=True)
    if isinstance(op.array.type, luma.FixedType):
        source = b.offset(b.get(op.array), lower, storage)
    else:
        source = b.element(b.get(op.array), lower, storage)
    zero = b.constant(0)
    b.copy(source, b.element(result, zero, storage), storage, count)
    if b.types.is_counted(element):
        b.for_(zero, count, lambda i: b.retain((b.element(result, i, storage), True), element))
    b.define(op.result, result)


@lowers(luma.ArrayPtrOp)
def lower_array_ptr(b: Lowering, op: luma.ArrayPtrOp) -> None:
    """The address of the first element."""
    b.define(op.result, _start(b, op.array, b.layouts.storage(_element(op.array.type))))


@lowers(luma.PtrLoadOp)
def lower_ptr_load(b: Lowering, op: luma.PtrLoadOp) -> None:
    """A load about which nothing else is known."""
    type_ = op.result.type
    storage = b.layouts.storage(type_)
    if b.types.is_indirect(type_):
        slot = b.slot(storage)
        b.copy(b.get(op.pointer), slot, storage)
        b.define(op.result, slot)
    else:
        b.define(op.result, b.value(mem.LoadOp, (b.get(op.pointer),), storage, {"raw": UNIT}))


@lowers(luma.PtrStoreOp)
def lower_ptr_store(b: Lowering, op: luma.PtrStoreOp) -> None:
    """A store about which nothing else is known."""
    type_ = op.value.type
    if b.types.is_indirect(type_):
        b.copy(b.get(op.value), b.get(op.pointer), b.layouts.storage(type_))
    else:
        b.op(mem.StoreOp, (b.get(op.value), b.get(op.pointer)), (), {"raw": UNIT})


@lowers(luma.PtrOffsetOp)
def lower_ptr_offset(b: Lowering, op: luma.PtrOffsetOp) -> None:
    """An address that many elements on."""
    type_ = op.pointer.type
    assert isinstance(type_, luma.PtrType)
    storage = b.layouts.storage(type_.element)
    b.define(op.result, b.offset(b.get(op.pointer), b.get(op.count), storage, inbounds=False))


@lowers(luma.PtrFieldOp)
def lower_ptr_field(b: Lowering, op: luma.PtrFieldOp) -> None:
    """The address of a part."""
    type_ = op.pointer.type
    assert isinstance(type_, luma.PtrType)
    b.values[op.result] = b.part((b.get(op.pointer), True), type_.element, op.field.value.data)[0]


@lowers(luma.SlotOp)
def lower_slot(b: Lowering, op: luma.SlotOp) -> None:
    """Stack memory about which nothing else is known: what it holds may change through its address."""
    type_ = op.result.type
    assert isinstance(type_, luma.PtrType)
    properties: dict[str, Attribute] = {"element": b.layouts.storage(type_.element)}
    slot = make(mem.SlotOp, (), (POINTER,), properties, location=op.location)
    b.define(op.result, prepend(b.entry, slot).results[0])


@lowers(luma.PtrCastOp)
def lower_ptr_cast(b: Lowering, op: luma.PtrCastOp) -> None:
    """Nothing between pointers; a conversion to or from an address."""
    value = b.get(op.value)
    to_pointer = isinstance(op.result.type, luma.PtrType) or op.result.type == POINTER
    if value.type == POINTER and to_pointer:
        b.values[op.result] = value
    elif to_pointer and value.type == I64:
        b.define(op.result, b.value(IntToPtrOp, (value,), POINTER))
    elif value.type == POINTER and op.result.type == I64:
        b.define(op.result, b.value(PtrToIntOp, (value,), I64))
    else:
        raise PassFailure(f"cannot cast `{op.value.type}` to `{op.result.type}`", op)


@lowers(luma.StaticOp)
def lower_static(b: Lowering, op: luma.StaticOp) -> None:
    """The address of static memory."""
    properties: dict[str, Attribute] = {"symbol": op.symbol, "size": op.size}
    if op.thread_local is not None:
        properties["thread_local"] = UNIT
    b.define(op.result, b.value(mem.StaticOp, (), POINTER, properties))


@lowers(luma.LocationOp)
def lower_location(b: Lowering, op: luma.LocationOp) -> None:
    """The address of a constant made from the op's location."""
    b.define(op.result, b.value(mem.LocationOp, (), POINTER))


@lowers(luma.UndefOp)
def lower_undef(b: Lowering, op: luma.UndefOp) -> None:
    """A value that is safe to release."""
    b.define(op.result, b.default(op.result.type))


@lowers(luma.TypeKindOp)
def lower_type_kind(b: Lowering, op: luma.TypeKindOp) -> None:
    """A constant."""
    type_ = op.value.type
    if isinstance(type_, IntegerType):
        kind = type_.width.data
    else:
        kind = -1 if b.types.is_counted(type_) else 0
    b.define(op.result, b.constant(kind, I64))
