"""
Pieces of assembly syntax that several `llvm` ops share.

The custom forms are upstream MLIR 22's, so that `mlir-opt` reads what we print and the other way round. As upstream,
an op's inherent attributes are written in the same dictionary as the others; here they are told apart again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, DictionaryAttr, IntegerAttr, IntegerType, StringAttr
from xdsl.dialects.llvm import ATOMIC_ORDERING_KEYWORDS, FastMathAttr
from xdsl.ir import Attribute, Operation
from xdsl.irdl import IRDLOperation
from xdsl.parser import Parser, UnresolvedOperand
from xdsl.printer import Printer

OpT = TypeVar("OpT", bound=Operation)

I32 = IntegerType(32)
I64 = IntegerType(64)
NO_FAST_MATH = FastMathAttr("none")

ORDERING_BY_WORD: dict[str, int] = {word: key for key, word in ATOMIC_ORDERING_KEYWORDS.items()}
"""Atomic ordering by the word that upstream writes."""


def integers(array: DenseArrayBase) -> tuple[int, ...]:
    """The values of an array of integers."""
    return tuple(int(value) for value in array.iter_values())  # pyright: ignore


def i64_attr(value: int) -> IntegerAttr[IntegerType]:
    """A 64-bit integer attribute, the encoding of upstream's enumerations."""
    return IntegerAttr(value, I64)


def split_attributes(
    cls: type[IRDLOperation], attributes: Mapping[str, Attribute]
) -> tuple[dict[str, Attribute], dict[str, Attribute]]:
    """Divide a parsed attribute dictionary into the properties that `cls` declares and the rest."""
    declared = cls.get_irdl_definition().properties
    properties = {name: value for name, value in attributes.items() if name in declared}
    return properties, {name: value for name, value in attributes.items() if name not in declared}


def parse_attributes(cls: type[IRDLOperation], parser: Parser) -> tuple[dict[str, Attribute], dict[str, Attribute]]:
    """Read an optional attribute dictionary: (properties, other attributes)."""
    return split_attributes(cls, parser.parse_optional_attr_dict())


def print_attributes(printer: Printer, op: Operation, elided: Iterable[str] = ()) -> None:
    """Print properties and attributes in one dictionary, without `elided` ones and without empty fast-math flags."""
    hidden = {"operandSegmentSizes", *elided}
    if op.properties.get("fastmathFlags") == NO_FAST_MATH:
        hidden.add("fastmathFlags")
    printer.print_op_attributes({**op.properties, **op.attributes}, reserved_attr_names=hidden)


def parse_operand_list(parser: Parser) -> list[UnresolvedOperand]:
    """Read `(%a, %b)`."""
    return parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_unresolved_operand)


def parse_functional(cls: type[OpT], parser: Parser) -> OpT:
    """Read `(%a, %b) {attributes} : (types) -> types`."""
    operands = parse_operand_list(parser)
    assert issubclass(cls, IRDLOperation)
    properties, attributes = parse_attributes(cls, parser)
    parser.parse_punctuation(":")
    signature = parser.parse_function_type()
    return cls.create(
        operands=parser.resolve_operands(operands, signature.inputs.data, parser.pos),
        result_types=signature.outputs.data,
        properties=properties,
        attributes=attributes,
    )


def print_functional(op: Operation, printer: Printer) -> None:
    """Print what `parse_functional` reads."""
    printer.print_operands(op.operands)
    print_attributes(printer, op)
    printer.print_string(" : ")
    printer.print_function_type(op.operand_types, op.result_types)


def parse_ordering(parser: Parser) -> IntegerAttr[IntegerType]:
    """Read the word of an atomic ordering."""
    position = parser.pos
    word = parser.parse_identifier()
    if word not in ORDERING_BY_WORD:
        parser.raise_error(f"unknown atomic ordering `{word}`", position)
    return i64_attr(ORDERING_BY_WORD[word])


def parse_optional_syncscope(parser: Parser, properties: dict[str, Attribute]) -> None:
    """Read `syncscope("name")` into `properties`, if it is there."""
    if parser.parse_optional_keyword("syncscope") is not None:
        with parser.in_parens():
            properties["syncscope"] = StringAttr(parser.parse_str_literal())


def print_ordering(printer: Printer, ordering: Attribute | None, syncscope: Attribute | None = None) -> None:
    """Print ` syncscope("name") acquire`."""
    if isinstance(syncscope, StringAttr):
        printer.print_string(" syncscope(")
        printer.print_string_literal(syncscope.data)
        printer.print_string(")")
    assert isinstance(ordering, IntegerAttr)
    printer.print_string(f" {ATOMIC_ORDERING_KEYWORDS[ordering.value.data]}")


def parse_typed_arguments(
    parser: Parser,
) -> tuple[list[Attribute], ArrayAttr[DictionaryAttr] | None]:
    """Read `(type {attributes}, ...)`: the types, and the dictionaries if any was given."""
    entries = parser.parse_comma_separated_list(parser.Delimiter.PAREN, lambda: _parse_typed_argument(parser))
    return [type_ for type_, _ in entries], dictionaries([attributes for _, attributes in entries])


def _parse_typed_argument(parser: Parser) -> tuple[Attribute, dict[str, Attribute]]:
    """Read `type {attributes}`."""
    return parser.parse_type(), parser.parse_optional_dictionary_attr_dict()


def parse_results(parser: Parser) -> tuple[list[Attribute], ArrayAttr[DictionaryAttr] | None]:
    """Read what follows `->`: `type`, `()` or `(type {attributes})`."""
    if parser.parse_optional_punctuation("(") is None:
        return [parser.parse_type()], None
    if parser.parse_optional_punctuation(")") is not None:
        return [], None
    entries = parser.parse_comma_separated_list(parser.Delimiter.NONE, lambda: _parse_typed_argument(parser))
    parser.parse_punctuation(")")
    return [type_ for type_, _ in entries], dictionaries([attributes for _, attributes in entries])


def dictionaries(entries: Sequence[Mapping[str, Attribute]]) -> ArrayAttr[DictionaryAttr] | None:
    """An array of the dictionaries, None if all are empty."""
    return ArrayAttr([DictionaryAttr(dict(entry)) for entry in entries]) if any(entries) else None


def print_typed_list(
    printer: Printer, types: Sequence[Attribute], attributes: ArrayAttr[DictionaryAttr] | None, *, tail: str = ""
) -> None:
    """Print `(type {attributes}, ...)`, with `tail` as a last entry."""
    with printer.in_parens():
        for index, type_ in enumerate(types):
            if index:
                printer.print_string(", ")
            printer.print_attribute(type_)
            if attributes is not None and index < len(attributes):
                printer.print_op_attributes(attributes.data[index].data)
        if tail:
            printer.print_string(f", {tail}" if types else tail)


def print_results(printer: Printer, types: Sequence[Attribute], attributes: ArrayAttr[DictionaryAttr] | None) -> None:
    """Print result types as upstream does: in parentheses when there are none, several or attributes."""
    if len(types) == 1 and not (attributes is not None and attributes.data and attributes.data[0].data):
        printer.print_attribute(types[0])
    else:
        print_typed_list(printer, types, attributes)
