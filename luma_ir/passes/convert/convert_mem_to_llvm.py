"""
Convert `mem` to `llvm`: addresses, loads and stores with alias scopes, constants, panics.

Before: %p = mem.element %b[%i] : f64
        mem.store %v, %p {alias_scopes = array<i64: 0>, noalias_scopes = array<i64: 1>} : f64
        mem.panic_if %outside "bounds" (%i, %n)
After:  %p = llvm.getelementptr inbounds|nuw %b[0, 5, %i] : ... !llvm.struct<(i32, i32, i64, i64, i64, array<0 x f64>)>
        llvm.store %v, %p {alias_scopes = [...], noalias_scopes = [...]} : f64, !llvm.ptr
        llvm.cond_br %outside weights([1, 1048575]), ^cold, ^on    where ^cold calls @std.rt.panic_bounds
Expects: `mem-expand-rc` has run; panics stand in blocks of a function (after `convert-scf-to-cf`, or in
`convert-to-llvm`). Leaves: no `mem`. Every alias scope used in a function is declared at its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import func
from xdsl.dialects.builtin import (
    ArrayAttr,
    BFloat16Type,
    DenseArrayBase,
    DictionaryAttr,
    Float16Type,
    Float32Type,
    Float64Type,
    IntegerAttr,
    IntegerType,
    ModuleOp,
    StringAttr,
    SymbolRefAttr,
    VectorType,
)
from xdsl.dialects.llvm import GEP_USE_SSA_VAL, LLVMArrayType, LLVMFunctionType, LLVMPointerType, LLVMStructType
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.passes import ModulePass

from luma_ir.dialects import mem
from luma_ir.dialects.llvm_ext import PTR, VOID, AliasScopeAttr, AliasScopeDomainAttr
from luma_ir.dialects.mem import HEADER_FIELDS, PANIC_KINDS
from luma_ir.ir.conversion import Conversion, ConversionTable, Handler
from luma_ir.ir.fast import append, append_block, insert_before, make, new_block, prepend
from luma_ir.ir.intern import (
    I1,
    I8,
    I32,
    I64,
    array,
    bool_attr,
    dense_i32,
    function_type,
    int_attr,
    string_attr,
    symbol,
)
from luma_ir.ir.locations import SourcePlace, unwrap
from luma_ir.passes.convert.branches import LLVM_BRANCHES
from luma_ir.passes.convert.convert_func_to_llvm import make_call
from luma_ir.passes.convert.globals import (
    HEADER_TYPES,
    constant_global,
    empty_global,
    location_global,
    static_global,
    table_global,
    text_global,
    text_length,
)
from luma_ir.passes.convert.parameters import annotate_parameters
from luma_ir.passes.convert.support import LLVM_OPS, Builder, ConstantOp, UnreachableOp, can_split, declare, run_partial


@dataclass(frozen=True)
class ConvertMemToLlvmPass(ModulePass):
    """Convert `mem` to `llvm`."""

    name = "convert-mem-to-llvm"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Convert the module in place."""
        annotate_parameters(op)
        run_partial(op, MEM_TABLE)


GEPOp = LLVM_OPS["llvm.getelementptr"]
LoadOp = LLVM_OPS["llvm.load"]
StoreOp = LLVM_OPS["llvm.store"]
AllocaOp = LLVM_OPS["llvm.alloca"]
MemcpyOp = LLVM_OPS["llvm.intr.memcpy"]
ScopeDeclOp = LLVM_OPS["llvm.intr.experimental.noalias.scope.decl"]
CallIntrinsicOp = LLVM_OPS["llvm.call_intrinsic"]
TruncOp = LLVM_OPS["llvm.trunc"]
ZExtOp = LLVM_OPS["llvm.zext"]

NO_WRAP = int_attr(0, I32)
INBOUNDS = int_attr(3, I32)
INBOUNDS_NUW = int_attr(7, I32)
"""Flags of address computations: upstream's bits are inbounds 1 (which implies 2, nusw) and nuw 4."""
NUW = int_attr(2, I32)
PANIC_WEIGHTS = dense_i32((1, 1048575))
_DYNAMIC = dense_i32((GEP_USE_SSA_VAL,))
_BUFFER_INDICES = dense_i32((0, 5, GEP_USE_SSA_VAL))
_buffer_types: dict[Attribute, Attribute] = {}
_offsets: dict[int, Attribute] = {}


