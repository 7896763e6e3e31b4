"""
Convert `func` to `llvm`: functions, calls and returns; several results travel in one structure.

Before: func.func private @f(%a: i64) -> (i64, f64) { ... func.return %x, %y : i64, f64 }
After:  llvm.func internal @f(%a: i64) -> !llvm.struct<(i64, f64)> { ... llvm.return %pair : ... }
Expects: verified IR. Leaves: no `func`.

Attributes of a function: `link_name` is its symbol from here on; private functions with a body are internal, all others
external, unless `llvm.linkage` says otherwise; `inline` ("always", "never"), `cold`, `no_return` and `variadic` become
what LLVM has for them; `display_name` stays, and names the function in its location. `llvm.*` attributes of parameters
and results (`llvm.noalias`, `llvm.nonnull`, ...) are passed through, others dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, FunctionType, ModuleOp, NameLoc, StringAttr, SymbolRefAttr
from xdsl.dialects.llvm import LLVMFunctionType, LLVMStructType, is_compatible_type
from xdsl.ir import Attribute, Operation
from xdsl.passes import ModulePass

from luma_ir.dialects import func_ext
from luma_ir.dialects.llvm_ext import PTR, VOID
from luma_ir.dialects.llvm_ext.attributes import UWTableKindAttr
from luma_ir.ir.conversion import Conversion, ConversionTable, TypeConverter, UnsupportedType
from luma_ir.ir.fast import append, erase, make, new_block, new_region
from luma_ir.ir.intern import UNIT, array, dense_i32, string_attr, symbol
from luma_ir.ir.locations import name_loc
from luma_ir.passes.convert.support import (
    C_CONVENTION,
    EXTERNAL,
    INTERNAL,
    LLVM_OPS,
    Builder,
    CallOp,
    FuncOp,
    run_partial,
)


@dataclass(frozen=True)
class ConvertFuncToLlvmPass(ModulePass):
    """Convert `func` to `llvm`."""

    name = "convert-func-to-llvm"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Convert the module in place."""
        run_partial(op, FUNC_TABLE)


ReturnOp = LLVM_OPS["llvm.return"]
AddressOfOp = LLVM_OPS["llvm.mlir.addressof"]

LINKAGE = "llvm.linkage"
_CONSUMED = frozenset(
    {"link_name", "inline", "cold", "no_return", "variadic", "fastmath", "passthrough", LINKAGE, "modes", "inout"}
)
_KEPT_PREFIX = "llvm."


def result_type(outputs: Sequence[Attribute], types: TypeConverter) -> Attribute | None:
    """What a function with these results returns: nothing, the one result, or a structure of them."""
    if not outputs:
        return None
    converted = types.convert_all(outputs)
    return converted[0] if len(converted) == 1 else types.convert(LLVMStructType.from_type_list(converted))


_function_types: dict[tuple[tuple[int, ...], int, bool], tuple[LLVMFunctionType, object]] = {}


def llvm_function_type(inputs: Sequence[Attribute], output: Attribute | None, variadic: bool) -> LLVMFunctionType:
    """
    A function type, made and checked once for the same (interned) types.

    Raises:
        UnsupportedType: a type is not one of `llvm`.
    """
    result = VOID if output is None else output
    key = (tuple([id(type_) for type_ in inputs]), id(result), variadic)
    found = _function_types.get(key)
    if found is None:
        for type_ in (*inputs, *(() if output is None else (output,))):
            if not is_compatible_type(type_):
                raise UnsupportedType(type_, "give the values a layout first: run `convert-luma-to-mem`")
        # The types are kept too, so that no other object can have the ids in the key.
        found = _function_types[key] = LLVMFunctionType(inputs, result, variadic), (tuple(inputs), result)
    return found[0]


