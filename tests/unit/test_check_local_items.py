"""Items inside blocks, and type aliases."""

from __future__ import annotations

import pytest
from test_check import accepted, check, local_types


def test_items_of_a_block_are_known_in_all_of_it() -> None:
    program = accepted(
        "func main() { let p = make(1); print(p.x, p.double()); "
        "struct P { x: i64 } impl P { func double(self) -> i64 { twice(self.x) } } "
        "func make(x: i64) -> P { P { x } } func twice(x: i64) -> i64 { x * FACTOR } const FACTOR: i64 = 2; }"
    )
    assert [each.symbol for each in program.structs if each.name == "P"] == ["demo.main.P"]
    assert local_types(program)["p"] == "P"


def test_inner_items_hide_outer_ones() -> None:
    program = accepted(
        "struct P { x: i64 } func main() { let a = P { x: 1 }; print(a.x); "
        '{ struct P { y: string } let b = P { y: "b" }; print(b.y); } let c = P { x: 2 }; print(c.x); }'
    )
    assert sorted(each.symbol for each in program.structs if each.name == "P") == ["demo.P", "demo.main.P"]


def test_imports_inside_functions() -> None:
    other = {"other": "pub func value() -> i64 { 1 } pub struct S { pub x: i64 } func unused() -> i64 { 1 }"}
    accepted("func main() { import other; import other.{S}; print(other.value(), S { x: 1 }.x); }", other)
    assert check("func main() { import other; }", other)[1][0].endswith("the import `other` is never used")
    wrong = {"other": "pub func value() -> i64 { true }"}
    assert "E0200" in check("func main() { import other; print(other.value()); }", wrong)[1][0]


@pytest.mark.parametrize(
    "declarations, use, shown",
    [
        ("type Pair<T> = (T, T);", "let x: Pair<i64> = (1, 2);", "(i64, i64)"),
        ("type Table<K, V> = [(K, V)];", 'let x: Table<string, i64> = [("a", 1)];', "[(string, i64)]"),
        ("type F = func(i64) -> i64;", "let x: F = |n| n + 1;", "func(i64) -> i64"),
        ("type A = B; type B = [i64];", "let x: A = [];", "[i64]"),
        ("struct P<T> { v: T } type Q = P<u8>;", "let x = Q { v: 1 };", "P<u8>"),
        ("enum E<T> { N, V(T) } type G<T> = E<T>;", "let x = G::V(1);", "E<i64>"),
        ("enum E<T> { N, V(T) } type G = E<i64>;", "let x = G::N;", "E<i64>"),
        ("struct P { v: i64 } impl P { func new() -> P { P { v: 1 } } } type Q = P;", "let x = Q::new();", "P"),
        ("type Maybe<T> = T?;", "let x: Maybe<i64> = None;", "i64?"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_aliases(declarations: str, use: str, shown: str, inside: bool) -> None:
    head, body = ("", declarations + use) if inside else (declarations, use)
    program = accepted(f"{head} func main() {{ {body} take(x); }} func take<T>(value: T) {{}}")
    assert local_types(program)["x"] == shown


def test_alias_patterns_and_impls() -> None:
    accepted(
        "enum E { A, B(i64) } type F = E; impl F { func n(self) -> i64 { match self { F::A => 0, F::B(n) => n } } } "
        "func main() { print(F::B(1).n(), E::A.n()); }"
    )
