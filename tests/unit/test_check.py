"""The checker on programs that are right: no diagnostics, and the types that inference finds."""

# ruff: noqa: E501 - a program of a table stands on one line

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import fields, has

from luma_ir.driver.loader import FileLoader
from luma_ir.frontend import hir
from luma_ir.frontend.check import CheckOptions, check_program
from luma_ir.frontend.types import FixedType, Type
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile


class Sources(FileLoader):
    """The library, and modules from a dictionary."""

    texts: dict[str, str]

    def load(self, name: tuple[str, ...]) -> SourceFile | None:
        """The source of a module."""
        text = self.texts.get(".".join(name))
        return SourceFile("/".join(name) + ".luma", text) if text is not None else super().load(name)


UNUSED_ITEM = re.compile(
    r"W0001\]: the (function|static function|method|struct|enum|trait|type|constant) `\w+(::\w+)?` is never used$"
)


def check(text: str, modules: dict[str, str] | None = None, **cfg: str | bool) -> tuple[hir.Program | None, list[str]]:
    """The typed tree of a program and its diagnostics as text."""
    engine = DiagnosticEngine()
    loader = Sources(Path("/nowhere"))
    loader.texts = modules or {}
    program = check_program(SourceFile("demo.luma", text), loader, engine, CheckOptions(cfg={"os": "linux", **cfg}))
    return program, [str(diagnostic) for diagnostic in engine.diagnostics]


def accepted(text: str, modules: dict[str, str] | None = None, **cfg: str | bool) -> hir.Program:
    """The typed tree of a program that must be right; it may have functions and types that nothing uses."""
    program, diagnostics = check(text, modules, **cfg)
    assert [each for each in diagnostics if not UNUSED_ITEM.search(each)] == []
    assert program is not None
    return program


def function(program: hir.Program, symbol: str) -> hir.Function:
    """The function with a symbol."""
    return next(each for each in program.functions if each.symbol == symbol)


def local_types(program: hir.Program, symbol: str = "demo.main") -> dict[str, str]:
    """The types of the variables that a function declares."""
    found: dict[str, str] = {}

    def walk(node: object) -> None:
        if isinstance(node, hir.Local):
            if node.name:
                found.setdefault(node.name, str(node.type))
        elif isinstance(node, list | tuple):
            for element in node:
                walk(element)
        elif has(type(node)) and not isinstance(node, Type | hir.Function | hir.StructDef | hir.EnumDef | hir.LoopId):
            for each in fields(type(node)):
                walk(getattr(node, each.name))

    walk(function(program, symbol).body)
    return found


@pytest.mark.parametrize(
    ("body", "types"),
    [
        ("let a = 1; let b = 2.5; let c = 'x'; let d = true; let e = \"s\";", "a=i64 b=f64 c=char d=bool e=string"),
        ("let a: f64 = 42; let b: u8 = 7; let c = 7u16; let d = 1f32;", "a=f64 b=u8 c=u16 d=f32"),
        ("let xs = []; xs.push(3u8);", "xs=[u8]"),
        ('let xs = []; let ys = xs; ys.push("a");', "xs=[string] ys=[string]"),
        ("let n = 0; let k: u16 = n;", "n=u16 k=u16"),
        ("let a = 2 * 1.5; let b = 1 - 2.0 * 3;", "a=f64 b=f64"),
        ("let a = [1, 2.5]; let b = [[], [1.5]];", "a=[f64] b=[[f64]]"),
        ("let a = if true { 1 } else { 2.5 };", "a=f64"),
        ("let a = min(1, 2.5); let b = max('a', 'b');", "a=f64 b=char"),
        ("let a: [f64; 3] = [1, 2, 3]; let b = [0; 3]; let c: [i64; 2] = [0; 2];", "a=[f64; 3] b=[i64] c=[i64; 2]"),
        ("let o = None; if true { o = Some(3); }", "o=i64?"),
        ("let v = loop { break 2.5; };", "v=f64"),
        ("let (a, (b, _)) = (1, (2.5, 'c'));", "a=i64 b=f64"),
        ("let xs = [x * 0.5 for x in [1.0, 2.0] if x > 1];", "xs=[f64] x=f64"),
        ('for (i, c) in "abc".chars().enumerate() { let k = (i, c); }', "i=i64 c=char k=(i64, char)"),
        ('for b in "abc".bytes() { let n = b; }', "b=u8 n=u8"),
        ("let p: u32 = 5; for i in 0..p { let k = i; }", "p=u32 i=u32 k=u32"),
        ('for (a, b) in zip([1], ["x"]) { let t = (b, a); }', "a=i64 b=string t=(string, i64)"),
        ('let s = "abc"; let t = s[1..]; let u = s + t; let n = s.len();', "s=string t=string u=string n=i64"),
        ("let a = 1 as u8 as char; let b = 2.5 as i32; let c = 'a' as u32;", "a=char b=i32 c=u32"),
        ('let m = match 3 { 1 => "a", n if n > 2 => "b", _ => "c" };', "m=string n=i64"),
        ("let m = match Some(2) { Some(x) => x as f64, None => 0 };", "m=f64 x=i64"),
        ("let a; if true { a = 1; } else { a = 2; } let b = a;", "a=i64 b=i64"),
        ("const N = 2 + 1; let a: [u8; N] = [0; N];", "a=[u8; 3]"),
        ("let a = { let b = 2; b * 2 };", "a=i64 b=i64"),
        ("let a = 1 << 3u8; let b = 1u32 << 5;", "a=i64 b=u32"),
        ("let x = 1.5; let y = x ** 2; let z = -x;", "x=f64 y=f64 z=f64"),
        ("let r: Result<i64, string> = Ok(1); let k = r.ok();", "r=Result<i64, string> k=i64?"),
    ],
)
def test_inference(body: str, types: str) -> None:
    program, diagnostics = check("func main() { " + body + " }")
    assert [each for each in diagnostics if "error" in each] == []
    assert program is not None
    found = local_types(program)
    assert {
        pair.partition("=")[0]: pair.partition("=")[2] for pair in types.split(" ") if "=" in pair
    }.keys() <= found.keys()
    for name, type_ in found.items():
        assert f"{name}={type_}" in types


