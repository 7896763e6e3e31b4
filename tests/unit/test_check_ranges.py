"""Ranges as values in the checker."""

from __future__ import annotations

from test_check import accepted, check, local_types


def test_a_range_is_a_value_of_the_library() -> None:
    types = local_types(
        accepted(
            "func main() { let a = 0..10; let b = 'a'..='z'; let c = 1u8..3; let d = 0.5..1.5; print(a, b, c, d); }"
        )
    )
    assert types == {"a": "Range<i64>", "b": "Range<char>", "c": "Range<u8>", "d": "Range<f64>"}


def test_use_decides_the_type_of_a_range() -> None:
    program = accepted(
        "import std.iter.{Range}; func take(r: Range<i32>) -> i32 { let t = 0; for x in r { t += x; } t } "
        "func main() { print(take(0..3)); let r: Range<u16> = 1..=2; print(r); }"
    )
    assert local_types(program)["r"] == "Range<u16>"


def test_slices_take_ranges() -> None:
    types = local_types(
        accepted('func main() { let r = 1..3; let xs = [1, 2, 3][r]; let s = "text"[r]; print(xs, s); }')
    )
    assert types == {"r": "Range<i64>", "xs": "[i64]", "s": "string"}


def test_loops_over_written_ranges_do_not_load_the_library() -> None:
    program = accepted("func main() { for i in 0..3 { print(i); } print([1, 2][0..1]); }")
    assert not any(each.symbol.startswith("std.iter.") for each in program.structs)


def test_a_range_needs_both_bounds_of_one_type() -> None:
    assert check("func main() { let r = 1..; }")[1][0].startswith("demo.luma:1:23: error[E0210]")
    assert "expected `i64`, found `string`" in check('func main() { let r = 1.."x"; }')[1][0]