def _gep(
    state: Conversion,
    op: Operation,
    operands: Sequence[SSAValue],
    element: Attribute,
    indices: Attribute,
    flags: Attribute,
) -> SSAValue:
    properties: dict[str, Attribute] = {"elem_type": element, "rawConstantIndices": indices, "noWrapFlags": flags}
    return append(state.block, make(GEPOp, operands, (PTR,), properties, location=op.location)).results[0]


def buffer_type(element: Attribute) -> Attribute:
    """A buffer as a structure: its header, then elements without end."""
    found = _buffer_types.get(element)
    if found is None:
        stored = I8 if element == I1 else element
        found = _buffer_types[element] = LLVMStructType.from_type_list([*HEADER_TYPES, LLVMArrayType(0, stored)])
    return found


def convert_element(op: mem.ElementOp, state: Conversion) -> None:
    """The address of an element of a buffer; its index is never negative."""
    element = state.types.convert(op.properties["element"])
    place = _gep(state, op, state.operands(op), buffer_type(element), _BUFFER_INDICES, INBOUNDS_NUW)
    state.define(op.results[0], place)


def convert_offset(op: mem.OffsetOp, state: Conversion) -> None:
    """The address some elements further on."""
    element = state.types.convert(op.properties["element"])
    flags = INBOUNDS_NUW if "inbounds" in op.properties else NO_WRAP
    stored = I8 if element == I1 else element
    state.define(op.results[0], _gep(state, op, state.operands(op), stored, _DYNAMIC, flags))


def convert_field(op: mem.FieldOp, state: Conversion) -> None:
    """The address of a field of a structure."""
    number = op.properties["number"]
    assert isinstance(number, IntegerAttr)
    aggregate = state.types.convert(op.properties["aggregate"])
    indices = dense_i32((0, number.value.data))
    state.define(op.results[0], _gep(state, op, state.operands(op), aggregate, indices, INBOUNDS_NUW))


def _header_address(op: Operation, state: Conversion, buffer: SSAValue) -> SSAValue:
    field = op.properties["field"]
    assert isinstance(field, StringAttr)
    offset = HEADER_FIELDS[field.data][0]
    if offset == 0:
        return buffer
    indices = _offsets.get(offset)
    if indices is None:
        indices = _offsets[offset] = dense_i32((offset,))
    return _gep(state, op, (buffer,), I8, indices, INBOUNDS_NUW)


def convert_load_header(op: mem.LoadHeaderOp, state: Conversion) -> None:
    """Read a field of a buffer's header."""
    (old,) = op.results
    address = _header_address(op, state, state.operands(op)[0])
    new = make(LoadOp, (address,), (old.type,), access_properties(op, state), location=op.location)
    state.define(old, append(state.block, new).results[0])


def convert_store_header(op: mem.StoreHeaderOp, state: Conversion) -> None:
    """Write a field of a buffer's header."""
    value, buffer = state.operands(op)
    address = _header_address(op, state, buffer)
    append(state.block, make(StoreOp, (value, address), (), access_properties(op, state), location=op.location))


def convert_load(op: mem.LoadOp, state: Conversion) -> None:
    """Read a value; an `i1` is a byte that is 0 or 1."""
    (old,) = op.results
    type_ = state.types.convert(old.type)
    stored = I8 if type_ == I1 else type_
    new = make(LoadOp, state.operands(op), (stored,), access_properties(op, state), location=op.location)
    value = append(state.block, new).results[0]
    if stored is not type_:
        value = state.make(TruncOp, (value,), (I1,), {"overflowFlags": NUW}, location=op.location).results[0]
    state.define(old, value)


def convert_store(op: mem.StoreOp, state: Conversion) -> None:
    """Write a value; an `i1` as a byte that is 0 or 1."""
    value, pointer = state.operands(op)
    if value.type == I1:
        value = state.make(ZExtOp, (value,), (I8,), location=op.location).results[0]
    append(state.block, make(StoreOp, (value, pointer), (), access_properties(op, state), location=op.location))


