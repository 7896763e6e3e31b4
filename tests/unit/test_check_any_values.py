"""`any Trait` in the checker: where values become such values, and what is reachable through them."""

from __future__ import annotations

import pytest
from test_check import accepted, check, local_types

SHAPES = (
    "trait Named { func name(self) -> string; } trait Shape: Named { func area(self) -> f64; } "
    "struct A { x: f64 } struct B {} "
    'impl Named for A { func name(self) -> string { "a" } } impl Shape for A { func area(self) -> f64 { self.x } } '
    'impl Named for B { func name(self) -> string { "b" } } impl Shape for B { func area(self) -> f64 { 0.0 } } '
)


@pytest.mark.parametrize(
    "body",
    [
        "let s: any Shape = A { x: 1.0 }; print(s.area(), s.name());",
        "let s = B {} as any Shape; print(s.area());",
        "let s: [any Shape] = [A { x: 1.0 }, B {}]; s.push(B {}); s[0] = B {}; print(s.len());",
        "let s: (any Shape)? = Some(B {}); let t: any Shape? = None; print(s.is_some(), t.is_some());",
        "let s: (any Shape, i64) = (B {}, 1); print(s.0.area());",
        "let s: any Shape = if 1 > 2 { A { x: 1.0 } } else if 2 > 3 { B {} } else { A { x: 2.0 } }; print(s.area());",
        "let s: any Shape = match 1 { 1 => A { x: 1.0 }, _ => B {} }; print(s.area());",
        "let s: [any Shape] = [B {} for _ in 0..2]; print(s.len());",
        "let s: [any Shape] = [B {}; 2]; print(s.len());",
        "let s: any Shape = B {}; let n: any Named = s; print(n.name());",
        "let s: any Shape = B {}; s = A { x: 1.0 }; print(s.area());",
        "let s: any Shape = loop { break B {}; }; print(s.area());",
        "let f: func(i64) -> any Shape = |n| if n > 0 { A { x: 1.0 } } else { B {} }; print(f(1).area());",
    ],
)
def test_values_become_any_values_where_that_is_expected(body: str) -> None:
    accepted(f"{SHAPES} func main() {{ {body} }}")


def test_generic_code_takes_and_makes_any_values() -> None:
    program = accepted(
        f"{SHAPES} func larger<T: Shape>(x: T, y: T) -> any Shape {{ if x.area() > y.area() {{ x }} else {{ y }} }} "
        "func main() { let a: any Shape = B {}; let b = larger(a, a); let c = larger(B {}, B {});"
        " print(b.area(), c.area()); }"
    )
    assert local_types(program) == {"a": "any Shape", "b": "any Shape", "c": "any Shape"}
    assert [(each.symbol, each.methods) for each in program.traits] == [("demo.Shape", ["area", "name"])]
    assert program.traits[0].inherited == {"name": ("demo.Named", "name", ())}


def test_only_the_methods_of_types_that_become_any_values_are_reached() -> None:
    program = accepted(f"{SHAPES} func main() {{ let s: any Named = A {{ x: 1.0 }}; print(s.name()); }}")
    assert [each.methods for each in program.traits] == [["name"]]
    implemented = {(impl.trait, str(impl.self_type)): sorted(impl.methods) for impl in program.impls}
    assert implemented[("demo.Named", "A")] == ["name"] and ("demo.Shape", "A") not in implemented


@pytest.mark.parametrize(
    "member",
    [
        "func f(self, other: Self) -> i64;",
        "func f(self, others: [(Self, i64)]) -> i64;",
        "func f(self) -> Self?;",
        "func f() -> i64;",
        "func f<U>(self, x: U);",
        "type Out;",
        "const N: i64;",
    ],
)
@pytest.mark.parametrize("traits", ["trait T {{ {} }}", "trait P {{ {} }} trait T: P {{}}"])
def test_traits_without_any_values(member: str, traits: str) -> None:
    _, diagnostics = check(f"{traits.format(member)} func g(x: any T) {{}} func main() {{}}")
    assert [each.partition(": error")[2] for each in diagnostics] == ["[E0604]: there are no values of type `any T`"]
