"""The checker on traits: default type parameters, associated types, which function a call means, places, finiteness."""

# ruff: noqa: E501 - a program of a table stands on one line

from __future__ import annotations

import pytest
from test_check import accepted, check, local_types

from luma_ir.frontend import hir

VEC = """
struct Vec { x: f64 }
impl Mul<f64> for Vec { func mul(self, k: f64) -> Vec { Vec { x: self.x * k } } }
impl Mul<Vec, f64> for Vec { func mul(self, other: Vec) -> f64 { self.x * other.x } }
impl Mul<Vec, Vec> for f64 { func mul(self, v: Vec) -> Vec { v * self } }
impl Neg<f64> for Vec { func neg(self) -> f64 { -self.x } }
"""

WALK = """
trait Walk { type Item; const STEP: i64 = 2; func next(inout self) -> Self::Item?; func last(self) -> Self::Item? { let w = self; w.next() } func pair<U>(self, u: U) -> (Self::Item?, U) { (self.last(), u) } }
struct Down { n: i64 }
impl Walk for Down { type Item = i64; const STEP: i64 = 3; func next(inout self) -> i64? { self.n -= Self::STEP; Some(self.n) } }
struct Both<A: Walk, B: Walk> { a: A, b: B }
impl<A: Walk, B: Walk> Walk for Both<A, B> { type Item = (A::Item?, B::Item?); func next(inout self) -> (A::Item?, B::Item?)? { Some((self.a.next(), self.b.next())) } }
trait Open { type Way: Walk; func open(self) -> Self::Way; }
impl Open for string { type Way = Down; func open(self) -> Down { Down { n: self.len() } } }
func first<O: Open>(o: O) -> O::Way::Item? { let w = o.open(); w.next() }
func sum<W: Walk>(w: W, start: W::Item) -> W::Item where W::Item: Add { if let Some(x) = w.last() { start + x } else { start } }
"""


@pytest.mark.parametrize(
    ("code", "types"),
    [
        ("let v = Vec { x: 1.0 }; let a = v * 2.0; let b = v * v; let c = 2.0 * v; let d = -v; let e = 2 * v; let f = v * 3;",
         {"a": "Vec", "b": "f64", "c": "Vec", "d": "f64", "e": "Vec", "f": "Vec"}),
        ("let v = Vec { x: 1.0 }; v *= 2.0; let a = (v * v) * v;", {"a": "Vec"}),
    ],
)  # fmt: skip
def test_operators_of_several_types(code: str, types: dict[str, str]) -> None:
    program, diagnostics = check(VEC + f"func main() {{ {code} }}")
    assert program is not None, diagnostics
    found = local_types(program)
    assert {name: found[name] for name in types} == types


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("let w = Down { n: 9 }; let a = w.last();", "i64?"),
        ('let a = Down { n: 9 }.pair("x");', "(i64?, string)"),
        ("let a = Both { a: Down { n: 1 }, b: Both { a: Down { n: 1 }, b: Down { n: 2 } } }.last();", "(i64?, (i64?, i64?)?)?"),
        ('let a = first("abc");', "i64?"),
        ("let a = sum(Down { n: 9 }, 4);", "i64"),
        ("let a: Both<Down, Down>::Item = (None, Some(3));", "(i64?, i64?)"),
        ("let a = Both::<Down, Down>::STEP;", "i64"),
    ],
)  # fmt: skip
def test_associated_types_are_what_the_impl_says(code: str, expected: str) -> None:
    program, diagnostics = check(WALK + f"func main() {{ {code} let _ = a; }}")
    assert program is not None, diagnostics
    assert local_types(program)["a"] == expected


def calls(program: hir.Program, symbol: str) -> list[str]:
    """What the calls in a function mean: symbols of functions, and methods of traits with the types they are of."""
    found: list[str] = []
    function = next(each for each in program.functions if each.symbol == symbol)

    def walk(node: object) -> None:
        if isinstance(node, hir.Call):
            callee = node.callee
            if isinstance(callee, hir.FunctionRef):
                found.append(f"{callee.function.symbol}<{', '.join(map(str, callee.type_args))}>")
            else:
                args = ", ".join(map(str, (*callee.trait_args, *callee.type_args)))
                found.append(f"{callee.self_type}.{callee.method}<{args}>")
        for name in getattr(type(node), "__slots__", ()) if isinstance(node, hir.Node) else ():
            walk(getattr(node, name, None))
        if isinstance(node, list | tuple):
            for each in node:
                walk(each)
        if isinstance(node, hir.ValueArg):
            walk(node.value)

    walk(function.body)
    return found


