"""
Constants in memory that conversions add to the module: texts, places for panics, constant buffers, static memory.

Each is made once for equal contents. All are internal to the module and, except static memory, constant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xdsl.dialects.builtin import (
    ArrayAttr,
    DenseIntOrFPElementsAttr,
    FloatAttr,
    IntegerAttr,
    IntegerType,
    StringAttr,
    TensorType,
)
from xdsl.dialects.llvm import LLVMArrayType, LLVMStructType
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects.llvm_ext import PTR
from luma_ir.ir.conversion import Conversion
from luma_ir.ir.fast import append, make, new_block, new_region
from luma_ir.ir.intern import I8, I32, I64, UNIT, int_attr, string_attr, symbol
from luma_ir.ir.locations import SourcePlace
from luma_ir.passes.convert.support import INTERNAL, LLVM_OPS, Builder, ConstantOp

GlobalOp = LLVM_OPS["llvm.mlir.global"]
AddressOfOp = LLVM_OPS["llvm.mlir.addressof"]
ReturnOp = LLVM_OPS["llvm.return"]
ZeroOp = LLVM_OPS["llvm.mlir.zero"]

IMMORTAL = -(2**31)
"""The count of a buffer that is never freed."""
BUFFER_ALIGNMENT = 16
EMPTY_SYMBOL = "mem.empty"
LOCATION_TYPE = LLVMStructType.from_type_list([PTR, I64, I64, I64, PTR, I64])
"""`{file, length, line, column, function, length}`, as the run-time system's panic functions read it."""
HEADER_TYPES: tuple[Attribute, ...] = (I32, I32, I64, I64, I64)

Initializer = Callable[[Builder], SSAValue]
"""Builds the value of a global inside its initializer region."""


def address_of(build: Builder, name: str) -> SSAValue:
    """The address of a global."""
    return build.op(AddressOfOp, (), PTR, {"global_name": symbol(name)})


def add_global(
    state: Conversion,
    name: str,
    type_: Attribute,
    *,
    value: Attribute | None = None,
    initializer: Initializer | None = None,
    constant: bool = True,
    alignment: int | None = None,
    thread_local: bool = False,
    mergeable: bool = True,
) -> None:
    """
    Append a global to the module: with a constant `value`, or with what `initializer` builds.

    A `mergeable` constant has an address without meaning, so LLVM may put equal ones in one place.
    """
    location = state.module.location
    properties: dict[str, Attribute] = {
        "sym_name": string_attr(name),
        "global_type": type_,
        "linkage": INTERNAL,
        "addr_space": int_attr(0, I32),
    }
    if constant:
        properties["constant"] = UNIT
        if mergeable:
            properties["unnamed_addr"] = int_attr(2, I64)
    if value is not None:
        properties["value"] = value
    if alignment is not None:
        properties["alignment"] = int_attr(alignment, I64)
    if thread_local:
        properties["thread_local_"] = UNIT
    if initializer is None:
        region = new_region()
    else:
        saved = state.block
        state.block = new_block()
        region = new_region(state.block)
        build = Builder(state, location)
        append(state.block, make(ReturnOp, (initializer(build),), location=location))
        state.block = saved
    append(state.module.body.block, make(GlobalOp, (), (), properties, regions=(region,), location=location))


def _shared(state: Conversion, kind: str, key: object) -> tuple[str, bool]:
    """The symbol for a constant of this kind and contents, and whether it is new."""
    names: dict[object, str] = state.data.setdefault(kind, {})
    found = names.get(key)
    if found is not None:
        return found, False
    name = names[key] = f"{kind}.{len(names)}"
    return name, True


def text_global(build: Builder, text: str) -> SSAValue:
    """The address of the UTF-8 bytes of a text."""
    name, new = _shared(build.state, "mem.text", text)
    if new:
        length = len(text.encode("utf-8", "surrogateescape"))
        add_global(build.state, name, LLVMArrayType(length, I8), value=StringAttr(text), alignment=1)
    return address_of(build, name)


def text_length(text: str) -> int:
    """The number of UTF-8 bytes of a text."""
    return len(text.encode("utf-8", "surrogateescape"))


def location_global(build: Builder, place: SourcePlace) -> SSAValue:
    """The address of the record of a source place."""
    function = place.function or ""
    name, new = _shared(build.state, "mem.place", (place.filename, place.line, place.column, function))
    if new:

        def initialize(inner: Builder) -> SSAValue:
            return inner.pack(
                LOCATION_TYPE,
                [
                    text_global(inner, place.filename),
                    inner.constant(text_length(place.filename), I64),
                    inner.constant(place.line, I64),
                    inner.constant(place.column, I64),
                    text_global(inner, function),
                    inner.constant(text_length(function), I64),
                ],
            )

        add_global(build.state, name, LOCATION_TYPE, initializer=initialize, alignment=8)
    return address_of(build, name)


