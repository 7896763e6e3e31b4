"""Layouts of the types of the `luma` level: sizes, and which enums need no tag."""

from __future__ import annotations

import pytest
from mem_harness import run_native
from xdsl.parser import Parser

from luma_ir.dialects import luma
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.text import parse_module
from luma_ir.passes.convert._luma_to_mem.layouts import Layouts
from luma_ir.passes.mem._types import TypeTable

MANY = ", ".join(f'"V{number}"' for number in range(300))
NOTHING = ", ".join("[]" for _ in range(299))
TEXT = f"""
luma.struct @Name {{field_names = ["bytes"], field_types = [!luma.array<i8>]}}
luma.struct @Late {{field_names = ["a", "b"], field_types = [i32, !luma.tuple<f64, !luma.struct<@Name>>]}}
luma.enum @Option {{variants = ["Some", "None"], payloads = [[!luma.param<"T">], []], type_params = ["T"]}}
luma.enum @Result {{variants = ["Ok", "Err"], payloads = [[!luma.param<"T">], [!luma.param<"E">]],
                   type_params = ["T", "E"]}}
luma.enum @Tree {{variants = ["Leaf", "Node", "Stump"], payloads = [[], [!luma.enum<@Tree>, i64], []]}}
luma.enum @Chain {{variants = ["Last", "Link"], payloads = [[i64], [!luma.enum<@Chain>]]}}
luma.enum @Entry {{variants = ["Free", "Used", "Gone"], payloads = [[], [i64, !luma.array<i8>], []]}}
luma.enum @Only {{variants = ["It"], payloads = [[!luma.array<i8>]]}}
luma.enum @Many {{variants = [{MANY}], payloads = [[!luma.array<i8>], {NOTHING}]}}
"""
NAME = "!luma.struct<@Name>"


def option(text: str) -> str:
    """The text of the type of an option."""
    return f"!luma.enum<@Option, [{text}]>"


@pytest.fixture(scope="module")
def layouts() -> Layouts:
    """The layouts of the module above."""
    module = parse_module(TEXT, "layouts.mlir", make_context(), DiagnosticEngine())
    assert module is not None
    return Layouts(TypeTable(module))


@pytest.mark.parametrize(
    ("text", "size", "niche"),
    [
        (option("!luma.array<i64>"), 8, ((), 0)),
        (option(NAME), 8, ((), 0)),
        (option("!luma.closure<(i64) -> i64>"), 8, ((), 0)),
        (option("!luma.any<@Show>"), 8, ((), 0)),
        (option(option(NAME)), 8, ((), 1)),
        (option(option(option(NAME))), 8, ((), 2)),
        # The numbers 0 and 2 are trees.
        (option("!luma.enum<@Tree>"), 8, ((), 3)),
        (option(option("!luma.enum<@Tree>")), 8, ((), 4)),
        # Every chain has a cell.
        (option("!luma.enum<@Chain>"), 8, ((), 0)),
        (option(f"!luma.tuple<i64, {NAME}>"), 16, ((1,), 0)),
        (option(option(f"!luma.tuple<i64, {NAME}>")), 16, ((1,), 1)),
        (option("!luma.struct<@Late>"), 24, ((1, 1), 0)),
        (option(f"!luma.tuple<i64, {option(NAME)}, {NAME}>"), 24, ((1,), 1)),
        ("!luma.enum<@Entry>", 16, ((1,), 0)),
        (option("!luma.enum<@Entry>"), 16, ((1,), 3)),
        # A raw pointer may be any number; a fixed array is not in a register; the rest has no pointer, or two payloads.
        (option("!luma.ptr<i64>"), 16, None),
        (option(f"!luma.fixed<2, {NAME}>"), 24, None),
        (option("i64"), 16, None),
        (option(f"!luma.enum<@Result, [i64, {NAME}]>"), 32, None),
        (f"!luma.enum<@Result, [i64, {NAME}]>", 24, None),
        ("!luma.enum<@Only>", 16, None),
        ("!luma.enum<@Many>", 16, None),
        ("!luma.enum<@Tree>", 8, None),
    ],
)
def test_enums_without_a_tag(layouts: Layouts, text: str, size: int, niche: tuple[tuple[int, ...], int] | None) -> None:
    """An enum uses the pointer of its only payload where there is one, and numbers that nothing inside uses."""
    type_ = Parser(make_context(), text).parse_type()
    assert isinstance(type_, luma.EnumType)
    assert layouts.element_size(type_) == size
    found = layouts.niche(type_)
    assert (None if found is None else (found.path, found.base)) == niche


