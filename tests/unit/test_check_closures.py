"""The checker on closures and function values: which types it finds, what is captured, what is called."""

# ruff: noqa: E501 - a program of a table stands on one line

from __future__ import annotations

import pytest
from test_check import accepted, check, function, local_types

from luma_ir.frontend import hir

HELPERS = """
func map<T, U>(xs: [T], f: func(T) -> U) -> [U] { [f(x) for x in xs] }
func fold<T, A>(xs: [T], start: A, f: func(A, T) -> A) -> A { let acc = start; for x in xs { acc = f(acc, x); } acc }
func apply<T, U>(f: func(T) -> U, x: T) -> U { f(x) }
func compose<A, B, C>(f: func(A) -> B, g: func(B) -> C) -> func(A) -> C { |x| g(f(x)) }
func change(x: inout i64, f: func(inout i64)) { f(&x); }
struct Point { x: i64, y: f64 }
impl Point { func new(x: i64) -> Point { Point { x, y: 0.0 } } func sum(self) -> f64 { self.y } func clear(inout self) { self.y = 0.0; } }
enum Shape { Empty, Circle(f64) }
trait Named { func name(self) -> string; }
impl Named for Point { func name(self) -> string { "point" } }
func inc(x: i64) -> i64 { x + 1 }
func identity<T>(x: T) -> T { x }
func stop() -> never { panic("stop") }
"""

TYPES = [
    # Written types, and types from the body.
    ("let f = |x: i64| x;", "f", "func(i64) -> i64"),
    ("let f = |x: i64, y: f64| -> f64 { y };", "f", "func(i64, f64) -> f64"),
    ("let f = || 1.5;", "f", "func() -> f64"),
    ("let f = || {};", "f", "func()"),
    ("let f = |x: i64| print(x);", "f", "func(i64)"),
    ("let f = |inout x: i64| { x += 1; };", "f", "func(inout i64)"),
    ("let f = |x: inout i64| { x += 1; };", "f", "func(inout i64)"),
    ("let f = |_: i64, (a, b): (i64, f64)| a;", "f", "func(i64, (i64, f64)) -> i64"),
    ("let f = |x| x + 1;", "f", "func(i64) -> i64"),
    ("let f = |x| x + 1.5;", "f", "func(f64) -> f64"),
    # Types from use.
    ("let f = |a, b| a + b; let r = f(1, 2);", "f", "func(i64, i64) -> i64"),
    ("let f = |a, b| a + b; let r = f(1.5, 2.0);", "r", "f64"),
    ('let f = |s| s.len(); let r = f("abc");', "f", "func(string) -> i64"),
    ("let f = |x| x * 2; let r = f(2.5);", "r", "f64"),
    ("let f = |x| x; let r = f(1u8);", "r", "u8"),
    ("let f = |p| p.x; let r = f(Point::new(1));", "r", "i64"),
    ("let f = |xs| xs[0]; let r = map([[1.5]], f);", "r", "[f64]"),
    ("let f = |g| g(1.5); let r = f(|x| x > 1.0);", "r", "bool"),
    ("let ops = [|a, b| a + b, |a, b| a - b]; let r = ops[1](1.5, 2.5);", "ops", "[func(f64, f64) -> f64]"),
    ("let f = |x| |y| x + y; let r = f(1.0)(2.0);", "r", "f64"),
    ("let f = |n| { if n > 3 { return None; } Some(n) }; let r = f(2u8);", "r", "u8?"),
    # Types from what a closure is given to.
    ("let r = map([1, 2], |x| x as f64);", "r", "[f64]"),
    ('let r = map(["a"], |s| s.len());', "r", "[i64]"),
    ("let r = map([Point::new(1)], |p| p.y);", "r", "[f64]"),
    ("let r = map([(1, 2.5)], |(a, b)| b);", "r", "[f64]"),
    ("let r = map([1], |x| print(x));", "r", "[()]"),
    ("let r = fold([1, 2], 0, |a, x| a + x);", "r", "i64"),
    ("let r = fold([1.5], 0.0, |a, x| a + x);", "r", "f64"),
    ('let r = fold([1], "", |a, x| f"{a}{x}");', "r", "string"),
    ("let r = apply(|x| x + 1, 3u8);", "r", "u8"),
    ('let r = compose(|x: i64| x + 1, |x| f"{x}");', "r", "func(i64) -> string"),
    ('let r = compose(|x| x + 1, |x| f"{x}")(3u8);', "r", "string"),
    ("let f: func(u8) -> bool = |x| x > 3; let r = f(1);", "r", "bool"),
    ("let r = map([1, 2], |n| |x: f64| x > 1.0);", "r", "[func(f64) -> bool]"),
    ("let r = map([1], |x| { if x > 0 { return 1.5; } 2.0 });", "r", "[f64]"),
    ("let r = map([1], |x| Some(x)?);", "r", "[?]"),
    ("let r = map([Some(1)], |x| { let y = x?; Some(y as f64) });", "r", "[f64?]"),
    ('let r = map(["1"], |s| { let n = s.parse::<i64>()?; Ok(n) });', "r", "[Result<i64, string>]"),
    # Functions, methods, variants and builtins as values.
    ("let r = inc;", "r", "func(i64) -> i64"),
    ("let r = map([1], inc);", "r", "[i64]"),
    ("let r = map([1.5], identity);", "r", "[f64]"),
    ("let r = identity::<u8>;", "r", "func(u8) -> u8"),
    ("let r: func(u8) -> u8 = identity;", "r", "func(u8) -> u8"),
    ("let r = map([1], Some);", "r", "[i64?]"),
    ("let r = map([1.5], Shape::Circle);", "r", "[Shape]"),
    ("let r = map([1], Point::new);", "r", "[Point]"),
    ("let r = Point::clear;", "r", "func(inout Point)"),
    ("let r = map([Point::new(1)], Point::sum);", "r", "[f64]"),
    ("let r = map([Point::new(1)], Named::name);", "r", "[string]"),
    ("let r = map([1], print);", "r", "[()]"),
    ("let r = map([4.0], f64::sqrt);", "r", "[f64]"),
    ("let r: func() -> i64 = stop;", "r", "func() -> i64"),
    ("let r = [inc, |x| x * 2];", "r", "[func(i64) -> i64]"),
    ("let r = if true { inc } else { |x| x };", "r", "func(i64) -> i64"),
    ("let r = Some(inc);", "r", "(func(i64) -> i64)?"),
]