def convert_func(op: func.FuncOp, state: Conversion) -> None:
    """A function or a declaration; its body is converted later, after all symbols are known."""
    types, attributes = state.types, op.attributes
    signature = op.properties["function_type"]
    assert isinstance(signature, FunctionType)
    inputs = types.convert_all(signature.inputs.data)
    variadic = "variadic" in attributes
    type_ = llvm_function_type(inputs, result_type(signature.outputs.data, types), variadic)
    name = op.sym_name.data
    link_name = attributes.get("link_name")
    link = link_name.data if isinstance(link_name, StringAttr) else name
    has_body = op.body.first_block is not None
    if link != name:
        state.data.setdefault("links", {})[name] = link
    if variadic:
        state.data.setdefault("variadic", {})[name] = type_
    if not _claim_symbol(op, state, link, type_, has_body):
        return
    properties = _function_properties(op, link, type_, has_body)
    location = op.location
    display = attributes.get("display_name")
    if isinstance(display, StringAttr) and not isinstance(location, NameLoc):
        location = name_loc(display.data, location)
    region = new_region()
    new = make(
        FuncOp,
        (),
        (),
        properties,
        attributes={key: value for key, value in attributes.items() if key not in _CONSUMED},
        regions=(region,),
        location=location,
    )
    state.data.setdefault("functions", {})[link] = append(state.block, new)
    if has_body:
        state.schedule_region(op.body, region, new_block(inputs))


def _claim_symbol(op: Operation, state: Conversion, link: str, type_: Attribute, has_body: bool) -> bool:
    """Whether this function is to be written: one symbol may be declared often, and defined once."""
    functions: dict[str, Operation] = state.data.setdefault("functions", {})
    other = functions.get(link)
    if other is None:
        return True
    if other.properties["function_type"] != type_:
        state.fail(
            op,
            f"symbol `{link}` is declared with types `{other.properties['function_type']}` and `{type_}`",
            remedy="declare it once, or with the same types",
        )
        return False
    if not has_body:
        return False
    if other.regions[0].first_block is not None:
        state.fail(op, f"symbol `{link}` is defined twice", remedy="give one of the functions another link name")
        return False
    erase(other)
    return True


UNWIND_TABLE = UWTableKindAttr(string_attr("sync"))  # pyright: ignore[reportCallIssue]
"""Marks a function as one that the call stack can be walked through."""


def _function_properties(op: func.FuncOp, link: str, type_: Attribute, has_body: bool) -> dict[str, Attribute]:
    attributes = op.attributes
    visibility = op.properties.get("sym_visibility")
    private = isinstance(visibility, StringAttr) and visibility.data == "private"
    properties: dict[str, Attribute] = {
        "sym_name": string_attr(link),
        "function_type": type_,
        "linkage": attributes.get(LINKAGE) or (INTERNAL if private and has_body else EXTERNAL),
        "CConv": C_CONVENTION,
        "no_unwind": UNIT,
    }
    if has_body:
        # A panic walks the call stack for `LUMA_BACKTRACE=1`, in functions that never unwind as well.
        properties["uwtable_kind"] = UNWIND_TABLE
    inline = attributes.get("inline")
    if isinstance(inline, StringAttr):
        properties["always_inline" if inline.data == "always" else "no_inline"] = UNIT
    words = [string_attr(word) for key, word in (("no_return", "noreturn"), ("cold", "cold")) if key in attributes]
    given = attributes.get("passthrough")
    if isinstance(given, ArrayAttr):
        words = [*given.data, *(word for word in words if word not in given.data)]
    if words:
        properties["passthrough"] = array(words)
    arg_attrs = _llvm_attributes(op.properties.get("arg_attrs"))
    if arg_attrs is not None:
        properties["arg_attrs"] = arg_attrs
    if len(op.function_type.outputs.data) == 1:
        res_attrs = _llvm_attributes(op.properties.get("res_attrs"))
        if res_attrs is not None:
            properties["res_attrs"] = res_attrs
    return properties


