"""
The `func` dialect with the two ops of upstream MLIR 22 that xDSL lacks: functions as values, and calls of them.
"""

from __future__ import annotations

from xdsl.dialects import func
from xdsl.dialects.builtin import FlatSymbolRefAttrConstr, FunctionType, SymbolRefAttr
from xdsl.ir import Dialect, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException


@irdl_op_definition
class ConstantOp(IRDLOperation):
    """
    A function as a value.

        %f = func.constant @square : (i64) -> i64
    """

    name = "func.constant"
    value = prop_def(FlatSymbolRefAttrConstr)
    result = result_def(FunctionType)
    traits = traits_def(Pure())
    assembly_format = "$value attr-dict `:` type($result)"

    def __init__(self, symbol: str, type_: FunctionType):
        super().__init__(result_types=[type_], properties={"value": SymbolRefAttr(symbol)})


@irdl_op_definition
class CallIndirectOp(IRDLOperation):
    """
    Call a function that is a value.

        %r = func.call_indirect %f(%a) : (i64) -> i64
    """

    name = "func.call_indirect"
    callee = operand_def(FunctionType)
    callee_operands = var_operand_def()
    results_ = var_result_def()

    def __init__(self, callee: SSAValue, arguments: list[SSAValue]):
        type_ = callee.type
        assert isinstance(type_, FunctionType)
        super().__init__(operands=[callee, arguments], result_types=[type_.outputs.data])

    @classmethod
    def parse(cls, parser: Parser) -> CallIndirectOp:
        """Read `%f(%a) {attributes} : type of %f`."""
        callee = parser.parse_unresolved_operand()
        operands = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_unresolved_operand)
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        type_ = parser.parse_function_type()
        function = parser.resolve_operand(callee, type_)
        op = cls(function, list(parser.resolve_operands(operands, type_.inputs.data, parser.pos)))
        op.attributes.update(attributes)
        return op

    def print(self, printer: Printer) -> None:
        """Print `%f(%a) {attributes} : type of %f`."""
        printer.print_string(" ")
        printer.print_ssa_value(self.callee)
        printer.print_operands(self.callee_operands)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.callee.type)

    def verify_(self) -> None:
        type_ = self.callee.type
        assert isinstance(type_, FunctionType)
        if [value.type for value in self.callee_operands] != list(type_.inputs.data):
            raise VerifyException(f"operands do not match the callee's type {type_}")
        if list(self.result_types) != list(type_.outputs.data):
            raise VerifyException(f"results do not match the callee's type {type_}")


Func = Dialect("func", [*func.Func.operations, ConstantOp, CallIndirectOp], list(func.Func.attributes))
"""The dialect to register in a context."""
