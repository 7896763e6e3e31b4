"""
Intrinsic ops of the `llvm` dialect whose shape or syntax is their own: hints, conversions, masked accesses, lists of
arguments, the stack.
"""

from __future__ import annotations

from abc import ABC

from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, FloatAttr, IntegerAttr, UnitAttr
from xdsl.dialects.llvm import FastMathAttr, LLVMPointerType
from xdsl.ir import Attribute, SSAValue
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
from xdsl.traits import MemoryReadEffect, Pure

from luma_ir.dialects.llvm_ext.assembly import NO_FAST_MATH, parse_attributes, print_attributes
from luma_ir.dialects.llvm_ext.attributes import AliasScopeAttr
from luma_ir.dialects.llvm_ext.calls import NO_BUNDLES, parse_bundles, print_bundles, split_bundles
from luma_ir.dialects.llvm_ext.intrinsics import BY_NAME, INTRINSICS, FunctionalOp, Spelling, verify_same


def _spelled(intrinsic: str, overloads: str, immediates: tuple[tuple[str, str], ...] = ()):
    """Record the spelling of an op class that is written out."""

    def record(cls: type[IRDLOperation]) -> type[IRDLOperation]:
        INTRINSICS[cls] = BY_NAME[cls.name] = Spelling(intrinsic, overloads, immediates)
        return cls

    return record


@_spelled("llvm.powi", "r1")
@irdl_op_definition
class PowIOp(FunctionalOp):
    """
    A float to the power of an integer.

        %2 = llvm.intr.powi(%0, %1) : (f64, i32) -> f64
    """

    name = "llvm.intr.powi"
    val = operand_def()
    power = operand_def()
    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)
    res = result_def()
    traits = traits_def(Pure())


class _ConvertIntrinsic(IRDLOperation, ABC):
    """A conversion from one type to another."""

    in_ = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, value: SSAValue, result_type: Attribute) -> None:
        super().__init__(operands=[value], result_types=[result_type])


@_spelled("llvm.fptosi.sat", "r0")
@irdl_op_definition
class FPToSISatOp(_ConvertIntrinsic):
    """A float as a signed integer: NaN is 0, what does not fit is the nearest that does."""

    name = "llvm.intr.fptosi.sat"


@_spelled("llvm.fptoui.sat", "r0")
@irdl_op_definition
class FPToUISatOp(_ConvertIntrinsic):
    """A float as an unsigned integer: NaN is 0, what does not fit is the nearest that does."""

    name = "llvm.intr.fptoui.sat"


@_spelled("llvm.lround", "r0")
@irdl_op_definition
class LroundOp(FunctionalOp, _ConvertIntrinsic):
    """A float rounded to the nearest integer, halves away from zero."""

    name = "llvm.intr.lround"


@_spelled("llvm.is.fpclass", "0", (("bit", "i32"),))
@irdl_op_definition
class IsFPClassOp(IRDLOperation):
    """Whether a float is of one of the classes in the mask `bit` (1|2 NaN, 4|512 infinite, ...)."""

    name = "llvm.intr.is.fpclass"
    in_ = operand_def()
    bit = prop_def(IntegerAttr)
    res = result_def()
    traits = traits_def(Pure())


@_spelled("llvm.expect", "r")
@irdl_op_definition
class ExpectOp(IRDLOperation):
    """
    A value together with the one it most likely has.

        %2 = llvm.intr.expect %0, %1 : i64
    """

    name = "llvm.intr.expect"
    val = operand_def()
    expected = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    @classmethod
    def parse(cls, parser: Parser) -> ExpectOp:
        """Read `%value, %expected {attributes} : type`."""
        value = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        expected = parser.parse_unresolved_operand()
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        operands = parser.resolve_operands([value, expected], [type_, type_], parser.pos)
        return cls.create(operands=operands, result_types=[type_], attributes=attributes)

    def print(self, printer: Printer) -> None:
        """Print `%value, %expected {attributes} : type`."""
        printer.print_string(" ")
        printer.print_list(self.operands, printer.print_ssa_value)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.val.type)

    def verify_(self) -> None:
        verify_same(self, "operands and result")