def test_a_default_method_is_one_function_for_all_types() -> None:
    program = accepted(WALK + 'func main() { let _ = Down { n: 9 }.last(); let _ = Down { n: 9 }.pair("x"); }')
    assert calls(program, "demo.main") == ["demo.Walk.last<Down>", "demo.Walk.pair<Down, string>"]
    assert sum(each.symbol == "demo.Walk.last" for each in program.functions) == 1
    assert calls(program, "demo.Walk.pair") == ["Self.last<>"]
    impl = next(each for each in program.impls if str(each.self_type) == "Down")
    assert impl.methods["last"] == "demo.Walk.last"
    assert {name: str(each) for name, each in impl.types.items()} == {"Item": "i64"}


def test_only_what_is_used_of_a_trait_goes_into_the_program() -> None:
    program = accepted(WALK + "func main() { let w = Down { n: 9 }; let _ = w.next(); }")
    assert not any(each.symbol.startswith("demo.Walk.") for each in program.functions)


def test_generic_code_names_the_arguments_of_the_trait() -> None:
    program = accepted(
        VEC
        + "func half<T: Mul<f64> + Mul<T, f64>>(x: T) -> f64 { (x * 0.5) * x } func main() { half(Vec { x: 1.0 }); }"
    )
    assert calls(program, "demo.half") == ["T.mul<T, f64>", "T.mul<f64, T>"]


def test_a_definition_knows_the_associated_types_in_its_fields() -> None:
    program = accepted(
        WALK
        + "struct Peek<W: Walk> { w: W, head: W::Item?, deep: [Peek<W>] } struct Outer<V: Walk> { p: Peek<V> } "
        + "func main() { let o = Outer { p: Peek { w: Down { n: 1 }, head: Some(4), deep: [] } }; let _ = o.p.head; }"
    )
    shown = {each.name: [str(part) for part in each.assoc_params] for each in program.structs if each.assoc_params}
    assert shown == {"Peek": ["W::Item"], "Outer": ["V::Item"]}


PLACES = """
struct Slots { keys: [string], values: [[i64]] }
impl Slots {
    func at(self, key: string) -> i64 { let i = 0; for k in self.keys { if k == key { return i; } i += 1; } panic("none") }
    #[place] func index(self, key: string) -> [i64] { self.values[self.at(key)] }
    func index_set(inout self, key: string, value: [i64]) { self.keys.push(key); self.values.push(value); }
}
func key() -> string { "k" }
"""


def test_a_place_method_is_expanded_where_a_place_is_wanted() -> None:
    program = accepted(
        PLACES
        + "func main() { let s = Slots { keys: [], values: [] }; s[key()] = [1]; s[key()].push(2); s[key()][0] += 3; }"
    )
    body = next(each for each in program.functions if each.symbol == "demo.main").body
    assert body is not None
    _, assigned, pushed, added = body.statements
    assert isinstance(assigned, hir.ExprStatement) and isinstance(assigned.value, hir.Call)
    assert isinstance(assigned.value.callee, hir.FunctionRef)
    assert assigned.value.callee.function.symbol == "demo.Slots.index_set"
    assert isinstance(added, hir.CompoundAssign)
    steps = added.place.steps
    assert [type(step).__name__ for step in steps] == ["FieldStep", "IndexStep", "IndexStep"]
    index = steps[1]
    assert isinstance(index, hir.IndexStep) and len(index.lets) == 1, "the key is evaluated once"
    assert isinstance(pushed, hir.ExprStatement)


