"""
Explicit ownership on values of the `luma` level.

These ops work on any counted value: an array, an aggregate that contains arrays, or a value that lives in a stack slot
(a fixed array or an aggregate around one). One unit of ownership is the right to one use that consumes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from xdsl.dialects.builtin import DenseArrayBase, i64
from xdsl.ir import SSAValue
from xdsl.irdl import (
    IRDLOperation,
    VarConstraint,
    base,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.aggregates import INDEX_STEP, EnumGetOp, GetOp
from luma_ir.dialects.luma.traits import Linear
from luma_ir.dialects.luma.types import ArrayType

KNOWN_UNIQUE = "mem.known_unique"
"""Name of an i64 attribute on `luma.set`: so many arrays behind the first one on its path are known to be unique."""


@irdl_op_definition
class DupOp(IRDLOperation):
    """
    Add one unit of ownership to a counted value (or to every counted part of an aggregate).

        mem.dup %a : !luma.array<i64>
    """

    name = "mem.dup"
    value = operand_def()
    assembly_format = "$value attr-dict `:` type($value)"

    def __init__(self, value: SSAValue):
        super().__init__(operands=[value])


@irdl_op_definition
class DropOp(IRDLOperation):
    """
    Give up one unit of ownership; the last one frees.

        mem.drop %a : !luma.array<i64>
    """

    name = "mem.drop"
    value = operand_def()
    assembly_format = "$value attr-dict `:` type($value)"

    def __init__(self, value: SSAValue):
        super().__init__(operands=[value])


@irdl_op_definition
class DropRestOp(IRDLOperation):
    """
    Give up an aggregate's unit except for some parts, read from it before by `luma.get` (over fields) or
    `luma.enum.get`: the units that the aggregate had of the parts are the parts' own from here on. No part is inside of
    another, and none is behind a cell that is itself a part of the aggregate.

        %x = luma.get %s[0] : !luma.struct<@Pair> -> !luma.array<i64>
        mem.drop_rest %s, %x : !luma.struct<@Pair>, !luma.array<i64>
    """

    name = "mem.drop_rest"
    value = operand_def()
    parts = var_operand_def()
    assembly_format = "$value `,` $parts attr-dict `:` type($value) `,` type($parts)"

    def __init__(self, value: SSAValue, parts: Sequence[SSAValue]):
        super().__init__(operands=[value, parts])

    def verify_(self) -> None:
        if not self.parts:
            raise VerifyException("there is no part that stays; use `mem.drop`")
        verify_parts(self.value, self.parts)


def verify_parts(value: SSAValue, parts: Sequence[SSAValue]) -> None:
    """Check that values are parts of another, none inside of another one."""
    paths = []
    for part in parts:
        path = inline_path(part, value)
        if path is None:
            raise VerifyException(
                "the other operands are parts of the first, read by `luma.get` without an index or `luma.enum.get`"
            )
        if any(path[: len(other)] == other or other[: len(path)] == path for other in paths):
            raise VerifyException("one of the parts is inside of another")
        paths.append(path)


def inline_path(part: SSAValue, value: SSAValue) -> tuple[tuple[int, int], ...] | None:
    """
    How a value was read from another: (variant, or -1 for a struct or tuple; field) per step; None when it was not, or
    through an index.
    """
    path: list[tuple[int, int]] = []
    while part is not value:
        owner = part.owner
        if isinstance(owner, GetOp):
            if INDEX_STEP in owner.steps:
                return None
            path[:0] = [(-1, step) for step in owner.steps]
            part = owner.root
        elif isinstance(owner, EnumGetOp):
            path.insert(0, (owner.variant.value.data, owner.field.value.data))
            part = owner.value
        else:
            return None
    return tuple(path) if path else None


@irdl_op_definition
class MakeUniqueOp(IRDLOperation):
    """
    Consume one unit and yield a value that nobody else holds: the same buffer if it was unique, else a copy.

    For an aggregate, `path` (field numbers) leads to the array that is made unique; the other parts are left alone.
    For a value in a stack slot, without a path, the result is in a slot of its own.

        %b = mem.make_unique %a : !luma.array<i64>
        %t = mem.make_unique %s[0] : !luma.struct<@std.string.string>
    """

    name = "mem.make_unique"
    path = opt_prop_def(DenseArrayBase)
    value = operand_def()
    result = result_def()
    traits = traits_def(Linear())

    def __init__(self, value: SSAValue, path: Sequence[int] = ()):
        properties = {"path": DenseArrayBase.from_list(i64, list(path))} if path else {}
        super().__init__(operands=[value], result_types=[value.type], properties=properties)

    @property
    def steps(self) -> tuple[int, ...]:
        """The field numbers that lead from the value to the array; empty for the value itself."""
        path = self.properties.get("path")
        return tuple(path.get_values()) if isinstance(path, DenseArrayBase) else ()  # pyright: ignore[reportReturnType]

    def verify_(self) -> None:
        if self.value.type != self.result.type:
            raise VerifyException("the result has the type of the operand")

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_ssa_value(self.value)
        if self.steps:
            with printer.in_square_brackets():
                printer.print_list(self.steps, printer.print_int)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.value.type)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        value = parser.parse_unresolved_operand()
        steps = parser.parse_optional_comma_separated_list(
            parser.Delimiter.SQUARE, lambda: parser.parse_integer(allow_boolean=False, allow_negative=False)
        )
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        op = cls(parser.resolve_operand(value, parser.parse_type()), steps or ())
        op.attributes.update(attributes)
        return op


@irdl_op_definition
class MakeUniqueAtOp(IRDLOperation):
    """
    Consume one unit of an array that is unique, make the arrays at the places that the indices lead to (one index a
    level) unique where they are stored, and yield the array. Indices out of range are passed over.

        %h = mem.make_unique_at %g[%i] : !luma.array<!luma.array<f64>>
    """

    name = "mem.make_unique_at"
    T: ClassVar = VarConstraint("T", base(ArrayType))
    value = operand_def(T)
    indices = var_operand_def(i64)
    result = result_def(T)
    traits = traits_def(Linear())
    assembly_format = "$value `[` $indices `]` attr-dict `:` type($value)"

    def __init__(self, value: SSAValue, indices: Sequence[SSAValue]):
        super().__init__(operands=[value, indices], result_types=[value.type])

    def verify_(self) -> None:
        type_ = self.value.type
        for _ in self.indices:
            if not isinstance(type_, ArrayType) or not isinstance(type_.element, ArrayType):
                raise VerifyException(f"`{self.value.type}` has no arrays that many levels down")
            type_ = type_.element
