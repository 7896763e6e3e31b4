"""Reading and printing IR text: xDSL's syntax and results, with locations, and diagnostics for what is wrong."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_helpers import PROGRAM, parse_errors, read
from ir_links import find_broken_links
from xdsl.dialects.builtin import ModuleOp, UnknownLoc
from xdsl.parser import Parser
from xdsl.printer import Printer

from luma_ir.ir import fast
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.locations import unwrap
from luma_ir.ir.printing import HEADLINE_LENGTH, op_headline
from luma_ir.ir.text import module_text, parse_module, print_module
from luma_ir.ir.verify import verify_module

# Ops of one wording with other values, names that clash with suffixes, values used before they are defined, blocks in
# any order, names without a dialect, several results, attributes with names in them, comments and odd line breaks.
TEXTS = {
    "program": PROGRAM,
    "same wording, other types": """
        "func.func"() <{function_type = (i32, i64) -> (), sym_name = "f"}> ({
        ^entry(%a: i32, %b: i64):
          %x = "arith.addi"(%a, %a) <{overflowFlags = #arith.overflow<none>}> : (i32, i32) -> i32
          %y = "arith.addi"(%x, %a) <{overflowFlags = #arith.overflow<none>}> : (i32, i32) -> i32
          %z = "arith.addi"(%b, %b) <{overflowFlags = #arith.overflow<none>}> : (i64, i64) -> i64
          %w = "arith.addi"(%z, %b) <{overflowFlags = #arith.overflow<none>}> : (i64, i64) -> i64
          "func.return"() : () -> ()
        }) : () -> ()
        """,
    "operands in another order than the text": """
        func.func @f(%m: memref<4xi32>, %i: index, %v: i32, %w: i32) {
          memref.store %v, %m[%i] : memref<4xi32>
          memref.store %w, %m[%i] : memref<4xi32>
          %c0 = arith.cmpi slt, %v, %w : i32
          %c1 = arith.cmpi slt, %w, %v : i32
          %c2 = arith.cmpi slt, %w, %w : i32
          %s0 = arith.select %c0, %v, %w : i32
          %s1 = arith.select %c1, %w, %v : i32
          func.return
        }
        """,
    "uses before definitions": """
        func.func @f(%a: i32) -> i32 {
          cf.br ^last
        ^first:
          %y = arith.addi %x, %a : i32
          %z = arith.addi %y, %a : i32
          func.return %z : i32
        ^last:
          %x = arith.addi %a, %a : i32
          cf.br ^first
        }
        """,
    "attributes on the next line": """
        func.func @f(%a: i32, %b: i32, %c: i1) -> i32 {
          %r = luma.if %c -> (i32) {
            luma.yield %a : i32
          } else {
            luma.yield %b : i32
          }
          %s = luma.if %c -> (i32) {
            luma.yield %a : i32
              {tag}
          } else {
            luma.yield %b : i32 // {tag}
              // {tag}
              {tag}
          }
          %z = arith.muli %r, %s : i32
          %w = arith.addi
            %z, %r : i32
          %v = arith.addi %w, %r : i32 %u = arith.addi %v, %r : i32
          func.return %u : i32
        }
        """,
    "wordings in strings and comments": """
        func.func @f(%a: i32) -> i32 {
          %x = arith.addi %a, %a {note = "%a, %x"} : i32 // %a
          %y = arith.addi %x, %a {note = "%a, %x"} : i32
          %z = arith.addi %y, %a {note = "\\22\\C3\\A9%"} : i32 // func.return %y
          func.return %z : i32
        }
        """,
    "an implied dialect": """
        builtin.module {
          func.func @f(%a: i32) -> i32 {
            return %a : i32
          }
          func.func @g(%a: i32) -> i32 {
            return %a : i32
          }
        }
        """,
    "several results": """
        func.func @two(%c: i1, %a: i32) -> i32 {
          %r:2 = scf.if %c -> (i32, i32) {
            scf.yield %a, %a : i32, i32
          } else {
            %x = arith.addi %a, %a : i32
            scf.yield %x, %a : i32, i32
          }
          %p, %q = func.call @pair(%r#1, %r#0) : (i32, i32) -> (i32, i32)
          %s, %t = func.call @pair(%q, %p) : (i32, i32) -> (i32, i32)
          func.return %t : i32
        }
        """,
    "aliases": """
        !int = i32
        #tag = "text"
        func.func @f(%a: !int) -> !int attributes {t = #tag} {
          %x = arith.addi %a, %a {t = #tag} : !int
          %y = arith.addi %x, %a {t = #tag} : !int
          func.return %y : !int
        }
        """,
    "numbers": """
        func.func @f() {
          %a = arith.constant 0x1F : i32
          %b = arith.constant -7 : i64
          %c = arith.constant 1.5e-3 : f64
          %d = arith.constant 0x7FC00000 : f32
          %e = arith.constant dense<[1, 2]> : tensor<2xi8>
          %g = arith.constant true
          %h = arith.constant 7 : i24
          func.return
        }
        """,
    "clashing names": """
        func.func @f(%a: i32, %a_1: i32, %0: i32) -> i32 {
          %a_2 = arith.addi %a, %a_1 : i32
          %1 = arith.addi %a_2, %0 : i32
          func.return %1 : i32
        }
        """,
}


_FRAGMENTS = [
    "",
    "%a",
    "%x",
    "^left",
    "(",
    ")",
    "{",
    "}",
    '"',
    "i32",
    ":",
    ",",
    "\n",
    "->",
    "loc(unknown)",
    "#",
    "@f",
    "<",
    ">",
    "-1",
]


@pytest.fixture(params=TEXTS, name="text")
def _text(request: pytest.FixtureRequest) -> str:
    return TEXTS[request.param]


def upstream(text: str) -> ModuleOp:
    """What xDSL's own parser reads."""
    return Parser(make_context(), text, "test.mlir").parse_module()


def upstream_text(module: ModuleOp, *, generic: bool = False, debug: bool = False) -> str:
    """What xDSL's own printer prints."""
    stream = StringIO()
    Printer(stream, print_generic_format=generic, print_debuginfo=debug).print_op(module)
    return stream.getvalue() + "\n"


def test_parser_reads_what_xdsl_reads(text: str) -> None:
    """The short cuts of our parser change nothing about the result, names included."""
    module = read(text)
    expected = upstream(text)
    assert upstream_text(module, generic=True) == upstream_text(expected, generic=True)
    assert find_broken_links(module) == []


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("generic", [False, True])
def test_printer_prints_what_xdsl_prints(text: str, generic: bool, debug: bool) -> None:
    """Our printer gives xDSL's text, in both forms, with and without locations."""
    module = read(text)
    assert module_text(module, generic=generic, debug_locations=debug) == upstream_text(
        module, generic=generic, debug=debug
    )


@pytest.mark.parametrize("generic", [False, True])
def test_text_survives_a_round_trip(text: str, generic: bool) -> None:
    """Printing with locations and reading again gives the same module with the same locations."""
    module = read(text)
    again = read(module_text(module, generic=generic, debug_locations=True), "other.mlir")
    assert module_text(again) == module_text(module)
    for old, new in zip(fast.walk(module), fast.walk(again), strict=True):
        assert old.location == new.location


def test_every_op_and_argument_has_the_place_of_its_first_token() -> None:
    """Known wordings are stamped as well as new ones."""
    module = read(TEXTS["same wording, other types"])
    lines = TEXTS["same wording, other types"].split("\n")
    for op in fast.walk(module):
        assert not isinstance(op.location, UnknownLoc)
        if isinstance(op, ModuleOp):
            continue
        place = unwrap(op.location)
        assert place is not None
        assert lines[place.line - 1][place.column - 1 :].startswith(("%", '"'))
        for region in op.regions:
            for arg in region.blocks[0].args:
                where = unwrap(arg.location)
                assert where is not None
                assert lines[where.line - 1][where.column - 1 :].startswith(f"%{arg.name_hint}: ")


def test_explicit_locations_are_kept() -> None:
    """A location in the text is not replaced, also when the same wording comes twice."""
    module = read(
        """
        func.func @f(%a: i32 loc("x":1:2), %b: i32) {
          %x = arith.addi %a, %b : i32 loc("x":3:4)
          %y = arith.addi %x, %b : i32 loc("x":3:4)
          %z = arith.addi %y, %b : i32
          func.return
        } loc("x":9:9)
        """
    )
    function, x, y, z = [op for op in fast.walk(module) if op.name in ("func.func", "arith.addi")]
    places = [(place.filename, place.line) for op in (function, x, y, z) if (place := unwrap(op.location))]
    assert places == [("x", 9), ("x", 3), ("x", 3), ("test.mlir", 5)]
    arguments = [unwrap(arg.location) for arg in function.regions[0].blocks[0].args]
    assert [place.filename for place in arguments if place] == ["x", "test.mlir"]


@pytest.mark.parametrize("text", ["", "\n\n", "// just a comment", "// no token in here: func.func @f() {\n"])
def test_text_without_ops_is_an_empty_module(text: str) -> None:
    """Comments and blanks are an empty module."""
    assert list(read(text).body.block.ops) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("func.func @f( {", "test.mlir:1:15: error: expected argument or type"),
        ("\n  foo.bar", "test.mlir:2:3: error: op `foo.bar` is not registered"),
        ('"foo.bar"() : () -> ()', "test.mlir:1:2: error: op `foo.bar` is not registered"),
        ("%x = arith.constant 1 : i32\n%x = arith.constant 1 : i32", "test.mlir:2:1: error: SSA value %x is already"),
        ("%x = arith.constant 1 : i32\n%y = arith.addi %x, %z : i32", "error: values used but not defined: [%z]"),
        (
            "%x = arith.constant 1 : i32\n%y = arith.addi %x, %x : i64",
            "test.mlir:2:17: error: operand is used with type",
        ),
        ("func.func @f() {\n  cf.br ^nowhere\n}", "region ends with missing block declarations for block(s) nowhere"),
        ("%x = arith.constant 300 : i8", "error:"),
        ("%x = arith.constant 1 : !luma.nonsense", "error:"),
        ("func.func @f() {", "error:"),
        ('"unclosed', "test.mlir:1:1: error: string literal without an end on its line"),
        ("\u00e9\u20ac", "error:"),
        ("%a:2 = arith.constant 1 : i32", "test.mlir:1:1: error: operation has 1 results"),
    ],
)
def test_errors_are_diagnostics(text: str, expected: str) -> None:
    """Whatever is wrong with the text is reported at its place, once, and nothing is raised."""
    reported = parse_errors(text)
    assert len(reported) == 1
    assert expected in reported[0]


def test_parts_of_files_have_the_lines_of_the_file() -> None:
    """`first_line` shifts locations and errors alike."""
    engine = DiagnosticEngine()
    module = parse_module("func.func @f() {\n  func.return\n}", "f", make_context(), engine, first_line=10)
    assert module is not None
    assert [place.line for op in fast.walk(module) if (place := unwrap(op.location))] == [1, 10, 11]
    assert parse_module("oops", "f", make_context(), engine, first_line=10) is None
    assert str(engine.diagnostics[0]).startswith("f:10:1: error:")


def test_unclosed_string_is_found_at_once() -> None:
    """xDSL's lexer would need hours for this line."""
    assert "string literal without an end" in parse_errors('"arith.constant' + " a" * 500)[0]
    assert "string literal without an end" in parse_errors('func.func @"f' + " a" * 500)[0]


def test_deep_nesting_is_reported() -> None:
    """Text that is nested too deeply for the parser is an error, not a crash."""
    depth = 5000
    text = "func.func @f(%c: i1) {\n" + "scf.if %c {\n" * depth + "}\n" * depth + "func.return\n}\n"
    assert "nested too deeply" in parse_errors(text)[0]


def test_unregistered_ops() -> None:
    """With unregistered dialects allowed, unknown ops are kept with all they have."""
    text = '%x = "a.b"() <{p = 1 : i32}> {q = "r"} : () -> i32\n%y = "a.b"() <{p = 1 : i32}> {q = "r"} : () -> i32\n'
    module = read(text, allow_unregistered=True)
    printed = module_text(module)
    assert printed.count('"a.b"() <{p = 1 : i32}> {q = "r"} : () -> i32') == 2


def test_headline() -> None:
    """An op on one line has `{...}` for its regions and is cut."""
    module = read(PROGRAM)
    headlines = [op_headline(op) for op in fast.walk(module)]
    assert all("\n" not in line and len(line) <= HEADLINE_LENGTH for line in headlines)
    assert headlines[0] == "builtin.module {...}"
    assert any(line.startswith("%r, %s = scf.if %c -> (i32, i32) {...} else {...}") for line in headlines)


def test_print_module_hands_text_to_the_sink() -> None:
    """The sink gets what `module_text` gives."""
    pieces: list[str] = []
    module = read(PROGRAM)
    print_module(module, pieces.append)
    assert "".join(pieces) == module_text(module)


def _parts_of_lit_tests() -> list[tuple[str, str]]:
    suite = Path(__file__).parent.parent / "lit"
    return [
        (f"{path.relative_to(suite)}:{number}", part)
        for path in sorted(suite.rglob("*.mlir"))
        for number, part in enumerate(path.read_text().split("// -----"))
    ]


def test_all_lit_inputs_are_read_as_xdsl_reads_them() -> None:
    """Every IR text of the test suite, pretty or generic, valid or not, is read and printed as xDSL does it."""
    read_alike = 0
    for name, part in _parts_of_lit_tests():
        ours = parse_module(part, "test.mlir", make_context(), DiagnosticEngine())
        try:
            theirs = upstream(part)
        except Exception:  # Whatever xDSL raises for text that it does not take.
            assert ours is None or not list(ours.body.block.ops), name
            continue
        assert ours is not None, name
        assert upstream_text(ours, generic=True) == upstream_text(theirs, generic=True), name
        assert module_text(ours, generic=True) == upstream_text(theirs, generic=True), name
        read_alike += 1
    assert read_alike > 20


@settings(max_examples=int(os.environ.get("LUMA_FUZZ_EXAMPLES", "150")), deadline=None)
@given(
    st.sampled_from(sorted(TEXTS)),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 30), st.sampled_from(_FRAGMENTS)), min_size=1, max_size=4),
)
def test_damaged_text_is_never_a_crash(name: str, damage: list[tuple[int, int, str]]) -> None:
    """Text with pieces cut out and put in is read or reported; what is read can be verified, and printed if valid."""
    text = TEXTS[name]
    for position, length, fragment in damage:
        position %= len(text)
        text = text[:position] + fragment + text[position + length :]
    engine = DiagnosticEngine()
    module = parse_module(text, "test.mlir", make_context(), engine)
    if module is None:
        assert engine.error_count == 1
        return
    assert find_broken_links(module) == []
    if verify_module(module, engine):
        assert read(module_text(module)) is not None
    else:
        assert engine.has_errors
