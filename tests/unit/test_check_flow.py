"""What the checker knows of the flow of control: variables without a value, code never reached, unused values."""

from __future__ import annotations

import pytest
from test_check import UNUSED_ITEM, check

ASSIGNED = [
    "if c { x = 1; } else { x = 2; }",
    "if c { x = 1; } else { return; }",
    'if c { x = 1; } else if n > 2 { x = 2; } else { panic("no"); }',
    "{ x = 1; }",
    "loop { x = 1; break; }",
    "loop { if c { continue; } x = 1; break; }",
    "loop { if c { x = 1; break; } x = 2; if n > 1 { break; } }",
    "while true { x = 1; break; }",
    "'outer: loop { loop { x = 1; break 'outer; } }",
    "match n { 1 => x = 1, _ => x = 2 }",
    'match n { 1 => { x = 1; } 2 => return, 3 => { panic("no"); } _ => { x = 3; } }',
    "match o { Some(k) if k > 1 => x = k, Some(k) => x = k + 1, None => return }",
    "if let Some(k) = o && k > 1 { x = k; } else { x = 0; }",
    "while ({ x = 1; false }) { }",
    "let y = if c { x = 1; 2 } else { x = 2; 3 }; print(y);",
    "(x, n2) = (1, 2);",
    "x = if c { 1 } else { 2 };",
    "for (let i = { x = 1; 0 }; i < 3; i += 1) { }",
    "let f = || 1; x = f();",
    "unsafe { x = 1; }",
    "x = match o { Some(k) => k, None => return };",
]

UNASSIGNED = [
    "",
    "if c { x = 1; }",
    "if c { x = 1; } else if n > 2 { x = 2; }",
    "while c { x = 1; }",
    "while c { x = 1; break; }",
    "for i in 0..n { x = i; }",
    "for (let i = 0; i < n; i += 1) { x = i; }",
    "loop { if c { break; } x = 1; }",
    "loop { if c { x = 1; break; } if n > 1 { break; } }",
    "'outer: loop { loop { if c { break 'outer; } x = 1; break; } break; }",
    "match n { 1 => x = 1, _ => {} }",
    "match o { Some(k) if k > 1 => x = k, Some(_) => {}, None => return }",
    "if let Some(k) = o && k > 1 { x = k; }",
    "let ok = c && { x = 1; true }; print(ok);",
    "let ok = c || { x = 1; true }; print(ok);",
    "x += 1;",
    "let ys = [{ x = i; i } for i in 0..n]; print(ys);",
    "let f = || x + 1; x = f();",
    "let f = |k: i64| { k + x }; print(f(1)); x = 1;",
    "if c { x = 1; } else { for _ in 0..n { return; } }",
]


def flow(body: str) -> list[str]:
    """The errors about a function with a variable that has no value at first."""
    text = (
        "func f(c: bool, n: i64, o: i64?) { let n2 = 0; let x: i64; "
        + body
        + " print(x, n2); } func main() { f(true, 1, None); }"
    )
    return [each.partition("error[")[2] for each in check(text)[1] if "error[" in each]


@pytest.mark.parametrize("body", ASSIGNED)
def test_variables_that_have_a_value(body: str) -> None:
    assert flow(body) == []


@pytest.mark.parametrize("body", UNASSIGNED)
def test_variables_that_may_have_no_value(body: str) -> None:
    found = flow(body)
    assert found and all("E0304]: the variable `x` may not have a value yet" in each for each in found), found


@pytest.mark.parametrize(
    "use", ["x.push(1);", "x[0] = 1;", "g(&x);", "for e in &x { e += 1; }", "let y = x; y.push(1);"]
)
def test_parts_and_inout_need_a_value_first(use: str) -> None:
    _, diagnostics = check(f"func g(xs: inout [i64]) {{}} func main() {{ let x: [i64]; {use} }}")
    assert any("E0304" in each for each in diagnostics)


@pytest.mark.parametrize(
    "body",
    [
        "return; print(1);",
        'panic("x"); print(1);',
        "loop { } print(1);",
        "while true { g(); } print(1);",
        "loop { break; print(1); }",
        "for _ in 0..2 { continue; print(1); }",
        "if g() { return; } else { return; } print(1);",
        'match 1 { 1 => return, _ => panic("x") } print(1);',
        "let f = || { return 1; print(1); }; print(f());",
        "let x = { return; }; print(x);",
        "{ return; } print(1);",
        "{ return; print(1); }",
        'print(if g() { return; } else { panic("x") }, 1); print(2);',
    ],
)
def test_code_that_is_never_reached(body: str) -> None:
    _, diagnostics = check(f"func g() -> bool {{ true }} func main() {{ {body} }}")
    assert sum("W0003" in each for each in diagnostics) == 1 and not any("error" in each for each in diagnostics), (
        diagnostics
    )


@pytest.mark.parametrize(
    "body, message",
    [
        ("a + 1;", "the value of this expression is not used"),
        ("a == 1;", "this comparison has no effect"),
        ("a;", "the value of this expression is not used"),
        ("p == p;", "this comparison has no effect"),
        ("-p;", "the value of this expression is not used"),
        ("p + p;", "the value of this expression is not used"),
        ("[a, 2];", "the value of this expression is not used"),
        ("(a, 2);", "the value of this expression is not used"),
        ("0..a;", "the value of this expression is not used"),
        ("[a] + 1;", "the value of this expression is not used"),
        ("|x: i64| x + a;", "this function is made and never called"),
        ("f;", "this function is made and never called"),
        ("p.x;", "the value of this expression is not used"),
        ("if a > 1 { a + 1 } else { 2 };", "the value of this expression is not used"),
        ("match a { 1 => 5, _ => {} }", "the value of this expression is not used"),
        ("f(1);", "the result is dropped, and with it an error"),
        ("if a > 1 { f(1); }", "the result is dropped, and with it an error"),
        ("match a { 1 => f(1), _ => f(2) };", "the result is dropped, and with it an error"),
        ("let r = || f(1); r();", "the result is dropped, and with it an error"),
        ("p as any Shown;", "the value of this expression is not used"),
    ],
)
def test_values_that_nobody_uses(body: str, message: str) -> None:
    text = (
        "trait Shown { func shown(self) -> i64; } #[derive(Eq)] struct P { x: i64 } "
        "impl Shown for P { func shown(self) -> i64 { 1 } } "
        "impl Neg for P { func neg(self) -> P { self } } impl Add for P { func add(self, other: P) -> P { other } } "
        "func f(n: i64) -> Result<i64, string> { Ok(n) } "
        "func main() { let a = 1; let p = P { x: a }; print(a, p.x); " + body + " }"
    )
    found = [each for each in check(text)[1] if not UNUSED_ITEM.search(each)]
    assert found and all(f"warning[W0004]: {message}" in each for each in found), found


@pytest.mark.parametrize(
    "body",
    ["let _ = f(1);", "f(1).unwrap();", "g();", "p.x += 1;", "if a > 1 { g() } else { g() }",
     "match a { 1 => g(), _ => {} }",
     "xs.pop();", "xs.push(1);", "if let Err(e) = f(1) { print(e); }"],
)  # fmt: skip
def test_values_that_may_be_dropped(body: str) -> None:
    text = (
        "struct P { x: i64 } func f(n: i64) -> Result<i64, string> { Ok(n) } func g() { print(0); } "
        "func main() { let a = 1; let xs = [a]; let p = P { x: a }; print(xs, p.x); " + body + " }"
    )
    assert [each for each in check(text)[1] if not UNUSED_ITEM.search(each)] == []