def convert_copy(op: mem.CopyOp, state: Conversion) -> None:
    """Copy values between places that do not overlap."""
    source, target, count = state.operands(op)
    element = state.types.convert(op.properties["element"])
    size, alignment = layout(element)
    build = Builder(state, op.location)
    if size != 1:
        product = {"overflowFlags": int_attr(3, I32)}
        count = build.op(LLVM_OPS["llvm.mul"], (count, build.constant(size, I64)), I64, dict(product))
    aligned = DictionaryAttr({"llvm.align": int_attr(alignment, I64)})
    properties = access_properties(op, state)
    properties["isVolatile"] = bool_attr(False)
    properties["arg_attrs"] = ArrayAttr([aligned, aligned, DictionaryAttr({})])
    append(state.block, make(MemcpyOp, (target, source, count), (), properties, location=op.location))


def convert_slot(op: mem.SlotOp, state: Conversion) -> None:
    """Stack memory. The op stands in the entry block, so this runs once a call."""
    one = state.make(ConstantOp, (), (I64,), {"value": int_attr(1, I64)}, location=op.location).results[0]
    properties: dict[str, Attribute] = {"elem_type": state.types.convert(op.properties["element"])}
    new = make(AllocaOp, (one,), (PTR,), properties, location=op.location)
    state.define(op.results[0], append(state.block, new).results[0])


def convert_constant(op: mem.ConstantOp, state: Conversion) -> None:
    """The address of a constant buffer or of bare constant data."""
    build = Builder(state, op.location)
    element = state.types.convert(op.properties["element"])
    address = constant_global(build, op.properties["values"], element, header="data" not in op.properties)
    if address is None:
        state.fail(op, "constant has values that are neither integers nor floats", remedy="build the value at run time")
        state.keep(op)
        return
    state.define(op.results[0], address)


def convert_empty(op: mem.EmptyOp, state: Conversion) -> None:
    """The address of the empty buffer."""
    state.define(op.results[0], empty_global(Builder(state, op.location)))


def convert_table(op: mem.TableOp, state: Conversion) -> None:
    """The address of a constant table, or of a constant cell with one."""
    links = state.data.get("links", {})

    def link(name: Attribute) -> str:
        assert isinstance(name, SymbolRefAttr)
        return links.get(name.root_reference.data, name.root_reference.data)

    functions = [link(name) if name is not None else None for name in (op.drop, op.copy)]
    codes = [link(code) for code in op.codes]
    cell = op.object is not None
    build = Builder(state, op.location)
    state.define(op.results[0], table_global(build, functions, op.size.value.data, codes, cell=cell))


def convert_call_indirect(op: mem.CallIndirectOp, state: Conversion) -> None:
    """A call of an address."""
    make_call(op, state, {})


def convert_static(op: mem.StaticOp, state: Conversion) -> None:
    """The address of static memory."""
    name, size = op.properties["symbol"], op.properties["size"]
    assert isinstance(name, StringAttr) and isinstance(size, IntegerAttr)
    thread_local = "thread_local" in op.properties
    build = Builder(state, op.location)
    state.define(op.results[0], static_global(build, name.data, size.value.data, thread_local=thread_local))


# Alias scopes.


def access_properties(op: Operation, state: Conversion) -> dict[str, Attribute]:
    """The alias scopes of an access as `llvm` has them."""
    given = op.properties
    properties: dict[str, Attribute] = {}
    for key in ("alias_scopes", "noalias_scopes"):
        numbers = given.get(key)
        if numbers is not None:
            assert isinstance(numbers, DenseArrayBase)
            properties[key] = _scopes(op, state, tuple(numbers.get_values()))  # pyright: ignore[reportArgumentType]
    return properties


def _scopes(op: Operation, state: Conversion, numbers: tuple[int, ...]) -> Attribute:
    """The array of scopes with these numbers; a scope met first is declared at the start of the function."""
    function = enclosing_function(state)
    known: dict[object, Attribute] = state.data.setdefault("scopes", {})
    found = known.get((function, numbers))
    if found is not None:
        return found
    symbol_name = function.properties.get("sym_name") if function is not None else None
    name = symbol_name.data if isinstance(symbol_name, StringAttr) else "function"
    domain = AliasScopeDomainAttr.get(name)
    scopes = []
    for number in numbers:
        scope = known.get((function, number))
        if scope is None:
            scope = known[function, number] = AliasScopeAttr.get(f"{name}.{number}", domain)
            if function is not None:
                _declare_scope(function, state, scope, op)
        scopes.append(scope)
    found = known[function, numbers] = array(scopes)
    return found


