"""
Calls of the `llvm` dialect: direct, indirect, of intrinsics, and those that may unwind.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence

from xdsl.dialects.builtin import (
    ArrayAttr,
    DenseArrayBase,
    DictionaryAttr,
    StringAttr,
    SymbolRefAttr,
    UnitAttr,
    i32,
)
from xdsl.dialects.llvm import (
    LLVM_CALLING_CONVS,
    CallingConventionAttr,
    FastMathAttr,
    LLVMFunctionType,
    LLVMPointerType,
    LLVMVoidType,
    TailCallKind,
    TailCallKindAttr,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    AttrSizedOperandSegments,
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    opt_result_def,
    prop_def,
    result_def,
    successor_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer
from xdsl.traits import IsTerminator
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.llvm_ext.assembly import (
    NO_FAST_MATH,
    integers,
    parse_attributes,
    parse_operand_list,
    parse_results,
    parse_typed_arguments,
    print_attributes,
    print_results,
    print_typed_list,
)
from luma_ir.dialects.llvm_ext.attributes import MemoryEffectsAttr
from luma_ir.dialects.llvm_ext.control import parse_edge, print_edge, segments

C_CALL = CallingConventionAttr("ccc")
NO_TAIL_CALL = TailCallKindAttr(TailCallKind.NONE)
NO_BUNDLES = DenseArrayBase.from_list(i32, ())


class _CallLikeOp(IRDLOperation, ABC):
    """What calls and invokes have in common."""

    callee = opt_prop_def(SymbolRefAttr)
    var_callee_type = opt_prop_def(LLVMFunctionType)
    CConv = prop_def(CallingConventionAttr, default_value=C_CALL)
    arg_attrs = opt_prop_def(ArrayAttr[DictionaryAttr])
    res_attrs = opt_prop_def(ArrayAttr[DictionaryAttr])
    branch_weights = opt_prop_def(DenseArrayBase)
    op_bundle_sizes = prop_def(DenseArrayBase, default_value=NO_BUNDLES)
    op_bundle_tags = opt_prop_def(ArrayAttr)


def split_bundles(
    tags: ArrayAttr | None, sizes: DenseArrayBase, operands: Sequence[SSAValue]
) -> list[tuple[str, Sequence[SSAValue]]]:
    """The operand bundles of an op as (tag, values)."""
    result: list[tuple[str, Sequence[SSAValue]]] = []
    position = 0
    for tag, size in zip(() if tags is None else tags, integers(sizes), strict=True):
        assert isinstance(tag, StringAttr)
        result.append((tag.data, operands[position : position + size]))
        position += size
    return result


_CALL_ELIDED = (
    *("callee", "var_callee_type", "CConv", "TailCallKind", "op_bundle_sizes", "op_bundle_tags"),
    *("arg_attrs", "res_attrs"),
)


def print_bundles(printer: Printer, bundles: Sequence[tuple[str, Sequence[SSAValue]]]) -> None:
    """Print ` ["tag"(%a : type), ...]`, or nothing without bundles."""
    if not bundles:
        return
    printer.print_string(" [")
    for index, (tag, values) in enumerate(bundles):
        printer.print_string(", " if index else "")
        printer.print_string_literal(tag)
        with printer.in_parens():
            if values:
                printer.print_list(values, printer.print_ssa_value)
                printer.print_string(" : ")
                printer.print_list([value.type for value in values], printer.print_attribute)
    printer.print_string("]")


def parse_bundles(parser: Parser, properties: dict[str, Attribute]) -> list[SSAValue]:
    """Read `["tag"(%a : type), ...]` if it is there: the operands; sizes and tags go into `properties`."""

    def bundle() -> tuple[str, list[SSAValue]]:
        tag = parser.parse_str_literal()
        parser.parse_punctuation("(")
        if parser.parse_optional_punctuation(")") is not None:
            return tag, []
        values = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_unresolved_operand)
        parser.parse_punctuation(":")
        types = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_type)
        parser.parse_punctuation(")")
        return tag, list(parser.resolve_operands(values, types, parser.pos))

    bundles = parser.parse_optional_comma_separated_list(parser.Delimiter.SQUARE, bundle) or []
    properties["op_bundle_sizes"] = segments(*(len(values) for _, values in bundles))
    if bundles:
        properties["op_bundle_tags"] = ArrayAttr([StringAttr(tag) for tag, _ in bundles])
    return [value for _, values in bundles for value in values]


@irdl_op_definition
class CallOp(_CallLikeOp):
    """
    Call a function by name, or through a pointer, which is then the first operand.

        %1 = llvm.call fastcc @f(%0) : (i64) -> i64
        %3 = llvm.call %2(%0) : !llvm.ptr, (i64) -> i64
    """

    name = "llvm.call"
    callee_operands = var_operand_def()
    op_bundle_operands = var_operand_def()
    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)
    TailCallKind = prop_def(TailCallKindAttr, default_value=NO_TAIL_CALL)
    memory_effects = opt_prop_def(MemoryEffectsAttr)
    convergent = opt_prop_def(UnitAttr)
    no_unwind = opt_prop_def(UnitAttr)
    will_return = opt_prop_def(UnitAttr)
    noreturn = opt_prop_def(UnitAttr)
    always_inline = opt_prop_def(UnitAttr)
    inline_hint = opt_prop_def(UnitAttr)
    no_inline = opt_prop_def(UnitAttr)
    access_groups = opt_prop_def(ArrayAttr)
    alias_scopes = opt_prop_def(ArrayAttr)
    noalias_scopes = opt_prop_def(ArrayAttr)
    tbaa = opt_prop_def(ArrayAttr)
    result = opt_result_def()
    irdl_options = (AttrSizedOperandSegments(as_property=True),)

    def __init__(
        self,
        callee: str | SymbolRefAttr | SSAValue,
        arguments: Sequence[SSAValue],
        return_type: Attribute | None = None,
        *,
        convention: CallingConventionAttr = C_CALL,
        variadic_type: LLVMFunctionType | None = None,
    ) -> None:
        properties: dict[str, Attribute] = {"CConv": convention}
        if isinstance(callee, SSAValue):
            arguments = [callee, *arguments]
        else:
            properties["callee"] = SymbolRefAttr(callee) if isinstance(callee, str) else callee
        if variadic_type is not None:
            properties["var_callee_type"] = variadic_type
        results = [] if return_type is None or isinstance(return_type, LLVMVoidType) else [return_type]
        super().__init__(operands=[arguments, []], result_types=[results], properties=properties)

    @classmethod
    def parse(cls, parser: Parser) -> CallOp:
        """Read `[convention] [tail] callee(%a) [vararg(type)] [bundles] {attributes} : types`."""
        properties: dict[str, Attribute] = {}
        convention = parser.parse_optional_keyword_in(LLVM_CALLING_CONVS) or "ccc"
        properties["CConv"] = CallingConventionAttr(convention)
        tail = parser.parse_optional_keyword_in({kind.value for kind in TailCallKind})
        properties["TailCallKind"] = TailCallKindAttr(TailCallKind(tail or "none"))
        symbol = parser.parse_optional_symbol_name()
        pointer: list[UnresolvedOperand] = []
        if symbol is not None:
            properties["callee"] = SymbolRefAttr(symbol)
        else:
            pointer.append(parser.parse_unresolved_operand())
        arguments = parse_operand_list(parser)
        if parser.parse_optional_keyword("vararg") is not None:
            with parser.in_parens():
                properties["var_callee_type"] = parser.parse_type()
        bundle_operands = parse_bundles(parser, properties)
        more, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        types: list[Attribute] = []
        if pointer:
            types.append(parser.parse_type())
            parser.parse_punctuation(",")
        argument_types, argument_attributes = parse_typed_arguments(parser)
        parser.parse_punctuation("->")
        result_types, result_attributes = parse_results(parser)
        if argument_attributes is not None:
            properties["arg_attrs"] = argument_attributes
        if result_attributes is not None:
            properties["res_attrs"] = result_attributes
        operands = parser.resolve_operands([*pointer, *arguments], [*types, *argument_types], parser.pos)
        properties["operandSegmentSizes"] = segments(len(operands), len(bundle_operands))
        return cls.create(
            operands=[*operands, *bundle_operands],
            result_types=result_types,
            properties={**properties, **more},
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        if self.CConv.convention.data != "ccc":
            printer.print_string(f" {self.CConv.convention.data}")
        if self.TailCallKind != NO_TAIL_CALL:
            printer.print_string(f" {self.TailCallKind.data.value}")
        printer.print_string(" ")
        arguments: Sequence[SSAValue] = self.callee_operands
        if self.callee is not None:
            printer.print_attribute(self.callee)
        else:
            printer.print_ssa_value(arguments[0])
            arguments = arguments[1:]
        printer.print_operands(arguments)
        if self.var_callee_type is not None:
            printer.print_string(" vararg(")
            printer.print_attribute(self.var_callee_type)
            printer.print_string(")")
        print_bundles(printer, split_bundles(self.op_bundle_tags, self.op_bundle_sizes, self.op_bundle_operands))
        print_attributes(printer, self, _CALL_ELIDED)
        printer.print_string(" : ")
        if self.callee is None:
            printer.print_attribute(self.callee_operands[0].type)
            printer.print_string(", ")
        print_typed_list(printer, [argument.type for argument in arguments], self.arg_attrs)
        printer.print_string(" -> ")
        print_results(printer, self.result_types, self.res_attrs)

    def verify_(self) -> None:
        if self.callee is None:
            operands = self.callee_operands
            if not operands or not isinstance(operands[0].type, LLVMPointerType):
                raise VerifyException("an indirect call needs a pointer as its first operand")


@irdl_op_definition
class CallIntrinsicOp(IRDLOperation):
    """
    Call an LLVM intrinsic by its full name.

        %1 = llvm.call_intrinsic "llvm.smax.i32"(%0, %0) : (i32, i32) -> i32
    """

    name = "llvm.call_intrinsic"
    args = var_operand_def()
    op_bundle_operands = var_operand_def()
    intrin = prop_def(StringAttr)
    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)
    op_bundle_sizes = prop_def(DenseArrayBase, default_value=NO_BUNDLES)
    op_bundle_tags = opt_prop_def(ArrayAttr)
    arg_attrs = opt_prop_def(ArrayAttr[DictionaryAttr])
    res_attrs = opt_prop_def(ArrayAttr[DictionaryAttr])
    results_ = opt_result_def()
    irdl_options = (AttrSizedOperandSegments(as_property=True),)

    def __init__(self, intrinsic: str, arguments: Sequence[SSAValue], return_type: Attribute | None = None) -> None:
        super().__init__(
            operands=[arguments, []],
            result_types=[[] if return_type is None else [return_type]],
            properties={"intrin": StringAttr(intrinsic)},
        )

    @classmethod
    def parse(cls, parser: Parser) -> CallIntrinsicOp:
        """Read `"name"(%a) [bundles] : types {attributes}`."""
        properties: dict[str, Attribute] = {"intrin": StringAttr(parser.parse_str_literal())}
        arguments = parse_operand_list(parser)
        bundle_operands = parse_bundles(parser, properties)
        parser.parse_punctuation(":")
        argument_types, argument_attributes = parse_typed_arguments(parser)
        result_types: list[Attribute] = []
        result_attributes = None
        if parser.parse_optional_punctuation("->") is not None:
            result_types, result_attributes = parse_results(parser)
        more, attributes = parse_attributes(cls, parser)
        if argument_attributes is not None:
            properties["arg_attrs"] = argument_attributes
        if result_attributes is not None:
            properties["res_attrs"] = result_attributes
        operands = parser.resolve_operands(arguments, argument_types, parser.pos)
        properties["operandSegmentSizes"] = segments(len(operands), len(bundle_operands))
        return cls.create(
            operands=[*operands, *bundle_operands],
            result_types=result_types,
            properties={**properties, **more},
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" ")
        printer.print_attribute(self.intrin)
        printer.print_operands(self.args)
        print_bundles(printer, split_bundles(self.op_bundle_tags, self.op_bundle_sizes, self.op_bundle_operands))
        printer.print_string(" : ")
        print_typed_list(printer, [argument.type for argument in self.args], self.arg_attrs)
        printer.print_string(" -> ")
        print_results(printer, self.result_types, self.res_attrs)
        print_attributes(printer, self, ("intrin", "op_bundle_sizes", "op_bundle_tags", "arg_attrs", "res_attrs"))

    def verify_(self) -> None:
        if not self.intrin.data.startswith("llvm."):
            raise VerifyException(f"the name of an intrinsic starts with `llvm.`, got `{self.intrin.data}`")


@irdl_op_definition
class InvokeOp(_CallLikeOp):
    """
    A call that may unwind to a landing pad.

        llvm.invoke @f(%0) to ^bb1 unwind ^bb2 : (i32) -> ()
    """

    name = "llvm.invoke"
    callee_operands = var_operand_def()
    normalDestOperands = var_operand_def()
    unwindDestOperands = var_operand_def()
    op_bundle_operands = var_operand_def()
    result = opt_result_def()
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    normalDest = successor_def()
    unwindDest = successor_def()
    traits = traits_def(IsTerminator())

    @classmethod
    def parse(cls, parser: Parser) -> InvokeOp:
        """Read `[convention] callee(%a) to ^block unwind ^block [vararg(type)] {attributes} : types`."""
        properties: dict[str, Attribute] = {}
        convention = parser.parse_optional_keyword_in(LLVM_CALLING_CONVS) or "ccc"
        properties["CConv"] = CallingConventionAttr(convention)
        symbol = parser.parse_optional_symbol_name()
        pointer: list[UnresolvedOperand] = []
        if symbol is not None:
            properties["callee"] = SymbolRefAttr(symbol)
        else:
            pointer.append(parser.parse_unresolved_operand())
        arguments = parse_operand_list(parser)
        parser.parse_keyword("to")
        normal, normal_operands = parse_edge(parser)
        parser.parse_keyword("unwind")
        unwind, unwind_operands = parse_edge(parser)
        if parser.parse_optional_keyword("vararg") is not None:
            with parser.in_parens():
                properties["var_callee_type"] = parser.parse_type()
        bundle_operands = parse_bundles(parser, properties)
        more, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        types: list[Attribute] = []
        if pointer:
            types.append(parser.parse_type())
            parser.parse_punctuation(",")
        signature = parser.parse_function_type()
        operands = parser.resolve_operands([*pointer, *arguments], [*types, *signature.inputs.data], parser.pos)
        properties["operandSegmentSizes"] = segments(
            len(operands), len(normal_operands), len(unwind_operands), len(bundle_operands)
        )
        return cls.create(
            operands=[*operands, *normal_operands, *unwind_operands, *bundle_operands],
            result_types=signature.outputs.data,
            successors=[normal, unwind],
            properties={**properties, **more},
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" " if self.CConv.convention.data == "ccc" else f" {self.CConv.convention.data} ")
        arguments: Sequence[SSAValue] = self.callee_operands
        if self.callee is not None:
            printer.print_attribute(self.callee)
        else:
            printer.print_ssa_value(arguments[0])
            arguments = arguments[1:]
        printer.print_operands(arguments)
        printer.print_string(" to ")
        print_edge(printer, self.normalDest, self.normalDestOperands)
        printer.print_string(" unwind ")
        print_edge(printer, self.unwindDest, self.unwindDestOperands)
        if self.var_callee_type is not None:
            printer.print_string(" vararg(")
            printer.print_attribute(self.var_callee_type)
            printer.print_string(")")
        print_bundles(printer, split_bundles(self.op_bundle_tags, self.op_bundle_sizes, self.op_bundle_operands))
        print_attributes(printer, self, _CALL_ELIDED)
        printer.print_string(" : ")
        if self.callee is None:
            printer.print_attribute(self.callee_operands[0].type)
            printer.print_string(", ")
        printer.print_function_type([argument.type for argument in arguments], self.result_types)


@irdl_op_definition
class LandingpadOp(IRDLOperation):
    """
    The start of a block that an `llvm.invoke` unwinds to.

        %0 = llvm.landingpad cleanup : !llvm.struct<(ptr, i32)>
    """

    name = "llvm.landingpad"
    operands_ = var_operand_def()
    cleanup = opt_prop_def(UnitAttr)
    res = result_def()

    @classmethod
    def parse(cls, parser: Parser) -> LandingpadOp:
        """Read `[cleanup] (catch %value : type) ... : type`."""
        properties: dict[str, Attribute] = {}
        if parser.parse_optional_keyword("cleanup") is not None:
            properties["cleanup"] = UnitAttr()
        operands: list[SSAValue] = []
        while parser.parse_optional_punctuation("(") is not None:
            parser.parse_optional_keyword("catch") or parser.parse_keyword("filter")
            operand = parser.parse_unresolved_operand()
            parser.parse_punctuation(":")
            operands.append(parser.resolve_operand(operand, parser.parse_type()))
            parser.parse_punctuation(")")
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        return cls.create(
            operands=operands, result_types=[parser.parse_type()], properties=properties, attributes=attributes
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" cleanup " if self.cleanup is not None else " ")
        for operand in self.operands_:
            word = "catch" if isinstance(operand.type, LLVMPointerType) else "filter"
            printer.print_string(f"({word} ")
            printer.print_ssa_value(operand)
            printer.print_string(" : ")
            printer.print_attribute(operand.type)
            printer.print_string(") ")
        printer.print_op_attributes(self.attributes)
        printer.print_string(": ")
        printer.print_attribute(self.res.type)


@irdl_op_definition
class ResumeOp(IRDLOperation):
    """
    Go on unwinding.

        llvm.resume %0 : !llvm.struct<(ptr, i32)>
    """

    name = "llvm.resume"
    value = operand_def()
    traits = traits_def(IsTerminator())
    assembly_format = "$value attr-dict `:` type($value)"


CALL_OPS = (CallIntrinsicOp, CallOp, InvokeOp, LandingpadOp, ResumeOp)
"""The ops of this module."""

__all__ = [op.__name__ for op in CALL_OPS] + ["parse_bundles", "print_bundles", "split_bundles"]
