"""
Fuzzing of the lexer and the parser: for any input they return a tree and diagnostics, and never raise.

2,000 inputs in a normal run; `LUMA_FUZZ=long` makes it 100,000.
"""

# ruff: noqa: E501 - a case of a table stands on one line

from __future__ import annotations

import os
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luma_ir.driver.render import render
from luma_ir.frontend.ast import FuncDecl, Module, Node, children, dump
from luma_ir.frontend.lexer import KEYWORDS, PUNCTUATION, tokenize
from luma_ir.frontend.parser import parse_source
from luma_ir.ir.diagnostics import Diagnostic, DiagnosticEngine, SourceFile

INPUTS = 100_000 if os.environ.get("LUMA_FUZZ") == "long" else 2_000

PROGRAM = '''//! A module.
import std.math.{sqrt, PI as pi};
/// A point.
#[derive(Eq, Show)]
struct Point<T: Show> { x: f64, pub y: T? = None }
enum Shape { Circle(Point, f64), Rect { min: Point, max: Point }, Empty }
trait Area: Show { type Unit; const SIDES: i64; func area(self) -> f64; }
impl<T> Area for Stack<Map<T, i64>> where T: Ord { func area(inout self, k: inout [f64; 3] = 1.5e3) -> f64 { self.x *= k; 0.0 } }
extern "C" { func strlen(s: ptr<u8>) -> u64; }
const LIMIT: u8 = 0xFFu8;
async func main() -> Result<(), string> {
    let (a, mut_b): (i64, [string]) = (1, ["a\\n", r"b", """c
d"""]);
    'outer: for (let i = 0; i < 10; i += 1) { if i == 3 { continue 'outer; } else if i > 4 && !a { break } }
    for x in &xs { x += -1 ** 2; }
    let c = |x: i64, inout y| -> i64 { x as u8 };
    match a { 0 | 1 => 2, Some(x) if x > 1 => { y } P { x, .. } => x += 1, [a, ..rest] => -1, 'a'..='z' => b'A', }
    print(f"{a:>8.3f} {{}} {f(b, c: [x for x in 0..n if x?.y])}", xs[1..], t.0.1);
    select { v = ch.recv() => v, timeout(1) => loop { break 1; } }
    while let Some(x) = it.next() { spawn f(x); await g::<i64>(&unsafe x); }
    [0; n]
}
'''


def check(text: str) -> Module:
    """Parse a text twice, fully and lazily, and check what must hold for every input."""
    engine = DiagnosticEngine()
    source = SourceFile("fuzz.luma", text)
    module = parse_source(source, engine)
    pending: list[tuple[Node, int]] = [(module, 0)]
    while pending:
        node, depth = pending.pop()
        assert 0 <= node.start <= len(text) and 0 <= node.end <= len(text)
        assert depth < 3000
        pending.extend((child, depth + 1) for child in children(node))
    for diagnostic in engine.diagnostics:
        assert diagnostic.code is not None and diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
    lazy = parse_source(source, DiagnosticEngine(), lazy_bodies=True)
    if not engine.has_errors:
        assert dump(lazy) == dump(module)
    assert render(engine.diagnostics).isascii() or text or engine.diagnostics
    return module


def bounded(share: float) -> settings:
    """Settings for a share of all inputs."""
    return settings(
        max_examples=int(INPUTS * share),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )


@bounded(0.2)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    check(text)


@bounded(0.1)
@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    check(data.decode("utf-8", "surrogateescape"))


PIECES = (
    sorted(KEYWORDS)
    + PUNCTUATION
    + [
        "x",
        "Point",
        "1",
        "2.5",
        '"s"',
        "'c'",
        "b'c'",
        "'a",
        "\n",
        '"',
        'f"',
        "{x:",
        '}"',
        "/*",
        "///d\n",
        "any",
        "parallel",
        "fn",
        "and",
        "0x",
        "é",
        "\\",
    ]
)


