"""What passes ask about ops: control flow, calls and ownership."""

from __future__ import annotations

import pytest
from ir_helpers import read
from xdsl.dialects import arith
from xdsl.dialects.builtin import i1
from xdsl.ir import Operation

from luma_ir.ir import fast, interfaces
from luma_ir.ir.context import make_context
from luma_ir.ir.interfaces import (
    FlowEdge,
    Mode,
    all_edges,
    call_arguments,
    callee_of,
    control_flow_of,
    entry_edges,
    exit_edges,
    is_early_exit,
    lender_of,
    operand_modes,
    ownership,
    ownership_of,
    register_ownership,
    symbol_table,
)
from luma_ir.ir.intern import symbol

LOOPS = """
func.func private @callee(i64) -> i64
func.func @upstream(%n: i64, %c: i1) -> i64 {
  %zero = arith.constant 0 : i64
  %r = scf.for %i = %zero to %n step %n iter_args(%acc = %zero) -> (i64) : i64 {
    %next = arith.addi %acc, %i : i64
    scf.yield %next : i64
  }
  %s = scf.while (%w = %r) : (i64) -> i64 {
    scf.condition(%c) %w : i64
  } do {
  ^body(%v: i64):
    scf.yield %v : i64
  }
  scf.if %c {
    scf.yield
  }
  %t = func.call @callee(%s) : (i64) -> i64
  func.return %t : i64
}
"""

LUMA = """
luma.func private @g(%n: i64, %c: i1) -> i64 {
  %one = arith.constant 1 : i64
  %r = luma.for %i = %one to %n step %one (%acc = %n : i64) : i64 {
    luma.if %c {
      luma.break %i : i64
    }
    %x = luma.loop (%k = %acc : i64) -> (i64) {
      luma.if %c {
        luma.continue %k : i64
      } else {
        luma.if %c {
          luma.continue %k : i64 {depth = 1 : i64}
        } else {
          luma.return %k : i64
        }
        luma.unreachable
      }
      luma.break %k : i64
    }
    luma.continue %x : i64
  }
  luma.return %r : i64
}
"""


def ops(text: str, name: str) -> list[Operation]:
    """All ops of a name in a text, in order."""
    return [op for op in fast.walk(read(text)) if op.name == name]


def shape(edges: list[FlowEdge]) -> list[tuple[str, int, str, list[str | None]]]:
    """Edges as: what flows from, number of values, where to (region index, or `out`), names of the targets."""
    return [
        (
            edge.op.name,
            len(edge.sources),
            "out" if edge.region is None else str(edge.owner.regions.index(edge.region)),
            [target.name_hint for target in edge.targets],
        )
        for edge in edges
    ]


def test_counted_loop() -> None:
    """`scf.for` enters its body or is passed over; its yield goes round or out."""
    (loop,) = ops(LOOPS, "scf.for")
    assert shape(entry_edges(loop)) == [("scf.for", 1, "0", ["acc"]), ("scf.for", 1, "out", ["r"])]
    (terminator,) = [block.last_op for block in loop.regions[0].blocks]
    assert terminator is not None
    assert shape(exit_edges(terminator)) == [("scf.yield", 1, "0", ["acc"]), ("scf.yield", 1, "out", ["r"])]
    model = control_flow_of(loop)
    assert model is not None and model.is_loop
    assert [edge.sources[0].name_hint for edge in entry_edges(loop)] == ["zero", "zero"]


def test_while_loop() -> None:
    """`scf.condition` goes to the body or out, without its condition; the body's yield goes back."""
    (loop,) = ops(LOOPS, "scf.while")
    assert shape(list(all_edges(loop))) == [
        ("scf.while", 1, "0", ["w"]),
        ("scf.condition", 1, "1", ["v"]),
        ("scf.condition", 1, "out", ["s"]),
        ("scf.yield", 1, "0", ["w"]),
    ]
    condition = next(op for op in fast.walk(loop) if op.name == "scf.condition")
    assert [value.name_hint for value in exit_edges(condition)[0].sources] == ["w"]


def test_if_without_else() -> None:
    """An `scf.if` without an else region may be passed over."""
    (conditional,) = ops(LOOPS, "scf.if")
    assert shape(entry_edges(conditional)) == [("scf.if", 0, "0", []), ("scf.if", 0, "out", [])]