@pytest.mark.parametrize(("body", "name", "type_"), TYPES, ids=[body for body, _, _ in TYPES])
def test_types(body: str, name: str, type_: str) -> None:
    """The type of a variable of a function with closures."""
    program, diagnostics = check(HELPERS + f"func main() {{ {body} }}")
    errors = [each for each in diagnostics if "error" in each]
    if type_ == "[?]":
        assert errors
        return
    assert errors == []
    assert program is not None
    assert local_types(program)[name] == type_


def closures(program: hir.Program) -> dict[str, hir.Function]:
    """The functions of a program's closures by the ends of their symbols."""
    return {each.symbol.partition(".")[2]: each for each in program.functions if "{closure" in each.symbol}


def test_captures_are_parameters_in_order_of_use() -> None:
    """What a closure captures comes in front of its parameters, once each, by value."""
    text = (
        "func main() { let a = 1; let b = 2.5; let c = 3; let f = |x: i64| { print(b, a, b); x + a }; print(f(1), c); }"
    )
    program = accepted(text)
    made = closures(program)["main.{closure#0}"]
    assert [(param.local.name, str(param.local.type), param.inout) for param in made.params] == [
        ("b", "f64", False),
        ("a", "i64", False),
        ("x", "i64", False),
    ]
    assert made.display_name == "main::{closure}"
    assert str(made.result) == "i64"


def test_nested_closures_capture_through_each_other() -> None:
    """A variable two functions out is captured by both closures."""
    program = accepted("func main() { let k = 2; let f = |x: i64| { let g = |y: i64| x + y + k; g(1) }; print(f(3)); }")
    found = closures(program)
    outer, inner = found["main.{closure#0}"], found["main.{closure#0}.{closure#0}"]
    assert [param.local.name for param in outer.params] == ["k", "x"]
    assert [param.local.name for param in inner.params] == ["x", "k", "y"]


def test_a_closure_in_a_generic_function_has_its_type_parameters() -> None:
    """The function of a closure takes those of the functions and impls around."""
    program = accepted(
        "struct Box<T> { value: T } impl<T> Box<T> { func pair<U>(self, other: U) -> func() -> (T, U) { || (self.value, other) } }"
        'func main() { let f = Box { value: 1 }.pair("a"); print(f().0); }'
    )
    made = next(each for each in program.functions if "{closure" in each.symbol)
    assert made.type_params == ["T", "U"]
    assert [param.local.name for param in made.params] == ["self", "other"]


