"""What the parser says about wrong programs: each mistake once, at its place, with the edit that mends it."""

# ruff: noqa: E501 - a case of a table stands on one line

from __future__ import annotations

import pytest

from luma_ir.frontend.ast import FuncDecl, dump
from luma_ir.frontend.parser import parse_source
from luma_ir.ir.diagnostics import Diagnostic, DiagnosticEngine, SourceFile


def diagnose(text: str) -> list[Diagnostic]:
    """The diagnostics for a text."""
    engine = DiagnosticEngine()
    parse_source(SourceFile("t.luma", text), engine)
    return engine.diagnostics


def brief(diagnostic: Diagnostic) -> tuple[str | None, str]:
    """Code and marked text of a diagnostic."""
    assert diagnostic.span is not None
    return diagnostic.code, diagnostic.span.text


def mend(text: str) -> str:
    """A text after all suggested edits."""
    edits = []
    for diagnostic in diagnose(text):
        for help in diagnostic.helps:
            if help.edit is not None:
                edits.append((help.edit.span.start, help.edit.span.end, help.edit.replacement))
                break
    for start, end, replacement in sorted(edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("let x = 1\nprint(x);", "let x = 1;\nprint(x);"), ("if x = 1 { }", "if x == 1 { }"), ("while x = y { }", "while x == y { }"),
        ("a and b or c;", "a && b || c;"), ("not x;", "!x;"), ("if a { } elif b { }", "if a { } else if b { }"), ("i++;", "i += 1;"), ("i--;", "i -= 1;"),
        ("var x = 1;", "let x = 1;"), ("let mut x = 1;", "let  x = 1;"), ("int x = 5;", "let x: i64 = 5;"), ("x := 5;", "let x = 5;"), ("f(a b);", "f(a, b);"),
        ("f(a; b);", "f(a, b);"), ("[1 2];", "[1, 2];"), ("f<i64>(x);", "f::<i64>(x);"), ("Stack<i64>::new();", "Stack::<i64>::new();"), ("f(b = 2);", "f(b: 2);"),
        ("P { x = 2 };", "P { x : 2 };"), ("if p == P { x: 1 } { }", "if p == (P { x: 1 }) { }"), ("a === b;", "a == b;"), ("a <> b;", "a != b;"),
        ("a < b < c;", "a < b && b < c;"), ("match x { 1 -> 2, _ => 3 }", "match x { 1 => 2, _ => 3 }"), ("switch x { _ => 3 }", "match x { _ => 3 }"),
        ("match x { case 1 => 2, default => 3 }", "match x {  1 => 2, _ => 3 }"), ("for i = xs { }", "for i in xs { }"), ("f(&mut x);", "f(& x);"), ("f(inout x);", "f(& x);"),
        ("let x: &i64 = 1;", "let x: i64 = 1;"), ("print(a;", "print(a);"), ("let xs = [1, 2;", "let xs = [1, 2];"), ("m[1, 2];", "m[1][ 2];"), ("f(*p);", "f(p);"),
        ("let x == 1;", "let x = 1;"), ('"\\q";', '"\\\\q";'), ("1usize;", "1u64;"), ('f"}";', 'f"}}";'), ("let x = “a;", 'let x = "a;'), ("x.type;", "x.type_;"),
        ("'ab';", '"ab";'), ("if let Some(x) == y { }", "if let Some(x) = y { }"),
        ("let g = move |x| x;", "let g = |x| x;"), ("let g = |x| => x;", "let g = |x|  x;"),
        ("let g: (i64) -> i64 = h;", "let g: func(i64) -> i64 = h;"), ("let g: i64 -> bool = h;", "let g: func(i64) -> bool = h;"),
        ("let g: (i64, [bool]) -> i64? = h;", "let g: func(i64, [bool]) -> i64? = h;"), ("let g: () -> i64 = h;", "let g: func() -> i64 = h;"),
        ("let g: fn(i64) -> i64 = h;", "let g: func(i64) -> i64 = h;"), ("let g: Fn(A, B) = h;", "let g: func(A, B) = h;"), ("let g: func(x: i64) -> i64 = h;", "let g: func(i64) -> i64 = h;"),
    ],
)  # fmt: skip
def test_statements_are_mended(wrong: str, right: str) -> None:
    found = diagnose("func f() { " + wrong + " }")
    assert found != []
    assert mend("func f() { " + wrong + " }") == "func f() { " + right + " }"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("fn f() {}", "func f() {}"), ("def f() {}", "func f() {}"), ("class P {}", "struct P {}"), ("public func f() {}", "pub func f() {}"), ("let x = 1;", "const x = 1;"),
        ("func f() : i64 { 1 }", "func f() -> i64 { 1 }"), ("func f(int x) {}", "func f(x: i64) {}"), ("func f(inout x: i64) {}", "func f(x: i64) {}"), ("func f(mut x: i64) {}", "func f( x: i64) {}"),
        ("impl P { func f(&mut self) {} func g(&self) {} }", "impl P { func f(inout self) {} func g(self) {} }"), ("import a::b;", "import a.b;"), ("struct P { x: i64; y: i64 }", "struct P { x: i64, y: i64 }"),
        ("struct P;", "struct P {}"), ("struct P {};", "struct P {}"), ("import a.b\nfunc f() {}", "import a.b;\nfunc f() {}"), ("func f {}", "func f() {}"), ("func f() {}}", "func f() {}"),
        ("struct P { var x: i64 }", "struct P {  x: i64 }"), ("const func f() {}", " func f() {}"), ("use a;", "import a;"),
    ],
)  # fmt: skip
def test_items_are_mended(wrong: str, right: str) -> None:
    assert mend(wrong) == right


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("func f() { let = 1; }", [("E0011", "=")]), ("func f() { let x = ; let y = 2; g(; }", [("E0011", ";"), ("E0014", "(")]), ("func f() { x.; }", [("E0011", ";")]),
        ("func f() { a ? b : c; }", [("E0016", "?")]), ("func f() { else { } }", [("E0011", "else")]), ("func f() { x = y = z; }", [("E0011", "=")]), ("func f() { a[]; }", [("E0011", "]")]),
        ("func f() { print \"a\"; }", [("E0011", '"a"')]), ("func f() { let x: = 1; }", [("E0011", "=")]), ("func f() { _ = g(); }", [("E0011", "_")]), ("func f() { a ..< b; }", [("E0011", "<")]),
        ("func f() { g(lambda x: x + 1); }", [("E0016", "lambda")]), ("func f() { let g = fn(x) { x }; }", [("E0016", "fn")]), ("func f() { let g = (x) -> x; }", [("E0011", "->")]),
        ("func f() { if fn(x) { } }", []), ("func f() { let y = move | x; let z = move | x | y; }", []), ("func f() { g(|x|); }", [("E0011", "")]), ("func f() { g(|x: i64| -> i64 x); }", [("E0011", "x")]), ("func f() { g(|x y| x); }", [("E0011", "y")]),
        ("func f() { x in xs; }", [("E0011", "in")]), ("func f() { x => x; }", [("E0011", "=>")]), ("func f() { if a print(1); }", [("E0011", "print")]), ("func f() { new P(1); }", [("E0016", "new")]),
        ("func f() { f(a: 1, 2); }", [("E0021", "2")]), ("func f() { match x { P { .., x } => 1 } }", [("E0025", ",")]),
        ("print(1);\nprint(2);", [("E0022", "print")]), ("# c\nfunc f() {}", [("E0024", "#")]), ("#[a]", [("E0024", "#[a]")]), ("func f() { #[a] let x = 1; x }", [("E0024", "#[a]")]), ("func f() { #[a]\nx = 1; }", [("E0024", "#[a]")]), ("#![a]\nfunc f() {}", [("E0024", "#")]), ("pub", [("E0011", "")]),
        ("func", [("E0011", "")]), ("func f(x) {}", [("E0011", ")")]), ("func f(a: i64, self) {}", [("E0011", "self")]), ("enum E { A = 1, B }", [("E0011", "=")]), ("struct P(i64);", [("E0011", "(")]),
        ("import \"a\";", [("E0011", '"a"')]), ("import a.*;", [("E0011", "*")]), ("impl A : B {}", [("E0016", ":")]), ("impl P { struct Q {} }", [("E0011", "struct Q {}")]), ("func f() = 1;", [("E0011", "=")]),
        ("func f()", [("E0011", "")]), ('extern "C" { func f() {} }', [("E0011", "func f()")]), ("struct P { func f() {} x: i64 }", [("E0011", "func")]), ("func f() { f\"{}\"; f\"{a b}\"; }", [("E0009", "{}"), ("E0011", "b")]),
        ("func f() { f\"{x:zz}\"; }", [("E0010", "zz")]), ("func f() { 0x; 0b2; 1e; 99999999999999999999; 1z; }", [("E0006", "0x"), ("E0006", "0b2"), ("E0006", "1e"), ("E0008", "9" * 20), ("E0007", "z")]),
        ("func f() { '\\u{D800}'; \"\\u{zz}\"; \"\\x41\"; b'é'; }", [("E0005", "\\u{D800}"), ("E0005", "\\u{zz}"), ("E0005", "\\x"), ("E0004", "b'é'")]), ("type = i64;", [("E0011", "=")]), ("type A = ;", [("E0011", ";")]),
        ("func f() { let x = await; }", [("E0011", ";")]), ("func f() { x.await; }", [("E0016", "await")]), ("func f() { (1)::x; }", [("E0011", "::")]), ("func f() { 'a: x; }", [("E0011", "x")]),
        ("func f() { f(1, 2 }", [("E0014", "(")]), ("func f() { f(1]; }", [("E0014", "]")]), ("func f() {", [("E0014", "{")]), ("func f() { g(a)); h() }", [("E0014", ")")]),
        ("func f() { a..b..c; }", [("E0015", "..")]), ("func f() { let x = 5 +; let y = * 3; }", [("E0011", ";"), ("E0016", "*")]), ("func f() { match { 1 => 2 } }", [("E0011", "{")]),
    ],
)  # fmt: skip
def test_each_mistake_is_reported_once(text: str, expected: list[tuple[str, str]]) -> None:
    assert [brief(diagnostic) for diagnostic in diagnose(text)] == expected


