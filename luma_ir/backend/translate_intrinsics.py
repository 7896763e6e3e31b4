"""
How the intrinsic ops of the `llvm` dialect are written: a call, and a declaration in the module.
"""

from __future__ import annotations

from xdsl.dialects.builtin import FloatAttr, IntegerAttr, StringAttr
from xdsl.ir import Attribute, Operation

from luma_ir.backend.translate_attributes import dictionary, value_attributes
from luma_ir.backend.translate_constants import float_text
from luma_ir.backend.translate_function import Emitter, FunctionWriter, split_operands
from luma_ir.backend.translate_ops import bundles_text, fast_math
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import operands_of


def _immediate(value: Attribute, type_text: str) -> str:
    if isinstance(value, FloatAttr):
        return float_text(value.value.data, value.type)
    if isinstance(value, IntegerAttr):
        if type_text == "i1":
            return "true" if value.value.data else "false"
        return str(value.value.data)
    raise PassFailure(f"`{value}` is not an immediate argument")


def intrinsic_emitter(spelling: llvm.Spelling) -> Emitter:
    """The function that writes an intrinsic with this spelling."""
    overloads, base = spelling.overloads, spelling.intrinsic

    def emit(w: FunctionWriter, op: Operation) -> None:
        operands = operands_of(op)
        types = w.module.types
        name = base
        for what in overloads:
            type_ = op.results[0].type if what == "r" else operands[int(what)].type
            name += f".{types.mangled(type_)}"
        arguments = [w.typed[value] for value in operands]
        for property_name, type_text in spelling.immediates:
            arguments.append(f"{type_text} {_immediate(op.properties[property_name], type_text)}")
        result = types.text(op.results[0].type) if op.results else "void"
        if name not in w.module.declarations:
            kinds = [types.text(value.type) for value in operands]
            kinds += [f"{type_text} immarg" for _, type_text in spelling.immediates]
            w.module.declarations[name] = f"declare {result} @{name}({', '.join(kinds)})"
        text = f"call{fast_math(op)} {result} @{name}({', '.join(arguments)})"
        w.out.append(f"  {w.define(op.results[0])} = {text}" if op.results else f"  {text}")

    return emit


def _call(w: FunctionWriter, op: Operation, name: str, arguments: list[str], after: str = "") -> None:
    """Write a call of a void intrinsic and declare it."""
    if name not in w.module.declarations:
        kinds = []
        for argument in arguments:
            # The type of an argument is what stands before its attributes and its value.
            kinds.append(argument.split(" ")[0])
        w.module.declarations[name] = f"declare void @{name}({', '.join(kinds)})"
    w.out.append(f"  call void @{name}({', '.join(arguments)}){after}")


def _block(word: str, pointers: int) -> Emitter:
    """Copies and fills of memory: `pointers` pointer operands, a byte for fills, a length, whether it is volatile."""

    def emit(w: FunctionWriter, op: Operation) -> None:
        operands = operands_of(op)
        attributes = op.properties.get("arg_attrs")
        arguments = []
        for index, value in enumerate(operands):
            entry = dictionary(attributes, index)
            extra = value_attributes(entry, w.module.types, op) if entry else ""
            arguments.append(f"{w.type_text(value.type)}{extra} {w.names[value]}")
        length = op.properties.get("len")
        suffix = "".join(f".{w.module.types.mangled(operands[index].type)}" for index in range(pointers))
        if isinstance(length, IntegerAttr):
            arguments.append(f"{w.type_text(length.type)} {length.value.data}")
            suffix += f".{w.module.types.mangled(length.type)}"
        else:
            suffix += f".{w.module.types.mangled(operands[-1].type)}"
        volatile = op.properties.get("isVolatile")
        flag = isinstance(volatile, IntegerAttr) and bool(volatile.value.data)
        arguments.append(f"i1 {'true' if flag else 'false'}")
        _call(w, op, f"llvm.{word}{suffix}", arguments, w.module.metadata.access(op))

    return emit