def _llvm_attributes(attrs: Attribute | None) -> Attribute | None:
    """The dictionaries of parameters or results with what LLVM understands; None when nothing is left."""
    if not isinstance(attrs, ArrayAttr):
        return None
    kept = [
        {key: value for key, value in entry.data.items() if key.startswith(_KEPT_PREFIX)}
        for entry in attrs.data
        if isinstance(entry, DictionaryAttr)
    ]
    return ArrayAttr([DictionaryAttr(entry) for entry in kept]) if any(kept) else None


def convert_call(op: func.CallOp, state: Conversion) -> None:
    """A direct call."""
    callee = op.properties["callee"]
    assert isinstance(callee, SymbolRefAttr)
    name = callee.root_reference.data
    links, variadic = state.data.get("links"), state.data.get("variadic")
    properties: dict[str, Attribute] = {"callee": callee if links is None or name not in links else symbol(links[name])}
    if variadic is not None and name in variadic:
        properties["var_callee_type"] = variadic[name]
    make_call(op, state, properties)


def convert_call_indirect(op: func_ext.CallIndirectOp, state: Conversion) -> None:
    """A call through a pointer, which is the first operand."""
    make_call(op, state, {})


def make_call(op: Operation, state: Conversion, properties: dict[str, Attribute]) -> None:
    """Append a call; several results are taken out of the structure that comes back."""
    operands = state.operands(op)
    properties["operandSegmentSizes"] = dense_i32((len(operands), 0))
    results = op.results
    if not results:
        append(state.block, make(CallOp, operands, (), properties, location=op.location))
        return
    types = state.types.convert_all(result.type for result in results)
    if len(results) == 1:
        new = append(state.block, make(CallOp, operands, types, properties, location=op.location))
        state.define(results[0], new.results[0])
        return
    packed = state.types.convert(LLVMStructType.from_type_list(types))
    new = append(state.block, make(CallOp, operands, (packed,), properties, location=op.location))
    build = Builder(state, op.location)
    for index, (result, type_) in enumerate(zip(results, types, strict=True)):
        state.define(result, build.extract(new.results[0], index, type_))


def convert_constant(op: func_ext.ConstantOp, state: Conversion) -> None:
    """A function as a value is its address."""
    callee, links = op.properties["value"], state.data.get("links", {})
    assert isinstance(callee, SymbolRefAttr)
    name = callee.root_reference.data
    address = Builder(state, op.location).op(AddressOfOp, (), PTR, {"global_name": symbol(links.get(name, name))})
    state.define(op.results[0], address)


def convert_return(op: Operation, state: Conversion) -> None:
    """A return; several results are packed in a structure."""
    operands = state.operands(op)
    if len(operands) > 1:
        build = Builder(state, op.location)
        packed = state.types.convert(LLVMStructType.from_type_list([value.type for value in operands]))
        operands = [build.pack(packed, operands)]
    append(state.block, make(ReturnOp, operands, location=op.location))


def convert_llvm_call(op: Operation, state: Conversion) -> None:
    """A call of `llvm` that was there before: it follows the link name of what it calls."""
    callee, links = op.properties.get("callee"), state.data.get("links")
    if links is not None and isinstance(callee, SymbolRefAttr) and callee.root_reference.data in links:
        op.properties["callee"] = symbol(links[callee.root_reference.data])
    state.keep(op)


def convert_address_of(op: Operation, state: Conversion) -> None:
    """The address of a function follows its link name; that of anything else stays."""
    name, links = op.properties["global_name"], state.data.get("links")
    if links is not None and isinstance(name, SymbolRefAttr) and name.root_reference.data in links:
        op.properties["global_name"] = symbol(links[name.root_reference.data])
    state.keep(op)


FUNC_TABLE: ConversionTable = {
    func.FuncOp: convert_func,
    func.CallOp: convert_call,
    func.ReturnOp: convert_return,
    func_ext.CallIndirectOp: convert_call_indirect,
    func_ext.ConstantOp: convert_constant,
    CallOp: convert_llvm_call,
    AddressOfOp: convert_address_of,
}
"""Every op of `func` and what converts it."""
