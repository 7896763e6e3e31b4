"""
Types of the `luma` dialect: values of the source language.

Scalars are builtin types (`i1` for bool, `i32` for char, signless integers for both signednesses, `f32`, `f64`).
Everything here is a value; none of these types says anything about memory.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, FunctionType, IntAttr, StringAttr, SymbolRefAttr
from xdsl.ir import Attribute, ParametrizedAttribute, TypeAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

INDEX_STEP = -1
"""The step of a path into a value that takes the next index operand; other steps are numbers of fields."""


@irdl_attr_definition
class ArrayType(ParametrizedAttribute, TypeAttribute):
    """A growable array: `!luma.array<i64>`."""

    name = "luma.array"
    element: Attribute

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            return (parser.parse_type(),)

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_attribute(self.element)


@irdl_attr_definition
class FixedType(ParametrizedAttribute, TypeAttribute):
    """An array whose length is part of its type, stored inline: `!luma.fixed<4, f64>`."""

    name = "luma.fixed"
    size: IntAttr
    element: Attribute

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            size = parser.parse_integer(allow_boolean=False, allow_negative=False)
            parser.parse_punctuation(",")
            return (IntAttr(size), parser.parse_type())

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_int(self.size.data)
            printer.print_string(", ")
            printer.print_attribute(self.element)

    def verify(self) -> None:
        if self.size.data < 0:
            raise VerifyException(f"a fixed array cannot have {self.size.data} elements")


def _parse_nominal(parser: AttrParser) -> Sequence[Attribute]:
    with parser.in_angle_brackets():
        name = parser.parse_symbol_name()
        args: list[Attribute] = []
        if parser.parse_optional_punctuation(",") is not None:
            args = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_type)
        return (SymbolRefAttr(name), ArrayAttr(args))


def _print_nominal(printer: Printer, definition: SymbolRefAttr, args: ArrayAttr[Attribute]) -> None:
    with printer.in_angle_brackets():
        printer.print_attribute(definition)
        if args.data:
            printer.print_string(", ")
            with printer.in_square_brackets():
                printer.print_list(args.data, printer.print_attribute)


@irdl_attr_definition
class StructType(ParametrizedAttribute, TypeAttribute):
    """A struct by the name of its `luma.struct` definition, with type arguments: `!luma.struct<@geo.Point, [f64]>`."""

    name = "luma.struct"
    definition: SymbolRefAttr
    args: ArrayAttr[Attribute]

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        return _parse_nominal(parser)

    def print_parameters(self, printer: Printer) -> None:
        _print_nominal(printer, self.definition, self.args)


@irdl_attr_definition
class EnumType(ParametrizedAttribute, TypeAttribute):
    """An enum by the name of its `luma.enum` definition, with type arguments: `!luma.enum<@opt.Option, [i64]>`."""

    name = "luma.enum"
    definition: SymbolRefAttr
    args: ArrayAttr[Attribute]

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        return _parse_nominal(parser)

    def print_parameters(self, printer: Printer) -> None:
        _print_nominal(printer, self.definition, self.args)


@irdl_attr_definition
class TupleType(ParametrizedAttribute, TypeAttribute):
    """A tuple: `!luma.tuple<i64, f64>`; `!luma.tuple<>` is the unit value where one is needed as a value."""

    name = "luma.tuple"
    elements: ArrayAttr[Attribute]

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        return (ArrayAttr(parser.parse_comma_separated_list(parser.Delimiter.ANGLE, parser.parse_type)),)

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_list(self.elements.data, printer.print_attribute)


@irdl_attr_definition
class PtrType(ParametrizedAttribute, TypeAttribute):
    """A raw pointer of unsafe code: `!luma.ptr<i8>`."""

    name = "luma.ptr"
    element: Attribute

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            return (parser.parse_type(),)

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_attribute(self.element)


@irdl_attr_definition
class ParamType(ParametrizedAttribute, TypeAttribute):
    """A type parameter of the surrounding generic definition: `!luma.param<"T">`. Gone after `luma-monomorphize`."""

    name = "luma.param"
    param: StringAttr

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            return (parser.parse_attribute(),)

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_attribute(self.param)


@irdl_attr_definition
class ClosureType(ParametrizedAttribute, TypeAttribute):
    """
    A function value: `!luma.closure<(i64) -> f64>`. As in `luma.func`, unit is no result, and new values of `inout`
    parameters are the last results.
    """

    name = "luma.closure"
    signature: Attribute

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            return (parser.parse_type(),)

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_attribute(self.signature)

    def verify(self) -> None:
        if not isinstance(self.signature, FunctionType):
            raise VerifyException(f"the signature of a closure is a function type, not `{self.signature}`")


@irdl_attr_definition
class AnyType(ParametrizedAttribute, TypeAttribute):
    """A value of some type that implements a trait: `!luma.any<@main.Shape>`, `!luma.any<@main.Sink, [i64]>`."""

    name = "luma.any"
    definition: SymbolRefAttr
    args: ArrayAttr[Attribute]

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        return _parse_nominal(parser)

    def print_parameters(self, printer: Printer) -> None:
        _print_nominal(printer, self.definition, self.args)


@irdl_attr_definition
class AssocType(ParametrizedAttribute, TypeAttribute):
    """
    An associated type of a type parameter: `!luma.assoc<@std.iter.Iterator, "Item", !luma.param<"I">>`. The base comes
    first in `types`, the trait's arguments follow it. Gone after `luma-monomorphize`.
    """

    name = "luma.assoc"
    trait: SymbolRefAttr
    member: StringAttr
    types: ArrayAttr[Attribute]

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        with parser.in_angle_brackets():
            trait = parser.parse_symbol_name()
            parser.parse_punctuation(",")
            member = parser.parse_attribute()
            parser.parse_punctuation(",")
            types = parser.parse_comma_separated_list(parser.Delimiter.NONE, parser.parse_type)
            return (SymbolRefAttr(trait), member, ArrayAttr(types))

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_attribute(self.trait)
            printer.print_string(", ")
            printer.print_attribute(self.member)
            printer.print_string(", ")
            printer.print_list(self.types.data, printer.print_attribute)

    def verify(self) -> None:
        if not self.types.data:
            raise VerifyException("an associated type is that of a type")