def values_attr(values: Attribute, element: Attribute) -> tuple[Attribute, int] | None:
    """The contents of a constant array as one attribute and its length; None for values that are not plain."""
    if isinstance(values, StringAttr):
        return values, text_length(values.data)
    if not isinstance(values, ArrayAttr):
        return None
    numbers: list[int | float] = []
    for value in values.data:
        if not isinstance(value, IntegerAttr | FloatAttr):
            return None
        numbers.append(value.value.data)
    stored = I8 if isinstance(element, IntegerType) and element.width.data == 1 else element
    if stored is I8 and stored is not element:
        numbers = [int(number) & 1 for number in numbers]
    tensor = TensorType(stored, (len(numbers),))
    return DenseIntOrFPElementsAttr.from_list(tensor, numbers), len(numbers)  # pyright: ignore


def constant_global(build: Builder, values: Attribute, element: Attribute, *, header: bool) -> SSAValue | None:
    """The address of a constant buffer, or of bare values; None for values that are not plain."""
    found = values_attr(values, element)
    if found is None:
        return None
    contents, count = found
    stored = I8 if isinstance(element, IntegerType) and element.width.data == 1 else element
    array = LLVMArrayType(count, stored)
    name, new = _shared(build.state, "mem.constant" if header else "mem.data", (values, element))
    if not new:
        return address_of(build, name)
    if not header:
        if count == 0:
            add_global(build.state, name, array, initializer=lambda inner: inner.op(ZeroOp, (), array), alignment=16)
        else:
            add_global(build.state, name, array, value=contents, alignment=BUFFER_ALIGNMENT)
        return address_of(build, name)
    add_buffer(build.state, name, count, array, contents)
    return address_of(build, name)


def add_buffer(
    state: Conversion,
    name: str,
    count: int,
    array: Attribute,
    contents: Attribute | None,
    *,
    mergeable: bool = True,
) -> None:
    """Append a constant buffer: an immortal header, then the elements."""
    type_ = LLVMStructType.from_type_list([*HEADER_TYPES, array])

    def initialize(inner: Builder) -> SSAValue:
        header: Sequence[tuple[int, Attribute]] = list(zip((IMMORTAL, 0, count, count, 0), HEADER_TYPES, strict=True))
        fields = [inner.constant(number, field) for number, field in header]
        if contents is None or count == 0:
            fields.append(inner.op(ZeroOp, (), array))
        else:
            fields.append(inner.op(ConstantOp, (), array, {"value": contents}))
        return inner.pack(type_, fields)

    add_global(state, name, type_, initializer=initialize, alignment=BUFFER_ALIGNMENT, mergeable=mergeable)


def empty_global(build: Builder) -> SSAValue:
    """The address of the one empty buffer."""
    if not build.state.data.get(EMPTY_SYMBOL):
        build.state.data[EMPTY_SYMBOL] = True
        add_buffer(build.state, EMPTY_SYMBOL, 0, LLVMArrayType(0, I8), None, mergeable=False)
    return address_of(build, EMPTY_SYMBOL)


def table_global(
    build: Builder, functions: Sequence[str | None], size: int, codes: Sequence[str], *, cell: bool
) -> SSAValue:
    """
    The address of a constant table: its `drop` and `copy` functions (null where there is none), the size of a cell, the
    codes. With `cell`, the address of an immortal cell of that table instead.
    """
    state = build.state
    name, new = _shared(state, "mem.table", (tuple(functions), size, tuple(codes)))
    if new:
        type_ = LLVMStructType.from_type_list([PTR, PTR, I64, *[PTR] * len(codes)])

        def initialize(inner: Builder) -> SSAValue:
            first = [inner.op(ZeroOp, (), PTR) if each is None else address_of(inner, each) for each in functions]
            return inner.pack(type_, [*first, inner.constant(size, I64), *[address_of(inner, code) for code in codes]])

        add_global(state, name, type_, initializer=initialize, alignment=8)
    if not cell:
        return address_of(build, name)
    cell_name, new = _shared(state, "mem.cell", name)
    if new:
        cell_type = LLVMStructType.from_type_list([I32, I32, PTR])

        def initialize_cell(inner: Builder) -> SSAValue:
            return inner.pack(
                cell_type, [inner.constant(IMMORTAL, I32), inner.constant(0, I32), address_of(inner, name)]
            )

        add_global(state, cell_name, cell_type, initializer=initialize_cell, alignment=BUFFER_ALIGNMENT)
    return address_of(build, cell_name)


def static_global(build: Builder, name: str, size: int, *, thread_local: bool) -> SSAValue:
    """The address of zeroed static memory."""
    sizes: dict[str, int] = build.state.data.setdefault("static", {})
    if name not in sizes:
        sizes[name] = size
        array = LLVMArrayType(size, I8)
        add_global(
            build.state,
            name,
            array,
            initializer=lambda inner: inner.op(ZeroOp, (), array),
            constant=False,
            alignment=16,
            thread_local=thread_local,
        )
    return address_of(build, name)