@bounded(0.4)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from([" ", ""]))
def test_any_tokens(pieces: list[str], separator: str) -> None:
    check("func f() {" + separator.join(pieces) + "}")
    check(separator.join(pieces))


TOKENS = tokenize(SourceFile("program.luma", PROGRAM), [])
SPANS = list(zip(TOKENS.starts, TOKENS.ends, strict=True))


@bounded(0.3)
@given(st.integers(0, 2**32))
def test_mutated_programs(seed: int) -> None:
    generator = random.Random(seed)
    text = PROGRAM
    for _ in range(generator.randint(1, 4)):
        first, last = generator.choice(SPANS)
        other_first, other_last = generator.choice(SPANS)
        kind = generator.randrange(4)
        if kind == 0:
            text = text[:first] + text[last:]
        elif kind == 1:
            text = text[:first] + PROGRAM[other_first:other_last] + " " + text[first:]
        elif kind == 2:
            text = text[:first] + generator.choice(PIECES) + text[last:]
        else:
            text = text[: generator.randrange(len(text) + 1)]
    check(text)


def test_the_program_itself_is_right() -> None:
    diagnostics: list[Diagnostic] = []
    tokenize(SourceFile("program.luma", PROGRAM), diagnostics)
    engine = DiagnosticEngine()
    module = parse_source(SourceFile("program.luma", PROGRAM), engine)
    assert [str(diagnostic) for diagnostic in [*diagnostics, *engine.diagnostics]] == []
    assert isinstance(module.items[-1], FuncDecl)


def test_deep_nesting_is_a_diagnostic() -> None:
    for opening, closing in ["()", "[]", ("{", "}"), ("-", ""), ("!", ""), ("f(", ")"), ("if x {", "}"), ("|x| ", ""), ("x.y(", ")"),
                             ("match x { _ => ", "}"), ("a + (", ")"), ("f\"{", "}\""), ("x ** ", ""), ("loop {", "}"), ("&", "")]:  # fmt: skip
        for depth in (150, 5000):
            text = "func f() { let x = " + opening * depth + "1" + closing * depth + "; }"
            engine = DiagnosticEngine()
            module = parse_source(SourceFile("deep.luma", text), engine)
            assert isinstance(module.items[0], FuncDecl)
            assert depth < 200 or engine.has_errors


def test_deep_types_patterns_and_items_are_diagnostics() -> None:
    for text in ["type T = " + "[" * 5000 + "i64" + "]" * 5000 + ";", "type T = " + "A<" * 5000 + "i64" + ">" * 5000 + ";",
                 "func f() { let " + "(" * 5000 + "x" + ")" * 5000 + " = 1; }", "type T = i64" + "?" * 5000 + ";",
                 "func f() {" * 5000 + "}" * 5000, "impl P {" * 3000 + "}" * 3000, "func f() { x" + ".y" * 5000 + "; }",
                 "func f() { x" + " + y" * 5000 + "; }", "func f() { if a {}" + " else if a {}" * 5000 + "}",
                 "func f() { x" + " as i64" * 5000 + "; }", "#[a" + "(a" * 3000 + ")" * 3000 + "] func f() {}",
                 "func f() { match x { " + "P(" * 3000 + ")" * 3000 + " => 1 } }", "func f() { " + "P { x: " * 3000 + "}" * 3000 + " }"]:  # fmt: skip
        engine = DiagnosticEngine()
        parse_source(SourceFile("deep.luma", text), engine)
        assert engine.has_errors


def test_huge_inputs_take_linear_time() -> None:
    for text in [
        "(" * 20_000,
        "func f() { g(); }\n" * 3_000,
        "{}" * 20_000,
        "'" * 20_000,
        '"' * 20_001,
        "/*" * 50_000,
        "#[" * 10_000,
        "<" * 20_000,
        'f"{' * 20_000,
    ]:
        parse_source(SourceFile("huge.luma", text), DiagnosticEngine())
