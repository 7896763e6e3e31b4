"""
Memory ops of the `llvm` dialect: loads, stores, addresses, block copies.

They carry everything that upstream allows on an access (alignment, volatility, atomic ordering, alias scopes, TBAA,
invariance), which xDSL's own classes do not.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence

from xdsl.dialects.builtin import (
    ArrayAttr,
    BoolAttr,
    DenseArrayBase,
    IntegerAttr,
    IntegerType,
    StringAttr,
    UnitAttr,
    i32,
)
from xdsl.dialects.llvm import (
    GEP_USE_SSA_VAL,
    LLVMArrayType,
    LLVMPointerType,
    LLVMStructType,
)
from xdsl.dialects.utils import parse_dynamic_index_list_without_types, print_dynamic_index_list
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import EffectInstance, MemoryEffect, MemoryEffectKind, Pure
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.llvm_ext.assembly import (
    I32,
    I64,
    i64_attr,
    integers,
    parse_attributes,
    parse_optional_syncscope,
    parse_ordering,
    print_attributes,
    print_ordering,
)
from luma_ir.dialects.llvm_ext.attributes import DereferenceableAttr

GEP_INBOUNDS = 3
GEP_NUSW = 2
GEP_NUW = 4
_GEP_FLAGS = {"inbounds": GEP_INBOUNDS, "nusw": GEP_NUSW, "nuw": GEP_NUW}


class AccessEffects(MemoryEffect):
    """A load reads, a store writes; an ordered or volatile access counts as both."""

    @classmethod
    def get_effects(cls, op: Operation) -> set[EffectInstance]:
        """The effects of a `llvm.load` or `llvm.store`."""
        ordering = op.properties.get("ordering")
        ordered = isinstance(ordering, IntegerAttr) and ordering.value.data > 1
        if ordered or "volatile_" in op.properties:
            return {EffectInstance(MemoryEffectKind.READ), EffectInstance(MemoryEffectKind.WRITE)}
        return {EffectInstance(MemoryEffectKind.WRITE if isinstance(op, StoreOp) else MemoryEffectKind.READ)}


def parse_access_flags(parser: Parser) -> dict[str, Attribute]:
    """Read `[volatile] [atomic]`, which come before the operands."""
    properties: dict[str, Attribute] = {}
    if parser.parse_optional_keyword("volatile") is not None:
        properties["volatile_"] = UnitAttr()
    return properties


def _print_atomic(printer: Printer, op: Operation) -> None:
    ordering = op.properties.get("ordering")
    if isinstance(ordering, IntegerAttr) and ordering.value.data:
        printer.print_string(" atomic")
        print_ordering(printer, ordering, op.properties.get("syncscope"))


def _parse_atomic(parser: Parser, properties: dict[str, Attribute]) -> None:
    if parser.parse_optional_keyword("atomic") is not None:
        parse_optional_syncscope(parser, properties)
        properties["ordering"] = parse_ordering(parser)
    else:
        properties["ordering"] = i64_attr(0)


class _AccessOp(IRDLOperation, ABC):
    """What loads and stores may say about the access."""

    alignment = opt_prop_def(IntegerAttr)
    ordering = prop_def(IntegerAttr, default_value=IntegerAttr(0, I64))
    syncscope = opt_prop_def(StringAttr)
    volatile_ = opt_prop_def(UnitAttr)
    nontemporal = opt_prop_def(UnitAttr)
    invariantGroup = opt_prop_def(UnitAttr)
    access_groups = opt_prop_def(ArrayAttr)
    alias_scopes = opt_prop_def(ArrayAttr)
    noalias_scopes = opt_prop_def(ArrayAttr)
    tbaa = opt_prop_def(ArrayAttr)

    def verify_(self) -> None:
        if self.ordering.value.data and self.alignment is None:
            raise VerifyException("expected alignment for atomic access")
        if self.alignment is not None and self.alignment.value.data.bit_count() != 1:
            raise VerifyException(f"alignment {self.alignment.value.data} is not a power of two")


@irdl_op_definition
class LoadOp(_AccessOp):
    """
    Read a value from memory.

        %1 = llvm.load %0 {alignment = 8 : i64} : !llvm.ptr -> i64
    """

    name = "llvm.load"
    ptr = operand_def(LLVMPointerType)
    invariant = opt_prop_def(UnitAttr)
    dereferenceable = opt_prop_def(DereferenceableAttr)
    res = result_def()
    traits = traits_def(AccessEffects())

    def __init__(self, ptr: SSAValue, result_type: Attribute, alignment: int | None = None, ordering: int = 0) -> None:
        properties: dict[str, Attribute] = {"ordering": i64_attr(ordering)}
        if alignment is not None:
            properties["alignment"] = i64_attr(alignment)
        super().__init__(operands=[ptr], result_types=[result_type], properties=properties)

    @classmethod
    def parse(cls, parser: Parser) -> LoadOp:
        """Read `[volatile] %ptr [atomic ordering] [invariant] {attributes} : pointer type -> type`."""
        properties = parse_access_flags(parser)
        pointer = parser.parse_unresolved_operand()
        _parse_atomic(parser, properties)
        if parser.parse_optional_keyword("invariant") is not None:
            properties["invariant"] = UnitAttr()
        if parser.parse_optional_keyword("invariant_group") is not None:
            properties["invariantGroup"] = UnitAttr()
        if parser.parse_optional_keyword("dereferenceable") is not None:
            properties["dereferenceable"] = DereferenceableAttr.new(DereferenceableAttr.parse_parameters(parser))
        more, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        pointer_type = parser.parse_type()
        parser.parse_punctuation("->")
        return cls.create(
            operands=[parser.resolve_operand(pointer, pointer_type)],
            result_types=[parser.parse_type()],
            properties={**properties, **more},
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" volatile " if self.volatile_ is not None else " ")
        printer.print_ssa_value(self.ptr)
        _print_atomic(printer, self)
        if self.invariant is not None:
            printer.print_string(" invariant")
        if self.invariantGroup is not None:
            printer.print_string(" invariant_group")
        if self.dereferenceable is not None:
            printer.print_string(" dereferenceable")
            self.dereferenceable.print_parameters(printer)
        elided = ("volatile_", "ordering", "syncscope", "invariant", "invariantGroup", "dereferenceable")
        print_attributes(printer, self, elided)
        printer.print_string(" : ")
        printer.print_attribute(self.ptr.type)
        printer.print_string(" -> ")
        printer.print_attribute(self.res.type)


@irdl_op_definition
class StoreOp(_AccessOp):
    """
    Write a value to memory.

        llvm.store %0, %1 {alignment = 8 : i64} : i64, !llvm.ptr
    """

    name = "llvm.store"
    value = operand_def()
    ptr = operand_def(LLVMPointerType)
    traits = traits_def(AccessEffects())

    def __init__(self, value: SSAValue, ptr: SSAValue, alignment: int | None = None, ordering: int = 0) -> None:
        properties: dict[str, Attribute] = {"ordering": i64_attr(ordering)}
        if alignment is not None:
            properties["alignment"] = i64_attr(alignment)
        super().__init__(operands=[value, ptr], properties=properties)

    @classmethod
    def parse(cls, parser: Parser) -> StoreOp:
        """Read `[volatile] %value, %ptr [atomic ordering] {attributes} : type, pointer type`."""
        properties = parse_access_flags(parser)
        value = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        pointer = parser.parse_unresolved_operand()
        _parse_atomic(parser, properties)
        if parser.parse_optional_keyword("invariant_group") is not None:
            properties["invariantGroup"] = UnitAttr()
        more, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        value_type = parser.parse_type()
        parser.parse_punctuation(",")
        pointer_type = parser.parse_type()
        return cls.create(
            operands=[parser.resolve_operand(value, value_type), parser.resolve_operand(pointer, pointer_type)],
            properties={**properties, **more},
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" volatile " if self.volatile_ is not None else " ")
        printer.print_ssa_value(self.value)
        printer.print_string(", ")
        printer.print_ssa_value(self.ptr)
        _print_atomic(printer, self)
        if self.invariantGroup is not None:
            printer.print_string(" invariant_group")
        print_attributes(printer, self, ("volatile_", "ordering", "syncscope", "invariantGroup"))
        printer.print_string(" : ")
        printer.print_attribute(self.value.type)
        printer.print_string(", ")
        printer.print_attribute(self.ptr.type)


@irdl_op_definition
class GEPOp(IRDLOperation):
    """
    The address of an element: `rawConstantIndices` holds constants, and `GEP_USE_SSA_VAL` where an operand is meant.

        %2 = llvm.getelementptr inbounds|nuw %0[%1, 3] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<8 x f32>
    """

    name = "llvm.getelementptr"
    base = operand_def()
    dynamicIndices = var_operand_def()
    elem_type = prop_def()
    noWrapFlags = prop_def(IntegerAttr, default_value=IntegerAttr(0, I32))
    rawConstantIndices = prop_def(DenseArrayBase)
    res = result_def()
    traits = traits_def(Pure())

    def __init__(
        self,
        base: SSAValue,
        indices: Sequence[int | SSAValue],
        elem_type: Attribute,
        *,
        flags: int = 0,
        result_type: Attribute | None = None,
    ) -> None:
        constants = [index if isinstance(index, int) else GEP_USE_SSA_VAL for index in indices]
        super().__init__(
            operands=[base, [index for index in indices if not isinstance(index, int)]],
            result_types=[LLVMPointerType() if result_type is None else result_type],
            properties={
                "elem_type": elem_type,
                "noWrapFlags": IntegerAttr(flags, I32),
                "rawConstantIndices": DenseArrayBase.from_list(i32, constants),
            },
        )

    @classmethod
    def parse(cls, parser: Parser) -> GEPOp:
        """Read `[flags] %base[indices] {attributes} : (types) -> type, element type`."""
        flags = 0
        while (word := parser.parse_optional_keyword_in(_GEP_FLAGS)) is not None:
            flags |= _GEP_FLAGS[word]
            if parser.parse_optional_characters("|") is None:
                break
        base = parser.parse_unresolved_operand()
        dynamic, constants = parse_dynamic_index_list_without_types(parser, GEP_USE_SSA_VAL)
        more, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        signature = parser.parse_function_type()
        parser.parse_punctuation(",")
        elem_type = parser.parse_type()
        return cls.create(
            operands=parser.resolve_operands([base, *dynamic], signature.inputs.data, parser.pos),
            result_types=signature.outputs.data,
            properties={
                "elem_type": elem_type,
                "noWrapFlags": IntegerAttr(flags, I32),
                "rawConstantIndices": DenseArrayBase.from_list(i32, list(constants)),
                **more,
            },
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        flags = self.noWrapFlags.value.data
        words = []
        if flags & GEP_INBOUNDS == GEP_INBOUNDS:
            words.append("inbounds")
        elif flags & GEP_NUSW:
            words.append("nusw")
        if flags & GEP_NUW:
            words.append("nuw")
        printer.print_string(f" {'|'.join(words)} " if words else " ")
        printer.print_ssa_value(self.base)
        print_dynamic_index_list(printer, GEP_USE_SSA_VAL, self.dynamicIndices, integers(self.rawConstantIndices))
        print_attributes(printer, self, ("elem_type", "noWrapFlags", "rawConstantIndices"))
        printer.print_string(" : ")
        printer.print_function_type(self.operand_types, self.result_types)
        printer.print_string(", ")
        printer.print_attribute(self.elem_type)

    def verify_(self) -> None:
        indices = list(integers(self.rawConstantIndices))
        if indices.count(GEP_USE_SSA_VAL) != len(self.dynamicIndices):
            raise VerifyException(
                f"expected {indices.count(GEP_USE_SSA_VAL)} dynamic indices, got {len(self.dynamicIndices)}"
            )
        current: Attribute = self.elem_type
        for position, index in enumerate(indices[1:], 1):
            if isinstance(current, LLVMArrayType):
                current = current.type
            elif isinstance(current, LLVMStructType):
                if index == GEP_USE_SSA_VAL:
                    raise VerifyException(f"index {position} selects a field of a struct and must be a constant")
                if not 0 <= index < len(current.types):
                    raise VerifyException(f"index {position} selects field {index} of {len(current.types)}")
                current = current.types.data[index]
            else:
                raise VerifyException(f"index {position} selects inside {current}, which has no elements")


class AliasedOp(IRDLOperation, ABC):
    """What atomics, calls and block copies may say about aliasing."""

    access_groups = opt_prop_def(ArrayAttr)
    alias_scopes = opt_prop_def(ArrayAttr)
    noalias_scopes = opt_prop_def(ArrayAttr)
    tbaa = opt_prop_def(ArrayAttr)


class _BlockOp(AliasedOp, ABC):
    """What copies and fills of blocks of memory have in common."""

    arg_attrs = opt_prop_def(ArrayAttr)
    res_attrs = opt_prop_def(ArrayAttr)
    isVolatile = prop_def(BoolAttr, default_value=BoolAttr.from_bool(False))


@irdl_op_definition
class MemcpyOp(_BlockOp):
    """
    Copy bytes between places that do not overlap.

        "llvm.intr.memcpy"(%0, %1, %2) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
    """

    name = "llvm.intr.memcpy"
    dst = operand_def(LLVMPointerType)
    src = operand_def(LLVMPointerType)
    len = operand_def(IntegerType)


@irdl_op_definition
class MemmoveOp(_BlockOp):
    """
    Copy bytes between places that may overlap.

        "llvm.intr.memmove"(%0, %1, %2) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
    """

    name = "llvm.intr.memmove"
    dst = operand_def(LLVMPointerType)
    src = operand_def(LLVMPointerType)
    len = operand_def(IntegerType)


@irdl_op_definition
class MemcpyInlineOp(_BlockOp):
    """
    Copy a constant number of bytes, never by a call.

        "llvm.intr.memcpy.inline"(%0, %1) <{isVolatile = false, len = 16 : i64}> : (!llvm.ptr, !llvm.ptr) -> ()
    """

    name = "llvm.intr.memcpy.inline"
    dst = operand_def(LLVMPointerType)
    src = operand_def(LLVMPointerType)
    len = prop_def(IntegerAttr)


@irdl_op_definition
class MemsetOp(_BlockOp):
    """
    Set `len` bytes to one value.

        "llvm.intr.memset"(%0, %1, %2) <{isVolatile = false}> : (!llvm.ptr, i8, i64) -> ()
    """

    name = "llvm.intr.memset"
    dst = operand_def(LLVMPointerType)
    val = operand_def(IntegerType(8))
    len = operand_def(IntegerType)


@irdl_op_definition
class MemsetInlineOp(_BlockOp):
    """
    Set a constant number of bytes, never by a call.

        "llvm.intr.memset.inline"(%0, %1) <{isVolatile = false, len = 16 : i64}> : (!llvm.ptr, i8) -> ()
    """

    name = "llvm.intr.memset.inline"
    dst = operand_def(LLVMPointerType)
    val = operand_def(IntegerType(8))
    len = prop_def(IntegerAttr)


MEMORY_OPS = (
    GEPOp,
    LoadOp,
    MemcpyInlineOp,
    MemcpyOp,
    MemmoveOp,
    MemsetInlineOp,
    MemsetOp,
    StoreOp,
)
"""The ops of this module."""

__all__ = [op.__name__ for op in MEMORY_OPS] + ["GEP_INBOUNDS", "GEP_NUSW", "GEP_NUW"]