def _declare_scope(function: Operation, state: Conversion, scope: Attribute, op: Operation) -> None:
    entry = function.regions[0].first_block
    assert entry is not None
    declaration = make(ScopeDeclOp, (), (), {"scope": scope}, location=op.location)
    last: dict[Operation, Operation] = state.data.setdefault("scope_declarations", {})
    anchor = last.get(function)
    following = anchor.next_op if anchor is not None else None
    if anchor is None:
        prepend(entry, declaration)
    elif following is None:
        append(entry, declaration)
    else:
        insert_before(following, declaration)
    last[function] = declaration


def enclosing_function(state: Conversion) -> Operation | None:
    """The function whose block is being filled."""
    parent = state.block.parent_op()
    while parent is not None and parent.name not in ("func.func", "llvm.func"):
        parent = parent.parent_op()
    return parent


# Panics.


def source_place(op: Operation, state: Conversion) -> SourcePlace:
    """The place of an op: its innermost file place, with the function that it was written in."""
    place = unwrap(op.location)
    if place is not None and place.function is not None:
        return place
    function = enclosing_function(state)
    display = None
    if function is not None:
        display = function.attributes.get("display_name") or function.properties.get("sym_name")
    name = display.data if isinstance(display, StringAttr) else ""
    if place is None:
        return SourcePlace("<unknown>", 0, 0, name)
    return SourcePlace(place.filename, place.line, place.column, name)


def convert_location(op: mem.LocationOp, state: Conversion) -> None:
    """The address of the record of the op's place."""
    state.define(op.results[0], location_global(Builder(state, op.location), source_place(op, state)))


def convert_panic_if(op: mem.PanicIfOp, state: Conversion) -> bool:
    """Branch to a cold block at the end of the function, and go on in a new one."""
    condition, *arguments = state.operands(op)
    region = state.block.parent
    if region is None or not can_split(state):
        state.fail(
            op,
            f"cannot convert `{op.name}` inside of structured control flow",
            remedy="run `convert-scf-to-cf` first",
        )
        state.keep(op)
        return False
    passed = state.new_block_after(state.block)
    failed = append_block(region, new_block())
    LLVM_BRANCHES.cond_branch(state, condition, (failed, ()), (passed, ()), op.location, PANIC_WEIGHTS)
    state.schedule_rest(op, passed)
    state.block = failed
    kind, message = op.properties["kind"], op.properties.get("message")
    assert isinstance(kind, StringAttr)
    _panic(op, state, kind.data, arguments, message.data if isinstance(message, StringAttr) else "")
    return True


def convert_panic(op: mem.PanicOp, state: Conversion) -> bool:
    """End the program here."""
    _panic(op, state, "message", [], op.message.data)
    return True


def _panic(op: Operation, state: Conversion, kind: str, arguments: list[SSAValue], message: str) -> None:
    """Call the run-time function that ends the program, which does not return."""
    build = Builder(state, op.location)
    if kind == "message":
        arguments = [text_global(build, message), build.constant(text_length(message), I64)]
    arguments = [*arguments, location_global(build, source_place(op, state))]
    name = PANIC_KINDS[kind][0]
    types = [value.type for value in arguments]
    if state.complete:
        links = state.data.get("links", {})
        name = links.get(name, name)
        declare(state, name, LLVMFunctionType(types, VOID), ("noreturn", "cold", "nounwind"))
        build.call(name, arguments, None)
    else:
        # The function is one of `func`, and a call of it too, until that is converted.
        _declare_func(state, name, types)
        state.make(func.CallOp, arguments, (), {"callee": symbol(name)}, location=op.location)
    append(state.block, make(UnreachableOp, location=op.location))


def _declare_func(state: Conversion, name: str, types: Sequence[Attribute]) -> None:
    known = state.data.setdefault("known_functions", set())
    if not known:
        for other in state.module.body.block.ops:
            found = other.properties.get("sym_name")
            if isinstance(found, StringAttr):
                known.add(found.data)
    if name in known:
        return
    known.add(name)
    declaration = func.FuncOp.external(name, list(function_type(types, ()).inputs.data), [])
    declaration.location = state.module.location
    append(state.module.body.block, declaration)


# Arithmetic.


