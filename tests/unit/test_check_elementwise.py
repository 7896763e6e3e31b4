"""Types of element-wise arithmetic."""

from __future__ import annotations

import pytest
from test_check import accepted, check, local_types


@pytest.mark.parametrize(
    "expression, type_",
    [
        ("a + a", "[f64]"),
        ("a * 2 - 1.5", "[f64]"),
        ("2 / a ** 2", "[f64]"),
        ("-a % 3", "[f64]"),
        ("n * 2 & 1 | 4 ^ n", "[i64]"),
        ("~n", "[i64]"),
        ("[1, 2] + bytes", "[u8]"),
        ("bytes / 2", "[u8]"),
        ("fixed * fixed + 1", "[i32; 2]"),
        ("[x * 2 for x in n] + n", "[i64]"),
    ],
)
def test_types(expression: str, type_: str) -> None:
    program = accepted(
        "func f(a: [f64], n: [i64], bytes: [u8], fixed: [i32; 2]) { "
        + f"let x = {expression}; print(x); }} func main() {{}}"
    )
    assert local_types(program, "demo.f")["x"] == type_


def test_use_decides_the_element_type() -> None:
    program = accepted("func main() { let x = [1, 2] * 3; take(x); } func take(x: [u16]) {}")
    assert local_types(program)["x"] == "[u16]"


@pytest.mark.parametrize("expression", ["a + n", "a & a", "n * 1.5", "a + fixed", "-bytes", "g + g", "a < 2.0"])
def test_what_is_not_arithmetic(expression: str) -> None:
    _, diagnostics = check(
        "func f(a: [f64], n: [i64], bytes: [u8], fixed: [f64; 2], g: [[f64]]) { "
        + f"print({expression}); }} func main() {{}}"
    )
    assert len(diagnostics) == 1 and "E0203" in diagnostics[0]
