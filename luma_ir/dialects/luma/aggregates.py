"""
Aggregate values: structs, tuples, enums, arrays, strings, and places inside them.

A place is a root value and a path. `luma.get` reads one, `luma.set` makes a new root that differs at the place only.
A path is a list of steps: a number selects a field (struct, tuple), -1 takes the next index operand (array, fixed).
Indices are i64 and must have been checked (`luma.check.bounds`); reading outside is undefined, so `luma.get` is free of
effects but not speculatable when its path has an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from xdsl.dialects.builtin import (
    DenseArrayBase,
    IntegerAttr,
    i1,
    i32,
    i64,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    eq,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import NoMemoryEffect, Pure
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.traits import Linear
from luma_ir.dialects.luma.types import INDEX_STEP, EnumType, StructType, TupleType
from luma_ir.dialects.luma.verification import (
    definitions_in,
    place_type,
    require_type,
    require_types,
    struct_fields,
    variant_payload,
)
from luma_ir.ir.symbol_scope import SymbolScope, VerifiedByDefinitions, VerifiedByTypes


@irdl_op_definition
class StructMakeOp(IRDLOperation):
    """
    Make a struct of its fields, in order.

        %p = luma.struct.make %x, %y : (f64, f64) -> !luma.struct<@geo.Point>
    """

    name = "luma.struct.make"
    fields = var_operand_def()
    result = result_def(StructType)
    traits = traits_def(Pure(), VerifiedByDefinitions())
    assembly_format = "$fields attr-dict `:` functional-type($fields, $result)"

    def __init__(self, fields: Sequence[SSAValue], type_: StructType):
        super().__init__(operands=[fields], result_types=[type_])

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check the operands against the fields of the struct."""
        type = self.result.type
        expected = struct_fields(definitions_in(scope), type)
        if expected is not None:
            require_types("the fields of `{}`", self.fields.types, expected, type)


@irdl_op_definition
class TupleMakeOp(IRDLOperation):
    """
    Make a tuple; without operands, the unit value.

        %t = luma.tuple.make %a, %b : (i64, f64) -> !luma.tuple<i64, f64>
    """

    name = "luma.tuple.make"
    fields = var_operand_def()
    result = result_def(TupleType)
    traits = traits_def(Pure(), VerifiedByTypes())
    assembly_format = "$fields attr-dict `:` functional-type($fields, $result)"

    def __init__(self, fields: Sequence[SSAValue], type_: TupleType):
        super().__init__(operands=[fields], result_types=[type_])

    def verify_(self) -> None:
        type = self.result.type
        require_types("the fields of `{}`", self.fields.types, type.elements.data, type)


@irdl_op_definition
class EnumMakeOp(IRDLOperation):
    """
    Make an enum value of the variant with the given number.

        %s = luma.enum.make 0 (%x) : (i64) -> !luma.enum<@std.option.Option, [i64]>
    """

    name = "luma.enum.make"
    variant = prop_def(IntegerAttr.constr(eq(i64)))
    fields = var_operand_def()
    result = result_def(EnumType)
    traits = traits_def(Pure(), VerifiedByTypes(), VerifiedByDefinitions())
    assembly_format = "$variant `(` $fields `)` attr-dict `:` functional-type($fields, $result)"

    def __init__(self, variant: int, fields: Sequence[SSAValue], type_: EnumType):
        super().__init__(operands=[fields], result_types=[type_], properties={"variant": IntegerAttr(variant, i64)})

    def verify_(self) -> None:
        _verify_number("variant", self.variant)

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check the operands against the fields of the variant."""
        type, variant = self.result.type, self.variant.value.data
        expected = variant_payload(definitions_in(scope), type, variant)
        if expected is not None:
            require_types("the fields of variant {} of `{}`", self.fields.types, expected, variant, type)


@irdl_op_definition
class EnumTagOp(IRDLOperation):
    """
    The number of an enum value's variant.

        %tag = luma.enum.tag %e : !luma.enum<@geo.Shape>
    """

    name = "luma.enum.tag"
    value = operand_def(EnumType)
    result = result_def(i32)
    traits = traits_def(Pure())
    assembly_format = "$value attr-dict `:` type($value)"

    def __init__(self, value: SSAValue):
        super().__init__(operands=[value], result_types=[i32])


@irdl_op_definition
class EnumIsOp(IRDLOperation):
    """
    Whether an enum value is of the given variant.

        %b = luma.enum.is %e, 1 : !luma.enum<@geo.Shape>
    """

    name = "luma.enum.is"
    variant = prop_def(IntegerAttr.constr(eq(i64)))
    value = operand_def(EnumType)
    result = result_def(i1)
    traits = traits_def(Pure(), VerifiedByTypes(), VerifiedByDefinitions())
    assembly_format = "$value `,` $variant attr-dict `:` type($value)"

    def __init__(self, value: SSAValue, variant: int):
        super().__init__(operands=[value], result_types=[i1], properties={"variant": IntegerAttr(variant, i64)})

    def verify_(self) -> None:
        _verify_number("variant", self.variant)

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check that the enum has the variant."""
        type = self.value.type
        assert isinstance(type, EnumType)
        variant_payload(definitions_in(scope), type, self.variant.value.data)


