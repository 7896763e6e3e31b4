"""Checks of `luma` ops against what the module defines: remembered, but never beyond a change."""

from __future__ import annotations

import pytest
from ir_helpers import read
from xdsl.dialects.builtin import FunctionType, IntAttr, ModuleOp, i64
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects import luma
from luma_ir.ir import fast
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.intern import array, function_type
from luma_ir.ir.symbol_scope import SymbolScope
from luma_ir.ir.verify import verify_module

PROGRAM = """
luma.struct @Pair {field_names = ["a", "b"], field_types = [i64, f64]}
luma.func private @g(%p: !luma.struct<@Pair>) -> i64 {
  %x = luma.get %p[0] : !luma.struct<@Pair> -> i64
  luma.return %x : i64
}
luma.func @f(%p: !luma.struct<@Pair>) -> i64 {
  %x = luma.call @g(%p) : (!luma.struct<@Pair>) -> i64
  %y = luma.call @g(%p) : (!luma.struct<@Pair>) -> i64
  luma.return %y : i64
}
"""


def errors_of(module: ModuleOp) -> list[str]:
    """The messages of the verifier about a module."""
    engine = DiagnosticEngine()
    verify_module(module, engine)
    return [diagnostic.message for diagnostic in engine.diagnostics]


def test_changed_definition_is_noticed() -> None:
    """The memo of one run does not outlive it: a struct that changes makes the same `luma.get` wrong."""
    module = read(PROGRAM)
    assert errors_of(module) == []
    struct = next(op for op in module.ops if isinstance(op, luma.StructOp))
    struct.properties["field_types"] = array([luma.ArrayType(i64), i64])
    (error,) = errors_of(module)
    assert "the place in `!luma.struct<@Pair>` has type `!luma.array<i64>`, not `i64`" in error


def test_changed_callee_is_noticed_at_every_call() -> None:
    """Both calls are wrong once the callee's type has changed, although they look the same."""
    module = read(PROGRAM)
    assert errors_of(module) == []
    callee = next(op for op in module.ops if isinstance(op, luma.FuncOp))
    assert isinstance(callee.function_type, FunctionType)
    callee.properties["function_type"] = function_type(callee.function_type.inputs.data, ())
    wrong = [error for error in errors_of(module) if "the results of `@g`: 1 given, 0 needed" in error]
    assert len(wrong) == 2


def test_an_op_can_be_verified_by_itself() -> None:
    """xDSL's own `verify` finds the symbol table around the op; outside of any, definitions are taken on trust."""
    module = read(PROGRAM)
    call = next(op for op in fast.walk(module) if isinstance(op, luma.CallOp))
    call.verify()
    fast.detach(next(op for op in module.ops if isinstance(op, luma.FuncOp)))
    with pytest.raises(VerifyException, match="there is no function `@g`"):
        call.verify()
    assert SymbolScope.around(module) is None


def test_scope_works_a_thing_out_once() -> None:
    """`remember` calls a function once, whatever it gives."""
    asked = []
    scope = SymbolScope(read(PROGRAM))

    def look(table: object) -> list[object]:
        asked.append(table)
        return []

    assert scope.remember(look) is scope.remember(look)
    assert asked == [scope.table]


def test_types_refuse_wrong_parameters() -> None:
    """Types that the syntax cannot spell are refused when they are made."""
    with pytest.raises(VerifyException, match="a fixed array cannot have -1 elements"):
        luma.FixedType(IntAttr(-1), i64)
    with pytest.raises(VerifyException, match="the signature of a closure is a function type, not `i64`"):
        luma.ClosureType(i64)