@pytest.mark.parametrize(
    "text",
    [
        "func main() {}",
        "func main() -> i32 { 3 }",
        "func main() -> Result<(), string> { Err(\"bad\") }",
        "func f(a: i64, b: i64 = 2) -> i64 { a * b } func main() { print(f(1), f(1, 3), f(a: 1, b: 2), f(1, b: 2)); }",
        "func f(n: i64) -> i64 { let n = n; n += 1; n } func main() { print(f(1)); }",
        "func f(n: i64) -> i64 { if n > 0 { return 1; } else { return 2; } } func main() { print(f(1)); }",
        "func f(n: i64) -> i64 { loop { if n > 0 { return 1; } } } func main() { print(f(1)); }",
        "func f(n: i64) -> i64 { while true { if n > 0 { break; } } panic(\"x\") } func main() { print(f(1)); }",
        "func main() { let xs = [3, 1]; xs.sort(); swap(&xs[0], &xs[1]); for x in &xs { x += 1; } print(xs); }",
        "struct P { x: i64, y: i64 } func main() { let p = P { x: 1, y: 2 }; swap(&p.x, &p.y); print(p.x, p.y); }",
        "struct S { xs: [i64] } impl S { func add(inout self, n: i64) { self.xs.push(n); } } func main() { let a = [S { xs: [] }]; a[0].add(1); print(a[0].xs); }",
        "trait A { func f(self) -> i64; func g(self) -> i64 { self.f() * 2 } } impl A for i64 { func f(self) -> i64 { self } } impl<T: A> A for [T] { func f(self) -> i64 { self[0].g() } } func main() { print([3].g()); }",
        "func big<T: Ord + Show>(a: T, b: T) -> string { if a < b { f\"{b}\" } else { f\"{a}\" } } func main() { print(big(1, 2), big(\"a\", \"b\")); }",
        "#[derive(Eq, Ord, Show, Debug)] struct P<T> { a: T } func main() { print(P { a: 1 } == P { a: 2 }, P { a: [1.5] }, [P { a: \"x\" }]); }",
        "enum Tree { Leaf, Node([Tree], i64) } impl Tree { func sum(self) -> i64 { match self { Tree::Leaf => 0, Tree::Node(xs, n) => { let t = n; for x in xs { t += x.sum(); } t } } } } func main() { print(Tree::Node([Tree::Leaf], 3).sum()); }",
        "func f() -> i64? { let x = g()?; Some(x + 1) } func g() -> i64? { None } func main() { print(f()); }",
        "enum E { A(string) } impl From<string> for E { func from(value: string) -> E { E::A(value) } } func f() -> Result<i64, string> { Ok(1) } func g() -> Result<i64, E> { Ok(f()?) } func main() { print(g().is_ok()); }",
        "struct C { n: i64 } impl C { func next(inout self) -> i64? { if self.n > 0 { self.n -= 1; Some(self.n) } else { None } } } func main() { for x in (C { n: 3 }) { print(x); } }",
        "func main() { 'a: for i in 0..3 { for j in 0..3 { if i * j == 2 { break 'a; } if j > i { continue 'a; } } } }",
        "func main() { let s = 0; for (let i = 0; i < 9; i += 2) { s += i; } for c in ('a'..='c').rev() { print(c); } for i in (0..9).step(3) { s += i; } print(s); }",
        "const A = [1, 2]; const B: (i64, string) = (A[1], \"x\"); const C: i64? = Some(A[0]); func main() { print(A, B, C); }",
        "func main() { let a = 1; let b = 2; (a, b) = (b, a); print(a, b); func inner(n: i64) -> i64 { if n == 0 { 0 } else { inner(n - 1) } } print(inner(3)); }",
        "type Grid = [[f64]]; type Pair<T> = (T, T); func main() { let g: Grid = [[1]]; let p: Pair<i64> = (1, 2); print(g, p); }",
        "extern \"C\" { func abs(n: i32) -> i32; } func main() { print(unsafe { abs(-3) }); }",
        "#[op(\"math.sqrt\")] func root(x: f64) -> f64; #[inline] func twice(x: f64) -> f64 { x * 2 } func main() { print(root(twice(2))); }",
        "func main() { let (a, b) = (1, \"k\"); print(f\"{a:>5}{b:^9}{1.5:.2f}{255:#x}{true}{[a]}\"); assert(a == 1, \"no\"); assert_eq(a, 1); }",
        "func main() { let f: [i64; 3] = [3, 1, 2]; f.swap(0, 1); print(f.len(), f.contains(2), f[1..]); }",
        "func main() { let x: u8 = 255; let y = !true | false; let z = x & 15 ^ 3; print(z, y, ~x, -5 % 3, 7 / 2); }",
        "import std.math; import std.io as input; func main() { print(math.PI, math.sqrt(2)); if let Some(line) = input.read_line() { print(line); } }",
    ],
)  # fmt: skip
def test_accepted(text: str) -> None:
    accepted(text)


