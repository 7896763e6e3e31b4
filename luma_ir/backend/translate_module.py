"""
A module of the `llvm` dialect as LLVM IR text: the order of parts, functions, attribute groups, module metadata.
"""

from __future__ import annotations

from xdsl.dialects.builtin import ArrayAttr, IntegerAttr, ModuleOp, StringAttr, SymbolRefAttr
from xdsl.ir import Attribute, Operation

from luma_ir.backend.translate_attributes import dictionary, function_attributes, value_attributes
from luma_ir.backend.translate_debug import DebugWriter
from luma_ir.backend.translate_function import Emitter, FunctionWriter
from luma_ir.backend.translate_globals import (
    UNNAMED_ADDR,
    alias_text,
    comdat_text,
    global_text,
    linkage_text,
    name_of,
    number,
)
from luma_ir.backend.translate_intrinsics import INTRINSIC_EMITTERS
from luma_ir.backend.translate_metadata import MetadataWriter
from luma_ir.backend.translate_ops import EMITTERS_BY_NAME
from luma_ir.backend.translate_types import TypeWriter, escape, quoted
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import block_ops

_COMDATS = ("any", "exactmatch", "largest", "nodeduplicate", "samesize")

_emitters: dict[type[Operation], Emitter] = {}
"""How each op class seen so far is written."""


