"""What types are made of: substitution, source types, counted and recursive types."""

from __future__ import annotations

import pytest
from xdsl.dialects.builtin import IntegerType, Signedness, f64, i8, i32, i64

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import (
    SOURCE_CHAR,
    Definitions,
    erase,
    field_types,
    is_concrete,
    source_unsigned,
    substitute,
)
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.text import parse_module

TEXT = """
luma.struct @Pair {field_names = ["a", "b"], field_types = [!luma.param<"A">, !luma.array<!luma.param<"B">>],
                   type_params = ["A", "B"]}
luma.struct @Byte {field_names = ["value"], field_types = [i8], source_types = [ui8]}
luma.enum @Option {variants = ["Some", "None"], payloads = [[!luma.param<"T">], []], type_params = ["T"]}
luma.enum @Tree {variants = ["Leaf", "Node"], payloads = [[], [!luma.enum<@Tree>, i64, !luma.enum<@Tree>]]}
luma.struct @Holder {field_names = ["tree"], field_types = [!luma.enum<@Tree>]}
luma.struct @Kids {field_names = ["kids"], field_types = [!luma.array<!luma.struct<@Kids>>]}
"""


def type_of(text):
    """A type from its text."""
    from xdsl.parser import Parser

    return Parser(make_context(), text).parse_type()


@pytest.fixture(scope="module")
def definitions():
    module = parse_module(TEXT, "layouts.mlir", make_context(), DiagnosticEngine())
    assert module is not None
    return Definitions.of(module)


def test_type_arguments_are_put_in(definitions):
    pair = type_of("!luma.struct<@Pair, [f64, i8]>")
    assert field_types(definitions, pair) == (f64, luma.ArrayType(i8))
    assert definitions.field_types(pair) is definitions.field_types(pair)
    assert definitions.payload_types(type_of("!luma.enum<@Option, [i32]>")) == ((i32,), ())
    assert definitions.field_types(type_of("!luma.tuple<i64, f64>")) == (i64, f64)


def test_paths_lead_to_parts(definitions):
    root = type_of("!luma.array<!luma.struct<@Pair, [f64, !luma.fixed<3, i8>]>>")
    assert definitions.place_type(root, (-1, 1, -1, -1)) == i8
    assert definitions.place_type(root, ()) == root
    with pytest.raises(TypeError):
        definitions.place_type(i64, (-1,))
    with pytest.raises(TypeError):
        definitions.field_types(i64)
    with pytest.raises(KeyError):
        definitions.field_types(type_of("!luma.struct<@Missing>"))


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("i64", False),
        ("!luma.ptr<i8>", False),
        ("!luma.array<i8>", True),
        ("!luma.fixed<3, i8>", False),
        ("!luma.fixed<3, !luma.array<i8>>", True),
        ("!luma.tuple<i64, !luma.array<i8>>", True),
        ("!luma.enum<@Option, [i64]>", False),
        ("!luma.enum<@Option, [!luma.array<i64>]>", True),
        ("!luma.enum<@Tree>", True),
        ("!luma.struct<@Holder>", True),
        ("!luma.struct<@Byte>", False),
        ('!luma.param<"T">', True),
    ],
)
def test_counted_types(definitions, text, counted):
    assert definitions.is_counted(type_of(text)) is counted


def test_only_inline_recursion_counts_as_such(definitions):
    assert definitions.is_recursive(type_of("!luma.enum<@Tree>"))
    assert not definitions.is_recursive(type_of("!luma.struct<@Holder>"))
    assert not definitions.is_recursive(type_of("!luma.struct<@Kids>"))


def test_source_types_are_erased_everywhere_inside():
    source = type_of("!luma.array<!luma.tuple<ui8, ui21, !luma.struct<@S, [ui64]>, !luma.closure<(ui8) -> i8>>>")
    expected = type_of("!luma.array<!luma.tuple<i8, i32, !luma.struct<@S, [i64]>, !luma.closure<(i8) -> i8>>>")
    assert erase(source) == expected
    assert erase(expected) == expected
    assert source_unsigned(8) == IntegerType(8, Signedness.UNSIGNED) != SOURCE_CHAR


def test_source_types_of_parts(definitions):
    byte = type_of("!luma.struct<@Byte>")
    assert definitions.source_field_types(byte) == (source_unsigned(8),)
    assert definitions.field_types(byte) == (i8,)
    option = type_of("!luma.enum<@Option, [ui8]>")
    assert definitions.source_payload_types(option) == ((source_unsigned(8),), ())


def test_substitution_keeps_what_it_does_not_know():
    generic = type_of('!luma.struct<@Pair, [!luma.param<"A">, !luma.ptr<!luma.param<"B">>]>')
    found = substitute(generic, {"A": f64})
    assert found == type_of('!luma.struct<@Pair, [f64, !luma.ptr<!luma.param<"B">>]>')
    assert not is_concrete(found) and is_concrete(substitute(found, {"B": i8}))