def test_modules_may_import_each_other() -> None:
    modules = {
        "shapes": "import demo; import util.{twice as double}; pub struct P { pub x: i64 } pub func make() -> P { P { x: double(demo.SIZE) } }",
        "util": "pub func twice(n: i64) -> i64 { n * 2 }",
    }
    text = "import shapes; import shapes.{P, make}; pub const SIZE = 3; func show(p: P) { print(p.x); } func main() { show(make()); show(shapes.P { x: 1 }); }"
    program = accepted(text, modules)
    assert {"demo.main", "shapes.make", "util.twice"} <= {each.symbol for each in program.functions}


def test_conditional_items() -> None:
    text = '#[cfg(os = "linux")] const N = 1; #[cfg(not(os = "linux"))] const N = 2; #[cfg(any(debug, test))] func f() {} func main() { f(); print(N); }'
    accepted(text, debug=True)
    _, diagnostics = check(text)
    assert diagnostics == ["demo.luma:1:125: error[E0100]: there is nothing named `f` here"]


def test_only_what_is_reached_of_the_library_is_in_the_program() -> None:
    symbols = {each.symbol for each in accepted("func main() {}").functions}
    assert "std.rt.panic_bounds" in symbols
    assert "std.rt.print_string" not in symbols
    symbols = {each.symbol for each in accepted('func main() { print("x"); }').functions}
    assert "std.rt.print_string" in symbols


def test_impls_of_traits_are_found_through_generic_functions() -> None:
    text = 'func less<T: Ord>(a: [T], b: [T]) -> bool { a < b } func main() { print(less(["x"], ["y"])); }'
    program = accepted(text)
    targets = {str(each.self_type) for each in program.impls if each.trait == "std.prelude.Ord"}
    assert {"string"} <= targets
    assert "f64" not in targets


def test_defaults_that_are_not_constant_become_functions() -> None:
    text = "func now() -> i64 { 3 } func f(a: i64 = now(), b: i64 = 2 + 2) -> i64 { a + b } func main() { print(f()); }"
    program = accepted(text)
    function(program, "demo.f.default.a")
    assert all("default.b" not in each.symbol for each in program.functions)


def test_fixed_sizes_are_constant_expressions() -> None:
    program = accepted(
        "const N = 2; struct G { cells: [i64; N * N] } func main() { let g = G { cells: [0; 4] }; print(g.cells[3]); }"
    )
    struct = next(each for each in program.structs if each.symbol == "demo.G")
    assert struct.field_types == [FixedType(struct.field_types[0].element, 4)]  # type: ignore[attr-defined]


def test_the_same_source_gives_the_same_order() -> None:
    text = 'func main() { print([1.5], "a", Some(3)); let xs = [2, 1]; xs.sort(); }'
    orders = {tuple(each.symbol for each in accepted(text).functions) for _ in range(3)}
    assert len(orders) == 1


def test_the_whole_library_is_right() -> None:
    engine = DiagnosticEngine()
    names = [path.stem for path in (Path(__file__).parents[2] / "luma_ir" / "stdlib").glob("*.luma")]
    text = "".join(f"import std.{name} as _{name};\n" for name in sorted(names)) + "func main() {}"
    check_program(SourceFile("all.luma", text), FileLoader(Path("/nowhere")), engine,
                  CheckOptions(cfg={"os": "linux", "leak_check": True}, whole_library=True))  # fmt: skip
    assert [str(each) for each in engine.diagnostics if each.code != "W0002"] == []


def test_deep_and_long_source_is_no_trouble() -> None:
    chain = " + ".join(["x"] * 400)
    nested = "(" * 150 + "x" + ")" * 150
    blocks = "{ " * 80 + "x" + " }" * 80
    accepted(f"func main() {{ let x = 1; print({chain}, {nested}); let y = {blocks}; print(y); }}")
    many = "".join(
        f"func f{i}(a: i64) -> i64 {{ let b = a * {i}; if b > 3 {{ b }} else {{ f{max(i - 1, 0)}(b) }} }}\n"
        for i in range(500)
    )
    accepted(many + "func main() { print(f499(1)); }")