@irdl_op_definition
class EnumGetOp(IRDLOperation):
    """
    A field of an enum value that is known to be of the given variant; undefined for others, so not speculatable.

        %x = luma.enum.get %e, 0, 1 : !luma.enum<@geo.Shape> -> f64
    """

    name = "luma.enum.get"
    variant = prop_def(IntegerAttr.constr(eq(i64)))
    field = prop_def(IntegerAttr.constr(eq(i64)))
    value = operand_def(EnumType)
    result = result_def()
    traits = traits_def(NoMemoryEffect(), VerifiedByTypes(), VerifiedByDefinitions())
    assembly_format = "$value `,` $variant `,` $field attr-dict `:` type($value) `->` type($result)"

    def __init__(self, value: SSAValue, variant: int, field: int, type_: Attribute):
        super().__init__(
            operands=[value],
            result_types=[type_],
            properties={"variant": IntegerAttr(variant, i64), "field": IntegerAttr(field, i64)},
        )

    def verify_(self) -> None:
        _verify_number("variant", self.variant)
        _verify_number("field", self.field)

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check that the variant has the field, and its type."""
        type, variant, field = self.value.type, self.variant.value.data, self.field.value.data
        assert isinstance(type, EnumType)
        payload = variant_payload(definitions_in(scope), type, variant)
        if payload is None:
            return
        if field >= len(payload):
            raise VerifyException(f"field {field} of variant {variant} of `{type}`, which has {len(payload)}")
        require_type("field {} of variant {} of `{}`", payload[field], self.result.type, field, variant, type)


def _verify_number(what: str, number: IntegerAttr) -> None:
    if number.value.data < 0:
        raise VerifyException(f"the number of a {what} cannot be negative, as {number.value.data} is")


class _PlaceOp(IRDLOperation):
    """What the ops on places share: the path."""

    @property
    def steps(self) -> tuple[int, ...]:
        """The path: a field number, or `INDEX_STEP` for the next index operand, per step."""
        path = self.properties["path"]
        assert isinstance(path, DenseArrayBase)
        return tuple(path.get_values())  # pyright: ignore[reportReturnType]

    @property
    def _indices(self) -> Sequence[SSAValue]:
        return self.operands[1 : 1 + sum(step == INDEX_STEP for step in self.steps)]

    def _verify_path(self, index_count: int) -> None:
        path = self.properties["path"]
        assert isinstance(path, DenseArrayBase)
        if path.elt_type != i64:
            raise VerifyException(f"a path is an array of i64, not of {path.elt_type}")
        steps = self.steps
        if not steps:
            raise VerifyException("a path has at least one step")
        if any(step < INDEX_STEP for step in steps):
            raise VerifyException("a step is a field number or -1")
        wanted = steps.count(INDEX_STEP)
        if wanted != index_count:
            raise VerifyException(f"the path has {wanted} index steps, but there are {index_count} index operands")

    def _verify_place(self, scope: SymbolScope, found: Attribute) -> None:
        """Check that the path leads from the root to a place of the given type."""
        expected = place_type(definitions_in(scope), self.operands[0].type, self.steps)
        if expected is not None:
            require_type("the place in `{}`", expected, found, self.operands[0].type)


def _print_path(printer: Printer, root: SSAValue, steps: Sequence[int], indices: Sequence[SSAValue]) -> None:
    printer.print_string(" ")
    printer.print_ssa_value(root)
    remaining = iter(indices)
    printer.print_string("[")
    for number, step in enumerate(steps):
        if number:
            printer.print_string(", ")
        if step == INDEX_STEP:
            printer.print_ssa_value(next(remaining))
        else:
            printer.print_int(step)
    printer.print_string("]")


def _parse_path(parser: Parser) -> tuple[list[int], list[SSAValue]]:
    steps: list[int] = []
    indices: list[SSAValue] = []

    def parse_step() -> None:
        operand = parser.parse_optional_unresolved_operand()
        if operand is None:
            steps.append(parser.parse_integer(allow_boolean=False, allow_negative=False))
        else:
            steps.append(INDEX_STEP)
            indices.append(parser.resolve_operand(operand, i64))

    parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parse_step)
    return steps, indices


def _path_attr(steps: Sequence[int]) -> DenseArrayBase:
    return DenseArrayBase.from_list(i64, list(steps))


class _ReadPlaceOp(_PlaceOp):
    """The text form that `luma.get` and `luma.take` share; the first result is what is read."""

    def print(self, printer: Printer) -> None:
        _print_path(printer, self.operands[0], self.steps, self._indices)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.operands[0].type)
        printer.print_string(" -> ")
        printer.print_attribute(self.results[0].type)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        root = parser.parse_unresolved_operand()
        steps, indices = _parse_path(parser)
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        root_type = parser.parse_type()
        parser.parse_punctuation("->")
        place = parser.resolve_operand(root, root_type)
        op = cls(place, steps, indices, parser.parse_type())  # pyright: ignore[reportCallIssue]
        op.attributes.update(attributes)
        return op


class _WritePlaceOp(_PlaceOp):
    """The text form that `luma.set` and `luma.put` share."""

    def print(self, printer: Printer) -> None:
        _print_path(printer, self.operands[0], self.steps, self._indices)
        printer.print_string(" = ")
        printer.print_ssa_value(self.operands[-1])
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.operands[0].type)
        printer.print_string(", ")
        printer.print_attribute(self.operands[-1].type)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        root = parser.parse_unresolved_operand()
        steps, indices = _parse_path(parser)
        parser.parse_punctuation("=")
        value = parser.parse_unresolved_operand()
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        root_type = parser.parse_type()
        parser.parse_punctuation(",")
        value_type = parser.parse_type()
        place, stored = parser.resolve_operand(root, root_type), parser.resolve_operand(value, value_type)
        op = cls(place, steps, indices, stored)  # pyright: ignore[reportCallIssue]
        op.attributes.update(attributes)
        return op


@irdl_op_definition
class GetOp(_ReadPlaceOp):
    """
    Read a place of a value.

        %x = luma.get %grid[%i, %j, 0] : !luma.array<!luma.array<!luma.struct<@Cell>>> -> f64
    """

    name = "luma.get"
    path = prop_def(DenseArrayBase)
    root = operand_def()
    indices = var_operand_def(i64)
    result = result_def()
    traits = traits_def(NoMemoryEffect(), VerifiedByTypes(), VerifiedByDefinitions())

    def __init__(self, root: SSAValue, steps: Sequence[int], indices: Sequence[SSAValue], type_: Attribute):
        super().__init__(operands=[root, indices], result_types=[type_], properties={"path": _path_attr(steps)})

    def verify_(self) -> None:
        self._verify_path(len(self.indices))

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check the path and the type of the result against what the root is made of."""
        self._verify_place(scope, self.result.type)


