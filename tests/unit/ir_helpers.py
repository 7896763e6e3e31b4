"""What the unit tests of `luma_ir.ir` share: reading IR text and telling what was reported."""

from __future__ import annotations

from xdsl.dialects.builtin import ModuleOp

from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.text import parse_module
from luma_ir.ir.verify import verify_module

PROGRAM = """
func.func private @print(i32)
func.func @main(%a: i32, %c: i1) -> (i32, i32) {
  %zero = arith.constant 0 : i32
  %r, %s = scf.if %c -> (i32, i32) {
    %x = arith.addi %a, %zero {note = "100% %a"} : i32
    scf.yield %x, %a : i32, i32
  } else {
    scf.yield %a, %a : i32, i32
  }
  cf.cond_br %c, ^left(%r : i32), ^right
^left(%q: i32):
  func.call @print(%q) : (i32) -> ()
  func.return %q, %s : i32, i32
^right:
  %z = arith.muli %r, %a overflow<nsw> : i32
  %y = arith.muli %r, %z overflow<nsw> : i32
  cf.br ^left(%y : i32)
}
"""


def read(text: str, name: str = "test.mlir", *, allow_unregistered: bool = False) -> ModuleOp:
    """Parse IR text that is known to be well-formed; it is not verified."""
    engine = DiagnosticEngine()
    module = parse_module(text, name, make_context(allow_unregistered=allow_unregistered), engine)
    assert module is not None, [str(diagnostic) for diagnostic in engine.diagnostics]
    return module


def parse_errors(text: str, name: str = "test.mlir") -> list[str]:
    """What is reported for IR text that is not well-formed."""
    engine = DiagnosticEngine()
    assert parse_module(text, name, make_context(), engine) is None
    return [str(diagnostic) for diagnostic in engine.diagnostics]


def verify_errors(text: str) -> list[str]:
    """What the verifier reports for IR text."""
    engine = DiagnosticEngine()
    valid = verify_module(read(text), engine)
    assert valid == (not engine.has_errors)
    return [str(diagnostic) for diagnostic in engine.diagnostics]