def test_several_independent_errors_in_one_run() -> None:
    text = (
        "func a() { let x = ; }\nfunc b() { f(1 2); if x = 1 { y( } }\nstruct P { x i64, y: i64 }\nfunc c() { i++; }\n"
    )
    assert [diagnostic.code for diagnostic in diagnose(text)] == ["E0011", "E0018", "E0013", "E0014", "E0011", "E0016"]


def test_a_missing_brace_does_not_swallow_the_next_function() -> None:
    text = "func a() {\n    if x {\n        y();\n}\n\nfunc b() { let = 1; }\n\nfunc c() { 1 }\n"
    engine = DiagnosticEngine()
    module = parse_source(SourceFile("t.luma", text), engine)
    assert [diagnostic.code for diagnostic in engine.diagnostics] == ["E0014", "E0011"]
    assert engine.diagnostics[0].labels[0].span.start == text.index("{\n        y")
    assert [item.name.text for item in module.items if isinstance(item, FuncDecl)] == ["a", "b", "c"]


def test_what_is_right_around_an_error_is_kept() -> None:
    engine = DiagnosticEngine()
    module = parse_source(SourceFile("t.luma", "func f() { let x: i64 = 1 +; g(a, b c, *, d); h(); }"), engine)
    text = dump(module)
    assert "LetStmt(pattern=BindingPattern(name=x), type=PathTypeExpr(path=i64), value=ErrorExpr())" in text
    for name in "abcd":
        assert f"Argument(value=NameExpr(name='{name}'))" in text
    assert "NameExpr(name='h')" in text


def test_diagnostics_come_in_the_order_of_the_text() -> None:
    starts = [diagnostic.span.start for diagnostic in diagnose('func f() { x = ; "\\q"; § f(a b; }') if diagnostic.span]
    assert starts == sorted(starts)
    assert len(starts) == 4


def test_messages_follow_the_house_style() -> None:
    for text in ["func f() { let = 1 }", "fn f() { i++ }", "#[", "func f() { a < b < c }", "struct P(i64)"]:
        for diagnostic in diagnose(text):
            assert not diagnostic.message[0].isupper()
            assert not diagnostic.message.endswith(".")