SLOT = option("!luma.enum<@Slot>")

NATIVE = f"""
luma.enum @Slot {{variants = ["Free", "Used", "Gone"], payloads = [[], [i64, !luma.array<i64>], []]}}
luma.func private @slot(%n: i64) -> !luma.enum<@Slot> {{
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %free = arith.cmpi eq, %n, %c0 : i64
  %r = scf.if %free -> (!luma.enum<@Slot>) {{
    %s = luma.enum.make 0 () : () -> !luma.enum<@Slot>
    scf.yield %s : !luma.enum<@Slot>
  }} else {{
    %used = arith.cmpi eq, %n, %c1 : i64
    %t = scf.if %used -> (!luma.enum<@Slot>) {{
      %a = luma.array.make %n, %n : (i64, i64) -> !luma.array<i64>
      %s = luma.enum.make 1 (%n, %a) : (i64, !luma.array<i64>) -> !luma.enum<@Slot>
      scf.yield %s : !luma.enum<@Slot>
    }} else {{
      %s = luma.enum.make 2 () : () -> !luma.enum<@Slot>
      scf.yield %s : !luma.enum<@Slot>
    }}
    scf.yield %t : !luma.enum<@Slot>
  }}
  luma.return %r : !luma.enum<@Slot>
}}
luma.func private @maybe(%n: i64) -> {SLOT} {{
  %c3 = arith.constant 3 : i64
  %some = arith.cmpi slt, %n, %c3 : i64
  %r = scf.if %some -> ({SLOT}) {{
    %s = luma.call @slot(%n) : (i64) -> !luma.enum<@Slot>
    %o = luma.enum.make 0 (%s) : (!luma.enum<@Slot>) -> {SLOT}
    scf.yield %o : {SLOT}
  }} else {{
    %o = luma.enum.make 1 () : () -> {SLOT}
    scf.yield %o : {SLOT}
  }}
  luma.return %r : {SLOT}
}}
luma.func private @test() -> i64 {{
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c4 = arith.constant 4 : i64
  %c10 = arith.constant 10 : i64
  %c7 = arith.constant 7 : i64
  %empty = luma.array.make : () -> !luma.array<{SLOT}>
  %all = scf.for %i = %c0 to %c4 step %c1 iter_args(%out = %empty) -> (!luma.array<{SLOT}>) : i64 {{
    %o = luma.call @maybe(%i) : (i64) -> {SLOT}
    %more = luma.array.push %out, %o : (!luma.array<{SLOT}>, {SLOT}) -> !luma.array<{SLOT}>
    scf.yield %more : !luma.array<{SLOT}>
  }}
  %r = scf.for %i = %c0 to %c4 step %c1 iter_args(%sum = %c0) -> (i64) : i64 {{
    %o = luma.get %all[%i] : !luma.array<{SLOT}> -> {SLOT}
    %outer = luma.enum.tag %o : {SLOT}
    %none = luma.enum.is %o, 1 : {SLOT}
    %digit = scf.if %none -> (i64) {{
      scf.yield %c7 : i64
    }} else {{
      %s = luma.enum.get %o, 0, 0 : {SLOT} -> !luma.enum<@Slot>
      %tag = luma.enum.tag %s : !luma.enum<@Slot>
      %wide = arith.extui %tag : i32 to i64
      scf.yield %wide : i64
    }}
    %left = arith.muli %sum, %c10 : i64
    %added = arith.addi %left, %digit : i64
    %more = arith.extui %outer : i32 to i64
    %next = arith.addi %added, %more : i64
    scf.yield %next : i64
  }}
  luma.return %r : i64
}}
"""


@pytest.mark.parametrize("opt_level", [0, 3])
def test_variants_are_told_apart(opt_level: int) -> None:
    """Tags and tests of an enum with numbers behind those of the one inside; an array of them gives all memory back."""
    assert run_native(NATIVE, opt_level=opt_level) == (128, 0)
