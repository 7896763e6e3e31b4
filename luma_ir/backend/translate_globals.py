"""
Globals and aliases as LLVM IR text; their initializer regions become constant expressions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import define
from xdsl.dialects.builtin import DenseArrayBase, IntegerAttr, StringAttr, SymbolRefAttr
from xdsl.ir import Attribute, Operation, Region, SSAValue

from luma_ir.backend.translate_constants import constant_text, element_types, float_text, group, zero_text
from luma_ir.backend.translate_ops import gep_flags, gep_indices
from luma_ir.backend.translate_types import FLOATS, TypeWriter, escape, quoted
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import block_ops, operands_of

if TYPE_CHECKING:
    from luma_ir.backend.translate_module import ModuleWriter

VISIBILITIES = ("", "hidden ", "protected ")
UNNAMED_ADDR = ("", "local_unnamed_addr ", "unnamed_addr ")


def number(attribute: Attribute | None) -> int:
    """The value of an integer attribute, 0 without one."""
    return attribute.value.data if isinstance(attribute, IntegerAttr) else 0


def name_of(op: Operation) -> str:
    """The symbol that an op defines, as it stands after `@`."""
    symbol = op.properties["sym_name"]
    assert isinstance(symbol, StringAttr)
    return quoted(symbol.data)


def linkage_text(op: Operation) -> str:
    """Linkage, locality and visibility, each with a blank after it; nothing for `external`."""
    linkage = op.properties["linkage"].linkage.data  # pyright: ignore[reportAttributeAccessIssue]
    text = "" if linkage == "external" else f"{linkage} "
    if "dso_local" in op.properties:
        text += "dso_local "
    return text + VISIBILITIES[number(op.properties.get("visibility_"))]


def comdat_text(op: Operation) -> str:
    """`comdat($name)` of a definition, or nothing."""
    comdat = op.properties.get("comdat")
    if not isinstance(comdat, SymbolRefAttr):
        return ""
    nested = comdat.nested_references.data
    return f" comdat(${quoted((nested[-1] if nested else comdat.root_reference).data)})"


def global_text(op: Operation, module: ModuleWriter) -> str:
    """
    The definition or declaration of a global.

    Raises:
        PassFailure: its initializer is not a constant that LLVM has.
    """
    properties = op.properties
    types = module.types
    type_ = properties["global_type"]
    value, region = properties.get("value"), op.regions[0]
    if value is not None:
        initializer = constant_text(value, type_, types)
    elif region.blocks:
        initializer = _Evaluator(types).region(region, op)
    else:
        initializer = None
    linkage = linkage_text(op)
    if initializer is None and not linkage.startswith("extern_weak"):
        linkage = f"external {linkage}"
    text = f"@{name_of(op)} = {linkage}"
    text += "thread_local " if "thread_local_" in properties else ""
    text += UNNAMED_ADDR[number(properties.get("unnamed_addr"))]
    space = number(properties.get("addr_space"))
    text += f"addrspace({space}) " if space else ""
    text += "externally_initialized " if "externally_initialized" in properties else ""
    text += f"{'constant' if 'constant' in properties else 'global'} {types.text(type_)}"
    text += "" if initializer is None else f" {initializer}"
    section = properties.get("section")
    if isinstance(section, StringAttr):
        text += f', section "{escape(section.data.encode())}"'
    if "comdat" in properties:
        text += f",{comdat_text(op)}"
    alignment = properties.get("alignment")
    return text if alignment is None else f"{text}, align {number(alignment)}"


def alias_text(op: Operation, module: ModuleWriter) -> str:
    """The definition of an alias."""
    types = module.types
    properties = op.properties
    target = _Evaluator(types).region(op.regions[0], op)
    text = f"@{name_of(op)} = {linkage_text(op)}"
    text += "thread_local " if "thread_local_" in properties else ""
    text += UNNAMED_ADDR[number(properties.get("unnamed_addr"))]
    return f"{text}alias {types.text(properties['alias_type'])}, ptr {target}"


@define
class _Aggregate:
    """A struct or array that is being filled element by element; `None` elements are `filler`."""

    type: Attribute
    filler: str
    elements: list[str | _Aggregate | None]

    def text(self, types: TypeWriter) -> str:
        texts = []
        for element, type_ in zip(self.elements, element_types(self.type), strict=True):
            if element is None:
                inner = zero_of(type_) if self.filler == "zero" else self.filler
            else:
                inner = element if isinstance(element, str) else element.text(types)
            texts.append(f"{types.text(type_)} {inner}")
        return group(texts, self.type)

    def inserted(self, position: Sequence[int], value: str | _Aggregate) -> _Aggregate:
        """A copy with one element replaced."""
        elements = list(self.elements)
        index, rest = position[0], position[1:]
        if rest:
            inner = elements[index]
            if not isinstance(inner, _Aggregate):
                if inner is not None and inner != "zeroinitializer":
                    raise PassFailure("an element is inserted into a constant that is not built element by element")
                type_ = element_types(self.type)[index]
                filler = self.filler if inner is None else "zero"
                inner = _Aggregate(type_, filler, [None] * len(element_types(type_)))
            value = inner.inserted(rest, value)
        elements[index] = value
        return _Aggregate(self.type, self.filler, elements)


def zero_of(type_: Attribute) -> str:
    """The zero of any type."""
    return float_text(0.0, type_) if type(type_) in FLOATS else zero_text(type_)


_EXPRESSIONS = {
    **{f"llvm.{word}": word for word in ("ptrtoint", "inttoptr", "bitcast", "addrspacecast", "trunc")},
}
_ARITHMETIC = {f"llvm.{word}": word for word in ("add", "sub", "xor")}


class _Evaluator:
    """Folds the ops of an initializer region into constants."""

    def __init__(self, types: TypeWriter) -> None:
        self.types = types
        self.values: dict[SSAValue, str | _Aggregate] = {}

    def region(self, region: Region, owner: Operation) -> str:
        """The text of what the region returns."""
        blocks = list(region.blocks)
        if len(blocks) != 1:
            raise PassFailure("an initializer has one block", owner)
        for op in block_ops(blocks[0]):
            try:
                if op.name == "llvm.return":
                    return self._text(operands_of(op)[0])
                self.values[op.results[0]] = self._evaluate(op)
            except PassFailure as failure:
                failure.op = failure.op or op
                raise
        raise PassFailure("an initializer ends with `llvm.return`", owner)

    def _text(self, value: SSAValue) -> str:
        found = self.values[value]
        return found if isinstance(found, str) else found.text(self.types)

    def _typed(self, value: SSAValue) -> str:
        return f"{self.types.text(value.type)} {self._text(value)}"

    def _evaluate(self, op: Operation) -> str | _Aggregate:
        name, result = op.name, op.results[0]
        if name == "llvm.mlir.constant":
            return constant_text(op.properties["value"], result.type, self.types)
        if name in ("llvm.mlir.undef", "llvm.mlir.poison", "llvm.mlir.zero"):
            filler = name.rpartition(".")[2]
            if isinstance(result.type, llvm.LLVMStructType):
                return _Aggregate(result.type, filler, [None] * len(result.type.types))
            # Large arrays are mostly zero as a whole, so their elements are made only when one is inserted.
            return zero_of(result.type) if filler == "zero" else filler
        if name == "llvm.mlir.addressof":
            symbol = op.properties["global_name"]
            assert isinstance(symbol, SymbolRefAttr)
            return f"@{quoted(symbol.root_reference.data)}"
        operands = operands_of(op)
        if name == "llvm.insertvalue":
            return self._insert(op, operands)
        if name == "llvm.getelementptr":
            dynamic = [self._typed(value) for value in operands[1:]]
            indices = gep_indices(op.properties["rawConstantIndices"], dynamic)
            element = self.types.text(op.properties["elem_type"])
            return f"getelementptr{gep_flags(op)} ({element}, {self._typed(operands[0])}, {indices})"
        if name in _EXPRESSIONS:
            return f"{_EXPRESSIONS[name]} ({self._typed(operands[0])} to {self.types.text(result.type)})"
        if name in _ARITHMETIC:
            return f"{_ARITHMETIC[name]} ({self._typed(operands[0])}, {self._typed(operands[1])})"
        raise PassFailure(f"`{name}` cannot stand in the initializer of a global", op)

    def _insert(self, op: Operation, operands: Sequence[SSAValue]) -> _Aggregate:
        container = self.values[operands[0]]
        if isinstance(container, str):
            fillers = {"undef": "undef", "poison": "poison", "zeroinitializer": "zero"}
            if container not in fillers:
                raise PassFailure("an element is inserted into a constant that is not built element by element", op)
            type_ = operands[0].type
            container = _Aggregate(type_, fillers[container], [None] * len(element_types(type_)))
        position = op.properties["position"]
        assert isinstance(position, DenseArrayBase)
        return container.inserted(llvm.integers(position), self.values[operands[1]])