def _assume(w: FunctionWriter, op: Operation) -> None:
    operands = operands_of(op)
    w.module.declarations.setdefault("llvm.assume", "declare void @llvm.assume(i1 noundef)")
    w.out.append(f"  call void @llvm.assume({w.typed[operands[0]]}){bundles_text(w, op, operands[1:])}")


def _scope_declaration(w: FunctionWriter, op: Operation) -> None:
    scope = op.properties["scope"]
    from xdsl.dialects.builtin import ArrayAttr

    reference = w.module.metadata.scopes(w.module.keep(ArrayAttr([scope])))
    name = "llvm.experimental.noalias.scope.decl"
    w.module.declarations.setdefault(name, f"declare void @{name}(metadata)")
    w.out.append(f"  call void @{name}(metadata {reference})")


def _masked_load(w: FunctionWriter, op: Operation) -> None:
    pointer, mask, *rest = operands_of(op)
    result = op.results[0]
    types = w.module.types
    kind = types.text(result.type)
    alignment = op.properties["alignment"].value.data  # pyright: ignore[reportAttributeAccessIssue]
    name = f"llvm.masked.load.{types.mangled(result.type)}.{types.mangled(pointer.type)}"
    passed = w.typed[rest[0]] if rest else f"{kind} poison"
    w.module.declarations.setdefault(
        name, f"declare {kind} @{name}({types.text(pointer.type)}, {types.text(mask.type)}, {kind})"
    )
    place = f"{types.text(pointer.type)} align {alignment} {w.names[pointer]}"
    w.out.append(f"  {w.define(result)} = call {kind} @{name}({place}, {w.typed[mask]}, {passed})")


def _masked_store(w: FunctionWriter, op: Operation) -> None:
    value, pointer, mask = operands_of(op)
    types = w.module.types
    alignment = op.properties["alignment"].value.data  # pyright: ignore[reportAttributeAccessIssue]
    name = f"llvm.masked.store.{types.mangled(value.type)}.{types.mangled(pointer.type)}"
    kinds = ", ".join(types.text(operand.type) for operand in (value, pointer, mask))
    w.module.declarations.setdefault(name, f"declare void @{name}({kinds})")
    place = f"{types.text(pointer.type)} align {alignment} {w.names[pointer]}"
    w.out.append(f"  call void @{name}({w.typed[value]}, {place}, {w.typed[mask]})")


def _call_intrinsic(w: FunctionWriter, op: Operation) -> None:
    arguments, bundle_operands = split_operands(op)
    intrinsic = op.properties["intrin"]
    assert isinstance(intrinsic, StringAttr)
    attributes = op.properties.get("arg_attrs")
    texts = []
    for index, value in enumerate(arguments):
        entry = dictionary(attributes, index)
        extra = value_attributes(entry, w.module.types, op) if entry else ""
        texts.append(f"{w.type_text(value.type)}{extra} {w.names[value]}")
    result = w.type_text(op.results[0].type) if op.results else "void"
    # LLVM declares intrinsics that the text only calls, and adds the suffixes of overloaded ones.
    text = f"call{fast_math(op)} {result} @{intrinsic.data}({', '.join(texts)}){bundles_text(w, op, bundle_operands)}"
    w.out.append(f"  {w.define(op.results[0])} = {text}" if op.results else f"  {text}")


INTRINSIC_EMITTERS: dict[str, Emitter] = {
    **{name: intrinsic_emitter(spelling) for name, spelling in llvm.BY_NAME.items()},
    "llvm.intr.memcpy": _block("memcpy", 2),
    "llvm.intr.memmove": _block("memmove", 2),
    "llvm.intr.memset": _block("memset", 1),
    "llvm.intr.memcpy.inline": _block("memcpy.inline", 2),
    "llvm.intr.memset.inline": _block("memset.inline", 1),
    "llvm.intr.assume": _assume,
    "llvm.intr.experimental.noalias.scope.decl": _scope_declaration,
    "llvm.intr.masked.load": _masked_load,
    "llvm.intr.masked.store": _masked_store,
    "llvm.call_intrinsic": _call_intrinsic,
}
"""How intrinsic ops are written, by name."""
