"""
Branches and switches of the `llvm` dialect, with their hints (loop annotations, branch weights).
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    DenseArrayBase,
    DenseIntElementsAttr,
    IntegerType,
    VectorType,
    i32,
)
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.irdl import (
    AttrSizedOperandSegments,
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    successor_def,
    traits_def,
    var_operand_def,
    var_successor_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import IsTerminator
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.llvm_ext.assembly import (
    integers,
    parse_attributes,
    print_attributes,
)
from luma_ir.dialects.llvm_ext.attributes import LoopAnnotationAttr


def segments(*sizes: int) -> DenseArrayBase:
    """The `operandSegmentSizes` of an op whose operands come in groups of these sizes."""
    return DenseArrayBase.from_list(i32, sizes)


def parse_edge(parser: Parser) -> tuple[Block, list[SSAValue]]:
    """Read `^block` or `^block(%a, %b : type, type)`."""
    block = parser.parse_successor()
    if parser.parse_optional_punctuation("(") is None:
        return block, []
    operands = parser.parse_optional_undelimited_comma_separated_list(
        parser.parse_optional_unresolved_operand, parser.parse_unresolved_operand
    )
    parser.parse_punctuation(":")
    types = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_type)
    parser.parse_punctuation(")")
    return block, list(parser.resolve_operands(operands or [], types, parser.pos))


def print_edge(printer: Printer, block: Block, arguments: Sequence[SSAValue]) -> None:
    """Print what `parse_edge` reads."""
    printer.print_block_name(block)
    if arguments:
        with printer.in_parens():
            printer.print_list(arguments, printer.print_ssa_value)
            printer.print_string(" : ")
            printer.print_list([argument.type for argument in arguments], printer.print_attribute)


def _verify_edge(block: Block, arguments: Sequence[SSAValue]) -> None:
    """Check the operands passed to a block against its arguments."""
    expected, given = block.arg_types, [argument.type for argument in arguments]
    if list(expected) != given:
        raise VerifyException(
            f"branch passes ({', '.join(map(str, given))}) to a block that takes ({', '.join(map(str, expected))})"
        )


@irdl_op_definition
class BrOp(IRDLOperation):
    """
    Jump to a block.

        llvm.br ^bb1(%0 : i64) {loop_annotation = #llvm.loop_annotation<mustProgress = true>}
    """

    name = "llvm.br"
    destOperands = var_operand_def()
    loop_annotation = opt_prop_def(LoopAnnotationAttr)
    dest = successor_def()
    traits = traits_def(IsTerminator())

    def __init__(self, dest: Block, *operands: SSAValue | Operation) -> None:
        super().__init__(operands=[list(operands)], successors=[dest])

    @classmethod
    def parse(cls, parser: Parser) -> BrOp:
        """Read `^block(%a : type) {attributes}`."""
        block, operands = parse_edge(parser)
        properties, attributes = parse_attributes(cls, parser)
        return cls.create(operands=operands, successors=[block], properties=properties, attributes=attributes)

    def print(self, printer: Printer) -> None:
        """Print `^block(%a : type) {attributes}`."""
        printer.print_string(" ")
        print_edge(printer, self.dest, self.destOperands)
        print_attributes(printer, self)

    def verify_(self) -> None:
        _verify_edge(self.dest, self.destOperands)


@irdl_op_definition
class CondBrOp(IRDLOperation):
    """
    Jump to one of two blocks.

        llvm.cond_br %0 weights([1, 1000]), ^bb1(%1 : i64), ^bb2
    """

    name = "llvm.cond_br"
    condition = operand_def(IntegerType(1))
    trueDestOperands = var_operand_def()
    falseDestOperands = var_operand_def()
    branch_weights = opt_prop_def(DenseArrayBase)
    loop_annotation = opt_prop_def(LoopAnnotationAttr)
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    trueDest = successor_def()
    falseDest = successor_def()
    traits = traits_def(IsTerminator())

    def __init__(
        self,
        condition: SSAValue,
        true_dest: Block,
        true_operands: Sequence[SSAValue],
        false_dest: Block,
        false_operands: Sequence[SSAValue],
        *,
        weights: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(
            operands=[condition, true_operands, false_operands],
            successors=[true_dest, false_dest],
            properties={} if weights is None else {"branch_weights": segments(*weights)},
        )

    @classmethod
    def parse(cls, parser: Parser) -> CondBrOp:
        """Read `%c [weights([a, b])], ^block, ^block {attributes}`."""
        condition = parser.resolve_operand(parser.parse_unresolved_operand(), IntegerType(1))
        properties: dict[str, Attribute] = {}
        if parser.parse_optional_keyword("weights") is not None:
            with parser.in_parens():
                weights = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_integer)
            properties["branch_weights"] = segments(*weights)
        parser.parse_punctuation(",")
        true_dest, true_operands = parse_edge(parser)
        parser.parse_punctuation(",")
        false_dest, false_operands = parse_edge(parser)
        more, attributes = parse_attributes(cls, parser)
        properties["operandSegmentSizes"] = segments(1, len(true_operands), len(false_operands))
        return cls.create(
            operands=[condition, *true_operands, *false_operands],
            successors=[true_dest, false_dest],
            properties={**properties, **more},
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" ")
        printer.print_ssa_value(self.condition)
        if self.branch_weights is not None:
            words = ", ".join(str(weight) for weight in integers(self.branch_weights))
            printer.print_string(f" weights([{words}])")
        printer.print_string(", ")
        print_edge(printer, self.trueDest, self.trueDestOperands)
        printer.print_string(", ")
        print_edge(printer, self.falseDest, self.falseDestOperands)
        print_attributes(printer, self, ("branch_weights",))

    def verify_(self) -> None:
        _verify_edge(self.trueDest, self.trueDestOperands)
        _verify_edge(self.falseDest, self.falseDestOperands)
        if self.branch_weights is not None and len(self.branch_weights) != 2:
            raise VerifyException(f"expected 2 branch weights, got {len(self.branch_weights)}")


@irdl_op_definition
class SwitchOp(IRDLOperation):
    """
    Jump by the value of an integer.

        llvm.switch %0 : i32, ^bb1 [ 5: ^bb2(%1 : i64), 7: ^bb3 ]
    """

    name = "llvm.switch"
    value = operand_def(IntegerType)
    defaultOperands = var_operand_def()
    caseOperands = var_operand_def()
    case_values = opt_prop_def(DenseIntElementsAttr)
    case_operand_segments = prop_def(DenseArrayBase, default_value=DenseArrayBase.from_list(i32, ()))
    branch_weights = opt_prop_def(DenseArrayBase)
    irdl_options = (AttrSizedOperandSegments(as_property=True),)
    defaultDestination = successor_def()
    caseDestinations = var_successor_def()
    traits = traits_def(IsTerminator())

    def __init__(
        self,
        value: SSAValue,
        default: tuple[Block, Sequence[SSAValue]],
        cases: Sequence[tuple[int, Block, Sequence[SSAValue]]],
    ) -> None:
        assert isinstance(value.type, IntegerType)
        super().__init__(
            operands=[value, default[1], [operand for case in cases for operand in case[2]]],
            successors=[default[0], [case[1] for case in cases]],
            properties=self.case_properties(value.type, [case[0] for case in cases], [len(case[2]) for case in cases]),
        )

    @staticmethod
    def case_properties(type_: IntegerType, values: Sequence[int], sizes: Sequence[int]) -> dict[str, Attribute]:
        """The properties that hold the values of the cases and the number of operands each passes."""
        properties: dict[str, Attribute] = {"case_operand_segments": segments(*sizes)}
        if values:
            properties["case_values"] = DenseIntElementsAttr.from_list(VectorType(type_, [len(values)]), list(values))
        return properties

    def case_arguments(self) -> list[Sequence[SSAValue]]:
        """The operands that each case passes to its block."""
        operands, position, result = self.caseOperands, 0, []
        for size in integers(self.case_operand_segments):
            result.append(operands[position : position + size])
            position += size
        return result

    @classmethod
    def parse(cls, parser: Parser) -> SwitchOp:
        """Read `%value : type, ^default [ value: ^block, ... ] {attributes}`."""
        operand = parser.parse_unresolved_operand()
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        assert isinstance(type_, IntegerType)
        parser.parse_punctuation(",")
        default, default_operands = parse_edge(parser)

        def case() -> tuple[int, Block, list[SSAValue]]:
            value = parser.parse_integer()
            parser.parse_punctuation(":")
            return value, *parse_edge(parser)

        cases = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, case)
        properties, attributes = parse_attributes(cls, parser)
        case_operands = [operand for entry in cases for operand in entry[2]]
        properties.update(cls.case_properties(type_, [c[0] for c in cases], [len(c[2]) for c in cases]))
        properties["operandSegmentSizes"] = segments(1, len(default_operands), len(case_operands))
        return cls.create(
            operands=[parser.resolve_operand(operand, type_), *default_operands, *case_operands],
            successors=[default, *(entry[1] for entry in cases)],
            properties=properties,
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" ")
        printer.print_ssa_value(self.value)
        printer.print_string(" : ")
        printer.print_attribute(self.value.type)
        printer.print_string(", ")
        print_edge(printer, self.defaultDestination, self.defaultOperands)
        printer.print_string(" [")
        values = [] if self.case_values is None else list(self.case_values.iter_values())
        for index, (value, block, operands) in enumerate(
            zip(values, self.caseDestinations, self.case_arguments(), strict=True)
        ):
            printer.print_string(", " if index else " ")
            printer.print_string(f"{value}: ")
            print_edge(printer, block, operands)
        printer.print_string(" ]" if values else "]")
        print_attributes(printer, self, ("case_values", "case_operand_segments"))

    def verify_(self) -> None:
        count = 0 if self.case_values is None else len(list(self.case_values.iter_values()))
        if not count == len(self.caseDestinations) == len(self.case_operand_segments):
            raise VerifyException(f"{count} case values for {len(self.caseDestinations)} case blocks")
        if self.branch_weights is not None and len(self.branch_weights) != count + 1:
            raise VerifyException(f"expected {count + 1} branch weights, got {len(self.branch_weights)}")
        _verify_edge(self.defaultDestination, self.defaultOperands)
        for block, operands in zip(self.caseDestinations, self.case_arguments(), strict=True):
            _verify_edge(block, operands)


CONTROL_OPS = (BrOp, CondBrOp, SwitchOp)
"""The ops of this module."""

__all__ = [op.__name__ for op in CONTROL_OPS] + ["parse_edge", "print_edge", "segments"]
