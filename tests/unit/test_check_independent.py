"""After a first error the rest is still checked: a file of ten independent mistakes gives exactly ten errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from luma_ir.driver.loader import FileLoader
from luma_ir.frontend.check import CheckOptions, check_program
from luma_ir.ir.diagnostics import DiagnosticEngine, Severity, SourceFile

EXPRESSIONS = """
struct Point { x: i64, y: i64 }
func twice(n: i64) -> i64 { 2 * n }
func main() {
    let a: i64 = "text"; //! E0200
    let b = a + 1.5; //! E0203
    let c = twice(1, 2); //! E0205
    let d = nowhere + 1; //! E0100
    let e = Point { x: 1 }; //! E0207
    let f = e.z + d; //! E0109
    let g = [1, 2].push_all(b); //! E0110
    if c { print(f); } //! E0209
    let h: Pont = e; //! E0101
    print(h, g, 'ab'); //! E0004
}
"""

SYNTAX = """
import std.math;
func first(a: i64 b: i64) -> i64 { a + b } //! E0018
func second(n: i64) -> i64 {
    let x = n +; //! E0011
    let y = x + "a" + undeclared; //! E0100
    print(y)
    x //! E0012 on 7
}
struct Third { a: i64; b: i64 } //! E0018
func fourth() { let t = Third { a: 1 }; print(t.a, math.sqroot(2.0)); } //! E0207 E0103
func fifth(n: int) -> i64 { n++; n } //! E0101 E0016
func main() { if second(1) = 2 { print(first(1, 2)); } fourth(); fifth("a"); } //! E0013
"""

ITEMS = """
import std.nowhere; //! E0102
trait Shape { func area(self) -> f64; }
struct Square { side: f64 }
struct Circle { radius: f64, radius: f64 } //! E0105
impl Shape for Square {} //! E0600
impl Shap for Circle {} //! E0101
enum Color { Red, Green }
#[derive(Shw)] //! E0115
struct Named { name: string }
struct Endless { next: Endless } //! E0901
const SIZE: i64 = 10;
func total<T: Shape>(shapes: [T]) -> f64 { shapes[0].volume() } //! E0110
func main() {
    let color = Color::Green;
    match Color::Red { Color::Red => print(1) } //! E0220
    print(total([3]), SIZE, nowhere.x, Named { name: "" }.name, color.shade); //! E0212 E0109
}
"""

CLOSURES = """
trait Loud { func loud(self) -> string; }
impl Loud for i64 { func loud(self) -> string { "!" } }
func main() {
    let count = 0;
    [1, 2].for_each(|x| { count += x; }); //! E0308
    let f = |x: i64| x + 1;
    print(f("a")); //! E0200
    print([1].map(|a, b| a)); //! E0221
    let all: [any Loud] = [1, "b"]; //! E0200
    print(all[0].quiet()); //! E0110
    let keys = Map::new();
    keys[f] = 1; //! E0212
    let first = [1].first() + 1; //! E0203
    let Some(second) = [2].first(); //! E0219
    let later: i64;
    print(later, first, second); //! E0304
    for (a, b) in [1, 2] { print(a, b); } //! E0218
}
"""

BRACKETS = """
func first(xs: [i64]) -> i64 {
    let a = (1 + 2; //! E0014
    print(xs[0);
    //! E0014 on 4
    a + len(xs) //! E0100
}
func second(text: string) {
    print("open); //! E0003
    for c in text { print(c); } //! E0210
    let t = true ? 1 : 2; //! E0016
    do { print(t); } while (t); //! E0016
    let m = {"a": 1}; //! E0016
    text = m; //! E0300
}
func main() { second(first([1])); } //! E0200
"""


def expected(text: str) -> list[tuple[int, str]]:
    """Line and code of the errors that `//!` comments announce: for their own line, or for the one behind `on`."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("//!")[2].split()
        at = int(words[words.index("on") + 1]) if "on" in words else number
        found += [(at, word) for word in words if word.startswith("E")]
    return sorted(found)


@pytest.mark.parametrize("text", [EXPRESSIONS, SYNTAX, ITEMS, CLOSURES, BRACKETS])
def test_ten_mistakes_are_ten_errors(text: str) -> None:
    engine = DiagnosticEngine()
    check_program(SourceFile("ten.luma", text), FileLoader(Path("/nowhere")), engine, CheckOptions())
    errors = [each for each in engine.diagnostics if each.severity is Severity.ERROR]
    assert all(each.span is not None and each.span.source.name == "ten.luma" for each in errors)
    found = [(text.count("\n", 0, each.span.start) + 1, each.code) for each in errors if each.span is not None]
    assert sorted(found) == expected(text)
    assert len(found) == 10