@_spelled("llvm.expect.with.probability", "r", (("prob", "double"),))
@irdl_op_definition
class ExpectWithProbabilityOp(IRDLOperation):
    """A value, the one it most likely has, and how likely that is."""

    name = "llvm.intr.expect.with.probability"
    val = operand_def()
    expected = operand_def()
    prob = prop_def(FloatAttr)
    res = result_def()
    traits = traits_def(Pure())

    @classmethod
    def parse(cls, parser: Parser) -> ExpectWithProbabilityOp:
        """Read `%value, %expected, probability {attributes} : type`."""
        value = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        expected = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        probability = FloatAttr(float(parser.parse_number()), 64)
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        operands = parser.resolve_operands([value, expected], [type_, type_], parser.pos)
        return cls.create(
            operands=operands, result_types=[type_], properties={"prob": probability}, attributes=attributes
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" ")
        printer.print_list(self.operands, printer.print_ssa_value)
        printer.print_string(f", {self.prob.value.data:.16e}")
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.val.type)


@irdl_op_definition
class AssumeOp(IRDLOperation):
    """
    A fact that the optimiser may rely on, with operand bundles such as `align`.

        llvm.intr.assume %0 : i1
    """

    name = "llvm.intr.assume"
    cond = operand_def()
    op_bundle_operands = var_operand_def()
    op_bundle_sizes = prop_def(DenseArrayBase, default_value=NO_BUNDLES)
    op_bundle_tags = opt_prop_def(ArrayAttr)

    def __init__(self, condition: SSAValue) -> None:
        super().__init__(operands=[condition, []])

    @classmethod
    def parse(cls, parser: Parser) -> AssumeOp:
        """Read `%condition [bundles] {attributes} : type`."""
        condition = parser.parse_unresolved_operand()
        properties: dict[str, Attribute] = {}
        bundle_operands = parse_bundles(parser, properties)
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        operands = [parser.resolve_operand(condition, parser.parse_type()), *bundle_operands]
        return cls.create(operands=operands, properties=properties, attributes=attributes)

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" ")
        printer.print_ssa_value(self.cond)
        print_bundles(printer, split_bundles(self.op_bundle_tags, self.op_bundle_sizes, self.op_bundle_operands))
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.cond.type)


class _LifetimeOp(IRDLOperation, ABC):
    ptr = operand_def(LLVMPointerType)


@_spelled("llvm.lifetime.start", "0")
@irdl_op_definition
class LifetimeStartOp(_LifetimeOp):
    """The object at a stack slot begins to live."""

    name = "llvm.intr.lifetime.start"
    assembly_format = "$ptr attr-dict `:` type($ptr)"


@_spelled("llvm.lifetime.end", "0")
@irdl_op_definition
class LifetimeEndOp(_LifetimeOp):
    """The object at a stack slot is dead."""

    name = "llvm.intr.lifetime.end"
    assembly_format = "$ptr attr-dict `:` type($ptr)"


@_spelled("llvm.prefetch", "0", (("rw", "i32"), ("hint", "i32"), ("cache", "i32")))
@irdl_op_definition
class PrefetchOp(IRDLOperation):
    """A hint that memory will be used soon."""

    name = "llvm.intr.prefetch"
    addr = operand_def(LLVMPointerType)
    rw = prop_def(IntegerAttr)
    hint = prop_def(IntegerAttr)
    cache = prop_def(IntegerAttr)


@irdl_op_definition
class NoAliasScopeDeclOp(IRDLOperation):
    """The place from which an alias scope holds; copying it (unrolling, inlining) makes new scopes."""

    name = "llvm.intr.experimental.noalias.scope.decl"
    scope = prop_def(AliasScopeAttr)

    @classmethod
    def parse(cls, parser: Parser) -> NoAliasScopeDeclOp:
        """Read `scope {attributes}`."""
        properties = {"scope": parser.parse_attribute()}
        return cls.create(properties=properties, attributes=parser.parse_optional_attr_dict())

    def print(self, printer: Printer) -> None:
        """Print `scope {attributes}`."""
        printer.print_string(" ")
        printer.print_attribute(self.scope)
        printer.print_op_attributes(self.attributes)