def test_a_plain_function_is_its_own_code() -> None:
    """No wrapper where a function can be named; one around what is no function of the program."""
    program = accepted(
        HELPERS + "func main() { let a = inc; let b: func(f64) -> Shape = Shape::Circle; print(a(1)); b(1.0); }"
    )
    assert [name for name in closures(program) if name.startswith("main")] == ["main.{closure#0}"]
    assert function(program, "demo.inc") is not None


def test_a_waiting_body_sees_the_names_where_it_stands() -> None:
    """A closure whose types are found later still means the variables of its own place."""
    program = accepted('func main() { let k = 1; let f = |x| x + k; let k = "later"; print(f(2), k); }')
    made = closures(program)["main.{closure#0}"]
    assert [(param.local.name, str(param.local.type)) for param in made.params] == [("k", "i64"), ("x", "i64")]


WARNINGS = [
    ("let k = 1; let f = |x| x + k; print(f(1));", []),
    ("let k = 1; let f = || 2; print(f());", ["`k`"]),
    ("let f = |x: i64| x + 1;", ["`f`"]),
    ("|x: i64| x + 1;", ["never called"]),
    ("let f = |unused: i64| 1; print(f(1));", []),
    ("let f = || { let inner = 1; 2 }; print(f());", ["`inner`"]),
    ('let f = |s: string| { s.parse::<i64>(); }; f("1");', ["dropped"]),
]


@pytest.mark.parametrize(("body", "parts"), WARNINGS, ids=[body for body, _ in WARNINGS])
def test_warnings(body: str, parts: list[str]) -> None:
    """What is unused inside of closures and because of them."""
    _, diagnostics = check(f"func main() {{ {body} }}")
    assert len(diagnostics) == len(parts), diagnostics
    for part, diagnostic in zip(parts, diagnostics, strict=True):
        assert part in diagnostic


INFERRED = [
    ("let xs = []; xs.push(1);", "xs", "[i64]"),
    ("let xs = []; for i in 0..3 { xs.push(i as f64); }", "xs", "[f64]"),
    ("let x = None; if true { x = Some(2.5); }", "x", "f64?"),
    ("let xs = [None]; xs.push(Some('c'));", "xs", "[char?]"),
    ("let s = Stack::new(); s.push(1u8);", "s", "Stack<u8>"),
    ("let s = Stack::new(); s.push(None); s.push(Some(1));", "s", "Stack<i64?>"),
    ("let rows = [[]]; rows[0].push(1);", "rows", "[[i64]]"),
    ("let f = |x| { let ys = []; ys.push(x); ys }; let r = f(true);", "r", "[bool]"),
]


@pytest.mark.parametrize(("body", "name", "type_"), INFERRED, ids=[body for body, _, _ in INFERRED])
def test_inference_from_later_use(body: str, name: str, type_: str) -> None:
    """What is made empty takes its type from what is put in."""
    stack = "struct Stack<T> { items: [T] } impl<T> Stack<T> { func new() -> Stack<T> { Stack { items: [] } } func push(inout self, v: T) { self.items.push(v); } } "
    program, diagnostics = check(f"{stack} func main() {{ {body} }}")
    assert [each for each in diagnostics if "error" in each] == []
    assert program is not None
    assert local_types(program)[name] == type_


ITERATED = [
    ("(Count { at: 0 })", "i64"),
    ("(Bag { items: [true] })", "bool"),
    ("(Bag { items: [true] }).enumerate()", "(i64, bool)"),
    ("[1.5].enumerate().rev()", "(i64, f64)"),
    ("[1.5].zip([true]).rev()", "(f64, bool)"),
    ("(Letters { n: 1 })", "i64"),
    ("(Letters { n: 1 }).chars()", "char"),
]


@pytest.mark.parametrize(("iterable", "type_"), ITERATED)
def test_loops_over_iterators(iterable: str, type_: str) -> None:
    """`for` runs over what has `next`, and over what has `iter`."""
    text = (
        "struct Count { at: i64 } impl Count { func next(inout self) -> i64? { self.at += 1; if self.at < 3 { Some(self.at) } else { None } } }"
        "struct Bag<T> { items: [T] } impl<T> Bag<T> { func iter(self) -> [T] { self.items } }"
        "struct Letters { n: i64 } impl Letters { func iter(self) -> Count { Count { at: self.n } } func chars(self) -> [char] { ['a'] } }"
        f"func main() {{ for element in {iterable} {{ let e = element; }} }}"
    )
    program, diagnostics = check(text)
    assert [each for each in diagnostics if "error" in each] == []
    assert program is not None
    assert local_types(program)["e"] == type_
