"""
Structured control flow with early exits.

`scf.if`, `scf.for` and `scf.while` serve where a body runs to its end. The ops here serve where it may leave early:
their regions, each one block, end in `luma.yield` (reach the end of the region) or in an early exit: `luma.break`,
`luma.continue` (of the `depth`-th enclosing `luma.loop`/`luma.for`, 0 the innermost), `luma.return`, `luma.panic` or
`luma.unreachable`. Between an exit and what it leaves stand only `luma` ops, never `scf` ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import IntegerAttr, IntegerType, i1, i64
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    ParsePropInAttrDict,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    region_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import IsTerminator, RecursiveMemoryEffect
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.traits import EarlyExit
from luma_ir.dialects.luma.verification import type_list


@irdl_op_definition
class YieldOp(IRDLOperation):
    """
    Reach the end of a `luma.if` region and hand over its results.

        luma.yield %a, %b : i64, f64
    """

    name = "luma.yield"
    arguments = var_operand_def()
    traits = traits_def(IsTerminator())
    assembly_format = "($arguments^ `:` type($arguments))? attr-dict"

    def __init__(self, *arguments: SSAValue):
        super().__init__(operands=[arguments])

    def verify_(self) -> None:
        parent = self.parent_op()
        if parent is not None and not isinstance(parent, IfOp):
            raise VerifyException(f"`luma.yield` ends a region of `luma.if`, not of `{parent.name}`")


class _LoopExit(IRDLOperation):
    """What `luma.break` and `luma.continue` share: the depth of the loop that they speak of."""

    @property
    def loop_depth(self) -> int:
        """How many enclosing `luma` loops are passed over; 0 is the innermost."""
        depth = self.properties.get("depth")
        return depth.value.data if isinstance(depth, IntegerAttr) else 0

    def target_loop(self) -> Operation | None:
        """The `luma.loop` or `luma.for` that this op speaks of; None when there is none (invalid IR)."""
        remaining = self.loop_depth
        parent = self.parent_op()
        while parent is not None:
            if isinstance(parent, LoopOp | ForOp):
                if remaining == 0:
                    return parent
                remaining -= 1
            elif not isinstance(parent, IfOp):
                return None
            parent = parent.parent_op()
        return None

    def _verify_types(self, expected: Sequence[Attribute], what: str) -> None:
        found = [operand.type for operand in self.operands]
        if found != list(expected):
            raise VerifyException(f"operands of types {type_list(found)} for {what} of types {type_list(expected)}")

    def _target_or_error(self) -> LoopOp | ForOp:
        if self.loop_depth < 0:
            raise VerifyException(f"the depth of a loop cannot be negative, as {self.loop_depth} is")
        target = self.target_loop()
        if not isinstance(target, LoopOp | ForOp):
            raise VerifyException("no enclosing `luma.loop` or `luma.for` at this depth, or an `scf` op in between")
        return target


@irdl_op_definition
class BreakOp(_LoopExit):
    """
    Leave an enclosing `luma.loop` or `luma.for`; the operands are that loop's results.

        luma.break %x : i64
        luma.break {depth = 1 : i64}
    """

    name = "luma.break"
    depth = opt_prop_def(IntegerAttr)
    arguments = var_operand_def()
    traits = traits_def(IsTerminator(), EarlyExit())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "($arguments^ `:` type($arguments))? attr-dict"

    def __init__(self, *arguments: SSAValue, depth: int = 0):
        super().__init__(operands=[arguments], properties={"depth": IntegerAttr(depth, i64) if depth else None})

    def verify_(self) -> None:
        self._verify_types(self._target_or_error().result_types, "a loop with results")


@irdl_op_definition
class ContinueOp(_LoopExit):
    """
    Go on with the next iteration of an enclosing `luma.loop` or `luma.for`; the operands are its carried values.

        luma.continue %x : i64
    """

    name = "luma.continue"
    depth = opt_prop_def(IntegerAttr)
    arguments = var_operand_def()
    traits = traits_def(IsTerminator(), EarlyExit())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "($arguments^ `:` type($arguments))? attr-dict"

    def __init__(self, *arguments: SSAValue, depth: int = 0):
        super().__init__(operands=[arguments], properties={"depth": IntegerAttr(depth, i64) if depth else None})

    def verify_(self) -> None:
        target = self._target_or_error()
        self._verify_types([value.type for value in target.iter_args], "a loop that carries values")


@irdl_op_definition
class IfOp(IRDLOperation):
    """
    A condition whose branches may leave early. Both regions are always there.

        %r = luma.if %c -> (i64) { luma.yield %a : i64 } else { luma.return %b : i64 }
    """

    name = "luma.if"
    condition = operand_def(i1)
    res = var_result_def()
    then_region = region_def("single_block")
    else_region = region_def("single_block")
    traits = traits_def(RecursiveMemoryEffect())

    def __init__(
        self, condition: SSAValue, result_types: Sequence[Attribute], then_region: Region, else_region: Region
    ):
        super().__init__(operands=[condition], result_types=[result_types], regions=[then_region, else_region])

    def verify_(self) -> None:
        for region in self.regions:
            last = region.block.last_op
            if isinstance(last, YieldOp):
                found = [value.type for value in last.arguments]
                if found != list(self.result_types):
                    raise VerifyException(
                        f"`luma.yield` of types {type_list(found)} in an op with results {type_list(self.result_types)}"
                    )
            elif last is None or not last.has_trait(EarlyExit):
                raise VerifyException("a region of `luma.if` ends in `luma.yield` or in an early exit")

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_ssa_value(self.condition)
        _print_result_types(printer, self.result_types)
        printer.print_string(" ")
        printer.print_region(self.then_region, print_entry_block_args=False)
        last = self.else_region.block.last_op
        if not (isinstance(last, YieldOp) and last is self.else_region.block.first_op and not last.operands):
            printer.print_string(" else ")
            printer.print_region(self.else_region, print_entry_block_args=False)
        printer.print_op_attributes(self.attributes, print_keyword=True)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        condition = parser.parse_operand(i1)
        types = _parse_result_types(parser)
        then_region = parser.parse_region()
        if parser.parse_optional_keyword("else") is not None:
            else_region = parser.parse_region()
        else:
            else_region = Region(Block([YieldOp()]))
        op = cls(condition, types, then_region, else_region)
        op.attributes.update(_parse_attributes(parser))
        return op


@irdl_op_definition
class LoopOp(IRDLOperation):
    """
    Repeat a body until a `luma.break` (or another exit) leaves it. The results are the operands of the breaks.

        %r = luma.loop (%i = %zero : i64) -> (i64) { ... luma.continue %next : i64 }
    """

    name = "luma.loop"
    iter_args = var_operand_def()
    res = var_result_def()
    body = region_def("single_block")
    traits = traits_def(RecursiveMemoryEffect())

    def __init__(self, iter_args: Sequence[SSAValue], result_types: Sequence[Attribute], body: Region):
        super().__init__(operands=[iter_args], result_types=[result_types], regions=[body])

    def verify_(self) -> None:
        _verify_body(self, [value.type for value in self.iter_args])

    def print(self, printer: Printer) -> None:
        _print_carried(printer, self.body.block.args, self.iter_args)
        _print_result_types(printer, self.result_types)
        printer.print_string(" ")
        printer.print_region(self.body, print_entry_block_args=False)
        printer.print_op_attributes(self.attributes, print_keyword=True)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        arguments, operands = _parse_carried(parser)
        types = _parse_result_types(parser)
        body = parser.parse_region(arguments)
        op = cls(operands, types, body)
        op.attributes.update(_parse_attributes(parser))
        return op


@irdl_op_definition
class ForOp(IRDLOperation):
    """
    A counted loop, signed, from lower to upper (exclusive), whose body may leave early. Its results have the types of
    the carried values: those of the last iteration, or the operands of the `luma.break` that left it.

        %r = luma.for %i = %lower to %upper step %one (%acc = %zero : f64) -> (f64) : i64 { ... }
    """

    name = "luma.for"
    lower = operand_def(IntegerType)
    upper = operand_def(IntegerType)
    step = operand_def(IntegerType)
    iter_args = var_operand_def()
    res = var_result_def()
    body = region_def("single_block")
    traits = traits_def(RecursiveMemoryEffect())

    def __init__(self, lower: SSAValue, upper: SSAValue, step: SSAValue, iter_args: Sequence[SSAValue], body: Region):
        super().__init__(
            operands=[lower, upper, step, iter_args],
            result_types=[[value.type for value in iter_args]],
            regions=[body],
        )

    def verify_(self) -> None:
        index_type = self.lower.type
        if self.upper.type != index_type or self.step.type != index_type:
            raise VerifyException("the bounds and the step of `luma.for` have different types")
        carried = [value.type for value in self.iter_args]
        if list(self.result_types) != carried:
            raise VerifyException("the results of `luma.for` have the types of its carried values")
        _verify_body(self, [index_type, *carried])

    def print(self, printer: Printer) -> None:
        index, *carried = self.body.block.args
        printer.print_string(" ")
        printer.print_ssa_value(index)
        for keyword, value in ((" = ", self.lower), (" to ", self.upper), (" step ", self.step)):
            printer.print_string(keyword)
            printer.print_ssa_value(value)
        _print_carried(printer, carried, self.iter_args)
        printer.print_string(" : ")
        printer.print_attribute(index.type)
        printer.print_string(" ")
        printer.print_region(self.body, print_entry_block_args=False)
        printer.print_op_attributes(self.attributes, print_keyword=True)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        index = parser.parse_argument(expect_type=False)
        bounds = []
        parser.parse_punctuation("=")
        bounds.append(parser.parse_unresolved_operand())
        for keyword in ("to", "step"):
            parser.parse_keyword(keyword)
            bounds.append(parser.parse_unresolved_operand())
        arguments, operands = _parse_carried(parser)
        parser.parse_punctuation(":")
        index_type = parser.parse_type()
        lower, upper, step = (parser.resolve_operand(bound, index_type) for bound in bounds)
        body = parser.parse_region((index.resolve(index_type), *arguments))
        op = cls(lower, upper, step, operands, body)
        op.attributes.update(_parse_attributes(parser))
        return op


def _verify_body(op: LoopOp | ForOp, expected: Sequence[Attribute]) -> None:
    block = op.body.block
    found = [argument.type for argument in block.args]
    if found != list(expected):
        raise VerifyException(f"the body of `{op.name}` takes {type_list(found)} but is given {type_list(expected)}")
    last = block.last_op
    if last is None or not last.has_trait(EarlyExit):
        raise VerifyException(f"the body of `{op.name}` ends in `luma.continue` or another exit")


def _print_result_types(printer: Printer, types: Sequence[Attribute]) -> None:
    if types:
        printer.print_string(" -> (")
        printer.print_list(types, printer.print_attribute)
        printer.print_string(")")


def _parse_result_types(parser: Parser) -> list[Attribute]:
    if parser.parse_optional_punctuation("->") is None:
        return []
    return parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type)


def _print_carried(printer: Printer, arguments: Sequence[SSAValue], operands: Sequence[SSAValue]) -> None:
    if not arguments:
        return
    printer.print_string(" (")

    def print_one(pair: tuple[SSAValue, SSAValue]) -> None:
        printer.print_ssa_value(pair[0])
        printer.print_string(" = ")
        printer.print_ssa_value(pair[1])
        printer.print_string(" : ")
        printer.print_attribute(pair[0].type)

    printer.print_list(list(zip(arguments, operands, strict=True)), print_one)
    printer.print_string(")")


def _parse_carried(parser: Parser) -> tuple[list[Parser.Argument], list[SSAValue]]:
    arguments: list[Parser.Argument] = []
    operands: list[SSAValue] = []
    if parser.parse_optional_punctuation("(") is None:
        return arguments, operands
    while True:
        argument = parser.parse_argument(expect_type=False)
        parser.parse_punctuation("=")
        operand = parser.parse_unresolved_operand()
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        arguments.append(argument.resolve(type_))
        operands.append(parser.resolve_operand(operand, type_))
        if parser.parse_optional_punctuation(",") is None:
            break
    parser.parse_punctuation(")")
    return arguments, operands


def _parse_attributes(parser: Parser) -> dict[str, Attribute]:
    attributes = parser.parse_optional_attr_dict_with_keyword()
    return dict(attributes.data) if attributes is not None else {}