@irdl_op_definition
class SetOp(_WritePlaceOp):
    """
    The root with another value at a place. Nothing is copied when the root and every array on the path is unique.

        %grid2 = luma.set %grid[%i, %j, 0] = %x : !luma.array<...>, f64
    """

    name = "luma.set"
    path = prop_def(DenseArrayBase)
    root = operand_def()
    indices = var_operand_def(i64)
    value = operand_def()
    result = result_def()
    traits = traits_def(NoMemoryEffect(), VerifiedByTypes(), VerifiedByDefinitions())

    def __init__(self, root: SSAValue, steps: Sequence[int], indices: Sequence[SSAValue], value: SSAValue):
        super().__init__(
            operands=[root, indices, value], result_types=[root.type], properties={"path": _path_attr(steps)}
        )

    def verify_(self) -> None:
        self._verify_path(len(self.indices))
        require_type("the result", self.result.type, self.root.type)

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check the path and the type of the value against what the root is made of."""
        self._verify_place(scope, self.value.type)


@irdl_op_definition
class TakeOp(_ReadPlaceOp):
    """
    Move a place's value out, to be put back by the one `luma.put` of the same path that uses `rest`. Reads as
    `luma.get`; between the two nothing else looks at `rest`. So a nested place is changed without being shared.

        %row, %rest = luma.take %grid[%i] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
        %row2 = luma.call @push(%row, %v) ...
        %grid2 = luma.put %rest[%i] = %row2 : ...
    """

    name = "luma.take"
    path = prop_def(DenseArrayBase)
    root = operand_def()
    indices = var_operand_def(i64)
    value = result_def()
    rest = result_def()
    traits = traits_def(NoMemoryEffect(), Linear(), VerifiedByTypes(), VerifiedByDefinitions())

    def __init__(self, root: SSAValue, steps: Sequence[int], indices: Sequence[SSAValue], type_: Attribute):
        super().__init__(
            operands=[root, indices], result_types=[type_, root.type], properties={"path": _path_attr(steps)}
        )

    def verify_(self) -> None:
        self._verify_path(len(self.indices))
        require_type("what is left of the root", self.rest.type, self.root.type)

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check the path and the type of the value against what the root is made of."""
        self._verify_place(scope, self.value.type)


@irdl_op_definition
class PutOp(_WritePlaceOp):
    """
    Put a value back where `luma.take` moved it from.

        %grid2 = luma.put %rest[%i] = %row2 : !luma.array<!luma.array<i64>>, !luma.array<i64>
    """

    name = "luma.put"
    path = prop_def(DenseArrayBase)
    root = operand_def()
    indices = var_operand_def(i64)
    value = operand_def()
    result = result_def()
    traits = traits_def(NoMemoryEffect(), Linear(), VerifiedByTypes(), VerifiedByDefinitions())

    def __init__(self, root: SSAValue, steps: Sequence[int], indices: Sequence[SSAValue], value: SSAValue):
        super().__init__(
            operands=[root, indices, value], result_types=[root.type], properties={"path": _path_attr(steps)}
        )

    def verify_(self) -> None:
        self._verify_path(len(self.indices))
        require_type("the result", self.result.type, self.root.type)

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check the path and the type of the value against what the root is made of."""
        self._verify_place(scope, self.value.type)