def test_early_exits_of_luma_loops() -> None:
    """Breaks and continues speak of the loop at their depth; a return has no edge."""
    (loop,) = ops(LUMA, "luma.for")
    assert shape(entry_edges(loop)) == [("luma.for", 1, "0", ["acc"]), ("luma.for", 1, "out", ["r"])]
    terminators = [op for op in fast.walk(loop) if is_early_exit(op)]
    assert [(op.name, shape(exit_edges(op))) for op in terminators] == [
        ("luma.break", [("luma.break", 1, "out", ["r"])]),
        ("luma.continue", [("luma.continue", 1, "0", ["k"])]),
        ("luma.continue", [("luma.continue", 1, "0", ["acc"]), ("luma.continue", 1, "out", ["r"])]),
        ("luma.return", []),
        ("luma.unreachable", []),
        ("luma.break", [("luma.break", 1, "out", ["x"])]),
        ("luma.continue", [("luma.continue", 1, "0", ["acc"]), ("luma.continue", 1, "out", ["r"])]),
    ]
    first = next(op for op in fast.walk(loop) if op.name == "luma.yield")
    assert not is_early_exit(first)
    assert shape(exit_edges(first)) == [("luma.yield", 0, "out", [])]


def test_ops_without_control_flow() -> None:
    """An ordinary op has no model and no edges."""
    (constant,) = ops(LOOPS, "arith.constant")
    assert control_flow_of(constant) is None
    assert entry_edges(constant) == []
    assert not is_early_exit(constant)


def test_calls() -> None:
    """The callee of a direct call is a symbol; an indirect one's function is no argument."""
    (direct,) = ops(LOOPS, "func.call")
    assert callee_of(direct) == "callee"
    assert [value.name_hint for value in call_arguments(direct)] == ["s"]
    block = fast.new_block([i1, i1])
    call_class = make_context().get_op("llvm.call")
    indirect = fast.make(call_class, block.args)
    assert callee_of(indirect) is None
    assert list(call_arguments(indirect)) == [block.args[1]]
    known = fast.make(call_class, block.args, (), {"callee": symbol("f")})
    assert callee_of(known) == "f" and len(call_arguments(known)) == 2
    (constant,) = ops(LOOPS, "arith.constant")
    assert callee_of(constant) is None and call_arguments(constant) == ()


def test_symbol_table() -> None:
    """All symbols of a module by name."""
    assert list(symbol_table(read(LOOPS))) == ["callee", "upstream"]


def test_ownership_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modes are padded to the operands; a projection has a lender; an op without a model has no modes."""
    monkeypatch.setattr(interfaces, "_ownership", {})
    block = fast.new_block([i1, i1])
    op = fast.make(arith.AddiOp, block.args, (i1,))
    assert operand_modes(op) == (Mode.NONE, Mode.NONE)
    assert ownership_of(op) is None and lender_of(op.results[0]) is None
    register_ownership("arith.addi", ownership(Mode.OWN, rest=Mode.BORROW))
    assert operand_modes(op) == (Mode.OWN, Mode.BORROW)
    assert lender_of(op.results[0]) is None
    register_ownership("arith.addi", ownership(Mode.BORROW, Mode.NONE, Mode.OWN, lender=1))
    assert operand_modes(op) == (Mode.BORROW, Mode.NONE)
    assert lender_of(op.results[0]) is block.args[1]
    assert lender_of(block.args[0]) is None


def test_plugin_dialects_register_lazily(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """The module of a plug-in dialect's models is imported at the first question about one of its ops."""
    (tmp_path / "plugin_models.py").write_text(
        "from luma_ir.ir.interfaces import Mode, ownership, register_ownership\n"
        "register_ownership('strange.op', ownership(rest=Mode.OWN))\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(interfaces, "_ownership", dict(interfaces._ownership))
    op = read('%x = arith.constant 1 : i32\n"strange.op"(%x) : (i32) -> ()', allow_unregistered=True).body.block.last_op
    assert op is not None
    monkeypatch.setattr(type(op), "name", "strange.op")
    assert ownership_of(op) is None
    interfaces.register_interfaces("strange", "plugin_models")
    assert operand_modes(op) == (Mode.OWN,)