class ModuleWriter:
    """
    Writes one module.

    Attributes:
        types: the text of types, and the named structs that they use.
        metadata: numbered metadata nodes.
        declarations: declarations of intrinsics that are called, by name.
    """

    def __init__(self, *, keep_names: bool, debug: bool, directory: str, optimized: bool) -> None:
        self.types = TypeWriter()
        self.metadata = MetadataWriter()
        self.declarations: dict[str, str] = {}
        self._debug = DebugWriter(self.metadata, directory, optimized=optimized) if debug else None
        self._keep_names = keep_names
        self._groups: dict[str, int] = {}
        self._kept: dict[Attribute, Attribute] = {}
        self._structors: dict[str, list[str]] = {}

    def emitter(self, op: Operation) -> Emitter:
        """
        How ops of this class are written; remembered by class.

        Raises:
            PassFailure: there is no translation.
        """
        found = EMITTERS_BY_NAME.get(op.name) or INTRINSIC_EMITTERS.get(op.name)
        if found is None:
            raise PassFailure(f"`{op.name}` cannot be translated to LLVM IR", op)
        _emitters[type(op)] = found
        return found

    def keep(self, attribute: Attribute) -> Attribute:
        """One object for equal attributes, for tables that go by identity."""
        return self._kept.setdefault(attribute, attribute)

    def module(self, module: ModuleOp) -> str:
        """The text of the whole module."""
        globals_: list[str] = []
        functions: list[str] = []
        if self._debug is not None:
            for op in block_ops(module.body.blocks[0]):
                if op.name == "llvm.func" and op.regions[0].blocks:
                    self._debug.declare(op)
        for op in block_ops(module.body.blocks[0]):
            try:
                self._top_level(op, globals_, functions)
            except PassFailure as failure:
                failure.op = failure.op or op
                raise
        parts = self._header(module)
        parts += [f"%{quoted(name)} = type {body}" for name, body in self.types.definitions.items()]
        parts += globals_
        for kind, entries in self._structors.items():
            kind_type = "{ i32, ptr, ptr }"
            parts.append(f"@llvm.{kind} = appending global [{len(entries)} x {kind_type}] [{', '.join(entries)}]")
        parts += functions
        parts += self.declarations.values()
        parts += [f"attributes #{index} = {{ {text} }}" for text, index in self._groups.items()]
        return "\n".join([*parts, *self._footer(module), ""])

    def _header(self, module: ModuleOp) -> list[str]:
        parts = []
        for attribute, word in (("llvm.data_layout", "datalayout"), ("llvm.target_triple", "triple")):
            value = module.attributes.get(attribute)
            if isinstance(value, StringAttr):
                parts.append(f'target {word} = "{escape(value.data.encode())}"')
        return parts

    def _footer(self, module: ModuleOp) -> list[str]:
        named = []
        if self._debug is not None and self._debug.units:
            named.append(f"!llvm.dbg.cu = !{{{', '.join(self._debug.units)}}}")
            named.append(f"!llvm.module.flags = !{{{', '.join(self._debug.flags())}}}")
        ident = module.attributes.get("llvm.ident")
        if isinstance(ident, StringAttr):
            node = self.metadata.node(f'!{{!"{escape(ident.data.encode())}"}}')
            named.append(f"!llvm.ident = !{{{node}}}")
        return [*named, *self.metadata.lines]

    def _top_level(self, op: Operation, globals_: list[str], functions: list[str]) -> None:
        name = op.name
        if name == "llvm.func":
            functions.append(self._function(op))
        elif name == "llvm.mlir.global":
            globals_.append(global_text(op, self))
        elif name == "llvm.mlir.alias":
            globals_.append(alias_text(op, self))
        elif name in ("llvm.mlir.global_ctors", "llvm.mlir.global_dtors"):
            self._structor_list(op)
        elif name == "llvm.comdat":
            for selector in block_ops(op.regions[0].blocks[0]):
                kind = _COMDATS[number(selector.properties["comdat"])]
                globals_.insert(0, f"${name_of(selector)} = comdat {kind}")
        else:
            raise PassFailure(f"`{name}` cannot be translated to LLVM IR", op)

    def _structor_list(self, op: Operation) -> None:
        kind = op.name.rpartition(".")[2]
        functions = op.properties[kind.removeprefix("global_")]
        priorities, data = op.properties["priorities"], op.properties["data"]
        assert isinstance(functions, ArrayAttr)
        assert isinstance(priorities, ArrayAttr)
        assert isinstance(data, ArrayAttr)
        entries = self._structors.setdefault(kind, [])
        for function, priority, datum in zip(functions, priorities, data, strict=True):
            assert isinstance(function, SymbolRefAttr)
            symbol = f"@{quoted(datum.root_reference.data)}" if isinstance(datum, SymbolRefAttr) else "null"
            target = quoted(function.root_reference.data)
            entries.append(f"{{ i32, ptr, ptr }} {{ i32 {number(priority)}, ptr @{target}, ptr {symbol} }}")

    def _function(self, op: Operation) -> str:
        properties = op.properties
        blocks = list(op.regions[0].blocks)
        scope = self._debug.scope(op) if self._debug is not None else None
        writer = FunctionWriter(self, op, keep_names=self._keep_names, scope=scope)
        type_ = properties["function_type"]
        assert isinstance(type_, llvm.LLVMFunctionType)
        inputs = type_.inputs.data
        if blocks and len(blocks[0].args) != len(inputs):
            raise PassFailure("the entry block does not take the parameters of the function", op)
        parameters = writer.parameters(blocks[0] if blocks else None, inputs, properties.get("arg_attrs"))
        if type_.is_variadic:
            parameters.append("...")
        text = f"{'define' if blocks else 'declare'} {linkage_text(op)}"
        convention = properties["CConv"].convention.data  # pyright: ignore[reportAttributeAccessIssue]
        text += "" if convention == "ccc" else f"{convention} "
        result = dictionary(properties.get("res_attrs"), 0)
        if result:
            text += value_attributes(result, self.types, op)[1:] + " "
        text += f"{self.types.text(type_.output)} @{name_of(op)}({', '.join(parameters)})"
        text += self._function_tail(op)
        if not blocks:
            return text
        if scope is not None:
            text += f" !dbg {scope.subprogram}"
        writer.body(blocks, _emitters)
        return "\n".join([f"{text} {{", *writer.out, "}"])

    def _function_tail(self, op: Operation) -> str:
        """What stands between the parameters and the body."""
        properties = op.properties
        text = ""
        unnamed = UNNAMED_ADDR[number(properties.get("unnamed_addr"))]
        text += f" {unnamed[:-1]}" if unnamed else ""
        attributes = function_attributes(op)
        if attributes:
            text += f" #{self._groups.setdefault(attributes, len(self._groups))}"
        section = properties.get("section")
        if isinstance(section, StringAttr):
            text += f' section "{escape(section.data.encode())}"'
        text += comdat_text(op)
        if "alignment" in properties:
            text += f" align {number(properties['alignment'])}"
        collector = properties.get("garbageCollector")
        if isinstance(collector, StringAttr):
            text += f' gc "{escape(collector.data.encode())}"'
        personality = properties.get("personality")
        if isinstance(personality, SymbolRefAttr):
            text += f" personality ptr @{quoted(personality.root_reference.data)}"
        count = properties.get("function_entry_count")
        if isinstance(count, IntegerAttr):
            node = self.metadata.node(f'!{{!"function_entry_count", i64 {count.value.data}}}')
            text += f" !prof {node}"
        return text