@irdl_op_definition
class MaskedLoadOp(IRDLOperation):
    """Load the elements that a mask selects; the others come from `pass_thru`."""

    name = "llvm.intr.masked.load"
    data = operand_def(LLVMPointerType)
    mask = operand_def()
    pass_thru = var_operand_def()
    alignment = prop_def(IntegerAttr)
    nontemporal = opt_prop_def(UnitAttr)
    res = result_def()
    traits = traits_def(MemoryReadEffect())

    @classmethod
    def parse(cls, parser: Parser) -> MaskedLoadOp:
        """Read `%pointer, %mask, %pass_thru {attributes} : (types) -> type`."""
        operands = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_unresolved_operand)
        properties, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        signature = parser.parse_function_type()
        return cls.create(
            operands=parser.resolve_operands(operands, signature.inputs.data, parser.pos),
            result_types=signature.outputs.data,
            properties=properties,
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" ")
        printer.print_list(self.operands, printer.print_ssa_value)
        print_attributes(printer, self)
        printer.print_string(" : ")
        printer.print_function_type(self.operand_types, self.result_types)


@irdl_op_definition
class MaskedStoreOp(IRDLOperation):
    """Store the elements that a mask selects."""

    name = "llvm.intr.masked.store"
    value = operand_def()
    data = operand_def(LLVMPointerType)
    mask = operand_def()
    alignment = prop_def(IntegerAttr)

    @classmethod
    def parse(cls, parser: Parser) -> MaskedStoreOp:
        """Read `%value, %pointer, %mask {attributes} : type, mask type into pointer type`."""
        operands = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_unresolved_operand)
        properties, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        value_type = parser.parse_type()
        parser.parse_punctuation(",")
        mask_type = parser.parse_type()
        parser.parse_keyword("into")
        types = [value_type, parser.parse_type(), mask_type]
        return cls.create(
            operands=parser.resolve_operands(operands, types, parser.pos),
            properties=properties,
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" ")
        printer.print_list(self.operands, printer.print_ssa_value)
        print_attributes(printer, self)
        printer.print_string(" : ")
        printer.print_attribute(self.value.type)
        printer.print_string(", ")
        printer.print_attribute(self.mask.type)
        printer.print_string(" into ")
        printer.print_attribute(self.data.type)


class _VarArgOp(IRDLOperation, ABC):
    arg_list = operand_def(LLVMPointerType)


@_spelled("llvm.va_start", "0")
@irdl_op_definition
class VaStartOp(_VarArgOp):
    """Begin to read variadic arguments."""

    name = "llvm.intr.vastart"
    assembly_format = "$arg_list attr-dict `:` type($arg_list)"


@_spelled("llvm.va_end", "0")
@irdl_op_definition
class VaEndOp(_VarArgOp):
    """Stop reading variadic arguments."""

    name = "llvm.intr.vaend"
    assembly_format = "$arg_list attr-dict `:` type($arg_list)"


@_spelled("llvm.stacksave", "r")
@irdl_op_definition
class StackSaveOp(IRDLOperation):
    """The stack pointer."""

    name = "llvm.intr.stacksave"
    res = result_def(LLVMPointerType)
    assembly_format = "attr-dict `:` type($res)"


@_spelled("llvm.stackrestore", "0")
@irdl_op_definition
class StackRestoreOp(IRDLOperation):
    """Set the stack pointer back, which frees what was allocated on the stack since."""

    name = "llvm.intr.stackrestore"
    ptr = operand_def(LLVMPointerType)
    assembly_format = "$ptr attr-dict `:` type($ptr)"


SPECIAL_OPS = (
    AssumeOp,
    ExpectOp,
    ExpectWithProbabilityOp,
    FPToSISatOp,
    FPToUISatOp,
    IsFPClassOp,
    LifetimeEndOp,
    LifetimeStartOp,
    LroundOp,
    MaskedLoadOp,
    MaskedStoreOp,
    NoAliasScopeDeclOp,
    PowIOp,
    PrefetchOp,
    StackRestoreOp,
    StackSaveOp,
    VaEndOp,
    VaStartOp,
)
"""The ops of this module."""

__all__ = [op.__name__ for op in SPECIAL_OPS]
