"""
Whole programs: definitions, functions, and the entry point that the linker calls.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xdsl.dialects import arith
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import Definitions
from luma_ir.frontend import hir, types
from luma_ir.frontend.check.inference import PROJECTIONS
from luma_ir.frontend.lower import (
    arithmetic,
    calls,
    closures,
    control,
    elementwise,
    iteration,
    objects,
    patterns,
    places,
    values,
)
from luma_ir.frontend.lower.analysis import analyze
from luma_ir.frontend.lower.calls import emit_call
from luma_ir.frontend.lower.control import emit_return
from luma_ir.frontend.lower.core import Diverged, FunctionLowering, LowerOptions, Shared, give_name
from luma_ir.frontend.lower.types import TypeLowering
from luma_ir.ir.fast import append, make, new_block, new_region, set_name
from luma_ir.ir.intern import (
    I32,
    UNIT,
    array,
    dense_i64,
    dictionary,
    function_type,
    string_attr,
    symbol,
)
from luma_ir.ir.locations import file_loc

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr
    from xdsl.ir import Block

START, FINISH = "std.rt.start", "std.rt.finish"
"""The functions of the run-time system that the entry point calls."""

_RECURSION_LIMIT = 100_000

_MODULES = (arithmetic, calls, closures, control, elementwise, iteration, objects, patterns, places, values)
"""The modules whose functions enter themselves into the tables of `core`."""


def lower_program(program: hir.Program, options: LowerOptions | None = None) -> ModuleOp:
    """
    Lower a checked program.

    Returns:
        A module of `luma` definitions that verifies. Functions stand in the order of the program; when it has a `main`,
        the entry point `@main` comes last.
    """
    # A chain of operators or of `else if`s is as deep as it is long; Python frames above the usual limit are cheap.
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    PROJECTIONS.find = program.project
    try:
        return _lower_program(program, LowerOptions() if options is None else options)
    finally:
        PROJECTIONS.find = None
        sys.setrecursionlimit(limit)


def _lower_program(program: hir.Program, options: LowerOptions) -> ModuleOp:
    block = new_block()
    lowering = TypeLowering()
    for struct in program.structs:
        append(block, _struct(struct, lowering))
    for enum in program.enums:
        append(block, _enum(enum, lowering))
    module = make(ModuleOp, regions=[new_region(block)])
    shared = Shared(program, options, Definitions.of(module), lowering)
    for trait in program.traits:
        append(block, objects.trait_op(trait, lowering))
    for impl in program.impls:
        append(block, _impl(impl, lowering))
    for function in program.functions:
        append(block, lower_function(shared, function))
    if program.main is not None:
        append(block, _entry(shared, program.main))
        module.location = _start(program.main)
    return module


def _strings(names: Sequence[str]) -> Attribute:
    return array([string_attr(name) for name in names])


def _types(parts: Sequence[types.Type], lowering: TypeLowering) -> Attribute:
    return array([lowering.lower(part) for part in parts])


def _struct(struct: hir.StructDef, lowering: TypeLowering) -> luma.StructOp:
    if struct.assoc_params:
        lowering = TypeLowering(frozenset(struct.assoc_params))
    properties: dict[str, Attribute] = {
        "sym_name": string_attr(struct.symbol),
        "field_names": _strings(struct.field_names),
        "field_types": _types(struct.field_types, lowering),
    }
    sources = array([lowering.source(type_) for type_ in struct.field_types])
    if sources is not properties["field_types"]:
        properties["source_types"] = sources
    _add_common(properties, struct)
    return make(luma.StructOp, properties=properties, location=_place(struct))


def _enum(enum: hir.EnumDef, lowering: TypeLowering) -> luma.EnumOp:
    if enum.assoc_params:
        lowering = TypeLowering(frozenset(enum.assoc_params))
    properties: dict[str, Attribute] = {
        "sym_name": string_attr(enum.symbol),
        "variants": _strings(enum.variants),
        "payloads": array([_types(payload, lowering) for payload in enum.payloads]),
    }
    if any(names is not None for names in enum.payload_names):
        properties["payload_names"] = array([_strings(names or ()) for names in enum.payload_names])
    sources = array([array([lowering.source(type_) for type_ in payload]) for payload in enum.payloads])
    if sources is not properties["payloads"]:
        properties["source_payloads"] = sources
    _add_common(properties, enum)
    return make(luma.EnumOp, properties=properties, location=_place(enum))


def _add_common(properties: dict[str, Attribute], definition: hir.StructDef | hir.EnumDef) -> None:
    if definition.type_params:
        properties["type_params"] = _strings([*definition.type_params, *map(str, definition.assoc_params)])
    if definition.derives:
        properties["derives"] = _strings(definition.derives)
    properties["display_name"] = string_attr(definition.name)


def _impl(impl: hir.ImplDef, lowering: TypeLowering) -> luma.ImplOp:
    properties: dict[str, Attribute] = {
        "trait": symbol(impl.trait),
        "self_type": lowering.source(impl.self_type),
        "methods": dictionary({name: symbol(function) for name, function in impl.methods.items()}),
    }
    if impl.type_params:
        properties["type_params"] = _strings(impl.type_params)
    if impl.trait_args:
        properties["trait_args"] = array([lowering.source(arg) for arg in impl.trait_args])
    if impl.types:
        properties["types"] = dictionary({name: lowering.source(each) for name, each in impl.types.items()})
    return make(luma.ImplOp, properties=properties, location=_place(impl))


def _start(function: hir.Function) -> LocationAttr:
    source = function.source
    return file_loc(source.name, *source.line_column(function.start))


def _place(definition: hir.StructDef | hir.EnumDef | hir.ImplDef) -> LocationAttr | None:
    source = definition.source
    return file_loc(source.name, *source.line_column(definition.start)) if source is not None else None


def _signature(shared: Shared, function: hir.Function) -> tuple[list[Attribute], list[Attribute]]:
    lower = shared.types.lower
    inputs = [lower(param.local.type) for param in function.params]
    outputs = [kind for kind, param in zip(inputs, function.params, strict=True) if param.inout]
    if function.result != types.UNIT and function.result != types.NEVER:
        outputs.insert(0, lower(function.result))
    return inputs, outputs


def lower_function(shared: Shared, function: hir.Function) -> luma.FuncOp:
    """A function; one without a body becomes a declaration."""
    inputs, outputs = _signature(shared, function)
    properties: dict[str, Attribute] = {
        "sym_name": string_attr(function.symbol),
        "function_type": function_type(inputs, outputs),
        "display_name": string_attr(function.display_name),
    }
    if not function.is_public:
        properties["sym_visibility"] = string_attr("private")
    if function.type_params:
        properties["type_params"] = _strings(function.type_params)
    inout = [index for index, param in enumerate(function.params) if param.inout]
    if inout:
        properties["inout"] = dense_i64(inout)
    if function.params:
        properties["arg_names"] = _strings([param.local.name for param in function.params])
    for name in ("link_name", "inline"):
        value = getattr(function, name)
        if value is not None:
            properties[name] = string_attr(value)
    flags = (
        ("cold", function.cold),
        ("track_caller", function.track_caller),
        ("fastmath", function.fastmath),
        ("no_return", function.result == types.NEVER),
        ("variadic", function.variadic),
    )
    for name, is_set in flags:
        if is_set:
            properties[name] = UNIT
    location = _start(function)
    if function.body is None:
        region = new_region()
    else:
        block = new_block(inputs, location)
        _lower_body(shared, function, block, function.body)
        region = new_region(block)
    return make(luma.FuncOp, properties=properties, regions=[region], location=location)


def _lower_body(shared: Shared, function: hir.Function, block: Block, body: hir.Block) -> None:
    low = FunctionLowering(
        shared,
        function,
        analyze(body),
        block,
        _start(function),
        trap=shared.options.overflow == "trap",
        fastmath=arith.FastMathFlagsAttr("fast") if function.fastmath else None,
    )
    for local in function.addressed:
        low.env[local] = low.value(luma.SlotOp, (), luma.PtrType(low.lower_type(local.type)))
    for param, value in zip(function.params, block.args, strict=True):
        low.update(param.local, value)
        give_name(value, param.local.name)
    try:
        value = low.expr(body)
        low.location = low.location_of(max(function.start, function.end - 1))
        if function.result == types.NEVER:
            low.end(luma.UnreachableOp)
        emit_return(low, value)
    except Diverged:
        pass


# ---- the entry point


def _entry(shared: Shared, main: hir.Function) -> luma.FuncOp:
    """`main` as the linker knows it: start the run-time system, call the program's `main`, return its status."""
    functions = {function.symbol: function for function in shared.program.functions}
    start, finish = functions.get(START), functions.get(FINISH)
    location = _start(main)
    kinds = [shared.types.lower(param.local.type) for param in start.params] if start is not None else []
    if len(kinds) != 2:
        kinds = [I32, shared.types.lower(types.PtrType(types.PtrType(types.U8)))]
    block = new_block(kinds, location)
    low = FunctionLowering(shared, main, {}, block, location)
    for value, name in zip(block.args, ("argc", "argv"), strict=True):
        set_name(value, name)
    try:
        if start is not None:
            emit_call(low, hir.FunctionRef(start), block.args)
        result, _ = emit_call(low, hir.FunctionRef(main), ())
        status = _status(low, main, result)
        if finish is not None:
            finished, _ = emit_call(low, hir.FunctionRef(finish), (status,))
            status = status if finished is None else finished
        low.emit(luma.ReturnOp, (status,))
    except Diverged:
        pass
    properties: dict[str, Attribute] = {
        "sym_name": string_attr("main"),
        "sym_visibility": string_attr("public"),
        "function_type": function_type(kinds, (I32,)),
        "link_name": string_attr("main"),
        "display_name": string_attr("main"),
    }
    return make(luma.FuncOp, properties=properties, regions=[new_region(block)], location=location)


def _status(low: FunctionLowering, main: hir.Function, result: SSAValue | None) -> SSAValue:
    """The exit status that the result of `main` stands for; the checker has made that unit or an integer."""
    if result is None or not isinstance(main.result, types.IntType):
        return low.integer(0, I32)
    return arithmetic.resize(low, result, 32, main.result.signed)


__all__ = ["lower_function", "lower_program"]
