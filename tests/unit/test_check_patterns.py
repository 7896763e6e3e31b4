"""Patterns in the checker: arrays, alternatives with names, constants, chains of conditions."""

from __future__ import annotations

import pytest
from test_check import accepted, check, local_types

TYPES = "enum Shape { Circle(f64), Rect { w: f64, h: f64 }, Empty } struct P { x: i64, y: bool } const LIMIT: i64 = 3; "


def missing(arms: str, scrutinee: str, params: str) -> str:
    """What no arm of a match fits; empty when it is exhaustive."""
    _, diagnostics = check(f"{TYPES} func f({params}) {{ match {scrutinee} {{ {arms} }} }} func main() {{ }}")
    errors = [each for each in diagnostics if "error" in each]
    assert all("no arm fits" in each for each in errors), errors
    return errors[0].split("`")[1] if errors else ""


@pytest.mark.parametrize(
    "arms, witness",
    [
        ("[] => {}", "[_, ..]"),
        ("[] => {}, [_] => {}", "[_, _, ..]"),
        ("[_, ..] => {}", "[]"),
        ("[..] => {}", ""),
        ("[] => {}, [..rest] => print(rest)", ""),
        ("[] => {}, [1, ..] => {}, [.., 1] => {}", "[..=0]"),
        ("[] => {}, [_] => {}, [_, .., _] => {}", ""),
        ("[] => {}, [_] => {}, [1, .., 1] => {}", "[..=0, .., _]"),
        ("[_] | [_, _] => {}", "[]"),
        ("[] | [_, _, ..] => {}", "[_]"),
    ],
)
def test_the_lengths_of_arrays_are_covered(arms: str, witness: str) -> None:
    assert missing(arms, "xs", "xs: [i64]") == witness


@pytest.mark.parametrize(
    "arms, scrutinee, params, witness",
    [
        ("[true, _] => {}, [_, false] => {}", "xs", "xs: [bool; 2]", "[false, true]"),
        ("[true, _] => {}, [false, _] => {}", "xs", "xs: [bool; 2]", ""),
        ("Some([]) => {}, None => {}", "o", "o: [i64]?", "Some([_, ..])"),
        ("None => {}, Some(Shape::Circle(_)) | Some(Shape::Empty) => {}", "o", "o: Shape?", "Some(Shape::Rect { .. })"),
        ("P { x: 1, .. } => {}, P { y: true, .. } => {}", "p", "p: P", "P { x: ..=0, y: false }"),
        ("(Shape::Circle(_), _) | (_, true) => {}", "(s, b)", "s: Shape, b: bool", "(Shape::Rect { .. }, false)"),
        ("..LIMIT => {}, 4.. => {}", "n", "n: i64", "3"),
        ("..=LIMIT => {}, 4.. => {}", "n", "n: i64", ""),
        ("x @ 0 | x @ 2.. => print(x)", "n", "n: u8", "1"),
    ],
)
def test_the_missing_case_is_named(arms: str, scrutinee: str, params: str, witness: str) -> None:
    assert missing(arms, scrutinee, params) == witness


@pytest.mark.parametrize(
    "arms, word",
    [
        ("[..] => {}, [1] => {}", "arm"),
        ("[_, ..] => {}, [] => {}, [1, 2, 3] => {}", "arm"),
        ("[1] | [2] | [1] => {}, _ => {}", "alternative"),
    ],
)
def test_what_is_never_reached_is_told(arms: str, word: str) -> None:
    _, diagnostics = check(f"func main() {{ let xs = [1]; match xs {{ {arms} }} }}")
    assert [each.partition("W0003]: ")[2] for each in diagnostics] == [
        f"this {word} is never reached: those before it fit already"
    ]


def test_names_of_patterns_have_types() -> None:
    types = local_types(
        accepted(
            'func main() { let xs = [(1, "a")]; match xs { [(n, s) , ..rest] => print(n, s, rest), [] => {} } '
            "let fixed: [u8; 3] = [1, 2, 3]; let [a, ..more] = fixed; print(a, more); "
            "match (1u8, 2u8) { (k, 0) | (_, k) => print(k) } }"
        )
    )
    found = {name: types[name] for name in ("n", "s", "rest", "a", "more", "k")}
    assert found == {"n": "i64", "s": "string", "rest": "[(i64, string)]", "a": "u8", "more": "[u8]", "k": "u8"}


def test_conditions_chain() -> None:
    types = local_types(
        accepted(
            "func f() -> i64? { Some(1) } func main() { "
            "if let Some(a) = f() && a > 0 && let Some(b) = f() && b > a { print(a, b); } "
            'while true && let Some(c) = f() && c > 1 { print("c"); } '
            "match f() { Some(d) if let Some(e) = f() && e > d => print(e), _ => {} } }"
        )
    )
    assert set(types) == {"a", "b", "c", "d", "e"} and set(types.values()) == {"i64"}


def test_alternatives_bind_the_same_names() -> None:
    def first(arms: str) -> str:
        return check(f'func main() {{ match (Some(1), "a") {{ {arms}, _ => {{}} }} }}')[1][0].partition("]: ")[2]

    assert first("(Some(n), _) | (None, _) => {}") == "the name `n` is not bound in every alternative"
    assert first("(None, _) | (Some(n), _) => {}") == "the name `n` is not bound in every alternative"
    assert first("(Some(n), _) | (None, n) => {}") == "`n` is `string` in this alternative and `i64` in the first one"