@pytest.mark.parametrize(
    ("declarations", "expected"),
    [
        ("struct A { b: B } struct B { a: A }", ["the struct `A` contains itself without end"]),
        ("enum E { One(E), Two(E) }", ["the enum `E` contains itself without end"]),
        ("struct A { f: [E; 3] } enum E { Go(A) }", ["the struct `A` contains itself without end"]),
        ("struct G<T> { x: T, next: G<[T]>? }", ["the struct `G` has an endless number of types in it"]),
        ("enum L { End, More(L) } struct N { next: N? } struct M { all: [M], f: [M; 0] } struct T<X> { x: X, kids: [T<X>] }", []),
        ("struct A { e: E } enum E { Leaf, More(A, A) }", []),
    ],
)  # fmt: skip
def test_types_that_contain_themselves(declarations: str, expected: list[str]) -> None:
    _, diagnostics = check(declarations + " func main() {}")
    errors = [line for line in diagnostics if "E0901" in line]
    assert len(errors) == len(diagnostics) == len(expected), diagnostics
    assert all(message in found for message, found in zip(expected, errors, strict=True))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("trait D { func d(self); } impl<T: Show> D for T { func d(self) {} } impl D for i64 { func d(self) {} }", "overlap"),
        ("trait D { func d(self); } impl<T> D for [T] { func d(self) {} } impl D for [i64] { func d(self) {} }", "overlap"),
        ("trait D<A> { func d(self, a: A); } struct S { x: i64 } impl D<i64> for S { func d(self, a: i64) {} } impl<T> D<T> for S { func d(self, a: T) {} }", "implemented twice"),
        ("#[derive(Eq)] struct S { x: i64 } impl Eq for S { func eq(self, o: S) -> bool { true } }", "implemented twice"),
        ("impl Add<string, string> for bool { func add(self, o: string) -> string { o } }", "neither the trait `Add` nor the type `bool`"),
        ("trait P { func p(self); } trait C: P { func c(self) {} } impl C for i64 {}", "`i64` does not implement `P`, which `C` needs"),
        ("trait G { func g<U: Show>(self, u: U); } impl G for i64 { func g<U: Ord>(self, u: U) {} }", "which the trait does not promise"),
        ("trait A { type T; } impl A for i64 { type T = Self::T; }", "the type `T` is defined by itself"),
        ("trait A { type T: Show; } struct S { x: i64 } impl A for i64 { type T = S; }", "`S` does not implement `Show`"),
    ],
)  # fmt: skip
def test_impls_that_cannot_be(code: str, message: str) -> None:
    _, diagnostics = check(code + " func main() {}")
    assert len(diagnostics) == 1 and message in diagnostics[0], diagnostics


@pytest.mark.parametrize(
    "code",
    [
        "trait D { func d(self); } impl<T: Show> D for T { func d(self) {} } struct S { x: i64 } impl D for S { func d(self) {} }",
        "trait D<A> { func d(self, a: A); } impl D<i64> for bool { func d(self, a: i64) {} } impl D<f64> for bool { func d(self, a: f64) {} }",
        "struct S { x: i64 } impl Add<S, S> for i64 { func add(self, o: S) -> S { o } }",
        "trait D { func d(self); } impl D for [i64] { func d(self) {} } impl D for [f64] { func d(self) {} }",
    ],
)
def test_impls_that_do_not_overlap(code: str) -> None:
    accepted(code + " func main() {}")


def test_where_clauses_of_a_method_hold_for_the_method_only() -> None:
    accepted(
        'struct Box<T> { x: T } impl<T> Box<T> { func get(self) -> T { self.x } func text(self) -> string where T: Show { f"{self.x}" } } '
        "struct Plain { n: i64 } func main() { print(Box { x: Plain { n: 1 } }.get().n, Box { x: 2 }.text()); }"
    )


@pytest.mark.parametrize("larger", ["(x, x)", "[x]", "Some(x)"])
def test_endless_instances_end_in_the_checker(larger: str) -> None:
    """Types that double at each step are not looked at as a whole."""
    accepted(f"func grow<T>(x: T, n: i64) {{ if n > 0 {{ grow({larger}, n - 1); }} }} func main() {{ grow(1, 3); }}")


def test_the_arguments_of_a_call_choose_among_implementations() -> None:
    program = accepted(
        "enum J { A(i64), B(string) } impl From<i64> for J { func from(v: i64) -> J { J::A(v) } } "
        'impl From<string> for J { func from(v: string) -> J { J::B(v) } } func main() { let _ = J::from("x"); let _ = J::from(1); }'
    )
    assert calls(program, "demo.main") == ["demo.J.From.from.2<>", "demo.J.From.from<>"]