def convert_overflow(op: mem.OverflowOp, state: Conversion) -> None:
    """Arithmetic that says whether it overflowed."""
    operands = state.operands(op)
    sign = "u" if "unsigned" in op.properties else "s"
    type_ = operands[0].type
    build = Builder(state, op.location)
    intrinsic = LLVM_OPS[f"llvm.intr.{sign}{op.kind.data}.with.overflow"]
    both = build.op(intrinsic, operands, state.types.convert(LLVMStructType.from_type_list([type_, I1])))
    state.define(op.results[0], build.extract(both, 0, type_))
    state.define(op.results[1], build.extract(both, 1, I1))


def convert_float_to_int(op: mem.FloatToIntOp, state: Conversion) -> None:
    """
    A saturating conversion; NaN gives 0.

    The intrinsic is called by name: `mlir-translate` 22 has no translation for the ops that upstream has for it.
    """
    (value,) = state.operands(op)
    type_ = op.results[0].type
    sign = "u" if "unsigned" in op.properties else "s"
    properties: dict[str, Attribute] = {
        "intrin": string_attr(f"llvm.fpto{sign}i.sat.{type_}.{value.type}"),
        "operandSegmentSizes": dense_i32((1, 0)),
        "op_bundle_sizes": dense_i32(()),
    }
    state.define(op.results[0], Builder(state, op.location).op(CallIntrinsicOp, (value,), type_, properties))


# Layout.

_FLOAT_SIZES: dict[type[Attribute], int] = {Float64Type: 8, Float32Type: 4, Float16Type: 2, BFloat16Type: 2}


def layout(type_: Attribute) -> tuple[int, int]:
    """
    Size (as an array element, in bytes) and alignment of a storage type, as LLVM lays it out on 64-bit targets.

    Raises:
        ValueError: the type has no layout.
    """
    if isinstance(type_, IntegerType):
        size = max(1, 1 << ((type_.width.data + 7) // 8 - 1).bit_length())
        return size, min(size, 16)
    if isinstance(type_, LLVMPointerType):
        return 8, 8
    size = _FLOAT_SIZES.get(type(type_))
    if size is not None:
        return size, size
    if isinstance(type_, LLVMArrayType):
        size, alignment = layout(type_.type)
        return size * type_.size.data, alignment
    if isinstance(type_, LLVMStructType):
        offset, widest = 0, 1
        for field in type_.types.data:
            size, alignment = layout(field)
            offset = -(-offset // alignment) * alignment + size
            widest = max(widest, alignment)
        return -(-offset // widest) * widest, widest
    if isinstance(type_, VectorType):
        size = layout(type_.element_type)[0] * type_.shape.data[0].data
        rounded = 1 << (size - 1).bit_length()
        return rounded, rounded
    raise ValueError(f"no layout for type `{type_}`")


def needs_expansion(op: Operation, state: Conversion) -> None:
    """Refuse an op that another pass should have replaced."""
    state.fail(op, f"cannot convert `{op.name}` to the `llvm` dialect", remedy=REMEDIES[type(op)])
    state.keep(op)


_EARLIER_PASSES = {
    "luma_ir.dialects.mem.counting": "run `mem-expand-rc` first",
    "luma_ir.dialects.mem.ownership": "run `convert-luma-to-mem` and `mem-expand-rc` first",
}
REMEDIES: dict[type[Operation], str] = {
    op: _EARLIER_PASSES[op.__module__] for op in mem.Mem.operations if op.__module__ in _EARLIER_PASSES
}
"""What to do about the ops of `mem` that do not belong here any more."""

_UNEXPANDED: dict[type[Operation], Handler] = dict.fromkeys(REMEDIES, needs_expansion)

MEM_TABLE: ConversionTable = {
    mem.ElementOp: convert_element,
    mem.OffsetOp: convert_offset,
    mem.FieldOp: convert_field,
    mem.LoadHeaderOp: convert_load_header,
    mem.StoreHeaderOp: convert_store_header,
    mem.LoadOp: convert_load,
    mem.StoreOp: convert_store,
    mem.CopyOp: convert_copy,
    mem.SlotOp: convert_slot,
    mem.ConstantOp: convert_constant,
    mem.EmptyOp: convert_empty,
    mem.TableOp: convert_table,
    mem.CallIndirectOp: convert_call_indirect,
    mem.StaticOp: convert_static,
    mem.LocationOp: convert_location,
    mem.PanicIfOp: convert_panic_if,
    mem.PanicOp: convert_panic,
    mem.OverflowOp: convert_overflow,
    mem.FloatToIntOp: convert_float_to_int,
    **_UNEXPANDED,
}
"""Every op of `mem` and what converts it."""
