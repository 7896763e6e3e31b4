"""Lowering of closures: from source to the `luma` level, as ops."""

from __future__ import annotations

import re

from test_check import accepted

from luma_ir.frontend.lower import LowerOptions, lower_program
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.printing import module_text
from luma_ir.ir.verify import verify_module


def lowered(text: str, symbol: str) -> str:
    """The text of one function of a program, whose module must verify."""
    module = lower_program(accepted(text), LowerOptions(overflow="wrap"))
    engine = DiagnosticEngine()
    assert verify_module(module, engine), [str(each) for each in engine.diagnostics]
    shown = module_text(module)
    found = re.search(
        rf'^  luma\.func (?:private )?@"?{re.escape(symbol)}"?\(.*?^  }}$', shown, re.DOTALL | re.MULTILINE
    )
    assert found is not None, shown
    return found.group(0)


def test_captures_are_operands() -> None:
    """What is captured is read where the closure is made, in the order of the function's first parameters."""
    text = "func main() { let a = 1; let b = 2.5; let f = |x: i64| if b > 1.0 { a + x } else { 0 }; a = 5; f(a); }"
    main = lowered(text, "demo.main")
    made = re.search(r'luma\.closure @"demo\.main\.\{closure#0\}"\(%b, %a\) : \(f64, i64\) -> (\S+ -> i64>)', main)
    assert made is not None, main
    assert made.group(1) == "!luma.closure<(i64) -> i64>"
    assert re.search(r"luma\.call_closure %f\(%\w+\) : !luma\.closure<\(i64\) -> i64>, \(i64\) -> i64", main)
    body = lowered(text, "demo.main.{closure#0}")
    assert "(%b: f64, %a: i64, %x: i64) -> i64" in body
    assert 'display_name = "main::{closure}"' in body


def test_unit_is_no_result() -> None:
    """A function value that gives unit has no result, in its type and in calls of it."""
    main = lowered("func main() { let f = |x: i64| print(x); f(1); }", "demo.main")
    assert re.search(r"luma\.call_closure %f\(%\w+\) : !luma\.closure<\(i64\) -> \(\)>, \(i64\) -> \(\)", main)


def test_inout_values_are_further_results() -> None:
    """The new values of `inout` arguments come behind the result, and are put back into their places."""
    text = (
        "func main() { let push = |inout xs: [i64], x: i64, inout n: i64| -> bool { xs.push(x); n += 1; n > 1 };"
        "let rows = [[1]]; let n = 0; print(push(&rows[0], 3, &n), rows, n); }"
    )
    main = lowered(text, "demo.main")
    call = re.search(r"(%\w+), (%\w+), (%\w+) = luma\.call_closure %push\((%\w+), %\w+, %n\) (\{.*?\})", main)
    assert call is not None, main
    assert call.group(5) == "{inout = array<i64: 0, 2>}"
    assert re.search(rf"luma\.put %\w+\[%\w+\] = {call.group(2)}", main), main


def test_a_call_that_never_returns_ends_the_block() -> None:
    """Nothing follows the call of a function value whose result is `never`."""
    main = lowered('func main() { let stop: func() -> never = || panic("x"); stop(); }', "demo.main")
    lines = [line.strip() for line in main.splitlines()]
    at = next(number for number, line in enumerate(lines) if "luma.call_closure" in line)
    assert lines[at + 1] == "luma.unreachable"


def test_generic_functions_keep_their_type_parameters() -> None:
    """A closure in a generic function names its own function with the type parameters, which stay open."""
    text = "func later<T>(x: T) -> func() -> T { || x } func main() { print(later(1)()); }"
    outer = lowered(text, "demo.later")
    assert re.search(
        r'luma\.closure @"demo\.later\.\{closure#0\}"\(%x\) \{type_args = \[!luma\.param<"T">\]\} : '
        r'\(!luma\.param<"T">\) -> !luma\.closure<\(\) -> !luma\.param<"T">>',
        outer,
    ), outer
    assert 'type_params = ["T"]' in lowered(text, "demo.later.{closure#0}")


def test_a_named_function_is_referred_to_itself() -> None:
    """No function is made for one that has a name; type arguments are those that its use tells."""
    text = "func same<T>(x: T) -> T { x } func main() { let f: func(u8) -> u8 = same; print(f(1)); }"
    assert re.search(r"luma\.closure @demo\.same\(\) \{type_args = \[ui8\]\}", lowered(text, "demo.main"))


def test_an_op_gets_a_function_around_it() -> None:
    """What `#[op]` binds has no function, so the value refers to one that builds the op."""
    text = "import std.math; func main() { let f = math.sqrt; print(f(2.0)); }"
    assert "math.sqrt" in lowered(text, "demo.main.{closure#0}")


def test_return_and_try_leave_the_closure_only() -> None:
    """`return` and `?` inside of a closure are early exits of its own function."""
    text = (
        "func main() { let f = |x: i64?| { if x == None { return None; } let n = x?; Some(n + 1) }; print(f(None)); }"
    )
    assert "luma.return" not in lowered(text, "demo.main").rsplit("luma.return", 1)[0]
    assert lowered(text, "demo.main.{closure#0}").count("luma.return") == 3


def test_evaluation_order() -> None:
    """The function value is evaluated first, then the arguments from left to right."""
    text = (
        "func make() -> func(i64, i64) -> i64 { |a, b| a - b } func one() -> i64 { 1 } func two() -> i64 { 2 }"
        "func main() { make()(one(), two()); }"
    )
    main = lowered(text, "demo.main")
    order = re.findall(r"luma\.call @demo\.(\w+)|luma\.(call_closure)", main)
    assert [name or op for name, op in order] == ["make", "one", "two", "call_closure"]


def test_what_only_a_closure_uses_is_reachable() -> None:
    """Functions, types and implementations that a closure's body needs are in the program."""
    text = (
        'struct P { x: i64 } impl Show for P { func show(self, out: inout string) { out += f"p{self.x}"; } }'
        "func helper(x: i64) -> P { P { x: x } } func main() { let f = |x: i64| print(helper(x)); f(1); }"
    )
    body = lowered(text, "demo.main.{closure#0}")
    assert "luma.call @demo.helper" in body
    assert "Show.show" in body
