"""Warnings: what is unused, what may be, and what makes errors of them. Their texts are golden: `unused.luma`."""

from __future__ import annotations

from pathlib import Path

import pytest

from luma_ir.driver.session import Options, Session
from luma_ir.ir.diagnostics import SourceFile, Span


def warnings(text: str, **options: bool | str) -> list[str]:
    """The warnings about a program that is right."""
    session = Session(Options(**options))  # type: ignore[arg-type]
    session.check_text(SourceFile("demo.luma", text), Path("/nowhere"))
    return [str(each).partition(": ")[2] for each in session.engine.diagnostics]


@pytest.mark.parametrize(
    "text",
    [
        "func f() {} func main() { f(); }",
        "func f() {} func g() { f(); } func main() { g(); }",
        "func f(x: i64) -> i64 { x } func main() { print([1].map(f)); }",
        "func f() -> i64 { 1 } func main() { let g = || f(); print(g()); }",
        "func f() -> i64 { 1 } func g(x: i64 = f()) { print(x); } func main() { g(); }",
        "func f() -> i64 { 1 } struct S { x: i64 = f() } func main() { print(S {}.x); }",
        "func f() {} pub func g() { f(); } func main() {}",
        "func f() {} #[test] func t() { f(); } func main() {}",
        "func f() {} #[bench] func t() { f(); } func main() {}",
        'func f() {} #[export("g")] func g() { f(); } func main() {}',
        "func f() {} #[allow(unused)] func g() { f(); } func main() {}",
        "func f() {} #[allow(W0001)] func g() { f(); } func main() {}",
        "func f() -> i64 { 1 } struct S {} impl Default for S { func default() -> S { print(f()); S {} } }"
        " func main() { let _ = S {}; }",
        "trait T { func a(self) { b(); } } func b() {} struct S {} impl T for S {} func main() { S {}.a(); }",
        "struct S { xs: [i64] } impl S { #[place] func at(self) -> i64 { self.xs[0] } }"
        " func main() { let s = S { xs: [1] }; s.at() += 1; print(s.xs); }",
        "const A = 3; const B = A; func main() { print(B); }",
        "func f() {}",
        "const N = 2; func main() { let x: [i64; N] = [1, 2]; print(x); }",
        "enum E { A, B } func main() { print(match E::A { E::A => 1, E::B => 2 }); }",
        "trait Named { func name(self) -> string; } func f<T: Named>(x: T) { print(x.name()); }"
        ' struct S {} impl Named for S { func name(self) -> string { "s" } } func main() { f(S {}); }',
        "func f<T>(x: T) -> T { x } func main() { print(f(1)); }",
    ],
)
def test_what_is_used(text: str) -> None:
    assert warnings(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("func f() {} func main() {}", "function `f`"),
        ("func f() { f(); } func main() {}", "function `f`"),
        ("struct S {} impl S { func f() {} } func main() { let _ = S {}; }", "static function `S::f`"),
        ("struct S {} impl S { func f(self) {} } func main() { let _ = S {}; }", "method `S::f`"),
        ("func main() { func f() {} }", "function `f`"),
        ("const A = 1; func main() {}", "constant `A`"),
        ("type A = i64; func main() {}", "type `A`"),
    ],
)
def test_what_is_unused(text: str, name: str) -> None:
    assert warnings(text) == [f"warning[W0001]: the {name} is never used"]


def test_a_test_program_is_not_told_about_its_helpers() -> None:
    assert warnings("func f() {} #[test] func t() {}", harness="test") == []


def test_the_edit_takes_an_import_away() -> None:
    text = "import std.io;\nimport std.math.{sqrt, floor, ceil};\nfunc main() { print(floor(1.5)); }\n"
    session = Session()
    session.check_text(SourceFile("demo.luma", text), Path("/nowhere"))
    edits = [each.helps[0].edit for each in session.engine.diagnostics]
    assert len(edits) == 3
    for edit in sorted((each for each in edits if each), key=lambda each: -each.span.start):
        assert isinstance(edit.span, Span)
        text = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    assert text == "import std.math.{floor};\nfunc main() { print(floor(1.5)); }\n"


def test_allow_takes_known_kinds() -> None:
    assert warnings("#[allow(unusd)] func main() {}") == ["error[E0115]: `unusd` is no kind of warning"]
    assert warnings("#[allow] func main() {}")[0].startswith("error[E0115]: the attribute `allow` names what")
    assert warnings('#[deprecated("x")] func f() {} #[allow(deprecated)] func main() { f(); }') == []
    assert warnings("#[allow(unreachable)] func main() { return; print(1); }") == []


def test_denied_warnings_are_errors() -> None:
    text = "func main() { let x = 1; }"
    assert warnings(text) == ["warning[W0001]: the variable `x` is never used"]
    assert warnings(text, deny_warnings=True) == ["error[W0001]: the variable `x` is never used"]
    session = Session(Options(deny_warnings=True))
    assert session.check_text(SourceFile("demo.luma", text), Path("/nowhere")) is None
